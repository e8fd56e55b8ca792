//! Where each outfit vertex copies its weights from, and how far the copy is to be trusted.

use glam::Vec3;

use crate::Result;
use crate::geometry::surface::{ClosestPoint, Surface};
use crate::mesh::normals::vertex_normals;
use crate::runtime::Progress;

/// How much farther away a match counts whose normal points the other way. A lining has no other
/// match; a glove's finger that comes close to its neighbour has one on its own finger, though farther.
const FLIPPED_PENALTY: f32 = 4.0;

/// How far inside the outfit, in distances to the flipped match, the better match is looked for.
const LOOK_INSIDE: f32 = 2.0;

/// Cosines below this count as this: at right angles a match is worth nothing, but stays finite.
const LEAST_COSINE: f32 = 0.1;

/// The body that weights are copied from.
pub struct Body<'a> {
    /// Its triangles.
    pub surface: &'a Surface,
    normals: Vec<Vec3>,
}

/// The match of one outfit vertex.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Triangle of the body and the shares of its corners; `NO_TRIANGLE` where the body has none.
    pub point: ClosestPoint,
    /// Cosine of the angle between the outfit's normal and the body's there; 1 where either is unknown.
    pub cosine: f32,
}

impl<'a> Body<'a> {
    /// Takes a surface and its vertex normals.
    pub fn new(surface: &'a Surface) -> Self {
        Self { surface, normals: vertex_normals(surface.points(), surface.triangles()) }
    }

    /// The closest point of the body to each outfit vertex.
    ///
    /// - `points`: `#V by 3`, finite; `normals`: `#V by 3`, unit or 0.
    ///
    /// # Errors
    /// A point that is not finite, a cancel, or memory that cannot be had.
    pub fn closest_matches(
        &self,
        points: &[Vec3],
        normals: &[Vec3],
        progress: &Progress<'_>,
    ) -> Result<Vec<Match>> {
        let closest = self.surface.closest_points(points, f32::INFINITY, progress)?;
        Ok(closest
            .into_iter()
            .zip(normals)
            .map(|(point, normal)| self.matched(point, *normal))
            .collect())
    }

    /// Gives matches whose normal is flipped another one, where a better one exists: the point of the
    /// body closest to a point inside the outfit.
    ///
    /// # Errors
    /// As [`Self::closest_matches`].
    pub fn prefer_facing(
        &self,
        points: &[Vec3],
        normals: &[Vec3],
        matches: &mut [Match],
        progress: &Progress<'_>,
    ) -> Result<()> {
        let flipped: Vec<usize> = (0..matches.len()).filter(|v| matches[*v].cosine < 0.0).collect();
        let inside: Vec<Vec3> = flipped
            .iter()
            .map(|v| points[*v] - normals[*v] * (LOOK_INSIDE * matches[*v].point.distance))
            .collect();
        let found = self.surface.closest_points(&inside, f32::INFINITY, progress)?;
        for (vertex, mut point) in flipped.into_iter().zip(found) {
            point.distance = points[vertex].distance(point.point);
            let other = self.matched(point, normals[vertex]);
            if other.effective_distance() < matches[vertex].effective_distance() {
                matches[vertex] = other;
            }
        }
        Ok(())
    }

    fn matched(&self, point: ClosestPoint, normal: Vec3) -> Match {
        let Some(triangle) = self.surface.triangles().get(point.triangle as usize) else {
            return Match { point, cosine: 1.0 };
        };
        let corner = |k: usize| self.normals[triangle[k] as usize] * point.barycentric[k];
        let body_normal = (corner(0) + corner(1) + corner(2)).normalize_or_zero();
        let known = body_normal != Vec3::ZERO && normal != Vec3::ZERO;
        let cosine = if known { body_normal.dot(normal).clamp(-1.0, 1.0) } else { 1.0 };
        Match { point, cosine }
    }
}

impl Match {
    /// The distance in metres, enlarged by disagreement of the normals: d / |cos θ|³, times
    /// [`FLIPPED_PENALTY`] for a flipped normal.
    ///
    /// Between two parallel sheets the closest point is the right one at any distance; the more they
    /// are tilted, the more the two sheets' own normals disagree about it. The cube is what separates
    /// them best on the acceptance data, little better than the square.
    pub fn effective_distance(&self) -> f32 {
        let cosine = self.cosine.abs().max(LEAST_COSINE);
        let flipped = if self.cosine < 0.0 { FLIPPED_PENALTY } else { 1.0 };
        flipped * self.point.distance / (cosine * cosine * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::surface::NO_TRIANGLE;

    fn wall(x: f32, facing: f32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
        let corners = [(-1.0, -1.0), (3.0, -1.0), (-1.0, 3.0)];
        let points = corners.map(|(y, z)| Vec3::new(x, y, z)).to_vec();
        (points, vec![if facing > 0.0 { [0, 1, 2] } else { [0, 2, 1] }])
    }

    /// Two fingers: one ends in a wall at 0 that faces +x, the next begins at 4 mm and faces −x.
    fn fingers() -> Surface {
        let (mut points, mut triangles) = wall(0.0, 1.0);
        let (more, faces) = wall(0.004, -1.0);
        triangles.extend(faces.iter().map(|face| face.map(|vertex| vertex + 3)));
        points.extend(more);
        Surface::new(&points, &triangles).unwrap()
    }

    #[test]
    fn a_glove_finger_prefers_its_own_finger() {
        let surface = fingers();
        let body = Body::new(&surface);
        let points = [Vec3::new(0.003, 0.0, 0.0)];
        let normals = [Vec3::X];
        let mut matches = body.closest_matches(&points, &normals, &Progress::none()).unwrap();
        assert_eq!((matches[0].point.triangle, matches[0].cosine), (1, -1.0));
        body.prefer_facing(&points, &normals, &mut matches, &Progress::none()).unwrap();
        assert_eq!((matches[0].point.triangle, matches[0].cosine), (0, 1.0));
        assert!((matches[0].point.distance - 0.003).abs() < 1e-6);
    }

    #[test]
    fn a_lining_keeps_its_flipped_match() {
        let (points, triangles) = wall(0.0, 1.0);
        let surface = Surface::new(&points, &triangles).unwrap();
        let body = Body::new(&surface);
        let (points, normals) = ([Vec3::new(0.01, 0.0, 0.0)], [Vec3::NEG_X]);
        let mut matches = body.closest_matches(&points, &normals, &Progress::none()).unwrap();
        body.prefer_facing(&points, &normals, &mut matches, &Progress::none()).unwrap();
        assert_eq!((matches[0].point.triangle, matches[0].cosine), (0, -1.0));
    }

    #[test]
    fn an_empty_body_matches_nothing() {
        let surface = Surface::new(&[], &[]).unwrap();
        let matches = Body::new(&surface)
            .closest_matches(&[Vec3::ZERO], &[Vec3::X], &Progress::none())
            .unwrap();
        assert_eq!(matches[0].point.triangle, NO_TRIANGLE);
        assert_eq!(matches[0].effective_distance(), f32::INFINITY);
    }
}
