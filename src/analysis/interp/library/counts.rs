//! What the store works out of related rows and hands out with a row: how many there are, whether there is one.

use std::rc::Rc;

use super::reads::Asked;
use super::*;
use crate::sym;

impl<'p> Interp<'p> {
    /// The rows of a query come with these, beside what was asked for before.
    pub(super) fn note_counts(&mut self, st: &mut State, call: &LibraryCall<'_>, query: ObjId) {
        let mut counts = match &call.spec.counts {
            Some(Sel::AllKw(_)) => {
                let (id, v) = self.obj_value(st, Shape::Dict);
                if let Some(o) = st.obj_mut(id) {
                    o.fields = call.args.kw.clone();
                }
                v
            }
            Some(sel) => match self.select(st, call, sel) {
                Some(slot) => slot.value,
                None => return,
            },
            None => return,
        };
        if let Some(before) = st.obj(query).and_then(|o| o.get(sym!("counts:"))).cloned() {
            let (id, v) = self.obj_value(st, Shape::Dict);
            self.merge_into(st, id, &before.value);
            self.merge_into(st, id, &counts);
            counts = v;
        }
        if let Some(o) = st.obj_mut(query) {
            o.set(sym!("counts:"), counts);
        }
    }

    /// Puts on a row what was counted for it: a read of the related rows, made with the row's own.
    pub(super) fn count_related(&mut self, st: &mut State, row: &Value, counts: &Value, loc: Loc) {
        let (Kind::Obj(row_id), Kind::Obj(counts)) = (&row.kind, &self.concrete(counts).kind)
        else {
            return;
        };
        let named: Vec<(Sym, Value)> = st
            .obj(*counts)
            .map(|o| {
                o.fields
                    .iter()
                    .map(|(n, s)| (*n, s.value.clone()))
                    .collect()
            })
            .unwrap_or_default();
        if st.obj(*row_id).is_none_or(|o| o.shape != Shape::Row) {
            return;
        }
        for (name, v) in named {
            let Kind::Store(t) = &v.kind else { continue };
            let StoreTerm::Op(op, of) = &**t else {
                continue;
            };
            let Some(StoreTerm::Value(of)) = of.first() else {
                continue;
            };
            let Some(v) = self.counted(st, row, *row_id, *op, of, loc) else {
                continue;
            };
            self.selected_by(st, *row_id, name, &v, loc);
            if let Some(o) = st.obj_mut(*row_id) {
                o.set(name, v);
            }
        }
    }

    /// Rows that were selected by what was counted: what comes after was decided by that.
    fn selected_by(&mut self, st: &mut State, row: ObjId, name: Sym, v: &Value, loc: Loc) {
        let Some(Origin::Read(r)) = st.obj(row).map(|o| o.origin.clone()) else {
            return;
        };
        let mut parts = Vec::new();
        let conds = &self.seen.reads[r.0 as usize].conds;
        conds.iter().for_each(|c| c.conjuncts(&mut parts));
        let tests = |c: &&Cond| matches!(c, Cond::Test { path, .. } if *path == name);
        if parts.iter().any(tests) {
            self.push_fact(st, Fact::Present(r), v.deps.data.clone(), loc);
        }
    }

    fn counted(
        &mut self,
        st: &mut State,
        row: &Value,
        row_id: ObjId,
        op: Sym,
        of: &Value,
        loc: Loc,
    ) -> Option<Value> {
        let rows = match self.seen.terms.text(of.term) {
            Some(path) => {
                let relation = intern(path.split("__").next().unwrap_or(""));
                self.relation(st, row_id, row, relation, loc)?
            }
            None => self.concrete(of),
        };
        let Kind::Obj(rows) = rows.kind else {
            return None;
        };
        let rows = st.obj(rows).filter(|o| matches!(o.shape, Shape::Lib(_)))?;
        let (container, parent, lock) = (rows.container, rows.parent, rows.lock);
        let conds = rows.conds.clone();
        let conds = conds.iter().map(|c| self.of_row(st, c, row, loc)).collect();
        let pack = self.lib.kinds.get(&sym!("query")).map(|k| k.pack)?;
        let spec = self.lib.specs.iter().position(|s| s.pack == pack)?;
        let args = Args::default();
        let call = LibraryCall::new(self.lib, spec, None, &args, loc);
        let asked = Asked {
            container,
            conds,
            lock,
            parent,
            ..Asked::default()
        };
        let (shape, part) = match op.as_str() {
            "count" => (Returns::Count, sym!("#")),
            "total" => (Returns::Aggregate, sym!("#")),
            "exists" => (Returns::Exists, sym!("?")),
            _ => return None,
        };
        let r = self.record_read(st, &call, &shape, asked);
        let kind = match shape {
            Returns::Count => Kind::Count(r),
            Returns::Exists => Kind::Presence(r),
            _ => Kind::Unknown,
        };
        Some(Value::new(
            self.seen.terms.fresh(),
            kind,
            Deps::read(r, part),
        ))
    }

    /// A test of a query within a query, where it speaks of the row of the one outside.
    fn of_row(&mut self, st: &mut State, c: &Rc<Cond>, row: &Value, loc: Loc) -> Rc<Cond> {
        let Cond::Test { path, cmp, with } = &**c else {
            return c.clone();
        };
        let outer = |v: &Value| match &v.kind {
            Kind::Store(t) => match &**t {
                StoreTerm::Op(op, of) if *op == "outer" => match of.first() {
                    Some(StoreTerm::Value(name)) => Some(name.term),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let mut values = Vec::with_capacity(with.len());
        for v in with {
            values.push(match outer(v).and_then(|t| self.seen.terms.text(t)) {
                Some(name) if name == "pk" || name == "id" => row.clone(),
                Some(name) => self.attr(st, row, name, loc),
                None => v.clone(),
            });
        }
        Rc::new(Cond::Test {
            path: *path,
            cmp: *cmp,
            with: values,
        })
    }
}
