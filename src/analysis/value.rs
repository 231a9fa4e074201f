//! Dependences, abstract values, objects, conditions.

use std::cmp::Ordering;
use std::rc::Rc;

use super::access::{AccessId, ReadId, TokenId};
use super::shared::Shared;
pub use super::terms::{Term, TermId, Terms};
use crate::report::finding::Loc;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{CmpOp, FuncIdx, Lit, TypeExpr};

/// Parts of reads that something depends on: sorted, without repetition. `*` is any part, `#` how many rows, `?`
/// whether there is one.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct PathSet(Option<Rc<Vec<Part>>>);

/// A part of a read.
type Part = (ReadId, Sym);

/// Parts kept; more than that is more than a report could tell.
const PATHS: usize = 48;

impl PathSet {
    /// One part.
    pub fn one(read: ReadId, path: Sym) -> Self {
        Self(Some(Rc::new(vec![(read, path)])))
    }

    /// The part, if it is one only.
    pub fn only(&self) -> Option<(ReadId, Sym)> {
        match self.0.as_deref().map(Vec::as_slice) {
            Some([one]) => Some(*one),
            _ => None,
        }
    }

    /// All parts.
    pub fn iter(&self) -> impl Iterator<Item = (ReadId, Sym)> + '_ {
        self.0.iter().flat_map(|v| v.iter().copied())
    }

    /// Nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Both.
    #[inline]
    pub fn union(&self, other: &Self) -> Self {
        // Mostly one of them is empty.
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(a), Some(b)) => Self(Some(either(a, b))),
        }
    }

    /// The same, where how many rows there are only tells whether there are any.
    pub fn existence(&self, read: ReadId) -> Self {
        if !self.iter().any(|(r, p)| r == read && p == "#") {
            return self.clone();
        }
        let mut v: Vec<_> = self
            .iter()
            .map(|(r, p)| {
                if r == read && p == "#" {
                    (r, intern("?"))
                } else {
                    (r, p)
                }
            })
            .collect();
        v.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.as_str().cmp(b.1.as_str())));
        v.dedup();
        Self(Some(Rc::new(v)))
    }

    /// Whether any part of that read is in it.
    pub fn of(&self, read: ReadId) -> bool {
        self.iter().any(|(r, _)| r == read)
    }

    /// The parts of one read.
    pub fn paths(&self, read: ReadId) -> impl Iterator<Item = Sym> + '_ {
        self.iter().filter(move |(r, _)| *r == read).map(|(_, p)| p)
    }
}

/// The order of the parts in a set.
fn order(x: &Part, y: &Part) -> Ordering {
    x.0.cmp(&y.0).then_with(|| {
        if x.1 == y.1 {
            Ordering::Equal
        } else {
            x.1.as_str().cmp(y.1.as_str())
        }
    })
}

/// Whether each of two sorted lists has what the other lacks.
fn compared(a: &[Part], b: &[Part]) -> (bool, bool) {
    let (mut i, mut j) = (0, 0);
    let (mut more_a, mut more_b) = (a.len() > b.len(), b.len() > a.len());
    while !(more_a && more_b)
        && let (Some(x), Some(y)) = (a.get(i), b.get(j))
    {
        let which = order(x, y);
        more_a |= which.is_lt();
        more_b |= which.is_gt();
        i += usize::from(which.is_le());
        j += usize::from(which.is_ge());
    }
    (more_a || i < a.len(), more_b || j < b.len())
}

/// What is in either of two sorted lists; one of the two, where it has all that the other has.
fn either(a: &Rc<Vec<Part>>, b: &Rc<Vec<Part>>) -> Rc<Vec<Part>> {
    if Rc::ptr_eq(a, b) {
        return a.clone();
    }
    match compared(a, b) {
        (_, false) => a.clone(),
        (false, true) => b.clone(),
        (true, true) => Rc::new(merged(a, b)),
    }
}

/// What is in either of two sorted lists.
fn merged(a: &[Part], b: &[Part]) -> Vec<Part> {
    let mut all = Vec::with_capacity((a.len() + b.len()).min(PATHS));
    let (mut i, mut j) = (0, 0);
    while all.len() < PATHS {
        let (which, next) = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => {
                let which = order(x, y);
                (which, if which.is_le() { x } else { y })
            }
            (Some(x), None) => (Ordering::Less, x),
            (None, Some(y)) => (Ordering::Greater, y),
            (None, None) => break,
        };
        all.push(*next);
        i += usize::from(which.is_le());
        j += usize::from(which.is_ge());
    }
    all
}

/// By data, by control, and through somebody else's answer.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Deps {
    /// Computed from.
    pub data: PathSet,
    /// Decided by.
    pub control: PathSet,
    /// What somebody else was asked with, of whose answer it is a part: it tells which answer, not what is in it.
    pub keyed: PathSet,
}

impl Deps {
    /// Both.
    #[inline]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            data: self.data.union(&other.data),
            control: self.control.union(&other.control),
            keyed: self.keyed.union(&other.keyed),
        }
    }

    /// The same, where how many rows there are only tells whether there are any.
    pub fn existence(&self, read: ReadId) -> Self {
        Self {
            data: self.data.existence(read),
            control: self.control.existence(read),
            keyed: self.keyed.clone(),
        }
    }

    /// Of a part of an answer: what it was asked with.
    pub fn answered(&self) -> Self {
        Self {
            keyed: self.keyed.union(&self.data),
            ..Self::default()
        }
    }

    /// Whether the value of any part of that read flows in, or tells which answer does.
    pub fn flows_from(&self, read: ReadId) -> bool {
        self.data.of(read) || self.keyed.of(read)
    }

    /// A part of a read.
    pub fn read(read: ReadId, path: Sym) -> Self {
        Self {
            data: PathSet::one(read, path),
            ..Self::default()
        }
    }

    /// All, whether by data or control.
    pub fn all(&self) -> PathSet {
        self.data.union(&self.control)
    }

    /// Nothing.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty() && self.control.is_empty() && self.keyed.is_empty()
    }
}

/// Index of an object; unique within a root.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ObjId(pub u32);

/// Index of an environment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EnvId(pub u32);

/// A function of the project: file index in the program, and index in that file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FuncRef {
    /// Index of the file in the program.
    pub file: u32,
    /// Index in its module.
    pub func: FuncIdx,
}

/// A class of the project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ClassRef {
    /// Index of the file in the program.
    pub file: u32,
    /// Index in its module.
    pub class: u32,
}

/// A function value.
#[derive(Clone, Debug)]
pub struct Closure {
    /// Which.
    pub func: FuncRef,
    /// Where its free names are bound.
    pub env: Option<EnvId>,
    /// Bound receiver.
    pub recv: Option<Value>,
    /// Regions that are entered around it (decorators, wrappers).
    pub regions: Vec<usize>,
    /// Arguments bound by `partial`.
    pub bound: Vec<Value>,
    /// The method of an interface through which it is called: that tells what a generic function gives.
    pub through: Option<(ClassRef, Sym)>,
    /// The types that a generic function is given.
    pub types: Option<TypeArgs>,
}

/// Type arguments: the file in which each is written, and the type.
pub type TypeArgs = Rc<Vec<(u32, TypeExpr)>>;

/// An abstract value.
#[derive(Clone, Debug)]
pub struct Value {
    /// Its term.
    pub term: TermId,
    /// What is known of it.
    pub kind: Kind,
    /// What it depends on.
    pub deps: Deps,
}

/// One of several alternatives, with the decisions that lead to it.
#[derive(Clone, Debug)]
pub struct Alt {
    /// The value.
    pub value: Value,
    /// The decisions.
    pub under: Shared<Rc<Ctl>>,
}

/// What is known of a value beyond its term.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing.
    Unknown,
    /// A literal; `None` is `Lit::None`.
    Const(Lit),
    /// An object on the heap.
    Obj(ObjId),
    /// A function of the project.
    Func(Rc<Closure>),
    /// A class of the project.
    Class(ClassRef),
    /// An external name by its full path.
    Path(Sym),
    /// A method of a value, not yet called.
    Bound(Rc<(Value, Sym)>),
    /// A tuple, or Go's multiple result.
    Tuple(Rc<Vec<Value>>),
    /// True when the read found a row.
    Presence(ReadId),
    /// How many rows the read found.
    Count(ReadId),
    /// How many rows the write changed; zero is lost.
    Affected(AccessId),
    /// Whether the row was created.
    Created(AccessId),
    /// Go: the error of an access; non-nil means it failed. Python: the caught exception.
    Err(AccessId),
    /// Go: the error of a read.
    ReadErr(ReadId),
    /// Whether a token is held.
    Acquired(TokenId),
    /// A boolean and what it says.
    Test(Rc<Pred>),
    /// A test the store evaluates.
    Cond(Rc<Cond>),
    /// A value the store computes.
    Store(Rc<StoreTerm>),
    /// One of several.
    Phi(Rc<Vec<Alt>>),
    /// A Go type as a value.
    Type(Rc<TypeExpr>),
    /// A region that `with` can enter or that wraps a function: index into the interpreter's regions.
    Region(usize),
    /// `super()` in a method of this class, with its receiver.
    Super(ClassRef, Rc<Value>),
}

/// A value computed by the store.
#[derive(Clone, Debug)]
pub enum StoreTerm {
    /// Its own value of a path.
    Path(Sym),
    /// An operation.
    Op(Sym, Vec<Self>),
    /// A value from the program.
    Value(Value),
}

impl StoreTerm {
    /// Paths that it takes from the store.
    pub fn stored(&self, out: &mut Vec<Sym>) {
        match self {
            Self::Path(p) => out.push(*p),
            Self::Op(_, ts) => ts.iter().for_each(|t| t.stored(out)),
            Self::Value(v) => {
                if let Kind::Store(s) = &v.kind {
                    s.stored(out);
                }
            }
        }
    }

    /// Whether it takes something away from a stored value.
    pub fn consumes(&self, terms: &Terms) -> bool {
        match self {
            Self::Path(_) => false,
            Self::Op(op, ts) => match op.as_str() {
                "sub" => {
                    ts.first().is_some_and(Self::takes_stored)
                        && !ts.get(1).is_some_and(|t| t.negative(terms))
                }
                "add" => ts.iter().any(Self::takes_stored) && ts.iter().any(|t| t.negative(terms)),
                // The store itself keeps it above a floor.
                "bound" => false,
                _ => ts.iter().any(|t| t.consumes(terms)),
            },
            Self::Value(v) => matches!(&v.kind, Kind::Store(s) if s.consumes(terms)),
        }
    }

    /// What it takes away from a stored value, where the program says so as it is.
    pub fn taken(&self, terms: &Terms) -> Option<&Value> {
        match self {
            Self::Op(op, ts) if op == "sub" && self.consumes(terms) => match ts.get(1) {
                Some(Self::Value(v)) => Some(v),
                _ => None,
            },
            Self::Value(v) => match &v.kind {
                Kind::Store(s) => s.taken(terms),
                _ => None,
            },
            _ => None,
        }
    }

    fn takes_stored(&self) -> bool {
        let mut out = Vec::new();
        self.stored(&mut out);
        !out.is_empty()
    }

    fn negative(&self, terms: &Terms) -> bool {
        match self {
            Self::Value(v) => negative(terms, v.term),
            _ => false,
        }
    }

    /// What the program contributes.
    pub fn deps(&self) -> Deps {
        match self {
            Self::Path(_) => Deps::default(),
            Self::Op(_, ts) => ts.iter().fold(Deps::default(), |d, t| d.union(&t.deps())),
            Self::Value(v) => match &v.kind {
                Kind::Store(s) => s.deps(),
                _ => v.deps.clone(),
            },
        }
    }
}

/// Whether a term is a negative number.
pub fn negative(terms: &Terms, id: TermId) -> bool {
    match terms.get(id) {
        Term::Const(Lit::Int(i)) => *i < 0,
        Term::Const(Lit::Float(f)) => f.starts_with('-'),
        Term::Const(Lit::Str(s)) => {
            s.len() > 1 && s.starts_with('-') && s.as_bytes()[1].is_ascii_digit()
        }
        Term::Op(op, args) => match op.as_str() {
            "neg" => args.first().is_some_and(|a| !negative(terms, *a)),
            _ => args.len() == 1 && negative(terms, args[0]),
        },
        Term::Concat(parts) => parts
            .first()
            .is_some_and(|p| terms.text(*p).is_some_and(|t| t == "-")),
        _ => false,
    }
}

/// How many values may be held in tuples and tests, one in the other: what holds itself twice over and over
/// (`x = (x, x)`) is not gone through to its end.
const HELD: u32 = 400;

impl Kind {
    /// Several values at once, unless they hold too many.
    pub fn tuple(parts: Vec<Value>) -> Self {
        let mut left = HELD;
        match parts.iter().all(|v| v.fits(&mut left)) {
            true => Self::Tuple(Rc::new(parts)),
            false => Self::Unknown,
        }
    }

    /// The outcome of a test, unless it is made of too many.
    pub fn test(pred: Pred) -> Self {
        let mut left = HELD;
        match pred.fits(&mut left) {
            true => Self::Test(Rc::new(pred)),
            false => Self::Unknown,
        }
    }
}

impl Value {
    /// Whether all that it holds is within what is `left`.
    fn fits(&self, left: &mut u32) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        match &self.kind {
            Kind::Tuple(parts) => parts.iter().all(|v| v.fits(left)),
            Kind::Phi(alts) => alts.iter().all(|a| a.value.fits(left)),
            Kind::Test(pred) => pred.fits(left),
            _ => true,
        }
    }
}

impl Pred {
    fn fits(&self, left: &mut u32) -> bool {
        match self {
            Self::Truthy(v) => v.fits(left),
            Self::Cmp(_, a, b) => a.fits(left) && b.fits(left),
            Self::Not(p) => p.fits(left),
            Self::And(ps) | Self::Or(ps) => ps.iter().all(|p| p.fits(left)),
        }
    }
}

/// What a boolean says.
#[derive(Clone, Debug)]
pub enum Pred {
    /// The value is true.
    Truthy(Value),
    /// A comparison.
    Cmp(CmpOp, Value, Value),
    /// Not that.
    Not(Rc<Self>),
    /// All.
    And(Vec<Self>),
    /// Any.
    Or(Vec<Self>),
}

impl Pred {
    /// Hands on what has to be equal where the test comes out that way.
    pub fn demanded_equal(&self, side: bool, equal: &mut dyn FnMut(&Value, &Value)) {
        match self {
            Self::Not(p) => p.demanded_equal(!side, equal),
            Self::And(ps) | Self::Or(ps) => {
                if matches!(self, Self::And(_)) == side {
                    ps.iter().for_each(|p| p.demanded_equal(side, equal));
                }
            }
            Self::Truthy(v) => {
                if let Kind::Test(p) = &v.kind {
                    p.demanded_equal(side, equal);
                }
            }
            Self::Cmp(op, a, b) => match (op, side) {
                (CmpOp::Eq | CmpOp::Is, true) | (CmpOp::Ne | CmpOp::IsNot, false) => equal(a, b),
                _ => {}
            },
        }
    }
}

/// A test that the store evaluates with a read or write.
#[derive(Clone, Debug)]
pub enum Cond {
    /// A comparison of a stored path.
    Test {
        /// The path (`stock`; Django lookups are taken apart).
        path: Sym,
        /// How.
        cmp: super::Cmp,
        /// With what.
        with: Vec<Value>,
    },
    /// All.
    And(Vec<Rc<Self>>),
    /// Any.
    Or(Vec<Rc<Self>>),
    /// Not that.
    Not(Rc<Self>),
    /// Not understood; what it depends on.
    Unknown(Deps),
    /// What the rows may have been selected by: the first of these, which stands beside it, or another one instead.
    Instead(Vec<Rc<Self>>),
}

impl Cond {
    /// The tests that must hold together (an `Or` is none of them).
    pub fn conjuncts<'a>(&'a self, out: &mut Vec<&'a Self>) {
        match self {
            Self::And(cs) => cs.iter().for_each(|c| c.conjuncts(out)),
            other => out.push(other),
        }
    }

    /// What is enough by itself (an `And` is one of them).
    pub fn alternatives<'a>(&'a self, out: &mut Vec<&'a Self>) {
        match self {
            Self::Or(cs) => cs.iter().for_each(|c| c.alternatives(out)),
            other => out.push(other),
        }
    }

    /// Every path it names.
    pub fn paths(&self, out: &mut Vec<Sym>) {
        match self {
            Self::Test { path, .. } => {
                if !out.contains(path) {
                    out.push(*path);
                }
            }
            Self::And(cs) | Self::Or(cs) => cs.iter().for_each(|c| c.paths(out)),
            Self::Not(c) => c.paths(out),
            Self::Unknown(_) | Self::Instead(_) => {}
        }
    }

    /// What it depends on.
    pub fn deps(&self) -> Deps {
        match self {
            Self::Test { with, .. } => with.iter().fold(Deps::default(), |d, v| d.union(&v.deps)),
            Self::And(cs) | Self::Or(cs) => {
                cs.iter().fold(Deps::default(), |d, c| d.union(&c.deps()))
            }
            Self::Not(c) => c.deps(),
            Self::Unknown(d) => d.clone(),
            Self::Instead(_) => Deps::default(),
        }
    }
}

/// A fact that a branch assumes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Fact {
    /// The read found a row.
    Present(ReadId),
    /// It found none, or that didn't matter for another reason.
    OrAbsent(ReadId),
    /// It found none.
    Absent(ReadId),
    /// The upsert created the row.
    Created(AccessId),
    /// It was there before.
    Existed(AccessId),
    /// The conditional write won.
    Won(AccessId),
    /// It lost.
    Lost(AccessId),
    /// The access failed for whatever reason.
    Failed(AccessId),
    /// The token was got.
    Held(TokenId),
    /// It was not.
    NotHeld(TokenId),
}

/// How the other side of a decision ended, which decides how long the decision matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Inside a branch: until the branches join.
    Branch,
    /// The other side left the function by `return`.
    Return,
    /// The other side raised (or ended the process).
    Raise,
    /// The other side left the iteration.
    Loop,
    /// The other side went to the end of a block.
    Block,
}

/// A decision under which the code runs.
#[derive(Clone, Debug)]
pub struct Ctl {
    /// The condition.
    pub loc: Loc,
    /// What it tests.
    pub deps: PathSet,
    /// What it says.
    pub facts: Vec<Fact>,
    /// How long it matters.
    pub scope: Scope,
    /// Frames deep.
    pub depth: u32,
    /// The test, for flags and constants.
    pub pred: Option<Rc<Pred>>,
    /// Which way it went.
    pub polarity: bool,
    /// Numbers the evaluation of the branch, the same for both ways; 0 where there is but one.
    pub branch: u32,
}

impl Ctl {
    /// What is left of a decision where those who did not come by it go on as well.
    pub fn weaken(&mut self) {
        self.facts.retain_mut(|f| match *f {
            Fact::Absent(r) | Fact::OrAbsent(r) => {
                *f = Fact::OrAbsent(r);
                true
            }
            _ => false,
        });
    }

    /// Makes of a decision that led to another, which left the function or the turn, what is known where both ways go on: not both
    /// of them went the way that left.
    pub fn leading_to(&mut self, out: &Self) {
        let went = |c: &Self, way: bool| {
            let pred = c.pred.as_deref()?.clone();
            Some(if way { pred } else { Pred::Not(Rc::new(pred)) })
        };
        let both = went(self, self.polarity).zip(went(out, !out.polarity));
        self.pred = both.map(|(a, b)| Rc::new(Pred::And(vec![a, b])));
        self.polarity = false;
        self.branch = 0;
        self.scope = out.scope;
    }
}

/// Whether two lists of decisions can't hold together: the same branch taken both ways, or a row there and missing.
pub fn contradict(a: &[Rc<Ctl>], b: &[Rc<Ctl>]) -> bool {
    a.iter().any(|x| {
        b.iter().any(|y| {
            (x.branch != 0 && x.branch == y.branch && x.polarity != y.polarity)
                || x.facts.iter().any(|f| match f {
                    Fact::Present(r) => y.facts.contains(&Fact::Absent(*r)),
                    Fact::Absent(r) => y.facts.contains(&Fact::Present(*r)),
                    _ => false,
                })
        })
    })
}

/// Where an object came from.
#[derive(Clone, PartialEq, Debug)]
pub enum Origin {
    /// A read.
    Read(ReadId),
    /// Made here.
    Fresh,
    /// A parameter of the root.
    Param,
    /// Elsewhere.
    Unknown,
}

/// Whether a field is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// Yes.
    Yes,
    /// On some paths.
    Maybe,
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its value.
    pub value: Value,
    /// Whether it is there.
    pub presence: Presence,
}

/// What kind of thing an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A mapping.
    Dict,
    /// A list, set or iterator; elements in `rest`, and by number when built by a literal.
    List,
    /// An instance of a class of the project, a struct.
    Instance,
    /// A row or item of a store.
    Row,
    /// A library object.
    Lib(Sym),
}

/// An object on the heap.
#[derive(Clone, Debug)]
pub struct Obj {
    /// What it is.
    pub shape: Shape,
    /// Its class in the project.
    pub class: Option<ClassRef>,
    /// Go: its type's path, or an external class it was made from.
    pub type_path: Option<Sym>,
    /// Where it came from.
    pub origin: Origin,
    /// Its container, for rows and queries.
    pub container: Option<Container>,
    /// Its fields.
    pub fields: Vec<(Sym, Slot)>,
    /// What stands under names not known.
    pub rest: Option<Value>,
    /// The key under which `rest` stands, if there was one.
    pub rest_key: Option<Value>,
    /// On what it depends whether there is something in a list.
    pub filled: PathSet,
    /// What was changed since the read or the last write.
    pub dirty: Vec<(Sym, Loc)>,
    /// The read that may not have found it.
    pub maybe: Option<ReadId>,
    /// For queries and requests: tests gathered.
    pub conds: Vec<Rc<Cond>>,
    /// For queries: rows are locked; where that was said.
    pub lock: Option<Loc>,
    /// For queries: the row through which it was reached.
    pub parent: Option<ReadId>,
    /// The pack's spec that made it.
    pub spec: Option<usize>,
    /// Its term.
    pub term: TermId,
    /// Locked by an upsert or locking read.
    pub sliced: bool,
    /// For lists: the read whose rows were left out, so that every element is missing there.
    pub minus: Option<ReadId>,
    /// For lists: the struct that an element is.
    pub element: Option<ClassRef>,
    /// The types that its generic type is given.
    pub types: Option<TypeArgs>,
}

impl Obj {
    /// A field.
    pub fn get(&self, name: Sym) -> Option<&Slot> {
        self.fields.iter().find(|(n, _)| *n == name).map(|(_, s)| s)
    }

    /// Sets a field.
    pub fn set(&mut self, name: Sym, value: Value) {
        let slot = Slot {
            value,
            presence: Presence::Yes,
        };
        match self.fields.iter_mut().find(|(n, _)| *n == name) {
            Some((_, s)) => *s = slot,
            None => self.fields.push((name, slot)),
        }
    }
}

/// Table, model, bucket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Container {
    /// A model of the project, by its path.
    Model(Sym),
    /// By a term (table name).
    Term(TermId),
}

impl Value {
    /// A value of a kind.
    pub fn new(term: TermId, kind: Kind, deps: Deps) -> Self {
        Self { term, kind, deps }
    }

    /// Whether it is the literal `None`/`nil`.
    pub fn is_none(&self) -> bool {
        matches!(self.kind, Kind::Const(Lit::None))
    }
}
