//! Branch conditions: what a test says, and what assuming it means.

use std::rc::Rc;

use super::regions::release;
use super::{Interp, mishaps};
use crate::analysis::access::{AccessId, ReadHow, ReadId, TokenId};
use crate::analysis::state::{ALTS, State};
use crate::analysis::value::*;
use crate::report::finding::Loc;
use crate::symbol::Sym;
use crate::syntax::Lang;
use crate::syntax::il::{CmpOp, Lit};

/// What assuming a test adds.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) facts: Vec<Fact>,
    pub(super) deps: PathSet,
    under: Vec<Rc<Ctl>>,
    /// Conditional writes that were won or lost: both ways lead here.
    either: Vec<AccessId>,
    /// Rows that are stored, or are not.
    pub(super) rows: Vec<(ObjId, bool)>,
}

impl Interp<'_> {
    /// Assumes that a value is true (or false). `false` when that can't be.
    pub(super) fn assume(
        &mut self,
        st: &mut State,
        v: &Value,
        truth: bool,
        loc: Loc,
        scope: Scope,
    ) -> bool {
        if let Kind::Const(l) = v.kind {
            return truthy_lit(l) == truth;
        }
        let counted;
        let v = match v.kind {
            Kind::Count(r) => {
                counted = Value::new(v.term, v.kind.clone(), v.deps.existence(r));
                &counted
            }
            _ => v,
        };
        let pred = self.as_pred(v);
        let mut g = Gathered::default();
        if !self.gather(st, &pred, truth, &mut g) {
            return false;
        }
        let facts_conflict = g.facts.iter().any(|f| {
            let opposite = match f {
                Fact::Present(r) => Fact::Absent(*r),
                Fact::Absent(r) => Fact::Present(*r),
                Fact::Won(w) => Fact::Lost(*w),
                Fact::Lost(w) => Fact::Won(*w),
                Fact::Created(w) => Fact::Existed(*w),
                Fact::Existed(w) => Fact::Created(*w),
                Fact::Held(t) => Fact::NotHeld(*t),
                Fact::NotHeld(t) => Fact::Held(*t),
                _ => return false,
            };
            st.ctl.iter().any(|c| c.facts.contains(&opposite))
        });
        if facts_conflict {
            return false;
        }
        for f in &g.facts {
            match f {
                Fact::Held(t) if !st.held.contains(t) => st.held.edit().push(*t),
                Fact::NotHeld(t) => release(&self.seen.tokens, st, *t),
                Fact::Lost(w) | Fact::Failed(w) => {
                    if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                        o.lost_seen = true;
                        o.used = true;
                        o.handled.get_or_insert(loc);
                    }
                }
                Fact::Won(w) | Fact::Created(w) | Fact::Existed(w) => {
                    if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
                        o.used = true;
                    }
                }
                _ => {}
            }
        }
        for (row, stored) in g.rows {
            self.take_for(st, row, stored);
        }
        for w in g.either {
            if !st.merged_losses.contains(&w) {
                st.merged_losses.edit().push(w);
            }
        }
        // Who is known to have won has parted from who has lost, where both had gone on together.
        let mut said = g.facts.iter().chain(g.under.iter().flat_map(|c| &c.facts));
        if !st.merged_losses.is_empty() && said.any(|f| matches!(f, Fact::Won(_))) {
            let all = || g.facts.iter().chain(g.under.iter().flat_map(|c| &c.facts));
            let won = |w: &AccessId| all().any(|f| *f == Fact::Won(*w));
            st.merged_losses.edit().retain(|w| !won(w));
        }
        let depth = self.frames[self.cur].depth;
        for c in g.under {
            // A token that a callee got and still holds.
            for f in &c.facts {
                if let Fact::Held(t) = f
                    && !self.seen.tokens[t.0 as usize].released
                    && !st.held.contains(t)
                {
                    st.held.edit().push(*t);
                }
            }
            if !st.ctl.iter().any(|x| Rc::ptr_eq(x, &c)) {
                let mut c = (*c).clone();
                c.scope = scope;
                st.ctl.push(Rc::new(c));
            }
        }
        st.ctl.push(Rc::new(Ctl {
            loc,
            // Of several tests those that can matter were gathered.
            deps: match &*pred {
                Pred::And(_) | Pred::Or(_) => g.deps,
                Pred::Cmp(_, a, b) if a.is_none() || b.is_none() => g.deps,
                _ => g.deps.union(&v.deps.all()),
            },
            facts: g.facts,
            scope,
            depth,
            pred: Some(pred),
            polarity: truth,
            branch: self.branching,
        }));
        true
    }

    fn as_pred(&self, v: &Value) -> Rc<Pred> {
        match &v.kind {
            Kind::Test(p) => p.clone(),
            _ => Rc::new(Pred::Truthy(v.clone())),
        }
    }

    fn gather(&mut self, st: &State, pred: &Pred, truth: bool, g: &mut Gathered) -> bool {
        match pred {
            Pred::Not(p) => self.gather(st, p, !truth, g),
            Pred::And(ps) | Pred::Or(ps) => {
                let all = matches!(pred, Pred::And(_)) == truth;
                if all {
                    return ps.iter().all(|p| self.gather(st, p, truth, g));
                }
                // One that holds anyway decides nothing, nor do the others.
                if ps.iter().any(|p| self.settled(st, p, truth)) {
                    return true;
                }
                // Only one of them need hold: what they test counts, what they say doesn't, unless one is left.
                let mut possible: Vec<Gathered> = Vec::new();
                let mut of: Vec<&Pred> = Vec::new();
                for p in ps {
                    let mut one = Gathered::default();
                    if self.gather(st, p, truth, &mut one) {
                        possible.push(one);
                        of.push(p);
                    } else {
                        g.deps = g.deps.union(&one.deps);
                    }
                }
                if possible.is_empty() {
                    return false;
                }
                if possible.len() == 1
                    && let Some(one) = possible.pop()
                {
                    g.facts.extend(one.facts);
                    g.deps = g.deps.union(&one.deps);
                    g.under.extend(one.under);
                    g.rows.extend(one.rows);
                    return true;
                }
                let shared: Vec<Fact> = possible[0]
                    .facts
                    .iter()
                    .filter(|f| possible.iter().all(|p| p.facts.contains(f)))
                    .copied()
                    .collect();
                // A row that is missing or unfit: what follows a failed `not row or row.used` knows the row is there,
                // which the conjunctive side tells; the disjunctive one knows nothing.
                g.facts.extend(shared);
                for (i, one) in possible.iter().enumerate() {
                    for f in &one.facts {
                        let Fact::Absent(r) = *f else { continue };
                        let mut others = possible.iter().enumerate().filter(|(j, _)| *j != i);
                        if !g.facts.contains(f) && others.all(|(_, o)| !o.deps.of(r)) {
                            g.facts.push(Fact::OrAbsent(r));
                        }
                    }
                }
                self.nothing_to_lock(&possible, &of, g);
                for p in &possible {
                    for f in &p.facts {
                        if let Fact::Lost(w) = f
                            && possible.iter().any(|o| o.facts.contains(&Fact::Won(*w)))
                        {
                            g.either.push(*w);
                        }
                    }
                }
                for p in possible {
                    g.either.extend(p.either.iter().copied());
                    g.deps = g.deps.union(&p.deps);
                    for c in p.under {
                        g.deps = g.deps.union(&c.deps);
                    }
                }
                true
            }
            Pred::Truthy(v) => self.gather_truth(st, v, truth, g),
            Pred::Cmp(op, a, b) => self.gather_cmp(st, *op, a, b, truth, g),
        }
    }

    /// Whether a test comes out that way whatever happens.
    fn settled(&self, st: &State, p: &Pred, truth: bool) -> bool {
        match p {
            Pred::Not(p) => self.settled(st, p, !truth),
            Pred::Truthy(v) => match &v.kind {
                Kind::Test(p) => self.settled(st, p, truth),
                _ => self.truth_of(st, v) == Some(truth),
            },
            _ => false,
        }
    }

    /// `if key and not lock(key): return`: what comes by with no key has nothing to lock.
    fn nothing_to_lock(&self, possible: &[Gathered], of: &[&Pred], g: &mut Gathered) {
        for (i, one) in possible.iter().enumerate() {
            for f in &one.facts {
                let Fact::Held(t) = f else { continue };
                let Some(key) = self.seen.tokens[t.0 as usize].key else {
                    continue;
                };
                let others = of.iter().enumerate().filter(|(k, _)| *k != i);
                let about_key = |p: &Pred| match p {
                    Pred::Truthy(v) | Pred::Cmp(_, v, _) => self.seen.terms.mentions(key, v.term),
                    _ => false,
                };
                if others.clone().all(|(_, p)| match p {
                    Pred::Not(p) => about_key(p),
                    p => about_key(p),
                }) && !g.facts.contains(f)
                {
                    g.facts.push(*f);
                }
            }
        }
    }

    /// Whether a value is true for certain (`Some`) or maybe (`None`), as far as it is known without assumptions.
    pub(super) fn truth_of(&self, st: &State, v: &Value) -> Option<bool> {
        match &v.kind {
            Kind::Const(l) => Some(truthy_lit(*l)),
            Kind::Func(_) | Kind::Class(_) | Kind::Region(_) => Some(true),
            // A row that was read from the store has its key.
            Kind::Unknown => match self.seen.terms.get(v.term) {
                Term::Field(row, name) if name == "pk" => {
                    match st.obj(*self.rows.get(row)?)?.origin {
                        Origin::Read(r) => {
                            let how = self.seen.reads[r.0 as usize].how;
                            (how != ReadHow::Param).then_some(true)
                        }
                        _ => None,
                    }
                }
                // A text with a part that is always there.
                Term::Concat(parts) => parts
                    .iter()
                    .any(|t| {
                        matches!(self.seen.terms.get(*t), Term::Const(Lit::Str(s)) if !s.is_empty())
                    })
                    .then_some(true),
                _ => None,
            },
            Kind::Tuple(vs) => Some(!vs.is_empty()),
            Kind::Obj(id) => {
                let o = st.obj(*id)?;
                if o.maybe.is_some() {
                    return None;
                }
                match o.shape {
                    // A parameter of which nothing is known may be anything.
                    Shape::Instance
                        if o.origin == Origin::Param
                            && o.class.is_none()
                            && o.type_path.is_none() =>
                    {
                        None
                    }
                    Shape::Instance | Shape::Row => Some(true),
                    Shape::List if self.fixed_list(st, v).is_some_and(|o| !o.fields.is_empty()) => {
                        Some(true)
                    }
                    Shape::Dict
                        if o.fields
                            .iter()
                            .any(|(_, s)| s.presence == crate::analysis::value::Presence::Yes) =>
                    {
                        Some(true)
                    }
                    Shape::Dict
                        if o.fields.is_empty() && o.rest.is_none() && o.origin == Origin::Fresh =>
                    {
                        Some(false)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn gather_truth(&mut self, st: &State, v: &Value, truth: bool, g: &mut Gathered) -> bool {
        g.deps = g.deps.union(&v.deps.all());
        if matches!(v.kind, Kind::Unknown) && self.truth_of(st, v) == Some(!truth) {
            return false;
        }
        if let Kind::Phi(alts) = &v.kind {
            let kept: Vec<&Alt> = alts
                .iter()
                .filter(|a| self.truth_of(st, &a.value) != Some(!truth))
                .collect();
            return self.keep_alternatives(st, alts, &kept, g, |s, a, g| {
                s.gather_truth(st, &a.value, truth, g)
            });
        }
        match &v.kind {
            Kind::Test(p) => {
                let p = p.clone();
                return self.gather(st, &p, truth, g);
            }
            // One that was looked for among the rows.
            Kind::Presence(r) if self.is_sought(v.term) => {
                if !truth {
                    g.facts.push(Fact::OrAbsent(*r));
                }
            }
            Kind::Presence(r) | Kind::Count(r) => {
                g.facts.push(if truth {
                    Fact::Present(*r)
                } else {
                    Fact::Absent(*r)
                });
            }
            Kind::Acquired(t) => g.facts.push(held(*t, truth)),
            Kind::Affected(w) => g
                .facts
                .push(if truth { Fact::Won(*w) } else { Fact::Lost(*w) }),
            Kind::Created(w) => g.facts.push(if truth {
                Fact::Created(*w)
            } else {
                Fact::Existed(*w)
            }),
            Kind::Err(w) => g.facts.push(if truth {
                Fact::Failed(*w)
            } else {
                Fact::Won(*w)
            }),
            Kind::Obj(id) => {
                // That nothing was put in says how each decision went; that something was is no test of what is in it.
                if let Some(o) = st.obj(*id).filter(|_| !truth) {
                    g.deps = g.deps.union(&o.filled);
                }
                if let Some(o) = st.obj(*id)
                    && let Some(r) = o.maybe
                {
                    g.facts.push(if truth {
                        Fact::Present(r)
                    } else {
                        Fact::Absent(r)
                    });
                } else if self.truth_of(st, v) == Some(!truth) {
                    return false;
                }
            }
            Kind::Unknown => {
                if let Some((row, tells)) = self.tested_row(v.term) {
                    // A key that is there is true.
                    if tells && self.column_there(st, v.term) == Some(!truth) {
                        return false;
                    }
                    g.rows.push((row, truth == tells));
                }
            }
            _ => {
                if self.truth_of(st, v) == Some(!truth) {
                    return false;
                }
            }
        }
        true
    }

    /// Of several alternatives only some agree with what is assumed.
    pub(super) fn keep_alternatives(
        &mut self,
        _st: &State,
        all: &[Alt],
        kept: &[&Alt],
        g: &mut Gathered,
        mut each: impl FnMut(&mut Self, &Alt, &mut Gathered) -> bool,
    ) -> bool {
        if kept.is_empty() {
            // Alternatives may have been given up; then nothing is known.
            return all.len() >= ALTS;
        }
        if kept.len() == 1 {
            g.under.extend(kept[0].under.iter().cloned());
            return each(self, kept[0], g);
        }
        let mut shared: Option<Vec<Fact>> = None;
        // Where one of them says that there is no row, and what the others owe to that row.
        let mut absent: Vec<(usize, ReadId)> = Vec::new();
        let mut owed: Vec<PathSet> = Vec::new();
        // Which of them know how a write came out.
        let (mut won, mut lost) = (Vec::new(), Vec::new());
        // Which of them have come by a write that failed there.
        let mut failed: Vec<(usize, AccessId)> = Vec::new();
        let mut ways: Vec<&Alt> = Vec::new();
        let go = self.lang == Lang::Go;
        for a in kept {
            let mut one = Gathered::default();
            if !each(self, a, &mut one) {
                continue;
            }
            let mut facts = one.facts;
            let mut deps = one.deps;
            g.deps = g.deps.union(&deps);
            for c in a.under.iter().chain(one.under.iter()) {
                facts.extend(c.facts.iter().copied());
                deps = deps.union(&c.deps);
                if !(go && mishaps::on_either(c, kept.iter().copied())) {
                    g.deps = g.deps.union(&c.deps);
                }
            }
            for f in &facts {
                match f {
                    Fact::Absent(r) => absent.push((owed.len(), *r)),
                    Fact::Won(w) => won.push(*w),
                    Fact::Lost(w) if a.value.is_none() => lost.push(*w),
                    _ => {}
                }
                if let Fact::Lost(w) | Fact::Failed(w) = f {
                    failed.push((ways.len(), *w));
                }
            }
            ways.push(a);
            owed.push(deps);
            shared = Some(match shared {
                None => facts,
                Some(s) => s.into_iter().filter(|f| facts.contains(f)).collect(),
            });
        }
        g.facts.extend(shared.unwrap_or_default());
        self.none_won(&ways, &failed, g);
        // A failure that was made nothing of: who has lost goes on as who has won.
        g.either
            .extend(lost.into_iter().filter(|w| won.contains(w)));
        for (i, r) in absent {
            let mut others = owed.iter().enumerate().filter(|(j, _)| *j != i);
            if others.all(|(_, d)| !d.of(r)) {
                g.facts.push(Fact::OrAbsent(r));
            }
        }
        true
    }

    fn gather_cmp(
        &mut self,
        st: &State,
        op: CmpOp,
        a: &Value,
        b: &Value,
        truth: bool,
        g: &mut Gathered,
    ) -> bool {
        g.deps = g
            .deps
            .union(&self.asked(st, a, b))
            .union(&self.asked(st, b, a));
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            g.deps = g.deps.union(&self.deep_deps(st, b, 0).all());
        }
        // The known side last.
        let (a, b, op) = if matches!(a.kind, Kind::Const(_)) && !matches!(b.kind, Kind::Const(_)) {
            (b, a, flip(op))
        } else {
            (a, b, op)
        };
        if let (Kind::Const(x), Kind::Const(y)) = (&a.kind, &b.kind)
            && let Some(known) = compare(op, x, y)
        {
            return known == truth;
        }
        if let Kind::Const(lit) = b.kind {
            if let Lit::Int(n) = lit
                && let Some(known) = self.fits_column(st, op, a.term, n)
            {
                return known == truth;
            }
            let is_nothing = lit == Lit::None;
            let equal = match op {
                CmpOp::Eq | CmpOp::Is => Some(true),
                CmpOp::Ne | CmpOp::IsNot => Some(false),
                _ => None,
            };
            if is_nothing && let Some(equal) = equal {
                return self.gather_present(st, a, equal != truth, g);
            }
            if let Kind::Phi(alts) = &a.kind {
                let kept: Vec<&Alt> = alts
                    .iter()
                    .filter(|x| match &x.value.kind {
                        Kind::Const(y) => compare(op, y, &lit) != Some(!truth),
                        _ => true,
                    })
                    .collect();
                return self.keep_alternatives(st, alts, &kept, g, |s, x, g| {
                    s.gather_cmp(st, op, &x.value, b, truth, g)
                });
            }
            match &a.kind {
                Kind::Count(r) | Kind::Presence(r) => {
                    if let Some(present) = counted(op, lit, truth) {
                        g.facts.push(if present {
                            Fact::Present(*r)
                        } else {
                            Fact::Absent(*r)
                        });
                    }
                }
                Kind::Acquired(t) => {
                    if let Some(got) = counted(op, lit, truth) {
                        g.facts.push(held(*t, got));
                    }
                }
                Kind::Affected(w) => {
                    if let Some(won) = counted(op, lit, truth) {
                        g.facts
                            .push(if won { Fact::Won(*w) } else { Fact::Lost(*w) });
                    }
                }
                Kind::Created(w) => {
                    if let (Lit::Bool(x), Some(equal)) = (lit, equal) {
                        let created = x == (equal == truth);
                        g.facts.push(if created {
                            Fact::Created(*w)
                        } else {
                            Fact::Existed(*w)
                        });
                    }
                }
                Kind::Err(w) => {
                    // The code of the failure is compared.
                    let other = |c: Sym| self.fails_elsewhere(*w, c.as_str());
                    if matches!(lit, Lit::Str(c) if other(c)) && equal == Some(truth) {
                        return false;
                    }
                    if let (Lit::Str(code), Some(equal)) = (lit, equal)
                        && self.is_conflict_code(*w, code.as_str())
                    {
                        self.tell_apart(*w);
                        g.facts.push(if equal == truth {
                            Fact::Lost(*w)
                        } else {
                            Fact::Failed(*w)
                        });
                    }
                }
                Kind::Obj(id) => {
                    if let (Some(o), Lit::Bool(x), Some(equal)) = (st.obj(*id), lit, equal)
                        && let Some(r) = o.maybe
                    {
                        let present = x == (equal == truth);
                        g.facts.push(if present {
                            Fact::Present(r)
                        } else {
                            Fact::Absent(r)
                        });
                    }
                }
                Kind::Test(p) => {
                    if let (Lit::Bool(x), Some(equal)) = (lit, equal) {
                        let p = p.clone();
                        return self.gather(st, &p, x == (equal == truth), g);
                    }
                }
                _ => {}
            }
            return true;
        }
        // `errors.Is(err, ErrNotFound)`: nothing was found.
        if let (Kind::ReadErr(r), Kind::Path(p), CmpOp::Eq | CmpOp::Ne) = (&a.kind, &b.kind, op)
            && let Some(name) = p.rsplit(['.', '/']).next()
            && self.seen.reads[r.0 as usize]
                .absent_as
                .is_some_and(|x| x == name)
        {
            if (op == CmpOp::Eq) == truth {
                g.facts.push(Fact::Absent(*r));
            }
            return true;
        }
        // The code of the failure is compared with a constant of the library.
        if let (Kind::Err(w), Kind::Path(p), CmpOp::Eq | CmpOp::Ne) = (&a.kind, &b.kind, op)
            && let Some(code) = p.rsplit(['.', '/']).next()
            && self.is_conflict_code(*w, code)
        {
            self.tell_apart(*w);
            let equal = op == CmpOp::Eq;
            g.facts.push(if equal == truth {
                Fact::Lost(*w)
            } else {
                Fact::Failed(*w)
            });
            return true;
        }
        if let (Kind::Err(w), Kind::Path(p), CmpOp::Eq | CmpOp::Ne) = (&a.kind, &b.kind, op)
            && let Some(code) = p.rsplit(['.', '/']).next()
            && (op == CmpOp::Eq) == truth
            && self.fails_elsewhere(*w, code)
        {
            return false;
        }
        // `err == ErrNotFound`, `errors.Is(err, X)`: some failure.
        if let (Kind::Err(w), CmpOp::Eq | CmpOp::Is) = (&a.kind, op)
            && truth
        {
            g.facts.push(Fact::Failed(*w));
        }
        if let Kind::Phi(alts) = &a.kind
            && matches!(op, CmpOp::Eq | CmpOp::Is | CmpOp::Ne | CmpOp::IsNot)
            && !matches!(b.kind, Kind::Unknown | Kind::Phi(_))
        {
            let equal = matches!(op, CmpOp::Eq | CmpOp::Is) == truth;
            let kept: Vec<&Alt> = alts
                .iter()
                .filter(|x| {
                    if equal {
                        x.value.term == b.term
                    } else {
                        x.value.term != b.term
                    }
                })
                .collect();
            if !kept.is_empty() {
                return self.keep_alternatives(st, alts, &kept, g, |_, _, _| true);
            }
        }
        true
    }

    /// Somebody asks whether a failure is a lost condition.
    fn tell_apart(&mut self, w: AccessId) {
        if let Some(o) = self.seen.outcomes.get_mut(w.0 as usize) {
            o.told_apart = true;
        }
    }

    /// What the outcome of a comparison owes to a value. Whether something is there owes nothing to what a text or a
    /// record says that is there in any case.
    fn asked(&self, st: &State, v: &Value, with: &Value) -> PathSet {
        if !with.is_none() {
            return v.deps.all();
        }
        let Kind::Phi(alts) = &v.kind else {
            return if self.is_there(st, v) {
                PathSet::default()
            } else {
                v.deps.all()
            };
        };
        let go = self.lang == Lang::Go;
        if !go && !alts.iter().any(|a| self.is_there(st, &a.value)) {
            return v.deps.all();
        }
        let mut out = PathSet::default();
        for a in alts.iter() {
            if !self.is_there(st, &a.value) {
                out = out.union(&a.value.deps.all());
            }
            if go && mishaps::is_mishap(a) {
                continue;
            }
            for c in a.under.iter() {
                if !(go && mishaps::on_either(c, alts.iter())) {
                    out = out.union(&c.deps);
                }
            }
        }
        out
    }

    /// Whether a value is something for certain, whatever is in it: text, or a record that was made here.
    fn is_there(&self, st: &State, v: &Value) -> bool {
        let made = |o: &Obj| {
            matches!(o.shape, Shape::Instance | Shape::Dict)
                && o.origin == Origin::Fresh
                && o.maybe.is_none()
                && !self.may_be_nil(o)
        };
        match v.kind {
            Kind::Obj(id) => st.obj(id).is_some_and(made),
            _ => self.is_text(v.term),
        }
    }

    /// Whether a value is text for certain: joined from parts, or what a method of such text gives.
    pub(super) fn is_text(&self, t: TermId) -> bool {
        match self.seen.terms.get(t) {
            Term::Concat(_) | Term::Const(Lit::Str(_)) => true,
            Term::Op(name, of) => {
                !name.contains('.') && of.first().is_some_and(|t| self.is_text(*t))
            }
            _ => false,
        }
    }
}

/// Whether a literal is true.
pub fn truthy_lit(l: Lit) -> bool {
    match l {
        Lit::None => false,
        Lit::Bool(b) => b,
        Lit::Int(i) => i != 0,
        Lit::Float(f) => f.parse::<f64>().is_ok_and(|x| x != 0.0),
        Lit::Str(s) | Lit::Bytes(s) => !s.is_empty(),
        Lit::Ellipsis => true,
    }
}

fn held(t: TokenId, yes: bool) -> Fact {
    if yes { Fact::Held(t) } else { Fact::NotHeld(t) }
}

pub(super) fn flip(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::Le => CmpOp::Ge,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::Ge => CmpOp::Le,
        other => other,
    }
}

/// Whether a count compared like that is more than nothing.
fn counted(op: CmpOp, lit: Lit, truth: bool) -> Option<bool> {
    let n = match lit {
        Lit::Int(n) => n,
        Lit::Bool(b) => i64::from(b),
        _ => return None,
    };
    let some = match (op, n) {
        (CmpOp::Eq | CmpOp::Is, 0) => false,
        (CmpOp::Ne | CmpOp::IsNot, 0) => true,
        (CmpOp::Gt, 0) | (CmpOp::Ge, 1) => true,
        (CmpOp::Lt, 1) | (CmpOp::Le, 0) => false,
        (CmpOp::Eq | CmpOp::Is, 1) => true,
        (CmpOp::Ne | CmpOp::IsNot, 1) => false,
        _ => return None,
    };
    Some(some == truth)
}

fn compare(op: CmpOp, a: &Lit, b: &Lit) -> Option<bool> {
    match op {
        CmpOp::Eq | CmpOp::Is => Some(a == b),
        CmpOp::Ne | CmpOp::IsNot => Some(a != b),
        CmpOp::Lt | CmpOp::Le | CmpOp::Gt | CmpOp::Ge => match (a, b) {
            (Lit::Int(x), Lit::Int(y)) => Some(match op {
                CmpOp::Lt => x < y,
                CmpOp::Le => x <= y,
                CmpOp::Gt => x > y,
                _ => x >= y,
            }),
            _ => None,
        },
        _ => None,
    }
}
