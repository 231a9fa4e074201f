//! What reaches a function: a run that happens once, a migration, or nothing that was found.
//!
//! Only what tells against two actors is said. Whatever a framework may call is taken for reachable.

mod kept;
mod passed;
mod unused;

use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use self::unused::{Unused, Uses};
use super::endpoints::Endpoints;
use super::interp::has_decorator;
use super::program::Program;
use super::value::{ClassRef, FuncRef};
use crate::files::FileId;
use crate::files::words::Wanted;
use crate::project::facts::dotted;
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::symbol::{Sym, intern, interned};
use crate::syntax::il::{Call, Expr, ExprKind, FuncIdx, Lit, Place, Span, Stmt, StmtKind};
use crate::syntax::{Lang, Module, walk};

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
    /// By nothing: the whole application, as far as it can be seen, never names it.
    Unused,
    /// By a migration, which runs alone.
    Migration,
}

/// A file.
pub(super) struct Text<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) parsed: bool,
}

/// What a project consists of as text.
pub(super) struct Texts<'t> {
    /// Its Python files.
    pub(super) python: Vec<Text<'t>>,
    /// Templates and settings.
    pub(super) paths: &'t [PathBuf],
    /// All of the project is there.
    pub(super) whole: bool,
}

/// How the functions of a program are reached.
pub(super) struct Reaches {
    known: FxHashMap<FuncRef, Reach>,
    /// Who hands which function to a call of a set-up.
    registered: FxHashSet<(FuncRef, FuncRef)>,
    /// Functions that other files import: what else they are for is not known.
    shared: FxHashSet<FuncRef>,
}

impl Reaches {
    /// For the functions in which histories begin, and those on the way.
    pub(super) fn new(
        program: &Program,
        ends: &Endpoints,
        roots: &FxHashSet<FuncRef>,
        texts: &Texts<'_>,
    ) -> Self {
        let lib = program.library(Lang::Python);
        let python: Vec<FuncRef> = roots
            .iter()
            .copied()
            .filter(|r| program.files()[r.file as usize].module.lang == Lang::Python)
            .collect();
        let mut known: FxHashMap<FuncRef, Reach> = FxHashMap::default();
        if python.is_empty() {
            return Self {
                known,
                registered: FxHashSet::default(),
                shared: FxHashSet::default(),
            };
        }
        let words = |name: &str| -> FxHashSet<Sym> {
            lib.lists
                .get(&intern(name))
                .into_iter()
                .flatten()
                .copied()
                .collect()
        };
        // The names on which it depends whether anybody refers to a function.
        let mut wanted: FxHashSet<Sym> = FxHashSet::default();
        let mut stems: FxHashMap<&str, Sym> = FxHashMap::default();
        for r in &python {
            wanted.extend(names_of(program, *r));
            stems.extend(stem(program, r.file).map(|s| (s.as_str(), s)));
        }
        wanted.extend(stems.values());
        let once_calls = words("single-run-calls");
        let tails = once_calls.iter().filter_map(|p| p.rsplit('.').next());
        let once_tails: FxHashSet<Sym> = tails.map(intern).collect();
        let gone = passed::Gone::of(lib);
        let files: Vec<Found<'_>> = (0..program.files().len() as u32)
            .into_par_iter()
            .with_max_len(16)
            .filter(|file| program.files()[*file as usize].module.lang == Lang::Python)
            .map(|file| {
                let mut found = Found::new(program, file, &wanted, (&once_calls, &once_tails));
                let module = &program.files()[file as usize].module;
                if gone.fails_to_load(program, file) {
                    return found;
                }
                found.parsed = true;
                found.look_through(module);
                // A name that is only handed on is used by nobody yet.
                for i in &module.imports {
                    let parts = i.path.split('.').filter_map(|part| stems.get(part));
                    found.named.extend(parts);
                }
                found
            })
            .collect();
        let mut named: FxHashSet<Sym> = FxHashSet::default();
        let mut registered: FxHashSet<(FuncRef, FuncRef)> = FxHashSet::default();
        let mut uses = Uses::default();
        let mut asking: FxHashSet<FileId> = FxHashSet::default();
        let mut failing: FxHashSet<u32> = FxHashSet::default();
        for f in files {
            failing.extend((!f.parsed).then_some(f.file));
            named.extend(f.named);
            registered.extend(f.handlers);
            uses.join(f.uses);
            asking.extend(f.asks.then(|| program.file_id(f.file)));
        }
        let handlers: FxHashSet<FuncRef> = registered.iter().map(|(_, of)| *of).collect();
        let mut unused = Unused::new(program, ends, uses, texts, &python);
        let missing = wanted.iter().copied().filter(|n| !named.contains(n));
        let missing: Wanted = missing.collect();
        let others = texts.python.par_iter().filter(|t| !t.parsed);
        let hits: Vec<FxHashSet<Sym>> = others
            .map(|t| missing.find(t.text.as_bytes()).map(|(_, n)| n).collect())
            .collect();
        named.extend(hits.into_iter().flatten());
        unused.look_further(&asking);
        let shared = imported_elsewhere(program, &python);
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
            let of_migration = ends.is_run_for(r, lib.list(sym!("migration-signals")))
                || asks_registry(program, lib, r)
                    && names_of(program, r).iter().all(|n| !named.contains(n));
            let reach = if of_migration {
                Reach::Migration
            } else if failing.contains(&r.file) {
                Reach::Unused
            } else if alone {
                Reach::Script
            } else if once {
                Reach::Once
            } else if unused.contains(r) {
                Reach::Unused
            } else if !found && is_unknown(program, lib, r, &named) {
                Reach::Unknown
            } else {
                Reach::Open
            };
            if reach != Reach::Open {
                known.insert(r, reach);
            }
        }
        Self {
            known,
            registered,
            shared,
        }
    }

    /// For a history that goes through these functions.
    pub(super) fn of(&self, chain: &[FuncRef]) -> Reach {
        let get = |r: &FuncRef| self.known.get(r).copied().unwrap_or(Reach::Open);
        let first = chain.first().map_or(Reach::Open, get);
        // A handler of a set-up may be called where it is registered.
        let here = |w: &[FuncRef]| {
            get(&w[1]) == Reach::Migration && self.registered.contains(&(w[0], w[1]))
        };
        let handler = match first {
            Reach::Migration => Some(0),
            _ => chain.windows(2).position(here).map(|i| i + 1),
        };
        if let Some(at) = handler {
            let shared = chain[at + 1..].iter().any(|r| self.shared.contains(r));
            return match shared {
                true => Reach::Once,
                false => Reach::Migration,
            };
        }
        let once = chain.iter().skip(1).any(|r| get(r) == Reach::Once);
        if once { first.max(Reach::Once) } else { first }
    }
}

/// The plain functions among these that files import which are not their own.
fn imported_elsewhere(program: &Program, of: &[FuncRef]) -> FxHashSet<FuncRef> {
    let mut by_name: FxHashMap<&str, Vec<FuncRef>> = FxHashMap::default();
    for r in of.iter().filter(|r| program.class_of(**r).is_none()) {
        let name = program.func(*r).name.as_str();
        by_name.entry(name).or_default().push(*r);
    }
    let mut out = FxHashSet::default();
    for (file, f) in program.files().iter().enumerate() {
        for i in f.module.imports.iter().filter(|i| i.from) {
            let name = i.path.rsplit('.').next();
            let meant = name.and_then(|n| by_name.get(n)).into_iter().flatten();
            out.extend(meant.filter(|r| r.file != file as u32));
        }
    }
    out
}

/// The names by which somebody would refer to a function: its own, and its class's where a framework may call it.
fn names_of(program: &Program, r: FuncRef) -> Vec<Sym> {
    let f = program.func(r);
    let class = program.class_of(r).map(|c| program.class(c).name);
    match class {
        None => vec![f.name],
        Some(c) if f.name.starts_with("__") => vec![c],
        Some(c) => vec![f.name, c],
    }
}

/// The name by which a module is imported.
fn stem(program: &Program, file: u32) -> Option<Sym> {
    let path = &program.files()[file as usize].path;
    let name = path.rsplit('/').next()?.strip_suffix(".py")?;
    (name != "__init__").then(|| intern(name))
}

fn is_unknown(program: &Program, lib: &Library, r: FuncRef, named: &FxHashSet<Sym>) -> bool {
    let f = program.func(r);
    let decorated = f.decorators.iter().any(|d| !program.is_region(r.file, d))
        && !has_decorator(f, "staticmethod")
        && !has_decorator(f, "classmethod");
    if r.func == 0 || decorated || program.is_called(r) && !f.name.starts_with("__") {
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
    let methods = lib.lists.get(&intern("historical-models"));
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
    methods: &'a [Sym],
    of: Sym,
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
    let Some(marks) = lib.lists.get(&intern("script-marks")) else {
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
    marks: &'a [Sym],
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
                    self.marked |= path.is_some_and(|p| self.marks.contains(&intern(&p)));
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

/// What a file says: which of the wanted names stand in it as a name, an attribute or the end of a text, and as what.
struct Found<'a> {
    program: &'a Program,
    file: u32,
    wanted: &'a FxHashSet<Sym>,
    /// What sets up, and the last parts of that.
    once_calls: &'a FxHashSet<Sym>,
    once_tails: &'a FxHashSet<Sym>,
    named: FxHashSet<Sym>,
    uses: Uses,
    /// Functions that are given to a call of a set-up, each behind the one that gives it.
    handlers: Vec<(FuncRef, FuncRef)>,
    /// Something is looked up by a name that is not written out.
    asks: bool,
    /// Whether it is a file of the program, not one that is only looked through.
    parsed: bool,
    /// The function whose body is looked at: what it says of itself is no use of it.
    within: Option<Sym>,
    /// The same by its number.
    func: FuncIdx,
    /// What is called where it stands.
    callee: Option<Span>,
}

impl<'a> Found<'a> {
    fn new(
        program: &'a Program,
        file: u32,
        wanted: &'a FxHashSet<Sym>,
        (once_calls, once_tails): (&'a FxHashSet<Sym>, &'a FxHashSet<Sym>),
    ) -> Self {
        Self {
            program,
            file,
            wanted,
            once_calls,
            once_tails,
            named: FxHashSet::default(),
            uses: Uses::default(),
            handlers: Vec::new(),
            asks: false,
            parsed: false,
            within: None,
            func: 0,
            callee: None,
        }
    }

    fn look_through(&mut self, module: &Module) {
        for (i, func) in module.funcs.iter().enumerate() {
            self.within = Some(func.name);
            self.func = i as FuncIdx;
            let passed = match self.parsed {
                true => passed::passed(self.program, self.file, i as FuncIdx),
                false => func.body.len(),
            };
            func.body[..passed]
                .iter()
                .for_each(|s| walk::statement(self, s));
            self.within = None;
            func.decorators.iter().for_each(|d| walk::expr(self, d));
            let defaults = func.params.iter().filter_map(|p| p.default.as_ref());
            defaults.for_each(|d| walk::expr(self, d));
        }
        for c in &module.classes {
            for a in c.attrs.iter().filter(|a| self.wanted.contains(&a.name)) {
                self.uses.of(a.name).held = true;
            }
            let own = c.bases.iter().chain(&c.decorators);
            let values = c.attrs.iter().filter_map(|a| a.value.as_ref());
            own.chain(values).for_each(|e| walk::expr(self, e));
        }
    }

    fn name(&mut self, n: Sym, as_what: impl FnOnce(&mut unused::Use)) {
        if self.wanted.contains(&n) {
            self.named.insert(n);
            if self.within != Some(n) {
                as_what(self.uses.of(n));
            }
        }
    }

    /// What a call of a set-up is given.
    fn set_up(&mut self, c: &Call) {
        let ExprKind::Attr(_, tail, _) = &c.callee.kind else {
            return;
        };
        if !self.once_tails.contains(tail) {
            return;
        }
        let facts = self.program.facts();
        let file = self.file as usize;
        let path = dotted(&c.callee).and_then(|n| facts.resolve_path(file, &n));
        if !path.is_some_and(|p| self.once_calls.contains(&intern(&p))) {
            return;
        }
        for a in &c.args {
            if let Some(name) = dotted(&a.value)
                && let Some(crate::project::facts::Symbol::Func(file, func)) =
                    facts.lookup_at(file, &name)
            {
                let by = FuncRef {
                    file: self.file,
                    func: self.func,
                };
                let handler = FuncRef {
                    file: file as u32,
                    func: func as FuncIdx,
                };
                self.handlers.push((by, handler));
            }
        }
    }
}

impl walk::Visit<'_> for Found<'_> {
    fn stmt(&mut self, s: &Stmt) {
        let places = match &s.kind {
            StmtKind::Assign(places, _) => places.as_slice(),
            StmtKind::AugAssign(place, ..) => std::slice::from_ref(place),
            _ => return,
        };
        for p in places {
            if let Place::Attr(_, n, _) = p
                && self.wanted.contains(n)
            {
                self.uses.of(*n).held = true;
            }
        }
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Call(c) => {
                self.callee = Some(c.callee.span);
                self.asks |= unused::asks_by_name(c);
                if self.within.is_some() {
                    self.set_up(c);
                }
            }
            ExprKind::Name(n) => self.name(*n, |u| u.bare = true),
            ExprKind::Attr(_, n, _) => {
                let called = self.callee == Some(e.span);
                self.name(*n, |u| match called {
                    true => u.called = true,
                    false => u.read = true,
                });
            }
            ExprKind::Const(Lit::Str(s)) if s.len() < 200 => {
                if self.wanted.contains(s) {
                    self.name(*s, |u| u.text = true);
                } else if let Some((_, last)) = s.rsplit_once(['.', ':', '/'])
                    && let Some(last) = interned(last)
                {
                    self.name(last, |u| u.text = true);
                }
            }
            _ => {}
        }
    }
}
