//! Roots: the functions at which interpretation begins, and what is found on the way through each.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use rayon::Scope;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::left::Left;
use crate::analysis::access::{AccessId, Op, SetField, Written};
use crate::analysis::calls::Key;
use crate::analysis::endpoints::{Chain, Endpoints, Reaching};
use crate::analysis::given::Given;
use crate::analysis::history::{Forms, WriteCase, cases, skews};
use crate::analysis::interp::{Interp, Seen, has_decorator};
use crate::analysis::leases;
use crate::analysis::level::Assumed;
use crate::analysis::program::Program;
use crate::analysis::queued::Queued;
use crate::analysis::reach::Reach;
use crate::analysis::value::{ClassRef, Cond, Container, FuncRef};
use crate::files::FileId;
use crate::report::finding::{Finding, Loc};
use crate::rules::idle::Rival;
use crate::rules::judge::{FieldWords, judge};
use crate::rules::read_skew::{self, Needs};
use crate::rules::tell;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{ExprKind, FuncIdx};

/// A finding on its way: what else must hold, and which other columns would make it louder.
pub(super) struct Proto {
    pub(super) finding: Finding,
    pub(super) needs: Vec<Sym>,
    pub(super) rivals: Vec<(Sym, Rival)>,
    pub(super) warns_if_others: bool,
    /// Columns that it puts back as they were on some ways, beside others that it changes.
    pub(super) kept: Vec<Sym>,
    pub(super) lease: Option<String>,
    /// What must be changed elsewhere between two reads.
    pub(super) between: Option<Needs>,
    pub(super) container: Option<Sym>,
    /// The keys of the item that was looked at, as far as that matters.
    pub(super) forms: Forms,
    pub(super) fields: Vec<Sym>,
    pub(super) write: (FileId, u32),
    pub(super) depth: usize,
    /// The functions on the way to the write.
    pub(super) chain: Vec<FuncRef>,
    pub(super) creates: bool,
    /// It takes something away from what is stored.
    pub(super) takes: bool,
    /// It comes only where a whole table was found empty.
    pub(super) seeds: bool,
    pub(super) reach: Reach,
    /// The functions from the root to the one that holds the primary location.
    pub(super) way: Chain,
    /// Where the function that holds the primary location is called.
    pub(super) entry: Option<Loc>,
}

#[derive(Default)]
pub(super) struct RootResult {
    pub(super) protos: Vec<Proto>,
    pub(super) covered: FxHashSet<FuncRef>,
    pub(super) written: FxHashSet<(Option<Sym>, Sym, Written, Arc<Forms>)>,
    pub(super) root: Option<FuncRef>,
    pub(super) leases: BTreeSet<String>,
    /// Where rows (under no name) or columns of each container are changed, if preview rules ask.
    pub(super) changes: FxHashSet<(Option<Sym>, Option<Sym>, Loc)>,
    pub(super) panicked: Option<String>,
}

/// Rounds of roots: of what is left, those first that nothing else of it calls.
const ROUNDS: usize = 24;

/// Fewer roots for each core than this are few: the longest of them keeps the others waiting.
const FEW: usize = 4;

/// What all roots of a program are interpreted with.
pub(super) struct Setting<'a> {
    pub(super) program: &'a Program,
    pub(super) ends: &'a Endpoints,
    pub(super) reaching: &'a Reaching<'a>,
    pub(super) queued: &'a Queued,
    pub(super) words: &'a FieldWords,
    pub(super) assumed: Assumed,
    /// Rules that are still tried out are asked as well.
    pub(super) preview: bool,
}

/// Interprets every root, then whatever no root has reached.
///
/// Cores that are idle at the end of a round look for what reaches the places that were found, and do what hangs on no
/// round.
pub(super) fn interpret(with: &Setting<'_>) -> Vec<RootResult> {
    let joins = OnceLock::new();
    let (mut results, through) = rayon::in_place_scope(|idle| {
        idle.spawn(|_| drop(joins.set(Joins::of(with.program))));
        let next = Cell::new(0);
        let told = |results: &[RootResult]| results.iter().for_each(|r| look_ahead(with, idle, r));
        // A round of few roots leaves cores idle: what now looks as if nobody calls it in turn.
        let beside = |through: &FxHashSet<FuncRef>| {
            let handled = joins.get().map_or(&[][..], |j: &Joins| &j.handled);
            let left = handled.iter().enumerate().skip(next.get());
            let left = left.filter(|(_, h)| h.is_left(through));
            let others = rayon::current_num_threads() - 1;
            for (i, h) in left.take(others) {
                next.set(i + 1);
                idle.spawn(move |idle| look_ahead(with, idle, h.told(with)));
            }
        };
        in_rounds(with, &joins, told, beside)
    });
    // What a framework joins, and nobody in sight has called in turn.
    let joins = joins.into_inner().unwrap_or_default();
    let handled: Vec<Handled> = (joins.handled.into_iter())
        .filter(|h| h.is_left(&through))
        .collect();
    handled.par_iter().with_max_len(1).for_each(|h| {
        h.told(with);
    });
    // What is known from those who call it is told there.
    let what = |p: &Proto| (p.write, p.finding.steps.first().map(|s| s.loc));
    let told: FxHashSet<_> = results.iter().flat_map(|r| &r.protos).map(what).collect();
    for mut r in handled.into_iter().filter_map(|h| h.result.into_inner()) {
        r.protos.retain(|p| !told.contains(&what(p)));
        // That somebody does this at all is not known: nobody's decision depends on it.
        r.written.clear();
        r.changes.clear();
        results.push(r);
    }
    results
}

/// Has somebody look for what reaches the places that were found.
fn look_ahead<'s>(with: &'s Setting<'_>, idle: &Scope<'s>, result: &RootResult) {
    for p in &result.protos {
        let way = p.way.clone();
        idle.spawn(move |_| with.reaching.look_ahead(&way));
    }
}

/// What frameworks do by themselves with classes of the project.
#[derive(Default)]
struct Joins {
    /// A framework's methods that ask a class for something, and do the rest themselves.
    visits: Vec<(FuncRef, ClassRef)>,
    handled: Vec<Handled>,
}

/// What a framework joins for a class.
struct Handled {
    from: FuncRef,
    class: ClassRef,
    /// Its steps that look at a store.
    steps: Vec<FuncRef>,
    /// It looks rows up by itself.
    finds: bool,
    /// What is found there, with nothing known from elsewhere.
    result: OnceLock<RootResult>,
}

impl Handled {
    /// Whether it does what was not seen as a part of something else.
    fn is_left(&self, through: &FxHashSet<FuncRef>) -> bool {
        // What was found for a method before it is called is known only from what comes before.
        (self.steps.iter()).any(|f| self.finds || !through.contains(f))
    }

    fn told(&self, with: &Setting<'_>) -> &RootResult {
        self.result
            .get_or_init(|| alone(with, self.from, self.class))
    }
}

/// For a class, with nothing known from elsewhere.
fn alone(with: &Setting<'_>, from: FuncRef, class: ClassRef) -> RootResult {
    run_root(with, from, Some(class), (&[][..], &[][..], Vec::new()))
}

impl Joins {
    fn of(program: &Program) -> Self {
        let finders = program.row_finders();
        let handled = program.handled().into_par_iter();
        Self {
            visits: program.visits(),
            handled: handled
                .map(|(from, class)| {
                    let mut steps = program.steps_of(class, from);
                    steps.retain(|f| program.looks(*f));
                    Handled {
                        from,
                        class,
                        steps,
                        finds: program.finds_rows(class, &finders),
                        result: OnceLock::new(),
                    }
                })
                .collect(),
        }
    }
}

/// Round by round; `told` hears what each has found, `beside` finds work for idle cores. What frameworks ask for by
/// themselves is asked for at the end. Also, what was seen as a part of something else.
fn in_rounds(
    with: &Setting<'_>,
    joins: &OnceLock<Joins>,
    told: impl Fn(&[RootResult]),
    beside: impl Fn(&FxHashSet<FuncRef>),
) -> (Vec<RootResult>, FxHashSet<FuncRef>) {
    let &Setting {
        program,
        ends,
        reaching,
        queued,
        ..
    } = with;
    let mut all: Vec<FuncRef> = Vec::new();
    for (fi, f) in program.files().iter().enumerate() {
        for i in 0..f.module.funcs.len() {
            let r = FuncRef {
                file: fi as u32,
                func: i as FuncIdx,
            };
            // What a decorator registers is called by others than its maker.
            let registered = || ends.is_handler(r) && !program.func(r).decorators.is_empty();
            if program.matters(r) && (!nested(program, r) || registered()) {
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
    let mut asked: Option<(Given<'_>, Left<'_>)> = None;
    for round in 0..ROUNDS {
        // What is left has calls, but on what nobody knows.
        let fresh: FxHashMap<FuncRef, Vec<usize>> = match &asked {
            None => FxHashMap::default(),
            Some((given, _)) => {
                let of = |r: &FuncRef| (*r, given.fresh_params(*r));
                todo.iter().map(of).filter(|x| !x.1.is_empty()).collect()
            }
        };
        let mut roots: Vec<(FuncRef, Option<ClassRef>)> = Vec::new();
        for r in &todo {
            // A step of what a base does: the base's method first, for this class.
            let mut templates_of = program.steps_before(*r);
            if templates_of.is_empty() && round > 0 {
                templates_of.extend(program.template_of(*r));
            }
            if round + 2 >= ROUNDS {
                templates_of.clear();
            }
            let stands = |c: ClassRef| program.stands_for(c, *r).unwrap_or(c);
            let mut comes = false;
            for (of, class) in templates_of {
                let at = (of, Some(stands(class)));
                if templates.insert((of, class)) {
                    roots.push(at);
                    comes = true;
                } else {
                    comes |= roots.contains(&at);
                }
            }
            if !comes {
                let of = program.receivers(*r).into_iter();
                roots.extend(of.map(|c| (*r, c.map(stands))));
                done.insert(*r);
            }
        }
        let run = || -> Vec<RootResult> {
            let one = |(r, c): &(FuncRef, Option<ClassRef>)| {
                let fresh = fresh.get(r).map_or(&[][..], Vec::as_slice);
                let back = inner_handlers(program, ends, reaching, *r);
                let held = queued.held(*r);
                let known = (fresh, held, back);
                run_root(with, *r, *c, known)
            };
            // One root may take as long as a hundred others: each is a piece of work of its own.
            roots.par_iter().with_max_len(1).map(one).collect()
        };
        if round > 0 && roots.len() < FEW * rayon::current_num_threads() {
            beside(&through);
        }
        // Beside the first round, what the others ask.
        let (batch, (given, mut left)) = match asked.take() {
            Some(asked) => (run(), asked),
            None => rayon::join(run, || {
                (Given::new(program), Left::new(program, all.clone()))
            }),
        };
        told(&batch);
        for ((root, _), r) in roots.iter().zip(batch) {
            let within = r.covered.iter().filter(|f| *f != root);
            through.extend(within.copied());
            // What a method hands on to the one in whose place it stands is called for other classes as it is.
            let for_others = |f: &FuncRef| {
                ends.is_handler(*f) && r.covered.iter().any(|by| program.takes_place_of(*by, *f))
            };
            covered.extend(r.covered.iter().filter(|f| !for_others(f)).copied());
            results.push(r);
        }
        left.retain(|r| !covered.contains(r) && !done.contains(r));
        if left.functions().is_empty() {
            break;
        }
        // Of what is left, those first that nothing else of it calls.
        todo = left.uncalled();
        if todo.is_empty() {
            // They call each other: what takes the place of a library's own method is called from outside as well.
            let own = left.functions().iter().copied();
            todo = own.filter(|r| overrides(program, *r)).collect();
        }
        if todo.is_empty() {
            // A circle, by names at least: those first that nothing means for certain.
            todo = left.not_meant();
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
            todo = left.functions().to_vec();
        }
        asked = Some((given, left));
    }
    // What a framework asks a class for.
    let own;
    let joins = match joins.get() {
        Some(joins) => joins,
        None => {
            own = Joins::of(program);
            &own
        }
    };
    let visits: Vec<&(FuncRef, ClassRef)> = (joins.visits.iter())
        .filter(|v| !templates.contains(*v))
        .collect();
    let visit = |v: &&(FuncRef, ClassRef)| alone(with, v.0, v.1);
    let batch: Vec<RootResult> = visits.par_iter().with_max_len(1).map(visit).collect();
    told(&batch);
    for r in &batch {
        through.extend(r.covered.iter().copied());
    }
    results.extend(batch);
    (results, through)
}

/// Whether a method takes the place of a library's own that reads or writes.
fn overrides(program: &Program, r: FuncRef) -> bool {
    let lang = program.lang(r.file);
    let f = program.func(r);
    f.is_method() && program.library(lang).acting.contains(&f.name)
}

/// The functions within one that a framework calls, registered in sight or made to be given a request.
fn inner_handlers(
    program: &Program,
    ends: &Endpoints,
    reaching: &Reaching<'_>,
    r: FuncRef,
) -> Vec<FuncRef> {
    let file = program.files().get(r.file as usize);
    let calls = file.and_then(|f| f.calls.get(r.func as usize));
    let nested = calls.into_iter().flat_map(|c| &c.nested);
    nested
        .map(|n| FuncRef {
            file: r.file,
            func: *n,
        })
        .filter(|f| ends.is_handler(*f) || reaching.is_given_request(*f))
        .collect()
}

/// Closures and lambdas are interpreted where they are made.
fn nested(program: &Program, r: FuncRef) -> bool {
    matches!(program.func(r).parent, Some(p) if p != 0) || program.func(r).name == "<lambda>"
}

/// Called by a framework: decorated with something from outside.
fn is_entry(program: &Program, r: FuncRef) -> bool {
    let f = program.func(r);
    let lib = program.library(Lang::Python);
    let inner = |written: &str| lib.is_listed(sym!("inner-decorators"), intern(written));
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

/// What the rest of the program says of a root: which parameters are new rows, which tell what is held while it runs,
/// and which functions within it others call.
type Known<'a> = (&'a [usize], &'a [Option<Sym>], Vec<FuncRef>);

fn run_root(
    with: &Setting<'_>,
    root: FuncRef,
    class: Option<ClassRef>,
    (fresh, held, back): Known<'_>,
) -> RootResult {
    let &Setting {
        program,
        words,
        assumed,
        preview,
        ..
    } = with;
    let lang = program.lang(root.file);
    let interp = || {
        Interp::new(program, lang)
            .assuming(assumed)
            .made_here(fresh)
            .queued(held)
            .called_back(back.clone())
    };
    let seen = catch_unwind(AssertUnwindSafe(|| interp().run(root, class)));
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
            let r = catch_unwind(AssertUnwindSafe(|| {
                let mut out = judged(program, root, &seen, words, preview);
                // What goes into one result is known at the end of the unit of work only.
                if preview && seen.cut.contains(&root) {
                    let seen = interp().patiently().run(root, class);
                    let skewed = skewed(program, root, &cases(program, &seen), words);
                    out.protos.extend(skewed);
                }
                out
            }));
            r.unwrap_or_else(|_| panicked())
        }
        Err(_) => panicked(),
    }
}

fn judged(
    program: &Program,
    root: FuncRef,
    seen: &Seen,
    words: &FieldWords,
    preview: bool,
) -> RootResult {
    let mut out = RootResult {
        // What was cut off may not have been reached in what was interpreted.
        covered: seen.functions.difference(&seen.cut).copied().collect(),
        ..RootResult::default()
    };
    out.covered.insert(root);
    out.root = Some(root);
    let label = |c| label(seen, c);
    let cases = cases(program, seen);
    if preview {
        out.changes = changes(seen);
        out.protos = skewed(program, root, &cases, words);
    }
    // What is put where an item was looked at and found to be no hindrance takes the place of that item.
    let replaces: FxHashSet<AccessId> = cases
        .iter()
        .filter(|c| c.write.op == Op::Put && c.replaces_tested())
        .map(|c| c.id)
        .collect();
    for (i, w) in seen.writes.iter().enumerate() {
        if leases::is_lease(program, &seen.terms, w) {
            out.leases.extend(leases::places(program, &seen.terms, w));
        }
        // What is given at creation is not changed by it; a put that absence alone does not guard replaces what is there.
        if matches!(w.op, Op::Create | Op::Upsert | Op::Delete)
            || w.store.is_cache()
            || (w.op == Op::Put
                && w.row_read.is_none()
                && !replaces.contains(&AccessId(i as u32))
                && !w.guards.iter().any(|g| matches!(**g, Cond::Or(_))))
        {
            continue;
        }
        // What is the same in every item that is put there tells none of them apart.
        let put = w.op == Op::Put && w.row_read.is_none();
        let told = |s: &&SetField| !(s.copied || put && seen.terms.is_const(s.value.term));
        let forms = Arc::new(Forms::written(seen, w));
        for s in w.sets.iter().filter(told) {
            let value = match s.written(&seen.terms, w.loc) {
                Written::At(_) if w.fills(s.path) => Written::Filled,
                Written::At(_) if w.moves(s.path) => Written::Moved,
                other => other,
            };
            out.written
                .insert((label(w.container), s.path, value, Arc::clone(&forms)));
        }
    }
    for c in cases {
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
                kept: if v.warns_if_others {
                    c.put_back()
                } else {
                    Vec::new()
                },
                lease: v.lease.clone(),
                between: None,
                container: label(c.write.container),
                forms: match v.pair {
                    Some(i) if !v.needs.is_empty() || !v.rivals.is_empty() => c.forms(&c.pairs[i]),
                    _ => Forms::default(),
                },
                fields: c.fields(),
                write: (c.write.loc.file, c.write.loc.span.start),
                depth: c.write.stack.len(),
                chain,
                creates: v.rule.id == "check-then-create",
                takes: v.rule.id == "unconditional-update" && !v.plain,
                seeds: c.on_empty_table(),
                reach: Reach::Open,
                way,
                entry: tell::entry(&c, &v),
            });
        }
    }
    out
}

/// A container as other roots know it.
fn label(seen: &Seen, container: Option<Container>) -> Option<Sym> {
    match container? {
        Container::Model(m) => Some(m),
        Container::Term(t) => seen.terms.text(t),
    }
}

/// Where a run changes rows and columns.
fn changes(seen: &Seen) -> FxHashSet<(Option<Sym>, Option<Sym>, Loc)> {
    let mut out = FxHashSet::default();
    for w in seen.writes.iter().filter(|w| !w.store.is_cache()) {
        let container = label(seen, w.container);
        if w.upserts || matches!(w.op, Op::Create | Op::Put | Op::Upsert | Op::Delete) {
            out.insert((container, None, w.loc));
        }
        if !matches!(w.op, Op::Create | Op::Delete | Op::Check) {
            let sets = w.sets.iter().filter(|s| !s.copied);
            out.extend(sets.map(|s| (container, Some(s.path), w.loc)));
        }
    }
    out
}

/// The skews of a run.
fn skewed(
    program: &Program,
    root: FuncRef,
    cases: &[WriteCase<'_>],
    words: &FieldWords,
) -> Vec<Proto> {
    let Some(seen) = cases.first().map(|c| c.seen) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for skew in skews(program, seen) {
        let Some(c) = cases.iter().find(|c| c.id == skew.write) else {
            continue;
        };
        let finding = read_skew::finding(c, &skew, words);
        let (_, frame) = read_skew::place(c, &skew);
        let chain: Vec<FuncRef> = c.write.stack.iter().map(|f| f.func).collect();
        let frames = chain.iter().take(frame.map_or(0, |i| i + 1));
        let first = chain.first().copied();
        let way = Chain {
            root: first.filter(|_| program.is_steps(root)).unwrap_or(root),
            frames: frames.copied().collect(),
        };
        if program.is_steps(way.root) {
            continue;
        }
        let call = frame.filter(|i| *i > 0).and_then(|i| c.write.stack[i].call);
        out.push(Proto {
            finding,
            needs: Vec::new(),
            rivals: Vec::new(),
            warns_if_others: false,
            kept: Vec::new(),
            lease: None,
            between: Some(Needs::of(&skew)),
            forms: Forms::default(),
            container: label(seen, seen.reads[skew.sides[0].read.0 as usize].container),
            fields: c.fields(),
            write: (c.write.loc.file, c.write.loc.span.start),
            depth: c.write.stack.len(),
            chain,
            creates: false,
            takes: false,
            seeds: false,
            reach: Reach::Open,
            way,
            entry: call,
        });
    }
    out
}
