//! Which files there are, and their text.

pub mod source;

pub use source::{FileId, LineColumn, LineIndex, SourceFile, Sources};
