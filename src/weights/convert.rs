//! Dense weights (one number for each vertex and group, vertex-major) to sparse rows and back.

use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};

/// Numbers that one thread converts at the least: fewer cost less than a hand-over.
const LEAST_BLOCK: usize = 65_536;

/// The rows' entries that are not zero, groups ascending.
///
/// - `dense`: `#V by #G`, vertex-major, finite.
///
/// # Errors
/// A length that is not `vertex_count · group_count`, a number that is not finite, more entries than
/// 32-bit offsets can count, or memory that cannot be had.
pub fn from_dense(dense: &[f32], vertex_count: usize, group_count: usize) -> Result<SparseWeights> {
    check_shape("weights", dense.len(), vertex_count, group_count)?;
    check::numbered_by_u32("vertex_count", vertex_count)?;
    check::numbered_by_u32("group_count", group_count)?;
    check::finite("weights", dense)?;
    build_rows(split(vertex_count, group_count), group_count, &Progress::none(), |rows, block| {
        let dense = &dense[rows.start * group_count..rows.end * group_count];
        block.reserve(dense.iter().filter(|weight| **weight != 0.0).count())?;
        let mut members = memory::try_filled("sparse weights", (0, 0.0), group_count + 1)?;
        for row in 0..rows.len() {
            let mut count = 0;
            for (group, &weight) in dense[row * group_count..][..group_count].iter().enumerate() {
                // Written in any case and counted where it belongs: a branch would be unpredictable.
                members[count] = (group as u32, weight);
                count += usize::from(weight != 0.0);
            }
            members[..count].iter().for_each(|&(group, weight)| block.push(group, weight));
            block.end_row();
        }
        Ok(())
    })
}

/// Writes sparse rows out in full; groups that a row does not name get 0.
///
/// - `out`: `#V by #G`, vertex-major.
///
/// # Errors
/// `out` has another length; it is untouched then.
pub fn to_dense(sparse: SparseView<'_>, out: &mut [f32]) -> Result<()> {
    let (vertex_count, group_count) = (sparse.vertex_count(), sparse.group_count());
    check_shape("out_dense", out.len(), vertex_count, group_count)?;
    let split = split(vertex_count, group_count);
    parallel::fill_rows(split, out, group_count, &Progress::none(), |rows, out| {
        out.fill(0.0);
        for (vertex, out) in rows.zip(out.chunks_exact_mut(group_count)) {
            let (groups, weights) = sparse.row(vertex);
            for (&group, &weight) in groups.iter().zip(weights) {
                out[group as usize] = weight;
            }
        }
    })
}

fn check_shape(argument: &'static str, len: usize, vertices: usize, groups: usize) -> Result<()> {
    check::length(argument, len, memory::checked_product(argument, vertices, groups)?)
}

fn split(vertex_count: usize, group_count: usize) -> Split {
    Split::new(vertex_count, 0, LEAST_BLOCK.div_ceil(group_count.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn dense_weights_survive_the_round_trip(
            (group_count, dense) in (0_usize..6).prop_flat_map(|groups| {
                let weight = prop_oneof![Just(0.0_f32), Just(-0.0), -1.0_f32..1.0];
                (0_usize..40).prop_flat_map(move |vertices| {
                    (Just(groups), prop::collection::vec(weight.clone(), vertices * groups))
                })
            }),
        ) {
            let vertex_count = dense.len().checked_div(group_count).unwrap_or(7);
            let sparse = from_dense(&dense, vertex_count, group_count).unwrap();
            let view = SparseView::new(&sparse.offsets, &sparse.groups, &sparse.weights, group_count).unwrap();
            prop_assert!(view.weights().iter().all(|weight| *weight != 0.0));
            let mut back = vec![9.0; dense.len()];
            to_dense(view, &mut back).unwrap();
            prop_assert_eq!(back, dense);
        }
    }

    #[test]
    fn large_arrays_convert_alike_over_many_blocks() {
        let (vertex_count, group_count) = (20_000, 53);
        let dense: Vec<f32> = (0..vertex_count * group_count)
            .map(|index| if index % 11 == 0 { index as f32 } else { 0.0 })
            .collect();
        let sparse = from_dense(&dense, vertex_count, group_count).unwrap();
        let mut back = vec![1.0; dense.len()];
        to_dense(sparse.view(), &mut back).unwrap();
        assert!(back == dense);
    }

    #[test]
    fn wrong_lengths_and_numbers_are_named() {
        let text = |dense: &[f32], vertices, groups| {
            from_dense(dense, vertices, groups).unwrap_err().to_string()
        };
        assert!(text(&[0.0; 5], 2, 3).contains("`weights` holds 5 elements, expected 6"));
        assert!(text(&[0.0, f32::NAN], 1, 2).contains("`weights`[1] is NaN"));
        assert!(text(&[], usize::MAX, 2).contains("too large"));
        assert!(text(&[], usize::MAX, 0).contains("vertex_count is too large"));
        assert!(text(&[], 0, usize::MAX).contains("group_count is too large"));
        let mut out = [5.0; 3];
        assert!(to_dense(from_dense(&[1.0; 4], 2, 2).unwrap().view(), &mut out).is_err());
        assert_eq!(out, [5.0; 3]);
    }
}
