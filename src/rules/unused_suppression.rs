//! `unused-suppression`: a suppression that suppresses nothing.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "unused-suppression",
    name: "UnusedSuppression",
    summary: "A suppression comment that suppresses nothing.",
    severity: Severity::Note,
    cwe: &[],
    owasp: &[],
    security_severity: "",
    precision: "very-high",
    preview: false,
    docs: include_str!("docs/unused-suppression.md"),
};
