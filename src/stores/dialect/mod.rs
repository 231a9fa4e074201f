//! The small languages of the stores.

pub mod dynamodb;
