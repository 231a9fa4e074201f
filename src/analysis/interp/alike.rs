//! Answers that are put together alike: whoever gets one of them can't tell which it was.

use super::Interp;
use super::call::Args;
use crate::analysis::state::State;
use crate::analysis::terms::Term;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::Lit;
use crate::{sym, symbol};

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
    pub(super) fn answered_as(&mut self, st: &State, v: &Value, depth: u32) -> TermId {
        match &v.kind {
            _ if depth > 6 => v.term,
            Kind::Obj(id) => self.held_by(st, *id, depth).unwrap_or(v.term),
            Kind::Tuple(vs) => {
                let of = |me: &mut Self, v| me.answered_as(st, v, depth + 1);
                let parts = vs.iter().map(|v| of(self, v)).collect();
                self.seen.terms.intern(Term::Op(sym!("tuple:"), parts))
            }
            Kind::Unknown => self.asked_as(st, v.term, depth),
            _ => v.term,
        }
    }

    /// The same of what a call gave of which nothing is known: by what was called, and with what.
    fn asked_as(&mut self, st: &State, term: TermId, depth: u32) -> TermId {
        if let Some(asked) = self.asked.get(&term) {
            return *asked;
        }
        let Term::Op(path, parts) = self.seen.terms.get(term) else {
            return term;
        };
        if depth > 6 || symbol::parted(*path).is_none() {
            return term;
        }
        let (path, parts) = (*path, parts.clone());
        let part = |me: &mut Self, t: TermId| match me.made_under(st, t) {
            Some(id) => me.held_by(st, id, depth + 1).unwrap_or(t),
            None => me.asked_as(st, t, depth + 1),
        };
        let parts = parts.iter().map(|t| part(self, *t)).collect();
        self.seen.terms.intern(Term::Op(path, parts))
    }

    /// What a record or list holds that was put together here, if that is known to the last.
    fn held_by(&mut self, st: &State, id: ObjId, depth: u32) -> Option<TermId> {
        let o = st.obj(id)?;
        let shape = match o.shape {
            Shape::Dict => sym!("record:"),
            Shape::List => sym!("list:"),
            _ => return None,
        };
        let known = o.origin == Origin::Fresh && o.rest.is_none() && o.minus.is_none();
        let sure = o.fields.iter().all(|f| f.1.presence == Presence::Yes);
        if !known || !sure || depth > 6 {
            return None;
        }
        let mut parts = Vec::with_capacity(2 * o.fields.len());
        for (name, slot) in &o.fields {
            parts.push(self.seen.terms.lit(Lit::Str(*name)));
            parts.push(self.answered_as(st, &slot.value, depth + 1));
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
