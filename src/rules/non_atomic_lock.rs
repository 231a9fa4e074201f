//! `non-atomic-lock`: a lock or flag in a shared store that is taken or given back in more than one step.

use super::judge::{Verdict, tied};
use super::{RuleMeta, Severity};
use crate::analysis::access::{DeedKind, Op};
use crate::analysis::history::WriteCase;
use crate::analysis::leases::{is_lease, place_of, same_item, taken_by_look};
use crate::analysis::value::{Scope, TermId};

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
        return taken_in_two_steps(c);
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
    if !flag || !(constant || signed()) {
        return None;
    }
    let (i, p) = c
        .pairs
        .iter()
        .enumerate()
        .find(|(_, p)| p.absent && !p.locked() && tied(c, p))?;
    // What is set when the work is done says that it is done.
    let between = |order: u32| order > c.read(p).order && order < w.order;
    let worked = c.seen.reads.iter().any(|x| between(x.order))
        || c.seen.writes.iter().any(|x| between(x.order));
    if worked {
        return None;
    }
    // Who finds it is turned away, or leaves out what is done beside.
    let turned_away = w.ctl.iter().any(|k| {
        Some(k.loc) == p.check && matches!(k.scope, Scope::Return | Scope::Raise | Scope::Loop)
    });
    let beside = c.seen.writes.iter().any(|x| x.after.contains(&c.id))
        || c.seen
            .deeds
            .iter()
            .any(|d| d.kind == DeedKind::Effect && d.order > w.order);
    // What the run was given may be what is remembered, unless something is done once it stands there.
    (beside || (turned_away && constant)).then(|| Verdict::new(&META, Some(i), Vec::new()))
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
