//! Nested dissection: an order of elimination that keeps the factor of a mesh's matrix small, and its
//! tree (George, "Nested Dissection of a Regular Finite Element Mesh", SIAM J. Numer. Anal. 1973).
//!
//! The unknowns, which lie at points in space, are halved at the median of one coordinate. Those of the
//! first half that an entry joins to the second half are the *separator*, which is eliminated after
//! both; what is left of the halves is halved in its turn. No entry joins the one to the other, so
//! that two threads may eliminate them.

use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use glam::Vec3;

use crate::Result;
use crate::runtime::parallel;

/// Fewer unknowns are not halved: a dense block of them is as fast.
const LEAF: usize = 64;

/// From here on, the coordinate is the one with the smallest separator, for which all three are tried;
/// below, where that is not worth its time, the one that the points extend farthest along.
const LEAST_TO_TRY: usize = 4_000;

/// Unknowns that are eliminated together: a separator, or a set that is not halved.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Their places in the order.
    pub(super) own: Range<usize>,
    /// Number of parts that the two halves consist of; none where the part is not a separator.
    pub(super) halves: Option<[usize; 2]>,
}

/// The order and its tree.
#[derive(Clone, Debug)]
pub(super) struct Dissection {
    /// The unknown at each place.
    pub(super) order: Vec<u32>,
    /// The parts of the first half, those of the second, their separator; and so in each half.
    pub(super) parts: Vec<Part>,
}

impl Dissection {
    /// Orders unknowns, `neighbors(i)` of which share an entry with unknown i, which lies at `points[i]`.
    ///
    /// # Errors
    /// No threads can be had.
    pub(super) fn new<'a>(
        points: &[Vec3],
        neighbors: impl Fn(u32) -> &'a [u32] + Sync,
    ) -> Result<Self> {
        let mut order: Vec<u32> = (0..points.len() as u32).collect();
        let marks = points.iter().map(|_| AtomicU8::new(0)).collect();
        let knife = Knife { points, neighbors, marks };
        let parts = knife.dissect(&mut order, 0, 1)?;
        Ok(Self { order, parts })
    }
}

struct Knife<'a, F> {
    points: &'a [Vec3],
    neighbors: F,
    /// For each unknown the depth of the last cut that left it in the second half, or 0 after one that
    /// left it in the first. No entry joins sets that are cut at the same depth.
    marks: Vec<AtomicU8>,
}

impl<'a, F: Fn(u32) -> &'a [u32] + Sync> Knife<'_, F> {
    /// Orders unknowns whose first place is `first`, and gives their parts.
    fn dissect(&self, unknowns: &mut [u32], first: usize, depth: u8) -> Result<Vec<Part>> {
        let end = first + unknowns.len();
        let Some([one, two]) = self.halve(unknowns, depth) else {
            return Ok(vec![Part { own: first..end, halves: None }]);
        };
        let (unknowns_one, rest) = unknowns.split_at_mut(one);
        let unknowns_two = &mut rest[..two];
        let (parts_one, parts_two) = parallel::join(
            || self.dissect(unknowns_one, first, depth + 1),
            || self.dissect(unknowns_two, first + one, depth + 1),
        )?;
        let (mut parts, parts_two) = (parts_one?, parts_two?);
        let halves = Some([parts.len(), parts_two.len()]);
        parts.extend(parts_two);
        parts.push(Part { own: first + one + two..end, halves });
        Ok(parts)
    }

    /// Sorts unknowns into two halves and their separator and gives the sizes of the halves; none where
    /// the separator would take half of a half, or more.
    fn halve(&self, unknowns: &mut [u32], depth: u8) -> Option<[usize; 2]> {
        if unknowns.len() < LEAF {
            return None;
        }
        let mut axis = longest_axis(self.points, unknowns);
        if unknowns.len() >= LEAST_TO_TRY {
            let left = [0, 1, 2].map(|axis| self.cut(unknowns, axis, depth));
            axis = (0..3).max_by_key(|axis| left[*axis]).expect("three axes");
        }
        let one = self.cut(unknowns, axis, depth);
        let middle = unknowns.len() / 2;
        let separator = middle - one;
        if 2 * separator >= middle {
            return None;
        }
        unknowns[one..].rotate_left(separator);
        Some([one, unknowns.len() - middle])
    }

    /// Sorts unknowns into what is left of the first half, whose size is given, the separator and the
    /// second half.
    fn cut(&self, unknowns: &mut [u32], axis: usize, depth: u8) -> usize {
        let coordinate = |unknown: u32| self.points[unknown as usize][axis];
        let middle = unknowns.len() / 2;
        unknowns.select_nth_unstable_by(middle, |a, b| {
            coordinate(*a).total_cmp(&coordinate(*b)).then(a.cmp(b))
        });
        let (first, second) = unknowns.split_at_mut(middle);
        let mark = |unknown: &u32, mark| self.marks[*unknown as usize].store(mark, Relaxed);
        first.iter().for_each(|unknown| mark(unknown, 0));
        second.iter().for_each(|unknown| mark(unknown, depth));
        let is_marked = |other: &u32| self.marks[*other as usize].load(Relaxed) == depth;
        partition(first, |unknown| !(self.neighbors)(unknown).iter().any(is_marked))
    }
}

/// Moves those that `stay` to the front and gives their number.
fn partition(unknowns: &mut [u32], stay: impl Fn(u32) -> bool) -> usize {
    let mut count = 0;
    for place in 0..unknowns.len() {
        if stay(unknowns[place]) {
            unknowns.swap(count, place);
            count += 1;
        }
    }
    count
}

fn longest_axis(points: &[Vec3], unknowns: &[u32]) -> usize {
    let places = unknowns.iter().map(|unknown| points[*unknown as usize]);
    let (low, high) = places.fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), point| {
        (low.min(point), high.max(point))
    });
    (high - low).max_position()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Neighbours of each of `points`: those within `reach`, itself too.
    fn near(points: &[Vec3], reach: f32) -> Vec<Vec<u32>> {
        let near = |at: &Vec3| {
            let is_near = |other: &u32| points[*other as usize].distance(*at) <= reach;
            (0..points.len() as u32).filter(is_near).collect()
        };
        points.iter().map(near).collect()
    }

    /// The parts partition the places, and no entry joins one half to the other. Gives the number of
    /// separators.
    fn check_tree(dissection: &Dissection, neighbors: &[Vec<u32>], parts: Range<usize>) -> usize {
        let part = &dissection.parts[parts.end - 1];
        let first = dissection.parts[parts.start].own.start;
        let Some([one, two]) = part.halves else {
            assert_eq!(parts.len(), 1);
            return 0;
        };
        assert_eq!(one + two + 1, parts.len());
        let halves = [parts.start..parts.start + one, parts.start + one..parts.end - 1];
        let middle = dissection.parts[halves[0].end - 1].own.end;
        assert_eq!(dissection.parts[halves[1].start].own.start, middle);
        assert_eq!(dissection.parts[halves[1].end - 1].own.end, part.own.start);
        let second = &dissection.order[middle..part.own.start];
        for unknown in &dissection.order[first..middle] {
            let across = neighbors[*unknown as usize].iter().find(|other| second.contains(other));
            assert_eq!(across, None, "beside {unknown}");
        }
        1 + halves.map(|half| check_tree(dissection, neighbors, half)).iter().sum::<usize>()
    }

    fn check(points: &[Vec3], neighbors: &[Vec<u32>]) -> usize {
        let dissection = Dissection::new(points, |unknown| &neighbors[unknown as usize]).unwrap();
        let mut sorted = dissection.order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..points.len() as u32));
        assert_eq!(dissection.parts.last().unwrap().own.end, points.len());
        check_tree(&dissection, neighbors, 0..dissection.parts.len())
    }

    proptest! {
        #[test]
        fn halves_do_not_touch(
            coordinates in prop::collection::vec(prop::array::uniform3(0_u8..20), 1..700),
            reach in 0.5_f32..4.0,
        ) {
            let points: Vec<Vec3> = coordinates.iter().map(|p| p.map(f32::from).into()).collect();
            check(&points, &near(&points, reach));
        }
    }

    #[test]
    fn a_sheet_is_cut_and_what_is_all_joined_is_not() {
        let sheet: Vec<Vec3> =
            (0..1_600).map(|i| Vec3::new((i % 40) as f32, (i / 40) as f32, 0.0)).collect();
        assert!(check(&sheet, &near(&sheet, 2.0)) > 20);
        let together = vec![Vec3::ZERO; 300];
        assert_eq!(check(&together, &near(&together, 0.0)), 0);
        // Without entries, points that coincide are halved by their numbers.
        let alone: Vec<Vec<u32>> = (0..300).map(|unknown| vec![unknown]).collect();
        assert_eq!(check(&together, &alone), 7);
        assert_eq!(check(&[], &[]), 0);
    }
}
