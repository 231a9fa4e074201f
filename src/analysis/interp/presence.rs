//! Whether something is there: what a test of that says.

use super::Interp;
use super::cond::Gathered;
use crate::analysis::access::ReadId;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::syntax::Lang;
use crate::syntax::il::{CmpOp, Lit};

impl Interp<'_> {
    /// The read of which a value is a column of the row that was picked, or nothing where there was none: that it is
    /// nothing says that none was found.
    fn nobody_found(&self, of: &[&Alt]) -> Option<ReadId> {
        let [a, b] = of else { return None };
        let (found, none) = if b.value.is_none() { (a, b) } else { (b, a) };
        if !none.value.is_none() || !matches!(found.value.kind, Kind::Unknown) {
            return None;
        }
        let facts = none.under.iter().flat_map(|c| c.facts.iter());
        let absent = facts.filter_map(|f| match f {
            Fact::Absent(r) => Some(*r),
            _ => None,
        });
        let picked = |r: &ReadId| {
            let read = &self.seen.reads[r.0 as usize];
            !read.one && read.key_names.is_empty() && found.value.deps.data.of(*r)
        };
        let mut absent = absent.filter(picked);
        absent.next()
    }

    /// Python: whether a value was made by a conversion, or is declared to be a number, a text or the like.
    fn is_never_none(&self, term: TermId) -> bool {
        self.lang == Lang::Python
            && match self.seen.terms.get(term) {
                Term::Param(name) => {
                    let root = self.frames.first().map(|f| self.p.func(f.func));
                    let param = root.and_then(|f| f.params.iter().find(|p| p.name == *name));
                    param.is_some_and(|p| self.is_of_plain_type(p))
                }
                _ => self.seen.terms.is_converted(term),
            }
    }

    /// Assumes that a value is there (not `None`/`nil`), or that it is not.
    pub(super) fn gather_present(
        &mut self,
        st: &State,
        v: &Value,
        present: bool,
        g: &mut Gathered,
    ) -> bool {
        match &v.kind {
            Kind::Const(l) => (*l != Lit::None) == present,
            Kind::Phi(alts) => {
                let kept: Vec<&Alt> = alts
                    .iter()
                    .filter(|a| match &a.value.kind {
                        Kind::Const(l) => (*l != Lit::None) == present,
                        Kind::Obj(id) => present || st.obj(*id).is_some_and(|o| o.maybe.is_some()),
                        Kind::Func(_) | Kind::Class(_) | Kind::Tuple(_) | Kind::Cond(_) => present,
                        // What another package has under a name (a failure to compare with) is there.
                        Kind::Path(_) if self.lang == Lang::Go => present,
                        _ if self.is_text(a.value.term) => present,
                        // On the way to it that was asked.
                        _ => said_present(a).is_none_or(|said| said == present),
                    })
                    .collect();
                if !present {
                    g.facts.extend(self.nobody_found(&kept).map(Fact::OrAbsent));
                }
                self.keep_alternatives(st, alts, &kept, g, |s, a, g| {
                    s.gather_present(st, &a.value, present, g)
                })
            }
            Kind::Obj(id) => {
                let Some(o) = st.obj(*id) else { return true };
                match o.maybe {
                    Some(r) => {
                        g.deps = g.deps.union(&v.deps.all());
                        g.facts.push(if present {
                            Fact::Present(r)
                        } else {
                            Fact::Absent(r)
                        });
                        true
                    }
                    None if o.origin == Origin::Param => present || !self.is_never_none(v.term),
                    None => present || o.origin != Origin::Fresh || self.may_be_nil(o),
                }
            }
            // A test that the store is to make is there.
            Kind::Func(_) | Kind::Class(_) | Kind::Cond(_) => present,
            Kind::Presence(r) => {
                g.facts.push(if present {
                    Fact::Present(*r)
                } else {
                    Fact::Absent(*r)
                });
                true
            }
            Kind::Err(w) => {
                g.facts.push(if present {
                    Fact::Failed(*w)
                } else {
                    Fact::Won(*w)
                });
                true
            }
            Kind::Unknown => {
                if (!present && self.is_never_none(v.term))
                    || self.column_there(st, v.term) == Some(!present)
                {
                    return false;
                }
                if let Some((row, true)) = self.tested_row(v.term) {
                    g.rows.push((row, present));
                }
                true
            }
            Kind::ReadErr(r) => {
                // No failure: what is told by one when it is missing was found.
                if self.seen.reads[r.0 as usize].absent_as.is_some() {
                    // Code that goes on in spite of the failure takes it for that.
                    g.facts.push(if present {
                        Fact::Absent(*r)
                    } else {
                        Fact::Present(*r)
                    });
                }
                true
            }
            _ => true,
        }
    }

    /// Whether a list or mapping that was made here may be nothing: Go's maps are made by somebody, and its slices with
    /// something in them were.
    pub(super) fn may_be_nil(&self, o: &Obj) -> bool {
        let go = self.lang == Lang::Go;
        match o.shape {
            Shape::Dict => !go,
            Shape::List => !go || o.fields.iter().all(|f| f.1.presence == Presence::Maybe),
            _ => false,
        }
    }
}

/// What the decisions on the way to an alternative say about its own presence (`if err != nil { return err }`).
fn said_present(a: &Alt) -> Option<bool> {
    a.under.iter().rev().find_map(|c| {
        let (op, x, y) = match c.pred.as_deref()? {
            Pred::Cmp(op, x, y) => (*op, x, y),
            Pred::Truthy(x) if x.term == a.value.term => return Some(c.polarity),
            _ => return None,
        };
        let own =
            (x.term == a.value.term && y.is_none()) || (y.term == a.value.term && x.is_none());
        match op {
            CmpOp::Ne | CmpOp::IsNot if own => Some(c.polarity),
            CmpOp::Eq | CmpOp::Is if own => Some(!c.polarity),
            _ => None,
        }
    })
}
