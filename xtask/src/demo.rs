//! `cargo xtask demo`: the main job, in Blender as a module or as an executable.

use anyhow::{Context, Result, bail};

use crate::command::{command, root, run, target};
use crate::{library, venv};

/// The Blender that the demo runs in unless told otherwise.
const DEFAULT_BPY: &str = "4.2";

/// `demo [--bpy VERSION | --blender PATH] [arguments of blender_bridge.demo]`.
pub fn demo(arguments: &[String]) -> Result<()> {
    let mut bpy = DEFAULT_BPY.to_owned();
    let mut blender = None;
    let mut passed_on = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value =
            || rest.next().cloned().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--bpy" => bpy = value()?,
            "--blender" => blender = Some(value()?),
            "--size" | "--output" => passed_on.extend([argument.clone(), value()?]),
            "--fallback" => passed_on.push(argument.clone()),
            other => bail!("demo does not know {other}"),
        }
    }
    if !passed_on.iter().any(|argument| argument == "--output") {
        passed_on.extend(["--output".into(), target().join("demo").display().to_string()]);
    }
    library::build()?;
    let mut job = match blender {
        Some(executable) => {
            let script = root().join("blender_bridge/demo/__main__.py");
            let mut job = command(executable);
            job.args(["--background", "--factory-startup", "--python-exit-code", "1", "--python"]);
            job.arg(script).arg("--");
            job
        }
        None => {
            let mut job = command(venv::blender(&bpy)?);
            job.args(["-m", "blender_bridge.demo"]);
            job
        }
    };
    run(job.args(passed_on))
}
