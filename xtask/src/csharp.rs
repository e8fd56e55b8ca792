//! The step `csharp` of `cargo xtask test`: the Unity package's C# under mono, the runtime that Unity's
//! editor embeds, against the release build of the library.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{command, is_installed, root, run, target};
use crate::test::Outcome;
use crate::{folder, library, unity, venv};

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
    let build = target().join("csharp");
    let package = build.join("package");
    unity::assemble(&package, &[unity::own_library()?])?;
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
        // What tests print, messages of provoked errors among it.
        .arg("-output=printed.txt")
        .env("HEMLINE_EXPECTED", &expected)
        .env("HEMLINE_RETARGET_CASE", &case)
        .env("HEMLINE_SAMPLE_RETARGET", root().join("tests/assets/retarget")))?;
    let compare = ["examples/retarget_case.py", "compare"];
    run(command(&python).args(compare).arg(&case).arg(case.join("csharp")))?;
    Ok(Outcome::Passed)
}

/// The package's assemblies, stand-ins for Unity's, the program that the loader's tests start, and the
/// tests.
fn compile(package: &Path, build: &Path) -> Result<()> {
    let tests = root().join("tests/csharp");
    let runtime = || package.join("Runtime");
    let (own, engine) = ("Hemline.dll", "Hemline.Engine.dll");
    let unity = "UnityStandIns.dll";
    mcs(build, own, &[NEWTONSOFT], &[runtime()])?;
    mcs(build, "LoaderProbe.exe", &[own], &[tests.join("LoaderProbe.cs")])?;
    mcs(build, unity, &[], &[tests.join("stand_ins")])?;
    mcs(build, engine, &[own, unity], &[runtime().join("Engine")])?;
    mcs(build, "Hemline.Editor.dll", &[own, engine, unity], &[package.join("Editor")])?;
    let references = [own, engine, "Hemline.Editor.dll", unity, NEWTONSOFT];
    let sources = ["native", "scenes"].map(|folder| tests.join(folder));
    let packaged = ["Tests/Editor", "Samples~"].map(|folder| package.join(folder));
    mcs(build, "Hemline.Tests.dll", &references, &[sources, packaged].concat())
}

/// Compiles the C# files of some folders, warnings as errors.
fn mcs(build: &Path, output: &str, references: &[&str], sources: &[PathBuf]) -> Result<()> {
    let mut files = Vec::new();
    for source in sources {
        match source.is_dir() {
            true => files.append(&mut sources_in(source)?),
            false => files.push(source.clone()),
        }
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

/// The C# files of a folder and of those in it, as Unity takes them: not of folders that are assemblies of their
/// own.
fn sources_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let has_ending = |path: &Path, wanted: &str| path.extension().is_some_and(|end| end == wanted);
    let is_assembly = |path: &Path| {
        fs::read_dir(path)
            .is_ok_and(|entries| entries.flatten().any(|entry| has_ending(&entry.path(), "asmdef")))
    };
    let is_wanted = |path: &Path| match path.is_dir() {
        true => !is_assembly(path),
        false => has_ending(path, "cs"),
    };
    Ok(folder::files(folder, is_wanted)?.iter().map(|name| folder.join(name)).collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::source;

    /// Exported functions that C# has no use for.
    const WITHOUT_WRAPPER: [(&str, &str); 1] =
        [("hem_status_name", "the enum `Status` has the names, and errors the text")];

    #[test]
    fn every_exported_function_has_a_wrapper_or_a_reason() {
        let abi = source::parse(&root().join("src/ffi")).unwrap();
        let files = sources_in(&root().join("unity/Runtime")).unwrap();
        let texts: Vec<String> =
            files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        let is_called =
            |name: &str| texts.iter().any(|text| text.contains(&format!("NativeMethods.{name}(")));
        let names: Vec<&str> =
            abi.functions.iter().map(|function| function.name.as_str()).collect();
        assert!(names.len() > 100);
        for name in &names {
            let has_reason = WITHOUT_WRAPPER.iter().any(|(excused, _)| excused == name);
            assert!(is_called(name) != has_reason, "{name}: wrapped, or with a reason, not both");
        }
        for (excused, _) in WITHOUT_WRAPPER {
            assert!(names.contains(&excused), "{excused} is not exported");
        }
    }
}
