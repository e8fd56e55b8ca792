//! The C and C++ programs over an installed prefix, and their whole retarget compared with Blender's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::command::{command, run, target};
use crate::{install, library};

/// Installs into an empty prefix, lets `tests/installed/run.sh` build and run everything there, and compares what each
/// build made of the retarget case with what Blender made of it.
///
/// `blender` is a Python with bpy, which writes the case; `python` one with NumPy.
pub fn test(blender: &Path, python: &Path) -> Result<()> {
    let folder = target().join("consumers");
    let [prefix, case, results] = ["prefix", "case", "results"].map(|name| folder.join(name));
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    library::build()?;
    install::install_to(&prefix)?;
    let mut writer = command(blender);
    writer.arg("tests/blender/write_retarget_case.py").arg(&case);
    run(writer.env("HEMLINE_BACKEND", "native"))?;
    run(command("sh").arg("tests/installed/run.sh").args([&prefix, &case, &results]))?;
    compare(python, &case, &results)
}

fn compare(python: &Path, case: &Path, results: &Path) -> Result<()> {
    let mut found: Vec<_> =
        fs::read_dir(results)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    found.sort();
    ensure!(!found.is_empty(), "no program left a result in {}", results.display());
    for result in found {
        let script = ["examples/retarget_case.py", "compare"];
        run(command(python).args(script).arg(case).arg(&result))?;
    }
    Ok(())
}
