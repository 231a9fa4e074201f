//! Types as written, and what named ones stand for.

use tree_sitter::Node;

use super::super::il::{ClassDef, Expr, ExprKind, Field, Lit, Span, TypeExpr};
use super::Lower;
use super::expr::unquote;
use super::kinds::K;
use crate::symbol::{Sym, intern};

/// What the elements of a composite literal are.
pub(super) enum Shape {
    Struct,
    Map(TypeExpr, TypeExpr),
    List(TypeExpr),
    /// Defined elsewhere: the literal's own look must tell.
    Open,
}

/// Named types that stand for named types: how many steps are followed (a cycle is an error in Go, but may be written).
const HOPS: usize = 16;

impl<'t> Lower<'t> {
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeExpr {
        if !self.enter(node) {
            return TypeExpr::Other;
        }
        let ty = self.ty_inner(node);
        self.leave();
        ty
    }

    pub(super) fn ty_opt(&mut self, node: Option<Node<'t>>) -> TypeExpr {
        node.map_or(TypeExpr::Other, |node| self.ty(node))
    }

    fn ty_inner(&mut self, node: Node<'t>) -> TypeExpr {
        let f = &self.tables.f;
        match self.kind(node) {
            K::TypeIdentifier | K::Identifier => {
                let name = self.name(node);
                TypeExpr::Path(vec![self.resolve_type(name)])
            }
            K::QualifiedType => {
                let [package, name] = self.fields(node, [f.package, f.name]);
                let path = [package, name].into_iter().flatten();
                TypeExpr::Path(path.map(|part| self.name(part)).collect())
            }
            K::PointerType => {
                let inner = self.first(node);
                TypeExpr::Pointer(Box::new(self.ty_opt(inner)))
            }
            K::ParenthesizedType | K::NegatedType => {
                let inner = self.first(node);
                self.ty_opt(inner)
            }
            K::SliceType | K::ArrayType | K::ImplicitArrayType => {
                let [element] = self.fields(node, [f.element]);
                TypeExpr::Slice(Box::new(self.ty_opt(element)))
            }
            K::MapType => {
                let [key, value] = self.fields(node, [f.key, f.value]);
                let key = self.ty_opt(key);
                TypeExpr::Map(Box::new(key), Box::new(self.ty_opt(value)))
            }
            K::ChannelType => {
                let [value] = self.fields(node, [f.value]);
                TypeExpr::Generic(vec![intern("chan")], vec![self.ty_opt(value)])
            }
            K::FunctionType => self.signature(node),
            // `*T` and `p.T` where the grammar takes them for values.
            K::Unary => {
                let [operand] = self.fields(node, [f.operand]);
                TypeExpr::Pointer(Box::new(self.ty_opt(operand)))
            }
            K::Selector => {
                let [package, name] = self.fields(node, [f.operand, f.field]);
                let path = [package, name].into_iter().flatten();
                TypeExpr::Path(path.map(|part| self.name(part)).collect())
            }
            K::StructType => self.struct_type(node),
            K::InterfaceType => self.interface(node),
            K::GenericType => self.generic(node),
            K::TypeElem => {
                let mut all = self.types_in(node);
                match all.len() {
                    1 => all.remove(0),
                    _ => TypeExpr::Union(all),
                }
            }
            _ => {
                self.count(node);
                TypeExpr::Other
            }
        }
    }

    /// The types among the direct children.
    pub(super) fn types_in(&mut self, node: Node<'t>) -> Vec<TypeExpr> {
        let kids = self.children(node);
        let mut all = Vec::with_capacity(kids.len());
        for at in kids.clone() {
            all.push(self.ty(self.kids[at].1));
        }
        self.kids.truncate(kids.start);
        all
    }

    fn generic(&mut self, node: Node<'t>) -> TypeExpr {
        let f = &self.tables.f;
        let [base, arguments] = self.fields(node, [f.ty, f.type_arguments]);
        let path = match self.ty_opt(base) {
            TypeExpr::Path(path) => path,
            other => return other,
        };
        let arguments = match arguments {
            Some(arguments) => self.types_in(arguments),
            None => Vec::new(),
        };
        TypeExpr::Generic(path, arguments)
    }

    /// The function type that a node with parameters and a result has.
    fn signature(&mut self, node: Node<'t>) -> TypeExpr {
        let f = &self.tables.f;
        let [parameters, result] = self.fields(node, [f.parameters, f.result]);
        let parameters = self.parameter_types(parameters);
        let results = match result {
            Some(list) if self.kind(list) == K::ParameterList => self.parameter_types(Some(list)),
            Some(single) => vec![self.ty(single)],
            None => Vec::new(),
        };
        TypeExpr::Func(parameters, results)
    }

    fn parameter_types(&mut self, list: Option<Node<'t>>) -> Vec<TypeExpr> {
        let mut types = Vec::new();
        let Some(list) = list else { return types };
        let f = &self.tables.f;
        let kids = self.children(list);
        for at in kids.clone() {
            let parameter = self.kids[at].1;
            let [ty] = self.fields(parameter, [f.ty]);
            let mut ty = self.ty_opt(ty);
            if self.kind(parameter) == K::VariadicParameter {
                ty = TypeExpr::Slice(Box::new(ty));
            }
            let parts = self.children(parameter);
            let names = parts
                .clone()
                .filter(|&at| self.kids[at].0 == f.name)
                .count();
            self.kids.truncate(parts.start);
            for _ in 1..names {
                types.push(ty.clone());
            }
            types.push(ty);
        }
        self.kids.truncate(kids.start);
        types
    }

    /// A struct without a name. One of a function gets a name, by which its fields are found.
    fn struct_type(&mut self, node: Node<'t>) -> TypeExpr {
        let fields = self.struct_fields(node);
        if self.func() == 0 || fields.iter().all(|field| field.tag.is_none()) {
            return TypeExpr::Struct(fields);
        }
        let class = self.module.classes.len() as u32;
        let name = intern(&format!("struct·t{class}"));
        let span = self.span(node);
        self.classes.insert(name, class);
        self.module.classes.push(ClassDef {
            underlying: Some(TypeExpr::Struct(fields)),
            ..self.class_def(name, span, span)
        });
        TypeExpr::Path(vec![name])
    }

    /// A named type of which no more is known yet.
    pub(super) fn class_def(&self, name: Sym, span: Span, name_span: Span) -> ClassDef {
        ClassDef {
            name,
            qualname: name,
            bases: Vec::new(),
            decorators: Vec::new(),
            attrs: Vec::new(),
            methods: Vec::new(),
            inner: Vec::new(),
            outer: None,
            scope: self.func(),
            underlying: None,
            alias: false,
            type_params: Vec::new(),
            span,
            name_span,
        }
    }

    pub(super) fn struct_fields(&mut self, node: Node<'t>) -> Vec<Field> {
        let mut fields = Vec::new();
        let Some(list) = self.first(node) else {
            return fields;
        };
        let kids = self.children(list);
        for at in kids.clone() {
            let field = self.kids[at].1;
            if self.kind(field) == K::FieldDeclaration {
                self.struct_field(field, &mut fields);
            }
        }
        self.kids.truncate(kids.start);
        fields
    }

    fn struct_field(&mut self, node: Node<'t>, fields: &mut Vec<Field>) {
        let f = &self.tables.f;
        let [ty_node, tag] = self.fields(node, [f.ty, f.tag]);
        let mut ty = self.ty_opt(ty_node);
        let tag = tag.map(|tag| intern(&unquote(self.str(tag))));
        let kids = self.children(node);
        let names: Vec<Node<'t>> = kids
            .clone()
            .map(|at| self.kids[at])
            .filter(|&(field, child)| field == f.name && self.kind(child) == K::FieldIdentifier)
            .map(|kid| kid.1)
            .collect();
        self.kids.truncate(kids.start);
        if names.is_empty() {
            let Some(name) = last_segment(&ty) else {
                return;
            };
            if self.has_token(node, K::Star) {
                ty = TypeExpr::Pointer(Box::new(ty));
            }
            fields.push(Field {
                name,
                ty: Some(ty),
                tag,
                embedded: true,
                span: self.span(node),
            });
            return;
        }
        for name in names {
            fields.push(Field {
                name: self.name(name),
                ty: Some(ty.clone()),
                tag,
                embedded: false,
                span: self.span(name),
            });
        }
    }

    fn interface(&mut self, node: Node<'t>) -> TypeExpr {
        let f = &self.tables.f;
        let mut methods = Vec::new();
        let mut embedded = Vec::new();
        let kids = self.children(node);
        for at in kids.clone() {
            let element = self.kids[at].1;
            if self.kind(element) == K::MethodElem {
                let [name] = self.fields(element, [f.name]);
                let name = name.map(|name| self.name(name)).unwrap_or_default();
                methods.push((name, self.signature(element)));
            } else {
                embedded.push(self.ty(element));
            }
        }
        self.kids.truncate(kids.start);
        TypeExpr::Interface(methods, embedded)
    }

    /// What a named type of this file stands for.
    fn underlying(&self, ty: &TypeExpr) -> Option<&TypeExpr> {
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = ty else {
            return None;
        };
        let &[name] = path.as_slice() else {
            return None;
        };
        let class = self.class_named(name)?;
        self.module.classes.get(class as usize)?.underlying.as_ref()
    }

    /// Follows named types of this file to something else.
    fn resolved<'a>(&'a self, mut ty: &'a TypeExpr) -> &'a TypeExpr {
        for _ in 0..HOPS {
            match self.underlying(ty) {
                Some(next) => ty = next,
                None => break,
            }
        }
        ty
    }

    pub(super) fn shape(&self, ty: &TypeExpr) -> Shape {
        match self.resolved(ty) {
            TypeExpr::Struct(_) => Shape::Struct,
            TypeExpr::Map(key, value) => Shape::Map((**key).clone(), (**value).clone()),
            TypeExpr::Slice(element) => Shape::List((**element).clone()),
            _ => Shape::Open,
        }
    }

    /// The zero value, for `var x T`.
    pub(super) fn zero(&self, ty: &TypeExpr, span: Span) -> ExprKind {
        match self.resolved(ty) {
            TypeExpr::Path(path) => match path.as_slice() {
                [name] => match basic(*name) {
                    Some(lit) => ExprKind::Const(lit),
                    None => ExprKind::Struct(Box::new(ty.clone()), Vec::new()),
                },
                _ => ExprKind::Struct(Box::new(ty.clone()), Vec::new()),
            },
            TypeExpr::Struct(_) => ExprKind::Struct(Box::new(ty.clone()), Vec::new()),
            TypeExpr::Generic(path, _) if path.as_slice() != [intern("chan")] => {
                ExprKind::Struct(Box::new(ty.clone()), Vec::new())
            }
            _ => ExprKind::Typed(
                Box::new(ty.clone()),
                Box::new(Expr {
                    span,
                    kind: ExprKind::Const(Lit::None),
                }),
            ),
        }
    }
}

/// The zero value of a predeclared type.
pub(super) fn basic(name: Sym) -> Option<Lit> {
    Some(match name.as_str() {
        "string" => Lit::Str(Sym::default()),
        "bool" => Lit::Bool(false),
        "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32"
        | "uint64" | "uintptr" | "byte" | "rune" => Lit::Int(0),
        "float32" | "float64" | "complex64" | "complex128" => Lit::Float(intern("0")),
        "error" | "any" | "comparable" => Lit::None,
        _ => return None,
    })
}

/// The name that an embedded field has by its type.
fn last_segment(ty: &TypeExpr) -> Option<Sym> {
    match ty {
        TypeExpr::Path(path) | TypeExpr::Generic(path, _) => path.last().copied(),
        TypeExpr::Pointer(inner) => last_segment(inner),
        _ => None,
    }
}
