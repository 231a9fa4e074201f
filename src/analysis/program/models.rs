//! Models: their columns, relations and managers, and the names under which a store knows them.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use crate::analysis::value::{ClassRef, Container};
use crate::project::facts::{Facts, FieldTraits, Model};
use crate::stores::dialect::lookups::KEY_SUFFIXES;
use crate::sym;
use crate::symbol::{Sym, intern};

/// The columns that are unique together in models, as far as somebody asked.
pub(super) type Uniques = FxHashMap<Sym, Arc<[&'static str]>>;

/// What attributes of models are called: most names are none of these, and no model has to be looked at for them.
#[derive(Default)]
pub(super) struct ModelNames {
    /// Names under which rows of other models are found from a row.
    reverse: FxHashSet<Sym>,
    fields: FxHashSet<Sym>,
    /// Fields that lead to one row of another model.
    to_one: FxHashSet<Sym>,
    /// Fields that are keys, under a name of their own.
    keys: FxHashSet<Sym>,
    managers: FxHashSet<Sym>,
}

impl ModelNames {
    fn new(facts: &Facts) -> Self {
        let reverse = facts.reverse.keys().map(|(_, name)| intern(name));
        let mut out = Self {
            reverse: reverse.collect(),
            ..Self::default()
        };
        for m in facts.models.values() {
            for (name, f) in &m.fields {
                let name = intern(name);
                out.fields.insert(name);
                if f.traits.foreign_key || f.traits.one_to_one {
                    out.to_one.insert(name);
                }
            }
            let keys = m.primary_key.iter().chain(&m.sort_key);
            out.keys.extend(keys.map(|k| intern(k)));
            out.managers.extend(m.managers.keys().map(|k| intern(k)));
        }
        out
    }
}

impl Program {
    pub(super) fn index_models(&mut self) {
        for (path, m) in &self.facts.models {
            if m.is_abstract {
                continue;
            }
            self.models_by_name
                .entry(intern(&snake(&m.name)))
                .or_insert_with(|| intern(path));
        }
        self.model_names = ModelNames::new(&self.facts);
    }

    /// A model's declarations.
    pub fn model(&self, path: Sym) -> Option<&Model> {
        self.facts.models.get(path.as_str())
    }

    /// The model that a class is.
    pub fn model_path(&self, c: ClassRef) -> Option<Sym> {
        self.info(c).model
    }

    /// The class of a model.
    pub fn model_class(&self, model: Sym) -> Option<ClassRef> {
        self.class_index.get(&model).copied()
    }

    /// A model by its label (`shop.Product`) or plain name.
    pub fn model_labelled(&self, label: Sym) -> Option<Sym> {
        self.facts
            .model_named(label.as_str())
            .map(|m| intern(&m.path))
    }

    /// The model that stands behind a general name: the one that a setting of the project names, or that of the
    /// framework.
    pub fn model_configured(&self, name: Sym) -> Option<Sym> {
        let entry = |list| {
            let entries: &Vec<Sym> = self.python.lists.get(&list)?;
            entries.iter().find_map(|entry| {
                let (of, what) = entry.split_once('=')?;
                (name == of).then_some(what)
            })
        };
        let setting = entry(sym!("setting-models"))?;
        let own = self.facts.setting_model(setting).map(|m| intern(&m.path));
        own.or_else(|| entry(sym!("general-models")).map(intern))
    }

    /// The general names with the paths that programs write for what stands behind them.
    fn general_paths(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let list = self.python.lists.get(&sym!("general-models"));
        let list = list.into_iter().flatten();
        list.filter_map(|entry| entry.as_str().split_once('='))
    }

    /// The model that a path outside the project stands for, where it is one of those for a general name.
    pub fn model_generalized(&self, path: Sym) -> Option<Sym> {
        let (name, _) = self.general_paths().find(|(_, p)| path == *p)?;
        self.model_configured(intern(name))
    }

    /// A model by the name that a parameter or variable for one of its rows would have.
    pub fn model_named(&self, name: Sym) -> Option<Sym> {
        self.models_by_name.get(&name).copied()
    }

    /// The container that rows of a class belong to: proxies share their parent's.
    pub fn container_of_class(&self, c: ClassRef) -> Sym {
        self.info(c).path
    }

    /// Columns that are unique together in a model, as far as its library says so.
    pub fn known_uniques(
        &self,
        model: Sym,
    ) -> impl Iterator<Item = std::str::Split<'static, char>> + use<> {
        let known = |all: &Uniques| all.get(&model).cloned();
        let all = self.uniques.read().ok().and_then(|all| known(&all));
        let all = all.unwrap_or_else(|| {
            let found: Arc<[&'static str]> = self.uniques_of(model).into();
            if let Ok(mut all) = self.uniques.write() {
                all.insert(model, found.clone());
            }
            found
        });
        (0..all.len()).map(move |i| all[i].split('+'))
    }

    fn uniques_of(&self, model: Sym) -> Vec<&'static str> {
        let list = self.python.lists.get(&sym!("unique-columns"));
        let plain = |path: &str| path.rsplit('.').next().map(str::to_lowercase);
        // One that the project does not declare may go by another module's name.
        let name = plain(model.as_str()).filter(|_| self.model(model).is_none());
        let entries = list.into_iter().flatten().filter_map(|entry| {
            let (of, columns) = entry.as_str().split_once('=')?;
            let named = name.is_some() && plain(of) == name;
            let is = named || model == of || self.facts.is_subclass(model.as_str(), of);
            is.then_some(columns)
        });
        entries.collect()
    }

    /// Whether the store makes the keys of a model's rows, so that a row has none before it is saved.
    pub fn generated_key(&self, model: Sym) -> bool {
        let Some(m) = self.model(model).filter(|m| m.complete) else {
            return false;
        };
        self.has_schema(model)
            && m.primary_key.as_ref().is_some_and(|pk| {
                m.fields
                    .get(pk)
                    .is_none_or(|f| f.traits.auto && f.default.is_none())
            })
    }

    /// Whether the store itself knows a model's columns, and not only its class.
    fn has_schema(&self, model: Sym) -> bool {
        self.model_class(model)
            .is_none_or(|c| self.class_kind(c, &self.python).is_none())
    }

    /// The name under which a store knows an attribute: the column of a relation, the primary key, a struct tag.
    pub fn attribute_name(
        &self,
        class: Option<ClassRef>,
        container: Option<Container>,
        name: Sym,
    ) -> Sym {
        if let Some(Container::Model(m)) = container {
            return self.column(m, name);
        }
        if let Some(c) = class {
            let info = self.info(c);
            if let Some(t) = info.tags.get(&name) {
                return *t;
            }
            if let Some(m) = info.model {
                return self.column(m, name);
            }
        }
        name
    }

    fn column(&self, model: Sym, name: Sym) -> Sym {
        let pk = sym!("pk");
        if name == "id" || name == "pk" {
            return pk;
        }
        let key = self.model_names.keys.contains(&name);
        if !key && !KEY_SUFFIXES.iter().any(|s| name.ends_with(s)) {
            return name;
        }
        let m = self.model(model);
        if let Some(m) = m
            && m.primary_key.as_deref() == Some(name.as_str())
        {
            return pk;
        }
        if let Some(m) = m
            && m.sort_key.as_deref() == Some(name.as_str())
        {
            return sym!("sk");
        }
        // `event__id`, `event__pk`, `event_id` are the column of `event`.
        for suffix in KEY_SUFFIXES {
            if let Some(base) = name.strip_suffix(*suffix)
                && !base.is_empty()
                && m.is_none_or(|m| {
                    m.fields.get(base).is_some_and(|f| f.traits.is_relation())
                        || (!m.complete && !m.fields.contains_key(name.as_str()))
                })
            {
                return intern(base);
            }
        }
        name
    }

    /// Whether a model has a column of that name.
    pub fn is_field(&self, class: Option<ClassRef>, name: Sym) -> bool {
        let known = self.model_names.fields.contains(&name);
        class
            .filter(|_| known)
            .and_then(|c| self.info(c).model)
            .and_then(|m| self.model(m))
            .is_some_and(|m| m.fields.contains_key(name.as_str()))
    }

    /// Whether a name on a row of that container is known to be no column: a relation to many rows, or nothing that
    /// the model declares.
    pub fn is_no_column(&self, container: Option<Container>, name: Sym) -> bool {
        let Some(Container::Model(m)) = container else {
            return false;
        };
        match self.model(m) {
            Some(m) => match m.fields.get(name.as_str()) {
                Some(f) => f.traits.many_to_many,
                None => name != "pk",
            },
            None => true,
        }
    }

    /// Whether a name on a row of a model is no column but state of the object.
    pub fn is_state(&self, container: Option<Container>, name: Sym) -> bool {
        let Some(Container::Model(m)) = container else {
            return false;
        };
        self.model(m).is_some_and(|m| {
            !m.fields.contains_key(name.as_str())
                && !matches!(name.as_str(), "pk" | "sk" | "*")
                && (m.complete || name.starts_with('_'))
        })
    }

    /// Whether a column names a file that is kept elsewhere.
    pub fn is_file(&self, container: Option<Container>, name: Sym) -> bool {
        self.traits(container, name).is_some_and(|t| t.file)
    }

    /// Whether a column leads to a row of another model.
    pub fn is_relation(&self, container: Option<Container>, name: Sym) -> bool {
        self.traits(container, name)
            .is_some_and(FieldTraits::is_relation)
    }

    /// Whether a column holds a value in every stored row. (A document may hold a nothing of its own.)
    pub fn not_null(&self, model: Sym, name: Sym) -> bool {
        self.has_schema(model)
            && self
                .model(model)
                .and_then(|m| m.fields.get(name.as_str()))
                .is_some_and(|f| {
                    !f.null
                        && !f.traits.json
                        && !f.traits.many_to_many
                        && !self.facts.classes.contains_key(&f.constructor)
                })
    }

    /// How long the text in a column of a stored row is at most.
    pub fn longest(&self, model: Sym, name: Sym) -> Option<i64> {
        let field = self.model(model)?.fields.get(name.as_str())?;
        // A class of the program's own may hold something else in memory.
        let own = self.facts.classes.contains_key(&field.constructor);
        field.length.filter(|_| self.has_schema(model) && !own)
    }

    fn traits(&self, container: Option<Container>, name: Sym) -> Option<FieldTraits> {
        let Some(Container::Model(m)) = container else {
            return None;
        };
        Some(self.model(m)?.fields.get(name.as_str())?.traits)
    }

    /// The model that a relation leads to (one row).
    pub fn relation_target(&self, model: Sym, name: Sym) -> Option<Sym> {
        if !self.model_names.to_one.contains(&name) {
            return None;
        }
        let f = self.model(model)?.fields.get(name.as_str())?;
        if f.traits.foreign_key || f.traits.one_to_one {
            let target = intern(f.target.as_deref()?);
            Some(self.model_generalized(target).unwrap_or(target))
        } else {
            None
        }
    }

    /// The rows that relate to a row of this model: (model, relation field, at most one).
    pub fn reverse_relation(&self, model: Sym, name: Sym) -> Option<(Sym, Sym, bool)> {
        if !self.model_names.reverse.contains(&name) {
            return None;
        }
        let of = |target: &str| {
            self.facts
                .reverse
                .get(&(target.to_owned(), name.to_string()))
        };
        let (m, field) = of(model.as_str()).or_else(|| {
            // A target may be named by what the model stands behind.
            let stands = |g: &str| self.model_configured(intern(g)) == Some(model);
            let mut general = self.general_paths();
            general.find_map(|(g, path)| of(path).filter(|_| stands(g)))
        })?;
        let one = self
            .facts
            .models
            .get(m)
            .and_then(|m| m.fields.get(field))
            .is_some_and(|f| f.traits.one_to_one);
        Some((intern(m), intern(field), one))
    }

    /// A manager of a model: its class, if that is of the project.
    pub fn manager(&self, model: Sym, name: Sym) -> Option<Option<ClassRef>> {
        let by_default = self.python.is_listed(sym!("default-manager-names"), name);
        let implicit = self.python.list(sym!("implicit-manager")).first() == Some(&name);
        if !by_default && !implicit && !self.model_names.managers.contains(&name) {
            return None;
        }
        let m = self.model(model)?;
        if by_default {
            return Some(self.default_manager(model));
        }
        match m.managers.get(name.as_str()) {
            Some(class) => Some(self.class_index.get(&intern(class)).copied()),
            // A model whose bases are outside may have one that is not seen.
            None if implicit => Some(None),
            None => None,
        }
    }

    /// The only model that has a manager of a class, or of one that derives from it.
    pub fn managed_model(&self, class: ClassRef) -> Option<Sym> {
        let path = self.class_path(class);
        let has = |m: &&Model| -> bool {
            let mut managers = m.managers.values();
            !m.is_abstract && managers.any(|c| self.facts.is_subclass(c, path.as_str()))
        };
        let mut all = self.facts.models.values().filter(has);
        let model = all.next()?;
        all.next().is_none().then(|| intern(&model.path))
    }

    /// The class of a model's default manager, which is also that of the rows related to another one, if it is of the
    /// project.
    pub fn default_manager(&self, model: Sym) -> Option<ClassRef> {
        let m = self.model(model)?;
        let class = m.managers.get(m.default_manager.as_str())?;
        self.class_index.get(&intern(class)).copied()
    }
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_uppercase() && i > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
