//! Writes: how they are recorded, under which condition, and how they can fail.

use std::rc::Rc;

use super::reads::Asked;
use super::*;
use crate::analysis::shared::Shared;
use crate::sym;
use crate::symbol::{Sym, intern};

impl<'p> Interp<'p> {
    /// Records a write and gives its result.
    pub(super) fn write(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let r = call.receiver.map(|r| self.concrete(r));
        let source = match &r {
            Some(Value {
                kind: Kind::Obj(id),
                ..
            }) => st.obj(*id).cloned().map(|o| (*id, o)),
            _ => None,
        };
        let container = match &spec.container {
            Some(sel) => self.container(st, call, sel),
            None => self.container(st, call, &Sel::Recv),
        };
        if let Some((_, o)) = &source
            && let Some(v) = self.written_by_own(st, call, o)
        {
            self.keep_item(st, call, &v);
            return v;
        }
        let mut op = match spec.does {
            Does::Create | Does::Link => Op::Create,
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
        self.gather_filters(st, call, container, &mut conds);
        if let Some(sel) = &spec.key {
            self.key_conds(st, call, sel, &mut conds, &mut key_names);
        }
        // What it sets.
        let mut sets: Vec<SetField> = Vec::new();
        let mut narrowed = false;
        if let Some(sel) = &spec.item {
            let slot = self.select(st, call, sel);
            if let Some(slot) = slot {
                let mut v = self.row_or_concrete(st, &slot.value);
                if v.is_none()
                    && spec.create_when_fresh
                    && let Some(Container::Model(m)) = container
                {
                    // None so far: one is made.
                    v = match self.p.model_class(m) {
                        Some(class) => self.new_row(st, Some(class), m, &Args::default(), call.loc),
                        None => self.fresh_row(st, m),
                    };
                }
                if let Kind::Obj(id) = v.kind {
                    // A query that is written is read first.
                    self.evaluated(st, id, &v, call.loc);
                }
                // What the run was given is put into a cache as one value.
                let one_value = |id| {
                    spec.store.is_cache()
                        && st
                            .obj(id)
                            .is_some_and(|o| matches!(o.origin, Origin::Param))
                };
                match v.kind {
                    Kind::Obj(id) if !one_value(id) => {
                        if let Some(o) = st.obj(id).cloned() {
                            if o.shape == Shape::List {
                                return self.write_each(st, call, &v);
                            }
                            row = Some((id, o));
                        }
                    }
                    _ => {
                        let deps = self.deep_deps(st, &slot.value, 0);
                        sets.push(SetField {
                            path: sym!("*"),
                            value: slot.value.clone(),
                            choices: None,
                            stored: None,
                            copied: false,
                            deps,
                        });
                    }
                }
            }
        }
        if let Some(sel) = &spec.sets {
            self.keyword_sets(st, call, sel, container, &mut sets);
        }
        if let Some(d) = &spec.update {
            self.update_sets(st, call, d, &mut sets);
        }
        if op == Op::Create
            && let Some((_, o)) = &source
        {
            self.owner_sets(st, container, o, &mut sets);
        }
        let creates_row =
            spec.create_when_fresh && row.as_ref().is_some_and(|(_, o)| o.origin == Origin::Fresh);
        if let Some(d) = &spec.defaults {
            let first = sets.len();
            self.default_sets(st, call, d, container, &mut sets);
            if op != Op::Upsert && !creates_row {
                // Of what was given for a row that is there only what the program itself put among it is known to change.
                let mut i = 0;
                sets.retain(|s| {
                    i += 1;
                    i <= first || (s.path != "*" && !self.is_looked_up(&s.value))
                });
            }
        }
        let mut row_read = None;
        if let Some((id, o)) = &row {
            row_read = match o.origin {
                Origin::Read(r) => Some(r),
                _ => self.made_of_row(st, o, container),
            };
            if spec.create_when_fresh
                && o.origin == Origin::Fresh
                && op == Op::Update
                && self.stored(o) != Some(true)
            {
                op = Op::Create;
            }
            // A row whose key was taken away is a new one.
            let keyless = o
                .get(sym!("pk"))
                .is_some_and(|s| s.presence == Presence::Yes && s.value.is_none());
            if spec.create_when_fresh && keyless && op == Op::Update {
                op = Op::Create;
                row_read = None;
            }
            if spec.does != Does::Delete
                && spec.update.is_none()
                && (spec.sets.is_none() || spec.item.is_some())
            {
                let given = sets.len();
                self.row_sets(st, o, op == Op::Put || op == Op::Create, &mut sets);
                if creates_row && spec.defaults.is_some() {
                    // What the program has put into the new row stands there instead of what came with it.
                    let own: Vec<Sym> = sets[given..].iter().map(|s| s.path).collect();
                    let mut i = 0;
                    sets.retain(|s| {
                        i += 1;
                        i > given || !own.contains(&s.path)
                    });
                }
            }
            let _ = id;
        }
        if let (Some(sel), Op::Update) = (&spec.narrow, op) {
            let slot = self.select(st, call, sel);
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
            && o.get(sym!("saved:")).is_none()
        {
            for name in ["pk", "sk"] {
                if let Some(slot) = o.get(intern(name)) {
                    key_names.push(intern(name));
                    conds.push(Rc::new(Cond::Test {
                        path: intern(name),
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
        {
            guards.extend(self.version_guard(o, &mut sets));
        }
        if let Some((c, sure)) = self.guard(st, call) {
            guards.push(c);
            guard_maybe = !sure;
        }
        let mut lock_held = false;
        if let Some((_, o)) = &source
            && o.lock.is_some()
        {
            lock_held = true;
        }
        let conn = self.connection(st, call).or_else(|| {
            source
                .as_ref()
                .and_then(|(_, o)| o.get(sym!("conn:")))
                .and_then(|s| self.seen.terms.text(s.value.term))
        });
        match (row_read, &row) {
            (Some(r), Some((_, o))) => self.taken_from_another(&mut sets, r, o.term),
            _ if spec.store.is_relational() => {}
            _ => self.made_new(&mut sets, op),
        }
        let key_fresh = self.fresh_key(st, &conds, &key_names, row.as_ref().map(|r| &r.1), op);
        let absorbed = match &spec.absorbs {
            Some(sel) => self
                .select(st, call, sel)
                .is_some_and(|s| matches!(s.value.kind, Kind::Const(Lit::Bool(true)))),
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
        let relative = sets.iter().any(SetField::relative);
        let losses = match spec.store.is_cache() {
            true => Shared::default(),
            false => st.merged_losses.clone(),
        };
        for lost in losses.iter() {
            self.reached_without_winning(*lost, call.loc);
            if (relative || op == Op::Create)
                && let Some(o) = self.seen.outcomes.get_mut(lost.0 as usize)
            {
                o.spent.push(Spent {
                    at: call.loc,
                    write: Some(w),
                    handed: Vec::new(),
                });
            }
        }
        self.seen.outcomes.push(Outcome::default());
        self.seen.writes.push(Write {
            loc: call.loc,
            statement: self.loc(self.statement),
            pack: spec.pack,
            store: spec.store,
            spec: call.number,
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
            ctl: st.ctl.clone().into(),
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
            always: st.always.clone(),
            locked: lock_held,
            changed: row
                .as_ref()
                .map(|r| self.changed_by(r.0, &r.1))
                .unwrap_or_default(),
            guessed: None,
            staged: None,
        });
        st.done.edit().push(w);
        st.always.edit().push(w);
        // After a save the object is clean; a created one is no longer fresh but was made here.
        if let Some((id, _)) = &row
            && let Some(o) = st.obj_mut(*id)
        {
            o.dirty.clear();
        }
        if let (Some((id, _)), true) = (&row, matches!(op, Op::Create | Op::Update)) {
            self.note_saved(st, *id);
        }
        if self.group.is_none() {
            self.write_failures(st, call, w);
        }
        let v = self.written(st, call, w, source.as_ref().map(|s| &s.1), row.as_ref());
        self.keep_item(st, call, &v);
        v
    }

    /// A row of a model that the project does not declare, not in the store yet.
    fn fresh_row(&mut self, st: &mut State, model: Sym) -> Value {
        let (id, v) = self.obj_value(st, Shape::Row);
        if let Some(o) = st.obj_mut(id) {
            o.container = Some(Container::Model(model));
            o.origin = Origin::Fresh;
        }
        self.rows.insert(v.term, id);
        v
    }

    /// The read of the item of which a record was made, that is written whole now.
    fn made_of_row(&self, st: &State, o: &Obj, container: Option<Container>) -> Option<ReadId> {
        if o.origin != Origin::Fresh || !matches!(o.shape, Shape::Dict | Shape::Instance) {
            return None;
        }
        let Some(rest) = &o.rest else {
            return self.rebuilt_from(st, o, container);
        };
        let Kind::Obj(row) = rest.kind else {
            return None;
        };
        let row = st.obj(row)?;
        match row.origin {
            Origin::Read(r) if row.shape == Shape::Row && row.container == container => Some(r),
            _ => None,
        }
    }

    /// The read of the one item of which a record was put together member by member: its key is that item's, and so is
    /// something else in it, at least where nobody gave another value.
    fn rebuilt_from(&self, st: &State, o: &Obj, container: Option<Container>) -> Option<ReadId> {
        container?;
        let kept = |v: &Value| self.kept_or_plain(st, v, 0);
        let own = |name: Sym, v: &Value| match self.seen.terms.get(kept(v)) {
            Term::Field(of, n) if *n == name => match self.seen.terms.get(*of) {
                Term::Read(r) => Some(*r),
                _ => None,
            },
            _ => None,
        };
        let taken = |name: Sym, v: &Value| match &v.kind {
            Kind::Phi(alts) => {
                let by_default = || alts.iter().find_map(|a| own(name, &a.value));
                own(name, v).or_else(by_default)
            }
            _ => own(name, v),
        };
        let mut members = o.fields.iter().rev();
        let r = members.find_map(|(name, slot)| taken(*name, &slot.value))?;
        let read = &self.seen.reads[r.0 as usize];
        if read.container != container {
            return None;
        }
        let asked = |name: Sym, v: &Value| {
            let same = |c: &Rc<Cond>| matches!(&**c, Cond::Test { path, cmp: Cmp::Eq, with } if *path == name && with.iter().any(|w| w.term == v.term));
            read.conds.iter().any(same)
        };
        let is_key = |name: Sym| {
            let kept = |s: &Slot| taken(name, &s.value) == Some(r) || asked(name, &s.value);
            o.get(name).is_some_and(kept)
        };
        let keys = self.key_names_of(container, read);
        let whole = match keys {
            Some(names) => names.iter().all(|k| is_key(*k)),
            // The first member of an item names it, unless a read says what the key is.
            None => o.fields.first().is_some_and(|(name, _)| is_key(*name)),
        };
        let others = |(name, slot): &&(Sym, Slot)| {
            !keys.is_some_and(|k| k.contains(name)) && taken(*name, &slot.value) == Some(r)
        };
        (whole && o.fields.iter().filter(others).count() > usize::from(keys.is_none())).then_some(r)
    }

    /// How the keys of a table are called, as far as this run has named one.
    fn key_names_of<'a>(
        &'a self,
        container: Option<Container>,
        read: &'a Read,
    ) -> Option<&'a [Sym]> {
        let reads = self.seen.reads.iter().map(|x| (x.container, &x.key_names));
        let writes = self.seen.writes.iter().map(|x| (x.container, &x.key_names));
        std::iter::once((container, &read.key_names))
            .chain(reads)
            .chain(writes)
            .find(|(c, names)| *c == container && !names.is_empty())
            .map(|(_, names)| names.as_slice())
    }

    /// What holds no row yet holds the one that was made.
    fn keep_item(&mut self, st: &mut State, call: &LibraryCall<'_>, row: &Value) {
        if let Some(Sel::Attr(name)) = &call.spec.item
            && let Some(Kind::Obj(id)) = call.receiver.map(|r| self.concrete(r).kind)
            && let Some(o) = st.obj_mut(id)
            && o.get(*name).is_some_and(|s| s.value.is_none())
        {
            o.set(*name, row.clone());
        }
    }

    /// What a function of the project gives that does the writing instead: one creates, with what is set, the other
    /// changes.
    fn written_by_own(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        source: &Obj,
    ) -> Option<Value> {
        let spec = call.spec;
        if spec.invokes.is_empty() {
            return None;
        }
        let mut fresh = source.origin == Origin::Fresh;
        if let (true, Some(sel)) = (fresh, &spec.item) {
            let item = self.select(st, call, sel);
            fresh = item.is_none_or(|s| {
                s.value.is_none()
                    || matches!(self.concrete(&s.value).kind, Kind::Obj(id)
                    if st.obj(id).is_some_and(|o| o.origin == Origin::Fresh))
            });
        }
        let n = usize::from(!fresh);
        if let Some(Sel::Own(path)) = spec.invokes.get(n)
            && let [name] = path.as_slice()
            && let Some(class) = source.class
            && let Some((_, f)) = self.p.method(class, *name)
            && !self.active.contains(&f)
        {
            let mut given = Args::default();
            if !fresh && let Some(sel) = &spec.item {
                let item = self.select(st, call, sel);
                given.pos.extend(item.map(|s| s.value));
            }
            if let Some(sel) = &spec.defaults {
                let set = self.select(st, call, sel);
                given
                    .pos
                    .extend(set.map(|s| self.with_named(st, call, s.value)));
            }
            let f = self.func_value(st, f, None);
            let f = match call.receiver {
                Some(r) => self.bind(f, r.clone()),
                None => f,
            };
            return Some(self.call_value(st, &f, given, call.loc));
        }
        None
    }

    /// A record with what a call sets by name besides. (In one of which not all is known, that may be anything already.)
    fn with_named(&mut self, st: &mut State, call: &LibraryCall<'_>, record: Value) -> Value {
        let (named, open) = (&call.args.kw, &call.args.open);
        let sets = matches!(&call.spec.sets, Some(Sel::AllKw(_)));
        let held = match self.concrete(&record).kind {
            Kind::Obj(id) => st.obj(id).filter(|o| o.rest.is_none()),
            _ => None,
        };
        let Some(fields) = held.map(|o| o.fields.clone()) else {
            return record;
        };
        if !sets || named.is_empty() && open.is_none() {
            return record;
        }
        let (id, v) = self.obj_value(st, Shape::Dict);
        if let Some(o) = st.obj_mut(id) {
            o.fields = fields;
            for (name, slot) in named {
                o.set(*name, slot.value.clone());
            }
            o.rest.clone_from(open);
        }
        v
    }

    /// The condition that a library puts on the version of a row; the version is set as well.
    fn version_guard(&mut self, row: &Obj, sets: &mut Vec<SetField>) -> Option<Rc<Cond>> {
        let Some(Container::Model(m)) = row.container else {
            return None;
        };
        let path = intern(self.p.model(m)?.version.as_deref()?);
        let term = self.seen.terms.field(row.term, path);
        let (cmp, with, deps) = match row.origin {
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
        let value = self.unknown(deps.clone());
        sets.retain(|s| s.path != path);
        sets.push(SetField {
            path,
            value,
            choices: None,
            stored: None,
            copied: false,
            deps,
        });
        Some(Rc::new(Cond::Test { path, cmp, with }))
    }

    /// The condition of a write. The flag: it is there on every path.
    fn guard(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Option<(Rc<Cond>, bool)> {
        let spec = call.spec;
        let found = self.condition(st, call, spec.condition.as_ref()?);
        if found.is_some() || spec.request.is_some() {
            return found;
        }
        // `**unknown` may bring a condition.
        let open = call.args.open.as_ref()?;
        let known_key = spec
            .key
            .as_ref()
            .is_some_and(|k| matches!(k, Sel::Kw(n) | Sel::Field(n) if call.args.kw(*n).is_none()));
        known_key.then(|| (Rc::new(Cond::Unknown(open.deps.clone())), true))
    }

    /// What a write gives back: an upsert the row, locked by it or made by it.
    fn written(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        w: AccessId,
        source: Option<&Obj>,
        row: Option<&(ObjId, Obj)>,
    ) -> Value {
        let op = self.seen.writes[w.0 as usize].op;
        let shape = &call.spec.returns;
        let mut read = None;
        if matches!(op, Op::Upsert | Op::Create) && returns_row(shape) {
            let conds = self.seen.writes[w.0 as usize].conds.clone();
            let container = self.seen.writes[w.0 as usize].container;
            let lock = source.and_then(|o| o.lock);
            let asked = Asked {
                container,
                conds,
                lock,
                ..Asked::default()
            };
            let r = self.record_read(st, call, &Returns::Row { optional: false }, asked);
            self.seen.reads[r.0 as usize].given_by = Some(w);
            read = Some(r);
        }
        if op == Op::Update
            && matches!(shape, Returns::Row { .. })
            && let Some((id, o)) = row
        {
            // The row as it was written.
            return Value::new(o.term, Kind::Obj(*id), Deps::default());
        }
        let v = self.shaped(st, call, shape, read, Some(w));
        if op == Op::Create
            && let Kind::Obj(id) = v.kind
        {
            let sets: Vec<(Sym, Value)> = self.seen.writes[w.0 as usize]
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
                    sym!("saved:"),
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

    pub(super) fn write_failures(&mut self, st: &mut State, call: &LibraryCall<'_>, w: AccessId) {
        let spec = call.spec;
        for (failure, class) in &spec.raises {
            let conditional = !self.seen.writes[w.0 as usize].guards.is_empty()
                || self.seen.writes[w.0 as usize].group.is_some();
            if *failure == Failure::Conflict && !conditional {
                continue;
            }
            let mut s = st.clone();
            let fact = Fact::Lost(w);
            self.push_fact(&mut s, fact, PathSet::default(), call.loc);
            let caught = self.tries.iter().any(|t| {
                t.catches
                    .iter()
                    .any(|n| self.may_catch(n, Some(tail(*class))))
            });
            let v = Value::new(self.seen.terms.fresh(), Kind::Err(w), Deps::default());
            self.raise(&s, Some(tail(*class)), Some(v));
            if caught && let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                o.used = true;
                o.handled.get_or_insert(call.loc);
            }
            // Who comes past a write that raises its conflict has won it.
            if *failure == Failure::Conflict && self.lang == Lang::Python {
                self.push_fact(st, Fact::Won(w), PathSet::default(), call.loc);
            }
        }
    }

    fn write_each(&mut self, st: &mut State, call: &LibraryCall<'_>, list: &Value) -> Value {
        // Every object of a list is written: one of them stands for all.
        let base = st.ctl.len();
        let el = self.element(st, list, false, false, call.loc);
        let mut one = call.args.clone();
        let spec = call.spec;
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
        let call = LibraryCall {
            args: &one,
            ..*call
        };
        let still_list = {
            let s = spec.item.as_ref().and_then(|s| call.given(s));
            s.is_some_and(|v| {
                matches!(self.concrete(&v).kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| o.shape == Shape::List))
            })
        };
        let out = if still_list {
            self.unknown(Deps::default())
        } else {
            self.write(st, &call)
        };
        // What holds of each of them ends with the call.
        st.ctl.truncate(base);
        out
    }

    /// The activations that changed the columns of a row.
    fn changed_by(&self, id: ObjId, o: &Obj) -> Vec<(Sym, u32)> {
        let by = |name: Sym| self.changers.get(&(id, name)).map(|f| (name, *f));
        o.dirty.iter().filter_map(|d| by(d.0)).collect()
    }

    /// What stands in a record that was handed in beside the row goes into it as something new, whatever it is called there.
    fn taken_from_another(&self, sets: &mut [SetField], r: ReadId, row: TermId) {
        let terms = &self.seen.terms;
        let other = |of: &TermId| {
            let handed = matches!(terms.get(*of), Term::Param(_));
            handed && *of != row && self.seen.row_terms.get(of) != Some(&r)
        };
        for s in sets {
            s.copied &= !matches!(terms.get(s.value.term), Term::Field(of, _) if other(of));
        }
    }

    /// An item with an identifier that was drawn for it is a new one: what it takes over from something handed in is not
    /// put back there.
    fn made_new(&self, sets: &mut [SetField], op: Op) {
        let terms = &self.seen.terms;
        let drawn = |s: &SetField| {
            let t = s.value.term;
            s.stored.is_none() && s.deps.is_empty() && made_here(terms, t) && !terms.is_time(t)
        };
        if !matches!(op, Op::Put | Op::Create) || !sets.iter().any(drawn) {
            return;
        }
        for s in sets {
            let handed = |of: &TermId| matches!(terms.get(*of), Term::Param(_));
            s.copied &= !matches!(terms.get(s.value.term), Term::Field(of, _) if handed(of));
        }
    }

    /// Whether the entity written has a key that was made in this run.
    fn fresh_key(
        &self,
        st: &State,
        conds: &[Rc<Cond>],
        key_names: &[Sym],
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
}
