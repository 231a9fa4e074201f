//! Columns that a write only states again.
//!
//! A write of the whole row puts every column back. Where one of them gets a form of its own old value, or is worked out
//! from the row's other columns at every save, nothing is lost by that which the whole row doesn't lose.

use crate::analysis::access::{FrameRef, SetField};
use crate::analysis::history::{Pair, WriteCase};
use crate::analysis::value::{Kind, Term, TermId, Value};
use crate::sym;
use crate::symbol::Sym;

/// Forms within forms that are looked through.
const FORMS: u32 = 6;

/// Whether a whole write gives a column its own old value again: as it was read, or (where the store's method is
/// overridden, so that every save does it) in a form that doesn't change any more once it is reached.
pub(super) fn restated(c: &WriteCase<'_>, p: &Pair, column: Sym) -> bool {
    let Some(set) = put(c, p, column) else {
        return false;
    };
    let forms = in_override(c, column);
    let mut own = false;
    let all = ways(set).into_iter().all(|v| {
        let is = is_form(c, p, v.term, column, forms, 0);
        own |= is;
        // What stands in for a missing value.
        is || (forms && matches!(v.kind, Kind::Const(_)))
    });
    all && own
}

/// Whether an override of the store's method works a column out from nothing but the row itself.
pub(super) fn worked_out_again(c: &WriteCase<'_>, p: &Pair, column: Sym) -> bool {
    let Some(set) = put(c, p, column) else {
        return false;
    };
    let own = |v: &Value| v.deps.data.iter().all(|(r, _)| r == p.read);
    in_override(c, column)
        && set.deps.data.iter().all(|(r, _)| r == p.read)
        && ways(set).into_iter().all(own)
}

/// Whether a run begins with an override of the store's method, and all that was changed was worked out there: whoever
/// calls it has the row, and is asked where that is.
pub(super) fn nothing_else(c: &WriteCase<'_>, columns: &[Sym]) -> bool {
    c.write.stack.first().is_some_and(|f| c.overrides(f))
        && columns.iter().all(|f| in_override(c, *f))
}

/// What a whole write of the row that was read sets a column to.
fn put<'c>(c: &'c WriteCase<'_>, p: &Pair, column: Sym) -> Option<&'c SetField> {
    let mut sets = c.write.sets.iter().rev();
    sets.find(|s| s.path == column && s.stored.is_none())
        .filter(|_| c.whole() && p.row)
}

/// The values that it may be.
fn ways(set: &SetField) -> Vec<&Value> {
    match (&set.choices, &set.value.kind) {
        (Some(alts), _) => alts.iter().map(|a| &a.value).collect(),
        (None, Kind::Phi(alts)) => alts.iter().map(|a| &a.value).collect(),
        (None, _) => vec![&set.value],
    }
}

/// Whether an override of the store's method changed a column first.
fn in_override(c: &WriteCase<'_>, column: Sym) -> bool {
    let by = |f: &FrameRef| c.overrides(f) && c.changes_in(f, column);
    c.write.stack.iter().any(by)
}

/// Whether a value is the column as it was read, or a normal form of it.
fn is_form(
    c: &WriteCase<'_>,
    p: &Pair,
    term: TermId,
    column: Sym,
    forms: bool,
    depth: u32,
) -> bool {
    let seen = c.seen;
    if depth > FORMS || seen.mutated.contains(&term) {
        return false;
    }
    match seen.terms.get(term) {
        Term::Field(of, name) => {
            let row = *seen.terms.get(*of) == Term::Read(p.read)
                || c.write.row_term == Some(*of)
                || seen.row_terms.get(of) == Some(&p.read);
            *name == column && row
        }
        Term::Op(op, args) if forms => {
            let lang = c.program.files()[c.write.stack.last().map_or(0, |f| f.func.file as usize)]
                .module
                .lang;
            let library = c.program.library(lang);
            let listed = [sym!("normal-forms"), sym!("encodings")]
                .into_iter()
                .any(|list| library.is_listed(list, *op));
            let plain = |t: &TermId| seen.terms.settled(*t).is_some();
            listed
                && args.split_first().is_some_and(|(first, rest)| {
                    rest.iter().all(plain) && is_form(c, p, *first, column, true, depth + 1)
                })
        }
        _ => false,
    }
}
