//! Writes of some columns only: which ones, as their names and what was decided of these say.

use super::*;
use crate::symbol::Sym;

impl<'p> Interp<'p> {
    pub(super) fn narrow(
        &mut self,
        st: &State,
        container: Option<Container>,
        names: &Value,
        sets: &mut Vec<SetField>,
    ) {
        let v = self.concrete(names);
        let mut list: Vec<Sym> = Vec::new();
        let mut open = false;
        match &v.kind {
            Kind::Obj(id) => {
                if let Some(o) = st.obj(*id) {
                    for (_, s) in &o.fields {
                        match self.seen.terms.text(s.value.term) {
                            Some(t) => list.push(self.p.attribute_name(None, container, t)),
                            None => open = true,
                        }
                    }
                    if let Some(r) = &o.rest {
                        match self.seen.terms.text(r.term) {
                            Some(t) => list.push(self.p.attribute_name(None, container, t)),
                            None => open = true,
                        }
                        if let Kind::Phi(alts) = &r.kind {
                            for a in alts.iter() {
                                if let Some(t) = self.seen.terms.text(a.value.term) {
                                    list.push(self.p.attribute_name(None, container, t));
                                }
                            }
                        }
                    }
                }
            }
            Kind::Tuple(vs) => {
                for x in vs.iter() {
                    match self.seen.terms.text(x.term) {
                        Some(t) => list.push(self.p.attribute_name(None, container, t)),
                        None => open = true,
                    }
                }
            }
            _ => open = true,
        }
        // What was decided of the names on the way.
        let mut without = Vec::new();
        for c in &st.ctl {
            let Some(p) = &c.pred else { continue };
            if let Some(only) = self.named_by(st, p, c.polarity, names, &mut without) {
                list = only;
                open = false;
            }
        }
        let column = |s: &Self, n: &Sym| s.p.attribute_name(None, container, *n);
        list = list.iter().map(|n| column(self, n)).collect();
        without = without.iter().map(|n| column(self, n)).collect();
        if !open {
            sets.retain(|s| list.contains(&s.path) || s.path == "*");
        }
        sets.retain(|s| !without.contains(&s.path));
    }

    /// What a test says of a list of names: which ones it holds, and which it does not.
    fn named_by(
        &self,
        st: &State,
        p: &Pred,
        holds: bool,
        names: &Value,
        without: &mut Vec<Sym>,
    ) -> Option<Vec<Sym>> {
        let meant = |v: &Value| {
            v.term == names.term
                || matches!((&v.kind, &names.kind), (Kind::Obj(a), Kind::Obj(b)) if a == b)
        };
        match (p, holds) {
            (Pred::Not(p), _) => self.named_by(st, p, !holds, names, without),
            (Pred::And(ps), true) | (Pred::Or(ps), false) => ps
                .iter()
                .filter_map(|p| self.named_by(st, p, holds, names, without))
                .next_back(),
            (Pred::Cmp(CmpOp::Eq, a, b), true) | (Pred::Cmp(CmpOp::Ne, a, b), false)
                if meant(a) =>
            {
                self.texts(st, b)
            }
            (Pred::Cmp(CmpOp::In, a, b), false) | (Pred::Cmp(CmpOp::NotIn, a, b), true)
                if meant(b) =>
            {
                without.extend(self.seen.terms.text(a.term));
                None
            }
            _ => None,
        }
    }

    /// The texts of a list or tuple that holds nothing else.
    pub(super) fn texts(&self, st: &State, v: &Value) -> Option<Vec<Sym>> {
        match &v.kind {
            Kind::Obj(id) => {
                let o = st
                    .obj(*id)
                    .filter(|o| o.shape == Shape::List && o.rest.is_none())?;
                o.fields
                    .iter()
                    .map(|(_, s)| self.seen.terms.text(s.value.term))
                    .collect()
            }
            Kind::Tuple(vs) => vs.iter().map(|v| self.seen.terms.text(v.term)).collect(),
            _ => None,
        }
    }
}
