//! What a framework's methods ask of a project's classes before they do their own work: an answer that comes from a
//! store matters for what is written then.

use rustc_hash::FxHashSet;

use super::steps::handed_on;
use super::{Program, TypeRef};
use crate::analysis::calls::Key;
use crate::analysis::interp::has_decorator;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::project::facts::dotted;
use crate::stores::vocabulary::Does;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Expr, ExprKind, Func};
use crate::syntax::{Lang, walk};

impl Program {
    /// The methods of a framework's that ask a class of the project for something which looks at a store, and do the rest
    /// themselves. (Where the class writes, its own methods lead there.)
    pub fn visits(&self) -> Vec<(FuncRef, ClassRef)> {
        let lib = self.library(Lang::Python);
        let reads = |i: &usize| lib.specs[*i].does == Does::Read;
        let all = lib.callees.iter().filter(|(_, all)| all.iter().any(reads));
        let readers: FxHashSet<&str> = all
            .filter_map(|(path, _)| path.as_str().rsplit('.').next())
            .collect();
        let looks = |f: FuncRef| {
            let bare = |k: &Key| matches!(k, Key::Bare(n) if readers.contains(n.as_str()));
            !self.matters(f) && (self.looks(f) || self.calls_of(f).iter().any(bare))
        };
        let mut out = Vec::new();
        for c in self.stepping() {
            for name in self.asked_of(c) {
                let own = self.method(c, name).filter(|(_, f)| !self.is_steps(*f));
                if own.is_some_and(|(_, f)| looks(f)) {
                    let asking = self.steps_to_come(c, name).into_iter();
                    out.extend(asking.filter(|(s, _)| self.writes_by_itself(c, *s)));
                }
            }
            let led = self.frameworks(c).flat_map(|r| &self.info(r).methods);
            let asking = led.filter(|(n, f)| {
                let own = self.method(c, **n).is_some_and(|(_, own)| own == **f);
                own && self.only_leads(**f) && self.asks_guests(c, **f)
            });
            let asking = asking.map(|(_, f)| (*f, c));
            out.extend(asking.filter(|(s, _)| self.writes_by_itself(c, *s)));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Whether a framework's method comes to write something for a class without any of the class's own.
    fn writes_by_itself(&self, c: ClassRef, from: FuncRef) -> bool {
        let lib = self.library(Lang::Python);
        let writes = |i: &usize| matches!(lib.specs[*i].does, Does::Write | Does::Create);
        let named = |k: &Key| match k {
            Key::Method(n) => lib.methods.get(n).is_some_and(|all| all.iter().any(writes)),
            _ => false,
        };
        let led = self.led_to(c, from);
        let mut led = led.iter().filter_map(|n| self.method(c, *n));
        led.any(|(_, f)| self.is_steps(f) && self.calls_of(f).iter().any(named))
    }

    /// The classes of the project that have steps of a framework's, of which nobody says what those who use them do.
    fn stepping(&self) -> impl Iterator<Item = ClassRef> {
        let files = self.files().iter().zip(0u32..);
        let all = files.flat_map(|(f, file)| {
            (0..f.module.classes.len() as u32).map(move |class| ClassRef { file, class })
        });
        let used = |f: &FuncRef| has_decorator(self.func(*f), "classmethod");
        all.filter(move |c| {
            let steps = self.frameworks(*c);
            let mut methods = steps.flat_map(|r| self.info(r).methods.values());
            self.frameworks(*c).next().is_some() && !methods.any(used)
        })
    }

    /// The classes of frameworks' in a class's line.
    fn frameworks(&self, c: ClassRef) -> impl Iterator<Item = ClassRef> {
        let line = self.info(c).mro.iter().copied();
        line.filter(|r| r.file as usize >= self.own)
    }

    /// The names of what frameworks' steps call on an object of a class.
    fn asked_of(&self, c: ClassRef) -> Vec<Sym> {
        let steps = self
            .frameworks(c)
            .flat_map(|r| self.info(r).methods.values());
        let mut names: Vec<Sym> = steps.flat_map(|f| self.own_calls(*f)).copied().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a step asks objects of other classes that a class of the project lists (who may come in), before it is
    /// left to the next, and one of them looks at a store for the answer.
    pub(super) fn asks_guests(&self, c: ClassRef, from: FuncRef) -> bool {
        let mut next = Vec::new();
        handed_on(self.func(from), &mut next);
        let mut names: Vec<Sym> = self.own_calls(from).to_vec();
        names.retain(|n| !next.contains(n));
        let mut asking = Vec::new();
        let mut i = 0;
        while let Some(name) = names.get(i).copied() {
            i += 1;
            if let Some((_, f)) = self.method(c, name).filter(|(_, f)| self.is_steps(*f)) {
                asking.push(f);
                let more = self.own_calls(f).iter().filter(|n| !names.contains(n));
                let more: Vec<Sym> = more.copied().collect();
                names.extend(more);
            }
        }
        let read = asking.iter().flat_map(|f| own_attributes(self.func(*f)));
        let mut guests = read.flat_map(|attr| self.listed_classes(c, attr));
        let asked = |g: ClassRef| {
            let called = asking.iter().flat_map(|f| self.calls_of(*f));
            let mut methods = called.filter_map(|k| match k {
                Key::Method(n) => self.project_method(g, *n).map(|(_, m)| m),
                _ => None,
            });
            methods.any(|m| self.asks_store(g, m))
        };
        guests.any(asked)
    }

    /// The classes of the project in a list that a class has under a name.
    fn listed_classes(&self, c: ClassRef, attr: Sym) -> Vec<ClassRef> {
        let found = self.class_attr(c, attr);
        let Some((of, Some(value))) = found.map(|(of, a)| (of, &a.value)) else {
            return Vec::new();
        };
        let (ExprKind::List(all) | ExprKind::Tuple(all)) = &value.kind else {
            return Vec::new();
        };
        let named = all.iter().filter_map(dotted).filter_map(|path| {
            let path: Vec<Sym> = path.split('.').map(intern).collect();
            self.resolve_type(of.file, &path)
        });
        named
            .filter_map(|t| match t {
                TypeRef::Class(c) => Some(c),
                TypeRef::External(_) => None,
            })
            .collect()
    }

    /// Whether a method, or one that it calls on its own object, looks at a store.
    fn asks_store(&self, c: ClassRef, m: FuncRef) -> bool {
        let lib = self.library(Lang::Python);
        let read = |n: &Sym| {
            let specs = lib.methods.get(n).into_iter().flatten();
            specs.into_iter().any(|i| lib.specs[*i].does == Does::Read)
        };
        let acts = |f: FuncRef| {
            let calls = self.files[f.file as usize].calls.get(f.func as usize);
            calls.is_some_and(|c| c.acting.iter().any(read))
        };
        let mut led = self.led_to(c, m).into_iter();
        acts(m) || led.any(|n| self.project_method(c, n).is_some_and(|(_, f)| acts(f)))
    }
}

/// What a function reads of its own object.
fn own_attributes(f: &Func) -> Vec<Sym> {
    struct Read {
        own: Sym,
        names: Vec<Sym>,
    }
    impl walk::Visit<'_> for Read {
        fn expr(&mut self, e: &Expr) {
            if let ExprKind::Attr(of, name, _) = &e.kind
                && matches!(&of.kind, ExprKind::Name(n) if *n == self.own)
            {
                self.names.push(*name);
            }
        }
    }
    let Some(own) = f.params.first().map(|p| p.name) else {
        return Vec::new();
    };
    let mut read = Read {
        own,
        names: Vec::new(),
    };
    walk::block(&mut read, &f.body);
    read.names
}
