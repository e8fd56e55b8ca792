//! Lists of neighbours: for each row (a point or a query) who lies near it, and how far.

/// Neighbours of each row as sparse rows (CSR).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbors {
    /// `#R + 1` row bounds: row `r` has the entries `offsets[r]..offsets[r + 1]`.
    pub offsets: Vec<u32>,
    /// Index of each neighbour, ascending within a row.
    pub indices: Vec<u32>,
    /// Distance to each neighbour, in metres; empty where they were not asked for.
    pub distances: Vec<f32>,
}

impl Neighbors {
    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Indices and distances of one row, whose distances must have been asked for.
    #[inline]
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let entries = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        (&self.indices[entries.clone()], &self.distances[entries])
    }
}
