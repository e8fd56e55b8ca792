//! `cargo xtask unity`: the Unity package with its binaries, ready for Unity's package manager.
//!
//! `unity/` in the repository has no binaries, only their import settings. Here each library that is to
//! be had is copied in under a name that carries the version, with the settings beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{root, target};
use crate::generate::{csharp, source, unity_meta};
use crate::package::{self, notices};
use crate::platform::{self, Platform};
use crate::{archive, folder, library};

/// What the crates inside the library ask for, under the name that Unity's packages have for it.
const NOTICES: &str = "Third Party Notices.md";

/// `unity [--library OS-ARCH=FILE]... [--output FOLDER]`; without any library: that of this machine.
pub fn unity(arguments: &[String]) -> Result<()> {
    let mut output = target().join("unity");
    let mut libraries = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--output" => output = PathBuf::from(value()?),
            "--library" => libraries.push(package::named_library(value()?)?),
            other => bail!("unity does not know {other}"),
        }
    }
    if libraries.is_empty() {
        library::build()?;
        libraries.push(own_library()?);
    }
    write(&output, &libraries)
}

/// The package as an archive for Unity's package manager, and as a folder beside it.
pub fn write(output: &Path, libraries: &[(&'static Platform, PathBuf)]) -> Result<()> {
    // Unity's archives have one folder of this name.
    let package = output.join("package");
    assemble(&package, libraries)?;
    let archive = output.join(format!("com.hemline.hemline-{}.tgz", library::version()?));
    archive::tar_gz(&archive, &package)
}

/// The platform that this runs on, and its release build.
pub fn own_library() -> Result<(&'static Platform, PathBuf)> {
    let platform = platform::host()?;
    Ok((platform, target().join("release").join(platform.shared_library())))
}

/// The package as a folder, made anew.
pub fn assemble(package: &Path, libraries: &[(&'static Platform, PathBuf)]) -> Result<()> {
    if package.exists() {
        fs::remove_dir_all(package)?;
    }
    let unity = root().join("unity");
    folder::copy(&unity, package, |path| path != unity.join("Plugins"))?;
    fs::copy(unity.join("Plugins.meta"), package.join("Plugins.meta"))?;
    fs::write(package.join(NOTICES), notices::third_party()?)?;
    fs::write(package.join(format!("{NOTICES}.meta")), unity_meta::text(&unity.join(NOTICES)))?;
    let name = csharp::library_name(&source::parse(&root().join("src/ffi"))?)?;
    for (platform, library) in libraries {
        add_library(package, platform, &platform.read_library(library)?, &name)?;
    }
    Ok(())
}

fn add_library(package: &Path, platform: &Platform, library: &[u8], name: &str) -> Result<()> {
    let folder =
        platform.unity.with_context(|| format!("Unity takes none for {}", platform.name))?;
    let file = platform.library_called(name);
    let (settings, plugins) = (root().join("unity/Plugins"), package.join("Plugins"));
    let copy_settings = |from: String, to: String| {
        folder::copy_file(&settings.join(from + ".meta"), &plugins.join(to + ".meta"))
    };
    copy_settings(format!("{folder}/{}", platform.shared_library()), format!("{folder}/{file}"))?;
    // The folders on the way, each with its own settings.
    for part in Path::new(folder).ancestors().filter(|part| !part.as_os_str().is_empty()) {
        copy_settings(part.display().to_string(), part.display().to_string())?;
    }
    let path = plugins.join(folder).join(file);
    fs::write(&path, library).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_has_the_librarys_version() {
        let manifest = fs::read_to_string(root().join("unity/package.json")).unwrap();
        assert!(manifest.contains(&format!("\"version\": \"{}\"", library::version().unwrap())));
    }

    #[test]
    fn imported_name_has_the_librarys_version() {
        let abi = source::parse(&root().join("src/ffi")).unwrap();
        let version = library::version().unwrap().replace('.', "_");
        assert_eq!(csharp::library_name(&abi).unwrap(), format!("hemline_{version}"));
    }

    #[test]
    fn what_unity_does_not_take_is_refused() {
        let folder = target().join("test-unity");
        let arm = &platform::LINUX_AARCH64;
        let error = add_library(&folder, arm, b"", "hemline").unwrap_err();
        assert!(error.to_string().contains("linux-aarch64"), "{error:#}");
        assert!(!folder.exists());
    }

    #[test]
    fn every_platform_has_import_settings() {
        for platform in platform::ALL {
            let Some(folder) = platform.unity else { continue };
            let meta = format!("unity/Plugins/{folder}/{}.meta", platform.shared_library());
            let text = fs::read_to_string(root().join(&meta)).unwrap();
            assert!(text.contains("PluginImporter:"), "{meta}");
        }
    }
}
