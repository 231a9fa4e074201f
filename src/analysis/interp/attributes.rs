//! Attributes: of rows, instances, classes and modules, read and set.

use std::rc::Rc;

use super::Interp;
use crate::analysis::access::ReadId;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::dialect::dynamodb::is_type_tag;
use crate::sym;
use crate::symbol::{Sym, member};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind};

/// Names that are told apart on the way into a document.
const DOCUMENT_DEPTH: usize = 4;

impl<'p> Interp<'p> {
    /// `value.name`.
    pub(super) fn attr(&mut self, st: &mut State, base: &Value, name: Sym, loc: Loc) -> Value {
        match &base.kind {
            Kind::Phi(_) => {
                if let Some(v) = self.attr_of_each(st, base, name, loc) {
                    return v;
                }
                if let Some(v) = self.member_of_each(st, base, name) {
                    return v;
                }
                if self.tells_stored(st, base, name)
                    && let Some(v) = self.told_of_each(st, base, name, loc)
                {
                    return v;
                }
                let one = self.one_row(st, base);
                let one = one.unwrap_or_else(|| self.concrete(base));
                if matches!(one.kind, Kind::Phi(_)) {
                    let term = self.seen.terms.field(base.term, name);
                    return Value::new(term, Kind::Unknown, base.deps.clone());
                }
                let mut v = self.attr(st, &one, name, loc);
                v.deps.control = v.deps.control.union(&base.deps.control);
                v
            }
            Kind::Obj(id) => self.obj_attr(st, *id, base, name, loc),
            Kind::Class(c) => self.class_attr(st, *c, base, name, loc),
            Kind::Path(p) => {
                let p = member(*p, name);
                if let Some(v) = self.library_attr(st, base, Some(p), name, loc) {
                    return v;
                }
                self.path(st, p)
            }
            Kind::Super(class, recv) => {
                let recv = (**recv).clone();
                let (class, after) = (*class, self.class_of_value(st, &recv));
                match self.p.super_method(after.unwrap_or(class), class, name) {
                    Some(f) => {
                        let around = self.p.around(after.unwrap_or(class), Some(class), name);
                        self.method_value(st, f, recv, &around)
                    }
                    None => {
                        // The framework's own method: what it does is the pack's business.
                        let term = self.seen.terms.field(recv.term, name);
                        Value::new(term, Kind::Bound(Rc::new((recv, name))), base.deps.clone())
                    }
                }
            }
            Kind::Err(_) | Kind::ReadErr(_) => {
                if let Some(item) = self.shown(st, base, name) {
                    return item;
                }
                Value::new(base.term, base.kind.clone(), base.deps.clone())
            }
            _ => {
                if let Some(v) = self.adding_attr(st, base, name) {
                    return v;
                }
                let term = self.seen.terms.field(base.term, name);
                if let Some(id) = self.of_term.get(&term).copied()
                    && st.obj(id).is_some()
                {
                    return Value::new(term, Kind::Obj(id), base.deps.clone());
                }
                if let Some(id) = self.of_term.get(&base.term).copied()
                    && st.obj(id).is_some()
                {
                    let b = Value::new(base.term, Kind::Obj(id), base.deps.clone());
                    return self.obj_attr(st, id, &b, name, loc);
                }
                if let Some(v) = self.library_attr(st, base, None, name, loc) {
                    return v;
                }
                if self.tells_of_column(st, base.term, name) {
                    return Value::new(term, Kind::Unknown, Deps::default());
                }
                let deps = self.member_deps(base, name);
                Value::new(term, Kind::Unknown, deps)
            }
        }
    }

    /// What a member of a value depends on: of a document that a column holds, that part of it.
    pub(super) fn member_deps(&self, base: &Value, name: Sym) -> Deps {
        let mut deps = self.part_deps(base);
        if let Some((r, path)) = deps.data.only()
            && !name.contains('.')
            && !is_type_tag(&name)
            && self.is_document(r)
            && self.leads_to(base.term, &path)
        {
            deps.data = PathSet::one(r, member(path, name));
        }
        deps
    }

    /// Whether the store of a read knows the parts of what a column holds by name.
    fn is_document(&self, r: ReadId) -> bool {
        let read = &self.seen.reads[r.0 as usize];
        !read.store.is_relational() && !matches!(read.container, Some(Container::Model(_)))
    }

    /// Whether a term is that part of something: the names of the path lead to it, one by one.
    fn leads_to(&self, term: TermId, path: &str) -> bool {
        let mut t = term;
        for (depth, name) in path.rsplit('.').enumerate() {
            match self.seen.terms.get(t) {
                Term::Field(of, n) if n == name && depth < DOCUMENT_DEPTH => t = *of,
                _ => return false,
            }
        }
        true
    }

    /// What a part of a value depends on.
    pub(super) fn part_deps(&self, v: &Value) -> Deps {
        if self.answers.contains(&v.term) {
            v.deps.answered()
        } else {
            v.deps.clone()
        }
    }

    /// Whether an attribute of a column's value tells of the column (where its files are kept), not of what is in it.
    fn tells_of_column(&self, st: &State, term: TermId, name: Sym) -> bool {
        let Term::Field(of, column) = self.seen.terms.get(term) else {
            return false;
        };
        self.lib
            .lists
            .get(&sym!("file-attributes"))
            .is_some_and(|names| names.contains(&name))
            && self
                .rows
                .get(of)
                .and_then(|id| st.obj(*id))
                .is_some_and(|o| self.p.is_file(o.container, *column))
    }

    /// A field of one of several rows or structs: of each, under its decisions.
    fn attr_of_each(&mut self, st: &mut State, base: &Value, name: Sym, loc: Loc) -> Option<Value> {
        let Kind::Phi(alts) = &base.kind else {
            return None;
        };
        let data = |a: &&Alt| {
            matches!(&a.value.kind, Kind::Obj(id) if st.obj(*id).is_some_and(|o| {
                matches!(o.shape, Shape::Row | Shape::Instance) && !matches!(o.container, Some(Container::Model(_)))
            }))
        };
        let objects: Vec<Alt> = alts.iter().filter(data).cloned().collect();
        if self.lang != Lang::Go || objects.len() < 2 {
            return None;
        }
        let mut out: Option<(Value, Shared<Rc<Ctl>>)> = None;
        for a in objects {
            let v = self.attr(st, &a.value, name, loc);
            if matches!(v.kind, Kind::Func(_) | Kind::Bound(_)) {
                return None;
            }
            out = Some(match out {
                None => (v, a.under),
                Some((x, under)) => (
                    join_values(&x, &under, &v, &a.under, &mut self.seen.terms),
                    Shared::default(),
                ),
            });
        }
        out.map(|(mut v, _)| {
            v.deps.control = v.deps.control.union(&base.deps.control);
            v
        })
    }

    pub(super) fn class_of_value(&self, st: &State, v: &Value) -> Option<ClassRef> {
        match &v.kind {
            Kind::Obj(id) => st.obj(*id)?.class,
            Kind::Class(c) => Some(*c),
            _ => None,
        }
    }

    fn obj_attr(&mut self, st: &mut State, id: ObjId, base: &Value, name: Sym, loc: Loc) -> Value {
        let Some(obj) = st.obj(id) else {
            return self.unknown(base.deps.clone());
        };
        let key = self.p.attribute_name(obj.class, obj.container, name);
        if let Some(slot) = obj.get(key) {
            let v = slot.value.clone();
            self.note_use(&v);
            return v;
        }
        if key == "pk" && self.no_key_yet(obj) {
            return self.none();
        }
        if self.lang == Lang::Go
            && let Some(item) = self.shown_of(st, id, name)
        {
            return item;
        }
        let Some(obj) = st.obj(id) else {
            return self.unknown(base.deps.clone());
        };
        let (class, shape, container) = (obj.class, obj.shape, obj.container);
        if let (Some(c), Lang::Python, "__class__") = (class, self.lang, name.as_str()) {
            let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
            return Value::new(term, Kind::Class(c), Deps::default());
        }
        let obj_term = obj.term;
        let origin = obj.origin.clone();
        let rest = obj.rest.clone();
        if let Some(c) = class
            && let Some((_, f)) = self.p.method(c, name)
        {
            let func = self.p.func(f);
            if super::has_decorator(func, "staticmethod") {
                return self.func_value(st, f, None);
            }
            let recv = if super::has_decorator(func, "classmethod") {
                let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                Value::new(term, Kind::Class(c), Deps::default())
            } else {
                Value::new(base.term, Kind::Obj(id), base.deps.clone())
            };
            let around = self.p.around(c, None, name);
            let bound = self.method_value(st, f, recv, &around);
            let properties = self.lib.list(sym!("property-decorators"));
            if super::has_decorator(func, "property")
                || properties.iter().any(|n| super::has_decorator(func, n))
            {
                let v = self.call_value(st, &bound, super::call::Args::default(), loc);
                let kept = properties.iter().any(|n| super::has_decorator(func, n));
                if kept
                    && shape == Shape::Instance
                    && !self.dead
                    && let Some(o) = st.obj_mut(id)
                {
                    o.set(key, v.clone());
                }
                return v;
            }
            return bound;
        }
        if let (Some(c), Shape::Instance) = (class, shape)
            && self.make_up_for(st, id, c, base, name, loc)
            && let Some(v) = st.obj(id).and_then(|o| o.get(key)).map(|s| s.value.clone())
        {
            return v;
        }
        if let Some(v) = self.library_attr(st, base, None, name, loc) {
            return v;
        }
        if let Some(v) = self.relation(st, id, base, name, loc) {
            return v;
        }
        if let Some(c) = class
            && shape == Shape::Row
            && let Origin::Read(r) = origin
        {
            // A decoded struct: its embedded structs stand in the same item.
            if let Some(inner) = self.p.flattened(c, name) {
                let part = self.new_obj(st, Shape::Row, obj_term);
                if let Some(o) = st.obj_mut(part) {
                    o.class = Some(inner);
                    o.origin = Origin::Read(r);
                    o.container = container;
                }
                let v = Value::new(obj_term, Kind::Obj(part), base.deps.clone());
                if let Some(o) = st.obj_mut(id) {
                    o.set(key, v.clone());
                }
                return v;
            }
        }
        if let (Some(c), false) = (class, shape == Shape::Row && self.p.is_field(class, name)) {
            let default = self.class_level(st, c, name, loc);
            let says = |s: &Self, v: &Value| {
                !s.tells_less(v, &origin) && !s.may_have_been_given(v, c, name, &origin)
            };
            if let Some(v) = default.as_ref().filter(|v| says(self, v)) {
                return v.clone();
            }
            // A declared field: its type says what it is (and its value stays the same object from now on).
            if let Some((file, ty)) = self.p.field_type(c, name) {
                let term = self.seen.terms.field(obj_term, key);
                if let Some(mut v) = self.typed_value(st, file, ty, term, Origin::Unknown, loc) {
                    if let Origin::Read(r) = origin {
                        let path = self.p.attribute_name(class, container, name);
                        v.deps = v.deps.union(&Deps::read(r, path));
                    } else if shape == Shape::Instance {
                        v.deps = v.deps.union(&self.member_deps(base, key));
                        if let Some(rest) = &rest {
                            v.deps = v.deps.union(&self.member_deps(rest, key));
                        }
                    }
                    if let Some(o) = st.obj_mut(id) {
                        o.set(key, v.clone());
                    }
                    return v;
                }
            }
            if let Some(v) = default.filter(|v| !self.may_have_been_given(v, c, name, &origin)) {
                return v;
            }
            // Go: a field of an embedded struct.
            if let Some(path) = self.p.embedded_path(c, name) {
                let mut v = Value::new(base.term, Kind::Obj(id), base.deps.clone());
                for step in path {
                    v = self.attr(st, &v, step, loc);
                }
                return self.attr(st, &v, name, loc);
            }
        }
        // A library's method that is handed over, to be called by somebody else.
        if let Shape::Lib(kind) = shape
            && let Some(specs) = self.lib.methods.get(&name)
            && specs
                .iter()
                .any(|i| self.lib.specs[*i].recv.contains(&kind))
        {
            let term = self.seen.terms.field(obj_term, key);
            let bound = Kind::Bound(Rc::new((base.clone(), name)));
            return Value::new(term, bound, base.deps.clone());
        }
        let term = self.seen.terms.field(obj_term, key);
        if let Some(o) = self.of_term.get(&term).copied()
            && st.obj(o).is_some()
        {
            return Value::new(term, Kind::Obj(o), base.deps.clone());
        }
        let mut deps = match origin {
            Origin::Read(_) => base.deps.clone(),
            _ => self.member_deps(base, key),
        };
        if let Origin::Read(r) = origin {
            if shape == Shape::Row && matches!(container, Some(Container::Model(_))) {
                // What stands in a related row depends on that row, not on the column that led there.
                deps.data = PathSet::default();
                deps.keyed = PathSet::default();
                if key.starts_with('_') {
                    // State of the object, not a column.
                    return Value::new(term, Kind::Unknown, deps);
                }
            }
            deps = deps.union(&Deps::read(r, key));
        }
        if let Some(rest) = rest {
            deps = deps.union(&self.member_deps(&rest, key));
        }
        Value::new(term, Kind::Unknown, deps)
    }

    /// An object that was handed in was made by its constructor, which is run now for a field that it sets.
    fn make_up_for(
        &mut self,
        st: &mut State,
        id: ObjId,
        class: ClassRef,
        base: &Value,
        name: Sym,
        loc: Loc,
    ) -> bool {
        let handed = st
            .obj(id)
            .is_some_and(|o| matches!(o.origin, Origin::Param | Origin::Unknown));
        if self.lang != Lang::Python
            || !handed
            || !self.p.made_fields(class).contains(&name)
            || !self.made_up.insert(id)
        {
            return false;
        }
        let ctl = st.ctl.clone();
        let recv = Value::new(base.term, Kind::Obj(id), base.deps.clone());
        self.initialise(st, class, &recv, true, loc);
        st.ctl = ctl;
        true
    }

    /// Whether a field's default says less than its declared type may: nothing is known of it, or there is none where
    /// somebody else has made the object.
    fn tells_less(&self, default: &Value, origin: &Origin) -> bool {
        match default.kind {
            Kind::Unknown => true,
            _ => default.is_none() && *origin != Origin::Fresh,
        }
    }

    /// Whether a field of an object that was handed in may have been given another value than its default by whoever has
    /// made the object.
    fn may_have_been_given(
        &self,
        default: &Value,
        class: ClassRef,
        name: Sym,
        origin: &Origin,
    ) -> bool {
        matches!(default.kind, Kind::Const(_))
            && matches!(origin, Origin::Param | Origin::Unknown)
            && self.p.field_type(class, name).is_some()
            && self.p.takes_fields(class)
    }

    /// What is computed with: a column that only one of the ways that led here has changed (a zero put where nothing
    /// was) is as it was read on the other.
    pub(super) fn computed_with(&mut self, st: &State, of: &Value, name: Sym, v: Value) -> Value {
        match self.put_on_one_way(st, of, name) {
            Some((old, true)) => self.either_of(&v, &old),
            _ => v,
        }
    }

    /// What is tested: a literal that only one of the ways has put into a column, saved since or not, says nothing about
    /// the other.
    pub(super) fn decided_with(&mut self, st: &State, of: &Value, name: Sym, v: Value) -> Value {
        match self.put_on_one_way(st, of, name) {
            Some((old, _)) => self.either_of(&v, &old),
            None => v,
        }
    }

    fn either_of(&mut self, a: &Value, b: &Value) -> Value {
        let empty = Shared::default();
        join_values(a, &empty, b, &empty, &mut self.seen.terms)
    }

    /// A column as it was read, where only one of the ways that led here has put something else there, and whether that
    /// is still to be saved.
    fn put_on_one_way(&mut self, st: &State, of: &Value, name: Sym) -> Option<(Value, bool)> {
        let Kind::Obj(id) = of.kind else {
            return None;
        };
        let row = st.obj(id)?;
        let (Shape::Row, Origin::Read(r), Some(Container::Model(_))) =
            (row.shape, &row.origin, row.container)
        else {
            return None;
        };
        let column = self.p.attribute_name(row.class, row.container, name);
        let slot = row.get(column)?;
        if slot.presence != Presence::Maybe {
            return None;
        }
        let dirty = row.dirty.iter().any(|d| d.0 == column);
        let term = self.seen.terms.field(row.term, column);
        let old = Value::new(term, Kind::Unknown, Deps::read(*r, column));
        Some((old, dirty))
    }

    pub(super) fn class_level(
        &mut self,
        st: &mut State,
        class: ClassRef,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let (owner, attr) = self.p.class_attr(class, name)?;
        let value = attr.value.as_ref()?;
        let key = (owner.file, member(self.p.class_path(owner), name));
        if self.in_globals.contains(&key) {
            return None;
        }
        if let Some(v) = self.known_global(st, key) {
            return Some(v);
        }
        self.in_globals.push(key);
        let v = self.in_module(st, owner.file, |s, st| {
            // Other attributes of the class are in scope here.
            s.eval_in_class(st, owner, value, loc)
        });
        self.in_globals.pop();
        self.put_global(st, key, v.clone());
        Some(v)
    }

    /// An expression in the body of a class.
    pub(super) fn eval_in_class(
        &mut self,
        st: &mut State,
        class: ClassRef,
        e: &'p Expr,
        loc: Loc,
    ) -> Value {
        if let ExprKind::Name(n) = &e.kind
            && let Some(v) = self.class_level(st, class, *n, loc)
        {
            return v;
        }
        self.eval(st, e)
    }

    pub(super) fn class_attr(
        &mut self,
        st: &mut State,
        class: ClassRef,
        base: &Value,
        name: Sym,
        loc: Loc,
    ) -> Value {
        if let Some(v) = self.manager(st, class, name, loc) {
            return v;
        }
        if let Some((_, f)) = self.p.method(class, name) {
            let func = self.p.func(f);
            let v = self.func_value(st, f, None);
            if super::has_decorator(func, "classmethod") {
                return self.bind(v, base.clone());
            }
            return v;
        }
        if let Some(inner) = self.p.inner_class(class, name) {
            let term = self
                .seen
                .terms
                .intern(Term::Global(self.p.class_path(inner)));
            return Value::new(term, Kind::Class(inner), Deps::default());
        }
        if let Some(v) = self.library_attr(st, base, None, name, loc) {
            return v;
        }
        // Of a class whose fields are expressions: the store's own value.
        let stored = self
            .p
            .class_kind(class, self.lib)
            .and_then(|k| self.lib.kinds.get(&k))
            .is_some_and(|k| k.stored_fields);
        if stored && self.p.is_field(Some(class), name) {
            let path = self.p.attribute_name(Some(class), None, name);
            return Value::new(
                self.seen.terms.intern(Term::Stored(path)),
                Kind::Store(Rc::new(StoreTerm::Path(path))),
                Deps::default(),
            );
        }
        if let Some(v) = self.class_level(st, class, name, loc) {
            self.hold_for_model(st, class, &v);
            return v;
        }
        if self.lib.is_listed(sym!("field-mappings"), name) {
            return self.fields_by_name(st, class);
        }
        let term = self.seen.terms.field(base.term, name);
        Value::new(term, Kind::Unknown, Deps::default())
    }

    /// What a library's object that is held by the class of a model looks through is that model.
    fn hold_for_model(&mut self, st: &mut State, class: ClassRef, v: &Value) {
        if let (Kind::Obj(id), Some(model)) = (&v.kind, self.p.model_path(class))
            && let Some(o) = st.obj(*id)
            && matches!(o.shape, Shape::Lib(_))
            && o.container.is_none()
            && let Some(o) = st.obj_mut(*id)
        {
            o.container = Some(Container::Model(model));
        }
    }

    /// `value.name = x`.
    pub(super) fn set_attr(&mut self, st: &mut State, base: &Value, name: Sym, v: Value, loc: Loc) {
        if let Kind::Phi(alts) = &base.kind
            && self.lang == Lang::Go
        {
            // Each of several objects is the one on its way.
            let objects: Vec<Value> = alts
                .iter()
                .filter(|a| matches!(a.value.kind, Kind::Obj(_)))
                .map(|a| a.value.clone())
                .collect();
            if objects.len() > 1 {
                for o in objects {
                    self.set_attr(st, &o, name, v.clone(), loc);
                }
                return;
            }
        }
        let b = self.one_row(st, base);
        let b = b.unwrap_or_else(|| self.concrete(base));
        match b.kind {
            Kind::Obj(id) => {
                let Some(o) = st.obj(id) else { return };
                let key = self.p.attribute_name(o.class, o.container, name);
                // A setter of the project decides itself.
                if let Some(c) = o.class
                    && let Some(f) = self.p.setter(c, name)
                {
                    let func = self.func_value(st, f, None);
                    let func = self.bind(func, b.clone());
                    let mut args = super::call::Args::default();
                    args.pos.push(v);
                    self.call_value(st, &func, args, loc);
                    return;
                }
                let embedded = o
                    .class
                    .filter(|_| o.get(key).is_none())
                    .and_then(|c| self.p.embedded_path(c, name));
                if let Some(path) = embedded {
                    let mut owner = b.clone();
                    for step in path {
                        owner = self.attr(st, &owner, step, loc);
                    }
                    if matches!(owner.kind, Kind::Obj(_)) {
                        self.set_attr(st, &owner, name, v.clone(), loc);
                    }
                }
                if key == "pk" && v.is_none() {
                    self.renew(st, id);
                    return;
                }
                self.note_change(id, key);
                let mut part = false;
                if let Some(o) = st.obj_mut(id) {
                    o.set(key, v);
                    o.dirty.retain(|d| d.0 != key);
                    o.dirty.push((key, loc));
                    part = o.shape != Shape::Row;
                }
                // A part of a row (a document in a column) is no longer what was read.
                if part
                    && matches!(
                        self.seen.terms.get(b.term),
                        Term::Field(..) | Term::Index(..)
                    )
                {
                    self.seen.mutated.insert(b.term);
                }
                self.touch_owner(st, b.term, loc);
            }
            Kind::Unknown => {
                self.set_adding(st, &b, name, &v);
                let id = self.new_obj(st, Shape::Instance, b.term);
                if let Some(o) = st.obj_mut(id) {
                    o.origin = Origin::Unknown;
                    o.rest = Some(Value::new(b.term, Kind::Unknown, b.deps.clone()));
                    o.set(name, v);
                    o.dirty.push((name, loc));
                }
                self.of_term.insert(b.term, id);
                self.touch_owner(st, b.term, loc);
            }
            Kind::Class(_) | Kind::Path(_) => {}
            _ => {}
        }
    }

    /// A part of a row changed in place: that column of the row is changed.
    pub(super) fn touch_owner(&mut self, st: &mut State, term: TermId, loc: Loc) {
        let mut t = term;
        let mut path = None;
        for _ in 0..12 {
            if path.is_none() && self.is_row(st, t) {
                // A row by itself, also where it was found through another one.
                return;
            }
            if let (Some(id), Some(name)) = (
                self.rows
                    .get(&t)
                    .copied()
                    .or_else(|| self.of_term.get(&t).copied()),
                path,
            ) {
                let name: Sym = name;
                if st
                    .obj(id)
                    .is_some_and(|o| self.p.is_no_column(o.container, name))
                {
                    // Rows of a relation, changed through its manager.
                    return;
                }
                if st
                    .obj(id)
                    .is_some_and(|o| self.p.is_relation(o.container, name))
                {
                    // The row that the column names was changed, not which one it names.
                    return;
                }
                self.change_part(st, id, name, term, loc);
                self.change_copies(st, t, id, name, term, loc);
                if self.rows.contains_key(&t) {
                    return;
                }
            }
            match self.seen.terms.get(t) {
                Term::Field(of, name) => {
                    path = Some(*name);
                    t = *of;
                }
                Term::Index(of, _) => t = *of,
                _ => match self.element_of.get(&t) {
                    Some(of) => t = *of,
                    None => return,
                },
            }
        }
    }

    pub(super) fn note_change(&mut self, id: ObjId, name: Sym) {
        let frame = self.frames[self.cur].id;
        self.changers.entry((id, name)).or_insert(frame);
    }

    /// One of several collections is changed in place, or asked for something that may change it: what was read may be it.
    pub(super) fn note_mutated(&mut self, st: &State, v: &Value) {
        let Kind::Phi(alts) = &v.kind else { return };
        let collection = |a: &Alt| {
            matches!(&a.value.kind, Kind::Obj(id)
                if st.obj(*id).is_some_and(|o| matches!(o.shape, Shape::List | Shape::Dict)))
        };
        if alts.iter().any(collection) {
            let unknown = alts
                .iter()
                .filter(|a| matches!(a.value.kind, Kind::Unknown));
            self.seen.mutated.extend(unknown.map(|a| a.value.term));
        }
    }

    /// Whether a term is that of a row of a model.
    fn is_row(&self, st: &State, t: TermId) -> bool {
        self.rows
            .get(&t)
            .and_then(|id| st.obj(*id))
            .is_some_and(|o| {
                o.shape == Shape::Row && matches!(o.container, Some(Container::Model(_)))
            })
    }

    /// A value changed in place by something that depends on `deps`.
    pub(super) fn mutate(&mut self, st: &mut State, v: &Value, deps: &Deps, loc: Loc) {
        self.seen.mutated.insert(v.term);
        if let Kind::Obj(id) = v.kind {
            let is_row = st.obj(id).is_some_and(|o| o.shape == Shape::Row);
            if !is_row && !deps.is_empty() {
                let x = self.unknown(deps.clone());
                self.add_rest(st, id, x);
            }
        }
        let row_before = self.owner_field(v.term);
        self.touch_owner(st, v.term, loc);
        if let Some((id, name)) = row_before
            && !st
                .obj(id)
                .is_some_and(|o| self.p.is_relation(o.container, name))
            && let Some(o) = st.obj_mut(id)
            && let Some((_, s)) = o.fields.iter_mut().find(|f| f.0 == name)
        {
            s.value.deps = s.value.deps.union(deps);
            self.copies_depend(st, v.term, id, name, deps);
        }
    }

    pub(super) fn owner_field(&self, term: TermId) -> Option<(ObjId, Sym)> {
        let mut t = term;
        let mut path = None;
        for _ in 0..12 {
            if let (Some(id), Some(name)) = (self.rows.get(&t), path) {
                return Some((*id, name));
            }
            match self.seen.terms.get(t) {
                Term::Field(of, name) => {
                    path = Some(*name);
                    t = *of;
                }
                Term::Index(of, _) => t = *of,
                _ => t = *self.element_of.get(&t)?,
            }
        }
        None
    }
}
