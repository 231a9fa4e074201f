//! What works with what: which functions and classes name a class, which work with rows of a model, which tables hold
//! a function, and whose parameters a function provides.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::{At, Thing};
use super::reach::{Found, Node, Reaching};
use super::visit::{Returned, Tables, Tails};
use crate::analysis::calls::Key;
use crate::analysis::program::Global;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{ArgKind, Expr, ExprKind, FuncIdx};
use crate::syntax::walk;

impl Reaching<'_> {
    /// What works with a class: it names it in its body, or makes objects of it.
    pub(super) fn users_of(&self, c: ClassRef) -> Arc<Vec<Node>> {
        self.used_by.of(c, || Arc::new(self.find_users(c)))
    }

    fn find_users(&self, c: ClassRef) -> Vec<Node> {
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
                    Global::Class(k) => k == c,
                    Global::None => true,
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
    pub(super) fn worked_on(&self, c: ClassRef, name: Sym, polls: bool, out: &mut Found) {
        for worker in self.workers_on(c) {
            let Node::Class(k) = worker else { continue };
            let before = out.len();
            self.hooked(k, name, polls, out);
            if out.len() > before {
                continue;
            }
            for user in self.users_of(k).iter() {
                if let Node::Class(v) = user {
                    self.hooked(*v, name, polls, out);
                }
            }
        }
    }

    /// The classes that a framework lets work with rows of a model: forms, serializers, views.
    pub(super) fn workers_on(&self, c: ClassRef) -> Vec<Node> {
        let p = self.names.p;
        let name = p.class(c).name;
        let key = intern(&format!("model:{name}"));
        self.with_users(|users| {
            let all = users.get(&key).into_iter().flatten();
            all.filter(|node| {
                let Node::Class(k) = node else { return false };
                matches!(p.global(k.file, name), Global::Class(m) if m == c)
                    || k.file == c.file
                    || !matches!(p.global(k.file, name), Global::Class(_))
            })
            .copied()
            .collect()
        })
    }

    pub(super) fn with_users<T>(&self, ask: impl FnOnce(&FxHashMap<Sym, Vec<Node>>) -> T) -> T {
        ask(self.users.get_or_init(|| self.index_users()))
    }

    /// What is called where a value is asked for: a function, how a class is made, how an object is called.
    fn provider_of(&self, at: At, e: &Expr) -> Option<FuncRef> {
        let p = self.names.p;
        match self.names.thing(at, e) {
            Thing::Func(f) => Some(f),
            Thing::Class(c) => p.project_method(c, sym!("__init__")).map(|m| m.1),
            _ => {
                let c = self.names.class(at, e)?;
                p.project_method(c, sym!("__call__")).map(|m| m.1)
            }
        }
    }

    fn index_users(&self) -> FxHashMap<Sym, Vec<Node>> {
        let p = self.names.p;
        let mut classes: FxHashSet<Sym> = FxHashSet::default();
        for f in p.files() {
            for c in &f.module.classes {
                classes.insert(c.name);
            }
        }
        let mut users: FxHashMap<Sym, Vec<Node>> = FxHashMap::default();
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
                    let key = intern(&format!("[{n}]"));
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
                        let key = intern(&format!("model:{n}"));
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
                let mut provided = |file: u32, d: &Expr| {
                    let ExprKind::Call(c) = &d.kind else { return };
                    let at = At { file, func: 0 };
                    for f in c.args.iter().filter_map(|a| self.provider_of(at, &a.value)) {
                        let key = intern(&format!("={}:{}", f.file, f.func));
                        users.entry(key).or_default().push(Node::Func(here));
                    }
                };
                for x in &func.params {
                    if let Some((file, d)) = p.provider(here.file, x) {
                        provided(file, d);
                    }
                }
                // What a registration lists is called before the function is.
                for d in &func.decorators {
                    let ExprKind::Call(c) = &d.kind else { continue };
                    let lists = c
                        .args
                        .iter()
                        .filter(|a| matches!(a.kind, ArgKind::Keyword(_)));
                    for a in lists {
                        if let ExprKind::List(parts) = &a.value.kind {
                            parts.iter().for_each(|e| provided(here.file, e));
                        }
                    }
                }
            }
        }
        users
    }
}
