//! Triangle surfaces and their closest points.

use std::sync::Arc;

use glam::Vec3;

use super::buffers::{
    destroy_handle, give_handle, handle, input_points, input_rows, optional_output,
    optional_output_rows, output_slot,
};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use crate::Result;
use crate::geometry::surface::Surface;
use crate::spatial::surfaces;

/// A triangle surface that answers closest-point queries. Immutable; about 110 bytes a triangle.
pub struct HemSurface(pub(crate) Arc<Surface>);

/// Builds the surface of a triangle mesh. Triangles without area act as segments or points. A
/// surface may be empty: then no query has a match.
///
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertex numbers, each below point_count.
/// out_surface must hold one pointer; release it by hem_surface_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_surface_create(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    out_surface: *mut *mut HemSurface,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_surface", out_surface)?;
        let (points, triangles) = mesh_input(points, point_count, triangles, triangle_count)?;
        let surface = Arc::new(Surface::new(points, triangles)?);
        give_handle("out_surface", out_surface, HemSurface(surface))
    })
}

/// hem_surface_create by way of the index cache: the same coordinates and triangles, from whatever
/// call or thread, share one surface as long as the cache keeps it.
///
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertex numbers, each below point_count.
/// out_surface must hold one pointer; release it by hem_surface_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_surface_acquire(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    out_surface: *mut *mut HemSurface,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_surface", out_surface)?;
        let (points, triangles) = mesh_input(points, point_count, triangles, triangle_count)?;
        let surface = surfaces::acquire(points, triangles)?;
        give_handle("out_surface", out_surface, HemSurface(surface))
    })
}

/// Releases a surface.
///
/// surface may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_surface_destroy(surface: *mut HemSurface) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(surface) }
}

/// Finds the closest point of a surface to each query; of triangles equally near, the first one. A
/// query farther than max_distance from the surface has the triangle HEM_NO_INDEX, the distance
/// infinity, and zeros for the rest. Within 1e-6 m of the true point for coordinates of a few metres.
///
/// queries must hold query_count * 3 floats, finite, at most 1e18 from 0.
/// max_distance is in metres, not below 0; INFINITY for no limit.
/// out_triangles may be NULL; else it must hold query_count triangle numbers.
/// out_barycentric may be NULL; else it must hold query_count * 3 floats, the weights of the triangle's corners.
/// out_points may be NULL; else it must hold query_count * 3 floats.
/// out_distances may be NULL; else it must hold query_count floats.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_surface_closest_points(
    surface: *const HemSurface,
    queries: *const f32,
    query_count: usize,
    max_distance: f32,
    out_triangles: *mut u32,
    out_barycentric: *mut f32,
    out_points: *mut f32,
    out_distances: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let surface = &handle("surface", surface)?.0;
        let queries = input_points("queries", queries, query_count)?;
        let triangles = optional_output("out_triangles", out_triangles, query_count)?;
        let barycentric = optional_output_rows("out_barycentric", out_barycentric, query_count)?;
        let points = optional_output_rows("out_points", out_points, query_count)?;
        let distances = optional_output("out_distances", out_distances, query_count)?;
        with_progress(progress, |progress| {
            let found = surface.closest_points(queries, max_distance, progress)?;
            copy_field(triangles, &found, |found| found.triangle);
            copy_field(barycentric, &found, |found| found.barycentric);
            copy_field(points, &found, |found| found.point.to_array());
            copy_field(distances, &found, |found| found.distance);
            Ok(())
        })
    })
}

/// Writes one field of each row, where the caller wants it.
pub(crate) fn copy_field<R, T>(out: Option<&mut [T]>, rows: &[R], field: impl Fn(&R) -> T) {
    let Some(out) = out else { return };
    for (out, row) in out.iter_mut().zip(rows) {
        *out = field(row);
    }
}

/// # Safety
/// As `input_points`, and for `triangle_count * 3` vertex numbers.
pub(crate) unsafe fn mesh_input<'a>(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
) -> Result<(&'a [Vec3], &'a [[u32; 3]])> {
    // SAFETY: the caller's contract is the same.
    unsafe {
        Ok((
            input_points("points", points, point_count)?,
            input_rows("triangles", triangles, triangle_count)?,
        ))
    }
}
