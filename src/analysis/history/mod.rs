//! Histories: for every write, the reads that it depends on, whether they mean the same entity, and what guards the
//! pair. Rules judge these; they see no syntax.
//!
//! Here is what they see of a pair. What they ask about a write as a whole is in `case`; `pairing` finds the reads of a
//! write, `sameness` tells whether both mean the same entity, and the rest what makes a pair safe: `conditions` that
//! the write itself carries (`outlived`: those that let in the next one all the same), `markers` that are created with
//! it, `guards` that are held around it (`leased`: leases of the program's own), and `claims` that the run laid to the
//! row before (`made`: to a row that it has made). `skew` finds two reads that go into one result.

mod case;
mod claims;
mod conditions;
mod forms;
mod guards;
mod leased;
mod links;
mod made;
mod markers;
mod outlived;
mod pairing;
mod sameness;
mod skew;

use std::rc::Rc;

pub use case::WriteCase;
pub use forms::Forms;
pub use skew::{Side, Skew, skews};

use super::Cmp;
use super::access::*;
use super::interp::Seen;
use super::program::Program;
use super::value::*;
use crate::report::finding::Loc;
use crate::symbol::Sym;

/// Whether two accesses mean the same entity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Same {
    /// They can't.
    No,
    /// A part of the key is equal and none differs.
    May,
    /// By value.
    Must,
}

/// What a row lock does for a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// There is none.
    None,
    /// Taken by the read and held at the write.
    Held,
    /// Taken where no transaction holds it.
    Outside(Loc),
    /// Taken, and given up before the write.
    Released(Loc),
    /// Taken on another connection than the write's.
    Elsewhere(Loc),
}

/// A read and a write on the same entity, and what ties and guards them.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The read.
    pub read: ReadId,
    /// Whether they mean the same entity.
    pub same: Same,
    /// Columns that are written from their own value as read.
    pub own: Vec<Sym>,
    /// Columns that are written from other values of the same row: (column, from).
    pub derived: Vec<(Sym, Sym)>,
    /// Columns tested, on which the write depends.
    pub tested: Vec<Sym>,
    /// Rows were counted.
    pub counted: bool,
    /// The row that is written becomes one of those that were counted.
    pub enters: bool,
    /// The write happens only if the read found nothing.
    pub absent: bool,
    /// The value is computed from how many rows there are or from the largest.
    pub numbered: bool,
    /// The row that was read is the one that is written back.
    pub row: bool,
    /// The decision on how many rows there are or on there being none, nearest to the write.
    pub check: Option<Loc>,
    /// The decisions on columns, in order.
    pub checks: Vec<(Sym, Loc)>,
    /// The row lock.
    pub lock: Lock,
    /// Another lock that covers both.
    pub covered_by: Option<Loc>,
    /// A lock taken after the read and held at the write: the read is stale under it.
    pub later_lock: Option<Loc>,
    /// The write compares a version, or the value itself, with what was read.
    pub versioned: bool,
    /// Tested columns that the write's condition names.
    pub conditioned: Vec<Sym>,
    /// The condition is there on some paths only.
    pub maybe_conditioned: bool,
    /// The condition is not understood.
    pub unclear: bool,
    /// The condition says that the row must not exist.
    pub not_exists: bool,
    /// Both happen in one transaction.
    pub transaction: Option<Loc>,
    /// A lock of this process spans both.
    pub process: Option<Loc>,
    /// A region that nobody could resolve spans both.
    pub unknown_region: Option<Loc>,
    /// The row was claimed before the write: who asks for it next is turned away.
    pub claimed: Option<Loc>,
}

impl Pair {
    /// Whether a lock makes read and write one step.
    pub fn locked(&self) -> bool {
        self.lock == Lock::Held || self.covered_by.is_some()
    }

    /// Whether nothing but the rows that were read is locked: who adds another one is not kept out.
    pub fn rows_locked_only(&self) -> bool {
        self.lock == Lock::Held && self.covered_by.is_none()
    }

    /// The decision on any of these columns that is nearest to the write.
    pub fn check_of(&self, fields: &[Sym]) -> Option<Loc> {
        let found = self.checks.iter().rev().find(|c| fields.contains(&c.0));
        found.map(|c| c.1)
    }

    /// Whether the write's condition repeats what was tested on `path`.
    pub fn repeats(&self, path: Sym) -> bool {
        !self.maybe_conditioned
            && (self.versioned
                || self.unclear
                || self.conditioned.iter().any(|c| overlap(*c, path)))
    }
}

/// All writes of a root, each with its reads.
pub fn cases<'a>(program: &'a Program, seen: &'a Seen) -> Vec<WriteCase<'a>> {
    let mut out = Vec::new();
    for (i, write) in seen.writes.iter().enumerate() {
        let undone = |t: &TokenId| seen.tokens[t.0 as usize].undone;
        if write.op == Op::Check || write.held.iter().any(undone) {
            continue;
        }
        let pairer = Pairer {
            seen,
            write,
            program,
        };
        let pairs = pairer.pairs();
        let mut tests = Vec::new();
        for c in pairer.conditions() {
            c.paths(&mut tests);
        }
        out.push(WriteCase {
            program,
            seen,
            id: AccessId(i as u32),
            write,
            outcome: &seen.outcomes[i],
            pairs,
            tests,
        });
    }
    out
}

/// Finds the reads of one write.
#[derive(Clone, Copy)]
struct Pairer<'a> {
    seen: &'a Seen,
    write: &'a Write,
    program: &'a Program,
}

impl<'a> Pairer<'a> {
    fn read(&self, r: ReadId) -> &'a Read {
        &self.seen.reads[r.0 as usize]
    }

    /// Whether a column is a part of the key of what was read or written.
    fn is_key(&self, r: ReadId, path: Sym) -> bool {
        path == "pk"
            || self.read(r).key_names.contains(&path)
            || self.write.key_names.contains(&path)
    }

    /// The tests that must all hold: path, comparison, values.
    fn tests_of<'c>(&self, conds: &'c [Rc<Cond>]) -> Vec<(Sym, Cmp, &'c [Value])> {
        let mut out = Vec::new();
        for c in conds {
            let mut parts = Vec::new();
            c.conjuncts(&mut parts);
            for p in parts {
                if let Cond::Test { path, cmp, with } = p {
                    out.push((*path, *cmp, with.as_slice()));
                }
            }
        }
        out
    }
}
