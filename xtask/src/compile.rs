//! Cargo's release builds of the library, whose files hold no path of this machine.
//!
//! rustc writes the paths of sources into messages of panics. Those of the machine are replaced by flags, which
//! Cargo compares: a plain `cargo build --release` has none, and were both to build in one folder, each would
//! compile anew what the other made. With `--target` Cargo takes a folder below `target/` of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{cargo, printed, root, target};
use crate::crates;

/// Between flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\x1f";

/// A Cargo command on the library alone for one of Rust's targets.
pub fn command(subcommand: &str, platform: &str) -> Result<Command> {
    let mut job = cargo();
    job.args([subcommand, "--release", "--package=hemline", "--locked", "--target", platform]);
    job.env("CARGO_ENCODED_RUSTFLAGS", flags()?.join(SEPARATOR));
    Ok(job)
}

/// Where Cargo leaves the files.
pub fn folder(platform: &str) -> PathBuf {
    target().join(platform).join("release")
}

/// The user's own flags, which Cargo would not read besides these, then one for each folder that has sources.
fn flags() -> Result<Vec<String>> {
    let own = std::env::var("RUSTFLAGS").unwrap_or_default();
    let remap = |(from, to): (PathBuf, String)| {
        let from = from.to_str().context("a path in UTF-8")?;
        Ok(format!("--remap-path-prefix={from}={to}"))
    };
    let remaps = source_folders()?.into_iter().map(remap).collect::<Result<Vec<_>>>()?;
    Ok(own.split_whitespace().map(str::to_owned).chain(remaps).collect())
}

/// Folders with sources, and what stands for them. Where one lies in another, it comes later: the last counts.
fn source_folders() -> Result<Vec<(PathBuf, String)>> {
    let packages = crates::packages()?;
    let is_foreign = |folder: &&PathBuf| !folder.starts_with(root());
    let folders = packages.iter().map(|package| &package.folder).filter(is_foreign);
    let parents: BTreeSet<_> = folders.filter_map(|folder| folder.parent()).collect();
    let rustc = |arguments: &[&str]| printed(Command::new("rustc").args(arguments));
    let version = rustc(&["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    // As in the standard library that comes compiled; the component rust-src has the files themselves.
    let standard = PathBuf::from(rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    let mut folders = vec![
        (root(), "/hemline".to_owned()),
        (standard, format!("/rustc/{}", commit.context("rustc names no commit")?)),
    ];
    folders.extend(parents.into_iter().map(|parent| (parent.to_owned(), "/crates".to_owned())));
    Ok(folders)
}
