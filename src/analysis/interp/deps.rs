//! What a value depends on, through the objects that it holds.

use super::Interp;
use super::call::Args;
use crate::analysis::access::*;
use crate::analysis::state::State;
use crate::analysis::value::*;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::{Func, Param, ParamKind, TypeExpr};

impl<'p> Interp<'p> {
    /// What a call brings into a function: the reads of which its receiver and its arguments are rows or values, and
    /// those that it has in scope where it is defined.
    #[inline(never)]
    pub(super) fn brought(&self, st: &State, f: &Func, of: &Closure, args: &Args) -> Vec<ReadId> {
        let mut out = Vec::new();
        if self.seen.reads.is_empty() {
            return out;
        }
        if let Some(r) = &of.recv {
            self.brings(st, r, &mut out, 0);
        }
        // One that takes whatever its caller names writes what the caller says: a row is in its sight, no column of it.
        let open = takes_any(f, args);
        let before = usize::from(of.recv.is_some()) + of.bound.len();
        let typed = |i: usize| !f.params.get(before + i).is_some_and(is_anything);
        for (i, a) in args.all().enumerate() {
            if !typed(i) || open && !is_record(st, a) {
                continue;
            }
            // What was put into a library's object (an expression) is the library's; the row of a serializer is a row.
            match a.kind {
                Kind::Obj(id) if self.is_library_object(st, a) => {
                    let fields = st.obj(id).into_iter().flat_map(|o| &o.fields);
                    let rows = fields.map(|f| &f.1.value).filter(|v| is_record(st, v));
                    rows.for_each(|v| self.brings(st, v, &mut out, 1));
                }
                _ => self.brings(st, a, &mut out, 0),
            }
        }
        self.encloses(st, of.env, &mut out);
        out
    }

    /// What the functions around one that is defined inside of them have in scope there.
    fn encloses(&self, st: &State, env: Option<EnvId>, out: &mut Vec<ReadId>) {
        let mut at = env;
        while let Some(env) = at.and_then(|id| st.env(id)) {
            if env.func.func != 0 {
                env.vars
                    .iter()
                    .for_each(|(_, v)| self.brings(st, v, out, 1));
            }
            at = env.parent;
        }
    }

    /// Everything a value brings into a function: the reads that it depends on or that it is a row of.
    pub(super) fn brings(&self, st: &State, v: &Value, out: &mut Vec<ReadId>, depth: u32) {
        let push = |r: ReadId, out: &mut Vec<ReadId>| {
            if !out.contains(&r) {
                out.push(r);
            }
        };
        let Deps {
            data,
            control,
            keyed,
        } = &v.deps;
        for (r, p) in data.iter().chain(control.iter()).chain(keyed.iter()) {
            // Its key tells which row is meant, and that there is one that it can be; not what was read of it.
            let read = &self.seen.reads[r.0 as usize];
            let there = read.one && matches!(p.as_str(), "?" | "#");
            if p != "pk" && !there && !read.key_names.contains(&p) {
                push(r, out);
            }
        }
        match &v.kind {
            Kind::Obj(id) if depth < 3 => {
                if let Some(o) = st.obj(*id) {
                    if let Origin::Read(r) = o.origin {
                        push(r, out);
                    }
                    if let Some(rest) = &o.rest {
                        self.brings(st, rest, out, depth + 1);
                    }
                    for (_, s) in o.fields.iter().take(40) {
                        self.brings(st, &s.value, out, depth + 1);
                    }
                }
            }
            Kind::Tuple(vs) => vs.iter().for_each(|v| self.brings(st, v, out, depth + 1)),
            Kind::Phi(alts) if depth < 3 => {
                alts.iter()
                    .for_each(|a| self.brings(st, &a.value, out, depth + 1));
            }
            Kind::Presence(r) | Kind::Count(r) | Kind::ReadErr(r) => push(*r, out),
            _ => {}
        }
    }

    /// All that a value depends on, through the objects that it holds.
    pub(in crate::analysis) fn deep_deps(&self, st: &State, v: &Value, depth: u32) -> Deps {
        let mut d = v.deps.clone();
        match &v.kind {
            Kind::Obj(id) if depth < 4 => {
                if let Some(o) = st.obj(*id) {
                    if let Some(rest) = &o.rest {
                        d = d.union(&self.deep_deps(st, rest, depth + 1));
                    }
                    for (n, s) in o.fields.iter().take(60) {
                        // What was counted for a row is no part of it.
                        let counted = o.shape == Shape::Row
                            && s.value.deps.data.iter().any(|(_, p)| p == "#" || p == "?")
                            && self.p.is_state(o.container, *n);
                        if !counted {
                            d = d.union(&self.deep_deps(st, &s.value, depth + 1));
                        }
                    }
                    if o.shape == Shape::Row
                        && let Origin::Read(r) = o.origin
                        && depth > 0
                    {
                        d = d.union(&Deps::read(r, sym!("pk")));
                    }
                }
            }
            Kind::Tuple(vs) => {
                for v in vs.iter() {
                    d = d.union(&self.deep_deps(st, v, depth + 1));
                }
            }
            Kind::Phi(alts) => {
                for a in alts.iter() {
                    d = d.union(&self.deep_deps(st, &a.value, depth + 1));
                }
            }
            Kind::Store(s) => d = d.union(&s.deps()),
            Kind::Cond(c) => d = d.union(&c.deps()),
            _ => {}
        }
        d
    }
}

/// Whether a function is given values under names that its caller chose.
fn takes_any(f: &Func, args: &Args) -> bool {
    let open = f.params.iter().any(|p| p.kind == ParamKind::Keywords);
    let named = |name: Sym| f.params.iter().any(|p| p.name == name);
    open && args.kw.iter().any(|k| !named(k.0))
}

/// Whether a value is a row, or an object of the program.
fn is_record(st: &State, v: &Value) -> bool {
    let record = |o: &Obj| matches!(o.shape, Shape::Row | Shape::Instance);
    matches!(v.kind, Kind::Obj(id) if st.obj(id).is_some_and(record))
}

/// Whether a parameter takes whatever it is handed (Go's `any`): which row that is, and what it has, is not known there.
fn is_anything(p: &Param) -> bool {
    match &p.ty {
        Some(TypeExpr::Interface(methods, embedded)) => methods.is_empty() && embedded.is_empty(),
        Some(TypeExpr::Path(path)) => matches!(path.as_slice(), [any] if any == "any"),
        _ => false,
    }
}
