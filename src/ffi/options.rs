//! Options structs that may grow: each begins with its size as the caller knows it.

use super::buffers::output_slot;
use crate::{Error, Result};

/// A `#[repr(C)]` struct of plain numbers whose first field is `struct_size: u32`, set by [`Default`].
pub(crate) trait Options: bytemuck::Pod + Default {}

/// The caller's options over the defaults; NULL stands for the defaults.
///
/// A caller built against an older header sends a shorter struct: fields that it does not know keep
/// their defaults. A longer struct comes from a newer header and is refused, since it may ask for what
/// this library cannot do.
///
/// # Safety
/// Where `options` is not NULL, `struct_size` bytes are readable there.
pub(crate) unsafe fn read<T: Options>(options: *const T) -> Result<T> {
    let mut known = T::default();
    if options.is_null() {
        return Ok(known);
    }
    // SAFETY: the first field of every options struct is its size, which the caller has set.
    let given = unsafe { options.cast::<u32>().read_unaligned() } as usize;
    if !(size_of::<u32>()..=size_of::<T>()).contains(&given) {
        return Err(Error::invalid(
            "options",
            format!(
                "has struct_size {given}, expected {} (call its init function first)",
                size_of::<T>()
            ),
        ));
    }
    // SAFETY: `given` bytes are readable by the contract.
    let bytes = unsafe { std::slice::from_raw_parts(options.cast::<u8>(), given) };
    bytemuck::bytes_of_mut(&mut known)[..given].copy_from_slice(bytes);
    Ok(known)
}

/// Fills a struct of results that may grow, whose `struct_size` the caller has set: a caller built
/// against an older header gets the fields that it knows.
///
/// # Safety
/// Where `out` is not NULL, `struct_size` bytes are there to read and write, and nobody else uses them.
pub(crate) unsafe fn write<T: bytemuck::Pod>(
    argument: &'static str,
    out: *mut T,
    mut value: T,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    let out = unsafe { output_slot(argument, out) }?.as_mut_ptr();
    // SAFETY: the first field is the size, which the caller has set.
    let given = unsafe { out.cast::<u32>().read() };
    let size = given as usize;
    if !(size_of::<u32>()..=size_of::<T>()).contains(&size) {
        return Err(Error::invalid(
            argument,
            format!("has struct_size {given}, expected {}", size_of::<T>()),
        ));
    }
    let bytes = bytemuck::bytes_of_mut(&mut value);
    bytes[..size_of::<u32>()].copy_from_slice(&given.to_ne_bytes());
    // SAFETY: `size` bytes are writable by the contract, and `value` has at least as many.
    unsafe { out.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), size) };
    Ok(())
}
