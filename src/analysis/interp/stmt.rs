//! Statements: one after the other, until the path leaves.

use super::Interp;
use super::context::{Deferred, LoopContext};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::{Block, ClassIdx, Expr, ExprKind, FuncIdx, Span, Stmt, StmtKind};

impl<'p> Interp<'p> {
    /// Runs a block; `None` when no path leaves it at its end.
    pub(super) fn block(&mut self, st: State, block: &'p Block) -> Option<State> {
        let mut st = Some(st);
        for stmt in block {
            let Some(s) = st else { break };
            st = self.stmt(s, stmt);
        }
        st
    }

    fn stmt(&mut self, mut st: State, stmt: &'p Stmt) -> Option<State> {
        if !self.step(stmt.span) {
            return Some(st);
        }
        if !matches!(
            stmt.kind,
            StmtKind::If(..)
                | StmtKind::Loop { .. }
                | StmtKind::Try { .. }
                | StmtKind::Block(..)
                | StmtKind::With(..)
        ) {
            self.statement = stmt.span;
        }
        let st = match &stmt.kind {
            StmtKind::Assign(targets, value) => {
                let v = self.outcome(&mut st, value);
                for t in targets {
                    self.assign(&mut st, t, v.clone());
                }
                st
            }
            StmtKind::AugAssign(place, op, value) => {
                self.augment(&mut st, place, *op, value);
                st
            }
            StmtKind::Expr(e) => {
                self.discarded = match &e.kind {
                    ExprKind::Await(inner) => inner.span,
                    _ => e.span,
                };
                let v = self.eval(&mut st, e);
                self.discarded = Span::default();
                match &v.kind {
                    Kind::Tuple(vs) => vs.iter().for_each(|v| self.drop_failure(&mut st, v)),
                    _ => self.drop_failure(&mut st, &v),
                }
                st
            }
            StmtKind::Delete(place) => {
                self.delete(&mut st, place);
                st
            }
            StmtKind::If(cond, then, other) => return self.branch(st, cond, then, other),
            StmtKind::Loop {
                label,
                each,
                ranged,
                cond,
                body,
                step,
                orelse,
            } => {
                return self.run_loop(
                    st,
                    *label,
                    each.as_deref(),
                    *ranged,
                    cond.as_deref(),
                    body,
                    step,
                    orelse,
                );
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                return self.run_try(st, body, handlers, orelse, finally);
            }
            StmtKind::With(value, target, body) => {
                return self.with(st, value, target.as_ref(), body);
            }
            StmtKind::Defer(e) => {
                self.defer(&mut st, e);
                st
            }
            StmtKind::Spawn(e) => {
                let ctl = st.ctl.len();
                self.eval(&mut st, e);
                st.ctl.truncate(ctl);
                self.dead = false;
                st
            }
            StmtKind::Return(values) => {
                self.leave_with(st, values, stmt.span);
                return None;
            }
            StmtKind::Raise(value) => {
                self.raise_value(st, value.as_ref());
                return None;
            }
            StmtKind::Break(label) => {
                self.leave_turn(st, *label, true);
                return None;
            }
            StmtKind::Continue(label) => {
                self.leave_turn(st, *label, false);
                return None;
            }
            StmtKind::Assert(cond) => {
                let v = self.eval(&mut st, cond);
                if self.assume(&mut st, &v, true, self.loc(cond.span), Scope::Raise) {
                    st
                } else {
                    return None;
                }
            }
            StmtKind::Func(name, idx) => {
                self.define_function(&mut st, *name, *idx);
                st
            }
            StmtKind::Class(name, idx) => {
                self.define_class(&mut st, *name, *idx);
                st
            }
            StmtKind::Block(label, body) => return self.labelled(st, *label, body),
            StmtKind::Choice(blocks, exhaustive) => return self.choice(st, blocks, *exhaustive),
        };
        if self.dead {
            self.dead = false;
            return None;
        }
        Some(st)
    }

    /// Leaves a function.
    #[inline(never)]
    fn leave_with(&mut self, mut st: State, values: &'p [Expr], at: Span) {
        let v = match values {
            [] => self.named_results(&mut st),
            [one] => self.outcome(&mut st, one),
            many => self.results(&mut st, many),
        };
        if self.dead {
            self.dead = false;
            return;
        }
        self.note_swallowed_return(&st, &v, at);
        self.note_told(&st, &v, at);
        self.answer(&st, &v);
        let cur = self.cur;
        self.frames[cur].returns.push((st, v));
    }

    #[inline(never)]
    fn raise_value(&mut self, mut st: State, value: Option<&'p Expr>) {
        let (class, v) = match value {
            Some(e) => {
                let v = self.eval(&mut st, e);
                (self.exception_class(e, &v), Some(v))
            }
            None => (self.class_caught(), None),
        };
        self.dead = false;
        self.raised += 1;
        self.refuse(&st);
        self.raise(&st, class, v);
    }

    /// Goes to the end of a loop, or of its turn.
    #[inline(never)]
    fn leave_turn(&mut self, st: State, label: Option<Sym>, is_break: bool) {
        let cur = self.cur;
        if let Some(l) = self
            .loops
            .iter_mut()
            .rev()
            .filter(|l| l.frame == cur)
            .find(|l| label.map_or(l.is_loop, |n| l.label == Some(n)))
        {
            if is_break {
                l.breaks.push(st)
            } else {
                l.continues.push(st)
            }
        }
    }

    #[inline(never)]
    fn define_function(&mut self, st: &mut State, name: Sym, idx: FuncIdx) {
        let func = FuncRef {
            file: self.file(),
            func: idx,
        };
        let env = self.frames[self.cur].env;
        let v = self.func_value(st, func, Some(env));
        self.bind_name(st, name, v);
    }

    #[inline(never)]
    fn define_class(&mut self, st: &mut State, name: Sym, idx: ClassIdx) {
        let class = ClassRef {
            file: self.file(),
            class: idx,
        };
        let term = self
            .seen
            .terms
            .intern(Term::Global(self.p.class_path(class)));
        self.bind_name(
            st,
            name,
            Value::new(term, Kind::Class(class), Deps::default()),
        );
    }

    /// A block, which may have a label by which it is left.
    #[inline(never)]
    fn labelled(&mut self, st: State, label: Option<Sym>, body: &'p Block) -> Option<State> {
        if label.is_none() {
            return self.block(st, body);
        }
        let base = st.ctl.len();
        self.loops.push(LoopContext {
            number: 0,
            label,
            breaks: Vec::new(),
            continues: Vec::new(),
            is_loop: false,
            frame: self.cur,
            made: self.next_obj,
            counted: Vec::new(),
        });
        let out = self.block(st, body);
        let l = self.loops.pop()?;
        self.join_all(out.into_iter().chain(l.breaks), base)
    }

    /// One of several blocks, or none of them.
    #[inline(never)]
    fn choice(&mut self, st: State, blocks: &'p [Block], exhaustive: bool) -> Option<State> {
        let base = st.ctl.len();
        let mut outs = Vec::new();
        for b in blocks {
            outs.extend(self.block(st.clone(), b));
        }
        if !exhaustive || blocks.is_empty() {
            outs.push(st);
        }
        self.join_all(outs.into_iter(), base)
    }

    #[inline(never)]
    fn defer(&mut self, st: &mut State, e: &'p Expr) {
        let e = match &e.kind {
            ExprKind::Await(inner) => inner,
            _ => e,
        };
        if let ExprKind::Call(c) = &e.kind {
            let callee = self.callee(st, &c.callee, e.span);
            let args = self.args(st, c);
            let loc = self.loc(e.span);
            let cur = self.cur;
            self.frames[cur].defers.push(Deferred { callee, args, loc });
        }
    }

    /// Several results (Go's only): variables are read when all that is called has returned, so that what is decoded
    /// into one in the same statement (`return list, decode(data, &list)`) is in it.
    #[inline(never)]
    fn results(&mut self, st: &mut State, many: &'p [Expr]) -> Value {
        let mut vs: Vec<Value> = many.iter().map(|e| self.eval(st, e)).collect();
        if let Some(last) = many
            .iter()
            .rposition(|e| matches!(e.kind, ExprKind::Call(_)))
        {
            for (v, e) in vs[..last].iter_mut().zip(many).filter(|x| is_variable(x.1)) {
                *v = self.eval(st, e);
            }
        }
        self.tuple(vs)
    }

    #[inline(never)]
    fn named_results(&mut self, st: &mut State) -> Value {
        let func = self.func();
        if func.results.iter().all(Option::is_none) {
            return self.none();
        }
        let mut vs = Vec::new();
        for name in func.results.iter().flatten() {
            let v = self.lookup(st, *name);
            vs.push(v);
        }
        if vs.len() == 1 {
            vs.remove(0)
        } else {
            self.tuple(vs)
        }
    }
}

/// Whether an expression is a variable, a part of one, or what one points to.
fn is_variable(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Name(_) => true,
        ExprKind::Attr(of, ..) | ExprKind::Deref(of) => is_variable(of),
        _ => false,
    }
}
