//! Imports, functions, parameters and classes.

use super::super::il::{
    ArgKind, ClassAttr, ClassDef, ClassIdx, Expr, ExprKind, FuncIdx, Import, Param, ParamKind, Span,
};
use super::expr::join;
use super::kinds::{Field, Kind};
use super::{Kid, Lowering};
use crate::symbol::{Sym, intern};

/// What a class body has given so far.
#[derive(Default)]
struct Members {
    attrs: Vec<ClassAttr>,
    methods: Vec<(Sym, FuncIdx)>,
    inner: Vec<ClassIdx>,
}

/// What a definition has made.
pub(super) enum Definition {
    Func(Sym, FuncIdx),
    Class(Sym, ClassIdx),
}

impl<'t> Lowering<'t> {
    // Imports.

    pub(super) fn import(&mut self, kid: Kid<'t>) {
        let kids = self.open(kid);
        let from = kid.kind == Kind::ImportFrom;
        let mut module = String::new();
        if let Some(name) = self.field(kids, Field::ModuleName) {
            // Blanks may stand around the dots.
            module.extend(
                self.text_of(name)
                    .chars()
                    .filter(|c| !c.is_whitespace() && *c != '\\'),
            );
        }
        for at in kids.range() {
            let item = self.kids[at];
            if item.kind == Kind::WildcardImport {
                self.add_import("*", &module, true, item.span());
                continue;
            }
            if item.field != Field::Name {
                continue;
            }
            let mut name = item;
            let mut alias = None;
            if item.kind == Kind::AliasedImport {
                let parts = self.open(item);
                name = self.field(parts, Field::Name).unwrap_or(item);
                alias = self.field(parts, Field::Alias);
                self.close(parts);
            }
            let dotted = self.text_of(name);
            let alias = alias.map(|alias| self.text_of(alias));
            if from {
                let dot = if module.is_empty() || module.ends_with('.') {
                    ""
                } else {
                    "."
                };
                let path = [&module, dot, dotted].concat();
                self.add_import(alias.unwrap_or(dotted), &path, true, item.span());
            } else {
                let top = dotted.split('.').next().unwrap_or(dotted).trim();
                match alias {
                    Some(alias) => self.add_import(alias, dotted, false, item.span()),
                    None => self.add_import(top, top, false, item.span()),
                }
            }
        }
        self.close(kids);
    }

    fn add_import(&mut self, name: &str, path: &str, from: bool, span: Span) {
        let name = intern(name);
        if name != "*" {
            self.bind(name);
        }
        let scope = self.scope().func;
        self.out.imports.push(Import {
            name,
            path: intern(path),
            from,
            scope,
            span,
        });
    }

    // Definitions.

    pub(super) fn definition(
        &mut self,
        kid: Kid<'t>,
        class: Option<ClassIdx>,
    ) -> Option<Definition> {
        let span = kid.span();
        if kid.kind != Kind::Decorated {
            return self.undecorated(kid, Vec::new(), span, class);
        }
        let kids = self.open(kid);
        let mut decorators = Vec::new();
        for at in kids.range() {
            let part = self.kids[at];
            if part.kind == Kind::Decorator
                && let Some(inner) = self.first(part)
            {
                let decorator = self.expr(inner);
                decorators.push(decorator);
            }
        }
        let definition = self.field(kids, Field::Definition);
        self.close(kids);
        self.undecorated(definition?, decorators, span, class)
    }

    fn undecorated(
        &mut self,
        kid: Kid<'t>,
        decorators: Vec<Expr>,
        span: Span,
        class: Option<ClassIdx>,
    ) -> Option<Definition> {
        match kid.kind {
            Kind::Function => Some(self.function(kid, decorators, span, class)),
            Kind::Class => Some(self.class(kid, decorators, span, class)),
            _ => None,
        }
    }

    fn function(
        &mut self,
        kid: Kid<'t>,
        decorators: Vec<Expr>,
        span: Span,
        class: Option<ClassIdx>,
    ) -> Definition {
        let is_async = self.text_of(kid).starts_with("async");
        let name = self.child(kid, Field::Name);
        let params = self.child(kid, Field::Parameters);
        let result = self.child(kid, Field::ReturnType);
        let kids = self.open_bare(kid);
        let body = self.body_of(kids);
        self.close(kids);
        let name_span = name.map_or(span, |name| name.span());
        let name = name.map_or_else(Sym::default, |name| self.name(name));
        let idx = self.declare(name, name_span, span, class);
        let (len, qualname) = self.qualify(&name);
        // Defaults are evaluated where the function is defined, before its own scope is open.
        let (params, extra) = self.params(params);
        let results = result
            .map(|result| self.type_expr(result))
            .into_iter()
            .collect();
        self.begin(idx, params);
        self.scope().locals.extend(extra);
        let func = &mut self.out.funcs[idx as usize];
        func.qualname = qualname;
        func.decorators = decorators;
        func.is_async = is_async;
        func.result_types = results;
        let body = self.block(body);
        self.finish(body);
        self.leave(len);
        Definition::Func(name, idx)
    }

    /// Parameters, and the names that Python 2's tuple parameters bind.
    pub(super) fn params(&mut self, list: Option<Kid<'t>>) -> (Vec<Param>, Vec<Sym>) {
        let mut extra = Vec::new();
        let Some(list) = list else {
            return (Vec::new(), extra);
        };
        let kids = self.open_bare(list);
        let mut out = Vec::with_capacity(kids.len());
        let mut rest = ParamKind::Plain;
        for at in kids.range() {
            let kid = self.kids[at];
            let mut kind = rest;
            let mut ty = None;
            let mut default = None;
            let mut target = kid;
            match kid.kind {
                Kind::KeywordSeparator => {
                    rest = ParamKind::KeywordOnly;
                    continue;
                }
                Kind::PositionalSeparator => continue,
                Kind::TypedParameter | Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                    let name = match self.child(kid, Field::Name) {
                        Some(name) => Some(name),
                        None => self.first(kid),
                    };
                    target = name.unwrap_or(kid);
                    if let Some(kid) = self.child(kid, Field::Type) {
                        ty = Some(self.type_expr(kid));
                        default = self.annotated_call(kid);
                    }
                    if let Some(kid) = self.child(kid, Field::Value) {
                        default = Some(self.expr(kid));
                    }
                }
                _ => {}
            }
            match target.kind {
                Kind::ListSplatPattern => {
                    kind = ParamKind::Rest;
                    rest = ParamKind::KeywordOnly;
                    target = self.first(target).unwrap_or(target);
                }
                Kind::DictSplatPattern => {
                    kind = ParamKind::Keywords;
                    target = self.first(target).unwrap_or(target);
                }
                _ => {}
            }
            let name = if target.kind == Kind::Identifier {
                self.name(target)
            } else {
                self.note(target);
                self.tuple_names(target, &mut extra);
                intern("_")
            };
            out.push(Param {
                name,
                kind,
                ty,
                default,
                span: kid.span(),
            });
        }
        self.close(kids);
        (out, extra)
    }

    fn tuple_names(&mut self, kid: Kid<'t>, out: &mut Vec<Sym>) {
        if !self.enter() {
            return;
        }
        if kid.kind == Kind::Identifier {
            out.push(self.name(kid));
        } else {
            let kids = self.open_bare(kid);
            for at in kids.range() {
                self.tuple_names(self.kids[at], out);
            }
            self.close(kids);
        }
        self.depth -= 1;
    }

    fn class(
        &mut self,
        kid: Kid<'t>,
        decorators: Vec<Expr>,
        span: Span,
        outer: Option<ClassIdx>,
    ) -> Definition {
        let kids = self.open_bare(kid);
        let name = self.child(kid, Field::Name);
        let supers = self.child(kid, Field::Superclasses);
        let body = self.body_of(kids);
        self.close(kids);
        let name_span = name.map_or(span, |name| name.span());
        let name = name.map_or_else(Sym::default, |name| self.name(name));
        let args = match supers {
            Some(supers) => self.arguments(supers),
            None => Vec::new(),
        };
        let bases = args
            .into_iter()
            .filter_map(|arg| match arg.kind {
                ArgKind::Plain => Some(arg.value),
                ArgKind::Star => Some(Expr {
                    span: arg.value.span,
                    kind: ExprKind::Star(Box::new(arg.value)),
                }),
                // `metaclass=` and class keywords.
                ArgKind::Keyword(_) | ArgKind::DoubleStar => None,
            })
            .collect();
        let (len, qualname) = self.qualify(&name);
        let idx = self.out.classes.len() as ClassIdx;
        let scope = self.scope().func;
        self.out.classes.push(ClassDef {
            name,
            qualname,
            bases,
            decorators,
            attrs: Vec::new(),
            methods: Vec::new(),
            inner: Vec::new(),
            outer,
            scope,
            underlying: None,
            alias: false,
            type_params: Vec::new(),
            span,
            name_span,
        });
        let mut members = Members::default();
        if let Some(body) = body {
            self.class_body(body, idx, &mut members);
        }
        let class = &mut self.out.classes[idx as usize];
        class.attrs = members.attrs;
        class.methods = members.methods;
        class.inner = members.inner;
        self.leave(len);
        Definition::Class(name, idx)
    }

    /// The members defined in a class body, also those under conditions.
    fn class_body(&mut self, block: Kid<'t>, class: ClassIdx, members: &mut Members) {
        let kids = self.open_block(block);
        for at in kids.range() {
            let kid = self.kids[at];
            if !self.enter() {
                self.note(kid);
                break;
            }
            self.member(kid, class, members);
            self.depth -= 1;
        }
        self.close(kids);
    }

    fn member(&mut self, kid: Kid<'t>, class: ClassIdx, members: &mut Members) {
        match kid.kind {
            Kind::Function | Kind::Class | Kind::Decorated => {
                match self.definition(kid, Some(class)) {
                    Some(Definition::Func(name, idx)) => members.methods.push((name, idx)),
                    Some(Definition::Class(_, idx)) => members.inner.push(idx),
                    None => {}
                }
            }
            Kind::ExpressionStatement => {
                let Some(inner) = self.first(kid) else {
                    return;
                };
                match inner.kind {
                    Kind::Assignment => self.class_attrs(inner, members),
                    Kind::AugAssignment => self.class_augment(inner, members),
                    // Docstrings and `...`.
                    Kind::String | Kind::ConcatenatedString | Kind::Ellipsis => {}
                    _ => self.note(inner),
                }
            }
            // Whichever branch runs, the class has these members.
            Kind::If
            | Kind::Elif
            | Kind::Else
            | Kind::Try
            | Kind::Except
            | Kind::Finally
            | Kind::With
            | Kind::For
            | Kind::While
            | Kind::Error => {
                let kids = self.open_block(kid);
                for at in kids.range() {
                    let part = self.kids[at];
                    match part.kind {
                        Kind::Block => self.class_body(part, class, members),
                        Kind::Elif | Kind::Else | Kind::Except | Kind::Finally => {
                            self.member(part, class, members)
                        }
                        Kind::Function
                        | Kind::Class
                        | Kind::Decorated
                        | Kind::ExpressionStatement
                            if kid.kind == Kind::Error =>
                        {
                            self.member(part, class, members);
                        }
                        _ => {}
                    }
                }
                self.close(kids);
            }
            Kind::Import | Kind::ImportFrom => self.import(kid),
            Kind::Pass
            | Kind::TypeAlias
            | Kind::Assert
            | Kind::Delete
            | Kind::Global
            | Kind::Nonlocal => {}
            _ => self.note(kid),
        }
    }

    fn class_attrs(&mut self, kid: Kid<'t>, members: &mut Members) {
        let span = kid.span();
        let (targets, ty, value) = self.chain(kid);
        let ty = ty.map(|ty| self.type_expr(ty));
        let mut value = value.map(|value| self.expr(value));
        let mut ty = ty;
        let mut first: Option<Sym> = None;
        for target in targets {
            if target.kind == Kind::Identifier {
                let name = self.name(target);
                // `a = b = value`: the value stands once, and the others name it.
                let value = match first {
                    None => value.take(),
                    Some(first) => Some(Expr {
                        span: target.span(),
                        kind: ExprKind::Name(first),
                    }),
                };
                first = first.or(Some(name));
                members.attrs.push(ClassAttr {
                    name,
                    ty: ty.take(),
                    value,
                    span,
                });
                continue;
            }
            if !matches!(
                target.kind,
                Kind::PatternList | Kind::TuplePattern | Kind::ListPattern
            ) {
                self.note(target);
                continue;
            }
            let kids = self.open_bare(target);
            let parts = match value.take() {
                Some(Expr {
                    kind: ExprKind::Tuple(parts) | ExprKind::List(parts),
                    ..
                }) if parts.len() == kids.len() => parts,
                _ => Vec::new(),
            };
            let mut parts = parts.into_iter();
            for at in kids.range() {
                let part = self.kids[at];
                let value = parts.next();
                if part.kind == Kind::Identifier {
                    members.attrs.push(ClassAttr {
                        name: self.name(part),
                        ty: None,
                        value,
                        span,
                    });
                } else {
                    self.note(part);
                }
            }
            self.close(kids);
        }
    }

    fn class_augment(&mut self, kid: Kid<'t>, members: &mut Members) {
        match self.aug_parts(kid) {
            Some((left, op, right)) if left.kind == Kind::Identifier => {
                let name = self.name(left);
                let before = Expr {
                    span: left.span(),
                    kind: ExprKind::Name(name),
                };
                let right = self.expr(right);
                let value = Expr {
                    span: join(before.span, right.span),
                    kind: ExprKind::Bin(op, Box::new(before), Box::new(right)),
                };
                members.attrs.push(ClassAttr {
                    name,
                    ty: None,
                    value: Some(value),
                    span: kid.span(),
                });
            }
            _ => self.note(kid),
        }
    }
}
