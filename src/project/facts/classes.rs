//! Python classes and what they inherit.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::resolve::{class_path, combination, dotted};
use super::{DeclarationVocabulary, Facts, FileFacts};
use crate::syntax::il::{ClassDef, ClassIdx, Expr, ExprKind, FuncIdx, Lang};

/// A Python class.
#[derive(Clone, Debug)]
pub struct ClassFacts {
    /// Qualified path.
    pub path: String,
    /// Plain name.
    pub name: String,
    /// Index in [`Facts::files`].
    pub file: usize,
    /// Index in the module's classes.
    pub class: ClassIdx,
    /// Its bases, resolved; one that is no dotted name stands for the classes it is computed from.
    pub bases: Vec<String>,
    /// Its own methods (the last of each name).
    pub methods: BTreeMap<String, FuncIdx>,
    /// Its own methods that are properties.
    pub properties: BTreeSet<String>,
    /// Whether rows of a store are its instances.
    pub is_model: bool,
    /// A model without a table of its own.
    pub is_abstract: bool,
}

/// The classes of one file, without their bases.
fn classes_of(
    file: usize,
    facts: &FileFacts<'_>,
    vocabulary: &DeclarationVocabulary,
) -> Vec<ClassFacts> {
    let il = facts.module_il;
    if il.lang != Lang::Python {
        return Vec::new();
    }
    let is_property = |func: &FuncIdx| {
        let func = il.funcs.get(*func as usize);
        func.into_iter()
            .flat_map(|f| &f.decorators)
            .any(|decorator| {
                dotted(decorator).is_some_and(|path| {
                    vocabulary
                        .properties
                        .contains(path.rsplit('.').next().unwrap_or(&path))
                        || vocabulary.properties.contains(&path)
                })
            })
    };
    let of_class = |(index, class): (usize, &ClassDef)| ClassFacts {
        path: class_path(&facts.module, &class.qualname),
        name: class.name.to_string(),
        file,
        class: index as ClassIdx,
        bases: Vec::new(),
        methods: class
            .methods
            .iter()
            .map(|(name, func)| (name.to_string(), *func))
            .collect(),
        properties: class
            .methods
            .iter()
            .filter(|(_, func)| is_property(func))
            .map(|(name, _)| name.to_string())
            .collect(),
        is_model: false,
        is_abstract: false,
    };
    il.classes.iter().enumerate().map(of_class).collect()
}

impl Facts {
    pub(super) fn collect_classes(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        let found: Vec<Vec<ClassFacts>> = (0..files.len())
            .into_par_iter()
            .map(|file| classes_of(file, &files[file], vocabulary))
            .collect();
        let found: BTreeMap<String, ClassFacts> = found
            .into_iter()
            .flatten()
            .map(|class| (class.path.clone(), class))
            .collect();
        self.class_paths = found
            .values()
            .map(|class| ((class.file, class.class), class.path.clone()))
            .collect();
        self.classes = found;
        self.collect_loaded(files, vocabulary);
        self.collect_combined(files, vocabulary);
        let bases: Vec<(String, Vec<String>)> = self
            .classes
            .par_iter()
            .map(|(_, class)| {
                let def = &files[class.file].module_il.classes[class.class as usize];
                let mut bases = Vec::new();
                for base in &def.bases {
                    self.base(class.file, base, &mut bases, 0);
                }
                bases.retain(|base| *base != class.path);
                (class.path.clone(), bases)
            })
            .collect();
        for (path, bases) in bases {
            if let Some(class) = self.classes.get_mut(&path) {
                let combined = std::mem::replace(&mut class.bases, bases);
                class.bases.extend(combined);
            }
        }
        self.lines = self
            .classes
            .par_iter()
            .map(|(path, _)| (path.clone(), self.line(path)))
            .collect();
        let models: Vec<String> = self
            .classes
            .par_iter()
            .filter(|(path, _)| self.derives_from_model(path, files, vocabulary))
            .map(|(path, _)| path.clone())
            .collect();
        for path in models {
            if let Some(class) = self.classes.get_mut(&path) {
                class.is_model = true;
            }
        }
    }

    /// A manager that is made of a manager's class and one of row sets (`Base.from_queryset(Rows)`) has what the base
    /// has, and behind it what the other has. One whose base stands outside has what the other has.
    fn collect_combined(&mut self, files: &[FileFacts<'_>], vocabulary: &DeclarationVocabulary) {
        let methods = &vocabulary.from_queryset;
        let mut found: Vec<(usize, Option<String>, String, String)> = Vec::new();
        for file in 0..files.len() {
            for (name, of, with) in self.names.combined(file, methods) {
                found.push((file, Some(name.to_owned()), of.to_owned(), with.to_owned()));
            }
        }
        for class in self.classes.values() {
            let def = &files[class.file].module_il.classes[class.class as usize];
            for value in def.attrs.iter().filter_map(|a| a.value.as_ref()) {
                let ExprKind::Call(call) = &value.kind else {
                    continue;
                };
                if let Some((of, method, with)) = combination(&call.callee)
                    && methods.contains(method.as_str())
                {
                    found.push((class.file, None, of, with));
                }
            }
        }
        for (file, name, of, with) in found {
            let path = |n: String| self.resolve_path(file, &n).unwrap_or(n);
            let (of, with) = (path(of), path(with));
            if !self.classes.contains_key(&with) || of == with {
                continue;
            }
            let means = match self.classes.get_mut(&of) {
                Some(base) => {
                    if !base.bases.contains(&with) {
                        base.bases.push(with);
                    }
                    of
                }
                None => {
                    self.combined.insert(with.clone());
                    with
                }
            };
            if let Some(name) = name {
                self.names.define(file, &name, means);
            }
        }
    }

    /// The classes that one expression in a class statement contributes.
    fn base(&self, file: usize, expr: &Expr, out: &mut Vec<String>, depth: u32) {
        if let Some(name) = dotted(expr) {
            out.push(self.resolve_path(file, &name).unwrap_or(name));
            return;
        }
        if depth > 4 {
            return;
        }
        if let ExprKind::Call(call) = &expr.kind {
            // `with_metaclass(Meta, Base)`, `Manager.from_queryset(Rows)`.
            if let ExprKind::Attr(object, _, _) = &call.callee.kind {
                self.base(file, object, out, depth + 1);
            }
            for arg in &call.args {
                self.base(file, &arg.value, out, depth + 1);
            }
        }
    }

    fn derives_from_model(
        &self,
        path: &str,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) -> bool {
        let line = self.ancestors(path);
        if line[1..]
            .iter()
            .any(|base| vocabulary.model_bases.contains(base))
        {
            return true;
        }
        let guessed = line[1..].iter().any(|base| {
            !self.classes.contains_key(base)
                && !vocabulary.other_bases.contains(base)
                && vocabulary.model_base_suffixes.iter().any(|suffix| {
                    base.rsplit('.')
                        .next()
                        .is_some_and(|name| name.ends_with(suffix.as_str()))
                })
        });
        guessed
            && line
                .iter()
                .filter_map(|ancestor| self.classes.get(ancestor))
                .any(|class| {
                    files[class.file].module_il.classes[class.class as usize]
                        .attrs
                        .iter()
                        .any(|attr| {
                            attr.value.as_ref().is_some_and(|value| {
                                self.field_traits(class.file, value, vocabulary).is_some()
                            })
                        })
                })
    }

    /// The class and everything it inherits from, nearest first, as Python's method resolution order has it for
    /// well-formed hierarchies; bases outside the project are in it as they are.
    pub fn ancestors(&self, path: &str) -> Vec<String> {
        match self.lines.get(path) {
            Some(line) => line.clone(),
            None => self.line(path),
        }
    }

    /// [`Facts::ancestors`], worked out from the bases.
    fn line(&self, path: &str) -> Vec<String> {
        // Depth first, and of what is met several times the last occurrence counts.
        let mut order: Vec<&str> = Vec::new();
        let mut work = vec![path];
        let mut budget = 512;
        let mut on_way: BTreeMap<&str, u32> = BTreeMap::new();
        while let Some(next) = work.pop() {
            budget -= 1;
            let seen = on_way.entry(next).or_default();
            *seen += 1;
            if budget == 0 || *seen > 8 {
                break;
            }
            order.push(next);
            if let Some(class) = self.classes.get(next) {
                work.extend(
                    class
                        .bases
                        .iter()
                        .rev()
                        .map(String::as_str)
                        .filter(|base| *base != path),
                );
            }
        }
        let mut seen = BTreeSet::new();
        let mut line: Vec<String> = order
            .iter()
            .rev()
            .filter(|name| seen.insert(**name))
            .map(|name| (*name).to_owned())
            .collect();
        line.reverse();
        line
    }

    /// Whether the class is `base` or inherits from it.
    pub fn is_subclass(&self, path: &str, base: &str) -> bool {
        path == base
            || self
                .lines
                .get(path)
                .is_some_and(|line| line.iter().any(|ancestor| ancestor == base))
    }

    /// The classes of the project that have `path` as a direct base.
    pub fn subclasses(&self, path: &str) -> Vec<&ClassFacts> {
        self.classes
            .values()
            .filter(|class| class.bases.iter().any(|base| base == path))
            .collect()
    }

    /// The method that `name` is on instances of a class: the class that defines it, its file and function.
    pub fn method(&self, path: &str, name: &str) -> Option<(&ClassFacts, FuncIdx)> {
        self.ancestors(path).iter().find_map(|ancestor| {
            let class = self.classes.get(ancestor)?;
            Some((class, *class.methods.get(name)?))
        })
    }
}
