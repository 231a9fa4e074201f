//! Annotations.

use super::super::il::{Expr, TypeExpr};
use super::kinds::{Field, Kind};
use super::{Kid, Lowering};
use crate::symbol::{Sym, intern};

/// Nesting of a string annotation beyond which nobody annotates.
const STRING_DEPTH: u32 = 32;

impl<'t> Lowering<'t> {
    /// An annotation.
    pub(super) fn type_expr(&mut self, kid: Kid<'t>) -> TypeExpr {
        if !self.enter() {
            return TypeExpr::Other;
        }
        let out = self.type_inner(kid);
        self.depth -= 1;
        out
    }

    fn type_inner(&mut self, kid: Kid<'t>) -> TypeExpr {
        match kid.kind {
            Kind::Identifier => TypeExpr::Path(vec![self.name(kid)]),
            Kind::None => TypeExpr::Path(vec![intern("None")]),
            Kind::Attribute | Kind::MemberType => {
                let mut path = Vec::new();
                if self.type_path(kid, &mut path) {
                    TypeExpr::Path(path)
                } else {
                    TypeExpr::Other
                }
            }
            Kind::Type | Kind::Paren => match self.first(kid) {
                Some(inner) => self.type_expr(inner),
                None => TypeExpr::Other,
            },
            Kind::Subscript | Kind::GenericType => {
                let kids = self.open(kid);
                let mut path = Vec::new();
                let mut args = Vec::new();
                let mut known = false;
                for at in kids.range() {
                    let part = self.kids[at];
                    if at == kids.at {
                        known = self.type_path(part, &mut path);
                    } else if part.kind == Kind::TypeParameter {
                        let inner = self.open(part);
                        for at in inner.range() {
                            let arg = self.type_expr(self.kids[at]);
                            args.push(arg);
                        }
                        self.close(inner);
                    } else if part.field == Field::Subscript {
                        let arg = self.type_expr(part);
                        args.push(arg);
                    }
                }
                self.close(kids);
                if known {
                    generic(path, args)
                } else {
                    TypeExpr::Other
                }
            }
            Kind::UnionType => union(self.types_in(kid)),
            Kind::Binary => {
                let or = {
                    let kids = self.open_all(kid);
                    let or = self
                        .field(kids, Field::Operator)
                        .is_some_and(|op| self.text_of(op) == "|");
                    self.close(kids);
                    or
                };
                if or {
                    union(self.types_in(kid))
                } else {
                    TypeExpr::Other
                }
            }
            // Only inside `Callable`: the parameters' list.
            Kind::List => TypeExpr::Generic(Vec::new(), self.types_in(kid)),
            Kind::String => {
                let text = self.text_of(kid);
                let text = text.trim_matches(|c: char| matches!(c, '"' | '\''));
                parse(text)
            }
            _ => TypeExpr::Other,
        }
    }

    /// What `Annotated[T, provider(...)]` says of where a value comes from: it stands for a default.
    pub(super) fn annotated_call(&mut self, mut kid: Kid<'t>) -> Option<Expr> {
        while kid.kind == Kind::Type {
            kid = self.first(kid)?;
        }
        if !matches!(kid.kind, Kind::Subscript | Kind::GenericType) {
            return None;
        }
        let kids = self.open(kid);
        let mut path = Vec::new();
        let mut args: Vec<Kid<'t>> = Vec::new();
        for at in kids.range() {
            let part = self.kids[at];
            if at == kids.at {
                self.type_path(part, &mut path);
            } else if part.kind == Kind::TypeParameter {
                let inner = self.open(part);
                args.extend(inner.range().map(|at| self.kids[at]));
                self.close(inner);
            } else if part.field == Field::Subscript {
                args.push(part);
            }
        }
        self.close(kids);
        if path.last().is_none_or(|n| n != "Annotated") {
            return None;
        }
        args.into_iter().skip(1).find_map(|mut arg| {
            while arg.kind == Kind::Type {
                arg = self.first(arg)?;
            }
            (arg.kind == Kind::Call).then(|| self.expr(arg))
        })
    }

    fn types_in(&mut self, kid: Kid<'t>) -> Vec<TypeExpr> {
        let kids = self.open(kid);
        let mut out = Vec::with_capacity(kids.len());
        for at in kids.range() {
            let item = self.type_expr(self.kids[at]);
            out.push(item);
        }
        self.close(kids);
        out
    }

    /// The segments of a dotted name.
    fn type_path(&mut self, kid: Kid<'t>, out: &mut Vec<Sym>) -> bool {
        if !self.enter() {
            return false;
        }
        let known = match kid.kind {
            Kind::Identifier => {
                out.push(self.name(kid));
                true
            }
            Kind::Attribute | Kind::MemberType => {
                let kids = self.open(kid);
                let mut known = kids.len() == 2;
                for at in kids.range() {
                    known = known && self.type_path(self.kids[at], out);
                }
                self.close(kids);
                known
            }
            Kind::Type | Kind::Paren => match self.first(kid) {
                Some(inner) => self.type_path(inner, out),
                None => false,
            },
            _ => false,
        };
        self.depth -= 1;
        known
    }
}

/// `path[args]`, with the constructors of `typing` that have a form of their own.
fn generic(path: Vec<Sym>, mut args: Vec<TypeExpr>) -> TypeExpr {
    match path.last().map(|s| s.as_str()) {
        Some("Optional" | "Union") => union(args),
        Some("Callable") => {
            let result = if args.len() > 1 { args.pop() } else { None };
            let params = match args.into_iter().next() {
                Some(TypeExpr::Generic(name, params)) if name.is_empty() => params,
                _ => Vec::new(),
            };
            TypeExpr::Func(params, result.into_iter().collect())
        }
        // Its arguments are values.
        Some("Literal") => TypeExpr::Generic(path, Vec::new()),
        _ => TypeExpr::Generic(path, args),
    }
}

fn union(parts: Vec<TypeExpr>) -> TypeExpr {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            TypeExpr::Union(inner) => out.extend(inner),
            TypeExpr::Path(path) if path.len() == 1 && path[0] == "None" => {}
            other => out.push(other),
        }
    }
    TypeExpr::Union(out)
}

/// A string annotation: dotted names, brackets and `|`.
pub(super) fn parse(text: &str) -> TypeExpr {
    let mut parser = StringType { text, at: 0 };
    let out = parser.union(0);
    if parser.peek().is_some() {
        TypeExpr::Other
    } else {
        out
    }
}

struct StringType<'a> {
    text: &'a str,
    at: usize,
}

impl StringType<'_> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn union(&mut self, depth: u32) -> TypeExpr {
        let first = self.atom(depth);
        if self.peek() != Some('|') {
            return first;
        }
        let mut parts = vec![first];
        while self.eat('|') {
            parts.push(self.atom(depth));
        }
        union(parts)
    }

    fn atom(&mut self, depth: u32) -> TypeExpr {
        if depth > STRING_DEPTH {
            return TypeExpr::Other;
        }
        let mut path = Vec::new();
        loop {
            self.peek();
            let rest = &self.text[self.at..];
            let len = rest
                .find(|c: char| !(c == '_' || c.is_alphanumeric()))
                .unwrap_or(rest.len());
            if len == 0 {
                break;
            }
            path.push(intern(&rest[..len]));
            self.at += len;
            if !self.eat('.') {
                break;
            }
        }
        if !self.eat('[') {
            // `...`, a number, a quote: nothing to name, but something must be consumed for the caller to go on.
            if path.is_empty() {
                while self
                    .peek()
                    .is_some_and(|c| !matches!(c, ',' | ']' | '|' | '['))
                {
                    let c = self.text[self.at..]
                        .chars()
                        .next()
                        .map_or(1, char::len_utf8);
                    self.at += c;
                }
                return TypeExpr::Other;
            }
            return TypeExpr::Path(path);
        }
        let mut args = Vec::new();
        while self.peek().is_some_and(|c| c != ']') {
            args.push(self.union(depth + 1));
            if !self.eat(',') {
                break;
            }
        }
        if !self.eat(']') {
            return TypeExpr::Other;
        }
        if path.is_empty() {
            TypeExpr::Generic(path, args)
        } else {
            generic(path, args)
        }
    }
}
