//! Rows that hang on one which was made in this run: nobody else can have known them before.

use std::rc::Rc;

use super::Pairer;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::symbol::Sym;

impl Pairer<'_> {
    /// Whether a read asks, by a column that leads there, for what belongs to a row that this run has created before
    /// (or for that row), whichever way led to the read. What was handed over to that row afterwards was somebody's before.
    pub(super) fn of_new_row(&self, r: ReadId) -> bool {
        let read = self.read(r);
        self.owner_is_new(&read.conds, read.container, &read.always, read.order)
    }

    /// The same of what the write itself selects.
    pub(super) fn writes_of_new_row(&self) -> bool {
        let w = self.write;
        self.owner_is_new(&w.conds, w.container, &w.always, w.order)
    }

    fn owner_is_new(
        &self,
        conds: &[Rc<Cond>],
        container: Option<Container>,
        before: &[AccessId],
        order: u32,
    ) -> bool {
        let Some(Container::Model(m)) = container else {
            return false;
        };
        let creates = |id: &AccessId| self.seen.writes[id.0 as usize].op == Op::Create;
        if !before.iter().any(creates) {
            return false;
        }
        let model = self.program.model(m);
        let leads = |path: Sym| {
            let field = model.and_then(|m| m.fields.get(path.as_str()));
            path == "pk"
                || field.is_some_and(|f| f.traits.is_relation())
                || self.program.links_back(m, path)
        };
        let handed_over = |path: Sym| {
            self.seen.writes.iter().any(|w| {
                let here = |c| self.same_container(c, Container::Model(m));
                let sets = |s: &SetField| !s.copied && (s.path == path || s.path == "*");
                w.order < order
                    && w.op == Op::Update
                    && w.container.is_none_or(here)
                    && w.sets.iter().any(sets)
            })
        };
        let given_to = |owner: TermId| {
            self.seen
                .given_to
                .iter()
                .any(|t| match self.seen.terms.get(*t) {
                    Term::Field(of, _) => self.canonical(*of) == self.canonical(owner),
                    _ => false,
                })
        };
        self.tests_of(conds).iter().any(|(path, cmp, with)| {
            let [owner] = with else { return false };
            *cmp == Cmp::Eq
                && leads(*path)
                && before.iter().any(|id| self.made_row(*id, owner.term))
                && !handed_over(*path)
                && !given_to(owner.term)
        })
    }

    /// Whether a write created the row that a term stands for.
    fn made_row(&self, id: AccessId, row: TermId) -> bool {
        let w = &self.seen.writes[id.0 as usize];
        let row = self.canonical(row);
        let given = match self.seen.terms.get(row) {
            Term::Read(r) => self.read(*r).given_by == Some(id),
            _ => self
                .seen
                .row_terms
                .get(&row)
                .is_some_and(|r| self.read(*r).given_by == Some(id)),
        };
        w.op == Op::Create && (given || w.row_term.is_some_and(|t| self.canonical(t) == row))
    }
}
