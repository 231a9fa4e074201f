//! `swallowed-conflict`: a lost conflict taken for success.

use super::{RuleMeta, Severity};

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
