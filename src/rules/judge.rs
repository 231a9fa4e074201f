//! What the rules share: the verdict, uniqueness, severity and confidence, and which verdict stands.

use super::filled::never_missing;
use super::idle::Rival;
use super::refused::refused;
use super::{
    Confidence, RuleMeta, Severity, check_then_act, check_then_create, lock_outside_transaction,
    lost_update, non_atomic_lock, read_before_lock, stale_overwrite, swallowed_conflict,
    unconditional_update,
};
use crate::analysis::Cmp;
use crate::analysis::access::{FrameRef, Op, ReadHow};
use crate::analysis::history::{Pair, Same, WriteCase};
use crate::analysis::value::{Cond, Container, Kind, Value};
use crate::project::facts::Model;
use crate::report::finding::{DoubtNote, Loc};
use crate::symbol::Sym;

/// What a rule says of a write.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The rule.
    pub rule: &'static RuleMeta,
    /// The pair, an index into the case's.
    pub pair: Option<usize>,
    /// The fields concerned.
    pub fields: Vec<Sym>,
    /// Instead of the rule's own severity.
    pub severity: Option<Severity>,
    /// It holds only if somebody in the project writes one of these.
    pub needs: Vec<Sym>,
    /// It holds only if somebody in the project writes something like that to one of these.
    pub rivals: Vec<(Sym, Rival)>,
    /// A warning if somebody else writes other columns of the entity.
    pub warns_if_others: bool,
    /// The model that would tell about uniqueness stands outside the project.
    pub schema_unseen: bool,
    /// A constraint refuses the second row, and nobody handles that.
    pub second_refused: bool,
    /// The decision, where the pair doesn't tell of it.
    pub check: Option<Loc>,
    /// The lock in question.
    pub lock: Option<Loc>,
    /// What is reached without having won.
    pub effect: Option<Loc>,
    /// A plain overwrite.
    pub plain: bool,
    /// It holds only if somebody in the project takes a lease there.
    pub lease: Option<String>,
}

impl Verdict {
    /// A verdict with nothing special about it.
    pub fn new(rule: &'static RuleMeta, pair: Option<usize>, mut fields: Vec<Sym>) -> Self {
        fields.sort_by_key(|f| f.as_str());
        fields.dedup();
        Self {
            rule,
            pair,
            fields,
            severity: None,
            needs: Vec::new(),
            rivals: Vec::new(),
            warns_if_others: false,
            schema_unseen: false,
            second_refused: false,
            check: None,
            lock: None,
            effect: None,
            plain: false,
            lease: None,
        }
    }
}

/// The verdicts on a write: the most specific one, and those that stand beside it.
pub fn judge(c: &WriteCase<'_>) -> Vec<Verdict> {
    if c.write.store.is_cache() {
        // What is remembered there may be lost at any time; only flags are asked about.
        return non_atomic_lock::judge(c).into_iter().collect();
    }
    if refused(c) {
        return Vec::new();
    }
    if let Some(v) = non_atomic_lock::leased_by_look(c) {
        // The look and the write are told as what they are meant to be.
        return vec![v];
    }
    let rules: [fn(&WriteCase<'_>) -> Option<Verdict>; 8] = [
        read_before_lock::judge,
        lock_outside_transaction::judge,
        lost_update::judge,
        check_then_create::judge,
        check_then_act::judge,
        check_then_act::beside,
        unconditional_update::judge,
        stale_overwrite::judge,
    ];
    let mut out: Vec<Verdict> = Vec::new();
    let filled = never_missing(c);
    for rule in rules {
        let Some(mut v) = rule(c) else { continue };
        if !of_columns(c, &mut v) {
            continue;
        }
        if !filled.is_empty() {
            // No row that is there comes this way, unless somebody takes away what it is asked for.
            v.rivals = filled.iter().map(|f| (*f, Rival::Emptied)).collect();
        }
        // One that holds only if somebody writes the field leaves room for a weaker one that holds anyway.
        let mut sure =
            v.needs.is_empty() && v.rivals.is_empty() && v.severity != Some(Severity::Note);
        if worked_out(c, &v) {
            // It is told in the override; what the caller puts back is told at the caller.
            sure = false;
        } else if computes(&v) {
            v.fields.retain(|f| !by_override(c, *f));
        }
        out.push(v);
        if sure {
            break;
        }
    }
    out.extend(swallowed_conflict::judge(c));
    if out.is_empty() {
        out.extend(non_atomic_lock::judge(c));
    }
    out
}

/// The declared model of the rows that are written.
fn model<'a>(c: &WriteCase<'a>) -> Option<&'a Model> {
    match c.write.container {
        Some(Container::Model(m)) => c.program.model(m),
        _ => None,
    }
}

/// Whether a path is a column of the row: of a declared model all columns are known, so that "any" names none.
pub fn is_column(c: &WriteCase<'_>, path: Sym) -> bool {
    path != "*" || model(c).is_none()
}

/// Leaves out what is no column of the row that loses anything: which row another one belongs to is chosen, not worked
/// out from what it was. `false` if nothing is left.
fn of_columns(c: &WriteCase<'_>, v: &mut Verdict) -> bool {
    let Some(model) = model(c).filter(|_| computes(v)) else {
        return true;
    };
    let chosen = v.rule.id == lost_update::META.id;
    v.fields.retain(|f| {
        let relation = model
            .fields
            .get(f.as_str())
            .is_some_and(|f| f.traits.is_relation());
        is_column(c, *f) && !(chosen && relation)
    });
    !v.fields.is_empty() || v.pair.is_some_and(|i| c.pairs[i].counted)
}

/// Whether a verdict is about what the program works out, not about what it puts back.
fn computes(v: &Verdict) -> bool {
    v.rule.id == lost_update::META.id || v.rule.id == check_then_act::META.id
}

/// Whether only an override of the store's method changed a column, not who called it.
pub(super) fn by_override(c: &WriteCase<'_>, column: Sym) -> bool {
    let mut above = c.write.stack.iter().skip(1);
    above.any(|f| c.overrides(f) && c.changes_in(f, column))
}

/// Whether all that a verdict is about was worked out by an override of the store's method.
pub fn worked_out(c: &WriteCase<'_>, v: &Verdict) -> bool {
    computes(v) && !v.fields.is_empty() && v.fields.iter().all(|f| by_override(c, *f))
}

/// Whether the pair is one that a report can be made of.
pub fn tied(c: &WriteCase<'_>, p: &Pair) -> bool {
    let read = c.read(p);
    if p.same == Same::No {
        return false;
    }
    // A row that was made in this run is nobody else's yet.
    if read.how == ReadHow::Param && p.absent {
        return false;
    }
    true
}

/// Whether the decision was taken again on a row read under the lock: the first look was only a shortcut.
pub fn decided_again(c: &WriteCase<'_>, p: &Pair, fields: &[Sym]) -> bool {
    c.pairs.iter().any(|q| {
        q.read != p.read
            && q.locked()
            && (fields
                .iter()
                .all(|f| q.tested.contains(f) || q.own.contains(f))
                || (p.absent && q.absent)
                // A new row: whether there is one already was asked under the lock.
                || (c.write.op == Op::Create && !p.row && !p.counted && q.absent))
    })
}

/// What is known about uniqueness of what is created.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uniqueness {
    /// A constraint covers it.
    Covers,
    /// There is none.
    None,
    /// The model stands outside the project.
    Unseen,
    /// The store has no constraints of that kind.
    NoModel,
}

/// Whether a uniqueness constraint covers equality on these paths.
pub fn uniqueness(c: &WriteCase<'_>, paths: &[Sym]) -> Uniqueness {
    // A put replaces what is there: no key refuses it.
    if c.write.op == Op::Put {
        return Uniqueness::NoModel;
    }
    let Some(Container::Model(m)) = c.write.container else {
        return Uniqueness::NoModel;
    };
    let column = |f: &str| {
        c.program
            .attribute_name(None, Some(Container::Model(m)), crate::symbol::intern(f))
    };
    let model = c.program.model(m);
    if model.is_none() && c.program.links_in(m).next().is_some() {
        // Only a pair is there but once.
        return Uniqueness::None;
    }
    let mut paths: Vec<Sym> = paths.iter().map(|f| column(f.as_str())).collect();
    // A field that stands for several columns.
    for f in paths.clone() {
        let parts = model
            .and_then(|m| m.fields.get(f.as_str()))
            .map(|f| &f.parts);
        paths.extend(parts.into_iter().flatten().map(|f| column(f)));
        // Of the related row one was asked that this run has looked up by the same column.
        if let Some((to, by)) = f.split_once("__")
            && given(c, column(to)).is_some_and(|v| looked_up_by(c, v, by))
        {
            paths.push(column(to));
        }
    }
    if c.program
        .known_uniques(m)
        .any(|mut u| u.all(|f| paths.contains(&column(f))))
    {
        return Uniqueness::Covers;
    }
    let Some(model) = model else {
        // Every table has a key.
        return if paths.iter().any(|f| f == "pk") {
            Uniqueness::Covers
        } else {
            Uniqueness::Unseen
        };
    };
    // A column that nobody gives a value has its default, in the other's row as well.
    let creates = matches!(c.write.op, Op::Create | Op::Upsert);
    let left_to_default = |f: &str| {
        creates
            && model.fields.get(f).is_some_and(|x| x.default_fixed)
            && given(c, column(f)).is_none()
            && given(c, crate::symbol::intern("*")).is_none()
    };
    let covers = model.uniques.iter().any(|u| {
        let asked = |f: &str| paths.contains(&column(f));
        let condition = u.condition.iter().flatten();
        (u.fields.iter().any(|f| asked(f)) || condition.clone().any(|(f, _)| asked(f)))
            && u.fields
                .iter()
                .all(|f| paths.contains(&column(f)) || left_to_default(f))
            // A conditional one covers the rows that meet its condition.
            && u.condition.as_ref().is_none_or(|cond| {
                cond.iter().all(|(f, v)| match (given(c, column(f)).map(|x| &x.kind), v) {
                    (Some(Kind::Const(a)), Some(b)) => a == b,
                    (Some(Kind::Const(_)), None) | (None, _) => paths.contains(&column(f)) || given(c, column(f)).is_none(),
                    (Some(_), _) => paths.contains(&column(f)),
                })
            })
            // Several rows with NULL are let in, where the column takes it at all.
            && !u.fields.iter().any(|f| {
                model.fields.get(f).is_none_or(|x| x.null)
                    && given(c, column(f)).is_some_and(Value::is_none)
            })
    });
    match (covers, model.complete) {
        (true, _) => Uniqueness::Covers,
        (false, true) => Uniqueness::None,
        (false, false) => {
            if model.fields.is_empty() {
                Uniqueness::Unseen
            } else {
                Uniqueness::None
            }
        }
    }
}

/// Whether a value is a row that was looked up by a column of its own.
fn looked_up_by(c: &WriteCase<'_>, v: &Value, by: &str) -> bool {
    let from = v.deps.data.iter().chain(v.deps.control.iter());
    let mut reads = from
        .map(|(r, _)| r)
        .chain(c.seen.row_terms.get(&v.term).copied());
    reads.any(|r| c.selected_of(r).iter().any(|path| path == by))
}

/// The value that a new row has in a column, as far as the program says.
fn given<'a>(c: &'a WriteCase<'_>, path: Sym) -> Option<&'a Value> {
    let set = c.write.sets.iter().rev().find(|s| s.path == path);
    set.map(|s| &s.value).or_else(|| {
        c.write.conds.iter().find_map(|t| match &**t {
            Cond::Test {
                path: p,
                cmp: Cmp::Eq,
                with,
            } if *p == path => with.first(),
            _ => None,
        })
    })
}

/// Whether the store itself refuses values below zero.
pub fn checked_by_store(c: &WriteCase<'_>, field: Sym) -> bool {
    let Some(Container::Model(m)) = c.write.container else {
        return false;
    };
    c.program.model(m).is_some_and(|m| {
        m.checks.contains(field.as_str())
            || m.fields
                .get(field.as_str())
                .is_some_and(|f| f.traits.positive)
    })
}

/// Words of the fields that raise or lower a severity; `*_left` is a word that only counts at the end of a name.
#[derive(Clone, Debug, Default)]
pub struct FieldWords {
    /// Counters for show.
    pub statistics: Vec<String>,
    /// Money, stock, permission.
    pub value: Vec<String>,
}

impl FieldWords {
    fn matches(list: &[String], field: &str) -> bool {
        let lower = field.to_lowercase();
        let words = words(field);
        let ends = |end: &str| words.len() > 1 && words.last().is_some_and(|x| x == end);
        list.contains(&lower)
            || list.iter().any(|w| match w.strip_prefix("*_") {
                Some(end) => ends(end),
                None => words.iter().any(|x| x == w),
            })
    }

    /// The severity of a verdict, and the field that moved it.
    pub fn severity(
        &self,
        rule: &RuleMeta,
        given: Option<Severity>,
        fields: &[Sym],
        leads: impl Fn(Sym) -> bool,
    ) -> (Severity, Option<Sym>) {
        let base = given.unwrap_or(rule.severity);
        // A column that leads to another row holds nothing itself.
        if let Some(f) = fields
            .iter()
            .find(|f| Self::matches(&self.value, f.as_str()) && !leads(**f))
        {
            let up = match base {
                Severity::Note if given.is_some() => Severity::Note,
                Severity::Note => Severity::Warning,
                _ => Severity::Error,
            };
            return (up, (up != base).then_some(*f));
        }
        if !fields.is_empty()
            && fields
                .iter()
                .all(|f| Self::matches(&self.statistics, f.as_str()))
        {
            let down = match base {
                Severity::Error => Severity::Warning,
                _ => Severity::Note,
            };
            return (down, (down != base).then_some(fields[0]));
        }
        (base, None)
    }
}

/// Whole words of an identifier: `places_left`, `placesLeft`.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            out.push(String::new());
            lower = false;
            continue;
        }
        if c.is_uppercase() && lower {
            out.push(String::new());
        }
        lower = c.is_lowercase();
        if let Some(last) = out.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

/// The doubts about a verdict.
pub fn doubts(c: &WriteCase<'_>, v: &Verdict) -> Vec<DoubtNote> {
    let mut out = Vec::new();
    let mut add = |id: &'static str, weight: &'static str, text: &str, loc: Option<Loc>| {
        out.push(DoubtNote {
            id,
            weight,
            text: text.to_owned(),
            loc,
        });
    };
    if let Some(p) = v.pair.map(|i| &c.pairs[i]) {
        let read = c.read(p);
        if read.how == ReadHow::Param {
            add(
                "row-from-parameter",
                "major",
                "the row is handed in; no caller in sight reads it",
                Some(read.loc),
            );
            // A method that takes the place of the store's own write also gets rows that are not there yet.
            let overrides = c.write.stack.first().is_some_and(|f| {
                let func = c.program.func(f.func);
                let lang = c.program.files()[f.func.file as usize].module.lang;
                c.of_row(f) && c.program.library(lang).acting.contains(&func.name)
            });
            if overrides {
                add(
                    "key-unknown",
                    "disqualifying",
                    "the row may be one that is being created",
                    Some(read.loc),
                );
            }
        }
        if p.same == Same::May {
            add(
                "key-may-equal",
                "major",
                "read and write mean the same row only if their keys are equal",
                None,
            );
        }
        if let Some(at) = p.unknown_region {
            add(
                "possible-guard-unseen",
                "major",
                "what this `with` enters could be a lock",
                Some(at),
            );
        }
        if let Some(at) = p.process {
            add(
                "process-mutex",
                "minor",
                "a lock of this process does not reach the other workers",
                Some(at),
            );
        }
    }
    if let Some(at) = c.seen.widened {
        add(
            "widened",
            "minor",
            "the analysis of a call on the way was cut off",
            Some(at),
        );
    }
    if v.schema_unseen {
        add(
            "schema-unseen",
            "major",
            "a uniqueness constraint may cover it; the model stands outside the project",
            None,
        );
    }
    let through = |stack: &[FrameRef], calls: &[Loc]| {
        let mut frames = stack.iter();
        frames.any(|f| f.call.is_some_and(|l| calls.contains(&l)))
    };
    // A row that is handed in is doubted already.
    let by_name = v.pair.map(|i| c.read(&c.pairs[i])).is_some_and(|read| {
        read.how != ReadHow::Param
            && (through(&read.stack, &c.seen.called_by_name)
                || through(&c.write.stack, &c.seen.called_by_name))
    });
    if by_name || through(&c.write.stack, &c.seen.dispatched) {
        add(
            "callee-candidates",
            "major",
            "the call may go to one of several functions",
            None,
        );
    }
    out
}

/// High, minus the doubts.
pub fn confidence(doubts: &[DoubtNote]) -> Confidence {
    let major = doubts.iter().filter(|d| d.weight == "major").count();
    if major > 1 || doubts.iter().any(|d| d.weight == "disqualifying") {
        Confidence::Low
    } else if major == 1 {
        Confidence::Medium
    } else {
        Confidence::High
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_fall_into_words() {
        assert_eq!(words("places_left"), ["places", "left"]);
        assert_eq!(words("placesLeft"), ["places", "left"]);
        assert_eq!(words("HTTPCode"), ["httpcode"]);
    }
}
