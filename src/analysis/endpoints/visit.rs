//! What bodies say: loops that go on and on, classes that are named, calls of a function.

use rustc_hash::FxHashSet;

use super::names::{At, Names, Thing};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::symbol::Sym;
use crate::syntax::il::{CmpOp, Expr, ExprKind, Lit, Stmt, StmtKind};
use crate::syntax::walk;

/// `if __name__ == "__main__":` at the top of a file.
pub(super) fn guarded(body: &[Stmt]) -> bool {
    body.iter().any(|s| {
        let StmtKind::If(cond, _, _) = &s.kind else {
            return false;
        };
        let ExprKind::Cmp(CmpOp::Eq, a, b) = &cond.kind else {
            return false;
        };
        let name = |e: &Expr| matches!(&e.kind, ExprKind::Name(n) if n == "__name__");
        let main = |e: &Expr| matches!(&e.kind, ExprKind::Const(Lit::Str(s)) if s == "__main__");
        (name(a) && main(b)) || (name(b) && main(a))
    })
}

pub(super) struct Polls<'a> {
    pub(super) waits: &'a [Sym],
    pub(super) found: bool,
}

impl walk::Visit<'_> for Polls<'_> {
    fn stmt(&mut self, s: &Stmt) {
        let StmtKind::Loop {
            each: None,
            cond,
            body,
            step,
            ..
        } = &s.kind
        else {
            return;
        };
        let endless = step.is_empty()
            && match cond {
                None => true,
                Some(c) => matches!(&c.kind, ExprKind::Const(Lit::Bool(true) | Lit::Int(1))),
            };
        let mut inside = Inside {
            waits: self.waits,
            waiting: false,
            leaves: false,
            selects: false,
        };
        walk::block(&mut inside, body);
        self.found |= inside.waiting || (endless && (!inside.leaves || inside.selects));
    }
}

struct Inside<'a> {
    waits: &'a [Sym],
    waiting: bool,
    leaves: bool,
    selects: bool,
}

impl walk::Visit<'_> for Inside<'_> {
    fn stmt(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Break(_) | StmtKind::Return(_) | StmtKind::Raise(_) => self.leaves = true,
            StmtKind::Choice(..) => self.selects = true,
            _ => {}
        }
    }

    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Call(c) = &e.kind
            && let Some(name) = crate::project::facts::dotted(&c.callee)
        {
            self.waiting |= self.waits.iter().any(|w| *w == name);
        }
    }
}

/// Names of classes anywhere in an expression.
pub(super) struct Tails<'a> {
    pub(super) plain: &'a FxHashSet<Sym>,
    pub(super) found: Vec<Sym>,
}

impl walk::Visit<'_> for Tails<'_> {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Name(n) | ExprKind::Attr(_, n, _) = &e.kind
            && self.plain.contains(n)
        {
            self.found.push(*n);
        }
    }
}

/// Names in lists, tuples and mappings.
pub(super) struct Tables {
    pub(super) found: Vec<Sym>,
}

impl walk::Visit<'_> for Tables {
    fn expr(&mut self, e: &Expr) {
        let mut one = |e: &Expr| {
            if let ExprKind::Name(n) = &e.kind {
                self.found.push(*n);
            }
        };
        match &e.kind {
            ExprKind::List(parts) | ExprKind::Tuple(parts) | ExprKind::Set(parts) => {
                parts.iter().for_each(&mut one);
            }
            ExprKind::Dict(entries) => entries.iter().for_each(|(_, v)| one(v)),
            _ => {}
        }
    }
}

/// Classes that a function gives back.
pub(super) struct Returned<'a> {
    pub(super) plain: &'a FxHashSet<Sym>,
    pub(super) found: Vec<Sym>,
}

impl walk::Visit<'_> for Returned<'_> {
    fn stmt(&mut self, s: &Stmt) {
        if let StmtKind::Return(values) = &s.kind {
            for v in values {
                if let ExprKind::Name(n) | ExprKind::Attr(_, n, _) = &v.kind
                    && self.plain.contains(n)
                {
                    self.found.push(*n);
                }
            }
        }
    }
}

/// Whether a body calls a function, or hands it over.
pub(super) struct Mention<'a> {
    pub(super) names: Names<'a>,
    pub(super) at: At,
    pub(super) of: FuncRef,
    pub(super) class: Option<ClassRef>,
    pub(super) name: Sym,
    /// Few functions have that name: it says enough.
    pub(super) rare: bool,
    pub(super) called: bool,
    pub(super) handed: bool,
    /// The classes whose objects it is called on, as far as they are known.
    pub(super) through: Vec<Option<ClassRef>>,
}

impl Mention<'_> {
    fn is_it(&mut self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(n) if *n == self.name => match self.names.thing(self.at, e) {
                Thing::Func(f) => f == self.of,
                Thing::Path(path) => self.class.is_none() && self.names.is_path_of(path, self.of),
                _ => false,
            },
            ExprKind::Attr(object, n, _) if *n == self.name => self.method(e, object),
            _ => false,
        }
    }

    fn method(&mut self, e: &Expr, object: &Expr) -> bool {
        let p = self.names.p;
        let owner = self.names.thing(self.at, object);
        match self.names.thing(self.at, e) {
            Thing::Func(f) => return f == self.of,
            Thing::Class(_) | Thing::Lit(_) => return false,
            Thing::Path(path) if !matches!(owner, Thing::Class(_)) => {
                return self.class.is_none() && self.names.is_path_of(path, self.of);
            }
            _ => {}
        }
        let Some(class) = self.class else {
            return false;
        };
        // `super().save()`
        if let ExprKind::Call(c) = &object.kind
            && matches!(&c.callee.kind, ExprKind::Name(n) if n == "super")
        {
            let here = FuncRef {
                file: self.at.file,
                func: self.at.func,
            };
            let own = p.class_of(here);
            let it = own.is_some_and(|k| k != class && p.ancestors(k).any(|a| a == class));
            if it {
                self.through.push(own);
            }
            return it;
        }
        let owner = match owner {
            Thing::Class(k) => Some(k),
            Thing::Path(_) => return false,
            _ => self.names.class(self.at, object),
        };
        let it = match owner {
            Some(k) => {
                self.names.methods(k, self.name).contains(&self.of)
                    || p.derived(k).contains(&class)
                    || (p.derived(class).contains(&k)
                        && p.project_method(k, self.name)
                            .is_some_and(|m| m.1 == self.of))
            }
            None => self.rare,
        };
        if it {
            self.through.push(owner);
        }
        it
    }
}

impl walk::Visit<'_> for Mention<'_> {
    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Call(c) => self.called |= self.is_it(&c.callee),
            ExprKind::Name(_) | ExprKind::Attr(..) if !self.called => {
                self.handed |= self.is_it(e);
            }
            _ => {}
        }
    }
}
