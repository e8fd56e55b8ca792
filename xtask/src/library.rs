//! The release build of the library, which everything outside Rust uses.

use std::fs;

use anyhow::{Context, Result};

use crate::command::{cargo, root, run};

/// Builds the shared and the static library into `target/release`.
pub fn build() -> Result<()> {
    run(cargo().args(["build", "--release", "--package", "hemline", "--locked"]))
}

/// The version of library and add-on, from the root's Cargo.toml.
pub fn version() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.strip_suffix('"'));
    Ok(version.context("Cargo.toml has no line `version = \"…\"`")?.to_owned())
}
