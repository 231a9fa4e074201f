//! Failures: what is raised, and the handlers that catch it.

use std::rc::Rc;

use super::Interp;
use super::cond::Gathered;
use super::context::{Handling, RaisePoint, TryContext};
use crate::analysis::access::AccessId;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Failure, Spec};
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Block, Expr, ExprKind, Handler, Lit};

/// Ways into one handler that are told apart.
const ENTRIES: usize = 8;

impl<'p> Interp<'p> {
    #[inline(never)]
    pub(super) fn run_try(
        &mut self,
        mut st: State,
        body: &'p Block,
        handlers: &'p [Handler],
        orelse: &'p Block,
        finally: &'p Block,
    ) -> Option<State> {
        let base = st.ctl.len();
        let catches = self.handler_names(&mut st, handlers);
        self.dead = false;
        let entry = st.clone();
        self.tries.push(TryContext {
            points: Vec::new(),
            catches: catches.clone(),
        });
        let returns_before = self.frames[self.cur].returns.len();
        let out = self.block(st, body);
        let ctx = self.tries.pop()?;
        let body_end = out.clone();
        let mut outs: Vec<State> = Vec::new();
        if let Some(s) = out {
            outs.extend(self.block(s, orelse));
        }
        let mut taken = vec![false; ctx.points.len()];
        // Decisions whose other side was caught here, and went on from there.
        let mut caught: Vec<(Loc, bool)> = Vec::new();
        let mut all_caught = false;
        for (h, names) in handlers.iter().zip(&catches) {
            let mut entries: Vec<State> = Vec::new();
            let mut decided: Vec<(Loc, bool)> = Vec::new();
            let mut bound: Option<Value> = None;
            for (i, p) in ctx.points.iter().enumerate() {
                if !taken[i] && self.may_catch(names, p.class) {
                    if p.class.is_some() {
                        taken[i] = true;
                    }
                    entries.push(p.state.clone());
                    decided.extend(p.state.ctl.iter().skip(base).map(|c| (c.loc, c.polarity)));
                    if bound.is_none() {
                        bound = p.value.clone();
                    }
                }
            }
            // What was passed on some of the ways only does not decide what a handler does.
            let passed: Vec<Vec<Loc>> = entries
                .iter()
                .map(|s| s.ctl.iter().skip(base).map(|c| c.loc).collect())
                .collect();
            // Many calls may fail in the same way: what tells failures apart is their facts.
            if entries.len() > ENTRIES {
                let known = |s: &State| s.ctl.iter().skip(base).any(|c| !c.facts.is_empty());
                entries.sort_by_key(|s| !known(s));
                entries.truncate(ENTRIES);
            }
            let specific = !entries.is_empty();
            let broad = names.is_empty()
                || names
                    .iter()
                    .any(|n| n == "Exception" || n == "BaseException");
            if !specific {
                entries.push(entry.clone());
                if let Some(s) = &body_end {
                    entries.push(s.clone());
                }
            } else if broad {
                // Something else may have failed as well; what it leaves behind is what stood at the start.
                let mut s = entry.clone();
                s.ctl.truncate(base);
                entries.push(s);
            }
            let missing = missing_on_some(&entries, base);
            let Some(mut s) = self.join_all(entries.into_iter(), base) else {
                continue;
            };
            if passed.len() > 1 {
                let mut i = 0;
                s.ctl.retain(|c| {
                    i += 1;
                    i <= base || passed.iter().all(|p| p.contains(&c.loc))
                });
            }
            s.ctl.extend(missing);
            self.merged.clear();
            if let Some(name) = h.name {
                let v = match bound {
                    Some(v) => v,
                    None => self.unknown(Deps::default()),
                };
                self.bind_name(&mut s, name, v);
            }
            self.handling.push(Handling {
                name: h.name,
                class: names
                    .first()
                    .copied()
                    .filter(|_| names.len() == 1 && !broad),
            });
            let end = self.block(s, &h.body);
            self.handling.pop();
            if let Some(s) = end {
                outs.push(s);
                caught.append(&mut decided);
                all_caught |= broad;
            }
        }
        let had_return = self.frames[self.cur].returns.len() > returns_before;
        let alone = outs.len() == 1;
        let mut joined = self.join_all(outs.into_iter(), base);
        if let Some(s) = &mut joined {
            if alone {
                let scope = if had_return {
                    Scope::Return
                } else {
                    Scope::Raise
                };
                for c in s.ctl.iter_mut().skip(base) {
                    if c.scope == Scope::Branch {
                        Rc::make_mut(c).scope = scope;
                    }
                }
            }
            self.take_merged(s);
            if !alone {
                // Either way leads here: what was decided in there no longer decides.
                let mut i = 0;
                s.ctl.retain(|c| {
                    i += 1;
                    // Whatever was raised in there was taken by a handler that goes on.
                    let taken = all_caught && c.scope == Scope::Raise && c.pred.is_some();
                    i <= base || !(taken || caught.contains(&(c.loc, !c.polarity)))
                });
            }
        }
        if finally.is_empty() {
            return joined;
        }
        match joined {
            Some(mut s) => {
                // It runs whatever was decided before.
                let decided = s.ctl.split_off(base.min(s.ctl.len()));
                let mut s = self.block(s, finally)?;
                let inside = s.ctl.split_off(base.min(s.ctl.len()));
                s.ctl.extend(decided);
                s.ctl.extend(inside);
                Some(s)
            }
            None => {
                // It runs on the way out; for what it does to stores and locks.
                self.block(entry, finally);
                None
            }
        }
    }

    fn handler_names(&mut self, st: &mut State, handlers: &'p [Handler]) -> Vec<Vec<Sym>> {
        handlers
            .iter()
            .map(|h| {
                let mut names = Vec::new();
                for t in &h.types {
                    self.class_tails(st, t, &mut names);
                }
                names
            })
            .collect()
    }

    fn class_tails(&mut self, st: &mut State, e: &'p Expr, out: &mut Vec<Sym>) {
        match &e.kind {
            ExprKind::Name(n) => {
                // A name may stand for a tuple of classes.
                let v = self.eval(st, e);
                match &v.kind {
                    Kind::Tuple(vs) => {
                        for v in vs.iter() {
                            if let Some(t) = self.tail_of(v) {
                                out.push(t);
                            }
                        }
                    }
                    _ => out.push(self.class_meant(&v).unwrap_or(*n)),
                }
            }
            // What a module or the own object calls so.
            ExprKind::Attr(of, n, _) if matches!(of.kind, ExprKind::Name(_)) => {
                let v = self.eval(st, e);
                out.push(self.class_meant(&v).unwrap_or(*n));
            }
            ExprKind::Attr(_, n, _) => out.push(*n),
            ExprKind::Tuple(es) | ExprKind::List(es) => {
                es.iter().for_each(|e| self.class_tails(st, e, out))
            }
            ExprKind::Call(c) => {
                // client.exceptions.from_code("...") and the like.
                for a in &c.args {
                    if let ExprKind::Const(Lit::Str(s)) = &a.value.kind {
                        out.push(*s);
                    }
                }
            }
            _ => {}
        }
    }

    fn tail_of(&self, v: &Value) -> Option<Sym> {
        match &v.kind {
            Kind::Class(c) => Some(self.p.class(*c).name),
            Kind::Path(p) => p.rsplit('.').next().map(intern),
            _ => None,
        }
    }

    /// The name of a class of failures, also where it is an attribute of a client (`client.exceptions.NotThere`) that was
    /// given another name.
    fn class_meant(&self, v: &Value) -> Option<Sym> {
        self.tail_of(v)
            .or_else(|| match self.seen.terms.get(v.term) {
                Term::Field(_, n) => Some(*n),
                _ => self.renamed.get(&v.term).copied(),
            })
    }

    /// The class of what is raised again as it was caught.
    pub(super) fn class_caught(&self) -> Option<Sym> {
        self.handling.last()?.class
    }

    pub(super) fn exception_class(&self, e: &Expr, v: &Value) -> Option<Sym> {
        match &e.kind {
            ExprKind::Call(c) => self.callee_tail(&c.callee),
            ExprKind::Name(n) if self.handling.last().is_some_and(|h| h.name == Some(*n)) => {
                self.class_caught()
            }
            _ => match &v.kind {
                Kind::Class(_) | Kind::Path(_) => self.tail_of(v),
                _ => self.callee_tail(e),
            },
        }
    }

    fn callee_tail(&self, e: &Expr) -> Option<Sym> {
        match &e.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => Some(*n),
            _ => None,
        }
    }

    /// A failure that some handler on the way may catch.
    pub(super) fn raise(&mut self, st: &State, class: Option<Sym>, value: Option<Value>) {
        // The innermost `try` that may catch it gets it.
        for i in (0..self.tries.len()).rev() {
            let catches = self.tries[i]
                .catches
                .iter()
                .any(|names| self.may_catch(names, class));
            if catches {
                self.tries[i].points.push(RaisePoint {
                    state: st.clone(),
                    class,
                    value,
                });
                return;
            }
        }
    }

    /// Whether a handler of these names (empty: bare) may catch that class.
    pub(super) fn may_catch(&self, names: &[Sym], class: Option<Sym>) -> bool {
        if names.is_empty()
            || names
                .iter()
                .any(|n| n == "Exception" || n == "BaseException")
        {
            return true;
        }
        match class {
            None => true,
            Some(c) => names.iter().any(|n| self.is_subclass(c, *n, 0)),
        }
    }

    /// Of several ways to a value each has either seen a write fail or left before it was made: who comes by any of them
    /// has not won.
    pub(super) fn none_won(&self, ways: &[&Alt], failed: &[(usize, AccessId)], g: &mut Gathered) {
        for (_, w) in failed {
            let Some(write) = self.seen.writes.get(w.0 as usize) else {
                continue;
            };
            let parted = |c: &Rc<Ctl>| {
                let other = |k: &Rc<Ctl>| k.loc == c.loc && k.polarity != c.polarity;
                write.ctl.iter().any(other)
            };
            let mut each = ways.iter().enumerate();
            let fact = Fact::Failed(*w);
            if !g.facts.contains(&fact)
                && !g.facts.contains(&Fact::Lost(*w))
                && each.all(|(i, a)| failed.contains(&(i, *w)) || a.under.iter().any(parted))
            {
                g.facts.push(fact);
            }
        }
    }

    /// Whether that is a name of the failure with which the call that made a write tells of a lost condition.
    pub(super) fn is_conflict_code(&self, w: AccessId, code: &str) -> bool {
        let Some(write) = self.seen.writes.get(w.0 as usize) else {
            return false;
        };
        let spec = &self.lib.specs[write.spec];
        spec.codes.iter().any(|c| c == code)
            || spec.raises.iter().any(|(f, path)| {
                *f != Failure::Absent && path.rsplit(['.', '/']).next().is_some_and(|t| t == code)
            })
    }

    /// Whether that is a name of a failure of other calls of the library: the call that made this write never fails like
    /// that.
    pub(super) fn fails_elsewhere(&self, w: AccessId, name: &str) -> bool {
        let Some(write) = self.seen.writes.get(w.0 as usize) else {
            return false;
        };
        let of = &self.lib.specs[write.spec];
        let last = |path: &str| path.rsplit(['.', '/']).next().is_some_and(|t| t == name);
        let named =
            |s: &Spec| s.codes.iter().any(|c| c == name) || s.raises.iter().any(|(_, p)| last(p));
        let others = || self.lib.specs.iter().filter(|s| s.pack == of.pack);
        // What commits with others fails as they all do.
        write.group.is_none() && !of.raises.is_empty() && !named(of) && others().any(named)
    }

    fn is_subclass(&self, class: Sym, of: Sym, depth: u32) -> bool {
        if class == of {
            return true;
        }
        if depth > 6 {
            return false;
        }
        if let Some(bases) = self.lib.bases_of.get(&class)
            && bases.iter().any(|b| self.is_subclass(*b, of, depth + 1))
        {
            return true;
        }
        self.p
            .base_names(class)
            .iter()
            .any(|b| self.is_subclass(*b, of, depth + 1))
    }
}

/// What a handler that several failures come to takes for granted, as far as that some row is missing: who has found none
/// comes there, and those for whom something else failed do as if they had.
fn missing_on_some(entries: &[State], base: usize) -> Vec<Rc<Ctl>> {
    if entries.len() < 2 {
        return Vec::new();
    }
    let mut out: Vec<Rc<Ctl>> = Vec::new();
    for c in entries.iter().flat_map(|s| s.ctl.iter().skip(base)) {
        if !c.facts.iter().any(|f| matches!(f, Fact::Absent(_))) {
            continue;
        }
        let mut c = (**c).clone();
        c.weaken();
        c.pred = None;
        c.branch = 0;
        c.scope = Scope::Branch;
        if !out.iter().any(|k| k.loc == c.loc && k.facts == c.facts) {
            out.push(Rc::new(c));
        }
    }
    out
}
