//! The corpus: each program alone, as a project of its own, and the folders below `projects` each as one project of
//! several files. What they mark and what is found agree both ways.
//!
//! | mark at the end of a line | meaning |
//! |---|---|
//! | `expect: RULE` | a finding of that rule stands on this line; alternatives are joined by `\|` |
//! | `todo: RULE` | a known miss; fails once it is found |
//! | `todo-silent: RULE` | a known false alarm; fails once it is gone |
//! | `reached: A, B` | what is found on this line is reached by exactly these entry points |
//!
//! Findings count from warning upward; overwrites that depend on nothing may stand as notes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lostupdate::analysis::driver::Analysis;
use lostupdate::config::Source;
use lostupdate::engine::{self, Settings};
use lostupdate::report::finding::Endpoint;
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

/// What is found on a line: what was said of it, and what reaches it.
struct Found {
    message: String,
    reached: Option<String>,
}

type Findings = BTreeMap<(u32, String), Found>;

/// What is found in the files of one project, each by its path below `root`, and what is wrong with it all.
fn findings(root: &Path, files: &[PathBuf]) -> (BTreeMap<PathBuf, Findings>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for path in files {
        let to = folder
            .path()
            .join(path.strip_prefix(root).expect("below the root"));
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        std::fs::copy(path, to).expect("copied");
    }
    let paths = match files {
        [one] => vec![one.strip_prefix(root).expect("below the root").to_owned()],
        _ => Vec::new(),
    };
    let settings = Settings {
        cwd: folder.path().to_owned(),
        paths,
        config: Source::Isolated,
        jobs: 1,
        ..Settings::default()
    };
    let run = engine::check(&settings, &Analysis::new()).expect("a run");
    let mut wrong: Vec<String> = run.errors.clone();
    for note in &run.outcome.notifications {
        wrong.push(format!("notification: {}", note.message));
    }
    let mut found: BTreeMap<PathBuf, Findings> = BTreeMap::new();
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
        let one = Found {
            message: f.message.clone(),
            reached: f.reach.as_ref().and_then(|r| r.told(9, Endpoint::label)),
        };
        found
            .entry(PathBuf::from(&source.display))
            .or_default()
            .insert((line, f.rule.id.to_owned()), one);
    }
    (found, wrong)
}

/// What is wrong with one project, a line each, and how many known misses and false alarms it has.
fn differences(root: &Path, files: &[PathBuf], corpus: &Path) -> (String, usize, usize) {
    let (mut found, wrong) = findings(root, files);
    let mut out = String::new();
    let (mut misses, mut alarms) = (0, 0);
    let shown = |path: &Path| {
        let path = path.strip_prefix(corpus).expect("below the root");
        path.to_string_lossy().replace('\\', "/")
    };
    for w in wrong {
        let _ = writeln!(out, "{}: {w}", shown(root));
    }
    for path in files.iter().filter(|p| is_program(p)) {
        let below = path.strip_prefix(root).expect("below the root");
        let here = found.remove(below).unwrap_or_default();
        let (text, m, a) = in_file(path, &shown(path), &here);
        out += &text;
        misses += m;
        alarms += a;
    }
    (out, misses, alarms)
}

fn in_file(path: &Path, shown: &str, found: &Findings) -> (String, usize, usize) {
    let text = std::fs::read_to_string(path).expect("readable");
    let mut out = String::new();
    let (mut misses, mut alarms) = (0, 0);
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
    let reached = reached(&text);
    for ((line, rule), one) in found {
        if !wanted.contains(&(*line, rule.clone())) {
            let _ = writeln!(
                out,
                "{shown}:{line}: expected nothing, got {rule}: {}",
                one.message
            );
        }
        let got = one.reached.as_deref().unwrap_or("nothing");
        if let Some(wanted) = reached.get(line)
            && wanted != got
        {
            let _ = writeln!(out, "{shown}:{line}: reached by {got}, not by {wanted}");
        }
    }
    (out, misses, alarms)
}

/// What a line's finding is reached by, as the program says.
fn reached(text: &str) -> BTreeMap<u32, String> {
    let said = |line: &str| {
        let marks = ["# reached: ", "// reached: "];
        let rest = marks.iter().find_map(|m| Some(line.split_once(m)?.1))?;
        Some(rest.trim().to_owned())
    };
    text.lines()
        .enumerate()
        .filter_map(|(at, line)| Some((at as u32 + 1, said(line)?)))
        .collect()
}

fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "py" || e == "go")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The projects of the corpus: the folder and its files.
fn projects(folder: &Path, found: &mut Vec<(PathBuf, Vec<PathBuf>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && folder.ends_with("projects") {
            let mut all = Vec::new();
            files(&path, &mut all);
            all.sort();
            found.push((path, all));
        } else if path.is_dir() {
            projects(&path, found);
        } else if is_program(&path) {
            found.push((folder.to_owned(), vec![path]));
        }
    }
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            programs(&path, found);
        } else if is_program(&path) {
            found.push(path);
        }
    }
}

#[test]
fn found_is_what_is_marked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    projects(&root.join("corpus"), &mut all);
    all.sort();
    assert!(!all.is_empty(), "the corpus is empty");
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(engine::STACK)
        .build()
        .expect("threads");
    let results: Vec<(String, usize, usize)> = pool.install(|| {
        all.par_iter()
            .map(|(folder, files)| differences(folder, files, root))
            .collect()
    });
    let text: String = results.iter().map(|(text, ..)| text.as_str()).collect();
    let misses: usize = results.iter().map(|(_, n, _)| n).sum();
    let alarms: usize = results.iter().map(|(.., n)| n).sum();
    let marked: usize = all
        .iter()
        .flat_map(|(_, files)| files)
        .filter(|p| is_program(p))
        .map(|p| marks(&std::fs::read_to_string(p).expect("readable")).len())
        .sum();
    let tally = format!(
        "{} programs, {marked} marks, {misses} known misses, {alarms} known false alarms",
        all.len()
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
