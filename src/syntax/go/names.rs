//! Block scopes, flattened: each variable of a function gets a name that is unique in it.
//!
//! Whoever reads the lowered code resolves a name by asking which function has it among its locals. So a declaration
//! is renamed not only when its function has another of that name, but also when the function means something outside
//! by the same name: in `url, err := url.Parse(s)` the local becomes `url·1`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::il::{ClassIdx, FuncIdx};
use super::Lower;
use crate::symbol::{Sym, intern};

/// A function being lowered.
pub(super) struct Frame {
    pub(super) func: FuncIdx,
    /// The outermost function around it: names that are made up are unique in the whole of that one.
    root: FuncIdx,
    /// Scopes that were open before it.
    floor: usize,
    pub(super) locals: Vec<Sym>,
    pub(super) breaks: Vec<BreakTarget>,
    /// Function literals in it, so far.
    pub(super) closures: u32,
}

/// What a plain `break` leaves.
pub(super) enum BreakTarget {
    /// A loop.
    Loop,
    /// A `switch` or `select`: its label, and whether a `break` used it.
    Labelled(Sym, bool),
}

struct Binding {
    name: Sym,
    unique: Sym,
    func: FuncIdx,
    /// The type it names, if it names one.
    class: Option<ClassIdx>,
    /// What the name meant before, one more than its place; 0: nothing.
    shadowed: usize,
}

/// What the names of the open scopes mean.
#[derive(Default)]
pub(super) struct Names {
    bindings: Vec<Binding>,
    /// Where each open scope begins in `bindings`.
    scopes: Vec<usize>,
    /// The innermost binding of each name, one more than its place.
    heads: FxHashMap<Sym, usize>,
    declared: FxHashSet<(FuncIdx, Sym)>,
    /// Names by which a function means something outside of it.
    captured: FxHashSet<(FuncIdx, Sym)>,
    counters: FxHashMap<(FuncIdx, Sym), u32>,
    /// What the file declares at package level, and what it imports.
    pub(super) package: FxHashSet<Sym>,
}

impl Lower<'_> {
    pub(super) fn push_frame(&mut self, func: FuncIdx) {
        // The module's own closures share no variables with each other's functions, but do with the module.
        let root = match self.frames.last() {
            Some(outer) if outer.func != 0 => outer.root,
            _ => func,
        };
        self.frames.push(Frame {
            func,
            root,
            floor: self.names.scopes.len(),
            locals: Vec::new(),
            breaks: Vec::new(),
            closures: 0,
        });
        self.push_scope();
    }

    /// Ends a function and gives its locals.
    pub(super) fn pop_frame(&mut self) -> Vec<Sym> {
        self.pop_scope();
        self.frames
            .pop()
            .map(|frame| frame.locals)
            .unwrap_or_default()
    }

    pub(super) fn push_scope(&mut self) {
        self.names.scopes.push(self.names.bindings.len());
    }

    pub(super) fn pop_scope(&mut self) {
        let Some(start) = self.names.scopes.pop() else {
            return;
        };
        while self.names.bindings.len() > start {
            let Some(binding) = self.names.bindings.pop() else {
                break;
            };
            self.names.heads.insert(binding.name, binding.shadowed);
        }
    }

    fn visible(&self, name: Sym) -> Option<&Binding> {
        let head = *self.names.heads.get(&name)?;
        self.names.bindings.get(head.wrapping_sub(1))
    }

    /// Whether a variable, or type, of a function goes by this name here.
    pub(super) fn is_local(&self, name: Sym) -> bool {
        self.visible(name).is_some()
    }

    /// The named type that a plain name stands for here, if this file defines it.
    pub(super) fn class_of(&self, name: Sym) -> Option<ClassIdx> {
        match self.visible(name) {
            Some(binding) => binding.class,
            None => self.classes.get(&name).copied(),
        }
    }

    /// The named type of this file that a unique name stands for.
    pub(super) fn class_named(&self, unique: Sym) -> Option<ClassIdx> {
        let plain = match unique.split_once('·') {
            Some((plain, _)) => intern(plain),
            None => unique,
        };
        match self.visible(plain) {
            Some(binding) if binding.unique == unique => binding.class,
            _ => self.classes.get(&unique).copied(),
        }
    }

    /// The unique name of a type.
    pub(super) fn resolve_type(&self, name: Sym) -> Sym {
        match self.visible(name) {
            Some(binding) if binding.class.is_some() => binding.unique,
            _ => name,
        }
    }

    /// The unique name of what `name` means here.
    pub(super) fn resolve(&mut self, name: Sym) -> Sym {
        let (unique, owner) = match self.visible(name) {
            Some(binding) => (binding.unique, Some(binding.func)),
            None => (name, None),
        };
        for frame in self.frames.iter().rev() {
            if Some(frame.func) == owner || frame.func == 0 {
                break;
            }
            self.names.captured.insert((frame.func, unique));
        }
        unique
    }

    /// Declares a name in the innermost scope, and gives its unique name.
    pub(super) fn declare(&mut self, name: Sym) -> Sym {
        self.declare_as(name, None)
    }

    pub(super) fn declare_as(&mut self, name: Sym, class: Option<ClassIdx>) -> Sym {
        let Some(frame) = self.frames.last() else {
            return name;
        };
        let func = frame.func;
        let nested = self.names.scopes.len() > frame.floor + 1;
        if func == 0 && !nested {
            // Package level is one scope, and its names are what they are.
            if let Some(frame) = self.frames.last_mut() {
                frame.locals.push(name);
            }
            return name;
        }
        let first = self.names.declared.insert((func, name));
        // In an inner block, what lies outside may be meant again by the name once the block ends.
        let meant = self.names.captured.contains(&(func, name))
            || nested && (self.names.package.contains(&name) || self.is_local(name));
        let unique = if let Some(class) = class {
            // The whole file knows its types by their names.
            intern(&format!("{name}·t{class}"))
        } else if first && !meant {
            name
        } else {
            self.number(name)
        };
        self.bind(name, unique, class);
        unique
    }

    fn bind(&mut self, name: Sym, unique: Sym, class: Option<ClassIdx>) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        frame.locals.push(unique);
        let func = frame.func;
        let shadowed = self
            .names
            .heads
            .insert(name, self.names.bindings.len() + 1)
            .unwrap_or(0);
        self.names.bindings.push(Binding {
            name,
            unique,
            func,
            class,
            shadowed,
        });
    }

    fn number(&mut self, name: Sym) -> Sym {
        let root = self.frames.last().map_or(0, |frame| frame.root);
        let count = self.names.counters.entry((root, name)).or_insert(0);
        *count += 1;
        intern(&format!("{name}·{count}"))
    }

    /// A local that the source does not have.
    pub(super) fn fresh(&mut self, name: &str) -> Sym {
        let unique = self.number(intern(name));
        if let Some(frame) = self.frames.last_mut() {
            frame.locals.push(unique);
        }
        unique
    }

    /// For `:=`: the variable of that name in the innermost scope, or a new one.
    pub(super) fn declare_or_reuse(&mut self, name: Sym) -> Sym {
        let start = self.names.scopes.last().copied().unwrap_or(0);
        match self.names.heads.get(&name) {
            Some(&head) if head > start => match self.visible(name) {
                Some(binding) => binding.unique,
                None => self.declare(name),
            },
            _ => self.declare(name),
        }
    }
}
