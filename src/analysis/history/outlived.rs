//! Conditions that outlive the write which they belong to: they hold for what the write itself leaves behind, though
//! the test that led there doesn't. Whoever comes second was right to act by then, and still passes.

use std::rc::Rc;

use super::Pairer;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::symbol::Sym;

impl Pairer<'_> {
    /// Whether all of the conditions hold after this write as well, though what was tested of that column does not.
    pub(super) fn outlived(&self, tests: &[Rc<Cond>], r: ReadId, path: Sym) -> bool {
        let w = self.write;
        if w.op != Op::Update {
            return false;
        }
        let Some(set) = self.plainly_set(path) else {
            return false;
        };
        let rejected = || {
            w.ctl.iter().any(|k| {
                let pred = k.pred.as_deref();
                k.deps.paths(r).any(|p| p == path)
                    && pred.is_some_and(|p| self.shuts_out(p, k.polarity, r, path, &set.value))
            })
        };
        self.seen.terms.is_const(set.value.term)
            && rejected()
            && tests.iter().all(|c| self.still_holds(c))
    }

    fn plainly_set(&self, path: Sym) -> Option<&SetField> {
        let mut sets = self.write.sets.iter();
        sets.find(|s| s.path == path && !s.copied && s.stored.is_none())
    }

    /// Whether a condition that held before the write surely holds after it.
    fn still_holds(&self, c: &Cond) -> bool {
        match c {
            Cond::And(cs) => cs.iter().all(|c| self.still_holds(c)),
            // Which of them it was is not known.
            Cond::Or(cs) => cs.iter().all(|c| self.still_holds(c)),
            Cond::Test { path, cmp, with } => {
                let mut sets = self.write.sets.iter();
                if !sets.any(|s| overlap(s.path, *path) || s.path == "*") {
                    return true;
                }
                let Some(v) = self.plainly_set(*path).map(|s| &s.value) else {
                    return false;
                };
                let terms = &self.seen.terms;
                let known = |x: &Value| terms.is_const(x.term) && terms.is_const(v.term);
                match (cmp, with.as_slice()) {
                    (Cmp::Exists, _) => !v.is_none(),
                    (Cmp::Ne, [x]) => known(x) && x.term != v.term,
                    (Cmp::Eq, [x]) => known(x) && x.term == v.term,
                    (Cmp::In, [list]) => match &list.kind {
                        Kind::Tuple(all) => all.iter().any(|x| known(x) && x.term == v.term),
                        _ => known(list) && list.term == v.term,
                    },
                    (Cmp::In, xs) => xs.iter().any(|x| known(x) && x.term == v.term),
                    _ => false,
                }
            }
            Cond::Not(c) => match &**c {
                Cond::Test {
                    path,
                    cmp: Cmp::Eq,
                    with,
                } => self.still_holds(&Cond::Test {
                    path: *path,
                    cmp: Cmp::Ne,
                    with: with.clone(),
                }),
                _ => false,
            },
            Cond::Unknown(_) => false,
            Cond::Instead(_) => true,
        }
    }
}
