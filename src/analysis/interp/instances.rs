//! Instances that a call of a class makes.

use super::Interp;
use super::call::Args;
use super::library::LibraryCall;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{ExprKind, Lit};

impl<'p> Interp<'p> {
    /// Makes an instance of a class of the project.
    pub(super) fn instantiate(
        &mut self,
        st: &mut State,
        class: ClassRef,
        args: Args,
        loc: Loc,
    ) -> Value {
        if self.lang == Lang::Go {
            // A conversion.
            return match args.pos.first() {
                Some(v) => {
                    let mut v = v.clone();
                    if matches!(v.kind, Kind::Unknown)
                        && let Some(t) = self.instance_of(st, class, v.term, Origin::Unknown, loc)
                        && self.p.is_struct(class)
                    {
                        v.kind = t.kind;
                    }
                    v
                }
                None => self.unknown(Deps::default()),
            };
        }
        if let Some(model) = self.p.model_path(class) {
            return self.new_row(st, Some(class), model, &args, loc);
        }
        let members = |b: &Sym| self.lib.is_listed(sym!("enumerations"), *b);
        if let [of] = args.pos.as_slice()
            && self.p.externals(class).iter().any(members)
        {
            // A member by its value.
            let path = self.p.class_path(class);
            return self.converted(st, path.as_str(), of.clone());
        }
        let declared = self.p.class_kind(class, self.lib);
        let (id, v) = self.obj_value(st, Shape::Instance);
        if let Some(o) = st.obj_mut(id) {
            o.class = Some(class);
            if let Some(kind) = declared {
                o.shape = Shape::Lib(kind);
            }
        }
        if declared.is_some() {
            // What the library's own constructor keeps.
            for (name, value) in self.declared_puts(class, &args, loc) {
                if let Some(o) = st.obj_mut(id) {
                    o.set(name, value);
                }
            }
        }
        if let Some((_, init)) = self.p.method(class, sym!("__init__")) {
            let f = self.func_value(st, init, None);
            let f = self.bind(f, v.clone());
            self.call_value(st, &f, args, loc);
        } else {
            for (i, a) in args.pos.iter().enumerate() {
                if let Some(n) = self.p.field_at(class, i)
                    && let Some(o) = st.obj_mut(id)
                {
                    o.set(n, a.clone());
                }
            }
            // What the library's constructor keeps under that name, it has kept above, or not.
            let said = self.p.declaring(class, self.lib);
            let said = said.map_or(&[][..], |i| self.lib.specs[i].put.as_slice());
            for (k, s) in &args.kw {
                if said.iter().any(|(n, _)| n == k) {
                    continue;
                }
                if let Some(o) = st.obj_mut(id) {
                    o.set(*k, s.value.clone());
                }
            }
            if let Some(open) = &args.open {
                self.spread_fields(st, id, class, open, loc);
                self.add_rest(st, id, open.clone());
            }
            if let Some((_, post)) = self.p.method(class, sym!("__post_init__")) {
                let f = self.func_value(st, post, None);
                let f = self.bind(f, v.clone());
                self.call_value(st, &f, Args::default(), loc);
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.dirty.clear();
        }
        v
    }

    /// What an instance of a class from elsewhere was given by name, it has under that name.
    pub(super) fn keeps_given(&mut self, st: &mut State, path: Sym, args: &Args, made: &Value) {
        let class = || {
            let name = path.rsplit('.').next().unwrap_or_default();
            name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
        };
        if self.lang != Lang::Python
            || args.kw.is_empty()
            || made.deps.is_empty()
            || !matches!(made.kind, Kind::Unknown)
            || !class()
        {
            return;
        }
        let id = self.new_obj(st, Shape::Instance, made.term);
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Unknown;
            o.rest = Some(made.clone());
            for (name, slot) in &args.kw {
                o.set(*name, slot.value.clone());
            }
        }
        self.of_term.insert(made.term, id);
    }

    /// `Record(**item)`: each declared field that was not given by name is that part of the item.
    fn spread_fields(
        &mut self,
        st: &mut State,
        id: ObjId,
        class: ClassRef,
        open: &Value,
        loc: Loc,
    ) {
        let Kind::Obj(_) = self.concrete(open).kind else {
            return;
        };
        for name in self.p.declared_fields(class) {
            if st.obj(id).is_none_or(|o| o.get(name).is_some()) {
                continue;
            }
            let key = self.lit(Lit::Str(name));
            let v = self.index(st, open, &key, loc);
            if let Some(o) = st.obj_mut(id) {
                o.set(name, v);
            }
        }
    }

    /// The class that stands under a name in the body of another one (`model = Wallet`): `self.model(...)` makes one of its
    /// instances. Of an object that may be of a derived class, only if none of these puts another one there.
    pub(super) fn held_class(
        &mut self,
        st: &mut State,
        class: ClassRef,
        name: Sym,
        made: bool,
        loc: Loc,
    ) -> Option<Value> {
        let (owner, attr) = self.p.class_attr(class, name)?;
        if !matches!(
            attr.value.as_ref()?.kind,
            ExprKind::Name(_) | ExprKind::Attr(..)
        ) {
            return None;
        }
        let own = |d: &ClassRef| self.p.class_attr(*d, name).is_none_or(|a| a.0 == owner);
        if !made && !self.p.derived(class).iter().all(own) {
            return None;
        }
        let v = self.class_level(st, class, name, loc)?;
        matches!(v.kind, Kind::Class(_)).then_some(v)
    }

    /// What a class declares, by name.
    pub(super) fn fields_by_name(&mut self, st: &mut State, class: ClassRef) -> Value {
        let (id, v) = self.obj_value(st, Shape::Dict);
        for name in self.p.declared_fields(class) {
            let field = self.unknown(Deps::default());
            if let Some(o) = st.obj_mut(id) {
                o.set(name, field);
            }
        }
        v
    }

    /// What a class declares, one after the other: each says what it is called.
    pub(super) fn fields_in_turn(&mut self, st: &mut State, class: ClassRef) -> Value {
        let (id, v) = self.obj_value(st, Shape::List);
        for (n, name) in self.p.declared_fields(class).into_iter().enumerate() {
            let (field, of) = self.obj_value(st, Shape::Instance);
            let called = self.lit(Lit::Str(name));
            if let Some(o) = st.obj_mut(field) {
                o.set(sym!("name"), called);
            }
            if let Some(o) = st.obj_mut(id) {
                o.set(intern(&n.to_string()), of);
            }
        }
        v
    }

    /// A row that is not in the store yet; of a model outside the project it has no class.
    pub(super) fn new_row(
        &mut self,
        st: &mut State,
        class: Option<ClassRef>,
        model: Sym,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let (id, v) = self.obj_value(st, Shape::Row);
        let fields: Vec<(Sym, Slot)> = args
            .kw
            .iter()
            .map(|(k, s)| {
                (
                    self.p
                        .attribute_name(class, Some(Container::Model(model)), *k),
                    s.clone(),
                )
            })
            .collect();
        // What stands for its key by position comes first.
        let mut key = Vec::new();
        if let Some(number) = class.and_then(|c| self.p.declaring(c, self.lib)) {
            let spec = &self.lib.specs[number];
            let call = LibraryCall::new(self.lib, number, None, args, loc);
            for (name, sel) in [("pk", &spec.key), ("sk", &spec.sort_key)] {
                if let Some(slot) = sel.as_ref().and_then(|s| self.select(st, &call, s))
                    && !fields.iter().any(|f| f.0 == name)
                {
                    key.push((intern(name), slot));
                }
            }
        }
        key.extend(fields);
        if let Some(o) = st.obj_mut(id) {
            o.class = class;
            o.container = Some(Container::Model(model));
            o.origin = Origin::Fresh;
            o.fields = key;
            o.rest = args.open.clone();
        }
        self.rows.insert(v.term, id);
        v
    }
}
