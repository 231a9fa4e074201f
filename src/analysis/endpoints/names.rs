//! What an expression stands for, told from declarations and assignments alone: enough for registrations, which are
//! written to be read.

use ustr::{Ustr, ustr};

use crate::analysis::program::{Global, Program, TypeRef};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::{Symbol, dotted};
use crate::stores::vocabulary::{Does, Library, Returns, Sel, Shape, Spec};
use crate::syntax::Lang;
use crate::syntax::il::{
    ArgKind, BinOp, Block, Call, Expr, ExprKind, FuncIdx, Lit, Place, StmtKind, TypeExpr,
};
use crate::syntax::walk;

/// Longer chains of names than any sane program has; ends cycles.
const DEPTH: u32 = 8;

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub(super) file: u32,
    pub(super) func: FuncIdx,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Thing<'p> {
    Func(FuncRef),
    Class(ClassRef),
    /// What that expression gives (a part of it, if it is taken apart).
    Value(At, &'p Expr, Option<usize>),
    Param(FuncRef, usize),
    Path(Ustr),
    Lit(Lit),
    None,
}

/// Something that entry points are registered with, by the place that makes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Router {
    /// Made by the expression at that byte of a file.
    Site(u32, u32),
    /// Handed in.
    Param(FuncRef, u32),
    /// A field of a class.
    Field(ClassRef, Ustr),
    /// Outside of the project.
    Path(Ustr),
}

/// Answers from declarations and assignments.
#[derive(Clone, Copy)]
pub(super) struct Names<'p> {
    pub(super) p: &'p Program,
}

impl<'p> Names<'p> {
    pub(super) fn lang(self, file: u32) -> Lang {
        self.p.files()[file as usize].module.lang
    }

    pub(super) fn lib(self, file: u32) -> &'p Library {
        self.p.library(self.lang(file))
    }

    /// The function in which a name is bound, with what binds it there.
    fn bound(self, at: At, name: Ustr) -> Option<Thing<'p>> {
        let module = &self.p.files()[at.file as usize].module;
        let mut f = at.func;
        while f != 0 {
            let func = &module.funcs[f as usize];
            let here = FuncRef {
                file: at.file,
                func: f,
            };
            if let Some(i) = func.params.iter().position(|p| p.name == name) {
                return Some(Thing::Param(here, i));
            }
            if func.locals.contains(&name) {
                let inner = module
                    .funcs
                    .iter()
                    .position(|g| g.parent == Some(f) && g.name == name);
                if let Some(i) = inner {
                    return Some(Thing::Func(FuncRef {
                        file: at.file,
                        func: i as FuncIdx,
                    }));
                }
                return Some(match assigned(&func.body, name) {
                    Some((e, part)) => Thing::Value(
                        At {
                            file: at.file,
                            func: f,
                        },
                        e,
                        part,
                    ),
                    None => Thing::None,
                });
            }
            f = func.parent?;
        }
        None
    }

    fn global(self, from: u32, g: Global<'p>) -> Thing<'p> {
        self.global_within(from, g, 0)
    }

    fn global_within(self, from: u32, g: Global<'p>, depth: u32) -> Thing<'p> {
        match g {
            Global::Func(f) => Thing::Func(f),
            Global::Class(c) => Thing::Class(c),
            Global::Expr(file, e, part) => Thing::Value(At { file, func: 0 }, e, part),
            Global::Lit(l) => Thing::Lit(l),
            Global::Path(p) => {
                match self.p.resolve_path(p) {
                    Some(Global::Path(_) | Global::None) | None => {}
                    Some(g) => return self.global_within(from, g, depth),
                }
                // A variable of another module.
                if depth < DEPTH
                    && self.lang(from) == Lang::Python
                    && let Some((module, name)) = p.rsplit_once('.')
                    && let Some(file) = self.p.facts().module_file(module, from as usize)
                {
                    let file = file as u32;
                    match self.p.global(file, ustr(name)) {
                        Global::None => {}
                        g => return self.global_within(file, g, depth + 1),
                    }
                }
                Thing::Path(p)
            }
            Global::None => Thing::None,
        }
    }

    /// What a name or a dotted name stands for.
    pub(super) fn thing(self, at: At, e: &Expr) -> Thing<'p> {
        match &e.kind {
            ExprKind::Name(n) => match self.bound(at, *n) {
                Some(t) => t,
                None => self.global(at.file, self.p.global(at.file, *n)),
            },
            ExprKind::Attr(object, name, _) => {
                let Some(root) = root(object) else {
                    return Thing::None;
                };
                if self.bound(at, root).is_some() {
                    return Thing::None;
                }
                match self.lang(at.file) {
                    Lang::Python => {
                        let Some(path) = dotted(e) else {
                            return Thing::None;
                        };
                        match self.p.facts().lookup_at(at.file as usize, &path) {
                            Some(Symbol::Func(file, func)) => Thing::Func(FuncRef {
                                file: file as u32,
                                func,
                            }),
                            Some(Symbol::Class(p) | Symbol::Module(p) | Symbol::External(p)) => {
                                self.global(at.file, Global::Path(ustr(&p)))
                            }
                            Some(Symbol::Const(l)) => Thing::Lit(l),
                            None => Thing::None,
                        }
                    }
                    Lang::Go => match self.p.global(at.file, root) {
                        Global::Path(p) if matches!(object.kind, ExprKind::Name(_)) => {
                            self.global(at.file, Global::Path(ustr(&format!("{p}.{name}"))))
                        }
                        _ => Thing::None,
                    },
                }
            }
            _ => Thing::None,
        }
    }

    /// The import path that a callee spells, whether inside the project or not.
    pub(super) fn path(self, at: At, e: &Expr) -> Option<Ustr> {
        if let Some(root) = root(e)
            && self.bound(at, root).is_some()
        {
            return None;
        }
        match self.lang(at.file) {
            Lang::Python => match self.p.facts().lookup_at(at.file as usize, &dotted(e)?)? {
                Symbol::Class(p) | Symbol::Module(p) | Symbol::External(p) => Some(ustr(&p)),
                Symbol::Func(file, func) => {
                    let module = &self.p.facts().files[file].module;
                    let f = FuncRef {
                        file: file as u32,
                        func,
                    };
                    Some(ustr(&format!("{module}.{}", self.p.func(f).name)))
                }
                Symbol::Const(_) => None,
            },
            Lang::Go => match &e.kind {
                ExprKind::Attr(object, name, _) => match &object.kind {
                    ExprKind::Name(n) => match self.p.global(at.file, *n) {
                        Global::Path(p) => Some(ustr(&format!("{p}.{name}"))),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            },
        }
    }

    /// A text, with names in braces for what is not known; and whether all of it is.
    pub(super) fn text(self, at: At, e: &Expr) -> (String, bool) {
        self.text_within(at, e, 0)
    }

    fn text_within(self, at: At, e: &Expr, depth: u32) -> (String, bool) {
        let unknown = |e: &Expr| {
            let name = match &e.kind {
                ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n.as_str(),
                _ => "…",
            };
            (format!("{{{name}}}"), false)
        };
        if depth > DEPTH {
            return unknown(e);
        }
        match &e.kind {
            ExprKind::Const(Lit::Str(s)) => (s.to_string(), true),
            ExprKind::Const(Lit::Int(n)) => (n.to_string(), true),
            ExprKind::Bin(BinOp::Add, a, b) => {
                let (a, known) = self.text_within(at, a, depth + 1);
                let (b, also) = self.text_within(at, b, depth + 1);
                (a + &b, known && also)
            }
            // `"%s/orders" % prefix`
            ExprKind::Bin(BinOp::Mod, a, b) => {
                let (mut text, mut known) = self.text_within(at, a, depth + 1);
                let parts = match &b.kind {
                    ExprKind::Tuple(parts) => parts.as_slice(),
                    _ => std::slice::from_ref(&**b),
                };
                for part in parts {
                    let (value, k) = self.text_within(at, part, depth + 1);
                    text = text.replacen("%s", &value, 1);
                    known &= k;
                }
                (text, known)
            }
            ExprKind::Format(parts) => {
                let mut all = String::new();
                let mut known = true;
                for part in parts {
                    let (text, k) = self.text_within(at, part, depth + 1);
                    all += &text;
                    known &= k;
                }
                (all, known)
            }
            ExprKind::Name(_) | ExprKind::Attr(..) => {
                match self.thing(at, e) {
                    Thing::Lit(Lit::Str(s)) => return (s.to_string(), true),
                    Thing::Value(at, value, None) => {
                        let (text, known) = self.text_within(at, value, depth + 1);
                        if known {
                            return (text, true);
                        }
                        // Set to something else under a condition.
                        if at.func == 0
                            && let ExprKind::Name(n) = &e.kind
                            && let Some(Lit::Str(s)) = self.constant(at.file, *n)
                        {
                            return (s.to_string(), true);
                        }
                    }
                    Thing::Path(p) => {
                        let lib = self.lib(at.file);
                        let known = lib.lists.get(&crate::sym!("method-constants"));
                        for word in known.into_iter().flatten() {
                            if let Some((path, text)) = word.split_once('=')
                                && path == p.as_str()
                            {
                                return (text.to_owned(), true);
                            }
                        }
                    }
                    _ => {}
                }
                unknown(e)
            }
            _ => unknown(e),
        }
    }

    fn constant(self, file: u32, name: Ustr) -> Option<Lit> {
        let facts = self.p.facts();
        let module = &facts.files[file as usize].module;
        facts.constants.get(&format!("{module}.{name}")).copied()
    }

    /// The class that a type names.
    fn type_class(self, file: u32, ty: &TypeExpr) -> Option<ClassRef> {
        match ty {
            TypeExpr::Pointer(inner) => self.type_class(file, inner),
            TypeExpr::Union(all) => all.iter().find_map(|t| self.type_class(file, t)),
            TypeExpr::Path(path) | TypeExpr::Generic(path, _) => {
                match self.p.resolve_type(file, path)? {
                    TypeRef::Class(c) => Some(c),
                    TypeRef::External(_) => None,
                }
            }
            _ => None,
        }
    }

    /// The path of a type from outside.
    pub(super) fn type_path(self, file: u32, ty: &TypeExpr) -> Option<Ustr> {
        match ty {
            TypeExpr::Pointer(inner) => self.type_path(file, inner),
            TypeExpr::Union(all) => all.iter().find_map(|t| self.type_path(file, t)),
            TypeExpr::Path(path) => match self.p.resolve_type(file, path)? {
                TypeRef::External(p) => Some(p),
                TypeRef::Class(_) => None,
            },
            _ => None,
        }
    }

    /// The class of the project whose object a value is.
    pub(super) fn class(self, at: At, e: &Expr) -> Option<ClassRef> {
        self.class_within(at, e, None, 0)
    }

    fn class_within(self, at: At, e: &Expr, part: Option<usize>, depth: u32) -> Option<ClassRef> {
        if depth > DEPTH {
            return None;
        }
        match &e.kind {
            ExprKind::Name(_) => self.class_of_thing(self.thing(at, e), depth),
            ExprKind::Attr(object, name, _) => {
                match self.thing(at, e) {
                    Thing::None => {}
                    t => return self.class_of_thing(t, depth),
                }
                let owner = self.class_within(at, object, None, depth + 1)?;
                if let Some((file, ty)) = self.p.field_type(owner, *name)
                    && let Some(c) = self.type_class(file, ty)
                {
                    return Some(c);
                }
                let (at, value) = self.field_value(owner, *name)?;
                self.class_within(at, value, None, depth + 1)
            }
            ExprKind::Call(c) => match self.thing(at, &c.callee) {
                Thing::Class(c) => Some(c),
                Thing::Func(f) => self.result_class(f, part),
                _ => {
                    let ExprKind::Attr(object, name, _) = &c.callee.kind else {
                        return None;
                    };
                    let owner = self.class_within(at, object, None, depth + 1)?;
                    let f = self.methods(owner, *name).first().copied()?;
                    self.result_class(f, part)
                }
            },
            ExprKind::AddrOf(x) | ExprKind::Deref(x) | ExprKind::Await(x) => {
                self.class_within(at, x, part, depth + 1)
            }
            ExprKind::Struct(ty, _) | ExprKind::TypeAssert(_, ty) | ExprKind::Typed(ty, _) => {
                self.type_class(at.file, ty)
            }
            _ => None,
        }
    }

    fn class_of_thing(self, t: Thing<'p>, depth: u32) -> Option<ClassRef> {
        match t {
            Thing::Param(f, i) => {
                let own = if i == 0 { self.p.class_of(f) } else { None };
                own.or_else(|| {
                    let ty = self.p.func(f).params[i].ty.as_ref()?;
                    self.type_class(f.file, ty)
                })
            }
            Thing::Value(at, e, part) => self.class_within(at, e, part, depth + 1),
            _ => None,
        }
    }

    fn result_class(self, f: FuncRef, part: Option<usize>) -> Option<ClassRef> {
        let ty = self.p.func(f).result_types.get(part.unwrap_or(0))?;
        self.type_class(f.file, ty)
    }

    /// What a method of the class assigns to an attribute of its receiver.
    fn field_value(self, c: ClassRef, name: Ustr) -> Option<(At, &'p Expr)> {
        if self.lang(c.file) != Lang::Python {
            return None;
        }
        let (owner, f) = self.p.project_method(c, crate::sym!("__init__"))?;
        let func = self.p.func(f);
        let receiver = func.params.first()?.name;
        let mut found = None;
        walk::top_level(&func.body, &mut |s| {
            if let StmtKind::Assign(places, value) = &s.kind
                && places.iter().any(|p| {
                    matches!(p, Place::Attr(o, n, _)
                        if *n == name && matches!(&o.kind, ExprKind::Name(r) if *r == receiver))
                })
            {
                found.get_or_insert(value);
            }
        });
        let at = At {
            file: owner.file,
            func: f.func,
        };
        found.map(|value| (at, value))
    }

    /// The functions that a method's name may mean on an object of a class.
    pub(super) fn methods(self, c: ClassRef, name: Ustr) -> Vec<FuncRef> {
        if let Some((_, f)) = self.p.project_method(c, name) {
            return vec![f];
        }
        if let Some(path) = self.p.embedded_path(c, name) {
            let mut at = c;
            for field in path {
                let Some((file, ty)) = self.p.field_type(at, field) else {
                    return Vec::new();
                };
                match self.type_class(file, ty) {
                    Some(next) => at = next,
                    None => return Vec::new(),
                }
            }
            if at != c {
                return self.methods(at, name);
            }
        }
        self.p.implementers(c, name)
    }

    /// The kind of a router, and which one it is.
    pub(super) fn router(self, at: At, e: &Expr) -> Option<(Ustr, Router)> {
        self.router_within(at, e, 0)
    }

    fn router_within(self, at: At, e: &Expr, depth: u32) -> Option<(Ustr, Router)> {
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

    fn router_of_thing(self, t: Thing<'p>, depth: u32) -> Option<(Ustr, Router)> {
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
        found
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
            let mut recv: Option<Option<Ustr>> = None;
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
    fn may_be_path(self, file: u32, tail: Ustr) -> bool {
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
                            .is_some_and(|t| lib.entry_tails.contains(&ustr(t)))
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
        let Some((sel, text)) = &spec.when else {
            return true;
        };
        let found = call.map(|c| selected(c, sel)).unwrap_or_default();
        found.first().is_some_and(|e| match &e.kind {
            ExprKind::Const(Lit::Bool(b)) => *text == if *b { "True" } else { "False" },
            ExprKind::Const(Lit::Str(s)) => s == text,
            _ => self.path(at, e) == Some(*text),
        })
    }

    /// The path of the type from outside that a value has.
    fn value_type(self, at: At, e: &Expr, depth: u32) -> Option<Ustr> {
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
    pub(super) fn handler_fields(self, file: u32, ty: &TypeExpr) -> Vec<Ustr> {
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
fn below(lib: &Library, path: Ustr) -> Option<&Vec<usize>> {
    if let Some(exact) = lib.entry_bases.get(&path) {
        return Some(exact);
    }
    let mut module = path.as_str();
    while let Some((above, _)) = module.rsplit_once('.') {
        if let Some(specs) = lib.entry_bases.get(&ustr(&format!("{above}.*"))) {
            return Some(specs);
        }
        module = above;
    }
    None
}

/// The name at the start of a dotted one.
fn root(e: &Expr) -> Option<Ustr> {
    match &e.kind {
        ExprKind::Name(n) => Some(*n),
        ExprKind::Attr(object, _, _) => root(object),
        _ => None,
    }
}

/// The first assignment to a local variable.
fn assigned(body: &Block, name: Ustr) -> Option<(&Expr, Option<usize>)> {
    let mut found = None;
    walk::top_level(body, &mut |s| {
        let StmtKind::Assign(places, value) = &s.kind else {
            return;
        };
        if found.is_some() || matches!(value.kind, ExprKind::Const(Lit::None)) {
            return;
        }
        for place in places {
            match place {
                Place::Name(n, _) if *n == name => found = Some((value, None)),
                Place::Tuple(parts, _) => {
                    let at = parts
                        .iter()
                        .position(|p| matches!(p, Place::Name(n, _) if *n == name));
                    if let Some(i) = at {
                        found = Some((value, (parts.len() > 1).then_some(i)));
                    }
                }
                _ => {}
            }
        }
    });
    found
}

/// Whether the arguments are those of the pattern.
fn signed(spec: &Spec, call: Option<&Call>) -> bool {
    spec.signature.iter().all(|(want, sel)| {
        let there = call.is_some_and(|c| !selected(c, sel).is_empty());
        there == *want
    }) && (spec.shape != Shape::Method || call.is_some() || spec.route.is_none())
}

/// The arguments that a selector means, as written.
pub(super) fn selected<'e>(c: &'e Call, sel: &Sel) -> Vec<&'e Expr> {
    let positional = || {
        c.args
            .iter()
            .filter(|a| a.kind == ArgKind::Plain)
            .map(|a| &a.value)
    };
    match sel {
        Sel::Pos(i) => positional().nth(*i).into_iter().collect(),
        Sel::PosFrom(i) => positional().skip(*i).collect(),
        Sel::AllPos => positional().collect(),
        Sel::Kw(name) | Sel::Field(name) => c
            .args
            .iter()
            .filter(|a| matches!(a.kind, ArgKind::Keyword(n) if n == *name))
            .map(|a| &a.value)
            .collect(),
        Sel::Recv => match &c.callee.kind {
            ExprKind::Attr(object, _, _) => vec![object],
            _ => Vec::new(),
        },
        Sel::First(sels) => sels
            .iter()
            .map(|s| selected(c, s))
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}
