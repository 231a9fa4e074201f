//! JSON lines; `docs/json-output.md` documents the schema.

use std::io;

use serde::Serialize;

use super::{Entry, entries};
use crate::files::{LineColumn, Sources};
use crate::report::Outcome;
use crate::report::finding::{Loc, Notification, Step};

/// The schema of a line that is a finding. A field may be added under the same number; anything else raises it.
pub const FINDING_SCHEMA: &str = "lostupdate-finding/1";
/// The schema of a line that is a note about the run.
pub const NOTIFICATION_SCHEMA: &str = "lostupdate-notification/1";

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    rule: &'static str,
    severity: &'static str,
    confidence: &'static str,
    #[serde(flatten)]
    place: Place<'a>,
    message: &'a str,
    anomaly: Option<&'static str>,
    store: &'a str,
    pack: &'a str,
    entity: &'a str,
    fields: &'a [String],
    function: &'a str,
    steps: Vec<StepLine<'a>>,
    timeline: Vec<TurnLine<'a>>,
    related: Vec<StepLine<'a>>,
    guards: Vec<GuardLine<'a>>,
    doubts: Vec<DoubtLine<'a>>,
    endpoints: Vec<EndpointLine<'a>>,
    endpoint_count: usize,
    assumed: &'a [String],
    remedy: &'a str,
    caveat: Option<&'a str>,
    cwe: &'static [u32],
    fingerprint: &'a str,
    suppressed: bool,
    reason: Option<&'a str>,
}

/// Lines and columns from 1, columns in code points; the end is one past the last character.
#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct StepLine<'a> {
    role: &'static str,
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct TurnLine<'a> {
    actor: &'static str,
    step: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct GuardLine<'a> {
    text: &'a str,
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct DoubtLine<'a> {
    id: &'static str,
    weight: &'static str,
    text: &'a str,
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct EndpointLine<'a> {
    kind: &'static str,
    methods: &'a [String],
    path: Option<&'a str>,
    handler: &'a str,
    single_run: bool,
}

#[derive(Serialize)]
struct NotificationLine<'a> {
    schema: &'static str,
    path: &'a str,
    line: Option<u32>,
    message: &'a str,
}

/// Writes a line for each finding, then one for each notification.
pub fn write(
    out: &mut dyn io::Write,
    outcome: &Outcome,
    sources: &Sources,
    show_suppressed: bool,
) -> io::Result<()> {
    for entry in entries(outcome, show_suppressed) {
        line(out, &finding(&entry, sources))?;
    }
    for Notification {
        path,
        line: at,
        message,
    } in &outcome.notifications
    {
        let note = NotificationLine {
            schema: NOTIFICATION_SCHEMA,
            path,
            line: *at,
            message,
        };
        line(out, &note)?;
    }
    Ok(())
}

fn line(out: &mut dyn io::Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn finding<'a>(entry: &'a Entry<'a>, sources: &'a Sources) -> Line<'a> {
    let finding = entry.finding;
    let place = |loc: Loc| place(loc, sources);
    let steps = |steps: &'a [Step]| {
        let step = |step: &'a Step| StepLine {
            role: step.role.as_str(),
            place: place(step.loc),
            text: &step.text,
        };
        steps.iter().map(step).collect()
    };
    Line {
        schema: FINDING_SCHEMA,
        rule: finding.rule.id,
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        place: place(finding.primary),
        message: &finding.message,
        anomaly: finding.anomaly.map(|anomaly| anomaly.as_str()),
        store: &finding.store,
        pack: &finding.pack,
        entity: &finding.entity,
        fields: &finding.fields,
        function: &finding.function,
        steps: steps(&finding.steps),
        timeline: finding
            .timeline
            .iter()
            .map(|turn| TurnLine {
                actor: turn.actor_name(),
                step: turn.step,
                text: &turn.text,
            })
            .collect(),
        related: steps(&finding.related),
        guards: finding
            .guards
            .iter()
            .map(|guard| GuardLine {
                text: &guard.text,
                place: guard.loc.map(place),
            })
            .collect(),
        doubts: finding
            .doubts
            .iter()
            .map(|doubt| DoubtLine {
                id: doubt.id,
                weight: doubt.weight,
                text: &doubt.text,
                place: doubt.loc.map(place),
            })
            .collect(),
        endpoints: finding
            .reach
            .iter()
            .flat_map(|reach| &reach.endpoints)
            .map(|endpoint| EndpointLine {
                kind: endpoint.kind.as_str(),
                methods: &endpoint.methods,
                path: endpoint.path.as_deref(),
                handler: &endpoint.handler,
                single_run: endpoint.single_run,
            })
            .collect(),
        endpoint_count: finding.reach.as_ref().map_or(0, |reach| reach.count),
        assumed: &finding.assumed,
        remedy: &finding.remedy,
        caveat: finding.caveat.as_deref(),
        cwe: finding.rule.cwe,
        fingerprint: &entry.fingerprint,
        suppressed: entry.suppressed.is_some(),
        reason: entry.suppressed.flatten(),
    }
}

fn place(loc: Loc, sources: &Sources) -> Place<'_> {
    let file = sources.get(loc.file);
    let from: LineColumn = file.lines.code_points(loc.span.start, &file.text);
    let to = file.lines.code_points(loc.span.end, &file.text);
    Place {
        path: &file.display,
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
    }
}
