//! What a deformation does to each face: how much it stretches, and whether it turns over.
//!
//! The map of a face's plane from before to after has two singular values, its greatest and its least
//! stretch; their squares are the eigenvalues of `(EᵀE)⁻¹ FᵀF` with E and F the face's two edge vectors
//! before and after.
//!
//! A pose turns faces by any angle, so turning over is seen against the neighbours: a face is inverted
//! where its normal agreed with the sum of its edge neighbours' normals before, and opposes it after.

use glam::{DVec3, Vec3};

use crate::Result;
use crate::mesh::edges::TriangleEdges;
use crate::runtime::{check, memory};

/// Squared sine of the angle below which a face has no area to stretch.
const FLAT: f64 = 1e-16;

/// What became of the faces.
#[derive(Clone, Debug, PartialEq)]
pub struct Distortion {
    /// `#T by 2`: greatest and least stretch; 1, 1 for a face without area before.
    pub stretches: Vec<[f32; 2]>,
    /// `#T`: the face turned over relative to its neighbours.
    pub inverted: Vec<bool>,
}

/// Compares two shapes of one mesh.
///
/// - `before`, `after`: `#V by 3`, finite;
/// - `triangles`: `#T by 3` vertex numbers.
///
/// # Errors
/// Counts that differ, numbers that are not finite, vertices that are not there, no memory.
pub fn measure(before: &[Vec3], after: &[Vec3], triangles: &[[u32; 3]]) -> Result<Distortion> {
    check::length("after", after.len(), before.len())?;
    check::finite("before", bytemuck::cast_slice::<_, f32>(before))?;
    check::finite("after", bytemuck::cast_slice::<_, f32>(after))?;
    check::indices("triangles", triangles.as_flattened(), before.len())?;
    let edges = TriangleEdges::new(triangles)?;
    let agreed = agreements(before, triangles, &edges)?;
    let agrees = agreements(after, triangles, &edges)?;
    let inverted = agreed.iter().zip(&agrees).map(|(was, is)| *was > 0.0 && *is < 0.0).collect();
    let mut stretches = memory::try_with_capacity("stretches", triangles.len())?;
    stretches.extend(
        triangles
            .iter()
            .map(|triangle| stretch(edge_vectors(before, triangle), edge_vectors(after, triangle))),
    );
    Ok(Distortion { stretches, inverted })
}

/// Number of faces that are more than twice as long, or less than half, in some direction, relative to
/// the growth of the whole mesh (the root of its areas' ratio).
pub fn stretched_count(
    distortion: &Distortion,
    before: &[Vec3],
    after: &[Vec3],
    triangles: &[[u32; 3]],
) -> usize {
    let area = |points: &[Vec3]| -> f64 {
        let doubled = |triangle| {
            let [a, b] = edge_vectors(points, triangle);
            a.cross(b).length()
        };
        triangles.iter().map(doubled).sum()
    };
    let (was, is) = (area(before), area(after));
    let growth = if was > 0.0 && is > 0.0 { (is / was).sqrt() } else { 1.0 };
    let beyond = |[most, least]: &&[f32; 2]| {
        f64::from(*most) > 2.0 * growth || f64::from(*least) < 0.5 * growth
    };
    distortion.stretches.iter().filter(beyond).count()
}

fn edge_vectors(points: &[Vec3], triangle: &[u32; 3]) -> [DVec3; 2] {
    let [a, b, c] = triangle.map(|vertex| points[vertex as usize].as_dvec3());
    [b - a, c - a]
}

fn stretch([e, f]: [DVec3; 2], [g, h]: [DVec3; 2]) -> [f32; 2] {
    let (ee, ef, ff) = (e.length_squared(), e.dot(f), f.length_squared());
    let (gg, gh, hh) = (g.length_squared(), g.dot(h), h.length_squared());
    let area = e.cross(f).length_squared();
    if area <= FLAT * ee * ff {
        return [1.0; 2];
    }
    let half_trace = 0.5 * (ff * gg - 2.0 * ef * gh + ee * hh) / area;
    let determinant = g.cross(h).length_squared() / area;
    let greatest = half_trace + (half_trace * half_trace - determinant).max(0.0).sqrt();
    // The product of both is the determinant: no difference of near numbers.
    let least = if greatest > 0.0 { determinant / greatest } else { 0.0 };
    [greatest.max(0.0).sqrt() as f32, least.sqrt() as f32]
}

/// The product of each face's unit normal with the sum of its neighbours'.
fn agreements(points: &[Vec3], triangles: &[[u32; 3]], edges: &TriangleEdges) -> Result<Vec<f64>> {
    let mut sums = memory::try_filled("normals", DVec3::ZERO, edges.count)?;
    let mut normals = memory::try_with_capacity("normals", triangles.len())?;
    for (triangle, edges) in triangles.iter().zip(&edges.of_triangle) {
        let [a, b] = edge_vectors(points, triangle);
        let normal = a.cross(b).normalize_or_zero();
        edges.iter().for_each(|edge| sums[*edge as usize] += normal);
        normals.push(normal);
    }
    let around = |edges: &[u32; 3]| edges.iter().map(|edge| sums[*edge as usize]).sum::<DVec3>();
    let agreement =
        |(normal, edges): (&DVec3, &[u32; 3])| normal.dot(around(edges) - *normal * 3.0);
    Ok(normals.iter().zip(&edges.of_triangle).map(agreement).collect())
}

#[cfg(test)]
mod tests {
    use glam::{DMat3, DQuat};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn stretches_are_those_that_a_stretch_makes(
            most in 0.5_f64..3.0, share in 0.1_f64..1.0, angle in 0.0_f64..6.0,
            turn in prop::array::uniform3(-2.0_f64..2.0),
        ) {
            let turn = DQuat::from_scaled_axis(DVec3::from_array(turn));
            let inner = DMat3::from_rotation_z(angle);
            let scale = DMat3::from_diagonal(DVec3::new(most, most * share, 1.0));
            let map = DMat3::from_quat(turn) * inner.transpose() * scale * inner;
            let before = [Vec3::new(0.1, 0.2, 0.0), Vec3::new(1.0, 0.1, 0.0), Vec3::new(0.3, 0.9, 0.0)];
            let after = before.map(|point| (map * point.as_dvec3()).as_vec3());
            let found = measure(&before, &after, &[[0, 1, 2]]).unwrap().stretches[0];
            prop_assert!((f64::from(found[0]) - most).abs() < 1e-4, "{found:?}");
            prop_assert!((f64::from(found[1]) - most * share).abs() < 1e-4, "{found:?}");
        }
    }

    #[test]
    fn a_face_that_turns_over_in_a_turned_mesh_is_found_and_no_other() {
        let size = 5_u32;
        let flat: Vec<Vec3> = (0..size * size)
            .map(|vertex| Vec3::new((vertex % size) as f32, (vertex / size) as f32, 0.0))
            .collect();
        let triangles: Vec<[u32; 3]> = (0..size - 1)
            .flat_map(|row| (0..size - 1).map(move |column| row * size + column))
            .flat_map(|v| [[v, v + 1, v + size], [v + 1, v + size + 1, v + size]])
            .collect();
        let mut after: Vec<Vec3> = flat.iter().map(|p| Vec3::new(-p.x, p.y, -p.z)).collect();
        assert_eq!(measure(&flat, &after, &triangles).unwrap().inverted, [false; 32]);
        // One vertex pulled across the face on its other side.
        after[12] += Vec3::new(-1.6, 1.6, 0.0);
        let found = measure(&flat, &after, &triangles).unwrap();
        let inverted: Vec<usize> = (0..32).filter(|face| found.inverted[*face]).collect();
        assert!(!inverted.is_empty() && inverted.iter().all(|face| triangles[*face].contains(&12)));
        assert!(stretched_count(&found, &flat, &after, &triangles) > 0);
    }

    #[test]
    fn faces_without_area_count_as_whole() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::X * 2.0];
        let found = measure(&points, &points, &[[0, 1, 2], [0, 0, 1]]).unwrap();
        assert_eq!(found, Distortion { stretches: vec![[1.0; 2]; 2], inverted: vec![false; 2] });
    }
}
