//! Declarations of a whole project: classes, models, settings, constants, Go types, and who writes which field.
//!
//! [`Facts::build`] reads lowered modules in path order, once each, and what it gives is never changed afterwards.
//! Python names are resolved through imports (relative ones, aliases, re-exports, star imports) as far as the files
//! given reach; what lies outside is [`Symbol::External`] with its dotted path. Which classes are models, fields and
//! constraints is told by a [`DeclarationVocabulary`].

mod classes;
mod go;
mod loaders;
mod models;
mod resolve;
mod scan;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};

pub use classes::ClassFacts;
pub use go::{GoMethod, GoPackage, GoType, GoValue};
pub use loaders::{Given, Loaded};
pub use models::{Model, ModelField, Unique};
pub use resolve::{Symbol, dotted, python_module};
pub use scan::{Setting, WriteHow, Writer};
pub use vocabulary::{DeclarationVocabulary, FieldTraits};

use rustc_hash::FxHashMap;

use crate::syntax::il::{ClassIdx, Lang, Lit, Module};

/// One lowered file, as it is handed in.
#[derive(Clone, Debug)]
pub struct FileFacts<'a> {
    /// Python: the dotted path from the project's root ([`python_module`]). Go: the directory, `/` between parts.
    pub module: String,
    /// The path from the project's root, `/` between parts.
    pub path: String,
    /// The lowered file.
    pub module_il: &'a Module,
}

/// A file that the facts know.
#[derive(Clone, Debug)]
pub struct FileInfo {
    /// As in [`FileFacts`].
    pub module: String,
    /// As in [`FileFacts`].
    pub path: String,
    /// Its language.
    pub lang: Lang,
}

/// What the project declares.
#[derive(Debug, Default)]
pub struct Facts {
    /// The files, in the order given; indices into it are used throughout.
    pub files: Vec<FileInfo>,
    /// Python classes by qualified path (`shop.models.Product`).
    pub classes: BTreeMap<String, ClassFacts>,
    /// Models by qualified path, abstract ones too.
    pub models: BTreeMap<String, Model>,
    /// Reverse relations: (target model, name on it) to (model, relation field).
    pub reverse: BTreeMap<(String, String), (String, String)>,
    /// Who writes a field of this name, in order of file and place.
    pub writers: BTreeMap<String, Vec<Writer>>,
    /// Constants by dotted path: `shop.models.LIMIT`, `shop.models.Order.OPEN`; Go: `internal/store.Limit`.
    pub constants: BTreeMap<String, Lit>,
    /// Whether requests run in a transaction each, where a setting says so.
    pub atomic_requests: Option<Setting<bool>>,
    /// The isolation level that a setting asks for, as written (the last segment of a dotted name).
    pub isolation: Option<Setting<String>>,
    /// Go packages by (directory, package name).
    pub go: BTreeMap<(String, String), GoPackage>,
    class_paths: BTreeMap<(usize, ClassIdx), String>,
    /// [`Facts::ancestors`] of each class of the project.
    lines: FxHashMap<String, Vec<String>>,
    /// Classes of row sets of which managers are made without a base of the project's.
    combined: BTreeSet<String>,
    names: resolve::Names,
    loaders: loaders::Loaders,
    /// What names were found to mean, file by file; kept once the facts are complete.
    meanings: resolve::Meanings,
    layout: Layout,
    go_by_method: BTreeMap<String, Vec<go::GoTypeKey>>,
    /// Keys of Go packages by name.
    go_by_name: BTreeMap<String, Vec<(String, String)>>,
}

/// How the folders of a project lie to the names by which its modules are imported.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The root folder's own name: a package may be scanned by itself, and its modules import each other by it.
    pub folder: String,
    /// The directories of `go.mod` files with the module paths they declare.
    pub go_modules: Vec<(String, String)>,
}

impl Layout {
    /// What a dotted path that begins with the root folder's name leads to, as seen from there.
    pub fn below_folder<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.folder.as_str())?;
        match rest.strip_prefix('.') {
            Some(below) if !self.folder.is_empty() => Some(below),
            _ => None,
        }
    }
}

impl Facts {
    /// Collects the facts of `files`, which are in path order.
    pub fn build(
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
        layout: &Layout,
    ) -> Self {
        let mut facts = Self {
            files: files
                .iter()
                .map(|file| FileInfo {
                    module: file.module.clone(),
                    path: file.path.clone(),
                    lang: file.module_il.lang,
                })
                .collect(),
            names: resolve::Names::index(files),
            layout: layout.clone(),
            ..Self::default()
        };
        facts.collect_go(files);
        facts.collect_classes(files, vocabulary);
        facts.collect_constants(files, vocabulary);
        facts.collect_models(files, vocabulary);
        facts.collect_writers(files, vocabulary);
        facts.collect_settings(files, vocabulary);
        facts.meanings = resolve::Meanings::of(files.len());
        facts
    }
}

#[cfg(test)]
mod tests;
