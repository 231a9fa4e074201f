//! Answers: what a function gives back, and whether that tells who lost a conditional write.

use std::rc::Rc;

use super::Interp;
use super::call::Args;
use crate::analysis::Cmp;
use crate::analysis::access::{AccessId, DeedKind, Op, SetField, Spent, Write};
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{Lit, Span};

impl<'p> Interp<'p> {
    /// What the root answers; what other functions give back is seen where they are called.
    #[inline(never)]
    pub(super) fn answer(&mut self, st: &State, v: &Value) {
        if self.frames[self.cur].depth > 1 || !says_something(v) {
            return;
        }
        self.handed_back(st, v);
        if let Kind::Phi(alts) = &v.kind
            && is_choice(alts)
        {
            self.chosen_answer(st, alts);
            return;
        }
        if !st.ctl.is_empty() {
            let answer = self.answered_as(st, v);
            self.deed(st.ctl.clone().into(), DeedKind::Answer(answer));
        }
        self.chosen_within(st, v, 0);
    }

    /// The root answers with a failure.
    #[inline(never)]
    pub(super) fn refuse(&mut self, st: &State) {
        if self.frames[self.cur].depth <= 1 && !st.ctl.is_empty() {
            let failure = self.seen.terms.fresh();
            self.deed(st.ctl.clone().into(), DeedKind::Answer(failure));
        }
    }

    /// One of several constants, each on the way that led to it.
    fn chosen_answer(&mut self, st: &State, alts: &[Alt]) {
        for a in alts.iter().filter(|a| says_something(&a.value)) {
            let mut s = st.ctl.clone();
            s.extend(a.under.iter().cloned());
            self.deed(s.into(), DeedKind::Answer(a.value.term));
        }
    }

    /// The parts of an answer that are one of several constants: `{"refund": refunded}`.
    fn chosen_within(&mut self, st: &State, v: &Value, depth: u32) {
        if depth > 2 {
            return;
        }
        match &v.kind {
            Kind::Phi(alts) if is_choice(alts) => self.chosen_answer(st, alts),
            Kind::Tuple(vs) => {
                for v in vs.iter() {
                    self.chosen_within(st, v, depth + 1);
                }
            }
            Kind::Obj(id) => {
                let Some(o) = st.obj(*id) else { return };
                if o.shape != Shape::Dict || o.origin != Origin::Fresh {
                    return;
                }
                for (_, s) in &o.fields {
                    self.chosen_within(st, &s.value, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The rows in a list that the root answers with.
    fn handed_back(&mut self, st: &State, v: &Value) {
        let Kind::Obj(id) = v.kind else { return };
        let Some(o) = st.obj(id).filter(|o| o.shape == Shape::List) else {
            return;
        };
        let mut rows = Vec::new();
        for e in o.fields.iter().map(|(_, s)| &s.value).chain(&o.rest) {
            match &e.kind {
                Kind::Phi(alts) => rows.extend(alts.iter().map(|a| a.value.term)),
                Kind::Obj(_) => rows.push(e.term),
                _ => {}
            }
        }
        for row in rows {
            self.deed(Shared::default(), DeedKind::Handed(row));
        }
    }

    #[inline(never)]
    pub(super) fn note_swallowed_return(&mut self, st: &State, v: &Value, span: Span) {
        let loc = self.loc(span);
        let frame = self.frames[self.cur].id;
        for w in self.claimed(st, v) {
            self.reached_without_winning(w, loc);
        }
        for w in st.merged_losses.iter() {
            // What another function gives back later is not this write's answer.
            let within = self.seen.writes[w.0 as usize]
                .stack
                .iter()
                .any(|f| f.id == frame);
            let outcome = &self.seen.outcomes[w.0 as usize];
            let unheard = outcome.unheard.is_some() || outcome.alike;
            if !within || unheard || self.tells_loss(st, v, *w) {
                continue;
            }
            self.reached_without_winning(*w, loc);
        }
    }

    /// A function that gives back what it has written, worked out from what it read, says that it is stored.
    #[inline(never)]
    pub(super) fn note_told(&mut self, st: &State, v: &Value, span: Span) {
        let frame = self.frames[self.cur].id;
        let here = |w: &Write| {
            w.op == Op::Update && w.row.is_none() && w.stack.last().is_some_and(|f| f.id == frame)
        };
        if !says_something(v) || !self.seen.writes.iter().any(here) {
            return;
        }
        let mut leaves = Vec::new();
        self.leaves_of(st, v, 0, &mut leaves);
        for i in 0..self.seen.writes.len() {
            let w = &self.seen.writes[i];
            if !here(w) || !w.sets.iter().any(|s| self.repeats(s, &leaves)) {
                continue;
            }
            let loc = self.loc(span);
            self.seen.outcomes[i].told.get_or_insert(loc);
        }
    }

    /// An effect follows the writes made on this way, as far as nothing was decided since.
    pub(super) fn note_followed(&mut self, st: &State, loc: Loc) {
        let stack = self.stack();
        for w in st.done.iter() {
            let i = w.0 as usize;
            let write = &self.seen.writes[i];
            let last = write.stack.last().map(|f| f.id);
            let within = || stack.iter().any(|f| Some(f.id) == last);
            let since = |k: &Rc<Ctl>| {
                let before = |y: &Rc<Ctl>| Rc::ptr_eq(y, k) || y.loc == k.loc;
                !write.ctl.iter().any(before)
            };
            if write.op == Op::Update && within() && !st.ctl.iter().any(since) {
                self.seen.outcomes[i].followed.get_or_insert(loc);
            }
        }
    }

    /// Something is done outside of the store where losers and winners have joined, as far as it is `due` to what was
    /// lost.
    pub(super) fn done_without_winning(
        &mut self,
        st: &State,
        args: &Args,
        loc: Loc,
        due: impl Fn(&Write, (&Terms, &[TermId])) -> bool,
    ) {
        if st.merged_losses.is_empty() {
            return;
        }
        let mut handed = Vec::new();
        args.all()
            .for_each(|v| self.leaves_of(st, v, 0, &mut handed));
        for w in st.merged_losses.iter() {
            let write = &self.seen.writes[w.0 as usize];
            if !due(write, (&self.seen.terms, &handed)) {
                continue;
            }
            self.reached_without_winning(*w, loc);
            if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                let handed = handed.clone();
                let write = None;
                o.spent.push(Spent {
                    at: loc,
                    write,
                    handed,
                });
            }
        }
    }

    /// Whether something of a new row is handed on.
    pub(super) fn is_told_of(w: &Write, (terms, handed): (&Terms, &[TermId])) -> bool {
        let on = |s: &SetField| {
            let v = s.value.term;
            !terms.is_const(v) && handed.iter().any(|t| terms.mentions(*t, v))
        };
        w.op == Op::Create && w.sets.iter().any(on)
    }

    /// Whether one of these values says what a column is set to: something worked out in this run, not a part of what
    /// was read as it was.
    fn repeats(&self, s: &SetField, leaves: &[TermId]) -> bool {
        let terms = &self.seen.terms;
        let set = |v: &Value| {
            !v.deps.data.is_empty()
                && !terms.is_const(v.term)
                && !matches!(
                    terms.get(v.term),
                    Term::Field(..) | Term::Read(_) | Term::Param(_)
                )
                && leaves.iter().any(|t| terms.mentions(*t, v.term))
        };
        let mut ways = s.choices.iter().flat_map(|c| c.iter());
        s.stored.is_none() && (set(&s.value) || ways.any(|a| set(&a.value)))
    }

    /// The values that make up an answer.
    fn leaves_of(&self, st: &State, v: &Value, depth: u32, out: &mut Vec<TermId>) {
        if depth > 4 || out.len() > 64 {
            return;
        }
        out.push(v.term);
        match &v.kind {
            Kind::Tuple(vs) => vs
                .iter()
                .for_each(|v| self.leaves_of(st, v, depth + 1, out)),
            Kind::Phi(alts) => {
                let ways = alts.iter();
                ways.for_each(|a| self.leaves_of(st, &a.value, depth + 1, out));
            }
            Kind::Obj(id) => {
                let fields = st.obj(*id).map_or(&[][..], |o| o.fields.as_slice());
                let held = fields.iter().take(40);
                held.for_each(|(_, s)| self.leaves_of(st, &s.value, depth + 1, out));
            }
            _ => {}
        }
    }

    /// Go: the writes that were lost here, though what they would have written is given back without a failure.
    fn claimed(&self, st: &State, v: &Value) -> Vec<AccessId> {
        let parts = match &v.kind {
            Kind::Tuple(parts) => parts.as_slice(),
            _ => std::slice::from_ref(v),
        };
        let [given @ .., last] = parts else {
            return Vec::new();
        };
        if self.lang != Lang::Go {
            return Vec::new();
        }
        if !last.is_none() {
            return Vec::new();
        }
        let frame = self.frames[self.cur].id;
        let facts = st.ctl.iter().flat_map(|c| c.facts.iter());
        let lost = facts.filter_map(|f| match f {
            Fact::Lost(w) => Some(*w),
            _ => None,
        });
        lost.filter(|w| {
            let write = &self.seen.writes[w.0 as usize];
            let written = |v: &Value| {
                let row = matches!(v.kind, Kind::Obj(_)) && write.row_term == Some(v.term);
                row || write.sets.iter().any(|s| {
                    !s.value.deps.data.is_empty()
                        && !self.seen.terms.is_const(v.term)
                        && !v.deps.data.is_empty()
                        && !matches!(self.seen.terms.get(v.term), Term::Field(..))
                        && self.seen.terms.mentions(s.value.term, v.term)
                })
            };
            write.stack.iter().any(|f| f.id == frame)
                && (given.iter().any(written) || self.drops_change(write))
        })
        .collect()
    }

    /// Whether losing a write loses what was worked out for it: it compares what was read (a version), and sets
    /// something else from what was read. Who only claims with it has lost to somebody who does the same.
    fn drops_change(&self, write: &Write) -> bool {
        let mut tests = Vec::new();
        write.guards.iter().for_each(|g| g.conjuncts(&mut tests));
        let worked_out = |s: &SetField, but: Sym| {
            s.path != but
                && !s.copied
                && s.stored.is_none()
                && !s.value.deps.data.is_empty()
                && !self.seen.terms.is_const(s.value.term)
                && !matches!(
                    self.seen.terms.get(s.value.term),
                    Term::Field(..) | Term::Read(_) | Term::Param(_)
                )
        };
        tests.iter().any(|t| match t {
            Cond::Test {
                path,
                cmp: Cmp::Eq,
                with,
            } => {
                with.iter().any(|v| !v.deps.data.is_empty())
                    && write.sets.iter().any(|s| s.path == *path && !s.copied)
                    && write.sets.iter().any(|s| worked_out(s, *path))
            }
            _ => false,
        })
    }

    /// Whether what is returned tells the caller (Go: by an error) that this write was lost.
    fn tells_loss(&self, st: &State, v: &Value, w: AccessId) -> bool {
        // Nothing, a falsehood, or a value that tells how it went.
        let lost = |c: &[Rc<Ctl>]| c.iter().any(|c| c.facts.contains(&Fact::Lost(w)));
        if let Kind::Phi(alts) = &v.kind
            && alts.iter().any(|a| lost(&a.under))
            && alts.iter().any(|a| !lost(&a.under))
        {
            return true;
        }
        if self.lang != Lang::Go {
            // What is there now, read again, is as good for the loser.
            let again = match v.kind {
                Kind::Obj(id) => st.obj(id).is_some_and(|o| match o.origin {
                    Origin::Read(r) => {
                        self.seen.reads[r.0 as usize].order > self.seen.writes[w.0 as usize].order
                    }
                    _ => false,
                }),
                _ => false,
            };
            return again || matches!(v.kind, Kind::Const(l) if !super::cond::truthy_lit(l));
        }
        let last = match &v.kind {
            Kind::Tuple(vs) => match vs.split_last() {
                Some((last, others)) if !others.iter().any(|v| self.says_who_lost(v, w, 0)) => last,
                Some(_) => return true,
                None => return false,
            },
            _ => v,
        };
        let is_loss = |v: &Value| match &v.kind {
            Kind::Err(x) => *x == w,
            Kind::Obj(id) => st
                .obj(*id)
                .is_some_and(|o| o.type_path.is_some_and(|t| t == "error")),
            Kind::Test(_) => true,
            _ => false,
        };
        match &last.kind {
            Kind::Phi(alts) => alts.iter().any(|a| is_loss(&a.value)),
            _ => is_loss(last),
        }
    }

    /// Whether a result beside the failure is a constant (nothing, a falsehood) for who has lost and something else for
    /// who has won, or a test of such a value.
    fn says_who_lost(&self, v: &Value, w: AccessId, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        match &v.kind {
            Kind::Phi(alts) => alts.iter().any(|a| {
                let apart = |o: &Alt| o.value.term != a.value.term;
                let others = alts.iter().filter(|o| !std::ptr::eq(*o, a));
                let by = |c: &Rc<Ctl>| {
                    let asks = |p: &Rc<Pred>| self.asks_who_lost(p, w, depth + 1);
                    c.facts.contains(&Fact::Lost(w)) || c.pred.as_ref().is_some_and(asks)
                };
                matches!(a.value.kind, Kind::Const(_))
                    && others.clone().next().is_some()
                    && others.clone().all(apart)
                    && a.under.iter().any(by)
            }),
            Kind::Test(p) => self.asks_who_lost(p, w, depth + 1),
            Kind::Err(x) => *x == w,
            _ => false,
        }
    }

    fn asks_who_lost(&self, p: &Pred, w: AccessId, depth: u32) -> bool {
        match p {
            Pred::Not(p) => self.asks_who_lost(p, w, depth),
            Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| self.asks_who_lost(p, w, depth)),
            Pred::Truthy(v) => self.says_who_lost(v, w, depth),
            Pred::Cmp(_, a, b) => {
                self.says_who_lost(a, w, depth) || self.says_who_lost(b, w, depth)
            }
        }
    }

    /// The writes that take something as long as there is enough of it, or a row into its next state, of which a function
    /// tells those who got nothing the same as those who got it.
    #[inline(never)]
    pub(super) fn answered_alike(&self, exits: &[(State, Value)], base: usize) -> Vec<AccessId> {
        let mut out = Vec::new();
        for (a, told) in exits {
            let facts = a.ctl.iter().skip(base).flat_map(|c| &c.facts);
            for f in facts {
                let Fact::Lost(w) = *f else { continue };
                let won = |b: &State| {
                    let says = |f: Fact| b.ctl.iter().any(|c| c.facts.contains(&f));
                    let failed = says(Fact::Lost(w)) || says(Fact::Failed(w));
                    b.done.contains(&w) && (says(Fact::Won(w)) || !failed)
                };
                let alike = |(b, also): &(State, Value)| same(told, also) && won(b);
                if !out.contains(&w) && self.only_one_may(w) && exits.iter().any(alike) {
                    out.push(w);
                }
            }
        }
        out
    }

    /// Whether a write is one that only one run may make: who has lost it may not do what it was made for.
    fn only_one_may(&self, w: AccessId) -> bool {
        let w = &self.seen.writes[w.0 as usize];
        w.takes_from_limit() || w.moves_on()
    }

    /// Who has lost these writes goes on together with who has won them, and nobody can tell.
    #[inline(never)]
    pub(super) fn go_on_alike(&mut self, st: &mut State, lost: Vec<AccessId>) {
        for w in lost {
            self.seen.outcomes[w.0 as usize].alike = true;
            if !st.merged_losses.contains(&w) {
                st.merged_losses.edit().push(w);
            }
        }
    }

    /// Something that the winner does is done by the loser as well.
    pub(super) fn reached_without_winning(&mut self, w: AccessId, at: Loc) {
        if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize)
            && o.swallowed.is_none()
        {
            let from = o.handled.unwrap_or(at);
            o.swallowed = Some((from, at));
        }
    }
}

/// Whether a value is one of several constants.
fn is_choice(alts: &[Alt]) -> bool {
    let constant = |a: &Alt| matches!(a.value.kind, Kind::Const(_));
    alts.iter().all(constant)
}

/// Whether an answer is more than nothing, or a failure handed on.
fn says_something(v: &Value) -> bool {
    match &v.kind {
        Kind::Const(Lit::None) | Kind::Err(_) | Kind::ReadErr(_) => false,
        Kind::Tuple(vs) => vs.iter().any(says_something),
        Kind::Phi(alts) => alts.iter().any(|a| says_something(&a.value)),
        _ => true,
    }
}
