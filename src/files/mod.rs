//! Which files there are, and their text.

pub mod decode;
pub mod scan;
pub mod source;
pub mod walk;
pub(crate) mod words;

pub use source::{FileId, LineColumn, LineIndex, SourceFile, Sources};
