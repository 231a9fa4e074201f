//! Writes: what they set, under which condition, and how they can fail.

use crate::sym;
use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::*;

impl<'p> Interp<'p> {
    /// Records a write and gives its result.
    pub(super) fn write(
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
            self.keyword_sets(st, spec, sel, recv, args, container, &mut sets);
        }
        if let Some(d) = &spec.update {
            self.update_sets(st, spec, d, recv, args, &mut sets);
        }
        if op == Op::Create
            && let Some((_, o)) = &source
            && o.shape == Shape::Lib(sym!("manager"))
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
                self.push_set(st, container, sym!("*"), &s.value.clone(), &mut sets);
            }
            if let Some(s) = slot
                && let Kind::Obj(id) = self.concrete(&s.value).kind
                && let Some(o) = st.obj(id).cloned()
            {
                for (k, s) in &o.fields {
                    self.push_set(st, container, *k, &s.value, &mut sets);
                }
                if let Some(rest) = &o.rest {
                    self.push_set(st, container, sym!("*"), &rest.clone(), &mut sets);
                }
            }
        }
        let mut row_read = None;
        if let Some((id, o)) = &row {
            if let Origin::Read(r) = o.origin {
                row_read = Some(r);
            }
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
            && o.get(sym!("saved:")).is_none()
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
                choices: None,
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
                .and_then(|(_, o)| o.get(sym!("conn:")))
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
        let losses = match spec.store.is_cache() {
            true => Rc::default(),
            false => st.merged_losses.clone(),
        };
        for lost in losses.iter() {
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
            always: st.always.clone(),
            locked: lock_held,
            changed: row
                .as_ref()
                .map(|r| self.changed_by(r.0, &r.1))
                .unwrap_or_default(),
        });
        Rc::make_mut(&mut st.done).push(w);
        Rc::make_mut(&mut st.always).push(w);
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
                    sym!("saved:"),
                    Value::new(o.term, Kind::Unknown, Deps::default()),
                );
            }
        }
        v
    }

    /// Of several objects the one that was read; the others are what stands in for a missing row.
    pub(super) fn row_or_concrete(&self, st: &State, v: &Value) -> Value {
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

    pub(super) fn write_failures(&mut self, st: &mut State, i: usize, w: AccessId, loc: Loc) {
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

    pub(super) fn write_each(
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

    pub(super) fn push_set(
        &mut self,
        st: &State,
        container: Option<Container>,
        name: Ustr,
        v: &Value,
        sets: &mut Vec<SetField>,
    ) {
        let path = self.p.attribute_name(None, container, name);
        let choices = choices(v);
        let v = self.scalar(st, v);
        let stored = match &v.kind {
            Kind::Store(t) => Some((**t).clone()),
            _ => None,
        };
        let deps = self.deep_deps(st, &v, 0);
        sets.push(SetField {
            path,
            value: v,
            choices,
            stored,
            copied: false,
            deps,
        });
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn keyword_sets(
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
                    self.push_set(st, container, sym!("*"), open, sets);
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
                                    self.push_set(st, container, sym!("*"), &r.clone(), sets);
                                }
                            }
                        }
                    }
                    Kind::Tuple(vs) => vs.iter().for_each(|v| self.assignment(st, v, sets)),
                    Kind::Unknown => self.push_set(st, container, sym!("*"), &v, sets),
                    _ => self.assignment(st, &v, sets),
                }
            }
        }
    }

    /// One assignment as a term `set(path, value)`.
    pub(super) fn assignment(&mut self, st: &State, v: &Value, sets: &mut Vec<SetField>) {
        let v = self.concrete(v);
        if let Kind::Store(t) = &v.kind {
            let t = (**t).clone();
            self.assign_term(st, &t, sets);
        }
    }

    /// `set(path, value)`, `add(path, value)`, `seq(a, b)` as terms of the store.
    pub(in crate::analysis::interp) fn assign_term(
        &mut self,
        st: &State,
        t: &StoreTerm,
        sets: &mut Vec<SetField>,
    ) {
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
                let path = path.unwrap_or(sym!("*"));
                let top = ustr(path.split(['.', '[']).next().unwrap_or(""));
                let value = parts.get(1).cloned();
                let stored = match (op.as_str(), &value) {
                    ("add-to", Some(v)) => Some(StoreTerm::Op(
                        sym!("add"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("append-to", Some(v)) => Some(StoreTerm::Op(
                        sym!("append"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("delete-from", Some(v)) => Some(StoreTerm::Op(
                        sym!("delete"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("set-new", Some(v)) => Some(StoreTerm::Op(
                        sym!("if-not-exists"),
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
                    choices: None,
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

    pub(super) fn update_sets(
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
            && let Some(u) = o.get(sym!("update"))
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

    /// The fields of an object as an encoder writes them: those of embedded structs beside the others.
    pub(super) fn stored_fields(&self, st: &State, o: &Obj) -> Vec<(Ustr, Slot)> {
        let mut out = Vec::with_capacity(o.fields.len());
        self.flatten_into(st, o, 0, &mut out);
        out
    }

    fn flatten_into(&self, st: &State, o: &Obj, depth: u32, out: &mut Vec<(Ustr, Slot)>) {
        for (name, slot) in &o.fields {
            let inner = o
                .class
                .filter(|_| depth < 4)
                .and_then(|c| self.p.flattened(c, *name))
                .and(match slot.value.kind {
                    Kind::Obj(id) => st.obj(id),
                    _ => None,
                });
            match inner {
                Some(inner) => self.flatten_into(st, inner, depth + 1, out),
                None => out.push((*name, slot.clone())),
            }
        }
    }

    /// What writing a row object back sets: what was changed; for a whole write also what was put in at the start.
    pub(super) fn row_sets(&mut self, st: &State, o: &Obj, all: bool, sets: &mut Vec<SetField>) {
        let read = match o.origin {
            Origin::Read(r) => Some(r),
            _ => None,
        };
        for (name, slot) in &self.stored_fields(st, o) {
            if name.ends_with(':') || self.p.is_state(o.container, *name) {
                continue;
            }
            let dirty = o.dirty.iter().any(|d| d.0 == *name);
            if !dirty && !all {
                continue;
            }
            let choices = choices(&slot.value);
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
                choices,
                stored,
                copied: copied && !dirty,
                deps,
            });
        }
        for (name, _) in &o.dirty {
            if o.get(*name).is_none() && !self.p.is_state(o.container, *name) {
                // Removed.
                let v = Value::new(
                    self.seen.terms.lit(Lit::None),
                    Kind::Const(Lit::None),
                    Deps::default(),
                );
                sets.push(SetField {
                    path: *name,
                    value: v,
                    choices: None,
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
                    path: sym!("*"),
                    value,
                    choices: None,
                    stored: None,
                    copied,
                    deps,
                });
            }
        }
    }

    /// The activations that changed the columns of a row.
    fn changed_by(&self, id: ObjId, o: &Obj) -> Vec<(Ustr, u32)> {
        let by = |name: Ustr| self.changers.get(&(id, name)).map(|f| (name, *f));
        o.dirty.iter().filter_map(|d| by(d.0)).collect()
    }

    /// Whether the rest of an object is another one spread into it, unchanged.
    pub(super) fn spread_of(&self, v: &Value) -> bool {
        matches!(
            self.seen.terms.get(v.term),
            Term::Read(_) | Term::Param(_) | Term::Field(..)
        )
    }

    pub(super) fn narrow(
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
        // What was decided of the names on the way.
        let mut without = Vec::new();
        for c in &st.ctl {
            let Some(p) = &c.pred else { continue };
            if let Some(only) = self.named_by(st, p, c.polarity, names, &mut without) {
                list = only;
                open = false;
            }
        }
        let column = |s: &Self, n: &Ustr| s.p.attribute_name(None, container, *n);
        list = list.iter().map(|n| column(self, n)).collect();
        without = without.iter().map(|n| column(self, n)).collect();
        if !open {
            sets.retain(|s| list.contains(&s.path) || s.path == "*");
        }
        sets.retain(|s| !without.contains(&s.path));
    }

    /// What a test says of a list of names: which ones it holds, and which it does not.
    fn named_by(
        &self,
        st: &State,
        p: &Pred,
        holds: bool,
        names: &Value,
        without: &mut Vec<Ustr>,
    ) -> Option<Vec<Ustr>> {
        let meant = |v: &Value| {
            v.term == names.term
                || matches!((&v.kind, &names.kind), (Kind::Obj(a), Kind::Obj(b)) if a == b)
        };
        match (p, holds) {
            (Pred::Not(p), _) => self.named_by(st, p, !holds, names, without),
            (Pred::And(ps), true) | (Pred::Or(ps), false) => ps
                .iter()
                .filter_map(|p| self.named_by(st, p, holds, names, without))
                .next_back(),
            (Pred::Cmp(CmpOp::Eq, a, b), true) | (Pred::Cmp(CmpOp::Ne, a, b), false)
                if meant(a) =>
            {
                self.texts(st, b)
            }
            (Pred::Cmp(CmpOp::In, a, b), false) | (Pred::Cmp(CmpOp::NotIn, a, b), true)
                if meant(b) =>
            {
                without.extend(self.seen.terms.text(a.term));
                None
            }
            _ => None,
        }
    }

    /// The texts of a list or tuple that holds nothing else.
    fn texts(&self, st: &State, v: &Value) -> Option<Vec<Ustr>> {
        match &v.kind {
            Kind::Obj(id) => {
                let o = st
                    .obj(*id)
                    .filter(|o| o.shape == Shape::List && o.rest.is_none())?;
                o.fields
                    .iter()
                    .map(|(_, s)| self.seen.terms.text(s.value.term))
                    .collect()
            }
            Kind::Tuple(vs) => vs.iter().map(|v| self.seen.terms.text(v.term)).collect(),
            _ => None,
        }
    }

    /// Whether the entity written has a key that was made in this run.
    pub(super) fn fresh_key(
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
}

/// The alternatives of a value that is one of several.
fn choices(v: &Value) -> Option<Rc<Vec<Alt>>> {
    match &v.kind {
        Kind::Phi(alts) => Some(alts.clone()),
        _ => None,
    }
}
