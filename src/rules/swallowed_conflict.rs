//! `swallowed-conflict`: a lost conflict taken for success.

use std::rc::Rc;

use super::judge::{Uniqueness, Verdict, uniqueness};
use super::{RuleMeta, Severity};
use crate::analysis::Cmp;
use crate::analysis::access::{Op, Read, ReadId, SetField, Spent, Write};
use crate::analysis::history::{Pair, Same, WriteCase};
use crate::analysis::value::{Cond, Container, Ctl, Fact, Term, TermId, Terms, Value};
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "swallowed-conflict",
    name: "SwallowedConflict",
    summary: "The failure of a conditional write is taken for success, or retried with the same stale value.",
    severity: Severity::Warning,
    cwe: &[390, 821],
    owasp: &[],
    security_severity: "5.6",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/swallowed-conflict.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    // A count that was looked at for nothing but a line in the log.
    let o = c.outcome;
    let ignored = o.ignored
        && o.lost_seen
        && o.unheard.is_none()
        && !c.raises_conflict()
        && w.op == Op::Update;
    if c.outcome.used && c.outcome.swallowed.is_none() && !ignored {
        return None;
    }
    // A count that was looked at: what the loser does then was decided.
    if !ignored && c.outcome.lost_seen && !c.raises_conflict() && c.outcome.unheard.is_none() {
        return None;
    }
    let conditional = members(c).any(|x| !x.guards.is_empty())
        || c.pairs.iter().any(|p| !p.conditioned.is_empty())
        || c.tests.iter().any(|t| c.changes(*t));
    let refused = !conditional && refuses_second(c);
    let locked = c.pairs.iter().any(|p| p.locked()) || c.under_lock();
    if !(conditional || refused) || w.guard_maybe || locked {
        return None;
    }
    // The loser writes again: that write is judged by itself. Or it reads again, or is told with the failure what there
    // is, and goes on with what it finds.
    let lost = |ctl: &[Rc<Ctl>]| ctl.iter().any(|k| k.facts.contains(&Fact::Lost(c.id)));
    let again = |x: &Write| x.container == w.container && lost(&x.ctl);
    let afresh = |r: &Read| r.container == w.container && lost(&r.ctl);
    if o.shown.is_some() || c.seen.writes.iter().any(again) || c.seen.reads.iter().any(afresh) {
        return None;
    }
    if let Some((_, effect)) = c.outcome.swallowed.filter(|_| !ignored) {
        // Losing to a creation means that it is there already, and losing to a higher value that it is reached: which
        // is what was wanted, unless something follows that only one run may do. So it is where nobody asks who has won.
        // And so it is where a row has gone on already, and its function tells who has lost what it tells the winner.
        let moved = c.outcome.alike && !w.takes_from_limit();
        let done = refused || moved || c.outcome.unheard.is_some() || already_done(c);
        let effect = match spent(c, refused, moved) {
            Some(spent) if done => spent,
            None if done => return None,
            _ => effect,
        };
        let mut v = Verdict::new(&META, None, c.fields());
        v.effect = Some(effect);
        return Some(v);
    }
    // Whoever asks not which of the two has created the row wants it to be there, and it is.
    if matches!(w.op, Op::Delete | Op::Upsert) || c.raises_conflict() {
        return None;
    }
    // The count of changed rows is dropped, and something that only the winner may do follows.
    let mut next = c.seen.writes.iter().filter(|x| {
        x.order > w.order
            && !x.store.is_cache()
            && x.group != w.group.or(Some(u32::MAX))
            && x.after.contains(&c.id)
            && same_activation(c, x)
            && !(x.row == w.row && x.row.is_some())
            && !(ignored && decided_since(w, x))
    });
    let repeats = |p: &Pair| !p.tested.is_empty() && p.tested.iter().any(|t| p.repeats(*t));
    let pair = c.pairs.iter().position(repeats);
    let next = match pair {
        Some(_) => next.next(),
        None if c.takes() => next.find(|x| falls_to_winner(c, x)),
        None => None,
    };
    // Or the caller is told what was worked out, as if it were stored.
    let told = || {
        let versioned =
            |p: &Pair| !p.own.is_empty() && !p.unclear && p.own.iter().all(|f| p.repeats(*f));
        let pair = pair.or_else(|| c.pairs.iter().position(versioned))?;
        let told = c.outcome.told.filter(|_| !c.outcome.used)?;
        Some((Some(pair), told))
    };
    // Or something is done outside that only the winner may do.
    let acts = |at: Loc| {
        let won = c
            .pairs
            .iter()
            .position(|p| repeats(p) && p.same == Same::Must);
        (won.is_some() || (c.takes())).then_some((won, at))
    };
    let acted = || {
        c.outcome
            .followed
            .filter(|_| !c.outcome.used || ignored)
            .and_then(acts)
    };
    let (pair, effect) = match next {
        Some(x) => (pair, x.loc),
        None => acted().or_else(told)?,
    };
    let mut v = Verdict::new(&META, pair, c.fields());
    v.effect = Some(effect);
    Some(v)
}

/// Whether a creation is one that the store refuses to a second run, which takes note of that and of nothing else.
fn refuses_second(c: &WriteCase<'_>) -> bool {
    let w = c.write;
    let lost = Fact::Lost(c.id);
    let looks =
        |r: &Read| r.container == w.container && r.ctl.iter().any(|k| k.facts.contains(&lost));
    w.op == Op::Create
        && w.duplicate_handled
        && uniqueness(c, &c.fields()) == Uniqueness::Covers
        && !c.seen.reads.iter().any(looks)
}

/// What only one run may do and the loser does as well: a change of the very row that either has made is no such thing,
/// and (where a row was `refused`) an effect may be due to both, unless it is for somebody whom only the winner's row
/// names. Where the row had only `moved` on, it is what is handed something of that very row.
fn spent(c: &WriteCase<'_>, refused: bool, moved: bool) -> Option<Loc> {
    let terms = &c.seen.terms;
    let own = if refused { own_alone(c) } else { Vec::new() };
    let for_own = |t: TermId| own.iter().any(|o| terms.mentions(t, *o));
    let counts = |s: &Spent| match s.write {
        Some(x) => {
            let x = &c.seen.writes[x.0 as usize];
            // Another row of the same kind is one more try.
            let for_it = || {
                let other = x.op == Op::Create && x.container != c.write.container;
                other && x.sets.iter().any(|s| for_own(s.value.term))
            };
            (x.relative() || for_it()) && !c.meets(x)
        }
        None if refused => s.handed.iter().any(|t| for_own(*t)),
        None => !moved || s.handed.iter().any(|t| is_of_row(c, *t)),
    };
    c.outcome.spent.iter().find(|s| counts(s)).map(|s| s.at)
}

/// Whether a value is a part of the row that is written, as this run has read it.
fn is_of_row(c: &WriteCase<'_>, mut t: TermId) -> bool {
    let terms = &c.seen.terms;
    let paired = |r: ReadId| {
        c.pairs
            .iter()
            .any(|p| p.read == r && p.same == Same::Must && !p.tested.is_empty())
    };
    while let Term::Field(of, _) = terms.get(t) {
        t = *of;
    }
    match terms.get(t) {
        Term::Read(r) => paired(*r),
        _ => c.seen.row_terms.get(&t).is_some_and(|r| paired(*r)),
    }
}

/// What a new row says that the row which is there instead doesn't: neither a part of what may be there but once, nor
/// worked out from that.
fn own_alone(c: &WriteCase<'_>) -> Vec<TermId> {
    let terms = &c.seen.terms;
    let Some(Container::Model(m)) = c.write.container else {
        return Vec::new();
    };
    let uniques = c.program.model(m).map_or(&[][..], |m| &m.uniques);
    let column = |f: &String| {
        let of = Some(Container::Model(m));
        c.program.attribute_name(None, of, intern(f))
    };
    let key: Vec<Sym> = uniques
        .iter()
        .flat_map(|u| u.fields.iter().map(column))
        .collect();
    let keyed = |s: &&SetField| key.contains(&s.path);
    let parts: Vec<TermId> = c
        .write
        .sets
        .iter()
        .filter(keyed)
        .map(|s| s.value.term)
        .collect();
    let others = c.write.sets.iter().filter(|s| !keyed(s));
    others
        .map(|s| s.value.term)
        .filter(|t| terms.settled(*t).is_none() && !terms.is_time(*t))
        .filter(|t| {
            !parts
                .iter()
                .any(|k| terms.mentions(*t, *k) || terms.mentions(*k, *t))
        })
        .collect()
}

/// Whether a write that follows a claim is one for the run that has made it: nothing else was decided before it, and it
/// makes a row for the one that was claimed, or changes another relative to what is there.
fn falls_to_winner(c: &WriteCase<'_>, x: &Write) -> bool {
    let w = c.write;
    if decided_since(w, x) || c.meets(x) {
        return false;
    }
    let terms = &c.seen.terms;
    let says = |t: TermId| x.sets.iter().any(|s| terms.mentions(s.value.term, t));
    let key = |v: &Value| says(v.term);
    let of_amount = |s: &SetField| {
        let amount = s.stored.as_ref().and_then(|t| t.taken(terms));
        amount.is_some_and(|v| !terms.is_const(v.term) && says(v.term))
    };
    let for_it = || {
        c.selectors()
            .any(|(path, with)| path == sym!("pk") && with.iter().any(key))
            || w.sets.iter().any(of_amount)
    };
    x.relative() || (x.op == Op::Create && for_it())
}

/// Whether something was decided between two writes.
fn decided_since(w: &Write, x: &Write) -> bool {
    let decided = |k: &Rc<Ctl>| !w.ctl.iter().any(|y| Rc::ptr_eq(y, k) || y.loc == k.loc);
    x.ctl.iter().any(decided)
}

/// The writes that are lost together: of those that commit together the first stands for all.
fn members<'a>(c: &WriteCase<'a>) -> impl Iterator<Item = &'a Write> {
    let w = c.write;
    let mut before = c.seen.writes.iter().take(c.id.0 as usize);
    let first = w.group.is_some() && !before.any(|x| x.group == w.group);
    let all = c.seen.writes.iter();
    all.filter(move |x| std::ptr::eq(*x, w) || (first && x.group == w.group))
}

/// Whether losing means that somebody else has done the same, whichever condition was not met.
fn already_done(c: &WriteCase<'_>) -> bool {
    let mut conditional = members(c).filter(|x| !x.guards.is_empty()).peekable();
    conditional.peek().is_some() && conditional.all(|x| done_by_another(c, x))
}

/// Whether losing one write means that somebody else has done the same: the item is there, or its value is as far
/// already.
fn done_by_another(c: &WriteCase<'_>, w: &Write) -> bool {
    let mut tests = Vec::new();
    w.guards.iter().for_each(|g| g.conjuncts(&mut tests));
    // What is only given up or cleared away was not there to be cleared.
    let clears = w.op == Op::Delete || w.sets.iter().all(|s| s.value.is_none());
    !tests.is_empty()
        && tests.iter().all(|t| match t {
            Cond::Test {
                cmp: Cmp::NotExists,
                ..
            } => matches!(w.op, Op::Put | Op::Create),
            Cond::Test {
                path,
                cmp: Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge,
                with,
            } => {
                clears
                    || w.sets
                        .iter()
                        .any(|s| s.path == *path && with.iter().any(|v| v.term == s.value.term))
            }
            // What is counted in an item that is gone is gone with it.
            Cond::Test {
                path,
                cmp: Cmp::Exists,
                ..
            } => {
                w.op == Op::Delete || (w.key_names.contains(path) && only_counts(w, &c.seen.terms))
            }
            _ => w.op == Op::Delete,
        })
}

/// Whether a write changes nothing but counters, and none of them downwards.
fn only_counts(w: &Write, terms: &Terms) -> bool {
    let up = |s: &SetField| s.relative() && s.stored.as_ref().is_some_and(|t| !t.consumes(terms));
    w.sets.iter().all(up)
}

/// Whether another write follows in the activation that was told the outcome, or in one that it made.
fn same_activation(c: &WriteCase<'_>, then: &Write) -> bool {
    let stack = &c.write.stack;
    // A function that tells its caller has done its part.
    let by = |call| stack.iter().position(|f| f.call == Some(call));
    let told = c.outcome.unheard.and_then(by);
    let last = match told.and_then(|i| i.checked_sub(1)) {
        Some(i) => stack.get(i),
        None => stack.last(),
    };
    then.stack.iter().any(|f| Some(f.id) == last.map(|l| l.id))
}
