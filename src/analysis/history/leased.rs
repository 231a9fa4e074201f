//! Leases of the program's own around a read and a write: items that only one run may create at a time.

use super::Pairer;
use super::conditions::is_absence;
use crate::analysis::Cmp;
use crate::analysis::access::*;
use crate::analysis::leases::value_of;
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::Sym;

impl Pairer<'_> {
    /// A lease: an item that may only be created where there is none (or where it has run out), won by this run,
    /// given back after the write, and named after what the read asked for. It covers what happens in between; one
    /// that was won after the read comes too late for it.
    pub(super) fn leases(&self, r: ReadId) -> (Option<Loc>, Option<Loc>) {
        let (w, read) = (self.write, self.read(r));
        let (mut covering, mut later) = (None, None);
        let facts = w.ctl.iter().flat_map(|c| &c.facts);
        for l in facts.filter_map(|f| match f {
            Fact::Won(l) => Some(*l),
            _ => None,
        }) {
            let lease = &self.seen.writes[l.0 as usize];
            if std::ptr::eq(lease, w) || absent(lease).is_none() {
                continue;
            }
            let back = |x: &&Write| {
                x.order > w.order
                    && x.container == lease.container
                    && matches!(x.op, Op::Delete | Op::Update)
                    && !std::ptr::eq(*x, w)
            };
            let Some(back) = self.seen.writes.iter().find(back) else {
                continue;
            };
            if !self.named_after(lease, back, r) {
                continue;
            }
            let before = |c: &std::rc::Rc<Ctl>| c.facts.contains(&Fact::Won(l));
            if read.ctl.iter().any(before) {
                covering = covering.or(Some(lease.loc));
            } else if lease.order > read.order {
                later = later.or(Some(lease.loc));
            }
        }
        (covering, later)
    }

    /// Whether every run that asks for what was read takes that very lease: its key is made of nothing but parts of the
    /// key that was asked for. (A lease for more than one item protects each of them; one that is named after something
    /// else beside is another one for somebody else.)
    fn named_after(&self, lease: &Write, back: &Write, r: ReadId) -> bool {
        let mut keys: Vec<Sym> = back.key_names.clone();
        if keys.is_empty() {
            keys.extend(absent(lease));
        }
        let mut asked = Vec::new();
        for (_, c, vs) in self.tests_of(&self.read(r).conds) {
            if c == Cmp::Eq {
                vs.iter().for_each(|v| self.parts(v.term, &mut asked));
            }
        }
        let mut named = keys.iter().filter_map(|k| value_of(lease, *k)).peekable();
        named.peek().is_some() && named.all(|t| self.made_of(t, &asked))
    }

    /// The parts of a key from which the key tells what they are.
    fn parts(&self, t: TermId, out: &mut Vec<TermId>) {
        let t = self.canonical(t);
        out.push(t);
        match self.seen.terms.get(t) {
            Term::Concat(ts) => ts.iter().for_each(|t| self.parts(*t, out)),
            Term::Op(_, ts) if ts.len() == 1 => self.parts(ts[0], out),
            _ => {}
        }
    }

    /// Whether a value is worked out from these alone.
    fn made_of(&self, t: TermId, of: &[TermId]) -> bool {
        let t = self.canonical(t);
        of.contains(&t)
            || match self.seen.terms.get(t) {
                Term::Const(_) | Term::Global(_) => true,
                Term::Field(of_row, _) => self.made_of(*of_row, of),
                Term::Index(a, b) => self.made_of(*a, of) && self.made_of(*b, of),
                Term::Concat(ts) | Term::Op(_, ts) => ts.iter().all(|t| self.made_of(*t, of)),
                _ => false,
            }
    }
}

/// The column whose absence lets a write through, be it beside other ways.
fn absent(w: &Write) -> Option<Sym> {
    let column = |c: &Cond| match c {
        Cond::Test { path, .. } if is_absence(c) => Some(*path),
        _ => None,
    };
    let mut parts = Vec::new();
    w.guards.iter().for_each(|g| g.conjuncts(&mut parts));
    parts.iter().find_map(|p| match p {
        Cond::Or(alts) => alts.iter().find_map(|a| column(a)),
        other => column(other),
    })
}
