//! `cargo xtask generate`: everything that follows from the signatures in `src/ffi`.
//!
//! The header comes from cbindgen (`build.rs`). The Python and the C# declarations and the list
//! of symbols are written here from the same sources, so that they cannot drift; `--check` compares
//! instead of writing. New assets of the Unity package get their `.meta` files.

pub mod csharp;
mod python;
pub mod source;
mod symbols;
pub mod unity_meta;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, root, run};

/// Where the Python declarations lie.
const PYTHON: &str = "blender_bridge/native/declarations.py";

/// Where the C# declarations lie.
const CSHARP: &str = "unity/Runtime/Native/NativeMethods.g.cs";

/// Where the list of symbols lies.
const SYMBOLS: &str = "include/hemline.symbols";

/// `generate [--check]`.
pub fn generate(arguments: &[String]) -> Result<()> {
    let folder = root().join("src/ffi");
    let abi = source::parse(&folder)?;
    let files = [
        (PYTHON, python::declarations(&abi)),
        (CSHARP, csharp::declarations(&abi, &folder)?),
        (SYMBOLS, symbols::symbols(&abi)),
    ];
    match arguments {
        [] => {
            run(cargo().args(["check", "--quiet"]).env("HEMLINE_UPDATE_HEADER", "1"))?;
            files.iter().try_for_each(|(file, text)| write(file, text))?;
            for (meta, text) in unity_meta::missing()? {
                fs::write(&meta, text)
                    .with_context(|| format!("cannot write {}", meta.display()))?;
            }
            Ok(())
        }
        // The header is compared by tests/header_is_current.rs.
        [flag] if flag == "--check" => {
            files.iter().try_for_each(|(file, text)| compare(file, text))
        }
        _ => bail!("generate takes nothing or --check, found {}", arguments.join(" ")),
    }
}

fn write(file: &str, text: &str) -> Result<()> {
    let path = root().join(file);
    fs::create_dir_all(path.parent().expect("a file in a folder"))?;
    fs::write(&path, text).with_context(|| format!("cannot write {file}"))
}

fn compare(file: &str, text: &str) -> Result<()> {
    if fs::read_to_string(root().join(file)).unwrap_or_default() != text {
        bail!("{file} is out of date; regenerate and commit it: cargo xtask generate");
    }
    Ok(())
}
