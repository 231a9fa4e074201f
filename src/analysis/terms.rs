//! Terms: what a value is, as far as two of them can be told to be equal.

use std::hash::BuildHasher;
use std::num::NonZeroU32;

use rustc_hash::FxBuildHasher;

use super::access::ReadId;
use crate::symbol::{Sym, intern, member};
use crate::syntax::il::Lit;

/// A hash-consed term; equal ids are equal values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TermId(pub u32);

/// What a value is, symbolically.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// A literal.
    Const(Lit),
    /// Opaque but numbered: equal to itself only.
    Sym(u32),
    /// Made in this run from nothing that was given: a new identifier, the time. Equal to itself only.
    Made(u32),
    /// An external or project-wide name.
    Global(Sym),
    /// A parameter of the root function.
    Param(Sym),
    /// A field or attribute.
    Field(TermId, Sym),
    /// An index with a term.
    Index(TermId, TermId),
    /// Text joined from parts.
    Concat(Vec<TermId>),
    /// A deterministic operation or call.
    Op(Sym, Vec<TermId>),
    /// What a read gave.
    Read(ReadId),
    /// The store's own value of a path.
    Stored(Sym),
}

/// The terms of one root.
#[derive(Debug)]
pub struct Terms {
    all: Vec<Term>,
    /// How many terms each would be if it were written out.
    sizes: Vec<u32>,
    /// An open table of those that were asked for by what they are: a part of the hash, and the id behind it; each at
    /// the place that its hash tells, or the next that was free.
    ids: Vec<Option<(u32, NonZeroU32)>>,
    /// How many are in it.
    interned: usize,
    syms: u32,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            all: Vec::with_capacity(Self::USUAL),
            sizes: Vec::with_capacity(Self::USUAL),
            ids: vec![None; (2 * Self::USUAL).next_power_of_two()],
            interned: 0,
            syms: 0,
        }
    }
}

impl Terms {
    /// As many as a root makes mostly.
    const USUAL: usize = 400;
    /// How large a term may be, written out: what is doubled over and over (`x = x + x`) is not worked with as that.
    const LARGEST: u32 = 2_000;
    /// The name of the operation that asks for the time.
    pub const TIME: &'static str = "time:";
    /// The name of the operation that looks for one among many.
    pub const SOUGHT: &'static str = "sought:";

    /// The id of a term.
    pub fn intern(&mut self, term: Term) -> TermId {
        let hash = FxBuildHasher.hash_one(&term) as u32;
        let free = {
            let mut at = self.place(hash);
            loop {
                match self.ids[at] {
                    None => break at,
                    Some((h, next)) if h == hash => {
                        let id = TermId(next.get() - 1);
                        if self.all[id.0 as usize] == term {
                            return id;
                        }
                    }
                    Some(_) => {}
                }
                at = self.place(at as u32 + 1);
            }
        };
        let size = self.size(&term);
        if size > Self::LARGEST {
            return self.fresh();
        }
        let id = self.add(term, size);
        self.ids[free] = NonZeroU32::new(id.0 + 1).map(|next| (hash, next));
        self.interned += 1;
        if 2 * self.interned > self.ids.len() {
            self.make_room();
        }
        id
    }

    /// Where in the table a hash belongs, or what comes behind its last place.
    fn place(&self, hash: u32) -> usize {
        hash as usize & (self.ids.len() - 1)
    }

    /// Makes the table twice as long.
    fn make_room(&mut self) {
        let room = vec![None; 2 * self.ids.len()];
        for known in std::mem::replace(&mut self.ids, room).into_iter().flatten() {
            let mut at = self.place(known.0);
            while self.ids[at].is_some() {
                at = self.place(at as u32 + 1);
            }
            self.ids[at] = Some(known);
        }
    }

    /// A fresh unknown.
    pub fn fresh(&mut self) -> TermId {
        self.syms += 1;
        self.add(Term::Sym(self.syms), 1)
    }

    /// A fresh value that this run makes.
    pub fn made(&mut self) -> TermId {
        self.syms += 1;
        self.add(Term::Made(self.syms), 1)
    }

    /// A term that there is not yet, and that nobody will ask for but by its id.
    fn add(&mut self, term: Term, size: u32) -> TermId {
        let id = TermId(self.all.len() as u32);
        self.all.push(term);
        self.sizes.push(size);
        id
    }

    /// How many terms it would be if it were written out. None that is known is larger than [`Self::LARGEST`].
    fn size(&self, term: &Term) -> u32 {
        let of = |t: &TermId| self.sizes[t.0 as usize];
        let parts = match term {
            Term::Field(t, _) => of(t),
            Term::Index(a, b) => of(a) + of(b),
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().map(of).fold(0, u32::saturating_add),
            _ => 0,
        };
        parts.saturating_add(1)
    }

    /// The term of an id.
    pub fn get(&self, id: TermId) -> &Term {
        &self.all[id.0 as usize]
    }

    /// A literal's term.
    pub fn lit(&mut self, lit: Lit) -> TermId {
        self.intern(Term::Const(lit))
    }

    /// A field's term.
    pub fn field(&mut self, of: TermId, name: Sym) -> TermId {
        self.intern(Term::Field(of, name))
    }

    /// The text of a constant string term.
    pub fn text(&self, id: TermId) -> Option<Sym> {
        match self.get(id) {
            Term::Const(Lit::Str(s)) => Some(*s),
            _ => None,
        }
    }

    /// Whether something made in this run occurs in it.
    pub fn has_made(&self, id: TermId) -> bool {
        match self.get(id) {
            Term::Made(_) => true,
            Term::Field(t, _) => self.has_made(*t),
            Term::Index(a, b) => self.has_made(*a) || self.has_made(*b),
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().any(|t| self.has_made(*t)),
            _ => false,
        }
    }

    /// Whether it is the time of this run, or worked out from it and constants.
    pub fn is_time(&self, id: TermId) -> bool {
        fn part(terms: &Terms, id: TermId, found: &mut bool) -> bool {
            match terms.get(id) {
                Term::Op(name, _) if *name == Terms::TIME => {
                    *found = true;
                    true
                }
                Term::Const(_) | Term::Global(_) => true,
                Term::Field(t, _) => part(terms, *t, found),
                Term::Concat(ts) | Term::Op(_, ts) => ts.iter().all(|t| part(terms, *t, found)),
                _ => false,
            }
        }
        let mut found = false;
        part(self, id, &mut found) && found
    }

    /// A value that is the same in every run, in words: a literal, or a name of the program.
    pub fn settled(&self, id: TermId) -> Option<Sym> {
        match self.get(id) {
            Term::Const(_) => Some(intern(&self.show(id))),
            Term::Global(name) => Some(*name),
            Term::Field(of, name) => {
                let of = self.settled(*of)?;
                Some(member(of, *name))
            }
            _ => None,
        }
    }

    /// Whether it is a literal.
    pub fn is_const(&self, id: TermId) -> bool {
        matches!(self.get(id), Term::Const(_))
    }

    /// Whether it is what the run was given, or a part of that.
    pub fn is_given(&self, id: TermId) -> bool {
        match self.get(id) {
            Term::Param(_) => true,
            Term::Field(t, _) | Term::Index(t, _) => self.is_given(*t),
            _ => false,
        }
    }

    /// Whether it is what a conversion to a number, a text or a truth gave, which is never nothing.
    pub fn is_converted(&self, id: TermId) -> bool {
        let gives =
            |op: &str| matches!(op, "int" | "float" | "str" | "bool" | "len" | "abs" | "neg");
        match self.get(id) {
            Term::Op(op, of) => of.len() == 1 && gives(op),
            Term::Concat(_) => true,
            _ => false,
        }
    }

    /// Whether it is a sum, or a text with a sum in it.
    pub fn adds(&self, id: TermId) -> bool {
        match self.get(id) {
            Term::Op(name, ts) => *name == "add" || ts.iter().any(|t| self.adds(*t)),
            Term::Concat(ts) => ts.iter().any(|t| self.adds(*t)),
            _ => false,
        }
    }

    /// Whether `part` occurs in `id`.
    pub fn mentions(&self, id: TermId, part: TermId) -> bool {
        id == part
            || match self.get(id) {
                Term::Field(t, _) => self.mentions(*t, part),
                Term::Index(a, b) => self.mentions(*a, part) || self.mentions(*b, part),
                Term::Concat(ts) | Term::Op(_, ts) => ts.iter().any(|t| self.mentions(*t, part)),
                _ => false,
            }
    }

    /// Whether two terms differ only in that the one speaks of `a_self` where the other speaks of `b_self`.
    pub fn same_of(&self, a: TermId, a_self: TermId, b: TermId, b_self: TermId) -> bool {
        if a == b || (a == a_self && b == b_self) {
            return true;
        }
        let all = |x: &[TermId], y: &[TermId]| {
            x.len() == y.len()
                && x.iter()
                    .zip(y)
                    .all(|(x, y)| self.same_of(*x, a_self, *y, b_self))
        };
        match (self.get(a), self.get(b)) {
            (Term::Field(x, n), Term::Field(y, m)) => {
                n == m && self.same_of(*x, a_self, *y, b_self)
            }
            (Term::Index(x, i), Term::Index(y, j)) => all(&[*x, *i], &[*y, *j]),
            (Term::Concat(xs), Term::Concat(ys)) => all(xs, ys),
            (Term::Op(n, xs), Term::Op(m, ys)) => n == m && all(xs, ys),
            _ => false,
        }
    }

    /// What the program calls a value: the name of a parameter or member, or that by which it was asked for
    /// (`values["order"]`, `request.param("order")`).
    pub fn called(&self, id: TermId) -> Option<Sym> {
        match self.get(id) {
            Term::Param(name) | Term::Field(_, name) => Some(*name),
            Term::Index(_, by) => self.text(*by),
            Term::Op(_, args) => match args.as_slice() {
                [of] => self.called(*of),
                [.., by] => self.text(*by),
                [] => None,
            },
            _ => None,
        }
    }

    /// How a person would write it.
    pub fn show(&self, id: TermId) -> String {
        match self.get(id) {
            Term::Const(Lit::Str(s)) => format!("\"{s}\""),
            Term::Const(Lit::Int(i)) => i.to_string(),
            Term::Const(Lit::Bool(b)) => b.to_string(),
            Term::Const(Lit::Float(f)) => f.to_string(),
            Term::Const(_) => "None".into(),
            Term::Sym(_) | Term::Made(_) => "…".into(),
            Term::Global(p) => p.rsplit(['.', '/', ':']).next().unwrap_or("").to_owned(),
            Term::Param(p) => p.to_string(),
            Term::Field(t, n) => match self.get(*t) {
                Term::Sym(_) | Term::Made(_) | Term::Read(_) => n.to_string(),
                _ => format!("{}.{n}", self.show(*t)),
            },
            Term::Index(a, b) => format!("{}[{}]", self.show(*a), self.show(*b)),
            Term::Concat(ts) => ts
                .iter()
                .map(|t| self.show(*t))
                .collect::<Vec<_>>()
                .join(" + "),
            Term::Op(n, ts) => {
                format!(
                    "{n}({})",
                    ts.iter()
                        .map(|t| self.show(*t))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Term::Read(_) => "the row".into(),
            Term::Stored(p) => p.to_string(),
        }
    }
}
