//! Archives that depend on their contents alone: sorted, with one fixed time, one mode and one owner.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::command::{command, run};
use crate::folder;

/// Contents by path in the archive.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes `files` under `prefix` (empty, or a folder with its slash) as a zip, and says what was written.
pub fn zip(path: &Path, prefix: &str, files: &Files) -> Result<()> {
    write_zip(path, prefix, files).with_context(|| format!("cannot write {}", path.display()))?;
    say_written(path, files.len())
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

/// Writes `folder`, symbolic links included, as a gzipped tar whose one folder has its name. Needs GNU tar.
pub fn tar_gz(path: &Path, folder: &Path) -> Result<()> {
    let (parent, name) =
        folder.parent().zip(folder.file_name()).context("a folder with a name in a folder")?;
    let same_each_time = [
        "--sort=name",
        "--format=ustar",
        "--mtime=1980-01-01 00:00:00Z",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--mode=u=rwX,go=rX",
        "--use-compress-program=gzip -n",
    ];
    run(command("tar").args(same_each_time).arg("-C").arg(parent).arg("-cf").arg(path).arg(name))?;
    say_written(path, folder::files(folder, |_| true)?.len())
}

/// The contents of the wanted files of a folder, by their path in it.
pub fn contents(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<Files> {
    let read = |name: String| {
        let path = folder.join(&name);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((name, bytes))
    };
    folder::files(folder, is_wanted)?.into_iter().map(read).collect()
}

/// What all files of an archive hold, one after the other; any other file's own bytes.
pub fn unpacked(path: &Path) -> Result<Vec<u8>> {
    let name = path.to_string_lossy();
    let mut bytes = Vec::new();
    if name.ends_with(".zip") {
        let mut zip = ZipArchive::new(File::open(path)?)?;
        for index in 0..zip.len() {
            zip.by_index(index)?.read_to_end(&mut bytes)?;
        }
    } else if name.ends_with("gz") {
        let output = command("tar")
            .args(["--extract", "--gzip", "--to-stdout", "--file"])
            .arg(path)
            .output()?;
        ensure!(output.status.success(), "tar cannot read {name}");
        bytes = output.stdout;
    } else {
        bytes = fs::read(path)?;
    }
    Ok(bytes)
}

fn say_written(path: &Path, count: usize) -> Result<()> {
    let size = path.metadata()?.len();
    println!("{}: {count} files, {} KiB", path.display(), size.div_ceil(1024));
    Ok(())
}
