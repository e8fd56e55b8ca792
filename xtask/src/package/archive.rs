//! Zip files that depend on their contents alone: sorted, with one fixed time and one mode.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Contents by path in the archive.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes `files` under `prefix` (empty, or a folder with its slash), and says what was written.
pub fn write(path: &Path, prefix: &str, files: &Files) -> Result<()> {
    write_zip(path, prefix, files).with_context(|| format!("cannot write {}", path.display()))?;
    let size = path.metadata()?.len();
    println!("{}: {} files, {} KiB", path.display(), files.len(), size.div_ceil(1024));
    Ok(())
}

fn write_zip(path: &Path, prefix: &str, files: &Files) -> Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(File::create(path)?);
    for (name, bytes) in files {
        zip.start_file(format!("{prefix}{name}"), options)?;
        zip.write_all(bytes)?;
    }
    zip.finish()?.sync_all()?;
    Ok(())
}
