//! Reads pack files (`queries/<language>/<pack>.scm`) into specs.
//!
//! A pack is a file of tree-sitter queries whose patterns have one of the canonical shapes. Because a canonical
//! pattern says nothing but "a call of this shape with one of these names", the patterns of a language are merged
//! into a table by shape and name that the interpreter consults when such a call happens; no query has to be compiled
//! or run at start-up. A test runs the real queries over the corpus and compares.

use std::path::Path;

use thiserror::Error;
use ustr::{Ustr, ustr};

use super::anchors::Formula;
use super::vocabulary::*;
use crate::syntax::Lang;

/// What is wrong with a pack, and where.
#[derive(Debug, Error, Clone, PartialEq)]
#[error("{file}:{line}: {message}")]
pub struct PackError {
    /// The pack's file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// The built-in packs: file name and text.
pub static BUILT_IN: &[(&str, &str)] = &[
    (
        "python/boto3.scm",
        include_str!("../../queries/python/boto3.scm"),
    ),
    (
        "python/django.scm",
        include_str!("../../queries/python/django.scm"),
    ),
    (
        "python/aioboto3.scm",
        include_str!("../../queries/python/aioboto3.scm"),
    ),
    (
        "python/pynamodb.scm",
        include_str!("../../queries/python/pynamodb.scm"),
    ),
    (
        "python/python.scm",
        include_str!("../../queries/python/python.scm"),
    ),
    (
        "go/dynamodb-v2.scm",
        include_str!("../../queries/go/dynamodb-v2.scm"),
    ),
    (
        "go/dynamodb-v1.scm",
        include_str!("../../queries/go/dynamodb-v1.scm"),
    ),
    (
        "python/cache.scm",
        include_str!("../../queries/python/cache.scm"),
    ),
    (
        "python/web.scm",
        include_str!("../../queries/python/web.scm"),
    ),
    (
        "python/tasks.scm",
        include_str!("../../queries/python/tasks.scm"),
    ),
    ("go/guregu.scm", include_str!("../../queries/go/guregu.scm")),
    ("go/web.scm", include_str!("../../queries/go/web.scm")),
    ("go/go.scm", include_str!("../../queries/go/go.scm")),
    ("fields.scm", include_str!("../../queries/fields.scm")),
];

/// A node of the S-expression reader.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    List(Vec<(Self, u32)>),
    Atom(String),
    Text(String),
}

/// Loads the built-in packs of a language and the user's own from `extra` (file name, text).
pub fn library(lang: Lang, extra: &[(String, String)]) -> Result<Library, PackError> {
    let mut lib = Library::default();
    let built_in = BUILT_IN.iter().map(|(n, t)| (*n, *t));
    let mut from = Vec::new();
    for (name, text) in built_in.chain(extra.iter().map(|(n, t)| (n.as_str(), t.as_str()))) {
        let first = lib.specs.len();
        load(&mut lib, lang, name, text)?;
        from.push((first, name));
    }
    references(&lib).map_err(|(spec, message)| PackError {
        file: from
            .iter()
            .rfind(|(first, _)| *first <= spec)
            .map_or_else(String::new, |(_, name)| (*name).to_owned()),
        line: lib.specs[spec].line,
        message,
    })?;
    for (i, spec) in lib.specs.iter().enumerate() {
        let entry = spec.does.is_entry();
        let table = match spec.shape {
            Shape::Method if entry => &mut lib.entry_methods,
            Shape::Callee if entry => &mut lib.entry_callees,
            Shape::Class if entry => &mut lib.entry_bases,
            Shape::Method => &mut lib.methods,
            Shape::Attribute => &mut lib.attributes,
            Shape::Callee => &mut lib.callees,
            Shape::Class => &mut lib.bases,
            Shape::Function => {
                lib.entry_functions.push(i);
                continue;
            }
        };
        let keys = if matches!(spec.shape, Shape::Method | Shape::Attribute) {
            &spec.names
        } else {
            &spec.path
        };
        if entry && spec.shape == Shape::Callee {
            let tails = spec.path.iter().filter_map(|p| p.rsplit('.').next());
            lib.entry_tails.extend(tails.map(ustr));
        }
        for key in keys {
            table.entry(*key).or_default().push(i);
        }
        for path in &spec.path {
            if let Some((of, _)) = path.split_once("[]") {
                lib.indexed.insert(ustr(of));
            }
        }
        if !spec.id.is_empty() {
            lib.ids.insert(spec.id, i);
        }
        let acts = spec.store != CACHE
            && matches!(
                spec.does,
                Does::Write | Does::Create | Does::Upsert | Does::Delete | Does::Members
            );
        if spec.store == CACHE && spec.does == Does::Write && spec.shape == Shape::Callee {
            lib.flagging.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit('.').next())
                    .map(Ustr::from),
            );
        }
        if acts {
            lib.acting.extend(spec.names.iter().copied());
            lib.acting.extend(
                spec.path
                    .iter()
                    .filter_map(|p| p.rsplit(['.', '/']).next())
                    .map(Ustr::from),
            );
        }
    }
    let made = lib
        .specs
        .iter()
        .filter(|s| s.does == Does::Router)
        .flat_map(|s| &s.path);
    let mut modules: Vec<Ustr> = made
        .chain(lib.entry_types.keys())
        .filter_map(|p| p.rsplit_once('.'))
        .map(|(m, _)| ustr(m))
        .collect();
    modules.sort_unstable_by_key(|m| m.as_str());
    modules.dedup();
    lib.entry_modules = modules;
    Ok(lib)
}

/// Kinds of receivers that the interpreter itself knows: rows, values and tests of the store, counts of rows
/// written, classes of containers, classes of libraries.
static OWN_KINDS: &[&str] = &[
    "row",
    "term",
    "test",
    "affected",
    "region",
    "modelclass",
    "external-class",
];

/// The stores' small languages.
static DIALECTS: &[&str] = &[
    "test",
    "dynamodb-condition",
    "dynamodb-update",
    "dynamodb-assignment",
];

/// What one pattern says of another must be there: kinds, members, dialects. The error names the pattern.
fn references(lib: &Library) -> Result<(), (usize, String)> {
    fn made(shape: &Returns, kinds: &mut rustc_hash::FxHashSet<Ustr>) {
        match shape {
            Returns::Kind(k) => {
                kinds.insert(*k);
            }
            Returns::Tuple(parts) => parts.iter().for_each(|p| made(p, kinds)),
            Returns::Record(parts) => parts.iter().for_each(|(_, p)| made(p, kinds)),
            _ => {}
        }
    }
    let mut kinds: rustc_hash::FxHashSet<Ustr> = lib.kinds.keys().copied().collect();
    kinds.extend(OWN_KINDS.iter().map(|k| ustr(k)));
    let mut ids = rustc_hash::FxHashSet::default();
    for spec in &lib.specs {
        made(&spec.returns, &mut kinds);
        kinds.insert(spec.declares);
        ids.insert(spec.id);
    }
    for (i, spec) in lib.specs.iter().enumerate() {
        for kind in &spec.recv {
            let plain = kind.strip_prefix("class:").map_or(*kind, ustr);
            if !kinds.contains(&plain) {
                let message = format!(
                    "`recv \"{kind}\"`: no pack makes such a kind (`;;; kind {kind}: ...`, or `returns \"kind:{kind}\"`)"
                );
                return Err((i, message));
            }
        }
        if let Some((_, id)) = spec.members.iter().find(|(_, id)| !ids.contains(id)) {
            return Err((i, format!("`members`: no pattern has `id \"{id}\"`")));
        }
        let dialects = [&spec.filter, &spec.update, &spec.condition];
        for dialect in dialects.into_iter().flatten() {
            if !DIALECTS.contains(&dialect.name.as_str()) {
                let known = DIALECTS[1..].join(", ");
                return Err((i, format!("unknown dialect `{}` ({known})", dialect.name)));
            }
        }
    }
    Ok(())
}

/// Reads `extra-queries` folders: every `.scm` file in them, in name order.
pub fn read_extra(dirs: &[std::path::PathBuf]) -> Result<Vec<(String, String)>, PackError> {
    let mut out = Vec::new();
    for dir in dirs {
        let fail = |path: &Path, e: std::io::Error| PackError {
            file: path.display().to_string(),
            line: 1,
            message: format!("cannot be read: {e}"),
        };
        let mut files: Vec<_> = std::fs::read_dir(dir)
            .map_err(|e| fail(dir, e))?
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "scm"))
            .collect();
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|e| fail(&path, e))?;
            out.push((path.display().to_string(), text));
        }
    }
    Ok(out)
}

fn load(lib: &mut Library, lang: Lang, file: &str, text: &str) -> Result<(), PackError> {
    let err = |line: u32, message: String| PackError {
        file: file.to_owned(),
        line,
        message,
    };
    let mut pack = Ustr::from("");
    let mut store = Ustr::from("");
    let mut language = None;
    for (i, line) in text.lines().enumerate() {
        let at = i as u32 + 1;
        let Some(front) = line.strip_prefix(";;;") else {
            continue;
        };
        let front = front.trim();
        let Some((key, value)) = front.split_once(':') else {
            return Err(err(at, format!("`;;; {front}`: expected `key: value`")));
        };
        let value = value.trim();
        if language.is_some_and(|l| l != Some(lang))
            && !matches!(key, "pack" | "language" | "store")
        {
            continue;
        }
        match key.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["pack"] => pack = ustr(value),
            ["store"] => store = ustr(value),
            ["language"] => {
                language = Some(match value {
                    "python" => Some(Lang::Python),
                    "go" => Some(Lang::Go),
                    "any" => Some(lang),
                    other => {
                        return Err(err(
                            at,
                            format!("unknown language `{other}` (python, go, any)"),
                        ));
                    }
                });
            }
            ["anchors"] => lib
                .anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["project-anchors"] => lib
                .project_anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["entry-anchors"] => lib
                .entry_anchors
                .push((pack, Formula::parse(value).map_err(|m| err(at, m))?)),
            ["kind", kind] => kind_line(lib, pack, ustr(kind), value).map_err(|m| err(at, m))?,
            ["alias", from] => {
                lib.aliases.insert(ustr(from), ustr(value));
            }
            ["exception", class] => {
                lib.bases_of.insert(
                    ustr(class),
                    value.split_whitespace().map(Ustr::from).collect(),
                );
            }
            ["list", name] => {
                lib.lists
                    .entry(ustr(name))
                    .or_default()
                    .extend(value.split_whitespace().map(Ustr::from));
            }
            _ => return Err(err(at, format!("unknown front matter `{key}`"))),
        }
    }
    let Some(language) = language else {
        return Err(err(
            1,
            "a pack needs `;;; language: python` (or go, any)".into(),
        ));
    };
    if language != Some(lang) {
        return Ok(());
    }
    if pack.is_empty() {
        return Err(err(1, "a pack needs `;;; pack: NAME`".into()));
    }
    for (node, line) in read(text).map_err(|(line, m)| err(line, m))? {
        let spec = pattern(lang, pack, store, &node, line).map_err(|m| err(line, m))?;
        lib.specs.push(spec);
    }
    Ok(())
}

fn kind_line(lib: &mut Library, pack: Ustr, kind: Ustr, value: &str) -> Result<(), String> {
    let entry = lib.kinds.entry(kind).or_default();
    entry.pack = pack;
    // Routers matter to the search for entry points only.
    entry.router = value.split_whitespace().any(|w| w == "router");
    let mut words = value.split_whitespace().peekable();
    while let Some(word) = words.next() {
        match word {
            "evaluates" => entry.evaluates = true,
            "request" => entry.request = true,
            "router" => {}
            "stored-fields" => entry.stored_fields = true,
            "type" => {
                let path = ustr(words.next().ok_or("`type` without a path")?);
                entry.types.push(path);
                if entry.router {
                    lib.entry_types.insert(path, kind);
                } else {
                    lib.types.insert(path, kind);
                }
            }
            "named" => {
                let name = ustr(words.next().ok_or("`named` without a name")?);
                entry.names.push(name);
                lib.param_names.insert(name, kind);
            }
            other => {
                return Err(format!(
                    "unknown word `{other}` for a kind (type PATH, named NAME, evaluates, request, router, stored-fields)"
                ));
            }
        }
    }
    Ok(())
}

fn read(text: &str) -> Result<Vec<(Node, u32)>, (u32, String)> {
    let bytes = text.as_bytes();
    let mut stack: Vec<(Vec<(Node, u32)>, u32)> = vec![(Vec::new(), 1)];
    let (mut i, mut line) = (0, 1u32);
    while i < bytes.len() {
        let push = |stack: &mut Vec<(Vec<(Node, u32)>, u32)>, node: Node, at: u32| {
            if let Some(top) = stack.last_mut() {
                top.0.push((node, at));
            }
        };
        match bytes[i] {
            b'\n' => {
                line += 1;
                i += 1;
            }
            b if b.is_ascii_whitespace() => i += 1,
            b';' => {
                while i < bytes.len() && bytes[i] != b'\n' {
                    i += 1;
                }
            }
            b'(' | b'[' => {
                if stack.len() > 60 {
                    return Err((line, "nested too deeply".into()));
                }
                stack.push((Vec::new(), line));
                i += 1;
            }
            b')' | b']' => {
                let (list, at) = stack.pop().unwrap_or_default();
                if stack.is_empty() {
                    return Err((line, "`)` without `(`".into()));
                }
                push(&mut stack, Node::List(list), at);
                i += 1;
            }
            b'"' => {
                let mut s = Vec::new();
                i += 1;
                loop {
                    match bytes.get(i) {
                        None | Some(b'\n') => return Err((line, "unclosed text".into())),
                        Some(b'"') => break,
                        Some(b'\\') => {
                            s.extend(bytes.get(i + 1));
                            i += 2;
                        }
                        Some(b) => {
                            s.push(*b);
                            i += 1;
                        }
                    }
                }
                i += 1;
                push(
                    &mut stack,
                    Node::Text(String::from_utf8_lossy(&s).into_owned()),
                    line,
                );
            }
            _ => {
                let start = i;
                while i < bytes.len()
                    && !bytes[i].is_ascii_whitespace()
                    && !b"()[]\";".contains(&bytes[i])
                {
                    i += 1;
                }
                push(&mut stack, Node::Atom(text[start..i].to_owned()), line);
            }
        }
    }
    if stack.len() > 1 {
        return Err((stack.last().map_or(line, |s| s.1), "`(` without `)`".into()));
    }
    Ok(stack.pop().map(|s| s.0).unwrap_or_default())
}

/// The canonical shapes, written as the S-expressions that a pack must use (captures may have other names).
pub static SHAPES: &[(Lang, Shape, &str)] = &[
    (
        Lang::Python,
        Shape::Method,
        "(call function: (attribute object: (_) @ attribute: (identifier) @))",
    ),
    (Lang::Python, Shape::Callee, "(call function: (_) @)"),
    (
        Lang::Python,
        Shape::Attribute,
        "(attribute object: (_) @ attribute: (identifier) @)",
    ),
    (
        Lang::Python,
        Shape::Class,
        "(class_definition superclasses: (argument_list (_) @))",
    ),
    (
        Lang::Python,
        Shape::Function,
        "(function_definition name: (identifier) @)",
    ),
    (
        Lang::Go,
        Shape::Method,
        "(call_expression function: (selector_expression operand: (_) @ field: (field_identifier) @))",
    ),
    (Lang::Go, Shape::Callee, "(call_expression function: (_) @)"),
    (
        Lang::Go,
        Shape::Attribute,
        "(selector_expression operand: (_) @ field: (field_identifier) @)",
    ),
    (
        Lang::Go,
        Shape::Function,
        "(function_declaration name: (identifier) @)",
    ),
];

fn shape_text(node: &Node, out: &mut String) {
    match node {
        Node::Atom(a) if a.starts_with('@') => out.push('@'),
        Node::Atom(a) => out.push_str(a),
        Node::Text(t) => out.push_str(t),
        Node::List(items) => {
            out.push('(');
            for (i, (item, _)) in items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                shape_text(item, out);
            }
            out.push(')');
        }
    }
}

fn pattern(lang: Lang, pack: Ustr, store: Ustr, node: &Node, line: u32) -> Result<Spec, String> {
    let Node::List(items) = node else {
        return Err("expected a pattern in brackets".into());
    };
    let Some((shape_node @ Node::List(_), _)) = items.first() else {
        return Err("expected `((shape) @capture (#set! does \"...\"))`".into());
    };
    let mut text = String::new();
    shape_text(shape_node, &mut text);
    let shape = SHAPES
        .iter()
        .find(|(l, _, s)| *l == lang && *s == text)
        .map(|(_, s, _)| *s)
        .ok_or_else(|| {
            let known: Vec<_> = SHAPES.iter().filter(|s| s.0 == lang).map(|s| s.2).collect();
            format!(
                "`{text}` is not one of the canonical shapes: {}",
                known.join(", ")
            )
        })?;
    let mut spec = Spec::new(lang, pack, store, shape, line);
    let mut does = false;
    for (item, _) in &items[1..] {
        match item {
            Node::Atom(a) if a.starts_with('@') => {}
            Node::List(parts) => {
                let words: Vec<&str> = parts
                    .iter()
                    .map(|(n, _)| match n {
                        Node::Atom(a) | Node::Text(a) => a.as_str(),
                        Node::List(_) => "",
                    })
                    .collect();
                match words.as_slice() {
                    ["#eq?" | "#any-of?", _, names @ ..] if !names.is_empty() => {
                        spec.names = names.iter().map(|n| ustr(n)).collect();
                    }
                    ["#set!", key, value] => {
                        does |= *key == "does" || *key == "declares";
                        spec.set(key, value)
                            .map_err(|m| format!("`{key} \"{value}\"`: {m}"))?;
                    }
                    other => {
                        return Err(format!(
                            "`({})` is not `#eq?`, `#any-of?` or `#set!`",
                            other.join(" ")
                        ));
                    }
                }
            }
            _ => return Err("unexpected text in a pattern".into()),
        }
    }
    if !does {
        return Err("a pattern needs `(#set! does \"...\")`".into());
    }
    match shape {
        Shape::Method | Shape::Attribute if spec.names.is_empty() => {
            Err("a method or attribute needs its name: `(#eq? @name \"...\")`".into())
        }
        Shape::Callee | Shape::Class if spec.path.is_empty() => {
            Err("a callee or class needs `(#set! path \"import.path\")`".into())
        }
        Shape::Function if spec.names.is_empty() && spec.params.is_empty() => Err(
            "a function needs its name or its parameters: `(#set! params \"event context\")`"
                .into(),
        ),
        Shape::Function if spec.does != Does::Endpoint => {
            Err("a function can only be an endpoint".into())
        }
        _ => Ok(spec),
    }
}

impl Spec {
    fn new(lang: Lang, pack: Ustr, store: Ustr, shape: Shape, line: u32) -> Self {
        Self {
            pack,
            store,
            lang,
            line,
            id: Ustr::default(),
            shape,
            names: Vec::new(),
            recv: Vec::new(),
            path: Vec::new(),
            signature: Vec::new(),
            arg_type: None,
            when: None,
            does: Does::Make,
            request: None,
            container: None,
            key: None,
            sort_key: None,
            versioned: false,
            codes: Vec::new(),
            filter: None,
            item: None,
            sets: None,
            defaults: None,
            update: None,
            condition: None,
            mode: Mode::Partial,
            narrow: None,
            create_when_fresh: false,
            upserts: false,
            returns: Returns::Nothing,
            raises: Vec::new(),
            projects: None,
            flat: None,
            adds_filter: None,
            negate: false,
            lock: false,
            put: Vec::new(),
            mutates: false,
            token: None,
            token_key: None,
            tries: None,
            conn: None,
            flow: None,
            term: None,
            cmp: None,
            statement: None,
            after_txn: false,
            invokes: Vec::new(),
            passes: None,
            into: None,
            adds_member: None,
            filter_also: None,
            members: Vec::new(),
            items: None,
            declares: Ustr::default(),
            together: false,
            absorbs: None,
            entry: Entry::Request,
            handler: None,
            route: None,
            methods: None,
            handlers: Vec::new(),
            router: None,
            prefix: None,
            params: Vec::new(),
            expands: false,
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "id" => self.id = ustr(value),
            "recv" => self.recv = value.split('|').map(|s| ustr(s.trim())).collect(),
            "path" => self.path = value.split('|').map(|s| ustr(s.trim())).collect(),
            "signature" => {
                for word in value.split_whitespace() {
                    let (want, sel) = word.strip_prefix('!').map_or((true, word), |w| (false, w));
                    self.signature.push((want, Sel::parse(sel)?));
                }
            }
            "arg-type" => {
                let (sel, paths) = value.split_once('=').ok_or("expected `pos:1=path|path`")?;
                self.arg_type = Some((
                    Sel::parse(sel)?,
                    paths.split('|').map(|s| ustr(s.trim())).collect(),
                ));
            }
            "when" => {
                let (sel, text) = value.split_once('=').ok_or("expected `pos:0=text`")?;
                self.when = Some((Sel::parse(sel)?, ustr(text)));
            }
            "does" => {
                self.does = match value {
                    "make" => Does::Make,
                    "bundle" | "query" => Does::Bundle,
                    "read" => Does::Read,
                    "reload" => Does::Reload,
                    "write" => Does::Write,
                    "create" => Does::Create,
                    "upsert" => Does::Upsert,
                    "delete" => Does::Delete,
                    "check" => Does::Check,
                    "members" => Does::Members,
                    "term" => Does::Term,
                    "test" => Does::Test,
                    "flow" => Does::Flow,
                    "same" => Does::Same,
                    "region" => Does::Region,
                    "take" => Does::Take,
                    "release" => Does::Release,
                    "sql" => Does::Sql,
                    "invoke" => Does::Invoke,
                    "enqueue" => Does::Enqueue,
                    "effect" => Does::Effect,
                    "fail" => Does::Fail,
                    "endpoint" => Does::Endpoint,
                    "router" => Does::Router,
                    "mount" => Does::Mount,
                    _ => return Err("unknown; see docs/packs.md".into()),
                };
            }
            "declares" => {
                self.does = Does::Declare;
                self.declares = ustr(value);
            }
            "request" => self.request = Some(Sel::parse(value)?),
            "container" => self.container = Some(Sel::parse(value)?),
            "key" => self.key = Some(Sel::parse(value)?),
            "sort-key" => self.sort_key = Some(Sel::parse(value)?),
            "versions" => self.versioned = value == "row",
            "codes" => self.codes = value.split_whitespace().map(Ustr::from).collect(),
            "item" => self.item = Some(Sel::parse(value)?),
            "sets" => self.sets = Some(Sel::parse(value)?),
            "defaults" => self.defaults = Some(Sel::parse(value)?),
            "filter" => self.filter = Some(Dialect::parse(value)?),
            "filter-also" => self.filter_also = Some(Dialect::parse(value)?),
            "into" => self.into = Some(Sel::parse(value)?),
            "adds-member" => {
                let (name, sel) = value.split_once('=').ok_or("expected `Put=pos:0`")?;
                self.adds_member = Some((ustr(name), Sel::parse(sel)?));
            }
            "passes" => self.passes = Some(Returns::parse(value)?),
            "update" => self.update = Some(Dialect::parse(value)?),
            "condition" => self.condition = Some(Dialect::parse(value)?),
            "mode" => {
                self.mode = match value {
                    "whole" => Mode::Whole,
                    "partial" => Mode::Partial,
                    "dirty" => Mode::Dirty,
                    _ => return Err("expected whole, partial or dirty".into()),
                };
            }
            "narrow" => self.narrow = Some(Sel::parse(value)?),
            "create-when" => self.create_when_fresh = value == "recv:fresh",
            "upserts" => self.upserts = value == "yes",
            "returns" => self.returns = Returns::parse(value)?,
            "raises" => {
                for word in value.split_whitespace() {
                    let (what, path) = word.split_once('=').ok_or("expected `absent=Class`")?;
                    let failure = match what {
                        "absent" => Failure::Absent,
                        "conflict" => Failure::Conflict,
                        "duplicate" => Failure::Duplicate,
                        _ => {
                            return Err(format!(
                                "unknown failure `{what}` (absent, conflict, duplicate)"
                            ));
                        }
                    };
                    self.raises.push((failure, ustr(path)));
                }
            }
            "projects" => self.projects = Some(Sel::parse(value)?),
            "flat" => self.flat = Some(Sel::parse(value)?),
            "adds-filter" => self.adds_filter = Some(Sel::parse(value)?),
            "negates" => self.negate = value == "yes",
            "lock" => self.lock = value == "row",
            "put" => {
                for word in value.split_whitespace() {
                    let (name, sel) = word.split_once('=').ok_or("expected `name=pos:0`")?;
                    self.put.push((ustr(name), Sel::parse(sel)?));
                }
            }
            "mutates" => self.mutates = value == "yes",
            "token" => {
                self.token = Some(match value {
                    "txn" => TokenKind::Txn,
                    "advisory" => TokenKind::Advisory,
                    "remote" => TokenKind::Remote,
                    "process" => TokenKind::Process,
                    _ => return Err("expected txn, advisory, remote or process".into()),
                });
            }
            "tries" => {
                self.tries = Some(match value.split_once('=') {
                    Some((sel, text)) => (Some(Sel::parse(sel)?), ustr(text.trim())),
                    None if value == "yes" => (None, Ustr::default()),
                    None => return Err("expected `yes` or `kw:wait=False`".into()),
                });
            }
            "token-key" => self.token_key = Some(Sel::parse(value)?),
            "conn" => self.conn = Some(Sel::parse(value)?),
            "flow" => {
                let (from, to) = value.split_once("->").ok_or("expected `pos:0 -> pos:1`")?;
                self.flow = Some((Sel::parse(from.trim())?, Sel::parse(to.trim())?));
            }
            "term" => self.term = Some(TermSpec::parse(value)?),
            "test" => self.cmp = Some(parse_test(value)?),
            "invokes" => {
                self.invokes = value
                    .split_whitespace()
                    .map(Sel::parse)
                    .collect::<Result<_, _>>()?;
            }
            "members" => {
                for word in value.split_whitespace() {
                    let (name, id) = word.split_once('=').ok_or("expected `Put=spec-id`")?;
                    self.members.push((ustr(name), ustr(id)));
                }
            }
            "statement" => self.statement = Some(Sel::parse(value)?),
            "after" => self.after_txn = value == "txn",
            "items" => self.items = Some(Sel::parse(value)?),
            "absorbs" => self.absorbs = Some(Sel::parse(value)?),
            "together" => self.together = value == "yes",
            "entry" => {
                let known = || Entry::ALL.map(Entry::as_str).join(", ");
                self.entry = Entry::ALL
                    .into_iter()
                    .find(|e| e.as_str() == value)
                    .ok_or_else(|| format!("expected one of {}", known()))?;
            }
            "handler" => self.handler = Some(Sel::parse(value)?),
            "route" => self.route = Some(Sel::parse(value)?),
            "methods" => self.methods = Some(Sel::parse(value)?),
            "handlers" => self.handlers = value.split_whitespace().map(called).collect(),
            "router" => self.router = Some(Sel::parse(value)?),
            "prefix" => self.prefix = Some(Sel::parse(value)?),
            "params" => {
                self.params = value
                    .split_whitespace()
                    .map(|w| w.split('|').map(ustr).collect())
                    .collect();
            }
            "expands" => self.expands = value == "yes",
            _ => return Err("no such property; see docs/packs.md".into()),
        }
        Ok(())
    }
}

/// `retrieve=GET:<pk>/`: the method of a class, by which requests, under which path.
fn called(word: &str) -> Called {
    let (name, rest) = word.split_once('=').unwrap_or((word, ""));
    let (methods, suffix) = rest.split_once(':').unwrap_or((rest, ""));
    Called {
        name: ustr(name),
        methods: methods
            .split(',')
            .filter(|m| !m.is_empty())
            .map(ustr)
            .collect(),
        suffix: ustr(suffix),
    }
}

impl Sel {
    /// Parses a selector.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !text.starts_with('\'') && text.contains('|') {
            return Ok(Self::First(
                text.split('|').map(Self::parse).collect::<Result<_, _>>()?,
            ));
        }
        if let Some(rest) = text.strip_prefix("kw:*") {
            return Ok(Self::AllKw(
                rest.split_whitespace()
                    .map(|w| ustr(w.trim_start_matches('-')))
                    .collect(),
            ));
        }
        Ok(match text {
            "recv" => Self::Recv,
            "filters" => Self::Filters,
            "name" => Self::Name,
            "here" => Self::Here,
            "pos:*" => Self::AllPos,
            _ => {
                if let Some(t) = text.strip_prefix('\'') {
                    return Ok(Self::Text(ustr(t.trim_end_matches('\''))));
                }
                let (what, name) = text
                    .split_once(':')
                    .ok_or_else(|| format!("`{text}` is not a selector"))?;
                match what {
                    "pos" if name.ends_with("..") => Self::PosFrom(
                        name.trim_end_matches('.')
                            .parse()
                            .map_err(|_| format!("`{text}`: expected a number"))?,
                    ),
                    "pos" => Self::Pos(
                        name.parse()
                            .map_err(|_| format!("`{text}`: expected a number"))?,
                    ),
                    "kw" => Self::Kw(ustr(name)),
                    "field" => Self::Field(ustr(name)),
                    "prop" => Self::Prop(ustr(name)),
                    "model" => Self::Model(ustr(name)),
                    "attr" => Self::Attr(ustr(name)),
                    "own" => Self::Own(name.split('.').map(ustr).collect()),
                    _ => return Err(format!("`{text}` is not a selector")),
                }
            }
        })
    }
}

impl Dialect {
    fn parse(text: &str) -> Result<Self, String> {
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self {
                name: ustr("test"),
                args: vec![Sel::parse(text)?],
            });
        };
        let args = split_args(rest.trim_end().strip_suffix(')').ok_or("missing `)`")?);
        Ok(Self {
            name: ustr(name.trim()),
            args: args
                .into_iter()
                .map(|a| Sel::parse(&a))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn split_args(text: &str) -> Vec<String> {
    let (mut depth, mut out, mut current) = (0i32, Vec::new(), String::new());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut current).trim().to_owned());
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    if !current.trim().is_empty() {
        out.push(current.trim().to_owned());
    }
    out
}

impl TermSpec {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            return Ok(Self::Value(Sel::parse(text)?));
        };
        let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
        if name == "stored" {
            let sel = args.first().ok_or("`stored` takes a selector")?;
            return Ok(Self::Stored(Sel::parse(sel)?));
        }
        Ok(Self::Op(
            ustr(name),
            args.iter()
                .map(|a| Self::parse(a))
                .collect::<Result<_, _>>()?,
        ))
    }
}

fn parse_test(text: &str) -> Result<(Cmp, Vec<TermSpec>), String> {
    let (name, rest) = text.split_once('(').ok_or("expected `eq(recv, pos:0)`")?;
    let cmp = match name.trim() {
        "eq" => Cmp::Eq,
        "ne" => Cmp::Ne,
        "lt" => Cmp::Lt,
        "le" => Cmp::Le,
        "gt" => Cmp::Gt,
        "ge" => Cmp::Ge,
        "in" => Cmp::In,
        "exists" => Cmp::Exists,
        "not-exists" => Cmp::NotExists,
        "other" => Cmp::Other,
        "and" => Cmp::And,
        "or" => Cmp::Or,
        "not" => Cmp::Not,
        _ => return Err(format!("unknown test `{name}`")),
    };
    let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
    Ok((
        cmp,
        args.iter()
            .map(|a| TermSpec::parse(a))
            .collect::<Result<_, _>>()?,
    ))
}

impl Returns {
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("tuple(") {
            let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
            return Ok(Self::Tuple(
                args.iter()
                    .map(|a| Self::parse(a))
                    .collect::<Result<_, _>>()?,
            ));
        }
        if let Some(rest) = text.strip_prefix("record(") {
            let args = split_args(rest.strip_suffix(')').ok_or("missing `)`")?);
            let mut out = Vec::new();
            for a in args {
                let (name, shape) = a.split_once('=').ok_or("expected `record(Name=row)`")?;
                out.push((ustr(name.trim()), Self::parse(shape)?));
            }
            return Ok(Self::Record(out));
        }
        if let Some(rest) = text.strip_prefix("pages(") {
            let page = rest.strip_suffix(')').ok_or("missing `)`")?;
            return Ok(Self::Pages(Box::new(Self::parse(page)?)));
        }
        if let Some(kind) = text.strip_prefix("kind:") {
            return Ok(Self::Kind(ustr(kind)));
        }
        if let Some(sel) = text.strip_prefix("arg:") {
            return Ok(Self::Arg(Sel::parse(sel)?));
        }
        if let Some(sel) = text.strip_prefix("lost:") {
            return Ok(Self::Lost(Sel::parse(sel)?));
        }
        Ok(match text {
            "nothing" => Self::Nothing,
            "row" => Self::Row { optional: false },
            "row?" => Self::Row { optional: true },
            "rows" => Self::Rows,
            "values" => Self::Values,
            "count" => Self::Count,
            "map" => Self::Map,
            "exists" => Self::Exists,
            "aggregate" => Self::Aggregate,
            "affected" => Self::Affected,
            "created" => Self::Created,
            "held" => Self::Held,
            "answer" => Self::Answer,
            "database" => Self::Database,
            "error" => Self::Error,
            "recv" => Self::Recv,
            "new-row" => Self::NewRow,
            "class" => Self::Class,
            "members" => Self::Members,
            _ => return Err("unknown shape of a result".into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let extra = [("own.scm".to_owned(), text.to_owned())];
        library(Lang::Python, &extra)
            .expect_err("an error")
            .to_string()
    }

    #[test]
    fn the_built_in_packs_are_right() {
        for lang in [Lang::Python, Lang::Go] {
            let library = library(lang, &[]).unwrap_or_else(|e| panic!("{e}"));
            assert!(!library.specs.is_empty());
        }
    }

    #[test]
    fn references_are_checked() {
        let pattern = |sets: &str| {
            format!(
                ";;; pack: own\n;;; language: python\n;;; store: own\n\
                 ((call function: (attribute object: (_) @r attribute: (identifier) @m)) @c (#eq? @m \"x\") {sets})\n"
            )
        };
        let says = [
            (
                r#"(#set! recv "own.shop") (#set! does "read")"#,
                "own.scm:4: `recv \"own.shop\"`: no pack makes such a kind",
            ),
            (
                r#"(#set! does "members") (#set! members "Put=nowhere")"#,
                "own.scm:4: `members`: no pattern has `id \"nowhere\"`",
            ),
            (
                r#"(#set! does "write") (#set! condition "sql(pos:0)")"#,
                "own.scm:4: unknown dialect `sql`",
            ),
        ];
        for (sets, wanted) in says {
            let got = error(&pattern(sets));
            assert!(got.starts_with(wanted), "{got}");
        }
    }
}
