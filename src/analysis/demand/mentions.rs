//! What files say of others: names that classes declare, texts that spell modules, holders of objects.

use rustc_hash::FxHashSet;

use crate::analysis::program::ProgramFile;
use crate::symbol::Sym;
use crate::syntax::il::{Expr, ExprKind, Lit, Place, Stmt, StmtKind, TypeExpr};
use crate::syntax::{Lang, walk};

/// What the classes of a file declare by its name alone (`serializer_class = serializers.OrderSerializer`): the first
/// parts of these names.
pub(super) fn declared(f: &ProgramFile) -> FxHashSet<Sym> {
    let attrs = f.module.classes.iter().flat_map(|c| &c.attrs);
    let mut out = FxHashSet::default();
    for mut value in attrs.filter_map(|a| a.value.as_ref()) {
        while let ExprKind::Attr(of, ..) = &value.kind {
            value = of;
        }
        if let ExprKind::Name(head) = value.kind {
            out.insert(head);
        }
    }
    out
}

/// Modules that the arguments of calls may spell: `("shop.orders", ..)`, and of `("shop", "Order")` those of its models.
#[derive(Default)]
pub(super) struct Spelled(FxHashSet<String>);

impl Spelled {
    /// Those of a file.
    pub(super) fn in_file(f: &ProgramFile) -> FxHashSet<String> {
        let mut spelled = Self::default();
        if f.module.lang == Lang::Python {
            for func in &f.module.funcs {
                walk::block(&mut spelled, &func.body);
            }
            let attrs = f.module.classes.iter().flat_map(|c| &c.attrs);
            for value in attrs.filter_map(|a| a.value.as_ref()) {
                walk::expr(&mut spelled, value);
            }
        }
        spelled.0
    }
}

impl walk::Visit<'_> for Spelled {
    fn expr(&mut self, e: &Expr) {
        let ExprKind::Call(c) = &e.kind else { return };
        let [label, member, ..] = c.args.as_slice() else {
            return;
        };
        let ExprKind::Const(Lit::Str(label)) = label.value.kind else {
            return;
        };
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
        if label.is_empty() || !label.bytes().all(word) {
            return;
        }
        match &member.value.kind {
            ExprKind::Const(Lit::Str(_)) if !label.contains('.') => {
                self.0.insert(format!("{label}.models"));
            }
            ExprKind::Const(Lit::Str(_)) | ExprKind::List(_) | ExprKind::Tuple(_) => {
                self.0.insert(label.to_string());
            }
            _ => {}
        }
    }
}

/// Texts that name a package, and what may follow is a module in it: `shop.drivers.`.
#[derive(Default)]
pub(super) struct Packages(pub(super) Vec<Sym>);

impl walk::Visit<'_> for Packages {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Const(Lit::Str(s)) = e.kind
            && s.len() > 1
            && s.ends_with('.')
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        {
            self.0.push(s);
        }
    }
}

/// Python: names of a module that are bound to what a call of a name gives, and functions that give it, with the last
/// part of the name that is called.
#[derive(Default)]
pub(super) struct Holders {
    /// The function that is looked at; none for the module itself.
    of: Option<Sym>,
    found: Vec<(Sym, Sym)>,
}

impl Holders {
    /// Those of a file.
    pub(super) fn of_file(f: &ProgramFile) -> Vec<(Sym, Sym)> {
        let mut holders = Self::default();
        if f.module.lang == Lang::Python {
            for func in &f.module.funcs {
                holders.of = func.parent.map(|_| func.name);
                if func.parent.is_none_or(|p| p == 0 && !func.is_method()) {
                    walk::block(&mut holders, &func.body);
                }
            }
        }
        holders.found
    }
}

impl walk::Visit<'_> for Holders {
    fn stmt(&mut self, stmt: &Stmt) {
        let (value, names): (&Expr, Vec<Sym>) = match (&stmt.kind, self.of) {
            (StmtKind::Return(values), Some(of)) => match values.as_slice() {
                [value] => (value, vec![of]),
                _ => return,
            },
            (StmtKind::Assign(places, value), None) => {
                let names = places.iter().filter_map(|p| match p {
                    Place::Name(n, _) => Some(*n),
                    _ => None,
                });
                (value, names.collect())
            }
            _ => return,
        };
        if let ExprKind::Call(c) = &value.kind
            && let ExprKind::Name(class) | ExprKind::Attr(_, class, _) = &c.callee.kind
        {
            self.found.extend(names.into_iter().map(|n| (n, *class)));
        }
    }
}

/// Whether what is called here is kept by its module or given back: the line begins with a name that is assigned, or
/// with `return`.
pub(super) fn is_kept(text: &[u8], at: usize) -> bool {
    let begin = text[..at]
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |i| i + 1);
    let line = &text[begin..at];
    let kept = line
        .first()
        .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && line.contains(&b'=')
        && !line.starts_with(b"def ");
    kept || line.trim_ascii_start().starts_with(b"return ")
}

/// Whether what stands here is a base of a class that is defined on this line.
pub(super) fn is_base(text: &[u8], at: usize, end: usize) -> bool {
    let begin = text[..at].iter().rposition(|b| *b == b'\n');
    let line = text[begin.map_or(0, |i| i + 1)..at].trim_ascii_start();
    line.starts_with(b"class ")
        && line.contains(&b'(')
        && line.ends_with(b"(") | line.ends_with(b" ") | line.ends_with(b",") | line.ends_with(b".")
        && matches!(text.get(end), Some(b')' | b',' | b'[' | b' '))
}

/// Whether a result's type is one of the package itself.
pub(super) fn own_type(t: &TypeExpr) -> bool {
    match t {
        TypeExpr::Pointer(t) => own_type(t),
        TypeExpr::Path(p) | TypeExpr::Generic(p, _) => {
            p.len() == 1 && p[0].starts_with(char::is_uppercase)
        }
        _ => false,
    }
}

/// The first names of the paths in a type.
pub(super) fn type_heads(t: &TypeExpr, out: &mut FxHashSet<Sym>) {
    match t {
        TypeExpr::Path(p) => out.extend(p.first()),
        TypeExpr::Generic(p, args) => {
            out.extend(p.first());
            args.iter().for_each(|t| type_heads(t, out));
        }
        TypeExpr::Pointer(t) => type_heads(t, out),
        TypeExpr::Union(ts) => ts.iter().for_each(|t| type_heads(t, out)),
        TypeExpr::Struct(fields) => fields
            .iter()
            .filter_map(|f| f.ty.as_ref())
            .for_each(|t| type_heads(t, out)),
        _ => {}
    }
}
