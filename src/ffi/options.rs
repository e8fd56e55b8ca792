//! Options structs that may grow: each begins with its size as the caller knows it.

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
