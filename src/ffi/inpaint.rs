//! Inpainting of skin weights over a mesh.

use super::buffers::{
    destroy_handle, give_handle, handle, input, optional_input, output, output_slot,
};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use super::surface::mesh_input;
use crate::mesh::laplacian::Laplacian;
use crate::runtime::memory::checked_product;
use crate::weights::inpaint::WeightInpainter;

/// A mesh with its fixed vertices, factorised for inpainting. Immutable.
pub struct HemWeightInpainter(pub(crate) WeightInpainter);

/// Prepares the smoothest extension of weights over a mesh: vertices that are fixed keep their
/// weights, the others minimise w' (-L + L M^-1 L) w + sum m c (w - w0)^2 with the cotangent Laplacian
/// L, the masses m, and the confidence c in the vertex's own weights w0 (Abdrashitov et al. 2023; without
/// confidence it is their energy). Any triangles will do: non-manifold, degenerate, doubled. Islands do
/// not influence each other. Needs some kilobytes for each vertex that is not fixed.
///
/// points must hold point_count * 3 floats, finite.
/// triangles must hold triangle_count * 3 vertex numbers, each below point_count.
/// fixed must hold point_count bytes; not 0 keeps the vertex's weights.
/// confidence may be NULL for 0; else it must hold point_count doubles, 1/m^4, finite; those below 0 count as 0.
/// out_inpainter must hold one pointer; release it by hem_weight_inpainter_destroy.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_weight_inpainter_create(
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    fixed: *const u8,
    confidence: *const f64,
    out_inpainter: *mut *mut HemWeightInpainter,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_inpainter", out_inpainter)?;
        let (points, triangles) = mesh_input(points, point_count, triangles, triangle_count)?;
        let fixed = input("fixed", fixed, point_count)?;
        let confidence = optional_input("confidence", confidence, point_count)?;
        with_progress(progress, |progress| {
            let laplacian = Laplacian::new(points, triangles)?;
            let inpainter = WeightInpainter::new(&laplacian, points, fixed, confidence, progress)?;
            give_handle("out_inpainter", out_inpainter, HemWeightInpainter(inpainter))
        })
    })
}

/// Releases an inpainter.
///
/// inpainter may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_weight_inpainter_destroy(inpainter: *mut HemWeightInpainter) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(inpainter) }
}

/// Replaces the weights of the vertices that are not fixed, all groups at once. The extension may
/// leave [0, 1] a little; rows sum to 1 where the given ones do. Vertices that nothing reaches
/// (hem_weight_inpainter_unreached) keep their weights.
///
/// weights must hold vertex_count * group_count floats, vertex-major, finite; vertex_count must be the inpainter's.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_weight_inpainter_inpaint(
    inpainter: *const HemWeightInpainter,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let inpainter = &handle("inpainter", inpainter)?.0;
        let count = checked_product("weights", vertex_count, group_count)?;
        let weights = output("weights", weights, count)?;
        with_progress(progress, |progress| inpainter.inpaint(weights, group_count, progress))
    })
}

/// Marks the vertices that neither a fixed vertex nor any confidence reaches: those of islands without
/// a match.
///
/// out_mask must hold vertex_count bytes, 1 for such a vertex, else 0; vertex_count must be the inpainter's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_weight_inpainter_unreached(
    inpainter: *const HemWeightInpainter,
    out_mask: *mut u8,
    vertex_count: usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let inpainter = &handle("inpainter", inpainter)?.0;
        inpainter.unreached_mask(output("out_mask", out_mask, vertex_count)?)
    })
}
