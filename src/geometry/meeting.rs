//! Whether two triangles meet, decided exactly.
//!
//! Everything rests on the signs of two determinants, which Shewchuk's adaptive predicates give without error
//! (*Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates*, 1997): on
//! which side of a plane a point lies, and on which side of a line in the plane. There is no
//! tolerance and no least area.
//!
//! Two triangles share a point exactly where an edge of one meets the other. Points, segments and
//! triangles in one plane meet exactly where their projections along all three axes do: one of these
//! projections at least loses nothing, and the others can only add meetings.

use glam::Vec3;
use robust::{Coord, Coord3D, orient2d, orient3d};

use super::apart::{apart_but_for_corner, beside_plane, opened_wide};

/// Corners of a triangle; those of one without area lie on a line or in a point.
pub(crate) type Corners = [Vec3; 3];

/// Whether two triangles share a point; touching counts.
pub(crate) fn triangles_meet(t: &Corners, u: &Corners) -> bool {
    !beside_plane(t, u) && !beside_plane(u, t) && triangles_meet_exactly(t, u)
}

fn triangles_meet_exactly(t: &Corners, u: &Corners) -> bool {
    let of_u = u.map(|corner| side(t, corner));
    if on_one_side(&of_u) {
        return false;
    }
    let of_t = t.map(|corner| side(u, corner));
    !on_one_side(&of_t) && (edge_meets(t, &of_t, u) || edge_meets(u, &of_u, t))
}

/// Whether two triangles of one mesh meet more than a proper mesh lets them. Corners at the same
/// place count as one corner, whatever their numbers.
///
/// - no common corner: they share a point;
/// - one: they share more than that corner;
/// - two: they lie in one plane, on the same side of their common edge (a fold by 180°);
/// - three: always.
///
/// A triangle without area meets no triangle with which it has a corner in common.
pub(crate) fn neighbors_meet(t: &Corners, u: &Corners) -> bool {
    let is_shared = |corner: Vec3, other: &Corners| other.contains(&corner);
    let shared = t.map(|corner| is_shared(corner, u));
    let count = shared.into_iter().filter(|&shared| shared).count();
    if count == 0 {
        return triangles_meet(t, u);
    }
    let own = |t: &Corners, u: &Corners| t.iter().position(|&corner| !is_shared(corner, u));
    match count {
        1 => {
            let common = shared.iter().position(|&shared| shared).expect("one is shared");
            let other = u.iter().position(|&corner| corner == t[common]).expect("it is shared");
            let (t, u) = (rotated(t, common), rotated(u, other));
            !corners_clearly_apart(&t, &u) && corners_meet(&t, &u)
        }
        2 => {
            let (Some(one), Some(other)) = (own(t, u), own(u, t)) else { return false };
            let (t, tip) = (rotated(t, one), u[other]);
            !opened_wide([t[1], t[2]], [t[0], tip]) && folded(&t, tip)
        }
        _ => !is_flat(t) && !is_flat(u),
    }
}

/// Two triangles whose first corner is one: whether a plane clearly has the rest of them apart.
fn corners_clearly_apart(t: &Corners, u: &Corners) -> bool {
    apart_but_for_corner(t, u) || beside_plane(t, &u[1..]) || beside_plane(u, &t[1..])
}

/// Two triangles whose first corner is one: whether they share anything else.
fn corners_meet(t: &Corners, u: &Corners) -> bool {
    let ([_, a, b], [_, c, d]) = (*t, *u);
    let of_t = [a, b].map(|corner| side(u, corner));
    let of_u = [c, d].map(|corner| side(t, corner));
    if of_t[0] * of_t[1] > 0.0 || of_u[0] * of_u[1] > 0.0 || is_flat(t) || is_flat(u) {
        return false;
    }
    // What they share begins at the corner and ends where one of them does: on its opposite edge.
    segment_meets_triangle([a, b], of_t, u) || segment_meets_triangle([c, d], of_u, t)
}

/// A triangle with its own corner first, and the own corner of the triangle across its opposite edge:
/// whether the two lie on each other.
fn folded([own, a, b]: &Corners, other: Vec3) -> bool {
    if side(&[*a, *b, *own], other) != 0.0 {
        return false;
    }
    AXES.iter().any(|&axis| turn(axis, *a, *b, *own) * turn(axis, *a, *b, other) > 0.0)
}

/// The triangle with corner number `first` first.
fn rotated(t: &Corners, first: usize) -> Corners {
    std::array::from_fn(|corner| t[(first + corner) % 3])
}

fn edges([a, b, c]: &Corners) -> [[Vec3; 2]; 3] {
    [[*a, *b], [*b, *c], [*c, *a]]
}

/// Whether all three sides are one, and none is the plane.
fn on_one_side(sides: &[f64; 3]) -> bool {
    sides[0] * sides[1] > 0.0 && sides[0] * sides[2] > 0.0
}

/// Whether an edge of `t`, whose corners have these sides of the plane of `u`, meets `u`.
fn edge_meets(t: &Corners, sides: &[f64; 3], u: &Corners) -> bool {
    (0..3).any(|p| {
        let q = (p + 1) % 3;
        segment_meets_triangle([t[p], t[q]], [sides[p], sides[q]], u)
    })
}

/// The ends of the segment have the sides `of_p` and `of_q` of the triangle's plane.
fn segment_meets_triangle([p, q]: [Vec3; 2], [of_p, of_q]: [f64; 2], t: &Corners) -> bool {
    if of_p * of_q > 0.0 {
        return false;
    }
    if of_p != 0.0 || of_q != 0.0 {
        // The segment reaches the plane: the triangle is met where its line passes all edges on one side.
        let passed = |[a, b]: [Vec3; 2]| side(&[p, q, a], b);
        let [first, second, third] = edges(t);
        let (first, second) = (passed(first), passed(second));
        return first * second >= 0.0 && one_sign(&[first, second, passed(third)]);
    }
    if is_flat(t) {
        return edges(t).into_iter().any(|edge| segments_meet([p, q], edge));
    }
    AXES.iter().all(|&axis| meet_in_projection(axis, [p, q], t))
}

fn segments_meet([p, q]: [Vec3; 2], [r, s]: [Vec3; 2]) -> bool {
    side(&[p, q, r], s) == 0.0
        && AXES.iter().all(|&axis| segments_meet_in_projection(axis, [p, q], [r, s]))
}

fn meet_in_projection(axis: Axis, segment: [Vec3; 2], t: &Corners) -> bool {
    let turns = edges(t).map(|[a, b]| turn(axis, a, b, segment[0]));
    // Of a projection without area the edges are all there is.
    let inside = turn(axis, t[0], t[1], t[2]) != 0.0 && one_sign(&turns);
    inside || edges(t).into_iter().any(|edge| segments_meet_in_projection(axis, segment, edge))
}

fn segments_meet_in_projection(axis: Axis, [p, q]: [Vec3; 2], [r, s]: [Vec3; 2]) -> bool {
    let (of_r, of_s) = (turn(axis, p, q, r), turn(axis, p, q, s));
    let (of_p, of_q) = (turn(axis, r, s, p), turn(axis, r, s, q));
    if of_r * of_s < 0.0 && of_p * of_q < 0.0 {
        return true;
    }
    (of_r == 0.0 && in_box(axis, [p, q], r))
        || (of_s == 0.0 && in_box(axis, [p, q], s))
        || (of_p == 0.0 && in_box(axis, [r, s], p))
        || (of_q == 0.0 && in_box(axis, [r, s], q))
}

/// Whether a point of a segment's line lies on the segment.
fn in_box((x, y): Axis, [p, q]: [Vec3; 2], point: Vec3) -> bool {
    [x, y].into_iter().all(|i| p[i].min(q[i]) <= point[i] && point[i] <= p[i].max(q[i]))
}

/// Whether the triangle has no area.
pub(crate) fn is_flat([a, b, c]: &Corners) -> bool {
    AXES.iter().all(|&axis| turn(axis, *a, *b, *c) == 0.0)
}

fn one_sign(numbers: &[f64; 3]) -> bool {
    numbers.iter().all(|&number| number >= 0.0) || numbers.iter().all(|&number| number <= 0.0)
}

/// The two coordinates that a projection along an axis keeps.
type Axis = (usize, usize);

const AXES: [Axis; 3] = [(1, 2), (2, 0), (0, 1)];

/// The sign tells on which side of the triangle's plane the point lies; 0 on the plane. Only signs are
/// used, and kept from underflow where two are multiplied.
fn side([a, b, c]: &Corners, point: Vec3) -> f64 {
    let coordinates = |p: Vec3| Coord3D { x: f64::from(p.x), y: f64::from(p.y), z: f64::from(p.z) };
    sign(orient3d(coordinates(*a), coordinates(*b), coordinates(*c), coordinates(point)))
}

/// The sign tells to which side the projected path a, b, c turns; 0 straight on.
fn turn((x, y): Axis, a: Vec3, b: Vec3, c: Vec3) -> f64 {
    let coordinates = |p: Vec3| Coord { x: f64::from(p[x]), y: f64::from(p[y]) };
    sign(orient2d(coordinates(a), coordinates(b), coordinates(c)))
}

/// -1, 0 or 1.
fn sign(number: f64) -> f64 {
    f64::from(i8::from(number > 0.0) - i8::from(number < 0.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Corners on few places, some of them moved by a rounding: flat, touching and nearly so.
    fn triangle() -> impl Strategy<Value = Corners> {
        let coordinate = (-2_i8..3, -1_i32..2, prop::sample::select(vec![0, 0, 1, -1]));
        let corner = prop::array::uniform3(coordinate.prop_map(|(place, scale, step)| {
            let place = f32::from(place) * 3_f32.powi(scale);
            f32::from_bits(place.to_bits().wrapping_add_signed(if place == 0.0 { 0 } else { step }))
        }));
        prop::array::uniform3(corner.prop_map(Vec3::from_array))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn filters_do_not_contradict_the_exact_answer(
            t in triangle(),
            u in triangle(),
            exponent in prop::sample::select(vec![-140, -60, 0, 60, 120]),
        ) {
            let scaled = |corners: Corners| corners.map(|corner| corner * 2_f32.powi(exponent));
            let (t, u) = (scaled(t), scaled(u));
            prop_assert!(!triangles_meet_exactly(&t, &u) || triangles_meet(&t, &u));
            // Both with the same first corner, and with the same first edge.
            let around = [t[0], u[1], u[2]];
            prop_assert!(!corners_meet(&t, &around) || !corners_clearly_apart(&t, &around));
            let [own, a, b] = t;
            prop_assert!(!folded(&t, u[0]) || !opened_wide([a, b], [own, u[0]]));
        }

        #[test]
        fn filters_find_most_pairs_that_are_apart(shift in prop::array::uniform3(2.0_f32..3.0)) {
            let t = [Vec3::ZERO, Vec3::X, Vec3::Y];
            prop_assert!(beside_plane(&t, &t.map(|corner| corner + Vec3::from(shift))));
            prop_assert!(corners_clearly_apart(&t, &[Vec3::ZERO, -Vec3::X, Vec3::from(shift) - Vec3::splat(4.0)]));
            prop_assert!(opened_wide([t[1], t[2]], [t[0], Vec3::from(shift)]));
        }
    }
}
