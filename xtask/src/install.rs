//! `cargo xtask install`: headers, libraries, CMake and pkg-config files under a prefix.
//!
//! Everything below the prefix finds the rest by its own place, so that the prefix may be moved as a whole. A consumer
//! needs a C or C++ compiler and nothing of Rust.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{command, root, target};
use crate::library;
use crate::package::notices;

/// Files of CMake and pkg-config, with `@NAMES@` to fill in, and where they go.
const TEMPLATES: [(&str, &str); 5] = [
    ("lib/cmake/hemline/hemlineConfig.cmake", include_str!("../templates/hemlineConfig.cmake")),
    (
        "lib/cmake/hemline/hemlineConfigVersion.cmake",
        include_str!("../templates/hemlineConfigVersion.cmake"),
    ),
    ("lib/cmake/hemline/hemlineTargets.cmake", include_str!("../templates/hemlineTargets.cmake")),
    ("lib/pkgconfig/hemline.pc", include_str!("../templates/hemline.pc")),
    ("lib/pkgconfig/hemline-static.pc", include_str!("../templates/hemline-static.pc")),
];

/// Files and folders of the project that are installed as they are, and where they go.
const COPIES: [(&str, &str); 12] = [
    ("include/hemline", "include/hemline"),
    ("include/hemline.h", "include/hemline.h"),
    ("include/hemline.hpp", "include/hemline.hpp"),
    ("LICENSE-APACHE", "share/doc/hemline/LICENSE-APACHE"),
    ("LICENSE-MIT", "share/doc/hemline/LICENSE-MIT"),
    ("docs/abi.md", "share/doc/hemline/abi.md"),
    ("docs/c_and_cpp.md", "share/doc/hemline/c_and_cpp.md"),
    ("examples/CMakeLists.txt", "share/hemline/examples/CMakeLists.txt"),
    ("examples/README.md", "share/hemline/examples/README.md"),
    ("examples/c", "share/hemline/examples/c"),
    ("examples/cpp", "share/hemline/examples/cpp"),
    ("examples/third_party", "share/hemline/examples/third_party"),
];

/// `install --prefix DIR`.
pub fn install(arguments: &[String]) -> Result<()> {
    let [flag, prefix] = arguments else { bail!("install needs --prefix DIR") };
    if flag != "--prefix" {
        bail!("install does not know {flag}");
    }
    // Relative paths count from where the command was called.
    let prefix = std::path::absolute(prefix)?;
    library::build()?;
    install_to(&prefix)?;
    println!("installed hemline {} in {}", library::version()?, prefix.display());
    Ok(())
}

/// Installs the release build that is there.
pub fn install_to(prefix: &Path) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("install works on Linux; elsewhere take the archives of a release");
    }
    for (from, to) in COPIES {
        copy(&root().join(from), &prefix.join(to))?;
    }
    write(&prefix.join("share/doc/hemline/THIRD-PARTY.txt"), &notices::third_party()?)?;
    install_libraries(&prefix.join("lib"))?;
    let values = template_values()?;
    for (to, template) in TEMPLATES {
        let text = values
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
        write(&prefix.join(to), &text)?;
    }
    Ok(())
}

/// The shared library under its versioned name, with the links that the dynamic and the static linker look for.
fn install_libraries(folder: &Path) -> Result<()> {
    let built = target().join("release");
    let (soname, file) = (library::soname()?, format!("libhemline.so.{}", library::version()?));
    copy(&built.join("libhemline.so"), &folder.join(&file))?;
    copy(&built.join("libhemline.a"), &folder.join("libhemline.a"))?;
    library::link(&file, &folder.join(&soname))?;
    library::link(&soname, &folder.join("libhemline.so"))
}

fn template_values() -> Result<[(&'static str, String); 6]> {
    let version = library::version()?;
    let mut numbers = version.split('.').map(String::from);
    let mut number = || numbers.next().context("the version has three numbers");
    let libraries = system_libraries()?;
    Ok([
        ("@MAJOR@", number()?),
        ("@MINOR@", number()?),
        ("@SONAME@", library::soname()?),
        ("@CMAKE_SYSTEM_LIBRARIES@", libraries.join(";")),
        ("@SYSTEM_LIBRARIES@", libraries.join(" ")),
        ("@VERSION@", version),
    ])
}

/// What a program needs beside the static library, such as `-lpthread`: rustc's own answer for an empty one, since hemline
/// itself links to nothing.
fn system_libraries() -> Result<Vec<String>> {
    let folder = target().join("install");
    let source = folder.join("empty.rs");
    write(&source, "")?;
    let arguments = ["--crate-type", "staticlib", "--print", "native-static-libs", "-o"];
    let output = command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(arguments)
        .args([folder.join("libempty.a"), source])
        .output()
        .context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let list = text.lines().find_map(|line| line.strip_prefix("note: native-static-libs: "));
    let list = list.with_context(|| format!("rustc names no native-static-libs:\n{text}"))?;
    Ok(list.split_whitespace().map(String::from).collect())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a file in a folder"))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a file, or a folder with all that it holds.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(from)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        return entries
            .iter()
            .try_for_each(|entry| copy(entry, &to.join(entry.file_name().expect("an entry"))));
    }
    fs::create_dir_all(to.parent().expect("a file in a folder"))?;
    // A library that programs have loaded is replaced, not overwritten.
    if to.exists() {
        fs::remove_file(to)?;
    }
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
