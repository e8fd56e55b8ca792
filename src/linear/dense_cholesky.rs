//! Dense Cholesky factorisation A = L Lᵀ in place, kept for any number of right-hand sides. The
//! numerics are faer's (blocked, SIMD), run on the calling thread.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::{Auto, Conj, MatMut, MatRef, Par, Spec};

use crate::{Error, Result};

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
    /// A matrix that is not positive definite within rounding, or memory that cannot be had.
    ///
    /// # Panics
    /// The matrix does not have `size²` numbers.
    pub fn new(mut matrix: Vec<f64>, size: usize) -> Result<Self> {
        assert_eq!(matrix.len(), size * size, "a square matrix");
        let norm = frobenius_norm(&matrix, size);
        let parameters = Spec::<llt::factor::LltParams, f64>::new(Auto::<f64>::auto());
        let scratch = llt::factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, parameters);
        let mut scratch = MemBuffer::try_new(scratch)
            .map_err(|_| Error::OutOfMemory { what: "Cholesky factor", bytes: size * 8 })?;
        llt::factor::cholesky_in_place(
            MatMut::from_column_major_slice_mut(&mut matrix, size, size),
            Default::default(),
            Par::Seq,
            MemStack::new(&mut scratch),
            parameters,
        )
        .map_err(|_| Error::invalid("matrix", "is not positive definite"))?;
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
            let factor = DenseCholesky::new(lower, N).unwrap();
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
    fn condition_of_a_diagonal_matrix() {
        let mut matrix = vec![0.0; 9];
        (matrix[0], matrix[4], matrix[8]) = (3.0, 4.0, 1e-9);
        let condition = DenseCholesky::new(matrix, 3).unwrap().condition_estimate();
        assert!((condition - 5e9).abs() < 1e3, "{condition}");
    }

    #[test]
    fn indefinite_and_empty_matrices() {
        assert!(DenseCholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_err());
        let empty = DenseCholesky::new(vec![], 0).unwrap();
        empty.solve_in_place(&mut []);
        assert_eq!((empty.size(), empty.condition_estimate()), (0, 0.0));
    }
}
