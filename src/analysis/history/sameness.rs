//! Sameness: whether a read and a write name the same entity.

use std::rc::Rc;

use super::forms::{Form, of_value};
use super::{Pairer, Same};
use crate::analysis::access::*;
use crate::analysis::value::*;
use crate::analysis::{Cmp, interp_made_here};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::Lit;

/// A column, how it is compared, and with what.
type Asked<'a> = (Sym, Cmp, &'a [Value]);

impl Pairer<'_> {
    /// Whether a read and the write mean the same entity.
    pub(super) fn same(&self, r: ReadId) -> Same {
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
            return self.same_as_linked(r);
        }
        if self.enters(r) {
            return Same::Must;
        }
        // Rows of different readings of the same key.
        if let Some(x) = w.row_read {
            let other = self.read(x);
            if other.container.is_some_and(|c| self.same_container(c, rc)) {
                let keyed = |conds: &[Rc<Cond>], by: ReadId| {
                    self.tests_of(conds).iter().any(|(p, c, vs)| {
                        *p == "pk" && *c == Cmp::Eq && vs.iter().any(|v| self.is_key_of(v, by))
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
            .filter(|(p, c, vs)| {
                (*c == Cmp::Eq
                    && (*p == "pk" || w.key_names.contains(p) || read.key_names.contains(p)))
                    || self.lists_keys(p, *c, vs, r)
            })
            .collect();
        if keys.is_empty() {
            if read.one && self.selected_by_own(&wt, &rt, r) {
                return Same::Must;
            }
            return self.same_selection(&read.conds, &w.conds, false);
        }
        let mut equal = 0;
        let mut unknown = 0;
        let table = matches!(wc, Container::Model(_));
        for (p, _, vs) in &keys {
            let Some(v) = vs.first() else { continue };
            let c = self.canonical(v.term);
            if *self.seen.terms.get(c) == read_term {
                equal += 1;
                continue;
            }
            if *p == "pk" && self.looked_up_alike(c, r) {
                equal += 1;
                continue;
            }
            let mut asked = rt.iter().filter(|(q, _, _)| q == p);
            if asked.any(|(_, d, us)| match us {
                [u] => {
                    (*d == Cmp::Eq && self.built_apart(u.term, v.term))
                        || self.formed_apart(*p, v, *d, u)
                }
                _ => false,
            }) {
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
            let again = |(q, d, us): &Asked<'_>| {
                q == p && *d == Cmp::Eq && matches!(us, [u] if self.rebuilds_key(v, u.term, r))
            };
            if !table && rt.iter().any(again) {
                equal += 1;
                continue;
            }
            if self.found_by(*p, v, r) {
                equal += 1;
                continue;
            }
            if v.deps.flows_from(r) {
                // What another column of one row names is another row.
                let named = *p != "pk" || table;
                let mut from = v.deps.data.paths(r);
                let again = || {
                    let mut asked = rt.iter().filter(|(q, d, _)| q == p && *d == Cmp::Eq);
                    asked.any(|(_, _, us)| {
                        matches!(us, [u] if self.put_together_again(v.term, u.term, r))
                    })
                };
                let others = from.all(|x| x != *p && !matches!(x.as_str(), "*" | "?"));
                if read.one && named && others && !again() {
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

    /// Whether of the rows that were read the one is meant that has that key: by a test in the program, or as what stands
    /// there under the key.
    fn found_by(&self, path: Sym, key: &Value, r: ReadId) -> bool {
        let (read, key) = (self.read(r), self.canonical(key.term));
        // Read with others in one call, each by its key.
        let beside = |x: &Read| {
            let mut asked = self.tests_of(&x.conds).into_iter();
            x.loc == read.loc
                && asked.any(|(p, c, vs)| {
                    p == path && c == Cmp::Eq && matches!(vs, [v] if self.canonical(v.term) == key)
                })
        };
        if read.one && !self.seen.reads.iter().any(beside) {
            return false;
        }
        let column = |t: TermId| {
            matches!(self.seen.terms.get(t), Term::Field(of, n)
                if *n == path && *self.seen.terms.get(*of) == Term::Read(r))
        };
        let noted = |(by, column, t): &(ReadId, Sym, TermId)| {
            *by == r && *column == path && self.canonical(*t) == key
        };
        let mut found = self.seen.found_by.iter().any(noted);
        for c in self.write.ctl.iter() {
            let Some(p) = &c.pred else { continue };
            p.demanded_equal(c.polarity, &mut |a, b| {
                let is = |x: &Value, y: &Value| column(x.term) && self.canonical(y.term) == key;
                found |= is(a, b) || is(b, a);
            });
        }
        found
    }

    /// Whether rows are selected by all the columns by which one was looked up, with what it was found to have there.
    fn selected_by_own(&self, wt: &[Asked<'_>], rt: &[Asked<'_>], r: ReadId) -> bool {
        let own = |p: Sym, v: &Value| {
            matches!(self.seen.terms.get(v.term), Term::Field(of, n)
                if *n == p && self.is_key_of_term(*of, r))
        };
        let mut taken = false;
        let mut all = rt.iter().filter(|t| t.1 == Cmp::Eq).peekable();
        all.peek().is_some()
            && all.all(|(p, _, us)| {
                wt.iter().any(|(q, d, vs)| {
                    let is_own = matches!(vs, [v] if own(*p, v));
                    let same = p == q && *d == Cmp::Eq && (is_own || self.equal(us, vs));
                    taken |= same && is_own;
                    same
                })
            })
            && taken
    }

    /// Whether a row was looked up by the same predicate as the one of an earlier read: one row meets it, not any of
    /// several.
    fn looked_up_alike(&self, row: TermId, r: ReadId) -> bool {
        let Some(x) = self.row_of(row) else {
            return false;
        };
        let (other, read) = (self.read(x), self.read(r));
        let single = |read: &Read| read.one && !read.picked && read.how == ReadHow::Store;
        x != r
            && single(other)
            && single(read)
            && other.container == read.container
            && self.same_selection(&read.conds, &other.conds, true) == Same::Must
    }

    /// The look-up that gave a row.
    fn row_of(&self, row: TermId) -> Option<ReadId> {
        match self.seen.terms.get(row) {
            Term::Read(x) => Some(*x),
            _ => self.seen.row_terms.get(&row).copied(),
        }
    }

    /// Whether two rows, or their keys, are of one row that was looked up twice, or once by the other key.
    fn one_row(&self, a: TermId, b: TermId) -> bool {
        let (a, b) = (self.canonical(a), self.canonical(b));
        let of = self.row_of(b);
        of.is_some_and(|r| self.looked_up_alike(a, r))
            || self.looked_up_by_key(a, b)
            || self.looked_up_by_key(b, a)
    }

    /// Whether a row was looked up by that key.
    fn looked_up_by_key(&self, row: TermId, key: TermId) -> bool {
        let by_key = |(p, c, vs): &Asked<'_>| {
            *p == "pk" && *c == Cmp::Eq && matches!(vs, [v] if self.canonical(v.term) == key)
        };
        self.row_of(row).is_some_and(|r| {
            let read = self.read(r);
            read.one && self.tests_of(&read.conds).iter().any(by_key)
        })
    }

    /// Whether rows are selected by a list of keys of those that a read gave.
    pub(super) fn lists_keys(&self, path: &Sym, cmp: Cmp, with: &[Value], r: ReadId) -> bool {
        let of_rows = |v: &Value| {
            let mut paths = v.deps.data.paths(r);
            paths.any(|p| self.is_key(r, p) || matches!(p.as_str(), "pk" | "*"))
        };
        *path == "pk"
            && cmp == Cmp::In
            && !self.read(r).one
            && !self.read(r).aggregate
            && matches!(with, [list] if of_rows(list))
    }

    /// Whether a value is the key of the row that a read gave.
    fn is_key_of(&self, v: &Value, by: ReadId) -> bool {
        self.is_key_of_term(self.canonical(v.term), by)
    }

    /// Whether a term stands for the row that a read gave.
    pub(super) fn is_key_of_term(&self, t: TermId, by: ReadId) -> bool {
        *self.seen.terms.get(t) == Term::Read(by) || self.seen.row_terms.get(&t) == Some(&by)
    }

    /// Whether the read leaves out the very row that is written: what it gave are columns of others.
    pub(super) fn leaves_out_written(&self, read: &Read) -> bool {
        let Some(row) = self.write.row_read else {
            return false;
        };
        read.conds.iter().any(|c| {
            let Cond::Not(not) = &**c else {
                return false;
            };
            matches!(&**not, Cond::Test { path, cmp: Cmp::Eq, with }
                if *path == "pk" && with.iter().any(|v| self.is_key_of(v, row)))
        })
    }

    /// Whether what is created satisfies the predicate that was read, or one of several that it may have been.
    fn same_as_created(&self, r: ReadId) -> Same {
        let rt = self.tests_of(&self.read(r).conds);
        let others = self.instead(r, &rt);
        let same = others.into_iter().map(|rt| self.created_by(r, rt)).max();
        same.into_iter().fold(self.created_by(r, rt), Same::max)
    }

    /// The tests by which rows were read if they were selected by another one of the mappings that it may have been: the
    /// first is the one whose tests are taken for granted.
    fn instead<'a>(&'a self, r: ReadId, rt: &[Asked<'a>]) -> Vec<Vec<Asked<'a>>> {
        let alike = |a: &Asked<'_>, b: &Asked<'_>| a.0 == b.0 && a.1 == b.1 && self.equal(a.2, b.2);
        let mut out = Vec::new();
        for c in &self.read(r).conds {
            let Cond::Instead(either) = &**c else {
                continue;
            };
            let tests = |c: &'a Rc<Cond>| self.tests_of(std::slice::from_ref(c));
            let mut all = either.iter().map(tests);
            let Some(first) = all.next() else { continue };
            if first.is_empty() || !first.iter().all(|a| rt.iter().any(|b| alike(a, b))) {
                continue;
            }
            out.extend(all.map(|other| {
                let rest = rt.iter().filter(|b| !first.iter().any(|a| alike(a, b)));
                rest.copied().chain(other).collect()
            }));
        }
        out
    }

    /// Whether what is created satisfies these tests, by which rows were read.
    fn created_by(&self, r: ReadId, rt: Vec<Asked<'_>>) -> Same {
        let w = self.write;
        let read = self.read(r);
        let value_of = |p: Sym| w.sets.iter().find(|s| s.path == p).map(|s| &s.value);
        let open = w.sets.iter().any(|s| s.path == "*");
        let keys = self.tests_of(&w.conds);
        let key_of = |p: Sym| keys.iter().find(|t| t.0 == p && t.1 == Cmp::Eq);
        let (mut equal, mut unknown) = (0, 0);
        // A row that is handed in is no predicate that another one could satisfy.
        let another = w.row_term.is_some() || w.op == Op::Create;
        if read.how == ReadHow::Param && another && rt.is_empty() {
            return Same::No;
        }
        // What was read of one row that is there says nothing of another row: a value of another origin is another row's.
        let known = |f: Fact| w.ctl.iter().any(|c| c.facts.contains(&f));
        let there = read.one
            && !known(Fact::Absent(r))
            && (read.absent_as.is_some() || known(Fact::Present(r)));
        for (p, c, vs) in rt {
            let given = || value_of(p).or_else(|| key_of(p).and_then(|t| t.2.first()));
            if c != Cmp::Eq {
                if let (Some(v), [u], Cmp::Prefix) = (given(), vs, c)
                    && self.formed_apart(p, v, c, u)
                {
                    return Same::No;
                }
                continue;
            }
            let Some(u) = vs.first() else { continue };
            match value_of(p) {
                Some(v) if self.canonical(v.term) == self.canonical(u.term) => equal += 1,
                Some(v) if self.one_row(v.term, u.term) => equal += 1,
                // The item's own key, kept in it.
                Some(v) if v.deps.flows_from(r) && self.keeps_key(p, r) => equal += 1,
                Some(v) if self.rebuilds_key(v, u.term, r) => equal += 1,
                Some(v) if self.built_apart(v.term, u.term) => return Same::No,
                Some(v) if v.deps.flows_from(r) && v.term != u.term && !read.key_names.contains(&p) => equal += 1,
                Some(v) => {
                    let (a, b) = (self.canonical(v.term), self.canonical(u.term));
                    if (self.seen.terms.is_const(a) && self.seen.terms.is_const(b))
                        || self.distinct(a, b)
                        || interp_made_here(&self.seen.terms, a)
                            != interp_made_here(&self.seen.terms, b)
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
                // How the key's attribute is called is not known; what the item has to have there, it has.
                None if p == "pk" && self.holds_key(u.term) => equal += 1,
                // A predicate through a relation: that of the row to which it leads.
                None if self.related_has(p, u, value_of) => equal += 1,
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

    /// Whether a relation of what is created leads to a row that has a value: it was looked up by that, or the value is
    /// its column.
    fn related_has<'a>(
        &self,
        path: Sym,
        asked: &Value,
        value_of: impl Fn(Sym) -> Option<&'a Value>,
    ) -> bool {
        let Some((to, rest)) = path.split_once("__") else {
            return false;
        };
        let Some(v) = value_of(intern(to)) else {
            return false;
        };
        let leads_to = match self.write.container {
            Some(Container::Model(m)) => self.program.relation_target(m, intern(to)),
            _ => None,
        };
        let of = leads_to.map(Container::Model);
        let rest = self.program.attribute_name(None, of, intern(rest));
        let asked = self.canonical(asked.term);
        let row = self.canonical(v.term);
        let own = |t: TermId| matches!(self.seen.terms.get(t), Term::Field(of, n) if *n == rest && self.canonical(*of) == row);
        let by = match self.seen.terms.get(row) {
            Term::Read(x) => Some(*x),
            _ => self.seen.row_terms.get(&row).copied(),
        };
        let found = |x: ReadId| {
            let same = |v: &Value| self.canonical(v.term) == asked;
            self.read(x).one
                && self
                    .tests_of(&self.read(x).conds)
                    .iter()
                    .any(|(p, c, vs)| *p == rest && *c == Cmp::Eq && vs.iter().any(same))
        };
        own(asked) || by.is_some_and(found)
    }

    /// Whether the item that is put has a key's value in one of its attributes.
    fn holds_key(&self, key: TermId) -> bool {
        let key = self.canonical(key);
        let mut sets = self.write.sets.iter();
        !matches!(self.write.container, Some(Container::Model(_)))
            && !self.seen.terms.is_const(key)
            && sets.any(|s| s.stored.is_none() && self.canonical(s.value.term) == key)
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
        let found = |xs: &[(Sym, Cmp, &[Value])], ys: &[(Sym, Cmp, &[Value])]| {
            xs.iter()
                .filter(|(p, _, v)| ys.iter().any(|(q, _, u)| p == q && self.equal(v, u)))
                .count()
        };
        let n = found(&at, &bt);
        if n == 0 || self.left_out(a, b) || self.left_out(b, a) {
            return Same::No;
        }
        if n == at.len() || (either && n == bt.len()) {
            return Same::Must;
        }
        let differs = at
            .iter()
            .any(|(p, _, v)| bt.iter().any(|(q, _, u)| p == q && !self.equal(v, u)));
        if differs || self.listed_apart(a, b) || self.listed_apart(b, a) {
            return Same::No;
        }
        Same::May
    }

    /// Whether one selection leaves out the rows with just the value that the other one asks for.
    fn left_out(&self, one: &[Rc<Cond>], other: &[Rc<Cond>]) -> bool {
        one.iter().any(|c| {
            let Cond::Not(not) = &**c else { return false };
            let Cond::Test {
                path,
                cmp: Cmp::Eq,
                with,
            } = &**not
            else {
                return false;
            };
            let asked = self.tests_of(other);
            asked
                .iter()
                .any(|(p, d, v)| p == path && *d == Cmp::Eq && self.equal(v, with))
        })
    }

    /// Whether one selection asks for a value that is none of those that the other one lists for the same column.
    fn listed_apart(&self, one: &[Rc<Cond>], lists: &[Rc<Cond>]) -> bool {
        let asked = self.tests_of(one);
        self.tests_of(lists).iter().any(|(p, c, all)| {
            let [list] = all else { return false };
            let Kind::Tuple(all) = &list.kind else {
                return false;
            };
            *c == Cmp::In
                && asked.iter().any(|(q, d, v)| {
                    let [v] = v else { return false };
                    let other = |x: &Value| {
                        let (x, v) = (self.canonical(x.term), self.canonical(v.term));
                        x != v && self.seen.terms.is_const(x) && self.seen.terms.is_const(v)
                    };
                    p == q && *d == Cmp::Eq && all.iter().all(other)
                })
        })
    }

    pub(super) fn same_container(&self, a: Container, b: Container) -> bool {
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

    /// Whether the item holds its own key as it was read, on one of the ways that led here.
    fn keeps_key(&self, key: Sym, r: ReadId) -> bool {
        let mut sets = self.write.sets.iter().filter(|s| s.path == key);
        sets.next().is_some_and(|s| {
            let mut ways = s.choices.iter().flat_map(|alts| alts.iter());
            self.own_key(&s.value, key, r) || ways.any(|a| self.own_key(&a.value, key, r))
        })
    }

    /// Whether an item that takes over what was read has a key of the same form as the one asked for
    /// (`"TICKET#" + id`), put together again from that row and from nothing else.
    fn rebuilds_key(&self, v: &Value, asked: TermId, r: ReadId) -> bool {
        let terms = &self.seen.terms;
        let (Term::Concat(a), Term::Concat(b)) = (terms.get(v.term), terms.get(asked)) else {
            return false;
        };
        let alike = |x: &TermId, y: &TermId| {
            terms.is_const(*x) == terms.is_const(*y) && (x == y || !terms.is_const(*x))
        };
        let keys = &self.read(r).key_names;
        let taken_over = |s: &SetField| {
            !keys.contains(&s.path) && s.value.deps.data.paths(r).any(|p| p == s.path)
        };
        v.deps.flows_from(r)
            && v.deps.data.iter().all(|(x, _)| x == r)
            && a.len() == b.len()
            && a.iter().any(|x| terms.is_const(*x))
            && a.iter().zip(b).all(|(x, y)| alike(x, y))
            && self.write.sets.iter().any(taken_over)
    }

    /// Whether a key is that under which a row was found, put together again of what the row itself calls its parts:
    /// `"ORDER#" + order.ID` for who asked for `"ORDER#" + orderID`. A column of another name names another row.
    fn put_together_again(&self, key: TermId, asked: TermId, r: ReadId) -> bool {
        let terms = &self.seen.terms;
        let (Term::Concat(a), Term::Concat(b)) = (terms.get(key), terms.get(asked)) else {
            return false;
        };
        let mut before = String::new();
        let mut fits = |x: TermId, y: TermId| match terms.get(x) {
            Term::Const(Lit::Str(text)) => {
                before = plain(text);
                x == y
            }
            _ => x == y || self.called_alike(x, y, &before, r),
        };
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| fits(*x, *y))
    }

    /// Whether a column of the row has the name of what was asked for in its place, alone or after the text before it.
    fn called_alike(&self, column: TermId, asked: TermId, before: &str, r: ReadId) -> bool {
        let terms = &self.seen.terms;
        let mut column = column;
        while let Term::Op(op, args) = terms.get(column)
            && let [of] = args.as_slice()
            && self.is_key_conversion(*op)
        {
            column = *of;
        }
        let Term::Field(of, name) = terms.get(column) else {
            return false;
        };
        let name = plain(name);
        self.is_key_of_term(*of, r)
            && terms.called(asked).is_some_and(|asked| {
                let asked = plain(&asked);
                asked.ends_with(&name) || name == format!("{before}{asked}")
            })
    }

    /// Whether a value is a member, named like the key's attribute, of what was read.
    fn own_key(&self, v: &Value, key: Sym, r: ReadId) -> bool {
        if let Kind::Phi(alts) = &v.kind {
            return alts.iter().any(|a| self.own_key(&a.value, key, r));
        }
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
    fn taken_from_record(&self, name: Sym, t: TermId) -> bool {
        let terms = &self.seen.terms;
        self.write.sets.iter().filter(|s| s.path == "*").any(
            |s| matches!(terms.get(t), Term::Field(of, n) if *n == name && *of == s.value.term),
        )
    }

    /// Two different parameters are two different keys as far as the program says.
    fn distinct(&self, a: TermId, b: TermId) -> bool {
        matches!((self.seen.terms.get(a), self.seen.terms.get(b)), (Term::Param(x), Term::Param(y)) if x != y)
    }

    /// Keys that are built in different ways (`"USER#" + a`, `"ORDER#" + b`, different functions) name different
    /// items of a table.
    fn built_apart(&self, a: TermId, b: TermId) -> bool {
        let form = |t: TermId| Form::of(&self.seen.terms, t, false);
        match (self.seen.terms.get(a), self.seen.terms.get(b)) {
            (Term::Concat(_), Term::Concat(_) | Term::Const(_))
            | (Term::Const(_), Term::Concat(_)) => {
                form(a).zip(form(b)).is_some_and(|(x, y)| x.apart(&y))
            }
            (Term::Op(x, _), Term::Op(y, _)) => x != y && x.contains('.') && y.contains('.'),
            _ => false,
        }
    }

    /// Whether a key has another form than what is asked for.
    fn formed_apart(&self, path: Sym, key: &Value, cmp: Cmp, asked: &Value) -> bool {
        let form = |v: &Value, open: bool| of_value(self.seen, v, path, open);
        let prefix = match cmp {
            Cmp::Eq if self.seen.terms.is_const(key.term) => return false,
            Cmp::Eq => false,
            Cmp::Prefix => true,
            _ => return false,
        };
        let forms = form(key, false).zip(form(asked, prefix));
        forms.is_some_and(|(a, b)| a.apart(&b))
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

    /// Whether values are the same, one by one.
    pub(super) fn equal(&self, a: &[Value], b: &[Value]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| self.alike(x.term, y.term, 0))
    }

    /// Whether two terms are the same, or are that of the elements of one list, gone through one after the other.
    fn alike(&self, a: TermId, b: TermId, depth: u32) -> bool {
        let (a, b) = (self.canonical(a), self.canonical(b));
        if a == b {
            return true;
        }
        let seen = self.seen;
        if seen.elements.is_empty() || depth > 4 {
            return false;
        }
        if let (Some((x, i)), Some((y, j))) = (seen.elements.get(&a), seen.elements.get(&b)) {
            let over = |l: &u32| !self.write.loops.contains(l);
            return x == y && (over(i) || over(j));
        }
        match (seen.terms.get(a), seen.terms.get(b)) {
            (Term::Field(x, n), Term::Field(y, m)) => n == m && self.alike(*x, *y, depth + 1),
            _ => false,
        }
    }

    /// Whether what it gives stands for the same key as what it is given: a number written as text.
    fn is_key_conversion(&self, op: Sym) -> bool {
        let langs = [Lang::Python, Lang::Go];
        langs.iter().any(|l| {
            let library = self.program.library(*l);
            library.is_listed(sym!("key-conversions"), op)
        })
    }

    /// A row and its key are the same thing to a comparison.
    pub(super) fn canonical(&self, t: TermId) -> TermId {
        let mut t = t;
        for _ in 0..6 {
            match self.seen.terms.get(t) {
                Term::Field(of, n) if n == "pk" || n == "id" => t = *of,
                Term::Op(op, args) if args.len() == 1 && self.is_key_conversion(*op) => {
                    t = args[0];
                }
                _ => return t,
            }
        }
        t
    }
}

/// A name or the text of a key without what stands between words.
fn plain(s: &str) -> String {
    let letters = s.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
