//! Reads: the rows they give, their columns, reloads, queries that are evaluated.

use std::rc::Rc;

use super::relations::keep_joins;
use super::*;
use crate::analysis::shared::Shared;
use crate::sym;
use crate::symbol::Sym;

/// What a read asks for.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) container: Option<Container>,
    pub(super) conds: Vec<Rc<Cond>>,
    pub(super) lock: Option<Loc>,
    /// The read by whose row it asks.
    pub(super) parent: Option<ReadId>,
    pub(super) conn: Option<Sym>,
    /// The rows came along with that row.
    pub(super) loaded: bool,
}

impl<'p> Interp<'p> {
    /// A decoded row: the object takes the row's identity and contents.
    pub(super) fn decode(&mut self, st: &mut State, from: &Value, to: &Value, loc: Loc) {
        let (from, to) = (self.concrete(from), self.concrete(to));
        let Kind::Obj(to_id) = to.kind else { return };
        let Kind::Obj(from_id) = from.kind else {
            // A part of a row, decoded: what it is made from is known, not what it is.
            let v = Value::new(from.term, Kind::Unknown, from.deps.clone());
            let read = |o: &Obj| o.shape == Shape::Row && matches!(o.origin, Origin::Read(_));
            if self.lang == Lang::Go && st.obj(to_id).is_some_and(read) {
                // What it says nothing of stays what was read.
                self.set_attr(st, &to, sym!("*"), v, loc);
                return;
            }
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
            let rest = self.typed_row(st, to_id, src.rest.clone());
            if let Some(o) = st.obj_mut(to_id) {
                o.rest = rest;
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

    /// The rows of a decoded list are of the type of its elements.
    fn typed_row(&mut self, st: &mut State, to: ObjId, row: Option<Value>) -> Option<Value> {
        let mut v = row?;
        let class = st.obj(to).and_then(|o| o.element);
        if let (Some(class), Kind::Obj(of)) = (class, &v.kind)
            && let Some(mut row) = st.obj(*of).cloned()
            && row.shape == Shape::Row
            && row.class.is_none()
        {
            row.class = Some(class);
            let term = row.term;
            let id = self.new_obj(st, Shape::Row, term);
            st.put_obj(id, row);
            self.rows.insert(term, id);
            v.kind = Kind::Obj(id);
        }
        Some(v)
    }

    pub(in crate::analysis::interp) fn row_object(
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
    pub(super) fn read(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        // An explicit queryset as argument: `get_object_or_404(queryset, pk=1)`.
        let base = match &spec.container {
            Some(sel @ (Sel::Pos(_) | Sel::First(_) | Sel::Own(_))) => {
                self.select(st, call, sel).map(|s| self.concrete(&s.value))
            }
            _ => call.receiver.map(|r| self.concrete(r)),
        };
        let source = match &base {
            Some(Value {
                kind: Kind::Obj(id),
                ..
            }) => st.obj(*id).cloned(),
            _ => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, call, sel),
            None => self.container(st, call, &Sel::Recv),
        };
        // The row that belongs to an object made here is new as well.
        if spec.create_when_fresh
            && let Some(Kind::Obj(id)) = call.receiver.map(|r| self.concrete(r).kind)
            && st.obj(id).is_some_and(|o| o.origin == Origin::Fresh)
            && let Some(Container::Model(m)) = container
            && let Some(class) = self.p.model_class(m)
        {
            return self.new_row(st, Some(class), m, &Args::default(), call.loc);
        }
        let mut conds: Vec<Rc<Cond>> = source.as_ref().map(|o| o.conds.clone()).unwrap_or_default();
        self.gather_filters(st, call, container, &mut conds);
        let mut key_names = Vec::new();
        if let Some(sel) = &spec.key {
            self.key_conds(st, call, sel, &mut conds, &mut key_names);
        }
        let lock = source
            .as_ref()
            .and_then(|o| o.lock)
            .or_else(|| spec.lock.then_some(call.loc));
        let conn = self.connection(st, call).or_else(|| {
            source
                .as_ref()
                .and_then(|o| o.get(sym!("conn:")))
                .and_then(|s| self.seen.terms.text(s.value.term))
        });
        let parent = source.as_ref().and_then(|o| o.parent);
        let rows = source.as_ref().and_then(|o| o.container);
        let handed = |v: &Value| self.seen.terms.is_given(v.term);
        let of_run = conds.is_empty()
            && spec.key.is_none()
            && !matches!(rows, Some(Container::Model(_)))
            && call.receiver.is_some_and(handed);
        let asked = Asked {
            container,
            conds,
            lock,
            parent,
            conn,
            loaded: false,
        };
        let r = self.record_read(st, call, &spec.returns, asked);
        self.seen.reads[r.0 as usize].of_run = of_run;
        self.seen.reads[r.0 as usize].key_names = key_names;
        for (failure, class) in &spec.raises {
            if *failure == Failure::Absent {
                self.raise_absent(st, r, tail(*class), call.loc);
            }
        }
        if let Some(sel) = &spec.into
            && let Some(to) = self.select(st, call, sel)
        {
            let found = match &spec.passes {
                Some(shape) => shape.clone(),
                None => Returns::Row { optional: false },
            };
            let found = self.shaped(st, call, &found, Some(r), None);
            self.decode(st, &found, &to.value, call.loc);
        } else if let Some(passes) = &spec.passes {
            // What was read is handed to a function, page by page.
            let passed = self.shaped(st, call, passes, Some(r), None);
            for sel in &spec.invokes {
                if let Some(f) = self.select(st, call, sel) {
                    let mut handed = Args::default();
                    handed.pos.push(passed.clone());
                    let last = self.unknown(Deps::default());
                    handed.pos.push(last);
                    self.call_value(st, &f.value, handed, call.loc);
                    self.dead = false;
                }
            }
        }
        let v = self.shaped(st, call, &spec.returns, Some(r), None);
        if let Some(o) = &source {
            load_along(st, o, &v);
        }
        if let Some(counts) = source.as_ref().and_then(|o| o.get(sym!("counts:"))) {
            let counts = counts.value.clone();
            self.count_related(st, &v, &counts, call.loc);
        }
        match source.as_ref().and_then(|o| o.get(sym!("columns:"))) {
            Some(c) if matches!(spec.returns, Returns::Row { .. }) => {
                let columns = c.value.clone();
                self.project(st, r, &v, &columns, call.loc)
            }
            _ => v,
        }
    }

    /// What remains of a row when only some columns are asked for: a value, or a tuple of them.
    pub(super) fn project(
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
                        None => self.unknown(Deps::read(read, sym!("*"))),
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
                None => self.unknown(Deps::read(read, sym!("*"))),
            },
        };
        let optional =
            matches!(row.kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| o.maybe.is_some()));
        if !optional {
            return v;
        }
        // There may be no row: then there is no value.
        let none = self.none();
        let mut out = self.found_or(read, &v, &none, loc);
        out.deps.data = v.deps.data;
        out
    }

    /// One value where a read found something, another where it found nothing.
    pub(in crate::analysis::interp) fn found_or(
        &mut self,
        read: ReadId,
        found: &Value,
        missing: &Value,
        loc: Loc,
    ) -> Value {
        let depth = self.frames[self.cur].depth;
        let under = |fact: Fact| {
            Shared::from(vec![Rc::new(Ctl {
                loc,
                deps: PathSet::one(read, sym!("?")),
                facts: vec![fact],
                scope: Scope::Branch,
                depth,
                pred: None,
                polarity: true,
                branch: 0,
            })])
        };
        let (there, not_there) = (under(Fact::Present(read)), under(Fact::Absent(read)));
        let terms = &mut self.seen.terms;
        crate::analysis::state::join_values(found, &there, missing, &not_there, terms)
    }

    /// Notes that a call reads.
    pub(super) fn record_read(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        returns: &Returns,
        asked: Asked,
    ) -> ReadId {
        let spec = call.spec;
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
            loc: call.loc,
            statement: self.loc(self.statement),
            how: ReadHow::Store,
            pack: spec.pack,
            store: spec.store,
            container: asked.container,
            conds: asked.conds,
            // Put in place by key.
            one: one(returns) || spec.into.is_some() && spec.passes.is_none() && spec.key.is_some(),
            picked: spec.picks,
            aggregate: matches!(
                returns,
                Returns::Count | Returns::Exists | Returns::Aggregate
            ),
            stack: self.stack(),
            held: st.held.clone(),
            lock: asked.lock,
            parent: asked.parent,
            conn: asked.conn,
            loops: self.loop_numbers(),
            ctl: st.ctl.clone().into(),
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
            of_run: false,
            always: st.always.clone(),
            loaded: asked.loaded,
        });
        id
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

    pub(super) fn reload(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let Some(r) = call.receiver.map(|r| self.concrete(r)) else {
            return self.unknown(Deps::default());
        };
        let Kind::Obj(id) = r.kind else {
            return self.unknown(Deps::default());
        };
        let Some(o) = st.obj(id).cloned() else {
            return self.unknown(Deps::default());
        };
        if o.origin == Origin::Fresh {
            // A row that was made here: what the store made of it is read, nobody else's.
            if let Some(o) = st.obj_mut(id) {
                o.fields.retain(|f| f.0.ends_with(':'));
                o.dirty.clear();
            }
            return self.none();
        }
        let spec = call.spec;
        let conds = vec![Rc::new(Cond::Test {
            path: sym!("pk"),
            cmp: Cmp::Eq,
            with: vec![r.clone()],
        })];
        let lock = match &spec.container {
            // `refresh_from_db(from_queryset=Model.objects.select_for_update())`
            Some(sel) => {
                let from = self.select(st, call, sel);
                from.and_then(|s| match self.concrete(&s.value).kind {
                    Kind::Obj(q) => st.obj(q).and_then(|q| q.lock),
                    _ => None,
                })
            }
            None => None,
        };
        let asked = Asked {
            container: o.container,
            conds,
            lock,
            ..Asked::default()
        };
        let read = self.record_read(st, call, &Returns::Row { optional: false }, asked);
        if let Origin::Read(old) = o.origin {
            self.seen.reads[read.0 as usize].reload_of = Some(old);
        }
        if let Some(names) = self.reloaded(st, call) {
            self.reload_columns(st, (id, &o), read, &names, call.loc);
            return self.none();
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

    /// The columns that are read again, where the call names them.
    fn reloaded(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Option<Vec<Sym>> {
        let names = self.select(st, call, call.spec.narrow.as_ref()?)?;
        let names = self.concrete(&names.value);
        self.texts(st, &names)
    }

    /// Some columns of a row are what a new read has found in them; the others stay what they were.
    fn reload_columns(
        &mut self,
        st: &mut State,
        (id, old): (ObjId, &Obj),
        read: ReadId,
        names: &[Sym],
        loc: Loc,
    ) {
        let row = self.row_object(st, read, old.container, false);
        for name in names {
            let column = self.p.attribute_name(old.class, old.container, *name);
            let value = self.attr(st, &row, *name, loc);
            if let Some(o) = st.obj_mut(id) {
                o.set(column, value);
                o.dirty.retain(|d| d.0 != column);
            }
        }
    }

    /// The rows of a query that is iterated, counted or tested: they are read now, once.
    pub(in crate::analysis::interp) fn evaluated(
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
        if let Some(rows) = o.get(sym!("rows:")) {
            return Some(rows.value.clone());
        }
        let o = o.clone();
        let i = o
            .spec
            .or_else(|| self.lib.specs.iter().position(|s| s.pack == ks.pack))?;
        let conn = o
            .get(sym!("conn:"))
            .and_then(|s| self.seen.terms.text(s.value.term));
        let asked = Asked {
            container: o.container,
            conds: o.conds.clone(),
            lock: o.lock,
            parent: o.parent,
            conn,
            loaded: o.get(sym!("loaded:")).is_some() && o.conds.len() == 1,
        };
        let args = Args::default();
        let call = LibraryCall::new(self.lib, i, None, &args, loc);
        let r = self.record_read(st, &call, &Returns::Rows, asked);
        let mut row = self.row_object(st, r, o.container, false);
        load_along(st, &o, &row);
        if let Some(counts) = o.get(sym!("counts:")) {
            let counts = counts.value.clone();
            self.count_related(st, &row, &counts, loc);
        }
        if let Some(c) = o.get(sym!("columns:")) {
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
            q.set(sym!("rows:"), value.clone());
        }
        let _ = v;
        Some(value)
    }
}

/// The row of a query that loads related rows along with its own knows which.
fn load_along(st: &mut State, query: &Obj, row: &Value) {
    let loads = query.get(sym!("loads:"));
    if (loads.is_some() || query.lock.is_some())
        && let Kind::Obj(id) = row.kind
        && let Some(o) = st.obj_mut(id)
        && o.shape == Shape::Row
    {
        if let Some(names) = loads {
            o.set(sym!("loads:"), names.value.clone());
        }
        if query.lock.is_some() {
            keep_joins(query, o);
        }
    }
}
