//! Answers in parts: pages, and what the members of a batch found.

use super::*;

/// What is told of a list that it holds pages.
pub(super) const PAGES: &str = "pages:";

impl<'p> Interp<'p> {
    /// A list of pages, each like this.
    pub(super) fn pages(&mut self, st: &mut State, page: Value) -> Value {
        let (id, v) = self.obj_value(st, Shape::List);
        if let Some(o) = st.obj_mut(id) {
            o.rest = Some(page);
            o.type_path = Some(intern(PAGES));
        }
        v
    }

    /// Of a list of pages one with what all of them hold, or what that has under a name.
    pub(super) fn page_of(
        &mut self,
        st: &mut State,
        pages: Option<&Value>,
        name: Option<Sym>,
    ) -> Value {
        let object = |v: &Value| match v.kind {
            Kind::Obj(id) => st.obj(id),
            _ => None,
        };
        let page = pages
            .map(|v| self.concrete(v))
            .and_then(|v| object(&v)?.rest.clone());
        let found = match (name, &page) {
            (Some(name), Some(page)) => {
                object(page).and_then(|o| o.get(name).map(|s| s.value.clone()))
            }
            _ => page,
        };
        found.unwrap_or_else(|| self.unknown(Deps::default()))
    }

    /// The rows that the members of a batch found, in a list for each container under whose name they stood.
    pub(super) fn grouped(&mut self, st: &mut State, found: &[(Option<Value>, Value)]) -> Value {
        let (id, all) = self.obj_value(st, Shape::Dict);
        let mut lists: Vec<(Value, ObjId)> = Vec::new();
        for (of, row) in found {
            let Some(of) = of else { continue };
            let known = lists.iter().find(|l| l.0.term == of.term).map(|l| l.1);
            let list = match known {
                Some(list) => list,
                None => {
                    let (list, v) = self.obj_value(st, Shape::List);
                    self.under(st, id, of, v);
                    lists.push((of.clone(), list));
                    list
                }
            };
            // In which order they come is not said; and it may not be there.
            self.add_rest(st, list, row.clone());
            let one = found
                .iter()
                .filter(|f| f.0.as_ref().is_some_and(|o| o.term == of.term));
            if let (1, Kind::Obj(row)) = (one.count(), &row.kind)
                && let Some(Origin::Read(r)) = st.obj(*row).map(|o| o.origin.clone())
                && let Some(o) = st.obj_mut(list)
            {
                o.maybe = Some(r);
            }
        }
        all
    }

    fn under(&mut self, st: &mut State, id: ObjId, name: &Value, v: Value) {
        let text = self.seen.terms.text(name.term);
        if text.is_none() {
            self.add_rest(st, id, v.clone());
        }
        if let Some(o) = st.obj_mut(id) {
            match text {
                Some(text) => o.set(text, v),
                None => o.rest_key = Some(name.clone()),
            }
            o.origin = Origin::Unknown;
        }
    }
}
