//! Who calls a function, told from names, declarations and assignments.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::names::At;
use super::reach::{Callers, Node, Reaching};
use super::stem;
use super::visit::Mention;
use crate::analysis::program::Global;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::walk;

impl Reaching<'_> {
    /// How many functions of the project have a name.
    pub(super) fn defined(&self, name: Sym) -> u32 {
        let names = self.names_of.get_or_init(|| {
            let mut all: FxHashMap<Sym, u32> = FxHashMap::default();
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
    pub(super) fn callers(&self, f: FuncRef) -> Callers {
        self.called_by.of(f, || Arc::new(self.find_callers(f)))
    }

    fn find_callers(&self, f: FuncRef) -> Vec<(FuncRef, bool, Option<ClassRef>)> {
        let p = self.names.p;
        let func = p.func(f);
        if let Some(parent) = func.parent.filter(|x| *x != 0) {
            let parent = FuncRef {
                file: f.file,
                func: parent,
            };
            return vec![(parent, false, None)];
        }
        let lang = self.names.lang(f.file);
        let class = p.class_of(f);
        let lib = p.library(lang);
        let common = lib.methods.contains_key(&func.name);
        let rare = !common && self.defined(func.name) <= 3;
        let mut out: Vec<(FuncRef, bool, Option<ClassRef>)> = Vec::new();
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
                through: Vec::new(),
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
                let through = match v.through.as_slice() {
                    [first, rest @ ..] if rest.iter().all(|k| k == first) => *first,
                    _ => None,
                };
                out.push((*c, !v.called, through));
            }
        }
        // A table of functions.
        if class.is_none() {
            let key = intern(&format!("[{}]", func.name));
            let tables = self.with_users(|users| users.get(&key).cloned().unwrap_or_default());
            for node in tables {
                if let Node::Func(c) = node
                    && let Global::Func(g) = p.global(c.file, func.name)
                    && g == f
                {
                    out.push((c, true, None));
                }
            }
        }
        // What a parameter's default names is called before the function is: `Depends(f)`.
        out.extend(self.dependents(f).into_iter().map(|c| (c, false, None)));
        out.sort_unstable();
        out.dedup();
        out
    }

    pub(super) fn dependents(&self, f: FuncRef) -> Vec<FuncRef> {
        let key = intern(&format!("={}:{}", f.file, f.func));
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
    pub(super) fn mentions(&self, file: u32, class: ClassRef) -> bool {
        if file == class.file {
            return true;
        }
        let p = self.names.p;
        let own = stem(p, class.file);
        let tails = self.imported.of(file, || {
            let imports = self.names.p.files()[file as usize].module.imports.iter();
            let tails = imports.map(|i| match i.name.as_str() {
                "*" => "*",
                _ => i.path.as_str().rsplit('.').next().unwrap_or(""),
            });
            Arc::new(tails.collect::<FxHashSet<_>>())
        });
        tails.contains("*")
            || tails.contains(own.as_str())
            || std::iter::once(&class)
                .chain(p.derived(class))
                .any(|c| tails.contains(p.class(*c).name.as_str()))
    }
}
