//! Methods of a class whose objects never leave its file: only what stands there can call them, whatever else in the
//! project is called by the same name.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Texts;
use crate::analysis::program::Program;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::files::words::Wanted;
use crate::symbol::Sym;
use crate::syntax::Module;
use crate::syntax::il::{ClassDef, Expr, ExprKind, Func, Lit, Place, Span, Stmt, StmtKind};
use crate::syntax::walk;

/// Of these functions, the methods of such classes that nothing in the class's file names.
pub(super) fn kept(program: &Program, texts: &Texts<'_>, of: &[FuncRef]) -> FxHashSet<FuncRef> {
    let mut out: FxHashSet<FuncRef> = FxHashSet::default();
    let mut staying: FxHashMap<ClassRef, bool> = FxHashMap::default();
    for r in of {
        if let Some(c) = program.class_of(*r)
            && !program.func(*r).name.starts_with("__")
            && program.func(*r).decorators.is_empty()
            && *staying.entry(c).or_insert_with(|| stays(program, c))
            && !Names::found(&program.files()[r.file as usize].module, r.func as usize)
        {
            out.insert(*r);
        }
    }
    let name = |r: &FuncRef| program.class_of(*r).map(|c| program.class(c).name);
    if out.is_empty() {
        return out;
    }
    let classes: Wanted = out.iter().filter_map(name).collect();
    // Another file that has the name of the class may make objects of it.
    let elsewhere: FxHashSet<(u32, Sym)> = texts
        .python
        .par_iter()
        .flat_map_iter(|t| {
            let hits = classes.find(t.text.as_bytes());
            let names: FxHashSet<Sym> = hits.map(|(_, name)| name).collect();
            let own = out.iter().filter(|r| program.file_id(r.file) != t.file);
            let hit: Vec<_> = own
                .filter_map(|r| Some((r.file, name(r)?)))
                .filter(|(_, n)| names.contains(n))
                .collect();
            hit
        })
        .collect();
    out.retain(|r| name(r).is_some_and(|n| !elsewhere.contains(&(r.file, n))));
    out
}

/// Whether the objects of a class are only asked for their attributes, and by the names under which they were made.
fn stays(program: &Program, c: ClassRef) -> bool {
    let class = program.class(c);
    let module = &program.files()[c.file as usize].module;
    if !class.bases.is_empty()
        || !class.decorators.is_empty()
        || !program.derived(c).is_empty()
        || program.model_path(c).is_some()
    {
        return false;
    }
    let mut held = Held::new(module, class);
    held.look_through();
    // What holds one must be a name of a function's own.
    if !held.made || held.leaves || held.names.iter().any(|(f, _)| *f == 0) {
        return false;
    }
    held.looking = true;
    held.look_through();
    !held.leaves
}

/// Looks first for what holds objects of a class, and then whether any of that goes elsewhere.
struct Held<'a> {
    module: &'a Module,
    class: &'a ClassDef,
    /// The names that hold one, each in its function.
    names: FxHashSet<(usize, Sym)>,
    /// What is only asked for an attribute, or kept under a name.
    fine: FxHashSet<Span>,
    /// The function that is looked through.
    within: usize,
    made: bool,
    leaves: bool,
    looking: bool,
}

impl<'a> Held<'a> {
    fn new(module: &'a Module, class: &'a ClassDef) -> Self {
        let receiver = |i: usize| Some((i, module.funcs[i].params.first()?.name));
        let methods = class.methods.iter();
        Self {
            module,
            class,
            names: methods.filter_map(|(_, i)| receiver(*i as usize)).collect(),
            fine: FxHashSet::default(),
            within: 0,
            made: false,
            leaves: false,
            looking: false,
        }
    }

    fn look_through(&mut self) {
        for (i, f) in self.module.funcs.iter().enumerate() {
            self.within = i;
            walk::block(self, &f.body);
            f.decorators.iter().for_each(|d| walk::expr(self, d));
            let defaults = f.params.iter().filter_map(|p| p.default.as_ref());
            defaults.for_each(|d| walk::expr(self, d));
        }
        self.within = 0;
        for c in &self.module.classes {
            let values = c.attrs.iter().filter_map(|a| a.value.as_ref());
            let own = c.bases.iter().chain(&c.decorators).chain(values);
            own.for_each(|e| walk::expr(self, e));
        }
    }

    fn makes(&self, e: &Expr) -> bool {
        matches!(&e.kind, ExprKind::Call(c)
            if matches!(c.callee.kind, ExprKind::Name(n) if n == self.class.name))
    }

    /// Whether a name holds one, in the function that is looked through or one around it.
    fn holds(&self, name: Sym) -> bool {
        let around = |i: &usize| self.module.funcs[*i].parent.map(|p| p as usize);
        std::iter::successors(Some(self.within), around).any(|i| self.names.contains(&(i, name)))
    }
}

impl<'a> walk::Visit<'a> for Held<'a> {
    fn stmt(&mut self, s: &'a Stmt) {
        let places = match &s.kind {
            StmtKind::Assign(places, value) => {
                if self.makes(value)
                    && let [Place::Name(n, _)] = places.as_slice()
                {
                    self.names.insert((self.within, *n));
                    self.fine.insert(value.span);
                }
                places.as_slice()
            }
            StmtKind::AugAssign(place, ..) | StmtKind::Delete(place) => std::slice::from_ref(place),
            _ => return,
        };
        for p in places {
            if let Place::Attr(object, ..) = p {
                self.fine.insert(object.span);
            }
        }
    }

    fn expr(&mut self, e: &'a Expr) {
        match &e.kind {
            ExprKind::Attr(object, ..) => {
                self.fine.insert(object.span);
            }
            ExprKind::Call(c) if self.makes(e) => {
                self.made = true;
                self.leaves |= !self.fine.contains(&e.span);
                self.fine.insert(c.callee.span);
            }
            ExprKind::Name(n) if *n == self.class.name || self.looking && self.holds(*n) => {
                self.leaves |= !self.fine.contains(&e.span);
            }
            // It may be looked up by its name.
            ExprKind::Const(Lit::Str(s)) => self.leaves |= *s == self.class.name,
            _ => {}
        }
    }
}

/// Looks whether a method is named outside of itself.
struct Names {
    name: Sym,
    found: bool,
}

impl Names {
    fn found(module: &Module, method: usize) -> bool {
        let mut names = Self {
            name: module.funcs[method].name,
            found: false,
        };
        let others = module
            .funcs
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != method);
        let bodies = others.map(|(_, f): (_, &Func)| &f.body);
        bodies.for_each(|b| walk::block(&mut names, b));
        let values = module.classes.iter().flat_map(|c| &c.attrs);
        for value in values.filter_map(|a| a.value.as_ref()) {
            walk::expr(&mut names, value);
        }
        names.found
    }
}

impl walk::Visit<'_> for Names {
    fn expr(&mut self, e: &Expr) {
        self.found |= match &e.kind {
            ExprKind::Attr(_, n, _) | ExprKind::Name(n) => *n == self.name,
            _ => false,
        };
    }
}
