//! Registrations in a file: what is registered with which router, and which router stands below which.

use rustc_hash::{FxHashMap, FxHashSet};

use super::joined;
use super::names::{At, Names, Router, Thing, selected};
use super::targets::targets;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::stores::vocabulary::{Does, Entry, Sel, Spec};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Call, Expr, ExprKind, FuncIdx, Lit, Place, Span, Stmt, StmtKind};
use crate::syntax::walk;

/// What is registered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Target {
    Func(FuncRef),
    Class(ClassRef),
}

/// A registration.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) entry: Entry,
    pub(super) methods: Vec<Sym>,
    pub(super) route: Option<String>,
    /// Stands before the route, below the class's own path.
    pub(super) prefix: String,
    pub(super) under: Option<Router>,
    /// The methods of the class have paths of their own below the route.
    pub(super) expands: bool,
    pub(super) target: Target,
    /// Which method of the class answers which HTTP method, where the registration says so.
    pub(super) map: Vec<(Sym, Sym)>,
}

/// What one file registers.
#[derive(Default, Debug)]
pub(super) struct Found {
    pub(super) registrations: Vec<Registration>,
    /// (parent, prefix, child)
    pub(super) mounts: Vec<(Option<Router>, String, Router)>,
    /// The prefix that a router was made with.
    pub(super) own: Vec<(Router, String)>,
    /// Mounts whose prefix stands in the place of the router's own.
    pub(super) replaced: Vec<(Option<Router>, Router)>,
    /// Routers below which paths end in no slash.
    pub(super) unslashed: Vec<Router>,
    /// Functions that take records of a queue or stream apart.
    pub(super) streams: FxHashSet<FuncRef>,
}

/// Goes through a file.
pub(super) fn collect<'p>(names: Names<'p>, file: u32, handlers: &'p FxHashSet<FuncRef>) -> Found {
    let module = &names.p.files()[file as usize].module;
    let mut visitor = Visitor {
        names,
        at: At { file, func: 0 },
        out: Found::default(),
        enclosing: Vec::new(),
        refined: FxHashMap::default(),
        fields: FxHashMap::default(),
        routers: names.makes_routers(file),
        handlers,
        stream_fields: names
            .lib(file)
            .lists
            .get(&sym!("stream-fields"))
            .map_or(&[], Vec::as_slice),
    };
    for (i, func) in module.funcs.iter().enumerate() {
        visitor.at.func = i as FuncIdx;
        visitor.enclosing.clear();
        walk::block(&mut visitor, &func.body);
        let scope = At {
            file,
            func: func.parent.unwrap_or(0),
        };
        let f = FuncRef {
            file,
            func: i as FuncIdx,
        };
        for d in &func.decorators {
            visitor.decorated(scope, d, Target::Func(f), func.name);
            // What a decorator is handed may be called as well.
            visitor.at = scope;
            walk::expr(&mut visitor, d);
        }
        visitor.declared(f);
    }
    for (i, class) in module.classes.iter().enumerate() {
        let scope = At {
            file,
            func: class.scope,
        };
        let c = ClassRef {
            file,
            class: i as u32,
        };
        for d in &class.decorators {
            visitor.decorated(scope, d, Target::Class(c), class.name);
        }
    }
    visitor.out
}

pub(super) struct Visitor<'p> {
    pub(super) names: Names<'p>,
    pub(super) at: At,
    pub(super) out: Found,
    /// Lists of registrations, with the router that they make.
    enclosing: Vec<(Span, Router)>,
    /// What calls further out say of a registration: by where it begins.
    refined: FxHashMap<(u32, u32), (Vec<Sym>, Option<String>)>,
    pub(super) fields: FxHashMap<String, Vec<Sym>>,
    /// The file imports what makes routers.
    routers: bool,
    /// Functions elsewhere than at the top of a file that are declared as a platform's are.
    pub(super) handlers: &'p FxHashSet<FuncRef>,
    stream_fields: &'p [Sym],
}

impl walk::Visit<'_> for Visitor<'_> {
    fn stmt(&mut self, s: &Stmt) {
        if self.names.lang(self.at.file) != Lang::Python {
            return;
        }
        self.held(s);
        // Lists of registrations belong to the variable that they are assigned to.
        let (name, value) = match &s.kind {
            StmtKind::Assign(places, value) => match places.as_slice() {
                [Place::Name(n, span)] => ((*n, *span), value),
                _ => return,
            },
            StmtKind::AugAssign(Place::Name(n, span), _, value) => ((*n, *span), value),
            _ => return,
        };
        let joined = self.at.func == 0 && matches!(value.kind, ExprKind::Bin(..));
        if !joined && !lists(value) {
            return;
        }
        let variable = Expr {
            span: name.1,
            kind: ExprKind::Name(name.0),
        };
        let Some(router) = self.names.list(self.at, &variable, 0) else {
            return;
        };
        self.enclosing.push((value.span, router));
        self.parts(value, router);
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Call(c) => self.call(e, c),
            ExprKind::Struct(ty, fields) => self.row(ty, fields),
            ExprKind::Const(Lit::Str(s)) if self.stream_fields.contains(s) => {
                self.out.streams.insert(FuncRef {
                    file: self.at.file,
                    func: self.at.func,
                });
            }
            _ => {}
        }
    }
}

/// Whether a value is a list, or lists joined.
fn lists(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::List(_) => true,
        // A list and what it is called.
        ExprKind::Tuple(parts) => parts.first().is_some_and(lists),
        ExprKind::Bin(_, a, b) => lists(a) || lists(b),
        ExprKind::Call(c) => c.args.iter().any(|a| lists(&a.value)),
        _ => false,
    }
}

impl Visitor<'_> {
    /// Lists that are joined to another.
    fn parts(&mut self, e: &Expr, into: Router) {
        match &e.kind {
            ExprKind::Bin(_, a, b) => {
                self.parts(a, into);
                self.parts(b, into);
            }
            ExprKind::Name(_) | ExprKind::Attr(..) => {
                if let Some(part) = self.names.list(self.at, e, 0)
                    && part != into
                {
                    self.out.mounts.push((Some(into), String::new(), part));
                }
            }
            _ => {}
        }
    }

    fn innermost(&self, span: Span) -> Option<Router> {
        self.enclosing
            .iter()
            .filter(|(outer, _)| outer.contains(span))
            .min_by_key(|(outer, _)| outer.end - outer.start)
            .map(|(_, r)| *r)
    }

    fn call(&mut self, e: &Expr, c: &Call) {
        // A registration in a body names its handler; a decorator's stands below it.
        let names = self.names;
        let wanted = |s: &Spec| s.does != Does::Endpoint || s.handler.is_some() || refines(s);
        let Some(spec) = names.matching(self.at, &c.callee, Some(c), 0, wanted) else {
            if !self.routers {
                return;
            }
            if let Thing::Func(f) = names.thing(self.at, &c.callee) {
                self.handed(c, f);
            } else if let ExprKind::Attr(object, name, _) = &c.callee.kind
                && c.args
                    .iter()
                    .any(|a| matches!(a.value.kind, ExprKind::Name(_) | ExprKind::Call(_)))
                && names.lang(self.at.file) == Lang::Go
                && let Some(class) = names.class(self.at, object)
            {
                for f in names.methods(class, *name) {
                    self.handed(c, f);
                }
            }
            return;
        };
        match spec.does {
            Does::Router => {
                self.router(e, c, spec);
                let site = Router::Site(self.at.file, e.span.start);
                self.also(e, c, Some(site));
            }
            Does::Mount => {
                self.mount(e, c, spec);
                self.also(e, c, None);
            }
            _ if refines(spec) => self.refine(c, spec),
            _ => self.register(e, c, spec, None),
        }
    }

    /// What runs for all that stands below a router may be said where the router is made or mounted.
    fn also(&mut self, e: &Expr, c: &Call, site: Option<Router>) {
        let mut seen: Vec<*const Spec> = Vec::new();
        let names = self.names;
        while let Some(spec) = names.matching(self.at, &c.callee, Some(c), 0, |s| {
            s.does == Does::Endpoint
                && s.handler.is_some()
                && !seen.contains(&std::ptr::from_ref(s))
        }) {
            seen.push(std::ptr::from_ref(spec));
            self.register(e, c, spec, site);
        }
    }

    fn mount(&mut self, e: &Expr, c: &Call, spec: &Spec) {
        // What `include` makes is put somewhere by the call around it.
        if spec.prefix.is_none() {
            return;
        }
        let under = self.under(c, spec, e.span);
        let given = self.text_of(c, spec.prefix.as_ref());
        let prefix = given.clone().unwrap_or_default();
        for arg in spec.router.iter().flat_map(|s| selected(c, s)) {
            for child in self.mounted_all(arg) {
                if spec.replaces && given.is_some() {
                    self.out.replaced.push((under, child));
                }
                self.out.mounts.push((under, prefix.clone(), child));
            }
        }
    }

    /// What is mounted: one router, or each that a loop comes to.
    fn mounted_all(&mut self, e: &Expr) -> Vec<Router> {
        if let Some(child) = self.mounted(e, 0) {
            return vec![child];
        }
        let ExprKind::Name(name) = &e.kind else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let here = self.at;
        for (at, part) in self.names.each(here, *name) {
            self.at = at;
            out.extend(self.mounted(part, 0));
        }
        self.at = here;
        out
    }

    /// A router handed to a function of the project is that function's parameter.
    fn handed(&mut self, c: &Call, f: FuncRef) {
        let shift = usize::from(self.names.p.class_of(f).is_some());
        for (i, arg) in c.args.iter().enumerate() {
            if matches!(
                arg.value.kind,
                ExprKind::Name(_) | ExprKind::Attr(..) | ExprKind::Call(_)
            ) && self.names.p.func(f).params.len() > i + shift
                && let Some((_, router)) = self.names.router(self.at, &arg.value)
            {
                let child = Router::Param(f, (i + shift) as u32);
                self.out.mounts.push((Some(router), String::new(), child));
            }
        }
    }

    fn router(&mut self, e: &Expr, c: &Call, spec: &Spec) {
        let site = Router::Site(self.at.file, e.span.start);
        let mut prefix = self.text_of(c, spec.prefix.as_ref()).unwrap_or_default();
        if let Some(route) = self.text_of(c, spec.route.as_ref()) {
            prefix = format!("{}/{route}", prefix.trim_end_matches('/'));
        }
        let parent = match &c.callee.kind {
            ExprKind::Attr(object, _, _) => self.names.router(self.at, object).map(|r| r.1),
            _ => None,
        };
        // A function that is handed the router: `r.Route("/x", func(r chi.Router) {...})`.
        for arg in spec.invokes.iter().flat_map(|s| selected(c, s)) {
            let (targets, _) = self.targets(arg, 0);
            for t in targets {
                if let Target::Func(f) = t {
                    let child = Router::Param(f, 0);
                    self.out.mounts.push((parent, prefix.clone(), child));
                }
            }
        }
        if !prefix.is_empty() {
            self.out.own.push((site, prefix));
        }
        if let Some((sel, text)) = &spec.unslashed
            && selected(c, sel)
                .first()
                .is_some_and(|e| is_constant(e, text))
        {
            self.out.unslashed.push(site);
        }
        if let Some(parent) = parent {
            self.out.mounts.push((Some(parent), String::new(), site));
        }
    }

    fn under(&self, c: &Call, spec: &Spec, span: Span) -> Option<Router> {
        match &c.callee.kind {
            ExprKind::Attr(object, _, _) if !spec.names.is_empty() => {
                self.names.router(self.at, object).map(|r| r.1)
            }
            _ => self.innermost(span),
        }
    }

    /// The router that is put below another: itself, a module's list, a list on the spot.
    fn mounted(&mut self, e: &Expr, depth: u32) -> Option<Router> {
        if depth > 4 {
            return None;
        }
        match &e.kind {
            ExprKind::Const(Lit::Str(module)) => self.names.module_list(module, self.at.file),
            ExprKind::Tuple(parts) => self.mounted(parts.first()?, depth + 1),
            ExprKind::List(_) => {
                let router = Router::Site(self.at.file, e.span.start);
                self.enclosing.push((e.span, router));
                Some(router)
            }
            _ => {
                if let Some(found) = self.names.list(self.at, e, 0) {
                    return Some(found);
                }
                if let Thing::Path(p) = self.names.thing(self.at, e)
                    && let Some(found) = self.names.module_list(&p, self.at.file)
                {
                    return Some(found);
                }
                let ExprKind::Call(c) = &e.kind else {
                    return None;
                };
                // `http.StripPrefix("/api", mux)`
                c.args.iter().find_map(|a| {
                    matches!(
                        a.value.kind,
                        ExprKind::Name(_) | ExprKind::Attr(..) | ExprKind::Call(_)
                    )
                    .then(|| self.names.router(self.at, &a.value))
                    .flatten()
                    .map(|r| r.1)
                })
            }
        }
    }

    /// `.Methods("GET")` behind a registration.
    fn refine(&mut self, c: &Call, spec: &Spec) {
        let methods = self.methods(c, spec, sym!(""));
        let route = self.text_of(c, spec.route.as_ref());
        let ExprKind::Attr(object, _, _) = &c.callee.kind else {
            return;
        };
        let mut object: &Expr = object;
        while let ExprKind::Call(inner) = &object.kind {
            let wanted = |s: &Spec| s.does == Does::Endpoint && s.handler.is_some();
            if let Some(s) = self
                .names
                .matching(self.at, &inner.callee, Some(inner), 0, wanted)
            {
                if s.handler.is_some() {
                    let known = self
                        .refined
                        .entry((object.span.start, object.span.end))
                        .or_default();
                    known.0.extend(methods);
                    if known.1.is_none() {
                        known.1 = route;
                    }
                }
                return;
            }
            let ExprKind::Attr(next, _, _) = &inner.callee.kind else {
                return;
            };
            object = next;
        }
    }

    fn register(&mut self, e: &Expr, c: &Call, spec: &Spec, site: Option<Router>) {
        let mut under = site.or_else(|| self.under(c, spec, e.span));
        let mut route = self.route_of(c, spec);
        if !spec.expands
            && let Some(prefix) = self.text_of(c, spec.prefix.as_ref())
        {
            route = route.map(|r| joined(&prefix, &r));
        }
        let name = match &c.callee.kind {
            ExprKind::Attr(_, n, _) | ExprKind::Name(n) => *n,
            _ => sym!(""),
        };
        let mut methods = self.methods(c, spec, name);
        if let Some((m, r)) = self.refined.get(&(e.span.start, e.span.end)) {
            methods.extend(m.iter().copied());
            route = route.or_else(|| r.clone());
        }
        // What calls further in say: `router.Methods("GET").Path("/x").Handler(h)`, `r.With(wrap).Get("/x", h)`.
        let mut callee = &c.callee;
        let mut wrappers: Vec<&Expr> = Vec::new();
        while let ExprKind::Attr(object, _, _) = &callee.kind
            && let ExprKind::Call(inner) = &object.kind
        {
            if let Some(s) = self
                .names
                .matching(self.at, &inner.callee, Some(inner), 0, refines)
            {
                methods.extend(self.methods(inner, s, sym!("")));
                route = route.or_else(|| self.text_of(inner, s.route.as_ref()));
                if let ExprKind::Attr(router, _, _) = &inner.callee.kind {
                    under = self.names.router(self.at, router).map(|r| r.1).or(under);
                }
            } else if let Some(s) = self.names.spec(self.at, inner, 0)
                && s.does == Does::Router
                && let Some(sel) = &s.handler
            {
                wrappers.extend(selected(inner, sel));
            }
            callee = &inner.callee;
        }
        if spec.entry == Entry::Request
            && let Some(r) = &route
            && let Some((method, path)) = r.split_once(' ')
            && !method.is_empty()
            && method.bytes().all(|b| b.is_ascii_uppercase())
        {
            methods.push(intern(method));
            route = Some(path.trim_start().to_owned());
        }
        // `router.PathPrefix("/x").Handler(h)`: all of the path is said before.
        if spec.entry == Entry::Request
            && spec.route.is_none()
            && route.is_none()
            && let ExprKind::Attr(object, _, _) = &c.callee.kind
            && let ExprKind::Call(_) = &object.kind
        {
            under = self.names.router(self.at, object).map(|r| r.1).or(under);
            route = Some(String::new());
        }
        let Some(sel) = &spec.handler else { return };
        if *sel == Sel::Here {
            let here = FuncRef {
                file: self.at.file,
                func: self.at.func,
            };
            for f in self.names.receivers(here) {
                self.add(spec, Vec::new(), None, None, Target::Func(f), Vec::new());
            }
            return;
        }
        if spec.expands && spec.prefix.is_some() {
            // What is registered with what this call gives stands below.
            let nest = self.text_of(c, spec.prefix.as_ref()).unwrap_or_default();
            let own = format!("{}/{nest}", route.clone().unwrap_or_default());
            let site = Router::Site(self.at.file, e.span.start);
            self.out.own.push((site, own));
            self.out.mounts.push((under, String::new(), site));
        }
        for arg in selected(c, sel).into_iter().chain(wrappers) {
            // A router in the place of a handler stands below the route.
            let child = match &arg.kind {
                ExprKind::Call(inner) => {
                    match self
                        .names
                        .matching(self.at, &inner.callee, Some(inner), 0, |s| {
                            s.does == Does::Mount
                        }) {
                        Some(mount) => {
                            for what in mount.router.iter().flat_map(|s| selected(inner, s)) {
                                if let Some(child) = self.mounted(what, 0) {
                                    self.below(spec, under, route.as_deref(), child, None);
                                }
                            }
                            continue;
                        }
                        None => self.mounted(arg, 0),
                    }
                }
                ExprKind::Name(_) | ExprKind::Attr(..) => {
                    self.names.router(self.at, arg).map(|r| r.1)
                }
                _ => None,
            };
            if let Some(child) = child {
                self.below(spec, under, route.as_deref(), child, Some(arg));
                continue;
            }
            let (targets, map) = self.targets(arg, 0);
            if targets.is_empty() && self.names.site.is_none() && self.names.is_handed(self.at, arg)
            {
                self.for_others(e, c, spec);
                return;
            }
            // One handler may stand under several paths.
            let more = match &spec.route {
                Some(Sel::PosFrom(from)) => selected(c, &Sel::PosFrom(from + 1)),
                _ => Vec::new(),
            };
            let more = more
                .into_iter()
                .map(|e| Some(self.names.text(self.at, e).0));
            let routes: Vec<Option<String>> = std::iter::once(route.clone()).chain(more).collect();
            for target in targets {
                for route in &routes {
                    self.add(
                        spec,
                        methods.clone(),
                        route.clone(),
                        under,
                        target,
                        map.clone(),
                    );
                }
            }
        }
    }

    /// A function that registers what it is handed: once for each call of it.
    fn for_others(&mut self, e: &Expr, c: &Call, spec: &Spec) {
        let here = FuncRef {
            file: self.at.file,
            func: self.at.func,
        };
        let before = self.names;
        for site in before.sites(here) {
            self.names = before.at_site(site);
            self.register(e, c, spec, None);
        }
        self.names = before;
    }

    /// A router in the place of a handler stands below the route, and what it is wrapped in runs before it.
    fn below(
        &mut self,
        spec: &Spec,
        under: Option<Router>,
        route: Option<&str>,
        child: Router,
        wrapped: Option<&Expr>,
    ) {
        let route = route.unwrap_or_default();
        let prefix = route.trim_end_matches('*').to_owned();
        // What gives the router back makes it; what is given it wraps it.
        let wrapped_in = wrapped.filter(|e| self.names.list(self.at, e, 0).is_none());
        if let Some(ExprKind::Call(c)) = wrapped_in.map(|e| &e.kind) {
            let (targets, _) = self.targets(&c.callee, 0);
            for t in targets {
                if let Target::Func(_) = t {
                    let all = Some(joined(&prefix, "*"));
                    self.add(spec, Vec::new(), all, under, t, Vec::new());
                }
            }
        }
        match (self.names.lang(self.at.file), wrapped) {
            // What is not taken off its path is in the router's own paths.
            (Lang::Go, Some(_)) => self.out.mounts.push((None, String::new(), child)),
            (Lang::Go, None) => {}
            (Lang::Python, _) => self.out.mounts.push((under, prefix, child)),
        }
    }

    pub(super) fn add(
        &mut self,
        spec: &Spec,
        methods: Vec<Sym>,
        route: Option<String>,
        under: Option<Router>,
        target: Target,
        map: Vec<(Sym, Sym)>,
    ) {
        let mut entry = spec.entry;
        if let Target::Func(f) = target
            && entry == Entry::Function
            && self.takes_stream(f)
        {
            entry = Entry::Consumer;
        }
        self.out.registrations.push(Registration {
            entry,
            methods,
            route,
            prefix: String::new(),
            under,
            expands: spec.expands,
            target,
            map,
        });
    }

    /// Go: a function whose parameter is a batch of messages.
    fn takes_stream(&self, f: FuncRef) -> bool {
        let lib = self.names.lib(f.file);
        let Some(events) = lib.lists.get(&sym!("stream-events")) else {
            return false;
        };
        self.names.p.func(f).params.iter().any(|p| {
            p.ty.as_ref()
                .and_then(|t| self.names.type_path(f.file, t))
                .is_some_and(|t| events.contains(&t))
        })
    }

    pub(super) fn text_of(&self, c: &Call, sel: Option<&Sel>) -> Option<String> {
        match sel? {
            Sel::Text(t) => Some(t.to_string()),
            Sel::Recv => selected(c, &Sel::Recv).first().map(|e| last(e)),
            Sel::First(all) => all.iter().find_map(|s| self.text_of(c, Some(s))),
            sel => {
                let mut e = *selected(c, sel).first()?;
                if let ExprKind::List(parts) | ExprKind::Tuple(parts) = &e.kind {
                    e = parts.first()?;
                }
                match e.kind {
                    ExprKind::Lambda(_) => None,
                    _ => Some(self.names.text(self.at, e).0),
                }
            }
        }
    }

    /// The signals behind the first, where a receiver is given a list of them.
    pub(super) fn other_signals(&self, c: &Call, spec: &Spec) -> Vec<String> {
        if spec.entry != Entry::Signal {
            return Vec::new();
        }
        let Some(sel) = &spec.route else {
            return Vec::new();
        };
        let found = selected(c, sel);
        match found.first().map(|e| &e.kind) {
            Some(ExprKind::List(parts) | ExprKind::Tuple(parts)) => {
                parts.iter().skip(1).map(last).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a registration is for. A signal goes by its name, not by what it is.
    pub(super) fn route_of(&self, c: &Call, spec: &Spec) -> Option<String> {
        let text = self.text_of(c, spec.route.as_ref())?;
        Some(match spec.entry {
            Entry::Signal => text.trim_matches(['{', '}']).to_owned(),
            _ => text,
        })
    }

    pub(super) fn methods(&self, c: &Call, spec: &Spec, name: Sym) -> Vec<Sym> {
        let mut out = Vec::new();
        let Some(sel) = &spec.methods else { return out };
        let sels: &[Sel] = match sel {
            Sel::First(all) => all,
            one => std::slice::from_ref(one),
        };
        for sel in sels {
            match sel {
                Sel::Text(t) => out.extend(t.split_whitespace().map(intern)),
                Sel::Name => out.push(intern(&name.to_uppercase())),
                sel => {
                    for e in selected(c, sel) {
                        let e = match &e.kind {
                            ExprKind::Typed(_, inner) => inner,
                            _ => e,
                        };
                        let parts: Vec<&Expr> = match &e.kind {
                            ExprKind::List(p) | ExprKind::Tuple(p) | ExprKind::Set(p) => {
                                p.iter().collect()
                            }
                            ExprKind::Dict(entries) => {
                                entries.iter().filter_map(|(k, _)| k.as_ref()).collect()
                            }
                            _ => vec![e],
                        };
                        for p in parts {
                            let (text, known) = self.names.text(self.at, p);
                            if known {
                                out.push(intern(&text.to_uppercase()));
                            }
                        }
                    }
                }
            }
            if !out.is_empty() {
                break;
            }
        }
        out
    }

    /// The functions and classes that a handler's expression hands over.
    pub(super) fn targets(&self, e: &Expr, depth: u32) -> (Vec<Target>, Vec<(Sym, Sym)>) {
        let mut out = Vec::new();
        let mut map = Vec::new();
        targets(self.names, self.at, e, depth, &mut out, &mut map);
        out.sort_unstable();
        out.dedup();
        (out, map)
    }
}

/// Whether a pattern only adds to a registration.
fn refines(s: &Spec) -> bool {
    s.does == Does::Endpoint
        && s.handler.is_none()
        && s.lang == Lang::Go
        && (s.methods.is_some() || s.route.is_some())
}

/// Whether an argument is a constant of a pack.
fn is_constant(e: &Expr, text: &str) -> bool {
    match &e.kind {
        ExprKind::Const(Lit::Bool(b)) => text == if *b { "True" } else { "False" },
        ExprKind::Const(Lit::Str(s)) => s == text,
        _ => false,
    }
}

/// The last part of a dotted name.
pub(super) fn last(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n.to_string(),
        _ => String::new(),
    }
}
