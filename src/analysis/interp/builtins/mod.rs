//! What the languages' own functions and methods do with values: Python's functions here.

mod go;
mod methods;
mod signatures;
mod types;

use std::rc::Rc;

use super::Interp;
use super::call::Args;
use crate::analysis::shared::Shared;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::Does;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{BinOp, Lit};

impl Interp<'_> {
    /// A built-in function; `None` when it is not one that matters.
    pub(in crate::analysis::interp) fn builtin(
        &mut self,
        st: &mut State,
        path: Sym,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let first = args.pos.first().cloned();
        if self.lang == Lang::Go {
            return self.go_builtin(st, path, args, loc);
        }
        let name = path.strip_prefix("builtins.").unwrap_or(path.as_str());
        let lists = self.lib.lists_with(path);
        let listed = |list: Sym| lists.contains(&list);
        let name = if listed(sym!("sets")) { "set" } else { name };
        Some(match name {
            "len" => {
                let v = first?;
                self.length(st, &v, loc)
            }
            "bool" => {
                let v = first?;
                let term = self.seen.terms.intern(Term::Op(sym!("bool"), vec![v.term]));
                Value::new(term, Kind::Test(Rc::new(Pred::Truthy(v.clone()))), v.deps)
            }
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter"
            | "enumerate" => {
                let Some(v) = first else {
                    let (_, v) = self.obj_value(st, Shape::List);
                    return Some(v);
                };
                let v = self.concrete(&v);
                if name == "tuple" && matches!(v.kind, Kind::Tuple(_)) {
                    return Some(v);
                }
                let ordered = matches!(name, "list" | "tuple" | "iter" | "enumerate");
                if let Some(known) = self.known_elements(st, &v)
                    && (ordered || known.are_texts())
                {
                    let from = (name == "enumerate")
                        .then(|| args.pos.get(1).or(args.kw(sym!("start")).map(|s| &s.value)));
                    return Some(self.listed(st, &v, known, from));
                }
                if name == "iter" {
                    // The same rows, of which nobody has asked for one yet.
                    return Some(v);
                }
                let maybe = self.list_read(st, &v, loc);
                let el = self.any_element(st, &v, loc);
                let el = if name == "enumerate" {
                    let i = self.unknown(Deps::default());
                    self.tuple(vec![i, el])
                } else {
                    el
                };
                let minus = match v.kind {
                    Kind::Obj(id) => st.obj(id).and_then(|o| o.minus),
                    _ => None,
                };
                let (id, out) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(id) {
                    o.maybe = maybe;
                    o.minus = minus;
                }
                let mut deps = v.deps.clone();
                deps = deps.union(&el.deps);
                if matches!(name, "list" | "tuple" | "set" | "frozenset") {
                    self.listed.insert(out.term, (v.term, el.term));
                }
                self.add_rest(st, id, el);
                Value::new(out.term, out.kind, deps)
            }
            "next" => {
                let v = first?;
                let maybe = self.list_read(st, &v, loc);
                let under = st.ctl.len();
                let left = self.taken_out(st, &v);
                let el = self.element(st, &v, false, false, loc);
                let el = self.left_by(left, el);
                let chosen = !el.deps.control.is_empty();
                if let (true, Some(default)) = (maybe.is_some() || chosen, args.pos.get(1)) {
                    // Where there is none, nothing was chosen.
                    st.ctl.truncate(under);
                    if let (Some(read), false) = (maybe, chosen) {
                        return Some(self.found_or(read, &el, default, loc));
                    }
                    if let Some(read) = maybe {
                        return Some(self.chosen_or(read, &el, default, loc));
                    }
                    let empty = Shared::default();
                    return Some(crate::analysis::state::join_values(
                        &el,
                        &empty,
                        default,
                        &empty,
                        &mut self.seen.terms,
                    ));
                }
                el
            }
            "dict" => {
                let (id, v) = self.obj_value(st, Shape::Dict);
                if let Some(x) = &first {
                    self.spread_into(st, id, x);
                }
                if let Some(o) = st.obj_mut(id) {
                    for (k, s) in &args.kw {
                        o.set(*k, s.value.clone());
                        if o.origin != Origin::Fresh {
                            o.dirty.push((*k, loc));
                        }
                    }
                }
                if let Some(x) = &args.open {
                    self.spread_into(st, id, x);
                }
                v
            }
            "int" | "float" | "str" | "abs" | "round" | "bytes" | "repr" => {
                self.converted(st, name, first?)
            }
            _ if listed(sym!("conversions"))
                || listed(sym!("numbers"))
                || listed(sym!("encodings")) =>
            {
                self.converted(st, name, first?)
            }
            _ if listed(sym!("records")) => {
                let x = self.concrete(&first?);
                let Kind::Obj(_) = x.kind else { return None };
                self.record(st, &x, loc)
            }
            _ if listed(sym!("field-lists")) => {
                let of = self.concrete(&first?);
                let class = match of.kind {
                    Kind::Class(c) => c,
                    _ => self.class_of_value(st, &of)?,
                };
                self.fields_in_turn(st, class)
            }
            _ if listed(sym!("replacers")) => {
                let x = self.concrete(&first?);
                let Kind::Obj(_) = x.kind else { return None };
                self.changed_copy(st, &x, args, loc)
            }
            _ if listed(sym!("casts")) => args.pos.get(1).cloned()?,
            "max" | "min" if args.pos.len() == 1 && self.of_rows(st, &args.pos[0], loc) => {
                let Some(default) = args.kw(sym!("default")) else {
                    return Some(self.element(st, &args.pos[0], false, false, loc));
                };
                let read = self.list_read(st, &args.pos[0], loc);
                let el = self.any_element(st, &args.pos[0], loc);
                match read {
                    Some(read) => self.found_or(read, &el, &default.value, loc),
                    None => el,
                }
            }
            "max" | "min" | "sum" => {
                let mut deps = Deps::default();
                for a in args.all() {
                    let d = self.deep_deps(st, a, 0);
                    deps = deps.union(&d);
                }
                let terms = args.all().map(|a| a.term).collect();
                let term = self.seen.terms.intern(Term::Op(intern(name), terms));
                let v = Value::new(term, Kind::Unknown, deps);
                match args.pos.as_slice() {
                    [of] if name != "sum" => self.left_by(self.taken_out(st, of), v),
                    _ => v,
                }
            }
            "any" | "all" => {
                let v = first?;
                let deps = self.deep_deps(st, &v, 0);
                let term = self.seen.terms.intern(Term::Op(intern(name), vec![v.term]));
                if let Some(known) = self.known_elements(st, &v)
                    && known.rest.is_none()
                {
                    let pred = self.said_of_each(&known, name == "any");
                    return Some(Value::new(term, Kind::Test(Rc::new(pred)), deps));
                }
                let maybe = self.list_read(st, &v, loc);
                let el = self.any_element(st, &v, loc);
                let pred = match (&el.kind, maybe) {
                    (Kind::Test(p), Some(r)) => self.said_of_rows(r, &v, p, name == "any"),
                    (Kind::Test(p), None) => (**p).clone(),
                    // A row is true.
                    (Kind::Obj(_), Some(r)) if name == "any" => self.found_in(r, &v, deps.clone()),
                    _ => Pred::Truthy(Value::new(el.term, el.kind.clone(), deps.clone())),
                };
                Value::new(term, Kind::Test(Rc::new(pred)), deps)
            }
            "getattr" => {
                let (b, n) = (first?, args.pos.get(1)?.clone());
                match n.kind {
                    Kind::Const(Lit::Str(s)) => self.attr(st, &b, s, loc),
                    _ => {
                        let b = self.concrete(&b);
                        let mut deps = b.deps.clone();
                        if let Kind::Obj(id) = b.kind
                            && let Some(o) = st.obj(id)
                            && let Origin::Read(r) = o.origin
                        {
                            deps = deps.union(&Deps::read(r, sym!("*")));
                        }
                        let term = self.seen.terms.intern(Term::Index(b.term, n.term));
                        Value::new(term, Kind::Unknown, deps)
                    }
                }
            }
            "setattr" => {
                let (b, n, v) = (first?, args.pos.get(1)?.clone(), args.pos.get(2)?.clone());
                match n.kind {
                    Kind::Const(Lit::Str(s)) => self.set_attr(st, &b, s, v, loc),
                    _ => self.set_attr(st, &b, sym!("*"), v, loc),
                }
                self.none()
            }
            "hasattr" => {
                let (b, n) = (first?, args.pos.get(1)?.clone());
                let Kind::Const(Lit::Str(s)) = n.kind else {
                    return None;
                };
                let v = self.attr(st, &b, s, loc);
                let term = self.seen.terms.fresh();
                Value::new(term, Kind::Test(Rc::new(Pred::Truthy(v.clone()))), v.deps)
            }
            "isinstance" | "issubclass" | "callable" | "print" | "id" | "hash" => {
                for a in args.all() {
                    self.note_use(a);
                }
                let kind = (name == "isinstance").then(|| args.pos.get(1)).flatten();
                if let (Some(v), Some(kind)) = (&first, kind)
                    && matches!(v.kind, Kind::Unknown)
                    && self.is_plain_type(kind)
                {
                    // A number stays a number, whoever writes it.
                    return Some(self.unknown(Deps::default()));
                }
                let deps = first.map(|v| v.deps).unwrap_or_default();
                self.unknown(deps)
            }
            "type" if args.pos.len() == 1 => {
                let v = self.concrete(&first?);
                match self.class_of_value(st, &v) {
                    Some(c) => {
                        let term = self.seen.terms.intern(Term::Global(self.p.class_path(c)));
                        Value::new(term, Kind::Class(c), Deps::default())
                    }
                    None => return None,
                }
            }
            "zip" => {
                let els: Vec<Value> = args
                    .pos
                    .iter()
                    .map(|a| self.any_element(st, a, loc))
                    .collect();
                let t = self.tuple(els);
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, t);
                v
            }
            _ if listed(sym!("folds")) => self.folded(st, args, loc)?,
            _ if listed(sym!("conjunctions")) => self.operated(st, BinOp::BitAnd, args)?,
            _ if listed(sym!("disjunctions")) => self.operated(st, BinOp::BitOr, args)?,
            _ if listed(sym!("additions")) => self.operated(st, BinOp::Add, args)?,
            _ if listed(sym!("slices")) => self.concrete(&first?),
            _ if listed(sym!("chains")) => {
                let (id, v) = self.obj_value(st, Shape::List);
                for a in &args.pos {
                    let el = self.element(st, a, false, false, loc);
                    self.add_rest(st, id, el);
                }
                v
            }
            _ if listed(sym!("chunks")) => {
                let maybe = self.list_read(st, &first.clone()?, loc);
                let el = self.element(st, &first?, false, false, loc);
                let (chunk, several) = self.obj_value(st, Shape::List);
                if let Some(o) = st.obj_mut(chunk) {
                    o.maybe = maybe;
                }
                self.add_rest(st, chunk, el);
                let (id, v) = self.obj_value(st, Shape::List);
                self.add_rest(st, id, several);
                v
            }
            _ if name == "map" || name == "filter" || listed(sym!("choosers")) => {
                let (f, it) = (first?, args.pos.get(1)?.clone());
                // Nothing is concluded from a call that an empty list leaves out.
                let under = st.ctl.len();
                let el = self.element(st, &it, false, false, loc);
                let mut a = Args::default();
                a.pos.push(el.clone());
                let r = if f.is_none() {
                    el.clone()
                } else {
                    self.call_value(st, &f, a, loc)
                };
                st.ctl.truncate(under);
                if name == "map" {
                    let (id, v) = self.obj_value(st, Shape::List);
                    self.add_rest(st, id, r);
                    return Some(v);
                }
                self.filtered(st, el, &r)
            }
            _ if listed(sym!("partials")) => {
                let f = self.concrete(&first?);
                match &f.kind {
                    Kind::Func(c) => {
                        let mut c = (**c).clone();
                        c.bound.extend(args.pos.iter().skip(1).cloned());
                        if args.kw.is_empty() {
                            Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone())
                        } else {
                            self.partial(
                                st,
                                &Value::new(f.term, Kind::Func(Rc::new(c)), f.deps.clone()),
                                args,
                                true,
                            )
                        }
                    }
                    _ => self.partial(st, &f, args, false),
                }
            }
            _ if listed(sym!("signatures")) => self.signature(st, &first?)?,
            "exit" | "quit" => self.exits(st),
            _ if listed(sym!("exits")) => self.exits(st),
            _ if listed(sym!("importers")) => self.imported(st, &first?)?,
            _ if listed(sym!("wrappers")) => self.unknown(Deps::default()),
            _ => return None,
        })
    }

    /// The elements of a list for which something was found true: which they are was decided by it.
    fn filtered(&mut self, st: &mut State, mut element: Value, test: &Value) -> Value {
        element.deps.control = element.deps.control.union(&test.deps.all());
        let (id, mut v) = self.obj_value(st, Shape::List);
        v.deps = v.deps.union(&test.deps).union(&element.deps);
        self.add_rest(st, id, element);
        v
    }

    /// The end of the process, which a handler may stop.
    fn exits(&mut self, st: &State) -> Value {
        self.raise(st, Some(sym!("SystemExit")), None);
        self.dead = true;
        self.unknown(Deps::default())
    }

    /// A value in another form.
    pub(in crate::analysis::interp) fn converted(
        &mut self,
        st: &State,
        name: &str,
        v: Value,
    ) -> Value {
        let listed = |list: Sym| self.lib.is_listed(list, intern(name));
        let same = match &v.kind {
            Kind::Err(_) | Kind::ReadErr(_) | Kind::Count(_) | Kind::Affected(_) => true,
            Kind::Const(Lit::Str(_)) => name == "str",
            Kind::Const(Lit::Int(_)) => {
                matches!(name, "int" | "abs" | "round") || listed(sym!("numbers"))
            }
            Kind::Obj(_) => listed(sym!("encodings")),
            _ => false,
        };
        if same {
            return v;
        }
        let deps = self.deep_deps(st, &v, 0);
        let tail = name.rsplit('.').next().unwrap_or(name);
        let term = self.seen.terms.intern(Term::Op(intern(tail), vec![v.term]));
        Value::new(term, Kind::Unknown, deps)
    }

    fn partial(&mut self, st: &mut State, f: &Value, args: &Args, bound: bool) -> Value {
        let (id, v) = self.obj_value(st, Shape::Lib(sym!("partial")));
        if let Some(o) = st.obj_mut(id) {
            o.set(sym!("func"), f.clone());
            if !bound {
                for (i, a) in args.pos.iter().skip(1).enumerate() {
                    o.set(intern(&format!("arg:{i}")), a.clone());
                }
            }
            for (k, s) in &args.kw {
                o.set(intern(&format!("arg:{k}")), s.value.clone());
            }
        }
        v
    }

    /// Whether a pack takes a method of that name for an access to a store.
    fn may_access(&self, method: Sym) -> bool {
        let specs = self.lib.methods.get(&method).into_iter().flatten();
        let accesses = |does: Does| {
            matches!(
                does,
                Does::Read
                    | Does::Write
                    | Does::Create
                    | Does::Upsert
                    | Does::Delete
                    | Does::Members
                    | Does::Statement
            )
        };
        specs.map(|i| &self.lib.specs[*i]).any(|s| accesses(s.does))
    }

    /// The function that a partial stands for, and all that it is called with.
    pub(in crate::analysis::interp) fn of_partial(
        &self,
        st: &State,
        id: ObjId,
        args: &Args,
    ) -> Option<(Value, Args)> {
        let o = st.obj(id)?;
        if o.shape != Shape::Lib(sym!("partial")) {
            return None;
        }
        let func = o.get(sym!("func"))?.value.clone();
        // What nobody knows may be handed to another unit of work with all that it is given.
        let known = match &func.kind {
            Kind::Bound(b) => self.may_access(b.1),
            Kind::Obj(_) => true,
            kind => matches!(kind, Kind::Func(_)),
        };
        if !known {
            return None;
        }
        let mut all = args.clone();
        let mut at = 0;
        for (name, slot) in &o.fields {
            let Some(name) = name.strip_prefix("arg:") else {
                continue;
            };
            if name.bytes().all(|b| b.is_ascii_digit()) {
                all.pos.insert(at, slot.value.clone());
                at += 1;
            } else if args.kw(intern(name)).is_none() {
                all.kw.push((intern(name), slot.clone()));
            }
        }
        Some((func, all))
    }

    /// How many members have been put so far into a mapping or list of this run, where each turn of a loop has its own.
    fn members_so_far(&self, st: &State, id: ObjId) -> Option<usize> {
        let o = st.obj(id)?;
        let shared = self.loops.iter().any(|l| l.is_loop && id.0 < l.made);
        let known = self.lang == Lang::Python
            && matches!(o.shape, Shape::Dict | Shape::List)
            && o.origin == Origin::Fresh
            && o.rest.is_none()
            && o.maybe.is_none()
            && o.fields.iter().all(|(_, s)| s.presence == Presence::Yes);
        (known && !shared).then_some(o.fields.len())
    }

    pub(in crate::analysis::interp) fn copy(&mut self, st: &mut State, v: &Value) -> Value {
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
        {
            let new = self.new_obj(st, o.shape, o.term);
            if o.shape == Shape::Row {
                self.note_copy(o.term, new);
            }
            st.put_obj(new, o);
            return Value::new(v.term, Kind::Obj(new), v.deps.clone());
        }
        if let Kind::Phi(alts) = &v.kind
            && alts.iter().any(|a| matches!(a.value.kind, Kind::Obj(_)))
        {
            let alts: Vec<Alt> = alts
                .iter()
                .map(|a| Alt {
                    value: self.copy(st, &a.value),
                    under: a.under.clone(),
                })
                .collect();
            return Value::new(v.term, Kind::Phi(Rc::new(alts)), v.deps.clone());
        }
        // A copy may be changed without its original.
        let term = self.seen.terms.intern(Term::Op(sym!("copy"), vec![v.term]));
        Value::new(term, Kind::Unknown, v.deps.clone())
    }

    /// The read whose rows a list holds.
    pub(super) fn list_read(
        &mut self,
        st: &mut State,
        v: &Value,
        loc: Loc,
    ) -> Option<crate::analysis::access::ReadId> {
        let v = self.concrete(v);
        let Kind::Obj(id) = v.kind else { return None };
        let list = self.evaluated(st, id, &v, loc).unwrap_or(v);
        let Kind::Obj(id) = list.kind else {
            return None;
        };
        st.obj(id).and_then(|o| o.maybe)
    }

    /// Whether rows are chosen among.
    fn of_rows(&mut self, st: &mut State, v: &Value, loc: Loc) -> bool {
        let v = self.concrete(v);
        let Kind::Obj(id) = v.kind else { return false };
        match self.evaluated(st, id, &v, loc).map(|l| l.kind) {
            Some(Kind::Obj(list)) => self.holds_rows(st, list),
            _ => self.holds_rows(st, id),
        }
    }

    /// Whether a list was made here and holds rows.
    fn holds_rows(&self, st: &State, id: ObjId) -> bool {
        self.holds(st, id, |o| o.shape == Shape::Row)
    }

    /// Whether a list was made here and holds records that were made of something.
    fn holds_records(&self, st: &State, id: ObjId) -> bool {
        self.holds(st, id, |o| {
            o.shape == Shape::Instance && o.origin == Origin::Fresh
        })
    }

    fn holds(&self, st: &State, id: ObjId, what: impl Fn(&Obj) -> bool) -> bool {
        let Some(o) = st.obj(id) else { return false };
        let is = |v: &Value| matches!(self.concrete(v).kind, Kind::Obj(x) if st.obj(x).is_some_and(&what));
        let mut elements = o.fields.iter().map(|f| &f.1.value).chain(&o.rest);
        o.shape == Shape::List && elements.any(is)
    }

    fn length(&mut self, st: &mut State, v: &Value, loc: Loc) -> Value {
        let v = self.concrete(v);
        let term = self.seen.terms.intern(Term::Op(sym!("len"), vec![v.term]));
        if let Kind::Obj(id) = v.kind {
            // How many columns one row has says whether it is there, not how many rows there are.
            if let Some(o) = st.obj(id)
                && o.shape == Shape::Row
                && let Some(r) = o.maybe
            {
                let deps = v.deps.union(&Deps::read(r, sym!("?")));
                return Value::new(term, Kind::Presence(r), deps);
            }
            if let Some(r) = self.list_read(st, &v, loc) {
                let deps = v.deps.union(&Deps::read(r, sym!("#")));
                return Value::new(term, Kind::Count(r), deps);
            }
            // What was passed as a variable number of arguments.
            if self.lang == Lang::Go
                && let Some(o) = self.fixed_list(st, &v)
                && o.type_path.is_some_and(|t| t == "...")
            {
                let n = o.fields.len() as i64;
                return self.lit(Lit::Int(n));
            }
            let deps = if self.holds_rows(st, id) {
                // How many rows were gathered tells nothing of what is in them.
                v.deps.clone()
            } else if self.holds_records(st, id) {
                // Nor how many records were made of rows.
                let of = self.deep_deps(st, &v, 0);
                let there = |d: Deps, (r, _)| d.union(&Deps::read(r, sym!("?")));
                of.data.iter().fold(v.deps.clone(), there)
            } else {
                self.deep_deps(st, &v, 0)
            };
            if let Some(o) = st.obj(id)
                && let Some(r) = o.maybe
            {
                return Value::new(term, Kind::Count(r), deps.union(&Deps::read(r, sym!("?"))));
            }
            // Texts made of it (`":v" + number`) are known; no way is left out for it.
            let term = match self.members_so_far(st, id) {
                Some(n) => self.seen.terms.lit(Lit::Int(n as i64)),
                None => term,
            };
            return Value::new(term, Kind::Unknown, deps);
        }
        if let Kind::Count(_) | Kind::Presence(_) = v.kind {
            return v;
        }
        Value::new(term, Kind::Unknown, v.deps)
    }
}

fn tail(path: &str) -> &str {
    path.rsplit(['.', '/']).next().unwrap_or(path)
}
