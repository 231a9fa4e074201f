//! What is left unparsed changes nothing: parsing everything, or naming one file of a project, gives the same findings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lostupdate::analysis::driver::Analysis;
use lostupdate::config::Source;
use lostupdate::engine::{self, Settings};

/// File, line, rule and message of what is found, and how many files were parsed.
fn findings(folder: &Path, path: &str, everything: bool) -> (BTreeSet<String>, usize) {
    let settings = Settings {
        cwd: folder.to_owned(),
        paths: vec![path.into()],
        config: Source::Isolated,
        parse_everything: everything,
        ..Settings::default()
    };
    let run = engine::check(&settings, &Analysis::new()).expect("a run");
    let told = run.outcome.findings.iter().map(|f| {
        let source = run.sources.get(f.primary.file);
        let line = source.lines.line(f.primary.span.start);
        let file = source.display.trim_start_matches("./");
        format!("{file}:{line}: {}: {}", f.rule.id, f.message)
    });
    (told.collect(), run.parsed.len())
}

fn projects() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/projects");
    let mut found = Vec::new();
    for language in std::fs::read_dir(root).expect("a folder") {
        let language = language.expect("an entry").path();
        for project in std::fs::read_dir(language).expect("a folder") {
            found.push(project.expect("an entry").path());
        }
    }
    found.sort();
    found
}

#[test]
fn parsing_everything_finds_the_same() {
    for project in projects() {
        let (some, _) = findings(&project, ".", false);
        let (all, _) = findings(&project, ".", true);
        assert_eq!(some, all, "{}", project.display());
    }
}

#[test]
fn what_touches_no_store_is_not_parsed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("pyproject.toml", "");
    write(
        "app/seats.py",
        "import boto3\n\ntable = boto3.resource('dynamodb').Table('seats')\n\n\n\
         def seats_left(event):\n    return table.get_item(Key={'event': event})['Item']['seats']\n\n\n\
         def write_seats(event, seats):\n    table.put_item(Item={'event': event, 'seats': seats})\n",
    );
    write(
        "app/views.py",
        "from app.seats import seats_left, write_seats\n\n\n\
         def reserve(event):\n    left = seats_left(event)\n    if left > 0:\n        write_seats(event, left - 1)\n",
    );
    write("app/colours.py", "def mix(a, b):\n    return (a + b) / 2\n");
    let (found, parsed) = findings(folder.path(), ".", false);
    assert_eq!(parsed, 2, "{found:?}");
    assert!(
        found
            .iter()
            .any(|f| f.starts_with("app/seats.py:11: lost-update")),
        "{found:?}"
    );
    assert_eq!(findings(folder.path(), ".", true).0, found);
}

#[test]
fn one_file_of_a_project_is_seen_in_its_project() {
    for project in projects() {
        let (all, _) = findings(&project, ".", false);
        let files: BTreeSet<&str> = all.iter().filter_map(|f| f.split(':').next()).collect();
        for file in files {
            let (alone, _) = findings(&project, file, false);
            let here: BTreeSet<String> = all
                .iter()
                .filter(|f| f.starts_with(&format!("{file}:")))
                .cloned()
                .collect();
            assert_eq!(alone, here, "{}/{file}", project.display());
        }
    }
}
