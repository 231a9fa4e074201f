//! What the store shows with a failure: the item that a lost condition was tried on, as it was then. To take it from
//! there is to have read it.

use std::rc::Rc;

use super::Interp;
use crate::analysis::Cmp;
use crate::analysis::access::{AccessId, ReadHow, ReadId, Write};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::sym;
use crate::symbol::Sym;

impl Interp<'_> {
    /// What is asked of a lost condition's failure: the item that is there, if the store puts it under that name.
    pub(super) fn shown(&mut self, st: &mut State, failure: &Value, name: Sym) -> Option<Value> {
        let Kind::Err(w) = failure.kind else {
            return None;
        };
        if !self.lib.is_listed(sym!("failure-items"), name) {
            return None;
        }
        let before = self.seen.outcomes.get(w.0 as usize)?.shown;
        let write = self.seen.writes.get(w.0 as usize)?;
        // Of several that were sent together: whichever was refused.
        if write.group.is_some() {
            self.seen.outcomes[w.0 as usize].shown = before.or(Some(None));
            return None;
        }
        let container = write.container;
        let read = before.flatten().unwrap_or_else(|| self.read_shown(st, w));
        self.seen.outcomes[w.0 as usize].shown = Some(Some(read));
        let term = self.seen.terms.intern(Term::Read(read));
        if let Some(id) = self
            .rows
            .get(&term)
            .copied()
            .filter(|id| st.obj(*id).is_some())
        {
            return Some(Value::new(term, Kind::Obj(id), Deps::default()));
        }
        Some(self.row_object(st, read, container, false))
    }

    /// The same of a failure into which another one was taken.
    pub(super) fn shown_of(&mut self, st: &mut State, id: ObjId, name: Sym) -> Option<Value> {
        let failure = st.obj(id)?.get(sym!("wrapped"))?.value.clone();
        self.shown(st, &failure, name)
    }

    /// The request that was refused as a read.
    fn read_shown(&mut self, st: &State, w: AccessId) -> ReadId {
        let write = &self.seen.writes[w.0 as usize];
        let (loc, container) = (write.loc, write.container);
        let id = self.outside_read(st, container, loc, ReadHow::Store);
        let write = &self.seen.writes[w.0 as usize];
        let read = &mut self.seen.reads[id.0 as usize];
        read.statement = write.statement;
        read.pack = write.pack;
        read.store = write.store;
        read.conds = selected(write);
        read.conn = write.conn;
        read.loops = write.loops.clone();
        read.key_names = write.key_names.clone();
        id
    }
}

/// How the item that a write was tried on is found: by its key, which of one that is put is what was not to be there.
fn selected(write: &Write) -> Vec<Rc<Cond>> {
    if !write.conds.is_empty() {
        return write.conds.clone();
    }
    let mut tests = Vec::new();
    write.guards.iter().for_each(|g| g.conjuncts(&mut tests));
    let key = tests.iter().filter_map(|t| match t {
        Cond::Test {
            path,
            cmp: Cmp::NotExists,
            ..
        } => write.sets.iter().find(|s| s.path == *path),
        _ => None,
    });
    let by = key.map(|s| Cond::Test {
        path: s.path,
        cmp: Cmp::Eq,
        with: vec![s.value.clone()],
    });
    by.map(Rc::new).collect()
}
