//! The program under analysis: lowered files, what the whole project says, and the packs; what the interpreter asks.

use rustc_hash::{FxHashMap, FxHashSet};
use ustr::{Ustr, ustr};

use super::calls::{self, FuncCalls, Key, Relevance};
use super::value::{ClassRef, Container, FuncRef};
use crate::files::FileId;
use crate::project::facts::{
    DeclarationVocabulary, Facts, FileFacts, Model, Symbol, python_module,
};
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::syntax::Lang;
use crate::syntax::il::{
    Block, ClassAttr, ClassDef, Expr, ExprKind, Func, Lit, Module, Place, Stmt, StmtKind, TypeExpr,
};

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

/// What a module-level name means.
pub enum Global<'p> {
    /// A function of the project.
    Func(FuncRef),
    /// A class of the project.
    Class(ClassRef),
    /// What a module-level assignment of that file gives (a part of it, if it is taken apart).
    Expr(u32, &'p Expr, Option<usize>),
    /// Something outside, by its path; a module.
    Path(Ustr),
    /// A constant.
    Lit(Lit),
    /// Nothing known.
    None,
}

/// What a type's name means.
pub enum TypeRef {
    /// A class of the project.
    Class(ClassRef),
    /// Outside.
    External(Ustr),
}

struct ClassInfo {
    path: Ustr,
    /// The class itself first.
    mro: Vec<ClassRef>,
    externals: Vec<Ustr>,
    model: Option<Ustr>,
    methods: FxHashMap<Ustr, FuncRef>,
    tags: FxHashMap<Ustr, Ustr>,
}

struct Globals {
    assigned: FxHashMap<Ustr, (usize, Option<usize>)>,
}

/// The program.
pub struct Program {
    files: Vec<ProgramFile>,
    facts: Facts,
    python: Library,
    go: Library,
    classes: Vec<Vec<ClassInfo>>,
    class_index: FxHashMap<Ustr, ClassRef>,
    globals: Vec<Globals>,
    /// Model names in snake case.
    models_by_name: FxHashMap<Ustr, Ustr>,
    relevance: Relevance,
    field_tags: Vec<Ustr>,
    /// Classes that derive from a class, directly or not.
    derived: FxHashMap<ClassRef, Vec<ClassRef>>,
    bases_by_name: FxHashMap<Ustr, Vec<Ustr>>,
    dirs: Vec<String>,
    /// The Go types that the project makes instances of.
    made: FxHashSet<ClassRef>,
}

impl Program {
    /// Builds the program from lowered files in path order.
    pub fn new(
        files: Vec<ProgramFile>,
        relevance: Relevance,
        python: Library,
        go: Library,
        go_modules: &[(String, String)],
    ) -> Self {
        let vocabulary = declarations(&python);
        let facts = {
            let inputs: Vec<FileFacts<'_>> = files
                .iter()
                .map(|f| FileFacts {
                    module: match f.module.lang {
                        Lang::Python => python_module(&f.path),
                        Lang::Go => directory(&f.path).to_owned(),
                    },
                    path: f.path.clone(),
                    module_il: &f.module,
                })
                .collect();
            Facts::build(&inputs, &vocabulary, go_modules)
        };
        let field_tags = go
            .lists
            .get(&sym!("field-tags"))
            .cloned()
            .unwrap_or_default();
        let dirs = files
            .iter()
            .map(|f| directory(&f.path).to_owned())
            .collect();
        let mut p = Self {
            files,
            facts,
            python,
            go,
            classes: Vec::new(),
            class_index: FxHashMap::default(),
            globals: Vec::new(),
            models_by_name: FxHashMap::default(),
            relevance,
            field_tags,
            derived: FxHashMap::default(),
            bases_by_name: FxHashMap::default(),
            made: FxHashSet::default(),
            dirs,
        };
        p.index_classes();
        p.index_globals();
        p.made = super::instances::made(&p);
        p
    }

    fn index_classes(&mut self) {
        let mut index = FxHashMap::default();
        for (fi, f) in self.files.iter().enumerate() {
            for ci in 0..f.module.classes.len() {
                let r = ClassRef {
                    file: fi as u32,
                    class: ci as u32,
                };
                index.insert(self.declared_path(r), r);
            }
        }
        self.class_index = index;
        let mut all = Vec::new();
        for (fi, f) in self.files.iter().enumerate() {
            let mut infos = Vec::new();
            for ci in 0..f.module.classes.len() {
                let r = ClassRef {
                    file: fi as u32,
                    class: ci as u32,
                };
                infos.push(self.class_info(r));
            }
            all.push(infos);
        }
        for (fi, infos) in all.iter().enumerate() {
            for (ci, info) in infos.iter().enumerate() {
                let r = ClassRef {
                    file: fi as u32,
                    class: ci as u32,
                };
                for base in info.mro.iter().skip(1) {
                    self.derived.entry(*base).or_default().push(r);
                }
            }
        }
        self.classes = all;
        for f in &self.files {
            for c in &f.module.classes {
                let bases: Vec<Ustr> = c
                    .bases
                    .iter()
                    .filter_map(|b| match &b.kind {
                        ExprKind::Name(n) | ExprKind::Attr(_, n, _) => Some(*n),
                        _ => None,
                    })
                    .collect();
                if !bases.is_empty() {
                    self.bases_by_name.entry(c.name).or_default().extend(bases);
                }
            }
        }
        for (path, m) in &self.facts.models {
            if m.is_abstract {
                continue;
            }
            self.models_by_name
                .entry(ustr(&snake(&m.name)))
                .or_insert_with(|| ustr(path));
        }
    }

    fn declared_path(&self, r: ClassRef) -> Ustr {
        let f = &self.files[r.file as usize];
        let c = &f.module.classes[r.class as usize];
        match f.module.lang {
            Lang::Python => {
                let module = python_module(&f.path);
                if module.is_empty() {
                    c.qualname
                } else {
                    ustr(&format!("{module}.{}", c.qualname))
                }
            }
            Lang::Go => ustr(&format!("{}.{}", directory(&f.path), c.qualname)),
        }
    }

    fn class_info(&self, r: ClassRef) -> ClassInfo {
        let f = &self.files[r.file as usize];
        let c = &f.module.classes[r.class as usize];
        let path = self.declared_path(r);
        let mut mro = vec![r];
        let mut externals = Vec::new();
        let mut methods = FxHashMap::default();
        let mut tags = FxHashMap::default();
        match f.module.lang {
            Lang::Python => {
                for a in self.facts.ancestors(path.as_str()) {
                    let a = ustr(&a);
                    if a == path {
                        continue;
                    }
                    match self.class_index.get(&a) {
                        Some(r) => mro.push(*r),
                        None => externals.push(a),
                    }
                }
                for (n, i) in &c.methods {
                    methods.insert(
                        *n,
                        FuncRef {
                            file: r.file,
                            func: *i,
                        },
                    );
                }
            }
            Lang::Go => {
                if let Some(t) = self.facts.go_type(directory(&f.path), c.name.as_str()) {
                    for (n, m) in &t.methods {
                        methods.insert(
                            ustr(n),
                            FuncRef {
                                file: m.file as u32,
                                func: m.func,
                            },
                        );
                    }
                    for field in &t.fields {
                        if let Some(tag) = field.tag
                            && let Some(name) = tag_name(tag.as_str(), &self.field_tags)
                        {
                            tags.insert(field.name, name);
                        }
                    }
                } else {
                    for (n, i) in &c.methods {
                        methods.insert(
                            *n,
                            FuncRef {
                                file: r.file,
                                func: *i,
                            },
                        );
                    }
                }
            }
        }
        let model = self
            .facts
            .models
            .contains_key(path.as_str())
            .then_some(path);
        ClassInfo {
            path,
            mro,
            externals,
            model,
            methods,
            tags,
        }
    }

    fn index_globals(&mut self) {
        self.globals = self
            .files
            .iter()
            .map(|f| {
                let mut g = Globals {
                    assigned: FxHashMap::default(),
                };
                if let Some(module) = f.module.funcs.first() {
                    let mut n = 0;
                    assigned(&module.body, &mut g, &mut n);
                }
                g
            })
            .collect();
    }

    /// The directory of a file, `/` between parts.
    pub fn directory_of(&self, file: u32) -> &str {
        &self.dirs[file as usize]
    }

    /// Go: the directory of the package of the project that a name of a file's imports means.
    pub fn imported_directory(&self, file: u32, alias: Ustr) -> Option<&str> {
        let module = &self.files[file as usize].module;
        let import = module.imports.iter().find(|i| i.name == alias)?;
        self.facts
            .go_import(import.path.as_str())
            .map(|package| package.dir.as_str())
    }

    /// The files, in path order.
    pub fn files(&self) -> &[ProgramFile] {
        &self.files
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

    fn info(&self, c: ClassRef) -> &ClassInfo {
        &self.classes[c.file as usize][c.class as usize]
    }

    /// The id of a file of the program.
    pub fn file_id(&self, file: u32) -> FileId {
        self.files[file as usize].id
    }

    /// The class whose method a function is.
    pub fn class_of(&self, f: FuncRef) -> Option<ClassRef> {
        let func = self.func(f);
        if let Some(c) = func.class {
            return Some(ClassRef {
                file: f.file,
                class: c,
            });
        }
        if self.files[f.file as usize].module.lang == Lang::Go
            && let Some((ty, _)) = func.qualname.split_once('.')
        {
            let t = self
                .facts
                .go_type(&self.dirs[f.file as usize], ty)
                .filter(|t| t.declared)?;
            return Some(ClassRef {
                file: t.file as u32,
                class: t.class,
            });
        }
        None
    }

    /// A class's path.
    pub fn class_path(&self, c: ClassRef) -> Ustr {
        self.info(c).path
    }

    /// The path of a module-level name.
    pub fn global_path(&self, file: u32, name: Ustr) -> Ustr {
        ustr(&format!("{}:{name}", self.files[file as usize].path))
    }

    /// The model that a class is.
    pub fn model_path(&self, c: ClassRef) -> Option<Ustr> {
        self.info(c).model
    }

    /// The class of a model.
    pub fn model_class(&self, model: Ustr) -> Option<ClassRef> {
        self.class_index.get(&model).copied()
    }

    /// Whether a class derives from one of these outside of the project.
    pub fn derives_from(&self, c: ClassRef, bases: &FxHashSet<Ustr>) -> bool {
        self.info(c).externals.iter().any(|b| bases.contains(b))
    }

    /// Whether a class that is no model has bases outside of the project, whose methods it may override.
    pub fn has_outer_bases(&self, c: ClassRef) -> bool {
        let info = self.info(c);
        info.model.is_none() && info.externals.iter().any(|b| b != "object")
    }

    /// The methods of the class that a method belongs to.
    pub fn siblings(&self, f: FuncRef) -> impl Iterator<Item = FuncRef> + '_ {
        self.class_of(f)
            .into_iter()
            .flat_map(|c| self.info(c).methods.values().copied())
    }

    /// The class of that path.
    pub fn class_at(&self, path: Ustr) -> Option<ClassRef> {
        self.class_index.get(&path).copied()
    }

    /// Whether a class is another one or derives from it.
    pub fn derives(&self, c: ClassRef, from: ClassRef) -> bool {
        self.info(c).mro.contains(&from)
    }

    /// The container that rows of a class belong to: proxies share their parent's.
    pub fn container_of_class(&self, c: ClassRef) -> Ustr {
        self.info(c).path
    }

    /// A model's declarations.
    pub fn model(&self, path: Ustr) -> Option<&Model> {
        self.facts.models.get(path.as_str())
    }

    /// Columns that are unique together in a model, as far as its library says so.
    pub fn known_uniques(&self, model: Ustr) -> impl Iterator<Item = std::str::Split<'_, char>> {
        let list = self.python.lists.get(&sym!("unique-columns"));
        let plain = |path: &str| path.rsplit('.').next().map(str::to_lowercase);
        // One that the project does not declare may go by another module's name.
        let name = plain(model.as_str()).filter(|_| self.model(model).is_none());
        list.into_iter().flatten().filter_map(move |entry| {
            let (of, columns) = entry.split_once('=')?;
            let named = name.is_some() && plain(of) == name;
            let is = named || model == of || self.facts.is_subclass(model.as_str(), of);
            is.then(|| columns.split('+'))
        })
    }

    /// A model by its label (`shop.Product`) or plain name.
    pub fn model_labelled(&self, label: Ustr) -> Option<Ustr> {
        self.facts
            .model_named(label.as_str())
            .map(|m| ustr(&m.path))
    }

    /// A model by the name that a parameter or variable for one of its rows would have.
    pub fn model_named(&self, name: Ustr) -> Option<Ustr> {
        self.models_by_name.get(&name).copied()
    }

    /// A method, searched through the bases; the class that defines it.
    pub fn method(&self, c: ClassRef, name: Ustr) -> Option<(ClassRef, FuncRef)> {
        for r in &self.info(c).mro {
            if let Some(f) = self.info(*r).methods.get(&name) {
                return Some((*r, *f));
            }
        }
        None
    }

    /// The method that `super().name` means in `class` for an object of `of`.
    pub fn super_method(&self, of: ClassRef, class: ClassRef, name: Ustr) -> Option<FuncRef> {
        let mro = &self.info(of).mro;
        let start = mro.iter().position(|r| *r == class).map_or(1, |i| i + 1);
        mro.iter()
            .skip(start)
            .find_map(|r| self.info(*r).methods.get(&name).copied())
    }

    /// The setter of a property.
    pub fn setter(&self, c: ClassRef, name: Ustr) -> Option<FuncRef> {
        let (_, f) = self.method(c, name)?;
        let func = self.func(f);
        let setter = func
            .decorators
            .iter()
            .any(|d| matches!(&d.kind, ExprKind::Attr(_, n, _) if n == "setter"));
        setter.then_some(f)
    }

    /// The library kind of a class: a base outside the project that a pack declares.
    pub fn class_kind(&self, c: ClassRef, lib: &Library) -> Option<Ustr> {
        self.declaring(c, lib).map(|i| lib.specs[i].declares)
    }

    /// The pattern that declares the kind of a class.
    pub fn declaring(&self, c: ClassRef, lib: &Library) -> Option<usize> {
        let info = self.info(c);
        info.externals
            .iter()
            .find_map(|b| lib.bases.get(b)?.first().copied())
    }

    /// How a class of a declared kind is constructed, as its pack says.
    pub fn class_spec(&self, c: ClassRef, lib: &Library) -> Option<usize> {
        self.info(c)
            .externals
            .iter()
            .find_map(|b| lib.bases.get(b)?.first().copied())
    }

    /// Whether nothing is known of what a class's instances do: an interface, a protocol, an empty base.
    pub fn is_opaque_class(&self, c: ClassRef) -> bool {
        let def = self.class(c);
        match self.files[c.file as usize].module.lang {
            Lang::Go => matches!(def.underlying, Some(TypeExpr::Interface(..))),
            Lang::Python => {
                self.info(c).methods.is_empty()
                    || self
                        .info(c)
                        .externals
                        .iter()
                        .any(|b| b.ends_with("Protocol"))
            }
        }
    }

    /// Go: the external type that a named type is.
    pub fn underlying_path(&self, c: ClassRef) -> Option<Ustr> {
        let mut t = self.class(c).underlying.as_ref()?;
        while let TypeExpr::Pointer(inner) = t {
            t = inner;
        }
        match t {
            TypeExpr::Path(p) => match self.resolve_type(c.file, p)? {
                TypeRef::External(p) => Some(p),
                TypeRef::Class(_) => None,
            },
            _ => None,
        }
    }

    /// Go: whether a named type is a struct.
    pub fn is_struct(&self, c: ClassRef) -> bool {
        matches!(self.class(c).underlying, Some(TypeExpr::Struct(_)))
    }

    /// Go: the functions that a call of an interface's method may mean.
    pub fn implementers(&self, c: ClassRef, name: Ustr) -> Vec<FuncRef> {
        let def = self.class(c);
        match self.files[c.file as usize].module.lang {
            Lang::Go => {
                if !matches!(def.underlying, Some(TypeExpr::Interface(..))) {
                    return Vec::new();
                }
                let dir = &self.dirs[c.file as usize];
                let mut all = self.facts.go_implementers(dir, def.name.as_str());
                let made = |(d, t): &(&str, &str)| {
                    self.class_index
                        .get(&ustr(&format!("{d}.{t}")))
                        .is_some_and(|c| self.made.contains(c))
                };
                if all.len() > 1 && all.iter().any(made) {
                    all.retain(made);
                }
                all.into_iter()
                    .filter_map(|(d, t)| self.facts.go_method(d, t, name.as_str()))
                    .map(|m| FuncRef {
                        file: m.file as u32,
                        func: m.func,
                    })
                    .collect()
            }
            Lang::Python => {
                // An abstract base: the classes of the project that derive from it.
                let derived = self.derived.get(&c).into_iter().flatten();
                let out: Vec<FuncRef> = derived
                    .filter_map(|r| self.info(*r).methods.get(&name).copied())
                    .collect();
                out
            }
        }
    }

    /// The classes whose objects a root's receiver may be: its own, and those that inherit the method and override
    /// something that it may call.
    pub fn receivers(&self, f: FuncRef) -> Vec<Option<ClassRef>> {
        let Some(c) = self.class_of(f) else {
            return vec![None];
        };
        let mut out = vec![Some(c)];
        if self.files[f.file as usize].module.lang == Lang::Python {
            let name = self.func(f).name;
            // Only where a subclass puts something of its own in the place of what the method calls.
            let calls = self.calls_of(f);
            for r in self.derived.get(&c).into_iter().flatten() {
                let differs = |k: &Key| match k {
                    Key::Method(n) => {
                        self.method(*r, *n).map(|m| m.1) != self.method(c, *n).map(|m| m.1)
                    }
                    _ => false,
                };
                if out.len() < 4
                    && self.method(*r, name).is_some_and(|(_, m)| m == f)
                    && calls.iter().any(differs)
                {
                    out.push(Some(*r));
                }
            }
        }
        out
    }

    /// The method of a base that calls this one on its own object, for the class that this one is of: what the base
    /// does before and after is done for this class as well.
    pub fn template_of(&self, f: FuncRef) -> Option<(FuncRef, ClassRef)> {
        let c = self.class_of(f)?;
        let name = self.func(f).name;
        // What others may call as well is seen from them.
        if !name.starts_with('_') {
            return None;
        }
        let bases = self.info(c).mro.iter().filter(|b| **b != c);
        let mut found: Vec<FuncRef> = bases
            .flat_map(|b| self.info(*b).methods.iter())
            .filter(|(n, m)| {
                **n != name
                    && self.calls_of(**m).contains(&Key::Method(name))
                    && self.matters(**m)
                    && self.method(c, **n).is_some_and(|x| x.1 == **m)
            })
            .map(|(_, m)| *m)
            .collect();
        found.sort_unstable();
        found.first().map(|m| (*m, c))
    }

    /// An attribute assigned in the body of a class or of one of its bases.
    pub fn class_attr(&self, c: ClassRef, name: Ustr) -> Option<(ClassRef, &ClassAttr)> {
        self.info(c).mro.iter().find_map(|r| {
            let a = self.class(*r).attrs.iter().rev().find(|a| a.name == name)?;
            Some((*r, a))
        })
    }

    /// A class defined in the body of another.
    pub fn inner_class(&self, c: ClassRef, name: Ustr) -> Option<ClassRef> {
        self.info(c).mro.iter().find_map(|r| {
            let def = self.class(*r);
            def.inner
                .iter()
                .find(|i| self.files[r.file as usize].module.classes[**i as usize].name == name)
                .map(|i| ClassRef {
                    file: r.file,
                    class: *i,
                })
        })
    }

    /// The declared type of a field.
    pub fn field_type(&self, c: ClassRef, name: Ustr) -> Option<(u32, &TypeExpr)> {
        match self.files[c.file as usize].module.lang {
            Lang::Go => match &self.class(c).underlying {
                Some(TypeExpr::Struct(fields)) => fields
                    .iter()
                    .find(|f| f.name == name)
                    .and_then(|f| f.ty.as_ref())
                    .map(|t| (c.file, t)),
                _ => None,
            },
            Lang::Python => {
                let (r, a) = self.class_attr(c, name)?;
                a.ty.as_ref().map(|t| (r.file, t))
            }
        }
    }

    /// The name of the i-th field of a struct or data class.
    pub fn field_at(&self, c: ClassRef, i: usize) -> Option<Ustr> {
        match &self.class(c).underlying {
            Some(TypeExpr::Struct(fields)) => fields.get(i).map(|f| f.name),
            Some(_) => None,
            None => self
                .class(c)
                .attrs
                .iter()
                .filter(|a| a.ty.is_some())
                .nth(i)
                .map(|a| a.name),
        }
    }

    /// Go: the embedded fields through which a promoted field or method is reached.
    pub fn embedded_path(&self, c: ClassRef, name: Ustr) -> Option<Vec<Ustr>> {
        if self.files[c.file as usize].module.lang != Lang::Go {
            return None;
        }
        self.embedded(c, name, 0)
    }

    /// Go: the struct embedded in a struct under that name, if an encoder writes its fields beside the others (an
    /// embedded struct that has no tag of its own).
    pub fn flattened(&self, c: ClassRef, name: Ustr) -> Option<ClassRef> {
        let Some(TypeExpr::Struct(fields)) = &self.class(c).underlying else {
            return None;
        };
        let f = fields.iter().find(|f| f.embedded && f.name == name)?;
        if self.info(c).tags.contains_key(&name) {
            return None;
        }
        let mut t = f.ty.as_ref()?;
        while let TypeExpr::Pointer(inner) = t {
            t = inner;
        }
        let (TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = t else {
            return None;
        };
        match self.resolve_type(c.file, path) {
            Some(TypeRef::Class(inner)) => Some(inner),
            _ => None,
        }
    }

    fn embedded(&self, c: ClassRef, name: Ustr, depth: u32) -> Option<Vec<Ustr>> {
        let Some(TypeExpr::Struct(fields)) = &self.class(c).underlying else {
            return None;
        };
        if depth > 4 || fields.iter().any(|f| f.name == name) {
            return None;
        }
        for f in fields.iter().filter(|f| f.embedded) {
            let mut t = f.ty.as_ref()?;
            while let TypeExpr::Pointer(inner) = t {
                t = inner;
            }
            let path = match t {
                TypeExpr::Path(p) | TypeExpr::Generic(p, _) => p,
                _ => continue,
            };
            let Some(TypeRef::Class(inner)) = self.resolve_type(c.file, path) else {
                continue;
            };
            let has = match &self.class(inner).underlying {
                Some(TypeExpr::Struct(fs)) => fs.iter().any(|x| x.name == name),
                Some(TypeExpr::Interface(ms, _)) => ms.iter().any(|m| m.0 == name),
                _ => false,
            } || self.info(inner).methods.contains_key(&name);
            if has {
                return Some(vec![f.name]);
            }
            if let Some(mut rest) = self.embedded(inner, name, depth + 1) {
                rest.insert(0, f.name);
                return Some(rest);
            }
        }
        None
    }

    /// What a type's name means in a file.
    pub fn resolve_type(&self, file: u32, path: &[Ustr]) -> Option<TypeRef> {
        let f = &self.files[file as usize];
        match f.module.lang {
            Lang::Python => {
                let dotted = path.iter().map(Ustr::as_str).collect::<Vec<_>>().join(".");
                match self.facts.lookup_at(file as usize, &dotted)? {
                    Symbol::Class(p) => {
                        self.class_index.get(&ustr(&p)).copied().map(TypeRef::Class)
                    }
                    Symbol::External(p) => Some(TypeRef::External(ustr(&p))),
                    _ => None,
                }
            }
            Lang::Go => match path {
                [name] => {
                    let t = self
                        .facts
                        .go_type(&self.dirs[file as usize], name.as_str())
                        .filter(|t| t.declared)?;
                    Some(TypeRef::Class(ClassRef {
                        file: t.file as u32,
                        class: t.class,
                    }))
                }
                [pkg, name] => {
                    let import = f.module.imports.iter().find(|i| i.name == *pkg)?;
                    if let Some(p) = self.facts.go_import(import.path.as_str())
                        && let Some(t) = p.types.get(name.as_str()).filter(|t| t.declared)
                    {
                        return Some(TypeRef::Class(ClassRef {
                            file: t.file as u32,
                            class: t.class,
                        }));
                    }
                    Some(TypeRef::External(ustr(&format!("{}.{name}", import.path))))
                }
                _ => None,
            },
        }
    }

    /// Whether a name is bound at the top of a file.
    pub fn is_global(&self, file: u32, name: Ustr) -> bool {
        self.files[file as usize]
            .module
            .funcs
            .first()
            .is_some_and(|m| m.locals.contains(&name))
    }

    /// What a name means at the top of a file.
    pub fn global(&self, file: u32, name: Ustr) -> Global<'_> {
        let f = &self.files[file as usize];
        match f.module.lang {
            Lang::Python => {
                let symbol = self.facts.lookup_at(file as usize, name.as_str());
                match &symbol {
                    Some(Symbol::Class(p)) => {
                        if let Some(c) = self.class_index.get(&ustr(p)) {
                            return Global::Class(*c);
                        }
                    }
                    Some(Symbol::Func(at, func)) => {
                        return Global::Func(FuncRef {
                            file: *at as u32,
                            func: *func,
                        });
                    }
                    Some(Symbol::Const(lit))
                        if !self.globals[file as usize].assigned.contains_key(&name) =>
                    {
                        return Global::Lit(*lit);
                    }
                    _ => {}
                }
                if let Some((e, part)) = self.assigned_expr(file, name) {
                    return Global::Expr(file, e, part);
                }
                match symbol {
                    Some(Symbol::Module(p) | Symbol::External(p)) => Global::Path(ustr(&p)),
                    Some(Symbol::Class(p)) => Global::Path(ustr(&p)),
                    _ => Global::None,
                }
            }
            Lang::Go => {
                if let Some(p) = self.facts.go_package(&self.dirs[file as usize])
                    && let Some(g) = self.go_member(p, name)
                {
                    return g;
                }
                match f.module.imports.iter().find(|i| i.name == name) {
                    Some(i) => Global::Path(i.path),
                    None => Global::None,
                }
            }
        }
    }

    fn go_member(&self, p: &crate::project::facts::GoPackage, name: Ustr) -> Option<Global<'_>> {
        if let Some((file, func)) = p.funcs.get(name.as_str()) {
            return Some(Global::Func(FuncRef {
                file: *file as u32,
                func: *func,
            }));
        }
        if let Some(t) = p.types.get(name.as_str()).filter(|t| t.declared) {
            return Some(Global::Class(ClassRef {
                file: t.file as u32,
                class: t.class,
            }));
        }
        if let Some(v) = p.values.get(name.as_str()) {
            if let Some((e, part)) = self.assigned_expr(v.file as u32, name) {
                return Some(Global::Expr(v.file as u32, e, part));
            }
            if let Some(l) = v.value {
                return Some(Global::Lit(l));
            }
        }
        None
    }

    fn assigned_expr(&self, file: u32, name: Ustr) -> Option<(&Expr, Option<usize>)> {
        let (n, part) = self.globals[file as usize].assigned.get(&name)?;
        let module = self.files[file as usize].module.funcs.first()?;
        let mut count = 0;
        nth_assignment(&module.body, *n, &mut count).map(|e| (e, *part))
    }

    /// What a full path means inside the project.
    pub fn resolve_path(&self, path: Ustr) -> Option<Global<'_>> {
        let (module, name) = path.rsplit_once('.')?;
        if module.contains('/') || self.facts.files.first().is_some_and(|f| f.lang == Lang::Go) {
            let p = self.facts.go_import(module)?;
            return self.go_member(p, ustr(name));
        }
        match self.facts.lookup(module, name)? {
            Symbol::Class(p) => self.class_index.get(&ustr(&p)).map(|c| Global::Class(*c)),
            Symbol::Func(at, func) => Some(Global::Func(FuncRef {
                file: at as u32,
                func,
            })),
            Symbol::Const(l) => Some(Global::Lit(l)),
            Symbol::Module(p) | Symbol::External(p) => {
                if p == path.as_str() {
                    let file = self.facts.files.iter().position(|f| f.module == module)?;
                    let (e, part) = self.assigned_expr(file as u32, ustr(name))?;
                    return Some(Global::Expr(file as u32, e, part));
                }
                Some(Global::Path(ustr(&p)))
            }
        }
    }

    /// The name under which a store knows an attribute: the column of a relation, the primary key, a struct tag.
    pub fn attribute_name(
        &self,
        class: Option<ClassRef>,
        container: Option<Container>,
        name: Ustr,
    ) -> Ustr {
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

    fn column(&self, model: Ustr, name: Ustr) -> Ustr {
        let pk = sym!("pk");
        if name == "id" || name == "pk" {
            return pk;
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
        for suffix in crate::stores::dialect::lookups::KEY_SUFFIXES {
            if let Some(base) = name.strip_suffix(*suffix)
                && !base.is_empty()
                && m.is_none_or(|m| {
                    m.fields.get(base).is_some_and(|f| f.traits.is_relation())
                        || (!m.complete && !m.fields.contains_key(name.as_str()))
                })
            {
                return ustr(base);
            }
        }
        name
    }

    /// Whether a model has a column of that name.
    pub fn is_field(&self, class: Option<ClassRef>, name: Ustr) -> bool {
        class
            .and_then(|c| self.info(c).model)
            .and_then(|m| self.model(m))
            .is_some_and(|m| m.fields.contains_key(name.as_str()))
    }

    /// Whether a name on a row of that container is known to be no column: a relation to many rows, or nothing that
    /// the model declares.
    pub fn is_no_column(&self, container: Option<Container>, name: Ustr) -> bool {
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

    /// Whether a column leads to a row of another model.
    pub fn is_relation(&self, container: Option<Container>, name: Ustr) -> bool {
        self.traits(container, name)
            .is_some_and(crate::project::facts::FieldTraits::is_relation)
    }

    /// Whether a name on a row of a model is no column but state of the object.
    pub fn is_state(&self, container: Option<Container>, name: Ustr) -> bool {
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
    pub fn is_file(&self, container: Option<Container>, name: Ustr) -> bool {
        self.traits(container, name).is_some_and(|t| t.file)
    }

    fn traits(
        &self,
        container: Option<Container>,
        name: Ustr,
    ) -> Option<crate::project::facts::FieldTraits> {
        let Some(Container::Model(m)) = container else {
            return None;
        };
        Some(self.model(m)?.fields.get(name.as_str())?.traits)
    }

    /// A manager of a model: its class, if that is of the project.
    pub fn manager(&self, model: Ustr, name: Ustr) -> Option<Option<ClassRef>> {
        let m = self.model(model)?;
        let listed = |list: Ustr| self.python.lists.get(&list).map_or(&[][..], Vec::as_slice);
        if listed(sym!("default-manager-names")).contains(&name) {
            return Some(self.default_manager(model));
        }
        match m.managers.get(name.as_str()) {
            Some(class) => Some(self.class_index.get(&ustr(class)).copied()),
            // A model whose bases are outside may have one that is not seen.
            None if listed(sym!("implicit-manager")).first() == Some(&name) => Some(None),
            None => None,
        }
    }

    /// The class of a model's default manager, which is also that of the rows related to another one, if it is of the
    /// project.
    pub fn default_manager(&self, model: Ustr) -> Option<ClassRef> {
        let m = self.model(model)?;
        let class = m.managers.get(m.default_manager.as_str())?;
        self.class_index.get(&ustr(class)).copied()
    }

    /// Whether the store makes the keys of a model's rows, so that a row has none before it is saved.
    pub fn generated_key(&self, model: Ustr) -> bool {
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
    fn has_schema(&self, model: Ustr) -> bool {
        self.model_class(model)
            .is_none_or(|c| self.class_kind(c, &self.python).is_none())
    }

    /// Whether a column holds a value in every stored row. (A document may hold a nothing of its own.)
    pub fn not_null(&self, model: Ustr, name: Ustr) -> bool {
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

    /// The model that a relation leads to (one row).
    pub fn relation_target(&self, model: Ustr, name: Ustr) -> Option<Ustr> {
        let f = self.model(model)?.fields.get(name.as_str())?;
        if f.traits.foreign_key || f.traits.one_to_one {
            f.target.as_deref().map(ustr)
        } else {
            None
        }
    }

    /// The rows that relate to a row of this model: (model, relation field, at most one).
    pub fn reverse_relation(&self, model: Ustr, name: Ustr) -> Option<(Ustr, Ustr, bool)> {
        let (m, field) = self
            .facts
            .reverse
            .get(&(model.to_string(), name.to_string()))?;
        let one = self
            .facts
            .models
            .get(m)
            .and_then(|m| m.fields.get(field))
            .is_some_and(|f| f.traits.one_to_one);
        Some((ustr(m), ustr(field), one))
    }

    /// The names of a class's bases, by the class's plain name.
    pub fn base_names(&self, class: Ustr) -> &[Ustr] {
        self.bases_by_name.get(&class).map_or(&[], Vec::as_slice)
    }

    /// Whether a function may write to a store, itself or through what it calls.
    pub fn matters(&self, f: FuncRef) -> bool {
        self.relevance.matters(f)
    }

    /// Whether it is worth interpreting where it is called.
    pub fn worth(&self, f: FuncRef) -> bool {
        self.matters(f)
    }

    /// The names by which calls may mean a function. A bare name means no method.
    pub fn names_of(&self, f: FuncRef) -> [Key; 2] {
        let func = self.func(f);
        calls::names_of(func.name, func.class.is_some())
    }

    /// The functions that a function means for certain when it calls: by a bare name, or on its own object.
    pub fn means(&self, f: FuncRef) -> Vec<FuncRef> {
        let file = &self.files[f.file as usize];
        let Some(calls) = file.calls.get(f.func as usize) else {
            return Vec::new();
        };
        if file.module.lang != Lang::Python {
            return Vec::new();
        }
        let mut out = Vec::new();
        let bare = calls.names.iter().filter_map(|k| match k {
            Key::Bare(n) => Some(n.as_str()),
            _ => None,
        });
        for n in bare {
            if let Some(Symbol::Func(at, func)) = self.facts.lookup_at(f.file as usize, n) {
                out.push(FuncRef {
                    file: at as u32,
                    func,
                });
            }
        }
        if let Some(class) = self.class_of(f) {
            let own = calls.own.iter();
            out.extend(own.filter_map(|n| self.method(class, *n).map(|m| m.1)));
        }
        out.retain(|t| *t != f && self.matters(*t));
        out
    }

    /// The names that a function calls.
    pub fn calls_of(&self, f: FuncRef) -> &[Key] {
        &self.files[f.file as usize].calls[f.func as usize].names
    }

    /// The functions that may call one, by its name alone.
    pub fn callers_of(&self, f: FuncRef) -> Vec<FuncRef> {
        let name = self.func(f).name;
        let mut keys = vec![Key::Method(name), Key::Property(name)];
        if self.func(f).class.is_none() {
            keys.push(Key::Bare(name));
        }
        let mut out: Vec<FuncRef> = keys
            .into_iter()
            .flat_map(|k| self.relevance.callers(k))
            .copied()
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Every function with the names that it calls.
    pub fn all_calls(&self) -> impl Iterator<Item = (FuncRef, &[Key])> {
        self.files.iter().enumerate().flat_map(|(file, f)| {
            f.calls.iter().enumerate().map(move |(func, calls)| {
                let r = FuncRef {
                    file: file as u32,
                    func: func as u32,
                };
                (r, calls.names.as_slice())
            })
        })
    }

    /// The bases of a class that stand outside the project, by path.
    pub fn externals(&self, c: ClassRef) -> &[Ustr] {
        &self.info(c).externals
    }

    /// The classes of the project that a class derives from.
    pub fn ancestors(&self, c: ClassRef) -> &[ClassRef] {
        self.info(c).mro.get(1..).unwrap_or(&[])
    }

    /// The classes that derive from a class.
    pub fn derived(&self, c: ClassRef) -> &[ClassRef] {
        self.derived.get(&c).map_or(&[], Vec::as_slice)
    }

    /// Whether a decorator enters a region that a pack knows (a transaction, a lock).
    pub fn is_region(&self, file: u32, decorator: &Expr) -> bool {
        let callee = match &decorator.kind {
            ExprKind::Call(c) => &c.callee,
            _ => decorator,
        };
        let lib = self.library(self.files[file as usize].module.lang);
        crate::project::facts::dotted(callee)
            .and_then(|name| self.facts.resolve_path(file as usize, &name))
            .and_then(|path| lib.callees.get(&ustr(&path)))
            .is_some_and(|specs| {
                specs
                    .iter()
                    .any(|i| lib.specs[*i].does == crate::stores::vocabulary::Does::Region)
            })
    }

    /// Whether a name in a file stands for something outside the project.
    pub fn is_external(&self, file: u32, name: Ustr) -> bool {
        matches!(self.global(file, name), Global::Path(_))
    }

    /// Whether some function of the program may call it.
    pub fn is_called(&self, f: FuncRef) -> bool {
        self.relevance.is_called(&self.names_of(f))
    }
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(d, _)| d)
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

/// `dynamodbav:"user_id,omitempty"` for the first of the tags that is there.
fn tag_name(tag: &str, keys: &[Ustr]) -> Option<Ustr> {
    for k in keys {
        if let Some(i) = tag.find(&format!("{k}:\"")) {
            let rest = &tag[i + k.len() + 2..];
            let value = rest.split('"').next().unwrap_or("");
            let name = value.split(',').next().unwrap_or("");
            if !name.is_empty() && name != "-" {
                return Some(ustr(name));
            }
        }
    }
    None
}

fn assigned(block: &Block, g: &mut Globals, n: &mut usize) {
    for s in block {
        match &s.kind {
            StmtKind::Assign(targets, _) => {
                for t in targets {
                    match t {
                        Place::Name(name, _) => {
                            g.assigned.insert(*name, (*n, None));
                        }
                        Place::Tuple(ps, _) => {
                            for (i, p) in ps.iter().enumerate() {
                                if let Place::Name(name, _) = p {
                                    g.assigned.insert(*name, (*n, Some(i)));
                                }
                            }
                        }
                        _ => {}
                    }
                }
                *n += 1;
            }
            _ => nested_blocks(s, &mut |b| assigned(b, g, n)),
        }
    }
}

fn nth_assignment<'a>(block: &'a Block, wanted: usize, n: &mut usize) -> Option<&'a Expr> {
    for s in block {
        if let StmtKind::Assign(_, e) = &s.kind {
            if *n == wanted {
                return Some(e);
            }
            *n += 1;
            continue;
        }
        let mut found = None;
        nested_blocks(s, &mut |b| {
            if found.is_none() {
                found = nth_assignment(b, wanted, n);
            }
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The blocks of a compound statement, not those of functions and classes defined in it.
fn nested_blocks<'a>(s: &'a Stmt, f: &mut dyn FnMut(&'a Block)) {
    match &s.kind {
        StmtKind::If(_, a, b) => {
            f(a);
            f(b);
        }
        StmtKind::Loop {
            body, step, orelse, ..
        } => {
            f(body);
            f(step);
            f(orelse);
        }
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            f(body);
            for h in handlers {
                f(&h.body);
            }
            f(orelse);
            f(finally);
        }
        StmtKind::With(_, _, b) | StmtKind::Block(_, b) => f(b),
        StmtKind::Choice(bs, _) => bs.iter().for_each(f),
        _ => {}
    }
}

/// What the packs say of declarations, in the form that the facts take.
fn declarations(lib: &Library) -> DeclarationVocabulary {
    use crate::project::facts::FieldTraits;
    let list = |name: &str| lib.lists.get(&ustr(name)).cloned().unwrap_or_default();
    let one = |name: &str| {
        list(name)
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    let set = |name: &str| list(name).iter().map(ToString::to_string).collect();
    let all = |name: &str| {
        list(name)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let mut v = DeclarationVocabulary {
        model_bases: set("model-bases"),
        model_base_suffixes: all("model-base-suffixes"),
        target: one("field-target"),
        target_self: one("field-target-self"),
        unique: one("field-unique"),
        primary_key: one("field-primary-key"),
        key_parts: all("field-key-parts"),
        null: one("field-null"),
        default: one("field-default"),
        related_name: one("field-related-name"),
        related_suffix: one("related-suffix"),
        unique_for: all("field-unique-for"),
        implicit_primary: one("implicit-primary"),
        options_class: one("options-class"),
        unique_together: one("option-unique-together"),
        constraints: one("option-constraints"),
        abstract_option: one("option-abstract"),
        proxy: one("option-proxy"),
        table: one("option-table"),
        default_manager_option: one("option-default-manager"),
        default_related_name: one("option-default-related-name"),
        unique_constraints: set("unique-constraints"),
        check_constraints: set("check-constraints"),
        constraint_fields: one("constraint-fields"),
        constraint_condition: all("constraint-condition"),
        predicates: set("predicates"),
        references: set("references"),
        lookup_separator: one("lookup-separator"),
        manager_bases: set("manager-bases"),
        as_manager: set("as-manager"),
        from_queryset: set("from-queryset"),
        properties: set("property-decorators"),
        choices_bases: set("choices-bases"),
        write_calls: set("write-calls"),
        write_dicts: set("write-dicts"),
        databases: one("setting-databases"),
        atomic_requests: one("setting-atomic-requests"),
        database_options: one("setting-database-options"),
        isolation: one("setting-isolation"),
        ..DeclarationVocabulary::default()
    };
    for word in list("composite-fields") {
        let Some((ending, parts)) = word.split_once('=') else {
            continue;
        };
        let part = |p: &str| {
            let (key, usual) = p.split_once(':').unwrap_or((p, p));
            (key.to_owned(), usual.to_owned())
        };
        v.composites
            .push((ending.to_owned(), parts.split('+').map(part).collect()));
    }
    if let [name, class] = list("implicit-manager").as_slice() {
        v.implicit_manager = (name.to_string(), class.to_string());
    }
    for word in list("fields") {
        let Some((path, traits)) = word.split_once('=') else {
            continue;
        };
        let mut t = FieldTraits::default();
        for x in traits.split('+') {
            match x {
                "foreign-key" => t.foreign_key = true,
                "one-to-one" => t.one_to_one = true,
                "many-to-many" => t.many_to_many = true,
                "auto" => t.auto = true,
                "positive" => t.positive = true,
                "json" => t.json = true,
                "file" => t.file = true,
                "version" => t.version = true,
                _ => {}
            }
        }
        if path.contains('.') {
            v.fields.insert(path.to_owned(), t);
        } else {
            v.field_suffixes.push((path.to_owned(), t));
        }
    }
    v
}
