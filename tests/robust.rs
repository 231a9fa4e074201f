//! Whatever is in the files: no panic, an answer, and the same one for any number of threads and order of paths.

#[path = "common/project.rs"]
mod project;

use std::path::{Path, PathBuf};

use lostupdate::analysis::driver::Analysis;
use lostupdate::config::Source;
use lostupdate::engine::{self, Run, Settings};
use project::Project;
use proptest::prelude::*;

fn run(folder: &Path, paths: &[PathBuf], jobs: usize) -> Run {
    let settings = Settings {
        cwd: folder.to_owned(),
        paths: paths.to_vec(),
        config: Source::Isolated,
        jobs,
        parse_everything: true,
        ..Settings::default()
    };
    engine::check(&settings, &Analysis::new()).expect("a run")
}

/// Panics are caught on the way and told as notifications; here they are failures.
fn sound(run: &Run) -> Result<(), TestCaseError> {
    prop_assert!(run.errors.is_empty(), "{:?}", run.errors);
    for note in &run.outcome.notifications {
        let defect = note.message.contains("internal error")
            || note.message.contains("could not be analyzed");
        prop_assert!(!defect, "{note:?}");
    }
    Ok(())
}

fn corpus(ext: &str) -> Vec<String> {
    fn gather(folder: &Path, ext: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                gather(&path, ext, found);
            } else if path.extension().is_some_and(|e| e == ext) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    gather(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"),
        ext,
        &mut found,
    );
    found.sort();
    found
        .iter()
        .map(|p| std::fs::read_to_string(p).expect("readable"))
        .collect()
}

/// Bits of code that meet everything the analysis knows, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "def f(x):\n",
        "    ",
        "  ",
        "\n",
        "x",
        ".save()",
        "Model.objects.get(pk=x)",
        "=",
        "+=",
        " if ",
        "else:",
        "while True:",
        "try:\n",
        "except E:",
        "with transaction.atomic():",
        "for i in xs:",
        "lambda: ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "*",
        "**",
        "'",
        "\"\"\"",
        "class A(models.Model):\n",
        "return ",
        "yield ",
        "await ",
        "async ",
        "match x:\n",
        "case _:",
        "@a\n",
        "import a\n",
        "from a import b\n",
        "package p\n",
        "func f(x *T) error {\n",
        "}\n",
        ":=",
        "&",
        "defer ",
        "go ",
        "select {",
        "case <-c:",
        "switch x := y.(type) {",
        "range ",
        "db.GetItem(ctx, ",
        "aws.String(\"t\")",
        "map[string]int{",
        "//",
        "#",
        "\t",
        "\r\n",
        "\u{feff}",
        "\u{1f4d5}",
        "0x1",
        "f'{x}'",
        "...",
        "<-",
        "`",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..120).prop_map(|w| w.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let p = Project::new(&[]);
        p.write("a.py", &bytes);
        p.write("a.go", &bytes);
        sound(&run(p.path(), &[], 1))?;
    }

    #[test]
    fn arbitrary_pieces_of_code_are_survived(text in pieces()) {
        let p = Project::new(&[("a.py", &text), ("a.go", &text), ("b.go", &format!("package p\n{text}"))]);
        sound(&run(p.path(), &[], 1))?;
    }

    #[test]
    fn programs_cut_and_spliced_are_survived(
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        go in any::<bool>(),
    ) {
        let ext = if go { "go" } else { "py" };
        let all = corpus(ext);
        let (one, two) = (which.get(&all), other.get(&all));
        let mut bytes = one.as_bytes()[..from.index(one.len() + 1)].to_vec();
        bytes.extend(&two.as_bytes()[to.index(two.len() + 1)..]);
        let p = Project::new(&[]);
        p.write(&format!("a.{ext}"), &bytes);
        sound(&run(p.path(), &[], 1))?;
    }
}

#[test]
fn the_program_itself_answers_to_bytes() {
    let p = Project::new(&[]);
    for (at, bytes) in [
        &b"\xff\xfe\x00def"[..],
        b"\x00",
        b"def f(:\n\t\xf0\x9f",
        b"package \xc3\x28\nfunc {{{",
    ]
    .iter()
    .enumerate()
    {
        p.write(&format!("f{at}.py"), bytes);
        p.write(&format!("f{at}.go"), bytes);
    }
    let ran = p.run(&["check"]);
    assert!(ran.code == 0 || ran.code == 1, "{}: {}", ran.code, ran.err);
}

/// Each answer holds the one before thirty times: looked through to the last, the seventh has 30 to the power of 7 parts.
#[test]
fn answers_that_hold_each_other_many_times_are_survived() {
    let model = "from django.db import models\n\n\nclass Coupon(models.Model):\n    used = models.BooleanField()\n";
    let again = format!("    x = f({})\n", ["x"; 30].join(", "));
    let view = format!(
        "from outside import f\n\nfrom .models import Coupon\n\n\ndef view(request, pk):\n    \
         c = Coupon.objects.get(pk=pk)\n    if c.used:\n        return f(0)\n    x = f(pk, [1])\n{}    \
         c.used = True\n    c.save()\n    return x\n",
        again.repeat(7)
    );
    let p = Project::new(&[]);
    p.write("shop/models.py", model.as_bytes());
    p.write("shop/views.py", view.as_bytes());
    let run = p.run(&["check", "-q", "--output-format", "concise"]);
    run.expect(1);
    assert!(run.out.starts_with("shop/views.py:"), "{}", run.out);
}

/// Written out, what these come to has 2 to the power of 40 parts.
#[test]
fn what_is_doubled_over_and_over_is_survived() {
    let p = Project::new(&[]);
    let head = "from django.db import models\n\n\nclass Seat(models.Model):\n    row = models.IntegerField()\n\n\n\
        def pair(a, b):\n    return (a, b)\n\n\n";
    for (i, doubled) in [
        "x * x",
        "x + x",
        "(x, x)",
        "pair(x, x)",
        "x and x",
        "not (x and x)",
        "(x, x) if request.GET else (x, 1)",
        "f\"{x}{x}\"",
        "[x, x]",
        "unknown(x, x)",
    ]
    .iter()
    .enumerate()
    {
        let mut text = format!("{head}def book(request, x):\n");
        text += &format!("    x = {doubled}\n").repeat(40);
        text += "    seat = Seat.objects.filter(row=x).first()\n    if seat is None or x:\n        return None\n    \
            seat.row = x\n    seat.save()\n    return x\n";
        p.write(&format!("m{i}.py"), text.as_bytes());
    }
    let ran = p.run(&["check", "-q", "--output-format", "concise"]);
    assert!(ran.code < 2 && ran.out.contains("m0.py:"), "{}", ran.err);
}

#[test]
fn deep_nesting_is_survived() {
    let p = Project::new(&[]);
    for (name, open, close) in [
        ("a.py", "(", ")"),
        ("b.py", "[", "]"),
        ("c.py", "f(", ")"),
        ("d.py", "x if (", ") else y"),
    ] {
        let text = format!(
            "def f(x):\n    return {}x{}\n",
            open.repeat(3000),
            close.repeat(3000)
        );
        p.write(name, text.as_bytes());
    }
    let body = format!(
        "package p\nfunc f() int {{ return {}1{} }}\n",
        "(".repeat(3000),
        ")".repeat(3000)
    );
    p.write("a.go", body.as_bytes());
    let blocks = format!(
        "package p\nfunc g() {{ {} {} }}\n",
        "if x {".repeat(2000),
        "}".repeat(2000)
    );
    p.write("b.go", blocks.as_bytes());
    let ran = p.run(&["check", "--parse-everything"]);
    ran.expect(0);
}

/// All of the corpus as one project.
fn whole_corpus() -> Project {
    let p = Project::new(&[]);
    for ext in ["py", "go"] {
        for (at, text) in corpus(ext).iter().enumerate() {
            p.write(&format!("{ext}{at}/m{at}.{ext}"), text.as_bytes());
        }
    }
    p
}

#[test]
fn output_does_not_depend_on_the_number_of_threads() {
    let p = whole_corpus();
    for format in ["full", "json", "sarif"] {
        let one = p.run(&["check", "-q", "-j1", "--output-format", format]);
        assert!(one.out.len() > 1000, "{}", one.err);
        for _ in 0..2 {
            let four = p.run(&["check", "-q", "-j4", "--output-format", format]);
            assert_eq!(one.out, four.out);
        }
    }
}

#[test]
fn output_does_not_depend_on_the_order_of_paths() {
    let p = whole_corpus();
    let mut paths: Vec<String> = std::fs::read_dir(p.path())
        .expect("a folder")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    paths.sort();
    let run = |paths: &[String]| {
        let mut args = vec!["check", "-q", "--output-format", "json"];
        args.extend(paths.iter().map(String::as_str));
        p.run(&args).out
    };
    let sorted = run(&paths);
    assert!(sorted.len() > 1000);
    paths.reverse();
    assert_eq!(sorted, run(&paths));
    let middle = paths.len() / 2;
    paths.rotate_left(middle);
    assert_eq!(sorted, run(&paths));
}
