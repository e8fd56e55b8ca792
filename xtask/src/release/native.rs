//! The archive for C and C++: a prefix with all that `cargo xtask install` installs.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command::target;
use crate::platform::{Platform, System};
use crate::{archive, install, library};

/// The archive's name: Windows users expect a zip.
pub fn file_name(platform: &Platform) -> Result<String> {
    let suffix = if platform.system == System::Windows { "zip" } else { "tar.gz" };
    Ok(format!("{}.{suffix}", prefix_name(platform)?))
}

/// The one folder in the archive.
fn prefix_name(platform: &Platform) -> Result<String> {
    Ok(format!("hemline-native-{}-{}", library::version()?, platform.name))
}

/// Writes a built platform's archive into the folder `output`.
pub fn write(output: &Path, platform: &Platform) -> Result<()> {
    let name = prefix_name(platform)?;
    let prefix = target().join("native").join(&name);
    if prefix.exists() {
        fs::remove_dir_all(&prefix)?;
    }
    install::install_platform(&prefix, platform, &platform.folder())?;
    let archive = output.join(file_name(platform)?);
    match platform.system {
        System::Windows => {
            archive::zip(&archive, &format!("{name}/"), &archive::contents(&prefix, |_| true)?)
        }
        System::Linux | System::Macos => archive::tar_gz(&archive, &prefix),
    }
}
