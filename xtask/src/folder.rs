//! Folders with all that they hold.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Files of a folder and of the folders in it, sorted, by their path from there with `/`. What `is_wanted` is
/// asked about it gets as a full path; a folder that is not wanted is left out with its files.
pub fn files(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>> {
    let mut names = Vec::new();
    list(folder, "", &is_wanted, &mut names)?;
    names.sort();
    Ok(names)
}

fn list(
    folder: &Path,
    prefix: &str,
    is_wanted: &dyn Fn(&Path) -> bool,
    names: &mut Vec<String>,
) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?;
        match is_wanted(&path) {
            true if path.is_dir() => list(&path, &format!("{prefix}{name}/"), is_wanted, names)?,
            true => names.push(format!("{prefix}{name}")),
            false => {}
        }
    }
    Ok(())
}

/// Copies the wanted files of a folder, with the folders that they are in.
pub fn copy(from: &Path, to: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<()> {
    let names = files(from, is_wanted)?;
    names.iter().try_for_each(|name| copy_file(&from.join(name), &to.join(name)))
}

/// Copies a file into a folder that is made where there is none.
pub fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().expect("a file in a folder"))?;
    // A library that programs have loaded is replaced, not overwritten, and there at every moment.
    let mut new = to.as_os_str().to_owned();
    new.push(format!(".{}", std::process::id()));
    fs::copy(from, &new)
        .and_then(|_| fs::rename(&new, to))
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}
