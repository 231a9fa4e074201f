//! Roots: what a function is handed that nothing else of the project calls, and how it is run.

use std::rc::Rc;

use super::call::Args;
use super::regions::Region;
use super::{Interp, Seen};
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Does, TokenKind};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, Func, Lit, Param, ParamKind, Span, TypeExpr};

impl<'p> Interp<'p> {
    /// Interprets a root and gives what was seen.
    pub fn run(mut self, root: FuncRef, class: Option<ClassRef>) -> Seen {
        let func = self.p.func(root);
        let mut st = State::default();
        // A frame for the module, in which decorators and defaults are evaluated.
        let env = self.new_env(&mut st, root, None, 0);
        let frame = self.frame(root, env, Rc::new(Vec::new()), 0, None);
        self.frames.push(frame);
        let class = class.or_else(|| self.p.class_of(root));
        if self.p.is_steps(root) {
            self.frames[0].at = class.map(|c| self.p.class_loc(c));
        }
        let mut value = None;
        let loc = self.loc(func.name_span);
        let mut args = Args::default();
        let mut params = func.params.iter();
        let mut receiver = None;
        if let Some(class) = class
            && let Some(first) = func.params.first()
            && !self.is_static(func)
        {
            params.next();
            let recv = if self.is_classmethod(func) {
                let term = self
                    .seen
                    .terms
                    .intern(Term::Global(self.p.class_path(class)));
                Value::new(term, Kind::Class(class), Deps::default())
            } else {
                self.param_object(&mut st, root, first, Some(class))
            };
            if let Kind::Obj(id) = recv.kind
                && self.is_writing_method(func.name)
                && let Some(o) = st.obj_mut(id)
                && o.shape == Shape::Row
            {
                // A row's own way to be written is a part of somebody's write, who knows where the row is from.
                o.origin = Origin::Unknown;
            }
            if self.made_here.contains(&0) {
                self.take_for_made(&mut st, &recv);
            }
            if !self.is_classmethod(func) {
                self.initialise(&mut st, class, &recv, false, loc);
            }
            self.entered(&mut st, class, &recv, func.name, loc);
            if let Kind::Obj(id) = recv.kind {
                receiver = Some(id);
                self.keep_handler(&mut st, root, class, id);
            }
            let around = self.p.around(class, None, func.name);
            value = Some(self.method_value(&mut st, root, recv, &around));
        }
        let value = value.unwrap_or_else(|| self.func_value(&mut st, root, None));
        self.dead = false;
        // A framework keeps what it hands to a handler on the handler's object as well.
        let keeps = class.is_some_and(|c| self.p.has_outer_bases(c));
        let first = func.params.len() - params.len();
        for (i, param) in params.enumerate() {
            let made = self.made_here.contains(&(first + i));
            match param.kind {
                ParamKind::Plain => {
                    let at = self.handed_at(root, param.span);
                    let given =
                        class.and_then(|c| self.handed_in(&mut st, c, func.name, param.name, at));
                    let v = match given {
                        Some(v) => v,
                        None => self.param_object(&mut st, root, param, None),
                    };
                    if made {
                        self.take_for_made(&mut st, &v);
                    }
                    if keeps
                        && self.lib.is_listed(sym!("kept-parameters"), param.name)
                        && let Some(id) = receiver
                        && let Some(o) = st.obj_mut(id)
                        && o.get(param.name).is_none()
                    {
                        o.set(param.name, v.clone());
                    }
                    args.pos.push(v);
                }
                ParamKind::KeywordOnly => {
                    let v = self.param_object(&mut st, root, param, None);
                    if made {
                        self.take_for_made(&mut st, &v);
                    }
                    args.kw.push((
                        param.name,
                        Slot {
                            value: v,
                            presence: Presence::Yes,
                        },
                    ));
                }
                ParamKind::Rest
                    if self.lang == Lang::Python
                        && !class.is_some_and(|c| self.p.takes_none(c, func.name)) =>
                {
                    args.star = Some(self.unknown(Deps::default()));
                }
                ParamKind::Keywords if self.lang == Lang::Python => {
                    args.open = Some(self.unknown(Deps::default()));
                }
                ParamKind::Rest | ParamKind::Keywords => {}
            }
        }
        // What is given a request handles one, and so does a method of what only requests make.
        let own = class.and_then(|c| self.p.class_kind(c, self.lib));
        let handles = |s: &Self| {
            args.pos
                .iter()
                .filter_map(|a| s.kind_of(&st, a))
                .chain(own)
                .any(|k| s.lib.kinds.get(&k).is_some_and(|k| k.request))
        };
        if self.seen.assumed.atomic_requests && handles(&self) {
            let region = Region::at(TokenKind::Txn, loc);
            let token = self.take_token(&mut st, &region, TokenKind::Txn);
            self.seen.tokens[token.0 as usize].assumed = Some("atomic-requests");
        }
        for key in std::mem::take(&mut self.queued) {
            let key = key.map(|n| self.seen.terms.intern(Term::Param(n)));
            let region = Region {
                key,
                ..Region::at(TokenKind::Remote, loc)
            };
            self.take_token(&mut st, &region, TokenKind::Remote);
        }
        self.cur = 0;
        let given = self.call_value(&mut st, &value, args, loc);
        self.call_back(&mut st, &given, loc);
        self.seen
    }

    /// What a root gives back and others are known to call, is called by them.
    fn call_back(&mut self, st: &mut State, given: &Value, loc: Loc) {
        let given = self.concrete(given);
        let Kind::Func(c) = &given.kind else { return };
        if !self.called_back.contains(&c.func) || self.seen.functions.contains(&c.func) {
            return;
        }
        let func = c.func;
        let mut args = Args::default();
        for param in &self.p.func(func).params {
            if param.kind == ParamKind::Plain {
                args.pos.push(self.param_object(st, func, param, None));
            }
        }
        self.dead = false;
        st.ctl.clear();
        self.call_value(st, &given, args, loc);
    }

    /// `__init__` and its kin run before a method that is a root, so that `self.table` is known.
    /// For an object that others hand in, what they may leave out is left out (`by_default`).
    pub(super) fn initialise(
        &mut self,
        st: &mut State,
        class: ClassRef,
        recv: &Value,
        by_default: bool,
        loc: Loc,
    ) {
        if self.lang != Lang::Python {
            return;
        }
        if let Kind::Obj(id) = recv.kind {
            self.made_up.insert(id);
        }
        for name in ["__init__", "__post_init__"] {
            let Some((owner, init)) = self.p.method(class, intern(name)) else {
                continue;
            };
            let _ = owner;
            let func = self.p.func(init);
            let mut args = Args::default();
            for param in func.params.iter().skip(1) {
                if by_default && param.default.is_some() {
                    continue;
                }
                if param.kind == ParamKind::Plain || param.kind == ParamKind::KeywordOnly {
                    let v = self.param_object(st, init, param, None);
                    args.kw.push((
                        param.name,
                        Slot {
                            value: v,
                            presence: Presence::Yes,
                        },
                    ));
                }
            }
            self.add_taken(st, init, by_default, &mut args);
            let marks = (self.seen.reads.len(), self.seen.writes.len());
            let f = self.func_value(st, init, None);
            let f = self.bind(f, recv.clone());
            self.call_value(st, &f, args, loc);
            self.dead = false;
            // What construction does to stores is another unit of work.
            self.seen.writes.truncate(marks.1);
            self.seen.outcomes.truncate(marks.1);
            if let Kind::Obj(id) = recv.kind
                && let Some(obj) = st.obj_mut(id)
            {
                obj.dirty.clear();
            }
        }
        st.ctl.clear();
    }

    /// Who leaves an object has entered it before.
    fn entered(&mut self, st: &mut State, class: ClassRef, recv: &Value, method: Sym, loc: Loc) {
        let enter = match method.as_str() {
            "__exit__" => "__enter__",
            "__aexit__" => "__aenter__",
            _ => return,
        };
        if let Some((_, f)) = self.p.method(class, intern(enter)) {
            let f = self.func_value(st, f, None);
            let f = self.bind(f, recv.clone());
            self.call_value(st, &f, Args::default(), loc);
            self.dead = false;
        }
    }

    /// Where a function's parameter stands, or what stands for it in the project.
    fn handed_at(&self, func: FuncRef, span: Span) -> Loc {
        match self.frames.get(self.cur).and_then(|f| f.at) {
            Some(at) if self.p.is_steps(func) => at,
            _ => Loc {
                file: self.p.file_id(func.file),
                span,
            },
        }
    }

    /// What a parameter of a root is: a row of a known model, a library object, or a value of its own.
    pub(super) fn param_object(
        &mut self,
        st: &mut State,
        func: FuncRef,
        param: &'p Param,
        class: Option<ClassRef>,
    ) -> Value {
        if class.is_none()
            && let Some(v) = self
                .provided(st, func, param)
                .or_else(|| self.announced(st, func, param))
        {
            return v;
        }
        self.handed_value(st, func, param, class)
    }

    /// The same, if nothing beside the parameter says where it comes from.
    pub(super) fn handed_value(
        &mut self,
        st: &mut State,
        func: FuncRef,
        param: &'p Param,
        class: Option<ClassRef>,
    ) -> Value {
        let term = self.seen.terms.intern(Term::Param(param.name));
        let loc = self.handed_at(func, param.span);
        let value = match class {
            Some(c) => self.instance_of(st, c, term, Origin::Param, loc),
            None => match &param.ty {
                Some(ty) => self.typed_value(st, func.file, ty, term, Origin::Param, loc),
                None => None,
            },
        };
        if let Some(v) = value {
            return v;
        }
        if let Some(kind) = self.lib.param_names.get(&param.name).copied() {
            let id = self.new_obj(st, Shape::Lib(kind), term);
            if let Some(o) = st.obj_mut(id) {
                o.container = Some(Container::Term(term));
            }
            return Value::new(term, Kind::Obj(id), Deps::default());
        }
        if !self.is_plain(param)
            && let Some(v) = self.row_named(st, func, param.name, loc)
        {
            return v;
        }
        let id = self.new_obj(st, Shape::Dict, term);
        if let Some(o) = st.obj_mut(id) {
            o.origin = Origin::Param;
            o.shape = Shape::Instance;
        }
        self.of_term.insert(term, id);
        Value::new(term, Kind::Obj(id), Deps::default())
    }

    /// The row that a function is handed under the name of a known model.
    pub(super) fn row_named(
        &mut self,
        st: &mut State,
        func: FuncRef,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        // A framework calls the parameters of its methods as it likes.
        let frameworks = self.p.is_steps(func)
            || self
                .p
                .class_of(func)
                .is_some_and(|c| self.p.has_outer_bases(c));
        if frameworks && self.lib.is_listed(sym!("framework-parameters"), name) {
            return None;
        }
        let term = self.seen.terms.intern(Term::Param(name));
        let model = self.p.model_named(name)?;
        self.row_of_model(st, model, term, Origin::Param, loc)
    }

    /// Whether a pack takes a row's method of that name for a write.
    fn is_writing_method(&self, name: Sym) -> bool {
        let specs = self.lib.methods.get(&name).map_or(&[][..], Vec::as_slice);
        specs.iter().map(|i| &self.lib.specs[*i]).any(|s| {
            matches!(s.does, Does::Write | Does::Delete) && s.recv.iter().any(|k| k == "row")
        })
    }

    /// Whether a parameter is declared as a plain value, or has one for a default: no row, whatever its name.
    fn is_plain(&self, param: &Param) -> bool {
        let declared = match &param.ty {
            Some(TypeExpr::Path(path)) => path.last(),
            _ => None,
        };
        let default = param.default.as_ref().map(|d| &d.kind);
        declared.is_some_and(|n| self.lib.is_listed(sym!("plain-types"), *n))
            || matches!(default, Some(ExprKind::Const(lit)) if *lit != Lit::None)
    }

    /// Whether a parameter is declared to be a number, a text or the like, and not to be left out.
    pub(super) fn is_of_plain_type(&self, param: &Param) -> bool {
        let nothing = |d: &Expr| matches!(d.kind, ExprKind::Const(Lit::None));
        param.ty.is_some() && self.is_plain(param) && !param.default.as_ref().is_some_and(nothing)
    }

    fn is_static(&self, func: &Func) -> bool {
        has_decorator(func, "staticmethod")
    }

    fn is_classmethod(&self, func: &Func) -> bool {
        has_decorator(func, "classmethod")
    }
}

/// Whether a function carries a plain decorator of that name.
pub(in crate::analysis) fn has_decorator(func: &Func, name: &str) -> bool {
    func.decorators.iter().any(|d| match &d.kind {
        ExprKind::Name(n) => n == name,
        ExprKind::Attr(_, n, _) => n == name,
        _ => false,
    })
}

/// Whether a function is decorated so, by the name itself or by a call of it (`@name(...)`).
pub(in crate::analysis) fn decorated(func: &Func, name: &str) -> bool {
    let named = |e: &Expr| match &e.kind {
        ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n == name,
        _ => false,
    };
    func.decorators.iter().any(|d| match &d.kind {
        ExprKind::Call(c) => named(&c.callee),
        _ => named(d),
    })
}
