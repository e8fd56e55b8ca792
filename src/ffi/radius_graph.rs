//! The radius graph: all pairs of points within a radius, as a handle.

use std::sync::Arc;

use super::buffers::{destroy_handle, give_handle, handle, input_points, output, output_slot};
use super::guard::guard;
use super::neighbors::HemNeighbors;
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use crate::spatial::RadiusGraph;

/// All pairs of points within a radius of each other. Smoothing and filters run over it.
pub struct HemRadiusGraph(pub(crate) Arc<RadiusGraph>);

/// Builds the radius graph of points. It takes about 30 bytes a point: the pairs are not stored.
///
/// points must hold point_count * 3 floats, metres, finite; duplicates are neighbours of each other.
/// radius is in metres, 1e-9 to 1e9; a distance equal to it counts as within.
/// progress may be NULL.
/// out_graph receives the handle; release it by hem_radius_graph_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_radius_graph_create(
    points: *const f32,
    point_count: usize,
    radius: f32,
    progress: *const HemProgress,
    out_graph: *mut *mut HemRadiusGraph,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let points = input_points("points", points, point_count)?;
        output_slot("out_graph", out_graph)?;
        with_progress(progress, |progress| {
            let graph = RadiusGraph::new(points, radius, progress)?;
            give_handle("out_graph", out_graph, HemRadiusGraph(Arc::new(graph)))
        })
    })
}

/// hem_radius_graph_create by way of the index cache: builds only what the cache does not hold.
///
/// points must hold point_count * 3 floats, metres, finite; duplicates are neighbours of each other.
/// radius is in metres, 1e-9 to 1e9; a distance equal to it counts as within.
/// progress may be NULL.
/// out_graph receives a handle, to be destroyed like any other; the cache may keep the graph.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_radius_graph_acquire(
    points: *const f32,
    point_count: usize,
    radius: f32,
    progress: *const HemProgress,
    out_graph: *mut *mut HemRadiusGraph,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let points = input_points("points", points, point_count)?;
        output_slot("out_graph", out_graph)?;
        with_progress(progress, |progress| {
            let graph = RadiusGraph::acquire(points, radius, progress)?;
            give_handle("out_graph", out_graph, HemRadiusGraph(graph))
        })
    })
}

/// Releases a radius graph. NULL does nothing.
///
/// graph must be a handle or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_radius_graph_destroy(graph: *mut HemRadiusGraph) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(graph) }
}

/// Lists the neighbours of each point within the radius, itself included, ascending by index. Takes 8 bytes
/// a pair, 4 without distances; HEM_SIZE_OVERFLOW when there are 2^32 pairs or more.
///
/// graph must be a handle.
/// with_distances is 0 to leave out the distances, which hem_neighbors_view then shows as NULL.
/// progress may be NULL.
/// out_neighbors receives the handle, one row a point; release it by hem_neighbors_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_radius_graph_neighbors(
    graph: *const HemRadiusGraph,
    with_distances: u32,
    progress: *const HemProgress,
    out_neighbors: *mut *mut HemNeighbors,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemRadiusGraph(graph) = handle("graph", graph)?;
        output_slot("out_neighbors", out_neighbors)?;
        with_progress(progress, |progress| {
            let neighbors = graph.neighbors(with_distances != 0, progress)?;
            give_handle("out_neighbors", out_neighbors, HemNeighbors(neighbors))
        })
    })
}

/// Counts the neighbours of each point within the radius, itself included.
///
/// graph must be a handle.
/// out_counts must hold point_count uint32_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_radius_graph_counts(
    graph: *const HemRadiusGraph,
    out_counts: *mut u32,
    point_count: usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemRadiusGraph(graph) = handle("graph", graph)?;
        crate::runtime::check::length("out_counts", point_count, graph.point_count())?;
        graph.counts(output("out_counts", out_counts, point_count)?)
    })
}
