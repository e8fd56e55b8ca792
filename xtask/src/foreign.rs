//! The C and C++ tests as programs of another platform, over a prefix with the library that is handed out there:
//! Windows' under wine, ARM's under qemu. What the kernels compute is compared with this machine's results bit for bit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{command, is_installed, printed, root, run, target};
use crate::platform::{self, Platform};
use crate::test::Outcome;
use crate::{install, library};

/// With Microsoft's own printf, `%zu` would not be C11's; elsewhere it means nothing.
const C_FLAGS: &str = "-D__USE_MINGW_ANSI_STDIO=1";

/// Programs of `tests/installed`: all functions from C, some from C++, the C++ layer.
const PROGRAMS: [&str; 3] = ["c_tests", "cpp_tests", "wrapper_tests"];

/// How programs of a platform are made and run on this machine.
struct Foreign {
    platform: &'static Platform,
    /// CMake's name of the system.
    system: &'static str,
    c_compiler: &'static str,
    cpp_compiler: &'static str,
    /// So that programs need nothing of the compiler's at run time.
    link_flags: &'static str,
    emulator: &'static str,
    /// How the names of results begin whose last bits may differ from this machine's.
    may_differ: &'static [&'static str],
}

const WINDOWS: Foreign = Foreign {
    platform: &platform::WINDOWS_X86_64,
    system: "Windows",
    // The variant of mingw that has C++'s threads, which tests use.
    c_compiler: "x86_64-w64-mingw32-gcc-posix",
    cpp_compiler: "x86_64-w64-mingw32-g++-posix",
    link_flags: "-static",
    emulator: "wine",
    may_differ: &[],
};

const AARCH64: Foreign = Foreign {
    platform: &platform::LINUX_AARCH64,
    system: "Linux",
    c_compiler: "aarch64-linux-gnu-gcc",
    cpp_compiler: "aarch64-linux-gnu-g++",
    link_flags: "",
    emulator: "qemu-aarch64",
    // faer factorises dense systems in blocks as wide as the processor's vectors.
    may_differ: &["rbf_"],
};

/// Everything for Windows.
pub fn windows() -> Result<Outcome> {
    if let Some(missing) = WINDOWS.missing_tools() {
        return Ok(Outcome::Skipped(missing));
    }
    WINDOWS.install()?;
    run(command(WINDOWS.c_compiler)
        .args(["-shared", "-static", "tests/platforms/bcryptprimitives.c", "-o"])
        .arg(WINDOWS.folder().join("bcryptprimitives.dll"))
        .arg("-ladvapi32"))?;
    WINDOWS.test("lib/hemline.lib")?;
    WINDOWS.rust_tests(&["ffi::", "files::", "runtime::"])?;
    Ok(Outcome::Passed)
}

/// Everything for Linux on ARM.
pub fn aarch64() -> Result<Outcome> {
    if let Some(missing) = AARCH64.missing_tools() {
        return Ok(Outcome::Skipped(missing));
    }
    AARCH64.install()?;
    AARCH64.test("lib/libhemline.so")?;
    Ok(Outcome::Passed)
}

impl Foreign {
    fn missing_tools(&self) -> Option<String> {
        let tools = ["cmake", self.c_compiler, self.cpp_compiler, self.emulator];
        let missing: Vec<&str> = tools.into_iter().filter(|tool| !is_installed(tool)).collect();
        if missing.is_empty() {
            return self.platform.missing_tools();
        }
        Some(format!("no {} (install it)", missing.join(" and ")))
    }

    fn folder(&self) -> PathBuf {
        target().join("foreign").join(self.platform.name)
    }

    fn prefix(&self) -> PathBuf {
        self.folder().join("prefix")
    }

    /// Builds the libraries and installs them as a release's archive has them.
    fn install(&self) -> Result<()> {
        self.platform.build()?;
        if self.prefix().exists() {
            fs::remove_dir_all(self.prefix())?;
        }
        install::install_platform(&self.prefix(), self.platform, &self.platform.folder())
    }

    /// C and C++ tests, shared and static, and the comparison of results. `link_library` is what the linker
    /// takes for the shared library.
    fn test(&self, link_library: &str) -> Result<()> {
        for (name, is_static) in [("shared", "OFF"), ("static", "ON")] {
            println!("-- {} {name}", self.platform.name);
            let build = self.folder().join(name);
            self.build_programs(&build, is_static)?;
            for program in PROGRAMS {
                run(&mut self.emulate(&executable(&build.join(program))))?;
            }
        }
        let program = self.folder().join("same-bits.exe");
        let library = self.prefix().join(link_library);
        compile(self.c_compiler, &library, self.link_flags, &program)?;
        compare(&printed(&mut self.emulate(&program))?, &here()?, self.may_differ)
    }

    /// As a user would, by CMake from the installed prefix.
    fn build_programs(&self, build: &Path, is_static: &str) -> Result<()> {
        let mut configure = command("cmake");
        configure.args(["-S", "tests/installed", "-B"]).arg(build);
        for (name, value) in [
            ("HEMLINE_STATIC", is_static),
            ("EXAMPLES", &root().join("examples").display().to_string()),
            ("CMAKE_PREFIX_PATH", &self.prefix().display().to_string()),
            ("CMAKE_SYSTEM_NAME", self.system),
            ("CMAKE_C_COMPILER", self.c_compiler),
            ("CMAKE_CXX_COMPILER", self.cpp_compiler),
            ("CMAKE_C_FLAGS", C_FLAGS),
            ("CMAKE_CXX_FLAGS", C_FLAGS),
            ("CMAKE_EXE_LINKER_FLAGS", self.link_flags),
        ] {
            configure.arg(format!("-D{name}={value}"));
        }
        run_quietly(&mut configure)?;
        let mut make = command("cmake");
        make.arg("--build").arg(build).args(["--parallel", "2", "--target"]).args(PROGRAMS);
        run_quietly(&mut make)
    }

    /// What runs a program of the platform.
    fn emulate(&self, program: &Path) -> Command {
        let mut job = command(self.emulator);
        self.set_environment(&mut job).arg(program);
        job
    }

    /// The library's own tests whose names begin so: of what depends on the system, and of panics, which no C
    /// program can cause.
    fn rust_tests(&self, names: &[&str]) -> Result<()> {
        println!("-- {} Rust tests", self.platform.name);
        let mut tests = crate::compile::command("test", self.platform.target)?;
        // The release's dependencies as they are; hemline itself compiles in a tenth of the time.
        let quick = "profile.release.package.hemline.opt-level=0";
        tests.args(["--lib", "--quiet", "--config", quick, "--"]).args(names);
        let runner = self.platform.target.to_uppercase().replace('-', "_");
        tests.env(format!("CARGO_TARGET_{runner}_RUNNER"), self.emulator);
        run(self.set_environment(&mut tests))
    }

    /// What the emulator reads.
    fn set_environment<'a>(&self, job: &'a mut Command) -> &'a mut Command {
        job.env("LD_LIBRARY_PATH", self.prefix().join("lib"));
        job.env("QEMU_LD_PREFIX", "/usr/aarch64-linux-gnu");
        // A prefix of wine's own, without messages, and without the offer to install Mono and Gecko.
        job.env("WINEPREFIX", target().join("foreign/wine"));
        job.env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "mscoree,mshtml=");
        let dlls =
            [self.prefix().join("bin"), self.folder()].map(|path| path.display().to_string());
        job.env("WINEPATH", dlls.join(";"))
    }
}

/// A program as CMake names it: Windows' have a suffix.
fn executable(path: &Path) -> PathBuf {
    if path.exists() { path.to_owned() } else { path.with_extension("exe") }
}

/// What the comparison prints on this machine, with the library that all other tests use.
fn here() -> Result<String> {
    library::build()?;
    let program = target().join("foreign/same-bits");
    let folder = target().join("release");
    compile("cc", &folder.join("libhemline.so"), "", &program)?;
    printed(command(program).env("LD_LIBRARY_PATH", folder))
}

/// Compiles the comparison.
fn compile(compiler: &str, library: &Path, flags: &str, program: &Path) -> Result<()> {
    let mut job = command(compiler);
    job.args(["-std=c11", "-O1", C_FLAGS, "-Iinclude", "tests/platforms/same_bits.c", "-o"]);
    run(job.arg(program).arg(library).arg("-lm").args(flags.split_whitespace()))
}

/// Shows what a program prints only where it fails.
fn run_quietly(job: &mut Command) -> Result<()> {
    let output = job.output().with_context(|| format!("cannot start {job:?}"))?;
    if !output.status.success() {
        let text =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        bail!("{job:?} ended with {}:\n{}", output.status, text.concat());
    }
    Ok(())
}

/// Every kernel's hash is the same there and here, apart from those that may differ.
fn compare(there: &str, here: &str, may_differ: &[&str]) -> Result<()> {
    let names = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect()
    };
    if names(there).is_empty() || names(there) != names(here) {
        bail!("other results than this machine's: {there}");
    }
    let results = names(there).into_iter().zip(there.lines().zip(here.lines()));
    let (free, wrong): (Vec<String>, Vec<String>) = results
        .filter_map(|(name, (there, here))| (there != here).then_some(name))
        .partition(|name| may_differ.iter().any(|start| name.starts_with(start)));
    ensure!(wrong.is_empty(), "other bits than on this machine: {}", wrong.join(", "));
    println!("{} results have the same bits as on this machine", names(there).len() - free.len());
    if !free.is_empty() {
        println!("other bits, as these may: {}", free.join(", "));
    }
    Ok(())
}
