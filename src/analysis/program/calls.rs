//! Calls: who calls whom by name, and whether a function is worth looking into.

use rustc_hash::FxHashSet;

use super::Program;
use crate::analysis::calls::{self, Key};
use crate::analysis::value::FuncRef;
use crate::project::facts::Symbol;
use crate::stores::vocabulary::Does;
use crate::syntax::Lang;

impl Program {
    /// Whether a function may write to a store, itself or through what it calls.
    pub fn matters(&self, f: FuncRef) -> bool {
        self.relevance.matters(f) || self.is_steps(f)
    }

    /// Leaves only these of the functions that may write to a store.
    pub fn narrow(&mut self, to: FxHashSet<FuncRef>) {
        self.relevance.narrow(to);
    }

    /// Whether a function names a call of a library itself.
    pub fn is_direct(&self, f: FuncRef) -> bool {
        self.relevance.is_direct(f)
    }

    /// Whether it is worth interpreting where it is called.
    pub fn worth(&self, f: FuncRef) -> bool {
        self.matters(f)
    }

    /// Whether a function, or one that it defines, enters something by `with`.
    pub fn enters(&self, f: FuncRef) -> bool {
        let calls = &self.files[f.file as usize].calls;
        let enters = |c: &calls::FuncCalls| {
            let enter = [crate::sym!("__enter__"), crate::sym!("__aenter__")];
            enter.iter().any(|n| c.names.contains(&Key::Method(*n)))
        };
        let Some(own) = calls.get(f.func as usize) else {
            return false;
        };
        let inner = own.nested.iter().filter_map(|n| calls.get(*n as usize));
        enters(own) || inner.into_iter().any(enters)
    }

    /// Whether a function may look at a store, or write to it.
    pub fn looks(&self, f: FuncRef) -> bool {
        let lib = self.library(self.lang(f.file));
        let reads = |k: &Key| match k {
            Key::Method(n) => lib
                .methods
                .get(n)
                .is_some_and(|specs| specs.iter().any(|i| lib.specs[*i].does == Does::Read)),
            _ => false,
        };
        self.matters(f) || self.calls_of(f).iter().any(reads)
    }

    /// The names by which calls may mean a function. A bare name means no method.
    pub fn names_of(&self, f: FuncRef) -> [Key; 2] {
        let func = self.func(f);
        calls::names_of(func.name, func.is_method())
    }

    /// The functions that a function means for certain when it calls: by a bare name, or on its own object.
    pub fn means(&self, f: FuncRef) -> Vec<FuncRef> {
        let file = &self.files[f.file as usize];
        let Some(calls) = file.calls.get(f.func as usize) else {
            return Vec::new();
        };
        if file.module.lang != Lang::Python {
            return Vec::new();
        }
        let mut out = Vec::new();
        let bare = calls.names.iter().filter_map(|k| match k {
            Key::Bare(n) => Some(n.as_str()),
            _ => None,
        });
        for n in bare {
            if let Some(Symbol::Func(at, func)) = self.facts.lookup_at(f.file as usize, n) {
                out.push(FuncRef {
                    file: at as u32,
                    func,
                });
            }
        }
        if let Some(class) = self.class_of(f) {
            let own = calls.own.iter();
            out.extend(own.filter_map(|n| self.method(class, *n).map(|m| m.1)));
        }
        out.retain(|t| *t != f && self.matters(*t));
        out
    }

    /// The names that a function calls.
    pub fn calls_of(&self, f: FuncRef) -> &[Key] {
        &self.files[f.file as usize].calls[f.func as usize].names
    }

    /// The functions that may call one, by its name alone.
    pub fn callers_of(&self, f: FuncRef) -> Vec<FuncRef> {
        let name = self.func(f).name;
        let mut keys = vec![Key::Method(name), Key::Property(name)];
        if !self.func(f).is_method() {
            keys.push(Key::Bare(name));
        }
        let mut out: Vec<FuncRef> = keys
            .into_iter()
            .flat_map(|k| self.relevance.callers(k))
            .copied()
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Every function with the names that it calls.
    pub fn all_calls(&self) -> impl Iterator<Item = (FuncRef, &[Key])> {
        self.files().iter().enumerate().flat_map(|(file, f)| {
            f.calls.iter().enumerate().map(move |(func, calls)| {
                let r = FuncRef {
                    file: file as u32,
                    func: func as u32,
                };
                (r, calls.names.as_slice())
            })
        })
    }

    /// Whether some function of the program may call it.
    pub fn is_called(&self, f: FuncRef) -> bool {
        self.relevance.is_called(&self.names_of(f))
    }
}
