//! Which patterns about entry points a call, a decorator or a class meets, and which router a value is.

use super::names::{At, DEPTH, Names, Router, Thing, selected};
use crate::analysis::program::Global;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::stores::vocabulary::{Does, Library, Returns, Sel, Shape, Spec};
use crate::symbol::{Sym, concat, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Call, Expr, ExprKind, Lit, Span, StmtKind, TypeExpr};
use crate::syntax::walk;

impl<'p> Names<'p> {
    /// The kind of a router, and which one it is.
    pub(super) fn router(self, at: At, e: &Expr) -> Option<(Sym, Router)> {
        self.router_within(at, e, 0)
    }

    fn router_within(self, at: At, e: &Expr, depth: u32) -> Option<(Sym, Router)> {
        if depth > DEPTH {
            return None;
        }
        match &e.kind {
            ExprKind::Name(_) => self.router_of_thing(self.thing(at, e), depth),
            ExprKind::Attr(object, name, _) => {
                match self.thing(at, e) {
                    Thing::None => {}
                    t => {
                        if let Some(found) = self.router_of_thing(t, depth) {
                            return Some(found);
                        }
                    }
                }
                if let Some(owner) = self.class_within(at, object, None, depth + 1) {
                    if let Some((file, ty)) = self.p.field_type(owner, *name)
                        && let Some(path) = self.type_path(file, ty)
                        && let Some(kind) = self.lib(file).entry_types.get(&path)
                    {
                        return Some((*kind, Router::Field(owner, *name)));
                    }
                    if let Some((at, value)) = self.field_value(owner, *name)
                        && let Some(found) = self.router_within(at, value, depth + 1)
                    {
                        return Some(found);
                    }
                }
                // A part of a router: its URLs, its commands.
                self.router_within(at, object, depth + 1)
            }
            ExprKind::Call(c) => {
                if let Some(spec) = self.spec(at, c, depth + 1) {
                    let site = Router::Site(at.file, e.span.start);
                    return match (&spec.returns, &c.callee.kind) {
                        (Returns::Kind(k), _) => Some((*k, site)),
                        (Returns::Recv, ExprKind::Attr(object, _, _)) => {
                            self.router_within(at, object, depth + 1)
                        }
                        _ => None,
                    };
                }
                match self.thing(at, &c.callee) {
                    Thing::Class(class) => {
                        let lib = self.lib(class.file);
                        let own = self.base(class).filter(|s| s.does == Does::Router);
                        // What its base makes, it makes.
                        let spec = own.or_else(|| {
                            let bases = self.p.externals(class).iter();
                            bases
                                .filter_map(|b| lib.entry_callees.get(b))
                                .flatten()
                                .map(|i| &lib.specs[*i])
                                .find(|s| s.does == Does::Router)
                        })?;
                        match &spec.returns {
                            Returns::Kind(k) => Some((*k, Router::Site(at.file, e.span.start))),
                            _ => None,
                        }
                    }
                    Thing::Func(f) => {
                        let (at, value) = self.returned(f)?;
                        self.router_within(at, value, depth + 1)
                    }
                    Thing::None => {
                        let ExprKind::Attr(object, name, _) = &c.callee.kind else {
                            return None;
                        };
                        let owner = self.class_within(at, object, None, depth + 1)?;
                        let f = self.methods(owner, *name).first().copied()?;
                        let (at, value) = self.returned(f)?;
                        self.router_within(at, value, depth + 1)
                    }
                    _ => None,
                }
            }
            ExprKind::AddrOf(x) | ExprKind::Deref(x) => self.router_within(at, x, depth + 1),
            _ => None,
        }
    }

    fn router_of_thing(self, t: Thing<'p>, depth: u32) -> Option<(Sym, Router)> {
        match t {
            Thing::Value(at, e, None | Some(0)) => self.router_within(at, e, depth + 1),
            Thing::Param(f, i) => {
                let ty = self.p.func(f).params[i].ty.as_ref()?;
                let path = self.type_path(f.file, ty)?;
                let kind = self.lib(f.file).entry_types.get(&path)?;
                Some((*kind, Router::Param(f, i as u32)))
            }
            // A function that a decorator makes a group of commands of.
            Thing::Func(f) => self.p.func(f).decorators.iter().find_map(|d| {
                let (callee, call) = match &d.kind {
                    ExprKind::Call(c) => (&c.callee, Some(&**c)),
                    _ => (d, None),
                };
                let at = At {
                    file: f.file,
                    func: self.p.func(f).parent.unwrap_or(0),
                };
                let spec =
                    self.matching(at, callee, call, depth + 1, |s| s.does == Does::Router)?;
                match &spec.returns {
                    Returns::Kind(k) => Some((*k, Router::Site(f.file, d.span.start))),
                    _ => None,
                }
            }),
            Thing::Path(p) => {
                let kind = self.p.library(Lang::Python).entry_types.get(&p);
                kind.map(|k| (*k, Router::Path(p)))
            }
            _ => None,
        }
    }

    /// What a function gives back at its end.
    pub(super) fn returned(self, f: FuncRef) -> Option<(At, &'p Expr)> {
        let mut found = None;
        walk::top_level(&self.p.func(f).body, &mut |s| {
            if let StmtKind::Return(values) = &s.kind
                && let Some(first) = values.first()
            {
                found = Some(first);
            }
        });
        let at = At {
            file: f.file,
            func: f.func,
        };
        found.map(|e| (at, e))
    }

    /// The list that a name stands for, by the place that makes it; a router, if it is one's list.
    pub(super) fn list(self, at: At, e: &Expr, depth: u32) -> Option<Router> {
        if depth > DEPTH {
            return None;
        }
        if let Some((_, router)) = self.router_within(at, e, depth + 1) {
            return Some(router);
        }
        match &e.kind {
            ExprKind::Name(_) | ExprKind::Attr(..) => match self.thing(at, e) {
                Thing::Value(at, value, None) => Some(
                    self.list(at, value, depth + 1)
                        .unwrap_or(Router::Site(at.file, value.span.start)),
                ),
                _ => None,
            },
            ExprKind::Call(c) => match self.thing(at, &c.callee) {
                Thing::Func(f) => {
                    let (at, value) = self.returned(f)?;
                    self.list(at, value, depth + 1)
                }
                _ => None,
            },
            ExprKind::List(_) | ExprKind::Bin(..) => Some(Router::Site(at.file, e.span.start)),
            _ => None,
        }
    }

    /// The list of registrations of a module.
    pub(super) fn module_list(self, module: &str, from: u32) -> Option<Router> {
        let file = self.p.facts().module_file(module, from as usize)?;
        let lists = self.lib(from).lists.get(&crate::sym!("url-lists"))?;
        lists.iter().find_map(|name| {
            let variable = Expr {
                span: Span::default(),
                kind: ExprKind::Name(*name),
            };
            let at = At {
                file: file as u32,
                func: 0,
            };
            self.list(at, &variable, 0)
        })
    }

    /// The lists of registrations that settings call the program's own.
    pub(super) fn root_lists(self) -> Vec<Router> {
        let lib = self.p.library(Lang::Python);
        let settings = lib.lists.get(&crate::sym!("url-settings"));
        let settings = settings.map_or(&[][..], Vec::as_slice);
        let mut out = Vec::new();
        for (file, f) in self.p.files().iter().enumerate() {
            if f.module.lang != Lang::Python {
                continue;
            }
            for name in settings {
                if let Global::Expr(_, e, None) = self.p.global(file as u32, *name)
                    && let ExprKind::Const(Lit::Str(module)) = &e.kind
                {
                    out.extend(self.module_list(module, file as u32));
                } else if let Global::Lit(Lit::Str(module)) = self.p.global(file as u32, *name) {
                    out.extend(self.module_list(&module, file as u32));
                }
            }
        }
        out
    }

    /// The pattern about entry points that a class's bases outside the project meet.
    pub(super) fn base(self, c: ClassRef) -> Option<&'p Spec> {
        let lib = self.lib(c.file);
        let mut found: Option<&'p Spec> = None;
        for path in self.p.externals(c) {
            let Some(i) = below(lib, *path).and_then(|specs| specs.first()) else {
                continue;
            };
            let spec = &lib.specs[*i];
            // One that tells of paths says more.
            let tells = |s: &Spec| s.handlers.iter().any(|h| !h.suffix.is_empty());
            if found.is_none_or(|f| !tells(f) && tells(spec)) {
                found = Some(spec);
            }
        }
        found.or_else(|| self.base_of_value(c))
    }

    /// The same for a base that is an attribute of what a library made: `app.Task`.
    fn base_of_value(self, c: ClassRef) -> Option<&'p Spec> {
        let at = At {
            file: c.file,
            func: 0,
        };
        let lib = self.lib(c.file);
        let mut line = std::iter::once(c).chain(self.p.ancestors(c));
        line.find_map(|c| {
            self.p.class(c).bases.iter().find_map(|b| {
                let ExprKind::Attr(object, name, _) = &b.kind else {
                    return None;
                };
                let Thing::Value(there, value, None) = self.thing(at, object) else {
                    return None;
                };
                let ExprKind::Call(made) = &value.kind else {
                    return None;
                };
                let path = self.path(there, &made.callee)?;
                let specs = lib.entry_bases.get(&concat(&[&path, ".", name]))?;
                specs.first().map(|i| &lib.specs[*i])
            })
        })
    }

    /// The pattern about entry points that a call meets.
    pub(super) fn spec(self, at: At, c: &Call, depth: u32) -> Option<&'p Spec> {
        self.matching(at, &c.callee, Some(c), depth, |_| true)
    }

    /// The first pattern that fits a callee and its arguments (none for a bare decorator).
    pub(super) fn matching(
        self,
        at: At,
        callee: &Expr,
        call: Option<&Call>,
        depth: u32,
        wanted: impl Fn(&Spec) -> bool,
    ) -> Option<&'p Spec> {
        let lib = self.lib(at.file);
        if let ExprKind::Attr(object, name, _) = &callee.kind
            && let Some(specs) = lib.entry_methods.get(name)
        {
            let mut recv: Option<Option<Sym>> = None;
            for i in specs {
                let spec = &lib.specs[*i];
                if !wanted(spec) || !signed(spec, call) || !self.says(at, spec, call) {
                    continue;
                }
                if let Some((sel, types)) = &spec.arg_type {
                    let typed = call.is_some_and(|c| {
                        selected(c, sel).first().is_some_and(|e| {
                            self.value_type(at, e, 0)
                                .is_some_and(|t| types.contains(&t))
                        })
                    });
                    if !typed {
                        continue;
                    }
                }
                if spec.recv.is_empty() {
                    return Some(spec);
                }
                let kind = recv
                    .get_or_insert_with(|| self.router_within(at, object, depth + 1).map(|r| r.0));
                match kind {
                    Some(k) if spec.recv.contains(k) => return Some(spec),
                    Some(_) => {}
                    // Nothing is known of the receiver: its path must be one.
                    None if !spec.signature.is_empty() && self.is_unknown(at, object) => {
                        let pathlike = match (&spec.route, call) {
                            (Some(Sel::Text(_)), _) => true,
                            (Some(sel), Some(c)) => {
                                selected(c, sel).first().is_some_and(|e| {
                                    matches!(&e.kind, ExprKind::Const(Lit::Str(s)) if s.starts_with('/'))
                                })
                            }
                            (Some(_), None) => false,
                            (None, _) => true,
                        };
                        if pathlike {
                            return Some(spec);
                        }
                    }
                    None => {}
                }
            }
        }
        let tail = match &callee.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => *n,
            _ => return None,
        };
        if !self.may_be_path(at.file, tail) {
            return None;
        }
        let path = self.path(at, callee)?;
        lib.entry_callees.get(&path)?.iter().find_map(|i| {
            let spec = &lib.specs[*i];
            (wanted(spec) && signed(spec, call) && self.says(at, spec, call)).then_some(spec)
        })
    }

    /// Whether a file imports what makes routers.
    pub(super) fn makes_routers(self, file: u32) -> bool {
        let lib = self.lib(file);
        let imports = &self.p.files()[file as usize].module.imports;
        imports.iter().any(|i| {
            lib.entry_modules.contains(&i.path)
                || i.path
                    .rsplit_once('.')
                    .is_some_and(|(m, _)| lib.entry_modules.iter().any(|x| x == m))
        })
    }

    /// Whether a name may be that of a callee in a pack; imports may call it otherwise.
    fn may_be_path(self, file: u32, tail: Sym) -> bool {
        let lib = self.lib(file);
        lib.entry_tails.contains(&tail)
            || self.p.files()[file as usize]
                .module
                .imports
                .iter()
                .any(|i| {
                    i.name == tail
                        && i.path
                            .rsplit('.')
                            .next()
                            .is_some_and(|t| lib.entry_tails.contains(&intern(t)))
                })
    }

    /// Whether nothing tells what a receiver is.
    fn is_unknown(self, at: At, e: &Expr) -> bool {
        match self.thing(at, e) {
            Thing::Func(_) | Thing::Class(_) | Thing::Lit(_) => false,
            Thing::Path(p) => self.lang(at.file) == Lang::Python && p.contains('.'),
            Thing::Param(..) | Thing::Value(..) | Thing::None => self.class(at, e).is_none(),
        }
    }

    fn says(self, at: At, spec: &Spec, call: Option<&Call>) -> bool {
        let Some((sel, texts)) = &spec.when else {
            return true;
        };
        let found = call.map(|c| selected(c, sel)).unwrap_or_default();
        found.first().is_some_and(|e| match &e.kind {
            ExprKind::Const(Lit::Bool(b)) => {
                let text = if *b { "True" } else { "False" };
                texts.iter().any(|t| *t == text)
            }
            ExprKind::Const(Lit::Str(s)) => texts.contains(s),
            _ => self.path(at, e).is_some_and(|p| texts.contains(&p)),
        })
    }

    /// The path of the type from outside that a value has.
    fn value_type(self, at: At, e: &Expr, depth: u32) -> Option<Sym> {
        if depth > DEPTH {
            return None;
        }
        match &e.kind {
            ExprKind::AddrOf(x) | ExprKind::Deref(x) => self.value_type(at, x, depth + 1),
            ExprKind::Struct(ty, _) | ExprKind::Typed(ty, _) => self.type_path(at.file, ty),
            ExprKind::Name(_) => match self.thing(at, e) {
                Thing::Value(at, e, None) => self.value_type(at, e, depth + 1),
                Thing::Param(f, i) => {
                    let ty = self.p.func(f).params[i].ty.as_ref()?;
                    self.type_path(f.file, ty)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a struct's field holds a handler, by its type.
    pub(super) fn handler_fields(self, file: u32, ty: &TypeExpr) -> Vec<Sym> {
        let Some(c) = self.type_class(file, ty) else {
            return Vec::new();
        };
        let Some(TypeExpr::Struct(fields)) = &self.p.class(c).underlying else {
            return Vec::new();
        };
        let Some(types) = self.lib(file).lists.get(&crate::sym!("handler-types")) else {
            return Vec::new();
        };
        fields
            .iter()
            .filter(|f| {
                f.ty.as_ref()
                    .and_then(|t| self.type_path(c.file, t))
                    .is_some_and(|p| types.contains(&p))
            })
            .map(|f| f.name)
            .collect()
    }
}

/// The patterns for a base: by its path, or by that of a module above it.
fn below(lib: &Library, path: Sym) -> Option<&Vec<usize>> {
    if let Some(exact) = lib.entry_bases.get(&path) {
        return Some(exact);
    }
    let mut module = path.as_str();
    while let Some((above, _)) = module.rsplit_once('.') {
        if let Some(specs) = lib.entry_bases.get(&intern(&format!("{above}.*"))) {
            return Some(specs);
        }
        module = above;
    }
    None
}

/// Whether the arguments are those of the pattern.
fn signed(spec: &Spec, call: Option<&Call>) -> bool {
    spec.signature.iter().all(|(want, sel)| {
        let there = call.is_some_and(|c| !selected(c, sel).is_empty());
        there == *want
    }) && (spec.shape != Shape::Method
        || call.is_some()
        || matches!(spec.route, None | Some(Sel::Recv | Sel::Text(_))))
}
