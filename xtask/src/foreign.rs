//! The C tests as programs of another platform, beside the library that is handed out there: Windows' under
//! wine, ARM's under qemu. What the kernels compute is compared with this machine's results bit for bit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{command, is_installed, root, run, target};
use crate::library;
use crate::platform::{self, Platform};
use crate::test::Outcome;

const C_FLAGS: [&str; 9] = [
    "-std=c11",
    "-O1",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Werror",
    "-Iinclude",
    "-pthread",
    // With Microsoft's own printf, %zu would not be C11's.
    "-D__USE_MINGW_ANSI_STDIO=1",
];

/// How programs of a platform are made and run on this machine.
struct Foreign {
    platform: &'static Platform,
    compiler: &'static str,
    /// So that programs need nothing of the compiler's at run time.
    link_flags: &'static [&'static str],
    emulator: &'static str,
    /// How the names of results begin whose last bits may differ from this machine's.
    may_differ: &'static [&'static str],
}

const WINDOWS: Foreign = Foreign {
    platform: &platform::WINDOWS_X86_64,
    compiler: platform::MINGW,
    link_flags: &["-static"],
    emulator: "wine",
    may_differ: &[],
};

const AARCH64: Foreign = Foreign {
    platform: &platform::LINUX_AARCH64,
    compiler: "aarch64-linux-gnu-gcc",
    link_flags: &[],
    emulator: "qemu-aarch64",
    // faer factorises dense systems in blocks as wide as the processor's vectors.
    may_differ: &["rbf_"],
};

/// Everything for Windows.
pub fn windows() -> Result<Outcome> {
    if let Some(missing) = WINDOWS.missing_tools() {
        return Ok(Outcome::Skipped(missing));
    }
    WINDOWS.prepare()?;
    let stand_in = WINDOWS.folder().join("bcryptprimitives.dll");
    run(command(WINDOWS.compiler)
        .args(["-shared", "-static", "tests/platforms/bcryptprimitives.c", "-o"])
        .arg(stand_in)
        .arg("-ladvapi32"))?;
    WINDOWS.test("hemline.lib")?;
    Ok(Outcome::Passed)
}

/// Everything for Linux on ARM.
pub fn aarch64() -> Result<Outcome> {
    if let Some(missing) = AARCH64.missing_tools() {
        return Ok(Outcome::Skipped(missing));
    }
    AARCH64.prepare()?;
    AARCH64.test("libhemline.so")?;
    Ok(Outcome::Passed)
}

impl Foreign {
    fn missing_tools(&self) -> Option<String> {
        let missing: Vec<&str> =
            [self.compiler, self.emulator].into_iter().filter(|tool| !is_installed(tool)).collect();
        if missing.is_empty() {
            return self.platform.missing_tools();
        }
        Some(format!("no {} (install it)", missing.join(" and ")))
    }

    /// Where programs and the shared library lie together.
    fn folder(&self) -> PathBuf {
        target().join("foreign").join(self.platform.name)
    }

    fn prepare(&self) -> Result<()> {
        self.platform.build()?;
        fs::create_dir_all(self.folder())?;
        let library = self.platform.folder().join(self.platform.shared_library());
        fs::copy(&library, self.folder().join(self.platform.name_at_run_time()?))
            .with_context(|| format!("cannot copy {}", library.display()))?;
        Ok(())
    }

    /// The C tests, shared and static, and the comparison of results. `link_library` is what the linker takes
    /// for the shared library.
    fn test(&self, link_library: &str) -> Result<()> {
        let shared = [self.platform.folder().join(link_library)];
        let mut fixed = vec![self.platform.folder().join("libhemline.a")];
        fixed.extend(self.platform.system_libraries()?.into_iter().map(PathBuf::from));
        let tests = c_files(&root().join("tests/c"))?;
        for (name, libraries) in [("c-shared", shared.as_slice()), ("c-static", &fixed)] {
            println!("-- {} {name}", self.platform.name);
            run(&mut self.program(name, &tests, libraries)?)?;
        }
        let source = [root().join("tests/platforms/same_bits.c")];
        let there = output(&mut self.program("same-bits", &source, &shared)?)?;
        compare(&there, &here(&source)?, self.may_differ)
    }

    /// Compiles a program; returns what runs it.
    fn program(&self, name: &str, sources: &[PathBuf], libraries: &[PathBuf]) -> Result<Command> {
        // Windows' programs need the suffix, the others do not mind.
        let program = self.folder().join(name).with_extension("exe");
        compile(self.compiler, sources, libraries, self.link_flags, &program)?;
        let mut job = command(self.emulator);
        self.set_environment(&mut job).arg(program);
        Ok(job)
    }

    /// What the emulator reads.
    fn set_environment<'a>(&self, job: &'a mut Command) -> &'a mut Command {
        job.env("LD_LIBRARY_PATH", self.folder());
        job.env("QEMU_LD_PREFIX", "/usr/aarch64-linux-gnu");
        // A prefix of our own, without messages, and without the offer to install Mono and Gecko.
        job.env("WINEPREFIX", target().join("foreign/wine")).env("WINEPATH", self.folder());
        job.env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "mscoree,mshtml=")
    }
}

/// What the comparison prints on this machine, with the library that all other tests use.
fn here(source: &[PathBuf]) -> Result<String> {
    library::build()?;
    let program = target().join("foreign/same-bits");
    let folder = target().join("release");
    let library = [folder.join("libhemline.so")];
    compile("cc", source, &library, &[], &program)?;
    output(command(program).env("LD_LIBRARY_PATH", folder))
}

fn compile(
    compiler: &str,
    sources: &[PathBuf],
    libraries: &[PathBuf],
    flags: &[&str],
    program: &Path,
) -> Result<()> {
    let mut job = command(compiler);
    run(job
        .args(C_FLAGS)
        .args(sources)
        .arg("-o")
        .arg(program)
        .args(flags)
        .args(libraries)
        .arg("-lm"))
}

fn c_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "c") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a program that succeeds prints.
fn output(job: &mut Command) -> Result<String> {
    let output = job.output().with_context(|| format!("cannot start {job:?}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{job:?} ended with {}: {error}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

/// Every kernel's hash is the same there and here, apart from those that may differ.
fn compare(there: &str, here: &str, may_differ: &[&str]) -> Result<()> {
    let names = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect()
    };
    if names(there).is_empty() || names(there) != names(here) {
        bail!("other results than this machine's: {there}");
    }
    let pairs = there.lines().zip(here.lines());
    let differing: Vec<&str> =
        pairs.filter(|(there, here)| there != here).map(|(there, _)| there).collect();
    let is_free = |line: &str| may_differ.iter().any(|start| line.starts_with(start));
    if !differing.iter().all(|line| is_free(line)) {
        bail!("results have other bits than this machine's: {differing:?}");
    }
    let equal = there.lines().count() - differing.len();
    println!("{equal} results have the bits of this machine's; not: {differing:?}");
    Ok(())
}
