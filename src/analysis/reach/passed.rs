//! Code that no run comes to: behind what always fails.

use rustc_hash::FxHashSet;

use crate::analysis::program::Program;
use crate::analysis::value::FuncRef;
use crate::project::facts::dotted;
use crate::stores::vocabulary::Library;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Expr, ExprKind, FuncIdx, Lit, ParamKind, StmtKind};
use crate::syntax::walk;

/// How many of the statements at the top of a function a run may come to: none follows a `return` or `raise`, nor what
/// asks for an argument that is never there.
pub(super) fn passed(program: &Program, file: u32, func: FuncIdx) -> usize {
    let r = FuncRef { file, func };
    let f = program.func(r);
    let rest = f.params.iter().find(|p| p.kind == ParamKind::Rest);
    let none = rest.filter(|_| {
        let class = program.class_of(r);
        class.is_some_and(|c| program.takes_none(c, f.name))
    });
    let ends = |s: &StmtKind| match s {
        StmtKind::Return(_) | StmtKind::Raise(_) => true,
        StmtKind::Assign(_, e) | StmtKind::Expr(e) => none.is_some_and(|p| {
            let mut asks = Asks(p.name, false);
            walk::expr(&mut asks, e);
            asks.1
        }),
        _ => false,
    };
    let at = f.body.iter().position(|s| ends(&s.kind));
    at.map_or(f.body.len(), |i| i + 1)
}

/// Looks for an element of a list of arguments.
struct Asks(Sym, bool);

impl walk::Visit<'_> for Asks {
    fn expr(&mut self, e: &Expr) {
        self.1 |= matches!(&e.kind, ExprKind::Index(of, at)
            if matches!(of.kind, ExprKind::Name(n) if n == self.0)
                && matches!(at.kind, ExprKind::Const(Lit::Int(_))));
    }
}

/// What libraries had once.
pub(super) struct Gone<'l> {
    paths: &'l [Sym],
    /// Their last parts.
    tails: FxHashSet<Sym>,
}

impl<'l> Gone<'l> {
    pub(super) fn of(lib: &'l Library) -> Self {
        let paths = lib.list(sym!("removed-names"));
        let tail = |p: &Sym| p.rsplit('.').next().map(intern);
        Self {
            paths,
            tails: paths.iter().filter_map(tail).collect(),
        }
    }

    /// Whether a file can't be loaded: a class in it asks a library, where it is defined, for what is there no more.
    pub(super) fn fails_to_load(&self, program: &Program, file: u32) -> bool {
        let module = &program.files()[file as usize].module;
        let facts = program.facts();
        let values = module.classes.iter().filter(|c| c.scope == 0);
        let mut values = values.flat_map(|c| c.attrs.iter().filter_map(|a| a.value.as_ref()));
        values.any(|v| {
            let mut found = Asked(&self.tails, Vec::new());
            walk::expr(&mut found, v);
            found.1.iter().any(|name| {
                let path = facts.resolve_path(file as usize, name);
                path.is_some_and(|p| self.paths.contains(&intern(&p)))
            })
        })
    }
}

/// The dotted names in an expression that end as one of those does.
struct Asked<'a>(&'a FxHashSet<Sym>, Vec<String>);

impl walk::Visit<'_> for Asked<'_> {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Attr(_, n, _) = &e.kind
            && self.0.contains(n)
        {
            self.1.extend(dotted(e));
        }
    }
}
