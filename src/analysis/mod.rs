//! What the program does with its stores: one abstract interpreter, and the histories that it finds.

pub mod access;
mod dialects;
pub mod driver;
pub mod history;
pub mod interp;
pub mod program;
pub mod state;
pub mod value;

pub use crate::stores::vocabulary::Cmp;
