//! Nested dissection: an order of elimination that keeps the factor of a mesh's matrix small, and its
//! tree (George, "Nested Dissection of a Regular Finite Element Mesh", SIAM J. Numer. Anal. 1973).
//!
//! The unknowns are sorted by their distance from one at the edge, in steps from neighbour to neighbour, and
//! halved (George and Liu, "An Automatic Nested Dissection Algorithm for Irregular Finite Element Problems",
//! 1978). Those of the first half that an entry joins to the second half are the *separator*, which is
//! eliminated after both; what is left of the halves is halved in its turn. No entry joins the one to
//! the other, so that two threads may eliminate them. Many unknowns are halved across a coordinate axis where
//! that gives a small separator: lengthwise, for example, those of a wide skirt.

use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use glam::Vec3;

use crate::Result;
use crate::runtime::parallel;

/// Fewer unknowns are not halved: a dense block of them is as fast.
const LEAF: usize = 64;

/// From here on, cuts across the coordinate axes are worth their time too.
const LEAST_TO_TRY: usize = 4_000;

/// A separator of n unknowns is small up to this many times √n: a square sheet's, two rows wide, is half of
/// that.
const SMALL: usize = 4;

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
    /// For each unknown 0, or the depth of the last set that still marks it: all sets of one depth share
    /// the marks, since no entry joins one of them to another.
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
        let axes = if unknowns.len() < LEAST_TO_TRY { 0..0 } else { 0..3 };
        let across = axes.map(|axis| (self.cut_across(unknowns, axis, depth), axis)).max();
        let is_small = |separator: usize| separator.pow(2) <= SMALL.pow(2) * unknowns.len();
        let one = match across {
            Some((one, axis)) if is_small(unknowns.len() / 2 - one) => {
                self.cut_across(unknowns, axis, depth)
            }
            _ => self.cut_by_steps(unknowns, depth),
        };
        let middle = unknowns.len() / 2;
        let separator = middle - one;
        if 2 * separator >= middle {
            return None;
        }
        unknowns[one..].rotate_left(separator);
        Some([one, unknowns.len() - middle])
    }

    /// [`Self::separate`]s halves by a coordinate.
    fn cut_across(&self, unknowns: &mut [u32], axis: usize, depth: u8) -> usize {
        let coordinate = |unknown: u32| self.points[unknown as usize][axis];
        unknowns.select_nth_unstable_by(unknowns.len() / 2, |a, b| {
            coordinate(*a).total_cmp(&coordinate(*b)).then(a.cmp(b))
        });
        self.separate(unknowns, depth)
    }

    /// [`Self::separate`]s halves by the number of steps from one at the edge: the last one that is reached
    /// from any other.
    fn cut_by_steps(&self, unknowns: &mut [u32], depth: u8) -> usize {
        self.sort_by_steps(unknowns, depth);
        self.sort_by_steps(unknowns, depth);
        self.separate(unknowns, depth)
    }

    /// Sorts unknowns by their steps from the last one, then those that it does not reach.
    fn sort_by_steps(&self, unknowns: &mut [u32], depth: u8) {
        self.mark(unknowns, depth);
        let mut reached = Vec::with_capacity(unknowns.len());
        let reach = |unknown: u32, reached: &mut Vec<u32>| {
            if self.is_marked(unknown, depth) {
                self.mark(&[unknown], 0);
                reached.push(unknown);
            }
        };
        let mut next = 0;
        for unknown in unknowns.iter().rev() {
            reach(*unknown, &mut reached);
            while let Some(unknown) = reached.get(next) {
                (self.neighbors)(*unknown).iter().for_each(|other| reach(*other, &mut reached));
                next += 1;
            }
        }
        unknowns.copy_from_slice(&reached);
    }

    /// Sorts halves into what is left of the first one, whose size is given, the separator and the second
    /// one.
    fn separate(&self, unknowns: &mut [u32], depth: u8) -> usize {
        let (first, second) = unknowns.split_at_mut(unknowns.len() / 2);
        self.mark(first, 0);
        self.mark(second, depth);
        let touches = |unknown: u32| {
            (self.neighbors)(unknown).iter().any(|other| self.is_marked(*other, depth))
        };
        partition(first, |unknown| !touches(unknown))
    }

    fn mark(&self, unknowns: &[u32], mark: u8) {
        unknowns.iter().for_each(|unknown| self.marks[*unknown as usize].store(mark, Relaxed));
    }

    fn is_marked(&self, unknown: u32, mark: u8) -> bool {
        self.marks[unknown as usize].load(Relaxed) == mark
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
