//! What is spread into a mapping or into the arguments of a call, and what is found there afterwards.

use super::Interp;
use super::call::Args;
use super::known::one_of_mappings;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::symbol::Sym;

impl Interp<'_> {
    /// `{**other}`, `dict(other)`: an empty mapping that was made here (`given or {}`) adds nothing, so what is spread is
    /// the other one.
    pub(super) fn spread_into(&mut self, st: &mut State, id: ObjId, other: &Value) {
        let Kind::Phi(alts) = &other.kind else {
            return self.merge_into(st, id, other);
        };
        let empty = |a: &&Alt| match a.value.kind {
            Kind::Obj(id) => st.obj(id).is_some_and(|o| {
                o.origin == Origin::Fresh
                    && o.shape == Shape::Dict
                    && o.fields.is_empty()
                    && o.rest.is_none()
            }),
            _ => false,
        };
        let mut full = alts.iter().filter(|a| !empty(a));
        match (full.next(), full.next()) {
            (Some(only), None) => {
                let mut one = only.value.clone();
                one.deps = one.deps.union(&other.deps);
                self.merge_into(st, id, &one);
            }
            _ => self.merge_into(st, id, other),
        }
    }

    /// `{**other}`, `d.update(other)`: what the other holds, and whose row it is.
    pub(super) fn merge_into(&mut self, st: &mut State, id: ObjId, other: &Value) {
        if let Kind::Phi(alts) = &other.kind {
            // `{**row, **(changes or {})}`: of one that is nobody's record nothing is known.
            let unknown = alts.iter().find(|a| matches!(a.value.kind, Kind::Unknown));
            if let Some(a) = unknown
                && alts.iter().any(|a| matches!(a.value.kind, Kind::Obj(_)))
            {
                let mut rest = self.unknown(other.deps.clone());
                rest.term = a.value.term;
                self.add_rest(st, id, rest);
            }
        }
        let other = self.concrete(other);
        let Kind::Obj(from) = other.kind else {
            let mut rest = self.unknown(other.deps.clone());
            rest.term = other.term;
            self.add_rest(st, id, rest);
            return;
        };
        let Some(src) = st.obj(from).cloned() else {
            return;
        };
        if let Some(dst) = st.obj_mut(id) {
            for (n, s) in &src.fields {
                if s.presence == Presence::Yes || dst.get(*n).is_none() {
                    match dst.fields.iter_mut().find(|f| f.0 == *n) {
                        Some(f) => f.1 = s.clone(),
                        None => dst.fields.push((*n, s.clone())),
                    }
                }
            }
            if let Origin::Read(r) = src.origin
                && matches!(src.shape, Shape::Row | Shape::Dict)
            {
                // A copy of an item is that item as far as writing it back goes.
                if dst.origin == Origin::Fresh {
                    dst.origin = Origin::Read(r);
                    dst.container = src.container;
                    dst.term = src.term;
                    dst.shape = Shape::Row;
                }
                if dst.origin == src.origin {
                    self.note_copy(src.term, id);
                }
            }
        }
        if let Some(rest) = src.rest {
            self.add_rest(st, id, rest);
        } else if src.origin != Origin::Fresh && !matches!(src.origin, Origin::Read(_)) {
            let rest = Value::new(src.term, Kind::Unknown, other.deps);
            self.add_rest(st, id, rest);
        }
    }

    /// `f(**other)`: its members by their names, and what else is in it.
    pub(super) fn spread_named(&mut self, st: &mut State, out: &mut Args, other: &Value) {
        out.either = out.either.take().or_else(|| one_of_mappings(st, other));
        let v = self.concrete(other);
        let mut open = Some(v.clone());
        let mut row = false;
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
        {
            row = matches!(o.origin, Origin::Read(_));
            for (k, s) in &o.fields {
                out.kw.push((*k, s.clone()));
            }
            match (&o.rest, &o.origin) {
                (Some(_), _) if row => {}
                (Some(rest), _) => open = Some(rest.clone()),
                (None, Origin::Fresh) => open = None,
                (None, _) => {}
            }
        }
        out.open = match (out.open.take(), open) {
            (Some(one), Some(other)) if row || is_item(st, &one) => {
                Some(self.both_spread(st, &one, &other))
            }
            (one, other) => other.or(one),
        };
    }

    /// `{**one, **other}`.
    fn both_spread(&mut self, st: &mut State, one: &Value, other: &Value) -> Value {
        let (id, v) = self.obj_value(st, Shape::Dict);
        self.spread_into(st, id, one);
        self.spread_into(st, id, other);
        let deps = one.deps.union(&other.deps);
        Value::new(v.term, v.kind, deps)
    }

    /// A member of an item into which something else was spread: what the item has there, or what the other has.
    pub(super) fn own_or_spread(&mut self, own: Value, spread: &Value, name: Sym) -> Value {
        let term = self.seen.terms.field(spread.term, name);
        let other = Value::new(term, Kind::Unknown, spread.deps.clone());
        let empty = Shared::default();
        join_values(&own, &empty, &other, &empty, &mut self.seen.terms)
    }
}

/// Whether a value is what a read gave.
fn is_item(st: &State, v: &Value) -> bool {
    let Kind::Obj(id) = v.kind else { return false };
    st.obj(id)
        .is_some_and(|o| matches!(o.origin, Origin::Read(_)))
}
