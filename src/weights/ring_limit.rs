//! Limiting the number of influences so that a dropped influence fades over the mesh.
//!
//! Where a vertex has more than k influences, the smallest go. A cut at one vertex is a step next to
//! its neighbours, so the mask of what is dropped is dilated: with x the weight that a vertex drops in a
//! group, the same group has at r rings from there the loss y = x · (1 − r / (R + 1)), and its weight w
//! becomes `w · min(1, (w − y) / y)`, 0 below y: small weights fade, those above 2 y stay. Then all rows
//! are scaled to sum 1.

use crate::Result;
use crate::linear::csr::CsrMatrix;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};

/// Weights that one thread ranks at the least.
const LEAST_WEIGHTS: usize = 32_768;

/// A weight that is taken away around a vertex.
#[derive(Clone, Copy)]
struct Drop {
    vertex: u32,
    group: u32,
    amount: f32,
}

/// Limits dense weights in place: each row keeps at most `most` influences, and sums to 1 if it had any.
///
/// - `neighbours`: `#V by #V`, its entries off the diagonal are the edges;
/// - `weights`: `#V by #G`, not negative; of equal weights the lowest groups stay;
/// - `rings`: R.
///
/// # Errors
/// A wrong length, or memory that cannot be had; `weights` is untouched then.
pub fn limit_over_rings(
    neighbours: &CsrMatrix,
    weights: &mut [f32],
    group_count: usize,
    most: usize,
    rings: usize,
) -> Result<()> {
    check::length("weights", weights.len(), neighbours.row_count() * group_count)?;
    let mut front = dropped(weights, group_count, most)?;
    if front.is_empty() {
        return Ok(());
    }
    let mut losses = memory::try_filled("influence limit", 0.0_f32, weights.len())?;
    let at = |vertex: usize, group: u32| vertex * group_count + group as usize;
    front.iter().for_each(|drop| losses[at(drop.vertex as usize, drop.group)] = drop.amount);
    for ring in 1..=rings {
        let share = 1.0 - ring as f32 / (rings + 1) as f32;
        let mut next = Vec::new();
        for Drop { vertex, group, amount } in front {
            for (other, _) in neighbours.row(vertex as usize) {
                let loss = &mut losses[at(other, group)];
                if amount * share > *loss && weights[at(other, group)] > 0.0 {
                    *loss = amount * share;
                    next.push(Drop { vertex: other as u32, group, amount });
                }
            }
        }
        front = next;
    }
    parallel::for_each_row(weights, group_count, |vertex, row| {
        let losses = &losses[vertex * group_count..][..group_count];
        if losses.iter().any(|loss| *loss > 0.0) {
            take_away(row, losses);
        }
    })
}

/// The weights that rows with more than `most` influences drop.
fn dropped(weights: &[f32], group_count: usize, most: usize) -> Result<Vec<Drop>> {
    let width = group_count.max(1);
    let split = Split::new(weights.len() / width, 0, LEAST_WEIGHTS.div_ceil(width));
    let blocks = parallel::map_blocks(split, &Progress::none(), |rows| {
        let mut drops = Vec::new();
        let mut ranked: Vec<(f32, u32)> = Vec::new();
        for vertex in rows {
            let row = &weights[vertex * width..][..width];
            ranked.clear();
            ranked.extend(row.iter().copied().zip(0..).filter(|(weight, _)| *weight > 0.0));
            if ranked.len() > most {
                ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let vertex = vertex as u32;
                let drop = |&(amount, group)| Drop { vertex, group, amount };
                drops.extend(ranked[most..].iter().map(drop));
            }
        }
        drops
    })?;
    Ok(blocks.concat())
}

/// Takes the losses away and scales to sum 1; a row that would lose everything keeps its largest weight.
fn take_away(row: &mut [f32], losses: &[f32]) {
    let largest = (0..row.len()).rev().max_by(|a, b| row[*a].total_cmp(&row[*b]));
    for (weight, loss) in row.iter_mut().zip(losses).filter(|(_, loss)| **loss > 0.0) {
        *weight *= ((*weight - loss) / loss).clamp(0.0, 1.0);
    }
    let sum: f64 = row.iter().map(|weight| f64::from(*weight)).sum();
    if sum > 0.0 {
        row.iter_mut().for_each(|weight| *weight = (f64::from(*weight) / sum) as f32);
    } else if let Some(largest) = largest {
        row[largest] = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chain(count: u32) -> CsrMatrix {
        let edges = (1..count).map(|vertex| (vertex - 1, vertex, 1.0));
        CsrMatrix::graph_laplacian(count as usize, edges).unwrap()
    }

    #[test]
    fn a_dropped_weight_fades_over_the_rings() {
        // Group 2 is the third largest at vertex 0 alone, and everywhere 0.1.
        let mut weights: Vec<f32> =
            (0..6).flat_map(|v| if v == 0 { [0.5, 0.4, 0.1] } else { [0.9, 0.0, 0.1] }).collect();
        limit_over_rings(&chain(6), &mut weights, 3, 2, 3).unwrap();
        let third: Vec<f32> = weights.iter().skip(2).step_by(3).copied().collect();
        // Losses 0.1, 0.075, 0.05, 0.025: (w − y) / y = 0, 1/3, 1, 3.
        for (weight, share) in third.iter().zip([0.0, 1.0 / 3.0, 1.0, 1.0, 1.0, 1.0]) {
            let expected = 0.1 * share / (0.9 + 0.1 * share);
            assert!((weight - expected).abs() < 1e-6, "{third:?}");
        }
    }

    proptest! {
        #[test]
        fn rows_keep_their_sum_and_few_influences(
            weights in prop::collection::vec(prop_oneof![Just(0.0_f32), 0.0_f32..1.0], 10 * 7),
            most in 1_usize..6,
            rings in 0_usize..6,
        ) {
            let mut limited = weights.clone();
            limit_over_rings(&chain(10), &mut limited, 7, most, rings).unwrap();
            for (row, before) in limited.chunks_exact(7).zip(weights.chunks_exact(7)) {
                prop_assert!(row.iter().filter(|weight| **weight > 0.0).count() <= most);
                prop_assert!(row.iter().all(|weight| (0.0..=1.0).contains(weight)));
                if before.iter().any(|weight| *weight > 0.0) && row != before {
                    prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn few_influences_change_no_bit() {
        let weights = [0.3_f32, 0.7, 0.0, 0.1, 0.2, 0.7];
        let mut limited = weights;
        limit_over_rings(&chain(2), &mut limited, 3, 3, 5).unwrap();
        assert_eq!(limited, weights);
    }
}
