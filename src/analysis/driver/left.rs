//! What the roots have not reached yet, and who of that calls whom.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::calls::Key;
use crate::analysis::program::Program;
use crate::analysis::value::FuncRef;

/// The functions that are left.
pub(super) struct Left<'p> {
    program: &'p Program,
    functions: Vec<FuncRef>,
    /// How many of them call something by each of the names that they bear.
    callers: FxHashMap<Key, usize>,
    /// What each of them means for certain, as far as somebody asked.
    means: FxHashMap<FuncRef, Vec<FuncRef>>,
}

impl<'p> Left<'p> {
    /// All of these are left.
    pub(super) fn new(program: &'p Program, functions: Vec<FuncRef>) -> Self {
        let names = functions.iter().flat_map(|r| program.names_of(*r));
        let mut callers: FxHashMap<Key, usize> = names.map(|name| (name, 0)).collect();
        for r in &functions {
            for name in program.calls_of(*r) {
                if let Some(count) = callers.get_mut(name) {
                    *count += 1;
                }
            }
        }
        Self {
            program,
            functions,
            callers,
            means: FxHashMap::default(),
        }
    }

    /// Keeps only those for which `stays` holds.
    pub(super) fn retain(&mut self, stays: impl Fn(&FuncRef) -> bool) {
        let (program, callers) = (self.program, &mut self.callers);
        self.functions.retain(|r| {
            let stays = stays(r);
            if !stays {
                for name in program.calls_of(*r) {
                    if let Some(count) = callers.get_mut(name) {
                        *count -= 1;
                    }
                }
            }
            stays
        });
    }

    /// In the order of the program.
    pub(super) fn functions(&self) -> &[FuncRef] {
        &self.functions
    }

    /// Those that nothing else of it calls. (What a function calls by its own name is itself, or what it wraps.)
    pub(super) fn uncalled(&self) -> Vec<FuncRef> {
        let others_call = |r: &FuncRef| {
            let own = self.program.calls_of(*r);
            let names = self.program.names_of(*r).into_iter();
            let mut counted = names.map(|name| (name, self.callers.get(&name)));
            counted.any(|(name, count)| {
                count.is_some_and(|count| *count > usize::from(own.contains(&name)))
            })
        };
        let uncalled = self.functions.iter().filter(|r| !others_call(r));
        uncalled.copied().collect()
    }

    /// Those that nothing of it means for certain.
    pub(super) fn not_meant(&mut self) -> Vec<FuncRef> {
        let (program, known) = (self.program, &self.means);
        let unknown = self.functions.par_iter().filter(|r| !known.contains_key(r));
        let means: Vec<_> = unknown.map(|r| (*r, program.means(*r))).collect();
        self.means.extend(means);
        let all = self.functions.iter().filter_map(|r| self.means.get(r));
        let meant: FxHashSet<FuncRef> = all.flatten().copied().collect();
        let rest = self.functions.iter().filter(|r| !meant.contains(r));
        rest.copied().collect()
    }
}
