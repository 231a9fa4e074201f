//! Parameters that say themselves who makes what they are handed: `repo = Depends(get_repo)`.

use super::call::Args;
use super::library::LibraryCall;
use super::{Interp, MAX_DEPTH};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Does;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::{Arg, ArgKind, Expr, ExprKind, Lit, Param, ParamKind};
use crate::syntax::{Lang, walk};

impl<'p> Interp<'p> {
    /// What a framework hands to a parameter that says itself who makes it.
    pub(super) fn provided(
        &mut self,
        st: &mut State,
        func: FuncRef,
        param: &'p Param,
    ) -> Option<Value> {
        let depth = self.frames.get(self.cur).map_or(0, |f| f.depth);
        if self.lang != Lang::Python || depth > MAX_DEPTH {
            return None;
        }
        let (file, call) = self.p.provider(func.file, param)?;
        let ExprKind::Call(c) = &call.kind else {
            return None;
        };
        let class = || self.p.annotated_class(func.file, param);
        self.in_module(st, file, |s, st| {
            let Kind::Path(path) = s.eval(st, &c.callee).kind else {
                return None;
            };
            let specs = s.lib.callees.get(&path)?;
            let number = *specs
                .iter()
                .find(|i| s.lib.specs[**i].does == Does::Provide)?;
            let args = s.args(st, c);
            let loc = s.loc(call.span);
            let call = LibraryCall::new(s.lib, number, None, &args, loc);
            let given = s.lib.specs[number]
                .invokes
                .iter()
                .find_map(|sel| call.given(sel));
            let f = match given {
                Some(f) => f,
                None => s.class_value(class()?),
            };
            s.provide(st, &f, loc)
        })
    }

    /// The row that a function is told of which is decorated as one that listens (`@receiver(saved, sender=Order)`), of
    /// the model that the decorator names. Whoever tells of it is at work on it: its own columns are theirs.
    pub(super) fn announced(
        &mut self,
        st: &mut State,
        func: FuncRef,
        param: &Param,
    ) -> Option<Value> {
        let f = self.p.func(func);
        if f.decorators.is_empty() {
            return None;
        }
        let lib = self.lib;
        let all = lib.lists.get(&sym!("announced-rows"))?;
        // `receiver=sender:instance`: the decorator, its keyword, the parameter.
        let heard = all.iter().filter_map(|e| {
            let (by, rest) = e.split_once('=')?;
            let (keyword, name) = rest.split_once(':')?;
            (name == param.name.as_str()).then_some((by, keyword))
        });
        for (by, keyword) in heard {
            let calls = f.decorators.iter().filter_map(|d| match &d.kind {
                ExprKind::Call(c) => Some(c),
                _ => None,
            });
            let named = |e: &ExprKind| match e {
                ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n == by,
                _ => false,
            };
            for c in calls.filter(|c| named(&c.callee.kind)) {
                let given = |a: &&Arg| matches!(a.kind, ArgKind::Keyword(n) if n == keyword);
                let Some(sender) = c.args.iter().find(given) else {
                    continue;
                };
                let v = self.in_module(st, func.file, |s, st| s.eval(st, &sender.value));
                let Kind::Class(class) = v.kind else { continue };
                let Some(model) = self.p.model_path(class) else {
                    continue;
                };
                let term = self.seen.terms.intern(Term::Param(param.name));
                let id = self.new_obj(st, Shape::Row, term);
                if let Some(o) = st.obj_mut(id) {
                    o.origin = Origin::Unknown;
                    o.container = Some(Container::Model(model));
                    o.class = Some(class);
                }
                self.rows.insert(term, id);
                self.of_term.insert(term, id);
                return Some(Value::new(term, Kind::Obj(id), Deps::default()));
            }
        }
        None
    }

    /// The rows that a function takes by name from keywords that its callers choose (`kwargs.pop("order")`): handed in
    /// like a parameter of that name. What may be left out is, if only that is asked for (`by_default`).
    pub(super) fn add_taken(
        &mut self,
        st: &mut State,
        func: FuncRef,
        by_default: bool,
        args: &mut Args,
    ) {
        let f = self.p.func(func);
        let mut keywords = f.params.iter().filter(|p| p.kind == ParamKind::Keywords);
        let Some(param) = keywords.next() else {
            return;
        };
        let mut taken = Taken {
            from: param.name,
            names: Vec::new(),
        };
        walk::block(&mut taken, &f.body);
        for (name, optional) in taken.names {
            let there = args.kw.iter().any(|k| k.0 == name);
            if there || (optional && by_default) {
                continue;
            }
            let loc = Loc {
                file: self.p.file_id(func.file),
                span: param.span,
            };
            if let Some(value) = self.row_named(st, func, name, loc) {
                let presence = Presence::Yes;
                args.kw.push((name, Slot { value, presence }));
            }
        }
    }

    /// A class as its name gives it.
    pub(super) fn class_value(&mut self, class: ClassRef) -> Value {
        let path = self.p.class_path(class);
        let term = self.seen.terms.intern(Term::Global(path));
        Value::new(term, Kind::Class(class), Deps::default())
    }

    /// What a function gives, or an object of a class, that is handed what its own parameters ask for.
    pub(super) fn provide(&mut self, st: &mut State, f: &Value, loc: Loc) -> Option<Value> {
        let f = self.concrete(f);
        let (func, bound) = match &f.kind {
            Kind::Func(c) => (Some(c.func), usize::from(c.recv.is_some())),
            Kind::Class(c) => (self.method_of(*c, sym!("__init__")), 1),
            Kind::Obj(id) => {
                let class = st.obj(*id).and_then(|o| o.class)?;
                (Some(self.method_of(class, sym!("__call__"))?), 1)
            }
            _ => return None,
        };
        let mut args = Args::default();
        let params = func.map_or(&[][..], |f| &self.p.func(f).params);
        for param in params.iter().skip(bound) {
            let (Some(func), ParamKind::Plain | ParamKind::KeywordOnly) = (func, param.kind) else {
                continue;
            };
            let value = match self.provided(st, func, param) {
                Some(v) => v,
                None if param.default.is_some() => continue,
                None => self.handed_value(st, func, param, None),
            };
            let presence = Presence::Yes;
            args.kw.push((param.name, Slot { value, presence }));
        }
        let v = self.call_value(st, &f, args, loc);
        if std::mem::take(&mut self.dead) {
            return None;
        }
        let v = self.concrete(&v);
        // What a generator yields is handed over.
        let yields =
            matches!(f.kind, Kind::Func(_)) && func.is_some_and(|f| self.p.func(f).is_generator);
        let v = match v.kind {
            Kind::Obj(id) if yields => {
                let one = st.obj(id).and_then(|o| o.rest.clone())?;
                self.concrete(&one)
            }
            _ => v,
        };
        let known = matches!(v.kind, Kind::Obj(_) | Kind::Const(Lit::Str(_)));
        known.then_some(v)
    }

    fn method_of(&self, class: ClassRef, name: Sym) -> Option<FuncRef> {
        self.p.method(class, name).map(|m| m.1)
    }
}

/// What is taken by name from a function's keywords, and whether it may be missing.
struct Taken {
    from: Sym,
    names: Vec<(Sym, bool)>,
}

impl<'p> walk::Visit<'p> for Taken {
    fn expr(&mut self, e: &'p Expr) {
        let (of, args, sure) = match &e.kind {
            ExprKind::Index(of, key) => (of, std::slice::from_ref(&**key).iter().collect(), true),
            ExprKind::Call(c) => match &c.callee.kind {
                ExprKind::Attr(of, name, _) if name == "pop" || name == "get" => {
                    let args: Vec<&Expr> = c.args.iter().map(|a| &a.value).collect();
                    let sure = name == "pop" && args.len() == 1;
                    (of, args, sure)
                }
                _ => return,
            },
            _ => return,
        };
        let own = matches!(of.kind, ExprKind::Name(n) if n == self.from);
        // One that has another default than nothing is no row.
        let default = args.get(1).map(|d| &d.kind);
        let plain = default.is_some_and(|d| !matches!(d, ExprKind::Const(Lit::None)));
        if let Some(ExprKind::Const(Lit::Str(name))) = args.first().map(|a| &a.kind)
            && own
            && !plain
        {
            self.names.push((*name, !sure));
        }
    }
}
