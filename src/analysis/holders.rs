//! Tests that ask who holds a lock or flag: nobody, the run itself, or another.

use super::value::{Ctl, Kind, Pred, TermId, Value};
use crate::syntax::il::CmpOp;

/// A test that asks who holds something.
pub struct Holder<'a> {
    /// Whether a value is what was found there: who holds it, if anybody does.
    pub looks: &'a dyn Fn(&Value) -> bool,
    /// Whether a value is the item that says so.
    pub item: &'a dyn Fn(&Value) -> bool,
    /// Whether that is who takes it.
    pub is: &'a dyn Fn(TermId) -> bool,
}

/// Whom a test finds there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is free.
    Nobody,
    /// Who takes it now.
    Itself,
    /// Somebody else.
    Another,
}

impl Holder<'_> {
    /// Whether the decision lets those on who find nobody there, and none who finds another.
    pub fn asked_by(&self, k: &Ctl) -> bool {
        self.lets_on(k, Found::Nobody) == Some(true)
            && self.lets_on(k, Found::Another) == Some(false)
    }

    /// Whether the decision lets those on who find that; none where it doesn't tell.
    pub fn lets_on(&self, k: &Ctl, found: Found) -> Option<bool> {
        let says = self.says(k.pred.as_deref()?, found, 0)?;
        Some(says == k.polarity)
    }

    /// What a test says of whom it finds; none where that doesn't tell.
    fn says(&self, p: &Pred, found: Found, depth: u32) -> Option<bool> {
        if depth > 8 {
            return None;
        }
        let each = |ps: &[Pred], of: bool| {
            let all: Vec<_> = ps.iter().map(|p| self.says(p, found, depth + 1)).collect();
            if all.contains(&Some(of)) {
                return Some(of);
            }
            all.iter().all(|x| *x == Some(!of)).then_some(!of)
        };
        let there = found != Found::Nobody;
        match p {
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => self.says(p, found, depth + 1),
                _ if (self.looks)(v) => Some(there),
                // Where somebody holds it, the item is there.
                _ => ((self.item)(v) && there).then_some(true),
            },
            Pred::Not(p) => self.says(p, found, depth + 1).map(|x| !x),
            Pred::And(ps) => each(ps, false),
            Pred::Or(ps) => each(ps, true),
            Pred::Cmp(op, a, b) => {
                let (look, other) = if (self.looks)(a) || (self.item)(a) {
                    (a, b)
                } else {
                    (b, a)
                };
                let equal = if !(self.looks)(look) {
                    ((self.item)(look) && other.is_none() && there).then_some(false)?
                } else if other.is_none() {
                    !there
                } else if (self.is)(other.term) {
                    found == Found::Itself
                } else {
                    return None;
                };
                match op {
                    CmpOp::Eq | CmpOp::Is => Some(equal),
                    CmpOp::Ne | CmpOp::IsNot => Some(!equal),
                    _ => None,
                }
            }
        }
    }
}
