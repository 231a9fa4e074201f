//! Creations that the store always refuses.

use crate::analysis::access::Op;
use crate::analysis::history::WriteCase;
use crate::analysis::value::{Container, FuncRef};
use crate::project::facts::{Model, ModelField, WriteHow, Writer};
use crate::syntax::il::ParamKind;

/// Whether a new row lacks the row that it has to belong to: a relation without a default that may not be NULL, which
/// neither the creation nor anything that runs before it gives a value. No row comes of it, so no second one either.
pub(super) fn refused(c: &WriteCase<'_>) -> bool {
    let w = c.write;
    let Some(Container::Model(m)) = w.container else {
        return false;
    };
    let Some(model) = c.program.model(m).filter(|m| m.complete && !m.is_abstract) else {
        return false;
    };
    if w.op != Op::Create || w.row.is_some() || w.sets.is_empty() {
        return false;
    }
    let column = |name: &str| {
        let of = Some(Container::Model(m));
        c.program
            .attribute_name(None, of, crate::symbol::intern(name))
    };
    let given = |name: &str| w.sets.iter().any(|s| s.path == column(name));
    // What a field that stands for several columns brings.
    let brought = |name: &str| {
        let mut composites = model.fields.iter().filter(|(_, f)| !f.parts.is_empty());
        composites.any(|(of, f)| given(of) && f.parts.iter().any(|p| p == name))
    };
    let open = w.sets.iter().any(|s| s.path == "*");
    !open
        && model.fields.iter().any(|(name, f)| {
            demanded(f) && !given(name) && !brought(name) && !put_before(c, model, name)
        })
}

/// Whether a field has to be given a value.
fn demanded(f: &ModelField) -> bool {
    f.traits.foreign_key && !f.null && f.default.is_none() && !f.primary_key && !f.stamped
}

/// Whether a method of the model, or a function that takes whatever it is handed (a hook), puts a value into a field: it may run
/// before the row is written.
fn put_before(c: &WriteCase<'_>, model: &Model, field: &str) -> bool {
    let facts = c.program.facts();
    let methods = |w: &Writer| {
        let own = |(class, func): &(String, u32)| {
            *func == w.func && facts.classes.get(class).is_some_and(|x| x.file == w.file)
        };
        model.methods.values().any(own)
    };
    let hook = |w: &Writer| {
        let func = FuncRef {
            file: w.file as u32,
            func: w.func,
        };
        let params = &c.program.func(func).params;
        c.program.class_of(func).is_none() && params.iter().any(|p| p.kind == ParamKind::Keywords)
    };
    let names = [field.to_owned(), format!("{field}_id")];
    names.iter().any(|name| {
        let writers = facts.writers.get(name).map_or(&[][..], Vec::as_slice);
        writers
            .iter()
            .any(|w| w.how == WriteHow::Assign && (methods(w) || hook(w)))
    })
}
