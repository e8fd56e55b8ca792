//! The iterative solver: conjugate gradients (Hestenes, Stiefel 1952) on the system's positive definite
//! part, preconditioned by [`SparseInverse`], with products by the [`treecode`](super::treecode). Some
//! n log n operations and n memory, where the direct solver takes n³ and n².

use super::sparse_inverse::SparseInverse;
use super::sums::COLUMNS;
use super::system::{Product, Row, System};
use crate::runtime::Progress;
use crate::{Error, Result};

/// Iterations at most: more would say that the preconditioner does not fit the kernel.
const MOST_ITERATIONS: usize = 100;

/// Iterations end when the residual is this part of the largest right-hand side.
const RESIDUAL: f64 = 1e-6;

/// The preconditioner, and products with the system.
pub(super) struct Iterative {
    inverse: SparseInverse,
    product: Product,
}

impl Iterative {
    pub(super) fn new(system: &System, progress: &Progress<'_>) -> Result<Self> {
        let inverse = SparseInverse::new(system, progress)?;
        Ok(Self { inverse, product: Product::new(system) })
    }

    /// Weights of the points that are no pivots, for each column by itself, products together.
    ///
    /// - `enough`: residuals as small need not become smaller.
    ///
    /// # Errors
    /// No convergence, a cancel.
    pub(super) fn solve(
        &self,
        system: &System,
        right: &[Row],
        enough: f64,
        progress: &Progress<'_>,
    ) -> Result<Vec<Row>> {
        let silent = Progress::new(None, progress.flag());
        let target = largest(right).map(|size| enough.max(size * RESIDUAL));
        let mut solution = vec![[0.0; COLUMNS]; right.len()];
        let mut residual = right.to_vec();
        let mut direction: Vec<Row> = Vec::new();
        let mut size = [1.0; COLUMNS];
        for iteration in 0..MOST_ITERATIONS {
            if largest(&residual).iter().zip(target).all(|(size, target)| *size <= target) {
                return Ok(solution);
            }
            let preconditioned = self.inverse.apply(&residual);
            let next = dot(&residual, &preconditioned);
            let share = quotient(next, size);
            size = next;
            if direction.is_empty() {
                direction = preconditioned;
            } else {
                for (direction, new) in direction.iter_mut().zip(preconditioned) {
                    (0..COLUMNS).for_each(|c| direction[c] = new[c] + share[c] * direction[c]);
                }
            }
            let image = self.product.reduced(system, &direction, &silent)?;
            let step = quotient(size, dot(&direction, &image));
            for (index, row) in solution.iter_mut().enumerate() {
                for c in 0..COLUMNS {
                    row[c] += step[c] * direction[index][c];
                    residual[index][c] -= step[c] * image[index][c];
                }
            }
            // The error falls by about as much in each iteration; some 20 are usual.
            progress.advance(1.0 - 1.0 / (1.0 + 0.2 * iteration as f32))?;
        }
        let problem = format!(
            "make a system that {MOST_ITERATIONS} iterations do not solve: take the direct solver, a \
             smaller epsilon, a larger merge_distance or some smoothing"
        );
        Err(Error::invalid("points", problem))
    }
}

/// a/b for each column, 0 where there is nothing left to divide.
fn quotient(a: Row, b: Row) -> Row {
    std::array::from_fn(|column| if b[column] > 0.0 { a[column] / b[column] } else { 0.0 })
}

fn dot(a: &[Row], b: &[Row]) -> Row {
    let mut sum = [0.0; COLUMNS];
    for (a, b) in a.iter().zip(b) {
        (0..COLUMNS).for_each(|column| sum[column] += a[column] * b[column]);
    }
    sum
}

/// The largest magnitude of each column.
fn largest(rows: &[Row]) -> Row {
    let mut most = [0.0_f64; COLUMNS];
    for row in rows {
        (0..COLUMNS).for_each(|column| most[column] = most[column].max(row[column].abs()));
    }
    most
}
