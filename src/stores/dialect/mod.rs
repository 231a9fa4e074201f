//! The small languages of the stores.

pub mod dynamodb;
pub mod lookups;
pub mod partiql;
pub mod sql;
