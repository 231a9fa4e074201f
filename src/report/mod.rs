//! One file per output format, all from the same finding.

pub mod concise;
pub mod finding;
pub mod full;
pub mod json;

pub mod sarif;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use finding::{Finding, Notification, Outcome};

use crate::files::Sources;
use crate::report::finding::Loc;
use crate::rules::Severity;
use crate::syntax::Span;

/// A finding as a report shows it.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// Whether a comment suppresses it, and the reason the comment gives.
    pub suppressed: Option<Option<&'a str>>,
    /// Stable under moves and unrelated edits, distinct within a run.
    pub fingerprint: String,
}

/// What a report shows, in its order: by path, place and rule.
///
/// Fingerprints are numbered over all findings, so that showing the suppressed ones changes no other fingerprint.
pub fn entries<'a>(outcome: &'a Outcome, show_suppressed: bool) -> Vec<Entry<'a>> {
    let open = outcome.findings.iter().map(|finding| (finding, None));
    let suppressed = outcome
        .suppressed
        .iter()
        .map(|(finding, reason)| (finding, Some(reason.as_deref())));
    let mut all: Vec<_> = open.chain(suppressed).collect();
    all.sort_by(|(a, _), (b, _)| {
        (a.primary, a.rule.id, &a.identity).cmp(&(b.primary, b.rule.id, &b.identity))
    });
    let mut seen: HashMap<u64, u32> = HashMap::new();
    all.into_iter()
        .map(|(finding, suppressed)| {
            let hash = fnv1a(finding.identity.as_bytes());
            let ordinal = seen.entry(hash).and_modify(|n| *n += 1).or_insert(1);
            Entry {
                finding,
                suppressed,
                fingerprint: format!("{hash:016x}:{ordinal}"),
            }
        })
        .filter(|entry| show_suppressed || entry.suppressed.is_none())
        .collect()
}

/// The 64-bit FNV-1a hash: fingerprints outlive versions of the program, so the function must never change.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The first sentence of a message and the rest. The full stop of the first is left off.
pub fn split_message(message: &str) -> (&str, &str) {
    let message = message.trim();
    let mut quoted = false;
    for (at, c) in message.char_indices() {
        match c {
            '`' => quoted = !quoted,
            '.' if !quoted => {
                let rest = &message[at + 1..];
                let next = rest.trim_start();
                let ends = next.is_empty()
                    || (next.len() < rest.len()
                        && !next.starts_with(char::is_lowercase)
                        && !["e.g", "i.e", "etc"]
                            .iter()
                            .any(|abbr| message[..at].ends_with(abbr)));
                if ends {
                    return (&message[..at], next);
                }
            }
            _ => {}
        }
    }
    (message, "")
}

/// The last line of a run: `Found 3 findings (2 errors, 1 warning) in 120 files`.
pub fn summary(outcome: &Outcome, files: usize) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let by = |severity: Severity| {
        outcome
            .findings
            .iter()
            .filter(|f| f.severity == severity)
            .count()
    };
    let mut text = if outcome.findings.is_empty() {
        "No races found".to_owned()
    } else {
        let parts: Vec<_> = [Severity::Error, Severity::Warning, Severity::Note]
            .into_iter()
            .filter(|&severity| by(severity) > 0)
            .map(|severity| count(by(severity), severity.as_str()))
            .collect();
        format!(
            "Found {} ({})",
            count(outcome.findings.len(), "finding"),
            parts.join(", ")
        )
    };
    text += &format!(" in {}", count(files, "file"));
    if !outcome.suppressed.is_empty() {
        text += &format!(", {} suppressed", outcome.suppressed.len());
    }
    text
}

/// One line for a note about the run: `shop/views.py:3: not decoded: ...`.
pub fn notification_line(note: &Notification) -> String {
    match note.line {
        Some(line) => format!("{}:{line}: {}", note.path, note.message),
        None => format!("{}: {}", note.path, note.message),
    }
}

/// The root that paths in machine-readable reports are relative to: the nearest folder from `working` upward that holds
/// `.git`, else `working` itself. Symbolic links are resolved.
pub fn repository_root(working: &Path) -> PathBuf {
    let working = std::fs::canonicalize(working).unwrap_or_else(|_| working.to_path_buf());
    working
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(&working)
        .to_path_buf()
}

/// The span cut to its first line, without the blanks at the end; a whole line if nothing would be left.
fn first_line(loc: Loc, sources: &Sources) -> Span {
    let file = sources.get(loc.file);
    let text: &str = &file.text;
    let len = text.len() as u32;
    let start = loc.span.start.min(len);
    let line = file.lines.range(file.lines.line(start), text);
    let clamp = |at: u32| {
        let mut at = at.min(len) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = clamp(start);
    let to = clamp(loc.span.end).min(line.end).max(from);
    let kept = text[from..to].trim_end().len();
    if kept > 0 {
        return Span {
            start: from as u32,
            end: (from + kept) as u32,
        };
    }
    let whole = &text[line.clone()];
    let blanks = whole.len() - whole.trim_start().len();
    let from = if whole.trim().is_empty() {
        line.start
    } else {
        line.start + blanks
    };
    Span {
        start: from as u32,
        end: (from + whole.trim().len()) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_ends_at_a_full_stop_outside_of_code() {
        assert_eq!(split_message("One. Two."), ("One", "Two."));
        assert_eq!(
            split_message("`a. B` is 1.5 of it. `x` too."),
            ("`a. B` is 1.5 of it", "`x` too.")
        );
        assert_eq!(
            split_message("A row, e.g. One, is lost"),
            ("A row, e.g. One, is lost", "")
        );
        assert_eq!(
            split_message("obj.save() writes."),
            ("obj.save() writes", "")
        );
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
