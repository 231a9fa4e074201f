//! Python names across modules.

use std::collections::BTreeSet;
use std::sync::RwLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Facts, FileFacts};
use crate::symbol::Sym;
use crate::syntax::il::{ClassIdx, Expr, ExprKind, Func, FuncIdx, Lang, Lit, Place, StmtKind};

/// More hops from module to module than any sane re-export takes; ends cycles.
const MAX_HOPS: u32 = 24;

/// What a name means.
#[derive(Clone, PartialEq, Debug)]
pub enum Symbol {
    /// A class of the project, by qualified path.
    Class(String),
    /// A function of the project: the file's index in [`Facts::files`], and the function.
    Func(usize, FuncIdx),
    /// A constant.
    Const(Lit),
    /// A module of the project, by its path from the root.
    Module(String),
    /// Something outside the files given, or not statically known, by dotted path.
    External(String),
}

#[derive(Debug)]
enum Def {
    Class(String),
    Func(FuncIdx),
    Const(Lit),
    Alias(String),
    /// Of a class, with what stands for its type parameters.
    Given(String),
}

#[derive(Debug, Default)]
struct Scope {
    /// Names bound at module level.
    defs: FxHashMap<String, Def>,
    /// Names bound at module level to what a function gives that is handed nothing, with what is called.
    given: FxHashMap<String, String>,
    /// Paths that imports bind each name to, absolute, in order.
    imports: FxHashMap<String, Vec<String>>,
    /// The same of imports inside functions, where no other says what the name is.
    inner: FxHashMap<String, Vec<String>>,
    /// Modules of star imports.
    stars: Vec<String>,
    /// Names that the module's `__getattr__` looks for elsewhere, and where.
    lazy: FxHashMap<String, String>,
    /// Names bound at module level to what a method of one class makes of another: name, class, method, other class.
    combined: Vec<(String, String, Sym, String)>,
    /// Names that are assigned at module level.
    assigned: FxHashSet<String>,
    /// An `__init__.py`.
    package: bool,
}

/// What the names met during one look-up mean, as far as that is known yet.
#[derive(Default)]
struct Way {
    /// Plain names by their files: where what they mean is told.
    places: FxHashMap<(usize, String), usize>,
    met: Vec<Option<Symbol>>,
}

/// What names mean in each file, as far as somebody asked.
#[derive(Debug, Default)]
pub(super) struct Meanings(Vec<RwLock<FxHashMap<String, Option<Symbol>>>>);

impl Meanings {
    pub(super) fn of(files: usize) -> Self {
        Self((0..files).map(|_| RwLock::default()).collect())
    }
}

/// What is known of a name, else what is found out now.
fn remembered(
    known: &RwLock<FxHashMap<String, Option<Symbol>>>,
    name: &str,
    afresh: impl FnOnce() -> Option<Symbol>,
) -> Option<Symbol> {
    if let Ok(known) = known.read()
        && let Some(symbol) = known.get(name)
    {
        return symbol.clone();
    }
    let symbol = afresh();
    if let Ok(mut known) = known.write() {
        known.insert(name.to_owned(), symbol.clone());
    }
    symbol
}

/// The Python modules by path, with what they bind.
#[derive(Debug, Default)]
pub(super) struct Names {
    scopes: Vec<Scope>,
    /// Full dotted paths.
    exact: FxHashMap<String, usize>,
    /// Every suffix of them.
    suffixes: FxHashMap<String, Vec<usize>>,
    /// Module-level string constants by plain name: the first in file order.
    strings: FxHashMap<String, Lit>,
}

/// The dotted module path of a Python file: `shop/models/__init__.py` is `shop.models`.
pub fn python_module(path: &str) -> String {
    let stem = path
        .strip_suffix(".py")
        .or_else(|| path.strip_suffix(".pyi"))
        .unwrap_or(path);
    let stem = match stem.strip_suffix("__init__") {
        Some(rest) if rest.is_empty() || rest.ends_with('/') => rest.trim_end_matches('/'),
        _ => stem,
    };
    stem.replace('/', ".")
}

/// The dotted name that an expression spells: `a.b.C`; subscripts (`Base[T]`) are passed over.
pub fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::Attr(object, name, _) => {
            let mut path = dotted(object)?;
            path.push('.');
            path.push_str(name);
            Some(path)
        }
        ExprKind::Index(object, _) => dotted(object),
        _ => None,
    }
}

/// `Base.method(Other)`: the class, the method's name, the other class.
pub(super) fn combination(expr: &Expr) -> Option<(String, Sym, String)> {
    let ExprKind::Call(call) = &expr.kind else {
        return None;
    };
    let ExprKind::Attr(of, method, _) = &call.callee.kind else {
        return None;
    };
    Some((dotted(of)?, *method, dotted(&call.args.first()?.value)?))
}

/// `..models.Order` as seen from `module` to an absolute path; `None` where it leaves the project.
fn absolute(path: &str, module: &str, package: bool) -> Option<String> {
    let rest = path.trim_start_matches('.');
    let dots = path.len() - rest.len();
    if dots == 0 {
        return Some(path.to_owned());
    }
    let mut parts: Vec<&str> = module.split('.').filter(|part| !part.is_empty()).collect();
    let up = dots - usize::from(package);
    if up > parts.len() {
        return None;
    }
    parts.truncate(parts.len() - up);
    parts.extend(rest.split('.').filter(|part| !part.is_empty()));
    Some(parts.join("."))
}

impl Names {
    pub(super) fn index(files: &[FileFacts<'_>]) -> Self {
        let scope = |file: &FileFacts<'_>| match file.module_il.lang {
            Lang::Python => Scope::of(file),
            Lang::Go => Scope::default(),
        };
        let mut names = Self {
            scopes: files.par_iter().map(scope).collect(),
            ..Self::default()
        };
        for (index, file) in files.iter().enumerate() {
            if file.module_il.lang != Lang::Python {
                continue;
            }
            names.exact.entry(file.module.clone()).or_insert(index);
            let mut suffix = file.module.as_str();
            loop {
                names
                    .suffixes
                    .entry(suffix.to_owned())
                    .or_default()
                    .push(index);
                match suffix.split_once('.') {
                    Some((_, rest)) => suffix = rest,
                    None => break,
                }
            }
            for (name, def) in &names.scopes[index].defs {
                if let Def::Const(lit @ Lit::Str(_)) = def {
                    names.strings.entry(name.clone()).or_insert(*lit);
                }
            }
        }
        names
    }

    /// Binds a name at the top of a file to a path, as an import would.
    pub(super) fn bind(&mut self, file: usize, name: &str, path: String) {
        let imports = &mut self.scopes[file].imports;
        imports.entry(name.to_owned()).or_default().push(path);
    }

    /// What a file binds at its top to what one of these methods makes of two classes: name, class, other class.
    pub(super) fn combined<'a>(
        &'a self,
        file: usize,
        methods: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let all = self.scopes[file].combined.iter();
        all.filter(|c| methods.contains(c.2.as_str()))
            .map(|c| (c.0.as_str(), c.1.as_str(), c.3.as_str()))
    }

    /// Lets a name at the top of a file mean a class.
    pub(super) fn define(&mut self, file: usize, name: &str, class: String) {
        let defs = &mut self.scopes[file].defs;
        defs.entry(name.to_owned()).or_insert(Def::Class(class));
    }

    /// The modules whose path is this or ends so.
    pub(super) fn ending_in(&self, path: &str) -> &[usize] {
        self.suffixes.get(path).map_or(&[], Vec::as_slice)
    }

    /// Whether a name is bound at the top of a file.
    pub(super) fn binds(&self, file: usize, name: &str) -> bool {
        let scope = &self.scopes[file];
        scope.assigned.contains(name)
            || scope.defs.contains_key(name)
            || scope.imports.contains_key(name)
    }
}

impl Scope {
    fn of(file: &FileFacts<'_>) -> Self {
        let il = file.module_il;
        let mut scope = Self {
            package: file.path.ends_with("__init__.py"),
            ..Self::default()
        };
        for import in &il.imports {
            let Some(path) = absolute(&import.path, &file.module, scope.package) else {
                continue;
            };
            if import.name == "*" {
                scope.stars.push(path);
                continue;
            }
            let map = if import.scope == 0 {
                &mut scope.imports
            } else {
                &mut scope.inner
            };
            map.entry(import.name.to_string()).or_default().push(path);
        }
        if let Some(body) = il.funcs.first().map(|module| &module.body) {
            crate::syntax::walk::top_level(body, &mut |stmt| {
                if let StmtKind::Assign(places, value) = &stmt.kind {
                    let def = match &value.kind {
                        ExprKind::Const(lit) => Some(Def::Const(*lit)),
                        ExprKind::Index(..) => dotted(value).map(Def::Given),
                        _ => dotted(value).map(Def::Alias),
                    };
                    let called = match &value.kind {
                        ExprKind::Call(call) if call.args.is_empty() => dotted(&call.callee),
                        _ => None,
                    };
                    let combined = combination(value);
                    for place in places {
                        if let Place::Name(name, _) = place {
                            scope.assigned.insert(name.to_string());
                            if let Some((of, method, with)) = &combined {
                                let (of, with) = (of.clone(), with.clone());
                                scope.combined.push((name.to_string(), of, *method, with));
                            }
                            if let Some(called) = &called {
                                scope.given.insert(name.to_string(), called.clone());
                            }
                        }
                        if let (Place::Name(name, _), Some(def)) = (place, &def) {
                            let def = match def {
                                Def::Const(lit) => Def::Const(*lit),
                                Def::Alias(path) if path.as_str() != name.as_str() => {
                                    Def::Alias(path.clone())
                                }
                                Def::Given(path) if path.as_str() != name.as_str() => {
                                    Def::Given(path.clone())
                                }
                                _ => continue,
                            };
                            scope.defs.insert(name.to_string(), def);
                        }
                    }
                }
            });
        }
        let lazily = |func: &Func| {
            func.name == "__getattr__" && func.parent == Some(0) && func.class.is_none()
        };
        if il.funcs.iter().any(lazily) {
            scope.lazy(file);
        }
        for (index, func) in il.funcs.iter().enumerate().skip(1) {
            if func.parent == Some(0) && func.class.is_none() && !func.name.starts_with('<') {
                scope
                    .defs
                    .insert(func.name.to_string(), Def::Func(index as FuncIdx));
            }
        }
        for class in &il.classes {
            if class.scope == 0 && class.outer.is_none() {
                let path = class_path(&file.module, &class.qualname);
                scope.defs.insert(class.name.to_string(), Def::Class(path));
            }
        }
        scope
    }
}

impl Scope {
    /// The tables of a module with a `__getattr__` tell where names are found: `{"Order": "shop.orders"}`, with the name
    /// there beside it or at its end, or the names that a module of the package has: `{"orders": ["Order"]}`.
    fn lazy(&mut self, file: &FileFacts<'_>) {
        let text = |e: &Expr| match e.kind {
            ExprKind::Const(Lit::Str(s)) => Some(s),
            _ => None,
        };
        let found = |module: &str| match module.starts_with('.') {
            true => absolute(module, &file.module, self.package),
            false => Some(module.to_owned()),
        };
        let mut out: Vec<(String, String)> = Vec::new();
        let Some(module) = file.module_il.funcs.first() else {
            return;
        };
        crate::syntax::walk::top_level(&module.body, &mut |stmt| {
            let StmtKind::Assign(_, value) = &stmt.kind else {
                return;
            };
            let ExprKind::Dict(items) = &value.kind else {
                return;
            };
            for (key, value) in items {
                let Some(key) = key.as_ref().and_then(text) else {
                    continue;
                };
                match &value.kind {
                    ExprKind::Const(Lit::Str(path)) => {
                        let path = path.replace(':', ".");
                        let path = match path.strip_suffix(key.as_str()) {
                            Some(module) if module.ends_with('.') => found(&path),
                            _ => found(&path).map(|m| class_path(&m, &key)),
                        };
                        out.extend(path.map(|path| (key.to_string(), path)));
                    }
                    ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                        let parts: Option<Vec<_>> = parts.iter().map(text).collect();
                        match parts.as_deref() {
                            Some([module, name]) if module.contains('.') => {
                                let path = found(module).map(|m| class_path(&m, name));
                                out.extend(path.map(|path| (key.to_string(), path)));
                            }
                            Some(names) => {
                                let module = class_path(&file.module, key.trim_start_matches('.'));
                                let path = |n: &crate::symbol::Sym| {
                                    (n.to_string(), class_path(&module, n))
                                };
                                out.extend(names.iter().map(path));
                            }
                            None => {}
                        }
                    }
                    _ => {}
                }
            }
        });
        self.lazy.extend(out);
    }
}

/// The qualified path of a class.
pub(super) fn class_path(module: &str, qualname: &str) -> String {
    if module.is_empty() {
        qualname.to_owned()
    } else {
        [module, ".", qualname].concat()
    }
}

impl Facts {
    /// What `name` (plain or dotted) means at the top of the Python module with this exact dotted path.
    pub fn lookup(&self, module: &str, name: &str) -> Option<Symbol> {
        self.lookup_at(*self.names.exact.get(module)?, name)
    }

    /// The file of the Python module with this exact dotted path.
    pub fn module(&self, path: &str) -> Option<usize> {
        self.names.exact.get(path).copied()
    }

    /// What `name` (plain or dotted) means in a file, which is an index into [`Facts::files`].
    pub fn lookup_at(&self, file: usize, name: &str) -> Option<Symbol> {
        let afresh = || self.spelled(file, name, &mut Way::default(), 0);
        match self.meanings.0.get(file) {
            Some(known) => remembered(known, name, afresh),
            None => afresh(),
        }
    }

    /// The dotted path that `name` stands for in a file, whether inside the project or not.
    pub fn resolve_path(&self, file: usize, name: &str) -> Option<String> {
        match self.lookup_at(file, name)? {
            Symbol::Class(path) | Symbol::Module(path) | Symbol::External(path) => Some(path),
            Symbol::Func(at, func) => Some(format!("{}.#{func}", self.files.get(at)?.module)),
            Symbol::Const(_) => None,
        }
    }

    /// The path of the function outside the project that gave a file's own name its value.
    pub fn given_by(&self, file: usize, name: &str) -> Option<String> {
        let called = self.names.scopes.get(file)?.given.get(name)?;
        match self.lookup_at(file, called)? {
            Symbol::External(path) => Some(path),
            _ => None,
        }
    }

    /// The module file that `import path` means in `importer`.
    pub fn module_file(&self, path: &str, importer: usize) -> Option<usize> {
        if let Some(&file) = self.names.exact.get(path) {
            return Some(file);
        }
        let Some(candidates) = self.names.suffixes.get(path) else {
            let below = self.layout.below_folder(path)?;
            return self.names.exact.get(below).copied();
        };
        let from = &self.files[importer].path;
        let shared = |file: usize| {
            let other = &self.files[file].path;
            from.split('/')
                .zip(other.split('/'))
                .take_while(|(a, b)| a == b)
                .count()
        };
        candidates
            .iter()
            .copied()
            .filter(|&file| match path.contains('.') {
                true => self.may_be_root_of(file, path, importer),
                false => self.is_root_of(file, path, importer),
            })
            // The first of the nearest.
            .max_by_key(|&file| (shared(file), std::cmp::Reverse(file)))
    }

    /// Whether the folder in which `import name` would find `file` may be an import root of `importer`: a folder
    /// above it that is no package. (`import json` is not `utils/json.py`.)
    fn is_root_of(&self, file: usize, name: &str, importer: usize) -> bool {
        let module = &self.files[file].module;
        let root = module[..module.len() - name.len()].trim_end_matches('.');
        let package = self
            .names
            .exact
            .get(root)
            .is_some_and(|&init| self.names.scopes[init].package);
        let folder = format!("{}/", root.replace('.', "/"));
        !package && self.files[importer].path.starts_with(&folder) && file != importer
    }

    /// The same for a dotted name, which says more: the folder must stand in no package that the importer is outside
    /// of. (`import a.b` is not `tools/a/b.py` where `tools` is a package.)
    fn may_be_root_of(&self, file: usize, name: &str, importer: usize) -> bool {
        let module = &self.files[file].module;
        let mut root = module[..module.len() - name.len()].trim_end_matches('.');
        let from = &self.files[importer].module;
        while !root.is_empty() {
            let package = self
                .names
                .exact
                .get(root)
                .is_some_and(|&init| self.names.scopes[init].package);
            let inside = from
                .strip_prefix(root)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if package && !inside {
                return false;
            }
            root = root.rsplit_once('.').map_or("", |(above, _)| above);
        }
        true
    }

    /// A dotted name as written in a file.
    fn spelled(&self, file: usize, name: &str, way: &mut Way, hops: u32) -> Option<Symbol> {
        let (first, rest) = match name.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (name, None),
        };
        let symbol = self.bound(file, first, way, hops)?;
        match rest {
            Some(rest) => self.member(symbol, rest, file, way, hops + 1),
            None => Some(symbol),
        }
    }

    /// A plain name in a file.
    fn bound(&self, file: usize, name: &str, way: &mut Way, hops: u32) -> Option<Symbol> {
        if hops > MAX_HOPS {
            return None;
        }
        // Met again while it is being looked up, it has no meaning of its own.
        let new = way.met.len();
        let at = *way.places.entry((file, name.to_owned())).or_insert(new);
        if let Some(known) = way.met.get(at) {
            return known.clone();
        }
        way.met.push(None);
        let symbol = self.bound_afresh(file, name, way, hops);
        way.met[at].clone_from(&symbol);
        symbol
    }

    fn bound_afresh(&self, file: usize, name: &str, way: &mut Way, hops: u32) -> Option<Symbol> {
        let scope = self.names.scopes.get(file)?;
        match scope.defs.get(name) {
            Some(Def::Class(path)) => return Some(Symbol::Class(path.clone())),
            Some(&Def::Func(func)) => return Some(Symbol::Func(file, func)),
            Some(&Def::Const(lit)) if !scope.imports.contains_key(name) => {
                return Some(Symbol::Const(lit));
            }
            Some(Def::Alias(path)) if !scope.imports.contains_key(name) => {
                if let Some(symbol) = self.spelled(file, path, way, hops + 1) {
                    return Some(symbol);
                }
            }
            Some(Def::Given(path)) if !scope.imports.contains_key(name) => {
                if let Some(class @ Symbol::Class(_)) = self.spelled(file, path, way, hops + 1) {
                    return Some(class);
                }
            }
            _ => {}
        }
        for imports in [&scope.imports, &scope.inner] {
            let Some(paths) = imports.get(name) else {
                continue;
            };
            let mut external = None;
            for path in paths {
                match self.absolute_symbol(path, file, way, hops + 1) {
                    Some(Symbol::External(path)) => {
                        external.get_or_insert(path);
                    }
                    Some(symbol) => return Some(symbol),
                    None => {}
                }
            }
            if let Some(path) = external {
                return Some(Symbol::External(path));
            }
        }
        if let Some(path) = scope.lazy.get(name)
            && let Some(symbol) = self.absolute_symbol(path, file, way, hops + 1)
            && !matches!(symbol, Symbol::External(_))
        {
            return Some(symbol);
        }
        for star in &scope.stars {
            let Some(target) = self.module_file(star, file) else {
                continue;
            };
            if target != file
                && let Some(symbol) = self.bound(target, name, way, hops + 1)
            {
                return Some(symbol);
            }
        }
        if scope.package {
            let inner = class_path(&self.files[file].module, name);
            if self.names.exact.contains_key(&inner) {
                return Some(Symbol::Module(inner));
            }
        }
        None
    }

    /// An absolute dotted path, as an import in `importer` names it.
    fn absolute_symbol(
        &self,
        path: &str,
        importer: usize,
        way: &mut Way,
        hops: u32,
    ) -> Option<Symbol> {
        if hops > MAX_HOPS {
            return None;
        }
        let mut end = path.len();
        loop {
            if let Some(file) = self.module_file(&path[..end], importer) {
                let module = self.files[file].module.clone();
                if end == path.len() {
                    return Some(Symbol::Module(module));
                }
                let rest = &path[end + 1..];
                return self
                    .spelled(file, rest, way, hops + 1)
                    .or_else(|| Some(Symbol::External(class_path(&module, rest))));
            }
            match path[..end].rfind('.') {
                Some(dot) => end = dot,
                None => return Some(Symbol::External(path.to_owned())),
            }
        }
    }

    /// `rest`, dotted, inside of what `symbol` is.
    fn member(
        &self,
        symbol: Symbol,
        rest: &str,
        file: usize,
        way: &mut Way,
        hops: u32,
    ) -> Option<Symbol> {
        if hops > MAX_HOPS {
            return None;
        }
        match symbol {
            Symbol::Module(path) => {
                let inner = class_path(&path, rest);
                let target = *self.names.exact.get(&path)?;
                self.spelled(target, rest, way, hops + 1).or_else(|| {
                    match self.absolute_symbol(&inner, file, way, hops + 1) {
                        Some(Symbol::External(_)) | None => Some(Symbol::External(inner)),
                        found => found,
                    }
                })
            }
            Symbol::External(path) => {
                self.absolute_symbol(&class_path(&path, rest), file, way, hops + 1)
            }
            Symbol::Class(path) => {
                let inner = class_path(&path, rest);
                if self.classes.contains_key(&inner) {
                    return Some(Symbol::Class(inner));
                }
                Some(match self.constants.get(&inner) {
                    Some(&lit) => Symbol::Const(lit),
                    None => Symbol::External(inner),
                })
            }
            Symbol::Func(..) | Symbol::Const(_) => None,
        }
    }

    /// The first module-level string constant of this plain name, wherever it stands.
    pub(super) fn string_constant(&self, name: &str) -> Option<&'static str> {
        match self.names.strings.get(name)? {
            Lit::Str(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The class that the `class`th of a file is.
    pub fn class_at(&self, file: usize, class: ClassIdx) -> Option<&super::ClassFacts> {
        self.classes.get(self.class_paths.get(&(file, class))?)
    }
}
