//! Licence texts of the crates that are linked into the library, from their own packages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::cargo;

/// How a licence file's name begins.
const NAMES: [&str; 4] = ["LICEN", "COPYING", "NOTICE", "UNLICENSE"];

/// One text: each crate with its licence, then each licence text with the crates that it came with.
pub fn third_party() -> Result<String> {
    let linked = linked_crates()?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for found in packages()?.iter().filter(|found| linked.contains(&found.label)) {
        list += &format!("{}: {}\n", found.label, found.licence);
        for text in licence_texts(&found.folder)? {
            texts.entry(text).or_default().insert(found.label.clone());
        }
    }
    let rule = "-".repeat(80);
    let texts = texts.iter().map(|(text, labels)| {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        format!("{rule}\n{}\n\n{text}\n", labels.join(", "))
    });
    Ok(format!(
        "The native library contains Rust's standard library (MIT OR Apache-2.0) and, depending on the \
         platform, these crates under these licences.\n\n{list}\n{}",
        texts.collect::<String>()
    ))
}

struct Package {
    /// `name version`.
    label: String,
    licence: String,
    folder: PathBuf,
}

/// Crates on any platform that end up in the library: no procedural macros, no build or test tools.
fn linked_crates() -> Result<BTreeSet<String>> {
    let tree = output_of(&[
        "tree",
        "--package=hemline",
        "--edges=no-build,no-dev,no-proc-macro",
        "--target=all",
        "--prefix=none",
        "--format={p}",
    ])?;
    let labels = tree.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
    });
    Ok(labels.filter(|label| !label.starts_with("hemline ")).collect())
}

/// Every package of the lock file, in the order of their names.
fn packages() -> Result<Vec<Package>> {
    let metadata: Value = serde_json::from_str(&output_of(&["metadata", "--format-version=1"])?)?;
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let mut packages: Vec<Package> = packages
        .iter()
        .map(|package| Package {
            label: format!("{} {}", text(package, "name"), text(package, "version")),
            licence: text(package, "license"),
            folder: PathBuf::from(text(package, "manifest_path")).with_file_name(""),
        })
        .collect();
    packages.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(packages)
}

fn licence_texts(folder: &Path) -> Result<BTreeSet<String>> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_file() && NAMES.iter().any(|start| name.starts_with(start)) {
            texts.insert(fs::read_to_string(&path)?.replace("\r\n", "\n").trim().to_owned());
        }
    }
    Ok(texts)
}

fn output_of(arguments: &[&str]) -> Result<String> {
    let output = cargo().args(arguments).args(["--locked", "--quiet"]).output()?;
    if !output.status.success() {
        bail!("cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
