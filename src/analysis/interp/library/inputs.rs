//! What a form or serializer takes in: nothing else of what was sent is in the record that it hands on.

use super::*;
use crate::project::facts::Model;
use crate::sym;
use crate::syntax::il::{ArgKind, Call, ExprKind};

/// What is in a record, and whether always.
type Inputs = Vec<(Sym, Presence)>;

impl<'p> Interp<'p> {
    /// Leaves nothing in a record but what the receiver's class takes in, where its declarations tell.
    pub(super) fn limit(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let class = call.receiver.and_then(|r| self.class_of_value(st, r));
        let record = call.spec.into.as_ref();
        let record = record.and_then(|sel| self.select(st, call, sel));
        if let (Some(class), Some(record)) = (class, record.map(|s| self.concrete(&s.value)))
            && let Kind::Obj(id) = record.kind
            && let Some(named) = self.inputs(st, call, class)
        {
            self.limit_to(st, &record, id, named, call.loc);
        }
        self.none()
    }

    /// What a class takes in; `None` if its declarations do not tell.
    fn inputs(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        class: ClassRef,
    ) -> Option<Inputs> {
        let model = call.spec.container.as_ref();
        let model = model.and_then(|sel| self.container(st, call, sel));
        let (declared, left_out) = self.declared_inputs(class)?;
        let inputs = match model {
            None => declared,
            Some(Container::Model(path)) => {
                let model = self.p.model(path)?;
                self.columns_taken(st, call, model, declared, &left_out)?
            }
            Some(_) => return None,
        };
        (!inputs.is_empty()).then_some(inputs)
    }

    /// The fields that a class declares: those that take something in, and those that only give out.
    fn declared_inputs(&self, class: ClassRef) -> Option<(Inputs, Vec<Sym>)> {
        let (mut out, mut left_out): (Inputs, Vec<Sym>) = Default::default();
        for c in std::iter::once(class).chain(self.p.ancestors(class)) {
            for a in &self.p.class(c).attrs {
                let Some(ExprKind::Call(made)) = a.value.as_ref().map(|v| &v.kind) else {
                    continue;
                };
                let of = match &made.callee.kind {
                    ExprKind::Name(n) | ExprKind::Attr(_, n, _) => *n,
                    _ => return None,
                };
                let has = |list| self.names_argument(made, list);
                if has(sym!("input-renamed")) {
                    return None;
                }
                if self.lib.is_listed(sym!("input-left-out"), of) || has(sym!("input-left-out")) {
                    left_out.push(a.name);
                    continue;
                }
                let presence = match has(sym!("input-optional")) {
                    true => Presence::Maybe,
                    false => Presence::Yes,
                };
                if !out.iter().any(|(n, _)| *n == a.name) {
                    out.push((a.name, presence));
                }
            }
        }
        Some((out, left_out))
    }

    /// What is taken in for a new row of a model: what is declared, and the columns that are named besides, if each must
    /// be sent. (For a row that is there, any of them may be missing.)
    fn columns_taken(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        model: &Model,
        declared: Inputs,
        left_out: &[Sym],
    ) -> Option<Inputs> {
        let row = call.spec.item.as_ref();
        let row = row.and_then(|sel| self.select(st, call, sel))?;
        if !matches!(row.value.kind, Kind::Const(Lit::None)) {
            return None;
        }
        let names = call.spec.narrow.as_ref();
        let names = names.and_then(|sel| self.select(st, call, sel))?;
        let names = self.all_names(st, &names.value)?;
        let given_out = call.spec.leaves_out.as_ref();
        let given_out = match given_out.and_then(|sel| self.select(st, call, sel)) {
            Some(names) => self.all_names(st, &names.value)?,
            None => Vec::new(),
        };
        let mut out = declared;
        for name in names {
            if left_out.contains(&name)
                || given_out.contains(&name)
                || out.iter().any(|(n, _)| *n == name)
            {
                continue;
            }
            match model.fields.get(name.as_str()) {
                Some(f) if f.primary_key || f.stamped => {}
                // It may be empty, or is filled otherwise: it need not be sent.
                Some(f) if f.null || f.default.is_some() => return None,
                Some(_) => out.push((name, Presence::Yes)),
                None if model.complete => {}
                None => return None,
            }
        }
        out.iter().all(|(_, p)| *p == Presence::Yes).then_some(out)
    }

    /// The texts in a list of names, if it is known to the last.
    fn all_names(&self, st: &State, names: &Value) -> Option<Vec<Sym>> {
        let length = match &names.kind {
            Kind::Tuple(vs) => vs.len(),
            Kind::Obj(id) => {
                let list = st.obj(*id)?;
                list.rest.is_none().then_some(list.fields.len())?
            }
            _ => return None,
        };
        let texts = self.names_in(st, names)?;
        (texts.len() == length).then_some(texts)
    }

    /// Whether a call has a keyword argument of a listed name.
    pub(super) fn names_argument(&self, call: &Call, list: Sym) -> bool {
        let mut all = call.args.iter();
        all.any(|a| matches!(a.kind, ArgKind::Keyword(n) if self.lib.is_listed(list, n)))
    }

    /// Nothing but these is in a record, beside what the program has put there.
    fn limit_to(&mut self, st: &mut State, record: &Value, id: ObjId, named: Inputs, loc: Loc) {
        for (name, presence) in named {
            if st.obj(id).is_none_or(|o| o.get(name).is_some()) {
                continue;
            }
            let key = self.lit(Lit::Str(name));
            let value = self.index(st, record, &key, loc);
            if let Some(o) = st.obj_mut(id) {
                o.fields.push((name, Slot { value, presence }));
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.rest = None;
            o.rest_key = None;
        }
    }
}
