//! The linear polynomial, by its values at up to four pivots among the control points.
//!
//! The pivots' barycentric coordinates l_k(x) are a basis of the linear polynomials on the span of the
//! points: p(x) = Σ_k c_k l_k(x), with c_k the value at pivot k. The side condition Σ_j w_j l_k(x_j) = 0
//! then gives the pivots' weights from the others', w_k = −Σ_j l_k(x_j) w_j, and the system for the
//! others is positive definite (Beatson, Light, Billings, "Fast solution of the radial basis function
//! interpolation equations", 2000).

use glam::{DMat3, DVec3};

/// Points flatter than this part of their extent count as flat: the polynomial is constant across.
const FLAT: f64 = 1e-6;

/// Pivots at most.
pub(super) const MOST_PIVOTS: usize = 4;

/// A number for each pivot; those that are missing have 0.
pub(super) type PerPivot = [f64; MOST_PIVOTS];

/// Pivots and their barycentric coordinates.
#[derive(Clone, Debug)]
pub(super) struct Simplex {
    /// Indices into the points, one to four.
    pub(super) pivots: Vec<usize>,
    origin: DVec3,
    /// Row k: the gradient of the coordinate of pivot k + 1; zero where there is none.
    gradients: [DVec3; 3],
}

impl Simplex {
    /// Pivots far apart: the point farthest from the centre, then the farthest from that point, from
    /// the line through both, from the plane through three. `points` must not be empty.
    pub(super) fn new(points: &[DVec3]) -> Self {
        let centre = points.iter().sum::<DVec3>() / points.len() as f64;
        let first = farthest(points, |point| point - centre).0;
        let origin = points[first];
        let mut pivots = vec![first];
        let mut directions: Vec<DVec3> = Vec::new();
        let mut extent = 0.0;
        while pivots.len() < MOST_PIVOTS {
            let across = |point: DVec3| {
                directions.iter().fold(point - origin, |rest, &axis| rest - axis * rest.dot(axis))
            };
            let (pivot, distance) = farthest(points, across);
            if distance <= FLAT * extent || distance == 0.0 {
                break;
            }
            extent = distance.max(extent);
            directions.push(across(points[pivot]) / distance);
            pivots.push(pivot);
        }
        Self { gradients: gradients(points, &pivots, &directions), pivots, origin }
    }

    /// The barycentric coordinates l(x).
    #[inline(always)]
    pub(super) fn coordinates(&self, point: DVec3) -> PerPivot {
        let from = point - self.origin;
        let [a, b, c] = self.gradients.map(|gradient| gradient.dot(from));
        [1.0 - a - b - c, a, b, c]
    }

    /// The polynomial with these values at the pivots, as `[constant, x, y, z]`.
    pub(super) fn polynomial(&self, values: PerPivot) -> [f64; 4] {
        let slope: DVec3 =
            (0..3).map(|axis| self.gradients[axis] * (values[axis + 1] - values[0])).sum();
        [values[0] - slope.dot(self.origin), slope.x, slope.y, slope.z]
    }
}

/// The point with the longest `vector`, the first of equals, and that length.
fn farthest(points: &[DVec3], vector: impl Fn(DVec3) -> DVec3) -> (usize, f64) {
    let mut best = (0, 0.0);
    for (index, &point) in points.iter().enumerate() {
        let squared = vector(point).length_squared();
        if squared > best.1 {
            best = (index, squared);
        }
    }
    (best.0, best.1.sqrt())
}

/// The dual basis of the edges from the first pivot; missing edges are replaced by normals for it.
fn gradients(points: &[DVec3], pivots: &[usize], directions: &[DVec3]) -> [DVec3; 3] {
    let mut edges: Vec<DVec3> =
        pivots[1..].iter().map(|&pivot| points[pivot] - points[pivots[0]]).collect();
    let normal = match *directions {
        [] => DVec3::X,
        [one] => one.any_orthonormal_vector(),
        [one, two, ..] => one.cross(two),
    };
    let count = edges.len();
    if count < 3 {
        edges.push(normal);
    }
    if edges.len() < 3 {
        edges.push(directions.first().map_or(DVec3::Y, |one| one.cross(normal)));
    }
    if edges.len() < 3 {
        edges.push(DVec3::Z);
    }
    let dual = DMat3::from_cols(edges[0], edges[1], edges[2]).inverse();
    std::array::from_fn(|row| if row < count { dual.row(row) } else { DVec3::ZERO })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(points: &[DVec3], pivot_count: usize) {
        let simplex = Simplex::new(points);
        assert_eq!(simplex.pivots.len(), pivot_count);
        for (number, &pivot) in simplex.pivots.iter().enumerate() {
            let coordinates = simplex.coordinates(points[pivot]);
            for (other, value) in coordinates.iter().enumerate() {
                let expected = if other == number { 1.0 } else { 0.0 };
                assert!((value - expected).abs() < 1e-9, "{coordinates:?}");
            }
        }
        let linear = |point: DVec3| 0.5 + point.dot(DVec3::new(1.0, -2.0, 3.0));
        let mut values = [0.0; MOST_PIVOTS];
        for (value, &pivot) in values.iter_mut().zip(&simplex.pivots) {
            *value = linear(points[pivot]);
        }
        let [constant, x, y, z] = simplex.polynomial(values);
        for &point in points {
            let found = constant + point.dot(DVec3::new(x, y, z));
            assert!((found - linear(point)).abs() < 1e-9);
            let coordinates = simplex.coordinates(point);
            let sum: f64 = coordinates.iter().zip(values).map(|(l, value)| l * value).sum();
            assert!((sum - linear(point)).abs() < 1e-9);
            assert!(coordinates.iter().all(|l| l.abs() < 4.0), "{coordinates:?}");
        }
    }

    #[test]
    fn pivots_span_what_the_points_span() {
        let grid = |x: usize, y: usize, z: usize| -> Vec<DVec3> {
            let all = (0..x).flat_map(|i| (0..y).flat_map(move |j| (0..z).map(move |k| [i, j, k])));
            all.map(|[i, j, k]| DVec3::new(i as f64, j as f64 - 7.0, k as f64 * 0.3)).collect()
        };
        check(&grid(1, 1, 1), 1);
        check(&grid(5, 1, 1), 2);
        check(&grid(1, 1, 3), 2);
        check(&grid(5, 4, 1), 3);
        check(&grid(1, 4, 5), 3);
        check(&grid(4, 4, 3), 4);
        check(&[DVec3::ONE, DVec3::ONE], 1);
    }
}
