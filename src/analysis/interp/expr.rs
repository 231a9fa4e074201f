//! Expressions.

use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::Interp;
use crate::analysis::program::{Global, TypeRef};
use crate::analysis::state::{State, join_values, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::syntax::Lang;
use crate::syntax::il::{
    ArgKind, BinOp, CmpOp, Comp, CompKind, Expr, ExprKind, Lit, Place, TypeExpr, UnOp,
};

impl<'p> Interp<'p> {
    /// The value of an expression, its effects done.
    pub(super) fn eval(&mut self, st: &mut State, e: &'p Expr) -> Value {
        if self.dead || !self.step(e.span) {
            return self.unknown(Deps::default());
        }
        match &e.kind {
            ExprKind::Name(n) => self.lookup(st, *n),
            ExprKind::Const(l) => self.lit(*l),
            ExprKind::Attr(base, name, _) => {
                let b = self.eval(st, base);
                let loc = self.loc(e.span);
                self.attr(st, &b, *name, loc)
            }
            ExprKind::Index(base, index) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(e.span);
                self.index(st, &b, &i, loc)
            }
            ExprKind::Slice(base, lo, hi) => {
                let b = self.eval(st, base);
                for part in [lo, hi].into_iter().flatten() {
                    self.eval(st, part);
                }
                self.slice(st, &b)
            }
            ExprKind::Call(c) => self.call(st, c, e.span),
            ExprKind::Bin(op, a, b) => {
                let x = self.eval(st, a);
                let y = self.eval(st, b);
                self.binary(st, *op, &x, &y)
            }
            ExprKind::Unary(op, a) => {
                let mut v = self.eval(st, a);
                if *op == UnOp::Not {
                    v = self.tested(st, v, a.span);
                }
                self.unary(st, *op, &v)
            }
            ExprKind::Cmp(op, a, b) => {
                let x = self.eval(st, a);
                let y = self.eval(st, b);
                self.compare(st, *op, x, y)
            }
            ExprKind::And(es) => self.short_circuit(st, es, true),
            ExprKind::Or(es) => self.short_circuit(st, es, false),
            ExprKind::Cond(c, a, b) => {
                let cond = self.eval(st, c);
                let cond = self.tested(st, cond, c.span);
                let loc = self.loc(c.span);
                let base = st.ctl.len();
                let mut left = st.clone();
                let mut right = st.clone();
                let x = if self.assume(&mut left, &cond, true, loc, Scope::Branch) {
                    Some(self.eval(&mut left, a))
                } else {
                    None
                };
                let x_dead = std::mem::take(&mut self.dead);
                let y = if self.assume(&mut right, &cond, false, loc, Scope::Branch) {
                    Some(self.eval(&mut right, b))
                } else {
                    None
                };
                let y_dead = std::mem::take(&mut self.dead);
                match (x.filter(|_| !x_dead), y.filter(|_| !y_dead)) {
                    (Some(x), Some(y)) => {
                        let under_x = Rc::new(left.ctl.get(base..).unwrap_or_default().to_vec());
                        let under_y = Rc::new(right.ctl.get(base..).unwrap_or_default().to_vec());
                        let taken = std::mem::take(&mut left);
                        *st = taken.join(right, base, &mut self.seen.terms);
                        if same(&x, &y) {
                            return x;
                        }
                        let mut v = join_values(&x, &under_x, &y, &under_y, &mut self.seen.terms);
                        v.deps.control = v.deps.control.union(&cond.deps.all());
                        // The same condition over the same alternatives is the same value.
                        v.term = self
                            .seen
                            .terms
                            .intern(Term::Op(ustr("if"), vec![cond.term, x.term, y.term]));
                        v
                    }
                    (Some(x), None) => {
                        *st = left;
                        st.ctl.truncate(base);
                        x
                    }
                    (None, Some(y)) => {
                        *st = right;
                        st.ctl.truncate(base);
                        y
                    }
                    (None, None) => {
                        self.dead = x_dead || y_dead;
                        self.unknown(Deps::default())
                    }
                }
            }
            ExprKind::List(es) | ExprKind::Set(es) => {
                let (id, v) = self.obj_value(st, Shape::List);
                let mut deps = Deps::default();
                let mut n = 0;
                for item in es {
                    if let ExprKind::Star(inner) = &item.kind {
                        let x = self.eval(st, inner);
                        let loc = self.loc(item.span);
                        let el = self.element(st, &x, false, false, loc);
                        deps = deps.union(&x.deps);
                        self.add_rest(st, id, el);
                    } else {
                        let x = self.eval(st, item);
                        deps = deps.union(&x.deps);
                        if let Some(o) = st.obj_mut(id) {
                            o.set(ustr(&n.to_string()), x);
                        }
                        n += 1;
                    }
                }
                Value::new(v.term, v.kind, deps)
            }
            ExprKind::Tuple(es) => {
                if es.iter().any(|x| matches!(x.kind, ExprKind::Star(_))) {
                    let (id, v) = self.obj_value(st, Shape::List);
                    for item in es {
                        let x = match &item.kind {
                            ExprKind::Star(inner) => {
                                let x = self.eval(st, inner);
                                let loc = self.loc(item.span);
                                self.element(st, &x, false, false, loc)
                            }
                            _ => self.eval(st, item),
                        };
                        self.add_rest(st, id, x);
                    }
                    return v;
                }
                let vs: Vec<Value> = es.iter().map(|x| self.eval(st, x)).collect();
                self.tuple(vs)
            }
            ExprKind::Dict(items) => self.dict(st, items),
            ExprKind::Comp(c) => self.comprehension(st, c),
            ExprKind::Lambda(idx) => {
                let func = FuncRef {
                    file: self.file(),
                    func: *idx,
                };
                let env = self.frames[self.cur].env;
                self.closure(func, Some(env))
            }
            ExprKind::Await(inner) | ExprKind::Star(inner) => self.eval(st, inner),
            ExprKind::Yield(value) => {
                let v = match value {
                    Some(x) => self.eval(st, x),
                    None => self.none(),
                };
                let cur = self.cur;
                if self.frames[cur].hook.is_some() {
                    self.run_hook(st, v);
                } else {
                    self.frames[cur].yields.push(v);
                }
                self.unknown(Deps::default())
            }
            ExprKind::Format(parts) => {
                let mut terms = Vec::new();
                let mut deps = Deps::default();
                for p in parts {
                    let v = self.eval(st, p);
                    deps = deps.union(&v.deps);
                    self.push_text(&v, &mut terms);
                }
                self.concat(terms, deps)
            }
            ExprKind::Walrus(name, value) => {
                let v = self.eval(st, value);
                self.bind_name(st, *name, v.clone());
                v
            }
            ExprKind::Struct(ty, fields) => self.struct_literal(st, ty, fields, e),
            ExprKind::AddrOf(inner) => self.address(st, inner),
            ExprKind::Deref(inner) => self.eval(st, inner),
            ExprKind::TypeAssert(inner, ty) => {
                let v = self.eval(st, inner);
                let (v2, known) = match &v.kind {
                    Kind::Unknown => {
                        let loc = self.loc(e.span);
                        let file = self.file();
                        match self.typed_value(st, file, ty, v.term, Origin::Unknown, loc) {
                            Some(mut t) => {
                                t.deps = v.deps.clone();
                                if v.deps.is_empty() {
                                    (t, true)
                                } else {
                                    (v.clone(), false)
                                }
                            }
                            None => (v.clone(), false),
                        }
                    }
                    _ => (v.clone(), true),
                };
                let _ = known;
                v2
            }
            ExprKind::Typed(ty, inner) => {
                let mut v = self.eval(st, inner);
                // A nil pointer of a library's type: what is found through its address is of that type.
                if let (true, TypeExpr::Pointer(to)) = (v.is_none(), ty)
                    && let TypeExpr::Path(p) = &**to
                    && let Some(path) = self.type_name(p)
                {
                    let of = self.seen.terms.intern(Term::Global(path));
                    v.term = self.seen.terms.intern(Term::Op(ustr("nil"), vec![of]));
                }
                if let Kind::Obj(id) = v.kind {
                    let path = match ty {
                        TypeExpr::Path(p) => self.type_name(p),
                        _ => None,
                    };
                    if let (Some(o), Some(path)) = (st.obj_mut(id), path) {
                        o.type_path.get_or_insert(path);
                    }
                }
                v
            }
            ExprKind::Type(ty) => {
                let term = self.seen.terms.fresh();
                Value::new(term, Kind::Type(Rc::new(ty.clone())), Deps::default())
            }
            ExprKind::Unknown(children) => {
                let mut deps = Deps::default();
                for c in children {
                    let v = self.eval(st, c);
                    deps = deps.union(&self.deep_deps(st, &v, 0));
                }
                self.unknown(deps)
            }
        }
    }

    fn type_name(&self, path: &[Ustr]) -> Option<Ustr> {
        match self.p.resolve_type(self.file(), path)? {
            TypeRef::External(p) => Some(p),
            TypeRef::Class(_) => None,
        }
    }

    /// The value of a name.
    pub(super) fn lookup(&mut self, st: &mut State, name: Ustr) -> Value {
        let mut env = self.frames.get(self.cur).map(|f| f.env);
        while let Some(id) = env {
            let Some(e) = st.env(id) else { break };
            if let Some(v) = e.vars.get(&name) {
                let v = v.clone();
                self.note_use(&v);
                return v;
            }
            env = e.parent;
        }
        let file = self.file();
        self.global(st, file, name)
    }

    /// A conditional write's outcome is looked at.
    pub(super) fn note_use(&mut self, v: &Value) {
        if let Kind::Affected(w) | Kind::Created(w) = v.kind
            && let Some(o) = self.seen.outcomes.get_mut(w.0 as usize)
        {
            o.used = true;
        }
    }

    /// The value of a module-level name.
    pub(super) fn global(&mut self, st: &mut State, file: u32, name: Ustr) -> Value {
        if let Some(v) = st.globals.get(&(file, name)) {
            return v.clone();
        }
        if self.in_globals.contains(&(file, name)) || self.in_globals.len() > 20 {
            return self.unknown(Deps::default());
        }
        let v = match self.p.global(file, name) {
            Global::Func(f) => self.func_value(st, f, None),
            Global::Class(c) => {
                let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                Value::new(term, Kind::Class(c), Deps::default())
            }
            Global::Expr(f, e, part) => {
                self.in_globals.push((file, name));
                let v = self.in_module(st, f, |s, st| {
                    let v = s.eval(st, e);
                    match part {
                        Some(i) => {
                            let loc = s.loc(e.span);
                            s.unpacked(st, &v, i, loc)
                        }
                        None => v,
                    }
                });
                self.in_globals.pop();
                match v.kind {
                    // What the module computed once is the same wherever it is named.
                    Kind::Unknown => {
                        let term = self
                            .seen
                            .terms
                            .intern(Term::Global(self.p.global_path(f, name)));
                        Value::new(term, Kind::Unknown, v.deps)
                    }
                    _ => v,
                }
            }
            Global::Path(p) => self.path(st, p),
            Global::Lit(l) => self.lit(l),
            Global::None => {
                let path = ustr(&format!("builtins.{name}"));
                let term = self.seen.terms.intern(Term::Global(path));
                Value::new(term, Kind::Path(path), Deps::default())
            }
        };
        Rc::make_mut(&mut st.globals).insert((file, name), v.clone());
        v
    }

    /// Evaluates in the module-level scope of a file.
    pub(super) fn in_module<T>(
        &mut self,
        st: &mut State,
        file: u32,
        f: impl FnOnce(&mut Self, &mut State) -> T,
    ) -> T {
        let func = FuncRef { file, func: 0 };
        let env = self.new_env(st, func, None);
        let stack = self.stack();
        let depth = self.frames.get(self.cur).map_or(0, |f| f.depth) + 1;
        let frame = self.frame(func, env, stack, depth, None);
        self.frames.push(frame);
        let (cur, dead) = (self.cur, self.dead);
        self.cur = self.frames.len() - 1;
        self.dead = false;
        let out = f(self, st);
        self.dead = dead;
        self.cur = cur;
        self.frames.pop();
        out
    }

    /// An external or project path as a value.
    pub(super) fn path(&mut self, st: &mut State, path: Ustr) -> Value {
        let path = self.lib.aliases.get(&path).copied().unwrap_or(path);
        if let Some(found) = self.p.resolve_path(path) {
            match found {
                Global::Func(f) => return self.func_value(st, f, None),
                Global::Class(c) => {
                    let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                    return Value::new(term, Kind::Class(c), Deps::default());
                }
                Global::Expr(f, _, _) => {
                    let name = path.rsplit(['.', '/']).next().map(ustr).unwrap_or(path);
                    return self.global(st, f, name);
                }
                Global::Path(p) if p != path => return self.path(st, p),
                Global::Lit(l) => return self.lit(l),
                _ => {}
            }
        }
        let term = self.seen.terms.intern(Term::Global(path));
        Value::new(term, Kind::Path(path), Deps::default())
    }

    /// `value.name`.
    pub(super) fn attr(&mut self, st: &mut State, base: &Value, name: Ustr, loc: Loc) -> Value {
        match &base.kind {
            Kind::Phi(_) => {
                if let Some(v) = self.attr_of_each(st, base, name, loc) {
                    return v;
                }
                let one = self.concrete(base);
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
                let p = ustr(&format!("{p}.{name}"));
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
                        let func = self.func_value(st, f, None);
                        self.bind(func, recv)
                    }
                    None => {
                        // The framework's own method: what it does is the pack's business.
                        let term = self.seen.terms.field(recv.term, name);
                        Value::new(term, Kind::Bound(Rc::new((recv, name))), base.deps.clone())
                    }
                }
            }
            Kind::Err(_) | Kind::ReadErr(_) => {
                Value::new(base.term, base.kind.clone(), base.deps.clone())
            }
            _ => {
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
                Value::new(term, Kind::Unknown, base.deps.clone())
            }
        }
    }

    /// A field of one of several rows or structs: of each, under its decisions.
    fn attr_of_each(
        &mut self,
        st: &mut State,
        base: &Value,
        name: Ustr,
        loc: Loc,
    ) -> Option<Value> {
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
        let mut out: Option<(Value, Rc<Vec<Rc<Ctl>>>)> = None;
        for a in objects {
            let v = self.attr(st, &a.value, name, loc);
            if matches!(v.kind, Kind::Func(_) | Kind::Bound(_)) {
                return None;
            }
            out = Some(match out {
                None => (v, a.under),
                Some((x, under)) => (
                    join_values(&x, &under, &v, &a.under, &mut self.seen.terms),
                    Rc::new(Vec::new()),
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

    fn obj_attr(&mut self, st: &mut State, id: ObjId, base: &Value, name: Ustr, loc: Loc) -> Value {
        let Some(obj) = st.obj(id) else {
            return self.unknown(base.deps.clone());
        };
        let key = self.p.attribute_name(obj.class, obj.container, name);
        if let Some(slot) = obj.get(key) {
            let v = slot.value.clone();
            self.note_use(&v);
            return v;
        }
        let (class, shape, container) = (obj.class, obj.shape, obj.container);
        let obj_term = obj.term;
        let origin = obj.origin.clone();
        let type_path = obj.type_path;
        let rest = obj.rest.clone();
        if let Some(c) = class
            && let Some((_, f)) = self.p.method(c, name)
        {
            let func = self.p.func(f);
            let func_v = self.func_value(st, f, None);
            if super::has_decorator(func, "staticmethod") {
                return func_v;
            }
            let recv = if super::has_decorator(func, "classmethod") {
                let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                Value::new(term, Kind::Class(c), Deps::default())
            } else {
                Value::new(base.term, Kind::Obj(id), base.deps.clone())
            };
            let bound = self.bind(func_v, recv);
            if super::has_decorator(func, "property")
                || super::has_decorator(func, "cached_property")
            {
                return self.call_value(st, &bound, super::call::Args::default(), loc);
            }
            return bound;
        }
        if let Some(v) = self.library_attr(st, base, None, name, loc) {
            return v;
        }
        if let Some(v) = self.relation(st, id, base, name, loc) {
            return v;
        }
        if let (Some(c), false) = (class, shape == Shape::Row && self.p.is_field(class, name)) {
            if let Some(v) = self.class_level(st, c, name, loc) {
                return v;
            }
            // A declared field: its type says what it is (and its value stays the same object from now on).
            if let Some((file, ty)) = self.p.field_type(c, name) {
                let term = self.seen.terms.field(obj_term, name);
                if let Some(mut v) = self.typed_value(st, file, ty, term, Origin::Unknown, loc) {
                    if let Origin::Read(r) = origin {
                        let path = self.p.attribute_name(class, container, name);
                        v.deps = v.deps.union(&Deps::read(r, path));
                    }
                    if let Some(o) = st.obj_mut(id) {
                        o.set(key, v.clone());
                    }
                    return v;
                }
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
        let term = self.seen.terms.field(obj_term, key);
        if let Some(o) = self.of_term.get(&term).copied()
            && st.obj(o).is_some()
        {
            return Value::new(term, Kind::Obj(o), base.deps.clone());
        }
        let mut deps = base.deps.clone();
        if let Origin::Read(r) = origin {
            if shape == Shape::Row && matches!(container, Some(Container::Model(_))) {
                // What stands in a related row depends on that row, not on the column that led there.
                deps.data = PathSet::default();
                if key.starts_with('_') {
                    // State of the object, not a column.
                    return Value::new(term, Kind::Unknown, deps);
                }
            }
            deps = deps.union(&Deps::read(r, key));
        }
        if let Some(rest) = rest {
            deps = deps.union(&rest.deps);
        }
        let _ = type_path;
        Value::new(term, Kind::Unknown, deps)
    }

    pub(super) fn class_level(
        &mut self,
        st: &mut State,
        class: ClassRef,
        name: Ustr,
        loc: Loc,
    ) -> Option<Value> {
        let (owner, attr) = self.p.class_attr(class, name)?;
        let value = attr.value.as_ref()?;
        let key = (
            owner.file,
            ustr(&format!("{}.{name}", self.p.class_path(owner))),
        );
        if self.in_globals.contains(&key) {
            return None;
        }
        if let Some(v) = st.globals.get(&key) {
            return Some(v.clone());
        }
        self.in_globals.push(key);
        let v = self.in_module(st, owner.file, |s, st| {
            // Other attributes of the class are in scope here.
            s.eval_in_class(st, owner, value, loc)
        });
        self.in_globals.pop();
        Rc::make_mut(&mut st.globals).insert(key, v.clone());
        Some(v)
    }

    fn eval_in_class(&mut self, st: &mut State, class: ClassRef, e: &'p Expr, loc: Loc) -> Value {
        if let ExprKind::Name(n) = &e.kind
            && let Some(v) = self.class_level(st, class, *n, loc)
        {
            return v;
        }
        self.eval(st, e)
    }

    fn class_attr(
        &mut self,
        st: &mut State,
        class: ClassRef,
        base: &Value,
        name: Ustr,
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
            return v;
        }
        let term = self.seen.terms.field(base.term, name);
        Value::new(term, Kind::Unknown, Deps::default())
    }

    /// `value[index]`.
    pub(super) fn index(&mut self, st: &mut State, base: &Value, index: &Value, loc: Loc) -> Value {
        let base = &self.concrete(base);
        match &base.kind {
            Kind::Tuple(vs) => {
                if let Kind::Const(Lit::Int(i)) = index.kind {
                    let i = if i < 0 { vs.len() as i64 + i } else { i };
                    if let Some(v) = usize::try_from(i).ok().and_then(|i| vs.get(i)) {
                        return v.clone();
                    }
                }
                let mut v = self.unknown(base.deps.clone());
                v.deps = v.deps.union(&index.deps);
                v
            }
            Kind::Obj(id) => {
                let key = match index.kind {
                    Kind::Const(Lit::Str(s)) => Some(s),
                    Kind::Const(Lit::Int(i)) => Some(ustr(&i.to_string())),
                    _ => None,
                };
                if let Some(v) = self.evaluated(st, *id, base, loc) {
                    return self.index(st, &v, index, loc);
                }
                let Some(o) = st.obj(*id) else {
                    return self.unknown(base.deps.clone());
                };
                if let Some(k) = key
                    && let Some(slot) = o.get(k)
                {
                    let (v, maybe) = (slot.value.clone(), slot.presence == Presence::Maybe);
                    self.missing_key(st, &v, maybe, loc);
                    return v;
                }
                if o.shape == Shape::List {
                    let rest = o.rest.clone();
                    let r = o.maybe;
                    let first = o.fields.first().map(|f| f.1.value.clone());
                    if let Some(v) = rest.or(first) {
                        if let Some(r) = r {
                            // An element of an empty list raises.
                            self.raise_absent(st, r, ustr("IndexError"), loc);
                        }
                        return v;
                    }
                    return self.unknown(base.deps.union(&index.deps));
                }
                let origin = o.origin.clone();
                let maybe_row = o.maybe;
                let term = match key {
                    Some(k) => self.seen.terms.field(o.term, k),
                    None => self.seen.terms.intern(Term::Index(o.term, index.term)),
                };
                let mut deps = base.deps.union(&index.deps);
                if let Some(rest) = o.rest.clone() {
                    if key.is_none() || !matches!(rest.kind, Kind::Unknown) {
                        let mut v = rest;
                        v.deps = v.deps.union(&deps);
                        return v;
                    }
                    deps = deps.union(&rest.deps);
                }
                if let Some(id) = self.of_term.get(&term).copied()
                    && st.obj(id).is_some()
                {
                    return Value::new(term, Kind::Obj(id), deps);
                }
                if let Origin::Read(r) = origin {
                    deps = deps.union(&Deps::read(r, key.unwrap_or(ustr("*"))));
                    if let Some(r) = maybe_row {
                        self.raise_absent(st, r, ustr("KeyError"), loc);
                    }
                }
                Value::new(term, Kind::Unknown, deps)
            }
            Kind::Err(_) | Kind::ReadErr(_) => base.clone(),
            Kind::Path(p) => {
                let term = self.seen.terms.intern(Term::Global(*p));
                let term = self.seen.terms.intern(Term::Index(term, index.term));
                Value::new(term, Kind::Unknown, index.deps.clone())
            }
            _ => {
                let term = match index.kind {
                    Kind::Const(Lit::Str(s)) => self.seen.terms.field(base.term, s),
                    _ => self.seen.terms.intern(Term::Index(base.term, index.term)),
                };
                if let Some(id) = self.of_term.get(&term).copied()
                    && st.obj(id).is_some()
                {
                    return Value::new(term, Kind::Obj(id), base.deps.union(&index.deps));
                }
                Value::new(term, Kind::Unknown, base.deps.union(&index.deps))
            }
        }
    }

    /// `d[k]` where the key may be missing: a handler may see that.
    fn missing_key(&mut self, st: &State, v: &Value, maybe: bool, loc: Loc) {
        if let Kind::Obj(id) = v.kind
            && let Some(r) = st.obj(id).and_then(|o| o.maybe)
        {
            self.raise_absent(st, r, ustr("KeyError"), loc);
        } else if maybe {
            self.raise(st, Some(ustr("KeyError")), None);
        }
    }

    pub(super) fn raise_absent(
        &mut self,
        st: &State,
        read: crate::analysis::access::ReadId,
        class: Ustr,
        loc: Loc,
    ) {
        if self.tries.is_empty()
            || st
                .ctl
                .iter()
                .any(|c| c.facts.contains(&Fact::Present(read)))
        {
            return;
        }
        let mut s = st.clone();
        self.push_fact(
            &mut s,
            Fact::Absent(read),
            PathSet::one(read, ustr("?")),
            loc,
        );
        self.raise(&s, Some(class), None);
    }

    /// Adds a decision that no branch of the program states.
    pub(super) fn push_fact(&mut self, st: &mut State, fact: Fact, deps: PathSet, loc: Loc) {
        let depth = self.frames[self.cur].depth;
        st.ctl.push(Rc::new(Ctl {
            loc,
            deps,
            facts: vec![fact],
            scope: Scope::Branch,
            depth,
            pred: None,
            polarity: true,
        }));
    }

    fn slice(&mut self, st: &mut State, base: &Value) -> Value {
        if let Kind::Phi(alts) = &base.kind
            && alts
                .iter()
                .all(|a| matches!(&a.value.kind, Kind::Obj(id) if st.obj(*id).is_some_and(|o| o.shape == Shape::List)))
        {
            let alts: Vec<Alt> = alts
                .iter()
                .map(|a| Alt {
                    value: self.slice(st, &a.value),
                    under: a.under.clone(),
                })
                .collect();
            let term = self.seen.terms.fresh();
            return Value::new(term, Kind::Phi(Rc::new(alts)), base.deps.clone());
        }
        let b = self.concrete(base);
        if let Kind::Obj(id) = b.kind
            && let Some(o) = st.obj(id)
        {
            let mut copy = o.clone();
            copy.sliced = true;
            let term = self.seen.terms.fresh();
            copy.term = term;
            if matches!(copy.shape, Shape::Lib(_)) {
                let id = self.new_obj(st, copy.shape, term);
                st.put_obj(id, copy);
                return Value::new(term, Kind::Obj(id), b.deps);
            }
            // A copy of a list: its elements are the same.
            let id = self.new_obj(st, Shape::List, term);
            st.put_obj(id, copy);
            return Value::new(term, Kind::Obj(id), b.deps);
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(ustr("slice"), vec![b.term]));
        Value::new(term, Kind::Unknown, b.deps)
    }

    /// One element of what a loop iterates over.
    pub(super) fn element(
        &mut self,
        st: &mut State,
        v: &Value,
        ranged: bool,
        pair: bool,
        loc: Loc,
    ) -> Value {
        let v = self.concrete(v);
        let element = match &v.kind {
            Kind::Obj(id) => {
                if let Some(list) = self.evaluated(st, *id, &v, loc) {
                    return self.element(st, &list, ranged, pair, loc);
                }
                let Some(o) = st.obj(*id) else {
                    return self.unknown(v.deps);
                };
                match o.shape {
                    Shape::List => {
                        let r = o.maybe;
                        let mut els: Vec<Value> =
                            o.fields.iter().map(|f| f.1.value.clone()).collect();
                        els.extend(o.rest.clone());
                        let out = self.one_of(els, &v.deps);
                        let minus = o.minus;
                        if let Some(r) = r {
                            self.push_fact(st, Fact::Present(r), PathSet::default(), loc);
                        }
                        if let Some(r) = minus {
                            let deps = PathSet::one(r, ustr("?"));
                            self.push_fact(st, Fact::Absent(r), deps, loc);
                        }
                        out
                    }
                    Shape::Dict | Shape::Row if ranged => {
                        let mut els: Vec<Value> =
                            o.fields.iter().map(|f| f.1.value.clone()).collect();
                        els.extend(o.rest.clone());
                        let (origin, term) = (o.origin.clone(), o.term);
                        if els.is_empty() {
                            let mut d = v.deps.clone();
                            if let Origin::Read(r) = origin {
                                d = d.union(&Deps::read(r, ustr("*")));
                            }
                            let t = self
                                .seen
                                .terms
                                .intern(Term::Op(ustr("element"), vec![term]));
                            Value::new(t, Kind::Unknown, d)
                        } else {
                            self.one_of(els, &v.deps)
                        }
                    }
                    Shape::Dict | Shape::Row => self.unknown(v.deps.clone()),
                    _ => {
                        let term = self.seen.terms.fresh();
                        Value::new(term, Kind::Unknown, self.deep_deps(st, &v, 0))
                    }
                }
            }
            Kind::Tuple(vs) => self.one_of(vs.to_vec(), &v.deps),
            _ => {
                let term = self.seen.terms.fresh();
                let _ = self.seen.terms.get(term);
                Value::new(term, Kind::Unknown, v.deps.clone())
            }
        };
        if ranged && pair {
            let key = self.unknown(v.deps);
            return self.tuple(vec![key, element]);
        }
        element
    }

    pub(super) fn one_of(&mut self, mut vs: Vec<Value>, deps: &Deps) -> Value {
        vs.truncate(4);
        let empty = Rc::new(Vec::new());
        let mut it = vs.into_iter();
        let Some(mut out) = it.next() else {
            return self.unknown(deps.clone());
        };
        for v in it {
            if !same(&out, &v) {
                out = join_values(&out, &empty, &v, &empty, &mut self.seen.terms);
            }
        }
        out.deps = out.deps.union(deps);
        out
    }

    pub(super) fn add_rest(&mut self, st: &mut State, id: ObjId, v: Value) {
        let old = st.obj(id).and_then(|o| o.rest.clone());
        let joined = match old {
            Some(old) if same(&old, &v) => old,
            Some(old) => {
                let empty = Rc::new(Vec::new());
                join_values(&old, &empty, &v, &empty, &mut self.seen.terms)
            }
            None => v,
        };
        if let Some(o) = st.obj_mut(id) {
            o.rest = Some(joined);
        }
    }

    fn dict(&mut self, st: &mut State, items: &'p [(Option<Expr>, Expr)]) -> Value {
        let (id, v) = self.obj_value(st, Shape::Dict);
        for (key, value) in items {
            match key {
                Some(k) => {
                    let k = self.eval(st, k);
                    let x = self.eval(st, value);
                    let loc = self.loc(value.span);
                    self.put_key(st, id, &k, x, loc);
                }
                None => {
                    let x = self.eval(st, value);
                    self.merge_into(st, id, &x);
                }
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.dirty.clear();
        }
        v
    }

    /// `{**other}`, `d.update(other)`: what the other holds, and whose row it is.
    pub(super) fn merge_into(&mut self, st: &mut State, id: ObjId, other: &Value) {
        let other = self.concrete(other);
        let Kind::Obj(from) = other.kind else {
            let mut rest = self.unknown(other.deps.clone());
            rest.term = other.term;
            self.add_rest(st, id, rest);
            return;
        };
        let Some(src) = st.obj(from).cloned() else {
            return;
        };
        if let Some(dst) = st.obj_mut(id) {
            for (n, s) in &src.fields {
                if s.presence == Presence::Yes || dst.get(*n).is_none() {
                    match dst.fields.iter_mut().find(|f| f.0 == *n) {
                        Some(f) => f.1 = s.clone(),
                        None => dst.fields.push((*n, s.clone())),
                    }
                }
            }
            if let Origin::Read(r) = src.origin
                && matches!(src.shape, Shape::Row | Shape::Dict)
            {
                // A copy of an item is that item as far as writing it back goes.
                if dst.origin == Origin::Fresh {
                    dst.origin = Origin::Read(r);
                    dst.container = src.container;
                    dst.term = src.term;
                    dst.shape = Shape::Row;
                }
            }
        }
        if let Some(rest) = src.rest {
            self.add_rest(st, id, rest);
        } else if src.origin != Origin::Fresh && !matches!(src.origin, Origin::Read(_)) {
            let rest = Value::new(src.term, Kind::Unknown, other.deps);
            self.add_rest(st, id, rest);
        }
    }

    /// `{k: decode(v) for k, v in row.items()}`: a row taken apart and put together again is that row.
    fn rebuilt(&mut self, st: &mut State, c: &'p Comp) -> Option<Value> {
        let (CompKind::Dict, Some(key), [(target, iterable, _)]) =
            (c.kind, &c.key, c.clauses.as_slice())
        else {
            return None;
        };
        let (Place::Tuple(places, _), ExprKind::Call(call)) = (target, &iterable.kind) else {
            return None;
        };
        let ([Place::Name(k, _), Place::Name(v, _)], ExprKind::Name(n)) =
            (places.as_slice(), &key.kind)
        else {
            return None;
        };
        let ExprKind::Attr(base, items, _) = &call.callee.kind else {
            return None;
        };
        if n != k || items != "items" || !call.args.is_empty() {
            return None;
        }
        // The value itself, or what a coder makes of it: one from outside the project, or one that goes down a tree.
        let named = |e: &Expr| matches!(&e.kind, ExprKind::Name(x) if x == v);
        let kept = named(&c.element)
            || matches!(&c.element.kind, ExprKind::Call(f) if f.args.len() == 1
            && named(&f.args[0].value)
            && match &self.callee(st, &f.callee).kind {
                Kind::Bound(_) | Kind::Path(_) => true,
                Kind::Func(f) => self.active.contains(&f.func),
                _ => false,
            });
        if !kept {
            return None;
        }
        let of = self.eval(st, base);
        let of = self.concrete(&of);
        match of.kind {
            Kind::Obj(id)
                if st.obj(id).is_some_and(|o| {
                    o.shape == Shape::Row || (o.shape == Shape::Dict && !o.fields.is_empty())
                }) =>
            {
                Some(self.copy(st, &of))
            }
            _ => None,
        }
    }

    fn comprehension(&mut self, st: &mut State, c: &'p Comp) -> Value {
        if let Some(row) = self.rebuilt(st, c) {
            return row;
        }
        let base = st.ctl.len();
        let number = self.new_loop();
        self.loops.push(super::LoopContext {
            number,
            label: None,
            breaks: Vec::new(),
            continues: Vec::new(),
            is_loop: true,
            frame: self.cur,
        });
        let mut deps = Deps::default();
        let mut read = None;
        for (target, iterable, conds) in &c.clauses {
            let it = self.eval(st, iterable);
            let loc = self.loc(iterable.span);
            let v = self.element(st, &it, false, false, loc);
            if let Kind::Obj(id) = self.concrete(&it).kind {
                read = st.obj(id).and_then(|o| o.maybe);
            }
            self.assign(st, target, v);
            for cond in conds {
                let v = self.eval(st, cond);
                deps = deps.union(&v.deps);
                let loc = self.loc(cond.span);
                self.assume(st, &v, true, loc, Scope::Loop);
            }
        }
        let element = self.eval(st, &c.element);
        let (id, v) = match (&c.kind, &c.key) {
            (CompKind::Dict, Some(k)) => {
                let k = self.eval(st, k);
                let (id, v) = self.obj_value(st, Shape::Dict);
                let mut x = element.clone();
                x.deps = x.deps.union(&k.deps);
                self.add_rest(st, id, x);
                (id, v)
            }
            _ => {
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, element.clone());
                (id, v)
            }
        };
        if let Some(o) = st.obj_mut(id) {
            o.maybe = read;
            if c.kind != CompKind::Dict
                && let Some(rest) = &mut o.rest
            {
                rest.deps.control = rest.deps.control.union(&deps.all());
            }
        }
        self.loops.pop();
        // Those that are missing elsewhere.
        let missing = st
            .ctl
            .iter()
            .skip(base)
            .flat_map(|c| c.facts.iter())
            .find_map(|f| match f {
                Fact::Absent(r) => Some(*r),
                _ => None,
            });
        if let Some(o) = st.obj_mut(id) {
            o.minus = missing;
        }
        st.ctl.truncate(base);
        let mut out = v;
        // The keys and values of a row taken apart and put together again are still that row.
        out.deps = out.deps.union(&deps).union(&element.deps);
        out
    }

    fn struct_literal(
        &mut self,
        st: &mut State,
        ty: &'p TypeExpr,
        fields: &'p [(Ustr, Expr)],
        _e: &'p Expr,
    ) -> Value {
        let (id, v) = self.obj_value(st, Shape::Instance);
        let path = match ty {
            TypeExpr::Path(p) | TypeExpr::Generic(p, _) => Some(p.clone()),
            TypeExpr::Pointer(t) => match &**t {
                TypeExpr::Path(p) => Some(p.clone()),
                _ => None,
            },
            _ => None,
        };
        let mut class = None;
        if let Some(p) = path {
            let found = self.p.resolve_type(self.file(), &p);
            if let Some(o) = st.obj_mut(id) {
                match found {
                    Some(TypeRef::Class(c)) => {
                        o.class = Some(c);
                        class = Some(c);
                    }
                    Some(TypeRef::External(p)) => {
                        o.type_path = Some(p);
                        if let Some(kind) = self.lib.types.get(&p) {
                            o.shape = Shape::Lib(*kind);
                        }
                    }
                    None => {}
                }
            }
        }
        let mut deps = Deps::default();
        for (i, (name, value)) in fields.iter().enumerate() {
            let x = self.eval(st, value);
            deps = deps.union(&x.deps);
            let name = if name.is_empty() {
                class
                    .and_then(|c| self.p.field_at(c, i))
                    .unwrap_or_else(|| ustr(&i.to_string()))
            } else {
                *name
            };
            let key = self.p.attribute_name(class, None, name);
            if let Some(o) = st.obj_mut(id) {
                o.set(key, x);
            }
        }
        Value::new(v.term, v.kind, deps)
    }

    /// `&x`: a pointer is its object; a variable that holds none yet is given one by its type.
    fn address(&mut self, st: &mut State, inner: &'p Expr) -> Value {
        let v = self.eval(st, inner);
        if matches!(self.concrete(&v).kind, Kind::Obj(_)) {
            return self.concrete(&v);
        }
        if let ExprKind::Name(n) = &inner.kind {
            if matches!(v.kind, Kind::Unknown | Kind::Const(Lit::None)) {
                let (id, obj) = self.obj_value(st, Shape::List);
                if let Term::Op(op, of) = self.seen.terms.get(v.term)
                    && op == "nil"
                    && let Some(Term::Global(path)) = of.first().map(|t| self.seen.terms.get(*t))
                    && let Some(o) = st.obj_mut(id)
                {
                    o.type_path = Some(*path);
                }
                self.bind_name(st, *n, obj.clone());
                return obj;
            }
        } else if let ExprKind::Attr(base, name, span) = &inner.kind
            && matches!(v.kind, Kind::Unknown)
            && v.deps.is_empty()
        {
            let _ = (base, name, span);
        }
        v
    }

    pub(super) fn push_text(&mut self, v: &Value, terms: &mut Vec<TermId>) {
        match self.seen.terms.get(v.term) {
            Term::Concat(parts) => terms.extend(parts.clone()),
            _ => terms.push(v.term),
        }
    }

    pub(super) fn concat(&mut self, terms: Vec<TermId>, deps: Deps) -> Value {
        let mut joined: Vec<TermId> = Vec::new();
        for t in terms {
            let text = |terms: &Terms, t: TermId| match terms.get(t) {
                Term::Const(Lit::Str(s)) => Some(s.to_string()),
                Term::Const(Lit::Int(i)) => Some(i.to_string()),
                _ => None,
            };
            if let (Some(last), Some(b)) = (joined.last().copied(), text(&self.seen.terms, t))
                && let Some(a) = text(&self.seen.terms, last)
            {
                joined.pop();
                joined.push(self.seen.terms.lit(Lit::Str(ustr(&(a + &b)))));
            } else {
                joined.push(t);
            }
        }
        match joined.as_slice() {
            [] => self.lit(Lit::Str(ustr(""))),
            [one] => {
                let kind = match self.seen.terms.get(*one) {
                    Term::Const(l) => Kind::Const(*l),
                    _ => Kind::Unknown,
                };
                Value::new(*one, kind, deps)
            }
            _ => Value::new(
                self.seen.terms.intern(Term::Concat(joined)),
                Kind::Unknown,
                deps,
            ),
        }
    }

    /// Arithmetic, concatenation, and conditions put together.
    pub(super) fn binary(&mut self, st: &mut State, op: BinOp, a: &Value, b: &Value) -> Value {
        let deps = self.deep_deps(st, a, 1).union(&self.deep_deps(st, b, 1));
        match (&a.kind, &b.kind, op) {
            (Kind::Cond(x), Kind::Cond(y), BinOp::BitAnd) => {
                return Value::new(
                    self.seen.terms.fresh(),
                    Kind::Cond(Rc::new(Cond::And(vec![x.clone(), y.clone()]))),
                    deps,
                );
            }
            (Kind::Cond(x), Kind::Cond(y), BinOp::BitOr) => {
                return Value::new(
                    self.seen.terms.fresh(),
                    Kind::Cond(Rc::new(Cond::Or(vec![x.clone(), y.clone()]))),
                    deps,
                );
            }
            (Kind::Cond(x), _, BinOp::BitAnd | BinOp::BitOr)
            | (_, Kind::Cond(x), BinOp::BitAnd | BinOp::BitOr) => {
                // The other side is not understood.
                let parts = vec![x.clone(), Rc::new(Cond::Unknown(deps.clone()))];
                let c = if op == BinOp::BitAnd {
                    Cond::And(parts)
                } else {
                    Cond::Or(parts)
                };
                return Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps);
            }
            (Kind::Store(_), _, _) | (_, Kind::Store(_), _) => {
                let name = match op {
                    BinOp::Add => "add",
                    BinOp::Sub => "sub",
                    _ => "op",
                };
                let part = |v: &Value| match &v.kind {
                    Kind::Store(s) => (**s).clone(),
                    _ => StoreTerm::Value(v.clone()),
                };
                let t = StoreTerm::Op(ustr(name), vec![part(a), part(b)]);
                return Value::new(self.seen.terms.fresh(), Kind::Store(Rc::new(t)), deps);
            }
            (Kind::Const(Lit::Int(x)), Kind::Const(Lit::Int(y)), _) => {
                let r = match op {
                    BinOp::Add => x.checked_add(*y),
                    BinOp::Sub => x.checked_sub(*y),
                    BinOp::Mul => x.checked_mul(*y),
                    _ => None,
                };
                if let Some(r) = r {
                    return self.lit(Lit::Int(r));
                }
            }
            _ => {}
        }
        let text = |k: &Kind| matches!(k, Kind::Const(Lit::Str(_)));
        let joined = |s: &Self, t: TermId| matches!(s.seen.terms.get(t), Term::Concat(_));
        if op == BinOp::Add
            && (text(&a.kind) || text(&b.kind) || joined(self, a.term) || joined(self, b.term))
        {
            let mut terms = Vec::new();
            self.push_text(a, &mut terms);
            self.push_text(b, &mut terms);
            return self.concat(terms, deps);
        }
        if op == BinOp::Mod && (text(&a.kind) || joined(self, a.term)) {
            return self.percent_format(a, b, deps);
        }
        if op == BinOp::Sub
            && let Some(v) = self.difference(st, a, b)
        {
            return v;
        }
        if let (Kind::Obj(x), BinOp::Add | BinOp::BitOr) = (&a.kind, op) {
            // Lists joined, dictionaries merged: a new one with the parts of both.
            if let Some(o) = st.obj(*x).cloned()
                && matches!(o.shape, Shape::List | Shape::Dict | Shape::Row)
            {
                let (id, v) = self.obj_value(
                    st,
                    if o.shape == Shape::List {
                        Shape::List
                    } else {
                        Shape::Dict
                    },
                );
                if o.shape == Shape::List {
                    for part in [a, b] {
                        let loc = self.loc(self.statement);
                        let el = self.element(st, part, false, false, loc);
                        self.add_rest(st, id, el);
                    }
                } else {
                    self.merge_into(st, id, a);
                    self.merge_into(st, id, b);
                }
                return Value::new(v.term, v.kind, deps);
            }
        }
        let name = match op {
            BinOp::Add => "add",
            BinOp::Sub => "sub",
            BinOp::Mul => "mul",
            BinOp::Div => "div",
            BinOp::FloorDiv => "floordiv",
            BinOp::Mod => "mod",
            _ => "op",
        };
        let term = self
            .seen
            .terms
            .intern(Term::Op(ustr(name), vec![a.term, b.term]));
        Value::new(term, Kind::Unknown, deps)
    }

    /// The elements of one collection that are missing in another.
    pub(super) fn difference(&mut self, st: &mut State, a: &Value, b: &Value) -> Option<Value> {
        let loc = self.loc(self.statement);
        let (a, b) = (self.concrete(a), self.concrete(b));
        let list = |st: &State, v: &Value| -> Option<ObjId> {
            let Kind::Obj(id) = v.kind else { return None };
            matches!(st.obj(id)?.shape, Shape::List).then_some(id)
        };
        let from = list(st, &a)?;
        let maybe = st.obj(from)?.maybe;
        let base = st.ctl.len();
        let el = self.element(st, &a, false, false, loc);
        st.ctl.truncate(base);
        let minus = self.searched(st, &b, loc);
        let (id, v) = self.obj_value(st, Shape::List);
        if let Some(o) = st.obj_mut(id) {
            o.maybe = maybe;
            o.minus = minus;
        }
        let mut deps = a.deps.clone();
        if let Some(r) = minus {
            deps.control = deps.control.union(&PathSet::one(r, ustr("?")));
        }
        self.add_rest(st, id, el);
        Some(Value::new(v.term, v.kind, deps))
    }

    /// The read in whose rows something is looked for, and by which columns.
    fn searched(
        &mut self,
        st: &mut State,
        v: &Value,
        loc: Loc,
    ) -> Option<crate::analysis::access::ReadId> {
        let v = self.concrete(v);
        let Kind::Obj(id) = v.kind else { return None };
        let list = self.evaluated(st, id, &v, loc).unwrap_or(v);
        let Kind::Obj(id) = list.kind else {
            return None;
        };
        let o = st.obj(id)?;
        let r = o.maybe?;
        let paths: Vec<Ustr> = o
            .rest
            .iter()
            .flat_map(|x| x.deps.data.paths(r))
            .filter(|p| !matches!(p.as_str(), "?" | "#" | "*"))
            .collect();
        let searched = &mut self.seen.reads[r.0 as usize].searched;
        for p in paths {
            if !searched.contains(&p) {
                searched.push(p);
            }
        }
        Some(r)
    }

    fn percent_format(&mut self, a: &Value, b: &Value, deps: Deps) -> Value {
        let args: Vec<Value> = match &b.kind {
            Kind::Tuple(vs) => vs.to_vec(),
            _ => vec![b.clone()],
        };
        let Some(text) = self.seen.terms.text(a.term) else {
            return self.unknown(deps);
        };
        self.format_text(text.as_str(), &args, deps)
    }

    /// `%s`-like formats: the text with its holes.
    pub(super) fn format_text(&mut self, text: &str, args: &[Value], deps: Deps) -> Value {
        let mut terms = Vec::new();
        let mut rest = text;
        let mut args = args.iter();
        while let Some(i) = rest.find('%') {
            if i > 0 {
                terms.push(self.seen.terms.lit(Lit::Str(ustr(&rest[..i]))));
            }
            let tail = &rest[i + 1..];
            if let Some(t) = tail.strip_prefix('%') {
                terms.push(self.seen.terms.lit(Lit::Str(ustr("%"))));
                rest = t;
                continue;
            }
            let skip = tail
                .find(|c: char| c.is_ascii_alphabetic())
                .map_or(tail.len(), |n| n + 1);
            rest = &tail[skip..];
            match args.next() {
                Some(v) => self.push_text(v, &mut terms),
                None => terms.push(self.seen.terms.fresh()),
            }
        }
        if !rest.is_empty() {
            terms.push(self.seen.terms.lit(Lit::Str(ustr(rest))));
        }
        self.concat(terms, deps)
    }

    fn unary(&mut self, st: &mut State, op: UnOp, v: &Value) -> Value {
        match op {
            UnOp::Not => {
                if let Some(t) = self
                    .truth_of(st, v)
                    .filter(|_| matches!(v.kind, Kind::Const(_)))
                {
                    return self.lit(Lit::Bool(!t));
                }
                let p = match &v.kind {
                    Kind::Test(p) => p.clone(),
                    _ => Rc::new(Pred::Truthy(v.clone())),
                };
                let term = self.seen.terms.intern(Term::Op(ustr("not"), vec![v.term]));
                Value::new(term, Kind::Test(Rc::new(Pred::Not(p))), v.deps.clone())
            }
            UnOp::Neg => {
                if let Kind::Const(Lit::Int(i)) = v.kind {
                    return self.lit(Lit::Int(i.saturating_neg()));
                }
                let term = self.seen.terms.intern(Term::Op(ustr("neg"), vec![v.term]));
                Value::new(term, Kind::Unknown, v.deps.clone())
            }
            UnOp::Invert => {
                if let Kind::Cond(c) = &v.kind {
                    let term = self.seen.terms.fresh();
                    return Value::new(
                        term,
                        Kind::Cond(Rc::new(Cond::Not(c.clone()))),
                        v.deps.clone(),
                    );
                }
                self.unknown(v.deps.clone())
            }
            UnOp::Pos => v.clone(),
        }
    }

    fn compare(&mut self, st: &mut State, op: CmpOp, a: Value, b: Value) -> Value {
        self.note_use(&a);
        self.note_use(&b);
        let deps = a.deps.union(&b.deps);
        if let Some(c) = self.store_compare(op, &a, &b) {
            return Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps);
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(ustr(&format!("{op:?}")), vec![a.term, b.term]));
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            let b2 = self.concrete(&b);
            if let Kind::Obj(id) = b2.kind {
                if let Some(key) = self.seen.terms.text(a.term) {
                    let slot = st.obj(id).and_then(|o| o.get(key)).cloned();
                    if let Some(slot) = slot {
                        let found = Rc::new(Pred::Truthy(slot.value));
                        let p = if op == CmpOp::In {
                            found
                        } else {
                            Rc::new(Pred::Not(found))
                        };
                        return Value::new(term, Kind::Test(p), deps);
                    }
                }
                let list = self.evaluated(st, id, &b2, self.loc(self.statement));
                let list_deps = match &list {
                    Some(l) => self.deep_deps(st, l, 0),
                    None => self.deep_deps(st, &b2, 0),
                };
                let read = list
                    .as_ref()
                    .map_or(Some(id), |l| {
                        if let Kind::Obj(i) = l.kind {
                            Some(i)
                        } else {
                            None
                        }
                    })
                    .and_then(|i| st.obj(i))
                    .and_then(|o| o.maybe);
                if read.is_some() {
                    let loc = self.loc(self.statement);
                    self.searched(st, &b2, loc);
                }
                if let Some(r) = read {
                    // Whether what was read holds this one: its presence or absence.
                    let p = Rc::new(Pred::Truthy(Value::new(
                        term,
                        Kind::Presence(r),
                        deps.union(&list_deps),
                    )));
                    let p = if op == CmpOp::In {
                        p
                    } else {
                        Rc::new(Pred::Not(p))
                    };
                    return Value::new(term, Kind::Test(p), deps.union(&list_deps));
                }
                return Value::new(
                    term,
                    Kind::Test(Rc::new(Pred::Cmp(op, a, b))),
                    deps.union(&list_deps),
                );
            }
        }
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && matches!(b.kind, Kind::Type(_)) {
            return Value::new(term, Kind::Unknown, deps);
        }
        Value::new(term, Kind::Test(Rc::new(Pred::Cmp(op, a, b))), deps)
    }

    /// What is tested for truth: the rows of a query, read now.
    pub(super) fn tested(&mut self, st: &mut State, v: Value, span: crate::syntax::Span) -> Value {
        if self.lang != Lang::Python {
            return v;
        }
        let one = self.concrete(&v);
        let Kind::Obj(id) = one.kind else { return v };
        let loc = self.loc(span);
        match self.evaluated(st, id, &one, loc) {
            Some(mut rows) => {
                rows.deps = rows.deps.union(&v.deps);
                rows
            }
            None => v,
        }
    }

    /// A comparison with a value of the store is a test that the store makes, where operators are overloaded.
    fn store_compare(&self, op: CmpOp, a: &Value, b: &Value) -> Option<Cond> {
        use crate::stores::vocabulary::Cmp;
        if self.lang == Lang::Go {
            return None;
        }
        let (path, with, flipped) = match (&a.kind, &b.kind) {
            (Kind::Store(t), _) => (t, b, false),
            (_, Kind::Store(t)) => (t, a, true),
            _ => return None,
        };
        let StoreTerm::Path(path) = &**path else {
            return None;
        };
        let cmp = match (op, flipped) {
            (CmpOp::Eq, _) => Cmp::Eq,
            (CmpOp::Ne, _) => Cmp::Ne,
            (CmpOp::Lt, false) | (CmpOp::Gt, true) => Cmp::Lt,
            (CmpOp::Le, false) | (CmpOp::Ge, true) => Cmp::Le,
            (CmpOp::Gt, false) | (CmpOp::Lt, true) => Cmp::Gt,
            (CmpOp::Ge, false) | (CmpOp::Le, true) => Cmp::Ge,
            _ => return None,
        };
        Some(Cond::Test {
            path: *path,
            cmp,
            with: vec![with.clone()],
        })
    }

    fn short_circuit(&mut self, st: &mut State, es: &'p [Expr], and: bool) -> Value {
        let base = st.ctl.len();
        let mut preds = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut deps = Deps::default();
        let mut terms = Vec::new();
        for (i, e) in es.iter().enumerate() {
            let v = self.eval(st, e);
            let v = self.tested(st, v, e.span);
            self.note_use(&v);
            terms.push(v.term);
            deps = deps.union(&v.deps);
            preds.push(match &v.kind {
                Kind::Test(p) => (**p).clone(),
                _ => Pred::Truthy(v.clone()),
            });
            values.push(v.clone());
            if self.dead {
                break;
            }
            let known = self.truth_of(st, &v);
            if known == Some(!and) && matches!(v.kind, Kind::Const(_)) {
                break;
            }
            if i + 1 < es.len() {
                let loc = self.loc(e.span);
                // What comes next runs only if this one held (or didn't).
                let mut s = st.clone();
                if self.assume(&mut s, &v, and, loc, Scope::Branch) {
                    *st = s;
                }
            }
        }
        // The decisions between the operands end with the expression.
        st.ctl.truncate(base);
        if values.len() == 1 {
            return values.remove(0);
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(ustr(if and { "and" } else { "or" }), terms));
        let boolean = values.iter().all(|v| {
            matches!(
                v.kind,
                Kind::Test(_)
                    | Kind::Presence(_)
                    | Kind::Created(_)
                    | Kind::Affected(_)
                    | Kind::Unknown
                    | Kind::Err(_)
            )
        });
        if and || boolean || self.lang == Lang::Go {
            let p = if and {
                Pred::And(preds)
            } else {
                Pred::Or(preds)
            };
            let mut v = Value::new(term, Kind::Test(Rc::new(p)), deps);
            // `a or default`: the value is one of them.
            if !and
                && values.iter().any(|v| matches!(v.kind, Kind::Unknown))
                && self.lang == Lang::Python
            {
                v.deps.data = v.deps.data.union(&PathSet::default());
            }
            return v;
        }
        let empty = Rc::new(Vec::new());
        let mut it = values.into_iter().filter(|v| !(v.is_none()));
        let Some(mut out) = it.next() else {
            return self.none();
        };
        for v in it {
            if !same(&out, &v) {
                // A default that is empty adds nothing to an object that may be missing.
                if matches!(out.kind, Kind::Obj(_))
                    && matches!(&v.kind, Kind::Obj(id) if st.obj(*id).is_some_and(|o| o.origin == Origin::Fresh && o.fields.is_empty() && o.rest.is_none()))
                {
                    continue;
                }
                out = join_values(&out, &empty, &v, &empty, &mut self.seen.terms);
            }
        }
        out.deps = out.deps.union(&deps);
        out
    }

    /// The i-th part of a value that is taken apart.
    pub(super) fn unpacked(&mut self, st: &mut State, v: &Value, i: usize, loc: Loc) -> Value {
        match &v.kind {
            Kind::Tuple(vs) => {
                if let Some(x) = vs.get(i) {
                    return x.clone();
                }
                // Go's `v, ok :=`
                self.unknown(v.deps.clone())
            }
            _ if self.lang == Lang::Go => {
                // `v, ok := m[k]`: the value, and whether it is there.
                if i == 0 {
                    return v.clone();
                }
                let term = self.seen.terms.intern(Term::Op(ustr("ok"), vec![v.term]));
                Value::new(
                    term,
                    Kind::Test(Rc::new(Pred::Truthy(v.clone()))),
                    v.deps.clone(),
                )
            }
            Kind::Obj(_) => {
                let n = Value::new(
                    self.seen.terms.lit(Lit::Int(i as i64)),
                    Kind::Const(Lit::Int(i as i64)),
                    Deps::default(),
                );
                self.index(st, v, &n, loc)
            }
            _ => {
                let n = self.seen.terms.lit(Lit::Int(i as i64));
                let term = self.seen.terms.intern(Term::Index(v.term, n));
                Value::new(term, Kind::Unknown, v.deps.clone())
            }
        }
    }

    /// `value.name = x`.
    pub(super) fn set_attr(
        &mut self,
        st: &mut State,
        base: &Value,
        name: Ustr,
        v: Value,
        loc: Loc,
    ) {
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
        let b = self.concrete(base);
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
                if let Some(o) = st.obj_mut(id) {
                    o.set(key, v);
                    o.dirty.retain(|d| d.0 != key);
                    o.dirty.push((key, loc));
                }
                self.touch_owner(st, b.term, loc);
            }
            Kind::Unknown => {
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
            if let (Some(id), Some(name)) = (
                self.rows
                    .get(&t)
                    .copied()
                    .or_else(|| self.of_term.get(&t).copied()),
                path,
            ) {
                let name: Ustr = name;
                if st
                    .obj(id)
                    .is_some_and(|o| self.p.is_no_column(o.container, name))
                {
                    // Rows of a relation, changed through its manager.
                    return;
                }
                if let Some(o) = st.obj_mut(id) {
                    if !o.dirty.iter().any(|d| d.0 == name) {
                        o.dirty.push((name, loc));
                    }
                    // Its value is no longer what was read.
                    let fresh_of = Term::Op(ustr("changed"), vec![term]);
                    let deps = match o.origin {
                        Origin::Read(r) => Deps::read(r, name),
                        _ => Deps::default(),
                    };
                    let old = o.get(name).map(|s| s.value.clone());
                    match old {
                        Some(v) if matches!(v.kind, Kind::Obj(_)) => {
                            let v = Value::new(v.term, v.kind, v.deps.union(&deps));
                            o.set(name, v);
                        }
                        Some(v) => {
                            let t = self.seen.terms.intern(fresh_of);
                            o.set(name, Value::new(t, Kind::Unknown, v.deps.union(&deps)));
                        }
                        None => {
                            let t = self.seen.terms.intern(fresh_of);
                            o.set(name, Value::new(t, Kind::Unknown, deps));
                        }
                    }
                }
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
                _ => return,
            }
        }
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
            && let Some(o) = st.obj_mut(id)
            && let Some((_, s)) = o.fields.iter_mut().find(|f| f.0 == name)
        {
            s.value.deps = s.value.deps.union(deps);
        }
    }

    fn owner_field(&self, term: TermId) -> Option<(ObjId, Ustr)> {
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
                _ => return None,
            }
        }
        None
    }

    pub(super) fn put_key(&mut self, st: &mut State, id: ObjId, key: &Value, v: Value, loc: Loc) {
        match key.kind {
            Kind::Const(Lit::Str(s)) => {
                if let Some(o) = st.obj_mut(id) {
                    o.set(s, v);
                    if o.origin != Origin::Fresh || o.shape == Shape::Row {
                        o.dirty.retain(|d| d.0 != s);
                        o.dirty.push((s, loc));
                    }
                }
            }
            Kind::Const(Lit::Int(i)) => {
                if let Some(o) = st.obj_mut(id) {
                    o.set(ustr(&i.to_string()), v);
                }
            }
            _ => {
                let mut v = v;
                v.deps = v.deps.union(&key.deps);
                if let Some(o) = st.obj_mut(id) {
                    o.rest_key = o.rest.is_none().then(|| key.clone());
                }
                self.add_rest(st, id, v);
            }
        }
    }

    /// `value[index] = x`.
    pub(super) fn set_index(
        &mut self,
        st: &mut State,
        base: &Value,
        index: &Value,
        v: Value,
        loc: Loc,
    ) {
        if let Kind::Phi(alts) = &base.kind
            && self.lang == Lang::Go
        {
            // A map that was there, or was made because it was not.
            for a in alts.clone().iter() {
                self.set_index(st, &a.value, index, v.clone(), loc);
            }
            return;
        }
        let b = self.concrete(base);
        let mut v = v;
        match b.kind {
            Kind::Obj(id) => {
                if !matches!(index.kind, Kind::Const(_))
                    && let Some(o) = st.obj(id)
                    && let (Shape::Row, Origin::Read(_)) = (o.shape, &o.origin)
                {
                    // A column whose name is not known.
                    if let Some(o) = st.obj_mut(id) {
                        let star = ustr("*");
                        o.set(star, v.clone());
                        o.dirty.push((star, loc));
                    }
                }
                self.put_key(st, id, index, v, loc);
                self.seen.mutated.insert(b.term);
                self.touch_owner(st, b.term, loc);
            }
            _ => {
                v.deps = v.deps.union(&index.deps);
                self.mutate(st, &b, &v.deps.clone(), loc);
            }
        }
    }

    pub(super) fn remove_key(&mut self, st: &mut State, base: &Value, index: &Value, loc: Loc) {
        let b = self.concrete(base);
        if let Kind::Obj(id) = b.kind
            && let Kind::Const(Lit::Str(s)) = index.kind
        {
            if let Some(o) = st.obj_mut(id) {
                o.fields.retain(|f| f.0 != s);
                if o.shape == Shape::Row || o.origin != Origin::Fresh {
                    o.dirty.retain(|d| d.0 != s);
                    o.dirty.push((s, loc));
                }
            }
            self.touch_owner(st, b.term, loc);
            return;
        }
        self.mutate(st, &b, &index.deps, loc);
    }

    /// `*p = v`, decoding into a pointer: the object takes the other's contents.
    pub(super) fn copy_into(&mut self, st: &mut State, to: &Value, from: &Value, loc: Loc) {
        let (to, from) = (self.concrete(to), self.concrete(from));
        if let (Kind::Obj(a), Kind::Obj(b)) = (&to.kind, &from.kind)
            && let Some(src) = st.obj(*b).cloned()
            && let Some(dst) = st.obj_mut(*a)
        {
            let class = dst.class.or(src.class);
            let term = dst.term;
            *dst = src;
            dst.class = class;
            if dst.origin == Origin::Fresh {
                dst.term = term;
            }
            return;
        }
        self.mutate(st, &to, &from.deps, loc);
    }

    /// Arguments, evaluated.
    pub(super) fn args(
        &mut self,
        st: &mut State,
        c: &'p crate::syntax::il::Call,
    ) -> super::call::Args {
        let mut out = super::call::Args::default();
        let n = c.args.len();
        for (i, a) in c.args.iter().enumerate() {
            let v = self.eval(st, &a.value);
            self.note_use(&v);
            match a.kind {
                ArgKind::Plain if c.spread && i + 1 == n => out.star = Some(v),
                ArgKind::Plain => out.pos.push(v),
                ArgKind::Keyword(k) => out.kw.push((
                    k,
                    Slot {
                        value: v,
                        presence: Presence::Yes,
                    },
                )),
                ArgKind::Star => {
                    let v = self.concrete(&v);
                    match &v.kind {
                        Kind::Tuple(vs) => out.pos.extend(vs.iter().cloned()),
                        Kind::Obj(id)
                            if st
                                .obj(*id)
                                .is_some_and(|o| o.shape == Shape::List && o.rest.is_none()) =>
                        {
                            let items: Vec<Value> = st
                                .obj(*id)
                                .map(|o| o.fields.iter().map(|f| f.1.value.clone()).collect())
                                .unwrap_or_default();
                            out.pos.extend(items);
                        }
                        _ => out.star = Some(v),
                    }
                }
                ArgKind::DoubleStar => {
                    let v = self.concrete(&v);
                    if let Kind::Obj(id) = v.kind
                        && let Some(o) = st.obj(id)
                    {
                        for (k, s) in &o.fields {
                            out.kw.push((*k, s.clone()));
                        }
                        if let Some(rest) = &o.rest {
                            out.open = Some(rest.clone());
                        } else if o.origin != Origin::Fresh {
                            out.open = Some(v.clone());
                        }
                    } else {
                        out.open = Some(v);
                    }
                }
            }
        }
        out
    }
}
