//! Sparse symmetric matrices as compressed rows.

use crate::Result;
use crate::runtime::{check, memory};

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
    pub fn graph_laplacian(size: usize, edges: &[(u32, u32, f64)]) -> Result<Self> {
        const WHAT: &str = "Laplacian";
        let entry_bound = 2 * edges.len() + size;
        check::numbered_by_u32(WHAT, entry_bound)?;
        let starts = row_starts(size, edges);
        let mut entries: Vec<(u32, f64)> = memory::try_filled(WHAT, (0, 0.0), 2 * edges.len())?;
        let mut next = starts.clone();
        let mut place = |row: u32, entry| {
            let slot = &mut next[row as usize];
            entries[*slot as usize] = entry;
            *slot += 1;
        };
        for (i, j, value) in proper(edges) {
            place(i, (j, value));
            place(j, (i, value));
        }
        let mut matrix = Self {
            offsets: memory::try_with_capacity(WHAT, size + 1)?,
            columns: memory::try_with_capacity(WHAT, entry_bound)?,
            values: memory::try_with_capacity(WHAT, entry_bound)?,
        };
        matrix.offsets.push(0);
        for row in 0..size {
            let entries = &mut entries[starts[row] as usize..starts[row + 1] as usize];
            matrix.push_laplacian_row(row as u32, entries);
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

/// The edges that join two vertices.
fn proper(edges: &[(u32, u32, f64)]) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
    edges.iter().copied().filter(|(i, j, _)| i != j)
}

/// Where each row's entries begin, by counting.
fn row_starts(size: usize, edges: &[(u32, u32, f64)]) -> Vec<u32> {
    let mut starts = vec![0; size + 1];
    for (i, j, _) in proper(edges) {
        starts[i as usize + 1] += 1;
        starts[j as usize + 1] += 1;
    }
    for row in 0..size {
        starts[row + 1] += starts[row];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_add_up_and_rows_sum_to_zero() {
        let edges = [(0, 2, 1.0), (2, 0, 0.5), (1, 2, 3.0), (1, 1, 7.0)];
        let matrix = CsrMatrix::graph_laplacian(4, &edges).unwrap();
        let rows: Vec<Vec<(usize, f64)>> = (0..4).map(|row| matrix.row(row).collect()).collect();
        assert_eq!(rows[0], [(0, -1.5), (2, 1.5)]);
        assert_eq!(rows[1], [(1, -3.0), (2, 3.0)]);
        assert_eq!(rows[2], [(0, 1.5), (1, 3.0), (2, -4.5)]);
        assert_eq!(rows[3], [(3, 0.0)]);
    }
}
