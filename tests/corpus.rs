//! The corpus: each program alone, as a project of its own; the folders of `corpus/projects` as projects of several
//! files. What is marked and what is found agree both ways.
//!
//! | mark at the end of a line | meaning |
//! |---|---|
//! | `expect: RULE` | a finding of that rule stands on this line; alternatives are joined by `\|` |
//! | `todo: RULE` | a known miss; fails once it is found |
//! | `todo-silent: RULE` | a known false alarm; fails once it is gone |
//! | `reached: A, B` | what is found on this line is reached by exactly these entry points |
//! | `as: LEVEL` | what is found on this line has that severity |
//!
//! Findings count from warning upward; overwrites that depend on nothing may stand as notes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lostupdate::analysis::driver::Analysis;
use lostupdate::config::{Options, Source};
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
                for rest in line.split(&format!("{comment} {word}: ")).skip(1) {
                    let rules = rest.split_whitespace().next().unwrap_or_default();
                    found.push(Mark {
                        line: at as u32 + 1,
                        kind,
                        rules: rules.split('|').map(str::to_owned).collect(),
                    });
                }
            }
        }
    }
    found
}

/// One program: the files that are analyzed together, relative to a folder.
struct Unit {
    folder: PathBuf,
    files: Vec<PathBuf>,
    /// A project is analyzed where it stands; a file alone, as if nothing else were there.
    project: bool,
}

/// The programs of the corpus: every file alone, and each folder of `corpus/projects/LANGUAGE` as a whole.
fn units(root: &Path) -> Vec<Unit> {
    let corpus = root.join("corpus");
    let projects = corpus.join("projects");
    let mut all = Vec::new();
    let mut files = Vec::new();
    programs(&corpus, &mut files);
    files.sort();
    for file in &files {
        if !file.starts_with(&projects) {
            all.push(Unit {
                folder: file.parent().expect("a folder").to_owned(),
                files: vec![file.file_name().expect("a name").into()],
                project: false,
            });
            continue;
        }
        let inside = file.strip_prefix(&projects).expect("below");
        let folder: PathBuf = projects.join(inside.iter().take(2).collect::<PathBuf>());
        let relative = file.strip_prefix(&folder).expect("below").to_owned();
        match all.last_mut() {
            Some(unit) if unit.folder == folder => unit.files.push(relative),
            _ => all.push(Unit {
                folder,
                files: vec![relative],
                project: true,
            }),
        }
    }
    all
}

/// What is found in a program: file, line and rule, what was said of it, what reaches it, and how bad it is.
type Found = BTreeMap<(PathBuf, u32, String), (String, String, Severity)>;

fn findings(unit: &Unit) -> (Found, Vec<String>) {
    let alone = tempfile::tempdir().expect("a temporary folder");
    let (cwd, paths) = if unit.project {
        (unit.folder.clone(), vec![".".into()])
    } else {
        let name = &unit.files[0];
        std::fs::copy(unit.folder.join(name), alone.path().join(name)).expect("copied");
        (alone.path().to_owned(), vec![name.clone()])
    };
    let settings = Settings {
        cwd,
        paths,
        config: Source::Isolated,
        options: Options {
            preview: Some(true),
            ..Options::default()
        },
        jobs: 1,
        ..Settings::default()
    };
    let run = engine::check(&settings, &Analysis::new()).expect("a run");
    let mut wrong: Vec<String> = run.errors.clone();
    for note in &run.outcome.notifications {
        wrong.push(format!("notification: {}", note.message));
    }
    let mut found = Found::new();
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
        let path = Path::new(&source.display);
        let path = path.strip_prefix("./").unwrap_or(path).to_owned();
        let reached = f.reach.as_ref().and_then(|r| r.told(9, Endpoint::label));
        let reached = reached.unwrap_or("nothing".to_owned());
        let told = (f.message.clone(), reached, f.severity);
        found.insert((path, line, f.rule.id.to_owned()), told);
    }
    (found, wrong)
}

/// What is wrong with one program, a line each, and how many known misses and false alarms it has.
fn differences(unit: &Unit, root: &Path) -> (String, usize, usize) {
    let (found, wrong) = findings(unit);
    let mut out = String::new();
    let (mut misses, mut alarms) = (0, 0);
    let shown = |file: &Path| {
        let path = unit.folder.join(file);
        let path = path.strip_prefix(root).expect("below the root");
        path.to_string_lossy().replace('\\', "/")
    };
    for w in wrong {
        let _ = writeln!(out, "{}: {w}", shown(&unit.files[0]));
    }
    let mut wanted: BTreeSet<(PathBuf, u32, String)> = BTreeSet::new();
    for file in &unit.files {
        let text = std::fs::read_to_string(unit.folder.join(file)).expect("readable");
        for mark in marks(&text) {
            let (line, names) = (mark.line, mark.rules.join("|"));
            let here: Vec<&str> = found
                .keys()
                .filter(|(f, l, _)| f == file && *l == line)
                .map(|(.., rule)| rule.as_str())
                .collect();
            let met = mark.rules.iter().any(|r| here.contains(&r.as_str()));
            let at = format!("{}:{line}", shown(file));
            for rule in &mark.rules {
                // Names of rules that are still to come may stand beside one that is there, or as a known miss.
                let alone = mark.rules.len() == 1 && mark.kind != Kind::Todo;
                if alone && rules::by_id(rule).is_none() {
                    let _ = writeln!(out, "{at}: no such rule: {rule}");
                }
                if mark.kind != Kind::Todo {
                    wanted.insert((file.clone(), line, rule.clone()));
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
                    let _ = writeln!(out, "{at}: expected {names}, got {got}");
                }
                (Kind::Todo, true) => {
                    let _ = writeln!(out, "{at}: {names} is found now: mark it `expect`");
                }
                (Kind::Todo, false) => misses += 1,
                (Kind::TodoSilent, true) => alarms += 1,
                (Kind::TodoSilent, false) => {
                    let _ = writeln!(out, "{at}: {names} is gone: take the mark away");
                }
            }
        }
    }
    for ((file, line, rule), (message, reached, severity)) in &found {
        if !wanted.contains(&(file.clone(), *line, rule.clone())) {
            let at = shown(file);
            let _ = writeln!(out, "{at}:{line}: expected nothing, got {rule}: {message}");
        }
        let text = std::fs::read_to_string(unit.folder.join(file)).expect("readable");
        let marked = text.lines().nth(*line as usize - 1).unwrap_or_default();
        if let Some(wanted) = told(marked, "as")
            && wanted != severity.as_str()
        {
            let at = shown(file);
            let severity = severity.as_str();
            let _ = writeln!(
                out,
                "{at}:{line}: {rule} is of severity {severity}, not {wanted}"
            );
        }
        if let Some(wanted) = told(marked, "reached")
            && wanted != reached
        {
            let at = shown(file);
            let _ = writeln!(out, "{at}:{line}: reached by {reached}, not by {wanted}");
        }
    }
    (out, misses, alarms)
}

/// What a comment at the end of a line says of its finding under a word.
fn told<'t>(line: &'t str, word: &str) -> Option<&'t str> {
    ["#", "//"].iter().find_map(|comment| {
        let (_, rest) = line.split_once(&format!("{comment} {word}: "))?;
        Some(rest.trim())
    })
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
    let units = units(root);
    assert!(!units.is_empty(), "the corpus is empty");
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(engine::STACK)
        .build()
        .expect("threads");
    let results: Vec<(String, usize, usize)> =
        pool.install(|| units.par_iter().map(|u| differences(u, root)).collect());
    let text: String = results.iter().map(|(text, ..)| text.as_str()).collect();
    let misses: usize = results.iter().map(|(_, n, _)| n).sum();
    let alarms: usize = results.iter().map(|(.., n)| n).sum();
    let marked: usize = units
        .iter()
        .flat_map(|u| u.files.iter().map(|f| u.folder.join(f)))
        .map(|p| marks(&std::fs::read_to_string(p).expect("readable")).len())
        .sum();
    let tally = format!(
        "{} programs, {marked} marks, {misses} known misses, {alarms} known false alarms",
        units.len()
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
