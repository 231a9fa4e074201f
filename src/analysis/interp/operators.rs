//! Operators: arithmetic, text, comparison, and what a test makes known.

use std::rc::Rc;

use super::Interp;
use super::known::written_out;
use crate::analysis::access::TokenId;
use crate::analysis::shared::Shared;
use crate::analysis::state::{State, join_values, same};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::{BinOp, CmpOp, Expr, ExprKind, Lit, UnOp};

impl<'p> Interp<'p> {
    pub(super) fn push_text(&mut self, v: &Value, terms: &mut Vec<TermId>) {
        match self.seen.terms.get(v.term) {
            Term::Concat(parts) => terms.extend(parts.clone()),
            _ => terms.push(v.term),
        }
    }

    pub(super) fn concat(&mut self, terms: Vec<TermId>, deps: Deps) -> Value {
        let mut joined: Vec<TermId> = Vec::new();
        for t in terms {
            let text = |terms: &Terms, t: TermId| match terms.get(t) {
                Term::Const(Lit::Str(s)) => Some(s.to_string()),
                Term::Const(Lit::Int(i)) => Some(i.to_string()),
                _ => None,
            };
            if let (Some(last), Some(b)) = (joined.last().copied(), text(&self.seen.terms, t))
                && let Some(a) = text(&self.seen.terms, last)
            {
                joined.pop();
                joined.push(self.seen.terms.lit(Lit::Str(intern(&(a + &b)))));
            } else {
                joined.push(t);
            }
        }
        match joined.as_slice() {
            [] => self.lit(Lit::Str(sym!(""))),
            [one] => {
                let kind = match self.seen.terms.get(*one) {
                    Term::Const(l) => Kind::Const(*l),
                    _ => Kind::Unknown,
                };
                Value::new(*one, kind, deps)
            }
            _ => Value::new(
                self.seen.terms.intern(Term::Concat(joined)),
                Kind::Unknown,
                deps,
            ),
        }
    }

    /// A side of an operation.
    pub(super) fn operand(&mut self, st: &mut State, e: &'p Expr) -> Value {
        let v = self.eval(st, e);
        match &e.kind {
            ExprKind::Attr(of, name, _) => match &of.kind {
                ExprKind::Name(n) => {
                    let of = self.lookup(st, *n);
                    self.computed_with(st, &of, *name, v)
                }
                _ => v,
            },
            _ => v,
        }
    }

    /// What a branch tests.
    pub(super) fn branch_test(&mut self, st: &mut State, e: &'p Expr) -> Value {
        let v = self.eval(st, e);
        match (&e.kind, &v.kind) {
            (ExprKind::Attr(of, name, _), Kind::Const(_)) => match &of.kind {
                ExprKind::Name(n) => {
                    let of = self.lookup(st, *n);
                    self.decided_with(st, &of, *name, v)
                }
                _ => v,
            },
            _ => v,
        }
    }

    /// Arithmetic, concatenation, and conditions put together.
    pub(super) fn binary(&mut self, st: &mut State, op: BinOp, a: &Value, b: &Value) -> Value {
        let deps = self.deep_deps(st, a, 1).union(&self.deep_deps(st, b, 1));
        match (&a.kind, &b.kind, op) {
            (Kind::Cond(x), Kind::Cond(y), BinOp::BitAnd) => {
                return Value::new(
                    self.seen.terms.fresh(),
                    Kind::Cond(Rc::new(Cond::And(vec![x.clone(), y.clone()]))),
                    deps,
                );
            }
            (Kind::Cond(x), Kind::Cond(y), BinOp::BitOr) => {
                return Value::new(
                    self.seen.terms.fresh(),
                    Kind::Cond(Rc::new(Cond::Or(vec![x.clone(), y.clone()]))),
                    deps,
                );
            }
            (Kind::Cond(x), _, BinOp::BitAnd | BinOp::BitOr)
            | (_, Kind::Cond(x), BinOp::BitAnd | BinOp::BitOr) => {
                // The other side is not understood.
                let parts = vec![x.clone(), Rc::new(Cond::Unknown(deps.clone()))];
                let c = if op == BinOp::BitAnd {
                    Cond::And(parts)
                } else {
                    Cond::Or(parts)
                };
                return Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps);
            }
            (Kind::Store(_), _, _) | (_, Kind::Store(_), _) => {
                let name = match op {
                    BinOp::Add => "add",
                    BinOp::Sub => "sub",
                    _ => "op",
                };
                let part = |v: &Value| match &v.kind {
                    Kind::Store(s) => (**s).clone(),
                    _ => StoreTerm::Value(v.clone()),
                };
                let t = StoreTerm::Op(intern(name), vec![part(a), part(b)]);
                return Value::new(self.seen.terms.fresh(), Kind::Store(Rc::new(t)), deps);
            }
            (Kind::Const(Lit::Int(x)), Kind::Const(Lit::Int(y)), _) => {
                let r = match op {
                    BinOp::Add => x.checked_add(*y),
                    BinOp::Sub => x.checked_sub(*y),
                    BinOp::Mul => x.checked_mul(*y),
                    _ => None,
                };
                if let Some(r) = r {
                    return self.lit(Lit::Int(r));
                }
            }
            _ => {}
        }
        let text = |k: &Kind| matches!(k, Kind::Const(Lit::Str(_)));
        let joined = |s: &Self, t: TermId| matches!(s.seen.terms.get(t), Term::Concat(_));
        if op == BinOp::Add
            && (text(&a.kind) || text(&b.kind) || joined(self, a.term) || joined(self, b.term))
        {
            let mut terms = Vec::new();
            self.push_text(a, &mut terms);
            self.push_text(b, &mut terms);
            return self.concat(terms, deps);
        }
        if op == BinOp::Mod && (text(&a.kind) || joined(self, a.term)) {
            return self.percent_format(a, b, deps);
        }
        if op == BinOp::Sub
            && let Some(v) = self.difference(st, a, b)
        {
            return v;
        }
        if let (Kind::Obj(x), BinOp::Add | BinOp::BitOr) = (&a.kind, op) {
            // Lists joined, dictionaries merged: a new one with the parts of both.
            if let Some(o) = st.obj(*x).cloned()
                && matches!(o.shape, Shape::List | Shape::Dict | Shape::Row)
            {
                let (id, v) = self.obj_value(
                    st,
                    if o.shape == Shape::List {
                        Shape::List
                    } else {
                        Shape::Dict
                    },
                );
                if o.shape == Shape::List {
                    for part in [a, b] {
                        let loc = self.loc(self.statement);
                        self.add_all(st, id, part, loc);
                    }
                } else {
                    self.merge_into(st, id, a);
                    self.merge_into(st, id, b);
                }
                return Value::new(v.term, v.kind, deps);
            }
        }
        let name = match op {
            BinOp::Add => "add",
            BinOp::Sub => "sub",
            BinOp::Mul => "mul",
            BinOp::Div => "div",
            BinOp::FloorDiv => "floordiv",
            BinOp::Mod => "mod",
            _ => "op",
        };
        let term = self
            .seen
            .terms
            .intern(Term::Op(intern(name), vec![a.term, b.term]));
        Value::new(term, Kind::Unknown, deps)
    }

    /// The elements of one collection that are missing in another. What is left goes on being without those that were
    /// taken out before.
    pub(super) fn difference(&mut self, st: &mut State, a: &Value, b: &Value) -> Option<Value> {
        let loc = self.loc(self.statement);
        let (a, b) = (self.concrete(a), self.concrete(b));
        let Kind::Obj(from) = a.kind else { return None };
        let o = st.obj(from).filter(|o| o.shape == Shape::List)?;
        let (maybe, before) = (o.maybe, o.minus);
        let el = self.any_element(st, &a, loc);
        let minus = self
            .searched(st, &b, loc)
            .or_else(|| self.sought_among(st, &el, &b))
            .or(before);
        let (id, v) = self.obj_value(st, Shape::List);
        if let Some(o) = st.obj_mut(id) {
            o.maybe = maybe;
            o.minus = minus;
        }
        let mut deps = a.deps.clone();
        if let Some(r) = minus {
            deps.control = deps.control.union(&PathSet::one(r, sym!("?")));
        }
        self.add_rest(st, id, el);
        Some(Value::new(v.term, v.kind, deps))
    }

    /// The read in whose rows something is looked for, and by which columns.
    pub(super) fn searched(
        &mut self,
        st: &mut State,
        v: &Value,
        loc: Loc,
    ) -> Option<crate::analysis::access::ReadId> {
        let v = self.concrete(v);
        let Kind::Obj(id) = v.kind else { return None };
        let list = self.evaluated(st, id, &v, loc).unwrap_or(v);
        let Kind::Obj(id) = list.kind else {
            return None;
        };
        let o = st.obj(id)?;
        let r = o.maybe?;
        // A row is looked for by its key.
        let row = |x: &&Value| matches!(x.kind, Kind::Obj(row) if st.obj(row).is_some_and(|o| o.shape == Shape::Row));
        let key = o.rest.iter().find(row).map(|_| sym!("pk"));
        let paths: Vec<Sym> = o
            .rest
            .iter()
            .flat_map(|x| x.deps.data.paths(r))
            .filter(|p| !matches!(p.as_str(), "?" | "#" | "*"))
            .chain(key)
            .collect();
        let searched = &mut self.seen.reads[r.0 as usize].searched;
        for p in paths {
            if !searched.contains(&p) {
                searched.push(p);
            }
        }
        Some(r)
    }

    pub(super) fn percent_format(&mut self, a: &Value, b: &Value, deps: Deps) -> Value {
        let args: Vec<Value> = match &b.kind {
            Kind::Tuple(vs) => vs.to_vec(),
            _ => vec![b.clone()],
        };
        let Some(text) = self.seen.terms.text(a.term) else {
            return self.unknown(deps);
        };
        self.format_text(text.as_str(), &args, deps)
    }

    /// `%s`-like formats: the text with its holes.
    pub(super) fn format_text(&mut self, text: &str, args: &[Value], deps: Deps) -> Value {
        let mut terms = Vec::new();
        let mut rest = text;
        let mut args = args.iter();
        while let Some(i) = rest.find('%') {
            if i > 0 {
                terms.push(self.seen.terms.lit(Lit::Str(intern(&rest[..i]))));
            }
            let tail = &rest[i + 1..];
            if let Some(t) = tail.strip_prefix('%') {
                terms.push(self.seen.terms.lit(Lit::Str(sym!("%"))));
                rest = t;
                continue;
            }
            let skip = tail
                .find(|c: char| c.is_ascii_alphabetic())
                .map_or(tail.len(), |n| n + 1);
            rest = &tail[skip..];
            match args.next() {
                Some(v) => self.push_text(v, &mut terms),
                None => terms.push(self.seen.terms.fresh()),
            }
        }
        if !rest.is_empty() {
            terms.push(self.seen.terms.lit(Lit::Str(intern(rest))));
        }
        self.concat(terms, deps)
    }

    pub(super) fn unary(&mut self, st: &mut State, op: UnOp, v: &Value) -> Value {
        match op {
            UnOp::Not => {
                if let Some(t) = self
                    .truth_of(st, v)
                    .filter(|_| matches!(v.kind, Kind::Const(_)))
                {
                    return self.lit(Lit::Bool(!t));
                }
                let p = match &v.kind {
                    Kind::Test(p) => p.clone(),
                    _ => Rc::new(Pred::Truthy(v.clone())),
                };
                let term = self.seen.terms.intern(Term::Op(sym!("not"), vec![v.term]));
                Value::new(term, Kind::Test(Rc::new(Pred::Not(p))), v.deps.clone())
            }
            UnOp::Neg => {
                if let Kind::Const(Lit::Int(i)) = v.kind {
                    return self.lit(Lit::Int(i.saturating_neg()));
                }
                let term = self.seen.terms.intern(Term::Op(sym!("neg"), vec![v.term]));
                Value::new(term, Kind::Unknown, v.deps.clone())
            }
            UnOp::Invert => {
                if let Kind::Cond(c) = &v.kind {
                    let term = self.seen.terms.fresh();
                    return Value::new(
                        term,
                        Kind::Cond(Rc::new(Cond::Not(c.clone()))),
                        v.deps.clone(),
                    );
                }
                self.unknown(v.deps.clone())
            }
            UnOp::Pos => v.clone(),
        }
    }

    pub(super) fn compare(&mut self, st: &mut State, op: CmpOp, a: Value, b: Value) -> Value {
        self.note_use(&a);
        self.note_use(&b);
        let (a, b) = (existence(a, op, &b, false), b);
        let b = existence(b, op, &a, true);
        let deps = a.deps.union(&b.deps);
        if let Some(c) = self.store_compare(op, &a, &b) {
            return Value::new(self.seen.terms.fresh(), Kind::Cond(Rc::new(c)), deps);
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(operation(op), vec![a.term, b.term]));
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            if let Some(v) = self.asked_whether_in(st, &a, &b) {
                return match op {
                    CmpOp::In => v,
                    _ => self.unary(st, UnOp::Not, &v),
                };
            }
            if let Some(found) = self.among(st, &a, &b) {
                return self.lit(Lit::Bool(found == (op == CmpOp::In)));
            }
            if let Some(any) = self.equals_one_of(st, &a, &b) {
                let p = match op {
                    CmpOp::In => any,
                    _ => Pred::Not(Rc::new(any)),
                };
                return Value::new(term, Kind::Test(Rc::new(p)), deps);
            }
            let b2 = self.concrete(&b);
            if let Kind::Obj(id) = b2.kind {
                if let Some(key) = self.seen.terms.text(a.term) {
                    let slot = st.obj(id).and_then(|o| o.get(key)).cloned();
                    if let Some(slot) = slot {
                        let found = Rc::new(Pred::Truthy(slot.value));
                        let p = if op == CmpOp::In {
                            found
                        } else {
                            Rc::new(Pred::Not(found))
                        };
                        return Value::new(term, Kind::Test(p), deps);
                    }
                    if st.obj(id).is_some_and(|o| o.shape == Shape::Row) {
                        // Whether a row that is there has that column.
                        let loc = self.loc(self.statement);
                        let column = self.index(st, &b2, &a, loc);
                        let deps = deps.union(&column.deps);
                        let there = match op {
                            CmpOp::In => CmpOp::IsNot,
                            _ => CmpOp::Is,
                        };
                        let p = Pred::Cmp(there, column, self.none());
                        return Value::new(term, Kind::Test(Rc::new(p)), deps);
                    }
                    let whole = |o: &&Obj| o.shape == Shape::Dict && o.rest.is_none();
                    if written_out(st, id).filter(whole).is_some() {
                        // Whatever its values are, that key is not among its own.
                        return Value::new(term, Kind::Unknown, deps);
                    }
                }
                let list = self.evaluated(st, id, &b2, self.loc(self.statement));
                let list_deps = match &list {
                    Some(l) => self.deep_deps(st, l, 0),
                    None => self.deep_deps(st, &b2, 0),
                };
                let read = list
                    .as_ref()
                    .map_or(Some(id), |l| {
                        if let Kind::Obj(i) = l.kind {
                            Some(i)
                        } else {
                            None
                        }
                    })
                    .and_then(|i| st.obj(i))
                    .and_then(|o| o.maybe);
                if read.is_some() {
                    let loc = self.loc(self.statement);
                    self.searched(st, &b2, loc);
                }
                if let Some(r) = read {
                    // Whether what was read holds this one: its presence or absence.
                    let p = Rc::new(Pred::Truthy(Value::new(
                        term,
                        Kind::Presence(r),
                        deps.union(&list_deps),
                    )));
                    let p = if op == CmpOp::In {
                        p
                    } else {
                        Rc::new(Pred::Not(p))
                    };
                    return Value::new(term, Kind::Test(p), deps.union(&list_deps));
                }
                let said = Pred::Cmp(op, a.clone(), b);
                let said = match self.sought_among(st, &a, &b2) {
                    Some(r) => {
                        let found = self.found_in(r, &b2, Deps::read(r, sym!("?")));
                        match op {
                            CmpOp::In => Pred::Or(vec![said, found]),
                            _ => Pred::And(vec![said, Pred::Not(Rc::new(found))]),
                        }
                    }
                    None => said,
                };
                return Value::new(term, Kind::Test(Rc::new(said)), deps.union(&list_deps));
            }
        }
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && matches!(b.kind, Kind::Type(_)) {
            return Value::new(term, Kind::Unknown, deps);
        }
        Value::new(term, Kind::Test(Rc::new(Pred::Cmp(op, a, b))), deps)
    }

    /// `holder in (None, me)`: whether a value equals one of those that are written out there, where one of them is a
    /// value of this run.
    fn equals_one_of(&self, st: &State, v: &Value, of: &Value) -> Option<Pred> {
        let all: Vec<Value> = match &of.kind {
            Kind::Tuple(vs) => vs.to_vec(),
            _ => {
                let list = self.fixed_list(st, of)?;
                list.fields.iter().map(|(_, s)| s.value.clone()).collect()
            }
        };
        let known = |x: &Value| self.seen.terms.settled(x.term).is_some();
        let plain = |x: &Value| match x.kind {
            Kind::Const(_) | Kind::Unknown => true,
            Kind::Obj(id) => st.obj(id).is_some_and(|o| o.origin == Origin::Param),
            _ => false,
        };
        if all.len() < 2 || !all.iter().all(plain) || all.iter().all(known) {
            return None;
        }
        let each = all.into_iter();
        Some(Pred::Or(
            each.map(|x| Pred::Cmp(CmpOp::Eq, v.clone(), x)).collect(),
        ))
    }

    /// Whether a literal is one of those in a list or tuple, where all of them are known.
    fn among(&self, st: &State, v: &Value, of: &Value) -> Option<bool> {
        let Kind::Const(lit) = v.kind else {
            return None;
        };
        let has = |x: &Value| match x.kind {
            Kind::Const(l) => Some(l == lit),
            _ => None,
        };
        let all: Vec<Option<bool>> = match &of.kind {
            Kind::Tuple(vs) => vs.iter().map(has).collect(),
            _ => {
                let list = self.fixed_list(st, of)?;
                list.fields.iter().map(|(_, s)| has(&s.value)).collect()
            }
        };
        match all.contains(&Some(true)) {
            true => Some(true),
            false => all.iter().all(Option::is_some).then_some(false),
        }
    }

    /// What is tested for truth: the rows of a query, read now.
    pub(super) fn tested(&mut self, st: &mut State, v: Value, span: crate::syntax::Span) -> Value {
        if self.lang != Lang::Python {
            return v;
        }
        let one = self.concrete(&v);
        let Kind::Obj(id) = one.kind else { return v };
        let loc = self.loc(span);
        match self.evaluated(st, id, &one, loc) {
            Some(mut rows) => {
                rows.deps = rows.deps.union(&v.deps);
                rows
            }
            None => v,
        }
    }

    /// A comparison with a value of the store is a test that the store makes, where operators are overloaded.
    pub(super) fn store_compare(&self, op: CmpOp, a: &Value, b: &Value) -> Option<Cond> {
        use crate::stores::vocabulary::Cmp;
        if self.lang == Lang::Go {
            return None;
        }
        let (path, with, flipped) = match (&a.kind, &b.kind) {
            (Kind::Store(t), _) => (t, b, false),
            (_, Kind::Store(t)) => (t, a, true),
            _ => return None,
        };
        let StoreTerm::Path(path) = &**path else {
            return None;
        };
        let cmp = match (op, flipped) {
            (CmpOp::Eq, _) => Cmp::Eq,
            (CmpOp::Ne, _) => Cmp::Ne,
            (CmpOp::Lt, false) | (CmpOp::Gt, true) => Cmp::Lt,
            (CmpOp::Le, false) | (CmpOp::Ge, true) => Cmp::Le,
            (CmpOp::Gt, false) | (CmpOp::Lt, true) => Cmp::Gt,
            (CmpOp::Ge, false) | (CmpOp::Le, true) => Cmp::Ge,
            _ => return None,
        };
        Some(Cond::Test {
            path: *path,
            cmp,
            with: vec![with.clone()],
        })
    }

    /// What is bound or given back: where it is a chain of operands, it is one of them.
    pub(super) fn outcome(&mut self, st: &mut State, e: &'p Expr) -> Value {
        match &e.kind {
            ExprKind::And(es) if self.lang == Lang::Python => {
                self.short_circuit(st, es, true, true)
            }
            ExprKind::Or(es) if self.lang == Lang::Python => {
                self.short_circuit(st, es, false, true)
            }
            _ => self.eval(st, e),
        }
    }

    /// Operands of which the next is asked only if those before it don't tell; `given` where not only their truth
    /// matters.
    pub(super) fn short_circuit(
        &mut self,
        st: &mut State,
        es: &'p [Expr],
        and: bool,
        given: bool,
    ) -> Value {
        let base = st.ctl.len();
        let held = st.held.clone();
        let given = given && !(and && es.last().is_some_and(is_truth));
        let mut ends: Vec<(Value, Shared<Rc<Ctl>>)> = Vec::new();
        let mut preds = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut deps = Deps::default();
        let mut terms = Vec::new();
        for (i, e) in es.iter().enumerate() {
            let v = match given && !and {
                true => self.outcome(st, e),
                false => self.eval(st, e),
            };
            let v = self.tested(st, v, e.span);
            self.note_use(&v);
            terms.push(v.term);
            deps = deps.union(&v.deps);
            preds.push(match &v.kind {
                Kind::Test(p) => (**p).clone(),
                _ => Pred::Truthy(v.clone()),
            });
            values.push(v.clone());
            if self.dead {
                break;
            }
            let known = self.truth_of(st, &v);
            if known == Some(!and) && matches!(v.kind, Kind::Const(_)) {
                break;
            }
            if i + 1 < es.len() {
                let loc = self.loc(e.span);
                if given && and {
                    ends.extend(self.ended(st, base, &v, loc));
                }
                // What comes next runs only if this one held (or didn't).
                let mut s = st.clone();
                if self.assume(&mut s, &v, and, loc, Scope::Branch) {
                    *st = s;
                }
            }
        }
        let last = match given {
            true => st.decided_since(base),
            false => Shared::default(),
        };
        // The decisions between the operands end with the expression, and so does what was held because of them.
        st.ctl.truncate(base);
        if !st.held.is(&held) {
            let tried = |t: &TokenId| self.seen.tokens[t.0 as usize].tried;
            st.held.edit().retain(|t| held.contains(t) || !tried(t));
        }
        if values.len() == 1 {
            return values.remove(0);
        }
        let term = self
            .seen
            .terms
            .intern(Term::Op(intern(if and { "and" } else { "or" }), terms));
        if and
            && given
            && values.len() == es.len()
            && let Some(row) = values.last().filter(|v| self.may_be_row(st, v))
        {
            return self.row_or(row.clone(), &last, &ends, deps, term);
        }
        let boolean = values.iter().all(|v| {
            matches!(
                v.kind,
                Kind::Test(_)
                    | Kind::Presence(_)
                    | Kind::Created(_)
                    | Kind::Affected(_)
                    | Kind::Acquired(_)
                    | Kind::Unknown
                    | Kind::Err(_)
            )
        });
        if and || boolean || self.lang == Lang::Go {
            let p = if and {
                Pred::And(preds)
            } else {
                Pred::Or(preds)
            };
            let mut v = Value::new(term, Kind::test(p), deps);
            // `a or default`: the value is one of them.
            if !and
                && values.iter().any(|v| matches!(v.kind, Kind::Unknown))
                && self.lang == Lang::Python
            {
                v.deps.data = v.deps.data.union(&PathSet::default());
            }
            return v;
        }
        let empty = Shared::default();
        let mut it = values.into_iter().filter(|v| !(v.is_none()));
        let Some(mut out) = it.next() else {
            return self.none();
        };
        for v in it {
            if !same(&out, &v) {
                // A default that is empty adds nothing to an object that may be missing.
                if matches!(out.kind, Kind::Obj(_))
                    && matches!(&v.kind, Kind::Obj(id) if st.obj(*id).is_some_and(|o| o.origin == Origin::Fresh && o.fields.is_empty() && o.rest.is_none()))
                    // A handle of a library tells what the other one is.
                    && !(self.is_library_object(st, &v) && self.is_of_unknown_kind(st, &out))
                {
                    continue;
                }
                out = join_values(&out, &empty, &v, &empty, &mut self.seen.terms);
            }
        }
        out.deps = out.deps.union(&deps);
        out
    }
}

impl<'p> Interp<'p> {
    /// What a chain comes to where an operand ends it because it is not true, and the decisions that lead there. A row
    /// is not true only where there is none.
    fn ended(
        &mut self,
        st: &State,
        base: usize,
        v: &Value,
        loc: Loc,
    ) -> Option<(Value, Shared<Rc<Ctl>>)> {
        let mut other = st.clone();
        if !self.assume(&mut other, v, false, loc, Scope::Branch) {
            return None;
        }
        let under = other.decided_since(base);
        match self.may_be_row(st, v) {
            true => Some((self.none(), under)),
            false => Some((v.clone(), under)),
        }
    }

    /// Whether a value is a row, if there is one.
    fn may_be_row(&self, st: &State, v: &Value) -> bool {
        let row = |id: &ObjId| st.obj(*id).is_some_and(|o| o.shape == Shape::Row);
        matches!(&self.concrete(v).kind, Kind::Obj(id) if row(id))
    }

    /// The row at the end of a chain of operands, or what ended the chain before.
    fn row_or(
        &mut self,
        row: Value,
        under: &Shared<Rc<Ctl>>,
        ends: &[(Value, Shared<Rc<Ctl>>)],
        deps: Deps,
        term: TermId,
    ) -> Value {
        let mut out = row;
        let mut ways = under.clone();
        for (v, under) in ends {
            if !same(&out, v) {
                out = join_values(&out, &ways, v, under, &mut self.seen.terms);
                ways = Shared::default();
            }
        }
        out.deps.control = out.deps.control.union(&deps.all());
        out.term = term;
        out
    }
}

/// Whether an expression comes to true or false, and never to a row.
fn is_truth(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Cmp(..) | ExprKind::Unary(UnOp::Not, _))
}

/// A count that is compared with none only tells whether there is one.
fn existence(mut count: Value, op: CmpOp, with: &Value, flipped: bool) -> Value {
    let Kind::Count(r) = count.kind else {
        return count;
    };
    let op = if flipped { super::cond::flip(op) } else { op };
    let exists = match with.kind {
        Kind::Const(Lit::Int(0)) => !matches!(op, CmpOp::Ge | CmpOp::Lt | CmpOp::In | CmpOp::NotIn),
        Kind::Const(Lit::Int(1)) => matches!(op, CmpOp::Ge | CmpOp::Lt),
        _ => false,
    };
    if exists {
        count.deps = count.deps.existence(r);
    }
    count
}

/// The name of the operation that a comparison is.
fn operation(op: CmpOp) -> Sym {
    match op {
        CmpOp::Eq => sym!("Eq"),
        CmpOp::Ne => sym!("Ne"),
        CmpOp::Lt => sym!("Lt"),
        CmpOp::Le => sym!("Le"),
        CmpOp::Gt => sym!("Gt"),
        CmpOp::Ge => sym!("Ge"),
        CmpOp::In => sym!("In"),
        CmpOp::NotIn => sym!("NotIn"),
        CmpOp::Is => sym!("Is"),
        CmpOp::IsNot => sym!("IsNot"),
    }
}
