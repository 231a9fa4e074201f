//! Containers, keys, filters and conditions of a call, as its pack describes them.

use std::rc::Rc;

use super::*;
use crate::analysis::interp::call::Keywords;
use crate::sym;
use crate::symbol::{Sym, intern};

impl<'p> Interp<'p> {
    pub(in crate::analysis::interp) fn container(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        sel: &Sel,
    ) -> Option<Container> {
        if let Sel::Model(name) = sel {
            let known = self.p.model_configured(*name);
            return Some(Container::Model(known.unwrap_or(*name)));
        }
        if *sel == Sel::Recv {
            let r = self.concrete(call.receiver?);
            return match &r.kind {
                Kind::Obj(id) => {
                    let o = st.obj(*id)?;
                    let of_class = |c| Container::Model(self.p.container_of_class(c));
                    // What was handed in, known by its calls only: the one that it was called there.
                    let handed = o.shape == Shape::Instance
                        && matches!(o.origin, Origin::Param | Origin::Unknown);
                    o.container
                        .or_else(|| o.class.map(of_class))
                        .or_else(|| handed.then_some(Container::Term(r.term)))
                }
                Kind::Class(c) => Some(Container::Model(self.p.container_of_class(*c))),
                Kind::Path(p) => Some(Container::Model(*p)),
                _ => Some(Container::Term(r.term)),
            };
        }
        let v = self.select(st, call, sel)?.value;
        let v = self.concrete(&v);
        // A map from containers to what is asked of them.
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && o.shape == Shape::Dict
        {
            if let Some(k) = &o.rest_key {
                return Some(Container::Term(k.term));
            }
            if let [(name, _)] = o.fields.as_slice() {
                let name = *name;
                return Some(Container::Term(self.seen.terms.lit(Lit::Str(name))));
            }
        }
        Some(match &v.kind {
            Kind::Class(c) => Container::Model(self.p.container_of_class(*c)),
            Kind::Path(p) => Container::Model(*p),
            Kind::Obj(id) if matches!(st.obj(*id).map(|o| o.shape), Some(Shape::Lib(_))) => st
                .obj(*id)
                .and_then(|o| o.container)
                .unwrap_or(Container::Term(v.term)),
            // A model named in a string.
            Kind::Const(Lit::Str(name)) if call.spec.store.is_relational() => {
                Container::Model(self.p.model_labelled(*name).unwrap_or(*name))
            }
            _ => Container::Term(v.term),
        })
    }

    /// The tests that a call adds to those of its receiver.
    pub(super) fn gather_filters(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        container: Option<Container>,
        out: &mut Vec<Rc<Cond>>,
    ) {
        let spec = call.spec;
        let mut found: Vec<Rc<Cond>> = Vec::new();
        if let Some(sel) = &spec.adds_filter {
            match sel {
                Sel::AllKw(minus) => {
                    for (k, s) in &call.args.kw {
                        if !minus.contains(k) {
                            found.push(Rc::new(self.lookup_cond(st, container, *k, &s.value)));
                        }
                    }
                    if let Some(either) = call.args.either.clone().filter(|_| !spec.negate) {
                        let any = self.whichever(st, container, &either);
                        found.push(any);
                    }
                    for a in &call.args.pos {
                        let a = self.concrete(a);
                        if let Kind::Cond(c) = &a.kind {
                            found.push(c.clone());
                        } else if matches!(a.kind, Kind::Unknown) {
                            found.push(Rc::new(Cond::Unknown(a.deps.clone())));
                        }
                    }
                    if let Some(open) = &call.args.open {
                        found.push(Rc::new(Cond::Unknown(open.deps.clone())));
                    }
                }
                Sel::AllPos => {
                    for a in &call.args.pos {
                        let a = self.concrete(a);
                        match &a.kind {
                            Kind::Cond(c) => found.push(c.clone()),
                            _ => found.push(Rc::new(Cond::Unknown(a.deps.clone()))),
                        }
                    }
                }
                other => {
                    if let Some(s) = self.select(st, call, other) {
                        match &s.value.kind {
                            Kind::Cond(c) => found.push(c.clone()),
                            _ => found.push(Rc::new(Cond::Unknown(s.value.deps.clone()))),
                        }
                    }
                }
            }
        }
        if let Some(d) = &spec.filter
            && let Some((c, _)) = self.condition(st, call, d)
        {
            found.push(c);
        }
        if let Some(d) = &spec.filter_also
            && let Some((c, _)) = self.condition(st, call, d)
        {
            found.push(c);
        }
        if spec.negate && !found.is_empty() {
            let all = if found.len() == 1 {
                found.remove(0)
            } else {
                Rc::new(Cond::And(found))
            };
            out.push(Rc::new(Cond::Not(all)));
        } else {
            out.extend(found);
        }
    }

    /// The tests of one of several mappings, whichever it is.
    fn whichever(
        &mut self,
        st: &mut State,
        container: Option<Container>,
        either: &[Keywords],
    ) -> Rc<Cond> {
        let each = either.iter().map(|keywords| {
            let tests = keywords
                .iter()
                .map(|(k, s)| Rc::new(self.lookup_cond(st, container, *k, &s.value)));
            Rc::new(Cond::And(tests.collect()))
        });
        Rc::new(Cond::Instead(each.collect()))
    }

    /// The values of a list as they are now, in a value that no later change reaches.
    fn as_listed(&self, st: &State, value: &Value) -> Value {
        let Kind::Obj(id) = &value.kind else {
            return value.clone();
        };
        match st.obj(*id) {
            Some(o) if o.shape == Shape::List && o.rest.is_none() && !o.fields.is_empty() => {
                let all = o.fields.iter().map(|(_, s)| s.value.clone()).collect();
                Value {
                    kind: Kind::Tuple(Rc::new(all)),
                    ..value.clone()
                }
            }
            _ => value.clone(),
        }
    }

    fn lookup_cond(
        &mut self,
        st: &State,
        container: Option<Container>,
        name: Sym,
        value: &Value,
    ) -> Cond {
        let (path, cmp, negative) = dialects::lookup(name.as_str());
        let path = self.p.attribute_name(None, container, intern(path));
        let mut cmp = cmp;
        if negative {
            // `isnull=True` and `isnull=False`.
            cmp = match value.kind {
                Kind::Const(Lit::Bool(true)) => Cmp::NotExists,
                _ => Cmp::Exists,
            };
        }
        Cond::Test {
            path,
            cmp,
            with: vec![match cmp {
                Cmp::In => self.as_listed(st, value),
                _ => value.clone(),
            }],
        }
    }

    /// A condition: in a small language, or put together from objects. The flag: it is there on every path.
    pub(super) fn condition(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        d: &Dialect,
    ) -> Option<(Rc<Cond>, bool)> {
        let first = d.args.first()?;
        if *first == Sel::Filters {
            return None;
        }
        let slot = self.select(st, call, first)?;
        let sure = slot.presence == Presence::Yes;
        let v = match &slot.value.kind {
            Kind::Phi(alts) => {
                // A condition that is nothing on one path guards nothing there.
                if alts.iter().any(|a| a.value.is_none()) {
                    let v = self.concrete(&slot.value);
                    let c = self.condition_of(st, call, d, &v)?;
                    return Some((c, false));
                }
                let mut all = Vec::new();
                for a in alts.iter() {
                    all.push(self.condition_of(st, call, d, &a.value)?);
                }
                return Some((Rc::new(Cond::Or(all)), sure));
            }
            Kind::Const(Lit::None) => return None,
            _ => slot.value.clone(),
        };
        let c = self.condition_of(st, call, d, &v)?;
        Some((c, sure))
    }

    fn condition_of(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        d: &Dialect,
        v: &Value,
    ) -> Option<Rc<Cond>> {
        if v.is_none() {
            return None;
        }
        if let Kind::Cond(c) = &v.kind {
            return Some(c.clone());
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
        {
            // A list of conditions, or a bundle that holds one.
            if let Some(c) = o.get(sym!("condition")) {
                let c = c.value.clone();
                return self.condition_of(st, call, d, &c);
            }
            if !o.conds.is_empty() {
                return Some(Rc::new(Cond::And(o.conds.clone())));
            }
            if d.name == "test" {
                let deps = self.deep_deps(st, v, 0);
                return Some(Rc::new(Cond::Unknown(deps)));
            }
            if o.shape == Shape::Dict {
                let o = o.clone();
                return Some(Rc::new(dialects::condition_map(self, st, &o)));
            }
        }
        if d.name == "test" {
            return Some(Rc::new(Cond::Unknown(v.deps.clone())));
        }
        let names = self.dialect_part(st, call, d, 1);
        let values = self.dialect_part(st, call, d, 2);
        Some(Rc::new(dialects::condition(
            self,
            st,
            d.name,
            v,
            names.as_ref(),
            values.as_ref(),
        )))
    }

    /// What stands beside a text in a small language: the names and the values that it speaks of.
    pub(super) fn dialect_part(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        d: &Dialect,
        n: usize,
    ) -> Option<Value> {
        let sel = d.args.get(n)?;
        Some(self.select(st, call, sel)?.value)
    }

    pub(super) fn store_term(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        t: &TermSpec,
    ) -> StoreTerm {
        match t {
            TermSpec::Stored(sel) => {
                let v = self.select(st, call, sel).map(|s| s.value);
                match v {
                    Some(v) => match self.seen.terms.text(v.term) {
                        Some(p) => StoreTerm::Path(p),
                        None => StoreTerm::Path(sym!("*")),
                    },
                    None => StoreTerm::Path(sym!("*")),
                }
            }
            TermSpec::Op(name, parts) => {
                let parts = parts.iter().map(|p| self.store_term(st, call, p)).collect();
                StoreTerm::Op(*name, parts)
            }
            TermSpec::Value(sel) => match self.select(st, call, sel) {
                Some(s) => match &s.value.kind {
                    Kind::Store(t) => (**t).clone(),
                    _ => StoreTerm::Value(s.value),
                },
                None => {
                    let v = self.unknown(Deps::default());
                    StoreTerm::Value(v)
                }
            },
        }
    }

    pub(super) fn store_test(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Cond {
        if let Some((cmp, parts)) = &call.spec.cmp {
            if matches!(cmp, Cmp::And | Cmp::Or | Cmp::Not) {
                let mut conds: Vec<Rc<Cond>> = Vec::new();
                for a in call.receiver.into_iter().chain(call.args.pos.iter()) {
                    let a = self.concrete(a);
                    match &a.kind {
                        Kind::Cond(c) => conds.push(c.clone()),
                        Kind::Obj(_) | Kind::Unknown => {
                            let d = self.deep_deps(st, &a, 0);
                            conds.push(Rc::new(Cond::Unknown(d)));
                        }
                        _ => {}
                    }
                }
                return match cmp {
                    Cmp::And => Cond::And(conds),
                    Cmp::Or => Cond::Or(conds),
                    _ => conds
                        .pop()
                        .map_or(Cond::Unknown(Deps::default()), Cond::Not),
                };
            }
            let mut path = None;
            let mut with = Vec::new();
            // Other columns that it is compared with.
            let mut others: Vec<Sym> = Vec::new();
            for (n, p) in parts.iter().enumerate() {
                match self.store_term(st, call, p) {
                    StoreTerm::Path(p) if n == 0 => path = Some(p),
                    StoreTerm::Value(v) => {
                        if n == 0
                            && let Some(t) = self.seen.terms.text(v.term)
                        {
                            path = Some(t);
                        } else {
                            with.push(v);
                        }
                    }
                    other => {
                        let mut stored = Vec::new();
                        other.stored(&mut stored);
                        if n == 0 {
                            path = stored.first().copied();
                        } else {
                            others.extend(stored);
                            let deps = other.deps();
                            with.push(Value::new(
                                self.seen.terms.fresh(),
                                Kind::Store(Rc::new(other)),
                                deps,
                            ));
                        }
                    }
                }
            }
            return match path {
                Some(path) if others.is_empty() => Cond::Test {
                    path,
                    cmp: *cmp,
                    with,
                },
                Some(path) => Cond::And(
                    std::iter::once(path)
                        .chain(others)
                        .map(|path| {
                            Rc::new(Cond::Test {
                                path,
                                cmp: *cmp,
                                with: Vec::new(),
                            })
                        })
                        .collect(),
                ),
                None => Cond::Unknown(with.iter().fold(Deps::default(), |d, v| d.union(&v.deps))),
            };
        }
        // A bundle of lookups (`Q(a=1, b__gt=2)`).
        let mut conds = Vec::new();
        if let Some(Sel::AllKw(minus)) = &call.spec.adds_filter {
            for (k, s) in &call.args.kw {
                if !minus.contains(k) {
                    conds.push(Rc::new(self.lookup_cond(st, None, *k, &s.value)));
                }
            }
        }
        for a in &call.args.pos {
            if let Kind::Cond(c) = &self.concrete(a).kind {
                conds.push(c.clone());
            }
        }
        if conds.len() == 1 {
            (*conds.remove(0)).clone()
        } else {
            Cond::And(conds)
        }
    }

    /// The tests by which a key names its entity, and the names of what makes it up.
    /// The column by which an index of a model is looked through: the class of the index declares it.
    fn index_key(&self, st: &State, call: &LibraryCall<'_>) -> Option<Sym> {
        let Kind::Obj(id) = call.receiver?.kind else {
            return None;
        };
        let o = st.obj(id)?;
        let (Shape::Lib(_), Some(Container::Model(_)), Some(class)) =
            (o.shape, o.container, o.class)
        else {
            return None;
        };
        let part = self.lib.list(sym!("field-key-parts")).first()?;
        let name = self.p.key_part(class, *part)?;
        Some(self.p.attribute_name(None, o.container, name))
    }

    pub(super) fn key_conds(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        sel: &Sel,
        conds: &mut Vec<Rc<Cond>>,
        names: &mut Vec<Sym>,
    ) {
        if let Some(path) = self.index_key(st, call) {
            // The key of an index is a column like others.
            if let Some(slot) = self.select(st, call, sel) {
                conds.push(Rc::new(Cond::Test {
                    path,
                    cmp: Cmp::Eq,
                    with: vec![slot.value],
                }));
            }
            return;
        }
        // `a|b` names one key; several positional parts are `pos:*`.
        let found = match sel {
            Sel::AllPos => {
                for (n, v) in call.args.pos.iter().enumerate() {
                    let path = intern(if n == 0 { "pk" } else { "sk" });
                    names.push(path);
                    conds.push(Rc::new(Cond::Test {
                        path,
                        cmp: Cmp::Eq,
                        with: vec![v.clone()],
                    }));
                }
                return;
            }
            Sel::Filters => {
                // The tests gathered so far are the key.
                conds.iter().for_each(|c| c.paths(names));
                return;
            }
            other => self.select(st, call, other),
        };
        if let Some(sort) = &call.spec.sort_key
            && let Some(slot) = self.select(st, call, sort)
        {
            names.push(sym!("sk"));
            conds.push(Rc::new(Cond::Test {
                path: sym!("sk"),
                cmp: Cmp::Eq,
                with: vec![slot.value],
            }));
        }
        let Some(slot) = found else { return };
        let v = self.concrete(&slot.value);
        if let Kind::Cond(c) = &v.kind {
            conds.push(c.clone());
            c.paths(names);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
            && (matches!(o.shape, Shape::Dict | Shape::Row)
                // A struct that is encoded as the key.
                || (o.shape == Shape::Instance && o.class.is_some() && !o.fields.is_empty()))
        {
            for (n, s) in &self.stored_fields(st, &o) {
                names.push(*n);
                let value = self.scalar(st, &s.value);
                conds.push(Rc::new(Cond::Test {
                    path: *n,
                    cmp: Cmp::Eq,
                    with: vec![value],
                }));
            }
            if let (true, Some(_), Some(rest)) = (o.fields.is_empty(), &o.rest_key, &o.rest) {
                // The name of the key's attribute is not known, what it must be is.
                names.push(sym!("pk"));
                let value = self.scalar(st, rest);
                conds.push(Rc::new(Cond::Test {
                    path: sym!("pk"),
                    cmp: Cmp::Eq,
                    with: vec![value],
                }));
            } else if o.fields.is_empty() {
                // A whole key in one value.
                names.push(sym!("pk"));
                conds.push(Rc::new(Cond::Test {
                    path: sym!("pk"),
                    cmp: Cmp::Eq,
                    with: vec![v.clone()],
                }));
            }
            return;
        }
        names.push(sym!("pk"));
        conds.push(Rc::new(Cond::Test {
            path: sym!("pk"),
            cmp: Cmp::Eq,
            with: vec![v],
        }));
    }

    /// What the values in a list or tuple say together.
    pub(super) fn parts_of(&mut self, st: &State, v: &Value) -> TermId {
        let v = self.concrete(v);
        let parts: Vec<TermId> = match &v.kind {
            Kind::Obj(id) => match st.obj(*id) {
                Some(o) if !o.fields.is_empty() => {
                    o.fields.iter().map(|(_, s)| s.value.term).collect()
                }
                _ => return v.term,
            },
            Kind::Tuple(vs) => vs.iter().map(|x| x.term).collect(),
            _ => return v.term,
        };
        self.seen.terms.intern(Term::Op(sym!("tuple"), parts))
    }

    /// The known parts of a text.
    pub(super) fn known_text(&self, v: &Value) -> Option<String> {
        match self.seen.terms.get(v.term) {
            Term::Const(Lit::Str(s)) => Some(s.to_string()),
            Term::Concat(parts) => Some(
                parts
                    .iter()
                    .filter_map(|p| self.seen.terms.text(*p))
                    .map(|s| s.to_string())
                    .collect(),
            ),
            _ => None,
        }
    }
}
