//! No released file tells where it was made.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::archive;
use crate::command::{printed, root, target};

/// An error that names the first of a folder's files that holds a path of this machine, inside archives too.
pub fn check(folder: &Path, names: &[String]) -> Result<()> {
    let own = own_folders()?;
    for name in names {
        if let Some(found) = find(&archive::unpacked(&folder.join(name))?, &own) {
            bail!("{name} holds a path of this machine: {found}");
        }
    }
    Ok(())
}

/// Folders that only this machine has: the user's, Cargo's, Rust's, the project's, and where it is built.
fn own_folders() -> Result<Vec<PathBuf>> {
    let named = ["HOME", "CARGO_HOME"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    let rust = PathBuf::from(printed(Command::new("rustc").args(["--print", "sysroot"]))?);
    // A home that is the root folder tells nothing.
    let is_own = |folder: &PathBuf| folder.parent().is_some();
    Ok(named.chain([rust, root(), target()]).filter(is_own).collect())
}

/// The first path in the bytes that lies in one of the folders, up to where its text ends.
fn find(bytes: &[u8], folders: &[PathBuf]) -> Option<String> {
    let starts: Vec<String> =
        folders.iter().map(|folder| format!("{}/", folder.display())).collect();
    let is_start =
        |&at: &usize| starts.iter().any(|start| bytes[at..].starts_with(start.as_bytes()));
    let at = (0..bytes.len()).filter(|&at| bytes[at] == b'/').find(is_start)?;
    let text: Vec<u8> = bytes[at..].iter().copied().take_while(u8::is_ascii_graphic).collect();
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_path_of_this_machine_is_found_in_every_kind_of_file() {
        let folder = target().join("test-paths");
        let inside = folder.join("inside");
        fs::create_dir_all(&inside).unwrap();
        let source = root().join("src/lib.rs").display().to_string();
        for (text, is_clean) in [("/crates/faer/src/lib.rs", true), (source.as_str(), false)] {
            let bytes = format!("\0\x01{text}\0\x02").into_bytes();
            fs::write(inside.join("library"), &bytes).unwrap();
            fs::write(folder.join("plain"), &bytes).unwrap();
            archive::tar_gz(&folder.join("all.tar.gz"), &inside).unwrap();
            archive::zip(&folder.join("all.zip"), "", &[("library".into(), bytes)].into()).unwrap();
            for name in ["plain", "all.tar.gz", "all.zip"] {
                let result = check(&folder, &[name.into()]);
                assert_eq!(result.is_ok(), is_clean, "{name}: {result:?}");
                assert!(result.err().is_none_or(|error| error.to_string().ends_with(text)));
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
