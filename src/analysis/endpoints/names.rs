//! What an expression stands for, told from declarations and assignments alone: enough for registrations, which are
//! written to be read.

use super::sites::Site;
use crate::analysis::interp::has_decorator;
use crate::analysis::program::{Global, Program, TypeRef};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::{Symbol, dotted, python_module};
use crate::stores::vocabulary::{Library, Sel};
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{
    ArgKind, BinOp, Block, Call, Expr, ExprKind, FuncIdx, Lit, Place, StmtKind, TypeExpr,
};
use crate::syntax::walk;

/// Longer chains of names than any sane program has; ends cycles.
pub(super) const DEPTH: u32 = 12;

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
    Path(Sym),
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
    Field(ClassRef, Sym),
    /// Outside of the project.
    Path(Sym),
}

/// Answers from declarations and assignments.
#[derive(Clone, Copy)]
pub(super) struct Names<'p> {
    pub(super) p: &'p Program,
    /// The call for which a function's parameters stand for what they are handed.
    pub(super) site: Option<Site<'p>>,
}

impl<'p> Names<'p> {
    pub(super) fn lang(self, file: u32) -> Lang {
        self.p.files()[file as usize].module.lang
    }

    pub(super) fn lib(self, file: u32) -> &'p Library {
        self.p.library(self.lang(file))
    }

    /// The function in which a name is bound, with what binds it there.
    fn bound(self, at: At, name: Sym) -> Option<Thing<'p>> {
        let module = &self.p.files()[at.file as usize].module;
        let mut f = at.func;
        while f != 0 {
            let func = &module.funcs[f as usize];
            let here = FuncRef {
                file: at.file,
                func: f,
            };
            if let Some(i) = func.params.iter().position(|p| p.name == name) {
                let handed = self.site.and_then(|s| s.arg(here, i, name));
                return Some(match handed {
                    Some((at, e)) => match self.thing(at, e) {
                        Thing::None => Thing::Value(at, e, None),
                        known => known,
                    },
                    None => Thing::Param(here, i),
                });
            }
            if func.locals.contains(&name) {
                // What a function imports is found as if the file did.
                if module
                    .imports
                    .iter()
                    .any(|i| i.scope == f && i.name == name)
                {
                    return None;
                }
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
                    match self.p.global(file, intern(name)) {
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
                                self.global(at.file, Global::Path(intern(&p)))
                            }
                            Some(Symbol::Const(l)) => Thing::Lit(l),
                            None => Thing::None,
                        }
                    }
                    Lang::Go => match self.p.global(at.file, root) {
                        Global::Path(p) if matches!(object.kind, ExprKind::Name(_)) => {
                            self.global(at.file, Global::Path(intern(&format!("{p}.{name}"))))
                        }
                        _ => Thing::None,
                    },
                }
            }
            _ => Thing::None,
        }
    }

    /// The import path that a callee spells, whether inside the project or not.
    pub(super) fn path(self, at: At, e: &Expr) -> Option<Sym> {
        if let Some(root) = root(e)
            && self.bound(at, root).is_some()
        {
            return None;
        }
        match self.lang(at.file) {
            Lang::Python => match self.p.facts().lookup_at(at.file as usize, &dotted(e)?)? {
                Symbol::Class(p) | Symbol::Module(p) | Symbol::External(p) => Some(intern(&p)),
                Symbol::Func(file, func) => {
                    let module = &self.p.facts().files[file].module;
                    let f = FuncRef {
                        file: file as u32,
                        func,
                    };
                    Some(intern(&format!("{module}.{}", self.p.func(f).name)))
                }
                Symbol::Const(_) => None,
            },
            Lang::Go => match &e.kind {
                ExprKind::Attr(object, name, _) => match &object.kind {
                    ExprKind::Name(n) => match self.p.global(at.file, *n) {
                        Global::Path(p) => Some(intern(&format!("{p}.{name}"))),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            },
        }
    }

    /// Whether an import path of which nothing else is known can only mean a function: that of a package that other
    /// parts of the project have installed.
    pub(super) fn is_path_of(self, path: Sym, f: FuncRef) -> bool {
        let Some((module, name)) = path.rsplit_once('.') else {
            return false;
        };
        let func = self.p.func(f);
        if func.name != name || func.parent != Some(0) || !module.contains('.') {
            return false;
        }
        let own = python_module(&self.p.files()[f.file as usize].path);
        own.strip_suffix(module)
            .is_some_and(|above| above.is_empty() || above.ends_with('.'))
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

    fn constant(self, file: u32, name: Sym) -> Option<Lit> {
        let facts = self.p.facts();
        let module = &facts.files[file as usize].module;
        facts.constants.get(&format!("{module}.{name}")).copied()
    }

    /// The class that a type names.
    pub(super) fn type_class(self, file: u32, ty: &TypeExpr) -> Option<ClassRef> {
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
    pub(super) fn type_path(self, file: u32, ty: &TypeExpr) -> Option<Sym> {
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

    /// Whether a struct from outside describes a command.
    pub(super) fn is_command(self, file: u32, ty: &TypeExpr) -> bool {
        self.lang(file) == Lang::Go
            && self.type_path(file, ty).is_some_and(|path| {
                let known = self.lib(file).lists.get(&crate::sym!("command-fields"));
                known.is_some_and(|words| words.iter().any(|w| field_of(*w, path).is_some()))
            })
    }

    /// Whether a field of a struct from outside is one of those in a list.
    pub(super) fn is_field(self, file: u32, ty: &TypeExpr, name: Sym, list: Sym) -> bool {
        self.type_path(file, ty).is_some_and(|path| {
            let known = self.lib(file).lists.get(&list);
            known.is_some_and(|words| {
                words
                    .iter()
                    .any(|w| field_of(*w, path).is_some_and(|f| name == f))
            })
        })
    }

    /// The class of the project whose object a value is.
    pub(super) fn class(self, at: At, e: &Expr) -> Option<ClassRef> {
        self.class_within(at, e, None, 0)
    }

    pub(super) fn class_within(
        self,
        at: At,
        e: &Expr,
        part: Option<usize>,
        depth: u32,
    ) -> Option<ClassRef> {
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
                Thing::Func(f) => self.result_class(f, part, depth),
                // `cls(...)`
                Thing::Param(f, 0) if has_decorator(self.p.func(f), "classmethod") => {
                    self.p.class_of(f)
                }
                _ => {
                    let ExprKind::Attr(object, name, _) = &c.callee.kind else {
                        return None;
                    };
                    let owner = self.class_within(at, object, None, depth + 1)?;
                    let f = self.methods(owner, *name).first().copied()?;
                    self.result_class(f, part, depth)
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

    fn result_class(self, f: FuncRef, part: Option<usize>, depth: u32) -> Option<ClassRef> {
        if self.p.is_steps(f) {
            return None;
        }
        match self.p.func(f).result_types.get(part.unwrap_or(0)) {
            Some(ty) => self.type_class(f.file, ty),
            None if part.is_none() && self.lang(f.file) == Lang::Python => {
                let (at, value) = self.returned(f)?;
                self.class_within(at, value, None, depth + 1)
            }
            None => None,
        }
    }

    /// What a method of the class assigns to an attribute of its receiver.
    pub(super) fn field_value(self, c: ClassRef, name: Sym) -> Option<(At, &'p Expr)> {
        if self.lang(c.file) != Lang::Python {
            return None;
        }
        let made = self.p.project_method(c, crate::sym!("__init__"));
        let others = self.p.class(c).methods.iter().map(|(_, func)| FuncRef {
            file: c.file,
            func: *func,
        });
        made.map(|m| m.1)
            .into_iter()
            .chain(others)
            .find_map(|f| self.field_set(f, name))
    }

    fn field_set(self, f: FuncRef, name: Sym) -> Option<(At, &'p Expr)> {
        let func = self.p.func(f);
        let receiver = func.params.first()?.name;
        let mut found = None;
        walk::top_level(&func.body, &mut |s| {
            if let StmtKind::Assign(places, value) = &s.kind
                && !matches!(value.kind, ExprKind::Const(Lit::None))
                && places.iter().any(|p| {
                    matches!(p, Place::Attr(o, n, _)
                        if *n == name && matches!(&o.kind, ExprKind::Name(r) if *r == receiver))
                })
            {
                found.get_or_insert(value);
            }
        });
        let at = At {
            file: f.file,
            func: f.func,
        };
        found.map(|value| (at, value))
    }

    /// The functions that a method's name may mean on an object of a class.
    pub(super) fn methods(self, c: ClassRef, name: Sym) -> Vec<FuncRef> {
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
}

/// The field that a word of a list names, if it is one of that type: `PATH.Type.Field`.
fn field_of(word: Sym, ty: Sym) -> Option<&'static str> {
    word.as_str().strip_prefix(ty.as_str())?.strip_prefix('.')
}

/// The name at the start of a dotted one.
fn root(e: &Expr) -> Option<Sym> {
    match &e.kind {
        ExprKind::Name(n) => Some(*n),
        ExprKind::Attr(object, _, _) => root(object),
        _ => None,
    }
}

/// The first assignment to a local variable.
fn assigned(body: &Block, name: Sym) -> Option<(&Expr, Option<usize>)> {
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
