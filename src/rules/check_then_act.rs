//! `check-then-act`: a decision on what was read, then an act that nothing ties to it.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "check-then-act",
    name: "CheckThenAct",
    summary: "A decision on a value that was read, then a write or effect that no condition ties to that value.",
    severity: Severity::Error,
    cwe: &[367, 841],
    owasp: &["API6:2023"],
    security_severity: "8.1",
    precision: "high",
    preview: false,
    docs: include_str!("docs/check-then-act.md"),
};
