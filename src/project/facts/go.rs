//! Go packages: types, methods, functions, constants.

use std::collections::BTreeMap;

use super::{Facts, FileFacts};
use crate::syntax::il::{
    ClassIdx, ExprKind, Field, FuncIdx, Lang, Lit, Place, Span, StmtKind, TypeExpr,
};

/// A method of a Go type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GoMethod {
    /// An index into [`Facts::files`].
    pub file: usize,
    /// The function; its first parameter is the receiver.
    pub func: FuncIdx,
    /// The receiver is a pointer.
    pub pointer: bool,
}

/// A named Go type.
#[derive(Clone, Debug, Default)]
pub struct GoType {
    /// Its declaration was seen; otherwise only methods of it were, and `file` and `class` mean nothing.
    pub declared: bool,
    /// An index into [`Facts::files`].
    pub file: usize,
    /// Index in the module's classes.
    pub class: ClassIdx,
    /// The underlying type.
    pub underlying: Option<TypeExpr>,
    /// Fields of a struct, embedded ones too.
    pub fields: Vec<Field>,
    /// It is an interface.
    pub is_interface: bool,
    /// Methods that an interface asks for, without those of embedded interfaces.
    pub interface: Vec<(String, TypeExpr)>,
    /// Embedded types, of structs and interfaces.
    pub embedded: Vec<TypeExpr>,
    /// Methods declared with this type as receiver.
    pub methods: BTreeMap<String, GoMethod>,
}

/// A package-level constant or variable.
#[derive(Clone, Debug)]
pub struct GoValue {
    /// Its value where that is a literal.
    pub value: Option<Lit>,
    /// An index into [`Facts::files`].
    pub file: usize,
    /// Where.
    pub span: Span,
}

/// A Go package: the files of one directory with one package clause.
#[derive(Clone, Debug, Default)]
pub struct GoPackage {
    /// Its directory.
    pub dir: String,
    /// Its name.
    pub name: String,
    /// Indices into [`Facts::files`].
    pub files: Vec<usize>,
    /// Named types.
    pub types: BTreeMap<String, GoType>,
    /// Functions without receiver: file and function.
    pub funcs: BTreeMap<String, (usize, FuncIdx)>,
    /// Package-level constants and variables.
    pub values: BTreeMap<String, GoValue>,
}

/// A package's directory and name, and a type in it.
pub(super) type GoTypeKey = ((String, String), String);

/// The name of a type behind pointers: the last segment, and the package's name if it is qualified.
fn named(ty: &TypeExpr) -> Option<(Option<&str>, &str)> {
    match ty {
        TypeExpr::Pointer(inner) => named(inner),
        TypeExpr::Path(path) | TypeExpr::Generic(path, _) => match path.as_slice() {
            [name] => Some((None, name.as_str())),
            [.., package, name] => Some((Some(package.as_str()), name.as_str())),
            [] => None,
        },
        _ => None,
    }
}

impl Facts {
    pub(super) fn collect_go(&mut self, files: &[FileFacts<'_>]) {
        for (file, facts) in files.iter().enumerate() {
            let il = facts.module_il;
            if il.lang != Lang::Go {
                continue;
            }
            let key = (facts.module.clone(), il.package.to_string());
            let package = self.go.entry(key.clone()).or_insert_with(|| GoPackage {
                dir: key.0.clone(),
                name: key.1.clone(),
                ..GoPackage::default()
            });
            package.files.push(file);
            for (index, class) in il.classes.iter().enumerate() {
                if class.scope != 0 {
                    continue;
                }
                // Methods may have come before, from another file.
                let found = package.types.entry(class.name.to_string()).or_default();
                found.declared = true;
                found.file = file;
                found.class = index as ClassIdx;
                found.underlying.clone_from(&class.underlying);
                match &class.underlying {
                    Some(TypeExpr::Struct(fields)) => {
                        found.fields.clone_from(fields);
                        found.embedded = fields
                            .iter()
                            .filter(|field| field.embedded)
                            .filter_map(|field| field.ty.clone())
                            .collect();
                    }
                    Some(TypeExpr::Interface(methods, embedded)) => {
                        found.is_interface = true;
                        found.interface = methods
                            .iter()
                            .map(|(name, ty)| (name.to_string(), ty.clone()))
                            .collect();
                        found.embedded.clone_from(embedded);
                    }
                    _ => {}
                }
            }
            for (index, func) in il.funcs.iter().enumerate().skip(1) {
                if func.parent.is_some_and(|parent| parent != 0) {
                    continue;
                }
                let index = index as FuncIdx;
                match func.qualname.split_once('.') {
                    Some((receiver, method)) if !method.contains('.') => {
                        let pointer = func
                            .params
                            .first()
                            .is_some_and(|param| matches!(param.ty, Some(TypeExpr::Pointer(_))));
                        let method = method.to_owned();
                        package
                            .types
                            .entry(receiver.to_owned())
                            .or_default()
                            .methods
                            .entry(method)
                            .or_insert(GoMethod {
                                file,
                                func: index,
                                pointer,
                            });
                    }
                    Some(_) => {}
                    None => {
                        package
                            .funcs
                            .entry(func.name.to_string())
                            .or_insert((file, index));
                    }
                }
            }
            let Some(module) = il.funcs.first() else {
                continue;
            };
            for stmt in &module.body {
                let StmtKind::Assign(places, value) = &stmt.kind else {
                    continue;
                };
                for place in places {
                    let values: Vec<(&Place, Option<&ExprKind>)> = match (place, &value.kind) {
                        (Place::Tuple(places, _), ExprKind::Tuple(values))
                            if places.len() == values.len() =>
                        {
                            places
                                .iter()
                                .zip(values.iter().map(|value| Some(&value.kind)))
                                .collect()
                        }
                        (Place::Tuple(places, _), _) => {
                            places.iter().map(|place| (place, None)).collect()
                        }
                        _ => vec![(place, Some(&value.kind))],
                    };
                    for (place, value) in values {
                        let Place::Name(name, span) = place else {
                            continue;
                        };
                        let value = match value {
                            Some(ExprKind::Const(lit)) => Some(*lit),
                            _ => None,
                        };
                        if let Some(lit) = value {
                            self.constants
                                .insert(format!("{}.{name}", facts.module), lit);
                        }
                        package.values.entry(name.to_string()).or_insert(GoValue {
                            value,
                            file,
                            span: *span,
                        });
                    }
                }
            }
        }
        for (key, package) in &self.go {
            self.go_by_name
                .entry(package.name.clone())
                .or_default()
                .push(key.clone());
        }
        let mut by_method = BTreeMap::<String, Vec<GoTypeKey>>::new();
        for (key, package) in &self.go {
            for (name, ty) in &package.types {
                for method in ty.methods.keys() {
                    by_method
                        .entry(method.clone())
                        .or_default()
                        .push((key.clone(), name.clone()));
                }
            }
        }
        self.go_by_method = by_method;
    }

    /// The package of a directory (not its external tests).
    pub fn go_package(&self, dir: &str) -> Option<&GoPackage> {
        let mut found = self
            .go
            .range((dir.to_owned(), String::new())..)
            .take_while(|((at, _), _)| at == dir)
            .map(|(_, package)| package);
        let first = found.next()?;
        if first.name.ends_with("_test") {
            return found.next().or(Some(first));
        }
        Some(first)
    }

    /// The package of the project that an import path means.
    pub fn go_import(&self, path: &str) -> Option<&GoPackage> {
        let mut modules: Vec<&(String, String)> = self
            .layout
            .go_modules
            .iter()
            .filter(|(_, module)| path == module || path.starts_with(&format!("{module}/")))
            .collect();
        modules.sort_by_key(|(_, module)| std::cmp::Reverse(module.len()));
        if let Some((dir, module)) = modules.first() {
            let rest = path[module.len()..].trim_start_matches('/');
            let dir = match (dir.is_empty(), rest.is_empty()) {
                (true, _) => rest.to_owned(),
                (false, true) => dir.clone(),
                (false, false) => format!("{dir}/{rest}"),
            };
            return self.go_package(&dir);
        }
        if !self.layout.go_modules.is_empty() {
            return None;
        }
        // No `go.mod` in sight: the longest directory that the path ends in, if it looks like a path of modules.
        if !path
            .split('/')
            .next()
            .is_some_and(|host| host.contains('.'))
        {
            return None;
        }
        let mut rest = path;
        while let Some((_, tail)) = rest.split_once('/') {
            if let Some(package) = self.go_package(tail) {
                return Some(package);
            }
            rest = tail;
        }
        None
    }

    /// A named type of the package in a directory.
    pub fn go_type(&self, dir: &str, name: &str) -> Option<&GoType> {
        self.go_package(dir)?.types.get(name)
    }

    /// The method that `name` is on a type, through embedded types of the project too.
    pub fn go_method(&self, dir: &str, ty: &str, name: &str) -> Option<GoMethod> {
        self.promoted(dir, ty, name, 0)
    }

    fn promoted(&self, dir: &str, ty: &str, name: &str, depth: u32) -> Option<GoMethod> {
        let found = self.go_type(dir, ty)?;
        if let Some(&method) = found.methods.get(name) {
            return Some(method);
        }
        if depth > 8 {
            return None;
        }
        found.embedded.iter().find_map(|inner| {
            self.embedded_type(dir, inner)
                .and_then(|(dir, ty)| self.promoted(dir, ty, name, depth + 1))
        })
    }

    /// Directory and name of an embedded type. A qualified one is looked for in packages of that name.
    fn embedded_type<'a>(&'a self, dir: &'a str, ty: &'a TypeExpr) -> Option<(&'a str, &'a str)> {
        match named(ty)? {
            (None, name) => Some((dir, name)),
            (Some(package), name) => {
                let mut found = self
                    .go_by_name
                    .get(package)
                    .into_iter()
                    .flatten()
                    .filter_map(|key| self.go.get(key))
                    .filter(|at| at.types.contains_key(name));
                let first = found.next()?;
                found.next().is_none().then_some((first.dir.as_str(), name))
            }
        }
    }

    /// Every method that an interface asks for, embedded interfaces of the project included.
    pub fn go_interface(&self, dir: &str, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.asked(dir, name, &mut found, 0);
        found.sort();
        found.dedup();
        found
    }

    /// What an interface itself asks for: the method, the file, its type.
    pub fn go_asked(&self, dir: &str, name: &str) -> Vec<(&str, u32, &TypeExpr)> {
        self.go_type(dir, name)
            .into_iter()
            .flat_map(|t| {
                let file = t.file as u32;
                t.interface
                    .iter()
                    .map(move |(n, ty)| (n.as_str(), file, ty))
            })
            .collect()
    }

    fn asked(&self, dir: &str, name: &str, out: &mut Vec<String>, depth: u32) {
        let Some(ty) = self.go_type(dir, name) else {
            return;
        };
        if !ty.is_interface || depth > 8 {
            return;
        }
        out.extend(ty.interface.iter().map(|(name, _)| name.clone()));
        for inner in &ty.embedded {
            if let Some((dir, name)) = self.embedded_type(dir, inner) {
                self.asked(dir, name, out, depth + 1);
            }
        }
    }

    /// Types of the project that have all methods of an interface: directory and name, in order. Methods are
    /// compared by name.
    pub fn go_implementers(&self, dir: &str, interface: &str) -> Vec<(&str, &str)> {
        let methods = self.go_interface(dir, interface);
        let Some(first) = methods.first() else {
            return Vec::new();
        };
        let mut found: Vec<(&str, &str)> = Vec::new();
        let rarest = methods
            .iter()
            .min_by_key(|name| self.go_by_method.get(*name).map_or(0, Vec::len))
            .unwrap_or(first);
        for (key, name) in self.go_by_method.get(rarest).into_iter().flatten() {
            if methods
                .iter()
                .all(|method| self.go_method(&key.0, name, method).is_some())
            {
                found.push((&key.0, name));
            }
        }
        // Those that have the method only by embedding.
        for package in self.go.values() {
            for (name, ty) in &package.types {
                if !ty.is_interface
                    && !ty.embedded.is_empty()
                    && methods
                        .iter()
                        .all(|method| self.go_method(&package.dir, name, method).is_some())
                {
                    found.push((&package.dir, name));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
