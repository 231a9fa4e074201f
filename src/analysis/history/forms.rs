//! Forms of keys: what tells the items of one table apart by how their keys are made.
//!
//! `"USER#" + id` under `"META"` and the same under `"TAG#" + name` are two kinds of items, though both may have a
//! `name`. What is written to the one says nothing of the other.

use std::rc::Rc;

use super::{Pair, WriteCase};
use crate::analysis::Cmp;
use crate::analysis::access::{Op, Read, Write};
use crate::analysis::interp::Seen;
use crate::analysis::terms::Terms;
use crate::analysis::value::{Cond, Container, Term, TermId, Value};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::Lit;

/// Stands for what varies in a key.
const GAP: char = '\0';

/// What is put between the parts of a key.
const BETWEEN: [char; 6] = ['#', '|', '/', ':', '$', '~'];

/// How a key is made: what is constant in it, and where something varies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Form {
    text: Sym,
    /// Anything may follow.
    open: bool,
}

impl Form {
    /// The form of a term; none if nothing in it is constant.
    pub(super) fn of(terms: &Terms, t: TermId, open: bool) -> Option<Self> {
        if let Term::Const(Lit::Str(s)) = terms.get(t) {
            return Some(Self { text: *s, open });
        }
        let Term::Concat(parts) = terms.get(t) else {
            return None;
        };
        let mut text = String::new();
        for p in parts {
            match terms.get(*p) {
                Term::Const(Lit::Str(s)) => text.push_str(s),
                _ if text.ends_with(GAP) => {}
                _ => text.push(GAP),
            }
        }
        let told = text.chars().any(|c| c != GAP);
        told.then(|| Self {
            text: intern(&text),
            open,
        })
    }

    /// Whether no text has both forms. What varies is taken for one part: it holds nothing of what stands between parts.
    pub(super) fn apart(&self, other: &Self) -> bool {
        let (a, b) = (self.text.as_str(), other.text.as_str());
        let begin = |t: &str| t.find(GAP).unwrap_or(t.len());
        let (x, y) = (&a[..begin(a)], &b[..begin(b)]);
        if !x.starts_with(y) && !y.starts_with(x) {
            return true;
        }
        let whole = |f: &Self, t: &str| !f.open && t.len() == f.text.len();
        if (whole(self, x) && x.len() < y.len()) || (whole(other, y) && y.len() < x.len()) {
            return true;
        }
        let end = |t: &str| t.rfind(GAP).map_or(0, |i| i + GAP.len_utf8());
        let (v, w) = (&a[end(a)..], &b[end(b)..]);
        if !self.open && !other.open && !v.ends_with(w) && !w.ends_with(v) {
            return true;
        }
        let between = |c: char| BETWEEN.contains(&c);
        match x.chars().find(|c| between(*c)) {
            Some(c) if y.contains(c) => self.parted(other, c),
            _ => false,
        }
    }

    /// Whether two forms differ in their parts, or in how many they have.
    fn parted(&self, other: &Self, between: char) -> bool {
        let (a, b): (Vec<&str>, Vec<&str>) = (
            self.text.split(between).collect(),
            other.text.split(between).collect(),
        );
        let fits = match (self.open, other.open) {
            (false, false) => a.len() == b.len(),
            (true, false) => a.len() <= b.len(),
            (false, true) => b.len() <= a.len(),
            (true, true) => true,
        };
        let closed = |f: &Self, all: &[&str], i: usize| !f.open || i + 1 < all.len();
        let fixed = |p: &str| !p.contains(GAP);
        !fits
            || a.iter().zip(&b).enumerate().any(|(i, (p, q))| {
                closed(self, &a, i) && closed(other, &b, i) && fixed(p) && fixed(q) && p != q
            })
    }
}

/// The forms of the attributes of an item, as far as they are known, and that of its table's name.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Forms(Vec<(Sym, Form)>);

impl Forms {
    /// Whether an item of these forms is none of the others.
    pub fn apart(&self, other: &Self) -> bool {
        self.0.iter().any(|(p, f)| {
            let mut same = other.0.iter().filter(|(q, _)| q == p);
            same.any(|(_, g)| f.apart(g))
        })
    }

    fn add(&mut self, path: Sym, form: Option<Form>) {
        if let Some(form) = form
            && !self.0.iter().any(|(p, _)| *p == path)
        {
            self.0.push((path, form));
        }
    }

    /// Adds what a selection says of the columns that are asked for.
    fn select(&mut self, seen: &Seen, conds: &[Rc<Cond>], asked: impl Fn(Sym) -> bool) {
        for (path, v, open) in selecting(conds).filter(|(p, ..)| asked(*p)) {
            self.add(path, of_value(seen, v, path, open));
        }
    }

    /// The forms of what a write leaves there.
    pub fn written(seen: &Seen, w: &Write) -> Self {
        let mut out = Self::default();
        if !matches!(w.container, Some(Container::Term(_)) | None) {
            return out;
        }
        out.table(seen, w.container);
        out.select(seen, &w.conds, |_| true);
        if w.op == Op::Put {
            out.put(seen, w, |_| true);
        }
        out
    }

    /// Adds how the table is called: items of two tables are apart.
    fn table(&mut self, seen: &Seen, of: Option<Container>) {
        if let Some(Container::Term(t)) = of {
            self.add(sym!("table:"), Form::of(&seen.terms, t, false));
        }
    }

    /// Adds what an item that is put has itself, and what it had where it was read.
    fn put(&mut self, seen: &Seen, w: &Write, asked: impl Fn(Sym) -> bool) {
        for s in w
            .sets
            .iter()
            .filter(|s| s.stored.is_none() && asked(s.path))
        {
            self.add(s.path, of_value(seen, &s.value, s.path, false));
        }
        if let Some(r) = w.row_read {
            let read = &seen.reads[r.0 as usize];
            self.select(seen, &read.conds, |p| asked(p) && is_key(read, w, p));
        }
    }
}

/// The form of a value; a key that an item was found under has the form that was asked for.
pub(super) fn of_value(seen: &Seen, v: &Value, path: Sym, open: bool) -> Option<Form> {
    if !matches!(seen.terms.get(v.term), Term::Field(_, n) if *n == path) {
        return Form::of(&seen.terms, v.term, open);
    }
    let (r, _) = v.deps.data.only().filter(|(_, p)| *p == path)?;
    let read = &seen.reads[r.0 as usize];
    selecting(&read.conds).find_map(|(p, v, open)| {
        let form = || Form::of(&seen.terms, v.term, open);
        (p == path).then(form).flatten()
    })
}

/// The columns that a selection compares with one value, which may be all or the beginning of theirs.
fn selecting(conds: &[Rc<Cond>]) -> impl Iterator<Item = (Sym, &Value, bool)> {
    let mut parts = Vec::new();
    conds.iter().for_each(|c| c.conjuncts(&mut parts));
    parts.into_iter().filter_map(|c| match c {
        Cond::Test { path, cmp, with } if matches!(cmp, Cmp::Eq | Cmp::Prefix) => {
            let [v] = with.as_slice() else { return None };
            Some((*path, v, *cmp == Cmp::Prefix))
        }
        _ => None,
    })
}

/// Whether an attribute is a part of the key.
fn is_key(read: &Read, w: &Write, path: Sym) -> bool {
    read.key_names.contains(&path) || w.key_names.contains(&path)
}

impl WriteCase<'_> {
    /// The forms of the keys of the item that was looked at.
    pub fn forms(&self, p: &Pair) -> Forms {
        let (read, w) = (self.read(p), self.write);
        let mut out = Forms::default();
        if !matches!(read.container, Some(Container::Term(_)) | None) {
            return out;
        }
        out.table(self.seen, read.container);
        let key = |p: Sym| is_key(read, w, p);
        out.select(self.seen, &read.conds, key);
        out.select(self.seen, &w.conds, key);
        if w.op == Op::Put {
            out.put(self.seen, w, key);
            // What a put item is looked for by is its key, unless it is a state.
            let composed = |p: Sym| {
                let mut sets = w.sets.iter();
                let set = sets.find(|s| s.path == p);
                set.is_some_and(|s| matches!(self.seen.terms.get(s.value.term), Term::Concat(_)))
            };
            out.select(self.seen, &read.conds, composed);
        }
        out
    }
}
