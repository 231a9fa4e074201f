//! Regions: the transactions, locks and context managers that a `with` enters, and the tokens that are held in them.

use std::rc::Rc;

use super::Interp;
use super::call::Args;
use super::context::Hook;
use crate::analysis::access::{Token, TokenId};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::TokenKind;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Block, Expr, ExprKind, Place};

/// A region of a pack: what entering it takes.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) kind: Option<TokenKind>,
    pub(super) conn: Option<Sym>,
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

/// How many paths had left at some point.
struct WaysOut {
    frame: usize,
    returns: usize,
    loops: Vec<(usize, usize)>,
    raised: Vec<usize>,
}

impl<'p> Interp<'p> {
    #[inline(never)]
    pub(super) fn with(
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
                let mut region = self.regions[*i].clone();
                // One that doesn't tell whether it was got raises.
                region.tried &= region.answers;
                let token = region.kind.map(|k| self.take_token(&mut st, &region, k));
                if let Some(t) = target {
                    let bound = match (region.value, token) {
                        (_, Some(token)) if region.answers => self.acquired(token),
                        (Some(v), _) => v,
                        (None, _) => v.clone(),
                    };
                    self.assign(&mut st, t, bound);
                }
                let ways = self.ways_out();
                let (left, raised) = (self.sound_ways(), self.raised);
                let mut out = self.block(st, body);
                if let Some(token) = token {
                    let failed = out.is_none()
                        && self.entered.is_none()
                        && self.raised > raised
                        && self.sound_ways() == left;
                    let of = &mut self.seen.tokens[token.0 as usize];
                    of.undone = failed && of.kind == TokenKind::Txn;
                    if let Some(s) = &mut out {
                        self.release(s, token);
                    }
                    self.release_on(&ways, &[token]);
                }
                out
            }
            // What was taken by the call itself is given up where the body is left.
            Kind::Acquired(token) => {
                if let Some(t) = target {
                    self.assign(&mut st, t, v.clone());
                }
                let ways = self.ways_out();
                let mut out = self.block(st, body);
                if let Some(s) = &mut out {
                    self.release(s, *token);
                }
                self.release_on(&ways, &[*token]);
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
                    let first = self.seen.tokens.len();
                    let f = self.func_value(&mut st, enter, None);
                    let f = self.bind(f, v.clone());
                    let entered =
                        self.call_value(&mut st, &f, Args::default(), self.loc(value.span));
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
                    // What it took it gives up whichever way the body is left.
                    let own = self.taken_since(first, &st);
                    let ways = self.ways_out();
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
                    if let Some(s) = &mut out {
                        own.iter().for_each(|t| self.release(s, *t));
                    }
                    if !own.is_empty() {
                        self.release_on(&ways, &own);
                    }
                    return out;
                }
                if let Some(t) = target {
                    self.assign(&mut st, t, v.clone());
                }
                if !matches!(obj.shape, Shape::Lib(_)) {
                    return self.block(st, body);
                }
                // What was entered through it is left with it.
                let first = self.seen.tokens.len();
                let ways = self.ways_out();
                let mut out = self.block(st, body);
                let own: Vec<TokenId> = (0..self.seen.tokens.len())
                    .filter(|i| *i >= first && self.seen.tokens[*i].of == Some(v.term))
                    .map(|i| TokenId(i as u32))
                    .collect();
                if let Some(s) = &mut out {
                    own.iter().for_each(|t| self.release(s, *t));
                }
                if !own.is_empty() {
                    self.release_on(&ways, &own);
                }
                out
            }
            _ => {
                let mut token = None;
                if matches!(v.kind, Kind::Unknown) && !self.harmless_region(value) {
                    let region = Region::at(TokenKind::Process, self.loc(value.span));
                    let t = self.take_token(&mut st, &region, TokenKind::Process);
                    self.seen.tokens[t.0 as usize].assumed = Some("unknown");
                    token = Some(t);
                }
                if let Some(t) = target {
                    self.assign(&mut st, t, v.clone());
                }
                let ways = self.ways_out();
                let mut out = self.block(st, body);
                if let Some(t) = token {
                    if let Some(s) = &mut out {
                        self.release(s, t);
                    }
                    self.release_on(&ways, &[t]);
                }
                out
            }
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
        let Some((closure, args)) = generator(obj) else {
            return self.block(st, body);
        };
        let hook = Hook {
            frame: self.cur,
            body: Some(body),
            target,
            first: self.seen.tokens.len(),
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
    #[inline(never)]
    pub(super) fn run_hook(&mut self, st: &mut State, value: Value) {
        let Some(hook) = self.frames[self.cur].hook else {
            return;
        };
        let Some(body) = hook.body else {
            // Entered by hand: what comes after waits until it is left.
            self.entered = Some((st.clone(), value));
            self.dead = true;
            return;
        };
        let inner = self.cur;
        self.cur = hook.frame;
        if let Some(t) = hook.target {
            self.assign(st, t, value);
        }
        // What the generator holds it gives up whichever way the body is left.
        let first = hook.first as u32;
        let own: Vec<TokenId> = (first..self.seen.tokens.len() as u32)
            .map(TokenId)
            .collect();
        let ways = self.ways_out();
        let taken = std::mem::take(st);
        match self.block(taken.clone(), body) {
            Some(s) => *st = s,
            None => {
                *st = taken;
                self.dead = true;
            }
        }
        if !own.is_empty() {
            self.release_on(&ways, &own);
        }
        self.cur = inner;
    }

    /// The tokens taken since then that are held, but for locks that end with a transaction taken before.
    fn taken_since(&self, first: usize, st: &State) -> Vec<TokenId> {
        let new = (first..self.seen.tokens.len()).map(|i| TokenId(i as u32));
        new.filter(|t| st.held.contains(t) && !self.seen.tokens[t.0 as usize].until_txn)
            .collect()
    }

    /// What `with` does on entering, for something that is left when somebody else is: what it gives, and the tokens
    /// that it takes are those of the term.
    pub(super) fn enter_for(&mut self, st: &mut State, v: &Value, of: TermId, loc: Loc) -> Value {
        let v = self.concrete(v);
        let first = self.seen.tokens.len();
        let entered = match &v.kind {
            Kind::Region(i) => {
                let region = self.regions[*i].clone();
                if let Some(kind) = region.kind {
                    self.take_token(st, &region, kind);
                }
                region.value.unwrap_or(v)
            }
            Kind::Obj(id) => match st.obj(*id).cloned() {
                Some(o) if o.shape == Shape::Lib(sym!("context")) => {
                    self.enter_generator(st, &o, loc)
                }
                Some(o) => {
                    let enter = |name| o.class.and_then(|c| self.p.method(c, name));
                    match enter(sym!("__enter__")).or_else(|| enter(sym!("__aenter__"))) {
                        Some((_, enter)) => {
                            let f = self.func_value(st, enter, None);
                            let f = self.bind(f, v.clone());
                            self.call_value(st, &f, Args::default(), loc)
                        }
                        None => v,
                    }
                }
                None => v,
            },
            _ => {
                if matches!(v.kind, Kind::Unknown) {
                    let region = Region::at(TokenKind::Process, loc);
                    let t = self.take_token(st, &region, TokenKind::Process);
                    self.seen.tokens[t.0 as usize].assumed = Some("unknown");
                }
                v
            }
        };
        for t in self.taken_since(first, st) {
            self.seen.tokens[t.0 as usize].of = Some(of);
        }
        entered
    }

    /// The tokens that a context manager of the project takes where it is entered around a call.
    #[inline(never)]
    pub(super) fn enter_around(&mut self, st: &mut State, v: &Value, loc: Loc) -> Vec<TokenId> {
        let Kind::Obj(id) = v.kind else {
            return Vec::new();
        };
        let Some(o) = st.obj(id).filter(|_| is_context(st, v)).cloned() else {
            return Vec::new();
        };
        let first = self.seen.tokens.len();
        self.enter_generator(st, &o, loc);
        self.dead = false;
        self.taken_since(first, st)
    }

    /// A generator of the project up to its `yield`, and what it gives there.
    fn enter_generator(&mut self, st: &mut State, obj: &Obj, loc: Loc) -> Value {
        let Some((closure, args)) = generator(obj) else {
            return self.unknown(Deps::default());
        };
        let hook = Hook {
            frame: self.cur,
            body: None,
            target: None,
            first: self.seen.tokens.len(),
        };
        self.inline(st, &closure, args, loc, Some(hook));
        match self.entered.take() {
            Some((at, value)) => {
                *st = at;
                self.dead = false;
                value
            }
            None => self.unknown(Deps::default()),
        }
    }

    /// `__exit__`, with nothing that was raised.
    fn exit(&mut self, st: &mut State, exit: FuncRef, object: &Value, with: &'p Expr) {
        let f = self.func_value(st, exit, None);
        let f = self.bind(f, object.clone());
        let mut args = Args::default();
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

    /// How many paths have left by now: by `return`, by leaving a turn of a loop, by raising.
    fn ways_out(&self) -> WaysOut {
        WaysOut {
            frame: self.cur,
            returns: self.frames[self.cur].returns.len(),
            loops: self
                .loops
                .iter()
                .map(|l| (l.breaks.len(), l.continues.len()))
                .collect(),
            raised: self.tries.iter().map(|t| t.points.len()).collect(),
        }
    }

    /// How many paths have left what is running without a failure, here or in whatever called it.
    fn sound_ways(&self) -> usize {
        let returns = self.frames.iter().map(|f| f.returns.len());
        let turns = self
            .loops
            .iter()
            .map(|l| l.breaks.len() + l.continues.len());
        returns.sum::<usize>() + turns.sum::<usize>()
    }

    /// Who has left since then has given up these tokens on the way.
    fn release_on(&mut self, since: &WaysOut, tokens: &[TokenId]) {
        let mut left: Vec<&mut State> = Vec::new();
        if let Some(f) = self.frames.get_mut(since.frame) {
            left.extend(f.returns.iter_mut().skip(since.returns).map(|r| &mut r.0));
        }
        for (l, (breaks, continues)) in self.loops.iter_mut().zip(&since.loops) {
            left.extend(l.breaks.iter_mut().skip(*breaks));
            left.extend(l.continues.iter_mut().skip(*continues));
        }
        for (t, points) in self.tries.iter_mut().zip(&since.raised) {
            left.extend(t.points.iter_mut().skip(*points).map(|p| &mut p.state));
        }
        for st in left {
            for token in tokens {
                release(&self.seen.tokens, st, *token);
            }
        }
    }

    /// Takes a token.
    pub(super) fn take_token(
        &mut self,
        st: &mut State,
        region: &Region,
        kind: TokenKind,
    ) -> TokenId {
        let id = TokenId(self.seen.tokens.len() as u32);
        let order = self.tick();
        self.seen.tokens.push(Token {
            kind,
            loc: region.loc,
            conn: region.conn,
            key: region.key,
            key_from: region.key_from.clone(),
            until_txn: false,
            tried: region.tried,
            released: false,
            undone: false,
            of: region.of,
            assumed: None,
            order,
        });
        // What was only tried for is held where the answer was looked at.
        if !region.tried {
            st.held.edit().push(id);
        }
        id
    }

    /// Whether a token was got, as a value.
    pub(super) fn acquired(&mut self, token: TokenId) -> Value {
        let term = self.seen.terms.fresh();
        Value::new(term, Kind::Acquired(token), Deps::default())
    }

    /// Gives a token up; with a transaction go the locks that end with it.
    pub(super) fn release(&mut self, st: &mut State, token: TokenId) {
        self.seen.tokens[token.0 as usize].released = true;
        release(&self.seen.tokens, st, token);
    }
}

/// Whether a value is a context manager that a generator of the project makes.
pub(super) fn is_context(st: &State, v: &Value) -> bool {
    let context = |o: &Obj| o.shape == Shape::Lib(sym!("context"));
    matches!(v.kind, Kind::Obj(id) if st.obj(id).is_some_and(context))
}

/// The function behind a context manager, and what it was called with.
fn generator(obj: &Obj) -> Option<(Rc<Closure>, Args)> {
    let Kind::Func(closure) = &obj.get(sym!("func"))?.value.kind else {
        return None;
    };
    let mut args = Args::default();
    for (name, slot) in &obj.fields {
        if let Some(n) = name.strip_prefix("arg:") {
            match n.parse::<usize>() {
                Ok(_) => args.pos.push(slot.value.clone()),
                Err(_) => args.kw.push((intern(n), slot.clone())),
            }
        }
    }
    Some((closure.clone(), args))
}

/// Takes a token off a path, and with a transaction the locks that end with it.
pub(super) fn release(tokens: &[Token], st: &mut State, token: TokenId) {
    if !st.held.contains(&token) {
        return;
    }
    let order = tokens[token.0 as usize].order;
    let txn = tokens[token.0 as usize].kind == TokenKind::Txn;
    st.held.edit().retain(|t| {
        let other = &tokens[t.0 as usize];
        *t != token && !(txn && other.until_txn && other.order > order)
    });
}
