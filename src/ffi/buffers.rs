//! Raw pointers with their counts, checked and turned into slices and references.
//!
//! What cannot be checked, that the memory is there and not written by others meanwhile, is the
//! caller's contract, stated in the header. All functions here are `unsafe` for that reason alone.

use crate::runtime::memory::checked_product;
use crate::{Error, Result};

/// `count` elements to read; `(NULL, 0)` is an empty slice.
///
/// # Safety
/// Where `data` is not NULL, `count` elements are readable there for `'a`, and nobody writes them.
pub(crate) unsafe fn input<'a, T: bytemuck::AnyBitPattern>(
    argument: &'static str,
    data: *const T,
    count: usize,
) -> Result<&'a [T]> {
    if check_pointer(argument, data, count)? {
        // SAFETY: not NULL, aligned and of a possible size by the check; readable by the contract.
        return Ok(unsafe { std::slice::from_raw_parts(data, count) });
    }
    Ok(&[])
}

/// `count` elements to write (and, in place, to read); `(NULL, 0)` is an empty slice.
///
/// # Safety
/// Where `data` is not NULL, `count` initialised elements are there for `'a`, and nobody else uses them.
pub(crate) unsafe fn output<'a, T: bytemuck::Pod>(
    argument: &'static str,
    data: *mut T,
    count: usize,
) -> Result<&'a mut [T]> {
    if check_pointer(argument, data, count)? {
        // SAFETY: not NULL, aligned and of a possible size by the check; exclusive by the contract.
        return Ok(unsafe { std::slice::from_raw_parts_mut(data, count) });
    }
    Ok(&mut [])
}

/// [`input`] for an argument that may be left out: NULL gives `None`.
///
/// # Safety
/// As [`input`].
pub(crate) unsafe fn optional_input<'a, T: bytemuck::AnyBitPattern>(
    argument: &'static str,
    data: *const T,
    count: usize,
) -> Result<Option<&'a [T]>> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { input(argument, data, count) }.map(Some)
}

/// [`output`] for a result that the caller may not want: NULL gives `None`.
///
/// # Safety
/// As [`output`].
pub(crate) unsafe fn optional_output<'a, T: bytemuck::Pod>(
    argument: &'static str,
    data: *mut T,
    count: usize,
) -> Result<Option<&'a mut [T]>> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { output(argument, data, count) }.map(Some)
}

/// `rows` rows of `N` numbers to read, as a slice of arrays.
///
/// # Safety
/// As [`input`], for `rows * N` elements.
pub(crate) unsafe fn input_rows<'a, T: bytemuck::Pod, const N: usize>(
    argument: &'static str,
    data: *const T,
    rows: usize,
) -> Result<&'a [[T; N]]> {
    let count = checked_product(argument, rows, N)?;
    // SAFETY: the caller's contract is the same.
    unsafe { input(argument, data, count) }.map(bytemuck::cast_slice)
}

/// [`input_rows`] for an argument that may be left out: NULL gives `None`.
///
/// # Safety
/// As [`input_rows`].
pub(crate) unsafe fn optional_input_rows<'a, T: bytemuck::Pod, const N: usize>(
    argument: &'static str,
    data: *const T,
    rows: usize,
) -> Result<Option<&'a [[T; N]]>> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { input_rows(argument, data, rows) }.map(Some)
}

/// `rows` rows of `N` numbers to write, as a slice of arrays.
///
/// # Safety
/// As [`output`], for `rows * N` elements.
pub(crate) unsafe fn output_rows<'a, T: bytemuck::Pod, const N: usize>(
    argument: &'static str,
    data: *mut T,
    rows: usize,
) -> Result<&'a mut [[T; N]]> {
    let count = checked_product(argument, rows, N)?;
    // SAFETY: the caller's contract is the same.
    unsafe { output(argument, data, count) }.map(bytemuck::cast_slice_mut)
}

/// [`output_rows`] for a result that the caller may not want: NULL gives `None`.
///
/// # Safety
/// As [`output_rows`].
pub(crate) unsafe fn optional_output_rows<'a, T: bytemuck::Pod, const N: usize>(
    argument: &'static str,
    data: *mut T,
    rows: usize,
) -> Result<Option<&'a mut [[T; N]]>> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { output_rows(argument, data, rows) }.map(Some)
}

/// `count` points to read.
///
/// # Safety
/// As [`input`], for `count * 3` floats.
pub(crate) unsafe fn input_points<'a>(
    argument: &'static str,
    data: *const f32,
    count: usize,
) -> Result<&'a [glam::Vec3]> {
    // SAFETY: the caller's contract is the same.
    unsafe { input_rows::<f32, 3>(argument, data, count) }.map(bytemuck::cast_slice)
}

/// [`input_points`] for an argument that may be left out: NULL gives `None`.
///
/// # Safety
/// As [`input_points`].
pub(crate) unsafe fn optional_input_points<'a>(
    argument: &'static str,
    data: *const f32,
    count: usize,
) -> Result<Option<&'a [glam::Vec3]>> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { input_points(argument, data, count) }.map(Some)
}

/// One value to write, never left out.
///
/// # Safety
/// Where `slot` is not NULL, one element may be written there, and nobody else uses it.
pub(crate) unsafe fn output_slot<'a, T>(
    argument: &'static str,
    slot: *mut T,
) -> Result<&'a mut std::mem::MaybeUninit<T>> {
    check_pointer(argument, slot, 1)?;
    // SAFETY: not NULL and aligned by the check; exclusive by the contract.
    Ok(unsafe { &mut *slot.cast() })
}

/// A handle that a call only uses.
///
/// # Safety
/// Where `handle` is not NULL, it came from hemline's matching create function and is not destroyed yet.
pub(crate) unsafe fn handle<'a, T>(argument: &'static str, handle: *const T) -> Result<&'a T> {
    check_pointer(argument, handle, 1)?;
    // SAFETY: not NULL and aligned by the check; alive by the contract.
    Ok(unsafe { &*handle })
}

/// A handle that a call changes.
///
/// # Safety
/// As [`handle`], and nobody else uses the handle meanwhile.
pub(crate) unsafe fn handle_mut<'a, T>(
    argument: &'static str,
    handle: *mut T,
) -> Result<&'a mut T> {
    check_pointer(argument, handle, 1)?;
    // SAFETY: not NULL and aligned by the check; alive and exclusive by the contract.
    Ok(unsafe { &mut *handle })
}

/// Gives a new handle to the caller.
///
/// # Safety
/// As [`output_slot`].
pub(crate) unsafe fn give_handle<T>(
    argument: &'static str,
    slot: *mut *mut T,
    value: T,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    unsafe { output_slot(argument, slot) }?.write(Box::into_raw(Box::new(value)));
    Ok(())
}

/// Takes a handle back and drops it; NULL does nothing.
///
/// # Safety
/// Where `handle` is not NULL, it came from [`give_handle`], and nobody uses it from now on.
pub(crate) unsafe fn destroy_handle<T>(handle: *mut T) {
    super::guard::guard_destroy(|| {
        if !handle.is_null() {
            // SAFETY: made by `Box::into_raw` and given back once, by the contract.
            drop(unsafe { Box::from_raw(handle) });
        }
    });
}

/// An input and an output of equal shape, which may be one buffer.
pub(crate) enum InOut<'a, T> {
    /// Both are the same memory.
    InPlace(&'a mut [T]),
    /// They do not overlap.
    Separate(&'a [T], &'a mut [T]),
}

/// Rows of `N` numbers to read, and as many to write, which may be the same buffer.
///
/// # Safety
/// As [`input`] and [`output`], except that both may be the same memory.
pub(crate) unsafe fn in_out_rows<'a, T: bytemuck::Pod, const N: usize>(
    (input_name, data): (&'static str, *const T),
    (output_name, out): (&'static str, *mut T),
    rows: usize,
) -> Result<InOut<'a, [T; N]>> {
    let count = checked_product(input_name, rows, N)?;
    check_pointer(input_name, data, count)?;
    check_pointer(output_name, out, count)?;
    if std::ptr::eq(data, out) {
        // SAFETY: the caller's contract for the output, which is the only reference made.
        return Ok(InOut::InPlace(unsafe { output_rows(output_name, out, rows) }?));
    }
    if (data.addr()).abs_diff(out.addr()) < count * size_of::<T>() {
        return Err(Error::invalid(
            output_name,
            format!("overlaps `{input_name}` in part, expected the same buffer or another"),
        ));
    }
    // SAFETY: the caller's contract; the two ranges are disjoint by the check.
    let (data, out) =
        unsafe { (input_rows(input_name, data, rows)?, output_rows(output_name, out, rows)?) };
    Ok(InOut::Separate(data, out))
}

/// Whether there is data at all; an error where there should be and is not.
fn check_pointer<T>(argument: &'static str, data: *const T, count: usize) -> Result<bool> {
    if count.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Error::SizeOverflow {
            what: argument,
            detail: format!("{count} elements of {} bytes", size_of::<T>()),
        });
    }
    if count == 0 {
        return Ok(false);
    }
    if data.is_null() {
        return Err(Error::NullPointer { argument, count });
    }
    if !data.is_aligned() {
        return Err(Error::invalid(
            argument,
            format!("lies at {data:p}, expected an address divisible by {}", align_of::<T>()),
        ));
    }
    Ok(true)
}
