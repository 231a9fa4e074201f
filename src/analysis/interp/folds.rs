//! Lists folded into one value, and lists put together of others.

use super::Interp;
use super::call::Args;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::intern;
use crate::syntax::il::{BinOp, Expr, ExprKind};

impl Interp<'_> {
    /// `reduce(and_, tests)`: the elements one after the other, as far as they are known. Those that may be there or not
    /// leave something in it that nobody knows.
    pub(super) fn folded(&mut self, st: &mut State, args: &Args, loc: Loc) -> Option<Value> {
        let [f, list, start @ ..] = args.pos.as_slice() else {
            return None;
        };
        let known = self.known_elements(st, list)?;
        let mut each: Vec<Value> = start.first().cloned().into_iter().collect();
        let mut unsure = known.rest.as_ref().map(|v| v.deps.clone());
        for (v, presence) in known.each {
            match presence {
                Presence::Yes => each.push(v),
                Presence::Maybe => unsure = Some(unsure.unwrap_or_default().union(&v.deps)),
            }
        }
        each.extend(unsure.map(|deps| self.unknown(deps)));
        let mut each = each.into_iter();
        let mut out = each.next()?;
        for v in each {
            let mut a = Args::default();
            a.pos.extend([out, v]);
            out = self.call_value(st, f, a, loc);
        }
        Some(out)
    }

    /// An operator that is called by its name.
    pub(super) fn operated(&mut self, st: &mut State, op: BinOp, args: &Args) -> Option<Value> {
        match args.pos.as_slice() {
            [a, b] => Some(self.binary(st, op, a, b)),
            _ => None,
        }
    }

    /// Puts the elements of another list into a list: each by itself where all are known and no loop does it again.
    pub(super) fn add_all(&mut self, st: &mut State, id: ObjId, from: &Value, loc: Loc) {
        let v = self.concrete(from);
        if self.holds_nothing(st, &v) {
            return;
        }
        let at = st
            .obj(id)
            .filter(|o| o.rest.is_none())
            .map(|o| o.fields.len());
        let again = self.loops.iter().any(|l| l.is_loop && id.0 < l.made);
        if let (Some(at), false) = (at, again)
            && let Some(known) = self.known_elements(st, &v)
            && known.rest.is_none()
        {
            if let Some(o) = st.obj_mut(id) {
                let slots = known.each.into_iter().enumerate();
                o.fields.extend(slots.map(|(n, (value, presence))| {
                    (intern(&(at + n).to_string()), Slot { value, presence })
                }));
            }
            return;
        }
        self.add_each(st, id, from, loc);
    }

    /// Whether what is gone through is a variable of this function, or written there: no other one can have put something
    /// into a list that is empty.
    pub(super) fn is_of_here(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) => self.func().locals.contains(n),
            ExprKind::Dict(items) => items.is_empty(),
            ExprKind::List(items) | ExprKind::Tuple(items) => items.is_empty(),
            ExprKind::Or(es) => es.iter().all(|e| self.is_of_here(e)),
            ExprKind::Call(c) => match &c.callee.kind {
                ExprKind::Attr(of, name, _) => {
                    matches!(name.as_str(), "items" | "keys" | "values")
                        && c.args.is_empty()
                        && self.is_of_here(of)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a list or mapping was made here and nothing was put into it.
    pub(super) fn holds_nothing(&self, st: &State, v: &Value) -> bool {
        let Kind::Obj(id) = v.kind else { return false };
        let filled_by_now = self.loops.iter().any(|l| l.is_loop && id.0 < l.made);
        !filled_by_now && !self.seen.mutated.contains(&v.term) && self.is_empty_container(st, v)
    }
}
