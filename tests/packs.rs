//! Query packs: the built-in ones are real queries, and a user's own teach the program an in-house wrapper.

#[path = "common/project.rs"]
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lostupdate::stores::pack::{self, BUILT_IN, SHAPES};
use lostupdate::stores::vocabulary::Shape;
use lostupdate::syntax::go::GoLang;
use lostupdate::syntax::il::{Expr, ExprKind};
use lostupdate::syntax::python::PythonLang;
use lostupdate::syntax::{Lang, Language, Limits, walk};
use project::Project;
use tree_sitter::{Parser, Query, QueryCursor, StreamingIterator};

fn grammar(lang: Lang) -> tree_sitter::Language {
    match lang {
        Lang::Python => tree_sitter_python::LANGUAGE.into(),
        Lang::Go => tree_sitter_go::LANGUAGE.into(),
    }
}

#[test]
fn built_in_packs_are_queries_of_their_grammar() {
    for (name, text) in BUILT_IN {
        let langs: &[Lang] = match name.split('/').next() {
            Some("python") => &[Lang::Python],
            Some("go") => &[Lang::Go],
            _ => &[Lang::Python, Lang::Go],
        };
        for lang in langs {
            if let Err(error) = Query::new(&grammar(*lang), text) {
                panic!("queries/{name}: {error}");
            }
        }
    }
}

#[test]
fn every_framework_is_built_in_and_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/python");
    let entries = std::fs::read_dir(root).expect("a folder");
    let files: BTreeSet<String> = entries
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.ends_with(".py"))
        .collect();
    let built_in: BTreeSet<String> = pack::STEPS.iter().map(|(n, _)| (*n).to_owned()).collect();
    assert_eq!(files, built_in);
    for (name, text) in pack::STEPS {
        let module = PythonLang::default().lower(text, &Limits::default());
        let module = module.expect("a module");
        assert!(module.errors.is_empty(), "{name}");
        // Every base is a class of the same file, by its full path in it.
        let classes: BTreeSet<&str> = module.classes.iter().map(|c| c.qualname.as_str()).collect();
        for c in &module.classes {
            for base in &c.bases {
                let base = lostupdate::project::facts::dotted(base).expect("a name");
                assert!(classes.contains(base.as_str()), "{name}: {base}");
            }
        }
    }
}

#[test]
fn every_query_file_is_built_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let mut files = BTreeSet::new();
    for folder in ["", "python", "go"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name();
            let name = name.to_string_lossy();
            if name.ends_with(".scm") {
                files.insert(
                    Path::new(folder)
                        .join(&*name)
                        .to_string_lossy()
                        .replace('\\', "/"),
                );
            }
        }
    }
    let built_in: BTreeSet<String> = BUILT_IN.iter().map(|(n, _)| (*n).to_owned()).collect();
    assert_eq!(files, built_in);
}

type Found = BTreeSet<(usize, usize, String)>;

/// Calls of methods with one of `names` (where the name stands, and the name), as a query of the canonical shape finds them.
fn by_query(lang: Lang, names: &[&str], text: &str) -> Found {
    let shape = SHAPES
        .iter()
        .find(|(l, shape, _)| *l == lang && *shape == Shape::Method)
        .expect("a shape")
        .2;
    let shape = shape
        .replacen("@ ", "@recv ", 1)
        .replacen("@)", "@name)", 1);
    let names: Vec<String> = names.iter().map(|n| format!("{n:?}")).collect();
    let source = format!("({shape} @call (#any-of? @name {}))", names.join(" "));
    let query = Query::new(&grammar(lang), &source).expect("a query");
    let name = query.capture_index_for_name("name").expect("a capture");
    let mut parser = Parser::new();
    parser.set_language(&grammar(lang)).expect("a grammar");
    let tree = parser.parse(text, None).expect("a tree");
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found = Found::new();
    while let Some(m) = matches.next() {
        for capture in m.captures().iter().filter(|c| c.index == name) {
            let at = capture.node.byte_range();
            found.insert((at.start, at.end, text[at].to_owned()));
        }
    }
    found
}

struct Calls<'a> {
    names: &'a [&'a str],
    found: Found,
}

impl walk::Visit<'_> for Calls<'_> {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Call(c) = &e.kind
            && let ExprKind::Attr(_, name, at) = &c.callee.kind
            && self.names.contains(&name.as_str())
        {
            self.found
                .insert((at.start as usize, at.end as usize, name.to_string()));
        }
    }
}

/// The same, as the table of the packs is asked when the lowered program calls something.
fn by_table(lang: Lang, names: &[&str], text: &str) -> Found {
    let module = match lang {
        Lang::Python => PythonLang::default().lower(text, &Limits::default()),
        Lang::Go => GoLang::default().lower(text, &Limits::default()),
    }
    .expect("a module");
    let mut calls = Calls {
        names,
        found: Found::new(),
    };
    // Decorators, defaults and what stands in a class are evaluated with the definition.
    let mut beside: Vec<&Expr> = Vec::new();
    for func in &module.funcs {
        walk::block(&mut calls, &func.body);
        beside.extend(&func.decorators);
        beside.extend(func.params.iter().filter_map(|p| p.default.as_ref()));
    }
    for class in &module.classes {
        beside.extend(class.bases.iter().chain(&class.decorators));
        beside.extend(class.attrs.iter().filter_map(|a| a.value.as_ref()));
    }
    for expr in beside {
        walk::expr(&mut calls, expr);
    }
    calls.found
}

fn programs(folder: &Path, ext: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            programs(&path, ext, found);
        } else if path.extension().is_some_and(|e| e == ext) {
            found.push(path);
        }
    }
}

#[test]
fn the_table_and_the_queries_agree_on_candidates() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (lang, ext) in [(Lang::Python, "py"), (Lang::Go, "go")] {
        let library = pack::library(lang, &[]).expect("the packs");
        let names: BTreeSet<&str> = library
            .methods
            .keys()
            .map(|n| n.as_str())
            // Members of a transaction are no methods.
            .filter(|n| !n.contains('.'))
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut files = Vec::new();
        programs(&corpus, ext, &mut files);
        let mut total = 0;
        for path in files {
            let text = std::fs::read_to_string(&path).expect("readable");
            let (query, table) = (by_query(lang, &names, &text), by_table(lang, &names, &text));
            let shown = |found: &Found, other: &Found| -> Vec<String> {
                found
                    .difference(other)
                    .map(|(start, _, name)| {
                        format!(
                            "{}:{} {name}",
                            path.display(),
                            text[..*start].lines().count()
                        )
                    })
                    .collect()
            };
            let (only_query, only_table) = (shown(&query, &table), shown(&table, &query));
            assert!(
                only_query.is_empty() && only_table.is_empty(),
                "only the query finds {only_query:#?}, only the table {only_table:#?}"
            );
            total += query.len();
        }
        assert!(total > 100, "{total} calls in all");
    }
}

// An in-house wrapper.

const PYTHON_PACK: &str = r#";;; pack: acme
;;; language: python
;;; store: acme
;;; kind acme.store: type acme_store.Store named store

((call function: (_) @f) @call (#set! path "acme_store.Store|acme_store.connect") (#set! does "make") (#set! container "pos:0") (#set! returns "kind:acme.store"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "fetch")
  (#set! recv "acme.store") (#set! does "read") (#set! key "pos:0") (#set! returns "row?"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "put")
  (#set! recv "acme.store") (#set! does "write") (#set! mode "whole") (#set! key "pos:0") (#set! item "pos:1") (#set! upserts "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "put_if_absent")
  (#set! recv "acme.store") (#set! does "create") (#set! key "pos:0") (#set! item "pos:1") (#set! raises "duplicate=AlreadyThere"))
"#;

const PYTHON_RACE: &str = r#"from acme_store import AlreadyThere, connect

store = connect("seats")


def reserve(code, user):
    seat = store.fetch(code)
    if seat is None:
        store.put(code, {"code": code, "user": user})
        return True
    return False
"#;

const PYTHON_SAFE: &str = r#"from acme_store import AlreadyThere, connect

store = connect("seats")


def reserve(code, user):
    try:
        store.put_if_absent(code, {"code": code, "user": user})
    except AlreadyThere:
        return False
    return True
"#;

const GO_PACK: &str = r#";;; pack: acme
;;; language: go
;;; store: acme
;;; kind acme.store: type example.com/acme/store.Store

((call_expression function: (_) @f) @call (#set! path "example.com/acme/store.Open") (#set! does "make") (#set! container "pos:0") (#set! returns "kind:acme.store"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Fetch")
  (#set! recv "acme.store") (#set! does "read") (#set! key "pos:1") (#set! returns "tuple(row?, error)"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Put")
  (#set! recv "acme.store") (#set! does "write") (#set! mode "whole") (#set! key "pos:1") (#set! item "pos:2") (#set! upserts "yes") (#set! returns "error"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Add")
  (#set! recv "acme.store") (#set! does "write") (#set! mode "partial") (#set! key "pos:1") (#set! returns "error"))
"#;

const GO_RACE: &str = r#"package seats

import (
	"context"

	"example.com/acme/store"
)

type Seat struct {
	Code string
	Sold int
}

func Sell(ctx context.Context, db *store.Store, code string) error {
	seat, err := db.Fetch(ctx, code)
	if err != nil {
		return err
	}
	seat.Sold = seat.Sold + 1
	return db.Put(ctx, code, seat)
}
"#;

const GO_SAFE: &str = r#"package seats

import (
	"context"

	"example.com/acme/store"
)

func Sell(ctx context.Context, db *store.Store, code string) error {
	return db.Add(ctx, code, "sold", 1)
}
"#;

fn rules(p: &Project, args: &[&str]) -> BTreeMap<u32, String> {
    let ran = p.run(&[&["check", "-q", "--output-format", "json"], args].concat());
    assert!(ran.code == 0 || ran.code == 1, "{}", ran.err);
    ran.out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|v| {
            let line = v["line"].as_u64().expect("a line") as u32;
            (line, v["rule"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn an_in_house_wrapper_in_python() {
    let p = Project::new(&[("app.py", PYTHON_RACE), ("queries/acme.scm", PYTHON_PACK)]);
    assert_eq!(rules(&p, &["app.py"]), BTreeMap::new());
    let found = rules(&p, &["app.py", "--extra-queries", "queries"]);
    assert_eq!(found, BTreeMap::from([(9, "check-then-create".to_owned())]));
    p.write("app.py", PYTHON_SAFE.as_bytes());
    assert_eq!(
        rules(&p, &["app.py", "--extra-queries", "queries"]),
        BTreeMap::new()
    );
}

const PYTHON_STEPS: &str = r#"
class handlers:
    class Handler:
        def on_post(self, request):
            code = request["code"]
            self.check(code)
            self.store(code, request)

        def check(self, code):
            pass
"#;

const PYTHON_HANDLER: &str = r#"from acme.handlers import Handler
from acme_store import AlreadyThere, connect

seats = connect("seats")


class Taken(Exception):
    pass


class Reservations(Handler):
    def check(self, code):
        if seats.fetch(code) is not None:
            raise Taken(code)

    def store(self, code, request):
        seats.put(code, {"code": code, "user": request["user"]})
"#;

#[test]
fn a_framework_joins_what_a_class_overrides() {
    let p = Project::new(&[
        ("app.py", PYTHON_HANDLER),
        ("queries/acme.scm", PYTHON_PACK),
    ]);
    let args = ["app.py", "--extra-queries", "queries"];
    let alone = BTreeMap::from([(17, "unconditional-update".to_owned())]);
    assert_eq!(rules(&p, &args), alone);
    p.write("queries/acme.py", PYTHON_STEPS.as_bytes());
    let found = BTreeMap::from([(17, "check-then-create".to_owned())]);
    assert_eq!(rules(&p, &args), found);
}

#[test]
fn an_in_house_wrapper_in_go_through_the_configuration() {
    let p = Project::new(&[
        ("lostupdate.toml", "extra-queries = ['queries']\n"),
        ("seats/seats.go", GO_RACE),
        ("queries/acme.scm", GO_PACK),
    ]);
    let found = rules(&p, &["seats"]);
    assert_eq!(found, BTreeMap::from([(20, "lost-update".to_owned())]));
    p.write("seats/seats.go", GO_SAFE.as_bytes());
    assert_eq!(rules(&p, &["seats"]), BTreeMap::new());
}

#[test]
fn explain_call_names_the_users_pack() {
    let p = Project::new(&[("app.py", PYTHON_RACE), ("queries/acme.scm", PYTHON_PACK)]);
    let ran = p.run(&["explain-call", "app.py:7", "--extra-queries", "queries"]);
    ran.expect(0);
    assert!(
        ran.out
            .contains(".fetch(...) may be:\n  read (pack acme, line 7) on acme.store\n"),
        "{}",
        ran.out
    );
}

#[test]
fn broken_packs_name_file_and_line() {
    let head = ";;; pack: acme\n;;; language: python\n;;; store: acme\n";
    let method = "((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call";
    let cases = [
        (
            format!("{head}\n{method} (#eq? @m \"f\") (#set! dose \"read\"))\n"),
            ":5: `dose \"read\"`: no such property",
        ),
        (
            format!("{head}{method} (#set! does \"read\"))\n"),
            ":4: a method or attribute needs its name",
        ),
        (
            format!("{head}{method} (#eq? @m \"f\"))\n"),
            ":4: a pattern needs `(#set! does \"...\")`",
        ),
        (
            format!("{head}{method} (#eq? @m \"f\") (#set! does \"reed\"))\n"),
            ":4: `does \"reed\"`: unknown",
        ),
        (
            format!(
                "{head}{method} (#eq? @m \"f\") (#set! does \"read\") (#set! key \"first\"))\n"
            ),
            ":4: `key \"first\"`: `first` is not a selector",
        ),
        (
            format!(
                "{head}{method} (#eq? @m \"f\") (#set! does \"read\") (#set! recv \"acme.stroe\"))\n"
            ),
            ":4: `recv \"acme.stroe\"`: no pack makes such a kind",
        ),
        (
            format!("{head}{method} (#match? @m \"f.*\") (#set! does \"read\"))\n"),
            ":4: `(#match? @m f.*)` is not",
        ),
        (
            format!("{head}((call function: (identifier) @f) @call (#set! does \"read\"))\n"),
            ":4: `(call function: (identifier) @)` is not one of the canonical shapes",
        ),
        (
            format!("{head}((call function: (_) @f) @call (#set! does \"read\"))\n"),
            ":4: a callee or class needs `(#set! path",
        ),
        (
            format!("{head}{method} (#eq? @m \"f\") (#set! does \"read\")\n"),
            ":4: `(` without `)`",
        ),
        (
            format!("{head};;; kinds: x\n"),
            ":4: unknown front matter `kinds`",
        ),
        (
            "; nothing here\n".to_owned(),
            ":1: a pack needs `;;; language: python`",
        ),
        (
            ";;; language: python\n".to_owned(),
            ":1: a pack needs `;;; pack: NAME`",
        ),
    ];
    for (text, wanted) in cases {
        let p = Project::new(&[("app.py", ""), ("queries/own.scm", &text)]);
        let ran = p.run(&["check", "--extra-queries", "queries"]);
        ran.expect(2);
        assert_eq!(ran.out, "");
        assert!(
            ran.err.starts_with("error: ") && ran.err.contains(&format!("own.scm{wanted}")),
            "{wanted}: {}",
            ran.err
        );
    }
}

/// The rows of the tables under a heading that begins with `heading`, code spans only, by column.
fn table(docs: &str, heading: &str) -> Vec<Vec<String>> {
    docs.lines()
        .skip_while(|l| !l.starts_with(&format!("### {heading}")))
        .skip(1)
        .take_while(|l| !l.starts_with("##"))
        .filter(|l| l.starts_with("| `"))
        .map(|l| {
            l.replace("\\|", "\u{1}")
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().replace('\u{1}', "|"))
                .collect()
        })
        .collect()
}

fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// What the loader accepts, read off its own text: the arms of one `match`.
fn arms(after: &str) -> BTreeSet<String> {
    let source = concat!(
        include_str!("../src/stores/pack/pattern.rs"),
        include_str!("../src/stores/pack/values.rs")
    );
    let (_, body) = source.split_once(after).expect("the match");
    let indent = body
        .lines()
        .find(|l| l.trim_start().starts_with('"'))
        .map_or(0, |l| l.len() - l.trim_start().len());
    body.lines()
        .take_while(|l| {
            l.trim().is_empty()
                || l.len() - l.trim_start().len() >= indent
                || !l.trim().starts_with('}')
        })
        .filter(|l| l.len() - l.trim_start().len() == indent && l.trim_start().starts_with('"'))
        .filter_map(|l| l.split_once(" =>"))
        .flat_map(|(names, _)| {
            names
                .split('|')
                .map(|n| n.trim().trim_matches('"').to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn the_documented_vocabulary_is_the_one_that_is_read() {
    let docs = include_str!("../docs/packs.md");
    let properties = table(docs, "Properties");
    let documented: BTreeSet<String> = properties
        .iter()
        .map(|row| code(&row[0])[0].to_owned())
        .collect();
    assert_eq!(
        documented,
        arms("match key {\n            \"id\"")
            .union(&["id".to_owned()].into())
            .cloned()
            .collect()
    );
    let does: BTreeSet<String> = table(docs, "What a call does")
        .iter()
        .flat_map(|row| {
            code(&row[0])
                .iter()
                .map(|s| (*s).to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(does, arms("self.does = match value {"));
    let results: BTreeSet<String> = table(docs, "Shapes of results")
        .iter()
        .flat_map(|row| {
            code(&row[0])
                .iter()
                .map(|s| (*s).to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    for shape in arms("return Ok(Self::Lost(Sel::parse(sel)?));") {
        assert!(results.contains(&shape), "{shape}");
    }
    // Every example is accepted.
    let loads = |property: &str, value: &str| {
        let mark = if ["does", "declares"].contains(&property) {
            ""
        } else {
            "(#set! does \"read\")"
        };
        let own = "((call function: (_) @f) @call (#set! path \"x.y\") (#set! id \"client.put\") (#set! does \"write\"))";
        let text = format!(
            ";;; pack: own\n;;; language: python\n;;; kind manager:\n{own}\n\
             ((call function: (attribute object: (_) @r attribute: (identifier) @m)) @c (#eq? @m \"zz\") {mark} (#set! {property} \"{value}\"))\n"
        );
        let loaded = pack::library(Lang::Python, &[("own.scm".to_owned(), text)]);
        if let Err(error) = loaded {
            panic!("{property} \"{value}\": {error}");
        }
    };
    for row in &properties {
        loads(code(&row[0])[0], code(&row[3])[0]);
    }
    for row in table(docs, "Selectors") {
        loads("key", &code(&row[0])[0].replace("a|b", "pos:0|kw:b"));
    }
    for shape in &results {
        loads("returns", &shape.replace("NAME", "manager"));
    }
    for name in &does {
        loads("does", name);
    }
    for (lang, _, shape) in SHAPES {
        let plain = |text: &str| -> String {
            text.split(' ')
                .map(|w| {
                    w.find('@').map_or(w.to_owned(), |at| {
                        w[..=at].to_owned()
                            + w[at..].trim_start_matches(|c: char| {
                                c == '@' || c == '_' || c.is_alphanumeric()
                            })
                    })
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        let known = docs
            .lines()
            .filter(|l| l.contains("| `("))
            .any(|l| plain(code(l)[0]) == *shape);
        assert!(known, "{lang:?} {shape}");
    }
}
