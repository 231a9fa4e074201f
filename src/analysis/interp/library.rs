//! What a pack says of a call, applied.

use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::call::Args;
use super::{Interp, Region};
use crate::analysis::access::*;
use crate::analysis::dialects;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{
    Cmp, Dialect, Does, Failure, Mode, Returns, Sel, Shape as SpecShape, Spec, TermSpec, TokenKind,
};
use crate::syntax::Lang;
use crate::syntax::il::Lit;

impl<'p> Interp<'p> {
    /// The kind of library object a value is.
    pub(super) fn kind_of(&self, st: &State, v: &Value) -> Option<Ustr> {
        match &v.kind {
            Kind::Obj(id) => {
                let o = st.obj(*id)?;
                match o.shape {
                    Shape::Lib(k) => Some(k),
                    // A row of a class that its pack declares is of that kind.
                    Shape::Row => match o.container {
                        Some(Container::Model(_)) => o
                            .class
                            .and_then(|c| self.p.class_kind(c, self.lib))
                            .or(Some(ustr("row"))),
                        _ => None,
                    },
                    _ => o
                        .type_path
                        .and_then(|p| self.lib.types.get(&p).copied())
                        .or_else(|| o.class.and_then(|c| self.p.class_kind(c, self.lib))),
                }
            }
            Kind::Class(c) => self
                .p
                .class_kind(*c, self.lib)
                .map(|k| ustr(&format!("class:{k}"))),
            Kind::Cond(_) => Some(ustr("test")),
            Kind::Store(_) => Some(ustr("term")),
            Kind::Affected(_) => Some(ustr("affected")),
            Kind::Path(p)
                if p.rsplit('.')
                    .next()
                    .is_some_and(|t| t.starts_with(char::is_uppercase)) =>
            {
                Some(ustr("external-class"))
            }
            _ => None,
        }
    }

    /// Whether a kind is that of `recv "..."`: the same, or a subkind (`dynamodb.table` of `dynamodb`).
    fn kind_fits(kind: Ustr, wanted: &[Ustr]) -> bool {
        wanted.contains(&kind)
    }

    /// Whether a spec holds for this receiver and these arguments.
    pub(super) fn spec_fits(
        &self,
        st: &State,
        spec: usize,
        recv: Option<&Value>,
        args: &Args,
    ) -> bool {
        let s = &self.lib.specs[spec];
        if let Some((sel, text)) = &s.when {
            let found = self.plain_select(sel, recv, args);
            let says = found.is_some_and(|v| match v.kind {
                Kind::Const(Lit::Bool(b)) => *text == if b { "True" } else { "False" },
                Kind::Path(p) => p == *text,
                _ => self.seen.terms.text(v.term) == Some(*text),
            });
            if !says {
                return false;
            }
        }
        let has = |sel: &Sel| match sel {
            Sel::Kw(k) => args.kw(*k).is_some(),
            Sel::Pos(i) => args.pos.len() > *i,
            _ => false,
        };
        let signed =
            || !s.signature.is_empty() && s.signature.iter().all(|(want, sel)| has(sel) == *want);
        let typed = || {
            s.arg_type.as_ref().is_some_and(|(sel, types)| {
                let Some(v) = self.plain_select(sel, recv, args) else {
                    return false;
                };
                let v = self.concrete(&v);
                if let Kind::Obj(id) = v.kind
                    && let Some(o) = st.obj(id)
                {
                    return o.type_path.is_some_and(|t| types.contains(&t))
                        || o.class.is_some_and(|c| {
                            self.p
                                .underlying_path(c)
                                .is_some_and(|t| types.contains(&t))
                        });
                }
                false
            })
        };
        if s.shape == SpecShape::Callee {
            return s.signature.is_empty() || signed();
        }
        let kind = recv.and_then(|r| self.kind_of(st, r));
        match kind {
            Some(k) if !s.recv.is_empty() => {
                if Self::kind_fits(k, &s.recv) {
                    return s.signature.is_empty() || signed() || !s.recv.is_empty();
                }
                typed()
            }
            Some(_) => typed(),
            None => {
                if typed() {
                    return true;
                }
                // Nothing is known of the receiver: the arguments may be distinctive enough.
                let unknown = recv.is_none_or(|r| match &r.kind {
                    Kind::Unknown => true,
                    Kind::Obj(id) => st.obj(*id).is_some_and(|o| {
                        matches!(o.shape, Shape::Instance)
                            && o.class.is_none_or(|c| self.p.is_opaque_class(c))
                            && o.type_path.is_none_or(|t| !self.lib.types.contains_key(&t))
                    }),
                    Kind::Path(_) => true,
                    _ => false,
                });
                unknown && signed()
            }
        }
    }

    fn plain_select(&self, sel: &Sel, recv: Option<&Value>, args: &Args) -> Option<Value> {
        match sel {
            Sel::Pos(i) => args.pos.get(*i).cloned(),
            Sel::Kw(k) => args.kw(*k).map(|s| s.value.clone()),
            Sel::Recv => recv.cloned(),
            Sel::First(sels) => sels.iter().find_map(|s| self.plain_select(s, recv, args)),
            _ => None,
        }
    }

    /// The value that a selector names.
    pub(super) fn select(
        &mut self,
        st: &mut State,
        spec: &Spec,
        sel: &Sel,
        recv: Option<&Value>,
        args: &Args,
    ) -> Option<Slot> {
        let yes = |value: Value| {
            Some(Slot {
                value,
                presence: Presence::Yes,
            })
        };
        match sel {
            Sel::Pos(i) => args.pos.get(*i).cloned().and_then(yes),
            Sel::Kw(k) => self.keyword(args, *k),
            Sel::Recv => recv.cloned().and_then(yes),
            Sel::Text(t) => {
                let v = self.lit(Lit::Str(*t));
                yes(v)
            }
            Sel::Prop(name) => {
                let r = self.concrete(recv?);
                let Kind::Obj(id) = r.kind else { return None };
                st.obj(id)?.get(*name).cloned()
            }
            Sel::Field(name) => {
                if let Some(req) = &spec.request {
                    let r = self.select(st, spec, &req.clone(), recv, args)?;
                    let r = self.concrete(&r.value);
                    let Kind::Obj(id) = r.kind else { return None };
                    return st.obj(id)?.get(*name).cloned();
                }
                self.keyword(args, *name)
            }
            Sel::First(sels) => {
                for s in sels {
                    if let Some(found) = self.select(st, spec, s, recv, args) {
                        return Some(found);
                    }
                }
                None
            }
            Sel::AllPos => {
                let vs = args.pos.clone();
                let t = self.tuple(vs);
                yes(t)
            }
            Sel::PosFrom(n) => {
                let vs = args.pos.iter().skip(*n).cloned().collect();
                let t = self.tuple(vs);
                yes(t)
            }
            Sel::Model(name) => {
                let v = self.lit(Lit::Str(*name));
                yes(v)
            }
            Sel::Attr(name) => {
                let r = recv?.clone();
                let loc = self.loc(self.statement);
                let v = self.attr(st, &r, *name, loc);
                yes(v)
            }
            Sel::Own(path) => {
                let r = self.concrete(recv?);
                let v = self.own(st, &r, path)?;
                yes(v)
            }
            Sel::AllKw(_) | Sel::Filters => None,
        }
    }

    /// What the class of a value says in the project: an attribute, a member of a class in it, what a function of its
    /// own gives.
    fn own(&mut self, st: &mut State, recv: &Value, path: &[Ustr]) -> Option<Value> {
        let loc = self.loc(self.statement);
        let mut v = recv.clone();
        for step in path {
            let class = self.class_of_value(st, &v)?;
            v = if let Some(name) = step.strip_suffix("()") {
                let (_, f) = self.p.method(class, ustr(name))?;
                if self.active.contains(&f) {
                    return None;
                }
                let f = self.func_value(st, f, None);
                let f = self.bind(f, v.clone());
                self.call_value(st, &f, Args::default(), loc)
            } else {
                let held = match v.kind {
                    Kind::Obj(id) => st
                        .obj(id)
                        .and_then(|o| o.get(*step))
                        .map(|s| s.value.clone()),
                    _ => None,
                };
                match (held, self.p.inner_class(class, *step)) {
                    (Some(held), _) => held,
                    (None, Some(inner)) => {
                        let term = self
                            .seen
                            .terms
                            .intern(Term::Global(self.p.class_path(inner)));
                        Value::new(term, Kind::Class(inner), Deps::default())
                    }
                    (None, None) => self.class_level(st, class, *step, loc)?,
                }
            };
            // Of several the one that takes a lock: which it is depends on what the caller is, and a lock is taken for
            // those that need it.
            if let Kind::Phi(alts) = &v.kind
                && let Some(a) = alts.iter().find(|a| {
                    matches!(a.value.kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| o.lock.is_some()))
                })
            {
                v = a.value.clone();
            }
            v = self.concrete(&v);
        }
        (!v.is_none()).then_some(v)
    }

    fn keyword(&mut self, args: &Args, name: Ustr) -> Option<Slot> {
        if let Some(s) = args.kw(name) {
            return Some(s.clone());
        }
        // `**unknown` may bring it; then nothing is known of it but where it comes from.
        None
    }

    /// A library's method on a value.
    pub(super) fn library_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let candidates = self.lib.methods.get(&name)?;
        let spec = candidates
            .iter()
            .copied()
            .find(|i| self.spec_fits(st, *i, Some(recv), args))?;
        Some(self.apply(st, spec, Some(recv), args, loc))
    }

    /// A library's attribute.
    pub(super) fn library_attr(
        &mut self,
        st: &mut State,
        recv: &Value,
        path: Option<Ustr>,
        name: Ustr,
        loc: Loc,
    ) -> Option<Value> {
        let candidates = self.lib.attributes.get(&name)?.clone();
        let kind = self.kind_of(st, recv);
        for i in candidates {
            let s = &self.lib.specs[i];
            let fits = match (&kind, path) {
                (Some(k), _) => Self::kind_fits(*k, &s.recv),
                (None, Some(p)) => s.path.contains(&p),
                _ => false,
            };
            if fits {
                let v = self.apply(st, i, Some(recv), &Args::default(), loc);
                if s.does == Does::Read
                    && let Kind::Obj(id) = recv.kind
                    && let Some(o) = st.obj_mut(id)
                {
                    // From now on the same row.
                    o.set(name, v.clone());
                }
                return Some(v);
            }
        }
        None
    }

    /// Does what a spec says.
    pub(super) fn apply(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        match spec.does {
            Does::Make | Does::Bundle => self.make(st, i, recv, args, loc),
            Does::Read => self.read(st, i, recv, args, loc),
            Does::Reload => self.reload(st, i, recv, args, loc),
            Does::Write | Does::Create | Does::Upsert | Does::Delete | Does::Check => {
                self.write(st, i, recv, args, loc)
            }
            Does::Members => self.members(st, i, recv, args, loc),
            Does::Term => {
                let t = match &spec.term {
                    Some(t) => self.store_term(st, spec, t, recv, args),
                    None => return self.unknown(Deps::default()),
                };
                let deps = t.deps();
                Value::new(self.seen.terms.fresh(), Kind::Store(Rc::new(t)), deps)
            }
            Does::Test => {
                let c = self.store_test(st, spec, recv, args);
                let deps = c.deps();
                Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps)
            }
            Does::Flow => {
                if let Some((from, to)) = &spec.flow {
                    let from = self.select(st, spec, from, recv, args).map(|s| s.value);
                    let to = self.select(st, spec, to, recv, args).map(|s| s.value);
                    if let (Some(f), Some(t)) = (from, to) {
                        self.decode(st, &f, &t, loc);
                    }
                }
                let r = spec.returns.clone();
                self.shaped(st, i, &r, None, None, recv, args)
            }
            Does::Same => {
                let r = spec.returns.clone();
                self.shaped(st, i, &r, None, None, recv, args)
            }
            Does::Region => {
                let (value, region) = self.region(st, i, recv, args, loc);
                // Used as a plain decorator or wrapper: the function is the argument.
                if let Some(f) = args.pos.first()
                    && matches!(self.concrete(f).kind, Kind::Func(_))
                {
                    let f = self.concrete(f);
                    return self.wrap(f, region);
                }
                value
            }
            Does::Take => {
                let (_, region) = self.region(st, i, recv, args, loc);
                let r = self.regions[region].clone();
                if let Some(kind) = r.kind {
                    self.take_token(st, &r, kind);
                }
                let shape = spec.returns.clone();
                self.shaped(st, i, &shape, None, None, recv, args)
            }
            Does::Release => {
                let kind = spec.token.unwrap_or(TokenKind::Process);
                let last = st
                    .held
                    .iter()
                    .rev()
                    .find(|t| self.seen.tokens[t.0 as usize].kind == kind)
                    .copied();
                if let Some(t) = last {
                    self.release(st, t);
                }
                let shape = spec.returns.clone();
                self.shaped(st, i, &shape, None, None, recv, args)
            }
            Does::Sql => {
                let text = spec
                    .statement
                    .as_ref()
                    .and_then(|sel| self.select(st, spec, sel, recv, args));
                let effect = text
                    .and_then(|s| self.known_text(&s.value))
                    .and_then(|t| crate::stores::dialect::sql::lock_effect(&t));
                use crate::stores::dialect::sql::LockEffect;
                match effect {
                    Some(LockEffect::Released) => {
                        let last = st
                            .held
                            .iter()
                            .rev()
                            .find(|t| self.seen.tokens[t.0 as usize].kind == TokenKind::Advisory)
                            .copied();
                        if let Some(t) = last {
                            let order = self.seen.tokens[t.0 as usize].order;
                            let open = st.held.iter().any(|x| {
                                let x = &self.seen.tokens[x.0 as usize];
                                x.kind == TokenKind::Txn && x.order < order
                            });
                            if open {
                                // Given up before the transaction commits: the next holder reads old rows.
                                self.seen.tokens[t.0 as usize].kind = TokenKind::Process;
                            }
                            self.release(st, t);
                        }
                    }
                    Some(effect) => {
                        let key = match &spec.token_key {
                            Some(sel) => self
                                .select(st, spec, sel, recv, args)
                                .map(|s| self.first_of(st, &s.value)),
                            None => None,
                        };
                        let region = Region {
                            kind: Some(TokenKind::Advisory),
                            conn: None,
                            key,
                            loc,
                            value: None,
                        };
                        let t = self.take_token(st, &region, TokenKind::Advisory);
                        self.seen.tokens[t.0 as usize].until_txn =
                            effect == LockEffect::UntilTransaction;
                    }
                    None => {}
                }
                self.unknown(Deps::default())
            }
            Does::Invoke => {
                let held = st.held.clone();
                if spec.after_txn {
                    let txn = |t: &TokenId| self.seen.tokens[t.0 as usize].kind == TokenKind::Txn;
                    st.held = Rc::new(held.iter().filter(|t| !txn(t)).copied().collect());
                }
                let mut result = None;
                for sel in &spec.invokes {
                    let Some(f) = self.select(st, spec, sel, recv, args) else {
                        continue;
                    };
                    let mut rest = Args::default();
                    // What comes after the function is passed to it.
                    match sel {
                        Sel::Pos(n) => {
                            rest.pos = args.pos.iter().skip(n + 1).cloned().collect();
                            rest.kw = args.kw.clone();
                        }
                        Sel::Own(_) | Sel::First(_) => rest = args.clone(),
                        _ => {}
                    }
                    result = Some(self.call_value(st, &f.value, rest, loc));
                }
                st.held = held;
                result.unwrap_or_else(|| self.unknown(Deps::default()))
            }
            Does::Enqueue | Does::Effect => {
                let order = self.tick();
                self.seen.effects.push((loc, order));
                for w in st.merged_losses.clone().iter() {
                    self.reached_without_winning(*w, loc);
                    if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                        o.spent.get_or_insert(loc);
                    }
                }
                self.unknown(Deps::default())
            }
            Does::Fail => {
                self.raise(st, None, None);
                self.dead = true;
                self.unknown(Deps::default())
            }
            Does::Declare => self.unknown(Deps::default()),
        }
    }

    fn region(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> (Value, usize) {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let conn = self.connection(st, spec, recv, args);
        let key = match &spec.token_key {
            Some(sel) => self.select(st, spec, sel, recv, args).map(|s| s.value.term),
            None => None,
        };
        let value = match &spec.returns {
            Returns::Nothing => None,
            r => {
                let r = r.clone();
                Some(self.shaped(st, i, &r, None, None, recv, args))
            }
        };
        self.regions.push(Region {
            kind: spec.token,
            conn,
            key,
            loc,
            value,
        });
        let n = self.regions.len() - 1;
        (
            Value::new(self.seen.terms.fresh(), Kind::Region(n), Deps::default()),
            n,
        )
    }

    fn connection(
        &mut self,
        st: &mut State,
        spec: &Spec,
        recv: Option<&Value>,
        args: &Args,
    ) -> Option<Ustr> {
        let sel = spec.conn.as_ref()?;
        let v = self.select(st, spec, sel, recv, args)?.value;
        if matches!(v.kind, Kind::Func(_)) {
            // The function around which a bare decorator is put.
            return None;
        }
        self.seen
            .terms
            .text(v.term)
            // Which one it is, is told by what computes it only.
            .or_else(|| Some(ustr(&format!("?{}", self.seen.terms.show(v.term)))))
    }

    /// Makes a library object, or adds to one.
    fn make(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let recv_one = recv.map(|r| self.concrete(r));
        let source = match &recv_one {
            Some(r) => match r.kind {
                Kind::Obj(id) => st.obj(id).cloned().map(|o| (id, o)),
                _ => None,
            },
            None => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, spec, sel, recv, args),
            None => match (&recv_one, &source) {
                (_, Some((_, o))) => o.container,
                (
                    Some(Value {
                        kind: Kind::Class(c),
                        ..
                    }),
                    _,
                ) => Some(Container::Model(self.p.container_of_class(*c))),
                _ => None,
            },
        };
        let mut puts = Vec::new();
        for (name, sel) in &spec.put {
            if let Some(s) = self.select(st, spec, sel, recv, args) {
                puts.push((*name, s));
            }
        }
        let mut conds = Vec::new();
        self.gather_filters(st, i, recv, args, container, &mut conds);
        let mut lock = spec.lock.then_some(loc);
        if spec.cmp.is_some() {
            conds.push(Rc::new(self.store_test(st, spec, recv, args)));
        }
        let added = self.additions(st, spec, source.as_ref().map(|s| &s.1), recv, args);
        let kind = match &spec.returns {
            Returns::Kind(k) => Some(*k),
            _ => None,
        };
        // Made from one of the same kind: what that selects and locks, this does.
        if let Some(sel @ (Sel::Own(_) | Sel::First(_))) = &spec.container
            && let Some(from) = self.select(st, spec, &sel.clone(), recv, args)
            && let Kind::Obj(id) = self.concrete(&from.value).kind
            && let Some(o) = st.obj(id)
            && matches!(o.shape, Shape::Lib(_))
        {
            conds.extend(o.conds.iter().cloned());
            lock = lock.or(o.lock);
        }
        let id = match (&source, spec.does, spec.mutates) {
            (Some((id, _)), Does::Bundle, true) => *id,
            (Some((_, o)), Does::Bundle, false) => {
                let term = self.seen.terms.fresh();
                let id = self.new_obj(st, o.shape, term);
                let mut o = o.clone();
                o.term = term;
                // Rows already fetched belong to the query they were fetched by.
                o.fields.retain(|f| f.0 != "rows:");
                st.put_obj(id, o);
                id
            }
            _ => {
                let term = match (&spec.does, args.pos.first()) {
                    // The same name gives the same object.
                    _ if kind.is_some() && container.is_none() && source.is_none() => {
                        self.seen.terms.fresh()
                    }
                    _ => self.seen.terms.fresh(),
                };
                let shape = kind.map_or(Shape::Instance, Shape::Lib);
                self.new_obj(st, shape, term)
            }
        };
        let parent = source.as_ref().and_then(|(_, o)| o.parent);
        if let Some(o) = st.obj_mut(id) {
            if let Some(k) = kind {
                o.shape = Shape::Lib(k);
            }
            o.container = container.or(o.container);
            o.spec = Some(i);
            o.parent = o.parent.or(parent);
            for (n, s) in puts {
                match o.fields.iter_mut().find(|f| f.0 == n) {
                    Some(f) => f.1 = s,
                    None => o.fields.push((n, s)),
                }
            }
            o.conds.extend(conds);
            for (n, v) in added {
                o.set(n, v);
            }
            o.lock = lock.or(o.lock);
        }
        if let Some(sel) = &spec.projects
            && let Some(columns) = self.select(st, spec, &sel.clone(), recv, args)
        {
            let flat = spec.flat.clone().is_some_and(|sel| {
                self.select(st, spec, &sel, recv, args)
                    .is_some_and(|s| matches!(s.value.kind, Kind::Const(Lit::Bool(true))))
            });
            let columns = match (&columns.value.kind, flat) {
                (Kind::Tuple(vs), true) => vs.first().cloned(),
                _ => Some(columns.value),
            };
            if let (Some(o), Some(columns)) = (st.obj_mut(id), columns) {
                o.set(ustr("columns:"), columns);
            }
        }
        let conn = self.connection(st, spec, recv, args);
        if let Some(c) = conn {
            let v = self.lit(Lit::Str(c));
            if let Some(o) = st.obj_mut(id) {
                o.set(ustr("conn:"), v);
            }
        }
        let term = st.obj(id).map_or(TermId(0), |o| o.term);
        let v = Value::new(
            term,
            Kind::Obj(id),
            recv.map(|r| r.deps.clone()).unwrap_or_default(),
        );
        match &spec.returns {
            Returns::Kind(_) | Returns::Nothing | Returns::Recv => v,
            Returns::Tuple(parts) => {
                let mut vs = vec![v];
                for p in &parts[1..] {
                    vs.push(self.shaped(st, i, p, None, None, recv, args));
                }
                self.tuple(vs)
            }
            other => self.shaped(st, i, &other.clone(), None, None, recv, args),
        }
    }

    /// What a call adds to what its receiver has gathered: assignments, conditions, members.
    fn additions(
        &mut self,
        st: &mut State,
        spec: &Spec,
        source: Option<&Obj>,
        recv: Option<&Value>,
        args: &Args,
    ) -> Vec<(Ustr, Value)> {
        let mut out = Vec::new();
        let old = |name: &str| {
            source
                .and_then(|o| o.get(ustr(name)))
                .map(|s| s.value.clone())
        };
        let mut terms: Vec<StoreTerm> = Vec::new();
        if let Some(t) = &spec.term {
            terms.push(self.store_term(st, spec, t, recv, args));
        }
        if let Some(d) = &spec.update {
            let mut sets = Vec::new();
            self.update_sets(st, spec, d, recv, args, &mut sets);
            for s in sets {
                let value = s.stored.unwrap_or(StoreTerm::Value(s.value));
                terms.push(StoreTerm::Op(
                    ustr("set"),
                    vec![StoreTerm::Path(s.path), value],
                ));
            }
        }
        if !terms.is_empty() {
            if let Some(Kind::Store(t)) = old("update").map(|v| v.kind) {
                terms.insert(0, (*t).clone());
            }
            let t = StoreTerm::Op(ustr("seq"), terms);
            let deps = t.deps();
            let term = self.seen.terms.fresh();
            out.push((
                ustr("update"),
                Value::new(term, Kind::Store(Rc::new(t)), deps),
            ));
        }
        if let Some(d) = &spec.condition
            && let Some((c, _)) = self.condition(st, spec, d, recv, args)
        {
            let c = match old("condition").map(|v| v.kind) {
                Some(Kind::Cond(before)) => Rc::new(Cond::And(vec![before, c])),
                _ => c,
            };
            let deps = c.deps();
            let term = self.seen.terms.fresh();
            out.push((ustr("condition"), Value::new(term, Kind::Cond(c), deps)));
        }
        if let Some((name, sel)) = &spec.adds_member {
            let given = match sel {
                Sel::AllPos => args.pos.clone(),
                other => self
                    .select(st, spec, other, recv, args)
                    .map(|s| s.value)
                    .into_iter()
                    .collect(),
            };
            let before = old("members").and_then(|v| match v.kind {
                Kind::Obj(id) => st.obj(id).map(|o| o.fields.clone()),
                _ => None,
            });
            let (list, v) = self.obj_value(st, Shape::List);
            let mut fields = before.unwrap_or_default();
            for g in given {
                let (member, value) = self.obj_value(st, Shape::Dict);
                if let Some(o) = st.obj_mut(member) {
                    o.set(*name, g);
                }
                let presence = Presence::Yes;
                fields.push((ustr(&fields.len().to_string()), Slot { value, presence }));
            }
            if let Some(o) = st.obj_mut(list) {
                o.fields = fields;
            }
            out.push((ustr("members"), v));
        }
        out
    }

    pub(super) fn container(
        &mut self,
        st: &mut State,
        spec: &Spec,
        sel: &Sel,
        recv: Option<&Value>,
        args: &Args,
    ) -> Option<Container> {
        if let Sel::Model(name) = sel {
            return Some(Container::Model(*name));
        }
        if *sel == Sel::Recv {
            let r = self.concrete(recv?);
            return match &r.kind {
                Kind::Obj(id) => {
                    let o = st.obj(*id)?;
                    o.container.or_else(|| {
                        o.class
                            .map(|c| Container::Model(self.p.container_of_class(c)))
                    })
                }
                Kind::Class(c) => Some(Container::Model(self.p.container_of_class(*c))),
                Kind::Path(p) => Some(Container::Model(*p)),
                _ => Some(Container::Term(r.term)),
            };
        }
        let v = self.select(st, spec, sel, recv, args)?.value;
        let v = self.concrete(&v);
        // A map from containers to what is asked of them.
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && o.shape == Shape::Dict
        {
            if let Some(k) = &o.rest_key {
                return Some(Container::Term(k.term));
            }
            if let [(name, _)] = o.fields.as_slice() {
                let name = *name;
                return Some(Container::Term(self.seen.terms.lit(Lit::Str(name))));
            }
        }
        Some(match &v.kind {
            Kind::Class(c) => Container::Model(self.p.container_of_class(*c)),
            Kind::Path(p) => Container::Model(*p),
            Kind::Obj(id) if matches!(st.obj(*id).map(|o| o.shape), Some(Shape::Lib(_))) => st
                .obj(*id)
                .and_then(|o| o.container)
                .unwrap_or(Container::Term(v.term)),
            // A model named in a string.
            Kind::Const(Lit::Str(name)) if spec.store == "relational" => {
                Container::Model(self.p.model_labelled(*name).unwrap_or(*name))
            }
            _ => Container::Term(v.term),
        })
    }

    /// The tests that a call adds to those of its receiver.
    fn gather_filters(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        container: Option<Container>,
        out: &mut Vec<Rc<Cond>>,
    ) {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let mut found: Vec<Rc<Cond>> = Vec::new();
        if let Some(sel) = &spec.adds_filter {
            match sel {
                Sel::AllKw(minus) => {
                    for (k, s) in &args.kw {
                        if !minus.contains(k) {
                            found.push(Rc::new(self.lookup_cond(container, *k, &s.value)));
                        }
                    }
                    for a in &args.pos {
                        let a = self.concrete(a);
                        if let Kind::Cond(c) = &a.kind {
                            found.push(c.clone());
                        } else if matches!(a.kind, Kind::Unknown) {
                            found.push(Rc::new(Cond::Unknown(a.deps.clone())));
                        }
                    }
                    if let Some(open) = &args.open {
                        found.push(Rc::new(Cond::Unknown(open.deps.clone())));
                    }
                }
                Sel::AllPos => {
                    for a in &args.pos {
                        let a = self.concrete(a);
                        match &a.kind {
                            Kind::Cond(c) => found.push(c.clone()),
                            _ => found.push(Rc::new(Cond::Unknown(a.deps.clone()))),
                        }
                    }
                }
                other => {
                    if let Some(s) = self.select(st, spec, other, recv, args) {
                        match &s.value.kind {
                            Kind::Cond(c) => found.push(c.clone()),
                            _ => found.push(Rc::new(Cond::Unknown(s.value.deps.clone()))),
                        }
                    }
                }
            }
        }
        if let Some(d) = &spec.filter
            && let Some((c, _)) = self.condition(st, spec, d, recv, args)
        {
            found.push(c);
        }
        if let Some(d) = &spec.filter_also
            && let Some((c, _)) = self.condition(st, spec, d, recv, args)
        {
            found.push(c);
        }
        if spec.negate && !found.is_empty() {
            let all = if found.len() == 1 {
                found.remove(0)
            } else {
                Rc::new(Cond::And(found))
            };
            out.push(Rc::new(Cond::Not(all)));
        } else {
            out.extend(found);
        }
    }

    fn lookup_cond(&mut self, container: Option<Container>, name: Ustr, value: &Value) -> Cond {
        let (path, cmp, negative) = dialects::lookup(name.as_str());
        let path = self.p.attribute_name(None, container, ustr(path));
        let mut cmp = cmp;
        if negative {
            // `isnull=True` and `isnull=False`.
            cmp = match value.kind {
                Kind::Const(Lit::Bool(true)) => Cmp::NotExists,
                _ => Cmp::Exists,
            };
        }
        Cond::Test {
            path,
            cmp,
            with: vec![value.clone()],
        }
    }

    /// A condition: in a small language, or put together from objects. The flag: it is there on every path.
    fn condition(
        &mut self,
        st: &mut State,
        spec: &Spec,
        d: &Dialect,
        recv: Option<&Value>,
        args: &Args,
    ) -> Option<(Rc<Cond>, bool)> {
        let first = d.args.first()?;
        if *first == Sel::Filters {
            return None;
        }
        let slot = self.select(st, spec, first, recv, args)?;
        let sure = slot.presence == Presence::Yes;
        let v = match &slot.value.kind {
            Kind::Phi(alts) => {
                // A condition that is nothing on one path guards nothing there.
                if alts.iter().any(|a| a.value.is_none()) {
                    let v = self.concrete(&slot.value);
                    let c = self.condition_of(st, spec, d, &v, recv, args)?;
                    return Some((c, false));
                }
                let mut all = Vec::new();
                for a in alts.iter() {
                    all.push(self.condition_of(st, spec, d, &a.value, recv, args)?);
                }
                return Some((Rc::new(Cond::Or(all)), sure));
            }
            Kind::Const(Lit::None) => return None,
            _ => slot.value.clone(),
        };
        let c = self.condition_of(st, spec, d, &v, recv, args)?;
        Some((c, sure))
    }

    fn condition_of(
        &mut self,
        st: &mut State,
        spec: &Spec,
        d: &Dialect,
        v: &Value,
        recv: Option<&Value>,
        args: &Args,
    ) -> Option<Rc<Cond>> {
        if v.is_none() {
            return None;
        }
        if let Kind::Cond(c) = &v.kind {
            return Some(c.clone());
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
        {
            // A list of conditions, or a bundle that holds one.
            if let Some(c) = o.get(ustr("condition")) {
                let c = c.value.clone();
                return self.condition_of(st, spec, d, &c, recv, args);
            }
            if !o.conds.is_empty() {
                return Some(Rc::new(Cond::And(o.conds.clone())));
            }
            if d.name == "test" {
                let deps = self.deep_deps(st, v, 0);
                return Some(Rc::new(Cond::Unknown(deps)));
            }
            if o.shape == Shape::Dict {
                let o = o.clone();
                return Some(Rc::new(dialects::condition_map(self, st, &o)));
            }
        }
        if d.name == "test" {
            return Some(Rc::new(Cond::Unknown(v.deps.clone())));
        }
        let names = d
            .args
            .get(1)
            .and_then(|s| self.select(st, spec, s, recv, args))
            .map(|s| s.value);
        let values = d
            .args
            .get(2)
            .and_then(|s| self.select(st, spec, s, recv, args))
            .map(|s| s.value);
        Some(Rc::new(dialects::condition(
            self,
            st,
            d.name,
            v,
            names.as_ref(),
            values.as_ref(),
        )))
    }

    fn store_term(
        &mut self,
        st: &mut State,
        spec: &Spec,
        t: &TermSpec,
        recv: Option<&Value>,
        args: &Args,
    ) -> StoreTerm {
        match t {
            TermSpec::Stored(sel) => {
                let v = self.select(st, spec, sel, recv, args).map(|s| s.value);
                match v {
                    Some(v) => match self.seen.terms.text(v.term) {
                        Some(p) => StoreTerm::Path(p),
                        None => StoreTerm::Path(ustr("*")),
                    },
                    None => StoreTerm::Path(ustr("*")),
                }
            }
            TermSpec::Op(name, parts) => {
                let parts = parts
                    .iter()
                    .map(|p| self.store_term(st, spec, p, recv, args))
                    .collect();
                StoreTerm::Op(*name, parts)
            }
            TermSpec::Value(sel) => match self.select(st, spec, sel, recv, args) {
                Some(s) => match &s.value.kind {
                    Kind::Store(t) => (**t).clone(),
                    _ => StoreTerm::Value(s.value),
                },
                None => {
                    let v = self.unknown(Deps::default());
                    StoreTerm::Value(v)
                }
            },
        }
    }

    fn store_test(
        &mut self,
        st: &mut State,
        spec: &Spec,
        recv: Option<&Value>,
        args: &Args,
    ) -> Cond {
        if let Some((cmp, parts)) = &spec.cmp {
            if matches!(cmp, Cmp::And | Cmp::Or | Cmp::Not) {
                let mut conds: Vec<Rc<Cond>> = Vec::new();
                for a in recv.into_iter().chain(args.pos.iter()) {
                    let a = self.concrete(a);
                    match &a.kind {
                        Kind::Cond(c) => conds.push(c.clone()),
                        Kind::Obj(_) | Kind::Unknown => {
                            let d = self.deep_deps(st, &a, 0);
                            conds.push(Rc::new(Cond::Unknown(d)));
                        }
                        _ => {}
                    }
                }
                return match cmp {
                    Cmp::And => Cond::And(conds),
                    Cmp::Or => Cond::Or(conds),
                    _ => conds
                        .pop()
                        .map_or(Cond::Unknown(Deps::default()), Cond::Not),
                };
            }
            let mut path = None;
            let mut with = Vec::new();
            // Other columns that it is compared with.
            let mut others: Vec<Ustr> = Vec::new();
            for (n, p) in parts.iter().enumerate() {
                match self.store_term(st, spec, p, recv, args) {
                    StoreTerm::Path(p) if n == 0 => path = Some(p),
                    StoreTerm::Value(v) => {
                        if n == 0
                            && let Some(t) = self.seen.terms.text(v.term)
                        {
                            path = Some(t);
                        } else {
                            with.push(v);
                        }
                    }
                    other => {
                        let mut stored = Vec::new();
                        other.stored(&mut stored);
                        if n == 0 {
                            path = stored.first().copied();
                        } else {
                            others.extend(stored);
                            let deps = other.deps();
                            with.push(Value::new(
                                self.seen.terms.fresh(),
                                Kind::Store(Rc::new(other)),
                                deps,
                            ));
                        }
                    }
                }
            }
            return match path {
                Some(path) if others.is_empty() => Cond::Test {
                    path,
                    cmp: *cmp,
                    with,
                },
                Some(path) => Cond::And(
                    std::iter::once(path)
                        .chain(others)
                        .map(|path| {
                            Rc::new(Cond::Test {
                                path,
                                cmp: *cmp,
                                with: Vec::new(),
                            })
                        })
                        .collect(),
                ),
                None => Cond::Unknown(with.iter().fold(Deps::default(), |d, v| d.union(&v.deps))),
            };
        }
        // A bundle of lookups (`Q(a=1, b__gt=2)`).
        let mut conds = Vec::new();
        if let Some(Sel::AllKw(minus)) = &spec.adds_filter {
            for (k, s) in &args.kw {
                if !minus.contains(k) {
                    conds.push(Rc::new(self.lookup_cond(None, *k, &s.value)));
                }
            }
        }
        for a in &args.pos {
            if let Kind::Cond(c) = &self.concrete(a).kind {
                conds.push(c.clone());
            }
        }
        if conds.len() == 1 {
            (*conds.remove(0)).clone()
        } else {
            Cond::And(conds)
        }
    }

    /// A decoded row: the object takes the row's identity and contents.
    fn decode(&mut self, st: &mut State, from: &Value, to: &Value, loc: Loc) {
        let (from, to) = (self.concrete(from), self.concrete(to));
        let Kind::Obj(to_id) = to.kind else { return };
        let Kind::Obj(from_id) = from.kind else {
            // A part of a row, decoded: what it is made from is known, not what it is.
            let v = Value::new(from.term, Kind::Unknown, from.deps.clone());
            if let Some(o) = st.obj_mut(to_id) {
                o.rest = Some(v);
                o.term = from.term;
                o.fields.clear();
            }
            return;
        };
        if let Some(list) = self.evaluated(st, from_id, &from, loc)
            && let Kind::Obj(l) = list.kind
            && l != from_id
        {
            self.decode(st, &list, &to, loc);
            return;
        }
        let Some(src) = st.obj(from_id).cloned() else {
            return;
        };
        let class = st.obj(to_id).and_then(|o| o.class);
        if src.shape == Shape::List {
            if let Some(o) = st.obj_mut(to_id) {
                o.rest = src.rest.clone();
                o.fields = src.fields.clone();
                o.maybe = src.maybe;
                o.shape = Shape::List;
                o.origin = src.origin;
                o.container = src.container;
            }
            return;
        }
        if let Some(o) = st.obj_mut(to_id) {
            let type_path = o.type_path;
            *o = src.clone();
            o.class = class;
            o.type_path = type_path;
            // What was found to be missing has been handled by now, or the object is the zero value.
            o.maybe = src.maybe;
        }
        if src.shape == Shape::Row {
            self.rows.insert(src.term, to_id);
        }
    }

    fn row_object(
        &mut self,
        st: &mut State,
        read: ReadId,
        container: Option<Container>,
        optional: bool,
    ) -> Value {
        let term = self.seen.terms.intern(Term::Read(read));
        let id = self.new_obj(st, Shape::Row, term);
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Read(read);
            o.container = container;
            o.maybe = optional.then_some(read);
            if let Some(Container::Model(m)) = container {
                o.class = self.p.model_class(m);
            }
        }
        self.rows.insert(term, id);
        Value::new(term, Kind::Obj(id), Deps::default())
    }

    /// Records a read and gives its result.
    fn read(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        // An explicit queryset as argument: `get_object_or_404(queryset, pk=1)`.
        let base = match &spec.container {
            Some(sel @ (Sel::Pos(_) | Sel::First(_) | Sel::Own(_))) => self
                .select(st, spec, &sel.clone(), recv, args)
                .map(|s| self.concrete(&s.value)),
            _ => recv.map(|r| self.concrete(r)),
        };
        let source = match &base {
            Some(Value {
                kind: Kind::Obj(id),
                ..
            }) => st.obj(*id).cloned(),
            _ => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, spec, sel, recv, args),
            None => self.container(st, spec, &Sel::Recv, recv, args),
        };
        // The row that belongs to an object made here is new as well.
        if spec.create_when_fresh
            && let Some(Kind::Obj(id)) = recv.map(|r| self.concrete(r).kind)
            && st.obj(id).is_some_and(|o| o.origin == Origin::Fresh)
            && let Some(Container::Model(m)) = container
            && let Some(class) = self.p.model_class(m)
        {
            return self.new_row(st, class, m, &Args::default());
        }
        let mut conds: Vec<Rc<Cond>> = source.as_ref().map(|o| o.conds.clone()).unwrap_or_default();
        self.gather_filters(st, i, recv, args, container, &mut conds);
        let mut key_names = Vec::new();
        if let Some(sel) = &spec.key {
            self.key_conds(st, spec, sel, recv, args, &mut conds, &mut key_names);
        }
        let lock = source
            .as_ref()
            .and_then(|o| o.lock)
            .or_else(|| spec.lock.then_some(loc));
        let conn = self.connection(st, spec, recv, args).or_else(|| {
            source
                .as_ref()
                .and_then(|o| o.get(ustr("conn:")))
                .and_then(|s| self.seen.terms.text(s.value.term))
        });
        let parent = source.as_ref().and_then(|o| o.parent);
        let r = self.record_read(
            st,
            i,
            container,
            conds,
            &spec.returns,
            lock,
            parent,
            conn,
            loc,
        );
        self.seen.reads[r.0 as usize].key_names = key_names;
        for (failure, class) in &spec.raises {
            if *failure == Failure::Absent {
                self.raise_absent(st, r, tail(*class), loc);
            }
        }
        if let Some(sel) = &spec.into
            && let Some(to) = self.select(st, spec, sel, recv, args)
        {
            let found = match &spec.passes {
                Some(shape) => shape.clone(),
                None => Returns::Row { optional: false },
            };
            let found = self.shaped(st, i, &found, Some(r), None, recv, args);
            self.decode(st, &found, &to.value, loc);
        } else if let Some(passes) = &spec.passes {
            // What was read is handed to a function, page by page.
            let passed = self.shaped(st, i, &passes.clone(), Some(r), None, recv, args);
            for sel in &spec.invokes {
                if let Some(f) = self.select(st, spec, sel, recv, args) {
                    let mut handed = Args::default();
                    handed.pos.push(passed.clone());
                    let last = self.unknown(Deps::default());
                    handed.pos.push(last);
                    self.call_value(st, &f.value, handed, loc);
                    self.dead = false;
                }
            }
        }
        let shape = spec.returns.clone();
        let v = self.shaped(st, i, &shape, Some(r), None, recv, args);
        match source.as_ref().and_then(|o| o.get(ustr("columns:"))) {
            Some(c) if matches!(spec.returns, Returns::Row { .. }) => {
                let columns = c.value.clone();
                self.project(st, r, &v, &columns, loc)
            }
            _ => v,
        }
    }

    /// What remains of a row when only some columns are asked for: a value, or a tuple of them.
    fn project(
        &mut self,
        st: &mut State,
        read: ReadId,
        row: &Value,
        columns: &Value,
        loc: Loc,
    ) -> Value {
        let v = match &columns.kind {
            Kind::Tuple(vs) => {
                let mut parts = Vec::new();
                for c in vs.iter() {
                    parts.push(match self.seen.terms.text(c.term) {
                        Some(name) => self.attr(st, row, name, loc),
                        None => self.unknown(Deps::read(read, ustr("*"))),
                    });
                }
                if parts.is_empty() {
                    return row.clone();
                }
                self.tuple(parts)
            }
            _ => match self.seen.terms.text(columns.term) {
                Some(name) => {
                    let v = self.attr(st, row, name, loc);
                    // A column is a value, also where it leads to another row.
                    Value::new(v.term, Kind::Unknown, v.deps.union(&Deps::read(read, name)))
                }
                None => self.unknown(Deps::read(read, ustr("*"))),
            },
        };
        let optional =
            matches!(row.kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| o.maybe.is_some()));
        if !optional {
            return v;
        }
        // There may be no row: then there is no value.
        let depth = self.frames[self.cur].depth;
        let under = |fact: Fact| {
            Rc::new(vec![Rc::new(Ctl {
                loc,
                deps: PathSet::one(read, ustr("?")),
                facts: vec![fact],
                scope: Scope::Branch,
                depth,
                pred: None,
                polarity: true,
            })])
        };
        let (found, missing) = (under(Fact::Present(read)), under(Fact::Absent(read)));
        let none = self.none();
        let mut out =
            crate::analysis::state::join_values(&v, &found, &none, &missing, &mut self.seen.terms);
        out.deps.data = v.deps.data;
        out
    }

    #[allow(clippy::too_many_arguments)]
    fn record_read(
        &mut self,
        st: &mut State,
        i: usize,
        container: Option<Container>,
        conds: Vec<Rc<Cond>>,
        returns: &Returns,
        lock: Option<Loc>,
        parent: Option<ReadId>,
        conn: Option<Ustr>,
        loc: Loc,
    ) -> ReadId {
        let spec = &self.lib.specs[i];
        let id = ReadId(self.seen.reads.len() as u32);
        let order = self.tick();
        fn one(r: &Returns) -> bool {
            match r {
                Returns::Row { .. } => true,
                Returns::Tuple(rs) => rs.iter().any(one),
                Returns::Record(rs) => rs.iter().any(|(_, r)| one(r)),
                _ => false,
            }
        }
        self.seen.reads.push(Read {
            loc,
            statement: self.loc(self.statement),
            how: ReadHow::Store,
            pack: spec.pack,
            store: spec.store,
            container,
            conds,
            one: one(returns),
            aggregate: matches!(
                returns,
                Returns::Count | Returns::Exists | Returns::Aggregate
            ),
            stack: self.stack(),
            held: st.held.clone(),
            lock,
            parent,
            conn,
            loops: self.loop_numbers(),
            ctl: Rc::new(st.ctl.clone()),
            absent_as: spec
                .raises
                .iter()
                .find(|(f, _)| *f == Failure::Absent)
                .map(|(_, p)| tail(*p)),
            given_by: None,
            reload_of: None,
            order,
            key_names: Vec::new(),
            searched: Vec::new(),
        });
        id
    }

    #[allow(clippy::too_many_arguments)]
    fn key_conds(
        &mut self,
        st: &mut State,
        spec: &Spec,
        sel: &Sel,
        recv: Option<&Value>,
        args: &Args,
        conds: &mut Vec<Rc<Cond>>,
        names: &mut Vec<Ustr>,
    ) {
        // `a|b` names one key; several positional parts are `pos:*`.
        let found = match sel {
            Sel::AllPos => {
                for (n, v) in args.pos.iter().enumerate() {
                    let path = ustr(if n == 0 { "pk" } else { "sk" });
                    names.push(path);
                    conds.push(Rc::new(Cond::Test {
                        path,
                        cmp: Cmp::Eq,
                        with: vec![v.clone()],
                    }));
                }
                return;
            }
            Sel::Filters => {
                // The tests gathered so far are the key.
                conds.iter().for_each(|c| c.paths(names));
                return;
            }
            other => self.select(st, spec, other, recv, args),
        };
        if let Some(sort) = &spec.sort_key
            && let Some(slot) = self.select(st, spec, sort, recv, args)
        {
            names.push(ustr("sk"));
            conds.push(Rc::new(Cond::Test {
                path: ustr("sk"),
                cmp: Cmp::Eq,
                with: vec![slot.value],
            }));
        }
        let Some(slot) = found else { return };
        let v = self.concrete(&slot.value);
        if let Kind::Cond(c) = &v.kind {
            conds.push(c.clone());
            c.paths(names);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
            && matches!(o.shape, Shape::Dict | Shape::Row)
        {
            for (n, s) in &o.fields {
                names.push(*n);
                let value = self.scalar(st, &s.value);
                conds.push(Rc::new(Cond::Test {
                    path: *n,
                    cmp: Cmp::Eq,
                    with: vec![value],
                }));
            }
            if let (true, Some(_), Some(rest)) = (o.fields.is_empty(), &o.rest_key, &o.rest) {
                // The name of the key's attribute is not known, what it must be is.
                names.push(ustr("pk"));
                let value = self.scalar(st, rest);
                conds.push(Rc::new(Cond::Test {
                    path: ustr("pk"),
                    cmp: Cmp::Eq,
                    with: vec![value],
                }));
            } else if o.fields.is_empty() {
                // A whole key in one value.
                names.push(ustr("pk"));
                conds.push(Rc::new(Cond::Test {
                    path: ustr("pk"),
                    cmp: Cmp::Eq,
                    with: vec![v.clone()],
                }));
            }
            return;
        }
        names.push(ustr("pk"));
        conds.push(Rc::new(Cond::Test {
            path: ustr("pk"),
            cmp: Cmp::Eq,
            with: vec![v],
        }));
    }

    /// A typed value without its type: `{"S": x}`, `&types.AttributeValueMemberS{Value: x}`.
    pub(in crate::analysis) fn scalar(&self, st: &State, v: &Value) -> Value {
        let term = v.term;
        let mut v = self.concrete(v);
        // One of several is still the value that it is everywhere else.
        v.term = term;
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && o.fields.len() == 1
            && o.rest.is_none()
            && matches!(o.shape, Shape::Dict | Shape::Instance)
            && o.origin == Origin::Fresh
        {
            let (name, slot) = &o.fields[0];
            if crate::stores::dialect::dynamodb::is_type_tag(name.as_str()) {
                let mut inner = slot.value.clone();
                inner.deps = inner.deps.union(&v.deps);
                return inner;
            }
        }
        v
    }

    fn reload(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let Some(r) = recv.map(|r| self.concrete(r)) else {
            return self.unknown(Deps::default());
        };
        let Kind::Obj(id) = r.kind else {
            return self.unknown(Deps::default());
        };
        let Some(o) = st.obj(id).cloned() else {
            return self.unknown(Deps::default());
        };
        let lib = self.lib;
        let spec = &lib.specs[i];
        let conds = vec![Rc::new(Cond::Test {
            path: ustr("pk"),
            cmp: Cmp::Eq,
            with: vec![r.clone()],
        })];
        let lock = match &spec.container {
            // `refresh_from_db(from_queryset=Model.objects.select_for_update())`
            Some(sel) => {
                let from = self.select(st, spec, &sel.clone(), recv, args);
                from.and_then(|s| match self.concrete(&s.value).kind {
                    Kind::Obj(q) => st.obj(q).and_then(|q| q.lock),
                    _ => None,
                })
            }
            None => None,
        };
        let read = self.record_read(
            st,
            i,
            o.container,
            conds,
            &Returns::Row { optional: false },
            lock,
            None,
            None,
            loc,
        );
        if let Origin::Read(old) = o.origin {
            self.seen.reads[read.0 as usize].reload_of = Some(old);
        }
        let term = self.seen.terms.intern(Term::Read(read));
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Read(read);
            o.fields.clear();
            o.dirty.clear();
            o.term = term;
            o.maybe = None;
        }
        self.rows.insert(term, id);
        self.none()
    }

    /// The rows of a query that is iterated, counted or tested: they are read now, once.
    pub(super) fn evaluated(
        &mut self,
        st: &mut State,
        id: ObjId,
        v: &Value,
        loc: Loc,
    ) -> Option<Value> {
        let o = st.obj(id)?;
        let Shape::Lib(kind) = o.shape else {
            return None;
        };
        let ks = self.lib.kinds.get(&kind)?;
        if !ks.evaluates {
            return None;
        }
        if let Some(rows) = o.get(ustr("rows:")) {
            return Some(rows.value.clone());
        }
        let o = o.clone();
        let i = o
            .spec
            .or_else(|| self.lib.specs.iter().position(|s| s.pack == ks.pack))?;
        let conn = o
            .get(ustr("conn:"))
            .and_then(|s| self.seen.terms.text(s.value.term));
        let r = self.record_read(
            st,
            i,
            o.container,
            o.conds.clone(),
            &Returns::Rows,
            o.lock,
            o.parent,
            conn,
            loc,
        );
        let mut row = self.row_object(st, r, o.container, false);
        if let Some(c) = o.get(ustr("columns:")) {
            let columns = c.value.clone();
            row = self.project(st, r, &row, &columns, loc);
        }
        let (list, value) = self.obj_value(st, Shape::List);
        if let Some(l) = st.obj_mut(list) {
            l.rest = Some(row);
            l.maybe = Some(r);
            l.container = o.container;
        }
        if let Some(q) = st.obj_mut(id) {
            q.set(ustr("rows:"), value.clone());
        }
        let _ = v;
        Some(value)
    }

    /// The value of a result's shape.
    #[allow(clippy::too_many_arguments)]
    fn shaped(
        &mut self,
        st: &mut State,
        i: usize,
        shape: &Returns,
        read: Option<ReadId>,
        write: Option<AccessId>,
        recv: Option<&Value>,
        args: &Args,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let container = read.and_then(|r| self.seen.reads[r.0 as usize].container);
        match shape {
            Returns::Nothing => self.none(),
            Returns::Row { optional } => match read {
                Some(r) => self.row_object(st, r, container, *optional),
                None => self.unknown(Deps::default()),
            },
            Returns::Rows => {
                let Some(r) = read else {
                    return self.unknown(Deps::default());
                };
                let row = self.row_object(st, r, container, false);
                let (id, v) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(id) {
                    o.rest = Some(row);
                    o.maybe = Some(r);
                    o.container = container;
                }
                v
            }
            Returns::Values => {
                let Some(r) = read else {
                    return self.unknown(Deps::default());
                };
                let (id, v) = self.obj_value(st, Shape::List);
                let el = self.unknown(Deps::read(r, ustr("*")));
                if let Some(o) = st.obj_mut(id) {
                    o.rest = Some(el);
                    o.maybe = Some(r);
                }
                Value::new(v.term, v.kind, Deps::default())
            }
            Returns::Count => match read {
                Some(r) => Value::new(
                    self.seen.terms.fresh(),
                    Kind::Count(r),
                    Deps::read(r, ustr("#")),
                ),
                None => self.unknown(Deps::default()),
            },
            Returns::Map => {
                let Some(r) = read else {
                    return self.unknown(Deps::default());
                };
                let row = self.row_object(st, r, container, false);
                let (id, v) = self.obj_value(st, Shape::Dict);
                if let Some(o) = st.obj_mut(id) {
                    o.rest = Some(row);
                    o.maybe = Some(r);
                    o.origin = Origin::Unknown;
                }
                v
            }
            Returns::Exists => match read {
                Some(r) => Value::new(
                    self.seen.terms.fresh(),
                    Kind::Presence(r),
                    Deps::read(r, ustr("?")),
                ),
                None => self.unknown(Deps::default()),
            },
            Returns::Aggregate => match read {
                Some(r) => {
                    let (id, v) = self.obj_value(st, Shape::Dict);
                    let deps = Deps::read(r, ustr("#"));
                    let el = self.unknown(deps.clone());
                    if let Some(o) = st.obj_mut(id) {
                        o.rest = Some(el);
                        o.origin = Origin::Unknown;
                    }
                    Value::new(v.term, v.kind, deps)
                }
                None => self.unknown(Deps::default()),
            },
            Returns::Affected => match write {
                Some(w) => Value::new(self.seen.terms.fresh(), Kind::Affected(w), Deps::default()),
                None => self.unknown(Deps::default()),
            },
            Returns::Created => match write {
                Some(w) => Value::new(self.seen.terms.fresh(), Kind::Created(w), Deps::default()),
                None => self.unknown(Deps::default()),
            },
            Returns::Error => match (write, read) {
                (Some(w), _) => Value::new(self.seen.terms.fresh(), Kind::Err(w), Deps::default()),
                (None, Some(r)) => {
                    Value::new(self.seen.terms.fresh(), Kind::ReadErr(r), Deps::default())
                }
                _ => self.unknown(Deps::default()),
            },
            Returns::Lost(sel) => {
                let err = self.select(st, spec, sel, recv, args).map(|s| s.value);
                match err {
                    Some(e) => self.is_lost(st, &e),
                    None => self.unknown(Deps::default()),
                }
            }
            Returns::Recv => recv
                .cloned()
                .unwrap_or_else(|| self.unknown(Deps::default())),
            Returns::Kind(k) => {
                let (id, v) = self.obj_value(st, Shape::Lib(*k));
                let container = match &spec.container {
                    Some(sel) => self.container(st, spec, sel, recv, args),
                    None => self.container(st, spec, &Sel::Recv, recv, args),
                };
                if let Some(o) = st.obj_mut(id) {
                    o.container = container;
                    o.spec = Some(i);
                }
                v
            }
            Returns::Arg(sel) => match self.select(st, spec, sel, recv, args) {
                Some(s) if s.presence == Presence::Maybe && matches!(sel, Sel::Prop(_)) => {
                    let nothing = self.none();
                    let empty = Rc::new(Vec::new());
                    join_values(&s.value, &empty, &nothing, &empty, &mut self.seen.terms)
                }
                // Decoding takes the type off.
                Some(s) if spec.does == Does::Same && matches!(s.value.kind, Kind::Obj(_)) => {
                    self.scalar(st, &s.value)
                }
                Some(s) => s.value,
                // What was never put on an object made here is not there.
                None if matches!(sel, Sel::Prop(_)) && self.made_in_sight(st, recv) => self.none(),
                None => self.unknown(Deps::default()),
            },
            Returns::Class => {
                let of = self.container(st, spec, &Sel::Recv, recv, args);
                match of {
                    Some(Container::Model(m)) => match self.p.model_class(m) {
                        Some(c) => {
                            let term = self.seen.terms.intern(Term::Global(m));
                            Value::new(term, Kind::Class(c), Deps::default())
                        }
                        None => self.unknown(Deps::default()),
                    },
                    _ => self.unknown(Deps::default()),
                }
            }
            Returns::NewRow => {
                // What the store holds after the write: nobody has read it before.
                let (id, v) = self.obj_value(st, Shape::Dict);
                if let Some(o) = st.obj_mut(id) {
                    o.origin = Origin::Unknown;
                }
                v
            }
            Returns::Pages(page) => {
                let one = self.shaped(st, i, page, read, write, recv, args);
                let (id, v) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(id) {
                    o.rest = Some(one);
                }
                v
            }
            Returns::Members => {
                let (id, v) = self.obj_value(st, Shape::List);
                for (n, x) in args.pos.iter().enumerate() {
                    if let Some(o) = st.obj_mut(id) {
                        o.set(ustr(&n.to_string()), x.clone());
                    }
                }
                v
            }
            Returns::Tuple(parts) => {
                let vs: Vec<Value> = parts
                    .iter()
                    .map(|p| self.shaped(st, i, p, read, write, recv, args))
                    .collect();
                self.tuple(vs)
            }
            Returns::Record(members) => {
                let (id, v) = self.obj_value(st, Shape::Dict);
                for (name, shape) in members {
                    let x = self.shaped(st, i, shape, read, write, recv, args);
                    if let Some(o) = st.obj_mut(id) {
                        if name == "*" {
                            o.rest = Some(x);
                        } else {
                            o.set(*name, x);
                        }
                    }
                }
                let rest = self.unknown(Deps::default());
                if let Some(o) = st.obj_mut(id) {
                    o.rest.get_or_insert(rest);
                }
                v
            }
        }
    }

    fn made_in_sight(&self, st: &State, recv: Option<&Value>) -> bool {
        recv.is_some_and(|r| {
            matches!(self.concrete(r).kind, Kind::Obj(id)
                if st.obj(id).is_some_and(|o| o.origin == Origin::Fresh && o.spec.is_some()))
        })
    }

    /// Several accesses in one call.
    fn members(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let group = self.new_group();
        let first = self.seen.writes.len();
        let items = spec
            .items
            .as_ref()
            .and_then(|sel| self.select(st, spec, sel, recv, args))
            .map(|s| s.value);
        let mut found = Vec::new();
        if let Some(items) = items {
            self.member_items(st, spec, &items, recv, None, group, loc, 0, &mut found);
        }
        if !spec.together {
            for w in &mut self.seen.writes[first..] {
                w.group = None;
            }
        }
        let w = (self.seen.writes.len() > first).then_some(AccessId(first as u32));
        if let Some(w) = w {
            self.write_failures(st, i, w, loc);
        }
        let shape = spec.returns.clone();
        let mut list = Args::default();
        if !found.is_empty() {
            list.pos = found;
            return self.shaped(st, i, &shape, None, w, recv, &list);
        }
        self.shaped(st, i, &shape, None, w, recv, args)
    }

    #[allow(clippy::too_many_arguments)]
    fn member_items(
        &mut self,
        st: &mut State,
        spec: &Spec,
        items: &Value,
        recv: Option<&Value>,
        of: Option<&Value>,
        group: u32,
        loc: Loc,
        depth: u32,
        found: &mut Vec<Value>,
    ) {
        if depth > 8 {
            return;
        }
        if let Kind::Phi(alts) = &items.kind {
            // Each alternative is written under the decisions that led to it.
            for a in alts.iter() {
                let base = st.ctl.len();
                for c in a.under.iter() {
                    if !st.ctl.iter().any(|x| Rc::ptr_eq(x, c)) {
                        st.ctl.push(c.clone());
                    }
                }
                self.member_items(st, spec, &a.value, recv, of, group, loc, depth + 1, found);
                st.ctl.truncate(base);
            }
            return;
        }
        let v = self.concrete(items);
        let Kind::Obj(id) = v.kind else { return };
        let Some(o) = st.obj(id).cloned() else { return };
        if o.shape == Shape::List {
            let mut all: Vec<Value> = o.fields.iter().map(|f| f.1.value.clone()).collect();
            all.extend(o.rest.clone());
            for x in all {
                self.member_items(st, spec, &x, recv, of, group, loc, depth + 1, found);
            }
            return;
        }
        let mut any = false;
        for (name, member) in &spec.members {
            let Some(slot) = o.get(*name).cloned() else {
                continue;
            };
            any = true;
            let Some(target) = self.lib.ids.get(member).copied() else {
                continue;
            };
            let inner = self.concrete(&slot.value);
            let mut margs = Args::default();
            // The container is the key under which the member stands.
            if let (Kind::Obj(rid), Some(of), Some(Sel::Field(name))) =
                (&inner.kind, of, &self.lib.specs[target].container)
                && let Some(r) = st.obj_mut(*rid)
                && r.get(*name).is_none()
            {
                r.set(*name, of.clone());
            }
            if let Kind::Obj(rid) = inner.kind
                && let Some(r) = st.obj(rid).cloned()
            {
                // The member's record is its own request: as keywords, or as the request argument.
                for (k, s) in &r.fields {
                    margs.kw.push((*k, s.clone()));
                }
                margs.open = r.rest.clone();
                if self.lib.specs[target].request == Some(Sel::Recv) {
                    // The member is a write that was put together and not run by itself.
                    margs.kw.clear();
                    margs.open = None;
                } else if let Some(Sel::Pos(n)) = &self.lib.specs[target].request {
                    while margs.pos.len() < *n {
                        let u = self.unknown(Deps::default());
                        margs.pos.push(u);
                    }
                    margs.pos.push(inner.clone());
                    margs.kw.clear();
                }
            }
            self.group = Some(group);
            let before = self.seen.writes.len();
            if self.lib.specs[target].does == Does::Read {
                let v = self.read(st, target, recv, &margs, loc);
                self.group = None;
                found.push(v);
                continue;
            }
            let by_itself = self.lib.specs[target].request == Some(Sel::Recv);
            let recv = if by_itself { Some(&inner) } else { recv };
            self.write(st, target, recv, &margs, loc);
            self.group = None;
            for w in &mut self.seen.writes[before..] {
                w.group = Some(group);
            }
        }
        if !any {
            // `{table: [{"PutRequest": {...}}]}`
            for (name, s) in &o.fields {
                let of = self.lit(Lit::Str(*name));
                self.member_items(
                    st,
                    spec,
                    &s.value,
                    recv,
                    Some(&of),
                    group,
                    loc,
                    depth + 1,
                    found,
                );
            }
            if let Some(rest) = &o.rest {
                let of = o.rest_key.as_ref();
                self.member_items(st, spec, rest, recv, of, group, loc, depth + 1, found);
            }
        }
    }

    /// Records a write and gives its result.
    fn write(
        &mut self,
        st: &mut State,
        i: usize,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        let spec = &lib.specs[i];
        let r = recv.map(|r| self.concrete(r));
        let source = match &r {
            Some(Value {
                kind: Kind::Obj(id),
                ..
            }) => st.obj(*id).cloned().map(|o| (*id, o)),
            _ => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, spec, sel, recv, args),
            None => self.container(st, spec, &Sel::Recv, recv, args),
        };
        if let Some((_, o)) = &source
            && !spec.invokes.is_empty()
        {
            // A function of the project does the writing instead: one creates, with what is set, the other changes.
            let mut fresh = o.origin == Origin::Fresh;
            if let (true, Some(sel)) = (fresh, &spec.item) {
                let item = self.select(st, spec, &sel.clone(), recv, args);
                fresh = item.is_none_or(|s| {
                    matches!(self.concrete(&s.value).kind, Kind::Obj(id)
                        if st.obj(id).is_some_and(|o| o.origin == Origin::Fresh))
                });
            }
            let n = usize::from(!fresh);
            if let Some(Sel::Own(path)) = spec.invokes.get(n).cloned()
                && let [name] = path.as_slice()
                && let Some(class) = o.class
                && let Some((_, f)) = self.p.method(class, *name)
                && !self.active.contains(&f)
            {
                let mut given = Args::default();
                if !fresh && let Some(sel) = &spec.item {
                    let item = self.select(st, spec, &sel.clone(), recv, args);
                    given.pos.extend(item.map(|s| s.value));
                }
                if let Some(sel) = &spec.defaults {
                    let set = self.select(st, spec, &sel.clone(), recv, args);
                    given.pos.extend(set.map(|s| s.value));
                }
                let f = self.func_value(st, f, None);
                let f = match recv {
                    Some(r) => self.bind(f, r.clone()),
                    None => f,
                };
                return self.call_value(st, &f, given, loc);
            }
        }
        let mut op = match spec.does {
            Does::Create => Op::Create,
            Does::Upsert => Op::Upsert,
            Does::Delete => Op::Delete,
            Does::Check => Op::Check,
            _ if spec.mode == Mode::Whole && spec.item.is_some() => Op::Put,
            _ => Op::Update,
        };
        let mut row: Option<(ObjId, Obj)> = None;
        if let Some((id, o)) = &source
            && o.shape == Shape::Row
        {
            row = Some((*id, o.clone()));
        }
        let mut conds: Vec<Rc<Cond>> = Vec::new();
        let mut key_names = Vec::new();
        if let Some((_, o)) = &source
            && matches!(o.shape, Shape::Lib(_))
        {
            conds.extend(o.conds.iter().cloned());
        }
        self.gather_filters(st, i, recv, args, container, &mut conds);
        if let Some(sel) = &spec.key {
            self.key_conds(st, spec, sel, recv, args, &mut conds, &mut key_names);
        }
        // What it sets.
        let mut sets: Vec<SetField> = Vec::new();
        let mut narrowed = false;
        if let Some(sel) = &spec.item {
            let slot = self.select(st, spec, sel, recv, args);
            if let Some(slot) = slot {
                let v = self.row_or_concrete(st, &slot.value);
                if let Kind::Obj(id) = v.kind {
                    // A query that is written is read first.
                    self.evaluated(st, id, &v, loc);
                }
                match v.kind {
                    Kind::Obj(id) => {
                        if let Some(o) = st.obj(id).cloned() {
                            if o.shape == Shape::List {
                                return self.write_each(st, i, &v, recv, args, loc);
                            }
                            row = Some((id, o));
                        }
                    }
                    _ => {
                        let deps = self.deep_deps(st, &slot.value, 0);
                        sets.push(SetField {
                            path: ustr("*"),
                            value: slot.value.clone(),
                            stored: None,
                            copied: false,
                            deps,
                        });
                    }
                }
            }
        }
        if let Some(sel) = &spec.sets {
            self.keyword_sets(st, spec, sel, recv, args, container, &mut sets);
        }
        if let Some(d) = &spec.update {
            self.update_sets(st, spec, d, recv, args, &mut sets);
        }
        if op == Op::Create
            && let Some((_, o)) = &source
            && o.shape == Shape::Lib(ustr("manager"))
        {
            // Through the manager of the related rows: they get their owner.
            for c in &o.conds {
                if let Cond::Test {
                    path,
                    cmp: Cmp::Eq,
                    with,
                } = &**c
                    && let [v] = with.as_slice()
                {
                    self.push_set(st, container, *path, &v.clone(), &mut sets);
                }
            }
        }
        let creates_row =
            spec.create_when_fresh && row.as_ref().is_some_and(|(_, o)| o.origin == Origin::Fresh);
        if let Some(d) = &spec.defaults
            && (op == Op::Upsert || creates_row)
        {
            let slot = self.select(st, spec, &d.clone(), recv, args);
            if let Some(s) = &slot
                && matches!(self.concrete(&s.value).kind, Kind::Unknown)
            {
                self.push_set(st, container, ustr("*"), &s.value.clone(), &mut sets);
            }
            if let Some(s) = slot
                && let Kind::Obj(id) = self.concrete(&s.value).kind
                && let Some(o) = st.obj(id).cloned()
            {
                for (k, s) in &o.fields {
                    self.push_set(st, container, *k, &s.value, &mut sets);
                }
                if let Some(rest) = &o.rest {
                    self.push_set(st, container, ustr("*"), &rest.clone(), &mut sets);
                }
            }
        }
        let mut row_read = None;
        if let Some((id, o)) = &row {
            if let Origin::Read(r) = o.origin {
                row_read = Some(r);
            }
            if spec.create_when_fresh && o.origin == Origin::Fresh && op == Op::Update {
                op = Op::Create;
            }
            if spec.does != Does::Delete
                && spec.update.is_none()
                && (spec.sets.is_none() || spec.item.is_some())
            {
                self.row_sets(st, o, op == Op::Put || op == Op::Create, &mut sets);
            }
            let _ = id;
        }
        if let (Some(sel), Op::Update) = (&spec.narrow, op) {
            let slot = self.select(st, spec, &sel.clone(), recv, args);
            if let Some(slot) = slot.filter(|s| !s.value.is_none()) {
                narrowed = true;
                self.narrow(st, container, &slot.value, &mut sets);
            }
        }
        // A row that was made here names its entity by the key that it was made with.
        if spec.key.is_none()
            && matches!(op, Op::Update | Op::Delete)
            && let Some((_, o)) = &row
            && o.origin == Origin::Fresh
            && o.get(ustr("saved:")).is_none()
        {
            for name in ["pk", "sk"] {
                if let Some(slot) = o.get(ustr(name)) {
                    key_names.push(ustr(name));
                    conds.push(Rc::new(Cond::Test {
                        path: ustr(name),
                        cmp: Cmp::Eq,
                        with: vec![slot.value.clone()],
                    }));
                }
            }
        }
        // The condition.
        let mut guards = Vec::new();
        let mut guard_maybe = false;
        if spec.versioned
            && let Some((_, o)) = &row
            && let Some(Container::Model(m)) = o.container
            && let Some(version) = self.p.model(m).and_then(|m| m.version.as_deref())
        {
            let path = ustr(version);
            let term = self.seen.terms.field(o.term, path);
            let (cmp, with, deps) = match o.origin {
                Origin::Read(r) => {
                    let deps = Deps::read(r, path);
                    (
                        Cmp::Eq,
                        vec![Value::new(term, Kind::Unknown, deps.clone())],
                        deps,
                    )
                }
                _ => (Cmp::NotExists, Vec::new(), Deps::default()),
            };
            guards.push(Rc::new(Cond::Test { path, cmp, with }));
            let value = self.unknown(deps.clone());
            sets.retain(|s| s.path != path);
            sets.push(SetField {
                path,
                value,
                stored: None,
                copied: false,
                deps,
            });
        }
        if let Some(d) = &spec.condition {
            if let Some((c, sure)) = self.condition(st, spec, d, recv, args) {
                guards.push(c);
                guard_maybe = !sure;
            } else if args.open.is_some() && spec.request.is_none() {
                // `**unknown` may bring a condition.
                let open = args
                    .open
                    .as_ref()
                    .map(|o| o.deps.clone())
                    .unwrap_or_default();
                let known_key = spec.key.as_ref().is_some_and(
                    |k| matches!(k, Sel::Kw(n) | Sel::Field(n) if args.kw(*n).is_none()),
                );
                if known_key {
                    guards.push(Rc::new(Cond::Unknown(open)));
                }
            }
        }
        let mut lock_held = false;
        if let Some((_, o)) = &source
            && o.lock.is_some()
        {
            lock_held = true;
        }
        let conn = self.connection(st, spec, recv, args).or_else(|| {
            source
                .as_ref()
                .and_then(|(_, o)| o.get(ustr("conn:")))
                .and_then(|s| self.seen.terms.text(s.value.term))
        });
        let key_fresh = self.fresh_key(st, &conds, &key_names, row.as_ref().map(|r| &r.1), op);
        let absorbed = match &spec.absorbs {
            Some(sel) => {
                let sel = sel.clone();
                self.select(st, spec, &sel, recv, args)
                    .is_some_and(|s| matches!(s.value.kind, Kind::Const(Lit::Bool(true))))
            }
            None => false,
        };
        let duplicate_handled = absorbed
            || spec.raises.iter().any(|(f, class)| {
                *f != Failure::Absent
                    && self.tries.iter().any(|t| {
                        t.catches
                            .iter()
                            .any(|names| self.may_catch(names, Some(tail(*class))))
                    })
            });
        let w = AccessId(self.seen.writes.len() as u32);
        let order = self.tick();
        let relative = sets.iter().any(|s| {
            matches!(&s.stored, Some(StoreTerm::Op(op, _)) if matches!(op.as_str(), "add" | "sub" | "append"))
        });
        for lost in st.merged_losses.clone().iter() {
            self.reached_without_winning(*lost, loc);
            if relative && let Some(o) = self.seen.outcomes.get_mut(lost.0 as usize) {
                o.spent.get_or_insert(loc);
            }
        }
        self.seen.outcomes.push(Outcome::default());
        self.seen.writes.push(Write {
            loc,
            statement: self.loc(self.statement),
            pack: spec.pack,
            store: spec.store,
            spec: i,
            op,
            mode: spec.mode,
            container: container.or_else(|| row.as_ref().and_then(|r| r.1.container)),
            row: row.as_ref().map(|r| r.0),
            row_term: row.as_ref().map(|r| r.1.term),
            row_read,
            conds,
            guards,
            guard_maybe,
            sets,
            narrowed,
            stack: self.stack(),
            held: st.held.clone(),
            conn,
            ctl: Rc::new(st.ctl.clone()),
            loops: self.loop_numbers(),
            group: self.group.or_else(|| match &source {
                // Everything that one transaction object is given commits together.
                Some((id, _)) if spec.together => Some(GROUP_OF_OBJECT + id.0),
                _ => None,
            }),
            duplicate_handled,
            key_fresh,
            order,
            key_names,
            upserts: spec.upserts,
            after: st.done.clone(),
            locked: lock_held,
        });
        Rc::make_mut(&mut st.done).push(w);
        // After a save the object is clean; a created one is no longer fresh but was made here.
        if let Some((id, _)) = &row
            && let Some(o) = st.obj_mut(*id)
        {
            o.dirty.clear();
        }
        if self.group.is_none() {
            self.write_failures(st, i, w, loc);
        }
        // What an upsert returns is the row, locked by it or made by it.
        let shape = spec.returns.clone();
        let mut read = None;
        if matches!(op, Op::Upsert | Op::Create) && returns_row(&shape) {
            let conds = self.seen.writes[w.0 as usize].conds.clone();
            let container = self.seen.writes[w.0 as usize].container;
            let lock = source.as_ref().and_then(|(_, o)| o.lock);
            let r = self.record_read(
                st,
                i,
                container,
                conds,
                &Returns::Row { optional: false },
                lock,
                None,
                None,
                loc,
            );
            self.seen.reads[r.0 as usize].given_by = Some(w);
            if op == Op::Create {
                // A row made here: nobody else has it yet.
                self.seen.reads[r.0 as usize].how = ReadHow::Store;
            }
            read = Some(r);
        }
        if op == Op::Update
            && matches!(shape, Returns::Row { .. })
            && let Some((id, o)) = &row
        {
            // The row as it was written.
            return Value::new(o.term, Kind::Obj(*id), Deps::default());
        }
        let v = self.shaped(st, i, &shape, read, Some(w), recv, args);
        if op == Op::Create
            && let Kind::Obj(id) = v.kind
        {
            let sets: Vec<(Ustr, Value)> = self.seen.writes[w.0 as usize]
                .sets
                .iter()
                .map(|s| (s.path, s.value.clone()))
                .collect();
            if let Some(o) = st.obj_mut(id) {
                o.origin = Origin::Fresh;
                for (n, v) in sets {
                    o.set(n, v);
                }
                // Saved already: a later save is an update of a row made in this run.
                o.set(
                    ustr("saved:"),
                    Value::new(o.term, Kind::Unknown, Deps::default()),
                );
            }
        }
        v
    }

    /// Of several objects the one that was read; the others are what stands in for a missing row.
    fn row_or_concrete(&self, st: &State, v: &Value) -> Value {
        if let Kind::Phi(alts) = &v.kind
            && let Some(a) = alts.iter().find(|a| {
                matches!(a.value.kind, Kind::Obj(id)
                    if st.obj(id).is_some_and(|o| matches!(o.origin, Origin::Read(_))))
            })
        {
            let mut row = a.value.clone();
            row.deps = row.deps.union(&v.deps);
            return row;
        }
        // An item is a mapping; a list is many of them.
        if let Kind::Phi(alts) = &v.kind
            && let Some(a) = alts.iter().find(|a| {
                matches!(a.value.kind, Kind::Obj(id)
                    if st.obj(id).is_some_and(|o| {
                        matches!(o.shape, Shape::Dict | Shape::Row | Shape::Instance) && !o.fields.is_empty()
                    }))
            })
        {
            let mut item = a.value.clone();
            item.deps = item.deps.union(&v.deps);
            return item;
        }
        self.concrete(v)
    }

    fn write_failures(&mut self, st: &mut State, i: usize, w: AccessId, loc: Loc) {
        let lib = self.lib;
        let spec = &lib.specs[i];
        for (failure, class) in &spec.raises {
            let conditional = !self.seen.writes[w.0 as usize].guards.is_empty()
                || self.seen.writes[w.0 as usize].group.is_some();
            if *failure == Failure::Conflict && !conditional {
                continue;
            }
            let mut s = st.clone();
            let fact = Fact::Lost(w);
            self.push_fact(&mut s, fact, PathSet::default(), loc);
            let caught = self.tries.iter().any(|t| {
                t.catches
                    .iter()
                    .any(|n| self.may_catch(n, Some(tail(*class))))
            });
            let v = Value::new(self.seen.terms.fresh(), Kind::Err(w), Deps::default());
            self.raise(&s, Some(tail(*class)), Some(v));
            if caught && let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                o.used = true;
                o.handled.get_or_insert(loc);
            }
            // Who comes past a write that raises its conflict has won it.
            if *failure == Failure::Conflict && self.lang == Lang::Python {
                self.push_fact(st, Fact::Won(w), PathSet::default(), loc);
            }
        }
    }

    fn write_each(
        &mut self,
        st: &mut State,
        i: usize,
        list: &Value,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        // Every object of a list is written: one of them stands for all.
        let base = st.ctl.len();
        let el = self.element(st, list, false, false, loc);
        let mut one = args.clone();
        let lib = self.lib;
        let spec = &lib.specs[i];
        match &spec.item {
            Some(Sel::Pos(n)) if *n < one.pos.len() => one.pos[*n] = el,
            Some(Sel::First(sels)) => {
                for s in sels {
                    match s {
                        Sel::Pos(n) if *n < one.pos.len() => {
                            one.pos[*n] = el;
                            break;
                        }
                        Sel::Kw(k) if one.kw(*k).is_some() => {
                            for kw in &mut one.kw {
                                if kw.0 == *k {
                                    kw.1.value = el.clone();
                                }
                            }
                            break;
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        let still_list = {
            let s = spec
                .item
                .as_ref()
                .and_then(|s| self.plain_select(s, recv, &one));
            s.is_some_and(|v| {
                matches!(self.concrete(&v).kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| o.shape == Shape::List))
            })
        };
        let out = if still_list {
            self.unknown(Deps::default())
        } else {
            self.write(st, i, recv, &one, loc)
        };
        // What holds of each of them ends with the call.
        st.ctl.truncate(base);
        out
    }

    fn push_set(
        &mut self,
        st: &State,
        container: Option<Container>,
        name: Ustr,
        v: &Value,
        sets: &mut Vec<SetField>,
    ) {
        let path = self.p.attribute_name(None, container, name);
        let v = self.scalar(st, v);
        let stored = match &v.kind {
            Kind::Store(t) => Some((**t).clone()),
            _ => None,
        };
        let deps = self.deep_deps(st, &v, 0);
        sets.push(SetField {
            path,
            value: v,
            stored,
            copied: false,
            deps,
        });
    }

    #[allow(clippy::too_many_arguments)]
    fn keyword_sets(
        &mut self,
        st: &mut State,
        spec: &Spec,
        sel: &Sel,
        recv: Option<&Value>,
        args: &Args,
        container: Option<Container>,
        sets: &mut Vec<SetField>,
    ) {
        match sel {
            Sel::AllKw(minus) => {
                for (k, s) in &args.kw {
                    if !minus.contains(k) {
                        self.push_set(st, container, *k, &s.value, sets);
                    }
                }
                if let Some(open) = &args.open {
                    self.push_set(st, container, ustr("*"), open, sets);
                }
            }
            other => {
                let Some(slot) = self.select(st, spec, other, recv, args) else {
                    return;
                };
                let v = self.concrete(&slot.value);
                match &v.kind {
                    Kind::Obj(id) => {
                        if let Some(o) = st.obj(*id).cloned() {
                            if o.shape == Shape::List {
                                // A list of assignments put together by builders.
                                for (_, s) in &o.fields {
                                    self.assignment(st, &s.value, sets);
                                }
                                if let Some(r) = &o.rest {
                                    self.assignment(st, &r.clone(), sets);
                                }
                            } else {
                                for (k, s) in &o.fields {
                                    self.push_set(st, container, *k, &s.value, sets);
                                }
                                if let Some(r) = &o.rest {
                                    self.push_set(st, container, ustr("*"), &r.clone(), sets);
                                }
                            }
                        }
                    }
                    Kind::Tuple(vs) => vs.iter().for_each(|v| self.assignment(st, v, sets)),
                    Kind::Unknown => self.push_set(st, container, ustr("*"), &v, sets),
                    _ => self.assignment(st, &v, sets),
                }
            }
        }
    }

    /// One assignment as a term `set(path, value)`.
    fn assignment(&mut self, st: &State, v: &Value, sets: &mut Vec<SetField>) {
        let v = self.concrete(v);
        if let Kind::Store(t) = &v.kind {
            let t = (**t).clone();
            self.assign_term(st, &t, sets);
        }
    }

    /// `set(path, value)`, `add(path, value)`, `seq(a, b)` as terms of the store.
    pub(super) fn assign_term(&mut self, st: &State, t: &StoreTerm, sets: &mut Vec<SetField>) {
        let StoreTerm::Op(op, parts) = t else { return };
        let path = parts.first().and_then(|p| {
            let mut out = Vec::new();
            p.stored(&mut out);
            out.first().copied().or_else(|| match p {
                StoreTerm::Value(v) => self.seen.terms.text(v.term),
                _ => None,
            })
        });
        match op.as_str() {
            "set" | "add-to" | "append-to" | "delete-from" | "remove" | "set-new" => {
                let path = path.unwrap_or(ustr("*"));
                let top = ustr(path.split(['.', '[']).next().unwrap_or(""));
                let value = parts.get(1).cloned();
                let stored = match (op.as_str(), &value) {
                    ("add-to", Some(v)) => Some(StoreTerm::Op(
                        ustr("add"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("append-to", Some(v)) => Some(StoreTerm::Op(
                        ustr("append"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("delete-from", Some(v)) => Some(StoreTerm::Op(
                        ustr("delete"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("set-new", Some(v)) => Some(StoreTerm::Op(
                        ustr("if-not-exists"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    (_, Some(v)) => {
                        let mut out = Vec::new();
                        v.stored(&mut out);
                        (!out.is_empty()).then(|| v.clone())
                    }
                    _ => None,
                };
                let (v, deps) = match value {
                    Some(StoreTerm::Value(v)) => {
                        let v = self.scalar(st, &v);
                        let d = self.deep_deps(st, &v, 0);
                        (v, d)
                    }
                    Some(t) => {
                        let d = t.deps();
                        (self.unknown(d.clone()), d)
                    }
                    None => (self.none(), Deps::default()),
                };
                sets.push(SetField {
                    path: top,
                    value: v,
                    stored,
                    copied: false,
                    deps,
                });
            }
            _ => {
                for p in parts {
                    match p {
                        StoreTerm::Value(v) => {
                            if let Kind::Store(t) = &v.kind {
                                let t = (**t).clone();
                                self.assign_term(st, &t, sets);
                            }
                        }
                        other => self.assign_term(st, &other.clone(), sets),
                    }
                }
            }
        }
    }

    fn update_sets(
        &mut self,
        st: &mut State,
        spec: &Spec,
        d: &Dialect,
        recv: Option<&Value>,
        args: &Args,
        sets: &mut Vec<SetField>,
    ) {
        let Some(slot) = d
            .args
            .first()
            .and_then(|s| self.select(st, spec, s, recv, args))
        else {
            return;
        };
        let v = self.concrete(&slot.value);
        if let Kind::Store(t) = &v.kind {
            let t = (**t).clone();
            self.assign_term(st, &t, sets);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
            && o.shape == Shape::Dict
        {
            // A map of columns to what is done to each.
            dialects::update_map(self, st, &o, sets);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && let Some(u) = o.get(ustr("update"))
        {
            let u = u.value.clone();
            if let Kind::Store(t) = &self.concrete(&u).kind {
                let t = (**t).clone();
                self.assign_term(st, &t, sets);
            }
            return;
        }
        let names = d
            .args
            .get(1)
            .and_then(|s| self.select(st, spec, s, recv, args))
            .map(|s| s.value);
        let values = d
            .args
            .get(2)
            .and_then(|s| self.select(st, spec, s, recv, args))
            .map(|s| s.value);
        dialects::update(self, st, d.name, &v, names.as_ref(), values.as_ref(), sets);
    }

    /// What writing a row object back sets: what was changed; for a whole write also what was put in at the start.
    fn row_sets(&mut self, st: &State, o: &Obj, all: bool, sets: &mut Vec<SetField>) {
        let read = match o.origin {
            Origin::Read(r) => Some(r),
            _ => None,
        };
        for (name, slot) in &o.fields {
            if name.ends_with(':') {
                continue;
            }
            let dirty = o.dirty.iter().any(|d| d.0 == *name);
            if !dirty && !all {
                continue;
            }
            let v = self.scalar(st, &slot.value);
            let stored = match &v.kind {
                Kind::Store(t) => Some((**t).clone()),
                _ => None,
            };
            let deps = self.deep_deps(st, &v, 0);
            let own = self.seen.terms.field(o.term, *name);
            let copied = match self.seen.terms.get(v.term) {
                // A column taken over from the row that was read.
                Term::Field(of, n) => {
                    n == name
                        && matches!(self.seen.terms.get(*of), Term::Read(_) | Term::Param(_))
                        && !self.seen.mutated.contains(&v.term)
                }
                _ => v.term == own && read.is_some() && !dirty,
            };
            sets.push(SetField {
                path: *name,
                value: v,
                stored,
                copied: copied && !dirty,
                deps,
            });
        }
        for (name, _) in &o.dirty {
            if o.get(*name).is_none() {
                // Removed.
                let v = Value::new(
                    self.seen.terms.lit(Lit::None),
                    Kind::Const(Lit::None),
                    Deps::default(),
                );
                sets.push(SetField {
                    path: *name,
                    value: v,
                    stored: None,
                    copied: false,
                    deps: Deps::default(),
                });
            }
        }
        if let Some(rest) = &o.rest {
            let deps = self.deep_deps(st, rest, 0);
            if !deps.is_empty() && all {
                let value = rest.clone();
                let copied = self.spread_of(rest);
                sets.push(SetField {
                    path: ustr("*"),
                    value,
                    stored: None,
                    copied,
                    deps,
                });
            }
        }
    }

    /// Whether the rest of an object is another one spread into it, unchanged.
    fn spread_of(&self, v: &Value) -> bool {
        matches!(
            self.seen.terms.get(v.term),
            Term::Read(_) | Term::Param(_) | Term::Field(..)
        )
    }

    fn narrow(
        &mut self,
        st: &State,
        container: Option<Container>,
        names: &Value,
        sets: &mut Vec<SetField>,
    ) {
        let v = self.concrete(names);
        let mut list: Vec<Ustr> = Vec::new();
        let mut open = false;
        match &v.kind {
            Kind::Obj(id) => {
                if let Some(o) = st.obj(*id) {
                    for (_, s) in &o.fields {
                        match self.seen.terms.text(s.value.term) {
                            Some(t) => list.push(self.p.attribute_name(None, container, t)),
                            None => open = true,
                        }
                    }
                    if let Some(r) = &o.rest {
                        match self.seen.terms.text(r.term) {
                            Some(t) => list.push(self.p.attribute_name(None, container, t)),
                            None => open = true,
                        }
                        if let Kind::Phi(alts) = &r.kind {
                            for a in alts.iter() {
                                if let Some(t) = self.seen.terms.text(a.value.term) {
                                    list.push(self.p.attribute_name(None, container, t));
                                }
                            }
                        }
                    }
                }
            }
            Kind::Tuple(vs) => {
                for x in vs.iter() {
                    match self.seen.terms.text(x.term) {
                        Some(t) => list.push(self.p.attribute_name(None, container, t)),
                        None => open = true,
                    }
                }
            }
            _ => open = true,
        }
        if !open {
            sets.retain(|s| list.contains(&s.path) || s.path == "*");
        }
    }

    /// Whether the entity written has a key that was made in this run.
    fn fresh_key(
        &self,
        st: &State,
        conds: &[Rc<Cond>],
        key_names: &[Ustr],
        row: Option<&Obj>,
        op: Op,
    ) -> bool {
        let fresh = |t: TermId| made_here(&self.seen.terms, t);
        if !key_names.is_empty() {
            return conds.iter().any(|c| {
                matches!(&**c, Cond::Test { path, with, .. }
                    if key_names.contains(path) && with.first().is_some_and(|v| fresh(v.term)))
            });
        }
        let _ = (st, op);
        match row {
            // The first member of an item names it, unless a read says what the key is.
            Some(o) if o.origin == Origin::Fresh => o
                .fields
                .first()
                .is_some_and(|(_, s)| fresh(self.scalar(st, &s.value).term)),
            _ => false,
        }
    }

    /// What the constructor of a declared kind keeps of its arguments.
    pub(super) fn declared_puts(&self, class: ClassRef, args: &Args) -> Vec<(Ustr, Value)> {
        let Some(i) = self.p.declaring(class, self.lib) else {
            return Vec::new();
        };
        self.lib.specs[i]
            .put
            .iter()
            .filter_map(|(name, sel)| Some((*name, self.plain_select(sel, None, args)?)))
            .collect()
    }

    /// What a framework hands to a method of that name: `view/save.form=form:form_class:fresh` says that the parameter
    /// `form` of `save` of a `view` is a `form`, of the class that its `form_class` holds, with no row yet.
    pub(super) fn handed_in(
        &mut self,
        st: &mut State,
        class: ClassRef,
        method: Ustr,
        param: Ustr,
        loc: Loc,
    ) -> Option<Value> {
        let lib = self.lib;
        let kind = self.p.class_kind(class, lib)?;
        let wanted = format!("{kind}/{method}.{param}");
        let entry = lib
            .lists
            .get(&ustr("parameters"))?
            .iter()
            .find_map(|e| e.strip_prefix(wanted.as_str())?.strip_prefix('='))?;
        let mut parts = entry.split(':');
        let (kind, attr) = (ustr(parts.next()?), ustr(parts.next()?));
        let fresh = parts.next() == Some("fresh");
        let term = self.seen.terms.intern(Term::Param(param));
        let origin = if fresh { Origin::Fresh } else { Origin::Param };
        let made = match self.class_level(st, class, attr, loc).map(|v| v.kind) {
            Some(Kind::Class(c)) => self.instance_of(st, c, term, origin.clone(), loc),
            _ => None,
        };
        if made.is_some() {
            return made;
        }
        let container = match self
            .class_level(st, class, ustr("model"), loc)
            .map(|v| v.kind)
        {
            Some(Kind::Class(c)) => Some(Container::Model(self.p.container_of_class(c))),
            _ => None,
        };
        let id = self.new_obj(st, Shape::Lib(kind), term);
        if let Some(o) = st.obj_mut(id) {
            o.container = container;
            o.origin = origin;
        }
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    /// The manager of a model class, by any of its names.
    pub(super) fn manager(
        &mut self,
        st: &mut State,
        class: ClassRef,
        name: Ustr,
        loc: Loc,
    ) -> Option<Value> {
        let model = self.p.model_path(class)?;
        let manager = self.p.manager(model, name)?;
        let term = self
            .seen
            .terms
            .intern(Term::Global(ustr(&format!("{model}.{name}"))));
        if let Some(id) = self.of_term.get(&term).copied()
            && st.obj(id).is_some()
        {
            return Some(Value::new(term, Kind::Obj(id), Deps::default()));
        }
        let id = self.new_obj(st, Shape::Lib(ustr("manager")), term);
        if let Some(o) = st.obj_mut(id) {
            o.container = Some(Container::Model(model));
            o.class = manager;
        }
        self.of_term.insert(term, id);
        let _ = loc;
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    /// A relation of a model: the related row (a read of its own), or the manager of the related rows.
    pub(super) fn relation(
        &mut self,
        st: &mut State,
        id: ObjId,
        base: &Value,
        name: Ustr,
        loc: Loc,
    ) -> Option<Value> {
        let o = st.obj(id)?;
        if o.shape != Shape::Row {
            return None;
        }
        let Some(Container::Model(model)) = o.container else {
            return None;
        };
        let (row_term, origin, row_lock) = (o.term, o.origin.clone(), o.origin.clone());
        let _ = row_lock;
        if let Some(target) = self.p.relation_target(model, name) {
            // A foreign key: the row it names.
            let term = self.seen.terms.field(row_term, name);
            let container = Some(Container::Model(target));
            let read = self.outside_read(st, container, loc, ReadHow::Related);
            {
                let r = &mut self.seen.reads[read.0 as usize];
                r.statement = Loc {
                    file: loc.file,
                    span: loc.span,
                };
                r.parent = match origin {
                    Origin::Read(p) => Some(p),
                    _ => None,
                };
            }
            let kv = Value::new(term, Kind::Unknown, Deps::default());
            self.seen.reads[read.0 as usize].conds = vec![Rc::new(Cond::Test {
                path: ustr("pk"),
                cmp: Cmp::Eq,
                with: vec![kv],
            })];
            let row = self.new_obj(st, Shape::Row, term);
            if let Some(o) = st.obj_mut(row) {
                o.origin = Origin::Read(read);
                o.container = container;
                o.class = self.p.model_class(target);
            }
            self.rows.insert(term, row);
            let mut v = Value::new(term, Kind::Obj(row), base.deps.clone());
            if let Origin::Read(r) = origin {
                v.deps = v.deps.union(&Deps::read(r, name));
            }
            // From now on the same object.
            if let Some(o) = st.obj_mut(id) {
                o.fields.push((
                    name,
                    Slot {
                        value: v.clone(),
                        presence: Presence::Yes,
                    },
                ));
            }
            return Some(v);
        }
        let (target, field, one) = self.p.reverse_relation(model, name)?;
        let term = self.seen.terms.field(row_term, name);
        let owner = Value::new(row_term, Kind::Obj(id), Deps::default());
        let cond = Rc::new(Cond::Test {
            path: field,
            cmp: Cmp::Eq,
            with: vec![owner],
        });
        let parent = match origin {
            Origin::Read(p) => Some(p),
            _ => None,
        };
        if one {
            // The other side of a one-to-one: it may not be there.
            let container = Some(Container::Model(target));
            let read = self.outside_read(st, container, loc, ReadHow::Related);
            self.seen.reads[read.0 as usize].conds = vec![cond];
            self.seen.reads[read.0 as usize].parent = parent;
            let v = self.row_object(st, read, container, true);
            return Some(v);
        }
        let q = self.new_obj(st, Shape::Lib(ustr("manager")), term);
        let class = self.p.manager(target, ustr("objects")).flatten();
        if let Some(o) = st.obj_mut(q) {
            o.container = Some(Container::Model(target));
            o.conds = vec![cond];
            o.parent = parent;
            o.class = class;
        }
        Some(Value::new(term, Kind::Obj(q), base.deps.clone()))
    }

    /// The term of a value, or of the first element of a list.
    fn first_of(&self, st: &State, v: &Value) -> TermId {
        let v = self.concrete(v);
        match &v.kind {
            Kind::Obj(id) => match st.obj(*id).and_then(|o| o.fields.first()) {
                Some((_, s)) => s.value.term,
                None => v.term,
            },
            Kind::Tuple(vs) => vs.first().map_or(v.term, |x| x.term),
            _ => v.term,
        }
    }

    /// The known parts of a text.
    fn known_text(&self, v: &Value) -> Option<String> {
        match self.seen.terms.get(v.term) {
            Term::Const(Lit::Str(s)) => Some(s.to_string()),
            Term::Concat(parts) => Some(
                parts
                    .iter()
                    .filter_map(|p| self.seen.terms.text(*p))
                    .map(|s| s.to_string())
                    .collect(),
            ),
            _ => None,
        }
    }
}

/// Groups that an object stands for are numbered from here.
const GROUP_OF_OBJECT: u32 = 1 << 24;

/// Whether a term was made in this run and by no one else: it holds a numbered unknown.
pub(super) fn made_here(terms: &Terms, t: TermId) -> bool {
    terms.has_made(t)
}

fn returns_row(r: &Returns) -> bool {
    match r {
        Returns::Row { .. } => true,
        Returns::Tuple(rs) => rs.iter().any(returns_row),
        _ => false,
    }
}

/// The last part of a class's path.
fn tail(path: Ustr) -> Ustr {
    path.rsplit(['.', '/']).next().map_or(path, ustr)
}
