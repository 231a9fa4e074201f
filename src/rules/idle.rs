//! Tests that only save a write: whether being first matters.
//!
//! `if not x.seen: x.seen = True; x.save()` skips a write that would change nothing; whoever passes the test at the same
//! time writes the same. It is no decision unless something else hangs on it, or somebody writes something else.

use super::judge::{Uniqueness, by_override, uniqueness};
use crate::analysis::access::{DeedKind, Op, ReadHow, ReadId, SetField, Write, Written, overlap};
use crate::analysis::history::{Pair, Same, WriteCase};
use crate::analysis::value::{Cond, Ctl, Fact, Kind, Pred, StoreTerm, Term, TermId, Value};
use crate::analysis::{Cmp, interp::truthy_lit};
use crate::symbol::Sym;
use crate::syntax::il::{CmpOp, Lit};

/// What must be written elsewhere in the project for such a test to decide something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rival {
    /// A change relative to what is there.
    Relative,
    /// Anything else than this.
    Other(Written),
    /// Anything else than this that is not itself written only where nothing was there: of two that fill in what is
    /// missing, whichever comes first might have been the one. What changes only what is there comes after both.
    Unfilled(Written),
    /// Nothing: what every save fills in is there until somebody takes it away.
    Emptied,
}

impl Rival {
    /// Whether that is one.
    pub fn is(&self, written: &Written) -> bool {
        match self {
            Self::Relative => *written == Written::Relative,
            Self::Other(mine) => written != mine,
            Self::Unfilled(mine) => {
                written != mine && !matches!(written, Written::Filled | Written::Moved)
            }
            Self::Emptied => matches!(written, Written::Value(l) if !truthy_lit(*l)),
        }
    }
}

/// Whether decisions on a column let a write through only where nothing is there.
pub(super) fn only_where_missing(c: &WriteCase<'_>, p: &Pair, column: Sym) -> bool {
    let case = Case { c, p };
    let missing = |k: &Ctl| {
        let pred = k.pred.as_ref();
        pred.is_some_and(|t| case.says_missing(column, t, k.polarity, 0))
    };
    let mut all = case.decisions(column).peekable();
    all.peek().is_some() && all.all(missing)
}

/// A write, the read on which its tests are made, and the column in question.
struct Case<'c, 'p> {
    c: &'c WriteCase<'p>,
    p: &'c Pair,
}

/// For tests that only save a write, what would make each of the fields a decision after all (nothing would, if there
/// is none); `None` where they decide.
pub fn rivals(c: &WriteCase<'_>, p: &Pair, fields: &[Sym]) -> Option<Vec<(Sym, Rival)>> {
    let case = Case { c, p };
    let mut out = Vec::new();
    for f in fields {
        if !case.removes_tested(*f) {
            out.push((*f, case.rival(*f)?));
        }
    }
    let overridden = fields.iter().all(|f| by_override(c, *f));
    // What is written beside them under the same tests must not matter either.
    let decided = fields.iter().any(|f| case.decisions(*f).next().is_some());
    let overwrites = !out.is_empty() && out.iter().all(|(_, r)| *r == Rival::Relative);
    let plain = |s: &SetField| {
        // Beside columns that are overwritten whatever they were, another may be as well.
        let given = overwrites && s.stored.is_none() && !s.deps.data.of(p.read);
        fields.contains(&s.path)
            || s.copied
            || given
            // Worked out by an override of the store's method, which is asked about there.
            || (!overridden && by_override(c, s.path))
            || case.is_same_for_all(s)
            || case.kept_or_equal(s)
    };
    let whole = !decided || c.write.sets.iter().all(plain);
    (whole && !case.hangs(fields) && !case.claims(fields, &out)).then_some(out)
}

impl Case<'_, '_> {
    fn term(&self, t: TermId) -> &Term {
        self.c.seen.terms.get(t)
    }

    /// A constant, the time, or a name of the program: the same, whoever writes it.
    fn is_same_for_all(&self, s: &SetField) -> bool {
        let terms = &self.c.seen.terms;
        s.stored.is_none() && (terms.settled(s.value.term).is_some() || terms.is_time(s.value.term))
    }

    fn rival(&self, f: Sym) -> Option<Rival> {
        let set = self.c.write.sets.iter().rev().find(|s| s.path == f)?;
        if set.stored.is_some() || set.copied {
            return None;
        }
        if self.kept_or_equal(set) || self.looked_up_by(set) {
            return Some(Rival::Relative);
        }
        let terms = &self.c.seen.terms;
        // Filled in where it was missing: whoever fills it in comes to the same.
        let fills = self.is_repeatable(set.value.term, 0);
        let mine = set.written(terms, self.c.write.loc);
        if fills && self.only_missing(set) {
            return Some(Rival::Unfilled(mine));
        }
        (self.is_same_for_all(set) || fills).then_some(Rival::Other(mine))
    }

    /// Whether the decisions on a column let the write through only where nothing is there.
    fn only_missing(&self, set: &SetField) -> bool {
        let f = set.path;
        let mut all = self.decisions(f).peekable();
        if all.peek().is_none() {
            return self.is_of_row(set) && self.selects_missing(f);
        }
        all.all(|k| {
            k.pred
                .as_ref()
                .is_some_and(|p| self.says_missing(f, p, k.polarity, 0))
        })
    }

    /// Whether the rows were selected as those that have nothing in a column.
    fn selects_missing(&self, f: Sym) -> bool {
        let mut parts = Vec::new();
        for c in &self.c.read(self.p).conds {
            c.conjuncts(&mut parts);
        }
        parts
            .iter()
            .any(|c| matches!(c, Cond::Test { path, cmp: Cmp::NotExists, .. } if *path == f))
    }

    /// Whether a value is worked out from the row, or is another row that was looked up by what this one has.
    fn is_of_row(&self, set: &SetField) -> bool {
        let row = self.p.read;
        match self.term(set.value.term) {
            Term::Read(r) => {
                let reads = &self.c.seen.reads;
                // What the row has, or what the rows have to which it leads.
                let own = |r: ReadId| r == row || reads[r.0 as usize].parent == Some(row);
                let mut by = reads[r.0 as usize].conds.iter();
                by.any(|c| c.deps().data.iter().any(|(r, _)| own(r)))
            }
            _ => set.deps.data.of(row),
        }
    }

    /// Whether a test that went that way says that a column is empty.
    fn says_missing(&self, f: Sym, pred: &Pred, side: bool, depth: u32) -> bool {
        let deeper = |p: &Pred, side: bool| self.says_missing(f, p, side, depth + 1);
        if depth > 8 {
            return false;
        }
        match pred {
            Pred::Not(p) => deeper(p, !side),
            Pred::And(ps) => side && ps.iter().any(|p| deeper(p, side)),
            Pred::Or(ps) => !side && ps.iter().any(|p| deeper(p, side)),
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => deeper(p, side),
                _ => !side && self.is_column(v, f),
            },
            Pred::Cmp(op, a, b) => {
                let empty = matches!(b.kind, Kind::Const(l) if !truthy_lit(l));
                let equal = match op {
                    CmpOp::Eq | CmpOp::Is => side,
                    CmpOp::Ne | CmpOp::IsNot => !side,
                    _ => return false,
                };
                empty && equal && self.is_column(a, f)
            }
        }
    }

    /// Whether whoever works it out from the same row comes to the same.
    fn is_repeatable(&self, t: TermId, depth: u32) -> bool {
        let seen = self.c.seen;
        let deeper = |t: &TermId| self.is_repeatable(*t, depth + 1);
        if depth > 8 {
            return false;
        }
        if seen.row_terms.get(&t) == Some(&self.p.read) {
            return true;
        }
        match self.term(t) {
            Term::Const(_) | Term::Global(_) => true,
            Term::Read(r) if *r == self.p.read => true,
            // Another row, looked up by what this one has, or the one to which it leads.
            Term::Read(r) => {
                let read = &seen.reads[r.0 as usize];
                if read.how == ReadHow::Related && read.one {
                    return read.parent == Some(self.p.read);
                }
                let by = |c: &std::rc::Rc<Cond>| match &**c {
                    Cond::Test { with, .. } => {
                        with.iter().all(|v| self.is_repeatable_value(v, depth + 1))
                    }
                    _ => false,
                };
                read.one && !read.conds.is_empty() && read.conds.iter().all(by)
            }
            Term::Field(t, _) => deeper(t),
            Term::Index(a, b) => deeper(a) && deeper(b),
            Term::Concat(ts) | Term::Op(_, ts) => ts.iter().all(deeper),
            _ => false,
        }
    }

    /// The same of a value that may be one of several, chosen by what the row has.
    fn is_repeatable_value(&self, v: &Value, depth: u32) -> bool {
        let row = self.p.read;
        let chosen = |k: &Ctl| k.deps.iter().all(|(r, _)| r == row);
        match &v.kind {
            Kind::Phi(alts) => alts.iter().all(|a| {
                self.is_repeatable_value(&a.value, depth + 1) && a.under.iter().all(|k| chosen(k))
            }),
            _ => self.is_repeatable(v.term, depth),
        }
    }

    /// Whether the row was looked up by a digest or form of the very value that is written: whoever has the same row
    /// writes the same.
    fn looked_up_by(&self, set: &SetField) -> bool {
        let terms = &self.c.seen.terms;
        // What was worked out from a part of an object that is written.
        let parts = self.c.seen.parts.get(&set.value.term);
        let form = |t: TermId| {
            matches!(terms.get(t), Term::Op(..))
                && parts.is_some_and(|all| all.iter().any(|part| terms.mentions(t, *part)))
        };
        !terms.is_const(set.value.term)
            && self.c.read(self.p).conds.iter().any(|c| {
                matches!(&**c, Cond::Test { cmp: Cmp::Eq, with, .. }
                    if with.iter().any(|v| self.is_form_of(v.term, set.value.term, 0) || form(v.term)))
            })
    }

    /// Whether a term is a value or a form of it. What a row has in a column is no form of the row: others have the same.
    fn is_form_of(&self, t: TermId, of: TermId, depth: u32) -> bool {
        let rows = &self.c.seen.row_terms;
        let row = |t: &TermId| matches!(self.term(*t), Term::Read(_)) || rows.contains_key(t);
        let part = |t: &TermId| depth < 8 && self.is_form_of(*t, of, depth + 1);
        t == of
            || self.key_of(t) == of
            || match self.term(t) {
                Term::Field(t, _) => !row(t) && part(t),
                Term::Index(a, b) => part(a) || part(b),
                Term::Concat(ts) | Term::Op(_, ts) => ts.iter().any(part),
                _ => false,
            }
    }

    /// Whether the store takes a key out of a column of which it was tested whether it has that key: a second removal
    /// finds nothing to remove, and what others put there is left alone.
    fn removes_tested(&self, f: Sym) -> bool {
        let mut sets = self.c.write.sets.iter().rev();
        let removes = sets.find(|s| s.path == f).is_some_and(|s| {
            matches!(&s.stored, Some(StoreTerm::Op(op, parts))
                if op == "raw" && matches!(parts.as_slice(), [StoreTerm::Value(v)]
                    if self.c.seen.terms.text(v.term).is_some_and(|t| takes_key(&t, &f))))
        });
        let mut all = self.decisions(f).peekable();
        removes
            && all.peek().is_some()
            && all.all(|k| k.pred.as_ref().is_some_and(|p| self.tests_key(f, p, 0)))
    }

    /// Whether a test asks whether a column has a key that was not taken from the row itself.
    fn tests_key(&self, f: Sym, pred: &Pred, depth: u32) -> bool {
        if depth > 8 {
            return false;
        }
        match pred {
            Pred::Not(p) => self.tests_key(f, p, depth + 1),
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => self.tests_key(f, p, depth + 1),
                _ => false,
            },
            Pred::Cmp(CmpOp::In | CmpOp::NotIn, a, b) => {
                !a.deps.data.of(self.p.read) && self.is_column(b, f)
            }
            _ => false,
        }
    }

    /// Decisions that look at a column as it was read.
    fn decisions(&self, f: Sym) -> impl Iterator<Item = &Ctl> {
        self.c
            .write
            .ctl
            .iter()
            .map(|k| &**k)
            .filter(move |k| k.deps.paths(self.p.read).any(|x| overlap(x, f)))
    }

    /// Whether a column is left alone only where it has the very value that is written.
    fn kept_or_equal(&self, set: &SetField) -> bool {
        let f = set.path;
        let mut any = false;
        for k in self.decisions(f) {
            any = true;
            let Some(pred) = &k.pred else { return false };
            if !self.skipped_if_equal(set, pred, k.polarity, 0) {
                return false;
            }
        }
        if any {
            return true;
        }
        if let Some(alts) = &set.choices {
            // Chosen on the way: the old value, or another where it was found to differ.
            let chosen = |a: &crate::analysis::value::Alt| {
                a.under.iter().any(|k| {
                    k.deps.paths(self.p.read).any(|x| overlap(x, f))
                        && k.pred
                            .as_ref()
                            .is_some_and(|p| self.skipped_if_equal(set, p, k.polarity, 0))
                })
            };
            return alts
                .iter()
                .all(|a| self.is_stored(&a.value, f) || chosen(a));
        }
        // The rows were selected by it.
        let read = self.c.read(self.p);
        read.conds.iter().any(|t| self.selected_if_other(set, t))
    }

    /// Whether a value is what the column held as far as this run knows: as it was read, or as the run itself wrote it
    /// before, which was decided then.
    fn is_stored(&self, v: &Value, f: Sym) -> bool {
        self.is_column(v, f)
            || self.put_before(f, v)
            || matches!(&v.kind, Kind::Phi(alts)
                if alts.iter().all(|a| self.is_column(&a.value, f) || self.put_before(f, &a.value)))
    }

    /// Whether an earlier write of this run put a value there.
    fn put_before(&self, f: Sym, v: &Value) -> bool {
        let mine = self.c.write;
        let is = |x: &Value| self.key_of(x.term) == self.key_of(v.term);
        let puts = |s: &SetField| {
            let mut chosen = s.choices.iter().flat_map(|alts| alts.iter());
            s.path == f && (is(&s.value) || chosen.any(|a| is(&a.value)))
        };
        let mut before = self.c.seen.writes.iter().filter(|w| w.order < mine.order);
        mine.row_term.is_some()
            && before.any(|w| w.row_term == mine.row_term && w.sets.iter().any(puts))
    }

    /// Whether rows are left out by a condition only where the column has the value that is written.
    fn selected_if_other(&self, set: &SetField, cond: &Cond) -> bool {
        match cond {
            Cond::And(cs) => cs.iter().any(|c| self.selected_if_other(set, c)),
            Cond::Not(c) => matches!(&**c, Cond::Test { path, cmp: Cmp::Eq, with }
                if *path == set.path && with.iter().any(|v| self.is_value(v, set))),
            Cond::Test { path, cmp, with } if *path == set.path => match cmp {
                Cmp::Exists => matches!(set.value.kind, Kind::Const(Lit::None)),
                Cmp::Ne => with.iter().any(|v| self.is_value(v, set)),
                Cmp::Eq => match (with.first().map(|v| &v.kind), &set.value.kind) {
                    (Some(Kind::Const(Lit::Bool(a))), Kind::Const(Lit::Bool(b))) => a != b,
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the other side of a test is taken only where the column has the value that is written, as far as the
    /// column has a say in it.
    fn skipped_if_equal(&self, set: &SetField, pred: &Pred, side: bool, depth: u32) -> bool {
        if depth > 8 {
            return false;
        }
        let deeper = |p: &Pred, side: bool| self.skipped_if_equal(set, p, side, depth + 1);
        match pred {
            Pred::Not(p) => deeper(p, !side),
            Pred::And(ps) | Pred::Or(ps) => {
                let all = matches!(pred, Pred::And(_)) == side;
                ps.iter().enumerate().any(|(i, p)| {
                    let apart = || {
                        let mut others = ps.iter().enumerate().filter(|(j, _)| *j != i);
                        // A flag has no third value that is lost, whatever else was read.
                        let flag = matches!(set.value.kind, Kind::Const(Lit::Bool(_)));
                        others.all(|(_, o)| !self.looks_at(o, set.path, flag))
                    };
                    deeper(p, side) && (!all || apart())
                })
            }
            Pred::Cmp(op, a, b) => {
                let differs = match op {
                    CmpOp::Ne | CmpOp::IsNot => side,
                    CmpOp::Eq | CmpOp::Is => !side,
                    _ => return false,
                };
                let f = set.path;
                [(a, b), (b, a)].into_iter().any(|(x, y)| {
                    self.is_stored(x, f)
                        && match (differs, &y.kind, &set.value.kind) {
                            (true, _, _) if self.is_value(y, set) => true,
                            (false, Kind::Const(Lit::Bool(y)), Kind::Const(Lit::Bool(v))) => y != v,
                            _ => false,
                        }
                })
            }
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => deeper(p, side),
                // A flag raised on the way: where it stayed down, the test had gone the other way.
                Kind::Phi(alts) => {
                    let mut down = alts.iter().filter(
                        |a| !matches!(a.value.kind, Kind::Const(l) if truthy_lit(l) == side),
                    );
                    let stayed = |a: &crate::analysis::value::Alt| {
                        a.under
                            .iter()
                            .any(|k| k.pred.as_ref().is_some_and(|p| deeper(p, !k.polarity)))
                    };
                    let first = down.next();
                    first.is_some_and(stayed) && down.all(stayed)
                }
                _ => {
                    self.is_column(v, set.path)
                        && match set.value.kind {
                            Kind::Const(Lit::Bool(b)) => b != side,
                            Kind::Const(l) => side && !truthy_lit(l),
                            _ => false,
                        }
                }
            },
        }
    }

    /// Whether a test looks at the column, or (unless only that is asked) at what was read elsewhere.
    fn looks_at(&self, pred: &Pred, f: Sym, only: bool) -> bool {
        let has = |v: &Value| {
            let mut all = v.deps.data.iter().chain(v.deps.control.iter());
            all.any(|(r, x)| {
                if r == self.p.read {
                    overlap(x, f) || x == "*"
                } else {
                    !only && x != "pk"
                }
            })
        };
        match pred {
            Pred::Truthy(v) => has(v),
            Pred::Cmp(_, a, b) => has(a) || has(b),
            Pred::Not(p) => self.looks_at(p, f, only),
            Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| self.looks_at(p, f, only)),
        }
    }

    /// Whether a value is the column as it was read, unchanged.
    fn is_column(&self, v: &Value, f: Sym) -> bool {
        match self.term(v.term) {
            Term::Field(_, n) => {
                let mut of = v.deps.data.paths(self.p.read);
                let own = of.next().is_some_and(|x| x == f) && of.next().is_none();
                own || (*n == f && v.deps.data.of(self.p.read))
            }
            // The row that a relation leads to.
            Term::Read(r) => {
                let read = &self.c.seen.reads[r.0 as usize];
                read.how == ReadHow::Related && read.parent == Some(self.p.read)
            }
            Term::Index(..) => v.deps.data.paths(self.p.read).all(|x| x == f),
            _ => false,
        }
    }

    /// Whether a value is the one that is written.
    fn is_value(&self, v: &Value, set: &SetField) -> bool {
        let same = |x: &Value| self.key_of(x.term) == self.key_of(v.term);
        if same(&set.value) {
            return true;
        }
        // Or one form of it, chosen on the way.
        let Some(alts) = &set.choices else {
            return false;
        };
        let among = |t: TermId| {
            alts.iter()
                .any(|a| self.key_of(a.value.term) == self.key_of(t))
        };
        match &v.kind {
            Kind::Phi(parts) => parts.iter().all(|p| among(p.value.term)),
            _ => among(v.term),
        }
    }

    /// A row stands for its key.
    fn key_of(&self, t: TermId) -> TermId {
        match self.term(t) {
            Term::Field(of, n) if n == "pk" || n == "id" => *of,
            _ => t,
        }
    }

    /// Another write that matters: a row that is created only where it is missing is there for whoever comes next.
    fn other(&self, w: &crate::analysis::access::Write) -> bool {
        let mine = self.c.write;
        w.order != mine.order
            && w.loc != mine.loc
            && w.op != Op::Upsert
            && !w.store.is_cache()
            && !self.alike(w)
    }

    /// Whether a write does to the same row what this one does, on another way.
    fn alike(&self, w: &crate::analysis::access::Write) -> bool {
        let mine = self.c.write;
        let same = |s: &SetField| {
            let mut own = mine.sets.iter();
            own.any(|o| o.path == s.path && o.value.term == s.value.term)
        };
        mine.row_term.is_some()
            && w.row_term == mine.row_term
            && w.op == mine.op
            && w.sets
                .iter()
                .all(|s| s.copied || same(s) || self.is_same_for_all(s))
    }

    /// Whether another creation happens for each of the rows that are selected, and this write only for some of them,
    /// because of what stands elsewhere: the column is no claim to what is created, which comes again with each run for
    /// as long as that has not changed.
    fn repeated(&self, w: &Write) -> bool {
        let seen = self.c.seen;
        let elsewhere = |k: &Ctl| {
            let mut any = false;
            let apart = k.deps.iter().all(|(r, _)| {
                let read = &seen.reads[r.0 as usize];
                any |= r != self.p.read && read.how == ReadHow::Store && !read.store.is_cache();
                let before = read.order < w.order || read.container != w.container;
                read.given_by.is_none() && (r == self.p.read || before)
            });
            any && apart && !k.facts.contains(&Fact::Present(self.p.read))
        };
        matches!(w.op, Op::Create)
            && self.c.write.ctl.iter().any(|k| {
                elsewhere(k)
                    && !w
                        .ctl
                        .iter()
                        .any(|x| x.loc == k.loc && x.polarity == k.polarity)
            })
    }

    /// Whether one row is picked by a column that shuts out whoever comes next, and is this run's own from then on: it
    /// says so in the row, or gives the row back as one that nobody else has. A list of which one row is written, and not
    /// each in turn, was asked for that one.
    fn claims(&self, fields: &[Sym], rivals: &[(Sym, Rival)]) -> bool {
        let c = self.c;
        let read = c.read(self.p);
        if !self.selected(fields) || rivals.is_empty() {
            return false;
        }
        let out = self.given_back(|d| match d {
            DeedKind::Answer(t) => Some(t),
            _ => None,
        });
        let listed = || {
            self.given_back(|d| match d {
                DeedKind::Handed(t) => Some(t),
                _ => None,
            })
        };
        // (The rows of a query of a database are read by the loop that goes through them.)
        let around = match read.store.is_relational() {
            true => 0,
            false => read.loops.len(),
        };
        let goes_on = |n: &u32| !c.seen.last_turns.contains(&(c.id, *n));
        let in_turn = c.write.loops.iter().skip(around).any(goes_on);
        let picked = self.p.same == Same::Must && !in_turn;
        if !(read.one || out || picked || listed()) {
            return false;
        }
        let paths = c.selected_by(self.p);
        let keyed = paths
            .iter()
            .any(|p| *p == "pk" || read.key_names.contains(p))
            || uniqueness(c, &paths) == Uniqueness::Covers;
        let state = rivals.iter().any(|(_, r)| matches!(r, Rival::Other(_)));
        let mut sets = c.write.sets.iter();
        if (state || !keyed) && sets.any(|s| self.is_own(s)) {
            return true;
        }
        // Whichever comes first of all that are in that state.
        out && !keyed && read.conds.iter().all(|t| self.is_fixed(t))
    }

    /// Whether the rows that were read were selected by one of the columns, and nothing in the code looks at them.
    fn selected(&self, fields: &[Sym]) -> bool {
        let mut selects = Vec::new();
        for t in &self.c.read(self.p).conds {
            t.paths(&mut selects);
        }
        fields.iter().any(|f| selects.contains(f))
            && fields.iter().all(|f| self.decisions(*f).next().is_none())
    }

    /// Whether the row is what the run answers with, once it is written, by one kind of answer.
    fn given_back(&self, answer: impl Fn(DeedKind) -> Option<TermId>) -> bool {
        let (c, seen) = (self.c, self.c.seen);
        let row = |t: TermId| {
            c.write.row_term == Some(t)
                || seen.row_terms.get(&t) == Some(&self.p.read)
                || *self.term(t) == Term::Read(self.p.read)
        };
        seen.deeds
            .iter()
            .any(|d| d.order > c.write.order && answer(d.kind).is_some_and(row))
    }

    /// Whether a column is given a value that another run has not: what this one was handed or has drawn, and did not
    /// ask for.
    fn is_own(&self, s: &SetField) -> bool {
        let terms = &self.c.seen.terms;
        let asked = |t: &std::rc::Rc<Cond>| match &**t {
            Cond::Test { with, .. } => with.iter().any(|v| v.term == s.value.term),
            _ => false,
        };
        let plain = s.stored.is_none() && !s.copied && !self.is_same_for_all(s);
        plain
            && !s.deps.data.of(self.p.read)
            && (terms.is_given(s.value.term)
                || terms.has_made(s.value.term)
                || self.is_actors(s.value.term))
            && !self.c.read(self.p).conds.iter().any(asked)
    }

    /// Whether a value is a row that belongs to whoever runs this, or a part of it, and the rows that were read were not
    /// selected by whom they belong to: then another run has another.
    fn is_actors(&self, t: TermId) -> bool {
        match self.term(t) {
            Term::Field(of, _) | Term::Index(of, _) => self.is_actors(*of),
            Term::Read(r) => {
                let mut conds = self.c.read(self.p).conds.iter();
                self.is_of_actor(*r, 0) && !conds.any(|c| self.asks_for_actor(c))
            }
            _ => false,
        }
    }

    /// Whether a row is that of whoever runs this, or one to which such a one leads.
    fn is_of_actor(&self, r: ReadId, depth: u32) -> bool {
        let read = &self.c.seen.reads[r.0 as usize];
        let mut above = read.parent.into_iter().filter(|_| depth < 8);
        read.one && (read.of_run || above.any(|p| self.is_of_actor(p, depth + 1)))
    }

    /// Whether rows are asked for by what such a row has.
    fn asks_for_actor(&self, cond: &Cond) -> bool {
        let seen = self.c.seen;
        let by = |v: &Value| {
            let mut from = v.deps.data.iter().map(|(r, _)| r);
            let row = seen.row_terms.get(&v.term).copied();
            from.any(|r| self.is_of_actor(r, 0))
                || row.is_some_and(|r| self.is_of_actor(r, 0))
                || matches!(self.term(v.term), Term::Read(r) if self.is_of_actor(*r, 0))
        };
        match cond {
            Cond::Test { with, .. } => with.iter().any(by),
            Cond::And(cs) | Cond::Or(cs) => cs.iter().any(|c| self.asks_for_actor(c)),
            _ => false,
        }
    }

    /// Whether a condition on what is read is the same in every run.
    fn is_fixed(&self, cond: &Cond) -> bool {
        let terms = &self.c.seen.terms;
        match cond {
            Cond::Test { with, .. } => with
                .iter()
                .all(|v| terms.settled(v.term).is_some() || terms.is_time(v.term)),
            Cond::And(cs) | Cond::Or(cs) => cs.iter().all(|c| self.is_fixed(c)),
            Cond::Not(c) => self.is_fixed(c),
            Cond::Instead(_) => true,
            _ => false,
        }
    }

    /// Whether something else hangs on being the one that passed the tests: another write, an effect, an answer that
    /// differs, a failure.
    fn hangs(&self, fields: &[Sym]) -> bool {
        let c = self.c;
        let mut decided = false;
        let removed = fields.iter().all(|f| self.removes_tested(*f));
        for k in fields.iter().flat_map(|f| self.decisions(*f)) {
            decided = true;
            let refuses = k.scope == crate::analysis::value::Scope::Raise;
            if refuses && !removed {
                return true;
            }
            let side = |ctl: &[std::rc::Rc<Ctl>], polarity: bool| {
                ctl.iter().any(|x| x.loc == k.loc && x.polarity == polarity)
            };
            let others = c
                .seen
                .writes
                .iter()
                .any(|w| self.other(w) && side(&w.ctl, k.polarity));
            if others {
                return true;
            }
            let (mut here, mut there) = (Vec::new(), Vec::new());
            for d in &c.seen.deeds {
                match d.kind {
                    DeedKind::Effect if side(&d.ctl, k.polarity) => return true,
                    DeedKind::Answer(t) if side(&d.ctl, !k.polarity) => there.push(t),
                    DeedKind::Answer(t) if side(&d.ctl, k.polarity) && d.order > c.write.order => {
                        here.push(t);
                    }
                    _ => {}
                }
            }
            let first = here.first().or(there.first());
            let agree = here.is_empty() == there.is_empty()
                && here.iter().chain(&there).all(|t| Some(t) == first);
            // Who finds the key gone is told so: what is stored is the same.
            if !agree && !refuses {
                return true;
            }
        }
        // Selected by the column: whatever is done for each of the rows.
        let mut selects = Vec::new();
        for t in &c.read(self.p).conds {
            t.paths(&mut selects);
        }
        let selected = !decided && fields.iter().any(|f| selects.contains(f));
        let asked =
            |ctl: &[std::rc::Rc<Ctl>], fact: Fact| ctl.iter().any(|k| k.facts.contains(&fact));
        let found = Fact::Present(self.p.read);
        // Where the code takes it for granted that a row was found, whatever follows is done for it.
        let read = c.read(self.p);
        let assumed = read.one
            && read.absent_as.is_none()
            && self.p.same == Same::Must
            && !asked(&c.write.ctl, found);
        let missing = Fact::Absent(self.p.read);
        let each = |ctl: &[std::rc::Rc<Ctl>], order: u32| {
            asked(ctl, found) || (assumed && order > read.order && !asked(ctl, missing))
        };
        selected
            && (c
                .seen
                .writes
                .iter()
                .any(|w| self.other(w) && each(&w.ctl, w.order) && !self.repeated(w))
                || c.seen
                    .deeds
                    .iter()
                    .any(|d| d.kind == DeedKind::Effect && each(&d.ctl, d.order)))
    }
}

/// Whether an expression of SQL is a column without a key of it (`labels - %s::text`): with a cast, since a number is
/// taken away in the same way.
fn takes_key(sql: &str, column: &str) -> bool {
    let mut parts = sql.splitn(2, " - ");
    let (Some(of), Some(key)) = (parts.next(), parts.next()) else {
        return false;
    };
    let name = of.trim().rsplit('.').next().unwrap_or("");
    let mut cast = key.trim().splitn(2, "::");
    name.trim_matches('"') == column
        && cast.next().map(str::trim) == Some("%s")
        && cast
            .next()
            .is_some_and(|t| matches!(t.trim(), "text" | "text[]" | "varchar"))
}
