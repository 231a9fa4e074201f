//! What each store's calls are: packs, their vocabulary, and the small languages of the stores.

pub mod anchors;
pub mod dialect;
pub mod pack;
pub mod vocabulary;
