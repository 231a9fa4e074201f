//! Declarations: the file, imports, types, functions, variables and constants.

use tree_sitter::Node;

use super::super::il::{
    Block, ClassDef, Expr, ExprKind, FuncIdx, Import, Param, ParamKind, Place, Span, Stmt,
    StmtKind, TypeExpr,
};
use super::Lower;
use super::expr::unquote;
use super::kinds::K;
use crate::symbol::{Sym, intern};

/// The parts of a function, method or literal.
pub(super) struct Parts<'t> {
    pub(super) receiver: Option<Node<'t>>,
    pub(super) parameters: Option<Node<'t>>,
    pub(super) result: Option<Node<'t>>,
    pub(super) body: Option<Node<'t>>,
}

impl<'t> Lower<'t> {
    pub(super) fn file(&mut self, root: Node<'t>) {
        let name = intern("<module>");
        let index = self.reserve(name, name, self.span(root), Span::default());
        self.push_frame(index);
        let mut items = Vec::new();
        self.items(root, &mut items);
        // Package level has no order: what a function or literal means may be declared below it.
        let mut body = Block::new();
        self.package_names(&items);
        for &item in &items {
            if self.kind(item) == K::TypeDeclaration {
                self.type_declaration(item, &mut body);
            }
        }
        for &item in &items {
            match self.kind(item) {
                K::FunctionDeclaration => self.function_declaration(item, &mut body),
                K::MethodDeclaration => self.method_declaration(item),
                _ => {}
            }
        }
        for &item in &items {
            match self.kind(item) {
                K::PackageClause
                | K::ImportDeclaration
                | K::TypeDeclaration
                | K::FunctionDeclaration
                | K::MethodDeclaration => {}
                _ => self.stmt(item, &mut body),
            }
        }
        let locals = self.pop_frame();
        if let Some(module) = self.module.funcs.get_mut(index as usize) {
            module.body = body;
            module.locals = locals;
        }
    }

    /// The top-level nodes. Those that the parser put into an error are sound themselves.
    fn items(&mut self, root: Node<'t>, items: &mut Vec<Node<'t>>) {
        let mut cursor = root.walk();
        let mut inside = 0;
        if !cursor.goto_first_child() {
            return;
        }
        loop {
            let node = cursor.node();
            match self.kind(node) {
                K::Error if cursor.goto_first_child() => {
                    inside += 1;
                    continue;
                }
                K::Comment | K::Error => {}
                kind if node.is_named() && (inside == 0 || is_statement(kind)) => items.push(node),
                _ => {}
            }
            while !cursor.goto_next_sibling() {
                if inside == 0 || !cursor.goto_parent() {
                    return;
                }
                inside -= 1;
            }
        }
    }

    /// What the file declares at package level, before anything is lowered.
    fn package_names(&mut self, items: &[Node<'t>]) {
        let f = &self.tables.f;
        for &item in items {
            match self.kind(item) {
                K::PackageClause => {
                    if let Some(name) = self.first(item) {
                        self.module.package = self.name(name);
                    }
                }
                K::ImportDeclaration => self.import_declaration(item),
                K::FunctionDeclaration => {
                    if let [Some(name)] = self.fields(item, [f.name]) {
                        let name = self.name(name);
                        self.names.package.insert(name);
                    }
                }
                K::TypeDeclaration => {
                    for spec in self.specs(item) {
                        if let [Some(name)] = self.fields(spec, [f.name]) {
                            let name = self.name(name);
                            self.names.package.insert(name);
                        }
                    }
                }
                K::VarDeclaration | K::ConstDeclaration => {
                    for spec in self.specs(item) {
                        for name in self.spec_names(spec) {
                            let name = self.name(name);
                            self.names.package.insert(name);
                            self.vars.insert(name);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The specifications of a declaration, also of one in brackets.
    fn specs(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let kids = self.children(node);
        let mut specs = Vec::with_capacity(kids.len());
        for at in kids.clone() {
            let child = self.kids[at].1;
            if matches!(self.kind(child), K::VarSpecList | K::ImportSpecList) {
                let inner = self.children(child);
                specs.extend(inner.clone().map(|at| self.kids[at].1));
                self.kids.truncate(inner.start);
            } else {
                specs.push(child);
            }
        }
        self.kids.truncate(kids.start);
        specs
    }

    fn spec_names(&mut self, spec: Node<'t>) -> Vec<Node<'t>> {
        let f = &self.tables.f;
        let kids = self.children(spec);
        let names = kids
            .clone()
            .map(|at| self.kids[at])
            .filter(|&(field, node)| field == f.name && self.kind(node) == K::Identifier)
            .map(|kid| kid.1)
            .collect();
        self.kids.truncate(kids.start);
        names
    }

    fn import_declaration(&mut self, node: Node<'t>) {
        let f = &self.tables.f;
        for spec in self.specs(node) {
            let [name, path] = self.fields(spec, [f.name, f.path]);
            let Some(path) = path else { continue };
            let path = unquote(self.str(path));
            let name = match name {
                Some(name) => self.name(name),
                None => intern(import_name(&path)),
            };
            self.imports.insert(name);
            self.names.package.insert(name);
            self.module.imports.push(Import {
                name,
                path: intern(&path),
                from: false,
                scope: 0,
                span: self.span(spec),
            });
        }
    }

    pub(super) fn type_declaration(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let specs = self.specs(node);
        let mut made = Vec::with_capacity(specs.len());
        for spec in specs {
            let [name, ty, params] = self.fields(spec, [f.name, f.ty, f.type_parameters]);
            let Some(name_node) = name else { continue };
            let class = self.module.classes.len() as u32;
            let name = self.name(name_node);
            let unique = self.declare_as(name, Some(class));
            if self.func() == 0 {
                self.classes.insert(unique, class);
            }
            let type_params = self.type_params(params);
            self.module.classes.push(ClassDef {
                alias: self.kind(spec) == K::TypeAlias,
                type_params,
                ..self.class_def(unique, self.span(spec), self.span(name_node))
            });
            made.push((class, ty));
            out.push(Stmt {
                span: self.span(spec),
                kind: StmtKind::Class(unique, class),
            });
        }
        for (class, ty) in made {
            let ty = match ty {
                Some(ty) if self.kind(ty) == K::StructType => {
                    TypeExpr::Struct(self.struct_fields(ty))
                }
                ty => self.ty_opt(ty),
            };
            if let Some(class) = self.module.classes.get_mut(class as usize) {
                class.underlying = Some(ty);
            }
        }
    }

    fn function_declaration(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [name, parameters, result, body] =
            self.fields(node, [f.name, f.parameters, f.result, f.body]);
        let Some(name_node) = name else {
            self.count(node);
            return;
        };
        let name = self.name(name_node);
        let index = self.reserve(name, name, self.span(node), self.span(name_node));
        if name != "_" && name != "init" {
            self.declare(name);
        }
        let parts = Parts {
            receiver: None,
            parameters,
            result,
            body,
        };
        self.function(index, node, parts);
        let [params] = self.fields(node, [f.type_parameters]);
        let type_params = self.type_params(params);
        if let Some(func) = self.module.funcs.get_mut(index as usize) {
            func.type_params = type_params;
        }
        out.push(Stmt {
            span: self.span(node),
            kind: StmtKind::Func(name, index),
        });
    }

    /// The names of type parameters.
    fn type_params(&mut self, list: Option<Node<'t>>) -> Vec<Sym> {
        let mut names = Vec::new();
        let Some(list) = list else { return names };
        let kids = self.children(list);
        for at in kids.clone() {
            let declared = self.spec_names(self.kids[at].1);
            names.extend(declared.into_iter().map(|name| self.name(name)));
        }
        self.kids.truncate(kids.start);
        names
    }

    fn method_declaration(&mut self, node: Node<'t>) {
        let f = &self.tables.f;
        let [receiver, name, parameters, result, body] =
            self.fields(node, [f.receiver, f.name, f.parameters, f.result, f.body]);
        let Some(name_node) = name else {
            self.count(node);
            return;
        };
        let name = self.name(name_node);
        let ty = match receiver {
            Some(receiver) => self.parameter_type(receiver),
            None => TypeExpr::Other,
        };
        let owner = receiver_name(&ty);
        let qualname = match owner {
            Some(owner) => intern(&format!("{owner}.{name}")),
            None => name,
        };
        let index = self.reserve(name, qualname, self.span(node), self.span(name_node));
        let class = owner.and_then(|owner| self.classes.get(&owner).copied());
        if let Some(class) = class.and_then(|class| self.module.classes.get_mut(class as usize)) {
            class.methods.push((name, index));
        }
        if let Some(func) = self.module.funcs.get_mut(index as usize) {
            func.class = class;
            func.receiver = receiver.is_some();
            func.type_params = receiver_params(&ty);
        }
        let parts = Parts {
            receiver,
            parameters,
            result,
            body,
        };
        self.function(index, node, parts);
    }

    /// The type of the first parameter in a list.
    fn parameter_type(&mut self, list: Node<'t>) -> TypeExpr {
        let f = &self.tables.f;
        let Some(first) = self.first(list) else {
            return TypeExpr::Other;
        };
        let [ty] = self.fields(first, [f.ty]);
        self.ty_opt(ty)
    }

    /// Lowers a function whose index is reserved.
    pub(super) fn function(&mut self, index: FuncIdx, node: Node<'t>, parts: Parts<'t>) {
        let parent = self.func();
        self.push_frame(index);
        let mut params = Vec::new();
        if let Some(receiver) = parts.receiver {
            self.params(receiver, &mut params);
        }
        if let Some(parameters) = parts.parameters {
            self.params(parameters, &mut params);
        }
        let mut results = Vec::new();
        let mut result_types = Vec::new();
        match parts.result {
            Some(list) if self.kind(list) == K::ParameterList => {
                self.results(list, &mut results, &mut result_types)
            }
            Some(single) => {
                results.push(None);
                result_types.push(self.ty(single));
            }
            None => {}
        }
        let mut body = Block::new();
        match parts.body {
            Some(block) => self.block(block, &mut body),
            // Written in another language.
            None => {
                let kind = self.unknown(node, Vec::new());
                let span = self.span(node);
                body.push(Stmt {
                    span,
                    kind: StmtKind::Return(vec![Expr { span, kind }]),
                });
            }
        }
        let locals = self.pop_frame();
        if let Some(func) = self.module.funcs.get_mut(index as usize) {
            func.params = params;
            func.results = results;
            func.result_types = result_types;
            func.body = body;
            func.locals = locals;
            func.parent = Some(parent);
        }
    }

    fn params(&mut self, list: Node<'t>, params: &mut Vec<Param>) {
        let f = &self.tables.f;
        let kids = self.children(list);
        for at in kids.clone() {
            let parameter = self.kids[at].1;
            let [ty] = self.fields(parameter, [f.ty]);
            let mut ty = self.ty_opt(ty);
            let kind = if self.kind(parameter) == K::VariadicParameter {
                ty = TypeExpr::Slice(Box::new(ty));
                ParamKind::Rest
            } else {
                ParamKind::Plain
            };
            let names = self.spec_names(parameter);
            if names.is_empty() {
                params.push(Param {
                    name: intern("_"),
                    kind,
                    ty: Some(ty),
                    default: None,
                    span: self.span(parameter),
                });
                continue;
            }
            for name in names {
                let span = self.span(name);
                let mut name = self.name(name);
                if name != "_" {
                    name = self.declare(name);
                }
                params.push(Param {
                    name,
                    kind,
                    ty: Some(ty.clone()),
                    default: None,
                    span,
                });
            }
        }
        self.kids.truncate(kids.start);
    }

    fn results(
        &mut self,
        list: Node<'t>,
        results: &mut Vec<Option<Sym>>,
        types: &mut Vec<TypeExpr>,
    ) {
        let f = &self.tables.f;
        let kids = self.children(list);
        for at in kids.clone() {
            let result = self.kids[at].1;
            let [ty] = self.fields(result, [f.ty]);
            let ty = self.ty_opt(ty);
            let names = self.spec_names(result);
            if names.is_empty() {
                results.push(None);
                types.push(ty);
                continue;
            }
            for name in names {
                let name = self.name(name);
                results.push((name != "_").then(|| self.declare(name)));
                types.push(ty.clone());
            }
        }
        self.kids.truncate(kids.start);
    }

    pub(super) fn var_declaration(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        for spec in self.specs(node) {
            let [ty, values] = self.fields(spec, [f.ty, f.value]);
            let names = self.spec_names(spec);
            let ty = ty.map(|ty| self.ty(ty));
            let span = self.span(spec);
            match values {
                Some(values) => {
                    let mut values = self.expr_list(values);
                    if values.len() == names.len()
                        && let Some(ty) = &ty
                    {
                        for value in &mut values {
                            convert(value, ty);
                        }
                    }
                    let target = self.declare_places(&names, span);
                    push_assign(out, span, target, values);
                }
                None => {
                    let ty = ty.unwrap_or(TypeExpr::Other);
                    for name in names {
                        let kind = self.zero(&ty, span);
                        let place = self.declare_place(name);
                        out.push(Stmt {
                            span,
                            kind: StmtKind::Assign(vec![place], Expr { span, kind }),
                        });
                    }
                }
            }
        }
    }

    pub(super) fn const_declaration(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let outer = self.iota;
        let mut repeated = None;
        for (iota, spec) in self.specs(node).into_iter().enumerate() {
            let [values] = self.fields(spec, [f.value]);
            // A specification without values repeats the last ones, with another `iota`.
            repeated = values.or(repeated);
            let names = self.spec_names(spec);
            self.iota = Some(iota as i64);
            let values = match repeated {
                Some(values) => self.expr_list(values),
                None => Vec::new(),
            };
            let span = self.span(spec);
            let target = self.declare_places(&names, span);
            push_assign(out, span, target, values);
        }
        self.iota = outer;
    }

    pub(super) fn declare_place(&mut self, node: Node<'t>) -> Place {
        let name = self.name(node);
        if name == "_" {
            return Place::Ignore;
        }
        Place::Name(self.declare(name), self.span(node))
    }

    fn declare_places(&mut self, names: &[Node<'t>], span: Span) -> Place {
        if let &[name] = names {
            return self.declare_place(name);
        }
        Place::Tuple(
            names.iter().map(|&name| self.declare_place(name)).collect(),
            span,
        )
    }
}

/// `var x T = value` converts the value. The types of literals are in no doubt.
fn convert(value: &mut Expr, ty: &TypeExpr) {
    if let TypeExpr::Path(path) = ty
        && let &[name] = path.as_slice()
        && super::types::basic(name).is_some()
    {
        return;
    }
    let span = value.span;
    let inner = std::mem::replace(&mut value.kind, ExprKind::Unknown(Vec::new()));
    value.kind = ExprKind::Typed(Box::new(ty.clone()), Box::new(Expr { span, kind: inner }));
}

/// One assignment of one or several values to a place.
pub(super) fn push_assign(out: &mut Block, span: Span, target: Place, mut values: Vec<Expr>) {
    let value = match values.len() {
        0 => Expr {
            span,
            kind: ExprKind::Unknown(Vec::new()),
        },
        1 => values.remove(0),
        _ => Expr {
            span: Span {
                start: values.first().map_or(span.start, |value| value.span.start),
                end: values.last().map_or(span.end, |value| value.span.end),
            },
            kind: ExprKind::Tuple(values),
        },
    };
    out.push(Stmt {
        span,
        kind: StmtKind::Assign(vec![target], value),
    });
}

/// What may stand in a block or at the top of a file.
pub(super) fn is_statement(kind: K) -> bool {
    (K::Block as u8..=K::SelectStatement as u8).contains(&(kind as u8))
        && !matches!(
            kind,
            K::StatementList
                | K::ReceiveStatement
                | K::LabelName
                | K::ForClause
                | K::RangeClause
                | K::ExpressionCase
                | K::DefaultCase
                | K::TypeCase
        )
        || matches!(
            kind,
            K::PackageClause
                | K::ImportDeclaration
                | K::FunctionDeclaration
                | K::MethodDeclaration
                | K::ConstDeclaration
                | K::VarDeclaration
                | K::TypeDeclaration
        )
}

fn receiver_name(ty: &TypeExpr) -> Option<Sym> {
    match ty {
        TypeExpr::Path(path) | TypeExpr::Generic(path, _) => path.last().copied(),
        TypeExpr::Pointer(inner) => receiver_name(inner),
        _ => None,
    }
}

/// The names that a method gives to the type parameters of its receiver.
fn receiver_params(ty: &TypeExpr) -> Vec<Sym> {
    let TypeExpr::Generic(_, params) = ty.pointed() else {
        return Vec::new();
    };
    let name = |t: &TypeExpr| match t {
        TypeExpr::Path(path) => path.first().copied().unwrap_or_default(),
        _ => Sym::default(),
    };
    params.iter().map(name).collect()
}

/// The name by which an import path is known without an alias: a guess, since the package may call itself otherwise.
pub(super) fn import_name(path: &str) -> &str {
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or(path);
    let name = match (is_version(last), segments.next()) {
        (true, Some(before)) => before,
        _ => last,
    };
    match name.rsplit_once('.') {
        Some((stem, version)) if is_version(version) => stem,
        _ => name,
    }
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
