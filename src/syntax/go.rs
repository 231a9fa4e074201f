//! Go, lowered.

mod decl;
mod expr;
mod kinds;
mod literal;
mod names;
mod stmt;
#[cfg(test)]
mod tests;
mod types;

use std::ops::{ControlFlow, Range};

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, ParseOptions, ParseState, Parser, Point, Tree, TreeCursor};

use self::kinds::{K, LANGUAGE, TABLES, Tables};
use self::names::{Frame, Names};
use super::il::{ClassIdx, Expr, ExprKind, Func, FuncIdx, Lang, Module, Span};
use super::{Language, Limits};
use crate::symbol::{Sym, intern};

/// Lowers Go.
pub struct GoLang {
    parser: Parser,
}

impl GoLang {
    /// A lowering with its own parser.
    pub fn new() -> Self {
        let mut parser = Parser::new();
        parser
            .set_language(&LANGUAGE)
            .expect("the pinned grammar fits the pinned runtime");
        Self { parser }
    }

    fn parse(&mut self, text: &str, limits: &Limits) -> Option<Tree> {
        let bytes = text.as_bytes();
        let mut steps = 0u32;
        let mut progress = |_: &ParseState| {
            steps += 1;
            if steps > limits.parse_steps {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let tree = self.parser.parse_with_options(
            &mut |at: usize, _: Point| bytes.get(at..).unwrap_or_default(),
            None,
            Some(ParseOptions::new().progress_callback(&mut progress)),
        );
        if tree.is_none() {
            // Else the next parse would resume this file.
            self.parser.reset();
        }
        tree
    }
}

impl Default for GoLang {
    fn default() -> Self {
        Self::new()
    }
}

impl Language for GoLang {
    fn lower(&mut self, text: &str, limits: &Limits) -> Option<Module> {
        let tree = self.parse(text, limits)?;
        let root = tree.root_node();
        let mut lower = Lower::new(text, &tree, *limits);
        lower.file(root);
        lower.module.errors = errors(&tree);
        lower.module.apart = is_apart(text);
        Some(lower.module)
    }

    fn parse_only(&mut self, text: &str, limits: &Limits) -> Option<usize> {
        self.parse(text, limits)
            .map(|tree| tree.root_node().end_byte())
    }
}

/// Whether a constraint in front of the package clause keeps the file out of every build.
fn is_apart(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("package "))
        .filter_map(|line| {
            let plus = || line.strip_prefix("// +build");
            line.strip_prefix("//go:build").or_else(plus)
        })
        .any(|terms| terms.trim() == "ignore")
}

/// Where the parser found errors or had to make up a token. Only the erroneous part of the tree is walked.
fn errors(tree: &Tree) -> Vec<Span> {
    let mut found = Vec::new();
    if !tree.root_node().has_error() {
        return found;
    }
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            found.push(Span::new(node.start_byte(), node.end_byte()));
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The state of lowering one file.
struct Lower<'t> {
    tables: &'static Tables,
    text: &'t str,
    limits: Limits,
    /// One cursor for all: it is put on a node, the children are copied out, and it is free again.
    cursor: TreeCursor<'t>,
    /// The children copied out, as a stack: whoever pushes truncates.
    kids: Vec<(u16, Node<'t>)>,
    depth: u32,
    nodes: u32,
    module: Module,
    frames: Vec<Frame>,
    names: Names,
    /// The value of `iota` in the constant declaration being lowered.
    iota: Option<i64>,
    /// The named types at package level.
    classes: FxHashMap<Sym, ClassIdx>,
    /// The names that imports bind.
    imports: FxHashSet<Sym>,
    /// The package's variables and constants in this file.
    vars: FxHashSet<Sym>,
    /// Labels made for `switch` and `select`.
    labels: u32,
}

impl<'t> Lower<'t> {
    fn new(text: &'t str, tree: &'t Tree, limits: Limits) -> Self {
        Self {
            tables: &TABLES,
            text,
            limits,
            cursor: tree.walk(),
            kids: Vec::with_capacity(64),
            depth: 0,
            nodes: 0,
            module: Module {
                lang: Lang::Go,
                package: Sym::default(),
                apart: false,
                funcs: Vec::new(),
                classes: Vec::new(),
                imports: Vec::new(),
                unknowns: Vec::new(),
                errors: Vec::new(),
            },
            frames: Vec::new(),
            names: Names::default(),
            iota: None,
            classes: FxHashMap::default(),
            imports: FxHashSet::default(),
            vars: FxHashSet::default(),
            labels: 0,
        }
    }

    fn kind(&self, node: Node<'t>) -> K {
        self.tables.kind(node.kind_id())
    }

    fn span(&self, node: Node<'t>) -> Span {
        Span::new(node.start_byte(), node.end_byte())
    }

    fn str(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn name(&self, node: Node<'t>) -> Sym {
        intern(self.str(node))
    }

    /// Pushes the named children that are neither comments nor errors; the caller truncates to the range's start.
    fn children(&mut self, node: Node<'t>) -> Range<usize> {
        let start = self.kids.len();
        // What stands behind the last named child is punctuation.
        let mut left = node.named_child_count();
        if left > 0 {
            self.cursor.reset(node);
            self.cursor.goto_first_child();
        }
        while left > 0 {
            let child = self.cursor.node();
            if self.tables.is_named(child.kind_id()) {
                left -= 1;
                if self.is_part(child) {
                    let field = self.cursor.field_id().map_or(0, |id| id.get());
                    self.kids.push((field, child));
                }
            }
            if left > 0 && !self.cursor.goto_next_sibling() {
                break;
            }
        }
        start..self.kids.len()
    }

    /// Neither a comment nor an error.
    fn is_part(&self, node: Node<'t>) -> bool {
        !matches!(self.kind(node), K::Comment | K::Error)
    }

    /// The first child of each of these fields.
    fn fields<const N: usize>(&self, node: Node<'t>, wanted: [u16; N]) -> [Option<Node<'t>>; N] {
        wanted.map(|field| {
            node.child_by_field_id(field)
                .filter(|child| self.is_part(*child))
        })
    }

    /// The first named child.
    fn first(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let first = node.named_child(0)?;
        if self.is_part(first) {
            return Some(first);
        }
        let kids = self.children(node);
        let found = self.kids.get(kids.start).map(|kid| kid.1);
        self.kids.truncate(kids.start);
        found
    }

    /// Whether one of the direct children is this token.
    fn has_token(&mut self, node: Node<'t>, token: K) -> bool {
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                if self.tables.kind(self.cursor.node().kind_id()) == token {
                    return true;
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        false
    }

    /// One level deeper; false, and counted, when a limit is reached.
    fn enter(&mut self, node: Node<'t>) -> bool {
        if self.nodes >= self.limits.nodes {
            if self.nodes == self.limits.nodes {
                self.nodes += 1;
                self.count(node);
            }
            return false;
        }
        if self.depth >= self.limits.depth {
            self.count(node);
            return false;
        }
        self.nodes += 1;
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts a place that is not modelled.
    fn count(&mut self, node: Node<'t>) {
        let kind = self.tables.name(node.kind_id());
        self.module.unknowns.push((kind, self.span(node)));
    }

    /// A counted unknown.
    fn unknown(&mut self, node: Node<'t>, children: Vec<Expr>) -> ExprKind {
        self.count(node);
        ExprKind::Unknown(children)
    }

    fn func(&self) -> FuncIdx {
        self.frames.last().map_or(0, |frame| frame.func)
    }

    /// Reserves the index of a function, so that nested ones come after it.
    fn reserve(&mut self, name: Sym, qualname: Sym, span: Span, name_span: Span) -> FuncIdx {
        let index = self.module.funcs.len() as FuncIdx;
        self.module.funcs.push(Func {
            name,
            qualname,
            params: Vec::new(),
            decorators: Vec::new(),
            body: Vec::new(),
            locals: Vec::new(),
            parent: None,
            class: None,
            receiver: false,
            results: Vec::new(),
            result_types: Vec::new(),
            type_params: Vec::new(),
            is_async: false,
            is_generator: false,
            span,
            name_span,
        });
        index
    }
}
