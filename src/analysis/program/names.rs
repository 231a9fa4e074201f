//! Names: what a name, a path or a type stands for in a file.

use std::sync::RwLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Program;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::{GoPackage, GoType, Symbol, dotted};
use crate::stores::vocabulary::Does;
use crate::symbol::{Sym, concat, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Block, Expr, ExprKind, Lit, Param, Place, Stmt, StmtKind, TypeExpr};

/// What a module-level name means.
#[derive(Clone, Copy)]
pub enum Global<'p> {
    /// A function of the project.
    Func(FuncRef),
    /// A class of the project.
    Class(ClassRef),
    /// What a module-level assignment of that file gives (a part of it, if it is taken apart).
    Expr(u32, &'p Expr, Option<usize>),
    /// Something outside, by its path; a module.
    Path(Sym),
    /// A constant.
    Lit(Lit),
    /// Nothing known.
    None,
}

/// What was found out of a module-level name.
#[derive(Clone, Copy)]
enum Meaning {
    Func(FuncRef),
    Class(ClassRef),
    Path(Sym),
    Lit(Lit),
    Assigned,
    None,
}

/// What the names of a file mean, as far as somebody asked.
#[derive(Default)]
pub(super) struct Meanings(RwLock<FxHashMap<Sym, Meaning>>);

/// What a type's name means.
pub enum TypeRef {
    /// A class of the project.
    Class(ClassRef),
    /// Outside.
    External(Sym),
}

/// What is assigned at the top of a file: which assignment it is, and which part of what it gives.
pub(super) struct Globals {
    assigned: FxHashMap<Sym, (usize, Option<usize>)>,
}

impl Program {
    pub(super) fn index_globals(&mut self) {
        self.globals = self
            .files
            .par_iter()
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

    /// Whether a name is bound at the top of a file.
    pub fn is_global(&self, file: u32, name: Sym) -> bool {
        self.files[file as usize]
            .module
            .funcs
            .first()
            .is_some_and(|m| m.locals.contains(&name))
    }

    /// What a name means at the top of a file.
    pub fn global(&self, file: u32, name: Sym) -> Global<'_> {
        let known = &self.meanings[file as usize].0;
        if let Ok(known) = known.read()
            && let Some(meaning) = known.get(&name)
        {
            return match *meaning {
                Meaning::Func(f) => Global::Func(f),
                Meaning::Class(c) => Global::Class(c),
                Meaning::Path(p) => Global::Path(p),
                Meaning::Lit(l) => Global::Lit(l),
                Meaning::Assigned => self.assigned_in(file, name),
                Meaning::None => Global::None,
            };
        }
        let global = self.global_afresh(file, name);
        let meaning = match &global {
            Global::Func(f) => Meaning::Func(*f),
            Global::Class(c) => Meaning::Class(*c),
            Global::Path(p) => Meaning::Path(*p),
            Global::Lit(l) => Meaning::Lit(*l),
            Global::Expr(at, ..) if *at == file => Meaning::Assigned,
            Global::Expr(..) => return global,
            Global::None => Meaning::None,
        };
        if let Ok(mut known) = known.write() {
            known.insert(name, meaning);
        }
        global
    }

    /// What a name that is assigned at the top of a file stands for.
    fn assigned_in(&self, file: u32, name: Sym) -> Global<'_> {
        match self.assigned_expr(file, name) {
            Some((e, part)) => Global::Expr(file, e, part),
            None => Global::None,
        }
    }

    fn global_afresh(&self, file: u32, name: Sym) -> Global<'_> {
        let f = &self.files[file as usize];
        match f.module.lang {
            Lang::Python => {
                let symbol = self.facts.lookup_at(file as usize, name.as_str());
                match &symbol {
                    Some(Symbol::Class(p)) => {
                        if let Some(c) = self.class_index.get(&intern(p)) {
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
                    Some(Symbol::Module(p) | Symbol::External(p)) => Global::Path(intern(&p)),
                    Some(Symbol::Class(p)) => Global::Path(intern(&p)),
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

    /// Whether a name in a file stands for something outside the project.
    pub fn is_external(&self, file: u32, name: Sym) -> bool {
        matches!(self.global(file, name), Global::Path(_))
    }

    /// The Python modules whose path begins and ends like that, with one name between.
    pub fn modules_like(&self, before: &str, after: &str) -> impl Iterator<Item = Sym> {
        let files = self.facts.files.iter().filter(|f| f.lang == Lang::Python);
        files.filter_map(move |f| {
            let name = f.module.strip_prefix(before)?.strip_suffix(after)?;
            (!name.is_empty() && !name.contains('.')).then(|| intern(&f.module))
        })
    }

    /// What a full path means inside the project.
    pub fn resolve_path(&self, path: Sym) -> Option<Global<'_>> {
        let (module, name) = path.rsplit_once('.')?;
        if module.contains('/') || self.facts.files.first().is_some_and(|f| f.lang == Lang::Go) {
            let p = self.facts.go_import(module)?;
            return self.go_member(p, intern(name));
        }
        let Some(symbol) = self.facts.lookup(module, name) else {
            // What the module computes: a singleton.
            let file = self.facts.module(module)? as u32;
            let (e, part) = self.assigned_expr(file, intern(name))?;
            return Some(Global::Expr(file, e, part));
        };
        match symbol {
            Symbol::Class(p) => self.class_index.get(&intern(&p)).map(|c| Global::Class(*c)),
            Symbol::Func(at, func) => Some(Global::Func(FuncRef {
                file: at as u32,
                func,
            })),
            Symbol::Const(l) => Some(Global::Lit(l)),
            Symbol::Module(p) | Symbol::External(p) => {
                if p == path.as_str() {
                    let file = self.facts.module(module)? as u32;
                    let (e, part) = self.assigned_expr(file, intern(name))?;
                    return Some(Global::Expr(file, e, part));
                }
                Some(Global::Path(intern(&p)))
            }
        }
    }

    fn go_member(&self, p: &GoPackage, name: Sym) -> Option<Global<'_>> {
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

    fn assigned_expr(&self, file: u32, name: Sym) -> Option<(&Expr, Option<usize>)> {
        let (n, part) = self.globals[file as usize].assigned.get(&name)?;
        let module = self.files[file as usize].module.funcs.first()?;
        let mut count = 0;
        nth_assignment(&module.body, *n, &mut count).map(|e| (e, *part))
    }

    /// What a type's name means in a file.
    pub fn resolve_type(&self, file: u32, path: &[Sym]) -> Option<TypeRef> {
        let f = &self.files[file as usize];
        match f.module.lang {
            Lang::Python => {
                let dotted = path.iter().map(Sym::as_str).collect::<Vec<_>>().join(".");
                match self.facts.lookup_at(file as usize, &dotted) {
                    Some(Symbol::Class(p)) => self
                        .class_index
                        .get(&intern(&p))
                        .copied()
                        .map(TypeRef::Class),
                    Some(Symbol::External(p)) => Some(TypeRef::External(intern(&p))),
                    Some(_) => None,
                    // A class that a function gives is what that stands for.
                    None => {
                        let path = intern(&self.facts.given_by(file as usize, &dotted)?);
                        let stands = self.model_generalized(path).is_some();
                        stands.then_some(TypeRef::External(path))
                    }
                }
            }
            Lang::Go => {
                let mut found = self.named_type(file, path)?;
                // `type A = B` is another name of that type.
                for _ in 0..8 {
                    let TypeRef::Class(c) = found else { break };
                    let def = self.class(c);
                    let target = match def.underlying.as_ref().map(TypeExpr::pointed) {
                        Some(TypeExpr::Path(path) | TypeExpr::Generic(path, _)) if def.alias => {
                            path
                        }
                        _ => break,
                    };
                    match self.named_type(c.file, target) {
                        Some(next) => found = next,
                        None => break,
                    }
                }
                Some(found)
            }
        }
    }

    /// The type arguments that a type is written with, there or where its other name is declared
    /// (`type Users = Store[User]`), and the file in which they stand.
    pub fn type_arguments<'t>(
        &'t self,
        file: u32,
        ty: &'t TypeExpr,
    ) -> Option<(u32, &'t [TypeExpr])> {
        let (mut file, mut ty) = (file, ty.pointed());
        for _ in 0..8 {
            match ty {
                TypeExpr::Generic(_, args) => return Some((file, args)),
                TypeExpr::Path(path) if self.lang(file) == Lang::Go => {
                    let Some(TypeRef::Class(c)) = self.named_type(file, path) else {
                        return None;
                    };
                    let def = self.class(c);
                    (file, ty) = (
                        c.file,
                        def.underlying.as_ref().filter(|_| def.alias)?.pointed(),
                    );
                }
                _ => return None,
            }
        }
        None
    }

    /// Go: what a name of a type stands for where it is declared.
    fn named_type(&self, file: u32, path: &[Sym]) -> Option<TypeRef> {
        let f = &self.files[file as usize];
        let declared = |t: &GoType| {
            TypeRef::Class(ClassRef {
                file: t.file as u32,
                class: t.class,
            })
        };
        match path {
            // Of a function's own types the name says which it is.
            [name] if name.contains('·') => {
                let class = f.module.classes.iter().position(|c| c.name == *name)?;
                let class = class as u32;
                Some(TypeRef::Class(ClassRef { file, class }))
            }
            [name] => {
                let package = &self.dirs[file as usize];
                let t = self.facts.go_type(package, name.as_str());
                t.filter(|t| t.declared).map(declared)
            }
            [pkg, name] => {
                let import = f.module.imports.iter().find(|i| i.name == *pkg)?;
                if let Some(p) = self.facts.go_import(import.path.as_str())
                    && let Some(t) = p.types.get(name.as_str()).filter(|t| t.declared)
                {
                    return Some(declared(t));
                }
                Some(TypeRef::External(intern(&format!(
                    "{}.{name}",
                    import.path
                ))))
            }
            _ => None,
        }
    }

    /// The path of a module-level name.
    pub fn global_path(&self, file: u32, name: Sym) -> Sym {
        concat(&[&self.files[file as usize].path, ":", &name])
    }

    /// The call that says where a parameter's value comes from: its default, or the second half of what it is annotated
    /// with by name (`Repo = Annotated[Repository, Depends(get_repository)]`).
    pub fn provider<'p>(&'p self, file: u32, param: &'p Param) -> Option<(u32, &'p Expr)> {
        if let Some(default) = &param.default {
            return matches!(default.kind, ExprKind::Call(_)).then_some((file, default));
        }
        let (at, _, call) = self.annotated(file, param)?;
        Some((at, call))
    }

    /// The class of what a parameter is handed, as it is annotated: `Annotated[Service, Depends()]` as well.
    pub fn annotated_class(&self, file: u32, param: &Param) -> Option<ClassRef> {
        if let Some((at, of, _)) = self.annotated(file, param) {
            let path: Vec<Sym> = dotted(of)?.split('.').map(intern).collect();
            return match self.resolve_type(at, &path)? {
                TypeRef::Class(c) => Some(c),
                TypeRef::External(_) => None,
            };
        }
        match self.declared(file, param.ty.as_ref()?)? {
            TypeRef::Class(c) => Some(c),
            TypeRef::External(_) => None,
        }
    }

    /// The one class that a written type names: what is annotated with more, or may be missing, counts as well.
    pub fn declared(&self, file: u32, ty: &TypeExpr) -> Option<TypeRef> {
        match ty {
            TypeExpr::Generic(path, args)
                if path
                    .last()
                    .is_some_and(|n| matches!(n.as_str(), "Annotated" | "Optional")) =>
            {
                self.declared(file, args.first()?)
            }
            TypeExpr::Path(path) | TypeExpr::Generic(path, _) => self.resolve_type(file, path),
            TypeExpr::Union(types) => types.iter().find_map(|t| self.declared(file, t)),
            _ => None,
        }
    }

    /// What a name stands for that a parameter is annotated with: `Annotated[T, call(...)]`.
    fn annotated<'p>(&'p self, file: u32, param: &'p Param) -> Option<(u32, &'p Expr, &'p Expr)> {
        let Some(TypeExpr::Path(path)) = &param.ty else {
            return None;
        };
        let [name] = path.as_slice() else { return None };
        let found = match self.global(file, *name) {
            Global::Path(path) => self.resolve_path(path)?,
            found => found,
        };
        let Global::Expr(at, alias, None) = found else {
            return None;
        };
        let ExprKind::Index(of, parts) = &alias.kind else {
            return None;
        };
        let (ExprKind::Name(n) | ExprKind::Attr(_, n, _), ExprKind::Tuple(parts)) =
            (&of.kind, &parts.kind)
        else {
            return None;
        };
        let call = parts
            .iter()
            .skip(1)
            .find(|p| matches!(p.kind, ExprKind::Call(_)))?;
        (n == "Annotated").then_some((at, parts.first()?, call))
    }

    /// Go: the directory of the package of the project that a name of a file's imports means.
    pub fn imported_directory(&self, file: u32, alias: Sym) -> Option<&str> {
        let module = &self.files[file as usize].module;
        let import = module.imports.iter().find(|i| i.name == alias)?;
        self.facts
            .go_import(import.path.as_str())
            .map(|package| package.dir.as_str())
    }

    /// Whether a decorator enters a region that a pack knows (a transaction, a lock).
    pub fn is_region(&self, file: u32, decorator: &Expr) -> bool {
        let callee = match &decorator.kind {
            ExprKind::Call(c) => &c.callee,
            _ => decorator,
        };
        let lib = self.library(self.files[file as usize].module.lang);
        dotted(callee)
            .and_then(|name| self.facts.resolve_path(file as usize, &name))
            .and_then(|path| lib.callees.get(&intern(&path)))
            .is_some_and(|specs| specs.iter().any(|i| lib.specs[*i].does == Does::Region))
    }
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
