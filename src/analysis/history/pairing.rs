//! Pairing: which reads a write depends on, what it takes from each, and what was decided on it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::conditions::Repeated;
use super::guards::Guards;
use super::{Pair, Pairer, Same};
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Mode;
use crate::symbol::Sym;

/// What a write takes from a read.
struct Taken {
    own: Vec<Sym>,
    derived: Vec<(Sym, Sym)>,
    numbered: bool,
}

/// What was decided on a read on the way to a write.
struct Decided {
    tested: Vec<Sym>,
    counted: bool,
    absent: bool,
    check: Option<Loc>,
    checks: Vec<(Sym, Loc)>,
}

impl Pairer<'_> {
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let w = self.write;
        let mut reads: BTreeSet<ReadId> = BTreeSet::new();
        for s in &w.sets {
            let d = &s.deps;
            for (r, _) in d.data.iter().chain(d.control.iter()).chain(d.keyed.iter()) {
                reads.insert(r);
            }
        }
        for c in w.ctl.iter() {
            for (r, _) in c.deps.iter() {
                reads.insert(r);
            }
            for f in &c.facts {
                if let Fact::Absent(r) | Fact::Present(r) | Fact::OrAbsent(r) = f {
                    reads.insert(*r);
                }
            }
        }
        reads.extend(w.row_read);
        reads.extend(self.chosen_from());
        // What a row was before it was read again.
        let mut older = w.row_read.and_then(|r| self.read(r).reload_of);
        while let Some(r) = older {
            reads.insert(r);
            older = self.read(r).reload_of;
        }
        let mut pairs: Vec<Pair> = reads
            .into_iter()
            .filter(|r| self.read(*r).order < w.order)
            // A row that was created a moment ago by this very run is nobody else's yet.
            .filter(|r| {
                self.read(*r)
                    .given_by
                    .is_none_or(|by| !w.ctl.iter().any(|c| c.facts.contains(&Fact::Created(by))))
            })
            .filter(|r| !self.of_new_row(*r))
            .filter_map(|r| self.pair(r))
            .collect();
        pairs.sort_by_key(|p| std::cmp::Reverse(self.read(p.read).order));
        if pairs.iter().any(|p| p.same != Same::No && !p.locked())
            && let Some(at) = self.claim()
        {
            let claimed = |p: &&mut Pair| !p.counted && !p.numbered && !self.read(p.read).aggregate;
            for p in pairs.iter_mut().filter(claimed) {
                p.claimed = Some(at);
            }
        }
        for p in pairs.iter_mut() {
            let open = p.same != Same::No && p.claimed.is_none() && !p.locked();
            if open && !p.counted && p.own.is_empty() && p.derived.is_empty() {
                p.claimed = self.replaced(p.read, &p.tested);
            }
        }
        pairs
    }

    /// The reads that chose, by a column which the write changes, the row whose key it was given.
    fn chosen_from(&self) -> impl Iterator<Item = ReadId> {
        let w = self.write;
        let keys = w.conds.iter().filter_map(|c| match &**c {
            Cond::Test { cmp, with, path } if matches!(cmp, Cmp::Eq | Cmp::In) => {
                Some(with.iter().map(move |v| (*path, *cmp, v)))
            }
            _ => None,
        });
        let from = keys.flatten().flat_map(|(path, cmp, v)| {
            let reads = v.deps.data.iter().map(|(r, _)| r);
            reads.map(move |r| (r, path, cmp, v))
        });
        let from = from.filter(|(r, path, cmp, v)| match cmp {
            Cmp::Eq => self.read(*r).one,
            _ => self.lists_keys(path, *cmp, std::slice::from_ref(v), *r),
        });
        from.map(|(r, ..)| r).filter(move |r| {
            let chooses = |c: &Rc<Cond>| match &**c {
                Cond::Test { path, .. } => w.sets.iter().any(|s| s.path == *path),
                _ => false,
            };
            self.read(*r).conds.iter().any(chooses)
        })
    }

    fn pair(&self, r: ReadId) -> Option<Pair> {
        let same = self.same(r);
        if same == Same::No {
            return None;
        }
        let Taken {
            own,
            derived,
            numbered,
        } = self.taken(r, same);
        let Decided {
            tested,
            counted,
            absent,
            check,
            checks,
        } = self.decided(r, same);
        // What a row of a relation has is nothing that others have which are added to it.
        if self.relates() && !counted && (!absent || self.asks_for_added(r)) {
            return None;
        }
        let Repeated {
            conditioned,
            versioned,
            unclear,
            not_exists,
        } = self.repeated(r, &own, &tested);
        let Guards {
            lock,
            covered_by,
            later_lock,
            transaction,
            process,
            unknown_region,
        } = self.guards(r, same);
        Some(Pair {
            read: r,
            same,
            own,
            derived,
            tested,
            counted,
            enters: counted && self.enters(r),
            absent,
            numbered,
            row: self.write.row_read == Some(r),
            check,
            checks,
            lock,
            covered_by,
            later_lock,
            versioned,
            conditioned,
            maybe_conditioned: self.write.guard_maybe,
            unclear,
            not_exists,
            transaction,
            process,
            unknown_region,
            claimed: None,
        })
    }

    /// The columns that the write works out from what was read.
    fn taken(&self, r: ReadId, same: Same) -> Taken {
        let w = self.write;
        let read = self.read(r);
        let mut own = Vec::new();
        let mut derived = Vec::new();
        let mut numbered = false;
        if self.another_row(r, same) || self.leaves_out_written(read) {
            return Taken {
                own,
                derived,
                numbered,
            };
        }
        // A new item beside those that were read: what it takes from one of them numbers it.
        let table = matches!(w.container, Some(Container::Model(_)));
        let beside = matches!(w.op, Op::Put | Op::Create)
            && w.row_read != Some(r)
            && match table {
                true => read.picked,
                false => !read.one && !w.sets.iter().any(|s| s.copied),
            };
        let same_value = |s: &SetField| {
            table && matches!(self.seen.terms.get(s.value.term), Term::Field(_, n) if *n == s.path)
        };
        for s in &w.sets {
            if s.copied || s.stored.as_ref().is_some_and(|t| !program_computes(t, r)) {
                continue;
            }
            let kept = self.kept(s, r);
            // A column worked out by somebody else from its own old value is still worked out from it.
            let keyed = s.deps.keyed.paths(r);
            let keyed = keyed.filter(|p| overlap(*p, s.path) || p == "*" || s.path == "*");
            for p in s.deps.data.paths(r).chain(keyed) {
                if p == "#" {
                    numbered = true;
                } else if p == "?"
                    || (self.is_key(r, p) && p != s.path)
                    || (self.is_key(r, s.path) && p != "*")
                {
                    continue;
                } else if overlap(p, s.path) || p == "*" || s.path == "*" {
                    if kept {
                        continue;
                    }
                    if beside {
                        // What a row of a table has as well as another is no number.
                        numbered |= !same_value(s);
                    } else if !own.contains(&s.path) {
                        own.push(s.path);
                    }
                } else if !derived.contains(&(s.path, p)) {
                    derived.push((s.path, p));
                }
            }
        }
        Taken {
            own,
            derived,
            numbered,
        }
    }

    /// Whether two single rows have in common only what many rows have, and the one was not selected by what the other
    /// has: nothing says that they are one, so that a value of the one is nothing that the other has had.
    fn another_row(&self, r: ReadId, same: Same) -> bool {
        let single = |x: ReadId| self.read(x).one && !self.read(x).aggregate;
        let Some(row) = self.write.row_read.filter(|x| *x != r && single(*x)) else {
            return false;
        };
        let by_its_own = |c: &Rc<Cond>| c.deps().flows_from(row);
        same == Same::May && single(r) && !self.read(r).conds.iter().any(by_its_own)
    }

    /// The columns on which the write depends, whether it does on there being rows, and where that was decided.
    fn decided(&self, r: ReadId, same: Same) -> Decided {
        let w = self.write;
        let read = self.read(r);
        let mut tested = Vec::new();
        let mut counted = false;
        let mut absent = false;
        let mut check = None;
        let mut checks = Vec::new();
        let new = matches!(w.op, Op::Create | Op::Put) && w.row_read.is_none();
        for c in w.ctl.iter() {
            for p in c.deps.paths(r) {
                match p.as_str() {
                    "#" => {
                        counted = true;
                        check = Some(c.loc);
                    }
                    "?" => {}
                    _ if self.is_key(r, p) => {}
                    _ => {
                        if !tested.contains(&p) {
                            tested.push(p);
                        }
                        checks.push((p, c.loc));
                    }
                }
            }
            let or_absent = || new && c.facts.contains(&Fact::OrAbsent(r));
            if c.facts.contains(&Fact::Absent(r)) || or_absent() {
                absent = true;
                check = Some(c.loc);
            }
        }
        // A value that a decision on the row chose.
        for s in &w.sets {
            if s.copied {
                continue;
            }
            for p in s.deps.control.paths(r) {
                let column = !self.is_key(r, p) && p != "?" && p != "#";
                if column && !tested.contains(&p) && overlap(p, s.path) {
                    tested.push(p);
                    let ways = s.choices.iter().flat_map(|c| c.iter());
                    let by = ways.flat_map(|a| a.under.iter());
                    let by = by.filter(|c| c.deps.paths(r).any(|x| x == p));
                    checks.extend(by.map(|c| (p, c.loc)));
                }
            }
        }
        // Rows selected by a column that the write then changes were tested by the selection.
        if !read.aggregate
            && w.op != Op::Create
            && (w.row_read == Some(r) || same == Same::Must || self.named_by_found(r))
            && read.how == ReadHow::Store
        {
            let mut columns = Vec::new();
            let listed = !read.one && w.row_read.is_none();
            read.conds
                .iter()
                .for_each(|c| selecting(c, true, &mut columns));
            for path in columns {
                if !self.is_key(r, path)
                    && w.sets.iter().any(|s| {
                        overlap(s.path, path) && !s.copied && !(listed && self.is_wording(s))
                    })
                    && !tested.contains(&path)
                    && !self.identifies(path)
                    && !self.asked_for(read, path)
                {
                    tested.push(path);
                    checks.push((path, read.loc));
                }
            }
        }
        Decided {
            tested,
            counted,
            absent,
            check,
            checks,
        }
    }

    /// Whether the key that is written was taken from what was found, but for parts that are the same for all items of
    /// its kind: an item that was selected by what it says of itself is the one to whose kind that belongs.
    fn named_by_found(&self, r: ReadId) -> bool {
        let w = self.write;
        let own = |p: Sym, v: &Value| {
            matches!(self.seen.terms.get(v.term), Term::Field(of, n)
                if *n == p && *self.seen.terms.get(*of) == Term::Read(r))
        };
        let mut taken = false;
        let keys = self.tests_of(&w.conds).into_iter();
        let mut keys = keys.filter(|(p, ..)| w.key_names.contains(p));
        let all = keys.all(|(p, c, vs)| match vs {
            [v] if c == Cmp::Eq => {
                let found = own(p, v);
                taken |= found;
                found || self.seen.terms.is_const(v.term)
            }
            _ => false,
        });
        all && taken
    }

    /// The columns that a whole write puts back as they were on some ways, which owe nothing to the row itself.
    pub(super) fn put_back(&self) -> Vec<Sym> {
        let Some(r) = self.write.row_read else {
            return Vec::new();
        };
        let free = |s: &&SetField| !s.copied && !s.deps.control.of(r) && self.kept(s, r);
        self.write
            .sets
            .iter()
            .filter(free)
            .map(|s| s.path)
            .collect()
    }

    /// Whether a column keeps its value on some ways, and gets one on the others that owes nothing to it.
    fn kept(&self, s: &SetField, r: ReadId) -> bool {
        let Some(choices) = &s.choices else {
            return false;
        };
        // Named among the columns to be written, the old value is put back on purpose.
        if self.write.mode != Mode::Whole || self.write.narrowed {
            return false;
        }
        let own = |a: &Alt| match self.seen.terms.get(a.value.term) {
            Term::Field(of, n) => {
                *n == s.path
                    && !self.seen.mutated.contains(&a.value.term)
                    && (*self.seen.terms.get(*of) == Term::Read(r)
                        || self.write.row_term == Some(*of)
                        || self.seen.row_terms.get(of) == Some(&r))
            }
            // The row to which a relation led.
            Term::Read(x) => {
                let x = self.read(*x);
                x.how == ReadHow::Related && x.parent == Some(r)
            }
            _ => false,
        };
        let apart = |a: &Alt| {
            // What an object of this run holds is not seen here.
            let plain = !matches!(a.value.kind, Kind::Obj(_))
                || matches!(
                    self.seen.terms.get(a.value.term),
                    Term::Read(_) | Term::Param(_)
                );
            let mut paths = a.value.deps.data.paths(r);
            plain && paths.all(|p| !overlap(p, s.path) && p != "*")
        };
        choices.iter().any(own) && choices.iter().all(|a| own(a) || apart(a))
    }

    /// Whether a value is an expression that the program hands to the store: it owes nothing to a caller, to the time or
    /// to chance, so that it is the same whoever has it written.
    fn is_wording(&self, s: &SetField) -> bool {
        let terms = &self.seen.terms;
        let (t, made) = (s.value.term, terms.has_made(s.value.term));
        let made_here = matches!(s.value.kind, Kind::Obj(_)) && made;
        made_here
            || (!made
                && s.deps.is_empty()
                && !terms.is_const(t)
                && !terms.is_time(t)
                && !self.of_caller(t, 0))
    }

    /// Whether something that was handed in occurs in a term.
    fn of_caller(&self, t: TermId, depth: u32) -> bool {
        let deeper = |t: &TermId| self.of_caller(*t, depth + 1);
        match self.seen.terms.get(t) {
            _ if depth > 8 => true,
            Term::Param(_) => true,
            Term::Field(of, _) => deeper(of),
            Term::Index(a, b) => deeper(a) || deeper(b),
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().any(deeper),
            _ => false,
        }
    }

    /// Whether a column gets the very value by which the row was selected: the write leaves it as it was.
    fn asked_for(&self, read: &Read, path: Sym) -> bool {
        let set = self.write.sets.iter().rev().find(|s| s.path == path);
        set.is_some_and(|s| {
            let same = |v: &Value| self.canonical(v.term) == self.canonical(s.value.term);
            s.stored.is_none()
                && self
                    .tests_of(&read.conds)
                    .iter()
                    .any(|(p, c, with)| *p == path && *c == Cmp::Eq && with.iter().any(same))
        })
    }

    /// Whether a column told which row was meant: an equality that is unique.
    fn identifies(&self, path: Sym) -> bool {
        match self.write.container {
            Some(Container::Model(m)) => self.program.model(m).is_some_and(|m| {
                m.uniques
                    .iter()
                    .any(|u| u.fields.len() == 1 && u.fields[0] == path.as_str())
            }),
            _ => false,
        }
    }
}

/// The columns by which rows are selected. One of several tests is a test as well, and so is that a state is another; a
/// bound that is denied (not after that moment) lets through what is missing, and is left out.
fn selecting(c: &Cond, holds: bool, out: &mut Vec<Sym>) {
    match c {
        Cond::Test { path, cmp, .. } => {
            let bound = matches!(cmp, Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge);
            if (holds || !bound) && !out.contains(path) {
                out.push(*path);
            }
        }
        Cond::And(cs) | Cond::Or(cs) => cs.iter().for_each(|c| selecting(c, holds, out)),
        Cond::Not(c) => selecting(c, !holds, out),
        Cond::Unknown(_) | Cond::Instead(_) => {}
    }
}

/// Whether what the program puts into a store-computed value depends on a read of it.
fn program_computes(t: &StoreTerm, r: ReadId) -> bool {
    t.deps().data.of(r) && {
        let mut stored = Vec::new();
        t.stored(&mut stored);
        stored.is_empty()
    }
}
