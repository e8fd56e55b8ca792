//! `cargo xtask unity`: the Unity package with its binaries, ready for Unity's package manager.
//!
//! `unity/` in the repository has no binaries, only their import settings. Here each library that is to
//! be had is copied in under a name that carries the version, with the settings beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::archive;
use crate::command::{root, target};
use crate::generate::{csharp, source};
use crate::library;

/// Platforms by the name of their release files: folder under `Plugins/`, and the file's name.
const PLATFORMS: [(&str, &str, &str); 4] = [
    ("windows-x86_64", "Windows/x86_64", "hemline.dll"),
    ("linux-x86_64", "Linux/x86_64", "libhemline.so"),
    ("macos-x86_64", "macOS/x86_64", "libhemline.dylib"),
    ("macos-aarch64", "macOS/arm64", "libhemline.dylib"),
];

/// `unity [PLATFORM=LIBRARY ...]`; without any: the release build for this machine.
pub fn unity(arguments: &[String]) -> Result<()> {
    let mut libraries = Vec::new();
    for argument in arguments {
        let Some((platform, file)) = argument.split_once('=') else {
            bail!("`{argument}`: expected PLATFORM=LIBRARY");
        };
        libraries.push((platform.to_owned(), PathBuf::from(file)));
    }
    if libraries.is_empty() {
        library::build()?;
        libraries.push(own_library()?);
    }
    println!("{}", target().join("unity/package").display());
    archive_of(&libraries)?;
    Ok(())
}

/// The package with these platforms' libraries as an archive; returns its path.
pub fn archive_of(libraries: &[(String, PathBuf)]) -> Result<PathBuf> {
    let package = assemble(libraries)?;
    let archive = package.with_file_name(format!("com.hemline.hemline-{}.tgz", version()?));
    archive::tar_gz(&archive, &package)?;
    Ok(archive)
}

/// The platform that this runs on, and its release build.
pub fn own_library() -> Result<(String, PathBuf)> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let (_, _, file) = known(&platform)?;
    Ok((platform, target().join("release").join(file)))
}

/// The package as a folder, `target/unity/package`, made anew.
pub fn assemble(libraries: &[(String, PathBuf)]) -> Result<PathBuf> {
    let package = target().join("unity/package");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    let unity = root().join("unity");
    copy_folder(&unity, &package, &|path| path != unity.join("Plugins"))?;
    fs::copy(unity.join("Plugins.meta"), package.join("Plugins.meta"))?;
    let name = csharp::library_name(&source::parse(&root().join("src/ffi"))?)?;
    for (platform, library) in libraries {
        add_library(&package, platform, library, &name)?;
    }
    Ok(package)
}

fn add_library(package: &Path, platform: &str, library: &Path, name: &str) -> Result<()> {
    let (_, folder, file) = known(platform)?;
    let versioned = file.replace("hemline", name);
    let plugins = package.join("Plugins");
    let into = plugins.join(folder);
    fs::create_dir_all(&into)?;
    fs::copy(library, into.join(&versioned))
        .with_context(|| format!("cannot copy {}", library.display()))?;
    let settings = root().join("unity/Plugins").join(folder);
    fs::copy(settings.join(format!("{file}.meta")), into.join(format!("{versioned}.meta")))?;
    // The folders on the way, each with its own settings.
    for part in Path::new(folder).ancestors().filter(|part| !part.as_os_str().is_empty()) {
        let meta = format!("{}.meta", part.display());
        fs::copy(root().join("unity/Plugins").join(&meta), plugins.join(&meta))?;
    }
    Ok(())
}

fn known(platform: &str) -> Result<(&'static str, &'static str, &'static str)> {
    let found = PLATFORMS.into_iter().find(|(name, ..)| *name == platform);
    found.with_context(|| {
        let names: Vec<&str> = PLATFORMS.iter().map(|(name, ..)| *name).collect();
        format!("{platform} is not among Unity's platforms: {}", names.join(", "))
    })
}

fn version() -> Result<String> {
    let name = csharp::library_name(&source::parse(&root().join("src/ffi"))?)?;
    Ok(name.trim_start_matches("hemline_").replace('_', "."))
}

fn copy_folder(from: &Path, to: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let copy = to.join(path.file_name().expect("an entry has a name"));
        if !wanted(&path) {
            continue;
        }
        if path.is_dir() {
            copy_folder(&path, &copy, wanted)?;
        } else {
            fs::copy(&path, &copy).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_has_the_librarys_version() {
        let manifest = fs::read_to_string(root().join("unity/package.json")).unwrap();
        assert!(manifest.contains(&format!("\"version\": \"{}\"", version().unwrap())));
    }

    #[test]
    fn every_platform_has_import_settings() {
        for (_, folder, file) in PLATFORMS {
            let meta = root().join("unity/Plugins").join(folder).join(format!("{file}.meta"));
            let text = fs::read_to_string(&meta).unwrap();
            assert!(text.contains("PluginImporter:"), "{}", meta.display());
        }
    }
}
