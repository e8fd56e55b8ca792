//! The linear system of an interpolant, and its positive definite part.
//!
//! Σ_j w_j φ(|x_i − x_j|) + σ_i w_i + p(x_i) = f_i, Σ_j w_j l_k(x_j) = 0: with N the matrix that gives
//! all weights from those of the points that are no pivots (see [`Simplex`]), NᵀAN w = Nᵀf, where
//!
//! `(NᵀAN)_ij = φ_ij + σ_i δ_ij − l_i · b_j − b_i · l_j`, `b_j = a_j − ½ A_pp l_j`,
//!
//! a_j the kernel between the pivots and point j, A_pp the kernel among pivots (with their σ).

use glam::DVec3;

use super::grid::Accuracy;
use super::kernels::Kernel;
use super::simplex::{MOST_PIVOTS, PerPivot, Simplex};
use super::sums::{AddSums, COLUMNS, Source, sources};
use super::tree::Tree;
use super::treecode::{Sums, Treecode};
use crate::Result;
use crate::runtime::Progress;
use crate::runtime::parallel::{self, Split};

/// Numbers of one point, one for each column of the right-hand side.
pub(super) type Row = [f64; COLUMNS];

/// Targets that a thread sums for at the least.
const LEAST_BLOCK: usize = 256;

/// Points of the smallest clusters that products with the matrix have.
const LEAF: usize = 128;

/// How well their grids interpolate.
const ACCURACY: Accuracy = Accuracy { nodes: 7, exponent: 11.0 };

/// Distinct control points and what the system takes from them.
pub(super) struct System {
    pub(super) kernel: Kernel,
    pub(super) points: Vec<DVec3>,
    /// σ: what is added to the diagonal.
    pub(super) diagonal: Vec<f64>,
    pub(super) simplex: Simplex,
    /// The points that are no pivots, ascending.
    pub(super) others: Vec<usize>,
    /// l of each point.
    coordinates: Vec<PerPivot>,
}

/// What is left of the right-hand side, and the polynomial's values at the pivots, for each column.
pub(super) struct Residual {
    pub(super) rows: Vec<Row>,
    pub(super) at_pivots: [Row; MOST_PIVOTS],
}

impl System {
    pub(super) fn new(kernel: Kernel, points: Vec<DVec3>, diagonal: Vec<f64>) -> Self {
        let simplex = Simplex::new(&points);
        let others = (0..points.len()).filter(|index| !simplex.pivots.contains(index)).collect();
        let coordinates = points.iter().map(|&point| simplex.coordinates(point)).collect();
        Self { kernel, points, diagonal, simplex, others, coordinates }
    }

    /// The longest side of the points' box.
    pub(super) fn extent(&self) -> f64 {
        let low = self.points.iter().copied().fold(DVec3::INFINITY, DVec3::min);
        let high = self.points.iter().copied().fold(DVec3::NEG_INFINITY, DVec3::max);
        (high - low).max_element()
    }

    /// Nᵀ f: a row for each point that is no pivot.
    pub(super) fn reduce(&self, values: &[Row]) -> Vec<Row> {
        let reduced = |&index: &usize| {
            let mut row = values[index];
            for (&pivot, l) in self.simplex.pivots.iter().zip(self.coordinates[index]) {
                for (number, at_pivot) in row.iter_mut().zip(values[pivot]) {
                    *number -= l * at_pivot;
                }
            }
            row
        };
        self.others.iter().map(reduced).collect()
    }

    /// N w: weights of all points.
    pub(super) fn expand(&self, weights: &[Row]) -> Vec<Row> {
        let mut all = vec![[0.0; COLUMNS]; self.points.len()];
        for (&index, weights) in self.others.iter().zip(weights) {
            all[index] = *weights;
            for (&pivot, l) in self.simplex.pivots.iter().zip(self.coordinates[index]) {
                for (sum, weight) in all[pivot].iter_mut().zip(weights) {
                    *sum -= l * weight;
                }
            }
        }
        all
    }

    /// f − A w − p, with p such that the pivots are met.
    pub(super) fn residual(
        &self,
        values: &[Row],
        weights: &[Row],
        progress: &Progress<'_>,
    ) -> Result<Residual> {
        let mut rows = vec![[0.0; COLUMNS]; self.points.len()];
        sum_all(self.kernel, &sources(&self.points, weights), &self.points, &mut rows, progress)?;
        for (index, row) in rows.iter_mut().enumerate() {
            for column in 0..COLUMNS {
                let sum = row[column] + self.diagonal[index] * weights[index][column];
                row[column] = values[index][column] - sum;
            }
        }
        let mut at_pivots = [[0.0; COLUMNS]; MOST_PIVOTS];
        for (at_pivot, &pivot) in at_pivots.iter_mut().zip(&self.simplex.pivots) {
            *at_pivot = rows[pivot];
        }
        for (row, coordinates) in rows.iter_mut().zip(&self.coordinates) {
            for (l, at_pivot) in coordinates.iter().zip(&at_pivots) {
                for (number, value) in row.iter_mut().zip(at_pivot) {
                    *number -= l * value;
                }
            }
        }
        Ok(Residual { rows, at_pivots })
    }

    /// l and b of each point that is no pivot.
    pub(super) fn reduction(&self) -> (Vec<PerPivot>, Vec<PerPivot>) {
        let kernel = |one: usize, other: usize| {
            let diagonal = if one == other { self.diagonal[one] } else { 0.0 };
            let squared = self.points[one].distance_squared(self.points[other]);
            self.kernel.value(squared) + diagonal
        };
        let pivots = &self.simplex.pivots;
        let half = |&index: &usize| {
            let l = self.coordinates[index];
            let mut b = [0.0; MOST_PIVOTS];
            for (b, &pivot) in b.iter_mut().zip(pivots) {
                let among: f64 =
                    pivots.iter().zip(l).map(|(&other, l)| kernel(pivot, other) * l).sum();
                *b = kernel(pivot, index) - 0.5 * among;
            }
            b
        };
        let l = self.others.iter().map(|&index| self.coordinates[index]).collect();
        (l, self.others.iter().map(half).collect())
    }
}

/// Products with the system's matrix, by the treecode over the control points themselves.
pub(super) struct Product {
    tree: Tree,
}

impl Product {
    pub(super) fn new(system: &System) -> Self {
        Self { tree: Tree::new(&system.points, LEAF) }
    }

    /// NᵀAN w.
    pub(super) fn reduced(
        &self,
        system: &System,
        weights: &[Row],
        progress: &Progress<'_>,
    ) -> Result<Vec<Row>> {
        let all = system.expand(weights);
        let code = Treecode::new(&self.tree, &self.tree, ACCURACY);
        let mut rows = Sums::new(&code, system.kernel, &all).at_targets(progress)?;
        for (index, row) in rows.iter_mut().enumerate() {
            for (sum, weight) in row.iter_mut().zip(all[index]) {
                *sum += system.diagonal[index] * weight;
            }
        }
        Ok(system.reduce(&rows))
    }
}

/// Sums over all sources for each target, by all threads, pair by pair.
pub(super) fn sum_all(
    kernel: Kernel,
    sources: &[Source],
    targets: &[DVec3],
    sums: &mut [Row],
    progress: &Progress<'_>,
) -> Result<()> {
    let split = Split::new(targets.len(), 0, LEAST_BLOCK);
    parallel::fill_rows(split, sums, 1, progress, |rows, sums| {
        kernel.run(AddSums { sources, targets: &targets[rows], sums });
    })
}
