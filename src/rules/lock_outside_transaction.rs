//! `lock-outside-transaction`: a row lock that does not last until the write.

use super::judge::{Verdict, decided_again, tied};
use super::{RuleMeta, Severity};
use crate::analysis::history::{Lock, Pair, WriteCase};
use crate::symbol::Sym;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "lock-outside-transaction",
    name: "LockOutsideTransaction",
    summary: "A row lock that is released before the write, or never held.",
    severity: Severity::Warning,
    cwe: &[667],
    owasp: &[],
    security_severity: "6.4",
    precision: "high",
    preview: false,
    docs: include_str!("docs/lock-outside-transaction.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    for (i, p) in c.pairs.iter().enumerate() {
        let (Lock::Outside(at) | Lock::Released(at) | Lock::Elsewhere(at)) = p.lock else {
            continue;
        };
        if p.covered_by.is_some() || p.claimed.is_some() || !tied(c, p) {
            continue;
        }
        // A later lock on the same row is the one that matters, unless what is written was read before it.
        let locked_again = p.later_lock.is_some() && !c.whole();
        let computed = !p.own.is_empty() || !p.derived.is_empty();
        let decided = decides(c, p);
        let dependent = computed || (!locked_again && (decided || p.row));
        if !dependent || p.versioned {
            continue;
        }
        let mut v = Verdict::new(&META, Some(i), c.fields());
        v.lock = Some(at);
        return Some(v);
    }
    None
}

/// Whether what was read under the lock is what the write hangs on: not where it was decided again on the row as it was
/// read under the lock that lasts until the write.
fn decides(c: &WriteCase<'_>, p: &Pair) -> bool {
    let tested = p.tested.iter().copied();
    let changed: Vec<Sym> = tested.filter(|f| c.changes(*f)).collect();
    !changed.is_empty() && !decided_again(c, p, &changed)
}
