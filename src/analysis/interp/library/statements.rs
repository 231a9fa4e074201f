//! Statements in PartiQL: each stands for a call that says the same, which its pack names.

use super::*;
use crate::stores::dialect::partiql::{self, Given, Statement, Verb, request};

impl<'p> Interp<'p> {
    /// Runs what a statement stands for.
    pub(super) fn statement(&mut self, st: &mut State, call: &LibraryCall<'_>) -> Value {
        let spec = call.spec;
        let mut selected = |s: &mut Self, sel: &Option<Sel>| {
            let sel = sel.as_ref()?;
            s.select(st, call, sel).map(|s| s.value)
        };
        let (text, given) = (selected(self, &spec.statement), selected(self, &spec.sets));
        let Some(text) = text else {
            return self.unknown(Deps::default());
        };
        let (text, holes) = self.statement_text(&text);
        let Some(s) = partiql::parse(&text) else {
            return self.unknown(Deps::default());
        };
        let verb = match s.verb {
            Verb::Select => "select",
            Verb::Update => "update",
            Verb::Insert => "insert",
            Verb::Delete => "delete",
        };
        let member = spec.members.iter().find(|m| m.0 == verb);
        let Some(target) = member.and_then(|m| self.lib.ids.get(&m.1).copied()) else {
            return self.unknown(Deps::default());
        };
        let args = self.statement_args(st, &s, &holes, given.as_ref(), call.loc);
        let call = LibraryCall::new(self.lib, target, call.receiver, &args, call.loc);
        self.apply(st, &call)
    }

    /// The text of a statement, with numbers where a part of it is not known.
    fn statement_text(&self, text: &Value) -> (String, Vec<TermId>) {
        let parts = match self.seen.terms.get(text.term) {
            Term::Concat(parts) => parts.clone(),
            _ => vec![text.term],
        };
        let (mut out, mut holes) = (String::new(), Vec::new());
        for p in parts {
            match self.seen.terms.text(p) {
                Some(t) => out.push_str(&t),
                None => {
                    let mark = partiql::HOLE;
                    out.push_str(&format!("{mark}{}{mark}", holes.len()));
                    holes.push(p);
                }
            }
        }
        (out, holes)
    }

    /// A part of a statement as a value: what is not known in it as it was.
    fn statement_part(&mut self, text: &str, holes: &[TermId]) -> Value {
        let mut terms = Vec::new();
        for (i, part) in text.split(partiql::HOLE).enumerate() {
            let hole = part.parse::<usize>().ok().and_then(|n| holes.get(n));
            match (i % 2, hole) {
                (1, Some(hole)) => terms.push(*hole),
                _ if part.is_empty() => {}
                _ => terms.push(self.seen.terms.lit(Lit::Str(intern(part)))),
            }
        }
        self.concat(terms, Deps::default())
    }

    fn statement_args(
        &mut self,
        st: &mut State,
        s: &Statement,
        holes: &[TermId],
        given: Option<&Value>,
        loc: Loc,
    ) -> Args {
        let mut args = Args::default();
        let mut put = |name: Sym, value: Value| {
            let presence = Presence::Yes;
            args.kw.push((name, Slot { value, presence }));
        };
        put(intern(request::TABLE), self.statement_part(&s.table, holes));
        let key: Vec<(String, Given)> = s.key.iter().cloned().collect();
        put(
            intern(request::KEY),
            self.given_record(st, &key, given, loc),
        );
        let values = self.given_record(st, &s.values, given, loc);
        put(intern(request::VALUES), values);
        if !s.update.is_empty() {
            let update = self.statement_part(&s.update, holes);
            put(intern(request::UPDATE), update);
        }
        let condition = s.demands();
        if !condition.is_empty() {
            let condition = self.statement_part(&condition, holes);
            put(intern(request::CONDITION), condition);
        }
        if s.verb == Verb::Insert {
            put(
                intern(request::ITEM),
                self.given_record(st, &s.item, given, loc),
            );
        }
        args
    }

    /// A mapping of what a statement was given.
    fn given_record(
        &mut self,
        st: &mut State,
        parts: &[(String, Given)],
        given: Option<&Value>,
        loc: Loc,
    ) -> Value {
        let (id, v) = self.obj_value(st, Shape::Dict);
        for (name, part) in parts {
            let value = match (part, given) {
                (Given::Parameter(n), Some(all)) => {
                    let n = self.lit(Lit::Int(*n as i64));
                    let v = self.index(st, all, &n, loc);
                    self.scalar(st, &v)
                }
                (Given::Text(t), _) => self.lit(Lit::Str(intern(t))),
                (Given::Number(n), _) => match n.parse::<i64>() {
                    Ok(n) => self.lit(Lit::Int(n)),
                    Err(_) => self.lit(Lit::Str(intern(n))),
                },
                _ => self.unknown(Deps::default()),
            };
            if let Some(o) = st.obj_mut(id) {
                o.set(intern(name), value);
            }
        }
        v
    }
}
