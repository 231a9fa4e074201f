//! Constants, settings, and who writes which field.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::resolve::{class_path, dotted};
use super::{DeclarationVocabulary, Facts, FileFacts};
use crate::syntax::il::{
    ArgKind, Expr, ExprKind, Func, FuncIdx, Lang, Lit, Place, Span, Stmt, StmtKind,
};
use crate::syntax::walk::{self, Visit};

/// A setting's value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// An index into [`Facts::files`].
    pub file: usize,
    /// Where.
    pub span: Span,
}

/// How a field is written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WriteHow {
    /// `x.field = ...`
    Assign,
    /// `x.field += ...`
    Augment,
    /// A keyword of a call that writes.
    Keyword,
}

/// One place that writes a field.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Writer {
    /// An index into [`Facts::files`].
    pub file: usize,
    /// The function.
    pub func: FuncIdx,
    /// Where.
    pub span: Span,
    /// How.
    pub how: WriteHow,
    /// The model, if the place tells.
    pub model: Option<String>,
}

struct Writes<'a> {
    facts: &'a Facts,
    vocabulary: &'a DeclarationVocabulary,
    file: usize,
    func: FuncIdx,
    /// The receiver's name and class, in methods.
    receiver: Option<(&'a str, Option<&'a str>)>,
    out: &'a mut BTreeMap<String, Vec<Writer>>,
}

impl Writes<'_> {
    fn add(&mut self, field: &str, span: Span, how: WriteHow, model: Option<String>) {
        let writer = Writer {
            file: self.file,
            func: self.func,
            span,
            how,
            model,
        };
        match self.out.get_mut(field) {
            Some(list) => list.push(writer),
            None => {
                self.out.insert(field.to_owned(), vec![writer]);
            }
        }
    }

    fn place(&mut self, target: &Place, how: WriteHow) {
        match target {
            Place::Attr(object, name, span) => {
                let mut model = None;
                if let (ExprKind::Name(object), Some((receiver, class))) =
                    (&object.kind, self.receiver)
                    && object.as_str() == receiver
                {
                    // Attributes of a form or a service are no fields of a store.
                    match class {
                        Some(class) => model = Some(class.to_owned()),
                        None => return,
                    }
                }
                self.add(name, *span, how, model);
            }
            Place::Tuple(places, _) => places.iter().for_each(|target| self.place(target, how)),
            Place::Star(inner, _) => self.place(inner, how),
            _ => {}
        }
    }

    /// The model at the start of a chain of calls: `Order` in `Order.objects.filter(...).update`.
    fn model_of(&self, mut expr: &Expr) -> Option<String> {
        loop {
            if let Some(name) = dotted(expr) {
                let mut end = name.len();
                while let Some(prefix) = name.get(..end) {
                    if let Some(path) = self.facts.resolve_path(self.file, prefix)
                        && self.facts.models.contains_key(&path)
                    {
                        return Some(path);
                    }
                    end = prefix.rfind('.')?;
                }
                return None;
            }
            expr = match &expr.kind {
                ExprKind::Call(call) => &call.callee,
                ExprKind::Attr(object, _, _)
                | ExprKind::Index(object, _)
                | ExprKind::Await(object) => object,
                _ => return None,
            };
        }
    }
}

impl Visit<'_> for Writes<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign(places, _) => places
                .iter()
                .for_each(|place| self.place(place, WriteHow::Assign)),
            StmtKind::AugAssign(place, _, _) => self.place(place, WriteHow::Augment),
            _ => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let ExprKind::Call(call) = &expr.kind else {
            return;
        };
        let ExprKind::Attr(object, method, _) = &call.callee.kind else {
            return;
        };
        if !self.vocabulary.write_calls.contains(method.as_str()) {
            return;
        }
        let model = self.model_of(object);
        for arg in &call.args {
            let ArgKind::Keyword(name) = arg.kind else {
                continue;
            };
            if self.vocabulary.write_dicts.contains(name.as_str()) {
                if let ExprKind::Dict(entries) = &arg.value.kind {
                    for (key, value) in entries {
                        if let Some(ExprKind::Const(Lit::Str(key))) =
                            key.as_ref().map(|key| &key.kind)
                        {
                            self.add(key, value.span, WriteHow::Keyword, model.clone());
                        }
                    }
                }
            } else {
                self.add(&name, arg.value.span, WriteHow::Keyword, model.clone());
            }
        }
    }
}

impl Facts {
    pub(super) fn collect_writers(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        // A mixin's methods write fields of the models it is mixed into.
        let mixins: BTreeSet<&str> = self
            .models
            .values()
            .flat_map(|model| model.methods.values().map(|(owner, _)| owner.as_str()))
            .collect();
        let of_file = |(file, facts): (usize, &FileFacts<'_>)| {
            let mut out = BTreeMap::new();
            for (index, func) in facts.module_il.funcs.iter().enumerate() {
                let receiver = if facts.module_il.lang == Lang::Python {
                    self.receiver(file, func, &mixins)
                } else {
                    None
                };
                let mut writes = Writes {
                    facts: self,
                    vocabulary,
                    file,
                    func: index as FuncIdx,
                    receiver,
                    out: &mut out,
                };
                walk::block(&mut writes, &func.body);
            }
            out
        };
        let found: Vec<BTreeMap<String, Vec<Writer>>> = files
            .par_iter()
            .with_max_len(16)
            .enumerate()
            .map(of_file)
            .collect();
        let mut out: BTreeMap<String, Vec<Writer>> = BTreeMap::new();
        for (field, writers) in found.into_iter().flatten() {
            out.entry(field).or_default().extend(writers);
        }
        for list in out.values_mut() {
            list.sort();
            list.dedup();
        }
        self.writers = out;
    }

    /// A method's receiver: its name, and its class if that is a model or a part of models.
    fn receiver<'a>(
        &'a self,
        file: usize,
        func: &'a Func,
        mixins: &BTreeSet<&str>,
    ) -> Option<(&'a str, Option<&'a str>)> {
        let class = self.class_at(file, func.class?)?;
        let name = func.params.first()?.name.as_str();
        let model = class.is_model || mixins.contains(class.path.as_str());
        Some((name, model.then_some(class.path.as_str())))
    }

    pub(super) fn collect_constants(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        let mut constants = BTreeMap::new();
        for facts in files {
            let il = facts.module_il;
            if il.lang != Lang::Python {
                continue;
            }
            let Some(module) = il.funcs.first() else {
                continue;
            };
            walk::top_level(&module.body, &mut |stmt| {
                if let StmtKind::Assign(places, value) = &stmt.kind
                    && let ExprKind::Const(lit) = value.kind
                {
                    for place in places {
                        if let Place::Name(name, _) = place {
                            constants.insert(class_path(&facts.module, name), lit);
                        }
                    }
                }
            });
        }
        for class in self.classes.values() {
            let def = &files[class.file].module_il.classes[class.class as usize];
            let choices = || {
                self.ancestors(&class.path)
                    .iter()
                    .any(|ancestor| vocabulary.choices_bases.contains(ancestor))
            };
            for attr in &def.attrs {
                let lit = match attr.value.as_ref().map(|value| &value.kind) {
                    Some(ExprKind::Const(lit)) => *lit,
                    Some(ExprKind::Tuple(items)) => match items.first().map(|first| &first.kind) {
                        Some(ExprKind::Const(lit)) if choices() => *lit,
                        _ => continue,
                    },
                    _ => continue,
                };
                constants.insert(class_path(&class.path, &attr.name), lit);
            }
        }
        self.constants.extend(constants);
    }

    pub(super) fn collect_settings(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        let mut found = Found::default();
        for (file, facts) in files.iter().enumerate() {
            let Some(module) = facts.module_il.funcs.first() else {
                continue;
            };
            if facts.module_il.lang != Lang::Python {
                continue;
            }
            walk::top_level(&module.body, &mut |stmt| {
                let StmtKind::Assign(places, value) = &stmt.kind else {
                    return;
                };
                for place in places {
                    match place {
                        Place::Name(name, _) if *name == *vocabulary.databases => {
                            found.databases(value, file, vocabulary, false, 0);
                        }
                        Place::Name(name, _) => found.entry(name, value, file, vocabulary, false),
                        Place::Index(object, key, _) => {
                            if let (true, ExprKind::Const(Lit::Str(key))) = (
                                root(object).is_some_and(|name| name == vocabulary.databases),
                                &key.kind,
                            ) {
                                found.entry(key, value, file, vocabulary, true);
                                found.databases(
                                    value,
                                    file,
                                    vocabulary,
                                    *key == *vocabulary.database_options,
                                    0,
                                );
                            }
                        }
                        _ => {}
                    }
                }
            });
        }
        self.atomic_requests = found.atomic;
        self.isolation = found.isolation;
    }
}

/// The variable under subscripts.
fn root(mut expr: &Expr) -> Option<&str> {
    loop {
        match &expr.kind {
            ExprKind::Index(object, _) => expr = object,
            ExprKind::Name(name) => return Some(name.as_str()),
            _ => return None,
        }
    }
}

#[derive(Default)]
struct Found {
    atomic: Option<Setting<bool>>,
    isolation: Option<Setting<String>>,
}

impl Found {
    fn databases(
        &mut self,
        value: &Expr,
        file: usize,
        vocabulary: &DeclarationVocabulary,
        options: bool,
        depth: u32,
    ) {
        if depth > 4 {
            return;
        }
        match &value.kind {
            ExprKind::Dict(entries) => {
                for (key, value) in entries {
                    let mut inside = options;
                    if let Some(ExprKind::Const(Lit::Str(key))) = key.as_ref().map(|key| &key.kind)
                    {
                        self.entry(key, value, file, vocabulary, options);
                        inside |= *key == *vocabulary.database_options;
                    }
                    self.databases(value, file, vocabulary, inside, depth + 1);
                }
            }
            ExprKind::Call(call) => {
                for arg in &call.args {
                    let mut inside = options;
                    if let ArgKind::Keyword(key) = arg.kind {
                        self.entry(&key, &arg.value, file, vocabulary, options);
                        inside |= *key == *vocabulary.database_options;
                    }
                    self.databases(&arg.value, file, vocabulary, inside, depth + 1);
                }
            }
            ExprKind::Bin(_, a, b) => {
                self.databases(a, file, vocabulary, options, depth + 1);
                self.databases(b, file, vocabulary, options, depth + 1);
            }
            _ => {}
        }
    }

    fn entry(
        &mut self,
        key: &str,
        value: &Expr,
        file: usize,
        vocabulary: &DeclarationVocabulary,
        options: bool,
    ) {
        if key.is_empty() {
            return;
        }
        if key == vocabulary.atomic_requests {
            // `env.bool("ATOMIC", default=True)` is what it defaults to.
            let known = match &value.kind {
                ExprKind::Const(Lit::Bool(known)) => Some(*known),
                ExprKind::Call(call) => {
                    call.args.iter().rev().find_map(|arg| match arg.value.kind {
                        ExprKind::Const(Lit::Bool(known)) => Some(known),
                        _ => None,
                    })
                }
                _ => None,
            };
            // Several settings files: what holds in any of them may hold in production.
            if let Some(known) = known
                && self.atomic.as_ref().is_none_or(|old| known && !old.value)
            {
                self.atomic = Some(Setting {
                    value: known,
                    file,
                    span: value.span,
                });
            }
        } else if options && key == vocabulary.isolation && self.isolation.is_none() {
            let text = match &value.kind {
                ExprKind::Const(Lit::Str(text)) => Some(text.to_string()),
                _ => dotted(value).map(|path| path.rsplit('.').next().unwrap_or(&path).to_owned()),
            };
            self.isolation = text.map(|value_text| Setting {
                value: value_text,
                file,
                span: value.span,
            });
        }
    }
}
