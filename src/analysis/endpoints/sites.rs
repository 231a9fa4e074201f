//! Calls of a function of the project: what its parameters stand for there, where the function registers what it is
//! handed.

use super::names::{At, Names, Thing};
use crate::analysis::value::FuncRef;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{ArgKind, Call, Expr, ExprKind};
use crate::syntax::walk;

/// More calls of one function are not looked at.
const SITES: usize = 64;

/// A call of a function of the project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'p> {
    of: FuncRef,
    at: At,
    call: &'p Call,
    /// How many of its parameters stand before the first argument.
    shift: usize,
}

impl<'p> Site<'p> {
    /// What a parameter is handed there.
    pub(super) fn arg(&self, f: FuncRef, i: usize, name: Sym) -> Option<(At, &'p Expr)> {
        if f != self.of {
            return None;
        }
        let args = self.call.args.iter();
        let named = args
            .clone()
            .find(|a| matches!(a.kind, ArgKind::Keyword(n) if n == name));
        let place = i.checked_sub(self.shift);
        let plain = || {
            let mut plain = args.filter(|a| a.kind == ArgKind::Plain);
            place.and_then(|i| plain.nth(i))
        };
        named.or_else(plain).map(|a| (self.at, &a.value))
    }
}

struct Calls<'p> {
    found: Vec<&'p Call>,
    name: Sym,
}

impl<'p> walk::Visit<'p> for Calls<'p> {
    fn expr(&mut self, e: &'p Expr) {
        if let ExprKind::Call(c) = &e.kind
            && let ExprKind::Name(n) | ExprKind::Attr(_, n, _) = &c.callee.kind
            && *n == self.name
        {
            self.found.push(c);
        }
    }
}

impl<'p> Names<'p> {
    /// With the parameters of a function standing for what a call of it hands over.
    pub(super) fn at_site(self, site: Site<'p>) -> Self {
        Self {
            site: Some(site),
            ..self
        }
    }

    /// The calls of a function in the project.
    pub(super) fn sites(self, f: FuncRef) -> Vec<Site<'p>> {
        let p = self.p;
        let name = p.func(f).name;
        let class = p.class_of(f);
        let mut out = Vec::new();
        for c in p.callers_of(f) {
            if self.is_within(c, f) || self.lang(c.file) != self.lang(f.file) {
                continue;
            }
            let mut v = Calls {
                found: Vec::new(),
                name,
            };
            walk::block(&mut v, &p.func(c).body);
            let at = At {
                file: c.file,
                func: c.func,
            };
            for call in v.found {
                let meant = match self.thing(at, &call.callee) {
                    Thing::Func(g) => g == f,
                    _ => match (&call.callee.kind, class) {
                        (ExprKind::Attr(object, n, _), Some(_)) => self
                            .class(at, object)
                            .is_some_and(|k| self.methods(k, *n).contains(&f)),
                        _ => false,
                    },
                };
                if meant && out.len() < SITES {
                    out.push(Site {
                        of: f,
                        at,
                        call,
                        shift: usize::from(class.is_some()),
                    });
                }
            }
        }
        out
    }

    /// Whether a function is another, or stands within it.
    fn is_within(self, f: FuncRef, outer: FuncRef) -> bool {
        let mut at = f;
        while at != outer && at.func != 0 {
            at.func = self.p.func(at).parent.unwrap_or(0);
        }
        at == outer
    }

    /// The function that receives messages, and, if it hands them on, those that it hands them to.
    pub(super) fn receivers(self, f: FuncRef) -> Vec<FuncRef> {
        let mut out = vec![f];
        let func = self.p.func(f);
        // An error, or that all went well, is no message.
        let hands_on = match self.lang(f.file) {
            Lang::Go => func.result_types.len() > 1,
            Lang::Python => self
                .returned(f)
                .is_some_and(|(_, e)| !matches!(e.kind, ExprKind::Const(_))),
        };
        if hands_on {
            let callers = self.sites(f).into_iter().map(|s| FuncRef {
                file: s.at.file,
                func: s.at.func,
            });
            out.extend(callers.filter(|c| c.func != 0));
            out.sort_unstable();
            out.dedup();
        }
        out
    }

    /// Whether an expression is about a parameter of the function in which it stands.
    pub(super) fn is_handed(self, at: At, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(_) => matches!(self.thing(at, e),
                Thing::Param(f, i) if f.func == at.func && (i > 0 || self.p.class_of(f).is_none())),
            ExprKind::Attr(object, _, _) => self.is_handed(at, object),
            ExprKind::Call(c) => {
                self.is_handed(at, &c.callee) || c.args.iter().any(|a| self.is_handed(at, &a.value))
            }
            _ => false,
        }
    }

    /// What a loop's variable stands for, one after the other, where the loop goes over a list.
    pub(super) fn each(self, at: At, name: Sym) -> Vec<(At, &'p Expr)> {
        let func = self.p.func(FuncRef {
            file: at.file,
            func: at.func,
        });
        let mut v = Loops { name, found: None };
        walk::block(&mut v, &func.body);
        let Some(mut list) = v.found else {
            return Vec::new();
        };
        let mut at = at;
        if let Thing::Value(there, value, None) = self.thing(at, list) {
            (at, list) = (there, value);
        }
        match &list.kind {
            ExprKind::List(parts) | ExprKind::Tuple(parts) => {
                parts.iter().map(|e| (at, e)).collect()
            }
            _ => Vec::new(),
        }
    }
}

struct Loops<'p> {
    name: Sym,
    found: Option<&'p Expr>,
}

impl<'p> walk::Visit<'p> for Loops<'p> {
    fn stmt(&mut self, s: &'p crate::syntax::il::Stmt) {
        use crate::syntax::il::{Place, StmtKind};
        let StmtKind::Loop {
            each: Some(each), ..
        } = &s.kind
        else {
            return;
        };
        let (place, list) = &**each;
        let last = match place {
            Place::Tuple(parts, _) => parts.last(),
            one => Some(one),
        };
        if matches!(last, Some(Place::Name(n, _)) if *n == self.name) {
            self.found.get_or_insert(list);
        }
    }
}
