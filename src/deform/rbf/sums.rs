//! Sums Σ_j w_j φ(|t − x_j|) over all sources for each target: the inner loop of fit and evaluation.

use glam::DVec3;

use super::kernels::{Profile, Task};
use crate::runtime::simd::{self, Kernel};

/// Columns of right-hand sides that are summed together: the kernel's value serves all of them.
pub(super) const COLUMNS: usize = 3;

/// Targets in registers at a time.
const LANES: usize = 8;

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
        let Self { sources, targets, sums } = self;
        simd::dispatch(SumLoop { profile, sources, targets, sums });
    }
}

struct SumLoop<'a, P> {
    profile: P,
    sources: &'a [Source],
    targets: &'a [DVec3],
    sums: &'a mut [[f64; COLUMNS]],
}

impl<P: Profile> Kernel for SumLoop<'_, P> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for (targets, sums) in self.targets.chunks(LANES).zip(self.sums.chunks_mut(LANES)) {
            // Lanes without a target repeat the last one.
            let lane = |lane: usize| targets[lane.min(targets.len() - 1)];
            let x: [f64; LANES] = std::array::from_fn(|index| lane(index).x);
            let y: [f64; LANES] = std::array::from_fn(|index| lane(index).y);
            let z: [f64; LANES] = std::array::from_fn(|index| lane(index).z);
            let mut total = [[0.0; LANES]; COLUMNS];
            for source in self.sources {
                let mut value = [0.0; LANES];
                for lane in 0..LANES {
                    let (dx, dy, dz) = (
                        x[lane] - source.point.x,
                        y[lane] - source.point.y,
                        z[lane] - source.point.z,
                    );
                    value[lane] = self.profile.value(dx * dx + dy * dy + dz * dz);
                }
                for (total, weight) in total.iter_mut().zip(source.weights) {
                    for lane in 0..LANES {
                        total[lane] += weight * value[lane];
                    }
                }
            }
            for (lane, sum) in sums.iter_mut().enumerate() {
                for column in 0..COLUMNS {
                    sum[column] += total[column][lane];
                }
            }
        }
    }
}
