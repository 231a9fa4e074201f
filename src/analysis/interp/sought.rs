//! One that is looked for among what was read: `any(row["zone"] == zone for row in rows)`, a loop that is left where one is
//! found. Whoever goes on has found none, or there were none.

use std::rc::Rc;

use super::Interp;
use crate::analysis::access::ReadId;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{CmpOp, Lit};

impl Interp<'_> {
    /// What `any` or `all` says of rows of which each is asked the same.
    pub(super) fn said_of_rows(&mut self, r: ReadId, of: &Value, asked: &Pred, any: bool) -> Pred {
        let said = asked.clone();
        if !self.seeks(asked, any, r) {
            return said;
        }
        let found = self.found_in(r, of, Deps::read(r, sym!("?")));
        match any {
            true => Pred::Or(vec![said, found]),
            false => Pred::And(vec![said, Pred::Not(Rc::new(found))]),
        }
    }

    /// That there is one among those of the rows which a value holds.
    pub(super) fn found_in(&mut self, r: ReadId, of: &Value, deps: Deps) -> Pred {
        let name = intern(Terms::SOUGHT);
        let term = self.seen.terms.intern(Term::Op(name, vec![of.term]));
        Pred::Truthy(Value::new(term, Kind::Presence(r), deps))
    }

    /// Whether a value says that one was found that was looked for.
    pub(super) fn is_sought(&self, t: TermId) -> bool {
        matches!(self.seen.terms.get(t), Term::Op(op, _) if op == Terms::SOUGHT)
    }

    /// The rows among whose values one is looked for in a list or mapping that was put together of them: the columns are
    /// those by which it is looked for.
    pub(super) fn sought_among(
        &mut self,
        st: &State,
        sought: &Value,
        of: &Value,
    ) -> Option<ReadId> {
        let Kind::Obj(id) = of.kind else { return None };
        let o = st
            .obj(id)
            .filter(|o| o.origin == Origin::Fresh && o.maybe.is_none())?;
        let among = match o.shape {
            Shape::List => match o.fields.as_slice() {
                [(_, only)] if o.rest.is_none() => Some(&only.value),
                [] => o.rest.as_ref(),
                _ => None,
            },
            Shape::Dict => o.rest_key.as_ref(),
            _ => None,
        }?;
        if !matches!(among.kind, Kind::Unknown) || sought.is_none() {
            return None;
        }
        let mut from = among.deps.data.iter().map(|(r, _)| r);
        let r = from.next()?;
        let many = !self.seen.reads[r.0 as usize].one;
        let apart = !sought.deps.data.of(r) && !sought.deps.control.of(r);
        if !many || !apart || from.any(|x| x != r) {
            return None;
        }
        self.note_searched(r, among);
        Some(r)
    }

    /// The read whose rows' values were taken out of a collection.
    pub(super) fn taken_out(&self, st: &State, of: &Value) -> Option<ReadId> {
        match self.concrete(of).kind {
            Kind::Obj(id) => st.obj(id)?.minus,
            _ => None,
        }
    }

    /// One of those that others leave (`min(all - taken)`): what gets it is numbered after the rows that are there.
    pub(super) fn left_by(&self, r: Option<ReadId>, one: Value) -> Value {
        match (r, &one.kind) {
            (None, _) | (_, Kind::Obj(_)) => one,
            (Some(r), _) => {
                let deps = one.deps.union(&Deps::read(r, sym!("#")));
                Value::new(one.term, one.kind, deps)
            }
        }
    }

    /// The one that was chosen among what was read, or what stands in its place where none was.
    pub(super) fn chosen_or(
        &mut self,
        read: ReadId,
        chosen: &Value,
        missing: &Value,
        loc: Loc,
    ) -> Value {
        let none = Ctl {
            loc,
            deps: PathSet::one(read, sym!("?")),
            facts: vec![Fact::OrAbsent(read)],
            scope: Scope::Branch,
            depth: self.frames[self.cur].depth,
            pred: None,
            polarity: true,
            branch: 0,
        };
        let (some, none) = (Shared::default(), vec![Rc::new(none)].into());
        join_values(chosen, &some, missing, &none, &mut self.seen.terms)
    }

    /// What Go's mappings give: the one that was found, or the zero value where none was.
    pub(super) fn chosen_or_zero(&mut self, read: ReadId, chosen: &Value, loc: Loc) -> Value {
        let zero = match chosen.kind {
            Kind::Const(Lit::Bool(true)) => self.lit(Lit::Bool(false)),
            _ => self.none(),
        };
        self.chosen_or(read, chosen, &zero, loc)
    }

    /// After a loop over rows: whoever found what was looked for has left by then.
    pub(super) fn none_found(&mut self, st: &mut State, base: usize, r: ReadId, breaks: &[State]) {
        for i in base..st.ctl.len() {
            let c = &st.ctl[i];
            let leaves = matches!(c.scope, Scope::Raise | Scope::Return);
            let broke = |s: &State| {
                let mut ctl = s.ctl.iter().skip(base);
                ctl.any(|x| x.branch == c.branch && x.loc == c.loc && x.polarity != c.polarity)
            };
            let breaks = !leaves && c.scope == Scope::Loop && breaks.iter().any(broke);
            let pred = c.pred.clone().filter(|_| leaves || breaks);
            let other = !c.polarity;
            if pred.is_some_and(|p| self.seeks(&p, other, r)) {
                let c = Rc::make_mut(&mut st.ctl[i]);
                c.facts.push(Fact::OrAbsent(r));
                if breaks {
                    // It is so for whoever comes by here, in whatever turn.
                    c.scope = Scope::Return;
                }
            }
        }
    }

    /// Notes that one of the rows of a read is meant which has that value in a column.
    pub(super) fn note_found_by(&mut self, column: TermId, value: TermId) {
        let terms = &self.seen.terms;
        if let Term::Field(of, name) = terms.get(column)
            && let Term::Read(r) = terms.get(*of)
            && column != value
        {
            let found = (*r, *name, value);
            if !self.seen.found_by.contains(&found) {
                self.seen.found_by.push(found);
            }
        }
    }

    /// Notes what the tests since then say of the rows that are gone through: which of them are meant.
    pub(super) fn note_found_by_tests(&mut self, st: &State, base: usize) {
        let mut found = Vec::new();
        for c in st.ctl.iter().skip(base) {
            if let Some(p) = &c.pred {
                p.demanded_equal(c.polarity, &mut |a, b| found.push((a.term, b.term)));
            }
        }
        for (a, b) in found {
            self.note_found_by(a, b);
            self.note_found_by(b, a);
        }
    }

    /// Whether a test that comes out that way demands that a column of a row has a value which is not the rows' own, or
    /// is in a state. The columns are those by which it is looked for.
    fn seeks(&mut self, pred: &Pred, side: bool, r: ReadId) -> bool {
        match pred {
            Pred::Not(p) => self.seeks(p, !side, r),
            Pred::And(ps) | Pred::Or(ps) => {
                let all = matches!(pred, Pred::And(_)) == side;
                all && ps.iter().fold(false, |any, p| self.seeks(p, side, r) | any)
            }
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => self.seeks(p, side, r),
                _ => self.is_state_of(v, r),
            },
            Pred::Cmp(_, a, b) if a.is_none() || b.is_none() => {
                self.is_state_of(if a.is_none() { b } else { a }, r)
            }
            Pred::Cmp(op, a, b) => {
                let of = |v: &Value| v.deps.data.of(r);
                let apart = |v: &Value| !of(v) && !v.deps.control.of(r);
                let (column, with) = match (of(a), of(b)) {
                    (true, false) if apart(b) => (a, b),
                    (false, true) if apart(a) => (b, a),
                    _ => return false,
                };
                let equal = match op {
                    CmpOp::Eq => side,
                    CmpOp::Ne => !side,
                    _ => false,
                };
                if equal {
                    self.note_searched(r, column);
                }
                // Of the rows that were asked for, one that is in some state, or not in another.
                let terms = &self.seen.terms;
                let state = terms.settled(with.term).is_some() || terms.is_time(with.term);
                equal || (state && !self.seen.reads[r.0 as usize].conds.is_empty())
            }
        }
    }

    /// Whether a value is a column of the rows that were asked for: that there is something in it, or nothing, is a state
    /// that they are in.
    fn is_state_of(&self, v: &Value, r: ReadId) -> bool {
        let column = matches!(v.kind, Kind::Unknown)
            && matches!(self.seen.terms.get(v.term), Term::Field(..))
            && v.deps.data.of(r);
        column && !self.seen.reads[r.0 as usize].conds.is_empty()
    }

    /// Rows are looked for by the columns that a value is made of.
    fn note_searched(&mut self, r: ReadId, column: &Value) {
        let named = |p: &Sym| !matches!(p.as_str(), "?" | "#" | "*");
        let searched = &mut self.seen.reads[r.0 as usize].searched;
        for p in column.deps.data.paths(r).filter(named) {
            if !searched.contains(&p) {
                searched.push(p);
            }
        }
    }
}
