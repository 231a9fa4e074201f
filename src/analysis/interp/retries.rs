//! Retries: a loop is interpreted for one turn, but who has lost in it and has read something anew comes with that to
//! the next.

use std::rc::Rc;

use super::Interp;
use super::context::LoopContext;
use crate::analysis::access::{AccessId, ReadId};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::{Block, Expr};

/// How many reads and writes there were when a loop was entered.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    reads: usize,
    writes: usize,
}

/// Objects within objects that are looked through.
const PARTS: u32 = 3;

/// What a turn has made of what was known before it.
struct Turns<'s> {
    before: &'s State,
    after: &'s State,
    /// The reads that were made in it.
    reads: Vec<ReadId>,
}

/// Where a value stands.
enum Spot {
    Var(Sym),
    Part(ObjId, Sym),
}

impl Turns<'_> {
    /// Whether a value was read in the turn: it, a part of it, or the row that it is.
    fn since(&self, v: &Value) -> bool {
        let row = |id: ObjId| match self.after.obj(id).map(|o| &o.origin) {
            Some(Origin::Read(r)) => self.reads.contains(r),
            _ => false,
        };
        v.deps.data.iter().any(|(r, _)| self.reads.contains(&r))
            || match &v.kind {
                Kind::Obj(id) => row(*id),
                Kind::Phi(alts) => alts
                    .iter()
                    .any(|a| matches!(a.value.kind, Kind::Obj(id) if row(id))),
                _ => false,
            }
    }

    /// Whether something that was read in the turn stands in the place of what was known before it.
    fn renewed(&self, old: &Value, new: &Value, depth: u32) -> bool {
        match &new.kind {
            _ if old.term != new.term => self.since(new),
            Kind::Obj(id) => self.renewed_in(*id, depth),
            Kind::Phi(alts) => alts
                .iter()
                .any(|a| matches!(a.value.kind, Kind::Obj(id) if self.renewed_in(id, depth))),
            _ => false,
        }
    }

    /// The same, inside of an object that both know: its row was read again, or a part of it is another's.
    fn renewed_in(&self, id: ObjId, depth: u32) -> bool {
        let (Some(a), Some(b)) = (self.before.obj(id), self.after.obj(id)) else {
            return false;
        };
        let part = |(name, b): &(Sym, Slot)| match a.get(*name) {
            Some(a) => depth < PARTS && self.renewed(&a.value, &b.value, depth + 1),
            None => self.since(&b.value),
        };
        matches!(&b.origin, Origin::Read(r) if self.reads.contains(r) && a.origin != b.origin)
            || b.fields.iter().any(part)
    }

    /// Where one of several values is one that was read in the turn: which.
    fn chosen(&self, at: Spot, old: &Value, new: &Value, depth: u32, out: &mut Vec<(Spot, Value)>) {
        match &new.kind {
            Kind::Phi(alts) if old.term != new.term => {
                let read = |a: &&Alt| self.renewed(old, &a.value, depth);
                let one = alts.iter().find(read);
                out.extend(one.map(|a| (at, a.value.clone())));
            }
            Kind::Obj(id) if old.term == new.term && depth < PARTS => {
                let (Some(a), Some(b)) = (self.before.obj(*id), self.after.obj(*id)) else {
                    return;
                };
                for (name, b) in &b.fields {
                    if let Some(a) = a.get(*name) {
                        let part = Spot::Part(*id, *name);
                        self.chosen(part, &a.value, &b.value, depth + 1, out);
                    }
                }
            }
            _ => {}
        }
    }
}

impl<'p> Interp<'p> {
    pub(super) fn enter_loop(&self) -> Entered {
        Entered {
            reads: self.seen.reads.len(),
            writes: self.seen.writes.len(),
        }
    }

    /// The next turn of who has lost a write in one, with something in the place of what was known before the loop that
    /// was read since. Where who has won comes to the end of the turn as well, that was read by who has lost.
    pub(super) fn retries(
        &self,
        before: &State,
        after: &State,
        entered: Entered,
        element: Option<&Value>,
    ) -> Option<State> {
        if self.retrying || self.seen.reads.len() == entered.reads {
            return None;
        }
        let lost = |f: &Fact| self.tells_lost(f, entered, element);
        let lost_by = |ctl: &[Rc<Ctl>]| ctl.iter().flat_map(|c| &c.facts).any(lost);
        let all = lost_by(&after.ctl);
        let merged = || after.merged_losses.iter().any(|w| lost(&Fact::Lost(*w)));
        if !all && !merged() {
            return None;
        }
        let made = self.seen.reads.iter().enumerate().skip(entered.reads);
        let reads = made.filter(|(_, r)| all || lost_by(&r.ctl));
        let turns = Turns {
            before,
            after,
            reads: reads.map(|(i, _)| ReadId(i as u32)).collect(),
        };
        let env = self.frames[self.cur].env;
        let (old, new) = (before.env(env)?, after.env(env)?);
        let known = || {
            let vars = new.vars.iter();
            vars.filter_map(|(name, b)| Some((*name, old.vars.get(*name)?, b)))
        };
        if turns.reads.is_empty() || !known().any(|(_, a, b)| turns.renewed(a, b, 0)) {
            return None;
        }
        let mut next = after.clone();
        let mut chosen = Vec::new();
        if !all {
            known().for_each(|(name, a, b)| turns.chosen(Spot::Var(name), a, b, 0, &mut chosen));
        }
        for (at, v) in chosen {
            match at {
                Spot::Var(name) => next.env_mut(env)?.vars.insert(name, v),
                Spot::Part(id, name) => next.obj_mut(id)?.set(name, v),
            }
        }
        Some(next)
    }

    /// Whether a fact says that a write of this turn was lost, or (where nobody has asked why it failed) may have been, and
    /// the next turn is about the same row.
    fn tells_lost(&self, f: &Fact, entered: Entered, element: Option<&Value>) -> bool {
        let conditional = |w: AccessId| !self.seen.writes[w.0 as usize].guards.is_empty();
        let w = match *f {
            Fact::Lost(w) => w,
            Fact::Failed(w) if self.may_be_lost(w) && conditional(w) => w,
            _ => return false,
        };
        w.0 as usize >= entered.writes && !self.picks(w, element)
    }

    /// Whether a write picks its row by the element of a turn: the next turn is about another one.
    fn picks(&self, w: AccessId, element: Option<&Value>) -> bool {
        let Some(element) = element else { return false };
        let parts = match &element.kind {
            Kind::Tuple(parts) => &parts[..],
            _ => std::slice::from_ref(element),
        };
        let terms = &self.seen.terms;
        let names = |v: &Value| {
            let mut parts = parts.iter().filter(|p| !terms.is_const(p.term));
            parts.any(|p| terms.mentions(v.term, p.term))
        };
        self.seen.writes[w.0 as usize].conds.iter().any(|c| {
            let mut tests = Vec::new();
            c.conjuncts(&mut tests);
            let key = |t: &&Cond| matches!(t, Cond::Test { with, .. } if with.iter().any(names));
            tests.iter().any(key)
        })
    }

    /// Whether who has lost a write in a turn takes away, before the next, a member of a request that was put together
    /// before the loop (its condition). The next turn is then that of who has done so.
    pub(super) fn gives_up(
        &self,
        before: &State,
        after: &State,
        entered: Entered,
    ) -> Option<State> {
        if self.retrying || self.seen.writes.len() == entered.writes {
            return None;
        }
        let lost = |c: &[Rc<Ctl>]| {
            let mut facts = c.iter().flat_map(|c| &c.facts);
            facts.any(|f| matches!(f, Fact::Lost(w) if w.0 as usize >= entered.writes))
        };
        let all = lost(&after.ctl);
        let old = before.env(self.frames[self.cur].env)?;
        let mut taken = Vec::new();
        for (_, v) in old.vars.iter() {
            let Kind::Obj(id) = v.kind else { continue };
            let (Some(a), Some(b)) = (before.obj(id), after.obj(id)) else {
                continue;
            };
            for (name, _) in a.fields.iter().filter(|f| !f.1.value.is_none()) {
                let gone = match b.get(*name).map(|s| &s.value) {
                    Some(v) if v.is_none() && all => Some(v),
                    Some(Value {
                        kind: Kind::Phi(alts),
                        ..
                    }) => {
                        let mut ways = alts.iter();
                        let way = ways.find(|a| a.value.is_none() && (all || lost(&a.under)));
                        way.map(|a| &a.value)
                    }
                    _ => None,
                };
                taken.extend(gone.map(|v| (id, *name, v.clone())));
            }
        }
        let mut next = (!taken.is_empty()).then(|| after.clone())?;
        for (id, name, v) in taken {
            if let Some(o) = next.obj_mut(id) {
                o.set(name, v);
            }
        }
        Some(next)
    }

    /// The next turn of a loop, for what is read and written in it only: what follows the loop has been seen.
    pub(super) fn turn_again(
        &mut self,
        mut st: State,
        of: &LoopContext,
        cond: Option<&'p Expr>,
        body: &'p Block,
    ) {
        let merged = std::mem::take(&mut self.merged);
        let returns = self.frames[self.cur].returns.len();
        self.retrying = true;
        self.loops.push(LoopContext {
            number: of.number,
            label: of.label,
            breaks: Vec::new(),
            continues: Vec::new(),
            is_loop: true,
            frame: self.cur,
            made: of.made,
            counted: of.counted.clone(),
        });
        let turns = cond.is_none_or(|c| {
            let v = self.eval(&mut st, c);
            let loc = self.loc(c.span);
            !self.dead && self.assume(&mut st, &v, true, loc, Scope::Loop)
        });
        if turns {
            self.block(st, body);
        }
        self.loops.pop();
        self.retrying = false;
        self.dead = false;
        self.frames[self.cur].returns.truncate(returns);
        self.merged = merged;
    }
}
