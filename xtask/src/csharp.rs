//! The step `csharp` of `cargo xtask test`: the Unity package's C# under mono, the runtime that Unity's
//! editor embeds, against the release build of the library.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{command, is_installed, root, run, target};
use crate::test::Outcome;
use crate::{library, unity, venv};

/// Debian's package of Newtonsoft.Json, which Unity has as a package.
const NEWTONSOFT: &str = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";

/// Compiles the package and its tests, lets Python and Blender write what is expected, and compares.
pub fn test() -> Result<Outcome> {
    let tools = ["mcs", "mono", "nunit-console", "gcc", "aarch64-linux-gnu-gcc"];
    let missing: Vec<&str> = tools.into_iter().filter(|tool| !is_installed(tool)).collect();
    if !missing.is_empty() || !Path::new(NEWTONSOFT).exists() {
        let what = if missing.is_empty() { vec![NEWTONSOFT] } else { missing };
        return Ok(Outcome::Skipped(format!("no {} (see .ci/run)", what.join(" and "))));
    }
    library::build()?;
    let (platform, library) = unity::own_library()?;
    let package = unity::assemble(&[(platform, library)])?;
    let build = target().join("csharp");
    fs::create_dir_all(&build)?;
    compile(&package, &build)?;
    copy_plugin(&package, &build)?;

    let python = venv::python("python", "tests/python/requirements.txt")?;
    let expected = build.join("expected");
    run(command(&python).arg("tests/csharp/write_expected.py").arg(&expected))?;
    let blender = venv::blender("4.2")?;
    run(command(&blender).arg("tests/csharp/write_retarget.py").arg(&expected))?;
    let case = build.join("retarget_case");
    run(command(&blender).arg("tests/blender/write_retarget_case.py").arg(&case))?;

    run(command("nunit-console")
        .current_dir(&build)
        .args(["-nologo", "-noresult", "-noshadow", "-domain=None", "Hemline.Tests.dll"])
        .env("HEMLINE_EXPECTED", &expected)
        .env("HEMLINE_RETARGET_CASE", &case)
        .env("HEMLINE_SAMPLE_RETARGET", root().join("tests/assets/retarget")))?;
    let compare = ["examples/retarget_case.py", "compare"];
    run(command(&python).args(compare).arg(&case).arg(case.join("csharp")))?;
    Ok(Outcome::Passed)
}

/// The package's assembly, the program that the loader's tests start, and the tests.
fn compile(package: &Path, build: &Path) -> Result<()> {
    let tests = root().join("tests/csharp");
    mcs(build, "Hemline.dll", &[NEWTONSOFT], &[package.join("Runtime")])?;
    mcs(build, "LoaderProbe.exe", &["Hemline.dll"], &[tests.join("LoaderProbe.cs")])?;
    let sources = [tests.join("native"), package.join("Tests"), package.join("Samples~")];
    mcs(build, "Hemline.Tests.dll", &["Hemline.dll", NEWTONSOFT], &sources)
}

/// Compiles all C# files in some folders, warnings as errors.
fn mcs(build: &Path, output: &str, references: &[&str], sources: &[PathBuf]) -> Result<()> {
    let mut files = Vec::new();
    for source in sources {
        collect(source, &mut files)?;
    }
    let kind = if output.ends_with(".exe") { "exe" } else { "library" };
    run(command("mcs")
        .current_dir(build)
        .args(["-langversion:latest", "-unsafe", "-warn:4", "-warnaserror", "-pkg:nunit"])
        .arg(format!("-target:{kind}"))
        .arg(format!("-out:{output}"))
        .args(references.iter().map(|reference| format!("-r:{reference}")))
        .args(files))
    .with_context(|| format!("{output} does not compile"))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "cs") {
        files.push(path.to_owned());
    }
    files.sort();
    Ok(())
}

/// Mono looks for native libraries beside an assembly; Unity looks in the package's `Plugins`.
fn copy_plugin(package: &Path, build: &Path) -> Result<()> {
    for entry in fs::read_dir(package.join("Plugins/Linux/x86_64"))? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension != "meta") {
            fs::copy(&file, build.join(file.file_name().expect("a file has a name")))?;
        }
    }
    Ok(())
}
