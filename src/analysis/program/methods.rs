//! Methods: which function is meant by one of a class, and for objects of which classes it runs.

use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use crate::analysis::calls::Key;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::dotted;
use crate::stores::vocabulary::{Sel, Spec};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{ArgKind, ClassDef, Expr, ExprKind, Lit, Place, Stmt, StmtKind, TypeExpr};
use crate::syntax::{Lang, walk};

/// Directory and name of a Go type of the project.
type GoTypeName = (String, String);

/// The fields that a class sets while an object is made, or later.
type FieldsSet = FxHashMap<(ClassRef, bool), Arc<[Sym]>>;

/// The types behind interfaces, as far as somebody asked.
#[derive(Default)]
pub(super) struct Implementing {
    go: RwLock<FxHashMap<ClassRef, Arc<[GoTypeName]>>>,
    classes: RwLock<FxHashMap<ClassRef, Arc<[ClassRef]>>>,
    /// The fields that classes' methods set.
    changed: RwLock<FieldsSet>,
    /// The imported names and classes that stand for a value in Python.
    named: OnceLock<FxHashSet<Sym>>,
}

/// The fields set on an object.
#[derive(Default)]
struct Changed {
    own: Sym,
    fields: Vec<Sym>,
}

impl walk::Visit<'_> for Changed {
    fn stmt(&mut self, stmt: &Stmt) {
        let places = match &stmt.kind {
            StmtKind::Assign(places, _) => places.as_slice(),
            StmtKind::AugAssign(place, ..) => std::slice::from_ref(place),
            _ => &[],
        };
        for place in places {
            if let Place::Attr(of, name, _) = place
                && matches!(&of.kind, ExprKind::Name(n) if *n == self.own)
            {
                self.fields.push(*name);
            }
        }
    }
}

impl Program {
    /// A method, searched through the bases; the class that defines it.
    pub fn method(&self, c: ClassRef, name: Sym) -> Option<(ClassRef, FuncRef)> {
        for r in &self.info(c).mro {
            if let Some(f) = self.info(*r).methods.get(&name) {
                return Some((*r, *f));
            }
        }
        None
    }

    /// The method that a class itself defines.
    pub fn own_method(&self, c: ClassRef, name: Sym) -> Option<FuncRef> {
        self.info(c).methods.get(&name).copied()
    }

    /// Whether a class, or one between it and its base, has a method of its own where the base leaves one open.
    pub fn fills_in(&self, c: ClassRef, base: ClassRef) -> bool {
        let mut below = self.info(c).mro.iter().take_while(|r| **r != base);
        below.any(|r| {
            let mut own = self.info(*r).methods.keys();
            own.any(|n| {
                let open = self.method(base, *n);
                open.is_some_and(|(_, f)| self.is_abstract(f))
            })
        })
    }

    /// What is meant by a method, in the classes of the project alone.
    pub fn project_method(&self, c: ClassRef, name: Sym) -> Option<(ClassRef, FuncRef)> {
        let own = self
            .info(c)
            .mro
            .iter()
            .filter(|r| (r.file as usize) < self.own);
        own.filter_map(|r| Some((*r, *self.info(*r).methods.get(&name)?)))
            .next()
    }

    /// The methods of a class whose names begin so, in the order in which they are declared, those of bases first.
    pub fn methods_named(&self, c: ClassRef, head: &str) -> Vec<FuncRef> {
        let mut out: Vec<FuncRef> = Vec::new();
        let own = self
            .info(c)
            .mro
            .iter()
            .filter(|r| (r.file as usize) < self.own);
        for (n, _) in own.rev().flat_map(|r| &self.class(*r).methods) {
            if let Some((_, f)) = self.project_method(c, *n)
                && n.starts_with(head)
                && !out.contains(&f)
            {
                out.push(f);
            }
        }
        out
    }

    /// The method that `super().name` means in `class` for an object of `of`.
    pub fn super_method(&self, of: ClassRef, class: ClassRef, name: Sym) -> Option<FuncRef> {
        let mro = &self.info(of).mro;
        let start = mro.iter().position(|r| *r == class).map_or(1, |i| i + 1);
        mro.iter()
            .skip(start)
            .find_map(|r| self.info(*r).methods.get(&name).copied())
    }

    /// The methods that a class's decorators name, each with its decorator.
    pub(super) fn arounds(&self, file: u32, c: &ClassDef) -> Vec<(Sym, usize)> {
        let named = |d: &Expr| {
            let Sel::Kw(keyword) = self.adapter(file, d)?.around.as_ref()? else {
                return None;
            };
            let ExprKind::Call(made) = &d.kind else {
                return None;
            };
            let mut args = made.args.iter();
            let arg = args.find(|a| a.kind == ArgKind::Keyword(*keyword))?;
            match &arg.value.kind {
                ExprKind::Const(Lit::Str(n)) => Some(*n),
                _ => None,
            }
        };
        let all = c.decorators.iter().enumerate();
        all.filter_map(|(i, d)| Some((named(d)?, i))).collect()
    }

    /// Whether the constructor of a class, which somebody else has written for it, takes a value for each field: what is
    /// declared is what stands there where nobody gives one.
    pub fn takes_fields(&self, c: ClassRef) -> bool {
        if self.method(c, sym!("__init__")).is_some() {
            return false;
        }
        let lib = self.library(self.lang(c.file));
        let makes = |path: Sym| lib.is_listed(sym!("record-definitions"), path);
        let decorated = |r: &ClassRef, d: &Expr| {
            let name = match &d.kind {
                ExprKind::Call(made) => dotted(&made.callee),
                _ => dotted(d),
            };
            let path = name.and_then(|n| self.facts.resolve_path(r.file as usize, &n));
            path.is_some_and(|p| makes(intern(&p)))
        };
        self.externals(c).iter().any(|b| makes(*b))
            || self
                .info(c)
                .mro
                .iter()
                .any(|r| self.class(*r).decorators.iter().any(|d| decorated(r, d)))
    }

    /// What makes decorators of functions fit for methods, if that makes this one.
    pub fn adapter(&self, file: u32, decorator: &Expr) -> Option<&Spec> {
        let ExprKind::Call(made) = &decorator.kind else {
            return None;
        };
        let path = self
            .facts
            .resolve_path(file as usize, &dotted(&made.callee)?)?;
        let lib = self.library(self.lang(file));
        let specs = lib.callees.get(&intern(&path))?.iter();
        specs.map(|i| &lib.specs[*i]).find(|s| s.around.is_some())
    }

    /// The decorators that classes put around a method as an object of a class has it, the innermost first, each with its
    /// file; of what stands behind one of its bases, if that is given.
    pub fn around(&self, c: ClassRef, behind: Option<ClassRef>, name: Sym) -> Vec<(u32, &Expr)> {
        if !self.wrapped.contains(&name) {
            return Vec::new();
        }
        let mro = &self.info(c).mro;
        let start = behind.and_then(|b| mro.iter().position(|r| *r == b));
        let mut out = Vec::new();
        for r in mro.iter().skip(start.map_or(0, |i| i + 1)) {
            let info = self.info(*r);
            let of = info.around.iter().filter(|(n, _)| *n == name);
            out.extend(of.map(|(_, i)| (r.file, &self.class(*r).decorators[*i])));
            if info.methods.contains_key(&name) {
                break;
            }
        }
        out.reverse();
        out
    }

    /// The setter of a property.
    pub fn setter(&self, c: ClassRef, name: Sym) -> Option<FuncRef> {
        let mro = self.info(c).mro.iter();
        mro.filter_map(|r| self.info(*r).setters.get(&name).copied())
            .next()
    }

    /// The fields that the making of an object sets.
    pub fn made_fields(&self, c: ClassRef) -> Arc<[Sym]> {
        self.fields_set(c, true)
    }

    /// The fields of its own object that a class or a base sets in any method but the one that makes it.
    pub fn changed_fields(&self, c: ClassRef) -> Arc<[Sym]> {
        self.fields_set(c, false)
    }

    fn fields_set(&self, c: ClassRef, making: bool) -> Arc<[Sym]> {
        if let Ok(known) = self.implementing.changed.read()
            && let Some(fields) = known.get(&(c, making))
        {
            return Arc::clone(fields);
        }
        let mut changed = Changed::default();
        for f in self
            .info(c)
            .mro
            .iter()
            .flat_map(|r| self.info(*r).methods.values())
        {
            let func = self.func(*f);
            let makes = matches!(func.name.as_str(), "__init__" | "__post_init__");
            if makes == making
                && let Some(own) = func.params.first()
            {
                changed.own = own.name;
                walk::block(&mut changed, &func.body);
            }
        }
        let fields: Arc<[Sym]> = changed.fields.into();
        if let Ok(mut known) = self.implementing.changed.write() {
            known.insert((c, making), Arc::clone(&fields));
        }
        fields
    }

    /// The methods of the class that a method belongs to.
    pub fn siblings(&self, f: FuncRef) -> impl Iterator<Item = FuncRef> + '_ {
        self.class_of(f)
            .into_iter()
            .flat_map(|c| self.info(c).methods.values().copied())
    }

    /// Go: the functions that a call of an interface's method may mean.
    pub fn implementers(&self, c: ClassRef, name: Sym) -> Vec<FuncRef> {
        let def = self.class(c);
        match self.files[c.file as usize].module.lang {
            Lang::Go => {
                if !matches!(def.underlying, Some(TypeExpr::Interface(..))) {
                    return Vec::new();
                }
                let mut out: Vec<FuncRef> = self
                    .implementing_types(c)
                    .iter()
                    .filter_map(|(d, t)| self.facts.go_method(d, t, name.as_str()))
                    .map(|m| FuncRef {
                        file: m.file as u32,
                        func: m.func,
                    })
                    .collect();
                // What a type has from another that it embeds is the same.
                let mut seen: FxHashSet<FuncRef> = FxHashSet::default();
                out.retain(|f| seen.insert(*f));
                out
            }
            Lang::Python => {
                // An abstract base, or a protocol: what takes the place of its method.
                let types = self.standing_for(c);
                let mut out: Vec<FuncRef> = Vec::new();
                for t in types.iter() {
                    if let Some((_, f)) = self.method(*t, name)
                        && !self.is_abstract(f)
                        && !out.contains(&f)
                    {
                        out.push(f);
                    }
                }
                out
            }
        }
    }

    /// Python: the classes whose objects may stand where a base or protocol is named; of these, those that the project
    /// makes, if it does.
    pub fn standing_for(&self, c: ClassRef) -> Arc<[ClassRef]> {
        if let Ok(known) = self.implementing.classes.read()
            && let Some(types) = known.get(&c)
        {
            return Arc::clone(types);
        }
        let own = |r: &&ClassRef| (r.file as usize) < self.own;
        let mut all: Vec<ClassRef> = self.derived(c).iter().filter(own).copied().collect();
        if self.is_protocol(c) {
            all.extend(self.alike(c));
            all.sort_unstable();
            all.dedup();
        }
        let made = |c: &ClassRef| {
            let names = self
                .implementing
                .named
                .get_or_init(|| crate::analysis::instances::named(self));
            let name = self.class(*c).name;
            names.contains(&name) || self.relevance.is_called(&[Key::Property(name)])
        };
        if all.len() > 1 && all.iter().any(made) {
            all.retain(made);
        }
        let types: Arc<[ClassRef]> = all.into();
        if let Ok(mut known) = self.implementing.classes.write() {
            known.insert(c, Arc::clone(&types));
        }
        types
    }

    fn is_protocol(&self, c: ClassRef) -> bool {
        let bases = self.class(c).bases.iter();
        let named = |b: &Expr| match &b.kind {
            ExprKind::Name(n) | ExprKind::Attr(_, n, _) => n == "Protocol",
            ExprKind::Index(of, _) => {
                matches!(&of.kind, ExprKind::Name(n) | ExprKind::Attr(_, n, _) if n == "Protocol")
            }
            _ => false,
        };
        bases.into_iter().any(named)
    }

    /// The classes that have every method of a protocol, with as many parameters.
    fn alike(&self, c: ClassRef) -> Vec<ClassRef> {
        let asked = &self.info(c).methods;
        if asked.is_empty() {
            return Vec::new();
        }
        let fits = |r: ClassRef| {
            !self.is_protocol(r)
                && asked.iter().all(|(n, f)| {
                    let has = self.method(r, *n).map(|m| self.func(m.1).params.len());
                    has == Some(self.func(*f).params.len())
                })
        };
        let mut out = Vec::new();
        for (file, f) in self.files[..self.own].iter().enumerate() {
            if f.module.lang != Lang::Python {
                continue;
            }
            for class in 0..f.module.classes.len() as u32 {
                let r = ClassRef {
                    file: file as u32,
                    class,
                };
                if r != c && fits(r) {
                    out.push(r);
                }
            }
        }
        out
    }

    /// Python: whether a method leaves what it does to whoever takes its place: its body says nothing.
    pub fn is_abstract(&self, f: FuncRef) -> bool {
        let func = self.func(f);
        let marked = |d: &Expr| matches!(&d.kind, ExprKind::Name(n) | ExprKind::Attr(_, n, _) if n.starts_with("abstract"));
        let says_nothing = |s: &Stmt| match &s.kind {
            StmtKind::Expr(e) => matches!(e.kind, ExprKind::Const(_)),
            StmtKind::Raise(Some(e)) => {
                let of = match &e.kind {
                    ExprKind::Call(c) => &c.callee,
                    _ => e,
                };
                matches!(&of.kind, ExprKind::Name(n) if n == "NotImplementedError")
            }
            _ => false,
        };
        func.decorators.iter().any(marked) || func.body.iter().all(says_nothing)
    }

    /// Go: the types that an interface's values may be, as directory and name; remembered, since every call asks.
    fn implementing_types(&self, c: ClassRef) -> Arc<[GoTypeName]> {
        if let Ok(known) = self.implementing.go.read()
            && let Some(types) = known.get(&c)
        {
            return Arc::clone(types);
        }
        let types: Arc<[GoTypeName]> = self
            .find_implementing_types(c)
            .into_iter()
            .map(|(dir, name)| (dir.to_owned(), name.to_owned()))
            .collect();
        if let Ok(mut known) = self.implementing.go.write() {
            known.insert(c, Arc::clone(&types));
        }
        types
    }

    /// Those that have its methods with the same signatures; of these, those that the project makes, if it does.
    fn find_implementing_types(&self, c: ClassRef) -> Vec<(&str, &str)> {
        let def = self.class(c);
        let dir = &self.dirs[c.file as usize];
        let mut all = self.facts.go_implementers(dir, def.name.as_str());
        let asked: Vec<(&str, u32, &TypeExpr)> = self.facts.go_asked(dir, def.name.as_str());
        let other = |(d, t): &(&str, &str)| {
            asked.iter().any(|(name, file, ty)| {
                self.facts.go_method(d, t, name).is_some_and(|m| {
                    let method = FuncRef {
                        file: m.file as u32,
                        func: m.func,
                    };
                    self.mismatched((*file, ty), method)
                })
            })
        };
        if all.len() > 1 && !all.iter().all(other) {
            all.retain(|t| !other(t));
        }
        let made = |(d, t): &(&str, &str)| {
            self.class_index
                .get(&intern(&format!("{d}.{t}")))
                .is_some_and(|c| self.made.contains(c))
        };
        if all.len() > 1 && all.iter().any(made) {
            all.retain(made);
        }
        all
    }

    /// Whether a method stands in the place of another for its class.
    pub fn takes_place_of(&self, f: FuncRef, other: FuncRef) -> bool {
        let same_name = f != other && self.func(f).name == self.func(other).name;
        let classes = self.class_of(f).zip(self.class_of(other));
        same_name && classes.is_some_and(|(c, base)| c != base && self.derives(c, base))
    }

    /// The classes whose objects a root's receiver may be: its own, and those that inherit the method and override
    /// something that it may call.
    pub fn receivers(&self, f: FuncRef) -> Vec<Option<ClassRef>> {
        let Some(c) = self.class_of(f) else {
            return vec![None];
        };
        let mut out = vec![Some(c)];
        if self.files[f.file as usize].module.lang == Lang::Python {
            let name = self.func(f).name;
            // Only where a subclass puts something of its own in the place of what the method calls.
            let calls = self.calls_of(f);
            for r in self.derived.get(&c).into_iter().flatten() {
                let differs = |k: &Key| match k {
                    Key::Method(n) => {
                        self.method(*r, *n).map(|m| m.1) != self.method(c, *n).map(|m| m.1)
                    }
                    _ => false,
                };
                if out.len() < 4
                    && self.method(*r, name).is_some_and(|(_, m)| m == f)
                    && calls.iter().any(differs)
                {
                    out.push(Some(*r));
                }
            }
        }
        out
    }

    /// A class that stands for a base which leaves to its subclasses what its library's calls ask of it (the rows that a
    /// view is about): the first that says it and inherits the method.
    pub fn stands_for(&self, c: ClassRef, f: FuncRef) -> Option<ClassRef> {
        let derived = self.derived.get(&c)?;
        let lib = self.library(self.files[c.file as usize].module.lang);
        let kind = self.class_kind(c, lib)?;
        let mut asked: Vec<Sym> = Vec::new();
        let specs = lib.specs.iter().filter(|s| s.recv.contains(&kind));
        for sel in specs.filter_map(|s| s.container.as_ref()) {
            let all = match sel {
                Sel::First(all) => all.as_slice(),
                one => std::slice::from_ref(one),
            };
            asked.extend(all.iter().filter_map(|s| match s {
                Sel::Own(path) => path.first().filter(|n| !n.ends_with("()")).copied(),
                _ => None,
            }));
        }
        let says = |c: ClassRef| {
            asked.iter().any(|n| {
                let given = self.class_attr(c, *n).and_then(|a| a.1.value.as_ref());
                given.is_some_and(|v| !matches!(v.kind, ExprKind::Const(Lit::None)))
                    || self.inner_class(c, *n).is_some()
            })
        };
        let name = self.func(f).name;
        let inherits = |r: &ClassRef| self.method(*r, name).is_some_and(|(_, m)| m == f);
        (!asked.is_empty() && !says(c))
            .then(|| derived.iter().find(|r| inherits(r) && says(**r)).copied())
            .flatten()
    }

    /// The method of a base that calls this one on its own object, for the class that this one is of: what the base
    /// does before and after is done for this class as well.
    pub fn template_of(&self, f: FuncRef) -> Option<(FuncRef, ClassRef)> {
        let c = self.class_of(f)?;
        let name = self.func(f).name;
        // What others may call as well is seen from them.
        if !name.starts_with('_') {
            return None;
        }
        let bases = self.info(c).mro.iter().filter(|b| **b != c);
        let mut found: Vec<FuncRef> = bases
            .flat_map(|b| self.info(*b).methods.iter())
            .filter(|(n, m)| {
                **n != name
                    && self.calls_of(**m).contains(&Key::Method(name))
                    && self.matters(**m)
                    && self.method(c, **n).is_some_and(|x| x.1 == **m)
            })
            .map(|(_, m)| *m)
            .collect();
        found.sort_unstable();
        found.first().map(|m| (*m, c))
    }

    /// Whether a framework hands a method no arguments but those that the class declares, and it declares none.
    pub fn takes_none(&self, class: ClassRef, name: Sym) -> bool {
        let lang = self.files()[class.file as usize].module.lang;
        let listed = |list| self.library(lang).list(list);
        let declares = |m: &Sym| self.method(class, *m).is_some();
        let bases = self.externals(class);
        listed(sym!("declared-arguments-only")).contains(&name)
            && !listed(sym!("argument-declarations")).iter().any(declares)
            && !bases.is_empty()
            && bases
                .iter()
                .all(|b| listed(sym!("argument-bases")).contains(b))
    }
}
