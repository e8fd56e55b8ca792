//! Sparse rows made in parallel, when their number of entries is not known beforehand.

use std::ops::Range;

use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};
use crate::weights::sparse::WHAT;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Makes one sparse row for each row of `split`, block by block: `fill(rows, block)` appends the rows
/// of its range in order.
///
/// # Errors
/// Those of `fill`, a cancel, more entries than 32-bit offsets can count, or memory that cannot be had.
pub(crate) fn build_rows(
    split: Split,
    group_count: usize,
    progress: &Progress<'_>,
    fill: impl Fn(Range<usize>, &mut RowBlock) -> Result<()> + Sync,
) -> Result<SparseWeights> {
    let blocks = parallel::map_blocks(split, progress, |rows| {
        let mut block = RowBlock::default();
        try_reserve(&mut block.ends, rows.len())?;
        fill(rows.clone(), &mut block)?;
        assert_eq!(block.ends.len(), rows.len(), "one row for each row of the block");
        Ok(block)
    })?;
    concatenate(blocks.into_iter().collect::<Result<_>>()?, group_count)
}

/// Consecutive rows in the making.
#[derive(Default)]
pub(crate) struct RowBlock {
    ends: Vec<usize>,
    groups: Vec<u32>,
    weights: Vec<f32>,
}

impl RowBlock {
    /// Makes room for `entries` more, so that pushing them cannot fail.
    pub(crate) fn reserve(&mut self, entries: usize) -> Result<()> {
        try_reserve(&mut self.groups, entries)?;
        try_reserve(&mut self.weights, entries)
    }

    /// Appends an entry to the row in the making.
    #[inline]
    pub(crate) fn push(&mut self, group: u32, weight: f32) {
        self.groups.push(group);
        self.weights.push(weight);
    }

    /// Ends the row in the making.
    #[inline]
    pub(crate) fn end_row(&mut self) {
        self.ends.push(self.groups.len());
    }
}

fn concatenate(blocks: Vec<RowBlock>, group_count: usize) -> Result<SparseWeights> {
    let row_count: usize = blocks.iter().map(|block| block.ends.len()).sum();
    let entry_count: usize = blocks.iter().map(|block| block.groups.len()).sum();
    let mut rows = SparseWeights::with_capacity(row_count, entry_count, group_count)?;
    for block in blocks {
        let first = rows.groups.len();
        rows.offsets.extend(block.ends.iter().map(|end| (first + end) as u32));
        rows.groups.extend(block.groups);
        rows.weights.extend(block.weights);
    }
    Ok(rows)
}

fn try_reserve<T>(vector: &mut Vec<T>, additional: usize) -> Result<()> {
    vector.try_reserve(additional).map_err(|_| Error::OutOfMemory {
        what: WHAT,
        bytes: additional.saturating_mul(size_of::<T>()),
    })
}

/// Copies of rows: row `v` of the result is row `order[v]` of all `parts` one after another.
///
/// # Errors
/// More entries than 32-bit offsets can count, or memory that cannot be had.
pub(crate) fn concatenated_row_copies(
    parts: &[SparseView<'_>],
    group_count: usize,
    order: &[u32],
) -> Result<SparseWeights> {
    let mut ends = Vec::with_capacity(parts.len());
    let mut total = 0;
    for part in parts {
        total += part.vertex_count();
        ends.push(total);
    }
    let row = |place: u32| {
        let part = ends.partition_point(|end| *end <= place as usize);
        let first = if part == 0 { 0 } else { ends[part - 1] };
        parts[part].row(place as usize - first)
    };
    build_rows(Split::new(order.len(), 0, 4096), group_count, &Progress::none(), |rows, block| {
        block.reserve(rows.clone().map(|vertex| row(order[vertex]).0.len()).sum())?;
        for vertex in rows {
            let (groups, weights) = row(order[vertex]);
            groups.iter().zip(weights).for_each(|(group, weight)| block.push(*group, *weight));
            block.end_row();
        }
        Ok(())
    })
}

/// Rows changed one at a time: `change(vertex, row, out)` gets a row's groups and weights and the
/// vertex's dense row, zeros beforehand, and fills it in.
///
/// # Errors
/// More entries than 32-bit offsets can count, or memory that cannot be had.
pub(crate) fn map_rows(
    rows: SparseView<'_>,
    change: impl Fn(usize, (&[u32], &[f32]), &mut [f64]) + Sync,
) -> Result<SparseWeights> {
    let group_count = rows.group_count();
    let split = Split::new(rows.vertex_count(), 0, 1024);
    build_rows(split, group_count, &Progress::none(), |vertices, block| {
        let mut dense = memory::try_filled(WHAT, 0.0_f64, group_count)?;
        for vertex in vertices {
            dense.fill(0.0);
            change(vertex, rows.row(vertex), &mut dense);
            block.reserve(dense.iter().filter(|weight| **weight as f32 != 0.0).count())?;
            for (group, weight) in dense.iter().enumerate() {
                if *weight as f32 != 0.0 {
                    block.push(group as u32, *weight as f32);
                }
            }
            block.end_row();
        }
        Ok(())
    })
}
