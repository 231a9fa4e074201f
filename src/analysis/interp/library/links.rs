//! Rows that are related to each other: a row in the table of the pairs, made by the manager of a relation to many.

use super::*;
use crate::analysis::program::Link;
use crate::sym;
use crate::symbol::Sym;

impl<'p> Interp<'p> {
    /// What the manager of a relation keeps of it.
    pub(super) fn link_mark(&mut self, link: &Link, forward: bool) -> (Sym, Value) {
        let mark = if forward {
            sym!("link:")
        } else {
            sym!("back:")
        };
        (mark, self.lit(Lit::Str(link.path)))
    }

    /// Whether a value is the manager of a relation between many rows and many.
    pub(super) fn is_link(&self, st: &State, v: &Value) -> bool {
        self.link_of(st, v).is_some()
    }

    fn link_of(&self, st: &State, v: &Value) -> Option<(Link, bool)> {
        let Kind::Obj(id) = self.concrete(v).kind else {
            return None;
        };
        let o = st.obj(id)?;
        let forward = o.get(sym!("link:"));
        let mark = forward.or_else(|| o.get(sym!("back:")))?;
        let of = self.seen.terms.text(mark.value.term)?;
        let link = self.p.link_of(of)?;
        Some((*link, forward.is_some()))
    }

    /// Relates rows to the one whose relation the receiver is. Who relates the same two once more is not refused.
    pub(super) fn link(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let link = call.receiver.and_then(|r| self.link_of(st, r));
        let owner = call.receiver.and_then(|r| self.owner_of(st, r));
        let (Some((link, forward)), Some(owner)) = (link, owner) else {
            return self.unknown(Deps::default());
        };
        let given = call
            .spec
            .item
            .as_ref()
            .and_then(|sel| self.select(st, call, sel));
        let row = match given.map(|s| s.value.kind) {
            Some(Kind::Tuple(rows)) if rows.len() == 1 => rows[0].clone(),
            _ => self.unknown(Deps::default()),
        };
        let v = self.write(st, call);
        let (.., own, other) = link.seen_from(forward);
        let set = |s: &Self, st: &State, path: Sym, value: Value| SetField {
            path,
            deps: s.deep_deps(st, &value, 0),
            value,
            choices: None,
            stored: None,
            copied: false,
        };
        let sets = vec![set(self, st, own, owner), set(self, st, other, row)];
        if let Some(w) = self.seen.writes.last_mut() {
            w.container = Some(Container::Model(link.table));
            w.conds = Vec::new();
            w.sets = sets;
        }
        v
    }

    /// The row whose relation a manager is.
    fn owner_of(&self, st: &State, v: &Value) -> Option<Value> {
        let Kind::Obj(id) = self.concrete(v).kind else {
            return None;
        };
        match &**st.obj(id)?.conds.first()? {
            Cond::Test {
                cmp: Cmp::Eq, with, ..
            } => with.first().cloned(),
            _ => None,
        }
    }
}
