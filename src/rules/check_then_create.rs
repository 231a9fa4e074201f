//! `check-then-create`: absence tested, then created.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "check-then-create",
    name: "CheckThenCreate",
    summary: "Absence is tested, then the row or item is created, and no uniqueness covers what was tested.",
    severity: Severity::Warning,
    cwe: &[367, 837],
    owasp: &[],
    security_severity: "6.5",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/check-then-create.md"),
};
