//! Functions of the project: their values, with decorators applied, and how they are interpreted in place.

use std::rc::Rc;

use super::call::Args;
use super::context::{Hook, Yielded};
use super::library::LibraryCall;
use super::regions::{Region, is_context};
use super::{Interp, MAX_DEPTH};
use crate::analysis::access::{FrameRef, TokenId};
use crate::analysis::program::TypeRef;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values, same};
use crate::analysis::value::*;
use crate::project::facts::{Symbol, dotted};
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Does, TokenKind};
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, Func, Lit, Param, ParamKind, TypeExpr};
use crate::{sym, symbol};

impl<'p> Interp<'p> {
    /// A function value without decorators.
    pub(super) fn closure(&mut self, func: FuncRef, env: Option<EnvId>) -> Value {
        let term = match env {
            Some(_) => self.seen.terms.fresh(),
            None => self.function_term(func),
        };
        let c = Closure {
            func,
            env,
            recv: None,
            regions: Vec::new(),
            bound: Vec::new(),
            through: None,
            types: None,
        };
        Value::new(term, Kind::Func(Rc::new(c)), Deps::default())
    }

    /// What stands for a function that its name alone tells.
    fn function_term(&mut self, func: FuncRef) -> TermId {
        if let Some(term) = self.function_terms.get(&func) {
            return *term;
        }
        let (FuncRef { file, func: i }, name) = (func, self.p.func(func).name);
        let name = symbol::function(file, i, name);
        let term = self.seen.terms.intern(Term::Global(name));
        self.function_terms.insert(func, term);
        term
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
        if f.decorators.is_empty() {
            return v;
        }
        self.decorating.push(func);
        for d in f.decorators.iter().rev() {
            v = self.decorate(st, func.file, v, d, env);
        }
        self.decorating.pop();
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
            && (matches!(
                n.as_str(),
                "property" | "staticmethod" | "classmethod" | "setter"
            ) || self.lib.is_listed(sym!("plain-decorators"), *n))
        {
            return f;
        }
        if self.frames.len() > 40 || env.is_none() && self.is_strangers(file, d) {
            return f;
        }
        let dec = if env.is_some() {
            self.eval(st, d)
        } else {
            self.in_module(st, file, |s, st| s.eval(st, d))
        };
        self.dead = false;
        let loc = self.loc(d.span);
        self.decorate_by(st, file, f, &dec, loc)
    }

    /// A function as a decorator makes it, or a list of them: the first is the outermost.
    fn decorate_by(&mut self, st: &mut State, file: u32, f: Value, dec: &Value, loc: Loc) -> Value {
        let several: Vec<Value> = match &dec.kind {
            Kind::Tuple(all) => all.to_vec(),
            Kind::Obj(id) => match st.obj(*id).filter(|o| o.shape == Shape::List) {
                Some(o) => o.fields.iter().map(|(_, s)| s.value.clone()).collect(),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        if !several.is_empty() && several.len() < 20 {
            let inner_first = several.iter().rev();
            return inner_first.fold(f, |f, one| self.decorate_by(st, file, f, one, loc));
        }
        match &dec.kind {
            Kind::Region(i) => self.wrap(f, *i),
            // A context manager of the project, entered around each call.
            Kind::Obj(_) if is_context(st, dec) => {
                self.regions.push(Region {
                    kind: None,
                    value: Some(dec.clone()),
                    ..Region::at(TokenKind::Process, loc)
                });
                self.wrap(f, self.regions.len() - 1)
            }
            Kind::Func(_) | Kind::Class(_) | Kind::Obj(_) if self.decorates(st, dec, &f) => {
                let mut args = Args::default();
                args.pos.push(f.clone());
                let depth = self.frames.len();
                if depth > 30 {
                    return f;
                }
                let v = self.in_module(st, file, |s, st| s.call_value(st, dec, args, loc));
                let v = match dec.kind {
                    // The function is replaced by an object that is called.
                    Kind::Class(_) => self.attr(st, &v, sym!("__call__"), loc),
                    _ => v,
                };
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
                let tail = intern(p.rsplit('.').next().unwrap_or(""));
                if self.lib.is_listed(sym!("context-decorators"), tail) {
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

    /// Python: whether a decorator is made by a call that nobody in sight knows: it decorates as an unknown thing does,
    /// whatever it is made with.
    fn is_strangers(&self, file: u32, decorator: &Expr) -> bool {
        let ExprKind::Call(call) = &decorator.kind else {
            return false;
        };
        let facts = self.p.facts();
        let symbol = dotted(&call.callee).and_then(|name| facts.lookup_at(file as usize, &name));
        let (Lang::Python, Some(Symbol::External(path))) = (self.lang, symbol) else {
            return false;
        };
        path.rsplit_once('.').is_some_and(|(module, name)| {
            module != "builtins"
                && !self.lib.methods.contains_key(&intern(name))
                && !self.is_known_call(intern(&path))
        })
    }

    /// Whether a database or the project's models know what a path means when it is called.
    fn is_known_call(&self, path: Sym) -> bool {
        let path = self.lib.aliases.get(&path).copied().unwrap_or(path);
        self.lib.callees.contains_key(&path)
            || !self.lib.lists_with(path).is_empty()
            || self.p.model_generalized(path).is_some()
    }

    /// Whether what decorates a function is of the program; a class of it only where its objects enter something around
    /// what they call.
    fn decorates(&self, st: &State, dec: &Value, f: &Value) -> bool {
        let called = |c: ClassRef| {
            let call = self.p.method(c, sym!("__call__"));
            call.is_some_and(|(_, call)| self.p.enters(call))
        };
        match dec.kind {
            Kind::Func(_) => true,
            // Its objects take the place of functions; of methods they would not know the receiver.
            Kind::Class(c) => {
                matches!(&f.kind, Kind::Func(f) if self.p.class_of(f.func).is_none()) && called(c)
            }
            Kind::Obj(id) => st.obj(id).and_then(|o| o.class).is_some_and(called),
            _ => false,
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

    /// A method of a receiver, with what decorates it there: some decorators know it with its receiver only.
    pub(super) fn method_value(
        &mut self,
        st: &mut State,
        func: FuncRef,
        recv: Value,
        around: &[(u32, &'p Expr)],
    ) -> Value {
        let own = &self.p.func(func).decorators;
        let adapted = |d: &&Expr| self.p.adapter(func.file, d).is_some();
        if around.is_empty() && !own.iter().any(|d| adapted(&d)) {
            let v = self.func_value(st, func, None);
            return self.bind(v, recv);
        }
        let mut v = self.closure(func, None);
        let mut recv = Some(recv);
        let own = own.iter().rev().map(|d| (func.file, d));
        for (file, d) in own.chain(around.iter().copied()) {
            if self.p.adapter(file, d).is_some()
                && let Some(recv) = recv.take()
            {
                v = self.bind(v, recv);
            }
            v = self.decorate(st, file, v, d, None);
        }
        match recv {
            Some(recv) => self.bind(v, recv),
            None => v,
        }
    }

    /// A method bound to its receiver.
    pub(super) fn bind(&mut self, mut f: Value, recv: Value) -> Value {
        if let Kind::Func(c) = &mut f.kind
            && c.recv.is_none()
        {
            Rc::make_mut(c).recv = Some(recv);
        }
        f
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
            return self.context_manager(st, closure, &args);
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
            self.unknown_deed(st, f.name.as_str(), &args, loc);
            return self.opaque(st, None, closure.recv.as_ref(), &args, loc);
        }
        self.seen.functions.insert(func);
        // What comes near no store, and is handed nothing that may.
        let plain = !self.p.worth(func) && hook.is_none() && !args.all().any(|a| self.runs(a));
        let tokens = match closure.regions.is_empty() {
            true => Vec::new(),
            false => self.tokens_around(st, closure, loc),
        };
        let brought = self.brought(st, f, closure, &args);
        let above = self.stack();
        let mut chain = Vec::with_capacity(above.len() + 1);
        chain.extend_from_slice(&above);
        let env = self.new_env(st, func, closure.env, f.locals.len());
        let frame = self.frame(func, env, Rc::new(Vec::new()), depth, closure.recv.clone());
        let id = frame.id;
        let steps = self.p.is_steps(func);
        if !steps {
            chain.push(FrameRef {
                id,
                func,
                call: Some(loc),
                led: self.led_here(),
                brought: Rc::new(brought),
                recv: closure.recv.as_ref().map(|r| r.term),
            });
        }
        let caller = self.cur;
        let statement = self.statement;
        let discarded = self.discarded;
        let types = self.type_bindings(st, closure, f);
        self.frames.push(frame);
        let cur = self.frames.len() - 1;
        self.frames[cur].types = types;
        self.frames[cur].stack = Rc::new(chain);
        self.frames[cur].hook = hook;
        self.frames[cur].at = steps.then_some(loc);
        // Arguments are in the caller's terms; defaults are evaluated in the callee's scope.
        self.cur = cur;
        self.bind_params(st, f, closure, &args);
        let (budget, began) = (self.share(func, plain), self.steps);
        self.active.push(func);
        let base = st.ctl.len();
        let taken = std::mem::take(st);
        let end = self.block(taken, &f.body);
        self.active.pop();
        let cut = self.restore(func, began, budget);
        let frame_returns = std::mem::take(&mut self.frames[cur].returns);
        let mut exits: Vec<(State, Value)> = frame_returns;
        if let Some(mut s) = end {
            let v = self.fallthrough(&mut s, f);
            exits.push((s, v));
        }
        let unheard = loc.span == discarded && !steps;
        if unheard {
            self.note_unheard(&exits, loc);
        }
        let alike = match exits.len() {
            0 | 1 => Vec::new(),
            _ => self.answered_alike(&exits, base),
        };
        let out = self.leave(st, exits, base);
        self.go_on_alike(st, alike);
        if unheard {
            self.take_merged(st);
            self.note_dropped(&out, loc);
        }
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
            return self.generated(st, yields);
        }
        if plain && cut {
            // What it gives depends on what it was given.
            self.dead = false;
            return self.opaque(st, None, closure.recv.as_ref(), &args, loc);
        }
        self.as_declared(st, f, func.file, out, loc)
    }

    /// A context manager of the project: entered by `with`.
    #[inline(never)]
    fn context_manager(&mut self, st: &mut State, closure: &Closure, args: &Args) -> Value {
        let (id, v) = self.obj_value(st, Shape::Lib(sym!("context")));
        let mut c = closure.clone();
        c.regions.retain(|r| *r != usize::MAX);
        if let Some(o) = st.obj_mut(id) {
            o.set(
                sym!("func"),
                Value::new(v.term, Kind::Func(Rc::new(c)), Deps::default()),
            );
            for (i, a) in args.pos.iter().enumerate() {
                o.set(intern(&format!("arg:{i}")), a.clone());
            }
            for (k, s) in &args.kw {
                o.set(intern(&format!("arg:{k}")), s.value.clone());
            }
        }
        v
    }

    /// What a generator has given, as a list.
    #[inline(never)]
    fn generated(&mut self, st: &mut State, yields: Vec<Yielded>) -> Value {
        let (id, v) = self.obj_value(st, Shape::List);
        let of = yields.first().and_then(|y| y.of);
        let of = of.filter(|_| yields.iter().all(|y| y.of == of));
        let yields = yields.into_iter().map(|y| y.value).collect();
        let joined = self.one_of(yields, &Deps::default());
        if let Some(o) = st.obj_mut(id) {
            o.rest = Some(joined);
            o.maybe = of;
        }
        self.dead = false;
        v
    }

    /// Takes the tokens of the regions around a function.
    #[inline(never)]
    fn tokens_around(&mut self, st: &mut State, closure: &Closure, loc: Loc) -> Vec<TokenId> {
        let mut tokens = Vec::new();
        for r in &closure.regions {
            let Some(region) = self.regions.get(*r).cloned() else {
                continue;
            };
            match (region.kind, &region.value) {
                (Some(kind), _) => tokens.push(self.take_token(st, &region, kind)),
                (None, Some(v)) => tokens.extend(self.enter_around(st, v, loc)),
                (None, None) => {}
            }
        }
        tokens
    }

    /// Whether what is called now is called by a framework that chooses among the methods of an object.
    fn led_here(&self) -> bool {
        let from = self.frames.iter().take(self.cur + 1).rev();
        let mut steps = from.take_while(|f| self.p.is_steps(f.func));
        steps.any(|f| self.p.only_leads(f.func))
    }

    /// What a generator gives: one of the rows that it goes through, if it does, and not those that it has tested out.
    pub(super) fn yielded(&self, st: &State, mut value: Value) -> Yielded {
        let depth = self.frames[self.cur].depth;
        let mut of = None;
        for c in st.ctl.iter().filter(|c| c.depth >= depth) {
            value.deps.control = value.deps.control.union(&c.deps);
            let present = c.facts.iter().find_map(|f| match f {
                Fact::Present(r) => Some(*r),
                _ => None,
            });
            of = present.or(of);
        }
        Yielded { value, of }
    }

    /// What a function takes from out of sight (`current_app.extensions["table"]`) is what it says that it gives. (Of a
    /// row that would not say where it was read.)
    #[inline(never)]
    fn as_declared(&mut self, st: &mut State, f: &Func, file: u32, v: Value, loc: Loc) -> Value {
        let [ty] = &f.result_types[..] else { return v };
        if self.lang != Lang::Python
            || f.is_generator
            || !matches!(v.kind, Kind::Unknown | Kind::Path(_))
            || !v.deps.is_empty()
        {
            return v;
        }
        let sound = match self.p.declared(file, ty) {
            Some(TypeRef::Class(c)) => self.p.model_path(c).is_none(),
            Some(TypeRef::External(path)) => self.lib.types.contains_key(&path),
            None => false,
        };
        sound
            .then(|| self.typed_value(st, file, ty, v.term, Origin::Unknown, loc))
            .flatten()
            .unwrap_or(v)
    }

    /// Whether a value may be called.
    fn runs(&self, v: &Value) -> bool {
        match &v.kind {
            Kind::Func(_) | Kind::Bound(_) | Kind::Class(_) => true,
            Kind::Phi(alts) => alts.iter().any(|a| self.runs(&a.value)),
            _ => false,
        }
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
    #[inline(never)]
    fn leave(&mut self, st: &mut State, mut exits: Vec<(State, Value)>, base: usize) -> Value {
        let failures = self.lang == Lang::Go && exits.len() > 1;
        if failures {
            // A failure that says that there was none comes before those that say nothing of it.
            let told = |s: &State| {
                let here = s.ctl.iter().skip(base);
                here.flat_map(|c| c.facts.iter())
                    .any(|f| matches!(f, Fact::Absent(_)))
            };
            exits.sort_by_key(|(s, v)| failing(v).then(|| !told(s)));
        }
        let mut it = exits.into_iter();
        let Some((mut s, mut v)) = it.next() else {
            self.dead = true;
            return self.unknown(Deps::default());
        };
        let mut under = match it.len() {
            0 => Shared::default(),
            _ => s.decided_since(base),
        };
        let mut alone = true;
        for (s2, v2) in it {
            let under2 = s2.decided_since(base);
            let v2 = if failures {
                beside_failure(&v, v2, &s2)
            } else {
                v2
            };
            v = if same(&v, &v2) && !matches!(v.kind, Kind::Const(_)) {
                v
            } else if same(&v, &v2) {
                // The same constant on two ways: which way says nothing any more.
                let mut v = v;
                for c in under.iter().chain(under2.iter()) {
                    v.deps.control = v.deps.control.union(&c.deps);
                }
                Value::new(v.term, v.kind, v.deps)
            } else {
                join_values(&v, &under, &v2, &under2, &mut self.seen.terms)
            };
            s = s.join(s2, base, &mut self.seen.terms);
            under = Shared::default();
            alone = false;
        }
        if alone {
            // The one way out: whoever comes out has passed what was decided on it.
            for c in s.ctl.iter_mut().skip(base) {
                let lasts = |f: &Fact| matches!(f, Fact::Absent(_) | Fact::Won(_));
                if c.scope != Scope::Raise && c.facts.iter().any(lasts) {
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

    fn too_big(&self, f: &Func) -> bool {
        f.span.end.saturating_sub(f.span.start) > 4000
    }

    #[inline(never)]
    fn bind_params(&mut self, st: &mut State, f: &'p Func, closure: &Closure, args: &Args) {
        let env = self.frames[self.cur].env;
        let set = |st: &mut State, name: Sym, v: Value| {
            if let Some(e) = st.env_mut(env) {
                e.vars.insert(name, v);
            }
        };
        let before = closure.recv.iter().chain(&closure.bound);
        let mut pos = before.chain(&args.pos).cloned();
        let mut kw = args.kw.clone();
        for p in &f.params {
            match p.kind {
                ParamKind::Plain | ParamKind::KeywordOnly => {
                    let from_kw = kw.iter().rposition(|k| k.0 == p.name);
                    let next = match p.kind {
                        ParamKind::Plain => pos.next(),
                        _ => None,
                    };
                    let v = next.or_else(|| from_kw.map(|i| kw.remove(i).1.value));
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
                                let v = self.provided(st, closure.func, p);
                                let v = v.unwrap_or_else(|| self.eval(st, d));
                                self.dead = false;
                                v
                            }
                            _ => {
                                let loc = self.loc(p.span);
                                let term = self.seen.terms.fresh();
                                let file = self.file();
                                self.provided(st, closure.func, p)
                                    .or_else(|| {
                                        let t = p.ty.as_ref()?;
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
                    let rest: Vec<Value> = pos.by_ref().collect();
                    let v = if self.lang == Lang::Go {
                        let (id, v) = self.obj_value(st, Shape::List);
                        if let Some(o) = st.obj_mut(id) {
                            o.type_path = Some(sym!("..."));
                            for (i, x) in rest.into_iter().enumerate() {
                                o.set(intern(&i.to_string()), x);
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
                        self.resolve_type(self.file(), path),
                        Some(TypeRef::Class(c)) if self.p.is_struct(c)
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

    fn typed_argument(&mut self, st: &mut State, v: Value, p: &'p Param) -> Value {
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
                && let Some(TypeRef::Class(c)) = self.resolve_type(self.file(), path)
                && self.p.is_struct(c)
                && let Some(o) = st.obj_mut(*id)
            {
                o.class = Some(c);
            }
            self.take_collection_class(st, *id, ty);
            return v;
        }
        if !matches!(v.kind, Kind::Unknown | Kind::Path(_)) || !v.deps.is_empty() {
            return v;
        }
        let Some(ty) = &p.ty else { return v };
        let loc = self.loc(p.span);
        let file = self.file();
        // What a module from elsewhere holds (the context of a request) is what it is declared to be here.
        if let Kind::Path(_) = v.kind {
            let class = self.p.annotated_class(file, p);
            return class
                .filter(|c| self.lang == Lang::Python && self.p.model_path(*c).is_none())
                .and_then(|c| self.instance_of(st, c, v.term, Origin::Unknown, loc))
                .unwrap_or(v);
        }
        self.typed_value(st, file, ty, v.term, Origin::Unknown, loc)
            .unwrap_or(v)
    }
}

/// Whether what a Go function returns ends in a failure.
fn failing(v: &Value) -> bool {
    matches!(&v.kind, Kind::Tuple(parts) if parts.last().is_some_and(|e| !e.is_none()))
}

/// The nothing that comes with a failure says nothing of the nothing that comes without one: `nil, nil` and `false, nil`
/// are for what was not found, whatever `nil, err` and `false, err` are for.
fn beside_failure(sound: &Value, failed: Value, left: &State) -> Value {
    let (Kind::Tuple(xs), Kind::Tuple(ys)) = (&sound.kind, &failed.kind) else {
        return failed;
    };
    if xs.len() != ys.len() || !failing(&failed) {
        return failed;
    }
    // A struct without any member given comes with a failure only because something has to.
    let is_empty = |v: &Value| match v.kind {
        Kind::Obj(id) => left.obj(id).is_some_and(|o| {
            o.shape == Shape::Instance
                && o.origin == Origin::Fresh
                && o.fields.is_empty()
                && o.rest.is_none()
        }),
        _ => false,
    };
    let is_nothing = |v: &Value| matches!(v.kind, Kind::Const(Lit::None | Lit::Bool(false)));
    let may_be = |x: &Value, y: &Value| match &x.kind {
        Kind::Phi(alts) => alts.iter().any(|a| same(&a.value, y)),
        _ => same(x, y),
    };
    let last = ys.len() - 1;
    let parts = xs.iter().zip(ys.iter()).enumerate().map(|(i, (x, y))| {
        let told = is_empty(y) && !x.is_none() || is_nothing(y) && may_be(x, y);
        if told && i != last { x } else { y }.clone()
    });
    let parts = parts.collect();
    Value::new(failed.term, Kind::Tuple(Rc::new(parts)), failed.deps)
}
