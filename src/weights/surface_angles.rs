//! How an outfit is turned towards the body: angles between its normals and the nearest body face.
//!
//! The nearest body face of a point is the triangle of its closest surface point; of triangles equally
//! near (a closest point on an edge or a corner) the first one. Angles are folded to [0°, 90°], since
//! artists' faces point either way.

use glam::{DVec3, Vec3};

use crate::Result;
use crate::geometry::surface::{ClosestPoint, Surface};
use crate::runtime::Progress;
use crate::spatial::PointIndex;

/// Queries whose neighbouring faces are held at a time.
const QUERIES_AT_ONCE: usize = 16_384;

/// The faces of a mesh as the functions here need them.
pub struct Faces {
    /// `#T by 3`: mean of each triangle's corners.
    pub centres: Vec<Vec3>,
    /// `#T by 3`: normal with the length of twice the area; 0 for a triangle without area.
    pub normals: Vec<DVec3>,
}

impl Faces {
    /// Measures triangles, whose vertex numbers must be those of points.
    pub fn new(points: &[Vec3], triangles: &[[u32; 3]]) -> Self {
        let corners = |triangle: &[u32; 3]| triangle.map(|v| points[v as usize].as_dvec3());
        let centre = |[a, b, c]: [DVec3; 3]| ((a + b + c) / 3.0).as_vec3();
        Self {
            centres: triangles.iter().map(|triangle| centre(corners(triangle))).collect(),
            normals: triangles.iter().map(|triangle| area_normal(corners(triangle))).collect(),
        }
    }

    /// Flips the normals of chosen faces that point against the nearest body face.
    fn turn_outwards(&mut self, body: &Surface, chosen: &[u32]) -> Result<()> {
        let centres: Vec<Vec3> = chosen.iter().map(|f| self.centres[*f as usize]).collect();
        let closest = body.closest_points(&centres, f32::INFINITY, &Progress::none())?;
        for (face, found) in chosen.iter().zip(&closest) {
            let normal = &mut self.normals[*face as usize];
            if normal.dot(normal_at(body, found)) < 0.0 {
                *normal = -*normal;
            }
        }
        Ok(())
    }
}

/// Normal of the body face that a closest point lies on, twice the area long; 0 without a match.
pub fn normal_at(body: &Surface, found: &ClosestPoint) -> DVec3 {
    let Some(triangle) = body.triangles().get(found.triangle as usize) else { return DVec3::ZERO };
    area_normal(triangle.map(|vertex| body.points()[vertex as usize].as_dvec3()))
}

/// Angle between two lines, degrees in [0, 90]; `None` where either direction is 0.
pub fn folded_angle(a: DVec3, b: DVec3) -> Option<f64> {
    let (a, b) = (a.try_normalize()?, b.try_normalize()?);
    // More exact at small angles than the arc cosine of the product.
    Some(a.cross(b).length().atan2(a.dot(b).abs()).to_degrees())
}

/// Normals averaged over a radius: for each query `Σ_f area_f (1 − d_f / r) n_f` over the faces whose
/// centres lie within `r`, `d_f` the distance to the centre, `n_f` the face's normal, flipped where it points
/// against the nearest body face. Not normalised; 0 where there is no face.
///
/// - `queries`: `#Q by 3`, finite;
/// - `radius`: metres, not negative, finite.
///
/// # Errors
/// A point that is not finite, a bad radius, no memory, a cancel.
pub fn averaged_normals(
    body: &Surface,
    mut faces: Faces,
    queries: &[Vec3],
    radius: f32,
    progress: &Progress<'_>,
) -> Result<Vec<DVec3>> {
    let index = PointIndex::new(&faces.centres)?;
    let mut met = vec![false; faces.centres.len()];
    let mut sums = Vec::with_capacity(queries.len());
    for chunk in queries.chunks(QUERIES_AT_ONCE) {
        let near = index.within(chunk, radius, &Progress::none())?;
        let mut first_met = near.indices.clone();
        first_met.retain(|face| !std::mem::replace(&mut met[*face as usize], true));
        faces.turn_outwards(body, &first_met)?;
        sums.extend((0..chunk.len()).map(|row| {
            let (near, distances) = near.row(row);
            let terms = near.iter().zip(distances).map(|(face, distance)| {
                let share = if radius > 0.0 { 1.0 - f64::from(*distance / radius) } else { 1.0 };
                faces.normals[*face as usize] * share.max(0.0)
            });
            terms.sum::<DVec3>()
        }));
        progress.advance(sums.len() as f32 / queries.len() as f32)?;
    }
    Ok(sums)
}

fn area_normal([a, b, c]: [DVec3; 3]) -> DVec3 {
    (b - a).cross(c - a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_folded_and_unknown_ones_are_none() {
        let tilted = DVec3::new(0.0, 30_f64.to_radians().sin(), 30_f64.to_radians().cos());
        for scale in [1.0, -1.0, 1e-9] {
            assert!((folded_angle(DVec3::Z * 2.0, tilted * scale).unwrap() - 30.0).abs() < 1e-9);
        }
        assert_eq!(folded_angle(DVec3::X, DVec3::Y), Some(90.0));
        assert_eq!(folded_angle(DVec3::ZERO, DVec3::Y), None);
    }

    #[test]
    fn averages_weigh_by_area_and_distance() {
        let body = Surface::new(&[Vec3::ZERO, Vec3::X, Vec3::Y], &[[0, 1, 2]]).unwrap();
        let faces = Faces {
            centres: vec![Vec3::ZERO, Vec3::X * 0.5, Vec3::X * 3.0],
            normals: vec![-DVec3::Z, DVec3::new(0.0, 4.0, 1.0), DVec3::X],
        };
        let queries = [Vec3::ZERO, Vec3::X * 9.0];
        let found = averaged_normals(&body, faces, &queries, 1.0, &Progress::none()).unwrap();
        assert_eq!(found, [DVec3::new(0.0, 2.0, 1.5), DVec3::ZERO]);
    }
}
