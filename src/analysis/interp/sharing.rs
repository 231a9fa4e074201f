//! What a row shares with its shallow copies: the lists and mappings in it are theirs as well, so that a change in one
//! of them is a change of each.

use super::Interp;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::Lang;

impl<'p> Interp<'p> {
    /// An object is a shallow copy of the row of this term.
    pub(super) fn note_copy(&mut self, row: TermId, copy: ObjId) {
        let copies = self.copies.entry(row).or_default();
        if !copies.contains(&copy) {
            copies.push(copy);
        }
    }

    /// What a loop takes from a collection inside of an item is a part of that item. (In Go it is a copy.)
    pub(super) fn note_element(&mut self, st: &State, element: TermId, of: TermId) {
        if self.lang == Lang::Python && self.in_item(st, of) {
            self.element_of.insert(element, of);
        }
    }

    /// What stands for each element of a list in a loop.
    pub(super) fn element_term(&mut self, of: TermId) -> TermId {
        let term = self.seen.terms.fresh();
        if let Some(l) = self.loops.last().filter(|l| l.is_loop) {
            self.seen.elements.insert(term, (of, l.number));
        }
        term
    }

    /// Whether a value is a column as it was read.
    pub(super) fn is_column(&self, v: &Value) -> bool {
        let terms = &self.seen.terms;
        let of_read = |t: TermId| matches!(terms.get(t), Term::Read(_));
        matches!(v.kind, Kind::Unknown)
            && matches!(terms.get(v.term), Term::Field(of, _) if of_read(*of))
    }

    /// Whether something of which no more is known is a part of an item.
    pub(super) fn is_part(&self, st: &State, v: &Value) -> bool {
        matches!(v.kind, Kind::Unknown) && self.in_item(st, v.term)
    }

    fn in_item(&self, st: &State, part: TermId) -> bool {
        self.owner_field(part)
            .and_then(|(id, _)| st.obj(id))
            .is_some_and(|o| !matches!(o.container, Some(Container::Model(_))))
    }

    /// A part of a row was changed in place: its column is no longer what was read.
    pub(super) fn change_part(
        &mut self,
        st: &mut State,
        id: ObjId,
        name: Sym,
        part: TermId,
        loc: Loc,
    ) {
        self.note_change(id, name);
        let Some(o) = st.obj_mut(id) else { return };
        if !o.dirty.iter().any(|d| d.0 == name) {
            o.dirty.push((name, loc));
        }
        let deps = match o.origin {
            Origin::Read(r) => Deps::read(r, name),
            _ => Deps::default(),
        };
        match o.get(name).map(|s| s.value.clone()) {
            Some(v) if matches!(v.kind, Kind::Obj(_)) => {
                let v = Value::new(v.term, v.kind, v.deps.union(&deps));
                o.set(name, v);
            }
            old => {
                let deps = old.map_or(deps.clone(), |v| v.deps.union(&deps));
                let changed = Term::Op(sym!("changed"), vec![part]);
                let term = self.seen.terms.intern(changed);
                o.set(name, Value::new(term, Kind::Unknown, deps));
            }
        }
    }

    /// The same for the shallow copies of the row that have not put something else there.
    pub(super) fn change_copies(
        &mut self,
        st: &mut State,
        row: TermId,
        first: ObjId,
        name: Sym,
        part: TermId,
        loc: Loc,
    ) {
        for id in self.sharers(st, row, first, name) {
            self.change_part(st, id, name, part, loc);
        }
    }

    /// What was put into a part of a row stands in its copies too.
    pub(super) fn copies_depend(
        &mut self,
        st: &mut State,
        part: TermId,
        first: ObjId,
        name: Sym,
        deps: &Deps,
    ) {
        let Some(row) = self.owner_row(part) else {
            return;
        };
        for id in self.sharers(st, row, first, name) {
            if let Some(o) = st.obj_mut(id)
                && let Some((_, s)) = o.fields.iter_mut().find(|f| f.0 == name)
            {
                s.value.deps = s.value.deps.union(deps);
            }
        }
    }

    fn sharers(&mut self, st: &State, row: TermId, first: ObjId, name: Sym) -> Vec<ObjId> {
        let Some(copies) = self.copies.get(&row) else {
            return Vec::new();
        };
        let copies = copies.clone();
        let shared = self.seen.terms.field(row, name);
        let changed =
            |t: TermId| matches!(self.seen.terms.get(t), Term::Op(op, _) if *op == "changed");
        let shares = |id: &ObjId| {
            *id != first
                && st.obj(*id).is_some_and(|o| {
                    o.get(name)
                        .is_none_or(|s| s.value.term == shared || changed(s.value.term))
                })
        };
        copies.into_iter().filter(shares).collect()
    }

    /// The term of the row of which something is a part.
    fn owner_row(&self, part: TermId) -> Option<TermId> {
        let mut t = part;
        for _ in 0..12 {
            if self.rows.contains_key(&t) {
                return Some(t);
            }
            t = match self.seen.terms.get(t) {
                Term::Field(of, _) | Term::Index(of, _) => *of,
                _ => *self.element_of.get(&t)?,
            };
        }
        None
    }
}
