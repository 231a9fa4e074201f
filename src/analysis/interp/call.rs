//! Calls: of functions of the project, of classes, of libraries, of what nobody knows.

use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::library::LibraryCall;
use super::{Hook, Interp, MAX_DEPTH};
use crate::analysis::access::FrameRef;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Does;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{Call, Expr, ExprKind, Func, ParamKind, Span, TypeExpr};

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Args {
    pub(super) pos: Vec<Value>,
    pub(super) kw: Vec<(Ustr, Slot)>,
    /// `*args` of unknown length.
    pub(super) star: Option<Value>,
    /// `**kwargs` of unknown names.
    pub(super) open: Option<Value>,
}

impl Args {
    /// Every value passed.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.pos
            .iter()
            .chain(self.kw.iter().map(|k| &k.1.value))
            .chain(&self.star)
            .chain(&self.open)
    }

    /// A keyword argument.
    pub(super) fn kw(&self, name: Ustr) -> Option<&Slot> {
        self.kw.iter().rev().find(|k| k.0 == name).map(|k| &k.1)
    }
}

impl<'p> Interp<'p> {
    /// A call expression.
    pub(super) fn call(&mut self, st: &mut State, c: &'p Call, span: Span) -> Value {
        if let ExprKind::Name(n) = &c.callee.kind
            && n == "super"
            && self.lang == Lang::Python
        {
            return self.super_value(st);
        }
        let callee = self.callee(st, &c.callee);
        if self.dead {
            return self.unknown(Deps::default());
        }
        let args = self.args(st, c);
        if self.dead {
            return self.unknown(Deps::default());
        }
        let loc = self.loc(span);
        if let Some(v) = self.two_arms(st, &callee, &args, loc) {
            return v;
        }
        self.call_value(st, &callee, args, loc)
    }

    /// A callee that is one of several functions of the project: each is called, and the results are joined.
    fn two_arms(&mut self, st: &mut State, callee: &Value, args: &Args, loc: Loc) -> Option<Value> {
        let Kind::Phi(alts) = &callee.kind else {
            return None;
        };
        let funcs: Vec<&Alt> = alts
            .iter()
            .filter(|a| matches!(a.value.kind, Kind::Func(_)))
            .collect();
        if funcs.len() < 2 {
            return None;
        }
        self.seen.dispatched.push(loc);
        let base = st.ctl.len();
        let mut outs = Vec::new();
        let mut values = Vec::new();
        for a in funcs {
            let mut s = st.clone();
            let v = self.call_value(&mut s, &a.value, args.clone(), loc);
            if !std::mem::take(&mut self.dead) {
                outs.push(s);
                values.push(v);
            }
        }
        match self.join_all(outs.into_iter(), base) {
            Some(s) => *st = s,
            None => self.dead = true,
        }
        Some(self.one_of(values, &Deps::default()))
    }

    fn super_value(&mut self, _st: &mut State) -> Value {
        let mut i = self.cur;
        while let Some(f) = self.frames.get(i) {
            if let (Some(class), Some(recv)) = (f.class, &f.recv) {
                let term = recv.term;
                return Value::new(
                    term,
                    Kind::Super(class, Rc::new(recv.clone())),
                    recv.deps.clone(),
                );
            }
            if i == 0 {
                break;
            }
            i -= 1;
        }
        self.unknown(Deps::default())
    }

    /// What is called: a method stays bound to its receiver.
    pub(super) fn callee(&mut self, st: &mut State, e: &'p Expr) -> Value {
        let ExprKind::Attr(base, name, _) = &e.kind else {
            return self.eval(st, e);
        };
        let b = self.eval(st, base);
        let loc = self.loc(e.span);
        self.method(st, &b, *name, loc)
    }

    /// `value.name`, about to be called.
    pub(super) fn method(&mut self, st: &mut State, b: &Value, name: Ustr, loc: Loc) -> Value {
        self.note_mutated(st, b);
        let one = self.merged_object(st, b);
        let term = self.seen.terms.field(one.term, name);
        let bound = Value::new(
            term,
            Kind::Bound(Rc::new((one.clone(), name))),
            one.deps.clone(),
        );
        match &one.kind {
            Kind::Obj(id) => {
                let Some(o) = st.obj(*id) else { return bound };
                if o.get(name).is_some() && !matches!(o.shape, Shape::Dict | Shape::Row) {
                    let v = self.attr(st, &one, name, loc);
                    if matches!(
                        v.kind,
                        Kind::Func(_) | Kind::Class(_) | Kind::Phi(_) | Kind::Bound(_)
                    ) {
                        return v;
                    }
                    return bound;
                }
                if let Some(c) = o.class {
                    if self.p.method(c, name).is_some() || self.p.embedded_path(c, name).is_some() {
                        return self.attr(st, &one, name, loc);
                    }
                    // A relation of a model is itself called on: `order.items.filter`.
                    // Go: a method of an interface of the project.
                    let impls = self.p.implementers(c, name);
                    match impls.as_slice() {
                        [] => {}
                        [f] => {
                            let f = self.func_value(st, *f, None);
                            return self.bind_fresh(st, f, one, loc);
                        }
                        many => {
                            self.seen.dispatched.push(loc);
                            let alts: Vec<Alt> = many
                                .iter()
                                .take(4)
                                .map(|f| {
                                    let f = self.func_value(st, *f, None);
                                    let value = self.bind_fresh(st, f, one.clone(), loc);
                                    Alt {
                                        value,
                                        under: Rc::new(Vec::new()),
                                    }
                                })
                                .collect();
                            return Value::new(term, Kind::Phi(Rc::new(alts)), Deps::default());
                        }
                    }
                }
                bound
            }
            Kind::Class(c) => {
                let v = self.attr(st, &one, name, loc);
                // What the class has from its library is called on the class.
                if matches!(v.kind, Kind::Unknown) && self.p.class_kind(*c, self.lib).is_some() {
                    return bound;
                }
                v
            }
            Kind::Path(_) | Kind::Super(..) => self.attr(st, &one, name, loc),
            Kind::Unknown => {
                if let Some(id) = self.of_term.get(&one.term).copied()
                    && st.obj(id).is_some()
                {
                    let v = Value::new(one.term, Kind::Obj(id), one.deps.clone());
                    return self.method(st, &v, name, loc);
                }
                bound
            }
            _ => bound,
        }
    }

    /// A library object that was added to on some paths only is one object whose additions may be there.
    fn merged_object(&mut self, st: &mut State, v: &Value) -> Value {
        let Kind::Phi(alts) = &v.kind else {
            return self.concrete(v);
        };
        let mut objects: Vec<Obj> = Vec::new();
        for a in alts.iter() {
            if let Kind::Obj(id) = a.value.kind
                && let Some(o) = st.obj(id)
                && matches!(o.shape, Shape::Lib(_))
                && !o.fields.is_empty()
            {
                objects.push(o.clone());
            }
        }
        let Some(first) = objects.pop() else {
            return self.one_row(st, v).unwrap_or_else(|| self.concrete(v));
        };
        if objects.is_empty() || objects.iter().any(|o| o.shape != first.shape) {
            return self.concrete(v);
        }
        let term = self.seen.terms.fresh();
        let id = self.new_obj(st, first.shape, term);
        let mut one = first;
        for o in objects {
            one = crate::analysis::state::join_objects(one, &o, &mut self.seen.terms);
        }
        one.term = term;
        st.put_obj(id, one);
        Value::new(term, Kind::Obj(id), v.deps.clone())
    }

    /// The receiver of an interface's method is an object of the implementing type.
    fn bind_fresh(&mut self, st: &mut State, f: Value, recv: Value, loc: Loc) -> Value {
        if let Kind::Func(c) = &f.kind
            && let Some(class) = self.p.class_of(c.func)
            && let Some(v) = self.instance_of(st, class, recv.term, Origin::Unknown, loc)
        {
            return self.bind(f, v);
        }
        self.bind(f, recv)
    }

    /// A function value without decorators.
    pub(super) fn closure(&mut self, func: FuncRef, env: Option<EnvId>) -> Value {
        let term = match env {
            Some(_) => self.seen.terms.fresh(),
            None => {
                let name = ustr(&format!("func:{}:{}", func.file, func.func));
                self.seen.terms.intern(Term::Global(name))
            }
        };
        let c = Closure {
            func,
            env,
            recv: None,
            regions: Vec::new(),
            bound: Vec::new(),
        };
        Value::new(term, Kind::Func(Rc::new(c)), Deps::default())
    }

    /// A function as its name gives it: with its decorators applied.
    pub(super) fn func_value(
        &mut self,
        st: &mut State,
        func: FuncRef,
        env: Option<EnvId>,
    ) -> Value {
        let mut v = self.closure(func, env);
        let f = self.p.func(func);
        for d in f.decorators.iter().rev() {
            v = self.decorate(st, func.file, v, d, env);
        }
        v
    }

    fn decorate(
        &mut self,
        st: &mut State,
        file: u32,
        f: Value,
        d: &'p Expr,
        env: Option<EnvId>,
    ) -> Value {
        if let ExprKind::Name(n) | ExprKind::Attr(_, n, _) = &d.kind
            && matches!(
                n.as_str(),
                "property"
                    | "staticmethod"
                    | "classmethod"
                    | "cached_property"
                    | "setter"
                    | "abstractmethod"
                    | "wraps"
            )
        {
            return f;
        }
        if self.frames.len() > 40 {
            return f;
        }
        let dec = if env.is_some() {
            self.eval(st, d)
        } else {
            self.in_module(st, file, |s, st| s.eval(st, d))
        };
        self.dead = false;
        let loc = self.loc(d.span);
        match &dec.kind {
            Kind::Region(i) => self.wrap(f, *i),
            Kind::Func(_) => {
                let mut args = Args::default();
                args.pos.push(f.clone());
                let depth = self.frames.len();
                if depth > 30 {
                    return f;
                }
                let v = self.in_module(st, file, |s, st| s.call_value(st, &dec, args, loc));
                self.dead = false;
                match self.concrete(&v).kind {
                    Kind::Func(_) => self.concrete(&v),
                    Kind::Obj(id)
                        if st
                            .obj(id)
                            .is_some_and(|o| o.shape == Shape::Lib(sym!("context"))) =>
                    {
                        v
                    }
                    _ => f,
                }
            }
            Kind::Path(p) => {
                let mut args = Args::default();
                args.pos.push(f.clone());
                let tail = p.rsplit('.').next().unwrap_or("");
                if matches!(tail, "contextmanager" | "asynccontextmanager") {
                    if let Kind::Func(c) = &f.kind {
                        let mut c = (**c).clone();
                        c.regions.push(usize::MAX);
                        return Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone());
                    }
                    return f;
                }
                let specs: Vec<usize> = self.lib.callees.get(p).cloned().unwrap_or_default();
                for i in specs {
                    if self.lib.specs[i].does == Does::Region {
                        let v = self.apply(st, &LibraryCall::new(self.lib, i, None, &args, loc));
                        if matches!(v.kind, Kind::Func(_)) {
                            return v;
                        }
                    }
                }
                f
            }
            _ => f,
        }
    }

    /// A function around which a region is entered.
    pub(super) fn wrap(&mut self, f: Value, region: usize) -> Value {
        match &f.kind {
            Kind::Func(c) => {
                let mut c = (**c).clone();
                c.regions.push(region);
                Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone())
            }
            _ => f,
        }
    }

    /// A method bound to its receiver.
    pub(super) fn bind(&mut self, f: Value, recv: Value) -> Value {
        match &f.kind {
            Kind::Func(c) => {
                let mut c = (**c).clone();
                if c.recv.is_none() {
                    c.recv = Some(recv);
                }
                Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone())
            }
            _ => f,
        }
    }

    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        st: &mut State,
        callee: &Value,
        args: Args,
        loc: Loc,
    ) -> Value {
        if !self.step(loc.span) {
            return self.unknown(Deps::default());
        }
        let one = self.concrete(callee);
        match &one.kind {
            Kind::Func(c) => {
                let c = c.clone();
                self.inline(st, &c, args, loc, None)
            }
            Kind::Class(c) => self.instantiate(st, *c, args, loc),
            Kind::Path(p) => self.call_path(st, *p, &one, args, loc),
            Kind::Bound(b) => {
                let (recv, name) = (b.0.clone(), b.1);
                self.call_method(st, &recv, name, args, loc)
            }
            Kind::Region(i) => {
                // `atomic(using=...)(function)`
                match args.pos.first() {
                    Some(f) => {
                        let f = self.concrete(f);
                        self.wrap(f, *i)
                    }
                    None => one.clone(),
                }
            }
            Kind::Obj(id) => {
                let class = st.obj(*id).and_then(|o| o.class);
                let call = sym!("__call__");
                if class.is_some_and(|c| self.p.method(c, call).is_some()) {
                    let f = self.attr(st, &one, call, loc);
                    return self.call_value(st, &f, args, loc);
                }
                self.opaque(st, Some(&one), None, &args, loc)
            }
            _ => self.opaque(st, Some(&one), None, &args, loc),
        }
    }

    /// Interprets a function of the project in place.
    pub(super) fn inline(
        &mut self,
        st: &mut State,
        closure: &Rc<Closure>,
        args: Args,
        loc: Loc,
        hook: Option<Hook<'p>>,
    ) -> Value {
        let func = closure.func;
        let f: &'p Func = self.p.func(func);
        if closure.regions.contains(&usize::MAX) && hook.is_none() {
            // A context manager of the project: entered by `with`.
            let (id, v) = self.obj_value(st, Shape::Lib(sym!("context")));
            let mut c = (**closure).clone();
            c.regions.retain(|r| *r != usize::MAX);
            if let Some(o) = st.obj_mut(id) {
                o.set(
                    sym!("func"),
                    Value::new(v.term, Kind::Func(Rc::new(c)), Deps::default()),
                );
                for (i, a) in args.pos.iter().enumerate() {
                    o.set(ustr(&format!("arg:{i}")), a.clone());
                }
                for (k, s) in &args.kw {
                    o.set(ustr(&format!("arg:{k}")), s.value.clone());
                }
            }
            return v;
        }
        let depth = self.frames.get(self.cur).map_or(0, |f| f.depth) + 1;
        let recursive = self.active.iter().filter(|a| **a == func).count();
        if recursive >= 2 || depth > MAX_DEPTH {
            if self.p.matters(func) && recursive < 2 {
                self.seen.widened.get_or_insert(loc);
            }
            return self.opaque(st, None, closure.recv.as_ref(), &args, loc);
        }
        if !self.p.worth(func) && hook.is_none() && self.too_big(f) {
            self.unknown_deed(st, f.name.as_str(), loc);
            return self.opaque(st, None, closure.recv.as_ref(), &args, loc);
        }
        self.seen.functions.insert(func);
        // Tokens of the regions around it.
        let mut tokens = Vec::new();
        for r in &closure.regions {
            if let Some(region) = self.regions.get(*r).cloned()
                && let Some(kind) = region.kind
            {
                tokens.push(self.take_token(st, &region, kind));
            }
        }
        let mut brought = Vec::new();
        if let Some(r) = &closure.recv {
            let r = r.clone();
            self.brings(st, &r, &mut brought, 0);
        }
        for a in args.all() {
            self.brings(st, a, &mut brought, 0);
        }
        let mut chain = (*self.stack()).clone();
        let env = self.new_env(st, func, closure.env);
        let frame = self.frame(func, env, Rc::new(Vec::new()), depth, closure.recv.clone());
        let id = frame.id;
        chain.push(FrameRef {
            id,
            func,
            call: Some(loc),
            brought: Rc::new(brought),
            recv: closure.recv.as_ref().map(|r| r.term),
        });
        let caller = self.cur;
        let statement = self.statement;
        let discarded = self.discarded;
        self.frames.push(frame);
        let cur = self.frames.len() - 1;
        self.frames[cur].stack = Rc::new(chain);
        self.frames[cur].hook = hook;
        // Arguments are in the caller's terms; defaults are evaluated in the callee's scope.
        self.cur = cur;
        self.bind_params(st, f, closure, args);
        let budget = self.share(func);
        self.active.push(func);
        let base = st.ctl.len();
        let taken = std::mem::take(st);
        let end = self.block(taken, &f.body);
        self.active.pop();
        self.restore(func, budget);
        let frame_returns = std::mem::take(&mut self.frames[cur].returns);
        let mut exits: Vec<(State, Value)> = frame_returns;
        if let Some(mut s) = end {
            let v = self.fallthrough(&mut s, f);
            exits.push((s, v));
        }
        let out = self.leave(st, exits, base);
        let defers = std::mem::take(&mut self.frames[cur].defers);
        if !self.dead {
            for d in defers.into_iter().rev() {
                self.call_value(st, &d.callee, d.args, d.loc);
                self.dead = false;
            }
        }
        let yields = std::mem::take(&mut self.frames[cur].yields);
        self.cur = caller;
        self.statement = statement;
        self.discarded = discarded;
        self.frames.truncate(cur);
        for t in tokens {
            self.release(st, t);
        }
        if f.is_generator && hook.is_none() {
            let (id, v) = self.obj_value(st, Shape::List);
            let joined = self.one_of(yields, &Deps::default());
            if let Some(o) = st.obj_mut(id) {
                o.rest = Some(joined);
            }
            self.dead = false;
            return v;
        }
        out
    }

    fn fallthrough(&mut self, st: &mut State, f: &'p Func) -> Value {
        if !f.results.is_empty() && f.results.iter().all(Option::is_some) {
            let vs: Vec<Value> = f
                .results
                .iter()
                .flatten()
                .map(|n| self.lookup(st, *n))
                .collect();
            return if vs.len() == 1 {
                vs[0].clone()
            } else {
                self.tuple(vs)
            };
        }
        self.none()
    }

    /// All ways out of a function become one.
    fn leave(&mut self, st: &mut State, exits: Vec<(State, Value)>, base: usize) -> Value {
        let mut it = exits.into_iter();
        let Some((mut s, mut v)) = it.next() else {
            self.dead = true;
            return self.unknown(Deps::default());
        };
        let mut under: Rc<Vec<Rc<Ctl>>> = Rc::new(s.ctl.get(base..).unwrap_or_default().to_vec());
        let mut alone = true;
        for (s2, v2) in it {
            let under2 = Rc::new(s2.ctl.get(base..).unwrap_or_default().to_vec());
            v = if crate::analysis::state::same(&v, &v2) && !matches!(v.kind, Kind::Const(_)) {
                v
            } else if crate::analysis::state::same(&v, &v2) {
                // The same constant on two ways: which way says nothing any more.
                let mut v = v;
                for c in under.iter().chain(under2.iter()) {
                    v.deps.control = v.deps.control.union(&c.deps);
                }
                Value::new(v.term, v.kind, v.deps)
            } else {
                crate::analysis::state::join_values(&v, &under, &v2, &under2, &mut self.seen.terms)
            };
            self.note_losses(&s, &s2);
            s = s.join(s2, base, &mut self.seen.terms);
            under = Rc::new(Vec::new());
            alone = false;
        }
        if alone {
            // The one way out: whoever comes out has passed what was decided on it.
            for c in s.ctl.iter_mut().skip(base) {
                if c.scope != Scope::Raise && c.facts.iter().any(|f| matches!(f, Fact::Absent(_))) {
                    Rc::make_mut(c).scope = Scope::Raise;
                }
            }
        }
        // What was decided by returning early ends here; what was decided by raising does not.
        let mut i = 0;
        s.ctl.retain(|c| {
            i += 1;
            i <= base || c.scope == Scope::Raise
        });
        *st = s;
        v
    }

    fn note_losses(&mut self, a: &State, b: &State) {
        let _ = (a, b);
    }

    fn too_big(&self, f: &Func) -> bool {
        f.span.end.saturating_sub(f.span.start) > 4000
    }

    fn bind_params(&mut self, st: &mut State, f: &'p Func, closure: &Closure, args: Args) {
        let env = self.frames[self.cur].env;
        let set = |st: &mut State, name: Ustr, v: Value| {
            if let Some(e) = st.env_mut(env) {
                e.vars.insert(name, v);
            }
        };
        let mut pos: std::collections::VecDeque<Value> = std::collections::VecDeque::new();
        pos.extend(closure.recv.iter().cloned());
        pos.extend(closure.bound.iter().cloned());
        pos.extend(args.pos.iter().cloned());
        let mut kw = args.kw.clone();
        for p in &f.params {
            match p.kind {
                ParamKind::Plain | ParamKind::KeywordOnly => {
                    let from_kw = kw.iter().rposition(|k| k.0 == p.name);
                    let v = if p.kind == ParamKind::Plain && !pos.is_empty() {
                        pos.pop_front()
                    } else {
                        from_kw.map(|i| kw.remove(i).1.value)
                    };
                    let v = match v {
                        Some(v) => v,
                        None => match (&args.star, &args.open, &p.default) {
                            (_, Some(open), _) => Value::new(
                                self.seen.terms.fresh(),
                                Kind::Unknown,
                                open.deps.clone(),
                            ),
                            (Some(star), _, None) => Value::new(
                                self.seen.terms.fresh(),
                                Kind::Unknown,
                                star.deps.clone(),
                            ),
                            (_, _, Some(d)) => {
                                let v = self.eval(st, d);
                                self.dead = false;
                                v
                            }
                            _ => {
                                let loc = self.loc(p.span);
                                let term = self.seen.terms.fresh();
                                let file = self.file();
                                p.ty.as_ref()
                                    .and_then(|t| {
                                        self.typed_value(st, file, t, term, Origin::Unknown, loc)
                                    })
                                    .unwrap_or_else(|| self.unknown(Deps::default()))
                            }
                        },
                    };
                    // An opaque value passed where a type is named is of that type.
                    let v = self.typed_argument(st, v, p);
                    set(st, p.name, v);
                }
                ParamKind::Rest => {
                    let rest: Vec<Value> = pos.drain(..).collect();
                    let v = if self.lang == Lang::Go {
                        let (id, v) = self.obj_value(st, Shape::List);
                        for (i, x) in rest.into_iter().enumerate() {
                            if let Some(o) = st.obj_mut(id) {
                                o.set(ustr(&i.to_string()), x);
                            }
                        }
                        if let Some(star) = &args.star {
                            star.clone()
                        } else {
                            v
                        }
                    } else if rest.is_empty() && args.star.is_some() {
                        args.star
                            .clone()
                            .unwrap_or_else(|| self.unknown(Deps::default()))
                    } else {
                        self.tuple(rest)
                    };
                    set(st, p.name, v);
                }
                ParamKind::Keywords => {
                    let (id, v) = self.obj_value(st, Shape::Dict);
                    if let Some(o) = st.obj_mut(id) {
                        for (k, s) in kw.drain(..) {
                            o.fields.push((k, s));
                        }
                        o.rest = args.open.clone();
                    }
                    set(st, p.name, v);
                }
            }
        }
        for (i, r) in f.results.iter().enumerate() {
            let Some(r) = r else { continue };
            let n = match f.result_types.get(i) {
                Some(ty @ TypeExpr::Path(path))
                    if matches!(
                        self.p.resolve_type(self.file(), path),
                        Some(crate::analysis::program::TypeRef::Class(c)) if self.p.is_struct(c)
                    ) =>
                {
                    let loc = self.loc(f.name_span);
                    self.zero(st, ty, loc)
                }
                _ => self.none(),
            };
            if let Some(e) = st.env_mut(env) {
                e.vars.insert(*r, n);
            }
        }
    }

    fn typed_argument(
        &mut self,
        st: &mut State,
        v: Value,
        p: &'p crate::syntax::il::Param,
    ) -> Value {
        if let (Kind::Obj(id), Some(ty), Lang::Go) = (&v.kind, &p.ty, self.lang) {
            // A value of a type parameter gets its type where it is handed on.
            let path = match ty {
                TypeExpr::Path(path) => Some(path),
                TypeExpr::Pointer(t) => match &**t {
                    TypeExpr::Path(path) => Some(path),
                    _ => None,
                },
                _ => None,
            };
            let untyped = st.obj(*id).is_some_and(|o| {
                o.class.is_none()
                    && o.type_path.is_none()
                    && matches!(o.shape, Shape::Row | Shape::Instance)
            });
            if let Some(path) = path
                && untyped
                && let Some(crate::analysis::program::TypeRef::Class(c)) =
                    self.p.resolve_type(self.file(), path)
                && self.p.is_struct(c)
                && let Some(o) = st.obj_mut(*id)
            {
                o.class = Some(c);
            }
            return v;
        }
        if !matches!(v.kind, Kind::Unknown) || !v.deps.is_empty() {
            return v;
        }
        let Some(ty) = &p.ty else { return v };
        let loc = self.loc(p.span);
        let file = self.file();
        self.typed_value(st, file, ty, v.term, Origin::Unknown, loc)
            .unwrap_or(v)
    }

    /// Makes an instance of a class of the project.
    pub(super) fn instantiate(
        &mut self,
        st: &mut State,
        class: ClassRef,
        args: Args,
        loc: Loc,
    ) -> Value {
        if self.lang == Lang::Go {
            // A conversion.
            return match args.pos.first() {
                Some(v) => {
                    let mut v = v.clone();
                    if matches!(v.kind, Kind::Unknown)
                        && let Some(t) = self.instance_of(st, class, v.term, Origin::Unknown, loc)
                        && self.p.is_struct(class)
                    {
                        v.kind = t.kind;
                    }
                    v
                }
                None => self.unknown(Deps::default()),
            };
        }
        if let Some(model) = self.p.model_path(class) {
            return self.new_row(st, class, model, &args, loc);
        }
        let declared = self.p.class_kind(class, self.lib);
        let (id, v) = self.obj_value(st, Shape::Instance);
        if let Some(o) = st.obj_mut(id) {
            o.class = Some(class);
            if let Some(kind) = declared {
                o.shape = Shape::Lib(kind);
            }
        }
        if declared.is_some() {
            // What the library's own constructor keeps.
            for (name, value) in self.declared_puts(class, &args, loc) {
                if let Some(o) = st.obj_mut(id)
                    && !value.is_none()
                {
                    o.set(name, value);
                }
            }
        }
        if let Some((_, init)) = self.p.method(class, sym!("__init__")) {
            let f = self.func_value(st, init, None);
            let f = self.bind(f, v.clone());
            self.call_value(st, &f, args, loc);
        } else {
            for (i, a) in args.pos.iter().enumerate() {
                if let Some(n) = self.p.field_at(class, i)
                    && let Some(o) = st.obj_mut(id)
                {
                    o.set(n, a.clone());
                }
            }
            for (k, s) in &args.kw {
                if let Some(o) = st.obj_mut(id) {
                    o.set(*k, s.value.clone());
                }
            }
            if let Some(open) = &args.open {
                self.add_rest(st, id, open.clone());
            }
            if let Some((_, post)) = self.p.method(class, sym!("__post_init__")) {
                let f = self.func_value(st, post, None);
                let f = self.bind(f, v.clone());
                self.call_value(st, &f, Args::default(), loc);
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.dirty.clear();
        }
        v
    }

    /// A row that is not in the store yet.
    pub(super) fn new_row(
        &mut self,
        st: &mut State,
        class: ClassRef,
        model: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let (id, v) = self.obj_value(st, Shape::Row);
        let fields: Vec<(Ustr, Slot)> = args
            .kw
            .iter()
            .map(|(k, s)| {
                (
                    self.p
                        .attribute_name(Some(class), Some(Container::Model(model)), *k),
                    s.clone(),
                )
            })
            .collect();
        // What stands for its key by position comes first.
        let mut key = Vec::new();
        if let Some(number) = self.p.class_spec(class, self.lib) {
            let spec = &self.lib.specs[number];
            let call = LibraryCall::new(self.lib, number, None, args, loc);
            for (name, sel) in [("pk", &spec.key), ("sk", &spec.sort_key)] {
                if let Some(slot) = sel.as_ref().and_then(|s| self.select(st, &call, s))
                    && !fields.iter().any(|f| f.0 == name)
                {
                    key.push((ustr(name), slot));
                }
            }
        }
        key.extend(fields);
        if let Some(o) = st.obj_mut(id) {
            o.class = Some(class);
            o.container = Some(Container::Model(model));
            o.origin = Origin::Fresh;
            o.fields = key;
            o.rest = args.open.clone();
        }
        self.rows.insert(v.term, id);
        v
    }

    /// A function or class outside the project.
    fn call_path(
        &mut self,
        st: &mut State,
        path: Ustr,
        callee: &Value,
        args: Args,
        loc: Loc,
    ) -> Value {
        let specs: Vec<usize> = self.lib.callees.get(&path).cloned().unwrap_or_default();
        for i in specs {
            let call = LibraryCall::new(self.lib, i, None, &args, loc);
            if self.spec_fits(st, &call) {
                return self.apply(st, &call);
            }
        }
        if let Some(v) = self.builtin(st, path, &args, loc) {
            return v;
        }
        // A method looked up by its class: `Base.save(self)`; a function of a module with a method's name.
        if let Some((module, name)) = path.rsplit_once('.')
            && let Some(v) = self.module_member(st, module, ustr(name), &args, loc)
        {
            return v;
        }
        self.unknown_deed(st, path.as_str(), loc);
        if let Some(times) = self.lib.lists.get(&sym!("clocks"))
            && times.contains(&path)
        {
            let made = self.seen.terms.made();
            let term = self
                .seen
                .terms
                .intern(Term::Op(ustr(Terms::TIME), vec![made]));
            return Value::new(term, Kind::Unknown, Deps::default());
        }
        self.opaque(st, Some(callee), None, &args, loc)
    }

    fn module_member(
        &mut self,
        st: &mut State,
        module: &str,
        name: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        // An external module's singleton, with methods that a pack knows (`client.put_item` imported from elsewhere).
        let term = self.seen.terms.intern(Term::Global(ustr(module)));
        let recv = Value::new(term, Kind::Unknown, Deps::default());
        self.library_method(st, &recv, name, args, loc)
    }

    /// A method of a value.
    pub(super) fn call_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Ustr,
        args: Args,
        loc: Loc,
    ) -> Value {
        if let Some(v) = self.library_method(st, recv, name, &args, loc) {
            return v;
        }
        if let Some(v) = self.builtin_method(st, recv, name, &args, loc) {
            return v;
        }
        // A field that holds a function.
        if let Kind::Obj(id) = recv.kind
            && let Some(slot) = st.obj(id).and_then(|o| o.get(name)).cloned()
            && matches!(
                slot.value.kind,
                Kind::Func(_) | Kind::Bound(_) | Kind::Class(_) | Kind::Phi(_)
            )
        {
            return self.call_value(st, &slot.value, args, loc);
        }
        self.opaque_method(st, recv, name, &args, loc)
    }

    fn opaque_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Value {
        self.unknown_deed(st, name.as_str(), loc);
        if self.names_relation(st, recv.term, name) {
            // Other rows, whichever they are.
            return self.unknown(Deps::default());
        }
        let part;
        let recv = if self.answers.contains(&recv.term) {
            part = Value::new(recv.term, recv.kind.clone(), recv.deps.answered());
            &part
        } else {
            recv
        };
        let v = self.opaque(st, None, Some(recv), args, loc);
        if matches!(v.kind, Kind::Unknown) {
            // The same method of the same value with the same arguments gives the same, as far as keys go.
            let fresh =
                args.all().next().is_none() && matches!(recv.kind, Kind::Path(_) | Kind::Class(_));
            if !fresh {
                let mut parts = vec![recv.term];
                parts.extend(args.all().map(|a| a.term));
                let term = self.seen.terms.intern(Term::Op(name, parts));
                // Asked of something else than that row: what is in the answer is not what was asked with.
                if v.deps.data.iter().any(|(r, _)| !recv.deps.data.of(r)) {
                    self.answers.insert(term);
                }
                return Value::new(term, Kind::Unknown, v.deps);
            }
        }
        v
    }

    /// Whether a value is what somebody else answered.
    fn is_answer(&self, v: &Value) -> bool {
        self.answers.contains(&v.term)
            || matches!(&v.kind, Kind::Phi(alts) if alts.iter().any(|a| self.answers.contains(&a.value.term)))
    }

    /// Whether a method that gives rows is called on an attribute of a row whose name is computed: a relation.
    fn names_relation(&self, st: &State, recv: TermId, method: Ustr) -> bool {
        let Term::Index(of, _) = self.seen.terms.get(recv) else {
            return false;
        };
        let model = |id: &ObjId| {
            st.obj(*id)
                .is_some_and(|o| matches!(o.container, Some(Container::Model(_))))
        };
        self.rows.get(of).is_some_and(model)
            && self.lib.methods.get(&method).is_some_and(|specs| {
                specs
                    .iter()
                    .map(|i| &self.lib.specs[*i])
                    .any(|s| s.does == Does::Bundle && s.recv.iter().any(|k| k == "manager"))
            })
    }

    /// A call of something that nobody knows: its result depends on what it was given, and functions that it was
    /// given may be called.
    pub(super) fn opaque(
        &mut self,
        st: &mut State,
        callee: Option<&Value>,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let mut deps = Deps::default();
        if let Some(r) = recv {
            deps = deps.union(&r.deps);
            self.maybe_saved(st, r);
        }
        let mut result = None;
        for a in args.all() {
            deps = deps.union(&self.deep_deps(st, a, 0));
            let a = self.concrete(a);
            self.maybe_saved(st, &a);
            if matches!(a.kind, Kind::Func(_)) && self.calls_arguments(&a) {
                // What follows a function in the arguments is usually for it.
                let at = args.pos.iter().position(|x| x.term == a.term);
                let mut given = Args::default();
                if let (Some(at), Some(wants)) = (at, self.wanted(&a)) {
                    let rest: Vec<Value> = args.pos.iter().skip(at + 1).cloned().collect();
                    if rest.len() <= wants {
                        given.pos = rest;
                    }
                }
                let v = self.call_value(st, &a, given, loc);
                self.dead = false;
                result = Some(v);
            }
        }
        if let Some(c) = callee
            && let Kind::Path(p) = &c.kind
        {
            let consts = args.all().all(|a| matches!(a.kind, Kind::Const(_)));
            if !consts {
                let mut parts: Vec<TermId> = Vec::new();
                parts.extend(args.all().map(|a| a.term));
                let term = self.seen.terms.intern(Term::Op(*p, parts));
                // An answer in another form is still an answer.
                if args.all().any(|a| self.is_answer(a)) {
                    self.answers.insert(term);
                }
                return Value::new(term, Kind::Unknown, deps);
            }
        }
        // What a runner gives back is what its function gave.
        if let Some(v) = result
            && !v.is_none()
        {
            return v;
        }
        if deps.is_empty()
            && recv.is_none()
            && callee.is_some_and(|c| matches!(c.kind, Kind::Path(_)))
            && args
                .all()
                .all(|a| matches!(a.kind, Kind::Const(_) | Kind::Path(_)))
        {
            return Value::new(self.seen.terms.made(), Kind::Unknown, deps);
        }
        self.unknown(deps)
    }

    /// How many positional arguments a function value takes beyond those that are bound.
    fn wanted(&self, f: &Value) -> Option<usize> {
        let Kind::Func(c) = &f.kind else { return None };
        let params = &self.p.func(c.func).params;
        if params.iter().any(|p| p.kind == ParamKind::Rest) {
            return Some(usize::MAX);
        }
        let n = params.iter().filter(|p| p.kind == ParamKind::Plain).count();
        Some(n.saturating_sub(usize::from(c.recv.is_some()) + c.bound.len()))
    }

    /// Whether a function value given away may matter when called.
    fn calls_arguments(&self, f: &Value) -> bool {
        match &f.kind {
            Kind::Func(c) => self.p.matters(c.func) && !self.active.contains(&c.func),
            _ => false,
        }
    }
}
