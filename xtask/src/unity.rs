//! `cargo xtask unity`: the Unity package with its binaries, ready for Unity's package manager.
//!
//! `unity/` in the repository has no binaries, only their import settings. Here each library that is to
//! be had is copied in under a name that carries the version, with the settings beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::command::{root, target};
use crate::generate::{csharp, source, unity_meta};
use crate::package::{self, notices, platform::Platform};
use crate::{archive, library};

/// What the crates inside the library ask for, under the name that Unity's packages have for it.
const NOTICES: &str = "Third Party Notices.md";

/// Platforms by the name of their release files: folder under `Plugins/`, and the file's name.
const PLATFORMS: [(&str, &str, &str); 4] = [
    ("windows-x86_64", "Windows/x86_64", "hemline.dll"),
    ("linux-x86_64", "Linux/x86_64", "libhemline.so"),
    ("macos-x86_64", "macOS/x86_64", "libhemline.dylib"),
    ("macos-aarch64", "macOS/arm64", "libhemline.dylib"),
];

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
pub fn write(output: &Path, libraries: &[(Platform, PathBuf)]) -> Result<()> {
    // Unity's archives have one folder of this name.
    let package = output.join("package");
    assemble(&package, libraries)?;
    let archive = output.join(format!("com.hemline.hemline-{}.tgz", library::version()?));
    archive::tar_gz(&archive, &package)
}

/// The platform that this runs on, and its release build.
pub fn own_library() -> Result<(Platform, PathBuf)> {
    let platform = Platform::host().context("hemline has no library for this machine")?;
    Ok((platform, target().join("release").join(platform.built_file_name())))
}

/// The package as a folder, made anew.
pub fn assemble(package: &Path, libraries: &[(Platform, PathBuf)]) -> Result<()> {
    if package.exists() {
        fs::remove_dir_all(package)?;
    }
    let unity = root().join("unity");
    copy_folder(&unity, package, &|path| path != unity.join("Plugins"))?;
    fs::copy(unity.join("Plugins.meta"), package.join("Plugins.meta"))?;
    fs::write(package.join(NOTICES), notices::third_party()?)?;
    fs::write(package.join(format!("{NOTICES}.meta")), unity_meta::text(&unity.join(NOTICES)))?;
    let name = csharp::library_name(&source::parse(&root().join("src/ffi"))?)?;
    for (platform, library) in libraries {
        let bytes = fs::read(library);
        let bytes = bytes.with_context(|| format!("cannot read {}", library.display()))?;
        platform.check(&bytes).with_context(|| library.display().to_string())?;
        add_library(package, &platform.to_string(), &bytes, &name)?;
    }
    Ok(())
}

fn add_library(package: &Path, platform: &str, library: &[u8], name: &str) -> Result<()> {
    let (_, folder, file) = known(platform)?;
    let versioned = file.replace("hemline", name);
    let plugins = package.join("Plugins");
    let into = plugins.join(folder);
    fs::create_dir_all(&into)?;
    fs::write(into.join(&versioned), library)?;
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
        assert!(manifest.contains(&format!("\"version\": \"{}\"", library::version().unwrap())));
    }

    #[test]
    fn imported_name_has_the_librarys_version() {
        let abi = source::parse(&root().join("src/ffi")).unwrap();
        let version = library::version().unwrap().replace('.', "_");
        assert_eq!(csharp::library_name(&abi).unwrap(), format!("hemline_{version}"));
    }

    #[test]
    fn a_library_for_another_platform_is_refused() {
        let folder = target().join("test-unity");
        let this = std::env::current_exe().unwrap();
        let given = |name: &str| [(Platform::named(name).unwrap(), this.clone())];
        assert!(assemble(&folder, &given("windows-x86_64")).is_err());
        assert!(assemble(&folder, &given("linux-aarch64")).is_err());
        fs::remove_dir_all(folder).unwrap();
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
