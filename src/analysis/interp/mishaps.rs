//! Go's failures: that something went wrong on one of the ways through a function says nothing about what was tested
//! before it was tried. (`if row.Old { if err := count(); err != nil { return err } }` asks whether the count failed,
//! not whether the row is old.)

use std::rc::Rc;

use crate::analysis::value::*;
use crate::syntax::il::CmpOp;

/// Whether an alternative is there because something that was tried on the way to it has failed.
pub(super) fn is_mishap(a: &Alt) -> bool {
    !a.value.is_none() && a.under.last().is_some_and(|c| failed(c))
}

/// Whether a decision has found that something that was tried has failed, whatever it was.
fn failed(c: &Ctl) -> bool {
    let Some(Pred::Cmp(op, v, nil)) = c.pred.as_deref() else {
        return false;
    };
    let is = matches!(op, CmpOp::Ne | CmpOp::IsNot) == c.polarity;
    let telling = |f: &Fact| matches!(f, Fact::Absent(_) | Fact::Present(_) | Fact::Lost(_));
    nil.is_none() && is && !c.facts.iter().any(telling) && only_fails(v)
}

/// Whether nothing but a failure of what was tried is in a value that is not nothing.
fn only_fails(v: &Value) -> bool {
    match &v.kind {
        Kind::Phi(alts) => alts
            .iter()
            .all(|a| a.value.is_none() || is_mishap(a) || is_tried(&a.value)),
        _ => is_tried(v),
    }
}

/// Whether a value is what a call tells of its failure: of a call that nobody knows, or of a request to the store.
fn is_tried(v: &Value) -> bool {
    let kind = &v.kind;
    matches!(
        kind,
        Kind::Unknown | Kind::Err(_) | Kind::ReadErr(_) | Kind::Test(_)
    )
}

/// Whether some come by a decision one way and others the other way, all without a failure as far as that is known:
/// it is not what parts those who have none from those who have one.
pub(super) fn on_either<'a>(c: &Rc<Ctl>, alts: impl Iterator<Item = &'a Alt> + Clone) -> bool {
    let sound = alts.filter(|a| a.value.is_none() || is_tried(&a.value) && !is_mishap(a));
    let by = |way: bool| {
        let through = |k: &Rc<Ctl>| k.loc == c.loc && k.depth == c.depth && k.polarity == way;
        sound.clone().any(|a| a.under.iter().any(through))
    };
    by(true) && by(false)
}
