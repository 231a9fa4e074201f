//! `read-before-lock`: a value read before the lock and used under it.

use super::judge::{Verdict, by_override, decided_again, tied};
use super::{RuleMeta, Severity};
use crate::analysis::access::Op;
use crate::analysis::history::WriteCase;
use crate::symbol::Sym;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "read-before-lock",
    name: "ReadBeforeLock",
    summary: "The row was read before the lock or transaction was taken, and the stale value is used under it.",
    severity: Severity::Error,
    cwe: &[667],
    owasp: &[],
    security_severity: "7.1",
    precision: "high",
    preview: false,
    docs: include_str!("docs/read-before-lock.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    for (i, p) in c.pairs.iter().enumerate() {
        let Some(lock) = p.later_lock else { continue };
        if p.locked() || !tied(c, p) {
            continue;
        }
        // What an override of the store's method makes of a column, it makes of the row that it is called on.
        let changed = |f: &Sym| c.changes(*f) && (p.row || !by_override(c, *f));
        let tested = p.tested.iter().filter(|f| changed(f));
        let mut fields: Vec<_> = p
            .own
            .iter()
            .chain(tested)
            .copied()
            .filter(|f| !p.repeats(*f))
            .collect();
        if fields.is_empty() && p.row && c.whole() && !p.versioned {
            fields = c.fields();
        }
        if fields.is_empty() && p.absent && !p.not_exists {
            fields = c.fields();
        }
        let again = decided_again(c, p, &fields) && p.own.is_empty();
        if fields.is_empty() || again {
            continue;
        }
        let mut v = Verdict::new(&META, Some(i), fields);
        // Looked for among all rows: whoever creates one changes that.
        let searched = |f: &Sym| c.read(p).searched.contains(f);
        let found = v.fields.iter().all(searched);
        if matches!(c.write.op, Op::Create | Op::Put) && !p.absent && !p.row && !found {
            // What another row was made from can be stale only if somebody changes it.
            v.needs.clone_from(&v.fields);
        }
        v.lock = Some(lock);
        return Some(v);
    }
    None
}
