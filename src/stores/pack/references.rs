//! What patterns say of each other.

use rustc_hash::FxHashSet;

use crate::stores::vocabulary::*;
use crate::symbol::{Sym, intern};

/// Kinds of receivers that the interpreter itself knows: rows, values and tests of the store, counts of rows
/// written, locks that are held, classes of containers, classes of libraries.
static OWN_KINDS: &[&str] = &[
    "row",
    "term",
    "test",
    "affected",
    "region",
    "held",
    "modelclass",
    "context",
    "pages",
    "external-class",
];

/// The stores' small languages.
static DIALECTS: &[&str] = &[
    "test",
    "dynamodb-condition",
    "dynamodb-update",
    "dynamodb-assignment",
];

/// What one pattern says of another must be there: kinds, members, dialects. The error names the pattern.
pub(super) fn references(lib: &Library) -> Result<(), (usize, String)> {
    fn made(shape: &Returns, kinds: &mut FxHashSet<Sym>) {
        match shape {
            Returns::Kind(k) => {
                kinds.insert(*k);
            }
            Returns::Tuple(parts) => parts.iter().for_each(|p| made(p, kinds)),
            Returns::Record(parts) => parts.iter().for_each(|(_, p)| made(p, kinds)),
            _ => {}
        }
    }
    let mut kinds: FxHashSet<Sym> = lib.kinds.keys().copied().collect();
    kinds.extend(OWN_KINDS.iter().map(|k| intern(k)));
    let mut ids = FxHashSet::default();
    for spec in &lib.specs {
        made(&spec.returns, &mut kinds);
        kinds.insert(spec.declares);
        ids.insert(spec.id);
    }
    for (i, spec) in lib.specs.iter().enumerate() {
        for kind in &spec.recv {
            let plain = kind.strip_prefix("class:").map_or(*kind, intern);
            if !kinds.contains(&plain) {
                let message = format!(
                    "`recv \"{kind}\"`: no pack makes such a kind (`;;; kind {kind}: ...`, or `returns \"kind:{kind}\"`)"
                );
                return Err((i, message));
            }
        }
        if let Some((_, id)) = spec.members.iter().find(|(_, id)| !ids.contains(id)) {
            return Err((i, format!("`members`: no pattern has `id \"{id}\"`")));
        }
        let dialects = [&spec.filter, &spec.update, &spec.condition];
        for dialect in dialects.into_iter().flatten() {
            if !DIALECTS.contains(&dialect.name.as_str()) {
                let known = DIALECTS[1..].join(", ");
                return Err((i, format!("unknown dialect `{}` ({known})", dialect.name)));
            }
        }
    }
    Ok(())
}
