//! Whole rows of skin weights: averaged, their groups merged and split, blended with original ones.

use super::buffers::{give_handle, input, optional_input, output_slot};
use super::guard::guard;
use super::sparse::{HemSparseWeights, original_input, sparse_input};
use super::status::HemStatus;
use crate::weights::{average, blend, merge};

/// Gives all vertices of one label the mean of their rows, a group that a row does not name counting
/// as 0: for both sides of a seam (hem_find_seams), or all of a rigid part (hem_find_rigid_parts). The
/// mean may have more influences than each row; limit afterwards.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// labels must hold vertex_count labels, each below label_count or HEM_NO_INDEX for a row that stays.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_average_weights(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    labels: *const u32,
    label_count: usize,
    out_sparse_weights: *mut *mut HemSparseWeights,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let labels = input("labels", labels, vertex_count)?;
        let averaged = average::average_rows(rows, labels, label_count)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(averaged.into()))
    })
}

/// Adds the weights of each group to those of its target and empties it, such as auxiliary bones into
/// their humanoid bone. A group's target is the last one of its chain of parents.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// parents must hold group_count groups, each below group_count; one that is its own parent, or has
/// HEM_NO_INDEX, stays. Circles are refused.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_merge_groups(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    parents: *const u32,
    out_sparse_weights: *mut *mut HemSparseWeights,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let merged = merge::merge_groups(rows, input("parents", parents, group_count)?)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(merged.into()))
    })
}

/// Undoes hem_merge_groups after the merged weights were changed: the weight of a target is shared among
/// the groups that were merged into it, as the vertex's original weights were. Where the vertex had none
/// of these, the target keeps its weight.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// original_offsets must hold vertex_count + 1 row bounds, ascending from 0 to original_entry_count.
/// original_groups must hold original_entry_count groups, each below group_count and once in a row at most.
/// original_weights must hold original_entry_count floats, finite, not negative.
/// parents must hold group_count groups, those of hem_merge_groups.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_split_groups(
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
    parents: *const u32,
    out_sparse_weights: *mut *mut HemSparseWeights,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let original = original_input(
            original_offsets,
            vertex_count,
            original_groups,
            original_weights,
            original_entry_count,
            group_count,
        )?;
        let split = merge::split_groups(rows, original, input("parents", parents, group_count)?)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(split.into()))
    })
}

/// Blends weights with original ones, (1 - m) w + m o, in the chosen groups: restores what a mask
/// protects, such as hands and head. With all groups chosen, rows that add up to 1 still do; with some,
/// normalise afterwards with these locked.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// original_offsets must hold vertex_count + 1 row bounds, ascending from 0 to original_entry_count.
/// original_groups must hold original_entry_count groups, each below group_count and once in a row at most.
/// original_weights must hold original_entry_count floats, finite, not negative.
/// mask must hold vertex_count floats from 0 to 1, the part of the original.
/// group_mask must hold group_count bytes, not 0 for the chosen groups; may be NULL for all.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_blend_weights(
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
    mask: *const f32,
    group_mask: *const u8,
    out_sparse_weights: *mut *mut HemSparseWeights,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let original = original_input(
            original_offsets,
            vertex_count,
            original_groups,
            original_weights,
            original_entry_count,
            group_count,
        )?;
        let mask = input("mask", mask, vertex_count)?;
        let group_mask = optional_input("group_mask", group_mask, group_count)?;
        let blended = blend::blend_rows(rows, original, mask, group_mask)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(blended.into()))
    })
}
