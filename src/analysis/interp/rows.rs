//! Whether a row is in the store yet: one that was read is, one that was made here is not until it is saved, and of one
//! that was handed in the program's own tests tell.

use std::rc::Rc;

use super::Interp;
use crate::analysis::access::ReadHow;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::CmpOp;

impl<'p> Interp<'p> {
    /// Whether a row is stored: `None` where the program does not tell.
    pub(super) fn stored(&self, o: &Obj) -> Option<bool> {
        if o.shape != Shape::Row || !matches!(o.container, Some(Container::Model(_))) {
            return None;
        }
        let flag = |name| o.get(name).map(|s| s.presence == Presence::Yes);
        match o.origin {
            Origin::Read(r) if self.seen.reads[r.0 as usize].how != ReadHow::Param => Some(true),
            Origin::Fresh => match flag(sym!("saved:")) {
                None => Some(false),
                Some(sure) => sure.then_some(true),
            },
            _ => flag(sym!("stored:")).filter(|sure| *sure),
        }
    }

    /// The row of a term `row.name`.
    fn row_of_field(&self, term: TermId) -> Option<(ObjId, Sym)> {
        match self.seen.terms.get(term) {
            Term::Field(of, name) => Some((*self.rows.get(of)?, *name)),
            _ => None,
        }
    }

    /// The row of a term that says whether it is new: `row._state.adding`.
    fn row_of_adding(&self, term: TermId) -> Option<ObjId> {
        let Term::Field(state, last) = self.seen.terms.get(term) else {
            return None;
        };
        let (head, _) = *self.adding.iter().find(|a| a.1 == *last)?;
        let (id, name) = self.row_of_field(*state)?;
        (name == head).then_some(id)
    }

    /// Whether the store makes the key of a row, so that a row has none before it is saved.
    fn keyed_by_store(&self, o: &Obj) -> bool {
        matches!(o.container, Some(Container::Model(m)) if self.p.generated_key(m))
    }

    /// `row._state.adding`, where the program tells.
    pub(super) fn adding_attr(&mut self, st: &State, base: &Value, name: Sym) -> Option<Value> {
        let (head, _) = *self.adding.iter().find(|a| a.1 == name)?;
        let (id, of) = self.row_of_field(base.term)?;
        if of != head {
            return None;
        }
        let stored = self.stored(st.obj(id)?)?;
        Some(self.lit(crate::syntax::il::Lit::Bool(!stored)))
    }

    /// The key of a row that was not saved yet is nothing where the store makes it.
    pub(super) fn no_key_yet(&self, o: &Obj) -> bool {
        o.origin == Origin::Fresh
            && o.rest.is_none()
            && self.stored(o) == Some(false)
            && self.keyed_by_store(o)
    }

    /// Whether an attribute tells of a row whether it is stored.
    pub(super) fn tells_stored(&self, st: &State, base: &Value, name: Sym) -> bool {
        let Kind::Phi(alts) = &base.kind else {
            return false;
        };
        let key = name == "pk" || name == "id";
        if !key && !self.adding.iter().any(|a| a.0 == name || a.1 == name) {
            return false;
        }
        let row = |a: &Alt| match a.value.kind {
            Kind::Obj(id) => st.obj(id).and_then(|o| self.stored(o)),
            _ => self
                .row_of_field(a.value.term)
                .and_then(|(id, _)| st.obj(id))
                .and_then(|o| self.stored(o)),
        };
        let told: Vec<bool> = alts.iter().filter_map(row).collect();
        told.contains(&true) && told.contains(&false)
    }

    /// Such an attribute of one of several rows: of each, under its decisions.
    pub(super) fn told_of_each(
        &mut self,
        st: &mut State,
        base: &Value,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let Kind::Phi(alts) = &base.kind else {
            return None;
        };
        let mut out: Option<(Value, Shared<Rc<Ctl>>)> = None;
        for a in alts.clone().iter().filter(|a| !a.value.is_none()) {
            let v = self.attr(st, &a.value, name, loc);
            out = Some(match out {
                None => (v, a.under.clone()),
                Some((x, under)) => (
                    join_values(&x, &under, &v, &a.under, &mut self.seen.terms),
                    Shared::default(),
                ),
            });
        }
        out.map(|(v, _)| v)
    }

    /// Whether the value is there for certain, or is missing for certain, because of what its row is: a stored row has
    /// a key, and a value in every column that may not be NULL.
    pub(super) fn column_there(&self, st: &State, term: TermId) -> Option<bool> {
        let (id, name) = self.row_of_field(term)?;
        let o = st.obj(id)?;
        if name == "pk" {
            return match self.stored(o)? {
                true => Some(true),
                false => self.keyed_by_store(o).then_some(false),
            };
        }
        let loaded = matches!(o.origin, Origin::Read(r) if self.seen.reads[r.0 as usize].how != ReadHow::Param);
        match o.container {
            Some(Container::Model(m)) if loaded && self.p.not_null(m, name) => Some(true),
            _ => None,
        }
    }

    /// What a comparison of the length of a column with a number says, where the column is as it was read: no stored
    /// text is longer than its column.
    pub(super) fn fits_column(&self, st: &State, op: CmpOp, of: TermId, n: i64) -> Option<bool> {
        let Term::Op(name, parts) = self.seen.terms.get(of) else {
            return None;
        };
        let [column] = parts.as_slice() else {
            return None;
        };
        if *name != "len" {
            return None;
        }
        let (id, column) = self.row_of_field(*column)?;
        let o = st.obj(id)?;
        let Some(Container::Model(m)) = o.container else {
            return None;
        };
        let loaded = matches!(o.origin, Origin::Read(r) if self.seen.reads[r.0 as usize].how != ReadHow::Param);
        let longest = self.p.longest(m, column).filter(|_| loaded)?;
        match op {
            CmpOp::Gt if n >= longest => Some(false),
            CmpOp::Ge | CmpOp::Eq if n > longest => Some(false),
            CmpOp::Le if n >= longest => Some(true),
            CmpOp::Lt | CmpOp::Ne if n > longest => Some(true),
            _ => None,
        }
    }

    /// The row of which a tested value tells whether it is stored, and what its truth means.
    pub(super) fn tested_row(&self, term: TermId) -> Option<(ObjId, bool)> {
        if let Some(id) = self.row_of_adding(term) {
            return Some((id, false));
        }
        let (id, name) = self.row_of_field(term)?;
        (name == "pk").then_some((id, true))
    }

    /// Takes a row for stored or for new from here on, where nothing was known of it.
    pub(super) fn take_for(&mut self, st: &mut State, id: ObjId, is_stored: bool) {
        let Some(o) = st.obj(id) else { return };
        if o.shape != Shape::Row
            || !matches!(o.container, Some(Container::Model(_)))
            || self.stored(o).is_some()
        {
            return;
        }
        // It was new before it was written here.
        let written = o.get(sym!("written:")).is_some();
        let flag = Value::new(o.term, Kind::Unknown, Deps::default());
        let Some(o) = st.obj_mut(id) else { return };
        o.fields
            .retain(|f| !matches!(f.0.as_str(), "saved:" | "stored:"));
        match (is_stored, &o.origin) {
            (true, Origin::Fresh) => o.set(sym!("saved:"), flag),
            (true, _) => o.set(sym!("stored:"), flag),
            (false, _) => {
                o.origin = Origin::Fresh;
                if written {
                    o.set(sym!("saved:"), flag);
                }
            }
        }
    }

    /// A row that the callers of the root have made, and may have saved.
    pub(super) fn take_for_made(&mut self, st: &mut State, v: &Value) {
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj_mut(id)
            && o.shape == Shape::Row
        {
            o.origin = Origin::Fresh;
            let slot = Slot {
                value: Value::new(v.term, Kind::Unknown, Deps::default()),
                presence: Presence::Maybe,
            };
            o.fields.push((sym!("saved:"), slot));
        }
    }

    /// Its key is taken away, or it is said to be new: writing it creates another row.
    pub(super) fn renew(&mut self, st: &mut State, id: ObjId) {
        let Some(o) = st.obj(id) else { return };
        if o.shape != Shape::Row || !matches!(o.container, Some(Container::Model(_))) {
            return;
        }
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Fresh;
            o.fields
                .retain(|f| !matches!(f.0.as_str(), "saved:" | "stored:" | "written:" | "pk"));
        }
    }

    /// `row._state.adding = True`.
    pub(super) fn set_adding(&mut self, st: &mut State, base: &Value, name: Sym, v: &Value) {
        if self.adding.iter().any(|a| a.1 == name)
            && matches!(v.kind, Kind::Const(crate::syntax::il::Lit::Bool(true)))
            && let Some((id, of)) = self.row_of_field(base.term)
            && self.adding.iter().any(|a| a.0 == of)
            && let Some(o) = st.obj_mut(id)
            && o.shape == Shape::Row
        {
            o.origin = Origin::Fresh;
            o.fields
                .retain(|f| !matches!(f.0.as_str(), "saved:" | "stored:" | "written:"));
        }
    }

    /// A row was written: it is stored now.
    pub(super) fn note_saved(&mut self, st: &mut State, id: ObjId) {
        let Some(o) = st.obj(id) else { return };
        if o.shape != Shape::Row || !matches!(o.container, Some(Container::Model(_))) {
            return;
        }
        let name = match (&o.origin, self.stored(o)) {
            (_, Some(true)) => return,
            (Origin::Fresh, _) => sym!("saved:"),
            _ => sym!("written:"),
        };
        let flag = Value::new(o.term, Kind::Unknown, Deps::default());
        if let Some(o) = st.obj_mut(id) {
            o.fields.retain(|f| !(f.0 == "pk" && f.1.value.is_none()));
            o.set(name, flag);
        }
    }

    /// A new row was given to something unknown, which may have saved it.
    pub(super) fn maybe_saved(&mut self, st: &mut State, v: &Value) {
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && self.stored(o) == Some(false)
        {
            let slot = Slot {
                value: Value::new(o.term, Kind::Unknown, Deps::default()),
                presence: Presence::Maybe,
            };
            if let Some(o) = st.obj_mut(id) {
                o.fields.push((sym!("saved:"), slot));
            }
        }
    }

    /// Of several rows the one that is meant here: one that can be, and the one that others have as well before one that
    /// was made to stand in for it.
    pub(super) fn one_row(&self, st: &State, v: &Value) -> Option<Value> {
        let Kind::Phi(alts) = &v.kind else {
            return None;
        };
        let read = |a: &&Alt| match a.value.kind {
            Kind::Obj(id) => st
                .obj(id)
                .filter(|o| {
                    o.shape == Shape::Row && matches!(o.container, Some(Container::Model(_)))
                })
                .map(|o| matches!(o.origin, Origin::Read(_))),
            _ => None,
        };
        let rows = || {
            alts.iter()
                .filter(|a| read(a).is_some() && self.possible(st, a))
        };
        let a = rows()
            .find(|a| read(a) == Some(true))
            .or_else(|| rows().next())?;
        let mut one = a.value.clone();
        one.deps = one.deps.union(&v.deps);
        Some(one)
    }

    /// Whether one of several values can be the one here, after what was decided on the way.
    fn possible(&self, st: &State, a: &Alt) -> bool {
        let decided = |f: Fact| st.ctl.iter().any(|c| c.facts.contains(&f));
        if let Kind::Obj(id) = a.value.kind
            && let Some(o) = st.obj(id)
            && let Origin::Read(r) = o.origin
            && decided(Fact::Absent(r))
        {
            return false;
        }
        !a.under.iter().flat_map(|c| &c.facts).any(|f| match f {
            Fact::Present(r) => decided(Fact::Absent(*r)),
            Fact::Absent(r) => decided(Fact::Present(*r)),
            _ => false,
        })
    }
}
