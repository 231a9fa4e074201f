//! `stale-overwrite`: a whole row or item written back after a read.

use super::{RuleMeta, Severity};

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
