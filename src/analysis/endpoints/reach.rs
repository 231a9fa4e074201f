//! Which entry points reach a place: those that call the functions on the way to it, and, where what was interpreted
//! began at a function that no framework calls, those that may call that one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::collect::Target;
use super::names::{At, Names, Thing};
use super::visit::{Mention, Polls, Returned, Tables, Tails, guarded};
use super::{Endpoints, shown, stem};
use crate::analysis::calls::Key;
use crate::analysis::program::Program;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::report::finding::{DoubtNote, Endpoint, Reach};
use crate::stores::vocabulary::Entry;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, FuncIdx, Lit};
use crate::syntax::walk;

/// How many a finding shows.
const SHOWN: usize = 5;
/// How many functions are looked through for one root.
const STEPS: usize = 400;

/// How a finding was come by: the root that was interpreted, and the functions from there to the place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Chain {
    /// The root.
    pub root: FuncRef,
    /// From the root to the function that holds the place.
    pub frames: Vec<FuncRef>,
}

/// An entry point, and whether it runs by itself as far as the way from it tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Known {
    Point(u32),
    /// A function that is given a request, and that nothing calls.
    Handler(FuncRef),
    /// A function that is put into a table or handed to something that nobody knows: who calls it is not seen.
    Table(FuncRef),
    /// Code at the top of a file, or Go's `main`.
    Script(FuncRef),
}

/// Who calls a function, and whether it is only handed over.
type Callers = Rc<Vec<(FuncRef, bool)>>;

/// A step on the way back.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Func(FuncRef),
    Class(ClassRef),
}

/// Answers which entry points reach a place.
pub struct Reaching<'a> {
    names: Names<'a>,
    ends: &'a Endpoints,
    memo: RefCell<FxHashMap<FuncRef, Vec<(Known, bool)>>>,
    called_by: RefCell<FxHashMap<FuncRef, Callers>>,
    runs: RefCell<FxHashMap<FuncRef, bool>>,
    endless: RefCell<FxHashMap<FuncRef, bool>>,
    /// How many functions have a name.
    names_of: RefCell<Option<FxHashMap<Ustr, u32>>>,
    /// The last parts of what a file imports.
    imported: RefCell<FxHashMap<u32, FxHashSet<&'static str>>>,
    users: RefCell<Option<FxHashMap<Ustr, Vec<Node>>>>,
    /// Functions whose names say which they are.
    rare: RefCell<Option<FxHashMap<Ustr, Vec<FuncRef>>>>,
}

impl<'a> Reaching<'a> {
    /// Over a program and its entry points.
    pub fn new(p: &'a Program, ends: &'a Endpoints) -> Self {
        Self {
            names: Names { p },
            ends,
            memo: RefCell::default(),
            called_by: RefCell::default(),
            runs: RefCell::default(),
            endless: RefCell::default(),
            names_of: RefCell::default(),
            imported: RefCell::default(),
            users: RefCell::default(),
            rare: RefCell::default(),
        }
    }

    /// What reaches a place, and the doubt that this makes, if any.
    pub fn reach(&self, chains: &BTreeSet<Chain>) -> (Reach, Option<DoubtNote>) {
        let mut found: FxHashMap<Known, bool> = FxHashMap::default();
        let mut lost = false;
        let mut tabled = false;
        for chain in chains {
            let polls = chain.frames.iter().any(|f| self.polls(*f));
            let mut any = false;
            for f in &chain.frames {
                for i in self.ends.direct.get(f).into_iter().flatten() {
                    any = true;
                    let known = found.entry(Known::Point(*i)).or_default();
                    *known |= polls;
                }
            }
            if any {
                continue;
            }
            let mut memo = self.memo.borrow_mut();
            let from = memo
                .entry(chain.root)
                .or_insert_with(|| self.from(chain.root));
            lost |= from.is_empty();
            for (k, polled) in from.iter() {
                if matches!(k, Known::Table(_)) {
                    tabled = true;
                    continue;
                }
                *found.entry(*k).or_default() |= polls || *polled;
            }
        }
        let mut points: Vec<(Known, bool)> = found.into_iter().collect();
        points.sort_unstable();
        let mut endpoints: Vec<Endpoint> = points
            .iter()
            .map(|(k, polls)| self.endpoint(*k, *polls))
            .collect();
        // Those whose path is known tell the most.
        endpoints.sort_by(|a, b| {
            let key = |e: &Endpoint| (e.kind, e.path.is_none());
            key(a).cmp(&key(b)).then_with(|| a.cmp(b))
        });
        endpoints.dedup();
        // A method of a class says more than the class does.
        let general: Vec<bool> = endpoints
            .iter()
            .map(|e| {
                e.kind == Entry::Request
                    && e.methods.is_empty()
                    && endpoints.iter().any(|o| {
                        o.path == e.path
                            && !o.methods.is_empty()
                            && o.handler.starts_with(&format!("{}.", e.handler))
                    })
            })
            .collect();
        let mut at = 0;
        // A class's method and what it calls answer one request.
        let mut known: FxHashSet<(Option<String>, Vec<String>, String)> = FxHashSet::default();
        endpoints.retain(|e| {
            at += 1;
            let class = e.handler.rsplit_once('.').map_or("", |(c, _)| c).to_owned();
            let again = e.kind == Entry::Request
                && !e.methods.is_empty()
                && !known.insert((e.path.clone(), e.methods.clone(), class));
            !general[at - 1] && !again
        });
        let doubt = match tabled && endpoints.iter().all(|e| e.single_run) {
            true => None,
            false => doubt(&endpoints, lost),
        };
        let count = endpoints.len();
        let concurrent = endpoints.iter().any(|e| !e.single_run);
        endpoints.truncate(SHOWN);
        (
            Reach {
                endpoints,
                count,
                concurrent,
            },
            doubt,
        )
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
                        point.through.is_some_and(|f| self.goes_on(f))
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
                    single_run: point.entry == Entry::Command && !polls && !own(),
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

    /// The entry points from which a function may be reached that none calls directly; whether a loop without end
    /// stands on the way.
    fn from(&self, root: FuncRef) -> Vec<(Known, bool)> {
        let p = self.names.p;
        let mut out: BTreeSet<(Known, bool)> = BTreeSet::new();
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        // Node, whether a loop polls on the way, whether it was handed over on the way, the name that is called.
        let mut work = vec![(Node::Func(root), false, false, p.func(root).name)];
        while let Some((node, polls, handed, name)) = work.pop() {
            if !seen.insert(node) {
                continue;
            }
            if seen.len() > STEPS {
                break;
            }
            match node {
                Node::Func(f) => {
                    if let Some(direct) = self.ends.direct.get(&f) {
                        out.extend(direct.iter().map(|i| (Known::Point(*i), polls)));
                        continue;
                    }
                    if self.is_script(f) {
                        // Who is handed a function may call it at any time.
                        let known = match handed {
                            true => Known::Table(f),
                            false => Known::Script(f),
                        };
                        out.insert((known, polls));
                        continue;
                    }
                    if f.func == 0 {
                        if handed {
                            out.insert((Known::Table(f), polls));
                        }
                        continue;
                    }
                    let polls = polls || self.polls(f);
                    let callers = self.callers(f);
                    let func = p.func(f);
                    for (c, h) in callers.iter() {
                        work.push((Node::Func(*c), polls, handed || *h, func.name));
                    }
                    let before = out.len();
                    if let Some(c) = p.class_of(f) {
                        self.hooked(c, func.name, polls, &mut out);
                        if callers.is_empty() && out.len() == before {
                            work.push((Node::Class(c), polls, handed, func.name));
                        }
                    }
                    if callers.is_empty() && out.len() == before && self.takes_request(f) {
                        out.insert((Known::Handler(f), polls));
                    }
                }
                Node::Class(c) => {
                    let mut family = vec![c];
                    family.extend(p.derived(c));
                    for k in family {
                        let before = out.len();
                        self.hooked(k, name, polls, &mut out);
                        if out.len() > before {
                            continue;
                        }
                        if p.model_path(k).is_some() {
                            let lib = self.names.lib(k.file);
                            let known = lib.lists.get(&sym!("row-methods"));
                            if known.is_some_and(|m| m.contains(&name)) {
                                self.worked_on(k, name, polls, &mut out);
                            }
                            continue;
                        }
                        for user in self.users_of(k) {
                            match user {
                                Node::Func(f) => work.push((Node::Func(f), polls, handed, name)),
                                // Whoever works with rows of a model need not come here.
                                Node::Class(o) if p.model_path(o).is_some() => {}
                                Node::Class(o) => work.push((Node::Class(o), polls, handed, name)),
                            }
                        }
                    }
                }
            }
        }
        out.into_iter().collect()
    }

    /// What reaches the methods of a class that a framework knows; by name, where its packs tell more.
    fn hooked(&self, c: ClassRef, name: Ustr, polls: bool, out: &mut BTreeSet<(Known, bool)>) {
        let p = self.names.p;
        let mut family = vec![c];
        family.extend(p.derived(c));
        for k in family {
            let Some(points) = self.ends.classes.get(&k) else {
                continue;
            };
            // `create` of what a view works with is called for POST.
            let methods = self.names.base(k).and_then(|s| {
                let known = s.handlers.iter().find(|h| h.name == name)?;
                (!known.methods.is_empty()).then_some(&known.methods)
            });
            for i in points {
                let point = &self.ends.points[*i as usize];
                let fits = methods.is_none_or(|m| {
                    point.methods.is_empty() || point.methods.iter().any(|x| m.contains(x))
                });
                if fits {
                    out.insert((Known::Point(*i), polls));
                }
            }
        }
    }

    /// Whether a function is the program itself.
    fn is_script(&self, f: FuncRef) -> bool {
        let p = self.names.p;
        let file = &p.files()[f.file as usize];
        let func = p.func(f);
        match file.module.lang {
            Lang::Go => {
                file.module.package == "main" && func.name == "main" && func.class.is_none()
                    || func.name == "init" && func.class.is_none()
            }
            Lang::Python => f.func == 0 && guarded(&func.body),
        }
    }

    fn takes_request(&self, f: FuncRef) -> bool {
        let p = self.names.p;
        let lib = self.names.lib(f.file);
        let func = p.func(f);
        func.class.is_none()
            && func.params.first().is_some_and(|x| {
                lib.param_names
                    .get(&x.name)
                    .and_then(|k| lib.kinds.get(k))
                    .is_some_and(|k| k.request)
            })
    }

    /// Whether it runs on and on: a loop without end that waits, or that nothing leaves.
    fn polls(&self, f: FuncRef) -> bool {
        if let Some(known) = self.runs.borrow().get(&f) {
            return *known;
        }
        let lib = self.names.lib(f.file);
        let waits = lib
            .lists
            .get(&sym!("waiting"))
            .map_or(&[][..], Vec::as_slice);
        let mut v = Polls {
            waits,
            found: false,
        };
        walk::block(&mut v, &self.names.p.func(f).body);
        self.runs.borrow_mut().insert(f, v.found);
        v.found
    }

    /// Whether a function goes on and on, itself or in what it calls.
    fn goes_on(&self, f: FuncRef) -> bool {
        if let Some(known) = self.endless.borrow().get(&f) {
            return *known;
        }
        let found = self.is_endless(f);
        self.endless.borrow_mut().insert(f, found);
        found
    }

    fn is_endless(&self, f: FuncRef) -> bool {
        let p = self.names.p;
        let mut rare = self.rare.borrow_mut();
        let rare = rare.get_or_insert_with(|| {
            let mut by_name: FxHashMap<Ustr, Vec<FuncRef>> = FxHashMap::default();
            for (fi, file) in p.files().iter().enumerate() {
                for (i, func) in file.module.funcs.iter().enumerate() {
                    if self.defined(func.name) <= 2 {
                        let r = FuncRef {
                            file: fi as u32,
                            func: i as FuncIdx,
                        };
                        by_name.entry(func.name).or_default().push(r);
                    }
                }
                // Whoever makes an object may call its methods.
                for class in &file.module.classes {
                    let methods = class.methods.iter().map(|(_, i)| FuncRef {
                        file: fi as u32,
                        func: *i,
                    });
                    by_name.entry(class.name).or_default().extend(methods);
                }
            }
            by_name
        });
        let mut seen = FxHashSet::default();
        let mut work = vec![(f, 0)];
        while let Some((f, depth)) = work.pop() {
            if !seen.insert(f) || seen.len() > STEPS {
                continue;
            }
            if self.polls(f) {
                return true;
            }
            if depth == 4 {
                continue;
            }
            for n in p.calls_of(f) {
                let (Key::Method(n) | Key::Bare(n)) = n else {
                    continue;
                };
                let next = rare.get(n).into_iter().flatten();
                work.extend(next.map(|g| (*g, depth + 1)));
            }
        }
        false
    }

    /// Whether a command can be told to go on.
    fn offers_polling(&self, file: u32) -> bool {
        let lib = self.names.lib(file);
        let Some(words) = lib.lists.get(&sym!("polling-options")) else {
            return false;
        };
        struct Texts<'a>(&'a [Ustr], bool);
        impl walk::Visit<'_> for Texts<'_> {
            fn expr(&mut self, e: &Expr) {
                if let ExprKind::Const(Lit::Str(s)) = &e.kind {
                    self.1 |= self.0.contains(s);
                }
            }
        }
        let mut v = Texts(words, false);
        for func in &self.names.p.files()[file as usize].module.funcs {
            walk::block(&mut v, &func.body);
        }
        v.1
    }

    /// How many functions of the project have a name.
    fn defined(&self, name: Ustr) -> u32 {
        let mut names = self.names_of.borrow_mut();
        let names = names.get_or_insert_with(|| {
            let mut all: FxHashMap<Ustr, u32> = FxHashMap::default();
            for f in self.names.p.files() {
                for func in &f.module.funcs {
                    *all.entry(func.name).or_default() += 1;
                }
            }
            all
        });
        names.get(&name).copied().unwrap_or(0)
    }

    /// The functions that call one, and whether they only hand it over.
    fn callers(&self, f: FuncRef) -> Callers {
        if let Some(known) = self.called_by.borrow().get(&f) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_callers(f));
        self.called_by.borrow_mut().insert(f, Rc::clone(&found));
        found
    }

    fn find_callers(&self, f: FuncRef) -> Vec<(FuncRef, bool)> {
        let p = self.names.p;
        let func = p.func(f);
        if let Some(parent) = func.parent.filter(|x| *x != 0) {
            let parent = FuncRef {
                file: f.file,
                func: parent,
            };
            return vec![(parent, false)];
        }
        let lang = self.names.lang(f.file);
        let class = p.class_of(f);
        let lib = p.library(lang);
        let common = lib.methods.contains_key(&func.name);
        let rare = !common && self.defined(func.name) <= 3;
        let mut out: Vec<(FuncRef, bool)> = Vec::new();
        let mut seen: FxHashSet<FuncRef> = FxHashSet::default();
        for c in &p.callers_of(f) {
            if *c == f || !seen.insert(*c) || self.names.lang(c.file) != lang {
                continue;
            }
            if let Some(class) = class
                && common
                && lang == Lang::Python
                && !self.mentions(c.file, class)
            {
                continue;
            }
            let mut v = Mention {
                names: self.names,
                at: At {
                    file: c.file,
                    func: c.func,
                },
                of: f,
                class,
                name: func.name,
                rare,
                called: false,
                handed: false,
            };
            walk::block(&mut v, &p.func(*c).body);
            for param in &p.func(*c).params {
                if let Some(d) = &param.default {
                    walk::expr(&mut v, d);
                }
            }
            // A decorator of the project runs whenever what it decorates does.
            for d in &p.func(*c).decorators {
                walk::expr(&mut v, d);
            }
            if v.called || v.handed {
                out.push((*c, !v.called));
            }
        }
        // A table of functions.
        if class.is_none() {
            let key = ustr(&format!("[{}]", func.name));
            let tables = self.with_users(|users| users.get(&key).cloned().unwrap_or_default());
            for node in tables {
                if let Node::Func(c) = node
                    && let crate::analysis::program::Global::Func(g) = p.global(c.file, func.name)
                    && g == f
                {
                    out.push((c, true));
                }
            }
        }
        // What a parameter's default names is called before the function is: `Depends(f)`.
        out.extend(self.dependents(f).into_iter().map(|c| (c, false)));
        out.sort_unstable();
        out.dedup();
        out
    }

    fn dependents(&self, f: FuncRef) -> Vec<FuncRef> {
        let key = ustr(&format!("={}:{}", f.file, f.func));
        self.with_users(|users| {
            users
                .get(&key)
                .into_iter()
                .flatten()
                .filter_map(|n| match n {
                    Node::Func(f) => Some(*f),
                    Node::Class(_) => None,
                })
                .collect()
        })
    }

    /// Whether a file has a class or one of its family at hand.
    fn mentions(&self, file: u32, class: ClassRef) -> bool {
        if file == class.file {
            return true;
        }
        let p = self.names.p;
        let names: Vec<Ustr> = std::iter::once(&class)
            .chain(p.derived(class))
            .map(|c| p.class(*c).name)
            .collect();
        let own = stem(p, class.file);
        let mut imported = self.imported.borrow_mut();
        let tails = imported.entry(file).or_insert_with(|| {
            let imports = self.names.p.files()[file as usize].module.imports.iter();
            imports
                .map(|i| match i.name.as_str() {
                    "*" => "*",
                    _ => i.path.as_str().rsplit('.').next().unwrap_or(""),
                })
                .collect()
        });
        tails.contains("*")
            || tails.contains(own.as_str())
            || names.iter().any(|n| tails.contains(n.as_str()))
    }

    /// What works with a class: it names it in its body, or makes objects of it.
    fn users_of(&self, c: ClassRef) -> Vec<Node> {
        let p = self.names.p;
        let name = p.class(c).name;
        self.with_users(|users| {
            let mut out = Vec::new();
            for node in users.get(&name).into_iter().flatten() {
                let file = match node {
                    Node::Func(f) => f.file,
                    Node::Class(k) => k.file,
                };
                // The name must mean this class there.
                let same = match p.global(file, name) {
                    crate::analysis::program::Global::Class(k) => k == c,
                    crate::analysis::program::Global::None => true,
                    _ => false,
                };
                let itself = matches!(node, Node::Class(k) if *k == c);
                let method = matches!(node, Node::Func(f) if p.class_of(*f) == Some(c));
                if same && !itself && !method {
                    out.push(*node);
                }
            }
            out
        })
    }

    /// What reaches a model's own methods: views of it, and those that use its forms and serializers.
    fn worked_on(&self, c: ClassRef, name: Ustr, polls: bool, out: &mut BTreeSet<(Known, bool)>) {
        for worker in self.workers_on(c) {
            let Node::Class(k) = worker else { continue };
            let before = out.len();
            self.hooked(k, name, polls, out);
            if out.len() > before {
                continue;
            }
            for user in self.users_of(k) {
                if let Node::Class(v) = user {
                    self.hooked(v, name, polls, out);
                }
            }
        }
    }

    /// The classes that a framework lets work with rows of a model: forms, serializers, views.
    fn workers_on(&self, c: ClassRef) -> Vec<Node> {
        let p = self.names.p;
        let name = p.class(c).name;
        let key = ustr(&format!("model:{name}"));
        self.with_users(|users| {
            let all = users.get(&key).into_iter().flatten();
            all.filter(|node| {
                let Node::Class(k) = node else { return false };
                matches!(p.global(k.file, name), crate::analysis::program::Global::Class(m) if m == c)
                    || k.file == c.file
                    || !matches!(p.global(k.file, name), crate::analysis::program::Global::Class(_))
            })
            .copied()
            .collect()
        })
    }

    fn with_users<T>(&self, ask: impl FnOnce(&FxHashMap<Ustr, Vec<Node>>) -> T) -> T {
        let mut users = self.users.borrow_mut();
        ask(users.get_or_insert_with(|| self.index_users()))
    }

    fn index_users(&self) -> FxHashMap<Ustr, Vec<Node>> {
        let p = self.names.p;
        let mut classes: FxHashSet<Ustr> = FxHashSet::default();
        for f in p.files() {
            for c in &f.module.classes {
                classes.insert(c.name);
            }
        }
        let mut users: FxHashMap<Ustr, Vec<Node>> = FxHashMap::default();
        for (f, names) in p.all_calls() {
            for n in names {
                if let Key::Bare(n) = n
                    && classes.contains(n)
                {
                    users.entry(*n).or_default().push(Node::Func(f));
                }
            }
        }
        let plain = classes;
        let rows = p
            .library(Lang::Python)
            .lists
            .get(&sym!("row-attributes"))
            .map_or(&[][..], Vec::as_slice);
        let mut views: FxHashSet<ClassRef> = FxHashSet::default();
        for c in self.ends.classes.keys() {
            views.insert(*c);
            views.extend(p.ancestors(*c));
        }
        for (fi, file) in p.files().iter().enumerate() {
            if file.module.lang != Lang::Python {
                continue;
            }
            if let Some(top) = file.module.funcs.first() {
                let mut v = Tables { found: Vec::new() };
                walk::block(&mut v, &top.body);
                let here = FuncRef {
                    file: fi as u32,
                    func: 0,
                };
                for n in v.found {
                    let key = ustr(&format!("[{n}]"));
                    users.entry(key).or_default().push(Node::Func(here));
                }
            }
            for (ci, class) in file.module.classes.iter().enumerate() {
                let mut v = Tails {
                    plain: &plain,
                    found: Vec::new(),
                };
                for a in class.attrs.iter().filter(|a| rows.contains(&a.name)) {
                    let mut model = Tails {
                        plain: &plain,
                        found: Vec::new(),
                    };
                    a.value
                        .iter()
                        .for_each(|value| walk::expr(&mut model, value));
                    if let Some(n) = model.found.first() {
                        let c = ClassRef {
                            file: fi as u32,
                            class: class.outer.unwrap_or(ci as u32),
                        };
                        let key = ustr(&format!("model:{n}"));
                        users.entry(key).or_default().push(Node::Class(c));
                    }
                }
                for value in class.attrs.iter().filter_map(|a| a.value.as_ref()) {
                    walk::expr(&mut v, value);
                }
                for n in v.found {
                    let c = ClassRef {
                        file: fi as u32,
                        class: ci as u32,
                    };
                    users.entry(n).or_default().push(Node::Class(c));
                }
            }
            for (i, func) in file.module.funcs.iter().enumerate() {
                let here = FuncRef {
                    file: fi as u32,
                    func: i as FuncIdx,
                };
                // A method that gives a class back: `get_serializer_class`.
                let known = func.class.is_some_and(|class| {
                    views.contains(&ClassRef {
                        file: fi as u32,
                        class,
                    })
                });
                if known {
                    let mut v = Returned {
                        plain: &plain,
                        found: Vec::new(),
                    };
                    walk::block(&mut v, &func.body);
                    for n in v.found {
                        users.entry(n).or_default().push(Node::Func(here));
                    }
                }
                for x in &func.params {
                    if let Some((file, d)) = p.provider(here.file, x)
                        && let ExprKind::Call(c) = &d.kind
                    {
                        for a in &c.args {
                            let at = At { file, func: 0 };
                            if let Thing::Func(f) = self.names.thing(at, &a.value) {
                                let key = ustr(&format!("={}:{}", f.file, f.func));
                                users.entry(key).or_default().push(Node::Func(here));
                            }
                        }
                    }
                }
            }
        }
        users
    }
}

/// The doubt that its entry points make about a finding.
fn doubt(endpoints: &[Endpoint], lost: bool) -> Option<DoubtNote> {
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
