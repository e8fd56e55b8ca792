//! Sparse skin weights: how they come in, how they are handed out, and dense weights to them and back.

use std::sync::Arc;

use super::buffers::{destroy_handle, give_handle, handle, input, output, output_slot};
use super::guard::guard;
use super::status::HemStatus;
use crate::Result;
use crate::runtime::memory::checked_product;
use crate::weights::{SparseView, SparseWeights, convert};

/// Sparse skin weights that a function made. Immutable; read them by hem_sparse_weights_view.
pub struct HemSparseWeights(pub(crate) Arc<SparseWeights>);

/// Shows the rows of sparse weights: vertex v has the entries offsets[v] to offsets[v + 1]. Groups
/// ascend within a row. The arrays belong to the handle and stay valid until it is destroyed.
///
/// out_offsets must hold one pointer, to out_vertex_count + 1 offsets afterwards.
/// out_groups must hold one pointer, to out_entry_count groups afterwards.
/// out_weights must hold one pointer, to out_entry_count weights afterwards.
/// out_vertex_count, out_entry_count and out_group_count must hold one size_t each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_sparse_weights_view(
    sparse_weights: *const HemSparseWeights,
    out_offsets: *mut *const u32,
    out_groups: *mut *const u32,
    out_weights: *mut *const f32,
    out_vertex_count: *mut usize,
    out_entry_count: *mut usize,
    out_group_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rows = &handle("sparse_weights", sparse_weights)?.0;
        let offsets = output_slot("out_offsets", out_offsets)?;
        let groups = output_slot("out_groups", out_groups)?;
        let weights = output_slot("out_weights", out_weights)?;
        let vertex_count = output_slot("out_vertex_count", out_vertex_count)?;
        let entry_count = output_slot("out_entry_count", out_entry_count)?;
        output_slot("out_group_count", out_group_count)?.write(rows.group_count);
        offsets.write(rows.offsets.as_ptr());
        groups.write(rows.groups.as_ptr());
        weights.write(rows.weights.as_ptr());
        vertex_count.write(rows.offsets.len() - 1);
        entry_count.write(rows.groups.len());
        Ok(())
    })
}

/// Releases sparse weights and the arrays that hem_sparse_weights_view showed.
///
/// sparse_weights may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_sparse_weights_destroy(sparse_weights: *mut HemSparseWeights) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(sparse_weights) }
}

/// Makes sparse rows of dense weights. Zeros are left out; groups ascend within a row.
///
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_sparse_from_dense(
    weights: *const f32,
    vertex_count: usize,
    group_count: usize,
    out_sparse_weights: *mut *mut HemSparseWeights,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let count = checked_product("weights", vertex_count, group_count)?;
        let weights = input("weights", weights, count)?;
        let rows = convert::from_dense(weights, vertex_count, group_count)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(Arc::new(rows)))
    })
}

/// Writes sparse rows out in full; groups that a row does not name get 0.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// out_dense must hold vertex_count * group_count floats, vertex-major.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_sparse_to_dense(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    out_dense: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let count = checked_product("out_dense", vertex_count, group_count)?;
        convert::to_dense(rows, output("out_dense", out_dense, count)?)
    })
}

/// Sparse rows to read. With no vertices `offsets` may be NULL.
///
/// # Safety
/// As [`input`], for `vertex_count + 1` offsets, `entry_count` groups and `entry_count` weights.
pub(crate) unsafe fn sparse_input<'a>(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
) -> Result<SparseView<'a>> {
    // SAFETY: the caller's contract is the same.
    let (offsets, groups, weights) = unsafe {
        (
            offsets_input(offsets, vertex_count)?,
            input("groups", groups, entry_count)?,
            input("weights", weights, entry_count)?,
        )
    };
    SparseView::new(offsets, groups, weights, group_count)
}

/// [`sparse_input`] for the arguments `original_…`, the rows that a function compares or mixes with.
///
/// # Safety
/// As [`sparse_input`].
pub(crate) unsafe fn original_input<'a>(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
) -> Result<SparseView<'a>> {
    // SAFETY: the caller's contract is the same.
    unsafe { sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count) }
        .map_err(|error| {
            error.renamed(|argument| match argument {
                "offsets" => "original_offsets",
                "groups" => "original_groups",
                "weights" => "original_weights",
                other => other,
            })
        })
}

/// The bounds of `row_count` rows to read. With no rows `offsets` may be NULL.
///
/// # Safety
/// As [`input`], for `row_count + 1` elements.
pub(crate) unsafe fn offsets_input<'a>(offsets: *const u32, row_count: usize) -> Result<&'a [u32]> {
    if row_count == 0 && offsets.is_null() {
        return Ok(&[0]);
    }
    // Saturated, the count is refused as one that no memory holds.
    let count = row_count.saturating_add(1);
    // SAFETY: the caller's contract is the same.
    unsafe { input("offsets", offsets, count) }
}
