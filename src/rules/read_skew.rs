//! `read-skew`: two reads of what can change between them, of which both go into one result.

use super::judge::{FieldWords, Verdict, confidence, doubts};
use super::tell::{self, list};
use super::{RuleMeta, Severity};
use crate::analysis::access::{FrameRef, Op, Read, ReadId};
use crate::analysis::history::{Side, Skew, WriteCase};
use crate::report::finding::{Anomaly, DoubtNote, Finding, GuardNote, Loc, Role, Step, Turn};
use crate::symbol::Sym;

/// What is fixed about the rule.
pub static META: RuleMeta = RuleMeta {
    id: "read-skew",
    name: "ReadSkew",
    summary: "Two reads of what can change between them both go into one stored result.",
    severity: Severity::Warning,
    cwe: &[362],
    owasp: &["API6:2023"],
    security_severity: "5.9",
    precision: "medium",
    preview: true,
    docs: include_str!("docs/read-skew.md"),
};

/// What must be changed elsewhere in the project for the two reads to differ.
#[derive(Clone, Debug)]
pub struct Needs {
    /// Columns of the first and of the second read that go into the result.
    pub columns: [Vec<Sym>; 2],
    /// Whether rows that come and go change what the read gives.
    pub rows: [bool; 2],
}

impl Needs {
    /// What the two reads of a skew need.
    pub fn of(skew: &Skew) -> Self {
        let [a, b] = &skew.sides;
        Self {
            columns: [a.from.clone(), b.from.clone()],
            rows: [a.many, b.many],
        }
    }
}

/// What a person is told of a skew.
struct Told<'c, 'p> {
    /// The later of the two writes.
    c: &'c WriteCase<'p>,
    skew: &'c Skew,
    /// The deepest activation in which both reads and the write are in scope, on the way to the write.
    frame: Option<usize>,
}

/// The place of a skew: where it is told, and the activation that holds it.
pub fn place(c: &WriteCase<'_>, skew: &Skew) -> (Loc, Option<usize>) {
    let told = Told::new(c, skew);
    (told.at(), told.frame)
}

/// The finding of a skew, on the later of its writes.
pub fn finding(c: &WriteCase<'_>, skew: &Skew, words: &FieldWords) -> Finding {
    Told::new(c, skew).finding(words)
}

/// Tells where the rows are changed in between.
pub fn changed_at(f: &mut Finding, at: Loc, text: &str) {
    let step = Step {
        role: Role::Write,
        loc: at,
        text: text.to_owned(),
    };
    f.steps.insert(1, step);
    for turn in &mut f.timeline {
        turn.step += usize::from(turn.step >= 1);
    }
    let turn = Turn {
        actor: 1,
        step: 1,
        text: text.to_owned(),
    };
    // After what was done with the first read, before the second.
    let mut reads = f
        .steps
        .iter()
        .enumerate()
        .filter(|(_, s)| s.role == Role::Read);
    let second = reads.nth(1).map(|(i, _)| i);
    let before = f.timeline.iter().position(|t| Some(t.step) == second);
    f.timeline.insert(before.unwrap_or(1), turn);
}

impl<'c, 'p> Told<'c, 'p> {
    fn new(c: &'c WriteCase<'p>, skew: &'c Skew) -> Self {
        let mut told = Self {
            c,
            skew,
            frame: None,
        };
        let made = |f: &FrameRef, r: ReadId| told.read(r).stack.iter().any(|x| x.id == f.id);
        let here = |f: &FrameRef, r: ReadId| made(f, r) || f.brought.contains(&r);
        // Where what both gave is only handed on, it was put together before.
        let [a, b] = [0, 1].map(|i| skew.sides[i].read);
        let joins = |f: &FrameRef| here(f, a) && here(f, b) && (made(f, a) || made(f, b));
        // An override of the store's method, which hands on to it, is that method.
        let hands_on = |f: &FrameRef| {
            let reads = |r: ReadId| told.read(r).stack.last().is_some_and(|x| x.id == f.id);
            c.overrides(f) && !reads(a) && !reads(b)
        };
        let mut stack = c.write.stack.iter();
        let frame =
            stack
                .rposition(|f| !hands_on(f) && joins(f))
                .or(c.write.stack.len().checked_sub(1));
        told.frame = frame;
        told
    }

    fn read(&self, r: ReadId) -> &'c Read {
        &self.c.seen.reads[r.0 as usize]
    }

    fn holder(&self) -> Option<&'c FrameRef> {
        self.c.write.stack.get(self.frame?)
    }

    /// The write, or the call that leads to it.
    fn at(&self) -> Loc {
        let next = self.frame.and_then(|i| self.c.write.stack.get(i + 1));
        next.and_then(|f| f.call).unwrap_or(self.c.write.loc)
    }

    /// Where the function that holds the finding reads: the read, or the call that leads to it.
    fn read_at(&self, s: &Side) -> Loc {
        let read = self.read(s.read);
        let holder = self.holder().map(|f| f.id);
        let at = read.stack.iter().position(|f| Some(f.id) == holder);
        let next = at.and_then(|i| read.stack.get(i + 1));
        next.and_then(|f| f.call).unwrap_or(read.loc)
    }

    /// What is read, as a person calls it.
    fn source(&self) -> String {
        tell::table(self.c, self.read(self.skew.sides[0].read).container)
    }

    /// What is written from one of the reads.
    fn written(&self, s: &Side) -> String {
        let w = &self.c.seen.writes[s.write.0 as usize];
        format!(
            "{} of {}",
            columns(&s.sets),
            tell::table(self.c, w.container)
        )
    }

    fn steps(&self) -> Vec<Step> {
        let [a, b] = &self.skew.sides;
        let source = self.source();
        let what = |s: &Side| match s.many {
            true => format!("the rows of {source}"),
            false => format!("{} of {source}", columns(&s.from)),
        };
        let write = |s: &Side| {
            let w = &self.c.seen.writes[s.write.0 as usize];
            let verb = match w.op {
                Op::Create => "creates a row with",
                _ => "writes",
            };
            (
                w.order,
                Step {
                    role: Role::Write,
                    loc: w.loc,
                    text: format!("{verb} {}", self.written(s)),
                },
            )
        };
        let read = |s: &Side, text: String| {
            (
                self.read(s.read).order,
                Step {
                    role: Role::Read,
                    loc: self.read_at(s),
                    text,
                },
            )
        };
        let mut all = vec![
            read(a, format!("reads {}", what(a))),
            read(b, format!("reads {} again", what(b))),
            write(a),
        ];
        if a.write != b.write {
            all.push(write(b));
        } else {
            let both = [a.sets.as_slice(), b.sets.as_slice()].concat();
            let w = self.c.write;
            let verb = if w.op == Op::Create {
                "creates a row with"
            } else {
                "writes"
            };
            all[2].1.text = format!(
                "{verb} {} of {}",
                columns(&both),
                tell::table(self.c, w.container)
            );
        }
        if self.at() != self.c.write.loc {
            all.push((
                self.c.write.order,
                Step {
                    role: Role::Call,
                    loc: self.at(),
                    text: "leads to the write".into(),
                },
            ));
        }
        // What leads to a write comes before it.
        all.sort_by_key(|(order, s)| (*order, s.role == Role::Write));
        all.into_iter().map(|(_, s)| s).collect()
    }

    fn timeline(steps: &[Step]) -> Vec<Turn> {
        let told = steps.iter().enumerate();
        told.filter(|(_, s)| s.role != Role::Call)
            .map(|(step, s)| Turn {
                actor: 0,
                step,
                text: s.text.clone(),
            })
            .collect()
    }

    fn message(&self) -> String {
        let [a, b] = &self.skew.sides;
        let source = self.source();
        let first = format!(
            "{} and {} come from two reads of {source}; what changes in between is in one of them only.",
            self.written(a),
            self.written(b)
        );
        let kind = match self.skew.transaction {
            Some(_) => format!(
                " The transaction around both is level-based protection that is too weak: at {} each read sees what is there by then.",
                self.c.seen.assumed.level.name
            ),
            None => " It is scope-based: nothing spans the two reads.".to_owned(),
        };
        first + &kind
    }

    fn guards(&self) -> Vec<GuardNote> {
        let mut out = Vec::new();
        if let Some(t) = self.skew.transaction {
            out.push(GuardNote {
                text: format!(
                    "the transaction alone guards nothing: at {} two reads see two states",
                    self.c.seen.assumed.level.name
                ),
                loc: Some(t),
            });
        }
        let lock = self.read(self.skew.sides[1].read).lock;
        if let Some(at) = lock {
            out.push(GuardNote {
                text: "the lock is taken by the second read: the first was made before it".into(),
                loc: Some(at),
            });
        }
        if let Some(at) = self.skew.process {
            out.push(GuardNote {
                text: "a lock of this process does not reach the other workers".into(),
                loc: Some(at),
            });
        }
        if out.is_empty() {
            out.push(GuardNote {
                text: "looked for a lock held since the first read, a transaction that keeps a snapshot, a version compared by a later write, a comparison of the two: none".into(),
                loc: None,
            });
        }
        out
    }

    fn doubts(&self) -> Vec<DoubtNote> {
        let fields = self.fields();
        let mut out = doubts(self.c, &Verdict::new(&META, None, fields));
        let mut add = |id, weight, text: &str, loc| {
            out.push(DoubtNote {
                id,
                weight,
                text: text.to_owned(),
                loc: Some(loc),
            });
        };
        if let Some(at) = self.skew.unknown_region {
            let text = "what this `with` enters could be a lock";
            add("possible-guard-unseen", "major", text, at);
        }
        if let Some(at) = self.skew.process {
            let text = "a lock of this process does not reach the other workers";
            add("process-mutex", "minor", text, at);
        }
        out
    }

    fn fields(&self) -> Vec<Sym> {
        let [a, b] = &self.skew.sides;
        let mut all = [a.sets.as_slice(), b.sets.as_slice()].concat();
        all.sort_by_key(|f| f.as_str());
        all.dedup();
        all
    }

    fn remedy(&self) -> (String, Option<String>) {
        let [a, _] = &self.skew.sides;
        let source = self.source();
        let total = columns(&a.sets);
        let lock = "a lock helps only if whoever changes the rows takes it as well".to_owned();
        if self.c.write.store.is_dynamodb() {
            let text = format!(
                "read {source} once and work out {total} from the items that you store, or store all of it in one transaction with a `ConditionCheck` on a version of {source} that every change advances"
            );
            return (text, None);
        }
        let text = match a.many {
            true => format!(
                "read the rows of {source} once (`rows = list(...)`) and work out {total} from the rows that you store; or take what they hang on with `select_for_update()` before the first read, in one transaction with both"
            ),
            false => format!(
                "read {source} once and use that row for both; or take it with `select_for_update()` in the first read, in one transaction with the second"
            ),
        };
        (text, Some(lock))
    }

    fn finding(&self, words: &FieldWords) -> Finding {
        let (c, skew) = (self.c, self.skew);
        let w = c.write;
        let fields = self.fields();
        let (function, function_loc) = match self.holder() {
            Some(f) => {
                let func = c.program.func(f.func);
                let loc = Loc {
                    file: c.program.file_id(f.func.file),
                    span: func.span,
                };
                (func.qualname.to_string(), loc)
            }
            None => ("<module>".to_owned(), w.loc),
        };
        let leads = |f| c.program.is_relation(w.container, f);
        let (severity, _) = words.severity(&META, None, &fields, leads);
        let doubts = self.doubts();
        let steps = self.steps();
        let related = skew.sides.iter().filter_map(|s| {
            let read = self.read(s.read);
            (self.read_at(s) != read.loc).then(|| Step {
                role: Role::Read,
                loc: read.loc,
                text: "asks the store here".into(),
            })
        });
        let mut related: Vec<Step> = related.collect();
        related.dedup();
        let (remedy, caveat) = self.remedy();
        let mut statements = vec![w.statement, self.at()];
        statements.extend(skew.sides.iter().map(|s| self.read(s.read).statement));
        let named: Vec<String> = fields.iter().map(ToString::to_string).collect();
        Finding {
            rule: &META,
            severity,
            confidence: confidence(&doubts),
            primary: self.at(),
            message: self.message(),
            anomaly: Some(match skew.transaction {
                Some(_) => Anomaly::LevelBased,
                None => Anomaly::ScopeBased,
            }),
            store: w.store.to_string(),
            pack: w.pack.to_string(),
            entity: self.source(),
            function: function.clone(),
            function_loc,
            timeline: Self::timeline(&steps),
            steps,
            related,
            guards: self.guards(),
            doubts,
            reach: None,
            remedy,
            caveat,
            assumed: match w.store.is_relational() {
                true => vec![c.seen.assumed.level.text()],
                false => Vec::new(),
            },
            statements,
            identity: format!(
                "{}|{function}|{}|{}",
                META.id,
                self.source(),
                named.join(",")
            ),
            fields: named,
        }
    }
}

fn columns(names: &[Sym]) -> String {
    let name = |f: &Sym| match f.as_str() {
        "*" => "(any)".to_owned(),
        "#" => "(how many)".to_owned(),
        name => name.to_owned(),
    };
    let mut all: Vec<String> = names.iter().map(name).collect();
    all.sort();
    all.dedup();
    list(&all)
}
