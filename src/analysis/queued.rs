//! Tasks that a queue keeps apart: what a call that enqueues a function names as its own until the task has ended.
//!
//! A function that runs as nothing but such a task holds a lock from its first line on. What tells the resource must be
//! among what the function is handed, in the same way wherever it is enqueued: then whoever is handed the same is kept
//! waiting. One other use of the function, and nothing is held. What is asked is syntactic, by names bound once.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::program::Program;
use super::value::FuncRef;
use crate::project::facts::{Symbol, dotted};
use crate::stores::vocabulary::{Does, Library, Sel, Spec};
use crate::sym;
use crate::symbol::{Sym, interned};
use crate::syntax::il::{
    ArgKind, BinOp, Call, Expr, ExprKind, Func, Lit, Place, Span, Stmt, StmtKind,
};
use crate::syntax::{Lang, walk};

/// What tasks hold while they run.
#[derive(Default)]
pub(super) struct Queued {
    held: FxHashMap<FuncRef, Vec<Option<Sym>>>,
}

impl Queued {
    /// Looks through the program, if it enqueues anything so.
    pub(super) fn new(p: &Program) -> Self {
        let lib = p.library(Lang::Python);
        let mut specs: FxHashMap<Sym, &Spec> = FxHashMap::default();
        for (path, all) in &lib.callees {
            let spec = all.iter().map(|i| &lib.specs[*i]);
            let excludes = |s: &&Spec| s.does == Does::Enqueue && s.excludes.is_some();
            specs.extend(spec.filter(excludes).map(|s| (*path, s)));
        }
        let mut sites = Sites {
            p,
            lib,
            specs,
            of: FxHashMap::default(),
            told: FxHashSet::default(),
            attrs: FxHashMap::default(),
        };
        for file in sites.enqueueing() {
            sites.look_through(file);
        }
        if sites.of.is_empty() {
            return Self::default();
        }
        let open = sites.used_otherwise();
        let held = sites.of.into_iter().filter(|(f, _)| !open.contains(f));
        let held = held.map(|(f, all)| (f, common(all)));
        Self {
            held: held.filter(|(_, keys)| !keys.is_empty()).collect(),
        }
    }

    /// The parameters that tell what a function holds while it runs; `None`: one lock for all of its runs.
    pub(super) fn held(&self, f: FuncRef) -> &[Option<Sym>] {
        self.held.get(&f).map_or(&[], Vec::as_slice)
    }
}

/// A resource in terms of what the function is handed: the parameter that tells it, and how.
type Form = (Option<Sym>, String);

/// What is told in the same way at every site.
fn common(mut sites: Vec<Vec<Form>>) -> Vec<Option<Sym>> {
    let mut forms = sites.pop().unwrap_or_default();
    forms.retain(|f| sites.iter().all(|s| s.contains(f)));
    let mut keys: Vec<Option<Sym>> = forms.into_iter().map(|f| f.0).collect();
    keys.sort_unstable_by_key(|k| k.map(|k| k.as_str()));
    keys.dedup();
    keys
}

struct Sites<'p> {
    p: &'p Program,
    lib: &'p Library,
    specs: FxHashMap<Sym, &'p Spec>,
    /// Where each function is enqueued, and what is named there.
    of: FxHashMap<FuncRef, Vec<Vec<Form>>>,
    /// The places at which a function is named to be enqueued.
    told: FxHashSet<(u32, Span)>,
    /// The attributes of classes that are enqueued, and the functions that they stand for.
    attrs: FxHashMap<Sym, Vec<FuncRef>>,
}

impl<'p> Sites<'p> {
    /// The files that import what enqueues so, or its module.
    fn enqueueing(&self) -> Vec<u32> {
        let mut ends: FxHashSet<&str> = FxHashSet::default();
        let mut heads: FxHashSet<&str> = FxHashSet::default();
        for path in self.specs.keys() {
            ends.extend(path.rsplit('.').take(2));
            heads.extend(path.split('.').next());
        }
        let meant = |path: &str| {
            let head = path.split('.').next().unwrap_or_default();
            (head.is_empty() || heads.contains(head))
                && path.rsplit('.').next().is_some_and(|n| ends.contains(n))
        };
        let files = self.p.files().iter().enumerate();
        files
            .filter(|(_, f)| f.module.lang == Lang::Python)
            .filter(|(_, f)| f.module.imports.iter().any(|i| meant(&i.path)))
            .map(|(i, _)| i as u32)
            .collect()
    }

    fn look_through(&mut self, file: u32) {
        let p = self.p;
        for func in &p.files()[file as usize].module.funcs {
            let mut body = Body::default();
            walk::block(&mut body, &func.body);
            for call in std::mem::take(&mut body.calls) {
                if let Some(spec) = self.spec(file, call) {
                    self.enqueued(file, func, &body, call, spec);
                }
            }
        }
    }

    fn spec(&self, file: u32, call: &Call) -> Option<&'p Spec> {
        let name = dotted(&call.callee)?;
        let path = match self.p.facts().lookup_at(file as usize, &name)? {
            Symbol::External(path) => interned(&path)?,
            Symbol::Func(at, func) => {
                let f = FuncRef {
                    file: at as u32,
                    func,
                };
                let module = &self.p.facts().files.get(at)?.module;
                interned(&format!("{module}.{}", self.p.func(f).name))?
            }
            _ => return None,
        };
        self.specs.get(&path).copied()
    }

    fn function(&self, file: u32, e: &Expr) -> Option<FuncRef> {
        match self.p.facts().lookup_at(file as usize, &dotted(e)?)? {
            Symbol::Func(at, func) => Some(FuncRef {
                file: at as u32,
                func,
            }),
            _ => None,
        }
    }

    fn enqueued(
        &mut self,
        file: u32,
        func: &'p Func,
        body: &Body<'p>,
        call: &'p Call,
        spec: &'p Spec,
    ) {
        let Some(handler) = spec.invokes.iter().find_map(|s| argument(call, s)) else {
            return;
        };
        let targets = match (&handler.kind, self.function(file, handler)) {
            (_, Some(f)) => vec![f],
            (ExprKind::Attr(_, name, _), None) => self.attribute(*name),
            _ => return,
        };
        self.told.insert((file, handler.span));
        let within = Within {
            func,
            body,
            lib: self.lib,
        };
        let list = |sel: &Option<Sel>| sel.as_ref().and_then(|s| argument(call, s));
        let resources = list(&spec.excludes).map(|e| within.elements(e));
        let resources = resources.unwrap_or_default();
        for f in targets {
            let mut forms: Vec<Form> = Vec::new();
            for r in &resources {
                forms.extend(within.form(r, None).map(|form| (None, form)));
            }
            for (i, param) in self.p.func(f).params.iter().enumerate() {
                let by_name = list(&spec.hands_named).and_then(|e| within.member(e, param.name));
                let by_place = || within.elements(list(&spec.hands)?).get(i).copied();
                let Some(given) = by_name.or_else(by_place) else {
                    continue;
                };
                for r in &resources {
                    let form = within.form(r, Some(given));
                    forms.extend(form.map(|form| (Some(param.name), form)));
                }
            }
            self.of.entry(f).or_default().push(forms);
        }
    }

    /// The functions that an attribute of that name stands for, in whichever class.
    fn attribute(&mut self, name: Sym) -> Vec<FuncRef> {
        if let Some(known) = self.attrs.get(&name) {
            return known.clone();
        }
        let mut out = Vec::new();
        for (file, f) in self.p.files().iter().enumerate() {
            let attrs = f.module.classes.iter().flat_map(|c| &c.attrs);
            let values = attrs
                .filter(|a| a.name == name)
                .filter_map(|a| a.value.as_ref());
            for value in values {
                if let Some(f) = self.function(file as u32, value) {
                    out.push(f);
                    self.told.insert((file as u32, value.span));
                }
            }
        }
        self.attrs.insert(name, out.clone());
        out
    }

    /// The functions among these that are named anywhere else.
    fn used_otherwise(&self) -> FxHashSet<FuncRef> {
        let mut names: FxHashMap<Sym, Vec<FuncRef>> = FxHashMap::default();
        for f in self.of.keys() {
            names.entry(self.p.func(*f).name).or_default().push(*f);
        }
        let files = self.p.files().par_iter().enumerate();
        let python = files.filter(|(_, f)| f.module.lang == Lang::Python);
        let open = python.map(|(file, _)| Uses::in_file(self, &names, file as u32));
        open.reduce(FxHashSet::default, |mut all, some| {
            all.extend(some);
            all
        })
    }
}

/// Whether a dotted path is another, or leads to it.
fn within(whole: &str, start: &str) -> bool {
    let rest = whole.strip_prefix(start);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Looks for uses of functions beside their being enqueued.
struct Uses<'a, 'p> {
    sites: &'a Sites<'p>,
    names: &'a FxHashMap<Sym, Vec<FuncRef>>,
    file: u32,
    /// Whether the file imports what asks functions about themselves.
    inspects: bool,
    /// What is only asked about itself.
    asked: FxHashSet<Span>,
    open: FxHashSet<FuncRef>,
}

impl walk::Visit<'_> for Uses<'_, '_> {
    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Call(c) if self.inspects => {
                let lib = self.sites.lib;
                let path = dotted(&c.callee)
                    .and_then(|n| self.sites.p.facts().resolve_path(self.file as usize, &n))
                    .and_then(|p| interned(&p));
                if path.is_some_and(|p| lib.is_listed(sym!("inspections"), p)) {
                    self.asked.extend(c.args.iter().map(|a| a.value.span));
                }
            }
            ExprKind::Name(n) => self.named(*n, e),
            ExprKind::Attr(of, n, _) => {
                if n.starts_with("__") {
                    self.asked.insert(of.span);
                }
                self.named(*n, e);
                let open = |s: &Self| {
                    !s.sites.told.contains(&(s.file, e.span)) && !s.asked.contains(&e.span)
                };
                if let Some(of) = self.sites.attrs.get(n)
                    && open(self)
                {
                    self.open.extend(of);
                }
            }
            // Named by a path, for somebody who looks it up.
            ExprKind::Const(Lit::Str(s)) if s.len() < 200 => {
                if let Some((_, last)) = s.rsplit_once(['.', ':'])
                    && let Some(of) = interned(last).and_then(|n| self.names.get(&n))
                {
                    self.open.extend(of);
                }
            }
            _ => {}
        }
    }
}

impl<'a, 'p> Uses<'a, 'p> {
    /// The functions of these names that a file uses.
    fn in_file(
        sites: &'a Sites<'p>,
        names: &'a FxHashMap<Sym, Vec<FuncRef>>,
        file: u32,
    ) -> FxHashSet<FuncRef> {
        let module = &sites.p.files()[file as usize].module;
        let inspections = sites.lib.list(sym!("inspections"));
        let leads = |path: &str| inspections.iter().any(|i| within(i, path));
        let mut uses = Self {
            sites,
            names,
            inspects: module.imports.iter().any(|i| leads(&i.path)),
            file,
            asked: FxHashSet::default(),
            open: FxHashSet::default(),
        };
        for func in &module.funcs {
            walk::block(&mut uses, &func.body);
            let defaults = func.params.iter().filter_map(|p| p.default.as_ref());
            let outside = func.decorators.iter().chain(defaults);
            outside.for_each(|e| walk::expr(&mut uses, e));
        }
        for c in &module.classes {
            let values = c.attrs.iter().filter_map(|a| a.value.as_ref());
            let own = c.bases.iter().chain(&c.decorators).chain(values);
            own.for_each(|e| walk::expr(&mut uses, e));
        }
        uses.open
    }

    fn named(&mut self, n: Sym, e: &Expr) {
        if !self.names.contains_key(&n) || self.sites.told.contains(&(self.file, e.span)) {
            return;
        }
        let imported = || {
            let imports = &self.sites.p.files()[self.file as usize].module.imports;
            imports.iter().any(|i| i.name == n)
        };
        match self.sites.function(self.file, e) {
            Some(f) => {
                self.open.insert(f);
            }
            // Whatever it is that a function imports under that name.
            None if matches!(e.kind, ExprKind::Name(_)) && imported() => {
                self.open.extend(&self.names[&n]);
            }
            None => {}
        }
    }
}

/// What a function's body calls, and binds its names to.
#[derive(Default)]
struct Body<'p> {
    calls: Vec<&'p Call>,
    bound: FxHashMap<Sym, Vec<Option<&'p Expr>>>,
    /// Names that are changed in place, by key or in another way.
    changed: Vec<(Sym, Option<Sym>)>,
}

impl<'p> Body<'p> {
    fn bind(&mut self, place: &'p Place, value: Option<&'p Expr>) {
        match place {
            Place::Name(n, _) => self.bound.entry(*n).or_default().push(value),
            Place::Tuple(ps, _) => ps.iter().for_each(|p| self.bind(p, None)),
            Place::Star(p, _) => self.bind(p, None),
            Place::Index(of, key, _) => {
                if let ExprKind::Name(n) = of.kind {
                    let key = match key.kind {
                        ExprKind::Const(Lit::Str(s)) => Some(s),
                        _ => None,
                    };
                    self.changed.push((n, key));
                }
            }
            _ => {}
        }
    }
}

impl<'p> walk::Visit<'p> for Body<'p> {
    fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Assign(places, value) => {
                places.iter().for_each(|p| self.bind(p, Some(value)));
            }
            StmtKind::AugAssign(place, ..) | StmtKind::Delete(place) => self.bind(place, None),
            StmtKind::Loop {
                each: Some(each), ..
            } => self.bind(&each.0, None),
            StmtKind::With(_, Some(target), _) => self.bind(target, None),
            StmtKind::Try { handlers, .. } => {
                let names = handlers.iter().filter_map(|h| h.name);
                names.for_each(|n| self.bound.entry(n).or_default().push(None));
            }
            _ => {}
        }
    }

    fn expr(&mut self, e: &'p Expr) {
        match &e.kind {
            ExprKind::Call(c) => {
                self.calls.push(c);
                // Adding to a list of resources leaves those that are there.
                if let ExprKind::Attr(of, method, _) = &c.callee.kind
                    && let ExprKind::Name(n) = of.kind
                    && !matches!(method.as_str(), "append" | "extend" | "get" | "items")
                {
                    self.changed.push((n, None));
                }
            }
            ExprKind::Walrus(n, value) => self.bound.entry(*n).or_default().push(Some(value)),
            _ => {}
        }
    }
}

/// The function in which something is enqueued.
struct Within<'a, 'p> {
    func: &'p Func,
    body: &'a Body<'p>,
    lib: &'p Library,
}

impl<'p> Within<'_, 'p> {
    /// What a name is bound to, if that is one thing on every way.
    fn bound(&self, n: Sym) -> Option<&'p Expr> {
        let [Some(value)] = self.body.bound.get(&n)?.as_slice() else {
            return None;
        };
        let handed = self.func.params.iter().any(|p| p.name == n);
        let always = || {
            let top = |s: &Stmt| {
                matches!(&s.kind, StmtKind::Assign(places, _)
                    if places.iter().any(|p| matches!(p, Place::Name(x, _) if *x == n)))
            };
            self.func.body.iter().any(top)
        };
        (!handed || always()).then_some(*value)
    }

    /// The name that stands there, if any, and what it is bound to or the expression itself.
    fn value(&self, e: &'p Expr) -> (Option<Sym>, &'p Expr) {
        match e.kind {
            ExprKind::Name(n) => match self.bound(n) {
                Some(value) => (Some(n), value),
                None => (None, e),
            },
            _ => (None, e),
        }
    }

    /// The elements of a list that is written out.
    fn elements(&self, e: &'p Expr) -> Vec<&'p Expr> {
        let (name, value) = self.value(e);
        let changed = |n: Sym| self.body.changed.iter().any(|c| c.0 == n);
        match &value.kind {
            ExprKind::List(all) | ExprKind::Tuple(all) | ExprKind::Set(all)
                if !name.is_some_and(changed) =>
            {
                all.iter().collect()
            }
            ExprKind::Bin(BinOp::Add, a, b) => {
                let mut all = self.elements(a);
                all.extend(self.elements(b));
                all
            }
            _ => Vec::new(),
        }
    }

    /// A member of a record that is written out.
    fn member(&self, e: &'p Expr, key: Sym) -> Option<&'p Expr> {
        let (name, value) = self.value(e);
        let changed =
            |c: &(Sym, Option<Sym>)| Some(c.0) == name && c.1.is_none_or(|changed| changed == key);
        let ExprKind::Dict(items) = &value.kind else {
            return None;
        };
        if self.body.changed.iter().any(changed) || items.iter().any(|i| i.0.is_none()) {
            return None;
        }
        let is_key = |k: &Expr| matches!(k.kind, ExprKind::Const(Lit::Str(s)) if s == key);
        let mut found = items.iter().filter(|(k, _)| k.as_ref().is_some_and(is_key));
        found.next_back().map(|(_, v)| v)
    }

    /// How a resource is told by what the function is handed: whoever is handed the same names the same resource. A
    /// resource that is the same for all is told by nothing.
    fn form(&self, resource: &'p Expr, given: Option<&'p Expr>) -> Option<String> {
        let same = |e: &'p Expr| given.is_some_and(|g| self.equal(e, g));
        match &self.value(resource).1.kind {
            ExprKind::Const(Lit::Str(s)) => return given.is_none().then(|| format!("'{s}'")),
            ExprKind::Format(parts) => {
                let mut out = String::new();
                let mut open = false;
                for part in parts {
                    match part.kind {
                        ExprKind::Const(Lit::Str(s)) => out.push_str(&s),
                        _ if same(part) => {
                            open = true;
                            out.push_str("{}");
                        }
                        _ => return None,
                    }
                }
                return (open == given.is_some()).then_some(out);
            }
            _ => {}
        }
        let path = dotted(resource)?;
        let (row, rest) = path.split_once('.').unwrap_or((&path, ""));
        let row = interned(row)?;
        self.is_key_of(row, given?).then(|| format!("row.{rest}"))
    }

    /// Whether an expression is the key of the row that a name stands for.
    fn is_key_of(&self, row: Sym, e: &'p Expr) -> bool {
        let key = |n: Sym| self.lib.is_listed(sym!("row-keys"), n);
        let e = plain(self.value(plain(e)).1);
        if let ExprKind::Attr(of, n, _) = &e.kind
            && matches!(of.kind, ExprKind::Name(x) if x == row)
        {
            return key(*n);
        }
        let Some(ExprKind::Call(c)) = self.bound(row).map(|v| &plain(v).kind) else {
            return false;
        };
        let by_key = |a: &'p crate::syntax::il::Arg| {
            matches!(a.kind, ArgKind::Keyword(n) if key(n)) && self.equal(&a.value, e)
        };
        // A handler asks for the row of the route's own key.
        let by_route = || {
            let looks_up = matches!(&c.callee.kind, ExprKind::Attr(_, m, _)
                if self.lib.is_listed(sym!("route-lookups"), *m));
            let of_route = matches!(e.kind, ExprKind::Name(n)
                if self.lib.is_listed(sym!("route-keys"), n)
                    && !self.body.bound.contains_key(&n)
                    && self.func.params.iter().any(|p| p.name == n));
            looks_up && c.args.is_empty() && of_route
        };
        c.args.iter().any(by_key) || by_route()
    }

    /// Whether two expressions are the same value: the same names, as they stand.
    fn equal(&self, a: &'p Expr, b: &'p Expr) -> bool {
        let (a, b) = (plain(a), plain(b));
        let fixed = |path: &str| {
            let head = path.split('.').next().and_then(interned);
            head.is_some_and(|n| self.body.bound.get(&n).is_none_or(|all| all.len() == 1))
        };
        match (dotted(a), dotted(b)) {
            (Some(x), Some(y)) => x == y && fixed(&x),
            _ => false,
        }
    }
}

/// What stands behind `await` and the making of a text.
fn plain(e: &Expr) -> &Expr {
    match &e.kind {
        ExprKind::Await(inner) => plain(inner),
        ExprKind::Call(c)
            if matches!(c.callee.kind, ExprKind::Name(n) if n == "str") && c.args.len() == 1 =>
        {
            plain(&c.args[0].value)
        }
        _ => e,
    }
}

/// The argument that a selector means, as written.
fn argument<'p>(c: &'p Call, sel: &Sel) -> Option<&'p Expr> {
    let mut plain = c.args.iter().filter(|a| a.kind == ArgKind::Plain);
    match sel {
        Sel::Pos(i) => plain.nth(*i).map(|a| &a.value),
        Sel::Kw(name) => {
            let mut named = c.args.iter();
            let named = named.find(|a| matches!(a.kind, ArgKind::Keyword(n) if n == *name));
            named.map(|a| &a.value)
        }
        Sel::First(all) => all.iter().find_map(|s| argument(c, s)),
        _ => None,
    }
}
