//! Left and right: weights of the wrong side, and swapped weights.

use super::buffers::{
    give_handle, input, input_points, optional_input, optional_output, output_slot,
};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::sparse::{HemSparseWeights, original_input, sparse_input};
use super::status::HemStatus;
use super::weights::tell;
use crate::weights::sides::{self, GroupSides};
use crate::weights::symmetry::symmetrize_weights;

/// The group belongs to neither side.
pub const HEM_SIDE_NEITHER: u32 = 0;
/// The group moves the left side, +x.
pub const HEM_SIDE_LEFT: u32 = 1;
/// The group moves the right side, -x.
pub const HEM_SIDE_RIGHT: u32 = 2;

const _: () = assert!(HEM_SIDE_NEITHER == sides::NEITHER as u32);
const _: () = assert!(HEM_SIDE_LEFT == sides::LEFT as u32);
const _: () = assert!(HEM_SIDE_RIGHT == sides::RIGHT as u32);

/// Takes the weights of the other side's groups from vertices that are clearly on one side, |x| > threshold
/// (left is +x). Such a weight goes to the mirrored group; without one it is dropped and the row's other
/// counted weights are scaled to the sum that the row had; it stays where there are no others.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// points must hold vertex_count * 3 floats, finite.
/// sides must hold group_count bytes, HEM_SIDE_... constants.
/// mirror must hold group_count groups, each below group_count, of the other side and mirroring the
/// group in turn, or HEM_NO_INDEX for none.
/// group_mask must hold group_count bytes, not 0 for the groups that count and may change; may be NULL for all.
/// threshold must be finite and not negative, metres.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_changed_count must hold one size_t, the number of vertices that changed; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_separate_sides(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    sides: *const u8,
    mirror: *const u32,
    group_mask: *const u8,
    threshold: f32,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_changed_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let changed_count = optional_output("out_changed_count", out_changed_count, 1)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, vertex_count)?;
        let of_groups = GroupSides::new(
            input("sides", sides, group_count)?,
            input("mirror", mirror, group_count)?,
        )?;
        let group_mask = optional_input("group_mask", group_mask, group_count)?;
        let (separated, count) =
            sides::separate_sides(rows, points, of_groups, group_mask, threshold)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(separated.into()))?;
        tell(changed_count, count)
    })
}

/// Swaps the weights of left and right groups back on the centre line, |x| <= width, pair by pair, where
/// they are the wrong way round: with original rows, where the swapped pair is nearer to that of the
/// vertex's original row; without, where the side that the vertex lies on (left is +x) has the smaller
/// weight, never at x = 0.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// original_offsets may be NULL for no original rows; else it must hold vertex_count + 1 row bounds, ascending from 0 to original_entry_count.
/// original_groups may be NULL with original_offsets; else it must hold original_entry_count groups, each below group_count and once in a row at most.
/// original_weights may be NULL with original_offsets; else it must hold original_entry_count floats, finite, not negative.
/// points must hold vertex_count * 3 floats, finite.
/// sides must hold group_count bytes, HEM_SIDE_... constants.
/// mirror must hold group_count groups, each below group_count, of the other side and mirroring the
/// group in turn, or HEM_NO_INDEX for none.
/// width must be finite and not negative, metres.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_changed_count must hold one size_t, the number of vertices that changed; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_repair_sides(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    original_offsets: *const u32,
    original_groups: *const u32,
    original_weights: *const f32,
    original_entry_count: usize,
    points: *const f32,
    sides: *const u8,
    mirror: *const u32,
    width: f32,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_changed_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let changed_count = optional_output("out_changed_count", out_changed_count, 1)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let original = match original_offsets.is_null() {
            true => None,
            false => Some(original_input(
                original_offsets,
                vertex_count,
                original_groups,
                original_weights,
                original_entry_count,
                group_count,
            )?),
        };
        let points = input_points("points", points, vertex_count)?;
        let of_groups = GroupSides::new(
            input("sides", sides, group_count)?,
            input("mirror", mirror, group_count)?,
        )?;
        let (repaired, count) = sides::repair_sides(rows, points, of_groups, original, width)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(repaired.into()))?;
        tell(changed_count, count)
    })
}

/// Gives vertices that mirror each other mirrored weights: the mean of their rows, each seen from its own
/// side. A vertex mirrors the one that is closest to its image (x to -x) within the tolerance, and itself
/// where its own image is that near; such links chain. Rows whose total variation is above 0.25 differ for a
/// reason and are not linked. Groups without a mirrored one keep their weights, the others their sum.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// points must hold vertex_count * 3 floats, finite.
/// mirror must hold group_count groups: that of the other side, which must mirror the group in turn, the
/// group itself in the middle, or HEM_NO_INDEX for none.
/// vertex_mask must hold vertex_count bytes, 0 for vertices that keep their rows and give none; may be NULL
/// for all.
/// tolerance must be finite and not negative, metres.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_changed_count must hold one size_t, the number of vertices that mirror one; may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_symmetrize_weights(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    mirror: *const u32,
    vertex_mask: *const u8,
    tolerance: f32,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_changed_count: *mut usize,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let changed_count = optional_output("out_changed_count", out_changed_count, 1)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, vertex_count)?;
        let mirror = input("mirror", mirror, group_count)?;
        let vertex_mask = optional_input("vertex_mask", vertex_mask, vertex_count)?;
        with_progress(progress, |progress| {
            let (equal, count) =
                symmetrize_weights(rows, points, mirror, vertex_mask, tolerance, progress)?;
            give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(equal.into()))?;
            tell(changed_count, count)
        })
    })
}
