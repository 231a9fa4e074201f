//! What a write sets: by keywords, by assignments, by an update in a small language, by the columns of its row.

use std::rc::Rc;

use super::*;
use crate::sym;
use crate::symbol::{Sym, intern};

impl<'p> Interp<'p> {
    /// What a row is created with where it is not there yet.
    pub(super) fn default_sets(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        sel: &Sel,
        container: Option<Container>,
        sets: &mut Vec<SetField>,
    ) {
        let slot = self.select(st, call, sel);
        if let Some(s) = &slot
            && matches!(self.concrete(&s.value).kind, Kind::Unknown)
        {
            self.push_set(st, container, sym!("*"), &s.value, sets);
        }
        if let Some(s) = slot
            && let Kind::Obj(id) = self.concrete(&s.value).kind
            && let Some(o) = st.obj(id).cloned()
        {
            for (k, s) in &o.fields {
                self.push_set(st, container, *k, &s.value, sets);
            }
            if let Some(rest) = &o.rest {
                self.push_set(st, container, sym!("*"), rest, sets);
            }
        }
    }

    /// Whether a value that is set is a row that a framework has looked up for what was sent: the program itself has not
    /// put it there.
    pub(super) fn is_looked_up(&self, v: &Value) -> bool {
        let row = match self.seen.terms.get(v.term) {
            Term::Field(of, name) if name == "pk" => *of,
            _ => v.term,
        };
        self.looked_up.contains(&row)
    }

    /// What is created through the manager of the related rows gets their owner.
    pub(super) fn owner_sets(
        &mut self,
        st: &State,
        container: Option<Container>,
        source: &Obj,
        sets: &mut Vec<SetField>,
    ) {
        if source.shape != Shape::Lib(sym!("manager")) {
            return;
        }
        for c in &source.conds {
            if let Cond::Test {
                path,
                cmp: Cmp::Eq,
                with,
            } = &**c
                && let [v] = with.as_slice()
            {
                self.push_set(st, container, *path, v, sets);
            }
        }
    }

    fn push_set(
        &mut self,
        st: &State,
        container: Option<Container>,
        name: Sym,
        v: &Value,
        sets: &mut Vec<SetField>,
    ) {
        let path = self.p.attribute_name(None, container, name);
        let choices = choices(v);
        let v = self.scalar(st, v);
        let stored = match &v.kind {
            Kind::Store(t) => Some((**t).clone()),
            _ => None,
        };
        let deps = self.deep_deps(st, &v, 0);
        sets.push(SetField {
            path,
            value: v,
            choices,
            stored,
            copied: false,
            deps,
        });
    }

    /// What a call sets by its keywords, or by the assignments that it is given.
    pub(super) fn keyword_sets(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        sel: &Sel,
        container: Option<Container>,
        sets: &mut Vec<SetField>,
    ) {
        match sel {
            Sel::AllKw(minus) => {
                for (k, s) in &call.args.kw {
                    if !minus.contains(k) {
                        self.push_set(st, container, *k, &s.value, sets);
                    }
                }
                if let Some(open) = &call.args.open {
                    self.push_set(st, container, sym!("*"), open, sets);
                }
            }
            other => {
                let Some(slot) = self.select(st, call, other) else {
                    return;
                };
                let v = self.concrete(&slot.value);
                match &v.kind {
                    Kind::Obj(id) => {
                        if let Some(o) = st.obj(*id).cloned() {
                            if o.shape == Shape::List {
                                // A list of assignments put together by builders.
                                for (_, s) in &o.fields {
                                    self.assignment(st, &s.value, sets);
                                }
                                if let Some(r) = &o.rest {
                                    self.assignment(st, &r.clone(), sets);
                                }
                            } else {
                                for (k, s) in &o.fields {
                                    self.push_set(st, container, *k, &s.value, sets);
                                }
                                if let Some(r) = &o.rest {
                                    self.push_set(st, container, sym!("*"), &r.clone(), sets);
                                }
                            }
                        }
                    }
                    Kind::Tuple(vs) => vs.iter().for_each(|v| self.assignment(st, v, sets)),
                    Kind::Unknown => self.push_set(st, container, sym!("*"), &v, sets),
                    _ => self.assignment(st, &v, sets),
                }
            }
        }
    }

    /// One assignment as a term `set(path, value)`.
    fn assignment(&mut self, st: &State, v: &Value, sets: &mut Vec<SetField>) {
        let v = self.concrete(v);
        if let Kind::Store(t) = &v.kind {
            let t = (**t).clone();
            self.assign_term(st, &t, sets);
        }
    }

    /// `set(path, value)`, `add(path, value)`, `seq(a, b)` as terms of the store.
    fn assign_term(&mut self, st: &State, t: &StoreTerm, sets: &mut Vec<SetField>) {
        let StoreTerm::Op(op, parts) = t else { return };
        let path = parts.first().and_then(|p| {
            let mut out = Vec::new();
            p.stored(&mut out);
            out.first().copied().or_else(|| match p {
                StoreTerm::Value(v) => self.seen.terms.text(v.term),
                _ => None,
            })
        });
        match op.as_str() {
            "set" | "add-to" | "append-to" | "delete-from" | "remove" | "set-new" => {
                let path = path.unwrap_or(sym!("*"));
                // An element of a list counts as the list.
                let path = path.split('[').next().map_or(path, intern);
                let value = parts.get(1).cloned();
                let stored = match (op.as_str(), &value) {
                    ("add-to", Some(v)) => Some(StoreTerm::Op(
                        sym!("add"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("append-to", Some(v)) => Some(StoreTerm::Op(
                        sym!("append"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("delete-from", Some(v)) => Some(StoreTerm::Op(
                        sym!("delete"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    ("set-new", Some(v)) => Some(StoreTerm::Op(
                        sym!("if-not-exists"),
                        vec![StoreTerm::Path(path), v.clone()],
                    )),
                    (_, Some(v)) => {
                        let mut out = Vec::new();
                        v.stored(&mut out);
                        (!out.is_empty()).then(|| v.clone())
                    }
                    _ => None,
                };
                let (v, deps) = match value {
                    Some(StoreTerm::Value(v)) => {
                        let v = self.scalar(st, &v);
                        let d = self.deep_deps(st, &v, 0);
                        (v, d)
                    }
                    Some(t) => {
                        let d = t.deps();
                        (self.unknown(d.clone()), d)
                    }
                    None => (self.none(), Deps::default()),
                };
                sets.push(SetField {
                    path,
                    value: v,
                    choices: None,
                    stored,
                    copied: false,
                    deps,
                });
            }
            _ => {
                for p in parts {
                    match p {
                        StoreTerm::Value(v) => {
                            if let Kind::Store(t) = &v.kind {
                                let t = (**t).clone();
                                self.assign_term(st, &t, sets);
                            }
                        }
                        other => self.assign_term(st, &other.clone(), sets),
                    }
                }
            }
        }
    }

    pub(super) fn update_sets(
        &mut self,
        st: &mut State,
        call: &LibraryCall<'_>,
        d: &Dialect,
        sets: &mut Vec<SetField>,
    ) {
        let Some(slot) = d.args.first().and_then(|s| self.select(st, call, s)) else {
            return;
        };
        let v = self.concrete(&slot.value);
        if let Kind::Store(t) = &v.kind {
            let t = (**t).clone();
            self.assign_term(st, &t, sets);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id).cloned()
            && o.shape == Shape::Dict
        {
            // A map of columns to what is done to each.
            dialects::update_map(self, st, &o, sets);
            return;
        }
        if let Kind::Obj(id) = v.kind
            && let Some(o) = st.obj(id)
            && let Some(u) = o.get(sym!("update"))
        {
            let u = u.value.clone();
            if let Kind::Store(t) = &self.concrete(&u).kind {
                let t = (**t).clone();
                self.assign_term(st, &t, sets);
            }
            return;
        }
        let names = self.dialect_part(st, call, d, 1);
        let values = self.dialect_part(st, call, d, 2);
        dialects::update(self, st, d.name, &v, names.as_ref(), values.as_ref(), sets);
    }

    /// What writing a row object back sets: what was changed; for a whole write also what was put in at the start.
    pub(super) fn row_sets(&mut self, st: &State, o: &Obj, all: bool, sets: &mut Vec<SetField>) {
        let read = match o.origin {
            Origin::Read(r) => Some(r),
            _ => None,
        };
        for (name, slot) in &self.stored_fields(st, o) {
            if name.ends_with(':') || self.p.is_state(o.container, *name) {
                continue;
            }
            let dirty = o.dirty.iter().any(|d| d.0 == *name);
            if !dirty && !all {
                continue;
            }
            let choices = choices(&slot.value);
            let v = self.scalar(st, &slot.value);
            let stored = match &v.kind {
                Kind::Store(t) => Some((**t).clone()),
                _ => None,
            };
            let deps = self.deep_deps(st, &v, 0);
            if let Some(r) = read.filter(|_| dirty) {
                self.note_parts(st, &v, r);
            }
            let own = self.seen.terms.field(o.term, *name);
            let kept = self.kept_form(st, &slot.value, 0);
            let kept = kept.unwrap_or_else(|| self.restated(v.term));
            let copied = match self.seen.terms.get(kept) {
                // A column taken over from the row that was read.
                Term::Field(of, n) => {
                    n == name
                        && matches!(self.seen.terms.get(*of), Term::Read(_) | Term::Param(_))
                        && !self.seen.mutated.contains(&kept)
                }
                _ => kept == own && read.is_some() && !dirty,
            };
            sets.push(SetField {
                path: *name,
                value: v,
                choices,
                stored,
                copied: copied && !dirty,
                deps,
            });
        }
        for (name, _) in &o.dirty {
            if o.get(*name).is_none() && !self.p.is_state(o.container, *name) {
                // Removed.
                let v = Value::new(
                    self.seen.terms.lit(Lit::None),
                    Kind::Const(Lit::None),
                    Deps::default(),
                );
                sets.push(SetField {
                    path: *name,
                    value: v,
                    choices: None,
                    stored: None,
                    copied: false,
                    deps: Deps::default(),
                });
            }
        }
        if let Some(rest) = &o.rest {
            let deps = self.deep_deps(st, rest, 0);
            // Something else that was spread into an item as it was read.
            let changed = read.is_some_and(|r| !deps.flows_from(r))
                && !matches!(o.container, Some(Container::Model(_)));
            if (!deps.is_empty() || changed) && all {
                let value = rest.clone();
                let copied = !changed && self.spread_of(rest);
                sets.push(SetField {
                    path: sym!("*"),
                    value,
                    choices: None,
                    stored: None,
                    copied,
                    deps,
                });
            }
        }
    }

    /// What a value is another form of: what was read and goes back as it was, converted on both ways.
    pub(super) fn restated(&self, mut t: TermId) -> TermId {
        while let Term::Op(op, args) = self.seen.terms.get(t)
            && let [of] = args[..]
            && self.lib.is_listed(sym!("key-conversions"), *op)
        {
            t = of;
        }
        t
    }

    /// What a collection is another form of (`tuple(row["tags"])`, `dict(row["sums"])`): one that holds what that holds
    /// and nothing else, and that nobody has changed since.
    fn kept_form(&self, st: &State, v: &Value, depth: u32) -> Option<TermId> {
        match &v.kind {
            Kind::Phi(alts) if depth < 4 => {
                let mut all = alts.iter();
                let one = self.kept_or_plain(st, &all.next()?.value, depth + 1);
                let same = |a: &Alt| self.kept_or_plain(st, &a.value, depth + 1) == one;
                all.all(same).then_some(one)
            }
            Kind::Obj(id) => {
                let o = st.obj(*id)?;
                let whole = o.origin == Origin::Fresh && o.fields.is_empty();
                if !whole || self.seen.mutated.contains(&o.term) {
                    return None;
                }
                let rest = o.rest.as_ref()?.term;
                let of = match o.shape {
                    Shape::List => self.listed.get(&o.term).filter(|l| l.1 == rest)?.0,
                    Shape::Dict => rest,
                    _ => return None,
                };
                Some(self.restated(self.listed_from(of)))
            }
            _ => None,
        }
    }

    /// The collection of which a list of all its elements was made, and that of which that was made in turn.
    fn listed_from(&self, mut of: TermId) -> TermId {
        while let Some((from, _)) = self.listed.get(&of)
            && !self.seen.mutated.contains(&of)
        {
            of = *from;
        }
        of
    }

    pub(super) fn kept_or_plain(&self, st: &State, v: &Value, depth: u32) -> TermId {
        let form = self.kept_form(st, v, depth);
        form.unwrap_or_else(|| self.restated(v.term))
    }

    /// Keeps what makes up an object that is put into a row, where the row was looked up by something worked out.
    fn note_parts(&mut self, st: &State, v: &Value, r: ReadId) {
        let worked_out = |c: &Rc<Cond>| {
            matches!(&**c, Cond::Test { cmp: Cmp::Eq, with, .. }
                if with.iter().any(|v| matches!(self.seen.terms.get(v.term), Term::Op(..))))
        };
        let read = &self.seen.reads[r.0 as usize];
        if !matches!(v.kind, Kind::Obj(_)) || !read.conds.iter().any(worked_out) {
            return;
        }
        let mut parts = Vec::new();
        self.made_of(st, v, 0, &mut parts);
        self.seen.parts.insert(v.term, parts);
    }

    fn made_of(&self, st: &State, v: &Value, depth: u32, out: &mut Vec<TermId>) {
        let Kind::Obj(id) = v.kind else { return };
        let Some(o) = st.obj(id).filter(|_| depth < 3) else {
            return;
        };
        // What was made in this run, not what it was handed.
        if o.origin == Origin::Fresh || matches!(o.shape, Shape::Dict | Shape::List) {
            out.push(o.term);
        }
        for (_, slot) in o.fields.iter().take(40) {
            self.made_of(st, &slot.value, depth + 1, out);
        }
    }

    /// The fields of an object as an encoder writes them: those of embedded structs beside the others.
    pub(super) fn stored_fields(&self, st: &State, o: &Obj) -> Vec<(Sym, Slot)> {
        let mut out = Vec::with_capacity(o.fields.len());
        self.flatten_into(st, o, 0, &mut out);
        out
    }

    fn flatten_into(&self, st: &State, o: &Obj, depth: u32, out: &mut Vec<(Sym, Slot)>) {
        for (name, slot) in &o.fields {
            let inner = o
                .class
                .filter(|_| depth < 4)
                .and_then(|c| self.p.flattened(c, *name))
                .and(match slot.value.kind {
                    Kind::Obj(id) => st.obj(id),
                    _ => None,
                });
            match inner {
                Some(inner) => self.flatten_into(st, inner, depth + 1, out),
                None => out.push((*name, slot.clone())),
            }
        }
    }

    /// Whether the rest of an object is another one spread into it, unchanged.
    fn spread_of(&self, v: &Value) -> bool {
        matches!(
            self.seen.terms.get(v.term),
            Term::Read(_) | Term::Param(_) | Term::Field(..)
        )
    }
}

/// The alternatives of a value that is one of several.
fn choices(v: &Value) -> Option<Rc<Vec<Alt>>> {
    match &v.kind {
        Kind::Phi(alts) => Some(alts.clone()),
        _ => None,
    }
}
