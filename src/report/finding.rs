//! What every output is made from.

use crate::files::FileId;
use crate::rules::{Confidence, RuleMeta, Severity};
use crate::stores::vocabulary::Entry;
use crate::syntax::Span;

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Loc {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// Which kind of race, since the remedy differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anomaly {
    /// Read and write share a transaction whose isolation is too weak.
    LevelBased,
    /// No transaction spans read and write.
    ScopeBased,
}

impl Anomaly {
    /// `level-based` or `scope-based`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LevelBased => "level-based",
            Self::ScopeBased => "scope-based",
        }
    }
}

/// What a step of a history is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The row or value is read.
    Read,
    /// A decision on what was read.
    Check,
    /// A lock or transaction taken.
    Lock,
    /// A call that leads to the write or read.
    Call,
    /// The write.
    Write,
    /// An outside effect, or the place where a lost conflict is taken for success.
    Effect,
}

impl Role {
    /// The role in one word: `read`, `check`, `lock`, `call`, `write`, `effect`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Check => "check",
            Self::Lock => "lock",
            Self::Call => "call",
            Self::Write => "write",
            Self::Effect => "effect",
        }
    }
}

/// One step of the history in program order.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What it is.
    pub role: Role,
    /// Where.
    pub loc: Loc,
    /// What happens there, for a label: `reads stock of Product`.
    pub text: String,
}

/// One row of the interleaving: actor 0 is A, actor 1 is B.
#[derive(Clone, PartialEq, Debug)]
pub struct Turn {
    /// 0 or 1.
    pub actor: u8,
    /// The step of [`Finding::steps`] that the actor takes.
    pub step: usize,
    /// What happens, without the actor: `reads stock = 1`.
    pub text: String,
}

impl Turn {
    /// `A` or `B`.
    pub fn actor_name(&self) -> &'static str {
        if self.actor == 0 { "A" } else { "B" }
    }
}

/// A guard that was looked for or found broken.
#[derive(Clone, PartialEq, Debug)]
pub struct GuardNote {
    /// Why it does not guard: `the transaction alone does not prevent it at READ COMMITTED`.
    pub text: String,
    /// Where it stands, if it exists.
    pub loc: Option<Loc>,
}

/// A reason to be less sure; the list of ids is closed (RULES: confidence).
#[derive(Clone, PartialEq, Debug)]
pub struct DoubtNote {
    /// Its id: `row-from-parameter`.
    pub id: &'static str,
    /// `major`, `minor` or `disqualifying`.
    pub weight: &'static str,
    /// What it means here.
    pub text: String,
    /// Where.
    pub loc: Option<Loc>,
}

/// What starts a unit of work that reaches a finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Endpoint {
    /// What kind of thing starts it.
    pub kind: Entry,
    /// The path of a request, the name of a command or signal, the file of a script; where known.
    pub path: Option<String>,
    /// The HTTP methods; none where any may do, or none is known.
    pub methods: Vec<String>,
    /// The function or class that is called: `shop.views.buy`.
    pub handler: String,
    /// It is run by itself (a command, a script), as far as its code tells.
    pub single_run: bool,
}

impl Endpoint {
    /// In a few words: `POST /orders/<pk>/`, `task shop.tasks.charge`.
    pub fn label(&self) -> String {
        let methods = self.methods.join("|");
        match (self.kind, &self.path) {
            (Entry::Request, Some(path)) if methods.is_empty() => path.clone(),
            (Entry::Request, Some(path)) => format!("{methods} {path}"),
            (Entry::Request, None) if !methods.is_empty() => {
                format!("{methods} {}", self.handler)
            }
            (Entry::Command | Entry::Script, Some(path)) => {
                format!("{} {path}", self.kind.as_str())
            }
            (kind, _) => format!("{} {}", kind.as_str(), self.handler),
        }
    }

    /// The label, and the handler where the label does not name it.
    pub fn full_label(&self) -> String {
        let label = self.label();
        match (self.kind, &self.path) {
            (Entry::Signal, Some(signal)) => format!("{label} ({signal})"),
            _ if label.ends_with(&self.handler) || self.kind == Entry::Script => label,
            _ => format!("{label} ({})", self.handler),
        }
    }
}

/// What reaches a finding.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reach {
    /// Some of the endpoints, requests first.
    pub endpoints: Vec<Endpoint>,
    /// How many there are.
    pub count: usize,
    /// Whether one of them may run twice at once.
    pub concurrent: bool,
}

impl Reach {
    /// The first few in words, and how many more there are.
    pub fn told(&self, most: usize, label: fn(&Endpoint) -> String) -> Option<String> {
        let shown: Vec<String> = self.endpoints.iter().take(most).map(label).collect();
        if shown.is_empty() {
            return None;
        }
        let rest = self.count.saturating_sub(shown.len());
        Some(match rest {
            0 => shown.join(", "),
            n => format!("{} and {n} more", shown.join(", ")),
        })
    }
}

/// A rule's verdict on a history.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleMeta,
    /// Computed.
    pub severity: Severity,
    /// Computed.
    pub confidence: Confidence,
    /// The primary location: the write, or the call that leads to it.
    pub primary: Loc,
    /// Several sentences; the first stands alone.
    pub message: String,
    /// Level- or scope-based, where the rule knows that.
    pub anomaly: Option<Anomaly>,
    /// `dynamodb`, `relational`.
    pub store: String,
    /// The pack that recognised the write: `django`, `dynamodb`.
    pub pack: String,
    /// The container and, where told, the key: `Product(pk=product_id)`.
    pub entity: String,
    /// The fields or attributes concerned, sorted.
    pub fields: Vec<String>,
    /// Qualified name of the function that holds the primary location.
    pub function: String,
    /// Where that function's `def`/`func` line is (for suppressions of a whole function).
    pub function_loc: Loc,
    /// The history in program order: read, check, write, with calls between.
    pub steps: Vec<Step>,
    /// The interleaving that loses the update.
    pub timeline: Vec<Turn>,
    /// Other reads of the same history, other unguarded chains.
    pub related: Vec<Step>,
    /// Guards looked for, and why they do not hold.
    pub guards: Vec<GuardNote>,
    /// Reasons to be less sure.
    pub doubts: Vec<DoubtNote>,
    /// What reaches it; nothing for what is about no code that runs.
    pub reach: Option<Reach>,
    /// The smallest remedy for this store in the user's own names.
    pub remedy: String,
    /// What to mind when applying it (retry, error to handle, lock order).
    pub caveat: Option<String>,
    /// What was assumed, and where that comes from: `PostgreSQL at READ COMMITTED (default)`.
    pub assumed: Vec<String>,
    /// Statements of the history on whose lines a suppression counts.
    pub statements: Vec<Loc>,
    /// Stable identity without positions: rule family, container, fields, function (see DESIGN: identity).
    pub identity: String,
}

/// A note about the run: a file skipped, cut off, or not decoded.
#[derive(Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Notification {
    /// The file, as displayed.
    pub path: String,
    /// A line in it, where known.
    pub line: Option<u32>,
    /// What happened and what it means for the result.
    pub message: String,
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Sorted by path, byte, rule.
    pub findings: Vec<Finding>,
    /// Findings that a comment suppresses, with the reason after `--` if one was given.
    pub suppressed: Vec<(Finding, Option<String>)>,
    /// Sorted.
    pub notifications: Vec<Notification>,
}
