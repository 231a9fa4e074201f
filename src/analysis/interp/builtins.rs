//! What the languages' own functions and methods do with values.

use std::rc::Rc;

use ustr::{Ustr, ustr};

use super::Interp;
use super::call::Args;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{CmpOp, Lit, TypeExpr};

impl Interp<'_> {
    /// A built-in function; `None` when it is not one that matters.
    pub(super) fn builtin(
        &mut self,
        st: &mut State,
        path: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let first = args.pos.first().cloned();
        if self.lang == Lang::Go {
            return self.go_builtin(st, path, args, loc);
        }
        let name = path.strip_prefix("builtins.").unwrap_or(path.as_str());
        let lib = self.lib;
        let listed = |list: Ustr| lib.is_listed(list, path);
        Some(match name {
            "len" => {
                let v = first?;
                self.length(st, &v, loc)
            }
            "bool" => {
                let v = first?;
                let term = self.seen.terms.intern(Term::Op(sym!("bool"), vec![v.term]));
                Value::new(term, Kind::Test(Rc::new(Pred::Truthy(v.clone()))), v.deps)
            }
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter"
            | "enumerate" => {
                let Some(v) = first else {
                    let (_, v) = self.obj_value(st, Shape::List);
                    return Some(v);
                };
                let v = self.concrete(&v);
                if name == "tuple" && matches!(v.kind, Kind::Tuple(_)) {
                    return Some(v);
                }
                let maybe = self.list_read(st, &v, loc);
                let el = self.element(st, &v, false, false, loc);
                let el = if name == "enumerate" {
                    let i = self.unknown(Deps::default());
                    self.tuple(vec![i, el])
                } else {
                    el
                };
                let minus = match v.kind {
                    Kind::Obj(id) => st.obj(id).and_then(|o| o.minus),
                    _ => None,
                };
                let (id, out) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(id) {
                    o.maybe = maybe;
                    o.minus = minus;
                }
                let mut deps = v.deps.clone();
                deps = deps.union(&el.deps);
                self.add_rest(st, id, el);
                Value::new(out.term, out.kind, deps)
            }
            "next" => {
                let v = first?;
                let maybe = self.list_read(st, &v, loc);
                let el = self.element(st, &v, false, false, loc);
                if let (Some(_), Some(default)) = (maybe, args.pos.get(1)) {
                    let empty = Rc::new(Vec::new());
                    return Some(crate::analysis::state::join_values(
                        &el,
                        &empty,
                        default,
                        &empty,
                        &mut self.seen.terms,
                    ));
                }
                el
            }
            "dict" => {
                let (id, v) = self.obj_value(st, Shape::Dict);
                if let Some(x) = &first {
                    self.merge_into(st, id, x);
                }
                if let Some(o) = st.obj_mut(id) {
                    for (k, s) in &args.kw {
                        o.set(*k, s.value.clone());
                        if o.origin != Origin::Fresh {
                            o.dirty.push((*k, loc));
                        }
                    }
                }
                if let Some(x) = &args.open {
                    self.merge_into(st, id, x);
                }
                v
            }
            "int" | "float" | "str" | "abs" | "round" | "bytes" | "repr" => {
                self.converted(st, name, first?)
            }
            _ if listed(sym!("conversions"))
                || listed(sym!("numbers"))
                || listed(sym!("encodings")) =>
            {
                self.converted(st, name, first?)
            }
            _ if listed(sym!("casts")) => args.pos.get(1).cloned()?,
            "max" | "min" | "sum" => {
                let mut deps = Deps::default();
                for a in args.all() {
                    let d = self.deep_deps(st, a, 0);
                    deps = deps.union(&d);
                }
                let terms = args.all().map(|a| a.term).collect();
                let term = self.seen.terms.intern(Term::Op(ustr(name), terms));
                Value::new(term, Kind::Unknown, deps)
            }
            "any" | "all" => {
                let v = first?;
                let deps = self.deep_deps(st, &v, 0);
                let maybe = self.list_read(st, &v, loc);
                let el = self.element(st, &v, false, false, loc);
                let term = self.seen.terms.intern(Term::Op(ustr(name), vec![v.term]));
                let pred = match (&el.kind, maybe) {
                    (Kind::Test(p), _) => (**p).clone(),
                    _ => Pred::Truthy(Value::new(el.term, el.kind.clone(), deps.clone())),
                };
                Value::new(term, Kind::Test(Rc::new(pred)), deps)
            }
            "getattr" => {
                let (b, n) = (first?, args.pos.get(1)?.clone());
                match n.kind {
                    Kind::Const(Lit::Str(s)) => self.attr(st, &b, s, loc),
                    _ => {
                        let b = self.concrete(&b);
                        let mut deps = b.deps.clone();
                        if let Kind::Obj(id) = b.kind
                            && let Some(o) = st.obj(id)
                            && let Origin::Read(r) = o.origin
                        {
                            deps = deps.union(&Deps::read(r, sym!("*")));
                        }
                        let term = self.seen.terms.intern(Term::Index(b.term, n.term));
                        Value::new(term, Kind::Unknown, deps)
                    }
                }
            }
            "setattr" => {
                let (b, n, v) = (first?, args.pos.get(1)?.clone(), args.pos.get(2)?.clone());
                match n.kind {
                    Kind::Const(Lit::Str(s)) => self.set_attr(st, &b, s, v, loc),
                    _ => self.set_attr(st, &b, sym!("*"), v, loc),
                }
                self.none()
            }
            "hasattr" => {
                let (b, n) = (first?, args.pos.get(1)?.clone());
                let Kind::Const(Lit::Str(s)) = n.kind else {
                    return None;
                };
                let v = self.attr(st, &b, s, loc);
                let term = self.seen.terms.fresh();
                Value::new(term, Kind::Test(Rc::new(Pred::Truthy(v.clone()))), v.deps)
            }
            "isinstance" | "issubclass" | "callable" | "print" | "id" | "hash" => {
                for a in args.all() {
                    self.note_use(a);
                }
                let deps = first.map(|v| v.deps).unwrap_or_default();
                self.unknown(deps)
            }
            "type" if args.pos.len() == 1 => {
                let v = self.concrete(&first?);
                match self.class_of_value(st, &v) {
                    Some(c) => {
                        let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                        Value::new(term, Kind::Class(c), Deps::default())
                    }
                    None => return None,
                }
            }
            "zip" => {
                let els: Vec<Value> = args
                    .pos
                    .iter()
                    .map(|a| self.element(st, a, false, false, loc))
                    .collect();
                let t = self.tuple(els);
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, t);
                v
            }
            "map" | "filter" => {
                let (f, it) = (first?, args.pos.get(1)?.clone());
                let el = self.element(st, &it, false, false, loc);
                let mut a = Args::default();
                a.pos.push(el.clone());
                let r = if f.is_none() {
                    el.clone()
                } else {
                    self.call_value(st, &f, a, loc)
                };
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, if name == "map" { r } else { el });
                v
            }
            _ if listed(sym!("partials")) => {
                let f = self.concrete(&first?);
                match &f.kind {
                    Kind::Func(c) => {
                        let mut c = (**c).clone();
                        c.bound.extend(args.pos.iter().skip(1).cloned());
                        if args.kw.is_empty() {
                            Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone())
                        } else {
                            self.partial(
                                st,
                                &Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone()),
                                args,
                                true,
                            )
                        }
                    }
                    _ => self.partial(st, &f, args, false),
                }
            }
            "exit" | "quit" => self.exits(st),
            _ if listed(sym!("exits")) => self.exits(st),
            _ if listed(sym!("wrappers")) => self.unknown(Deps::default()),
            _ => return None,
        })
    }

    /// The end of the process, which a handler may stop.
    fn exits(&mut self, st: &State) -> Value {
        self.raise(st, Some(sym!("SystemExit")), None);
        self.dead = true;
        self.unknown(Deps::default())
    }

    /// A value in another form.
    fn converted(&mut self, st: &State, name: &str, v: Value) -> Value {
        let listed = |list: Ustr| self.lib.is_listed(list, ustr(name));
        let same = match &v.kind {
            Kind::Err(_) | Kind::ReadErr(_) | Kind::Count(_) | Kind::Affected(_) => true,
            Kind::Const(Lit::Str(_)) => name == "str",
            Kind::Const(Lit::Int(_)) => {
                matches!(name, "int" | "abs" | "round") || listed(sym!("numbers"))
            }
            Kind::Obj(_) => listed(sym!("encodings")),
            _ => false,
        };
        if same {
            return v;
        }
        let deps = self.deep_deps(st, &v, 0);
        let tail = name.rsplit('.').next().unwrap_or(name);
        let term = self.seen.terms.intern(Term::Op(ustr(tail), vec![v.term]));
        Value::new(term, Kind::Unknown, deps)
    }

    fn partial(&mut self, st: &mut State, f: &Value, args: &Args, bound: bool) -> Value {
        let (id, v) = self.obj_value(st, Shape::Lib(sym!("partial")));
        if let Some(o) = st.obj_mut(id) {
            o.set(sym!("func"), f.clone());
            if !bound {
                for (i, a) in args.pos.iter().skip(1).enumerate() {
                    o.set(ustr(&format!("arg:{i}")), a.clone());
                }
            }
            for (k, s) in &args.kw {
                o.set(ustr(&format!("arg:{k}")), s.value.clone());
            }
        }
        v
    }

    pub(super) fn copy(&mut self, st: &mut State, v: &Value) -> Value {
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
        {
            let new = self.new_obj(st, o.shape, o.term);
            st.put_obj(new, o);
            return Value::new(v.term, Kind::Obj(new), v.deps.clone());
        }
        // A copy may be changed without its original.
        let term = self.seen.terms.intern(Term::Op(sym!("copy"), vec![v.term]));
        Value::new(term, Kind::Unknown, v.deps.clone())
    }

    /// The read whose rows a list holds.
    fn list_read(
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
        st.obj(id).and_then(|o| o.maybe)
    }

    /// Whether a list was made here and holds rows.
    fn holds_rows(&self, st: &State, id: ObjId) -> bool {
        let Some(o) = st.obj(id) else { return false };
        let row = |v: &Value| matches!(self.concrete(v).kind, Kind::Obj(x) if st.obj(x).is_some_and(|o| o.shape == Shape::Row));
        let mut elements = o.fields.iter().map(|f| &f.1.value).chain(&o.rest);
        o.shape == Shape::List && elements.any(row)
    }

    fn length(&mut self, st: &mut State, v: &Value, loc: Loc) -> Value {
        let v = self.concrete(v);
        let term = self.seen.terms.intern(Term::Op(sym!("len"), vec![v.term]));
        if let Kind::Obj(id) = v.kind {
            // How many columns one row has says whether it is there, not how many rows there are.
            if let Some(o) = st.obj(id)
                && o.shape == Shape::Row
                && let Some(r) = o.maybe
            {
                let deps = v.deps.union(&Deps::read(r, sym!("?")));
                return Value::new(term, Kind::Presence(r), deps);
            }
            if let Some(r) = self.list_read(st, &v, loc) {
                let deps = v.deps.union(&Deps::read(r, sym!("#")));
                return Value::new(term, Kind::Count(r), deps);
            }
            let deps = if self.holds_rows(st, id) {
                // How many rows were gathered tells nothing of what is in them.
                v.deps.clone()
            } else {
                self.deep_deps(st, &v, 0)
            };
            if let Some(o) = st.obj(id)
                && let Some(r) = o.maybe
            {
                return Value::new(term, Kind::Count(r), deps.union(&Deps::read(r, sym!("?"))));
            }
            return Value::new(term, Kind::Unknown, deps);
        }
        if let Kind::Count(_) | Kind::Presence(_) = v.kind {
            return v;
        }
        Value::new(term, Kind::Unknown, v.deps)
    }

    fn go_builtin(&mut self, st: &mut State, path: Ustr, args: &Args, loc: Loc) -> Option<Value> {
        let first = args.pos.first().cloned();
        let name = path.strip_prefix("builtins.").unwrap_or(path.as_str());
        let lib = self.lib;
        let listed = |list: Ustr| lib.is_listed(list, path);
        Some(match name {
            "len" | "cap" => {
                let v = first?;
                self.length(st, &v, loc)
            }
            "append" => {
                let base = first?;
                let mut deps = self.deep_deps(st, &base, 0);
                let (id, v) = self.obj_value(st, Shape::List);
                let b = self.concrete(&base);
                if !b.is_none() {
                    if let Kind::Obj(from) = b.kind
                        && let Some(o) = st.obj(from).cloned()
                        && o.shape == Shape::List
                    {
                        if let Some(n) = st.obj_mut(id) {
                            n.fields = o.fields;
                            n.rest = o.rest;
                        }
                    } else if matches!(b.kind, Kind::Unknown) {
                        let rest = Value::new(b.term, Kind::Unknown, b.deps.clone());
                        self.add_rest(st, id, rest);
                    }
                }
                let n = st.obj(id).map_or(0, |o| o.fields.len());
                for (i, a) in args.pos.iter().skip(1).enumerate() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                    let whole = st.obj(id).is_some_and(|o| o.rest.is_none()) && n + i < 16;
                    if whole {
                        if let Some(o) = st.obj_mut(id) {
                            o.set(ustr(&(n + i).to_string()), a.clone());
                        }
                    } else {
                        self.add_rest(st, id, a.clone());
                    }
                }
                if let Some(s) = &args.star {
                    let el = self.element(st, s, true, false, loc);
                    self.add_rest(st, id, el);
                }
                Value::new(v.term, v.kind, deps)
            }
            "delete" => {
                let (m, k) = (first?, args.pos.get(1)?.clone());
                let deps = k.deps.clone();
                if let (Kind::Obj(id), Kind::Const(Lit::Str(s))) =
                    (&self.concrete(&m).kind, &k.kind)
                    && let Some(o) = st.obj_mut(*id)
                {
                    o.fields.retain(|f| f.0 != *s);
                }
                self.mutate(st, &m, &deps, loc);
                self.none()
            }
            "new" | "make" => {
                let v = first?;
                let Kind::Type(ty) = &v.kind else { return None };
                let ty: TypeExpr = (**ty).clone();
                return Some(self.zero(st, &ty, loc));
            }
            "panic" => {
                self.dead = true;
                self.unknown(Deps::default())
            }
            "min" | "max" => {
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                let terms = args.all().map(|a| a.term).collect();
                let term = self.seen.terms.intern(Term::Op(ustr(name), terms));
                Value::new(term, Kind::Unknown, deps)
            }
            "string" | "int" | "int64" | "int32" | "float64" | "uint64" | "uint" | "uint32"
            | "float32" | "[]byte" | "any" => first?,
            _ if listed(sym!("failure-types")) => {
                // Whether the failure is of that type: a failed condition, if the target is that type's.
                let (err, target) = (self.concrete(&first?), args.pos.get(1).cloned());
                return Some(self.error_is(st, &err, target.as_ref()));
            }
            _ if listed(sym!("failure-values")) => {
                let (err, target) = (first?, args.pos.get(1)?.clone());
                let term = self
                    .seen
                    .terms
                    .intern(Term::Op(sym!("is"), vec![err.term, target.term]));
                let deps = err.deps.clone();
                Value::new(
                    term,
                    Kind::Test(Rc::new(Pred::Cmp(CmpOp::Eq, err, target))),
                    deps,
                )
            }
            _ if listed(sym!("formatters")) => {
                let v = first?;
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                match self.seen.terms.text(v.term) {
                    Some(t) => self.format_text(t.as_str(), &args.pos[1..], deps),
                    None => self.unknown(deps),
                }
            }
            _ if listed(sym!("failures")) => {
                // A wrapped failure is that failure.
                for a in args.all() {
                    if let Kind::Err(_) | Kind::ReadErr(_) = self.concrete(a).kind {
                        let inner = self.concrete(a);
                        let (id, v) = self.obj_value(st, Shape::Instance);
                        if let Some(o) = st.obj_mut(id) {
                            o.type_path = Some(sym!("error"));
                            o.set(sym!("wrapped"), inner);
                        }
                        return Some(v);
                    }
                }
                let (id, v) = self.obj_value(st, Shape::Instance);
                if let Some(o) = st.obj_mut(id) {
                    o.type_path = Some(sym!("error"));
                }
                v
            }
            _ if listed(sym!("exits")) => {
                self.dead = true;
                self.unknown(Deps::default())
            }
            _ if listed(sym!("parsers")) => {
                let v = first?;
                let term = self
                    .seen
                    .terms
                    .intern(Term::Op(sym!("number"), vec![v.term]));
                let n = Value::new(term, Kind::Unknown, v.deps);
                let e = self.unknown(Deps::default());
                self.tuple(vec![n, e])
            }
            _ if listed(sym!("conversions")) => {
                let v = first?;
                let tail = name.rsplit('.').next().unwrap_or(name);
                let deps = self.deep_deps(st, &v, 0);
                if let Kind::Const(Lit::Int(i)) = v.kind {
                    return Some(self.lit(Lit::Str(ustr(&i.to_string()))));
                }
                let term = self.seen.terms.intern(Term::Op(ustr(tail), vec![v.term]));
                Value::new(term, Kind::Unknown, deps)
            }
            _ => return None,
        })
    }

    /// Whether a failure is that of a condition.
    pub(super) fn is_lost(&mut self, st: &State, err: &Value) -> Value {
        let err = self.concrete(err);
        let mut inner = err.clone();
        if let Kind::Obj(id) = inner.kind
            && let Some(w) = st.obj(id).and_then(|o| o.get(sym!("wrapped")))
        {
            inner = w.value.clone();
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(sym!("lost"), vec![err.term]));
        if let Kind::Err(w) = inner.kind
            && let Some(write) = self.seen.writes.get(w.0 as usize)
            && let Some((_, p)) = self.lib.specs[write.spec].raises.first()
        {
            let code = self.lit(Lit::Str(ustr(tail(p))));
            let test = Pred::Cmp(CmpOp::Eq, inner.clone(), code);
            return Value::new(term, Kind::Test(Rc::new(test)), inner.deps);
        }
        Value::new(term, Kind::Unknown, err.deps)
    }

    /// `errors.As(err, &target)`.
    fn error_is(&mut self, st: &mut State, err: &Value, target: Option<&Value>) -> Value {
        let ty = target.and_then(|t| match self.concrete(t).kind {
            Kind::Obj(id) => st.obj(id).and_then(|o| o.type_path),
            _ => None,
        });
        let mut inner = err.clone();
        if let Kind::Obj(id) = inner.kind
            && let Some(w) = st.obj(id).and_then(|o| o.get(sym!("wrapped")))
        {
            inner = w.value.clone();
        }
        let term = self.seen.terms.fresh();
        if let Kind::Err(w) = inner.kind {
            let conflict = ty.is_some_and(|t| {
                self.seen.writes.get(w.0 as usize).is_some_and(|wr| {
                    self.lib.specs[wr.spec]
                        .raises
                        .iter()
                        .any(|(_, p)| tail(p) == tail(&t))
                })
            });
            // The target then holds the failure, whose code may be looked at.
            if let Some(t) = target
                && let Kind::Obj(id) = self.concrete(t).kind
                && let Some(o) = st.obj_mut(id)
            {
                o.set(sym!("wrapped"), inner.clone());
            }
            if conflict {
                let code = self.seen.writes.get(w.0 as usize).and_then(|wr| {
                    self.lib.specs[wr.spec]
                        .raises
                        .first()
                        .map(|(_, p)| ustr(tail(p)))
                });
                if let Some(code) = code {
                    let lit = self.lit(Lit::Str(code));
                    return Value::new(
                        term,
                        Kind::Test(Rc::new(Pred::Cmp(CmpOp::Eq, inner.clone(), lit))),
                        inner.deps,
                    );
                }
            }
            return Value::new(
                term,
                Kind::Test(Rc::new(Pred::Truthy(inner.clone()))),
                inner.deps,
            );
        }
        Value::new(term, Kind::Unknown, err.deps.clone())
    }

    /// A type that is neither declared nor built in: a parameter.
    fn type_parameter(&self, ty: &TypeExpr) -> bool {
        matches!(ty, TypeExpr::Path(p) if p.len() == 1 && p[0].starts_with(char::is_uppercase))
    }

    /// The zero value of a Go type.
    pub(super) fn zero(&mut self, st: &mut State, ty: &TypeExpr, loc: Loc) -> Value {
        match ty {
            TypeExpr::Slice(_) => self.obj_value(st, Shape::List).1,
            TypeExpr::Map(..) => self.obj_value(st, Shape::Dict).1,
            TypeExpr::Struct(_) => self.obj_value(st, Shape::Instance).1,
            _ => {
                let term = self.seen.terms.fresh();
                let file = self.file();
                match self.typed_value(st, file, ty, term, Origin::Fresh, loc) {
                    Some(v) => v,
                    // A type parameter: something is there, of whatever type.
                    None if self.type_parameter(ty) => self.obj_value(st, Shape::Instance).1,
                    None => self.unknown(Deps::default()),
                }
            }
        }
    }

    /// A method of a dictionary, list or text; `None` when it is not one that matters.
    pub(super) fn builtin_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Ustr,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let first = args.pos.first().cloned();
        if self.lang == Lang::Go {
            if let Kind::Err(_) | Kind::ReadErr(_) = recv.kind {
                return Some(recv.clone());
            }
            if let Kind::Obj(id) = recv.kind {
                // A failure that was taken out of another: its code is the failure's.
                if let Some(w) = st.obj(id).and_then(|o| o.get(sym!("wrapped")))
                    && args.pos.is_empty()
                {
                    return Some(w.value.clone());
                }
            }
            return None;
        }
        let obj = match recv.kind {
            Kind::Obj(id) => st.obj(id).map(|o| (id, o.shape, o.origin.clone())),
            _ => None,
        };
        match (name.as_str(), obj.clone()) {
            ("get", Some((id, Shape::Dict | Shape::Row, _))) => {
                let key = first?;
                let text = self.seen.terms.text(key.term);
                let slot = text.and_then(|k| st.obj(id).and_then(|o| o.get(k)).cloned());
                match slot {
                    Some(s) => {
                        let v = s.value;
                        match (s.presence, args.pos.get(1)) {
                            (Presence::Maybe, Some(d)) => {
                                let empty = Rc::new(Vec::new());
                                Some(crate::analysis::state::join_values(
                                    &v,
                                    &empty,
                                    d,
                                    &empty,
                                    &mut self.seen.terms,
                                ))
                            }
                            _ => Some(v),
                        }
                    }
                    None => {
                        // No failure when it is missing.
                        let tries = std::mem::take(&mut self.tries);
                        let v = self.index(st, recv, &key, loc);
                        self.tries = tries;
                        let known_absent = st
                            .obj(id)
                            .is_some_and(|o| o.origin == Origin::Fresh && o.rest.is_none())
                            && text.is_some();
                        if known_absent {
                            return Some(args.pos.get(1).cloned().unwrap_or_else(|| self.none()));
                        }
                        Some(v)
                    }
                }
            }
            // Of a mapping that nobody knows: what stands there, or the default as it is.
            ("get", None | Some((_, Shape::Instance, _)))
                if args.pos.len() == 2 && args.kw.is_empty() && args.star.is_none() =>
            {
                let (key, default) = (first?, args.pos.get(1)?);
                let part = self.index(st, recv, &key, loc);
                let empty = Rc::new(Vec::new());
                Some(crate::analysis::state::join_values(
                    &part,
                    &empty,
                    default,
                    &empty,
                    &mut self.seen.terms,
                ))
            }
            ("setdefault", Some((id, Shape::Dict | Shape::Row, _))) => {
                let key = first?;
                let text = self.seen.terms.text(key.term)?;
                if let Some(s) = st.obj(id).and_then(|o| o.get(text)) {
                    return Some(s.value.clone());
                }
                let d = args.pos.get(1).cloned()?;
                let old = self.index(st, recv, &key, loc);
                if old.deps.is_empty() {
                    self.put_key(st, id, &key, d.clone(), loc);
                    Some(d)
                } else {
                    Some(old)
                }
            }
            ("pop", Some((id, Shape::Dict | Shape::Row, _))) => {
                let key = first?;
                let v = self.index(st, recv, &key, loc);
                if let Some(k) = self.seen.terms.text(key.term)
                    && let Some(o) = st.obj_mut(id)
                {
                    o.fields.retain(|f| f.0 != k);
                    if o.origin != Origin::Fresh {
                        o.dirty.push((k, loc));
                    }
                }
                self.touch_owner(st, recv.term, loc);
                Some(v)
            }
            ("update", Some((id, Shape::Dict | Shape::Row, _))) => {
                if let Some(x) = &first {
                    self.merge_into(st, id, x);
                    let names: Vec<Ustr> = match self.concrete(x).kind {
                        Kind::Obj(o) => st
                            .obj(o)
                            .map(|o| o.fields.iter().map(|f| f.0).collect())
                            .unwrap_or_default(),
                        _ => vec![sym!("*")],
                    };
                    if let Some(o) = st.obj_mut(id) {
                        for n in names {
                            if o.origin != Origin::Fresh {
                                o.dirty.push((n, loc));
                            }
                        }
                    }
                }
                for (k, s) in &args.kw {
                    let key = self.lit(Lit::Str(*k));
                    self.put_key(st, id, &key, s.value.clone(), loc);
                }
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            ("copy", Some((_, Shape::Dict | Shape::Row | Shape::List, _))) => {
                Some(self.copy(st, recv))
            }
            ("keys", Some((_, Shape::Dict | Shape::Row, _))) => {
                let (id, v) = self.obj_value(st, Shape::List);
                let deps = recv.deps.clone();
                let el = self.unknown(deps.clone());
                self.add_rest(st, id, el);
                Some(Value::new(v.term, v.kind, deps))
            }
            ("values" | "items", Some((_, Shape::Dict | Shape::Row, _))) => {
                let val = self.element(st, recv, true, false, loc);
                let val = if matches!(val.kind, Kind::Unknown) && val.deps.is_empty() {
                    let d = self.deep_deps(st, recv, 0);
                    self.unknown(d)
                } else {
                    val
                };
                let el = if name == "items" {
                    let k = self.unknown(recv.deps.clone());
                    self.tuple(vec![k, val])
                } else {
                    val
                };
                let (id, v) = self.obj_value(st, Shape::List);
                let deps = el.deps.clone();
                self.add_rest(st, id, el);
                Some(Value::new(v.term, v.kind, deps))
            }
            ("append" | "add" | "appendleft", Some((id, Shape::List, _))) => {
                let x = first?;
                // Gathered because they were missing.
                let missing =
                    st.ctl
                        .iter()
                        .rev()
                        .flat_map(|c| c.facts.iter())
                        .find_map(|f| match f {
                            Fact::Absent(r) => Some(*r),
                            _ => None,
                        });
                if let Some(o) = st.obj_mut(id) {
                    let first = o.fields.is_empty() && o.rest.is_none();
                    o.minus = missing.filter(|_| first || o.minus == missing);
                }
                let n = st.obj(id).map_or(0, |o| o.fields.len());
                let in_loop = self.loops.iter().any(|l| l.is_loop);
                let open = st.obj(id).is_some_and(|o| o.rest.is_some());
                if in_loop || open || n > 16 {
                    self.add_rest(st, id, x);
                } else if let Some(o) = st.obj_mut(id) {
                    o.set(ustr(&n.to_string()), x);
                }
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            ("extend", Some((id, Shape::List, _))) => {
                let x = first?;
                let el = self.element(st, &x, false, false, loc);
                self.add_rest(st, id, el);
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            (
                "append" | "add" | "extend" | "insert" | "remove" | "discard" | "clear" | "sort"
                | "reverse" | "pop" | "popitem" | "update" | "setdefault" | "appendleft"
                | "popleft",
                _,
            ) if matches!(recv.kind, Kind::Unknown) || matches!(obj, Some((_, Shape::List, _))) => {
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                self.mutate(st, recv, &deps, loc);
                let v = self.unknown(recv.deps.clone());
                Some(v)
            }
            ("difference", Some((_, Shape::List, _))) => self.difference(st, recv, &first?),
            ("format", _) if self.seen.terms.text(recv.term).is_some() => {
                let text = self.seen.terms.text(recv.term)?;
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                let mut terms = Vec::new();
                let mut rest = text.as_str();
                let mut next = 0;
                while let Some(i) = rest.find('{') {
                    if i > 0 {
                        terms.push(self.seen.terms.lit(Lit::Str(ustr(&rest[..i]))));
                    }
                    let Some(end) = rest[i..].find('}') else {
                        break;
                    };
                    let hole = &rest[i + 1..i + end];
                    let hole = hole.split([':', '!']).next().unwrap_or("");
                    let v = if hole.is_empty() {
                        next += 1;
                        args.pos.get(next - 1).cloned()
                    } else if let Ok(n) = hole.parse::<usize>() {
                        args.pos.get(n).cloned()
                    } else {
                        args.kw(ustr(hole)).map(|s| s.value.clone())
                    };
                    match v {
                        Some(v) => self.push_text(&v, &mut terms),
                        None => terms.push(self.seen.terms.fresh()),
                    }
                    rest = &rest[i + end + 1..];
                }
                if !rest.is_empty() {
                    terms.push(self.seen.terms.lit(Lit::Str(ustr(rest))));
                }
                Some(self.concat(terms, deps))
            }
            ("join", _) if matches!(recv.kind, Kind::Const(Lit::Str(_))) => {
                let list = self.concrete(&first?);
                let deps = self.deep_deps(st, &list, 0);
                if let Kind::Obj(id) = list.kind
                    && let Some(o) = st.obj(id).cloned()
                    && o.rest.is_none()
                    && o.shape == Shape::List
                {
                    let mut terms = Vec::new();
                    for (i, (_, s)) in o.fields.iter().enumerate() {
                        if i > 0 {
                            terms.push(recv.term);
                        }
                        self.push_text(&s.value, &mut terms);
                    }
                    return Some(self.concat(terms, deps));
                }
                // Some of these, joined: what is known of the first stands for all.
                if let Kind::Obj(id) = list.kind
                    && let Some(o) = st.obj(id).cloned()
                    && let Some(rest) = &o.rest
                {
                    let mut terms = Vec::new();
                    for (_, s) in &o.fields {
                        self.push_text(&s.value, &mut terms);
                        terms.push(recv.term);
                    }
                    self.push_text(rest, &mut terms);
                    return Some(self.concat(terms, deps));
                }
                Some(self.unknown(deps))
            }
            (_, Some(_)) if self.lib.is_listed(sym!("copying-methods"), name) => {
                let v = self.copy(st, recv);
                for (k, s) in &args.kw {
                    self.set_attr(st, &v, *k, s.value.clone(), loc);
                }
                Some(v)
            }
            _ => {
                if let Kind::Err(_) | Kind::ReadErr(_) = recv.kind {
                    return Some(recv.clone());
                }
                None
            }
        }
    }
}

fn tail(path: &str) -> &str {
    path.rsplit(['.', '/']).next().unwrap_or(path)
}
