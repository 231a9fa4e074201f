//! `swallowed-conflict`: a lost conflict taken for success.

use super::judge::Verdict;
use super::{RuleMeta, Severity};
use crate::analysis::Cmp;
use crate::analysis::access::{Op, Write};
use crate::analysis::history::WriteCase;
use crate::analysis::value::{Cond, Fact};

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
    if c.outcome.used && c.outcome.swallowed.is_none() {
        return None;
    }
    // A count that was looked at: what the loser does then was decided.
    if c.outcome.lost_seen && !c.raises_conflict() {
        return None;
    }
    let conditional = !w.guards.is_empty()
        || c.pairs.iter().any(|p| !p.conditioned.is_empty())
        || c.tests.iter().any(|t| c.changes(*t));
    if !conditional || w.guard_maybe || c.pairs.iter().any(|p| p.locked()) || c.under_lock() {
        return None;
    }
    // The loser writes again: that write is judged by itself.
    let again = c.seen.writes.iter().any(|x| {
        x.container == w.container && x.ctl.iter().any(|k| k.facts.contains(&Fact::Lost(c.id)))
    });
    if again {
        return None;
    }
    if let Some((_, effect)) = c.outcome.swallowed {
        // Losing to a creation means that it is there already, and losing to a higher value that it is reached: which
        // is what was wanted, unless something follows that only one run may do.
        let effect = match (already_done(c), c.outcome.spent) {
            (true, None) => return None,
            (true, Some(spent)) => spent,
            (false, _) => effect,
        };
        let mut v = Verdict::new(&META, None, c.fields());
        v.effect = Some(effect);
        return Some(v);
    }
    if w.op == Op::Delete || c.raises_conflict() {
        return None;
    }
    // The count of changed rows is dropped, and something that only the winner may do follows.
    let next = c.seen.writes.iter().find(|x| {
        x.order > w.order
            && !x.store.is_cache()
            && x.group != w.group.or(Some(u32::MAX))
            && x.after.contains(&c.id)
            && same_activation(w, x)
            && !(x.row == w.row && x.row.is_some())
    })?;
    let pair = c
        .pairs
        .iter()
        .position(|p| !p.tested.is_empty() && p.tested.iter().any(|t| p.repeats(*t)));
    pair?;
    let mut v = Verdict::new(&META, pair, c.fields());
    v.effect = Some(next.loc);
    Some(v)
}

/// Whether losing means that somebody else has done the same: the item is there, or its value is as far already.
fn already_done(c: &WriteCase<'_>) -> bool {
    let w = c.write;
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
            _ => w.op == Op::Delete,
        })
}

/// Whether the second follows in the same activation as the first, or in one that it made.
fn same_activation(first: &Write, then: &Write) -> bool {
    let last = first.stack.last().map(|f| f.id);
    then.stack.iter().any(|f| Some(f.id) == last)
}
