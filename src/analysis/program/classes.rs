//! Classes: their bases and kinds, and what is declared in them.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Program, ProgramFile, TypeRef};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::python_module;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::symbol::{Sym, concat, intern};
use crate::syntax::Lang;
use crate::syntax::il::{ArgKind, ClassAttr, Expr, ExprKind, Func, Lit, TypeExpr};

/// What is known of a class.
pub(super) struct ClassInfo {
    pub(super) path: Sym,
    /// The class itself first.
    pub(super) mro: Vec<ClassRef>,
    pub(super) externals: Vec<Sym>,
    pub(super) model: Option<Sym>,
    pub(super) methods: FxHashMap<Sym, FuncRef>,
    /// What sets a property, by the property's name.
    pub(super) setters: FxHashMap<Sym, FuncRef>,
    pub(super) tags: FxHashMap<Sym, Sym>,
    /// The methods that the class's decorators are put around, each with the decorator, the outermost first.
    pub(super) around: Vec<(Sym, usize)>,
}

impl Program {
    pub(super) fn index_classes(&mut self) {
        let classes = |file: usize| {
            let all = 0..self.files[file].module.classes.len() as u32;
            all.map(move |class| ClassRef {
                file: file as u32,
                class,
            })
        };
        let own = (0..self.own).into_par_iter().flat_map_iter(classes);
        let index: Vec<(Sym, ClassRef)> = own.map(|r| (self.declared_path(r), r)).collect();
        self.class_index = index.into_iter().collect();
        let steps = self.steps_by_path();
        let infos = |file| classes(file).map(|r| self.class_info(r, &steps)).collect();
        let files = (0..self.files.len()).into_par_iter();
        let all: Vec<Vec<ClassInfo>> = files.map(infos).collect();
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
        let around = all.iter().flatten().flat_map(|info| &info.around);
        self.wrapped = around.map(|(name, _)| *name).collect();
        self.classes = all;
        for f in &self.files[..self.own] {
            for c in &f.module.classes {
                let bases: Vec<Sym> = c
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
    }

    fn declared_path(&self, r: ClassRef) -> Sym {
        let f = &self.files[r.file as usize];
        let c = &f.module.classes[r.class as usize];
        match f.module.lang {
            Lang::Python => {
                let module = python_module(&f.path);
                if module.is_empty() {
                    c.qualname
                } else {
                    concat(&[&module, ".", &c.qualname])
                }
            }
            // What a function defines is known in its file only.
            Lang::Go if c.scope != 0 => concat(&[&f.path, ":", &c.qualname]),
            Lang::Go => concat(&[&self.dirs[r.file as usize], ".", &c.qualname]),
        }
    }

    fn class_info(&self, r: ClassRef, steps: &FxHashMap<Sym, Vec<ClassRef>>) -> ClassInfo {
        let f = &self.files[r.file as usize];
        let c = &f.module.classes[r.class as usize];
        let path = self.declared_path(r);
        let mut mro = steps.get(&path).cloned().unwrap_or_else(|| vec![r]);
        let mut externals = Vec::new();
        let mut methods = FxHashMap::default();
        let mut setters = FxHashMap::default();
        let mut tags = FxHashMap::default();
        match f.module.lang {
            Lang::Python => {
                for a in self.facts.ancestors(path.as_str()) {
                    let a = intern(&a);
                    if a == path {
                        continue;
                    }
                    match self.class_index.get(&a) {
                        Some(r) => mro.push(*r),
                        None => {
                            // What a framework's class does comes before what its own bases do.
                            for s in steps.get(&a).into_iter().flatten() {
                                mro.retain(|x| x != s);
                                mro.push(*s);
                            }
                            externals.push(a);
                        }
                    }
                }
                for (n, i) in &c.methods {
                    let func = FuncRef {
                        file: r.file,
                        func: *i,
                    };
                    // What sets a property has its name, and does not take its place.
                    match accessor(&f.module.funcs[*i as usize]) {
                        Some("setter") => {
                            setters.insert(*n, func);
                        }
                        Some(_) => {}
                        None => {
                            methods.insert(*n, func);
                        }
                    }
                }
            }
            Lang::Go => {
                let package = &self.dirs[r.file as usize];
                if let Some(t) = self.facts.go_type(package, c.name.as_str()) {
                    for (n, m) in &t.methods {
                        methods.insert(
                            intern(n),
                            FuncRef {
                                file: m.file as u32,
                                func: m.func,
                            },
                        );
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
                if let Some(TypeExpr::Struct(fields)) = &self.class(self.struct_of(r)).underlying {
                    for field in fields {
                        if let Some(tag) = field.tag
                            && let Some(name) = tag_name(tag.as_str(), &self.field_tags)
                        {
                            tags.insert(field.name, name);
                        }
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
            setters,
            tags,
            around: self.arounds(r.file, c),
        }
    }

    pub(super) fn info(&self, c: ClassRef) -> &ClassInfo {
        &self.classes[c.file as usize][c.class as usize]
    }

    /// A class's path.
    pub fn class_path(&self, c: ClassRef) -> Sym {
        self.info(c).path
    }

    /// Where a class is declared.
    pub fn class_loc(&self, c: ClassRef) -> Loc {
        Loc {
            file: self.file_id(c.file),
            span: self.class(c).name_span,
        }
    }

    /// The class of that path.
    pub fn class_at(&self, path: Sym) -> Option<ClassRef> {
        self.class_index.get(&path).copied()
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

    /// Whether a class is another one or derives from it.
    pub fn derives(&self, c: ClassRef, from: ClassRef) -> bool {
        self.info(c).mro.contains(&from)
    }

    /// Whether a class derives from one of these outside of the project.
    pub fn derives_from(&self, c: ClassRef, bases: &FxHashSet<Sym>) -> bool {
        self.info(c).externals.iter().any(|b| bases.contains(b))
    }

    /// Whether a class that is no model has bases outside of the project, whose methods it may override.
    pub fn has_outer_bases(&self, c: ClassRef) -> bool {
        let info = self.info(c);
        info.model.is_none() && info.externals.iter().any(|b| b != "object")
    }

    /// The classes of the project that a class derives from.
    pub fn ancestors(&self, c: ClassRef) -> impl Iterator<Item = ClassRef> + '_ {
        let own = self.own;
        let mro = self.info(c).mro.iter().skip(1).copied();
        mro.filter(move |a| (a.file as usize) < own)
    }

    /// The classes that derive from a class.
    pub fn derived(&self, c: ClassRef) -> &[ClassRef] {
        self.derived.get(&c).map_or(&[], Vec::as_slice)
    }

    /// The bases of a class that stand outside the project, by path.
    pub fn externals(&self, c: ClassRef) -> &[Sym] {
        &self.info(c).externals
    }

    /// The names of a class's bases, by the class's plain name.
    pub fn base_names(&self, class: Sym) -> &[Sym] {
        self.bases_by_name.get(&class).map_or(&[], Vec::as_slice)
    }

    /// The library kind of a class: a base outside the project that a pack declares.
    pub fn class_kind(&self, c: ClassRef, lib: &Library) -> Option<Sym> {
        self.declaring(c, lib).map(|i| lib.specs[i].declares)
    }

    /// The pattern that declares the kind of a class, and says how it is constructed. Of several bases the first counts,
    /// but for one of a kind that another one's extends: a base stands behind all that derive from it.
    pub fn declaring(&self, c: ClassRef, lib: &Library) -> Option<usize> {
        let bases = self.info(c).externals.iter();
        let mut found = bases.filter_map(|b| lib.bases.get(b)?.first().copied());
        let first = found.next()?;
        let kind = |i: usize| lib.kinds.get(&lib.specs[i].declares);
        Some(found.fold(first, |is, i| {
            let extends = kind(i).is_some_and(|k| k.extends.contains(&lib.specs[is].declares));
            if extends { i } else { is }
        }))
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

    /// Go: whether a named type is a struct.
    pub fn is_struct(&self, c: ClassRef) -> bool {
        let c = self.struct_of(c);
        matches!(self.class(c).underlying, Some(TypeExpr::Struct(_)))
    }

    /// Go: the type that a named one is defined by (`type A B`), whose fields it has; itself where there is none.
    pub fn struct_of(&self, c: ClassRef) -> ClassRef {
        let mut c = c;
        for _ in 0..8 {
            let Some(TypeExpr::Path(path) | TypeExpr::Generic(path, _)) = &self.class(c).underlying
            else {
                break;
            };
            match self.resolve_type(c.file, path) {
                Some(TypeRef::Class(next)) => c = next,
                _ => break,
            }
        }
        c
    }

    /// Go: whether a named type is a map.
    pub fn is_map(&self, c: ClassRef) -> bool {
        matches!(self.class(c).underlying, Some(TypeExpr::Map(..)))
    }

    /// Go: the external type that a named type is.
    pub fn underlying_path(&self, c: ClassRef) -> Option<Sym> {
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

    /// An attribute assigned in the body of a class or of one of its bases.
    pub fn class_attr(&self, c: ClassRef, name: Sym) -> Option<(ClassRef, &ClassAttr)> {
        self.info(c).mro.iter().find_map(|r| {
            let a = self.class(*r).attrs.iter().rev().find(|a| a.name == name)?;
            Some((*r, a))
        })
    }

    /// A class defined in the body of another.
    pub fn inner_class(&self, c: ClassRef, name: Sym) -> Option<ClassRef> {
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
    pub fn field_type(&self, c: ClassRef, name: Sym) -> Option<(u32, &TypeExpr)> {
        let c = self.struct_of(c);
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
    pub fn field_at(&self, c: ClassRef, i: usize) -> Option<Sym> {
        let c = self.struct_of(c);
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

    /// Python: the fields that a class and its bases declare with a type.
    pub fn declared_fields(&self, c: ClassRef) -> Vec<Sym> {
        let mut out: Vec<Sym> = Vec::new();
        for c in std::iter::once(c).chain(self.ancestors(c)) {
            for a in &self.class(c).attrs {
                if a.ty.is_some() && !out.contains(&a.name) {
                    out.push(a.name);
                }
            }
        }
        out
    }

    /// The attribute of a class that is declared as this part of a key (`hash_key=True`).
    pub fn key_part(&self, c: ClassRef, part: Sym) -> Option<Sym> {
        let is_part = |e: &Expr| {
            let ExprKind::Call(call) = &e.kind else {
                return false;
            };
            call.args.iter().any(|a| {
                a.kind == ArgKind::Keyword(part)
                    && matches!(a.value.kind, ExprKind::Const(Lit::Bool(true)))
            })
        };
        std::iter::once(c)
            .chain(self.ancestors(c))
            .flat_map(|c| &self.class(c).attrs)
            .find(|a| a.value.as_ref().is_some_and(is_part))
            .map(|a| a.name)
    }

    /// Go: the embedded fields through which a promoted field or method is reached.
    pub fn embedded_path(&self, c: ClassRef, name: Sym) -> Option<Vec<Sym>> {
        if self.files[c.file as usize].module.lang != Lang::Go {
            return None;
        }
        self.embedded(self.struct_of(c), name, 0)
    }

    fn embedded(&self, c: ClassRef, name: Sym, depth: u32) -> Option<Vec<Sym>> {
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

    /// Go: the struct embedded in a struct under that name, if an encoder writes its fields beside the others (an
    /// embedded struct that has no tag of its own).
    pub fn flattened(&self, c: ClassRef, name: Sym) -> Option<ClassRef> {
        let c = self.struct_of(c);
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
}

/// What a function does for a property of its own name, but for getting it: `@stock.setter`.
fn accessor(f: &Func) -> Option<&'static str> {
    f.decorators.iter().find_map(|d| match &d.kind {
        ExprKind::Attr(of, by, _) if matches!(&of.kind, ExprKind::Name(n) if *n == f.name) => {
            matches!(by.as_str(), "setter" | "deleter").then(|| by.as_str())
        }
        _ => None,
    })
}

/// `dynamodbav:"user_id,omitempty"` for the first of the tags that is there.
/// The keys of struct tags that name a column: those that count anyway, and those that count where a package of that path
/// is imported (`json=PACKAGE`), in the order of the packs.
pub(super) fn field_tags(files: &[ProgramFile], go: &Library) -> Vec<Sym> {
    let imported = |package: &str| {
        let go_files = files.iter().filter(|f| f.module.lang == Lang::Go);
        let mut imports = go_files.flat_map(|f| &f.module.imports);
        imports.any(|i| {
            let rest = i.path.strip_prefix(package);
            rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
        })
    };
    let listed = go.lists.get(&sym!("field-tags"));
    let mut tags: Vec<Sym> = Vec::new();
    for item in listed.into_iter().flatten() {
        let tag = match item.split_once('=') {
            Some((tag, package)) if imported(package) => intern(tag),
            Some(_) => continue,
            None => *item,
        };
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn tag_name(tag: &str, keys: &[Sym]) -> Option<Sym> {
    for k in keys {
        if let Some(i) = tag.find(&format!("{k}:\"")) {
            let rest = &tag[i + k.len() + 2..];
            let value = rest.split('"').next().unwrap_or("");
            let name = value.split(',').next().unwrap_or("");
            if !name.is_empty() && name != "-" {
                return Some(intern(name));
            }
        }
    }
    None
}
