//! Markers: an item that stands for a value (`pk = "EMAIL#" + email`), created only where there is none, in one step
//! with the row that has the value, or before it. Of all who looked for the value and found nobody, one gets through.

use super::Pairer;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::symbol::Sym;

impl Pairer<'_> {
    /// Whether what is created goes along with a marker for what the read looked for.
    pub(super) fn marked(&self, r: ReadId) -> bool {
        let w = self.write;
        let creates = matches!(w.op, Op::Put | Op::Create) && w.row_read != Some(r);
        if !creates {
            return false;
        }
        let together = |m: &&Write| m.group == w.group && !std::ptr::eq(*m, w);
        let stays = |m: &&Write| {
            let gone = |x: &Write| x.op == Op::Delete && x.container == m.container;
            !self.seen.writes.iter().any(gone)
        };
        let won = w.ctl.iter().flat_map(|c| &c.facts);
        let mut won = won.filter_map(|f| match f {
            Fact::Won(m) => Some(&self.seen.writes[m.0 as usize]),
            _ => None,
        });
        let grouped = w.group.is_some()
            && self
                .seen
                .writes
                .iter()
                .filter(together)
                .any(|m| self.marks(m, r));
        // An item may stand for the value itself, if no part of its key can be an identifier of its own.
        let drawn = |s: &SetField| {
            let terms = &self.seen.terms;
            terms.has_made(s.value.term) && !terms.is_time(s.value.term)
        };
        let alone = !w.sets.iter().any(drawn) && self.marks(w, r);
        alone || grouped || won.any(|m| self.marks(m, r) && stays(&m))
    }

    /// Whether what is created goes along with a count in an item of its own, kept within bounds by a condition: of those
    /// whose rows the read has counted, as the item's key says.
    pub(super) fn counted_along(&self, r: ReadId) -> bool {
        let w = self.write;
        let missing = |f: &Fact| matches!(f, Fact::Absent(x) | Fact::OrAbsent(x) if *x == r);
        if w.group.is_none() || w.ctl.iter().flat_map(|c| &c.facts).any(missing) {
            return false;
        }
        let asked = self.asked_by(r);
        let counts = |m: &Write| {
            let bounded = |s: &SetField| s.relative() && m.guards.iter().any(|g| bounds(g, s.path));
            m.sets.iter().any(bounded) && !m.guard_maybe
        };
        let of = |m: &Write| {
            let by = self.tests_of(&m.conds).into_iter().flat_map(|t| t.2);
            let mut parts = by.map(|v| self.built_from(v.term, &asked, 0));
            parts.try_fold(asked.is_empty(), |any, x| Some(any | x?)) == Some(true)
        };
        let mut along = self.seen.writes.iter().filter(|m| m.group == w.group);
        along.any(|m| counts(m) && of(m))
    }

    /// The values by which the rows of a read are selected.
    fn asked_by(&self, r: ReadId) -> Vec<TermId> {
        let tests = self.tests_of(&self.read(r).conds).into_iter();
        let equal = tests.filter(|t| t.1 == Cmp::Eq).flat_map(|t| t.2);
        let terms = equal.map(|v| self.canonical(v.term));
        terms.filter(|t| !self.seen.terms.is_const(*t)).collect()
    }

    /// Whether a write makes, where there is none, an item whose key is made from what the read selected by, and from
    /// nothing else.
    fn marks(&self, m: &Write, r: ReadId) -> bool {
        if !matches!(m.op, Op::Put | Op::Create) || m.guard_maybe {
            return false;
        }
        let asked = self.asked_by(r);
        let of = |s: &SetField| match s.stored {
            None if self.next_of(s, r, &asked) => Some(true),
            None => self.built_from(s.value.term, &asked, 0),
            Some(_) => None,
        };
        let given = |w: &Write, path| w.sets.iter().find(|s| s.path == path).map(of);
        // The other part of the key, as far as other requests name it.
        let others = self.seen.reads.iter().map(|x| (x.container, &x.key_names));
        let writes = self.seen.writes.iter().map(|x| (x.container, &x.key_names));
        let mut named = others
            .chain(writes)
            .filter(|(table, _)| table.is_some() && *table == m.container)
            .flat_map(|(_, names)| names);
        let by_key = |path| match given(m, path).flatten() {
            None => false,
            Some(true) => named.all(|name| given(m, *name).is_none_or(|x| x.is_some())),
            // One part for all markers: the other one is in every item of the table as well.
            Some(false) => {
                let both = |s: &&SetField| self.write.sets.iter().any(|x| x.path == s.path);
                let mut parts = m.sets.iter().filter(both).map(of);
                m.container == self.write.container
                    && parts.try_fold(false, |any, x| Some(any | x?)) == Some(true)
            }
        };
        let absent = m.guards.iter().find_map(|c| {
            let mut parts = Vec::new();
            c.conjuncts(&mut parts);
            parts.iter().find_map(|t| match t {
                Cond::Test {
                    path,
                    cmp: Cmp::NotExists,
                    ..
                } => Some(*path),
                _ => None,
            })
        });
        absent.is_some_and(by_key)
    }

    /// Whether a value is the number after what the read gave, with nothing beside it but what was asked for: who reads
    /// the same comes to the same.
    fn next_of(&self, s: &SetField, r: ReadId, asked: &[TermId]) -> bool {
        let terms = &self.seen.terms;
        let (mut parts, mut known) = (Vec::new(), Vec::new());
        if !s.deps.data.of(r) || !terms.adds(s.value.term) {
            return false;
        }
        self.leaves(s.value.term, &mut parts);
        asked.iter().for_each(|t| self.leaves(*t, &mut known));
        parts.iter().all(|t| match terms.get(*t) {
            Term::Param(_) | Term::Made(_) => known.contains(t),
            _ => true,
        })
    }

    /// Whether a term says nothing but what these terms say, and whether it says any of it: two runs that have the
    /// same of these have the same of it.
    fn built_from(&self, t: TermId, asked: &[TermId], depth: u32) -> Option<bool> {
        if asked.contains(&self.canonical(t)) {
            return Some(true);
        }
        let all = |ts: &[TermId]| {
            ts.iter().try_fold(false, |any, t| {
                Some(any | self.built_from(*t, asked, depth + 1)?)
            })
        };
        match self.seen.terms.get(t) {
            _ if depth > 8 => None,
            Term::Const(_) | Term::Global(_) => Some(false),
            Term::Field(of, _) => all(&[*of]),
            Term::Index(a, b) => all(&[*a, *b]),
            Term::Concat(ts) | Term::Op(_, ts) => all(ts),
            _ => None,
        }
    }
}

/// Whether a condition holds a column within a bound; where there is none yet, it may not have been counted.
fn bounds(c: &Cond, column: Sym) -> bool {
    match c {
        Cond::Test { path, cmp, .. } => {
            *path == column && matches!(cmp, Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge)
        }
        Cond::And(cs) => cs.iter().any(|c| bounds(c, column)),
        Cond::Or(cs) => {
            let none = |c: &Cond| matches!(c, Cond::Test { path, cmp: Cmp::NotExists, .. } if *path == column);
            let mut bounded = cs.iter().filter(|c| !none(c)).peekable();
            bounded.peek().is_some() && bounded.all(|c| bounds(c, column))
        }
        _ => false,
    }
}
