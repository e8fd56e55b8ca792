//! Vertex normals of a triangle mesh.

use glam::{DVec3, Vec3};

/// Unit vertex normals, `#V by 3`: the sum of the adjacent triangles' normals by area, in f64.
///
/// A vertex without triangles, or whose triangles have no area or cancel, has the normal 0.
///
/// - `triangles`: `#T by 3` vertex numbers of `points`.
pub fn vertex_normals(points: &[Vec3], triangles: &[[u32; 3]]) -> Vec<Vec3> {
    let mut sums = vec![DVec3::ZERO; points.len()];
    for triangle in triangles {
        let [a, b, c] = triangle.map(|vertex| points[vertex as usize].as_dvec3());
        let normal = (b - a).cross(c - a);
        triangle.iter().for_each(|vertex| sums[*vertex as usize] += normal);
    }
    sums.into_iter().map(|sum| sum.normalize_or_zero().as_vec3()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_lean_to_the_larger_triangle_and_degenerate_ones_do_not_count() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z * 3.0, Vec3::ONE];
        let triangles = [[0, 1, 2], [0, 3, 1], [0, 1, 1]];
        let normals = vertex_normals(&points, &triangles);
        assert!((normals[0] - Vec3::new(0.0, 3.0, 1.0).normalize()).length() < 1e-6);
        assert_eq!(normals[2], Vec3::Z);
        assert_eq!(normals[4], Vec3::ZERO);
    }
}
