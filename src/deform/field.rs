//! Deformation fields: sample points with displacements, in one or several steps.
//!
//! In each step a point x, in field space y = W⁻¹ x, moves by the k nearest samples' displacements:
//!
//! `x' = x + m f W · Σ w_i δ_i / Σ w_i`, `w_i = 1 / √(d_i² + ε²)` (Shepard's inverse distance weighting, 1968, power 1),
//!
//! with m the vertex's mask and f the falloff; W turns displacements, without its translation. The
//! next step starts from x', which is float32 between steps. Mirrored fields hold x ≥ 0 only: samples
//! with x > 0 count twice, the second time with the x of point and displacement negated.
//!
//! A partial range covers a step from fraction a to fraction b: its samples move by `a δ`, and their
//! displacements become `(b − a) δ`, so that [0, a] and then [a, 1] do what [0, 1] does wherever the
//! field moves neighbours alike.

use std::ops::Range;
use std::sync::Arc;

use glam::{DAffine3, DVec3, Vec3};

use crate::geometry::affine::Matrix;
use crate::geometry::curve::curve_order;
use crate::geometry::matrix::{from_affine, invert, to_affine};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory, simd};
use crate::spatial::point_index::{Candidate, PointIndex};
use crate::{Error, Result};

/// Points whose neighbours are held at a time.
const BLOCK: usize = 32_768;

/// Points that one thread sums up at the least.
const LEAST_BLOCK: usize = 1_024;

/// Largest k: what a row of neighbours may cost.
const MOST_NEIGHBORS: usize = 1_024;

/// A field as files hold it, its samples in field space, step after step.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSamples {
    /// `#S + 1`, ascending from 0: step s has the samples `offsets[s]..offsets[s + 1]`, one at least.
    pub offsets: Vec<u32>,
    /// `#N by 3`, finite.
    pub points: Vec<Vec3>,
    /// `#N by 3`, finite.
    pub displacements: Vec<Vec3>,
    /// From field space to world space; affine, invertible.
    pub world_matrix: Matrix<f64>,
    /// The samples stand for both sides of the plane x = 0.
    pub mirror_x: bool,
}

/// How a field is applied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApplyOptions {
    /// k: samples that each point takes, at least 1.
    pub neighbor_count: usize,
    /// ε, metres, above 0: at this distance weights stop growing.
    pub epsilon: f32,
    /// The part of the steps that is applied, from `start` to `end`, `0 ≤ start ≤ end ≤ 1`.
    pub start: f32,
    /// See `start`.
    pub end: f32,
    /// Points farther from every sample stay; infinite for no limit.
    pub max_distance: f32,
    /// Metres before `max_distance` over which the displacement fades to zero, smoothly.
    pub falloff: f32,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            neighbor_count: 8,
            epsilon: 1e-5,
            start: 0.0,
            end: 1.0,
            max_distance: f32::INFINITY,
            falloff: 0.0,
        }
    }
}

/// A field with the index of each step, immutable; any number of threads may apply it.
pub struct Field {
    samples: FieldSamples,
    to_world: DAffine3,
    from_world: DAffine3,
    steps: Vec<IndexedStep>,
}

/// A step's samples with the mirrored ones.
struct IndexedStep {
    points: Vec<Vec3>,
    displacements: Vec<Vec3>,
    index: PointIndex,
}

/// A step as a range covers it.
struct Covered<'a> {
    index: PointIndexRef<'a>,
    displacements: &'a [Vec3],
    share: f64,
}

/// The index of a step as it is, or of its samples moved on.
enum PointIndexRef<'a> {
    Whole(&'a PointIndex),
    Moved(Arc<PointIndex>),
}

impl Field {
    /// Checks the samples and indexes them.
    ///
    /// # Errors
    /// No steps, a step without samples, counts that differ, numbers that are not finite, a world
    /// matrix without an inverse.
    pub fn new(samples: FieldSamples) -> Result<Self> {
        samples.check()?;
        let to_world = to_affine("world_matrix", &samples.world_matrix)?;
        let from_world = invert("world_matrix", 0, &to_world)?;
        let steps = (0..samples.step_count())
            .map(|step| IndexedStep::new(&samples, step))
            .collect::<Result<_>>()?;
        Ok(Self { to_world, from_world, steps, samples })
    }

    /// The samples as files hold them.
    pub fn samples(&self) -> &FieldSamples {
        &self.samples
    }

    /// Moves points (`#P by 3`, world space, finite) in place.
    ///
    /// - `mask`: `#P`, a factor for each point's displacement, finite; without it all are 1.
    ///
    /// # Errors
    /// Options out of range, numbers that are not finite, counts that differ, a cancel; `points` are
    /// then a mixture: give a copy where that matters.
    pub fn apply(
        &self,
        points: &mut [Vec3],
        mask: Option<&[f32]>,
        options: &ApplyOptions,
        progress: &Progress<'_>,
    ) -> Result<()> {
        options.check()?;
        check::finite("points", bytemuck::cast_slice::<_, f32>(points))?;
        if let Some(mask) = mask {
            check::length("mask", mask.len(), points.len())?;
            check::finite("mask", mask)?;
        }
        let covered = self.covered(options)?;
        let share = |step: usize| step as f32 / covered.len() as f32;
        for (step, covered_step) in covered.iter().enumerate() {
            let progress = progress.part(share(step), share(step + 1));
            self.move_step(covered_step, points, mask, options, &progress)?;
        }
        progress.advance(1.0)
    }

    /// The steps that the range covers, with what it covers of each.
    fn covered(&self, options: &ApplyOptions) -> Result<Vec<Covered<'_>>> {
        let count = self.steps.len() as f64;
        let (start, end) = (f64::from(options.start) * count, f64::from(options.end) * count);
        let part = |(number, step): (usize, _)| {
            let within_step = |bound: f64| (bound - number as f64).clamp(0.0, 1.0);
            let (from, to) = (within_step(start), within_step(end));
            (from < to).then(|| IndexedStep::covered(step, from, to))
        };
        self.steps.iter().enumerate().filter_map(part).collect()
    }

    fn move_step(
        &self,
        step: &Covered<'_>,
        points: &mut [Vec3],
        mask: Option<&[f32]>,
        options: &ApplyOptions,
        progress: &Progress<'_>,
    ) -> Result<()> {
        // Vertices that a mask leaves alone ask for no neighbours.
        let moving: Vec<u32> = (0..points.len() as u32)
            .filter(|row| mask.is_none_or(|mask| mask[*row as usize] != 0.0))
            .collect();
        let into_field = |row: &u32| {
            self.from_world.transform_point3(points[*row as usize].as_dvec3()).as_vec3()
        };
        let queries: Vec<Vec3> = moving.iter().map(into_field).collect();
        let order = curve_order(&queries)?;
        let k = options.neighbor_count.min(step.displacements.len());
        let turn = self.to_world.matrix3 * step.share;
        let mut means = memory::try_filled("displacements", DVec3::ZERO, order.len().min(BLOCK))?;
        for (block, rows) in order.chunks(BLOCK).enumerate() {
            let done = |rows: usize| rows as f32 / order.len() as f32;
            let progress = progress.part(done(block * BLOCK), done(block * BLOCK + rows.len()));
            let found = step.index.get().k_nearest_in_order(rows, &queries, k, &progress)?;
            let means = &mut means[..rows.len()];
            let split = Split::new(rows.len(), 0, LEAST_BLOCK);
            parallel::fill_rows(split, means, 1, &Progress::none(), |rows, means| {
                let found = &found[rows.start * k..rows.end * k];
                let displacements = step.displacements;
                simd::dispatch(MeanOfBlock { displacements, found, k, options, means });
            })?;
            for (row, mean) in rows.iter().zip(means) {
                let row = moving[*row as usize] as usize;
                let factor = mask.map_or(1.0, |mask| f64::from(mask[row]));
                if *mean != DVec3::ZERO {
                    points[row] = (points[row].as_dvec3() + turn * *mean * factor).as_vec3();
                }
            }
        }
        Ok(())
    }
}

/// Distances that are weighed at a time.
const LANES: usize = 8;

/// `f Σ w δ / Σ w` with w = 1 / √(d² + ε²) and the falloff f, for rows of `k` samples each.
struct MeanOfBlock<'a> {
    displacements: &'a [Vec3],
    found: &'a [Candidate],
    k: usize,
    options: &'a ApplyOptions,
    means: &'a mut [DVec3],
}

impl simd::Kernel for MeanOfBlock<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let epsilon = f64::from(self.options.epsilon);
        for (found, mean) in self.found.chunks_exact(self.k).zip(self.means) {
            let factor = self.options.falloff_factor(found[0].squared_distance.sqrt() as f32);
            *mean = if factor == 0.0 {
                DVec3::ZERO
            } else {
                weighted_mean(self.displacements, found, epsilon * epsilon) * factor
            };
        }
    }
}

#[inline(always)]
fn weighted_mean(displacements: &[Vec3], found: &[Candidate], epsilon_squared: f64) -> DVec3 {
    let (mut sum, mut total) = (DVec3::ZERO, 0.0);
    for found in found.chunks(LANES) {
        let mut weights = [1.0; LANES];
        for (weight, found) in weights.iter_mut().zip(found) {
            *weight = found.squared_distance + epsilon_squared;
        }
        // Over the whole array, so that it becomes a few vector instructions.
        for weight in &mut weights {
            *weight = 1.0 / weight.sqrt();
        }
        for (found, weight) in found.iter().zip(weights) {
            sum += displacements[found.index as usize].as_dvec3() * weight;
            total += weight;
        }
    }
    sum / total
}

impl ApplyOptions {
    fn check(&self) -> Result<()> {
        if !(1..=MOST_NEIGHBORS).contains(&self.neighbor_count) {
            let problem = format!("is {}, expected 1 to {MOST_NEIGHBORS}", self.neighbor_count);
            return Err(Error::invalid("neighbor_count", problem));
        }
        check::not_negative("epsilon", self.epsilon)?;
        if self.epsilon < f32::MIN_POSITIVE {
            return Err(Error::invalid("epsilon", "is 0, expected a number above 0"));
        }
        check::fraction("start", self.start)?;
        check::fraction("end", self.end)?;
        if self.start > self.end {
            let problem = format!("is {}, expected at most `end`, {}", self.start, self.end);
            return Err(Error::invalid("start", problem));
        }
        if self.max_distance != f32::INFINITY {
            check::not_negative("max_distance", self.max_distance)?;
        }
        check::not_negative("falloff", self.falloff)
    }

    /// 1 up to the falloff's begin, `1 − (3t² − 2t³)` on it, 0 beyond the limit.
    #[inline(always)]
    fn falloff_factor(&self, distance: f32) -> f64 {
        let beyond = f64::from(distance) - (f64::from(self.max_distance) - f64::from(self.falloff));
        if distance > self.max_distance {
            0.0
        } else if beyond <= 0.0 || self.falloff == 0.0 {
            1.0
        } else {
            let t = beyond / f64::from(self.falloff);
            1.0 - t * t * (3.0 - 2.0 * t)
        }
    }
}

impl FieldSamples {
    /// Number of steps.
    pub fn step_count(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Where a step's samples are.
    pub fn step(&self, step: usize) -> Range<usize> {
        self.offsets[step] as usize..self.offsets[step + 1] as usize
    }

    fn check(&self) -> Result<()> {
        check::numbered_by_u32("points", self.points.len())?;
        check::length("displacements", self.displacements.len(), self.points.len())?;
        check::finite("points", bytemuck::cast_slice::<_, f32>(&self.points))?;
        check::finite("displacements", bytemuck::cast_slice::<_, f32>(&self.displacements))?;
        let whole = self.offsets.first() == Some(&0)
            && self.offsets.last() == Some(&(self.points.len() as u32));
        let step_with_samples = |bounds: &[u32]| bounds[0] < bounds[1];
        if self.step_count() == 0 || !whole || !self.offsets.windows(2).all(step_with_samples) {
            let problem = format!(
                "does not ascend from 0 to the sample count, {}, in one step or more, each with samples",
                self.points.len()
            );
            return Err(Error::invalid("offsets", problem));
        }
        Ok(())
    }
}

impl IndexedStep {
    fn new(samples: &FieldSamples, step: usize) -> Result<Self> {
        let mut points = samples.points[samples.step(step)].to_vec();
        let mut displacements = samples.displacements[samples.step(step)].to_vec();
        if samples.mirror_x {
            let mirrored = |v: Vec3| Vec3::new(-v.x, v.y, v.z);
            for sample in 0..points.len() {
                if points[sample].x > 0.0 {
                    points.push(mirrored(points[sample]));
                    displacements.push(mirrored(displacements[sample]));
                }
            }
        }
        let index = PointIndex::new(&points)?;
        Ok(Self { points, displacements, index })
    }

    /// The part of the step from fraction `from` to fraction `to`.
    fn covered(&self, from: f64, to: f64) -> Result<Covered<'_>> {
        let index = if from == 0.0 {
            PointIndexRef::Whole(&self.index)
        } else {
            let moved: Vec<Vec3> = (self.points.iter().zip(&self.displacements))
                .map(|(point, displacement)| {
                    (point.as_dvec3() + displacement.as_dvec3() * from).as_vec3()
                })
                .collect();
            // Many meshes go through the same range.
            PointIndexRef::Moved(PointIndex::acquire(&moved)?)
        };
        Ok(Covered { index, displacements: &self.displacements, share: to - from })
    }
}

impl PointIndexRef<'_> {
    fn get(&self) -> &PointIndex {
        match self {
            Self::Whole(index) => index,
            Self::Moved(index) => index,
        }
    }
}

/// The identity as a world matrix.
pub fn identity() -> Matrix<f64> {
    from_affine(&DAffine3::IDENTITY)
}

#[cfg(test)]
mod tests {
    use glam::DQuat;
    use proptest::prelude::*;

    use super::*;

    /// The definition, point by point, by brute force in f64; positions are f32 between steps.
    fn brute_force(samples: &FieldSamples, point: Vec3, k: usize, start: f64, end: f64) -> Vec3 {
        let to_world = to_affine("", &samples.world_matrix).unwrap();
        let count = samples.step_count() as f64;
        let mut point = point;
        for step in 0..samples.step_count() {
            let from = (start * count - step as f64).clamp(0.0, 1.0);
            let to = (end * count - step as f64).clamp(0.0, 1.0);
            if from >= to {
                continue;
            }
            let query = to_world.inverse().transform_point3(point.as_dvec3()).as_vec3().as_dvec3();
            let mut all: Vec<(f64, DVec3)> = Vec::new();
            let mut mirrored = Vec::new();
            for sample in samples.step(step) {
                let (p, d) =
                    (samples.points[sample].as_dvec3(), samples.displacements[sample].as_dvec3());
                let flip = DVec3::new(-1.0, 1.0, 1.0);
                let at = |p: DVec3, d: DVec3| (p + d * from).as_vec3().as_dvec3().distance(query);
                all.push((at(p, d), d));
                if samples.mirror_x && p.x > 0.0 {
                    mirrored.push((at(p * flip, d * flip), d * flip));
                }
            }
            all.extend(mirrored);
            all.sort_by(|one, other| one.0.total_cmp(&other.0));
            all.truncate(k);
            let weight = |d: f64| 1.0 / (d * d + 1e-10_f64).sqrt();
            let total: f64 = all.iter().map(|(d, _)| weight(*d)).sum();
            let mean: DVec3 =
                all.iter().map(|(d, delta)| *delta * weight(*d)).sum::<DVec3>() / total;
            point = (point.as_dvec3() + to_world.matrix3 * mean * (to - from)).as_vec3();
        }
        point
    }

    fn world() -> Matrix<f64> {
        from_affine(&DAffine3::from_scale_rotation_translation(
            DVec3::splat(1.25),
            DQuat::from_rotation_y(0.7),
            DVec3::new(0.1, -0.2, 0.3),
        ))
    }

    fn noise(seed: u32, count: usize, scale: f32) -> Vec<Vec3> {
        let number = |i: u32| {
            let mut x = (i ^ seed.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
            x ^= x >> 13;
            x = x.wrapping_mul(0xC2B2_AE35);
            ((x ^ (x >> 16)) as f32 / u32::MAX as f32 - 0.5) * 2.0 * scale
        };
        (0..count as u32)
            .map(|i| Vec3::new(number(3 * i), number(3 * i + 1), number(3 * i + 2)))
            .collect()
    }

    fn field(counts: &[u32], mirror_x: bool) -> FieldSamples {
        let offsets: Vec<u32> = std::iter::once(0)
            .chain(counts.iter().scan(0, |end, count| {
                *end += count;
                Some(*end)
            }))
            .collect();
        let total = offsets[counts.len()] as usize;
        FieldSamples {
            offsets,
            points: noise(1, total, 1.0),
            displacements: noise(2, total, 0.05),
            world_matrix: world(),
            mirror_x,
        }
    }

    fn apply(field: &Field, points: &[Vec3], options: &ApplyOptions) -> Vec<Vec3> {
        let mut points = points.to_vec();
        field.apply(&mut points, None, options, &Progress::none()).unwrap();
        points
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn results_are_those_of_brute_force(seed in 3_u32..1000, k in 1_usize..12, mirror in any::<bool>(), start in 0.0_f32..1.0, length in 0.0_f32..1.0) {
            let samples = field(&[200, 5, 90], mirror);
            let field = Field::new(samples.clone()).unwrap();
            let points = noise(seed, 60, 1.2);
            let options = ApplyOptions { neighbor_count: k, start, end: (start + length).min(1.0), ..Default::default() };
            for (found, point) in apply(&field, &points, &options).iter().zip(&points) {
                let expected = brute_force(&samples, *point, k, options.start.into(), options.end.into());
                prop_assert!((*found - expected).length() < 1e-6, "{found} {expected}");
            }
        }
    }

    #[test]
    fn ranges_compose_where_the_field_moves_neighbours_alike() {
        let mut samples = field(&[300, 200], false);
        for step in 0..2 {
            let range = samples.step(step);
            samples.displacements[range].fill(Vec3::new(0.1, 0.02 * step as f32, -0.05));
        }
        let field = Field::new(samples).unwrap();
        let points = noise(9, 100, 1.0);
        let whole = apply(&field, &points, &ApplyOptions::default());
        for middle in [0.2, 0.5, 0.9] {
            let half = apply(&field, &points, &ApplyOptions { end: middle, ..Default::default() });
            let both = apply(&field, &half, &ApplyOptions { start: middle, ..Default::default() });
            for (one, other) in both.iter().zip(&whole) {
                assert!((*one - *other).length() < 1e-6);
            }
        }
        let none = ApplyOptions { start: 0.5, end: 0.5, ..Default::default() };
        assert_eq!(apply(&field, &points, &none), points);
    }

    #[test]
    fn masks_limits_and_falloff_scale_the_displacement() {
        let samples = FieldSamples {
            offsets: vec![0, 1],
            points: vec![Vec3::ZERO],
            displacements: vec![Vec3::Y],
            world_matrix: identity(),
            mirror_x: false,
        };
        let field = Field::new(samples).unwrap();
        let points = [0.0, 0.5, 0.75, 1.0, 1.01].map(|x| Vec3::new(x, 0.0, 0.0));
        let options = ApplyOptions { max_distance: 1.0, falloff: 0.5, ..Default::default() };
        let lift = |points: &[Vec3]| points.iter().map(|p| p.y).collect::<Vec<f32>>();
        assert_eq!(lift(&apply(&field, &points, &options)), [1.0, 1.0, 0.5, 0.0, 0.0]);
        let limit = ApplyOptions { max_distance: 1.0, ..Default::default() };
        assert_eq!(lift(&apply(&field, &points, &limit)), [1.0, 1.0, 1.0, 1.0, 0.0]);
        let mut masked = points;
        let mask = [0.0, 0.25, 1.0, 2.0, -1.0];
        field.apply(&mut masked, Some(&mask), &ApplyOptions::default(), &Progress::none()).unwrap();
        assert_eq!(lift(&masked), mask);
    }

    #[test]
    fn bad_fields_and_options_are_named() {
        let text = |change: fn(&mut FieldSamples)| {
            let mut samples = field(&[10, 5], false);
            change(&mut samples);
            Field::new(samples).err().expect("refused").to_string()
        };
        assert!(text(|field| field.offsets = vec![0]).contains("`offsets`"));
        assert!(text(|field| field.offsets = vec![0, 15, 15]).contains("`offsets`"));
        assert!(text(|field| field.points[3].y = f32::NAN).contains("`points`[10] is NaN"));
        assert!(text(|field| field.displacements.truncate(9)).contains("`displacements`"));
        assert!(text(|field| field.world_matrix = [0.0; 16]).contains("`world_matrix`"));
        let field = Field::new(field(&[10], false)).unwrap();
        let text = |options| {
            field
                .apply(&mut [Vec3::ZERO], None, &options, &Progress::none())
                .unwrap_err()
                .to_string()
        };
        let good = ApplyOptions::default();
        assert!(text(ApplyOptions { neighbor_count: 0, ..good }).contains("`neighbor_count`"));
        assert!(text(ApplyOptions { epsilon: 0.0, ..good }).contains("`epsilon`"));
        assert!(text(ApplyOptions { start: 0.6, end: 0.5, ..good }).contains("`start` is 0.6"));
        assert!(text(ApplyOptions { max_distance: f32::NAN, ..good }).contains("`max_distance`"));
    }
}
