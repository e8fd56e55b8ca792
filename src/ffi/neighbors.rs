//! Lists of neighbours as a result handle.

use std::ptr::null;

use super::buffers::{destroy_handle, handle, output_slot};
use super::guard::guard;
use super::status::HemStatus;
use crate::spatial::Neighbors;

/// Neighbours of each row (a point or a query), as sparse rows; a result that the caller destroys.
pub struct HemNeighbors(pub(crate) Neighbors);

/// Shows the arrays of a result; they belong to it and live until it is destroyed.
///
/// neighbors must be a handle.
/// out_offsets receives a pointer to row_count + 1 uint32_t: row r has entries offsets[r] to
/// offsets[r + 1] (exclusive).
/// out_indices receives a pointer to entry_count uint32_t, ascending within a row.
/// out_distances receives a pointer to entry_count floats, metres; NULL where the distances were left out.
/// out_row_count and out_entry_count receive the two counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_neighbors_view(
    neighbors: *const HemNeighbors,
    out_offsets: *mut *const u32,
    out_indices: *mut *const u32,
    out_distances: *mut *const f32,
    out_row_count: *mut usize,
    out_entry_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemNeighbors(neighbors) = handle("neighbors", neighbors)?;
        let offsets = output_slot("out_offsets", out_offsets)?;
        let indices = output_slot("out_indices", out_indices)?;
        let distances = output_slot("out_distances", out_distances)?;
        let row_count = output_slot("out_row_count", out_row_count)?;
        let entry_count = output_slot("out_entry_count", out_entry_count)?;
        offsets.write(neighbors.offsets.as_ptr());
        indices.write(neighbors.indices.as_ptr());
        let left_out = neighbors.distances.len() < neighbors.indices.len();
        distances.write(if left_out { null() } else { neighbors.distances.as_ptr() });
        row_count.write(neighbors.row_count());
        entry_count.write(neighbors.indices.len());
        Ok(())
    })
}

/// Releases a result and the arrays that hem_neighbors_view showed. NULL does nothing.
///
/// neighbors must be a handle or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_neighbors_destroy(neighbors: *mut HemNeighbors) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(neighbors) }
}
