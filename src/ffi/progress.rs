//! Progress and cancellation as C spells them.

use std::ffi::c_void;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::runtime::Progress;
use crate::{Error, Result};

/// Told how far a call is: `fraction` is in [0, 1] and never falls. Return 0 to go on, anything else
/// to cancel. Must not throw or unwind.
pub type HemProgressCallback =
    Option<unsafe extern "C" fn(fraction: f32, user_data: *mut c_void) -> i32>;

/// How a long call reports and is cancelled. Zero what you do not need.
///
/// callback may be NULL; it runs on the calling thread only.
/// user_data is handed to the callback.
/// cancel_flag may be NULL; any thread may set it to anything but 0, and the call returns
/// HEM_CANCELLED promptly, its outputs untouched.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HemProgress {
    /// Must be sizeof(HemProgress).
    pub struct_size: u32,
    /// Must be 0.
    pub reserved: u32,
    /// The report, or NULL.
    pub callback: HemProgressCallback,
    /// Handed to the callback.
    pub user_data: *mut c_void,
    /// The flag, or NULL.
    pub cancel_flag: *const i32,
}

/// Runs `body` with the caller's progress; NULL neither reports nor cancels.
///
/// # Safety
/// Where `progress` is not NULL, it is a valid `HemProgress` for the whole call.
pub(crate) unsafe fn with_progress(
    progress: *const HemProgress,
    body: impl FnOnce(&Progress<'_>) -> Result<()>,
) -> Result<()> {
    if progress.is_null() {
        return body(&Progress::none());
    }
    // SAFETY: valid by the contract; the size is the first field.
    let given = unsafe { progress.cast::<u32>().read() } as usize;
    if given != size_of::<HemProgress>() {
        return Err(Error::invalid(
            "progress",
            format!("has struct_size {given}, expected {}", size_of::<HemProgress>()),
        ));
    }
    // SAFETY: valid by the contract, and as large as this library knows it.
    let HemProgress { callback, user_data, cancel_flag, .. } = unsafe { *progress };
    if !cancel_flag.is_null() && !cancel_flag.is_aligned() {
        return Err(Error::invalid("progress", "has a cancel_flag that is not aligned to 4 bytes"));
    }
    // SAFETY: aligned by the check, alive for the call by the contract; written by others only whole.
    let flag =
        (!cancel_flag.is_null()).then(|| unsafe { AtomicI32::from_ptr(cancel_flag.cast_mut()) });
    let cancelled = || flag.is_some_and(|flag| flag.load(Ordering::Relaxed) != 0);
    let report = |fraction: f32| match callback {
        // SAFETY: the caller's own function with the caller's own data.
        Some(callback) if unsafe { callback(fraction, user_data) } != 0 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    body(&Progress::new(Some(&report), &cancelled))
}
