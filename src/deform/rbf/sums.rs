//! Sums Σ_j w_j φ(|t − x_j|) over all sources for each target: the inner loop of fit and evaluation.
//!
//! One target in each lane of a vector, so that every target's sum runs in the order of the sources
//! whatever the width of the vectors.

use glam::DVec3;
use pulp::{Simd, WithSimd};

use super::kernels::{Profile, Task};
use crate::runtime::simd;

/// Columns of right-hand sides that are summed together: the kernel's value serves all of them.
pub(super) const COLUMNS: usize = 3;

/// Vectors of targets that run side by side: their coordinates and sums fill 12 of AVX2's 16 registers.
const VECTORS: usize = 2;

/// A control point, or what stands for several far ones, with its weight in each column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) point: DVec3,
    pub(super) weights: [f64; COLUMNS],
}

/// Points with their weights.
pub(super) fn sources(points: &[DVec3], weights: &[[f64; COLUMNS]]) -> Vec<Source> {
    let source = |(&point, &weights): (&DVec3, &[f64; COLUMNS])| Source { point, weights };
    points.iter().zip(weights).map(source).collect()
}

/// Adds the sums over `sources` to those of each target; the order of the sources is that of the sum.
///
/// # Panics
/// The lengths of targets and sums differ.
pub(super) struct AddSums<'a> {
    pub(super) sources: &'a [Source],
    pub(super) targets: &'a [DVec3],
    pub(super) sums: &'a mut [[f64; COLUMNS]],
}

impl Task for AddSums<'_> {
    type Output = ();
    fn run(self, profile: impl Profile) {
        assert_eq!(self.targets.len(), self.sums.len(), "a sum for each target");
        simd::dispatch(SumLoop { profile, sums: self });
    }
}

struct SumLoop<'a, P> {
    profile: P,
    sums: AddSums<'a>,
}

impl<P: Profile> WithSimd for SumLoop<'_, P> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { profile, sums: AddSums { sources, targets, sums } } = self;
        let block = VECTORS * S::F64_LANES;
        for (targets, sums) in targets.chunks(block).zip(sums.chunks_mut(block)) {
            let mut places = [[simd.splat_f64s(0.0); VECTORS]; 3];
            for (axis, places) in places.iter_mut().enumerate() {
                // Lanes without a target stay at 0.
                let lanes: &mut [f64] = bytemuck::cast_slice_mut(places);
                for (lane, target) in lanes.iter_mut().zip(targets) {
                    *lane = target[axis];
                }
            }
            let totals = sum_block(simd, profile, sources, &places);
            for (column, total) in totals.iter().enumerate() {
                let lanes: &[f64] = bytemuck::cast_slice(total);
                for (sum, lane) in sums.iter_mut().zip(lanes) {
                    sum[column] += lane;
                }
            }
        }
    }
}

/// The sums of a block of targets, column by column.
#[inline(always)]
fn sum_block<S: Simd>(
    simd: S,
    profile: impl Profile,
    sources: &[Source],
    [x, y, z]: &[[S::f64s; VECTORS]; 3],
) -> [[S::f64s; VECTORS]; COLUMNS] {
    let mut totals = [[simd.splat_f64s(0.0); VECTORS]; COLUMNS];
    for source in sources {
        let [source_x, source_y, source_z] = source.point.to_array().map(|c| simd.splat_f64s(c));
        let weights = source.weights.map(|weight| simd.splat_f64s(weight));
        for vector in 0..VECTORS {
            let dx = simd.sub_f64s(x[vector], source_x);
            let dy = simd.sub_f64s(y[vector], source_y);
            let dz = simd.sub_f64s(z[vector], source_z);
            let in_plane = simd.add_f64s(simd.mul_f64s(dx, dx), simd.mul_f64s(dy, dy));
            let squared = simd.add_f64s(in_plane, simd.mul_f64s(dz, dz));
            let value = profile.values(simd, squared);
            for column in 0..COLUMNS {
                let product = simd.mul_f64s(weights[column], value);
                totals[column][vector] = simd.add_f64s(totals[column][vector], product);
            }
        }
    }
    totals
}
