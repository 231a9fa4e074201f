//! The corpus: each program alone, as a project of its own. What it marks and what is found agree both ways.
//!
//! | mark at the end of a line | meaning |
//! |---|---|
//! | `expect: RULE` | a finding of that rule stands on this line; alternatives are joined by `\|` |
//! | `todo: RULE` | a known miss; fails once it is found |
//! | `todo-silent: RULE` | a known false alarm; fails once it is gone |
//!
//! Findings count from warning upward; overwrites that depend on nothing may stand as notes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lostupdate::analysis::driver::Analysis;
use lostupdate::config::Source;
use lostupdate::engine::{self, Settings};
use lostupdate::rules::{self, Severity};
use rayon::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Expect,
    Todo,
    TodoSilent,
}

struct Mark {
    line: u32,
    kind: Kind,
    rules: Vec<String>,
}

/// The marks of a program. A mark counts at the start of a comment only, so that prose may speak of it.
fn marks(text: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for (word, kind) in [
            ("expect", Kind::Expect),
            ("todo", Kind::Todo),
            ("todo-silent", Kind::TodoSilent),
        ] {
            for comment in ["#", "//"] {
                let Some((_, rest)) = line.split_once(&format!("{comment} {word}: ")) else {
                    continue;
                };
                let rules = rest.split_whitespace().next().unwrap_or_default();
                found.push(Mark {
                    line: at as u32 + 1,
                    kind,
                    rules: rules.split('|').map(str::to_owned).collect(),
                });
            }
        }
    }
    found
}

/// What is found in one program: line and rule, and what was said of it.
fn findings(path: &Path, text: &str) -> (BTreeMap<(u32, String), String>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = path.file_name().expect("a file");
    std::fs::write(folder.path().join(name), text).expect("written");
    let settings = Settings {
        cwd: folder.path().to_owned(),
        paths: vec![name.into()],
        config: Source::Isolated,
        jobs: 1,
        ..Settings::default()
    };
    let run = engine::check(&settings, &Analysis::new()).expect("a run");
    let mut wrong: Vec<String> = run.errors.clone();
    for note in &run.outcome.notifications {
        wrong.push(format!("notification: {}", note.message));
    }
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for f in &run.outcome.findings {
        if f.severity < Severity::Warning && f.rule.id != "stale-overwrite" {
            continue;
        }
        let source = run.sources.get(f.primary.file);
        let line = source.lines.line(f.primary.span.start);
        if !seen.insert((f.primary, f.rule.id, f.entity.clone(), f.fields.clone())) {
            wrong.push(format!("line {line}: {} is reported twice", f.rule.id));
        }
        found.insert((line, f.rule.id.to_owned()), f.message.clone());
    }
    (found, wrong)
}

/// What is wrong with one program, a line each, and how many known misses and false alarms it has.
fn differences(path: &Path, shown: &str) -> (String, usize, usize) {
    let text = std::fs::read_to_string(path).expect("readable");
    let (found, wrong) = findings(path, &text);
    let mut out = String::new();
    let (mut misses, mut alarms) = (0, 0);
    for w in wrong {
        let _ = writeln!(out, "{shown}: {w}");
    }
    let mut wanted: BTreeSet<(u32, String)> = BTreeSet::new();
    for mark in marks(&text) {
        let (line, names) = (mark.line, mark.rules.join("|"));
        let here: Vec<&str> = found
            .keys()
            .filter(|(l, _)| *l == line)
            .map(|(_, rule)| rule.as_str())
            .collect();
        let met = mark.rules.iter().any(|r| here.contains(&r.as_str()));
        for rule in &mark.rules {
            // Names of rules that are still to come may stand beside one that is there, or as a known miss.
            let alone = mark.rules.len() == 1 && mark.kind != Kind::Todo;
            if alone && rules::by_id(rule).is_none() {
                let _ = writeln!(out, "{shown}:{line}: no such rule: {rule}");
            }
            if mark.kind != Kind::Todo {
                wanted.insert((line, rule.clone()));
            }
        }
        match (mark.kind, met) {
            (Kind::Expect, true) => {}
            (Kind::Expect, false) => {
                let got = if here.is_empty() {
                    "nothing".to_owned()
                } else {
                    here.join(", ")
                };
                let _ = writeln!(out, "{shown}:{line}: expected {names}, got {got}");
            }
            (Kind::Todo, true) => {
                let _ = writeln!(
                    out,
                    "{shown}:{line}: {names} is found now: mark it `expect`"
                );
            }
            (Kind::Todo, false) => misses += 1,
            (Kind::TodoSilent, true) => alarms += 1,
            (Kind::TodoSilent, false) => {
                let _ = writeln!(out, "{shown}:{line}: {names} is gone: take the mark away");
            }
        }
    }
    for ((line, rule), message) in &found {
        if !wanted.contains(&(*line, rule.clone())) {
            let _ = writeln!(
                out,
                "{shown}:{line}: expected nothing, got {rule}: {message}"
            );
        }
    }
    (out, misses, alarms)
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|e| e == "py" || e == "go") {
            found.push(path);
        }
    }
}

#[test]
fn found_is_what_is_marked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    programs(&root.join("corpus"), &mut files);
    files.sort();
    assert!(!files.is_empty(), "the corpus is empty");
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(engine::STACK)
        .build()
        .expect("threads");
    let results: Vec<(String, usize, usize)> = pool.install(|| {
        files
            .par_iter()
            .map(|path| {
                let shown = path.strip_prefix(root).expect("below the root");
                differences(path, &shown.to_string_lossy().replace('\\', "/"))
            })
            .collect()
    });
    let text: String = results.iter().map(|(text, ..)| text.as_str()).collect();
    let misses: usize = results.iter().map(|(_, n, _)| n).sum();
    let alarms: usize = results.iter().map(|(.., n)| n).sum();
    let marked: usize = files
        .iter()
        .map(|p| marks(&std::fs::read_to_string(p).expect("readable")).len())
        .sum();
    let tally = format!(
        "{} programs, {marked} marks, {misses} known misses, {alarms} known false alarms",
        files.len()
    );
    eprintln_line(&tally);
    assert!(
        text.is_empty(),
        "{tally}; the corpus and the findings differ in {} places:\n{text}",
        text.lines().count()
    );
}

/// Shown with `--nocapture`, and when the test fails.
#[allow(clippy::print_stderr)]
fn eprintln_line(text: &str) {
    eprintln!("{text}");
}

#[test]
fn every_rule_has_a_program_that_breaks_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    programs(&root.join("corpus"), &mut files);
    let expected: BTreeSet<String> = files
        .iter()
        .flat_map(|p| marks(&std::fs::read_to_string(p).expect("readable")))
        .filter(|m| m.kind == Kind::Expect)
        .flat_map(|m| m.rules)
        .collect();
    for rule in rules::RULES {
        // It is about comments, not about programs; `tests/cli.rs` has its case.
        if rule.id != "unused-suppression" {
            assert!(expected.contains(rule.id), "no program expects {}", rule.id);
        }
    }
}

#[test]
fn marks_are_read() {
    let text = "x()  # expect: a|b\n// todo: c -- why\ny() # expect: a  # todo-silent: d\n# we expect: no mark\n";
    let read: Vec<_> = marks(text)
        .iter()
        .map(|m| (m.line, m.kind, m.rules.join("|")))
        .collect();
    assert_eq!(
        read,
        [
            (1, Kind::Expect, "a|b".to_owned()),
            (2, Kind::Todo, "c".to_owned()),
            (3, Kind::Expect, "a".to_owned()),
            (3, Kind::TodoSilent, "d".to_owned()),
        ]
    );
}
