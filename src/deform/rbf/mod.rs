//! Radial basis functions: a smooth displacement of space from displacements of control points.
//!
//! `s(x) = Σ_j w_j φ(|x − x_j|) + p(x)`, p linear, with `s(x_i) + σ w_i = f_i` at the control points and
//! Σ_j w_j q(x_j) = 0 for every linear q (Wendland, *Scattered Data Approximation*, 2005, chapter 8).
//! σ > 0 smooths: the interpolant then minimises the misfit and its own roughness together. Where the
//! points lie in a plane, on a line or in one point, p does not change across.
//!
//! Points within the merge distance of an earlier one are that point, with the mean of their values:
//! the mean of k points with σ/k is what k equal points with σ give.
//!
//! Systems are solved in double precision, [directly](direct) or [iteratively](iterative), with residuals
//! summed pair by pair over the kernel itself, until the control points are met within 1e-10 (direct) or
//! 1e-8 (iterative) of the largest value. [Evaluation](evaluate) is within 2e-6 of the largest value.

mod direct;
mod evaluate;
mod grid;
mod iterative;
mod kernels;
mod merge;
mod simplex;
mod sparse_inverse;
mod sums;
mod system;
mod tree;
mod treecode;

use glam::{DVec3, Vec3};

use direct::Direct;
use evaluate::{Expansion, TARGETS};
use iterative::Iterative;
pub use kernels::Kernel;
use sums::COLUMNS;
use system::{Row, System};

use crate::runtime::{Progress, check, memory};
use crate::{Error, Result};

/// Residuals beyond this part of the largest value are refused.
const WORST_RESIDUAL: f64 = 1e-6;

/// Solves at most: the first one and its refinements.
const MOST_SOLVES: usize = 4;

/// From so many points on, the iterative solver is the faster one.
const LEAST_ITERATIVE: usize = 3_000;

/// Rows that follow those of the control points among the coefficients: 1, x, y, z.
pub const POLYNOMIAL_TERMS: usize = 4;

/// How an interpolant is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// φ.
    pub kernel: Kernel,
    /// σ, not negative; 0 interpolates.
    pub smoothing: f32,
    /// Metres, not negative: points as near to an earlier one are merged with it.
    pub merge_distance: f32,
    /// How the system is solved.
    pub solver: SolverChoice,
}

/// How a system is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolverChoice {
    /// Iteratively where that is known to converge and to be faster, else directly.
    Auto,
    /// By a dense factor: n³/3 operations and 8 n² bytes.
    Direct,
    /// By preconditioned conjugate gradients, for −r and multiquadrics of a small width; others may not
    /// converge, which is an error of the fit.
    Iterative,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kernel: Kernel::Multiquadric(1e-5),
            smoothing: 0.0,
            merge_distance: 1e-5,
            solver: SolverChoice::Auto,
        }
    }
}

/// Control points with their factored system, immutable; any number of threads may use it.
pub struct Interpolator {
    system: System,
    solver: Solver,
    /// The system's point of each control point.
    groups: Vec<u32>,
    /// Control points of each of the system's points.
    members: Vec<u32>,
}

enum Solver {
    Direct(Direct),
    Iterative(Iterative),
}

/// What an interpolator knows about its system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Info {
    /// Control points that are left after merging.
    pub distinct_points: usize,
    /// An estimate of the system's condition number; none where the iterative solver is used, which
    /// has no factor to ask.
    pub condition: Option<f64>,
}

impl Interpolator {
    /// Merges control points (`#P by 3`, one at least, finite) and factors their system.
    ///
    /// # Errors
    /// No points, options out of range, a system that is singular within rounding, a cancel.
    pub fn new(points: &[Vec3], options: &Options, progress: &Progress<'_>) -> Result<Self> {
        options.check()?;
        check::numbered_by_u32("points", points.len())?;
        check::finite("points", bytemuck::cast_slice::<_, f32>(points))?;
        if points.is_empty() {
            return Err(Error::invalid("points", "is empty, expected one point at least"));
        }
        let points: Vec<DVec3> = points.iter().map(|point| point.as_dvec3()).collect();
        let groups = merge::groups(&points, options.merge_distance.into());
        let mut members: Vec<u32> = Vec::new();
        let mut distinct = Vec::new();
        for (point, &group) in points.iter().zip(&groups) {
            if group as usize == members.len() {
                members.push(0);
                distinct.push(*point);
            }
            members[group as usize] += 1;
        }
        let diagonal =
            members.iter().map(|&count| f64::from(options.smoothing) / f64::from(count)).collect();
        let system = System::new(options.kernel, distinct, diagonal);
        let solver = Solver::new(&system, options.solver, progress)?;
        progress.advance(1.0)?;
        Ok(Self { system, solver, groups, members })
    }

    /// What is known about the system.
    pub fn info(&self) -> Info {
        let condition = match &self.solver {
            Solver::Direct(direct) => Some(direct.condition),
            Solver::Iterative(_) => None,
        };
        Info { distinct_points: self.members.len(), condition }
    }

    /// Number of control points, merged ones included.
    pub fn point_count(&self) -> usize {
        self.groups.len()
    }

    /// Coefficients, `#P + 4 by #C`: the weights of the control points (0 for those merged with
    /// another), then those of 1, x, y, z.
    ///
    /// - `values`: `#P by columns`, finite.
    ///
    /// # Errors
    /// Counts that differ, values that are not finite, a residual that stays large, a cancel.
    pub fn fit(&self, values: &[f32], columns: usize, progress: &Progress<'_>) -> Result<Vec<f64>> {
        let count = memory::checked_product("values", self.groups.len(), columns)?;
        check::length("values", values.len(), count)?;
        check::finite("values", values)?;
        let rows = self.groups.len() + POLYNOMIAL_TERMS;
        let mut coefficients = memory::try_filled("coefficients", 0.0, rows * columns)?;
        for (done, first) in (0..columns).step_by(COLUMNS).enumerate() {
            let rounds = columns.div_ceil(COLUMNS) as f32;
            let part = progress.part(done as f32 / rounds, (done + 1) as f32 / rounds);
            let chosen = first..(first + COLUMNS).min(columns);
            let means = self.means(values, columns, chosen.clone());
            let (weights, polynomials) = self.solve(&means, &part)?;
            let mut taken = vec![false; weights.len()];
            for (point, &group) in self.groups.iter().enumerate() {
                if !std::mem::replace(&mut taken[group as usize], true) {
                    coefficients[point * columns..][chosen.clone()]
                        .copy_from_slice(&weights[group as usize][..chosen.len()]);
                }
            }
            for (column, polynomial) in chosen.zip(polynomials) {
                for (term, number) in polynomial.into_iter().enumerate() {
                    coefficients[(self.groups.len() + term) * columns + column] = number;
                }
            }
        }
        Ok(coefficients)
    }

    /// Means of the values over merged points; columns that are missing are 0.
    fn means(&self, values: &[f32], columns: usize, chosen: std::ops::Range<usize>) -> Vec<Row> {
        let mut means = vec![[0.0; COLUMNS]; self.members.len()];
        for (row, &group) in values.chunks_exact(columns).zip(&self.groups) {
            for (sum, &value) in means[group as usize].iter_mut().zip(&row[chosen.clone()]) {
                *sum += f64::from(value);
            }
        }
        for (row, &count) in means.iter_mut().zip(&self.members) {
            row.iter_mut().for_each(|sum| *sum /= f64::from(count));
        }
        means
    }

    /// Weights of the distinct points and the polynomials, refined.
    fn solve(
        &self,
        values: &[Row],
        progress: &Progress<'_>,
    ) -> Result<(Vec<Row>, [[f64; POLYNOMIAL_TERMS]; COLUMNS])> {
        let largest = largest(values);
        let mut weights = vec![[0.0; COLUMNS]; values.len()];
        let mut right = values.to_vec();
        let mut best: Option<(f64, Vec<Row>, _)> = None;
        for round in 0..MOST_SOLVES {
            // Half of what is left to do, as it seems.
            let left = 0.5_f32.powi(round as i32);
            let part = progress.part(1.0 - left, 1.0 - 0.5 * left);
            let right_reduced = self.system.reduce(&right);
            let step = match &self.solver {
                Solver::Direct(direct) => direct.solve(&right_reduced),
                Solver::Iterative(iterative) => {
                    let enough = 0.1 * self.solver.residual() * largest;
                    let part = part.part(0.0, 0.8);
                    iterative.solve(&self.system, &right_reduced, enough, &part)?
                }
            };
            for (weight, step) in weights.iter_mut().zip(self.system.expand(&step)) {
                (0..COLUMNS).for_each(|column| weight[column] += step[column]);
            }
            let residual = self.system.residual(values, &weights, &part.part(0.8, 1.0))?;
            let size = self::largest(&residual.rows);
            let improved = best.as_ref().is_none_or(|(least, ..)| size < *least);
            if improved {
                best = Some((size, weights.clone(), residual.at_pivots));
            }
            if !improved || size <= self.solver.residual() * largest {
                break;
            }
            right = residual.rows;
        }
        let (size, weights, at_pivots) = best.expect("one round at least");
        if size.is_nan() || size > WORST_RESIDUAL * largest {
            let problem = format!(
                "are met within {size:.1e} only, of {largest:.1e} at most: the system is too near to \
                 singular; take a smaller epsilon, a larger merge_distance or some smoothing"
            );
            return Err(Error::invalid("values", problem));
        }
        let polynomial = |column: usize| {
            self.system.simplex.polynomial(at_pivots.map(|values: Row| values[column]))
        };
        Ok((weights, std::array::from_fn(polynomial)))
    }

    /// Evaluates interpolants of [`Self::fit`] at targets (`#T by 3`, finite) into `out`
    /// (`#T by columns`).
    ///
    /// # Errors
    /// Counts that differ, numbers that are not finite, a cancel; `out` is then a mixture.
    pub fn evaluate(
        &self,
        coefficients: &[f64],
        columns: usize,
        targets: &[Vec3],
        out: &mut [f32],
        progress: &Progress<'_>,
    ) -> Result<()> {
        let rows = self.groups.len() + POLYNOMIAL_TERMS;
        let count = memory::checked_product("coefficients", rows, columns)?;
        check::length("coefficients", coefficients.len(), count)?;
        check::finite("coefficients", coefficients)?;
        check::finite("targets", bytemuck::cast_slice::<_, f32>(targets))?;
        let numbers = memory::checked_product("out_values", targets.len(), columns)?;
        check::length("out_values", out.len(), numbers)?;
        let count = targets.len();
        for first in (0..columns).step_by(COLUMNS) {
            let chosen = first..(first + COLUMNS).min(columns);
            let expansion = self.expansion(coefficients, columns, chosen.clone());
            for (block, targets) in targets.chunks(TARGETS).enumerate() {
                let done = |blocks: usize| {
                    let part = (blocks * TARGETS) as f32 / count as f32;
                    ((first as f32 + part.min(1.0) * chosen.len() as f32) / columns as f32).min(1.0)
                };
                let progress = progress.part(done(block), done(block + 1));
                let values = expansion.evaluate(targets, &progress)?;
                let out = out[block * TARGETS * columns..].chunks_exact_mut(columns);
                for (out, values) in out.zip(values) {
                    for (out, value) in out[chosen.clone()].iter_mut().zip(values) {
                        *out = value as f32;
                    }
                }
            }
        }
        progress.advance(1.0)
    }

    /// The chosen columns of coefficients; those that are missing are 0.
    fn expansion(
        &self,
        coefficients: &[f64],
        columns: usize,
        chosen: std::ops::Range<usize>,
    ) -> Expansion<'_> {
        let row = |index: usize| {
            let mut row = [0.0; COLUMNS];
            let numbers = &coefficients[index * columns..][chosen.clone()];
            row[..numbers.len()].copy_from_slice(numbers);
            row
        };
        let mut weights = vec![[0.0; COLUMNS]; self.members.len()];
        for (point, &group) in self.groups.iter().enumerate() {
            let sum = &mut weights[group as usize];
            sum.iter_mut().zip(row(point)).for_each(|(sum, weight)| *sum += weight);
        }
        Expansion {
            kernel: self.system.kernel,
            points: &self.system.points,
            weights,
            polynomial: std::array::from_fn(|term| row(self.groups.len() + term)),
        }
    }
}

impl Solver {
    fn new(system: &System, choice: SolverChoice, progress: &Progress<'_>) -> Result<Self> {
        let iterative = match choice {
            SolverChoice::Direct => false,
            SolverChoice::Iterative => true,
            SolverChoice::Auto => {
                system.points.len() >= LEAST_ITERATIVE && system.kernel.is_screened(system.extent())
            }
        };
        if iterative {
            Iterative::new(system, progress).map(Self::Iterative)
        } else {
            Direct::new(system, progress).map(Self::Direct)
        }
    }

    /// Refinement ends when the residual is this part of the largest value.
    fn residual(&self) -> f64 {
        match self {
            Self::Direct(_) => 1e-10,
            Self::Iterative(_) => 1e-8,
        }
    }
}

impl Options {
    fn check(&self) -> Result<()> {
        self.kernel.check()?;
        check::not_negative("smoothing", self.smoothing)?;
        check::not_negative("merge_distance", self.merge_distance)
    }
}

/// The largest magnitude; NaN where there is one.
fn largest(rows: &[Row]) -> f64 {
    let larger = |most: f64, number: &f64| {
        if number.is_nan() { f64::NAN } else { most.max(number.abs()) }
    };
    rows.iter().flatten().fold(0.0, larger)
}

#[cfg(test)]
mod tests;
