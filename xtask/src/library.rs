//! The release build of the library, which everything outside Rust uses.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{printed, root, run, target};
use crate::{compile, folder};

/// The shared and the static library, where this machine's compiler makes them.
const FILES: [&str; 5] =
    ["libhemline.so", "libhemline.dylib", "hemline.dll", "libhemline.a", "hemline.lib"];

/// Builds the shared and the static library, and puts them into `target/release`, where all that uses them looks:
/// copies, as Cargo has links there to what a plain `cargo build --release` compiled, and puts them back itself.
pub fn build() -> Result<()> {
    let host = printed(Command::new("rustc").args(["--print", "host-tuple"]))?;
    run(&mut compile::command("build", &host)?)?;
    let (built, release) = (compile::folder(&host), target().join("release"));
    for file in FILES.into_iter().filter(|file| built.join(file).exists()) {
        folder::copy_file(&built.join(file), &release.join(file))?;
    }
    if cfg!(target_os = "linux") {
        // The name that programs linked to the library look for.
        let name = format!("libhemline.so.{}", abi_version()?);
        link("libhemline.so", &release.join(name))?;
    }
    Ok(())
}

/// The number of the binary interface, from the header.
pub fn abi_version() -> Result<u32> {
    let header = fs::read_to_string(root().join("include/hemline.h"))?;
    let number = header.lines().find_map(|line| line.strip_prefix("#define HEM_ABI_VERSION "));
    let number = number.context("include/hemline.h does not define HEM_ABI_VERSION")?;
    Ok(number.parse()?)
}

/// Makes the symbolic link `path`, in place of one that is there.
#[cfg(unix)]
pub fn link(to: &str, path: &Path) -> Result<()> {
    match fs::read_link(path) {
        Ok(found) if found == Path::new(to) => return Ok(()),
        Ok(_) => fs::remove_file(path)?,
        Err(_) => {}
    }
    std::os::unix::fs::symlink(to, path).with_context(|| format!("cannot link {}", path.display()))
}

/// Where there are no symbolic links, nothing looks for one.
#[cfg(not(unix))]
pub fn link(_to: &str, _path: &Path) -> Result<()> {
    Ok(())
}

/// The version of library and add-on, from the root's Cargo.toml.
pub fn version() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.strip_suffix('"'));
    Ok(version.context("Cargo.toml has no line `version = \"…\"`")?.to_owned())
}
