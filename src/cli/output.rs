//! From a run to the bytes of a report, and to the place where they go.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::args::Format;
use crate::engine::Run;
use crate::report::{self, concise, full, json, sarif};
use crate::rules::Severity;

/// What a rendering depends on besides the run.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With suppressed findings.
    pub show_suppressed: bool,
    /// With doubts and confidence.
    pub verbose: bool,
    /// Columns to wrap to.
    pub width: usize,
}

/// Renders `run`.
pub fn render(format: Format, run: &Run, style: Style) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let (outcome, sources) = (&run.outcome, &run.sources);
    match format {
        Format::Full => {
            let opts = full::TextOptions {
                color: style.color,
                unicode: style.color,
                width: style.width,
                verbose: style.verbose,
                show_suppressed: style.show_suppressed,
                ..full::TextOptions::default()
            };
            full::write(&mut out, outcome, sources, &opts)?;
        }
        Format::Concise => concise::write(&mut out, outcome, sources, style.show_suppressed)?,
        Format::Json => json::write(&mut out, outcome, sources, style.show_suppressed)?,
        Format::Sarif => {
            let working = std::env::current_dir().unwrap_or_default();
            let opts = sarif::SarifOptions {
                root: report::repository_root(&working),
                show_suppressed: style.show_suppressed,
                exit_code: i32::from(if run.errors.is_empty() {
                    u8::from(run.fails)
                } else {
                    2
                }),
                successful: run.errors.is_empty(),
                times: None,
            };
            sarif::write(&mut out, outcome, sources, &opts)?;
        }
    }
    Ok(out)
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
