//! Signed distance to a surface, by the pseudo-normal of the closest face, edge or corner.
//!
//! J. A. Bærentzen and H. Aanæs 2005, *Signed distance computation using the angle weighted
//! pseudonormal*: a point x whose closest point is c lies inside where `(x − c) · n < 0`, with n the
//! normal of the face that holds c, or the sum of the normals of the faces at its edge, or their sum
//! by angle at its corner. Corners at one place are one, so that seams are no borders.
//!
//! Bodies are open and artists' meshes are broken, so two rules decide what the theorem leaves out: a
//! point is outside where c lies on the border of an open surface (an edge of one triangle), and where
//! n is zero (sheets of two sides, triangles without area).

use std::collections::HashMap;

use glam::{DVec3, Vec3};

use super::edges::TriangleEdges;
use crate::Result;
use crate::geometry::surface::{ClosestPoint, NO_TRIANGLE, Surface};
use crate::runtime::{Progress, memory};

/// Metres up to which the normal rather than the offset gives the way out.
const NEAR: f32 = 1e-6;

/// A surface that knows its inside.
pub struct SignedSurface<'a> {
    surface: &'a Surface,
    /// Corners of each triangle, those at one place with one number.
    welded: Vec<[u32; 3]>,
    edges: TriangleEdges,
    faces: Vec<DVec3>,
    edge_features: Vec<Feature>,
    corner_features: Vec<Feature>,
}

/// Normal of an edge or a corner, of any length.
#[derive(Clone, Copy, Default)]
struct Feature {
    normal: DVec3,
    faces: u32,
    border: bool,
}

/// Where a point lies relative to the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// The closest point of the surface; the query itself where there is none.
    pub point: Vec3,
    /// Distance, negative inside; infinite where there is no closest point.
    pub height: f32,
    /// Unit, the shortest way out; zero where there is none.
    pub outward: Vec3,
}

impl<'a> SignedSurface<'a> {
    /// Computes the pseudo-normals, in time near linear.
    ///
    /// # Errors
    /// No memory.
    pub fn new(surface: &'a Surface) -> Result<Self> {
        let (welded, places) = weld(surface)?;
        let edges = TriangleEdges::new(&welded)?;
        let mut signed = Self {
            surface,
            faces: memory::try_with_capacity("pseudo-normals", welded.len())?,
            edge_features: memory::try_filled("pseudo-normals", Feature::default(), edges.count)?,
            corner_features: memory::try_filled("pseudo-normals", Feature::default(), places)?,
            welded,
            edges,
        };
        signed.add_faces();
        signed.mark_borders();
        Ok(signed)
    }

    /// Whether there is no triangle.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// Where each query lies, to `max_distance` metres.
    ///
    /// # Errors
    /// As [`Surface::closest_points`].
    pub fn nearest(
        &self,
        queries: &[Vec3],
        max_distance: f32,
        progress: &Progress<'_>,
    ) -> Result<Vec<Nearest>> {
        let closest = self.surface.closest_points(queries, max_distance, progress)?;
        let mut nearest = memory::try_with_capacity("signed distances", queries.len())?;
        nearest.extend(queries.iter().zip(&closest).map(|(query, found)| self.side(*query, found)));
        Ok(nearest)
    }

    fn side(&self, query: Vec3, closest: &ClosestPoint) -> Nearest {
        if closest.triangle == NO_TRIANGLE {
            return Nearest { point: query, height: f32::INFINITY, outward: Vec3::ZERO };
        }
        let (normal, border) = self.pseudo_normal(closest);
        let offset = query.as_dvec3() - closest.point.as_dvec3();
        let inside = offset.dot(normal) < 0.0 && !border;
        let sign = if inside { -1.0 } else { 1.0 };
        let way = if closest.distance > NEAR { offset * sign } else { normal };
        Nearest {
            point: closest.point,
            height: closest.distance * sign as f32,
            outward: way.normalize_or_zero().as_vec3(),
        }
    }

    /// The normal of the feature that holds a closest point, and whether it is on a border. On an edge
    /// or a corner, the other barycentric coordinates are exactly 0.
    fn pseudo_normal(&self, closest: &ClosestPoint) -> (DVec3, bool) {
        let triangle = closest.triangle as usize;
        let shares = closest.barycentric;
        let is_zero = |corner: usize| shares[corner] == 0.0;
        let feature = match (is_zero(0), is_zero(1), is_zero(2)) {
            (false, false, false) => return (self.faces[triangle], false),
            (true, false, false) => self.edge(triangle, 0),
            (false, true, false) => self.edge(triangle, 1),
            (false, false, true) => self.edge(triangle, 2),
            (_, true, true) => self.corner(triangle, 0),
            (true, _, true) => self.corner(triangle, 1),
            (true, true, _) => self.corner(triangle, 2),
        };
        (feature.normal, feature.border)
    }

    fn edge(&self, triangle: usize, corner: usize) -> &Feature {
        &self.edge_features[self.edges.of_triangle[triangle][corner] as usize]
    }

    fn corner(&self, triangle: usize, corner: usize) -> &Feature {
        &self.corner_features[self.welded[triangle][corner] as usize]
    }

    fn add_faces(&mut self) {
        for (triangle, welded) in self.welded.iter().enumerate() {
            let corners = self.surface.triangles()[triangle]
                .map(|vertex| self.surface.points()[vertex as usize].as_dvec3());
            let normal = if is_proper(welded) {
                (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalize_or_zero()
            } else {
                DVec3::ZERO
            };
            self.faces.push(normal);
            if is_proper(welded) {
                for edge in self.edges.of_triangle[triangle] {
                    let feature = &mut self.edge_features[edge as usize];
                    feature.normal += normal;
                    feature.faces += 1;
                }
                for (corner, place) in welded.iter().enumerate() {
                    self.corner_features[*place as usize].normal +=
                        normal * angle(&corners, corner);
                }
            }
        }
    }

    fn mark_borders(&mut self) {
        for edge in &mut self.edge_features {
            edge.border = edge.faces == 1;
        }
        for (welded, edges) in self.welded.iter().zip(&self.edges.of_triangle) {
            for corner in (0..3).filter(|_| is_proper(welded)) {
                if self.edge_features[edges[corner] as usize].border {
                    for end in [welded[(corner + 1) % 3], welded[(corner + 2) % 3]] {
                        self.corner_features[end as usize].border = true;
                    }
                }
            }
        }
    }
}

/// A triangle with corners at two places or one has no sides of its own.
fn is_proper([a, b, c]: &[u32; 3]) -> bool {
    a != b && b != c && c != a
}

/// The triangles' corners by place, and the number of places.
fn weld(surface: &Surface) -> Result<(Vec<[u32; 3]>, usize)> {
    let mut places = HashMap::with_capacity(surface.points().len());
    let mut of_vertex = memory::try_with_capacity("welded corners", surface.points().len())?;
    for point in surface.points() {
        // −0 and 0 are one place.
        let bits = (*point + Vec3::ZERO).to_array().map(f32::to_bits);
        let next = places.len() as u32;
        of_vertex.push(*places.entry(bits).or_insert(next));
    }
    let mut welded = memory::try_with_capacity("welded corners", surface.triangles().len())?;
    let place = |vertex: u32| of_vertex[vertex as usize];
    welded.extend(surface.triangles().iter().map(|triangle| triangle.map(place)));
    Ok((welded, places.len()))
}

fn angle(corners: &[DVec3; 3], corner: usize) -> f64 {
    let first = corners[(corner + 1) % 3] - corners[corner];
    let second = corners[(corner + 2) % 3] - corners[corner];
    first.cross(second).length().atan2(first.dot(second))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mesh::test_meshes::ball;

    /// The winding number (Van Oosterom and Strackee 1983), by which a closed surface knows its inside.
    fn winding_number(points: &[Vec3], triangles: &[[u32; 3]], query: Vec3) -> f64 {
        let solid_angle = |triangle: &[u32; 3]| {
            let [a, b, c] = triangle.map(|v| points[v as usize].as_dvec3() - query.as_dvec3());
            let (la, lb, lc) = (a.length(), b.length(), c.length());
            let below = la * lb * lc + a.dot(b) * lc + b.dot(c) * la + c.dot(a) * lb;
            2.0 * a.dot(b.cross(c)).atan2(below)
        };
        triangles.iter().map(solid_angle).sum::<f64>() / (4.0 * std::f64::consts::PI)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_inside_of_a_closed_surface_is_where_it_winds(
            query in prop::array::uniform3(-1.3_f32..1.3),
            wave in 1.0_f32..4.0,
        ) {
            let (points, triangles) = ball(2, |p| 1.0 + 0.3 * (wave * 3.0 * p.x).sin() * p.y);
            let surface = Surface::new(&points, &triangles).unwrap();
            let signed = SignedSurface::new(&surface).unwrap();
            let query = Vec3::from(query);
            let found = signed.nearest(&[query], f32::INFINITY, &Progress::none()).unwrap()[0];
            let inside = winding_number(&points, &triangles, query) > 0.5;
            prop_assert_eq!(found.height < 0.0, inside, "{:?}", found);
            if inside {
                // On the way out the height rises metre for metre; beyond, another face may be nearer.
                let there = query - found.outward * (found.height / 2.0);
                let after = signed.nearest(&[there], f32::INFINITY, &Progress::none()).unwrap()[0];
                prop_assert!((after.height - found.height / 2.0).abs() < 1e-5, "{:?}", after);
            }
        }
    }

    #[test]
    fn borders_and_sheets_of_two_sides_have_no_inside() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z];
        let under = |x: f32, y: f32| Vec3::new(x, y, -0.25);
        let heights = |triangles: &[[u32; 3]], queries: &[Vec3]| -> Vec<f32> {
            let surface = Surface::new(&points, triangles).unwrap();
            let signed = SignedSurface::new(&surface).unwrap();
            let found = signed.nearest(queries, 10.0, &Progress::none()).unwrap();
            found.iter().map(|found| found.height).collect()
        };
        // Below the face: inside. Closest to the open border: outside.
        assert_eq!(heights(&[[0, 1, 2]], &[under(0.25, 0.25)]), [-0.25]);
        assert!(heights(&[[0, 1, 2]], &[under(-0.1, -0.1)])[0] > 0.0);
        // A segment and a point change nothing.
        let broken = [[0, 1, 2], [1, 1, 3], [2, 2, 2]];
        assert_eq!(heights(&broken, &[under(0.25, 0.25)]), [-0.25]);
        let two_sides = [[0, 1, 2], [0, 2, 1]];
        assert!(heights(&two_sides, &[under(1.0, 1.0)])[0] > 0.0);
        assert_eq!(heights(&[], &[Vec3::ZERO]), [f32::INFINITY]);
    }
}
