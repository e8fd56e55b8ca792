//! Rows that the tests of several kernels draw.

use proptest::prelude::*;

use super::{SparseWeights, convert};

/// A number of groups from 1 to 20, and up to 30 dense rows: zeros, ties, tiny and ordinary weights.
pub(crate) fn dense_rows() -> impl Strategy<Value = (usize, Vec<f32>)> {
    let weight = prop_oneof![
        3 => Just(0.0_f32),
        1 => Just(0.25_f32),
        1 => Just(1e-42_f32),
        4 => 0.0_f32..1.0,
    ];
    (1_usize..=20, 0_usize..30).prop_flat_map(move |(groups, vertices)| {
        (Just(groups), prop::collection::vec(weight.clone(), groups * vertices))
    })
}

/// The sparse rows of dense ones.
pub(crate) fn to_sparse(dense: &[f32], group_count: usize) -> SparseWeights {
    convert::from_dense(dense, dense.len() / group_count, group_count).unwrap()
}
