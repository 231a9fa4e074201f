//! `match`: patterns become conditions on the subject, and captures assignments.
//!
//! A capture is assigned before its case's condition is tested. That is what Python may do as well (it does not say
//! when a failed pattern's captures are bound), and so a guard sees them without the cases being written twice.

use super::super::il::{
    Arg, ArgKind, Block, Call, CmpOp, Expr, ExprKind, Lit, Place, Span, Stmt, StmtKind, UnOp,
};
use super::kinds::{Field, Kind};
use super::{Kid, Lowering};
use crate::symbol::{Sym, intern};

/// How a part of the subject is reached.
#[derive(Clone, Copy)]
enum Step {
    Attr(Sym),
    Item(i64),
    Key(Lit),
    /// The rest of a sequence: from this index, and as many left at the end.
    Rest(i64, i64),
}

/// The subject of a pattern: a name and the way from it.
#[derive(Clone)]
struct Subject {
    base: Sym,
    steps: Vec<Step>,
}

impl Subject {
    fn expr(&self, span: Span) -> Expr {
        let mut out = Expr {
            span,
            kind: ExprKind::Name(self.base),
        };
        for step in &self.steps {
            let object = Box::new(out);
            let kind = match *step {
                Step::Attr(name) => ExprKind::Attr(object, name, span),
                Step::Item(at) => ExprKind::Index(object, Box::new(int(at, span))),
                Step::Key(key) => ExprKind::Index(
                    object,
                    Box::new(Expr {
                        span,
                        kind: ExprKind::Const(key),
                    }),
                ),
                Step::Rest(from, left) => ExprKind::Slice(
                    object,
                    Some(Box::new(int(from, span))),
                    (left > 0).then(|| Box::new(int(-left, span))),
                ),
            };
            out = Expr { span, kind };
        }
        out
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self {
            base: self.base,
            steps,
        }
    }
}

/// What a pattern asks and binds. No condition: it always matches.
#[derive(Default)]
struct Tests {
    conds: Vec<Expr>,
    binds: Vec<(Sym, Expr)>,
}

/// Classes whose pattern with one position takes the subject itself.
const SELF_MATCHING: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "set",
    "str",
    "tuple",
];

impl<'t> Lowering<'t> {
    pub(super) fn match_statement(&mut self, kid: Kid<'t>, out: &mut Block) {
        let kids = self.open(kid);
        let span = kid.span();
        let mut subjects = Vec::new();
        let mut body = None;
        for at in kids.range() {
            let part = self.kids[at];
            match part.field {
                Field::Subject => {
                    let subject = self.expr(part);
                    subjects.push(subject);
                }
                Field::Body => body = Some(part),
                _ => {}
            }
        }
        self.close(kids);
        let value = match subjects.pop() {
            Some(only) if subjects.is_empty() => only,
            Some(last) => {
                let at = super::expr::join(subjects[0].span, last.span);
                subjects.push(last);
                Expr {
                    span: at,
                    kind: ExprKind::Tuple(subjects),
                }
            }
            None => self.unknown(kid, Vec::new()),
        };
        // The patterns look at the subject many times, and it is evaluated once.
        let base = if let ExprKind::Name(name) = value.kind {
            name
        } else {
            let name = self.temp("match");
            out.push(Stmt {
                span: value.span,
                kind: StmtKind::Assign(vec![Place::Name(name, value.span)], value),
            });
            name
        };
        let subject = Subject {
            base,
            steps: Vec::new(),
        };
        let Some(body) = body else {
            return;
        };
        let depth = self.depth;
        let kids = self.open(body);
        // Each case with the captures that precede its test; the cases nest in each other's `else`.
        let mut arms: Vec<(Span, Block, Option<Expr>, Block)> = Vec::new();
        for at in kids.range() {
            let clause = self.kids[at];
            if clause.kind != Kind::CaseClause {
                continue;
            }
            if !self.enter() {
                let cut = self.unknown_stmt(clause, Vec::new());
                arms.push((clause.span(), Block::new(), None, vec![cut]));
                break;
            }
            let arm = self.case(clause, &subject, span.end);
            let always = arm.2.is_none();
            arms.push(arm);
            if always {
                break;
            }
        }
        self.close(kids);
        self.depth = depth;
        let mut rest = Block::new();
        for (at, mut binds, cond, then) in arms.into_iter().rev() {
            match cond {
                Some(cond) => binds.push(Stmt {
                    span: at,
                    kind: StmtKind::If(cond, then, rest),
                }),
                None => binds.extend(then),
            }
            rest = binds;
        }
        out.append(&mut rest);
    }

    fn case(
        &mut self,
        clause: Kid<'t>,
        subject: &Subject,
        end: u32,
    ) -> (Span, Block, Option<Expr>, Block) {
        let kids = self.open_all(clause);
        let mut patterns = Vec::new();
        let mut guard = None;
        let mut body = None;
        let mut comma = false;
        for at in kids.range() {
            let part = self.kids[at];
            match part.kind {
                Kind::CasePattern => patterns.push(part),
                Kind::IfClause => guard = Some(part),
                Kind::Block => body = Some(part),
                Kind::Anon => comma |= self.text_of(part) == ",",
                _ => {}
            }
        }
        self.close(kids);
        let mut tests = Tests::default();
        let header = patterns.first().map_or(clause.span(), |first| first.span());
        if comma || patterns.len() > 1 {
            self.sequence(&patterns, header, subject, &mut tests);
        } else if let Some(only) = patterns.first() {
            self.pattern(*only, subject, &mut tests);
        } else {
            let cond = self.opaque_test(clause, subject);
            tests.conds.push(cond);
        }
        let binds = tests
            .binds
            .into_iter()
            .map(|(name, value)| {
                self.bind(name);
                Stmt {
                    span: value.span,
                    kind: StmtKind::Assign(vec![Place::Name(name, value.span)], value),
                }
            })
            .collect();
        if let Some(guard) = guard.and_then(|guard| self.first(guard)) {
            let guard = self.expr(guard);
            tests.conds.push(guard);
        }
        let cond = conjunction(tests.conds, header);
        let then = self.block(body);
        let span = Span {
            start: clause.span().start,
            end,
        };
        (span, binds, cond, then)
    }

    fn opaque_test(&mut self, kid: Kid<'t>, subject: &Subject) -> Expr {
        let subject = subject.expr(kid.span());
        self.unknown(kid, vec![subject])
    }

    /// A node that holds one pattern among its tokens.
    fn pattern(&mut self, kid: Kid<'t>, subject: &Subject, out: &mut Tests) {
        if !self.enter() {
            let cond = self.opaque_test(kid, subject);
            out.conds.push(cond);
            return;
        }
        match kid.kind {
            Kind::CasePattern => {
                let kids = self.open_all(kid);
                let mut negative = false;
                for at in kids.range() {
                    let part = self.kids[at];
                    if part.kind == Kind::Anon {
                        // The only other token is `_`, which asks nothing.
                        negative |= self.text_of(part) == "-";
                    } else {
                        self.simple(part, negative, subject, out);
                    }
                }
                self.close(kids);
            }
            _ => self.simple(kid, false, subject, out),
        }
        self.depth -= 1;
    }

    fn simple(&mut self, kid: Kid<'t>, negative: bool, subject: &Subject, out: &mut Tests) {
        let span = kid.span();
        match kid.kind {
            Kind::CasePattern => self.pattern(kid, subject, out),
            Kind::AsPattern => {
                let kids = self.open(kid);
                let inner = self.kids[kids.range()].first().copied();
                let name = self.of_kind(kids, Kind::Identifier);
                self.close(kids);
                if let Some(inner) = inner {
                    self.pattern(inner, subject, out);
                }
                if let Some(name) = name {
                    let value = subject.expr(name.span());
                    out.binds.push((self.name(name), value));
                }
            }
            Kind::DottedName | Kind::Identifier => {
                let text = self.text_of(kid);
                if !text.contains('.') {
                    if text != "_" && !text.is_empty() {
                        out.binds.push((intern(text), subject.expr(span)));
                    }
                    return;
                }
                let value = self.dotted(kid);
                out.conds
                    .push(compare(CmpOp::Eq, subject.expr(span), value));
            }
            Kind::String | Kind::ConcatenatedString | Kind::Integer | Kind::Float => {
                let mut value = self.expr(kid);
                if negative {
                    value = Expr {
                        span,
                        kind: ExprKind::Unary(UnOp::Neg, Box::new(value)),
                    };
                }
                out.conds
                    .push(compare(CmpOp::Eq, subject.expr(span), value));
            }
            Kind::True | Kind::False | Kind::None => {
                let value = self.expr(kid);
                out.conds
                    .push(compare(CmpOp::Is, subject.expr(span), value));
            }
            Kind::ListPattern | Kind::TuplePattern => {
                let kids = self.open_all(kid);
                let mut parts = Vec::new();
                let mut comma = kid.kind == Kind::ListPattern;
                for at in kids.range() {
                    let part = self.kids[at];
                    if part.kind == Kind::Anon {
                        comma |= self.text_of(part) == ",";
                    } else {
                        parts.push(part);
                    }
                }
                self.close(kids);
                match parts[..] {
                    // Brackets around one pattern only group.
                    [only] if !comma => self.pattern(only, subject, out),
                    _ => self.sequence(&parts, span, subject, out),
                }
            }
            Kind::UnionPattern => self.alternatives(kid, subject, out),
            Kind::ClassPattern => self.class_pattern(kid, subject, out),
            Kind::DictPattern => self.dict_pattern(kid, subject, out),
            _ => {
                let cond = self.opaque_test(kid, subject);
                out.conds.push(cond);
            }
        }
    }

    /// `a.b.C` as an expression.
    fn dotted(&mut self, kid: Kid<'t>) -> Expr {
        let kids = self.open(kid);
        let mut out: Option<Expr> = None;
        for at in kids.range() {
            let part = self.kids[at];
            let name = self.name(part);
            out = Some(match out {
                None => Expr {
                    span: part.span(),
                    kind: ExprKind::Name(name),
                },
                Some(object) => Expr {
                    span: super::expr::join(object.span, part.span()),
                    kind: ExprKind::Attr(Box::new(object), name, part.span()),
                },
            });
        }
        self.close(kids);
        match out {
            Some(out) => out,
            None => self.unknown(kid, Vec::new()),
        }
    }

    fn sequence(&mut self, parts: &[Kid<'t>], span: Span, subject: &Subject, out: &mut Tests) {
        let star = parts.iter().position(|part| self.splat(*part).is_some());
        let fixed = parts.len() - usize::from(star.is_some());
        let length = Expr {
            span,
            kind: ExprKind::Call(Box::new(Call {
                callee: Expr {
                    span,
                    kind: ExprKind::Name(intern("len")),
                },
                args: vec![plain(subject.expr(span))],
                spread: false,
                types: Vec::new(),
            })),
        };
        let op = if star.is_some() { CmpOp::Ge } else { CmpOp::Eq };
        out.conds.push(compare(op, length, int(fixed as i64, span)));
        for (at, part) in parts.iter().enumerate() {
            let index = at as i64;
            let left = (parts.len() - at) as i64;
            match star {
                Some(star) if at == star => {
                    if let Some(Some(name)) = self.splat(*part) {
                        let rest = subject.then(Step::Rest(index, left - 1));
                        out.binds.push((self.name(name), rest.expr(name.span())));
                    }
                }
                Some(star) if at > star => {
                    self.pattern(*part, &subject.then(Step::Item(-left)), out)
                }
                _ => self.pattern(*part, &subject.then(Step::Item(index)), out),
            }
        }
    }

    /// Whether the pattern is `*name` (or `**name`), and the name unless it is `_`.
    fn splat(&mut self, kid: Kid<'t>) -> Option<Option<Kid<'t>>> {
        let splat = match kid.kind {
            Kind::SplatPattern => kid,
            Kind::CasePattern => self
                .first(kid)
                .filter(|inner| inner.kind == Kind::SplatPattern)?,
            _ => return None,
        };
        let name = self.first(splat);
        Some(name.filter(|name| self.text_of(*name) != "_"))
    }

    fn alternatives(&mut self, kid: Kid<'t>, subject: &Subject, out: &mut Tests) {
        let kids = self.open_all(kid);
        let span = kid.span();
        let mut conds = Vec::new();
        let mut always = false;
        let mut names: Vec<Sym> = Vec::new();
        let mut negative = false;
        for at in kids.range() {
            let part = self.kids[at];
            if part.kind == Kind::Anon {
                match self.text_of(part) {
                    "-" => negative = true,
                    "_" => always = true,
                    _ => negative = false,
                }
                continue;
            }
            let mut tests = Tests::default();
            if self.enter() {
                self.simple(part, negative, subject, &mut tests);
                self.depth -= 1;
            } else {
                let cond = self.opaque_test(part, subject);
                tests.conds.push(cond);
            }
            for (name, _) in tests.binds {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            match conjunction(tests.conds, part.span()) {
                Some(cond) => conds.push(cond),
                None => always = true,
            }
        }
        self.close(kids);
        // Which alternative matched decides what the names hold.
        for name in names {
            let value = self.opaque_test(kid, subject);
            out.binds.push((name, value));
        }
        if !always {
            out.conds.push(Expr {
                span,
                kind: ExprKind::Or(conds),
            });
        }
    }

    fn class_pattern(&mut self, kid: Kid<'t>, subject: &Subject, out: &mut Tests) {
        let kids = self.open(kid);
        let span = kid.span();
        let mut positions = 0;
        for at in kids.range() {
            let part = self.kids[at];
            if at == kids.at {
                let class = self.dotted(part);
                let own = matches!(class.kind, ExprKind::Name(name) if SELF_MATCHING.contains(&name.as_str()));
                positions = if own { -1 } else { 0 };
                out.conds.push(Expr {
                    span,
                    kind: ExprKind::Call(Box::new(Call {
                        callee: Expr {
                            span: class.span,
                            kind: ExprKind::Name(intern("isinstance")),
                        },
                        args: vec![plain(subject.expr(span)), plain(class)],
                        spread: false,
                        types: Vec::new(),
                    })),
                });
                continue;
            }
            let keyword = if part.kind == Kind::CasePattern {
                self.first(part)
                    .filter(|inner| inner.kind == Kind::KeywordPattern)
            } else {
                Some(part).filter(|inner| inner.kind == Kind::KeywordPattern)
            };
            match keyword {
                Some(keyword) => self.keyword_pattern(keyword, subject, out),
                None if positions < 0 => {
                    positions = 0;
                    self.pattern(part, subject, out);
                }
                None => self.positional(part, subject, out),
            }
        }
        self.close(kids);
    }

    fn keyword_pattern(&mut self, kid: Kid<'t>, subject: &Subject, out: &mut Tests) {
        let kids = self.open_all(kid);
        let mut inner: Option<Subject> = None;
        let mut negative = false;
        for at in kids.range() {
            let part = self.kids[at];
            match (&inner, part.kind) {
                (None, Kind::Identifier) => inner = Some(subject.then(Step::Attr(self.name(part)))),
                (_, Kind::Anon) => negative |= self.text_of(part) == "-",
                (Some(inner), _) => {
                    let inner = inner.clone();
                    self.simple(part, negative, &inner, out);
                }
                (None, _) => {}
            }
        }
        self.close(kids);
    }

    /// A class pattern's positional part: which attribute it means is the class's own secret (`__match_args__`).
    fn positional(&mut self, part: Kid<'t>, subject: &Subject, out: &mut Tests) {
        let mut tests = Tests::default();
        self.pattern(part, subject, &mut tests);
        for (name, _) in tests.binds {
            let value = self.opaque_test(part, subject);
            out.binds.push((name, value));
        }
        if !tests.conds.is_empty() {
            let cond = self.opaque_test(part, subject);
            out.conds.push(cond);
        }
    }

    fn dict_pattern(&mut self, kid: Kid<'t>, subject: &Subject, out: &mut Tests) {
        let kids = self.open_all(kid);
        let mut step: Option<Step> = None;
        let mut negative = false;
        for at in kids.range() {
            let part = self.kids[at];
            match (part.field, part.kind) {
                (_, Kind::SplatPattern) => {
                    if let Some(Some(name)) = self.splat(part) {
                        let rest = self.opaque_test(part, subject);
                        out.binds.push((self.name(name), rest));
                    }
                }
                (_, Kind::Anon) => negative |= self.text_of(part) == "-",
                (Field::Key, _) => {
                    let key = if part.kind == Kind::DottedName {
                        self.dotted(part)
                    } else {
                        self.expr(part)
                    };
                    step = match key.kind {
                        ExprKind::Const(lit) if !negative => Some(Step::Key(lit)),
                        _ => None,
                    };
                    negative = false;
                    out.conds
                        .push(compare(CmpOp::In, key, subject.expr(part.span())));
                }
                (Field::Value, _) => match step.take() {
                    Some(step) => self.pattern(part, &subject.then(step), out),
                    None => self.positional(part, subject, out),
                },
                _ => {}
            }
        }
        self.close(kids);
    }
}

fn int(value: i64, span: Span) -> Expr {
    Expr {
        span,
        kind: ExprKind::Const(Lit::Int(value)),
    }
}

fn plain(value: Expr) -> Arg {
    Arg {
        kind: ArgKind::Plain,
        value,
    }
}

fn compare(op: CmpOp, left: Expr, right: Expr) -> Expr {
    Expr {
        span: right.span,
        kind: ExprKind::Cmp(op, Box::new(left), Box::new(right)),
    }
}

fn conjunction(mut conds: Vec<Expr>, span: Span) -> Option<Expr> {
    match conds.len() {
        0 | 1 => conds.pop(),
        _ => Some(Expr {
            span,
            kind: ExprKind::And(conds),
        }),
    }
}
