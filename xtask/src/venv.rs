//! Virtual environments with pinned packages, under `target/venvs`, made once for each list of packages.
//!
//! pip's own cache keeps the wheels (Blender's are 300 MB each) between clones.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{command, root, run, target};

/// Versions of Blender as a Python module that the project is tested with.
pub const BPY_VERSIONS: [&str; 3] = ["4.2", "4.5", "5.0"];

/// The Python of the environment `name`, with everything in `requirements` (a path from the root).
pub fn python(name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = target().join("venvs").join(name);
    let interpreter = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = fs::read_to_string(root().join(requirements))
        .with_context(|| format!("cannot read {requirements}"))?;
    // Steps that run at once wait for the one that makes it.
    fs::create_dir_all(folder.parent().expect("a folder in target"))?;
    let lock = fs::File::create(folder.with_file_name(format!("{name}.lock")))?;
    lock.lock()?;
    let stamp = folder.join("hemline-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(interpreter);
    }
    eprintln!("{name}: installing {requirements}");
    run(command(python311()?).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(command(&interpreter).args(pip).arg(requirements))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(interpreter)
}

/// The Python of an environment with Blender `version` as a module.
pub fn blender(version: &str) -> Result<PathBuf> {
    if !BPY_VERSIONS.contains(&version) {
        bail!("no bpy {version} here, expected one of {}", BPY_VERSIONS.join(", "));
    }
    python(&format!("bpy-{version}"), &format!("tests/blender/requirements-{version}.txt"))
}

/// A Python 3.11, which is what Blender's modules are built for; `HEMLINE_PYTHON` names another.
fn python311() -> Result<String> {
    let named = std::env::var("HEMLINE_PYTHON").ok();
    let candidates = named.into_iter().chain(["python3.11", "python3", "python"].map(String::from));
    for candidate in candidates {
        let version = Command::new(&candidate)
            .args(["-c", "import sys; print(*sys.version_info[:2])"])
            .output();
        if version.is_ok_and(|version| version.stdout.trim_ascii() == b"3 11") {
            return Ok(candidate);
        }
    }
    bail!("Python 3.11 was not found: install it, or name it in HEMLINE_PYTHON")
}
