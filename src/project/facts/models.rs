//! Models: fields, constraints, managers and relations.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::resolve::{Symbol, dotted};
use super::{ClassFacts, DeclarationVocabulary, Facts, FieldTraits, FileFacts};
use crate::syntax::il::{ArgKind, Call, ClassDef, Expr, ExprKind, FuncIdx, Lit, Span};

/// A field of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelField {
    /// What its constructor says.
    pub traits: FieldTraits,
    /// The constructor's resolved path.
    pub constructor: String,
    /// Relations: the related model's path, or what the source says where it is not known.
    pub target: Option<String>,
    /// No two rows have the same value.
    pub unique: bool,
    /// It is the primary key, or the first part of it.
    pub primary_key: bool,
    /// It is the second part of the primary key.
    pub sort_key: bool,
    /// It may be NULL.
    pub null: bool,
    /// Texts: how long they may be.
    pub length: Option<i64>,
    /// Every write of the row sets it anew.
    pub stamped: bool,
    /// It has a default, and which one where that is a literal.
    pub default: Option<Option<Lit>>,
    /// The default is the same for every row that is made in the same circumstances: a literal, or what a function of
    /// the project gives.
    pub default_fixed: bool,
    /// Relations: the name on the other side; none where it is switched off.
    pub related_name: Option<String>,
    /// Relations to many rows: the model whose rows say which, where the program declares it.
    pub through: Option<String>,
    /// Fields with which this one is unique as far as validators go (`unique_for_date="day"`).
    pub unique_for: Vec<String>,
    /// The columns for which it stands, where it is none of its own.
    pub parts: Vec<String>,
    /// The class that declares it.
    pub declared_in: String,
    /// The file of that class, an index into [`Facts::files`].
    pub file: usize,
    /// Where.
    pub span: Span,
}

/// Fields that are unique together.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique {
    /// The fields, in order.
    pub fields: Vec<String>,
    /// The constraint covers only rows that meet a condition: the fields in it, with their values where simple.
    pub condition: Option<Vec<(String, Option<Lit>)>>,
    /// Expressions take part, so `fields` are only those mentioned.
    pub expressions: bool,
    /// An index into [`Facts::files`].
    pub file: usize,
    /// Where.
    pub span: Span,
}

/// A model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Qualified path.
    pub path: String,
    /// Plain name.
    pub name: String,
    /// An index into [`Facts::files`].
    pub file: usize,
    /// It has no table of its own.
    pub is_abstract: bool,
    /// It shares its parent's table.
    pub is_proxy: bool,
    /// Every base is known: no field or constraint can be hidden outside the project.
    pub complete: bool,
    /// The table's name where it is given.
    pub table: Option<String>,
    /// Fields by name, inherited ones too.
    pub fields: BTreeMap<String, ModelField>,
    /// The primary key's name.
    pub primary_key: Option<String>,
    /// The name of its second part.
    pub sort_key: Option<String>,
    /// The field that every write compares and advances.
    pub version: Option<String>,
    /// What is unique: the primary key, unique and one-to-one fields, options, constraints.
    pub uniques: Vec<Unique>,
    /// Fields that the database checks.
    pub checks: BTreeSet<String>,
    /// Managers with their class (the row set's class where the manager is made of one).
    pub managers: BTreeMap<String, String>,
    /// The manager that generic code uses: the first one declared, unless an option says otherwise.
    pub default_manager: String,
    /// Properties, inherited ones too.
    pub properties: BTreeSet<String>,
    /// Methods with the class that defines them, inherited ones too.
    pub methods: BTreeMap<String, (String, FuncIdx)>,
}

/// Options of one class.
#[derive(Default, Clone)]
struct Options {
    uniques: Vec<Unique>,
    checks: BTreeSet<String>,
    table: Option<String>,
    default_manager: Option<String>,
    default_related_name: Option<String>,
    is_abstract: bool,
    is_proxy: bool,
    /// There is such a class, and it inherits from another's.
    own: bool,
    inherits: bool,
}

/// Everything one class declares itself.
#[derive(Default)]
struct Declared {
    fields: Vec<(String, ModelField)>,
    managers: Vec<(String, String)>,
    options: Options,
}

fn keyword<'a>(call: &'a Call, name: &str) -> Option<&'a Expr> {
    call.args
        .iter()
        .find(|arg| matches!(arg.kind, ArgKind::Keyword(key) if !name.is_empty() && key == *name))
        .map(|arg| &arg.value)
}

fn positional(call: &Call) -> impl Iterator<Item = &Expr> {
    call.args
        .iter()
        .filter(|arg| arg.kind == ArgKind::Plain)
        .map(|arg| &arg.value)
}

fn lit(expr: &Expr) -> Option<Lit> {
    match expr.kind {
        ExprKind::Const(lit) => Some(lit),
        _ => None,
    }
}

fn string(expr: &Expr) -> Option<&'static str> {
    match lit(expr)? {
        Lit::Str(text) => Some(text.as_str()),
        _ => None,
    }
}

fn is_true(expr: Option<&Expr>) -> bool {
    expr.and_then(lit) == Some(Lit::Bool(true))
}

fn items(expr: &Expr) -> &[Expr] {
    match &expr.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => items,
        _ => &[],
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The parts of a `a + b + [c]`.
fn summands<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Bin(_, a, b) => {
            summands(a, out);
            summands(b, out);
        }
        ExprKind::List(items) | ExprKind::Tuple(items) => out.extend(items),
        _ => out.push(expr),
    }
}

impl Facts {
    /// What a value in a class body says about a field, if it constructs one.
    pub(super) fn field_traits(
        &self,
        file: usize,
        value: &Expr,
        vocabulary: &DeclarationVocabulary,
    ) -> Option<(String, FieldTraits)> {
        let ExprKind::Call(call) = &value.kind else {
            return None;
        };
        let name = dotted(&call.callee)?;
        let path = self.resolve_path(file, &name).unwrap_or(name);
        let line = self.ancestors(&path);
        let known = line
            .iter()
            .find_map(|ancestor| vocabulary.fields.get(ancestor));
        let by_name = || {
            // The nearest ancestor outside the project tells by its name.
            let outside = line
                .iter()
                .find(|ancestor| !self.classes.contains_key(*ancestor))?;
            vocabulary
                .field_suffixes
                .iter()
                .filter(|(suffix, _)| last_segment(outside).ends_with(suffix.as_str()))
                .max_by_key(|(suffix, _)| suffix.len())
                .map(|(_, traits)| traits)
        };
        let traits = *known.or_else(by_name)?;
        Some((path, traits))
    }

    pub(super) fn collect_models(
        &mut self,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) {
        let lines: BTreeMap<&str, Vec<String>> = self
            .classes
            .values()
            .filter(|class| class.is_model)
            .map(|class| (class.path.as_str(), self.ancestors(&class.path)))
            .collect();
        let declaring: BTreeMap<&str, &ClassFacts> = lines
            .values()
            .flatten()
            .filter_map(|ancestor| self.classes.get(ancestor))
            .map(|class| (class.path.as_str(), class))
            .collect();
        let declared: BTreeMap<&str, Declared> = declaring
            .into_par_iter()
            .map(|(path, class)| (path, self.declared(class, files, vocabulary)))
            .collect();
        let mut models: BTreeMap<String, Model> = lines
            .par_iter()
            .map(|(path, line)| {
                let class = &self.classes[*path];
                let model = self.model(class, line, &declared, vocabulary);
                ((*path).to_owned(), model)
            })
            .collect();
        // Targets and reverse names need all models to be known.
        let by_name = by_plain_name(&models);
        let mut reverse = BTreeMap::new();
        for (path, model) in &mut models {
            let (name, is_abstract, file) =
                (model.name.to_lowercase(), model.is_abstract, model.file);
            let label = app_label(&self.files[file].module).to_owned();
            for (field_name, field) in &mut model.fields {
                if let Some(target) = field.target.take() {
                    let target = if target == vocabulary.target_self {
                        path.clone()
                    } else {
                        self.target(&target, field.file, &label, &by_name)
                    };
                    if let Some(related) = &mut field.related_name {
                        *related = related
                            .replace("%(class)s", &name)
                            .replace("%(app_label)s", &label);
                    }
                    if let Some(related) = field
                        .related_name
                        .as_deref()
                        .filter(|name| !name.ends_with('+'))
                        && !is_abstract
                    {
                        reverse
                            .entry((target.clone(), related.to_owned()))
                            .or_insert_with(|| (path.clone(), field_name.clone()));
                    }
                    field.target = Some(target);
                }
                if let Some(through) = field.through.take() {
                    field.through = Some(self.target(&through, field.file, &label, &by_name));
                }
            }
        }
        for class in self.classes.values_mut() {
            class.is_abstract = models
                .get(&class.path)
                .is_some_and(|model| model.is_abstract);
        }
        self.reverse = reverse;
        self.models = models;
    }

    fn model(
        &self,
        class: &ClassFacts,
        line: &[String],
        declared: &BTreeMap<&str, Declared>,
        vocabulary: &DeclarationVocabulary,
    ) -> Model {
        let nothing = Options::default();
        let own = declared
            .get(class.path.as_str())
            .map_or(&nothing, |own| &own.options);
        let mut model = Model {
            path: class.path.clone(),
            name: class.name.clone(),
            file: class.file,
            is_abstract: own.is_abstract,
            is_proxy: own.is_proxy,
            complete: line.iter().all(|base| {
                self.classes.contains_key(base)
                    || vocabulary.model_bases.contains(base)
                    || base == "object"
            }),
            table: own.table.clone(),
            fields: BTreeMap::new(),
            primary_key: None,
            sort_key: None,
            version: None,
            uniques: Vec::new(),
            checks: BTreeSet::new(),
            managers: BTreeMap::new(),
            default_manager: String::new(),
            properties: BTreeSet::new(),
            methods: BTreeMap::new(),
        };
        let mut default_manager = own.default_manager.clone();
        let mut related_default = own.default_related_name.clone();
        let mut options_open = !own.own || own.inherits;
        for ancestor in line {
            let (Some(at), Some(parts)) =
                (self.classes.get(ancestor), declared.get(ancestor.as_str()))
            else {
                continue;
            };
            for (name, field) in &parts.fields {
                model
                    .fields
                    .entry(name.clone())
                    .or_insert_with(|| field.clone());
            }
            for (name, manager) in &parts.managers {
                model
                    .managers
                    .entry(name.clone())
                    .or_insert_with(|| manager.clone());
                default_manager.get_or_insert_with(|| name.clone());
            }
            for (name, func) in &at.methods {
                model
                    .methods
                    .entry(name.clone())
                    .or_insert_with(|| (at.path.clone(), *func));
            }
            model.properties.extend(at.properties.iter().cloned());
            // Options come from the class itself; from an abstract parent where it has none or builds on them; a
            // parent with a table keeps its own constraints.
            let itself = at.path == class.path;
            if itself || options_open || !parts.options.is_abstract {
                model.uniques.extend(parts.options.uniques.iter().cloned());
                model.checks.extend(parts.options.checks.iter().cloned());
            }
            if !itself && parts.options.own && parts.options.is_abstract && options_open {
                if related_default.is_none() {
                    related_default.clone_from(&parts.options.default_related_name);
                }
                options_open = parts.options.inherits;
            }
        }
        let (name, class_path) = &vocabulary.implicit_manager;
        if model.managers.is_empty() && !name.is_empty() {
            model.managers.insert(name.clone(), class_path.clone());
            default_manager.get_or_insert_with(|| name.clone());
        }
        model.default_manager = default_manager.unwrap_or_default();
        let lower = class.name.to_lowercase();
        for (name, field) in &mut model.fields {
            if field.primary_key || (field.traits.auto && model.primary_key.is_none()) {
                model.primary_key = Some(name.clone());
            }
            if field.sort_key {
                model.sort_key = Some(name.clone());
            }
            if field.traits.version {
                model.version = Some(name.clone());
            }
            if field.primary_key || field.unique || field.traits.auto {
                model.uniques.push(Unique {
                    fields: vec![name.clone()],
                    condition: None,
                    expressions: false,
                    file: field.file,
                    span: field.span,
                });
            }
            if field.traits.positive {
                model.checks.insert(name.clone());
            }
            if field.traits.is_relation() && field.related_name.is_none() {
                field.related_name = Some(related_default.clone().unwrap_or_else(|| {
                    if field.traits.one_to_one {
                        lower.clone()
                    } else {
                        format!("{lower}{}", vocabulary.related_suffix)
                    }
                }));
            }
        }
        if model.primary_key.is_none() && !vocabulary.implicit_primary.is_empty() {
            model.primary_key = Some(vocabulary.implicit_primary.clone());
            model.uniques.push(Unique {
                fields: vec![vocabulary.implicit_primary.clone()],
                condition: None,
                expressions: false,
                file: class.file,
                span: Span::default(),
            });
        }
        model
    }

    fn declared(
        &self,
        class: &ClassFacts,
        files: &[FileFacts<'_>],
        vocabulary: &DeclarationVocabulary,
    ) -> Declared {
        let il = files[class.file].module_il;
        let def = &il.classes[class.class as usize];
        let mut declared = Declared::default();
        for attr in &def.attrs {
            let Some(value) = &attr.value else { continue };
            if let Some((constructor, traits)) = self.field_traits(class.file, value, vocabulary) {
                if let ExprKind::Call(call) = &value.kind {
                    let field = self.field(class, call, constructor, traits, attr.span, vocabulary);
                    declared.fields.push((attr.name.to_string(), field));
                }
            } else if let Some(manager) = self.manager(class.file, value, vocabulary, 0) {
                declared.managers.push((attr.name.to_string(), manager));
            }
        }
        let options = def
            .inner
            .iter()
            .filter_map(|inner| il.classes.get(*inner as usize))
            .find(|inner| inner.name == *vocabulary.options_class);
        if let Some(options) = options {
            declared.options = self.options(class, options, vocabulary);
        }
        declared
    }

    fn field(
        &self,
        class: &ClassFacts,
        call: &Call,
        constructor: String,
        traits: FieldTraits,
        span: Span,
        vocabulary: &DeclarationVocabulary,
    ) -> ModelField {
        let part = |n: usize| {
            vocabulary
                .key_parts
                .get(n)
                .is_some_and(|word| is_true(keyword(call, word)))
        };
        let primary_key = is_true(keyword(call, &vocabulary.primary_key)) || part(0);
        let target = if traits.is_relation() {
            keyword(call, &vocabulary.target)
                .or_else(|| positional(call).next())
                .and_then(|target| match string(target) {
                    Some(text) => Some(text.to_owned()),
                    // An import path that is certain is marked, so that it is not taken for `app.Model`.
                    None => dotted(match &target.kind {
                        // What a function without arguments gives is named by the function.
                        ExprKind::Call(call) if call.args.is_empty() => &call.callee,
                        _ => target,
                    })
                    .map(|name| format!("={name}")),
                })
        } else {
            None
        };
        // A model's name or label, or the model itself.
        let through = keyword(call, &vocabulary.through).and_then(|model| match string(model) {
            Some(text) => Some(text.to_owned()),
            None => dotted(model).map(|name| format!("={name}")),
        });
        let parts = vocabulary
            .composites
            .iter()
            .find(|(ending, _)| last_segment(&constructor) == ending)
            .map(|(_, parts)| {
                let names = parts.iter().enumerate().map(|(i, (key, usual))| {
                    keyword(call, key)
                        .or_else(|| positional(call).nth(i))
                        .and_then(string)
                        .unwrap_or(usual)
                        .to_owned()
                });
                names.collect()
            })
            .unwrap_or_default();
        ModelField {
            traits,
            constructor,
            parts,
            target,
            unique: traits.one_to_one || primary_key || is_true(keyword(call, &vocabulary.unique)),
            primary_key,
            sort_key: part(1),
            null: is_true(keyword(call, &vocabulary.null)),
            length: match keyword(call, &vocabulary.length).and_then(lit) {
                Some(Lit::Int(n)) if traits.text => Some(n),
                _ => None,
            },
            stamped: (vocabulary.stamped.iter()).any(|key| is_true(keyword(call, key))),
            default: keyword(call, &vocabulary.default).map(lit),
            default_fixed: keyword(call, &vocabulary.default).is_some_and(|e| {
                lit(e).is_some_and(|l| l != Lit::None)
                    || dotted(e).is_some_and(|name| {
                        matches!(self.lookup_at(class.file, &name), Some(Symbol::Func(..)))
                    })
            }),
            related_name: keyword(call, &vocabulary.related_name)
                .and_then(string)
                .map(str::to_owned),
            through: through.filter(|_| traits.many_to_many),
            unique_for: vocabulary
                .unique_for
                .iter()
                .filter_map(|key| keyword(call, key).and_then(string))
                .map(str::to_owned)
                .collect(),
            declared_in: class.path.clone(),
            file: class.file,
            span,
        }
    }

    /// The class of the manager that `value` builds; of the row set where it is built from one.
    fn manager(
        &self,
        file: usize,
        value: &Expr,
        vocabulary: &DeclarationVocabulary,
        depth: u32,
    ) -> Option<String> {
        let ExprKind::Call(call) = &value.kind else {
            return None;
        };
        if depth > 4 {
            return None;
        }
        if let ExprKind::Attr(object, method, _) = &call.callee.kind {
            if vocabulary.as_manager.contains(method.as_str()) {
                let name = dotted(object)?;
                return Some(self.resolve_path(file, &name).unwrap_or(name));
            }
            if vocabulary.from_queryset.contains(method.as_str()) {
                let base = dotted(object).and_then(|of| self.resolve_path(file, &of));
                if let Some(base) = base.filter(|of| self.classes.contains_key(of)) {
                    return Some(base);
                }
                let name = positional(call).next().and_then(dotted)?;
                return Some(self.resolve_path(file, &name).unwrap_or(name));
            }
        }
        if let ExprKind::Call(_) = &call.callee.kind {
            return self.manager(file, &call.callee, vocabulary, depth + 1);
        }
        let name = dotted(&call.callee)?;
        let path = self.resolve_path(file, &name).unwrap_or(name);
        let is_manager = self
            .ancestors(&path)
            .iter()
            .any(|ancestor| vocabulary.manager_bases.contains(ancestor));
        (is_manager || self.combined.contains(&path)).then_some(path)
    }

    fn options(
        &self,
        class: &ClassFacts,
        def: &ClassDef,
        vocabulary: &DeclarationVocabulary,
    ) -> Options {
        let mut options = Options {
            own: true,
            inherits: !def.bases.is_empty(),
            ..Options::default()
        };
        for attr in &def.attrs {
            let (Some(value), name) = (&attr.value, attr.name.as_str()) else {
                continue;
            };
            if name.is_empty() {
                continue;
            } else if name == vocabulary.abstract_option {
                options.is_abstract = is_true(Some(value));
            } else if name == vocabulary.proxy {
                options.is_proxy = is_true(Some(value));
            } else if name == vocabulary.table {
                options.table = string(value).map(str::to_owned);
            } else if name == vocabulary.default_manager_option {
                options.default_manager = string(value).map(str::to_owned);
            } else if name == vocabulary.default_related_name {
                options.default_related_name = string(value).map(str::to_owned);
            } else if name == vocabulary.unique_together {
                // One tuple of names, or a sequence of them.
                let members = items(value);
                let groups: Vec<&Expr> = if members.iter().any(|member| string(member).is_some()) {
                    vec![value]
                } else {
                    members.iter().collect()
                };
                for group in groups {
                    let fields: Vec<String> = items(group)
                        .iter()
                        .filter_map(string)
                        .map(str::to_owned)
                        .collect();
                    if !fields.is_empty() && fields.len() == items(group).len() {
                        options.uniques.push(Unique {
                            fields,
                            condition: None,
                            expressions: false,
                            file: class.file,
                            span: group.span,
                        });
                    }
                }
            } else if name == vocabulary.constraints {
                let mut parts = Vec::new();
                summands(value, &mut parts);
                for part in parts {
                    constraint(class.file, part, vocabulary, &mut options);
                }
            }
        }
        options
    }

    /// The model that the target of a relation names.
    fn target(
        &self,
        written: &str,
        file: usize,
        label: &str,
        by_name: &BTreeMap<String, Vec<(String, String)>>,
    ) -> String {
        let mut text = written.to_owned();
        if let Some(name) = written.strip_prefix('=') {
            match self.lookup_at(file, name) {
                Some(Symbol::Class(path)) => return path,
                Some(Symbol::Const(Lit::Str(value))) => text = value.to_string(),
                symbol => {
                    // A setting: the module is not imported by name.
                    let Some(value) = name
                        .contains('.')
                        .then(|| self.string_constant(last_segment(name)))
                        .flatten()
                    else {
                        return match symbol {
                            Some(Symbol::External(path)) => path,
                            _ => self.given_by(file, name).unwrap_or_else(|| name.to_owned()),
                        };
                    };
                    text = value.to_owned();
                }
            }
        }
        let (label, name) = text.rsplit_once('.').unwrap_or((label, &text));
        let Some(candidates) = by_name.get(&name.to_lowercase()) else {
            return text;
        };
        let exact = candidates
            .iter()
            .find(|(app, _)| app.eq_ignore_ascii_case(label));
        match (exact, candidates.as_slice()) {
            (Some((_, path)), _) | (None, [(_, path)]) => path.clone(),
            _ => text,
        }
    }

    /// The model that a setting of this name names.
    pub fn setting_model(&self, setting: &str) -> Option<&Model> {
        self.model_named(self.string_constant(setting)?)
    }

    /// A model by what names it: its path, `app.Model`, or a plain name that is unique in the project.
    pub fn model_named(&self, name: &str) -> Option<&Model> {
        if let Some(model) = self.models.get(name) {
            return Some(model);
        }
        let (label, plain) = match name.rsplit_once('.') {
            Some((label, plain)) => (Some(label), plain),
            None => (None, name),
        };
        let mut found = self.models.values().filter(|model| {
            model.name.eq_ignore_ascii_case(plain)
                && label.is_none_or(|label| {
                    app_label(&self.files[model.file].module).eq_ignore_ascii_case(label)
                })
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

fn by_plain_name(models: &BTreeMap<String, Model>) -> BTreeMap<String, Vec<(String, String)>> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (path, model) in models {
        let module = path
            .strip_suffix(&model.name)
            .unwrap_or(path)
            .trim_end_matches('.');
        found
            .entry(model.name.to_lowercase())
            .or_default()
            .push((app_label(module).to_owned(), path.clone()));
    }
    found
}

/// The application that a module of models belongs to: the folder that holds `models`.
pub(super) fn app_label(module: &str) -> &str {
    let parts: Vec<&str> = module.split('.').collect();
    match parts.iter().rposition(|part| *part == "models") {
        Some(at) if at > 0 => parts[at - 1],
        _ if parts.len() > 1 => parts[parts.len() - 2],
        _ => module,
    }
}

fn constraint(file: usize, expr: &Expr, vocabulary: &DeclarationVocabulary, options: &mut Options) {
    let ExprKind::Call(call) = &expr.kind else {
        return;
    };
    let Some(path) = dotted(&call.callee) else {
        return;
    };
    let name = last_segment(&path);
    let condition = vocabulary
        .constraint_condition
        .iter()
        .find_map(|key| keyword(call, key));
    if vocabulary.unique_constraints.contains(name) {
        let mut fields: Vec<String> = keyword(call, &vocabulary.constraint_fields)
            .map(items)
            .unwrap_or_default()
            .iter()
            .filter_map(string)
            .map(str::to_owned)
            .collect();
        let mut expressions = false;
        for part in positional(call) {
            expressions = true;
            mentioned(part, &mut fields);
        }
        options.uniques.push(Unique {
            fields,
            condition: condition.map(|condition| {
                let mut found = Vec::new();
                constrained(condition, vocabulary, &mut found);
                found
            }),
            expressions,
            file,
            span: expr.span,
        });
    } else if vocabulary.check_constraints.contains(name) {
        let mut found = Vec::new();
        if let Some(condition) = condition.or_else(|| positional(call).next()) {
            constrained(condition, vocabulary, &mut found);
        }
        options
            .checks
            .extend(found.into_iter().map(|(field, _)| field));
    }
}

/// Fields that an expression of database functions refers to.
fn mentioned(expr: &Expr, out: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Const(Lit::Str(name)) => out.push(name.trim_start_matches('-').to_owned()),
        ExprKind::Call(call) => {
            if let ExprKind::Attr(object, _, _) = &call.callee.kind {
                mentioned(object, out);
            }
            positional(call).for_each(|arg| mentioned(arg, out));
        }
        _ => {}
    }
}

/// Fields that a predicate constrains, with the literal they are compared with.
fn constrained(
    expr: &Expr,
    vocabulary: &DeclarationVocabulary,
    out: &mut Vec<(String, Option<Lit>)>,
) {
    match &expr.kind {
        ExprKind::Bin(_, a, b) => {
            constrained(a, vocabulary, out);
            constrained(b, vocabulary, out);
        }
        ExprKind::Unary(_, inner) => {
            let start = out.len();
            constrained(inner, vocabulary, out);
            out[start..].iter_mut().for_each(|(_, value)| *value = None);
        }
        ExprKind::Call(call) => {
            let predicate = dotted(&call.callee)
                .is_some_and(|path| vocabulary.predicates.contains(last_segment(&path)));
            for arg in &call.args {
                match arg.kind {
                    ArgKind::Keyword(key) if predicate => {
                        let separator = vocabulary.lookup_separator.as_str();
                        let (field, plain) = match key.as_str().split_once(separator) {
                            Some((field, _)) if !separator.is_empty() => (field, false),
                            _ => (key.as_str(), true),
                        };
                        out.push((field.to_owned(), lit(&arg.value).filter(|_| plain)));
                        reference(&arg.value, vocabulary, out);
                    }
                    ArgKind::Plain => constrained(&arg.value, vocabulary, out),
                    _ => {}
                }
            }
            reference(expr, vocabulary, out);
        }
        _ => {}
    }
}

fn reference(
    expr: &Expr,
    vocabulary: &DeclarationVocabulary,
    out: &mut Vec<(String, Option<Lit>)>,
) {
    if let ExprKind::Call(call) = &expr.kind
        && dotted(&call.callee)
            .is_some_and(|path| vocabulary.references.contains(last_segment(&path)))
        && let Some(name) = positional(call).next().and_then(string)
    {
        out.push((name.to_owned(), None));
    }
}
