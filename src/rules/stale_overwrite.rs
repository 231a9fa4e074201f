//! `stale-overwrite`: a whole row or item written back after a read.

use super::judge::{Verdict, tied};
use super::restated::nothing_else;
use super::{RuleMeta, Severity};
use crate::analysis::access::{Op, ReadHow};
use crate::analysis::history::WriteCase;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "stale-overwrite",
    name: "StaleOverwrite",
    summary: "A whole row or item is written back after a read, which returns its other fields to their old values.",
    severity: Severity::Note,
    cwe: &[362],
    owasp: &[],
    security_severity: "4.3",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/stale-overwrite.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    if !c.whole() || !matches!(c.write.op, Op::Update | Op::Put) {
        return None;
    }
    let changed = c.fields();
    if changed.is_empty() {
        return None;
    }
    let (i, p) = c.pairs.iter().enumerate().find(|(_, p)| p.row)?;
    if p.locked() || p.versioned || p.unclear || p.not_exists || !tied(c, p) {
        return None;
    }
    // A row that is handed to an override which only puts its columns in order: who saves it is asked there.
    if c.read(p).how == ReadHow::Param && nothing_else(c, &changed) {
        return None;
    }
    let mut v = Verdict::new(&META, Some(i), changed);
    // Somebody else writes other columns: then these return to their old values.
    v.warns_if_others = true;
    Some(v)
}
