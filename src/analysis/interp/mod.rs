//! The abstract interpreter: one root at a time, callees interpreted in place with what is known of their arguments.
//!
//! A root is a function that nothing else of the project calls, or an entry point. Its parameters are rows and values
//! handed in from outside. Calls of project functions are interpreted where they happen (bounded by depth and steps),
//! so that a guard held by the caller, a row changed by the callee and a callback run under a transaction are seen as
//! they are.

mod answers;
mod attributes;
mod builtins;
mod call;
mod collections;
mod cond;
mod context;
mod deps;
mod expr;
mod failures;
mod functions;
mod instances;
mod library;
mod objects;
mod opaque;
mod operators;
mod paths;
mod places;
mod regions;
mod roots;
mod rows;
mod stmt;

pub use cond::truthy_lit;
pub(in crate::analysis) use roots::has_decorator;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use context::{Frame, LoopContext, TryContext};
use regions::Region;

use super::access::*;
use super::level::Assumed;
use super::program::Program;
use super::state::{Env, State};
use super::value::*;
use crate::files::FileId;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{Func, Span};

/// Depth of calls followed.
const MAX_DEPTH: u32 = 12;
/// Expressions evaluated for one root.
const MAX_STEPS: u32 = 20000;
/// What the calls of one function may spend together for one root: what a function does is seen at its first calls.
const FUNCTION_STEPS: u32 = 5_000;

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
    /// Calls whose target stayed unknown though they are made on a value of the project.
    pub functions: FxHashSet<FuncRef>,
    /// Regions that nobody could resolve: where.
    pub unknown_regions: Vec<(Loc, u32)>,
    /// Values changed in place.
    pub mutated: FxHashSet<TermId>,
    /// The reads whose rows have these terms (rows handed in from outside).
    pub row_terms: FxHashMap<TermId, ReadId>,
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
    /// Steps at which the call being interpreted is cut.
    limit: u32,
    /// How many functions were active when that limit was set.
    limited: usize,
    /// What the calls of each function have spent.
    used: FxHashMap<FuncRef, u32>,
    /// The limit was met.
    spent: bool,
    tries: Vec<TryContext>,
    loops: Vec<LoopContext>,
    regions: Vec<Region>,
    /// Objects made for opaque terms, so that the same term is the same object.
    of_term: FxHashMap<TermId, ObjId>,
    /// Results of methods that nobody knows, called on something else than a row: what somebody else answered.
    answers: FxHashSet<TermId>,
    /// The activations that changed columns of rows, the first of each.
    changers: FxHashMap<(ObjId, Ustr), u32>,
    /// Rows by the term of their read.
    rows: FxHashMap<TermId, ObjId>,
    statement: Span,
    /// The expression that is a statement by itself: its value goes nowhere.
    discarded: Span,
    /// Set by an expression after which nothing follows (a callee that always raises).
    dead: bool,
    group: Option<u32>,
    in_globals: Vec<(u32, Ustr)>,
    /// Conditional writes whose losing side has just joined the winning one.
    merged: Vec<AccessId>,
    /// What the last statement of raw SQL on a cursor gave, by the cursor's term.
    fetched: FxHashMap<TermId, Value>,
    /// Functions being interpreted, to cut recursion.
    active: Vec<FuncRef>,
    /// The parameters of the root that are rows which its callers have made.
    made_here: Vec<usize>,
    /// The attributes that say of a row whether it is new: (`_state`, `adding`).
    adding: Vec<(Ustr, Ustr)>,
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
            limit: MAX_STEPS,
            limited: 0,
            used: FxHashMap::default(),
            spent: false,
            tries: Vec::new(),
            loops: Vec::new(),
            regions: Vec::new(),
            of_term: FxHashMap::default(),
            answers: FxHashSet::default(),
            changers: FxHashMap::default(),
            rows: FxHashMap::default(),
            statement: Span::default(),
            discarded: Span::default(),
            dead: false,
            group: None,
            in_globals: Vec::new(),
            merged: Vec::new(),
            fetched: FxHashMap::default(),
            active: Vec::new(),
            made_here: Vec::new(),
            adding: p
                .library(lang)
                .lists
                .get(&sym!("row-adding"))
                .into_iter()
                .flatten()
                .filter_map(|path| path.split_once('.'))
                .map(|(head, last)| (ustr(head), ustr(last)))
                .collect(),
        }
    }

    /// Says what is assumed of the project's surroundings.
    pub fn assuming(mut self, assumed: Assumed) -> Self {
        self.seen.assumed = assumed;
        self
    }

    /// Says which parameters of the root are rows that its callers have made.
    pub fn made_here(mut self, params: &[usize]) -> Self {
        self.made_here = params.to_vec();
        self
    }

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
        }
    }

    fn tick(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    /// Notes what is done or answered under these decisions.
    fn deed(&mut self, ctl: Rc<Vec<Rc<Ctl>>>, kind: DeedKind) {
        let order = self.tick();
        self.seen.deeds.push(Deed { order, ctl, kind });
    }

    /// A call of unknown code whose result goes nowhere is made for what it does.
    fn unknown_deed(&mut self, st: &State, name: &str, loc: Loc) {
        if loc.span != self.discarded {
            return;
        }
        let tail = name.rsplit(['.', '/']).next().unwrap_or(name);
        let quiet = self.lib.lists.get(&sym!("quiet"));
        if !quiet.is_some_and(|q| q.iter().any(|w| *w == tail)) {
            self.deed(Rc::new(st.ctl.clone()), DeedKind::Effect);
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
        Loc {
            file: self.file_id(),
            span,
        }
    }

    fn file_id(&self) -> FileId {
        self.p.file_id(self.file())
    }

    fn new_env(&mut self, st: &mut State, func: FuncRef, parent: Option<EnvId>) -> EnvId {
        let id = EnvId(self.next_env);
        self.next_env += 1;
        st.put_env(
            id,
            Env {
                vars: FxHashMap::default(),
                parent,
                func,
            },
        );
        id
    }

    /// Sets aside what the calls of a function may still spend; gives back what [`Self::restore`] needs.
    fn share(&mut self, func: FuncRef) -> (u32, usize, bool, u32) {
        let outer = (self.limit, self.limited, self.spent, self.steps);
        let used = self.used.get(&func).copied().unwrap_or(0);
        let limit = self.steps + FUNCTION_STEPS.saturating_sub(used);
        if limit < self.limit {
            self.limit = limit;
            self.limited = self.active.len();
        }
        outer
    }

    /// After a call: its caller goes on with what is left.
    fn restore(&mut self, func: FuncRef, outer: (u32, usize, bool, u32)) {
        *self.used.entry(func).or_insert(0) += self.steps - outer.3;
        (self.limit, self.limited) = (outer.0, outer.1);
        self.spent = outer.2;
    }

    /// Whether the budget of this root is spent.
    fn step(&mut self, span: Span) -> bool {
        self.steps += 1;
        if self.steps > self.limit {
            let at = self.loc(span);
            self.seen.widened.get_or_insert(at);
            if !self.spent {
                self.spent = true;
                // What is cut here is not covered by this root.
                let from = self.limited.min(self.active.len());
                self.seen.cut.extend(self.active[from..].iter().copied());
            }
            return false;
        }
        true
    }
}
