//! Tests against the clock.
//!
//! Whether a time has come changes by itself: no condition of a write could hold it off. Where the condition repeats
//! what else was tested (who holds a lease, whether a voucher was redeemed), it decides who comes first.

use super::judge::decided_again;
use crate::analysis::access::{Op, ReadId, overlap};
use crate::analysis::history::{Pair, WriteCase};
use crate::analysis::value::{Ctl, Kind, Pred, Terms, Value};
use crate::symbol::Sym;

/// Whether a column that the write leaves alone was only compared with the time, beside one that its condition repeats or
/// that is tested again under a lock.
pub(super) fn only_timed(c: &WriteCase<'_>, p: &Pair, f: Sym) -> bool {
    let again = |t: Sym| decided_again(c, p, &[t]);
    let held_to = |t: Sym| p.conditioned.iter().any(|x| overlap(*x, t)) || again(t);
    let repeated = |t: &Sym| !overlap(*t, f) && held_to(*t);
    if p.maybe_conditioned
        || !p.tested.iter().any(repeated)
        || (c.changes(f) && c.write.op != Op::Delete)
    {
        return false;
    }
    let look = Look {
        terms: &c.seen.terms,
        read: p.read,
        f,
    };
    let mut asked = c.write.ctl.iter().filter(|k| look.asks(k)).peekable();
    asked.peek().is_some() && asked.all(|k| look.timed(k, 0))
}

struct Look<'a> {
    terms: &'a Terms,
    read: ReadId,
    f: Sym,
}

impl Look<'_> {
    fn asks(&self, k: &Ctl) -> bool {
        k.deps.paths(self.read).any(|x| overlap(x, self.f))
    }

    fn timed(&self, k: &Ctl, depth: u32) -> bool {
        k.pred.as_ref().is_some_and(|p| self.pred(p, depth))
    }

    /// Whether whatever a test says of the column compares it with the time.
    fn pred(&self, p: &Pred, depth: u32) -> bool {
        let deeper = |p: &Pred| self.pred(p, depth + 1);
        let time = |v: &Value| self.terms.is_time(v.term);
        depth < 8
            && match p {
                Pred::Not(p) => deeper(p),
                Pred::And(ps) | Pred::Or(ps) => ps.iter().all(deeper),
                Pred::Truthy(v) => self.value(v, depth),
                Pred::Cmp(_, a, b) => {
                    time(a) || time(b) || (self.value(a, depth) && self.value(b, depth))
                }
            }
    }

    fn value(&self, v: &Value, depth: u32) -> bool {
        let of = |v: &Value| v.deps.data.paths(self.read).any(|x| overlap(x, self.f));
        match &v.kind {
            Kind::Test(p) => self.pred(p, depth + 1),
            // One of several, chosen by such a test.
            Kind::Phi(alts) => alts.iter().all(|a| {
                let mut asked = a.under.iter().filter(|k| self.asks(k));
                !of(&a.value) && asked.all(|k| self.timed(k, depth + 1))
            }),
            _ => !of(v),
        }
    }
}
