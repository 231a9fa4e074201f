//! A printer for lowered code: short enough to compare by eye.

use std::fmt::Write;

use super::super::super::il::{
    Block, Expr, ExprKind, Field, Func, Lit, Module, ParamKind, Place, Span, Stmt, StmtKind,
    TypeExpr,
};

fn find<'a>(module: &'a Module, qualname: &str) -> &'a Func {
    let found = module.funcs.iter().find(|func| func.qualname == qualname);
    found.unwrap_or_else(|| panic!("no {qualname}"))
}

pub(super) fn function(module: &Module, qualname: &str) -> String {
    let mut out = String::new();
    block(module, &find(module, qualname).body, 0, &mut out);
    out
}

pub(super) fn everything(module: &Module) -> String {
    let mut out = String::new();
    for func in &module.funcs {
        block(module, &func.body, 0, &mut out);
    }
    out
}

pub(super) fn header(module: &Module, qualname: &str) -> String {
    let func = find(module, qualname);
    let params: Vec<String> = func
        .params
        .iter()
        .map(|param| {
            let rest = if param.kind == ParamKind::Rest {
                "..."
            } else {
                ""
            };
            let ty = param.ty.as_ref().map(ty).unwrap_or_default();
            format!("{rest}{} {ty}", param.name)
        })
        .collect();
    let results: Vec<String> = func
        .results
        .iter()
        .zip(&func.result_types)
        .map(|(name, result)| format!("{} {}", name.map_or("_", |name| name.as_str()), ty(result)))
        .collect();
    let class = func
        .class
        .map(|class| format!(" class {class}"))
        .unwrap_or_default();
    format!("({}) ({}){class}", params.join(", "), results.join(", "))
}

/// The spans of all calls, outermost first (as far as the tests need it).
pub(super) fn call_spans(module: &Module) -> Vec<Span> {
    fn walk(expr: &Expr, spans: &mut Vec<Span>) {
        match &expr.kind {
            ExprKind::Call(call) => {
                spans.push(expr.span);
                walk(&call.callee, spans);
            }
            ExprKind::Attr(object, ..) => walk(object, spans),
            _ => {}
        }
    }
    let mut spans = Vec::new();
    for stmt in module.funcs.iter().flat_map(|func| &func.body) {
        if let StmtKind::Expr(value) = &stmt.kind {
            walk(value, &mut spans);
        }
    }
    spans
}

fn block(module: &Module, stmts: &Block, depth: usize, out: &mut String) {
    for one in stmts {
        stmt(module, one, depth, out);
    }
}

fn stmt(module: &Module, stmt: &Stmt, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let e = |expr: &Expr| self::expr(module, expr);
    let p = |place: &Place| self::place(module, place);
    match &stmt.kind {
        StmtKind::Assign(targets, value) => {
            let targets: Vec<String> = targets.iter().map(p).collect();
            _ = writeln!(out, "{pad}{} = {}", targets.join(" = "), e(value));
        }
        StmtKind::AugAssign(target, op, value) => {
            _ = writeln!(out, "{pad}{} {op:?}= {}", p(target), e(value))
        }
        StmtKind::Expr(value) => _ = writeln!(out, "{pad}{}", e(value)),
        StmtKind::If(cond, then, other) => {
            _ = writeln!(out, "{pad}if {}", e(cond));
            block(module, then, depth + 1, out);
            if !other.is_empty() {
                _ = writeln!(out, "{pad}else");
                block(module, other, depth + 1, out);
            }
        }
        StmtKind::Loop {
            label,
            each,
            ranged,
            cond,
            body,
            step,
            orelse,
        } => {
            assert!(*ranged && orelse.is_empty());
            _ = write!(out, "{pad}loop");
            if let Some(label) = label {
                _ = write!(out, " {label}");
            }
            if let Some((target, iterable)) = each.as_deref() {
                _ = write!(out, " each {} in {}", p(target), e(iterable));
            }
            if let Some(cond) = cond {
                _ = write!(out, " cond {}", e(cond));
            }
            out.push('\n');
            block(module, body, depth + 1, out);
            if !step.is_empty() {
                _ = writeln!(out, "{pad}step");
                block(module, step, depth + 1, out);
            }
        }
        StmtKind::Defer(value) => _ = writeln!(out, "{pad}defer {}", e(value)),
        StmtKind::Spawn(value) => _ = writeln!(out, "{pad}go {}", e(value)),
        StmtKind::Return(values) => {
            let values: Vec<String> = values.iter().map(e).collect();
            _ = writeln!(
                out,
                "{}",
                format!("{pad}return {}", values.join(", ")).trim_end()
            );
        }
        StmtKind::Break(label) => {
            let label = label.map(|label| format!(" {label}")).unwrap_or_default();
            _ = writeln!(out, "{pad}break{label}");
        }
        StmtKind::Continue(label) => {
            let label = label.map(|label| format!(" {label}")).unwrap_or_default();
            _ = writeln!(out, "{pad}continue{label}");
        }
        StmtKind::Func(name, _) => _ = writeln!(out, "{pad}func {name}"),
        StmtKind::Class(name, _) => _ = writeln!(out, "{pad}class {name}"),
        StmtKind::Block(label, body) => {
            let label = label.map(|label| format!(" {label}")).unwrap_or_default();
            _ = writeln!(out, "{pad}block{label}");
            block(module, body, depth + 1, out);
        }
        StmtKind::Choice(blocks, exact) => {
            _ = writeln!(out, "{pad}choice{}", if *exact { " exact" } else { "" });
            for one in blocks {
                _ = writeln!(out, "{pad}-");
                block(module, one, depth + 1, out);
            }
        }
        other => panic!("not Go: {other:?}"),
    }
}

fn place(module: &Module, place: &Place) -> String {
    let e = |expr: &Expr| self::expr(module, expr);
    match place {
        Place::Name(name, _) => name.to_string(),
        Place::Attr(object, name, _) => format!("{}.{name}", e(object)),
        Place::Index(object, index, _) => format!("{}[{}]", e(object), e(index)),
        Place::Deref(object, _) => format!("*{}", e(object)),
        Place::Tuple(parts, _) => {
            let parts: Vec<String> = parts.iter().map(|part| self::place(module, part)).collect();
            format!("({})", parts.join(", "))
        }
        Place::Ignore => "_".to_owned(),
        Place::Star(..) => panic!("not Go"),
    }
}

fn join(module: &Module, parts: &[Expr]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| expr(module, part)).collect();
    parts.join(", ")
}

fn expr(module: &Module, expr: &Expr) -> String {
    let e = |expr: &Expr| self::expr(module, expr);
    match &expr.kind {
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Const(lit) => match lit {
            Lit::None => "nil".to_owned(),
            Lit::Bool(value) => value.to_string(),
            Lit::Int(value) => value.to_string(),
            Lit::Float(value) => value.to_string(),
            Lit::Str(value) => format!("{:?}", value.as_str()),
            other => panic!("not Go: {other:?}"),
        },
        ExprKind::Attr(object, name, _) => format!("{}.{name}", e(object)),
        ExprKind::Index(object, index) => format!("{}[{}]", e(object), e(index)),
        ExprKind::Slice(object, lo, hi) => {
            let lo = lo.as_deref().map(e).unwrap_or_default();
            let hi = hi.as_deref().map(e).unwrap_or_default();
            format!("{}[{lo}:{hi}]", e(object))
        }
        ExprKind::Call(call) => {
            let args: Vec<String> = call.args.iter().map(|arg| e(&arg.value)).collect();
            let spread = if call.spread { "..." } else { "" };
            format!("{}({}{spread})", e(&call.callee), args.join(", "))
        }
        ExprKind::Bin(op, a, b) => format!("{op:?}({}, {})", e(a), e(b)),
        ExprKind::Unary(op, a) => format!("{op:?}({})", e(a)),
        ExprKind::Cmp(op, a, b) => format!("{op:?}({}, {})", e(a), e(b)),
        ExprKind::And(parts) => format!("And({})", join(module, parts)),
        ExprKind::Or(parts) => format!("Or({})", join(module, parts)),
        ExprKind::List(parts) => format!("[{}]", join(module, parts)),
        ExprKind::Tuple(parts) => format!("({})", join(module, parts)),
        ExprKind::Dict(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| {
                    format!("{}: {}", key.as_ref().map(e).unwrap_or_default(), e(value))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Lambda(index) => format!("{{{}}}", module.funcs[*index as usize].qualname),
        ExprKind::Struct(of, fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", e(value)))
                .collect();
            format!("{}{{{}}}", ty(of), fields.join(", "))
        }
        ExprKind::AddrOf(inner) => format!("&{}", e(inner)),
        ExprKind::Deref(inner) => format!("*{}", e(inner)),
        ExprKind::TypeAssert(inner, of) => format!("{}.({})", e(inner), ty(of)),
        ExprKind::Typed(of, inner) => format!("<{}>{}", ty(of), e(inner)),
        ExprKind::Type(of) => format!("type {}", ty(of)),
        ExprKind::Unknown(parts) => format!("?({})", join(module, parts)),
        other => panic!("not Go: {other:?}"),
    }
}

fn path(segments: &[crate::symbol::Sym]) -> String {
    let segments: Vec<&str> = segments.iter().map(|segment| segment.as_str()).collect();
    segments.join(".")
}

fn list(types: &[TypeExpr], between: &str) -> String {
    let types: Vec<String> = types.iter().map(ty).collect();
    types.join(between)
}

fn field(field: &Field) -> String {
    let of = field.ty.as_ref().map(ty).unwrap_or_default();
    let tag = field.tag.map(|tag| format!(" `{tag}`")).unwrap_or_default();
    let embedded = if field.embedded { " embedded" } else { "" };
    format!("{} {of}{tag}{embedded}", field.name)
}

pub(super) fn ty(of: &TypeExpr) -> String {
    match of {
        TypeExpr::Path(segments) => path(segments),
        TypeExpr::Pointer(inner) => format!("*{}", ty(inner)),
        TypeExpr::Generic(segments, args) => format!("{}<{}>", path(segments), list(args, ", ")),
        TypeExpr::Map(key, value) => format!("map[{}]{}", ty(key), ty(value)),
        TypeExpr::Slice(element) => format!("[]{}", ty(element)),
        TypeExpr::Union(parts) => list(parts, "|"),
        TypeExpr::Func(params, results) => {
            format!("func({}) ({})", list(params, ", "), list(results, ", "))
        }
        TypeExpr::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("struct{{{}}}", fields.join("; "))
        }
        TypeExpr::Interface(methods, embedded) => {
            let mut parts: Vec<String> = methods
                .iter()
                .map(|(name, of)| format!("{name} {}", ty(of)))
                .collect();
            parts.extend(embedded.iter().map(ty));
            format!("interface{{{}}}", parts.join("; "))
        }
        TypeExpr::Other => "other".to_owned(),
    }
}
