//! What the add-on's zips hold besides libraries.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::notices;
use super::platform::Platform;
use crate::archive::Files;
use crate::command::root;

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
    let mut files = Files::new();
    add_folder(&mut files, &root().join("blender_bridge"), "")?;
    Ok(files)
}

fn add_folder(files: &mut Files, folder: &Path, prefix: &str) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?;
        if path.is_dir() {
            if !LEFT_OUT.contains(&name) {
                add_folder(files, &path, &format!("{prefix}{name}/"))?;
            }
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending))
            || [MANIFEST, "LICENSE"].contains(&name)
        {
            files.insert(format!("{prefix}{name}"), read(&path)?);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
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
        files.insert(format!("licenses/library/{name}"), read(&root().join(name))?);
    }
    files.insert("licenses/library/THIRD-PARTY.txt".into(), notices::third_party()?.into_bytes());
    Ok(())
}

/// Names these platforms in the manifest, so that Blender refuses the zip on others.
pub fn name_platforms(files: &mut Files, platforms: &[Platform]) -> Result<()> {
    let names: Vec<String> =
        platforms.iter().map(|platform| format!("\"{}\"", platform.blender_name())).collect();
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
