//! Cheap proofs that two triangles do not meet, in plain arithmetic with bounds of its rounding: a
//! filter before the exact answer of [`super::meeting`], for the many pairs that are clearly apart, or
//! clearly have no more in common than neighbours in a mesh.
//!
//! Each proof is a plane between both triangles, common corners aside. Any plane proves as much,
//! however it was found: only the sides on which corners lie need care. Differences of f32 corners are
//! right within one rounding, and their products cannot leave the range of f64.

use glam::{DVec3, Vec3};

use super::meeting::Corners;

/// Bound of the error of a sum of three products of differences in f32, relative to the sum of their
/// magnitudes: four roundings of 2⁻²⁴, doubled.
const SUM_ERROR: f32 = 8.0 / (1 << 24) as f32;

/// The same in f64 for products of up to four differences: some twelve roundings of 2⁻⁵³.
const PRODUCT_ERROR: f64 = 32.0 / (1_u64 << 53) as f64;

/// Whether the corners lie clearly on one side of the triangle's plane.
#[inline]
pub(crate) fn beside_plane([a, b, c]: &Corners, corners: &[Vec3]) -> bool {
    let a = a.as_dvec3();
    let (ab, ac) = (b.as_dvec3() - a, c.as_dvec3() - a);
    let normal = ab.cross(ac);
    let size = ab.length_squared() + ac.length_squared();
    let (mut above, mut below) = (true, true);
    for corner in corners {
        let offset = corner.as_dvec3() - a;
        let height = normal.dot(offset);
        let error = PRODUCT_ERROR * size * (offset.x.abs() + offset.y.abs() + offset.z.abs());
        above &= height > error;
        below &= height < -error;
    }
    above | below
}

/// Two triangles with a corner in common, both with that corner first: whether a plane through it
/// clearly has the rest of them on different sides.
///
/// The plane's normal is the difference of the directions into which the triangles go.
#[inline]
pub(crate) fn apart_but_for_corner([corner, a, b]: &Corners, [_, c, d]: &Corners) -> bool {
    const SIGNS: [f32; 4] = [1.0, 1.0, -1.0, -1.0];
    let tips = [a, b, c, d];
    let edges: [[f32; 4]; 3] = [0, 1, 2].map(|axis| tips.map(|tip| tip[axis] - corner[axis]));
    let mut scales = [0.0; 4];
    for lane in 0..4 {
        let [x, y, z] = edges.map(|coordinates| coordinates[lane]);
        scales[lane] = SIGNS[lane] * rough_inverse_root(x * x + y * y + z * z);
    }
    let normal = edges.map(|coordinates| {
        let mut terms = coordinates;
        (0..4).for_each(|lane| terms[lane] *= scales[lane]);
        (terms[0] + terms[1]) + (terms[2] + terms[3])
    });
    let mut margins = [0.0; 4];
    for lane in 0..4 {
        let [x, y, z] = [0, 1, 2].map(|axis: usize| edges[axis][lane] * normal[axis]);
        let error = SUM_ERROR * (x.abs() + y.abs() + z.abs()) + f32::MIN_POSITIVE;
        margins[lane] = SIGNS[lane] * (x + y + z) - error;
    }
    margins.iter().all(|&margin| margin > 0.0)
}

/// Two triangles across the edge from `a` to `b`, with their own corners: whether the angle between
/// them is clearly more than a right one, so that they are not folded onto each other.
#[inline]
pub(crate) fn opened_wide([a, b]: [Vec3; 2], [own, other]: [Vec3; 2]) -> bool {
    let [edge, own, other]: [DVec3; 3] = [b, own, other].map(|p| p.as_dvec3() - a.as_dvec3());
    // (edge × own) · (edge × other), by Lagrange's identity.
    let square = edge.length_squared();
    let cosine = square * own.dot(other) - edge.dot(own) * edge.dot(other);
    cosine < -PRODUCT_ERROR * square * (own.length_squared() + other.length_squared())
}

/// 1/√x within 4 %: a float's bits are about its logarithm (Blinn, "Floating-point tricks", 1997).
#[inline(always)]
fn rough_inverse_root(x: f32) -> f32 {
    f32::from_bits(0x5F37_59DF_u32.wrapping_sub(x.to_bits() >> 1))
}
