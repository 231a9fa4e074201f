//! What the whole project says, before any interpretation.

pub mod facts;
