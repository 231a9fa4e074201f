//! The table of a language's patterns, by shape and name.

use ustr::{Ustr, ustr};

use crate::stores::vocabulary::*;

/// Fills the tables of a library from its specs.
pub(super) fn index(lib: &mut Library) {
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
            lib.entry_tails.extend(tails.map(ustr));
        }
        for key in keys {
            table.entry(*key).or_default().push(i);
        }
        for path in &spec.path {
            if let Some((of, _)) = path.split_once("[]") {
                lib.indexed.insert(ustr(of));
            }
        }
        if !spec.id.is_empty() {
            lib.ids.insert(spec.id, i);
        }
        let acts = !spec.store.is_cache()
            && matches!(
                spec.does,
                Does::Write
                    | Does::Create
                    | Does::Upsert
                    | Does::Delete
                    | Does::Members
                    | Does::Statement
            );
        if spec.store.is_cache() && spec.does == Does::Write && spec.shape == Shape::Callee {
            lib.flagging.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit('.').next())
                    .map(Ustr::from),
            );
        }
        if acts {
            lib.acting.extend(spec.names.iter().copied());
            lib.acting.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit(['.', '/']).next())
                    .map(Ustr::from),
            );
        }
    }
    // Steps of a framework that come to write.
    let steps = lib.lists.get(&ustr("writing-steps"));
    lib.acting.extend(steps.into_iter().flatten().copied());
    let made = lib
        .specs
        .iter()
        .filter(|s| s.does == Does::Router)
        .flat_map(|s| &s.path);
    let mut modules: Vec<Ustr> = made
        .chain(lib.entry_types.keys())
        .filter_map(|p| p.rsplit_once('.'))
        .map(|(m, _)| ustr(m))
        .collect();
    modules.sort_unstable_by_key(|m| m.as_str());
    modules.dedup();
    lib.entry_modules = modules;
}
