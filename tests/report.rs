//! The text and JSON outputs, on findings made by hand.

mod common;

use common::{crlf, lost_update, outcome, two_files};
use insta::assert_snapshot;
use lostupdate::files::Sources;
use lostupdate::report::full::TextOptions;
use lostupdate::report::{Outcome, concise, full, json, summary};

fn text(made: &(Outcome, Sources), opts: &TextOptions) -> String {
    let mut out = Vec::new();
    full::write(&mut out, &made.0, &made.1, opts).unwrap();
    String::from_utf8(out).unwrap()
}

fn json_lines() -> String {
    let (outcome, sources) = outcome();
    let mut out = Vec::new();
    json::write(&mut out, &outcome, &sources, true).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn full_shows_code_interleaving_guards_and_remedy() {
    assert_snapshot!(text(&lost_update(), &TextOptions::default()));
}

#[test]
fn full_verbose_and_narrow() {
    let opts = TextOptions {
        verbose: true,
        width: 50,
        ..TextOptions::default()
    };
    assert_snapshot!(text(&lost_update(), &opts));
}

#[test]
fn full_over_two_files_with_box_characters() {
    let opts = TextOptions {
        unicode: true,
        ..TextOptions::default()
    };
    assert_snapshot!(text(&two_files(), &opts));
}

#[test]
fn full_with_crlf_and_wide_characters() {
    assert_snapshot!(text(&crlf(), &TextOptions::default()));
}

#[test]
fn colours_only_add_escape_codes() {
    let plain = text(&two_files(), &TextOptions::default());
    let opts = TextOptions {
        color: true,
        ..TextOptions::default()
    };
    let styled = text(&two_files(), &opts);
    assert!(styled.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&styled).to_string(), plain);
}

#[test]
fn suppressed_findings_appear_only_on_demand() {
    let made = outcome();
    assert!(!text(&made, &TextOptions::default()).contains("suppressed"));
    let opts = TextOptions {
        show_suppressed: true,
        ..TextOptions::default()
    };
    assert!(text(&made, &opts).contains("suppressed: single writer: nightly job"));
}

#[test]
fn concise_is_one_line_a_finding() {
    let (outcome, sources) = outcome();
    let mut out = Vec::new();
    concise::write(&mut out, &outcome, &sources, true).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn json_is_one_object_a_line() {
    assert_snapshot!(json_lines());
}

#[test]
fn every_json_field_is_documented() {
    let docs = include_str!("../docs/json-output.md");
    for line in json_lines().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(docs.contains(value["schema"].as_str().unwrap()));
        for key in value.as_object().unwrap().keys() {
            assert!(docs.contains(&format!("| `{key}` |")), "{key}");
        }
    }
}

#[test]
fn summaries() {
    let (outcome, _) = outcome();
    assert_eq!(
        summary(&outcome, 120),
        "Found 3 findings (2 errors, 1 warning) in 120 files, 1 suppressed"
    );
    assert_eq!(summary(&Outcome::default(), 1), "No races found in 1 file");
}
