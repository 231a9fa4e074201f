//! The arguments, as given.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::FailOn;
use crate::rules::{Confidence, Severity};

/// Finds read-modify-write races against shared stores in Python and Go.
#[derive(Parser, Debug)]
#[command(
    name = "lostupdate",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Scan files and folders
    Check(Box<Check>),
    /// List the rules
    Rules(Rules),
    /// Explain a rule: what, why, a history that goes wrong, remedies
    Explain {
        /// Its id, for example `lost-update`
        rule: String,
    },
    /// Show what the analyzer takes a call for, and why
    ExplainCall(ExplainCall),
}

/// The formats of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Source excerpt with the history labelled
    Full,
    /// One line a finding
    Concise,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0
    Sarif,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Args, Debug)]
pub(super) struct Check {
    /// Files and folders [default: the current folder]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Format of the report on standard output
    #[arg(
        long,
        value_enum,
        default_value = "full",
        value_name = "FORMAT",
        help_heading = "Report"
    )]
    pub(super) output_format: Format,
    /// Write a report of that format into a file, too; may be repeated
    #[arg(short, long, value_parser = output, value_name = "FORMAT=FILE", help_heading = "Report")]
    pub(super) output: Vec<(Format, PathBuf)>,
    /// Include suppressed findings, marked as such
    #[arg(long, help_heading = "Report")]
    pub(super) show_suppressed: bool,
    /// Least severity reported [default: note]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Report")]
    pub(super) min_severity: Option<Severity>,
    /// Least confidence reported [default: medium]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Report")]
    pub(super) min_confidence: Option<Confidence>,
    /// Only findings that a request, task or consumer reaches
    #[arg(long, help_heading = "Report")]
    pub(super) reachable: bool,
    /// Severity from which the exit code is 1 [default: warning]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Report")]
    pub(super) fail_on: Option<FailOn>,

    /// Only these rules, stores or packs
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE,..",
        help_heading = "Rules"
    )]
    pub(super) select: Vec<String>,
    /// Not these rules, stores or packs
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE,..",
        help_heading = "Rules"
    )]
    pub(super) ignore: Vec<String>,
    /// Preview rules, too
    #[arg(long, help_heading = "Rules")]
    pub(super) preview: bool,

    #[command(flatten)]
    pub(super) files: Files,
    /// Take standard input for the contents of this file, in the project around it
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "paths",
        help_heading = "Files"
    )]
    pub(super) stdin_filename: Option<PathBuf>,
    /// List the files looked at and left out, with reasons, and stop
    #[arg(long, help_heading = "Files")]
    pub(super) show_files: bool,

    #[command(flatten)]
    pub(super) config: ConfigArgs,

    /// Colours [default: auto]
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        hide_default_value = true,
        value_name = "WHEN",
        help_heading = "Talking"
    )]
    pub(super) color: Color,
    /// Only the report and errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Talking")]
    pub(super) quiet: bool,
    /// Say more
    #[arg(short, long, help_heading = "Talking")]
    pub(super) verbose: bool,
    /// Count findings by rule, on standard error
    #[arg(long, help_heading = "Talking")]
    pub(super) statistics: bool,

    /// Print how long each stage took
    #[arg(long, hide = true)]
    pub(super) timings: bool,
    /// Walk, read, and only parse what would be parsed
    #[arg(long, hide = true)]
    pub(super) parse_only: bool,
    /// Parse every file
    #[arg(long, hide = true)]
    pub(super) parse_everything: bool,
    /// List the files parsed
    #[arg(long, hide = true)]
    pub(super) list_parsed: bool,
}

#[derive(Args, Debug, Default)]
pub(super) struct Files {
    /// Leave out files that match, as in .gitignore; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = "Files")]
    pub(super) exclude: Vec<String>,
    /// Scan tests, too
    #[arg(long, help_heading = "Files")]
    pub(super) include_tests: bool,
    /// Scan migrations, too
    #[arg(long, help_heading = "Files")]
    pub(super) include_migrations: bool,
    /// Scan vendored code, too
    #[arg(long, help_heading = "Files")]
    pub(super) include_vendored: bool,
    /// Don't respect .gitignore and .ignore
    #[arg(long, help_heading = "Files")]
    pub(super) no_ignore: bool,
    /// Excludes and leave-outs hold for files named on the command line, too
    #[arg(long, help_heading = "Files")]
    pub(super) force_exclude: bool,
    /// Threads [default: as the machine has]
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(super) jobs: usize,
}

#[derive(Args, Debug, Default)]
pub(super) struct ConfigArgs {
    /// This configuration file, for all paths
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = "Configuration"
    )]
    pub(super) config: Option<PathBuf>,
    /// No configuration file
    #[arg(long, help_heading = "Configuration")]
    pub(super) isolated: bool,
    /// Queries for in-house wrappers; may be repeated
    #[arg(long, value_name = "DIR", help_heading = "Configuration")]
    pub(super) extra_queries: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Rules {
    /// Format of the list
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(super) output_format: RulesFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum RulesFormat {
    Text,
    Json,
}

#[derive(Args, Debug)]
pub(super) struct ExplainCall {
    /// File and line
    #[arg(value_name = "FILE:LINE", value_parser = place)]
    pub(super) place: (PathBuf, u32),
    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text
        .split_once('=')
        .ok_or("expected FORMAT=FILE, for example sarif=report.sarif")?;
    let format = Format::from_str(format, true).map_err(|_| {
        let names = Format::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = names.map(|v| v.get_name().to_owned()).collect();
        crate::config::unknown("format", format, names.iter().map(String::as_str))
    })?;
    if file.is_empty() {
        return Err("the file is missing".to_owned());
    }
    Ok((format, PathBuf::from(file)))
}

fn place(text: &str) -> Result<(PathBuf, u32), String> {
    let (file, line) = text.rsplit_once(':').ok_or("expected FILE:LINE")?;
    match line.parse() {
        Ok(line) if line > 0 && !file.is_empty() => Ok((PathBuf::from(file), line)),
        _ => Err("expected FILE:LINE with a line from 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_well_formed() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }

    #[test]
    fn values() {
        assert_eq!(output("sarif=a=b"), Ok((Format::Sarif, "a=b".into())));
        assert!(
            output("sarf=x")
                .unwrap_err()
                .contains("did you mean `sarif`")
        );
        assert!(output("sarif").is_err() && output("sarif=").is_err());
        assert_eq!(place("C:/a.py:12"), Ok(("C:/a.py".into(), 12)));
        assert!(place("a.py").is_err() && place("a.py:0").is_err());
    }
}
