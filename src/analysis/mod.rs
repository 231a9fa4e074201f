//! What the program does with its stores: one abstract interpreter, and the histories that it finds.

pub mod access;
pub mod calls;
pub mod demand;
mod dialects;
pub mod driver;
pub mod endpoints;
mod explain;
mod given;
pub mod history;
pub mod holders;
mod instances;
pub mod interp;
pub mod leases;
pub mod level;
pub mod program;
mod queued;
mod reach;
pub mod shared;
pub mod state;
pub mod terms;
mod touches;
pub mod value;

pub use crate::stores::vocabulary::Cmp;

/// Whether a term was made in this run and by nobody else.
fn interp_made_here(terms: &value::Terms, t: value::TermId) -> bool {
    terms.has_made(t)
}
