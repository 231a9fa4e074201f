//! The state of one path through a root, and how paths join.

use std::cell::OnceCell;
use std::rc::Rc;

use super::access::{AccessId, TokenId};
use super::shared::Shared;
use super::value::{
    Alt, Container, Ctl, Deps, EnvId, Kind, Obj, ObjId, Origin, PathSet, Pred, Presence, Scope,
    Shape, Slot, Terms, Value,
};
use crate::symbol::Sym;

/// Variables by name. They are few: looking through them costs less than a table would, above all where it is copied.
#[derive(Clone, Debug, Default)]
pub struct Vars(Vec<(Sym, Value)>);

impl Vars {
    /// None yet, with room for so many.
    pub fn with_room(n: usize) -> Self {
        Self(Vec::with_capacity(n))
    }

    /// The value of a variable.
    pub fn get(&self, name: Sym) -> Option<&Value> {
        self.0.iter().find(|v| v.0 == name).map(|v| &v.1)
    }

    /// Gives a variable a value.
    pub fn insert(&mut self, name: Sym, value: Value) {
        match self.0.iter_mut().find(|v| v.0 == name) {
            Some(v) => v.1 = value,
            None => self.0.push((name, value)),
        }
    }

    /// Every variable with its value.
    pub fn iter(&self) -> std::slice::Iter<'_, (Sym, Value)> {
        self.0.iter()
    }
}

/// Variables of one activation.
#[derive(Clone, Debug)]
pub struct Env {
    /// By name.
    pub vars: Vars,
    /// Where free names are looked up.
    pub parent: Option<EnvId>,
    /// File and function, to tell which names are local.
    pub func: super::value::FuncRef,
}

/// How many values share one copy-on-write block of a [`Slab`].
const BLOCK: usize = 8;

/// A part of a [`Slab`].
type Block<T> = [Option<Rc<T>>; BLOCK];

/// Values by number, cheap to copy: paths share all blocks until one of them changes something, and then those that
/// neither has changed.
#[derive(Debug)]
struct Slab<T> {
    blocks: Option<Rc<Vec<Rc<Block<T>>>>>,
}

impl<T> Clone for Slab<T> {
    fn clone(&self) -> Self {
        Self {
            blocks: self.blocks.clone(),
        }
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { blocks: None }
    }
}

impl<T: Clone> Slab<T> {
    fn blocks(&self) -> &[Rc<Block<T>>] {
        self.blocks.as_deref().map_or(&[], Vec::as_slice)
    }

    fn get(&self, i: usize) -> Option<&T> {
        self.blocks().get(i / BLOCK)?[i % BLOCK].as_deref()
    }

    fn get_mut(&mut self, i: usize) -> Option<&mut T> {
        // Nothing is copied for what is not there.
        self.get(i)?;
        let blocks = Rc::make_mut(self.blocks.as_mut()?);
        let block = Rc::make_mut(blocks.get_mut(i / BLOCK)?);
        block[i % BLOCK].as_mut().map(Rc::make_mut)
    }

    fn put(&mut self, i: usize, value: T) {
        let blocks = Rc::make_mut(self.blocks.get_or_insert_default());
        while blocks.len() <= i / BLOCK {
            blocks.push(Rc::new([const { None }; BLOCK]));
        }
        Rc::make_mut(&mut blocks[i / BLOCK])[i % BLOCK] = Some(Rc::new(value));
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        let slots = self.blocks().iter().flat_map(|b| b.iter());
        slots.flatten().map(|v| &**v)
    }

    /// Takes over what the other has, and joins what both have but differs.
    fn join(&mut self, other: &Self, mut both: impl FnMut(&mut Rc<T>, &T)) {
        let Some(theirs) = &other.blocks else { return };
        let mine = self.blocks.get_or_insert_default();
        if Rc::ptr_eq(mine, theirs) {
            return;
        }
        let blocks = Rc::make_mut(mine);
        for (i, theirs) in theirs.iter().enumerate() {
            let Some(mine) = blocks.get_mut(i) else {
                blocks.push(theirs.clone());
                continue;
            };
            if Rc::ptr_eq(mine, theirs) {
                continue;
            }
            let mine = Rc::make_mut(mine);
            for (slot, theirs) in mine.iter_mut().zip(theirs.iter()) {
                match (slot.as_mut(), theirs) {
                    (Some(a), Some(b)) if Rc::ptr_eq(a, b) => {}
                    (Some(a), Some(b)) => both(a, b),
                    (None, Some(b)) => *slot = Some(b.clone()),
                    (_, None) => {}
                }
            }
        }
    }
}

/// Everything that differs between paths.
#[derive(Debug, Default)]
pub struct State {
    envs: Slab<Env>,
    heap: Slab<Obj>,
    /// Values of module-level names evaluated so far.
    globals: Slab<Value>,
    /// The decisions in force.
    pub ctl: Vec<Rc<Ctl>>,
    /// The tokens held.
    pub held: Shared<TokenId>,
    /// The writes made on this path.
    pub done: Shared<AccessId>,
    /// Of these, those made whichever way led here.
    pub always: Shared<AccessId>,
    /// Conditional writes whose losing side has joined the winning one.
    pub merged_losses: Shared<AccessId>,
}

impl Clone for State {
    fn clone(&self) -> Self {
        // Paths part to be decided on: there is to be room for that.
        let mut ctl = Vec::with_capacity(self.ctl.len() + DECISIONS);
        ctl.extend_from_slice(&self.ctl);
        Self {
            envs: self.envs.clone(),
            heap: self.heap.clone(),
            globals: self.globals.clone(),
            ctl,
            held: self.held.clone(),
            done: self.done.clone(),
            always: self.always.clone(),
            merged_losses: self.merged_losses.clone(),
        }
    }
}

/// Decisions for which a copied state has room.
const DECISIONS: usize = 4;

/// Alternatives kept before a value is given up.
pub const ALTS: usize = 8;

impl State {
    /// An environment.
    pub fn env(&self, id: EnvId) -> Option<&Env> {
        self.envs.get(id.0 as usize)
    }

    /// An environment, to change.
    pub fn env_mut(&mut self, id: EnvId) -> Option<&mut Env> {
        self.envs.get_mut(id.0 as usize)
    }

    /// Puts an environment under an id.
    pub fn put_env(&mut self, id: EnvId, env: Env) {
        self.envs.put(id.0 as usize, env);
    }

    /// An object.
    pub fn obj(&self, id: ObjId) -> Option<&Obj> {
        self.heap.get(id.0 as usize)
    }

    /// An object, to change.
    pub fn obj_mut(&mut self, id: ObjId) -> Option<&mut Obj> {
        self.heap.get_mut(id.0 as usize)
    }

    /// Puts an object under an id.
    pub fn put_obj(&mut self, id: ObjId, obj: Obj) {
        self.heap.put(id.0 as usize, obj);
    }

    /// The value of a module-level name, by the number that the run has given it.
    pub fn global(&self, number: u32) -> Option<&Value> {
        self.globals.get(number as usize)
    }

    /// Keeps the value of a module-level name.
    pub fn put_global(&mut self, number: u32, value: Value) {
        self.globals.put(number as usize, value);
    }

    /// The values of all module-level names evaluated so far.
    pub fn globals(&self) -> impl Iterator<Item = &Value> {
        self.globals.iter()
    }

    /// What decides the code here.
    pub fn control(&self) -> PathSet {
        self.ctl
            .iter()
            .fold(PathSet::default(), |d, c| d.union(&c.deps))
    }

    /// The decisions that came into force after so many.
    pub fn decided_since(&self, base: usize) -> Shared<Rc<Ctl>> {
        self.ctl.get(base..).unwrap_or_default().to_vec().into()
    }

    /// Joins two live paths that parted when `base` decisions were in force.
    pub fn join(mut self, mut other: Self, base: usize, terms: &mut Terms) -> Self {
        let mine = since(&mut self.ctl, base);
        let theirs = since(&mut other.ctl, base);
        let sides = Sides::new(mine, theirs);
        let mut j = Joiner {
            sides: &sides,
            terms,
        };
        self.envs.join(&other.envs, |a, b| {
            j.vars(&mut Rc::make_mut(a).vars, &b.vars)
        });
        self.heap
            .join(&other.heap, |a, b| j.obj(Rc::make_mut(a), b));
        self.globals.join(&other.globals, |_, _| {});
        for (side, i, c) in [&sides.mine, &sides.theirs]
            .into_iter()
            .flat_map(|s| s.iter().enumerate().map(move |(i, c)| (s, i, c)))
        {
            // A check that raises, returns or ends the turn on one of the branches still decides what follows, though its
            // facts hold there only; so do the decisions of the same function that led to it.
            let led = || {
                let mut inner = side[i + 1..].iter();
                inner.find(|r| r.depth == c.depth && leads_out(r))
            };
            let out = match c.scope {
                Scope::Return | Scope::Raise | Scope::Loop => None,
                Scope::Branch => match led() {
                    Some(out) => Some(out),
                    None => continue,
                },
                Scope::Block => continue,
            };
            let mut weak = (**c).clone();
            weak.weaken();
            if let Some(out) = out {
                weak.facts.clear();
                weak.leading_to(out);
            }
            if !self
                .ctl
                .iter()
                .any(|k| k.loc == weak.loc && k.deps == weak.deps)
            {
                self.ctl.push(Rc::new(weak));
            }
        }
        if !self.held.is(&other.held) {
            let both = |t: &&TokenId| other.held.contains(t);
            self.held = self.held.iter().filter(both).copied().collect();
        }
        self.merged_losses = either(&self.merged_losses, &other.merged_losses);
        self.done = either(&self.done, &other.done);
        if !self.always.is(&other.always) && self.always.iter().any(|w| !other.always.contains(w)) {
            self.always.edit().retain(|w| other.always.contains(w));
        }
        self
    }
}

/// Takes out the decisions that came into force after so many.
fn since(ctl: &mut Vec<Rc<Ctl>>, base: usize) -> Shared<Rc<Ctl>> {
    ctl.split_off(base.min(ctl.len())).into()
}

/// Whether the other side of a decision left the function, or the turn, for what it tested: what is asserted holds anyway, and a
/// failure of what was done there is nothing that was asked for.
fn leads_out(c: &Ctl) -> bool {
    let failure = || match c.pred.as_deref() {
        Some(Pred::Cmp(_, v, nil)) => {
            nil.is_none()
                && matches!(
                    v.kind,
                    // (The last of several results is a failure where it is compared with nothing, else a truth value.)
                    Kind::Unknown | Kind::Err(_) | Kind::ReadErr(_) | Kind::Phi(_) | Kind::Test(_)
                )
        }
        _ => false,
    };
    match c.scope {
        Scope::Raise => !c.polarity,
        Scope::Return | Scope::Loop => !failure(),
        Scope::Branch | Scope::Block => false,
    }
}

/// What is in either list, sorted.
fn either(a: &Shared<AccessId>, b: &Shared<AccessId>) -> Shared<AccessId> {
    if a.is(b) || b.is_empty() {
        return a.clone();
    }
    let mut all: Vec<_> = a.iter().chain(b.iter()).copied().collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// The decisions of two paths since they parted.
struct Sides {
    mine: Shared<Rc<Ctl>>,
    theirs: Shared<Rc<Ctl>>,
    decided: OnceCell<PathSet>,
}

impl Sides {
    fn new(mine: Shared<Rc<Ctl>>, theirs: Shared<Rc<Ctl>>) -> Self {
        Self {
            mine,
            theirs,
            decided: OnceCell::new(),
        }
    }

    /// What the decisions of both test.
    fn decided(&self) -> &PathSet {
        self.decided.get_or_init(|| {
            let all = self.mine.iter().chain(self.theirs.iter());
            all.fold(PathSet::default(), |d, c| d.union(&c.deps))
        })
    }
}

struct Joiner<'a> {
    sides: &'a Sides,
    terms: &'a mut Terms,
}

impl Joiner<'_> {
    fn vars(&mut self, a: &mut Vars, b: &Vars) {
        for (i, (name, v)) in b.iter().enumerate() {
            // Both have mostly been given the same variables one after the other.
            let at = match a.0.get(i) {
                Some(x) if x.0 == *name => Some(i),
                _ => a.0.iter().position(|x| x.0 == *name),
            };
            match at.map(|i| &mut a.0[i].1) {
                Some(x) if same(x, v) => {}
                Some(x) => *x = self.value(x, v),
                None => a.0.push((*name, v.clone())),
            }
        }
    }

    fn value(&mut self, a: &Value, b: &Value) -> Value {
        join_sides(a, b, self.sides, self.terms)
    }

    /// An attribute of an item that only one of the ways has changed stays as it was read on the other.
    fn kept(&mut self, o: &Obj, name: Sym) -> Option<Value> {
        if matches!(o.container, Some(Container::Model(_))) {
            return None;
        }
        let changed = o.shape == Shape::Row && o.dirty.iter().any(|d| d.0 == name);
        let Origin::Read(r) = o.origin else {
            return None;
        };
        changed.then(|| {
            let term = self.terms.field(o.term, name);
            Value::new(term, Kind::Unknown, Deps::read(r, name))
        })
    }

    fn obj(&mut self, a: &mut Obj, b: &Obj) {
        if a.term == b.term && !self.sides.decided().is_empty() {
            let only = |x: &Obj, y: &Obj| -> Vec<Sym> {
                let names = x.fields.iter().map(|f| f.0);
                names.filter(|n| y.get(*n).is_none()).collect()
            };
            for name in only(a, b) {
                if let Some(old) = self.kept(a, name)
                    && let Some(i) = a.fields.iter().position(|f| f.0 == name)
                {
                    a.fields[i].1.value = self.value(&a.fields[i].1.value.clone(), &old);
                }
            }
            for name in only(b, a) {
                if let Some(old) = self.kept(b, name)
                    && let Some(new) = b.get(name)
                {
                    let value = self.value(&old, &new.value);
                    let presence = Presence::Yes;
                    a.fields.push((name, Slot { value, presence }));
                }
            }
        }
        // Something was put into it on one of the ways only.
        let mut fills = false;
        for (name, slot) in &mut a.fields {
            match b.get(*name) {
                Some(other) => {
                    if !same(&slot.value, &other.value) {
                        slot.value = self.value(&slot.value, &other.value);
                    }
                    if other.presence == Presence::Maybe {
                        slot.presence = Presence::Maybe;
                    }
                }
                None => {
                    slot.presence = Presence::Maybe;
                    fills = true;
                }
            }
        }
        for (name, slot) in &b.fields {
            if a.get(*name).is_none() {
                fills = true;
                a.fields.push((
                    *name,
                    Slot {
                        value: slot.value.clone(),
                        presence: Presence::Maybe,
                    },
                ));
            }
        }
        a.rest_key = match (a.rest_key.take(), &b.rest_key) {
            (Some(x), Some(y)) => (x.term == y.term).then_some(x),
            // Nothing was put in on the other way.
            (Some(x), None) => b.rest.is_none().then_some(x),
            (None, key) => key.clone().filter(|_| a.rest.is_none()),
        };
        a.rest = match (a.rest.take(), &b.rest) {
            (Some(x), Some(y)) if same(&x, y) => Some(x),
            (Some(x), Some(y)) => Some(self.value(&x, y)),
            (x, y) => {
                let either = x.or_else(|| y.clone());
                if either.is_some() && matches!(a.shape, Shape::List | Shape::Dict) {
                    // Whether there is something in it was decided.
                    a.filled = a.filled.union(self.sides.decided());
                }
                either
            }
        };
        if fills && a.origin == Origin::Fresh && matches!(a.shape, Shape::List | Shape::Dict) {
            a.filled = a.filled.union(self.sides.decided());
        }
        a.filled = a.filled.union(&b.filled);
        for d in &b.dirty {
            if !a.dirty.iter().any(|x| x.0 == d.0) {
                a.dirty.push(*d);
            }
        }
        for c in &b.conds {
            if !a.conds.iter().any(|x| Rc::ptr_eq(x, c)) && a.conds.len() < 32 {
                a.conds.push(c.clone());
            }
        }
        a.class = a.class.or(b.class);
        a.minus = a.minus.or(b.minus);
        a.lock = a.lock.filter(|_| b.lock.is_some());
        if (a.shape, b.shape) == (Shape::Instance, Shape::Row)
            && (&a.origin, a.class) == (&super::value::Origin::Fresh, b.class)
        {
            // A place that a row was put into: on the other way nothing was found, or that failed.
            a.shape = b.shape;
            a.term = b.term;
            a.container = a.container.or(b.container);
            a.maybe = a.maybe.or(b.maybe);
        }
        if a.origin != b.origin {
            a.origin = match (&a.origin, &b.origin) {
                (super::value::Origin::Read(r), _) | (_, super::value::Origin::Read(r)) => {
                    super::value::Origin::Read(*r)
                }
                _ => super::value::Origin::Unknown,
            };
        }
    }
}

/// One of two objects: what only one of them has may be there.
pub fn join_objects(mut a: Obj, b: &Obj, terms: &mut Terms) -> Obj {
    let sides = &Sides::new(Shared::default(), Shared::default());
    let mut j = Joiner { sides, terms };
    j.obj(&mut a, b);
    a
}

/// Whether two values are the same for the purposes of a join.
pub fn same(a: &Value, b: &Value) -> bool {
    a.term == b.term
        && a.deps == b.deps
        && match (&a.kind, &b.kind) {
            (Kind::Unknown, Kind::Unknown) => true,
            (Kind::Const(x), Kind::Const(y)) => x == y,
            (Kind::Obj(x), Kind::Obj(y)) => x == y,
            (Kind::Class(x), Kind::Class(y)) => x == y,
            (Kind::Path(x), Kind::Path(y)) => x == y,
            (Kind::Acquired(x), Kind::Acquired(y)) => x == y,
            (Kind::Presence(x), Kind::Presence(y)) | (Kind::Count(x), Kind::Count(y)) => x == y,
            (Kind::ReadErr(x), Kind::ReadErr(y)) => x == y,
            (Kind::Affected(x), Kind::Affected(y))
            | (Kind::Created(x), Kind::Created(y))
            | (Kind::Err(x), Kind::Err(y)) => x == y,
            (Kind::Func(x), Kind::Func(y)) => Rc::ptr_eq(x, y) || x.func == y.func,
            (Kind::Tuple(x), Kind::Tuple(y)) => {
                Rc::ptr_eq(x, y)
                    || (x.len() == y.len() && x.iter().zip(y.iter()).all(|(p, q)| same(p, q)))
            }
            (Kind::Bound(x), Kind::Bound(y)) => Rc::ptr_eq(x, y),
            (Kind::Test(x), Kind::Test(y)) => Rc::ptr_eq(x, y),
            (Kind::Cond(x), Kind::Cond(y)) => Rc::ptr_eq(x, y),
            (Kind::Store(x), Kind::Store(y)) => Rc::ptr_eq(x, y),
            (Kind::Phi(x), Kind::Phi(y)) => Rc::ptr_eq(x, y),
            (Kind::Type(x), Kind::Type(y)) => x == y,
            (Kind::Region(x), Kind::Region(y)) => x == y,
            _ => false,
        }
}

/// One of two values, each under its decisions.
pub fn join_values(
    a: &Value,
    a_under: &Shared<Rc<Ctl>>,
    b: &Value,
    b_under: &Shared<Rc<Ctl>>,
    terms: &mut Terms,
) -> Value {
    let sides = Sides::new(a_under.clone(), b_under.clone());
    join_sides(a, b, &sides, terms)
}

/// Decisions kept with an alternative.
const UNDER: usize = 24;

fn join_sides(a: &Value, b: &Value, sides: &Sides, terms: &mut Terms) -> Value {
    if let (Kind::Tuple(x), Kind::Tuple(y)) = (&a.kind, &b.kind)
        && x.len() == y.len()
    {
        let parts: Vec<Value> = x
            .iter()
            .zip(y.iter())
            .map(|(p, q)| {
                if same(p, q) {
                    p.clone()
                } else {
                    join_sides(p, q, sides, terms)
                }
            })
            .collect();
        let deps = parts.iter().fold(Deps::default(), |d, v| d.union(&v.deps));
        let term = terms.fresh();
        return Value::new(term, Kind::tuple(parts), deps);
    }
    let mut alts: Vec<Alt> = Vec::new();
    let mut deps = a.deps.union(&b.deps);
    deps.control = deps.control.union(sides.decided());
    for (v, under) in [(a, &sides.mine), (b, &sides.theirs)] {
        let mut push = |value: &Value, under: Shared<Rc<Ctl>>| {
            let Some(x) = alts.iter_mut().find(|x| same(&x.value, value)) else {
                alts.push(Alt {
                    value: value.clone(),
                    under,
                });
                return;
            };
            // Two ways lead to it: what was decided on both holds.
            if !x.under.is(&under) {
                let shared = |c: &&Rc<Ctl>| under.iter().any(|u| Rc::ptr_eq(u, c));
                let both: Vec<Rc<Ctl>> = x.under.iter().filter(shared).cloned().collect();
                if both.len() < x.under.len() {
                    x.under = both.into();
                }
            }
        };
        match &v.kind {
            Kind::Phi(inner) => {
                for alt in inner.iter() {
                    let mut u: Vec<Rc<Ctl>> = under.to_vec();
                    for c in alt.under.iter() {
                        if u.len() < UNDER && !u.iter().any(|x| Rc::ptr_eq(x, c)) {
                            u.push(c.clone());
                        }
                    }
                    push(&alt.value, u.into());
                }
            }
            _ => push(v, under.clone()),
        }
    }
    let term = if a.term == b.term {
        a.term
    } else {
        terms.fresh()
    };
    if alts.len() == 1 {
        let kind = alts.remove(0).value.kind;
        return Value::new(term, kind, deps);
    }
    if alts.len() > ALTS {
        // Keep what carries identity: objects and functions first.
        alts.sort_by_key(|x| {
            !matches!(
                x.value.kind,
                Kind::Obj(_) | Kind::Func(_) | Kind::Class(_) | Kind::Const(_)
            )
        });
        alts.truncate(ALTS);
    }
    Value::new(term, Kind::Phi(Rc::new(alts)), deps)
}
