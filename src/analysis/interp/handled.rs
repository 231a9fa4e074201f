//! What a framework keeps on a view of the handler that it runs: its name, and what is said for it alone.

use super::Interp;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{ArgKind, Call, ExprKind, Lit};

impl<'p> Interp<'p> {
    /// While a framework runs a handler of a view, an attribute of the view says which one it is: `self.action`. A
    /// handler that others hand on to may be run under several names.
    pub(super) fn keep_handler(
        &mut self,
        st: &mut State,
        root: FuncRef,
        class: ClassRef,
        view: ObjId,
    ) {
        let lib = self.lib;
        let bases = lib.list(sym!("named-handler-bases"));
        if self.lang != Lang::Python || !(self.p.externals(class).iter()).any(|b| bases.contains(b))
        {
            return;
        }
        let by = self.handler_decorator(st, root);
        if let Some(by) = by {
            self.keep_given(st, root, by, view);
        }
        let mut known: Option<Value> = None;
        for name in self.run_under(root, by.is_some()) {
            let v = self.lit(Lit::Str(name));
            let empty = Shared::default();
            known = Some(match known {
                Some(k) => join_values(&k, &empty, &v, &empty, &mut self.seen.terms),
                None => v,
            });
        }
        let Some(known) = known else { return };
        for attribute in lib.list(sym!("handler-name-kept")) {
            if let Some(o) = st.obj_mut(view) {
                o.set(*attribute, known.clone());
            }
        }
    }

    /// What the decorator of a handler is given by name stands in the place of the view's own while that handler runs.
    fn keep_given(&mut self, st: &mut State, root: FuncRef, by: &'p Call, view: ObjId) {
        let Some(class) = self.p.class_of(root) else {
            return;
        };
        for arg in &by.args {
            let ArgKind::Keyword(name) = arg.kind else {
                continue;
            };
            if self.lib.is_listed(sym!("handler-arguments"), name) {
                continue;
            }
            let loc = self.loc(arg.value.span);
            let v = self.in_module(st, root.file, |s, st| {
                s.eval_in_class(st, class, &arg.value, loc)
            });
            if let Some(o) = st.obj_mut(view) {
                o.set(name, v);
            }
        }
    }

    /// The names under which a framework may run a method: what its pack says of that name, or its own where a decorator
    /// makes it a handler.
    fn run_under(&self, root: FuncRef, decorated: bool) -> Vec<Sym> {
        let own = self.p.func(root).name;
        if decorated {
            return vec![own];
        }
        // `update=update|partial_update`: the method, what it may be run as.
        let all = self.lib.list(sym!("handler-names")).iter();
        let mut all = all.map(|e| e.split_once('=').unwrap_or((e, e)));
        let found = all.find(|(method, _)| own == *method);
        found.map_or_else(Vec::new, |(_, names)| {
            names.split('|').map(intern).collect()
        })
    }

    /// The call by which a method is decorated as a handler.
    fn handler_decorator(&mut self, st: &mut State, root: FuncRef) -> Option<&'p Call> {
        let by = self.lib.list(sym!("handler-decorators"));
        let calls = self.p.func(root).decorators.iter();
        let mut calls = calls.filter_map(|d| match &d.kind {
            ExprKind::Call(c) => Some(&**c),
            _ => None,
        });
        calls.find(|c| {
            matches!(c.callee.kind, ExprKind::Name(_) | ExprKind::Attr(..))
                && matches!(
                    self.in_module(st, root.file, |s, st| s.eval(st, &c.callee)).kind,
                    Kind::Path(path) if by.contains(&path)
                )
        })
    }
}
