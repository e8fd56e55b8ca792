//! The platforms that hemline is handed out for, and how each is built on this machine.
//!
//! Cargo compiles static libraries, which needs no linker and no foreign system's files; `link` makes the
//! shared ones. Windows' are linked by mingw-w64.

pub mod link;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::binary::{self, Binary, Version};
use crate::command::{cargo, is_installed, run, target};
use crate::{interface, library};

/// The newest glibc that a library may ask for: that of Blender's own baseline (VFX platform CY2024).
pub const GLIBC: Version = (2, 28);

/// The oldest macOS that is served; ARM's began with it.
pub const MACOS: Version = (11, 0);

/// What links for Windows.
pub const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// No symbols but the exported ones, and the same bytes each time.
const MINGW_LINK: [&str; 4] = ["-C", "strip=symbols", "-C", "link-arg=-Wl,--no-insert-timestamp"];

const LINUX_LIBRARIES: [&str; 6] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
];

/// DLLs that every Windows since 8 has; of C runtimes only the system's own, none of a compiler.
const WINDOWS_LIBRARIES: [&str; 8] = [
    "advapi32.dll",
    "api-ms-win-core-synch-l1-2-0.dll",
    "bcryptprimitives.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ntdll.dll",
    "userenv.dll",
    "ws2_32.dll",
];

const MACOS_LIBRARIES: [&str; 1] = ["/usr/lib/libSystem.B.dylib"];

/// An operating system.
#[derive(Clone, Copy, PartialEq)]
pub enum System {
    Linux,
    Windows,
    Macos,
}

/// What one set of library files is for.
#[derive(PartialEq)]
pub struct Platform {
    /// As in `blender_bridge/lib/<name>/`.
    pub name: &'static str,
    /// Rust's name.
    pub target: &'static str,
    /// Its operating system.
    pub system: System,
}

pub const LINUX_X86_64: Platform =
    Platform { name: "linux-x86_64", target: "x86_64-unknown-linux-gnu", system: System::Linux };
pub const LINUX_AARCH64: Platform =
    Platform { name: "linux-aarch64", target: "aarch64-unknown-linux-gnu", system: System::Linux };
pub const WINDOWS_X86_64: Platform =
    Platform { name: "windows-x86_64", target: "x86_64-pc-windows-gnu", system: System::Windows };
pub const MACOS_X86_64: Platform =
    Platform { name: "macos-x86_64", target: "x86_64-apple-darwin", system: System::Macos };
pub const MACOS_AARCH64: Platform =
    Platform { name: "macos-aarch64", target: "aarch64-apple-darwin", system: System::Macos };

/// Every platform of a release.
pub const ALL: [&Platform; 5] =
    [&LINUX_X86_64, &LINUX_AARCH64, &WINDOWS_X86_64, &MACOS_X86_64, &MACOS_AARCH64];

/// The one called `name`, as `linux-x86_64`.
pub fn named(name: &str) -> Result<&'static Platform> {
    let names = ALL.map(|platform| platform.name).join(", ");
    let found = ALL.into_iter().find(|platform| platform.name == name);
    found.with_context(|| format!("`{name}` is no platform, expected one of {names}"))
}

impl Platform {
    /// The shared library's file name.
    pub fn shared_library(&self) -> &'static str {
        match self.system {
            System::Linux => "libhemline.so",
            System::Windows => "hemline.dll",
            System::Macos => "libhemline.dylib",
        }
    }

    /// The name under which programs look for the shared library.
    pub fn name_at_run_time(&self) -> Result<String> {
        let abi = library::abi_version()?;
        Ok(match self.system {
            System::Linux => format!("libhemline.so.{abi}"),
            System::Windows => "hemline.dll".into(),
            System::Macos => format!("libhemline.{abi}.dylib"),
        })
    }

    /// Rust's name of the processor.
    pub fn processor(&self) -> &'static str {
        self.target.split('-').next().expect("a target has parts")
    }

    /// Where the finished libraries lie.
    pub fn folder(&self) -> PathBuf {
        target().join("platforms").join(self.name)
    }

    /// What the static library needs of the system, as rustc says for an empty one: hemline adds nothing.
    pub fn system_libraries(&self) -> Result<Vec<String>> {
        let mut rustc = Command::new("rustc");
        rustc.args(["--crate-type", "staticlib", "--print", "native-static-libs"]);
        rustc.args(["--target", self.target, "-o"]).arg(target().join("empty.a")).arg("-");
        let output = rustc.stdin(Stdio::null()).output().context("cannot start rustc")?;
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().find_map(|line| line.strip_prefix("note: native-static-libs: "));
        let line = line.with_context(|| format!("rustc names no system libraries: {text}"))?;
        Ok(line.split_whitespace().map(str::to_owned).collect())
    }

    /// What this machine lacks to build it; None where nothing is missing.
    pub fn missing_tools(&self) -> Option<String> {
        if !self.has_standard_library() {
            return Some(format!("Rust's {0} (rustup target add {0})", self.target));
        }
        match self.system {
            System::Windows if !is_installed(MINGW) => {
                Some(format!("{MINGW} (install gcc-mingw-w64-x86-64)"))
            }
            System::Macos => link::missing_lld(),
            System::Linux | System::Windows => None,
        }
    }

    /// Asks rustc, and rustup where it is not there yet.
    fn has_standard_library(&self) -> bool {
        let is_there = || {
            let arguments = ["--print", "target-libdir", "--target", self.target];
            Command::new("rustc").args(arguments).output().is_ok_and(|output| {
                let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                output.status.success() && Path::new(&folder).is_dir()
            })
        };
        let add = || {
            let status = Command::new("rustup").args(["target", "add", self.target]).status();
            status.is_ok_and(|status| status.success())
        };
        is_there() || add() && is_there()
    }

    /// Builds the shared and the static library as they are handed out, into `folder`, and checks the
    /// shared one.
    pub fn build(&self) -> Result<Binary> {
        match self.system {
            System::Windows => {
                let built = self.compile(&["rustc", "--lib"], &MINGW_LINK)?;
                self.take(&built, &["hemline.dll", "libhemline.a"])?;
                link::import_library(&self.folder())?;
            }
            System::Linux | System::Macos => {
                let is_here = cfg!(all(target_os = "linux", target_arch = "x86_64"));
                let built = if *self == LINUX_X86_64 && is_here {
                    // The very object code that all other tests run.
                    library::build()?;
                    target().join("release")
                } else {
                    self.compile(&["rustc", "--lib", "--crate-type", "staticlib"], &[])?
                };
                self.take(&built, &["libhemline.a"])?;
                match self.system {
                    System::Macos => link::macos(self)?,
                    _ => link::linux(self)?,
                }
            }
        }
        let library = self.folder().join(self.shared_library());
        let binary = binary::read(&library)?;
        interface::check_exports(&library, &binary)?;
        self.check_needs(&binary).with_context(|| library.display().to_string())?;
        Ok(binary)
    }

    /// Cargo's release build for the platform; returns where it left the files.
    fn compile(&self, subcommand: &[&str], rustc: &[&str]) -> Result<PathBuf> {
        let what = ["--release", "--package", "hemline", "--locked", "--target", self.target];
        run(cargo().args(subcommand).args(what).arg("--").args(rustc))?;
        Ok(target().join(self.target).join("release"))
    }

    fn take(&self, from: &Path, names: &[&str]) -> Result<()> {
        fs::create_dir_all(self.folder())?;
        for name in names {
            fs::copy(from.join(name), self.folder().join(name))
                .with_context(|| format!("cannot copy {name} from {}", from.display()))?;
        }
        Ok(())
    }

    /// An error unless it needs no library but the system's, and no newer system than is promised.
    fn check_needs(&self, binary: &Binary) -> Result<()> {
        let (allowed, newest): (&[&str], _) = match self.system {
            System::Linux => (&LINUX_LIBRARIES, Some(GLIBC)),
            System::Windows => (&WINDOWS_LIBRARIES, None),
            System::Macos => (&MACOS_LIBRARIES, Some(MACOS)),
        };
        let is_system =
            |name: &&String| allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        let foreign: Vec<_> = binary.libraries.iter().filter(|name| !is_system(name)).collect();
        if !foreign.is_empty() {
            bail!("needs {foreign:?}, expected none but {allowed:?}");
        }
        if newest.is_some() && (binary.oldest_system.is_none() || binary.oldest_system > newest) {
            bail!("needs system version {:?}, expected at most {newest:?}", binary.oldest_system);
        }
        let name = self.name_at_run_time()?;
        match &binary.own_name {
            Some(own) if own.trim_start_matches("@rpath/") != name => {
                bail!("is called {own}, expected {name}")
            }
            None if self.system != System::Windows => bail!("has no name, expected {name}"),
            _ => Ok(()),
        }
    }
}
