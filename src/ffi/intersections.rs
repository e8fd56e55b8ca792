//! Intersecting triangles.

use super::buffers::{destroy_handle, give_handle, handle, input_points, input_rows, output_slot};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use crate::geometry::intersections;

/// Pairs of triangles that a function made. Immutable; read them by hem_triangle_pairs_view.
pub struct HemTrianglePairs(pub(crate) Vec<[u32; 2]>);

/// Finds the pairs of triangles of one mesh that meet more than a proper mesh lets them, decided
/// exactly: no tolerance, no least area. Corners at the same place count as one corner, whatever their
/// numbers. Two triangles without a common corner meet where they share a point (touching counts); with
/// one, where they share more than it; with two, where they are folded onto each other; with three always.
/// A triangle without area meets only triangles with which it has no corner in common. In a pair the
/// lower number comes first; pairs ascend.
///
/// points must hold point_count * 3 floats, finite.
/// triangles must hold triangle_count * 3 vertices, each below point_count.
/// out_pairs must hold one pointer; release it by hem_triangle_pairs_destroy.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_self_intersecting_triangles(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    out_pairs: *mut *mut HemTrianglePairs,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_pairs", out_pairs)?;
        let points = input_points("points", points, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        with_progress(progress, |progress| {
            let pairs = intersections::self_intersections(points, triangles, progress)?;
            give_handle("out_pairs", out_pairs, HemTrianglePairs(pairs))
        })
    })
}

/// Finds the pairs of a triangle of one mesh and a triangle of another that share a point (touching
/// counts), decided exactly: no tolerance, no least area. Pairs ascend.
///
/// points must hold point_count * 3 floats, finite.
/// triangles must hold triangle_count * 3 vertices, each below point_count.
/// other_points must hold other_point_count * 3 floats, likewise.
/// other_triangles must hold other_triangle_count * 3 vertices, each below other_point_count.
/// out_pairs must hold one pointer; release it by hem_triangle_pairs_destroy.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_intersecting_triangles(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    other_points: *const f32,
    other_point_count: usize,
    other_triangles: *const u32,
    other_triangle_count: usize,
    out_pairs: *mut *mut HemTrianglePairs,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_pairs", out_pairs)?;
        let points = input_points("points", points, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let other_points = input_points("other_points", other_points, other_point_count)?;
        let other_triangles = input_rows("other_triangles", other_triangles, other_triangle_count)?;
        with_progress(progress, |progress| {
            let pairs = intersections::intersections_between(
                (points, triangles),
                (other_points, other_triangles),
                progress,
            )?;
            give_handle("out_pairs", out_pairs, HemTrianglePairs(pairs))
        })
    })
}

/// Shows pairs of triangles. The array belongs to the handle and stays valid until it is destroyed.
///
/// triangle_pairs must be pairs of triangles.
/// out_pairs must hold one pointer, to out_pair_count * 2 triangle numbers afterwards.
/// out_pair_count must hold one size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_triangle_pairs_view(
    triangle_pairs: *const HemTrianglePairs,
    out_pairs: *mut *const u32,
    out_pair_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let found = &handle("triangle_pairs", triangle_pairs)?.0;
        let pairs = output_slot("out_pairs", out_pairs)?;
        output_slot("out_pair_count", out_pair_count)?.write(found.len());
        pairs.write(found.as_ptr().cast());
        Ok(())
    })
}

/// Releases pairs of triangles and the array that hem_triangle_pairs_view showed.
///
/// triangle_pairs may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_triangle_pairs_destroy(triangle_pairs: *mut HemTrianglePairs) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(triangle_pairs) }
}
