//! `explain-call`: what the calls on a line may be, for those who write queries.

use std::fmt::Write as _;

use crate::engine::ProjectInput;
use crate::files::FileId;
use crate::stores::vocabulary::{Library, Spec};
use crate::symbol::Sym;
use crate::syntax::go::GoLang;
use crate::syntax::il::{Expr, ExprKind};
use crate::syntax::python::PythonLang;
use crate::syntax::{Lang, Language, Limits, walk};

struct Calls {
    found: Vec<(u32, Sym, bool)>,
}

impl walk::Visit<'_> for Calls {
    fn expr(&mut self, e: &Expr) {
        if let ExprKind::Call(c) = &e.kind {
            match &c.callee.kind {
                ExprKind::Attr(_, n, span) => self.found.push((span.start, *n, true)),
                ExprKind::Name(n) => self.found.push((c.callee.span.start, *n, false)),
                _ => {}
            }
        }
    }
}

/// The text for one line.
pub(super) fn explain(
    input: &ProjectInput<'_>,
    file: FileId,
    line: u32,
    python: &Library,
    go: &Library,
) -> String {
    let source = input.sources.get(file);
    let Some(f) = input.files.iter().find(|f| f.id == file) else {
        return "this file is not part of the project\n".into();
    };
    let (lib, module) = match f.lang {
        Lang::Python => (
            python,
            PythonLang::default().lower(&source.text, &Limits::default()),
        ),
        Lang::Go => (
            go,
            GoLang::default().lower(&source.text, &Limits::default()),
        ),
    };
    let Some(module) = module else {
        return "the file could not be parsed\n".into();
    };
    let mut calls = Calls { found: Vec::new() };
    for func in &module.funcs {
        walk::block(&mut calls, &func.body);
    }
    calls.found.sort();
    let mut out = String::new();
    for (at, name, method) in calls.found {
        if source.lines.line(at) != line {
            continue;
        }
        let shown = if method {
            format!(".{name}(...)")
        } else {
            format!("{name}(...)")
        };
        let mut specs: Vec<&Spec> = Vec::new();
        if method {
            specs.extend(
                lib.methods
                    .get(&name)
                    .into_iter()
                    .flatten()
                    .map(|i| &lib.specs[*i]),
            );
        }
        let tail = |p: &Sym| p.rsplit(['.', '/']).next().map(str::to_owned);
        specs.extend(lib.specs.iter().filter(|s| {
            s.names.is_empty()
                && s.path
                    .iter()
                    .any(|p| tail(p).as_deref() == Some(name.as_str()))
        }));
        if specs.is_empty() {
            let _ = writeln!(
                out,
                "{shown}: no pack knows this name; a function of the project is followed into"
            );
            continue;
        }
        let _ = writeln!(out, "{shown} may be:");
        for s in specs {
            let does = format!("{:?}", s.does).to_lowercase();
            let _ = write!(out, "  {does} (pack {}, line {})", s.pack, s.line);
            if !s.recv.is_empty() {
                let _ = write!(
                    out,
                    " on {}",
                    s.recv
                        .iter()
                        .map(Sym::as_str)
                        .collect::<Vec<_>>()
                        .join(" or ")
                );
            }
            if !s.path.is_empty() {
                let _ = write!(
                    out,
                    " as {}",
                    s.path
                        .iter()
                        .map(Sym::as_str)
                        .collect::<Vec<_>>()
                        .join(" or ")
                );
            }
            if !s.signature.is_empty() {
                let _ = write!(
                    out,
                    ", or on anything when the arguments are those of the library"
                );
            }
            let _ = writeln!(out);
        }
    }
    if out.is_empty() {
        out.push_str("no call on this line\n");
    }
    out
}
