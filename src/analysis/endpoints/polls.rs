//! Whether what is run goes on and on, so that it is no single run.

use rustc_hash::{FxHashMap, FxHashSet};

use super::reach::{Reaching, STEPS};
use super::visit::Polls;
use crate::analysis::calls::Key;
use crate::analysis::value::FuncRef;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::{Expr, ExprKind, FuncIdx, Lit};
use crate::syntax::walk;

/// How many calls deep an endless loop is looked for.
const DEPTH: usize = 4;

impl Reaching<'_> {
    /// Whether it runs on and on: a loop without end that waits, or that nothing leaves.
    pub(super) fn polls(&self, f: FuncRef) -> bool {
        self.runs.of(f, || self.has_endless_loop(f))
    }

    fn has_endless_loop(&self, f: FuncRef) -> bool {
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
        v.found
    }

    /// Whether a function goes on and on, itself or in what it calls.
    pub(super) fn goes_on(&self, f: FuncRef) -> bool {
        self.endless.of(f, || self.is_endless(f))
    }

    fn is_endless(&self, f: FuncRef) -> bool {
        // The nearest first: how far off something is must not hang on the way on which it was met.
        let mut seen = FxHashSet::from_iter([f]);
        let mut near = vec![f];
        for _ in 0..=DEPTH {
            let mut next = Vec::new();
            for f in near {
                if self.polls(f) {
                    return true;
                }
                self.runs_next(f, |g| {
                    if seen.len() < STEPS && seen.insert(g) {
                        next.push(g);
                    }
                });
            }
            near = next;
        }
        false
    }

    /// The functions that one runs for certain, as far as their names tell.
    fn runs_next(&self, f: FuncRef, mut run: impl FnMut(FuncRef)) {
        let p = self.names.p;
        let rare = self.rare_names();
        let calls = p.calls_of(f);
        for n in calls {
            let (Key::Method(n) | Key::Bare(n)) = n else {
                continue;
            };
            let known = rare.get(n).map_or(&[][..], Vec::as_slice);
            // A name means what its own file has by it.
            let own = known.iter().any(|g| g.file == f.file);
            for g in known.iter().filter(|g| !own || g.file == f.file) {
                // Who makes an object runs those of its methods that it calls.
                let name = p.func(*g).name;
                if name == *n || name.starts_with("__") || calls.contains(&Key::Method(name)) {
                    run(*g);
                }
            }
        }
    }

    /// Functions by names that say which they are.
    pub(super) fn rare_names(&self) -> &FxHashMap<Sym, Vec<FuncRef>> {
        self.rare.get_or_init(|| self.index_rare())
    }

    fn index_rare(&self) -> FxHashMap<Sym, Vec<FuncRef>> {
        let mut by_name: FxHashMap<Sym, Vec<FuncRef>> = FxHashMap::default();
        for (fi, file) in self.names.p.files().iter().enumerate() {
            for (i, func) in file.module.funcs.iter().enumerate() {
                if self.defined(func.name) <= 2 {
                    let r = FuncRef {
                        file: fi as u32,
                        func: i as FuncIdx,
                    };
                    by_name.entry(func.name).or_default().push(r);
                }
            }
            for class in &file.module.classes {
                let methods = class.methods.iter().map(|(_, i)| FuncRef {
                    file: fi as u32,
                    func: *i,
                });
                by_name.entry(class.name).or_default().extend(methods);
            }
        }
        by_name
    }

    /// Whether a command can be told to go on.
    pub(super) fn offers_polling(&self, file: u32) -> bool {
        let lib = self.names.lib(file);
        let Some(words) = lib.lists.get(&sym!("polling-options")) else {
            return false;
        };
        struct Texts<'a>(&'a [Sym], bool);
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
}
