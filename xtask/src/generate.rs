//! `cargo xtask generate`: everything that follows from the signatures in `src/ffi`.
//!
//! The header comes from cbindgen (`build.rs`). The Python declarations are written here from the same
//! sources, so that they cannot drift; `--check` compares instead of writing.

mod python;
mod source;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, root, run};

/// Where the Python declarations lie.
const PYTHON: &str = "blender_bridge/native/declarations.py";

/// `generate [--check]`.
pub fn generate(arguments: &[String]) -> Result<()> {
    let declarations = python::declarations(&source::parse(&root().join("src/ffi"))?);
    let path = root().join(PYTHON);
    match arguments {
        [] => {
            run(cargo().args(["check", "--quiet"]).env("HEMLINE_UPDATE_HEADER", "1"))?;
            fs::create_dir_all(path.parent().expect("a file in a folder"))?;
            fs::write(&path, declarations).with_context(|| format!("cannot write {PYTHON}"))
        }
        // The header is compared by tests/header_is_current.rs.
        [flag] if flag == "--check" => {
            if fs::read_to_string(&path).unwrap_or_default() != declarations {
                bail!("{PYTHON} is out of date; regenerate and commit it: cargo xtask generate");
            }
            Ok(())
        }
        _ => bail!("generate takes nothing or --check, found {arguments:?}"),
    }
}
