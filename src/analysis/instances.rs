//! Which types the project makes instances of (rapid type analysis): a call through an interface goes only to those.
//!
//! A constructor that nothing refers to makes nothing: the in-memory twin of a store that only tests use is no target.
//! Methods and module-level code count as reached.

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::{Program, TypeRef};
use super::value::ClassRef;
use crate::symbol::Sym;
use crate::syntax::il::{Expr, ExprKind, FuncIdx, TypeExpr};
use crate::syntax::{Lang, walk};

/// What a function's body mentions.
#[derive(Default)]
struct Mentions {
    types: Vec<Vec<Sym>>,
    names: Vec<Sym>,
    members: Vec<(Sym, Sym)>,
}

impl Mentions {
    fn ty(&mut self, t: &TypeExpr) {
        match t {
            TypeExpr::Path(p) => self.types.push(p.clone()),
            TypeExpr::Generic(p, args) => {
                self.types.push(p.clone());
                args.iter().for_each(|t| self.ty(t));
            }
            TypeExpr::Pointer(t) => self.ty(t),
            _ => {}
        }
    }
}

impl walk::Visit<'_> for Mentions {
    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Name(n) => self.names.push(*n),
            ExprKind::Attr(of, n, _) => {
                if let ExprKind::Name(package) = &of.kind {
                    self.members.push((*package, *n));
                }
            }
            ExprKind::Struct(t, _) | ExprKind::Type(t) | ExprKind::Typed(t, _) => self.ty(t),
            _ => {}
        }
    }
}

/// The Go types of which code that something refers to makes an instance.
pub(super) fn made(p: &Program) -> FxHashSet<ClassRef> {
    let mut mentions: Vec<(u32, FuncIdx, Mentions)> = Vec::new();
    for (fi, f) in p.files().iter().enumerate() {
        if f.module.lang != Lang::Go {
            continue;
        }
        for (i, func) in f.module.funcs.iter().enumerate() {
            let mut m = Mentions::default();
            walk::block(&mut m, &func.body);
            mentions.push((fi as u32, i as FuncIdx, m));
        }
    }
    // Package-level functions that some other function refers to, as (directory, name).
    let mut named: FxHashSet<(&str, Sym)> = FxHashSet::default();
    let mut packages: FxHashMap<(u32, Sym), Option<&str>> = FxHashMap::default();
    for (file, func, m) in &mentions {
        let own = p.func(super::value::FuncRef {
            file: *file,
            func: *func,
        });
        let dir = p.directory_of(*file);
        named.extend(
            m.names
                .iter()
                .filter(|n| **n != own.name)
                .map(|n| (dir, *n)),
        );
        for (alias, name) in &m.members {
            let package = packages
                .entry((*file, *alias))
                .or_insert_with(|| p.imported_directory(*file, *alias));
            if let Some(dir) = package {
                named.insert((*dir, *name));
            }
        }
    }
    let mut out = FxHashSet::default();
    for (file, func, m) in &mentions {
        let module = &p.files()[*file as usize].module;
        let mut f = &module.funcs[*func as usize];
        while let Some(up) = f.parent.filter(|up| *up != 0) {
            f = &module.funcs[up as usize];
        }
        let reached = f.is_method()
            || f.parent.is_none()
            || module.package == "main"
            || f.name == "init"
            || named.contains(&(p.directory_of(*file), f.name));
        if !reached {
            continue;
        }
        for t in &m.types {
            if let Some(TypeRef::Class(c)) = p.resolve_type(*file, t) {
                out.insert(c);
            }
        }
    }
    out
}

/// The names of imports and classes that stand for a value somewhere in Python code.
pub(super) fn named(p: &Program) -> FxHashSet<Sym> {
    let calls = p.files().iter().flat_map(|f| &f.calls);
    calls.flat_map(|c| &c.named).copied().collect()
}
