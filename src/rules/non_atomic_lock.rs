//! `non-atomic-lock`: a lock or flag in a shared store that is taken or given back in more than one step.

use std::rc::Rc;

use super::judge::{Verdict, tied};
use super::{RuleMeta, Severity};
use crate::analysis::access::{Deed, DeedKind, Op, ReadId};
use crate::analysis::history::WriteCase;
use crate::analysis::holders::{Found, Holder};
use crate::analysis::leases::{is_lease, place_of, same_item, taken_by_look};
use crate::analysis::value::{Cond, Ctl, Kind, Scope, TermId};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "non-atomic-lock",
    name: "NonAtomicLock",
    summary: "A lock or flag in a shared store that is taken by a look and then a write, or given back without asking whose it is.",
    severity: Severity::Warning,
    cwe: &[667, 821],
    owasp: &[],
    security_severity: "5.3",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/non-atomic-lock.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    if c.write.store.is_cache() {
        return taken_in_two_steps(c).or_else(|| taken_but_by_its_holder(c));
    }
    given_back_unasked(c)
}

/// A lease that was looked at, found to be missing or over, and then taken: two can find it so.
pub fn leased_by_look(c: &WriteCase<'_>) -> Option<Verdict> {
    let i = taken_by_look(c)?;
    tied(c, &c.pairs[i]).then(|| Verdict::new(&META, Some(i), Vec::new()))
}

/// A flag that was looked for, not found, and then set: whoever looks in between doesn't find it either.
fn taken_in_two_steps(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    // What is remembered is computed; a flag says only that it is there, or who has set it and when.
    let terms = &c.seen.terms;
    let says = |f: &dyn Fn(TermId) -> bool| w.sets.iter().all(|s| f(s.value.term));
    let constant = says(&|t| terms.is_const(t));
    let signed = || says(&|t| terms.is_const(t) || terms.is_time(t) || terms.is_given(t));
    let flag = matches!(w.op, Op::Put | Op::Update) && !w.sets.is_empty();
    let freed = taken_away_again(c);
    if !flag || !(constant || freed || signed()) {
        return None;
    }
    let (i, p) = c
        .pairs
        .iter()
        .enumerate()
        .find(|(_, p)| p.absent && !p.locked() && tied(c, p))?;
    if worked_between(c, p.read) {
        return None;
    }
    // Who finds it is turned away, or leaves out what is done beside.
    let turned_away = w
        .ctl
        .iter()
        .any(|k| Some(k.loc) == p.check && turns_away(k));
    let beside = done_beside(c);
    // What the run was given may be what is remembered, unless something is done once it stands there.
    (beside || (turned_away && (constant || freed)))
        .then(|| Verdict::new(&META, Some(i), Vec::new()))
}

/// Whether something is done in the store between a look and the write: what is set then says that it is done.
fn worked_between(c: &WriteCase<'_>, read: ReadId) -> bool {
    let (from, to) = (c.seen.reads[read.0 as usize].order, c.write.order);
    let between = |order: u32| order > from && order < to;
    c.seen.reads.iter().any(|x| between(x.order)) || c.seen.writes.iter().any(|x| between(x.order))
}

/// Whether something is done once the flag stands there.
fn done_beside(c: &WriteCase<'_>) -> bool {
    let effect = |d: &Deed| d.kind == DeedKind::Effect && d.order > c.write.order;
    c.seen.writes.iter().any(|x| x.after.contains(&c.id)) || c.seen.deeds.iter().any(effect)
}

/// Whether this run takes away again what it sets: nobody does so with what is kept for others to use, whatever it is.
fn taken_away_again(c: &WriteCase<'_>) -> bool {
    let w = c.write;
    let under = |key: TermId| {
        let mut tests = w.conds.iter();
        tests.any(|t| matches!(&**t, Cond::Test { with, .. } if with.iter().any(|v| v.term == key)))
    };
    let again = |d: &Deed| match d.kind {
        DeedKind::TakenAway(key) => d.order > w.order && under(key),
        _ => false,
    };
    c.seen.deeds.iter().any(again)
}

fn turns_away(k: &Ctl) -> bool {
    matches!(k.scope, Scope::Return | Scope::Raise | Scope::Loop)
}

/// A flag that says who holds it: whoever finds another's is turned away, whoever finds none, or his own, sets his.
fn taken_but_by_its_holder(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    if !matches!(w.op, Op::Put | Op::Update) {
        return None;
    }
    let found = c.pairs.iter().enumerate().find_map(|(i, p)| {
        let asked = Holder {
            looks: &|v| matches!(v.kind, Kind::Presence(r) if r == p.read),
            item: &|_| false,
            is: &|t| w.sets.iter().any(|s| s.value.term == t),
        };
        let own = |k: &Ctl| asked.lets_on(k, Found::Itself) == Some(true);
        let lets = |k: &&Rc<Ctl>| asked.asked_by(k) && own(k) && (turns_away(k) || done_beside(c));
        let check = w.ctl.iter().find(lets)?;
        let takes = !p.locked() && tied(c, p) && !worked_between(c, p.read);
        takes.then_some((i, check.loc))
    });
    let (i, check) = found?;
    let mut v = Verdict::new(&META, Some(i), Vec::new());
    v.check = Some(check);
    Some(v)
}

/// A lease that can run out and pass to somebody else, deleted by its key alone.
fn given_back_unasked(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    let by_key_alone = w.op == Op::Delete
        && w.guards.is_empty()
        && !w.key_names.is_empty()
        && w.conds.len() == w.key_names.len();
    // Where the owner was looked at before, that look and the delete are a check and an act.
    if !by_key_alone || c.pairs.iter().any(|p| !p.tested.is_empty()) {
        return None;
    }
    let taken =
        c.seen.writes.iter().find(|l| {
            l.order < w.order && is_lease(c.program, &c.seen.terms, l) && same_item(l, w)
        });
    let mut v = Verdict::new(&META, None, Vec::new());
    match taken {
        Some(l) => v.lock = Some(l.loc),
        // Another method of the same class may take it.
        None => v.lease = Some(place_of(c.program, &c.seen.terms, w)?),
    }
    Some(v)
}
