//! Python, lowered.
//!
//! The tree is walked once. Each node's children are read with one cursor into a stack shared by the whole walk, so
//! that wide nodes cost as much as they are long and nothing is allocated on the way. Evaluation order of the source
//! is kept throughout.

mod defs;
mod expr;
mod kinds;
mod literal;
mod matching;
mod stmt;
mod types;

#[cfg(test)]
mod tests;

use std::ops::{ControlFlow, Range};

use rustc_hash::FxHashSet;
use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree, TreeCursor};

use self::kinds::{Field, GRAMMAR, Kind};
use super::il::{
    Block, ClassIdx, Expr, ExprKind, Func, FuncIdx, Lang, Module, Param, Span, Stmt, StmtKind,
    TypeExpr,
};
use super::{Language, Limits};
use crate::symbol::{Sym, intern};

/// Python's lowering, with its parser.
pub struct PythonLang {
    parser: Parser,
}

impl std::fmt::Debug for PythonLang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PythonLang")
    }
}

impl PythonLang {
    /// A parser for one worker.
    ///
    /// # Panics
    /// If the grammar was generated for another version of tree-sitter, which is a mistake of the build.
    pub fn new() -> Self {
        let mut parser = Parser::new();
        parser
            .set_language(&GRAMMAR.language)
            .expect("the Python grammar fits this tree-sitter");
        Self { parser }
    }

    fn parse(&mut self, text: &str, limits: &Limits) -> Option<Tree> {
        let bytes = text.as_bytes();
        let mut left = limits.parse_steps;
        let mut progress = |_: &ParseState| match left.checked_sub(1) {
            Some(rest) => {
                left = rest;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        };
        let tree = self.parser.parse_with_options(
            &mut |at, _| bytes.get(at..).unwrap_or_default(),
            None,
            Some(ParseOptions::new().progress_callback(&mut progress)),
        );
        if tree.is_none() {
            // Or the next file would be taken for the rest of this one.
            self.parser.reset();
        }
        tree
    }
}

impl Default for PythonLang {
    fn default() -> Self {
        Self::new()
    }
}

impl Language for PythonLang {
    fn lower(&mut self, text: &str, limits: &Limits) -> Option<Module> {
        let tree = self.parse(text, limits)?;
        Some(Lowering::new(text, &tree, *limits).module(tree.root_node()))
    }

    fn parse_only(&mut self, text: &str, limits: &Limits) -> Option<usize> {
        self.parse(text, limits)
            .map(|tree| tree.root_node().end_byte())
    }
}

/// A node with what is asked of it most.
#[derive(Clone, Copy)]
struct Kid<'t> {
    node: Node<'t>,
    kind: Kind,
    field: Field,
}

impl Kid<'_> {
    fn span(&self) -> Span {
        Span::new(self.node.start_byte(), self.node.end_byte())
    }
}

/// The children of one node: a part of [`Lowering::kids`].
#[derive(Clone, Copy)]
struct Kids {
    at: usize,
    end: usize,
}

impl Kids {
    fn range(self) -> Range<usize> {
        self.at..self.end
    }

    fn len(self) -> usize {
        self.end - self.at
    }
}

/// A function whose body is being lowered.
struct Scope {
    func: FuncIdx,
    locals: Vec<Sym>,
    /// Declared `global` or `nonlocal`.
    outer: Vec<Sym>,
    is_generator: bool,
}

/// The lowering of one file.
struct Lowering<'t> {
    text: &'t str,
    cursor: TreeCursor<'t>,
    kids: Vec<Kid<'t>>,
    limits: Limits,
    depth: u32,
    nodes: u32,
    scopes: Vec<Scope>,
    /// The qualified name of what is being lowered.
    prefix: String,
    /// Names made up so far.
    temps: u32,
    /// The `x as y` whose target a `with` statement has taken.
    peeled: Option<usize>,
    seen: FxHashSet<Sym>,
    out: Module,
}

impl<'t> Lowering<'t> {
    fn new(text: &'t str, tree: &'t Tree, limits: Limits) -> Self {
        Self {
            text,
            cursor: tree.walk(),
            kids: Vec::with_capacity(256),
            limits,
            depth: 0,
            nodes: 0,
            scopes: Vec::new(),
            prefix: String::new(),
            temps: 0,
            peeled: None,
            seen: FxHashSet::default(),
            out: Module {
                lang: Lang::Python,
                package: Sym::default(),
                apart: false,
                funcs: Vec::new(),
                classes: Vec::new(),
                imports: Vec::new(),
                unknowns: Vec::new(),
                errors: Vec::new(),
            },
        }
    }

    fn module(mut self, root: Node<'t>) -> Module {
        if root.has_error() {
            self.errors(root);
        }
        let module = intern("<module>");
        let span = Span::new(0, self.text.len());
        let idx = self.declare(module, Span::default(), span, None);
        self.out.funcs[idx as usize].qualname = module;
        self.scopes.push(Scope::new(idx));
        let root = Kid {
            node: root,
            kind: GRAMMAR.kind(root.kind_id()),
            field: Field::None,
        };
        let mut body = Block::new();
        self.block_into(root, &mut body);
        self.finish(body);
        self.out
    }

    /// Collects the places of syntax errors: only the parts of the tree that hold one are visited.
    fn errors(&mut self, root: Node<'t>) {
        self.cursor.reset(root);
        loop {
            let node = self.cursor.node();
            let faulty = node.is_error() || node.is_missing();
            if faulty && self.out.errors.len() < self.limits.nodes as usize {
                self.out
                    .errors
                    .push(Span::new(node.start_byte(), node.end_byte()));
            }
            if !faulty && node.has_error() && self.cursor.goto_first_child() {
                continue;
            }
            while !self.cursor.goto_next_sibling() {
                if !self.cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    // The tree.

    /// The children, with the `fields` in which they hang if these are asked for. What stands behind the last named one is punctuation, which
    /// only `all` wants.
    fn collect(
        &mut self,
        of: Kid<'t>,
        all: bool,
        fields: bool,
        wanted: impl Fn(Kind) -> bool,
    ) -> Kids {
        let at = self.kids.len();
        let grammar = &*GRAMMAR;
        let node = of.node;
        let mut left = if all {
            node.child_count() as usize
        } else {
            node.named_child_count()
        };
        if left > 0 {
            self.cursor.reset(node);
            self.cursor.goto_first_child();
        }
        while left > 0 {
            let node = self.cursor.node();
            let kind = grammar.kind(node.kind_id());
            left -= usize::from(all || kind != Kind::Anon);
            if wanted(kind) {
                let field = match fields {
                    true => grammar.field(self.cursor.field_id()),
                    false => Field::None,
                };
                self.kids.push(Kid { node, kind, field });
            }
            if left > 0 && !self.cursor.goto_next_sibling() {
                break;
            }
        }
        Kids {
            at,
            end: self.kids.len(),
        }
    }

    /// The named children without their fields: a few are asked for one by one, which is cheaper than the cursor.
    fn bare(&mut self, of: Kid<'t>, wanted: impl Fn(Kind) -> bool) -> Kids {
        const FEW: u32 = 4;
        let count = of.node.named_child_count() as u32;
        if count > FEW {
            return self.collect(of, false, false, wanted);
        }
        let at = self.kids.len();
        for i in 0..count {
            let Some(node) = of.node.named_child(i) else {
                break;
            };
            let kind = GRAMMAR.kind(node.kind_id());
            if wanted(kind) {
                let field = Field::None;
                self.kids.push(Kid { node, kind, field });
            }
        }
        Kids {
            at,
            end: self.kids.len(),
        }
    }

    /// The named children, without comments and errors. [`Self::close`] gives their place back.
    fn open(&mut self, of: Kid<'t>) -> Kids {
        self.collect(of, false, true, is_part)
    }

    /// The same where nobody asks for their fields.
    fn open_bare(&mut self, of: Kid<'t>) -> Kids {
        self.bare(of, is_part)
    }

    /// The children with the unnamed tokens (operators).
    fn open_all(&mut self, of: Kid<'t>) -> Kids {
        self.collect(of, true, true, |kind| kind == Kind::Anon || is_part(kind))
    }

    /// The children of a block: errors may hold sound statements.
    fn open_block(&mut self, of: Kid<'t>) -> Kids {
        self.bare(of, |kind| kind == Kind::Error || is_part(kind))
    }

    fn close(&mut self, kids: Kids) {
        self.kids.truncate(kids.at);
    }

    fn field(&self, kids: Kids, field: Field) -> Option<Kid<'t>> {
        self.kids[kids.range()]
            .iter()
            .find(|kid| kid.field == field)
            .copied()
    }

    fn of_kind(&self, kids: Kids, kind: Kind) -> Option<Kid<'t>> {
        self.kids[kids.range()]
            .iter()
            .find(|kid| kid.kind == kind)
            .copied()
    }

    /// The child in a field that a node has once.
    fn child(&self, of: Kid<'t>, field: Field) -> Option<Kid<'t>> {
        let grammar = &*GRAMMAR;
        let node = of.node.child_by_field_id(grammar.id(field))?;
        let kind = grammar.kind(node.kind_id());
        Some(Kid { node, kind, field })
    }

    /// The first and the last child of a node of exactly so many, tokens and all: asked for by their places where these
    /// tell them, which is cheaper than by their fields. With a comment or an error in it, a node has more.
    fn ends(&self, of: Kid<'t>, children: u32) -> Option<(Kid<'t>, Kid<'t>)> {
        if of.node.child_count() != children {
            return None;
        }
        let at = |i: u32| {
            let node = of.node.child(i)?;
            let (kind, field) = (GRAMMAR.kind(node.kind_id()), Field::None);
            Some(Kid { node, kind, field })
        };
        at(0).zip(at(children - 1))
    }

    /// What stands in the two fields of a node that has nothing else but a token in between: `a.b`, `a=b`, `a: b`.
    fn sides(&self, of: Kid<'t>, left: Field, right: Field) -> (Option<Kid<'t>>, Option<Kid<'t>>) {
        match self.ends(of, 3) {
            Some((a, b)) => (Some(a), Some(b)),
            None => (self.child(of, left), self.child(of, right)),
        }
    }

    /// The first named child.
    fn first(&mut self, of: Kid<'t>) -> Option<Kid<'t>> {
        let node = of.node.named_child(0)?;
        let kind = GRAMMAR.kind(node.kind_id());
        if is_part(kind) {
            let field = Field::None;
            return Some(Kid { node, kind, field });
        }
        let kids = self.open_bare(of);
        let first = self.kids[kids.range()].first().copied();
        self.close(kids);
        first
    }

    fn text_of(&self, kid: Kid<'t>) -> &'t str {
        self.text.get(kid.node.byte_range()).unwrap_or("")
    }

    fn name(&self, kid: Kid<'t>) -> Sym {
        intern(self.text_of(kid))
    }

    // Bounds and the unknown.

    /// One node more, one level deeper; false when either has run out (then the depth is as it was).
    fn enter(&mut self) -> bool {
        if self.nodes >= self.limits.nodes || self.depth >= self.limits.depth {
            return false;
        }
        self.nodes += 1;
        self.depth += 1;
        true
    }

    fn exhausted(&self) -> bool {
        self.nodes >= self.limits.nodes
    }

    /// Counts what is not modelled.
    fn note(&mut self, kid: Kid<'t>) {
        // When the file is over its budget every further node ends here; one note says as much as a million.
        if self.exhausted() && !self.out.unknowns.is_empty() {
            return;
        }
        let name = GRAMMAR.name(kid.node.kind_id());
        self.out.unknowns.push((name, kid.span()));
    }

    fn unknown(&mut self, kid: Kid<'t>, parts: Vec<Expr>) -> Expr {
        self.note(kid);
        Expr {
            span: kid.span(),
            kind: ExprKind::Unknown(parts),
        }
    }

    fn unknown_stmt(&mut self, kid: Kid<'t>, parts: Vec<Expr>) -> Stmt {
        let expr = self.unknown(kid, parts);
        Stmt {
            span: expr.span,
            kind: StmtKind::Expr(expr),
        }
    }

    // Functions and names.

    fn scope(&mut self) -> &mut Scope {
        self.scopes
            .last_mut()
            .expect("the module's scope outlives the walk")
    }

    fn bind(&mut self, name: Sym) {
        if !name.is_empty() {
            self.scope().locals.push(name);
        }
    }

    /// A name that no source can hold.
    fn temp(&mut self, stem: &str) -> Sym {
        let name = intern(&format!("{stem}·{}", self.temps));
        self.temps += 1;
        self.bind(name);
        name
    }

    /// Makes room for a function; [`Self::finish`] fills it.
    fn declare(
        &mut self,
        name: Sym,
        name_span: Span,
        span: Span,
        class: Option<ClassIdx>,
    ) -> FuncIdx {
        let idx = self.out.funcs.len() as FuncIdx;
        self.out.funcs.push(Func {
            name,
            qualname: name,
            params: Vec::new(),
            decorators: Vec::new(),
            body: Block::new(),
            locals: Vec::new(),
            parent: self.scopes.last().map(|scope| scope.func),
            class,
            receiver: false,
            results: Vec::new(),
            result_types: Vec::<TypeExpr>::new(),
            type_params: Vec::new(),
            is_async: false,
            is_generator: false,
            span,
            name_span,
        });
        idx
    }

    /// Opens a function's scope with its parameters bound.
    fn begin(&mut self, idx: FuncIdx, params: Vec<Param>) {
        let mut scope = Scope::new(idx);
        scope.locals.extend(
            params
                .iter()
                .map(|param| param.name)
                .filter(|name| !name.is_empty()),
        );
        self.scopes.push(scope);
        self.out.funcs[idx as usize].params = params;
    }

    /// Closes the innermost scope.
    fn finish(&mut self, body: Block) {
        let Some(mut scope) = self.scopes.pop() else {
            return;
        };
        self.seen.clear();
        let seen = &mut self.seen;
        scope
            .locals
            .retain(|name| !scope.outer.contains(name) && seen.insert(*name));
        let func = &mut self.out.funcs[scope.func as usize];
        func.body = body;
        func.locals = scope.locals;
        func.is_generator = scope.is_generator;
    }

    /// Extends the qualified name; gives what [`Self::leave`] needs to shorten it again.
    fn qualify(&mut self, name: &str) -> (usize, Sym) {
        let len = self.prefix.len();
        if len > 0 {
            self.prefix.push('.');
        }
        self.prefix.push_str(name);
        (len, intern(&self.prefix))
    }

    fn leave(&mut self, len: usize) {
        self.prefix.truncate(len);
    }
}

/// Whether a child is a part of what its parent says: no token, comment or error.
fn is_part(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Anon | Kind::Comment | Kind::LineContinuation | Kind::Error
    )
}

impl Scope {
    fn new(func: FuncIdx) -> Self {
        Self {
            func,
            locals: Vec::new(),
            outer: Vec::new(),
            is_generator: false,
        }
    }
}
