//! What a model or a declared class brings along: managers, relations, the arguments of a framework.

use std::rc::Rc;

use super::*;
use crate::analysis::calls::Key;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Expr, ExprKind, StmtKind};

impl<'p> Interp<'p> {
    /// What the class of a value says in the project: an attribute, a member of a class in it, what a function of its
    /// own gives.
    pub(super) fn own(&mut self, st: &mut State, recv: &Value, path: &[Sym]) -> Option<Value> {
        let loc = self.loc(self.statement);
        let mut v = recv.clone();
        for step in path {
            let class = self.class_of_value(st, &v)?;
            v = if let Some(name) = step.strip_suffix("()") {
                let (_, f) = self.p.method(class, intern(name))?;
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

    /// Calls the methods of the receiver whose names begin alike, each with that part of the first argument which the
    /// rest of its name says; what they give takes its place there, or in the record into which the call puts it.
    pub(super) fn invoke_each(
        &mut self,
        st: &mut State,
        recv: &Value,
        head: &str,
        call: &LibraryCall<'_>,
    ) {
        let (args, loc) = (call.args, call.loc);
        let into = call.spec.into.as_ref().and_then(|sel| call.given(sel));
        let into = into.as_ref().or(args.pos.first());
        for (part, f) in self.each_own(st, recv, head) {
            let mut given = Args::default();
            let mut part_term = None;
            if let Some(whole) = args.pos.first() {
                let key = self.lit(Lit::Str(part));
                let v = self.index(st, whole, &key, loc);
                part_term = Some(v.term);
                given.pos.push(v);
            }
            let v = self.call_value(st, &f, given, loc);
            if self.dead {
                return;
            }
            if let Some(Kind::Obj(id)) = into.map(|v| &v.kind)
                && let Some(o) = st.obj_mut(*id)
                && !v.is_none()
                && Some(v.term) != part_term
            {
                o.set(part, v);
            }
        }
    }

    /// The methods of the class of a value whose names begin alike, each with the rest of its name.
    pub(super) fn each_own(
        &mut self,
        st: &mut State,
        recv: &Value,
        head: &str,
    ) -> Vec<(Sym, Value)> {
        let Some(class) = self.class_of_value(st, recv) else {
            return Vec::new();
        };
        let named = self.p.methods_named(class, head);
        named
            .into_iter()
            .map(|f| {
                let rest = intern(&self.p.func(f).name[head.len()..]);
                let f = self.func_value(st, f, None);
                (rest, self.bind(f, recv.clone()))
            })
            .collect()
    }

    /// What the constructor of a declared kind keeps of its arguments.
    pub(in crate::analysis::interp) fn declared_puts(
        &mut self,
        class: ClassRef,
        args: &Args,
        loc: Loc,
    ) -> Vec<(Sym, Value)> {
        let Some(i) = self.p.declaring(class, self.lib) else {
            return Vec::new();
        };
        let call = LibraryCall::new(self.lib, i, None, args, loc);
        let mut out = Vec::new();
        for (name, sel) in &call.spec.put {
            match call.given(sel).filter(|v| !v.is_none()) {
                Some(v) => out.push((*name, v)),
                None if sel.ends_in_nothing() => out.push((*name, self.none())),
                None => {}
            }
        }
        out
    }

    /// What a framework hands to a method of that name: `view/save.form=form:form_class:fresh` says that the parameter
    /// `form` of `save` of a `view` is a `form`, of the class that its `form_class` holds, with no row yet;
    /// `serializer/*.instance=row:Meta.model`, that `instance` is a row of its model in any method;
    /// `desk/*.rows=query:@register`, that `rows` are rows of the model for which the class is registered.
    pub(in crate::analysis::interp) fn handed_in(
        &mut self,
        st: &mut State,
        class: ClassRef,
        method: Sym,
        param: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let lib = self.lib;
        let kind = self.p.class_kind(class, lib)?;
        let entries = lib.lists.get(&sym!("parameters"))?;
        let entry = [method.as_str(), "*"].iter().find_map(|method| {
            let wanted = format!("{kind}/{method}.{param}");
            entries
                .iter()
                .find_map(|e| e.strip_prefix(wanted.as_str())?.strip_prefix('='))
        })?;
        let mut parts = entry.split(':');
        let (kind, attr) = (intern(parts.next()?), intern(parts.next()?));
        if kind == "row" {
            // A row of the model that the class names.
            let mut at = class;
            for name in attr.split('.') {
                let name = intern(name);
                at = match self.p.inner_class(at, name) {
                    Some(c) => c,
                    None => match self.class_level(st, at, name, loc)?.kind {
                        Kind::Class(c) => c,
                        _ => return None,
                    },
                };
            }
            let term = self.seen.terms.intern(Term::Param(param));
            return self.instance_of(st, at, term, Origin::Param, loc);
        }
        if let Some(by) = attr.strip_prefix('@') {
            // Rows of the model for which the class is registered.
            let model = self.registered(st, class, by)?;
            let term = self.seen.terms.intern(Term::Param(param));
            let id = self.new_obj(st, Shape::Lib(kind), term);
            if let Some(o) = st.obj_mut(id) {
                o.container = Some(Container::Model(model));
            }
            return Some(Value::new(term, Kind::Obj(id), Deps::default()));
        }
        let fresh = parts.next() == Some("fresh");
        let term = self.seen.terms.intern(Term::Param(param));
        let origin = if fresh { Origin::Fresh } else { Origin::Param };
        // `Meta.model`: an attribute of a class inside of it.
        let of = match attr.split_once('.') {
            Some((inner, attr)) => self
                .p
                .inner_class(class, intern(inner))
                .and_then(|c| self.class_level(st, c, intern(attr), loc)),
            None => self.class_level(st, class, attr, loc),
        };
        let made = match of.map(|v| v.kind) {
            Some(Kind::Class(c)) => self.instance_of(st, c, term, origin.clone(), loc),
            _ => None,
        };
        if made.is_some() || kind == "row" {
            // A row of a model that is not seen is none that only has a name like this.
            return Some(made.unwrap_or_else(|| {
                let id = self.new_obj(st, Shape::Instance, term);
                if let Some(o) = st.obj_mut(id) {
                    o.origin = origin;
                }
                self.of_term.insert(term, id);
                Value::new(term, Kind::Obj(id), Deps::default())
            }));
        }
        let container = match self
            .class_level(st, class, sym!("model"), loc)
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

    /// The model for which a class is registered: by a decorator of that name (`@register(Order)`), or by a call beside
    /// it (`site.register(Order, OrderDesk)`).
    fn registered(&mut self, st: &mut State, class: ClassRef, by: &str) -> Option<Sym> {
        let names = |e: &Expr| match &e.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n == by,
            _ => false,
        };
        let def = self.p.class(class);
        let decorators = def.decorators.iter().filter_map(|d| match &d.kind {
            ExprKind::Call(c) if names(&c.callee) => c.args.first(),
            _ => None,
        });
        let mut models: Vec<&'p Expr> = decorators.map(|a| &a.value).collect();
        let module = &self.p.files()[class.file as usize].module;
        for s in module.funcs.first().map_or(&[][..], |f| f.body.as_slice()) {
            if let StmtKind::Expr(e) = &s.kind
                && let ExprKind::Call(c) = &e.kind
                && names(&c.callee)
                && let [model, with, ..] = c.args.as_slice()
                && matches!(&with.value.kind, ExprKind::Name(n) if *n == def.name)
            {
                models.push(&model.value);
            }
        }
        models.into_iter().find_map(|e| {
            let v = self.in_module(st, class.file, |s, st| s.eval(st, e));
            match v.kind {
                Kind::Class(c) => self.p.model_path(c),
                _ => None,
            }
        })
    }

    /// The manager of a model class, by any of its names.
    pub(in crate::analysis::interp) fn manager(
        &mut self,
        st: &mut State,
        class: ClassRef,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let model = self.p.model_path(class)?;
        let manager = self.p.manager(model, name)?;
        let term = self
            .seen
            .terms
            .intern(Term::Global(intern(&format!("{model}.{name}"))));
        if let Some(id) = self.of_term.get(&term).copied()
            && st.obj(id).is_some()
        {
            return Some(Value::new(term, Kind::Obj(id), Deps::default()));
        }
        let id = self.new_obj(st, Shape::Lib(sym!("manager")), term);
        if let Some(o) = st.obj_mut(id) {
            o.container = Some(Container::Model(model));
            o.class = manager;
        }
        self.of_term.insert(term, id);
        let v = Value::new(term, Kind::Obj(id), Deps::default());
        self.lock_as_told(st, &v, loc);
        Some(v)
    }

    /// A manager whose rows the program gives by a method of its own locks what that locks.
    fn lock_as_told(&mut self, st: &mut State, manager: &Value, loc: Loc) {
        let lib = self.lib;
        let Some(class) = self.class_of_value(st, manager) else {
            return;
        };
        for name in lib.lists.get(&sym!("manager-rows")).into_iter().flatten() {
            let Some((_, f)) = self.p.project_method(class, *name) else {
                continue;
            };
            let locks = |k: &Key| {
                let of = match k {
                    Key::Method(n) => lib.methods.get(n),
                    _ => None,
                };
                of.into_iter().flatten().any(|i| lib.specs[*i].lock)
            };
            if self.active.contains(&f) || !self.p.calls_of(f).iter().any(locks) {
                continue;
            }
            let f = self.func_value(st, f, None);
            let f = self.bind(f, manager.clone());
            let decided = st.ctl.len();
            let rows = self.call_value(st, &f, Args::default(), loc);
            st.ctl.truncate(decided);
            self.dead = false;
            let given = match self.concrete(&rows).kind {
                Kind::Obj(id) => st.obj(id).cloned(),
                _ => None,
            };
            let lock = given.as_ref().and_then(|o| o.lock);
            if let (Kind::Obj(id), Some(lock)) = (&manager.kind, lock)
                && let Some(o) = st.obj_mut(*id)
            {
                o.lock = Some(lock);
                if let Some(given) = given {
                    keep_joins(&given, o);
                }
            }
        }
    }

    /// A relation of a model: the related row (a read of its own), or the manager of the related rows.
    pub(in crate::analysis::interp) fn relation(
        &mut self,
        st: &mut State,
        id: ObjId,
        base: &Value,
        name: Sym,
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
                path: sym!("pk"),
                cmp: Cmp::Eq,
                with: vec![kv],
            })];
            let along = self.locked_along(st, id, name).then(|| st.obj(id).cloned());
            if let (Some(_), Origin::Read(of)) = (&along, &origin) {
                let of = &self.seen.reads[of.0 as usize];
                let (lock, held) = (of.lock, of.held.clone());
                let r = &mut self.seen.reads[read.0 as usize];
                (r.lock, r.held) = (lock, held);
            }
            let row = self.new_obj(st, Shape::Row, term);
            if let (Some(of), Some(o)) = (along.flatten(), st.obj_mut(row)) {
                keep_joins(&of, o);
            }
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
        let link = self.p.link(model, name);
        let link = link.map(|(l, forward)| (*l, forward));
        let (target, field, one) = match &link {
            Some((link, forward)) => {
                let (rows, by, ..) = link.seen_from(*forward);
                (rows, by, false)
            }
            None => self.p.reverse_relation(model, name)?,
        };
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
            // The other side of a one-to-one: it may not be there. That of a row made in this run is nobody else's.
            if origin == Origin::Fresh {
                return None;
            }
            let container = Some(Container::Model(target));
            let read = self.outside_read(st, container, loc, ReadHow::Related);
            self.seen.reads[read.0 as usize].conds = vec![cond];
            self.seen.reads[read.0 as usize].parent = parent;
            let v = self.row_object(st, read, container, true);
            return Some(v);
        }
        let loaded = self.loads(st, id, name);
        let q = self.new_obj(st, Shape::Lib(sym!("manager")), term);
        let class = self.p.default_manager(target);
        let link = link.map(|(link, forward)| self.link_mark(&link, forward));
        if let Some(o) = st.obj_mut(q) {
            if let Some((mark, of)) = link {
                o.set(mark, of);
            }
            if let Some(names) = loaded {
                o.set(sym!("loaded:"), names);
            }
            o.container = Some(Container::Model(target));
            o.conds = vec![cond];
            o.parent = parent;
            o.class = class;
        }
        let v = Value::new(term, Kind::Obj(q), base.deps.clone());
        self.lock_as_told(st, &v, loc);
        Some(v)
    }

    /// Which relations a query reads by its own statement, and to which of them its lock is limited.
    pub(super) fn note_joins(&mut self, st: &mut State, call: &LibraryCall<'_>, query: ObjId) {
        let selectors = [
            (sym!("joins:"), &call.spec.joins),
            (sym!("locked:"), &call.spec.lock_only),
        ];
        for (name, sel) in selectors {
            let Some(sel) = sel else { continue };
            let names = match self.select(st, call, sel) {
                Some(names) => names.value,
                None if name == sym!("joins:") => self.none(),
                None => continue,
            };
            if let Some(o) = st.obj_mut(query) {
                o.set(name, names);
            }
        }
    }

    /// Whether the row to which a relation leads was read, and locked, by the statement that read the row itself.
    fn locked_along(&self, st: &State, row: ObjId, name: Sym) -> bool {
        let among = |list: &Slot| {
            let all = self.names_in(st, &list.value).filter(|n| !n.is_empty());
            let step = |path: &Sym| path.split("__").any(|s| s == name);
            all.is_none_or(|all| all.iter().any(step))
        };
        let o = st.obj(row);
        let joins = o.and_then(|o| o.get(sym!("joins:")));
        let only = o.and_then(|o| o.get(sym!("locked:")));
        joins.is_some_and(among) && only.is_none_or(among)
    }

    /// What a row's query has loaded along with it, if the relation of that name is among that.
    fn loads(&self, st: &State, row: ObjId, name: Sym) -> Option<Value> {
        let names = &st.obj(row)?.get(sym!("loads:"))?.value;
        let is = |v: &Value| match self.seen.terms.text(v.term) {
            // The first step of a path is loaded as well; what is no text may name anything.
            Some(path) => path.split("__").next() == Some(name.as_str()),
            None => true,
        };
        let loaded = match &names.kind {
            Kind::Tuple(vs) => vs.iter().any(is),
            _ => is(names),
        };
        loaded.then(|| names.clone())
    }
}

/// What came with the rows of one object by their own statement came with those of another one that it was made into.
pub(super) fn keep_joins(from: &Obj, to: &mut Obj) {
    for name in [sym!("joins:"), sym!("locked:")] {
        if let Some(names) = from.get(name) {
            to.set(name, names.value.clone());
        }
    }
}
