//! `check-then-act`: a decision on what was read, then an act that nothing ties to it.

use super::idle::rivals;
use super::judge::{Uniqueness, Verdict, by_override, decided_again, is_column, tied, uniqueness};
use super::timed::only_timed;
use super::{RuleMeta, Severity};
use crate::analysis::access::{Op, ReadHow};
use crate::analysis::history::{Pair, WriteCase};
use crate::symbol::Sym;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "check-then-act",
    name: "CheckThenAct",
    summary: "A decision on a value that was read, then a write or effect that no condition ties to that value.",
    severity: Severity::Error,
    cwe: &[367, 841],
    owasp: &["API6:2023"],
    security_severity: "8.1",
    precision: "high",
    preview: false,
    docs: include_str!("docs/check-then-act.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    verdict(c, false)
}

/// What remains where the test of what is written only saves the write: other columns were tested with it.
pub fn beside(c: &WriteCase<'_>) -> Option<Verdict> {
    verdict(c, true)
}

/// Whether the same was counted once more under the lock that the write is made under: what was counted before, for
/// another row, decided about that one.
fn counted_again(c: &WriteCase<'_>, p: &Pair) -> bool {
    let again =
        |q: &Pair| q.read != p.read && q.counted && q.locked() && c.read(q).loc == c.read(p).loc;
    c.pairs.iter().any(again)
}

fn verdict(c: &WriteCase<'_>, beside: bool) -> Option<Verdict> {
    if c.write.op == Op::Upsert && c.write.conds.is_empty() {
        return None;
    }
    let mut weak = None;
    for (i, p) in c.pairs.iter().enumerate() {
        let creates = matches!(c.write.op, Op::Create | Op::Put) && !p.row;
        // Those that were counted are locked; the one that somebody else adds is not among them.
        let adds = creates || p.enters;
        let beside_locked = adds && p.counted && p.rows_locked_only();
        if (p.locked() && !beside_locked) || p.claimed.is_some() || !tied(c, p) {
            continue;
        }
        if creates && p.absent {
            // Absence, then creation: uniqueness decides, which the other rule asks about.
            continue;
        }
        // What was found is not created a second time: by what creates only what is missing, or where it is unique.
        if !p.counted
            && (c.only_creates()
                || (creates && uniqueness(c, &c.selected_by(p)) == Uniqueness::Covers))
        {
            continue;
        }
        if adds && p.counted && !p.not_exists {
            if beside {
                return None;
            }
            if counted_again(c, p) || cleared(c, p) {
                continue;
            }
            return Some(Verdict::new(&META, Some(i), c.fields()));
        }
        if c.write.op == Op::Create
            && !p.row
            && !p.absent
            && !p.counted
            && c.read(p).one
            && uniqueness(c, &c.tested_by(p)) == Uniqueness::Covers
        {
            // The row that was found is another one than the one created: no two can be found by that.
            continue;
        }
        // A second one is refused, and the refusal looked at.
        let refused = || uniqueness(c, &c.tested_by(p)) == Uniqueness::Covers;
        if creates && c.write.duplicate_handled && refused() {
            continue;
        }
        // A column whose name is not known was not tested in particular.
        let open: Vec<_> = p
            .tested
            .iter()
            .copied()
            .filter(|f| !p.repeats(*f) && is_column(c, *f) && !only_timed(c, p, *f))
            .collect();
        if open.is_empty() || (creates && p.not_exists) {
            continue;
        }
        if decided_again(c, p, &open) {
            continue;
        }
        let mut covered = false;
        if creates {
            // A second row with what was tested is refused by the store.
            let mut paths = c.tested_by(p);
            paths.extend(&open);
            covered = uniqueness(c, &paths) == Uniqueness::Covers;
            // The row that was handed in is another one than the one created.
            let read = c.read(p);
            let handed_in = read.how == ReadHow::Param || (read.one && read.conds.is_empty());
            if covered && (c.write.duplicate_handled || handed_in) {
                continue;
            }
        }
        // What an override of the store's method makes of a column, it makes of the row that it is called on.
        let made = |f: &Sym| c.changes(*f) && (p.row || !by_override(c, *f));
        let changed = |f: &Sym| made(f) || (!creates && c.versions(p, *f));
        let (sure, maybe): (Vec<_>, Vec<_>) = open.into_iter().partition(changed);
        // A new row is another one, whatever it has in common with the one looked at.
        // What only an override of the store's method decides is told there.
        let mut own = sure.clone();
        own.retain(|f| !by_override(c, *f));
        let asked = if own.is_empty() { &sure } else { &own };
        let saves = (!creates && !sure.is_empty())
            .then(|| rivals(c, p, asked))
            .flatten();
        if saves.as_ref().is_some_and(Vec::is_empty) && maybe.is_empty() {
            continue;
        }
        if beside && saves.is_none() {
            continue;
        }
        if sure.is_empty() || beside {
            if maybe.is_empty() {
                continue;
            }
            // What was tested is changed by somebody else, or it is no race.
            if c.write.sets.is_empty() && c.write.op != Op::Delete {
                continue;
            }
            let mut v = Verdict::new(&META, Some(i), maybe.clone());
            v.needs = maybe;
            if c.write.store.is_relational() {
                // Another column than the one tested is written; what the test protects may be something else.
                v.severity = Some(Severity::Note);
            }
            return Some(v);
        }
        let mut v = Verdict::new(&META, Some(i), sure);
        v.severity = covered.then_some(Severity::Note);
        match saves {
            // It stands only if somebody writes something else; another read may tell more.
            Some(rivals) if rivals.is_empty() => {}
            Some(rivals) => {
                v.rivals = rivals;
                weak = weak.or(Some(v));
            }
            None => return Some(v),
        }
    }
    weak
}

/// Whether this run itself has deleted, on its way to the write, all that it counted: the new rows replace the old.
fn cleared(c: &WriteCase<'_>, p: &Pair) -> bool {
    let read = c.read(p);
    c.write.after.iter().any(|id| {
        let x = &c.seen.writes[id.0 as usize];
        x.op == Op::Delete
            && x.row.is_none()
            && x.order > read.order
            && x.container == read.container
            && x.guards.is_empty()
            && c.takes_in_all(&x.conds, read)
    })
}
