//! Loading: which files are wanted, round by round, and what they say, lowered, in path order.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::analysis::calls::{self, FuncCalls, Relevance};
use crate::analysis::demand::Demand;
use crate::analysis::program::ProgramFile;
use crate::engine::ProjectInput;
use crate::files::FileId;
use crate::project::facts::Layout;
use crate::report::finding::Notification;
use crate::stores::vocabulary::Library;
use crate::symbol::Sym;
use crate::syntax::go::GoLang;
use crate::syntax::python::PythonLang;
use crate::syntax::{Lang, Language, Limits, Module};

/// The files that are wanted, parsed and lowered, in path order.
pub(super) fn load(
    input: &ProjectInput<'_>,
    python: &Library,
    go: &Library,
    needles: &FxHashMap<Sym, usize>,
) -> Loaded {
    let folder = input.root.file_name().and_then(|n| n.to_str());
    let layout = Layout {
        folder: folder.unwrap_or_default().to_owned(),
        go_modules: go_modules(input),
    };
    let mut demand = Demand::new(input, python, go, &layout, needles);
    let mut loaded = Loaded::default();
    let mut sure = Relevance::strict();
    let mut of: Vec<usize> = Vec::new();
    let mut wanted = demand.first();
    for round in 0.. {
        if wanted.is_empty() {
            break;
        }
        loaded
            .parsed
            .extend(wanted.iter().map(|i| input.files[*i].id));
        let (files, notes) = lower(input, &wanted);
        loaded.notes.extend(notes);
        let first = loaded.files.len();
        for (i, f) in files {
            loaded.files.push(f);
            of.push(i);
        }
        let (files, relevance) = (&loaded.files, &mut loaded.relevance);
        let anchored: Vec<bool> = of.iter().map(|i| demand.is_anchored(*i)).collect();
        let add = |to: &mut Relevance| {
            for (at, f) in files.iter().enumerate().skip(first) {
                let lib = match f.module.lang {
                    Lang::Python => python,
                    Lang::Go => go,
                };
                let lib = anchored[at].then_some(lib);
                to.add(at as u32, &f.module, &f.calls, lib, [python, go]);
            }
        };
        let next = || {
            add(&mut sure);
            demand.next(round, files, &of, &sure)
        };
        // What matters by any name is asked for only when all is loaded.
        (_, wanted) = rayon::join(|| add(relevance), next);
    }
    // In path order, whatever the order of loading.
    let mut order: Vec<usize> = (0..of.len()).collect();
    order.sort_unstable_by_key(|i| of[*i]);
    let mut place = vec![0; of.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new as u32;
    }
    of.sort_unstable();
    let (relevance, parts) = (&mut loaded.relevance, &mut loaded.parts);
    let aside = || {
        *parts = demand.parts(&of);
        drop((demand, sure));
    };
    rayon::join(|| relevance.moved(&place), aside);
    let mut files: Vec<Option<ProgramFile>> = loaded.files.drain(..).map(Some).collect();
    loaded.files = order.iter().filter_map(|i| files[*i].take()).collect();
    loaded.parsed.sort_unstable();
    loaded.layout = layout;
    loaded
}

/// What was parsed of a project.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) files: Vec<ProgramFile>,
    pub(super) relevance: Relevance,
    pub(super) parsed: Vec<FileId>,
    /// For each of the files the part of the project that it belongs to, as imports tie files together.
    pub(super) parts: Vec<u32>,
    pub(super) notes: Vec<Notification>,
    pub(super) layout: Layout,
}

/// A lowered file with what it calls, unless it could not be parsed; whether lowering it went wrong.
type Attempt = (usize, Option<(Module, Vec<FuncCalls>)>, bool);

/// Files, each with its place in the input.
type Lowered = Vec<(usize, ProgramFile)>;

fn lower(input: &ProjectInput<'_>, files: &[usize]) -> (Lowered, Vec<Notification>) {
    // The longest first, each by itself: whoever is done helps with what is left.
    let mut longest = files.to_vec();
    longest.sort_by_key(|i| Reverse(input.sources.get(input.files[*i].id).text.len()));
    let mut lowered: Vec<Attempt> = longest
        .par_iter()
        .with_max_len(1)
        .map(|i| lower_one(input, *i))
        .collect();
    lowered.sort_unstable_by_key(|attempt| attempt.0);
    let mut out = Vec::new();
    let mut notes = Vec::new();
    for (i, module, panicked) in lowered {
        let f = &input.files[i];
        let path = &input.sources.get(f.id).display;
        match module {
            Some((module, calls)) => {
                if let Some(e) = module.errors.first() {
                    let line = input.sources.get(f.id).lines.line(e.start);
                    notes.push(Notification {
                        path: path.clone(),
                        line: Some(line),
                        message: "syntax error; analyzed where it is sound".into(),
                    });
                }
                let file = ProgramFile {
                    id: f.id,
                    path: f.relative.clone(),
                    module,
                    calls,
                };
                out.push((i, file));
            }
            None => notes.push(Notification {
                path: path.clone(),
                line: None,
                message: if panicked {
                    "could not be analyzed (internal error)".into()
                } else {
                    "could not be parsed within its budget".into()
                },
            }),
        }
    }
    (out, notes)
}

fn lower_one(input: &ProjectInput<'_>, i: usize) -> Attempt {
    thread_local! {
        static PARSERS: RefCell<(PythonLang, GoLang)> = RefCell::default();
    }
    let limits = Limits::default();
    let f = &input.files[i];
    let text = &input.sources.get(f.id).text;
    PARSERS.with_borrow_mut(|parsers| {
        let module = catch_unwind(AssertUnwindSafe(|| match f.lang {
            Lang::Python => parsers.0.lower(text, &limits),
            Lang::Go => parsers.1.lower(text, &limits),
        }));
        match module {
            Ok(m) => (i, m.map(with_calls), false),
            Err(_) => {
                *parsers = Default::default();
                (i, None, true)
            }
        }
    })
}

fn with_calls(module: Module) -> (Module, Vec<FuncCalls>) {
    let calls = calls::of_module(&module);
    (module, calls)
}

/// `go.mod` files: (directory, module path).
fn go_modules(input: &ProjectInput<'_>) -> Vec<(String, String)> {
    let mut dirs: BTreeSet<String> = BTreeSet::new();
    for f in input.files.iter().filter(|f| f.lang == Lang::Go) {
        let mut dir = f.relative.as_str();
        while let Some((d, _)) = dir.rsplit_once('/') {
            if !dirs.insert(d.to_owned()) {
                break;
            }
            dir = d;
        }
        dirs.insert(String::new());
    }
    dirs.into_iter()
        .filter_map(|d| {
            let text = std::fs::read_to_string(input.root.join(&d).join("go.mod")).ok()?;
            let module = text
                .lines()
                .find_map(|l| l.trim().strip_prefix("module "))?;
            Some((d, module.trim().trim_matches('"').to_owned()))
        })
        .collect()
}
