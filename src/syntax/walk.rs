//! Visits every statement and expression of a function's own body. Nested functions are functions of their own.

use crate::syntax::il::{Block, Expr, ExprKind, Place, Stmt, StmtKind};

/// Called for each statement and expression, outer ones first.
pub trait Visit<'a> {
    /// Before the parts of a statement.
    fn stmt(&mut self, _stmt: &'a Stmt) {}
    /// Before the parts of an expression.
    fn expr(&mut self, _expr: &'a Expr) {}
}

/// Visits every statement and expression in `stmts`, outer before inner.
pub fn block<'a, V: Visit<'a> + ?Sized>(visit: &mut V, stmts: &'a Block) {
    for stmt in stmts {
        statement(visit, stmt);
    }
}

/// Visits a statement and its parts, outer before inner.
pub fn statement<'a, V: Visit<'a> + ?Sized>(visit: &mut V, stmt: &'a Stmt) {
    visit.stmt(stmt);
    match &stmt.kind {
        StmtKind::Assign(places, value) => {
            places.iter().for_each(|target| place(visit, target));
            expr(visit, value);
        }
        StmtKind::AugAssign(target, _, value) => {
            place(visit, target);
            expr(visit, value);
        }
        StmtKind::Expr(value)
        | StmtKind::Defer(value)
        | StmtKind::Spawn(value)
        | StmtKind::Assert(value) => {
            expr(visit, value);
        }
        StmtKind::Delete(target) => place(visit, target),
        StmtKind::If(cond, then, other) => {
            expr(visit, cond);
            block(visit, then);
            block(visit, other);
        }
        StmtKind::Loop {
            each,
            cond,
            body,
            step,
            orelse,
            ..
        } => {
            if let Some(each) = each {
                let (target, iterable) = &**each;
                place(visit, target);
                expr(visit, iterable);
            }
            cond.iter().for_each(|cond| expr(visit, cond));
            block(visit, body);
            block(visit, step);
            block(visit, orelse);
        }
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        } => {
            block(visit, body);
            for handler in handlers {
                block(visit, &handler.body);
            }
            block(visit, orelse);
            block(visit, finally);
        }
        StmtKind::With(value, target, body) => {
            expr(visit, value);
            target.iter().for_each(|target| place(visit, target));
            block(visit, body);
        }
        StmtKind::Return(values) => values.iter().for_each(|value| expr(visit, value)),
        StmtKind::Raise(value) => value.iter().for_each(|value| expr(visit, value)),
        StmtKind::Block(_, body) => block(visit, body),
        StmtKind::Choice(blocks, _) => blocks.iter().for_each(|body| block(visit, body)),
        StmtKind::Break(_) | StmtKind::Continue(_) | StmtKind::Func(..) | StmtKind::Class(..) => {}
    }
}

fn place<'a, V: Visit<'a> + ?Sized>(visit: &mut V, target: &'a Place) {
    match target {
        Place::Attr(object, _, _) | Place::Deref(object, _) => expr(visit, object),
        Place::Index(object, index, _) => {
            expr(visit, object);
            expr(visit, index);
        }
        Place::Tuple(places, _) => places.iter().for_each(|target| place(visit, target)),
        Place::Star(inner, _) => place(visit, inner),
        Place::Name(..) | Place::Ignore => {}
    }
}

/// Visits an expression and its parts, outer before inner.
pub fn expr<'a, V: Visit<'a> + ?Sized>(visit: &mut V, value: &'a Expr) {
    visit.expr(value);
    match &value.kind {
        ExprKind::Attr(inner, _, _)
        | ExprKind::Unary(_, inner)
        | ExprKind::Await(inner)
        | ExprKind::Walrus(_, inner)
        | ExprKind::Star(inner)
        | ExprKind::AddrOf(inner)
        | ExprKind::Deref(inner)
        | ExprKind::TypeAssert(inner, _)
        | ExprKind::Typed(_, inner) => expr(visit, inner),
        ExprKind::Index(a, b) | ExprKind::Bin(_, a, b) | ExprKind::Cmp(_, a, b) => {
            expr(visit, a);
            expr(visit, b);
        }
        ExprKind::Slice(object, low, high) => {
            expr(visit, object);
            low.iter().chain(high).for_each(|bound| expr(visit, bound));
        }
        ExprKind::Call(call) => {
            expr(visit, &call.callee);
            call.args.iter().for_each(|arg| expr(visit, &arg.value));
        }
        ExprKind::And(parts)
        | ExprKind::Or(parts)
        | ExprKind::List(parts)
        | ExprKind::Tuple(parts)
        | ExprKind::Set(parts)
        | ExprKind::Format(parts)
        | ExprKind::Unknown(parts) => parts.iter().for_each(|part| expr(visit, part)),
        ExprKind::Cond(cond, then, other) => {
            expr(visit, cond);
            expr(visit, then);
            expr(visit, other);
        }
        ExprKind::Dict(entries) => {
            for (key, value) in entries {
                key.iter().for_each(|key| expr(visit, key));
                expr(visit, value);
            }
        }
        ExprKind::Comp(comp) => {
            for (target, iterable, conds) in &comp.clauses {
                place(visit, target);
                expr(visit, iterable);
                conds.iter().for_each(|cond| expr(visit, cond));
            }
            comp.key.iter().for_each(|key| expr(visit, key));
            expr(visit, &comp.element);
        }
        ExprKind::Yield(inner) => inner.iter().for_each(|inner| expr(visit, inner)),
        ExprKind::Struct(_, fields) => fields.iter().for_each(|(_, value)| expr(visit, value)),
        ExprKind::Name(_) | ExprKind::Const(_) | ExprKind::Lambda(_) | ExprKind::Type(_) => {}
    }
}

/// Calls `f` with the statements at the top of a block, and those in its conditionals and `try`s, in order.
pub fn top_level<'a>(stmts: &'a Block, f: &mut dyn FnMut(&'a Stmt)) {
    for stmt in stmts {
        f(stmt);
        match &stmt.kind {
            StmtKind::If(_, then, other) => {
                top_level(then, f);
                top_level(other, f);
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                top_level(body, f);
                for handler in handlers {
                    top_level(&handler.body, f);
                }
                top_level(orelse, f);
                top_level(finally, f);
            }
            StmtKind::With(_, _, body) | StmtKind::Block(_, body) => top_level(body, f),
            _ => {}
        }
    }
}
