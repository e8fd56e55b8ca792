//! Masks of an outfit by its distance and angle to the body.

use super::buffers::{
    handle, input_points, input_rows, optional_input, optional_input_rows, output, output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use super::surface::HemSurface;
use crate::Result;
use crate::mesh::adjacency::triangle_edges;
use crate::runtime::Progress;
use crate::weights::edge_smooth::EdgeSmoothing;
use crate::weights::masks::{self, InpaintMask, Outfit, Ramp, SmoothMask};

/// How hem_inpaint_mask works. Lengths in metres, angles in degrees; a radius or a number of
/// iterations of 0 leaves its step out.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemInpaintMaskOptions {
    /// sizeof(HemInpaintMaskOptions), set by hem_inpaint_mask_options_init.
    pub struct_size: u32,
    /// Passes of edge smoothing, 10 by default.
    pub smoothing_iterations: u32,
    /// Least distance to the body, 0.005 by default.
    pub min_distance: f32,
    /// Least angle to the nearest body face, 20 by default.
    pub min_angle: f32,
    /// All faces that use a vertex within this radius must be turned that far, 0.003 by default.
    pub face_radius: f32,
    /// Factor of the edge smoothing, 0 to 1, 0.3 by default.
    pub smoothing_factor: f32,
    /// Expansion of the edge smoothing, -1 to 1, 0.25 by default.
    pub smoothing_expand: f32,
    /// Values up to this become 0; 0 to 1, 0.5 by default.
    pub threshold: f32,
    /// Gaps narrower than this are closed, 0.01 by default.
    pub closing_radius: f32,
}

/// How hem_smooth_mask works. Lengths in metres, angles in degrees; a radius or a number of
/// iterations of 0 leaves its step out. A ramp rises from 0 at its first number to 1 at its second.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemSmoothMaskOptions {
    /// sizeof(HemSmoothMaskOptions), set by hem_smooth_mask_options_init.
    pub struct_size: u32,
    /// Passes of edge smoothing, 10 by default.
    pub smoothing_iterations: u32,
    /// Ramp of the distance to the body, 0.005 and 0.015 by default.
    pub distance_ramp: [f32; 2],
    /// Ramp of the angle to the nearest body face, 15 and 30 by default.
    pub angle_ramp: [f32; 2],
    /// Radius over which normals are averaged, 0.01 by default; 0 takes vertex normals.
    pub normal_radius: f32,
    /// Factor of the edge smoothing, 0 to 1, 0.3 by default.
    pub smoothing_factor: f32,
    /// Values up to this become 0; 0 to 1, 0.5 by default.
    pub threshold: f32,
    /// Radius of the maximum filter, 0.02 by default.
    pub max_radius: f32,
    /// Radius of the gaussian smoothing, 0.05 by default.
    pub smooth_radius: f32,
}

impl Default for HemInpaintMaskOptions {
    fn default() -> Self {
        let defaults = InpaintMask::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            smoothing_iterations: defaults.smoothing.iterations,
            min_distance: defaults.min_distance,
            min_angle: defaults.min_angle,
            face_radius: defaults.face_radius,
            smoothing_factor: defaults.smoothing.factor,
            smoothing_expand: defaults.smoothing.expand,
            threshold: defaults.threshold,
            closing_radius: defaults.closing_radius,
        }
    }
}

impl Default for HemSmoothMaskOptions {
    fn default() -> Self {
        let defaults = SmoothMask::default();
        let ramp = |ramp: Ramp| [ramp.zero_at, ramp.one_at];
        Self {
            struct_size: size_of::<Self>() as u32,
            smoothing_iterations: defaults.smoothing.iterations,
            distance_ramp: ramp(defaults.distance),
            angle_ramp: ramp(defaults.angle),
            normal_radius: defaults.normal_radius,
            smoothing_factor: defaults.smoothing.factor,
            threshold: defaults.threshold,
            max_radius: defaults.max_radius,
            smooth_radius: defaults.smooth_radius,
        }
    }
}

impl Options for HemInpaintMaskOptions {}

impl Options for HemSmoothMaskOptions {}

impl From<HemInpaintMaskOptions> for InpaintMask {
    fn from(given: HemInpaintMaskOptions) -> Self {
        Self {
            min_distance: given.min_distance,
            min_angle: given.min_angle,
            face_radius: given.face_radius,
            smoothing: EdgeSmoothing {
                factor: given.smoothing_factor,
                iterations: given.smoothing_iterations,
                expand: given.smoothing_expand,
            },
            threshold: given.threshold,
            closing_radius: given.closing_radius,
        }
    }
}

impl From<HemSmoothMaskOptions> for SmoothMask {
    fn from(given: HemSmoothMaskOptions) -> Self {
        let ramp = |[zero_at, one_at]: [f32; 2]| Ramp { zero_at, one_at };
        Self {
            distance: ramp(given.distance_ramp),
            angle: ramp(given.angle_ramp),
            normal_radius: given.normal_radius,
            smoothing: EdgeSmoothing {
                factor: given.smoothing_factor,
                iterations: given.smoothing_iterations,
                expand: 0.0,
            },
            threshold: given.threshold,
            max_radius: given.max_radius,
            smooth_radius: given.smooth_radius,
        }
    }
}

/// Fills options with their defaults.
///
/// out_options must hold one HemInpaintMaskOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_inpaint_mask_options_init(
    out_options: *mut HemInpaintMaskOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Fills options with their defaults.
///
/// out_options must hold one HemSmoothMaskOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_smooth_mask_options_init(
    out_options: *mut HemSmoothMaskOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Marks where an outfit leaves the body, so that weights copied from there are not to be trusted: the
/// body is min_distance away, and all faces around are turned by min_angle from their nearest body face
/// (folded to 90 degrees). The mark is smoothed along edges, small values are dropped, gaps closed.
///
/// surface must come from hem_surface_create or hem_surface_acquire.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertices, each below point_count.
/// edges may be NULL, for those of the triangles; else it must hold edge_count * 2 vertices.
/// options may be NULL, for the defaults.
/// out_mask must hold point_count floats, 0 to 1.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_inpaint_mask(
    surface: *const HemSurface,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    edges: *const u32,
    edge_count: usize,
    options: *const HemInpaintMaskOptions,
    out_mask: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let body = &handle("surface", surface)?.0;
        let points = input_points("points", points, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let edges = optional_input_rows("edges", edges, edge_count)?;
        let options = options::read(options)?.into();
        let out = output("out_mask", out_mask, point_count)?;
        with_progress(progress, |progress| {
            let mask = |edges: &[[u32; 2]], progress: &Progress<'_>| {
                let outfit = Outfit { body, points, triangles, edges };
                masks::inpaint_mask(outfit, &options, progress)
            };
            out.copy_from_slice(&on_edges(edges, triangles, progress, mask)?);
            Ok(())
        })
    })
}

/// Marks where an outfit's weights may be smoothed: a ramp of the distance to the body times a ramp of
/// the angle between the outfit's normal, averaged over a radius, and the nearest body face (folded to 90
/// degrees). The mark is smoothed along edges, small values are dropped; then come a maximum filter,
/// a gaussian smoothing and the caller's factor.
///
/// surface must come from hem_surface_create or hem_surface_acquire.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertices, each below point_count.
/// edges may be NULL, for those of the triangles; else it must hold edge_count * 2 vertices.
/// factor may be NULL, for 1; else it must hold point_count floats, finite.
/// options may be NULL, for the defaults.
/// out_mask must hold point_count floats.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_smooth_mask(
    surface: *const HemSurface,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    edges: *const u32,
    edge_count: usize,
    factor: *const f32,
    options: *const HemSmoothMaskOptions,
    out_mask: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let body = &handle("surface", surface)?.0;
        let points = input_points("points", points, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let edges = optional_input_rows("edges", edges, edge_count)?;
        let factor = optional_input("factor", factor, point_count)?;
        let options = options::read(options)?.into();
        let out = output("out_mask", out_mask, point_count)?;
        with_progress(progress, |progress| {
            let mask = |edges: &[[u32; 2]], progress: &Progress<'_>| {
                let outfit = Outfit { body, points, triangles, edges };
                masks::smooth_mask(outfit, factor, &options, progress)
            };
            out.copy_from_slice(&on_edges(edges, triangles, progress, mask)?);
            Ok(())
        })
    })
}

/// Runs `mask` over the given edges, or over those of the triangles.
fn on_edges(
    edges: Option<&[[u32; 2]]>,
    triangles: &[[u32; 3]],
    progress: &Progress<'_>,
    mask: impl Fn(&[[u32; 2]], &Progress<'_>) -> Result<Vec<f32>>,
) -> Result<Vec<f32>> {
    match edges {
        Some(edges) => mask(edges, progress),
        None => mask(&triangle_edges(triangles)?, progress),
    }
}
