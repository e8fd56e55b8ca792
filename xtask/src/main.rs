//! The project's own commands: `cargo xtask <command>`.

mod command;
mod generate;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask <command>

  demo       the main job on a real body in real Blender; results in target/demo
             [--size small|large] [--fallback] [--blender PATH] [--bpy VERSION]
  test       every test there is  [--only STEP] [--list]
  bench      every benchmark, each beside its peers  [NAME ...] [--list]
  generate   include/hemline.h and the Python declarations from src/ffi";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else { bail!("{USAGE}") };
    match name.as_str() {
        "generate" => generate::generate(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`{other}` is no command\n\n{USAGE}"),
    }
}
