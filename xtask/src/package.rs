//! `cargo xtask package`: the Blender add-on as users install it.
//!
//! - an extension (Blender 4.2 and later) with the libraries of all platforms, and one for each platform,
//! - a legacy add-on (Blender 3.4 to 4.1) with the libraries of all platforms.

mod contents;
pub mod notices;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::archive::{self, Files};
use crate::command::target;
use crate::library;
use crate::platform::{self, Platform};

/// The add-on's name for Blender: folder of the legacy add-on, `id` of the extension.
const NAME: &str = "hemline";

/// Contents of the libraries.
type Libraries = BTreeMap<&'static Platform, Vec<u8>>;

/// Where the zips go unless told otherwise.
pub fn folder() -> PathBuf {
    target().join("package")
}

/// `package [--library OS-ARCH=FILE]... [--output FOLDER]`.
///
/// The library of the machine that runs this is built unless it is given.
pub fn package(arguments: &[String]) -> Result<()> {
    let mut output = folder();
    let mut given = BTreeMap::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--output" => output = PathBuf::from(value()?),
            "--library" => {
                let (platform, path) = named_library(value()?)?;
                given.insert(platform, path);
            }
            other => bail!("package does not know {other}"),
        }
    }
    match platform::host() {
        Ok(host) if given.contains_key(host) => {}
        Ok(host) => {
            library::build()?;
            given.insert(host, target().join("release").join(host.shared_library()));
        }
        Err(error) if given.is_empty() => return Err(error),
        Err(_) => {}
    }
    let names: Vec<&str> = given.keys().map(|platform| platform.name).collect();
    println!(
        "package: with the libraries for {} (others: --library OS-ARCH=FILE)",
        names.join(", ")
    );
    write(&output, given)
}

/// All zips, with the libraries in these files.
pub fn write(output: &Path, libraries: BTreeMap<&'static Platform, PathBuf>) -> Result<()> {
    let read = |(platform, path): (&'static Platform, PathBuf)| {
        Ok((platform, platform.read_library(&path)?))
    };
    write_all(output, &libraries.into_iter().map(read).collect::<Result<_>>()?)
}

/// `linux-x86_64=FILE`.
pub fn named_library(text: &str) -> Result<(&'static Platform, PathBuf)> {
    let (name, path) = text
        .split_once('=')
        .with_context(|| format!("--library {text}: expected OS-ARCH=FILE, as linux-x86_64=…"))?;
    Ok((platform::named(name)?, PathBuf::from(path)))
}

fn write_all(output: &Path, libraries: &Libraries) -> Result<()> {
    let version = library::version()?;
    let mut common = contents::python_files()?;
    contents::check_versions(&common, &version)?;
    contents::add_licences(&mut common)?;
    fs::create_dir_all(output)?;

    let extension = |platforms: &[&Platform], suffix: &str| {
        let mut files = with_libraries(&common, libraries, platforms)?;
        contents::name_platforms(&mut files, platforms)?;
        archive::zip(&output.join(format!("{NAME}-{version}{suffix}.zip")), "", &files)
    };
    let all: Vec<&Platform> = libraries.keys().copied().collect();
    extension(&all, "")?;
    for platform in &all {
        // The names that Blender's own `extension build --split-platforms` gives.
        extension(&[platform], &format!("-{}", platform.blender.replace('-', "_")))?;
    }
    let mut legacy = with_libraries(&common, libraries, &all)?;
    // Blender 4.2 and later would take a folder with a manifest for an extension.
    legacy.remove(contents::MANIFEST);
    let path = output.join(format!("{NAME}-{version}-legacy.zip"));
    archive::zip(&path, &format!("{NAME}/"), &legacy)
}

/// The common files and these platforms' libraries, where `blender_bridge/native/loader.py` looks.
fn with_libraries(common: &Files, libraries: &Libraries, platforms: &[&Platform]) -> Result<Files> {
    let mut files = common.clone();
    for platform in platforms {
        let path = format!("lib/{}/{}", platform.name, platform.released_library()?);
        files.insert(path, libraries[platform].clone());
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn zip(path: &Path) -> zip::ZipArchive<fs::File> {
        zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap()
    }

    fn libraries_in(path: &Path) -> Vec<String> {
        let zip = zip(path);
        let names = zip.file_names().map(|name| name.unwrap().into_owned());
        names.filter(|name| name.contains("/libhem")).collect()
    }

    #[test]
    fn each_zip_has_its_platforms_and_the_same_bytes_each_time() {
        let version = library::version().unwrap();
        let folder = target().join("test-package");
        let platforms = ["linux-x86_64", "linux-aarch64"];
        let libraries = platforms.map(|name| (platform::named(name).unwrap(), name.into()));
        let libraries = BTreeMap::from(libraries);
        let path = |suffix: &str| folder.join(format!("{NAME}-{version}{suffix}.zip"));
        let suffixes = ["", "-linux_x64", "-linux_arm64", "-legacy"];
        let runs = [(); 2].map(|()| {
            write_all(&folder, &libraries).unwrap();
            suffixes.map(|suffix| fs::read(path(suffix)).unwrap())
        });
        assert!(runs[0] == runs[1]);

        let file = |platform: &str| format!("lib/{platform}/libhemline-{version}.so");
        assert_eq!(libraries_in(&path("-linux_arm64")), [file("linux-aarch64")]);
        assert_eq!(libraries_in(&path("")), [file("linux-aarch64"), file("linux-x86_64")]);
        assert_eq!(libraries_in(&path("-legacy")).len(), 2);
        let mut manifest = String::new();
        zip(&path("")).by_name(contents::MANIFEST).unwrap().read_to_string(&mut manifest).unwrap();
        assert!(manifest.contains("\nplatforms = [\"linux-arm64\", \"linux-x64\"]\n"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_library_is_given_with_its_platform() {
        let (platform, path) = named_library("windows-x86_64=some=where.dll").unwrap();
        assert_eq!((platform.name, path), ("windows-x86_64", "some=where.dll".into()));
        assert!(named_library("linux-x86_64").is_err());
        assert!(named_library("amiga-68k=lib.so").is_err());
    }
}
