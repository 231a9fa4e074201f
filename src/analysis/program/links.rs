//! Relations between many rows and many: each is a table of its own whose rows say which two belong together.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use crate::analysis::calls::{self, Key};
use crate::analysis::value::FuncRef;
use crate::project::facts::{Facts, Model};
use crate::stores::vocabulary::Does;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;

/// A relation between many rows and many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// The model that declares it, and its field.
    pub owner: Sym,
    /// The field.
    pub field: Sym,
    /// Both together.
    pub path: Sym,
    /// The model to which it leads.
    pub target: Sym,
    /// What the relation is called in a filter on that model's rows.
    pub back: Sym,
    /// The table of the pairs: the model that the program declares for it, or one that the framework makes.
    pub table: Sym,
    /// Whether the program declares it.
    pub declared: bool,
    /// The columns of the table: the row of the owner, that of the target.
    pub columns: (Sym, Sym),
}

impl Link {
    /// The model whose rows the relation gives for a row of the other one, what it is called in a filter on them, and
    /// the columns of the table: the row's whose it is, then that of the row which is given.
    pub fn seen_from(&self, forward: bool) -> (Sym, Sym, Sym, Sym) {
        let (owner, target) = self.columns;
        match forward {
            true => (self.target, self.back, owner, target),
            false => (self.owner, self.field, target, owner),
        }
    }
}

/// The relations between many rows and many of a project.
#[derive(Default)]
pub(super) struct Links {
    all: Vec<Link>,
    /// By the model that declares it and its field.
    by_path: FxHashMap<Sym, usize>,
    by_table: FxHashMap<Sym, Vec<usize>>,
    /// What they are called on rows, on either side.
    names: FxHashSet<Sym>,
}

impl Links {
    pub(super) fn new(facts: &Facts, suffix: &str) -> Self {
        let mut out = Self::default();
        for (path, m) in &facts.models {
            for (name, f) in &m.fields {
                // One that is inherited from a table belongs to that table.
                let inherited = f.declared_in != *path
                    && (facts.models.get(&f.declared_in)).is_some_and(|of| !of.is_abstract);
                let Some(target) = f.target.as_deref().filter(|_| f.traits.many_to_many) else {
                    continue;
                };
                if m.is_abstract || inherited {
                    continue;
                }
                let related = f.related_name.as_deref().unwrap_or_default();
                out.names.extend([intern(name), intern(related)]);
                let back = related.strip_suffix(suffix).unwrap_or(related);
                let own = format!("{path}.{name}");
                let plain = |path: &str| path.rsplit('.').next().map(str::to_lowercase);
                let made = (
                    plain(path).unwrap_or_default(),
                    plain(target).unwrap_or_default(),
                );
                let through = f.through.as_ref().and_then(|t| facts.models.get(t));
                let made = match made.0 == made.1 {
                    true => (format!("from_{}", made.0), format!("to_{}", made.1)),
                    false => made,
                };
                let columns = through
                    .and_then(|t| columns(t, path, target))
                    .unwrap_or(made);
                let link = Link {
                    owner: intern(path),
                    field: intern(name),
                    path: intern(&own),
                    target: intern(target),
                    back: intern(back),
                    table: intern(f.through.as_ref().unwrap_or(&own)),
                    declared: f.through.is_some(),
                    columns: (intern(&columns.0), intern(&columns.1)),
                };
                out.by_path.insert(link.path, out.all.len());
                out.by_table
                    .entry(link.table)
                    .or_default()
                    .push(out.all.len());
                out.all.push(link);
            }
        }
        out
    }
}

/// The columns of a declared table of pairs: the first that leads to the one side, and another one to the other.
fn columns(table: &Model, owner: &str, target: &str) -> Option<(String, String)> {
    let to = |model: &str, but: Option<&str>| {
        let leads = |(n, f): &(&String, &crate::project::facts::ModelField)| {
            f.traits.foreign_key && f.target.as_deref() == Some(model) && Some(n.as_str()) != but
        };
        table.fields.iter().find(leads).map(|(n, _)| n.clone())
    };
    let first = to(owner, None)?;
    let second = to(target, Some(&first))?;
    Some((first, second))
}

impl Program {
    pub(super) fn index_links(&mut self) {
        let suffix = self.python.list(crate::sym!("related-suffix")).first();
        let suffix = suffix.map_or("", |s| s.as_str());
        let mut links = Links::new(&self.facts, suffix);
        for link in &mut links.all {
            link.target = self.model_generalized(link.target).unwrap_or(link.target);
        }
        self.links = links;
        self.follow_links();
    }

    /// The relation to many that a name on a row leads along, and whether the row's own model declares it.
    pub fn link(&self, model: Sym, name: Sym) -> Option<(&Link, bool)> {
        if !self.links.names.contains(&name) {
            return None;
        }
        let declared = |m: &str, field: &str| {
            let f = self.facts.models.get(m)?.fields.get(field)?;
            if !f.traits.many_to_many {
                return None;
            }
            let of = |m: &str| self.links.by_path.get(&intern(&format!("{m}.{field}")));
            let at = of(&f.declared_in).or_else(|| of(m))?;
            Some(&self.links.all[*at])
        };
        if let Some(link) = declared(model.as_str(), name.as_str()) {
            return Some((link, true));
        }
        let (of, field, _) = self.reverse_relation(model, name)?;
        declared(of.as_str(), field.as_str()).map(|link| (link, false))
    }

    /// The relation of a model's field, both named together.
    pub fn link_of(&self, path: Sym) -> Option<&Link> {
        let at = self.links.by_path.get(&path)?;
        Some(&self.links.all[*at])
    }

    /// Whether a filter on a model's rows may go along a relation that another model declares, by this name.
    pub fn links_back(&self, model: Sym, name: Sym) -> bool {
        let mut all = self.links.all.iter();
        all.any(|l| l.back == name && l.target == model)
    }

    /// The relations whose pairs are kept in a table.
    pub fn links_in(&self, table: Sym) -> impl Iterator<Item = &Link> {
        let at = self.links.by_table.get(&table).into_iter().flatten();
        at.map(|i| &self.links.all[*i])
    }

    /// Functions matter that relate rows to each other: what they call is named as on a set, but on a relation.
    fn follow_links(&mut self) {
        let lib = &self.python;
        let links = |n: &Sym| {
            let specs = lib.methods.get(n).into_iter().flatten();
            specs.into_iter().any(|i| lib.specs[*i].does == Does::Link)
        };
        let mut found = Vec::new();
        for (file, f) in self.files[..self.own].iter().enumerate() {
            if f.module.lang != Lang::Python || self.links.all.is_empty() {
                continue;
            }
            for (func, c) in f.calls.iter().enumerate() {
                let mut on = c.on_attributes.iter();
                if on.any(|(of, n)| self.links.names.contains(of) && links(n)) {
                    found.push(FuncRef {
                        file: file as u32,
                        func: func as u32,
                    });
                }
            }
        }
        let files = &self.files;
        let keys = |f: FuncRef| -> Vec<Key> {
            let func = &files[f.file as usize].module.funcs[f.func as usize];
            calls::keys_of(f, func, true)
        };
        self.relevance.also(found, keys);
    }
}
