//! Expressions.

use std::borrow::Cow;

use tree_sitter::Node;

use super::super::il::{
    Arg, ArgKind, BinOp, Call, CmpOp, Expr, ExprKind, Lit, Span, TypeExpr, UnOp,
};
use super::Lower;
use super::decl::Parts;
use super::kinds::K;
use crate::symbol::{Sym, intern};

impl<'t> Lower<'t> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> Expr {
        let mut node = node;
        while self.kind(node) == K::Parenthesized {
            match self.first(node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        let span = self.span(node);
        if !self.enter(node) {
            return Expr {
                span,
                kind: ExprKind::Unknown(Vec::new()),
            };
        }
        let kind = self.expr_kind(node);
        self.leave();
        Expr { span, kind }
    }

    pub(super) fn expr_opt(&mut self, node: Option<Node<'t>>, around: Node<'t>) -> Expr {
        match node {
            Some(node) => self.expr(node),
            None => {
                let kind = self.unknown(around, Vec::new());
                let span = self.span(around);
                Expr { span, kind }
            }
        }
    }

    /// The expressions of an `expression_list`.
    pub(super) fn expr_list(&mut self, list: Node<'t>) -> Vec<Expr> {
        if self.kind(list) != K::ExpressionList {
            return vec![self.expr(list)];
        }
        let kids = self.children(list);
        let mut all = Vec::with_capacity(kids.len());
        for at in kids.clone() {
            all.push(self.expr(self.kids[at].1));
        }
        self.kids.truncate(kids.start);
        all
    }

    // Each kind has a function of its own: the frame of this one counts once per level of nesting.
    fn expr_kind(&mut self, node: Node<'t>) -> ExprKind {
        match self.kind(node) {
            K::Identifier => self.identifier(node),
            K::Selector => self.selector(node),
            K::Call => self.call(node),
            K::InterpretedString | K::RawString => string(self.str(node)),
            K::Binary => self.binary(node),
            K::Unary => self.unary(node),
            K::CompositeLiteral => self.composite(node),
            K::Index => self.index(node),
            K::IntLiteral => ExprKind::Const(Lit::Int(integer(self.str(node)))),
            K::Nil => ExprKind::Const(Lit::None),
            K::True => ExprKind::Const(Lit::Bool(true)),
            K::False => ExprKind::Const(Lit::Bool(false)),
            K::FuncLiteral => self.func_literal(node),
            K::TypeAssertion => self.type_assertion(node),
            K::Slice => self.slice(node),
            K::TypeConversion => self.type_conversion(node),
            K::FloatLiteral | K::ImaginaryLiteral => ExprKind::Const(Lit::Float(self.name(node))),
            K::RuneLiteral => string(self.str(node)),
            K::Iota => match self.iota {
                Some(iota) => ExprKind::Const(Lit::Int(iota)),
                None => ExprKind::Name(intern("iota")),
            },
            K::TypeInstantiation => self.type_instantiation(node),
            K::TypeIdentifier
            | K::QualifiedType
            | K::PointerType
            | K::SliceType
            | K::ArrayType
            | K::MapType
            | K::ChannelType
            | K::FunctionType
            | K::StructType
            | K::InterfaceType
            | K::GenericType
            | K::ParenthesizedType => ExprKind::Type(Box::new(self.ty(node))),
            _ => self.unknown(node, Vec::new()),
        }
    }

    fn identifier(&mut self, node: Node<'t>) -> ExprKind {
        let text = self.str(node);
        if text.is_empty() {
            // The parser made it up.
            return self.unknown(node, Vec::new());
        }
        let name = intern(text);
        ExprKind::Name(self.resolve(name))
    }

    fn selector(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [operand, field] = self.fields(node, [f.operand, f.field]);
        let operand = self.expr_opt(operand, node);
        match field {
            Some(field) => ExprKind::Attr(Box::new(operand), self.name(field), self.span(field)),
            None => self.unknown(node, vec![operand]),
        }
    }

    fn index(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [operand, index] = self.fields(node, [f.operand, f.index]);
        let operand = self.expr_opt(operand, node);
        let index = self.expr_opt(index, node);
        ExprKind::Index(Box::new(operand), Box::new(index))
    }

    fn slice(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [operand, start, end] = self.fields(node, [f.operand, f.start, f.end]);
        let operand = self.expr_opt(operand, node);
        let start = start.map(|start| Box::new(self.expr(start)));
        let end = end.map(|end| Box::new(self.expr(end)));
        ExprKind::Slice(Box::new(operand), start, end)
    }

    fn type_assertion(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [operand, ty] = self.fields(node, [f.operand, f.ty]);
        let operand = self.expr_opt(operand, node);
        ExprKind::TypeAssert(Box::new(operand), Box::new(self.ty_opt(ty)))
    }

    fn type_conversion(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [ty, operand] = self.fields(node, [f.ty, f.operand]);
        if let Some(generic) = ty
            && self.kind(generic) == K::GenericType
        {
            // `f[T](x)` looks the same whether `f` is a function or a type; both are called.
            let callee = self.instantiated(generic);
            let types = self.types_given(generic);
            let value = self.expr_opt(operand, node);
            return ExprKind::Call(Box::new(Call {
                callee,
                args: vec![plain(value)],
                spread: false,
                types,
            }));
        }
        let ty = self.ty_opt(ty);
        let operand = self.expr_opt(operand, node);
        ExprKind::Typed(Box::new(ty), Box::new(operand))
    }

    /// `f[T]` without a call, or `x.y[z]` where the grammar takes `z` for a type.
    pub(super) fn type_instantiation(&mut self, node: Node<'t>) -> ExprKind {
        let kids = self.children(node);
        let parts: Vec<Node<'t>> = kids.clone().map(|at| self.kids[at].1).collect();
        self.kids.truncate(kids.start);
        match parts.as_slice() {
            &[base, index] => self.instance(base, Some(index), node).kind,
            &[base, ..] => self.path_expr(base).kind,
            [] => self.unknown(node, Vec::new()),
        }
    }

    /// What `f[T]` instantiates. The grammar prefers this reading also where a table of functions is indexed.
    fn instantiated(&mut self, generic: Node<'t>) -> Expr {
        let f = &self.tables.f;
        match self.fields(generic, [f.ty, f.type_arguments]) {
            [Some(base), arguments] => {
                let index = arguments.and_then(|arguments| self.only_type(arguments));
                self.instance(base, index, generic)
            }
            _ => self.expr_opt(None, generic),
        }
    }

    /// `base[index]`: an instance of something generic, or an element.
    fn instance(&mut self, base: Node<'t>, index: Option<Node<'t>>, around: Node<'t>) -> Expr {
        let span = Span {
            start: self.span(base).start,
            end: self.span(around).end,
        };
        if !self.enter(around) {
            return Expr {
                span,
                kind: ExprKind::Unknown(Vec::new()),
            };
        }
        let callee = self.path_expr(base);
        let element =
            index.filter(|&index| !(self.may_be_generic(base) && self.may_be_type(index)));
        let whole = match element {
            Some(index) => {
                let index = self.path_expr(index);
                Expr {
                    span,
                    kind: ExprKind::Index(Box::new(callee), Box::new(index)),
                }
            }
            None => callee,
        };
        self.leave();
        whole
    }

    /// The type in square brackets, if it is but one.
    fn only_type(&mut self, arguments: Node<'t>) -> Option<Node<'t>> {
        let kids = self.children(arguments);
        let only = match kids.len() {
            1 => self.kids.get(kids.start).map(|kid| kid.1),
            _ => None,
        };
        self.kids.truncate(kids.start);
        match only {
            Some(element) if self.kind(element) == K::TypeElem => self.first(element),
            other => other,
        }
    }

    /// A name that the grammar took for a type's, as an expression.
    fn path_expr(&mut self, node: Node<'t>) -> Expr {
        let f = &self.tables.f;
        let span = self.span(node);
        let kind = match self.kind(node) {
            K::TypeIdentifier => {
                let name = self.name(node);
                ExprKind::Name(self.resolve(name))
            }
            K::QualifiedType => match self.fields(node, [f.package, f.name]) {
                [Some(package), Some(name)] => {
                    let unique = self.name(package);
                    let package = Expr {
                        span: self.span(package),
                        kind: ExprKind::Name(self.resolve(unique)),
                    };
                    ExprKind::Attr(Box::new(package), self.name(name), self.span(name))
                }
                _ => self.unknown(node, Vec::new()),
            },
            K::GenericType => return self.instantiated(node),
            K::PointerType => {
                let inner = self.first(node).filter(|_| self.enter(node));
                let Some(inner) = inner else {
                    return self.expr_opt(None, node);
                };
                let inner = self.path_expr(inner);
                self.leave();
                ExprKind::Deref(Box::new(inner))
            }
            _ => return self.expr(node),
        };
        Expr { span, kind }
    }

    fn func_literal(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [parameters, result, body] = self.fields(node, [f.parameters, f.result, f.body]);
        let outer = self.func();
        let number = self.frames.last_mut().map_or(0, |frame| {
            frame.closures += 1;
            frame.closures
        });
        let qualname = match self.module.funcs.get(outer as usize) {
            Some(func) if outer != 0 => intern(&format!("{}.func{number}", func.qualname)),
            _ => intern(&format!("func{number}")),
        };
        let span = self.span(node);
        let keyword = Span {
            start: span.start,
            end: span.end.min(span.start + "func".len() as u32),
        };
        let index = self.reserve(intern("func"), qualname, span, keyword);
        let parts = Parts {
            receiver: None,
            parameters,
            result,
            body,
        };
        self.function(index, node, parts);
        ExprKind::Lambda(index)
    }

    fn call(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [function, arguments, types] =
            self.fields(node, [f.function, f.arguments, f.type_arguments]);
        if let Some(function) = function
            && let Some(ty) = self.pointer_conversion(function)
        {
            let operand = match arguments {
                Some(arguments) => self.first(arguments),
                None => None,
            };
            let operand = self.expr_opt(operand, node);
            return ExprKind::Typed(Box::new(ty), Box::new(operand));
        }
        let (callee, types) = match (function, types) {
            (Some(function), Some(types)) => {
                let index = self.only_type(types);
                let callee = self.instance(function, index, types);
                (callee, self.types_in(types))
            }
            (Some(function), None) => (self.callee(function), self.types_given(function)),
            (None, _) => (self.expr_opt(None, node), Vec::new()),
        };
        let mut args = Vec::new();
        let mut spread = false;
        if let Some(arguments) = arguments {
            let kids = self.children(arguments);
            args.reserve_exact(kids.len());
            for at in kids.clone() {
                let mut argument = self.kids[at].1;
                if self.kind(argument) == K::VariadicArgument {
                    spread = true;
                    argument = self.first(argument).unwrap_or(argument);
                }
                args.push(plain(self.expr(argument)));
            }
            self.kids.truncate(kids.start);
        }
        ExprKind::Call(Box::new(Call {
            callee,
            args,
            spread,
            types,
        }))
    }

    /// The types that what is called is given: `T` of `f[T]`.
    fn types_given(&mut self, node: Node<'t>) -> Vec<TypeExpr> {
        let f = &self.tables.f;
        match self.kind(node) {
            K::Index => match self.fields(node, [f.operand, f.index]) {
                [Some(operand), Some(index)]
                    if self.may_be_generic(operand) && self.may_be_type(index) =>
                {
                    vec![self.ty(index)]
                }
                _ => Vec::new(),
            },
            K::GenericType => match self.fields(node, [f.type_arguments]) {
                [Some(arguments)] => self.types_in(arguments),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn callee(&mut self, node: Node<'t>) -> Expr {
        let f = &self.tables.f;
        match self.kind(node) {
            K::Index => {
                if let [Some(operand), Some(index)] = self.fields(node, [f.operand, f.index])
                    && self.may_be_generic(operand)
                    && self.may_be_type(index)
                {
                    return self.expr(operand);
                }
                self.expr(node)
            }
            K::GenericType => self.instantiated(node),
            K::TypeIdentifier | K::QualifiedType => self.path_expr(node),
            _ => self.expr(node),
        }
    }

    /// Whether in `x[y](z)` the `x` may be a generic function, not a variable that holds functions.
    fn may_be_generic(&mut self, node: Node<'t>) -> bool {
        let f = &self.tables.f;
        match self.kind(node) {
            K::Identifier | K::TypeIdentifier => {
                let name = self.name(node);
                match self.is_local(name) {
                    true => self.class_of(name).is_some(),
                    false => !self.vars.contains(&name),
                }
            }
            K::Selector | K::QualifiedType => match self.fields(node, [f.operand, f.package]) {
                [Some(package), _] | [_, Some(package)] => self.is_package(package),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether in `x[y](z)` the `y` may be a type.
    fn may_be_type(&mut self, node: Node<'t>) -> bool {
        let f = &self.tables.f;
        let mut node = node;
        loop {
            let inner = match self.kind(node) {
                K::Unary => self.fields(node, [f.operand])[0],
                K::PointerType => self.first(node),
                _ => break,
            };
            match inner {
                Some(inner) => node = inner,
                None => return false,
            }
        }
        match self.kind(node) {
            K::Identifier | K::TypeIdentifier => {
                let name = self.name(node);
                match self.is_local(name) {
                    true => self.class_of(name).is_some(),
                    false => !self.vars.contains(&name),
                }
            }
            K::Selector => match self.fields(node, [f.operand, f.field]) {
                [Some(operand), Some(field)] => {
                    self.is_package(operand) && self.str(field).starts_with(char::is_uppercase)
                }
                _ => false,
            },
            K::QualifiedType => match self.fields(node, [f.package, f.name]) {
                [Some(package), Some(name)] => {
                    self.is_package(package) && self.str(name).starts_with(char::is_uppercase)
                }
                _ => false,
            },
            kind => is_type(kind),
        }
    }

    /// Whether this is the name of an imported package.
    fn is_package(&self, node: Node<'t>) -> bool {
        if !matches!(self.kind(node), K::Identifier | K::PackageIdentifier) {
            return false;
        }
        let name = self.name(node);
        self.imports.contains(&name) && !self.is_local(name)
    }

    /// The type of `(*T)(x)`, which the grammar takes for the call of what a pointer points to.
    fn pointer_conversion(&mut self, function: Node<'t>) -> Option<TypeExpr> {
        if self.kind(function) != K::Parenthesized {
            return None;
        }
        let inner = self.first(function)?;
        if self.kind(inner) != K::Unary {
            return None;
        }
        self.pointer_type(inner)
    }

    fn pointer_type(&mut self, node: Node<'t>) -> Option<TypeExpr> {
        let f = &self.tables.f;
        let [operator, operand] = self.fields(node, [f.operator, f.operand]);
        let (operator, operand) = (operator?, operand?);
        if self.kind(operator) != K::Star {
            return None;
        }
        let path = match self.kind(operand) {
            K::Identifier => {
                let name = self.name(operand);
                let known = self.class_of(name).is_some()
                    || !self.is_local(name) && !self.vars.contains(&name);
                known.then(|| vec![self.resolve_type(name)])?
            }
            K::Selector => match self.fields(operand, [f.operand, f.field]) {
                [Some(package), Some(name)] if self.is_package(package) => {
                    vec![self.name(package), self.name(name)]
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(TypeExpr::Pointer(Box::new(TypeExpr::Path(path))))
    }

    fn unary(&mut self, node: Node<'t>) -> ExprKind {
        let f = &self.tables.f;
        let [operator, operand] = self.fields(node, [f.operator, f.operand]);
        let inner = Box::new(self.expr_opt(operand, node));
        match operator.map(|operator| self.kind(operator)) {
            Some(K::Amp) => ExprKind::AddrOf(inner),
            Some(K::Star) => ExprKind::Deref(inner),
            Some(K::Bang) => ExprKind::Unary(UnOp::Not, inner),
            Some(K::Minus) => match inner.kind {
                ExprKind::Const(Lit::Int(value)) => {
                    ExprKind::Const(Lit::Int(value.saturating_neg()))
                }
                _ => ExprKind::Unary(UnOp::Neg, inner),
            },
            Some(K::Plus) => ExprKind::Unary(UnOp::Pos, inner),
            Some(K::Caret) => ExprKind::Unary(UnOp::Invert, inner),
            // A receive, above all: what comes over channels is not followed.
            _ => self.unknown(node, vec![*inner]),
        }
    }

    fn operands(&mut self, node: Node<'t>) -> Option<(Node<'t>, K, Node<'t>)> {
        let f = &self.tables.f;
        let [left, operator, right] = self.fields(node, [f.left, f.operator, f.right]);
        Some((left?, self.kind(operator?), right?))
    }

    fn binary(&mut self, node: Node<'t>) -> ExprKind {
        let Some((left, operator, right)) = self.operands(node) else {
            let kids = self.children(node);
            let mut parts = Vec::new();
            for at in kids.clone() {
                parts.push(self.expr(self.kids[at].1));
            }
            self.kids.truncate(kids.start);
            return self.unknown(node, parts);
        };
        if let Some(compare) = cmp_op(operator) {
            let left = self.expr(left);
            let right = self.expr(right);
            return ExprKind::Cmp(compare, Box::new(left), Box::new(right));
        }
        if matches!(operator, K::AndAnd | K::OrOr) {
            let parts = self.short_circuit(left, operator, right);
            return match operator {
                K::AndAnd => ExprKind::And(parts),
                _ => ExprKind::Or(parts),
            };
        }
        match bin_op(operator) {
            Some(op) => self.arithmetic(node, left, op, right),
            None => {
                let parts = vec![self.expr(left), self.expr(right)];
                self.unknown(node, parts)
            }
        }
    }

    /// A chain of one short-circuit operator, however long.
    fn short_circuit(&mut self, left: Node<'t>, operator: K, right: Node<'t>) -> Vec<Expr> {
        let mut nodes = vec![right];
        let mut left = left;
        while self.kind(left) == K::Binary {
            match self.operands(left) {
                Some((next, same, right)) if same == operator => {
                    nodes.push(right);
                    left = next;
                }
                _ => break,
            }
        }
        nodes.push(left);
        nodes
            .into_iter()
            .rev()
            .map(|node| self.expr(node))
            .collect()
    }

    /// A chain of arithmetic, which nests to the left: walked without recursion, and cut where it gets too deep.
    fn arithmetic(
        &mut self,
        node: Node<'t>,
        left: Node<'t>,
        op: BinOp,
        right: Node<'t>,
    ) -> ExprKind {
        let mut chain = vec![(op, right, self.span(node))];
        let mut left = left;
        while self.kind(left) == K::Binary {
            match self
                .operands(left)
                .map(|(next, op, right)| (next, bin_op(op), right))
            {
                Some((next, Some(op), right)) => {
                    chain.push((op, right, self.span(left)));
                    left = next;
                }
                _ => break,
            }
        }
        let room = self.limits.depth.saturating_sub(self.depth) as usize;
        let depth = self.depth;
        let mut value = if chain.len() > room {
            chain.truncate(room);
            let kind = self.unknown(left, Vec::new());
            let span = self.span(left);
            Expr { span, kind }
        } else {
            self.depth = depth + chain.len() as u32 - 1;
            self.expr(left)
        };
        for (at, &(op, right, span)) in chain.iter().enumerate().rev() {
            self.depth = depth + at as u32;
            let right = self.expr(right);
            value = Expr {
                span,
                kind: self.join(op, value, right),
            };
        }
        self.depth = depth;
        value.kind
    }

    fn join(&self, op: BinOp, left: Expr, right: Expr) -> ExprKind {
        match (&left.kind, &right.kind) {
            (ExprKind::Const(Lit::Str(a)), ExprKind::Const(Lit::Str(b))) if op == BinOp::Add => {
                return ExprKind::Const(Lit::Str(intern(&format!("{a}{b}"))));
            }
            (&ExprKind::Const(Lit::Int(a)), &ExprKind::Const(Lit::Int(b)))
                if self.iota.is_some() =>
            {
                let folded = match op {
                    BinOp::Add => a.checked_add(b),
                    BinOp::Sub => a.checked_sub(b),
                    BinOp::Mul => a.checked_mul(b),
                    BinOp::Div => a.checked_div(b),
                    BinOp::Mod => a.checked_rem(b),
                    BinOp::Shl => u32::try_from(b)
                        .ok()
                        .filter(|&b| b < 63)
                        .and_then(|b| a.checked_mul(1 << b)),
                    BinOp::BitOr => Some(a | b),
                    BinOp::BitAnd => Some(a & b),
                    _ => None,
                };
                if let Some(value) = folded {
                    return ExprKind::Const(Lit::Int(value));
                }
            }
            _ => {}
        }
        ExprKind::Bin(op, Box::new(left), Box::new(right))
    }
}

fn plain(value: Expr) -> Arg {
    Arg {
        kind: ArgKind::Plain,
        value,
    }
}

fn is_type(kind: K) -> bool {
    (K::TypeIdentifier as u8..=K::NegatedType as u8).contains(&(kind as u8))
}

pub(super) fn bin_op(operator: K) -> Option<BinOp> {
    Some(match operator {
        K::Plus | K::AddAssign => BinOp::Add,
        K::Minus | K::SubAssign => BinOp::Sub,
        K::Star | K::MulAssign => BinOp::Mul,
        K::Div | K::DivAssign => BinOp::Div,
        K::Percent | K::ModAssign => BinOp::Mod,
        K::Shl | K::ShlAssign => BinOp::Shl,
        K::Shr | K::ShrAssign => BinOp::Shr,
        K::Amp | K::AndAssign => BinOp::BitAnd,
        K::Pipe | K::OrAssign => BinOp::BitOr,
        K::Caret | K::XorAssign => BinOp::BitXor,
        K::AmpCaret | K::AndNotAssign => BinOp::AndNot,
        _ => return None,
    })
}

fn cmp_op(operator: K) -> Option<CmpOp> {
    Some(match operator {
        K::EqEq => CmpOp::Eq,
        K::NotEq => CmpOp::Ne,
        K::Less => CmpOp::Lt,
        K::LessEq => CmpOp::Le,
        K::Greater => CmpOp::Gt,
        K::GreaterEq => CmpOp::Ge,
        _ => return None,
    })
}

fn string(text: &str) -> ExprKind {
    let value: Sym = intern(&unquote(text));
    ExprKind::Const(Lit::Str(value))
}

/// An integer literal's value, saturated.
fn integer(text: &str) -> i64 {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    let (digits, radix) = match digits.get(..2) {
        Some("0x" | "0X") => (&digits[2..], 16),
        Some("0b" | "0B") => (&digits[2..], 2),
        Some("0o" | "0O") => (&digits[2..], 8),
        Some(_) if digits.starts_with('0') => (&digits[1..], 8),
        _ => (&digits[..], 10),
    };
    i64::from_str_radix(digits, radix).unwrap_or(i64::MAX)
}

/// What a string or rune literal stands for.
pub(super) fn unquote(text: &str) -> Cow<'_, str> {
    let Some(quote) = text.chars().next() else {
        return Cow::Borrowed(text);
    };
    let inner = &text[quote.len_utf8()..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    if quote == '`' {
        // Raw strings lose their carriage returns.
        return match inner.contains('\r') {
            true => Cow::Owned(inner.replace('\r', "")),
            false => Cow::Borrowed(inner),
        };
    }
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(unescape(inner))
}

fn unescape(text: &str) -> String {
    // Bytes, because `\xe2\x82\xac` is one character.
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else {
            out.push(b'\\');
            break;
        };
        let (digits, radix) = match escape {
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='7' => (3, 8),
            _ => (0, 0),
        };
        if digits == 0 {
            let resolved = match escape {
                'a' => '\x07',
                'b' => '\x08',
                'f' => '\x0c',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\x0b',
                other => other,
            };
            out.extend_from_slice(resolved.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &rest[escape.len_utf8()..];
            continue;
        }
        let skip = usize::from(radix == 16);
        let value = rest
            .get(skip..skip + digits)
            .and_then(|digits| u32::from_str_radix(digits, radix).ok());
        let Some(value) = value else {
            out.push(b'\\');
            continue;
        };
        match (escape, u8::try_from(value)) {
            ('u' | 'U', _) | (_, Err(_)) => {
                let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            (_, Ok(byte)) => out.push(byte),
        }
        rest = &rest[skip + digits..];
    }
    out.extend_from_slice(rest.as_bytes());
    match String::from_utf8(out) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}
