//! Seams: vertices that lie on each other and should move alike.

use super::buffers::{input_points, input_rows, optional_output, output, output_slot};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::sparse::sparse_input;
use super::status::HemStatus;
use super::weights::tell;
use crate::weights::seams::{self, SeamOptions};

/// What hem_find_seams takes for a seam.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemSeamOptions {
    /// sizeof(HemSeamOptions), set by hem_seam_options_init.
    pub struct_size: u32,
    /// Metres that two vertices may lie apart, 1e-9 to 1e9. Default 0.0001.
    pub distance: f32,
    /// Degrees that the directions of two of their edges may differ by, 0 to 90. Default 3.
    pub angle: f32,
    /// The least similarity of their weights, 0 to 1. Default 0.9.
    pub similarity: f32,
}

impl Default for HemSeamOptions {
    fn default() -> Self {
        let SeamOptions { distance, angle, similarity } = SeamOptions::default();
        Self { struct_size: size_of::<Self>() as u32, distance, angle, similarity }
    }
}

impl Options for HemSeamOptions {}

/// Fills options with their defaults.
///
/// out_options must hold one HemSeamOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_seam_options_init(out_options: *mut HemSeamOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Finds the seams of a mesh, or of several whose points, edges and rows follow one another. Two
/// vertices are joined where they are at most `distance` apart, an edge of one has the direction of an edge
/// of the other (to `angle`, in either sense), and 1 - mean |difference of weights| >= similarity, the mean
/// over the groups in which one of them has weight. A seam is a set of vertices that such pairs connect.
/// hem_average_weights makes its weights equal.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// points must hold vertex_count * 3 floats, finite.
/// edges must hold edge_count * 2 vertex numbers, each below vertex_count.
/// options may be NULL for the defaults.
/// out_labels must hold vertex_count seams, HEM_NO_INDEX where the vertex is on none; seams are numbered
/// by their lowest vertices.
/// out_seam_count must hold one size_t; may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_find_seams(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    edges: *const u32,
    edge_count: usize,
    options: *const HemSeamOptions,
    out_labels: *mut u32,
    out_seam_count: *mut usize,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, vertex_count)?;
        let edges = input_rows("edges", edges, edge_count)?;
        let HemSeamOptions { distance, angle, similarity, .. } = options::read(options)?;
        let labels = output("out_labels", out_labels, vertex_count)?;
        let seam_count = optional_output("out_seam_count", out_seam_count, 1)?;
        with_progress(progress, |progress| {
            let options = SeamOptions { distance, angle, similarity };
            let found = seams::find_seams(points, edges, rows, options, progress)?;
            labels.copy_from_slice(&found.labels);
            tell(seam_count, found.count)
        })
    })
}
