//! Control points that coincide, or nearly, become one: two rows of the system that are equal within
//! rounding would make it singular.

use std::collections::HashMap;

use glam::DVec3;

/// Cells of a grid, numbered along each axis.
type Cell = [i64; 3];

/// For each point the group that it belongs to, numbered in the order of the groups' first points.
///
/// In the order of their indices, a point joins the first group whose first point is not farther than
/// `distance`, or begins a group.
pub(super) fn groups(points: &[DVec3], distance: f64) -> Vec<u32> {
    let mut firsts: Vec<DVec3> = Vec::new();
    let mut by_cell: HashMap<Cell, Vec<u32>> = HashMap::new();
    points
        .iter()
        .map(|&point| {
            let cell = cell_of(point, distance);
            let found = neighborhood(cell)
                .filter_map(|cell| by_cell.get(&cell))
                .flatten()
                .copied()
                .filter(|&group| firsts[group as usize].distance(point) <= distance)
                .min();
            found.unwrap_or_else(|| {
                let group = firsts.len() as u32;
                firsts.push(point);
                by_cell.entry(cell).or_default().push(group);
                group
            })
        })
        .collect()
}

/// The cell of an edge of a little more than `distance`; equal points alone share one where it is 0.
fn cell_of(point: DVec3, distance: f64) -> Cell {
    if distance > 0.0 {
        // More, so that rounding never puts points within the distance two cells apart. The number
        // saturates far away, where cells only become larger.
        point.to_array().map(|x| (x / (distance * 1.000_001)).floor() as i64)
    } else {
        // Adding 0 makes −0 into 0.
        point.to_array().map(|x| (x + 0.0).to_bits() as i64)
    }
}

fn neighborhood(cell: Cell) -> impl Iterator<Item = Cell> {
    (0..27_i64).map(move |number| {
        let step = [number % 3 - 1, number / 3 % 3 - 1, number / 9 - 1];
        std::array::from_fn(|axis| cell[axis].saturating_add(step[axis]))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn groups_are_those_of_a_search_through_all(
            numbers in prop::collection::vec(-4_i32..4, 90),
            distance in prop::sample::select(vec![0.0, 0.1, 0.11, 0.25]),
        ) {
            let points: Vec<DVec3> = numbers
                .chunks_exact(3)
                .map(|row| DVec3::new(row[0].into(), row[1].into(), row[2].into()) * 0.1)
                .collect();
            let mut firsts: Vec<DVec3> = Vec::new();
            for (&point, &group) in points.iter().zip(&groups(&points, distance)) {
                let near = firsts.iter().position(|first| first.distance(point) <= distance);
                prop_assert_eq!(group as usize, near.unwrap_or(firsts.len()));
                if near.is_none() {
                    firsts.push(point);
                }
            }
        }
    }

    #[test]
    fn thousands_of_equal_points_are_one_group() {
        assert!(groups(&vec![DVec3::ONE; 100_000], 1e-5).iter().all(|group| *group == 0));
        assert_eq!(groups(&[DVec3::ZERO, -DVec3::ZERO, DVec3::splat(1e-30)], 0.0), [0, 0, 1]);
    }
}
