//! `cargo xtask test`: every test there is, step by step; a failing step does not stop the others.

mod lanes;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, command, is_installed, root, run};
use crate::{
    binary, consumers, csharp, foreign, generate, interface, library, package, platform, release,
    venv,
};

/// How a step ended, unless it failed.
pub enum Outcome {
    Passed,
    /// What was left out, and what would bring it back.
    Skipped(String),
}

/// Name, what it tests, and how.
type Step = (&'static str, &'static str, fn() -> Result<Outcome>);

/// Steps that compile. They write the same folders, so each waits for the one before.
const COMPILERS: &[Step] = &[
    ("style", "rustfmt, clippy, ruff", style),
    ("generated", "header, declarations and list of symbols match src/ffi", generated),
    ("rust", "Rust unit, property and integration tests", rust),
    ("scalar", "the same kernels without SIMD, on one thread", scalar),
    ("docs", "rustdoc without warnings", docs),
    ("c", "C11 and C++17 programs, shared and static, sanitizers, valgrind", c_programs),
    (
        "install",
        "C and C++ over an installed prefix: CMake, pkg-config, sanitizers, a retarget as in Blender",
        installed,
    ),
    ("symbols", "exports, the interface's promise, and glibc 2.28 for the Linux library", symbols),
    ("windows", "Windows' library, C and C++ programs, under wine", foreign::windows),
    ("aarch64", "ARM Linux' library, C and C++ programs, under qemu", foreign::aarch64),
    ("release", "every platform's files, made twice; C and Python on this one's archive", released),
];

/// Steps that use the library in Python, Blender and mono.
const USERS: &[Step] = &[
    ("csharp", "the Unity package's C# under mono", csharp::test),
    ("python", "NumPy API, native and fallback", python),
    ("bpy", "Blender as a module", bpy),
    ("blender", "Blender as an executable", blender),
    ("package", "the add-on's zips through Blender's own installers", packages),
    ("window", "the add-on in a window of that executable, under Xvfb", window),
];

/// How a failed step's result begins.
const FAILED: &str = "FAILED";

/// How a skipped step's result begins.
const SKIPPED: &str = "SKIPPED";

/// How a step ended, on one line.
#[derive(Clone)]
struct Row {
    name: &'static str,
    seconds: f64,
    result: String,
}

/// `test [--list] [STEP ...]`. One step is shown as it runs; of several, two run at once.
pub fn test(arguments: &[String]) -> Result<()> {
    let all = || COMPILERS.iter().chain(USERS);
    if arguments.iter().any(|argument| argument == "--list") {
        all().for_each(|(name, what, _)| println!("{name:<10} {what}"));
        return Ok(());
    }
    let known = |name: &String| all().any(|(known, ..)| known == name);
    if let Some(unknown) = arguments.iter().find(|name| !known(name)) {
        bail!("`{unknown}` is no step; see cargo xtask test --list");
    }
    let wanted = |lane: &[Step]| -> Vec<Step> {
        let is_wanted = |name| arguments.is_empty() || arguments.iter().any(|given| given == name);
        lane.iter().filter(|(name, ..)| is_wanted(name)).copied().collect()
    };
    let start = Instant::now();
    let rows = match arguments {
        [_] => wanted(COMPILERS).iter().chain(&wanted(USERS)).map(run_step).collect(),
        _ => lanes::run(&[wanted(COMPILERS), wanted(USERS)])?,
    };
    let count = |start: &str| rows.iter().filter(|row| row.result.starts_with(start)).count();
    let (failed, skipped) = (count(FAILED), count(SKIPPED));
    if rows.len() > 1 {
        println!("\n{:<10} {:>8}  result", "step", "seconds");
        for Row { name, seconds, result } in &rows {
            println!("{name:<10} {seconds:>8.0}  {result}");
        }
        let (passed, seconds) = (rows.len() - failed - skipped, start.elapsed().as_secs());
        println!("\n{passed} passed, {failed} failed, {skipped} skipped in {seconds} s");
    }
    if failed > 0 {
        bail!("{failed} of {} steps failed", rows.len());
    }
    Ok(())
}

/// Runs a step in this process, with its result in the last line.
fn run_step(&(name, what, step): &Step) -> Row {
    println!("\n== {name}: {what}");
    let start = Instant::now();
    let result = match step() {
        Ok(Outcome::Passed) => "passed".into(),
        Ok(Outcome::Skipped(what)) => format!("{SKIPPED} {what}"),
        Err(error) => {
            let whole = format!("{error:#}");
            eprintln!("{whole}");
            format!("{FAILED} {}", whole.lines().next().unwrap_or_default())
        }
    };
    println!("{name}: {result}");
    Row { name, seconds: start.elapsed().as_secs_f64(), result }
}

fn style() -> Result<Outcome> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    let python = test_python()?;
    run(command(&python).args(["-m", "ruff", "check", "--quiet"]))?;
    run(command(&python).args(["-m", "ruff", "format", "--check", "--quiet"]))?;
    Ok(Outcome::Passed)
}

fn generated() -> Result<Outcome> {
    generate::generate(&["--check".into()])?;
    run(cargo().args(["test", "--quiet", "--locked", "--test", "header_is_current"]))?;
    Ok(Outcome::Passed)
}

fn rust() -> Result<Outcome> {
    run(cargo().args(["test", "--workspace", "--locked", "--quiet"]))?;
    Ok(Outcome::Passed)
}

fn scalar() -> Result<Outcome> {
    let mut tests = cargo();
    tests.args(["test", "--locked", "--quiet", "--package", "hemline"]);
    run(tests.env("HEMLINE_SIMD", "scalar").env("HEMLINE_THREADS", "1"))?;
    Ok(Outcome::Passed)
}

fn docs() -> Result<Outcome> {
    let arguments = ["doc", "--no-deps", "--document-private-items", "--locked", "--quiet"];
    // A public page may point to the private module that holds the details.
    let flags = "-D warnings -A rustdoc::private_intra_doc_links";
    run(cargo().args(arguments).env("RUSTDOCFLAGS", flags))?;
    Ok(Outcome::Passed)
}

fn c_programs() -> Result<Outcome> {
    library::build()?;
    run(command("sh").arg("tests/c/run.sh").arg(crate::command::target().join("release")))?;
    let missing: Vec<&str> =
        ["clang", "valgrind"].into_iter().filter(|tool| !is_installed(tool)).collect();
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Skipped(format!("what needs {} (install it)", missing.join(" and "))))
}

fn installed() -> Result<Outcome> {
    let missing: Vec<&str> =
        ["cmake", "pkg-config", "clang"].into_iter().filter(|tool| !is_installed(tool)).collect();
    if missing.contains(&"cmake") || missing.contains(&"pkg-config") {
        return Ok(Outcome::Skipped(format!("no {} (install it)", missing.join(" and "))));
    }
    consumers::test(&venv::blender("4.2")?, &test_python()?)?;
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Skipped("what needs clang (install it)".into()))
}

fn symbols() -> Result<Outcome> {
    library::build()?;
    let built = crate::command::target().join("release").join("libhemline.so");
    interface::check_exports(&built, &binary::read(&built)?)?;
    match interface::check_promise()? {
        Some(tag) => println!("the interface keeps what {tag} promised"),
        None => println!("no release yet: the interface has promised nothing"),
    }
    if let Some(missing) = platform::LINUX_X86_64.missing_tools() {
        return Ok(Outcome::Skipped(missing));
    }
    let binary = platform::LINUX_X86_64.build()?;
    let libraries: Vec<&str> = binary.libraries.iter().map(String::as_str).collect();
    let glibc = binary.oldest_system.context("the library names no version of glibc")?;
    println!("the Linux library needs glibc {glibc} or newer; it loads {}", libraries.join(", "));
    Ok(Outcome::Passed)
}

fn released() -> Result<Outcome> {
    release::test(&test_python()?)
}

fn python() -> Result<Outcome> {
    library::build()?;
    pytest(&test_python()?, &["tests/python", "tests/assets"])?;
    Ok(Outcome::Passed)
}

fn bpy() -> Result<Outcome> {
    library::build()?;
    let mut failures = Vec::new();
    for version in venv::BPY_VERSIONS {
        println!("-- bpy {version}");
        let tested = venv::blender(version).and_then(|python| pytest(&python, &["tests/blender"]));
        failures.extend(tested.err().map(|error| format!("{version}: {error:#}")));
    }
    if failures.is_empty() { Ok(Outcome::Passed) } else { bail!("{}", failures.join("; ")) }
}

/// Debian's Blender 3.4, or the one that `HEMLINE_BLENDER` names.
fn blender_executable() -> String {
    std::env::var("HEMLINE_BLENDER").unwrap_or_else(|_| "blender".into())
}

fn blender() -> Result<Outcome> {
    let executable = blender_executable();
    if !is_installed(&executable) {
        return Ok(Outcome::Skipped(format!(
            "no `{executable}` (install blender, or set HEMLINE_BLENDER)"
        )));
    }
    library::build()?;
    let arguments = ["--background", "--factory-startup", "--python-exit-code", "1", "--python"];
    run(command(executable).args(arguments).arg("tests/blender/run_in_blender.py"))?;
    Ok(Outcome::Passed)
}

fn packages() -> Result<Outcome> {
    package::package(&[])?;
    let mut blenders = String::new();
    for version in venv::BPY_VERSIONS {
        blenders += &format!("{version}={}\n", venv::blender(version)?.display());
    }
    let executable = blender_executable();
    let missing: Vec<&str> = [executable.as_str(), "aarch64-linux-gnu-gcc"]
        .into_iter()
        .filter(|tool| !is_installed(tool))
        .collect();
    if !missing.contains(&executable.as_str()) {
        blenders += &format!("executable={executable}\n");
    }
    run(command(test_python()?)
        .args(["-m", "pytest", "--quiet", "tests/package"])
        .env("HEMLINE_BLENDERS", blenders)
        .env("HEMLINE_PACKAGE", package::folder()))?;
    match missing.is_empty() {
        true => Ok(Outcome::Passed),
        false => Ok(Outcome::Skipped(format!("what needs {} (install it)", missing.join(" and ")))),
    }
}

fn window() -> Result<Outcome> {
    let executable = blender_executable();
    let missing: Vec<&str> =
        ["xvfb-run", executable.as_str()].into_iter().filter(|tool| !is_installed(tool)).collect();
    if !missing.is_empty() {
        return Ok(Outcome::Skipped(format!("no {} (install it)", missing.join(" and "))));
    }
    library::build()?;
    let screen = ["--auto-servernum", "--server-args", "-screen 0 1400x900x24"];
    run(command("xvfb-run")
        .args(screen)
        .args([executable.as_str(), "--factory-startup", "--python"])
        .args(["tests/blender/check_window.py", "--"])
        .arg(crate::command::target().join("window.png")))?;
    Ok(Outcome::Passed)
}

fn test_python() -> Result<std::path::PathBuf> {
    venv::python("python", "tests/python/requirements.txt")
}

fn pytest(python: &std::path::Path, folders: &[&str]) -> Result<()> {
    run(command(python).args(["-m", "pytest", "--quiet"]).args(folders).env("PYTHONPATH", root()))
}
