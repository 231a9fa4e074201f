//! From the files of a project to findings: which files are parsed, which functions are roots, and which of the
//! verdicts stand.

mod left;
mod load;
mod roots;
mod standing;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rustc_hash::{FxHashMap, FxHashSet};

use self::load::load;
use self::roots::{Setting, interpret};
use self::standing::stand;
use super::endpoints::{Endpoints, Reaching};
use super::level::Assumed;
use super::program::Program;
use super::queued::Queued;
use super::reach::{Text, Texts};
use super::touches::touching;
use crate::engine::{AnalysisResult, Analyzer, ProjectInput};
use crate::files::FileId;
use crate::report::finding::Notification;
use crate::rules::judge::FieldWords;
use crate::stores::pack;
use crate::stores::vocabulary::{Does, Library};
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;

/// The analysis behind the engine.
#[derive(Default)]
pub struct Analysis {
    needles: OnceLock<Vec<String>>,
}

impl Analysis {
    /// An analysis with the built-in packs.
    pub fn new() -> Self {
        Self::default()
    }

    fn libraries(
        &self,
        input: &ProjectInput<'_>,
    ) -> Result<(Arc<Library>, Arc<Library>), Notification> {
        let fail = |e: pack::PackError| Notification {
            path: e.file.clone(),
            line: Some(e.line),
            message: e.message,
        };
        let extra = pack::read_extra(&input.options.extra_queries).map_err(fail)?;
        let of = |lang| pack::library(lang, &extra).map_err(fail);
        let python = of(Lang::Python)?;
        // Nobody asks what calls of Go do where there is none.
        let go = match input.files.iter().any(|f| f.lang == Lang::Go) {
            true => of(Lang::Go)?,
            false => Arc::default(),
        };
        Ok((python, go))
    }

    fn needle_index(&self) -> FxHashMap<Sym, usize> {
        self.needles()
            .iter()
            .enumerate()
            .map(|(i, n)| (intern(n), i))
            .collect()
    }
}

impl Analyzer for Analysis {
    fn needles(&self) -> Vec<String> {
        let needles = || pack::needles().iter().map(ToString::to_string).collect();
        self.needles.get_or_init(needles).clone()
    }

    fn prepare(&self) {
        // Some lists in Python's packs are about names in whatever language.
        self.prepare_for(Lang::Python);
    }

    fn prepare_for(&self, lang: Lang) {
        // What is wrong with a pack is said when it is used.
        drop(pack::library(lang, &[]));
    }

    fn groups(&self) -> fn() -> Vec<String> {
        groups
    }

    fn check_queries(&self, folders: &[PathBuf]) -> Result<(), String> {
        let extra = pack::read_extra(folders).map_err(|e| e.to_string())?;
        for lang in [Lang::Python, Lang::Go] {
            pack::library(lang, &extra).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn will_parse(&self, input: &ProjectInput<'_>) -> Vec<FileId> {
        match self.libraries(input) {
            Ok((python, go)) => load(input, &python, &go, &self.needle_index()).parsed,
            Err(_) => Vec::new(),
        }
    }

    fn analyze(&self, input: &ProjectInput<'_>) -> AnalysisResult {
        let mut out = AnalysisResult::default();
        let (python, go) = match self.libraries(input) {
            Ok(l) => l,
            Err(n) => {
                out.notifications.push(n);
                return out;
            }
        };
        let words = field_words(input, &python);
        let started = Instant::now();
        let loaded = load(input, &python, &go, &self.needle_index());
        out.parsed = loaded.parsed;
        out.notifications.extend(loaded.notes);
        out.timings.push(("parse+lower", started.elapsed()));
        if loaded.files.is_empty() {
            return out;
        }
        let started = Instant::now();
        let mut program = Program::new(loaded.files, loaded.relevance, python, go, &loaded.layout);
        out.timings.push(("facts", started.elapsed()));
        let started = Instant::now();
        let atomic = input
            .options
            .atomic_requests
            .or_else(|| program.facts().atomic_requests.as_ref().map(|s| s.value))
            .unwrap_or(false);
        let (ends, (touching, queued)) = rayon::join(
            || Endpoints::collect(&program),
            || {
                rayon::join(
                    || touching(&program, &loaded.parts),
                    || Queued::new(&program),
                )
            },
        );
        program.narrow(touching);
        out.timings.push(("endpoints", started.elapsed()));
        let started = Instant::now();
        let level = program.facts().isolation.as_ref();
        let assumed = Assumed::new(
            atomic,
            input.options.database,
            input.options.isolation,
            level.map(|s| s.value.as_str()),
        );
        let reaching = Reaching::new(&program, &ends);
        let (results, ()) = rayon::join(
            || {
                interpret(&Setting {
                    program: &program,
                    ends: &ends,
                    reaching: &reaching,
                    queued: &queued,
                    words: &words,
                    assumed,
                    preview: input.options.preview,
                })
            },
            || reaching.prepare(),
        );
        out.timings.push(("interpret", started.elapsed()));
        let started = Instant::now();
        for r in &results {
            if let Some(p) = &r.panicked {
                out.notifications.push(Notification {
                    path: p.clone(),
                    line: None,
                    message: "a function could not be analyzed; findings in it are missing".into(),
                });
            }
        }
        let parsed: FxHashSet<FileId> = out.parsed.iter().copied().collect();
        let python = input.files.iter().filter(|f| f.lang == Lang::Python);
        let texts = Texts {
            python: python
                .map(|f| Text {
                    file: f.id,
                    text: &input.sources.get(f.id).text,
                    parsed: parsed.contains(&f.id),
                })
                .collect(),
            paths: &input.texts,
            whole: input.whole,
        };
        out.findings = stand(&program, &ends, &reaching, results, &texts);
        out.timings.push(("judge", started.elapsed()));
        // Taking a large program apart takes time that nobody needs to wait for.
        rayon::spawn(move || drop(program));
        out
    }

    fn explain_call(&self, input: &ProjectInput<'_>, file: FileId, line: u32) -> String {
        match self.libraries(input) {
            Ok((python, go)) => super::explain::explain(input, file, line, &python, &go),
            Err(n) => format!("{}: {}\n", n.path, n.message),
        }
    }
}

/// The stores and packs that are built in.
fn groups() -> Vec<String> {
    let mut all = BTreeSet::new();
    for lang in [Lang::Python, Lang::Go] {
        if let Ok(lib) = pack::library(lang, &[]) {
            for s in lib
                .specs
                .iter()
                .filter(|s| !s.does.is_entry() && s.does != Does::Enqueue)
            {
                all.insert(s.pack.to_string());
                all.insert(s.store.to_string());
            }
        }
    }
    all.into_iter().collect()
}

fn field_words(input: &ProjectInput<'_>, lib: &Library) -> FieldWords {
    let list = |given: &Option<Vec<String>>, name: &str| match given {
        Some(l) => l.iter().map(|s| s.to_lowercase()).collect(),
        None => lib
            .lists
            .get(&intern(name))
            .map(|l| l.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    };
    FieldWords {
        statistics: list(&input.options.statistics_fields, "statistics"),
        value: list(&input.options.value_fields, "value"),
    }
}
