//! Snapshots of small programs in a compact notation, and hostile input.

use std::fmt::Write;

use proptest::prelude::*;

use super::kinds::{Field, GRAMMAR, Kind};
use super::types::parse as parse_type;
use super::*;
use crate::syntax::il::{ArgKind, CompKind, Lit, ParamKind, Place};

// The notation: what a construct is, its parts in brackets.

struct Show<'m>(&'m Module);

impl Show<'_> {
    fn list<T>(&self, items: &[T], one: impl Fn(&Self, &T) -> String) -> String {
        let items: Vec<_> = items.iter().map(|item| one(self, item)).collect();
        items.join(" ")
    }

    fn block(&self, block: &Block) -> String {
        format!("{{{}}}", self.list(block, Self::stmt))
    }

    fn opt(&self, expr: Option<&Expr>) -> String {
        expr.map_or("-".into(), |expr| self.expr(expr))
    }

    fn stmt(&self, stmt: &Stmt) -> String {
        match &stmt.kind {
            StmtKind::Assign(places, value) => {
                format!(
                    "(= {} {})",
                    self.list(places, Self::place),
                    self.expr(value)
                )
            }
            StmtKind::AugAssign(place, op, value) => {
                format!("({op:?}= {} {})", self.place(place), self.expr(value))
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Delete(place) => format!("(del {})", self.place(place)),
            StmtKind::If(cond, then, orelse) => {
                let orelse = if orelse.is_empty() {
                    String::new()
                } else {
                    format!(" {}", self.block(orelse))
                };
                format!("(if {} {}{orelse})", self.expr(cond), self.block(then))
            }
            StmtKind::Loop {
                each,
                cond,
                body,
                orelse,
                ..
            } => {
                let head = match each.as_deref() {
                    Some((place, iterable)) => {
                        format!("for {} {}", self.place(place), self.expr(iterable))
                    }
                    None => format!("while {}", self.opt(cond.as_deref())),
                };
                format!("({head} {} {})", self.block(body), self.block(orelse))
            }
            StmtKind::Try {
                body,
                handlers,
                orelse,
                finally,
            } => {
                let handlers = self.list(handlers, |show, handler| {
                    format!(
                        "(except [{}] {} {})",
                        show.list(&handler.types, Self::expr),
                        handler.name.map_or("-", |name| name.as_str()),
                        show.block(&handler.body)
                    )
                });
                format!(
                    "(try {} {handlers} {} {})",
                    self.block(body),
                    self.block(orelse),
                    self.block(finally)
                )
            }
            StmtKind::With(value, place, body) => format!(
                "(with {} {} {})",
                self.expr(value),
                place.as_ref().map_or("-".into(), |place| self.place(place)),
                self.block(body)
            ),
            StmtKind::Return(values) => format!("(return {})", self.list(values, Self::expr)),
            StmtKind::Raise(value) => format!("(raise {})", self.opt(value.as_ref())),
            StmtKind::Break(_) => "break".into(),
            StmtKind::Continue(_) => "continue".into(),
            StmtKind::Assert(cond) => format!("(assert {})", self.expr(cond)),
            StmtKind::Func(name, idx) => format!("(def {name} #{idx})"),
            StmtKind::Class(name, idx) => format!("(class {name} #{idx})"),
            other => format!("{other:?}"),
        }
    }

    fn place(&self, place: &Place) -> String {
        match place {
            Place::Name(name, _) => name.to_string(),
            Place::Attr(object, name, _) => format!("{}.{name}", self.expr(object)),
            Place::Index(object, index, _) => {
                format!("{}[{}]", self.expr(object), self.expr(index))
            }
            Place::Tuple(parts, _) => format!("<{}>", self.list(parts, Self::place)),
            Place::Star(inner, _) => format!("*{}", self.place(inner)),
            other => format!("{other:?}"),
        }
    }

    fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Name(name) => name.to_string(),
            ExprKind::Const(Lit::Str(text)) => format!("{:?}", text.as_str()),
            ExprKind::Const(Lit::Bytes(text)) => format!("b{:?}", text.as_str()),
            ExprKind::Const(Lit::Int(value)) => value.to_string(),
            ExprKind::Const(Lit::Float(value)) => value.to_string(),
            ExprKind::Const(Lit::Bool(value)) => value.to_string(),
            ExprKind::Const(lit) => format!("{lit:?}"),
            ExprKind::Attr(object, name, _) => format!("{}.{name}", self.expr(object)),
            ExprKind::Index(object, index) => {
                format!("{}[{}]", self.expr(object), self.expr(index))
            }
            ExprKind::Slice(object, lo, hi) => format!(
                "{}[{}:{}]",
                self.expr(object),
                self.opt(lo.as_deref()),
                self.opt(hi.as_deref())
            ),
            ExprKind::Call(call) => {
                let mut out = format!("{}(", self.expr(&call.callee));
                for (at, arg) in call.args.iter().enumerate() {
                    let space = if at > 0 { " " } else { "" };
                    let mark = match arg.kind {
                        ArgKind::Plain => String::new(),
                        ArgKind::Keyword(name) => format!("{name}="),
                        ArgKind::Star => "*".into(),
                        ArgKind::DoubleStar => "**".into(),
                    };
                    let _ = write!(out, "{space}{mark}{}", self.expr(&arg.value));
                }
                out + ")"
            }
            ExprKind::Bin(op, a, b) => format!("({op:?} {} {})", self.expr(a), self.expr(b)),
            ExprKind::Unary(op, a) => format!("({op:?} {})", self.expr(a)),
            ExprKind::Cmp(op, a, b) => format!("({op:?} {} {})", self.expr(a), self.expr(b)),
            ExprKind::And(parts) => format!("(and {})", self.list(parts, Self::expr)),
            ExprKind::Or(parts) => format!("(or {})", self.list(parts, Self::expr)),
            ExprKind::Cond(cond, a, b) => {
                format!("(? {} {} {})", self.expr(cond), self.expr(a), self.expr(b))
            }
            ExprKind::List(parts) => format!("[{}]", self.list(parts, Self::expr)),
            ExprKind::Tuple(parts) => format!("<{}>", self.list(parts, Self::expr)),
            ExprKind::Set(parts) => format!("(set {})", self.list(parts, Self::expr)),
            ExprKind::Dict(parts) => format!(
                "(dict {})",
                self.list(parts, |show, (key, value)| match key {
                    Some(key) => format!("{}:{}", show.expr(key), show.expr(value)),
                    None => format!("**{}", show.expr(value)),
                })
            ),
            ExprKind::Comp(comp) => {
                let clauses = self.list(&comp.clauses, |show, (place, iterable, conds)| {
                    let mut out = format!("for {} {}", show.place(place), show.expr(iterable));
                    for cond in conds {
                        let _ = write!(out, " if {}", show.expr(cond));
                    }
                    out
                });
                let key = comp
                    .key
                    .as_ref()
                    .map_or(String::new(), |key| self.expr(key) + ":");
                let kind = match comp.kind {
                    CompKind::List => "list",
                    CompKind::Set => "set",
                    CompKind::Dict => "dict",
                    CompKind::Generator => "gen",
                };
                format!("({kind} {key}{} {clauses})", self.expr(&comp.element))
            }
            ExprKind::Lambda(idx) => {
                let func = &self.0.funcs[*idx as usize];
                format!(
                    "(lambda #{idx} [{}] {})",
                    self.params(func),
                    self.block(&func.body)
                )
            }
            ExprKind::Await(inner) => format!("(await {})", self.expr(inner)),
            ExprKind::Yield(inner) => format!("(yield {})", self.opt(inner.as_deref())),
            ExprKind::Format(parts) => format!("(f {})", self.list(parts, Self::expr)),
            ExprKind::Walrus(name, value) => format!("({name} := {})", self.expr(value)),
            ExprKind::Star(inner) => format!("*{}", self.expr(inner)),
            ExprKind::Unknown(parts) => format!("(unknown {})", self.list(parts, Self::expr)),
            other => format!("{other:?}"),
        }
    }

    fn params(&self, func: &Func) -> String {
        self.list(&func.params, |show, param| {
            let mark = match param.kind {
                ParamKind::Plain => "",
                ParamKind::KeywordOnly => "kw:",
                ParamKind::Rest => "*",
                ParamKind::Keywords => "**",
            };
            let mut out = format!("{mark}{}", param.name);
            if let Some(ty) = &param.ty {
                let _ = write!(out, ":{}", show_type(ty));
            }
            if let Some(default) = &param.default {
                let _ = write!(out, "={}", show.expr(default));
            }
            out
        })
    }
}

fn show_type(ty: &TypeExpr) -> String {
    let path = |path: &[Sym]| {
        path.iter()
            .map(|s| s.as_str())
            .collect::<Vec<_>>()
            .join(".")
    };
    let types = |types: &[TypeExpr]| types.iter().map(show_type).collect::<Vec<_>>().join(",");
    match ty {
        TypeExpr::Path(name) => path(name),
        TypeExpr::Generic(name, args) => format!("{}[{}]", path(name), types(args)),
        TypeExpr::Union(parts) => format!("({})", types(parts).replace(',', "|")),
        TypeExpr::Func(params, results) => format!("fn({})->({})", types(params), types(results)),
        _ => "?".into(),
    }
}

fn lower(text: &str) -> Module {
    PythonLang::new()
        .lower(text, &Limits::default())
        .expect("within the budget")
}

/// The module's body; there must be nothing unknown in it.
fn show(text: &str) -> String {
    let module = lower(text);
    assert!(module.errors.is_empty(), "{text}: {:?}", module.errors);
    assert!(module.unknowns.is_empty(), "{text}: {:?}", module.unknowns);
    Show(&module).list(&module.funcs[0].body, Show::stmt)
}

/// As [`show`], for what is not wholly modelled.
fn show_partly(text: &str) -> (String, Vec<&'static str>) {
    let module = lower(text);
    let body = Show(&module).list(&module.funcs[0].body, Show::stmt);
    (
        body,
        module.unknowns.iter().map(|(kind, _)| *kind).collect(),
    )
}

fn names(list: &[Sym]) -> Vec<&str> {
    list.iter().map(|name| name.as_str()).collect()
}

#[test]
fn the_grammar_has_the_kinds_and_fields() {
    for (name, _) in Kind::NAMES {
        assert_ne!(GRAMMAR.language.id_for_node_kind(name, true), 0, "{name}");
    }
    for (name, _) in Field::NAMES {
        assert!(GRAMMAR.language.field_id_for_name(name).is_some(), "{name}");
    }
}

#[test]
fn literals() {
    for (text, want) in [
        ("x = 1_000", "(= x 1000)"),
        ("x = 0xFF", "(= x 255)"),
        ("x = 0o17", "(= x 15)"),
        ("x = 0b101", "(= x 5)"),
        ("x = 0", "(= x 0)"),
        ("x = 99999999999999999999", "(= x 9223372036854775807)"),
        ("x = 3j", "(= x 3j)"),
        ("x = 1.5e3", "(= x 1.5e3)"),
        (
            "x = [None, True, False, ...]",
            "(= x [None true false Ellipsis])",
        ),
        (r"x = 'a\n\x41\u00e9\101\q'", r#"(= x "a\nAéA\\q")"#),
        (r"x = r'a\n'", r#"(= x "a\\n")"#),
        (r"x = b'a\x00b'", r#"(= x b"a\0b")"#),
        ("x = 'a' \"b\" '''c'''", r#"(= x "abc")"#),
        ("x = ('a'\n  'b')", r#"(= x "ab")"#),
        ("x = ''", r#"(= x "")"#),
        ("x = 'a\\\nb'", r#"(= x "ab")"#),
        ("x = u'a'", r#"(= x "a")"#),
        (r"x = '\N{DASH}'", r#"(= x "\\N{DASH}")"#),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn format_strings() {
    for (text, want) in [
        ("x = f'a{b}c'", r#"(= x (f "a" b "c"))"#),
        ("x = f'{b!r:>{w}}'", "(= x (f b))"),
        ("x = f'{b=}'", r#"(= x (f "b=" b))"#),
        ("x = f'{{a}}'", r#"(= x "{a}")"#),
        ("x = f'{{{a}}}'", r#"(= x (f "{" a "}"))"#),
        ("x = 'a' f'b{c}' 'd'", r#"(= x (f "ab" c "d"))"#),
        ("x = rf'\\d{c.d()}'", r#"(= x (f "\\d" c.d()))"#),
        ("x = f'{a, b}'", "(= x (f <a b>))"),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn operators() {
    for (text, want) in [
        ("a + b * c ** d", "(Add a (Mul b (Pow c d)))"),
        ("a - b - c", "(Sub (Sub a b) c)"),
        ("a // b % c", "(Mod (FloorDiv a b) c)"),
        (
            "a << b >> c & d | e ^ f",
            "(BitOr (BitAnd (Shr (Shl a b) c) d) (BitXor e f))",
        ),
        ("a @ b / c", "(Div (MatMul a b) c)"),
        ("-a; +a; ~a; not a", "(Neg a) (Pos a) (Invert a) (Not a)"),
        ("a and b and c or d", "(or (and a b c) d)"),
        ("a < b <= c", "(and (Lt a b) (Le b c))"),
        ("a not  in b", "(NotIn a b)"),
        ("a is not b", "(IsNot a b)"),
        (
            "a is b; a in b; a == b; a != b; a > b; a >= b",
            "(Is a b) (In a b) (Eq a b) (Ne a b) (Gt a b) (Ge a b)",
        ),
        ("a if c else b", "(? c a b)"),
        ("(n := f())", "(n := f())"),
        ("((a))", "a"),
        ("a, b", "<a b>"),
        ("x = a,", "(= x <a>)"),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn calls_and_subscripts() {
    for (text, want) in [
        ("f(a, *b, k=c, **d)", "f(a *b k=c **d)"),
        ("f((*b))", "f(*b)"),
        ("f(x for x in y)", "f((gen x for x y))"),
        ("f(  # why\n  a,\n)", "f(a)"),
        ("a.b.c(1)(2)", "a.b.c(1)(2)"),
        ("a[1]", "a[1]"),
        ("a[1, 2]", "a[<1 2>]"),
        ("a[1,]", "a[<1>]"),
        ("a[1:2]", "a[1:2]"),
        ("a[:]", "a[-:-]"),
        ("a[b:]", "a[b:-]"),
        ("a[:b:]", "a[-:b]"),
        ("a[*b]", "a[*b]"),
        ("print(a, file=b)", "print(a file=b)"),
        (
            "type(a); match(b); exec('c')",
            r#"type(a) match(b) exec("c")"#,
        ),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
    let (body, unknowns) = show_partly("a[::-1]");
    assert_eq!(body, "a[(unknown (Neg 1)):-]");
    assert_eq!(unknowns, ["slice"]);
    let (body, unknowns) = show_partly("a[1:2, 3] = 0");
    assert_eq!(body, "(= a[<(unknown 1 2) 3>] 0)");
    assert_eq!(unknowns, ["slice"]);
}

#[test]
fn call_spans() {
    let text = "x = (await a.get(k)).b(c)\n";
    let module = lower(text);
    let StmtKind::Assign(_, value) = &module.funcs[0].body[0].kind else {
        panic!()
    };
    let at = |span: Span| &text[span.start as usize..span.end as usize];
    assert_eq!(at(value.span), "(await a.get(k)).b(c)");
    let ExprKind::Call(call) = &value.kind else {
        panic!()
    };
    let ExprKind::Attr(object, _, name) = &call.callee.kind else {
        panic!()
    };
    assert_eq!(at(*name), "b");
    let ExprKind::Await(inner) = &object.kind else {
        panic!()
    };
    assert_eq!(at(inner.span), "a.get(k)");
}

#[test]
fn collections_and_comprehensions() {
    for (text, want) in [
        ("[a, *b]", "[a *b]"),
        ("(a, *b)", "<a *b>"),
        ("()", "<>"),
        ("{a, b}", "(set a b)"),
        ("{}", "(dict )"),
        ("{'a': 1, **b}", r#"(dict "a":1 **b)"#),
        ("[a.b for a in c if a if d]", "(list a.b for a c if a if d)"),
        (
            "{a for b, *c in d for a in b}",
            "(set a for <b *c> d for a b)",
        ),
        (
            "{k: v for k, v in d.items()}",
            "(dict k:v for <k v> d.items())",
        ),
        ("[x async for x in y]", "(list x for x y)"),
        (
            "[x for x in lambda: y, z]",
            "(list x for x <(lambda #1 [] {(return y)}) z>)",
        ),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn assignments() {
    for (text, want) in [
        ("a = b = c", "(= a b c)"),
        ("a, (b, *c) = d", "(= <a <b *c>> d)"),
        ("[a, b] = d", "(= <a b> d)"),
        ("a.b = c[d] = e", "(= a.b c[d] e)"),
        ("a: int = 1", "(= a 1)"),
        ("a: int", ""),
        (
            "a += 1; a.b **= 2; a[b] //= 3",
            "(Add= a 1) (Pow= a.b 2) (FloorDiv= a[b] 3)",
        ),
        (
            "a >>= 1; a <<= 1; a @= b; a |= c",
            "(Shr= a 1) (Shl= a 1) (MatMul= a b) (BitOr= a c)",
        ),
        ("a = b, *c", "(= a <b *c>)"),
        ("a = yield b", "(= a (yield b))"),
        ("del a, b.c, d[e]", "(del a) (del b.c) (del d[e])"),
        ("del (a, b)", "(del a) (del b)"),
        ("type = match = print", "(= type match print)"),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn control_flow() {
    for (text, want) in [
        (
            "if a:\n  b\nelif c:\n  d\nelse:\n  e",
            "(if a {b} {(if c {d} {e})})",
        ),
        ("if a: pass", "(if a {})"),
        (
            "# one\nif a: # two\n  # three\n  b\n# four\nelse:\n  c",
            "(if a {b} {c})",
        ),
        (
            "for a, b in c:\n  if a: break\n  continue\nelse:\n  d",
            "(for <a b> c {(if a {break}) continue} {d})",
        ),
        ("for a in b, c: d", "(for a <b c> {d} {})"),
        ("while a:\n  b\nelse: c", "(while a {b} {c})"),
        (
            "try:\n  a\nexcept (B, c.D) as e:\n  f\nexcept G:\n  raise\nexcept:\n  raise h from i\nelse:\n  j\nfinally:\n  k",
            "(try {a} (except [B c.D] e {f}) (except [G] - {(raise -)}) (except [] - {(raise h)}) {j} {k})",
        ),
        (
            "try:\n  a\nexcept* B as e:\n  c",
            "(try {a} (except [B] e {c}) {} {})",
        ),
        (
            "with a as b, c() as (d, e), f: g",
            "(with a b {(with c() <d e> {(with f - {g})})})",
        ),
        (
            "with (a as b, c as d.e,): f",
            "(with a b {(with c d.e {f})})",
        ),
        ("with a if b else c as d: e", "(with (? b a c) d {e})"),
        ("with (a): f", "(with a - {f})"),
        ("with (yield a) as b: f", "(with (yield a) b {f})"),
        ("assert a, b", "(assert a)"),
        ("'doc'", ""),
        ("yield from a", "(for yield·0 a {(yield yield·0)} {})"),
        ("await a", "(await a)"),
    ] {
        assert_eq!(show(text), want, "{text}");
    }
}

#[test]
fn async_forms() {
    let module = lower(
        "async def f():\n  async with a as b:\n    async for c in b: d\n  return [x async for x in y]",
    );
    let func = &module.funcs[1];
    assert!(func.is_async && !func.is_generator);
    assert_eq!(
        Show(&module).block(&func.body),
        "{(with (await a) b {(for c b {d} {})}) (return (list x for x y))}"
    );
    assert_eq!(names(&func.locals), ["b", "c", "x"]);
}

#[test]
fn handler_header() {
    let text = "try:\n  a\nexcept (B) as e: # why\n  c\n";
    let module = lower(text);
    let StmtKind::Try { handlers, .. } = &module.funcs[0].body[0].kind else {
        panic!()
    };
    let span = handlers[0].span;
    assert_eq!(
        &text[span.start as usize..span.end as usize],
        "except (B) as e:"
    );
}

#[test]
fn matching() {
    for (text, want) in [
        (
            "match a:\n  case 1 | -2: b\n  case 'x': c\n  case None: d\n  case _: e\n",
            "(if (or (Eq a 1) (Eq a (Neg 2))) {b} {(if (Eq a \"x\") {c} {(if (Is a None) {d} {e})})})",
        ),
        (
            "match a.b():\n  case C.D: e\n  case x if x > 1: f\n",
            "(= match·0 a.b()) (if (Eq match·0 C.D) {e} {(= x match·0) (if (Gt x 1) {f})})",
        ),
        (
            "match a:\n  case [b, *c, d]: e\n",
            "(= b a[0]) (= c a[1:(Neg 1)]) (= d a[(Neg 1)]) (if (Ge len(a) 2) {e})",
        ),
        (
            "match a, b:\n  case 1, c: d\n  case (x): y\n",
            "(= match·0 <a b>) (= c match·0[1]) (if (and (Eq len(match·0) 2) (Eq match·0[0] 1)) {d} {(= x match·0) y})",
        ),
        (
            "match a:\n  case {'k': v, 'n': 1}: e\n",
            "(= v a[\"k\"]) (if (and (In \"k\" a) (In \"n\" a) (Eq a[\"n\"] 1)) {e})",
        ),
        (
            "match a:\n  case m.C(x=1, y=z) as w: e\n  case str(s): f\n",
            "(= z a.y) (= w a) (if (and isinstance(a m.C) (Eq a.x 1)) {e} {(= s a) (if isinstance(a str) {f})})",
        ),
        ("match a:\n  case True: b\n", "(if (Is a true) {b})"),
    ] {
        // A negative index is a negative constant here, not a negation.
        assert_eq!(show(text), want.replace("(Neg 1)", "-1"), "{text}");
    }
    let (body, unknowns) = show_partly("match a:\n  case C(b, 1): d\n  case 1 + 2j: e\n");
    assert_eq!(
        body,
        "(= b (unknown a)) (if (and isinstance(a C) (unknown a)) {d} {(if (unknown a) {e})})"
    );
    assert_eq!(unknowns.len(), 3);
    let module = lower("def f(a):\n  match a:\n    case [b, {'c': d, **e}] if g: pass\n");
    assert_eq!(names(&module.funcs[1].locals), ["a", "b", "d", "e"]);
}

#[test]
fn functions() {
    let text = "@a.b(c)\n@d\nasync def f(x, /, y: int = 1, *args: str, k, l=2, **kw) -> 'M | None':\n  yield x\n";
    let module = lower(text);
    let func = &module.funcs[1];
    let show = Show(&module);
    assert_eq!(show.list(&func.decorators, Show::expr), "a.b(c) d");
    assert_eq!(show.params(func), "x y:int=1 *args:str kw:k kw:l=2 **kw");
    assert!(func.is_async && func.is_generator);
    assert_eq!(
        func.result_types.iter().map(show_type).collect::<Vec<_>>(),
        ["(M)"]
    );
    assert_eq!(func.span, Span::new(0, text.len() - 1));
    assert_eq!(
        &text[func.name_span.start as usize..func.name_span.end as usize],
        "f"
    );
    assert_eq!(names(&func.locals), ["x", "y", "args", "k", "l", "kw"]);
    assert_eq!(func.parent, Some(0));
    assert_eq!(names(&module.funcs[0].locals), ["f"]);
    let module = lower("def f(*, a): pass\ng = lambda x, *y, z=1: (yield x)\n");
    assert_eq!(Show(&module).params(&module.funcs[1]), "kw:a");
    let lambda = &module.funcs[2];
    assert_eq!(Show(&module).params(lambda), "x *y kw:z=1");
    assert_eq!(
        (lambda.name.as_str(), lambda.qualname.as_str()),
        ("<lambda>", "<lambda>")
    );
    assert!(lambda.is_generator && !module.funcs[0].is_generator);
}

#[test]
fn nesting_and_locals() {
    let text = "\
import m.n, p as q
from . import r
g = 1
def f(a):
  global g, h
  g = h = a
  from s import t as u
  for b, *c in a:
    d[b] += (e := c)
  with a as v.w, a as w: pass
  try: pass
  except E as x: pass
  def inner():
    nonlocal b
    b = i = 1
  class K: y = 1
  z = [j for j in a]
  o: int
";
    let module = lower(text);
    assert_eq!(
        names(&module.funcs[0].locals),
        ["m", "q", "r", "g", "h", "f"]
    );
    assert_eq!(
        names(&module.funcs[1].locals),
        [
            "a", "u", "b", "c", "e", "w", "x", "inner", "K", "j", "z", "o"
        ]
    );
    let inner = &module.funcs[2];
    assert_eq!(inner.qualname, "f.inner");
    assert_eq!(inner.parent, Some(1));
    assert_eq!(names(&inner.locals), ["i"]);
    assert_eq!(module.classes[0].qualname, "f.K");
    assert_eq!(module.classes[0].scope, 1);
}

#[test]
fn imports() {
    let text = "\
import a.b.c
import a.b as d
from e.f import G as H, i
from . import j
from ..k import (l,
  m)
from .n import *
from __future__ import annotations
if TYPE_CHECKING:
  import o
try:
  import p
except ImportError:
  p = None
def f():
  import q
class C:
  import r
";
    let module = lower(text);
    let got: Vec<_> = module
        .imports
        .iter()
        .map(|import| {
            (
                import.name.as_str(),
                import.path.as_str(),
                import.from,
                import.scope,
            )
        })
        .collect();
    assert_eq!(
        got,
        [
            ("a", "a", false, 0),
            ("d", "a.b", false, 0),
            ("H", "e.f.G", true, 0),
            ("i", "e.f.i", true, 0),
            ("j", ".j", true, 0),
            ("l", "..k.l", true, 0),
            ("m", "..k.m", true, 0),
            ("*", ".n", true, 0),
            ("o", "o", false, 0),
            ("p", "p", false, 0),
            ("q", "q", false, 1),
            ("r", "r", false, 0),
        ]
    );
    assert!(module.unknowns.is_empty());
}

#[test]
fn classes() {
    let text = "\
@register
class A(B, c.D, *E, metaclass=M):
  '''doc'''
  x = models.IntegerField(default=0)
  y: Optional[int] = None
  z: 'int'
  p, q = 1, 2
  s = t = 3
  x += 1
  if COND:
    def f(self): pass
  else:
    def f(self): pass
  try:
    def g(self): return lambda: self
  except E: pass
  class Meta(object):
    ordering = ['x']
    def h(self): pass
  @property
  def prop(self): return self.x
";
    let module = lower(text);
    let show = Show(&module);
    let class = &module.classes[0];
    assert_eq!(show.list(&class.bases, Show::expr), "B c.D *E");
    assert_eq!(show.list(&class.decorators, Show::expr), "register");
    let attrs = show.list(&class.attrs, |show, attr| {
        let ty = attr
            .ty
            .as_ref()
            .map_or(String::new(), |ty| format!(":{}", show_type(ty)));
        format!("{}{ty}={}", attr.name, show.opt(attr.value.as_ref()))
    });
    assert_eq!(
        attrs,
        "x=models.IntegerField(default=0) y:(int)=None z:int=- p=1 q=2 s=3 t=s x=(Add x 1)"
    );
    let methods: Vec<_> = class
        .methods
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(methods, ["f", "f", "g", "prop"]);
    assert_eq!(class.inner, [1]);
    assert_eq!(module.classes[1].outer, Some(0));
    assert_eq!(module.classes[1].qualname, "A.Meta");
    let func = |name: &str| {
        module
            .funcs
            .iter()
            .find(|func| func.name == name)
            .expect(name)
    };
    assert_eq!(func("g").qualname, "A.g");
    assert_eq!(func("g").class, Some(0));
    assert_eq!(func("g").parent, Some(0));
    assert_eq!(func("h").qualname, "A.Meta.h");
    assert_eq!(func("h").class, Some(1));
    assert_eq!(show.list(&func("prop").decorators, Show::expr), "property");
    assert_eq!(names(&module.funcs[0].locals), ["A"]);
    assert!(module.unknowns.is_empty(), "{:?}", module.unknowns);
}

#[test]
fn types() {
    let annotation = |text: &str| {
        let module = lower(&format!("def f(x: {text}): pass"));
        show_type(module.funcs[1].params[0].ty.as_ref().expect("typed"))
    };
    for (text, want) in [
        ("int", "int"),
        ("a.b.C", "a.b.C"),
        ("list[int]", "list[int]"),
        ("typing.List['A']", "typing.List[A]"),
        ("QuerySet[Order]", "QuerySet[Order]"),
        ("Optional[a.B]", "(a.B)"),
        ("Union[A, None, B]", "(A|B)"),
        ("A | B | None", "(A|B)"),
        ("list[int] | None", "(list[int])"),
        ("dict[str, list[int]]", "dict[str,list[int]]"),
        ("Annotated[Session, Depends(x)]", "Annotated[Session,?]"),
        ("Callable[[int, A], B]", "fn(int,A)->(B)"),
        ("Callable[..., B]", "fn()->(B)"),
        ("Literal['a']", "Literal[]"),
        ("1 + 2", "?"),
    ] {
        assert_eq!(annotation(text), want, "{text}");
        let quoted = show_type(&parse_type(text));
        if !matches!(
            text,
            "Annotated[Session, Depends(x)]" | "1 + 2" | "typing.List['A']"
        ) {
            assert_eq!(quoted, want, "quoted {text}");
        }
    }
    for text in ["", "[", "a[", "a.", "a[[[", "...", "a|", "é[ü]", "a]b"] {
        parse_type(text);
    }
}

#[test]
fn what_is_not_modelled_is_counted() {
    let (body, unknowns) = show_partly("print 'a', b\nprint >>c, d\nexec 'e' in f\nx = 1\n");
    assert_eq!(
        body,
        r#"(unknown "a" b) (unknown (unknown c) d) (unknown "e" f) (= x 1)"#
    );
    assert_eq!(
        unknowns,
        [
            "print_statement",
            "chevron",
            "print_statement",
            "exec_statement"
        ]
    );
    let (_, unknowns) = show_partly("def f(a, (b, c)): return b\n");
    assert_eq!(unknowns, ["tuple_pattern"]);
}

#[test]
fn errors_leave_the_rest() {
    let module = lower("x = 1\ndef f(:\n  pass\ndef g():\n  return 2\ny = = 3\nz = 4\n");
    assert!(!module.errors.is_empty());
    assert!(module.funcs.iter().any(|func| func.name == "g"));
    assert!(names(&module.funcs[0].locals).contains(&"z"));
}

#[test]
fn long_chains_are_shallow() {
    let many = 5000;
    for text in [
        vec!["a"; many].join(" + "),
        vec!["a"; many].join(" and "),
        vec!["a"; many].join(" < "),
        format!("x = {}", vec!["'a'"; many].join(" ")),
        format!("{} = 1", vec!["a"; many].join(" = ")),
    ] {
        let module = lower(&text);
        assert!(module.unknowns.is_empty(), "{:?}", &module.unknowns[..1]);
    }
    // Not associative: the operands are kept, the shape is not.
    assert_eq!(lower(&vec!["a"; many].join(" - ")).unknowns.len(), 1);
    // A few more notes than one: the last arms have no room for what they hold.
    let mut text = String::from("if a: b\n");
    for _ in 0..many {
        text.push_str("elif a: b\n");
    }
    assert!((1..8).contains(&lower(&text).unknowns.len()));
    let mut text = String::from("match a:\n");
    for _ in 0..many {
        text.push_str("  case 1: b\n");
    }
    assert!((1..8).contains(&lower(&text).unknowns.len()));
    let text = format!("with {}: b\n", vec!["a"; many].join(", "));
    assert!((1..8).contains(&lower(&text).unknowns.len()));
}

#[test]
fn deep_nesting_is_cut() {
    let many = 3000;
    for (open, inner, close) in [
        ("(", "a", ")"),
        ("[", "a", "]"),
        ("f(", "a", ")"),
        ("-", "a", ""),
        ("not ", "a", ""),
        ("lambda: ", "a", ""),
        ("a if b else ", "c", ""),
        ("a ** ", "c", ""),
        ("a[", "b", "]"),
        ("", "a", ".b()"),
        ("", "a", "[0]"),
        ("await ", "a", ""),
        ("x: a[", "b", "]"),
        ("f'{", "b", "}'"),
        ("{a: ", "b", "}"),
        ("[", "a", " for a in b]"),
        ("{**", "b", "}"),
    ] {
        let text = format!(
            "{}{inner}{}\nx = 1\n",
            open.repeat(many),
            close.repeat(many)
        );
        let module = lower(&text);
        assert!(
            names(&module.funcs[0].locals).contains(&"x") || !module.errors.is_empty(),
            "{open}"
        );
        let text = format!("{}{inner}{} = 1\n", open.repeat(many), close.repeat(many));
        lower(&text);
    }
    let mut text = String::new();
    for depth in 0..400 {
        let _ = writeln!(text, "{}def f():", " ".repeat(depth));
    }
    let module = lower(&text);
    assert!(module.funcs.len() < 400);
    let mut text = String::new();
    for depth in 0..400 {
        let _ = writeln!(text, "{}class f:", " ".repeat(depth));
    }
    lower(&text);
    let mut text = String::from("match a:\n case ");
    text.push_str(&"[".repeat(1000));
    text.push_str(&"]".repeat(1000));
    text.push_str(": b\n");
    lower(&text);
}

#[test]
fn budgets() {
    let text = "a = f(b)\n".repeat(1000);
    let mut python = PythonLang::new();
    let limits = Limits {
        nodes: 100,
        ..Limits::default()
    };
    let module = python.lower(&text, &limits).expect("parsed");
    assert!(module.funcs[0].body.len() < 100);
    assert_eq!(module.unknowns.len(), 1);
    let none = Limits {
        parse_steps: 0,
        ..Limits::default()
    };
    assert!(python.lower(&text, &none).is_none());
    assert!(python.parse_only(&text, &none).is_none());
    // The parser begins anew.
    let module = python.lower("x = 1\n", &Limits::default()).expect("parsed");
    assert_eq!(names(&module.funcs[0].locals), ["x"]);
    assert_eq!(python.parse_only("x = 1\n", &Limits::default()), Some(6));
}

#[test]
fn empty_and_odd_texts() {
    for text in [
        "",
        "\n",
        "#",
        "\u{feff}x = 1",
        "\0",
        "é = 'ü'\r\n",
        "if",
        "def",
        "class",
        "match",
        "@",
        "f'{",
        "'",
    ] {
        lower(text);
    }
    assert_eq!(show("é = 'ü'\r\n"), "(= é \"ü\")");
}

const SNIPPETS: &[&str] = &[
    "@d(a)\nclass C(B, k=1):\n  x: int = f(y)\n  def m(self, *a, **k) -> 'T[U]':\n    return [i for i in self.x if i]\n",
    "try:\n  with a as b, c as (d, e):\n    x[1:2], *y = await z\nexcept (A, B) as e:\n  raise X from e\nelse:\n  pass\nfinally:\n  del x[0], y\n",
    "match a.b:\n  case [1, *r, {'k': v, **o}] | C(x=-1, y=_) if g:\n    pass\n  case a.B as c: print(f'{c!r:>{w}} {{}}')\n  case _: pass\n",
    "for i, (j, k) in enumerate(x):\n  if not i in k is not j < 3 <= 4: break\n  elif (n := len(x)) > 1: continue\nelse:\n  y = lambda a, b=1, *c: (yield a) or b if c else d\n",
    "from ..a import (b as c, d)\nimport e.f as g\nglobal h\nx: Callable[[A], B | None] = {'a': 1, **z, 'c': b'\\x00' rb'\\'}\n",
    "print >>f, 'x' % y\nexec 'z' in w\nassert a, b\nasync def f():\n  async for x in y: yield x\n  return await g(*a, k=1, **b)\n",
];

fn mutated() -> impl Strategy<Value = String> {
    let splice = (
        0..SNIPPETS.len(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    prop::collection::vec((splice, "[\\[\\](){}:,.=*'\"\\\\ \n@#a1é]{0,3}"), 1..5).prop_map(
        |parts| {
            let mut out = String::new();
            for ((snippet, from, to), noise) in parts {
                let chars: Vec<char> = SNIPPETS[snippet].chars().collect();
                let (from, to) = (from.index(chars.len()), to.index(chars.len()));
                out.extend(&chars[from.min(to)..from.max(to)]);
                out.push_str(&noise);
            }
            out
        },
    )
}

fn sound(module: &Module, text: &str) {
    let len = text.len() as u32;
    for func in &module.funcs {
        assert!(func.span.start <= func.span.end && func.span.end <= len);
        assert!(func.locals.iter().all(|name| !name.is_empty()));
    }
    for class in &module.classes {
        assert!(
            class
                .methods
                .iter()
                .all(|(_, idx)| (*idx as usize) < module.funcs.len())
        );
    }
    for (_, span) in &module.unknowns {
        assert!(span.start <= span.end && span.end <= len);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text(text in any::<String>()) {
        sound(&lower(&text), &text);
    }

    #[test]
    fn mutated_programs(text in mutated()) {
        sound(&lower(&text), &text);
    }

    #[test]
    fn small_limits(text in mutated(), depth in 0u32..12, nodes in 0u32..60) {
        let limits = Limits { depth, nodes, ..Limits::default() };
        let module = PythonLang::new().lower(&text, &limits).expect("parsed");
        sound(&module, &text);
    }
}
