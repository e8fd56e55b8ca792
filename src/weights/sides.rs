//! Left and right: weights of the wrong side taken away, and swapped ones swapped back. Left is +x, as
//! for avatars that face −y in Blender; the centre line is x = 0.

use std::sync::atomic::{AtomicUsize, Ordering};

use glam::Vec3;

use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::ascending::{Ascending, Row, RowSum, chosen_groups};
use crate::weights::row_kernel::check_not_negative;
use crate::weights::rows::{RowBlock, build_rows};
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// The group belongs to neither side.
pub const NEITHER: u8 = 0;
/// The group moves the left side, +x.
pub const LEFT: u8 = 1;
/// The group moves the right side, −x.
pub const RIGHT: u8 = 2;

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// The side of each group and its mirrored group.
#[derive(Clone, Copy, Debug)]
pub struct GroupSides<'a> {
    sides: &'a [u8],
    mirror: &'a [u32],
}

impl<'a> GroupSides<'a> {
    /// - `sides`: `#G`, [`NEITHER`], [`LEFT`] or [`RIGHT`];
    /// - `mirror`: `#G`, below their number, or [`NO_INDEX`] for none; mutual, and of the other side.
    ///
    /// # Errors
    /// Names the first group that breaks these rules.
    pub fn new(sides: &'a [u8], mirror: &'a [u32]) -> Result<Self> {
        check::length("mirror", mirror.len(), sides.len())?;
        check::labels("mirror", mirror, sides.len())?;
        if let Some(group) = sides.iter().position(|&side| side > RIGHT) {
            let problem = format!("has {} for group {group}, expected 0, 1 or 2", sides[group]);
            return Err(Error::invalid("sides", problem));
        }
        let fits = |group: usize| match mirror[group] {
            NO_INDEX => true,
            other => {
                let other = other as usize;
                mirror[other] as usize == group
                    && sides[group] + sides[other] == LEFT + RIGHT
                    && sides[group] != NEITHER
                    && sides[other] != NEITHER
            }
        };
        match (0..sides.len()).find(|&group| !fits(group)) {
            None => Ok(Self { sides, mirror }),
            Some(group) => Err(Error::invalid(
                "mirror",
                format!(
                    "of group {group} is {}, expected a group of the other side that mirrors it",
                    mirror[group]
                ),
            )),
        }
    }

    /// The mirrored group of one group of the left side.
    fn right_of(&self, group: u32) -> Option<u32> {
        let right = self.mirror[group as usize];
        (self.sides[group as usize] == LEFT && right != NO_INDEX).then_some(right)
    }
}

/// Takes the weights of the other side's groups from vertices that are clearly on one side,
/// `|x| > threshold`. Such a weight goes to the mirrored group; without one it is dropped, and the row's
/// other counted weights are scaled to the sum that the row had; it stays where there are no others.
///
/// - `points`: `#V by 3`, finite;
/// - `group_mask`: `#G`, not 0 for the groups that count and may change; `None` takes all.
///
/// Returns rows with ascending groups, and the number of vertices that changed.
///
/// # Errors
/// Arrays of other lengths, a point that is not finite, a negative weight or threshold, no memory.
pub fn separate_sides(
    rows: SparseView<'_>,
    points: &[Vec3],
    groups: GroupSides<'_>,
    group_mask: Option<&[u8]>,
    threshold: f32,
) -> Result<(SparseWeights, usize)> {
    check_mesh(rows, points, groups)?;
    check::not_negative("threshold", threshold)?;
    let counted = chosen_groups(group_mask, rows.group_count())?;
    build_changed(rows, |vertex, row, sum| {
        let x = points[vertex].x;
        let other_side = if x > 0.0 { RIGHT } else { LEFT };
        let is_wrong = |group: u32| counted(group) && groups.sides[group as usize] == other_side;
        let entries = || row.0.iter().copied().zip(row.1.iter().copied());
        if x.abs() <= threshold || !entries().any(|(group, w)| w > 0.0 && is_wrong(group)) {
            return false;
        }
        let is_dropped = |group: u32| is_wrong(group) && groups.mirror[group as usize] == NO_INDEX;
        let weight = |dropped: bool| -> f64 {
            let chosen =
                entries().filter(|&(group, _)| counted(group) && is_dropped(group) == dropped);
            chosen.map(|(_, weight)| f64::from(weight)).sum()
        };
        let (dropped, kept) = (weight(true), weight(false));
        let scale = if kept > 0.0 { (kept + dropped) / kept } else { 1.0 };
        for (group, weight) in entries() {
            if !counted(group) {
                sum.add(group, weight.into());
            } else if !is_dropped(group) {
                let to = if is_wrong(group) { groups.mirror[group as usize] } else { group };
                sum.add(to, f64::from(weight) * scale);
            } else if kept == 0.0 {
                sum.add(group, weight.into());
            }
        }
        true
    })
}

/// Swaps the weights of left and right groups back on the centre line, `|x| ≤ width`, pair by pair, where
/// they are the wrong way round:
///
/// - with `reference`, where the swapped pair is nearer to that of the vertex's reference,
///   `|l − r₀| + |r − l₀| < |l − l₀| + |r − r₀|`;
/// - without, where the side that the vertex lies on has the smaller weight (never at x = 0).
///
/// Returns rows with ascending groups, and the number of vertices that changed.
///
/// # Errors
/// Arrays of other lengths, a point that is not finite, a negative weight or width, no memory.
pub fn repair_sides(
    rows: SparseView<'_>,
    points: &[Vec3],
    groups: GroupSides<'_>,
    reference: Option<SparseView<'_>>,
    width: f32,
) -> Result<(SparseWeights, usize)> {
    check_mesh(rows, points, groups)?;
    check::not_negative("width", width)?;
    if let Some(reference) = reference {
        check::length("reference", reference.vertex_count(), rows.vertex_count())?;
        check::length("reference groups", reference.group_count(), rows.group_count())?;
        check_not_negative(reference).map_err(|error| error.renamed(|_| "reference"))?;
    }
    build_changed(rows, |vertex, row, sum| {
        let x = points[vertex].x;
        if x.abs() > width {
            return false;
        }
        let is_swapped = |left: u32, right: u32| {
            let (l, r) = (weight_of(row, left), weight_of(row, right));
            match reference.map(|reference| reference.row(vertex)) {
                Some(before) => {
                    let (l0, r0) = (weight_of(before, left), weight_of(before, right));
                    (l - r0).abs() + (r - l0).abs() < (l - l0).abs() + (r - r0).abs()
                }
                None => (x > 0.0 && l < r) || (x < 0.0 && l > r),
            }
        };
        let mut changed = false;
        for (&group, &weight) in row.0.iter().zip(row.1) {
            let other = groups.mirror[group as usize];
            let pair = match groups.right_of(group) {
                Some(right) => Some((group, right)),
                None => (other != NO_INDEX).then_some((other, group)),
            };
            let swapped = pair.is_some_and(|(left, right)| is_swapped(left, right));
            sum.add(if swapped { other } else { group }, weight.into());
            changed |= swapped;
        }
        changed
    })
}

fn check_mesh(rows: SparseView<'_>, points: &[Vec3], groups: GroupSides<'_>) -> Result<()> {
    check::length("points", points.len(), rows.vertex_count())?;
    check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
    check::length("sides", groups.sides.len(), rows.group_count())
}

fn weight_of((groups, weights): Row<'_>, group: u32) -> f64 {
    let entry = groups.iter().position(|&found| found == group);
    entry.map_or(0.0, |entry| weights[entry].into())
}

/// Rows that `change(vertex, row, sum)` sums up anew, or, where it says false, leaves as they are; and
/// the number of new ones.
fn build_changed(
    rows: SparseView<'_>,
    change: impl Fn(usize, Row<'_>, &mut RowSum) -> bool + Sync,
) -> Result<(SparseWeights, usize)> {
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    let split = Split::new(rows.vertex_count(), 0, LEAST_BLOCK);
    let changed = AtomicUsize::new(0);
    let fill = |vertices: std::ops::Range<usize>, block: &mut RowBlock| {
        let mut in_block = 0;
        for vertex in vertices {
            let (groups, weights) = rows.row(vertex);
            let mut sum = RowSum::default();
            if change(vertex, (groups, weights), &mut sum) {
                block.reserve(sum.len())?;
                sum.finish(1.0, |group, weight| block.push(group, weight));
                in_block += 1;
            } else {
                block.reserve(groups.len())?;
                groups.iter().zip(weights).for_each(|(&group, &weight)| block.push(group, weight));
            }
            block.end_row();
        }
        changed.fetch_add(in_block, Ordering::Relaxed);
        Ok(())
    };
    let built = build_rows(split, rows.group_count(), &Progress::none(), fill)?;
    Ok((built, changed.into_inner()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::convert::to_dense;
    use super::super::test_rows::to_sparse;
    use super::*;

    /// Left and right arm, spine, a left group without its mirror, a group that does not count.
    const SIDES: [u8; 5] = [LEFT, RIGHT, NEITHER, LEFT, NEITHER];
    const MIRROR: [u32; 5] = [1, 0, NO_INDEX, NO_INDEX, NO_INDEX];
    const COUNTED: [u8; 5] = [1, 1, 1, 1, 0];

    fn groups() -> GroupSides<'static> {
        GroupSides::new(&SIDES, &MIRROR).unwrap()
    }

    fn dense(rows: &SparseWeights) -> Vec<f32> {
        let mut dense = vec![0.0; (rows.offsets.len() - 1) * 5];
        to_dense(rows.view(), &mut dense).unwrap();
        dense
    }

    fn separated(x: f32, row: [f32; 5]) -> Vec<f32> {
        let points = [Vec3::new(x, 1.0, 2.0)];
        let rows = to_sparse(&row, 5);
        dense(&separate_sides(rows.view(), &points, groups(), Some(&COUNTED), 0.01).unwrap().0)
    }

    #[test]
    fn the_other_sides_weights_go_to_the_mirror_or_are_dropped() {
        assert_eq!(separated(0.02, [0.25, 0.5, 0.25, 0.0, 0.9]), [0.75, 0.0, 0.25, 0.0, 0.9]);
        assert_eq!(separated(-0.02, [0.25, 0.5, 0.25, 0.0, 0.9]), [0.0, 0.75, 0.25, 0.0, 0.9]);
        assert_eq!(separated(-0.02, [0.0, 0.25, 0.25, 0.5, 0.9]), [0.0, 0.5, 0.5, 0.0, 0.9]);
        assert_eq!(separated(-0.02, [0.0, 0.0, 0.0, 0.5, 0.9]), [0.0, 0.0, 0.0, 0.5, 0.9]);
        assert_eq!(separated(0.01, [0.25, 0.5, 0.25, 0.0, 0.9]), [0.25, 0.5, 0.25, 0.0, 0.9]);
    }

    #[test]
    fn swapped_pairs_are_swapped_back_on_the_centre_line() {
        let rows = to_sparse(&[[0.25, 0.5, 0.25, 0.0, 0.9]; 4].concat(), 5);
        let points = [0.005, -0.005, 0.0, 0.02].map(Vec3::splat);
        let (found, changed) = repair_sides(rows.view(), &points, groups(), None, 0.01).unwrap();
        assert_eq!(changed, 1);
        assert_eq!(dense(&found)[..5], [0.5, 0.25, 0.25, 0.0, 0.9]);
        assert_eq!(dense(&found)[5..], dense(&rows)[5..]);
        let reference = to_sparse(&[[0.375, 0.25, 0.375, 0.0, 0.0]; 4].concat(), 5);
        let (found, changed) =
            repair_sides(rows.view(), &points, groups(), Some(reference.view()), 0.01).unwrap();
        assert_eq!(changed, 3);
        assert_eq!(dense(&found)[..15], [[0.5, 0.25, 0.25, 0.0, 0.9]; 3].concat());
    }

    proptest! {
        #[test]
        fn sums_stay_and_no_far_vertex_keeps_the_other_sides_weights(
            xs in prop::collection::vec(-0.05_f32..0.05, 1..20),
            weights in prop::collection::vec(prop_oneof![Just(0.0_f32), 0.0_f32..1.0], 100),
        ) {
            let points: Vec<Vec3> = xs.iter().map(|&x| Vec3::X * x).collect();
            let before = &weights[..xs.len() * 5];
            let (rows, _) = separate_sides(
                to_sparse(before, 5).view(), &points, groups(), Some(&COUNTED), 0.01).unwrap();
            for ((row, old), x) in dense(&rows).chunks(5).zip(before.chunks(5)).zip(&xs) {
                let (sum, old_sum) = (row[..4].iter().sum::<f32>(), old[..4].iter().sum::<f32>());
                prop_assert!((sum - old_sum).abs() < 1e-5);
                prop_assert!(*x <= 0.01 || row[1] == 0.0);
                prop_assert!(*x >= -0.01 || row[0] == 0.0 && (row[3] == 0.0 || row[1] + row[2] == 0.0));
                prop_assert_eq!(row[4], old[4]);
            }
        }
    }

    #[test]
    fn groups_that_do_not_mirror_each_other_are_named() {
        let text =
            |sides: &[u8], mirror: &[u32]| GroupSides::new(sides, mirror).unwrap_err().to_string();
        assert!(text(&[3], &[NO_INDEX]).contains("`sides` has 3 for group 0"));
        assert!(text(&[1, 1], &[1, 0]).contains("`mirror` of group 0 is 1"));
        assert!(text(&[0, 0], &[1, 0]).contains("`mirror` of group 0 is 1"));
        assert!(text(&[1, 2, 2], &[1, 2, 1]).contains("`mirror` of group 0 is 1"));
        assert!(text(&[1], &[1]).contains("`mirror`[0] is 1"));
        assert!(text(&[1], &[]).contains("`mirror` holds 0"));
    }
}
