//! The promise of the binary interface: what a library exports, and what may change between releases.
//!
//! Both are read from `include/hemline.symbols`, which `cargo xtask generate` writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::binary::Binary;
use crate::command::{command, root};

const SYMBOLS: &str = "include/hemline.symbols";

/// The line that holds the interface's number.
const ABI: (&str, &str) = ("constant", "HEM_ABI_VERSION");

/// Names of the functions that a library exports.
pub fn functions() -> Result<BTreeSet<String>> {
    Ok(exported(&committed()?))
}

/// A library exports the functions of the list and nothing else.
pub fn check_exports(library: &Path, binary: &Binary) -> Result<()> {
    let wanted = functions()?;
    let library = library.display();
    let first_only =
        |a: &BTreeSet<String>, b| a.difference(b).cloned().collect::<Vec<_>>().join(", ");
    let (missing, unwanted) =
        (first_only(&wanted, &binary.exports), first_only(&binary.exports, &wanted));
    ensure!(missing.is_empty(), "{library} does not export {missing}, which {SYMBOLS} names");
    ensure!(unwanted.is_empty(), "{library} exports {unwanted}, which {SYMBOLS} does not name");
    Ok(())
}

/// While the ABI's number stays that of the last release (the nearest tag `v…`), what that release had is
/// still there. Returns the tag, or None before the first release.
pub fn check_promise() -> Result<Option<String>> {
    let Some(tag) = git(&["describe", "--tags", "--abbrev=0", "--match", "v*"]) else {
        return Ok(None);
    };
    let released = git(&["show", &format!("{tag}:{SYMBOLS}")])
        .with_context(|| format!("{tag} has no {SYMBOLS}"))?;
    let broken = broken_promises(&released, &committed()?);
    if !broken.is_empty() {
        bail!(
            "since {tag} the interface changed so that built programs break; raise HEM_ABI_VERSION, or \
             take back:\n  {}",
            broken.join("\n  ")
        );
    }
    Ok(Some(tag))
}

fn committed() -> Result<String> {
    fs::read_to_string(root().join(SYMBOLS)).with_context(|| format!("cannot read {SYMBOLS}"))
}

/// The output of a git command that succeeds.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::output(command("git").args(arguments)).ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

fn exported(list: &str) -> BTreeSet<String> {
    let names = entries(list).into_keys().filter(|(kind, _)| *kind == "function");
    names.map(|(_, name)| name.to_owned()).collect()
}

/// Kind and name of each line, with the rest of it.
fn entries(list: &str) -> BTreeMap<(&str, &str), &str> {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (kind, rest) = line.split_once(' ')?;
            let (name, rest) = rest.split_once(' ')?;
            Some(((kind, name), rest))
        })
        .collect()
}

/// The lines of an older list that a program may rely on and does not find in the newer one, unless the
/// number of the ABI grew. A struct that tells its size may have got fields at its end.
fn broken_promises(older: &str, newer: &str) -> Vec<String> {
    let (older, newer) = (entries(older), entries(newer));
    if older.get(&ABI) != newer.get(&ABI) {
        return Vec::new();
    }
    let kept = |(key, was): (&(&str, &str), &&str)| {
        newer.get(key).is_some_and(|is| {
            is == was
                || key.1.starts_with("HEM_VERSION_")
                || was.starts_with("uint32_t struct_size; ") && is.starts_with(&format!("{was}; "))
        })
    };
    older
        .iter()
        .filter(|(key, was)| !kept((key, was)))
        .map(|((kind, name), was)| format!("{kind} {name} {was}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASED: &str = "\
# A comment.
constant HEM_ABI_VERSION 1
constant HEM_VERSION_MINOR 1
struct HemOptions uint32_t struct_size; float radius
struct HemPose double* rest
function hem_apply HemStatus (HemOptions* options)
";

    fn broken(change: (&str, &str)) -> Vec<String> {
        assert!(RELEASED.contains(change.0));
        broken_promises(RELEASED, &RELEASED.replace(change.0, change.1))
    }

    #[test]
    fn additions_keep_the_promise() {
        assert!(broken(("# A comment.", "function hem_more void ()")).is_empty());
        assert!(broken(("float radius", "float radius; uint32_t falloff")).is_empty());
        assert!(broken(("HEM_VERSION_MINOR 1", "HEM_VERSION_MINOR 2")).is_empty());
    }

    #[test]
    fn changes_break_it() {
        assert_eq!(broken(("float radius", "double radius")).len(), 1);
        assert_eq!(broken(("double* rest", "double* rest; float* more")).len(), 1);
        assert_eq!(broken(("hem_apply HemStatus", "hem_apply void")).len(), 1);
        assert_eq!(
            broken(("function hem_apply", "function hem_use")),
            ["function hem_apply HemStatus (HemOptions* options)"]
        );
    }

    #[test]
    fn another_abi_number_frees() {
        let newer =
            RELEASED.replace("ABI_VERSION 1", "ABI_VERSION 2").replace("hem_apply", "hem_use");
        assert!(broken_promises(RELEASED, &newer).is_empty());
    }
}
