//! The memory budget, and allocation that fails with an error instead of ending the host.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Error, Result};

/// The budget until [`set_budget`] changes it: 1 GiB.
pub const DEFAULT_BUDGET: usize = 1 << 30;

static BUDGET: AtomicUsize = AtomicUsize::new(DEFAULT_BUDGET);

/// Bytes that one kernel call may use beyond its inputs and outputs.
pub fn budget() -> usize {
    BUDGET.load(Ordering::Relaxed)
}

/// Sets the budget in bytes; 0 restores [`DEFAULT_BUDGET`]. A kernel that could store more streams instead.
pub fn set_budget(bytes: usize) {
    BUDGET.store(if bytes == 0 { DEFAULT_BUDGET } else { bytes }, Ordering::Relaxed);
}

/// `a · b`, or the error that names what would overflow.
pub(crate) fn checked_product(what: &'static str, a: usize, b: usize) -> Result<usize> {
    a.checked_mul(b)
        .ok_or_else(|| Error::SizeOverflow { what, detail: format!("{a} × {b} elements") })
}

/// A vector of `length` copies of `value`, or [`Error::OutOfMemory`].
pub(crate) fn try_filled<T: Clone>(what: &'static str, value: T, length: usize) -> Result<Vec<T>> {
    let mut vector = try_with_capacity(what, length)?;
    vector.resize(length, value);
    Ok(vector)
}

/// A vector of `length` zeros, or [`Error::OutOfMemory`]. Fresh pages come zeroed from the system: nothing
/// is written here, as [`try_filled`] would.
pub(crate) fn try_zeroed<T: bytemuck::Zeroable>(
    what: &'static str,
    length: usize,
) -> Result<Vec<T>> {
    bytemuck::allocation::try_zeroed_slice_box(length)
        .map(Vec::from)
        .map_err(|()| Error::OutOfMemory { what, bytes: length.saturating_mul(size_of::<T>()) })
}

/// An empty vector with room for `capacity` elements, or [`Error::OutOfMemory`].
pub(crate) fn try_with_capacity<T>(what: &'static str, capacity: usize) -> Result<Vec<T>> {
    let mut vector = Vec::new();
    vector
        .try_reserve_exact(capacity)
        .map_err(|_| Error::OutOfMemory { what, bytes: capacity.saturating_mul(size_of::<T>()) })?;
    Ok(vector)
}
