//! Skin weights of one vertex at a time: normalise, limit, prune; dense and sparse.

use std::ptr::null;

use std::sync::Arc;

use super::buffers::{give_handle, optional_input, optional_output, output, output_slot};
use super::guard::guard;
use super::options::{self, Options};
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use crate::runtime::memory::checked_product;
use crate::weights::GroupRoles;
use crate::weights::limit::{self, LimitOptions};
use crate::weights::normalize;
use crate::weights::prune::{self, PruneOptions};
use crate::{Error, Result};

/// How hem_limit_weights_dense and hem_limit_weights_sparse limit.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemLimitOptions {
    /// sizeof(HemLimitOptions), set by hem_limit_options_init.
    pub struct_size: u32,
    /// Weights that a vertex keeps at most; at least 1. Default 4.
    pub max_influences: u32,
    /// Width of the fade, relative to the largest dropped weight c: a kept weight w is multiplied by
    /// min(1, (w - c) / (fade * c)), so that it reaches 0 where another takes its place. 0 cuts.
    /// Finite, not negative. Default 1.
    pub fade: f32,
    /// 1: the kept weights are scaled to the sum that the vertex had; 0: they are not. Default 1.
    pub keep_sum: u32,
}

impl Default for HemLimitOptions {
    fn default() -> Self {
        let LimitOptions { max_influences, fade, keep_sum } = LimitOptions::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            max_influences: max_influences as u32,
            fade,
            keep_sum: keep_sum.into(),
        }
    }
}

impl Options for HemLimitOptions {}

impl HemLimitOptions {
    /// # Safety
    /// As [`options::read`].
    unsafe fn read(options: *const Self) -> Result<LimitOptions> {
        // SAFETY: the caller's contract is the same.
        let Self { max_influences, fade, keep_sum, .. } = unsafe { options::read(options) }?;
        let keep_sum = switch("keep_sum", keep_sum)?;
        Ok(LimitOptions { max_influences: max_influences as usize, fade, keep_sum })
    }
}

/// How hem_prune_weights_dense and hem_prune_weights_sparse prune.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemPruneOptions {
    /// sizeof(HemPruneOptions), set by hem_prune_options_init.
    pub struct_size: u32,
    /// Weights not above it are dropped; 0, the default, drops members without weight alone. Finite,
    /// not negative.
    pub threshold: f32,
    /// 1: a vertex keeps its largest weight in any case (the lowest group's, of equal ones). Default 0.
    pub keep_largest: u32,
    /// 1: the kept weights are scaled to the sum that the vertex had. Default 0.
    pub keep_sum: u32,
}

impl Default for HemPruneOptions {
    fn default() -> Self {
        let PruneOptions { threshold, keep_largest, keep_sum } = PruneOptions::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            threshold,
            keep_largest: keep_largest.into(),
            keep_sum: keep_sum.into(),
        }
    }
}

impl Options for HemPruneOptions {}

impl HemPruneOptions {
    /// # Safety
    /// As [`options::read`].
    unsafe fn read(options: *const Self) -> Result<PruneOptions> {
        // SAFETY: the caller's contract is the same.
        let Self { threshold, keep_largest, keep_sum, .. } = unsafe { options::read(options) }?;
        Ok(PruneOptions {
            threshold,
            keep_largest: switch("keep_largest", keep_largest)?,
            keep_sum: switch("keep_sum", keep_sum)?,
        })
    }
}

/// Fills options with their defaults.
///
/// out_options must hold one HemLimitOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_limit_options_init(out_options: *mut HemLimitOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Fills options with their defaults.
///
/// out_options must hold one HemPruneOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_prune_options_init(out_options: *mut HemPruneOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Makes the weights of each vertex add up to 1, in place: free weights are multiplied by
/// max(0, 1 - L) / F, where F is the vertex's sum over free groups and L that over locked groups, which
/// keep their weights. Where F is 0 nothing changes. Computes as Blender's Normalize All with locked
/// groups.
///
/// weights must hold vertex_count * group_count floats, vertex-major, finite, not negative; is changed.
/// group_mask must hold group_count bytes, not 0 for the groups that count; may be NULL for all.
/// locked_groups must hold group_count bytes, not 0 for locked groups; may be NULL for none.
/// out_zero_count must hold one size_t, the vertices whose counted weights are all 0; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_normalize_weights_dense(
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    group_mask: *const u8,
    locked_groups: *const u8,
    out_zero_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let zero_count = optional_output("out_zero_count", out_zero_count, 1)?;
        let roles = group_roles(group_count, group_mask, locked_groups)?;
        let weights = dense_in_place(weights, vertex_count, group_count)?;
        let counted = normalize::normalize_dense(weights, vertex_count, &roles)?;
        tell(zero_count, counted)
    })
}

/// hem_normalize_weights_dense on sparse rows. All entries stay, also those that become 0.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative; is changed.
/// group_mask must hold group_count bytes, not 0 for the groups that count; may be NULL for all.
/// locked_groups must hold group_count bytes, not 0 for locked groups; may be NULL for none.
/// out_zero_count must hold one size_t, the vertices whose counted weights are all 0; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_normalize_weights_sparse(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *mut f32,
    entry_count: usize,
    group_count: usize,
    group_mask: *const u8,
    locked_groups: *const u8,
    out_zero_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above; the rows are not used after they are normalised,
    // so that the reference to write is the only one.
    guard(|| unsafe {
        let zero_count = optional_output("out_zero_count", out_zero_count, 1)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let roles = group_roles(group_count, group_mask, locked_groups)?;
        let (normalized, counted) = normalize::normalize_sparse(rows, &roles)?;
        output("weights", weights, entry_count)?.copy_from_slice(&normalized);
        tell(zero_count, counted)
    })
}

/// Keeps the max_influences largest weights of each vertex, in place; kept weights fade smoothly before
/// they drop out (HemLimitOptions says how). Equal weights rank by group, the lowest first. Vertices
/// with few enough influences do not change.
///
/// weights must hold vertex_count * group_count floats, vertex-major, finite, not negative; is changed.
/// group_mask must hold group_count bytes, not 0 for the groups that count and may change; may be NULL for all.
/// options may be NULL for the defaults.
/// out_limited_count must hold one size_t, the number of vertices that had too many; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_limit_weights_dense(
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    group_mask: *const u8,
    options: *const HemLimitOptions,
    out_limited_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let limited_count = optional_output("out_limited_count", out_limited_count, 1)?;
        let options = HemLimitOptions::read(options)?;
        let roles = group_roles(group_count, group_mask, null())?;
        let weights = dense_in_place(weights, vertex_count, group_count)?;
        let counted = limit::limit_dense(weights, vertex_count, &roles, options)?;
        tell(limited_count, counted)
    })
}

/// hem_limit_weights_dense from sparse rows to new ones, without the dropped entries.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// group_mask must hold group_count bytes, not 0 for the groups that count and may change; may be NULL for all.
/// options may be NULL for the defaults.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_limited_count must hold one size_t, the number of vertices that had too many; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_limit_weights_sparse(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_mask: *const u8,
    options: *const HemLimitOptions,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_limited_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let limited_count = optional_output("out_limited_count", out_limited_count, 1)?;
        let options = HemLimitOptions::read(options)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let roles = group_roles(group_count, group_mask, null())?;
        let (rows, counted) = limit::limit_sparse(rows, &roles, options)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(Arc::new(rows)))?;
        tell(limited_count, counted)
    })
}

/// Drops weights at or below a threshold, in place, as Blender's Clean Vertex Groups.
///
/// weights must hold vertex_count * group_count floats, vertex-major, finite, not negative; is changed.
/// group_mask must hold group_count bytes, not 0 for the groups that count and may change; may be NULL for all.
/// options may be NULL for the defaults.
/// out_emptied_count must hold one size_t, the number of vertices that lost all weights; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_prune_weights_dense(
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    group_mask: *const u8,
    options: *const HemPruneOptions,
    out_emptied_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let emptied_count = optional_output("out_emptied_count", out_emptied_count, 1)?;
        let options = HemPruneOptions::read(options)?;
        let roles = group_roles(group_count, group_mask, null())?;
        let weights = dense_in_place(weights, vertex_count, group_count)?;
        let counted = prune::prune_dense(weights, vertex_count, &roles, options)?;
        tell(emptied_count, counted)
    })
}

/// hem_prune_weights_dense from sparse rows to new ones, without the dropped entries.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// group_mask must hold group_count bytes, not 0 for the groups that count and may change; may be NULL for all.
/// options may be NULL for the defaults.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_emptied_count must hold one size_t, the number of vertices that lost all weights; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_prune_weights_sparse(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_mask: *const u8,
    options: *const HemPruneOptions,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_emptied_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let emptied_count = optional_output("out_emptied_count", out_emptied_count, 1)?;
        let options = HemPruneOptions::read(options)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let roles = group_roles(group_count, group_mask, null())?;
        let (rows, counted) = prune::prune_sparse(rows, &roles, options)?;
        give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(Arc::new(rows)))?;
        tell(emptied_count, counted)
    })
}

/// # Safety
/// As [`output`], for `vertex_count * group_count` floats.
unsafe fn dense_in_place<'a>(
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
) -> Result<&'a mut [f32]> {
    let count = checked_product("weights", vertex_count, group_count)?;
    // SAFETY: the caller's contract is the same.
    unsafe { output("weights", weights, count) }
}

/// # Safety
/// As [`optional_input`], for `group_count` bytes each.
unsafe fn group_roles(
    group_count: usize,
    group_mask: *const u8,
    locked_groups: *const u8,
) -> Result<GroupRoles> {
    // SAFETY: the caller's contract is the same.
    let (chosen, locked) = unsafe {
        (
            optional_input("group_mask", group_mask, group_count)?,
            optional_input("locked_groups", locked_groups, group_count)?,
        )
    };
    GroupRoles::from_masks(group_count, chosen, locked)
}

/// Writes a count where the caller wants it.
pub(super) fn tell(slot: Option<&mut [usize]>, count: usize) -> Result<()> {
    if let Some([slot]) = slot {
        *slot = count;
    }
    Ok(())
}

fn switch(argument: &'static str, value: u32) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::invalid(argument, format!("is {value}, expected 0 or 1"))),
    }
}
