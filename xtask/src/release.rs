//! `cargo xtask release`: every file that a release publishes, with a manifest and checksums.
//!
//! What this machine cannot build is left out, on the screen and in the manifest; what it builds and what
//! then fails a check ends the command.

mod manifest;
mod native;
mod paths;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::binary::Binary;
use crate::command::{command, printed, run, target};
use crate::platform::{self, Platform};
use crate::test::Outcome;
use crate::{library, package, unity};

const CHECKSUMS: &str = "SHA256SUMS";

/// Left out of the test for the time that its compilation takes: macOS' other processor stands for both.
const UNTESTED: Platform = platform::MACOS_X86_64;

/// Python tests of this machine's archive. Step `python` runs all of them on the same object code, and the C tests call
/// every function of the archive's library: what the other link can change is how threads, files and the system's
/// mathematics are reached.
const PYTHON_TESTS: [&str; 3] = [
    "tests/python/test_runtime.py",
    "tests/python/test_field.py",
    "tests/python/test_weight_stage.py",
];

/// A platform whose library was built and checked.
struct Built {
    platform: &'static Platform,
    binary: Binary,
}

impl Built {
    /// As the add-on's and Unity's packages take it.
    fn library(&self) -> (&'static Platform, PathBuf) {
        (self.platform, self.platform.folder().join(self.platform.shared_library()))
    }
}

/// A platform that this machine cannot build, and what it lacks.
struct Absent {
    platform: &'static Platform,
    reason: String,
}

impl fmt::Display for Absent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.platform.name, self.reason)
    }
}

/// `release [--platform NAME]... [--output FOLDER]`; without `--platform` all of them.
pub fn release(arguments: &[String]) -> Result<()> {
    let mut output = target().join("release-artifacts");
    let mut wanted = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--output" => output = std::path::absolute(value()?)?,
            "--platform" => wanted.push(platform::named(value()?)?),
            other => bail!("release does not know {other}"),
        }
    }
    if wanted.is_empty() {
        wanted.extend(platform::ALL);
    }
    make(&wanted, &output)?;
    Ok(())
}

/// Builds and writes all files; returns what was left out.
fn make(wanted: &[&'static Platform], output: &Path) -> Result<Vec<Absent>> {
    let (built, absent) = build(wanted)?;
    if built.is_empty() {
        bail!("this machine can build none of the platforms");
    }
    write(output, &built, &absent)?;
    Ok(absent)
}

/// Builds what can be built, one platform after the other.
fn build(wanted: &[&'static Platform]) -> Result<(Vec<Built>, Vec<Absent>)> {
    let (mut built, mut absent) = (Vec::new(), Vec::new());
    for &platform in wanted {
        println!("-- {}", platform.name);
        match platform.missing_tools() {
            None => built.push(Built { platform, binary: platform.build()? }),
            Some(reason) => {
                absent.push(Absent { platform, reason });
                eprintln!("release: WITHOUT {}", absent[absent.len() - 1]);
            }
        }
    }
    Ok((built, absent))
}

fn write(output: &Path, built: &[Built], absent: &[Absent]) -> Result<()> {
    if output.exists() {
        fs::remove_dir_all(output)?;
    }
    fs::create_dir_all(output)?;
    for item in built {
        native::write(output, item.platform)?;
    }
    write_addon(output, built)?;
    write_unity(output, built)?;
    let manifest = manifest::text(output, built, absent)?;
    fs::write(output.join(manifest::NAME), manifest)?;
    paths::check(output, &file_names(output)?)?;
    fs::write(output.join(CHECKSUMS), checksums(output)?)?;
    println!("{}", output.display());
    Ok(())
}

/// The add-on with the libraries that were built, and with no others.
fn write_addon(output: &Path, built: &[Built]) -> Result<()> {
    package::write(output, built.iter().map(Built::library).collect())
}

fn write_unity(output: &Path, built: &[Built]) -> Result<()> {
    let takes = |item: &&Built| item.platform.unity.is_some();
    let libraries: Vec<_> = built.iter().filter(takes).map(Built::library).collect();
    if libraries.is_empty() {
        return Ok(());
    }
    // A folder lies beside the archive there.
    let folder = target().join("unity");
    unity::write(&folder, &libraries)?;
    let name = format!("com.hemline.hemline-{}.tgz", library::version()?);
    fs::copy(folder.join(&name), output.join(&name))?;
    Ok(())
}

/// What `sha256sum` says of every file, in the order of their names.
fn checksums(folder: &Path) -> Result<String> {
    let names = file_names(folder)?;
    Ok(printed(command("sha256sum").current_dir(folder).args(names))? + "\n")
}

/// Names of the files in a folder, sorted, apart from the checksums.
fn file_names(folder: &Path) -> Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| {
        let name = entry?.file_name();
        name.into_string().ok().context("a name in UTF-8")
    });
    let mut names = names.collect::<Result<Vec<String>>>()?;
    names.retain(|name| name != CHECKSUMS);
    names.sort();
    Ok(names)
}

/// A whole release but for [`UNTESTED`]: its checksums, the same bytes when it is made again, and the C
/// tests and some of Python's with nothing but what is in this machine's archive.
pub fn test(python: &Path) -> Result<Outcome> {
    let wanted = platform::ALL.into_iter().filter(|platform| **platform != UNTESTED);
    let wanted: Vec<&Platform> = wanted.collect();
    let output = target().join("test-release");
    let absent = make(&wanted, &output)?;
    run(command("sha256sum").args(["--check", "--quiet", CHECKSUMS]).current_dir(&output))?;
    let sums = fs::read(output.join(CHECKSUMS))?;
    make(&wanted, &output)?;
    if fs::read(output.join(CHECKSUMS))? != sums {
        bail!("a release that is made again has other bytes");
    }
    let archive = output.join(native::file_name(&platform::LINUX_X86_64)?);
    let mut users = command(python);
    users.arg("tests/platforms/try_archive.py").arg(archive);
    run(users.arg("--pytest").args(PYTHON_TESTS))?;
    if absent.is_empty() {
        return Ok(Outcome::Passed);
    }
    let absent: Vec<String> = absent.iter().map(Absent::to_string).collect();
    Ok(Outcome::Skipped(absent.join("; ")))
}
