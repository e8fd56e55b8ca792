//! Distances from one point to eight triangles at once, in single precision: the filter before the
//! exact answer of [`super::triangle`].
//!
//! Each triangle carries its own frame: origin at the first corner, x along the first edge, y in its
//! plane towards the third corner, z along its normal. In that frame the squared distance is z² plus
//! the squared distance in the plane, which is 0 inside the three edges and else the smallest over
//! the edges of `across² + beyond²`: across the edge's line, and beyond its ends along that line.
//! (The rotation to the plane: Jones, *3D distance from a point to a triangle*, 1995.)
//!
//! Frames are computed in f64 and orthonormal to f32 rounding whatever the triangle's shape, and
//! every step is a rotation, a difference, or a comparison of lengths. So the distance found here
//! differs from the true one by less than [`RELATIVE_ERROR`] · (distance + longest edge), for needles
//! and triangles without area as well.

use glam::{DVec3, Vec3};

/// Triangles in a packet.
pub(crate) const LANES: usize = 8;

/// One number of each triangle.
pub(crate) type Lanes = [f32; LANES];

/// Bound of the filter's error, relative to distance + longest edge: some 70 roundings of 2⁻²⁴ at the
/// worst, rounded up to 128.
pub(crate) const RELATIVE_ERROR: f32 = 1.0 / (1 << 17) as f32;

/// Bound of the error of a distance across an edge's line, relative to the sizes that enter it. A
/// point is inside only if it is so beyond doubt; one in doubt is that near to the outline, or lies
/// beyond the tip of a needle, where only the outline's distance is right.
const SIGN_ERROR: f32 = 1.0 / (1 << 20) as f32;

/// Height of a triangle over its first edge, relative to the third corner's distance, under which it
/// is lost in single precision, and its direction is rounding.
const FLAT: f64 = 1e-10;

/// Eight triangles in their own frames.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct TrianglePacket {
    origin: [Lanes; 3],
    x_axis: [Lanes; 3],
    y_axis: [Lanes; 3],
    z_axis: [Lanes; 3],
    first_length: Lanes,
    second: PlaneEdge,
    third: PlaneEdge,
}

/// Direction (unit) and length of an edge in the plane.
#[derive(Clone, Debug, Default)]
struct PlaneEdge {
    x: Lanes,
    y: Lanes,
    length: Lanes,
}

/// What one triangle adds to its packet.
struct Frame {
    axes: [DVec3; 3],
    /// The second and third corner in the plane; the first is the origin, and the second lies on x.
    second_x: f64,
    third: (f64, f64),
}

impl TrianglePacket {
    /// Packs the triangles, which are 1 to 8; the last one fills the free lanes.
    pub(crate) fn new(triangles: impl Iterator<Item = [Vec3; 3]>) -> Self {
        let mut packet = Self {
            origin: Default::default(),
            x_axis: Default::default(),
            y_axis: Default::default(),
            z_axis: Default::default(),
            first_length: Lanes::default(),
            second: PlaneEdge::default(),
            third: PlaneEdge::default(),
        };
        let mut lane = 0;
        let mut last = None;
        for corners in triangles {
            packet.set_lane(lane, corners);
            last = Some(corners);
            lane += 1;
        }
        let last = last.expect("a packet holds at least one triangle");
        (lane..LANES).for_each(|lane| packet.set_lane(lane, last));
        packet
    }

    fn set_lane(&mut self, lane: usize, corners: [Vec3; 3]) {
        let Frame { axes, second_x, third } = Frame::new(corners.map(Vec3::as_dvec3));
        let set = |rows: &mut [Lanes; 3], vector: Vec3| {
            for (row, value) in rows.iter_mut().zip(vector.to_array()) {
                row[lane] = value;
            }
        };
        set(&mut self.origin, corners[0]);
        set(&mut self.x_axis, axes[0].as_vec3());
        set(&mut self.y_axis, axes[1].as_vec3());
        set(&mut self.z_axis, axes[2].as_vec3());
        self.first_length[lane] = second_x as f32;
        self.second.set_lane(lane, (third.0 - second_x, third.1));
        self.third.set_lane(lane, third);
    }

    /// Squared distances from `point` to the eight triangles.
    #[inline(always)]
    pub(crate) fn distances_squared(&self, point: Vec3) -> Lanes {
        let mut distances = Lanes::default();
        for lane in 0..LANES {
            let px = point.x - self.origin[0][lane];
            let py = point.y - self.origin[1][lane];
            let pz = point.z - self.origin[2][lane];
            let along =
                |axis: &[Lanes; 3]| px * axis[0][lane] + py * axis[1][lane] + pz * axis[2][lane];
            let (x, y, z) = (along(&self.x_axis), along(&self.y_axis), along(&self.z_axis));

            // Positive across: outside of that edge, as the third corner lies at y ≥ 0.
            let first_across = -y;
            let first = squared(y) + squared(beyond(x, self.first_length[lane]));
            let from_second = x - self.first_length[lane];
            let (second_across, second) = self.second.relation(lane, from_second, y);
            let (third_across, third) = self.third.relation(lane, x, y);
            // The third edge runs from the origin, against the winding of the others.
            let outermost = larger(larger(first_across, second_across), -third_across);
            let outline = smaller(smaller(first, second), third);
            let doubt = SIGN_ERROR * (x.abs() + y.abs() + z.abs() + self.first_length[lane]);
            let in_plane = if outermost < -doubt { 0.0 } else { outline };
            distances[lane] = squared(z) + in_plane;
        }
        distances
    }
}

impl PlaneEdge {
    fn set_lane(&mut self, lane: usize, (x, y): (f64, f64)) {
        let length = (x * x + y * y).sqrt();
        // An edge without length is a point: any direction will do.
        let (x, y) = if length > 0.0 { (x / length, y / length) } else { (1.0, 0.0) };
        (self.x[lane], self.y[lane], self.length[lane]) = (x as f32, y as f32, length as f32);
    }

    /// How far the point (x, y), taken from the edge's start, lies to the right of its line, and its
    /// squared distance from the edge.
    #[inline(always)]
    fn relation(&self, lane: usize, x: f32, y: f32) -> (f32, f32) {
        let across = self.y[lane] * x - self.x[lane] * y;
        let along = self.x[lane] * x + self.y[lane] * y;
        (across, squared(across) + squared(beyond(along, self.length[lane])))
    }
}

impl Frame {
    fn new([a, b, c]: [DVec3; 3]) -> Self {
        let (second, third) = (b - a, c - a);
        let x_axis = second.try_normalize().unwrap_or(DVec3::X);
        let height = |vector: DVec3| vector - x_axis * vector.dot(x_axis);
        let rise = height(third);
        let y_axis = if rise.length() > FLAT * third.length() {
            // Again: rounding makes the first height of a needle lean towards x.
            height(rise.normalize()).normalize()
        } else {
            x_axis.any_orthonormal_vector()
        };
        Self {
            axes: [x_axis, y_axis, x_axis.cross(y_axis)],
            second_x: second.dot(x_axis),
            third: (third.dot(x_axis), third.dot(y_axis)),
        }
    }
}

/// How far `along` lies beyond the ends of `[0, length]`.
#[inline(always)]
fn beyond(along: f32, length: f32) -> f32 {
    along - smaller(larger(along, 0.0), length)
}

#[inline(always)]
fn squared(value: f32) -> f32 {
    value * value
}

/// `max` without its care for NaN, which costs two more instructions.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// `min` without its care for NaN.
#[inline(always)]
pub(crate) fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::triangle;

    /// Corners that make fat, thin, flat, doubled and far-off triangles.
    fn corners() -> impl Strategy<Value = [Vec3; 3]> {
        let fat = prop::array::uniform3(prop::array::uniform3(-1.0_f32..1.0));
        (fat, -8_i32..8, 0..6).prop_map(|(corners, exponent, kind)| {
            let [a, b, c] = corners.map(|corner| Vec3::from(corner) * 10_f32.powi(exponent));
            match kind {
                0 => [a, a + (b - a) * 1e-6, c],
                1 => [a, b, a + (b - a) * 0.3],
                2 => [a, b, b],
                3 => [a, a, a],
                4 => [a, b, b + (b - a) * 2.0 + (c - a) * 1e-7],
                _ => [a, b, c],
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_filter_keeps_its_error_bound(
            corners in corners(),
            direction in prop::array::uniform3(-1.0_f32..1.0),
            exponent in -9_i32..9,
        ) {
            let point = corners[1] + Vec3::from(direction) * 10_f32.powi(exponent);
            let packet = TrianglePacket::new(std::iter::once(corners));
            let found = f64::from(packet.distances_squared(point)[LANES - 1]).sqrt();
            let [a, b, c] = corners.map(Vec3::as_dvec3);
            let exact = triangle::closest_point(point.as_dvec3(), [a, b, c]).distance_squared.sqrt();
            let longest = (b - a).length().max((c - a).length()).max((c - b).length());
            let bound = f64::from(RELATIVE_ERROR) * (exact + longest) + 1e-19;
            prop_assert!((found - exact).abs() <= bound, "{found} {exact} {bound}");
        }
    }
}
