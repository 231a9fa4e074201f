//! Conditions of a write: which of what was read it compares again in the same step, so that whoever comes second
//! fails.

use std::rc::Rc;

use super::Pairer;
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::analysis::{Cmp, interp_made_here};
use crate::sym;
use crate::symbol::Sym;
use crate::syntax::il::Lit;

/// What the condition of a write repeats of a read.
pub(super) struct Repeated {
    /// Columns that it names.
    pub(super) conditioned: Vec<Sym>,
    /// It compares a version, or the value itself, with what was read.
    pub(super) versioned: bool,
    /// It is not understood.
    pub(super) unclear: bool,
    /// It says that the row must not exist.
    pub(super) not_exists: bool,
}

impl Pairer<'_> {
    /// Every condition of the write, and of the writes that commit together with it on the same entity.
    pub(super) fn conditions(&self) -> Vec<Rc<Cond>> {
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

    /// What the write's conditions repeat of a read from which it takes the columns `own`, and of which `tested` were
    /// tested.
    pub(super) fn repeated(&self, r: ReadId, own: &[Sym], tested: &[Sym]) -> Repeated {
        let w = self.write;
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
                            not_exists |= !void
                                && (self.is_key(r, *path) || w.op == Op::Put || w.op == Op::Create);
                        }
                        versioned |= *cmp == Cmp::NotExists && !void && self.finds_none(r, *path);
                        if *cmp == Cmp::Exists && !tested.iter().any(|t| overlap(*t, *path)) {
                            continue;
                        }
                        if !identity.contains(path) {
                            conditioned.push(*path);
                        }
                        // What the store compares it with is asked as much.
                        for v in with {
                            if let Kind::Store(term) = &v.kind {
                                term.stored(&mut conditioned);
                            }
                        }
                        let guessed = |v: &Value| {
                            let g = w.guessed;
                            g.is_some_and(|g| self.seen.terms.mentions(v.term, g))
                        };
                        let from_read = !with.iter().any(guessed)
                            && with.iter().any(|v| {
                                v.deps.data.paths(r).any(|p| overlap(p, *path) || p == "*")
                                    || self.advances(v, *path, r)
                            });
                        // Columns whose names are not known may hold it.
                        let changes = w
                            .sets
                            .iter()
                            .any(|s| (overlap(s.path, *path) || s.path == "*") && !s.copied)
                            || w.op == Op::Delete;
                        if *cmp == Cmp::Eq
                            && from_read
                            && !identity.contains(path)
                            && (changes || own.iter().any(|o| overlap(*o, *path)))
                        {
                            versioned = true;
                        }
                    }
                    Cond::Or(_) => {
                        let mut alts = Vec::new();
                        t.alternatives(&mut alts);
                        // Only what every alternative names is sure.
                        let mut shared: Option<Vec<Sym>> = None;
                        for a in &alts {
                            let mut ps = Vec::new();
                            a.paths(&mut ps);
                            if matches!(a, Cond::Unknown(_)) {
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
                            } = a
                            {
                                not_exists |= w.op == Op::Put && self.excludes(r, *path);
                            }
                        }
                        let guards: Vec<(bool, bool)> = alts
                            .iter()
                            .map(|a| self.compares(a, r, &identity, own))
                            .collect();
                        if guards.iter().any(|g| g.0) && guards.iter().all(|g| g.0 || g.1) {
                            versioned = true;
                        }
                        // Whichever of them let this one in, none holds for whoever comes second.
                        if self.each_tested(&alts, tested) && self.condition_shuts_out(t) {
                            t.paths(&mut conditioned);
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
                    Cond::And(_) | Cond::Instead(_) => {}
                }
            }
        }
        conditioned.retain(|path| !self.outlived(&tests, r, *path));
        not_exists = (not_exists || self.marked(r)) && (!self.allows_many(r) || self.numbers(r));
        not_exists |= self.counted_along(r);
        Repeated {
            conditioned,
            versioned,
            unclear,
            not_exists,
        }
    }

    /// Whether each of several alternatives asks about something that was tested.
    fn each_tested(&self, alts: &[&Cond], tested: &[Sym]) -> bool {
        alts.iter().all(|a| {
            let mut paths = Vec::new();
            a.paths(&mut paths);
            paths.iter().any(|p| tested.contains(p))
        })
    }

    /// Paths by which the write selects its entity, as opposed to conditions on it.
    fn identity_paths(&self, r: ReadId) -> Vec<Sym> {
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

    /// Whether one alternative of a condition compares with what was read a column that the write changes, and
    /// whether it demands the absence of such a column or of the whole item.
    fn compares(&self, c: &Cond, r: ReadId, identity: &[Sym], own: &[Sym]) -> (bool, bool) {
        let w = self.write;
        let mut parts = Vec::new();
        c.conjuncts(&mut parts);
        let (mut equal, mut absent) = (false, false);
        for t in parts {
            if let Cond::Test { path, cmp, with } = t {
                let mut sets = w.sets.iter();
                let changes = sets.any(|s| overlap(s.path, *path) && !s.copied);
                let from_read = with
                    .iter()
                    .any(|v| v.deps.data.paths(r).any(|p| overlap(p, *path) || p == "*"));
                equal |= *cmp == Cmp::Eq
                    && from_read
                    && !identity.contains(path)
                    && (changes || own.iter().any(|o| overlap(*o, *path)));
                let whole = identity.contains(path);
                absent |= *cmp == Cmp::NotExists && (changes || whole || self.finds_none(r, *path));
            }
            if let Cond::Or(_) = t {
                let mut alts = Vec::new();
                t.alternatives(&mut alts);
                let each = alts.iter().map(|a| self.compares(a, r, identity, own));
                let each: Vec<(bool, bool)> = each.collect();
                if each.iter().all(|g| g.0 || g.1) {
                    equal |= each.iter().any(|g| g.0);
                    absent |= each.iter().all(|g| g.1);
                }
            }
        }
        (equal, absent)
    }

    /// Whether the write advances a column from a value that was read: a version kept in a document and in a column of
    /// its own is one version.
    fn advances(&self, v: &Value, path: Sym, r: ReadId) -> bool {
        let old = self.canonical(v.term);
        v.deps.flows_from(r)
            && self.write.sets.iter().any(|s| {
                s.path == path && s.value.term != old && self.seen.terms.mentions(s.value.term, old)
            })
    }

    /// Whether "this item is not there" excludes what the read looked for. It says nothing of items with other keys: a
    /// key made in this run never meets another, and a search by other columns than the key finds other items.
    fn excludes(&self, r: ReadId, path: Sym) -> bool {
        let w = self.write;
        if w.key_fresh {
            return false;
        }
        let asked: Vec<Sym> = self
            .tests_of(&self.read(r).conds)
            .into_iter()
            .filter(|t| t.1 == Cmp::Eq)
            .map(|t| t.0)
            .collect();
        // A key that was worked out from what was found (the next number) is the one that another would take.
        let worked_out = |p: Sym| w.sets.iter().any(|s| s.path == p && s.deps.flows_from(r));
        asked.is_empty()
            || asked.contains(&path)
            || self.read(r).searched.contains(&path)
            || worked_out(path)
            || self.keyed_by(path, asked.iter().chain(&self.read(r).searched))
            || !w.sets.iter().any(|s| s.path == path)
    }

    /// Whether a key is made of what the item has in columns by which others were looked for: those that have the same
    /// there have the same key.
    fn keyed_by<'c>(&self, key: Sym, columns: impl Iterator<Item = &'c Sym>) -> bool {
        let set = |path: Sym| self.write.sets.iter().find(|s| s.path == path);
        let Some(key) = set(key) else { return false };
        let mut columns = columns.peekable();
        let made = |c: &Sym| {
            set(*c).is_some_and(|s| self.seen.terms.mentions(key.value.term, s.value.term))
        };
        columns.peek().is_some() && columns.all(made)
    }

    /// Whether what was found was compared with a limit of more than one: that no item has a certain key says nothing
    /// of how many there are then.
    fn allows_many(&self, r: ReadId) -> bool {
        self.write.ctl.iter().any(|c| {
            let counts = || c.deps.paths(r).any(|p| p == "#");
            let pred = c.pred.as_deref().filter(|_| counts());
            pred.is_some_and(|p| limits(p, r))
        })
    }

    /// Whether the item, or one that is made with it, is numbered after what was found: who finds as many comes to the
    /// same key.
    fn numbers(&self, r: ReadId) -> bool {
        let w = self.write;
        let numbered = |m: &Write| m.sets.iter().any(|s| s.deps.data.of(r));
        let won = w.ctl.iter().flat_map(|c| &c.facts);
        let mut won = won.filter_map(|f| match f {
            Fact::Won(m) => Some(&self.seen.writes[m.0 as usize]),
            _ => None,
        });
        let mut beside = self.seen.writes.iter().filter(|m| m.group == w.group);
        numbered(w) || (w.group.is_some() && beside.any(numbered)) || won.any(numbered)
    }

    /// Whether the absence of that column is the absence of the very item that was read: a put then replaces nothing,
    /// so that nothing is lost.
    fn finds_none(&self, r: ReadId, path: Sym) -> bool {
        let read = self.read(r);
        let key = path == "pk" || read.key_names.contains(&path);
        self.write.op == Op::Put && read.one && key && self.excludes(r, path)
    }

    /// Whether the absence that the write demands is that of a key with a random part: then it always holds.
    fn void_absence(&self, tests: &[Rc<Cond>]) -> bool {
        let w = self.write;
        let mut absent: Vec<Sym> = Vec::new();
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

    /// A value that was made in this run, from nothing that was read.
    fn random(&self, s: &SetField) -> bool {
        s.deps.data.is_empty()
            && s.deps.keyed.is_empty()
            && interp_made_here(&self.seen.terms, s.value.term)
    }
}

/// A test that holds only where something is missing.
pub(super) fn is_absence(c: &Cond) -> bool {
    matches!(
        c,
        Cond::Test {
            cmp: Cmp::NotExists,
            ..
        }
    )
}

/// Whether how many were found is compared with something else than none and one.
fn limits(pred: &Pred, r: ReadId) -> bool {
    let counts = |v: &Value| v.deps.data.paths(r).any(|p| p == "#");
    let many = |v: &Value| !matches!(v.kind, Kind::Const(Lit::Int(0 | 1)));
    match pred {
        Pred::Cmp(_, a, b) => (counts(a) && many(b)) || (counts(b) && many(a)),
        Pred::Not(p) => limits(p, r),
        Pred::And(ps) | Pred::Or(ps) => ps.iter().any(|p| limits(p, r)),
        Pred::Truthy(v) => matches!(&v.kind, Kind::Test(p) if limits(p, r)),
    }
}
