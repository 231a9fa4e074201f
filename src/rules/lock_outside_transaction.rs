//! `lock-outside-transaction`: a row lock that does not last until the write.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "lock-outside-transaction",
    name: "LockOutsideTransaction",
    summary: "A row lock that is released before the write, or never held.",
    severity: Severity::Warning,
    cwe: &[667],
    owasp: &[],
    security_severity: "6.4",
    precision: "high",
    preview: false,
    docs: include_str!("docs/lock-outside-transaction.md"),
};
