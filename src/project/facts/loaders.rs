//! Functions of the project that load classes by name: `get_class("shop.models", "Order")`. One that imports a module
//! under a name made of its parameters and gives a member of it, or asks a registry of models, is known by what its
//! parameters flow into; a call with literal names is then an import like another.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::models::app_label;
use super::resolve::{class_path, dotted};
use super::{DeclarationVocabulary, Facts, FileFacts, Symbol};
use crate::symbol::Sym;
use crate::syntax::il::{
    ArgKind, Call, Expr, ExprKind, Func, FuncIdx, Lang, Lit, Place, Stmt, StmtKind,
};
use crate::syntax::walk::{self, Visit};

/// Loaders call each other no deeper than that.
const ROUNDS: usize = 4;

/// What is known of a function that loads by name.
#[derive(Clone, Default, PartialEq, Debug)]
struct Loader {
    /// Parameters that are a part of the module's name, or name a model's application.
    labels: Vec<usize>,
    /// Parameters that name the member, or several.
    members: Vec<usize>,
    /// It asks for models.
    models: bool,
    /// It gives what it found.
    gives: bool,
}

impl Loader {
    fn complete(&self) -> bool {
        self.gives && !self.labels.is_empty() && !self.members.is_empty()
    }
}

/// A parameter's name, and the text that it defaults to.
type Parameter = (Sym, Option<Sym>);

/// The functions that load by name.
#[derive(Debug, Default)]
pub(super) struct Loaders {
    known: FxHashMap<(usize, FuncIdx), Loader>,
    /// Their parameters.
    params: FxHashMap<(usize, FuncIdx), Vec<Parameter>>,
}

/// An argument of a call, as far as it is literal.
#[derive(Clone, PartialEq, Debug)]
pub enum Given {
    /// A text.
    Text(Sym),
    /// A list of texts.
    Texts(Vec<Sym>),
    /// Something else.
    Other,
}

/// What a loader gives for literal names: the dotted paths.
#[derive(Clone, PartialEq, Debug)]
pub enum Loaded {
    /// One member.
    One(String),
    /// One for each name, those not found left open.
    Many(Vec<Option<String>>),
}

impl Given {
    fn of(e: &Expr) -> Self {
        let text = |e: &Expr| match e.kind {
            ExprKind::Const(Lit::Str(s)) => Some(s),
            _ => None,
        };
        match &e.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => items
                .iter()
                .map(text)
                .collect::<Option<_>>()
                .map_or(Self::Other, Self::Texts),
            _ => text(e).map_or(Self::Other, Self::Text),
        }
    }
}

/// What a call does for a loader.
enum Step {
    Import,
    Member,
    Models,
    Function(Loader, Vec<Sym>),
}

impl Step {
    fn labels(&self, at: usize, name: Option<Sym>) -> bool {
        match self {
            Self::Import | Self::Models => at == 0 && name.is_none(),
            Self::Member => false,
            Self::Function(l, params) => is_param(&l.labels, params, at, name),
        }
    }

    fn members(&self, at: usize, name: Option<Sym>) -> bool {
        match self {
            Self::Member | Self::Models => at == 1 && name.is_none(),
            Self::Import => false,
            Self::Function(l, params) => is_param(&l.members, params, at, name),
        }
    }

    fn gives(&self) -> bool {
        match self {
            Self::Member | Self::Models => true,
            Self::Import => false,
            Self::Function(l, _) => l.gives,
        }
    }

    fn models(&self) -> bool {
        matches!(self, Self::Models) || matches!(self, Self::Function(l, _) if l.models)
    }
}

fn is_param(of: &[usize], params: &[Sym], at: usize, name: Option<Sym>) -> bool {
    match name {
        Some(n) => of.iter().any(|i| params.get(*i) == Some(&n)),
        None => of.contains(&at),
    }
}

/// The statements and calls of one function that may matter.
struct Body<'a> {
    /// What flows into a name: an assignment, a loop, `names.append(value)`.
    flows: Vec<(Vec<Sym>, &'a Expr)>,
    calls: Vec<&'a Call>,
    returns: Vec<&'a Expr>,
}

impl<'a> Visit<'a> for Body<'a> {
    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign(places, value) => {
                let mut names = Vec::new();
                places.iter().for_each(|p| bound(p, &mut names));
                self.flows.push((names, value));
            }
            StmtKind::Loop {
                each: Some(each), ..
            } => {
                let mut names = Vec::new();
                bound(&each.0, &mut names);
                self.flows.push((names, &each.1));
            }
            StmtKind::Return(values) => self.returns.extend(values),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        let ExprKind::Call(call) = &expr.kind else {
            return;
        };
        self.calls.push(call);
        if let ExprKind::Attr(object, _, _) = &call.callee.kind
            && let ExprKind::Name(list) = object.kind
        {
            for arg in &call.args {
                self.flows.push((vec![list], &arg.value));
            }
        }
    }
}

fn bound(place: &Place, out: &mut Vec<Sym>) {
    match place {
        Place::Name(name, _) => out.push(*name),
        Place::Tuple(places, _) => places.iter().for_each(|p| bound(p, out)),
        Place::Star(inner, _) => bound(inner, out),
        _ => {}
    }
}

struct Mentions<'n> {
    names: &'n FxHashSet<Sym>,
    found: bool,
}

impl<'a> Visit<'a> for Mentions<'_> {
    fn expr(&mut self, expr: &'a Expr) {
        if let ExprKind::Name(n) = &expr.kind {
            self.found |= self.names.contains(n);
        }
    }
}

fn mentions(expr: &Expr, names: &FxHashSet<Sym>) -> bool {
    let mut m = Mentions {
        names,
        found: false,
    };
    walk::expr(&mut m, expr);
    m.found
}

impl Body<'_> {
    /// The names into which a parameter flows.
    fn reached(&self, param: Sym) -> FxHashSet<Sym> {
        let mut names = FxHashSet::from_iter([param]);
        self.spread(&mut names, mentions);
        names
    }

    fn spread(&self, names: &mut FxHashSet<Sym>, flows: impl Fn(&Expr, &FxHashSet<Sym>) -> bool) {
        loop {
            let before = names.len();
            for (to, from) in &self.flows {
                if !to.iter().all(|n| names.contains(n)) && flows(from, names) {
                    names.extend(to);
                }
            }
            if names.len() == before {
                return;
            }
        }
    }
}

/// Whether an expression is what a step gave: not what was made of it.
fn is_given(e: &Expr, names: &FxHashSet<Sym>, step: &dyn Fn(&Call) -> bool) -> bool {
    match &e.kind {
        ExprKind::Name(n) => names.contains(n),
        ExprKind::Call(c) => step(c),
        ExprKind::Index(of, _) | ExprKind::Await(of) => is_given(of, names, step),
        ExprKind::Or(parts) | ExprKind::List(parts) | ExprKind::Tuple(parts) => {
            parts.iter().any(|p| is_given(p, names, step))
        }
        ExprKind::Cond(_, a, b) => is_given(a, names, step) || is_given(b, names, step),
        ExprKind::Comp(c) => is_given(&c.element, names, step),
        _ => false,
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn called(call: &Call) -> Option<&'static str> {
    match &call.callee.kind {
        ExprKind::Name(n) | ExprKind::Attr(_, n, _) => Some(n.as_str()),
        _ => None,
    }
}

impl Facts {
    /// Finds the loaders, and binds the names at the top of modules that are assigned what one gives.
    pub(super) fn collect_loaded(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        let python = |f: &&FileFacts<'_>| f.module_il.lang == Lang::Python;
        if vocabulary.importers.is_empty() || !files.iter().any(|f| python(&f)) {
            return;
        }
        self.find_loaders(files, vocabulary);
        let bound: Vec<Vec<(Sym, String)>> = (0..files.len())
            .into_par_iter()
            .map(|file| self.loaded_names(file, &files[file], vocabulary))
            .collect();
        for (file, names) in bound.into_iter().enumerate() {
            for (name, path) in names {
                self.names.bind(file, name.as_str(), path);
            }
        }
    }

    fn find_loaders(&mut self, files: &[FileFacts<'_>], vocabulary: &DeclarationVocabulary) {
        let mut telling: BTreeSet<&str> = vocabulary
            .importers
            .iter()
            .chain(&vocabulary.registries)
            .map(|path| last(path))
            .collect();
        telling.extend(["__import__", "getattr"]);
        for _ in 0..ROUNDS {
            let of_file = |file: usize| {
                let il = files[file].module_il;
                if il.lang != Lang::Python {
                    return Vec::new();
                }
                let mut found = Vec::new();
                for (i, func) in il.funcs.iter().enumerate().skip(1) {
                    if func.parent == Some(0) && func.class.is_none() && !func.params.is_empty() {
                        let loader = self.loader(file, func, &telling, vocabulary);
                        found.extend(loader.map(|l| (i as FuncIdx, l)));
                    }
                }
                found
            };
            let found: Vec<Vec<(FuncIdx, Loader)>> =
                (0..files.len()).into_par_iter().map(of_file).collect();
            let mut changed = false;
            for (file, found) in found.into_iter().enumerate() {
                for (index, loader) in found {
                    let func = &files[file].module_il.funcs[index as usize];
                    telling.insert(func.name.as_str());
                    let params = func.params.iter().map(|p| {
                        let default = p.default.as_ref().map(Given::of);
                        (
                            p.name,
                            default.and_then(|d| match d {
                                Given::Text(t) => Some(t),
                                _ => None,
                            }),
                        )
                    });
                    self.loaders.params.insert((file, index), params.collect());
                    let old = self.loaders.known.insert((file, index), loader.clone());
                    changed |= old != Some(loader);
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// What a function does with its parameters, if it is a part of loading.
    fn loader(
        &self,
        file: usize,
        func: &Func,
        telling: &BTreeSet<&str>,
        vocabulary: &DeclarationVocabulary,
    ) -> Option<Loader> {
        let mut body = Body {
            flows: Vec::new(),
            calls: Vec::new(),
            returns: Vec::new(),
        };
        walk::block(&mut body, &func.body);
        let telling = |c: &&&Call| called(c).is_some_and(|n| telling.contains(n));
        let steps: Vec<(&Call, Step)> = body
            .calls
            .iter()
            .filter(telling)
            .filter_map(|c| Some((*c, self.step(file, c, vocabulary)?)))
            .collect();
        if steps.is_empty() {
            return None;
        }
        let mut loader = Loader {
            models: steps.iter().any(|s| s.1.models()),
            ..Loader::default()
        };
        for (i, param) in func.params.iter().enumerate() {
            let names = body.reached(param.name);
            let takes = |of: &dyn Fn(&Step, usize, Option<Sym>) -> bool| {
                steps.iter().any(|(call, step)| {
                    call.args.iter().enumerate().any(|(at, arg)| {
                        let name = match arg.kind {
                            ArgKind::Keyword(k) => Some(k),
                            _ => None,
                        };
                        of(step, at, name) && mentions(&arg.value, &names)
                    })
                })
            };
            if takes(&Step::labels) {
                loader.labels.push(i);
            }
            if takes(&Step::members) {
                loader.members.push(i);
            }
        }
        let gives = |c: &Call| {
            steps
                .iter()
                .any(|(call, step)| std::ptr::eq(*call, c) && step.gives())
        };
        let mut given = FxHashSet::default();
        body.spread(&mut given, |value, names| is_given(value, names, &gives));
        loader.gives = body.returns.iter().any(|r| is_given(r, &given, &gives));
        (!loader.labels.is_empty() || !loader.members.is_empty()).then_some(loader)
    }

    fn step(&self, file: usize, call: &Call, vocabulary: &DeclarationVocabulary) -> Option<Step> {
        let name = dotted(&call.callee)?;
        match self.lookup_at(file, &name) {
            Some(Symbol::Func(at, func)) => {
                let loader = self.loaders.known.get(&(at, func))?;
                let params = self.loaders.params.get(&(at, func))?;
                Some(Step::Function(
                    loader.clone(),
                    params.iter().map(|p| p.0).collect(),
                ))
            }
            Some(Symbol::External(path)) if vocabulary.importers.contains(&path) => {
                Some(Step::Import)
            }
            Some(Symbol::External(path)) if vocabulary.registries.contains(&path) => {
                Some(Step::Models)
            }
            None if name == "__import__" => Some(Step::Import),
            None if name == "getattr" => Some(Step::Member),
            _ => None,
        }
    }

    /// The names at the top of a file that are assigned what a loader gives, with what that is.
    fn loaded_names(
        &self,
        file: usize,
        facts: &FileFacts<'_>,
        vocabulary: &DeclarationVocabulary,
    ) -> Vec<(Sym, String)> {
        let mut out = Vec::new();
        let Some(module) = facts.module_il.funcs.first() else {
            return out;
        };
        if facts.module_il.lang != Lang::Python {
            return out;
        }
        walk::top_level(&module.body, &mut |stmt| {
            let StmtKind::Assign(places, value) = &stmt.kind else {
                return;
            };
            let Some(loaded) = self.loaded_by(file, value, vocabulary) else {
                return;
            };
            for place in places {
                match (place, &loaded) {
                    (Place::Name(name, _), Loaded::One(path)) => out.push((*name, path.clone())),
                    (Place::Tuple(parts, _), Loaded::Many(paths)) if parts.len() == paths.len() => {
                        for (part, path) in parts.iter().zip(paths) {
                            if let (Place::Name(name, _), Some(path)) = (part, path) {
                                out.push((*name, path.clone()));
                            }
                        }
                    }
                    _ => {}
                }
            }
        });
        out
    }

    /// What a call of a loader gives, or of a registry itself.
    fn loaded_by(
        &self,
        file: usize,
        value: &Expr,
        vocabulary: &DeclarationVocabulary,
    ) -> Option<Loaded> {
        let ExprKind::Call(call) = &value.kind else {
            return None;
        };
        let name = dotted(&call.callee)?;
        let args: Vec<(Option<Sym>, Given)> = call
            .args
            .iter()
            .map(|arg| match arg.kind {
                ArgKind::Keyword(k) => (Some(k), Given::of(&arg.value)),
                ArgKind::Plain => (None, Given::of(&arg.value)),
                _ => (None, Given::Other),
            })
            .collect();
        match self.lookup_at(file, &name)? {
            Symbol::Func(at, func) => self.loaded(file, (at, func), &args),
            Symbol::External(path) if vocabulary.registries.contains(&path) => {
                let Given::Text(label) = args.first()?.1 else {
                    return None;
                };
                let member = args.get(1).map(|a| &a.1);
                self.found(file, None, true, &[label], member)
            }
            _ => None,
        }
    }

    /// Whether a function of the project loads by name.
    pub fn is_loader(&self, file: usize, func: FuncIdx) -> bool {
        let known = self.loaders.known.get(&(file, func));
        known.is_some_and(Loader::complete)
    }

    /// What a call of a loader in a file gives, if its arguments are literal names and the project has one such module
    /// or model.
    pub fn loaded(
        &self,
        file: usize,
        loader: (usize, FuncIdx),
        args: &[(Option<Sym>, Given)],
    ) -> Option<Loaded> {
        let known = self.loaders.known.get(&loader).filter(|l| l.complete())?;
        let params = self.loaders.params.get(&loader)?;
        let given = |i: usize| {
            let by_name = args.iter().find(|a| a.0 == Some(params[i].0));
            by_name.or_else(|| args.get(i).filter(|a| a.0.is_none()))
        };
        let text = |i: &usize| match given(*i) {
            Some((_, Given::Text(t))) => Some(*t),
            Some(_) => None,
            None => params[*i].1,
        };
        // What was written at the call first, then what it defaults to.
        let mut labels: Vec<usize> = known.labels.clone();
        labels.sort_by_key(|i| given(*i).is_none());
        let labels: Vec<Sym> = labels.iter().map(text).collect::<Option<_>>()?;
        let member = known.members.iter().find_map(|i| given(*i));
        let single = known.members.iter().all(|i| known.labels.contains(i));
        let member = member.filter(|_| !single).map(|a| &a.1);
        self.found(file, Some(loader.0), known.models, &labels, member)
    }

    fn found(
        &self,
        file: usize,
        loader: Option<usize>,
        models: bool,
        labels: &[Sym],
        member: Option<&Given>,
    ) -> Option<Loaded> {
        let near = loader.unwrap_or(file);
        let one = |label: &str, name: &str| match models {
            true => self.model_class(file, label, name),
            false => self.module_member(near, label, &labels[1..], name),
        };
        let label = labels.first()?.as_str();
        match member {
            Some(Given::Text(name)) => one(label, name.as_str()).map(Loaded::One),
            Some(Given::Texts(names)) => Some(Loaded::Many(
                names.iter().map(|n| one(label, n.as_str())).collect(),
            )),
            Some(Given::Other) => None,
            None => {
                let (label, name) = label.rsplit_once('.')?;
                one(label, name).map(Loaded::One)
            }
        }
    }

    /// The member of the module whose path ends like that: where there are several, of one below what the loader puts
    /// in front, else of the nearest.
    fn module_member(&self, near: usize, label: &str, parts: &[Sym], name: &str) -> Option<String> {
        let candidates = self.names.ending_in(label);
        let below = |file: usize| {
            let module = &self.files[file].module;
            let rest = module.strip_suffix(label).unwrap_or("");
            let rest = rest.strip_suffix('.').unwrap_or(rest);
            parts.iter().any(|p| {
                let above = rest.strip_suffix(p.as_str());
                !p.is_empty() && above.is_some_and(|a| a.is_empty() || a.ends_with('.'))
            })
        };
        let mut found: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|f| self.names.binds(*f, name))
            .collect();
        if found.iter().any(|f| below(*f)) {
            found.retain(|f| below(*f));
        }
        let file = self.nearest(near, &found)?;
        Some(class_path(&self.files[file].module, name))
    }

    /// The class of a model by its application and name.
    fn model_class(&self, near: usize, label: &str, name: &str) -> Option<String> {
        let classes = self.classes.values().filter(|c| {
            let module = &self.files[c.file].module;
            c.name.eq_ignore_ascii_case(name)
                && module.split('.').any(|part| part == "models")
                && app_label(module).eq_ignore_ascii_case(label)
        });
        let classes: Vec<_> = classes.collect();
        let files: Vec<usize> = classes.iter().map(|c| c.file).collect();
        let file = self.nearest(near, &files)?;
        let mut found = classes.iter().filter(|c| c.file == file);
        let class = found.next()?;
        found.next().is_none().then(|| class.path.clone())
    }

    /// The one of several files that stands nearest to another, if one does.
    fn nearest(&self, to: usize, files: &[usize]) -> Option<usize> {
        let from = &self.files[to].path;
        let shared = |file: usize| {
            let parts = self.files[file].path.split('/');
            let same = from.split('/').zip(parts).take_while(|(a, b)| a == b);
            same.count()
        };
        let best = files.iter().map(|f| shared(*f)).max()?;
        let mut nearest = files.iter().filter(|f| shared(**f) == best);
        let first = *nearest.next()?;
        nearest.next().is_none().then_some(first)
    }
}
