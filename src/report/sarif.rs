//! SARIF 2.1.0, for code scanning and viewers.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use serde_sarif::sarif as s;

use super::{Entry, entries, first_line};
use crate::files::{FileId, Sources};
use crate::report::finding::{Finding, Loc, Notification, Outcome, Step};
use crate::rules::{self, RULES, RuleMeta, Severity};
use crate::syntax::Span;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const BASE_ID: &str = "%SRCROOT%";
/// Code scanning takes at most so many tags.
const MAX_TAGS: usize = 10;

/// What the report needs to know besides the outcome.
#[derive(Clone, Debug)]
pub struct SarifOptions {
    /// Paths are relative to it; see [`super::repository_root`].
    pub root: PathBuf,
    /// Include suppressed findings, as SARIF suppressions.
    pub show_suppressed: bool,
    /// The process's exit code.
    pub exit_code: i32,
    /// Whether the run came to its end.
    pub successful: bool,
    /// When it began and ended, in UTC (`2026-01-02T03:04:05Z`); left out for reports that are the same on every run.
    pub times: Option<(String, String)>,
}

/// Writes one SARIF log with one run.
pub fn write(
    out: &mut dyn io::Write,
    outcome: &Outcome,
    sources: &Sources,
    opts: &SarifOptions,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(outcome, sources, opts))?;
    out.write_all(b"\n")
}

/// The log as data.
pub fn log(outcome: &Outcome, sources: &Sources, opts: &SarifOptions) -> s::Sarif {
    let mut places = Places::new(sources, &opts.root);
    let results: Vec<_> = entries(outcome, opts.show_suppressed)
        .iter()
        .map(|entry| result(entry, &mut places))
        .collect();
    let invocation = invocation(&outcome.notifications, opts, &places);
    let base = s::ArtifactLocation::builder()
        .uri(places.root_uri.clone())
        .build();
    let run = s::Run::builder()
        .tool(s::Tool::builder().driver(driver()).build())
        .column_kind(json!("utf16CodeUnits"))
        .original_uri_base_ids(BTreeMap::from([(BASE_ID.to_owned(), base)]))
        .invocations(vec![invocation])
        .results(results)
        .build();
    s::Sarif::builder()
        .schema(SCHEMA)
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build()
}

fn driver() -> s::ToolComponent {
    s::ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(
            RULES
                .iter()
                .map(|rule| descriptor(rule))
                .collect::<Vec<_>>(),
        )
        .build()
}

fn descriptor(rule: &RuleMeta) -> s::ReportingDescriptor {
    let text = |text: String| s::MultiformatMessageString::builder().text(text).build();
    let full = rule.section("What it does").unwrap_or(rule.summary);
    let mut properties = BTreeMap::from([
        ("precision".to_owned(), json!(rule.precision)),
        (
            "problem.severity".to_owned(),
            json!(problem_severity(rule.severity)),
        ),
    ]);
    if !rule.security_severity.is_empty() {
        properties.insert(
            "security-severity".to_owned(),
            json!(rule.security_severity),
        );
    }
    s::ReportingDescriptor::builder()
        .id(rule.id)
        .name(rule.name)
        .short_description(text(rule.summary.to_owned()))
        .full_description(text(plain(full).replace('\n', " ")))
        .help(
            s::MultiformatMessageString::builder()
                .text(plain(rule.docs))
                .markdown(rule.docs)
                .build(),
        )
        .help_uri(rule.url())
        .default_configuration(
            s::ReportingConfiguration::builder()
                .level(json!(rule.severity.as_str()))
                .build(),
        )
        .properties(
            s::PropertyBag::builder()
                .tags(tags(rule))
                .additional_properties(properties)
                .build(),
        )
        .build()
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

/// The useful ones first, since the end may be cut off.
fn tags(rule: &RuleMeta) -> Vec<String> {
    if rule.security_severity.is_empty() {
        return vec!["maintainability".to_owned()];
    }
    let mut tags = vec!["security".to_owned(), "concurrency".to_owned()];
    tags.extend(
        rule.cwe
            .iter()
            .map(|number| format!("external/cwe/cwe-{number:03}")),
    );
    tags.extend(
        rule.owasp
            .iter()
            .map(|entry| format!("external/owasp/{}", entry.to_lowercase().replace(':', "-"))),
    );
    tags.push("race-condition".to_owned());
    tags.truncate(MAX_TAGS);
    tags
}

/// Markdown as plain text: no fences, no heading marks, links as `text (address)`.
fn plain(markdown: &str) -> String {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in markdown.trim().lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            lines.push(format!("    {line}").trim_end().to_owned());
        } else {
            lines.push(plain_line(
                line.trim_start_matches('#').trim_start_matches(' '),
            ));
        }
    }
    lines.join("\n")
}

fn plain_line(line: &str) -> String {
    let line = line.replace("**", "");
    let mut text = String::new();
    let mut rest: &str = &line;
    while let Some((label, address, before, after)) = next_link(rest) {
        text += before;
        text += &format!("{label} ({address})");
        rest = after;
    }
    text + rest
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](")?;
    let open = text[..middle].rfind('[')?;
    let close = middle + text[middle..].find(')')?;
    Some((
        &text[open + 1..middle],
        &text[middle + 2..close],
        &text[..open],
        &text[close + 1..],
    ))
}

fn result(entry: &Entry<'_>, places: &mut Places<'_>) -> s::Result {
    let finding = entry.finding;
    let related = related(finding);
    let primary = Loc {
        file: finding.primary.file,
        span: first_line(finding.primary, places.sources),
    };
    let mut location = places.location(primary);
    location.logical_locations = logical(finding);
    let mut result = s::Result::builder()
        .rule_id(finding.rule.id)
        .level(level(finding.severity))
        .message(
            s::Message::builder()
                .text(message(finding, &related, places.sources))
                .build(),
        )
        .locations(vec![location])
        .partial_fingerprints(BTreeMap::from([(
            "lostupdate/v1".to_owned(),
            entry.fingerprint.clone(),
        )]))
        .properties(properties(finding))
        .build();
    result.rule_index = rules::index(finding.rule.id).map(|at| at as i64);
    if !related.is_empty() {
        result.related_locations = Some(
            related
                .iter()
                .enumerate()
                .map(|(at, place)| {
                    let mut location = places.told(place.loc, place.text.clone());
                    location.id = Some(at as i64 + 1);
                    location
                })
                .collect(),
        );
    }
    if !finding.timeline.is_empty() {
        result.code_flows = Some(code_flows(finding, places));
    }
    if let Some(reason) = entry.suppressed {
        let mut suppression = s::Suppression::builder().kind(json!("inSource")).build();
        suppression.justification = reason.map(str::to_owned);
        result.suppressions = Some(vec![suppression]);
    }
    result
}

fn level(severity: Severity) -> s::ResultLevel {
    match severity {
        Severity::Note => s::ResultLevel::Note,
        Severity::Warning => s::ResultLevel::Warning,
        Severity::Error => s::ResultLevel::Error,
    }
}

/// A place beside the primary one.
struct Related {
    loc: Loc,
    /// What a link to it is called.
    name: &'static str,
    text: String,
}

/// The steps but the primary one, other reads, and guards that do not hold; each place once.
fn related(finding: &Finding) -> Vec<Related> {
    let of = |step: &Step| Related {
        loc: step.loc,
        name: step.role.as_str(),
        text: step.text.clone(),
    };
    let guards = finding.guards.iter().filter_map(|guard| {
        Some(Related {
            loc: guard.loc?,
            name: "guard",
            text: guard.text.clone(),
        })
    });
    let mut found: Vec<Related> = Vec::new();
    for place in finding
        .steps
        .iter()
        .chain(&finding.related)
        .map(of)
        .chain(guards)
    {
        if place.loc != finding.primary && found.iter().all(|other| other.loc != place.loc) {
            found.push(place);
        }
    }
    found
}

/// The message, then links to the places it is about.
fn message(finding: &Finding, related: &[Related], sources: &Sources) -> String {
    let mut text = escape_links(finding.message.trim());
    if text.is_empty() {
        text = finding.rule.summary.to_owned();
    }
    if !related.is_empty() {
        let links: Vec<_> = related
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let file = sources.get(place.loc.file);
                let line = file.lines.line(place.loc.span.start);
                if place.loc.file == finding.primary.file {
                    format!("[{} in line {line}]({})", place.name, at + 1)
                } else {
                    format!(
                        "[{} in {}:{line}]({})",
                        place.name,
                        escape_brackets(&file.display),
                        at + 1
                    )
                }
            })
            .collect();
        if !text.ends_with(['.', '!', '?']) {
            text.push('.');
        }
        text += &format!(" See {}.", links.join(", "));
    }
    text
}

/// Code such as `rows[0](x)` must not be taken for a link.
fn escape_links(text: &str) -> String {
    if text.contains("](") {
        escape_brackets(text)
    } else {
        text.to_owned()
    }
}

fn escape_brackets(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
}

fn logical(finding: &Finding) -> Option<Vec<s::LogicalLocation>> {
    let name = finding.function.rsplit('.').next()?;
    if name.is_empty() {
        return None;
    }
    Some(vec![
        s::LogicalLocation::builder()
            .name(name)
            .fully_qualified_name(finding.function.as_str())
            .kind("function")
            .build(),
    ])
}

fn properties(finding: &Finding) -> s::PropertyBag {
    let mut bag = BTreeMap::from([
        ("confidence".to_owned(), json!(finding.confidence.as_str())),
        ("store".to_owned(), json!(finding.store)),
        ("entity".to_owned(), json!(finding.entity)),
        ("fields".to_owned(), json!(finding.fields)),
    ]);
    let mut add = |key: &str, value: Value| bag.insert(key.to_owned(), value);
    if let Some(anomaly) = finding.anomaly {
        add("anomaly", json!(anomaly.as_str()));
    }
    if !finding.doubts.is_empty() {
        let ids: Vec<_> = finding.doubts.iter().map(|doubt| doubt.id).collect();
        add("doubts", json!(ids));
    }
    if let Some(reach) = &finding.reach {
        let endpoints: Vec<_> = reach
            .endpoints
            .iter()
            .map(|endpoint| {
                json!({
                    "kind": endpoint.kind.as_str(),
                    "methods": endpoint.methods,
                    "path": endpoint.path,
                    "handler": endpoint.handler,
                    "singleRun": endpoint.single_run,
                })
            })
            .collect();
        add("endpoints", json!(endpoints));
        add("endpointCount", json!(reach.count));
    }
    if !finding.assumed.is_empty() {
        add("assumed", json!(finding.assumed));
    }
    if !finding.remedy.is_empty() {
        add("remedy", json!(finding.remedy));
    }
    s::PropertyBag::builder().additional_properties(bag).build()
}

/// The interleaving told twice: as one thread flow in time order, which every viewer shows, and as the standard means
/// it for concurrency: one thread flow an actor, tied together by the execution order.
fn code_flows(finding: &Finding, places: &mut Places<'_>) -> Vec<s::CodeFlow> {
    let turns: Vec<(u8, s::ThreadFlowLocation)> = finding
        .timeline
        .iter()
        .enumerate()
        .map(|(at, turn)| {
            let loc = finding
                .steps
                .get(turn.step)
                .map_or(finding.primary, |step| step.loc);
            let text = format!("Request {} {}", turn.actor_name(), turn.text);
            let step = s::ThreadFlowLocation::builder()
                .location(places.told(loc, text))
                .execution_order(at as i64 + 1)
                .importance(json!("essential"))
                .build();
            (turn.actor, step)
        })
        .collect();
    let story = s::ThreadFlow::builder()
        .id("story")
        .locations(
            turns
                .iter()
                .map(|(_, step)| step.clone())
                .collect::<Vec<_>>(),
        )
        .build();
    let threads: Vec<_> = [0, 1]
        .into_iter()
        .map(|who| {
            let own = turns.iter().filter(|(by, _)| *by == who);
            s::ThreadFlow::builder()
                .id(if who == 0 { "request-a" } else { "request-b" })
                .locations(own.map(|(_, step)| step.clone()).collect::<Vec<_>>())
                .build()
        })
        .filter(|flow| !flow.locations.is_empty())
        .collect();
    let flow = |text: &str, flows: Vec<s::ThreadFlow>| {
        s::CodeFlow::builder()
            .message(s::Message::builder().text(text).build())
            .thread_flows(flows)
            .build()
    };
    vec![
        flow("The interleaving in time order", vec![story]),
        flow("The same, one thread flow a request", threads),
    ]
}

fn invocation(notes: &[Notification], opts: &SarifOptions, places: &Places<'_>) -> s::Invocation {
    let mut invocation = s::Invocation::builder()
        .execution_successful(opts.successful)
        .exit_code(i64::from(opts.exit_code))
        .build();
    if !notes.is_empty() {
        invocation.tool_execution_notifications = Some(
            notes
                .iter()
                .map(|note| notification(note, places))
                .collect(),
        );
    }
    if let Some((start, end)) = &opts.times {
        invocation.start_time_utc = Some(start.clone());
        invocation.end_time_utc = Some(end.clone());
    }
    invocation
}

fn notification(note: &Notification, places: &Places<'_>) -> s::Notification {
    let mut notification = s::Notification::builder()
        .level(json!("warning"))
        .message(s::Message::builder().text(note.message.as_str()).build())
        .build();
    if !note.path.is_empty() {
        let mut place = s::PhysicalLocation::builder()
            .artifact_location(places.artifact(Path::new(&note.path)))
            .build();
        place.region = note
            .line
            .filter(|&line| line > 0)
            .map(|line| s::Region::builder().start_line(i64::from(line)).build());
        notification.locations = Some(vec![
            s::Location::builder().physical_location(place).build(),
        ]);
    }
    notification
}

/// Turns places in files to places in the report.
struct Places<'a> {
    sources: &'a Sources,
    root: PathBuf,
    root_uri: String,
    artifacts: HashMap<FileId, s::ArtifactLocation>,
}

impl<'a> Places<'a> {
    fn new(sources: &'a Sources, root: &Path) -> Self {
        let root = resolved(root);
        let mut root_uri = file_uri(&root);
        if !root_uri.ends_with('/') {
            root_uri.push('/');
        }
        Self {
            sources,
            root,
            root_uri,
            artifacts: HashMap::new(),
        }
    }

    fn artifact(&self, path: &Path) -> s::ArtifactLocation {
        let path = resolved(path);
        match path.strip_prefix(&self.root) {
            Ok(below) if below.components().next().is_some() => s::ArtifactLocation::builder()
                .uri(encoded(below))
                .uri_base_id(BASE_ID)
                .build(),
            _ => s::ArtifactLocation::builder().uri(file_uri(&path)).build(),
        }
    }

    fn location(&mut self, loc: Loc) -> s::Location {
        let file = self.sources.get(loc.file);
        let artifact = match self.artifacts.get(&loc.file) {
            Some(known) => known.clone(),
            None => {
                let artifact = self.artifact(&file.path);
                self.artifacts.insert(loc.file, artifact.clone());
                artifact
            }
        };
        s::Location::builder()
            .physical_location(
                s::PhysicalLocation::builder()
                    .artifact_location(artifact)
                    .region(self.region(loc))
                    .build(),
            )
            .build()
    }

    fn told(&mut self, loc: Loc, text: String) -> s::Location {
        let mut location = self.location(loc);
        location.message = Some(s::Message::builder().text(text).build());
        location
    }

    fn region(&self, loc: Loc) -> s::Region {
        let file = self.sources.get(loc.file);
        let text: &str = &file.text;
        let Span { start, end } = self.whole(loc);
        let from = file.lines.utf16(start, text);
        let to = file.lines.utf16(end, text);
        s::Region::builder()
            .start_line(i64::from(from.line))
            .start_column(i64::from(from.column))
            .end_line(i64::from(to.line))
            .end_column(i64::from(to.column))
            .snippet(
                s::ArtifactContent::builder()
                    .text(&text[start as usize..end as usize])
                    .build(),
            )
            .build()
    }

    /// The span, or its line where it is empty or does not fit the text.
    fn whole(&self, loc: Loc) -> Span {
        let text = &self.sources.get(loc.file).text;
        let Span { start, end } = loc.span;
        match text.get(start as usize..end as usize) {
            Some(inside) if !inside.trim().is_empty() => loc.span,
            _ => first_line(loc, self.sources),
        }
    }
}

/// Absolute, links resolved; for a file that does not exist (standard input), the folder's links.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => std::fs::canonicalize(folder)
            .unwrap_or_else(|_| folder.to_path_buf())
            .join(name),
        _ => path,
    }
}

fn file_uri(path: &Path) -> String {
    let path = encoded(path);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{path}")
}

/// Forward slashes, everything but unreserved characters percent-encoded.
fn encoded(path: &Path) -> String {
    let mut uri = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => uri.push('/'),
            Component::CurDir => {}
            Component::Prefix(prefix) => {
                let name = prefix.as_os_str().to_string_lossy().replace(r"\\?\", "");
                uri.push('/');
                uri += &name.replace('\\', "/");
            }
            Component::ParentDir | Component::Normal(_) => {
                if !uri.is_empty() && !uri.ends_with('/') {
                    uri.push('/');
                }
                for &byte in component.as_os_str().as_encoded_bytes() {
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                        uri.push(char::from(byte));
                    } else {
                        uri += &format!("%{byte:02X}");
                    }
                }
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_text() {
        let text = plain("# t\n\n**A** [b](c.md), [d](e).\n```python\nx = 1\n```\n");
        assert_eq!(text, "t\n\nA b (c.md), d (e).\n    x = 1");
    }

    #[test]
    fn paths_are_percent_encoded() {
        assert_eq!(encoded(Path::new("./a b/ü#1.py")), "a%20b/%C3%BC%231.py");
        assert_eq!(file_uri(Path::new("/a:b")), "file:///a%3Ab");
    }

    #[test]
    fn calls_of_indexed_values_are_no_links() {
        assert_eq!(escape_links("rows[0] is written"), "rows[0] is written");
        assert_eq!(escape_links("f[0](x)"), "f\\[0\\](x)");
    }
}
