//! `cargo xtask install`: headers, libraries, CMake and pkg-config files under a prefix.
//!
//! Everything below the prefix finds the rest by its own place, so that the prefix may be moved as a whole. A consumer
//! needs a C or C++ compiler and nothing of Rust.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{root, target};
use crate::package::notices;
use crate::platform::{self, Platform, System};
use crate::{folder, library};

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
    install_platform(prefix, platform::host()?, &target().join("release"))
}

/// Installs the libraries for a platform that lie in `built`, and everything that goes with them.
pub fn install_platform(prefix: &Path, platform: &Platform, built: &Path) -> Result<()> {
    for (from, to) in COPIES {
        copy(&root().join(from), &prefix.join(to))?;
    }
    write(&prefix.join("share/doc/hemline/THIRD-PARTY.txt"), &notices::third_party()?)?;
    copy(&built.join("libhemline.a"), &prefix.join("lib/libhemline.a"))?;
    copy(&built.join(platform.shared_library()), &prefix.join(place(platform)?))?;
    match platform.system {
        System::Windows => {
            // Microsoft's name for the import library, and the one that mingw prefers to a static library.
            for name in ["hemline.lib", "libhemline.dll.a"] {
                copy(&built.join("hemline.lib"), &prefix.join("lib").join(name))?;
            }
        }
        System::Linux | System::Macos => link_names(&prefix.join("lib"), platform)?,
    }
    let values = template_values(platform)?;
    for (to, template) in TEMPLATES {
        let text = values
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
        write(&prefix.join(to), &text)?;
    }
    Ok(())
}

/// Where the shared library lies in a prefix. On Windows beside programs, as its loader wants.
fn place(platform: &Platform) -> Result<String> {
    let version = library::version()?;
    Ok(match platform.system {
        System::Linux => format!("lib/libhemline.so.{version}"),
        System::Windows => "bin/hemline.dll".into(),
        System::Macos => format!("lib/libhemline.{version}.dylib"),
    })
}

/// The links that the dynamic and the static linker look for.
fn link_names(folder: &Path, platform: &Platform) -> Result<()> {
    let file = place(platform)?.replace("lib/", "");
    let name = platform.name_at_run_time()?;
    library::link(&file, &folder.join(&name))?;
    library::link(&name, &folder.join(platform.shared_library()))
}

fn template_values(platform: &Platform) -> Result<[(&'static str, String); 7]> {
    let version = library::version()?;
    let mut numbers = version.split('.').map(String::from);
    let mut number = || numbers.next().context("the version has three numbers");
    let libraries = platform.system_libraries()?;
    let name = platform.name_at_run_time()?;
    let cmake_name = match platform.system {
        System::Linux => format!("IMPORTED_SONAME \"{name}\""),
        System::Windows => "IMPORTED_IMPLIB \"${_hemline_prefix}/lib/hemline.lib\"".into(),
        System::Macos => format!("IMPORTED_SONAME \"@rpath/{name}\""),
    };
    Ok([
        ("@MAJOR@", number()?),
        ("@MINOR@", number()?),
        ("@SHARED_LIBRARY@", place(platform)?),
        ("@CMAKE_NAME@", cmake_name),
        ("@CMAKE_SYSTEM_LIBRARIES@", libraries.join(";")),
        ("@SYSTEM_LIBRARIES@", libraries.join(" ")),
        ("@VERSION@", version),
    ])
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a file in a folder"))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a file, or a folder with all that it holds.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() { folder::copy(from, to, |_| true) } else { folder::copy_file(from, to) }
}
