//! Skews: two reads that ask for the same, of which both go into one result. What is changed between them is in a part
//! of the result only, as if it had come about halfway.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Lock, Pairer, Same};
use crate::analysis::access::*;
use crate::analysis::interp::{Seen, decorated};
use crate::analysis::interp_made_here;
use crate::analysis::program::Program;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::TokenKind;
use crate::sym;
use crate::symbol::Sym;

/// One of the two reads, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Side {
    /// The read.
    pub read: ReadId,
    /// Columns of what was read that go into the result.
    pub from: Vec<Sym>,
    /// It gave all rows that there are, so that rows that come and go change the result.
    pub many: bool,
    /// The write that stores it.
    pub write: AccessId,
    /// The columns that are written from it.
    pub sets: Vec<Sym>,
}

/// Two reads of what may change between them, that go into one result.
#[derive(Clone, Debug)]
pub struct Skew {
    /// The reads, in the order in which they happen.
    pub sides: [Side; 2],
    /// The later of the two writes.
    pub write: AccessId,
    /// The transaction around all of it.
    pub transaction: Option<Loc>,
    /// A lock of this process spans both reads.
    pub process: Option<Loc>,
    /// A region that nobody could resolve spans both reads.
    pub unknown_region: Option<Loc>,
}

/// All skews of a root: one for each result and what is read for it.
pub fn skews(program: &Program, seen: &Seen) -> Vec<Skew> {
    let Some(first) = seen.writes.first() else {
        return Vec::new();
    };
    let finder = Finder {
        any: Pairer {
            seen,
            write: first,
            program,
        },
        seen,
    };
    finder.all()
}

struct Finder<'a> {
    /// For what is asked of terms and conditions, whatever the write.
    any: Pairer<'a>,
    seen: &'a Seen,
}

/// What makes several writes one result: a row that was made in this run, a key that was drawn in it, a commit.
type Whole = (u8, u32);

impl Finder<'_> {
    fn read(&self, r: ReadId) -> &Read {
        self.any.read(r)
    }

    fn write(&self, w: AccessId) -> &Write {
        &self.seen.writes[w.0 as usize]
    }

    fn all(&self) -> Vec<Skew> {
        let uses = self.uses();
        let mut best: BTreeMap<(ReadId, Whole), Skew> = BTreeMap::new();
        for (i, x) in uses.iter().enumerate() {
            for y in &uses[i + 1..] {
                let (a, b) = match self.read(x.read).order < self.read(y.read).order {
                    true => (x, y),
                    false => (y, x),
                };
                if a.read == b.read || !self.same_asked(a.read, b.read) {
                    continue;
                }
                let Some(result) = self.one_result(a.write, b.write) else {
                    continue;
                };
                let Some(skew) = self.skew(a, b) else {
                    continue;
                };
                // The rows that all of these ask for, told by who asks first.
                let asks = |r: &ReadId| self.same_asked(*r, a.read);
                let class = uses.iter().map(|u| u.read).filter(asks).min();
                let key = (class.unwrap_or(a.read), result);
                match best.get_mut(&key) {
                    Some(known) if self.rank(known) >= self.rank(&skew) => {}
                    Some(known) => *known = skew,
                    None => {
                        best.insert(key, skew);
                    }
                }
            }
        }
        let mut out: Vec<Skew> = Vec::new();
        for skew in best.into_values() {
            let told = |s: &Skew| {
                s.write == skew.write
                    && s.sides[0].read == skew.sides[0].read
                    && s.sides[1].read == skew.sides[1].read
            };
            if !out.iter().any(told) {
                out.push(skew);
            }
        }
        out
    }

    /// The latest write tells most, and the farthest apart of the reads that lead to it.
    fn rank(&self, s: &Skew) -> (u32, bool, std::cmp::Reverse<u32>, u32) {
        let [a, b] = &s.sides;
        (
            self.write(s.write).order,
            a.write != b.write,
            std::cmp::Reverse(self.read(a.read).order),
            self.read(b.read).order,
        )
    }

    /// What each write stores of each read of a shared store.
    fn uses(&self) -> Vec<Side> {
        let mut out: Vec<Side> = Vec::new();
        for (i, w) in self.seen.writes.iter().enumerate() {
            if matches!(w.op, Op::Delete | Op::Check) || w.store.is_cache() {
                continue;
            }
            let write = AccessId(i as u32);
            let begin = out.len();
            // What names a row that was made in this run says no more than that.
            let says = |s: &&SetField| self.made_by(s.value.term, w.order).is_none();
            for s in w.sets.iter().filter(says) {
                for (r, mut path) in s.deps.data.iter() {
                    let read = self.read(r);
                    // A column of the same name in another row is not put back.
                    let back = w.op == Op::Update || w.row_read == Some(r);
                    if s.copied && back {
                        continue;
                    }
                    // An item that is put into another one, or a list of them, is there with all that it has.
                    let document = !matches!(read.container, Some(Container::Model(_)));
                    if path == "pk" && document && matches!(s.value.kind, Kind::Obj(_)) {
                        path = sym!("*");
                    }
                    // Whose row it is, and whether there is one, is no value that could be out of date.
                    let told = path == "?"
                        || path == "pk"
                        || path.ends_with(':')
                        || read.key_names.contains(&path);
                    // Which row another one belongs to is told by a relation only, whatever else that row holds.
                    let relates = |c, f| self.any.program.is_relation(c, f);
                    let told =
                        told || (relates(w.container, s.path) && !relates(read.container, path));
                    if told || read.how != ReadHow::Store || read.store.is_cache() {
                        continue;
                    }
                    let known = out[begin..].iter().position(|u| u.read == r);
                    let at = known.map_or(out.len(), |at| begin + at);
                    if known.is_none() {
                        out.push(Side {
                            read: r,
                            from: Vec::new(),
                            many: !read.one,
                            write,
                            sets: Vec::new(),
                        });
                    }
                    let side = &mut out[at];
                    if !side.from.contains(&path) {
                        side.from.push(path);
                    }
                    if !side.sets.contains(&s.path) {
                        side.sets.push(s.path);
                    }
                }
            }
        }
        out
    }

    /// Whether two reads are two requests for the same rows.
    fn same_asked(&self, a: ReadId, b: ReadId) -> bool {
        if a == b {
            return true;
        }
        let (x, y) = (self.read(a), self.read(b));
        let (Some(c), Some(d)) = (x.container, y.container) else {
            return false;
        };
        self.any.same_container(c, d)
            && x.conn == y.conn
            && self.implied(&x.conds, &y.conds)
            && self.implied(&y.conds, &x.conds)
    }

    /// Whether each of the tests is among the others.
    fn implied(&self, tests: &[Rc<Cond>], by: &[Rc<Cond>]) -> bool {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        tests.iter().for_each(|t| t.conjuncts(&mut xs));
        by.iter().for_each(|t| t.conjuncts(&mut ys));
        xs.iter().all(|x| ys.iter().any(|y| self.same_test(x, y)))
    }

    fn same_test(&self, a: &Cond, b: &Cond) -> bool {
        let each = |x: &[Rc<Cond>], y: &[Rc<Cond>]| {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.same_test(x, y))
        };
        match (a, b) {
            (
                Cond::Test { path, cmp, with },
                Cond::Test {
                    path: p,
                    cmp: c,
                    with: w,
                },
            ) => path == p && cmp == c && self.any.equal(with, w),
            (Cond::And(x), Cond::And(y)) | (Cond::Or(x), Cond::Or(y)) => each(x, y),
            (Cond::Not(x), Cond::Not(y)) => self.same_test(x, y),
            _ => std::ptr::eq(a, b),
        }
    }

    /// What makes two writes parts of one result, if anything does.
    fn one_result(&self, a: AccessId, b: AccessId) -> Option<Whole> {
        let (of_a, of_b) = (self.results(a), self.results(b));
        let shared = of_a.into_iter().find(|x| of_b.contains(x));
        shared.or_else(|| (a == b).then_some((9, a.0)))
    }

    /// The results of which a write is a part.
    fn results(&self, id: AccessId) -> Vec<Whole> {
        let w = self.write(id);
        let mut out = Vec::new();
        if matches!(w.op, Op::Create) {
            out.push((0, id.0));
        }
        // A row that was made in this run, written again or named by another one.
        let rows = w.row_term.into_iter();
        for t in rows.chain(w.sets.iter().map(|s| s.value.term)) {
            out.extend(self.made_by(t, w.order).map(|by| (0, by.0)));
        }
        let keys = w.conds.iter().flat_map(|c| match &**c {
            Cond::Test { with, .. } => with.as_slice(),
            _ => &[],
        });
        let mut drawn = Vec::new();
        for v in w.sets.iter().map(|s| &s.value).chain(keys) {
            self.drawn(v.term, &mut drawn);
        }
        out.extend(drawn.into_iter().map(|t| (1, t.0)));
        out.extend(w.group.map(|g| (2, g)));
        out
    }

    /// The creation of the row that a term stands for.
    fn made_by(&self, t: TermId, before: u32) -> Option<AccessId> {
        let t = self.any.canonical(t);
        if let Term::Read(r) = self.seen.terms.get(t) {
            let by = self.read(*r).given_by?;
            return (self.write(by).op == Op::Create).then_some(by);
        }
        let made = |w: &Write| w.op == Op::Create && w.row_term == Some(t) && w.order <= before;
        let at = self.seen.writes.iter().position(made)?;
        Some(AccessId(at as u32))
    }

    /// The identifiers drawn in this run that a term is made of; the time is none.
    fn drawn(&self, t: TermId, out: &mut Vec<TermId>) {
        match self.seen.terms.get(t) {
            Term::Made(_) => out.push(t),
            Term::Field(of, _) => self.drawn(*of, out),
            Term::Op(name, _) if *name == Terms::TIME => {}
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().for_each(|t| self.drawn(*t, out)),
            _ => {}
        }
    }

    /// The skew of two reads that ask for the same and go into one result, unless something makes them one.
    fn skew(&self, a: &Side, b: &Side) -> Option<Skew> {
        let (x, y) = (self.read(a.read), self.read(b.read));
        if self.told_by_settings(x)
            || self.own_rows(x)
            || contradict(&x.ctl, &y.ctl)
            // Nothing was found first: it is asked again for want of an answer.
            || y.ctl.iter().any(|k| k.facts.contains(&Fact::Absent(a.read)))
            || repeated(x, y)
            || self.remembered(x, y)
            || self.changed_between(x, y)
        {
            return None;
        }
        let id = match self.write(a.write).order > self.write(b.write).order {
            true => a.write,
            false => b.write,
        };
        let later = Pairer {
            write: self.write(id),
            ..self.any
        };
        // What is put back into the rows that were read is another matter.
        let back = |s: &Side| {
            let w = Pairer {
                write: self.write(s.write),
                ..self.any
            };
            w.write.op != Op::Create && w.same(s.read) != Same::No
        };
        if back(a) || back(b) || self.compared(later.write, a.read, b.read) {
            return None;
        }
        let guards = later.guards(a.read, Same::Must);
        let token = |t: &TokenId| &self.seen.tokens[t.0 as usize];
        let both = || x.held.iter().filter(|t| y.held.contains(t)).map(token);
        let snapshot = self.seen.assumed.level.steady && both().any(|t| t.kind == TokenKind::Txn);
        if guards.lock == Lock::Held
            || guards.covered_by.is_some()
            || snapshot
            || self.refused_if_changed(x, y)
            || self.claimed_before(x, later.write)
        {
            return None;
        }
        Some(Skew {
            sides: [a.clone(), b.clone()],
            write: id,
            transaction: guards.transaction,
            process: guards.process,
            unknown_region: guards.unknown_region,
        })
    }

    /// Whether a read asks for nothing that this run was given or has found out: rows that are the same for everybody
    /// are settings, which hardly ever change.
    fn told_by_settings(&self, r: &Read) -> bool {
        let tests = self.any.tests_of(&r.conds);
        let mut with = tests.iter().flat_map(|(_, _, with)| with.iter());
        with.all(|v| self.seen.terms.settled(v.term).is_some() || self.seen.terms.is_time(v.term))
    }

    /// Whether it asks for what hangs on a row or key that was made in this run: nobody else knows it yet.
    fn own_rows(&self, r: &Read) -> bool {
        let tests = self.any.tests_of(&r.conds);
        let mut with = tests.iter().flat_map(|(_, _, with)| with.iter());
        with.any(|v| {
            let terms = &self.seen.terms;
            let made = interp_made_here(terms, v.term) && !terms.is_time(v.term);
            made || self.made_by(v.term, r.order).is_some()
        })
    }

    /// Whether a function that remembers what it gave stands between the reads and who wants them.
    fn remembered(&self, x: &Read, y: &Read) -> bool {
        let program = self.any.program;
        if x.loaded && y.loaded {
            return true;
        }
        x.stack.iter().any(|f| {
            let again = |g: &FrameRef| g.func == f.func && g.recv == f.recv && g.id != f.id;
            y.stack.iter().any(again) && {
                let lang = program.lang(f.func.file);
                let names = program.library(lang).list(sym!("remembering-decorators"));
                let func = program.func(f.func);
                names.iter().any(|n| decorated(func, n))
            }
        })
    }

    /// Whether this run itself has changed the rows between the reads, whichever way it went: the second is there to
    /// see that.
    fn changed_between(&self, x: &Read, y: &Read) -> bool {
        y.always.iter().any(|id| {
            let w = self.write(*id);
            let both = w.container.zip(x.container);
            w.order > x.order && both.is_some_and(|(a, b)| self.any.same_container(a, b))
        })
    }

    /// Whether what the reads gave is compared on the way to the write.
    fn compared(&self, w: &Write, a: ReadId, b: ReadId) -> bool {
        let looks = |k: &Ctl, r: ReadId| k.deps.paths(r).any(|p| p != "?");
        w.ctl.iter().any(|k| looks(k, a) && looks(k, b))
    }

    /// Whether a later write of this run goes through only if a row by which the first read asks is as it was read
    /// before, or the very rows are.
    fn refused_if_changed(&self, x: &Read, y: &Read) -> bool {
        let before = |r: ReadId| self.read(r).order <= x.order;
        self.seen.writes.iter().enumerate().any(|(i, w)| {
            let heard = !w.store.is_relational() || self.seen.outcomes[i].used;
            w.order > y.order
                && heard
                && w.conds.iter().chain(&w.guards).any(|c| {
                    let mut parts = Vec::new();
                    c.conjuncts(&mut parts);
                    parts.iter().any(|t| match t {
                        Cond::Test { path, with, .. } => with.iter().any(|v| {
                            let mut of = v.deps.data.iter();
                            of.any(|(r, p)| p == *path && p != "pk" && before(r))
                        }),
                        _ => false,
                    })
                })
        })
    }

    /// Whether this run has won, by a conditional write before the first read, a row by which the reads ask.
    fn claimed_before(&self, x: &Read, w: &Write) -> bool {
        let keys = |conds: &[Rc<Cond>]| -> Vec<TermId> {
            let tests = self.any.tests_of(conds);
            let with = tests.iter().flat_map(|(_, _, with)| with.iter());
            let terms = with.map(|v| self.any.canonical(v.term));
            terms.filter(|t| !self.seen.terms.is_const(*t)).collect()
        };
        let asked = keys(&x.conds);
        let mut facts = w.ctl.iter().flat_map(|k| &k.facts);
        facts.any(|f| match f {
            Fact::Won(id) => {
                let c = self.write(*id);
                let row = c.row_term.map(|t| self.any.canonical(t));
                let mut named = keys(&c.conds);
                named.extend(row);
                c.order < x.order && named.iter().any(|t| asked.contains(t))
            }
            _ => false,
        })
    }
}

/// Whether two reads are one place on one way, come by again: a round of a loop.
fn repeated(x: &Read, y: &Read) -> bool {
    x.loc == y.loc
        && x.stack.len() == y.stack.len()
        && x.stack
            .iter()
            .zip(y.stack.iter())
            .all(|(a, b)| a.call == b.call)
}
