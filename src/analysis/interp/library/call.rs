//! A call of a library, with what its pack says of it.

use crate::analysis::interp::call::Args;
use crate::analysis::value::Value;
use crate::report::finding::Loc;
use crate::stores::vocabulary::{Library, Sel, Spec};

/// A call of a library of which a pack says what it does.
#[derive(Clone, Copy)]
pub(in crate::analysis::interp) struct LibraryCall<'a> {
    /// What its pack says of it.
    pub(super) spec: &'a Spec,
    /// The number of that among all that is said.
    pub(super) number: usize,
    /// What it is called on.
    pub(super) receiver: Option<&'a Value>,
    pub(super) args: &'a Args,
    pub(super) loc: Loc,
}

impl<'a> LibraryCall<'a> {
    /// A call of which a library says, under this number, what it does.
    pub(in crate::analysis::interp) fn new(
        lib: &'a Library,
        number: usize,
        receiver: Option<&'a Value>,
        args: &'a Args,
        loc: Loc,
    ) -> Self {
        Self {
            spec: &lib.specs[number],
            number,
            receiver,
            args,
            loc,
        }
    }

    /// The value that a selector names where it was handed over as it is.
    pub(in crate::analysis::interp) fn given(&self, sel: &Sel) -> Option<Value> {
        match sel {
            Sel::Pos(i) => self.args.pos.get(*i).cloned(),
            Sel::Kw(k) => self.args.kw(*k).map(|s| s.value.clone()),
            Sel::Recv => self.receiver.cloned(),
            Sel::First(sels) => sels.iter().find_map(|s| self.given(s)),
            _ => None,
        }
    }
}
