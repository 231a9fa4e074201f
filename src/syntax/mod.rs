//! The intermediate language, and one lowering for each source language.

pub mod go;
pub mod il;
pub mod python;
pub mod walk;

pub use il::{Lang, Module, Span};

/// Turns the text of one file into the intermediate language.
///
/// An implementation keeps its tree-sitter parser, so one value serves one worker thread.
pub trait Language {
    /// Parses and lowers `text`. `None` when the parser gave up on its budget (see [`Limits`]).
    fn lower(&mut self, text: &str, limits: &Limits) -> Option<Module>;

    /// Parses only, and gives the number of bytes parsed (for the timing of stages).
    fn parse_only(&mut self, text: &str, limits: &Limits) -> Option<usize>;
}

/// Bounds on hostile input: counts, never clocks, so that results are the same on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Progress callbacks of the parser (one per some hundreds of parse operations).
    pub parse_steps: u32,
    /// Depth of nested syntax; what lies deeper is an unknown.
    pub depth: u32,
    /// Nodes lowered in one file.
    pub nodes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            parse_steps: 200_000,
            depth: 220,
            nodes: 3_000_000,
        }
    }
}
