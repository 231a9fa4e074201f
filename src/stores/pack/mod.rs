//! Reads pack files (`queries/<language>/<pack>.scm`) into specs.
//!
//! A pack is a file of tree-sitter queries whose patterns have one of the canonical shapes. Because a canonical
//! pattern says nothing but "a call of this shape with one of these names", the patterns of a language are merged
//! into a table by shape and name that the interpreter consults when such a call happens; no query has to be compiled
//! or run at start-up. A test runs the real queries over the corpus and compares.
//!
//! A file is its front matter, read here, and patterns: `sexp` reads their brackets, `pattern` what they say, `values`
//! the small languages in which their properties are written. `references` checks what one says of another, and `index`
//! makes the table.

mod index;
mod pattern;
mod references;
mod sexp;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use thiserror::Error;

pub use pattern::SHAPES;

use index::index;
use pattern::pattern;
use references::references;

use super::anchors::Formula;
use super::vocabulary::*;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;

/// What is wrong with a pack, and where.
#[derive(Debug, Error, Clone, PartialEq)]
#[error("{file}:{line}: {message}")]
pub struct PackError {
    /// The pack's file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// The built-in packs: file name and text.
pub static BUILT_IN: &[(&str, &str)] = &[
    (
        "python/boto3.scm",
        include_str!("../../../queries/python/boto3.scm"),
    ),
    (
        "python/django.scm",
        include_str!("../../../queries/python/django.scm"),
    ),
    (
        "python/aioboto3.scm",
        include_str!("../../../queries/python/aioboto3.scm"),
    ),
    (
        "python/pynamodb.scm",
        include_str!("../../../queries/python/pynamodb.scm"),
    ),
    (
        "python/python.scm",
        include_str!("../../../queries/python/python.scm"),
    ),
    (
        "go/dynamodb-v2.scm",
        include_str!("../../../queries/go/dynamodb-v2.scm"),
    ),
    (
        "go/dynamodb-v1.scm",
        include_str!("../../../queries/go/dynamodb-v1.scm"),
    ),
    (
        "python/cache.scm",
        include_str!("../../../queries/python/cache.scm"),
    ),
    (
        "python/web.scm",
        include_str!("../../../queries/python/web.scm"),
    ),
    (
        "python/tasks.scm",
        include_str!("../../../queries/python/tasks.scm"),
    ),
    (
        "go/guregu.scm",
        include_str!("../../../queries/go/guregu.scm"),
    ),
    ("go/web.scm", include_str!("../../../queries/go/web.scm")),
    ("go/go.scm", include_str!("../../../queries/go/go.scm")),
    ("fields.scm", include_str!("../../../queries/fields.scm")),
];

/// The steps of frameworks' own methods, as modules of Python: the framework's name and the text. See
/// [`Library::steps`].
pub static STEPS: &[(&str, &str)] = &[
    (
        "django.py",
        include_str!("../../../queries/python/django.py"),
    ),
    (
        "rest_framework.py",
        include_str!("../../../queries/python/rest_framework.py"),
    ),
];

/// The built-in packs of a language and the user's own from `extra` (file name, text). The built-in ones alone are
/// loaded once.
pub fn library(lang: Lang, extra: &[(String, String)]) -> Result<Arc<Library>, PackError> {
    static PYTHON: OnceLock<Result<Arc<Library>, PackError>> = OnceLock::new();
    static GO: OnceLock<Result<Arc<Library>, PackError>> = OnceLock::new();
    if !extra.is_empty() {
        return with(lang, extra).map(Arc::new);
    }
    let built_in = match lang {
        Lang::Python => &PYTHON,
        Lang::Go => &GO,
    };
    built_in
        .get_or_init(|| with(lang, &[]).map(Arc::new))
        .clone()
}

/// The keys of the front matter that say in which files a pack's calls may stand.
const ANCHORS: [&str; 3] = ["anchors", "project-anchors", "entry-anchors"];

/// The words by which the files are found that matter to the built-in packs of whatever language. They are in the front
/// matter: files can be looked through while the packs are loaded.
pub fn needles() -> Vec<Sym> {
    let mut all = Vec::new();
    let front = |line: &'static str| line.strip_prefix(";;;")?.split_once(':');
    for (key, value) in BUILT_IN.iter().flat_map(|p| p.1.lines().filter_map(front)) {
        if ANCHORS.contains(&key.trim())
            && let Ok(formula) = Formula::parse(value.trim())
        {
            formula.needles(&mut all);
        }
    }
    all
}

fn with(lang: Lang, extra: &[(String, String)]) -> Result<Library, PackError> {
    let mut lib = Library::default();
    let built_in = BUILT_IN.iter().map(|(n, t)| (*n, *t));
    let mut from = Vec::new();
    let steps = STEPS.iter().map(|(n, t)| (*n, *t));
    for (name, text) in steps.chain(extra.iter().map(|(n, t)| (n.as_str(), t.as_str()))) {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if let Some(module) = file.strip_suffix(".py")
            && lang == Lang::Python
        {
            lib.steps.push((intern(module), text.to_owned()));
        }
    }
    let extra = extra.iter().filter(|(n, _)| !n.ends_with(".py"));
    for (name, text) in built_in.chain(extra.map(|(n, t)| (n.as_str(), t.as_str()))) {
        let first = lib.specs.len();
        load(&mut lib, lang, name, text)?;
        from.push((first, name));
    }
    references(&lib).map_err(|(spec, message)| PackError {
        file: from
            .iter()
            .rfind(|(first, _)| *first <= spec)
            .map_or_else(String::new, |(_, name)| (*name).to_owned()),
        line: lib.specs[spec].line,
        message,
    })?;
    index(&mut lib);
    Ok(lib)
}

/// Reads `extra-queries` folders: every `.scm` and `.py` file in them, in name order.
pub fn read_extra(dirs: &[std::path::PathBuf]) -> Result<Vec<(String, String)>, PackError> {
    let mut out = Vec::new();
    for dir in dirs {
        let fail = |path: &Path, e: std::io::Error| PackError {
            file: path.display().to_string(),
            line: 1,
            message: format!("cannot be read: {e}"),
        };
        let mut files: Vec<_> = std::fs::read_dir(dir)
            .map_err(|e| fail(dir, e))?
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "scm" || e == "py"))
            .collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|e| fail(&path, e))?;
            out.push((path.display().to_string(), text));
        }
    }
    Ok(out)
}

fn load(lib: &mut Library, lang: Lang, file: &str, text: &str) -> Result<(), PackError> {
    let err = |line: u32, message: String| PackError {
        file: file.to_owned(),
        line,
        message,
    };
    let mut pack = intern("");
    let mut store = Store::default();
    let mut language = None;
    for (i, line) in text.lines().enumerate() {
        let at = i as u32 + 1;
        let Some(front) = line.strip_prefix(";;;") else {
            continue;
        };
        let front = front.trim();
        let Some((key, value)) = front.split_once(':') else {
            return Err(err(at, format!("`;;; {front}`: expected `key: value`")));
        };
        let value = value.trim();
        if language.is_some_and(|l| l != Some(lang)) {
            // The other language's.
            return Ok(());
        }
        match key.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["pack"] => pack = intern(value),
            ["store"] => store = Store::named(value),
            ["language"] => {
                language = Some(match value {
                    "python" => Some(Lang::Python),
                    "go" => Some(Lang::Go),
                    "any" => Some(lang),
                    other => {
                        return Err(err(
                            at,
                            format!("unknown language `{other}` (python, go, any)"),
                        ));
                    }
                });
            }
            ["anchors"] => lib
                .anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["project-anchors"] => lib
                .project_anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["entry-anchors"] => lib
                .entry_anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["kind", kind] => kind_line(lib, pack, intern(kind), value).map_err(|m| err(at, m))?,
            ["alias", from] => {
                lib.aliases.insert(intern(from), intern(value));
            }
            ["exception", class] => {
                lib.bases_of.insert(
                    intern(class),
                    value.split_whitespace().map(intern).collect(),
                );
            }
            ["list", name] => {
                lib.lists
                    .entry(intern(name))
                    .or_default()
                    .extend(value.split_whitespace().map(intern));
            }
            _ => return Err(err(at, format!("unknown front matter `{key}`"))),
        }
    }
    let Some(language) = language else {
        return Err(err(
            1,
            "a pack needs `;;; language: python` (or go, any)".into(),
        ));
    };
    if language != Some(lang) {
        return Ok(());
    }
    if pack.is_empty() {
        return Err(err(1, "a pack needs `;;; pack: NAME`".into()));
    }
    let nodes = sexp::read(text).map_err(|(line, m)| err(line, m))?;
    lib.specs.reserve(nodes.len());
    for (node, line) in nodes {
        let spec = pattern(lang, pack, store, &node, line).map_err(|m| err(line, m))?;
        lib.specs.push(spec);
    }
    Ok(())
}

fn kind_line(lib: &mut Library, pack: Sym, kind: Sym, value: &str) -> Result<(), String> {
    let entry = lib.kinds.entry(kind).or_default();
    entry.pack = pack;
    // Routers matter to the search for entry points only.
    entry.router = value.split_whitespace().any(|w| w == "router");
    let mut words = value.split_whitespace().peekable();
    while let Some(word) = words.next() {
        match word {
            "evaluates" => entry.evaluates = true,
            "request" => entry.request = true,
            "router" => {}
            "stored-fields" => entry.stored_fields = true,
            "type" => {
                let path = intern(words.next().ok_or("`type` without a path")?);
                entry.types.push(path);
                if entry.router {
                    lib.entry_types.insert(path, kind);
                } else {
                    lib.types.insert(path, kind);
                }
            }
            "extends" => {
                let base = words.next().ok_or("`extends` without a kind")?;
                entry.extends.push(intern(base));
            }
            "named" => {
                let name = intern(words.next().ok_or("`named` without a name")?);
                entry.names.push(name);
                lib.param_names.insert(name, kind);
            }
            other => {
                return Err(format!(
                    "unknown word `{other}` for a kind (type PATH, named NAME, extends KIND, evaluates, request, router, stored-fields)"
                ));
            }
        }
    }
    Ok(())
}
