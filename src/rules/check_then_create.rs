//! `check-then-create`: absence tested, then created.

use super::judge::{Uniqueness, Verdict, tied, uniqueness};
use super::{RuleMeta, Severity};
use crate::analysis::Cmp;
use crate::analysis::access::{Op, Write};
use crate::analysis::history::{Pair, WriteCase};
use crate::analysis::value::{Cond, Container, Fact};
use crate::symbol::{Sym, intern};

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "check-then-create",
    name: "CheckThenCreate",
    summary: "Absence is tested, then the row or item is created, and no uniqueness covers what was tested.",
    severity: Severity::Warning,
    cwe: &[367, 837],
    owasp: &[],
    security_severity: "6.5",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/check-then-create.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    if w.op == Op::Upsert {
        if c.drawn(&w.conds) || c.hangs_on_new() {
            return None;
        }
        // Atomic only if a constraint covers what it looks up.
        let (paths, _) = c.selected();
        return match uniqueness(c, &paths) {
            Uniqueness::Covers | Uniqueness::NoModel => None,
            Uniqueness::None
                if c.pairs.iter().any(|p| p.covered_by.is_some()) || c.under_lock() =>
            {
                None
            }
            Uniqueness::None => Some(Verdict::new(&META, None, paths)),
            Uniqueness::Unseen => {
                let mut v = Verdict::new(&META, None, paths);
                v.schema_unseen = true;
                v.severity = Some(Severity::Note);
                Some(v)
            }
        };
    }
    let creates = matches!(w.op, Op::Create | Op::Put) || (w.op == Op::Update && w.upserts);
    if !creates || meets_only_what_is_there(w) {
        return None;
    }
    for (i, p) in c.pairs.iter().enumerate() {
        if p.covered_by.is_some() || p.row || !tied(c, p) {
            continue;
        }
        if !p.absent && !p.numbered {
            continue;
        }
        // Where the condition is there on some ways only, who has found none comes by the others as well.
        let sure = !p.maybe_conditioned || !found_none(w, p);
        if (p.not_exists && sure) || (p.unclear && !p.maybe_conditioned) {
            continue;
        }
        if (p.numbered && w.key_fresh && !c.counts_on(p)) || c.drawn(&c.read(p).conds) {
            continue;
        }
        let paths = c.tested_by(p);
        if asked_again(c, p, &paths) {
            continue;
        }
        let fields = if paths.is_empty() {
            c.fields()
        } else {
            paths.clone()
        };
        let mut v = Verdict::new(&META, Some(i), fields);
        let mut together = paths;
        if p.numbered {
            // Who takes the same number is refused.
            together.extend(numbers(c, p));
        }
        match uniqueness(c, &together) {
            Uniqueness::Covers if w.duplicate_handled => continue,
            Uniqueness::Covers => {
                v.severity = Some(Severity::Note);
                v.second_refused = true;
            }
            Uniqueness::Unseen if w.duplicate_handled => continue,
            Uniqueness::Unseen => v.schema_unseen = true,
            Uniqueness::None if w.duplicate_handled && p.numbered && numbers_once(c, p) => continue,
            Uniqueness::None | Uniqueness::NoModel => {}
        }
        return Some(v);
    }
    None
}

/// Whether the same was asked again under a lock that lasts until the row is created: the first look was only a
/// shortcut.
fn asked_again(c: &WriteCase<'_>, p: &Pair, paths: &[Sym]) -> bool {
    let again = |q: &Pair| {
        q.read != p.read
            && q.absent
            && q.locked()
            && c.read(q).container == c.read(p).container
            && c.tested_by(q) == paths
    };
    p.absent && !p.numbered && !paths.is_empty() && c.pairs.iter().any(again)
}

/// Whether the write is reached only by who has found nothing there.
fn found_none(w: &Write, p: &Pair) -> bool {
    let mut facts = w.ctl.iter().flat_map(|k| &k.facts);
    facts.any(|f| *f == Fact::Absent(p.read))
}

/// The columns that get what was worked out from what was counted.
fn numbers(c: &WriteCase<'_>, p: &Pair) -> impl Iterator<Item = Sym> {
    let from = c.write.sets.iter().filter(|s| s.deps.data.of(p.read));
    from.map(|s| s.path)
}

/// Whether a number may be there but once among some of the rows: where the model has no such constraint, nothing ever
/// refuses one.
fn numbers_once(c: &WriteCase<'_>, p: &Pair) -> bool {
    let Some(Container::Model(m)) = c.write.container else {
        return true;
    };
    let column = |f: &str| c.program.attribute_name(None, c.write.container, intern(f));
    let Some(model) = c.program.model(m).filter(|m| m.complete) else {
        return true;
    };
    let once = |n: Sym| {
        let mut all = model.uniques.iter().flat_map(|u| &u.fields);
        n == "pk" || n == "*" || all.any(|f| column(f) == n)
    };
    numbers(c, p).any(once)
}

/// Whether the write's own condition holds for an item that is there only: then it creates nothing.
fn meets_only_what_is_there(w: &Write) -> bool {
    let mut tests = Vec::new();
    w.guards.iter().for_each(|g| g.conjuncts(&mut tests));
    let there = |t: &&Cond| match t {
        Cond::Test { cmp, .. } => matches!(
            cmp,
            Cmp::Eq | Cmp::In | Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge | Cmp::Exists
        ),
        _ => false,
    };
    !w.guard_maybe && tests.iter().any(there)
}
