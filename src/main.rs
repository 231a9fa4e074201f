//! The `lostupdate` binary.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    lostupdate::cli::main(&lostupdate::analysis::driver::Analysis::new())
}
