//! Limiting the number of influences: a vertex keeps its k largest weights.
//!
//! Engines skin with a fixed number of influences (Unity, VRChat: 4). Cutting the rest tears a surface
//! where neighbouring vertices cut different groups: a weight jumps from its full value to 0 between
//! them. Here a weight fades before it leaves. With c the largest weight that is dropped, w a weight
//! that is kept, and f the width of the fade,
//!
//! ```text
//! u = w · min(1, (w − c) / (f · c))
//! ```
//!
//! then all u are scaled to the sum that the vertex had before. Weights above (1 + f) · c only scale; a
//! weight that falls to c, which is where another takes its place, falls to 0. Rows with at most k
//! influences do not change, and as c goes to 0 the result goes to the row itself. So the result is a
//! continuous function of the row, except where all kept weights are equal to c: there no rule that
//! treats groups alike can be continuous, and the k lowest groups keep equal shares.
//!
//! f = 0 is the plain cut (Blender's *Limit Total*, with the sum restored). Equal weights rank by
//! group, the lowest first.

use super::row_kernel::{self, GroupRoles, Role, RowKernel};
use crate::runtime::check;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// How [`limit_dense`] and [`limit_sparse`] limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitOptions {
    /// k: weights that a vertex keeps at most; at least 1.
    pub max_influences: usize,
    /// f: weights from c to (1 + f) · c fade; 0 cuts. Finite, not negative.
    pub fade: f32,
    /// Whether the kept weights are scaled to the sum that the vertex had.
    pub keep_sum: bool,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self { max_influences: 4, fade: 1.0, keep_sum: true }
    }
}

/// Limits dense weights in place; returns the number of vertices that had too many influences.
///
/// - `weights`: `#V by #G`, vertex-major, finite, not negative;
/// - `roles`: `#G`; weights in groups that are not [`Role::Free`] neither count nor change.
///
/// # Errors
/// Bad options, a wrong length, or a bad weight, which is named; `weights` is untouched then.
pub fn limit_dense(
    weights: &mut [f32],
    vertex_count: usize,
    roles: &GroupRoles,
    options: LimitOptions,
) -> Result<usize> {
    row_kernel::apply_dense(&Limit::new(options)?, weights, vertex_count, roles)
}

/// Limits sparse weights; returns the rows without the dropped entries (groups ascending), and the
/// number of vertices that had too many influences.
///
/// # Errors
/// Bad options, a negative weight, another number of groups than `roles` has, or memory that cannot be
/// had.
pub fn limit_sparse(
    rows: SparseView<'_>,
    roles: &GroupRoles,
    options: LimitOptions,
) -> Result<(SparseWeights, usize)> {
    row_kernel::apply_sparse_dropping_zeros(&Limit::new(options)?, rows, roles)
}

struct Limit(LimitOptions);

impl Limit {
    fn new(options: LimitOptions) -> Result<Self> {
        check::not_negative("fade", options.fade)?;
        if options.max_influences == 0 {
            return Err(Error::invalid("max_influences", "is 0, expected at least 1"));
        }
        Ok(Self(options))
    }

    /// The share of a kept weight that remains, `cut` being the largest dropped weight.
    fn remaining(&self, weight: f64, cut: f64) -> f64 {
        let width = f64::from(self.0.fade) * cut;
        if width > 0.0 { ((weight - cut) / width).min(1.0) } else { 1.0 }
    }
}

/// A weight above 0 and its position in the row as one number: the larger the weight, then the lower the
/// position, the smaller the number. (Positive floats order as their bits do.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u64);

impl Rank {
    #[inline(always)]
    fn new(weight: f32, position: usize) -> Self {
        Self(u64::from(!weight.to_bits()) << 32 | position as u64)
    }

    fn weight(self) -> f64 {
        f32::from_bits(!((self.0 >> 32) as u32)).into()
    }

    fn position(self) -> usize {
        self.0 as u32 as usize
    }
}

impl RowKernel for Limit {
    type Scratch = Vec<Rank>;

    #[inline(always)]
    fn apply(&self, weights: &mut [f32], roles: &[Role], ranks: &mut Vec<Rank>) -> bool {
        let most = self.0.max_influences;
        if row_kernel::count_influences(weights, roles) <= most {
            return false;
        }
        let sum = row_kernel::sum(weights, roles, Role::Free);
        let influences = rank_influences(weights, roles, ranks);
        for influence in &*influences {
            weights[influence.position()] = 0.0;
        }
        let (kept, largest_dropped, _) = influences.select_nth_unstable(most);
        let cut = largest_dropped.weight();
        let faded = |kept: &Rank| kept.weight() * self.remaining(kept.weight(), cut);
        let faded_sum: f64 = kept.iter().map(faded).sum();
        if faded_sum > 0.0 {
            let scale = if self.0.keep_sum { sum / faded_sum } else { 1.0 };
            put_back(kept, weights, |kept| faded(kept) * scale);
        } else {
            let share = if self.0.keep_sum { sum / most as f64 } else { cut };
            put_back(kept, weights, |_| share);
        }
        true
    }
}

/// The ranks of the free weights above 0.
#[inline(always)]
fn rank_influences<'a>(
    weights: &[f32],
    roles: &[Role],
    ranks: &'a mut Vec<Rank>,
) -> &'a mut [Rank] {
    ranks.resize(weights.len() + 1, Rank(0));
    let mut count = 0;
    for (position, (weight, role)) in weights.iter().zip(roles).enumerate() {
        // Written in any case and counted where it belongs: which groups do is unpredictable for a branch.
        ranks[count] = Rank::new(*weight, position);
        count += usize::from((*role == Role::Free) & (*weight > 0.0));
    }
    &mut ranks[..count]
}

#[inline(always)]
fn put_back(kept: &[Rank], weights: &mut [f32], value: impl Fn(&Rank) -> f64) {
    for kept in kept {
        weights[kept.position()] = value(kept) as f32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    const CUT: LimitOptions = LimitOptions { max_influences: 4, fade: 0.0, keep_sum: true };

    fn limited(row: &[f32], options: LimitOptions) -> Vec<f32> {
        let mut row = row.to_vec();
        let roles = GroupRoles::free(row.len()).unwrap();
        limit_dense(&mut row, 1, &roles, options).unwrap();
        row
    }

    /// The formula by a full sort, in f64.
    fn reference(row: &[f32], options: LimitOptions) -> Vec<f64> {
        let (k, fade) = (options.max_influences, f64::from(options.fade));
        let exact: Vec<f64> = row.iter().copied().map(f64::from).collect();
        let mut order: Vec<usize> = (0..row.len()).collect();
        order.sort_by(|&a, &b| exact[b].partial_cmp(&exact[a]).unwrap());
        if k >= row.len() || exact[order[k]] == 0.0 {
            return exact;
        }
        let cut = exact[order[k]];
        let mut faded = vec![0.0; row.len()];
        for &group in &order[..k] {
            let ramp =
                if fade > 0.0 { ((exact[group] - cut) / (fade * cut)).min(1.0) } else { 1.0 };
            faded[group] = exact[group] * ramp;
        }
        if faded.iter().all(|weight| *weight == 0.0) {
            order[..k].iter().for_each(|&group| faded[group] = cut);
        }
        let scale = if options.keep_sum {
            exact.iter().sum::<f64>() / faded.iter().sum::<f64>()
        } else {
            1.0
        };
        faded.iter().map(|weight| weight * scale).collect()
    }

    proptest! {
        #[test]
        fn rows_match_the_formula_dense_and_sparse(
            (group_count, dense) in dense_rows(),
            max_influences in 1_usize..6,
            fade in prop_oneof![Just(0.0_f32), 0.01_f32..3.0],
            keep_sum: bool,
        ) {
            let options = LimitOptions { max_influences, fade, keep_sum };
            let roles = GroupRoles::free(group_count).unwrap();
            let mut limited = dense.clone();
            let changed = limit_dense(&mut limited, dense.len() / group_count, &roles, options).unwrap();
            let mut too_many = 0;
            for (row, limited) in dense.chunks_exact(group_count).zip(limited.chunks_exact(group_count)) {
                too_many += usize::from(row.iter().filter(|weight| **weight > 0.0).count() > max_influences);
                prop_assert!(limited.iter().filter(|weight| **weight > 0.0).count() <= max_influences);
                for (weight, exact) in limited.iter().zip(reference(row, options)) {
                    prop_assert!((f64::from(*weight) - exact).abs() <= 1e-6 * exact.max(1.0));
                }
            }
            prop_assert_eq!(changed, too_many);
            let sparse = to_sparse(&dense, group_count);
            let (rows, of_sparse) = limit_sparse(sparse.view(), &roles, options).unwrap();
            prop_assert_eq!(of_sparse, changed);
            prop_assert_eq!(rows.offsets, to_sparse(&limited, group_count).offsets);
        }

        /// |Δresult| ≤ C · |Δrow|, with C from the slope of the ramp and of the scaling.
        #[test]
        fn the_result_is_continuous_in_the_row(
            mut row in prop::collection::vec(0.05_f32..0.3, 7),
            steps in prop::collection::vec(-1.0_f32..1.0, 7),
            size in 1e-6_f32..1e-3,
        ) {
            // One weight clear of the fade keeps the row away from the one point without a limit.
            row[3] += 0.7;
            let moved: Vec<f32> = row.iter().zip(&steps).map(|(weight, step)| weight + step * size).collect();
            for max_influences in 1..7 {
                let options = LimitOptions { max_influences, ..LimitOptions::default() };
                let (before, after) = (limited(&row, options), limited(&moved, options));
                for (before, after) in before.iter().zip(&after) {
                    prop_assert!((before - after).abs() <= 100.0 * size, "{before} → {after}");
                }
            }
        }
    }

    #[test]
    fn a_weight_fades_to_zero_where_another_takes_its_place() {
        // Group 4 rises through group 3: one leaves at 0, the other enters at 0.
        let row = |rising: f32| [0.4, 0.3, 0.2, 0.1, rising];
        let jump = |options: LimitOptions| {
            let (below, above) =
                (limited(&row(0.1 - 1e-6), options), limited(&row(0.1 + 1e-6), options));
            (0..5).map(|group| (below[group] - above[group]).abs()).fold(0.0, f32::max)
        };
        assert!(jump(LimitOptions::default()) < 1e-4);
        assert!(jump(CUT) > 0.09);
    }

    #[test]
    fn ties_keep_the_lowest_groups() {
        assert_eq!(limited(&[0.25; 6], CUT), [0.375, 0.375, 0.375, 0.375, 0.0, 0.0]);
        assert_eq!(limited(&[0.25; 6], LimitOptions::default()), limited(&[0.25; 6], CUT));
        assert_eq!(
            limited(&[0.1, 0.5, 0.1, 0.1, 0.1, 0.1], LimitOptions { keep_sum: false, ..CUT }),
            [0.1, 0.5, 0.1, 0.1, 0.0, 0.0]
        );
    }

    #[test]
    fn rows_with_few_influences_keep_their_bits() {
        let row = [0.1, 0.0, 0.7, 1e-30, 0.0, 0.2];
        assert_eq!(limited(&row, LimitOptions::default()), row);
    }

    #[test]
    fn ignored_groups_neither_count_nor_change() {
        let roles = GroupRoles::from_masks(4, Some(&[0, 1, 1, 1]), None).unwrap();
        let mut row = [0.9, 0.5, 0.25, 0.25];
        let options = LimitOptions { max_influences: 2, ..CUT };
        assert_eq!(limit_dense(&mut row, 1, &roles, options), Ok(1));
        assert_eq!(row, [0.9, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
    }

    #[test]
    fn bad_options_are_named() {
        let text = |options| {
            limit_dense(&mut [1.0], 1, &GroupRoles::free(1).unwrap(), options)
                .unwrap_err()
                .to_string()
        };
        assert!(text(LimitOptions { max_influences: 0, ..CUT }).contains("`max_influences` is 0"));
        assert!(text(LimitOptions { fade: -1.0, ..CUT }).contains("`fade` is -1"));
        assert!(text(LimitOptions { fade: f32::NAN, ..CUT }).contains("`fade`"));
    }
}
