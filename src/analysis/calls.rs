//! Who may call whom, by name: enough to leave alone what can't touch a store, and to know which files are wanted.
//!
//! A bare name means no method; an attribute that is not called runs code only if it is a property; a function handed
//! over may be called by whoever gets it. What a closure does, its maker may do.

use rustc_hash::{FxHashMap, FxHashSet};

use super::value::FuncRef;
use crate::stores::vocabulary::{Does, Library};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{
    Arg, ArgKind, Call, CmpOp, Expr, ExprKind, Func, FuncIdx, Lit, Module, Param, ParamKind, Place,
    Stmt, StmtKind,
};
use crate::syntax::{Lang, walk};

/// How a call names what it runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Key {
    /// `x.name()`, or a method handed over.
    Method(Sym),
    /// `name()`, or a function handed over.
    Bare(Sym),
    /// `x.name`, which runs code if it is a property.
    Property(Sym),
    /// A function defined inside another, by file and number.
    Inner(u32, FuncIdx),
}

/// What a call, or an attribute that is read, says of the code it runs: what the whole program's facts can resolve.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Use {
    /// A name that is not the function's own, dotted or not: `helper`, `module.helper`, `Class.method`.
    Path(Sym),
    /// A method or property of its own object: `self.x`, `cls.x`, `super().x`.
    Own(Sym),
    /// A method of something else, called with so many arguments; handed over, or called with who knows how many.
    Method(Sym, Option<u8>),
    /// An attribute of something else.
    Property(Sym),
    /// What comes out of an expression is called.
    Called,
    /// What comes out of an expression is entered by `with`.
    Entered,
}

impl Key {
    fn order(&self) -> (u8, u64, u32) {
        match self {
            Self::Method(n) => (0, n.number(), 0),
            Self::Bare(n) => (1, n.number(), 0),
            Self::Property(n) => (2, n.number(), 0),
            Self::Inner(file, func) => (3, u64::from(*file), *func),
        }
    }
}

impl Use {
    fn order(&self) -> (u8, u64, Option<u8>) {
        match self {
            Self::Path(n) => (0, n.number(), None),
            Self::Own(n) => (1, n.number(), None),
            Self::Method(n, count) => (2, n.number(), *count),
            Self::Property(n) => (3, n.number(), None),
            Self::Called => (4, 0, None),
            Self::Entered => (5, 0, None),
        }
    }
}

/// The names in a function's body that may run code of the project; each list in an order of its own, but the same in
/// every run.
#[derive(Default, Debug)]
pub struct FuncCalls {
    /// What may run code of the project; each once.
    pub uses: Vec<Use>,
    /// What is called, handed over or read; each once.
    pub names: Vec<Key>,
    /// Functions called or handed over by a bare name, and methods; without calls that look like those of a
    /// dictionary, list or set, and without what Go packages export.
    pub acting: Vec<Sym>,
    /// Methods called on the function's first parameter.
    pub own: Vec<Sym>,
    /// Calls that look like those of a container, on an attribute: its name, and the method's.
    pub on_attributes: Vec<(Sym, Sym)>,
    /// Names of the file's imports through which it calls, or hands something over.
    pub imports: Vec<Sym>,
    /// Functions defined in it.
    pub nested: Vec<FuncIdx>,
    /// Of a module: the names that it binds to what may hand on functions.
    pub tables: Vec<Table>,
    /// Names of imports and of the file's classes that stand for a value; each once.
    pub named: Vec<Sym>,
    /// It calls a method whose name it is given: `getattr(table, method)(...)`.
    pub any_method: bool,
}

/// A name of a module through which functions may be called: a table of them, or what a function made of some.
#[derive(Default, Debug)]
pub struct Table {
    /// The name.
    pub name: Sym,
    /// What is called, handed over or held, dotted.
    pub of: Vec<Sym>,
    /// Functions without a name among it.
    pub inner: Vec<FuncIdx>,
}

impl walk::Visit<'_> for Table {
    fn expr(&mut self, e: &Expr) {
        let mut held = |e: &Expr| {
            if let ExprKind::Name(_) | ExprKind::Attr(..) = e.kind {
                self.of.extend(dotted(e).map(|d| d.1));
            }
        };
        match &e.kind {
            // A method that is called says little by its name.
            ExprKind::Call(c) => {
                let all = std::iter::once(&c.callee).chain(c.args.iter().map(|a| &a.value));
                all.filter(|e| matches!(e.kind, ExprKind::Name(_)))
                    .for_each(held);
            }
            ExprKind::Dict(items) => items.iter().for_each(|i| held(&i.1)),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                items.iter().for_each(held);
            }
            ExprKind::Lambda(i) => self.inner.push(*i),
            _ => {}
        }
    }
}

/// The names that a Python module binds to what may hand on functions.
fn tables(module: &Module) -> Vec<Table> {
    let mut out = Vec::new();
    let Some(body) = module.funcs.first().map(|f| &f.body) else {
        return out;
    };
    walk::top_level(body, &mut |stmt| {
        let StmtKind::Assign(places, value) = &stmt.kind else {
            return;
        };
        for place in places {
            if let Place::Name(name, _) = place {
                let mut table = Table {
                    name: *name,
                    ..Table::default()
                };
                walk::expr(&mut table, value);
                if !table.of.is_empty() || !table.inner.is_empty() {
                    out.push(table);
                }
            }
        }
    });
    out
}

struct Visitor<'m> {
    /// The first parameter.
    first: Option<Sym>,
    /// The names bound in the function.
    locals: &'m [Sym],
    calls: FuncCalls,
    attributes: Vec<Sym>,
    /// Methods called on a local name.
    on_local: Vec<(Sym, Use)>,
    /// Local names that are bound to a literal of a dictionary, list or set; to anything else.
    plain: FxHashSet<Sym>,
    other: FxHashSet<Sym>,
    imported: &'m FxHashSet<Sym>,
    /// The imported names and those of the file's classes.
    types: &'m FxHashSet<Sym>,
    lang: Lang,
}

impl Visitor<'_> {
    /// Whether it is a name that a Go package exports: no method, whatever it is called.
    fn of_package(&self, e: &Expr) -> bool {
        matches!(&e.kind, ExprKind::Name(n)
            if self.lang == Lang::Go && self.imported.contains(n) && !self.locals.contains(n))
    }

    fn is_first(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) => Some(*n) == self.first,
            ExprKind::Call(c) => matches!(&c.callee.kind, ExprKind::Name(n) if n == "super"),
            _ => false,
        }
    }

    /// A name that is bound to a container's literal, or to something else.
    fn bound(&mut self, place: &Place, container: bool) {
        match place {
            Place::Name(n, _) if container => {
                self.plain.insert(*n);
            }
            Place::Name(n, _) => {
                self.other.insert(*n);
            }
            Place::Tuple(parts, _) => parts.iter().for_each(|p| self.bound(p, false)),
            Place::Star(inner, _) => self.bound(inner, true),
            Place::Attr(..) | Place::Index(..) | Place::Deref(..) | Place::Ignore => {}
        }
    }

    /// Something that is called, with so many arguments, or handed over.
    fn used(&mut self, e: &Expr, args: Option<u8>) {
        let of = match &e.kind {
            ExprKind::Name(n) if Some(*n) == self.first => Use::Own(sym!("__init__")),
            ExprKind::Attr(of, n, _) if self.is_first(of) => Use::Own(*n),
            _ => match head(e) {
                Some(head) if self.locals.contains(&head) && !self.imported.contains(&head) => {
                    if let ExprKind::Attr(of, n, _) = &e.kind {
                        match &of.kind {
                            ExprKind::Name(of) => {
                                self.on_local.push((*of, Use::Method(*n, args)));
                            }
                            _ => self.calls.uses.push(Use::Method(*n, args)),
                        }
                    }
                    return;
                }
                Some(_) => Use::Path(path(e)),
                None => match &e.kind {
                    ExprKind::Attr(of, n, _) if !is_container(of) => Use::Method(*n, args),
                    _ => return,
                },
            },
        };
        self.calls.uses.push(of);
    }

    /// A method that is handed over or kept, to be called later.
    fn kept(&mut self, e: &Expr) {
        if let ExprKind::Attr(of, n, _) = &e.kind
            && !self.of_package(of)
        {
            self.calls.acting.push(*n);
        }
    }

    /// The import that something comes from.
    fn imported_from(&mut self, e: &Expr) {
        let mut head = e;
        while let ExprKind::Attr(of, ..) = &head.kind {
            head = of;
        }
        if let ExprKind::Name(n) = &head.kind
            && self.imported.contains(n)
        {
            self.calls.imports.push(*n);
        }
    }

    /// A table of the module, or of another, into which is looked.
    fn looked_into(&mut self, e: &Expr) {
        if let Some(head) = head(e)
            && !self.locals.contains(&head)
            && self.lang == Lang::Python
        {
            let path = path(e);
            let last = path.rsplit('.').next().map_or(path, intern);
            self.calls.names.push(Key::Bare(last));
            self.calls.uses.push(Use::Path(path));
        }
    }

    /// An operator on something that has elements: the program may say what it means.
    fn operated(&mut self, name: Sym, args: u8) {
        self.calls.names.push(Key::Method(name));
        self.calls.uses.push(Use::Method(name, Some(args)));
    }

    /// Something that is called or handed over, and the import that it comes from.
    fn handed(&mut self, e: &Expr) {
        self.imported_from(e);
        match &e.kind {
            ExprKind::Name(n) => {
                self.calls.names.push(Key::Bare(*n));
                self.calls.acting.push(*n);
            }
            ExprKind::Attr(_, n, _) => self.calls.names.push(Key::Method(*n)),
            _ => {}
        }
    }
}

/// Methods that dictionaries, lists and sets have as well: with plain arguments they are theirs.
const OF_CONTAINERS: [&str; 10] = [
    "add",
    "clear",
    "copy",
    "count",
    "get",
    "index",
    "pop",
    "remove",
    "setdefault",
    "update",
];

/// Whether dictionaries, lists and sets have a method of that name as well.
pub(super) fn is_of_container(name: Sym) -> bool {
    OF_CONTAINERS.contains(&name.as_str())
}

/// Of these, those that a repository of the project would hardly write by.
const LOOKS: [&str; 7] = [
    "clear",
    "copy",
    "count",
    "get",
    "index",
    "pop",
    "setdefault",
];

/// Whether it makes a dictionary, list, set or text.
fn is_container(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Dict(_)
            | ExprKind::List(_)
            | ExprKind::Set(_)
            | ExprKind::Tuple(_)
            | ExprKind::Comp(_)
            | ExprKind::Const(_)
            | ExprKind::Format(_)
    )
}

/// How many arguments a call has, if that is plain to see. (Go's `f(g())` hands over all that `g` returns.)
fn count(call: &Call, lang: Lang) -> Option<u8> {
    if let (Lang::Go, [only]) = (lang, call.args.as_slice())
        && matches!(only.value.kind, ExprKind::Call(_))
    {
        return None;
    }
    let plain = |a: &Arg| matches!(a.kind, ArgKind::Plain | ArgKind::Keyword(_));
    let n = u8::try_from(call.args.len()).ok()?;
    call.args.iter().all(plain).then_some(n)
}

/// Whether a method can be called with so many arguments on an object.
pub(super) fn takes(func: &Func, args: u8) -> bool {
    let receiver = usize::from(
        !func
            .decorators
            .iter()
            .any(|d| matches!(&d.kind, ExprKind::Name(n) if n == "staticmethod")),
    );
    let named = |p: &&Param| matches!(p.kind, ParamKind::Plain | ParamKind::KeywordOnly);
    let most = func.params.iter().filter(named).count();
    let least = func
        .params
        .iter()
        .filter(named)
        .filter(|p| p.default.is_none());
    let any = func.params.iter().any(|p| !named(&p));
    let args = usize::from(args) + receiver;
    args >= least.count() && (any || args <= most)
}

/// A name, dotted or not, and its first part.
fn dotted(e: &Expr) -> Option<(Sym, Sym)> {
    head(e).map(|head| (head, path(e)))
}

/// The first part of a name, dotted or not.
fn head(mut e: &Expr) -> Option<Sym> {
    loop {
        match &e.kind {
            ExprKind::Name(n) => return Some(*n),
            ExprKind::Attr(of, ..) => e = of,
            _ => return None,
        }
    }
}

/// The whole of a name, dotted or not.
fn path(e: &Expr) -> Sym {
    fn write(e: &Expr, out: &mut String) {
        match &e.kind {
            ExprKind::Attr(of, n, _) => {
                write(of, out);
                out.push('.');
                out.push_str(n);
            }
            ExprKind::Name(n) => out.push_str(n),
            _ => {}
        }
    }
    if let ExprKind::Name(n) = e.kind {
        return n;
    }
    let mut text = String::with_capacity(64);
    write(e, &mut text);
    intern(&text)
}

/// The method that is looked up by a text: `getattr(table, "name")`.
fn looked_up(call: &Call) -> Option<Sym> {
    match (&call.callee.kind, call.args.as_slice()) {
        (ExprKind::Name(f), [_, name, ..]) if f == "getattr" => match name.value.kind {
            ExprKind::Const(Lit::Str(name)) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Whether what is called is a method that is looked up by a variable: `getattr(table, method)`.
fn is_any_method(callee: &Expr) -> bool {
    let ExprKind::Call(c) = &callee.kind else {
        return false;
    };
    matches!((&c.callee.kind, c.args.as_slice()), (ExprKind::Name(f), [_, name, ..])
        if f == "getattr" && matches!(name.value.kind, ExprKind::Name(_)))
}

/// Whether a call looks like that of a container: `d.get(key, default)`, `d.update(other)`.
fn of_container(name: Sym, call: &Call) -> bool {
    OF_CONTAINERS.contains(&name.as_str())
        && !call.args.is_empty()
        && call.args.iter().all(|a| a.kind == ArgKind::Plain)
}

impl walk::Visit<'_> for Visitor<'_> {
    fn stmt(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Func(_, i) => self.calls.nested.push(*i),
            StmtKind::Assign(places, value) => {
                for place in places {
                    self.bound(place, is_container(value));
                    if let Place::Index(..) = place {
                        self.operated(sym!("__setitem__"), 2);
                    }
                }
                self.kept(value);
            }
            StmtKind::AugAssign(Place::Index(..), ..) => {
                self.operated(sym!("__getitem__"), 1);
                self.operated(sym!("__setitem__"), 2);
            }
            StmtKind::Loop {
                each: Some(each), ..
            } => {
                self.bound(&each.0, false);
                self.looked_into(&each.1);
            }
            StmtKind::With(value, target, _) => {
                target.iter().for_each(|t| self.bound(t, false));
                self.calls.names.extend(match value.kind {
                    ExprKind::Await(_) => [sym!("__aenter__"), sym!("__aexit__")].map(Key::Method),
                    _ => [sym!("__enter__"), sym!("__exit__")].map(Key::Method),
                });
                let mut of = value;
                while let ExprKind::Await(inner) = &of.kind {
                    of = inner;
                }
                // What a name makes is entered where it is made.
                let made = match &of.kind {
                    ExprKind::Call(c) => head(&c.callee).is_some(),
                    ExprKind::Name(_) => true,
                    _ => false,
                };
                if !made {
                    self.calls.uses.push(Use::Entered);
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Call(c) => {
                let look = matches!(&c.callee.kind, ExprKind::Attr(_, n, _)
                    if LOOKS.contains(&n.as_str()) && of_container(*n, c));
                if let ExprKind::Attr(of, n, _) = &c.callee.kind
                    && matches!(n.as_str(), "get" | "items" | "values")
                {
                    self.looked_into(of);
                }
                if look {
                    self.imported_from(&c.callee);
                } else {
                    self.handed(&c.callee);
                    self.used(&c.callee, count(c, self.lang));
                }
                if !matches!(&c.callee.kind, ExprKind::Name(_) | ExprKind::Attr(..)) {
                    self.calls.uses.push(Use::Called);
                }
                // An object that is called.
                let object = match &c.callee.kind {
                    ExprKind::Call(_) => true,
                    ExprKind::Name(n) => self.locals.contains(n),
                    _ => false,
                };
                if object {
                    self.calls.names.push(Key::Method(sym!("__call__")));
                }
                if let ExprKind::Attr(of, n, _) = &c.callee.kind
                    && matches!(&of.kind, ExprKind::Name(of) if Some(*of) == self.first)
                {
                    self.calls.own.push(*n);
                }
                if let ExprKind::Attr(of, n, _) = &c.callee.kind {
                    if let (ExprKind::Attr(_, of, _), true) = (&of.kind, is_of_container(*n)) {
                        self.calls.on_attributes.push((*of, *n));
                    }
                    if !of_container(*n, c) && !self.of_package(of) {
                        self.calls.acting.push(*n);
                    }
                }
                for a in &c.args {
                    self.handed(&a.value);
                    self.used(&a.value, None);
                    self.kept(&a.value);
                }
                if let Some(n) = looked_up(c) {
                    self.calls.acting.push(n);
                }
                self.calls.any_method |= is_any_method(&c.callee);
            }
            ExprKind::Attr(of, n, _) => {
                self.attributes.push(*n);
                if self.is_first(of) {
                    self.calls.uses.push(Use::Own(*n));
                } else if !head(of).is_some_and(|head| self.imported.contains(&head)) {
                    self.calls.uses.push(Use::Property(*n));
                }
            }
            ExprKind::Index(of, _) => {
                self.imported_from(of);
                self.looked_into(of);
                self.operated(sym!("__getitem__"), 1);
            }
            ExprKind::Cmp(CmpOp::In | CmpOp::NotIn, ..) => {
                self.operated(sym!("__contains__"), 1);
            }
            ExprKind::Lambda(i) => self.calls.nested.push(*i),
            ExprKind::Name(n) if self.types.contains(n) => self.calls.named.push(*n),
            ExprKind::Walrus(n, _) => {
                self.other.insert(*n);
            }
            _ => {}
        }
    }
}

/// What each function of a file calls.
pub fn of_module(module: &Module) -> Vec<FuncCalls> {
    let imported: FxHashSet<Sym> = module.imports.iter().map(|i| i.name).collect();
    let types: FxHashSet<Sym> = match module.lang {
        Lang::Python => {
            let classes = module.classes.iter().map(|c| c.name);
            imported.iter().copied().chain(classes).collect()
        }
        Lang::Go => FxHashSet::default(),
    };
    let of = |func: &Func| {
        let mut v = Visitor {
            first: func.params.first().map(|p| p.name),
            locals: &func.locals,
            calls: FuncCalls::default(),
            attributes: Vec::new(),
            on_local: Vec::new(),
            plain: FxHashSet::default(),
            other: func.params.iter().map(|p| p.name).collect(),
            imported: &imported,
            types: &types,
            lang: module.lang,
        };
        walk::block(&mut v, &func.body);
        for d in &func.decorators {
            let d = match &d.kind {
                ExprKind::Call(c) => &c.callee,
                _ => d,
            };
            v.handed(d);
            v.used(d, None);
        }
        let mut calls = v.calls;
        let (plain, other) = (v.plain, v.other);
        let anything = |n: &Sym| other.contains(n) || !plain.contains(n);
        let on_local = v.on_local.into_iter().filter(|(n, _)| anything(n));
        calls.uses.extend(on_local.map(|(_, u)| u));
        calls
            .names
            .extend(v.attributes.iter().map(|n| Key::Property(*n)));
        calls.names.sort_unstable_by_key(Key::order);
        calls.names.dedup();
        calls.uses.sort_unstable_by_key(Use::order);
        calls.uses.dedup();
        let lists = [
            &mut calls.acting,
            &mut calls.own,
            &mut calls.imports,
            &mut calls.named,
        ];
        for list in lists {
            list.sort_unstable_by_key(|n| n.number());
            list.dedup();
        }
        calls
    };
    let mut out: Vec<FuncCalls> = module.funcs.iter().map(of).collect();
    if let (Lang::Python, Some(first)) = (module.lang, out.first_mut()) {
        first.tables = tables(module);
    }
    out
}

/// Which functions matter: those that name a call of a library, and whoever may call them. Files are added one by one.
#[derive(Default, Debug)]
pub struct Relevance {
    /// Functions by the names that call them.
    callers: FxHashMap<Key, Vec<FuncRef>>,
    /// Names whose call reaches something that matters.
    reaching: FxHashSet<Key>,
    matters: FxHashSet<FuncRef>,
    /// Functions that name a call of a library themselves.
    direct: FxHashSet<FuncRef>,
    /// The names by which each function is called.
    keys: FxHashMap<FuncRef, Vec<Key>>,
    /// In the order in which they came to matter.
    order: Vec<FuncRef>,
    /// The tables of modules by what they hold, and those that came to matter.
    tables: FxHashMap<Key, Vec<(u32, Sym)>>,
    held: Vec<(u32, Sym)>,
    /// Only telling names reach.
    strict: bool,
}

/// Whether a method's name says which one is meant: it is no library's and no container's, and not a short one.
pub fn telling(name: Sym, libs: [&Library; 2]) -> bool {
    // What only sends something away is called as programs call their own.
    let stores = |l: &Library| {
        let specs = l.methods.get(&name).into_iter().flatten();
        specs.into_iter().any(|i| l.specs[*i].does != Does::Effect)
    };
    name.len() > 3
        && !is_of_container(name)
        && !libs.iter().any(|l| l.acting.contains(&name) || stores(l))
}

impl Relevance {
    /// One in which only telling names reach: what is surely worth parsing a file for.
    pub fn strict() -> Self {
        Self {
            strict: true,
            ..Self::default()
        }
    }

    /// Adds a file. Only in a file that a pack's anchors name do calls of that library's names count.
    pub fn add(
        &mut self,
        file: u32,
        module: &Module,
        calls: &[FuncCalls],
        lib: Option<&Library>,
        libs: [&Library; 2],
    ) {
        let mut work = Vec::new();
        for (i, (func, calls)) in module.funcs.iter().zip(calls).enumerate() {
            let r = FuncRef {
                file,
                func: i as FuncIdx,
            };
            // A name that libraries and containers use says nothing of whose method is called.
            let told = !self.strict || telling(func.name, libs);
            self.keys.insert(r, keys_of(r, func, told));
            let nested = calls.nested.iter().map(|n| Key::Inner(file, *n));
            let mut reaches = false;
            for name in calls.names.iter().copied().chain(nested) {
                reaches |= self.reaching.contains(&name);
                self.callers.entry(name).or_default().push(r);
            }
            let acts = |lib: &Library| {
                calls.acting.iter().any(|n| {
                    lib.acting.contains(n)
                        || (lib.flagging.contains(n) && flags(module, calls, *n, lib))
                })
            };
            let direct = lib.is_some_and(|l| calls.any_method || acts(l));
            if direct {
                self.direct.insert(r);
            }
            if reaches || direct {
                work.push(r);
            }
        }
        for table in calls.first().into_iter().flat_map(|c| &c.tables) {
            let named = table.of.iter().map(|path| match path.rsplit_once('.') {
                Some((_, last)) => Key::Method(intern(last)),
                None => Key::Bare(*path),
            });
            let inner = table.inner.iter().map(|i| Key::Inner(file, *i));
            for key in named.chain(inner) {
                self.tables.entry(key).or_default().push((file, table.name));
                if self.reaching.contains(&key) {
                    self.reach(Key::Bare(table.name), &mut work);
                    self.held.push((file, table.name));
                }
            }
        }
        while let Some(r) = work.pop() {
            if !self.matters.insert(r) {
                continue;
            }
            self.order.push(r);
            for key in self.keys.get(&r).cloned().into_iter().flatten() {
                self.reach(key, &mut work);
            }
        }
    }

    /// These functions name a call of a library as well, as it turned out; `keys` tells the names by which functions are
    /// called.
    pub fn also(&mut self, mut found: Vec<FuncRef>, keys: impl Fn(FuncRef) -> Vec<Key>) {
        self.direct.extend(&found);
        while let Some(r) = found.pop() {
            if self.matters.insert(r) {
                for key in keys(r) {
                    self.reach(key, &mut found);
                }
            }
        }
    }

    /// Whoever names that matters, and so does who looks into a table that holds it.
    fn reach(&mut self, key: Key, work: &mut Vec<FuncRef>) {
        let mut keys = vec![key];
        while let Some(key) = keys.pop() {
            if !self.reaching.insert(key) {
                continue;
            }
            work.extend(self.callers.get(&key).into_iter().flatten().copied());
            for (file, name) in self.tables.get(&key).into_iter().flatten() {
                keys.push(Key::Bare(*name));
                self.held.push((*file, *name));
            }
        }
    }

    /// The tables of modules that hold what matters, by file and name, in the order in which that came out.
    pub fn held(&self) -> &[(u32, Sym)] {
        &self.held
    }

    /// Files have been put into another order: file `i` is now `place[i]`.
    pub fn moved(&mut self, place: &[u32]) {
        let to = |r: &FuncRef| FuncRef {
            file: place[r.file as usize],
            func: r.func,
        };
        self.matters = self.matters.iter().map(to).collect();
        self.direct = self.direct.iter().map(to).collect();
        for callers in self.callers.values_mut() {
            callers.iter_mut().for_each(|r| *r = to(r));
        }
        self.order.clear();
        self.keys.clear();
    }

    /// Whether a function matters.
    pub fn matters(&self, r: FuncRef) -> bool {
        self.matters.contains(&r)
    }

    /// Whether a function names a call of a library itself.
    pub fn is_direct(&self, r: FuncRef) -> bool {
        self.direct.contains(&r)
    }

    /// Leaves only these of the functions that matter.
    pub fn narrow(&mut self, to: FxHashSet<FuncRef>) {
        self.matters = to;
    }

    /// The functions that matter, in the order in which that came out.
    pub fn order(&self) -> &[FuncRef] {
        &self.order
    }

    /// The functions that call something by this name.
    pub fn callers(&self, name: Key) -> &[FuncRef] {
        self.callers.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Whether some function calls something by one of these names.
    pub fn is_called(&self, names: &[Key]) -> bool {
        names.iter().any(|n| self.callers.contains_key(n))
    }
}

/// The names by which a function is called; where its own name is not telling, not those of a method.
pub fn keys_of(r: FuncRef, func: &Func, told: bool) -> Vec<Key> {
    let mut keys = Vec::new();
    if told {
        keys.push(Key::Method(func.name));
    }
    if !func.is_method() {
        keys.push(Key::Bare(func.name));
    }
    if func.decorators.iter().any(is_property) {
        keys.push(Key::Property(func.name));
    }
    if func.parent.is_some_and(|p| p != 0) || func.name == "<lambda>" {
        keys.push(Key::Inner(r.file, r.func));
    }
    keys
}

/// Whether a function of that name is called of a module that a pack knows as a cache.
fn flags(module: &Module, calls: &FuncCalls, name: Sym, lib: &Library) -> bool {
    module.imports.iter().any(|i| {
        calls.imports.contains(&i.name)
            && lib
                .callees
                .contains_key(&intern(&format!("{}.{name}", i.path)))
    })
}

/// The forms in which a call may name a function, or a method.
pub fn names_of(name: Sym, method: bool) -> [Key; 2] {
    [
        Key::Method(name),
        if method {
            Key::Property(name)
        } else {
            Key::Bare(name)
        },
    ]
}

pub(super) fn is_property(d: &Expr) -> bool {
    matches!(&d.kind, ExprKind::Name(n) | ExprKind::Attr(_, n, _) if n.ends_with("property") || n == "setter")
}
