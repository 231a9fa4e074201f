//! `check-then-act`: a decision on what was read, then an act that nothing ties to it.

use super::judge::{Uniqueness, Verdict, decided_again, tied, uniqueness};
use super::{RuleMeta, Severity};
use crate::analysis::history::WriteCase;
use ustr::Ustr;

use crate::analysis::access::Op;
use crate::analysis::history::Pair;
use crate::analysis::value::{Kind, Pred, Scope};
use crate::stores::vocabulary::CACHE;
use crate::syntax::il::{CmpOp, Lit};

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
    if c.write.op == Op::Upsert && c.write.conds.is_empty() {
        return None;
    }
    for (i, p) in c.pairs.iter().enumerate() {
        if p.locked() || p.claimed.is_some() || !tied(c, p) {
            continue;
        }
        let creates = matches!(c.write.op, Op::Create | Op::Put) && !p.row;
        if creates && p.absent && !p.counted {
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
        if creates && p.counted && !p.not_exists {
            return Some(Verdict::new(&META, Some(i), c.fields()));
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
            .filter(|f| !p.repeats(*f) && !set_if_different(c, p, *f))
            .collect();
        if open.is_empty() || (creates && p.not_exists) {
            continue;
        }
        if decided_again(c, p, &open) {
            continue;
        }
        let (sure, maybe): (Vec<_>, Vec<_>) = open.into_iter().partition(|f| c.changes(*f));
        if sure.is_empty() {
            // What was tested is changed by somebody else, or it is no race.
            if c.write.sets.is_empty() && c.write.op != Op::Delete {
                continue;
            }
            let mut v = Verdict::new(&META, Some(i), maybe.clone());
            v.needs = maybe;
            if c.write.store == "relational" {
                // Another column than the one tested is written; what the test protects may be something else.
                v.severity = Some(Severity::Note);
            }
            return Some(v);
        }
        if harmless(c, p, &sure) {
            continue;
        }
        return Some(Verdict::new(&META, Some(i), sure));
    }
    None
}

/// A test that only saves the write: the column is set to the very value that it was found to differ from.
fn set_if_different(c: &WriteCase<'_>, p: &Pair, path: Ustr) -> bool {
    let Some(set) = c.write.sets.iter().find(|s| s.path == path) else {
        return false;
    };
    if c.seen.terms.is_const(set.value.term) {
        // A state: who sets it first may do what follows.
        return false;
    }
    let mut tests = c
        .write
        .ctl
        .iter()
        .filter(|k| k.deps.paths(p.read).any(|x| x == path))
        .peekable();
    tests.peek().is_some()
        && tests.all(|k| match (k.pred.as_deref(), k.polarity) {
            (Some(Pred::Cmp(CmpOp::Ne | CmpOp::IsNot, a, b)), true)
            | (Some(Pred::Cmp(CmpOp::Eq | CmpOp::Is, a, b)), false) => {
                a.term == set.value.term || b.term == set.value.term
            }
            _ => false,
        })
}

/// A flag set once more to what it is set to anyway, with nothing that hangs on being first.
fn harmless(c: &WriteCase<'_>, p: &Pair, tested: &[Ustr]) -> bool {
    let flags = c.write.sets.iter().filter(|s| !s.copied).all(|s| {
        matches!(s.value.kind, Kind::Const(Lit::Bool(_) | Lit::None)) && s.stored.is_none()
    });
    if !flags || tested.len() > 1 {
        return false;
    }
    let decides = c.write.ctl.iter().any(|k| {
        Some(k.loc) == p.check && matches!(k.scope, Scope::Raise | Scope::Return | Scope::Loop)
    });
    let follows = c
        .seen
        .writes
        .iter()
        .any(|w| w.store != CACHE && w.after.contains(&c.id))
        || c.seen
            .effects
            .iter()
            .any(|(_, order)| *order > c.write.order);
    !decides && !follows
}
