//! Places: names, attributes, members and tuples that values are put into.

use super::Interp;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{BinOp, Expr, Place};

impl<'p> Interp<'p> {
    pub(super) fn bind_name(&mut self, st: &mut State, name: Sym, v: Value) {
        let mut env = Some(self.frames[self.cur].env);
        // The environment whose function binds the name; the current one where none does.
        while let Some(id) = env {
            let Some(e) = st.env(id) else { break };
            if self.p.func(e.func).locals.contains(&name) {
                if let Some(e) = st.env_mut(id) {
                    e.vars.insert(name, v);
                }
                return;
            }
            env = e.parent;
        }
        let file = self.file();
        if self.p.is_global(file, name) {
            self.put_global(st, (file, name), v);
            return;
        }
        let cur = self.frames[self.cur].env;
        if let Some(e) = st.env_mut(cur) {
            e.vars.insert(name, v);
        }
    }

    /// `place = value`.
    pub(super) fn assign(&mut self, st: &mut State, place: &'p Place, v: Value) {
        match place {
            Place::Name(n, _) => self.bind_name(st, *n, v),
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.set_attr(st, &b, *name, v, loc);
            }
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.set_index(st, &b, &i, v, loc);
            }
            Place::Deref(base, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.copy_into(st, &b, &v, loc);
            }
            Place::Tuple(places, span) => {
                let v = self.concrete_tuple(&v);
                let star = places.iter().position(|p| matches!(p, Place::Star(..)));
                for (i, p) in places.iter().enumerate() {
                    let part = match (&v.kind, star) {
                        (Kind::Tuple(vs), None) if i < vs.len() => vs[i].clone(),
                        (Kind::Tuple(vs), Some(s)) if i < s && i < vs.len() => vs[i].clone(),
                        _ => {
                            let loc = self.loc(*span);
                            self.unpacked(st, &v, i, loc)
                        }
                    };
                    self.assign(st, p, part);
                }
            }
            Place::Star(inner, _) => self.assign(st, inner, v),
            Place::Ignore => self.drop_failure(st, &v),
        }
    }

    /// The failure of an access that nobody looks at: whoever lost goes on as whoever won.
    #[inline(never)]
    pub(super) fn drop_failure(&mut self, st: &mut State, v: &Value) {
        if let Kind::Err(w) = v.kind
            && self.lang == Lang::Go
            && !st.merged_losses.contains(&w)
        {
            st.merged_losses.edit().push(w);
        }
    }

    /// A value of several tuples is a tuple of several values.
    fn concrete_tuple(&mut self, v: &Value) -> Value {
        let Kind::Phi(alts) = &v.kind else {
            return v.clone();
        };
        let mut tuples = alts
            .iter()
            .filter(|a| matches!(a.value.kind, Kind::Tuple(_)));
        let Some(first) = tuples.next() else {
            return v.clone();
        };
        let mut joined = first.value.clone();
        let mut under = first.under.clone();
        for next in tuples {
            joined = join_values(
                &joined,
                &under,
                &next.value,
                &next.under,
                &mut self.seen.terms,
            );
            under = Shared::default();
            if !matches!(joined.kind, Kind::Tuple(_)) {
                return first.value.clone();
            }
        }
        joined
    }

    #[inline(never)]
    pub(super) fn augment(&mut self, st: &mut State, place: &'p Place, op: BinOp, value: &'p Expr) {
        let old = match place {
            Place::Name(n, _) => self.lookup(st, *n),
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                let old = self.attr(st, &b, *name, loc);
                self.computed_with(st, &b, *name, old)
            }
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.index(st, &b, &i, loc)
            }
            Place::Deref(base, _) => self.eval(st, base),
            _ => self.unknown(Deps::default()),
        };
        let right = self.eval(st, value);
        let v = self.binary(st, op, &old, &right);
        if let Place::Name(n, _) = place {
            self.note_counted(*n);
        }
        self.assign(st, place, v);
    }

    #[inline(never)]
    pub(super) fn delete(&mut self, st: &mut State, place: &'p Place) {
        match place {
            Place::Index(base, index, span) => {
                let b = self.eval(st, base);
                let i = self.eval(st, index);
                let loc = self.loc(*span);
                self.remove_key(st, &b, &i, loc);
            }
            Place::Attr(base, name, span) => {
                let b = self.eval(st, base);
                let loc = self.loc(*span);
                self.mutate(st, &b, &Deps::default(), loc);
                let _ = name;
            }
            Place::Tuple(ps, _) => ps.iter().for_each(|p| self.delete(st, p)),
            _ => {}
        }
    }

    pub(super) fn tuple(&mut self, vs: Vec<Value>) -> Value {
        let deps = vs.iter().fold(Deps::default(), |d, v| d.union(&v.deps));
        let terms = vs.iter().map(|v| v.term).collect();
        let term = self.seen.terms.intern(Term::Op(sym!("tuple"), terms));
        Value::new(term, Kind::tuple(vs), deps)
    }
}
