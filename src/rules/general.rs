//! Functions that write whatever they are given: which column is written, or what kind of row, is said by those who
//! call them, and that is where a case is told.

use crate::analysis::access::{FrameRef, Read};
use crate::analysis::history::WriteCase;
use crate::analysis::program::{Global, Program};
use crate::analysis::value::{Container, FuncRef};
use crate::stores::vocabulary::Mode;
use crate::symbol::Sym;
use crate::syntax::il::{ArgKind, Expr, ExprKind, Lit, Param, Place, Stmt, StmtKind, TypeExpr};
use crate::syntax::walk::{self, Visit};

/// The activation that says what is written, at or above the one that has what was read in scope and leads to the
/// write.
pub(super) fn said_by(c: &WriteCase<'_>, read: Option<&Read>, at: usize) -> usize {
    let stack = &c.write.stack;
    if at == 0 || matches!(c.write.container, Some(Container::Model(_))) {
        return at;
    }
    let reads = |f: &FrameRef| read.is_some_and(|read| read.stack.iter().any(|r| r.id == f.id));
    let written = c.write.sets.iter().filter(|s| !s.copied);
    let columns: Vec<&str> = written.filter_map(|s| column(&s.path)).collect();
    let says = |f: &FrameRef| says_any(c.program, f.func, &columns);
    let whole = c.write.mode == Mode::Whole;
    // Who hands on the names of columns says nothing of them, nor does who puts rows of any kind back as they are.
    let hands_on = |f: &FrameRef| match whole {
        true => takes_any(c.program, f),
        false => !says(f),
    };
    let mut i = at;
    while i > 0 && !reads(&stack[i]) && hands_on(&stack[i]) {
        i -= 1;
    }
    if whole || says(&stack[i]) { i } else { at }
}

/// The column in which a path begins, where its name is known.
fn column(path: &Sym) -> Option<&'static str> {
    let first = path.as_str().split('.').next()?;
    (!matches!(first, "*" | "#" | "?" | "pk")).then_some(first)
}

/// Whether a parameter may be of any type.
fn takes_any(program: &Program, f: &FrameRef) -> bool {
    let func = program.func(f.func);
    let open = |p: &Param| match &p.ty {
        Some(TypeExpr::Interface(methods, embedded)) => methods.is_empty() && embedded.is_empty(),
        Some(ty) => match ty.pointed() {
            TypeExpr::Path(path) => match path.as_slice() {
                [name] => {
                    func.type_params.contains(name)
                        || *name == "any"
                        || is_type_variable(program, f.func.file, *name)
                }
                _ => false,
            },
            _ => false,
        },
        None => false,
    };
    func.params.iter().any(open)
}

/// Python: whether a name is what a call made at the top of the file, as those that stand for a type are.
fn is_type_variable(program: &Program, file: u32, name: Sym) -> bool {
    matches!(program.global(file, name), Global::Expr(_, e, None) if matches!(e.kind, ExprKind::Call(_)))
}

/// Whether a function names one of the columns: in a text, or as an argument's or member's name.
fn says_any(program: &Program, f: FuncRef, columns: &[&str]) -> bool {
    let mut words = Words {
        program,
        file: f.file,
        columns,
        inner: Vec::new(),
        found: false,
    };
    let module = &program.files()[f.file as usize].module;
    walk::block(&mut words, &program.func(f).body);
    while let Some(inner) = words.inner.pop().filter(|_| !words.found) {
        walk::block(&mut words, &module.funcs[inner as usize].body);
    }
    words.found
}

/// Looks for names of columns.
struct Words<'a> {
    program: &'a Program,
    file: u32,
    columns: &'a [&'a str],
    inner: Vec<u32>,
    found: bool,
}

impl Words<'_> {
    fn text(&mut self, text: &str) {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
        self.found |= words.any(|w| self.columns.contains(&w));
    }

    fn literal(&mut self, lit: Lit) {
        if let Lit::Str(text) = lit {
            self.text(&text);
        }
    }
}

impl<'a> Visit<'a> for Words<'_> {
    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::Assign(places, _) = &stmt.kind {
            for place in places {
                if let Place::Attr(_, name, _) = place {
                    self.text(name);
                }
            }
        }
    }

    fn expr(&mut self, e: &'a Expr) {
        match &e.kind {
            ExprKind::Const(lit) => self.literal(*lit),
            ExprKind::Name(name) => match self.program.global(self.file, *name) {
                Global::Lit(lit) => self.literal(lit),
                Global::Expr(_, e, None) => {
                    if let ExprKind::Const(lit) = &e.kind {
                        self.literal(*lit);
                    }
                }
                _ => {}
            },
            ExprKind::Attr(_, name, _) => self.text(name),
            ExprKind::Call(call) => {
                for arg in &call.args {
                    if let ArgKind::Keyword(name) = arg.kind {
                        self.text(&name);
                    }
                }
            }
            ExprKind::Lambda(inner) => self.inner.push(*inner),
            _ => {}
        }
    }
}
