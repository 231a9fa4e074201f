//! `lost-update`: a write whose value was computed from an earlier read of the same entity.

use super::judge::{Verdict, tied};
use super::restated::{restated, worked_out_again};
use super::{RuleMeta, Severity};
use crate::analysis::access::Op;
use crate::analysis::history::WriteCase;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "lost-update",
    name: "LostUpdate",
    summary: "The value written was computed from a value read earlier, so a concurrent write in between is lost.",
    severity: Severity::Error,
    cwe: &[362, 820],
    owasp: &["API6:2023"],
    security_severity: "7.5",
    precision: "high",
    preview: false,
    docs: include_str!("docs/lost-update.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    if matches!(c.write.op, Op::Create | Op::Delete) || c.only_creates() {
        return None;
    }
    for (i, p) in c.pairs.iter().enumerate() {
        if p.locked() || !tied(c, p) {
            continue;
        }
        let own = p.own.iter().copied();
        let mut fields: Vec<_> = own
            .filter(|f| !p.repeats(*f) && !restated(c, p, *f))
            .collect();
        let mut needs = Vec::new();
        if fields.is_empty() && (c.whole() || c.write.narrowed) && p.row {
            // The row goes back with a column that was worked out from others, which somebody else changes.
            let open = p
                .derived
                .iter()
                .filter(|(f, _)| !p.repeats(*f) && !worked_out_again(c, p, *f));
            (fields, needs) = open.copied().unzip();
        }
        if fields.is_empty() {
            continue;
        }
        let mut v = Verdict::new(&META, Some(i), fields);
        v.needs = needs;
        if p.claimed.is_some() {
            // Who looks at the claim can't come in between; other code may.
            v.severity = Some(Severity::Note);
        }
        return Some(v);
    }
    None
}
