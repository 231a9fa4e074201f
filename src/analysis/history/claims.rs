//! What a run has done to a row before: it may have claimed it (tested its state and changed it so that nobody else
//! passes the same test), or written it in the same transaction.

use std::rc::Rc;

use super::Pairer;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::leases::same_item;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::TokenKind;
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::{CmpOp, Lit};

/// How a program can name a row.
#[derive(Default)]
struct Names {
    /// Reads that gave it.
    reads: Vec<ReadId>,
    /// Objects that stand for it.
    terms: Vec<TermId>,
    /// Keys: all parts of one.
    keys: Vec<Vec<(Sym, TermId)>>,
}

impl Pairer<'_> {
    /// Where this run has made the row that is written its own, before the write and whichever way led there.
    pub(super) fn claim(&self) -> Option<Loc> {
        let w = self.write;
        if !matches!(w.op, Op::Update | Op::Put | Op::Delete) {
            return None;
        }
        let mut mine: Option<Names> = None;
        for (i, c) in self.seen.writes.iter().enumerate() {
            let id = AccessId(i as u32);
            if std::ptr::eq(c, w)
                || c.container != w.container
                || !matches!(c.op, Op::Update | Op::Put)
                || c.sets.is_empty()
                || !(w.always.contains(&id) || self.came_by(c))
            {
                continue;
            }
            let mine = mine.get_or_insert_with(|| self.names(w));
            // A put item has its key among what is put.
            let put = || c.op == Op::Put && !w.key_names.is_empty() && same_item(c, w);
            if !same_row(mine, &self.names(c)) && !put() {
                continue;
            }
            let before = Pairer { write: c, ..*self };
            let won = w.ctl.iter().any(|k| k.facts.contains(&Fact::Won(id)));
            if before.takes_under_lock()
                || before.takes_from_selection()
                || (won && before.takes_by_condition())
                || self.fenced(c)
            {
                return Some(c.loc);
            }
        }
        None
    }

    /// Where this run has replaced what a read gave, and left a mark of its own that the write asks for: what was decided
    /// on the read before that decided about what was there then. The write is let through by what this run has put.
    pub(super) fn replaced(&self, r: ReadId, tested: &[Sym]) -> Option<Loc> {
        let w = self.write;
        let asks = !w.guards.is_empty() && !w.guard_maybe;
        if tested.is_empty() || !asks || !matches!(w.op, Op::Update | Op::Delete) {
            return None;
        }
        let read = self.read(r);
        let mine = self.names(w);
        self.seen.writes.iter().enumerate().find_map(|(i, c)| {
            let whole = c.op == Op::Put;
            let before = || w.after.contains(&AccessId(i as u32));
            let sets = |p: &Sym| c.sets.iter().any(|s| s.path == *p && !s.copied);
            let replaces = whole || (c.op == Op::Update && tested.iter().all(sets));
            let same = || same_row(&mine, &self.names(c)) || (whole && self.puts_key_of(c));
            (replaces
                && c.order > read.order
                && c.container == w.container
                && before()
                && same()
                && self.asks_for_mark(c)
                && !self.decided_since(c, r, tested))
            .then_some(c.loc)
        })
    }

    /// Whether an item that was put is the one that the write names: its key is among what was put.
    fn puts_key_of(&self, put: &Write) -> bool {
        !self.write.key_names.is_empty() && same_item(put, self.write)
    }

    /// Whether the write's own condition asks for something that another write has put there, which is neither the same
    /// for everybody nor taken from what was there.
    fn asks_for_mark(&self, put: &Write) -> bool {
        let w = self.write;
        let left = |path: Sym, v: &Value| {
            put.sets.iter().any(|s| {
                let own = self.seen.terms.settled(v.term).is_none() && s.deps.data.is_empty();
                let same = self.canonical(s.value.term) == self.canonical(v.term);
                s.path == path && s.stored.is_none() && own && same
            })
        };
        self.tests_of(&w.guards)
            .into_iter()
            .any(|(path, cmp, with)| {
                let key = path == "pk" || w.key_names.contains(&path);
                !key && cmp == Cmp::Eq && matches!(with, [v] if left(path, v))
            })
    }

    /// Whether something was decided on these columns of a read that did not lead to another write as well: on their
    /// values, not only where what is decided on had come by them.
    fn decided_since(&self, put: &Write, r: ReadId, tested: &[Sym]) -> bool {
        self.write.ctl.iter().any(|k| {
            let before = put
                .ctl
                .iter()
                .any(|y| Rc::ptr_eq(y, k) || (y.loc == k.loc && y.polarity == k.polarity));
            let asks = |v: &Value| v.deps.data.paths(r).any(|p| tested.contains(&p));
            let on = k.deps.paths(r).any(|p| tested.contains(&p));
            !before && on && k.pred.as_deref().is_none_or(|p| compares(p, &asks))
        })
    }

    /// Whether this run has come by another write because of what a callee gave back: all that was decided on the way to
    /// that write is known again from the value.
    fn came_by(&self, other: &Write) -> bool {
        let known = &self.write.ctl;
        let mut given_back = false;
        let all = other.ctl.iter().all(|k| {
            let same = |x: &&Rc<Ctl>| {
                let preds = x.pred.as_ref().zip(k.pred.as_ref());
                x.loc == k.loc
                    && x.polarity == k.polarity
                    && preds.is_some_and(|(a, b)| Rc::ptr_eq(a, b))
            };
            if known.iter().any(|x| Rc::ptr_eq(x, k)) {
                return true;
            }
            let found = known.iter().any(|x| same(&x));
            given_back |= found;
            found
        });
        all && given_back && other.order < self.write.order
    }

    /// Where the row that was read, or one through which it was reached, was written before in the same transaction:
    /// a row that is written stays locked until the transaction ends.
    pub(super) fn written_before(&self, r: ReadId) -> Option<Loc> {
        let read = &self.seen.reads[r.0 as usize];
        let mut row: Option<Names> = None;
        read.always.iter().find_map(|id| {
            let e = &self.seen.writes[id.0 as usize];
            let together = |t: &&TokenId| {
                self.seen.tokens[t.0 as usize].kind == TokenKind::Txn
                    && read.held.contains(t)
                    && self.write.held.contains(t)
            };
            // One that selects by more than the key may have met no row.
            let sure = e.row.is_some()
                || read.ctl.iter().any(|k| k.facts.contains(&Fact::Won(*id)))
                || e.conds
                    .iter()
                    .all(|c| matches!(&**c, Cond::Test { path, .. } if path == "pk"));
            if e.op != Op::Update || !sure || !e.held.iter().any(|t| together(&t)) {
                return None;
            }
            let row = row.get_or_insert_with(|| {
                let mut names = Names {
                    reads: vec![r],
                    ..Names::default()
                };
                let mut up = self.held_by(r);
                while let Some(p) = up.filter(|p| !names.reads.contains(p)) {
                    names.reads.push(p);
                    up = self.held_by(p);
                }
                self.with_keys(names)
            });
            let table = |r: &ReadId| {
                let of = self.seen.reads[r.0 as usize].container;
                of.zip(e.container)
                    .is_none_or(|(a, b)| self.same_container(a, b))
            };
            // Equal keys of two tables are two rows.
            if !row.reads.iter().any(table) {
                return None;
            }
            let all = || e.row.is_none() && self.among_all(&row.reads, &e.conds);
            (same_row(row, &self.names(e)) || all()).then_some(e.loc)
        })
    }

    /// Whether a selection takes in every row of a list of keys from which one of the reads took some.
    fn among_all(&self, reads: &[ReadId], conds: &[std::rc::Rc<Cond>]) -> bool {
        let list = |conds| {
            let lists = self.tests_of(conds).into_iter();
            lists.filter_map(|(path, cmp, with)| match with {
                [keys] if path == sym!("pk") && cmp == Cmp::In => Some(self.canonical(keys.term)),
                _ => None,
            })
        };
        // Under further conditions it takes in some of them only.
        matches!(conds, [only] if matches!(&**only, Cond::Test { .. }))
            && list(conds).any(|keys| {
                reads.iter().any(|r| {
                    let read = &self.seen.reads[r.0 as usize];
                    list(&read.conds).any(|k| k == keys)
                })
            })
    }

    /// Whether another write of this run is on the same row, as far as the program says.
    pub(super) fn meets(&self, other: &Write) -> bool {
        let w = self.write;
        let containers = w.container.zip(other.container);
        if containers.is_none_or(|(a, b)| !self.same_container(a, b)) {
            return false;
        }
        if w.row.is_some() && w.row == other.row || same_row(&self.names(w), &self.names(other)) {
            return true;
        }
        // Selected by what was put there.
        let keys = self.tests_of(&other.conds);
        let put = |path: Sym, v: &Value| {
            let set = w.sets.iter().find(|s| s.path == path);
            set.is_some_and(|s| self.canonical(s.value.term) == self.canonical(v.term))
        };
        !keys.is_empty()
            && keys
                .iter()
                .all(|(path, cmp, with)| *cmp == Cmp::Eq && with.iter().all(|v| put(*path, v)))
    }

    fn names(&self, w: &Write) -> Names {
        let mut names = Names::default();
        names.terms.extend(w.row_term);
        names.reads.extend(w.row_read);
        self.key_of(&w.conds, &w.key_names, &mut names);
        self.with_keys(names)
    }

    /// The same, with what the reads were asked for.
    fn with_keys(&self, mut names: Names) -> Names {
        let mut i = 0;
        while let Some(r) = names.reads.get(i).copied() {
            i += 1;
            let read = &self.seen.reads[r.0 as usize];
            if let Some(old) = read.reload_of
                && !names.reads.contains(&old)
            {
                names.reads.push(old);
            }
            if read.one {
                self.key_of(&read.conds, &read.key_names, &mut names);
            }
            if i > 8 {
                break;
            }
        }
        names
    }

    /// The key in a selection: its own columns, or the primary key.
    fn key_of(&self, conds: &[std::rc::Rc<Cond>], key_names: &[Sym], names: &mut Names) {
        let mut key = Vec::new();
        for (path, cmp, with) in self.tests_of(conds) {
            let part = path == sym!("pk") || key_names.contains(&path);
            let ([v], Cmp::Eq, true) = (with, cmp, part) else {
                continue;
            };
            let term = self.canonical(v.term);
            let row = match self.seen.terms.get(term) {
                Term::Read(r) => Some(*r),
                _ => self.seen.row_terms.get(&term).copied(),
            };
            if let Some(r) = row
                && !names.reads.contains(&r)
            {
                names.reads.push(r);
            }
            key.push((path, term));
        }
        if !key.is_empty() {
            key.sort_unstable_by_key(|k| k.0.as_str());
            names.keys.push(key);
        }
    }

    /// Whether the state that is changed was read under a lock, tested, and is changed so that the test fails for
    /// whoever asks next.
    fn takes_under_lock(&self) -> bool {
        let w = self.write;
        w.ctl.iter().any(|k| {
            let Some(pred) = k.pred.as_deref() else {
                return false;
            };
            k.deps.iter().any(|(r, path)| {
                let Some(set) = w.sets.iter().find(|s| s.path == path && !s.copied) else {
                    return false;
                };
                self.locks(r) && self.shuts_out(pred, k.polarity, r, path, &set.value)
            })
        })
    }

    /// Whether the row was selected under a lock by the state that is changed, so that whoever selects next doesn't find
    /// it: the store asks again once it has the lock.
    fn takes_from_selection(&self) -> bool {
        let Some(r) = self.write.row_read else {
            return false;
        };
        let conds = &self.seen.reads[r.0 as usize].conds;
        conds.iter().any(|c| self.condition_shuts_out(c)) && self.locks(r)
    }

    /// Whether a row that was read is locked until this write, and is the row that is written.
    fn locks(&self, r: ReadId) -> bool {
        let read = &self.seen.reads[r.0 as usize];
        let txn = |t: &TokenId| self.seen.tokens[t.0 as usize].kind == TokenKind::Txn;
        let held = read
            .held
            .iter()
            .any(|t| txn(t) && self.write.held.contains(t));
        let mut mine = Names {
            reads: vec![r],
            ..Names::default()
        };
        self.key_of(&read.conds, &read.key_names, &mut mine);
        let names = self.names(self.write);
        (read.lock.is_some() && held || self.guarded(r)) && same_row(&mine, &names)
    }

    /// Whether the write's own condition tests the state that it changes.
    pub(super) fn takes_by_condition(&self) -> bool {
        let w = self.write;
        w.conds
            .iter()
            .chain(&w.guards)
            .any(|c| self.condition_shuts_out(c))
    }

    pub(super) fn condition_shuts_out(&self, c: &Cond) -> bool {
        match c {
            Cond::And(cs) => cs.iter().any(|c| self.condition_shuts_out(c)),
            Cond::Or(cs) => !cs.is_empty() && cs.iter().all(|c| self.condition_shuts_out(c)),
            Cond::Test { path, cmp, with } => {
                let set = self
                    .write
                    .sets
                    .iter()
                    .find(|s| s.path == *path && !s.copied && s.stored.is_none());
                let Some(v) = set.map(|s| &s.value) else {
                    return false;
                };
                match (cmp, with.as_slice()) {
                    (Cmp::NotExists, _) => !v.is_none(),
                    (Cmp::Exists, _) => v.is_none(),
                    (Cmp::Eq, [x]) => self.differs(v, x),
                    (Cmp::Ne, [x]) => v.term == x.term,
                    (Cmp::In, xs) => xs.iter().all(|x| match &x.kind {
                        Kind::Tuple(all) => all.iter().all(|x| self.differs(v, x)),
                        _ => self.differs(v, x),
                    }),
                    (Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge, [x]) => self.puts_off(v, x),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a write compares a token that only this run has, and that this run has put on the row before.
    fn fenced(&self, stamp: &Write) -> bool {
        let w = self.write;
        let tests = self.tests_of(&w.conds);
        tests
            .into_iter()
            .chain(self.tests_of(&w.guards))
            .any(|(path, cmp, with)| {
                let top = path.split("__").next().unwrap_or("");
                cmp == Cmp::Eq
                    && path != "pk"
                    && !w.key_names.contains(&path)
                    && with.iter().any(|v| {
                        self.seen.terms.has_made(v.term)
                            && stamp.sets.iter().any(|s| {
                                (s.path == path || s.path == top)
                                    && (self.seen.terms.mentions(s.value.term, v.term))
                            })
                    })
            })
    }

    /// Whether who finds `value` in a column doesn't pass the test that this run has passed.
    pub(super) fn shuts_out(
        &self,
        pred: &Pred,
        polarity: bool,
        r: ReadId,
        path: Sym,
        value: &Value,
    ) -> bool {
        let about = |v: &Value| v.deps.data.paths(r).any(|p| p == path);
        match pred {
            Pred::Not(p) => self.shuts_out(p, !polarity, r, path, value),
            Pred::And(ps) | Pred::Or(ps) => {
                let all = matches!(pred, Pred::And(_)) == polarity;
                let mut each = ps
                    .iter()
                    .map(|p| self.shuts_out(p, polarity, r, path, value));
                if all {
                    each.any(|x| x)
                } else {
                    !ps.is_empty() && each.all(|x| x)
                }
            }
            Pred::Truthy(v) => about(v) && self.truth(value) == Some(!polarity),
            Pred::Cmp(op, a, b) => {
                let (other, op) = if about(a) {
                    (b, *op)
                } else if about(b) {
                    (a, *op)
                } else {
                    return false;
                };
                match (op, polarity) {
                    (CmpOp::Eq | CmpOp::Is, true) | (CmpOp::Ne | CmpOp::IsNot, false) => {
                        self.differs(value, other)
                    }
                    (CmpOp::Eq | CmpOp::Is, false) | (CmpOp::Ne | CmpOp::IsNot, true) => {
                        value.term == other.term
                    }
                    (CmpOp::In, true) | (CmpOp::NotIn, false) => {
                        among(other).is_some_and(|xs| xs.iter().all(|x| self.differs(value, x)))
                    }
                    (CmpOp::In, false) | (CmpOp::NotIn, true) => {
                        among(other).is_some_and(|xs| xs.iter().any(|x| x.term == value.term))
                    }
                    _ => self.puts_off(value, other),
                }
            }
        }
    }

    /// Whether two values can't be the same: two constants, or something against nothing, or what this run made.
    fn differs(&self, a: &Value, b: &Value) -> bool {
        let terms = &self.seen.terms;
        if terms.is_const(a.term) && terms.is_const(b.term) {
            return a.term != b.term;
        }
        let nothing = |v: &Value| match v.kind {
            Kind::Const(Lit::None) => true,
            Kind::Const(Lit::Str(s)) => s.is_empty(),
            _ => false,
        };
        (nothing(b) && !nothing(a)) || (terms.has_made(a.term) && !terms.has_made(b.term))
    }

    fn truth(&self, v: &Value) -> Option<bool> {
        match v.kind {
            Kind::Const(l) => Some(
                !matches!(l, Lit::None | Lit::Bool(false) | Lit::Int(0))
                    && !matches!(l, Lit::Str(s) if s.is_empty()),
            ),
            _ => self.seen.terms.has_made(v.term).then_some(true),
        }
    }

    /// A time limit that is moved on from the time of the test.
    fn puts_off(&self, value: &Value, limit: &Value) -> bool {
        let terms = &self.seen.terms;
        value.term != limit.term && terms.has_made(value.term) && terms.has_made(limit.term)
    }
}

/// Whether one of the values that a test compares is such.
fn compares(pred: &Pred, such: &dyn Fn(&Value) -> bool) -> bool {
    match pred {
        Pred::Not(p) => compares(p, such),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| compares(p, such)),
        Pred::Truthy(v) => such(v) || matches!(&v.kind, Kind::Test(p) if compares(p, such)),
        Pred::Cmp(_, a, b) => such(a) || such(b),
    }
}

/// The values of a tuple.
fn among(v: &Value) -> Option<&[Value]> {
    match &v.kind {
        Kind::Tuple(vs) => Some(vs),
        _ => None,
    }
}

fn same_row(a: &Names, b: &Names) -> bool {
    a.reads.iter().any(|r| b.reads.contains(r))
        || a.terms.iter().any(|t| b.terms.contains(t))
        || a.keys.iter().any(|k| b.keys.contains(k))
}
