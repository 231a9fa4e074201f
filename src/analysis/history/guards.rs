//! Guards: the locks, leases and transactions that are held around a read and a write.

use super::{Lock, Pairer, Same};
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::project::facts::Unique;
use crate::report::finding::Loc;
use crate::stores::vocabulary::TokenKind;
use crate::sym;
use crate::symbol::Sym;

/// What is held around a read and a write; each as in [`super::Pair`].
pub(super) struct Guards {
    pub(super) lock: Lock,
    pub(super) covered_by: Option<Loc>,
    pub(super) later_lock: Option<Loc>,
    pub(super) transaction: Option<Loc>,
    pub(super) process: Option<Loc>,
    pub(super) unknown_region: Option<Loc>,
}

impl Pairer<'_> {
    /// Locks, leases and transactions around a read and the write.
    pub(super) fn guards(&self, r: ReadId, same: Same) -> Guards {
        let w = self.write;
        let read = self.read(r);
        let token = |t: &TokenId| &self.seen.tokens[t.0 as usize];
        let shared: Vec<TokenId> = read
            .held
            .iter()
            .filter(|t| w.held.contains(t))
            .copied()
            .collect();
        let txn = shared.iter().find(|t| token(t).kind == TokenKind::Txn);
        let transaction = txn.map(|t| token(t).loc);
        let named = |t: &&TokenId| token(t).kind == TokenKind::Process;
        let process = shared
            .iter()
            .filter(named)
            .find(|t| token(t).assumed.is_none())
            .map(|t| token(t).loc);
        let unknown = shared
            .iter()
            .filter(named)
            .find(|t| token(t).assumed.is_some())
            .map(|t| token(t).loc);
        let mut covered = shared
            .iter()
            .map(token)
            .find(|t| matches!(t.kind, TokenKind::Advisory | TokenKind::Remote) && self.about(t, r))
            .map(|t| t.loc);
        // Who came too late for a key that only the first may add was turned away, however early it had read.
        covered = covered.or_else(|| {
            w.held.iter().map(token).find_map(|t| {
                let lasts = t.kind == TokenKind::Remote && t.tried && !t.released;
                (lasts && self.about(t, r)).then_some(t.loc)
            })
        });
        // The isolation level of the transaction around both.
        let level = self.seen.assumed.level;
        let row = same == Same::Must
            && !read.aggregate
            && matches!(w.op, Op::Update | Op::Delete)
            && (w.row_read.is_some() || read.one);
        if level.serializes || (level.refuses_second && row) {
            covered = covered.or(transaction);
        }
        let (lease, later_lease) = self.leases(r);
        covered = covered.or(lease).or_else(|| self.next_taken(r));
        let lock = match read.lock {
            None => Lock::None,
            Some(at) => {
                let held_at_read = read.held.iter().any(|t| token(t).kind == TokenKind::Txn);
                if !held_at_read {
                    Lock::Outside(at)
                } else if txn.is_none() {
                    Lock::Released(at)
                } else if !self.connected(read, txn.copied()) {
                    Lock::Elsewhere(at)
                } else {
                    Lock::Held
                }
            }
        };
        // Another row that was locked first: the same one, a parent, or what the read asked about.
        let mut later = later_lease;
        for (i, l) in self.seen.reads.iter().enumerate() {
            let id = ReadId(i as u32);
            let Some(at) = l.lock else { continue };
            if id == r || l.order > w.order {
                continue;
            }
            let held = |upto: &[TokenId]| {
                l.held
                    .iter()
                    .any(|t| token(t).kind == TokenKind::Txn && upto.contains(t))
            };
            if !held(&w.held) {
                continue;
            }
            if l.order < read.order {
                if covered.is_none() && held(&read.held) && self.covers(id, r) {
                    covered = Some(at);
                }
            } else if self.covers(id, r) || read.reload_of == Some(id) || l.reload_of == Some(r) {
                later.get_or_insert(at);
            }
        }
        if covered.is_none() && txn.is_some() {
            covered = self.written_before(r);
        }
        if later.is_none() {
            later = w
                .held
                .iter()
                .map(token)
                .find(|t| {
                    matches!(t.kind, TokenKind::Advisory | TokenKind::Remote)
                        && t.order > read.order
                        && self.about(t, r)
                })
                .map(|t| t.loc);
        }
        Guards {
            lock,
            covered_by: covered,
            later_lock: later,
            transaction,
            process,
            unknown_region: unknown,
        }
    }

    /// Whether a lock covers a read and this write.
    pub(super) fn guarded(&self, r: ReadId) -> bool {
        let guards = self.guards(r, Same::Must);
        guards.lock == Lock::Held || guards.covered_by.is_some()
    }

    /// Whether read and write use the connection of the transaction that holds the lock.
    fn connected(&self, read: &Read, txn: Option<TokenId>) -> bool {
        let conn = txn.and_then(|t| self.seen.tokens[t.0 as usize].conn);
        let default = |c: Option<Sym>| c.unwrap_or(sym!("default"));
        let on_read = default(read.conn);
        // A row is saved where it was read, unless the save says otherwise.
        let on_write = self.write.conn.unwrap_or(on_read);
        let same = |a: Sym, b: Sym| {
            // A connection that is computed is another one only if both are named.
            a == b || (a.starts_with('?') != b.starts_with('?'))
        };
        same(on_read, default(conn)) && same(on_write, on_read)
    }

    /// Whether a lock on what `l` read protects what `r` read (or what is created under it).
    fn covers(&self, l: ReadId, r: ReadId) -> bool {
        // A row read again is the row that was read before.
        if let Some(older) = self.read(r).reload_of
            && older != l
            && self.covers(l, older)
        {
            return true;
        }
        let (lock, read) = (self.read(l), self.read(r));
        let mut up = self.held_by(r);
        for _ in 0..6 {
            match up {
                Some(p) if p == l => return true,
                Some(p) => up = self.held_by(p),
                None => break,
            }
        }
        let row = Term::Read(l);
        let lt = self.tests_of(&lock.conds);
        let mentions_row = |v: &Value| {
            let c = self.canonical(v.term);
            *self.seen.terms.get(c) == row || (v.deps.flows_from(l) && !self.names_shared(l, v))
        };
        let rt = self.tests_of(&read.conds);
        for (_, _, vs) in &rt {
            if vs.iter().any(mentions_row) {
                return true;
            }
        }
        // Asked about the same thing: a key that both name.
        for (_, c, us) in &lt {
            if *c != Cmp::Eq {
                continue;
            }
            for (_, d, vs) in &rt {
                if *d == Cmp::Eq
                    && us.iter().any(|u| {
                        !self.seen.terms.is_const(u.term)
                            && vs
                                .iter()
                                .any(|v| self.canonical(u.term) == self.canonical(v.term))
                    })
                {
                    return true;
                }
            }
            // The row that was handed in is locked by its key.
            let own = |x: ReadId| {
                us.iter().any(|u| {
                    let c = self.canonical(u.term);
                    *self.seen.terms.get(c) == Term::Read(x)
                        || self.seen.row_terms.get(&c) == Some(&x)
                })
            };
            if own(r) || read.reload_of.is_some_and(own) {
                return true;
            }
        }
        // All rows of the same table that were counted are locked.
        if lock.container.is_some()
            && lock.container == read.container
            && !lock.one
            && lt.is_empty()
        {
            return true;
        }
        lock.container == read.container
            && lt.is_empty()
            && rt.is_empty()
            && lock.container.is_some()
    }

    /// The row through which another was reached, if who holds that one holds this one as well: not where it only names
    /// this one, and others may name it too.
    pub(super) fn held_by(&self, r: ReadId) -> Option<ReadId> {
        let read = self.read(r);
        let parent = read.parent?;
        let names = |(_, _, vs): &(Sym, Cmp, &[Value])| {
            read.how == ReadHow::Related && vs.iter().any(|v| self.names_shared(parent, v))
        };
        (!self.tests_of(&read.conds).iter().any(names)).then_some(parent)
    }

    /// Whether a value is a column of a row that leads to another row, to which other rows' columns may lead as well.
    fn names_shared(&self, of: ReadId, v: &Value) -> bool {
        let Term::Field(row, name) = self.seen.terms.get(self.canonical(v.term)) else {
            return false;
        };
        let Some(Container::Model(m)) = self.read(of).container else {
            return false;
        };
        let Some(model) = self.program.model(m) else {
            return false;
        };
        let shared = model
            .fields
            .get(name.as_str())
            .is_some_and(|f| f.traits.foreign_key && !f.traits.one_to_one && !f.primary_key);
        let alone = |u: &Unique| u.fields.len() == 1 && u.fields[0] == name.as_str();
        shared && !model.uniques.iter().any(alone) && self.is_key_of_term(*row, of)
    }

    /// Whether a lock's key is made from what tells the entity: one made from something else protects something else.
    fn about(&self, t: &Token, r: ReadId) -> bool {
        let Some(key) = t.key else { return true };
        let mut of_key = Vec::new();
        self.leaves(key, &mut of_key);
        if (of_key.is_empty() && t.key_from.is_empty()) || t.key_from.of(r) {
            // One lock for all, or one named after what was read.
            return true;
        }
        let read = self.read(r);
        let mut of_entity = Vec::new();
        for (_, _, vs) in self
            .tests_of(&read.conds)
            .into_iter()
            .chain(self.tests_of(&self.write.conds))
        {
            vs.iter().for_each(|v| self.leaves(v.term, &mut of_entity));
        }
        for s in &self.write.sets {
            self.leaves(s.value.term, &mut of_entity);
        }
        of_entity.extend(
            self.seen
                .row_terms
                .iter()
                .filter(|(_, x)| **x == r)
                .map(|(t, _)| *t),
        );
        if of_entity.is_empty() || of_key.iter().any(|k| of_entity.contains(k)) {
            return true;
        }
        // What tells the rows through which the entity was found tells the entity.
        let mut rows: Vec<ReadId> = read.parent.into_iter().chain(self.write.row_read).collect();
        let mut next = 0;
        for _ in 0..24 {
            if of_key.iter().any(|k| of_entity.contains(k)) {
                return true;
            }
            for e in std::mem::take(&mut of_entity) {
                if let Term::Read(x) = self.seen.terms.get(e)
                    && !rows.contains(x)
                {
                    rows.push(*x);
                }
                // One that was made in this run is told by what it was made with.
                let made = |w: &&Write| w.op == Op::Create && w.row_term == Some(e);
                if let Some(w) = self.seen.writes.iter().find(made) {
                    w.sets
                        .iter()
                        .for_each(|s| self.leaves(s.value.term, &mut of_entity));
                }
            }
            if rows.iter().any(|x| t.key_from.of(*x)) {
                return true;
            }
            let Some(x) = rows.get(next).copied() else {
                if of_entity.is_empty() {
                    break;
                }
                continue;
            };
            next += 1;
            let row = self.read(x);
            rows.extend(row.parent.filter(|p| !rows.contains(p)));
            for (_, _, vs) in self.tests_of(&row.conds) {
                vs.iter().for_each(|v| self.leaves(v.term, &mut of_entity));
            }
            if let Some(by) = row.given_by {
                for s in &self.seen.writes[by.0 as usize].sets {
                    self.leaves(s.value.term, &mut of_entity);
                }
            }
        }
        of_key.iter().any(|k| of_entity.contains(k))
    }

    /// The parameters, reads and unknowns in a term.
    pub(super) fn leaves(&self, t: TermId, out: &mut Vec<TermId>) {
        match self.seen.terms.get(t) {
            Term::Param(_) | Term::Sym(_) | Term::Made(_) | Term::Read(_) => out.push(t),
            Term::Field(of, _) => self.leaves(*of, out),
            Term::Index(a, b) => {
                self.leaves(*a, out);
                self.leaves(*b, out);
            }
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().for_each(|t| self.leaves(*t, out)),
            _ => {}
        }
    }

    /// Where this run has won the next number before the write: it has created, where there was none, an item whose
    /// key was worked out from what the read gave. Of all who read the same, one gets here.
    fn next_taken(&self, r: ReadId) -> Option<Loc> {
        let facts = self.write.ctl.iter().flat_map(|c| &c.facts);
        facts
            .filter_map(|f| match f {
                Fact::Won(l) => Some(&self.seen.writes[l.0 as usize]),
                _ => None,
            })
            .find(|l| {
                let next = |path: Sym| {
                    let of_read = |s: &&SetField| s.path == path && s.deps.data.of(r);
                    // What was read as it is would be the same item again and again.
                    l.sets.iter().find(of_read).is_some_and(|s| {
                        matches!(self.seen.terms.get(s.value.term), Term::Op(..))
                    })
                };
                matches!(l.op, Op::Put | Op::Create)
                    && !std::ptr::eq(*l, self.write)
                    && l.order > self.read(r).order
                    && l.guards.iter().any(|g| {
                        let mut parts = Vec::new();
                        g.conjuncts(&mut parts);
                        let absent = |c: &&Cond| matches!(c, Cond::Test { path, cmp: Cmp::NotExists, .. } if next(*path));
                        parts.iter().any(|c| absent(&&**c))
                    })
            })
            .map(|l| l.loc)
    }
}
