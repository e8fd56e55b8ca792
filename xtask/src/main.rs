//! The project's own commands: `cargo xtask <command>`.

mod archive;
mod bench;
mod binary;
mod command;
mod compile;
mod consumers;
mod crates;
mod csharp;
mod demo;
mod folder;
mod foreign;
mod generate;
mod install;
mod interface;
mod library;
mod package;
mod platform;
mod release;
mod test;
mod unity;
mod venv;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask <command>

  demo       the main job on a real body in real Blender; results in target/demo
             [--size small|large] [--fallback] [--bpy VERSION | --blender PATH]
  test       every test there is [--list] [STEP ...]
  bench      every benchmark, each beside its peers [--list] [NAME ...]
  package    the Blender add-on as users install it, in target/package
             [--library OS-ARCH=FILE] ... [--output FOLDER]
  generate   header, list of symbols, Python and C# declarations from src/ffi [--check]
  unity      the Unity package with its binaries; results in target/unity
             [--library OS-ARCH=FILE] ... [--output FOLDER]
  install    headers, libraries, CMake and pkg-config files --prefix DIR
  release    every file that a release publishes, for every platform, in target/release-artifacts
             [--platform OS-ARCH] ... [--output FOLDER]";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else { bail!("{USAGE}") };
    match name.as_str() {
        "demo" => demo::demo(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "package" => package::package(rest),
        "generate" => generate::generate(rest),
        "release" => release::release(rest),
        "unity" => unity::unity(rest),
        "install" => install::install(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`{other}` is no command\n\n{USAGE}"),
    }
}
