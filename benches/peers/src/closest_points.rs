//! Closest points of the 100k-vertex outfit on the body, queries in the mesh's own order. Every
//! contestant returns points, which must agree in distance; building the structures is timed apart.

use bvh::aabb::{Aabb, Bounded};
use bvh::bounding_hierarchy::BHShape;
use bvh::bvh::Bvh;
use bvh::point_query::PointDistance;
use glam::Vec3;
use hemline::geometry::surface::Surface;
use hemline::runtime::Progress;
use nalgebra::Point3;
use parry3d::query::PointQueryWithLocation;
use parry3d::shape::TriMesh;

use crate::report::{median_cpu_ms, print_comparison};
use crate::sample::{Mesh, sample};

/// On the body as it is, and cut into eight times as many triangles.
pub fn run() {
    let queries: Vec<Vec3> = sample("outfit_large.positions.f32");
    let body = Mesh::sample("body_a");
    compare(&body, &queries);
    compare(&body.cut_into_eight(), &queries);
}

fn compare(mesh: &Mesh, queries: &[Vec3]) {
    let (build, surface) = median_cpu_ms(|| Surface::new(&mesh.points, &mesh.triangles).unwrap());
    let (bvh_build, (shapes, tree)) = median_cpu_ms(|| build_bvh(mesh));
    let (parry_build, trimesh) = median_cpu_ms(|| build_parry(mesh));
    let triangles = mesh.triangles.len();
    print_comparison(
        &format!("surface of {triangles} triangles"),
        build,
        &[("bvh crate", bvh_build), ("parry3d", parry_build)],
    );

    let progress = Progress::none();
    let (query, found) =
        median_cpu_ms(|| surface.closest_points(queries, f32::INFINITY, &progress).unwrap());
    let (bvh_query, bvh_found) = median_cpu_ms(|| -> Vec<Vec3> {
        queries
            .iter()
            .map(|query| {
                let query_point = Point3::new(query.x, query.y, query.z);
                let (shape, _) = tree.nearest_to(query_point, &shapes).unwrap();
                shape.closest_point(*query)
            })
            .collect()
    });
    let (parry_query, parry_found) = median_cpu_ms(|| -> Vec<Vec3> {
        queries
            .iter()
            .map(|query| {
                let point = parry3d::math::Vector::new(query.x, query.y, query.z);
                let (projection, _) = trimesh.project_local_point_and_get_location(point, false);
                Vec3::new(projection.point.x, projection.point.y, projection.point.z)
            })
            .collect()
    });
    for (peer, points) in [("bvh crate", bvh_found), ("parry3d", parry_found)] {
        let difference = points
            .iter()
            .zip(queries)
            .zip(&found)
            .map(|((point, query), found)| (point.distance(*query) - found.distance).abs())
            .fold(0.0, f32::max);
        assert!(difference < 1e-5, "{peer} is {difference} m off");
    }
    print_comparison(
        &format!("{} closest points on {triangles} triangles", queries.len()),
        query,
        &[("bvh crate", bvh_query), ("parry3d", parry_query)],
    );
}

/// A triangle as the `bvh` crate wants it.
struct Shape {
    corners: [Vec3; 3],
    node: usize,
}

impl Shape {
    /// Region by region (Ericson, *Real-Time Collision Detection*, §5.1.5).
    #[inline]
    fn closest_point(&self, query: Vec3) -> Vec3 {
        let [a, b, c] = self.corners;
        let (ab, ac, ap) = (b - a, c - a, query - a);
        let (d1, d2) = (ab.dot(ap), ac.dot(ap));
        if d1 <= 0.0 && d2 <= 0.0 {
            return a;
        }
        let bp = query - b;
        let (d3, d4) = (ab.dot(bp), ac.dot(bp));
        if d3 >= 0.0 && d4 <= d3 {
            return b;
        }
        let vc = d1 * d4 - d3 * d2;
        if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
            return a + ab * (d1 / (d1 - d3));
        }
        let cp = query - c;
        let (d5, d6) = (ab.dot(cp), ac.dot(cp));
        if d6 >= 0.0 && d5 <= d6 {
            return c;
        }
        let vb = d5 * d2 - d1 * d6;
        if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
            return a + ac * (d2 / (d2 - d6));
        }
        let va = d3 * d6 - d5 * d4;
        if va <= 0.0 && d4 >= d3 && d5 >= d6 {
            return b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)));
        }
        let scale = 1.0 / (va + vb + vc);
        a + ab * (vb * scale) + ac * (vc * scale)
    }
}

impl Bounded<f32, 3> for Shape {
    fn aabb(&self) -> Aabb<f32, 3> {
        let low = self.corners[0].min(self.corners[1]).min(self.corners[2]);
        let high = self.corners[0].max(self.corners[1]).max(self.corners[2]);
        Aabb::with_bounds(Point3::new(low.x, low.y, low.z), Point3::new(high.x, high.y, high.z))
    }
}

impl BHShape<f32, 3> for Shape {
    fn set_bh_node_index(&mut self, index: usize) {
        self.node = index;
    }
    fn bh_node_index(&self) -> usize {
        self.node
    }
}

impl PointDistance<f32, 3> for Shape {
    fn distance_squared(&self, query: Point3<f32>) -> f32 {
        let query = Vec3::new(query.x, query.y, query.z);
        self.closest_point(query).distance_squared(query)
    }
}

fn build_bvh(mesh: &Mesh) -> (Vec<Shape>, Bvh<f32, 3>) {
    let mut shapes: Vec<Shape> = mesh
        .triangles
        .iter()
        .map(|triangle| triangle.map(|vertex| mesh.points[vertex as usize]))
        .map(|corners| Shape { corners, node: 0 })
        .collect();
    let tree = Bvh::build(&mut shapes);
    (shapes, tree)
}

fn build_parry(mesh: &Mesh) -> TriMesh {
    let vertices = mesh
        .points
        .iter()
        .map(|point| parry3d::math::Vector::new(point.x, point.y, point.z))
        .collect();
    TriMesh::new(vertices, mesh.triangles.clone()).unwrap()
}
