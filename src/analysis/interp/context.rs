//! What is on the way: activations, loops, the handlers around a place.

use std::rc::Rc;

use super::call::Args;
use crate::analysis::access::*;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::Sym;
use crate::syntax::il::{Block, Place, TypeExpr};

/// One activation.
pub(super) struct Frame<'p> {
    pub(super) id: u32,
    pub(super) func: FuncRef,
    pub(super) env: EnvId,
    pub(super) stack: Rc<Vec<FrameRef>>,
    pub(super) returns: Vec<(State, Value)>,
    pub(super) depth: u32,
    pub(super) defers: Vec<Deferred>,
    pub(super) yields: Vec<Yielded>,
    pub(super) hook: Option<Hook<'p>>,
    pub(super) class: Option<ClassRef>,
    pub(super) recv: Option<Value>,
    /// A framework's own method stands nowhere in the project: where what it does is told.
    pub(super) at: Option<Loc>,
    /// What its type parameters stand for.
    pub(super) types: Option<Bindings>,
}

/// What a generator gives at a `yield`, depending on what was tested on the way there.
pub(super) struct Yielded {
    pub(super) value: Value,
    /// The read whose rows are gone through where it is given.
    pub(super) of: Option<ReadId>,
}

/// Type parameters, and what each stands for.
pub(super) type Bindings = Rc<Vec<(Sym, (u32, TypeExpr))>>;

/// A deferred call, its callee and arguments already evaluated.
#[derive(Clone)]
pub(super) struct Deferred {
    pub(super) callee: Value,
    pub(super) args: Args,
    pub(super) loc: Loc,
}

/// What runs at a `yield`: the body of the `with` that entered this generator, in the frame that holds it.
#[derive(Clone, Copy)]
pub(super) struct Hook<'p> {
    pub(super) frame: usize,
    /// None where it is entered by hand.
    pub(super) body: Option<&'p Block>,
    pub(super) target: Option<&'p Place>,
    /// How many tokens there were when it was entered.
    pub(super) first: usize,
}

/// Where a failure may be caught.
pub(super) struct TryContext {
    pub(super) points: Vec<RaisePoint>,
    /// The tails of the class names that its handlers catch; empty: everything.
    pub(super) catches: Vec<Vec<Sym>>,
}

/// A handler that runs.
pub(super) struct Handling {
    /// The name that it gives what it has caught.
    pub(super) name: Option<Sym>,
    /// The tail of the class's name, where it catches but one.
    pub(super) class: Option<Sym>,
}

/// A way into a handler.
pub(super) struct RaisePoint {
    pub(super) state: State,
    /// Tail of the class's name; `None` when not known.
    pub(super) class: Option<Sym>,
    pub(super) value: Option<Value>,
}

/// What is kept of a module-level name.
pub(super) enum Named {
    /// The same value on every path.
    Always(Value),
    /// The number under which each path keeps its value.
    Number(u32),
}

/// A loop on the way.
pub(super) struct LoopContext {
    pub(super) number: u32,
    pub(super) label: Option<Sym>,
    pub(super) breaks: Vec<State>,
    pub(super) continues: Vec<State>,
    pub(super) is_loop: bool,
    pub(super) frame: usize,
    /// Objects from this number on are made anew in each turn.
    pub(super) made: u32,
    /// Variables that are counted up or down in it.
    pub(super) counted: Vec<Sym>,
}
