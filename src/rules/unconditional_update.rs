//! `unconditional-update`: an update in place that carries no condition.

use super::judge::{Verdict, checked_by_store};
use super::{RuleMeta, Severity};
use crate::analysis::Cmp;
use crate::analysis::access::{Op, Write, overlap};
use crate::analysis::history::WriteCase;
use crate::analysis::value::{Cond, Fact, StoreTerm, Term, negative};
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::Lit;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "unconditional-update",
    name: "UnconditionalUpdate",
    summary: "An update in place with no condition, so that a limit can be passed or an absent item comes into being.",
    severity: Severity::Warning,
    cwe: &[367],
    owasp: &["API6:2023"],
    security_severity: "5.9",
    precision: "medium",
    preview: false,
    docs: include_str!("docs/unconditional-update.md"),
};

/// The verdict on a write.
pub fn judge(c: &WriteCase<'_>) -> Option<Verdict> {
    let w = c.write;
    if w.op == Op::Delete || w.op == Op::Upsert {
        return None;
    }
    let consumed: Vec<_> = c
        .consumed()
        .into_iter()
        .filter(|f| !c.tests.iter().any(|t| overlap(*t, *f)) || c.write.guard_maybe)
        .filter(|f| !gives_back(c, *f))
        .collect();
    if !consumed.is_empty() {
        let facts = || w.ctl.iter().flat_map(|k| &k.facts);
        let undoes = facts().any(|f| match f {
            Fact::Won(by) => settles(&c.seen.writes[by.0 as usize]),
            // What was asked first whether it was refused, and then found to have come through, did not fail.
            Fact::Failed(by) => facts().all(|x| *x != Fact::Won(*by)),
            Fact::Lost(_) | Fact::Created(_) => true,
            _ => false,
        });
        let guarded = c
            .pairs
            .iter()
            .any(|p| p.locked() || p.versioned || p.unclear);
        // Taken together with an item that the same transaction must find to delete: once for each.
        let counted = w.group.is_some()
            && c.seen
                .writes
                .iter()
                .any(|x| x.group == w.group && x.op == Op::Delete && !x.guards.is_empty());
        if undoes || counted || guarded || c.under_lock() {
            return None;
        }
        let mut v = Verdict::new(&META, None, consumed.clone());
        if consumed.iter().all(|f| checked_by_store(c, *f)) {
            v.severity = Some(Severity::Note);
        }
        return Some(v);
    }
    // A plain overwrite creates what is missing and resurrects what was deleted.
    let plain = w.upserts
        && w.guards.is_empty()
        && w.group.is_none()
        && !w.key_fresh
        && c.pairs.is_empty()
        && w.sets.iter().any(|s| s.stored.is_none() && !s.copied);
    if !plain {
        return None;
    }
    let mut v = Verdict::new(&META, None, c.fields());
    v.severity = Some(Severity::Note);
    v.plain = true;
    Some(v)
}

/// Whether the write takes from a column what this run has added to it before, in the same item: it gives back what
/// its own number turned out to be too much.
fn gives_back(c: &WriteCase<'_>, f: Sym) -> bool {
    let terms = &c.seen.terms;
    let change = |w: &Write| {
        let set = w.sets.iter().rev().find(|s| s.path == f)?;
        let Some(StoreTerm::Op(op, parts)) = &set.stored else {
            return None;
        };
        let [StoreTerm::Path(_), StoreTerm::Value(v)] = parts.as_slice() else {
            return None;
        };
        let less = (op == "sub") != negative(terms, v.term);
        let much = match terms.get(v.term) {
            Term::Const(Lit::Int(i)) => Err(i.unsigned_abs()),
            Term::Op(op, of) if op == "neg" => match terms.get(of[0]) {
                Term::Const(Lit::Int(i)) => Err(i.unsigned_abs()),
                _ => Ok(of[0]),
            },
            _ => Ok(v.term),
        };
        Some((less, much))
    };
    let item = |w: &Write| {
        let tests = w.conds.iter().filter_map(|c| match &**c {
            Cond::Test { path, cmp, with } => Some((*path, *cmp, with.first()?.term)),
            _ => None,
        });
        (w.container, tests.collect::<Vec<_>>())
    };
    let Some((true, much)) = change(c.write) else {
        return false;
    };
    let before = c.seen.writes.iter().filter(|w| w.order < c.write.order);
    before
        .filter(|w| change(w) == Some((false, much)) && item(w) == item(c.write))
        .any(|w| w.key_names == c.write.key_names && !w.conds.is_empty())
}

/// Whether a write that was won may settle what was taken before, so that it is given back once: it removes something,
/// or changes what it asks for. One that makes something, or that the next run wins as well (it asks for what it leaves
/// as it is, or for a limit that it comes nearer to), settles nothing.
fn settles(w: &Write) -> bool {
    let changes = |path: Sym, cmp: Cmp| {
        let limit = matches!(cmp, Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge);
        let mut sets = w.sets.iter().filter(|s| !s.copied);
        sets.any(|s| (overlap(s.path, path) || s.path == "*") && !(limit && s.relative()))
    };
    let asks = |c: &Cond| match c {
        Cond::Test { path, cmp, .. } => {
            let key = *path == sym!("pk") || w.key_names.contains(path);
            !key && *cmp != Cmp::NotExists && changes(*path, *cmp)
        }
        _ => true,
    };
    match w.op {
        Op::Delete => true,
        Op::Update | Op::Put => w.demands(asks),
        _ => false,
    }
}
