//! What stands at the head of a function or class: decorators, and the names of the parameters that a platform gives.

use rustc_hash::FxHashSet;

use super::collect::{Registration, Target, Visitor, last};
use super::names::{At, Names};
use crate::analysis::value::FuncRef;
use crate::stores::vocabulary::{Does, Entry, Returns, Sel, Spec};
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Call, Expr, ExprKind, Func, FuncIdx, Place, Stmt, StmtKind};

/// What a decorator says.
struct Told<'p> {
    spec: &'p Spec,
    methods: Vec<Sym>,
    route: Option<String>,
    prefix: String,
}

/// A decorator's callee, and the call, if it is one.
fn applied(d: &Expr) -> (&Expr, Option<&Call>) {
    match &d.kind {
        ExprKind::Call(c) => (&c.callee, Some(&**c)),
        _ => (d, None),
    }
}

impl<'p> Visitor<'p> {
    pub(super) fn decorated(&mut self, scope: At, d: &Expr, target: Target, name: Sym) {
        let (callee, call) = applied(d);
        let names = self.names;
        let spec = names.matching(scope, callee, call, 0, |s| s.does == Does::Endpoint);
        let Some(spec) = spec else {
            if let Target::Func(f) = target {
                self.beside(scope, callee, f);
            }
            return;
        };
        let before = std::mem::replace(&mut self.at, scope);
        let told = self.told(spec, d, name);
        let under = match &callee.kind {
            ExprKind::Attr(object, _, _) if !spec.names.is_empty() => {
                names.router(scope, object).map(|r| r.1)
            }
            _ => None,
        };
        // Several signals at once.
        let others = call.map_or(Vec::new(), |c| self.other_signals(c, spec));
        self.at = before;
        for route in std::iter::once(told.route.clone()).chain(others.into_iter().map(Some)) {
            self.push(&told, told.methods.clone(), route, under, target);
        }
    }

    fn push(
        &mut self,
        told: &Told<'_>,
        methods: Vec<Sym>,
        route: Option<String>,
        under: Option<super::names::Router>,
        target: Target,
    ) {
        self.out.registrations.push(Registration {
            entry: told.spec.entry,
            methods,
            route,
            prefix: told.prefix.clone(),
            under,
            expands: false,
            target,
            map: Vec::new(),
        });
    }

    /// What a decorator of a function of that name says.
    fn told(&self, spec: &'p Spec, d: &Expr, name: Sym) -> Told<'p> {
        let (callee, call) = applied(d);
        let mut told = Told {
            spec,
            methods: Vec::new(),
            route: None,
            prefix: String::new(),
        };
        if let (None, Some(Sel::Text(t))) = (call, &spec.methods) {
            told.methods = t.split_whitespace().map(intern).collect();
        }
        if let (None, Some(Sel::Text(t))) = (call, &spec.route) {
            told.route = Some(t.to_string());
        }
        if let Some(c) = call {
            let called = match &callee.kind {
                ExprKind::Attr(_, n, _) | ExprKind::Name(n) => *n,
                _ => return told,
            };
            told.methods = self.methods(c, spec, called);
            told.route = self.route_of(c, spec);
            told.prefix = self.text_of(c, spec.prefix.as_ref()).unwrap_or_default();
        }
        if spec.entry == Entry::Signal
            && let (Some(Sel::Recv), ExprKind::Attr(object, _, _)) = (&spec.route, &callee.kind)
        {
            told.route = Some(last(object));
        }
        let falls_back = matches!(&spec.route, Some(Sel::First(all)) if all.contains(&Sel::Name));
        if told.route.is_none() && falls_back {
            told.route = Some(name.to_string());
        }
        told
    }

    /// A method that is registered through another of its class: `@orders.mapping.post` stands under the path of
    /// `orders`.
    fn beside(&mut self, scope: At, callee: &Expr, f: FuncRef) {
        let names = self.names;
        let ExprKind::Attr(object, verb, _) = &callee.kind else {
            return;
        };
        let lib = names.lib(f.file);
        let Some(specs) = lib.entry_methods.get(verb) else {
            return;
        };
        let mut root: &Expr = object;
        while let ExprKind::Attr(next, _, _) = &root.kind {
            root = next;
        }
        let (ExprKind::Name(n), Some(class)) = (&root.kind, names.p.class_of(f)) else {
            return;
        };
        let Some(other) = names.p.own_method(class, *n).filter(|o| *o != f) else {
            return;
        };
        for d in &names.p.func(other).decorators {
            let (of, call) = applied(d);
            let first = names.matching(scope, of, call, 0, |s| s.does == Does::Endpoint);
            let Some((first, Returns::Kind(kind))) = first.map(|s| (s, &s.returns)) else {
                continue;
            };
            let mut fitting = specs.iter().map(|i| &lib.specs[*i]);
            if let Some(spec) = fitting.find(|s| s.recv.contains(kind)) {
                let before = std::mem::replace(&mut self.at, scope);
                let told = self.told(first, d, *n);
                let methods = match &spec.methods {
                    Some(Sel::Name) => vec![intern(&verb.to_uppercase())],
                    _ => Vec::new(),
                };
                self.at = before;
                self.push(&told, methods, told.route.clone(), None, Target::Func(f));
                return;
            }
        }
    }

    /// A function that its own head tells.
    pub(super) fn declared(&mut self, f: FuncRef) {
        let func = self.names.p.func(f);
        if func.parent == Some(0)
            && !func.is_method()
            && let Some(spec) = self.names.by_head(f.file, func, 0)
        {
            self.add(spec, Vec::new(), None, None, Target::Func(f), Vec::new());
        }
    }

    /// A variable of the module that holds such a function: an object that can be called, a method of one, what a
    /// function gives back.
    pub(super) fn held(&mut self, s: &Stmt) {
        if self.handlers.is_empty() || self.at.func != 0 {
            return;
        }
        let StmtKind::Assign(places, value) = &s.kind else {
            return;
        };
        let [Place::Name(..)] = places.as_slice() else {
            return;
        };
        if !matches!(value.kind, ExprKind::Call(_) | ExprKind::Attr(..)) {
            return;
        }
        let (targets, _) = self.targets(value, 0);
        for t in targets {
            if let Target::Func(f) = t
                && self.handlers.contains(&f)
            {
                let func = self.names.p.func(f);
                let shift = usize::from(func.is_method());
                if let Some(spec) = self.names.by_head(f.file, func, shift) {
                    self.add(spec, Vec::new(), None, None, t, Vec::new());
                }
            }
        }
    }
}

impl<'p> Names<'p> {
    /// The pattern that the names of a function's parameters meet, but for those in front.
    fn by_head(self, file: u32, func: &Func, skip: usize) -> Option<&'p Spec> {
        let lib = self.lib(file);
        let params = func.params.get(skip..)?;
        let fits = |spec: &&Spec| {
            (spec.names.is_empty() || spec.names.contains(&func.name))
                && (spec.params.is_empty()
                    || (spec.params.len() == params.len()
                        && spec
                            .params
                            .iter()
                            .zip(params)
                            .all(|(names, p)| names.contains(&p.name))))
        };
        lib.entry_functions
            .iter()
            .map(|i| &lib.specs[*i])
            .find(fits)
    }

    /// The methods and inner functions whose parameters are those that a platform gives.
    pub(super) fn platform_handlers(self) -> FxHashSet<FuncRef> {
        let mut out = FxHashSet::default();
        for (fi, f) in self.p.files().iter().enumerate() {
            if f.module.lang != Lang::Python {
                continue;
            }
            for (i, func) in f.module.funcs.iter().enumerate() {
                let shift = usize::from(func.is_method());
                let inner = func.is_method() || func.parent != Some(0);
                if inner && self.by_head(fi as u32, func, shift).is_some() {
                    out.insert(FuncRef {
                        file: fi as u32,
                        func: i as FuncIdx,
                    });
                }
            }
        }
        out
    }
}
