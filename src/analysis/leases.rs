//! Leases: items of a store that stand for a lock which can run out.

use super::Cmp;
use super::access::{Op, SetField, Write};
use super::history::{Pair, Same, WriteCase};
use super::holders::Holder;
use super::program::Program;
use super::value::{Cond, Container, Kind, Pred, Term, TermId, Terms, Value};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::CmpOp;

/// Whether a write takes a lease: it is let through where the item is missing or its time is over, and puts an owner
/// and a later time in its place.
pub fn is_lease(program: &Program, terms: &Terms, w: &Write) -> bool {
    if !matches!(w.op, Op::Put | Op::Update) {
        return false;
    }
    let mut parts = Vec::new();
    w.guards.iter().for_each(|g| g.conjuncts(&mut parts));
    parts.iter().any(|p| match p {
        Cond::Or(_) => {
            let mut alts = Vec::new();
            p.alternatives(&mut alts);
            let absent = alts.iter().any(|a| missing(a).is_some());
            let over = alts.iter().find_map(|a| match a {
                Cond::Test {
                    path,
                    cmp: Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge,
                    ..
                } => Some(*path),
                _ => None,
            });
            absent
                && over.is_some_and(|until| {
                    // A time in this run, and who is there until then.
                    w.sets
                        .iter()
                        .any(|s| s.path == until && terms.has_made(s.value.term))
                        && w.sets
                            .iter()
                            .any(|s| s.path != until && !is_key(w, s.path) && s.stored.is_none())
                })
        }
        // An item that must not be there: only one that is called a lock's, and that somebody else removes in time.
        other => {
            missing(other).is_some_and(|path| is_key(w, path) || w.op == Op::Put)
                && w.sets.iter().any(|s| names_owner(program, s.path))
                && w.sets.iter().any(|s| {
                    matches!(terms.get(s.value.term), Term::Op(..)) && terms.has_made(s.value.term)
                })
        }
    })
}

/// The pair by which a write takes a lease after a look: the time of the item there was compared in the program, or
/// it was asked whether anybody has it, and an owner and a later time are put in its place whoever has come in between.
pub fn taken_by_look(c: &WriteCase<'_>) -> Option<usize> {
    let (w, terms) = (c.write, &c.seen.terms);
    if !matches!(w.op, Op::Put | Op::Update) || !w.guards.is_empty() {
        return None;
    }
    let later = |path: Sym| {
        w.sets.iter().any(|s| {
            s.path == path
                && s.stored.is_none()
                && matches!(terms.get(s.value.term), Term::Op(..))
                && terms.has_made(s.value.term)
        })
    };
    let owner = w.sets.iter().find(|s| {
        s.stored.is_none()
            && !terms.is_const(s.value.term)
            && (names_owner(c.program, s.path) || given_back_by(c, s) || found_own(w, s))
    })?;
    let looked = |p: &Pair| {
        let timed = || p.tested.iter().any(|f| later(*f));
        p.same == Same::Must
            && !p.locked()
            && p.claimed.is_none()
            && (timed() || found_free(c, p, owner, &later))
    };
    c.pairs.iter().position(looked)
}

/// Whether an item that says nothing but who has it and until when is put where it was asked whether anybody
/// has it: whoever found another's was turned away.
fn found_free(c: &WriteCase<'_>, p: &Pair, owner: &SetField, later: &dyn Fn(Sym) -> bool) -> bool {
    let (w, terms) = (c.write, &c.seen.terms);
    let key = &c.read(p).key_names;
    let says_only = |s: &SetField| {
        let (path, t) = (s.path, s.value.term);
        let when = || terms.is_time(t) || later(path);
        path == owner.path || key.contains(&path) || terms.is_const(t) || when()
    };
    let ends = w.sets.iter().any(|s| later(s.path));
    if w.op != Op::Put || !ends || !w.sets.iter().all(says_only) {
        return false;
    }
    let asked = Holder {
        looks: &|v| v.deps.data.paths(p.read).any(|x| x == owner.path),
        item: &|v| c.seen.row_terms.get(&v.term) == Some(&p.read),
        is: &|t| t == owner.value.term,
    };
    w.ctl.iter().any(|k| asked.asked_by(k))
}

/// Whether the item is taken away later in this run, on condition that it still has a value of this run's in it: whoever
/// has put that there is its owner.
fn given_back_by(c: &WriteCase<'_>, token: &SetField) -> bool {
    let (w, terms) = (c.write, &c.seen.terms);
    let own = terms.settled(token.value.term).is_none() && !terms.is_time(token.value.term);
    let asks = |x: &Write| {
        let mut parts = Vec::new();
        x.guards.iter().for_each(|g| g.conjuncts(&mut parts));
        parts.iter().any(|t| {
            matches!(t, Cond::Test { path, cmp: Cmp::Eq, with }
                if *path == token.path && with.iter().any(|v| v.term == token.value.term))
        })
    };
    let mut later = c.seen.writes.iter().filter(|x| x.order > w.order);
    own && later.any(|x| x.op == Op::Delete && same_item(w, x) && asks(x))
}

/// Whether what stood in a column was compared with what is put there now, to let on whoever finds his own: the column
/// says whose the item is.
fn found_own(w: &Write, set: &SetField) -> bool {
    let asks = |a: &Value, b: &Value| {
        a.term == set.value.term && b.deps.data.iter().any(|(_, path)| path == set.path)
    };
    let mut tests = w
        .ctl
        .iter()
        .filter_map(|k| Some((k.pred.as_deref()?, k.polarity)));
    tests.any(|(p, side)| lets_equal_on(p, side, &asks, 0))
}

/// Whether a test that went that way lets on where two such values are equal, by itself or beside other tests.
fn lets_equal_on(p: &Pred, side: bool, asks: &dyn Fn(&Value, &Value) -> bool, depth: u32) -> bool {
    let deeper = |p: &Pred, side: bool| depth < 8 && lets_equal_on(p, side, asks, depth + 1);
    match p {
        Pred::Not(p) => deeper(p, !side),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| deeper(p, side)),
        Pred::Truthy(v) => matches!(&v.kind, Kind::Test(p) if deeper(p, side)),
        Pred::Cmp(op, a, b) => {
            let equal = match op {
                CmpOp::Eq | CmpOp::Is => side,
                CmpOp::Ne | CmpOp::IsNot => !side,
                _ => false,
            };
            equal && (asks(a, b) || asks(b, a))
        }
    }
}

fn missing(c: &Cond) -> Option<Sym> {
    match c {
        Cond::Test {
            path,
            cmp: Cmp::NotExists,
            ..
        } => Some(*path),
        _ => None,
    }
}

/// Whether a column is the item's key: as it was given, or, in what is put, what must not be there.
fn is_key(w: &Write, path: Sym) -> bool {
    if !w.key_names.is_empty() {
        return w.key_names.contains(&path);
    }
    w.guards.iter().any(|g| {
        let mut parts = Vec::new();
        g.conjuncts(&mut parts);
        parts.iter().any(|p| {
            let mut alts = Vec::new();
            p.alternatives(&mut alts);
            alts.iter().any(|a| missing(a) == Some(path))
        })
    })
}

fn names_owner(program: &Program, path: Sym) -> bool {
    let lower = path.to_lowercase();
    let list = program
        .library(crate::syntax::Lang::Python)
        .lists
        .get(&sym!("lock-owner"));
    list.is_some_and(|words| words.iter().any(|w| *w == lower.as_str()))
}

/// The value of a column of the item that a write names or puts.
pub fn value_of(w: &Write, path: Sym) -> Option<TermId> {
    w.conds
        .iter()
        .find_map(|c| match &**c {
            Cond::Test {
                path: p,
                cmp: Cmp::Eq,
                with,
            } if *p == path => with.first().map(|v| v.term),
            _ => None,
        })
        .or_else(|| {
            let set = w.sets.iter().find(|s| s.path == path);
            set.map(|s| s.value.term)
        })
}

/// Whether a write is of the item that is deleted.
pub fn same_item(w: &Write, deleted: &Write) -> bool {
    w.container == deleted.container
        && deleted.key_names.iter().all(|k| {
            let (a, b) = (value_of(w, *k), value_of(deleted, *k));
            a.is_some() && a == b
        })
}

/// Where an item stands, as far as two functions of a class (or of a file) can mean the same: the class, the container,
/// and the names and fixed parts of the key.
pub fn place_of(program: &Program, terms: &Terms, deleted: &Write) -> Option<String> {
    place(program, terms, deleted, &deleted.key_names)
}

/// The places at which a write that takes a lease may be asked for: its key is among the columns that it puts.
pub fn places(program: &Program, terms: &Terms, w: &Write) -> Vec<String> {
    let mut keys: Vec<Sym> = w.key_names.clone();
    if keys.is_empty() {
        let mut parts = Vec::new();
        for g in &w.guards {
            let mut all = Vec::new();
            g.conjuncts(&mut all);
            for p in all {
                let mut alts = Vec::new();
                p.alternatives(&mut alts);
                parts.extend(alts.into_iter().filter_map(missing));
            }
        }
        keys = parts;
    }
    place(program, terms, w, &keys).into_iter().collect()
}

fn place(program: &Program, terms: &Terms, w: &Write, keys: &[Sym]) -> Option<String> {
    let func = w.stack.last()?.func;
    let scope = match program.class_of(func) {
        Some(c) => program.class_path(c),
        None => intern(program.files()[func.file as usize].path.as_str()),
    };
    let container = match w.container? {
        Container::Model(m) => m.to_string(),
        Container::Term(t) => terms.show(t),
    };
    let mut out = format!("{scope}|{container}");
    let mut keys = keys.to_vec();
    keys.sort_unstable_by_key(|k| k.as_str());
    for k in keys {
        out.push_str(&format!("|{k}={}", shape(terms, value_of(w, k)?)));
    }
    Some(out)
}

/// A key with its computed parts left open.
fn shape(terms: &Terms, t: TermId) -> String {
    match terms.get(t) {
        Term::Const(_) => terms.show(t),
        Term::Concat(parts) => parts.iter().map(|p| shape(terms, *p)).collect(),
        _ => "*".to_owned(),
    }
}
