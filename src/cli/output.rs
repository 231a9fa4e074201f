//! From a run to the bytes of a report, and to the place where they go.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::args::Format;
use crate::engine::Run;
use crate::report::Finding;
use crate::rules::Severity;

/// What a rendering depends on besides the run.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With suppressed findings.
    pub show_suppressed: bool,
}

/// Renders `run`.
pub fn render(format: Format, run: &Run, style: Style) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    // The renderers of `crate::report` belong here; until they are joined, the plainest form of each.
    match format {
        Format::Full | Format::Concise => {
            for finding in &run.outcome.findings {
                concise(run, finding, None, &mut out)?;
            }
            if style.show_suppressed {
                for (finding, reason) in &run.outcome.suppressed {
                    concise(run, finding, Some(reason.as_deref()), &mut out)?;
                }
            }
        }
        Format::Json => {
            for finding in &run.outcome.findings {
                let file = run.sources.get(finding.primary.file);
                let at = file
                    .lines
                    .code_points(finding.primary.span.start, &file.text);
                let line = serde_json::json!({
                    "rule": finding.rule.id,
                    "severity": finding.severity,
                    "confidence": finding.confidence,
                    "path": file.display,
                    "line": at.line,
                    "column": at.column,
                    "message": finding.message,
                });
                writeln!(out, "{line}")?;
            }
        }
        Format::Sarif => {
            let empty = serde_json::json!({
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{ "tool": { "driver": { "name": "lostupdate" } }, "results": [] }],
            });
            writeln!(out, "{empty}")?;
        }
    }
    Ok(out)
}

fn concise(
    run: &Run,
    finding: &Finding,
    suppressed: Option<Option<&str>>,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let file = run.sources.get(finding.primary.file);
    let at = file
        .lines
        .code_points(finding.primary.span.start, &file.text);
    let mark = match suppressed {
        None => String::new(),
        Some(None) => " (suppressed)".to_owned(),
        Some(Some(reason)) => format!(" (suppressed: {reason})"),
    };
    writeln!(
        out,
        "{}:{}:{}: {} {}{mark}",
        file.display, at.line, at.column, finding.rule.id, finding.message
    )
}

/// Writes `bytes` into `path` so that a reader sees the old contents or the new, never half of them.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Ok(meta) = std::fs::metadata(path)
        && !meta.is_file()
    {
        // A device or pipe can't be replaced.
        return std::fs::OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(bytes);
    }
    // Through a link, its target is what is meant.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lostupdate-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.flush()?;
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

/// The name of a severity.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
