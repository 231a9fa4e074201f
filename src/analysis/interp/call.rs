//! Calls: what is called, and who knows it.

use std::rc::Rc;

use super::Interp;
use super::dispatch::TARGETS;
use super::library::LibraryCall;
use crate::analysis::program::TypeRef;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_objects};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Call, Expr, ExprKind, Lit, Span, TypeExpr};
use crate::{sym, symbol};

/// The arguments of a call.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Args {
    pub(super) pos: Vec<Value>,
    pub(super) kw: Vec<(Sym, Slot)>,
    /// `*args` of unknown length.
    pub(super) star: Option<Value>,
    /// `**kwargs` of unknown names.
    pub(super) open: Option<Value>,
    /// What `**either` may bring, where it is one of several mappings; the first is among the keywords.
    pub either: Option<Rc<Vec<Keywords>>>,
}

/// Names and what stands under them.
pub(in crate::analysis) type Keywords = Vec<(Sym, Slot)>;

impl Args {
    /// Every value passed.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.pos
            .iter()
            .chain(self.kw.iter().map(|k| &k.1.value))
            .chain(&self.star)
            .chain(&self.open)
    }

    /// A keyword argument.
    pub(super) fn kw(&self, name: Sym) -> Option<&Slot> {
        self.kw.iter().rev().find(|k| k.0 == name).map(|k| &k.1)
    }
}

impl<'p> Interp<'p> {
    /// A call expression.
    pub(super) fn call(&mut self, st: &mut State, c: &'p Call, span: Span) -> Value {
        if let ExprKind::Name(n) = &c.callee.kind
            && n == "super"
            && self.lang == Lang::Python
        {
            return self.super_value(st);
        }
        let callee = self.callee(st, &c.callee, span);
        if self.dead {
            return self.unknown(Deps::default());
        }
        let callee = self.given_types(callee, &c.types);
        let mut args = self.args(st, c);
        if self.dead {
            return self.unknown(Deps::default());
        }
        if let (ExprKind::Name(n), [converted]) = (&c.callee.kind, args.pos.as_slice())
            && self.is_type_parameter(*n)
        {
            return converted.clone();
        }
        let loc = self.loc(span);
        if let Some(name) = self.for_effect(st, &c.callee, &callee)
            && !self.lib.is_listed(sym!("quiet"), name)
        {
            self.effect(st, &args, loc);
        }
        if let Some(v) = self.two_arms(st, &callee, &args, loc) {
            return v;
        }
        let pointers = self.pointers(st, c, &callee, &mut args);
        let out = self.call_value(st, &callee, args, loc);
        if !self.dead {
            self.put_back(st, &pointers);
        }
        out
    }

    /// Go: the name of what is called, if that gives nothing but a failure and nobody in sight is behind it (a function
    /// that was handed in, a method of an interface): it is called for what it does.
    fn for_effect(&self, st: &State, callee: &'p Expr, v: &Value) -> Option<Sym> {
        if self.lang != Lang::Go {
            return None;
        }
        let (name, ty) = match (&callee.kind, &v.kind) {
            (ExprKind::Name(name), Kind::Unknown) => {
                let func = self.p.func(self.frames[self.cur].func);
                let param = func.params.iter().find(|p| p.name == *name)?;
                (*name, param.ty.as_ref()?)
            }
            (ExprKind::Attr(_, name, _), Kind::Bound(b)) => {
                let class = self.class_of_value(st, &b.0)?;
                match &self.p.class(class).underlying {
                    Some(TypeExpr::Interface(methods, _)) => {
                        (*name, &methods.iter().find(|m| m.0 == *name)?.1)
                    }
                    Some(TypeExpr::Struct(_)) => (*name, self.p.field_type(class, *name)?.1),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let failure = |t: &TypeExpr| matches!(t, TypeExpr::Path(p) if *p == [sym!("error")]);
        match ty {
            TypeExpr::Func(_, results) if !results.is_empty() && results.iter().all(failure) => {
                Some(name)
            }
            _ => None,
        }
    }

    fn super_value(&mut self, _st: &mut State) -> Value {
        let mut i = self.cur;
        while let Some(f) = self.frames.get(i) {
            if let (Some(class), Some(recv)) = (f.class, &f.recv) {
                let term = recv.term;
                return Value::new(
                    term,
                    Kind::Super(class, Rc::new(recv.clone())),
                    recv.deps.clone(),
                );
            }
            if i == 0 {
                break;
            }
            i -= 1;
        }
        self.unknown(Deps::default())
    }

    /// What is called: a method stays bound to its receiver.
    pub(super) fn callee(&mut self, st: &mut State, e: &'p Expr, call: Span) -> Value {
        let ExprKind::Attr(base, name, _) = &e.kind else {
            return self.eval(st, e);
        };
        let b = self.eval(st, base);
        let loc = self.loc(e.span);
        let b = self.named_row(st, base, b, *name, call);
        self.method(st, &b, *name, loc)
    }

    /// Whether an expression is the receiver of the method that runs.
    fn is_receiver(&self, e: &Expr) -> bool {
        let f = &self.frames[self.cur];
        let first = self.p.func(f.func).params.first();
        matches!(&e.kind, ExprKind::Name(n) if f.recv.is_some() && first.is_some_and(|p| p.name == *n))
    }

    /// Something of which nothing is known, with the name of a model, on which a method of that model is called: one of
    /// its rows.
    fn named_row(
        &mut self,
        st: &mut State,
        base: &'p Expr,
        v: Value,
        method: Sym,
        call: Span,
    ) -> Value {
        let (Lang::Python, Kind::Unknown) = (self.lang, &v.kind) else {
            return v;
        };
        let name = match &base.kind {
            ExprKind::Name(name) => name,
            ExprKind::Attr(of, name, _) if !self.is_receiver(of) => name,
            _ => return v,
        };
        // What a call gave may be made for the occasion (a row cast to what it is, a proxy).
        let answer = matches!(self.seen.terms.get(v.term), Term::Op(..));
        let known = self.of_term.contains_key(&v.term);
        if answer || known || self.lib.methods.contains_key(&method) {
            return v;
        }
        let p = self.p;
        // A row of a derived model does what that one says.
        let own = |c: ClassRef| {
            p.project_method(c, method).is_some_and(|(_, f)| {
                let mut derived = p.derived(c).iter();
                derived.all(|d| p.project_method(*d, method).is_none_or(|(_, g)| g == f))
            })
        };
        let model = p
            .model_named(*name)
            .filter(|m| p.model_class(*m).is_some_and(own));
        let Some(model) = model else { return v };
        let loc = self.loc(base.span);
        self.seen.called_by_name.push(self.loc(call));
        // It is taken for one here only: what else is done with it tells no more than before.
        let term = self.seen.terms.fresh();
        match self.row_of_model(st, model, term, Origin::Param, loc) {
            Some(row) => Value::new(row.term, row.kind, v.deps.union(&row.deps)),
            None => v,
        }
    }

    /// `value.name`, about to be called.
    pub(super) fn method(&mut self, st: &mut State, b: &Value, name: Sym, loc: Loc) -> Value {
        self.note_mutated(st, b);
        if let Some(v) = self.method_of_each(st, b, name, loc) {
            return v;
        }
        let one = self.merged_object(st, b);
        let term = self.seen.terms.field(one.term, name);
        let bound = Value::new(
            term,
            Kind::Bound(Rc::new((one.clone(), name))),
            one.deps.clone(),
        );
        match &one.kind {
            Kind::Obj(id) => {
                let Some(o) = st.obj(*id) else { return bound };
                if o.get(name).is_some() && !matches!(o.shape, Shape::Dict | Shape::Row) {
                    let v = self.attr(st, &one, name, loc);
                    if matches!(
                        v.kind,
                        Kind::Func(_) | Kind::Class(_) | Kind::Phi(_) | Kind::Bound(_)
                    ) {
                        return v;
                    }
                    return bound;
                }
                if let Some(c) = o.class {
                    let made = o.origin == Origin::Fresh || self.is_own(one.term);
                    let known = self.p.method(c, name);
                    if self.lang == Lang::Python
                        && !made
                        && known.is_none_or(|m| self.p.is_abstract(m.1))
                        && let Some(v) = self.method_standing(st, &one, c, name, loc)
                    {
                        return v;
                    }
                    if known.is_some() || self.p.embedded_path(c, name).is_some() {
                        return self.attr(st, &one, name, loc);
                    }
                    if self.lang == Lang::Python
                        && known.is_none()
                        && let Some(v) = self.asked_for(st, &one, c, name, loc)
                    {
                        return v;
                    }
                    if self.lang == Lang::Python
                        && known.is_none()
                        && let Some(v) = self.held_class(st, c, name, made, loc)
                    {
                        return v;
                    }
                    // A relation of a model is itself called on: `order.items.filter`.
                    // Go: a method of an interface of the project.
                    let impls = match self.lang {
                        Lang::Go => self.p.implementers(c, name),
                        Lang::Python => Vec::new(),
                    };
                    match impls.as_slice() {
                        [] => {}
                        [f] => {
                            let f = self.func_value(st, *f, None);
                            let v = self.bind_fresh(st, f, one, loc);
                            return through(v, c, name);
                        }
                        many => {
                            self.seen.dispatched.push(loc);
                            let alts: Vec<Alt> = many
                                .iter()
                                .take(TARGETS)
                                .map(|f| {
                                    let f = self.func_value(st, *f, None);
                                    let value = self.bind_fresh(st, f, one.clone(), loc);
                                    let value = through(value, c, name);
                                    Alt {
                                        value,
                                        under: Shared::default(),
                                    }
                                })
                                .collect();
                            return Value::new(term, Kind::Phi(Rc::new(alts)), Deps::default());
                        }
                    }
                }
                bound
            }
            Kind::Class(c) => {
                let v = self.attr(st, &one, name, loc);
                // What the class has from its library is called on the class.
                if matches!(v.kind, Kind::Unknown)
                    && (self.p.class_kind(*c, self.lib).is_some()
                        || self.lib.is_listed(sym!("record-makers"), name))
                {
                    return bound;
                }
                v
            }
            Kind::Path(_) | Kind::Super(..) => self.attr(st, &one, name, loc),
            Kind::Unknown => {
                if let Some(id) = self.of_term.get(&one.term).copied()
                    && st.obj(id).is_some()
                {
                    let v = Value::new(one.term, Kind::Obj(id), one.deps.clone());
                    return self.method(st, &v, name, loc);
                }
                bound
            }
            _ => bound,
        }
    }

    /// Whether a term is that of the object whose method is running.
    fn is_own(&self, term: TermId) -> bool {
        let frame = self.frames.get(self.cur);
        frame.is_some_and(|f| f.recv.as_ref().is_some_and(|r| r.term == term))
    }

    /// What an object gives for a name that it does not have: a wrapper hands on what is asked of it.
    fn asked_for(
        &mut self,
        st: &mut State,
        of: &Value,
        class: ClassRef,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let (_, f) = self.p.method(class, sym!("__getattr__"))?;
        let f = self.func_value(st, f, None);
        let f = self.bind(f, of.clone());
        let mut args = Args::default();
        args.pos.push(self.lit(Lit::Str(name)));
        let v = self.call_value(st, &f, args, loc);
        self.dead = false;
        matches!(v.kind, Kind::Func(_) | Kind::Bound(_)).then_some(v)
    }

    /// A library object that was added to on some paths only is one object whose additions may be there.
    fn merged_object(&mut self, st: &mut State, v: &Value) -> Value {
        let Kind::Phi(alts) = &v.kind else {
            return self.concrete(v);
        };
        let mut objects: Vec<Obj> = Vec::new();
        for a in alts.iter() {
            if let Kind::Obj(id) = a.value.kind
                && let Some(o) = st.obj(id)
                && matches!(o.shape, Shape::Lib(_))
                && !o.fields.is_empty()
            {
                objects.push(o.clone());
            }
        }
        let Some(first) = objects.pop() else {
            if let Some(handle) = self.known_handle(st, v, alts) {
                return handle;
            }
            return self.one_row(st, v).unwrap_or_else(|| self.concrete(v));
        };
        if objects.is_empty() || objects.iter().any(|o| o.shape != first.shape) {
            return self.concrete(v);
        }
        let term = self.seen.terms.fresh();
        let id = self.new_obj(st, first.shape, term);
        let mut one = first;
        for o in objects {
            one = join_objects(one, &o, &mut self.seen.terms);
        }
        one.term = term;
        st.put_obj(id, one);
        Value::new(term, Kind::Obj(id), v.deps.clone())
    }

    /// One of which nothing is known, or else a library object (`table or connect()`): that one, whichever it is.
    fn known_handle(&self, st: &State, v: &Value, alts: &[Alt]) -> Option<Value> {
        let known = alts.iter().find(|a| self.is_library_object(st, &a.value))?;
        let open = |a: &Alt| a.value.is_none() || self.is_of_unknown_kind(st, &a.value);
        let mut others = alts.iter().filter(|a| !std::ptr::eq(*a, known));
        others.all(open).then(|| {
            let mut one = known.value.clone();
            one.deps = one.deps.union(&v.deps);
            one
        })
    }

    pub(super) fn is_library_object(&self, st: &State, v: &Value) -> bool {
        matches!(v.kind, Kind::Obj(id) if st.obj(id).is_some_and(|o| matches!(o.shape, Shape::Lib(_))))
    }

    /// Whether nothing says what a value is: no class of the project, no type of a library.
    pub(super) fn is_of_unknown_kind(&self, st: &State, v: &Value) -> bool {
        match v.kind {
            Kind::Unknown => true,
            Kind::Obj(id) => st.obj(id).is_some_and(|o| {
                o.shape == Shape::Instance
                    && o.class.is_none()
                    && o.type_path.is_none_or(|t| !self.lib.types.contains_key(&t))
            }),
            _ => false,
        }
    }

    /// The receiver of an interface's method is an object of the implementing type.
    fn bind_fresh(&mut self, st: &mut State, f: Value, recv: Value, loc: Loc) -> Value {
        if let Kind::Func(c) = &f.kind
            && let Some(class) = self.p.class_of(c.func)
            && let Some(v) = self.instance_of(st, class, recv.term, Origin::Unknown, loc)
        {
            return self.bind(f, v);
        }
        self.bind(f, recv)
    }

    /// Python: a method that a base or protocol leaves open, of the objects that may stand there.
    fn method_standing(
        &mut self,
        st: &mut State,
        of: &Value,
        class: ClassRef,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let p = self.p;
        let has = |c: &&ClassRef| p.method(**c, name).is_some_and(|m| !p.is_abstract(m.1));
        let all = p.standing_for(class);
        let all: Vec<ClassRef> = all.iter().filter(has).copied().collect();
        if all.is_empty() || all.len() > TARGETS {
            return None;
        }
        let mut methods = Vec::with_capacity(all.len());
        for c in all {
            let object = self.standing(st, of, c, loc)?;
            methods.push(self.attr(st, &object, name, loc));
        }
        if methods.len() == 1 {
            return methods.pop();
        }
        self.seen.dispatched.push(loc);
        Some(self.any_of(methods, of.deps.clone()))
    }

    /// An object of a class in the place of one of which a base is known: made as its constructor makes it, and the same
    /// one for every call.
    fn standing(&mut self, st: &mut State, of: &Value, class: ClassRef, loc: Loc) -> Option<Value> {
        let term = self.seen.terms.field(of.term, self.p.class_path(class));
        if let Some(id) = self.of_term.get(&term).copied()
            && st.obj(id).is_some()
        {
            return Some(Value::new(term, Kind::Obj(id), of.deps.clone()));
        }
        let v = self.instance_of(st, class, term, Origin::Unknown, loc)?;
        let ctl = st.ctl.clone();
        self.initialise(st, class, &v, true, loc);
        st.ctl = ctl;
        Some(v)
    }

    /// A generic method that was called through an interface gives what the interface declares.
    pub(super) fn declared_results(
        &mut self,
        st: &mut State,
        (of, name): (ClassRef, Sym),
        v: &Value,
    ) {
        let p = self.p;
        let Some(TypeExpr::Interface(methods, _)) = &p.class(of).underlying else {
            return;
        };
        let Some((_, TypeExpr::Func(_, results))) = methods.iter().find(|m| m.0 == name) else {
            return;
        };
        let values = match &v.kind {
            Kind::Tuple(vs) => vs.to_vec(),
            _ => vec![v.clone()],
        };
        for (v, ty) in values.iter().zip(results) {
            if let TypeExpr::Path(path) = ty.pointed()
                && let Some(TypeRef::Class(c)) = p.resolve_type(of.file, path)
                && p.is_struct(c)
            {
                Self::take_class_of(st, v, c);
            }
        }
    }

    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        st: &mut State,
        callee: &Value,
        args: Args,
        loc: Loc,
    ) -> Value {
        if !self.step(loc.span) {
            return self.unknown(Deps::default());
        }
        let one = self.concrete(callee);
        match &one.kind {
            Kind::Func(c) => {
                let c = c.clone();
                if let Some(v) = self.loaded(st, c.func, &args) {
                    return v;
                }
                let v = self.inline(st, &c, args, loc, None);
                if let Some(method) = c.through {
                    self.declared_results(st, method, &v);
                }
                v
            }
            Kind::Class(c) => self.instantiate(st, *c, args, loc),
            Kind::Path(p) => self.call_path(st, *p, &one, args, loc),
            Kind::Bound(b) => {
                let (recv, name) = (b.0.clone(), b.1);
                self.call_method(st, &recv, name, args, loc)
            }
            Kind::Region(i) => {
                // `atomic(using=...)(function)`
                match args.pos.first() {
                    Some(f) => {
                        let f = self.concrete(f);
                        self.wrap(f, *i)
                    }
                    None => one.clone(),
                }
            }
            Kind::Obj(id) => {
                if let Some((f, args)) = self.of_partial(st, *id, &args) {
                    return self.call_value(st, &f, args, loc);
                }
                let class = st.obj(*id).and_then(|o| o.class);
                let call = sym!("__call__");
                if class.is_some_and(|c| self.p.method(c, call).is_some()) {
                    let f = self.attr(st, &one, call, loc);
                    return self.call_value(st, &f, args, loc);
                }
                self.opaque(st, Some(&one), None, &args, loc)
            }
            _ => self.opaque(st, Some(&one), None, &args, loc),
        }
    }

    /// A function or class outside the project.
    fn call_path(
        &mut self,
        st: &mut State,
        path: Sym,
        callee: &Value,
        args: Args,
        loc: Loc,
    ) -> Value {
        let lib = self.lib;
        for i in lib.callees.get(&path).into_iter().flatten() {
            let call = LibraryCall::new(lib, *i, None, &args, loc);
            if self.spec_fits(st, &call) {
                return self.apply(st, &call);
            }
        }
        if let Some(v) = self.builtin(st, path, &args, loc) {
            return v;
        }
        // A method looked up by its class: `Base.save(self)`; a function of a module with a method's name.
        if let Some((module, name)) = symbol::parted(path)
            && lib.methods.contains_key(&name)
            && let Some(v) = self.module_member(st, module, name, &args, loc)
        {
            return v;
        }
        // A model that stands outside the project.
        if self.lang == Lang::Python
            && let Some(model) = self.p.model_generalized(path)
        {
            let class = self.p.model_class(model);
            return self.new_row(st, class, model, &args, loc);
        }
        self.unknown_deed(st, path.as_str(), &args, loc);
        if let Some(times) = self.lib.lists.get(&sym!("clocks"))
            && times.contains(&path)
        {
            return self.time();
        }
        if let Some(v) = self.setting(path, &args) {
            return v;
        }
        let v = self.opaque(st, Some(callee), None, &args, loc);
        self.keeps_given(st, path, &args, &v);
        v
    }

    /// The time of a call.
    fn time(&mut self) -> Value {
        let made = self.seen.terms.made();
        let time = Term::Op(intern(Terms::TIME), vec![made]);
        Value::new(self.seen.terms.intern(time), Kind::Unknown, Deps::default())
    }

    /// Whether a field is declared as a function that takes nothing and gives a time.
    fn is_clock(&self, st: &State, recv: &Value, name: Sym) -> bool {
        let Kind::Obj(id) = recv.kind else {
            return false;
        };
        let class = st.obj(id).and_then(|o| o.class);
        let declared = class.and_then(|c| self.p.field_type(c, name));
        let Some((_, TypeExpr::Func(takes, gives))) = declared else {
            return false;
        };
        let [TypeExpr::Path(path)] = &gives[..] else {
            return false;
        };
        let named: Vec<&str> = path.iter().map(Sym::as_str).collect();
        let times = self.lib.list(sym!("times"));
        takes.is_empty() && times.iter().any(|t| *t == named.join(".").as_str())
    }

    /// A setting, asked for by its name: the same wherever it is asked for, whatever stands in for one that is missing.
    fn setting(&mut self, path: Sym, args: &Args) -> Option<Value> {
        let settings = self.lib.lists.get(&sym!("settings"))?;
        let name = args.pos.first().filter(|_| settings.contains(&path))?.term;
        // A mapping asked is the mapping.
        let of = path.strip_suffix(".get").map_or(path, intern);
        let of = self.seen.terms.intern(Term::Global(of));
        let term = self.seen.terms.intern(Term::Index(of, name));
        let deps = args.all().fold(Deps::default(), |d, a| d.union(&a.deps));
        Some(Value::new(term, Kind::Unknown, deps))
    }

    fn module_member(
        &mut self,
        st: &mut State,
        module: Sym,
        name: Sym,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        // An external module's singleton, with methods that a pack knows (`client.put_item` imported from elsewhere).
        let term = self.seen.terms.intern(Term::Global(module));
        let recv = Value::new(term, Kind::Unknown, Deps::default());
        self.library_method(st, &recv, name, args, loc)
    }

    /// A method of a value.
    fn call_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Sym,
        args: Args,
        loc: Loc,
    ) -> Value {
        if let Some(v) = self.library_method(st, recv, name, &args, loc) {
            return v;
        }
        if let Some(v) = self.builtin_method(st, recv, name, &args, loc) {
            return v;
        }
        // A field that holds a function.
        if let Kind::Obj(id) = recv.kind
            && let Some(slot) = st.obj(id).and_then(|o| o.get(name)).cloned()
            && matches!(
                slot.value.kind,
                Kind::Func(_) | Kind::Bound(_) | Kind::Class(_) | Kind::Path(_) | Kind::Phi(_)
            )
        {
            return self.call_value(st, &slot.value, args, loc);
        }
        if self.is_clock(st, recv, name) {
            return self.time();
        }
        self.opaque_method(st, recv, name, &args, loc)
    }
}

/// A method as it is called through an interface.
fn through(mut f: Value, interface: ClassRef, name: Sym) -> Value {
    if let Kind::Func(c) = &mut f.kind {
        Rc::make_mut(c).through = Some((interface, name));
    }
    f
}
