//! The few ways in which kernels use threads. All of them split rows into blocks, run small work on
//! the calling thread, report progress from the calling thread only, and stop promptly on a cancel.

use std::ops::Range;

use rayon::prelude::*;

use super::{Progress, batch, threads};
use crate::{Error, Result};

/// Blocks a thread between two progress reports.
const BLOCKS_PER_REPORT: usize = 4;

/// Elements of rows that one thread changes at the least.
const LEAST_ELEMENTS: usize = 32_768;

/// How a kernel's rows are to be split.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    rows: usize,
    block: usize,
}

impl Split {
    /// Splits `rows` rows, each with `bytes_per_row` of working storage, into blocks of at least `least`.
    ///
    /// Choose `least` so that a block takes some 20 µs: handing work to a thread costs about 5 µs.
    pub fn new(rows: usize, bytes_per_row: usize, least: usize) -> Self {
        Self { rows, block: batch::block_rows(rows, bytes_per_row, least) }
    }

    fn block_count(self) -> usize {
        self.rows.div_ceil(self.block)
    }

    fn range(self, index: usize) -> Range<usize> {
        index * self.block..((index + 1) * self.block).min(self.rows)
    }
}

/// Fills `out`, `width` elements a row, block by block: `fill(rows, out_of_these_rows)`.
///
/// On an error or a cancel `out` holds a mixture: give it working storage when the caller's data
/// must stay untouched.
pub(crate) fn fill_rows<T: Send>(
    split: Split,
    out: &mut [T],
    width: usize,
    progress: &Progress<'_>,
    fill: impl Fn(Range<usize>, &mut [T]) + Sync,
) -> Result<()> {
    assert_eq!(out.len(), split.rows * width, "one row of output for each row of work");
    if width == 0 || split.rows == 0 {
        return progress.advance(1.0);
    }
    let block_len = split.block.saturating_mul(width);
    let mut first_block = 0;
    for round in out.chunks_mut(block_len.saturating_mul(round_blocks(progress))) {
        let fill_block =
            |(index, rows): (usize, &mut [T])| fill(split.range(first_block + index), rows);
        if round.len() <= block_len {
            progress.check()?;
            fill_block((0, round));
            first_block += 1;
        } else {
            let blocks = round.par_chunks_mut(block_len).enumerate();
            let cancelled = progress.flag();
            threads::pool()?.install(|| {
                blocks.with_max_len(1).try_for_each(|block| {
                    if cancelled() {
                        return Err(Error::Cancelled);
                    }
                    fill_block(block);
                    Ok(())
                })
            })?;
            first_block += round.len().div_ceil(block_len);
        }
        progress.advance(first_block as f32 / split.block_count() as f32)?;
    }
    Ok(())
}

/// Changes rows of `width` elements one at a time: `change(row, elements)`. Cannot be cancelled.
pub(crate) fn for_each_row<T: Send>(
    elements: &mut [T],
    width: usize,
    change: impl Fn(usize, &mut [T]) + Sync,
) -> Result<()> {
    let width = width.max(1);
    let split = Split::new(elements.len() / width, 0, LEAST_ELEMENTS.div_ceil(width));
    fill_rows(split, elements, width, &Progress::none(), |rows, block| {
        for (row, elements) in rows.zip(block.chunks_exact_mut(width)) {
            change(row, elements);
        }
    })
}

/// Results of `work(rows)` for each block, in the order of the rows.
pub(crate) fn map_blocks<R: Send>(
    split: Split,
    progress: &Progress<'_>,
    work: impl Fn(Range<usize>) -> R + Sync,
) -> Result<Vec<R>> {
    let total = split.block_count();
    let mut results = Vec::with_capacity(total);
    while results.len() < total {
        let round = results.len()..results.len().saturating_add(round_blocks(progress)).min(total);
        if round.len() == 1 {
            progress.check()?;
            results.push(work(split.range(round.start)));
        } else {
            let cancelled = progress.flag();
            let work_block =
                |block| if cancelled() { None } else { Some(work(split.range(block))) };
            let done: Option<Vec<R>> = threads::pool()?
                .install(|| round.into_par_iter().with_max_len(1).map(work_block).collect());
            results.extend(done.ok_or(Error::Cancelled)?);
        }
        progress.advance(results.len() as f32 / total as f32)?;
    }
    Ok(results)
}

/// Does something with each item, by all threads. Cannot be cancelled.
pub(crate) fn for_each_item<T: Send>(items: Vec<T>, work: impl Fn(T) + Sync + Send) -> Result<()> {
    if threads::thread_count() == 1 || items.len() < 2 {
        items.into_iter().for_each(work);
    } else {
        threads::pool()?.install(|| items.into_par_iter().with_max_len(1).for_each(work));
    }
    Ok(())
}

/// Runs `first` and `second`, on two threads where there are two.
pub(crate) fn join<A: Send, B: Send>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> Result<(A, B)> {
    if threads::thread_count() == 1 {
        return Ok((first(), second()));
    }
    Ok(threads::pool()?.install(|| rayon::join(first, second)))
}

/// Blocks between two progress reports, each of which waits for the slowest thread: all blocks where
/// nobody listens. 1 keeps the work on the calling thread.
fn round_blocks(progress: &Progress<'_>) -> usize {
    match threads::thread_count() {
        1 => 1,
        _ if !progress.reports() => usize::MAX,
        threads => threads * BLOCKS_PER_REPORT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_once_each_whatever_the_split() {
        for (rows, width, least) in [(0, 3, 1), (1, 3, 1), (1000, 3, 7), (1000, 1, 5000)] {
            let mut out = vec![0_usize; rows * width];
            let split = Split::new(rows, 8, least);
            fill_rows(split, &mut out, width, &Progress::none(), |range, rows| {
                for (row, values) in range.zip(rows.chunks_mut(width)) {
                    values.iter_mut().for_each(|value| *value += row + 1);
                }
            })
            .unwrap();
            assert!(out.iter().enumerate().all(|(index, value)| *value == index / width + 1));
        }
    }

    #[test]
    fn blocks_keep_their_order() {
        let split = Split::new(10_000, 8, 10);
        let starts = map_blocks(split, &Progress::none(), |range| range.start).unwrap();
        assert!(starts.is_sorted() && starts.len() > 1);
    }

    #[test]
    fn a_cancel_ends_the_work() {
        let split = Split::new(10_000, 8, 10);
        let progress = Progress::new(None, &|| true);
        assert_eq!(map_blocks(split, &progress, |_| ()), Err(Error::Cancelled));
    }
}
