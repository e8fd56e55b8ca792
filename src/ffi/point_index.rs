//! The point index as a handle.

use std::sync::Arc;

use super::buffers::{destroy_handle, give_handle, handle, input_points, output, output_slot};
use super::guard::guard;
use super::neighbors::HemNeighbors;
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use crate::runtime::memory::checked_product;
use crate::spatial::PointIndex;

/// An index over points, for nearest points and points within a radius. Distances are compared in
/// double precision; among points at equal distance the lowest index comes first.
pub struct HemPointIndex(pub(crate) Arc<PointIndex>);

/// Builds an index over points. Duplicates, collinear points, one point and none are all fine.
///
/// points must hold point_count * 3 floats, finite; they are copied.
/// out_index receives the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_create(
    points: *const f32,
    point_count: usize,
    out_index: *mut *mut HemPointIndex,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_index", out_index)?;
        let index = PointIndex::new(input_points("points", points, point_count)?)?;
        give_handle("out_index", out_index, HemPointIndex(Arc::new(index)))
    })
}

/// hem_point_index_create by way of the index cache: builds only what the cache does not hold.
///
/// points must hold point_count * 3 floats, finite; they are copied.
/// out_index receives a handle, to be destroyed like any other; the cache may keep the index.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_acquire(
    points: *const f32,
    point_count: usize,
    out_index: *mut *mut HemPointIndex,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_index", out_index)?;
        let index = PointIndex::acquire(input_points("points", points, point_count)?)?;
        give_handle("out_index", out_index, HemPointIndex(index))
    })
}

/// Releases an index. NULL does nothing.
///
/// index must be a handle or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_destroy(index: *mut HemPointIndex) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(index) }
}

/// Finds the nearest point of each query.
///
/// index must be a handle.
/// queries must hold query_count * 3 floats, finite.
/// max_distance is in metres, inclusive; INFINITY for no limit.
/// out_indices must hold query_count uint32_t; HEM_NO_INDEX where no point is that near.
/// out_distances must hold query_count floats; infinite where no point is that near.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_nearest(
    index: *const HemPointIndex,
    queries: *const f32,
    query_count: usize,
    max_distance: f32,
    out_indices: *mut u32,
    out_distances: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemPointIndex(index) = handle("index", index)?;
        let queries = input_points("queries", queries, query_count)?;
        let indices = output("out_indices", out_indices, query_count)?;
        let distances = output("out_distances", out_distances, query_count)?;
        with_progress(progress, |progress| {
            index.nearest(queries, max_distance, indices, distances, progress)
        })
    })
}

/// Finds the k nearest points of each query, ordered by distance, then by index.
///
/// index must be a handle.
/// queries must hold query_count * 3 floats, finite.
/// k is at least 1.
/// max_distance is in metres, inclusive; INFINITY for no limit.
/// out_indices must hold query_count * k uint32_t; rows with fewer matches end with HEM_NO_INDEX.
/// out_distances must hold query_count * k floats; rows with fewer matches end with infinity.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_k_nearest(
    index: *const HemPointIndex,
    queries: *const f32,
    query_count: usize,
    k: usize,
    max_distance: f32,
    out_indices: *mut u32,
    out_distances: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemPointIndex(index) = handle("index", index)?;
        let queries = input_points("queries", queries, query_count)?;
        let count = checked_product("k", query_count, k)?;
        let indices = output("out_indices", out_indices, count)?;
        let distances = output("out_distances", out_distances, count)?;
        with_progress(progress, |progress| {
            index.k_nearest(queries, k, max_distance, indices, distances, progress)
        })
    })
}

/// Finds all points within a radius of each query. Besides the result, it uses as much memory again.
///
/// index must be a handle.
/// queries must hold query_count * 3 floats, finite.
/// radius is in metres, inclusive, finite.
/// progress may be NULL.
/// out_neighbors receives the result, one row for each query, destroyed by hem_neighbors_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_within(
    index: *const HemPointIndex,
    queries: *const f32,
    query_count: usize,
    radius: f32,
    progress: *const HemProgress,
    out_neighbors: *mut *mut HemNeighbors,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_neighbors", out_neighbors)?;
        let HemPointIndex(index) = handle("index", index)?;
        let queries = input_points("queries", queries, query_count)?;
        with_progress(progress, |progress| {
            let neighbors = index.within(queries, radius, progress)?;
            give_handle("out_neighbors", out_neighbors, HemNeighbors(neighbors))
        })
    })
}

/// Counts the points within a radius of each query.
///
/// index must be a handle.
/// queries must hold query_count * 3 floats, finite.
/// radius is in metres, inclusive, finite.
/// out_counts must hold query_count uint32_t.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_point_index_count_within(
    index: *const HemPointIndex,
    queries: *const f32,
    query_count: usize,
    radius: f32,
    out_counts: *mut u32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemPointIndex(index) = handle("index", index)?;
        let queries = input_points("queries", queries, query_count)?;
        let counts = output("out_counts", out_counts, query_count)?;
        with_progress(progress, |progress| index.count_within(queries, radius, counts, progress))
    })
}
