//! What frameworks do themselves: classes outside the project whose methods call methods of the project's.
//!
//! A pack says it in a module of Python of its own writing. Its classes stand in the lines of the project's classes
//! that derive from them; nothing else of the project can mean them, and no finding is told in them.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Program, ProgramFile};
use crate::analysis::calls::Key;
use crate::analysis::interp::has_decorator;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::files::FileId;
use crate::project::facts::{Facts, dotted};
use crate::stores::vocabulary::{Library, Returns, Sel};
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Expr, ExprKind, Func, Stmt, StmtKind};
use crate::syntax::python::PythonLang;
use crate::syntax::{Lang, Language, Limits, walk};

/// The modules of the frameworks of which the project imports anything.
pub(super) fn imported(files: &[ProgramFile], lib: &Library) -> Vec<ProgramFile> {
    let head = |path: &'static str| path.split('.').next().unwrap_or_default();
    let imports = files.iter().flat_map(|f| &f.module.imports);
    let heads: FxHashSet<&str> = imports.map(|i| head(i.path.as_str())).collect();
    let steps = lib.steps.par_iter().enumerate();
    steps
        .filter(|(_, (name, _))| heads.contains(head(name.as_str())))
        .filter_map(|(i, (name, text))| {
            let module = PythonLang::default().lower(text, &Limits::default())?;
            let calls = crate::analysis::calls::of_module(&module);
            Some(ProgramFile {
                id: FileId(u32::MAX - i as u32),
                path: format!("{name}.py"),
                module,
                calls,
            })
        })
        .collect()
}

/// Whether a class of the project derives from a framework's.
pub(super) fn is_base(facts: &Facts, framework: &ProgramFile) -> bool {
    let head = format!("{}.", framework.path.trim_end_matches(".py"));
    let outside = |b: &String| b.starts_with(&head) && !facts.classes.contains_key(b);
    facts.classes.values().any(|c| c.bases.iter().any(outside))
}

/// A method of a framework's that calls another one of the same object.
struct Step {
    name: Sym,
    of: FuncRef,
    /// What a class has under that name.
    is: FuncRef,
}

impl Program {
    /// The frameworks' classes by path, each with its line.
    pub(super) fn steps_by_path(&self) -> FxHashMap<Sym, Vec<ClassRef>> {
        let mut out = FxHashMap::default();
        for (fi, f) in self.files.iter().enumerate().skip(self.own) {
            let module = &f.module;
            let named: FxHashMap<&str, u32> = (0u32..)
                .zip(&module.classes)
                .map(|(i, c)| (c.qualname.as_str(), i))
                .collect();
            for i in 0..module.classes.len() as u32 {
                let mut line = Vec::new();
                let mut work = vec![i];
                while let Some(c) = work.pop() {
                    // Of what is met several times the last counts.
                    line.retain(|x| *x != c);
                    line.push(c);
                    let def = &module.classes[c as usize];
                    let bases = def.bases.iter().rev().filter_map(dotted);
                    work.extend(bases.filter_map(|b| named.get(b.as_str()).filter(|b| **b != i)));
                    if line.len() > 64 || work.len() > 64 {
                        break;
                    }
                }
                let path = intern(&format!(
                    "{}.{}",
                    f.path.trim_end_matches(".py"),
                    module.classes[i as usize].qualname
                ));
                let line = line.into_iter().map(|class| ClassRef {
                    file: fi as u32,
                    class,
                });
                out.insert(path, line.collect());
            }
        }
        out
    }

    /// The methods that a framework calls and that come to call this one, for the class that this one is of: the
    /// framework's own, or what the class has in its place that hands on to it. One that only leads to the next counts
    /// where the program has a part in it, and then the outermost of them; if what it leads to is something that others
    /// do their work with, each of these counts instead.
    pub fn steps_before(&self, f: FuncRef) -> Vec<(FuncRef, ClassRef)> {
        match self.class_of(f) {
            Some(c) => self.steps_to_come(c, self.func(f).name),
            None => Vec::new(),
        }
    }

    pub(super) fn steps_to_come(&self, c: ClassRef, name: Sym) -> Vec<(FuncRef, ClassRef)> {
        let acting = |name| {
            let near = self.steps_to(c, name);
            near.into_iter().filter(|s| !self.only_leads(s.of))
        };
        let Some(outer) = self.outermost(c, name) else {
            return acting(name).next().map(|s| (s.is, c)).into_iter().collect();
        };
        let mut users: Vec<FuncRef> = acting(outer.name)
            .map(|s| self.outermost(c, s.name).map_or(s.is, |o| o.is))
            .collect();
        if users.is_empty() {
            users.push(outer.is);
        }
        users.dedup();
        users.into_iter().map(|f| (f, c)).collect()
    }

    /// The outermost step to a method of a class that leads to others and in which the program has a part.
    fn outermost(&self, c: ClassRef, name: Sym) -> Option<Step> {
        let mut found = None;
        let mut names = vec![name];
        let mut i = 0;
        while let Some(name) = names.get(i).copied() {
            i += 1;
            for s in self.steps_to(c, name) {
                if names.contains(&s.name) {
                    continue;
                }
                names.push(s.name);
                if self.only_leads(s.of) && self.takes_part(c, &s) {
                    found = Some(s);
                }
            }
        }
        found
    }

    /// The methods of a framework's, as a class has them, that call one on their own object.
    fn steps_to(&self, c: ClassRef, name: Sym) -> Vec<Step> {
        let steps = self.info(c).mro.iter();
        let steps = steps.filter(|b| b.file as usize >= self.own);
        let mut found: Vec<Step> = steps
            .flat_map(|b| self.info(*b).methods.iter())
            .filter(|(n, m)| **n != name && self.own_calls(**m).contains(&name))
            .filter_map(|(n, m)| {
                let (_, is) = self.method(c, *n)?;
                let hands_on = is == *m || self.calls_of(is).contains(&Key::Method(*n));
                hands_on.then_some(Step {
                    name: *n,
                    of: *m,
                    is,
                })
            })
            .collect();
        found.sort_unstable_by_key(|s| (s.is, s.of));
        found
    }

    /// Whether a framework's method only calls several others of its own object: with what it was given, it does nothing.
    pub fn only_leads(&self, f: FuncRef) -> bool {
        let own = self.own_calls(f);
        let mut methods = self.calls_of(f).iter().filter_map(|k| match k {
            Key::Method(n) => Some(n),
            _ => None,
        });
        own.len() > 1 && methods.all(|n| own.contains(n))
    }

    /// Whether the program has something in the place of such a step, around it, or in the place of what is called there
    /// before it is left to the next.
    fn takes_part(&self, c: ClassRef, s: &Step) -> bool {
        let before = |f: FuncRef| {
            let mut next = Vec::new();
            handed_on(self.func(f), &mut next);
            let mut own = self.own_calls(f).iter().filter(|n| !next.contains(n));
            own.any(|n| self.project_method(c, *n).is_some())
        };
        !self.is_steps(s.is)
            || !self.around(c, None, s.name).is_empty()
            || before(s.of)
            || before(s.is)
            || self.asks_guests(c, s.of)
    }

    /// The names of the methods that a function calls on its own object.
    pub(super) fn own_calls(&self, f: FuncRef) -> &[Sym] {
        let calls = self.files[f.file as usize].calls.get(f.func as usize);
        calls.map_or(&[], |c| &c.own)
    }

    /// The methods that one comes to call on its own object, an object of that class.
    pub fn led_to(&self, c: ClassRef, from: FuncRef) -> Vec<Sym> {
        let mut names: Vec<Sym> = self.own_calls(from).to_vec();
        let mut i = 0;
        while let Some(name) = names.get(i).copied() {
            i += 1;
            if let Some((_, m)) = self.method(c, name) {
                let next = self.own_calls(m).iter().filter(|n| !names.contains(n));
                let next: Vec<Sym> = next.copied().collect();
                names.extend(next);
            }
        }
        names
    }

    /// The methods of a class's own that one of a framework's comes to call on its object.
    pub fn steps_of(&self, c: ClassRef, from: FuncRef) -> Vec<FuncRef> {
        let lib = self.library(Lang::Python);
        let kind = self.class_kind(c, lib);
        let own = &self.info(c).methods;
        let mut out = Vec::new();
        let methods = self.calls_of(from).iter().filter_map(|k| match k {
            Key::Method(n) => Some(*n),
            _ => None,
        });
        let mut names: Vec<Sym> = methods.collect();
        let mut i = 0;
        while let Some(name) = names.get(i).copied() {
            i += 1;
            match name.strip_suffix('*') {
                Some(head) => out.extend(
                    own.iter()
                        .filter(|(n, _)| n.starts_with(head))
                        .map(|(_, f)| *f),
                ),
                None => out.extend(own.get(&name)),
            }
            let mut next: Vec<Sym> = Vec::new();
            match self.method(c, name) {
                Some((_, m)) => next.extend(self.own_calls(m)),
                None => {
                    let specs = lib.methods.get(&name).into_iter().flatten();
                    let specs = specs.map(|i| &lib.specs[*i]);
                    for s in specs.filter(|s| kind.is_some_and(|k| s.recv.contains(&k))) {
                        next.extend(s.invokes.iter().filter_map(|sel| match sel {
                            Sel::Own(path) if path.len() == 1 => path.first().copied(),
                            _ => None,
                        }));
                    }
                }
            }
            for n in next {
                if !names.contains(&n) {
                    names.push(n);
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The names of what makes fields that look rows up.
    pub fn row_finders(&self) -> FxHashSet<&str> {
        let lib = self.library(Lang::Python);
        let makes =
            |i: &usize| matches!(lib.specs[*i].returns, Returns::Kind(k) if k == sym!("related"));
        let all = lib.callees.iter().filter(|(_, all)| all.iter().any(makes));
        all.filter_map(|(path, _)| path.as_str().rsplit('.').next())
            .collect()
    }

    /// Whether a class declares fields of these names, which look rows up before its own methods are called.
    pub fn finds_rows(&self, c: ClassRef, finders: &FxHashSet<&str>) -> bool {
        let made = |e: &Expr| match &e.kind {
            ExprKind::Call(made) => match &made.callee.kind {
                ExprKind::Name(n) | ExprKind::Attr(_, n, _) => finders.contains(n.as_str()),
                _ => false,
            },
            _ => false,
        };
        let mut line = std::iter::once(c).chain(self.ancestors(c));
        line.any(|c| {
            let mut values = self.class(c).attrs.iter().filter_map(|a| a.value.as_ref());
            values.any(made)
        })
    }

    /// The classes of the project of which a framework says what those who use them do, with the functions that say it.
    pub fn handled(&self) -> Vec<(FuncRef, ClassRef)> {
        let mut out = Vec::new();
        for (fi, f) in self.files().iter().enumerate() {
            for ci in 0..f.module.classes.len() {
                let c = ClassRef {
                    file: fi as u32,
                    class: ci as u32,
                };
                let steps = self
                    .info(c)
                    .mro
                    .iter()
                    .filter(|r| r.file as usize >= self.own);
                let uses = |f: &FuncRef| has_decorator(self.func(*f), "classmethod");
                let found = steps.flat_map(|r| &self.class(*r).methods);
                let found = found.filter_map(|(n, _)| self.method(c, *n).map(|m| m.1));
                out.extend(
                    found
                        .filter(|f| self.is_steps(*f) && uses(f))
                        .map(|f| (f, c)),
                );
            }
        }
        out
    }
}

/// The methods to which a function leaves its object (`return self.post(request)`).
pub(super) fn handed_on(f: &Func, out: &mut Vec<Sym>) {
    struct Next<'a>(&'a mut Vec<Sym>);
    impl<'f> walk::Visit<'f> for Next<'_> {
        fn stmt(&mut self, s: &'f Stmt) {
            if let StmtKind::Return(given) = &s.kind {
                let called = given.iter().filter_map(|e| match &e.kind {
                    ExprKind::Call(c) => match &c.callee.kind {
                        ExprKind::Attr(_, n, _) => Some(*n),
                        _ => None,
                    },
                    _ => None,
                });
                self.0.extend(called);
            }
        }
    }
    walk::block(&mut Next(out), &f.body);
}
