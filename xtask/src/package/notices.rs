//! Licence texts of the crates that are linked into the library, from their own packages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::crates;

/// How a licence file's name begins.
const NAMES: [&str; 4] = ["LICEN", "COPYING", "NOTICE", "UNLICENSE"];

/// One text: each crate with its licence, then each licence text with the crates that it came with.
pub fn third_party() -> Result<String> {
    let linked = linked_crates()?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for found in crates::packages()?.iter().filter(|found| linked.contains(&found.label)) {
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

/// Crates on any platform that end up in the library: no procedural macros, no build or test tools.
fn linked_crates() -> Result<BTreeSet<String>> {
    let tree = crates::cargo_prints(&[
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
