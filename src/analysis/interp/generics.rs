//! Go's type parameters: what each stands for in a call, and what types say of what lists hold.

use std::rc::Rc;

use super::Interp;
use super::context::Bindings;
use crate::analysis::program::TypeRef;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{Func, TypeExpr};

impl Interp<'_> {
    /// What a type's name means in a file, or to the function that is interpreted.
    pub(super) fn resolve_type(&self, file: u32, path: &[Sym]) -> Option<TypeRef> {
        self.p.resolve_type(file, path).or_else(|| {
            let (file, ty) = self.bound_type(path)?;
            match ty.pointed() {
                TypeExpr::Path(path) | TypeExpr::Generic(path, _) => {
                    self.p.resolve_type(*file, path)
                }
                _ => None,
            }
        })
    }

    /// Go: whether a name is a type parameter of the function that is interpreted, or of one around it.
    pub(super) fn is_type_parameter(&self, name: Sym) -> bool {
        let mut f = self.func();
        while f.type_params.is_empty()
            && let Some(parent) = f.parent.filter(|p| *p != 0)
        {
            let file = self.file();
            f = self.p.func(FuncRef { file, func: parent });
        }
        f.type_params.contains(&name)
    }

    /// What a type parameter of the function that is interpreted stands for.
    fn bound_type(&self, path: &[Sym]) -> Option<&(u32, TypeExpr)> {
        let [name] = path else { return None };
        let bound = self.frames.get(self.cur)?.types.as_ref()?;
        bound.iter().find(|b| b.0 == *name).map(|b| &b.1)
    }

    /// The struct of the project that an element of a list of that type is.
    pub(super) fn element_class(&self, file: u32, ty: &TypeExpr) -> Option<ClassRef> {
        let element = match ty.pointed() {
            TypeExpr::Slice(element) => element,
            // A named slice.
            TypeExpr::Path(path) if self.lang == Lang::Go => {
                match self.resolve_type(file, path)? {
                    TypeRef::Class(c) => match &self.p.class(c).underlying {
                        Some(ty @ TypeExpr::Slice(_)) => return self.element_class(c.file, ty),
                        _ => return None,
                    },
                    TypeRef::External(_) => return None,
                }
            }
            _ => return None,
        };
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = element.pointed() else {
            return None;
        };
        match self.resolve_type(file, path)? {
            TypeRef::Class(c) => self.p.is_struct(c).then_some(c),
            TypeRef::External(_) => None,
        }
    }

    /// Go: a map or slice of a named type has the methods of that type.
    pub(super) fn take_collection_class(&self, st: &mut State, id: ObjId, ty: &TypeExpr) {
        let TypeExpr::Path(path) = ty.pointed() else {
            return;
        };
        let collection = |o: &Obj| {
            o.class.is_none()
                && o.origin == Origin::Fresh
                && matches!(o.shape, Shape::Dict | Shape::List)
        };
        if st.obj(id).is_some_and(collection)
            && let Some(TypeRef::Class(c)) = self.resolve_type(self.file(), path)
            && !self.p.is_struct(c)
            && let Some(o) = st.obj_mut(id)
        {
            o.class = Some(c);
        }
    }

    /// A type argument, with the type parameters of the function that writes it replaced; `None` where one of them is
    /// not known.
    fn closed(&self, file: u32, ty: &TypeExpr) -> Option<(u32, TypeExpr)> {
        match ty {
            TypeExpr::Path(path) => match self.p.resolve_type(file, path) {
                Some(_) => Some((file, ty.clone())),
                None => self.bound_type(path).cloned(),
            },
            TypeExpr::Pointer(inner) => {
                let (file, inner) = self.closed(file, inner)?;
                Some((file, TypeExpr::Pointer(Box::new(inner))))
            }
            TypeExpr::Slice(inner) => {
                let (file, inner) = self.closed(file, inner)?;
                Some((file, TypeExpr::Slice(Box::new(inner))))
            }
            TypeExpr::Generic(path, _) => {
                let known = self.p.resolve_type(file, path).is_some();
                known.then(|| (file, ty.clone()))
            }
            _ => None,
        }
    }

    fn type_args(&self, file: u32, given: &[TypeExpr]) -> Option<TypeArgs> {
        if given.is_empty() {
            return None;
        }
        let other = || (file, TypeExpr::Other);
        let args = given
            .iter()
            .map(|ty| self.closed(file, ty).unwrap_or_else(other));
        Some(Rc::new(args.collect()))
    }

    /// A function that was given types.
    pub(super) fn given_types(&self, callee: Value, given: &[TypeExpr]) -> Value {
        match (&callee.kind, self.type_args(self.file(), given)) {
            (Kind::Func(c), types @ Some(_)) => {
                let mut c = (**c).clone();
                c.types = types;
                Value::new(callee.term, Kind::Func(Rc::new(c)), callee.deps)
            }
            _ => callee,
        }
    }

    /// An object of a generic type that was given types.
    pub(super) fn give_types(&self, st: &mut State, v: &Value, file: u32, given: &[TypeExpr]) {
        if let Kind::Obj(id) = v.kind
            && let types @ Some(_) = self.type_args(file, given)
            && let Some(o) = st.obj_mut(id)
            && o.types.is_none()
        {
            o.types = types;
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

    /// What the type parameters of a function stand for in a call: what the call says, or else its receiver's type. A
    /// closure knows those of the function around it.
    #[inline(never)]
    pub(super) fn type_bindings(
        &self,
        st: &State,
        closure: &Closure,
        f: &Func,
    ) -> Option<Bindings> {
        if f.type_params.is_empty() {
            let parent = f.parent.filter(|p| *p != 0)?;
            let around = |func: FuncRef| func.file == closure.func.file && func.func == parent;
            let outer = self.frames.iter().rev().find(|fr| around(fr.func))?;
            return outer.types.clone();
        }
        let received = || match self.concrete(closure.recv.as_ref()?).kind {
            Kind::Obj(id) => st.obj(id)?.types.clone(),
            _ => None,
        };
        let given = closure.types.clone().or_else(received)?;
        let bound = f.type_params.iter().copied().zip(given.iter().cloned());
        Some(Rc::new(bound.collect()))
    }
}
