//! The platforms that hemline is handed out for: what they are called, and what a library for one must be.

mod build;
pub mod link;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use object::{Architecture, BinaryFormat};

use crate::binary::{self, Binary, Version};
use crate::command::target;
use crate::library;

pub use build::MINGW;

/// The newest glibc that a library may ask for: that of Blender's own baseline (VFX platform CY2024).
pub const GLIBC: Version = Version(2, 28);

/// The oldest macOS that is served; ARM's began with it.
pub const MACOS: Version = Version(11, 0);

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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    Linux,
    Windows,
    Macos,
}

/// What one set of library files is for. Platforms are in the order of their names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    /// As in `blender_bridge/lib/<name>/`.
    pub name: &'static str,
    /// Rust's name.
    pub target: &'static str,
    /// Blender's name, in `blender_manifest.toml`.
    pub blender: &'static str,
    /// The folder under `Plugins/` of the Unity package; None where Unity takes no library.
    pub unity: Option<&'static str>,
    /// Its operating system.
    pub system: System,
}

pub const LINUX_X86_64: Platform = Platform {
    name: "linux-x86_64",
    target: "x86_64-unknown-linux-gnu",
    blender: "linux-x64",
    unity: Some("Linux/x86_64"),
    system: System::Linux,
};
pub const LINUX_AARCH64: Platform = Platform {
    name: "linux-aarch64",
    target: "aarch64-unknown-linux-gnu",
    blender: "linux-arm64",
    unity: None,
    system: System::Linux,
};
pub const WINDOWS_X86_64: Platform = Platform {
    name: "windows-x86_64",
    target: "x86_64-pc-windows-gnu",
    blender: "windows-x64",
    unity: Some("Windows/x86_64"),
    system: System::Windows,
};
pub const MACOS_X86_64: Platform = Platform {
    name: "macos-x86_64",
    target: "x86_64-apple-darwin",
    blender: "macos-x64",
    unity: Some("macOS/x86_64"),
    system: System::Macos,
};
pub const MACOS_AARCH64: Platform = Platform {
    name: "macos-aarch64",
    target: "aarch64-apple-darwin",
    blender: "macos-arm64",
    unity: Some("macOS/arm64"),
    system: System::Macos,
};

/// Every platform of a release.
pub const ALL: [&Platform; 5] =
    [&LINUX_X86_64, &LINUX_AARCH64, &WINDOWS_X86_64, &MACOS_X86_64, &MACOS_AARCH64];

/// The one called `name`, as `linux-x86_64`.
pub fn named(name: &str) -> Result<&'static Platform> {
    let names = ALL.map(|platform| platform.name).join(", ");
    let found = ALL.into_iter().find(|platform| platform.name == name);
    found.with_context(|| format!("`{name}` is no platform, expected one of {names}"))
}

/// The machine that runs this.
pub fn host() -> Result<&'static Platform> {
    named(&format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH))
}

impl Platform {
    /// The shared library's file name as Cargo builds it.
    pub fn shared_library(&self) -> String {
        self.library_called("hemline")
    }

    /// The shared library's file name in packages for Blender. It has the version, since Windows cannot replace a
    /// library that a running Blender has loaded.
    pub fn released_library(&self) -> Result<String> {
        Ok(self.library_called(&format!("hemline-{}", library::version()?)))
    }

    /// The file name of a shared library that programs call `name`.
    pub fn library_called(&self, name: &str) -> String {
        match self.system {
            System::Linux => format!("lib{name}.so"),
            System::Windows => format!("{name}.dll"),
            System::Macos => format!("lib{name}.dylib"),
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

    /// The bytes of a shared library; an error unless it is one for this platform.
    pub fn read_library(&self, path: &Path) -> Result<Vec<u8>> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        self.check_kind(&bytes).with_context(|| path.display().to_string())?;
        Ok(bytes)
    }

    fn check_kind(&self, library: &[u8]) -> Result<()> {
        let found = binary::parse(library)
            .with_context(|| format!("is no shared library, expected one for {}", self.name))?;
        if found.kind != self.kind() {
            let (format, processor) = found.kind;
            bail!("is for another platform than {}: {format:?} for {processor:?}", self.name);
        }
        Ok(())
    }

    /// File format and processor of its libraries.
    fn kind(&self) -> (BinaryFormat, Architecture) {
        let format = match self.system {
            System::Linux => BinaryFormat::Elf,
            System::Windows => BinaryFormat::Pe,
            System::Macos => BinaryFormat::MachO,
        };
        let is_x86 = self.processor() == "x86_64";
        (format, if is_x86 { Architecture::X86_64 } else { Architecture::Aarch64 })
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
        let foreign: Vec<&str> =
            binary.libraries.iter().filter(|name| !is_system(name)).map(String::as_str).collect();
        if !foreign.is_empty() {
            bail!("needs {}, expected at most {}", foreign.join(", "), allowed.join(", "));
        }
        if let Some(newest) = newest {
            let found = binary.oldest_system.context("does not say which system it needs")?;
            ensure!(
                found <= newest,
                "needs version {found} of the system, expected {newest} at most"
            );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::root;

    #[test]
    fn names_are_what_blender_and_the_loader_expect() {
        let version = library::version().unwrap();
        let file =
            |platform: &Platform| platform.released_library().unwrap().replace(&version, "*");
        assert_eq!(file(&LINUX_AARCH64), "libhemline-*.so");
        assert_eq!(file(&WINDOWS_X86_64), "hemline-*.dll");
        assert_eq!(file(&MACOS_AARCH64), "libhemline-*.dylib");
        let manifest = fs::read_to_string(root().join("blender_bridge/blender_manifest.toml"));
        let names = ALL.map(|platform| format!("\"{}\"", platform.blender)).join(", ");
        assert!(manifest.unwrap().contains(&format!("\nplatforms = [{names}]\n")));
        assert!(named("plan9-x86_64").is_err());
    }

    #[test]
    fn a_library_for_another_platform_is_refused() {
        let this = std::env::current_exe().unwrap();
        let host = host().expect("tests run where hemline does");
        assert!(host.read_library(&this).is_ok());
        for other in ALL.into_iter().filter(|&other| other != host) {
            let error = other.read_library(&this).unwrap_err();
            assert!(format!("{error:#}").contains(other.name), "{error:#}");
        }
        let library = fs::read(&this).unwrap();
        for length in [0, 18, library.len() / 2] {
            assert!(host.check_kind(&library[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_library_that_needs_more_than_the_system_is_refused() {
        let library = |libraries: &[&str], oldest_system| Binary {
            kind: LINUX_X86_64.kind(),
            exports: Default::default(),
            libraries: libraries.iter().map(|&name| name.to_owned()).collect(),
            own_name: Some(LINUX_X86_64.name_at_run_time().unwrap()),
            oldest_system,
        };
        let error = |libraries: &[&str], oldest_system| {
            LINUX_X86_64.check_needs(&library(libraries, oldest_system)).unwrap_err().to_string()
        };
        assert!(LINUX_X86_64.check_needs(&library(&["libc.so.6"], Some(GLIBC))).is_ok());
        assert!(error(&["libc.so.6", "libgcc_s.so.1"], Some(GLIBC)).contains("libgcc_s.so.1"));
        assert!(
            error(&[], Some(Version(2, 34)))
                .contains("needs version 2.34 of the system, expected 2.28")
        );
        assert!(error(&[], None).contains("does not say"));
    }
}
