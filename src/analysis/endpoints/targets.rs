//! The functions and classes that a handler's expression hands over.

use super::collect::Target;
use super::names::{At, Names, Thing};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{Expr, ExprKind, Lit};

/// Adds what an expression hands over; which method of a class answers which HTTP method, where it says so.
pub(super) fn targets(
    names: Names<'_>,
    at: At,
    e: &Expr,
    depth: u32,
    out: &mut Vec<Target>,
    map: &mut Vec<(Sym, Sym)>,
) {
    if depth > 6 {
        return;
    }
    let object_of_class = |c: ClassRef, out: &mut Vec<Target>| {
        let known = names.lib(at.file).lists.get(&sym!("handler-methods"));
        for name in known.into_iter().flatten() {
            out.extend(names.methods(c, *name).into_iter().map(Target::Func));
        }
    };
    match &e.kind {
        ExprKind::Name(_) | ExprKind::Attr(..) => match names.thing(at, e) {
            Thing::Func(f) => {
                out.push(Target::Func(f));
                out.extend(given_back(names, f));
            }
            Thing::Class(c) => out.push(Target::Class(c)),
            Thing::Value(at2, value, _) => {
                let before = out.len();
                targets(names, at2, value, depth + 1, out, map);
                if out.len() == before
                    && let Some(c) = names.class(at, e)
                {
                    object_of_class(c, out);
                }
            }
            Thing::Param(..) => {
                if let Some(c) = names.class(at, e) {
                    object_of_class(c, out);
                }
            }
            _ => {
                let ExprKind::Attr(object, name, _) = &e.kind else {
                    return;
                };
                if let Thing::Class(c) = names.thing(at, object) {
                    match names.methods(c, *name).as_slice() {
                        [] => out.push(Target::Class(c)),
                        all => out.extend(all.iter().copied().map(Target::Func)),
                    }
                } else if let Some(c) = names.class(at, object) {
                    for f in names.methods(c, *name) {
                        out.push(Target::Func(f));
                        out.extend(given_back(names, f));
                    }
                }
            }
        },
        ExprKind::Call(c) => {
            if let ExprKind::Attr(object, name, _) = &c.callee.kind
                && let Thing::Class(class) = names.thing(at, object)
                && names.methods(class, *name).is_empty()
            {
                out.push(Target::Class(class));
                // `as_view({"get": "list"})`
                if let Some(ExprKind::Dict(entries)) = c.args.first().map(|a| &a.value.kind) {
                    for (k, v) in entries {
                        if let (Some(ExprKind::Const(Lit::Str(k))), ExprKind::Const(Lit::Str(v))) =
                            (k.as_ref().map(|k| &k.kind), &v.kind)
                        {
                            map.push((intern(&k.to_uppercase()), *v));
                        }
                    }
                }
                return;
            }
            // An object that can be called.
            if let Thing::Class(class) = names.thing(at, &c.callee)
                && names.lang(at.file) == Lang::Python
            {
                let before = out.len();
                object_of_class(class, out);
                if out.len() > before {
                    return;
                }
            }
            // A wrapper runs what it is given; one of the project is run as well.
            let before = out.len();
            targets(names, at, &c.callee, depth + 1, out, map);
            let made: Vec<FuncRef> = out[before..]
                .iter()
                .filter_map(|t| match t {
                    Target::Func(f) => Some(*f),
                    Target::Class(_) => None,
                })
                .collect();
            let wrappers = out.len();
            for a in &c.args {
                if matches!(
                    a.value.kind,
                    ExprKind::Name(_)
                        | ExprKind::Attr(..)
                        | ExprKind::Call(_)
                        | ExprKind::Lambda(_)
                ) {
                    targets(names, at, &a.value, depth + 1, out, map);
                }
            }
            // One that is given no function makes the handler itself.
            if out.len() == wrappers {
                for f in made {
                    if let Some((at, value)) = names.returned(f)
                        && matches!(
                            value.kind,
                            ExprKind::Lambda(_) | ExprKind::Call(_) | ExprKind::Name(_)
                        )
                    {
                        targets(names, at, value, depth + 1, out, map);
                    }
                }
            }
        }
        ExprKind::Lambda(i) => out.push(Target::Func(FuncRef {
            file: at.file,
            func: *i,
        })),
        ExprKind::Const(Lit::Str(s)) if s.contains('.') => {
            // A handler by its path.
            match names.p.resolve_path(*s) {
                Some(crate::analysis::program::Global::Func(f)) => out.push(Target::Func(f)),
                Some(crate::analysis::program::Global::Class(c)) => out.push(Target::Class(c)),
                _ => {}
            }
        }
        ExprKind::List(parts) | ExprKind::Tuple(parts) => {
            for p in parts {
                targets(names, at, p, depth + 1, out, map);
            }
        }
        ExprKind::AddrOf(x) | ExprKind::Deref(x) => {
            if let ExprKind::Struct(..) = &x.kind
                && let Some(c) = names.class(at, x)
            {
                object_of_class(c, out);
            } else {
                targets(names, at, x, depth + 1, out, map);
            }
        }
        ExprKind::Struct(..) => {
            if let Some(c) = names.class(at, e) {
                object_of_class(c, out);
            }
        }
        ExprKind::Typed(_, x) => targets(names, at, x, depth + 1, out, map),
        _ => {}
    }
}

/// The function of its own that a function gives back: what wraps a handler, as it is called.
fn given_back(names: Names<'_>, f: FuncRef) -> Option<Target> {
    let (at, value) = names.returned(f)?;
    let inner = match &value.kind {
        ExprKind::Lambda(i) => FuncRef {
            file: f.file,
            func: *i,
        },
        ExprKind::Name(_) => match names.thing(at, value) {
            Thing::Func(inner) => inner,
            _ => return None,
        },
        _ => return None,
    };
    (names.p.func(inner).parent == Some(f.func) && inner.file == f.file)
        .then_some(Target::Func(inner))
}
