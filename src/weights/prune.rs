//! Pruning: weights at or below a threshold are dropped, as Blender's *Clean Vertex Groups* does.

use super::row_kernel::{self, GroupRoles, Role, RowKernel};
use crate::Result;
use crate::runtime::check;
use crate::weights::{SparseView, SparseWeights};

/// How [`prune_dense`] and [`prune_sparse`] prune.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PruneOptions {
    /// Weights not above it are dropped; 0 drops members without weight alone. Finite, not negative.
    pub threshold: f32,
    /// Whether a vertex keeps its largest weight in any case (the lowest group's, of equal ones).
    pub keep_largest: bool,
    /// Whether the kept weights are scaled to the sum that the vertex had.
    pub keep_sum: bool,
}

/// Prunes dense weights in place; returns the number of vertices that lost all their weights.
///
/// - `weights`: `#V by #G`, vertex-major, finite, not negative;
/// - `roles`: `#G`; weights in groups that are not [`Role::Free`] neither count nor change.
///
/// # Errors
/// A bad threshold, a wrong length, or a bad weight, which is named; `weights` is untouched then.
pub fn prune_dense(
    weights: &mut [f32],
    vertex_count: usize,
    roles: &GroupRoles,
    options: PruneOptions,
) -> Result<usize> {
    row_kernel::apply_dense(&Prune::new(options)?, weights, vertex_count, roles)
}

/// Prunes sparse weights; returns the rows without the dropped entries (groups ascending), and the
/// number of vertices that lost all their weights.
///
/// # Errors
/// A bad threshold, a negative weight, another number of groups than `roles` has, or memory that cannot
/// be had.
pub fn prune_sparse(
    rows: SparseView<'_>,
    roles: &GroupRoles,
    options: PruneOptions,
) -> Result<(SparseWeights, usize)> {
    row_kernel::apply_sparse_dropping_zeros(&Prune::new(options)?, rows, roles)
}

struct Prune(PruneOptions);

impl Prune {
    fn new(options: PruneOptions) -> Result<Self> {
        check::not_negative("threshold", options.threshold)?;
        Ok(Self(options))
    }
}

impl RowKernel for Prune {
    type Scratch = ();

    #[inline(always)]
    fn apply(&self, weights: &mut [f32], roles: &[Role], _: &mut ()) -> bool {
        let PruneOptions { threshold, keep_largest, keep_sum } = self.0;
        let largest = row_kernel::largest(weights, roles);
        if largest > threshold {
            let before = row_kernel::sum(weights, roles, Role::Free);
            drop_up_to(threshold, weights, roles);
            let after = row_kernel::sum(weights, roles, Role::Free);
            if keep_sum && after < before {
                row_kernel::scale(weights, roles, before / after);
            }
            return false;
        }
        let sum = row_kernel::sum(weights, roles, Role::Free);
        let is_largest = |(weight, role): (&f32, &Role)| *role == Role::Free && *weight == largest;
        let first = weights.iter().zip(roles).position(is_largest);
        drop_up_to(threshold, weights, roles);
        match first {
            Some(first) if keep_largest => {
                weights[first] = if keep_sum { sum as f32 } else { largest };
                false
            }
            _ => largest > 0.0,
        }
    }
}

#[inline(always)]
fn drop_up_to(threshold: f32, weights: &mut [f32], roles: &[Role]) {
    for (weight, role) in weights.iter_mut().zip(roles) {
        let dropped = *role == Role::Free && *weight <= threshold;
        *weight = if dropped { 0.0 } else { *weight };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    proptest! {
        #[test]
        fn rows_keep_what_lies_above_the_threshold(
            (group_count, dense) in dense_rows(),
            threshold in 0.0_f32..0.5,
            keep_largest: bool,
            keep_sum: bool,
        ) {
            let options = PruneOptions { threshold, keep_largest, keep_sum };
            let roles = GroupRoles::free(group_count).unwrap();
            let mut pruned = dense.clone();
            let emptied = prune_dense(&mut pruned, dense.len() / group_count, &roles, options).unwrap();
            let mut lost_all = 0;
            for (row, pruned) in dense.chunks_exact(group_count).zip(pruned.chunks_exact(group_count)) {
                let largest = row.iter().copied().fold(0.0, f32::max);
                let first_largest = row.iter().position(|weight| *weight == largest).unwrap();
                let kept = |group: usize| row[group] > threshold || (keep_largest && group == first_largest);
                let sum = |kept: &dyn Fn(usize) -> bool| -> f64 {
                    (0..group_count).filter(|&group| kept(group)).map(|group| f64::from(row[group])).sum()
                };
                let (before, after) = (sum(&|_| true), sum(&kept));
                let scale = if keep_sum && after > 0.0 { before / after } else { 1.0 };
                lost_all += usize::from(before > 0.0 && after == 0.0);
                for group in 0..group_count {
                    let exact = if kept(group) { f64::from(row[group]) * scale } else { 0.0 };
                    prop_assert!((f64::from(pruned[group]) - exact).abs() <= 1e-6 * exact.max(1.0));
                }
            }
            prop_assert_eq!(emptied, lost_all);
            let sparse = to_sparse(&dense, group_count);
            let (rows, of_sparse) = prune_sparse(sparse.view(), &roles, options).unwrap();
            prop_assert_eq!(of_sparse, emptied);
            prop_assert_eq!(rows.groups, to_sparse(&pruned, group_count).groups);
        }
    }

    #[test]
    fn the_threshold_itself_is_dropped() {
        let roles = GroupRoles::from_masks(4, Some(&[1, 1, 1, 0]), None).unwrap();
        let mut row = [0.5, 0.25, 0.75, 0.1];
        let options = PruneOptions { threshold: 0.5, ..PruneOptions::default() };
        assert_eq!(prune_dense(&mut row, 1, &roles, options), Ok(0));
        assert_eq!(row, [0.0, 0.0, 0.75, 0.1]);
    }

    #[test]
    fn members_without_weight_go_even_at_threshold_zero() {
        let sparse = SparseView::new(&[0, 2, 3], &[0, 1, 1], &[0.0, 0.5, 0.0], 2).unwrap();
        let roles = GroupRoles::free(2).unwrap();
        let (rows, emptied) = prune_sparse(sparse, &roles, PruneOptions::default()).unwrap();
        assert_eq!((rows.offsets, rows.groups, emptied), (vec![0, 1, 1], vec![1], 0));
    }

    #[test]
    fn bad_thresholds_are_named() {
        let options = PruneOptions { threshold: -0.5, ..PruneOptions::default() };
        let error = prune_dense(&mut [1.0], 1, &GroupRoles::free(1).unwrap(), options).unwrap_err();
        assert!(error.to_string().contains("`threshold` is -0.5"), "{error}");
    }
}
