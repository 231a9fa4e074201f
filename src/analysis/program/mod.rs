//! The program under analysis: lowered files, what the whole project says, and the packs; what the interpreter asks.
//!
//! Its questions stand by subject: what `names` and types mean, `classes` and their `methods`, `models` and their
//! columns, the `links` between many rows and many, and the `calls` that functions make. `declarations` is what the packs say of how models are declared.

mod calls;
mod classes;
mod declarations;
mod links;
mod methods;
mod models;
mod names;
mod signatures;
mod steps;
mod visits;

use std::sync::{Arc, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use self::classes::ClassInfo;
pub use self::links::Link;
use self::links::Links;
use self::methods::Implementing;
use self::models::{ModelNames, Uniques};
pub use self::names::{Global, TypeRef};
use self::names::{Globals, Meanings};
use super::calls::{FuncCalls, Relevance};
use super::value::{ClassRef, FuncRef};
use crate::files::FileId;
use crate::project::facts::{Facts, FileFacts, Layout, python_module};
use crate::stores::vocabulary::Library;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{ClassDef, Func, Module};

/// One lowered file of the program.
pub struct ProgramFile {
    /// Its id.
    pub id: FileId,
    /// Path from the project's root.
    pub path: String,
    /// The lowered file.
    pub module: Module,
    /// What each of its functions calls.
    pub calls: Vec<FuncCalls>,
}

/// The program.
pub struct Program {
    /// The project's own, then those of frameworks' own methods.
    files: Vec<ProgramFile>,
    /// How many are the project's own.
    own: usize,
    facts: Facts,
    python: Arc<Library>,
    go: Arc<Library>,
    classes: Vec<Vec<ClassInfo>>,
    class_index: FxHashMap<Sym, ClassRef>,
    globals: Vec<Globals>,
    meanings: Vec<Meanings>,
    /// Model names in snake case.
    models_by_name: FxHashMap<Sym, Sym>,
    model_names: ModelNames,
    links: Links,
    uniques: RwLock<Uniques>,
    relevance: Relevance,
    field_tags: Vec<Sym>,
    /// Classes that derive from a class, directly or not.
    derived: FxHashMap<ClassRef, Vec<ClassRef>>,
    bases_by_name: FxHashMap<Sym, Vec<Sym>>,
    /// The methods that some class's decorators are put around, by name.
    wrapped: FxHashSet<Sym>,
    dirs: Vec<String>,
    /// The Go types that the project makes instances of.
    made: FxHashSet<ClassRef>,
    /// The types behind Go interfaces, as far as somebody asked.
    implementing: Implementing,
}

impl Program {
    /// Builds the program from lowered files in path order.
    pub fn new(
        files: Vec<ProgramFile>,
        relevance: Relevance,
        python: Arc<Library>,
        go: Arc<Library>,
        layout: &Layout,
    ) -> Self {
        let vocabulary = declarations::declarations(&python);
        let mut dirs = packages(&files);
        let facts = || {
            let inputs: Vec<FileFacts<'_>> = files
                .iter()
                .zip(&dirs)
                .map(|(f, package)| FileFacts {
                    module: match f.module.lang {
                        Lang::Python => python_module(&f.path),
                        Lang::Go => package.clone(),
                    },
                    path: f.path.clone(),
                    module_il: &f.module,
                })
                .collect();
            Facts::build(&inputs, &vocabulary, layout)
        };
        let (facts, frameworks) = rayon::join(facts, || steps::imported(&files, &python));
        let field_tags = classes::field_tags(&files, &go);
        let own = files.len();
        let mut files = files;
        let bases = frameworks.into_iter();
        files.extend(bases.filter(|f| steps::is_base(&facts, f)));
        let steps = files.iter().skip(own);
        dirs.extend(steps.map(|f| directory(&f.path).to_owned()));
        let meanings = files.iter().map(|_| Meanings::default()).collect();
        let mut p = Self {
            files,
            own,
            facts,
            python,
            go,
            classes: Vec::new(),
            class_index: FxHashMap::default(),
            globals: Vec::new(),
            meanings,
            models_by_name: FxHashMap::default(),
            model_names: ModelNames::default(),
            links: Links::default(),
            uniques: RwLock::default(),
            relevance,
            field_tags,
            derived: FxHashMap::default(),
            bases_by_name: FxHashMap::default(),
            wrapped: FxHashSet::default(),
            made: FxHashSet::default(),
            implementing: Implementing::default(),
            dirs,
        };
        p.index_classes();
        p.index_models();
        p.index_links();
        p.index_globals();
        p.made = super::instances::made(&p);
        p
    }

    /// The project's files, in path order.
    pub fn files(&self) -> &[ProgramFile] {
        &self.files[..self.own]
    }

    /// The language of a file.
    pub fn lang(&self, file: u32) -> Lang {
        self.files[file as usize].module.lang
    }

    /// Whether a function is a framework's own, of which only the steps are known.
    pub fn is_steps(&self, f: FuncRef) -> bool {
        f.file as usize >= self.own
    }

    /// The id of a file of the program.
    pub fn file_id(&self, file: u32) -> FileId {
        self.files[file as usize].id
    }

    /// The directory of a file, `/` between parts.
    pub fn directory_of(&self, file: u32) -> &str {
        &self.dirs[file as usize]
    }

    /// What the project declares.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The packs of a language.
    pub fn library(&self, lang: Lang) -> &Library {
        match lang {
            Lang::Python => &self.python,
            Lang::Go => &self.go,
        }
    }

    /// A function.
    pub fn func(&self, f: FuncRef) -> &Func {
        &self.files[f.file as usize].module.funcs[f.func as usize]
    }

    /// A class.
    pub fn class(&self, c: ClassRef) -> &ClassDef {
        &self.files[c.file as usize].module.classes[c.class as usize]
    }
}

/// The packages that the files belong to: a directory, and what else lies in it (a program beside a library, tests of
/// another package, a file that no build takes in) by its name.
fn packages(files: &[ProgramFile]) -> Vec<String> {
    let mut importable: FxHashMap<&str, Sym> = FxHashMap::default();
    let rank = |name: Sym| (name.ends_with("_test"), name == "main");
    for f in files.iter().filter(|f| !f.module.apart) {
        let name = f.module.package;
        let best = importable.entry(directory(&f.path)).or_insert(name);
        if rank(name) < rank(*best) {
            *best = name;
        }
    }
    let package = |f: &ProgramFile| {
        let dir = directory(&f.path);
        let name = f.module.package;
        if f.module.apart {
            format!("{dir}#{}", f.path)
        } else if importable.get(dir).is_none_or(|best| *best == name) {
            dir.to_owned()
        } else {
            format!("{dir}#{name}")
        }
    };
    files.iter().map(package).collect()
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(d, _)| d)
}
