//! Where the rows come from that a function is handed: whether every call in the project hands in one that was made in
//! the same run.
//!
//! Asked of functions that are left over when everything else was interpreted: their calls are there, but on receivers
//! of which nothing is known. What is asked is syntactic, by names: a name bound once, a constructor, a factory that
//! gives back what it made, a parameter of a function of which the same holds.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::Program;
use super::value::{ClassRef, FuncRef};
use crate::project::facts::{Symbol, dotted};
use crate::stores::vocabulary::Does;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{ArgKind, Call, Expr, ExprKind, FuncIdx, ParamKind, Place, Stmt, StmtKind};
use crate::syntax::{Lang, walk};

/// How a function is called somewhere.
enum Site<'p> {
    /// `recv.name(...)`, or `name(...)` without one.
    Call(FuncRef, Option<&'p Expr>, &'p Call),
    /// `with value`.
    With(FuncRef, &'p Expr),
}

/// What binds a name.
enum Bound<'p> {
    /// A value, as it is or as `with` enters it.
    To(&'p Expr),
    /// Something else.
    Other,
}

/// Answers about one program.
pub(super) struct Given<'p> {
    p: &'p Program,
    sites: FxHashMap<Sym, Vec<Site<'p>>>,
    by_name: FxHashMap<Sym, Vec<FuncRef>>,
    /// Names that stand for a function without calling it.
    handed_on: FxHashSet<Sym>,
    bound: RefCell<FxHashMap<FuncRef, FxHashMap<Sym, Vec<Bound<'p>>>>>,
    params: RefCell<FxHashMap<(FuncRef, usize), Option<bool>>>,
    results: RefCell<FxHashMap<FuncRef, Option<bool>>>,
}

#[derive(Default)]
struct Uses<'p> {
    calls: Vec<(Option<&'p Expr>, Sym, &'p Call)>,
    withs: Vec<&'p Expr>,
    /// Names that stand anywhere, and those among them that are called.
    named: Vec<Sym>,
    called: Vec<Sym>,
    returns: Vec<&'p Expr>,
    bound: Vec<(Sym, Bound<'p>)>,
}

impl<'p> Uses<'p> {
    fn bind(&mut self, place: &'p Place, value: Option<&'p Expr>) {
        match place {
            Place::Name(n, _) => self.bound.push((*n, value.map_or(Bound::Other, Bound::To))),
            Place::Tuple(ps, _) => ps.iter().for_each(|p| self.bind(p, None)),
            Place::Star(p, _) => self.bind(p, None),
            _ => {}
        }
    }
}

impl<'p> walk::Visit<'p> for Uses<'p> {
    fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Assign(places, value) => {
                places.iter().for_each(|p| self.bind(p, Some(value)));
            }
            StmtKind::AugAssign(place, ..) => self.bind(place, None),
            StmtKind::Loop {
                each: Some(each), ..
            } => self.bind(&each.0, None),
            StmtKind::With(value, target, _) => {
                self.withs.push(value);
                if let Some(t) = target {
                    self.bind(t, Some(value));
                }
            }
            StmtKind::Return(values) => self.returns.extend(values),
            _ => {}
        }
    }

    fn expr(&mut self, e: &'p Expr) {
        match &e.kind {
            ExprKind::Call(c) => match &c.callee.kind {
                ExprKind::Attr(recv, name, _) => {
                    self.calls.push((Some(recv), *name, c));
                    self.called.push(*name);
                }
                ExprKind::Name(name) => {
                    self.calls.push((None, *name, c));
                    self.called.push(*name);
                }
                _ => {}
            },
            ExprKind::Attr(_, name, _) | ExprKind::Name(name) => self.named.push(*name),
            ExprKind::Walrus(name, value) => self.bound.push((*name, Bound::To(value))),
            _ => {}
        }
    }
}

impl<'p> Given<'p> {
    /// Goes through the program once.
    pub(super) fn new(p: &'p Program) -> Self {
        let mut out = Self {
            p,
            sites: FxHashMap::default(),
            by_name: FxHashMap::default(),
            handed_on: FxHashSet::default(),
            bound: RefCell::default(),
            params: RefCell::default(),
            results: RefCell::default(),
        };
        let (mut named, mut called): (FxHashMap<Sym, u32>, FxHashMap<Sym, u32>) =
            Default::default();
        for (file, f) in p.files().iter().enumerate() {
            if f.module.lang != Lang::Python {
                continue;
            }
            for (i, func) in f.module.funcs.iter().enumerate() {
                let r = FuncRef {
                    file: file as u32,
                    func: i as FuncIdx,
                };
                out.by_name.entry(func.name).or_default().push(r);
                let mut uses = Uses::default();
                walk::block(&mut uses, &func.body);
                for (recv, name, call) in uses.calls {
                    let site = Site::Call(r, recv, call);
                    out.sites.entry(name).or_default().push(site);
                }
                for value in uses.withs {
                    let names = match value.kind {
                        ExprKind::Await(_) => [sym!("__aenter__"), sym!("__aexit__")],
                        _ => [sym!("__enter__"), sym!("__exit__")],
                    };
                    for name in names {
                        let site = Site::With(r, value);
                        out.sites.entry(name).or_default().push(site);
                    }
                }
                for n in uses.named {
                    *named.entry(n).or_insert(0) += 1;
                }
                for n in uses.called {
                    *called.entry(n).or_insert(0) += 1;
                }
            }
        }
        out.handed_on = named
            .into_iter()
            .filter(|(n, k)| *k > called.get(n).copied().unwrap_or(0))
            .map(|(n, _)| n)
            .collect();
        out
    }

    /// The parameters (by position, a method's receiver is the first) in which every call hands in a row that was made
    /// in the same run.
    pub(super) fn fresh_params(&self, f: FuncRef) -> Vec<usize> {
        let func = self.p.func(f);
        (0..func.params.len())
            .filter(|i| {
                let receiver = *i == 0 && func.is_method();
                // Only what may be a row at all.
                (!receiver
                    || self
                        .p
                        .class_of(f)
                        .and_then(|c| self.p.model_path(c))
                        .is_some())
                    && self.param(f, *i)
            })
            .collect()
    }

    fn param(&self, f: FuncRef, i: usize) -> bool {
        if let Some(known) = self.params.borrow().get(&(f, i)) {
            // On the way round a circle: it is decided elsewhere.
            return known.unwrap_or(true);
        }
        self.params.borrow_mut().insert((f, i), None);
        let known = self.decide_param(f, i);
        self.params.borrow_mut().insert((f, i), Some(known));
        known
    }

    fn decide_param(&self, f: FuncRef, i: usize) -> bool {
        let func = self.p.func(f);
        let lib = self.p.library(Lang::Python);
        let Some(param) = func.params.get(i) else {
            return false;
        };
        let dunder = func.name.starts_with("__");
        if !matches!(param.kind, ParamKind::Plain | ParamKind::KeywordOnly)
            || lib.acting.contains(&func.name)
            || (!dunder && self.handed_on.contains(&func.name))
            || !func.decorators.iter().all(|d| self.p.is_region(f.file, d))
        {
            return false;
        }
        let class = self.p.class_of(f);
        let mut seen = false;
        for site in self.sites.get(&func.name).into_iter().flatten() {
            let fresh = match site {
                Site::With(at, value) => {
                    if i != 0 {
                        continue;
                    }
                    match self.made(*at, value, 0) {
                        Some((fresh, of)) if fresh || of.is_some() => {
                            if !self.related(class, of) {
                                continue;
                            }
                            fresh
                        }
                        // What is entered there is no row of the project.
                        _ => continue,
                    }
                }
                Site::Call(at, recv, call) => {
                    let of = recv.and_then(|r| self.class_of_receiver(*at, r));
                    if class.is_some() && !self.related(class, of) {
                        continue;
                    }
                    match (class, recv) {
                        (Some(_), Some(recv)) if i == 0 => self.fresh(*at, recv, 0),
                        (Some(_), None) => continue,
                        _ => {
                            let bound = usize::from(class.is_some());
                            match argument(call, i.wrapping_sub(bound), param.name) {
                                Some(a) => self.fresh(*at, a, 0),
                                None => false,
                            }
                        }
                    }
                }
            };
            if !fresh {
                return false;
            }
            seen = true;
        }
        seen
    }

    /// Whether an object of one class may be handed in where a method of the other is meant.
    fn related(&self, class: Option<ClassRef>, of: Option<ClassRef>) -> bool {
        let (Some(a), Some(b)) = (class, of) else {
            return true;
        };
        self.p.derives(a, b) || self.p.derives(b, a)
    }

    /// The class of a receiver, where its name or its making tells.
    fn class_of_receiver(&self, at: FuncRef, recv: &'p Expr) -> Option<ClassRef> {
        let func = self.p.func(at);
        let own = |n: Sym| func.params.first().is_some_and(|p| p.name == n);
        if func.is_method() && (is_super(recv) || matches!(recv.kind, ExprKind::Name(n) if own(n)))
        {
            return self.p.class_of(at);
        }
        self.made(at, recv, 0)?.1
    }

    fn fresh(&self, at: FuncRef, e: &'p Expr, depth: u32) -> bool {
        self.made(at, e, depth).is_some_and(|m| m.0)
    }

    /// Whether an expression gives a row that was made in this run, and its class where that is known. `None`: nothing
    /// is known of it.
    fn made(&self, at: FuncRef, e: &'p Expr, depth: u32) -> Option<(bool, Option<ClassRef>)> {
        if depth > 8 {
            return None;
        }
        match &e.kind {
            ExprKind::Await(inner) => self.made(at, inner, depth + 1),
            ExprKind::Cond(_, a, b) => {
                let (x, y) = (self.made(at, a, depth + 1)?, self.made(at, b, depth + 1)?);
                Some((x.0 && y.0, x.1.filter(|c| y.1 == Some(*c))))
            }
            ExprKind::Call(c) => self.made_by(at, c, depth),
            ExprKind::Name(n) => self.named(at, *n, depth),
            _ => None,
        }
    }

    fn named(&self, at: FuncRef, n: Sym, depth: u32) -> Option<(bool, Option<ClassRef>)> {
        let func = self.p.func(at);
        if !func.locals.contains(&n) {
            let up = func.parent.filter(|p| *p != 0)?;
            let up = FuncRef {
                file: at.file,
                func: up,
            };
            return self.named(up, n, depth + 1);
        }
        if !self.bound.borrow().contains_key(&at) {
            let mut uses = Uses::default();
            walk::block(&mut uses, &func.body);
            let mut bound: FxHashMap<Sym, Vec<Bound<'p>>> = FxHashMap::default();
            for (n, b) in uses.bound {
                bound.entry(n).or_default().push(b);
            }
            self.bound.borrow_mut().insert(at, bound);
        }
        let values: Option<Vec<&'p Expr>> = match self.bound.borrow().get(&at)?.get(&n) {
            Some(all) => all
                .iter()
                .map(|b| match b {
                    Bound::To(e) => Some(*e),
                    Bound::Other => None,
                })
                .collect(),
            None => Some(Vec::new()),
        };
        let mut out: Option<(bool, Option<ClassRef>)> = None;
        let mut add = |m: (bool, Option<ClassRef>)| {
            out = Some(match out {
                None => m,
                Some(x) => (x.0 && m.0, x.1.filter(|c| m.1 == Some(*c))),
            });
        };
        if let Some(i) = func.params.iter().position(|p| p.name == n) {
            let class = (i == 0).then(|| self.p.class_of(at)).flatten();
            add((self.param(at, i), class));
        }
        for e in values? {
            add(self.made(at, e, depth + 1).unwrap_or((false, None)));
        }
        out
    }

    fn made_by(&self, at: FuncRef, c: &'p Call, depth: u32) -> Option<(bool, Option<ClassRef>)> {
        let func = self.p.func(at);
        if calls_super(c) && func.class.is_some() {
            return self.named(at, func.params.first()?.name, depth + 1);
        }
        // `cls(...)`
        if let ExprKind::Name(n) = &c.callee.kind
            && func.class.is_some()
            && func.params.first().is_some_and(|p| p.name == *n)
            && super::interp::has_decorator(func, "classmethod")
        {
            let class = self.p.class_of(at)?;
            return self.p.model_path(class).map(|_| (true, Some(class)));
        }
        if let Some(path) = dotted(&c.callee) {
            match self.p.facts().lookup_at(at.file as usize, &path) {
                Some(Symbol::Class(p)) => {
                    let class = self.p.class_at(intern(&p))?;
                    return Some((self.p.model_path(class).is_some(), Some(class)));
                }
                Some(Symbol::Func(file, func)) => {
                    let f = FuncRef {
                        file: file as u32,
                        func,
                    };
                    return Some((self.gives_fresh(f, depth), None));
                }
                _ => {}
            }
        }
        let ExprKind::Attr(recv, name, _) = &c.callee.kind else {
            return None;
        };
        // A factory of a class.
        if let Some(path) = dotted(recv)
            && let Some(Symbol::Class(p)) = self.p.facts().lookup_at(at.file as usize, &path)
            && let Some(class) = self.p.class_at(intern(&p))
            && let Some((_, f)) = self.p.project_method(class, *name)
        {
            let class = self.p.model_path(class).map(|_| class);
            return Some((self.gives_fresh(f, depth), class));
        }
        let lib = self.p.library(Lang::Python);
        let creates = lib
            .methods
            .get(name)
            .is_some_and(|is| is.iter().any(|i| lib.specs[*i].does == Does::Create));
        if creates {
            return Some((true, None));
        }
        if lib.methods.contains_key(name) {
            return None;
        }
        // Methods of that name: all give what they made.
        let methods: Vec<FuncRef> = self
            .by_name
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .filter(|f| self.p.func(*f).is_method())
            .collect();
        if methods.is_empty() || methods.len() > 4 {
            return None;
        }
        Some((methods.iter().all(|f| self.gives_fresh(*f, depth)), None))
    }

    /// Whether a function gives back a row that it made.
    fn gives_fresh(&self, f: FuncRef, depth: u32) -> bool {
        if let Some(known) = self.results.borrow().get(&f) {
            return known.unwrap_or(true);
        }
        self.results.borrow_mut().insert(f, None);
        let mut uses = Uses::default();
        walk::block(&mut uses, &self.p.func(f).body);
        let known = !self.p.func(f).is_generator
            && !uses.returns.is_empty()
            && uses.returns.iter().all(|e| self.fresh(f, e, depth + 1));
        self.results.borrow_mut().insert(f, Some(known));
        known
    }
}

/// Whether an expression means the receiver as one of a base class.
fn is_super(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Call(c) if calls_super(c))
}

fn calls_super(c: &Call) -> bool {
    matches!(c.callee.kind, ExprKind::Name(n) if n == "super") && c.args.is_empty()
}

/// The argument that a call gives for a parameter.
fn argument(call: &Call, position: usize, name: Sym) -> Option<&Expr> {
    let plain = || call.args.iter().filter(|a| a.kind == ArgKind::Plain);
    if call.args.iter().any(|a| matches!(a.kind, ArgKind::Star)) {
        return None;
    }
    plain().nth(position).map(|a| &a.value).or_else(|| {
        call.args
            .iter()
            .find(|a| matches!(a.kind, ArgKind::Keyword(k) if k == name))
            .map(|a| &a.value)
    })
}
