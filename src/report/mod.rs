//! One file per output format, all from the same finding.

pub mod finding;

pub use finding::Finding;
