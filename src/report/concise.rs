//! One line a finding, for editors, logs and `grep`.

use std::io;

use super::{entries, split_message};
use crate::files::Sources;
use crate::report::Outcome;
use crate::report::finding::Endpoint;

/// Writes `path:line:col: rule message`, the column in code points.
pub fn write(
    out: &mut dyn io::Write,
    outcome: &Outcome,
    sources: &Sources,
    show_suppressed: bool,
) -> io::Result<()> {
    for entry in entries(outcome, show_suppressed) {
        let finding = entry.finding;
        let file = sources.get(finding.primary.file);
        let at = file
            .lines
            .code_points(finding.primary.span.start, &file.text);
        let (message, _) = split_message(&finding.message);
        write!(
            out,
            "{}:{}:{}: {} {}",
            file.display,
            at.line,
            at.column,
            finding.rule.id,
            message.replace(['\n', '\r'], " "),
        )?;
        let reach = finding.reach.as_ref();
        if let Some(told) = reach.and_then(|r| r.told(1, Endpoint::label)) {
            write!(out, " (reached by {})", told.replace(['\n', '\r'], " "))?;
        }
        match entry.suppressed {
            Some(Some(reason)) => writeln!(out, " (suppressed: {reason})")?,
            Some(None) => writeln!(out, " (suppressed)")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}
