//! Equal weights for vertices that belong together: both sides of a seam, all of a rigid part.

use crate::Result;
use crate::mesh::members::Members;
use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::ascending::{Ascending, RowSum};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// Gives all vertices of one label the mean of their rows: `w_g = Σ_v w_g(v) / n`, a group that a row
/// does not name counting as 0.
///
/// Rows that add up to 1 still do. The mean may have more influences than each row; a later limit
/// treats equal rows alike.
///
/// - `labels`: `#V`, below `label_count`, or [`NO_INDEX`] for a vertex that keeps its row.
///
/// Returns rows with ascending groups.
///
/// # Errors
/// A negative weight, a label out of range, a wrong length, too many entries, no memory.
pub fn average_rows(
    rows: SparseView<'_>,
    labels: &[u32],
    label_count: usize,
) -> Result<SparseWeights> {
    check::length("labels", labels.len(), rows.vertex_count())?;
    check::labels("labels", labels, label_count)?;
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    let members = Members::new(labels, label_count)?;
    let means = mean_rows(rows, &members, label_count)?;
    let split = Split::new(rows.vertex_count(), 0, LEAST_BLOCK);
    build_rows(split, rows.group_count(), &Progress::none(), |vertices, block| {
        let row = |vertex: usize| match labels[vertex] {
            NO_INDEX => rows.row(vertex),
            label => means.view().row(label as usize),
        };
        block.reserve(vertices.clone().map(|vertex| row(vertex).0.len()).sum())?;
        for vertex in vertices {
            let (groups, weights) = row(vertex);
            groups.iter().zip(weights).for_each(|(&group, &weight)| block.push(group, weight));
            block.end_row();
        }
        Ok(())
    })
}

fn mean_rows(rows: SparseView<'_>, members: &Members, label_count: usize) -> Result<SparseWeights> {
    let split = Split::new(label_count, 0, LEAST_BLOCK / 8);
    build_rows(split, rows.group_count(), &Progress::none(), |labels, block| {
        let mut sum = RowSum::default();
        for label in labels {
            let vertices = members.of(label);
            vertices.iter().for_each(|&vertex| sum.add_row(rows.row(vertex as usize), |_| true));
            block.reserve(sum.len())?;
            sum.finish(1.0 / vertices.len() as f64, |group, weight| block.push(group, weight));
            block.end_row();
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    proptest! {
        #[test]
        fn labelled_rows_become_their_mean(
            (group_count, dense) in dense_rows(),
            labels in prop::collection::vec(prop_oneof![Just(NO_INDEX), 0_u32..4], 30),
        ) {
            let vertex_count = dense.len() / group_count;
            let labels = &labels[..vertex_count];
            let mut expected: Vec<f64> = dense.iter().map(|&weight| weight.into()).collect();
            for label in 0..4 {
                let members: Vec<usize> =
                    (0..vertex_count).filter(|&vertex| labels[vertex] == label).collect();
                for group in 0..group_count {
                    let of = |vertex: usize| f64::from(dense[vertex * group_count + group]);
                    let mean = members.iter().map(|&vertex| of(vertex)).sum::<f64>() / members.len() as f64;
                    members.iter().for_each(|vertex| expected[vertex * group_count + group] = mean);
                }
            }
            let found = average_rows(to_sparse(&dense, group_count).view(), labels, 4).unwrap();
            let mut found_dense = vec![0.0; dense.len()];
            super::super::convert::to_dense(found.view(), &mut found_dense).unwrap();
            for (found, expected) in found_dense.iter().zip(expected) {
                prop_assert!((f64::from(*found) - expected).abs() <= 1e-7);
            }
        }
    }

    #[test]
    fn labels_out_of_range_are_named() {
        let rows = SparseView::new(&[0, 1, 2], &[0, 0], &[1.0, 1.0], 1).unwrap();
        let text = average_rows(rows, &[0, 2], 2).unwrap_err().to_string();
        assert_eq!(text, "`labels`[1] is 2, expected an index below 2");
        assert!(average_rows(rows, &[0], 2).is_err());
        assert_eq!(average_rows(rows, &[NO_INDEX; 2], 0).unwrap(), rows.to_weights());
    }
}
