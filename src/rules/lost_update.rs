//! `lost-update`: a write whose value was computed from an earlier read of the same entity.

use super::{RuleMeta, Severity};

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
