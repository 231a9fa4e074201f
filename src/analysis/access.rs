//! Reads, writes and tokens as they happened on the way through a root.

use std::rc::Rc;

use super::Cmp;
use super::shared::Shared;
use super::value::{
    Alt, Cond, Container, Ctl, Deps, FuncRef, ObjId, StoreTerm, Term, TermId, Terms, Value,
};
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Mode, Store, TokenKind};
use crate::symbol::Sym;
use crate::syntax::il::Lit;

/// A read, numbered in the order of evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ReadId(pub u32);

/// A write (create, delete).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct AccessId(pub u32);

/// A token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TokenId(pub u32);

/// One activation on the call chain.
#[derive(Clone, Debug)]
pub struct FrameRef {
    /// Number of the activation, unique within the root.
    pub id: u32,
    /// The function.
    pub func: FuncRef,
    /// The call in the caller that led here.
    pub call: Option<Loc>,
    /// A framework has led here: it has chosen which of an object's methods is next.
    pub led: bool,
    /// What the parameters (receiver included) brought: reads whose values or rows are in scope.
    pub brought: Rc<Vec<ReadId>>,
    /// The object whose method it is.
    pub recv: Option<TermId>,
}

/// How a read came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadHow {
    /// A request to the store.
    Store,
    /// A row handed in from outside the root.
    Param,
    /// A related row, loaded by an attribute.
    Related,
}

/// A read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Where.
    pub loc: Loc,
    /// The statement.
    pub statement: Loc,
    /// How.
    pub how: ReadHow,
    /// Pack and store.
    pub pack: Sym,
    /// Store.
    pub store: Store,
    /// Container.
    pub container: Option<Container>,
    /// How the row was selected.
    pub conds: Vec<Rc<Cond>>,
    /// One row, or many.
    pub one: bool,
    /// The row is one of several: the first, the newest.
    pub picked: bool,
    /// Aggregates: only a number or truth.
    pub aggregate: bool,
    /// The activations on the way.
    pub stack: Rc<Vec<FrameRef>>,
    /// The tokens held.
    pub held: Shared<TokenId>,
    /// It locked the rows; where that was said.
    pub lock: Option<Loc>,
    /// The row through which it was reached.
    pub parent: Option<ReadId>,
    /// Connection.
    pub conn: Option<Sym>,
    /// Loops it stands in (loop numbers, outermost first).
    pub loops: Rc<Vec<u32>>,
    /// Decisions under which it happened.
    pub ctl: Shared<Rc<Ctl>>,
    /// The failure that says that nothing was found.
    pub absent_as: Option<Sym>,
    /// The write that created the row if it was missing, and gave it.
    pub given_by: Option<AccessId>,
    /// The read that this one repeats under a lock, on the same row object.
    pub reload_of: Option<ReadId>,
    /// Which row it is, only what the run was handed says: the user of a request.
    pub of_run: bool,
    /// Order among all accesses.
    pub order: u32,
    /// The container's keys as given (DynamoDB: the names in `Key`).
    pub key_names: Vec<Sym>,
    /// Columns of its rows among which a value was looked for (`name in names`, a difference of sets).
    pub searched: Vec<Sym>,
    /// The writes made before it, whichever way led here.
    pub always: Shared<AccessId>,
    /// The rows came along with the row through which they are reached, when that was read.
    pub loaded: bool,
}

/// What a write does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Changes what is there.
    Update,
    /// Puts a whole entity, there or not.
    Put,
    /// Creates.
    Create,
    /// Creates what is missing, in one step if a constraint covers it.
    Upsert,
    /// Deletes.
    Delete,
    /// Only a condition in a transaction.
    Check,
}

/// Whether two paths can mean the same part of an entity: they are equal, or the one leads into what the other names
/// (`a` and `a.b`).
pub fn overlap(a: Sym, b: Sym) -> bool {
    let leads = |to: Sym, into: Sym| {
        let rest = into.strip_prefix(to.as_str());
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    a == b || leads(a, b) || leads(b, a)
}

/// One column or attribute that a write sets.
#[derive(Clone, Debug)]
pub struct SetField {
    /// Its path: the column, and the names below it that lead to a part of a document (`a.b`).
    pub path: Sym,
    /// What it is set to.
    pub value: Value,
    /// The alternatives, where it is one of several values.
    pub choices: Option<Rc<Vec<Alt>>>,
    /// Computed by the store.
    pub stored: Option<StoreTerm>,
    /// Put back as it was read.
    pub copied: bool,
    /// What it depends on.
    pub deps: Deps,
}

impl SetField {
    /// Whether the store changes it relative to what is there.
    pub fn relative(&self) -> bool {
        matches!(&self.stored, Some(StoreTerm::Op(op, _)) if matches!(op.as_str(), "add" | "sub" | "append"))
    }

    /// What is written, in a form that other places of the project can be compared with.
    pub fn written(&self, terms: &Terms, at: Loc) -> Written {
        if let Some(t) = &self.stored {
            let mut from = Vec::new();
            t.stored(&mut from);
            return if from.contains(&self.path) {
                Written::Relative
            } else {
                Written::At(at)
            };
        }
        let value = self.value.term;
        if let Term::Const(lit) = terms.get(value) {
            return Written::Value(*lit);
        }
        match terms.settled(value) {
            Some(name) => Written::Name(name),
            None if terms.is_time(value) => Written::Time,
            None => Written::At(at),
        }
    }
}

/// What became of a conditional write's outcome.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The count or reply was looked at.
    pub used: bool,
    /// A handler takes its failure: where.
    pub handled: Option<Loc>,
    /// The losing side joined the winning side: where, and the effect that both reach.
    pub swallowed: Option<(Loc, Loc)>,
    /// Of what both reach: what only one run may do.
    pub spent: Vec<Spent>,
    /// The call of a function that tells who has won, where nobody listens.
    pub unheard: Option<Loc>,
    /// The function that makes it tells who has lost the same as who has won.
    pub alike: bool,
    /// The losing side did nothing of its own (it may have been logged) before it joined the winning side.
    pub ignored: bool,
    /// The losing side was seen in a branch.
    pub lost_seen: bool,
    /// It was asked whether a failure is a lost condition.
    pub told_apart: bool,
    /// The losing side takes the item that is there from the failure, which the write has asked for: the read that this
    /// is, if it is known which item.
    pub shown: Option<Option<ReadId>>,
    /// An effect that follows without anything being decided in between.
    pub followed: Option<Loc>,
    /// What it sets, or what that was made of, is given back as what is stored now.
    pub told: Option<Loc>,
}

/// Something that a run does whether it has lost or won.
#[derive(Clone, Debug)]
pub struct Spent {
    /// Where.
    pub at: Loc,
    /// The write, if it is one: it changes something relative to what is there, or makes a row.
    pub write: Option<AccessId>,
    /// What an effect outside is handed.
    pub handed: Vec<TermId>,
}

/// What a run does besides reading and writing, under the decisions in force.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Order among all accesses.
    pub order: u32,
    /// The decisions.
    pub ctl: Shared<Rc<Ctl>>,
    /// What it is.
    pub kind: DeedKind,
}

/// Kinds of deeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeedKind {
    /// An effect outside of the store, or a call of unknown code for what it does.
    Effect,
    /// A function's answer.
    Answer(TermId),
    /// A row in the list that a function answers with.
    Handed(TermId),
    /// What is kept in a store under this key is taken away.
    TakenAway(TermId),
}

/// What is written to a column, as far as it can be compared between places of a project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Written {
    /// Always this literal.
    Value(Lit),
    /// Always what this name of the program means.
    Name(Sym),
    /// The time.
    Time,
    /// A change relative to what is there.
    Relative,
    /// Something else, only where nothing was there.
    Filled,
    /// Something else, only where something was there.
    Moved,
    /// Something else, at this place.
    At(Loc),
}

/// A write.
#[derive(Clone, Debug)]
pub struct Write {
    /// Where.
    pub loc: Loc,
    /// The statement.
    pub statement: Loc,
    /// Pack.
    pub pack: Sym,
    /// Store.
    pub store: Store,
    /// The spec.
    pub spec: usize,
    /// What it does.
    pub op: Op,
    /// How much it replaces.
    pub mode: Mode,
    /// Container.
    pub container: Option<Container>,
    /// The row object that is written, if any.
    pub row: Option<ObjId>,
    /// The term of that row.
    pub row_term: Option<TermId>,
    /// The read that gave that row.
    pub row_read: Option<ReadId>,
    /// How the entity is selected: key or filters, all must hold.
    pub conds: Vec<Rc<Cond>>,
    /// The condition proper (apart from the key).
    pub guards: Vec<Rc<Cond>>,
    /// The guard is there on some paths only.
    pub guard_maybe: bool,
    /// What it sets.
    pub sets: Vec<SetField>,
    /// Which of the fields are named by the whole write's narrowing.
    pub narrowed: bool,
    /// The activations on the way.
    pub stack: Rc<Vec<FrameRef>>,
    /// Tokens held.
    pub held: Shared<TokenId>,
    /// Connection.
    pub conn: Option<Sym>,
    /// Decisions under which it happened.
    pub ctl: Shared<Rc<Ctl>>,
    /// Loops.
    pub loops: Rc<Vec<u32>>,
    /// The writes that commit together with it.
    pub group: Option<u32>,
    /// A uniqueness failure is handled.
    pub duplicate_handled: bool,
    /// Its key was made in this run (a fresh id).
    pub key_fresh: bool,
    /// Order among all accesses.
    pub order: u32,
    /// Names of the key's attributes.
    pub key_names: Vec<Sym>,
    /// Creates what is missing.
    pub upserts: bool,
    /// The writes made before it on the same path.
    pub after: Shared<AccessId>,
    /// Of these, those that were made whichever way led here.
    pub always: Shared<AccessId>,
    /// Writes of an upsert happen under its own row lock.
    pub locked: bool,
    /// The columns of the row that were changed, and the activation that did so first.
    pub changed: Vec<(Sym, u32)>,
    /// What its condition compares with in the first turn of a loop, if later turns count on from that without reading
    /// again.
    pub guessed: Option<TermId>,
    /// Of one that was put together earlier and sent with others: the activations in which it was handed over to be sent.
    pub staged: Option<Rc<Vec<FrameRef>>>,
}

impl Write {
    /// Whether the store changes something in it relative to what is there.
    pub fn relative(&self) -> bool {
        self.sets.iter().any(SetField::relative)
    }

    /// Whether its own condition lets it set a column only where nothing is there.
    pub fn fills(&self, path: Sym) -> bool {
        self.demands(|c| matches!(c, Cond::Test { path: p, cmp: Cmp::NotExists, .. } if *p == path))
    }

    /// Whether its own condition lets it set a column only where something is there.
    pub fn moves(&self, path: Sym) -> bool {
        self.demands(|c| match c {
            Cond::Test { path: p, cmp, with } if *p == path => match cmp {
                Cmp::Exists => true,
                Cmp::Eq => with.iter().all(|v| !v.is_none()),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether it changes a column relative to what is there, as far as a limit on that column lets it.
    pub fn takes_from_limit(&self) -> bool {
        self.demands(|c| match c {
            Cond::Test { path, cmp, .. } => {
                let limit = matches!(cmp, Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge);
                let relative = |s: &SetField| s.path == *path && s.relative();
                limit && self.sets.iter().any(relative)
            }
            _ => false,
        })
    }

    /// Whether it takes a row from one state into another, as far as it is still in the first: only one run does.
    pub fn moves_on(&self) -> bool {
        self.op == Op::Update
            && self.demands(|c| match c {
                Cond::Test {
                    path,
                    cmp: Cmp::Eq,
                    with,
                } => self.sets.iter().any(|s| {
                    let other = |v: &Value| v.term != s.value.term;
                    s.path == *path && s.stored.is_none() && with.iter().all(other)
                }),
                _ => false,
            })
    }

    /// Whether one of the tests that its own condition makes is such.
    pub fn demands(&self, that: impl Fn(&Cond) -> bool) -> bool {
        let mut parts = Vec::new();
        for c in self.conds.iter().chain(&self.guards) {
            c.conjuncts(&mut parts);
        }
        parts.into_iter().any(that)
    }
}

/// A guard token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Kind.
    pub kind: TokenKind,
    /// Where it was taken.
    pub loc: Loc,
    /// Connection.
    pub conn: Option<Sym>,
    /// What it locks, if told.
    pub key: Option<TermId>,
    /// What was read to make that.
    pub key_from: super::value::PathSet,
    /// It ends with the transaction in which it was taken.
    pub until_txn: bool,
    /// Who doesn't get it at once is told so and not kept waiting.
    pub tried: bool,
    /// It is given up somewhere in this run.
    pub released: bool,
    /// A transaction that every way through it leaves by a failure: nothing that is written in it stays.
    pub undone: bool,
    /// The value that stands for it.
    pub of: Option<super::value::TermId>,
    /// Why it is assumed, if not seen.
    pub assumed: Option<&'static str>,
    /// Order.
    pub order: u32,
}
