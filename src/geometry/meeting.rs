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

/// Corners of a triangle; those of one without area lie on a line or in a point.
pub(crate) type Corners = [Vec3; 3];

/// Whether two triangles share a point; touching counts.
pub(crate) fn triangles_meet(t: &Corners, u: &Corners) -> bool {
    if separated_by_plane(t, u) || separated_by_plane(u, t) {
        return false;
    }
    let crosses =
        |t: &Corners, u: &Corners| edges(t).into_iter().any(|edge| segment_meets_triangle(edge, u));
    crosses(t, u) || crosses(u, t)
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
            corners_meet(&rotated(t, common), &rotated(u, other))
        }
        2 => {
            let (Some(one), Some(other)) = (own(t, u), own(u, t)) else { return false };
            folded(&rotated(t, one), u[other])
        }
        _ => !is_flat(t) && !is_flat(u),
    }
}

/// Two triangles whose first corner is one: whether they share anything else.
fn corners_meet(t: &Corners, u: &Corners) -> bool {
    let ([_, a, b], [_, c, d]) = (*t, *u);
    if same_side(u, [a, b]) || same_side(t, [c, d]) || is_flat(t) || is_flat(u) {
        return false;
    }
    // What they share begins at the corner and ends where one of them does: on its opposite edge.
    segment_meets_triangle([a, b], u) || segment_meets_triangle([c, d], t)
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

/// Whether all of `u` lies strictly on one side of the plane of `t`.
fn separated_by_plane(t: &Corners, u: &Corners) -> bool {
    let first = side(t, u[0]);
    first != 0.0 && u[1..].iter().all(|&corner| first * side(t, corner) > 0.0)
}

/// Whether both points lie strictly on the same side of the plane of `t`.
fn same_side(t: &Corners, [p, q]: [Vec3; 2]) -> bool {
    side(t, p) * side(t, q) > 0.0
}

fn segment_meets_triangle([p, q]: [Vec3; 2], t: &Corners) -> bool {
    let (of_p, of_q) = (side(t, p), side(t, q));
    if of_p * of_q > 0.0 {
        return false;
    }
    if of_p != 0.0 || of_q != 0.0 {
        // The segment reaches the plane: the triangle is met where its line passes all edges on one side.
        let turns = edges(t).map(|[a, b]| side(&[p, q, a], b));
        return one_sign(&turns);
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
