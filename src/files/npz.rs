//! NumPy's `.npz`: a zip archive of `.npy` arrays, stored or deflated.
//!
//! Nothing that a file declares is believed before it is there: memory grows with the bytes that are
//! read, and no entry may be larger than [`MOST_BYTES`].

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::npy::{self, Array};
use crate::{Error, Result};

/// Bytes that one array of a file may take: a field of 100 million points.
const MOST_BYTES: u64 = 4 << 30;

/// An archive that is read entry by entry.
pub(super) struct Reader {
    path: String,
    archive: ZipArchive<BufReader<File>>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| failure(&name, "cannot be opened", &error))?;
        let archive = ZipArchive::new(BufReader::new(file))
            .map_err(|error| failure(&name, "is not a whole zip archive", &error))?;
        Ok(Self { path: name, archive })
    }

    /// An error about the file as a whole or about one of its arrays.
    pub(super) fn error(&self, problem: impl Into<String>) -> Error {
        Error::File { path: self.path.clone(), problem: problem.into() }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.archive.index_for_name(&entry_name(key)).is_some()
    }

    /// The array called `key`, where the archive has it.
    pub(super) fn array(&mut self, key: &str) -> Result<Option<Array>> {
        let Some(index) = self.archive.index_for_name(&entry_name(key)) else { return Ok(None) };
        let bytes = self.bytes(index, key)?;
        npy::decode(&bytes)
            .map(Some)
            .map_err(|problem| self.error(format!("has an array `{key}` that {problem}")))
    }

    fn bytes(&mut self, index: usize, key: &str) -> Result<Vec<u8>> {
        let path = &self.path;
        let broken = |error: &dyn std::fmt::Display| {
            failure(path, &format!("has a broken entry `{key}`"), error)
        };
        let entry = self.archive.by_index(index).map_err(|error| broken(&error))?;
        let declared = entry.size();
        if declared > MOST_BYTES {
            return Err(broken(&format!("{declared} bytes, expected at most {MOST_BYTES}")));
        }
        let mut bytes = Vec::new();
        // One byte more than declared tells an entry that lies.
        entry.take(declared + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        if bytes.len() as u64 != declared {
            return Err(broken(&format!("{} bytes, expected {declared}", bytes.len())));
        }
        Ok(bytes)
    }
}

/// Writes an archive beside `path` and moves it there when it is whole: a file that exists is either
/// replaced or untouched.
pub(super) fn write(path: &Path, arrays: &[(&str, Vec<u8>)]) -> Result<()> {
    let name = path.display().to_string();
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = Path::new(&beside);
    let result = write_archive(beside, arrays)
        .and_then(|()| std::fs::rename(beside, path))
        .map_err(|error| failure(&name, "cannot be written", &error));
    if result.is_err() {
        // There may be none, and there is nothing more to be done about one that stays.
        let _ = std::fs::remove_file(beside);
    }
    result
}

fn write_archive(path: &Path, arrays: &[(&str, Vec<u8>)]) -> std::io::Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(File::create(path)?));
    for (key, bytes) in arrays {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(bytes.len() as u64 >= u64::from(u32::MAX));
        archive.start_file(entry_name(key), options)?;
        archive.write_all(bytes)?;
    }
    archive.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}

fn entry_name(key: &str) -> String {
    format!("{key}.npy")
}

fn failure(path: &str, problem: &str, error: &dyn std::fmt::Display) -> Error {
    Error::File { path: path.to_owned(), problem: format!("{problem}: {error}") }
}
