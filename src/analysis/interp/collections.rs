//! Lists, mappings and structs: made, indexed, iterated, changed.

use std::rc::Rc;

use super::Interp;
use super::call::Args;
use super::dispatch::TARGETS;
use crate::analysis::program::TypeRef;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, Lit, TypeExpr};

impl<'p> Interp<'p> {
    /// `value[index]`.
    pub(super) fn index(&mut self, st: &mut State, base: &Value, index: &Value, loc: Loc) -> Value {
        let base = &self.filled(st, base);
        match &base.kind {
            // The answer of a statement stands alone in its row.
            Kind::Acquired(_) => base.clone(),
            // Elements of which a pack knows something.
            Kind::Path(p) if self.lib.indexed.contains(p) => {
                let path = intern(&format!("{p}[]"));
                let term = self.seen.terms.intern(Term::Index(base.term, index.term));
                Value::new(term, Kind::Path(path), base.deps.clone())
            }
            Kind::Tuple(vs) => {
                if let Kind::Const(Lit::Int(i)) = index.kind {
                    let i = if i < 0 { vs.len() as i64 + i } else { i };
                    if let Some(v) = usize::try_from(i).ok().and_then(|i| vs.get(i)) {
                        return v.clone();
                    }
                    if vs.is_empty() {
                        self.raise(st, Some(sym!("IndexError")), None);
                        self.dead = true;
                    }
                }
                let mut v = self.unknown(base.deps.clone());
                v.deps = v.deps.union(&index.deps);
                v
            }
            Kind::Obj(id) => {
                let key = match index.kind {
                    Kind::Const(Lit::Str(s)) => Some(s),
                    Kind::Const(Lit::Int(i)) => Some(intern(&i.to_string())),
                    _ => None,
                };
                if let Some(v) = self.evaluated(st, *id, base, loc) {
                    if let (Kind::Obj(rows), Kind::Const(Lit::Int(_))) = (&v.kind, &index.kind)
                        && let Some(r) = st.obj(*rows).and_then(|o| o.maybe)
                    {
                        self.seen.reads[r.0 as usize].picked = true;
                    }
                    return self.index(st, &v, index, loc);
                }
                let Some(o) = st.obj(*id) else {
                    return self.unknown(base.deps.clone());
                };
                if let (Shape::Instance, Some(c)) = (o.shape, o.class)
                    && let Some((_, f)) = self.p.method(c, sym!("__getitem__"))
                {
                    let args = vec![index.clone()];
                    return self.special(st, f, base, args, loc);
                }
                if let Some(k) = key
                    && let Some(slot) = o.get(k)
                {
                    let (v, maybe) = (slot.value.clone(), slot.presence == Presence::Maybe);
                    self.missing_key(st, &v, maybe, loc);
                    return v;
                }
                if o.shape == Shape::List {
                    let rest = o.rest.clone();
                    let (r, left) = (o.maybe, o.minus);
                    let first = o.fields.first().map(|f| f.1.value.clone());
                    if let Some(v) = rest.or(first) {
                        if let Some(r) = r {
                            // An element of an empty list raises.
                            self.raise_absent(st, r, sym!("IndexError"), loc);
                            self.push_fact(st, Fact::Present(r), PathSet::default(), loc);
                        }
                        return self.left_by(left, v);
                    }
                    return self.unknown(base.deps.union(&index.deps));
                }
                if key.is_none()
                    && o.rest.is_none()
                    && (2..=TARGETS).contains(&o.fields.len())
                    && o.fields
                        .iter()
                        .all(|f| matches!(f.1.value.kind, Kind::Func(_)))
                {
                    // A table of functions.
                    let all = o.fields.iter().map(|f| f.1.value.clone()).collect();
                    return self.any_of(all, index.deps.clone());
                }
                if let Some(k) = o.rest_key.as_ref().map(|k| k.term) {
                    self.note_found_by(k, index.term);
                }
                let Some(o) = st.obj(*id) else {
                    return self.unknown(base.deps.clone());
                };
                let origin = o.origin.clone();
                let maybe_row = o.maybe;
                // A copy of something holds what that holds.
                let of = match &o.rest {
                    Some(rest) if o.rest_key.is_none() && matches!(rest.kind, Kind::Unknown) => {
                        rest.term
                    }
                    _ => o.term,
                };
                let term = match key {
                    Some(k) => self.seen.terms.field(of, k),
                    None => self.seen.terms.intern(Term::Index(o.term, index.term)),
                };
                let mut deps = match (key, &origin) {
                    (Some(k), Origin::Unknown | Origin::Fresh) => self.member_deps(base, k),
                    _ => base.deps.clone(),
                };
                deps = deps.union(&index.deps);
                if let Some(rest) = o.rest.clone() {
                    if key.is_none() || !matches!(rest.kind, Kind::Unknown) {
                        let mut v = rest;
                        v.deps = v.deps.union(&deps);
                        let put = |k: &Value| k.term == index.term;
                        let found = origin != Origin::Fresh || o.rest_key.as_ref().is_some_and(put);
                        if !found
                            && self.lang == Lang::Go
                            && let Some(r) = self.sought_among(st, index, base)
                        {
                            return self.chosen_or_zero(r, &v, loc);
                        }
                        return if found { v } else { self.or_nothing(v) };
                    }
                    deps = deps.union(&rest.deps);
                }
                if let Some(id) = self.of_term.get(&term).copied()
                    && st.obj(id).is_some()
                {
                    return Value::new(term, Kind::Obj(id), deps);
                }
                if let Origin::Read(r) = origin {
                    deps = deps.union(&Deps::read(r, key.unwrap_or(sym!("*"))));
                    if let Some(r) = maybe_row {
                        self.raise_absent(st, r, sym!("KeyError"), loc);
                    }
                }
                Value::new(term, Kind::Unknown, deps)
            }
            Kind::Err(_) | Kind::ReadErr(_) => {
                if let Kind::Const(Lit::Str(name)) = index.kind
                    && let Some(item) = self.shown(st, base, name)
                {
                    return item;
                }
                base.clone()
            }
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
                let deps = match index.kind {
                    Kind::Const(Lit::Str(s)) => self.member_deps(base, s),
                    _ => self.part_deps(base),
                };
                Value::new(term, Kind::Unknown, deps.union(&index.deps))
            }
        }
    }

    /// `a in b`, where the program says itself what that means.
    pub(super) fn asked_whether_in(
        &mut self,
        st: &mut State,
        a: &Value,
        b: &Value,
    ) -> Option<Value> {
        let Kind::Obj(id) = b.kind else { return None };
        let class = st.obj(id).filter(|o| o.shape == Shape::Instance)?.class?;
        let (_, f) = self.p.method(class, sym!("__contains__"))?;
        let loc = self.loc(self.statement);
        Some(self.special(st, f, b, vec![a.clone()], loc))
    }

    /// A method of the program that an operator stands for.
    fn special(
        &mut self,
        st: &mut State,
        f: FuncRef,
        recv: &Value,
        args: Vec<Value>,
        loc: Loc,
    ) -> Value {
        let f = self.func_value(st, f, None);
        let f = self.bind(f, recv.clone());
        let args = Args {
            pos: args,
            ..Args::default()
        };
        self.call_value(st, &f, args, loc)
    }

    /// `d[k]` where the key may be missing: a handler may see that.
    fn missing_key(&mut self, st: &State, v: &Value, maybe: bool, loc: Loc) {
        if let Kind::Obj(id) = v.kind
            && let Some(r) = st.obj(id).and_then(|o| o.maybe)
        {
            self.raise_absent(st, r, sym!("KeyError"), loc);
        } else if maybe {
            self.raise(st, Some(sym!("KeyError")), None);
        }
    }

    pub(super) fn raise_absent(
        &mut self,
        st: &State,
        read: crate::analysis::access::ReadId,
        class: Sym,
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
            PathSet::one(read, sym!("?")),
            loc,
        );
        self.raise(&s, Some(class), None);
    }

    pub(super) fn slice(&mut self, st: &mut State, base: &Value) -> Value {
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
            .intern(Term::Op(sym!("slice"), vec![b.term]));
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
        let v = self.filled(st, v);
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
                        // A row that was chosen by what stands in it.
                        let chosen = match &out.kind {
                            Kind::Obj(id) => match st.obj(*id).map(|o| &o.origin) {
                                Some(Origin::Read(r)) => Some(*r),
                                _ => None,
                            },
                            _ => None,
                        };
                        let chosen = chosen.or(r).filter(|r| out.deps.control.of(*r));
                        let by = chosen.map(|_| out.deps.control.clone());
                        if let Some(r) = r.or(chosen) {
                            self.push_fact(st, Fact::Present(r), by.unwrap_or_default(), loc);
                        }
                        if let Some(r) = minus {
                            let deps = PathSet::one(r, sym!("?"));
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
                                d = d.union(&Deps::read(r, sym!("*")));
                            }
                            let t = self
                                .seen
                                .terms
                                .intern(Term::Op(sym!("element"), vec![term]));
                            Value::new(t, Kind::Unknown, d)
                        } else {
                            self.one_of(els, &v.deps)
                        }
                    }
                    Shape::Dict | Shape::Row => self.one_key(st, &v),
                    _ => {
                        let term = self.element_term(v.term);
                        Value::new(term, Kind::Unknown, self.deep_deps(st, &v, 0))
                    }
                }
            }
            Kind::Tuple(vs) => self.one_of(vs.to_vec(), &v.deps),
            _ => {
                let term = self.element_term(v.term);
                self.note_element(st, term, v.term);
                Value::new(term, Kind::Unknown, self.part_deps(&v))
            }
        };
        if ranged && pair {
            let key = self.one_key(st, &v);
            return self.tuple(vec![key, element]);
        }
        element
    }

    /// One of the keys of a mapping: what was put in under one key comes out under it.
    pub(super) fn one_key(&mut self, st: &State, of: &Value) -> Value {
        let put_under = match of.kind {
            Kind::Obj(id) => st
                .obj(id)
                .filter(|o| o.shape == Shape::Dict && o.fields.is_empty()),
            _ => None,
        };
        match put_under.and_then(|o| o.rest_key.clone()) {
            Some(key) => key,
            None => self.unknown(of.deps.clone()),
        }
    }

    /// What one element of a list would be: whether there is any is left open.
    pub(super) fn any_element(&mut self, st: &mut State, v: &Value, loc: Loc) -> Value {
        let base = st.ctl.len();
        let element = self.element(st, v, false, false, loc);
        st.ctl.truncate(base);
        element
    }

    /// Puts the elements of another list into a list, if there are any.
    pub(super) fn add_each(&mut self, st: &mut State, id: ObjId, from: &Value, loc: Loc) {
        let element = self.any_element(st, from, loc);
        let minus = match self.concrete(from).kind {
            Kind::Obj(from) => st.obj(from).and_then(|o| o.minus),
            _ => None,
        };
        if let Some(o) = st.obj_mut(id) {
            let first = o.fields.is_empty() && o.rest.is_none();
            o.minus = minus.filter(|_| first || o.minus == minus);
        }
        self.add_rest(st, id, element);
    }

    pub(super) fn one_of(&mut self, mut vs: Vec<Value>, deps: &Deps) -> Value {
        vs.truncate(4);
        let empty = Shared::default();
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
                let empty = Shared::default();
                join_values(&old, &empty, &v, &empty, &mut self.seen.terms)
            }
            None => v,
        };
        if let Some(o) = st.obj_mut(id) {
            o.rest = Some(joined);
        }
    }

    pub(super) fn dict(&mut self, st: &mut State, items: &'p [(Option<Expr>, Expr)]) -> Value {
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
                    self.spread_into(st, id, &x);
                }
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.dirty.clear();
        }
        v
    }

    /// What has elements, where a value may also be an empty list: that one gives none.
    pub(super) fn filled(&self, st: &State, v: &Value) -> Value {
        let Kind::Phi(alts) = &v.kind else {
            return self.concrete(v);
        };
        let empty = |a: &Alt| match a.value.kind {
            Kind::Obj(id) => st
                .obj(id)
                .is_some_and(|o| o.shape == Shape::List && o.fields.is_empty() && o.rest.is_none()),
            _ => false,
        };
        let objects = |a: &&Alt| matches!(a.value.kind, Kind::Obj(_));
        match alts.iter().filter(objects).find(|a| !empty(a)) {
            Some(a) => {
                let mut v2 = a.value.clone();
                v2.deps = v2.deps.union(&v.deps);
                v2
            }
            None => self.concrete(v),
        }
    }

    /// `{**other}`, `dict(other)`: an empty mapping that was made here (`given or {}`) adds nothing, so what is spread is
    /// the other one.
    pub(super) fn spread_into(&mut self, st: &mut State, id: ObjId, other: &Value) {
        let Kind::Phi(alts) = &other.kind else {
            return self.merge_into(st, id, other);
        };
        let empty = |a: &&Alt| match a.value.kind {
            Kind::Obj(id) => st.obj(id).is_some_and(|o| {
                o.origin == Origin::Fresh
                    && o.shape == Shape::Dict
                    && o.fields.is_empty()
                    && o.rest.is_none()
            }),
            _ => false,
        };
        let mut full = alts.iter().filter(|a| !empty(a));
        match (full.next(), full.next()) {
            (Some(only), None) => {
                let mut one = only.value.clone();
                one.deps = one.deps.union(&other.deps);
                self.merge_into(st, id, &one);
            }
            _ => self.merge_into(st, id, other),
        }
    }

    /// `{**other}`, `d.update(other)`: what the other holds, and whose row it is.
    pub(super) fn merge_into(&mut self, st: &mut State, id: ObjId, other: &Value) {
        if let Kind::Phi(alts) = &other.kind {
            // `{**row, **(changes or {})}`: of one that is nobody's record nothing is known.
            let unknown = alts.iter().find(|a| matches!(a.value.kind, Kind::Unknown));
            if let Some(a) = unknown
                && alts.iter().any(|a| matches!(a.value.kind, Kind::Obj(_)))
            {
                let mut rest = self.unknown(other.deps.clone());
                rest.term = a.value.term;
                self.add_rest(st, id, rest);
            }
        }
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
                if dst.origin == src.origin {
                    self.note_copy(src.term, id);
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

    pub(super) fn struct_literal(
        &mut self,
        st: &mut State,
        ty: &'p TypeExpr,
        fields: &'p [(Sym, Expr)],
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
            let found = self.resolve_type(self.file(), &p);
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
        if let Some((file, given)) = self.p.type_arguments(self.file(), ty) {
            self.give_types(st, &v, file, given);
        }
        let mut deps = Deps::default();
        if class.is_some_and(|c| self.p.is_map(c)) {
            // A map of a type that is defined elsewhere: what look like the names of fields are its keys.
            if let Some(o) = st.obj_mut(id) {
                o.shape = Shape::Dict;
            }
            for (name, value) in fields {
                let key = self.lookup(st, *name);
                let x = self.eval(st, value);
                deps = deps.union(&x.deps);
                let loc = self.loc(value.span);
                self.put_key(st, id, &key, x, loc);
            }
            if let Some(o) = st.obj_mut(id) {
                o.dirty.clear();
            }
            return Value::new(v.term, v.kind, deps);
        }
        for (i, (name, value)) in fields.iter().enumerate() {
            let x = self.eval(st, value);
            deps = deps.union(&x.deps);
            let name = if name.is_empty() {
                class
                    .and_then(|c| self.p.field_at(c, i))
                    .unwrap_or_else(|| intern(&i.to_string()))
            } else {
                *name
            };
            if let Some((file, ty)) = class.and_then(|c| self.p.field_type(c, name))
                && let Some((file, args)) = self.p.type_arguments(file, ty)
            {
                self.give_types(st, &x, file, args);
            }
            let key = self.p.attribute_name(class, None, name);
            if let Some(o) = st.obj_mut(id) {
                o.set(key, x);
            }
        }
        Value::new(v.term, v.kind, deps)
    }

    /// The i-th part of a value that is taken apart.
    pub(super) fn unpacked(&mut self, st: &mut State, v: &Value, i: usize, loc: Loc) -> Value {
        match &v.kind {
            Kind::Acquired(_) => v.clone(),
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
                let term = self.seen.terms.intern(Term::Op(sym!("ok"), vec![v.term]));
                // Whether the answer came is no test of what was asked with.
                let deps = self.part_deps(v);
                let there = Value::new(v.term, v.kind.clone(), deps.clone());
                Value::new(term, Kind::Test(Rc::new(Pred::Truthy(there))), deps)
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
                let deps = self.part_deps(v);
                Value::new(term, Kind::Unknown, deps)
            }
        }
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
                    o.set(intern(&i.to_string()), v);
                }
            }
            _ => {
                let mut v = v;
                v.deps = v.deps.union(&key.deps);
                // Elements of one collection, gone through twice.
                let elements = &self.seen.elements;
                let over = |k: &Value| elements.get(&k.term).map(|e| e.0);
                if let Some(o) = st.obj_mut(id) {
                    o.rest_key = match o.rest_key.take() {
                        _ if o.rest.is_none() => Some(key.clone()),
                        // One of those under which something was put already.
                        Some(of) if super::known::stands_for(&of, key) => Some(of),
                        Some(of) if over(&of).is_some() && over(&of) == over(key) => Some(of),
                        _ => None,
                    };
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
        self.note_mutated(st, base);
        let b = self.concrete(base);
        let mut v = v;
        if let Some(c) = self.class_of_value(st, &b)
            && let (Kind::Obj(_), Some((_, f))) = (&b.kind, self.p.method(c, sym!("__setitem__")))
        {
            self.special(st, f, &b, vec![index.clone(), v], loc);
            return;
        }
        match b.kind {
            Kind::Obj(id) => {
                if !matches!(index.kind, Kind::Const(_))
                    && let Some(o) = st.obj(id)
                    && let (Shape::Row, Origin::Read(_)) = (o.shape, &o.origin)
                {
                    // A column whose name is not known.
                    if let Some(o) = st.obj_mut(id) {
                        let star = sym!("*");
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
            self.seen.mutated.insert(b.term);
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
            // A part of a row is still one after it was copied.
            if dst.origin == Origin::Unknown && dst.rest.is_none() && !from.deps.is_empty() {
                dst.rest = Some(Value::new(dst.term, Kind::Unknown, from.deps));
            }
            return;
        }
        self.mutate(st, &to, &from.deps, loc);
    }
}
