//! What the methods of dictionaries, lists and texts do.

use crate::analysis::interp::Interp;
use crate::analysis::interp::call::Args;
use crate::analysis::shared::Shared;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::Lit;

impl Interp<'_> {
    /// A method of a dictionary, list or text; `None` when it is not one that matters.
    pub(in crate::analysis::interp) fn builtin_method(
        &mut self,
        st: &mut State,
        recv: &Value,
        name: Sym,
        args: &Args,
        loc: Loc,
    ) -> Option<Value> {
        let first = args.pos.first().cloned();
        if self.lang == Lang::Go {
            if let Kind::Err(_) | Kind::ReadErr(_) = recv.kind {
                return Some(recv.clone());
            }
            if let Kind::Obj(id) = recv.kind {
                // A failure that was taken out of another: its code is the failure's.
                if let Some(w) = st.obj(id).and_then(|o| o.get(sym!("wrapped")))
                    && args.pos.is_empty()
                {
                    return Some(w.value.clone());
                }
            }
            return None;
        }
        let obj = match recv.kind {
            Kind::Obj(id) => st.obj(id).map(|o| (id, o.shape, o.origin.clone())),
            _ => None,
        };
        match (name.as_str(), obj.clone()) {
            ("get", Some((id, Shape::Dict | Shape::Row, _))) => {
                let key = first?;
                let text = self.seen.terms.text(key.term);
                let slot = text.and_then(|k| st.obj(id).and_then(|o| o.get(k)).cloned());
                match slot {
                    Some(s) => {
                        let v = s.value;
                        match (s.presence, args.pos.get(1)) {
                            // What an item says of itself, if it does.
                            (Presence::Maybe, Some(d))
                                if matches!(d.kind, Kind::Const(_)) && self.is_column(&v) =>
                            {
                                Some(v)
                            }
                            (Presence::Maybe, Some(d)) => {
                                let empty = Shared::default();
                                Some(crate::analysis::state::join_values(
                                    &v,
                                    &empty,
                                    d,
                                    &empty,
                                    &mut self.seen.terms,
                                ))
                            }
                            _ => Some(v),
                        }
                    }
                    None => {
                        // No failure when it is missing.
                        let tries = std::mem::take(&mut self.tries);
                        let v = self.index(st, recv, &key, loc);
                        self.tries = tries;
                        let known_absent = st
                            .obj(id)
                            .is_some_and(|o| o.origin == Origin::Fresh && o.rest.is_none())
                            && text.is_some();
                        if known_absent {
                            return Some(args.pos.get(1).cloned().unwrap_or_else(|| self.none()));
                        }
                        if let Some(r) = self.sought_among(st, &key, recv) {
                            let missing = args.pos.get(1).cloned();
                            let missing = missing.unwrap_or_else(|| self.none());
                            return Some(self.chosen_or(r, &v, &missing, loc));
                        }
                        Some(v)
                    }
                }
            }
            // Of a mapping that nobody knows: what stands there, or the default as it is.
            ("get", None | Some((_, Shape::Instance, _)))
                if args.pos.len() == 2 && args.kw.is_empty() && args.star.is_none() =>
            {
                let (key, default) = (first?, args.pos.get(1)?);
                let part = self.index(st, recv, &key, loc);
                if self.is_empty_container(st, default) {
                    // What stands there is of that kind; that nothing does is the same as an empty one.
                    return Some(part);
                }
                let empty = Shared::default();
                Some(crate::analysis::state::join_values(
                    &part,
                    &empty,
                    default,
                    &empty,
                    &mut self.seen.terms,
                ))
            }
            ("setdefault", Some((id, Shape::Dict | Shape::Row, _))) => {
                let key = first?;
                let text = self.seen.terms.text(key.term);
                let there = text.and_then(|t| st.obj(id)?.get(t));
                if let Some(s) = there {
                    return Some(s.value.clone());
                }
                let d = args.pos.get(1).cloned()?;
                // What is under some key that isn't known may be under this one.
                let kept = text.is_none() && st.obj(id).is_some_and(|o| o.rest.is_some());
                let old = self.index(st, recv, &key, loc);
                if kept || (text.is_some() && !old.deps.is_empty()) {
                    return Some(old);
                }
                self.put_key(st, id, &key, d.clone(), loc);
                Some(d)
            }
            ("pop", Some((id, shape @ (Shape::Dict | Shape::Row), _))) => {
                let key = first?;
                let v = self.index(st, recv, &key, loc);
                if let Some(k) = self.seen.terms.text(key.term)
                    && let Some(o) = st.obj_mut(id)
                {
                    o.fields.retain(|f| f.0 != k);
                    if o.origin != Origin::Fresh {
                        o.dirty.push((k, loc));
                    }
                }
                if shape == Shape::Dict {
                    self.seen.mutated.insert(recv.term);
                }
                self.touch_owner(st, recv.term, loc);
                Some(v)
            }
            ("clear" | "popitem", Some((_, Shape::Dict, _))) => {
                self.mutate(st, recv, &Deps::default(), loc);
                Some(self.unknown(recv.deps.clone()))
            }
            ("update", Some((id, Shape::Dict | Shape::Row, _))) => {
                for x in args.pos.first().into_iter().chain(&args.open) {
                    self.update_with(st, id, x, loc);
                }
                for (k, s) in &args.kw {
                    let key = self.lit(Lit::Str(*k));
                    self.put_key(st, id, &key, s.value.clone(), loc);
                }
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            ("copy", Some((_, Shape::Dict | Shape::Row | Shape::List, _))) => {
                Some(self.copy(st, recv))
            }
            ("keys" | "values" | "items", Some((_, Shape::Dict, _)))
                if self.holds_nothing(st, recv) =>
            {
                let (_, v) = self.obj_value(st, Shape::List);
                Some(Value::new(v.term, v.kind, recv.deps.clone()))
            }
            ("keys", Some((_, Shape::Dict | Shape::Row, _))) => {
                if let Some(known) = self.known_elements(st, recv) {
                    return Some(self.listed(st, recv, known, None));
                }
                let (id, v) = self.obj_value(st, Shape::List);
                let el = self.one_key(st, recv);
                self.add_rest(st, id, el);
                Some(Value::new(v.term, v.kind, recv.deps.clone()))
            }
            ("values" | "items", Some((id, Shape::Dict, Origin::Fresh)))
                if self.known_members(st, id, name == "items").is_some() =>
            {
                let known = self.known_members(st, id, name == "items")?;
                Some(self.listed(st, recv, known, None))
            }
            // Of a mapping inside of an item: its parts are parts of the item.
            ("values" | "items", None) if args.all().next().is_none() && self.is_part(st, recv) => {
                let parts = vec![recv.term];
                let term = self.seen.terms.intern(Term::Op(name, parts));
                self.note_element(st, term, recv.term);
                Some(Value::new(term, Kind::Unknown, recv.deps.clone()))
            }
            ("values" | "items", Some((_, Shape::Dict | Shape::Row, _))) => {
                let val = self.element(st, recv, true, false, loc);
                let val = if matches!(val.kind, Kind::Unknown) && val.deps.is_empty() {
                    let d = self.deep_deps(st, recv, 0);
                    self.unknown(d)
                } else {
                    val
                };
                let el = if name == "items" {
                    let k = self.one_key(st, recv);
                    self.tuple(vec![k, val])
                } else {
                    val
                };
                let (id, v) = self.obj_value(st, Shape::List);
                let deps = el.deps.clone();
                self.add_rest(st, id, el);
                Some(Value::new(v.term, v.kind, deps))
            }
            ("append" | "add" | "appendleft", Some((id, Shape::List, _))) => {
                let x = first?;
                self.stage(st, &x);
                // Gathered because they were missing.
                let missing =
                    st.ctl
                        .iter()
                        .rev()
                        .flat_map(|c| c.facts.iter())
                        .find_map(|f| match f {
                            Fact::Absent(r) => Some(*r),
                            _ => None,
                        });
                if let Some(o) = st.obj_mut(id) {
                    let first = o.fields.is_empty() && o.rest.is_none();
                    o.minus = missing.filter(|_| first || o.minus == missing);
                }
                let n = st.obj(id).map_or(0, |o| o.fields.len());
                let in_loop = self.loops.iter().any(|l| l.is_loop && id.0 < l.made);
                let open = st.obj(id).is_some_and(|o| o.rest.is_some());
                if in_loop || open || n > 16 {
                    self.add_rest(st, id, x);
                } else if let Some(o) = st.obj_mut(id) {
                    o.set(intern(&n.to_string()), x);
                }
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            ("extend", Some((id, Shape::List, _))) => {
                let x = first?;
                self.add_all(st, id, &x, loc);
                self.seen.mutated.insert(recv.term);
                self.touch_owner(st, recv.term, loc);
                Some(self.none())
            }
            ("pop" | "popleft", Some((id, Shape::List, _)))
                if st.obj(id).is_some_and(|o| o.minus.is_some()) =>
            {
                let left = self.taken_out(st, recv);
                let el = self.any_element(st, recv, loc);
                self.mutate(st, recv, &Deps::default(), loc);
                Some(self.left_by(left, el))
            }
            (
                "append" | "add" | "extend" | "insert" | "remove" | "discard" | "clear" | "sort"
                | "reverse" | "pop" | "popitem" | "update" | "setdefault" | "appendleft"
                | "popleft",
                _,
            ) if matches!(recv.kind, Kind::Unknown) || matches!(obj, Some((_, Shape::List, _))) => {
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                self.mutate(st, recv, &deps, loc);
                let v = self.unknown(recv.deps.clone());
                Some(v)
            }
            ("difference", Some((_, Shape::List, _))) => self.difference(st, recv, &first?),
            ("format", _) if self.seen.terms.text(recv.term).is_some() => {
                let text = self.seen.terms.text(recv.term)?;
                let mut deps = Deps::default();
                for a in args.all() {
                    deps = deps.union(&self.deep_deps(st, a, 0));
                }
                let mut terms = Vec::new();
                let mut rest = text.as_str();
                let mut next = 0;
                while let Some(i) = rest.find('{') {
                    if i > 0 {
                        terms.push(self.seen.terms.lit(Lit::Str(intern(&rest[..i]))));
                    }
                    let Some(end) = rest[i..].find('}') else {
                        break;
                    };
                    let hole = &rest[i + 1..i + end];
                    let hole = hole.split([':', '!']).next().unwrap_or("");
                    let v = if hole.is_empty() {
                        next += 1;
                        args.pos.get(next - 1).cloned()
                    } else if let Ok(n) = hole.parse::<usize>() {
                        args.pos.get(n).cloned()
                    } else {
                        args.kw(intern(hole)).map(|s| s.value.clone())
                    };
                    match v {
                        Some(v) => self.push_text(&v, &mut terms),
                        None => terms.push(self.seen.terms.fresh()),
                    }
                    rest = &rest[i + end + 1..];
                }
                if !rest.is_empty() {
                    terms.push(self.seen.terms.lit(Lit::Str(intern(rest))));
                }
                Some(self.concat(terms, deps))
            }
            ("join", _) if matches!(recv.kind, Kind::Const(Lit::Str(_))) => {
                let list = self.concrete(&first?);
                let deps = self.deep_deps(st, &list, 0);
                if let Kind::Obj(id) = list.kind
                    && let Some(o) = st.obj(id).cloned()
                    && o.rest.is_none()
                    && o.shape == Shape::List
                {
                    let mut terms = Vec::new();
                    for (i, (_, s)) in o.fields.iter().enumerate() {
                        if i > 0 {
                            terms.push(recv.term);
                        }
                        self.push_text(&s.value, &mut terms);
                    }
                    return Some(self.concat(terms, deps));
                }
                // Some of these, joined: what is known of the first stands for all.
                if let Kind::Obj(id) = list.kind
                    && let Some(o) = st.obj(id).cloned()
                    && let Some(rest) = &o.rest
                {
                    let mut terms = Vec::new();
                    for (_, s) in &o.fields {
                        self.push_text(&s.value, &mut terms);
                        terms.push(recv.term);
                    }
                    self.push_text(rest, &mut terms);
                    return Some(self.concat(terms, deps));
                }
                Some(self.unknown(deps))
            }
            (_, Some((id, Shape::Lib(kind), _)))
                if kind == "signature" && self.lib.is_listed(sym!("binding-methods"), name) =>
            {
                self.bound_arguments(st, id, args)
            }
            (_, Some(_)) if self.lib.is_listed(sym!("copying-methods"), name) => {
                Some(self.changed_copy(st, recv, args, loc))
            }
            (_, Some((id, Shape::Instance, _)))
                if st.obj(id).is_some_and(|o| o.class.is_some())
                    && self.updates_copy(name).is_some() =>
            {
                let changes = self.updates_copy(name).and_then(|k| args.kw(k).cloned());
                let args = Args {
                    open: changes.map(|s| s.value),
                    ..Args::default()
                };
                Some(self.changed_copy(st, recv, &args, loc))
            }
            (_, Some((id, Shape::Instance, _)))
                if st.obj(id).is_some_and(|o| o.class.is_some())
                    && self.lib.is_listed(sym!("record-methods"), name) =>
            {
                Some(self.record(st, recv, loc))
            }
            (_, None) if self.lib.is_listed(sym!("record-makers"), name) => {
                let Kind::Class(class) = recv.kind else {
                    return None;
                };
                let args = Args {
                    open: Some(self.concrete(&first?)),
                    ..Args::default()
                };
                Some(self.instantiate(st, class, args, loc))
            }
            _ => {
                if let Kind::Err(_) | Kind::ReadErr(_) = recv.kind {
                    return Some(recv.clone());
                }
                None
            }
        }
    }

    /// `d.update(x)`: what the other holds, put there now; by which names is not always known.
    fn update_with(&mut self, st: &mut State, id: ObjId, x: &Value, loc: Loc) {
        self.merge_into(st, id, x);
        let mut names: Vec<Sym> = match self.concrete(x).kind {
            Kind::Obj(o) => st
                .obj(o)
                .map(|o| o.fields.iter().map(|f| f.0).collect())
                .unwrap_or_default(),
            _ => vec![sym!("*")],
        };
        let open = |a: &Alt| matches!(a.value.kind, Kind::Unknown);
        if matches!(&x.kind, Kind::Phi(alts) if alts.iter().any(open)) {
            names.push(sym!("*"));
        }
        if let Some(o) = st.obj_mut(id) {
            for n in names {
                if o.origin != Origin::Fresh {
                    o.dirty.push((n, loc));
                }
            }
        }
    }

    /// Whether a value is a list or dictionary made here, with nothing in it.
    pub(in crate::analysis::interp) fn is_empty_container(&self, st: &State, v: &Value) -> bool {
        let Kind::Obj(id) = v.kind else { return false };
        st.obj(id).is_some_and(|o| {
            matches!(o.shape, Shape::List | Shape::Dict)
                && o.origin == Origin::Fresh
                && o.fields.is_empty()
                && o.rest.is_none()
        })
    }
}
