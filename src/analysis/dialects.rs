//! Between values and the stores' small languages: the text of an expression from its term, and what it says about
//! the values that it names.

use std::rc::Rc;

use super::Cmp;
use super::access::SetField;
use super::interp::Interp;
use super::state::State;
use super::value::*;
use crate::stores::dialect::dynamodb::{self, AttrPath, CmpOp, Condition, Operand, Piece, Segment};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::Lit;

/// A lookup in a keyword's name.
pub(super) fn lookup(name: &str) -> (&str, Cmp, bool) {
    crate::stores::dialect::lookups::parse(name)
}

/// What the placeholders of one expression stand for.
struct Placeholders<'a, 'b, 'p> {
    interp: &'a Interp<'p>,
    st: &'b State,
    names: Option<&'b Value>,
    values: Option<&'b Value>,
    holes: Vec<TermId>,
    deps: Deps,
}

impl Placeholders<'_, '_, '_> {
    fn name(&self, key: &str) -> Option<String> {
        let v = self.interp.concrete(self.names?);
        let Kind::Obj(id) = v.kind else { return None };
        let o = self.st.obj(id)?;
        let slot = o.get(intern(key))?;
        self.interp
            .seen
            .terms
            .text(slot.value.term)
            .map(|s| s.to_string())
    }

    fn value(&self, key: &str) -> Option<Value> {
        let v = self.interp.concrete(self.values?);
        match &v.kind {
            Kind::Obj(id) => {
                let o = self.st.obj(*id)?;
                if let Some(slot) = o.get(intern(key)) {
                    return Some(self.interp.scalar(self.st, &slot.value));
                }
                if let Some(n) = key.strip_prefix('?').and_then(|n| n.parse::<usize>().ok()) {
                    return o.get(intern(&n.to_string())).map(|s| s.value.clone());
                }
                o.rest.clone()
            }
            Kind::Tuple(vs) => {
                let n = key
                    .strip_prefix(['?', '$'])
                    .and_then(|n| n.parse::<usize>().ok())?;
                vs.get(n).cloned()
            }
            _ => Some(v.clone()),
        }
    }

    /// The names that a path goes through, as far as they are known; an element of a list counts as the list.
    fn path(&self, path: &AttrPath) -> Sym {
        let top = self.top(path);
        if path.0.len() < 2 || top == "*" {
            return top;
        }
        let mut names = top.to_string();
        for segment in &path.0[1..] {
            let name = match segment {
                Segment::Name(n) => Some(n.clone()),
                Segment::Placeholder(p) => self.name(p),
                Segment::Index(_) | Segment::Hole(_) => None,
            };
            let Some(name) = name else { break };
            names.push('.');
            names.push_str(&name);
        }
        intern(&names)
    }

    /// The top-level attribute of a path.
    fn top(&self, path: &AttrPath) -> Sym {
        match path.0.first() {
            Some(Segment::Name(n)) => intern(n),
            Some(Segment::Placeholder(p)) => match self.name(p) {
                Some(n) => intern(&n),
                // The same placeholder of an unknown name is the same attribute within one expression.
                None => match p.strip_prefix('$').and_then(|_| self.value(p)) {
                    Some(v) => self.interp.seen.terms.text(v.term).unwrap_or(sym!("*")),
                    None => sym!("*"),
                },
            },
            Some(Segment::Hole(n)) => self
                .holes
                .get(*n as usize)
                .and_then(|t| self.interp.seen.terms.text(*t))
                .unwrap_or(sym!("*")),
            _ => sym!("*"),
        }
    }

    fn operand(&self, o: &Operand) -> Option<StoreTerm> {
        Some(match o {
            Operand::Value(key) => StoreTerm::Value(self.value(key)?),
            Operand::Path(p) | Operand::Size(p) => StoreTerm::Path(self.path(p)),
            Operand::Plus(a, b) => {
                StoreTerm::Op(sym!("add"), vec![self.operand(a)?, self.operand(b)?])
            }
            Operand::Minus(a, b) => {
                StoreTerm::Op(sym!("sub"), vec![self.operand(a)?, self.operand(b)?])
            }
            Operand::IfNotExists(p, v) => StoreTerm::Op(
                sym!("if-not-exists"),
                vec![StoreTerm::Path(self.path(p)), self.operand(v)?],
            ),
            Operand::ListAppend(a, b) => {
                StoreTerm::Op(sym!("append"), vec![self.operand(a)?, self.operand(b)?])
            }
            Operand::Hole(_) | Operand::Unknown => return None,
        })
    }

    fn value_of(&self, o: &Operand) -> Option<Value> {
        match self.operand(o)? {
            StoreTerm::Value(v) => Some(v),
            _ => None,
        }
    }

    fn cond(&self, c: &Condition) -> Cond {
        let test = |path: &AttrPath, cmp: Cmp, with: Vec<Value>| Cond::Test {
            path: self.path(path),
            cmp,
            with,
        };
        let unknown = || Cond::Unknown(self.deps.clone());
        let path_of = |o: &Operand| match o {
            Operand::Path(p) | Operand::Size(p) => Some(p.clone()),
            Operand::Hole(n) => Some(AttrPath(vec![Segment::Hole(*n)])),
            _ => None,
        };
        match c {
            Condition::Cmp(a, op, b) => {
                let cmp = match op {
                    CmpOp::Eq => Cmp::Eq,
                    CmpOp::Ne => Cmp::Ne,
                    CmpOp::Lt => Cmp::Lt,
                    CmpOp::Le => Cmp::Le,
                    CmpOp::Gt => Cmp::Gt,
                    CmpOp::Ge => Cmp::Ge,
                    CmpOp::Hole(_) => Cmp::Other,
                };
                match (path_of(a), path_of(b)) {
                    (Some(p), Some(q)) => Cond::And(vec![
                        Rc::new(test(&p, cmp, Vec::new())),
                        Rc::new(test(&q, cmp, Vec::new())),
                    ]),
                    (Some(p), None) => test(&p, cmp, self.value_of(b).into_iter().collect()),
                    (None, Some(p)) => test(&p, cmp, self.value_of(a).into_iter().collect()),
                    (None, None) => unknown(),
                }
            }
            Condition::Between(a, lo, hi) => match path_of(a) {
                Some(p) => test(
                    &p,
                    Cmp::Other,
                    [lo, hi].iter().filter_map(|o| self.value_of(o)).collect(),
                ),
                None => unknown(),
            },
            Condition::In(a, os) => match path_of(a) {
                Some(p) => test(
                    &p,
                    Cmp::In,
                    os.iter().filter_map(|o| self.value_of(o)).collect(),
                ),
                None => unknown(),
            },
            Condition::Exists(p) => test(p, Cmp::Exists, Vec::new()),
            Condition::NotExists(p) => test(p, Cmp::NotExists, Vec::new()),
            Condition::AttributeType(p, _) => test(p, Cmp::Other, Vec::new()),
            Condition::BeginsWith(a, b) | Condition::Contains(a, b) => match path_of(a) {
                Some(p) if matches!(c, Condition::BeginsWith(..)) => {
                    test(&p, Cmp::Prefix, self.value_of(b).into_iter().collect())
                }
                Some(p) => test(&p, Cmp::Other, self.value_of(b).into_iter().collect()),
                None => unknown(),
            },
            Condition::And(cs) => Cond::And(cs.iter().map(|c| Rc::new(self.cond(c))).collect()),
            Condition::Or(cs) => Cond::Or(cs.iter().map(|c| Rc::new(self.cond(c))).collect()),
            Condition::Not(c) => Cond::Not(Rc::new(self.cond(c))),
            Condition::Hole(_) | Condition::Unknown => unknown(),
        }
    }
}

/// The pieces of a text: what is constant, and numbered holes.
fn pieces(interp: &Interp<'_>, v: &Value) -> (Vec<(Option<String>, TermId)>, Vec<TermId>) {
    let mut out = Vec::new();
    let mut holes = Vec::new();
    let parts = match interp.seen.terms.get(v.term) {
        Term::Concat(parts) => parts.clone(),
        _ => vec![v.term],
    };
    for p in parts {
        match interp.seen.terms.get(p) {
            Term::Const(Lit::Str(s)) => out.push((Some(s.to_string()), p)),
            Term::Const(Lit::Int(i)) => out.push((Some(i.to_string()), p)),
            _ => {
                out.push((None, p));
                holes.push(p);
            }
        }
    }
    (out, holes)
}

fn with_pieces<T>(parts: &[(Option<String>, TermId)], f: impl FnOnce(&[Piece<'_>]) -> T) -> T {
    let mut n = 0;
    let ps: Vec<Piece<'_>> = parts
        .iter()
        .map(|(text, _)| match text {
            Some(t) => Piece::Text(t),
            None => {
                n += 1;
                Piece::Hole(n - 1)
            }
        })
        .collect();
    f(&ps)
}

/// A condition text as tests.
pub(super) fn condition(
    interp: &mut Interp<'_>,
    st: &State,
    _dialect: Sym,
    text: &Value,
    names: Option<&Value>,
    values: Option<&Value>,
) -> Cond {
    let (parts, holes) = pieces(interp, text);
    let parsed = with_pieces(&parts, dynamodb::parse_condition);
    let mut deps = text.deps.clone();
    if let Some(v) = values {
        deps = deps.union(&interp.deep_deps(st, v, 0));
    }
    let p = Placeholders {
        interp,
        st,
        names,
        values,
        holes,
        deps,
    };
    p.cond(&parsed)
}

/// An update text as assignments.
pub(super) fn update(
    interp: &mut Interp<'_>,
    st: &State,
    dialect: Sym,
    text: &Value,
    names: Option<&Value>,
    values: Option<&Value>,
    out: &mut Vec<SetField>,
) {
    let (mut parts, holes) = pieces(interp, text);
    if dialect == "dynamodb-assignment" {
        // One assignment, its clause understood.
        parts.insert(0, (Some("SET ".to_owned()), text.term));
    }
    let parsed = with_pieces(&parts, dynamodb::parse_update);
    let mut all = text.deps.clone();
    if let Some(v) = values {
        all = all.union(&interp.deep_deps(st, v, 0));
    }
    let mut found: Vec<(Sym, Option<StoreTerm>)> = Vec::new();
    let mut partial = parsed.partial;
    {
        let p = Placeholders {
            interp,
            st,
            names,
            values,
            holes,
            deps: all.clone(),
        };
        for a in &parsed.sets {
            let value = p.operand(&a.value);
            partial |= value.is_none();
            found.push((p.path(&a.path), value));
        }
        for (path, v) in &parsed.adds {
            let path = p.path(path);
            let v = p.operand(v);
            found.push((
                path,
                v.map(|v| StoreTerm::Op(sym!("add"), vec![StoreTerm::Path(path), v])),
            ));
        }
        for (path, v) in &parsed.deletes {
            let path = p.path(path);
            let v = p.operand(v);
            found.push((
                path,
                v.map(|v| StoreTerm::Op(sym!("delete"), vec![StoreTerm::Path(path), v])),
            ));
        }
        for path in &parsed.removes {
            let path = p.path(path);
            found.push((path, Some(StoreTerm::Op(sym!("remove"), Vec::new()))));
        }
    }
    for (path, term) in found {
        let mut stored_paths = Vec::new();
        let (value, stored, deps) = match term {
            Some(StoreTerm::Value(v)) => {
                let d = interp.deep_deps(st, &v, 0);
                (v, None, d)
            }
            Some(t) => {
                t.stored(&mut stored_paths);
                let d = deep_term(interp, st, &t);
                // What is removed is nothing from then on.
                let v = match &t {
                    StoreTerm::Op(op, parts) if op == "remove" && parts.is_empty() => interp.none(),
                    _ => interp.unknown(d.clone()),
                };
                let t = if stored_paths.is_empty() {
                    None
                } else {
                    Some(t)
                };
                (v, t, d)
            }
            None => (interp.unknown(all.clone()), None, all.clone()),
        };
        out.push(SetField {
            choices: None,
            path,
            value,
            stored,
            copied: false,
            deps,
        });
    }
    if partial && out.is_empty() {
        let value = interp.unknown(all.clone());
        out.push(SetField {
            choices: None,
            path: sym!("*"),
            value,
            stored: None,
            copied: false,
            deps: all,
        });
    }
}

/// The legacy form of an update: a map from attributes to an action and its value.
pub(super) fn update_map(interp: &mut Interp<'_>, st: &State, map: &Obj, out: &mut Vec<SetField>) {
    for (name, slot) in &map.fields {
        let Kind::Obj(id) = interp.concrete(&slot.value).kind else {
            continue;
        };
        let Some(entry) = st.obj(id) else { continue };
        let action = entry
            .get(sym!("Action"))
            .map(|s| tail_word(interp, &s.value));
        let given = entry.get(sym!("Value")).map(|s| s.value.clone());
        let value = match given {
            Some(v) => interp.scalar(st, &v),
            None => interp.none(),
        };
        let op = match action.as_deref() {
            Some(a) if a.ends_with("ADD") => Some("add"),
            Some(a) if a.ends_with("DELETE") => Some("delete"),
            _ => None,
        };
        let stored = op.map(|op| {
            let parts = vec![StoreTerm::Path(*name), StoreTerm::Value(value.clone())];
            StoreTerm::Op(intern(op), parts)
        });
        let deps = interp.deep_deps(st, &value, 0);
        out.push(SetField {
            choices: None,
            path: *name,
            value,
            stored,
            copied: false,
            deps,
        });
    }
}

/// The legacy form of a condition: a map from attributes to what is expected of them.
pub(super) fn condition_map(interp: &mut Interp<'_>, st: &State, map: &Obj) -> Cond {
    let mut all = Vec::new();
    for (name, slot) in &map.fields {
        let Kind::Obj(id) = interp.concrete(&slot.value).kind else {
            all.push(Rc::new(Cond::Unknown(slot.value.deps.clone())));
            continue;
        };
        let Some(entry) = st.obj(id) else { continue };
        let exists = entry.get(sym!("Exists")).map(|s| s.value.kind.clone());
        let operator = entry
            .get(sym!("ComparisonOperator"))
            .map(|s| tail_word(interp, &s.value));
        let given = entry
            .get(sym!("Value"))
            .or_else(|| entry.get(sym!("AttributeValueList")))
            .map(|s| s.value.clone());
        let with: Vec<Value> = given
            .into_iter()
            .map(|v| match &v.kind {
                Kind::Obj(l) if st.obj(*l).is_some_and(|o| o.shape == Shape::List) => st
                    .obj(*l)
                    .and_then(|o| o.fields.first())
                    .map_or(v.clone(), |f| interp.scalar(st, &f.1.value)),
                _ => interp.scalar(st, &v),
            })
            .collect();
        let cmp = match (operator.as_deref(), exists) {
            (_, Some(Kind::Const(Lit::Bool(false)))) => Cmp::NotExists,
            (Some("NULL"), _) => Cmp::NotExists,
            (Some("NOT_NULL"), _) => Cmp::Exists,
            (None | Some("EQ"), _) => Cmp::Eq,
            (Some("NE"), _) => Cmp::Ne,
            (Some("GE"), _) => Cmp::Ge,
            (Some("GT"), _) => Cmp::Gt,
            (Some("LE"), _) => Cmp::Le,
            (Some("LT"), _) => Cmp::Lt,
            _ => Cmp::Other,
        };
        all.push(Rc::new(Cond::Test {
            path: *name,
            cmp,
            with,
        }));
    }
    Cond::And(all)
}

/// The word that a constant text or a constant's name ends in, in capitals.
fn tail_word(interp: &Interp<'_>, v: &Value) -> String {
    if let Some(t) = interp.seen.terms.text(v.term) {
        return t.to_uppercase();
    }
    match &v.kind {
        Kind::Path(p) => p.rsplit(['.', '/']).next().unwrap_or("").to_uppercase(),
        _ => String::new(),
    }
}

fn deep_term(interp: &Interp<'_>, st: &State, t: &StoreTerm) -> Deps {
    match t {
        StoreTerm::Path(_) => Deps::default(),
        StoreTerm::Op(_, ts) => ts
            .iter()
            .fold(Deps::default(), |d, t| d.union(&deep_term(interp, st, t))),
        StoreTerm::Value(v) => interp.deep_deps(st, v, 0),
    }
}
