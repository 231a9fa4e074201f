//! Paths: where they part, at branches and loops, and where they join again.

use std::rc::Rc;

use super::Interp;
use super::context::LoopContext;
use crate::analysis::access::AccessId;
use crate::analysis::state::{State, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{Block, Expr, Lit, Place};

impl<'p> Interp<'p> {
    /// What leaves or ends a turn is kept for the loop that is opened here.
    pub(super) fn open_loop(&mut self, number: u32, label: Option<Sym>) {
        self.loops.push(LoopContext {
            number,
            label,
            breaks: Vec::new(),
            continues: Vec::new(),
            is_loop: true,
            frame: self.cur,
            made: self.next_obj,
            counted: Vec::new(),
        });
    }

    /// Joins any number of paths.
    #[inline(never)]
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
    #[inline(never)]
    fn note_merged(&mut self, a: &State, b: &State) {
        let go = self.lang == Lang::Go;
        for (x, y) in [(a, b), (b, a)] {
            let lost: Vec<_> = x
                .ctl
                .iter()
                .flat_map(|c| c.facts.iter())
                .filter_map(|f| match f {
                    Fact::Lost(w) => Some(*w),
                    Fact::Failed(w) if self.may_be_lost(*w) => Some(*w),
                    _ => None,
                })
                .collect();
            for w in lost {
                // Only a path that made the write and did not lose is the winner's.
                let failed = |f: &Fact| *f == Fact::Lost(w) || go && *f == Fact::Failed(w);
                // One that was asked first whether it was refused, and then whether it failed, has come through.
                let says = |f: &dyn Fn(&Fact) -> bool| y.ctl.iter().any(|c| c.facts.iter().any(f));
                let lost_too = says(&failed) && !says(&|f| *f == Fact::Won(w));
                if !lost_too && y.done.contains(&w) {
                    if self.is_alike(x, y) {
                        self.seen.outcomes[w.0 as usize].ignored = true;
                    }
                    self.merged.push(w);
                }
            }
        }
    }

    /// Whether two ways come to the same: on neither anything was written, held or given a name that was not on the other.
    fn is_alike(&self, a: &State, b: &State) -> bool {
        let env = self.frames[self.cur].env;
        let (Some(x), Some(y)) = (a.env(env), b.env(env)) else {
            return false;
        };
        let equal = |(name, v): &(Sym, Value)| y.vars.get(*name).is_some_and(|u| same(u, v));
        a.done == b.done
            && a.held == b.held
            && x.vars.iter().len() == y.vars.iter().len()
            && x.vars.iter().all(equal)
    }

    /// Where nobody listens to what a function tells, who has lost in there goes on together with who has won.
    pub(super) fn note_unheard(&mut self, exits: &[(State, Value)], call: Loc) {
        let before = self.merged.len();
        for (i, (a, told)) in exits.iter().enumerate() {
            for (b, also) in &exits[..i] {
                if !same(told, also) {
                    self.note_merged(a, b);
                }
            }
        }
        for w in &self.merged[before..] {
            self.seen.outcomes[w.0 as usize].unheard = Some(call);
        }
    }

    /// Where nobody listens to a function that gives the count of what it has written, or whether that was one, the
    /// count is looked at by nobody.
    pub(super) fn note_dropped(&mut self, told: &Value, call: Loc) {
        let of = match &told.kind {
            Kind::Affected(w) => Some(*w),
            Kind::Test(p) => counted_in(p),
            _ => None,
        };
        if let Some(o) = of.and_then(|w| self.seen.outcomes.get_mut(w.0 as usize))
            && !o.lost_seen
        {
            o.used = false;
            o.unheard = Some(call);
        }
    }

    /// Go: whether a failure that was found may be a lost condition: nobody has asked which one it is.
    pub(super) fn may_be_lost(&self, w: AccessId) -> bool {
        let outcome = self.seen.outcomes.get(w.0 as usize);
        self.lang == Lang::Go && outcome.is_some_and(|o| !o.told_apart)
    }

    pub(super) fn take_merged(&mut self, st: &mut State) {
        if !self.merged.is_empty() {
            let merged = std::mem::take(&mut self.merged);
            let all = st.merged_losses.edit();
            for w in merged {
                if !all.contains(&w) {
                    all.push(w);
                }
            }
        }
    }

    #[inline(never)]
    pub(super) fn branch(
        &mut self,
        mut st: State,
        cond: &'p Expr,
        then: &'p Block,
        other: &'p Block,
    ) -> Option<State> {
        let statement = self.statement;
        self.statement = cond.span;
        let v = self.branch_test(&mut st, cond);
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
        self.branching = number;
        let mut sides = [(true, st.clone()), (false, st)].map(|(polarity, mut s)| {
            let possible = self.assume(&mut s, &v, polarity, loc, Scope::Branch);
            possible.then_some(s)
        });
        self.branching = 0;
        if let [Some(only), None] | [None, Some(only)] = &mut sides {
            // Where there is but one way, nothing is decided.
            for c in only.ctl.iter_mut().skip(base) {
                if c.branch == number {
                    Rc::make_mut(c).deps = PathSet::default();
                }
            }
        }
        for (i, (side, body)) in sides.into_iter().zip([then, other]).enumerate() {
            let Some(s) = side else { continue };
            let (returns, left) = (self.frames[self.cur].returns.len(), self.left());
            match self.block(s, body) {
                Some(s) => outs.push((s, i)),
                None => ends[i] = self.way_out((returns, left)),
            }
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
                leave_others(&mut s, base, end);
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

    /// By which way those left that did not come to the end of a block: how many had returned and left before it.
    fn way_out(&self, before: (usize, Left)) -> Scope {
        let now = self.left();
        if now.turn > before.1.turn {
            // Of those who have left some come to what follows the loop, whoever else has returned.
            Scope::Loop
        } else if self.left_for_good(&before) {
            Scope::Return
        } else if now.block > before.1.block {
            Scope::Block
        } else {
            Scope::Raise
        }
    }

    /// Whether somebody has returned since then, or left a loop around this one.
    fn left_for_good(&self, (returns, left): &(usize, Left)) -> bool {
        self.frames[self.cur].returns.len() > *returns || self.left().outside > left.outside
    }

    /// How many paths have left what is gone through here.
    fn left(&self) -> Left {
        let mut out = Left::default();
        for l in self.loops.iter().rev() {
            let n = l.breaks.len() + l.continues.len();
            match l.is_loop {
                true if out.loops == 0 => out.turn = n,
                true => out.outside += n,
                false if out.loops == 0 => out.block += n,
                false => out.outside += n,
            }
            out.loops += usize::from(l.is_loop);
        }
        out
    }

    #[allow(clippy::too_many_arguments)]
    #[inline(never)]
    pub(super) fn run_loop(
        &mut self,
        mut st: State,
        label: Option<Sym>,
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
        if let (Some((target, _)), Some(v)) = (each, &iterable)
            && orelse.is_empty()
            && let Some(turns) = self.known_turns(&st, v, ranged, target, body)
        {
            return self.each_in_turn(st, target, turns, (number, label), body);
        }
        self.open_loop(number, label);
        let rows = iterable.as_ref().and_then(|v| match self.concrete(v).kind {
            Kind::Obj(id) => st.obj(id).filter(|o| o.shape == Shape::List)?.maybe,
            _ => None,
        });
        let mut inside = st.clone();
        let mut of_turn = None;
        let mut over = None;
        let entered = self.enter_loop();
        let first_write = self.seen.writes.len();
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
            over = self.list_read(&mut inside, &v, self.loc(e.span));
            self.assign(&mut inside, target, element.clone());
            of_turn = Some(element);
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
        if runs {
            self.count_turns(&mut inside, step);
        }
        let losses = st.merged_losses.clone();
        let before = (self.frames[self.cur].returns.len(), self.left());
        let out = if runs { self.block(inside, body) } else { None };
        // (Those who go on with the next turn are asked about, and not among the others.)
        let broke = self.loops.last().is_some_and(|l| !l.breaks.is_empty());
        let gone = !broke && self.left_for_good(&before);
        let rest = out.is_none().then(|| match gone {
            true => Scope::Return,
            false => self.way_out(before),
        });
        let continues = match self.loops.last_mut() {
            Some(l) => std::mem::take(&mut l.continues),
            None => Vec::new(),
        };
        let mut out = self.join_all(out.into_iter().chain(continues), base);
        if let (Some(end), Some(s)) = (rest, &mut out) {
            // The turns that go on have skipped what leaves the others.
            leave_others(s, base, end);
        }
        if each.is_some() {
            // Who lost on one element has left out the rest of its turn only: the next one is another's.
            self.merged.clear();
        }
        if each.is_some() {
            self.note_last(out.as_ref(), first_write, number);
        }
        if let Some(s) = out.take() {
            out = self.block(s, step);
        }
        let l = self.loops.pop()?;
        if let (None, Some(r), Some(exit), true) = (&out, rows, &mut exit, l.breaks.is_empty()) {
            // Whoever found one has left: what follows the loop has found none.
            let loc = self.loc(self.statement);
            self.push_fact(exit, Fact::Absent(r), PathSet::one(r, sym!("?")), loc);
        }
        let mut broke = Vec::new();
        if let Some(s) = &mut out {
            if !orelse.is_empty() {
                broke = no_turn_broke(s, base);
            }
            let again = self.retries(&st, s, entered, of_turn.as_ref());
            let again = again.or_else(|| self.gives_up(&st, s, entered));
            if let Some(r) = rows {
                self.none_found(s, base, r, &l.breaks);
            }
            strip_loop(s, base);
            self.guess_on(&st, s, &l.counted, first_write);
            self.count_on(&st, s, &l.counted);
            if let Some(r) = over {
                self.total_on(s, &l.counted, r);
            }
            if let Some(mut next) = again {
                strip_loop(&mut next, base);
                self.count_on(&st, &mut next, &l.counted);
                self.turn_again(next, &l, cond, body);
            }
            if each.is_some() {
                // Who lost on one element has gone on to the next.
                s.merged_losses = losses.clone();
            }
        }
        // Whichever turn was the last, what was tested for another one has come out so.
        let tested = exit.as_ref().filter(|_| cond.is_some() && each.is_none());
        let waited = tested.map_or_else(Vec::new, |s| won_last(s, base));
        let mut after: Vec<State> = Vec::new();
        // Losing one turn of a loop says nothing about what follows the loop.
        let lost_before = st.merged_losses.clone();
        if !endless {
            after.extend(exit);
            after.extend(out);
        }
        let several = after.len() > 1;
        let mut normal = self.join_all(after.into_iter(), base);
        if let Some(s) = normal.as_mut().filter(|_| several) {
            end_turns(s, base);
            s.ctl.extend(waited);
        }
        if let Some(s) = normal.take() {
            normal = if orelse.is_empty() {
                Some(s)
            } else {
                self.block(s, orelse)
            };
            if let Some(s) = &mut normal
                && !broke.is_empty()
            {
                // Who has broken off comes here as well.
                let mut i = 0;
                s.ctl.retain(|c| {
                    i += 1;
                    i <= base || !broke.contains(&c.loc)
                });
            }
        }
        let breaks: Vec<State> = l
            .breaks
            .into_iter()
            .map(|mut s| {
                self.count_on(&st, &mut s, &l.counted);
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
        let several = breaks.len() + usize::from(normal.is_some()) > 1;
        let mut joined = self.join_all(normal.into_iter().chain(breaks), base)?;
        if alone {
            // There is but one way out of it, and what was tested there was passed.
            let passed = no_turn_broke(&mut joined, base);
            let won = won_last(&joined, base);
            strip_loop(&mut joined, base);
            // Nobody has left the function by another turn: it decides until those meet who did not come by the loop.
            for c in joined.ctl.iter_mut().skip(base) {
                if c.scope == Scope::Return && passed.contains(&c.loc) {
                    Rc::make_mut(c).scope = Scope::Branch;
                }
            }
            joined.ctl.extend(won);
        } else if several {
            end_turns(&mut joined, base);
        }
        self.take_merged(&mut joined);
        if self.lang == Lang::Go {
            joined.merged_losses = lost_before;
        }
        Some(joined)
    }

    /// Of the writes that were made in a turn, those after which it is left for good: what goes on has made none of them.
    fn note_last(&mut self, goes_on: Option<&State>, first: usize, number: u32) {
        for i in first..self.seen.writes.len() {
            let w = AccessId(i as u32);
            if goes_on.is_none_or(|s| !s.done.contains(&w)) {
                self.seen.last_turns.insert((w, number));
            }
        }
    }

    /// How many elements a list has that was put together here, where that is known.
    fn known_items(&self, st: &State, v: &Value) -> Option<usize> {
        let known = (self.lang == Lang::Go).then(|| self.known_list(st, v));
        known.flatten().map(|o| o.fields.len())
    }

    /// A list that was put together here and has not been changed since.
    fn known_list<'s>(&self, st: &'s State, v: &Value) -> Option<&'s Obj> {
        let Kind::Obj(id) = v.kind else { return None };
        let o = st.obj(id)?;
        let known = o.shape == Shape::List
            && o.origin == Origin::Fresh
            && o.rest.is_none()
            && o.maybe.is_none()
            && !o.sliced
            && o.fields.iter().all(|(_, s)| s.presence == Presence::Yes)
            && !self.seen.mutated.contains(&v.term);
        known.then_some(o)
    }

    /// The same, where neither a later turn of a loop nor other code that knows its name can find it changed.
    pub(super) fn fixed_list<'s>(&self, st: &'s State, v: &Value) -> Option<&'s Obj> {
        let o = self.known_list(st, v)?;
        let turns = self.loops.iter().any(|l| l.is_loop && l.frame == self.cur);
        let named = || {
            let mut all = st.globals();
            all.any(|g| matches!((&g.kind, &v.kind), (Kind::Obj(a), Kind::Obj(b)) if a == b))
        };
        (!turns && !named()).then_some(o)
    }
}

/// Paths that have left a loop's turn, the loops around it, and the blocks in it.
#[derive(Default)]
struct Left {
    loops: usize,
    turn: usize,
    outside: usize,
    block: usize,
}

/// What was decided since then decides over all that follows: those for whom it came out otherwise have left.
fn leave_others(st: &mut State, base: usize, by: Scope) {
    for c in st.ctl.iter_mut().skip(base) {
        if c.scope == Scope::Branch {
            Rc::make_mut(c).scope = by;
        }
    }
}

/// What follows a loop that no turn has broken off depends on what was tested for that: where that was decided.
fn no_turn_broke(st: &mut State, base: usize) -> Vec<Loc> {
    let mut out = Vec::new();
    for c in st.ctl.iter_mut().skip(base) {
        if c.scope == Scope::Loop && !c.deps.is_empty() {
            Rc::make_mut(c).scope = Scope::Return;
            out.push(c.loc);
        }
    }
    out
}

/// What was decided for one turn of a loop ends with it.
pub(super) fn end_turns(st: &mut State, base: usize) {
    let mut i = 0;
    st.ctl.retain(|c| {
        i += 1;
        i <= base || c.scope != Scope::Loop
    });
}

/// The writes that were won where a loop was left: on its only way out that is so after it.
fn won_last(st: &State, base: usize) -> Vec<Rc<Ctl>> {
    let won = |c: &&Rc<Ctl>| c.facts.iter().any(|f| matches!(f, Fact::Won(_)));
    let kept = |c: &Rc<Ctl>| {
        let mut c = (**c).clone();
        c.facts.retain(|f| matches!(f, Fact::Won(_)));
        if c.scope == Scope::Loop {
            c.scope = Scope::Return;
        }
        Rc::new(c)
    };
    st.ctl.iter().skip(base).filter(won).map(kept).collect()
}

/// What was decided inside of a loop ends with it, but for what left the function: after the loop none of the turns
/// did. What such a test says of one turn is not said of the others.
fn strip_loop(st: &mut State, base: usize) {
    let mut i = 0;
    st.ctl.retain_mut(|c| {
        i += 1;
        if i > base && c.scope == Scope::Return {
            if c.deps.is_empty() {
                return false;
            }
            if !c.facts.is_empty() {
                Rc::make_mut(c).weaken();
            }
            return true;
        }
        i <= base || c.scope == Scope::Raise
    });
}

/// The write whose count a test is about.
fn counted_in(p: &Pred) -> Option<AccessId> {
    let count = |v: &Value| match v.kind {
        Kind::Affected(w) => Some(w),
        _ => None,
    };
    match p {
        Pred::Truthy(v) => count(v),
        Pred::Cmp(_, a, b) => count(a).or_else(|| count(b)),
        Pred::Not(p) => counted_in(p),
        Pred::And(_) | Pred::Or(_) => None,
    }
}
