//! Normalising: the weights of a vertex add up to 1.
//!
//! With F the sum of a vertex's weights in free groups, and L that in locked ones, each free weight w
//! becomes
//!
//! ```text
//! w' = w · max(0, 1 − L) / F        (unchanged where F = 0)
//! ```
//!
//! so locked groups keep their weights, and the free ones share what is left in proportion, which is
//! nothing where the locked ones reach 1. This is what Blender's *Normalize All* computes with locked
//! groups, except that Blender raises the only member of a vertex to 1 even when its weight is 0: here
//! a vertex without weights stays without, and is counted.

use super::row_kernel::{self, GroupRoles, Role, RowKernel};
use crate::Result;
use crate::weights::SparseView;

/// Normalises dense weights in place; returns the number of vertices whose free and locked weights are
/// all 0, and stay so.
///
/// - `weights`: `#V by #G`, vertex-major, finite, not negative;
/// - `roles`: `#G`.
///
/// # Errors
/// A wrong length, or a bad weight, which is named; `weights` is untouched then.
pub fn normalize_dense(
    weights: &mut [f32],
    vertex_count: usize,
    roles: &GroupRoles,
) -> Result<usize> {
    row_kernel::apply_dense(&Normalize::new(roles), weights, vertex_count, roles)
}

/// Normalises sparse weights; returns the new weights of the same entries, and the number of vertices
/// whose free and locked weights are all 0, and stay so.
///
/// # Errors
/// A negative weight, another number of groups than `roles` has, or memory that cannot be had.
pub fn normalize_sparse(rows: SparseView<'_>, roles: &GroupRoles) -> Result<(Vec<f32>, usize)> {
    row_kernel::apply_sparse_keeping_entries(&Normalize::new(roles), rows, roles)
}

struct Normalize {
    has_locked: bool,
}

impl Normalize {
    fn new(roles: &GroupRoles) -> Self {
        Self { has_locked: roles.contains(Role::Locked) }
    }
}

impl RowKernel for Normalize {
    type Scratch = ();

    #[inline(always)]
    fn apply(&self, weights: &mut [f32], roles: &[Role], _: &mut ()) -> bool {
        let free = row_kernel::sum(weights, roles, Role::Free);
        let locked =
            if self.has_locked { row_kernel::sum(weights, roles, Role::Locked) } else { 0.0 };
        if free > 0.0 {
            row_kernel::scale(weights, roles, (1.0 - locked).max(0.0) / free);
        }
        free + locked == 0.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    fn reference(row: &[f32], chosen: &[u8], locked: &[u8]) -> Vec<f64> {
        let sum = |lock: bool| -> f64 {
            (0..row.len())
                .filter(|&group| chosen[group] != 0 && (locked[group] != 0) == lock)
                .map(|group| f64::from(row[group]))
                .sum()
        };
        let (free, held) = (sum(false), sum(true));
        let factor = if free > 0.0 { f64::max(0.0, 1.0 - held) / free } else { 1.0 };
        let scaled = |group: usize| chosen[group] != 0 && locked[group] == 0;
        (0..row.len())
            .map(|group| f64::from(row[group]) * if scaled(group) { factor } else { 1.0 })
            .collect()
    }

    proptest! {
        #[test]
        fn rows_match_the_formula_dense_and_sparse(
            (group_count, dense) in dense_rows(),
            chosen in prop::collection::vec(0_u8..2, 20),
            locked in prop::collection::vec(0_u8..2, 20),
        ) {
            let (chosen, locked) = (&chosen[..group_count], &locked[..group_count]);
            let roles = GroupRoles::from_masks(group_count, Some(chosen), Some(locked)).unwrap();
            let vertex_count = dense.len() / group_count;
            let mut normalized = dense.clone();
            let zeros = normalize_dense(&mut normalized, vertex_count, &roles).unwrap();
            let rows = dense.chunks_exact(group_count);
            let exact: Vec<f64> = rows.clone().flat_map(|row| reference(row, chosen, locked)).collect();
            for (weight, exact) in normalized.iter().zip(&exact) {
                prop_assert!((f64::from(*weight) - exact).abs() <= 1e-6 * exact.max(1.0));
            }
            let is_zero = |row: &&[f32]| row.iter().zip(chosen).all(|(weight, mask)| *mask == 0 || *weight == 0.0);
            prop_assert_eq!(zeros, rows.filter(is_zero).count());

            let sparse = to_sparse(&dense, group_count);
            let (weights, sparse_zeros) = normalize_sparse(sparse.view(), &roles).unwrap();
            prop_assert_eq!(sparse_zeros, zeros);
            let of_dense = to_sparse(&normalized, group_count);
            let kept: Vec<f32> = weights.into_iter().filter(|weight| *weight != 0.0).collect();
            prop_assert_eq!(kept.len(), of_dense.weights.len());
            for (sparse, dense) in kept.iter().zip(&of_dense.weights) {
                prop_assert!((sparse - dense).abs() <= 1e-6 * dense.max(1.0));
            }
        }
    }

    /// What Blender 3.4's `bpy.ops.object.vertex_group_normalize_all(lock_active=False)` gave, group 0
    /// being locked.
    #[test]
    fn locked_groups_keep_their_weights_as_in_blender() {
        let blender = [
            ([0.2, 0.1, 0.3], [0.2, 0.2, 0.6]),
            ([0.8, 0.5, 0.3], [0.8, 0.125, 0.075]),
            ([0.0, 0.0, 0.5], [0.0, 0.0, 1.0]),
            ([0.5, 0.0, 0.0], [0.5, 0.0, 0.0]),
            ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            ([1.0, 0.4, 0.2], [1.0, 0.0, 0.0]),
            ([0.6, 0.6, 0.0], [0.6, 0.4, 0.0]),
        ];
        let roles = GroupRoles::from_masks(3, None, Some(&[1, 0, 0])).unwrap();
        for (mut row, expected) in blender {
            let zeros = normalize_dense(&mut row, 1, &roles).unwrap();
            assert_eq!(zeros, usize::from(expected == [0.0; 3]));
            for (weight, expected) in row.iter().zip(expected) {
                assert!((weight - expected).abs() < 1e-6_f32, "{row:?}");
            }
        }
    }

    #[test]
    fn denormal_and_huge_weights_still_add_up_to_one() {
        let roles = GroupRoles::free(2).unwrap();
        let mut weights = [1e-45, 1e-45, f32::MAX, f32::MAX];
        normalize_dense(&mut weights, 2, &roles).unwrap();
        assert_eq!(weights, [0.5; 4]);
    }
}
