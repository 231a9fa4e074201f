//! What reaches a function: a run that happens once, a migration, or nothing that was found.
//!
//! Only what tells against two actors is said. Whatever a framework may call is taken for reachable.

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::interp::has_decorator;
use super::program::Program;
use super::value::{ClassRef, FuncRef};
use crate::project::facts::dotted;
use crate::stores::vocabulary::Library;
use crate::syntax::il::{Expr, ExprKind, FuncIdx, Lit, Stmt, StmtKind};
use crate::syntax::{Lang, walk};

/// What is known of how a function is reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Reach {
    /// By anything.
    Open,
    /// Nothing that was looked at refers to it.
    Unknown,
    /// By a run that happens once: a command, a set-up.
    Once,
    /// By a script that sets the framework up for itself.
    Script,
    /// By a migration, which runs alone.
    Migration,
}

/// How the functions of a program are reached.
pub(super) struct Reaches {
    known: FxHashMap<FuncRef, Reach>,
}

impl Reaches {
    /// For the functions in which histories begin, and those on the way; `others` are the texts of files that were not
    /// parsed.
    pub(super) fn new<'t>(
        program: &Program,
        roots: &FxHashSet<FuncRef>,
        others: impl Iterator<Item = &'t str>,
    ) -> Self {
        let lib = program.library(Lang::Python);
        let python: Vec<FuncRef> = roots
            .iter()
            .copied()
            .filter(|r| program.files()[r.file as usize].module.lang == Lang::Python)
            .collect();
        let mut known: FxHashMap<FuncRef, Reach> = FxHashMap::default();
        if python.is_empty() {
            return Self { known };
        }
        let words = |name: &str| -> FxHashSet<Ustr> {
            lib.lists
                .get(&ustr(name))
                .into_iter()
                .flatten()
                .copied()
                .collect()
        };
        // The names on which it depends whether anybody refers to a function.
        let mut wanted: FxHashSet<Ustr> = FxHashSet::default();
        let mut stems: FxHashSet<Ustr> = FxHashSet::default();
        for r in &python {
            wanted.extend(names_of(program, *r));
            stems.extend(stem(program, r.file));
        }
        wanted.extend(&stems);
        let mut found = Found {
            wanted: &wanted,
            named: FxHashSet::default(),
        };
        let once_calls = words("single-run-calls");
        let mut handlers: FxHashSet<FuncRef> = FxHashSet::default();
        for (file, f) in program.files().iter().enumerate() {
            if f.module.lang != Lang::Python {
                continue;
            }
            for func in &f.module.funcs {
                walk::block(&mut found, &func.body);
                func.decorators
                    .iter()
                    .for_each(|d| walk::expr(&mut found, d));
                let defaults = func.params.iter().filter_map(|p| p.default.as_ref());
                defaults.for_each(|d| walk::expr(&mut found, d));
                let mut set_up = SetUp {
                    program,
                    file: file as u32,
                    calls: &once_calls,
                    handlers: &mut handlers,
                };
                walk::block(&mut set_up, &func.body);
            }
            for c in &f.module.classes {
                let own = c.bases.iter().chain(&c.decorators);
                let values = c.attrs.iter().filter_map(|a| a.value.as_ref());
                own.chain(values).for_each(|e| walk::expr(&mut found, e));
            }
            // A name that is only handed on is used by nobody yet.
            for i in &f.module.imports {
                let parts = i.path.split('.').map(ustr);
                found
                    .named
                    .extend(parts.filter(|part| stems.contains(part)));
            }
        }
        let mut named = found.named;
        let missing: Vec<Ustr> = wanted
            .iter()
            .copied()
            .filter(|n| !named.contains(n))
            .collect();
        if !missing.is_empty()
            && let Ok(automaton) = AhoCorasick::new(missing.iter().map(Ustr::as_str))
        {
            for text in others {
                for hit in automaton.find_overlapping_iter(text) {
                    if whole_word(text.as_bytes(), hit.start(), hit.end()) {
                        named.insert(missing[hit.pattern().as_usize()]);
                    }
                }
            }
        }
        let mut scripts: FxHashMap<u32, bool> = FxHashMap::default();
        let bases = words("single-run-bases");
        let discovered = words("discovered-bases");
        for r in python {
            let alone = *scripts.entry(r.file).or_insert_with(|| {
                stem(program, r.file).is_some_and(|s| !named.contains(&s))
                    && sets_up(program, lib, r.file)
            });
            let of_base = |bases| {
                program
                    .class_of(r)
                    .filter(|c| program.derives_from(*c, bases))
            };
            let command = of_base(&bases);
            let once = handlers.contains(&r) || command.is_some_and(|c| !polls(program, c));
            let found = command.is_some() || of_base(&discovered).is_some();
            let reach = if asks_registry(program, lib, r)
                && names_of(program, r).iter().all(|n| !named.contains(n))
            {
                Reach::Migration
            } else if alone {
                Reach::Script
            } else if once {
                Reach::Once
            } else if !found && is_unknown(program, lib, r, &named) {
                Reach::Unknown
            } else {
                Reach::Open
            };
            if reach != Reach::Open {
                known.insert(r, reach);
            }
        }
        Self { known }
    }

    /// For a history that goes through these functions.
    pub(super) fn of(&self, chain: &[FuncRef]) -> Reach {
        let get = |r: &FuncRef| self.known.get(r).copied().unwrap_or(Reach::Open);
        let first = chain.first().map_or(Reach::Open, get);
        // A handler of a set-up may be called where it is registered.
        let once = chain.iter().skip(1).any(|r| get(r) == Reach::Once);
        if once { first.max(Reach::Once) } else { first }
    }
}

/// The names by which somebody would refer to a function: its own, and its class's where a framework may call it.
fn names_of(program: &Program, r: FuncRef) -> Vec<Ustr> {
    let f = program.func(r);
    let class = program.class_of(r).map(|c| program.class(c).name);
    match class {
        None => vec![f.name],
        Some(c) if f.name.starts_with("__") => vec![c],
        Some(c) => vec![f.name, c],
    }
}

/// The name by which a module is imported.
fn stem(program: &Program, file: u32) -> Option<Ustr> {
    let path = &program.files()[file as usize].path;
    let name = path.rsplit('/').next()?.strip_suffix(".py")?;
    (name != "__init__").then(|| ustr(name))
}

fn is_unknown(program: &Program, lib: &Library, r: FuncRef, named: &FxHashSet<Ustr>) -> bool {
    let f = program.func(r);
    let decorated = f.decorators.iter().any(|d| !program.is_region(r.file, d))
        && !has_decorator(f, "staticmethod")
        && !has_decorator(f, "classmethod");
    if r.func == 0 || decorated || program.is_called(f.name) && !f.name.starts_with("__") {
        return false;
    }
    let Some(c) = program.class_of(r) else {
        return !named.contains(&f.name);
    };
    let of_class = program.model_path(c).is_none() && !named.contains(&program.class(c).name);
    if f.name.starts_with("__") || program.has_outer_bases(c) {
        return of_class && program.class(c).decorators.is_empty();
    }
    !named.contains(&f.name) && !lib.acting.contains(&f.name)
}

/// Whether a function asks a registry that it is handed for its models: those are the models of a migration.
fn asks_registry(program: &Program, lib: &Library, r: FuncRef) -> bool {
    let methods = lib.lists.get(&ustr("historical-models"));
    let f = program.func(r);
    let (Some(methods), Some(first)) = (methods, f.params.first()) else {
        return false;
    };
    let mut asks = Asks {
        methods,
        of: first.name,
        found: false,
    };
    if program.class_of(r).is_none() {
        walk::block(&mut asks, &f.body);
    }
    asks.found
}

struct Asks<'a> {
    methods: &'a [Ustr],
    of: Ustr,
    found: bool,
}

impl walk::Visit<'_> for Asks<'_> {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Call(c) = &e.kind
            && let ExprKind::Attr(recv, name, _) = &c.callee.kind
            && let ExprKind::Name(n) = &recv.kind
        {
            self.found |= *n == self.of && self.methods.contains(name);
        }
    }
}

/// Whether the code of a module sets the framework up and goes on to call something of its own.
fn sets_up(program: &Program, lib: &Library, file: u32) -> bool {
    let Some(marks) = lib.lists.get(&ustr("script-marks")) else {
        return false;
    };
    let module = &program.files()[file as usize].module;
    let Some(top) = module.funcs.first() else {
        return false;
    };
    let mut calls = TopCalls {
        program,
        file,
        marks,
        marked: false,
        own: false,
    };
    walk::block(&mut calls, &top.body);
    calls.marked && calls.own
}

struct TopCalls<'a> {
    program: &'a Program,
    file: u32,
    marks: &'a [Ustr],
    marked: bool,
    own: bool,
}

impl walk::Visit<'_> for TopCalls<'_> {
    fn expr(&mut self, e: &Expr) {
        let ExprKind::Call(c) = &e.kind else { return };
        if let Some(name) = dotted(&c.callee) {
            let facts = self.program.facts();
            match facts.lookup_at(self.file as usize, &name) {
                Some(crate::project::facts::Symbol::Func(at, _)) => {
                    self.own |= at == self.file as usize;
                }
                _ => {
                    let path = facts.resolve_path(self.file as usize, &name);
                    self.marked |= path.is_some_and(|p| self.marks.contains(&ustr(&p)));
                }
            }
        }
        self.marked |= c.args.iter().any(
            |a| matches!(a.value.kind, ExprKind::Const(Lit::Str(s)) if self.marks.contains(&s)),
        );
    }
}

/// Whether a class runs for ever: then others run beside it.
fn polls(program: &Program, class: ClassRef) -> bool {
    struct Endless(bool);
    impl walk::Visit<'_> for Endless {
        fn stmt(&mut self, s: &Stmt) {
            if let StmtKind::Loop {
                each: None, cond, ..
            } = &s.kind
            {
                self.0 |= cond.as_ref().is_none_or(|c| {
                    matches!(c.kind, ExprKind::Const(Lit::Bool(true) | Lit::Int(1)))
                });
            }
        }
    }
    let module = &program.files()[class.file as usize].module;
    let mut endless = Endless(false);
    for (_, i) in &program.class(class).methods {
        walk::block(&mut endless, &module.funcs[*i as usize].body);
    }
    endless.0
}

/// Functions that are given to a call of a set-up.
struct SetUp<'a> {
    program: &'a Program,
    file: u32,
    calls: &'a FxHashSet<Ustr>,
    handlers: &'a mut FxHashSet<FuncRef>,
}

impl walk::Visit<'_> for SetUp<'_> {
    fn expr(&mut self, e: &Expr) {
        let ExprKind::Call(c) = &e.kind else { return };
        let ExprKind::Attr(_, tail, _) = &c.callee.kind else {
            return;
        };
        let ends = |p: &Ustr| p.rsplit('.').next() == Some(tail.as_str());
        if !self.calls.iter().any(ends) {
            return;
        }
        let facts = self.program.facts();
        let of = |e: &Expr| Some((dotted(e)?, self.file as usize));
        let path = of(&c.callee).and_then(|(n, file)| facts.resolve_path(file, &n));
        if !path.is_some_and(|p| self.calls.contains(&ustr(&p))) {
            return;
        }
        for a in &c.args {
            if let Some((name, file)) = of(&a.value)
                && let Some(crate::project::facts::Symbol::Func(file, func)) =
                    facts.lookup_at(file, &name)
            {
                self.handlers.insert(FuncRef {
                    file: file as u32,
                    func: func as FuncIdx,
                });
            }
        }
    }
}

/// Which of the wanted names stand somewhere as a name, an attribute or the end of a text.
struct Found<'a> {
    wanted: &'a FxHashSet<Ustr>,
    named: FxHashSet<Ustr>,
}

impl Found<'_> {
    fn name(&mut self, n: Ustr) {
        if self.wanted.contains(&n) {
            self.named.insert(n);
        }
    }
}

impl walk::Visit<'_> for Found<'_> {
    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => self.name(*n),
            ExprKind::Const(Lit::Str(s)) if s.len() < 200 => {
                if self.wanted.contains(s) {
                    self.named.insert(*s);
                } else if let Some((_, last)) = s.rsplit_once(['.', ':', '/']) {
                    self.name(ustr(last));
                }
            }
            _ => {}
        }
    }
}

fn whole_word(text: &[u8], start: usize, end: usize) -> bool {
    let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    !word(start.checked_sub(1).and_then(|i| text.get(i))) && !word(text.get(end))
}
