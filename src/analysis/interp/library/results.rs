//! What a call of a library gives back: rows, members, bundles, objects of the library.

use crate::sym;
use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::*;

impl<'p> Interp<'p> {
    /// Makes a library object, or adds to one.
    pub(super) fn make(
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
                o.set(sym!("columns:"), columns);
            }
        }
        let conn = self.connection(st, spec, recv, args);
        if let Some(c) = conn {
            let v = self.lit(Lit::Str(c));
            if let Some(o) = st.obj_mut(id) {
                o.set(sym!("conn:"), v);
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
    pub(super) fn additions(
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
                    sym!("set"),
                    vec![StoreTerm::Path(s.path), value],
                ));
            }
        }
        if !terms.is_empty() {
            if let Some(Kind::Store(t)) = old("update").map(|v| v.kind) {
                terms.insert(0, (*t).clone());
            }
            let t = StoreTerm::Op(sym!("seq"), terms);
            let deps = t.deps();
            let term = self.seen.terms.fresh();
            out.push((
                sym!("update"),
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
            out.push((sym!("condition"), Value::new(term, Kind::Cond(c), deps)));
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
            out.push((sym!("members"), v));
        }
        out
    }

    /// The value of a result's shape.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn shaped(
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
                let el = self.unknown(Deps::read(r, sym!("*")));
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
                    Deps::read(r, sym!("#")),
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
                    Deps::read(r, sym!("?")),
                ),
                None => self.unknown(Deps::default()),
            },
            Returns::Aggregate => match read {
                Some(r) => {
                    let (id, v) = self.obj_value(st, Shape::Dict);
                    let deps = Deps::read(r, sym!("#"));
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
            // Only where a token is taken there is something to tell of.
            Returns::Held => self.unknown(Deps::default()),
            Returns::Answer => recv
                .and_then(|r| self.fetched.get(&r.term).cloned())
                .unwrap_or_else(|| {
                    let deps = recv.map(|r| r.deps.clone()).unwrap_or_default();
                    self.unknown(deps)
                }),
            Returns::Database => {
                let name = self.seen.assumed.vendor;
                self.lit(Lit::Str(name))
            }
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

    pub(super) fn made_in_sight(&self, st: &State, recv: Option<&Value>) -> bool {
        recv.is_some_and(|r| {
            matches!(self.concrete(r).kind, Kind::Obj(id)
                if st.obj(id).is_some_and(|o| o.origin == Origin::Fresh && o.spec.is_some()))
        })
    }

    /// Several accesses in one call.
    pub(super) fn members(
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
    pub(super) fn member_items(
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
}
