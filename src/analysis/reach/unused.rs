//! Functions of an application that nothing in it names: not its code, not a template, not a setting, and no framework
//! by a name of its own. Nobody can run what only they lead to.

use std::path::Path;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::kept::kept;
use super::{Found, Texts, has_decorator};
use crate::analysis::endpoints::Endpoints;
use crate::analysis::program::Program;
use crate::analysis::value::{ClassRef, FuncRef};
use crate::files::FileId;
use crate::files::words::Wanted;
use crate::project::facts::dotted;
use crate::stores::vocabulary::Library;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Call, ExprKind, ParamKind};
use crate::syntax::python::PythonLang;
use crate::syntax::{Lang, Language, Limits};

/// Larger templates and settings are data.
const LARGE: u64 = 512 << 10;

/// How a name is used.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Use {
    /// As a name of its own.
    pub(super) bare: bool,
    /// As an attribute that is called.
    pub(super) called: bool,
    /// As an attribute.
    pub(super) read: bool,
    /// In a text.
    pub(super) text: bool,
    /// Objects hold something under it.
    pub(super) held: bool,
}

impl Use {
    fn join(&mut self, other: Self) {
        self.bare |= other.bare;
        self.called |= other.called;
        self.read |= other.read;
        self.text |= other.text;
        self.held |= other.held;
    }
}

/// How names are used.
#[derive(Default)]
pub(super) struct Uses(FxHashMap<Sym, Use>);

impl Uses {
    pub(super) fn of(&mut self, name: Sym) -> &mut Use {
        self.0.entry(name).or_default()
    }

    pub(super) fn join(&mut self, others: Self) {
        for (name, u) in others.0 {
            self.of(name).join(u);
        }
    }

    fn get(&self, name: Sym) -> Use {
        self.0.get(&name).copied().unwrap_or_default()
    }
}

/// The functions that nothing names.
pub(super) struct Unused<'a> {
    program: &'a Program,
    lib: &'a Library,
    uses: Uses,
    texts: &'a Texts<'a>,
    found: FxHashSet<FuncRef>,
    /// What only its own file could name, and does not.
    kept: FxHashSet<FuncRef>,
}

impl<'a> Unused<'a> {
    /// Of these functions, those that the parsed files do not name. What has no requests is no application: others may
    /// call all that it offers.
    pub(super) fn new(
        program: &'a Program,
        ends: &Endpoints,
        uses: Uses,
        texts: &'a Texts<'a>,
        of: &[FuncRef],
    ) -> Self {
        let mut out = Self {
            program,
            lib: program.library(Lang::Python),
            uses,
            texts,
            found: FxHashSet::default(),
            kept: FxHashSet::default(),
        };
        if texts.whole && ends.has_requests() {
            let open = |r: &&FuncRef| {
                !ends.is_handler(**r) && out.is_own(**r) && !out.is_named(**r, false)
            };
            out.found = of.iter().filter(open).copied().collect();
            let rest = of.iter().copied();
            let rest = rest.filter(|r| !ends.is_handler(*r) && !out.found.contains(r));
            out.kept = kept(program, texts, &rest.collect::<Vec<_>>());
        }
        out
    }

    /// Whether nothing names a function.
    pub(super) fn contains(&self, r: FuncRef) -> bool {
        self.found.contains(&r) || self.kept.contains(&r)
    }

    /// Whether only the project's own code may call a function: no decorator hands it on, and no base from outside, or
    /// framework that is given an object of the class, knows its name.
    fn is_own(&self, r: FuncRef) -> bool {
        let (p, f) = (self.program, self.program.func(r));
        let nested = f.parent.is_some_and(|x| x != 0);
        let known = |d| {
            p.is_region(r.file, d)
                || matches!(&d.kind, ExprKind::Name(n) | ExprKind::Attr(_, n, _)
                    if n == "staticmethod" || n == "classmethod" || n.ends_with("property"))
        };
        if r.func == 0
            || nested
            || f.name.starts_with("__") && f.name != "__call__"
            || f.name == "<lambda>"
            || !f.decorators.iter().all(known)
        {
            return false;
        }
        let Some(c) = p.class_of(r) else { return true };
        if f.name == "__call__" && !p.derived(c).is_empty() {
            return false;
        }
        let listed = |name: &str, n: &Sym| {
            let list = self.lib.lists.get(&intern(name));
            list.is_some_and(|l| l.contains(n))
        };
        if self.lib.acting.contains(&f.name) || listed("row-hooks", &f.name) {
            return false;
        }
        let own = |c: &ClassRef| {
            let class = p.class(*c);
            let seen = class.bases.iter().all(|b| dotted(b).is_some());
            let bases = p.externals(*c);
            seen && class.decorators.is_empty()
                && bases.iter().all(|b| b == "object" || listed("model-bases", b))
                // An object whose class a setting names is handed to who knows it.
                && (p.model_path(*c).is_some() || !self.uses.get(class.name).text)
        };
        std::iter::once(&c).chain(p.derived(c)).all(own)
    }

    /// Whether anything names a function, once all that is there was `seen`.
    fn is_named(&self, r: FuncRef, seen: bool) -> bool {
        let f = self.program.func(r);
        let mut u = self.uses.get(name(self.program, r));
        u.held |= !seen;
        if !f.is_method() || f.name == "__call__" {
            return u.bare || u.called || u.read || u.text;
        }
        let property = f
            .decorators
            .iter()
            .any(|d| !self.program.is_region(r.file, d))
            && !has_decorator(f, "staticmethod")
            && !has_decorator(f, "classmethod");
        // Where objects hold something of that name, and nothing of that name is ever called, that is what is read.
        u.called || u.read && (property || !u.held) || u.text && !(u.held && self.asks(r))
    }

    /// Whether a function can't be called without arguments.
    fn asks(&self, r: FuncRef) -> bool {
        let f = self.program.func(r);
        let bound = usize::from(f.is_method() && !has_decorator(f, "staticmethod"));
        f.params.iter().skip(bound).any(|p| {
            p.default.is_none() && matches!(p.kind, ParamKind::Plain | ParamKind::KeywordOnly)
        })
    }

    /// Looks through what was not parsed, and for names that are put together from parts in the files that look things
    /// up by name.
    pub(super) fn look_further(&mut self, asking: &FxHashSet<FileId>) {
        if self.found.is_empty() {
            return;
        }
        let program = self.program;
        let of = |r: &FuncRef| name(program, *r);
        let functions: FxHashSet<Sym> = self.found.iter().map(of).collect();
        let classes: FxHashSet<Sym> = self.found.iter().flat_map(|r| self.handed(*r)).collect();
        let Some(search) = Search::new(&functions, &classes) else {
            self.found.clear();
            return;
        };
        let wanted: FxHashSet<Sym> = search.names.iter().copied().collect();
        let python = self.texts.python.par_iter();
        let uses: Vec<Uses> = python
            .map_init(PythonLang::default, |lang, t| {
                let mut uses = Uses::default();
                let mut asks = asking.contains(&t.file);
                if !t.parsed && search.finds(t.text) {
                    // It is asked as those are that were parsed before.
                    let module = lang.lower(t.text, &Limits::default());
                    let none = FxHashSet::default();
                    let mut found = Found::new(self.program, 0, &wanted, (&none, &none));
                    module.iter().for_each(|m| found.look_through(m));
                    for b in module
                        .iter()
                        .flat_map(|m| &m.classes)
                        .flat_map(|c| &c.bases)
                    {
                        if let ExprKind::Name(n) | ExprKind::Attr(_, n, _) = &b.kind {
                            found.uses.of(*n).text = true;
                        }
                    }
                    (uses, asks) = (found.uses, found.asks);
                }
                if asks {
                    search.parts_in(t.text, |name| uses.of(name).called = true);
                }
                uses
            })
            .collect();
        uses.into_iter().for_each(|u| self.uses.join(u));
        let mut found = std::mem::take(&mut self.found);
        found.retain(|r| self.is_own(*r) && !self.is_named(*r, true));
        // A template can't hand arguments over.
        let may_be_there = |r: &FuncRef| {
            let name = (!self.program.func(*r).is_method() || !self.asks(*r)).then(|| of(r));
            name.into_iter().chain(self.handed(*r))
        };
        if found.iter().any(|r| may_be_there(r).next().is_some()) {
            let paths = self.texts.paths.par_iter();
            let there = paths.filter_map(|path| Some(search.names_in(&read(path)?)));
            let named: FxHashSet<Sym> = there.flatten().collect();
            found.retain(|r| may_be_there(r).all(|n| !named.contains(&n)));
        }
        self.found = found;
    }

    /// The classes whose objects have a method, if they are no rows: by their names a framework is told of them.
    fn handed(&self, r: FuncRef) -> Vec<Sym> {
        let p = self.program;
        let class = p.class_of(r);
        let all = class
            .into_iter()
            .flat_map(|c| std::iter::once(c).chain(p.derived(c).iter().copied()));
        all.filter(|c| p.model_path(*c).is_none())
            .map(|c| p.class(c).name)
            .collect()
    }
}

/// The name that whoever calls a function must know: its own, or that of the class that is made and called.
fn name(program: &Program, r: FuncRef) -> Sym {
    let f = program.func(r);
    match program.class_of(r) {
        Some(c) if f.name == "__call__" => program.class(c).name,
        _ => f.name,
    }
}

/// A search for names, and for what they may be put together from.
struct Search {
    names: Vec<Sym>,
    whole: Wanted,
    parts: AhoCorasick,
    /// The name that each part belongs to.
    of_parts: Vec<usize>,
}

impl Search {
    fn new(functions: &FxHashSet<Sym>, classes: &FxHashSet<Sym>) -> Option<Self> {
        let mut names: Vec<Sym> = functions.union(classes).copied().collect();
        names.sort_unstable_by_key(|n| n.as_str());
        let mut of_parts = Vec::new();
        let mut all: Vec<String> = Vec::new();
        for (i, name) in names.iter().enumerate() {
            if functions.contains(name) {
                all.extend(parts(name));
                of_parts.resize(all.len(), i);
            }
        }
        Some(Self {
            whole: names.iter().copied().collect(),
            // It looks through too little to make up for the time that it takes to build what finds faster.
            parts: AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                .build(&all)
                .ok()?,
            names,
            of_parts,
        })
    }

    /// Which of the names stand in a text.
    fn names_in(&self, text: &str) -> Vec<Sym> {
        self.whole.find(text.as_bytes()).map(|(_, n)| n).collect()
    }

    /// Whether a text has any of the names, or a part of one.
    fn finds(&self, text: &str) -> bool {
        self.whole.find(text.as_bytes()).next().is_some() || self.parts.is_match(text)
    }

    /// Which names a text may put together.
    fn parts_in(&self, text: &str, mut found: impl FnMut(Sym)) {
        for hit in self.parts.find_overlapping_iter(text) {
            found(self.names[self.of_parts[hit.pattern().as_usize()]]);
        }
    }
}

/// Whether a call looks something up by a name that is not written out.
pub(super) fn asks_by_name(c: &Call) -> bool {
    let (ExprKind::Name(name) | ExprKind::Attr(_, name, _)) = &c.callee.kind else {
        return false;
    };
    let at = match name.as_str() {
        "getattr" => 1,
        "globals" | "locals" | "vars" => return true,
        "methodcaller" | "attrgetter" => 0,
        _ => return false,
    };
    !matches!(
        c.args.get(at).map(|a| &a.value.kind),
        Some(ExprKind::Const(_))
    )
}

/// How a name may be put together: `handle_` and what follows, or what comes before and `_done`.
fn parts(name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (i, _) in name.match_indices('_').filter(|(i, _)| *i > 0) {
        let (first, last) = (&name[..=i], &name[i..]);
        out.extend(["{", "%", "' +", "\" +"].map(|after| format!("{first}{after}")));
        out.extend(["}", "%s", "+ '", "+ \""].map(|before| format!("{before}{last}")));
    }
    out
}

fn read(path: &Path) -> Option<String> {
    let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= LARGE);
    let bytes = small.then(|| std::fs::read(path).ok()).flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_put_together() {
        assert!(parts("order_print").contains(&"order_{".to_owned()));
        assert!(parts("order_print").contains(&"%s_print".to_owned()));
        assert!(parts("print").is_empty());
        assert!(parts("_print").is_empty());
    }
}
