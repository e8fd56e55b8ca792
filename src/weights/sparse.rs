//! Skin weights as sparse rows: for each vertex only the groups that it is a member of.

use crate::runtime::{check, memory};
use crate::{Error, Result};

/// What errors call sparse weights.
pub(crate) const WHAT: &str = "sparse weights";

/// Sparse skin weights that own their arrays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseWeights {
    /// `#V + 1` row bounds: vertex `v` has the entries `offsets[v]..offsets[v + 1]`.
    pub offsets: Vec<u32>,
    /// Group of each entry, ascending within a row.
    pub groups: Vec<u32>,
    /// Weight of each entry.
    pub weights: Vec<f32>,
    /// Number of groups; every entry's group lies below it.
    pub group_count: usize,
}

/// Sparse skin weights in somebody else's arrays, checked at construction.
#[derive(Clone, Copy, Debug)]
pub struct SparseView<'a> {
    offsets: &'a [u32],
    groups: &'a [u32],
    weights: &'a [f32],
    group_count: usize,
}

impl<'a> SparseView<'a> {
    /// Checks the rows and takes a view of them.
    ///
    /// - `offsets`: `#V + 1`, ascending from 0 to the number of entries;
    /// - `groups`: one for each entry, below `group_count`; a row may name a group once;
    /// - `weights`: one for each entry, finite.
    ///
    /// # Errors
    /// Names the first element that breaks one of these rules.
    pub fn new(
        offsets: &'a [u32],
        groups: &'a [u32],
        weights: &'a [f32],
        group_count: usize,
    ) -> Result<Self> {
        check_offsets(offsets, groups.len())?;
        check::length("weights", weights.len(), groups.len())?;
        check::indices("groups", groups, group_count)?;
        check::finite("weights", weights)?;
        let view = Self { offsets, groups, weights, group_count };
        view.check_distinct_groups()?;
        Ok(view)
    }

    /// Number of vertices.
    pub fn vertex_count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of groups.
    pub fn group_count(&self) -> usize {
        self.group_count
    }

    /// Row bounds, `#V + 1`.
    pub fn offsets(&self) -> &'a [u32] {
        self.offsets
    }

    /// Group of each entry.
    pub fn groups(&self) -> &'a [u32] {
        self.groups
    }

    /// Weight of each entry.
    pub fn weights(&self) -> &'a [f32] {
        self.weights
    }

    /// Groups and weights of one vertex.
    #[inline]
    pub fn row(&self, vertex: usize) -> (&'a [u32], &'a [f32]) {
        let entries = self.offsets[vertex] as usize..self.offsets[vertex + 1] as usize;
        (&self.groups[entries.clone()], &self.weights[entries])
    }

    /// A copy of the rows.
    pub fn to_weights(&self) -> SparseWeights {
        SparseWeights {
            offsets: self.offsets.to_vec(),
            groups: self.groups.to_vec(),
            weights: self.weights.to_vec(),
            group_count: self.group_count,
        }
    }

    fn check_distinct_groups(&self) -> Result<()> {
        let ascending = |groups: &[u32]| groups.windows(2).all(|pair| pair[0] < pair[1]);
        let mut sorted = Vec::new();
        for vertex in 0..self.vertex_count() {
            let groups = self.row(vertex).0;
            if ascending(groups) {
                continue;
            }
            sorted.clear();
            sorted.extend_from_slice(groups);
            sorted.sort_unstable();
            if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(Error::invalid(
                    "groups",
                    format!("names group {} twice in vertex {vertex}, expected once", pair[0]),
                ));
            }
        }
        Ok(())
    }
}

impl SparseWeights {
    /// No rows yet, with room for so many.
    ///
    /// # Errors
    /// More entries than 32-bit offsets can count, or memory that cannot be had.
    pub(crate) fn with_capacity(
        row_count: usize,
        entry_count: usize,
        group_count: usize,
    ) -> Result<Self> {
        check::numbered_by_u32(WHAT, entry_count)?;
        let mut rows = Self {
            offsets: memory::try_with_capacity(WHAT, row_count + 1)?,
            groups: memory::try_with_capacity(WHAT, entry_count)?,
            weights: memory::try_with_capacity(WHAT, entry_count)?,
            group_count,
        };
        rows.offsets.push(0);
        Ok(rows)
    }

    /// A view of the rows.
    ///
    /// # Panics
    /// Never for rows that a kernel of hemline made.
    pub fn view(&self) -> SparseView<'_> {
        debug_assert_eq!(self.offsets.last().map(|&end| end as usize), Some(self.groups.len()));
        SparseView {
            offsets: &self.offsets,
            groups: &self.groups,
            weights: &self.weights,
            group_count: self.group_count,
        }
    }
}

fn check_offsets(offsets: &[u32], entry_count: usize) -> Result<()> {
    let (Some(&first), Some(&last)) = (offsets.first(), offsets.last()) else {
        return Err(Error::invalid("offsets", "is empty, expected one element more than vertices"));
    };
    if first != 0 {
        return Err(Error::invalid("offsets", format!("begins with {first}, expected 0")));
    }
    if let Some(row) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
        let (from, to) = (offsets[row], offsets[row + 1]);
        return Err(Error::invalid(
            "offsets",
            format!("falls from {from} to {to} at element {}, expected ascending", row + 1),
        ));
    }
    if last as usize != entry_count {
        return Err(Error::invalid(
            "offsets",
            format!("ends with {last}, expected the number of entries, {entry_count}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rows_are_named() {
        let text = |offsets: &[u32], groups: &[u32], weights: &[f32]| {
            SparseView::new(offsets, groups, weights, 3).unwrap_err().to_string()
        };
        assert!(text(&[], &[], &[]).contains("`offsets` is empty"));
        assert!(text(&[1, 2], &[0, 1], &[0.0; 2]).contains("begins with 1"));
        assert!(text(&[0, 2, 1, 2], &[0, 1], &[0.0; 2]).contains("falls from 2 to 1 at element 2"));
        assert!(text(&[0, 3], &[0, 1], &[0.0; 2]).contains("ends with 3"));
        assert!(text(&[0, 2], &[0, 3], &[0.0; 2]).contains("`groups`[1] is 3"));
        assert!(text(&[0, 2], &[1, 1], &[0.0; 2]).contains("names group 1 twice in vertex 0"));
        assert!(text(&[0, 2], &[0, 1], &[0.0, f32::NAN]).contains("`weights`[1] is NaN"));
        assert!(SparseView::new(&[0], &[], &[], 0).is_ok());
        assert!(SparseView::new(&[0, 3], &[2, 0, 1], &[0.0; 3], usize::MAX).is_ok());
    }
}
