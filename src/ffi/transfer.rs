//! Surface weight transfer.

use std::sync::Arc;

use super::buffers::{
    give_handle, handle, input, input_points, optional_input, optional_input_rows, optional_output,
    output, output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use super::surface::{HemSurface, copy_field};
use crate::geometry::surface::{ClosestPoint, NO_TRIANGLE, Surface};
use crate::runtime::memory::checked_product;
use crate::weights::transfer::{self, TransferOptions};
use crate::{Error, Result};

/// Flag of HemTransferOptions, for comparison with existing scripts: a triangle whose 4 * area^2 is at
/// most 1e-8 m^4 gives the weights of the corner nearest to the closest point, unmixed.
pub const HEM_TRANSFER_SMALL_TRIANGLES_BY_CORNER: u32 = 1;

/// How weights are transferred.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemTransferOptions {
    /// sizeof(HemTransferOptions), set by hem_transfer_options_init.
    pub struct_size: u32,
    /// HEM_TRANSFER_... flags; 0 by default.
    pub flags: u32,
    /// Metres; a point farther from the surface is not matched. Infinity by default.
    pub max_distance: f32,
    /// Degrees, not below 0; where normals are given, the weights are multiplied by a ramp over the
    /// angle between normal and triangle, folded to 90 at most: 0 at angle_min and below. 0 by default.
    pub angle_min: f32,
    /// Degrees, not below angle_min; 1 at angle_max and above. 0 by default: no ramp.
    pub angle_max: f32,
    /// Metres, not below 0; above 0 the ramp takes, in place of a point's normal, that of the triangles whose
    /// centres lie within this radius: weighted by area * (1 - distance / radius), each turned to the side of
    /// its nearest body face. Where there is none, the point's normal stays. 0 by default: off.
    pub normal_radius: f32,
}

impl Default for HemTransferOptions {
    fn default() -> Self {
        let defaults = TransferOptions::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            flags: 0,
            max_distance: defaults.max_distance,
            angle_min: defaults.angle_min,
            angle_max: defaults.angle_max,
            normal_radius: defaults.normal_radius,
        }
    }
}

impl Options for HemTransferOptions {}

/// Fills transfer options with the defaults.
///
/// out_options must hold one HemTransferOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_options_init(
    out_options: *mut HemTransferOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(HemTransferOptions::default());
        Ok(())
    })
}

/// Gives each point the skin weights of the closest point of a surface, all groups at once: the
/// weights of the triangle's corners, mixed by barycentric coordinates and clamped to [0, 1]. The
/// result has one row a point, groups ascending, zeros left out; a point without a match has an empty
/// row. Of triangles equally near, the first one counts.
///
/// surface must come from hem_surface_create or hem_surface_acquire.
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count; vertex_count must be the surface's.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// normals may be NULL; else it must hold point_count * 3 floats, finite, of any length. A zero normal leaves the ramp out.
/// triangles may be NULL where the options have no normal_radius; else it must hold triangle_count * 3 indices, each below point_count. They give the normals that are averaged, and the points' own where normals is NULL.
/// first_triangles may be NULL; else, for comparison with existing scripts that use three corners of each polygon alone, it must hold the number of the first triangle of its polygon for each of the surface's triangles.
/// options may be NULL, for the defaults.
/// progress may be NULL.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_matched may be NULL; else it must hold point_count bytes: 1 where there is a match, else 0.
/// out_distances may be NULL; else it must hold point_count floats: metres, infinity without a match.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_weights_sparse(
    surface: *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    normals: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    first_triangles: *const u32,
    options: *const HemTransferOptions,
    progress: *const HemProgress,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_matched: *mut u8,
    out_distances: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let surface = &*handle("surface", surface)?.0;
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let body = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, point_count)?;
        let mesh = (triangles, triangle_count);
        let options = read_options(surface, normals, point_count, mesh, first_triangles, options)?;
        let matched = optional_output("out_matched", out_matched, point_count)?;
        let distances = optional_output("out_distances", out_distances, point_count)?;
        with_progress(progress, |progress| {
            let (rows, closest) =
                transfer::transfer_sparse(surface, body, points, &options, progress)?;
            write_matches(&closest, matched, distances);
            give_handle("out_sparse_weights", out_sparse_weights, HemSparseWeights(Arc::new(rows)))
        })
    })
}

/// hem_transfer_weights_sparse for dense weights, vertex-major; a point without a match gets zeros.
///
/// surface must come from hem_surface_create or hem_surface_acquire.
/// weights must hold vertex_count * group_count floats, finite; vertex_count must be the surface's.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// normals may be NULL; else it must hold point_count * 3 floats, finite, of any length. A zero normal leaves the ramp out.
/// triangles may be NULL where the options have no normal_radius; else it must hold triangle_count * 3 indices, each below point_count. They give the normals that are averaged, and the points' own where normals is NULL.
/// first_triangles may be NULL; else, for comparison with existing scripts that use three corners of each polygon alone, it must hold the number of the first triangle of its polygon for each of the surface's triangles.
/// options may be NULL, for the defaults.
/// progress may be NULL.
/// out_weights must hold point_count * group_count floats.
/// out_matched may be NULL; else it must hold point_count bytes: 1 where there is a match, else 0.
/// out_distances may be NULL; else it must hold point_count floats: metres, infinity without a match.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_weights_dense(
    surface: *const HemSurface,
    weights: *const f32,
    vertex_count: usize,
    group_count: usize,
    points: *const f32,
    normals: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    first_triangles: *const u32,
    options: *const HemTransferOptions,
    progress: *const HemProgress,
    out_weights: *mut f32,
    out_matched: *mut u8,
    out_distances: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let surface = &*handle("surface", surface)?.0;
        let weight_count = checked_product("weights", vertex_count, group_count)?;
        let weights = input("weights", weights, weight_count)?;
        let points = input_points("points", points, point_count)?;
        let mesh = (triangles, triangle_count);
        let options = read_options(surface, normals, point_count, mesh, first_triangles, options)?;
        let out_count = checked_product("out_weights", point_count, group_count)?;
        let out = output("out_weights", out_weights, out_count)?;
        let matched = optional_output("out_matched", out_matched, point_count)?;
        let distances = optional_output("out_distances", out_distances, point_count)?;
        with_progress(progress, |progress| {
            let closest = transfer::transfer_dense(
                surface,
                weights,
                group_count,
                points,
                &options,
                progress,
                out,
            )?;
            write_matches(&closest, matched, distances);
            Ok(())
        })
    })
}

/// What a transfer takes beside surface, weights and points.
///
/// # Safety
/// As the callers' contracts for these arguments.
pub(crate) unsafe fn read_options<'a>(
    surface: &Surface,
    normals: *const f32,
    point_count: usize,
    (triangles, triangle_count): (*const u32, usize),
    first_triangles: *const u32,
    options: *const HemTransferOptions,
) -> Result<TransferOptions<'a>> {
    // SAFETY: the caller's contract is the same.
    let (options, normals, triangles, first_triangles) = unsafe {
        let normal_numbers = checked_product("normals", point_count, 3)?;
        (
            options::read(options)?,
            optional_input("normals", normals, normal_numbers)?,
            optional_input_rows("triangles", triangles, triangle_count)?,
            optional_input("first_triangles", first_triangles, surface.triangles().len())?,
        )
    };
    if options.flags & !HEM_TRANSFER_SMALL_TRIANGLES_BY_CORNER != 0 {
        let problem = format!("has flags {:#x}, expected HEM_TRANSFER_... flags", options.flags);
        return Err(Error::invalid("options", problem));
    }
    Ok(TransferOptions {
        max_distance: options.max_distance,
        normals: normals.map(bytemuck::cast_slice),
        triangles,
        normal_radius: options.normal_radius,
        angle_min: options.angle_min,
        angle_max: options.angle_max,
        small_triangles_by_corner: options.flags & HEM_TRANSFER_SMALL_TRIANGLES_BY_CORNER != 0,
        first_triangles,
    })
}

/// Writes whether each point has a match, and its distance, where the caller wants them.
pub(crate) fn write_matches(
    closest: &[ClosestPoint],
    matched: Option<&mut [u8]>,
    distances: Option<&mut [f32]>,
) {
    copy_field(matched, closest, |closest| u8::from(closest.triangle != NO_TRIANGLE));
    copy_field(distances, closest, |closest| closest.distance);
}
