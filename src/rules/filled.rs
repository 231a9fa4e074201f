//! Columns that every save fills in where nothing is there: no row that was read lacks them.

use super::idle::only_where_missing;
use crate::analysis::access::{FrameRef, ReadHow, overlap};
use crate::analysis::history::{Pair, WriteCase};
use crate::analysis::value::Ctl;
use crate::symbol::Sym;

/// The columns that a write of a row fills in as every save does where nothing is there: no row that was read comes
/// that way.
pub(super) fn never_missing(c: &WriteCase<'_>) -> Vec<Sym> {
    let by_override = c.write.stack.iter().any(|f| c.overrides(f));
    let row = c.pairs.iter().find(|p| p.row && by_override);
    row.map_or_else(Vec::new, |p| {
        let filled = |f: &Sym| filled_by_every_save(c, p, *f);
        c.fields().into_iter().filter(filled).collect()
    })
}

/// Whether a column is written only where nothing is there, by an override of the store's method that does so for
/// every row it is called on, whatever else the row has.
fn filled_by_every_save(c: &WriteCase<'_>, p: &Pair, column: Sym) -> bool {
    let fills = |f: &&FrameRef| c.overrides(f) && c.changes_in(f, column);
    let Some(of) = c.write.stack.iter().find(fills) else {
        return false;
    };
    let file = c.program.file_id(of.func.file);
    let body = c.program.func(of.func).span;
    let within = |k: &&Ctl| {
        k.loc.file == file && body.start <= k.loc.span.start && k.loc.span.end <= body.end
    };
    let row = |k: &Ctl| {
        k.deps.iter().all(|(r, path)| match r == p.read {
            true => path == "pk" || path == "?" || overlap(path, column),
            // Rows that are looked for while a value is made, not those that the row belongs to.
            false => c.seen.reads[r.0 as usize].how == ReadHow::Store,
        })
    };
    let mut inside = c.write.ctl.iter().map(|k| &**k).filter(within);
    only_where_missing(c, p, column) && inside.all(row)
}
