//! Tells a verdict: the message, the steps, the interleaving, the guards that do not hold, and the remedy, in the
//! user's own names.

use super::general::said_by;
use super::judge::{FieldWords, Verdict, confidence, doubts};
use crate::analysis::Cmp;
use crate::analysis::access::{FrameRef, Op, ReadHow};
use crate::analysis::history::{Lock, Pair, WriteCase};
use crate::analysis::value::{Cond, Container, Term};
use crate::report::finding::{Anomaly, Finding, GuardNote, Loc, Role, Step, Turn};
use crate::symbol::Sym;

/// Where a finding stands: the place, the function that holds it, and whether it is a call that leads to the write.
pub struct Place {
    /// The primary location.
    pub at: Loc,
    /// Index into the write's activations.
    pub frame: Option<usize>,
    /// A call that leads to the write.
    pub call: bool,
}

/// The activations that led to a write; of one that a framework itself does, those that led to what it depends on.
pub fn stack<'c>(c: &'c WriteCase<'_>, v: &Verdict) -> &'c [FrameRef] {
    match v.pair.map(|i| &c.pairs[i]) {
        Some(p) if c.write.stack.is_empty() => &c.read(p).stack,
        Some(p) if handed_over(c, p).is_some() => c.write.staged.as_deref().map_or(&[], |s| s),
        _ => &c.write.stack,
    }
}

/// Of a write that was handed over to be sent later: the deepest function in which what was read is in scope, but for
/// those of the object that sends it, which does as the store is told.
fn handed_over(c: &WriteCase<'_>, p: &Pair) -> Option<usize> {
    let staged = c.write.staged.as_deref()?;
    let sender = c.write.stack.last()?.recv?;
    let read = c.read(p);
    let in_scope =
        |f: &FrameRef| read.stack.iter().any(|r| r.id == f.id) || f.brought.contains(&p.read);
    let own = |f: &FrameRef| f.recv == Some(sender);
    let i = staged.iter().rposition(|f| in_scope(f) && !own(f))?;
    // It was handed over there.
    staged.get(i + 1).filter(|f| own(f)).map(|_| i)
}

/// The deepest function on the chain in which both what was read and the write are in scope.
pub fn place(c: &WriteCase<'_>, pair: Option<&Pair>, v: &Verdict) -> Place {
    let w = c.write;
    let last = w.stack.len().checked_sub(1);
    let Some(p) = pair else {
        // What the write's function told was not listened to.
        let unheard = (c.outcome.unheard).filter(|_| v.rule.id == "swallowed-conflict");
        let by = |call: Loc| w.stack.iter().position(|f| f.call == Some(call));
        if let Some((call, i)) = unheard.and_then(|call| Some((call, by(call)?))) {
            return Place {
                at: call,
                frame: i.checked_sub(1),
                call: true,
            };
        }
        return match last {
            Some(i) => in_frame(c, said_by(c, None, i)),
            None => Place {
                at: w.loc,
                frame: None,
                call: false,
            },
        };
    };
    let read = c.read(p);
    // A framework's write stands nowhere in the project: what it depends on does.
    if w.stack.is_empty() && !read.stack.is_empty() {
        return Place {
            at: p.check.unwrap_or(read.loc),
            frame: read.stack.len().checked_sub(1),
            call: false,
        };
    }
    if let (Some(i), Some(staged)) = (handed_over(c, p), &w.staged)
        && let Some(call) = staged.get(i + 1).and_then(|next| next.call)
    {
        return Place {
            at: call,
            frame: Some(i),
            call: true,
        };
    }
    let worked_out = super::judge::worked_out(c, v);
    let mut handed_on = true;
    for (i, f) in w.stack.iter().enumerate().rev() {
        let here = read.stack.iter().any(|r| r.id == f.id) || f.brought.contains(&p.read);
        // An override of the store's method, which hands on to it, is that method: who calls it has read the row. Unless
        // it read it itself, or worked out what is lost.
        let reads = read.stack.last().is_some_and(|r| r.id == f.id);
        let own = worked_out && v.fields.iter().all(|x| c.changes_in(f, *x));
        handed_on &= i > 0 && !reads && !own && c.overrides(f);
        if here && !handed_on {
            return in_frame(c, led_on(c, said_by(c, Some(read), i)));
        }
    }
    Place {
        at: w.loc,
        frame: last,
        call: false,
    }
}

/// The activation to which a framework comes from this one: what it chooses is not called here.
fn led_on(c: &WriteCase<'_>, i: usize) -> usize {
    let next = c.write.stack.iter().skip(i + 1);
    i + next.take_while(|f| f.led).count()
}

/// The place in an activation that leads to the write, or is the one that writes.
fn in_frame(c: &WriteCase<'_>, i: usize) -> Place {
    let call = c.write.stack.get(i + 1).and_then(|next| next.call);
    Place {
        at: call.unwrap_or(c.write.loc),
        frame: Some(i),
        call: call.is_some(),
    }
}

/// The finding of a verdict.
pub fn finding(c: &WriteCase<'_>, v: &Verdict, words: &FieldWords) -> Finding {
    let w = c.write;
    let pair = v.pair.map(|i| &c.pairs[i]);
    let where_ = place(c, pair, v);
    let (function, function_loc) = match where_.frame.and_then(|i| stack(c, v).get(i)) {
        Some(f) => {
            let func = c.program.func(f.func);
            (
                func.qualname.to_string(),
                Loc {
                    file: c.program.file_id(f.func.file),
                    span: func.span,
                },
            )
        }
        None => ("<module>".to_owned(), w.loc),
    };
    let entity = entity(c);
    let fields: Vec<String> = v
        .fields
        .iter()
        .map(|f| {
            if f == "*" {
                "(any)".to_owned()
            } else {
                f.to_string()
            }
        })
        .collect();
    let named = list(&fields);
    let mut steps = Vec::new();
    if let Some(p) = pair {
        let read = c.read(p);
        steps.push(Step {
            role: Role::Read,
            loc: read.loc,
            text: read_text(c, p, &named, &entity),
        });
        // The decision on what the finding is about; another one is no evidence for it.
        let check = if v.check.is_some() {
            v.check
        } else if p.absent || p.counted {
            p.check
        } else {
            p.check_of(&v.fields)
        };
        if let Some(check) = check
            && check != read.loc
            && v.rule.id != "lost-update"
        {
            steps.push(Step {
                role: Role::Check,
                loc: check,
                text: match v.check {
                    Some(_) => "found nobody else there".into(),
                    None => check_text(p, &v.fields, check),
                },
            });
        }
    }
    if let Some(lock) = v.lock {
        steps.push(Step {
            role: Role::Lock,
            loc: lock,
            text: if v.rule.id == "non-atomic-lock" {
                "the lease is taken here, until it runs out".into()
            } else {
                "the lock is taken here".into()
            },
        });
    }
    steps.extend(calls(c, pair, &where_));
    let write_step = steps.len();
    steps.push(Step {
        role: Role::Write,
        loc: w.loc,
        text: write_text(c, v, &named, &entity),
    });
    if let Some(effect) = v.effect {
        steps.push(Step {
            role: Role::Effect,
            loc: effect,
            text: "is reached by the loser as well".into(),
        });
    }
    let timeline = timeline(c, v, pair, &steps, write_step, &named);
    let (mut severity, moved) = words.severity(v.rule, v.severity, &v.fields, |f| {
        c.program.is_relation(w.container, f)
    });
    if v.plain {
        severity = super::Severity::Note;
    }
    let doubts = doubts(c, v);
    let confidence = confidence(&doubts);
    let anomaly = pair.map(|p| {
        if p.transaction.is_some() {
            Anomaly::LevelBased
        } else {
            Anomaly::ScopeBased
        }
    });
    let mut message = message(c, v, pair, &named, &entity);
    if let Some(f) = moved {
        let raised = severity > v.severity.unwrap_or(v.rule.severity);
        message.push_str(&if raised {
            format!(
                " Raised to {}: `{f}` is counted among the fields that hold value.",
                severity.as_str()
            )
        } else {
            format!(
                " Lowered to {}: `{f}` is counted among the statistics.",
                severity.as_str()
            )
        });
    }
    let related = c
        .pairs
        .iter()
        .enumerate()
        .filter(|(i, p)| Some(*i) != v.pair && (!p.own.is_empty() || !p.tested.is_empty()))
        .map(|(_, p)| Step {
            role: Role::Read,
            loc: c.read(p).loc,
            text: "also read here".into(),
        })
        .take(4)
        .collect();
    let (remedy, caveat) = remedy(c, v, pair, &fields);
    let mut statements = vec![w.statement];
    if let Some(p) = pair {
        statements.push(c.read(p).statement);
    }
    statements.push(where_.at);
    let assumed = if w.store.is_relational() {
        vec![c.seen.assumed.level.text()]
    } else {
        Vec::new()
    };
    let identity = format!(
        "{}|{}|{}|{}",
        v.rule.id,
        function,
        container(c),
        fields.join(",")
    );
    Finding {
        rule: v.rule,
        severity,
        confidence,
        primary: where_.at,
        message,
        anomaly,
        store: w.store.to_string(),
        pack: w.pack.to_string(),
        entity,
        fields,
        function,
        function_loc,
        steps,
        timeline,
        related,
        guards: guards(c, v, pair),
        doubts,
        reach: None,
        remedy,
        caveat,
        assumed,
        statements,
        identity,
    }
}

/// Calls told of one history.
const CALLS: usize = 6;

/// The calls after the read that lead to the write.
fn calls(c: &WriteCase<'_>, pair: Option<&Pair>, place: &Place) -> Vec<Step> {
    let Some(p) = pair else { return Vec::new() };
    let read = c.read(p);
    let mut out: Vec<Step> = c
        .write
        .stack
        .iter()
        .filter(|f| !read.stack.iter().any(|r| r.id == f.id))
        .filter_map(|f| f.call)
        .map(|loc| Step {
            role: Role::Call,
            loc,
            text: "leads to the write".into(),
        })
        .collect();
    if place.call && !out.iter().any(|s| s.loc == place.at) {
        out.push(Step {
            role: Role::Call,
            loc: place.at,
            text: "leads to the write".into(),
        });
    }
    // Of a long chain the ends tell most.
    if out.len() > CALLS {
        out.drain(CALLS / 2..out.len() - CALLS / 2);
    }
    out
}

/// The call of the function that holds the primary location: where another chain comes in.
pub fn entry(c: &WriteCase<'_>, v: &Verdict) -> Option<Loc> {
    let pair = v.pair.map(|i| &c.pairs[i]);
    let i = place(c, pair, v).frame.filter(|i| *i > 0)?;
    stack(c, v).get(i)?.call
}

pub(super) fn list(fields: &[String]) -> String {
    match fields {
        [] => "it".into(),
        [one] => format!("`{one}`"),
        [a, b] => format!("`{a}` and `{b}`"),
        [a, b, rest @ ..] => format!("`{a}`, `{b}` and {} more", rest.len()),
    }
}

/// The container as a person calls it.
pub fn container(c: &WriteCase<'_>) -> String {
    table(c, c.write.container)
}

/// A container as a person calls it.
pub(super) fn table(c: &WriteCase<'_>, of: Option<Container>) -> String {
    match of {
        Some(Container::Model(m)) => {
            // The pairs of a relation that has no model of its own: the model that declares it, and its field.
            let link = c.program.links_in(m).find(|l| !l.declared);
            let from = link.map_or(m, |l| l.owner);
            let start = from.rfind('.').map_or(0, |i| i + 1);
            m[start..]
                .rsplit_once('.')
                .filter(|_| link.is_none())
                .map_or(&m[start..], |x| x.1)
                .to_owned()
        }
        Some(Container::Term(t)) => {
            // A text is its own name; of one that is put together the parts are told as they stand in the program.
            let text = c.seen.terms.text(t).map(|s| s.to_string());
            let s = text.unwrap_or_else(|| c.seen.terms.show(t));
            // How a name was worked out is not a name.
            if s.is_empty() || s.contains(['…', '(']) {
                "the table".to_owned()
            } else {
                s
            }
        }
        None => "the row".to_owned(),
    }
}

fn entity(c: &WriteCase<'_>) -> String {
    let name = container(c);
    let mut keys = Vec::new();
    for cond in &c.write.conds {
        let mut parts = Vec::new();
        cond.conjuncts(&mut parts);
        for p in parts {
            if let Cond::Test { path, with, .. } = p
                && (path == "pk" || c.write.key_names.contains(path))
                && let Some(v) = with.first()
            {
                let shown = c.seen.terms.show(v.term);
                let own = matches!(c.seen.terms.get(v.term), Term::Field(of, _) if matches!(c.seen.terms.get(*of), Term::Read(_)));
                if own {
                    // The key of the row itself tells a reader nothing.
                } else if shown.contains('…') || shown.contains('(') || shown.len() > 32 {
                    keys.push(path.to_string());
                } else {
                    keys.push(format!("{path}={shown}"));
                }
            }
        }
    }
    if keys.is_empty() {
        name
    } else {
        format!("{name}({})", keys.join(", "))
    }
}

/// How the row was looked up, as it may be said again.
fn key(c: &WriteCase<'_>, p: &Pair) -> String {
    let read = c.read(p);
    let mut parts = Vec::new();
    if read.one {
        read.conds.iter().for_each(|t| t.conjuncts(&mut parts));
    }
    let said = parts.into_iter().filter_map(|t| match t {
        Cond::Test {
            path,
            cmp: Cmp::Eq,
            with,
        } => {
            let shown = c.seen.terms.show(with.first()?.term);
            (!shown.contains(['…', '(', ' ']) && shown.len() <= 32)
                .then(|| format!("{path}={shown}"))
        }
        _ => None,
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        "pk=...".to_owned()
    } else {
        said.join(", ")
    }
}

fn read_text(c: &WriteCase<'_>, p: &Pair, named: &str, entity: &str) -> String {
    let read = c.read(p);
    if read.how == ReadHow::Param {
        return format!("the row comes in as it was read before: {entity}");
    }
    if read.aggregate || p.counted || p.numbered {
        return format!("looks at the rows of {}", container(c));
    }
    if p.absent {
        return format!("looks for {entity}: none");
    }
    format!("reads {named} of {entity}")
}

fn check_text(p: &Pair, fields: &[Sym], at: Loc) -> String {
    if p.absent {
        "found nothing".into()
    } else if p.counted {
        "decides on how many there are".into()
    } else {
        let tested = fields.iter().filter(|f| p.checks.contains(&(**f, at)));
        let tested: Vec<String> = tested.map(ToString::to_string).collect();
        format!("decides on {}", list(&tested))
    }
}

fn write_text(c: &WriteCase<'_>, v: &Verdict, named: &str, entity: &str) -> String {
    match c.write.op {
        Op::Create | Op::Upsert => format!("creates a row of {}", container(c)),
        Op::Delete => format!("deletes {entity}"),
        _ if v.rule.id == "check-then-create" => format!("creates {entity}"),
        _ if v.rule.id == "non-atomic-lock" && !c.write.store.is_cache() => {
            format!("takes the lease {entity}")
        }
        _ if v.rule.id == "non-atomic-lock" => format!("sets the flag {entity}"),
        _ if v.rule.id == "stale-overwrite" => format!("writes every column of {entity} back"),
        _ => {
            let set = c.fields();
            let names: Vec<String> = set.iter().map(ToString::to_string).collect();
            if names.is_empty() || names.iter().any(|n| n == "*") {
                format!("writes {named}")
            } else {
                format!("writes {}", list(&names))
            }
        }
    }
}

fn timeline(
    c: &WriteCase<'_>,
    v: &Verdict,
    pair: Option<&Pair>,
    steps: &[Step],
    write: usize,
    named: &str,
) -> Vec<Turn> {
    let mut out = Vec::new();
    let turn = |actor: u8, step: usize, text: String| Turn { actor, step, text };
    let what = steps[write].text.clone();
    let lost = match v.rule.id {
        "lost-update" | "read-before-lock" => format!("overwrites {named}: A's update is lost"),
        "check-then-create"
            if c.write.op == Op::Put && !pair.is_some_and(|p| c.puts_another(p)) =>
        {
            "puts its own: what A wrote is overwritten".to_owned()
        }
        "check-then-create" if v.second_refused => "is refused: it is there by now".to_owned(),
        "check-then-create" => "creates it again: now there are two".to_owned(),
        "check-then-act" if matches!(c.write.op, Op::Create | Op::Put) => {
            "creates one more: the limit is passed".to_owned()
        }
        "check-then-act" if pair.is_some_and(|p| p.enters) => {
            "adds another row to them: the limit is passed".to_owned()
        }
        "check-then-act" => "acts on it as well: both went through".to_owned(),
        "stale-overwrite" => "puts its old columns back: A's change is lost".to_owned(),
        "unconditional-update" if v.plain => {
            "writes it as well: the first is overwritten".to_owned()
        }
        "unconditional-update" => {
            format!("takes from {named} as well: nothing keeps it from passing the limit")
        }
        "swallowed-conflict" => "loses, and goes on as if it had won".to_owned(),
        "non-atomic-lock" => "sets it as well: both hold it".to_owned(),
        _ => "writes it as well: A's update is lost".to_owned(),
    };
    if pair.is_some() {
        for actor in [0, 1] {
            for (i, s) in steps.iter().enumerate().take(write) {
                if matches!(s.role, Role::Read | Role::Check) {
                    let text = if actor == 1 && s.role == Role::Read {
                        s.text.replacen("reads ", "reads the same ", 1)
                    } else {
                        s.text.clone()
                    };
                    out.push(turn(actor, i, text));
                }
            }
        }
    }
    if v.rule.id == "non-atomic-lock" && pair.is_none() {
        out.push(turn(0, write, "works longer than its lease lasts".into()));
        out.push(turn(1, write, "takes the lease that has run out".into()));
        out.push(turn(0, write, "deletes the item: B's lease is gone".into()));
        return out;
    }
    out.push(turn(0, write, what));
    out.push(turn(1, write, lost));
    out
}

fn message(
    c: &WriteCase<'_>,
    v: &Verdict,
    pair: Option<&Pair>,
    named: &str,
    entity: &str,
) -> String {
    let level = c.seen.assumed.level.name;
    let kind = match pair {
        Some(p) if p.transaction.is_some() => format!(
            " The transaction around both is level-based protection that is too weak: at {level} it lets another request in between."
        ),
        Some(_) => " It is scope-based: nothing spans read and write.".to_owned(),
        None => String::new(),
    };
    let is = if v.fields.len() > 1 { "are" } else { "is" };
    let first = match v.rule.id {
        "lost-update" => format!(
            "{named} of {entity} {is} written from a value read earlier; a write in between is lost."
        ),
        "check-then-act" => match pair {
            Some(p) if p.enters => format!(
                "A row of {} is added to those that were counted; two requests that count at once pass the limit together.",
                container(c)
            ),
            Some(p) if p.counted => format!(
                "A row of {} is created after counting; two requests that count at once pass the limit together.",
                container(c)
            ),
            _ => format!(
                "The write to {entity} depends on {named} read earlier, but nothing ties the two; two requests can both pass the check."
            ),
        },
        "check-then-create" => match pair {
            Some(p) if p.numbered => format!(
                "A new row of {} is numbered from those that are there; two requests can take the same number.",
                container(c)
            ),
            Some(p) if c.write.op == Op::Put && !c.puts_another(p) => format!(
                "{entity} is created after looking whether it exists; two requests can both find nothing, and the second overwrites what the first wrote."
            ),
            Some(_) if v.second_refused => format!(
                "{entity} is created after looking whether it exists; two requests can both find nothing, and the second fails on the unique constraint."
            ),
            Some(_) => format!(
                "{entity} is created after looking whether it exists; two requests can both find nothing and create it twice."
            ),
            None => format!(
                "The look-up by {named} is covered by no unique constraint; two requests can both create the row."
            ),
        },
        "stale-overwrite" => format!(
            "The whole of {entity} is written back after it was read; columns changed by others in between return to their old values."
        ),
        "unconditional-update" if v.plain => format!(
            "{entity} is overwritten with no condition; a concurrent change is lost and a deleted item comes back."
        ),
        "unconditional-update" => {
            format!("{named} of {entity} {is} reduced with no condition and can pass the limit.")
        }
        "read-before-lock" => format!(
            "{entity} was read before the lock was taken, and the stale {named} is used under it."
        ),
        "lock-outside-transaction" => format!(
            "The row lock on {} does not last until the write.",
            container(c)
        ),
        "non-atomic-lock" if pair.is_some() && !c.write.store.is_cache() => format!(
            "The lease {entity} is looked at and then taken; two requests can both find it missing or run out, and both hold it."
        ),
        "non-atomic-lock" if pair.is_some() => format!(
            "The flag {entity} is looked for and then set; two requests can both find none and go on."
        ),
        "non-atomic-lock" => format!(
            "The lease {entity} is deleted without asking whose it is; if it has run out, it is somebody else's by now."
        ),
        "swallowed-conflict" => format!(
            "The conditional write to {entity} may lose, and the code goes on as if it had won."
        ),
        _ => v.rule.summary.to_owned(),
    };
    format!("{first}{kind}")
}

fn guards(c: &WriteCase<'_>, v: &Verdict, pair: Option<&Pair>) -> Vec<GuardNote> {
    let mut out = Vec::new();
    let Some(p) = pair else { return out };
    if let Some(t) = p.transaction {
        out.push(GuardNote {
            text: match c.seen.assumed.level.name {
                "READ COMMITTED" => "the transaction alone guards nothing: at READ COMMITTED (and MySQL's default) plain reads see no lock".into(),
                level => format!("the transaction alone guards nothing: at {level} plain reads see no lock"),
            },
            loc: Some(t),
        });
    }
    match p.lock {
        Lock::Outside(at) => out.push(GuardNote {
            text: "a row lock outside a transaction is released at once (Django raises)".into(),
            loc: Some(at),
        }),
        Lock::Released(at) => out.push(GuardNote {
            text: "the row lock ends with its transaction, before the write".into(),
            loc: Some(at),
        }),
        Lock::Elsewhere(at) => out.push(GuardNote {
            text: "the row lock is held on another connection than the write's".into(),
            loc: Some(at),
        }),
        _ => {}
    }
    if p.maybe_conditioned {
        out.push(GuardNote {
            text: "the condition is there on some paths only".into(),
            loc: Some(c.write.loc),
        });
    }
    if !p.conditioned.is_empty() && !p.maybe_conditioned && v.rule.id != "swallowed-conflict" {
        let names: Vec<String> = p.conditioned.iter().map(ToString::to_string).collect();
        out.push(GuardNote {
            text: format!(
                "the condition on {} says nothing about {}",
                list(&names),
                list(&v.fields.iter().map(ToString::to_string).collect::<Vec<_>>())
            ),
            loc: Some(c.write.loc),
        });
    }
    if let Some(at) = p.claimed {
        out.push(GuardNote {
            text: "the row is claimed here: only code that does not look at the claim can come in between".into(),
            loc: Some(at),
        });
    }
    if let Some(at) = p.process {
        out.push(GuardNote {
            text: "a lock of this process does not reach the other workers".into(),
            loc: Some(at),
        });
    }
    if out.is_empty() && v.rule.id != "swallowed-conflict" {
        out.push(GuardNote { text: "looked for a row lock, a condition on the write, a version, a lock around both: none".into(), loc: None });
    }
    out
}

fn remedy(
    c: &WriteCase<'_>,
    v: &Verdict,
    pair: Option<&Pair>,
    fields: &[String],
) -> (String, Option<String>) {
    let field = fields
        .iter()
        .find(|f| !f.starts_with('('))
        .map_or("the field", String::as_str);
    let unnamed = fields.iter().all(|f| f.starts_with('('));
    let name = container(c);
    let django = c.write.pack == "django";
    let key = pair.map_or_else(|| "pk=...".to_owned(), |p| key(c, p));
    let dynamo = c.write.store.is_dynamodb();
    let text = match v.rule.id {
        "lost-update" | "read-before-lock" | "lock-outside-transaction" if django => format!(
            "let the database compute it: `{name}.objects.filter({key}).update({field}=F(\"{field}\") + ...)`, or read the row with `select_for_update()` inside the `transaction.atomic()` that saves it"
        ),
        // Which field is not known: what the store could compute is not either.
        "lost-update" | "read-before-lock" if dynamo && unnamed => "repeat what was read as a condition on the same write (the old value, or a version that the write advances) and read again when it fails".to_owned(),
        "check-then-act" if dynamo && unnamed && !matches!(c.write.op, Op::Create | Op::Put) => "put the test into the write: a `ConditionExpression` on what was tested, in the same request, and treat its failure as the answer".to_owned(),
        "lost-update" | "read-before-lock" if dynamo => format!(
            "let the store compute it (`SET {field} = {field} + :n`, `ADD {field} :n`), or repeat what was read as a condition on the same write (`{field} = :old`, or a version that the write advances) and read again when it fails"
        ),
        "check-then-act" if django => format!(
            "put the test into the write: `{name}.objects.filter({key}, {field}=...).update(...)` and look at the count, or take the row with `select_for_update()` and test it again under the lock"
        ),
        "check-then-act" if dynamo && matches!(c.write.op, Op::Create | Op::Put) => format!(
            "keep the count in an item of its own and raise it with a condition (`{field} < :limit`) in the same transaction as the new item"
        ),
        "check-then-act" if dynamo => format!("put the test into the write: `ConditionExpression` on `{field}` in the same request, and treat its failure as the answer"),
        "check-then-create" if django && v.second_refused => "use `get_or_create`, or catch `IntegrityError` and read the row again: the unique constraint refuses the second one".to_owned(),
        "check-then-create" if django => format!("add a unique constraint on {} of `{name}` and use `get_or_create`, or catch `IntegrityError`", list(fields)),
        "check-then-create" if dynamo && pair.is_some_and(|p| c.puts_another(p)) => "make the key from what must be unique, or put a marker item with that key in the same `TransactWriteItems`, with `attribute_not_exists(<key>)`, and treat the failed condition as \"exists\"".to_owned(),
        "check-then-create" if dynamo => "put it with `attribute_not_exists(<key>)` and treat the failed condition as \"exists\"".to_owned(),
        "stale-overwrite" if django => format!("save only what changed: `save(update_fields=[{}])`", fields.iter().map(|f| format!("\"{f}\"")).collect::<Vec<_>>().join(", ")),
        "stale-overwrite" if dynamo => format!("write only what changed with an update of {}, or put it under the version that was read", list(fields)),
        "unconditional-update" if v.plain => "add a condition that says what must hold (`attribute_exists(<key>)`, or the state that may be left)".to_owned(),
        "unconditional-update" if django => format!("put the limit into the filter: `.filter(..., {field}__gte=n).update(...)`, and look at the count"),
        "unconditional-update" => format!("add the limit as a condition: `{field} >= :n`"),
        "non-atomic-lock" if pair.is_some() && dynamo => "take it in one request: a condition that the item is missing (`attribute_not_exists(<key>)`) or that its time is over, and go on only if that holds".to_owned(),
        "non-atomic-lock" if pair.is_some() => "set it only if it is not there, in one step (`cache.add(key, value, timeout)`, `SET key value NX EX seconds`), and go on only if that says yes".to_owned(),
        "non-atomic-lock" if dynamo => "delete it on the condition that it is still yours: `ConditionExpression` on the owner, and treat its failure as lost".to_owned(),
        "swallowed-conflict" => "look at the outcome: go on only if the write won; otherwise stop, or read again and retry".to_owned(),
        _ => v.rule.summary.to_owned(),
    };
    let looped = pair.is_some_and(|p| !c.read(p).loops.is_empty());
    let caveat = match v.rule.id {
        "lost-update" | "check-then-act" if django && looped => {
            Some("locking several rows: order them, or two requests can deadlock".to_owned())
        }
        "lost-update" | "check-then-act" if dynamo => {
            Some("a failed condition is an answer: retry with a new read, or report it".to_owned())
        }
        "check-then-create" if django => {
            Some("a row lock can't help: there is no row yet to lock".to_owned())
        }
        _ => None,
    };
    (text, caveat)
}

/// A short name of the columns for a person.
pub fn names(fields: &[Sym]) -> String {
    list(&fields.iter().map(ToString::to_string).collect::<Vec<_>>())
}
