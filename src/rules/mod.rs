//! One file per rule, and the registry of them all.

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(clap::ValueEnum)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A likely defect.
    Warning,
    /// Money, stock or permission is at stake.
    Error,
}

/// How sure the analyzer is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(clap::ValueEnum)]
pub enum Confidence {
    /// A guess; not shown unless asked for.
    Low,
    /// One major doubt.
    Medium,
    /// No major doubt.
    High,
}

/// Everything that is fixed about a rule.
#[derive(Debug)]
pub struct RuleMeta {
    /// Kebab case, stable for ever.
    pub id: &'static str,
    /// Pascal case.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Default severity.
    pub severity: Severity,
    /// CWE numbers, the most fitting first.
    pub cwe: &'static [u32],
    /// OWASP API Security 2023 entries.
    pub owasp: &'static [&'static str],
    /// GitHub's `security-severity`.
    pub security_severity: &'static str,
    /// GitHub's `precision`.
    pub precision: &'static str,
    /// Runs only with `--preview` or when selected.
    pub preview: bool,
    /// The one documentation text: Markdown with fixed headings.
    pub docs: &'static str,
}

/// All rules, sorted by id.
pub static RULES: &[&RuleMeta] = &[];
