//! Answers that are put together alike: whoever gets one of them can't tell which it was.

use super::Interp;
use super::call::Args;
use crate::analysis::state::State;
use crate::analysis::terms::Term;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::Lit;
use crate::{sym, symbol};

/// How many parts of an answer are looked at: a larger one is like no other.
const PARTS: u32 = 256;

impl Interp<'_> {
    /// Remembers of what a call was made whose result is equal to nothing but itself.
    pub(super) fn note_asked(&mut self, path: Sym, args: &Args, given: TermId) {
        if args.star.is_some() || args.open.is_some() {
            return;
        }
        let mut parts: Vec<TermId> = args.pos.iter().map(|a| a.term).collect();
        for (name, a) in &args.kw {
            parts.push(self.seen.terms.lit(Lit::Str(*name)));
            parts.push(a.value.term);
        }
        let asked = self.seen.terms.intern(Term::Op(path, parts));
        self.asked.insert(given, asked);
    }

    /// The term by which an answer is compared with others: what is put together alike has the same.
    pub(super) fn answered_as(&mut self, st: &State, v: &Value) -> TermId {
        let mut left = PARTS;
        self.part_as(st, v, &mut left)
    }

    fn part_as(&mut self, st: &State, v: &Value, left: &mut u32) -> TermId {
        if !one_more(left) {
            return v.term;
        }
        match &v.kind {
            Kind::Obj(id) => self.held_by(st, *id, left).unwrap_or(v.term),
            Kind::Tuple(vs) => {
                let parts = vs.iter().map(|v| self.part_as(st, v, left)).collect();
                self.seen.terms.intern(Term::Op(sym!("tuple:"), parts))
            }
            Kind::Unknown => self.asked_as(st, v.term, left),
            _ => v.term,
        }
    }

    /// The same of what a call gave of which nothing is known: by what was called, and with what.
    fn asked_as(&mut self, st: &State, term: TermId, left: &mut u32) -> TermId {
        if let Some(asked) = self.asked.get(&term) {
            return *asked;
        }
        let Term::Op(path, parts) = self.seen.terms.get(term) else {
            return term;
        };
        if symbol::parted(*path).is_none() || !one_more(left) {
            return term;
        }
        let (path, parts) = (*path, parts.clone());
        let mut part = |t: TermId| {
            if !one_more(left) {
                return t;
            }
            match self.made_under(st, t) {
                Some(id) => self.held_by(st, id, left).unwrap_or(t),
                None => self.asked_as(st, t, left),
            }
        };
        let parts = parts.iter().map(|t| part(*t)).collect();
        self.seen.terms.intern(Term::Op(path, parts))
    }

    /// What a record or list holds that was put together here, if that is known to the last.
    fn held_by(&mut self, st: &State, id: ObjId, left: &mut u32) -> Option<TermId> {
        let o = st.obj(id)?;
        let shape = match o.shape {
            Shape::Dict => sym!("record:"),
            Shape::List => sym!("list:"),
            _ => return None,
        };
        let known = o.origin == Origin::Fresh && o.rest.is_none() && o.minus.is_none();
        let sure = o.fields.iter().all(|f| f.1.presence == Presence::Yes);
        if !known || !sure || !one_more(left) {
            return None;
        }
        let mut parts = Vec::with_capacity(2 * o.fields.len());
        for (name, slot) in &o.fields {
            parts.push(self.seen.terms.lit(Lit::Str(*name)));
            parts.push(self.part_as(st, &slot.value, left));
        }
        Some(self.seen.terms.intern(Term::Op(shape, parts)))
    }

    /// The record or list that has a term of its own.
    fn made_under(&self, st: &State, term: TermId) -> Option<ObjId> {
        if !matches!(self.seen.terms.get(term), Term::Sym(_)) {
            return None;
        }
        let mut all = (0..self.next_obj).rev().map(ObjId);
        all.find(|id| {
            st.obj(*id)
                .is_some_and(|o| o.term == term && matches!(o.shape, Shape::Dict | Shape::List))
        })
    }
}

/// Takes one of the parts that may still be looked at, if there is one.
fn one_more(left: &mut u32) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}
