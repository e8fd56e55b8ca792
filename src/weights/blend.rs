//! Weights between two sets of rows: what a mask protects, such as hands and head, keeps its own.

use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check};
use crate::weights::ascending::{Ascending, chosen_groups, for_each_group};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// Blends rows with original ones: `w′ = (1 − m) w + m o` in the chosen groups; the others keep w.
///
/// With all groups chosen, rows that add up to 1 still do; with some, normalise afterwards with these
/// locked.
///
/// - `original`: as many vertices and groups as `rows`;
/// - `mask`: `#V`, 0 to 1: the part of the original;
/// - `group_mask`: `#G`, not 0 for the chosen groups; `None` chooses all.
///
/// Returns rows with ascending groups; weights that become 0 are left out.
///
/// # Errors
/// Arrays of other lengths, a mask out of `[0, 1]`, a negative weight, too many entries, no memory.
pub fn blend_rows(
    rows: SparseView<'_>,
    original: SparseView<'_>,
    mask: &[f32],
    group_mask: Option<&[u8]>,
) -> Result<SparseWeights> {
    check::length("original", original.vertex_count(), rows.vertex_count())?;
    check::length("original groups", original.group_count(), rows.group_count())?;
    check::length("mask", mask.len(), rows.vertex_count())?;
    check::finite("mask", mask)?;
    if let Some(vertex) = mask.iter().position(|part| !(0.0..=1.0).contains(part)) {
        let problem = format!("is {} at element {vertex}, expected 0 to 1", mask[vertex]);
        return Err(Error::invalid("mask", problem));
    }
    let chosen = chosen_groups(group_mask, rows.group_count())?;
    let (ascending, original) = (Ascending::new(rows)?, Ascending::of_original(original)?);
    let (rows, original) = (ascending.view(), original.view());
    let split = Split::new(rows.vertex_count(), 0, LEAST_BLOCK);
    build_rows(split, rows.group_count(), &Progress::none(), |vertices, block| {
        for vertex in vertices {
            let (row, before) = (rows.row(vertex), original.row(vertex));
            let part = f64::from(mask[vertex]);
            block.reserve(row.0.len() + before.0.len())?;
            for_each_group(row, before, |group, weight, before| {
                let blend = (1.0 - part) * f64::from(weight) + part * f64::from(before);
                let weight = if chosen(group) { blend as f32 } else { weight };
                if weight != 0.0 {
                    block.push(group, weight);
                }
            });
            block.end_row();
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::convert::to_dense;
    use super::super::test_rows::to_sparse;
    use super::*;

    proptest! {
        #[test]
        fn blends_are_those_of_dense_weights(
            (rows, original, mask) in (0_usize..20).prop_flat_map(|vertices| {
                let weight = || prop_oneof![Just(0.0_f32), 0.0_f32..1.0];
                let rows = || prop::collection::vec(weight(), vertices * 3);
                let part = prop_oneof![Just(0.0_f32), Just(1.0), 0.0_f32..1.0];
                (rows(), rows(), prop::collection::vec(part, vertices))
            }),
        ) {
            let found = blend_rows(
                to_sparse(&rows, 3).view(), to_sparse(&original, 3).view(), &mask, Some(&[1, 0, 1])).unwrap();
            let mut dense = vec![0.0; rows.len()];
            to_dense(found.view(), &mut dense).unwrap();
            for (index, weight) in dense.iter().enumerate() {
                let part = if index % 3 == 1 { 0.0 } else { mask[index / 3] };
                let expected = (1.0 - part) * rows[index] + part * original[index];
                prop_assert!((weight - expected).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn bad_masks_are_named() {
        let rows = to_sparse(&[1.0, 1.0], 1);
        let text = |mask: &[f32], groups: &[u8]| {
            blend_rows(rows.view(), rows.view(), mask, Some(groups)).unwrap_err().to_string()
        };
        assert!(text(&[0.5, 1.5], &[1]).contains("`mask` is 1.5 at element 1"));
        assert!(text(&[0.5, f32::NAN], &[1]).contains("`mask`[1] is NaN"));
        assert!(text(&[0.5], &[1]).contains("`mask` holds 1"));
        assert!(text(&[0.5; 2], &[]).contains("`group_mask` holds 0"));
    }
}
