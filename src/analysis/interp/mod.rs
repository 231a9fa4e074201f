//! The abstract interpreter: one root at a time, callees interpreted in place with what is known of their arguments.
//!
//! A root is a function that nothing else of the project calls, or an entry point. Its parameters are rows and values
//! handed in from outside. Calls of project functions are interpreted where they happen (bounded by depth and steps),
//! so that a guard held by the caller, a row changed by the callee and a callback run under a transaction are seen as
//! they are.
//!
//! Statements, expressions and calls are gone through recursively. What they need now and then only is kept out of them
//! (`#[inline(never)]`), so that a level deeper takes little of the stack and of the processor's caches.

mod alike;
mod answers;
mod attributes;
mod builtins;
mod call;
mod collections;
mod comprehension;
mod cond;
mod context;
mod counters;
mod deps;
mod dispatch;
mod expr;
mod failures;
mod folds;
mod functions;
mod generics;
mod handled;
mod instances;
mod known;
mod library;
mod mishaps;
mod objects;
mod opaque;
mod operators;
mod paths;
mod places;
mod presence;
mod provided;
mod regions;
mod retries;
mod roots;
mod rows;
mod sharing;
mod shown;
mod sought;
mod spread;
mod stmt;

pub use cond::truthy_lit;
pub(in crate::analysis) use roots::{decorated, has_decorator};

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use call::Args;
use context::{Frame, Handling, LoopContext, Named, TryContext};
use regions::Region;

use super::access::*;
use super::level::Assumed;
use super::program::{Global, Program};
use super::shared::Shared;
use super::state::{Env, State, Vars};
use super::value::*;
use crate::files::FileId;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Func, Span};

/// Depth of calls followed.
const MAX_DEPTH: u32 = 12;
/// Expressions evaluated for one root.
const MAX_STEPS: u32 = 20000;
/// What the calls of one function may spend together for one root: what a function does is seen at its first calls.
const FUNCTION_STEPS: u32 = 5_000;
/// Of what a function may still spend, this part (one in so many) is kept back from each of its calls.
const CALLERS_SHARE: u32 = 10;
/// The same of a call that comes near no store: what matters may be still to come.
const BESIDE_PLAIN: u32 = 2;
/// How much more may be spent on a root that is looked at once more, to its end.
const PATIENCE: u32 = 4;
/// Of what such a root may still spend, this part is kept back from each call in its own body.
const BODY_SHARE: u32 = 3;
/// The same for a function that comes near no store: what it makes of its arguments is all that is wanted of it.
const PLAIN_STEPS: u32 = 2_000;

/// What may still be spent.
#[derive(Clone, Copy)]
struct Budget {
    /// Steps at which the call being interpreted is cut.
    limit: u32,
    /// Steps at which what matters is cut.
    hard: u32,
    /// How many functions were active when that was set.
    active: usize,
    /// The limit is that of a function which comes near no store.
    plain: bool,
    /// The limit was met.
    spent: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            limit: MAX_STEPS,
            hard: MAX_STEPS,
            active: 0,
            plain: false,
            spent: false,
        }
    }
}

/// What was seen on the way through one root.
#[derive(Default)]
pub struct Seen {
    /// Reads.
    pub reads: Vec<Read>,
    /// Writes.
    pub writes: Vec<Write>,
    /// Their outcomes.
    pub outcomes: Vec<Outcome>,
    /// Tokens.
    pub tokens: Vec<Token>,
    /// Terms.
    pub terms: Terms,
    /// Something was cut off, where.
    pub widened: Option<Loc>,
    /// The functions that were cut off before their end.
    pub cut: FxHashSet<FuncRef>,
    /// Calls through two to four candidates, where.
    pub dispatched: Vec<Loc>,
    /// Calls of a model's method on something that bears the model's name.
    pub called_by_name: Vec<Loc>,
    /// Relations of rows to which something was given that nobody knows: what they lead to may have been there before.
    pub given_to: Vec<TermId>,
    /// The functions that were interpreted.
    pub functions: FxHashSet<FuncRef>,
    /// Regions that nobody could resolve: where.
    pub unknown_regions: Vec<(Loc, u32)>,
    /// Values changed in place.
    pub mutated: FxHashSet<TermId>,
    /// The reads whose rows have these terms (rows handed in from outside).
    pub row_terms: FxHashMap<TermId, ReadId>,
    /// Objects put into a column of a row that was looked up by something worked out: what they are made of.
    pub parts: FxHashMap<TermId, Vec<TermId>>,
    /// What stands for each element of a list in a loop: the list, and the loop.
    pub elements: FxHashMap<TermId, (TermId, u32)>,
    /// Writes in a loop over elements after which no other turn comes, with the loop: that element was picked.
    pub last_turns: FxHashSet<(AccessId, u32)>,
    /// Rows that were found among those of a read as the ones that have that value in a column: `by_code[code]`.
    pub found_by: Vec<(ReadId, Sym, TermId)>,
    /// What was assumed of the project's surroundings.
    pub assumed: Assumed,
    /// Effects outside of the store and answers given, in order.
    pub deeds: Vec<Deed>,
}

/// The interpreter of one root.
pub struct Interp<'p> {
    p: &'p Program,
    lib: &'p Library,
    lang: Lang,
    pub(super) seen: Seen,
    frames: Vec<Frame<'p>>,
    cur: usize,
    next_env: u32,
    next_obj: u32,
    next_frame: u32,
    next_loop: u32,
    next_group: u32,
    next_branch: u32,
    /// The number of the branch whose sides are being assumed.
    branching: u32,
    order: u32,
    steps: u32,
    budget: Budget,
    /// How many times as much may be spent as on other roots.
    patience: u32,
    /// What the calls of each function have spent.
    used: FxHashMap<FuncRef, u32>,
    tries: Vec<TryContext>,
    handling: Vec<Handling>,
    /// How often something was raised.
    raised: u32,
    loops: Vec<LoopContext>,
    /// Records that were put into a list by a method, and the activations in which that was done.
    staged: FxHashMap<TermId, Rc<Vec<FrameRef>>>,
    regions: Vec<Region>,
    /// Objects made for opaque terms, so that the same term is the same object.
    of_term: FxHashMap<TermId, ObjId>,
    /// Results of methods that nobody knows, called on something else than a row: what somebody else answered.
    answers: FxHashSet<TermId>,
    /// What calls were made of whose results are equal to nothing but themselves.
    asked: FxHashMap<TermId, TermId>,
    /// Objects that were handed in, for which their constructor was run.
    made_up: FxHashSet<ObjId>,
    /// Rows that a framework has looked up for what was sent.
    looked_up: FxHashSet<TermId>,
    /// The activations that changed columns of rows, the first of each.
    changers: FxHashMap<(ObjId, Sym), u32>,
    /// Rows by the term of their read.
    rows: FxHashMap<TermId, ObjId>,
    /// Shallow copies of rows, by the term of the row: what they hold they share with it.
    copies: FxHashMap<TermId, Vec<ObjId>>,
    /// Elements of collections inside of rows, with the collection.
    element_of: FxHashMap<TermId, TermId>,
    /// Lists, tuples and sets that were made of another collection: what that is, and what stands for each element.
    listed: FxHashMap<TermId, (TermId, TermId)>,
    statement: Span,
    /// The expression that is a statement by itself: its value goes nowhere.
    discarded: Span,
    /// Where a generator that was entered by hand has stopped, and what it gave there.
    entered: Option<(State, Value)>,
    /// Set by an expression after which nothing follows (a callee that always raises).
    dead: bool,
    group: Option<u32>,
    in_globals: Vec<(u32, Sym)>,
    /// The module-level names evaluated so far.
    named: FxHashMap<(u32, Sym), Named>,
    next_name: u32,
    /// What full paths mean inside the project.
    resolved: FxHashMap<Sym, Option<Global<'p>>>,
    /// What stands for functions that their names alone tell.
    function_terms: FxHashMap<FuncRef, TermId>,
    /// Conditional writes whose losing side has just joined the winning one.
    merged: Vec<AccessId>,
    /// The attributes that names of modules stand for (`NotThere = client.exceptions.NotThere`).
    renamed: FxHashMap<TermId, Sym>,
    /// This is the second turn of a loop, after a write was lost in the first.
    retrying: bool,
    /// What the last statement of raw SQL on a cursor gave, by the cursor's term.
    fetched: FxHashMap<TermId, Value>,
    /// Functions being interpreted, to cut recursion.
    active: Vec<FuncRef>,
    /// Functions to which decorators are being applied: not called before that is done.
    decorating: Vec<FuncRef>,
    /// The parameters of the root that are rows which its callers have made.
    made_here: Vec<usize>,
    /// The parameters that tell what the root holds while it runs; `None`: one lock for all of its runs.
    queued: Vec<Option<Sym>>,
    /// Functions within the root that others call, if it gives them back.
    called_back: Vec<FuncRef>,
    /// The attributes that say of a row whether it is new: (`_state`, `adding`).
    adding: Vec<(Sym, Sym)>,
}

impl<'p> Interp<'p> {
    /// An interpreter for roots of one language.
    pub fn new(p: &'p Program, lang: Lang) -> Self {
        Self {
            p,
            lib: p.library(lang),
            lang,
            seen: Seen::default(),
            frames: Vec::new(),
            cur: 0,
            next_env: 0,
            next_obj: 0,
            next_frame: 0,
            next_loop: 0,
            next_group: 0,
            next_branch: 0,
            branching: 0,
            order: 0,
            steps: 0,
            budget: Budget::default(),
            patience: 1,
            used: FxHashMap::default(),
            tries: Vec::new(),
            handling: Vec::new(),
            raised: 0,
            loops: Vec::new(),
            staged: FxHashMap::default(),
            regions: Vec::new(),
            of_term: FxHashMap::default(),
            answers: FxHashSet::default(),
            asked: FxHashMap::default(),
            made_up: FxHashSet::default(),
            looked_up: FxHashSet::default(),
            changers: FxHashMap::default(),
            rows: FxHashMap::default(),
            copies: FxHashMap::default(),
            element_of: FxHashMap::default(),
            listed: FxHashMap::default(),
            statement: Span::default(),
            discarded: Span::default(),
            entered: None,
            dead: false,
            group: None,
            in_globals: Vec::new(),
            named: FxHashMap::default(),
            next_name: 0,
            resolved: FxHashMap::default(),
            function_terms: FxHashMap::default(),
            merged: Vec::new(),
            renamed: FxHashMap::default(),
            retrying: false,
            fetched: FxHashMap::default(),
            active: Vec::new(),
            decorating: Vec::new(),
            made_here: Vec::new(),
            queued: Vec::new(),
            called_back: Vec::new(),
            adding: p
                .library(lang)
                .lists
                .get(&sym!("row-adding"))
                .into_iter()
                .flatten()
                .filter_map(|path| path.split_once('.'))
                .map(|(head, last)| (intern(head), intern(last)))
                .collect(),
        }
    }

    /// Says what is assumed of the project's surroundings.
    pub fn assuming(mut self, assumed: Assumed) -> Self {
        self.seen.assumed = assumed;
        self
    }

    /// Looks longer, and keeps more back for the body of the root itself: what was cut off at first is seen to its end.
    pub fn patiently(mut self) -> Self {
        self.patience = PATIENCE;
        self.budget.limit *= PATIENCE;
        self.budget.hard *= PATIENCE;
        self
    }

    /// Says which parameters of the root are rows that its callers have made.
    pub fn made_here(mut self, params: &[usize]) -> Self {
        self.made_here = params.to_vec();
        self
    }

    /// Says which parameters tell what the root holds while it runs.
    pub fn queued(mut self, held: &[Option<Sym>]) -> Self {
        self.queued = held.to_vec();
        self
    }

    /// Says which functions within the root are called by others, if the root gives them back.
    pub fn called_back(mut self, functions: Vec<FuncRef>) -> Self {
        self.called_back = functions;
        self
    }

    #[inline(never)]
    fn frame(
        &mut self,
        func: FuncRef,
        env: EnvId,
        stack: Rc<Vec<FrameRef>>,
        depth: u32,
        recv: Option<Value>,
    ) -> Frame<'p> {
        self.next_frame += 1;
        Frame {
            id: self.next_frame,
            func,
            env,
            stack,
            returns: Vec::new(),
            depth,
            defers: Vec::new(),
            yields: Vec::new(),
            hook: None,
            class: self.p.class_of(func),
            recv,
            at: None,
            types: None,
        }
    }

    fn tick(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    /// Notes what is done or answered under these decisions.
    fn deed(&mut self, ctl: Shared<Rc<Ctl>>, kind: DeedKind) {
        let order = self.tick();
        self.seen.deeds.push(Deed { order, ctl, kind });
    }

    /// Something is done outside of the store.
    fn effect(&mut self, st: &State, args: &Args, loc: Loc) {
        self.deed(st.ctl.clone().into(), DeedKind::Effect);
        self.done_without_winning(st, args, loc, |_, _| true);
    }

    /// A call of unknown code whose result goes nowhere is made for what it does.
    fn unknown_deed(&mut self, st: &State, name: &str, args: &Args, loc: Loc) {
        if loc.span != self.discarded {
            return;
        }
        let tail = name.rsplit(['.', '/']).next().unwrap_or(name);
        let quiet = self.lib.lists.get(&sym!("quiet"));
        if !quiet.is_some_and(|q| q.iter().any(|w| *w == tail)) {
            self.deed(st.ctl.clone().into(), DeedKind::Effect);
            self.done_without_winning(st, args, loc, Self::is_told_of);
        }
    }

    fn stack(&self) -> Rc<Vec<FrameRef>> {
        self.frames
            .get(self.cur)
            .map(|f| f.stack.clone())
            .unwrap_or_default()
    }

    fn loop_numbers(&self) -> Rc<Vec<u32>> {
        Rc::new(
            self.loops
                .iter()
                .filter(|l| l.is_loop)
                .map(|l| l.number)
                .collect(),
        )
    }

    fn new_loop(&mut self) -> u32 {
        self.next_loop += 1;
        self.next_loop
    }

    fn new_branch(&mut self) -> u32 {
        self.next_branch += 1;
        self.next_branch
    }

    fn new_group(&mut self) -> u32 {
        self.next_group += 1;
        self.next_group
    }

    fn file(&self) -> u32 {
        self.frames.get(self.cur).map_or(0, |f| f.func.file)
    }

    fn func(&self) -> &'p Func {
        self.p.func(self.frames[self.cur].func)
    }

    fn loc(&self, span: Span) -> Loc {
        if let Some(at) = self.frames.get(self.cur).and_then(|f| f.at) {
            return at;
        }
        Loc {
            file: self.file_id(),
            span,
        }
    }

    fn file_id(&self) -> FileId {
        self.p.file_id(self.file())
    }

    #[inline(never)]
    fn new_env(
        &mut self,
        st: &mut State,
        func: FuncRef,
        parent: Option<EnvId>,
        room: usize,
    ) -> EnvId {
        let id = EnvId(self.next_env);
        self.next_env += 1;
        st.put_env(
            id,
            Env {
                vars: Vars::with_room(room),
                parent,
                func,
            },
        );
        id
    }

    /// Sets aside what the calls of a function may still spend; gives back what [`Self::restore`] needs.
    #[inline(never)]
    fn share(&mut self, func: FuncRef, plain: bool) -> Budget {
        let outer = self.budget;
        let used = self.used.get(&func).copied().unwrap_or(0);
        let own = self.patience * if plain { PLAIN_STEPS } else { FUNCTION_STEPS };
        if self.budget.plain && !plain {
            // What matters is cut only where something that matters has spent its share.
            self.budget.limit = self.budget.hard;
        }
        // The last of what its caller has is left to the caller.
        let left = self.budget.hard.saturating_sub(self.steps);
        let kept = if self.patience > 1 && self.active.len() <= 1 {
            left / BODY_SHARE
        } else if plain {
            left / BESIDE_PLAIN
        } else {
            left / CALLERS_SHARE
        };
        let limit = self.steps + own.saturating_sub(used).min(left - kept);
        self.budget.plain = plain && (limit < self.budget.limit || outer.plain);
        if limit < self.budget.limit {
            self.budget.limit = limit;
            if !plain {
                self.budget.hard = limit;
                self.budget.active = self.active.len();
            }
        }
        outer
    }

    /// After a call: its caller goes on with what is left. Whether the call was cut for want of its own share.
    #[inline(never)]
    fn restore(&mut self, func: FuncRef, began: u32, outer: Budget) -> bool {
        let cut = self.budget.plain && self.budget.spent && !outer.spent;
        *self.used.entry(func).or_insert(0) += self.steps - began;
        self.budget = outer;
        cut
    }

    /// Whether the budget of this root is spent.
    fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        self.steps <= self.budget.limit || self.cut_off(span)
    }

    /// Notes what is cut off at a place where the steps are spent.
    #[cold]
    fn cut_off(&mut self, span: Span) -> bool {
        if !self.budget.plain {
            let at = self.loc(span);
            self.seen.widened.get_or_insert(at);
            if !self.budget.spent {
                // What is cut here is not covered by this root.
                let from = self.budget.active.min(self.active.len());
                self.seen.cut.extend(self.active[from..].iter().copied());
            }
        }
        self.budget.spent = true;
        false
    }
}
