//! The platforms that Blender runs on, and how to tell one's library from another's.

use std::fmt;

use anyhow::{Context, Result, bail};

/// An operating system and a processor; shown as `linux-x86_64`, which is the library's folder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    system: &'static str,
    processor: &'static str,
}

impl Platform {
    /// All that Blender names in its extensions.
    pub const ALL: [Self; 6] = [
        Self { system: "linux", processor: "x86_64" },
        Self { system: "linux", processor: "aarch64" },
        Self { system: "windows", processor: "x86_64" },
        Self { system: "windows", processor: "aarch64" },
        Self { system: "macos", processor: "x86_64" },
        Self { system: "macos", processor: "aarch64" },
    ];

    /// The one called `name`, as `linux-x86_64`.
    pub fn named(name: &str) -> Result<Self> {
        let all = Self::ALL.map(|platform| platform.to_string()).join(", ");
        let found = Self::ALL.into_iter().find(|platform| platform.to_string() == name);
        found.with_context(|| format!("`{name}` is no platform, expected one of {all}"))
    }

    /// The machine that runs this, where Blender runs on such a machine.
    pub fn host() -> Option<Self> {
        Self::named(&format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)).ok()
    }

    /// Blender's own word for it in `blender_manifest.toml`.
    pub fn blender_name(self) -> String {
        let processor = if self.processor == "x86_64" { "x64" } else { "arm64" };
        format!("{}-{processor}", self.system)
    }

    /// The library's name as Cargo builds it.
    pub fn built_file_name(self) -> String {
        let (prefix, suffix) = self.name_parts();
        format!("{prefix}{suffix}")
    }

    /// The library's name in a release. It has the version, since Windows cannot replace a library that a
    /// running Blender has loaded.
    pub fn released_file_name(self, version: &str) -> String {
        let (prefix, suffix) = self.name_parts();
        format!("{prefix}-{version}{suffix}")
    }

    fn name_parts(self) -> (&'static str, &'static str) {
        match self.system {
            "windows" => ("hemline", ".dll"),
            "macos" => ("libhemline", ".dylib"),
            _ => ("libhemline", ".so"),
        }
    }

    /// An error unless the file is a library for this platform.
    pub fn check(self, library: &[u8]) -> Result<()> {
        match header(library) {
            None => bail!("is no shared library, expected one for {self}"),
            Some(found) if found != self.header() => {
                let (format, machine) = found;
                bail!("is for another platform than {self} ({format}, machine {machine:#x})")
            }
            Some(_) => Ok(()),
        }
    }

    /// File format and machine number, from the specifications of ELF, PE and Mach-O.
    fn header(self) -> (&'static str, u32) {
        match (self.system, self.processor) {
            ("windows", "x86_64") => ("PE", 0x8664),
            ("windows", _) => ("PE", 0xAA64),
            ("macos", "x86_64") => ("Mach-O", 0x0100_0007),
            ("macos", _) => ("Mach-O", 0x0100_000C),
            (_, "x86_64") => ("ELF", 62),
            _ => ("ELF", 183),
        }
    }
}

/// File format and machine number that a library's own header tells.
fn header(bytes: &[u8]) -> Option<(&'static str, u32)> {
    let number = |at: usize, size: usize| {
        let field = bytes.get(at..at.checked_add(size)?)?;
        Some(field.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    };
    if bytes.starts_with(b"\x7fELF") {
        return Some(("ELF", number(18, 2)?));
    }
    if bytes.starts_with(&0xFEED_FACF_u32.to_le_bytes()) {
        return Some(("Mach-O", number(4, 4)?));
    }
    let pe = number(0x3C, 4)? as usize;
    let is_pe = bytes.starts_with(b"MZ") && bytes.get(pe..)?.starts_with(b"PE\0\0");
    if is_pe { Some(("PE", number(pe + 4, 2)?)) } else { None }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.system, self.processor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_known_by_its_header() {
        let linux = Platform::named("linux-x86_64").unwrap();
        let arm = Platform::named("linux-aarch64").unwrap();
        let windows = Platform::named("windows-x86_64").unwrap();
        let mut elf = b"\x7fELF".to_vec();
        elf.resize(64, 0);
        elf[18] = 62;
        assert!(linux.check(&elf).is_ok());
        assert!(arm.check(&elf).unwrap_err().to_string().contains("ELF, machine 0x3e"));
        assert!(windows.check(&elf).is_err());
        assert!(linux.check(&elf[..18]).is_err());
        assert!(linux.check(b"").is_err());

        let mut pe = b"MZ".to_vec();
        pe.resize(0x3C, 0);
        pe.extend([0x40, 0, 0, 0]);
        pe.extend(b"PE\0\0\x64\x86");
        assert!(windows.check(&pe).is_ok());
        pe[0x3F] = 0xFF; // the PE header far beyond the file's end
        assert!(windows.check(&pe).is_err());
    }

    #[test]
    fn names_are_what_blender_and_the_loader_expect() {
        let names = |name: &str| {
            let platform = Platform::named(name).unwrap();
            (platform.blender_name(), platform.released_file_name("1.2.3"))
        };
        assert_eq!(names("linux-aarch64"), ("linux-arm64".into(), "libhemline-1.2.3.so".into()));
        assert_eq!(names("windows-x86_64"), ("windows-x64".into(), "hemline-1.2.3.dll".into()));
        assert_eq!(names("macos-aarch64"), ("macos-arm64".into(), "libhemline-1.2.3.dylib".into()));
        assert!(Platform::named("plan9-x86_64").is_err());
    }
}
