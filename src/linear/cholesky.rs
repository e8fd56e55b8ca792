//! Sparse Cholesky factorisation A = L Lᵀ of a symmetric positive definite matrix, kept for any number
//! of right-hand sides. The numerics are faer's (supernodal, approximate minimum degree ordering),
//! run on the calling thread: callers split over matrices and right-hand sides, so that the bits do not
//! depend on the number of threads.

use faer::linalg::solvers::SolveCore;
use faer::sparse::linalg::LltError;
use faer::sparse::linalg::solvers::{Llt, SymbolicLlt};
use faer::sparse::{FaerError, SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Side};

use crate::{Error, Result};

/// What errors call the factor.
const WHAT: &str = "Cholesky factor";

/// Where rounding leaves a pivot that is not positive, the diagonal grows by this factor and, if that
/// is not enough, by ever larger ones.
const SHIFTS: [f64; 4] = [0.0, 1e-13, 1e-10, 1e-7];

/// The lower triangle of a symmetric matrix, column by column, in the making.
#[derive(Clone, Debug)]
pub struct LowerTriangle {
    offsets: Vec<u32>,
    rows: Vec<u32>,
    values: Vec<f64>,
}

impl Default for LowerTriangle {
    fn default() -> Self {
        Self { offsets: vec![0], rows: Vec::new(), values: Vec::new() }
    }
}

impl LowerTriangle {
    /// Appends an entry to the column in the making: the diagonal first, then the rows below it,
    /// ascending.
    pub fn push(&mut self, row: u32, value: f64) {
        self.rows.push(row);
        self.values.push(value);
    }

    /// Ends the column in the making.
    pub fn end_column(&mut self) {
        self.offsets.push(self.rows.len() as u32);
    }

    /// Number of columns so far.
    pub fn size(&self) -> usize {
        self.offsets.len() - 1
    }

    fn with_larger_diagonal(&self, shift: f64) -> Vec<f64> {
        let mut values = self.values.clone();
        for first in &self.offsets[..self.size()] {
            values[*first as usize] *= 1.0 + shift;
        }
        values
    }
}

/// The factorisation of one matrix.
#[derive(Clone, Debug)]
pub struct Cholesky {
    factor: Llt<u32, f64>,
    size: usize,
}

impl Cholesky {
    /// Orders and factors the matrix.
    ///
    /// A matrix that is semidefinite within rounding is factored with its diagonal enlarged by up to
    /// 1e-7 of itself.
    ///
    /// # Errors
    /// A matrix farther from definite, which is a mistake of the caller, or memory that cannot be had.
    pub fn new(matrix: &LowerTriangle) -> Result<Self> {
        let size = matrix.size();
        let pattern =
            SymbolicSparseColMatRef::new_checked(size, size, &matrix.offsets, None, &matrix.rows);
        let symbolic = SymbolicLlt::try_new(pattern, Side::Lower).map_err(out_of_memory)?;
        for shift in SHIFTS {
            let values = matrix.with_larger_diagonal(shift);
            let matrix = SparseColMatRef::new(pattern, &values);
            match Llt::try_new_with_symbolic(symbolic.clone(), matrix, Side::Lower) {
                Ok(factor) => return Ok(Self { factor, size }),
                Err(LltError::Generic(error)) => return Err(out_of_memory(error)),
                Err(LltError::Numeric(_)) => {}
            }
        }
        Err(Error::invalid("matrix", "is not positive definite"))
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
        let columns = MatMut::from_column_major_slice_mut(columns, self.size, count);
        self.factor.solve_in_place_with_conj(Conj::No, columns);
    }
}

fn out_of_memory(error: FaerError) -> Error {
    match error {
        FaerError::OutOfMemory => Error::OutOfMemory { what: WHAT, bytes: 0 },
        other => Error::SizeOverflow { what: WHAT, detail: format!("{other:?}") },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn solutions_satisfy_the_system(
            entries in prop::collection::vec((0_usize..25, 0_usize..25, -1.0_f64..1.0), 0..80),
            right in prop::collection::vec(-1.0_f64..1.0, 50),
        ) {
            // Diagonally dominant, so that it is positive definite.
            let mut dense = vec![[0.0; 25]; 25];
            for (i, j, value) in entries.into_iter().filter(|(i, j, _)| i != j) {
                dense[i][j] = value;
                dense[j][i] = value;
            }
            let mut matrix = LowerTriangle::default();
            for (column, entries) in dense.iter_mut().enumerate() {
                entries[column] = 0.1 + entries.iter().map(|v: &f64| v.abs()).sum::<f64>();
                // Symmetric: the row holds the column.
                (column..25)
                    .filter(|row| entries[*row] != 0.0)
                    .for_each(|row| matrix.push(row as u32, entries[row]));
                matrix.end_column();
            }
            let factor = Cholesky::new(&matrix).unwrap();
            let mut solution = right.clone();
            factor.solve_in_place(&mut solution);
            for (solution, right) in solution.chunks(25).zip(right.chunks(25)) {
                for (row, right) in dense.iter().zip(right) {
                    let left: f64 = row.iter().zip(solution).map(|(a, x)| a * x).sum();
                    prop_assert!((left - right).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn semidefinite_within_rounding_is_factored_and_indefinite_is_not() {
        let matrix = |corner: f64| {
            let mut matrix = LowerTriangle::default();
            matrix.push(0, 1.0);
            matrix.push(1, -1.0);
            matrix.end_column();
            matrix.push(1, corner);
            matrix.end_column();
            matrix
        };
        assert!(Cholesky::new(&matrix(1.0)).is_ok());
        assert!(Cholesky::new(&matrix(0.5)).is_err());
        assert_eq!(Cholesky::new(&LowerTriangle::default()).unwrap().size(), 0);
    }
}
