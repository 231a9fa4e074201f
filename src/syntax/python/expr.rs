//! Expressions and what can be assigned to.

use std::borrow::Cow;

use super::super::il::{
    Arg, ArgKind, BinOp, Block, Call, CmpOp, Comp, CompKind, Expr, ExprKind, Lit, Place, Span,
    Stmt, StmtKind, UnOp,
};
use super::kinds::{Field, Kind};
use super::literal::{self, Prefix};
use super::{Kid, Kids, Lowering};
use crate::symbol::{Sym, intern};

impl<'t> Lowering<'t> {
    /// An expression.
    pub(super) fn expr(&mut self, mut kid: Kid<'t>) -> Expr {
        // Brackets are no level of their own: a call in brackets is that call.
        while kid.kind == Kind::Paren {
            match self.first(kid) {
                Some(inner) => kid = inner,
                None => return self.unknown(kid, Vec::new()),
            }
        }
        if !self.enter() {
            return self.unknown(kid, Vec::new());
        }
        let kind = self.expr_kind(kid);
        self.depth -= 1;
        Expr {
            span: kid.span(),
            kind,
        }
    }

    fn boxed(&mut self, kid: Kid<'t>) -> Box<Expr> {
        Box::new(self.expr(kid))
    }

    /// All named children as expressions.
    pub(super) fn exprs(&mut self, of: Kid<'t>) -> Vec<Expr> {
        let kids = self.open_bare(of);
        let mut out = Vec::with_capacity(kids.len());
        for at in kids.range() {
            let item = self.expr(self.kids[at]);
            out.push(item);
        }
        self.close(kids);
        out
    }

    fn opaque(&mut self, kid: Kid<'t>, parts: Vec<Expr>) -> ExprKind {
        self.note(kid);
        ExprKind::Unknown(parts)
    }

    fn expr_kind(&mut self, kid: Kid<'t>) -> ExprKind {
        match kid.kind {
            Kind::Identifier => {
                let name = self.name(kid);
                if name.is_empty() {
                    self.opaque(kid, Vec::new())
                } else {
                    ExprKind::Name(name)
                }
            }
            Kind::Attribute => self.attribute(kid),
            Kind::Call => self.call(kid),
            Kind::String => self.string(kid),
            Kind::ConcatenatedString => self.concatenated(kid),
            Kind::Integer => ExprKind::Const(literal::integer(self.text_of(kid))),
            Kind::Float => ExprKind::Const(Lit::Float(self.name(kid))),
            Kind::True => ExprKind::Const(Lit::Bool(true)),
            Kind::False => ExprKind::Const(Lit::Bool(false)),
            Kind::None => ExprKind::Const(Lit::None),
            Kind::Ellipsis => ExprKind::Const(Lit::Ellipsis),
            Kind::Subscript => self.subscript(kid),
            Kind::Comparison => self.comparison(kid),
            Kind::Boolean => self.boolean(kid),
            Kind::Binary => self.binary(kid),
            Kind::Not => match self.first(kid) {
                Some(inner) => ExprKind::Unary(UnOp::Not, self.boxed(inner)),
                None => self.opaque(kid, Vec::new()),
            },
            Kind::Unary => {
                let op = match self.text_of(kid).as_bytes().first() {
                    Some(b'-') => UnOp::Neg,
                    Some(b'+') => UnOp::Pos,
                    _ => UnOp::Invert,
                };
                match self.first(kid) {
                    Some(inner) => ExprKind::Unary(op, self.boxed(inner)),
                    None => self.opaque(kid, Vec::new()),
                }
            }
            Kind::List | Kind::ListPattern => ExprKind::List(self.exprs(kid)),
            Kind::Tuple | Kind::ExpressionList | Kind::PatternList | Kind::TuplePattern => {
                ExprKind::Tuple(self.exprs(kid))
            }
            Kind::Set => ExprKind::Set(self.exprs(kid)),
            Kind::Dictionary => self.dictionary(kid),
            Kind::ListComp => self.comprehension(kid, CompKind::List),
            Kind::SetComp => self.comprehension(kid, CompKind::Set),
            Kind::DictComp => self.comprehension(kid, CompKind::Dict),
            Kind::Generator => self.comprehension(kid, CompKind::Generator),
            Kind::Conditional => self.conditional(kid),
            Kind::Lambda => self.lambda(kid),
            Kind::Named => self.walrus(kid),
            Kind::Await => match self.first(kid) {
                Some(inner) => ExprKind::Await(self.boxed(inner)),
                None => self.opaque(kid, Vec::new()),
            },
            Kind::ListSplat | Kind::ListSplatPattern => match self.first(kid) {
                Some(inner) => ExprKind::Star(self.boxed(inner)),
                None => self.opaque(kid, Vec::new()),
            },
            Kind::Yield => self.yields(kid),
            Kind::AsPattern => match self.first(kid) {
                Some(inner) => {
                    let inner = self.expr(inner);
                    // A `with` statement has taken the target already.
                    if self.peeled == Some(kid.node.id()) {
                        return inner.kind;
                    }
                    self.opaque(kid, vec![inner])
                }
                None => self.opaque(kid, Vec::new()),
            },
            // Python 2's print to a file, a dotted name in a pattern's stead, and whatever the grammar adds.
            _ => {
                let parts = self.exprs(kid);
                self.opaque(kid, parts)
            }
        }
    }

    fn attribute(&mut self, kid: Kid<'t>) -> ExprKind {
        match self.sides(kid, Field::Object, Field::Attribute) {
            (Some(object), Some(name)) => {
                let object = self.boxed(object);
                ExprKind::Attr(object, self.name(name), name.span())
            }
            _ => self.opaque(kid, Vec::new()),
        }
    }

    fn call(&mut self, kid: Kid<'t>) -> ExprKind {
        let both = self.ends(kid, 2).or_else(|| {
            let callee = self.child(kid, Field::Function);
            callee.zip(self.child(kid, Field::Arguments))
        });
        let Some((callee, args)) = both else {
            let parts = self.exprs(kid);
            return self.opaque(kid, parts);
        };
        let callee = self.expr(callee);
        let args = if args.kind == Kind::ArgumentList {
            self.arguments(args)
        } else {
            vec![Arg {
                kind: ArgKind::Plain,
                value: self.expr(args),
            }]
        };
        ExprKind::Call(Box::new(Call {
            callee,
            args,
            spread: false,
            types: Vec::new(),
        }))
    }

    /// The arguments of a call or of a class statement.
    pub(super) fn arguments(&mut self, list: Kid<'t>) -> Vec<Arg> {
        let kids = self.open_bare(list);
        let mut out = Vec::with_capacity(kids.len());
        for at in kids.range() {
            let mut arg = self.kids[at];
            // `f((*xs))` is the grammar's own kindness.
            if arg.kind == Kind::Paren
                && let Some(inner) = self.first(arg)
                && inner.kind == Kind::ListSplat
            {
                arg = inner;
            }
            let (kind, value) = match arg.kind {
                Kind::KeywordArgument => {
                    let (name, value) = self.sides(arg, Field::Name, Field::Value);
                    let name = name.map_or_else(Sym::default, |name| self.name(name));
                    (ArgKind::Keyword(name), value)
                }
                Kind::ListSplat => (ArgKind::Star, self.first(arg)),
                Kind::DictSplat => (ArgKind::DoubleStar, self.first(arg)),
                _ => (ArgKind::Plain, Some(arg)),
            };
            let value = match value {
                Some(value) => self.expr(value),
                None => self.unknown(arg, Vec::new()),
            };
            out.push(Arg { kind, value });
        }
        self.close(kids);
        out
    }

    fn subscript(&mut self, kid: Kid<'t>) -> ExprKind {
        let kids = self.open(kid);
        let Some(object) = self.field(kids, Field::Value) else {
            self.close(kids);
            return self.opaque(kid, Vec::new());
        };
        let object = self.boxed(object);
        let slice = self.kids[kids.range()]
            .iter()
            .find(|part| part.field == Field::Subscript)
            .copied()
            .filter(|part| part.kind == Kind::Slice && kids.len() == 2 && !self.has_comma(kid));
        let out = match slice {
            Some(slice) => {
                let (lo, hi) = self.slice(slice);
                ExprKind::Slice(object, lo, hi)
            }
            None => ExprKind::Index(object, Box::new(self.index(kid, kids))),
        };
        self.close(kids);
        out
    }

    /// Whether a comma stands directly under the node (`x[1:2,]` is a tuple).
    fn has_comma(&mut self, kid: Kid<'t>) -> bool {
        if !self.text_of(kid).contains(',') {
            return false;
        }
        let kids = self.open_all(kid);
        let comma = self.kids[kids.range()]
            .iter()
            .any(|part| part.kind == Kind::Anon && self.text_of(*part) == ",");
        self.close(kids);
        comma
    }

    /// What stands between the brackets of a subscript.
    fn index(&mut self, subscript: Kid<'t>, kids: Kids) -> Expr {
        let tuple = self.has_comma(subscript);
        let mut parts = Vec::new();
        for at in kids.range() {
            let part = self.kids[at];
            if part.field != Field::Subscript {
                continue;
            }
            let item = if part.kind == Kind::Slice {
                let bounds = self.exprs(part);
                self.unknown(part, bounds)
            } else {
                self.expr(part)
            };
            parts.push(item);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() && !tuple => only,
            Some(last) => {
                let start = parts
                    .first()
                    .map_or(last.span.start, |first| first.span.start);
                let span = Span {
                    start,
                    end: last.span.end,
                };
                parts.push(last);
                Expr {
                    span,
                    kind: ExprKind::Tuple(parts),
                }
            }
            None => self.unknown(subscript, Vec::new()),
        }
    }

    fn slice(&mut self, slice: Kid<'t>) -> (Option<Box<Expr>>, Option<Box<Expr>>) {
        let kids = self.open_all(slice);
        let mut bounds: [Option<Expr>; 3] = [None, None, None];
        let mut slot = 0;
        for at in kids.range() {
            let part = self.kids[at];
            if part.kind == Kind::Anon {
                slot = (slot + 1).min(2);
            } else {
                let bound = self.expr(part);
                bounds[slot] = Some(bound);
            }
        }
        self.close(kids);
        let [mut lo, hi, step] = bounds;
        // A step leaves out or turns round: the result must not pass for the whole, so where it begins is unknown.
        if let Some(step) = step {
            let parts = lo.into_iter().chain([step]).collect();
            lo = Some(self.unknown(slice, parts));
        }
        (lo.map(Box::new), hi.map(Box::new))
    }

    fn comparison(&mut self, kid: Kid<'t>) -> ExprKind {
        let kids = self.open_all(kid);
        let mut operands: Vec<Kid<'t>> = Vec::new();
        let mut ops = Vec::new();
        for at in kids.range() {
            let part = self.kids[at];
            if part.field != Field::Operators {
                operands.push(part);
                continue;
            }
            let text = self.text_of(part);
            ops.push(match text {
                "==" => CmpOp::Eq,
                "!=" | "<>" => CmpOp::Ne,
                "<" => CmpOp::Lt,
                "<=" => CmpOp::Le,
                ">" => CmpOp::Gt,
                ">=" => CmpOp::Ge,
                "in" => CmpOp::In,
                "is" => CmpOp::Is,
                // Blanks and line ends may stand between the two words.
                _ if text.starts_with("is") => CmpOp::IsNot,
                _ => CmpOp::NotIn,
            });
        }
        self.close(kids);
        if operands.len() < 2 || ops.len() + 1 != operands.len() {
            let parts = self.exprs(kid);
            return self.opaque(kid, parts);
        }
        if let ([left, right], [op]) = (&operands[..], &ops[..]) {
            let left = self.boxed(*left);
            return ExprKind::Cmp(*op, left, self.boxed(*right));
        }
        let mut chain = Vec::with_capacity(ops.len());
        for (pair, op) in operands.windows(2).zip(ops) {
            let left = self.boxed(pair[0]);
            let right = self.boxed(pair[1]);
            chain.push(Expr {
                span: join(left.span, right.span),
                kind: ExprKind::Cmp(op, left, right),
            });
        }
        ExprKind::And(chain)
    }

    /// `left op right` of a binary or boolean operator.
    fn operands(&mut self, kid: Kid<'t>) -> Option<(Kid<'t>, &'t str, Kid<'t>)> {
        let left = self.child(kid, Field::Left)?;
        let op = self.child(kid, Field::Operator)?;
        let right = self.child(kid, Field::Right)?;
        Some((left, self.text_of(op), right))
    }

    fn boolean(&mut self, kid: Kid<'t>) -> ExprKind {
        let Some((mut left, op, right)) = self.operands(kid) else {
            let parts = self.exprs(kid);
            return self.opaque(kid, parts);
        };
        // A chain leans to the left: it is unrolled, so that its length does not count as depth.
        let mut rest = vec![right];
        while left.kind == Kind::Boolean {
            match self.operands(left) {
                Some((inner, same, right)) if same == op => {
                    rest.push(right);
                    left = inner;
                }
                _ => break,
            }
        }
        let mut parts = Vec::with_capacity(rest.len() + 1);
        parts.push(self.expr(left));
        for right in rest.into_iter().rev() {
            let right = self.expr(right);
            parts.push(right);
        }
        if op == "and" {
            ExprKind::And(parts)
        } else {
            ExprKind::Or(parts)
        }
    }

    fn binary(&mut self, kid: Kid<'t>) -> ExprKind {
        let Some((mut left, op, right)) = self.operands(kid) else {
            let parts = self.exprs(kid);
            return self.opaque(kid, parts);
        };
        let op = bin_op(op);
        if left.kind != Kind::Binary {
            let left = self.boxed(left);
            return ExprKind::Bin(op, left, self.boxed(right));
        }
        let mut rest = vec![(op, right)];
        while left.kind == Kind::Binary {
            let Some((inner, op, right)) = self.operands(left) else {
                break;
            };
            rest.push((bin_op(op), right));
            left = inner;
        }
        // As many levels as operators, unless that is too deep.
        let len = rest.len() as u32;
        let deep = len > self.limits.depth.saturating_sub(self.depth);
        let levels = if deep {
            u32::BITS - len.leading_zeros()
        } else {
            len
        };
        self.depth += levels;
        let first = self.expr(left);
        let mut parts = vec![(op, first)];
        for (op, right) in rest.into_iter().rev() {
            let right = self.expr(right);
            parts.push((op, right));
        }
        self.depth -= levels;
        if !deep {
            let mut parts = parts.into_iter().map(|(op, part)| (op, Some(part)));
            let mut whole = parts.next().and_then(|(_, part)| part);
            for (op, part) in parts {
                whole = match (whole, part) {
                    (Some(left), Some(right)) => Some(bin(op, left, right)),
                    (left, right) => left.or(right),
                };
            }
            return whole.map_or(ExprKind::Unknown(Vec::new()), |whole| whole.kind);
        }
        let same = parts[1..].iter().all(|(other, _)| *other == op);
        let associative = matches!(
            op,
            BinOp::Add | BinOp::Mul | BinOp::BitAnd | BinOp::BitOr | BinOp::BitXor
        );
        let parts: Vec<Expr> = parts.into_iter().map(|(_, part)| part).collect();
        if same && associative {
            balanced(op, parts).kind
        } else {
            self.opaque(kid, parts)
        }
    }

    fn dictionary(&mut self, kid: Kid<'t>) -> ExprKind {
        let kids = self.open_bare(kid);
        let mut out = Vec::with_capacity(kids.len());
        for at in kids.range() {
            let item = self.kids[at];
            if item.kind == Kind::Pair {
                let (key, value) = self.sides(item, Field::Key, Field::Value);
                if let (Some(key), Some(value)) = (key, value) {
                    let key = self.expr(key);
                    let value = self.expr(value);
                    out.push((Some(key), value));
                }
            } else if let Some(inner) = self.first(item) {
                let value = self.expr(inner);
                out.push((None, value));
            }
        }
        self.close(kids);
        ExprKind::Dict(out)
    }

    fn comprehension(&mut self, kid: Kid<'t>, kind: CompKind) -> ExprKind {
        let kids = self.open_bare(kid);
        let mut clauses: Vec<(Place, Expr, Vec<Expr>)> = Vec::new();
        for at in kids.range() {
            let clause = self.kids[at];
            match clause.kind {
                Kind::ForIn => {
                    let (place, iterable) = self.for_in(clause);
                    clauses.push((place, iterable, Vec::new()));
                }
                Kind::IfClause => {
                    if let Some(cond) = self.first(clause) {
                        let cond = self.expr(cond);
                        if let Some((_, _, conds)) = clauses.last_mut() {
                            conds.push(cond);
                        }
                    }
                }
                _ => {}
            }
        }
        self.close(kids);
        let Some(mut body) = self.child(kid, Field::Body) else {
            return self.opaque(kid, Vec::new());
        };
        let mut key = None;
        if body.kind == Kind::Pair {
            let first = self.child(body, Field::Key);
            let value = self.child(body, Field::Value);
            key = first.map(|first| self.expr(first));
            body = value.unwrap_or(body);
        }
        let element = self.expr(body);
        ExprKind::Comp(Box::new(Comp {
            kind,
            element,
            key,
            clauses,
        }))
    }

    fn for_in(&mut self, clause: Kid<'t>) -> (Place, Expr) {
        let kids = self.open(clause);
        let mut values = Vec::new();
        for at in kids.range() {
            let part = self.kids[at];
            if part.field == Field::Right {
                let value = self.expr(part);
                values.push(value);
            }
        }
        let place = match self.field(kids, Field::Left) {
            Some(left) => self.place(left),
            None => Place::Ignore,
        };
        self.close(kids);
        let iterable = match values.pop() {
            Some(only) if values.is_empty() => only,
            Some(last) => {
                let span = join(values[0].span, last.span);
                values.push(last);
                Expr {
                    span,
                    kind: ExprKind::Tuple(values),
                }
            }
            None => self.unknown(clause, Vec::new()),
        };
        (place, iterable)
    }

    fn conditional(&mut self, kid: Kid<'t>) -> ExprKind {
        let kids = self.open_bare(kid);
        let parts: Option<[Kid<'t>; 3]> = self.kids[kids.range()].try_into().ok();
        self.close(kids);
        match parts {
            Some([then, cond, other]) => {
                let cond = self.boxed(cond);
                let then = self.boxed(then);
                ExprKind::Cond(cond, then, self.boxed(other))
            }
            None => {
                let parts = self.exprs(kid);
                self.opaque(kid, parts)
            }
        }
    }

    fn lambda(&mut self, kid: Kid<'t>) -> ExprKind {
        let params = self.child(kid, Field::Parameters);
        let body = self.child(kid, Field::Body);
        let span = kid.span();
        let keyword = Span {
            start: span.start,
            end: span.end.min(span.start + "lambda".len() as u32),
        };
        let idx = self.declare(intern("<lambda>"), keyword, span, None);
        let (len, qualname) = self.qualify("<lambda>");
        self.out.funcs[idx as usize].qualname = qualname;
        let (params, extra) = self.params(params);
        self.begin(idx, params);
        self.scope().locals.extend(extra);
        let body = match body {
            Some(body) => {
                let value = self.expr(body);
                vec![Stmt {
                    span: value.span,
                    kind: StmtKind::Return(vec![value]),
                }]
            }
            None => Block::new(),
        };
        self.finish(body);
        self.leave(len);
        ExprKind::Lambda(idx)
    }

    fn walrus(&mut self, kid: Kid<'t>) -> ExprKind {
        let name = self.child(kid, Field::Name);
        let value = self.child(kid, Field::Value);
        match (name, value) {
            (Some(name), Some(value)) => {
                let value = self.boxed(value);
                let name = self.name(name);
                self.bind(name);
                ExprKind::Walrus(name, value)
            }
            _ => self.opaque(kid, Vec::new()),
        }
    }

    /// The operand of `yield from`.
    pub(super) fn yield_from(&mut self, kid: Kid<'t>) -> Option<Kid<'t>> {
        let kids = self.open_all(kid);
        let from = self.kids[kids.range()]
            .iter()
            .any(|part| part.kind == Kind::Anon && self.text_of(*part) == "from");
        let operand = self.kids[kids.range()].last().copied();
        self.close(kids);
        operand.filter(|operand| from && operand.kind != Kind::Anon)
    }

    fn yields(&mut self, kid: Kid<'t>) -> ExprKind {
        self.scope().is_generator = true;
        if let Some(iterable) = self.yield_from(kid) {
            let iterable = self.expr(iterable);
            // The elements are handed on, not the iterable; the value of the whole is the generator's result.
            let elements = self.unknown(kid, vec![iterable]);
            return ExprKind::Yield(Some(Box::new(elements)));
        }
        ExprKind::Yield(self.first(kid).map(|value| self.boxed(value)))
    }

    // Strings.

    fn string(&mut self, kid: Kid<'t>) -> ExprKind {
        if let Some((value, bytes)) = self.plain_string(kid) {
            return ExprKind::Const(literal::text(value, bytes));
        }
        let mut parts = Vec::new();
        let bytes = self.string_parts(kid, &mut parts);
        strings(parts, bytes)
    }

    /// A string without interpolation, from its text: most are, and need no look at the tree.
    fn plain_string(&self, kid: Kid<'t>) -> Option<(Cow<'t, str>, bool)> {
        let text = self.text_of(kid);
        let at = text.find(['\'', '"'])?;
        let prefix = Prefix::of(&text[..at]);
        let mut body = &text[at..];
        let quote = if body.len() >= 6 && (body.starts_with("\"\"\"") || body.starts_with("'''")) {
            &body[..3]
        } else {
            &body[..1]
        };
        body = body.strip_prefix(quote)?.strip_suffix(quote)?;
        (!prefix.format).then(|| (literal::unescape(body, prefix), prefix.bytes))
    }

    fn concatenated(&mut self, kid: Kid<'t>) -> ExprKind {
        let kids = self.open_bare(kid);
        let mut parts = Vec::new();
        let mut bytes = false;
        for at in kids.range() {
            let part = self.kids[at];
            if part.kind == Kind::String {
                bytes |= self.string_parts(part, &mut parts);
            }
        }
        self.close(kids);
        strings(parts, bytes)
    }

    /// Appends the pieces of one string literal; whether it is one of bytes.
    fn string_parts(&mut self, kid: Kid<'t>, out: &mut Vec<Piece<'t>>) -> bool {
        if let Some((value, bytes)) = self.plain_string(kid) {
            out.push(Piece::Text(value, kid.span()));
            return bytes;
        }
        let kids = self.open_bare(kid);
        let mut prefix = Prefix::default();
        for at in kids.range() {
            let part = self.kids[at];
            match part.kind {
                Kind::StringStart => prefix = Prefix::of(self.text_of(part)),
                Kind::StringContent => {
                    let text = self.text_of(part);
                    out.push(Piece::Text(literal::unescape(text, prefix), part.span()));
                }
                Kind::Interpolation => {
                    let inner = self.open_all(part);
                    let value = self.field(inner, Field::Expression);
                    let named = self.kids[inner.range()]
                        .iter()
                        .any(|token| token.kind == Kind::Anon && self.text_of(*token) == "=");
                    self.close(inner);
                    if let Some(value) = value {
                        if named {
                            let label = format!("{}=", self.text_of(value));
                            out.push(Piece::Text(Cow::Owned(label), value.span()));
                        }
                        let value = self.expr(value);
                        out.push(Piece::Value(value));
                    }
                }
                _ => {}
            }
        }
        self.close(kids);
        prefix.bytes
    }

    // Places.

    /// What stands on the left of an assignment; binds its names.
    pub(super) fn place(&mut self, mut kid: Kid<'t>) -> Place {
        while matches!(kid.kind, Kind::Paren | Kind::AsPatternTarget) {
            match self.first(kid) {
                Some(inner) => kid = inner,
                None => return Place::Ignore,
            }
        }
        if !self.enter() {
            self.note(kid);
            return Place::Ignore;
        }
        let place = self.place_inner(kid);
        self.depth -= 1;
        place
    }

    fn place_inner(&mut self, kid: Kid<'t>) -> Place {
        let span = kid.span();
        match kid.kind {
            Kind::Identifier => {
                let name = self.name(kid);
                self.bind(name);
                if name.is_empty() {
                    Place::Ignore
                } else {
                    Place::Name(name, span)
                }
            }
            Kind::Attribute => match self.attribute(kid) {
                ExprKind::Attr(object, name, _) => Place::Attr(object, name, span),
                _ => Place::Ignore,
            },
            Kind::Subscript => match self.child(kid, Field::Value) {
                Some(object) => {
                    let object = self.boxed(object);
                    let kids = self.open(kid);
                    let index = self.index(kid, kids);
                    self.close(kids);
                    Place::Index(object, Box::new(index), span)
                }
                None => Place::Ignore,
            },
            Kind::Tuple
            | Kind::TuplePattern
            | Kind::List
            | Kind::ListPattern
            | Kind::PatternList
            | Kind::ExpressionList => {
                let kids = self.open_bare(kid);
                let mut parts = Vec::with_capacity(kids.len());
                for at in kids.range() {
                    let part = self.place(self.kids[at]);
                    parts.push(part);
                }
                self.close(kids);
                Place::Tuple(parts, span)
            }
            Kind::ListSplat | Kind::ListSplatPattern => match self.first(kid) {
                Some(inner) => Place::Star(Box::new(self.place(inner)), span),
                None => Place::Ignore,
            },
            _ => {
                self.note(kid);
                Place::Ignore
            }
        }
    }
}

/// A piece of a string literal.
enum Piece<'t> {
    Text(Cow<'t, str>, Span),
    Value(Expr),
}

/// Puts the pieces together: a constant when none is computed.
fn strings(parts: Vec<Piece<'_>>, bytes: bool) -> ExprKind {
    let mut out: Vec<Expr> = Vec::new();
    let mut pending: Option<(Cow<'_, str>, Span)> = None;
    for part in parts {
        match part {
            Piece::Text(text, span) => {
                pending = Some(match pending.take() {
                    Some((mut before, at)) => {
                        before.to_mut().push_str(&text);
                        (before, join(at, span))
                    }
                    None => (text, span),
                });
            }
            Piece::Value(value) => {
                out.extend(pending.take().map(|(text, span)| constant(text, span)));
                out.push(value);
            }
        }
    }
    if out.is_empty() {
        let text = pending.map_or(Cow::Borrowed(""), |(text, _)| text);
        return ExprKind::Const(literal::text(text, bytes));
    }
    out.extend(pending.map(|(text, span)| constant(text, span)));
    ExprKind::Format(out)
}

fn constant(text: Cow<'_, str>, span: Span) -> Expr {
    Expr {
        span,
        kind: ExprKind::Const(literal::text(text, false)),
    }
}

pub(super) fn join(a: Span, b: Span) -> Span {
    Span {
        start: a.start.min(b.start),
        end: a.end.max(b.end),
    }
}

fn bin(op: BinOp, left: Expr, right: Expr) -> Expr {
    Expr {
        span: join(left.span, right.span),
        kind: ExprKind::Bin(op, Box::new(left), Box::new(right)),
    }
}

/// A long chain of an associative operator as a tree of logarithmic depth, operands in order.
fn balanced(op: BinOp, mut parts: Vec<Expr>) -> Expr {
    while parts.len() > 1 {
        let mut next = Vec::with_capacity(parts.len().div_ceil(2));
        let mut rest = parts.into_iter();
        while let Some(left) = rest.next() {
            next.push(match rest.next() {
                Some(right) => bin(op, left, right),
                None => left,
            });
        }
        parts = next;
    }
    parts.pop().unwrap_or(Expr {
        span: Span::default(),
        kind: ExprKind::Unknown(Vec::new()),
    })
}

/// The operator, also of an augmented assignment without its `=`.
pub(super) fn bin_op(text: &str) -> BinOp {
    match text {
        "-" => BinOp::Sub,
        "*" => BinOp::Mul,
        "/" => BinOp::Div,
        "//" => BinOp::FloorDiv,
        "%" => BinOp::Mod,
        "**" => BinOp::Pow,
        "&" => BinOp::BitAnd,
        "|" => BinOp::BitOr,
        "^" => BinOp::BitXor,
        "<<" => BinOp::Shl,
        ">>" => BinOp::Shr,
        "@" => BinOp::MatMul,
        _ => BinOp::Add,
    }
}
