//! Robust weight transfer: matching, copying and inpainting in one call.

use super::buffers::{give_handle, handle, input_points, input_rows, optional_output, output_slot};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use super::surface::{HemSurface, copy_field};
use crate::weights::robust_transfer::{self, Matching, RobustOptions};
use crate::{Error, Result};

/// Matching of HemRobustOptions: copies weighed by their distance and angle. The default.
pub const HEM_MATCH_BY_CONFIDENCE: u32 = 0;
/// Matching of HemRobustOptions: a hard choice by max_distance and max_angle, the published method.
pub const HEM_MATCH_BY_THRESHOLD: u32 = 1;

/// Source of a vertex's weights: inpainted.
pub const HEM_SOURCE_INPAINTED: u32 = 0;
/// Source of a vertex's weights: a copy from the body.
pub const HEM_SOURCE_MATCHED: u32 = 1;
/// Source of a vertex's weights: a copy, for want of anything better; its island has no accepted match.
pub const HEM_SOURCE_EXTRAPOLATED: u32 = 2;
/// Source of a vertex's weights: there are none, as the body has none there.
pub const HEM_SOURCE_EMPTY: u32 = 3;

/// How hem_transfer_weights_robust works.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemRobustOptions {
    /// sizeof(HemRobustOptions), set by hem_robust_options_init.
    pub struct_size: u32,
    /// HEM_MATCH_BY_CONFIDENCE (default) or HEM_MATCH_BY_THRESHOLD.
    pub matching: u32,
    /// By confidence: details of the copied weights smaller than about smoothing * distance /
    /// |cos(angle)|^3 are smoothed away. Finite, above 0. Default 0.25.
    pub smoothing: f32,
    /// By threshold: metres, not negative, may be infinite. Default 0.05.
    pub max_distance: f32,
    /// By threshold: degrees between the normals of body and outfit, 0 to 180. Default 30.
    pub max_angle: f32,
    /// 1: a body point whose normal points the other way may match; by confidence as if four times as
    /// far, and a match that faces the outfit is preferred. 0: it may not. Default 1.
    pub flipped_normals: u32,
    /// Passes of smoothing around the inpainted region. Default 0 (the published method has 4).
    pub smoothing_passes: u32,
    /// Share of the neighbours' mean in each pass, 0 to 1. Default 0.2.
    pub smoothing_factor: f32,
    /// Influences that a vertex keeps at most; 0 for no limit. Default 4.
    pub max_influences: u32,
    /// Rings of vertices over which a dropped influence fades. Default 1 (the published method has 5).
    pub limit_rings: u32,
}

impl Default for HemRobustOptions {
    fn default() -> Self {
        let defaults = RobustOptions::default();
        let (published, confidence) = (RobustOptions::published().matching, defaults.matching);
        let Matching::Confidence { smoothing } = confidence else { unreachable!("the default") };
        let Matching::Threshold { max_distance, max_angle } = published else {
            unreachable!("the published method")
        };
        Self {
            struct_size: size_of::<Self>() as u32,
            matching: HEM_MATCH_BY_CONFIDENCE,
            smoothing,
            max_distance,
            max_angle,
            flipped_normals: defaults.flipped_normals.into(),
            smoothing_passes: defaults.smoothing_passes as u32,
            smoothing_factor: defaults.smoothing_factor,
            max_influences: defaults.max_influences as u32,
            limit_rings: defaults.limit_rings as u32,
        }
    }
}

impl Options for HemRobustOptions {}

impl HemRobustOptions {
    /// # Safety
    /// As [`options::read`].
    pub(crate) unsafe fn read(options: *const Self) -> Result<RobustOptions> {
        // SAFETY: the caller's contract is the same.
        let given = unsafe { options::read(options) }?;
        let Self { smoothing, max_distance, max_angle, .. } = given;
        let matching = match given.matching {
            HEM_MATCH_BY_CONFIDENCE => Matching::Confidence { smoothing },
            HEM_MATCH_BY_THRESHOLD => Matching::Threshold { max_distance, max_angle },
            other => {
                let problem = format!("is {other}, expected a HEM_MATCH_BY_... constant");
                return Err(Error::invalid("matching", problem));
            }
        };
        let flipped_normals = match given.flipped_normals {
            switch @ 0..=1 => switch == 1,
            other => {
                return Err(Error::invalid(
                    "flipped_normals",
                    format!("is {other}, expected 0 or 1"),
                ));
            }
        };
        Ok(RobustOptions {
            matching,
            flipped_normals,
            smoothing_passes: given.smoothing_passes as usize,
            smoothing_factor: given.smoothing_factor,
            max_influences: given.max_influences as usize,
            limit_rings: given.limit_rings as usize,
        })
    }
}

/// Fills options with their defaults.
///
/// out_options must hold one HemRobustOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_robust_options_init(out_options: *mut HemRobustOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Transfers a body's skin weights to an outfit: copies them where the outfit follows the body, and
/// inpaints them elsewhere along the outfit's triangles (Abdrashitov et al., SIGGRAPH Asia 2023, by
/// default with copies weighed by confidence in place of thresholds). Weights lie in [0, 1] and sum to 1.
/// Islands never mix; one without any accepted match keeps the copies from the closest points and is
/// marked. Any triangles will do: non-manifold, degenerate, doubled.
///
/// surface must come from hem_surface_create or hem_surface_acquire.
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count; vertex_count must be the surface's.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not below 0.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertex numbers, each below point_count.
/// options may be NULL, for the defaults.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_sources may be NULL; else it must hold point_count bytes, HEM_SOURCE_... constants.
/// out_islands may be NULL; else it must hold point_count island numbers, ascending by the lowest vertex.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_weights_robust(
    surface: *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    options: *const HemRobustOptions,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_sources: *mut u8,
    out_islands: *mut u32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let surface = &handle("surface", surface)?.0;
        let body = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let options = HemRobustOptions::read(options)?;
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let sources = optional_output("out_sources", out_sources, point_count)?;
        let islands = optional_output("out_islands", out_islands, point_count)?;
        with_progress(progress, |progress| {
            let found =
                robust_transfer::transfer(surface, body, points, triangles, &options, progress)?;
            copy_field(sources, &found.sources, |source| *source as u8);
            copy_field(islands, &found.islands, |island| *island);
            give_handle(
                "out_sparse_weights",
                out_sparse_weights,
                HemSparseWeights(found.weights.into()),
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::robust_transfer::Source;

    #[test]
    fn constants_are_those_of_the_kernel() {
        let sources = [Source::Inpainted, Source::Matched, Source::Extrapolated, Source::Empty];
        let constants =
            [HEM_SOURCE_INPAINTED, HEM_SOURCE_MATCHED, HEM_SOURCE_EXTRAPOLATED, HEM_SOURCE_EMPTY];
        assert_eq!(sources.map(|source| source as u32), constants);
    }
}
