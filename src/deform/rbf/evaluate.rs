//! Interpolants at targets: pair by pair where that is little work, else by the
//! [`treecode`](super::treecode), whose error is measured and kept below [`TOLERANCE`].

use glam::{DVec3, Vec3};

use super::grid::Accuracy;
use super::kernels::Kernel;
use super::sums::{COLUMNS, sources};
use super::system::{Row, sum_all};
use super::tree::Tree;
use super::treecode::{Sums, Treecode, Visit};
use super::{POLYNOMIAL_TERMS, largest};
use crate::Result;
use crate::runtime::Progress;

/// Targets that are evaluated at a time: bounds memory at some 200 bytes each.
pub(super) const TARGETS: usize = 1 << 21;

/// Errors of the treecode at most, as a part of the largest value.
const TOLERANCE: f64 = 2e-6;

/// Targets, evenly spread over all, at which the error is measured pair by pair.
const SAMPLES: usize = 256;

/// How well grids interpolate to begin with, and where the error is too large.
const ACCURACIES: [Accuracy; 3] = [
    Accuracy { nodes: 8, exponent: 13.0 },
    Accuracy { nodes: 10, exponent: 16.0 },
    Accuracy { nodes: 12, exponent: 19.0 },
];

/// One of so many parts of the targets is tried before all others.
const TRIED: usize = 8;

/// Fewer pairs, or pairs with fewer sources or targets, are summed one by one without looking further.
const LEAST_PAIRS: f64 = 1e8;
const LEAST_POINTS: usize = 2_000;

/// The treecode is taken where its sums are this part of all pairs at most: trees and samples come on top.
const WORTH: f64 = 0.75;

/// Points in the smallest clusters of sources, and of targets.
const SOURCE_LEAF: usize = 64;
const TARGET_LEAF: usize = 600;

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
        if let Some(sums) = self.far_and_near(&targets, &values, progress)? {
            for (value, sum) in values.iter_mut().zip(sums) {
                (0..COLUMNS).for_each(|column| value[column] += sum[column]);
            }
        } else {
            let sources = sources(self.points, &self.weights);
            sum_all(self.kernel, &sources, &targets, &mut values, progress)?;
        }
        Ok(values)
    }

    fn linear(&self, target: DVec3) -> Row {
        let [constant, x, y, z] = self.polynomial;
        std::array::from_fn(|column| {
            constant[column] + target.dot(DVec3::new(x[column], y[column], z[column]))
        })
    }

    /// Sums by the treecode, or none where they are as much work as all pairs or not exact enough.
    fn far_and_near(
        &self,
        targets: &[DVec3],
        polynomials: &[Row],
        progress: &Progress<'_>,
    ) -> Result<Option<Vec<Row>>> {
        let pairs = self.points.len() as f64 * targets.len() as f64;
        let few = pairs < LEAST_PAIRS || self.points.len().min(targets.len()) < LEAST_POINTS;
        if few || !self.kernel.is_smooth_away_from_zero() {
            return Ok(None);
        }
        let source_tree = Tree::new(self.points, SOURCE_LEAF);
        let target_tree = Tree::new(targets, TARGET_LEAF);
        let mut samples = None;
        for accuracy in ACCURACIES {
            let code = Treecode::new(&source_tree, &target_tree, accuracy);
            if code.cost() > WORTH * pairs {
                return Ok(None);
            }
            let samples = match &samples {
                Some(samples) => samples,
                None => samples.insert(self.samples(&target_tree, polynomials, progress)?),
            };
            let sums = Sums::new(&code, self.kernel, &self.weights);
            if let Some(found) = samples.meet(&sums, targets.len(), progress)? {
                return Ok(Some(target_tree.in_given_order(&found)));
            }
        }
        Ok(None)
    }

    /// Exact sums at some targets.
    fn samples(
        &self,
        targets: &Tree,
        polynomials: &[Row],
        progress: &Progress<'_>,
    ) -> Result<Samples> {
        let last = targets.points.len() - 1;
        let places: Vec<usize> = (0..SAMPLES).map(|sample| sample * last / (SAMPLES - 1)).collect();
        let chosen: Vec<DVec3> = places.iter().map(|&place| targets.points[place]).collect();
        let mut sums = vec![[0.0; COLUMNS]; SAMPLES];
        let silent = Progress::new(None, progress.flag());
        sum_all(self.kernel, &sources(self.points, &self.weights), &chosen, &mut sums, &silent)?;
        let value = |(sum, &place): (&Row, &usize)| -> Row {
            let polynomial = polynomials[targets.numbers[place] as usize];
            std::array::from_fn(|column| sum[column] + polynomial[column])
        };
        let values: Vec<Row> = sums.iter().zip(&places).map(value).collect();
        Ok(Samples { places, sums, allowed: TOLERANCE * largest(&values) })
    }
}

/// Targets whose sums are known, and how far others may be off.
struct Samples {
    /// In the order of the tree.
    places: Vec<usize>,
    sums: Vec<Row>,
    allowed: f64,
}

impl Samples {
    /// All sums in the order of the tree, or none where they miss the samples; some parts are tried
    /// first, so that this costs little.
    fn meet(
        &self,
        sums: &Sums<'_>,
        targets: usize,
        progress: &Progress<'_>,
    ) -> Result<Option<Vec<Row>>> {
        let mut found = vec![[0.0; COLUMNS]; targets];
        let (tried, rest): (Vec<_>, Vec<_>) =
            sums.parts(progress)?.into_iter().enumerate().partition(|(part, _)| part % TRIED == 0);
        let share = 1.0 / TRIED as f32;
        for (parts, progress) in
            [(tried, progress.part(0.0, share)), (rest, progress.part(share, 1.0))]
        {
            let parts: Vec<Visit> = parts.into_iter().map(|(_, part)| part).collect();
            sums.fill(&parts, &mut found, &progress)?;
            let is_done = |place: &usize| parts.iter().any(|part| sums.range(part).contains(place));
            let error = |(sum, &place): (&Row, &usize)| -> Row {
                std::array::from_fn(|column| sum[column] - found[place][column])
            };
            let done = self.sums.iter().zip(&self.places).filter(|(_, place)| is_done(place));
            let error = largest(&done.map(error).collect::<Vec<_>>());
            if error.is_nan() || error > self.allowed {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{noise, sheet};
    use super::super::{Interpolator, Options};
    use super::*;

    /// Sums by the treecode and all pairs, at targets around a sheet of points.
    fn both_ways(kernel: Kernel, count: usize, targets: usize) -> (Option<Vec<Row>>, Vec<Row>) {
        let points = sheet(count);
        let values: Vec<f32> =
            points.iter().flat_map(|p| [(9.0 * p.x).sin(), p.y * p.z, p.x]).collect();
        let near = sheet(targets * 9 / 10).into_iter().map(|p| p * 1.01);
        let targets: Vec<DVec3> =
            near.chain(noise(8, targets / 10)).map(|p| p.as_dvec3()).collect();
        let options = Options { kernel, smoothing: 1e-3, ..Default::default() };
        let rbf = Interpolator::new(&points, &options, &Progress::none()).unwrap();
        let coefficients = rbf.fit(&values, 3, &Progress::none()).unwrap();
        let expansion = rbf.expansion(&coefficients, 3, 0..3);
        let polynomials: Vec<Row> = targets.iter().map(|&t| expansion.linear(t)).collect();
        let found = expansion.far_and_near(&targets, &polynomials, &Progress::none()).unwrap();
        let mut expected = vec![[0.0; COLUMNS]; targets.len()];
        let sources = sources(expansion.points, &expansion.weights);
        sum_all(kernel, &sources, &targets, &mut expected, &Progress::none()).unwrap();
        (found, expected)
    }

    #[test]
    fn the_treecode_is_within_its_tolerance_of_all_pairs() {
        for kernel in [
            Kernel::Biharmonic,
            Kernel::Multiquadric(1e-5),
            Kernel::Multiquadric(0.2),
            Kernel::Triharmonic,
            Kernel::ThinPlate,
            Kernel::Gaussian(0.15),
        ] {
            let (found, expected) = both_ways(kernel, 2_500, 50_000);
            let found = found.unwrap_or_else(|| panic!("{kernel:?} is not exact enough"));
            // The tolerance holds at the samples; elsewhere the error is not much larger.
            for (found, expected) in found.iter().zip(&expected) {
                for column in 0..COLUMNS {
                    let error = (found[column] - expected[column]).abs();
                    assert!(error < 2.0 * TOLERANCE, "{kernel:?} {error}");
                }
            }
        }
    }

    #[test]
    fn what_the_treecode_does_not_serve_is_left_to_all_pairs() {
        let is_served = |kernel, count, targets| both_ways(kernel, count, targets).0.is_some();
        assert!(!is_served(Kernel::WendlandC2(0.5), 2_500, 50_000), "not smooth");
        assert!(!is_served(Kernel::Biharmonic, 2_500, 20_000), "few pairs");
        assert!(!is_served(Kernel::Biharmonic, 1_000, 120_000), "few sources");
    }

    #[test]
    fn sums_that_miss_the_samples_are_refused() {
        let wide = |points: Vec<Vec3>| points.iter().map(|p| p.as_dvec3()).collect::<Vec<DVec3>>();
        let (points, targets) = (wide(sheet(2_000)), wide(sheet(9_000)));
        let expansion = Expansion {
            kernel: Kernel::Biharmonic,
            points: &points,
            weights: points.iter().map(|p| [p.x, p.y, 1.0]).collect(),
            polynomial: [[0.0; COLUMNS]; POLYNOMIAL_TERMS],
        };
        let (sources, targets) =
            (Tree::new(&points, SOURCE_LEAF), Tree::new(&targets, TARGET_LEAF));
        let zeros = vec![[0.0; COLUMNS]; targets.points.len()];
        let samples = expansion.samples(&targets, &zeros, &Progress::none()).unwrap();
        let is_met = |accuracy| {
            let code = Treecode::new(&sources, &targets, accuracy);
            let sums = Sums::new(&code, expansion.kernel, &expansion.weights);
            samples.meet(&sums, targets.points.len(), &Progress::none()).unwrap().is_some()
        };
        assert!(!is_met(Accuracy { nodes: 3, exponent: 3.0 }));
        assert!(is_met(ACCURACIES[0]));
    }
}
