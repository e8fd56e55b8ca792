//! Sparse rows whose groups ascend, so that two rows can be walked side by side.

use crate::Result;
use crate::runtime::check;
use crate::weights::row_kernel::check_not_negative;
use crate::weights::{SparseView, SparseWeights};

/// Groups and weights of one vertex.
pub(crate) type Row<'a> = (&'a [u32], &'a [f32]);

/// Rows with ascending groups: the given ones, or a sorted copy of them.
pub(crate) struct Ascending<'a> {
    rows: SparseView<'a>,
    sorted: Option<SparseWeights>,
}

impl<'a> Ascending<'a> {
    /// Takes rows that a caller gave.
    ///
    /// # Errors
    /// Names the first weight that is negative.
    pub(crate) fn new(rows: SparseView<'a>) -> Result<Self> {
        check_not_negative(rows)?;
        let ascends = (0..rows.vertex_count()).all(|vertex| rows.row(vertex).0.is_sorted());
        Ok(Self { rows, sorted: (!ascends).then(|| sorted(rows)) })
    }

    /// [`Self::new`] for the rows that a caller compares or mixes with.
    pub(crate) fn of_original(rows: SparseView<'a>) -> Result<Self> {
        Self::new(rows).map_err(|error| error.renamed(|_| "original"))
    }

    /// The rows.
    pub(crate) fn view(&self) -> SparseView<'_> {
        self.sorted.as_ref().map_or(self.rows, SparseWeights::view)
    }
}

fn sorted(rows: SparseView<'_>) -> SparseWeights {
    let mut sorted = rows.to_weights();
    let mut entries: Vec<(u32, f32)> = Vec::new();
    for vertex in 0..rows.vertex_count() {
        let (groups, weights) = rows.row(vertex);
        entries.clear();
        entries.extend(groups.iter().copied().zip(weights.iter().copied()));
        entries.sort_unstable_by_key(|(group, _)| *group);
        let first = rows.offsets()[vertex] as usize;
        for (entry, &(group, weight)) in entries.iter().enumerate() {
            sorted.groups[first + entry] = group;
            sorted.weights[first + entry] = weight;
        }
    }
    sorted
}

/// Calls `visit(group, weight of a, weight of b)` for each group of two ascending rows, ascending; a row
/// that does not name a group has weight 0 in it.
#[inline(always)]
pub(crate) fn for_each_group(a: Row<'_>, b: Row<'_>, mut visit: impl FnMut(u32, f32, f32)) {
    let (mut i, mut j) = (0, 0);
    while i < a.0.len() || j < b.0.len() {
        let of_a = a.0.get(i).copied().unwrap_or(u32::MAX);
        let of_b = b.0.get(j).copied().unwrap_or(u32::MAX);
        let group = of_a.min(of_b);
        let (in_a, in_b) = (i < a.0.len() && of_a == group, j < b.0.len() && of_b == group);
        visit(group, if in_a { a.1[i] } else { 0.0 }, if in_b { b.1[j] } else { 0.0 });
        i += usize::from(in_a);
        j += usize::from(in_b);
    }
}

/// A row as it comes out of sums over many: entries in any order, groups more than once.
#[derive(Default)]
pub(crate) struct RowSum {
    entries: Vec<(u32, f64)>,
}

impl RowSum {
    /// Adds one entry.
    #[inline]
    pub(crate) fn add(&mut self, group: u32, weight: f64) {
        self.entries.push((group, weight));
    }

    /// Adds a row's entries that `chosen` takes.
    pub(crate) fn add_row(&mut self, (groups, weights): Row<'_>, chosen: impl Fn(u32) -> bool) {
        let entries = groups.iter().zip(weights).filter(|(group, _)| chosen(**group));
        self.entries.extend(entries.map(|(&group, &weight)| (group, weight.into())));
    }

    /// Calls `push(group, sum · scale)` for each group whose sum is not 0, ascending, and forgets
    /// the entries. Entries of a group are summed in the order in which they were added.
    pub(crate) fn finish(&mut self, scale: f64, mut push: impl FnMut(u32, f32)) {
        self.entries.sort_by_key(|(group, _)| *group);
        for entries in self.entries.chunk_by(|a, b| a.0 == b.0) {
            let weight = (entries.iter().map(|(_, weight)| weight).sum::<f64>() * scale) as f32;
            if weight != 0.0 {
                push(entries[0].0, weight);
            }
        }
        self.entries.clear();
    }

    /// Number of entries that were added.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The bytes of a mask that chooses groups; without one all are chosen.
pub(crate) fn chosen_groups(
    mask: Option<&[u8]>,
    group_count: usize,
) -> Result<impl Fn(u32) -> bool + Copy + '_> {
    if let Some(mask) = mask {
        check::length("group_mask", mask.len(), group_count)?;
    }
    Ok(move |group: u32| mask.is_none_or(|mask| mask[group as usize] != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_where_they_must_be() {
        let rows = SparseView::new(&[0, 2, 3], &[1, 0, 2], &[0.25, 0.5, 1.0], 3).unwrap();
        let ascending = Ascending::new(rows).unwrap();
        assert_eq!(ascending.view().groups(), [0, 1, 2]);
        assert_eq!(ascending.view().weights(), [0.5, 0.25, 1.0]);
        let sorted = ascending.sorted.as_ref().unwrap().view();
        assert!(Ascending::new(sorted).unwrap().sorted.is_none());
    }

    #[test]
    fn two_rows_are_walked_side_by_side() {
        let mut seen = Vec::new();
        let (a, b) = ((&[0, 2][..], &[0.5, 1.0][..]), (&[1, 2, 4][..], &[0.1, 0.2, 0.3][..]));
        for_each_group(a, b, |group, a, b| seen.push((group, a, b)));
        assert_eq!(seen, [(0, 0.5, 0.0), (1, 0.0, 0.1), (2, 1.0, 0.2), (4, 0.0, 0.3)]);
    }
}
