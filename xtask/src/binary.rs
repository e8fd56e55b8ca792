//! What a built library file says of itself, for every system's format.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context, Result};
use object::read::elf::{ElfFile64, FileHeader as _};
use object::read::macho::{LoadCommandVariant, MachHeader as _, MachOFile64};
use object::{Architecture, BinaryFormat, Endianness, File, NameOrOrdinal, Object, elf};

/// A version as symbol tables and load commands hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// The parts of a shared library that others rely on.
#[derive(Debug)]
pub struct Binary {
    /// File format and processor.
    pub kind: (BinaryFormat, Architecture),
    /// Names of exported symbols, without macOS's leading underscore.
    pub exports: BTreeSet<String>,
    /// Libraries that it names, as the file spells them.
    pub libraries: BTreeSet<String>,
    /// ELF's SONAME, macOS's install name.
    pub own_name: Option<String>,
    /// The oldest system that has what it needs: glibc's version on Linux, the system's own on macOS.
    pub oldest_system: Option<Version>,
}

/// Reads a shared library.
pub fn read(path: &Path) -> Result<Binary> {
    let data = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&data).with_context(|| format!("{} is no library", path.display()))
}

/// Reads the bytes of a shared library.
pub fn parse(data: &[u8]) -> Result<Binary> {
    let file = File::parse(data)?;
    let mut binary = Binary {
        kind: (file.format(), file.architecture()),
        exports: BTreeSet::new(),
        libraries: BTreeSet::new(),
        own_name: None,
        oldest_system: None,
    };
    for export in file.exports()? {
        if let NameOrOrdinal::Name(name) = export?.name() {
            binary.exports.insert(text(name));
        }
    }
    for library in file.import_libraries()? {
        binary.libraries.insert(text(library?.name()));
    }
    match &file {
        File::Elf64(file) => read_elf(file, &mut binary)?,
        File::MachO64(file) => read_macho(file, &mut binary)?,
        _ => {}
    }
    Ok(binary)
}

/// The SONAME, and the newest version among those that symbols ask of glibc.
fn read_elf(file: &ElfFile64, binary: &mut Binary) -> Result<()> {
    let (endian, data) = (file.endian(), file.data());
    let sections = file.elf_header().sections(endian, data)?;
    let dynamic = sections.dynamic_table(endian, data)?;
    for entry in dynamic.iter().filter(|entry| entry.tag == elf::DT_SONAME) {
        binary.own_name = Some(text(dynamic.string(entry)?));
    }
    let Some((mut needed, strings)) = sections.gnu_verneed(endian, data)? else { return Ok(()) };
    let strings = sections.strings(endian, data, strings)?;
    while let Some((_, mut versions)) = needed.next()? {
        while let Some(version) = versions.next()? {
            let glibc = glibc_version(&text(version.name(endian, strings)?));
            binary.oldest_system = binary.oldest_system.max(glibc);
        }
    }
    Ok(())
}

/// `GLIBC_2.28`, `GLIBC_2.2.5`.
fn glibc_version(name: &str) -> Option<Version> {
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.').map(str::parse);
    Some(Version(numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The install name and the oldest macOS. Exported names lose the underscore that C's have there.
fn read_macho(file: &MachOFile64<Endianness>, binary: &mut Binary) -> Result<()> {
    let endian = file.endian();
    let mut commands = file.macho_header().load_commands(endian, file.data(), 0)?;
    while let Some(command) = commands.next()? {
        match command.variant()? {
            LoadCommandVariant::IdDylib(name) => {
                binary.own_name = Some(text(command.string(endian, name.dylib.name)?));
            }
            LoadCommandVariant::BuildVersion(version, _) => {
                let packed = version.minos.get(endian).0;
                binary.oldest_system = Some(Version(packed >> 16, packed >> 8 & 0xff));
            }
            _ => {}
        }
    }
    let without_underscore = |name: &String| name.strip_prefix('_').unwrap_or(name).to_owned();
    binary.exports = binary.exports.iter().map(without_underscore).collect();
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
