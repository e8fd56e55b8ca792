//! Sums Σ_j w_j φ(|t − x_j|) over all sources for each target: the inner loop of fit and evaluation.

use glam::DVec3;

use super::kernels::{Profile, Task};
use crate::runtime::simd::{self, Kernel};

/// Columns of right-hand sides that are summed together: the kernel's value serves all of them.
pub(super) const COLUMNS: usize = 3;

/// Targets in registers at a time.
const LANES: usize = 8;

/// Sources whose values are held at a time.
const CHUNK: usize = 32;

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
        let column = |number: fn(&Source) -> f64| sources.iter().map(number).collect::<Vec<_>>();
        let columns = [
            column(|source| source.point.x),
            column(|source| source.point.y),
            column(|source| source.point.z),
            column(|source| source.weights[0]),
            column(|source| source.weights[1]),
            column(|source| source.weights[2]),
        ];
        simd::dispatch(SumLoop { profile, columns: &columns, targets, sums });
    }
}

struct SumLoop<'a, P> {
    profile: P,
    columns: &'a [Vec<f64>; 3 + COLUMNS],
    targets: &'a [DVec3],
    sums: &'a mut [[f64; COLUMNS]],
}

impl<P: Profile> Kernel for SumLoop<'_, P> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let count = self.columns[0].len();
        let [source_x, source_y, source_z, weights @ ..] =
            self.columns.each_ref().map(|column| &column[..count]);
        let mut values = [[0.0; LANES]; CHUNK];
        for (targets, sums) in self.targets.chunks(LANES).zip(self.sums.chunks_mut(LANES)) {
            // Lanes without a target repeat the last one.
            let lane = |lane: usize| targets[lane.min(targets.len() - 1)];
            let x: [f64; LANES] = std::array::from_fn(|index| lane(index).x);
            let y: [f64; LANES] = std::array::from_fn(|index| lane(index).y);
            let z: [f64; LANES] = std::array::from_fn(|index| lane(index).z);
            let mut total = [[0.0; LANES]; COLUMNS];
            for first in (0..count).step_by(CHUNK) {
                let chunk = first..(first + CHUNK).min(count);
                let positions = source_x[chunk.clone()]
                    .iter()
                    .zip(&source_y[chunk.clone()])
                    .zip(&source_z[chunk.clone()]);
                for (((source_x, source_y), source_z), value) in positions.zip(&mut values) {
                    for lane in 0..LANES {
                        let (dx, dy, dz) =
                            (x[lane] - source_x, y[lane] - source_y, z[lane] - source_z);
                        value[lane] = self.profile.value(dx * dx + dy * dy + dz * dz);
                    }
                }
                // Column by column: of all at once, the compiler would take two columns of one target
                // for a vector, not one column of several targets.
                for (total, weights) in total.iter_mut().zip(weights) {
                    for (weight, value) in weights[chunk.clone()].iter().zip(&values) {
                        for lane in 0..LANES {
                            total[lane] += weight * value[lane];
                        }
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
