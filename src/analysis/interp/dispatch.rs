//! Calls that may go to one of several functions: what is called was picked on the way, by a decision or by name.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::Interp;
use super::call::Args;
use crate::analysis::shared::Shared;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::project::facts::{Given, Loaded};
use crate::report::finding::Loc;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::Lit;

/// More functions than that are not told apart.
pub(super) const TARGETS: usize = 4;

/// More modules than that are not looked through.
const MODULES: usize = 16;

impl<'p> Interp<'p> {
    /// A callee that is one of several functions of the project, or classes: each is called, and the results are
    /// joined.
    pub(super) fn two_arms(
        &mut self,
        st: &mut State,
        callee: &Value,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let Kind::Phi(alts) = &callee.kind else {
            return None;
        };
        let called = |a: &&Alt| match a.value.kind {
            Kind::Func(_) => true,
            Kind::Class(c) => self.lang == Lang::Python && self.p.model_path(c).is_none(),
            _ => false,
        };
        let called: Vec<&Alt> = alts.iter().filter(called).collect();
        if called.len() < 2 {
            return None;
        }
        if called.len() > TARGETS {
            return Some(self.opaque(st, None, None, args, loc));
        }
        let func = |a: &Alt| match &a.value.kind {
            Kind::Func(c) => Some(c.func),
            _ => None,
        };
        let one = func(called[0]);
        if one.is_none() || called.iter().any(|a| func(a) != one) {
            self.seen.dispatched.push(loc);
        }
        let base = st.ctl.len();
        let mut outs = Vec::new();
        let mut values = Vec::new();
        for a in called {
            let mut s = st.clone();
            let v = self.call_value(&mut s, &a.value, args.clone(), loc);
            if !std::mem::take(&mut self.dead) {
                outs.push(s);
                values.push(v);
            }
        }
        match self.join_all(outs.into_iter(), base) {
            Some(s) => *st = s,
            None => self.dead = true,
        }
        Some(self.one_of(values, &Deps::default()))
    }

    /// The module of a name: where only its last part is computed, any one in that package.
    pub(super) fn imported(&mut self, st: &mut State, name: &Value) -> Option<Value> {
        if let Kind::Const(Lit::Str(path)) = name.kind {
            return Some(self.path(st, path));
        }
        let Term::Concat(parts) = self.seen.terms.get(name.term) else {
            return None;
        };
        let (before, after) = match parts.as_slice() {
            [before, _] => (self.seen.terms.text(*before)?, intern("")),
            [before, _, after] => (
                self.seen.terms.text(*before)?,
                self.seen.terms.text(*after)?,
            ),
            _ => return None,
        };
        let package = before.rsplit_once('.')?.0;
        let modules: Vec<Sym> = self
            .p
            .modules_like(&before, &after)
            .filter(|_| !package.is_empty())
            .take(MODULES + 1)
            .collect();
        if modules.is_empty() || modules.len() > MODULES {
            return None;
        }
        let values = modules.into_iter().map(|m| self.path(st, m)).collect();
        Some(self.any_of(values, name.deps.clone()))
    }

    /// What a function of the project that loads classes by name gives for literal names.
    pub(super) fn loaded(&mut self, st: &mut State, f: FuncRef, args: &Args) -> Option<Value> {
        if self.lang != Lang::Python || !self.p.facts().is_loader(f.file as usize, f.func) {
            return None;
        }
        let pos = args.pos.iter().map(|v| (None, self.given(st, v)));
        let kw = args.kw.iter();
        let kw = kw.map(|(n, s)| (Some(*n), self.given(st, &s.value)));
        let given: Vec<(Option<Sym>, Given)> = pos.chain(kw).collect();
        let from = self.frames[self.cur].func.file as usize;
        let loader = (f.file as usize, f.func);
        match self.p.facts().loaded(from, loader, &given)? {
            Loaded::One(path) => Some(self.path(st, intern(&path))),
            Loaded::Many(paths) => {
                let values = paths.iter().map(|path| match path {
                    Some(path) => self.path(st, intern(path)),
                    None => self.unknown(Deps::default()),
                });
                let values = values.collect();
                Some(self.tuple(values))
            }
        }
    }

    /// An argument as far as it is literal.
    fn given(&self, st: &State, v: &Value) -> Given {
        let text = |v: &Value| match v.kind {
            Kind::Const(Lit::Str(s)) => Some(s),
            _ => None,
        };
        let v = self.concrete(v);
        let texts = match &v.kind {
            Kind::Tuple(items) => items.iter().map(text).collect(),
            Kind::Obj(id) => st
                .obj(*id)
                .filter(|o| o.shape == Shape::List && o.rest.is_none())
                .and_then(|o| o.fields.iter().map(|f| text(&f.1.value)).collect()),
            _ => return text(&v).map_or(Given::Other, Given::Text),
        };
        texts.map_or(Given::Other, Given::Texts)
    }

    /// A member of one of several modules: of each that has one.
    pub(super) fn member_of_each(
        &mut self,
        st: &mut State,
        base: &Value,
        name: Sym,
    ) -> Option<Value> {
        let Kind::Phi(alts) = &base.kind else {
            return None;
        };
        let mut found: Vec<Value> = Vec::new();
        for a in alts.iter() {
            let Kind::Path(module) = a.value.kind else {
                return None;
            };
            let v = self.path(st, intern(&format!("{module}.{name}")));
            if matches!(v.kind, Kind::Class(_) | Kind::Func(_)) {
                found.push(v);
            }
        }
        match found.len() {
            0 => None,
            1 => found.pop(),
            n if n > TARGETS => Some(self.unknown(base.deps.clone())),
            _ => Some(self.any_of(found, base.deps.clone())),
        }
    }

    /// A method of one of several objects of the program: each class's own. A member of one of several modules.
    pub(super) fn method_of_each(
        &mut self,
        st: &mut State,
        base: &Value,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let Kind::Phi(alts) = &base.kind else {
            return None;
        };
        if let Some(v) = self.member_of_each(st, base, name) {
            return Some(v);
        }
        let mut known: FxHashSet<(FuncRef, Option<ClassRef>)> = FxHashSet::default();
        let mut bound: Vec<Value> = Vec::new();
        for a in alts.iter() {
            let Kind::Obj(id) = a.value.kind else {
                continue;
            };
            let Some(o) = st.obj(id).filter(|o| o.shape == Shape::Instance) else {
                continue;
            };
            let method = o.class.and_then(|c| Some((c, self.p.method(c, name)?)));
            let Some((class, (of, f))) = method else {
                continue;
            };
            // One that is inherited calls what the class has put in the place of the others.
            let own = self.p.fills_in(class, of).then_some(class);
            if o.get(name).is_none() && known.insert((f, own)) {
                bound.push(self.attr(st, &a.value, name, loc));
            }
        }
        let funcs = bound.iter().all(|v| matches!(v.kind, Kind::Func(_)));
        (self.lang == Lang::Python && funcs && (2..=TARGETS).contains(&bound.len()))
            .then(|| self.any_of(bound, base.deps.clone()))
    }

    pub(super) fn any_of(&mut self, values: Vec<Value>, deps: Deps) -> Value {
        let under = Shared::default();
        let alts = values.into_iter().map(|value| Alt {
            value,
            under: under.clone(),
        });
        let alts: Vec<Alt> = alts.collect();
        Value::new(self.seen.terms.fresh(), Kind::Phi(Rc::new(alts)), deps)
    }
}
