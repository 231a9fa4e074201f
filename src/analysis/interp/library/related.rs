//! Keys in a record, and the rows that they stand for: the fields of a form or serializer look them up before the
//! program sees what was sent.

use super::reads::Asked;
use super::*;
use crate::sym;
use crate::syntax::il::{Expr, ExprKind};

/// A field whose value is a row.
struct Related {
    name: Sym,
    container: Container,
    /// What the row must meet besides.
    conds: Vec<Rc<Cond>>,
    lock: Option<Loc>,
    /// The column by which it is named.
    by: Sym,
    /// There may be none.
    optional: bool,
}

impl<'p> Interp<'p> {
    /// Puts rows in the place of keys, for the fields that the receiver's class declares as such, and for those of its
    /// model that it names.
    pub(super) fn relate(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let class = call.receiver.and_then(|r| self.class_of_value(st, r));
        let record = call.spec.into.as_ref();
        let record = record.and_then(|sel| self.select(st, call, sel));
        if let (Some(class), Some(record)) = (class, record.map(|s| self.concrete(&s.value)))
            && let Kind::Obj(id) = record.kind
        {
            for field in self.related_fields(st, call, class) {
                let row = self.related_row(st, call, &record, &field);
                if let Some(o) = st.obj_mut(id) {
                    o.set(field.name, row);
                }
            }
            self.relate_nested(st, call, &record, id, class, 0);
        }
        self.none()
    }

    /// Puts records in the place of what the fields take in that are of the same kind as the class themselves (a line
    /// of an order): each with the rows in the place of its keys.
    fn relate_nested(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        record: &Value,
        id: ObjId,
        class: ClassRef,
        depth: u32,
    ) {
        let head = |k: Sym| k.split('.').next().map(intern);
        let kind = |s: &Self, c: ClassRef| s.p.class_kind(c, s.lib).and_then(head);
        let own = kind(self, class);
        let mut declared: Vec<Sym> = Vec::new();
        for c in std::iter::once(class).chain(self.p.ancestors(class)) {
            for a in &self.p.class(c).attrs {
                let taken_in = matches!(a.value.as_ref().map(|v| &v.kind), Some(ExprKind::Call(made))
                    if !self.names_argument(made, sym!("input-left-out")));
                if !taken_in || depth > 2 || declared.contains(&a.name) {
                    continue;
                }
                declared.push(a.name);
                let Some(field) = self.class_level(st, class, a.name, call.loc) else {
                    continue;
                };
                let Some(of) = self.class_of_value(st, &field) else {
                    continue;
                };
                if of == class || own.is_none() || kind(self, of) != own {
                    continue;
                }
                let key = self.lit(Lit::Str(a.name));
                let given = self.index(st, record, &key, call.loc);
                let inner = self.nested(st, call, given, &field, depth);
                if let Some(o) = st.obj_mut(id) {
                    o.set(a.name, inner);
                }
            }
        }
    }

    fn nested(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        given: Value,
        field: &Value,
        depth: u32,
    ) -> Value {
        let many = is_on(st, field, sym!("many"));
        let (inner, v) = self.obj_value(st, Shape::Dict);
        let rest = match many {
            true => self.unknown(given.deps.clone()),
            false => given,
        };
        if let Some(o) = st.obj_mut(inner) {
            o.rest = Some(rest);
        }
        let Some(class) = self.class_of_value(st, field) else {
            return v;
        };
        let within = LibraryCall {
            receiver: Some(field),
            ..*call
        };
        for field in self.related_fields(st, &within, class) {
            let row = self.related_row(st, &within, &v, &field);
            if let Some(o) = st.obj_mut(inner) {
                o.set(field.name, row);
            }
        }
        self.relate_nested(st, &within, &v, inner, class, depth + 1);
        if !many {
            return v;
        }
        let (list, several) = self.obj_value(st, Shape::List);
        self.add_rest(st, list, v);
        several
    }

    /// A new row gets what a record says of its columns: of those that `narrow` names, or of all.
    pub(super) fn fill(&mut self, st: &mut State, call: &LibraryCall<'_>, row: &Value) {
        let Some(sel) = &call.spec.defaults else {
            return;
        };
        let record = self.select(st, call, sel).map(|s| self.concrete(&s.value));
        let (Some(record), Kind::Obj(id)) = (record, &row.kind) else {
            return;
        };
        let model = match st.obj(*id) {
            Some(o) if o.shape == Shape::Row && o.origin == Origin::Fresh => o.container,
            _ => return,
        };
        let Some(Container::Model(model)) = model else {
            return;
        };
        let names = call.spec.narrow.as_ref();
        let names = names.and_then(|sel| self.select(st, call, sel));
        let named = names.and_then(|n| self.names_in(st, &n.value));
        let named = named.unwrap_or_else(|| {
            let fields = self.p.model(model).map(|m| m.fields.iter());
            let open = fields.into_iter().flatten().filter(|(_, f)| !f.primary_key);
            open.map(|(n, _)| intern(n)).collect()
        });
        for name in named {
            let column = self
                .p
                .attribute_name(None, Some(Container::Model(model)), name);
            if st.obj(*id).is_none_or(|o| o.get(column).is_some()) {
                continue;
            }
            let key = self.lit(Lit::Str(name));
            let v = self.index(st, &record, &key, call.loc);
            if let Some(o) = st.obj_mut(*id) {
                o.set(column, v);
                o.dirty.push((column, call.loc));
            }
        }
    }

    fn related_row(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        record: &Value,
        field: &Related,
    ) -> Value {
        let key = self.lit(Lit::Str(field.name));
        let given = self.index(st, record, &key, call.loc);
        let mut conds = field.conds.clone();
        conds.push(Rc::new(Cond::Test {
            path: field.by,
            cmp: Cmp::Eq,
            with: vec![self.scalar(st, &given)],
        }));
        let returns = Returns::Row {
            optional: field.optional,
        };
        let container = Some(field.container);
        let asked = Asked {
            container,
            conds,
            lock: field.lock,
            ..Asked::default()
        };
        let r = self.record_read(st, call, &returns, asked);
        let row = self.row_object(st, r, container, field.optional);
        self.looked_up.insert(row.term);
        row
    }

    fn related_fields(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        class: ClassRef,
    ) -> Vec<Related> {
        let mut out = Vec::new();
        let mut declared: Vec<Sym> = Vec::new();
        for c in std::iter::once(class).chain(self.p.ancestors(class)) {
            for a in &self.p.class(c).attrs {
                if declared.contains(&a.name) {
                    continue;
                }
                declared.push(a.name);
                if let Some(ExprKind::Call(made)) = a.value.as_ref().map(|v| &v.kind)
                    && self.makes_related(st, c, &made.callee)
                    && let Some(v) = self.class_level(st, class, a.name, call.loc)
                {
                    out.extend(self.declared_relation(st, a.name, &v));
                }
            }
        }
        let spec = call.spec;
        let model = spec.container.as_ref();
        let model = model.and_then(|sel| self.container(st, call, sel));
        let names = spec.narrow.as_ref();
        let names = names.and_then(|sel| self.select(st, call, sel));
        if let (Some(Container::Model(path)), Some(names)) = (model, names)
            && let Some(model) = self.p.model(path)
        {
            let named = self.names_in(st, &names.value);
            for (name, f) in &model.fields {
                let name = intern(name);
                let one = f.traits.foreign_key || f.traits.one_to_one;
                if one
                    && !declared.contains(&name)
                    && named.as_ref().is_none_or(|n| n.contains(&name))
                    && let Some(target) = self.p.relation_target(path, name)
                {
                    out.push(Related {
                        name,
                        container: Container::Model(target),
                        conds: Vec::new(),
                        lock: None,
                        by: sym!("pk"),
                        optional: f.null,
                    });
                }
            }
        }
        out
    }

    /// Whether what is called makes a field whose value is a row.
    fn makes_related(&mut self, st: &mut State, class: ClassRef, callee: &'p Expr) -> bool {
        let v = self.in_module(st, class.file, |s, st| s.eval(st, callee));
        let Kind::Path(path) = v.kind else {
            return false;
        };
        self.lib.callees.get(&path).is_some_and(|specs| {
            specs.iter().any(
                |i| matches!(self.lib.specs[*i].returns, Returns::Kind(k) if k == sym!("related")),
            )
        })
    }

    /// A field as its declaration makes it.
    fn declared_relation(&self, st: &State, name: Sym, v: &Value) -> Option<Related> {
        let Kind::Obj(id) = v.kind else { return None };
        let o = st.obj(id)?;
        let text = |n: Sym| o.get(n).and_then(|s| self.seen.terms.text(s.value.term));
        if is_on(st, v, sym!("many")) {
            return None;
        }
        Some(Related {
            name,
            container: o.container.filter(|c| matches!(c, Container::Model(_)))?,
            conds: o.conds.clone(),
            lock: o.lock,
            by: text(sym!("by")).unwrap_or(sym!("pk")),
            optional: is_on(st, v, sym!("optional")),
        })
    }

    /// The texts in a list of names; none where it is none (all are meant).
    pub(super) fn names_in(&self, st: &State, names: &Value) -> Option<Vec<Sym>> {
        let text = |v: &Value| self.seen.terms.text(v.term);
        match &names.kind {
            Kind::Tuple(vs) => Some(vs.iter().filter_map(text).collect()),
            Kind::Obj(id) => {
                let fields = st.obj(*id).map(|o| o.fields.as_slice());
                let all = fields.unwrap_or_default().iter();
                Some(all.filter_map(|(_, s)| text(&s.value)).collect())
            }
            _ => None,
        }
    }
}

/// Whether an object was made with something that is true.
fn is_on(st: &State, v: &Value, name: Sym) -> bool {
    let Kind::Obj(id) = v.kind else { return false };
    let held = st.obj(id).and_then(|o| o.get(name));
    held.is_some_and(|s| matches!(s.value.kind, Kind::Const(Lit::Bool(true))))
}
