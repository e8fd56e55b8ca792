//! Meshes that several tests use.

use glam::Vec3;

/// A bumpy ball: an octahedron whose triangles are split `levels` times, at `radius(direction)`. Each
/// triangle has new corners of its own at its edges' middles: seams everywhere.
pub(crate) fn ball(levels: u32, radius: impl Fn(Vec3) -> f32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let mut points = vec![Vec3::X, Vec3::Y, Vec3::Z, -Vec3::X, -Vec3::Y, -Vec3::Z];
    let upper = [[0, 1, 2], [1, 3, 2], [3, 4, 2], [4, 0, 2]];
    let mut triangles: Vec<[u32; 3]> =
        upper.into_iter().flat_map(|[a, b, _]| [[a, b, 2], [b, a, 5]]).collect();
    for _ in 0..levels {
        let split = |[a, b, c]: [u32; 3]| {
            let mut middle = |one: u32, other: u32| {
                points.push((points[one as usize] + points[other as usize]).normalize());
                points.len() as u32 - 1
            };
            let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
            [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
        };
        triangles = triangles.into_iter().flat_map(split).collect();
    }
    (points.iter().map(|point| *point * radius(*point)).collect(), triangles)
}
