//! The crates that hemline and its tools are made of, as Cargo knows them.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::command::cargo;

/// A crate's package.
pub struct Package {
    /// `name version`.
    pub label: String,
    /// As `MIT OR Apache-2.0`.
    pub licence: String,
    /// Where its sources lie.
    pub folder: PathBuf,
}

/// Every package of the lock file, in the order of their names.
pub fn packages() -> Result<Vec<Package>> {
    let metadata: Value =
        serde_json::from_str(&cargo_prints(&["metadata", "--format-version=1"])?)?;
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

/// The output of a command of Cargo.
pub fn cargo_prints(arguments: &[&str]) -> Result<String> {
    let output = cargo().args(arguments).args(["--locked", "--quiet"]).output()?;
    if !output.status.success() {
        bail!("cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
