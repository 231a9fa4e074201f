//! What Go's own functions do with values: conversions, errors, zero values.

use std::rc::Rc;

use super::tail;
use crate::analysis::interp::Interp;
use crate::analysis::interp::call::Args;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{CmpOp, Lit, TypeExpr};

impl Interp<'_> {
    pub(super) fn go_builtin(
        &mut self,
        st: &mut State,
        path: Sym,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let first = args.pos.first().cloned();
        let name = path.strip_prefix("builtins.").unwrap_or(path.as_str());
        let lib = self.lib;
        let listed = |list: Sym| lib.is_listed(list, path);
        Some(match name {
            "len" | "cap" => {
                let v = first?;
                self.length(st, &v, loc)
            }
            "append" => {
                // What is in it is found in it, not in what the list itself depends on.
                let base = first?;
                let deps = base.deps.clone();
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
                    let whole = st.obj(id).is_some_and(|o| o.rest.is_none()) && n + i < 16;
                    if whole {
                        if let Some(o) = st.obj_mut(id) {
                            o.set(intern(&(n + i).to_string()), a.clone());
                        }
                    } else {
                        self.add_rest(st, id, a.clone());
                    }
                }
                if let Some(s) = &args.star {
                    let el = self.element(st, s, true, false, loc);
                    // What was empty holds then what the rows are, page by page: as many as were read.
                    let empty = args.pos.len() == 1 && st.obj(id).is_some_and(|o| o.rest.is_none());
                    let of = self.list_read(st, s, loc).filter(|_| empty && n == 0);
                    self.add_rest(st, id, el);
                    if let Some(o) = st.obj_mut(id) {
                        o.maybe = of;
                    }
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
                let term = self.seen.terms.intern(Term::Op(intern(name), terms));
                Value::new(term, Kind::Unknown, deps)
            }
            "string" | "int" | "int64" | "int32" | "float64" | "uint64" | "uint" | "uint32"
            | "float32" | "[]byte" | "any" => first?,
            _ if listed(sym!("failure-types")) => {
                // Whether the failure is of that type: a failed condition, if the target is that type's.
                let (err, target) = (first?, args.pos.get(1).cloned());
                let told = target
                    .as_ref()
                    .and_then(|t| self.is_of_struct(st, &err, t, true));
                if let Some(told) = told {
                    return Some(told);
                }
                let err = self.concrete(&err);
                return Some(self.error_is(st, &err, target.as_ref()));
            }
            _ if listed(sym!("failure-values")) => {
                let (err, target) = (first?, args.pos.get(1)?.clone());
                if let Some(told) = self.is_of_struct(st, &err, &target, false) {
                    return Some(told);
                }
                let err = self.unwrapped(st, &err, &target);
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
            _ if listed(sym!("searches")) => {
                let (of, test) = (first?, args.pos.get(1)?);
                let found = self.put_to_each(st, &of, test, loc);
                self.unknown(found.deps)
            }
            _ if listed(sym!("searches-told")) => {
                let (of, test) = (first?, args.pos.get(1)?);
                let found = self.put_to_each(st, &of, test, loc);
                let Kind::Test(asked) = &found.kind else {
                    return Some(self.unknown(found.deps));
                };
                let said = match self.list_read(st, &of, loc) {
                    Some(r) => Rc::new(self.said_of_rows(r, &of, asked, true)),
                    None => asked.clone(),
                };
                Value::new(self.seen.terms.fresh(), Kind::Test(said), found.deps)
            }
            _ if listed(sym!("memberships")) => {
                let (of, sought) = (first?, args.pos.get(1)?.clone());
                let of = self.filled(st, &of);
                self.compare(st, CmpOp::In, sought, of)
            }
            _ if listed(sym!("comparisons")) => {
                let (a, b) = (first?, args.pos.get(1)?.clone());
                // Whether it equals a text that is known may be a matter of upper and lower case.
                if [&a, &b].iter().any(|v| matches!(v.kind, Kind::Const(_))) {
                    return None;
                }
                self.compare(st, CmpOp::Eq, a, b)
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
            _ if listed(sym!("failures")) => self.made_failure(st, args),
            _ if listed(sym!("wrappers")) => {
                let err = first?;
                match self.may_be_none(st, &err) {
                    // What it gives is nothing where that is nothing, and fails as that fails.
                    true => err,
                    false => self.made_failure(st, args),
                }
            }
            _ if listed(sym!("joiners")) => {
                if let Some(s) = &args.star {
                    let deps = self.deep_deps(st, s, 0);
                    return Some(self.unknown(deps));
                }
                if args.pos.iter().any(|a| !self.may_be_none(st, a)) {
                    return Some(self.made_failure(st, args));
                }
                let mut some = args.pos.iter().filter(|a| !a.is_none());
                let of_access = |a: &&Value| matches!(a.kind, Kind::Err(_) | Kind::ReadErr(_));
                match (some.clone().find(of_access), some.next(), some.next()) {
                    (Some(one), ..) | (None, Some(one), None) => one.clone(),
                    (None, None, _) => self.none(),
                    _ => self.unknown(Deps::default()),
                }
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
                    return Some(self.lit(Lit::Str(intern(&i.to_string()))));
                }
                let term = self.seen.terms.intern(Term::Op(intern(tail), vec![v.term]));
                Value::new(term, Kind::Unknown, deps)
            }
            _ => return None,
        })
    }

    /// A failure that is made, from others or by itself.
    fn made_failure(&mut self, st: &mut State, args: &Args) -> Value {
        // A wrapped failure is that failure.
        for a in args.all() {
            if let Kind::Err(_) | Kind::ReadErr(_) = self.concrete(a).kind {
                let inner = self.concrete(a);
                let (id, v) = self.obj_value(st, Shape::Instance);
                if let Some(o) = st.obj_mut(id) {
                    o.type_path = Some(sym!("error"));
                    o.set(sym!("wrapped"), inner);
                }
                return v;
            }
        }
        // So is one that wraps a value by which the program knows a failure, or several.
        let wrapped: Vec<Value> = args.all().filter(|a| is_failure(st, a)).cloned().collect();
        let (id, v) = self.obj_value(st, Shape::Instance);
        if let Some(o) = st.obj_mut(id) {
            o.type_path = Some(sym!("error"));
            for (i, inner) in wrapped.into_iter().enumerate() {
                o.set(intern(&format!("wraps:{i}")), inner);
            }
        }
        v
    }

    /// Whether a failure may be none: nobody on the way here has found that something failed.
    fn may_be_none(&self, st: &State, err: &Value) -> bool {
        let open = match err.kind {
            Kind::Err(_) | Kind::ReadErr(_) | Kind::Phi(_) | Kind::Test(_) => true,
            // (One that is known by a name of the program is there.)
            Kind::Unknown => !matches!(self.seen.terms.get(err.term), Term::Global(_)),
            _ => return err.is_none(),
        };
        let failed = |f: &Fact| match (f, &err.kind) {
            (Fact::Failed(w) | Fact::Lost(w), Kind::Err(of)) => w == of,
            _ => false,
        };
        let found = |c: &Rc<Ctl>| {
            let pred = c.pred.as_deref();
            c.facts.iter().any(failed) || pred.is_some_and(|p| finds(p, c.polarity, err.term, 0))
        };
        open && !st.ctl.iter().any(found)
    }

    /// A failure as a test for another sees it: that one where it is wrapped, else itself.
    fn unwrapped(&self, st: &State, err: &Value, target: &Value) -> Value {
        if let Kind::Phi(alts) = &err.kind {
            let each = |a: &Alt| Alt {
                value: self.unwrapped(st, &a.value, target),
                under: a.under.clone(),
            };
            let alts = alts.iter().map(each).collect();
            return Value::new(err.term, Kind::Phi(Rc::new(alts)), err.deps.clone());
        }
        let found = wrapped_in(st, err, target.term, 0);
        found.unwrap_or_else(|| err.clone())
    }

    /// Whether a failure is that of a condition.
    pub(in crate::analysis::interp) fn is_lost(&mut self, st: &State, err: &Value) -> Value {
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
            let code = self.lit(Lit::Str(intern(tail(p))));
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
                        .map(|(_, p)| intern(tail(p)))
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
            if ty.is_some_and(|t| self.fails_elsewhere(w, tail(&t))) {
                return self.lit(Lit::Bool(false));
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
    pub(in crate::analysis::interp) fn type_parameter(&self, ty: &TypeExpr) -> bool {
        matches!(ty, TypeExpr::Path(p) if p.len() == 1 && p[0].starts_with(char::is_uppercase))
    }

    /// The zero value of a Go type.
    pub(in crate::analysis::interp) fn zero(
        &mut self,
        st: &mut State,
        ty: &TypeExpr,
        loc: Loc,
    ) -> Value {
        match ty {
            TypeExpr::Slice(_) => {
                let element = self.element_class(self.file(), ty);
                let (id, v) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(id) {
                    o.element = element;
                }
                v
            }
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

    /// What a search says that puts a test to each element: what the test makes of one that stands for all.
    fn put_to_each(&mut self, st: &State, of: &Value, test: &Value, loc: Loc) -> Value {
        let mut inside = st.clone();
        let element = self.element(&mut inside, of, true, false, loc);
        let mut args = Args::default();
        args.pos.push(element);
        let found = self.call_value(&mut inside, test, args, loc);
        self.dead = false;
        let deps = match found.deps.is_empty() {
            true => self.deep_deps(st, of, 0),
            false => found.deps,
        };
        Value::new(found.term, found.kind, deps)
    }
}

/// Failures wrapped in each other that are looked into.
const WRAPS: u32 = 4;

/// Whether a test that went that way has found that a value is something.
fn finds(pred: &Pred, side: bool, value: TermId, depth: u32) -> bool {
    let deeper = |p: &Pred, side: bool| finds(p, side, value, depth + 1);
    if depth > WRAPS {
        return false;
    }
    match pred {
        Pred::Not(p) => deeper(p, !side),
        Pred::And(ps) | Pred::Or(ps) if matches!(pred, Pred::And(_)) == side => {
            ps.iter().any(|p| deeper(p, side))
        }
        Pred::And(ps) | Pred::Or(ps) => ps.iter().all(|p| deeper(p, side)),
        Pred::Truthy(v) => match &v.kind {
            Kind::Test(p) => deeper(p, side),
            _ => side && v.term == value,
        },
        Pred::Cmp(op, a, b) => {
            let equal = match op {
                CmpOp::Eq | CmpOp::Is => side,
                CmpOp::Ne | CmpOp::IsNot => !side,
                _ => return false,
            };
            let is = |x: &Value, y: &Value| x.term == value && y.is_none() != equal;
            is(a, b) || is(b, a)
        }
    }
}

/// Whether a value is a failure that the program made.
fn is_failure(st: &State, v: &Value) -> bool {
    matches!(v.kind, Kind::Obj(id)
        if st.obj(id).is_some_and(|o| o.type_path.is_some_and(|t| t == "error")))
}

/// What a failure wraps: the one that is looked for, or else the failure of an access.
fn wrapped_in(st: &State, v: &Value, target: TermId, depth: u32) -> Option<Value> {
    if v.term == target {
        return Some(v.clone());
    }
    let Kind::Obj(id) = v.kind else { return None };
    let o = st.obj(id).filter(|_| depth < WRAPS)?;
    let inner = o
        .fields
        .iter()
        .filter(|f| f.0 == "wrapped" || f.0.starts_with("wraps:"));
    inner
        .map(|f| &f.1.value)
        .find_map(|inner| match inner.kind {
            Kind::Err(_) | Kind::ReadErr(_) => Some(inner.clone()),
            _ => wrapped_in(st, inner, target, depth + 1),
        })
}
