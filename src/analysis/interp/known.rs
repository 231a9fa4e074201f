//! Collections of which every element is known: a mapping that is written out, the keywords of a call. What is built of
//! them one by one (the names in an update, the text that puts them together) is known as well.

use std::rc::Rc;

use super::Interp;
use super::call::{Args, Keywords};
use super::paths::end_turns;
use crate::analysis::program::Global;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Does;
use crate::sym;
use crate::symbol::{Sym, intern, member};
use crate::syntax::Lang;
use crate::syntax::il::{
    ArgKind, Block, Comp, CompKind, Expr, ExprKind, Lit, Place, Stmt, StmtKind,
};
use crate::syntax::walk::{self, Visit};

/// More elements than that are not gone through one by one.
const KNOWN: usize = 12;

/// Nor are more rows than that.
const ROWS: usize = 4;

/// The elements of a collection, one by one.
#[derive(Default)]
pub(super) struct Known {
    pub(super) each: Vec<(Value, Presence)>,
    /// One that stands for the others, of which no more is known.
    pub(super) rest: Option<Value>,
}

impl Known {
    /// Whether all of them are literal texts, as the names of fields are.
    pub(super) fn are_texts(&self) -> bool {
        let text = |v: &Value| matches!(v.kind, Kind::Const(Lit::Str(_)));
        self.each.iter().all(|(v, _)| text(v))
    }
}

impl<'p> Interp<'p> {
    /// What a loop over a value is given, one by one.
    pub(super) fn known_elements(&mut self, st: &State, v: &Value) -> Option<Known> {
        if self.lang != Lang::Python {
            return None;
        }
        match &v.kind {
            Kind::Tuple(vs) if (1..=KNOWN).contains(&vs.len()) => Some(Known {
                each: vs.iter().map(|v| (v.clone(), Presence::Yes)).collect(),
                rest: None,
            }),
            Kind::Obj(id) => {
                let o = written_out(st, *id)?;
                match o.shape {
                    Shape::List => Some(Known {
                        each: o
                            .fields
                            .iter()
                            .map(|(_, s)| (s.value.clone(), s.presence))
                            .collect(),
                        rest: o.rest.clone(),
                    }),
                    _ => {
                        let each = keys(o)?;
                        let open = o.rest.is_some();
                        Some(Known {
                            each: each
                                .into_iter()
                                .map(|(k, p)| (self.lit(Lit::Str(k)), p))
                                .collect(),
                            rest: open.then(|| self.unknown(v.deps.clone())),
                        })
                    }
                }
            }
            _ => None,
        }
    }

    /// A list that is written out, whose elements may be those of others (`[*names, "id"]`).
    pub(super) fn display(&mut self, st: &mut State, es: &'p [Expr]) -> Value {
        let (id, v) = self.obj_value(st, Shape::List);
        let mut deps = Deps::default();
        let mut n = 0;
        for item in es {
            let inner = match &item.kind {
                ExprKind::Star(inner) => inner,
                _ => item,
            };
            let x = self.eval(st, inner);
            deps = deps.union(&x.deps);
            let each = match &item.kind {
                ExprKind::Star(_) => self.spelled_out(st, &x),
                _ => Some(vec![x.clone()]),
            };
            let Some(each) = each else {
                let loc = self.loc(item.span);
                self.add_each(st, id, &x, loc);
                continue;
            };
            for x in each {
                if let Some(o) = st.obj_mut(id) {
                    o.set(intern(&n.to_string()), x);
                }
                n += 1;
            }
        }
        Value::new(v.term, v.kind, deps)
    }

    /// All the elements of what is known as a whole.
    fn spelled_out(&mut self, st: &State, v: &Value) -> Option<Vec<Value>> {
        let v = self.concrete(v);
        let known = self.known_elements(st, &v)?;
        let there = |(_, p): &(Value, Presence)| *p == Presence::Yes;
        (known.rest.is_none() && known.each.iter().all(there))
            .then(|| known.each.into_iter().map(|(v, _)| v).collect())
    }

    /// The numbers of the elements, in what goes through `range(len(x))`.
    pub(super) fn known_numbers(&mut self, st: &mut State, e: &'p Expr) -> Option<Known> {
        let length = only_argument(e, "range")?;
        let of = only_argument(length, "len").filter(|of| matches!(of.kind, ExprKind::Name(_)))?;
        let of = self.eval(st, of);
        let known = self.known_elements(st, &of)?;
        let there = |(_, p): &(Value, Presence)| *p == Presence::Yes;
        if known.rest.is_some() || !known.each.iter().all(there) {
            return None;
        }
        let number = |i: usize| (self.lit(Lit::Int(i as i64)), Presence::Yes);
        let each = (0..known.each.len()).map(number).collect();
        Some(Known { each, rest: None })
    }

    /// What a map may hold under a key other than the one under which something was put: that, or nothing.
    pub(super) fn or_nothing(&mut self, v: Value) -> Value {
        match v.kind {
            _ if self.lang != Lang::Go => v,
            Kind::Const(_) => self.unknown(v.deps),
            Kind::Obj(_) => {
                let (anyhow, nothing) = (Shared::default(), self.none());
                let terms = &mut self.seen.terms;
                let mut out = join_values(&v, &anyhow, &nothing, &anyhow, terms);
                out.term = v.term;
                out
            }
            _ => v,
        }
    }

    /// The values of a mapping, with its keys where `pairs` are asked for.
    pub(super) fn known_members(&mut self, st: &State, id: ObjId, pairs: bool) -> Option<Known> {
        let o = written_out(st, id).filter(|o| o.shape == Shape::Dict)?;
        let values: Vec<(Sym, Slot)> = keys(o)?
            .into_iter()
            .filter_map(|(k, _)| Some((k, o.get(k)?.clone())))
            .collect();
        let rest = o.rest.clone();
        let mut each = Vec::with_capacity(values.len());
        for (name, slot) in values {
            let v = match pairs {
                true => {
                    let key = self.lit(Lit::Str(name));
                    self.tuple(vec![key, slot.value])
                }
                false => slot.value,
            };
            each.push((v, slot.presence));
        }
        let rest = rest.map(|v| match pairs {
            true => {
                let key = self.unknown(Deps::default());
                self.tuple(vec![key, v])
            }
            false => v,
        });
        Some(Known { each, rest })
    }

    /// A list of these; `from` numbers them.
    pub(super) fn listed(
        &mut self,
        st: &mut State,
        of: &Value,
        known: Known,
        from: Option<Option<&Value>>,
    ) -> Value {
        let (id, out) = self.obj_value(st, Shape::List);
        let mut deps = of.deps.clone();
        for (n, (v, presence)) in known.each.into_iter().enumerate() {
            deps = deps.union(&v.deps);
            let value = match from {
                Some(start) => {
                    let start = match start.map(|v| &v.kind) {
                        None => Some(0),
                        Some(Kind::Const(Lit::Int(i))) => Some(*i),
                        Some(_) => None,
                    };
                    let number = match start {
                        Some(i) => self.lit(Lit::Int(i.saturating_add(n as i64))),
                        None => self.unknown(Deps::default()),
                    };
                    self.tuple(vec![number, v])
                }
                None => v,
            };
            if let Some(o) = st.obj_mut(id) {
                o.fields
                    .push((intern(&n.to_string()), Slot { value, presence }));
            }
        }
        if let Some(v) = known.rest {
            deps = deps.union(&v.deps);
            let v = match from {
                Some(_) => {
                    let number = self.unknown(Deps::default());
                    self.tuple(vec![number, v])
                }
                None => v,
            };
            self.add_rest(st, id, v);
        }
        Value::new(out.term, out.kind, deps)
    }

    /// What `any` or `all` of these says.
    pub(super) fn said_of_each(&mut self, known: &Known, any: bool) -> Pred {
        let said = |(v, _): &(Value, Presence)| match &v.kind {
            Kind::Test(p) => (**p).clone(),
            _ => Pred::Truthy(v.clone()),
        };
        let all = known.each.iter().map(said).collect();
        match any {
            true => Pred::Or(all),
            false => Pred::And(all),
        }
    }

    /// A comprehension over elements that are known: what it makes of each.
    pub(super) fn comprehend_each(
        &mut self,
        st: &mut State,
        c: &'p Comp,
        target: &'p Place,
        conds: &'p [Expr],
        known: Known,
    ) -> Value {
        let shape = match c.kind {
            CompKind::Dict => Shape::Dict,
            _ => Shape::List,
        };
        let (id, v) = self.obj_value(st, shape);
        let base = st.ctl.len();
        let mut deps = Deps::default();
        let mut missing = None;
        let open = known.rest.map(|v| (v, None));
        let each = known.each.into_iter().map(|(v, p)| (v, Some(p)));
        for (element, presence) in each.chain(open) {
            self.assign(st, target, element);
            if let Some((by, sure)) = self.admitted(st, conds) {
                let mut value = self.eval(st, &c.element);
                deps = deps.union(&by).union(&value.deps);
                let facts = st.ctl.iter().skip(base).flat_map(|c| c.facts.iter());
                missing = missing.or(facts
                    .filter_map(|f| match f {
                        Fact::Absent(r) => Some(*r),
                        _ => None,
                    })
                    .next());
                let key = match (c.kind, &c.key) {
                    (CompKind::Dict, Some(k)) => {
                        let k = self.eval(st, k);
                        value.deps = value.deps.union(&k.deps);
                        self.seen.terms.text(k.term)
                    }
                    _ => {
                        value.deps.control = value.deps.control.union(&by.all());
                        let n = st.obj(id).map_or(0, |o| o.fields.len());
                        Some(intern(&n.to_string()))
                    }
                };
                match (key, presence) {
                    (Some(key), Some(presence)) => {
                        let presence = match sure {
                            true => presence,
                            false => Presence::Maybe,
                        };
                        if let Some(o) = st.obj_mut(id) {
                            o.fields.retain(|f| f.0 != key);
                            o.fields.push((key, Slot { value, presence }));
                        }
                    }
                    _ => self.add_rest(st, id, value),
                }
            }
            st.ctl.truncate(base);
            if self.dead {
                break;
            }
        }
        if let Some(o) = st.obj_mut(id) {
            o.minus = missing;
        }
        Value::new(v.term, v.kind, deps)
    }

    /// Whether an element passes the conditions of a comprehension: what they depend on, and whether it surely does.
    fn admitted(&mut self, st: &mut State, conds: &'p [Expr]) -> Option<(Deps, bool)> {
        let mut deps = Deps::default();
        let mut sure = true;
        for cond in conds {
            let v = self.eval(st, cond);
            deps = deps.union(&v.deps);
            let known = self.truth_of(st, &v);
            let loc = self.loc(cond.span);
            if !self.assume(st, &v, true, loc, Scope::Loop) {
                return None;
            }
            sure &= known == Some(true);
        }
        Some((deps, sure))
    }

    /// What each turn of a loop is given, where all of it is known and the turns are worth going through one by one:
    /// they are over functions, of which each does something else, or over the names of such, or they only build
    /// something.
    pub(super) fn known_turns(
        &mut self,
        st: &State,
        v: &Value,
        ranged: bool,
        target: &'p Place,
        body: &'p Block,
    ) -> Option<Known> {
        let known = match ranged {
            true => self.known_pairs(st, v)?,
            false => self.known_elements(st, v)?,
        };
        let function = |v: &Value| match &v.kind {
            Kind::Tuple(pair) if ranged => matches!(pair[1].kind, Kind::Func(_)),
            kind => matches!(kind, Kind::Func(_)),
        };
        let functions = known.each.len() > 1 && known.each.iter().all(|(v, _)| function(v));
        let rows = || self.few_rows(st, &known, ranged);
        // A framework asks each in turn.
        let asked = || self.p.is_steps(self.frames[self.cur].func);
        let names = || known.are_texts() && asks_by_name(body);
        let worth = functions || rows() || asked() || names() || self.only_builds(body);
        if known.rest.is_some() || !worth {
            return None;
        }
        if ranged && !matches!(target, Place::Tuple(..)) {
            let key = |(v, p)| match v {
                Value {
                    kind: Kind::Tuple(pair),
                    ..
                } => (pair[0].clone(), p),
                v => (v, p),
            };
            let each = known.each.into_iter().map(key).collect();
            return Some(Known { each, rest: None });
        }
        Some(known)
    }

    /// Whether the turns of a loop are over few rows, each by itself: what is so of one needn't be so of the next.
    fn few_rows(&self, st: &State, known: &Known, ranged: bool) -> bool {
        let row = |v: &Value| {
            let v = match &v.kind {
                Kind::Tuple(pair) if ranged => &pair[1],
                _ => v,
            };
            let Kind::Obj(id) = v.kind else { return None };
            let read = st.obj(id).is_some_and(|o| o.shape == Shape::Row);
            (read || !v.deps.data.is_empty()).then_some(id)
        };
        let Some(ids) = known
            .each
            .iter()
            .map(|(v, _)| row(v))
            .collect::<Option<Vec<_>>>()
        else {
            return false;
        };
        (2..=ROWS).contains(&ids.len()) && !ids.windows(2).all(|w| w[0] == w[1])
    }

    /// The keys of what Go's `range` goes through, each with what stands under it.
    fn known_pairs(&mut self, st: &State, v: &Value) -> Option<Known> {
        let Kind::Obj(id) = v.kind else { return None };
        let o = written_out(st, id)?;
        let sure = o.rest.is_none() && o.fields.iter().all(|(_, s)| s.presence == Presence::Yes);
        if !sure || self.seen.mutated.contains(&v.term) {
            return None;
        }
        if o.shape == Shape::Dict {
            return self.known_members(st, id, true);
        }
        let mut each = Vec::with_capacity(o.fields.len());
        for (i, (_, slot)) in o.fields.iter().enumerate() {
            let number = self.lit(Lit::Int(i as i64));
            let pair = self.tuple(vec![number, slot.value.clone()]);
            each.push((pair, Presence::Yes));
        }
        Some(Known { each, rest: None })
    }

    /// A loop over elements that are known: one turn after the other.
    pub(super) fn each_in_turn(
        &mut self,
        st: State,
        target: &'p Place,
        known: Known,
        (number, label): (u32, Option<Sym>),
        body: &'p Block,
    ) -> Option<State> {
        let base = st.ctl.len();
        let mut left: Vec<State> = Vec::new();
        let mut now = Some(st);
        for (element, presence) in known.each {
            let Some(mut st) = now.take() else { break };
            let without = (presence == Presence::Maybe).then(|| st.clone());
            self.open_loop(number, label);
            if let Some(l) = self.loops.last_mut() {
                // What was put into a list by the turns before is known.
                l.made = 0;
            }
            self.assign(&mut st, target, element);
            let out = self.block(st, body);
            let l = self.loops.pop()?;
            left.extend(l.breaks);
            now = self.join_all(out.into_iter().chain(l.continues).chain(without), base);
        }
        let mut out = self.join_all(now.into_iter().chain(left), base);
        if let Some(s) = &mut out {
            end_turns(s, base);
        }
        out
    }

    /// Whether a loop's body only builds something: it neither leaves the loop nor asks a store.
    pub(super) fn only_builds(&self, body: &'p Block) -> bool {
        let mut look = Builds {
            of: self,
            only: true,
        };
        walk::block(&mut look, body);
        look.only
    }

    /// An instance's fields as a dictionary.
    pub(super) fn record(&mut self, st: &mut State, of: &Value, loc: Loc) -> Value {
        let closed = self.declared_members(st, of, loc);
        let (id, mut v) = self.obj_value(st, Shape::Dict);
        self.merge_into(st, id, of);
        if closed && let Some(o) = st.obj_mut(id) {
            o.rest = None;
        }
        v.deps = v.deps.union(&of.deps);
        v
    }

    /// Asks an instance that was handed in for each of its fields, if it has none but those that its class declares.
    fn declared_members(&mut self, st: &mut State, of: &Value, loc: Loc) -> bool {
        let Kind::Obj(id) = of.kind else { return false };
        let handed =
            |o: &&Obj| o.shape == Shape::Instance && o.origin == Origin::Param && o.rest.is_none();
        let Some(class) = st.obj(id).filter(handed).and_then(|o| o.class) else {
            return false;
        };
        let mut bases = self.p.externals(class).iter();
        let fields = self.p.declared_fields(class);
        if fields.is_empty() || !bases.all(|b| self.lib.is_listed(sym!("record-bases"), *b)) {
            return false;
        }
        for name in fields {
            let v = self.attr(st, of, name, loc);
            if let Some(o) = st.obj_mut(id)
                && o.get(name).is_none()
            {
                o.set(name, v);
            }
        }
        true
    }

    /// A copy in which some members are others.
    pub(super) fn changed_copy(
        &mut self,
        st: &mut State,
        of: &Value,
        args: &Args,
        loc: Loc,
    ) -> Value {
        let v = self.copy(st, of);
        for (k, s) in &args.kw {
            self.set_attr(st, &v, *k, s.value.clone(), loc);
        }
        let Some(open) = args.open.as_ref().map(|o| self.concrete(o)) else {
            return v;
        };
        let (changes, rest) = match open.kind {
            Kind::Obj(id) => match st.obj(id).cloned() {
                Some(o) => (o.fields, o.rest),
                None => return v,
            },
            _ => (Vec::new(), Some(open)),
        };
        for (k, s) in changes {
            self.set_attr(st, &v, k, s.value, loc);
        }
        if let (Some(rest), Kind::Obj(id)) = (rest, &v.kind) {
            match st.obj(*id).map(|o| o.shape) {
                // Some of its fields: which is not known.
                Some(Shape::Instance) => self.set_attr(st, &v, sym!("*"), rest, loc),
                _ => self.add_rest(st, *id, rest),
            }
        }
        v
    }

    /// The keyword by which a method that copies is handed what is other in the copy.
    pub(super) fn updates_copy(&self, method: Sym) -> Option<Sym> {
        self.lib
            .list(sym!("updating-copies"))
            .iter()
            .filter_map(|entry| entry.split_once('='))
            .find(|(name, _)| *name == method.as_str())
            .map(|(_, keyword)| intern(keyword))
    }
}

/// What a function of that name is called with, if that is all.
fn only_argument<'e>(e: &'e Expr, function: &str) -> Option<&'e Expr> {
    let ExprKind::Call(call) = &e.kind else {
        return None;
    };
    let named = matches!(&call.callee.kind, ExprKind::Name(n) if n.as_str() == function);
    match call.args.as_slice() {
        [only] if named && only.kind == ArgKind::Plain => Some(&only.value),
        _ => None,
    }
}

/// A collection that was put together here, if its elements are not too many.
pub(super) fn written_out(st: &State, id: ObjId) -> Option<&Obj> {
    let o = st.obj(id)?;
    let known = matches!(o.shape, Shape::List | Shape::Dict)
        && o.origin == Origin::Fresh
        && o.maybe.is_none()
        && o.minus.is_none()
        && !o.sliced
        && (1..=KNOWN).contains(&o.fields.len());
    known.then_some(o)
}

/// What each of several mappings holds, if a value is one of them.
pub(super) fn one_of_mappings(st: &State, v: &Value) -> Option<Rc<Vec<Keywords>>> {
    let Kind::Phi(alts) = &v.kind else {
        return None;
    };
    let each = alts.iter().map(|a| match a.value.kind {
        Kind::Obj(id) => written_out(st, id)
            .filter(|o| o.shape == Shape::Dict && o.rest.is_none())
            .map(|o| o.fields.clone()),
        _ => None,
    });
    each.collect::<Option<Vec<_>>>().map(Rc::new)
}

/// The keys of a mapping, if all of them are texts.
fn keys(o: &Obj) -> Option<Vec<(Sym, Presence)>> {
    let text = |name: &Sym| name.parse::<i64>().is_err();
    let all = o.fields.iter().map(|(n, s)| (*n, s.presence)).collect();
    o.fields.iter().all(|(n, _)| text(n)).then_some(all)
}

/// Whether an object is asked for something whose name is worked out: what that is differs from turn to turn.
fn asks_by_name(body: &Block) -> bool {
    struct Asks(bool);
    impl<'a> Visit<'a> for Asks {
        fn expr(&mut self, e: &'a Expr) {
            let ExprKind::Call(c) = &e.kind else { return };
            let asks = matches!(&c.callee.kind, ExprKind::Name(n) if n == "getattr");
            let worked_out = |e: &Expr| !matches!(e.kind, ExprKind::Const(_) | ExprKind::Name(_));
            self.0 |= asks && c.args.get(1).is_some_and(|a| worked_out(&a.value));
        }
    }
    let mut look = Asks(false);
    walk::block(&mut look, body);
    look.0
}

struct Builds<'a, 'p> {
    of: &'a Interp<'p>,
    only: bool,
}

impl Builds<'_, '_> {
    /// The path of a function of a package from outside (Go's): it is no method, whatever its name.
    fn function_of(&self, of: &Expr, name: Sym) -> Option<Sym> {
        let ExprKind::Name(package) = of.kind else {
            return None;
        };
        let interp = self.of;
        if interp.lang != Lang::Go || interp.func().locals.contains(&package) {
            return None;
        }
        match interp.p.global(interp.file(), package) {
            Global::Path(path) => Some(member(path, name)),
            _ => None,
        }
    }
}

impl<'a, 'p> Visit<'p> for Builds<'a, 'p> {
    fn stmt(&mut self, stmt: &'p Stmt) {
        self.only &= matches!(
            stmt.kind,
            StmtKind::Assign(..) | StmtKind::AugAssign(..) | StmtKind::Expr(_) | StmtKind::If(..)
        );
    }

    fn expr(&mut self, e: &'p Expr) {
        if !self.only {
            return;
        }
        let known = match &e.kind {
            ExprKind::Yield(_) | ExprKind::Await(_) | ExprKind::Comp(_) => false,
            ExprKind::Call(c) => match &c.callee.kind {
                ExprKind::Attr(of, name, _) => {
                    let lib = self.of.lib;
                    let known = match self.function_of(of, *name) {
                        Some(path) => lib.callees.get(&path),
                        None => lib.methods.get(name),
                    };
                    let says = |i: &usize| {
                        matches!(lib.specs[*i].does, Does::Test | Does::Term | Does::Same)
                    };
                    builds(name) || known.into_iter().flatten().all(says)
                }
                // What a variable holds may be anything.
                ExprKind::Name(name) if self.of.func().locals.contains(name) => false,
                ExprKind::Name(name) => match self.of.p.global(self.of.file(), *name) {
                    Global::Func(f) => !self.of.p.worth(f),
                    Global::Class(c) => self.of.p.model_path(c).is_none(),
                    _ => true,
                },
                _ => false,
            },
            _ => true,
        };
        self.only &= known;
    }
}

/// Methods of lists, mappings and texts that have the names of libraries' methods.
fn builds(name: &str) -> bool {
    matches!(
        name,
        "append" | "add" | "get" | "extend" | "update" | "join" | "format" | "pop" | "set" | "copy"
    )
}

/// Whether a value is another one, or one of several among which that is.
pub(super) fn stands_for(of: &Value, key: &Value) -> bool {
    let among = |alts: &[Alt]| alts.iter().any(|a| a.value.term == key.term);
    of.term == key.term || matches!(&of.kind, Kind::Phi(alts) if among(alts))
}
