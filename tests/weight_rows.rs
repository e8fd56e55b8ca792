//! Normalise, limit and prune at the size of a real outfit: the same bits for any number of threads and
//! for both SIMD paths, dense and sparse alike.

use hemline::runtime::{simd, threads};
use hemline::weights::limit::{LimitOptions, limit_dense, limit_sparse};
use hemline::weights::normalize::{normalize_dense, normalize_sparse};
use hemline::weights::prune::{PruneOptions, prune_dense, prune_sparse};
use hemline::weights::{GroupRoles, SparseWeights, convert};

const VERTICES: usize = 30_000;
const GROUPS: usize = 53;

/// Four to eight influences a vertex, as a smoothed outfit has, from a fixed linear congruence.
fn outfit_weights() -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let mut dense = vec![0.0; VERTICES * GROUPS];
    for row in dense.chunks_exact_mut(GROUPS) {
        for _ in 0..4 + next() % 5 {
            row[next() as usize % GROUPS] = next() as f32 / (1 << 24) as f32;
        }
    }
    dense
}

/// Every result, one after the other, as bits.
fn all_results(dense: &[f32], sparse: &SparseWeights, roles: &GroupRoles) -> Vec<Vec<u32>> {
    let prune_options = PruneOptions { threshold: 0.1, keep_largest: true, keep_sum: true };
    let in_place = |kernel: &dyn Fn(&mut [f32]) -> hemline::Result<usize>| {
        let mut weights = dense.to_vec();
        kernel(&mut weights).unwrap();
        bits(&weights)
    };
    let (normalized, _) = normalize_sparse(sparse.view(), roles).unwrap();
    let (limited, _) = limit_sparse(sparse.view(), roles, LimitOptions::default()).unwrap();
    let (pruned, _) = prune_sparse(sparse.view(), roles, prune_options).unwrap();
    vec![
        in_place(&|weights| normalize_dense(weights, VERTICES, roles)),
        in_place(&|weights| limit_dense(weights, VERTICES, roles, LimitOptions::default())),
        in_place(&|weights| prune_dense(weights, VERTICES, roles, prune_options)),
        bits(&normalized),
        bits(&limited.weights),
        limited.groups,
        bits(&pruned.weights),
        pruned.groups,
    ]
}

fn bits(weights: &[f32]) -> Vec<u32> {
    weights.iter().map(|weight| weight.to_bits()).collect()
}

#[test]
fn bits_do_not_depend_on_threads_or_instruction_set() {
    let dense = outfit_weights();
    let sparse = convert::from_dense(&dense, VERTICES, GROUPS).unwrap();
    let locked: Vec<u8> = (0..GROUPS).map(|group| u8::from(group % 7 == 3)).collect();
    let roles = GroupRoles::from_masks(GROUPS, None, Some(&locked)).unwrap();
    threads::set_thread_count(1).unwrap();
    let expected = all_results(&dense, &sparse, &roles);
    for count in [2, 8] {
        threads::set_thread_count(count).unwrap();
        assert!(all_results(&dense, &sparse, &roles) == expected, "{count} threads");
    }
    simd::force_scalar(true);
    assert!(all_results(&dense, &sparse, &roles) == expected, "scalar");
}
