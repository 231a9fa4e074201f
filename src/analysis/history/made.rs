//! Rows that hang on one which was made in this run: nobody else can have known them before.

use std::rc::Rc;

use super::Pairer;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::CmpOp;

impl Pairer<'_> {
    /// Whether a row that is there becomes one of those whose number decided about it: it gets what they were counted by.
    pub(super) fn enters(&self, r: ReadId) -> bool {
        let (w, read) = (self.write, self.read(r));
        let many = |c: &Rc<Ctl>| {
            let test = c.pred.as_ref();
            test.is_some_and(|p| demands_many(p, c.polarity, r))
        };
        let decides = |c: &Rc<Ctl>| c.deps.paths(r).any(|p| p == "#") && !many(c);
        if w.op != Op::Update || !read.aggregate || !w.ctl.iter().any(decides) {
            return false;
        }
        let mut gets = false;
        let tests = self.tests_of(&read.conds);
        let all = tests
            .iter()
            .filter(|t| t.1 == Cmp::Eq)
            .all(|(path, _, with)| {
                let mut sets = w.sets.iter();
                let set = sets.find(|s| s.path == *path && !s.copied && s.stored.is_none());
                let same = set.is_none_or(|s| self.equal(with, std::slice::from_ref(&s.value)));
                gets |= set.is_some();
                same
            });
        all && gets
    }

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

/// Whether a test lets nobody on but where there are many of the rows that a read counted: one more does no harm.
fn demands_many(test: &Pred, side: bool, r: ReadId) -> bool {
    let count = |v: &Value| matches!(v.kind, Kind::Count(x) if x == r);
    match test {
        Pred::Not(p) => demands_many(p, !side, r),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| demands_many(p, side, r)),
        Pred::Truthy(v) => match &v.kind {
            Kind::Test(p) => demands_many(p, side, r),
            _ => side && count(v),
        },
        Pred::Cmp(op, a, b) => match (op, side) {
            (CmpOp::Gt | CmpOp::Ge, true) | (CmpOp::Lt | CmpOp::Le, false) => count(a),
            (CmpOp::Lt | CmpOp::Le, true) | (CmpOp::Gt | CmpOp::Ge, false) => count(b),
            _ => false,
        },
    }
}
