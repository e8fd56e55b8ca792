//! Sparse symmetric matrices as compressed rows.

use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};

/// What errors call the matrix.
const WHAT: &str = "Laplacian";

/// Rows that one thread sorts at the least.
const LEAST_ROWS: usize = 4_096;

/// A sparse matrix, row by row, columns ascending in each.
#[derive(Clone, Debug, PartialEq)]
pub struct CsrMatrix {
    offsets: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl CsrMatrix {
    /// The matrix with `value` at (i, j) and (j, i) and `−value` at (i, i) and (j, j), summed over all
    /// `(i, j, value)` with i ≠ j: the Laplacian of a weighted graph. The diagonal is stored, 0 too.
    ///
    /// # Errors
    /// More entries than 32-bit offsets can count, or memory that cannot be had.
    pub fn graph_laplacian(
        size: usize,
        edges: impl Iterator<Item = (u32, u32, f64)> + Clone,
    ) -> Result<Self> {
        let edges = edges.filter(|(i, j, _)| i != j);
        let starts = row_starts(size, edges.clone())?;
        check::numbered_by_u32(WHAT, starts[size] + size)?;
        let mut entries = memory::try_filled(WHAT, (0, 0.0), starts[size])?;
        let mut next = starts.clone();
        let mut place = |row: u32, entry: (u32, f64)| {
            let slot = &mut next[row as usize];
            entries[*slot] = entry;
            *slot += 1;
        };
        for (i, j, value) in edges {
            place(i, (j, value));
            place(j, (i, value));
        }
        let split = Split::new(size, 0, LEAST_ROWS);
        let parts = parallel::map_blocks(split, &Progress::none(), |rows| {
            let mut part = Self::with_capacity(rows.len(), starts[rows.end] - starts[rows.start])?;
            let mut sorted = Vec::new();
            for row in rows {
                sorted.clear();
                sorted.extend_from_slice(&entries[starts[row]..starts[row + 1]]);
                part.push_laplacian_row(row as u32, &mut sorted);
            }
            Ok(part)
        })?;
        Self::stacked(&parts.into_iter().collect::<Result<Vec<_>>>()?)
    }

    /// No rows yet.
    fn with_capacity(rows: usize, entries: usize) -> Result<Self> {
        let mut offsets = memory::try_with_capacity(WHAT, rows + 1)?;
        offsets.push(0);
        let columns = memory::try_with_capacity(WHAT, entries + rows)?;
        let values = memory::try_with_capacity(WHAT, entries + rows)?;
        Ok(Self { offsets, columns, values })
    }

    /// The rows of `parts`, one part under the other.
    fn stacked(parts: &[Self]) -> Result<Self> {
        let rows = parts.iter().map(Self::row_count).sum();
        let mut matrix =
            Self::with_capacity(rows, parts.iter().map(|part| part.columns.len()).sum())?;
        for part in parts {
            let before = matrix.columns.len() as u32;
            matrix.offsets.extend(part.offsets[1..].iter().map(|offset| before + offset));
            matrix.columns.extend_from_slice(&part.columns);
            matrix.values.extend_from_slice(&part.values);
        }
        Ok(matrix)
    }

    /// Appends a row whose entries off the diagonal are `entries`, some columns more than once.
    fn push_laplacian_row(&mut self, row: u32, entries: &mut [(u32, f64)]) {
        // Stable, so that entries of one column add up in the order in which they came.
        entries.sort_by_key(|(column, _)| *column);
        let first = self.columns.len();
        let diagonal = -entries.iter().map(|(_, value)| value).sum::<f64>();
        let (below, above) = entries.split_at(entries.partition_point(|(column, _)| *column < row));
        for &(column, value) in below.iter().chain(&[(row, diagonal)]).chain(above) {
            if self.columns[first..].last() == Some(&column) {
                *self.values.last_mut().expect("the row has an entry") += value;
            } else {
                self.columns.push(column);
                self.values.push(value);
            }
        }
        self.offsets.push(self.columns.len() as u32);
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Columns and values of a row.
    #[inline]
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        let columns = self.columns[range.clone()].iter();
        columns.zip(&self.values[range]).map(|(column, value)| (*column as usize, *value))
    }
}

/// Where each row's entries begin, by counting, and after them their number.
fn row_starts(size: usize, edges: impl Iterator<Item = (u32, u32, f64)>) -> Result<Vec<usize>> {
    let mut starts = memory::try_filled(WHAT, 0, size + 1)?;
    for (i, j, _) in edges {
        starts[i as usize + 1] += 1;
        starts[j as usize + 1] += 1;
    }
    for row in 0..size {
        starts[row + 1] += starts[row];
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_add_up_and_rows_sum_to_zero() {
        let edges = [(0, 2, 1.0), (2, 0, 0.5), (1, 2, 3.0), (1, 1, 7.0)];
        let matrix = CsrMatrix::graph_laplacian(4, edges.into_iter()).unwrap();
        let rows: Vec<Vec<(usize, f64)>> = (0..4).map(|row| matrix.row(row).collect()).collect();
        assert_eq!(rows[0], [(0, -1.5), (2, 1.5)]);
        assert_eq!(rows[1], [(1, -3.0), (2, 3.0)]);
        assert_eq!(rows[2], [(0, 1.5), (1, 3.0), (2, -4.5)]);
        assert_eq!(rows[3], [(3, 0.0)]);
    }
}
