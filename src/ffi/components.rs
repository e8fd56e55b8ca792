//! Components of meshes: which there are, which are rigid, their boxes, and which lie together.

use super::buffers::{input, input_points, optional_output, output, output_rows};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::sparse::sparse_input;
use super::status::HemStatus;
use super::weights::tell;
use crate::mesh::boxes::oriented_boxes;
use crate::mesh::clusters::cluster_components;
use crate::mesh::components::connected_elements;
use crate::runtime::memory::checked_product;
use crate::weights::rigid;

/// Finds the connected components of a mesh: vertices of one element (edge, triangle, ...) are
/// connected, vertices that only lie at the same place are not. Components are numbered by their lowest
/// vertices; a vertex without elements is one of its own.
///
/// elements must hold element_count * element_size vertex numbers, each below vertex_count.
/// out_labels must hold vertex_count components.
/// out_component_count must hold one size_t; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_find_components(
    elements: *const u32,
    element_count: usize,
    element_size: usize,
    vertex_count: usize,
    out_labels: *mut u32,
    out_component_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let count = checked_product("elements", element_count, element_size)?;
        let elements = input("elements", elements, count)?;
        let labels = output("out_labels", out_labels, vertex_count)?;
        let component_count = optional_output("out_component_count", out_component_count, 1)?;
        let components = connected_elements(elements, element_size, vertex_count)?;
        labels.copy_from_slice(&components.of_vertex);
        tell(component_count, components.count)
    })
}

/// Finds the components that are rigid, such as buttons and buckles: no weight of any vertex differs
/// from that of the component's lowest vertex by more than tolerance, and that vertex has weights. The
/// labels serve hem_average_weights, which gives each part one row of weights, and hem_fit_similarity,
/// which gives each part one motion.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite, not negative.
/// components must hold vertex_count components, each below component_count or HEM_NO_INDEX for none.
/// tolerance must be finite and not negative.
/// out_labels must hold vertex_count parts, HEM_NO_INDEX where the vertex is on none; parts are numbered
/// by their lowest vertices.
/// out_part_count must hold one size_t; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_find_rigid_parts(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    components: *const u32,
    component_count: usize,
    tolerance: f32,
    out_labels: *mut u32,
    out_part_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let rows = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let components = input("components", components, vertex_count)?;
        let labels = output("out_labels", out_labels, vertex_count)?;
        let part_count = optional_output("out_part_count", out_part_count, 1)?;
        let parts = rigid::find_rigid_parts(rows, components, component_count, tolerance)?;
        labels.copy_from_slice(&parts.labels);
        tell(part_count, parts.count)
    })
}

/// Fits a tight oriented box around each component's points: from their principal axes, turned about each
/// axis to the smallest rectangle there until no turn makes it smaller. Axes are right-handed, the longest
/// first. A component without points has a box of no size at the origin.
///
/// points must hold point_count * 3 floats, finite.
/// labels must hold point_count components, each below component_count or HEM_NO_INDEX for none.
/// out_frames must hold component_count * 16 doubles: row-major 4 x 4, the unit axes as columns, the centre.
/// out_half_extents must hold component_count * 3 doubles, descending.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_fit_boxes(
    points: *const f32,
    labels: *const u32,
    point_count: usize,
    component_count: usize,
    out_frames: *mut f64,
    out_half_extents: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let points = input_points("points", points, point_count)?;
        let labels = input("labels", labels, point_count)?;
        let frames = output_rows("out_frames", out_frames, component_count)?;
        let half_extents = output_rows("out_half_extents", out_half_extents, component_count)?;
        let boxes = oriented_boxes(points, labels, component_count)?;
        for ((found, frame), half) in boxes.iter().zip(frames).zip(half_extents) {
            *frame = found.frame;
            *half = found.half_extents;
        }
        Ok(())
    })
}

/// Joins components of which a point of one lies within distance of a point of the other, and those that
/// such pairs connect (single linkage), such as the parts of one buckle.
///
/// points must hold point_count * 3 floats, finite.
/// labels must hold point_count components, each below component_count or HEM_NO_INDEX for none.
/// distance must be from 1e-9 to 1e9, metres.
/// out_clusters must hold component_count clusters, numbered by their lowest components.
/// out_cluster_count must hold one size_t; may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_cluster_components(
    points: *const f32,
    labels: *const u32,
    point_count: usize,
    component_count: usize,
    distance: f32,
    out_clusters: *mut u32,
    out_cluster_count: *mut usize,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let points = input_points("points", points, point_count)?;
        let labels = input("labels", labels, point_count)?;
        let clusters = output("out_clusters", out_clusters, component_count)?;
        let cluster_count = optional_output("out_cluster_count", out_cluster_count, 1)?;
        with_progress(progress, |progress| {
            let found = cluster_components(points, labels, component_count, distance, progress)?;
            clusters.copy_from_slice(&found.of_vertex);
            tell(cluster_count, found.count)
        })
    })
}
