//! Objects and values: made here, or handed in by somebody else, as their types say.

use super::Interp;
use crate::analysis::access::*;
use crate::analysis::program::TypeRef;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Store;
use crate::symbol::Sym;
use crate::syntax::il::{Lit, TypeExpr};

impl<'p> Interp<'p> {
    /// An instance of a class that somebody else made.
    pub(super) fn instance_of(
        &mut self,
        st: &mut State,
        class: ClassRef,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        if let Some(path) = self.p.model_path(class) {
            return self.row_of_model(st, path, term, origin, loc);
        }
        let id = self.new_obj(st, Shape::Instance, term);
        let kind = self.p.class_kind(class, self.lib);
        let rows = kind.is_some_and(|k| self.lib.kinds.get(&k).is_some_and(|k| k.evaluates));
        let model = rows.then(|| self.p.managed_model(class)).flatten();
        if let Some(o) = st.obj_mut(id) {
            o.container = model.map(Container::Model);
            o.class = Some(class);
            o.origin = origin;
            if let Some(kind) = kind {
                o.shape = Shape::Lib(kind);
            }
        }
        self.of_term.insert(term, id);
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    /// A row that was read by somebody else: a read of its own, at the place where it was handed in.
    pub(super) fn row_of_model(
        &mut self,
        st: &mut State,
        model: Sym,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        let read = self.outside_read(st, Some(Container::Model(model)), loc, ReadHow::Param);
        self.seen.row_terms.insert(term, read);
        let id = self.new_obj(st, Shape::Row, term);
        if let Some(o) = st.obj_mut(id) {
            o.class = self.p.model_class(model);
            o.container = Some(Container::Model(model));
            o.origin = if origin == Origin::Fresh {
                Origin::Fresh
            } else {
                Origin::Read(read)
            };
        }
        self.rows.insert(term, id);
        self.of_term.insert(term, id);
        Some(Value::new(term, Kind::Obj(id), Deps::default()))
    }

    pub(super) fn outside_read(
        &mut self,
        st: &State,
        container: Option<Container>,
        loc: Loc,
        how: ReadHow,
    ) -> ReadId {
        let id = ReadId(self.seen.reads.len() as u32);
        let order = self.tick();
        self.seen.reads.push(Read {
            loc,
            statement: loc,
            how,
            pack: Sym::default(),
            store: Store::default(),
            container,
            conds: Vec::new(),
            one: true,
            picked: false,
            aggregate: false,
            stack: self.stack(),
            held: st.held.clone(),
            lock: None,
            parent: None,
            conn: None,
            loops: self.loop_numbers(),
            ctl: st.ctl.clone().into(),
            absent_as: None,
            given_by: None,
            reload_of: None,
            order,
            key_names: Vec::new(),
            searched: Vec::new(),
            of_run: false,
            always: st.always.clone(),
            loaded: false,
        });
        id
    }

    /// What a type says about a value: an object of that class, a library object, a container of rows.
    pub(super) fn typed_value(
        &mut self,
        st: &mut State,
        file: u32,
        ty: &TypeExpr,
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        match ty {
            TypeExpr::Pointer(t) => self.typed_value(st, file, t, term, origin, loc),
            TypeExpr::Union(ts) => ts
                .iter()
                .find_map(|t| self.typed_value(st, file, t, term, origin.clone(), loc)),
            TypeExpr::Generic(path, args) => {
                let tail = path.last().copied().unwrap_or_default();
                if let Some(v) = self.typed_path(st, file, path, term, origin.clone(), loc) {
                    self.give_types(st, &v, file, args);
                    self.give_model(st, &v, file, args);
                    return Some(v);
                }
                match tail.as_str() {
                    "Annotated" | "Final" | "ClassVar" | "Optional" => args
                        .first()
                        .and_then(|t| self.typed_value(st, file, t, term, origin, loc)),
                    _ => None,
                }
            }
            TypeExpr::Path(path) => {
                let v = self.typed_path(st, file, path, term, origin, loc)?;
                if let Some((file, args)) = self.p.type_arguments(file, ty) {
                    self.give_types(st, &v, file, args);
                }
                Some(v)
            }
            _ => None,
        }
    }

    /// A library's object that is declared to be one of a model's rows (`QuerySet[Order]`) looks through these.
    fn give_model(&mut self, st: &mut State, v: &Value, file: u32, args: &[TypeExpr]) {
        let Some(TypeExpr::Path(path)) = args.first() else {
            return;
        };
        if let Kind::Obj(id) = v.kind
            && st.obj(id).is_some_and(|o| matches!(o.shape, Shape::Lib(_)))
            && let Some(TypeRef::Class(class)) = self.resolve_type(file, path)
            && let Some(model) = self.p.model_path(class)
            && let Some(o) = st.obj_mut(id)
        {
            o.container = Some(Container::Model(model));
        }
    }

    fn typed_path(
        &mut self,
        st: &mut State,
        file: u32,
        path: &[Sym],
        term: TermId,
        origin: Origin,
        loc: Loc,
    ) -> Option<Value> {
        match self.resolve_type(file, path)? {
            TypeRef::Class(class) => self.instance_of(st, class, term, origin, loc),
            TypeRef::External(path) => {
                if let Some(model) = self.p.model_generalized(path) {
                    return self.row_of_model(st, model, term, origin, loc);
                }
                let kind = self.lib.types.get(&path).copied();
                let id = self.new_obj(st, Shape::Instance, term);
                if let Some(o) = st.obj_mut(id) {
                    o.type_path = Some(path);
                    o.origin = origin;
                    if let Some(kind) = kind {
                        o.shape = Shape::Lib(kind);
                        o.container = Some(Container::Term(term));
                    }
                }
                self.of_term.insert(term, id);
                Some(Value::new(term, Kind::Obj(id), Deps::default()))
            }
        }
    }

    pub(super) fn new_obj(&mut self, st: &mut State, shape: Shape, term: TermId) -> ObjId {
        let id = ObjId(self.next_obj);
        self.next_obj += 1;
        st.put_obj(
            id,
            Obj {
                shape,
                class: None,
                type_path: None,
                origin: Origin::Fresh,
                container: None,
                fields: Vec::new(),
                rest: None,
                rest_key: None,
                filled: PathSet::default(),
                dirty: Vec::new(),
                maybe: None,
                conds: Vec::new(),
                lock: None,
                parent: None,
                spec: None,
                term,
                sliced: false,
                minus: None,
                element: None,
                types: None,
            },
        );
        id
    }

    /// A new object as a value.
    pub(super) fn obj_value(&mut self, st: &mut State, shape: Shape) -> (ObjId, Value) {
        let term = self.seen.terms.fresh();
        let id = self.new_obj(st, shape, term);
        (id, Value::new(term, Kind::Obj(id), Deps::default()))
    }

    pub(in crate::analysis) fn unknown(&mut self, deps: Deps) -> Value {
        Value::new(self.seen.terms.fresh(), Kind::Unknown, deps)
    }

    pub(in crate::analysis) fn none(&mut self) -> Value {
        self.lit(Lit::None)
    }

    pub(super) fn lit(&mut self, lit: Lit) -> Value {
        Value::new(self.seen.terms.lit(lit), Kind::Const(lit), Deps::default())
    }

    /// Takes the alternative that is an object (or anything but nothing) where a value may be one of several.
    pub(in crate::analysis) fn concrete(&self, v: &Value) -> Value {
        if let Kind::Phi(alts) = &v.kind {
            let best = alts
                .iter()
                .find(|a| matches!(a.value.kind, Kind::Obj(_)))
                .or_else(|| {
                    alts.iter()
                        .find(|a| matches!(a.value.kind, Kind::Func(_) | Kind::Class(_)))
                })
                .or_else(|| alts.iter().find(|a| !a.value.is_none()));
            if let Some(a) = best {
                let mut v2 = a.value.clone();
                v2.deps = v2.deps.union(&v.deps);
                return v2;
            }
        }
        v.clone()
    }
}
