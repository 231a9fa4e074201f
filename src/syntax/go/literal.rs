//! Composite literals.

use tree_sitter::Node;

use super::super::il::{Expr, ExprKind, Span, TypeExpr};
use super::Lower;
use super::kinds::K;
use super::types::Shape;
use crate::symbol::Sym;

/// A key, if any, and a value; both without the grammar's wrapping.
type Element<'t> = (Option<Node<'t>>, Node<'t>);

impl<'t> Lower<'t> {
    pub(super) fn composite(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [ty, body] = self.fields(node, [f.ty, f.body]);
        let ty = self.ty_opt(ty);
        match body {
            Some(body) => self.literal(ty, body),
            None => self.unknown(node, Vec::new()),
        }
    }

    /// A literal of a type that may be written outside of it.
    fn literal(&mut self, ty: TypeExpr, body: Node<'t>) -> ExprKind {
        let span = self.span(body);
        let elements = self.elements(body);
        match self.shape(&ty) {
            Shape::Struct => self.structure(ty, &elements),
            Shape::Map(key, value) => typed(ty, span, self.dict(&key, &value, &elements)),
            Shape::List(element) => typed(ty, span, self.list(&element, &elements)),
            Shape::Open => self.open(ty, span, &elements),
        }
    }

    fn elements(&mut self, body: Node<'t>) -> Vec<Element<'t>> {
        let f = &self.tables.f;
        let kids = self.children(body);
        let mut elements = Vec::with_capacity(kids.len());
        for at in kids.clone() {
            let child = self.kids[at].1;
            if self.kind(child) == K::KeyedElement {
                let [key, value] = self.fields(child, [f.key, f.value]);
                let key = key.and_then(|key| self.unwrap(key));
                if let Some(value) = value.and_then(|value| self.unwrap(value)) {
                    elements.push((key, value));
                }
            } else if let Some(value) = self.unwrap(child) {
                elements.push((None, value));
            }
        }
        self.kids.truncate(kids.start);
        elements
    }

    fn unwrap(&mut self, element: Node<'t>) -> Option<Node<'t>> {
        match self.kind(element) {
            K::LiteralElement => self.first(element),
            _ => Some(element),
        }
    }

    /// An element, whose type may be left out.
    fn element(&mut self, ty: &TypeExpr, node: Node<'t>) -> Expr {
        if self.kind(node) != K::LiteralValue {
            return self.expr(node);
        }
        let span = self.span(node);
        if !self.enter(node) {
            return Expr {
                span,
                kind: ExprKind::Unknown(Vec::new()),
            };
        }
        let kind = match ty {
            TypeExpr::Pointer(inner) => {
                let kind = self.literal((**inner).clone(), node);
                ExprKind::AddrOf(Box::new(Expr { span, kind }))
            }
            ty => self.literal(ty.clone(), node),
        };
        self.leave();
        Expr { span, kind }
    }

    fn structure(&mut self, ty: TypeExpr, elements: &[Element<'t>]) -> ExprKind {
        let mut fields = Vec::with_capacity(elements.len());
        for &(key, value) in elements {
            let name = key.map(|key| self.name(key)).unwrap_or_default();
            fields.push((name, self.element(&TypeExpr::Other, value)));
        }
        ExprKind::Struct(Box::new(ty), fields)
    }

    fn dict(
        &mut self,
        key_ty: &TypeExpr,
        value_ty: &TypeExpr,
        elements: &[Element<'t>],
    ) -> ExprKind {
        let mut entries = Vec::with_capacity(elements.len());
        for &(key, value) in elements {
            let key = key.map(|key| self.element(key_ty, key));
            entries.push((key, self.element(value_ty, value)));
        }
        ExprKind::Dict(entries)
    }

    fn list(&mut self, element: &TypeExpr, elements: &[Element<'t>]) -> ExprKind {
        // `[...]T{A: x, B: y}` has its indexes as keys.
        if !elements.is_empty() && elements.iter().all(|element| element.0.is_some()) {
            return self.dict(&TypeExpr::Other, element, elements);
        }
        let mut items = Vec::with_capacity(elements.len());
        for &(_, value) in elements {
            items.push(self.element(element, value));
        }
        ExprKind::List(items)
    }

    /// A literal of a type that is defined elsewhere.
    fn open(&mut self, ty: TypeExpr, span: Span, elements: &[Element<'t>]) -> ExprKind {
        let mut keyed = false;
        let mut names = true;
        let mut elided = false;
        for &(key, value) in elements {
            match key {
                Some(key) => {
                    keyed = true;
                    names &=
                        self.kind(key) == K::Identifier && self.may_be_field(&ty, self.name(key));
                }
                None => names = false,
            }
            elided |= self.kind(value) == K::LiteralValue;
        }
        // Only maps, slices and arrays have other keys, and only in them may an element's type be left out.
        match (keyed, names && !elided, elided) {
            (true, false, _) => typed(
                ty,
                span,
                self.dict(&TypeExpr::Other, &TypeExpr::Other, elements),
            ),
            (false, _, true) => typed(ty, span, self.list(&TypeExpr::Other, elements)),
            _ => self.structure(ty, elements),
        }
    }

    /// Whether a key may be the name of a field: another package's fields are capitalised.
    fn may_be_field(&self, ty: &TypeExpr, key: Sym) -> bool {
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = ty else {
            return true;
        };
        path.len() < 2 || key.chars().next().is_some_and(char::is_uppercase)
    }
}

/// A list or map with its type. An element of unknown type has nothing to tell.
fn typed(ty: TypeExpr, span: Span, kind: ExprKind) -> ExprKind {
    match ty {
        TypeExpr::Other => kind,
        ty => ExprKind::Typed(Box::new(ty), Box::new(Expr { span, kind })),
    }
}
