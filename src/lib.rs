//! Finds read-modify-write races against shared stores in Python and Go.
//!
//! The layers, from the bottom: [`files`] (which files, their text), [`syntax`] (Python and Go to one intermediate
//! language) and [`stores`] (what each library's calls are), [`project`] (what the whole project says), `analysis`
//! (one abstract interpreter), [`rules`] (which history is an anomaly), [`report`] (the outputs) and [`cli`].

pub mod analysis;
pub mod cli;
pub mod config;
pub mod engine;
pub mod files;
pub mod project;
pub mod report;
pub mod rules;
pub mod stores;
pub mod suppress;
pub mod symbol;
pub mod syntax;
