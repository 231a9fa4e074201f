//! Go: structs that say what is registered: rows of a table of routes, commands.

use super::collect::{Registration, Target, Visitor};
use crate::stores::vocabulary::Entry;
use crate::sym;
use crate::symbol::{Sym, intern};
use crate::syntax::il::{Expr, TypeExpr};

impl Visitor<'_> {
    /// A row of a table of routes: a struct with a handler in it.
    pub(super) fn row(&mut self, ty: &TypeExpr, fields: &[(Sym, Expr)]) {
        let names = self.names;
        let file = self.at.file;
        if names.is_command(file, ty) {
            self.command(file, ty, fields);
            return;
        }
        let key = format!("{ty:?}");
        let handlers = self
            .fields
            .entry(key)
            .or_insert_with(|| names.handler_fields(file, ty))
            .clone();
        if handlers.is_empty() {
            return;
        }
        let mut methods = Vec::new();
        let mut route = None;
        let mut targets = Vec::new();
        for (name, value) in fields {
            if handlers.contains(name) {
                targets.extend(self.targets(value, 0).0);
                continue;
            }
            let (text, known) = names.text(self.at, value);
            if !known {
                continue;
            }
            if text.starts_with('/') && route.is_none() {
                route = Some(text);
            } else if !text.is_empty()
                && text.len() < 8
                && text.bytes().all(|b| b.is_ascii_uppercase())
            {
                methods.push(intern(&text));
            }
        }
        if route.is_none() {
            return;
        }
        self.described(Entry::Request, &methods, route.as_deref(), targets);
    }

    /// A command that a struct describes: its name, and what it runs.
    fn command(&mut self, file: u32, ty: &TypeExpr, fields: &[(Sym, Expr)]) {
        let names = self.names;
        let mut route = None;
        let mut targets = Vec::new();
        for (name, value) in fields {
            if names.is_field(file, ty, *name, sym!("command-names")) {
                let (text, known) = names.text(self.at, value);
                let word = text.split_whitespace().next();
                route = word.filter(|_| known).map(str::to_owned);
            } else if names.is_field(file, ty, *name, sym!("command-fields")) {
                targets.extend(self.targets(value, 0).0);
            }
        }
        self.described(Entry::Command, &[], route.as_deref(), targets);
    }

    /// What a struct describes: each of what it runs, under one name.
    fn described(
        &mut self,
        entry: Entry,
        methods: &[Sym],
        route: Option<&str>,
        targets: Vec<Target>,
    ) {
        for target in targets {
            self.out.registrations.push(Registration {
                entry,
                methods: methods.to_vec(),
                route: route.map(str::to_owned),
                prefix: String::new(),
                under: None,
                expands: false,
                target,
                map: Vec::new(),
            });
        }
    }
}
