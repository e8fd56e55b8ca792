//! Generates the C header from `src/ffi` into the build directory, and into `include/` when
//! `HEMLINE_UPDATE_HEADER` is set (`cargo xtask generate` does): an ordinary build writes nothing
//! into the source tree, and `tests/header_is_current.rs` compares the two. And names the shared
//! library on Linux.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=src/ffi");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    println!("cargo::rerun-if-env-changed=HEMLINE_UPDATE_HEADER");

    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by Cargo"));
    set_soname(&root);
    let build = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by Cargo"));
    let config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let builder = ffi_files(&root.join("src/ffi"))
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, file| builder.with_src(file));
    let bindings = match builder.generate() {
        Ok(bindings) => bindings,
        // rustc's own message on the same source is better than cbindgen's: let the build go on to it.
        Err(cbindgen::Error::ParseSyntaxError { .. }) => return,
        Err(error) => panic!("cbindgen: {error}"),
    };
    bindings.write_to_file(build.join("hemline.h"));
    if std::env::var_os("HEMLINE_UPDATE_HEADER").is_some() {
        bindings.write_to_file(root.join("include/hemline.h"));
    }
}

/// The files of the C ABI in the order of `mod.rs`, which is the order of the header.
fn ffi_files(folder: &Path) -> Vec<PathBuf> {
    let modules = std::fs::read_to_string(folder.join("mod.rs")).expect("src/ffi/mod.rs is there");
    modules
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(|module| folder.join(module).with_extension("rs"))
        .collect()
}

/// A program linked to the library asks at run time for the ABI that it was built for, and finds no other:
/// libhemline.so.N, where N is the ABI version (docs/abi.md).
fn set_soname(root: &Path) {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        let abi = abi_version(&root.join("src/ffi/library.rs"));
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libhemline.so.{abi}");
    }
}

fn abi_version(source: &Path) -> u32 {
    let text = std::fs::read_to_string(source).expect("src/ffi/library.rs is there");
    text.lines()
        .find_map(|line| line.strip_prefix("pub const HEM_ABI_VERSION: u32 = ")?.strip_suffix(';'))
        .and_then(|number| number.parse().ok())
        .expect("src/ffi/library.rs defines HEM_ABI_VERSION")
}
