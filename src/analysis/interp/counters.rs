//! Numbers that a loop counts up or down: what is true of the first turn is not true of all of them.

use std::rc::Rc;

use super::Interp;
use crate::analysis::access::ReadId;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::{Block, Lit, Place, StmtKind};

impl<'p> Interp<'p> {
    /// Notes that a variable is counted up or down in the loops around.
    pub(super) fn note_counted(&mut self, name: Sym) {
        let cur = self.cur;
        for l in self
            .loops
            .iter_mut()
            .filter(|l| l.is_loop && l.frame == cur)
        {
            if !l.counted.contains(&name) {
                l.counted.push(name);
            }
        }
    }

    /// After the turns of a loop a variable that they count is some number.
    pub(super) fn count_on(&mut self, before: &State, after: &mut State, names: &[Sym]) {
        let env = self.frames[self.cur].env;
        for name in names {
            let Some(old) = before.env(env).and_then(|e| e.vars.get(*name)) else {
                continue;
            };
            let Some(new) = after.env(env).and_then(|e| e.vars.get(*name)).cloned() else {
                continue;
            };
            let counted = |v: &Value| is_number(v) && v.term != old.term;
            let some = match &new.kind {
                Kind::Phi(alts) if alts.iter().any(|a| counted(&a.value)) => {
                    let mut ways = Vec::with_capacity(alts.len());
                    for a in alts.iter() {
                        let value = match counted(&a.value) {
                            true => self.unknown(a.value.deps.clone()),
                            false => a.value.clone(),
                        };
                        let under = a.under.clone();
                        ways.push(Alt { value, under });
                    }
                    Value::new(new.term, Kind::Phi(Rc::new(ways)), new.deps)
                }
                _ if counted(&new) => self.unknown(new.deps),
                _ => continue,
            };
            if let Some(e) = after.env_mut(env) {
                e.vars.insert(*name, some);
            }
        }
    }

    /// After the turns over rows a variable that was worked out further in each of them depends on which rows there are.
    pub(super) fn total_on(&self, after: &mut State, names: &[Sym], rows: ReadId) {
        let env = self.frames[self.cur].env;
        for name in names {
            if let Some(e) = after.env_mut(env)
                && let Some(v) = e.vars.get(*name)
                && v.deps.data.of(rows)
            {
                let mut v = v.clone();
                v.deps = v.deps.union(&Deps::read(rows, sym!("#")));
                e.vars.insert(*name, v);
            }
        }
    }

    /// Notes of the writes of a loop that their conditions compare a value from before the loop, which the next turn counts
    /// on by itself: that is a guess, nobody has read it.
    pub(super) fn guess_on(&mut self, before: &State, after: &State, names: &[Sym], first: usize) {
        if self.seen.writes[first..]
            .iter()
            .all(|w| w.guards.is_empty())
        {
            return;
        }
        let env = self.frames[self.cur].env;
        let held = |st: &State, name: &Sym| Some(st.env(env)?.vars.get(*name)?.term);
        for name in names {
            let (Some(old), Some(new)) = (held(before, name), held(after, name)) else {
                continue;
            };
            let terms = &self.seen.terms;
            if new == old || terms.is_const(old) || !terms.mentions(new, old) {
                continue;
            }
            for w in &mut self.seen.writes[first..] {
                w.guessed = Some(old);
            }
        }
    }

    /// In the turns of a loop the variable that its step counts is some number.
    pub(super) fn count_turns(&mut self, st: &mut State, step: &'p Block) {
        let env = self.frames[self.cur].env;
        for s in step.iter() {
            let StmtKind::AugAssign(Place::Name(name, _), ..) = &s.kind else {
                continue;
            };
            let v = st.env(env).and_then(|e| e.vars.get(*name));
            if v.is_some_and(is_number) {
                let some = self.unknown(Deps::default());
                if let Some(e) = st.env_mut(env) {
                    e.vars.insert(*name, some);
                }
            }
        }
    }
}

fn is_number(v: &Value) -> bool {
    matches!(v.kind, Kind::Const(Lit::Int(_) | Lit::Float(_)))
}
