//! `manifest.json`: what a release consists of, what it was made with, and what is absent.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Absent, Built, checksums};
use crate::command::command;
use crate::library;
use crate::platform::{self, Platform, System, link};

/// Its name in the folder of a release.
pub const NAME: &str = "manifest.json";

/// The manifest of the files in `folder`.
pub fn text(folder: &Path, built: &[Built], absent: &[Absent]) -> Result<String> {
    let manifest = json!({
        "version": library::version()?,
        "abi_version": library::abi_version()?,
        "commit": first_line("git", &["rev-parse", "HEAD"])?,
        "uncommitted_changes": !first_line("git", &["status", "--porcelain"])?.is_empty(),
        "rustc": first_line("rustc", &["--version"])?,
        "platforms": built.iter().map(platform_entry).collect::<Result<Vec<Value>>>()?,
        "absent": absent
            .iter()
            .map(|item| json!({ "name": item.platform.name, "reason": item.reason }))
            .collect::<Vec<_>>(),
        "files": files(folder)?,
    });
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// The tool that linked the shared library.
fn linker_version(platform: &Platform) -> Result<String> {
    let (name, mut tool, argument) = match platform.system {
        System::Windows => ("", command(platform::MINGW), "--version"),
        System::Linux => ("zig ", link::zig()?, "version"),
        System::Macos => ("", command(link::lld()?), "--version"),
    };
    let output = tool.arg(argument).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(format!("{name}{}", text.lines().next().context("a linker without a version")?.trim()))
}

fn platform_entry(item: &Built) -> Result<Value> {
    Ok(json!({
        "name": item.platform.name,
        "target": item.platform.target,
        "linker": linker_version(item.platform)?,
        "needs_libraries": item.binary.libraries,
        "needs_system": item.binary.oldest_system.map(|version| version.to_string()),
    }))
}

/// Name, size and SHA-256 of each file.
fn files(folder: &Path) -> Result<Vec<Value>> {
    let sums = checksums(folder)?;
    let files = sums.lines().map(|line| {
        let (sum, name) = line.split_once("  ").context("sha256sum prints sum and name")?;
        let size = fs::metadata(folder.join(name))?.len();
        Ok(json!({ "name": name, "bytes": size, "sha256": sum }))
    });
    files.collect()
}

fn first_line(program: &str, arguments: &[&str]) -> Result<String> {
    let output = command(program).args(arguments).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
