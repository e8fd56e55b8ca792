//! Groups merged into other groups, such as auxiliary bones into their humanoid bone, and split again.

use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check, memory};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::ascending::{Ascending, RowSum};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// Adds the weights of each group to those of its target, and empties it:
/// `w′_t = Σ_{g → t} w_g`. A group's target is the last one of its chain of parents.
///
/// - `parents`: `#G`, below the number of groups; a group that is its own parent, or has [`NO_INDEX`],
///   stays.
///
/// Returns rows with ascending groups, without those that became empty.
///
/// # Errors
/// A negative weight, a parent out of range, parents in a circle, a wrong length, no memory.
pub fn merge_groups(rows: SparseView<'_>, parents: &[u32]) -> Result<SparseWeights> {
    let targets = targets(parents, rows.group_count())?;
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    build(rows, |vertex, sum| {
        let (groups, weights) = rows.row(vertex);
        for (&group, &weight) in groups.iter().zip(weights) {
            sum.add(targets[group as usize], weight.into());
        }
    })
}

/// Splits merged groups again, in the shares that the vertex had before: a weight w of target t becomes
/// `w · o_g / Σ_{h → t} o_h` for each group g with that target, o being the vertex's original weights. Where
/// the vertex had none of these, the target keeps its weight. Groups other than targets keep theirs.
///
/// - `rows`: the merged weights, whatever was done to them since;
/// - `original`: the weights before [`merge_groups`], as many vertices and groups;
/// - `parents`: those of [`merge_groups`].
///
/// # Errors
/// As [`merge_groups`]; another number of vertices or groups.
pub fn split_groups(
    rows: SparseView<'_>,
    original: SparseView<'_>,
    parents: &[u32],
) -> Result<SparseWeights> {
    check::length("original", original.vertex_count(), rows.vertex_count())?;
    check::length("original groups", original.group_count(), rows.group_count())?;
    let targets = targets(parents, rows.group_count())?;
    let (ascending, original) = (Ascending::new(rows)?, Ascending::of_original(original)?);
    let (rows, original) = (ascending.view(), original.view());
    build(rows, |vertex, sum| {
        let (groups, weights) = rows.row(vertex);
        let (members, before) = original.row(vertex);
        for (&group, &weight) in groups.iter().zip(weights) {
            let of_group = members.iter().zip(before);
            let of_group = of_group.filter(|(member, _)| targets[**member as usize] == group);
            let total: f64 = of_group.clone().map(|(_, &before)| f64::from(before)).sum();
            if total > 0.0 {
                let share = f64::from(weight) / total;
                of_group.for_each(|(&member, &before)| sum.add(member, share * f64::from(before)));
            } else {
                sum.add(group, weight.into());
            }
        }
    })
}

fn build(rows: SparseView<'_>, fill: impl Fn(usize, &mut RowSum) + Sync) -> Result<SparseWeights> {
    let split = Split::new(rows.vertex_count(), 0, LEAST_BLOCK);
    build_rows(split, rows.group_count(), &Progress::none(), |vertices, block| {
        let mut sum = RowSum::default();
        for vertex in vertices {
            fill(vertex, &mut sum);
            block.reserve(sum.len())?;
            sum.finish(1.0, |group, weight| block.push(group, weight));
            block.end_row();
        }
        Ok(())
    })
}

/// The end of each group's chain of parents.
fn targets(parents: &[u32], group_count: usize) -> Result<Vec<u32>> {
    check::length("parents", parents.len(), group_count)?;
    check::labels("parents", parents, group_count)?;
    let mut targets = memory::try_filled("the groups", NO_INDEX, group_count)?;
    let mut chain = Vec::new();
    for group in 0..group_count as u32 {
        chain.clear();
        let mut end = group;
        while targets[end as usize] == NO_INDEX {
            let parent = parents[end as usize];
            chain.push(end);
            if parent == NO_INDEX || parent == end {
                break;
            }
            if chain.len() > group_count {
                let problem = format!("of group {group} lead in a circle, expected an end");
                return Err(Error::invalid("parents", problem));
            }
            end = parent;
        }
        let target = match targets[end as usize] {
            NO_INDEX => end,
            known => known,
        };
        chain.iter().for_each(|&group| targets[group as usize] = target);
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::convert::to_dense;
    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    fn dense_of(rows: &SparseWeights) -> Vec<f32> {
        let mut dense = vec![0.0; (rows.offsets.len() - 1) * rows.group_count];
        to_dense(rows.view(), &mut dense).unwrap();
        dense
    }

    proptest! {
        #[test]
        fn merged_groups_split_into_what_they_were(
            (group_count, dense) in dense_rows(),
            raw in prop::collection::vec(prop_oneof![Just(NO_INDEX), 0_u32..20], 20),
        ) {
            // Parents below the group: chains, but no circles.
            let parents: Vec<u32> = (0..group_count as u32)
                .map(|g| match raw[g as usize] { NO_INDEX => NO_INDEX, parent => parent.min(g) })
                .collect();
            let target = |mut group: u32| {
                while parents[group as usize] != NO_INDEX && parents[group as usize] != group {
                    group = parents[group as usize];
                }
                group as usize
            };
            let sparse = to_sparse(&dense, group_count);
            let merged = merge_groups(sparse.view(), &parents).unwrap();
            let mut expected = vec![0.0_f64; dense.len()];
            for (index, &weight) in dense.iter().enumerate() {
                let (vertex, group) = (index / group_count, index % group_count);
                expected[vertex * group_count + target(group as u32)] += f64::from(weight);
            }
            for (found, expected) in dense_of(&merged).iter().zip(&expected) {
                prop_assert!((f64::from(*found) - expected).abs() <= 1e-6);
            }
            let split = split_groups(merged.view(), sparse.view(), &parents).unwrap();
            for (found, before) in dense_of(&split).iter().zip(&dense) {
                prop_assert!((found - before).abs() <= 1e-6);
            }
        }
    }

    #[test]
    fn without_original_weights_the_target_keeps_its_own() {
        let original = SparseView::new(&[0, 1, 2], &[1, 2], &[1.0, 1.0], 3).unwrap();
        let merged = SparseView::new(&[0, 2, 3], &[0, 2, 0], &[0.5, 0.5, 0.25], 3).unwrap();
        let split = split_groups(merged, original, &[0, 0, NO_INDEX]).unwrap();
        assert_eq!(split.groups, [1, 2, 0]);
        assert_eq!(split.weights, [0.5, 0.5, 0.25]);
    }

    #[test]
    fn circles_and_wrong_lengths_are_named() {
        let rows = SparseView::new(&[0, 1], &[0], &[1.0], 3).unwrap();
        let text = |parents: &[u32]| merge_groups(rows, parents).unwrap_err().to_string();
        assert!(text(&[0, 2, 1]).contains("`parents` of group 1 lead in a circle"));
        assert!(text(&[0, 1]).contains("`parents` holds 2"));
        assert!(text(&[0, 1, 3]).contains("`parents`[2] is 3"));
    }
}
