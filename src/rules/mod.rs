//! One file per rule, and the registry of them all.

pub mod check_then_act;
pub mod check_then_create;
mod filled;
mod general;
pub mod idle;
pub mod judge;
pub mod lock_outside_transaction;
pub mod lost_update;
pub mod non_atomic_lock;
pub mod read_before_lock;
pub mod read_skew;
mod refused;
mod restated;
pub mod stale_overwrite;
pub mod swallowed_conflict;
pub mod tell;
mod timed;
pub mod unconditional_update;
pub mod unused_suppression;

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
    /// GitHub's `security-severity`; empty for a rule that is about no weakness.
    pub security_severity: &'static str,
    /// GitHub's `precision`.
    pub precision: &'static str,
    /// Runs only with `--preview` or when selected.
    pub preview: bool,
    /// The one documentation text: Markdown with fixed headings.
    pub docs: &'static str,
}

/// All rules, sorted by id.
pub static RULES: &[&RuleMeta] = &[
    &check_then_act::META,
    &check_then_create::META,
    &lock_outside_transaction::META,
    &lost_update::META,
    &non_atomic_lock::META,
    &read_before_lock::META,
    &read_skew::META,
    &stale_overwrite::META,
    &swallowed_conflict::META,
    &unconditional_update::META,
    &unused_suppression::META,
];

/// The headings that every rule's docs have, in this order.
pub const DOC_HEADINGS: &[&str] = &[
    "What it does",
    "Why it matters",
    "A history that goes wrong",
    "Bad",
    "Good",
    "Remedies",
    "What does not help",
    "References",
];

/// The rule with that id.
pub fn by_id(id: &str) -> Option<&'static RuleMeta> {
    let at = RULES.binary_search_by(|rule| rule.id.cmp(id)).ok()?;
    Some(RULES[at])
}

/// Where a rule stands in [`RULES`].
pub fn index(id: &str) -> Option<usize> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok()
}

impl Severity {
    /// `note`, `warning` or `error`: in every output the same word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Confidence {
    /// `low`, `medium` or `high`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl RuleMeta {
    /// Where the documentation stands on the web.
    pub fn url(&self) -> String {
        format!(
            "{}/blob/main/src/rules/docs/{}.md",
            env!("CARGO_PKG_REPOSITORY"),
            self.id
        )
    }

    /// The text under one of [`DOC_HEADINGS`], trimmed.
    pub fn section(&self, heading: &str) -> Option<&'static str> {
        let docs = self.docs;
        let mut from = None;
        let mut fenced = false;
        let mut at = 0;
        for line in docs.split_inclusive('\n') {
            let bare = line.trim_end();
            if bare.starts_with("```") {
                fenced = !fenced;
            }
            if let Some(title) = bare.strip_prefix("## ").filter(|_| !fenced) {
                match from {
                    Some(start) => return Some(docs[start..at].trim()),
                    None if title == heading => from = Some(at + line.len()),
                    None => {}
                }
            }
            at += line.len();
        }
        from.map(|start: usize| docs[start..].trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pascal(id: &str) -> String {
        id.split('-')
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect()
    }

    fn headings(docs: &str) -> Vec<&str> {
        let mut fenced = false;
        docs.lines()
            .filter(|line| {
                if line.starts_with("```") {
                    fenced = !fenced;
                }
                !fenced
            })
            .filter_map(|line| line.strip_prefix("## "))
            .collect()
    }

    #[test]
    fn ids_are_sorted_and_unique() {
        assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
        for (at, rule) in RULES.iter().enumerate() {
            assert_eq!(index(rule.id), Some(at));
        }
    }

    #[test]
    fn names_are_the_ids_in_pascal_case() {
        for rule in RULES {
            assert_eq!(rule.name, pascal(rule.id));
        }
    }

    #[test]
    fn docs_have_the_fixed_headings() {
        for rule in RULES {
            assert!(
                rule.docs.starts_with(&format!("# {}\n", rule.id)),
                "{}",
                rule.id
            );
            assert_eq!(headings(rule.docs), DOC_HEADINGS, "{}", rule.id);
            for heading in DOC_HEADINGS {
                assert!(rule.section(heading).is_some_and(|text| !text.is_empty()));
            }
            let long = |line: &str| line.len() > 120 && !line.contains("](http");
            assert!(!rule.docs.lines().any(long), "{}", rule.id);
        }
    }

    #[test]
    fn metadata_is_within_the_limits_of_code_scanning() {
        for rule in RULES {
            assert!(
                rule.summary.len() < 1024 && !rule.summary.contains('\n'),
                "{}",
                rule.id
            );
            let full = rule.section("What it does").unwrap_or_default();
            assert!(full.len() < 1024, "{}: {}", rule.id, full.len());
            assert!(["very-high", "high", "medium", "low"].contains(&rule.precision));
            if !rule.security_severity.is_empty() {
                let score: f32 = rule.security_severity.parse().unwrap();
                assert!((0.1..=10.0).contains(&score) && score != 9.0, "{}", rule.id);
            }
        }
    }
}
