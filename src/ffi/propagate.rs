//! Weights for vertices that have none.

use super::buffers::{
    give_handle, input_points, input_rows, optional_input, optional_output, output_slot,
};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use crate::weights::propagate;

/// Gives weights to vertices that have none in the counted groups, wave by wave: in each wave every
/// vertex with neighbours along edges that had weights before the wave takes the weights of the closest
/// of them (the lowest of equally close ones). Vertices that no wave reaches take the mean of all rows
/// that had weights at the start. Weights in other groups stay.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// points must hold vertex_count * 3 floats, finite.
/// edges must hold edge_count * 2 vertex numbers, each below vertex_count.
/// group_mask must hold group_count bytes, not 0 for the groups that count; may be NULL for all.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_sources must hold vertex_count vertex numbers, whose weights each vertex has, its own where it had
/// some; HEM_NO_INDEX for the mean; out_sources may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_propagate_weights(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    edges: *const u32,
    edge_count: usize,
    group_mask: *const u8,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_sources: *mut u32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let sources = optional_output("out_sources", out_sources, vertex_count)?;
        let points = input_points("points", points, vertex_count)?;
        let edges = input_rows("edges", edges, edge_count)?;
        let group_mask = optional_input("group_mask", group_mask, group_count)?;
        with_progress(progress, |progress| {
            let found = propagate::propagate_weights(rows, points, edges, group_mask, progress)?;
            if let Some(sources) = sources {
                sources.copy_from_slice(&found.sources);
            }
            let weights = HemSparseWeights(found.weights.into());
            give_handle("out_sparse_weights", out_sparse_weights, weights)
        })
    })
}
