//! A pattern: its canonical shape, and what its properties say of a call.

use super::sexp::Node;
use super::values::parse_test;
use crate::stores::vocabulary::*;
use crate::symbol::{Sym, intern};
use crate::syntax::Lang;

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

fn shape_text(node: &Node<'_>, out: &mut String) {
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

/// Reads one pattern.
pub(super) fn pattern(
    lang: Lang,
    pack: Sym,
    store: Store,
    node: &Node<'_>,
    line: u32,
) -> Result<Spec, String> {
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
                        Node::Atom(a) => a,
                        Node::Text(t) => t.as_ref(),
                        Node::List(_) => "",
                    })
                    .collect();
                match words.as_slice() {
                    ["#eq?" | "#any-of?", _, names @ ..] if !names.is_empty() => {
                        spec.names = names.iter().map(|n| intern(n)).collect();
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
    fn new(lang: Lang, pack: Sym, store: Store, shape: Shape, line: u32) -> Self {
        Self {
            pack,
            store,
            lang,
            line,
            id: Sym::default(),
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
            counts: None,
            loads: None,
            joins: None,
            lock_only: None,
            flat: None,
            adds_filter: None,
            negate: false,
            lock: false,
            put: Vec::new(),
            mutates: false,
            token: None,
            token_key: None,
            excludes: None,
            leaves_out: None,
            around: None,
            hands: None,
            hands_named: None,
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
            declares: Sym::default(),
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
            picks: false,
            replaces: false,
            unslashed: None,
        }
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "id" => self.id = intern(value),
            "recv" => self.recv = value.split('|').map(|s| intern(s.trim())).collect(),
            "path" => self.path = value.split('|').map(|s| intern(s.trim())).collect(),
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
                    paths.split('|').map(|s| intern(s.trim())).collect(),
                ));
            }
            "when" => {
                let (sel, texts) = value.split_once('=').ok_or("expected `pos:0=text|text`")?;
                self.when = Some((Sel::parse(sel)?, texts.split('|').map(intern).collect()));
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
                    "relate" => Does::Relate,
                    "limit" => Does::Limit,
                    "link" => Does::Link,
                    "same" => Does::Same,
                    "region" => Does::Region,
                    "take" => Does::Take,
                    "release" => Does::Release,
                    "enter" => Does::Enter,
                    "statement" => Does::Statement,
                    "sql" => Does::Sql,
                    "invoke" => Does::Invoke,
                    "provide" => Does::Provide,
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
                self.declares = intern(value);
            }
            "request" => self.request = Some(Sel::parse(value)?),
            "container" => self.container = Some(Sel::parse(value)?),
            "key" => self.key = Some(Sel::parse(value)?),
            "sort-key" => self.sort_key = Some(Sel::parse(value)?),
            "versions" => self.versioned = value == "row",
            "codes" => self.codes = value.split_whitespace().map(intern).collect(),
            "item" => self.item = Some(Sel::parse(value)?),
            "sets" => self.sets = Some(Sel::parse(value)?),
            "defaults" => self.defaults = Some(Sel::parse(value)?),
            "filter" => self.filter = Some(Dialect::parse(value)?),
            "filter-also" => self.filter_also = Some(Dialect::parse(value)?),
            "into" => self.into = Some(Sel::parse(value)?),
            "adds-member" => {
                let (name, sel) = value.split_once('=').ok_or("expected `Put=pos:0`")?;
                self.adds_member = Some((intern(name), Sel::parse(sel)?));
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
                    self.raises.push((failure, intern(path)));
                }
            }
            "projects" => self.projects = Some(Sel::parse(value)?),
            "flat" => self.flat = Some(Sel::parse(value)?),
            "counts" => self.counts = Some(Sel::parse(value)?),
            "loads" => self.loads = Some(Sel::parse(value)?),
            "joins" => self.joins = Some(Sel::parse(value)?),
            "lock-only" => self.lock_only = Some(Sel::parse(value)?),
            "adds-filter" => self.adds_filter = Some(Sel::parse(value)?),
            "negates" => self.negate = value == "yes",
            "lock" => self.lock = value == "row",
            "put" => {
                for word in value.split_whitespace() {
                    let (name, sel) = word.split_once('=').ok_or("expected `name=pos:0`")?;
                    self.put.push((intern(name), Sel::parse(sel)?));
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
                    Some((sel, text)) => (Some(Sel::parse(sel)?), intern(text.trim())),
                    None if value == "yes" => (None, Sym::default()),
                    None => return Err("expected `yes` or `kw:wait=False`".into()),
                });
            }
            "token-key" => self.token_key = Some(Sel::parse(value)?),
            "around" => self.around = Some(Sel::parse(value)?),
            "leaves-out" => self.leaves_out = Some(Sel::parse(value)?),
            "excludes" => self.excludes = Some(Sel::parse(value)?),
            "hands" => self.hands = Some(Sel::parse(value)?),
            "hands-named" => self.hands_named = Some(Sel::parse(value)?),
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
                    self.members.push((intern(name), intern(id)));
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
                    .map(|w| w.split('|').map(intern).collect())
                    .collect();
            }
            "expands" => self.expands = value == "yes",
            "picks" => self.picks = value == "yes",
            "replaces" => self.replaces = value == "yes",
            "unslashed" => {
                let (sel, text) = value.split_once('=').ok_or("expected `kw:slash=False`")?;
                self.unslashed = Some((Sel::parse(sel)?, intern(text)));
            }
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
        name: intern(name),
        methods: methods
            .split(',')
            .filter(|m| !m.is_empty())
            .map(intern)
            .collect(),
        suffix: intern(suffix),
    }
}
