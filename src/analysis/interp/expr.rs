//! Expressions.

use std::rc::Rc;

use super::Interp;
use super::context::Named;
use crate::analysis::program::{Global, TypeRef};
use crate::analysis::state::{State, join_values, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern, member};
use crate::syntax::Lang;
use crate::syntax::il::{Arg, ArgKind, Call, Expr, ExprKind, Lit, Span, TypeExpr, UnOp};

/// What pointers to plain values are called.
const POINTER: &str = "&";

/// What plain variables are called whose address was taken before anything was put in.
const VARIABLE: &str = "&var";

/// What a pointer points to, where it was seen to be made of a plain value.
fn pointee(st: &State, v: Value) -> Value {
    let Kind::Obj(id) = v.kind else { return v };
    match pointed(st, id).cloned() {
        Some(mut to) => {
            to.deps = to.deps.union(&v.deps);
            to
        }
        None => v,
    }
}

/// The plain value to which an object is a pointer.
fn pointed(st: &State, id: ObjId) -> Option<&Value> {
    let o = st.obj(id)?;
    let pointer = o.type_path.is_some_and(|t| t == POINTER);
    o.rest.as_ref().filter(|_| pointer)
}

/// What was put into a plain variable as a whole, by way of its address.
fn put_into(st: &State, id: ObjId) -> Option<&Value> {
    let o = st.obj(id)?;
    let variable = o.type_path.is_some_and(|t| t == VARIABLE) && o.fields.is_empty();
    let whole = |v: &&Value| matches!(v.kind, Kind::Unknown) && v.term == o.term;
    o.rest.as_ref().filter(|_| variable).filter(whole)
}

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
                let x = self.operand(st, a);
                let y = self.operand(st, b);
                self.binary(st, *op, &x, &y)
            }
            ExprKind::Unary(op, a) => {
                let v = match op {
                    UnOp::Not => {
                        let v = self.branch_test(st, a);
                        self.tested(st, v, a.span)
                    }
                    _ => self.eval(st, a),
                };
                self.unary(st, *op, &v)
            }
            ExprKind::Cmp(op, a, b) => {
                let x = self.eval(st, a);
                let y = self.eval(st, b);
                self.compare(st, *op, x, y)
            }
            ExprKind::And(es) => self.short_circuit(st, es, true, false),
            ExprKind::Or(es) => self.short_circuit(st, es, false, false),
            ExprKind::Cond(c, a, b) => self.conditional(st, c, a, b),
            ExprKind::List(es) | ExprKind::Set(es) => self.display(st, es),
            ExprKind::Tuple(es) => self.tuple_of(st, es),
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
            ExprKind::Yield(value) => self.yielding(st, value.as_deref()),
            ExprKind::Format(parts) => self.formatted(st, parts),
            ExprKind::Walrus(name, value) => {
                let v = self.eval(st, value);
                self.bind_name(st, *name, v.clone());
                v
            }
            ExprKind::Struct(ty, fields) => self.struct_literal(st, ty, fields, e),
            ExprKind::AddrOf(inner) => self.address(st, inner),
            ExprKind::Deref(inner) => {
                let v = self.eval(st, inner);
                pointee(st, v)
            }
            ExprKind::TypeAssert(inner, ty) => self.asserted(st, inner, ty, e),
            ExprKind::Typed(ty, inner) => self.typed_as(st, ty, inner),
            ExprKind::Type(ty) => {
                let term = self.seen.terms.fresh();
                Value::new(term, Kind::Type(Rc::new((**ty).clone())), Deps::default())
            }
            ExprKind::Unknown(children) => self.unknown_of(st, children),
        }
    }

    /// One of two values, as a test decides.
    #[inline(never)]
    fn conditional(&mut self, st: &mut State, c: &'p Expr, a: &'p Expr, b: &'p Expr) -> Value {
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
                let under_x = left.decided_since(base);
                let under_y = right.decided_since(base);
                let taken = std::mem::take(&mut left);
                *st = taken.join(right, base, &mut self.seen.terms);
                if same(&x, &y) {
                    return x;
                }
                let mut v = join_values(&x, &under_x, &y, &under_y, &mut self.seen.terms);
                // That there is one is all that the truth of a count says.
                let asked = match cond.kind {
                    Kind::Count(r) => cond.deps.existence(r).all(),
                    _ => cond.deps.all(),
                };
                v.deps.control = v.deps.control.union(&asked);
                // The same condition over the same alternatives is the same value.
                v.term = self
                    .seen
                    .terms
                    .intern(Term::Op(sym!("if"), vec![cond.term, x.term, y.term]));
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

    #[inline(never)]
    fn tuple_of(&mut self, st: &mut State, es: &'p [Expr]) -> Value {
        if es.iter().any(|x| matches!(x.kind, ExprKind::Star(_))) {
            return self.display(st, es);
        }
        let vs: Vec<Value> = es.iter().map(|x| self.eval(st, x)).collect();
        self.tuple(vs)
    }

    /// What a generator gives goes to whoever goes through it.
    #[inline(never)]
    fn yielding(&mut self, st: &mut State, value: Option<&'p Expr>) -> Value {
        let v = match value {
            Some(x) => self.eval(st, x),
            None => self.none(),
        };
        let cur = self.cur;
        if self.frames[cur].hook.is_some() {
            self.run_hook(st, v);
        } else {
            let given = self.yielded(st, v);
            self.frames[cur].yields.push(given);
        }
        self.unknown(Deps::default())
    }

    /// A text put together of others.
    #[inline(never)]
    fn formatted(&mut self, st: &mut State, parts: &'p [Expr]) -> Value {
        let mut terms = Vec::new();
        let mut deps = Deps::default();
        for p in parts {
            let v = self.eval(st, p);
            deps = deps.union(&v.deps);
            self.push_text(&v, &mut terms);
        }
        self.concat(terms, deps)
    }

    /// What a value is said to be (`v.(T)`).
    #[inline(never)]
    fn asserted(
        &mut self,
        st: &mut State,
        inner: &'p Expr,
        ty: &'p TypeExpr,
        e: &'p Expr,
    ) -> Value {
        let v = self.eval(st, inner);
        if let Some(told) = self.taken_for(st, &v, ty) {
            return told;
        }
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
        self.take_class(st, &v2, ty);
        v2
    }

    /// A value of a type that is written beside it: a composite literal, a declaration, a conversion.
    #[inline(never)]
    fn typed_as(&mut self, st: &mut State, ty: &'p TypeExpr, inner: &'p Expr) -> Value {
        let mut v = self.eval(st, inner);
        // A nil pointer of a library's type: what is found through its address is of that type.
        // So is what is found through the address of one of an interface of the project.
        if v.is_none()
            && let Some(of) = self.held_type(ty)
        {
            v.term = self.seen.terms.intern(Term::Op(sym!("nil"), vec![of]));
        }
        if let Kind::Obj(id) = v.kind {
            let element = self.element_class(self.file(), ty);
            if let (Some(o), Some(_)) = (st.obj_mut(id), element) {
                o.element = element;
            }
            let path = match ty {
                TypeExpr::Path(p) => self.type_name(p),
                _ => None,
            };
            if let (Some(o), Some(path)) = (st.obj_mut(id), path) {
                o.type_path.get_or_insert(path);
            }
            self.take_collection_class(st, id, ty);
        }
        v
    }

    /// What isn't modelled: its parts are evaluated all the same.
    #[inline(never)]
    fn unknown_of(&mut self, st: &mut State, children: &'p [Expr]) -> Value {
        let mut deps = Deps::default();
        for c in children {
            let v = self.eval(st, c);
            deps = deps.union(&self.deep_deps(st, &v, 0));
        }
        self.unknown(deps)
    }

    /// An object of which only the contents are known is of the type that it is taken for.
    fn take_class(&mut self, st: &mut State, v: &Value, ty: &TypeExpr) {
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = ty.pointed() else {
            return;
        };
        if let Kind::Obj(id) = self.concrete(v).kind
            && let Some(TypeRef::Class(c)) = self.resolve_type(self.file(), path)
            && self.p.is_struct(c)
            && let Some(o) = st.obj_mut(id)
            && o.class.is_none()
            && o.type_path.is_none()
            && o.shape == Shape::Row
        {
            o.class = Some(c);
        }
    }

    /// What is found through the address of a nil value of that type, as a term.
    fn held_type(&mut self, ty: &TypeExpr) -> Option<TermId> {
        let path = match ty {
            TypeExpr::Pointer(to) => match &**to {
                TypeExpr::Path(p) | TypeExpr::Generic(p, _) => self.struct_name(p)?,
                _ => return None,
            },
            TypeExpr::Path(p) => self.interface_name(p)?,
            TypeExpr::Slice(_) => {
                let class = self.element_class(self.file(), ty)?;
                let of = self.p.class_path(class);
                let of = self.seen.terms.intern(Term::Global(of));
                return Some(self.seen.terms.intern(Term::Op(sym!("list"), vec![of])));
            }
            _ => return None,
        };
        Some(self.seen.terms.intern(Term::Global(path)))
    }

    /// Go: the path of a struct of the project, or of a library's type.
    fn struct_name(&self, path: &[Sym]) -> Option<Sym> {
        match self.resolve_type(self.file(), path)? {
            TypeRef::External(p) => Some(p),
            TypeRef::Class(c) => self.p.is_struct(c).then(|| self.p.class_path(c)),
        }
    }

    /// Go: the path of an interface of the project.
    fn interface_name(&self, path: &[Sym]) -> Option<Sym> {
        match self.resolve_type(self.file(), path)? {
            TypeRef::Class(c) if self.lang == Lang::Go && self.p.is_opaque_class(c) => {
                Some(self.p.class_path(c))
            }
            _ => None,
        }
    }

    fn type_name(&self, path: &[Sym]) -> Option<Sym> {
        match self.resolve_type(self.file(), path)? {
            TypeRef::External(p) => Some(p),
            TypeRef::Class(_) => None,
        }
    }

    /// The value of a name.
    pub(super) fn lookup(&mut self, st: &mut State, name: Sym) -> Value {
        let mut env = self.frames.get(self.cur).map(|f| f.env);
        while let Some(id) = env {
            let Some(e) = st.env(id) else { break };
            if let Some(v) = e.vars.get(name) {
                let v = self.narrowed(st, v.clone());
                self.note_use(&v);
                return v;
            }
            env = e.parent;
        }
        let file = self.file();
        self.global(st, file, name)
    }

    /// Of the alternatives of a value those that the decisions in force leave: `d, err := load()` and an early return
    /// on `err` leave the `d` that came without one.
    fn narrowed(&self, st: &State, v: Value) -> Value {
        let Kind::Phi(alts) = &v.kind else { return v };
        let fits = |a: &&Alt| a.under.is_empty() || !contradict(&a.under, &st.ctl);
        let left = alts.iter().filter(fits).count();
        if left == 0 || left == alts.len() {
            return v;
        }
        let kept: Vec<Alt> = alts.iter().filter(fits).cloned().collect();
        if let [one] = kept.as_slice() {
            let mut deps = one.value.deps.clone();
            deps.control = deps.control.union(&v.deps.control);
            return Value::new(one.value.term, one.value.kind.clone(), deps);
        }
        Value::new(v.term, Kind::Phi(Rc::new(kept)), v.deps)
    }

    /// A conditional write's outcome is looked at.
    pub(super) fn note_use(&mut self, v: &Value) {
        if let Kind::Affected(w) | Kind::Created(w) = v.kind
            && let Some(o) = self.seen.outcomes.get_mut(w.0 as usize)
        {
            o.used = true;
        }
    }

    /// The value of a module-level name, if it was evaluated on the way here.
    pub(super) fn known_global(&self, st: &State, of: (u32, Sym)) -> Option<Value> {
        match self.named.get(&of)? {
            Named::Always(v) => Some(v.clone()),
            Named::Number(n) => st.global(*n).cloned(),
        }
    }

    /// Keeps the value of a module-level name for the rest of the way.
    pub(super) fn put_global(&mut self, st: &mut State, of: (u32, Sym), v: Value) {
        let number = match self.named.get(&of) {
            Some(Named::Number(n)) => *n,
            _ => {
                self.next_name += 1;
                self.named.insert(of, Named::Number(self.next_name));
                self.next_name
            }
        };
        st.put_global(number, v);
    }

    /// Whether a module-level name is the same on every path: nothing has to be evaluated for it.
    fn is_settled(&self, g: Global<'p>) -> bool {
        match g {
            Global::Func(f) => self.p.func(f).decorators.is_empty(),
            Global::Class(_) | Global::Lit(_) | Global::None => true,
            Global::Expr(..) => false,
            Global::Path(p) => {
                let p = self.lib.aliases.get(&p).copied().unwrap_or(p);
                match self.resolved.get(&p) {
                    Some(Some(Global::Path(_) | Global::Expr(..))) | None => false,
                    Some(Some(g)) => self.is_settled(*g),
                    Some(None) => true,
                }
            }
        }
    }

    /// The value of a module-level name.
    pub(super) fn global(&mut self, st: &mut State, file: u32, name: Sym) -> Value {
        if let Some(v) = self.known_global(st, (file, name)) {
            return v;
        }
        if self.in_globals.contains(&(file, name)) || self.in_globals.len() > 20 {
            return self.unknown(Deps::default());
        }
        let meant = self.p.global(file, name);
        let v = match meant {
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
                // A variable that is declared only: somebody has set it by the time that it is used.
                if let (true, ExprKind::Typed(ty, _)) = (v.is_none(), &e.kind) {
                    let path = self.p.global_path(f, name);
                    let term = self.seen.terms.intern(Term::Global(path));
                    let loc = Loc {
                        file: self.p.file_id(f),
                        span: e.span,
                    };
                    if let Some(v) = self.typed_value(st, f, ty, term, Origin::Unknown, loc) {
                        self.put_global(st, (file, name), v.clone());
                        return v;
                    }
                }
                match v.kind {
                    // What the module computed once is the same wherever it is named.
                    Kind::Unknown => {
                        let term = self
                            .seen
                            .terms
                            .intern(Term::Global(self.p.global_path(f, name)));
                        if let Term::Field(_, attr) = self.seen.terms.get(v.term) {
                            self.renamed.insert(term, *attr);
                        }
                        Value::new(term, Kind::Unknown, v.deps)
                    }
                    Kind::Obj(id) => {
                        self.kept_by_all(st, id, 0);
                        v
                    }
                    _ => v,
                }
            }
            Global::Path(p) => self.path(st, p),
            Global::Lit(l) => self.lit(l),
            Global::None => {
                let path = member(sym!("builtins"), name);
                let term = self.seen.terms.intern(Term::Global(path));
                Value::new(term, Kind::Path(path), Deps::default())
            }
        };
        if self.is_settled(meant) {
            self.named.insert((file, name), Named::Always(v.clone()));
        } else {
            self.put_global(st, (file, name), v.clone());
        }
        v
    }

    /// An object of the project that a module holds lives as long as the program: what its methods have put into it since
    /// it was made is there as well.
    fn kept_by_all(&mut self, st: &mut State, id: ObjId, depth: u32) {
        let Some(o) = st.obj(id) else { return };
        let (Shape::Instance, Some(class), Origin::Fresh) = (o.shape, o.class, &o.origin) else {
            return;
        };
        if self.lang != Lang::Python || depth > 3 {
            return;
        }
        let fields: Vec<(Sym, Kind)> = o
            .fields
            .iter()
            .map(|f| (f.0, f.1.value.kind.clone()))
            .collect();
        let changed = self.p.changed_fields(class);
        for (name, kind) in fields {
            match kind {
                Kind::Const(_) if changed.contains(&name) => {
                    let v = self.unknown(Deps::default());
                    if let Some(o) = st.obj_mut(id) {
                        o.set(name, v);
                    }
                }
                Kind::Obj(inner) => match st.obj(inner).map(|o| o.shape) {
                    Some(Shape::List | Shape::Dict) => {
                        let v = self.unknown(Deps::default());
                        self.add_rest(st, inner, v);
                    }
                    _ => self.kept_by_all(st, inner, depth + 1),
                },
                _ => {}
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.dirty.clear();
        }
    }

    /// Evaluates in the module-level scope of a file.
    pub(super) fn in_module<T>(
        &mut self,
        st: &mut State,
        file: u32,
        f: impl FnOnce(&mut Self, &mut State) -> T,
    ) -> T {
        let func = FuncRef { file, func: 0 };
        let env = self.new_env(st, func, None, 0);
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
    pub(super) fn path(&mut self, st: &mut State, path: Sym) -> Value {
        let path = self.lib.aliases.get(&path).copied().unwrap_or(path);
        let found = match self.resolved.get(&path) {
            Some(found) => *found,
            None => {
                let found = self.p.resolve_path(path);
                self.resolved.insert(path, found);
                found
            }
        };
        if let Some(found) = found {
            match found {
                Global::Func(f) => return self.func_value(st, f, None),
                Global::Class(c) => {
                    let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                    return Value::new(term, Kind::Class(c), Deps::default());
                }
                Global::Expr(f, _, _) => {
                    let name = path.rsplit(['.', '/']).next().map(intern).unwrap_or(path);
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
            branch: 0,
        }));
    }

    /// `&x`: a pointer is its object; a variable that holds none yet is given one by its type.
    fn address(&mut self, st: &mut State, inner: &'p Expr) -> Value {
        let v = self.eval(st, inner);
        if matches!(self.concrete(&v).kind, Kind::Obj(_)) {
            return self.concrete(&v);
        }
        if matches!(v.kind, Kind::Unknown) && !v.deps.is_empty() {
            return self.pointer(st, v);
        }
        if let ExprKind::Name(n) = &inner.kind {
            if matches!(v.kind, Kind::Unknown | Kind::Const(Lit::None)) {
                let (id, obj) = match v.kind {
                    // A pointer to a value is told by the value.
                    Kind::Unknown => {
                        let id = self.new_obj(st, Shape::List, v.term);
                        (id, Value::new(v.term, Kind::Obj(id), v.deps.clone()))
                    }
                    _ => self.obj_value(st, Shape::List),
                };
                if let Some(o) = st.obj_mut(id) {
                    if matches!(v.kind, Kind::Unknown) {
                        o.type_path = Some(intern(VARIABLE));
                    }
                    self.type_by_nil(o, v.term);
                }
                self.bind_name(st, *n, obj.clone());
                return obj;
            }
        } else if let ExprKind::Index(list, _) = &inner.kind
            && matches!(v.kind, Kind::Unknown)
            && let Some(element) = self.element_made(st, list)
        {
            return element;
        } else if let ExprKind::Attr(base, name, span) = &inner.kind
            && (v.is_none() || matches!(v.kind, Kind::Unknown) && v.deps.is_empty())
            && let Some(list) = self.list_made(st, base, *name, *span)
        {
            return list;
        }
        v
    }

    /// A pointer to a value that is no object: never nil, and the value for whoever follows it.
    fn pointer(&mut self, st: &mut State, to: Value) -> Value {
        let id = self.new_obj(st, Shape::Instance, to.term);
        let v = Value::new(to.term, Kind::Obj(id), to.deps.clone());
        if let Some(o) = st.obj_mut(id) {
            o.type_path = Some(intern(POINTER));
            o.rest = Some(to);
        }
        v
    }

    /// The variables to which a call is given pointers (`Unmarshal(item, &count)`), as far as they hold plain values.
    pub(super) fn pointers(
        &mut self,
        st: &mut State,
        c: &Call,
        callee: &Value,
        args: &mut super::call::Args,
    ) -> Vec<(Sym, ObjId, TermId)> {
        let mut out = Vec::new();
        if self.lang != Lang::Go {
            return out;
        }
        for (arg, v) in c.args.iter().zip(&mut args.pos) {
            let ExprKind::AddrOf(inner) = &arg.value.kind else {
                continue;
            };
            let ExprKind::Name(name) = inner.kind else {
                continue;
            };
            // What others make of a number that is known so far is not.
            if matches!(v.kind, Kind::Const(l) if l != Lit::None)
                && matches!(callee.kind, Kind::Path(_))
            {
                *v = self.pointer(st, v.clone());
            }
            let Kind::Obj(id) = v.kind else { continue };
            let variable = || st.obj(id)?.type_path.filter(|t| *t == VARIABLE);
            if let Some(to) = pointed(st, id) {
                out.push((name, id, to.term));
            } else if variable().is_some() {
                out.push((name, id, v.term));
            }
        }
        out
    }

    /// What a call has put where a pointer leads is what the variable holds.
    pub(super) fn put_back(&mut self, st: &mut State, pointers: &[(Sym, ObjId, TermId)]) {
        for (name, id, before) in pointers {
            let now = pointed(st, *id).or_else(|| put_into(st, *id));
            let now = now.filter(|to| to.term != *before).cloned();
            if let Some(now) = now {
                self.bind_name(st, *name, now);
            }
        }
    }

    /// What lies behind a pointer or slice that is nil so far is of the type that its declaration names.
    fn type_by_nil(&self, o: &mut Obj, nil: TermId) {
        let terms = &self.seen.terms;
        let of = |t: TermId, name: &str| match terms.get(t) {
            Term::Op(op, of) if op == name => of.first().copied(),
            _ => None,
        };
        let Some(held) = of(nil, "nil") else { return };
        let (list, held) = match of(held, "list") {
            Some(element) => (true, element),
            None => (false, held),
        };
        let Term::Global(path) = terms.get(held) else {
            return;
        };
        match self.p.class_at(*path) {
            class @ Some(_) if list => o.element = class,
            Some(class) => {
                o.class = Some(class);
                o.shape = Shape::Instance;
                o.origin = match self.p.is_opaque_class(class) {
                    true => Origin::Unknown,
                    false => Origin::Fresh,
                };
            }
            None => o.type_path = Some(*path),
        }
    }

    /// `&list[i]` of a list made here of which no element is known: one is put there.
    fn element_made(&mut self, st: &mut State, list: &'p Expr) -> Option<Value> {
        let list = self.eval(st, list);
        let Kind::Obj(id) = self.concrete(&list).kind else {
            return None;
        };
        let o = st.obj(id)?;
        let empty = o.shape == Shape::List && o.rest.is_none() && o.fields.is_empty();
        let class = o.element.filter(|_| empty && o.origin == Origin::Fresh)?;
        let term = self.seen.terms.fresh();
        let loc = self.loc(Span::default());
        let element = self.instance_of(st, class, term, Origin::Fresh, loc)?;
        st.obj_mut(id)?.rest = Some(element.clone());
        Some(element)
    }

    /// `&x.items` of a field that holds a slice of structs and nothing yet: the slice.
    fn list_made(
        &mut self,
        st: &mut State,
        base: &'p Expr,
        name: Sym,
        span: Span,
    ) -> Option<Value> {
        let of = self.eval(st, base);
        let class = self.class_of_value(st, &self.concrete(&of))?;
        let (file, ty) = self.p.field_type(class, name)?;
        let element = self.element_class(file, ty)?;
        let (id, list) = self.obj_value(st, Shape::List);
        st.obj_mut(id)?.element = Some(element);
        let loc = self.loc(span);
        self.set_attr(st, &of, name, list.clone(), loc);
        Some(list)
    }

    /// Arguments, evaluated.
    pub(super) fn args(
        &mut self,
        st: &mut State,
        c: &'p crate::syntax::il::Call,
    ) -> super::call::Args {
        let mut out = super::call::Args::default();
        let n = c.args.len();
        let plain = |a: &&Arg| matches!(a.kind, ArgKind::Plain);
        out.pos.reserve_exact(c.args.iter().filter(plain).count());
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
                    self.spread_named(st, &mut out, &v);
                }
            }
        }
        out
    }
}
