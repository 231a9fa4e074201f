//! Which entry points reach a place: those that call the functions on the way to it, and, where what was interpreted
//! began at a function that no framework calls, those that may call that one.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::collect::Target;
use super::names::Names;
use super::visit::guarded;
use super::{Endpoints, Point, shown, stem};
use crate::analysis::program::Program;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::report::finding::{DoubtNote, Endpoint, Reach};
use crate::stores::vocabulary::{Entry, Spec};
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::Lang;

/// How many a finding shows.
const SHOWN: usize = 5;
/// How many functions are looked through for one root.
pub(super) const STEPS: usize = 400;

/// How a finding was come by: the root that was interpreted, and the functions from there to the place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Chain {
    /// The root.
    pub root: FuncRef,
    /// From the root to the function that holds the place.
    pub frames: Vec<FuncRef>,
}

/// An entry point, and whether it runs by itself as far as the way from it tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Known {
    Point(u32),
    /// A function that is given a request, and that nothing calls.
    Handler(FuncRef),
    /// A function that is put into a table or handed to something that nobody knows: who calls it is not seen.
    Table(FuncRef),
    /// Code at the top of a file, or Go's `main`.
    Script(FuncRef),
}

/// Who calls a function, whether it is only handed over, and on objects of which class, if that is one.
pub(super) type Callers = Arc<Vec<(FuncRef, bool, Option<ClassRef>)>>;

/// A step on the way back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Func(FuncRef),
    Class(ClassRef),
}

/// Entry points, each with whether a loop without end stands on the way.
pub(super) type Found = BTreeSet<(Known, bool)>;

/// A step on the way back, and what is known of the way so far.
#[derive(Clone, Copy)]
struct Step {
    node: Node,
    /// The class whose objects the methods are called on.
    class: Option<ClassRef>,
    /// A loop polls on the way.
    polls: bool,
    /// It was handed over on the way.
    handed: bool,
    /// The name that is called.
    name: Sym,
}

/// The way back from a function.
#[derive(Default)]
struct Way {
    found: Found,
    seen: FxHashSet<(Node, Option<ClassRef>)>,
    work: Vec<Step>,
    /// Where to go on if nothing is found.
    later: Vec<Step>,
}

impl Way {
    /// Goes on there, unless that was gone through before.
    fn go_on(&mut self, step: Step) {
        if !self.seen.contains(&(step.node, step.class)) {
            self.work.push(step);
        }
    }

    /// The same, if nothing is found.
    fn go_on_later(&mut self, step: Step) {
        if self.found.is_empty() {
            self.later.push(step);
        }
    }
}

/// Entry points from which a function may be reached; whether a loop without end stands on the way.
type From = Arc<Vec<(Known, bool)>>;

/// What reaches a place on one way.
struct Back {
    /// A loop polls on the way.
    polls: bool,
    /// What reaches the functions at which it begins, and those further in that may be called on other ways.
    roots: Vec<From>,
    inner: Vec<From>,
}

/// What was found out before, in whatever thread.
pub(super) struct Memo<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    /// What is known; else it is found out, which may ask for others on the way.
    pub(super) fn of(&self, key: K, find: impl FnOnce() -> V) -> V {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(v) = known().get(&key) {
            return v.clone();
        }
        let found = find();
        known().insert(key, found.clone());
        found
    }
}

/// Answers which entry points reach a place.
pub struct Reaching<'a> {
    pub(super) names: Names<'a>,
    pub(super) ends: &'a Endpoints,
    from: Memo<FuncRef, From>,
    ways: Memo<Chain, Arc<Back>>,
    shown: Memo<(Known, bool), Arc<Endpoint>>,
    bases: Memo<ClassRef, Option<&'a Spec>>,
    /// The methods that one comes to call on an object of a class.
    led_to: Memo<(ClassRef, FuncRef), Arc<Vec<Sym>>>,
    pub(super) called_by: Memo<FuncRef, Callers>,
    pub(super) used_by: Memo<ClassRef, Arc<Vec<Node>>>,
    pub(super) runs: Memo<FuncRef, bool>,
    pub(super) endless: Memo<FuncRef, bool>,
    /// How many functions have a name.
    pub(super) names_of: OnceLock<FxHashMap<Sym, u32>>,
    /// The last parts of what a file imports.
    pub(super) imported: Memo<u32, Arc<FxHashSet<&'static str>>>,
    pub(super) users: OnceLock<FxHashMap<Sym, Vec<Node>>>,
    /// Functions whose names say which they are.
    pub(super) rare: OnceLock<FxHashMap<Sym, Vec<FuncRef>>>,
}

impl<'a> Reaching<'a> {
    /// Over a program and its entry points.
    pub fn new(p: &'a Program, ends: &'a Endpoints) -> Self {
        Self {
            names: Names { p, site: None },
            ends,
            from: Memo::default(),
            ways: Memo::default(),
            shown: Memo::default(),
            bases: Memo::default(),
            led_to: Memo::default(),
            called_by: Memo::default(),
            used_by: Memo::default(),
            runs: Memo::default(),
            endless: Memo::default(),
            names_of: OnceLock::default(),
            imported: Memo::default(),
            users: OnceLock::default(),
            rare: OnceLock::default(),
        }
    }

    /// Makes the indexes that whoever asks needs, so that nobody waits for them.
    pub fn prepare(&self) {
        self.rare_names();
        self.with_users(|_| ());
    }

    /// Finds out what reaches a place on one way, for those who will ask for it.
    pub fn look_ahead(&self, way: &Chain) {
        self.way(way);
    }

    /// What reaches a place, and the doubt that this makes, if any.
    pub fn reach(&self, chains: &BTreeSet<Chain>) -> (Reach, Option<DoubtNote>) {
        let mut found: FxHashMap<Known, bool> = FxHashMap::default();
        let mut lost = false;
        let mut tabled = false;
        // Hundreds of ways begin at the same functions: what leads to those is added once.
        let mut added: FxHashSet<(*const Vec<(Known, bool)>, bool)> = FxHashSet::default();
        let mut add = |from: &From, polls: bool| {
            if !added.insert((Arc::as_ptr(from), polls)) {
                return !from.is_empty();
            }
            for (k, polled) in from.iter() {
                if matches!(k, Known::Table(_)) {
                    tabled = true;
                    continue;
                }
                *found.entry(*k).or_default() |= polls || *polled;
            }
            !from.is_empty()
        };
        // One place may be come by in hundreds of ways.
        let each: Vec<Arc<Back>> = chains.par_iter().map(|c| self.way(c)).collect();
        for back in &each {
            for from in &back.roots {
                lost |= !add(from, back.polls);
            }
            for from in &back.inner {
                lost &= !add(from, back.polls);
            }
        }
        let mut points: Vec<(Known, bool)> = found.into_iter().collect();
        points.sort_unstable();
        let inherited = self.inherited(&mut points);
        let mut endpoints: Vec<Arc<Endpoint>> = points
            .into_iter()
            .map(|(k, polls)| {
                self.shown
                    .of((k, polls), || Arc::new(self.endpoint(k, polls)))
            })
            .collect();
        endpoints.extend(inherited.into_iter().map(Arc::new));
        // Those whose path is known tell the most.
        endpoints.sort_by(|a, b| {
            let key = |e: &Endpoint| (e.kind, e.path.is_none());
            key(a).cmp(&key(b)).then_with(|| a.cmp(b))
        });
        endpoints.dedup();
        without_repeats(&mut endpoints);
        let doubt = match tabled && endpoints.iter().all(|e| e.single_run) {
            true => None,
            false => doubt(&endpoints, lost),
        };
        let count = endpoints.len();
        let concurrent = endpoints.iter().any(|e| !e.single_run);
        endpoints.truncate(SHOWN);
        (
            Reach {
                endpoints: endpoints.iter().map(|e| (**e).clone()).collect(),
                count,
                concurrent,
            },
            doubt,
        )
    }

    fn way(&self, chain: &Chain) -> Arc<Back> {
        let find = || Arc::new(self.back(chain));
        self.ways.of(chain.clone(), find)
    }

    /// What reaches a place on one way.
    fn back(&self, chain: &Chain) -> Back {
        let polls = chain.frames.iter().any(|f| self.polls(*f));
        // Who puts something into a queue doesn't run it; who calls it all the same is found from there.
        let queued = chain.frames.iter().rposition(|f| self.is_queued(*f));
        let direct = self.answering(&chain.frames[queued.unwrap_or(0)..]);
        // What is given a request, in a script that hands it to somebody or made by a function for one, is run by that
        // one.
        let script = self.is_script(chain.root);
        let made = |f: &&FuncRef| self.names.p.func(**f).parent != Some(0);
        let given = match direct.is_empty() {
            true => (chain.frames.iter())
                .filter(|f| script || made(f))
                .find(|f| self.is_given_request(**f)),
            false => None,
        };
        if let Some(f) = given {
            return Back {
                polls: false,
                roots: vec![Arc::new(vec![(Known::Handler(*f), false)])],
                inner: Vec::new(),
            };
        }
        let from = |f: &FuncRef| self.from.of(*f, || Arc::new(self.find_from(*f)));
        let starts = match direct.is_empty() {
            true => &[chain.root][..],
            false => &direct,
        };
        let roots: Vec<From> = starts.iter().map(from).collect();
        let any = roots.iter().any(|from| !from.is_empty());
        // What was interpreted is one way; a function on it that has a name of its own may be called on others.
        let p = self.names.p;
        let entered = chain.frames.iter().rposition(|f| starts.contains(f));
        let mut inner = Vec::new();
        for f in &chain.frames[entered.map_or(0, |at| at + 1)..] {
            let part = p.func(*f).parent != Some(0) || p.class_of(*f).is_some();
            if !(any && part) {
                inner.push(from(f));
            }
        }
        Back {
            polls,
            roots,
            inner,
        }
    }

    /// Takes out the methods that classes have from a framework, and gives one entry point for each class and path.
    fn inherited(&self, points: &mut Vec<(Known, bool)>) -> Vec<Endpoint> {
        let p = self.names.p;
        let mut all: BTreeMap<(Entry, Option<&str>, Target), Vec<&str>> = BTreeMap::new();
        points.retain(|(k, _)| {
            let Known::Point(i) = k else { return true };
            let point = &self.ends.points[*i as usize];
            if point.methods.is_empty() || !point.through.is_some_and(|f| p.is_steps(f)) {
                return true;
            }
            let key = (point.entry, point.path.as_deref(), point.handler);
            let methods = all.entry(key).or_default();
            methods.extend(point.methods.iter().map(|m| m.as_str()));
            false
        });
        let usual = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let merged = all.into_iter().map(|((kind, path, handler), mut methods)| {
            methods.sort_unstable_by_key(|m| (usual.iter().position(|u| u == m), *m));
            methods.dedup();
            Endpoint {
                kind,
                path: path.map(str::to_owned),
                methods: methods.into_iter().map(str::to_owned).collect(),
                handler: shown(p, handler, None),
                single_run: false,
            }
        });
        merged.collect()
    }

    /// Those that a framework calls, but for what wraps one further in for the same requests.
    fn answering(&self, frames: &[FuncRef]) -> Vec<FuncRef> {
        let mut out: Vec<FuncRef> = Vec::new();
        let mut said: Vec<&Point> = Vec::new();
        for f in frames.iter().rev() {
            let Some(points) = self.ends.direct.get(f) else {
                continue;
            };
            let points = points.iter().map(|i| &self.ends.points[*i as usize]);
            let same = |a: &Point| {
                let one = |b: &&Point| a.path == b.path && a.methods == b.methods;
                a.path.is_some() && said.iter().any(one)
            };
            if points.clone().all(same) {
                continue;
            }
            said.extend(points);
            out.push(*f);
        }
        out.reverse();
        out
    }

    fn endpoint(&self, k: Known, polls: bool) -> Endpoint {
        let p = self.names.p;
        match k {
            Known::Point(i) => {
                let point = &self.ends.points[i as usize];
                let handler = shown(p, point.handler, point.through);
                let own = || match point.handler {
                    Target::Func(f) => self.goes_on(f) || self.offers_polling(f.file),
                    Target::Class(c) => {
                        point
                            .through
                            .is_some_and(|f| !p.is_steps(f) && self.goes_on(f))
                            || self.offers_polling(c.file)
                    }
                };
                Endpoint {
                    kind: point.entry,
                    path: match (point.entry, point.handler) {
                        (Entry::Command, Target::Class(c)) => Some(stem(p, c.file)),
                        _ => point.path.clone(),
                    },
                    methods: point.methods.iter().map(ToString::to_string).collect(),
                    handler,
                    single_run: matches!(point.entry, Entry::Command | Entry::Script)
                        && !polls
                        && !own(),
                }
            }
            Known::Handler(f) | Known::Table(f) => Endpoint {
                kind: Entry::Request,
                path: None,
                methods: Vec::new(),
                handler: shown(p, Target::Func(f), None),
                single_run: false,
            },
            Known::Script(f) => {
                let path = p.files()[f.file as usize].path.clone();
                let handler = shown(p, Target::Func(f), None);
                Endpoint {
                    kind: Entry::Script,
                    path: Some(path),
                    methods: Vec::new(),
                    handler,
                    single_run: !polls && !self.goes_on(f),
                }
            }
        }
    }

    /// The entry points from which a function may be reached; whether a loop without end stands on the way.
    fn find_from(&self, root: FuncRef) -> Vec<(Known, bool)> {
        let p = self.names.p;
        let mut way = Way::default();
        way.work.push(Step {
            node: Node::Func(root),
            class: p.class_of(root),
            polls: false,
            handed: false,
            name: p.func(root).name,
        });
        loop {
            while let Some(step) = way.work.pop() {
                if !way.seen.insert((step.node, step.class)) {
                    continue;
                }
                if way.seen.len() > STEPS {
                    return way.found.into_iter().collect();
                }
                match step.node {
                    Node::Func(f) => self.back_from(f, step, &mut way),
                    Node::Class(c) => self.back_from_class(c, step, &mut way),
                }
            }
            // Calls that lead nowhere: whoever has the class may call what it has.
            if !way.found.is_empty() || way.later.is_empty() {
                return way.found.into_iter().collect();
            }
            way.work.append(&mut way.later);
        }
    }

    fn back_from(&self, f: FuncRef, step: Step, way: &mut Way) {
        let p = self.names.p;
        let func = p.func(f);
        if let Some(direct) = self.ends.direct.get(&f) {
            let known = direct.iter().map(|i| (Known::Point(*i), step.polls));
            way.found.extend(known);
            // Who calls what makes a handler doesn't run the handler.
            if !self.ends.makers.contains(&f) {
                self.called_as_well(f, step.polls, way);
            }
            return;
        }
        if self.is_script(f) {
            // Who is handed a function may call it at any time.
            let known = match step.handed {
                true => Known::Table(f),
                false => Known::Script(f),
            };
            way.found.insert((known, step.polls));
            return;
        }
        if f.func == 0 {
            if step.handed {
                way.found.insert((Known::Table(f), step.polls));
            }
            return;
        }
        let polls = step.polls || self.polls(f);
        let callers = self.callers(f);
        // What answers requests and is only handed over is called for them by whoever got it.
        if !callers.is_empty() && callers.iter().all(|c| c.1) && self.is_given_request(f) {
            way.found.insert((Known::Handler(f), polls));
            return;
        }
        // What a base does is done on objects of the class that was come from.
        let own = p.class_of(f);
        let class = own.map(|c| step.class.filter(|o| self.is_below(*o, c)).unwrap_or(c));
        for (c, handed, through) in callers.iter() {
            if let (Some(own), Some(class), Some(k)) = (own, class, *through)
                && self.is_kin(k, own)
                && !self.is_kin(k, class)
            {
                continue;
            }
            let theirs = p.class_of(*c);
            way.go_on(Step {
                node: Node::Func(*c),
                class: match (theirs, class) {
                    (Some(t), Some(class)) if self.is_below(class, t) => Some(class),
                    _ => theirs,
                },
                polls,
                handed: step.handed || *handed,
                name: func.name,
            });
        }
        let before = way.found.len();
        if let Some(c) = class {
            // What is meant for the class itself is called by it alone.
            if callers.is_empty() || !func.name.starts_with('_') {
                self.hooked(c, func.name, polls, &mut way.found);
            }
            self.saved(c, func.name, polls, &mut way.found);
            let step = Step {
                node: Node::Class(c),
                class,
                polls,
                handed: step.handed,
                name: func.name,
            };
            if func.name == "__call__" || (callers.is_empty() && way.found.len() == before) {
                way.go_on(step);
            } else {
                way.go_on_later(step);
            }
        }
        if callers.is_empty() && way.found.len() == before && self.takes_request(f) {
            way.found.insert((Known::Handler(f), polls));
        }
    }

    /// Whether a class is another, or derives from it.
    fn is_below(&self, c: ClassRef, base: ClassRef) -> bool {
        c == base || self.names.p.ancestors(c).any(|a| a == base)
    }

    /// Whether objects of one class may be of the other.
    fn is_kin(&self, a: ClassRef, b: ClassRef) -> bool {
        self.is_below(a, b) || self.is_below(b, a)
    }

    /// A function that is run as a task, or whatever else a platform knows, may be called like any other.
    fn called_as_well(&self, f: FuncRef, polls: bool, way: &mut Way) {
        let p = self.names.p;
        if p.func(f).parent != Some(0) || p.class_of(f).is_some() {
            return;
        }
        for (c, handed, _) in self.callers(f).iter() {
            if !handed && c.func != 0 && !self.is_script(*c) {
                way.go_on(Step {
                    node: Node::Func(*c),
                    class: p.class_of(*c),
                    polls,
                    handed: false,
                    name: p.func(f).name,
                });
            }
        }
    }

    fn back_from_class(&self, c: ClassRef, step: Step, way: &mut Way) {
        let p = self.names.p;
        for k in std::iter::once(&c).chain(p.derived(c)) {
            let before = way.found.len();
            self.hooked(*k, step.name, step.polls, &mut way.found);
            if way.found.len() > before || p.model_path(*k).is_some() {
                continue;
            }
            for node in self.users_of(*k).iter() {
                let class = match *node {
                    // Whoever works with rows of a model need not come here.
                    Node::Class(o) if p.model_path(o).is_some() => continue,
                    Node::Class(o) => Some(o),
                    Node::Func(f) => p.class_of(f),
                };
                way.go_on(Step {
                    node: *node,
                    class,
                    ..step
                });
            }
        }
    }

    /// What reaches a method of a model that frameworks call: whatever writes its rows for a view.
    fn saved(&self, c: ClassRef, name: Sym, polls: bool, out: &mut Found) {
        let p = self.names.p;
        let lib = self.names.lib(c.file);
        let known = lib.lists.get(&sym!("row-methods"));
        if !known.is_some_and(|m| m.contains(&name)) {
            return;
        }
        for k in std::iter::once(&c).chain(p.derived(c)) {
            if p.model_path(*k).is_some() {
                self.worked_on(*k, name, polls, out);
            }
        }
    }

    /// What reaches the methods of a class that a framework knows; by name, where its packs tell more.
    pub(super) fn hooked(&self, c: ClassRef, name: Sym, polls: bool, out: &mut Found) {
        let p = self.names.p;
        for k in std::iter::once(&c).chain(p.derived(c)) {
            let Some(points) = self.ends.classes.get(k) else {
                continue;
            };
            // `create` of what a view works with is called for POST.
            let methods = self.bases.of(*k, || self.names.base(*k)).and_then(|s| {
                let known = s.handlers.iter().find(|h| h.name == name)?;
                (!known.methods.is_empty()).then_some(&known.methods)
            });
            let point = |i: &u32| &self.ends.points[*i as usize];
            // What is known to come to a method says which requests do.
            let leads = |i: &u32| {
                let to = |m| self.led_to.of((*k, m), || Arc::new(p.led_to(*k, m)));
                let through = point(i).through;
                through.is_some_and(|m| p.func(m).name != name && to(m).contains(&name))
            };
            let asked =
                |i: &u32| methods.is_some_and(|m| point(i).methods.iter().any(|x| m.contains(x)));
            let led = methods.is_none() && points.iter().any(leads);
            let known = points.iter().any(asked);
            for i in points {
                let fits = match methods {
                    None if led => leads(i),
                    // What a class has from a framework runs what that is known to run.
                    None => !point(i).through.is_some_and(|m| p.is_steps(m)),
                    Some(_) if known => asked(i),
                    Some(_) => point(i).methods.is_empty(),
                };
                if fits {
                    out.insert((Known::Point(*i), polls));
                }
            }
        }
    }

    /// Whether a function is run as a task, or for messages.
    fn is_queued(&self, f: FuncRef) -> bool {
        let points = self.ends.direct.get(&f);
        points.into_iter().flatten().any(|i| {
            let entry = self.ends.points[*i as usize].entry;
            matches!(entry, Entry::Task | Entry::Consumer)
        })
    }

    /// Whether a function is the program itself.
    fn is_script(&self, f: FuncRef) -> bool {
        let p = self.names.p;
        let file = &p.files()[f.file as usize];
        let func = p.func(f);
        match file.module.lang {
            Lang::Go => {
                file.module.package == "main" && func.name == "main" && !func.is_method()
                    || func.name == "init" && !func.is_method()
            }
            Lang::Python => f.func == 0 && guarded(&func.body),
        }
    }

    /// Whether a function's declared parameters are those of who answers a request.
    pub fn is_given_request(&self, f: FuncRef) -> bool {
        let lib = self.names.lib(f.file);
        let Some(types) = lib.lists.get(&sym!("request-types")) else {
            return false;
        };
        self.names.p.func(f).params.iter().any(|x| {
            x.ty.as_ref()
                .and_then(|t| self.names.type_path(f.file, t))
                .is_some_and(|t| types.contains(&t))
        })
    }

    fn takes_request(&self, f: FuncRef) -> bool {
        let p = self.names.p;
        let lib = self.names.lib(f.file);
        let func = p.func(f);
        if self.is_given_request(f) {
            return true;
        }
        let first = usize::from(func.is_method());
        func.params.get(first).is_some_and(|x| {
            lib.param_names
                .get(&x.name)
                .and_then(|k| lib.kinds.get(k))
                .is_some_and(|k| k.request)
        })
    }
}

/// Leaves out what others say better, or say already.
fn without_repeats(endpoints: &mut Vec<Arc<Endpoint>>) {
    let class = |e: &Endpoint| e.handler.rfind('.').unwrap_or(0);
    // A method of a class says more than the class does, and what a function gives back more than the function.
    let said: FxHashSet<(Entry, Option<String>, Vec<String>, String)> = endpoints
        .iter()
        .flat_map(|e| {
            let dots = e.handler.match_indices('.');
            dots.flat_map(|(at, _)| {
                let above = e.handler[..at].to_owned();
                let known = (e.kind, e.path.clone(), Vec::new(), above.clone());
                let same = (e.kind, e.path.clone(), e.methods.clone(), above);
                [known, same]
            })
        })
        .collect();
    endpoints.retain(|e| {
        let key = (e.kind, e.path.clone(), e.methods.clone(), e.handler.clone());
        (e.kind != Entry::Request && e.kind != Entry::Function) || !said.contains(&key)
    });
    // A class's method and what it calls answer one request.
    let mut known: FxHashSet<(Option<String>, Vec<String>, String)> = FxHashSet::default();
    endpoints.retain(|e| {
        e.kind != Entry::Request
            || e.methods.is_empty()
            || known.insert((
                e.path.clone(),
                e.methods.clone(),
                e.handler[..class(e)].to_owned(),
            ))
    });
}

/// The doubt that its entry points make about a finding.
fn doubt(endpoints: &[Arc<Endpoint>], lost: bool) -> Option<DoubtNote> {
    let note = |id, text: String| {
        Some(DoubtNote {
            id,
            weight: "minor",
            text,
            loc: None,
        })
    };
    if endpoints.is_empty() {
        return note(
            "reachability-unknown",
            "no request, task or command in sight leads here".to_owned(),
        );
    }
    if endpoints.iter().all(|e| e.single_run) {
        // What else leads here is not seen.
        if lost {
            return note(
                "reachability-unknown",
                "what leads here, but for what is run by itself, is not in sight".to_owned(),
            );
        }
        return note(
            "single-run",
            "only what is run by itself leads here; it takes a second run at the same time, or another writer"
                .to_owned(),
        );
    }
    if endpoints
        .iter()
        .all(|e| e.single_run || e.kind == Entry::Consumer)
    {
        return note(
            "queue-consumer",
            "only a consumer leads here; its queue may hand out one message at a time".to_owned(),
        );
    }
    None
}
