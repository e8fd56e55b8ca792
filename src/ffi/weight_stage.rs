//! The weight stage in one call.

use super::buffers::{
    give_handle, handle, input, input_points, input_rows, optional_input, optional_output,
    output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::robust_transfer::HemRobustOptions;
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use super::surface::{HemSurface, copy_field};
use crate::mesh::adjacency::triangle_edges;
use crate::runtime::{check, memory};
use crate::stages::weights::{self, GroupRole, Groups, Outfit, Report};
use crate::weights::SparseView;
use crate::weights::robust_transfer::RobustOptions;
use crate::{Error, Result};

/// Role of a group: transferred from the body.
pub const HEM_GROUP_BODY: u32 = 0;
/// Role of a group: the outfit's own bone, whose present share of each vertex is kept.
pub const HEM_GROUP_OWN: u32 = 1;
/// Role of a group: present weights stay as they are.
pub const HEM_GROUP_LOCKED: u32 = 2;

/// The steps of hem_run_weight_stage.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemWeightStageOptions {
    /// sizeof(HemWeightStageOptions), set by hem_weight_stage_options_init.
    pub struct_size: u32,
    /// 1: islands whose present weights are one pattern keep one weight set. Default 1.
    pub rigid_parts: u32,
    /// 1: no weight on the other side's bones beyond where the body has it (needs mirror). Default 1.
    pub sides: u32,
    /// 1: vertices without weights take those of their neighbours. Default 1.
    pub propagate: u32,
    /// Passes of radius smoothing where the smooth mask says; 0 leaves it out. Default 0.
    pub smooth_iterations: u32,
    /// Radius of the smoothing, metres. Default 0.05.
    pub smooth_radius: f32,
    /// 1 takes new weights, 0 present ones where there are any. Default 1.
    pub mix: f32,
    /// Metres within which vertices mirror each other and get mirrored weights (needs mirror); 0
    /// leaves it out. Default 0.0005.
    pub symmetry: f32,
    /// Metres within which vertices overlap and end equal, over all pieces; 0 leaves it out. Default 0.0001.
    pub seams: f32,
}

/// What hem_run_weight_stage did to how many vertices.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemWeightStageReport {
    /// Set it to sizeof(HemWeightStageReport) before the call.
    pub struct_size: u32,
    /// Vertices whose weights were inpainted.
    pub inpainted: u32,
    /// Vertices with a copy of the body's weights.
    pub matched: u32,
    /// Vertices with a copy for want of anything better.
    pub extrapolated: u32,
    /// Vertices to which the body gave nothing.
    pub empty: u32,
    /// Islands without a match that was accepted.
    pub unmatched_islands: u32,
    /// Rigid parts.
    pub rigid_parts: u32,
    /// Vertices whose weight on the other side's bones was moved.
    pub side_vertices: u32,
    /// Vertices that got mirrored weights.
    pub mirrored: u32,
    /// Vertices on seams.
    pub seam_vertices: u32,
    /// Vertices that took their neighbours' weights.
    pub propagated: u32,
    /// Vertices without weights in the end: the body has none at all.
    pub bare: u32,
    /// Most influences of a vertex.
    pub max_influences: u32,
    /// Largest difference of a vertex's sum from 1, bare ones not counted.
    pub max_sum_error: f32,
}

impl Default for HemWeightStageOptions {
    fn default() -> Self {
        let defaults = weights::Options::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            rigid_parts: defaults.rigid_parts.into(),
            sides: defaults.sides.into(),
            propagate: defaults.propagate.into(),
            smooth_iterations: defaults.smooth_iterations,
            smooth_radius: defaults.smooth_radius,
            mix: defaults.mix,
            symmetry: defaults.symmetry,
            seams: defaults.seams,
        }
    }
}

impl Options for HemWeightStageOptions {}

impl HemWeightStageOptions {
    fn with(self, robust: RobustOptions) -> weights::Options {
        weights::Options {
            robust,
            mix: self.mix,
            rigid_parts: self.rigid_parts != 0,
            sides: self.sides != 0,
            symmetry: self.symmetry,
            smooth_radius: self.smooth_radius,
            smooth_iterations: self.smooth_iterations,
            seams: self.seams,
            propagate: self.propagate != 0,
            ..Default::default()
        }
    }
}

impl From<Report> for HemWeightStageReport {
    fn from(report: Report) -> Self {
        let [inpainted, matched, extrapolated, empty] = report.sources;
        Self {
            struct_size: size_of::<Self>() as u32,
            inpainted,
            matched,
            extrapolated,
            empty,
            unmatched_islands: report.unmatched_islands,
            rigid_parts: report.rigid_parts,
            side_vertices: report.side_vertices,
            mirrored: report.mirrored,
            seam_vertices: report.seam_vertices,
            propagated: report.propagated,
            bare: report.bare,
            max_influences: report.max_influences,
            max_sum_error: report.max_sum_error,
        }
    }
}

/// Fills options with their defaults.
///
/// out_options must hold one HemWeightStageOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_weight_stage_options_init(
    out_options: *mut HemWeightStageOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Makes the skin weights of an outfit from a body's: robust transfer layer by layer, the outfit's own
/// bones' present share kept, rigid parts, sides, symmetry, smoothing, seams over all pieces, weights for bare
/// vertices, few influences. Rows sum to 1; only where the body has no weights at all may a row be
/// empty. The outfit's pieces come one after another in common arrays; body and outfit have common groups.
///
/// surface must come from hem_surface_create or hem_surface_acquire: the body's.
/// offsets must hold vertex_count + 1 row bounds of the body's weights; vertex_count must be the surface's.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not below 0.
/// roles may be NULL, for HEM_GROUP_BODY; else it must hold group_count bytes, HEM_GROUP_... constants.
/// mirror may be NULL, for no sides; else it must hold group_count groups, the mirrored one of each (x to -x),
/// itself in the middle, HEM_NO_INDEX for none.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// triangles must hold triangle_count * 3 vertices, those of one triangle in one piece.
/// edges may be NULL, for those of the triangles; else it must hold edge_count * 2 vertices.
/// piece_starts may be NULL, for one piece; else it must hold piece_count + 1 vertices, from 0 to point_count.
/// layers may be NULL, for one layer; else it must hold piece_count numbers: a piece follows those of lower layers.
/// present_offsets may be NULL, for no present weights; else it must hold point_count + 1 row bounds.
/// present_groups must hold present_entry_count groups, each below group_count and once in a row at most.
/// present_weights must hold present_entry_count floats, finite, not below 0.
/// mask may be NULL; else it must hold point_count floats: 1 takes new weights, 0 keeps present ones.
/// robust_options may be NULL, for the defaults; max_influences must not be 0.
/// options may be NULL, for the defaults.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_sources may be NULL; else it must hold point_count bytes, HEM_SOURCE_... constants.
/// out_report may be NULL; else it must hold one HemWeightStageReport whose struct_size is set.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_run_weight_stage(
    surface: *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    roles: *const u8,
    mirror: *const u32,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    edges: *const u32,
    edge_count: usize,
    piece_starts: *const u32,
    layers: *const u32,
    piece_count: usize,
    present_offsets: *const u32,
    present_groups: *const u32,
    present_weights: *const f32,
    present_entry_count: usize,
    mask: *const f32,
    robust_options: *const HemRobustOptions,
    options: *const HemWeightStageOptions,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_sources: *mut u8,
    out_report: *mut HemWeightStageReport,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let body = &handle("surface", surface)?.0;
        let body_rows =
            sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let roles = roles_input(optional_input("roles", roles, group_count)?, group_count)?;
        let mirror = optional_input("mirror", mirror, group_count)?;
        let points = input_points("points", points, point_count)?;
        check::numbered_by_u32("point_count", point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let own_edges;
        let edges = if edges.is_null() {
            check::indices("triangles", triangles.as_flattened(), point_count)?;
            own_edges = triangle_edges(triangles)?;
            &own_edges[..]
        } else {
            input_rows("edges", edges, edge_count)?
        };
        let whole = [0, point_count as u32];
        let (piece_count, piece_starts) = if piece_starts.is_null() {
            (1, &whole[..])
        } else {
            let bounds = piece_count.saturating_add(1);
            (piece_count, input("piece_starts", piece_starts, bounds)?)
        };
        let one_layer = memory::try_filled("layers", 0_u32, piece_count)?;
        let layers = optional_input("layers", layers, piece_count)?.unwrap_or(&one_layer);
        let no_rows;
        let present = if present_offsets.is_null() {
            no_rows = memory::try_filled("present weights", 0_u32, point_count + 1)?;
            SparseView::new(&no_rows, &[], &[], group_count)
        } else {
            sparse_input(
                present_offsets,
                point_count,
                present_groups,
                present_weights,
                present_entry_count,
                group_count,
            )
        }
        .map_err(|error| error.renamed(present_name))?;
        let mask = optional_input("mask", mask, point_count)?;
        let robust = HemRobustOptions::read(robust_options)?;
        let options = options::read(options)?.with(robust);
        output_slot("out_sparse_weights", out_sparse_weights)?;
        let sources = optional_output("out_sources", out_sources, point_count)?;
        let groups = Groups { roles: &roles, mirror };
        let outfit = Outfit { points, triangles, edges, present, mask, piece_starts, layers };
        with_progress(progress, |progress| {
            let made = weights::run(body, body_rows, outfit, groups, &options, progress)?;
            if !out_report.is_null() {
                options::write("out_report", out_report, made.report.into())?;
            }
            copy_field(sources, &made.sources, |source| *source as u8);
            give_handle(
                "out_sparse_weights",
                out_sparse_weights,
                HemSparseWeights(made.weights.into()),
            )
        })
    })
}

fn roles_input(given: Option<&[u8]>, group_count: usize) -> Result<Vec<GroupRole>> {
    let Some(given) = given else {
        return memory::try_filled("roles", GroupRole::Body, group_count);
    };
    let role = |(group, role): (usize, &u8)| match u32::from(*role) {
        HEM_GROUP_BODY => Ok(GroupRole::Body),
        HEM_GROUP_OWN => Ok(GroupRole::Own),
        HEM_GROUP_LOCKED => Ok(GroupRole::Locked),
        other => {
            let problem = format!("[{group}] is {other}, expected a HEM_GROUP_... constant");
            Err(Error::invalid("roles", problem))
        }
    };
    given.iter().enumerate().map(role).collect()
}

fn present_name(argument: &'static str) -> &'static str {
    match argument {
        "offsets" => "present_offsets",
        "groups" => "present_groups",
        "weights" => "present_weights",
        other => other,
    }
}
