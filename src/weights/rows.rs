//! Sparse rows made in parallel, when their number of entries is not known beforehand.

use std::ops::Range;

use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::weights::SparseWeights;
use crate::{Error, Result};

/// What errors call the result.
const WHAT: &str = "sparse weights";

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
    check::numbered_by_u32(WHAT, entry_count)?;
    let mut rows = SparseWeights {
        offsets: memory::try_with_capacity(WHAT, row_count + 1)?,
        groups: memory::try_with_capacity(WHAT, entry_count)?,
        weights: memory::try_with_capacity(WHAT, entry_count)?,
        group_count,
    };
    rows.offsets.push(0);
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
