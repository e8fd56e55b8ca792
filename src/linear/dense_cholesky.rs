//! Dense Cholesky factorisation A = L Lᵀ in place, kept for any number of right-hand sides.
//!
//! Block columns from left to right (Golub and Van Loan, *Matrix Computations*, 4.2.6): with K the columns
//! that are done and L₁₁ the factor of the block's own square,
//!
//! ```text
//! A ← A − L_K L_Kᵀ,  L₁₁ L₁₁ᵀ = A₁₁,  L₂₁ = A₂₁ L₁₁⁻ᵀ
//! ```
//!
//! The products, the factors and the solutions of a block are faer's, each on one thread; rows are split
//! into blocks of fixed size, so that the bits do not depend on the number of threads.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::prelude::{IntoConst, Reborrow, ReborrowMut};
use faer::{Accum, Auto, Conj, MatMut, MatRef, Par, Spec};

use crate::runtime::{Progress, parallel};
use crate::{Error, Result};

/// Columns of a block, and rows that one thread takes at a time.
const BLOCK_COLUMNS: usize = 256;
const BLOCK_ROWS: usize = 512;

/// The factorisation of one matrix.
pub struct DenseCholesky {
    /// `#N by #N`, column-major; the lower triangle counts.
    lower: Vec<f64>,
    size: usize,
    norm: f64,
}

impl DenseCholesky {
    /// Factors a symmetric matrix in its own memory.
    ///
    /// - `matrix`: `size` by `size`, column-major; only the lower triangle is read.
    ///
    /// # Errors
    /// A matrix that is not positive definite within rounding, a cancel, or memory that cannot be had.
    ///
    /// # Panics
    /// The matrix does not have `size²` numbers.
    pub fn new(mut matrix: Vec<f64>, size: usize, progress: &Progress<'_>) -> Result<Self> {
        assert_eq!(matrix.len(), size * size, "a square matrix");
        let norm = frobenius_norm(&matrix, size);
        for first in (0..size).step_by(BLOCK_COLUMNS) {
            let matrix = MatMut::from_column_major_slice_mut(&mut matrix, size, size);
            factor_block_column(matrix, first)?;
            // What k of n columns cost: ∫ k (n − k).
            let part = (first + BLOCK_COLUMNS).min(size) as f32 / size as f32;
            progress.advance(part * part * (3.0 - 2.0 * part))?;
        }
        Ok(Self { lower: matrix, size, norm })
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Solves A x = b for each column of `columns`, column-major, in place.
    ///
    /// # Panics
    /// When the length is no multiple of the size.
    pub fn solve_in_place(&self, columns: &mut [f64]) {
        if self.size == 0 {
            return;
        }
        assert_eq!(columns.len() % self.size, 0, "whole columns");
        let count = columns.len() / self.size;
        llt::solve::solve_in_place_with_conj(
            MatRef::from_column_major_slice(&self.lower, self.size, self.size),
            Conj::No,
            MatMut::from_column_major_slice_mut(columns, self.size, count),
            Par::Seq,
            MemStack::new(&mut []),
        );
    }

    /// An estimate of ‖A‖ ‖A⁻¹‖ in the Frobenius norm, which is not below the usual condition number:
    /// ‖A⁻¹ x‖² has the mean ‖A⁻¹‖² over vectors x of random signs (Hutchinson 1990). Costs one solve.
    pub fn condition_estimate(&self) -> f64 {
        const VECTORS: usize = 3;
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut sign = || {
            // Xorshift (Marsaglia 2003).
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            if seed >> 63 == 0 { 1.0 } else { -1.0 }
        };
        let mut vectors: Vec<f64> = (0..self.size * VECTORS).map(|_| sign()).collect();
        self.solve_in_place(&mut vectors);
        let squared: f64 = vectors.iter().map(|x| x * x).sum();
        self.norm * (squared / VECTORS as f64).sqrt()
    }
}

/// Factors the block of columns that begins at `first`; those before it are done.
fn factor_block_column(matrix: MatMut<'_, f64>, first: usize) -> Result<()> {
    let (rows, width) = (matrix.nrows() - first, BLOCK_COLUMNS.min(matrix.ncols() - first));
    let (done, rest) = matrix.split_at_col_mut(first);
    let done = done.into_const().subrows(first, rows);
    let (mut square, mut below) = rest.submatrix_mut(first, 0, rows, width).split_at_row_mut(width);
    let of_square = done.subrows(0, width);
    let subtract = |block: MatMut<'_, f64>, of_block: MatRef<'_, f64>| {
        matmul(block, Accum::Add, of_block, of_square.transpose(), -1.0, Par::Seq);
    };
    subtract(square.rb_mut(), of_square);
    factor_square(square.rb_mut())?;
    let factor = square.rb();
    let mut blocks = Vec::with_capacity(rows.div_ceil(BLOCK_ROWS));
    for begin in (width..rows).step_by(BLOCK_ROWS) {
        let count = BLOCK_ROWS.min(rows - begin);
        let (block, others) = below.split_at_row_mut(count);
        blocks.push((block, done.subrows(begin, count)));
        below = others;
    }
    parallel::for_each_item(blocks, |(mut block, of_block)| {
        subtract(block.rb_mut(), of_block);
        solve_lower_triangular_in_place(factor, block.transpose_mut(), Par::Seq);
    })
}

pub(super) fn factor_square(square: MatMut<'_, f64>) -> Result<()> {
    let parameters = Spec::<llt::factor::LltParams, f64>::new(Auto::<f64>::auto());
    let size = square.nrows();
    let scratch = llt::factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, parameters);
    let mut scratch = MemBuffer::try_new(scratch)
        .map_err(|_| Error::OutOfMemory { what: "Cholesky factor", bytes: size * 8 })?;
    let stack = MemStack::new(&mut scratch);
    llt::factor::cholesky_in_place(square, Default::default(), Par::Seq, stack, parameters)
        .map(|_| ())
        .map_err(|_| Error::invalid("matrix", "is not positive definite"))
}

/// Of the symmetric matrix whose lower triangle is given.
fn frobenius_norm(lower: &[f64], size: usize) -> f64 {
    let squares = |numbers: &[f64]| -> f64 {
        let mut lanes = [0.0; 8];
        let (whole, rest) = numbers.as_chunks::<8>();
        for chunk in whole {
            for lane in 0..8 {
                lanes[lane] += chunk[lane] * chunk[lane];
            }
        }
        lanes.iter().sum::<f64>() + rest.iter().map(|x| x * x).sum::<f64>()
    };
    let column = |(number, column): (usize, &[f64])| {
        column[number] * column[number] + 2.0 * squares(&column[number + 1..])
    };
    lower.chunks(size.max(1)).enumerate().map(column).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::threads;

    proptest! {
        #[test]
        fn solutions_satisfy_the_system(entries in prop::collection::vec(-1.0_f64..1.0, 400)) {
            const N: usize = 20;
            // A = B Bᵀ + I.
            let at = |row: usize, column: usize| {
                let product: f64 = (0..N).map(|k| entries[row * N + k] * entries[column * N + k]).sum();
                product + if row == column { 1.0 } else { 0.0 }
            };
            let mut lower = vec![f64::NAN; N * N];
            for column in 0..N {
                for row in column..N {
                    lower[column * N + row] = at(row, column);
                }
            }
            let factor = DenseCholesky::new(lower, N, &Progress::none()).unwrap();
            let mut solution = entries[..2 * N].to_vec();
            factor.solve_in_place(&mut solution);
            for (x, b) in solution.chunks(N).zip(entries.chunks(N)) {
                for (row, b) in b.iter().enumerate() {
                    let left: f64 = (0..N).map(|column| at(row, column) * x[column]).sum();
                    prop_assert!((left - b).abs() < 1e-10);
                }
            }
        }
    }

    #[test]
    fn many_blocks_solve_and_any_number_of_threads_gives_the_same_bits() {
        const N: usize = 2 * BLOCK_COLUMNS + BLOCK_ROWS + 77;
        // Positive definite (an exponential covariance), and far from diagonally dominant.
        let at = |row: usize, column: usize| {
            let distance = row.abs_diff(column) as f64;
            (-0.05 * distance).exp() + if row == column { 1e-3 } else { 0.0 }
        };
        let matrix: Vec<f64> = (0..N * N).map(|entry| at(entry % N, entry / N)).collect();
        let right: Vec<f64> = (0..N).map(|row| (row as f64).sin()).collect();
        let solution = |threads: usize| {
            threads::set_thread_count(threads).unwrap();
            let mut solution = right.clone();
            let factor = DenseCholesky::new(matrix.clone(), N, &Progress::none()).unwrap();
            factor.solve_in_place(&mut solution);
            solution
        };
        let solutions = [1, 2, 8].map(solution);
        threads::set_thread_count(0).unwrap();
        for (row, right) in right.iter().enumerate() {
            let left: f64 = (0..N).map(|column| at(row, column) * solutions[0][column]).sum();
            assert!((left - right).abs() < 1e-8, "{row}: {left} {right}");
        }
        assert!(solutions.iter().all(|solution| *solution == solutions[0]));
    }

    #[test]
    fn a_cancel_ends_the_factorisation() {
        let identity = vec![1.0, 0.0, 0.0, 1.0];
        let cancelled = Progress::new(None, &|| true);
        assert_eq!(DenseCholesky::new(identity, 2, &cancelled).err(), Some(Error::Cancelled));
    }

    #[test]
    fn condition_of_a_diagonal_matrix() {
        let mut matrix = vec![0.0; 9];
        (matrix[0], matrix[4], matrix[8]) = (3.0, 4.0, 1e-9);
        let factor = DenseCholesky::new(matrix, 3, &Progress::none()).unwrap();
        let condition = factor.condition_estimate();
        assert!((condition - 5e9).abs() < 1e3, "{condition}");
    }

    #[test]
    fn indefinite_and_empty_matrices() {
        let none = Progress::none();
        assert!(DenseCholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2, &none).is_err());
        let empty = DenseCholesky::new(vec![], 0, &none).unwrap();
        empty.solve_in_place(&mut []);
        assert_eq!((empty.size(), empty.condition_estimate()), (0, 0.0));
    }
}
