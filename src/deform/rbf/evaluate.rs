//! Interpolants at targets: pair by pair where that is little work, else by the
//! [`treecode`](super::treecode), whose error is measured and kept below [`TOLERANCE`].

use glam::{DVec3, Vec3};

use super::kernels::Kernel;
use super::sums::{COLUMNS, sources};
use super::system::{Row, sum_all};
use super::tree::{MOST_NODES, Nodes, Tree};
use super::treecode::Sources;
use super::{POLYNOMIAL_TERMS, largest};
use crate::Result;
use crate::runtime::Progress;

/// Targets that are evaluated at a time: bounds memory at some 200 bytes each.
pub(super) const TARGETS: usize = 1 << 21;

/// Errors of the treecode at most, as a part of the largest value.
const TOLERANCE: f64 = 2e-6;

/// Targets, evenly spread over all, at which the error is measured pair by pair.
const SAMPLES: usize = 256;

/// Nodes in each direction to begin with; two more for each time that the error is too large.
const NODES: usize = 9;

/// Fewer pairs are summed one by one, which is then as fast.
const LEAST_PAIRS: usize = 1_000_000_000;

/// Points in the smallest clusters of sources, and of targets.
const SOURCE_LEAF: usize = 128;
const TARGET_LEAF: usize = 1_024;

/// Interpolants of some columns as sums over points, and their polynomials.
pub(super) struct Expansion<'a> {
    pub(super) kernel: Kernel,
    pub(super) points: &'a [DVec3],
    pub(super) weights: Vec<Row>,
    /// Rows 1, x, y, z.
    pub(super) polynomial: [Row; POLYNOMIAL_TERMS],
}

impl Expansion<'_> {
    /// A row for each target.
    pub(super) fn evaluate(&self, targets: &[Vec3], progress: &Progress<'_>) -> Result<Vec<Row>> {
        let targets: Vec<DVec3> = targets.iter().map(|target| target.as_dvec3()).collect();
        let mut values: Vec<Row> = targets.iter().map(|target| self.linear(*target)).collect();
        let worth = self.points.len().saturating_mul(targets.len()) >= LEAST_PAIRS;
        let sums = if worth && self.kernel.is_smooth_away_from_zero() {
            self.far_and_near(&targets, &values, progress)?
        } else {
            None
        };
        match sums {
            Some(sums) => {
                for (value, sum) in values.iter_mut().zip(sums) {
                    (0..COLUMNS).for_each(|column| value[column] += sum[column]);
                }
            }
            None => sum_all(
                self.kernel,
                &sources(self.points, &self.weights),
                &targets,
                &mut values,
                progress,
            )?,
        }
        Ok(values)
    }

    fn linear(&self, target: DVec3) -> Row {
        let [constant, x, y, z] = self.polynomial;
        std::array::from_fn(|column| {
            constant[column] + target.dot(DVec3::new(x[column], y[column], z[column]))
        })
    }

    /// Sums by the treecode, or none where no number of nodes is exact enough.
    fn far_and_near(
        &self,
        targets: &[DVec3],
        polynomials: &[Row],
        progress: &Progress<'_>,
    ) -> Result<Option<Vec<Row>>> {
        let samples: Vec<usize> =
            (0..SAMPLES).map(|sample| sample * (targets.len() - 1) / (SAMPLES - 1)).collect();
        let chosen: Vec<DVec3> = samples.iter().map(|&target| targets[target]).collect();
        let mut exact = vec![[0.0; COLUMNS]; SAMPLES];
        let silent = Progress::new(None, progress.flag());
        sum_all(self.kernel, &sources(self.points, &self.weights), &chosen, &mut exact, &silent)?;
        let add = |(sum, &target): (&Row, &usize)| -> Row {
            std::array::from_fn(|column| sum[column] + polynomials[target][column])
        };
        let allowed = TOLERANCE * largest(&exact.iter().zip(&samples).map(add).collect::<Vec<_>>());

        let source_tree = Tree::new(self.points, SOURCE_LEAF);
        let target_tree = Tree::new(targets, TARGET_LEAF);
        for count in (NODES..=MOST_NODES).step_by(2) {
            let nodes = Nodes::new(count);
            let sources = Sources::new(&source_tree, &nodes, &self.weights);
            let sums = sources.sums(self.kernel, &target_tree, progress)?;
            let error = |(sum, &target): (&Row, &usize)| -> Row {
                std::array::from_fn(|column| sum[column] - sums[target][column])
            };
            if largest(&exact.iter().zip(&samples).map(error).collect::<Vec<_>>()) <= allowed {
                return Ok(Some(sums));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{noise, sheet};
    use super::super::{Interpolator, Options};
    use super::*;

    #[test]
    fn the_treecode_is_within_its_tolerance_of_all_pairs() {
        let points = sheet(2_500);
        let values: Vec<f32> =
            points.iter().flat_map(|p| [(9.0 * p.x).sin(), p.y * p.z, p.x]).collect();
        let near = sheet(9_000).into_iter().map(|p| p * 1.01);
        let targets: Vec<DVec3> = near.chain(noise(8, 3_000)).map(|p| p.as_dvec3()).collect();
        for kernel in [Kernel::Multiquadric(1e-5), Kernel::Triharmonic, Kernel::ThinPlate] {
            let options = Options { kernel, smoothing: 1e-6, ..Default::default() };
            let rbf = Interpolator::new(&points, &options, &Progress::none()).unwrap();
            let coefficients = rbf.fit(&values, 3, &Progress::none()).unwrap();
            let expansion = rbf.expansion(&coefficients, 3, 0..3);
            let polynomials: Vec<Row> = targets.iter().map(|&t| expansion.linear(t)).collect();
            let found = expansion.far_and_near(&targets, &polynomials, &Progress::none());
            let found = found.unwrap().expect("exact enough");
            let mut expected = vec![[0.0; COLUMNS]; targets.len()];
            let sources = sources(expansion.points, &expansion.weights);
            sum_all(kernel, &sources, &targets, &mut expected, &Progress::none()).unwrap();
            // The tolerance holds at the samples; elsewhere the error is not much larger.
            for (found, expected) in found.iter().zip(&expected) {
                for column in 0..COLUMNS {
                    let error = (found[column] - expected[column]).abs();
                    assert!(error < 2.0 * TOLERANCE, "{kernel:?} {error}");
                }
            }
        }
    }
}
