//! Which files of a project are parsed: those with an anchor of a pack, whoever may call what touches a store in them,
//! and what these import and need.
//!
//! Everything else stays unread but for the scan of its bytes. Go's unit is the package: its files share their names.

mod mentions;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use self::mentions::{
    Holders, Packages, Spelled, declared, is_base, is_kept, own_type, type_heads,
};
use super::calls::{Relevance, Use, telling};
use super::program::ProgramFile;
use crate::engine::{InputFile, ProjectInput};
use crate::files::scan::NeedleSet;
use crate::files::words::Wanted;
use crate::project::facts::{Layout, python_module};
use crate::stores::anchors::Formula;
use crate::stores::vocabulary::Library;
use crate::symbol::{Sym, intern};
use crate::syntax::{Lang, walk};

/// Rounds of callers and imports: deeper than services are layered.
const ROUNDS: usize = 8;

/// The files of a project, how they hang together, and which of them are wanted so far.
pub struct Demand<'i> {
    input: &'i ProjectInput<'i>,
    python: &'i Library,
    go: &'i Library,
    layout: &'i Layout,
    /// The unit of each file: its package's in Go, its own in Python.
    unit: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// Units that a unit imports, and that import it.
    imports: Vec<Vec<u32>>,
    importers: Vec<Vec<u32>>,
    /// Python modules by dotted path and every end of it; Go packages by directory.
    modules: FxHashMap<(Lang, String), u32>,
    chosen: Vec<bool>,
    anchored: Vec<bool>,
    /// Files that register entry points.
    entries: Vec<bool>,
    /// Files that name a library themselves.
    own: Vec<bool>,
    /// A file loads modules or models by name.
    loads: bool,
    /// How many files' imports have been looked at.
    looked: usize,
    /// How many functions' callers have been looked for, and how many tables' users.
    asked: usize,
    tables: usize,
    /// The classes whose methods matter, with these; the names that hold an object of one, by unit.
    classes: FxHashMap<Sym, FxHashSet<Sym>>,
    held: FxHashSet<(u32, Sym)>,
    /// Of each file parsed so far the names that hold what a call gives, with the name that is called.
    holders: Vec<Vec<(Sym, Sym)>>,
}

impl<'i> Demand<'i> {
    /// Nothing is wanted yet.
    pub fn new(
        input: &'i ProjectInput<'i>,
        python: &'i Library,
        go: &'i Library,
        layout: &'i Layout,
        needles: &FxHashMap<Sym, usize>,
    ) -> Self {
        let n = input.files.len();
        let mut d = Self {
            input,
            python,
            go,
            layout,
            unit: Vec::with_capacity(n),
            members: Vec::new(),
            imports: Vec::new(),
            importers: Vec::new(),
            modules: FxHashMap::default(),
            chosen: vec![false; n],
            anchored: vec![false; n],
            entries: vec![false; n],
            own: vec![false; n],
            loads: false,
            looked: 0,
            asked: 0,
            tables: 0,
            classes: FxHashMap::default(),
            held: FxHashSet::default(),
            holders: Vec::new(),
        };
        let own_pack = !input.options.extra_queries.is_empty();
        d.find_anchors(needles, own_pack);
        d
    }

    fn library(&self, lang: Lang) -> &'i Library {
        match lang {
            Lang::Python => self.python,
            Lang::Go => self.go,
        }
    }

    fn find_anchors(&mut self, index: &FxHashMap<Sym, usize>, all: bool) {
        let files = &self.input.files;
        // A project that uses a library need not name it in every file: its own models are imported from its own.
        let used: FxHashSet<Sym> = [self.python, self.go]
            .iter()
            .flat_map(|lib| &lib.anchors)
            .filter(|(pack, _)| {
                let wide = |l: &Library| l.project_anchors.iter().any(|(p, _)| p == pack);
                wide(self.python) || wide(self.go)
            })
            .filter(|(_, a)| files.iter().any(|f| holds(a, &f.needles, index)))
            .map(|(pack, _)| *pack)
            .collect();
        for (i, f) in files.iter().enumerate() {
            let lib = self.library(f.lang);
            let wide = lib
                .project_anchors
                .iter()
                .filter(|(pack, _)| used.contains(pack));
            let own = all || lib.anchors.iter().any(|(_, a)| holds(a, &f.needles, index));
            self.own[i] = own;
            self.anchored[i] = own || wide.into_iter().any(|(_, a)| holds(a, &f.needles, index));
            self.entries[i] = lib
                .entry_anchors
                .iter()
                .any(|(_, a)| holds(a, &f.needles, index));
        }
        self.share_anchors();
    }

    /// What one file of a Go package keeps in a variable or a struct, the others use without naming the library.
    fn share_anchors(&mut self) {
        let files = &self.input.files;
        let dir = |i: usize| files[i].relative.rsplit_once('/').map_or("", |x| x.0);
        let go = |i: &usize| files[*i].lang == Lang::Go;
        let packages: FxHashSet<&str> = (0..files.len())
            .filter(|i| go(i) && self.anchored[*i])
            .map(dir)
            .collect();
        for i in (0..files.len()).filter(go) {
            self.anchored[i] |= packages.contains(dir(i));
        }
    }

    /// Whether calls of a library's names count in a file.
    pub fn is_anchored(&self, file: usize) -> bool {
        self.anchored[file]
    }

    /// The files to begin with; all, if everything is to be parsed.
    pub fn first(&mut self) -> Vec<usize> {
        if self.input.options.parse_everything || !self.input.options.extra_queries.is_empty() {
            self.chosen.fill(true);
            return (0..self.chosen.len()).collect();
        }
        if !self.anchored.iter().any(|a| *a) {
            return Vec::new();
        }
        self.link();
        let mut out = Vec::new();
        for i in 0..self.anchored.len() {
            // Where something is kept, what leads there is of interest.
            if self.anchored[i] || self.entries[i] {
                self.choose(self.unit[i], &mut out);
            }
        }
        // Python packages hand on the names of their modules: through them a model is found where it is used.
        let mut packages: FxHashSet<&str> = FxHashSet::default();
        for i in 0..self.anchored.len() {
            let f = &self.input.files[i];
            if f.lang != Lang::Python || !(self.anchored[i] || self.entries[i]) {
                continue;
            }
            let mut dir = f.relative.as_str();
            while let Some((up, _)) = dir.rsplit_once('/') {
                if !packages.insert(up) {
                    break;
                }
                dir = up;
            }
        }
        for i in 0..self.anchored.len() {
            let f = &self.input.files[i];
            if f.relative
                .strip_suffix("/__init__.py")
                .is_some_and(|dir| packages.contains(dir))
            {
                self.choose(self.unit[i], &mut out);
            }
        }
        out.sort_unstable();
        out
    }

    fn choose(&mut self, unit: u32, out: &mut Vec<usize>) {
        for f in &self.members[unit as usize] {
            let f = *f as usize;
            if !self.chosen[f] {
                self.chosen[f] = true;
                out.push(f);
            }
        }
    }

    /// Units, and who imports whom, from the scanned import lines.
    fn link(&mut self) {
        let files = &self.input.files;
        for (i, f) in files.iter().enumerate() {
            let unit = match f.lang {
                Lang::Python => {
                    let unit = self.members.len() as u32;
                    self.members.push(Vec::new());
                    let module = python_module(&f.relative);
                    let mut end = module.as_str();
                    loop {
                        let key = (Lang::Python, end.to_owned());
                        self.modules.entry(key).or_insert(unit);
                        match end.split_once('.') {
                            Some((_, rest)) => end = rest,
                            None => break,
                        }
                    }
                    // The whole path means this file, whatever ends like it.
                    self.modules.insert((Lang::Python, module), unit);
                    unit
                }
                Lang::Go => {
                    let dir = f.relative.rsplit_once('/').map_or("", |x| x.0).to_owned();
                    let members = &mut self.members;
                    *self.modules.entry((Lang::Go, dir)).or_insert_with(|| {
                        members.push(Vec::new());
                        members.len() as u32 - 1
                    })
                }
            };
            self.members[unit as usize].push(i as u32);
            self.unit.push(unit);
        }
        let named: Vec<Vec<u32>> = files
            .par_iter()
            .enumerate()
            .map(|(i, f)| {
                let text = &self.input.sources.get(f.id).text;
                let modules = f.outline.modules(text, f.lang);
                let mut out: Vec<u32> = modules
                    .iter()
                    .filter_map(|m| self.resolve(f, m))
                    .filter(|u| *u != self.unit[i])
                    .collect();
                out.sort_unstable();
                out.dedup();
                out
            })
            .collect();
        self.imports = vec![Vec::new(); self.members.len()];
        self.importers = vec![Vec::new(); self.members.len()];
        for (i, units) in named.into_iter().enumerate() {
            let own = self.unit[i];
            for u in units {
                self.imports[own as usize].push(u);
                self.importers[u as usize].push(own);
            }
        }
    }

    /// For each of these files the part of the project that it belongs to, as imports tie files together: what one
    /// part makes is not seen in another.
    pub fn parts(&self, files: &[usize]) -> Vec<u32> {
        // Where everything is parsed nobody has looked at the imports: all is one part.
        if self.unit.is_empty() {
            return vec![0; files.len()];
        }
        let mut part: Vec<u32> = vec![u32::MAX; self.members.len()];
        let mut work = Vec::new();
        for unit in 0..self.members.len() as u32 {
            work.push(unit);
            while let Some(u) = work.pop() {
                if part[u as usize] == u32::MAX {
                    part[u as usize] = unit;
                    work.extend(&self.imports[u as usize]);
                    work.extend(&self.importers[u as usize]);
                }
            }
        }
        files.iter().map(|f| part[self.unit[*f] as usize]).collect()
    }

    /// The unit that an import means, if it is one of the project.
    fn resolve(&self, f: &InputFile, path: &str) -> Option<u32> {
        match f.lang {
            Lang::Go => {
                let inside = self
                    .layout
                    .go_modules
                    .iter()
                    .filter_map(|(dir, module)| {
                        let rest = path.strip_prefix(module.as_str())?;
                        (rest.is_empty() || rest.starts_with('/'))
                            .then(|| (module.len(), join(dir, rest.trim_start_matches('/'))))
                    })
                    .max();
                if let Some((_, dir)) = inside {
                    return self.modules.get(&(Lang::Go, dir)).copied();
                }
                if !self.layout.go_modules.is_empty() {
                    return None;
                }
                let mut rest = path;
                while let Some((_, tail)) = rest.split_once('/') {
                    if let Some(u) = self.modules.get(&(Lang::Go, tail.to_owned())) {
                        return Some(*u);
                    }
                    rest = tail;
                }
                None
            }
            Lang::Python => {
                let name = path.trim_start_matches('.');
                let dots = path.len() - name.len();
                let absolute = if dots == 0 {
                    name.to_owned()
                } else {
                    let mut dir = f.relative.rsplit_once('/').map_or("", |x| x.0);
                    for _ in 1..dots {
                        dir = dir.rsplit_once('/').map_or("", |x| x.0);
                    }
                    let base = dir.replace('/', ".");
                    match (base.is_empty(), name.is_empty()) {
                        (true, _) => name.to_owned(),
                        (false, true) => base,
                        (false, false) => format!("{base}.{name}"),
                    }
                };
                let unit = |path: &str| self.modules.get(&(Lang::Python, path.to_owned())).copied();
                unit(&absolute).or_else(|| unit(self.layout.below_folder(&absolute)?))
            }
        }
    }

    /// The files wanted next: of those not parsed yet, who may call what matters, and what that needs. `files` are
    /// those parsed so far, `of` their places in the input.
    pub fn next(
        &mut self,
        round: usize,
        files: &[ProgramFile],
        of: &[usize],
        relevance: &Relevance,
    ) -> Vec<usize> {
        if round >= ROUNDS || self.chosen.iter().all(|c| *c) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let new = &relevance.order()[self.asked..];
        self.asked = relevance.order().len();
        let mut needed: FxHashSet<u32> = FxHashSet::default();
        let mut definers: FxHashSet<u32> = FxHashSet::default();
        let mut names: FxHashSet<Sym> = FxHashSet::default();
        let mut methods: FxHashMap<Sym, FxHashSet<Sym>> = FxHashMap::default();
        // Where a library is named, rows are made into what the program works with: whatever such a file calls.
        let fresh = files[self.looked..].par_iter().zip(&of[self.looked..]);
        let own = fresh.filter(|(_, i)| self.own[**i]);
        needed.par_extend(own.flat_map_iter(|(f, i)| {
            let mut used = declared(f);
            used.extend(f.calls.iter().flat_map(|c| &c.imports));
            let imports = f.module.imports.iter();
            let imports = imports.filter(move |import| used.contains(&import.name));
            imports.filter_map(|import| self.imported(*i, import.path.as_str()))
        }));
        for (f, i) in files.iter().zip(of).skip(self.looked) {
            needed.extend(self.named_modules(&self.input.files[*i], f));
        }
        needed.extend(self.loaded_modules(files));
        self.looked = files.len();
        // The imports through which each file calls what matters.
        let mut through: BTreeMap<u32, FxHashSet<Sym>> = BTreeMap::new();
        for r in new {
            let f = &files[r.file as usize];
            let unit = self.unit[of[r.file as usize]];
            let func = &f.module.funcs[r.func as usize];
            definers.insert(unit);
            let imports = &f.calls[r.func as usize].imports;
            through.entry(r.file).or_default().extend(imports);
            let exported = match f.module.lang {
                Lang::Go => func.name.starts_with(char::is_uppercase),
                Lang::Python => !func.name.starts_with('<') && !func.name.starts_with("__"),
            };
            if !exported {
                continue;
            }
            match func
                .class
                .filter(|_| !telling(func.name, [self.python, self.go]))
            {
                // Its class must be named as well.
                Some(class) => {
                    let class = f.module.classes[class as usize].name;
                    methods.entry(class).or_default().insert(func.name);
                }
                None => {
                    names.insert(func.name);
                }
            }
        }
        self.held(files, of, &mut methods, &mut definers);
        for (file, name) in &relevance.held()[self.tables..] {
            definers.insert(self.unit[of[*file as usize]]);
            names.insert(*name);
        }
        self.tables = relevance.held().len();
        self.composed(files, of, &mut through);
        // What it uses of other files of the project.
        for (file, names) in &through {
            for import in &files[*file as usize].module.imports {
                if import.name == "*" || names.contains(&import.name) {
                    needed.extend(self.imported(of[*file as usize], import.path.as_str()));
                }
            }
        }
        self.constructors(files, of, &definers, &mut names);
        for unit in self.bases(files, of, &definers) {
            needed.insert(unit);
        }
        let mut needed: Vec<u32> = needed.into_iter().collect();
        needed.sort_unstable();
        for unit in needed {
            self.choose(unit, &mut out);
        }
        for unit in self.callers(&names, &methods, &definers) {
            self.choose(unit, &mut out);
        }
        out.sort_unstable();
        out
    }

    /// Who makes an object of a class that matters puts the program together: what it hands the object to is called on
    /// by that.
    fn composed(
        &self,
        files: &[ProgramFile],
        of: &[usize],
        through: &mut BTreeMap<u32, FxHashSet<Sym>>,
    ) {
        let classes: FxHashSet<&str> = self.classes.keys().map(Sym::as_str).collect();
        let made = |(i, f): (usize, &ProgramFile)| {
            if f.module.lang != Lang::Python || self.own[of[i]] {
                return None;
            }
            let matters = |path: &Sym| path.rsplit('.').next().is_some_and(|c| classes.contains(c));
            let imports = f.module.imports.iter().filter(|i| matters(&i.path));
            let makers: FxHashSet<Sym> = imports.map(|i| i.name).collect();
            let calls = f.calls.iter().filter(|c| c.imports.len() > 1);
            let mut making = calls
                .filter(|c| c.imports.iter().any(|n| makers.contains(n)))
                .peekable();
            (!makers.is_empty() && making.peek().is_some()).then(|| {
                (
                    i as u32,
                    making.flat_map(|c| c.imports.iter().copied()).collect(),
                )
            })
        };
        let all: Vec<(u32, Vec<Sym>)> = files.par_iter().enumerate().filter_map(made).collect();
        for (file, imports) in all {
            through.entry(file).or_default().extend(imports);
        }
    }

    /// What holds an object of a class that matters, a name of a module or what a function gives, stands for its class
    /// where somebody uses it.
    fn held(
        &mut self,
        files: &[ProgramFile],
        of: &[usize],
        methods: &mut FxHashMap<Sym, FxHashSet<Sym>>,
        definers: &mut FxHashSet<u32>,
    ) {
        for (class, names) in methods.iter() {
            self.classes.entry(*class).or_default().extend(names);
        }
        if self.classes.is_empty() {
            return;
        }
        let new = files[self.holders.len()..].par_iter().map(Holders::of_file);
        self.holders.par_extend(new);
        for (holders, i) in self.holders.iter().zip(of) {
            for (name, class) in holders {
                if let Some(names) = self.classes.get(class)
                    && self.held.insert((self.unit[*i], *name))
                {
                    definers.insert(self.unit[*i]);
                    methods.entry(*name).or_default().extend(names);
                }
            }
        }
    }

    /// The modules of a package that a file imports by a name that it puts together.
    fn named_modules(&self, input: &InputFile, f: &ProgramFile) -> Vec<u32> {
        let importers = self
            .library(input.lang)
            .lists
            .get(&crate::sym!("importers"));
        let named = |path: &str| {
            importers
                .into_iter()
                .flatten()
                .any(|i| i.as_str() == path || i.rsplit_once('.').is_some_and(|x| x.0 == path))
        };
        let imports = &f.module.imports;
        if input.lang != Lang::Python || !imports.iter().any(|i| named(i.path.as_str())) {
            return Vec::new();
        }
        let mut packages = Packages::default();
        for func in &f.module.funcs {
            walk::block(&mut packages, &func.body);
        }
        let beneath = |module: &str| {
            packages.0.iter().any(|p| {
                let rest = module.strip_prefix(p.as_str());
                rest.is_some_and(|r| !r.is_empty() && !r.contains('.'))
            })
        };
        let modules = self.modules.iter().filter(|m| m.0.0 == Lang::Python);
        let found = modules.filter(|((_, path), _)| beneath(path));
        found.map(|(_, unit)| *unit).collect()
    }

    /// In a project that loads by name: the modules that literal arguments spell, as an end of their path
    /// (`load("shop.orders", ..)`) or as what holds an application's models (`get_model("shop", "Order")`).
    fn loaded_modules(&mut self, files: &[ProgramFile]) -> Vec<u32> {
        let mut from = self.looked;
        if !self.loads {
            let tails = |list: &str| {
                let paths = self.python.lists.get(&intern(list));
                let paths = paths.into_iter().flatten();
                paths.flat_map(|p| [*p, p.rsplit_once('.').map_or(*p, |x| intern(x.0))])
            };
            let loading: FxHashSet<Sym> = tails("importers")
                .chain(tails("model-registries"))
                .collect();
            let loads = |f: &ProgramFile| {
                f.module.imports.iter().any(|i| loading.contains(&i.path))
                    || f.calls
                        .iter()
                        .flat_map(|c| &c.uses)
                        .any(|u| matches!(u, Use::Path(p) if p == "__import__"))
            };
            if !files[from..].iter().any(loads) {
                return Vec::new();
            }
            self.loads = true;
            from = 0;
        }
        let each = files[from..].par_iter().flat_map_iter(Spelled::in_file);
        let spelled: FxHashSet<String> = each.collect();
        let mut out = Vec::new();
        for (i, f) in self.input.files.iter().enumerate() {
            if f.lang != Lang::Python || self.chosen[i] {
                continue;
            }
            let module = python_module(&f.relative);
            let mut end = module.as_str();
            while let Some((_, rest)) = end.split_once('.') {
                if spelled.contains(end) {
                    out.push(self.unit[i]);
                    break;
                }
                end = rest;
            }
        }
        out
    }

    /// The unit that a file imports by a path.
    fn imported(&self, file: usize, path: &str) -> Option<u32> {
        let f = &self.input.files[file];
        match f.lang {
            // The path of an import binding ends in the name imported.
            Lang::Python => self.resolve(f, path).or_else(|| {
                let (module, _) = path.rsplit_once('.')?;
                self.resolve(f, module)
            }),
            Lang::Go => {
                let own = *self.unit.get(file)?;
                self.imports[own as usize]
                    .iter()
                    .copied()
                    .find(|u| self.directory(*u).is_some_and(|d| path.ends_with(d)))
            }
        }
    }

    fn directory(&self, unit: u32) -> Option<&str> {
        let first = *self.members[unit as usize].first()?;
        Some(
            self.input.files[first as usize]
                .relative
                .rsplit_once('/')
                .map_or("", |x| x.0),
        )
    }

    /// Functions that make what matters: through them it is known which type stands behind an interface.
    fn constructors(
        &self,
        files: &[ProgramFile],
        of: &[usize],
        definers: &FxHashSet<u32>,
        names: &mut FxHashSet<Sym>,
    ) {
        for (i, f) in files.iter().enumerate() {
            if f.module.lang != Lang::Go || !definers.contains(&self.unit[of[i]]) {
                continue;
            }
            for func in &f.module.funcs {
                let makes = !func.is_method()
                    && func.parent == Some(0)
                    && func.name.starts_with(char::is_uppercase)
                    && func.result_types.iter().any(own_type);
                if makes {
                    names.insert(func.name);
                }
            }
        }
    }

    /// Where the bases of classes and the embedded types of what matters are declared.
    fn bases(&self, files: &[ProgramFile], of: &[usize], definers: &FxHashSet<u32>) -> Vec<u32> {
        let bases = |(i, f): (usize, &ProgramFile)| {
            let mut out = Vec::new();
            if !definers.contains(&self.unit[of[i]]) {
                return out;
            }
            let mut heads: FxHashSet<Sym> = FxHashSet::default();
            for c in &f.module.classes {
                for b in &c.bases {
                    let dotted = crate::project::facts::dotted(b);
                    heads.extend(
                        dotted
                            .iter()
                            .filter_map(|d| d.split('.').next())
                            .map(intern),
                    );
                }
                for t in c
                    .underlying
                    .iter()
                    .chain(c.attrs.iter().filter_map(|a| a.ty.as_ref()))
                {
                    type_heads(t, &mut heads);
                }
            }
            for func in &f.module.funcs {
                let types = func.params.iter().filter_map(|p| p.ty.as_ref());
                types
                    .chain(&func.result_types)
                    .for_each(|t| type_heads(t, &mut heads));
            }
            for import in f.module.imports.iter().filter(|i| heads.contains(&i.name)) {
                out.extend(self.imported(of[i], import.path.as_str()));
            }
            out
        };
        files.par_iter().enumerate().flat_map_iter(bases).collect()
    }

    /// Units not parsed yet that hang together with those that define `names` and mention one of them.
    fn callers(
        &self,
        names: &FxHashSet<Sym>,
        methods: &FxHashMap<Sym, FxHashSet<Sym>>,
        definers: &FxHashSet<u32>,
    ) -> Vec<u32> {
        // What imports a definer; what both it and a definer import (an interface, a model); what somebody imports
        // beside a definer (who puts the program together).
        let mut direct: FxHashSet<u32> = FxHashSet::default();
        let mut near: FxHashSet<u32> = FxHashSet::default();
        for d in definers {
            direct.extend(&self.importers[*d as usize]);
            for i in &self.imports[*d as usize] {
                near.insert(*i);
                near.extend(&self.importers[*i as usize]);
            }
            for i in &self.importers[*d as usize] {
                near.extend(&self.imports[*i as usize]);
                near.extend(&self.importers[*i as usize]);
            }
        }
        let near: Vec<u32> = (0..self.members.len() as u32)
            .filter(|u| direct.contains(u) || near.contains(u))
            .filter(|u| {
                let members = &self.members[*u as usize];
                members.iter().any(|f| !self.chosen[*f as usize])
            })
            .collect();
        if near.is_empty() {
            return Vec::new();
        }
        let of_classes = methods.iter().flat_map(|(c, ms)| ms.iter().chain([c]));
        let wanted: Wanted = names.iter().chain(of_classes).copied().collect();
        // One of the names alone, or a class and one of its methods.
        let calls = |text: &[u8], is_direct: bool, is_python: bool| {
            let mut seen: FxHashSet<Sym> = FxHashSet::default();
            for (start, name) in wanted.find(text) {
                let holds = || {
                    let end = start + name.len();
                    methods.contains_key(&name)
                        && (text.get(end) == Some(&b'(') && is_kept(text, start)
                            || is_base(text, start, end))
                };
                if names.contains(&name) || is_direct && is_python && holds() {
                    return true;
                }
                if is_direct {
                    seen.insert(name);
                }
            }
            let all_of = |(c, ms): (&Sym, &FxHashSet<Sym>)| {
                seen.contains(c) && ms.iter().any(|m| seen.contains(m))
            };
            methods.iter().any(all_of)
        };
        near.into_par_iter()
            .filter(|u| {
                let is_direct = direct.contains(u);
                self.members[*u as usize].iter().any(|f| {
                    let f = *f as usize;
                    let input = &self.input.files[f];
                    let text = self.input.sources.get(input.id).text.as_bytes();
                    let is_python = input.lang == Lang::Python;
                    !self.chosen[f] && calls(text, is_direct, is_python)
                })
            })
            .collect()
    }
}

fn join(dir: &str, rest: &str) -> String {
    match (dir.is_empty(), rest.is_empty()) {
        (true, _) => rest.to_owned(),
        (false, true) => dir.to_owned(),
        (false, false) => format!("{dir}/{rest}"),
    }
}

fn holds(f: &Formula, needles: &NeedleSet, index: &FxHashMap<Sym, usize>) -> bool {
    f.holds(&|n| index.get(&n).is_some_and(|i| needles.contains(*i)))
}
