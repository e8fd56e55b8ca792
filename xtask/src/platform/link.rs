//! Shared libraries out of static ones, with the functions of the interface as their roots.
//!
//! Zig (PyPI's package) brings stubs of every glibc and of macOS's system library, so that the results run on
//! systems older than this machine's, or other than it. Zig links Linux'. Its linker for macOS exports what it is
//! told to hide, so LLVM's does that, which comes with Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{GLIBC, MACOS, Platform};
use crate::command::{command, printed, run};
use crate::{interface, venv};

/// Zig.
pub fn zig() -> Result<Command> {
    let mut zig = command(zigs_python()?);
    zig.args(["-m", "ziglang"]);
    Ok(zig)
}

fn zigs_python() -> Result<PathBuf> {
    venv::python("zig", "xtask/zig-requirements.txt")
}

/// LLVM's linker for macOS, from Rust's toolchain.
pub fn lld() -> Result<PathBuf> {
    let libraries = printed(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let parent = Path::new(&libraries).parent().context("rustc's libraries lie in a folder")?;
    Ok(parent.join("bin/gcc-ld/ld64.lld"))
}

/// What is missing to link for macOS.
pub fn missing_lld() -> Option<String> {
    match lld() {
        Ok(path) if path.exists() => None,
        Ok(path) => Some(format!("{} (rustup's toolchains have it)", path.display())),
        Err(error) => Some(format!("rustc: {error:#}")),
    }
}

/// `libhemline.so` that needs no newer glibc than [`GLIBC`].
pub fn linux(platform: &Platform) -> Result<()> {
    let folder = platform.folder();
    let exported = folder.join("exported.map");
    fs::write(&exported, "{ global: hem_*; local: *; };\n")?;
    let mut zig = zig()?;
    let target = format!("{}-linux-gnu.{GLIBC}", platform.processor());
    zig.args(["cc", "-target", &target, "-shared", "-s", "-Wl,--gc-sections"]);
    zig.arg(format!("-Wl,-soname,{}", platform.name_at_run_time()?));
    zig.arg(format!("-Wl,--version-script={}", exported.display()));
    zig.args(interface::functions()?.iter().map(|function| format!("-Wl,-u,{function}")));
    zig.arg(folder.join("libhemline.a"));
    zig.args(["-lunwind", "-lpthread", "-ldl", "-lm", "-lc", "-o"]);
    run(zig.arg(folder.join(platform.shared_library())))
}

/// `libhemline.dylib` for [`MACOS`] and later.
pub fn macos(platform: &Platform) -> Result<()> {
    let folder = platform.folder();
    let functions = interface::functions()?;
    let exported = folder.join("exported.txt");
    fs::write(&exported, functions.iter().map(|name| format!("_{name}\n")).collect::<String>())?;
    let oldest = MACOS.to_string();
    let processor = platform.processor().replace("aarch64", "arm64");
    let mut lld = command(lld()?);
    lld.args(["-dylib", "-arch", &processor, "-platform_version", "macos", &oldest, &oldest]);
    lld.args(["-dead_strip", "-x", "-exported_symbols_list"]).arg(exported);
    lld.arg("-install_name").arg(format!("@rpath/{}", platform.name_at_run_time()?));
    lld.args(functions.iter().flat_map(|name| ["-u".to_owned(), format!("_{name}")]));
    lld.arg(folder.join("libhemline.a")).arg(macos_system_library()?);
    run(lld.arg("-o").arg(folder.join(platform.shared_library())))
}

/// The stub of libSystem that Zig brings.
fn macos_system_library() -> Result<PathBuf> {
    let ask = "import ziglang; print(ziglang.__path__[0])";
    let package = printed(command(zigs_python()?).args(["-c", ask]))?;
    Ok(Path::new(&package).join("lib/libc/darwin/libSystem.tbd"))
}

/// `hemline.lib`, which Microsoft's and GNU's linkers take for the DLL.
pub fn import_library(folder: &Path) -> Result<()> {
    let names = interface::functions()?.into_iter().collect::<Vec<_>>().join("\n");
    let definition = folder.join("hemline.def");
    fs::write(&definition, format!("LIBRARY hemline.dll\nEXPORTS\n{names}\n"))?;
    let mut zig = zig()?;
    zig.args(["dlltool", "-m", "i386:x86-64", "-D", "hemline.dll", "-d"]).arg(definition);
    run(zig.arg("-l").arg(folder.join("hemline.lib")))
}
