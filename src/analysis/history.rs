//! Histories: for every write, the reads that it depends on, whether they mean the same entity, and what guards the
//! pair. Rules judge these; they see no syntax.

use std::collections::BTreeSet;
use std::rc::Rc;

use ustr::Ustr;

use super::Cmp;
use super::access::*;
use super::interp::Seen;
use super::program::Program;
use super::value::*;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Mode, TokenKind};
use crate::sym;
use crate::syntax::il::CmpOp;

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
    pub own: Vec<Ustr>,
    /// Columns that are written from other values of the same row: (column, from).
    pub derived: Vec<(Ustr, Ustr)>,
    /// Columns tested, on which the write depends.
    pub tested: Vec<Ustr>,
    /// Rows were counted.
    pub counted: bool,
    /// The write happens only if the read found nothing.
    pub absent: bool,
    /// The value is computed from how many rows there are or from the largest.
    pub numbered: bool,
    /// The row that was read is the one that is written back.
    pub row: bool,
    /// The decision on how many rows there are or on there being none, nearest to the write.
    pub check: Option<Loc>,
    /// The decisions on columns, in order.
    pub checks: Vec<(Ustr, Loc)>,
    /// The row lock.
    pub lock: Lock,
    /// Another lock that covers both.
    pub covered_by: Option<Loc>,
    /// A lock taken after the read and held at the write: the read is stale under it.
    pub later_lock: Option<Loc>,
    /// The write compares a version, or the value itself, with what was read.
    pub versioned: bool,
    /// Tested columns that the write's condition names.
    pub conditioned: Vec<Ustr>,
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
}

impl Pair {
    /// Whether a lock makes read and write one step.
    pub fn locked(&self) -> bool {
        self.lock == Lock::Held || self.covered_by.is_some()
    }

    /// The decision on any of these columns that is nearest to the write.
    pub fn check_of(&self, fields: &[Ustr]) -> Option<Loc> {
        let found = self.checks.iter().rev().find(|c| fields.contains(&c.0));
        found.map(|c| c.1)
    }

    /// Whether the write's condition repeats what was tested on `path`.
    pub fn repeats(&self, path: Ustr) -> bool {
        !self.maybe_conditioned
            && (self.versioned || self.unclear || self.conditioned.contains(&path))
    }
}

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
    pub tests: Vec<Ustr>,
}

impl WriteCase<'_> {
    /// The columns it sets.
    pub fn fields(&self) -> Vec<Ustr> {
        let mut v: Vec<Ustr> = self
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

    /// Whether it replaces columns that nobody here changed.
    pub fn whole(&self) -> bool {
        self.write.mode == Mode::Whole && !self.write.narrowed
    }

    /// The read of a pair.
    pub fn read(&self, p: &Pair) -> &Read {
        &self.seen.reads[p.read.0 as usize]
    }

    /// Whether this write itself changes a column.
    pub fn changes(&self, path: Ustr) -> bool {
        self.write.sets.iter().any(|s| s.path == path && !s.copied)
    }

    /// The paths by which the write selects (equality only), and whether all of it is understood.
    pub fn selected(&self) -> (Vec<Ustr>, bool) {
        equalities(&self.write.conds)
    }

    /// The paths by which the read of a pair selected.
    pub fn tested_by(&self, p: &Pair) -> Vec<Ustr> {
        let read = self.read(p);
        let mut paths = equalities(&read.conds).0;
        if p.absent {
            paths.extend(read.searched.iter().copied());
        }
        paths
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

    /// The paths by which the read of a pair selected one row.
    pub fn selected_by(&self, p: &Pair) -> Vec<Ustr> {
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
    pub fn changes_in(&self, f: &FrameRef, column: Ustr) -> bool {
        let mut all = self.write.changed.iter();
        all.any(|(name, frame)| *name == column && *frame >= f.id)
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
    pub fn consumed(&self) -> Vec<Ustr> {
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

/// All writes of a root, each with its reads.
pub fn cases<'a>(program: &'a Program, seen: &'a Seen) -> Vec<WriteCase<'a>> {
    let mut out = Vec::new();
    for (i, write) in seen.writes.iter().enumerate() {
        if write.op == Op::Check {
            continue;
        }
        let mut pairer = Pairer {
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

struct Pairer<'a> {
    seen: &'a Seen,
    write: &'a Write,
    program: &'a Program,
}

impl<'a> Pairer<'a> {
    fn read(&self, r: ReadId) -> &'a Read {
        &self.seen.reads[r.0 as usize]
    }

    fn pairs(&mut self) -> Vec<Pair> {
        let w = self.write;
        let mut reads: BTreeSet<ReadId> = BTreeSet::new();
        for s in &w.sets {
            let d = &s.deps;
            for (r, _) in d.data.iter().chain(d.control.iter()).chain(d.keyed.iter()) {
                reads.insert(r);
            }
        }
        for c in w.ctl.iter() {
            for (r, _) in c.deps.iter() {
                reads.insert(r);
            }
            for f in &c.facts {
                if let Fact::Absent(r) | Fact::Present(r) = f {
                    reads.insert(*r);
                }
            }
        }
        reads.extend(w.row_read);
        // What a row was before it was read again.
        let mut older = w.row_read.and_then(|r| self.read(r).reload_of);
        while let Some(r) = older {
            reads.insert(r);
            older = self.read(r).reload_of;
        }
        let mut pairs: Vec<Pair> = reads
            .into_iter()
            .filter(|r| self.read(*r).order < w.order)
            // A row that was created a moment ago by this very run is nobody else's yet.
            .filter(|r| {
                self.read(*r)
                    .given_by
                    .is_none_or(|by| !w.ctl.iter().any(|c| c.facts.contains(&Fact::Created(by))))
            })
            .filter_map(|r| self.pair(r))
            .collect();
        pairs.sort_by_key(|p| std::cmp::Reverse(self.read(p.read).order));
        pairs
    }

    fn pair(&self, r: ReadId) -> Option<Pair> {
        let w = self.write;
        let read = self.read(r);
        let same = self.same(r);
        if same == Same::No {
            return None;
        }
        let key = |p: Ustr| p == "pk" || read.key_names.contains(&p) || w.key_names.contains(&p);
        let mut own = Vec::new();
        let mut derived = Vec::new();
        let mut numbered = false;
        // A new item beside those that were read: what it takes from one of them numbers it.
        let beside = matches!(w.op, Op::Put | Op::Create)
            && w.row_read != Some(r)
            && !read.one
            && !matches!(w.container, Some(Container::Model(_)))
            && !w.sets.iter().any(|s| s.copied);
        for s in &w.sets {
            if s.copied || s.stored.as_ref().is_some_and(|t| !program_computes(t, r)) {
                continue;
            }
            let kept = self.kept(s, r);
            // A column worked out by somebody else from its own old value is still worked out from it.
            let keyed = s.deps.keyed.paths(r);
            let keyed = keyed.filter(|p| *p == s.path || p == "*" || s.path == "*");
            for p in s.deps.data.paths(r).chain(keyed) {
                if p == "#" {
                    numbered = true;
                } else if p == "?" || (key(p) && p != s.path) || (key(s.path) && p != "*") {
                    continue;
                } else if p == s.path || p == "*" || s.path == "*" {
                    if kept {
                        continue;
                    }
                    if beside {
                        numbered = true;
                    } else if !own.contains(&s.path) {
                        own.push(s.path);
                    }
                } else if !derived.contains(&(s.path, p)) {
                    derived.push((s.path, p));
                }
            }
        }
        let mut tested = Vec::new();
        let mut counted = false;
        let mut absent = false;
        let mut check = None;
        let mut checks = Vec::new();
        for c in w.ctl.iter() {
            for p in c.deps.paths(r) {
                match p.as_str() {
                    "#" => {
                        counted = true;
                        check = Some(c.loc);
                    }
                    "?" => {}
                    _ if key(p) => {}
                    _ => {
                        if !tested.contains(&p) {
                            tested.push(p);
                        }
                        checks.push((p, c.loc));
                    }
                }
            }
            if c.facts.contains(&Fact::Absent(r)) {
                absent = true;
                check = Some(c.loc);
            }
        }
        // A value that a decision on the row chose.
        for s in &w.sets {
            if s.copied {
                continue;
            }
            for p in s.deps.control.paths(r) {
                if !key(p) && p != "?" && p != "#" && !tested.contains(&p) && p == s.path {
                    if !self.chosen(s, r, &mut checks) {
                        continue;
                    }
                    tested.push(p);
                }
            }
        }
        // Rows selected by a column that the write then changes were tested by the selection.
        if !read.aggregate
            && w.op != Op::Create
            && (w.row_read == Some(r) || same == Same::Must)
            && read.how == ReadHow::Store
        {
            for c in &read.conds {
                let mut all = Vec::new();
                c.conjuncts(&mut all);
                for t in all {
                    if let Cond::Test { path, .. } = t
                        && !key(*path)
                        && w.sets.iter().any(|s| s.path == *path && !s.copied)
                        && !tested.contains(path)
                        && !self.identifies(read, *path)
                    {
                        tested.push(*path);
                        checks.push((*path, read.loc));
                    }
                }
            }
        }
        let row = w.row_read == Some(r);
        let tests = self.conditions();
        let identity = self.identity_paths(r);
        let mut conditioned = Vec::new();
        let mut versioned = false;
        let mut unclear = false;
        let mut not_exists = false;
        let void = self.void_absence(&tests);
        for c in &tests {
            let mut parts = Vec::new();
            c.conjuncts(&mut parts);
            for t in parts {
                match t {
                    Cond::Test { path, cmp, with } => {
                        if *cmp == Cmp::NotExists && self.excludes(r, *path) {
                            // A key with a random part is absent whatever was read.
                            not_exists |=
                                !void && (key(*path) || w.op == Op::Put || w.op == Op::Create);
                        }
                        if *cmp == Cmp::Exists && !tested.contains(path) {
                            continue;
                        }
                        if !identity.contains(path) {
                            conditioned.push(*path);
                        }
                        let from_read = with.iter().any(|v| {
                            v.deps.data.paths(r).any(|p| p == *path || p == "*")
                                || self.advances(v, *path, r)
                        });
                        // Columns whose names are not known may hold it.
                        let changes = w
                            .sets
                            .iter()
                            .any(|s| (s.path == *path || s.path == "*") && !s.copied)
                            || w.op == Op::Delete;
                        if *cmp == Cmp::Eq
                            && from_read
                            && !identity.contains(path)
                            && (changes || own.contains(path))
                        {
                            versioned = true;
                        }
                    }
                    Cond::Or(alts) => {
                        // Only what every alternative names is sure.
                        let mut shared: Option<Vec<Ustr>> = None;
                        for a in alts {
                            let mut ps = Vec::new();
                            a.paths(&mut ps);
                            if matches!(&**a, Cond::Unknown(_)) {
                                unclear = true;
                            }
                            shared = Some(match shared {
                                None => ps,
                                // An alternative that holds only where the row or column is missing lets nobody in
                                // who found it there.
                                Some(s) if is_absence(a) => s,
                                Some(s) => s.into_iter().filter(|p| ps.contains(p)).collect(),
                            });
                            if let Cond::Test {
                                path,
                                cmp: Cmp::NotExists,
                                ..
                            } = &**a
                            {
                                not_exists |= w.op == Op::Put && self.excludes(r, *path);
                            }
                        }
                        let guards: Vec<(bool, bool)> = alts
                            .iter()
                            .map(|a| self.compares(a, r, &identity, &own))
                            .collect();
                        if guards.iter().any(|g| g.0) && guards.iter().all(|g| g.0 || g.1) {
                            versioned = true;
                        }
                        let first_absent = alts.first().is_some_and(|a| is_absence(a));
                        if first_absent {
                            for a in alts.iter().skip(1) {
                                a.paths(&mut conditioned);
                            }
                        }
                        conditioned.extend(shared.unwrap_or_default());
                    }
                    Cond::Not(inner) => {
                        let mut ps = Vec::new();
                        inner.paths(&mut ps);
                        conditioned.extend(ps.into_iter().filter(|p| !identity.contains(p)));
                    }
                    Cond::Unknown(_) => unclear = true,
                    Cond::And(_) => {}
                }
            }
        }
        let (lock, covered_by, later_lock, transaction, process, unknown_region) = self.guards(r);
        Some(Pair {
            read: r,
            same,
            own,
            derived,
            tested,
            counted,
            absent,
            numbered,
            row,
            check,
            checks,
            lock,
            covered_by,
            later_lock,
            versioned,
            conditioned,
            maybe_conditioned: w.guard_maybe,
            unclear,
            not_exists,
            transaction,
            process,
            unknown_region,
        })
    }

    /// Whether a column keeps its value on some ways, and gets one on the others that owes nothing to it.
    fn kept(&self, s: &SetField, r: ReadId) -> bool {
        let Some(choices) = &s.choices else {
            return false;
        };
        // Named among the columns to be written, the old value is put back on purpose.
        if self.write.mode != Mode::Whole || self.write.narrowed {
            return false;
        }
        let own = |a: &Alt| match self.seen.terms.get(a.value.term) {
            Term::Field(of, n) => {
                *n == s.path
                    && !self.seen.mutated.contains(&a.value.term)
                    && (*self.seen.terms.get(*of) == Term::Read(r)
                        || self.write.row_term == Some(*of)
                        || self.seen.row_terms.get(of) == Some(&r))
            }
            // The row to which a relation led.
            Term::Read(x) => {
                let x = self.read(*x);
                x.how == ReadHow::Related && x.parent == Some(r)
            }
            _ => false,
        };
        let apart = |a: &Alt| {
            // What an object of this run holds is not seen here.
            let plain = !matches!(a.value.kind, Kind::Obj(_))
                || matches!(
                    self.seen.terms.get(a.value.term),
                    Term::Read(_) | Term::Param(_)
                );
            let mut paths = a.value.deps.data.paths(r);
            plain && paths.all(|p| p != s.path && p != "*")
        };
        choices.iter().any(own) && choices.iter().all(|a| own(a) || apart(a))
    }

    /// Whether a decision on a column chose its new value: notes which. It did not where the column is only kept as it
    /// was read, or set to the very value that it was found to differ from.
    fn chosen(&self, s: &SetField, r: ReadId, checks: &mut Vec<(Ustr, Loc)>) -> bool {
        let Some(ways) = &s.ways else {
            return true;
        };
        let mut by = false;
        for a in ways.iter() {
            for c in a
                .under
                .iter()
                .filter(|c| c.deps.paths(r).any(|p| p == s.path))
            {
                let kept = |row| a.kept(&self.seen.terms, row, s.path);
                if self.write.row_term.is_some_and(kept)
                    || only_if_different(&self.seen.terms, c, (r, s.path), &a.value)
                {
                    continue;
                }
                by = true;
                checks.push((s.path, c.loc));
            }
        }
        by || ways.iter().all(|a| a.under.is_empty())
    }

    /// Whether the write advances a column from a value that was read: a version kept in a document and in a column of
    /// its own is one version.
    fn advances(&self, v: &Value, path: Ustr, r: ReadId) -> bool {
        let old = self.canonical(v.term);
        v.deps.flows_from(r)
            && self.write.sets.iter().any(|s| {
                s.path == path && s.value.term != old && self.seen.terms.mentions(s.value.term, old)
            })
    }

    /// A value that was made in this run, from nothing that was read.
    fn random(&self, s: &SetField) -> bool {
        s.deps.data.is_empty()
            && s.deps.keyed.is_empty()
            && super::interp_made_here(&self.seen.terms, s.value.term)
    }

    /// Whether the absence that the write demands is that of a key with a random part: then it always holds.
    fn void_absence(&self, tests: &[Rc<Cond>]) -> bool {
        let w = self.write;
        let mut absent: Vec<Ustr> = Vec::new();
        for c in tests {
            let mut parts = Vec::new();
            c.conjuncts(&mut parts);
            for t in parts {
                if let Cond::Test {
                    path,
                    cmp: Cmp::NotExists,
                    ..
                } = t
                {
                    absent.push(*path);
                }
            }
        }
        matches!(w.op, Op::Put | Op::Create)
            && w.sets
                .iter()
                .any(|s| absent.contains(&s.path) && self.random(s))
    }

    /// Whether one alternative of a condition compares with what was read a column that the write changes, and
    /// whether it demands the absence of such a column.
    fn compares(&self, c: &Cond, r: ReadId, identity: &[Ustr], own: &[Ustr]) -> (bool, bool) {
        let w = self.write;
        let mut parts = Vec::new();
        c.conjuncts(&mut parts);
        let (mut equal, mut absent) = (false, false);
        for t in parts {
            if let Cond::Test { path, cmp, with } = t {
                let changes = w.sets.iter().any(|s| s.path == *path && !s.copied);
                let from_read = with
                    .iter()
                    .any(|v| v.deps.data.paths(r).any(|p| p == *path || p == "*"));
                equal |= *cmp == Cmp::Eq
                    && from_read
                    && !identity.contains(path)
                    && (changes || own.contains(path));
                absent |= *cmp == Cmp::NotExists && changes;
            }
        }
        (equal, absent)
    }

    /// Whether "this item is not there" excludes what the read looked for. It says nothing of items with other keys: a
    /// key made in this run never meets another, and a search by other columns than the key finds other items.
    fn excludes(&self, r: ReadId, path: Ustr) -> bool {
        let w = self.write;
        if w.key_fresh {
            return false;
        }
        let asked: Vec<Ustr> = self
            .tests_of(&self.read(r).conds)
            .into_iter()
            .filter(|t| t.1 == Cmp::Eq)
            .map(|t| t.0)
            .collect();
        // A key that was worked out from what was found (the next number) is the one that another would take.
        let worked_out = |p: Ustr| w.sets.iter().any(|s| s.path == p && s.deps.flows_from(r));
        asked.is_empty()
            || asked.contains(&path)
            || worked_out(path)
            || !w.sets.iter().any(|s| s.path == path)
    }

    /// Whether a column told which row was meant: an equality that is unique.
    fn identifies(&self, read: &Read, path: Ustr) -> bool {
        let _ = read;
        match self.write.container {
            Some(Container::Model(m)) => self.program.model(m).is_some_and(|m| {
                m.uniques
                    .iter()
                    .any(|u| u.fields.len() == 1 && u.fields[0] == path.as_str())
            }),
            _ => false,
        }
    }

    /// Every condition of the write, and of the writes that commit together with it on the same entity.
    fn conditions(&self) -> Vec<Rc<Cond>> {
        let w = self.write;
        let mut out: Vec<Rc<Cond>> = w.conds.clone();
        out.extend(w.guards.iter().cloned());
        if let Some(g) = w.group {
            for other in &self.seen.writes {
                if other.group == Some(g)
                    && !std::ptr::eq(other, w)
                    && other.container == w.container
                    && other.op == Op::Check
                {
                    out.extend(other.guards.iter().cloned());
                }
            }
        }
        out
    }

    /// Paths by which the write selects its entity, as opposed to conditions on it.
    fn identity_paths(&self, r: ReadId) -> Vec<Ustr> {
        let w = self.write;
        let mut out = w.key_names.clone();
        out.push(sym!("pk"));
        if self.tests_of(&w.conds).iter().any(|(p, _, _)| *p == "pk") {
            return out;
        }
        // Without a key the tests that the read made as well select.
        let of_read = self.tests_of(&self.read(r).conds);
        for (p, c, v) in self.tests_of(&w.conds) {
            let same = of_read
                .iter()
                .any(|(q, d, u)| *q == p && *d == c && self.equal(v, u));
            let changed = w.sets.iter().any(|s| s.path == p);
            if same && !changed {
                out.push(p);
            }
        }
        out
    }

    fn tests_of<'c>(&self, conds: &'c [Rc<Cond>]) -> Vec<(Ustr, Cmp, &'c [Value])> {
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

    fn equal(&self, a: &[Value], b: &[Value]) -> bool {
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|(x, y)| self.canonical(x.term) == self.canonical(y.term))
    }

    /// Whether a value is one of the alternatives that a key stands for.
    fn among(&self, keys: &[Value], v: &Value) -> bool {
        keys.iter().any(|k| match &k.kind {
            Kind::Phi(alts) => alts
                .iter()
                .any(|a| self.canonical(a.value.term) == self.canonical(v.term)),
            _ => false,
        })
    }

    /// A row and its key are the same thing to a comparison.
    fn canonical(&self, t: TermId) -> TermId {
        let mut t = t;
        for _ in 0..6 {
            match self.seen.terms.get(t) {
                Term::Field(of, n) if n == "pk" || n == "id" => t = *of,
                Term::Op(op, args)
                    if args.len() == 1
                        && matches!(
                            op.as_str(),
                            "str" | "int" | "uuid.UUID" | "UUID" | "number" | "Itoa"
                        ) =>
                {
                    t = args[0];
                }
                _ => return t,
            }
        }
        t
    }

    fn same(&self, r: ReadId) -> Same {
        let w = self.write;
        let read = self.read(r);
        let mut of_row = w.row_read;
        while let Some(x) = of_row {
            if x == r {
                return Same::Must;
            }
            of_row = self.read(x).reload_of;
        }
        let (Some(rc), Some(wc)) = (read.container, w.container) else {
            return Same::No;
        };
        // What was handed in is a new row where this is written.
        if w.row_read.is_none()
            && w.row_term
                .is_some_and(|t| self.seen.row_terms.get(&t) == Some(&r))
        {
            return Same::No;
        }
        if !self.same_container(rc, wc) && !self.same_table_of_class(read) {
            return Same::No;
        }
        // Rows of different readings of the same key.
        if let Some(x) = w.row_read {
            let other = self.read(x);
            if other.container.is_some_and(|c| self.same_container(c, rc)) {
                let keyed = |conds: &[Rc<Cond>], by: ReadId| {
                    self.tests_of(conds).iter().any(|(p, c, vs)| {
                        *p == "pk"
                            && *c == Cmp::Eq
                            && vs.iter().any(|v| {
                                let t = self.canonical(v.term);
                                *self.seen.terms.get(t) == Term::Read(by)
                                    || self.seen.row_terms.get(&t) == Some(&by)
                            })
                    })
                };
                // One of them was looked up by the key of the other.
                if keyed(&other.conds, r) || keyed(&read.conds, x) {
                    return Same::Must;
                }
                return self.same_selection(&read.conds, &other.conds, true);
            }
        }
        let creates = matches!(w.op, Op::Create | Op::Put | Op::Upsert);
        if creates && (w.op != Op::Upsert || w.conds.is_empty()) {
            return self.same_as_created(r);
        }
        let wt = self.tests_of(&w.conds);
        let rt = self.tests_of(&read.conds);
        let read_term = Term::Read(r);
        let keys: Vec<_> = wt
            .iter()
            .filter(|(p, c, _)| {
                *c == Cmp::Eq
                    && (*p == "pk" || w.key_names.contains(p) || read.key_names.contains(p))
            })
            .collect();
        if keys.is_empty() {
            return self.same_selection(&read.conds, &w.conds, false);
        }
        let mut equal = 0;
        let mut unknown = 0;
        for (p, _, vs) in &keys {
            let Some(v) = vs.first() else { continue };
            let c = self.canonical(v.term);
            if *self.seen.terms.get(c) == read_term {
                equal += 1;
                continue;
            }
            let asked = rt.iter().find(|(q, d, _)| q == p && *d == Cmp::Eq);
            if let Some(u) = asked.and_then(|(_, _, us)| us.first())
                && self.built_apart(u.term, v.term)
            {
                return Same::No;
            }
            // Taken from the read's result.
            if let Term::Field(of, n) = self.seen.terms.get(v.term)
                && *self.seen.terms.get(*of) == read_term
                && n == p
            {
                equal += 1;
                continue;
            }
            if v.deps.flows_from(r) {
                // What another column of one row names is another row.
                let named = *p != "pk" || matches!(wc, Container::Model(_));
                let mut from = v.deps.data.paths(r);
                if read.one && named && from.all(|x| x != *p && !matches!(x.as_str(), "*" | "?")) {
                    return Same::No;
                }
                equal += 1;
                continue;
            }
            match rt.iter().find(|(q, d, _)| q == p && *d == Cmp::Eq) {
                Some((_, _, us)) if self.equal(us, vs) => equal += 1,
                // Read for each of several keys, of which this is one.
                Some((_, _, us)) if self.among(us, v) => equal += 1,
                Some((_, _, us)) => {
                    let consts = us.first().is_some_and(|u| self.seen.terms.is_const(u.term))
                        && self.seen.terms.is_const(v.term);
                    let distinct = us.first().is_some_and(|u| self.distinct(u.term, v.term));
                    if consts || distinct {
                        return Same::No;
                    }
                    unknown += 1;
                }
                None => unknown += 1,
            }
        }
        match (equal, unknown) {
            (0, _) => Same::No,
            (_, 0) => Same::Must,
            _ => Same::May,
        }
    }

    /// Two different parameters are two different keys as far as the program says.
    fn distinct(&self, a: TermId, b: TermId) -> bool {
        matches!((self.seen.terms.get(a), self.seen.terms.get(b)), (Term::Param(x), Term::Param(y)) if x != y)
    }

    /// Keys that are built in different ways (`"USER#" + a`, `"ORDER#" + b`, different functions) name different
    /// items of a table.
    fn built_apart(&self, a: TermId, b: TermId) -> bool {
        let text = |t: &TermId| self.seen.terms.text(*t);
        match (self.seen.terms.get(a), self.seen.terms.get(b)) {
            (Term::Concat(x), Term::Concat(y)) => match (x.first(), y.first()) {
                (Some(x), Some(y)) => text(x)
                    .zip(text(y))
                    .is_some_and(|(x, y)| !x.starts_with(y.as_str()) && !y.starts_with(x.as_str())),
                _ => false,
            },
            (Term::Op(x, _), Term::Op(y, _)) => x != y && x.contains('.') && y.contains('.'),
            _ => false,
        }
    }

    fn same_container(&self, a: Container, b: Container) -> bool {
        if a == b {
            return true;
        }
        match (a, b) {
            (Container::Model(x), Container::Model(y)) => {
                let facts = self.program.facts();
                facts.is_subclass(x.as_str(), y.as_str())
                    || facts.is_subclass(y.as_str(), x.as_str())
            }
            _ => false,
        }
    }

    /// Whether read and write stand in methods of one class, on two objects of it that nothing tells apart, and name
    /// their table in the same way (`s.table`): a service and its handler hold the same repository.
    fn same_table_of_class(&self, read: &Read) -> bool {
        let (Some(Container::Term(a)), Some(Container::Term(b))) =
            (read.container, self.write.container)
        else {
            return false;
        };
        let owner = |stack: &[FrameRef]| {
            stack.iter().rev().find_map(|f| {
                let class = self.program.class_of(f.func)?;
                Some((class, f.recv?))
            })
        };
        match (owner(&read.stack), owner(&self.write.stack)) {
            (Some((c, x)), Some((d, y))) if c == d && x != y => {
                self.seen.terms.mentions(a, x) && self.seen.terms.same_of(a, x, b, y)
            }
            _ => false,
        }
    }

    /// Two selections by predicate: the same if one makes all the equality tests of the other.
    fn same_selection(&self, a: &[Rc<Cond>], b: &[Rc<Cond>], either: bool) -> Same {
        let at: Vec<_> = self
            .tests_of(a)
            .into_iter()
            .filter(|t| t.1 == Cmp::Eq)
            .collect();
        let bt: Vec<_> = self
            .tests_of(b)
            .into_iter()
            .filter(|t| t.1 == Cmp::Eq)
            .collect();
        let found = |xs: &[(Ustr, Cmp, &[Value])], ys: &[(Ustr, Cmp, &[Value])]| {
            xs.iter()
                .filter(|(p, _, v)| ys.iter().any(|(q, _, u)| p == q && self.equal(v, u)))
                .count()
        };
        let n = found(&at, &bt);
        if n == 0 {
            return Same::No;
        }
        if n == at.len() || (either && n == bt.len()) {
            return Same::Must;
        }
        let differs = at
            .iter()
            .any(|(p, _, v)| bt.iter().any(|(q, _, u)| p == q && !self.equal(v, u)));
        if differs { Same::No } else { Same::May }
    }

    /// Whether what is created satisfies the predicate that was read.
    fn same_as_created(&self, r: ReadId) -> Same {
        let w = self.write;
        let read = self.read(r);
        let rt = self.tests_of(&read.conds);
        let value_of = |p: Ustr| w.sets.iter().find(|s| s.path == p).map(|s| &s.value);
        let open = w.sets.iter().any(|s| s.path == "*");
        let keys = self.tests_of(&w.conds);
        let key_of = |p: Ustr| keys.iter().find(|t| t.0 == p && t.1 == Cmp::Eq);
        let (mut equal, mut unknown) = (0, 0);
        // A row that is handed in is no predicate that another one could satisfy.
        if read.how == ReadHow::Param && w.row_term.is_some() && rt.is_empty() {
            return Same::No;
        }
        // What was read of one row that is there says nothing of another row: a value of another origin is another row's.
        let known = |f: Fact| w.ctl.iter().any(|c| c.facts.contains(&f));
        let there = read.one
            && !known(Fact::Absent(r))
            && (read.absent_as.is_some() || known(Fact::Present(r)));
        for (p, c, vs) in rt {
            if c != Cmp::Eq {
                continue;
            }
            let Some(u) = vs.first() else { continue };
            match value_of(p) {
                Some(v) if self.canonical(v.term) == self.canonical(u.term) => equal += 1,
                // The item's own key, kept in it.
                Some(v) if v.deps.flows_from(r) && self.own_key(v, p, r) => equal += 1,
                Some(v) if self.built_apart(v.term, u.term) => return Same::No,
                Some(v) if v.deps.flows_from(r) && v.term != u.term && !read.key_names.contains(&p) => equal += 1,
                Some(v) => {
                    let (a, b) = (self.canonical(v.term), self.canonical(u.term));
                    if (self.seen.terms.is_const(a) && self.seen.terms.is_const(b))
                        || self.distinct(a, b)
                        || super::interp_made_here(&self.seen.terms, a)
                            != super::interp_made_here(&self.seen.terms, b)
                    {
                        return Same::No;
                    }
                    // Another key is another item.
                    if read.key_names.contains(&p) && !read.key_names.is_empty() {
                        return Same::No;
                    }
                    // A value derived from the one that was asked for.
                    if self.seen.terms.mentions(a, b) || self.seen.terms.mentions(b, a) {
                        equal += 1;
                    } else if there {
                        return Same::No;
                    } else {
                        unknown += 1;
                    }
                }
                // A key that is handed over beside the item.
                None if key_of(p).and_then(|t| t.2.first()).is_some_and(|v| {
                    self.canonical(v.term) == self.canonical(u.term)
                }) =>
                {
                    equal += 1;
                }
                // What is created is a record that has the value asked for.
                None if self.taken_from_record(p, u.term) => equal += 1,
                // A field of the very object that is put.
                None if w.row_term.is_some_and(|row| {
                    matches!(self.seen.terms.get(u.term), Term::Field(of, n) if *of == row && *n == p)
                }) =>
                {
                    equal += 1;
                }
                None if open => unknown += 1,
                // A predicate through a relation, or a column with a default.
                None if p.contains("__") => unknown += 1,
                None if self.seen.terms.is_const(u.term) => {}
                None => unknown += 1,
            }
        }
        match (equal, unknown) {
            // The whole table.
            (0, 0) => {
                if read.aggregate || read.conds.is_empty() {
                    Same::Must
                } else {
                    Same::May
                }
            }
            (0, _) => Same::No,
            (_, 0) => Same::Must,
            _ => Same::May,
        }
    }

    /// Whether a value is a member, named like the key's attribute, of what was read.
    fn own_key(&self, v: &Value, key: Ustr, r: ReadId) -> bool {
        if let Kind::Phi(alts) = &v.kind {
            return alts.iter().any(|a| self.own_key(&a.value, key, r));
        }
        let plain = |s: &str| s.replace('_', "").to_lowercase();
        let Term::Field(of, name) = self.seen.terms.get(v.term) else {
            return false;
        };
        // `slot_id` is the `ID` of a slot; a `parent_id` in it is another's.
        if !plain(&key).ends_with(&plain(name)) {
            return false;
        }
        let mut of = *of;
        for _ in 0..6 {
            match self.seen.terms.get(of) {
                Term::Read(x) => return *x == r,
                Term::Field(up, _) => of = *up,
                _ => return false,
            }
        }
        false
    }

    /// Whether a term is the member of that name of a record that is written as a whole.
    fn taken_from_record(&self, name: Ustr, t: TermId) -> bool {
        let terms = &self.seen.terms;
        self.write.sets.iter().filter(|s| s.path == "*").any(
            |s| matches!(terms.get(t), Term::Field(of, n) if *n == name && *of == s.value.term),
        )
    }

    #[allow(clippy::type_complexity)]
    fn guards(
        &self,
        r: ReadId,
    ) -> (
        Lock,
        Option<Loc>,
        Option<Loc>,
        Option<Loc>,
        Option<Loc>,
        Option<Loc>,
    ) {
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
        let (lease, later_lease) = self.leases(r);
        covered = covered.or(lease);
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
        (lock, covered, later, transaction, process, unknown)
    }

    /// Whether a lock's key is made from what tells the entity: one made from something else protects something else.
    fn about(&self, t: &Token, r: ReadId) -> bool {
        let Some(key) = t.key else { return true };
        let mut of_key = Vec::new();
        self.leaves(key, &mut of_key);
        if of_key.is_empty() {
            // One lock for all.
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
        of_entity.is_empty() || of_key.iter().any(|k| of_entity.contains(k))
    }

    /// The parameters, reads and unknowns in a term.
    fn leaves(&self, t: TermId, out: &mut Vec<TermId>) {
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

    /// A lease: an item that may only be created where there is none (or where it has run out), won by this run,
    /// given back after the write, and named after what the read asked for. It covers what happens in between; one
    /// that was won after the read comes too late for it.
    fn leases(&self, r: ReadId) -> (Option<Loc>, Option<Loc>) {
        let (w, read) = (self.write, self.read(r));
        let won =
            |ctl: &[Rc<Ctl>], l: AccessId| ctl.iter().any(|c| c.facts.contains(&Fact::Won(l)));
        let (mut covering, mut later) = (None, None);
        for l in w.ctl.iter().flat_map(|c| &c.facts).filter_map(|f| match f {
            Fact::Won(l) => Some(*l),
            _ => None,
        }) {
            let lease = &self.seen.writes[l.0 as usize];
            let absent = lease.guards.iter().any(|g| {
                let mut parts = Vec::new();
                g.conjuncts(&mut parts);
                parts.iter().any(|p| match p {
                    Cond::Or(alts) => alts.iter().any(|a| is_absence(a)),
                    other => is_absence(other),
                })
            });
            let returned = self.seen.writes.iter().any(|x| {
                x.order > w.order
                    && x.container == lease.container
                    && matches!(x.op, Op::Delete | Op::Update)
                    && !std::ptr::eq(x, w)
            });
            if !absent || !returned || std::ptr::eq(lease, w) {
                continue;
            }
            let named: Vec<TermId> = lease
                .sets
                .iter()
                .map(|s| &s.value)
                .chain(
                    self.tests_of(&lease.conds)
                        .into_iter()
                        .flat_map(|(_, _, v)| v),
                )
                .map(|v| v.term)
                .collect();
            let mine = self.tests_of(&read.conds).into_iter().all(|(_, c, vs)| {
                c != Cmp::Eq
                    || vs.iter().all(|v| {
                        self.seen.terms.is_const(v.term)
                            || named.iter().any(|n| self.seen.terms.mentions(*n, v.term))
                    })
            });
            if !mine {
                continue;
            }
            if won(&read.ctl, l) {
                covering = covering.or(Some(lease.loc));
            } else if lease.order > read.order {
                later = later.or(Some(lease.loc));
            }
        }
        (covering, later)
    }

    /// Whether read and write use the connection of the transaction that holds the lock.
    fn connected(&self, read: &Read, txn: Option<TokenId>) -> bool {
        let conn = txn.and_then(|t| self.seen.tokens[t.0 as usize].conn);
        let default = |c: Option<Ustr>| c.unwrap_or(sym!("default"));
        let on_read = default(read.conn);
        // A row is saved where it was read, unless the save says otherwise.
        let on_write = self.write.conn.unwrap_or(on_read);
        let same = |a: Ustr, b: Ustr| {
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
        let mut up = read.parent;
        for _ in 0..6 {
            match up {
                Some(p) if p == l => return true,
                Some(p) => up = self.read(p).parent,
                None => break,
            }
        }
        let row = Term::Read(l);
        let lt = self.tests_of(&lock.conds);
        let mentions_row = |v: &Value| {
            let c = self.canonical(v.term);
            *self.seen.terms.get(c) == row || v.deps.flows_from(l)
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
}

/// Whether a decision lets a column be set only where it differs from what is there: a test that saves the write. (A
/// constant is a state: who sets it first may do what follows.)
pub fn only_if_different(terms: &Terms, c: &Ctl, of: (ReadId, Ustr), to: &Value) -> bool {
    let reads = |v: &Value| v.deps.all().iter().any(|x| x == of);
    c.pred
        .as_deref()
        .is_some_and(|p| differs(terms, p, c.polarity, &reads, to))
}

/// Whether all that a test says of a column is that it differs from a value. (Of several tests in one condition those of
/// the column count.)
fn differs(
    terms: &Terms,
    p: &Pred,
    holds: bool,
    reads: &impl Fn(&Value) -> bool,
    to: &Value,
) -> bool {
    let again = |p: &Pred, holds| differs(terms, p, holds, reads, to);
    match p {
        Pred::Not(p) => again(p, !holds),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().all(|p| again(p, holds)),
        Pred::Cmp(op, a, b) => {
            let unequal = match op {
                CmpOp::Ne | CmpOp::IsNot => holds,
                CmpOp::Eq | CmpOp::Is => !holds,
                _ => false,
            };
            (unequal && (made_of(terms, a, to) || made_of(terms, b, to))) || !(reads(a) || reads(b))
        }
        Pred::Truthy(v) => match &v.kind {
            Kind::Test(p) => again(p, holds),
            _ => !reads(v),
        },
    }
}

/// Whether a value is the other one (or one that it may be), or worked out from it.
fn made_of(terms: &Terms, v: &Value, to: &Value) -> bool {
    let one_of = |v: &Value, t: TermId| matches!(&v.kind, Kind::Phi(alts) if alts.iter().any(|a| a.value.term == t));
    one_of(v, to.term)
        || (!terms.is_const(v.term) && one_of(to, v.term))
        || (!terms.is_const(to.term) && terms.mentions(v.term, to.term))
}

/// Whether what the program puts into a store-computed value depends on a read of it.
fn program_computes(t: &StoreTerm, r: ReadId) -> bool {
    t.deps().data.of(r) && {
        let mut stored = Vec::new();
        t.stored(&mut stored);
        stored.is_empty()
    }
}

/// A test that holds only where something is missing.
fn is_absence(c: &Cond) -> bool {
    matches!(
        c,
        Cond::Test {
            cmp: Cmp::NotExists,
            ..
        }
    )
}

/// The paths that must be equal to something.
fn equalities(conds: &[Rc<Cond>]) -> (Vec<Ustr>, bool) {
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
