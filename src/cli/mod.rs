//! The command line: arguments, commands, exit codes.
//!
//! 0: nothing at or above `--fail-on`; 1: findings; 2: usage, configuration or internal error, or a named path that
//! can't be opened. Reports go to standard output, everything else to standard error.

mod args;
pub mod output;

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

pub use args::Format;
use args::{Check, Cli, Color, Command, ConfigArgs, ExplainCall, RulesFormat};

use crate::config::{Options, Source, unknown};
use crate::engine::{self, Analyzer, Run, Settings};
use crate::rules::{RULES, Severity};

const FAILURE: u8 = 2;

/// Runs the command line of this process with this analysis.
pub fn main(analyzer: &dyn Analyzer) -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version print to standard output and are no failure.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAILURE));
        }
    };
    let result = catch_unwind(AssertUnwindSafe(|| match cli.command {
        Command::Check(args) => check(&args, analyzer),
        Command::Rules(args) => rules(args.output_format),
        Command::Explain { rule } => explain(&rule),
        Command::ExplainCall(args) => explain_call(&args, analyzer),
    }));
    let error = match result {
        Ok(Ok(code)) => return ExitCode::from(code),
        // Whoever read the output has seen enough.
        Ok(Err(error)) if is_broken_pipe(&error) => return ExitCode::SUCCESS,
        Ok(Err(error)) => format!("{error:#}"),
        Err(panic) => format!("internal error: {}", engine::panic_text(&*panic)),
    };
    say("error", &error);
    ExitCode::from(FAILURE)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}

/// A line on standard error; if even that is closed, there is nobody to tell.
fn say(kind: &str, message: &str) {
    let _ = writeln!(io::stderr().lock(), "{kind}: {message}");
}

fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}

fn list(names: &[String]) -> Option<Vec<String>> {
    let names: Vec<String> = names
        .iter()
        .map(|n| n.trim().to_owned())
        .filter(|n| !n.is_empty())
        .collect();
    (!names.is_empty()).then_some(names)
}

fn source(args: &ConfigArgs) -> Source {
    match &args.config {
        Some(file) => Source::File(file.clone()),
        None if args.isolated => Source::Isolated,
        None => Source::Nearest,
    }
}

fn extra_queries(args: &ConfigArgs, cwd: &std::path::Path) -> anyhow::Result<Option<Vec<PathBuf>>> {
    if args.extra_queries.is_empty() {
        return Ok(None);
    }
    let folders: Vec<PathBuf> = args.extra_queries.iter().map(|d| cwd.join(d)).collect();
    for folder in &folders {
        anyhow::ensure!(
            folder.is_dir(),
            "--extra-queries: {} is not a folder",
            folder.display()
        );
    }
    Ok(Some(folders))
}

/// From arguments to what the engine needs.
fn settings(args: &Check) -> anyhow::Result<Settings> {
    let cwd = std::env::current_dir()?;
    let on = |flag: bool| flag.then_some(true);
    let options = Options {
        select: list(&args.select),
        ignore: list(&args.ignore),
        preview: on(args.preview),
        min_severity: args.min_severity,
        min_confidence: args.min_confidence,
        fail_on: args.fail_on,
        reachable: on(args.reachable),
        exclude: args.files.exclude.clone(),
        include_tests: on(args.files.include_tests),
        include_migrations: on(args.files.include_migrations),
        include_vendored: on(args.files.include_vendored),
        extra_queries: extra_queries(&args.config, &cwd)?,
        ..Options::default()
    };
    let stdin = match &args.stdin_filename {
        None => None,
        Some(path) => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            Some((path.clone(), bytes))
        }
    };
    Ok(Settings {
        cwd,
        paths: args.paths.clone(),
        stdin,
        options,
        config: source(&args.config),
        no_ignore: args.files.no_ignore,
        force_exclude: args.files.force_exclude,
        jobs: args.files.jobs,
        parse_everything: args.parse_everything,
        parse_only: args.parse_only,
        files_only: args.show_files,
    })
}

fn check(args: &Check, analyzer: &dyn Analyzer) -> anyhow::Result<u8> {
    let start = std::time::Instant::now();
    let settings = settings(args)?;
    let run = engine::check(&settings, analyzer)?;
    for error in &run.errors {
        say("error", error);
    }
    if !args.quiet {
        notify(&run);
    }
    let mut code = if !run.errors.is_empty() {
        FAILURE
    } else {
        u8::from(run.fails)
    };
    if args.show_files {
        print(show_files(&run).as_bytes())?;
        return Ok(code);
    }
    let rendering = std::time::Instant::now();
    if !args.parse_only {
        // Files first: a closed pipe on standard output must not cost the report that is to be uploaded.
        for (format, path) in &args.output {
            let style = output::Style {
                color: false,
                show_suppressed: args.show_suppressed,
                verbose: args.verbose,
                width: 100,
            };
            let written = output::render(*format, &run, style)
                .and_then(|bytes| output::write_file(path, &bytes));
            if let Err(error) = written {
                say(
                    "error",
                    &format!(
                        "{}: {}",
                        path.display(),
                        crate::files::walk::io_reason(&error)
                    ),
                );
                code = FAILURE;
            }
        }
        let style = output::Style {
            color: color(args.color),
            show_suppressed: args.show_suppressed,
            verbose: args.verbose,
            width: 100,
        };
        print(&output::render(args.output_format, &run, style)?)?;
    }
    if args.list_parsed {
        let mut text = run.parsed.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        print(text.as_bytes())?;
    }
    if args.statistics {
        statistics(&run);
    }
    if args.verbose || args.timings {
        timings(&run, rendering.elapsed(), start.elapsed(), args.timings);
    }
    if !args.quiet && matches!(args.output_format, Format::Full) && !args.parse_only {
        summary(&run);
    }
    Ok(code)
}

/// The flag, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM, then whether standard output is a terminal.
fn color(choice: Color) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

fn notify(run: &Run) {
    for note in &run.outcome.notifications {
        match note.line {
            Some(line) => say(
                "warning",
                &format!("{}:{line}: {}", note.path, note.message),
            ),
            None => say("warning", &format!("{}: {}", note.path, note.message)),
        }
    }
    if run.checked.is_empty() && run.errors.is_empty() {
        match run.left_out.len() {
            0 => say("warning", "no Python or Go files here"),
            n => say(
                "warning",
                &format!("no files to check: {n} left out (--show-files tells why)"),
            ),
        }
    }
}

fn show_files(run: &Run) -> String {
    let mut lines: Vec<(&str, Option<&str>)> =
        run.checked.iter().map(|p| (p.as_str(), None)).collect();
    lines.extend(
        run.left_out
            .iter()
            .map(|(p, reason)| (p.as_str(), Some(reason.text()))),
    );
    lines.sort();
    lines
        .into_iter()
        .map(|(path, reason)| match reason {
            None => format!("{path}\n"),
            Some(reason) => format!("{path} (left out: {reason})\n"),
        })
        .collect()
}

fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

fn summary(run: &Run) {
    let mut text = match run.outcome.findings.len() {
        0 => "no findings".to_owned(),
        n => count(n, "finding"),
    };
    text += &format!(" in {}", count(run.checked.len(), "file"));
    if !run.outcome.suppressed.is_empty() {
        text += &format!(", {} suppressed", run.outcome.suppressed.len());
    }
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn statistics(run: &Run) {
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in &run.outcome.findings {
        *counts
            .entry((finding.rule.id, finding.severity))
            .or_default() += 1;
    }
    let mut err = io::stderr().lock();
    for ((rule, severity), n) in counts {
        let _ = writeln!(err, "{n:>6}  {:<8} {rule}", output::severity(severity));
    }
}

fn timings(run: &Run, report: std::time::Duration, total: std::time::Duration, stages: bool) {
    let mut err = io::stderr().lock();
    let _ = writeln!(
        err,
        "{}, {} left out, {} parsed",
        count(run.checked.len(), "file"),
        run.left_out.len(),
        run.parsed.len()
    );
    if !stages {
        return;
    }
    let all = run
        .timings
        .iter()
        .copied()
        .chain([("report", report), ("total", total)]);
    for (stage, time) in all {
        let _ = writeln!(
            err,
            "timing: {stage:<12} {:>9.3} ms",
            time.as_secs_f64() * 1e3
        );
    }
    if run.parse_volume.0 > 0 {
        let (files, bytes) = run.parse_volume;
        let _ = writeln!(err, "timing: parsed {files} files, {bytes} bytes");
    }
}

fn rules(format: RulesFormat) -> anyhow::Result<u8> {
    let mut out = Vec::new();
    match format {
        RulesFormat::Text => {
            let width = RULES.iter().map(|r| r.id.len()).max().unwrap_or(0);
            for rule in RULES {
                let preview = if rule.preview { " (preview)" } else { "" };
                let severity = output::severity(rule.severity);
                writeln!(
                    out,
                    "{:<width$}  {severity:<7}  {}{preview}",
                    rule.id, rule.summary
                )?;
            }
        }
        RulesFormat::Json => {
            let all: Vec<_> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id,
                        "name": rule.name,
                        "summary": rule.summary,
                        "severity": rule.severity,
                        "precision": rule.precision,
                        "cwe": rule.cwe,
                        "owasp": rule.owasp,
                        "preview": rule.preview,
                        "docs": rule.docs,
                    })
                })
                .collect();
            serde_json::to_writer_pretty(&mut out, &all)?;
            out.push(b'\n');
        }
    }
    print(&out)?;
    Ok(0)
}

fn explain(id: &str) -> anyhow::Result<u8> {
    let Some(rule) = RULES.iter().find(|r| r.id == id) else {
        anyhow::bail!(unknown("rule", id, RULES.iter().map(|r| r.id)));
    };
    let mut text = rule.docs.trim_end().to_owned();
    text.push('\n');
    print(text.as_bytes())?;
    Ok(0)
}

fn explain_call(args: &ExplainCall, analyzer: &dyn Analyzer) -> anyhow::Result<u8> {
    let cwd = std::env::current_dir()?;
    let (path, line) = &args.place;
    let settings = Settings {
        options: Options {
            extra_queries: extra_queries(&args.config, &cwd)?,
            ..Options::default()
        },
        cwd,
        config: source(&args.config),
        ..Settings::default()
    };
    let (text, run) = engine::explain_call(&settings, analyzer, path, *line)?;
    if let Some(error) = run.errors.first() {
        anyhow::bail!("{error}");
    }
    if text.is_empty() {
        print(
            format!(
                "{}:{line}: no call here that any query knows\n",
                path.display()
            )
            .as_bytes(),
        )?;
    } else {
        print(text.as_bytes())?;
    }
    Ok(0)
}
