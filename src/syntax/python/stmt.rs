//! Statements.

use super::super::il::{BinOp, Block, Expr, ExprKind, Handler, Place, Span, Stmt, StmtKind};
use super::defs::Definition;
use super::expr::bin_op;
use super::kinds::{Field, Kind};
use super::{Kid, Kids, Lowering};
use crate::symbol::Sym;

impl<'t> Lowering<'t> {
    pub(super) fn block(&mut self, kid: Option<Kid<'t>>) -> Block {
        let mut out = Block::new();
        if let Some(kid) = kid {
            self.block_into(kid, &mut out);
        }
        out
    }

    pub(super) fn block_into(&mut self, block: Kid<'t>, out: &mut Block) {
        let kids = self.open_block(block);
        out.reserve_exact(kids.len());
        for at in kids.range() {
            let kid = self.kids[at];
            if self.exhausted() {
                let rest = self.unknown_stmt(kid, Vec::new());
                out.push(rest);
                break;
            }
            self.stmt(kid, out);
        }
        self.close(kids);
    }

    fn stmt(&mut self, kid: Kid<'t>, out: &mut Block) {
        if !self.enter() {
            let cut = self.unknown_stmt(kid, Vec::new());
            out.push(cut);
            return;
        }
        self.stmt_inner(kid, out);
        self.depth -= 1;
    }

    fn stmt_inner(&mut self, kid: Kid<'t>, out: &mut Block) {
        let span = kid.span();
        let kind = match kid.kind {
            Kind::ExpressionStatement => return self.expression_statement(kid, out),
            Kind::If => self.if_statement(kid),
            Kind::For => self.for_statement(kid),
            Kind::While => self.while_statement(kid),
            Kind::Try => self.try_statement(kid),
            Kind::With => return self.with_statement(kid, out),
            Kind::Match => return self.match_statement(kid, out),
            Kind::Return => StmtKind::Return(
                self.first(kid)
                    .map(|value| self.expr(value))
                    .into_iter()
                    .collect(),
            ),
            Kind::Raise => {
                let kids = self.open(kid);
                let value = self.kids[kids.range()]
                    .iter()
                    .find(|part| part.field != Field::Cause)
                    .copied();
                self.close(kids);
                StmtKind::Raise(value.map(|value| self.expr(value)))
            }
            Kind::Assert => match self.first(kid) {
                Some(cond) => StmtKind::Assert(self.expr(cond)),
                None => return,
            },
            Kind::Break => StmtKind::Break(None),
            Kind::Continue => StmtKind::Continue(None),
            Kind::Delete => return self.delete(kid, out),
            Kind::Function | Kind::Class | Kind::Decorated => match self.definition(kid, None) {
                Some(Definition::Func(name, idx)) => {
                    self.bind(name);
                    StmtKind::Func(name, idx)
                }
                Some(Definition::Class(name, idx)) => {
                    self.bind(name);
                    StmtKind::Class(name, idx)
                }
                None => return,
            },
            Kind::Import | Kind::ImportFrom => return self.import(kid),
            Kind::Global | Kind::Nonlocal => return self.outer_names(kid),
            // Nothing happens at run time, or (future imports) nothing that matters.
            Kind::Pass | Kind::TypeAlias | Kind::FutureImport => return,
            Kind::Error | Kind::Block => return self.salvage(kid, out),
            Kind::Print => {
                let parts = self.exprs(kid);
                StmtKind::Expr(self.unknown(kid, parts))
            }
            _ => {
                let parts = self.exprs(kid);
                StmtKind::Expr(self.unknown(kid, parts))
            }
        };
        out.push(Stmt { span, kind });
    }

    /// Statements inside a syntax error. Loose expressions in it are left: what they belong to is not known.
    fn salvage(&mut self, error: Kid<'t>, out: &mut Block) {
        let kids = self.open_block(error);
        for at in kids.range() {
            let kid = self.kids[at];
            if matches!(
                kid.kind,
                Kind::ExpressionStatement
                    | Kind::If
                    | Kind::For
                    | Kind::While
                    | Kind::Try
                    | Kind::With
                    | Kind::Match
                    | Kind::Return
                    | Kind::Raise
                    | Kind::Assert
                    | Kind::Delete
                    | Kind::Function
                    | Kind::Class
                    | Kind::Decorated
                    | Kind::Import
                    | Kind::ImportFrom
                    | Kind::Block
            ) {
                self.stmt(kid, out);
            }
        }
        self.close(kids);
    }

    fn expression_statement(&mut self, kid: Kid<'t>, out: &mut Block) {
        let kids = self.open_bare(kid);
        let span = kid.span();
        let first = self.kids[kids.range()].first().copied();
        let count = kids.len();
        self.close(kids);
        let Some(first) = first else {
            return;
        };
        if count > 1 {
            let parts = self.exprs(kid);
            let kind = ExprKind::Tuple(parts);
            out.push(Stmt {
                span,
                kind: StmtKind::Expr(Expr { span, kind }),
            });
            return;
        }
        let kind = match first.kind {
            Kind::Assignment => return self.assignment(first, out),
            Kind::AugAssignment => return self.augmented(first, out),
            Kind::Yield => {
                if let Some(iterable) = self.yield_from(first) {
                    out.push(self.yield_each(first, iterable));
                    return;
                }
                StmtKind::Expr(self.expr(first))
            }
            _ => {
                let value = self.expr(first);
                // A constant does nothing, and interning every docstring would keep it for the life of the process.
                if matches!(value.kind, ExprKind::Const(_)) {
                    return;
                }
                StmtKind::Expr(value)
            }
        };
        out.push(Stmt { span, kind });
    }

    /// `yield from xs` for its effects: `for x in xs: yield x`.
    fn yield_each(&mut self, kid: Kid<'t>, iterable: Kid<'t>) -> Stmt {
        self.scope().is_generator = true;
        let span = kid.span();
        let iterable = self.expr(iterable);
        let name = self.temp("yield");
        let element = Expr {
            span,
            kind: ExprKind::Name(name),
        };
        let yielded = Expr {
            span,
            kind: ExprKind::Yield(Some(Box::new(element))),
        };
        Stmt {
            span,
            kind: StmtKind::Loop {
                label: None,
                each: Some(Box::new((Place::Name(name, span), iterable))),
                ranged: false,
                cond: None,
                body: vec![Stmt {
                    span,
                    kind: StmtKind::Expr(yielded),
                }],
                step: Block::new(),
                orelse: Block::new(),
            },
        }
    }

    /// The targets of `a = b = value`, outermost first, and the value with which the chain ends.
    pub(super) fn chain(
        &mut self,
        first: Kid<'t>,
    ) -> (Vec<Kid<'t>>, Option<Kid<'t>>, Option<Kid<'t>>) {
        let mut targets = Vec::with_capacity(1);
        let mut ty = None;
        let mut at = first;
        loop {
            // Three parts are `x = y` or `x: T`.
            let plain = self.ends(at, 3).filter(|(left, _)| {
                let behind = self.text.get(left.node.end_byte()..);
                behind.is_some_and(|text| text.trim_ascii_start().starts_with('='))
            });
            let (left, right) = match plain {
                Some((left, right)) => (Some(left), Some(right)),
                None => {
                    ty = ty.or_else(|| self.child(at, Field::Type));
                    (self.child(at, Field::Left), self.child(at, Field::Right))
                }
            };
            targets.extend(left);
            match right {
                Some(right) if right.kind == Kind::Assignment => at = right,
                right => return (targets, ty, right),
            }
        }
    }

    fn assignment(&mut self, kid: Kid<'t>, out: &mut Block) {
        let (targets, _, value) = self.chain(kid);
        let Some(value) = value else {
            // `x: T` declares: the name is local, and nothing is evaluated that matters.
            for target in targets {
                if target.kind == Kind::Identifier {
                    let name = self.name(target);
                    self.bind(name);
                }
            }
            return;
        };
        let value = self.expr(value);
        let places = targets
            .into_iter()
            .map(|target| self.place(target))
            .collect();
        out.push(Stmt {
            span: kid.span(),
            kind: StmtKind::Assign(places, value),
        });
    }

    pub(super) fn aug_parts(&mut self, kid: Kid<'t>) -> Option<(Kid<'t>, BinOp, Kid<'t>)> {
        let left = self.child(kid, Field::Left)?;
        let op = self.child(kid, Field::Operator)?;
        let right = self.child(kid, Field::Right)?;
        let op = bin_op(self.text_of(op).trim_end_matches('='));
        Some((left, op, right))
    }

    fn augmented(&mut self, kid: Kid<'t>, out: &mut Block) {
        let Some((left, op, right)) = self.aug_parts(kid) else {
            let cut = self.unknown_stmt(kid, Vec::new());
            out.push(cut);
            return;
        };
        let value = self.expr(right);
        let place = self.place(left);
        out.push(Stmt {
            span: kid.span(),
            kind: StmtKind::AugAssign(place, op, value),
        });
    }

    fn delete(&mut self, kid: Kid<'t>, out: &mut Block) {
        let Some(mut targets) = self.first(kid) else {
            return;
        };
        let span = kid.span();
        while targets.kind == Kind::Paren {
            match self.first(targets) {
                Some(inner) => targets = inner,
                None => return,
            }
        }
        if !matches!(
            targets.kind,
            Kind::ExpressionList | Kind::Tuple | Kind::List
        ) {
            let kind = StmtKind::Delete(self.place(targets));
            out.push(Stmt { span, kind });
            return;
        }
        let kids = self.open_bare(targets);
        for at in kids.range() {
            let kind = StmtKind::Delete(self.place(self.kids[at]));
            out.push(Stmt { span, kind });
        }
        self.close(kids);
    }

    fn outer_names(&mut self, kid: Kid<'t>) {
        let kids = self.open_bare(kid);
        let global = kid.kind == Kind::Global;
        for at in kids.range() {
            let name = self.name(self.kids[at]);
            if self.scopes.len() > 1 && !name.is_empty() {
                self.scope().outer.push(name);
                // An assignment through `global` may be the only one the module has.
                if global {
                    self.scopes[0].locals.push(name);
                }
            }
        }
        self.close(kids);
    }

    // Compound statements.

    fn condition(&mut self, of: Kid<'t>) -> Expr {
        match self.child(of, Field::Condition) {
            Some(cond) => self.expr(cond),
            None => self.unknown(of, Vec::new()),
        }
    }

    pub(super) fn body_of(&self, kids: Kids) -> Option<Kid<'t>> {
        self.of_kind(kids, Kind::Block)
    }

    fn else_block(&mut self, clause: Option<Kid<'t>>) -> Block {
        let Some(clause) = clause else {
            return Block::new();
        };
        let kids = self.open_bare(clause);
        let body = self.body_of(kids);
        self.close(kids);
        self.block(body)
    }

    fn if_statement(&mut self, kid: Kid<'t>) -> StmtKind {
        let kids = self.open_bare(kid);
        let end = kid.span().end;
        let cond = self.condition(kid);
        let body = self.body_of(kids);
        let then = self.block(body);
        let mut arms = vec![(kid.span(), cond, then)];
        let mut orelse = Block::new();
        let depth = self.depth;
        for at in kids.range() {
            let clause = self.kids[at];
            match clause.kind {
                Kind::Elif => {
                    // Each `elif` lies one level deeper than the one before.
                    if !self.enter() {
                        let cut = self.unknown_stmt(clause, Vec::new());
                        orelse.push(cut);
                        break;
                    }
                    let parts = self.open_bare(clause);
                    let cond = self.condition(clause);
                    let body = self.body_of(parts);
                    self.close(parts);
                    let then = self.block(body);
                    let span = Span {
                        start: clause.span().start,
                        end,
                    };
                    arms.push((span, cond, then));
                }
                Kind::Else => orelse = self.else_block(Some(clause)),
                _ => {}
            }
        }
        self.depth = depth;
        self.close(kids);
        nest(arms, orelse)
    }

    fn for_statement(&mut self, kid: Kid<'t>) -> StmtKind {
        let kids = self.open_bare(kid);
        let left = self.child(kid, Field::Left);
        let right = self.child(kid, Field::Right);
        let body = self.body_of(kids);
        let orelse = self.of_kind(kids, Kind::Else);
        self.close(kids);
        let iterable = match right {
            Some(right) => self.expr(right),
            None => self.unknown(kid, Vec::new()),
        };
        let place = left.map_or(Place::Ignore, |left| self.place(left));
        StmtKind::Loop {
            label: None,
            each: Some(Box::new((place, iterable))),
            ranged: false,
            cond: None,
            body: self.block(body),
            step: Block::new(),
            orelse: self.else_block(orelse),
        }
    }

    fn while_statement(&mut self, kid: Kid<'t>) -> StmtKind {
        let kids = self.open_bare(kid);
        let cond = self.condition(kid);
        let body = self.body_of(kids);
        let orelse = self.of_kind(kids, Kind::Else);
        self.close(kids);
        StmtKind::Loop {
            label: None,
            each: None,
            ranged: false,
            cond: Some(Box::new(cond)),
            body: self.block(body),
            step: Block::new(),
            orelse: self.else_block(orelse),
        }
    }

    fn try_statement(&mut self, kid: Kid<'t>) -> StmtKind {
        let kids = self.open_bare(kid);
        let body = self.body_of(kids);
        let body = self.block(body);
        let mut handlers = Vec::new();
        let mut orelse = Block::new();
        let mut finally = Block::new();
        for at in kids.range() {
            let clause = self.kids[at];
            match clause.kind {
                Kind::Except => {
                    let handler = self.handler(clause);
                    handlers.push(handler);
                }
                Kind::Else => orelse = self.else_block(Some(clause)),
                Kind::Finally => finally = self.else_block(Some(clause)),
                _ => {}
            }
        }
        self.close(kids);
        StmtKind::Try {
            body,
            handlers,
            orelse,
            finally,
        }
    }

    fn handler(&mut self, clause: Kid<'t>) -> Handler {
        let kids = self.open_all(clause);
        let mut header = Span {
            start: clause.span().start,
            end: clause.span().start,
        };
        let mut types = Vec::new();
        let mut name = None;
        let mut body = None;
        for at in kids.range() {
            let part = self.kids[at];
            if part.kind == Kind::Block {
                body = Some(part);
                break;
            }
            header.end = part.span().end;
            match part.field {
                Field::Alias => name = self.target_name(part),
                Field::Value if part.kind == Kind::AsPattern => {
                    let inner = self.open(part);
                    let value = self.kids[inner.range()].first().copied();
                    let alias = self.field(inner, Field::Alias);
                    self.close(inner);
                    if let Some(value) = value {
                        self.handler_types(value, &mut types);
                    }
                    name = alias.and_then(|alias| self.target_name(alias));
                }
                Field::Value => self.handler_types(part, &mut types),
                _ => {}
            }
        }
        self.close(kids);
        let body = self.block(body);
        Handler {
            types,
            name,
            body,
            span: header,
        }
    }

    fn handler_types(&mut self, mut kid: Kid<'t>, out: &mut Vec<Expr>) {
        while kid.kind == Kind::Paren {
            match self.first(kid) {
                Some(inner) => kid = inner,
                None => return,
            }
        }
        if kid.kind == Kind::Tuple {
            let types = self.exprs(kid);
            out.extend(types);
        } else {
            let ty = self.expr(kid);
            out.push(ty);
        }
    }

    fn target_name(&mut self, kid: Kid<'t>) -> Option<Sym> {
        match self.place(kid) {
            Place::Name(name, _) => Some(name),
            _ => None,
        }
    }

    fn with_statement(&mut self, kid: Kid<'t>, out: &mut Block) {
        let kids = self.open_all(kid);
        let is_async = self.kids[kids.range()]
            .first()
            .is_some_and(|first| first.kind == Kind::Anon && self.text_of(*first) == "async");
        let body = self.body_of(kids);
        let clause = self.of_kind(kids, Kind::WithClause);
        self.close(kids);
        let mut items = Vec::new();
        if let Some(clause) = clause {
            let kids = self.open_bare(clause);
            for at in kids.range() {
                if let Some(item) = self.first(self.kids[at]) {
                    self.with_items(item, &mut items);
                }
            }
            self.close(kids);
        }
        let depth = self.depth;
        let whole = kid.span();
        let mut headers = Vec::with_capacity(items.len());
        let mut cut = None;
        for item in items {
            // Each item encloses the next.
            if !self.enter() {
                cut = Some(self.unknown_stmt(item, Vec::new()));
                break;
            }
            let target = self.peel(item);
            let mut value = self.expr(item);
            if is_async {
                value = Expr {
                    span: value.span,
                    kind: ExprKind::Await(Box::new(value)),
                };
            }
            let target = target.map(|target| self.place(target));
            headers.push((item.span().start, value, target));
        }
        let mut block: Block = cut.into_iter().collect();
        if let Some(body) = body {
            self.block_into(body, &mut block);
        }
        self.depth = depth;
        let mut outermost = headers.len();
        for (start, value, target) in headers.into_iter().rev() {
            outermost -= 1;
            let span = if outermost == 0 {
                whole
            } else {
                Span {
                    start,
                    end: whole.end,
                }
            };
            block = vec![Stmt {
                span,
                kind: StmtKind::With(value, target, block),
            }];
        }
        out.append(&mut block);
    }

    /// The target of a `with` item. The grammar reads `with a if b else c as d` as if `c as d` were an operand.
    fn peel(&mut self, item: Kid<'t>) -> Option<Kid<'t>> {
        let mut at = item;
        while matches!(at.kind, Kind::Conditional | Kind::Lambda | Kind::Named) {
            let kids = self.open_bare(at);
            let last = self.kids[kids.range()].last().copied();
            self.close(kids);
            at = last?;
        }
        if at.kind != Kind::AsPattern {
            return None;
        }
        self.peeled = Some(at.node.id());
        self.child(at, Field::Alias)
    }

    /// `with (a as x, b as y):` reads as one bracketed value in places.
    fn with_items(&mut self, mut item: Kid<'t>, out: &mut Vec<Kid<'t>>) {
        while item.kind == Kind::Paren {
            match self.first(item) {
                Some(inner) => item = inner,
                None => return,
            }
        }
        if item.kind == Kind::Tuple {
            let kids = self.open_bare(item);
            out.extend_from_slice(&self.kids[kids.range()]);
            self.close(kids);
        } else {
            out.push(item);
        }
    }
}

/// Nests the arms of a chain of conditions: the last arm's `else` is `orelse`.
fn nest(arms: Vec<(Span, Expr, Block)>, orelse: Block) -> StmtKind {
    let mut rest = orelse;
    let mut arms = arms.into_iter().rev().peekable();
    while let Some((span, cond, then)) = arms.next() {
        let kind = StmtKind::If(cond, then, rest);
        if arms.peek().is_none() {
            return kind;
        }
        rest = vec![Stmt { span, kind }];
    }
    StmtKind::Block(None, rest)
}
