//! `swallowed-conflict`: a lost conflict taken for success.

use super::judge::Verdict;
use super::{RuleMeta, Severity};
use crate::analysis::access::{Op, Write};
use crate::analysis::history::WriteCase;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "swallowed-conflict",
    name: "SwallowedConflict",
    summary: "The failure of a conditional write is taken for success, or retried with the same stale value.",
    severity: Severity::Warning,
    cwe: &[390, 821],
    owasp: &[],
    security_severity: "5.6",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/swallowed-conflict.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    if c.outcome.used && c.outcome.swallowed.is_none() {
        return None;
    }
    let conditional = !w.guards.is_empty()
        || c.pairs.iter().any(|p| !p.conditioned.is_empty())
        || c.tests.iter().any(|t| c.changes(*t));
    if !conditional || w.guard_maybe || c.pairs.iter().any(|p| p.locked()) || c.under_lock() {
        return None;
    }
    if let Some((_, effect)) = c.outcome.swallowed {
        // Losing to a creation means that it is there already, which is what was wanted, unless more is done.
        let mut v = Verdict::new(&META, None, c.fields());
        v.effect = Some(effect);
        return Some(v);
    }
    if w.op == Op::Delete || c.raises_conflict() {
        return None;
    }
    // The count of changed rows is dropped, and something that only the winner may do follows.
    let next = c.seen.writes.iter().find(|x| {
        x.order > w.order
            && x.group != w.group.or(Some(u32::MAX))
            && x.after.contains(&c.id)
            && same_activation(w, x)
            && !(x.row == w.row && x.row.is_some())
    })?;
    let pair = c
        .pairs
        .iter()
        .position(|p| !p.tested.is_empty() && p.tested.iter().any(|t| p.repeats(*t)));
    pair?;
    let mut v = Verdict::new(&META, pair, c.fields());
    v.effect = Some(next.loc);
    Some(v)
}

/// Whether the second follows in the same activation as the first, or in one that it made.
fn same_activation(first: &Write, then: &Write) -> bool {
    let last = first.stack.last().map(|f| f.id);
    then.stack.iter().any(|f| Some(f.id) == last)
}
