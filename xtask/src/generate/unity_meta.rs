//! `.meta` files of the Unity package. Unity finds assets by the GUID in them, so each asset needs one
//! that never changes: a new asset gets the hash of its first path.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::command::root;
use crate::folder;

/// The package's folder, from the root.
const PACKAGE: &str = "unity";

/// The `.meta` files that are missing, with their text.
pub fn missing() -> Result<Vec<(PathBuf, String)>> {
    let assets = assets(&root().join(PACKAGE))?.into_iter();
    let without = assets.map(|asset| (meta_of(&asset), asset)).filter(|(meta, _)| !meta.exists());
    Ok(without.map(|(meta, asset)| (meta, text(&asset))).collect())
}

fn meta_of(asset: &Path) -> PathBuf {
    let mut name = asset.as_os_str().to_owned();
    name.push(".meta");
    name.into()
}

/// Files and folders that Unity imports: not those that end with `~` or begin with a dot.
fn assets(package: &Path) -> Result<BTreeSet<PathBuf>> {
    let is_imported = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.ends_with('~') && !name.starts_with('.') && !name.ends_with(".meta")
    };
    let files = folder::files(package, is_imported)?;
    let with_folders = files.iter().flat_map(|name| Path::new(name).ancestors());
    let is_inside = |name: &&Path| !name.as_os_str().is_empty();
    Ok(with_folders.filter(is_inside).map(|name| package.join(name)).collect())
}

/// The `.meta` file of an asset, by its path in the project.
pub fn text(asset: &Path) -> String {
    let path = asset.strip_prefix(root()).expect("within the project");
    let path = path.to_string_lossy().replace('\\', "/");
    let extension = asset.extension().and_then(|extension| extension.to_str());
    let importer = match extension {
        _ if asset.is_dir() => "folderAsset: yes\nDefaultImporter:\n  externalObjects: {}",
        Some("cs") => {
            "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n  \
             executionOrder: 0\n  icon: {instanceID: 0}"
        }
        Some("asmdef") => "AssemblyDefinitionImporter:\n  externalObjects: {}",
        Some("md") => "TextScriptImporter:\n  externalObjects: {}",
        Some("json") if asset.ends_with("package.json") => {
            "PackageManifestImporter:\n  externalObjects: {}"
        }
        _ => "DefaultImporter:\n  externalObjects: {}",
    };
    format!(
        "fileFormatVersion: 2\nguid: {:032x}\n{importer}\n  userData: \n  assetBundleName: \n  \
         assetBundleVariant: \n",
        fnv_1a(path.as_bytes())
    )
}

/// FNV-1a of 128 bits.
fn fnv_1a(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs;

    use super::*;

    fn metas() -> Vec<PathBuf> {
        let package = root().join(PACKAGE);
        let is_meta =
            |path: &Path| path.is_dir() || path.extension().is_some_and(|end| end == "meta");
        let names = folder::files(&package, is_meta).unwrap();
        names.iter().map(|name| package.join(name)).collect()
    }

    #[test]
    fn every_asset_has_a_meta_file_of_its_own() {
        assert_eq!(missing().unwrap(), [], "cargo xtask generate writes them; commit them");
        let mut owners = HashMap::new();
        for meta in metas() {
            let text = fs::read_to_string(&meta).unwrap();
            let guid =
                text.lines().find_map(|line| line.strip_prefix("guid: ")).unwrap().to_owned();
            assert!(
                guid.len() == 32 && guid.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{guid}"
            );
            if let Some(other) = owners.insert(guid, meta.clone()) {
                panic!("{} and {} have one GUID", meta.display(), other.display());
            }
        }
    }

    #[test]
    fn no_meta_file_outlives_its_asset() {
        for meta in metas() {
            // Libraries are copied in by cargo xtask unity.
            let is_plugin = fs::read_to_string(&meta).unwrap().contains("PluginImporter:");
            assert!(is_plugin || meta.with_extension("").exists(), "{}", meta.display());
        }
    }
}
