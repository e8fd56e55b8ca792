//! How a platform's libraries are built on this machine.
//!
//! Cargo compiles static libraries, which needs no linker and no foreign system's files; `link` makes the
//! shared ones. Windows' are linked by mingw-w64.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{LINUX_X86_64, Platform, System, link};
use crate::binary::{self, Binary};
use crate::command::{is_installed, run, target};
use crate::{compile, folder, interface, library};

/// What links for Windows.
pub const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// No symbols but the exported ones, and the same bytes each time.
const MINGW_LINK: [&str; 5] =
    ["--", "-C", "strip=symbols", "-C", "link-arg=-Wl,--no-insert-timestamp"];

impl Platform {
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
                let built = self.compile(&MINGW_LINK)?;
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
                    self.compile(&["--crate-type", "staticlib"])?
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
    fn compile(&self, arguments: &[&str]) -> Result<PathBuf> {
        run(compile::command("rustc", self.target)?.arg("--lib").args(arguments))?;
        Ok(compile::folder(self.target))
    }

    fn take(&self, from: &Path, names: &[&str]) -> Result<()> {
        let copy = |name: &&str| folder::copy_file(&from.join(name), &self.folder().join(name));
        names.iter().try_for_each(copy)
    }
}
