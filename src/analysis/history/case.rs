//! A write with the reads that it depends on, and what rules ask about it.

use std::rc::Rc;

use super::{Pair, Pairer, Same};
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::interp::Seen;
use crate::analysis::program::Program;
use crate::analysis::value::*;
use crate::stores::vocabulary::{Mode, TokenKind};
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::CmpOp;

/// A write with the reads that it depends on.
pub struct WriteCase<'a> {
    /// The program.
    pub program: &'a Program,
    /// What was seen on the way.
    pub seen: &'a Seen,
    /// The write.
    pub id: AccessId,
    /// The write.
    pub write: &'a Write,
    /// What became of its outcome.
    pub outcome: &'a Outcome,
    /// Pairs, nearest read first.
    pub pairs: Vec<Pair>,
    /// Every path that its conditions and selection name.
    pub tests: Vec<Sym>,
}

impl WriteCase<'_> {
    /// Whether another write of this run is on the same row.
    pub fn meets(&self, other: &Write) -> bool {
        self.pairer().meets(other)
    }

    /// Whether it takes one row for this run, or a share of what is left there: it is selected by its key and by the
    /// state that it changes.
    pub fn takes(&self) -> bool {
        let keyed = self.selectors().any(|(path, _)| path == sym!("pk"));
        keyed && (self.pairer().takes_by_condition() || self.takes_share())
    }

    /// Whether its own condition demands that enough is left of what it takes from.
    fn takes_share(&self) -> bool {
        let consumed = self.consumed();
        let mut tests = Vec::new();
        let all = self.write.conds.iter().chain(&self.write.guards);
        all.for_each(|c| c.conjuncts(&mut tests));
        let enough = |c: &&Cond| matches!(c, Cond::Test { path, cmp: Cmp::Ge | Cmp::Gt, .. } if consumed.contains(path));
        !consumed.is_empty() && tests.iter().any(enough)
    }

    /// Whether a column is given the number after one that the same column of what was read has.
    pub fn counts_on(&self, p: &Pair) -> bool {
        self.write.sets.iter().any(|s| {
            let own = |x: Sym| overlap(x, s.path);
            s.deps.data.paths(p.read).any(own) && self.seen.terms.adds(s.value.term)
        })
    }

    /// What it selects by, by equality.
    pub fn selectors(&self) -> impl Iterator<Item = (Sym, &[Value])> {
        self.write.conds.iter().filter_map(|c| match &**c {
            Cond::Test {
                path,
                cmp: Cmp::Eq,
                with,
            } => Some((*path, with.as_slice())),
            _ => None,
        })
    }

    fn pairer(&self) -> Pairer<'_> {
        Pairer {
            seen: self.seen,
            write: self.write,
            program: self.program,
        }
    }

    /// The columns it sets.
    pub fn fields(&self) -> Vec<Sym> {
        let mut v: Vec<Sym> = self
            .write
            .sets
            .iter()
            .filter(|s| !s.copied && !s.path.ends_with(':'))
            .map(|s| s.path)
            .collect();
        v.sort_by_key(|u| u.as_str());
        v.dedup();
        v
    }

    /// Whether a selection takes in every row that a read has selected: it tests nothing that was not tested there.
    pub fn takes_in_all(&self, conds: &[Rc<Cond>], read: &Read) -> bool {
        let pairer = self.pairer();
        let asked = pairer.tests_of(&read.conds);
        conds.iter().all(|c| {
            let same = |r: &Rc<Cond>| Rc::ptr_eq(r, c);
            read.conds.iter().any(same)
                || match &**c {
                    Cond::Test { path, cmp, with } => asked
                        .iter()
                        .any(|(p, d, vs)| p == path && d == cmp && pairer.equal(vs, with)),
                    _ => false,
                }
        })
    }

    /// The columns that a whole write puts back as they were on some ways, and changes others.
    pub fn put_back(&self) -> Vec<Sym> {
        match self.fields().len() {
            0 | 1 => Vec::new(),
            _ => self.pairer().put_back(),
        }
    }

    /// Whether it replaces columns that nobody here changed.
    pub fn whole(&self) -> bool {
        self.write.mode == Mode::Whole && !self.write.narrowed
    }

    /// The read of a pair.
    pub fn read(&self, p: &Pair) -> &Read {
        &self.seen.reads[p.read.0 as usize]
    }

    /// Whether this write itself changes a column.
    pub fn changes(&self, path: Sym) -> bool {
        let mut sets = self.write.sets.iter();
        sets.any(|s| overlap(s.path, path) && !s.copied)
    }

    /// Whether a column that every write of the row sets anew was compared as the row's version: the write is reached
    /// only where what was read equals what somebody handed in, and leaves another version behind.
    pub fn versions(&self, p: &Pair, path: Sym) -> bool {
        let w = self.write;
        let stamped = match w.container {
            Some(Container::Model(m)) => self
                .program
                .model(m)
                .and_then(|m| m.fields.get(path.as_str()))
                .is_some_and(|f| f.stamped),
            _ => false,
        };
        stamped
            && !w.narrowed
            && w.row_read == Some(p.read)
            && w.ctl.iter().any(|k| {
                let pred = k.pred.as_ref();
                pred.is_some_and(|t| demands_equal(t, k.polarity, p.read, path, 0))
            })
    }

    /// The paths by which the write selects (equality only), and whether all of it is understood.
    pub fn selected(&self) -> (Vec<Sym>, bool) {
        equalities(&self.write.conds)
    }

    /// The paths by which the read of a pair selected.
    pub fn tested_by(&self, p: &Pair) -> Vec<Sym> {
        let read = self.read(p);
        let mut paths = equalities(&read.conds).0;
        if p.absent {
            paths.extend(read.searched.iter().copied());
        }
        paths
    }

    /// Whether it is on what belongs to a row that this run has made.
    pub fn hangs_on_new(&self) -> bool {
        self.pairer().writes_of_new_row()
    }

    /// Whether rows are looked for under a key that this run has just drawn: nobody else looks for them, or has them.
    pub fn drawn(&self, conds: &[Rc<Cond>]) -> bool {
        let terms = &self.seen.terms;
        conds.iter().any(|c| {
            let mut parts = Vec::new();
            c.conjuncts(&mut parts);
            parts.iter().any(|t| {
                matches!(t, Cond::Test { cmp: Cmp::Eq, with, .. }
                    if with.iter().any(|v| terms.has_made(v.term) && !terms.is_time(v.term)))
            })
        })
    }

    /// Whether an item is put beside those that were looked for: these were looked for by something else than their key,
    /// and the item holds what this run has drawn.
    pub fn puts_another(&self, p: &Pair) -> bool {
        let terms = &self.seen.terms;
        let drawn = |t| terms.has_made(t) && !terms.is_time(t);
        self.write.op == Op::Put
            && !self.read(p).one
            && self.write.sets.iter().any(|s| drawn(s.value.term))
    }

    /// The paths by which a read selected.
    pub fn selected_of(&self, r: ReadId) -> Vec<Sym> {
        equalities(&self.seen.reads[r.0 as usize].conds).0
    }

    /// The paths by which the read of a pair selected one row.
    pub fn selected_by(&self, p: &Pair) -> Vec<Sym> {
        match self.read(p).one {
            true => equalities(&self.read(p).conds).0,
            false => Vec::new(),
        }
    }

    /// Whether a guarding lock is held at the write: an advisory one, or a row lock taken in its transaction.
    pub fn under_lock(&self) -> bool {
        let token = |t: &TokenId| &self.seen.tokens[t.0 as usize];
        let w = self.write;
        w.held
            .iter()
            .any(|t| matches!(token(t).kind, TokenKind::Advisory | TokenKind::Remote))
            || self.seen.reads.iter().any(|l| {
                l.lock.is_some()
                    && l.order < w.order
                    && l.held
                        .iter()
                        .any(|t| token(t).kind == TokenKind::Txn && w.held.contains(t))
            })
    }

    /// Whether an activation is that of a method of the row's own class: one of that name elsewhere is another method.
    pub fn of_row(&self, f: &FrameRef) -> bool {
        self.program.class_of(f.func).is_some_and(|class| {
            let path = self.program.class_path(class);
            match self.write.container {
                Some(Container::Model(m)) => {
                    m == path || self.program.facts().is_subclass(m.as_str(), path.as_str())
                }
                _ => true,
            }
        })
    }

    /// Whether an activation is that of a method which overrides the one that writes.
    pub fn overrides(&self, f: &FrameRef) -> bool {
        let func = self.program.func(f.func);
        let lang = self.program.files()[f.func.file as usize].module.lang;
        self.write.row.is_some()
            && self.of_row(f)
            && self.program.library(lang).specs[self.write.spec]
                .names
                .contains(&func.name)
    }

    /// Whether a column of the row was changed by an activation or what it called, and not before.
    pub fn changes_in(&self, f: &FrameRef, column: Sym) -> bool {
        let mut all = self.write.changed.iter();
        all.any(|(name, frame)| *name == column && *frame >= f.id)
    }

    /// Whether columns of the item in whose place it puts another one were tested before, so that there may be one.
    pub fn replaces_tested(&self) -> bool {
        let there =
            |p: &Pair| p.same == Same::Must && !p.absent && !p.not_exists && !p.tested.is_empty();
        self.pairs.iter().any(there)
    }

    /// Whether it happens only where a table was found to have no row at all.
    pub fn on_empty_table(&self) -> bool {
        let whole = |r: ReadId| {
            let read = &self.seen.reads[r.0 as usize];
            read.how == ReadHow::Store
                && read.parent.is_none()
                && read.conds.is_empty()
                && matches!(read.container, Some(Container::Model(_)))
        };
        let mut facts = self.write.ctl.iter().flat_map(|k| &k.facts);
        facts.any(|f| matches!(f, Fact::Absent(r) if whole(*r)))
    }

    /// Whether losing shows as an error (not as a count).
    pub fn raises_conflict(&self) -> bool {
        use crate::stores::vocabulary::Failure;
        let lang = self.program.files()
            [self.write.stack.last().map_or(0, |f| f.func.file as usize)]
        .module
        .lang;
        self.program.library(lang).specs[self.write.spec]
            .raises
            .iter()
            .any(|(f, _)| *f == Failure::Conflict)
    }

    /// Whether what it sets is set only where no row is there: what was read of one is not overwritten by it.
    pub fn only_creates(&self) -> bool {
        let lang = self.program.files()
            [self.write.stack.last().map_or(0, |f| f.func.file as usize)]
        .module
        .lang;
        let spec = &self.program.library(lang).specs[self.write.spec];
        self.write.op == Op::Upsert && spec.sets.is_none() && spec.item.is_none()
    }

    /// Columns from whose stored value the write takes something.
    pub fn consumed(&self) -> Vec<Sym> {
        self.write
            .sets
            .iter()
            .filter(|s| {
                s.stored
                    .as_ref()
                    .is_some_and(|t| t.consumes(&self.seen.terms))
            })
            .map(|s| s.path)
            .collect()
    }
}

/// Whether a test that went that way found a column of what was read equal to a value from elsewhere, as far as the
/// column has a say in it.
fn demands_equal(pred: &Pred, side: bool, read: ReadId, path: Sym, depth: u32) -> bool {
    let deeper = |p: &Pred, side: bool| demands_equal(p, side, read, path, depth + 1);
    if depth > 8 {
        return false;
    }
    match pred {
        Pred::Not(p) => deeper(p, !side),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| deeper(p, side)),
        Pred::Truthy(v) => matches!(&v.kind, Kind::Test(p) if deeper(p, side)),
        Pred::Cmp(op, a, b) => {
            let equal = match op {
                CmpOp::Eq | CmpOp::In => side,
                CmpOp::Ne | CmpOp::NotIn => !side,
                _ => false,
            };
            let is = |v: &Value| v.deps.data.paths(read).any(|x| x == path);
            let apart = |v: &Value| !v.deps.data.of(read) && !matches!(v.kind, Kind::Const(_));
            equal && ((is(a) && apart(b)) || (is(b) && apart(a)))
        }
    }
}

/// The paths that must be equal to something.
fn equalities(conds: &[Rc<Cond>]) -> (Vec<Sym>, bool) {
    let mut out = Vec::new();
    let mut whole = true;
    for c in conds {
        let mut parts = Vec::new();
        c.conjuncts(&mut parts);
        for p in parts {
            match p {
                Cond::Test {
                    path,
                    cmp: Cmp::Eq | Cmp::NotExists | Cmp::Exists | Cmp::In,
                    ..
                } => {
                    if !out.contains(path) {
                        out.push(*path);
                    }
                }
                _ => whole = false,
            }
        }
    }
    (out, whole)
}
