//! `unconditional-update`: an update in place that carries no condition.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "unconditional-update",
    name: "UnconditionalUpdate",
    summary: "An update in place with no condition, so that a limit can be passed or an absent item comes into being.",
    severity: Severity::Warning,
    cwe: &[367],
    owasp: &["API6:2023"],
    security_severity: "5.9",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/unconditional-update.md"),
};
