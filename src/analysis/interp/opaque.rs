//! Calls of what nobody knows: what they give depends on what they were given.

use super::Interp;
use super::call::Args;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Does;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, Func, Lit, ParamKind, Place, Stmt, StmtKind, TypeExpr};
use crate::syntax::walk::{self, Visit};
use crate::{sym, symbol};

impl<'p> Interp<'p> {
    pub(super) fn opaque_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Sym,
        args: &Args,
        loc: Loc,
    ) -> Value {
        self.unknown_deed(st, name.as_str(), args, loc);
        if args.all().next().is_some()
            && let Kind::Obj(id) = recv.kind
            && st
                .obj(id)
                .is_some_and(|o| o.shape == Shape::Lib(sym!("manager")))
        {
            self.seen.given_to.push(recv.term);
        }
        if self.names_relation(st, recv.term, name) {
            // Other rows, whichever they are.
            return self.unknown(Deps::default());
        }
        let part;
        let recv = if self.answers.contains(&recv.term) {
            part = Value::new(recv.term, recv.kind.clone(), recv.deps.answered());
            &part
        } else {
            recv
        };
        // Drawn from a source of its own.
        if self.seen.terms.has_made(recv.term) && self.draws(name, args) {
            return self.unknown(Deps::default());
        }
        let v = self.opaque(st, None, Some(recv), args, loc);
        if matches!(v.kind, Kind::Unknown) {
            // The same method of the same value with the same arguments gives the same, as far as keys go.
            let fresh =
                args.all().next().is_none() && matches!(recv.kind, Kind::Path(_) | Kind::Class(_));
            if !fresh {
                let mut parts = vec![recv.term];
                parts.extend(args.all().map(|a| a.term));
                let term = self.seen.terms.intern(Term::Op(name, parts));
                // Asked of something else than that row: what is in the answer is not what was asked with.
                if v.deps.data.iter().any(|(r, _)| !recv.deps.data.of(r)) {
                    self.answers.insert(term);
                }
                return Value::new(term, Kind::Unknown, v.deps);
            }
        }
        v
    }

    /// A call of something that nobody knows: its result depends on what it was given, and functions that it was
    /// given may be called.
    pub(super) fn opaque(
        &mut self,
        st: &mut State,
        callee: Option<&Value>,
        recv: Option<&Value>,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let mut deps = Deps::default();
        if let Some(r) = recv {
            deps = deps.union(&r.deps);
            self.maybe_saved(st, r);
        }
        let mut result = None;
        let looked_at = matches!(callee.map(|c| &c.kind), Some(Kind::Path(p))
            if self.lib.is_listed(sym!("inspections"), *p));
        for a in args.all() {
            deps = deps.union(&self.deep_deps(st, a, 0));
            let a = self.concrete(a);
            self.maybe_saved(st, &a);
            if matches!(a.kind, Kind::Func(_)) && !looked_at && self.calls_arguments(&a) {
                // What follows a function in the arguments is usually for it.
                let at = args.pos.iter().position(|x| x.term == a.term);
                let mut given = Args::default();
                if let (Some(at), Some(wants)) = (at, self.wanted(&a)) {
                    let rest: Vec<Value> = args.pos.iter().skip(at + 1).cloned().collect();
                    if rest.len() <= wants {
                        given.pos = rest;
                    }
                }
                // Who loses in there goes on in there: others call it, at another time.
                let losses = st.merged_losses.clone();
                let v = self.call_value(st, &a, given, loc);
                st.merged_losses = losses;
                self.dead = false;
                result = Some(v);
            }
        }
        if self.lang == Lang::Go {
            args.pos.iter().for_each(|a| self.filled_in(st, a, &deps));
        }
        if let Some(c) = callee
            && let Kind::Path(p) = &c.kind
        {
            let consts = args.all().all(|a| matches!(a.kind, Kind::Const(_)));
            if !consts || self.is_asked_of_request(*p) {
                let mut parts: Vec<TermId> = Vec::new();
                parts.extend(args.all().map(|a| a.term));
                let term = self.seen.terms.intern(Term::Op(*p, parts));
                // An answer in another form is still an answer.
                if args.all().any(|a| self.is_answer(a)) {
                    self.answers.insert(term);
                }
                return Value::new(term, Kind::Unknown, deps);
            }
        }
        // What a runner gives back is what its function gave.
        if let Some(v) = result
            && !v.is_none()
        {
            return v;
        }
        let path = match callee.map(|c| &c.kind) {
            Some(Kind::Path(p)) => Some(*p),
            _ => None,
        };
        let plain = |a: &Value| matches!(a.kind, Kind::Const(_) | Kind::Path(_));
        let made = deps.is_empty()
            && recv.is_none()
            && path.is_some_and(|p| args.all().all(plain) && !self.draws(p, args));
        let given = match made {
            true => Value::new(self.seen.terms.made(), Kind::Unknown, deps),
            false => self.unknown(deps),
        };
        if let Some(p) = path {
            self.note_asked(p, args, given.term);
        }
        given
    }

    /// Whether a call draws one of a few values, so that another run may draw the same: no identifier, though it is
    /// made here.
    fn draws(&self, name: Sym, args: &Args) -> bool {
        let few = |v: &Value| match v.kind {
            Kind::Const(Lit::Int(n)) => n.unsigned_abs() <= u32::MAX.into(),
            _ => matches!(v.kind, Kind::Const(_) | Kind::Path(_)),
        };
        let list = self.lib.lists.get(&sym!("draws"));
        list.is_some_and(|l| l.contains(&name)) && args.all().all(few)
    }

    /// Whether a path leads into what stands for the request that is served: what it holds was sent, not made here.
    fn is_asked_of_request(&self, path: Sym) -> bool {
        let requests = self.lib.list(sym!("request-objects"));
        let of = |path: &Sym| symbol::parted(*path).map(|(of, _)| of);
        !requests.is_empty() && std::iter::successors(of(&path), of).any(|p| requests.contains(&p))
    }

    /// Whether a value is what somebody else answered.
    fn is_answer(&self, v: &Value) -> bool {
        self.answers.contains(&v.term)
            || matches!(&v.kind, Kind::Phi(alts) if alts.iter().any(|a| self.answers.contains(&a.value.term)))
    }

    /// Whether a method that gives rows is called on an attribute of a row whose name is computed: a relation.
    fn names_relation(&self, st: &State, recv: TermId, method: Sym) -> bool {
        let Term::Index(of, _) = self.seen.terms.get(recv) else {
            return false;
        };
        let model = |id: &ObjId| {
            st.obj(*id)
                .is_some_and(|o| matches!(o.container, Some(Container::Model(_))))
        };
        self.rows.get(of).is_some_and(model)
            && self.lib.methods.get(&method).is_some_and(|specs| {
                specs
                    .iter()
                    .map(|i| &self.lib.specs[*i])
                    .any(|s| s.does == Does::Bundle && s.recv.iter().any(|k| k == "manager"))
            })
    }

    /// A list that is empty yet, given to be filled.
    fn filled_in(&mut self, st: &mut State, v: &Value, deps: &Deps) {
        let Kind::Obj(id) = self.concrete(v).kind else {
            return;
        };
        let empty = |o: &Obj| o.shape == Shape::List && o.fields.is_empty() && o.rest.is_none();
        if st.obj(id).is_some_and(empty) {
            let element = self.unknown(deps.clone());
            if let Some(o) = st.obj_mut(id) {
                o.rest = Some(element);
            }
        }
    }

    /// How many positional arguments a function value takes beyond those that are bound.
    fn wanted(&self, f: &Value) -> Option<usize> {
        let Kind::Func(c) = &f.kind else { return None };
        let params = &self.p.func(c.func).params;
        if params.iter().any(|p| p.kind == ParamKind::Rest) {
            return Some(usize::MAX);
        }
        let n = params.iter().filter(|p| p.kind == ParamKind::Plain).count();
        Some(n.saturating_sub(usize::from(c.recv.is_some()) + c.bound.len()))
    }

    /// Whether a function value given away may matter when called.
    fn calls_arguments(&self, f: &Value) -> bool {
        match &f.kind {
            Kind::Func(c) => {
                let func = self.p.func(c.func);
                let runs = self.lang == Lang::Go && func.name == "func" && fills(func);
                let later = self.active.contains(&c.func) || self.decorating.contains(&c.func);
                (runs || self.p.matters(c.func)) && !later
            }
            _ => false,
        }
    }
}

/// Go: whether a literal that takes nothing is run for what it puts into the variables around it.
fn fills(func: &Func) -> bool {
    let failure = |t: &TypeExpr| matches!(t, TypeExpr::Path(p) if *p == [sym!("error")]);
    if !func.params.is_empty() || !func.result_types.iter().all(failure) {
        return false;
    }
    let mut look = Fills { func, found: false };
    walk::block(&mut look, &func.body);
    look.found
}

/// Looks for variables of the function around a literal to which it assigns, or whose address it takes.
struct Fills<'a> {
    func: &'a Func,
    found: bool,
}

impl<'a> Visit<'a> for Fills<'a> {
    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::Assign(places, _) = &stmt.kind {
            let outer = |p: &Place| matches!(p, Place::Name(n, _) if !self.func.locals.contains(n));
            let any = |p: &Place| match p {
                Place::Tuple(parts, _) => parts.iter().any(outer),
                p => outer(p),
            };
            self.found |= places.iter().any(any);
        }
    }

    fn expr(&mut self, e: &'a Expr) {
        if let ExprKind::AddrOf(of) = &e.kind {
            let outer = |n| !self.func.locals.contains(n);
            self.found |= matches!(&of.kind, ExprKind::Name(n) if outer(n));
        }
    }
}
