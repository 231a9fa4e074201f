//! What a call of a library gives back: rows, members, bundles, objects of the library.

use std::rc::Rc;

use super::*;
use crate::analysis::shared::Shared;
use crate::sym;
use crate::symbol::{Sym, intern};

impl<'p> Interp<'p> {
    /// Makes a library object, or adds to one.
    pub(super) fn make(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let recv_one = call.receiver.map(|r| self.concrete(r));
        let source = match &recv_one {
            Some(r) => match r.kind {
                Kind::Obj(id) => st.obj(id).cloned().map(|o| (id, o)),
                _ => None,
            },
            None => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, call, sel),
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
        if let (Returns::Kind(k), Some(Container::Model(m))) = (&spec.returns, container)
            && *k == sym!("modelclass")
            && let Some(class) = self.p.model_class(m)
        {
            // It is declared in the project.
            let term = self
                .seen
                .terms
                .intern(Term::Global(self.p.class_path(class)));
            return Value::new(term, Kind::Class(class), Deps::default());
        }
        let mut puts = Vec::new();
        for (name, sel) in &spec.put {
            // What makes an object of the program's own class keeps nothing of what it is handed as nothing, unless it is
            // said that it does.
            if let Some(s) = self.select(st, call, sel)
                && (!s.value.is_none() || sel.ends_in_nothing() || spec.invokes.is_empty())
            {
                puts.push((*name, s));
            }
        }
        let mut conds = Vec::new();
        self.gather_filters(st, call, container, &mut conds);
        let mut lock = spec.lock.then_some(call.loc);
        if spec.cmp.is_some() {
            conds.push(Rc::new(self.store_test(st, call)));
        }
        let added = self.additions(st, call, source.as_ref().map(|s| &s.1));
        let kind = match &spec.returns {
            Returns::Kind(k) => Some(*k),
            _ => None,
        };
        // Made from one of the same kind: what that selects and locks, this does.
        if let Some(sel @ (Sel::Own(_) | Sel::First(_))) = &spec.container
            && let Some(from) = self.select(st, call, sel)
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
                let term = match (&spec.does, call.args.pos.first()) {
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
            o.spec = Some(call.number);
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
            && let Some(columns) = self.select(st, call, sel)
        {
            let flat = spec.flat.clone().is_some_and(|sel| {
                self.select(st, call, &sel)
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
        self.note_counts(st, call, id);
        if let Some(sel) = &spec.loads
            && let Some(names) = self.select(st, call, sel)
            && let Some(o) = st.obj_mut(id)
        {
            o.set(sym!("loads:"), names.value);
        }
        self.note_joins(st, call, id);
        let conn = self.connection(st, call);
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
            call.receiver.map(|r| r.deps.clone()).unwrap_or_default(),
        );
        match &spec.returns {
            Returns::Kind(_) | Returns::Nothing | Returns::Recv => v,
            Returns::Tuple(parts) => {
                let mut vs = vec![v];
                for p in &parts[1..] {
                    vs.push(self.shaped(st, call, p, None, None));
                }
                self.tuple(vs)
            }
            other => self.shaped(st, call, other, None, None),
        }
    }

    /// What a call adds to what its receiver has gathered: assignments, conditions, members.
    fn additions(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        source: Option<&Obj>,
    ) -> Vec<(Sym, Value)> {
        let mut out = Vec::new();
        let old = |name: &str| {
            source
                .and_then(|o| o.get(intern(name)))
                .map(|s| s.value.clone())
        };
        let mut terms: Vec<StoreTerm> = Vec::new();
        if let Some(t) = &call.spec.term {
            terms.push(self.store_term(st, call, t));
        }
        if let Some(d) = &call.spec.update {
            let mut sets = Vec::new();
            self.update_sets(st, call, d, &mut sets);
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
        if let Some(d) = &call.spec.condition
            && let Some((c, _)) = self.condition(st, call, d)
        {
            let c = match old("condition").map(|v| v.kind) {
                Some(Kind::Cond(before)) => Rc::new(Cond::And(vec![before, c])),
                _ => c,
            };
            let deps = c.deps();
            let term = self.seen.terms.fresh();
            out.push((sym!("condition"), Value::new(term, Kind::Cond(c), deps)));
        }
        if let Some((name, sel)) = &call.spec.adds_member {
            let given = match sel {
                Sel::AllPos => call.args.pos.clone(),
                other => self
                    .select(st, call, other)
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
                fields.push((intern(&fields.len().to_string()), Slot { value, presence }));
            }
            if let Some(o) = st.obj_mut(list) {
                o.fields = fields;
            }
            out.push((sym!("members"), v));
        }
        out
    }

    /// The value of a result's shape.
    pub(super) fn shaped(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        shape: &Returns,
        read: Option<ReadId>,
        write: Option<AccessId>,
    ) -> Value {
        let spec = call.spec;
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
            Returns::Answer => call
                .receiver
                .and_then(|r| self.fetched.get(&r.term).cloned())
                .unwrap_or_else(|| {
                    let deps = call.receiver.map(|r| r.deps.clone()).unwrap_or_default();
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
                let err = self.select(st, call, sel).map(|s| s.value);
                match err {
                    Some(e) => self.is_lost(st, &e),
                    None => self.unknown(Deps::default()),
                }
            }
            Returns::Recv => call
                .receiver
                .cloned()
                .unwrap_or_else(|| self.unknown(Deps::default())),
            Returns::Kind(k) => {
                let (id, v) = self.obj_value(st, Shape::Lib(*k));
                let container = match &spec.container {
                    Some(sel) => self.container(st, call, sel),
                    None => self.container(st, call, &Sel::Recv),
                };
                if let Some(o) = st.obj_mut(id) {
                    o.container = container;
                    o.spec = Some(call.number);
                }
                v
            }
            // All of them, in a list whose length is not known.
            Returns::Arg(Sel::AllPos) if call.args.pos.is_empty() => call
                .args
                .star
                .clone()
                .unwrap_or_else(|| self.unknown(Deps::default())),
            Returns::Arg(sel) => match self.select(st, call, sel) {
                Some(s) if s.presence == Presence::Maybe && matches!(sel, Sel::Prop(_)) => {
                    let nothing = self.none();
                    let empty = Shared::default();
                    join_values(&s.value, &empty, &nothing, &empty, &mut self.seen.terms)
                }
                // Decoding takes the type off.
                Some(s) if spec.does == Does::Same && matches!(s.value.kind, Kind::Obj(_)) => {
                    self.scalar(st, &s.value)
                }
                Some(s) => s.value,
                // What was never put on an object made here is not there.
                None if matches!(sel, Sel::Prop(_)) && self.made_in_sight(st, call.receiver) => {
                    self.none()
                }
                None => self.unknown(Deps::default()),
            },
            Returns::Copy(sel) => match self.select(st, call, sel) {
                Some(s) => self.copy(st, &s.value),
                None => self.unknown(Deps::default()),
            },
            Returns::Class => {
                let of = self.container(st, call, &Sel::Recv);
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
                let one = self.shaped(st, call, page, read, write);
                self.pages(st, one)
            }
            Returns::Page(name) => self.page_of(st, call.receiver, *name),
            Returns::Grouped => match call.args.kw(sym!("grouped:")) {
                Some(found) => found.value.clone(),
                None => self.unknown(Deps::default()),
            },
            Returns::Members => {
                let (id, v) = self.obj_value(st, Shape::List);
                for (n, x) in call.args.pos.iter().enumerate() {
                    if let Some(o) = st.obj_mut(id) {
                        o.set(intern(&n.to_string()), x.clone());
                    }
                }
                v
            }
            Returns::Tuple(parts) => {
                let vs: Vec<Value> = parts
                    .iter()
                    .map(|p| self.shaped(st, call, p, read, write))
                    .collect();
                self.tuple(vs)
            }
            Returns::Record(members) => {
                let (id, v) = self.obj_value(st, Shape::Dict);
                for (name, shape) in members {
                    let x = self.shaped(st, call, shape, read, write);
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
}
