//! From the files of a project to findings: which files are parsed, which functions are roots, and which of the
//! verdicts stand.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::access::{Op, Written};
use super::calls::{FuncCalls, Key, Relevance};
use super::demand::Demand;
use super::endpoints::{Chain, Endpoints, Reaching};
use super::given::Given;
use super::history::cases;
use super::interp::{Interp, Seen, has_decorator};
use super::leases;
use super::level::Assumed;
use super::program::{Program, ProgramFile};
use super::reach::{Reach, Reaches, Text, Texts};
use super::touches::touching;
use super::value::{ClassRef, Cond, Container, FuncRef};
use crate::engine::{AnalysisResult, Analyzer, ProjectInput};
use crate::files::FileId;
use crate::report::finding::{DoubtNote, Finding, Loc, Notification, Role, Step};
use crate::rules::idle::Rival;
use crate::rules::judge::{FieldWords, judge};
use crate::rules::{Severity, tell};
use crate::stores::pack;
use crate::stores::vocabulary::Library;
use crate::sym;
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
    rivals: Vec<(Ustr, Rival)>,
    warns_if_others: bool,
    lease: Option<String>,
    container: Option<Ustr>,
    fields: Vec<Ustr>,
    write: (FileId, u32),
    depth: usize,
    /// The functions on the way to the write.
    chain: Vec<FuncRef>,
    creates: bool,
    /// It comes only where a whole table was found empty.
    seeds: bool,
    reach: Reach,
    /// The functions from the root to the one that holds the primary location.
    way: Chain,
    /// Where the function that holds the primary location is called.
    entry: Option<Loc>,
}

/// The ways on which a place was come by: rule, severity, functions.
type Chains = FxHashMap<(FileId, u32), Vec<(&'static str, Severity, Chain)>>;

#[derive(Default)]
struct RootResult {
    protos: Vec<Proto>,
    covered: FxHashSet<FuncRef>,
    written: FxHashSet<(Option<Ustr>, Ustr, Written)>,
    leases: BTreeSet<String>,
    panicked: Option<String>,
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

    /// The files that are wanted, parsed and lowered, in path order.
    fn load(&self, input: &ProjectInput<'_>, python: &Library, go: &Library) -> Loaded {
        let modules = go_modules(input);
        let mut demand = Demand::new(input, python, go, &self.needle_index());
        let mut loaded = Loaded::default();
        let mut sure = Relevance::strict();
        let mut of: Vec<usize> = Vec::new();
        let mut wanted = demand.first(&modules);
        for round in 0.. {
            if wanted.is_empty() {
                break;
            }
            loaded
                .parsed
                .extend(wanted.iter().map(|i| input.files[*i].id));
            let (files, notes) = lower(input, &wanted);
            loaded.notes.extend(notes);
            for (i, f) in files {
                let lib = match f.module.lang {
                    Lang::Python => python,
                    Lang::Go => go,
                };
                let lib = demand.is_anchored(i).then_some(lib);
                let at = loaded.files.len() as u32;
                let libs = [python, go];
                loaded.relevance.add(at, &f.module, &f.calls, lib, libs);
                sure.add(at, &f.module, &f.calls, lib, libs);
                loaded.files.push(f);
                of.push(i);
            }
            wanted = demand.next(round, &loaded.files, &of, &sure);
        }
        // In path order, whatever the order of loading.
        let mut order: Vec<usize> = (0..of.len()).collect();
        order.sort_unstable_by_key(|i| of[*i]);
        let mut place = vec![0; of.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new as u32;
        }
        loaded.relevance.moved(&place);
        let mut files: Vec<Option<ProgramFile>> = loaded.files.drain(..).map(Some).collect();
        loaded.files = order.iter().filter_map(|i| files[*i].take()).collect();
        loaded.parsed.sort_unstable();
        loaded.modules = modules;
        loaded
    }
}

/// What was parsed of a project.
#[derive(Default)]
struct Loaded {
    files: Vec<ProgramFile>,
    relevance: Relevance,
    parsed: Vec<FileId>,
    notes: Vec<Notification>,
    /// Directories of `go.mod` files, with the module paths that they declare.
    modules: Vec<(String, String)>,
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
            Ok((python, go)) => self.load(input, &python, &go).parsed,
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
        let loaded = self.load(input, &python, &go);
        out.parsed = loaded.parsed;
        out.notifications.extend(loaded.notes);
        out.timings.push(("parse+lower", started.elapsed()));
        if loaded.files.is_empty() {
            return out;
        }
        let started = Instant::now();
        let mut program = Program::new(loaded.files, loaded.relevance, python, go, &loaded.modules);
        out.timings.push(("facts", started.elapsed()));
        let started = Instant::now();
        let atomic = input
            .options
            .atomic_requests
            .or_else(|| program.facts().atomic_requests.as_ref().map(|s| s.value))
            .unwrap_or(false);
        let (ends, touching) = rayon::join(|| Endpoints::collect(&program), || touching(&program));
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
        let results = interpret(&program, &ends, &words, assumed);
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
        out.findings = stand(&program, &ends, results, &texts);
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

/// A lowered file with what it calls, unless it could not be parsed; whether lowering it went wrong.
type Attempt = (usize, Option<(Module, Vec<FuncCalls>)>, bool);

/// Files, each with its place in the input.
type Lowered = Vec<(usize, ProgramFile)>;

fn lower(input: &ProjectInput<'_>, files: &[usize]) -> (Lowered, Vec<Notification>) {
    let limits = Limits::default();
    let lowered: Vec<Attempt> = files
        .par_iter()
        .map_init(
            || (PythonLang::default(), GoLang::default()),
            |(python, go), i| {
                let (i, f) = (*i, &input.files[*i]);
                let text = input.sources.get(f.id).text.clone();
                let module = catch_unwind(AssertUnwindSafe(|| match f.lang {
                    Lang::Python => python.lower(&text, &limits),
                    Lang::Go => go.lower(&text, &limits),
                }));
                match module {
                    Ok(m) => (i, m.map(with_calls), false),
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

fn with_calls(module: Module) -> (Module, Vec<FuncCalls>) {
    let calls = super::calls::of_module(&module);
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

/// Rounds of roots: of what is left, those first that nothing else of it calls.
const ROUNDS: usize = 24;

/// Interprets every root, then whatever no root has reached.
fn interpret(
    program: &Program,
    ends: &Endpoints,
    words: &FieldWords,
    assumed: Assumed,
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
        .filter(|r| handles(*r) || is_entry(program, *r) || !program.is_called(*r))
        .collect();
    let mut done: FxHashSet<FuncRef> = FxHashSet::default();
    // What was seen as a part of something else.
    let mut through: FxHashSet<FuncRef> = FxHashSet::default();
    let mut templates: FxHashSet<(FuncRef, ClassRef)> = FxHashSet::default();
    let mut means: FxHashMap<FuncRef, Vec<FuncRef>> = FxHashMap::default();
    let mut given: Option<Given<'_>> = None;
    for round in 0..ROUNDS {
        // What is left has calls, but on what nobody knows.
        let fresh: FxHashMap<FuncRef, Vec<usize>> = match round {
            0 => FxHashMap::default(),
            _ => {
                let given = given.get_or_insert_with(|| Given::new(program));
                let of = |r: &FuncRef| (*r, given.fresh_params(*r));
                todo.iter().map(of).filter(|x| !x.1.is_empty()).collect()
            }
        };
        let mut roots: Vec<(FuncRef, Option<ClassRef>)> = Vec::new();
        for r in &todo {
            // A step of what a base does: the base's method first, for this class.
            let template = match program.step_before(*r) {
                None if round > 0 => program.template_of(*r),
                t => t,
            };
            match template.filter(|_| round + 2 < ROUNDS) {
                Some((of, class)) if templates.insert((of, class)) => {
                    roots.push((of, Some(class)));
                }
                Some(t) if roots.contains(&(t.0, Some(t.1))) => {}
                _ => {
                    roots.extend(program.receivers(*r).into_iter().map(|c| (*r, c)));
                    done.insert(*r);
                }
            }
        }
        let batch: Vec<RootResult> = roots
            .par_iter()
            .map(|(r, c)| {
                let fresh = fresh.get(r).map_or(&[][..], Vec::as_slice);
                run_root(program, *r, *c, fresh, words, assumed)
            })
            .collect();
        for ((root, _), r) in roots.iter().zip(batch) {
            let within = r.covered.iter().filter(|f| *f != root);
            through.extend(within.copied());
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
        // (What a function calls by its own name is itself, or what it wraps.)
        let mut names: FxHashMap<Key, Option<FuncRef>> = FxHashMap::default();
        for r in &left {
            for name in program.calls_of(*r) {
                names
                    .entry(*name)
                    .and_modify(|by| *by = by.filter(|by| by == r))
                    .or_insert(Some(*r));
            }
        }
        todo = left
            .iter()
            .copied()
            .filter(|r| {
                !program
                    .names_of(*r)
                    .iter()
                    .any(|n| names.get(n).is_some_and(|by| *by != Some(*r)))
            })
            .collect();
        if todo.is_empty() {
            // They call each other: what takes the place of a library's own method is called from outside as well.
            todo = left
                .iter()
                .copied()
                .filter(|r| overrides(program, *r))
                .collect();
        }
        if todo.is_empty() {
            // A circle, by names at least: those first that nothing means for certain.
            let mut meant: FxHashSet<FuncRef> = FxHashSet::default();
            for r in &left {
                let of = means.entry(*r).or_insert_with(|| program.means(*r));
                meant.extend(of.iter().copied());
            }
            todo = left
                .iter()
                .copied()
                .filter(|r| !meant.contains(r))
                .collect();
        }
        // What only such a method calls, on a way that those who call it here do not take, is seen from there.
        let mut later: FxHashSet<FuncRef> = FxHashSet::default();
        let mut first: Vec<FuncRef> = Vec::new();
        for r in &todo {
            for m in program.siblings(*r).filter(|m| !done.contains(m)) {
                if m != *r
                    && overrides(program, m)
                    && program
                        .calls_of(m)
                        .contains(&Key::Method(program.func(*r).name))
                {
                    later.insert(*r);
                    first.push(m);
                }
            }
        }
        first.sort_unstable();
        first.dedup();
        todo.retain(|r| !later.contains(r) && !first.contains(r));
        todo.extend(first);
        if todo.is_empty() || round + 2 >= ROUNDS {
            todo = left;
        }
    }
    // What a framework joins, and nobody in sight has called in turn.
    let handled: Vec<(FuncRef, ClassRef)> = program
        .handled()
        .into_iter()
        .filter(|(from, c)| {
            let steps = program.steps_of(*c, *from);
            steps
                .iter()
                .any(|f| program.looks(*f) && !through.contains(f))
        })
        .collect();
    let mut batch: Vec<RootResult> = handled
        .par_iter()
        .map(|(from, c)| run_root(program, *from, Some(*c), &[], words, assumed))
        .collect();
    // What is known from those who call it is told there.
    let what = |p: &Proto| (p.write, p.finding.steps.first().map(|s| s.loc));
    let told: FxHashSet<_> = results.iter().flat_map(|r| &r.protos).map(what).collect();
    for r in &mut batch {
        r.protos.retain(|p| !told.contains(&what(p)));
        // That somebody does this at all is not known: nobody's decision depends on it.
        r.written.clear();
    }
    results.extend(batch);
    results
}

/// Whether a method takes the place of a library's own that reads or writes.
fn overrides(program: &Program, r: FuncRef) -> bool {
    let lang = program.lang(r.file);
    let f = program.func(r);
    f.class.is_some() && program.library(lang).acting.contains(&f.name)
}

/// Closures and lambdas are interpreted where they are made.
fn nested(program: &Program, r: FuncRef) -> bool {
    matches!(program.func(r).parent, Some(p) if p != 0) || program.func(r).name == "<lambda>"
}

/// Called by a framework: decorated with something from outside.
fn is_entry(program: &Program, r: FuncRef) -> bool {
    let f = program.func(r);
    let lib = program.library(Lang::Python);
    let inner = |written: &str| lib.is_listed(sym!("inner-decorators"), ustr(written));
    if lib
        .list(sym!("inner-functions"))
        .iter()
        .any(|n| has_decorator(f, n))
    {
        return false;
    }
    let outside = f
        .decorators
        .iter()
        .filter(|d| !program.is_region(r.file, d));
    outside.into_iter().any(|d| match &d.kind {
        ExprKind::Name(n) => {
            !matches!(n.as_str(), "property" | "staticmethod" | "classmethod")
                && program.is_external(r.file, *n)
                && !inner(n)
        }
        ExprKind::Call(c) => match &c.callee.kind {
            ExprKind::Name(n) => program.is_external(r.file, *n) && !inner(&format!("{n}()")),
            ExprKind::Attr(_, n, _) => !inner(&format!(".{n}()")),
            _ => false,
        },
        ExprKind::Attr(_, n, _) => {
            !matches!(n.as_str(), "setter" | "deleter" | "getter") && !inner(&format!(".{n}"))
        }
        _ => false,
    })
}

fn run_root(
    program: &Program,
    root: FuncRef,
    class: Option<ClassRef>,
    fresh: &[usize],
    words: &FieldWords,
    assumed: Assumed,
) -> RootResult {
    let lang = program.lang(root.file);
    let seen = catch_unwind(AssertUnwindSafe(|| {
        Interp::new(program, lang)
            .assuming(assumed)
            .made_here(fresh)
            .run(root, class)
    }));
    let panicked = || {
        // A framework's own method is a part of the class for which it is run.
        let file = match class {
            Some(c) if program.is_steps(root) => c.file,
            _ => root.file,
        };
        RootResult {
            panicked: Some(program.files()[file as usize].path.clone()),
            ..RootResult::default()
        }
    };
    match seen {
        Ok(seen) => {
            let r = catch_unwind(AssertUnwindSafe(|| judged(program, root, &seen, words)));
            r.unwrap_or_else(|_| panicked())
        }
        Err(_) => panicked(),
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
        if leases::is_lease(program, &seen.terms, w) {
            out.leases.extend(leases::places(program, &seen.terms, w));
        }
        // What is given at creation is not changed by it; a put that absence alone does not guard replaces what is there.
        if matches!(w.op, Op::Create | Op::Upsert | Op::Delete)
            || w.store.is_cache()
            || (w.op == Op::Put
                && w.row_read.is_none()
                && !w.guards.iter().any(|g| matches!(**g, Cond::Or(_))))
        {
            continue;
        }
        for s in w.sets.iter().filter(|s| !s.copied) {
            let value = match s.written(&seen.terms, w.loc) {
                Written::At(_) if w.fills(s.path) => Written::Filled,
                other => other,
            };
            out.written.insert((label(w.container), s.path, value));
        }
    }
    for c in cases(program, seen) {
        for v in judge(&c) {
            let finding = tell::finding(&c, &v, words);
            let place = tell::place(&c, v.pair.map(|i| &c.pairs[i]), &v);
            let chain: Vec<FuncRef> = tell::stack(&c, &v).iter().map(|f| f.func).collect();
            let frames = chain.iter().take(place.frame.map_or(0, |i| i + 1));
            let way = Chain {
                root: chain
                    .first()
                    .copied()
                    .filter(|_| program.is_steps(root))
                    .unwrap_or(root),
                frames: frames.copied().collect(),
            };
            if program.is_steps(way.root) {
                continue;
            }
            out.protos.push(Proto {
                finding,
                needs: v.needs.clone(),
                rivals: v.rivals.clone(),
                warns_if_others: v.warns_if_others,
                lease: v.lease.clone(),
                container: label(c.write.container),
                fields: c.fields(),
                write: (c.write.loc.file, c.write.loc.span.start),
                depth: c.write.stack.len(),
                chain,
                creates: v.rule.id == "check-then-create",
                seeds: c.on_empty_table(),
                reach: Reach::Open,
                way,
                entry: tell::entry(&c, &v),
            });
        }
    }
    out
}

/// Where a finding is told, where the write stands, and whether it stands beside others.
type Told = (FileId, u32, FileId, u32, bool);

/// Other unguarded chains that a finding lists.
const CHAINS: usize = 5;

/// Which findings stand once the whole project is known: one for each write and its fields.
fn stand(
    program: &Program,
    ends: &Endpoints,
    mut results: Vec<RootResult>,
    texts: &Texts<'_>,
) -> Vec<Finding> {
    reached(program, ends, &mut results, texts);
    let mut written: BTreeSet<(Option<Ustr>, Ustr)> = BTreeSet::new();
    let mut values: FxHashMap<Ustr, FxHashSet<(Option<Ustr>, Written)>> = FxHashMap::default();
    let mut leases: BTreeSet<&str> = BTreeSet::new();
    for r in &results {
        leases.extend(r.leases.iter().map(String::as_str));
    }
    for (model, path, value) in results.iter().flat_map(|r| &r.written) {
        written.insert((*model, *path));
        values.entry(*path).or_default().insert((*model, *value));
    }
    let leases: BTreeSet<String> = leases.into_iter().map(str::to_owned).collect();
    let by_name: FxHashSet<Ustr> = written.iter().map(|w| w.1).collect();
    // Where it is not known what is written to, the name of the column tells.
    let rivalled = |model: Option<Ustr>, path: Ustr, rival: &Rival| -> bool {
        values.get(&path).is_some_and(|all| {
            all.iter().any(|(m, value)| {
                (model.is_none() || m.is_none() || *m == model) && rival.is(value)
            })
        })
    };
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
    // Every way on which a place was found to go wrong.
    let mut chains: Chains = FxHashMap::default();
    let mut entries: BTreeMap<Told, BTreeSet<(usize, Loc)>> = BTreeMap::new();
    let mut best: BTreeMap<Told, Proto> = BTreeMap::new();
    for r in results {
        for mut p in r.protos {
            if !p.needs.is_empty() && !p.needs.iter().any(|f| writers(p.container, *f)) {
                continue;
            }
            if !p.rivals.is_empty() && !p.rivals.iter().any(|(f, x)| rivalled(p.container, *f, x)) {
                continue;
            }
            if p.lease.as_ref().is_some_and(|l| !leases.contains(l)) {
                continue;
            }
            if p.warns_if_others && p.finding.severity == Severity::Note && p.reach != Reach::Unused
            {
                let column = |m: Ustr, f: Ustr| {
                    let model = program.model(m);
                    // A column that every write sets anew returns to no old value.
                    model.is_none_or(|m| match m.fields.get(f.as_str()) {
                        Some(field) => !field.stamped,
                        None => !m.complete,
                    }) && !f.starts_with('_')
                };
                let others = written.iter().any(|(m, f)| {
                    *m == p.container
                        && !p.fields.contains(f)
                        && *f != "*"
                        && m.is_some_and(|m| column(m, *f))
                });
                if others {
                    p.finding.severity = Severity::Warning;
                }
            }
            let beside = matches!(p.finding.rule.id, "swallowed-conflict" | "non-atomic-lock");
            let key = (
                p.finding.primary.file,
                p.finding.primary.span.start,
                p.write.0,
                p.write.1,
                beside,
            );
            let at = (p.finding.primary.file, p.finding.primary.span.start);
            let way = (p.finding.rule.id, p.finding.severity, p.way.clone());
            chains.entry(at).or_default().push(way);
            if let Some(at) = p.entry {
                entries.entry(key).or_default().insert((p.depth, at));
            }
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
    let mut seen: FxHashMap<(FileId, u32, &'static str), usize> = FxHashMap::default();
    let mut out: Vec<Finding> = Vec::new();
    let mut unused: FxHashSet<usize> = FxHashSet::default();
    for (key, mut p) in best {
        for (_, at) in entries.remove(&key).unwrap_or_default() {
            let told = |s: &Step| s.loc == at;
            if p.finding.steps.iter().any(told) || p.finding.related.iter().any(told) {
                continue;
            }
            if p.finding
                .related
                .iter()
                .filter(|s| s.role == Role::Call)
                .count()
                == CHAINS
            {
                break;
            }
            p.finding.related.push(Step {
                role: Role::Call,
                loc: at,
                text: "also comes from here, without a guard".into(),
            });
        }
        let place = (
            p.finding.primary.file,
            p.finding.primary.span.start,
            p.finding.rule.id,
        );
        let dead = p.reach == Reach::Unused;
        match seen.get(&place) {
            // One that something leads to tells more.
            Some(at) if unused.contains(at) && !dead => {
                unused.remove(at);
                out[*at] = p.finding;
            }
            Some(_) => {}
            None => {
                seen.insert(place, out.len());
                if dead {
                    unused.insert(out.len());
                }
                out.push(p.finding);
            }
        }
    }
    told_by_reach(program, ends, &chains, &mut out, &unused);
    out
}

/// Adds to each finding which entry points reach it, and what doubt that leaves.
fn told_by_reach(
    program: &Program,
    ends: &Endpoints,
    chains: &Chains,
    findings: &mut [Finding],
    unused: &FxHashSet<usize>,
) {
    let share = findings.len().div_ceil(rayon::current_num_threads()).max(8);
    let chunks = findings.par_chunks_mut(share).enumerate();
    chunks.for_each(|(chunk, findings)| {
        let reaching = Reaching::new(program, ends);
        for (i, f) in findings.iter_mut().enumerate() {
            if unused.contains(&(chunk * share + i)) {
                f.reach = Some(crate::report::finding::Reach::default());
                continue;
            }
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
                // Where entry points are known, they tell; where none is, what else was found out stands.
                let told = |d: &DoubtNote| matches!(d.id, "reachability-unknown" | "single-run");
                if reach.count > 0 {
                    f.doubts.retain(|d| !told(d));
                }
                if !f.doubts.iter().any(told) {
                    f.doubts.extend(doubt);
                }
                f.reach = Some(reach);
            }
        }
    });
}

/// Says of every history what reaches it, and leaves out what runs alone.
fn reached(program: &Program, ends: &Endpoints, results: &mut [RootResult], texts: &Texts<'_>) {
    let functions: FxHashSet<FuncRef> = results
        .iter()
        .flat_map(|r| &r.protos)
        .flat_map(|p| p.chain.iter().copied())
        .collect();
    let reaches = Reaches::new(program, ends, &functions, texts);
    for p in results.iter_mut().flat_map(|r| &mut r.protos) {
        p.reach = reaches.of(&p.chain);
        let (id, text) = match p.reach {
            Reach::Open | Reach::Migration => continue,
            Reach::Unknown => (
                "reachability-unknown",
                "nothing that was looked at refers to the function in which it begins",
            ),
            Reach::Unused => (
                "reachability-unknown",
                "nothing in the application names the function in which it begins: as it stands, nobody can run it",
            ),
            Reach::Once | Reach::Script => (
                "single-run",
                "it is reached from a run that happens once: a command, a script, a set-up",
            ),
        };
        if p.reach == Reach::Unused {
            p.finding.severity = Severity::Note;
        }
        if p.reach == Reach::Script && p.creates {
            // What a script puts there to begin with.
            p.finding.severity = Severity::Note;
        }
        let loc = p.chain.first().map(|r| Loc {
            file: program.file_id(r.file),
            span: program.func(*r).name_span,
        });
        p.finding.doubts.push(DoubtNote {
            id,
            weight: "minor",
            text: text.to_owned(),
            loc,
        });
    }
    for r in results {
        // A run that happens once, and only into an empty table, puts the first rows there.
        let seed = |p: &Proto| p.seeds && matches!(p.reach, Reach::Once | Reach::Script);
        r.protos.retain(|p| p.reach != Reach::Migration && !seed(p));
    }
}

/// Whether one context of a write tells more than another.
fn better(a: &Proto, b: &Proto) -> bool {
    let rank = |p: &Proto| {
        (
            p.finding.severity,
            p.reach != Reach::Unused,
            p.finding.confidence,
            std::cmp::Reverse(p.reach),
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
