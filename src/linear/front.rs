//! One step of a multifrontal factorisation: the columns of L that belong to one part of the tree.
//!
//! The part's own columns, with the rows of its *boundary* (later unknowns that an entry, or the fill of
//! the parts below, joins to it), are one dense matrix, the front:
//!
//! ```text
//! F = [ A₁₁     ] + what the parts below leave = [ L₁₁   ] [ L₁₁ᵀ L₂₁ᵀ ]
//!     [ A₂₁   0 ]                                [ L₂₁ I ] [       U   ]
//! ```
//!
//! with U, the *update*, left to the part above, where it is added at its rows and columns.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{Accum, MatMut, MatRef, Par};

use super::cholesky::WHAT;
use super::dense_cholesky::factor_square;
use super::symmetric::Reordered;
use crate::Result;
use crate::runtime::memory;

/// The columns of L.
#[derive(Clone, Debug, Default)]
pub(super) struct Front {
    own: Range<usize>,
    /// Places, ascending, all after the own ones.
    boundary: Vec<u32>,
    /// `#own + #boundary by #own`, column-major.
    columns: Vec<f64>,
}

/// What a front leaves to the part above.
pub(super) struct Update {
    boundary: Vec<u32>,
    /// `#boundary by #boundary`, column-major, the lower triangle.
    values: Vec<f64>,
}

impl Front {
    /// Eliminates the columns at the places `own`.
    ///
    /// # Errors
    /// A pivot that is not positive, or memory that cannot be had.
    pub(super) fn new(
        matrix: &Reordered<'_>,
        own: Range<usize>,
        below: Vec<Update>,
    ) -> Result<(Self, Update)> {
        let boundary = boundary(matrix, own.clone(), &below);
        let (width, outer) = (own.len(), boundary.len());
        let columns = memory::checked_product(WHAT, width + outer, width)?;
        let values = memory::checked_product(WHAT, outer, outer)?;
        // Written, not zeroed by the system: additions read first, and a page that is read before it is
        // written faults twice and interrupts the other threads.
        let mut front = Self { own, boundary, columns: memory::try_filled(WHAT, 0.0, columns)? };
        let mut values = memory::try_filled(WHAT, 0.0, values)?;
        front.add_entries(matrix);
        for update in below {
            front.add_update(&update, &mut values);
        }
        front.eliminate(&mut values)?;
        let update = Update { boundary: front.boundary.clone(), values };
        Ok((front, update))
    }

    /// Row of a place.
    fn row(&self, place: usize) -> usize {
        if place < self.own.end {
            return place - self.own.start;
        }
        let found = self.boundary.binary_search(&(place as u32));
        self.own.len() + found.expect("later neighbours are in the boundary")
    }

    fn add_entries(&mut self, matrix: &Reordered<'_>) {
        let height = self.own.len() + self.boundary.len();
        for (column, place) in self.own.clone().enumerate() {
            for (other, value) in matrix.lower_column(place) {
                let row = self.row(other);
                self.columns[column * height + row] += value;
            }
        }
    }

    /// Adds an update to the columns and, where it does not reach these, to `values`.
    fn add_update(&mut self, update: &Update, values: &mut [f64]) {
        let (width, outer) = (self.own.len(), self.boundary.len());
        let count = update.boundary.len();
        let rows: Vec<usize> =
            update.boundary.iter().map(|place| self.row(*place as usize)).collect();
        for (number, &column) in rows.iter().enumerate() {
            let (target, skipped) = if column < width {
                (&mut self.columns[column * (width + outer)..][..width + outer], 0)
            } else {
                (&mut values[(column - width) * outer..][..outer], width)
            };
            let from = &update.values[number * count..][number..count];
            for (row, value) in rows[number..].iter().zip(from) {
                target[row - skipped] += value;
            }
        }
    }

    /// Eliminates the own columns; `values` is the front's last block.
    fn eliminate(&mut self, values: &mut [f64]) -> Result<()> {
        let (width, outer) = (self.own.len(), self.boundary.len());
        let columns = MatMut::from_column_major_slice_mut(&mut self.columns, width + outer, width);
        let (mut square, mut rows) = columns.split_at_row_mut(width);
        factor_square(square.as_mut())?;
        solve_lower_triangular_in_place(square.as_ref(), rows.as_mut().transpose_mut(), Par::Seq);
        triangular::matmul(
            MatMut::from_column_major_slice_mut(values, outer, outer),
            BlockStructure::TriangularLower,
            Accum::Add,
            rows.as_ref(),
            BlockStructure::Rectangular,
            rows.as_ref().transpose(),
            BlockStructure::Rectangular,
            -1.0,
            Par::Seq,
        );
        Ok(())
    }

    /// L₁₁ and L₂₁.
    fn blocks(&self) -> (MatRef<'_, f64>, MatRef<'_, f64>) {
        let (width, outer) = (self.own.len(), self.boundary.len());
        MatRef::from_column_major_slice(&self.columns, width + outer, width).split_at_row(width)
    }

    /// This front's step of L y = b.
    ///
    /// - `columns`: one after the other, of `size` numbers each: b, in which y takes the own places.
    pub(super) fn solve_lower(&self, columns: &mut [f64], size: usize) {
        let (square, rows) = self.blocks();
        let (outer, count) = (self.boundary.len(), columns.len() / size);
        let mut own = self.own_rows(columns, size);
        solve_lower_triangular_in_place(square, own.as_mut(), Par::Seq);
        if outer == 0 {
            return;
        }
        let mut product = vec![0.0; outer * count];
        let target = MatMut::from_column_major_slice_mut(&mut product, outer, count);
        matmul(target, Accum::Replace, rows, own.as_ref(), 1.0, Par::Seq);
        for (column, product) in columns.chunks_exact_mut(size).zip(product.chunks_exact(outer)) {
            for (place, value) in self.boundary.iter().zip(product) {
                column[*place as usize] -= value;
            }
        }
    }

    /// This front's step of Lᵀ x = y, in the same way.
    pub(super) fn solve_upper(&self, columns: &mut [f64], size: usize) {
        let (square, rows) = self.blocks();
        let (outer, count) = (self.boundary.len(), columns.len() / size);
        let mut known = Vec::with_capacity(outer * count);
        for column in columns.chunks_exact(size) {
            known.extend(self.boundary.iter().map(|place| column[*place as usize]));
        }
        let known = MatRef::from_column_major_slice(&known, outer, count);
        let mut own = self.own_rows(columns, size);
        matmul(own.as_mut(), Accum::Add, rows.transpose(), known, -1.0, Par::Seq);
        solve_upper_triangular_in_place(square.transpose(), own, Par::Seq);
    }

    fn own_rows<'a>(&self, columns: &'a mut [f64], size: usize) -> MatMut<'a, f64> {
        let count = columns.len() / size;
        let columns = MatMut::from_column_major_slice_mut(columns, size, count);
        columns.subrows_mut(self.own.start, self.own.len())
    }
}

/// Places after `own` that an entry or an update joins to it, ascending.
fn boundary(matrix: &Reordered<'_>, own: Range<usize>, below: &[Update]) -> Vec<u32> {
    let of_entries = own.clone().flat_map(|place| matrix.lower_column(place));
    let of_entries = of_entries.map(|(place, _)| place as u32);
    let of_updates = below.iter().flat_map(|update| update.boundary.iter().copied());
    let later = |place: &u32| *place as usize >= own.end;
    let mut boundary: Vec<u32> = of_entries.chain(of_updates).filter(later).collect();
    boundary.sort_unstable();
    boundary.dedup();
    boundary
}
