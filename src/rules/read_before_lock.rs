//! `read-before-lock`: a value read before the lock and used under it.

use super::{RuleMeta, Severity};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "read-before-lock",
    name: "ReadBeforeLock",
    summary: "The row was read before the lock or transaction was taken, and the stale value is used under it.",
    severity: Severity::Error,
    cwe: &[667],
    owasp: &[],
    security_severity: "7.1",
    precision: "high",
    preview: false,
    docs: include_str!("docs/read-before-lock.md"),
};
