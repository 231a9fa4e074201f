//! The table of a language's patterns, by shape and name.

use rustc_hash::FxHashSet;

use crate::stores::vocabulary::*;
use crate::symbol::{Sym, intern};

/// Whether a call changes what is stored.
fn changes(does: Does) -> bool {
    matches!(
        does,
        Does::Write | Does::Create | Does::Upsert | Does::Delete | Does::Statement
    )
}

/// Fills the tables of a library from its specs.
pub(super) fn index(lib: &mut Library) {
    let changing: FxHashSet<(Sym, Sym)> = lib
        .specs
        .iter()
        .filter(|s| changes(s.does) && !s.id.is_empty())
        .map(|s| (s.pack, s.id))
        .collect();
    for (i, spec) in lib.specs.iter().enumerate() {
        let entry = spec.does.is_entry();
        let table = match spec.shape {
            Shape::Method if entry => &mut lib.entry_methods,
            Shape::Callee if entry => &mut lib.entry_callees,
            Shape::Class if entry => &mut lib.entry_bases,
            Shape::Method => &mut lib.methods,
            Shape::Attribute => &mut lib.attributes,
            Shape::Callee => &mut lib.callees,
            Shape::Class => &mut lib.bases,
            Shape::Function => {
                lib.entry_functions.push(i);
                continue;
            }
        };
        let keys = if matches!(spec.shape, Shape::Method | Shape::Attribute) {
            &spec.names
        } else {
            &spec.path
        };
        if entry && spec.shape == Shape::Callee {
            let tails = spec.path.iter().filter_map(|p| p.rsplit('.').next());
            lib.entry_tails.extend(tails.map(intern));
        }
        for key in keys {
            table.entry(*key).or_default().push(i);
        }
        for path in &spec.path {
            if let Some((of, _)) = path.split_once("[]") {
                lib.indexed.insert(intern(of));
            }
        }
        if !spec.id.is_empty() {
            lib.ids.insert(spec.id, i);
        }
        // A call with members changes what one of them may change.
        let members = || {
            let mut ids = spec.members.iter().map(|m| m.1);
            ids.any(|id| changing.contains(&(spec.pack, id)))
        };
        let acts = !spec.store.is_cache()
            && (changes(spec.does) || (spec.does == Does::Members && members()));
        if spec.store.is_cache() && spec.does == Does::Write && spec.shape == Shape::Callee {
            lib.flagging.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit('.').next())
                    .map(intern),
            );
        }
        if acts {
            lib.acting.extend(spec.names.iter().copied());
            lib.acting.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit(['.', '/']).next())
                    .map(intern),
            );
        }
    }
    for (name, entries) in &lib.lists {
        for entry in entries {
            lib.in_lists.entry(*entry).or_default().push(*name);
        }
    }
    // Steps of a framework that come to write.
    let steps = lib.lists.get(&intern("writing-steps"));
    lib.acting.extend(steps.into_iter().flatten().copied());
    let made = lib
        .specs
        .iter()
        .filter(|s| s.does == Does::Router)
        .flat_map(|s| &s.path);
    let mut modules: Vec<Sym> = made
        .chain(lib.entry_types.keys())
        .filter_map(|p| p.rsplit_once('.'))
        .map(|(m, _)| intern(m))
        .collect();
    modules.sort_unstable_by_key(|m| m.as_str());
    modules.dedup();
    lib.entry_modules = modules;
}
