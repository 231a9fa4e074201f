//! Which functions may touch a store, now that names can be resolved: [`Relevance`](super::calls::Relevance) goes by
//! names alone and lets through whatever shares a name with something that matters.
//!
//! A call by a name means what that name stands for; one on the own object means a method of its class, of a base or of
//! a subclass; making an object may run what its class does when it is entered or called. Only what is called on
//! anything else goes by its name.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::{Use, is_of_container, is_property, takes};
use super::program::{Global, Program};
use super::value::{ClassRef, FuncRef};
use crate::project::facts::Symbol;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;
use crate::syntax::il::FuncIdx;

/// Tables in tables are looked through that deep.
const TABLES: u32 = 3;

/// What runs when an object is made, and what it may do later without being named.
fn unnamed() -> [Sym; 9] {
    [
        sym!("__init__"),
        sym!("__new__"),
        sym!("__post_init__"),
        sym!("__init_subclass__"),
        sym!("__call__"),
        sym!("__enter__"),
        sym!("__exit__"),
        sym!("__aenter__"),
        sym!("__aexit__"),
    ]
}

/// What something used runs: functions, or whatever bears a name.
#[derive(Clone, Default)]
struct Meaning {
    funcs: Vec<FuncRef>,
    method: Option<Sym>,
}

struct Touches<'p> {
    p: &'p Program,
    /// The part of the project that each file belongs to, as imports tie files together.
    parts: &'p [u32],
    /// First parts of the paths of the project's modules.
    roots: FxHashSet<&'p str>,
    known: FxHashMap<(u32, Sym), Meaning>,
    callers: FxHashMap<FuncRef, Vec<FuncRef>>,
    by_method: FxHashMap<Sym, Vec<(FuncRef, Option<u8>)>>,
    by_property: FxHashMap<Sym, Vec<FuncRef>>,
    /// A class, those that derive from it, and what these derive from, each once; as far as somebody asked.
    kin: RefCell<FxHashMap<ClassRef, Rc<[ClassRef]>>>,
}

/// The functions that may touch a store, of those that matter by name.
pub(super) fn touching(p: &Program, parts: &[u32]) -> FxHashSet<FuncRef> {
    let roots = p.facts().files.iter();
    let mut t = Touches {
        p,
        parts,
        roots: roots
            .map(|f| f.module.split('.').next().unwrap_or(""))
            .collect(),
        known: FxHashMap::default(),
        callers: FxHashMap::default(),
        by_method: FxHashMap::default(),
        by_property: FxHashMap::default(),
        kin: RefCell::default(),
    };
    let mut work = Vec::new();
    for (fi, f) in p.files().iter().enumerate() {
        for func in 0..f.module.funcs.len() as FuncIdx {
            let r = FuncRef {
                file: fi as u32,
                func,
            };
            if !p.matters(r) {
                continue;
            }
            if p.is_direct(r) {
                work.push(r);
            }
            t.add(r);
        }
    }
    t.reached(work)
}

impl Touches<'_> {
    /// Whether imports tie the files of two functions together, however far apart.
    fn together(&self, a: FuncRef, b: FuncRef) -> bool {
        match (
            self.parts.get(a.file as usize),
            self.parts.get(b.file as usize),
        ) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }

    fn calls(&mut self, from: FuncRef, to: FuncRef) {
        self.callers.entry(to).or_default().push(from);
    }

    fn add(&mut self, r: FuncRef) {
        let p = self.p;
        let calls = &p.files()[r.file as usize].calls[r.func as usize];
        for n in &calls.nested {
            let inner = FuncRef {
                file: r.file,
                func: *n,
            };
            self.calls(r, inner);
        }
        let class = p.class_of(r);
        for u in &calls.uses {
            match *u {
                Use::Path(path) => {
                    let meaning = match self.known.get(&(r.file, path)) {
                        Some(m) => m.clone(),
                        None => {
                            let m = match p.lang(r.file) {
                                Lang::Python => self.meaning(r.file, path, 0),
                                Lang::Go => self.go_meaning(r.file, path),
                            };
                            self.known.insert((r.file, path), m.clone());
                            m
                        }
                    };
                    for f in meaning.funcs {
                        self.calls(r, f);
                    }
                    if let Some(n) = meaning.method {
                        self.by_method.entry(n).or_default().push((r, None));
                    }
                }
                Use::Own(n) => match class {
                    Some(c) if p.lang(r.file) == Lang::Python => {
                        for f in self.family(c, n) {
                            self.calls(r, f);
                        }
                    }
                    // What is not a method of its own is promoted, or a field that holds a function.
                    Some(c) if let Some(f) = p.own_method(c, n) => self.calls(r, f),
                    Some(_) => self.by_method.entry(n).or_default().push((r, None)),
                    None if n == "__init__" => {}
                    None => {
                        self.by_method.entry(n).or_default().push((r, None));
                        self.by_property.entry(n).or_default().push(r);
                    }
                },
                Use::Method(n, args) => self.by_method.entry(n).or_default().push((r, args)),
                Use::Property(n) => self.by_property.entry(n).or_default().push(r),
                Use::Called => self
                    .by_method
                    .entry(sym!("__call__"))
                    .or_default()
                    .push((r, None)),
                Use::Entered => {
                    for n in ["__enter__", "__exit__", "__aenter__", "__aexit__"] {
                        self.by_method.entry(intern(n)).or_default().push((r, None));
                    }
                }
            }
        }
    }

    /// The functions that a table of a module holds, or what makes it.
    fn held(&self, file: u32, name: Sym, depth: u32) -> Option<Vec<FuncRef>> {
        let calls = self.p.files()[file as usize].calls.first()?;
        let table = calls.tables.iter().find(|t| t.name == name)?;
        let named = table.of.iter().filter(|path| **path != name);
        // Making an object is done once, not by who uses it.
        let is_class = |path: &Sym| {
            matches!(
                self.p.facts().lookup_at(file as usize, path),
                Some(Symbol::Class(_))
            )
        };
        let mut funcs: Vec<FuncRef> = named
            .filter(|path| !is_class(path))
            .flat_map(|path| self.meaning(file, *path, depth + 1).funcs)
            .collect();
        funcs.extend(table.inner.iter().map(|func| FuncRef { file, func: *func }));
        (!funcs.is_empty()).then_some(funcs)
    }

    /// What a name means in a file.
    fn meaning(&self, file: u32, path: Sym, depth: u32) -> Meaning {
        let facts = self.p.facts();
        let last = intern(path.rsplit('.').next().unwrap_or(&path));
        let by_name = Meaning {
            funcs: Vec::new(),
            method: path.contains('.').then_some(last),
        };
        let symbol = facts.lookup_at(file as usize, &path);
        let table = match &symbol {
            Some(Symbol::External(p)) if depth < TABLES => p
                .rsplit_once('.')
                .and_then(|(module, name)| Some((facts.module(module)?, intern(name)))),
            None if depth < TABLES => Some((file as usize, path)),
            _ => None,
        };
        if let Some((at, name)) = table
            && let Some(funcs) = self.held(at as u32, name, depth)
        {
            return Meaning {
                funcs,
                method: None,
            };
        }
        match symbol {
            Some(Symbol::Func(at, func)) => Meaning {
                funcs: vec![FuncRef {
                    file: at as u32,
                    func,
                }],
                method: None,
            },
            Some(Symbol::Class(p)) => match self.p.class_at(intern(&p)) {
                Some(c) => Meaning {
                    funcs: unnamed()
                        .into_iter()
                        .flat_map(|n| self.family(c, n))
                        .collect(),
                    method: None,
                },
                None => Meaning::default(),
            },
            Some(Symbol::External(p) | Symbol::Module(p)) => {
                let class = p
                    .rsplit_once('.')
                    .and_then(|(of, _)| self.p.class_at(intern(of)));
                match class {
                    Some(c) => Meaning {
                        funcs: self.family(c, last),
                        method: None,
                    },
                    None if self.roots.contains(p.split('.').next().unwrap_or("")) => by_name,
                    None => Meaning::default(),
                }
            }
            Some(Symbol::Const(_)) | None => by_name,
        }
    }

    /// The same for Go, where a name is a function of the package, of an imported package, or something with methods.
    fn go_meaning(&self, file: u32, path: Sym) -> Meaning {
        let func = |g: Option<Global<'_>>| match g {
            Some(Global::Func(f)) => vec![f],
            _ => Vec::new(),
        };
        let Some((head, last)) = path.rsplit_once('.') else {
            return Meaning {
                funcs: func(Some(self.p.global(file, path))),
                method: None,
            };
        };
        match self.p.global(file, intern(head)) {
            Global::Path(package) => Meaning {
                funcs: func(self.p.resolve_path(intern(&format!("{package}.{last}")))),
                method: None,
            },
            _ => Meaning {
                funcs: Vec::new(),
                method: Some(intern(last)),
            },
        }
    }

    /// The methods of that name that an object of a class, or of one that derives from it, may have.
    fn family(&self, c: ClassRef, name: Sym) -> Vec<FuncRef> {
        let kin = self.kin(c);
        let methods = kin.iter().filter_map(|c| self.p.own_method(*c, name));
        let mut out: Vec<FuncRef> = methods.collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    fn kin(&self, c: ClassRef) -> Rc<[ClassRef]> {
        let find = || {
            let classes = std::iter::once(c).chain(self.p.derived(c).iter().copied());
            let lines = classes.flat_map(|c| std::iter::once(c).chain(self.p.ancestors(c)));
            let all: FxHashSet<ClassRef> = lines.collect();
            all.into_iter().collect()
        };
        Rc::clone(self.kin.borrow_mut().entry(c).or_insert_with(find))
    }

    /// Whatever reaches one of these.
    fn reached(&self, mut work: Vec<FuncRef>) -> FxHashSet<FuncRef> {
        let mut out = FxHashSet::default();
        while let Some(r) = work.pop() {
            if !out.insert(r) {
                continue;
            }
            work.extend(self.callers.get(&r).into_iter().flatten().copied());
            let f = self.p.func(r);
            if f.is_method() {
                if f.decorators.iter().any(is_property) {
                    work.extend(self.by_property.get(&f.name).into_iter().flatten());
                } else {
                    let by = self.by_method.get(&f.name).into_iter().flatten();
                    let plain = is_of_container(f.name);
                    let fits = |(by, args): &&(FuncRef, Option<u8>)| {
                        args.is_none_or(|n| takes(f, n)) && (!plain || self.together(*by, r))
                    };
                    work.extend(by.filter(fits).map(|(r, _)| *r));
                }
            }
        }
        out
    }
}
