//! SARIF: valid by the standard's schema, and true in what it says.

mod common;
#[path = "common/project.rs"]
mod project;

use std::path::{Path, PathBuf};
use std::process::Command;

use lostupdate::report::sarif::{SarifOptions, write};
use lostupdate::report::{Outcome, repository_root};
use lostupdate::rules::{self, RULES};
use serde_json::Value;

fn options(root: &Path) -> SarifOptions {
    SarifOptions {
        root: root.to_path_buf(),
        show_suppressed: true,
        exit_code: 1,
        successful: true,
        times: None,
    }
}

fn report(opts: &SarifOptions) -> Value {
    let (outcome, sources) = common::outcome();
    let mut out = Vec::new();
    write(&mut out, &outcome, &sources, opts).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn here() -> PathBuf {
    std::env::current_dir().unwrap()
}

/// The standard's JSON schema, which the crate of SARIF types is generated from and carries along.
fn schema() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let compiler = Command::new("rustc").arg("-vV").output().unwrap();
    let compiler = String::from_utf8(compiler.stdout).unwrap();
    let host = compiler
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    // For this platform only: crates for others need not be on the machine.
    let metadata = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--filter-platform",
            host,
        ])
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let package = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_slice(&schema).unwrap();
    // A slip of the standard: `]?` closes a bracket that was never opened. We write no such property.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    schema
}

#[test]
fn is_valid_by_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let timed = SarifOptions {
        times: Some((
            "2026-01-02T03:04:05Z".to_owned(),
            "2026-01-02T03:04:06Z".to_owned(),
        )),
        ..options(&here())
    };
    for opts in [options(&here()), timed] {
        let errors: Vec<_> = validator
            .iter_errors(&report(&opts))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let wrong = serde_json::json!({"version": "2.1.0", "runs": [{}]});
    assert!(!validator.is_valid(&wrong), "the schema says nothing");
}

#[test]
fn is_the_same_on_every_run() {
    assert_eq!(report(&options(&here())), report(&options(&here())));
}

#[test]
fn has_every_rule_and_right_indexes() {
    let log = report(&options(&here()));
    let run = &log["runs"][0];
    let listed = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = listed
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    for rule in listed {
        for text in ["shortDescription", "fullDescription"] {
            assert!(rule[text]["text"].as_str().unwrap().len() < 1024);
        }
        assert!(!rule["help"]["text"].as_str().unwrap().contains("```"));
        assert!(
            rule["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("## Remedies")
        );
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
    }
    for result in run["results"].as_array().unwrap() {
        let at = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(result["ruleId"], ids[at]);
        assert!(rules::by_id(ids[at]).is_some());
    }
}

#[test]
fn columns_count_utf16_units_and_the_primary_region_is_one_line() {
    let log = report(&options(&here()));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let last = run["results"].as_array().unwrap().last().unwrap();
    let place = &last["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tools/f%20%C3%A9.py");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    let region = &place["region"];
    assert_eq!(region["startLine"], 3);
    assert_eq!(region["endLine"], 3);
    assert_eq!(region["startColumn"], 5);
    assert_eq!(region["endColumn"], 13);
    assert_eq!(region["snippet"]["text"], "row.put(");
    // Four blanks, two units of the book, one of the letter, then ` = "x"; row = `.
    let read = &last["relatedLocations"][0]["physicalLocation"]["region"];
    assert_eq!(read["startColumn"], 4 + 2 + 1 + 14 + 1);
    assert_eq!(read["snippet"]["text"], "T.get(pk)");
}

#[test]
fn the_message_links_to_related_locations() {
    let log = report(&options(&here()));
    let first = &log["runs"][0]["results"][0];
    let text = first["message"]["text"].as_str().unwrap();
    assert!(
        text.starts_with("Two requests can both find that Seat has no `holder` (args\\[0\\](x))")
    );
    assert!(text.ends_with(
        " See [read in line 2](1), [check in line 3](2), [write in booking/services.py:3](3)."
    ));
    let related = first["relatedLocations"].as_array().unwrap();
    assert_eq!(
        related
            .iter()
            .map(|place| place["id"].as_i64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let uri = &related[2]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "booking/services.py");
    assert_eq!(first["locations"][0]["logicalLocations"][0]["name"], "book");
}

#[test]
fn the_interleaving_is_told_twice() {
    let log = report(&options(&here()));
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let flows = result["codeFlows"].as_array().unwrap();
        assert_eq!(flows.len(), 2);
        let story = &flows[0]["threadFlows"];
        assert_eq!(story.as_array().unwrap().len(), 1);
        for step in story[0]["locations"].as_array().unwrap() {
            let text = step["location"]["message"]["text"].as_str().unwrap();
            assert!(text.starts_with("Request A ") || text.starts_with("Request B "));
            let region = &step["location"]["physicalLocation"]["region"];
            assert!(region["snippet"]["text"].is_string());
        }
        let threads = flows[1]["threadFlows"].as_array().unwrap();
        let ids: Vec<_> = threads.iter().map(|flow| &flow["id"]).collect();
        assert_eq!(ids, ["request-a", "request-b"]);
        let mut orders: Vec<_> = threads
            .iter()
            .flat_map(|flow| flow["locations"].as_array().unwrap())
            .map(|step| step["executionOrder"].as_u64().unwrap())
            .collect();
        orders.sort_unstable();
        assert_eq!(orders, (1..=orders.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
fn suppressed_results_are_left_out_unless_asked_for() {
    let shown = report(&options(&here()));
    let hidden = report(&SarifOptions {
        show_suppressed: false,
        ..options(&here())
    });
    let results = |log: &Value| log["runs"][0]["results"].as_array().unwrap().clone();
    let suppressed: Vec<_> = results(&shown)
        .into_iter()
        .filter(|result| result["suppressions"].is_array())
        .collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["kind"], "inSource");
    assert_eq!(
        suppressed[0]["suppressions"][0]["justification"],
        "single writer: nightly job"
    );
    assert_eq!(results(&hidden).len() + 1, results(&shown).len());
    // Two findings of one identity: told apart, and the same whether the other is shown or not.
    let open = results(&shown)
        .into_iter()
        .filter(|result| result["suppressions"].is_null());
    assert!(open.eq(results(&hidden)));
}

#[test]
fn fingerprints_are_distinct() {
    let log = report(&options(&here()));
    let mut seen: Vec<_> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            result["partialFingerprints"]["lostupdate/v1"]
                .as_str()
                .unwrap()
        })
        .collect();
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[test]
fn notifications_tell_what_is_missing() {
    let log = report(&options(&here()));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(invocation["exitCode"], 1);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    let place = &notes[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "legacy/big.py");
    assert_eq!(place["region"]["startLine"], 7);
}

#[test]
fn an_empty_run_is_valid() {
    let mut out = Vec::new();
    write(
        &mut out,
        &Outcome::default(),
        &lostupdate::files::Sources::default(),
        &options(&here()),
    )
    .unwrap();
    let log: Value = serde_json::from_slice(&out).unwrap();
    assert!(jsonschema::validator_for(&schema()).unwrap().is_valid(&log));
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn paths_are_relative_to_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir_all(root.join("a/b")).unwrap();
    assert_eq!(repository_root(&root.join("a/b")), root.join("a/b"));
    std::fs::create_dir(root.join(".git")).unwrap();
    assert_eq!(repository_root(&root.join("a/b")), root);
    // Files outside of the root keep their whole path.
    let log = report(&options(&root));
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert!(
        place["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .starts_with("file:///")
    );
    assert!(place["artifactLocation"]["uriBaseId"].is_null());
}

/// The corpus as a repository, scanned by the program itself.
fn real_report(show_suppressed: bool) -> (Value, project::Project) {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                std::fs::copy(&path, &target).unwrap();
            }
        }
    }
    let project = project::Project::new(&[(".git/HEAD", "")]);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    copy(&corpus, &project.path().join("a b"));
    let quiet = "def f(pk):\n    p = P.objects.get(pk=pk)\n    p.stock -= 1\n    p.save()  # lostupdate: ignore[lost-update] -- one seller\n";
    let text = format!(
        "from django.db import models\n\n\nclass P(models.Model):\n    stock = models.IntegerField()\n\n\n{quiet}"
    );
    project.write("quiet.py", text.as_bytes());
    let mut args = vec!["check", "--output-format", "sarif", "-q"];
    if show_suppressed {
        args.push("--show-suppressed");
    }
    let ran = project.run(&args);
    ran.expect(1);
    (serde_json::from_str(&ran.out).unwrap(), project)
}

#[test]
fn a_real_run_is_valid_by_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for show_suppressed in [false, true] {
        let (log, _project) = real_report(show_suppressed);
        let errors: Vec<_> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_real_run_tells_the_truth() {
    let (log, project) = real_report(true);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 50, "{}", results.len());
    let suppressed = results.iter().filter(|r| r["suppressions"].is_array());
    assert_eq!(suppressed.count(), 1);
    let listed = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(listed[index]["id"], result["ruleId"]);
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.is_empty());
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        for id in 1..=related {
            assert!(message.contains(&format!("]({id})")), "{message}");
        }
        let fingerprint = &result["partialFingerprints"]["lostupdate/v1"];
        assert!(fingerprints.insert(fingerprint.as_str().unwrap().to_owned()));
        let flows = result["codeFlows"].as_array().unwrap();
        assert_eq!(flows.len(), 2);
        assert!(flows[1]["threadFlows"].as_array().unwrap().len() <= 2);
        let place = &result["locations"][0]["physicalLocation"];
        let region = &place["region"];
        assert_eq!(region["startLine"], region["endLine"]);
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let path = project.path().join(uri.replace("%20", " "));
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text
            .lines()
            .nth(region["startLine"].as_u64().unwrap() as usize - 1)
            .unwrap();
        let units: Vec<u16> = line.encode_utf16().collect();
        let column = |name: &str| region[name].as_u64().unwrap() as usize - 1;
        let marked = String::from_utf16(&units[column("startColumn")..column("endColumn")]);
        assert_eq!(marked.unwrap(), region["snippet"]["text"].as_str().unwrap());
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(invocation["exitCode"], 1);
}
