//! Sparse Cholesky factorisation A = L Lᵀ of a symmetric positive definite matrix whose unknowns lie at
//! points in space, kept for any number of right-hand sides.
//!
//! Multifrontal (Liu, "The Multifrontal Method for Sparse Matrix Solution", SIAM Review 1992) over the
//! tree of a [nested dissection](super::dissection), whose two halves go to two threads; the bits do not
//! depend on the number of threads. Our own, since faer's orders by approximate minimum degree, which
//! took twice as long for a skirt of 44,000 vertices and leaves no halves to threads.

use glam::Vec3;

use super::dissection::{Dissection, Part};
use super::front::{Front, Update};
use super::symmetric::{Reordered, SymmetricRows};
use crate::runtime::{memory, parallel};
use crate::{Error, Result};

/// What errors call the factor.
pub(super) const WHAT: &str = "Cholesky factor";

/// Where rounding leaves a pivot that is not positive, the diagonal grows by this factor and, if that
/// is not enough, by ever larger ones.
const SHIFTS: [f64; 4] = [0.0, 1e-13, 1e-10, 1e-7];

/// The factorisation of one matrix.
#[derive(Clone, Debug)]
pub struct Cholesky {
    /// The unknown at each place of the elimination.
    order: Vec<u32>,
    fronts: Vec<Front>,
}

impl Cholesky {
    /// Orders and factors the matrix.
    ///
    /// - `points`: `#N by 3`, where the unknowns lie: the nearer those that share an entry, the smaller the
    ///   factor.
    ///
    /// A matrix that is semidefinite within rounding is factored with its diagonal enlarged by up to
    /// 1e-7 of itself.
    ///
    /// # Errors
    /// A matrix farther from definite, which is a mistake of the caller, or memory that cannot be had.
    ///
    /// # Panics
    /// Not one point for each row.
    pub fn new(matrix: &SymmetricRows, points: &[Vec3]) -> Result<Self> {
        assert_eq!(matrix.size(), points.len(), "a point for each row");
        let Dissection { order, parts } = Dissection::new(points, |row| matrix.columns(row))?;
        let mut places = memory::try_filled(WHAT, 0, order.len())?;
        for (place, unknown) in (0..).zip(&order) {
            places[*unknown as usize] = place;
        }
        for shift in SHIFTS {
            let matrix =
                Reordered { rows: matrix, order: &order, places: &places, growth: 1.0 + shift };
            let mut fronts = vec![Front::default(); parts.len()];
            match eliminate(&matrix, &parts, &mut fronts) {
                Ok(_) => return Ok(Self { order, fronts }),
                Err(Error::InvalidArgument { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::invalid("matrix", "is not positive definite"))
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.order.len()
    }

    /// Solves A x = b for each column of `columns`, column-major, in place.
    ///
    /// # Panics
    /// When the length is no multiple of the size.
    pub fn solve_in_place(&self, columns: &mut [f64]) {
        let size = self.size();
        if size == 0 {
            return;
        }
        assert_eq!(columns.len() % size, 0, "whole columns");
        let mut ordered = vec![0.0; columns.len()];
        for (ordered, column) in ordered.chunks_exact_mut(size).zip(columns.chunks_exact(size)) {
            let values = self.order.iter().map(|unknown| column[*unknown as usize]);
            ordered.iter_mut().zip(values).for_each(|(ordered, value)| *ordered = value);
        }
        self.fronts.iter().for_each(|front| front.solve_lower(&mut ordered, size));
        self.fronts.iter().rev().for_each(|front| front.solve_upper(&mut ordered, size));
        for (ordered, column) in ordered.chunks_exact(size).zip(columns.chunks_exact_mut(size)) {
            for (value, unknown) in ordered.iter().zip(&self.order) {
                column[*unknown as usize] = *value;
            }
        }
    }
}

/// Eliminates the parts of a tree and gives what its root leaves to the part above.
fn eliminate(matrix: &Reordered<'_>, parts: &[Part], fronts: &mut [Front]) -> Result<Update> {
    let (root, below) = parts.split_last().expect("a tree has a root");
    let (front, fronts) = fronts.split_last_mut().expect("a front for each part");
    let updates = match root.halves {
        None => Vec::new(),
        Some([one, _]) => {
            let (fronts_one, fronts_two) = fronts.split_at_mut(one);
            let (one, two) = parallel::join(
                || eliminate(matrix, &below[..one], fronts_one),
                || eliminate(matrix, &below[one..], fronts_two),
            )?;
            vec![one?, two?]
        }
    };
    let update;
    (*front, update) = Front::new(matrix, root.own.clone(), updates)?;
    Ok(update)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::threads;

    /// The matrix with these entries.
    fn rows(dense: &[Vec<f64>]) -> SymmetricRows {
        let mut matrix = SymmetricRows::default();
        for row in dense {
            for (column, value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                matrix.push(column as u32, *value);
            }
            matrix.end_row();
        }
        matrix
    }

    fn assert_solves(dense: &[Vec<f64>], solution: &[f64], right: &[f64], tolerance: f64) {
        for (solution, right) in solution.chunks(dense.len()).zip(right.chunks(dense.len())) {
            for (row, right) in dense.iter().zip(right) {
                let left: f64 = row.iter().zip(solution).map(|(a, x)| a * x).sum();
                assert!((left - right).abs() < tolerance, "{left} {right}");
            }
        }
    }

    proptest! {
        #[test]
        fn solutions_satisfy_the_system(
            entries in prop::collection::vec((0_usize..150, 0_usize..150, -1.0_f64..1.0), 0..400),
            right in prop::collection::vec(-1.0_f64..1.0, 300),
        ) {
            // Diagonally dominant, so that it is positive definite.
            let mut dense = vec![vec![0.0; 150]; 150];
            for (i, j, value) in entries.into_iter().filter(|(i, j, _)| i.abs_diff(*j) % 17 < 3) {
                dense[i][j] = value;
                dense[j][i] = value;
            }
            for (i, row) in dense.iter_mut().enumerate() {
                row[i] = 0.0;
                row[i] = 0.1 + row.iter().map(|value: &f64| value.abs()).sum::<f64>();
            }
            let points: Vec<Vec3> =
                (0..150).map(|i| Vec3::new((i % 17) as f32, (i / 17) as f32, 0.0)).collect();
            let factor = Cholesky::new(&rows(&dense), &points).unwrap();
            let mut solution = right.clone();
            factor.solve_in_place(&mut solution);
            assert_solves(&dense, &solution, &right, 1e-9);
        }
    }

    #[test]
    fn a_sheet_is_solved_with_the_same_bits_by_any_number_of_threads() {
        const SIDE: usize = 40;
        // The biharmonic stencil, and a little mass: A = L² + 0.01.
        let size = SIDE * SIDE;
        let mut laplacian = vec![vec![0.0; size]; size];
        for i in 0..size {
            let right = (i % SIDE + 1 < SIDE).then_some(i + 1);
            for j in right.into_iter().chain((i + SIDE < size).then_some(i + SIDE)) {
                (laplacian[i][j], laplacian[j][i]) = (-1.0, -1.0);
                laplacian[i][i] += 1.0;
                laplacian[j][j] += 1.0;
            }
        }
        let near = |i: usize| i.saturating_sub(2 * SIDE)..(i + 2 * SIDE + 1).min(size);
        let mut dense = vec![vec![0.0; size]; size];
        for i in 0..size {
            for j in near(i) {
                dense[i][j] = near(i).map(|k| laplacian[i][k] * laplacian[k][j]).sum();
            }
            dense[i][i] += 0.01;
        }
        let points: Vec<Vec3> =
            (0..size).map(|i| Vec3::new((i % SIDE) as f32, (i / SIDE) as f32, 0.0)).collect();
        let right: Vec<f64> = (0..3 * size).map(|i| (i as f64).sin()).collect();
        let solutions = [1, 2, 8].map(|count| {
            threads::set_thread_count(count).unwrap();
            let factor = Cholesky::new(&rows(&dense), &points).unwrap();
            assert!(factor.fronts.len() > 40);
            let mut solution = right.clone();
            factor.solve_in_place(&mut solution);
            solution
        });
        threads::set_thread_count(0).unwrap();
        assert_solves(&dense, &solutions[0], &right, 1e-9);
        assert!(solutions.iter().all(|solution| *solution == solutions[0]));
    }

    #[test]
    fn semidefinite_within_rounding_is_factored_and_indefinite_is_not() {
        let factor = |corner: f64| {
            let matrix = rows(&[vec![1.0, -1.0], vec![-1.0, corner]]);
            Cholesky::new(&matrix, &[Vec3::ZERO, Vec3::ONE])
        };
        assert!(factor(1.0).is_ok());
        assert!(factor(0.5).is_err());
        let empty = Cholesky::new(&SymmetricRows::default(), &[]).unwrap();
        empty.solve_in_place(&mut []);
        assert_eq!(empty.size(), 0);
    }
}
