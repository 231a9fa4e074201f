//! Which of the verdicts stand once the whole project is known: one for each write and its fields, with what reaches it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::roots::{Proto, RootResult};
use crate::analysis::access::{Written, overlap};
use crate::analysis::endpoints::{Chain, Endpoints, Reaching};
use crate::analysis::history::Forms;
use crate::analysis::program::Program;
use crate::analysis::reach::{Reach, Reaches, Texts};
use crate::analysis::value::FuncRef;
use crate::files::FileId;
use crate::report::finding::{DoubtNote, Finding, Loc, Role, Step};
use crate::rules::Severity;
use crate::rules::idle::Rival;
use crate::rules::read_skew::{self, Needs};
use crate::sym;
use crate::symbol::Sym;

/// The ways on which a place was come by: rule, severity, functions.
type Chains = FxHashMap<(FileId, u32), Vec<(&'static str, Severity, Chain)>>;

/// Where a finding is told, where the write stands, and which rules it stands beside.
type Told = (FileId, u32, FileId, u32, u8);

/// What is written to a column: the table, the value, and how the item's key is made.
type Entered = FxHashSet<(Option<Sym>, Written, Arc<Forms>)>;

/// Other unguarded chains that a finding lists.
const CHAINS: usize = 5;

/// Which findings stand once the whole project is known: one for each write and its fields.
pub(super) fn stand(
    program: &Program,
    ends: &Endpoints,
    reaching: &Reaching<'_>,
    mut results: Vec<RootResult>,
    texts: &Texts<'_>,
) -> Vec<Finding> {
    let (reaches, stored) = rayon::join(
        || {
            let chains = results.iter().flat_map(|r| &r.protos).map(|p| &p.chain);
            let functions = chains.flatten().copied().collect();
            Reaches::new(program, ends, &functions, texts)
        },
        || Stored::new(program, &results),
    );
    let Stored {
        written,
        values,
        changed,
        leases,
    } = stored;
    reached(program, ends, &reaches, &mut results);
    let running = running(program, reaching, &results);
    // Where it is not known what is written to, the name of the column tells, and how the item's key is made.
    let written_as = |p: &Proto, path: Sym, is: &dyn Fn(Option<Sym>, &Written) -> bool| -> bool {
        let any = |all: &Entered| {
            let mut all = all.iter();
            all.any(|(m, value, forms)| is(*m, value) && !p.forms.apart(forms))
        };
        values.get(&path).is_some_and(any)
            || values
                .iter()
                .any(|(p, all)| *p != path && overlap(*p, path) && any(all))
    };
    let rivalled = |p: &Proto, path: Sym, rival: &Rival| -> bool {
        let one = |m: Option<Sym>| p.container.is_none() || m.is_none() || m == p.container;
        written_as(p, path, &|m, value| one(m) && rival.is(value))
    };
    let writers = |p: &Proto, path: Sym| -> bool {
        let model = p.container;
        match model.and_then(|m| program.model(m)) {
            // Which row another one belongs to tells who may touch it; that is decided once.
            Some(m) => {
                !m.fields
                    .get(path.as_str())
                    .is_some_and(|f| f.traits.is_relation())
                    && written.contains(&(model, path))
            }
            None => written_as(p, path, &|_, _| true),
        }
    };
    // Every way on which a place was found to go wrong.
    let mut chains: Chains = FxHashMap::default();
    let mut entries: BTreeMap<Told, BTreeSet<(usize, Loc)>> = BTreeMap::new();
    let mut best: BTreeMap<Told, Vec<Proto>> = BTreeMap::new();
    for r in results {
        for mut p in r.protos {
            if !p.needs.is_empty() && !p.needs.iter().any(|f| writers(&p, *f)) {
                continue;
            }
            if !p.rivals.is_empty() && !p.rivals.iter().any(|(f, x)| rivalled(&p, *f, x)) {
                continue;
            }
            if p.lease.as_ref().is_some_and(|l| !leases.contains(l)) {
                continue;
            }
            if p.warns_if_others && p.finding.severity == Severity::Note && p.reach != Reach::Unused
            {
                let column = |m: Sym, f: Sym| {
                    let model = program.model(m);
                    // A column that every write sets anew returns to no old value.
                    model.is_none_or(|m| match m.fields.get(f.as_str()) {
                        Some(field) => !field.stamped,
                        None => !m.complete,
                    }) && !f.starts_with('_')
                };
                // Two runs that each happen once and are started by hand don't meet.
                let by_others = if once(&p) { &running } else { &written };
                let others = by_others.iter().any(|(m, f)| {
                    *m == p.container
                        && (!p.fields.contains(f) || p.kept.contains(f))
                        && *f != "*"
                        && m.is_some_and(|m| column(m, *f))
                });
                if others {
                    p.finding.severity = Severity::Warning;
                }
            }
            if let Some(needs) = &p.between {
                let Some(at) = changed.between(p.container, needs, &p.finding) else {
                    continue;
                };
                read_skew::changed_at(&mut p.finding, at, "changes it in between");
            }
            let beside = match p.finding.rule.id {
                "swallowed-conflict" | "non-atomic-lock" => 1,
                "read-skew" => 2,
                _ => 0,
            };
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
            let known = best.entry(key).or_default();
            let same = |q: &Proto| q.finding.rule.id == p.finding.rule.id && q.fields == p.fields;
            match known.iter_mut().find(|q| same(q)) {
                Some(q) if better(&p, q) => *q = p,
                Some(_) => {}
                None => known.push(p),
            }
        }
    }
    let best = best.into_iter().flat_map(|(key, all)| {
        let one_by_one = apart(all).into_iter();
        one_by_one.map(move |p| (key, p)).collect::<Vec<_>>()
    });
    let best = widest(best);
    // Two contexts of one place that differ in the write only: the place is told once for each rule.
    let mut seen: FxHashMap<(FileId, u32, &'static str), usize> = FxHashMap::default();
    let mut out: Vec<Finding> = Vec::new();
    let mut unused: FxHashSet<usize> = FxHashSet::default();
    for (key, mut p) in best {
        for (_, at) in entries.get(&key).into_iter().flatten() {
            let at = *at;
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
    told_by_reach(reaching, &chains, &mut out, &unused);
    out
}

/// Whether it comes about only in a run that happens once: a command, a script.
fn once(p: &Proto) -> bool {
    matches!(p.reach, Reach::Once | Reach::Script)
}

/// What is written by more than runs that happen once, of the containers for which that is asked.
fn running(
    program: &Program,
    reaching: &Reaching<'_>,
    results: &[RootResult],
) -> FxHashSet<(Option<Sym>, Sym)> {
    let protos = results.iter().flat_map(|r| &r.protos);
    let asked: FxHashSet<Option<Sym>> = protos
        .filter(|p| p.warns_if_others && once(p))
        .map(|p| p.container)
        .collect();
    let alone = |root: FuncRef| {
        let frames = vec![root];
        let (reach, _) = reaching.reach(&BTreeSet::from([Chain { root, frames }]));
        reach.count > 0 && !reach.concurrent
    };
    if asked.is_empty() {
        return FxHashSet::default();
    }
    let of_asked = |r: &&RootResult| r.written.iter().any(|w| asked.contains(&w.0));
    let others: Vec<&RootResult> = results
        .par_iter()
        .with_max_len(1)
        .filter(of_asked)
        .filter(|r| {
            r.root
                .is_none_or(|root| program.is_steps(root) || !alone(root))
        })
        .collect();
    others
        .into_iter()
        .flat_map(|r| &r.written)
        .map(|(model, path, ..)| (*model, *path))
        .collect()
}

/// Of the skews that begin with one read in one function only the one whose result is stored last: it spans the others.
fn widest(best: impl Iterator<Item = (Told, Proto)>) -> Vec<(Told, Proto)> {
    let mut all: Vec<(Told, Proto)> = best.collect();
    let begin = |p: &Proto| {
        p.finding
            .steps
            .first()
            .map(|s| (p.finding.function_loc, s.loc))
    };
    let mut last: FxHashMap<(Loc, Loc), Told> = FxHashMap::default();
    for (key, p) in all.iter().filter(|(_, p)| p.between.is_some()) {
        if let Some(at) = begin(p) {
            let known = last.entry(at).or_insert(*key);
            *known = (*known).max(*key);
        }
    }
    all.retain(|(key, p)| {
        p.between.is_none() || begin(p).is_none_or(|at| last.get(&at) == Some(key))
    });
    all
}

/// What all roots together do with the store.
struct Stored<'p> {
    /// The columns that are written.
    written: FxHashSet<(Option<Sym>, Sym)>,
    /// What is written to each.
    values: FxHashMap<Sym, Entered>,
    changed: Changed<'p>,
    leases: BTreeSet<String>,
}

impl<'p> Stored<'p> {
    fn new(program: &'p Program, results: &[RootResult]) -> Self {
        let mut written: FxHashSet<(Option<Sym>, Sym)> = FxHashSet::default();
        let mut values: FxHashMap<Sym, Entered> = FxHashMap::default();
        for (model, path, value, forms) in results.iter().flat_map(|r| &r.written) {
            written.insert((*model, *path));
            let all = values.entry(*path).or_default();
            all.insert((*model, *value, Arc::clone(forms)));
        }
        let leases = results.iter().flat_map(|r| &r.leases);
        Self {
            written,
            values,
            changed: Changed::new(program, results),
            leases: leases.cloned().collect(),
        }
    }
}

/// Where each container's rows and columns are changed, for those that ask what happens between two reads.
struct Changed<'p> {
    program: &'p Program,
    at: FxHashMap<(Option<Sym>, Option<Sym>), BTreeSet<Loc>>,
}

impl<'p> Changed<'p> {
    fn new(program: &'p Program, results: &[RootResult]) -> Self {
        let mut at: FxHashMap<_, BTreeSet<Loc>> = FxHashMap::default();
        for (container, path, loc) in results.iter().flat_map(|r| &r.changes) {
            at.entry((*container, *path)).or_default().insert(*loc);
        }
        Self { program, at }
    }

    /// A place that changes what both of two reads give; one outside of the finding, if there is any.
    fn between(&self, of: Option<Sym>, needs: &Needs, f: &Finding) -> Option<Loc> {
        let [a, b] = [0, 1].map(|i| self.places(of, needs.rows[i], &needs.columns[i]));
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let own = |l: &Loc| f.steps.iter().any(|s| s.loc == *l);
        let all: BTreeSet<Loc> = a.intersection(&b).copied().collect();
        let all = if all.is_empty() { b } else { all };
        let other = all.iter().find(|l| !own(l));
        other.or(all.first()).copied()
    }

    fn places(&self, of: Option<Sym>, rows: bool, columns: &[Sym]) -> BTreeSet<Loc> {
        let mut out = BTreeSet::new();
        let add = |out: &mut BTreeSet<Loc>, path: Option<Sym>| {
            out.extend(self.at.get(&(of, path)).into_iter().flatten().copied());
        };
        if rows {
            add(&mut out, None);
        }
        let model = of.and_then(|m| self.program.model(m));
        if columns.iter().any(|c| c == "*") {
            let any = self.at.iter().filter(|((m, _), _)| *m == of);
            out.extend(any.flat_map(|(_, at)| at.iter().copied()));
        }
        for c in columns {
            // Which row another one belongs to is decided once.
            let fixed = model.and_then(|m| m.fields.get(c.as_str()));
            if !fixed.is_some_and(|f| f.traits.is_relation()) {
                add(&mut out, Some(*c));
            }
        }
        out
    }
}

/// Adds to each finding which entry points reach it, and what doubt that leaves.
fn told_by_reach(
    reaching: &Reaching<'_>,
    chains: &Chains,
    findings: &mut [Finding],
    unused: &FxHashSet<usize>,
) {
    let each = findings.par_iter_mut().with_max_len(1).enumerate();
    each.for_each(|(i, f)| {
        if unused.contains(&i) {
            f.reach = Some(crate::report::finding::Reach::default());
            return;
        }
        let at = (f.primary.file, f.primary.span.start);
        let Some(chains) = chains.get(&at) else {
            return;
        };
        // A plain overwrite elsewhere is no part of a finding that is more than that.
        let chains = chains
            .iter()
            .filter(|(rule, severity, _)| {
                let skew = read_skew::META.id;
                *rule == f.rule.id
                    || (*severity >= Severity::Warning && ![*rule, f.rule.id].contains(&skew))
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
    });
}

/// Says of every history what reaches it, and leaves out what runs alone.
fn reached(program: &Program, ends: &Endpoints, reaches: &Reaches, results: &mut [RootResult]) {
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
        // What is told once of each row that is gone takes back what was counted while it was there.
        let taken_back = |p: &Proto| {
            p.takes
                && p.chain.first().is_some_and(|f| {
                    let lang = program.files()[f.file as usize].module.lang;
                    ends.is_told_of(*f, program.library(lang).list(sym!("removal-signals")))
                })
        };
        r.protos
            .retain(|p| p.reach != Reach::Migration && !seed(p) && !taken_back(p));
    }
}

/// Of what goes wrong at one write the worst, and beside it what goes wrong for other callers, in another way and about
/// other fields.
fn apart(mut all: Vec<Proto>) -> Vec<Proto> {
    all.sort_by(|a, b| match (better(a, b), better(b, a)) {
        (true, _) => std::cmp::Ordering::Less,
        (_, true) => std::cmp::Ordering::Greater,
        _ => std::cmp::Ordering::Equal,
    });
    let plain = |p: &Proto| {
        !matches!(p.finding.rule.id, "lost-update" | "check-then-act") || p.fields.is_empty()
    };
    let mut told: Vec<Proto> = Vec::new();
    for p in all {
        let beside = |q: &Proto| {
            !plain(q)
                && p.finding.rule.id != q.finding.rule.id
                && p.chain != q.chain
                && !p.fields.iter().any(|f| q.fields.contains(f))
        };
        if told.is_empty() || !plain(&p) && told.iter().all(beside) {
            told.push(p);
        }
    }
    told
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
