//! Entry points: what starts a unit of work (a request, a task, a message, a command), under which path, and which of
//! them reach a function. The packs tell what registers them; nothing is interpreted for it.

mod callers;
mod collect;
mod heads;
mod names;
mod polls;
mod reach;
mod routers;
mod sites;
mod tables;
mod targets;
mod users;
mod visit;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

pub use reach::{Chain, Reaching};

use self::collect::{Found, Registration, Target};
use self::names::{At, Names, Router, Thing};
use super::program::Program;
use super::value::{ClassRef, FuncRef};
use crate::project::facts::python_module;
use crate::stores::vocabulary::{Called, Does, Entry, Sel, Spec};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, Lit};

/// More paths than one handler is told with.
const PATHS: usize = 6;

/// An entry point of the program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Point {
    entry: Entry,
    path: Option<String>,
    methods: Vec<Sym>,
    handler: Target,
    /// The method of the class, if the handler is one that a class has from outside.
    through: Option<FuncRef>,
}

/// The entry points of a program.
#[derive(Default, Debug)]
pub struct Endpoints {
    points: Vec<Point>,
    /// What a framework calls directly.
    direct: FxHashMap<FuncRef, Vec<u32>>,
    /// Functions that make handlers within them.
    makers: FxHashSet<FuncRef>,
    /// The classes whose methods a framework may call.
    classes: FxHashMap<ClassRef, Vec<u32>>,
}

impl Endpoints {
    /// Finds them.
    pub fn collect(p: &Program) -> Self {
        let names = Names { p, site: None };
        let handlers = names.platform_handlers();
        let found: Vec<Found> = (0..p.files().len() as u32)
            .into_par_iter()
            .with_max_len(8)
            .map(|file| collect::collect(names, file, &handlers))
            .collect();
        let mut paths = Paths::default();
        let mut funcs: BTreeMap<FuncRef, Vec<&Registration>> = BTreeMap::new();
        let mut classes: BTreeMap<ClassRef, Vec<&Registration>> = BTreeMap::new();
        let mut streams: FxHashSet<FuncRef> = FxHashSet::default();
        for f in &found {
            for (parent, prefix, child) in &f.mounts {
                let known = paths.mounts.entry(*child).or_default();
                let mount = (*parent, prefix.clone());
                if Some(*child) != *parent && !known.contains(&mount) {
                    known.push(mount);
                }
            }
            paths.replaced.extend(f.replaced.iter().copied());
            paths.unslashed.extend(f.unslashed.iter().copied());
            for (router, prefix) in &f.own {
                paths.own.insert(*router, prefix.clone());
            }
            streams.extend(f.streams.iter().copied());
            for r in &f.registrations {
                match r.target {
                    Target::Func(f) => funcs.entry(f).or_default().push(r),
                    Target::Class(c) => classes.entry(c).or_default().push(r),
                }
            }
        }
        let mut out = Self::default();
        paths.leave_orphans(names);
        let mut build = Build {
            names,
            paths: &paths,
            funcs: &funcs,
            out: &mut out,
        };
        let bases: Vec<Vec<Option<&Spec>>> = (0..p.files().len() as u32)
            .into_par_iter()
            .map(|file| {
                let classes = 0..p.files()[file as usize].module.classes.len() as u32;
                let base = |class| names.base(ClassRef { file, class });
                classes.map(base).collect()
            })
            .collect();
        let base = |c: ClassRef| bases[c.file as usize][c.class as usize];
        // Classes by their bases, registered or not.
        for (fi, f) in p.files().iter().enumerate() {
            for ci in 0..f.module.classes.len() {
                let c = ClassRef {
                    file: fi as u32,
                    class: ci as u32,
                };
                let given = classes.get(&c).map_or(&[][..], Vec::as_slice);
                let own = base(c).filter(|s| s.does == Does::Endpoint);
                // A base of others is what they are registered as.
                let only_base = given.is_empty() && p.derived(c).iter().any(|d| base(*d).is_some());
                if (own.is_some() || !given.is_empty()) && !only_base {
                    build.class(c, given);
                }
            }
        }
        for (f, given) in &funcs {
            build.func(*f, given, &streams);
            if let Some(parent) = p.func(*f).parent.filter(|x| *x != 0) {
                let maker = FuncRef {
                    file: f.file,
                    func: parent,
                };
                build.out.makers.insert(maker);
            }
        }
        out
    }

    /// Whether a framework calls the function.
    pub fn is_handler(&self, f: FuncRef) -> bool {
        self.direct.contains_key(&f)
    }

    /// Whether a framework calls the function for these signals only.
    pub fn is_told_of(&self, f: FuncRef, signals: &[Sym]) -> bool {
        let named = |path: &String| signals.iter().any(|s| s.as_str() == path.as_str());
        self.direct.get(&f).is_some_and(|points| {
            let mut all = points.iter().map(|i| &self.points[*i as usize]);
            all.all(|p| p.entry == Entry::Signal && p.path.as_ref().is_some_and(named))
        })
    }

    /// Whether a framework calls the function for these signals only, which come in the run of a command.
    pub fn is_run_for(&self, f: FuncRef, signals: &[Sym]) -> bool {
        let named = |path: &String| signals.iter().any(|s| s.as_str() == path.as_str());
        self.direct.get(&f).is_some_and(|points| {
            let mut all = points.iter().map(|i| &self.points[*i as usize]);
            all.all(|p| {
                matches!(p.entry, Entry::Signal | Entry::Command)
                    && p.path.as_ref().is_some_and(named)
            })
        })
    }

    /// Whether requests are answered.
    pub fn has_requests(&self) -> bool {
        self.points
            .iter()
            .any(|p| p.entry == Entry::Request && p.path.is_some())
    }

    fn add(&mut self, point: Point) -> u32 {
        self.points.push(point);
        self.points.len() as u32 - 1
    }
}

/// Where routers stand.
#[derive(Default)]
struct Paths {
    own: FxHashMap<Router, String>,
    mounts: FxHashMap<Router, Vec<(Option<Router>, String)>>,
    /// Mounts, by parent and child, whose prefix stands in the place of the child's own.
    replaced: FxHashSet<(Option<Router>, Router)>,
    unslashed: FxHashSet<Router>,
}

impl Paths {
    /// What may stand before a path that is registered with a router.
    fn before(&self, router: Router, depth: u32) -> Vec<String> {
        let own = self.own.get(&router).map_or("", String::as_str);
        let Some(mounts) = self.mounts.get(&router).filter(|_| depth < 8) else {
            return vec![own.to_owned()];
        };
        let mut out = Vec::new();
        for (parent, prefix) in mounts {
            let above = match parent {
                Some(parent) => self.before(*parent, depth + 1),
                None => vec![String::new()],
            };
            let own = match self.replaced.contains(&(*parent, router)) {
                true => "",
                false => own,
            };
            for a in above {
                let path = joined(&joined(&a, prefix), own);
                if !out.contains(&path) && out.len() < PATHS {
                    out.push(path);
                }
            }
        }
        out
    }

    /// Where a program says which list of URLs its own is, what stands in lists that this one does not include is
    /// nothing that answers.
    fn leave_orphans(&mut self, names: Names<'_>) {
        let roots = names.root_lists();
        if roots.is_empty() {
            return;
        }
        let mut below: FxHashMap<Router, Vec<Router>> = FxHashMap::default();
        for (child, mounts) in &self.mounts {
            for (parent, _) in mounts {
                if let Some(parent) = parent {
                    below.entry(*parent).or_default().push(*child);
                }
            }
        }
        let mut served: FxHashSet<Router> = FxHashSet::default();
        let mut work = roots;
        while let Some(router) = work.pop() {
            if served.insert(router) {
                work.extend(below.get(&router).into_iter().flatten());
            }
        }
        for mounts in self.mounts.values_mut() {
            let known = |m: &(Option<Router>, String)| m.0.is_some_and(|r| served.contains(&r));
            if mounts.iter().any(known) {
                mounts.retain(known);
            }
        }
    }

    fn whole(&self, r: &Registration) -> Vec<String> {
        let Some(route) = &r.route else {
            return Vec::new();
        };
        let before = match r.under {
            Some(router) => self.before(router, 0),
            None => vec![String::new()],
        };
        before.iter().map(|b| joined(b, &plain(route))).collect()
    }
}

/// Two parts of a path with one slash between them.
fn joined(a: &str, b: &str) -> String {
    let b = plain(b);
    if a.is_empty() || b.is_empty() {
        return format!("{a}{b}");
    }
    match (a.ends_with('/'), b.starts_with('/')) {
        (true, true) => format!("{a}{}", &b[1..]),
        (false, false) => format!("{a}/{b}"),
        _ => format!("{a}{b}"),
    }
}

fn rooted(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

/// A regular expression as the path that it means: `^orders/(?P<pk>\d+)/$` is `orders/<pk>/`.
fn plain(route: &str) -> String {
    if !route.contains(['^', '$', '(', '\\']) {
        return route.to_owned();
    }
    let text = route.trim_start_matches('^').trim_end_matches('$');
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            '\\' => {
                // An escaped mark is itself; a class of characters is not.
                if let Some(next) = bytes.get(i + 1)
                    && !next.is_alphanumeric()
                {
                    out.push(*next);
                } else {
                    out.push('*');
                }
                i += 2;
            }
            '(' => {
                let mut depth = 0;
                let start = i;
                let mut set = false;
                while i < bytes.len() {
                    match bytes[i] {
                        '\\' => i += 1,
                        '[' => set = true,
                        ']' => set = false,
                        '(' if !set => depth += 1,
                        ')' if !set => depth -= 1,
                        _ => {}
                    }
                    i += 1;
                    if depth == 0 {
                        break;
                    }
                }
                let group: String = bytes[start..i.min(bytes.len())].iter().collect();
                match group.strip_prefix("(?P<").and_then(|g| g.split_once('>')) {
                    Some((name, _)) => {
                        out.push('<');
                        out.push_str(name);
                        out.push('>');
                    }
                    None if group.starts_with("(?:") || group.starts_with("(?!") => {
                        let optional = bytes.get(i) == Some(&'?');
                        let inner = group[3..].trim_end_matches(')');
                        if group.starts_with("(?:") && !optional {
                            out.push_str(&plain(inner));
                        }
                    }
                    None => out.push_str("<>"),
                }
                if matches!(bytes.get(i), Some('?' | '*' | '+')) {
                    i += 1;
                }
            }
            '?' | '^' | '$' => i += 1,
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// A path of a class, whether its methods have paths below it, what those end in, and which of them answer what.
type Row<'a> = (Option<String>, bool, &'static str, &'a [(Sym, Sym)]);

struct Build<'a, 'p> {
    names: Names<'p>,
    paths: &'a Paths,
    funcs: &'a BTreeMap<FuncRef, Vec<&'a Registration>>,
    out: &'a mut Endpoints,
}

impl Build<'_, '_> {
    fn func(&mut self, f: FuncRef, given: &[&Registration], streams: &FxHashSet<FuncRef>) {
        let func = self.names.p.func(f);
        // What stands in a class that is registered itself has its path below the class's.
        if func.is_method() && self.out.direct.contains_key(&f) {
            return;
        }
        let mut methods: Vec<Sym> = Vec::new();
        for r in given.iter().filter(|r| r.route.is_none()) {
            methods.extend(r.methods.iter().copied());
        }
        let routed = given
            .iter()
            .any(|r| r.entry == Entry::Request && r.route.is_some());
        // A platform's function is one thing, whatever else is said of it.
        let consumer = streams.contains(&f) || given.iter().any(|r| r.entry == Entry::Consumer);
        for r in given {
            if r.entry == Entry::Request && r.route.is_none() && routed {
                continue;
            }
            let entry = match r.entry {
                Entry::Function if consumer => Entry::Consumer,
                e => e,
            };
            let own = match (entry, r.methods.is_empty()) {
                (Entry::Request, true) => methods.clone(),
                (Entry::Request, false) => r.methods.clone(),
                _ => Vec::new(),
            };
            let paths = match entry {
                Entry::Request => self.paths.whole(r).iter().map(|p| rooted(p)).collect(),
                Entry::Signal | Entry::Command => r.route.iter().cloned().collect(),
                _ => Vec::new(),
            };
            self.push(f, entry, paths, own);
        }
    }

    fn push(&mut self, f: FuncRef, entry: Entry, paths: Vec<String>, mut methods: Vec<Sym>) {
        methods.sort_unstable_by_key(|m| m.as_str());
        methods.dedup();
        let mut paths: Vec<Option<String>> = paths.into_iter().map(Some).collect();
        if paths.is_empty() {
            paths.push(None);
        }
        for path in paths {
            let point = Point {
                entry,
                path,
                methods: methods.clone(),
                handler: Target::Func(f),
                through: None,
            };
            self.direct(f, point);
        }
    }

    fn direct(&mut self, f: FuncRef, point: Point) -> u32 {
        let known = self.out.direct.get(&f).into_iter().flatten();
        for i in known {
            if self.out.points[*i as usize] == point {
                return *i;
            }
        }
        let i = self.out.add(point);
        self.out.direct.entry(f).or_default().push(i);
        i
    }

    /// The methods of a class that a framework calls, under the paths of the class.
    fn class(&mut self, c: ClassRef, given: &[&Registration]) {
        let p = self.names.p;
        let base = self.names.base(c).filter(|s| s.does == Does::Endpoint);
        let usual = self.usual(c);
        let key = self.key_of(c);
        let keyed = |text: &str| match &key {
            Some(key) => text.replace("<pk>", &format!("<{key}>")),
            None => text.to_owned(),
        };
        let handlers: &[Called] = base.map_or(&usual, |s| &s.handlers);
        let entry = given
            .first()
            .map(|r| r.entry)
            .or(base.map(|s| s.entry))
            .unwrap_or(Entry::Request);
        let mut rows: Vec<Row<'_>> = Vec::new();
        for r in given {
            for path in self.paths.whole(r) {
                let bare = r.under.is_some_and(|u| self.paths.unslashed.contains(&u));
                let end = if bare { "" } else { "/" };
                rows.push((Some(path), r.expands, end, &r.map));
            }
        }
        if rows.is_empty() {
            rows.push((None, false, "/", &[]));
        }
        let mut all = Vec::new();
        let allowed = self.allowed(c);
        for (path, expands, end, map) in rows {
            let base_path = path.as_ref().map(|p| {
                if expands && !p.ends_with('/') {
                    rooted(&format!("{p}{end}"))
                } else {
                    rooted(p)
                }
            });
            let command = matches!(entry, Entry::Command | Entry::Task);
            let mut covered = false;
            let mut one = |this: &mut Self, name: Sym, mut methods: Vec<Sym>, suffix: &str| {
                if let Some(allowed) = &allowed
                    && !methods.is_empty()
                {
                    methods.retain(|m| allowed.contains(m));
                    if methods.is_empty() {
                        return;
                    }
                }
                let own = p.project_method(c, name);
                // What a framework does itself comes to the class's own methods; what it does for any request is told
                // by those of these that are for some.
                let Some((_, f)) = own.or_else(|| p.method(c, name)) else {
                    return;
                };
                if own.is_none() && methods.is_empty() && p.is_steps(f) {
                    return;
                }
                let suffix = match end {
                    "" => suffix.trim_end_matches('/'),
                    _ => suffix,
                };
                let point = Point {
                    entry,
                    path: base_path.as_ref().map(|b| joined(b, &keyed(suffix))),
                    methods,
                    handler: Target::Class(c),
                    through: Some(f),
                };
                covered |= own.is_some();
                all.push(match own {
                    Some(_) => this.direct(f, point),
                    None => this.out.add(point),
                });
            };
            if map.is_empty() {
                for h in handlers {
                    let suffix = if expands { h.suffix.as_str() } else { "" };
                    one(self, h.name, h.methods.clone(), suffix);
                }
            } else {
                for (method, name) in map {
                    one(self, *name, vec![*method], "");
                    // What the class has from outside comes to steps of its own.
                    let Some((_, m)) = p.method(c, *name).filter(|m| p.is_steps(m.1)) else {
                        continue;
                    };
                    let led = p.led_to(c, m);
                    for h in handlers.iter().filter(|h| led.contains(&h.name)) {
                        if p.project_method(c, h.name).is_some() {
                            one(self, h.name, vec![*method], "");
                        }
                    }
                }
                // What the class has from outside.
                for (method, _) in map.iter().filter(|(_, n)| p.method(c, *n).is_none()) {
                    let point = Point {
                        entry,
                        path: base_path.clone(),
                        methods: vec![*method],
                        handler: Target::Class(c),
                        through: None,
                    };
                    let known = self.out.add(point);
                    all.push(known);
                }
            }
            // Methods with registrations of their own (`@action`).
            for f in self.own_registrations(c) {
                for r in &self.funcs[&f] {
                    let Some(route) = &r.route else { continue };
                    if !map.is_empty() && !map.iter().any(|(_, n)| *n == p.func(f).name) {
                        continue;
                    }
                    let path = base_path.as_ref().map(|b| {
                        let path = joined(&joined(b, &keyed(&r.prefix)), &plain(route));
                        if map.is_empty() {
                            path + end
                        } else {
                            b.clone()
                        }
                    });
                    let point = Point {
                        entry,
                        path,
                        methods: r.methods.clone(),
                        handler: Target::Class(c),
                        through: Some(f),
                    };
                    all.push(self.direct(f, point));
                }
            }
            if let Some(s) = base {
                for point in self.listed(c, s, base_path.as_ref()) {
                    match (point.through, point.handler) {
                        (Some(f), _) => all.push(self.direct(f, point)),
                        (None, Target::Func(f)) => drop(self.direct(f, point)),
                        (None, Target::Class(_)) => {}
                    }
                }
            }
            // What the class has from outside calls what it overrides.
            if map.is_empty() && (!command || !covered) {
                let point = Point {
                    entry,
                    path: base_path,
                    methods: Vec::new(),
                    handler: Target::Class(c),
                    through: None,
                };
                let known = self.out.add(point);
                all.push(known);
            }
        }
        self.out.classes.insert(c, all);
    }

    /// What a class lists by name as called for requests of its own: functions, and methods of its own.
    fn listed(&self, c: ClassRef, s: &Spec, path: Option<&String>) -> Vec<Point> {
        let Some(Sel::Own(names)) = &s.handler else {
            return Vec::new();
        };
        let (Some(name), p) = (names.first(), self.names.p) else {
            return Vec::new();
        };
        let line = std::iter::once(c).chain(p.ancestors(c));
        let found = line.into_iter().find_map(|k| {
            let attr = p.class(k).attrs.iter().find(|a| a.name == *name)?;
            Some((k, attr.value.as_ref()?))
        });
        let Some((k, value)) = found else {
            return Vec::new();
        };
        let methods = match &s.methods {
            Some(Sel::Text(t)) => t.split_whitespace().map(intern).collect(),
            _ => Vec::new(),
        };
        let mut parts: Vec<&Expr> = vec![value];
        let mut out = Vec::new();
        while let Some(e) = parts.pop() {
            let method = match &e.kind {
                ExprKind::List(all) | ExprKind::Tuple(all) => {
                    parts.extend(all);
                    continue;
                }
                ExprKind::Bin(_, a, b) => {
                    parts.extend([&**a, &**b]);
                    continue;
                }
                ExprKind::Const(Lit::Str(n)) | ExprKind::Name(n) => p.project_method(c, *n),
                _ => None,
            };
            let at = At {
                file: k.file,
                func: 0,
            };
            let (handler, through) = match (method, self.names.thing(at, e)) {
                (Some((_, f)), _) => (Target::Class(c), Some(f)),
                (None, Thing::Func(f)) => (Target::Func(f), None),
                _ => continue,
            };
            out.push(Point {
                entry: s.entry,
                path: path.cloned(),
                methods: methods.clone(),
                handler,
                through,
            });
        }
        out
    }

    /// The methods of the class and its bases that are registered themselves.
    fn own_registrations(&self, c: ClassRef) -> Vec<FuncRef> {
        let p = self.names.p;
        let mut out: Vec<FuncRef> = Vec::new();
        let class = p.class(c);
        let own = class.methods.iter().map(|(n, _)| *n);
        let mut seen: Vec<Sym> = own.collect();
        for m in p.ancestors(c) {
            seen.extend(p.class(m).methods.iter().map(|(n, _)| *n));
        }
        seen.sort_unstable_by_key(|n| n.as_str());
        seen.dedup();
        for name in seen {
            if let Some((_, f)) = p.project_method(c, name)
                && self.funcs.contains_key(&f)
            {
                out.push(f);
            }
        }
        out
    }

    /// The HTTP methods that a class says it answers, if it does.
    fn allowed(&self, c: ClassRef) -> Option<Vec<Sym>> {
        let p = self.names.p;
        let names = self
            .names
            .lib(c.file)
            .lists
            .get(&sym!("method-attributes"))?;
        let mut line = std::iter::once(c).chain(p.ancestors(c));
        let value = line.find_map(|k| {
            let attr = p.class(k).attrs.iter().find(|a| names.contains(&a.name))?;
            attr.value.as_ref()
        })?;
        let (ExprKind::List(parts) | ExprKind::Tuple(parts)) = &value.kind else {
            return None;
        };
        let words = parts.iter().map(|e| match &e.kind {
            ExprKind::Const(Lit::Str(s)) => Some(intern(&s.to_uppercase())),
            _ => None,
        });
        words.collect()
    }

    /// What a class calls the part of its paths that tells one row from others, if it says so.
    fn key_of(&self, c: ClassRef) -> Option<Sym> {
        let p = self.names.p;
        let names = self.names.lib(c.file).lists.get(&sym!("key-attributes"))?;
        names.iter().find_map(|name| {
            std::iter::once(c).chain(p.ancestors(c)).find_map(|k| {
                let attr = p.class(k).attrs.iter().find(|a| a.name == *name)?;
                match attr.value.as_ref().map(|v| &v.kind) {
                    Some(ExprKind::Const(Lit::Str(s))) => Some(*s),
                    _ => None,
                }
            })
        })
    }

    /// What a class whose bases are not seen is called by, if it is registered all the same.
    fn usual(&self, c: ClassRef) -> Vec<Called> {
        let lib = self.names.lib(c.file);
        let mut out: Vec<Called> = Vec::new();
        for s in &lib.specs {
            for h in &s.handlers {
                if s.entry == Entry::Request && !out.iter().any(|o| o.name == h.name) {
                    out.push(h.clone());
                }
            }
        }
        out
    }
}

/// A function or class as a person names it.
fn shown(p: &Program, t: Target, through: Option<FuncRef>) -> String {
    let (file, qualname) = match t {
        Target::Func(f) => (f.file, p.func(f).qualname.to_string()),
        Target::Class(c) => {
            let name = p.class(c).qualname;
            match through {
                Some(f) => (c.file, format!("{name}.{}", p.func(f).name)),
                None => (c.file, name.to_string()),
            }
        }
    };
    let f = &p.files()[file as usize];
    let module = match f.module.lang {
        Lang::Python => python_module(&f.path),
        Lang::Go => f.path.rsplit_once('/').map_or("", |(d, _)| d).to_owned(),
    };
    if module.is_empty() {
        qualname
    } else {
        format!("{module}.{qualname}")
    }
}

/// The name under which a command is run: that of its file.
fn stem(p: &Program, file: u32) -> String {
    let path = &p.files()[file as usize].path;
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".py").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_are_shown_as_paths() {
        assert_eq!(plain(r"^orders/(?P<pk>\d+)/$"), "orders/<pk>/");
        assert_eq!(plain(r"^(?P<a>[^/]+)/x\.json$"), "<a>/x.json");
        assert_eq!(plain(r"^(?:api/)?v1/([0-9]+)"), "v1/<>");
        assert_eq!(plain("orders/<int:pk>/"), "orders/<int:pk>/");
        assert_eq!(plain("/orders/{id}"), "/orders/{id}");
    }

    #[test]
    fn parts_of_a_path_are_joined_by_one_slash() {
        assert_eq!(joined("/api/", "/orders"), "/api/orders");
        assert_eq!(joined("/api", "orders"), "/api/orders");
        assert_eq!(joined("", "orders"), "orders");
        assert_eq!(rooted("orders"), "/orders");
    }
}
