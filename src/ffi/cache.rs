//! The index cache, from which the `…_acquire` functions take their handles.

use super::guard::guard;
use super::options;
use super::status::HemStatus;
use crate::spatial::cache::{Cache, DEFAULT_LIMIT};

/// Limit of the index cache in bytes until hem_set_cache_limit changes it: 256 MiB.
pub const HEM_DEFAULT_CACHE_LIMIT: u64 = 268435456;

const _: () = assert!(HEM_DEFAULT_CACHE_LIMIT == DEFAULT_LIMIT as u64);

/// What the index cache holds, and how often it served since the library was loaded.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemCacheInfo {
    /// Set it to sizeof(HemCacheInfo) before the call.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// Bytes that the kept indices hold.
    pub bytes: u64,
    /// Bytes that they may hold.
    pub limit: u64,
    /// Number of indices kept.
    pub entries: u64,
    /// Calls that found their index.
    pub hits: u64,
    /// Calls that had to build it.
    pub misses: u64,
    /// Indices dropped to keep the limit, those used least recently first.
    pub evictions: u64,
}

/// Tells what the index cache holds. All hem_..._acquire functions share it, over calls and threads;
/// an index is found again by the content of its coordinates and parameters alone.
///
/// out_info must hold one HemCacheInfo whose struct_size is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_cache_info(out_info: *mut HemCacheInfo) -> HemStatus {
    guard(|| {
        let info = Cache::shared().info();
        let info = HemCacheInfo {
            struct_size: size_of::<HemCacheInfo>() as u32,
            reserved: 0,
            bytes: info.bytes as u64,
            limit: info.limit as u64,
            entries: info.entries as u64,
            hits: info.hits,
            misses: info.misses,
            evictions: info.evictions,
        };
        // SAFETY: the caller's contract, stated above.
        unsafe { options::write("out_info", out_info, info) }
    })
}

/// Drops all kept indices; handles that the caller holds stay valid. The limit and the counters stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_cache_clear() -> HemStatus {
    guard(|| {
        Cache::shared().clear();
        Ok(())
    })
}

/// Sets how many bytes of indices are kept, and drops at once what exceeds them; 0 keeps none. An
/// index larger than the limit works and is not kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_set_cache_limit(bytes: u64) -> HemStatus {
    guard(|| {
        Cache::shared().set_limit(usize::try_from(bytes).unwrap_or(usize::MAX));
        Ok(())
    })
}
