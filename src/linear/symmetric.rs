//! Sparse symmetric matrices, and the order in which their unknowns are eliminated.

use std::ops::Range;

/// A symmetric matrix, row by row, in the making.
#[derive(Clone, Debug)]
pub struct SymmetricRows {
    offsets: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Default for SymmetricRows {
    fn default() -> Self {
        Self { offsets: vec![0], columns: Vec::new(), values: Vec::new() }
    }
}

impl SymmetricRows {
    /// Appends an entry to the row in the making. Entry (i, j) is in row i, and in row j too.
    pub fn push(&mut self, column: u32, value: f64) {
        self.columns.push(column);
        self.values.push(value);
    }

    /// Ends the row in the making.
    pub fn end_row(&mut self) {
        self.offsets.push(self.columns.len() as u32);
    }

    /// Number of rows so far.
    pub fn size(&self) -> usize {
        self.offsets.len() - 1
    }

    fn range(&self, row: u32) -> Range<usize> {
        self.offsets[row as usize] as usize..self.offsets[row as usize + 1] as usize
    }

    /// Columns of a row's entries.
    pub(super) fn columns(&self, row: u32) -> &[u32] {
        &self.columns[self.range(row)]
    }
}

/// A matrix whose unknowns have places in an order of elimination.
pub(super) struct Reordered<'a> {
    pub(super) rows: &'a SymmetricRows,
    /// The unknown at each place.
    pub(super) order: &'a [u32],
    /// Place of each unknown.
    pub(super) places: &'a [u32],
    /// By which the diagonal is multiplied.
    pub(super) growth: f64,
}

impl Reordered<'_> {
    /// Column at `place` of the lower triangle: (place, value).
    pub(super) fn lower_column(&self, place: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.rows.range(self.order[place]);
        let entries = self.rows.columns[range.clone()].iter().zip(&self.rows.values[range]);
        entries.filter_map(move |(other, value)| match self.places[*other as usize] as usize {
            other if other < place => None,
            other if other == place => Some((place, value * self.growth)),
            other => Some((other, *value)),
        })
    }
}
