//! Go: whether a method can be the one that an interface asks for, by the types of both.

use super::{Program, TypeRef};
use crate::analysis::value::{ClassRef, FuncRef};
use crate::symbol::Sym;
use crate::syntax::il::TypeExpr;

/// Types within types that are compared.
const DEPTH: u32 = 6;

/// Go's own types. Other names that nobody declares are type parameters.
const BASIC: [&str; 20] = [
    "bool",
    "byte",
    "complex128",
    "complex64",
    "error",
    "float32",
    "float64",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

/// A type, and the file in which it is written.
type Typed<'p> = (u32, &'p TypeExpr);

impl Program {
    /// Whether a type of the project has a method of that name that is not what an interface asks for.
    pub(super) fn mismatched(&self, asked: Typed<'_>, method: FuncRef) -> bool {
        let TypeExpr::Func(params, results) = asked.1 else {
            return false;
        };
        let func = self.func(method);
        // The receiver stands first.
        let own: Vec<&TypeExpr> = func
            .params
            .iter()
            .skip(1)
            .filter_map(|p| p.ty.as_ref())
            .collect();
        if own.len() + 1 != func.params.len() {
            return false;
        }
        let given: Vec<&TypeExpr> = func.result_types.iter().collect();
        self.differ_all(asked.0, params, method.file, &own, DEPTH)
            || self.differ_all(asked.0, results, method.file, &given, DEPTH)
    }

    fn differ_all(
        &self,
        a: u32,
        left: &[TypeExpr],
        b: u32,
        right: &[&TypeExpr],
        depth: u32,
    ) -> bool {
        left.len() != right.len()
            || left
                .iter()
                .zip(right)
                .any(|(x, y)| self.differ((a, x), (b, y), depth))
    }

    /// Whether two types are certainly not the same.
    fn differ(&self, a: Typed<'_>, b: Typed<'_>, depth: u32) -> bool {
        if depth == 0 {
            return false;
        }
        let below = depth - 1;
        match (a.1, b.1) {
            (TypeExpr::Pointer(x), TypeExpr::Pointer(y))
            | (TypeExpr::Slice(x), TypeExpr::Slice(y)) => self.differ((a.0, x), (b.0, y), below),
            (TypeExpr::Map(k, v), TypeExpr::Map(l, w)) => {
                self.differ((a.0, k), (b.0, l), below) || self.differ((a.0, v), (b.0, w), below)
            }
            (TypeExpr::Func(p, r), TypeExpr::Func(q, s)) => {
                let (q, s): (Vec<_>, Vec<_>) = (q.iter().collect(), s.iter().collect());
                self.differ_all(a.0, p, b.0, &q, below) || self.differ_all(a.0, r, b.0, &s, below)
            }
            (
                TypeExpr::Path(x) | TypeExpr::Generic(x, _),
                TypeExpr::Path(y) | TypeExpr::Generic(y, _),
            ) => self.other_names((a.0, x), (b.0, y), below),
            _ => false,
        }
    }

    /// Whether two names of types certainly mean different ones.
    fn other_names(&self, a: (u32, &[Sym]), b: (u32, &[Sym]), depth: u32) -> bool {
        let basic = |path: &[Sym]| match path {
            [name] => BASIC.contains(&name.as_str()),
            _ => false,
        };
        match (self.resolve_type(a.0, a.1), self.resolve_type(b.0, b.1)) {
            (Some(TypeRef::Class(x)), Some(TypeRef::Class(y))) => {
                if x == y || self.may_be_alias(x) || self.may_be_alias(y) {
                    return false;
                }
                let of = |c: ClassRef| self.class(c).underlying.as_ref();
                match (of(x), of(y)) {
                    // Functions are handed on under either name, converted.
                    (Some(f @ TypeExpr::Func(..)), Some(g @ TypeExpr::Func(..))) => {
                        self.differ((x.file, f), (y.file, g), depth)
                    }
                    _ => true,
                }
            }
            (None, None) => basic(a.1) && basic(b.1) && alike(a.1) != alike(b.1),
            (Some(TypeRef::Class(c)), None) => basic(b.1) && !self.may_be_alias(c),
            (None, Some(TypeRef::Class(c))) => basic(a.1) && !self.may_be_alias(c),
            _ => false,
        }
    }

    /// `type A = B` and `type A B` are one to us.
    fn may_be_alias(&self, c: ClassRef) -> bool {
        matches!(
            self.class(c).underlying,
            None | Some(TypeExpr::Path(_) | TypeExpr::Pointer(_) | TypeExpr::Generic(..))
        )
    }
}

/// Go's two names for one type.
fn alike(path: &[Sym]) -> Option<&str> {
    path.first().map(|name| match name.as_str() {
        "byte" => "uint8",
        "rune" => "int32",
        name => name,
    })
}
