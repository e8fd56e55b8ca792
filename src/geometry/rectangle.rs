//! The smallest rectangle around points of a plane.

use glam::DVec2;

/// A direction along a side of the rectangle of least area around `points`, of unit length; `None` where
/// they have no extent. One side lies on an edge of the convex hull (Freeman and Shapira 1975), and the
/// supporting lines turn with it (rotating calipers, Toussaint 1983). Of equally good ones the first edge
/// in counterclockwise order from the lowest corner.
pub(crate) fn smallest_rectangle(points: &mut Vec<DVec2>) -> Option<DVec2> {
    let hull = convex_hull(points);
    if hull.len() < 2 {
        return None;
    }
    let count = hull.len();
    let corner = |index: usize| hull[index % count];
    let (mut right, mut top, mut left) = (1, 1, 1);
    let mut best = (f64::INFINITY, None);
    for edge in 0..count {
        let along = (corner(edge + 1) - corner(edge)).normalize();
        let across = along.perp();
        advance(&mut right, edge + 1, count, |index| corner(index).dot(along));
        advance(&mut top, right, count, |index| corner(index).dot(across));
        advance(&mut left, top, count, |index| -corner(index).dot(along));
        let width = corner(right).dot(along) - corner(left).dot(along);
        let area = width * (corner(top).dot(across) - corner(edge).dot(across));
        if area < best.0 {
            best = (area, Some(along));
        }
    }
    best.1
}

/// Moves `index`, at least `from`, on to the corner from which `height` no longer grows, once around at
/// most.
fn advance(index: &mut usize, from: usize, count: usize, height: impl Fn(usize) -> f64) {
    *index = (*index).max(from);
    let end = *index + count;
    while *index < end && height(*index + 1) > height(*index) {
        *index += 1;
    }
}

/// Corners of the convex hull, counterclockwise from the leftmost (Andrew 1979), without points on its
/// sides. Sorts the points.
fn convex_hull(points: &mut Vec<DVec2>) -> Vec<DVec2> {
    points.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    if points.len() < 3 {
        return points.clone();
    }
    let mut hull: Vec<DVec2> = Vec::new();
    let mut chain = |points: &mut dyn Iterator<Item = DVec2>| {
        let start = hull.len();
        for point in points {
            while hull.len() >= start + 2 && !turns_left(&hull[hull.len() - 2..], point) {
                hull.pop();
            }
            hull.push(point);
        }
        hull.pop();
    };
    chain(&mut points.iter().copied());
    chain(&mut points.iter().rev().copied());
    hull
}

fn turns_left(last: &[DVec2], point: DVec2) -> bool {
    (last[1] - last[0]).perp_dot(point - last[1]) > 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn area(points: &[DVec2], along: DVec2) -> f64 {
        let extent = |axis: DVec2| {
            let heights = points.iter().map(|point| point.dot(axis));
            let (least, most) =
                heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), h| (a.min(h), b.max(h)));
            most - least
        };
        extent(along) * extent(along.perp())
    }

    proptest! {
        #[test]
        fn no_direction_between_two_points_gives_a_smaller_one(
            corners in prop::collection::vec(prop::array::uniform2(-8_i8..8), 0..30),
            scale in prop_oneof![Just(1.0), Just(0.37)],
        ) {
            let points: Vec<DVec2> =
                corners.iter().map(|&[x, y]| DVec2::new(x.into(), y.into()) * scale).collect();
            let Some(found) = smallest_rectangle(&mut points.clone()) else {
                prop_assert!(points.iter().all(|point| *point == points[0]));
                return Ok(());
            };
            let least = area(&points, found);
            for a in &points {
                for b in points.iter().filter(|b| *b != a) {
                    prop_assert!(least <= area(&points, (*b - *a).normalize()) + 1e-9);
                }
            }
        }
    }
}
