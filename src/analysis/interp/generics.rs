//! Go: what stands for the type parameter of a generic struct, where a field or variable is declared with it
//! (`repo *Repo[Account]`).

use super::Interp;
use crate::analysis::program::TypeRef;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{Func, TypeExpr};

impl<'p> Interp<'p> {
    /// A value that is declared with such a type keeps what stands for the first parameter.
    pub(super) fn take_type_argument(&self, st: &mut State, v: &Value, file: u32, ty: &TypeExpr) {
        let (Lang::Go, TypeExpr::Generic(_, args), Kind::Obj(id)) =
            (self.lang, ty.pointed(), &v.kind)
        else {
            return;
        };
        let class = match args.first().map(TypeExpr::pointed) {
            Some(TypeExpr::Path(path)) => self.p.resolve_type(file, path),
            _ => None,
        };
        let Some(TypeRef::Class(class)) = class else {
            return;
        };
        if let Some(o) = st.obj_mut(*id)
            && o.shape == Shape::Instance
            && o.class.is_some()
            && o.get(sym!("[T]")).is_none()
        {
            let kind = Kind::Class(class);
            o.set(sym!("[T]"), Value::new(v.term, kind, Deps::default()));
        }
    }

    /// What a method of such an object gives as its type parameter is of that type.
    pub(super) fn type_parameters(&self, st: &mut State, f: &Func, recv: &Value, out: &Value) {
        let Kind::Obj(id) = recv.kind else { return };
        let held = st.obj(id).and_then(|o| o.get(sym!("[T]")));
        let Some(Kind::Class(class)) = held.map(|s| s.value.kind.clone()) else {
            return;
        };
        let values = match &out.kind {
            Kind::Tuple(vs) => vs.as_ref(),
            _ => std::slice::from_ref(out),
        };
        for (v, ty) in values.iter().zip(&f.result_types) {
            if !self.type_parameter(ty.pointed()) {
                continue;
            }
            Self::take_class_of(st, v, class);
        }
    }

    /// An object, or each of several, of which the type was not known is of this one.
    pub(super) fn take_class_of(st: &mut State, v: &Value, class: ClassRef) {
        let alts = match &v.kind {
            Kind::Phi(alts) => alts.iter().map(|a| &a.value.kind).collect(),
            one => vec![one],
        };
        for kind in alts {
            if let Kind::Obj(id) = kind
                && let Some(o) = st.obj_mut(*id)
                && o.class.is_none()
                && o.type_path.is_none()
                && matches!(o.shape, Shape::Row | Shape::Instance)
            {
                o.class = Some(class);
            }
        }
    }
}
