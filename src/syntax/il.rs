//! The intermediate language: what Python and Go are lowered to, and the only thing the interpreter knows of either.
//!
//! It is structured (no jumps), every expression and statement carries its place in the source, and names are
//! resolved lexically by the interpreter: a function's [`Func::locals`] are bound in it, everything else belongs to an
//! enclosing function or to the module. What a lowering cannot express becomes [`ExprKind::Unknown`] and is counted in
//! [`Module::unknowns`].

use crate::symbol::Sym;

/// A half-open range of bytes in the decoded text of one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Index of a function in [`Module::funcs`].
pub type FuncIdx = u32;
/// Index of a class or named Go type in [`Module::classes`].
pub type ClassIdx = u32;

/// The source languages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Lang {
    /// Python 3.
    Python,
    /// Go.
    Go,
}

/// One lowered file.
#[derive(Debug)]
pub struct Module {
    /// Its language.
    pub lang: Lang,
    /// Go: the package clause's name. Python: empty.
    pub package: Sym,
    /// Go: no build takes the file in (`//go:build ignore`); it is a program of its own.
    pub apart: bool,
    /// Functions, methods, lambdas and closures; index 0 is the module-level code.
    pub funcs: Vec<Func>,
    /// Python classes, and Go's named types.
    pub classes: Vec<ClassDef>,
    /// Import bindings, wherever they stand (also inside functions).
    pub imports: Vec<Import>,
    /// Places that were not modelled (kind of syntax node, where).
    pub unknowns: Vec<(&'static str, Span)>,
    /// Places of syntax errors (the rest of the file is lowered where it is sound).
    pub errors: Vec<Span>,
}

/// One name that an import binds.
#[derive(Debug, Clone)]
pub struct Import {
    /// The bound name: `np` in `import numpy as np`; `a` in `import a.b` (then `path` is `a`); `*` for a star import;
    /// Go: the alias, or the last path segment (version suffixes like `/v2` skipped), `.` or `_` as written.
    pub name: Sym,
    /// Python: dotted path of what is bound (`a.b.C` for `from a.b import C`), leading dots kept for relative
    /// imports (`..models.Order`; `from . import x` gives `.x`). For a star import: the module's path.
    /// Go: the import path as written.
    pub path: Sym,
    /// Python `from x import y` (true) or `import x` (false). Go: false.
    pub from: bool,
    /// The function that holds the import statement (0: module level).
    pub scope: FuncIdx,
    /// Where.
    pub span: Span,
}

/// A function, method, lambda or closure.
#[derive(Debug)]
pub struct Func {
    /// Plain name; `<lambda>` and `<module>` for the nameless; Go closures: `func`.
    pub name: Sym,
    /// Qualified inside the file: `Outer.method`, `f.inner`, Go: `Type.Method`.
    pub qualname: Sym,
    /// Parameters; a Python method's first one is its receiver, a Go method's receiver stands first too.
    pub params: Vec<Param>,
    /// Decorators, outermost first (Python).
    pub decorators: Vec<Expr>,
    /// The body.
    pub body: Block,
    /// Names bound in this function: parameters, assignments, loop and `with` targets, local imports, nested
    /// functions and classes. Python: without those declared `global` or `nonlocal`. Go: block-scoped names are made
    /// unique by the lowering (`err`, `err·1`, ...).
    pub locals: Vec<Sym>,
    /// The function in which this one is nested (for name lookup); `None` for the module-level code.
    pub parent: Option<FuncIdx>,
    /// The class whose method this is, where that stands in the same file.
    pub class: Option<ClassIdx>,
    /// Go: it has a receiver, whose type may be declared in another file of the package.
    pub receiver: bool,
    /// Go named results, in order (`None` where results are unnamed or absent).
    pub results: Vec<Option<Sym>>,
    /// Result types, where the source names them (Python: zero or one).
    pub result_types: Vec<TypeExpr>,
    /// Go: its type parameters, of a method those of its receiver's type.
    pub type_params: Vec<Sym>,
    /// `async def`.
    pub is_async: bool,
    /// Contains `yield`.
    pub is_generator: bool,
    /// The whole definition, decorators included.
    pub span: Span,
    /// The name (the `lambda`/`func` keyword for the nameless).
    pub name_span: Span,
}

impl Func {
    /// Whether it is a method, wherever its type is declared.
    pub fn is_method(&self) -> bool {
        self.class.is_some() || self.receiver
    }
}

/// How a parameter is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// By position or name.
    Plain,
    /// After `*` (by name only).
    KeywordOnly,
    /// `*args`, Go `...T`.
    Rest,
    /// `**kwargs`.
    Keywords,
}

/// One parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name (`_` for Go's unnamed ones).
    pub name: Sym,
    /// How it is bound.
    pub kind: ParamKind,
    /// Its annotation or type.
    pub ty: Option<TypeExpr>,
    /// Default value.
    pub default: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// A type as written.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeExpr {
    /// `a.b.C`, `dynamodb.Client`: the segments as written (string annotations are parsed).
    Path(Vec<Sym>),
    /// `*T` (Go).
    Pointer(Box<Self>),
    /// `[]T`, `[n]T`, `...T`, `list[T]`, `Iterable[T]`, `QuerySet[T]` and kin: (constructor, elements).
    Generic(Vec<Sym>, Vec<Self>),
    /// Go's `map[K]V`.
    Map(Box<Self>, Box<Self>),
    /// Go's `[]T`, `[n]T`.
    Slice(Box<Self>),
    /// `A | B`, `Union[A, B]`, `Optional[A]` (without `None`).
    Union(Vec<Self>),
    /// Go function type or Python `Callable`: parameter and result types.
    Func(Vec<Self>, Vec<Self>),
    /// Go's inline `struct{...}`.
    Struct(Vec<Field>),
    /// Go's `interface{...}`: methods with their function types, then embedded types.
    Interface(Vec<(Sym, Self)>, Vec<Self>),
    /// Anything else.
    Other,
}

impl TypeExpr {
    /// What it points to, or itself.
    pub fn pointed(&self) -> &Self {
        let mut t = self;
        while let Self::Pointer(inner) = t {
            t = inner;
        }
        t
    }
}

/// A field of a Go struct, or an annotated or assigned attribute in a Python class body.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name (for an embedded Go field: the type's own name).
    pub name: Sym,
    /// Its type.
    pub ty: Option<TypeExpr>,
    /// Go's struct tag, raw (without the quotes).
    pub tag: Option<Sym>,
    /// Go: embedded.
    pub embedded: bool,
    /// Where.
    pub span: Span,
}

/// A Python class or a Go named type.
#[derive(Debug)]
pub struct ClassDef {
    /// Plain name; Go: what a function defines has its number in the file behind it (`row·t1`).
    pub name: Sym,
    /// `Outer.Inner`.
    pub qualname: Sym,
    /// Python: the bases' expressions (positional arguments of the class statement).
    pub bases: Vec<Expr>,
    /// Python: decorators, outermost first.
    pub decorators: Vec<Expr>,
    /// Python: assignments in the class body, in order (annotated ones too, with or without a value).
    pub attrs: Vec<ClassAttr>,
    /// Methods, in order: name and function (a later one of the same name wins).
    pub methods: Vec<(Sym, FuncIdx)>,
    /// Classes defined in the body (`Meta`).
    pub inner: Vec<ClassIdx>,
    /// The class whose body holds this one.
    pub outer: Option<ClassIdx>,
    /// The function in which it is defined (0: module level).
    pub scope: FuncIdx,
    /// Go: the underlying type.
    pub underlying: Option<TypeExpr>,
    /// Go: another name of that type (`type A = B`), not a type of its own.
    pub alias: bool,
    /// Go: its type parameters.
    pub type_params: Vec<Sym>,
    /// Where, decorators included.
    pub span: Span,
    /// The name.
    pub name_span: Span,
}

/// `x = value`, `x: T = value`, `x: T` in a class body.
#[derive(Debug)]
pub struct ClassAttr {
    /// The attribute.
    pub name: Sym,
    /// Annotation.
    pub ty: Option<TypeExpr>,
    /// Value.
    pub value: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// A sequence of statements.
pub type Block = Vec<Stmt>;

/// A statement and where it stands.
#[derive(Debug)]
pub struct Stmt {
    /// The whole statement (for compound statements: the header and the body).
    pub span: Span,
    /// What it does.
    pub kind: StmtKind,
}

/// The loop that a `break` or `continue` means: its label's name, or `None` for the innermost.
pub type Label = Option<Sym>;

/// Kinds of statement.
#[derive(Debug)]
pub enum StmtKind {
    /// `targets = value` (several for `a = b = value`). Go: `:=`, `=`, `var`, one target per left-hand side is
    /// a `Place::Tuple`.
    Assign(Vec<Place>, Expr),
    /// `target op= value`; Go's `x++` is `x += 1`.
    AugAssign(Place, BinOp, Expr),
    /// An expression for its effects.
    Expr(Expr),
    /// `del place`. (Go's `delete(m, k)` is a call.)
    Delete(Place),
    /// `if`; `elif` chains and Go's `switch` are nested. A Go initialiser stands before it in a `Block` statement.
    If(Expr, Block, Block),
    /// A loop. `orelse` is Python's `else` of a loop. `step` is Go's post statement.
    Loop {
        /// Its label (Go).
        label: Label,
        /// `for target in iterable` (Go: `range`; two targets are a tuple of (index or key, value)).
        each: Option<Box<(Place, Expr)>>,
        /// Go's `range`: what is iterated decides what the targets are; true for Go.
        ranged: bool,
        /// `while`/`for cond`; `None`: for ever, or `each`.
        cond: Option<Box<Expr>>,
        /// The body.
        body: Block,
        /// Go's post statement.
        step: Block,
        /// Python's `else`.
        orelse: Block,
    },
    /// `try`/`except`/`else`/`finally`.
    Try {
        /// The guarded body.
        body: Block,
        /// The handlers, in order.
        handlers: Vec<Handler>,
        /// Runs when the body raised nothing.
        orelse: Block,
        /// Runs always.
        finally: Block,
    },
    /// `with value as target:`; several items are nested. `async with` awaits the value.
    With(Expr, Option<Place>, Block),
    /// Go's `defer`: a call (its arguments are evaluated now, the call happens on every way out).
    Defer(Expr),
    /// Go's `go`, a call in another goroutine.
    Spawn(Expr),
    /// `return`; several values are a Go multiple result. An empty list in a Go function with named results
    /// returns these.
    Return(Vec<Expr>),
    /// `raise value [from cause]`; `None` re-raises. Go's `panic(v)` is a call.
    Raise(Option<Expr>),
    /// Leave the loop (Go: or the `switch`/`select`, which the lowering wraps in a labelled block).
    Break(Label),
    /// Next iteration.
    Continue(Label),
    /// `assert cond`.
    Assert(Expr),
    /// A nested function definition: binds the name.
    Func(Sym, FuncIdx),
    /// A class defined here: binds the name.
    Class(Sym, ClassIdx),
    /// A nested block without scope of its own; `Break(label)` leaves it when it has that label.
    Block(Label, Block),
    /// One of several alternatives, none of which is told by a condition (Go's `select`; a `switch` over
    /// something unknown; unmodelled `match` patterns). The flag: exactly one of them runs (there is a default).
    Choice(Vec<Block>, bool),
}

/// `except (A, B) as name:`
#[derive(Debug)]
pub struct Handler {
    /// The classes it catches; empty: everything.
    pub types: Vec<Expr>,
    /// The bound name.
    pub name: Option<Sym>,
    /// The body.
    pub body: Block,
    /// Where (the header).
    pub span: Span,
}

/// What can be assigned to.
#[derive(Debug)]
pub enum Place {
    /// A variable.
    Name(Sym, Span),
    /// `object.name`.
    Attr(Box<Expr>, Sym, Span),
    /// `object[index]`.
    Index(Box<Expr>, Box<Expr>, Span),
    /// `*pointer` (Go).
    Deref(Box<Expr>, Span),
    /// `a, b = ...`, also nested and in brackets.
    Tuple(Vec<Self>, Span),
    /// `*rest` inside a tuple.
    Star(Box<Self>, Span),
    /// Go's `_`.
    Ignore,
}

/// An expression and where it stands.
#[derive(Debug)]
pub struct Expr {
    /// The whole expression. For a call: the tree-sitter call node's own range.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// A literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lit {
    /// `None`, `nil`.
    None,
    /// A boolean.
    Bool(bool),
    /// An integer (saturated where it does not fit).
    Int(i64),
    /// A floating-point number, as written.
    Float(Sym),
    /// A string, escapes resolved, adjacent literals joined.
    Str(Sym),
    /// Bytes.
    Bytes(Sym),
    /// Python's `...`.
    Ellipsis,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    MatMul,
    /// Go's `&^`.
    AndNot,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Is,
    IsNot,
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UnOp {
    Not,
    Neg,
    Pos,
    Invert,
}

/// Kinds of expression.
#[derive(Debug)]
pub enum ExprKind {
    /// A name.
    Name(Sym),
    /// A literal.
    Const(Lit),
    /// `object.name`; the span of the name alone is last.
    Attr(Box<Expr>, Sym, Span),
    /// `object[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// `object[lo:hi]`.
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    /// A call.
    Call(Box<Call>),
    /// Arithmetic, concatenation.
    Bin(BinOp, Box<Expr>, Box<Expr>),
    /// `not x`, `-x`, Go's `!x`.
    Unary(UnOp, Box<Expr>),
    /// A comparison (chains are `And` of these; the middle operand is evaluated twice, which is harmless here).
    Cmp(CmpOp, Box<Expr>, Box<Expr>),
    /// `a and b`, `a && b`: short-circuit.
    And(Vec<Expr>),
    /// `a or b`, `a || b`: short-circuit.
    Or(Vec<Expr>),
    /// `then if cond else other`: (cond, then, other).
    Cond(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]` and Go's slice and array literals.
    List(Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `{a, b}`.
    Set(Vec<Expr>),
    /// `{k: v, **other}`: a splat has no key. Go's map literals too.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// A comprehension or generator expression. The element is a pair for dict comprehensions.
    Comp(Box<Comp>),
    /// `lambda`, Go's `func` literal.
    Lambda(FuncIdx),
    /// `await x`.
    Await(Box<Expr>),
    /// `yield x`.
    Yield(Option<Box<Expr>>),
    /// f-string: literal parts and interpolated values, in order.
    Format(Vec<Expr>),
    /// `name := value` (Python).
    Walrus(Sym, Box<Expr>),
    /// `*x` in a list, tuple or call (calls have their own form).
    Star(Box<Expr>),
    /// Go: a struct literal of a type (also of an elided one, then `TypeExpr` is the element type written outside).
    /// Keys are field names; positional literals have the key empty.
    Struct(Box<TypeExpr>, Vec<(Sym, Expr)>),
    /// Go: `&x`.
    AddrOf(Box<Expr>),
    /// Go: `*x`.
    Deref(Box<Expr>),
    /// Go: `x.(T)`; gives a pair (value, ok) where two results are taken.
    TypeAssert(Box<Expr>, Box<TypeExpr>),
    /// Go: a conversion `T(x)` whose type is written with brackets or is a slice, map or pointer type (a plain
    /// `T(x)` is a call), and typed literals of lists and maps keep their type: `[]T{...}`, `map[K]V{...}`.
    Typed(Box<TypeExpr>, Box<Expr>),
    /// Go: a type used as an argument (`new(T)`, `make([]T, 0)`).
    Type(Box<TypeExpr>),
    /// Not modelled; the children are evaluated for their effects and dependences.
    Unknown(Vec<Expr>),
}

/// A call.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub callee: Expr,
    /// The arguments, in source order.
    pub args: Vec<Arg>,
    /// Go: the last argument is `xs...`.
    pub spread: bool,
    /// Go: the types that a generic function is given (`f[T](x)`).
    pub types: Vec<TypeExpr>,
}

/// One argument.
#[derive(Debug)]
pub struct Arg {
    /// How it is passed.
    pub kind: ArgKind,
    /// Its value.
    pub value: Expr,
}

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgKind {
    /// By position.
    Plain,
    /// `name=value`.
    Keyword(Sym),
    /// `*value`.
    Star,
    /// `**value`.
    DoubleStar,
}

/// A comprehension.
#[derive(Debug)]
pub struct Comp {
    /// What it builds.
    pub kind: CompKind,
    /// The element (dict comprehensions: the value).
    pub element: Expr,
    /// The key of a dict comprehension.
    pub key: Option<Expr>,
    /// `for target in iterable if cond...`, outermost first. Targets are added to the function's locals.
    pub clauses: Vec<(Place, Expr, Vec<Expr>)>,
}

/// What a comprehension builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CompKind {
    List,
    Set,
    Dict,
    Generator,
}

impl Span {
    /// A span from byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}
