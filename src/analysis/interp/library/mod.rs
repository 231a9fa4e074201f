//! What a pack says of a call, applied.

use std::rc::Rc;

mod call;
mod conditions;
mod counts;
mod inputs;
mod links;
mod members;
mod narrow;
mod pages;
mod reads;
mod related;
mod relations;
mod results;
mod sets;
mod statements;
mod tokens;
mod writes;

pub(super) use call::LibraryCall;

use super::Interp;
use super::call::Args;
use super::regions::Region;
use crate::analysis::access::*;
use crate::analysis::dialects;
use crate::analysis::state::{State, join_values};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{
    Cmp, Dialect, Does, Failure, Mode, Returns, Sel, Shape as SpecShape, TermSpec, TokenKind,
};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{CmpOp, Lit};

impl<'p> Interp<'p> {
    /// The kind of library object a value is.
    pub(in crate::analysis::interp) fn kind_of(&self, st: &State, v: &Value) -> Option<Sym> {
        match &v.kind {
            Kind::Obj(id) => {
                let o = st.obj(*id)?;
                match o.shape {
                    Shape::Lib(k) => Some(k),
                    // A row of a class that its pack declares is of that kind.
                    Shape::Row => match o.container {
                        Some(Container::Model(_)) => o
                            .class
                            .and_then(|c| self.p.class_kind(c, self.lib))
                            .or(Some(sym!("row"))),
                        _ => None,
                    },
                    Shape::List if o.type_path.is_some_and(|t| t == pages::PAGES) => {
                        Some(sym!("pages"))
                    }
                    _ => o
                        .type_path
                        .and_then(|p| self.lib.types.get(&p).copied())
                        .or_else(|| o.class.and_then(|c| self.p.class_kind(c, self.lib))),
                }
            }
            Kind::Class(c) => self
                .p
                .class_kind(*c, self.lib)
                .map(|k| intern(&format!("class:{k}"))),
            Kind::Cond(_) => Some(sym!("test")),
            Kind::Store(_) => Some(sym!("term")),
            Kind::Affected(_) => Some(sym!("affected")),
            Kind::Region(_) => Some(sym!("region")),
            Kind::Acquired(_) => Some(sym!("held")),
            Kind::Path(p)
                if p.rsplit('.')
                    .next()
                    .is_some_and(|t| t.starts_with(char::is_uppercase)) =>
            {
                Some(sym!("external-class"))
            }
            _ => None,
        }
    }

    /// Whether a kind is that of `recv "..."`: the same, or a subkind (`dynamodb.table` of `dynamodb`).
    fn kind_fits(kind: Sym, wanted: &[Sym]) -> bool {
        wanted.contains(&kind)
    }

    /// Whether what a pack says of a call holds for its receiver and its arguments.
    pub(in crate::analysis::interp) fn spec_fits(
        &self,
        st: &State,
        call: &LibraryCall<'_>,
    ) -> bool {
        let s = call.spec;
        if let Some((sel, texts)) = &s.when
            && !self.says(call, sel, texts)
        {
            return false;
        }
        let has = |sel: &Sel| match sel {
            Sel::Kw(k) => call.args.kw(*k).is_some(),
            Sel::Pos(i) => call.args.pos.len() > *i,
            _ => false,
        };
        let signed =
            || !s.signature.is_empty() && s.signature.iter().all(|(want, sel)| has(sel) == *want);
        let typed = || {
            s.arg_type.as_ref().is_some_and(|(sel, types)| {
                let Some(v) = call.given(sel) else {
                    return false;
                };
                let v = self.concrete(&v);
                if let Kind::Obj(id) = v.kind
                    && let Some(o) = st.obj(id)
                {
                    return o.type_path.is_some_and(|t| types.contains(&t))
                        || matches!(o.shape, Shape::Lib(kind) if types.contains(&kind))
                        || o.class.is_some_and(|c| {
                            self.p
                                .underlying_path(c)
                                .is_some_and(|t| types.contains(&t))
                        });
                }
                false
            })
        };
        if s.shape == SpecShape::Callee {
            return s.signature.is_empty() || signed();
        }
        let kind = call.receiver.and_then(|r| self.kind_of(st, r));
        match kind {
            Some(k) if !s.recv.is_empty() => {
                if Self::kind_fits(k, &s.recv) {
                    return s.signature.is_empty() || signed() || !s.recv.is_empty();
                }
                typed()
            }
            Some(_) => typed(),
            None => {
                if typed() {
                    return true;
                }
                // Nothing is known of the receiver: the arguments may be distinctive enough.
                let unknown = call.receiver.is_none_or(|r| match &r.kind {
                    Kind::Unknown => true,
                    Kind::Obj(id) => st.obj(*id).is_some_and(|o| {
                        matches!(o.shape, Shape::Instance)
                            && o.class.is_none_or(|c| self.p.is_opaque_class(c))
                            && o.type_path.is_none_or(|t| !self.lib.types.contains_key(&t))
                    }),
                    Kind::Path(_) => true,
                    _ => false,
                });
                unknown && signed()
            }
        }
    }

    /// Whether an argument is one of these constants.
    fn says(&self, call: &LibraryCall<'_>, sel: &Sel, texts: &[Sym]) -> bool {
        call.given(sel).is_some_and(|v| match v.kind {
            Kind::Const(Lit::Bool(b)) => {
                let text = if b { "True" } else { "False" };
                texts.iter().any(|t| *t == text)
            }
            Kind::Path(p) => texts.contains(&p),
            _ => {
                let text = self.seen.terms.text(v.term);
                text.is_some_and(|t| texts.contains(&t))
            }
        })
    }

    /// The value that a selector names.
    pub(in crate::analysis::interp) fn select(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        sel: &Sel,
    ) -> Option<Slot> {
        let yes = |value: Value| {
            Some(Slot {
                value,
                presence: Presence::Yes,
            })
        };
        match sel {
            Sel::Pos(i) => call.args.pos.get(*i).cloned().and_then(yes),
            Sel::Kw(k) => self.keyword(call.args, *k),
            Sel::Recv => call.receiver.cloned().and_then(yes),
            Sel::Text(t) => {
                let v = self.lit(Lit::Str(*t));
                yes(v)
            }
            Sel::Prop(name) => {
                let r = self.concrete(call.receiver?);
                let Kind::Obj(id) = r.kind else { return None };
                st.obj(id)?.get(*name).cloned()
            }
            Sel::Field(name) => {
                if let Some(req) = &call.spec.request {
                    let r = self.select(st, call, req)?;
                    let r = self.concrete(&r.value);
                    let Kind::Obj(id) = r.kind else { return None };
                    return st.obj(id)?.get(*name).cloned();
                }
                self.keyword(call.args, *name)
            }
            Sel::First(sels) => {
                for s in sels {
                    if let Some(found) = self.select(st, call, s) {
                        return Some(found);
                    }
                }
                None
            }
            Sel::AllPos => {
                let vs = call.args.pos.clone();
                let t = self.tuple(vs);
                yes(t)
            }
            Sel::PosFrom(n) => {
                let vs = call.args.pos.iter().skip(*n).cloned().collect();
                let t = self.tuple(vs);
                yes(t)
            }
            Sel::Model(name) => {
                let v = self.lit(Lit::Str(*name));
                yes(v)
            }
            Sel::Attr(name) => {
                let r = call.receiver?.clone();
                let loc = self.loc(self.statement);
                let v = self.attr(st, &r, *name, loc);
                yes(v)
            }
            Sel::Own(path) => {
                let r = self.concrete(call.receiver?);
                let v = self.own(st, &r, path)?;
                yes(v)
            }
            Sel::Nothing => {
                let v = self.none();
                yes(v)
            }
            Sel::AllKw(_) | Sel::Filters | Sel::Name | Sel::Here => None,
        }
    }

    fn keyword(&mut self, args: &Args, name: Sym) -> Option<Slot> {
        if let Some(s) = args.kw(name) {
            return Some(s.clone());
        }
        // `**unknown` may bring it; then nothing is known of it but where it comes from.
        None
    }

    /// A library's method on a value.
    pub(in crate::analysis::interp) fn library_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Sym,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let candidates = self.lib.methods.get(&name)?;
        let fitting = |s: &Self, recv| {
            candidates
                .iter()
                .map(|i| LibraryCall::new(s.lib, *i, Some(recv), args, loc))
                .find(|call| s.spec_fits(st, call))
        };
        let class;
        let call = match fitting(self, recv) {
            Some(call) => call,
            // A class's own method, called on an object of it.
            None if self.have_of_class(candidates) => {
                class = self.class_value(self.class_of_value(st, recv)?);
                fitting(self, &class)?
            }
            None => return None,
        };
        if call.spec.does == Does::Link && !self.is_link(st, recv) {
            return None;
        }
        Some(self.apply(st, &call))
    }

    /// Whether one of the specs is about a class, not about its objects.
    fn have_of_class(&self, specs: &[usize]) -> bool {
        let mut kinds = specs.iter().flat_map(|i| &self.lib.specs[*i].recv);
        self.lang == Lang::Python && kinds.any(|kind| kind.starts_with("class:"))
    }

    /// A library's attribute.
    pub(in crate::analysis::interp) fn library_attr(
        &mut self,
        st: &mut State,
        recv: &Value,
        path: Option<Sym>,
        name: Sym,
        loc: Loc,
    ) -> Option<Value> {
        let candidates = self.lib.attributes.get(&name)?.clone();
        let kind = self.kind_of(st, recv);
        for i in candidates {
            let s = &self.lib.specs[i];
            let fits = match (&kind, path) {
                (Some(k), _) => Self::kind_fits(*k, &s.recv),
                (None, Some(p)) => s.path.contains(&p),
                _ => false,
            };
            if fits {
                let args = Args::default();
                let call = LibraryCall::new(self.lib, i, Some(recv), &args, loc);
                let v = self.apply(st, &call);
                let kept = match s.does {
                    Does::Read => true,
                    Does::Same => matches!(v.kind, Kind::Obj(_)),
                    _ => false,
                };
                if kept
                    && let Kind::Obj(id) = recv.kind
                    && let Some(o) = st.obj_mut(id)
                {
                    // From now on the same row, the same record.
                    o.set(name, v.clone());
                }
                return Some(v);
            }
        }
        None
    }

    /// What is added to an update is in it under every name that it has here, whoever takes what the call gives.
    #[inline(never)]
    fn added_in_place(&mut self, st: &mut State, to: Option<&Value>, whole: &Value) {
        let Some(to) = to.filter(|v| matches!(v.kind, Kind::Store(_))) else {
            return;
        };
        let mut env = Some(self.frames[self.cur].env);
        while let Some((id, e)) = env.and_then(|id| Some((id, st.env(id)?))) {
            let names = e.vars.iter().filter(|(_, v)| v.term == to.term);
            let names: Vec<Sym> = names.map(|(n, _)| *n).collect();
            env = e.parent;
            if let Some(e) = st.env_mut(id).filter(|_| !names.is_empty()) {
                for n in names {
                    e.vars.insert(n, whole.clone());
                }
            }
        }
    }

    /// Does what a spec says.
    pub(in crate::analysis::interp) fn apply(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
    ) -> Value {
        let spec = call.spec;
        match spec.does {
            Does::Make | Does::Bundle => self.make(st, call),
            Does::Read => self.read(st, call),
            Does::Reload => self.reload(st, call),
            Does::Write | Does::Create | Does::Upsert | Does::Delete | Does::Check => {
                self.write(st, call)
            }
            Does::Members => self.members(st, call),
            Does::Term => {
                let t = match &spec.term {
                    Some(t) => self.store_term(st, call, t),
                    None => return self.unknown(Deps::default()),
                };
                let deps = t.deps();
                let v = Value::new(self.seen.terms.fresh(), Kind::Store(Rc::new(t)), deps);
                if spec.mutates {
                    self.added_in_place(st, call.receiver, &v);
                }
                v
            }
            Does::Test => {
                let c = self.store_test(st, call);
                let deps = c.deps();
                Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps)
            }
            Does::Flow => {
                if let Some((from, to)) = &spec.flow {
                    let from = self.select(st, call, from).map(|s| s.value);
                    let to = self.select(st, call, to).map(|s| s.value);
                    if let (Some(f), Some(t)) = (from, to) {
                        self.decode(st, &f, &t, call.loc);
                    }
                }
                self.shaped(st, call, &spec.returns, None, None)
            }
            Does::Relate => self.relate(st, call),
            Does::Limit => self.limit(st, call),
            Does::Link => self.link(st, call),
            Does::Same => {
                let v = self.shaped(st, call, &spec.returns, None, None);
                self.fill(st, call, &v);
                v
            }
            Does::Region => {
                let (value, region) = self.region(st, call);
                // Used as a plain decorator or wrapper: the function is the argument.
                if let Some(f) = call.args.pos.first()
                    && matches!(self.concrete(f).kind, Kind::Func(_))
                {
                    let f = self.concrete(f);
                    return self.wrap(f, region);
                }
                value
            }
            Does::Take => self.take(st, call),
            Does::Release => self.give_up(st, call),
            Does::Enter => self.enter_by_hand(st, call),
            Does::Sql => self.raw_sql(st, call),
            Does::Statement => self.statement(st, call),
            Does::Invoke => self.invoke(st, call),
            Does::Provide => {
                let given = call.spec.invokes.iter().find_map(|s| call.given(s));
                let made = given.and_then(|f| self.provide(st, &f, call.loc));
                made.unwrap_or_else(|| self.unknown(Deps::default()))
            }
            Does::Enqueue | Does::Effect => {
                self.effect(st, call.args, call.loc);
                self.note_followed(st, call.loc);
                let mut deps = Deps::default();
                if spec.does == Does::Effect && self.lang == Lang::Python {
                    // What is answered from outside is made of what was sent there.
                    for v in call.args.all() {
                        deps = deps.union(&self.deep_deps(st, v, 0));
                    }
                }
                self.unknown(deps)
            }
            Does::Fail => {
                self.raise(st, None, None);
                self.dead = true;
                self.unknown(Deps::default())
            }
            // What is about entry points is never looked up here.
            Does::Declare | Does::Endpoint | Does::Router | Does::Mount => {
                self.unknown(Deps::default())
            }
        }
    }

    /// Calls the functions that the call was given, as far as its pack says that it does.
    fn invoke(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let held = st.held.clone();
        if spec.after_txn {
            let txn = |t: &TokenId| self.seen.tokens[t.0 as usize].kind == TokenKind::Txn;
            st.held = held.iter().filter(|t| !txn(t)).copied().collect();
        }
        let mut result = None;
        for sel in &spec.invokes {
            if let Sel::Own(path) = sel
                && let ([all], Some(recv)) = (path.as_slice(), call.receiver)
                && let Some(head) = all.strip_suffix('*')
            {
                self.invoke_each(st, recv, head, call);
                continue;
            }
            let Some(f) = self.select(st, call, sel) else {
                continue;
            };
            let mut rest = Args::default();
            // What comes after the function is passed to it.
            let at = match sel {
                Sel::First(all) => all.iter().find(|s| call.given(s).is_some()).unwrap_or(sel),
                one => one,
            };
            match at {
                Sel::Pos(n) => {
                    rest.pos = call.args.pos.iter().skip(n + 1).cloned().collect();
                    rest.kw = call.args.kw.clone();
                }
                Sel::Own(_) | Sel::First(_) => rest = call.args.clone(),
                _ => {}
            }
            result = Some(self.call_value(st, &f.value, rest, call.loc));
        }
        st.held = held;
        match (result, &spec.returns) {
            (Some(v), Returns::Nothing | Returns::Kind(_)) => v,
            (None, Returns::Nothing) => self.unknown(Deps::default()),
            (None, Returns::Kind(_)) => self.make(st, call),
            (_, shape) => self.shaped(st, call, shape, None, None),
        }
    }

    /// The connection that a call names.
    fn connection(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Option<Sym> {
        let sel = call.spec.conn.as_ref()?;
        let v = self.select(st, call, sel)?.value;
        if matches!(v.kind, Kind::Func(_)) {
            // The function around which a bare decorator is put.
            return None;
        }
        self.seen
            .terms
            .text(v.term)
            // Which one it is, is told by what computes it only.
            .or_else(|| Some(intern(&format!("?{}", self.seen.terms.show(v.term)))))
    }
}

/// Groups that an object stands for are numbered from here.
const GROUP_OF_OBJECT: u32 = 1 << 24;

/// Whether a term was made in this run and by no one else: it holds a numbered unknown.
pub(in crate::analysis::interp) fn made_here(terms: &Terms, t: TermId) -> bool {
    terms.has_made(t)
}

fn returns_row(r: &Returns) -> bool {
    match r {
        Returns::Row { .. } => true,
        Returns::Tuple(rs) => rs.iter().any(returns_row),
        _ => false,
    }
}

/// The last part of a class's path.
fn tail(path: Sym) -> Sym {
    path.rsplit(['.', '/']).next().map_or(path, intern)
}
