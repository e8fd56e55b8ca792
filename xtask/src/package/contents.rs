//! What the add-on's zips hold besides libraries.

use std::fs;

use anyhow::{Result, bail};

use super::notices;
use crate::archive::{self, Files};
use crate::command::root;
use crate::platform::Platform;

/// What makes a folder an extension.
pub const MANIFEST: &str = "blender_manifest.toml";

/// The key of the manifest that names the platforms of a zip.
const PLATFORMS: &str = "platforms = ";

/// Folders of the package that users do not get: the demo needs the checkout's sample bodies, and `lib` is
/// filled anew for each zip.
const LEFT_OUT: [&str; 3] = ["demo", "lib", "__pycache__"];

/// Endings of the package's own files: modules, and the pages that reports are filled into.
const ENDINGS: [&str; 2] = [".py", ".html"];

/// The package's own files, by their path inside it.
pub fn python_files() -> Result<Files> {
    archive::contents(&root().join("blender_bridge"), |path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_own = |name: &str| {
            [MANIFEST, "LICENSE"].contains(&name)
                || ENDINGS.iter().any(|ending| name.ends_with(ending))
        };
        if path.is_dir() { !LEFT_OUT.contains(&&*name) } else { is_own(&name) }
    })
}

/// An error unless everything that Blender or the loader reads tells this version.
pub fn check_versions(files: &Files, version: &str) -> Result<()> {
    let tuple = format!("\"version\": ({}),", version.replace('.', ", "));
    for (name, line) in [
        (MANIFEST, format!("\nversion = \"{version}\"\n")),
        ("__init__.py", tuple),
        ("version.py", format!("\n__version__ = \"{version}\"\n")),
    ] {
        if !String::from_utf8_lossy(&files[name]).contains(&line) {
            bail!("blender_bridge/{name} does not tell version {version}: no {}", line.trim());
        }
    }
    Ok(())
}

/// The licences of the native library, which differ from the add-on's own (`LICENSE`).
pub fn add_licences(files: &mut Files) -> Result<()> {
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        files.insert(format!("licenses/library/{name}"), fs::read(root().join(name))?);
    }
    files.insert("licenses/library/THIRD-PARTY.txt".into(), notices::third_party()?.into_bytes());
    Ok(())
}

/// Names these platforms in the manifest, so that Blender refuses the zip on others.
pub fn name_platforms(files: &mut Files, platforms: &[&Platform]) -> Result<()> {
    let names: Vec<String> =
        platforms.iter().map(|platform| format!("\"{}\"", platform.blender)).collect();
    let manifest = String::from_utf8(files[MANIFEST].clone())?;
    if manifest.lines().filter(|line| line.starts_with(PLATFORMS)).count() != 1 {
        bail!("{MANIFEST} has no line `{PLATFORMS}…`");
    }
    let lines = manifest.lines().map(|line| match line.starts_with(PLATFORMS) {
        true => format!("{PLATFORMS}[{}]\n", names.join(", ")),
        false => format!("{line}\n"),
    });
    files.insert(MANIFEST.into(), lines.collect::<String>().into_bytes());
    Ok(())
}
