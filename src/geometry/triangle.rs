//! Closest point on one triangle, in double precision.
//!
//! The plane is cut into seven regions by the triangle's edges and by the normals to them at its
//! corners (Ericson, *Real-Time Collision Detection*, 2005, §5.1.5; Eberly, *Distance Between Point
//! and Triangle in 3D*, 1999): the face, three edges, three corners. A query that projects onto the
//! face takes its projection; any other takes the nearest of the three edges, where an end of the
//! edge stands for the corner. The nearest edge is found by comparing distances rather than by the
//! signs of more products, so that a triangle without area is simply its edges, and a triangle
//! without extent a point.
//!
//! Two triangles that share an edge or a corner give the same bits for a query whose closest point
//! lies there, provided that each is passed with its corners in one order that both share (ascending
//! vertex numbers): what an edge gives depends on its two ends alone.

use glam::DVec3;

/// Sine of the angle at the first corner below which a triangle counts as its edges: the projection
/// onto its plane loses as many digits as the sine has zeros, the edges miss the face by at most the
/// sine times the edge. At 1e-8 both stay below 1e-8 of the triangle's size.
const FLAT_SINE: f64 = 1e-8;

/// The point of a triangle that is closest to a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrianglePoint {
    /// Weights of the three corners, each in `[0, 1]`, with sum 1 up to rounding.
    pub barycentric: [f64; 3],
    /// From the query to the point.
    pub offset: DVec3,
    /// Square of the distance: `|offset|²`.
    pub distance_squared: f64,
}

/// The point of the triangle `corners` that is closest to `query`; all numbers finite.
#[inline]
pub fn closest_point(query: DVec3, corners: [DVec3; 3]) -> TrianglePoint {
    on_face(query, corners).unwrap_or_else(|| on_edges(query, corners))
}

/// The projection onto the triangle's plane, if it falls onto the face:
///
/// `v = n · (p × c) / |n|²`, `w = n · (b × p) / |n|²`, where b, c and the query p are taken from the
/// first corner and `n = b × c`.
#[inline]
fn on_face(query: DVec3, [a, b, c]: [DVec3; 3]) -> Option<TrianglePoint> {
    let (b, c, p) = (b - a, c - a, query - a);
    let normal = b.cross(c);
    let scale = normal.length_squared();
    let v = normal.dot(p.cross(c));
    let w = normal.dot(b.cross(p));
    let u = scale - v - w;
    let flat = FLAT_SINE * FLAT_SINE * b.length_squared() * c.length_squared();
    if u < 0.0 || v < 0.0 || w < 0.0 || scale <= flat {
        return None;
    }
    let barycentric = [u / scale, v / scale, w / scale];
    Some(with_offset(barycentric, b * barycentric[1] + c * barycentric[2] - p))
}

/// The closest point on the triangle's outline; the first edge wins a tie.
#[inline]
fn on_edges(query: DVec3, [a, b, c]: [DVec3; 3]) -> TrianglePoint {
    let nearer = |best: TrianglePoint, other: TrianglePoint| {
        if other.distance_squared < best.distance_squared { other } else { best }
    };
    let (t, offset) = on_edge(query, a, b);
    let best = with_offset([1.0 - t, t, 0.0], offset);
    let (t, offset) = on_edge(query, a, c);
    let best = nearer(best, with_offset([1.0 - t, 0.0, t], offset));
    let (t, offset) = on_edge(query, b, c);
    nearer(best, with_offset([0.0, 1.0 - t, t], offset))
}

/// How far along the edge the closest point lies, from 0 at `from` to 1 at `to`, and the way there
/// from the query.
#[inline]
fn on_edge(query: DVec3, from: DVec3, to: DVec3) -> (f64, DVec3) {
    let edge = to - from;
    let position = query - from;
    let along = position.dot(edge);
    let length_squared = edge.length_squared();
    if along <= 0.0 {
        // The corner `from`; also an edge without length.
        (0.0, from - query)
    } else if along >= length_squared {
        // The corner `to`.
        (1.0, to - query)
    } else {
        // The edge's inside.
        let t = along / length_squared;
        (t, edge * t - position)
    }
}

#[inline]
fn with_offset(barycentric: [f64; 3], offset: DVec3) -> TrianglePoint {
    TrianglePoint { barycentric, offset, distance_squared: offset.length_squared() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CORNERS: [DVec3; 3] =
        [DVec3::new(0.0, 0.0, 0.0), DVec3::new(4.0, 0.0, 0.0), DVec3::new(0.0, 2.0, 0.0)];

    fn barycentric(x: f64, y: f64, z: f64) -> [f64; 3] {
        closest_point(DVec3::new(x, y, z), CORNERS).barycentric
    }

    #[test]
    fn every_region_is_found() {
        assert_eq!(barycentric(1.0, 0.5, 3.0), [0.5, 0.25, 0.25]);
        assert_eq!(barycentric(1.0, -1.0, 3.0), [0.75, 0.25, 0.0]);
        assert_eq!(barycentric(-1.0, 0.5, -3.0), [0.75, 0.0, 0.25]);
        assert_eq!(barycentric(3.0, 3.0, 1.0), [0.0, 0.5, 0.5]);
        assert_eq!(barycentric(-1.0, -1.0, 0.0), [1.0, 0.0, 0.0]);
        assert_eq!(barycentric(9.0, -1.0, 0.0), [0.0, 1.0, 0.0]);
        assert_eq!(barycentric(-1.0, 9.0, 0.0), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn degenerate_triangles_are_segments_and_points() {
        let [x, y] = [DVec3::X, DVec3::Y];
        let segment = closest_point(y + 0.5 * x, [DVec3::ZERO, 2.0 * x, x]);
        assert_eq!(segment.distance_squared, 1.0);
        let doubled = closest_point(y + 0.5 * x, [x, x, DVec3::ZERO]);
        assert_eq!(doubled.distance_squared, 1.0);
        let point = closest_point(3.0 * y, [y, y, y]);
        assert_eq!((point.distance_squared, point.barycentric), (4.0, [1.0, 0.0, 0.0]));
    }

    /// The smallest distance over a fine grid of barycentric coordinates: no formula in common.
    fn sampled_distance(query: DVec3, [a, b, c]: [DVec3; 3]) -> f64 {
        const STEPS: u32 = 200;
        let at = |v: u32, w: u32| {
            let (v, w) = (f64::from(v) / f64::from(STEPS), f64::from(w) / f64::from(STEPS));
            (a + (b - a) * v + (c - a) * w - query).length()
        };
        (0..=STEPS)
            .flat_map(|v| (0..=STEPS - v).map(move |w| at(v, w)))
            .fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_sample_of_the_triangle_is_closer(
            query in prop::array::uniform3(-2.0..2.0),
            corners in prop::array::uniform3(prop::array::uniform3(-1.0..1.0)),
        ) {
            let (query, corners) = (DVec3::from(query), corners.map(DVec3::from));
            let found = closest_point(query, corners);
            let sampled = sampled_distance(query, corners);
            let distance = found.distance_squared.sqrt();
            prop_assert!(distance <= sampled + 1e-12, "{distance} > {sampled}");
            prop_assert!(sampled - distance < 0.02, "{distance} < {sampled}");
            let [u, v, w] = found.barycentric;
            prop_assert!(u >= 0.0 && v >= 0.0 && w >= 0.0 && (u + v + w - 1.0).abs() < 1e-12);
            let point = corners[0] * u + corners[1] * v + corners[2] * w;
            prop_assert!((point - query - found.offset).length() < 1e-9);
        }

        #[test]
        fn a_shared_edge_gives_both_triangles_the_same_bits(
            query in prop::array::uniform3(-2.0..2.0),
            corners in prop::array::uniform4(prop::array::uniform3(-1.0..1.0)),
        ) {
            let (query, [a, b, c, d]) = (DVec3::from(query), corners.map(DVec3::from));
            let (one, other) = (closest_point(query, [a, b, c]), closest_point(query, [a, b, d]));
            if one.barycentric[2] == 0.0 && other.barycentric[2] == 0.0 {
                prop_assert_eq!(one, other);
            }
        }
    }
}
