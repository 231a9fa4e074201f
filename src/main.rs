//! The `lostupdate` binary.

fn main() {}
