//! The abstract interpreter: one root at a time, callees interpreted in place with what is known of their arguments.
//!
//! A root is a function that nothing else of the project calls, or an entry point. Its parameters are rows and values
//! handed in from outside. Calls of project functions are interpreted where they happen (bounded by depth and steps),
//! so that a guard held by the caller, a row changed by the callee and a callback run under a transaction are seen as
//! they are.

mod attributes;
mod builtins;
mod call;
mod collections;
mod cond;
mod expr;
mod library;
mod operators;
mod rows;
mod stmt;

pub use cond::truthy_lit;

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::access::*;
use super::level::Assumed;
use super::program::Program;
use super::state::{Env, State};
use super::value::*;
use crate::files::FileId;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Library, Store, TokenKind};
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{Block, Func, Lit, Place, Span, TypeExpr};

/// Depth of calls followed.
const MAX_DEPTH: u32 = 12;
/// Expressions evaluated for one root.
const MAX_STEPS: u32 = 20000;
/// What the calls of one function may spend together for one root: what a function does is seen at its first calls.
const FUNCTION_STEPS: u32 = 5_000;

/// One activation.
pub(super) struct Frame<'p> {
    pub(super) id: u32,
    pub(super) func: FuncRef,
    pub(super) env: EnvId,
    pub(super) stack: Rc<Vec<FrameRef>>,
    pub(super) returns: Vec<(State, Value)>,
    pub(super) depth: u32,
    pub(super) defers: Vec<Deferred>,
    pub(super) yields: Vec<Value>,
    pub(super) hook: Option<Hook<'p>>,
    pub(super) class: Option<ClassRef>,
    pub(super) recv: Option<Value>,
}

/// A deferred call, its callee and arguments already evaluated.
#[derive(Clone)]
pub(super) struct Deferred {
    pub(super) callee: Value,
    pub(super) args: call::Args,
    pub(super) loc: Loc,
}

/// What runs at a `yield`: the body of the `with` that entered this generator, in the frame that holds it.
#[derive(Clone, Copy)]
pub(super) struct Hook<'p> {
    pub(super) frame: usize,
    pub(super) body: &'p Block,
    pub(super) target: Option<&'p Place>,
    /// How many tokens there were when it was entered.
    pub(super) first: usize,
}

/// Where a failure may be caught.
pub(super) struct TryContext {
    pub(super) points: Vec<RaisePoint>,
    /// The tails of the class names that its handlers catch; empty: everything.
    pub(super) catches: Vec<Vec<Ustr>>,
}

/// A way into a handler.
pub(super) struct RaisePoint {
    pub(super) state: State,
    /// Tail of the class's name; `None` when not known.
    pub(super) class: Option<Ustr>,
    pub(super) value: Option<Value>,
}

/// A loop on the way.
pub(super) struct LoopContext {
    pub(super) number: u32,
    pub(super) label: Option<Ustr>,
    pub(super) breaks: Vec<State>,
    pub(super) continues: Vec<State>,
    pub(super) is_loop: bool,
    pub(super) frame: usize,
}

/// A region of a pack: what entering it takes.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) kind: Option<TokenKind>,
    pub(super) conn: Option<Ustr>,
    pub(super) key: Option<TermId>,
    pub(super) key_from: PathSet,
    pub(super) loc: Loc,
    /// What `as target` binds.
    pub(super) value: Option<Value>,
    /// It is only tried for.
    pub(super) tried: bool,
    /// `as target` binds whether it was got.
    pub(super) answers: bool,
    /// The value that stands for it.
    pub(super) of: Option<TermId>,
}

impl Region {
    /// What is entered at a place, of which nothing else is known.
    pub(super) fn at(kind: TokenKind, loc: Loc) -> Self {
        Self {
            kind: Some(kind),
            conn: None,
            key: None,
            key_from: PathSet::default(),
            loc,
            value: None,
            tried: false,
            answers: false,
            of: None,
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
    pub(super) p: &'p Program,
    pub(super) lib: &'p Library,
    pub(super) lang: Lang,
    pub(super) seen: Seen,
    pub(super) frames: Vec<Frame<'p>>,
    pub(super) cur: usize,
    next_env: u32,
    next_obj: u32,
    next_frame: u32,
    next_loop: u32,
    next_group: u32,
    next_branch: u32,
    /// The number of the branch whose sides are being assumed.
    pub(super) branching: u32,
    order: u32,
    pub(super) steps: u32,
    /// Steps at which the call being interpreted is cut.
    limit: u32,
    /// How many functions were active when that limit was set.
    limited: usize,
    /// What the calls of each function have spent.
    used: FxHashMap<FuncRef, u32>,
    /// The limit was met.
    spent: bool,
    pub(super) tries: Vec<TryContext>,
    pub(super) loops: Vec<LoopContext>,
    pub(super) regions: Vec<Region>,
    /// Objects made for opaque terms, so that the same term is the same object.
    pub(super) of_term: FxHashMap<TermId, ObjId>,
    /// Results of methods that nobody knows, called on something else than a row: what somebody else answered.
    pub(super) answers: FxHashSet<TermId>,
    /// The activations that changed columns of rows, the first of each.
    pub(super) changers: FxHashMap<(ObjId, Ustr), u32>,
    /// Rows by the term of their read.
    pub(super) rows: FxHashMap<TermId, ObjId>,
    pub(super) statement: Span,
    /// The expression that is a statement by itself: its value goes nowhere.
    pub(super) discarded: Span,
    /// Set by an expression after which nothing follows (a callee that always raises).
    pub(super) dead: bool,
    pub(super) group: Option<u32>,
    pub(super) in_globals: Vec<(u32, Ustr)>,
    /// Conditional writes whose losing side has just joined the winning one.
    pub(super) merged: Vec<AccessId>,
    /// What the last statement of raw SQL on a cursor gave, by the cursor's term.
    pub(super) fetched: FxHashMap<TermId, Value>,
    /// Functions being interpreted, to cut recursion.
    pub(super) active: Vec<FuncRef>,
    /// The parameters of the root that are rows which its callers have made.
    made_here: Vec<usize>,
    /// The attributes that say of a row whether it is new: (`_state`, `adding`).
    pub(super) adding: Vec<(Ustr, Ustr)>,
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

    /// Interprets a root and gives what was seen.
    pub fn run(mut self, root: FuncRef, class: Option<ClassRef>) -> Seen {
        let func = self.p.func(root);
        let mut st = State::default();
        // A frame for the module, in which decorators and defaults are evaluated.
        let env = self.new_env(&mut st, root, None);
        let frame = self.frame(root, env, Rc::new(Vec::new()), 0, None);
        self.frames.push(frame);
        let class = class.or_else(|| self.p.class_of(root));
        let mut value = self.func_value(&mut st, root, None);
        self.dead = false;
        let loc = self.loc(func.name_span);
        let mut args = call::Args::default();
        let mut params = func.params.iter();
        if let Some(class) = class
            && let Some(first) = func.params.first()
            && !self.is_static(func)
        {
            params.next();
            let recv = if self.is_classmethod(func) {
                let term = self
                    .seen
                    .terms
                    .intern(Term::Global(self.p.class_path(class)));
                Value::new(term, Kind::Class(class), Deps::default())
            } else {
                self.param_object(&mut st, root, first, Some(class))
            };
            if let Kind::Obj(id) = recv.kind
                && self.is_writing_method(func.name)
                && let Some(o) = st.obj_mut(id)
                && o.shape == crate::analysis::value::Shape::Row
            {
                // A row's own way to be written is a part of somebody's write, who knows where the row is from.
                o.origin = Origin::Unknown;
            }
            if self.made_here.contains(&0) {
                self.take_for_made(&mut st, &recv);
            }
            if !self.is_classmethod(func) {
                self.initialise(&mut st, class, &recv, loc);
            }
            value = self.bind(value, recv);
        }
        let first = func.params.len() - params.len();
        for (i, param) in params.enumerate() {
            use crate::syntax::il::ParamKind;
            let made = self.made_here.contains(&(first + i));
            match param.kind {
                ParamKind::Plain => {
                    let at = Loc {
                        file: self.p.file_id(root.file),
                        span: param.span,
                    };
                    let given =
                        class.and_then(|c| self.handed_in(&mut st, c, func.name, param.name, at));
                    let v = match given {
                        Some(v) => v,
                        None => self.param_object(&mut st, root, param, None),
                    };
                    if made {
                        self.take_for_made(&mut st, &v);
                    }
                    args.pos.push(v);
                }
                ParamKind::KeywordOnly => {
                    let v = self.param_object(&mut st, root, param, None);
                    if made {
                        self.take_for_made(&mut st, &v);
                    }
                    args.kw.push((
                        param.name,
                        Slot {
                            value: v,
                            presence: Presence::Yes,
                        },
                    ));
                }
                ParamKind::Rest | ParamKind::Keywords => {}
            }
        }
        // What is given a request handles one, and so does a method of what only requests make.
        let own = class.and_then(|c| self.p.class_kind(c, self.lib));
        let handles = |s: &Self| {
            args.pos
                .iter()
                .filter_map(|a| s.kind_of(&st, a))
                .chain(own)
                .any(|k| s.lib.kinds.get(&k).is_some_and(|k| k.request))
        };
        if self.seen.assumed.atomic_requests && handles(&self) {
            let region = Region::at(TokenKind::Txn, loc);
            let token = self.take_token(&mut st, &region, TokenKind::Txn);
            self.seen.tokens[token.0 as usize].assumed = Some("atomic-requests");
        }
        self.cur = 0;
        self.call_value(&mut st, &value, args, loc);
        self.seen
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

    /// Whether a pack takes a row's method of that name for a write.
    fn is_writing_method(&self, name: Ustr) -> bool {
        use crate::stores::vocabulary::Does;
        let specs = self.lib.methods.get(&name).map_or(&[][..], Vec::as_slice);
        specs.iter().map(|i| &self.lib.specs[*i]).any(|s| {
            matches!(s.does, Does::Write | Does::Delete) && s.recv.iter().any(|k| k == "row")
        })
    }

    /// `__init__` and its kin run before a method that is a root, so that `self.table` is known.
    fn initialise(&mut self, st: &mut State, class: ClassRef, recv: &Value, loc: Loc) {
        if self.lang != Lang::Python {
            return;
        }
        for name in ["__init__", "__post_init__"] {
            let Some((owner, init)) = self.p.method(class, ustr(name)) else {
                continue;
            };
            let _ = owner;
            let func = self.p.func(init);
            let mut args = call::Args::default();
            for param in func.params.iter().skip(1) {
                use crate::syntax::il::ParamKind;
                if param.kind == ParamKind::Plain || param.kind == ParamKind::KeywordOnly {
                    let v = self.param_object(st, init, param, None);
                    args.kw.push((
                        param.name,
                        Slot {
                            value: v,
                            presence: Presence::Yes,
                        },
                    ));
                }
            }
            let marks = (self.seen.reads.len(), self.seen.writes.len());
            let f = self.func_value(st, init, None);
            let f = self.bind(f, recv.clone());
            self.call_value(st, &f, args, loc);
            self.dead = false;
            // What construction does to stores is another unit of work.
            self.seen.writes.truncate(marks.1);
            self.seen.outcomes.truncate(marks.1);
            if let Kind::Obj(id) = recv.kind
                && let Some(obj) = st.obj_mut(id)
            {
                obj.dirty.clear();
            }
        }
        st.ctl.clear();
    }

    /// What a parameter of a root is: a row of a known model, a library object, or a value of its own.
    fn param_object(
        &mut self,
        st: &mut State,
        func: FuncRef,
        param: &'p crate::syntax::il::Param,
        class: Option<ClassRef>,
    ) -> Value {
        let term = self.seen.terms.intern(Term::Param(param.name));
        let loc = Loc {
            file: self.p.file_id(func.file),
            span: param.span,
        };
        let value = match class {
            Some(c) => self.instance_of(st, c, term, Origin::Param, loc),
            None => match &param.ty {
                Some(ty) => self.typed_value(st, func.file, ty, term, Origin::Param, loc),
                None => None,
            },
        };
        if let Some(v) = value {
            return v;
        }
        if let Some(kind) = self.lib.param_names.get(&param.name).copied() {
            let id = self.new_obj(st, crate::analysis::value::Shape::Lib(kind), term);
            if let Some(o) = st.obj_mut(id) {
                o.container = Some(Container::Term(term));
            }
            return Value::new(term, Kind::Obj(id), Deps::default());
        }
        if let Some(model) = self.p.model_named(param.name)
            && let Some(v) = self.row_of_model(st, model, term, Origin::Param, loc)
        {
            return v;
        }
        let id = self.new_obj(st, crate::analysis::value::Shape::Dict, term);
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Param;
            o.shape = crate::analysis::value::Shape::Instance;
        }
        self.of_term.insert(term, id);
        Value::new(term, Kind::Obj(id), Deps::default())
    }

    /// An instance of a class that somebody else made.
    pub(super) fn instance_of(
        &mut self,
        st: &mut State,
        class: ClassRef,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        if let Some(path) = self.p.model_path(class) {
            return self.row_of_model(st, path, term, origin, loc);
        }
        let id = self.new_obj(st, crate::analysis::value::Shape::Instance, term);
        let kind = self.p.class_kind(class, self.lib);
        if let Some(o) = st.obj_mut(id) {
            o.class = Some(class);
            o.origin = origin;
            if let Some(kind) = kind {
                o.shape = crate::analysis::value::Shape::Lib(kind);
            }
        }
        self.of_term.insert(term, id);
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    /// A row that was read by somebody else: a read of its own, at the place where it was handed in.
    pub(super) fn row_of_model(
        &mut self,
        st: &mut State,
        model: Ustr,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        let read = self.outside_read(st, Some(Container::Model(model)), loc, ReadHow::Param);
        self.seen.row_terms.insert(term, read);
        let id = self.new_obj(st, crate::analysis::value::Shape::Row, term);
        if let Some(o) = st.obj_mut(id) {
            o.class = self.p.model_class(model);
            o.container = Some(Container::Model(model));
            o.origin = if origin == Origin::Fresh {
                Origin::Fresh
            } else {
                Origin::Read(read)
            };
        }
        self.rows.insert(term, id);
        self.of_term.insert(term, id);
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    pub(super) fn outside_read(
        &mut self,
        st: &State,
        container: Option<Container>,
        loc: Loc,
        how: ReadHow,
    ) -> ReadId {
        let id = ReadId(self.seen.reads.len() as u32);
        let order = self.tick();
        self.seen.reads.push(Read {
            loc,
            statement: loc,
            how,
            pack: Ustr::default(),
            store: Store::default(),
            container,
            conds: Vec::new(),
            one: true,
            aggregate: false,
            stack: self.stack(),
            held: st.held.clone(),
            lock: None,
            parent: None,
            conn: None,
            loops: self.loop_numbers(),
            ctl: Rc::new(st.ctl.clone()),
            absent_as: None,
            given_by: None,
            reload_of: None,
            order,
            key_names: Vec::new(),
            searched: Vec::new(),
            always: st.always.clone(),
        });
        id
    }

    /// What a type says about a value: an object of that class, a library object, a container of rows.
    pub(super) fn typed_value(
        &mut self,
        st: &mut State,
        file: u32,
        ty: &TypeExpr,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        match ty {
            TypeExpr::Pointer(t) => self.typed_value(st, file, t, term, origin, loc),
            TypeExpr::Union(ts) => ts
                .iter()
                .find_map(|t| self.typed_value(st, file, t, term, origin.clone(), loc)),
            TypeExpr::Generic(path, args) => {
                let tail = path.last().copied().unwrap_or_default();
                if let Some(v) = self.typed_path(st, file, path, term, origin.clone(), loc) {
                    return Some(v);
                }
                match tail.as_str() {
                    "Annotated" | "Final" | "ClassVar" | "Optional" => args
                        .first()
                        .and_then(|t| self.typed_value(st, file, t, term, origin, loc)),
                    _ => None,
                }
            }
            TypeExpr::Path(path) => self.typed_path(st, file, path, term, origin, loc),
            _ => None,
        }
    }

    fn typed_path(
        &mut self,
        st: &mut State,
        file: u32,
        path: &[Ustr],
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        match self.p.resolve_type(file, path)? {
            super::program::TypeRef::Class(class) => self.instance_of(st, class, term, origin, loc),
            super::program::TypeRef::External(path) => {
                let kind = self.lib.types.get(&path).copied();
                let id = self.new_obj(st, crate::analysis::value::Shape::Instance, term);
                if let Some(o) = st.obj_mut(id) {
                    o.type_path = Some(path);
                    o.origin = origin;
                    if let Some(kind) = kind {
                        o.shape = crate::analysis::value::Shape::Lib(kind);
                        o.container = Some(Container::Term(term));
                    }
                }
                self.of_term.insert(term, id);
                Some(Value::new(term, Kind::Obj(id), Deps::default()))
            }
        }
    }

    pub(super) fn tick(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    /// Notes what is done or answered under these decisions.
    pub(super) fn deed(&mut self, ctl: Rc<Vec<Rc<Ctl>>>, kind: DeedKind) {
        let order = self.tick();
        self.seen.deeds.push(Deed { order, ctl, kind });
    }

    /// A call of unknown code whose result goes nowhere is made for what it does.
    pub(super) fn unknown_deed(&mut self, st: &State, name: &str, loc: Loc) {
        if loc.span != self.discarded {
            return;
        }
        let tail = name.rsplit(['.', '/']).next().unwrap_or(name);
        let quiet = self.lib.lists.get(&sym!("quiet"));
        if !quiet.is_some_and(|q| q.iter().any(|w| *w == tail)) {
            self.deed(Rc::new(st.ctl.clone()), DeedKind::Effect);
        }
    }

    pub(super) fn stack(&self) -> Rc<Vec<FrameRef>> {
        self.frames
            .get(self.cur)
            .map(|f| f.stack.clone())
            .unwrap_or_default()
    }

    pub(super) fn loop_numbers(&self) -> Rc<Vec<u32>> {
        Rc::new(
            self.loops
                .iter()
                .filter(|l| l.is_loop)
                .map(|l| l.number)
                .collect(),
        )
    }

    pub(super) fn new_loop(&mut self) -> u32 {
        self.next_loop += 1;
        self.next_loop
    }

    pub(super) fn new_branch(&mut self) -> u32 {
        self.next_branch += 1;
        self.next_branch
    }

    pub(super) fn new_group(&mut self) -> u32 {
        self.next_group += 1;
        self.next_group
    }

    pub(super) fn file(&self) -> u32 {
        self.frames.get(self.cur).map_or(0, |f| f.func.file)
    }

    pub(super) fn func(&self) -> &'p Func {
        self.p.func(self.frames[self.cur].func)
    }

    pub(super) fn loc(&self, span: Span) -> Loc {
        Loc {
            file: self.file_id(),
            span,
        }
    }

    pub(super) fn file_id(&self) -> FileId {
        self.p.file_id(self.file())
    }

    pub(super) fn new_env(
        &mut self,
        st: &mut State,
        func: FuncRef,
        parent: Option<EnvId>,
    ) -> EnvId {
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

    pub(super) fn new_obj(
        &mut self,
        st: &mut State,
        shape: crate::analysis::value::Shape,
        term: TermId,
    ) -> ObjId {
        let id = ObjId(self.next_obj);
        self.next_obj += 1;
        st.put_obj(
            id,
            Obj {
                shape,
                class: None,
                type_path: None,
                origin: Origin::Fresh,
                container: None,
                fields: Vec::new(),
                rest: None,
                rest_key: None,
                dirty: Vec::new(),
                maybe: None,
                conds: Vec::new(),
                lock: None,
                parent: None,
                spec: None,
                term,
                sliced: false,
                minus: None,
            },
        );
        id
    }

    /// A new object as a value.
    pub(super) fn obj_value(
        &mut self,
        st: &mut State,
        shape: crate::analysis::value::Shape,
    ) -> (ObjId, Value) {
        let term = self.seen.terms.fresh();
        let id = self.new_obj(st, shape, term);
        (id, Value::new(term, Kind::Obj(id), Deps::default()))
    }

    pub(super) fn unknown(&mut self, deps: Deps) -> Value {
        Value::new(self.seen.terms.fresh(), Kind::Unknown, deps)
    }

    pub(in crate::analysis) fn none(&mut self) -> Value {
        self.lit(Lit::None)
    }

    pub(super) fn lit(&mut self, lit: Lit) -> Value {
        Value::new(self.seen.terms.lit(lit), Kind::Const(lit), Deps::default())
    }

    /// Sets aside what the calls of a function may still spend; gives back what [`Self::restore`] needs.
    pub(super) fn share(&mut self, func: FuncRef) -> (u32, usize, bool, u32) {
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
    pub(super) fn restore(&mut self, func: FuncRef, outer: (u32, usize, bool, u32)) {
        *self.used.entry(func).or_insert(0) += self.steps - outer.3;
        (self.limit, self.limited) = (outer.0, outer.1);
        self.spent = outer.2;
    }

    /// Whether the budget of this root is spent.
    pub(super) fn step(&mut self, span: Span) -> bool {
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

    fn is_static(&self, func: &Func) -> bool {
        has_decorator(func, "staticmethod")
    }

    fn is_classmethod(&self, func: &Func) -> bool {
        has_decorator(func, "classmethod")
    }

    /// Everything a value brings into a function: the reads that it depends on or that it is a row of.
    pub(super) fn brings(&self, st: &State, v: &Value, out: &mut Vec<ReadId>, depth: u32) {
        let push = |r: ReadId, out: &mut Vec<ReadId>| {
            if !out.contains(&r) {
                out.push(r);
            }
        };
        let Deps {
            data,
            control,
            keyed,
        } = &v.deps;
        for (r, p) in data.iter().chain(control.iter()).chain(keyed.iter()) {
            // Its key tells which row is meant, not what was read of it.
            let key = p == "pk" || self.seen.reads[r.0 as usize].key_names.contains(&p);
            if !key {
                push(r, out);
            }
        }
        match &v.kind {
            Kind::Obj(id) if depth < 3 => {
                if let Some(o) = st.obj(*id) {
                    if let Origin::Read(r) = o.origin {
                        push(r, out);
                    }
                    if let Some(rest) = &o.rest {
                        self.brings(st, rest, out, depth + 1);
                    }
                    for (_, s) in o.fields.iter().take(40) {
                        self.brings(st, &s.value, out, depth + 1);
                    }
                }
            }
            Kind::Tuple(vs) => vs.iter().for_each(|v| self.brings(st, v, out, depth + 1)),
            Kind::Phi(alts) if depth < 3 => {
                alts.iter()
                    .for_each(|a| self.brings(st, &a.value, out, depth + 1));
            }
            Kind::Presence(r) | Kind::Count(r) | Kind::ReadErr(r) => push(*r, out),
            _ => {}
        }
    }

    /// All that a value depends on, through the objects that it holds.
    pub(super) fn deep_deps(&self, st: &State, v: &Value, depth: u32) -> Deps {
        let mut d = v.deps.clone();
        match &v.kind {
            Kind::Obj(id) if depth < 4 => {
                if let Some(o) = st.obj(*id) {
                    if let Some(rest) = &o.rest {
                        d = d.union(&self.deep_deps(st, rest, depth + 1));
                    }
                    for (_, s) in o.fields.iter().take(60) {
                        d = d.union(&self.deep_deps(st, &s.value, depth + 1));
                    }
                    if o.shape == crate::analysis::value::Shape::Row
                        && let Origin::Read(r) = o.origin
                        && depth > 0
                    {
                        d = d.union(&Deps::read(r, sym!("pk")));
                    }
                }
            }
            Kind::Tuple(vs) => {
                for v in vs.iter() {
                    d = d.union(&self.deep_deps(st, v, depth + 1));
                }
            }
            Kind::Phi(alts) => {
                for a in alts.iter() {
                    d = d.union(&self.deep_deps(st, &a.value, depth + 1));
                }
            }
            Kind::Store(s) => d = d.union(&s.deps()),
            Kind::Cond(c) => d = d.union(&c.deps()),
            _ => {}
        }
        d
    }

    /// Takes the alternative that is an object (or anything but nothing) where a value may be one of several.
    pub(super) fn concrete(&self, v: &Value) -> Value {
        if let Kind::Phi(alts) = &v.kind {
            let best = alts
                .iter()
                .find(|a| matches!(a.value.kind, Kind::Obj(_)))
                .or_else(|| {
                    alts.iter()
                        .find(|a| matches!(a.value.kind, Kind::Func(_) | Kind::Class(_)))
                })
                .or_else(|| alts.iter().find(|a| !a.value.is_none()));
            if let Some(a) = best {
                let mut v2 = a.value.clone();
                v2.deps = v2.deps.union(&v.deps);
                return v2;
            }
        }
        v.clone()
    }
}

/// Whether a function carries a plain decorator of that name.
pub(in crate::analysis) fn has_decorator(func: &Func, name: &str) -> bool {
    use crate::syntax::il::ExprKind;
    func.decorators.iter().any(|d| match &d.kind {
        ExprKind::Name(n) => n == name,
        ExprKind::Attr(_, n, _) => n == name,
        _ => false,
    })
}
