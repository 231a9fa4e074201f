//! Comprehensions: what they make of what they go through.

use super::Interp;
use super::known::Known;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::symbol::Sym;
use crate::syntax::il::{Comp, CompKind, Expr, ExprKind, Place, UnOp};

impl<'p> Interp<'p> {
    /// `{k: decode(v) for k, v in row.items()}`: a row taken apart and put together again is that row.
    fn rebuilt(&mut self, st: &mut State, c: &'p Comp) -> Option<Value> {
        let (CompKind::Dict, Some(key), [(target, iterable, _)]) =
            (c.kind, &c.key, c.clauses.as_slice())
        else {
            return None;
        };
        let (Place::Tuple(places, _), ExprKind::Call(call)) = (target, &iterable.kind) else {
            return None;
        };
        let ([Place::Name(k, _), Place::Name(v, _)], ExprKind::Name(n)) =
            (places.as_slice(), &key.kind)
        else {
            return None;
        };
        let ExprKind::Attr(base, items, _) = &call.callee.kind else {
            return None;
        };
        if n != k || items != "items" || !call.args.is_empty() {
            return None;
        }
        if !self.same_in_another_form(st, &c.element, *v) {
            return None;
        }
        let of = self.eval(st, base);
        let of = self.concrete(&of);
        match of.kind {
            Kind::Obj(id)
                if st.obj(id).is_some_and(|o| {
                    o.shape == Shape::Row || (o.shape == Shape::Dict && !o.fields.is_empty())
                }) =>
            {
                Some(self.copy(st, &of))
            }
            _ => None,
        }
    }

    /// The value of that name itself, or what a coder makes of it: one from outside the project, or one that goes down
    /// a tree. Some values may need one and others not (`int(v) if isinstance(v, Decimal) else v`).
    fn same_in_another_form(&mut self, st: &mut State, e: &'p Expr, name: Sym) -> bool {
        let named = |e: &Expr| matches!(&e.kind, ExprKind::Name(x) if *x == name);
        match &e.kind {
            ExprKind::Call(f) if f.args.len() == 1 && named(&f.args[0].value) => {
                match &self.callee(st, &f.callee, e.span).kind {
                    Kind::Bound(_) | Kind::Path(_) => true,
                    Kind::Func(f) => self.active.contains(&f.func),
                    _ => false,
                }
            }
            ExprKind::Cond(_, then, other) => {
                self.same_in_another_form(st, then, name)
                    && self.same_in_another_form(st, other, name)
            }
            _ => named(e),
        }
    }

    pub(super) fn comprehension(&mut self, st: &mut State, c: &'p Comp) -> Value {
        if let Some(row) = self.rebuilt(st, c) {
            return row;
        }
        let base = st.ctl.len();
        let mut deps = Deps::default();
        let mut read = None;
        let mut first = None;
        // What is only asked of each of them is asked of one that stands for all.
        let test = matches!(
            c.element.kind,
            ExprKind::Cmp(..) | ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Unary(UnOp::Not, _)
        );
        let mut each = None;
        if let ([(_, iterable, _)], false) = (c.clauses.as_slice(), test) {
            let numbers = self.known_numbers(st, iterable);
            each = match numbers {
                Some(known) => Some(known),
                None => {
                    let it = first.insert(self.eval(st, iterable));
                    if self.holds_nothing(st, it) && self.is_of_here(iterable) {
                        Some(Known::default())
                    } else {
                        self.known_elements(st, it)
                    }
                }
            };
        }
        let number = self.new_loop();
        self.open_loop(number, None);
        if let ([(target, _, conds)], Some(known)) = (c.clauses.as_slice(), each) {
            let v = self.comprehend_each(st, c, target, conds, known);
            self.loops.pop();
            st.ctl.truncate(base);
            return v;
        }
        for (target, iterable, conds) in &c.clauses {
            let it = match first.take() {
                Some(it) => it,
                None => self.eval(st, iterable),
            };
            let loc = self.loc(iterable.span);
            let v = self.element(st, &it, false, false, loc);
            read = self.list_read(st, &it, loc);
            self.assign(st, target, v);
            for cond in conds {
                let v = self.eval(st, cond);
                deps = deps.union(&v.deps);
                let loc = self.loc(cond.span);
                self.assume(st, &v, true, loc, Scope::Loop);
            }
        }
        self.note_found_by_tests(st, base);
        let element = self.eval(st, &c.element);
        let (id, v) = match (&c.kind, &c.key) {
            (CompKind::Dict, Some(k)) => {
                let k = self.eval(st, k);
                let (id, v) = self.obj_value(st, Shape::Dict);
                let mut x = element.clone();
                x.deps = x.deps.union(&k.deps);
                self.add_rest(st, id, x);
                if let (Some(o), Kind::Unknown) = (st.obj_mut(id), &k.kind) {
                    o.rest_key = Some(k);
                }
                (id, v)
            }
            _ => {
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, element.clone());
                (id, v)
            }
        };
        if let Some(o) = st.obj_mut(id) {
            o.maybe = read;
            if c.kind != CompKind::Dict
                && let Some(rest) = &mut o.rest
            {
                rest.deps.control = rest.deps.control.union(&deps.all());
            }
        }
        self.loops.pop();
        // Those that are missing elsewhere.
        let missing = st
            .ctl
            .iter()
            .skip(base)
            .flat_map(|c| c.facts.iter())
            .find_map(|f| match f {
                Fact::Absent(r) => Some(*r),
                _ => None,
            });
        if let Some(o) = st.obj_mut(id) {
            o.minus = missing;
        }
        st.ctl.truncate(base);
        let mut out = v;
        // The keys and values of a row taken apart and put together again are still that row.
        out.deps = out.deps.union(&deps).union(&element.deps);
        out
    }
}
