//! The release build of the library, which everything outside Rust uses.

use anyhow::Result;

use crate::command::{cargo, run};

/// Builds the shared and the static library into `target/release`.
pub fn build() -> Result<()> {
    run(cargo().args(["build", "--release", "--package", "hemline", "--locked"]))
}
