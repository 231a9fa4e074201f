//! From the files of a project to findings: which files are parsed, which functions are roots, and which of the
//! verdicts stand.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::access::Op;
use super::endpoints::{Chain, Endpoints, Reaching};
use super::history::cases;
use super::interp::{Interp, Seen, has_decorator};
use super::program::{Program, ProgramFile};
use super::value::{ClassRef, Cond, Container, FuncRef};
use crate::engine::{AnalysisResult, Analyzer, InputFile, ProjectInput};
use crate::files::FileId;
use crate::files::scan::NeedleSet;
use crate::report::finding::{Finding, Notification};
use crate::rules::judge::{FieldWords, judge};
use crate::rules::{Severity, tell};
use crate::stores::anchors::Formula;
use crate::stores::pack;
use crate::stores::vocabulary::Library;
use crate::syntax::go::GoLang;
use crate::syntax::il::{ExprKind, FuncIdx};
use crate::syntax::python::PythonLang;
use crate::syntax::{Lang, Language, Limits, Module};

/// The analysis behind the engine.
#[derive(Default)]
pub struct Analysis {
    needles: OnceLock<Vec<String>>,
}

/// A finding on its way: what else must hold, and which other columns would make it louder.
struct Proto {
    finding: Finding,
    needs: Vec<Ustr>,
    warns_if_others: bool,
    container: Option<Ustr>,
    fields: Vec<Ustr>,
    write: (FileId, u32),
    depth: usize,
    chain: Chain,
}

/// The ways on which a place was come by: rule, severity, functions.
type Chains = FxHashMap<(FileId, u32), Vec<(&'static str, Severity, Chain)>>;

#[derive(Default)]
struct RootResult {
    protos: Vec<Proto>,
    covered: FxHashSet<FuncRef>,
    written: BTreeSet<(Option<Ustr>, Ustr)>,
    panicked: Option<String>,
}

impl Analysis {
    /// An analysis with the built-in packs.
    pub fn new() -> Self {
        Self::default()
    }

    fn libraries(&self, input: &ProjectInput<'_>) -> Result<(Library, Library), Notification> {
        let fail = |e: pack::PackError| Notification {
            path: e.file.clone(),
            line: Some(e.line),
            message: e.message,
        };
        let extra = pack::read_extra(&input.options.extra_queries).map_err(fail)?;
        Ok((
            pack::library(Lang::Python, &extra).map_err(fail)?,
            pack::library(Lang::Go, &extra).map_err(fail)?,
        ))
    }

    fn needle_index(&self) -> FxHashMap<Ustr, usize> {
        self.needles()
            .iter()
            .enumerate()
            .map(|(i, n)| (ustr(n), i))
            .collect()
    }

    /// The files that are parsed: those with an anchor of a pack; in Go, their whole packages.
    fn selected<'i>(
        &self,
        input: &'i ProjectInput<'_>,
        python: &Library,
        go: &Library,
        modules: &[(String, String)],
    ) -> Vec<&'i InputFile> {
        if input.options.parse_everything || !input.options.extra_queries.is_empty() {
            return input.files.iter().collect();
        }
        let index = self.needle_index();
        let lib = |f: &InputFile| if f.lang == Lang::Python { python } else { go };
        // A project that uses a library need not name it in every file: its own models are imported from its own.
        let used: FxHashSet<Ustr> = [python, go]
            .iter()
            .flat_map(|lib| &lib.anchors)
            .filter(|(pack, _)| {
                let wide = |l: &Library| l.project_anchors.iter().any(|(p, _)| p == pack);
                wide(python) || wide(go)
            })
            .filter(|(_, a)| input.files.iter().any(|f| holds(a, &f.needles, &index)))
            .map(|(pack, _)| *pack)
            .collect();
        let stores = |f: &InputFile| {
            let own = lib(f).anchors.iter();
            let wide = lib(f)
                .project_anchors
                .iter()
                .filter(|(pack, _)| used.contains(pack));
            own.chain(wide).any(|(_, a)| holds(a, &f.needles, &index))
        };
        // Where something is kept, what leads there is of interest.
        let kept: FxHashSet<Lang> = input
            .files
            .iter()
            .filter(|f| stores(f))
            .map(|f| f.lang)
            .collect();
        let anchored = |f: &InputFile| {
            let mut entries = lib(f).entry_anchors.iter();
            stores(f)
                || (kept.contains(&f.lang) && entries.any(|(_, a)| holds(a, &f.needles, &index)))
        };
        let dir = |f: &'i InputFile| f.relative.rsplit_once('/').map_or("", |x| x.0);
        let dirs: FxHashSet<&str> = input
            .files
            .iter()
            .filter(|f| f.lang == Lang::Go && anchored(f))
            .map(dir)
            .collect();
        let mut chosen: FxHashSet<usize> = FxHashSet::default();
        for (i, f) in input.files.iter().enumerate() {
            if anchored(f) || (f.lang == Lang::Go && dirs.contains(dir(f))) {
                chosen.insert(i);
            }
        }
        // Where a pack does not tell what the rest of a project calls its store, what leads there is told by imports.
        let plain = |f: &InputFile| {
            let mut own = lib(f).anchors.iter();
            own.any(|(pack, a)| !used.contains(pack) && holds(a, &f.needles, &index))
        };
        let plain_dirs: FxHashSet<&str> = input
            .files
            .iter()
            .filter(|f| f.lang == Lang::Go && plain(f))
            .map(dir)
            .collect();
        let kept: FxHashSet<usize> = chosen
            .iter()
            .copied()
            .filter(|i| {
                let f = &input.files[*i];
                plain(f) || (f.lang == Lang::Go && plain_dirs.contains(dir(f)))
            })
            .collect();
        chosen.extend(super::demand::between(input, &chosen, &kept, modules));
        // Python packages hand on the names of their modules: through them a model is found where it is used.
        let mut packages: FxHashSet<&str> = FxHashSet::default();
        for i in &chosen {
            let f = &input.files[*i];
            if f.lang != Lang::Python {
                continue;
            }
            let mut at = f.relative.as_str();
            while let Some((up, _)) = at.rsplit_once('/') {
                if !packages.insert(up) {
                    break;
                }
                at = up;
            }
        }
        let hands_on = |f: &InputFile| {
            f.relative
                .strip_suffix("/__init__.py")
                .is_some_and(|dir| packages.contains(dir))
        };
        input
            .files
            .iter()
            .enumerate()
            .filter(|(i, f)| chosen.contains(i) || hands_on(f))
            .map(|(_, f)| f)
            .collect()
    }
}

fn holds(f: &Formula, needles: &NeedleSet, index: &FxHashMap<Ustr, usize>) -> bool {
    f.holds(&|n| index.get(&n).is_some_and(|i| needles.contains(*i)))
}

impl Analyzer for Analysis {
    fn needles(&self) -> Vec<String> {
        self.needles
            .get_or_init(|| {
                let mut all = Vec::new();
                for lang in [Lang::Python, Lang::Go] {
                    if let Ok(lib) = pack::library(lang, &[]) {
                        lib.anchors
                            .iter()
                            .chain(&lib.project_anchors)
                            .chain(&lib.entry_anchors)
                            .for_each(|(_, a)| a.needles(&mut all));
                    }
                }
                all.iter().map(ToString::to_string).collect()
            })
            .clone()
    }

    fn groups(&self) -> Vec<String> {
        let mut all = BTreeSet::new();
        for lang in [Lang::Python, Lang::Go] {
            if let Ok(lib) = pack::library(lang, &[]) {
                for s in lib.specs.iter().filter(|s| !s.does.is_entry()) {
                    all.insert(s.pack.to_string());
                    all.insert(s.store.to_string());
                }
            }
        }
        all.into_iter().collect()
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
            Ok((python, go)) => self
                .selected(input, &python, &go, &go_modules(input))
                .iter()
                .map(|f| f.id)
                .collect(),
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
        let modules = go_modules(input);
        let files = self.selected(input, &python, &go, &modules);
        out.parsed = files.iter().map(|f| f.id).collect();
        let (lowered, notes) = lower(input, &files);
        out.notifications.extend(notes);
        out.timings.push(("parse+lower", started.elapsed()));
        if lowered.is_empty() {
            return out;
        }
        let started = Instant::now();
        let program = Program::new(lowered, python, go, &modules);
        out.timings.push(("facts", started.elapsed()));
        let started = Instant::now();
        let atomic = input
            .options
            .atomic_requests
            .or_else(|| program.facts().atomic_requests.as_ref().map(|s| s.value))
            .unwrap_or(false);
        let ends = Endpoints::collect(&program);
        out.timings.push(("endpoints", started.elapsed()));
        let started = Instant::now();
        let results = interpret(&program, &ends, &words, atomic);
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
        out.findings = stand(&program, &ends, results);
        out.timings.push(("judge", started.elapsed()));
        out
    }

    fn explain_call(&self, input: &ProjectInput<'_>, file: FileId, line: u32) -> String {
        match self.libraries(input) {
            Ok((python, go)) => super::explain::explain(input, file, line, &python, &go),
            Err(n) => format!("{}: {}\n", n.path, n.message),
        }
    }
}

fn field_words(input: &ProjectInput<'_>, lib: &Library) -> FieldWords {
    let list = |given: &Option<Vec<String>>, name: &str| match given {
        Some(l) => l.iter().map(|s| s.to_lowercase()).collect(),
        None => lib
            .lists
            .get(&ustr(name))
            .map(|l| l.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    };
    FieldWords {
        statistics: list(&input.options.statistics_fields, "statistics"),
        value: list(&input.options.value_fields, "value"),
    }
}

fn lower(input: &ProjectInput<'_>, files: &[&InputFile]) -> (Vec<ProgramFile>, Vec<Notification>) {
    let limits = Limits::default();
    let lowered: Vec<(usize, Option<Module>, bool)> = files
        .par_iter()
        .enumerate()
        .map_init(
            || (PythonLang::default(), GoLang::default()),
            |(python, go), (i, f)| {
                let text = input.sources.get(f.id).text.clone();
                let module = catch_unwind(AssertUnwindSafe(|| match f.lang {
                    Lang::Python => python.lower(&text, &limits),
                    Lang::Go => go.lower(&text, &limits),
                }));
                match module {
                    Ok(m) => (i, m, false),
                    Err(_) => {
                        *python = PythonLang::default();
                        *go = GoLang::default();
                        (i, None, true)
                    }
                }
            },
        )
        .collect();
    let mut out = Vec::new();
    let mut notes = Vec::new();
    for (i, module, panicked) in lowered {
        let f = files[i];
        let path = &input.sources.get(f.id).display;
        match module {
            Some(module) => {
                if let Some(e) = module.errors.first() {
                    let line = input.sources.get(f.id).lines.line(e.start);
                    notes.push(Notification {
                        path: path.clone(),
                        line: Some(line),
                        message: "syntax error; analyzed where it is sound".into(),
                    });
                }
                out.push(ProgramFile {
                    id: f.id,
                    path: f.relative.clone(),
                    module,
                });
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

/// Interprets every root, then whatever no root has reached.
fn interpret(
    program: &Program,
    ends: &Endpoints,
    words: &FieldWords,
    atomic: bool,
) -> Vec<RootResult> {
    let mut all: Vec<FuncRef> = Vec::new();
    for (fi, f) in program.files().iter().enumerate() {
        for i in 0..f.module.funcs.len() {
            let r = FuncRef {
                file: fi as u32,
                func: i as FuncIdx,
            };
            if program.matters(r) && !nested(program, r) {
                all.push(r);
            }
        }
    }
    let mut covered: FxHashSet<FuncRef> = FxHashSet::default();
    let mut results: Vec<RootResult> = Vec::new();
    // What a class's method does may be another thing in each of its subclasses: it is no root for all of them.
    let handles = |r: FuncRef| ends.is_handler(r) && program.receivers(r).len() == 1;
    let mut todo: Vec<FuncRef> = all
        .iter()
        .copied()
        .filter(|r| {
            handles(*r) || is_entry(program, *r) || !program.is_called(program.func(*r).name)
        })
        .collect();
    let mut done: FxHashSet<FuncRef> = FxHashSet::default();
    for round in 0..6 {
        let batch: Vec<RootResult> = todo
            .par_iter()
            .flat_map_iter(|r| program.receivers(*r).into_iter().map(move |c| (*r, c)))
            .map(|(r, c)| run_root(program, r, c, words, atomic))
            .collect();
        done.extend(todo.iter().copied());
        for r in batch {
            covered.extend(r.covered.iter().copied());
            results.push(r);
        }
        let left: Vec<FuncRef> = all
            .iter()
            .copied()
            .filter(|r| !covered.contains(r) && !done.contains(r))
            .collect();
        if left.is_empty() {
            break;
        }
        // Of what is left, those first that nothing else of it calls.
        let names: FxHashSet<Ustr> = left
            .iter()
            .flat_map(|r| program.calls_of(*r).iter().copied())
            .collect();
        todo = left
            .iter()
            .copied()
            .filter(|r| !program.named_in(*r, &names))
            .collect();
        if todo.is_empty() || round >= 4 {
            todo = left;
        }
    }
    results
}

/// Closures and lambdas are interpreted where they are made.
fn nested(program: &Program, r: FuncRef) -> bool {
    matches!(program.func(r).parent, Some(p) if p != 0) || program.func(r).name == "<lambda>"
}

/// Called by a framework: decorated with something from outside.
fn is_entry(program: &Program, r: FuncRef) -> bool {
    let f = program.func(r);
    let outside = f
        .decorators
        .iter()
        .filter(|d| !program.is_region(r.file, d));
    outside.into_iter().any(|d| match &d.kind {
        ExprKind::Name(n) => {
            !matches!(
                n.as_str(),
                "property"
                    | "staticmethod"
                    | "classmethod"
                    | "cached_property"
                    | "contextmanager"
                    | "abstractmethod"
            ) && program.is_external(r.file, *n)
        }
        ExprKind::Call(c) => match &c.callee.kind {
            ExprKind::Name(n) => {
                program.is_external(r.file, *n) && !matches!(n.as_str(), "lru_cache" | "wraps")
            }
            ExprKind::Attr(_, n, _) => !matches!(n.as_str(), "lru_cache" | "wraps"),
            _ => false,
        },
        ExprKind::Attr(_, n, _) => !matches!(
            n.as_str(),
            "setter" | "contextmanager" | "deleter" | "getter" | "abstractmethod"
        ),
        _ => false,
    }) && !has_decorator(f, "contextmanager")
}

fn run_root(
    program: &Program,
    root: FuncRef,
    class: Option<ClassRef>,
    words: &FieldWords,
    atomic: bool,
) -> RootResult {
    let lang = program.files()[root.file as usize].module.lang;
    let seen = catch_unwind(AssertUnwindSafe(|| {
        Interp::new(program, lang)
            .atomic_requests(atomic)
            .run(root, class)
    }));
    match seen {
        Ok(seen) => {
            let r = catch_unwind(AssertUnwindSafe(|| judged(program, root, &seen, words)));
            r.unwrap_or_else(|_| RootResult {
                panicked: Some(program.files()[root.file as usize].path.clone()),
                ..RootResult::default()
            })
        }
        Err(_) => RootResult {
            panicked: Some(program.files()[root.file as usize].path.clone()),
            ..RootResult::default()
        },
    }
}

fn judged(program: &Program, root: FuncRef, seen: &Seen, words: &FieldWords) -> RootResult {
    let mut out = RootResult {
        // What was cut off may not have been reached in what was interpreted.
        covered: seen.functions.difference(&seen.cut).copied().collect(),
        ..RootResult::default()
    };
    out.covered.insert(root);
    let label = |c: Option<Container>| match c {
        Some(Container::Model(m)) => Some(m),
        Some(Container::Term(t)) => seen.terms.text(t),
        None => None,
    };
    for w in &seen.writes {
        // What is given at creation is not changed by it; a put that absence alone does not guard replaces what is there.
        if matches!(w.op, Op::Create | Op::Upsert | Op::Delete)
            || (w.op == Op::Put
                && w.row_read.is_none()
                && !w.guards.iter().any(|g| matches!(**g, Cond::Or(_))))
        {
            continue;
        }
        for s in w.sets.iter().filter(|s| !s.copied) {
            out.written.insert((label(w.container), s.path));
        }
    }
    for c in cases(program, seen) {
        for v in judge(&c) {
            let finding = tell::finding(&c, &v, words);
            let place = tell::place(&c, v.pair.map(|i| &c.pairs[i]));
            let frames = c.write.stack.iter().map(|f| f.func);
            let chain = Chain {
                root,
                frames: frames.take(place.frame.map_or(0, |i| i + 1)).collect(),
            };
            out.protos.push(Proto {
                chain,
                finding,
                needs: v.needs.clone(),
                warns_if_others: v.warns_if_others,
                container: label(c.write.container),
                fields: c.fields(),
                write: (c.write.loc.file, c.write.loc.span.start),
                depth: c.write.stack.len(),
            });
        }
    }
    out
}

/// Which findings stand once the whole project is known: one for each write and its fields.
fn stand(program: &Program, ends: &Endpoints, results: Vec<RootResult>) -> Vec<Finding> {
    let mut written: BTreeSet<(Option<Ustr>, Ustr)> = BTreeSet::new();
    for r in &results {
        written.extend(r.written.iter().copied());
    }
    let by_name: FxHashSet<Ustr> = written.iter().map(|w| w.1).collect();
    let writers = |model: Option<Ustr>, path: Ustr| -> bool {
        match model.and_then(|m| program.model(m)) {
            // Which row another one belongs to tells who may touch it; that is decided once.
            Some(m) => {
                !m.fields
                    .get(path.as_str())
                    .is_some_and(|f| f.traits.is_relation())
                    && written.contains(&(model, path))
            }
            None => by_name.contains(&path),
        }
    };
    let mut best: BTreeMap<(FileId, u32, FileId, u32, bool), Proto> = BTreeMap::new();
    // Every way on which a place was found to go wrong.
    let mut chains: Chains = FxHashMap::default();
    for r in results {
        for mut p in r.protos {
            if !p.needs.is_empty() && !p.needs.iter().any(|f| writers(p.container, *f)) {
                continue;
            }
            if p.warns_if_others && p.finding.severity == Severity::Note {
                let others = written.iter().any(|(m, f)| {
                    *m == p.container && m.is_some() && !p.fields.contains(f) && *f != "*"
                });
                if others {
                    p.finding.severity = Severity::Warning;
                }
            }
            let at = (p.finding.primary.file, p.finding.primary.span.start);
            let way = (p.finding.rule.id, p.finding.severity, p.chain.clone());
            chains.entry(at).or_default().push(way);
            let beside = p.finding.rule.id == "swallowed-conflict";
            let key = (
                p.finding.primary.file,
                p.finding.primary.span.start,
                p.write.0,
                p.write.1,
                beside,
            );
            match best.entry(key) {
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(p);
                }
                std::collections::btree_map::Entry::Occupied(mut e) => {
                    if better(&p, e.get()) {
                        e.insert(p);
                    }
                }
            }
        }
    }
    // Two contexts of one place that differ in the write only: the place is told once for each rule.
    let mut seen: FxHashSet<(FileId, u32, &'static str)> = FxHashSet::default();
    let mut out: Vec<Finding> = Vec::new();
    for (_, p) in best {
        if seen.insert((
            p.finding.primary.file,
            p.finding.primary.span.start,
            p.finding.rule.id,
        )) {
            out.push(p.finding);
        }
    }
    told_by_reach(program, ends, &chains, &mut out);
    out
}

/// Adds to each finding which entry points reach it, and what doubt that leaves.
fn told_by_reach(program: &Program, ends: &Endpoints, chains: &Chains, findings: &mut [Finding]) {
    let share = findings.len().div_ceil(rayon::current_num_threads()).max(8);
    findings.par_chunks_mut(share).for_each(|findings| {
        let reaching = Reaching::new(program, ends);
        for f in findings {
            let at = (f.primary.file, f.primary.span.start);
            if let Some(chains) = chains.get(&at) {
                // A plain overwrite elsewhere is no part of a finding that is more than that.
                let chains = chains
                    .iter()
                    .filter(|(rule, severity, _)| {
                        *rule == f.rule.id || *severity >= Severity::Warning
                    })
                    .map(|(_, _, chain)| chain.clone())
                    .collect();
                let (reach, doubt) = reaching.reach(&chains);
                f.reach = Some(reach);
                f.doubts.extend(doubt);
            }
        }
    });
}

/// Whether one context of a write tells more than another.
fn better(a: &Proto, b: &Proto) -> bool {
    let rank = |p: &Proto| {
        (
            p.finding.severity,
            p.finding.confidence,
            std::cmp::Reverse(order(p.finding.rule.id)),
            std::cmp::Reverse(p.depth),
        )
    };
    let (x, y) = (rank(a), rank(b));
    x > y || (x == y && a.finding.identity < b.finding.identity)
}

fn order(rule: &str) -> usize {
    [
        "read-before-lock",
        "lock-outside-transaction",
        "lost-update",
        "check-then-create",
        "check-then-act",
        "unconditional-update",
        "stale-overwrite",
    ]
    .iter()
    .position(|r| *r == rule)
    .unwrap_or(9)
}
