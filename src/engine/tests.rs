//! The engine around a made-up analysis that takes every `save` for a lost update.

use super::*;
use crate::config::tests::{LOST, PREVIEW, vocabulary};
use crate::config::{FailOn, Globs, PerPath};
use crate::report::finding::Loc;
use crate::rules::{Confidence, RuleMeta, Severity};
use crate::syntax::Span;

struct Fake;

fn finding(rule: &'static RuleMeta, file: FileId, start: usize, confidence: Confidence) -> Finding {
    let loc = |start: usize, end: usize| Loc {
        file,
        span: Span {
            start: start as u32,
            end: end as u32,
        },
    };
    Finding {
        rule,
        severity: Severity::Warning,
        confidence,
        primary: loc(start, start + 4),
        message: "m".into(),
        anomaly: None,
        store: "relational".into(),
        pack: "django".into(),
        entity: String::new(),
        fields: Vec::new(),
        function: String::new(),
        function_loc: loc(0, 0),
        steps: Vec::new(),
        timeline: Vec::new(),
        related: Vec::new(),
        guards: Vec::new(),
        doubts: Vec::new(),
        reach: None,
        remedy: String::new(),
        caveat: None,
        assumed: Vec::new(),
        statements: vec![loc(start, start + 4)],
        identity: String::new(),
    }
}

impl Analyzer for Fake {
    fn needles(&self) -> Vec<String> {
        vec!["save".into(), "boom".into()]
    }

    fn groups(&self) -> fn() -> Vec<String> {
        || vocabulary().groups.to_vec()
    }

    fn analyze(&self, input: &ProjectInput<'_>) -> AnalysisResult {
        let mut result = AnalysisResult::default();
        for file in input.files.iter().filter(|f| f.needles.contains(0)) {
            let text = &input.sources.get(file.id).text;
            for (at, _) in text.match_indices("save") {
                result
                    .findings
                    .push(finding(&LOST, file.id, at, Confidence::High));
                result
                    .findings
                    .push(finding(&LOST, file.id, at, Confidence::High));
                result
                    .findings
                    .push(finding(&PREVIEW, file.id, at, Confidence::Low));
            }
            result.parsed.push(file.id);
        }
        assert!(!input.files.iter().any(|f| f.needles.contains(1)), "boom");
        result
    }

    fn will_parse(&self, _: &ProjectInput<'_>) -> Vec<FileId> {
        Vec::new()
    }
}

struct Case(
    #[expect(dead_code, reason = "keeps the folder")] tempfile::TempDir,
    Settings,
);

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let settings = Settings {
            cwd: dir.path().to_owned(),
            ..Settings::default()
        };
        Self(dir, settings)
    }

    fn run(&self) -> Run {
        check_with(&self.1, &Fake, vocabulary()).unwrap()
    }

    fn found(&self) -> Vec<String> {
        let run = self.run();
        let show = |f: &Finding| {
            let file = run.sources.get(f.primary.file);
            format!(
                "{}:{} {}",
                file.display,
                file.lines.line(f.primary.span.start),
                f.rule.id
            )
        };
        run.outcome.findings.iter().map(show).collect()
    }
}

#[test]
fn findings_are_sorted_and_told_once() {
    let case = Case::new(&[
        ("b.py", "save\n\nsave"),
        ("a/x.go", "save"),
        ("none.py", ""),
    ]);
    assert_eq!(
        case.found(),
        [
            "a/x.go:1 lost-update",
            "b.py:1 lost-update",
            "b.py:3 lost-update"
        ]
    );
    assert!(case.run().fails);
    assert_eq!(case.run().parsed, ["a/x.go", "b.py"]);
}

#[test]
fn the_same_for_any_thread_count_and_path_order() {
    let files: Vec<(String, String)> = (0..60)
        .map(|i| (format!("d{}/f{i}.py", i % 7), "save\n".repeat(i % 4)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut case = Case::new(&files);
    case.1.jobs = 1;
    let one = case.found();
    case.1.jobs = 5;
    case.1.paths = ["d3", "d1", ".", "d0/f0.py"].map(PathBuf::from).into();
    assert_eq!(case.found(), one);
}

#[test]
fn thresholds_and_exit() {
    let mut case = Case::new(&[("a.py", "save")]);
    case.1.options.preview = Some(true);
    assert_eq!(case.found().len(), 1);
    case.1.options.min_confidence = Some(Confidence::Low);
    assert_eq!(case.found().len(), 2);
    case.1.options.min_severity = Some(Severity::Error);
    assert_eq!(case.found().len(), 0);
    assert!(!case.run().fails);
    case.1.options.min_severity = None;
    case.1.options.fail_on = Some(FailOn::Error);
    assert!(!case.run().fails);
}

#[test]
fn named_files_are_reported_in_the_context_of_their_project() {
    let mut case = Case::new(&[
        ("go.mod", ""),
        ("a/x.py", "save"),
        ("b/y.py", "save"),
        ("b/z.py", "save"),
    ]);
    case.1.paths = vec!["b/y.py".into()];
    assert_eq!(case.found(), ["b/y.py:1 lost-update"]);
    let run = case.run();
    assert_eq!((run.checked.len(), run.sources.files.len()), (1, 3));
    case.1.paths = vec!["b/y.py".into(), "a".into()];
    assert_eq!(
        case.found(),
        ["a/x.py:1 lost-update", "b/y.py:1 lost-update"]
    );
    case.1.paths.clear();
    case.1.stdin = Some(("b/new.py".into(), b"\n\nsave".to_vec()));
    assert_eq!(case.found(), ["b/new.py:3 lost-update"]);
    case.1.stdin = Some(("b/y.py".into(), b"\nsave".to_vec()));
    assert_eq!(case.found(), ["b/y.py:2 lost-update"]);
}

#[test]
fn nested_configuration_governs_its_files() {
    let case = Case::new(&[
        (
            "lostupdate.toml",
            "exclude = ['skip']\n[rules.lost-update]\nseverity = 'note'\n",
        ),
        ("a.py", "save"),
        ("skip/b.py", "save"),
        (
            "sub/.lostupdate.toml",
            "include-tests = true\n[per-path.'quiet/**']\nignore = ['lost-update']\n",
        ),
        ("sub/tests/t.py", "save"),
        ("sub/quiet/q.py", "save"),
        ("tests/u.py", "save"),
    ]);
    assert_eq!(
        case.found(),
        ["a.py:1 lost-update", "sub/tests/t.py:1 lost-update"]
    );
    let severities: Vec<Severity> = case
        .run()
        .outcome
        .findings
        .iter()
        .map(|f| f.severity)
        .collect();
    assert_eq!(severities, [Severity::Note, Severity::Warning]);
}

#[test]
fn suppressions_split_the_outcome() {
    let mut case = Case::new(&[(
        "a.py",
        "save  # lostupdate: ignore[lost-update] -- why\nx  # lostupdate: ignore[lost-update, write-skew]\nsave\n",
    )]);
    let run = case.run();
    assert_eq!(run.outcome.suppressed.len(), 1);
    assert_eq!(run.outcome.suppressed[0].1.as_deref(), Some("why"));
    // The preview rule did not run, so its suppression can't be judged.
    assert_eq!(
        case.found(),
        ["a.py:2 unused-suppression", "a.py:3 lost-update"]
    );
    case.1.options.ignore = Some(vec!["unused-suppression".into()]);
    assert_eq!(case.found(), ["a.py:3 lost-update"]);
    case.1.options.ignore = None;
    case.1.options.select = Some(vec!["check-then-act".into(), "unused-suppression".into()]);
    assert_eq!(case.found(), [] as [&str; 0]);
}

#[test]
fn a_panic_in_one_project_leaves_the_others() {
    let case = Case::new(&[
        ("p/go.mod", ""),
        ("p/a.go", "boom"),
        ("q/go.mod", ""),
        ("q/b.go", "save"),
    ]);
    let run = case.run();
    assert_eq!(run.outcome.findings.len(), 1);
    let [error] = run.errors.as_slice() else {
        panic!("one error: {:?}", run.errors);
    };
    assert!(error.starts_with("p: internal error") && error.contains("boom"));
}

#[test]
fn per_path_entries_of_a_fixed_file() {
    let matcher = Globs::new(Path::new("/"), &["nothing".to_owned()]).unwrap();
    let entry = PerPath {
        glob: "nothing".into(),
        matcher,
        select: Some(Vec::new()),
        ignore: Vec::new(),
        severity: None,
    };
    let options = Options {
        per_path: vec![entry],
        ..Options::default()
    };
    assert!(options.selects(&LOST, "", "", Path::new("/a.py")));
}

#[test]
fn a_script_inside_of_a_package_starts_no_project() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for file in ["app/manage.py", "app/__init__.py", "site/manage.py"] {
        std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        std::fs::write(root.join(file), "").unwrap();
    }
    std::fs::create_dir_all(root.join("site/shop")).unwrap();
    assert_eq!(project_above(&root.join("app"), Some(root)), None);
    assert_eq!(
        project_above(&root.join("site/shop"), Some(root)),
        Some(root.join("site"))
    );
}
