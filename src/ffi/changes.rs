//! Which rows of a buffer changed.

use super::buffers::{input, optional_output, output};
use super::guard::guard;
use super::status::HemStatus;
use crate::Error;
use crate::runtime::changes;
use crate::runtime::memory::checked_product;

/// Finds the rows (points, weights of a vertex) of a buffer that differ in any bit from those of an
/// earlier copy: what an incremental update has to look at.
///
/// before must hold row_count * row_bytes bytes; row_bytes is at least 1.
/// after must hold row_count * row_bytes bytes.
/// out_changed must hold row_count bytes: 1 for rows that differ, 0 for others.
/// out_changed_count must hold one size_t, the number of rows that differ; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_find_changed_rows(
    before: *const u8,
    after: *const u8,
    row_count: usize,
    row_bytes: usize,
    out_changed: *mut u8,
    out_changed_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        if row_bytes == 0 {
            return Err(Error::invalid("row_bytes", "is 0, expected at least 1"));
        }
        let bytes = checked_product("before", row_count, row_bytes)?;
        let (before, after) = (input("before", before, bytes)?, input("after", after, bytes)?);
        let marks = output("out_changed", out_changed, row_count)?;
        let count = optional_output("out_changed_count", out_changed_count, 1)?;
        let changed = changes::mark_changed(before, after, row_bytes, marks);
        if let Some([count]) = count {
            *count = changed;
        }
        Ok(())
    })
}
