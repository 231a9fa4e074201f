//! The vocabulary in which a pack says what a call does: small, typed, and checked when the pack is loaded.

use std::fmt;

use rustc_hash::FxHashMap;

use crate::symbol::{Sym, intern};
use crate::syntax::Lang;

/// What kind of store a pack is about, by the name that the pack gives it. Packs may name kinds of their own; of these
/// three something particular is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub struct Store(Sym);

impl Store {
    const RELATIONAL: &str = "relational";
    const DYNAMODB: &str = "dynamodb";
    const CACHE: &str = "cache";

    /// The one of that name.
    pub fn named(name: &str) -> Self {
        Self(intern(name))
    }

    /// A database with a schema, transactions and isolation levels.
    pub fn is_relational(self) -> bool {
        self.0 == Self::RELATIONAL
    }

    /// DynamoDB, with its expressions.
    pub fn is_dynamodb(self) -> bool {
        self.0 == Self::DYNAMODB
    }

    /// A cache: what is kept there may be lost at any time and is no one's record.
    pub fn is_cache(self) -> bool {
        self.0 == Self::CACHE
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A canonical shape of syntax; a pattern matches exactly one node of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Shape {
    /// `recv.name(...)`, dispatched by name.
    Method,
    /// `callee(...)`, dispatched by the resolved import path of the callee.
    Callee,
    /// `recv.name` without a call, dispatched by name.
    Attribute,
    /// A class declaration, by the path of a base.
    Class,
    /// A function declaration, by its name or its parameters' names.
    Function,
}

/// Where a value of a call is found.
#[derive(Clone, PartialEq, Debug)]
pub enum Sel {
    /// `pos:N`
    Pos(usize),
    /// `kw:name`
    Kw(Sym),
    /// `field:name`: of the request (see [`Spec::request`]), else a keyword argument of that name.
    Field(Sym),
    /// `prop:name`: a property put on the receiver by an earlier call (`bundle`, `make`).
    Prop(Sym),
    /// `recv`
    Recv,
    /// `filters`: the tests gathered by the receiver and this call.
    Filters,
    /// `kw:* -a -b`: all keyword arguments but these.
    AllKw(Vec<Sym>),
    /// `pos:*`: all positional arguments.
    AllPos,
    /// `pos:N..`: the positional arguments from the Nth on.
    PosFrom(usize),
    /// `'text'`
    Text(Sym),
    /// `model:name`: a container of that name.
    Model(Sym),
    /// `attr:name`: an attribute of the receiver.
    Attr(Sym),
    /// `own:a.b`: what the receiver's class in the project says (`own:Meta.model`), or what its own function gives
    /// (`own:find()`); nothing where only the library has it.
    Own(Vec<Sym>),
    /// `name`: the name that is called.
    Name,
    /// `here`: the function in which the call stands.
    Here,
    /// `nothing`: that there is none, where this is known.
    Nothing,
    /// `a|b`: the first that is there.
    First(Vec<Self>),
}

impl Sel {
    /// Whether it says that there is none where nothing else is found.
    pub fn ends_in_nothing(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::First(sels) => sels.last().is_some_and(Self::ends_in_nothing),
            _ => false,
        }
    }
}

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Does {
    /// Makes or passes on a library object: `returns`, `put`.
    Make,
    /// Adds to the receiver's bundle (`put`, `adds-filter`, `lock`) and returns it, changed in place if `mutates`.
    Bundle,
    /// Reads.
    Read,
    /// Reads the receiver's row again, in place.
    Reload,
    /// Writes an entity (see `mode`).
    Write,
    /// Creates an entity.
    Create,
    /// Creates what is missing, else returns (or writes) what is there.
    Upsert,
    /// Deletes.
    Delete,
    /// A condition on an entity inside a transaction of writes, without a write.
    Check,
    /// Several member accesses in one call.
    Members,
    /// A value the store computes.
    Term,
    /// A test on a stored value.
    Test,
    /// Moves a value from one place to another (decoding).
    Flow,
    /// Puts rows in the place of their keys in a record (`into`).
    Relate,
    /// Leaves nothing in a record (`into`) but what the receiver's class takes in.
    Limit,
    /// Relates rows (`item`) to the row whose relation to many the receiver is.
    Link,
    /// Gives back its argument (`returns`), unchanged as far as keys and dependences go.
    Same,
    /// A region, used by `with`, as a decorator or as a wrapper of a function.
    Region,
    /// Takes a token until it is released.
    Take,
    /// Releases it.
    Release,
    /// Enters something as `with` does, until the receiver is left (`invokes`).
    Enter,
    /// Runs a statement that stands for another call: which one, its verb tells (`members`).
    Statement,
    /// Runs a statement of raw SQL, which may take or give up locks (`statement`).
    Sql,
    /// Calls the functions among its arguments (`invokes`), in this unit of work.
    Invoke,
    /// Calls a function among its arguments (`invokes`) with what that function's own parameters ask for.
    Provide,
    /// Puts a function or message into a queue: another unit of work.
    Enqueue,
    /// An effect outside the store (mail, payment).
    Effect,
    /// Raises: nothing comes after it.
    Fail,
    /// Declares a class kind (shape `class`).
    Declare,
    /// Names what a framework calls: an entry point of the program.
    Endpoint,
    /// Makes a router, or hands on a part of one.
    Router,
    /// Puts a router below another.
    Mount,
}

impl Does {
    /// Whether it is about entry points, not about what is done to a store.
    pub fn is_entry(self) -> bool {
        matches!(self, Self::Endpoint | Self::Router | Self::Mount)
    }
}

/// What starts a unit of work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Entry {
    /// A request.
    Request,
    /// A function that a platform invokes.
    Function,
    /// A task of a queue of tasks, or of a schedule.
    Task,
    /// A message of a queue or a record of a stream.
    Consumer,
    /// Somebody's change of a row.
    Signal,
    /// A command that a person or a schedule runs.
    Command,
    /// A program started by itself.
    Script,
}

impl Entry {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Function,
        Self::Task,
        Self::Consumer,
        Self::Signal,
        Self::Command,
        Self::Script,
    ];

    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Function => "function",
            Self::Task => "task",
            Self::Consumer => "consumer",
            Self::Signal => "signal",
            Self::Command => "command",
            Self::Script => "script",
        }
    }
}

/// A method of a class that a framework calls.
#[derive(Clone, PartialEq, Debug)]
pub struct Called {
    /// Its name.
    pub name: Sym,
    /// By which HTTP methods; empty for any.
    pub methods: Vec<Sym>,
    /// What its path has after the class's own.
    pub suffix: Sym,
}

/// How much of an entity a write replaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Every column or attribute.
    Whole,
    /// What the call names.
    Partial,
    /// What was changed on the object since it was read.
    Dirty,
}

/// Guard tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum TokenKind {
    /// A transaction.
    Txn,
    /// An advisory lock of the database.
    Advisory,
    /// A lock in a remote store.
    Remote,
    /// A lock of this process only.
    Process,
}

/// The shape of a result.
#[derive(Clone, PartialEq, Debug)]
pub enum Returns {
    /// Nothing of interest.
    Nothing,
    /// The row; `row?` when it may be absent without an error.
    Row {
        /// May be absent.
        optional: bool,
    },
    /// Rows, to be iterated.
    Rows,
    /// Parts of rows (values), to be iterated.
    Values,
    /// How many rows match.
    Count,
    /// Rows by a key.
    Map,
    /// Whether any row matches.
    Exists,
    /// A value computed from the rows (sum, max).
    Aggregate,
    /// How many rows were written: zero means lost.
    Affected,
    /// Whether the row was created.
    Created,
    /// Whether the token was got.
    Held,
    /// What the last statement on the receiver gave.
    Answer,
    /// The name of the database behind it.
    Database,
    /// Go's error result of this access.
    Error,
    /// Whether this error (`lost:pos:0`) says that a condition did not hold.
    Lost(Sel),
    /// The receiver.
    Recv,
    /// A library object of this kind.
    Kind(Sym),
    /// One of the arguments.
    Arg(Sel),
    /// A copy of one of the arguments.
    Copy(Sel),
    /// The class whose rows the receiver holds.
    Class,
    /// The attributes as they are after the write.
    NewRow,
    /// A list of this.
    Tuple(Vec<Self>),
    /// What the members of the call gave, in a list.
    Members,
    /// The rows that the members found, by what they stood under.
    Grouped,
    /// A list of pages, each like this.
    Pages(Box<Self>),
    /// Of a list of pages that of all of them, or what each has under a name.
    Page(Option<Sym>),
    /// A record with these members.
    Record(Vec<(Sym, Self)>),
}

/// Failures a call may end in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Failure {
    /// The row is not there.
    Absent,
    /// A condition did not hold.
    Conflict,
    /// A uniqueness constraint.
    Duplicate,
}

/// An expression in one of the stores' small languages.
#[derive(Clone, PartialEq, Debug)]
pub struct Dialect {
    /// Its name, known to `stores::dialect`.
    pub name: Sym,
    /// The text, placeholders for names, placeholders for values.
    pub args: Vec<Sel>,
}

/// A term: `stored(pos:0)`, `sub(recv, pos:0)`.
#[derive(Clone, PartialEq, Debug)]
pub enum TermSpec {
    /// The store's own value of a path.
    Stored(Sel),
    /// An operation of the store.
    Op(Sym, Vec<Self>),
    /// A value of the call.
    Value(Sel),
}

/// How a test compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Exists,
    NotExists,
    Prefix,
    Other,
    And,
    Or,
    Not,
}

/// One pattern of a pack: what a call of that shape and name is.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The pack.
    pub pack: Sym,
    /// The pack's store (`dynamodb`, `relational`).
    pub store: Store,
    /// Its language.
    pub lang: Lang,
    /// Line in the pack file, for `explain-call` and errors.
    pub line: u32,
    /// For reference by `members`.
    pub id: Sym,
    /// Shape.
    pub shape: Shape,
    /// Names (method, attribute).
    pub names: Vec<Sym>,
    /// Receiver kinds that must hold.
    pub recv: Vec<Sym>,
    /// Import paths of the callee (or base).
    pub path: Vec<Sym>,
    /// Accepts a receiver of unknown kind if these arguments are there (`kw:Key`) and those are not (`!kw:TableName`).
    pub signature: Vec<(bool, Sel)>,
    /// Accepts when an argument has one of these types, or is of one of these kinds.
    pub arg_type: Option<(Sel, Vec<Sym>)>,
    /// Applies only if the argument is one of these constants.
    pub when: Option<(Sel, Vec<Sym>)>,
    /// What it does.
    pub does: Does,
    /// The record from which `field:` selectors are taken.
    pub request: Option<Sel>,
    /// Container.
    pub container: Option<Sel>,
    /// Key of the entity.
    pub key: Option<Sel>,
    /// The second part of a key of parts.
    pub sort_key: Option<Sel>,
    /// The write compares the row's version field, if it has one, with what was read, and advances it.
    pub versioned: bool,
    /// What a lost conflict is called where the failure's class doesn't tell.
    pub codes: Vec<Sym>,
    /// Tests by which a read selects: a dialect or a test object.
    pub filter: Option<Dialect>,
    /// Further tests by which a read selects.
    pub filter_also: Option<Dialect>,
    /// A whole item.
    pub item: Option<Sel>,
    /// Names and values that a write sets.
    pub sets: Option<Sel>,
    /// Values set on creation only (`defaults`).
    pub defaults: Option<Sel>,
    /// Update expression.
    pub update: Option<Dialect>,
    /// The condition.
    pub condition: Option<Dialect>,
    /// Mode of a write.
    pub mode: Mode,
    /// The argument that narrows a whole write, or a reload, to the named fields.
    pub narrow: Option<Sel>,
    /// A write on a fresh object is a creation.
    pub create_when_fresh: bool,
    /// The write creates what is missing.
    pub upserts: bool,
    /// Result.
    pub returns: Returns,
    /// Failures and the paths of their classes or codes.
    pub raises: Vec<(Failure, Sym)>,
    /// The rows come as these columns only, each as a tuple; as plain values if `flat` is true.
    pub projects: Option<Sel>,
    /// See `projects`.
    pub flat: Option<Sel>,
    /// The rows come with what the store works out of related rows, under these names.
    pub counts: Option<Sel>,
    /// Relations whose rows are read along with those of the query.
    pub loads: Option<Sel>,
    /// Relations whose rows are read by the very statement that reads those of the query: what locks these locks those.
    pub joins: Option<Sel>,
    /// The relations to which a lock is limited.
    pub lock_only: Option<Sel>,
    /// Adds tests to the receiver's filters.
    pub adds_filter: Option<Sel>,
    /// The tests added are negated.
    pub negate: bool,
    /// Locks the rows until the end of the transaction.
    pub lock: bool,
    /// Properties put on the bundle.
    pub put: Vec<(Sym, Sel)>,
    /// Changes the receiver in place.
    pub mutates: bool,
    /// Token of a region or take.
    pub token: Option<TokenKind>,
    /// Key of the token (what is locked).
    pub token_key: Option<Sel>,
    /// The token is only tried for: always, or if this argument is that constant. Then it is held where its answer
    /// was found to be true.
    pub tries: Option<(Option<Sel>, Sym)>,
    /// Connection of the token or access.
    pub conn: Option<Sel>,
    /// Flow: from, to.
    pub flow: Option<(Sel, Sel)>,
    /// Term.
    pub term: Option<TermSpec>,
    /// Test.
    pub cmp: Option<(Cmp, Vec<TermSpec>)>,
    /// The text of a raw SQL statement.
    pub statement: Option<Sel>,
    /// What an enqueued function holds for itself until its run has ended: the resources.
    pub excludes: Option<Sel>,
    /// What it gives decorates methods as it does functions; of a class that it decorates, the method of this name.
    pub around: Option<Sel>,
    /// Of `limit`: the names that are only given out.
    pub leaves_out: Option<Sel>,
    /// What an enqueued function is handed by position.
    pub hands: Option<Sel>,
    /// What an enqueued function is handed by name.
    pub hands_named: Option<Sel>,
    /// What is invoked runs after the transaction has ended.
    pub after_txn: bool,
    /// Functions that are invoked: their selectors.
    pub invokes: Vec<Sel>,
    /// Where a read puts what it found; the record in which what is invoked for a part of it takes that part's place.
    pub into: Option<Sel>,
    /// Members added to the receiver's bundle: (name of the member, selector).
    pub adds_member: Option<(Sym, Sel)>,
    /// What a read hands to the functions that it invokes.
    pub passes: Option<Returns>,
    /// Members of a call that holds several accesses: (name of the member, spec id).
    pub members: Vec<(Sym, Sym)>,
    /// Where the members stand.
    pub items: Option<Sel>,
    /// The kind declared (shape `class`).
    pub declares: Sym,
    /// The members of the call, or all calls on the same receiver, commit together.
    pub together: bool,
    /// If this argument is true, rows that a uniqueness constraint refuses are passed over.
    pub absorbs: Option<Sel>,
    /// What kind of entry point.
    pub entry: Entry,
    /// The function or class that is called; without it, what is decorated.
    pub handler: Option<Sel>,
    /// The path under which it is called.
    pub route: Option<Sel>,
    /// The HTTP methods.
    pub methods: Option<Sel>,
    /// The methods of a class that are called (shape `class`).
    pub handlers: Vec<Called>,
    /// What is put below another router.
    pub router: Option<Sel>,
    /// What stands before its paths.
    pub prefix: Option<Sel>,
    /// The names of a function's parameters (shape `function`), alternatives for each.
    pub params: Vec<Vec<Sym>>,
    /// The methods of the class have paths of their own below the route.
    pub expands: bool,
    /// Of the rows that the filter leaves, one is picked: the first, the newest.
    pub picks: bool,
    /// The prefix stands in the place of the one that the router was made with.
    pub replaces: bool,
    /// If this argument is this constant, paths below the router end in no slash.
    pub unslashed: Option<(Sel, Sym)>,
}

/// What a pack says of a kind of library object.
#[derive(Clone, Debug, Default)]
pub struct KindSpec {
    /// Types whose values are of this kind.
    pub types: Vec<Sym>,
    /// Evaluating it (iteration, truth, length) reads rows.
    pub evaluates: bool,
    /// A declared field, asked of the class, is the store's own value of it.
    pub stored_fields: bool,
    /// A value of this kind is what a request handler is given.
    pub request: bool,
    /// A value of this kind is what entry points are registered with.
    pub router: bool,
    /// The kinds whose classes those of this kind derive from.
    pub extends: Vec<Sym>,
    /// Parameters of these names are taken for it where nothing else tells.
    pub names: Vec<Sym>,
    /// Pack that declares it.
    pub pack: Sym,
}

/// All packs in force for one language, ready for dispatch.
#[derive(Debug, Default)]
pub struct Library {
    /// All specs; indices are stable.
    pub specs: Vec<Spec>,
    /// Methods by name.
    pub methods: FxHashMap<Sym, Vec<usize>>,
    /// Attributes by name.
    pub attributes: FxHashMap<Sym, Vec<usize>>,
    /// Callees by path.
    pub callees: FxHashMap<Sym, Vec<usize>>,
    /// Class declarations by base path.
    pub bases: FxHashMap<Sym, Vec<usize>>,
    /// Specs by id.
    pub ids: FxHashMap<Sym, usize>,
    /// Kinds.
    pub kinds: FxHashMap<Sym, KindSpec>,
    /// Kind by type path.
    pub types: FxHashMap<Sym, Sym>,
    /// Kind by parameter name.
    pub param_names: FxHashMap<Sym, Sym>,
    /// Equal paths: (written, canonical).
    pub aliases: FxHashMap<Sym, Sym>,
    /// Paths of exceptions: class to its bases.
    pub bases_of: FxHashMap<Sym, Vec<Sym>>,
    /// Anchors of each pack: a disjunction of conjunctions of disjunctions.
    pub anchors: Vec<(Sym, super::anchors::Formula)>,
    /// The same for the other files of a project that has a file with an anchor of the pack.
    pub project_anchors: Vec<(Sym, super::anchors::Formula)>,
    /// Files that are parsed for their entry points once any file is parsed for a store.
    pub entry_anchors: Vec<(Sym, super::anchors::Formula)>,
    /// Patterns about entry points: methods by name.
    pub entry_methods: FxHashMap<Sym, Vec<usize>>,
    /// Callees by path.
    pub entry_callees: FxHashMap<Sym, Vec<usize>>,
    /// Classes by base path; one that ends in `.*` stands in for all below.
    pub entry_bases: FxHashMap<Sym, Vec<usize>>,
    /// Functions.
    pub entry_functions: Vec<usize>,
    /// The last parts of the callees' paths.
    pub entry_tails: rustc_hash::FxHashSet<Sym>,
    /// The modules that routers come from.
    pub entry_modules: Vec<Sym>,
    /// Kinds of routers by type path.
    pub entry_types: FxHashMap<Sym, Sym>,
    /// Methods that write, create, delete or take: for relevance.
    pub acting: rustc_hash::FxHashSet<Sym>,
    /// Paths whose elements have a path of their own (`django.db.connections`, of `django.db.connections[].cursor`).
    pub indexed: rustc_hash::FxHashSet<Sym>,
    /// Names of functions that put a flag into a cache: relevant where the module is the library's.
    pub flagging: rustc_hash::FxHashSet<Sym>,
    /// What classes of frameworks do themselves, as modules of Python by the framework's name: which of their methods
    /// they call, and in which order.
    pub steps: Vec<(Sym, String)>,
    /// Fields of plain data declarations (`fact` lines): list name to entries.
    pub lists: FxHashMap<Sym, Vec<Sym>>,
    /// The names of the lists in which an entry stands.
    pub in_lists: FxHashMap<Sym, Vec<Sym>>,
}

impl Library {
    /// What the packs list under a name.
    pub fn list(&self, name: Sym) -> &[Sym] {
        self.lists.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The names of the packs' lists in which that stands.
    pub fn lists_with(&self, entry: Sym) -> &[Sym] {
        self.in_lists.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// Whether that is in a list of the packs.
    pub fn is_listed(&self, list: Sym, entry: Sym) -> bool {
        self.list(list).contains(&entry)
    }
}
