//! Rows of a relation to many, read on one side or the other, and the pairs that are added to it.

use super::{Pairer, Same};
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::program::Link;
use crate::analysis::value::*;
use crate::stores::vocabulary::Does;
use crate::symbol::Sym;
use crate::syntax::Lang;

impl Pairer<'_> {
    /// The relations to which the write adds a pair.
    fn links(&self) -> impl Iterator<Item = &Link> {
        let table = match (self.write.op, self.write.container) {
            (Op::Create, Some(Container::Model(m))) => Some(m),
            _ => None,
        };
        let program = self.program;
        table.into_iter().flat_map(|m| program.links_in(m))
    }

    /// Whether the write relates two rows to each other, which done once more changes nothing.
    pub(super) fn relates(&self) -> bool {
        let of = |lang| self.program.library(lang).specs.get(self.write.spec);
        of(Lang::Python).is_some_and(|s| s.does == Does::Link && s.pack == self.write.pack)
    }

    /// Whether what is added to a relation is among the rows that were read of it.
    pub(super) fn same_as_linked(&self, r: ReadId) -> Same {
        let sides = self
            .links()
            .flat_map(|l| [l.seen_from(true), l.seen_from(false)]);
        let all = sides.map(|side| self.same_on_side(r, side));
        all.max().unwrap_or(Same::No)
    }

    fn same_on_side(&self, r: ReadId, side: (Sym, Sym, Sym, Sym)) -> Same {
        let (rows, by, own, other) = side;
        let read = self.read(r);
        let set = |p: Sym| self.write.sets.iter().find(|s| s.path == p);
        let (Some(owner), Some(row)) = (set(own), set(other)) else {
            return Same::No;
        };
        if !read
            .container
            .is_some_and(|c| self.same_container(c, Container::Model(rows)))
        {
            return Same::No;
        }
        let asked = self.tests_of(&read.conds);
        let of_owner = |(p, c, vs): &(Sym, Cmp, &[Value])| {
            *p == by && *c == Cmp::Eq && self.equal(vs, std::slice::from_ref(&owner.value))
        };
        if !asked.iter().any(of_owner) {
            return Same::No;
        }
        let mut all = Same::Must;
        for (p, c, vs) in asked.iter().filter(|t| t.0 != by) {
            let [v] = vs else { continue };
            let own = *c == Cmp::Eq && self.is_of(*p, v, &row.value);
            if own && *p == "pk" {
                // Added already, or not.
                return Same::No;
            }
            if *c == Cmp::Eq && !own && !self.seen.terms.is_const(v.term) {
                all = Same::May;
            }
        }
        all
    }

    /// Whether rows were looked for that are the one which the write adds, or have what that one has: who adds the same
    /// row as well adds nothing, and who adds another one was not asked about.
    pub(super) fn asks_for_added(&self, r: ReadId) -> bool {
        let read = self.read(r);
        let asked = self.tests_of(&read.conds);
        let added = |(p, c, vs): &(Sym, Cmp, &[Value])| {
            let [v] = vs else { return false };
            let mut sets = self.write.sets.iter();
            *c == Cmp::Eq && sets.any(|s| self.is_of(*p, v, &s.value))
        };
        // Of the table itself one was asked for both.
        let asked_for = |s: &SetField| {
            asked.iter().any(|(p, c, vs)| {
                *p == s.path && *c == Cmp::Eq && self.equal(vs, std::slice::from_ref(&s.value))
            })
        };
        let both = read.container == self.write.container && self.write.sets.iter().all(asked_for);
        both || !read.searched.is_empty() || asked.iter().any(added)
    }

    /// Whether a value is what a row has in a column: its key, or what it was looked up by or has there.
    fn is_of(&self, path: Sym, v: &Value, row: &Value) -> bool {
        let (t, row) = (self.canonical(v.term), self.canonical(row.term));
        if path == "pk" {
            return t == row;
        }
        let own = matches!(self.seen.terms.get(t), Term::Field(of, n)
            if *n == path && self.canonical(*of) == row);
        let found = match self.seen.terms.get(row) {
            Term::Read(x) => Some(*x),
            _ => self.seen.row_terms.get(&row).copied(),
        };
        let by = |x: ReadId| {
            let asked = self.tests_of(&self.read(x).conds);
            let mut same = asked.iter();
            same.any(|(p, c, vs)| {
                *p == path && *c == Cmp::Eq && self.equal(vs, std::slice::from_ref(v))
            })
        };
        own || found.is_some_and(by)
    }
}
