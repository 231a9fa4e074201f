//! What the program tells apart by type: Go failures, Python's plain data.

use std::rc::Rc;

use crate::analysis::interp::Interp;
use crate::analysis::program::TypeRef;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::syntax::il::{Lit, TypeExpr};

/// How deep failures wrap each other, at most.
const WRAPS: u32 = 4;

impl Interp<'_> {
    /// Whether a value is one of Python's own types of data, or several of them.
    pub(super) fn is_plain_type(&self, v: &Value) -> bool {
        let plain = |t: TermId| match self.seen.terms.get(t) {
            Term::Global(name) => matches!(
                name.as_str(),
                "builtins.int"
                    | "builtins.float"
                    | "builtins.str"
                    | "builtins.bytes"
                    | "builtins.bool"
            ),
            _ => false,
        };
        match (&v.kind, self.seen.terms.get(v.term)) {
            (Kind::Tuple(all), _) => all.iter().all(|x| self.is_plain_type(x)),
            (_, Term::Op(_, parts)) => !parts.is_empty() && parts.iter().all(|t| plain(*t)),
            _ => plain(v.term),
        }
    }

    /// `x.(*T)`: of several failures those of that type, and nothing in the place of the others.
    pub(in crate::analysis::interp) fn taken_for(
        &mut self,
        st: &State,
        v: &Value,
        ty: &TypeExpr,
    ) -> Option<Value> {
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = ty.pointed() else {
            return None;
        };
        let Kind::Phi(alts) = &v.kind else {
            return None;
        };
        let class = match self.resolve_type(self.file(), path)? {
            TypeRef::Class(c) if self.p.is_struct(c) => c,
            _ => return None,
        };
        let told = told_apart(st, alts, class)?;
        let none = self.none();
        let alts = self.sorted_out(alts, &told, |a, is| match is {
            Some(false) => none.clone(),
            _ => a.value.clone(),
        });
        Some(Value::new(v.term, alts, v.deps.clone()))
    }

    /// `errors.As(err, &target)`, `errors.Is(err, NotFound{})`: whether a failure is of that struct of the program. A
    /// target that is `filled` then holds what that one holds.
    pub(super) fn is_of_struct(
        &mut self,
        st: &mut State,
        err: &Value,
        target: &Value,
        filled: bool,
    ) -> Option<Value> {
        let (Kind::Phi(alts), Kind::Obj(id)) = (&err.kind, self.concrete(target).kind) else {
            return None;
        };
        let class = st.obj(id)?.class.filter(|c| self.p.is_struct(*c))?;
        let told = told_apart(st, alts, class)?;
        let mut found = alts.iter().zip(&told).filter(|(_, is)| **is == Some(true));
        if let (Some((a, _)), None, true) = (found.next(), found.next(), filled)
            && let Kind::Obj(of) = a.value.kind
            && let Some(held) = st.obj(of).filter(|o| o.class == Some(class))
        {
            let held = held.fields.clone();
            if let Some(o) = st.obj_mut(id) {
                o.fields = held;
            }
        }
        let (yes, no) = (self.lit(Lit::Bool(true)), self.lit(Lit::Bool(false)));
        let unknown = self.unknown(Deps::default());
        let kind = self.sorted_out(alts, &told, |_, is| match is {
            Some(true) => yes.clone(),
            Some(false) => no.clone(),
            None => unknown.clone(),
        });
        let term = self.seen.terms.fresh();
        Some(Value::new(term, kind, Deps::default()))
    }

    /// The alternatives, each in another form; those that come to the same keep what was decided for all of them.
    fn sorted_out(
        &self,
        alts: &[Alt],
        told: &[Option<bool>],
        form: impl Fn(&Alt, Option<bool>) -> Value,
    ) -> Kind {
        let mut out: Vec<Alt> = Vec::new();
        for (a, is) in alts.iter().zip(told) {
            let value = form(a, *is);
            match out
                .iter_mut()
                .find(|x| crate::analysis::state::same(&x.value, &value))
            {
                Some(x) => {
                    let both = |c: &&Rc<Ctl>| a.under.iter().any(|u| Rc::ptr_eq(u, c));
                    x.under = x.under.iter().filter(both).cloned().collect();
                }
                None => out.push(Alt {
                    value,
                    under: a.under.clone(),
                }),
            }
        }
        match out.len() {
            1 => out.remove(0).value.kind,
            _ => Kind::Phi(Rc::new(out)),
        }
    }
}

/// Which alternatives are of a struct, if one of them is for certain.
fn told_apart(st: &State, alts: &[Alt], class: ClassRef) -> Option<Vec<Option<bool>>> {
    let told: Vec<_> = alts
        .iter()
        .map(|a| is_struct(st, &a.value, class, 0))
        .collect();
    told.contains(&Some(true)).then_some(told)
}

/// Whether a failure is, or wraps, one of a struct of the program, as far as it is known.
fn is_struct(st: &State, v: &Value, class: ClassRef, depth: u32) -> Option<bool> {
    let o = match &v.kind {
        // What a library fails with is of a type of its own.
        Kind::Const(_) | Kind::Err(_) | Kind::ReadErr(_) => return Some(false),
        Kind::Obj(id) if depth < WRAPS => st.obj(*id)?,
        _ => return None,
    };
    if o.class.is_none() && o.type_path.is_none() {
        return None;
    }
    let wrapped = |f: &&(crate::symbol::Sym, Slot)| f.0 == "wrapped" || f.0.starts_with("wraps:");
    let mut is = Some(o.class == Some(class));
    for (_, s) in o.fields.iter().filter(wrapped) {
        match is_struct(st, &s.value, class, depth + 1) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => is = None,
        }
    }
    is
}
