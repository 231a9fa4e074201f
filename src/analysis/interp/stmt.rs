//! Statements: paths part, join, leave, and raise.

use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::{Deferred, Hook, Interp, LoopContext, RaisePoint, TryContext};
use crate::analysis::access::DeedKind;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::TokenKind;
use crate::sym;
use crate::syntax::il::{BinOp, Block, Expr, ExprKind, Handler, Lit, Place, Span, Stmt, StmtKind};

/// Ways into one handler that are told apart.
const ENTRIES: usize = 8;

impl<'p> Interp<'p> {
    /// Runs a block; `None` when no path leaves it at its end.
    pub(super) fn block(&mut self, st: State, block: &'p Block) -> Option<State> {
        let mut st = Some(st);
        for stmt in block {
            let Some(s) = st else { break };
            st = self.stmt(s, stmt);
        }
        st
    }

    fn stmt(&mut self, mut st: State, stmt: &'p Stmt) -> Option<State> {
        if !self.step(stmt.span) {
            return Some(st);
        }
        if !matches!(
            stmt.kind,
            StmtKind::If(..)
                | StmtKind::Loop { .. }
                | StmtKind::Try { .. }
                | StmtKind::Block(..)
                | StmtKind::With(..)
        ) {
            self.statement = stmt.span;
        }
        let st = match &stmt.kind {
            StmtKind::Assign(targets, value) => {
                let v = self.eval(&mut st, value);
                for t in targets {
                    self.assign(&mut st, t, v.clone());
                }
                st
            }
            StmtKind::AugAssign(place, op, value) => {
                self.augment(&mut st, place, *op, value);
                st
            }
            StmtKind::Expr(e) => {
                self.discarded = match &e.kind {
                    ExprKind::Await(inner) => inner.span,
                    _ => e.span,
                };
                self.eval(&mut st, e);
                self.discarded = Span::default();
                st
            }
            StmtKind::Delete(place) => {
                self.delete(&mut st, place);
                st
            }
            StmtKind::If(cond, then, other) => return self.branch(st, cond, then, other),
            StmtKind::Loop {
                label,
                each,
                ranged,
                cond,
                body,
                step,
                orelse,
            } => {
                return self.run_loop(
                    st,
                    *label,
                    each.as_ref(),
                    *ranged,
                    cond.as_ref(),
                    body,
                    step,
                    orelse,
                );
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                return self.run_try(st, body, handlers, orelse, finally);
            }
            StmtKind::With(value, target, body) => {
                return self.with(st, value, target.as_ref(), body);
            }
            StmtKind::Defer(e) => {
                self.defer(&mut st, e);
                st
            }
            StmtKind::Spawn(e) => {
                let ctl = st.ctl.len();
                self.eval(&mut st, e);
                st.ctl.truncate(ctl);
                self.dead = false;
                st
            }
            StmtKind::Return(values) => {
                let v = match values.as_slice() {
                    [] => self.named_results(&mut st),
                    [one] => self.eval(&mut st, one),
                    many => {
                        let vs: Vec<Value> = many.iter().map(|e| self.eval(&mut st, e)).collect();
                        self.tuple(vs)
                    }
                };
                if self.dead {
                    self.dead = false;
                    return None;
                }
                self.note_swallowed_return(&st, &v, stmt.span);
                self.answer(&st, &v);
                let cur = self.cur;
                self.frames[cur].returns.push((st, v));
                return None;
            }
            StmtKind::Raise(value) => {
                let (class, v) = match value {
                    Some(e) => {
                        let v = self.eval(&mut st, e);
                        (self.exception_class(e, &v), Some(v))
                    }
                    None => (None, None),
                };
                self.dead = false;
                self.raise(&st, class, v);
                return None;
            }
            StmtKind::Break(label) | StmtKind::Continue(label) => {
                let is_break = matches!(stmt.kind, StmtKind::Break(_));
                let cur = self.cur;
                if let Some(l) = self
                    .loops
                    .iter_mut()
                    .rev()
                    .filter(|l| l.frame == cur)
                    .find(|l| label.map_or(l.is_loop, |n| l.label == Some(n)))
                {
                    if is_break {
                        l.breaks.push(st)
                    } else {
                        l.continues.push(st)
                    }
                }
                return None;
            }
            StmtKind::Assert(cond) => {
                let v = self.eval(&mut st, cond);
                if self.assume(&mut st, &v, true, self.loc(cond.span), Scope::Raise) {
                    st
                } else {
                    return None;
                }
            }
            StmtKind::Func(name, idx) => {
                let func = FuncRef {
                    file: self.file(),
                    func: *idx,
                };
                let env = self.frames[self.cur].env;
                let v = self.func_value(&mut st, func, Some(env));
                self.bind_name(&mut st, *name, v);
                st
            }
            StmtKind::Class(name, idx) => {
                let class = ClassRef {
                    file: self.file(),
                    class: *idx,
                };
                let term = self
                    .seen
                    .terms
                    .intern(Term::Global(self.p.class_path(class)));
                self.bind_name(
                    &mut st,
                    *name,
                    Value::new(term, Kind::Class(class), Deps::default()),
                );
                st
            }
            StmtKind::Block(label, body) => {
                if label.is_none() {
                    return self.block(st, body);
                }
                let base = st.ctl.len();
                self.loops.push(LoopContext {
                    number: 0,
                    label: *label,
                    breaks: Vec::new(),
                    continues: Vec::new(),
                    is_loop: false,
                    frame: self.cur,
                });
                let out = self.block(st, body);
                let l = self.loops.pop()?;
                return self.join_all(out.into_iter().chain(l.breaks), base);
            }
            StmtKind::Choice(blocks, exhaustive) => {
                let base = st.ctl.len();
                let mut outs = Vec::new();
                for b in blocks {
                    outs.extend(self.block(st.clone(), b));
                }
                if !exhaustive || blocks.is_empty() {
                    outs.push(st);
                }
                return self.join_all(outs.into_iter(), base);
            }
        };
        if self.dead {
            self.dead = false;
            return None;
        }
        Some(st)
    }

    /// Joins any number of paths.
    pub(super) fn join_all(
        &mut self,
        paths: impl Iterator<Item = State>,
        base: usize,
    ) -> Option<State> {
        let mut out: Option<State> = None;
        for p in paths {
            out = Some(match out {
                None => p,
                Some(a) => {
                    self.note_merged(&a, &p);
                    a.join(p, base, &mut self.seen.terms)
                }
            });
        }
        out
    }

    /// Where a losing side joins the winning one, what both reach from here on is reached without having won.
    fn note_merged(&mut self, a: &State, b: &State) {
        for (x, y) in [(a, b), (b, a)] {
            let lost: Vec<_> = x
                .ctl
                .iter()
                .flat_map(|c| c.facts.iter())
                .filter_map(|f| {
                    if let Fact::Lost(w) = f {
                        Some(*w)
                    } else {
                        None
                    }
                })
                .collect();
            for w in lost {
                // Only a path that made the write and did not lose is the winner's.
                let lost_too = y.ctl.iter().any(|c| c.facts.contains(&Fact::Lost(w)));
                if !lost_too && y.done.contains(&w) {
                    self.merged.push(w);
                }
            }
        }
    }

    fn branch(
        &mut self,
        mut st: State,
        cond: &'p Expr,
        then: &'p Block,
        other: &'p Block,
    ) -> Option<State> {
        let statement = self.statement;
        self.statement = cond.span;
        let v = self.eval(&mut st, cond);
        let v = self.tested(&mut st, v, cond.span);
        self.statement = statement;
        if self.dead {
            self.dead = false;
            return None;
        }
        let loc = self.loc(cond.span);
        let base = st.ctl.len();
        let mut outs: Vec<(State, usize)> = Vec::new();
        let mut ends = [Scope::Branch; 2];
        let number = self.new_branch();
        for (i, (polarity, body)) in [(true, then), (false, other)].into_iter().enumerate() {
            let mut s = st.clone();
            self.branching = number;
            let possible = self.assume(&mut s, &v, polarity, loc, Scope::Branch);
            self.branching = 0;
            if !possible {
                ends[i] = Scope::Branch;
                continue;
            }
            let (returns, left) = (self.frames[self.cur].returns.len(), self.left());
            let before = self.merged.len();
            match self.block(s, body) {
                Some(s) => outs.push((s, i)),
                None => {
                    ends[i] = if self.frames[self.cur].returns.len() > returns {
                        Scope::Return
                    } else if self.left() > left {
                        Scope::Loop
                    } else {
                        Scope::Raise
                    };
                }
            }
            let _ = before;
        }
        match outs.len() {
            0 => None,
            1 => {
                let (mut s, i) = outs.remove(0);
                let end = ends[1 - i];
                if end == Scope::Branch {
                    // The other side can't happen at all.
                    return Some(s);
                }
                for c in s.ctl.iter_mut().skip(base) {
                    if c.scope == Scope::Branch {
                        Rc::make_mut(c).scope = end;
                    }
                }
                Some(s)
            }
            _ => {
                let (b, _) = outs.pop()?;
                let (a, _) = outs.pop()?;
                self.note_merged(&a, &b);
                let mut joined = a.join(b, base, &mut self.seen.terms);
                self.take_merged(&mut joined);
                Some(joined)
            }
        }
    }

    pub(super) fn take_merged(&mut self, st: &mut State) {
        if !self.merged.is_empty() {
            let merged = std::mem::take(&mut self.merged);
            let all = Rc::make_mut(&mut st.merged_losses);
            for w in merged {
                if !all.contains(&w) {
                    all.push(w);
                }
            }
        }
    }

    fn left(&self) -> usize {
        self.loops
            .iter()
            .map(|l| l.breaks.len() + l.continues.len())
            .sum()
    }

    #[allow(clippy::too_many_arguments)]
    fn run_loop(
        &mut self,
        mut st: State,
        label: Option<Ustr>,
        each: Option<&'p (Place, Expr)>,
        ranged: bool,
        cond: Option<&'p Expr>,
        body: &'p Block,
        step: &'p Block,
        orelse: &'p Block,
    ) -> Option<State> {
        let base = st.ctl.len();
        let number = self.new_loop();
        let iterable = each.map(|(_, e)| {
            self.statement = e.span;
            self.eval(&mut st, e)
        });
        if self.dead {
            self.dead = false;
            return None;
        }
        self.loops.push(LoopContext {
            number,
            label,
            breaks: Vec::new(),
            continues: Vec::new(),
            is_loop: true,
            frame: self.cur,
        });
        let mut inside = st.clone();
        let mut endless = false;
        let mut runs = true;
        let mut exit: Option<State> = None;
        if let (Some((target, e)), Some(v)) = (each, iterable) {
            let element = self.element(
                &mut inside,
                &v,
                ranged,
                matches!(target, Place::Tuple(..)),
                self.loc(e.span),
            );
            self.assign(&mut inside, target, element);
            match self.known_items(&st, &v) {
                Some(0) => {
                    runs = false;
                    exit = Some(st.clone());
                }
                Some(_) => {}
                None => exit = Some(st.clone()),
            }
        } else if let Some(c) = cond {
            let v = self.eval(&mut inside, c);
            let mut leave = inside.clone();
            if matches!(v.kind, Kind::Const(Lit::Bool(true) | Lit::Int(1))) {
                endless = true;
            } else {
                let loc = self.loc(c.span);
                runs = self.assume(&mut inside, &v, true, loc, Scope::Loop);
                if self.assume(&mut leave, &v, false, loc, Scope::Loop) {
                    exit = Some(leave);
                }
            }
        } else {
            endless = true;
        }
        let losses = st.merged_losses.clone();
        let out = if runs { self.block(inside, body) } else { None };
        let continues = match self.loops.last_mut() {
            Some(l) => std::mem::take(&mut l.continues),
            None => Vec::new(),
        };
        let mut out = self.join_all(out.into_iter().chain(continues), base);
        if let Some(s) = out.take() {
            out = self.block(s, step);
        }
        let l = self.loops.pop()?;
        if let Some(s) = &mut out {
            strip_loop(s, base);
            if each.is_some() {
                // Who lost on one element has gone on to the next.
                s.merged_losses = losses.clone();
            }
        }
        let mut after: Vec<State> = Vec::new();
        // Losing one turn of a loop says nothing about what follows the loop.
        let lost_before = st.merged_losses.clone();
        if !endless {
            after.extend(exit);
            after.extend(out);
        }
        let mut normal = self.join_all(after.into_iter(), base);
        if let Some(s) = normal.take() {
            normal = if orelse.is_empty() {
                Some(s)
            } else {
                self.block(s, orelse)
            };
        }
        let breaks: Vec<State> = l
            .breaks
            .into_iter()
            .map(|mut s| {
                if each.is_some() {
                    s.merged_losses = losses.clone();
                }
                // What decided to break decides what follows the loop as well.
                for c in s.ctl.iter_mut().skip(base) {
                    if c.scope == Scope::Branch {
                        Rc::make_mut(c).scope = Scope::Loop;
                    }
                }
                s
            })
            .collect();
        let alone = normal.is_none() && breaks.len() == 1;
        let mut joined = self.join_all(normal.into_iter().chain(breaks), base)?;
        if alone {
            strip_loop(&mut joined, base);
        }
        self.take_merged(&mut joined);
        if self.lang == crate::syntax::Lang::Go {
            joined.merged_losses = lost_before;
        }
        Some(joined)
    }

    /// How many elements a list has that was put together here, where that is known.
    fn known_items(&self, st: &State, v: &Value) -> Option<usize> {
        let Kind::Obj(id) = v.kind else { return None };
        let o = st.obj(id)?;
        let known = self.lang == crate::syntax::Lang::Go
            && o.shape == Shape::List
            && o.origin == Origin::Fresh
            && o.rest.is_none()
            && o.maybe.is_none()
            && !o.sliced
            && o.fields.iter().all(|(_, s)| s.presence == Presence::Yes)
            && !self.seen.mutated.contains(&v.term);
        known.then_some(o.fields.len())
    }

    fn handler_names(&mut self, st: &mut State, handlers: &'p [Handler]) -> Vec<Vec<Ustr>> {
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

    fn class_tails(&mut self, st: &mut State, e: &'p Expr, out: &mut Vec<Ustr>) {
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
                    _ => out.push(self.tail_of(&v).unwrap_or(*n)),
                }
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

    pub(super) fn tail_of(&self, v: &Value) -> Option<Ustr> {
        match &v.kind {
            Kind::Class(c) => Some(self.p.class(*c).name),
            Kind::Path(p) => p.rsplit('.').next().map(ustr),
            _ => None,
        }
    }

    fn exception_class(&self, e: &Expr, v: &Value) -> Option<Ustr> {
        match &e.kind {
            ExprKind::Call(c) => self.callee_tail(&c.callee),
            _ => match &v.kind {
                Kind::Class(_) | Kind::Path(_) => self.tail_of(v),
                _ => self.callee_tail(e),
            },
        }
    }

    fn callee_tail(&self, e: &Expr) -> Option<Ustr> {
        match &e.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => Some(*n),
            _ => None,
        }
    }

    /// A failure that some handler on the way may catch.
    pub(super) fn raise(&mut self, st: &State, class: Option<Ustr>, value: Option<Value>) {
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
    pub(super) fn may_catch(&self, names: &[Ustr], class: Option<Ustr>) -> bool {
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

    fn is_subclass(&self, class: Ustr, of: Ustr, depth: u32) -> bool {
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

    fn run_try(
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
            self.merged.clear();
            if let Some(name) = h.name {
                let v = match bound {
                    Some(v) => v,
                    None => self.unknown(Deps::default()),
                };
                self.bind_name(&mut s, name, v);
            }
            if let Some(s) = self.block(s, &h.body) {
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

    fn with(
        &mut self,
        mut st: State,
        value: &'p Expr,
        target: Option<&'p Place>,
        body: &'p Block,
    ) -> Option<State> {
        self.statement = value.span;
        let v = self.eval(&mut st, value);
        if self.dead {
            self.dead = false;
            return None;
        }
        let v = self.concrete(&v);
        match &v.kind {
            Kind::Region(i) => {
                let region = self.regions[*i].clone();
                let token = region.kind.map(|k| self.take_token(&mut st, &region, k));
                if let Some(t) = target {
                    let bound = match region.value {
                        Some(v) => v,
                        None => self.unknown(Deps::default()),
                    };
                    self.assign(&mut st, t, bound);
                }
                let mut out = self.block(st, body);
                if let (Some(token), Some(s)) = (token, &mut out) {
                    self.release(s, token);
                }
                out
            }
            Kind::Obj(id) => {
                let obj = st.obj(*id)?.clone();
                if obj.shape == Shape::Lib(sym!("context")) {
                    return self.with_generator(st, &obj, target, body);
                }
                let (enter, exit) = match value.kind {
                    ExprKind::Await(_) => (sym!("__aenter__"), sym!("__aexit__")),
                    _ => (sym!("__enter__"), sym!("__exit__")),
                };
                let enter = obj.class.and_then(|c| self.p.method(c, enter));
                if let Some((_, enter)) = enter {
                    let f = self.func_value(&mut st, enter, None);
                    let f = self.bind(f, v.clone());
                    let entered = self.call_value(
                        &mut st,
                        &f,
                        super::call::Args::default(),
                        self.loc(value.span),
                    );
                    if self.dead {
                        self.dead = false;
                        return None;
                    }
                    if let Some(t) = target {
                        self.assign(&mut st, t, entered);
                    }
                    let exit = obj.class.and_then(|c| self.p.method(c, exit));
                    let cur = self.cur;
                    let returns = self.frames[cur].returns.len();
                    let mut out = self.block(st, body);
                    if let Some((_, exit)) = exit {
                        // Whoever leaves by `return` passes there as well.
                        let mut left: Vec<(State, Value)> =
                            self.frames[cur].returns.split_off(returns);
                        for (s, _) in &mut left {
                            self.exit(s, exit, &v, value);
                        }
                        self.frames[cur].returns.extend(left);
                        if let Some(s) = &mut out {
                            self.exit(s, exit, &v, value);
                        }
                    }
                    return out;
                }
                if let Some(t) = target {
                    self.assign(&mut st, t, v.clone());
                }
                self.block(st, body)
            }
            _ => {
                let mut token = None;
                if matches!(v.kind, Kind::Unknown) && !self.harmless_region(value) {
                    let region = super::Region {
                        kind: Some(TokenKind::Process),
                        conn: None,
                        key: None,
                        loc: self.loc(value.span),
                        value: None,
                    };
                    let t = self.take_token(&mut st, &region, TokenKind::Process);
                    self.seen.tokens[t.0 as usize].assumed = Some("unknown");
                    token = Some(t);
                }
                if let Some(t) = target {
                    self.assign(&mut st, t, v.clone());
                }
                let mut out = self.block(st, body);
                if let (Some(t), Some(s)) = (token, &mut out) {
                    self.release(s, t);
                }
                out
            }
        }
    }

    /// `__exit__`, with nothing that was raised.
    fn exit(&mut self, st: &mut State, exit: FuncRef, object: &Value, with: &'p Expr) {
        let f = self.func_value(st, exit, None);
        let f = self.bind(f, object.clone());
        let mut args = super::call::Args::default();
        for _ in 0..3 {
            let n = self.none();
            args.pos.push(n);
        }
        self.call_value(st, &f, args, self.loc(with.span));
        self.dead = false;
    }

    /// A `with` over a call of a standard library is no guard.
    fn harmless_region(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Call(c) => match &c.callee.kind {
                ExprKind::Name(n) => n == "open",
                _ => false,
            },
            _ => false,
        }
    }

    /// `with` over a generator of the project: its body up to `yield`, ours, then the rest of its body.
    fn with_generator(
        &mut self,
        mut st: State,
        obj: &Obj,
        target: Option<&'p Place>,
        body: &'p Block,
    ) -> Option<State> {
        let Some(Kind::Func(closure)) = obj.get(sym!("func")).map(|s| s.value.kind.clone()) else {
            return self.block(st, body);
        };
        let mut args = super::call::Args::default();
        for (name, slot) in &obj.fields {
            if let Some(n) = name.strip_prefix("arg:") {
                match n.parse::<usize>() {
                    Ok(_) => args.pos.push(slot.value.clone()),
                    Err(_) => args.kw.push((ustr(n), slot.clone())),
                }
            }
        }
        let hook = Hook {
            frame: self.cur,
            body,
            target,
        };
        let loc = self.loc(self.statement);
        self.inline(&mut st, &closure, args, loc, Some(hook));
        if self.dead {
            self.dead = false;
            return None;
        }
        Some(st)
    }

    /// At a `yield` of a generator that a `with` entered.
    pub(super) fn run_hook(&mut self, st: &mut State, value: Value) {
        let Some(hook) = self.frames[self.cur].hook else {
            return;
        };
        let inner = self.cur;
        self.cur = hook.frame;
        if let Some(t) = hook.target {
            self.assign(st, t, value);
        }
        let taken = std::mem::take(st);
        match self.block(taken.clone(), hook.body) {
            Some(s) => *st = s,
            None => {
                *st = taken;
                self.dead = true;
            }
        }
        self.cur = inner;
    }

    fn defer(&mut self, st: &mut State, e: &'p Expr) {
        let e = match &e.kind {
            ExprKind::Await(inner) => inner,
            _ => e,
        };
        if let ExprKind::Call(c) = &e.kind {
            let callee = self.callee(st, &c.callee);
            let args = self.args(st, c);
            let loc = self.loc(e.span);
            let cur = self.cur;
            self.frames[cur].defers.push(Deferred { callee, args, loc });
        }
    }

    fn named_results(&mut self, st: &mut State) -> Value {
        let func = self.func();
        if func.results.iter().all(Option::is_none) {
            return self.none();
        }
        let mut vs = Vec::new();
        for name in func.results.iter().flatten() {
            let v = self.lookup(st, *name);
            vs.push(v);
        }
        if vs.len() == 1 {
            vs.remove(0)
        } else {
            self.tuple(vs)
        }
    }

    pub(super) fn tuple(&mut self, vs: Vec<Value>) -> Value {
        let deps = vs.iter().fold(Deps::default(), |d, v| d.union(&v.deps));
        let terms = vs.iter().map(|v| v.term).collect();
        let term = self.seen.terms.intern(Term::Op(sym!("tuple"), terms));
        Value::new(term, Kind::Tuple(Rc::new(vs)), deps)
    }

    pub(super) fn bind_name(&mut self, st: &mut State, name: Ustr, v: Value) {
        let mut env = Some(self.frames[self.cur].env);
        // The environment whose function binds the name; the current one where none does.
        while let Some(id) = env {
            let Some(e) = st.env(id) else { break };
            if self.p.func(e.func).locals.contains(&name) {
                if let Some(e) = st.env_mut(id) {
                    e.vars.insert(name, v);
                }
                return;
            }
            env = e.parent;
        }
        let file = self.file();
        if self.p.is_global(file, name) {
            Rc::make_mut(&mut st.globals).insert((file, name), v);
            return;
        }
        let cur = self.frames[self.cur].env;
        if let Some(e) = st.env_mut(cur) {
            e.vars.insert(name, v);
        }
    }

    /// `place = value`.
    pub(super) fn assign(&mut self, st: &mut State, place: &'p Place, v: Value) {
        match place {
            Place::Name(n, _) => self.bind_name(st, *n, v),
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.set_attr(st, &b, *name, v, loc);
            }
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.set_index(st, &b, &i, v, loc);
            }
            Place::Deref(base, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.copy_into(st, &b, &v, loc);
            }
            Place::Tuple(places, span) => {
                let v = self.concrete_tuple(&v);
                let star = places.iter().position(|p| matches!(p, Place::Star(..)));
                for (i, p) in places.iter().enumerate() {
                    let part = match (&v.kind, star) {
                        (Kind::Tuple(vs), None) if i < vs.len() => vs[i].clone(),
                        (Kind::Tuple(vs), Some(s)) if i < s && i < vs.len() => vs[i].clone(),
                        _ => {
                            let loc = self.loc(*span);
                            self.unpacked(st, &v, i, loc)
                        }
                    };
                    self.assign(st, p, part);
                }
            }
            Place::Star(inner, _) => self.assign(st, inner, v),
            Place::Ignore => {}
        }
    }

    /// A value of several tuples is a tuple of several values.
    fn concrete_tuple(&mut self, v: &Value) -> Value {
        let Kind::Phi(alts) = &v.kind else {
            return v.clone();
        };
        let mut tuples = alts
            .iter()
            .filter(|a| matches!(a.value.kind, Kind::Tuple(_)));
        let Some(first) = tuples.next() else {
            return v.clone();
        };
        let mut joined = first.value.clone();
        let mut under = first.under.clone();
        for next in tuples {
            joined = crate::analysis::state::join_values(
                &joined,
                &under,
                &next.value,
                &next.under,
                &mut self.seen.terms,
            );
            under = Rc::new(Vec::new());
            if !matches!(joined.kind, Kind::Tuple(_)) {
                return first.value.clone();
            }
        }
        joined
    }

    fn augment(&mut self, st: &mut State, place: &'p Place, op: BinOp, value: &'p Expr) {
        let old = match place {
            Place::Name(n, _) => self.lookup(st, *n),
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.attr(st, &b, *name, loc)
            }
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.index(st, &b, &i, loc)
            }
            Place::Deref(base, _) => self.eval(st, base),
            _ => self.unknown(Deps::default()),
        };
        let right = self.eval(st, value);
        let v = self.binary(st, op, &old, &right);
        self.assign(st, place, v);
    }

    fn delete(&mut self, st: &mut State, place: &'p Place) {
        match place {
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.remove_key(st, &b, &i, loc);
            }
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.mutate(st, &b, &Deps::default(), loc);
                let _ = name;
            }
            Place::Tuple(ps, _) => ps.iter().for_each(|p| self.delete(st, p)),
            _ => {}
        }
    }

    /// Gives a token up; with a transaction go the locks that end with it.
    pub(super) fn release(&self, st: &mut State, token: crate::analysis::access::TokenId) {
        if !st.held.contains(&token) {
            return;
        }
        let order = self.seen.tokens[token.0 as usize].order;
        let txn = self.seen.tokens[token.0 as usize].kind == TokenKind::Txn;
        Rc::make_mut(&mut st.held).retain(|t| {
            let other = &self.seen.tokens[t.0 as usize];
            *t != token && !(txn && other.until_txn && other.order > order)
        });
    }

    /// Takes a token.
    pub(super) fn take_token(
        &mut self,
        st: &mut State,
        region: &super::Region,
        kind: TokenKind,
    ) -> crate::analysis::access::TokenId {
        let id = crate::analysis::access::TokenId(self.seen.tokens.len() as u32);
        let order = self.tick();
        self.seen.tokens.push(crate::analysis::access::Token {
            kind,
            loc: region.loc,
            conn: region.conn,
            key: region.key,
            until_txn: false,
            assumed: None,
            order,
        });
        Rc::make_mut(&mut st.held).push(id);
        id
    }

    /// What the root answers; what other functions give back is seen where they are called.
    fn answer(&mut self, st: &State, v: &Value) {
        if self.frames[self.cur].depth > 1 || !says_something(v) {
            return;
        }
        if let Kind::Phi(alts) = &v.kind
            && alts.iter().all(|a| matches!(a.value.kind, Kind::Const(_)))
        {
            for a in alts.iter().filter(|a| says_something(&a.value)) {
                let mut s = st.ctl.clone();
                s.extend(a.under.iter().cloned());
                self.deed(Rc::new(s), DeedKind::Answer(a.value.term));
            }
        } else if !st.ctl.is_empty() {
            self.deed(Rc::new(st.ctl.clone()), DeedKind::Answer(v.term));
        }
    }

    fn note_swallowed_return(&mut self, st: &State, v: &Value, span: crate::syntax::Span) {
        let loc = self.loc(span);
        let frame = self.frames[self.cur].id;
        for w in st.merged_losses.iter() {
            // What another function gives back later is not this write's answer.
            let within = self.seen.writes[w.0 as usize]
                .stack
                .iter()
                .any(|f| f.id == frame);
            if !within || self.tells_loss(st, v, *w) {
                continue;
            }
            self.reached_without_winning(*w, loc);
        }
    }

    /// Whether what is returned tells the caller (Go: by an error) that this write was lost.
    fn tells_loss(&self, st: &State, v: &Value, w: crate::analysis::access::AccessId) -> bool {
        // Nothing, a falsehood, or a value that tells how it went.
        let lost = |c: &[Rc<Ctl>]| c.iter().any(|c| c.facts.contains(&Fact::Lost(w)));
        if let Kind::Phi(alts) = &v.kind
            && alts.iter().any(|a| lost(&a.under))
            && alts.iter().any(|a| !lost(&a.under))
        {
            return true;
        }
        if self.lang != crate::syntax::Lang::Go {
            // What is there now, read again, is as good for the loser.
            let again = match v.kind {
                Kind::Obj(id) => st.obj(id).is_some_and(|o| match o.origin {
                    Origin::Read(r) => {
                        self.seen.reads[r.0 as usize].order > self.seen.writes[w.0 as usize].order
                    }
                    _ => false,
                }),
                _ => false,
            };
            return again || matches!(v.kind, Kind::Const(l) if !super::cond::truthy_lit(l));
        }
        let last = match &v.kind {
            Kind::Tuple(vs) => match vs.last() {
                Some(v) => v,
                None => return false,
            },
            _ => v,
        };
        let is_loss = |v: &Value| match &v.kind {
            Kind::Err(x) => *x == w,
            Kind::Obj(id) => st
                .obj(*id)
                .is_some_and(|o| o.type_path.is_some_and(|t| t == "error")),
            Kind::Test(_) => true,
            _ => false,
        };
        match &last.kind {
            Kind::Phi(alts) => alts.iter().any(|a| is_loss(&a.value)),
            _ => is_loss(last),
        }
    }

    /// Something that the winner does is done by the loser as well.
    pub(super) fn reached_without_winning(
        &mut self,
        w: crate::analysis::access::AccessId,
        at: Loc,
    ) {
        if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize)
            && o.swallowed.is_none()
        {
            let from = o.handled.unwrap_or(at);
            o.swallowed = Some((from, at));
        }
    }
}

/// Whether an answer is more than nothing, or a failure handed on.
fn says_something(v: &Value) -> bool {
    match &v.kind {
        Kind::Const(Lit::None) | Kind::Err(_) | Kind::ReadErr(_) => false,
        Kind::Tuple(vs) => vs.iter().any(says_something),
        Kind::Phi(alts) => alts.iter().any(|a| says_something(&a.value)),
        _ => true,
    }
}

fn strip_loop(st: &mut State, base: usize) {
    let mut i = 0;
    st.ctl.retain(|c| {
        i += 1;
        i <= base || c.scope == Scope::Raise
    });
}
