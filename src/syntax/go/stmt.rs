//! Statements.

use tree_sitter::Node;

use super::super::il::{
    BinOp, Block, CmpOp, Expr, ExprKind, Label, Lit, Place, Span, Stmt, StmtKind,
};
use super::Lower;
use super::decl::{is_statement, push_assign};
use super::expr::bin_op;
use super::kinds::K;
use super::names::BreakTarget;
use crate::symbol::{Sym, intern};

impl<'t> Lower<'t> {
    /// The statements of a block, in the scope that is open.
    pub(super) fn block(&mut self, node: Node<'t>, out: &mut Block) {
        let mut cursor = node.walk();
        if !cursor.goto_first_child() {
            return;
        }
        loop {
            let child = cursor.node();
            let kind = self.kind(child);
            if kind == K::StatementList || kind == K::Error && self.depth < self.limits.depth {
                // A sound statement inside an error is still worth lowering.
                self.depth += 1;
                self.block(child, out);
                self.depth -= 1;
            } else if is_statement(kind) {
                self.stmt(child, out);
            }
            if !cursor.goto_next_sibling() {
                return;
            }
        }
    }

    fn scoped(&mut self, node: Node<'t>) -> Block {
        let mut out = Block::new();
        self.push_scope();
        self.block(node, &mut out);
        self.pop_scope();
        out
    }

    pub(super) fn stmt(&mut self, node: Node<'t>, out: &mut Block) {
        if !self.enter(node) {
            let span = self.span(node);
            let kind = ExprKind::Unknown(Vec::new());
            out.push(expr_stmt(Expr { span, kind }));
            return;
        }
        self.stmt_inner(node, None, out);
        self.leave();
    }

    /// `label` is the source's own, which it may give to a loop, a `switch` or a `select`.
    fn stmt_inner(&mut self, node: Node<'t>, label: Label, out: &mut Block) {
        match self.kind(node) {
            K::ExpressionStatement => {
                let inner = self.first(node);
                let value = self.expr_opt(inner, node);
                out.push(Stmt {
                    span: self.span(node),
                    kind: StmtKind::Expr(value),
                });
            }
            K::ShortVarDeclaration => self.short_var(node, out),
            K::AssignmentStatement => self.assignment(node, out),
            K::IfStatement => self.if_statement(node, out),
            K::ReturnStatement => self.return_statement(node, out),
            K::ForStatement => self.for_statement(node, label, out),
            K::ExpressionSwitch => self.switch(node, label, out),
            K::TypeSwitch => self.type_switch(node, label, out),
            K::SelectStatement => self.select(node, label, out),
            K::VarDeclaration => self.var_declaration(node, out),
            K::ConstDeclaration => self.const_declaration(node, out),
            K::TypeDeclaration => self.type_declaration(node, out),
            K::IncStatement => self.step(node, BinOp::Add, out),
            K::DecStatement => self.step(node, BinOp::Sub, out),
            K::DeferStatement => {
                let call = self.first(node);
                let call = self.expr_opt(call, node);
                out.push(Stmt {
                    span: self.span(node),
                    kind: StmtKind::Defer(call),
                });
            }
            K::GoStatement => {
                let call = self.first(node);
                let call = self.expr_opt(call, node);
                out.push(Stmt {
                    span: self.span(node),
                    kind: StmtKind::Spawn(call),
                });
            }
            K::SendStatement => self.send(node, out),
            K::BreakStatement => self.break_statement(node, out),
            K::ContinueStatement => {
                let label = self.first(node).map(|label| self.name(label));
                out.push(Stmt {
                    span: self.span(node),
                    kind: StmtKind::Continue(label),
                });
            }
            K::LabeledStatement => self.labeled(node, out),
            K::Block => {
                let body = self.scoped(node);
                out.push(Stmt {
                    span: self.span(node),
                    kind: StmtKind::Block(None, body),
                });
            }
            K::EmptyStatement => {}
            _ => {
                let kind = self.unknown(node, Vec::new());
                let span = self.span(node);
                out.push(expr_stmt(Expr { span, kind }));
            }
        }
    }

    fn short_var(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [left, right] = self.fields(node, [f.left, f.right]);
        // The right side does not see the new names.
        let values = match right {
            Some(right) => self.expr_list(right),
            None => Vec::new(),
        };
        let target = self.define(left, node);
        push_assign(out, self.span(node), target, values);
    }

    /// The targets of `:=`.
    fn define(&mut self, left: Option<Node<'t>>, around: Node<'t>) -> Place {
        self.targets(left, around, true)
    }

    fn targets(&mut self, left: Option<Node<'t>>, around: Node<'t>, define: bool) -> Place {
        let Some(left) = left else {
            self.count(around);
            return Place::Ignore;
        };
        let kids = self.children(left);
        let mut places = Vec::with_capacity(kids.len());
        for at in kids.clone() {
            let node = self.kids[at].1;
            places.push(if define && self.kind(node) == K::Identifier {
                let name = self.name(node);
                if name == "_" {
                    Place::Ignore
                } else {
                    Place::Name(self.declare_or_reuse(name), self.span(node))
                }
            } else {
                self.place(node)
            });
        }
        self.kids.truncate(kids.start);
        match places.len() {
            1 => places.remove(0),
            _ => Place::Tuple(places, self.span(left)),
        }
    }

    fn place(&mut self, node: Node<'t>) -> Place {
        let f = &self.tables.f;
        let mut node = node;
        while self.kind(node) == K::Parenthesized {
            match self.first(node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        let span = self.span(node);
        match self.kind(node) {
            K::Identifier => {
                let name = self.name(node);
                if name == "_" {
                    return Place::Ignore;
                }
                Place::Name(self.resolve(name), span)
            }
            K::Selector => {
                let [operand, field] = self.fields(node, [f.operand, f.field]);
                let operand = self.expr_opt(operand, node);
                let field = field.map(|field| self.name(field)).unwrap_or_default();
                Place::Attr(Box::new(operand), field, span)
            }
            K::Index => {
                let [operand, index] = self.fields(node, [f.operand, f.index]);
                let operand = self.expr_opt(operand, node);
                let index = self.expr_opt(index, node);
                Place::Index(Box::new(operand), Box::new(index), span)
            }
            K::TypeInstantiation => match self.type_instantiation(node) {
                ExprKind::Index(operand, index) => Place::Index(operand, index, span),
                _ => {
                    self.count(node);
                    Place::Ignore
                }
            },
            K::Unary => {
                let [operator, operand] = self.fields(node, [f.operator, f.operand]);
                if operator.is_some_and(|operator| self.kind(operator) == K::Star) {
                    let operand = self.expr_opt(operand, node);
                    return Place::Deref(Box::new(operand), span);
                }
                self.count(node);
                Place::Ignore
            }
            _ => {
                self.count(node);
                Place::Ignore
            }
        }
    }

    fn assignment(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [left, operator, right] = self.fields(node, [f.left, f.operator, f.right]);
        let target = self.targets(left, node, false);
        let mut values = match right {
            Some(right) => self.expr_list(right),
            None => Vec::new(),
        };
        let span = self.span(node);
        let operator = operator.map_or(K::Assign, |operator| self.kind(operator));
        match bin_op(operator) {
            Some(op) if values.len() == 1 => out.push(Stmt {
                span,
                kind: StmtKind::AugAssign(target, op, values.remove(0)),
            }),
            _ => push_assign(out, span, target, values),
        }
    }

    fn step(&mut self, node: Node<'t>, op: BinOp, out: &mut Block) {
        let Some(inner) = self.first(node) else {
            return;
        };
        let target = self.place(inner);
        let span = self.span(node);
        let one = Expr {
            span,
            kind: ExprKind::Const(Lit::Int(1)),
        };
        out.push(Stmt {
            span,
            kind: StmtKind::AugAssign(target, op, one),
        });
    }

    fn send(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [channel, value] = self.fields(node, [f.channel, f.value]);
        let parts = vec![self.expr_opt(channel, node), self.expr_opt(value, node)];
        let kind = self.unknown(node, parts);
        let span = self.span(node);
        out.push(expr_stmt(Expr { span, kind }));
    }

    fn return_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let values = match self.first(node) {
            Some(list) => self.expr_list(list),
            None => Vec::new(),
        };
        out.push(Stmt {
            span: self.span(node),
            kind: StmtKind::Return(values),
        });
    }

    fn break_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let label = match self.first(node) {
            Some(label) => {
                let label = self.name(label);
                self.use_label(label);
                Some(label)
            }
            None => match self
                .frames
                .last_mut()
                .and_then(|frame| frame.breaks.last_mut())
            {
                Some(BreakTarget::Labelled(label, used)) => {
                    *used = true;
                    Some(*label)
                }
                _ => None,
            },
        };
        out.push(Stmt {
            span: self.span(node),
            kind: StmtKind::Break(label),
        });
    }

    fn use_label(&mut self, wanted: Sym) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        for target in frame.breaks.iter_mut().rev() {
            if let BreakTarget::Labelled(label, used) = target
                && *label == wanted
            {
                *used = true;
                return;
            }
        }
    }

    fn labeled(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [label] = self.fields(node, [f.label]);
        let label = label.map(|label| self.name(label));
        let kids = self.children(node);
        let inner = kids
            .clone()
            .map(|at| self.kids[at].1)
            .find(|&child| is_statement(self.kind(child)));
        self.kids.truncate(kids.start);
        let Some(inner) = inner else { return };
        match self.kind(inner) {
            K::LabeledStatement => self.stmt(inner, out),
            _ => self.stmt_inner(inner, label, out),
        }
    }

    fn if_statement(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [initializer, condition, consequence, alternative] = self.fields(
            node,
            [f.initializer, f.condition, f.consequence, f.alternative],
        );
        let span = self.span(node);
        self.push_scope();
        let mut parts = Block::new();
        if let Some(initializer) = initializer {
            self.stmt(initializer, &mut parts);
        }
        let condition = self.expr_opt(condition, node);
        let then = match consequence {
            Some(block) => self.scoped(block),
            None => Block::new(),
        };
        let mut other = Block::new();
        match alternative {
            Some(next) if self.kind(next) == K::IfStatement => self.stmt(next, &mut other),
            Some(block) => other = self.scoped(block),
            None => {}
        }
        self.pop_scope();
        let kind = StmtKind::If(condition, then, other);
        wrap(out, span, parts, Stmt { span, kind });
    }

    fn for_statement(&mut self, node: Node<'t>, label: Label, out: &mut Block) {
        let f = &self.tables.f;
        let span = self.span(node);
        let [body_node] = self.fields(node, [f.body]);
        let header = self
            .first(node)
            .filter(|header| self.kind(*header) != K::Block);
        self.push_scope();
        let mut parts = Block::new();
        let mut each = None;
        let mut cond = None;
        let mut update = None;
        match header.map(|header| (self.kind(header), header)) {
            Some((K::ForClause, clause)) => {
                let [initializer, condition, last] =
                    self.fields(clause, [f.initializer, f.condition, f.update]);
                if let Some(initializer) = initializer {
                    self.stmt(initializer, &mut parts);
                }
                cond = condition.map(|condition| self.expr(condition));
                update = last;
            }
            Some((K::RangeClause, clause)) => {
                let [left, right] = self.fields(clause, [f.left, f.right]);
                let iterable = self.expr_opt(right, clause);
                let target = match left {
                    Some(left) => {
                        let define = self.has_token(clause, K::Define);
                        self.targets(Some(left), clause, define)
                    }
                    None => Place::Ignore,
                };
                each = Some((target, iterable));
            }
            Some((_, condition)) => cond = Some(self.expr(condition)),
            None => {}
        }
        self.push_break(BreakTarget::Loop);
        let body = match body_node {
            Some(block) => self.scoped(block),
            None => Block::new(),
        };
        self.pop_break();
        let mut step = Block::new();
        if let Some(update) = update {
            self.stmt(update, &mut step);
        }
        self.pop_scope();
        let kind = StmtKind::Loop {
            label,
            each: each.map(Box::new),
            ranged: true,
            cond: cond.map(Box::new),
            body,
            step,
            orelse: Block::new(),
        };
        wrap(out, span, parts, Stmt { span, kind });
    }

    fn push_break(&mut self, target: BreakTarget) {
        if let Some(frame) = self.frames.last_mut() {
            frame.breaks.push(target);
        }
    }

    /// Gives the label, if one was given and used.
    fn pop_break(&mut self) -> Label {
        match self.frames.last_mut().and_then(|frame| frame.breaks.pop()) {
            Some(BreakTarget::Labelled(label, true)) => Some(label),
            _ => None,
        }
    }

    /// Begins a `switch` or `select`: a plain `break` in it gets a label.
    fn push_labelled(&mut self, label: Label) {
        let label = label.unwrap_or_else(|| {
            self.labels += 1;
            intern(&format!("switch·{}", self.labels))
        });
        self.push_break(BreakTarget::Labelled(label, false));
    }

    /// The clauses among a statement's children.
    fn clauses(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let kids = self.children(node);
        let clauses = kids
            .clone()
            .map(|at| self.kids[at].1)
            .filter(|&child| {
                matches!(
                    self.kind(child),
                    K::ExpressionCase | K::TypeCase | K::DefaultCase | K::CommunicationCase
                )
            })
            .collect();
        self.kids.truncate(kids.start);
        clauses
    }

    /// The value that a switch looks at, to be named several times: a name as it is, all else once into a local.
    fn tag(&mut self, value: Expr, parts: &mut Block) -> (Sym, Span) {
        if let ExprKind::Name(name) = value.kind {
            return (name, value.span);
        }
        let span = value.span;
        let name = self.fresh("tag");
        parts.push(Stmt {
            span,
            kind: StmtKind::Assign(vec![Place::Name(name, span)], value),
        });
        (name, span)
    }

    fn switch(&mut self, node: Node<'t>, label: Label, out: &mut Block) {
        let f = &self.tables.f;
        let span = self.span(node);
        let [initializer, value] = self.fields(node, [f.initializer, f.value]);
        self.push_scope();
        let mut parts = Block::new();
        if let Some(initializer) = initializer {
            self.stmt(initializer, &mut parts);
        }
        let value = value.map(|value| self.expr(value));
        let tag = match value {
            None => None,
            Some(Expr {
                kind: ExprKind::Const(Lit::Bool(true)),
                ..
            }) => None,
            Some(value) => Some(self.tag(value, &mut parts)),
        };
        self.push_labelled(label);
        let mut arms = Vec::new();
        let mut default = None;
        let mut falls = false;
        for clause in self.clauses(node) {
            let [values] = self.fields(clause, [f.value]);
            let values = match values {
                Some(values) => self.expr_list(values),
                None => Vec::new(),
            };
            let mut body = Block::new();
            self.push_scope();
            falls |= self.clause_body(clause, &mut body);
            self.pop_scope();
            if self.kind(clause) == K::DefaultCase {
                default = Some(body);
                continue;
            }
            let tests = values.into_iter().map(|value| match tag {
                Some((tag, span)) => compare(CmpOp::Eq, tag, span, value),
                None => value,
            });
            arms.push((
                self.span(clause),
                any(tests.collect(), self.span(clause)),
                body,
            ));
        }
        let used = self.pop_break();
        self.pop_scope();
        self.finish(out, span, used, parts, arms, default, falls);
    }

    fn type_switch(&mut self, node: Node<'t>, label: Label, out: &mut Block) {
        let f = &self.tables.f;
        let span = self.span(node);
        let [initializer, alias, value] = self.fields(node, [f.initializer, f.alias, f.value]);
        self.push_scope();
        let mut parts = Block::new();
        if let Some(initializer) = initializer {
            self.stmt(initializer, &mut parts);
        }
        let value = self.expr_opt(value, node);
        let (tag, tag_span) = self.tag(value, &mut parts);
        let alias = match alias {
            Some(alias) => self
                .first(alias)
                .filter(|alias| self.kind(*alias) == K::Identifier),
            None => None,
        };
        self.push_labelled(label);
        let mut arms = Vec::new();
        let mut default = None;
        for clause in self.clauses(node) {
            let types = self.clause_types(clause);
            let mut body = Block::new();
            self.push_scope();
            let x = || Expr {
                span: tag_span,
                kind: ExprKind::Name(tag),
            };
            if let Some(alias) = alias {
                let kind = match types.as_slice() {
                    [single] if self.str(*single) != "nil" => {
                        ExprKind::TypeAssert(Box::new(x()), Box::new(self.ty(*single)))
                    }
                    _ => ExprKind::Name(tag),
                };
                let place = self.declare_place(alias);
                let span = self.span(clause);
                body.push(Stmt {
                    span,
                    kind: StmtKind::Assign(
                        vec![place],
                        Expr {
                            span: tag_span,
                            kind,
                        },
                    ),
                });
            }
            self.clause_body(clause, &mut body);
            self.pop_scope();
            if self.kind(clause) == K::DefaultCase {
                default = Some(body);
                continue;
            }
            let mut tests = Vec::with_capacity(types.len());
            for ty in types {
                let span = self.span(ty);
                let kind = match self.str(ty) {
                    "nil" => ExprKind::Const(Lit::None),
                    _ => ExprKind::Type(Box::new(self.ty(ty))),
                };
                tests.push(compare(CmpOp::Is, tag, tag_span, Expr { span, kind }));
            }
            arms.push((self.span(clause), any(tests, self.span(clause)), body));
        }
        let used = self.pop_break();
        self.pop_scope();
        self.finish(out, span, used, parts, arms, default, false);
    }

    fn clause_types(&mut self, clause: Node<'t>) -> Vec<Node<'t>> {
        let f = &self.tables.f;
        let kids = self.children(clause);
        let types = kids
            .clone()
            .map(|at| self.kids[at])
            .filter(|kid| kid.0 == f.ty)
            .map(|kid| kid.1)
            .collect();
        self.kids.truncate(kids.start);
        types
    }

    /// A clause's statements; whether it falls through to the next.
    fn clause_body(&mut self, clause: Node<'t>, body: &mut Block) -> bool {
        let kids = self.children(clause);
        let list = kids
            .clone()
            .map(|at| self.kids[at].1)
            .find(|&child| self.kind(child) == K::StatementList);
        self.kids.truncate(kids.start);
        let Some(list) = list else { return false };
        self.block(list, body);
        // It can only stand last.
        let kids = self.children(list);
        let last = self.kids[kids.clone()].last().map(|kid| self.kind(kid.1));
        self.kids.truncate(kids.start);
        last == Some(K::FallthroughStatement)
    }

    /// Nests the arms of a switch.
    #[allow(clippy::too_many_arguments)]
    fn finish(
        &mut self,
        out: &mut Block,
        span: Span,
        label: Label,
        mut parts: Block,
        arms: Vec<(Span, Expr, Block)>,
        default: Option<Block>,
        falls: bool,
    ) {
        let deep = self.depth as usize + arms.len() > self.limits.depth as usize;
        let inner = if falls || deep {
            let exact = default.is_some();
            let mut blocks: Vec<Block> = Vec::with_capacity(arms.len() + 1);
            for (_, test, body) in arms {
                // The tests are still evaluated, if only for what they depend on.
                let mut block = vec![expr_stmt(test)];
                block.extend(body);
                blocks.push(block);
            }
            blocks.extend(default);
            Some(StmtKind::Choice(blocks, exact))
        } else {
            let mut rest = default.unwrap_or_default();
            for (at, test, body) in arms.into_iter().rev() {
                let span = Span {
                    start: at.start,
                    end: span.end,
                };
                rest = vec![Stmt {
                    span,
                    kind: StmtKind::If(test, body, rest),
                }];
            }
            parts.append(&mut rest);
            None
        };
        parts.extend(inner.map(|kind| Stmt { span, kind }));
        out.push(Stmt {
            span,
            kind: StmtKind::Block(label, parts),
        });
    }

    fn select(&mut self, node: Node<'t>, label: Label, out: &mut Block) {
        let f = &self.tables.f;
        let span = self.span(node);
        self.push_labelled(label);
        let mut blocks = Vec::new();
        for clause in self.clauses(node) {
            let mut body = Block::new();
            self.push_scope();
            let [communication] = self.fields(clause, [f.communication]);
            match communication.map(|node| (self.kind(node), node)) {
                Some((K::ReceiveStatement, receive)) => self.receive(receive, &mut body),
                Some((_, other)) => self.stmt(other, &mut body),
                None => {}
            }
            self.clause_body(clause, &mut body);
            self.pop_scope();
            blocks.push(body);
        }
        let label = self.pop_break();
        let kind = if blocks.is_empty() {
            // It waits for ever.
            StmtKind::Loop {
                label: None,
                each: None,
                ranged: true,
                cond: None,
                body: Block::new(),
                step: Block::new(),
                orelse: Block::new(),
            }
        } else {
            // With or without a default, one of them runs.
            StmtKind::Choice(blocks, true)
        };
        let choice = Stmt { span, kind };
        match label {
            None => out.push(choice),
            label => out.push(Stmt {
                span,
                kind: StmtKind::Block(label, vec![choice]),
            }),
        }
    }

    fn receive(&mut self, node: Node<'t>, out: &mut Block) {
        let f = &self.tables.f;
        let [left, right] = self.fields(node, [f.left, f.right]);
        let value = self.expr_opt(right, node);
        let span = self.span(node);
        let kind = match left {
            Some(left) => {
                let define = self.has_token(node, K::Define);
                let target = self.targets(Some(left), node, define);
                StmtKind::Assign(vec![target], value)
            }
            None => StmtKind::Expr(value),
        };
        out.push(Stmt { span, kind });
    }
}

fn expr_stmt(value: Expr) -> Stmt {
    Stmt {
        span: value.span,
        kind: StmtKind::Expr(value),
    }
}

/// A statement, together with its initialisers if it has any.
fn wrap(out: &mut Block, span: Span, mut parts: Block, stmt: Stmt) {
    if parts.is_empty() {
        out.push(stmt);
        return;
    }
    parts.push(stmt);
    out.push(Stmt {
        span,
        kind: StmtKind::Block(None, parts),
    });
}

fn compare(op: CmpOp, tag: Sym, tag_span: Span, value: Expr) -> Expr {
    let left = Expr {
        span: tag_span,
        kind: ExprKind::Name(tag),
    };
    Expr {
        span: value.span,
        kind: ExprKind::Cmp(op, Box::new(left), Box::new(value)),
    }
}

/// Any of the tests of a clause.
fn any(mut tests: Vec<Expr>, clause: Span) -> Expr {
    match tests.len() {
        1 => tests.remove(0),
        _ => Expr {
            span: Span {
                start: tests.first().map_or(clause.start, |test| test.span.start),
                end: tests.last().map_or(clause.end, |test| test.span.end),
            },
            kind: ExprKind::Or(tests),
        },
    }
}
