//! The library itself: versions, threads, memory, what it runs on.

use std::ffi::c_char;

use super::buffers::output_slot;
use super::guard::guard;
use super::status::HemStatus;
use crate::runtime::{batch, memory, simd, threads};

/// Number of the binary interface: a loader refuses a library that answers another one.
pub const HEM_ABI_VERSION: u32 = 1;

/// Major, minor and patch version of the library that this header belongs to.
pub const HEM_VERSION_MAJOR: u32 = 0;
/// See HEM_VERSION_MAJOR.
pub const HEM_VERSION_MINOR: u32 = 1;
/// See HEM_VERSION_MAJOR.
pub const HEM_VERSION_PATCH: u32 = 0;

/// In place of an index: there is none.
pub const HEM_NO_INDEX: u32 = 0xFFFF_FFFF;

/// The library's HEM_ABI_VERSION. Compare it with the header's before any other call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_abi_version() -> u32 {
    HEM_ABI_VERSION
}

/// The library's version, such as "0.1.0".
///
/// Returns a static string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The instruction set in use: "avx512", "avx2", "neon" or "scalar". The environment variable
/// HEMLINE_SIMD ("scalar", "avx2") limits it; it is read at the first use.
///
/// Returns a static string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_cpu_features() -> *const c_char {
    match simd::name() {
        "avx512" => c"avx512",
        "avx2" => c"avx2",
        "neon" => c"neon",
        _ => c"scalar",
    }
    .as_ptr()
}

/// Sets the number of threads of all later calls; at most 1024. 0 restores the default: the
/// environment variable HEMLINE_THREADS, else all cores.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_set_thread_count(count: usize) -> HemStatus {
    guard(|| threads::set_thread_count(count))
}

/// Number of threads that kernels use.
///
/// out_count must hold one size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_thread_count(out_count: *mut usize) -> HemStatus {
    guard(|| {
        // SAFETY: the caller's contract, stated above.
        unsafe { output_slot("out_count", out_count) }?.write(threads::thread_count());
        Ok(())
    })
}

/// Sets how many bytes one call may use beyond its inputs and outputs; 0 restores the default, 1 GiB.
/// Kernels that could store more compute in blocks instead, with the same result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_set_memory_budget(bytes: usize) -> HemStatus {
    guard(|| {
        memory::set_budget(bytes);
        Ok(())
    })
}

/// The memory budget in bytes.
///
/// out_bytes must hold one size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_memory_budget(out_bytes: *mut usize) -> HemStatus {
    guard(|| {
        // SAFETY: the caller's contract, stated above.
        unsafe { output_slot("out_bytes", out_bytes) }?.write(memory::budget());
        Ok(())
    })
}

/// Sets how many rows (vertices, queries) a thread takes at a time; 0, the default, lets hemline
/// choose by threads, rows and memory budget. Results do not depend on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_set_batch_size(rows: usize) -> HemStatus {
    guard(|| {
        batch::set_batch_size(rows);
        Ok(())
    })
}

/// The number of rows set by hem_set_batch_size, 0 when hemline chooses.
///
/// out_rows must hold one size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_batch_size(out_rows: *mut usize) -> HemStatus {
    guard(|| {
        // SAFETY: the caller's contract, stated above.
        unsafe { output_slot("out_rows", out_rows) }?.write(batch::batch_size());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_constants_are_the_crates() {
        let constants = format!("{HEM_VERSION_MAJOR}.{HEM_VERSION_MINOR}.{HEM_VERSION_PATCH}");
        assert_eq!(constants, env!("CARGO_PKG_VERSION"));
    }
}
