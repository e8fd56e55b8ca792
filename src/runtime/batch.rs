//! How work is split: blocks small enough to balance threads and to notice a cancel promptly, large
//! enough that the split costs nothing. Results never depend on the split.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{memory, threads};

/// Blocks handed to each thread: enough that one slow block does not leave the others idle.
const BLOCKS_PER_THREAD: usize = 16;

/// Part of the memory budget that the working storage of all running blocks may take.
const BUDGET_SHARE: usize = 4;

static OVERRIDE: AtomicUsize = AtomicUsize::new(0);

/// Sets the number of rows (vertices, queries) a block; 0 lets hemline choose.
pub fn set_batch_size(rows: usize) {
    OVERRIDE.store(rows, Ordering::Relaxed);
}

/// The override set by [`set_batch_size`], 0 when hemline chooses.
pub fn batch_size() -> usize {
    OVERRIDE.load(Ordering::Relaxed)
}

/// Rows a block for `rows` rows which need `bytes_per_row` of working storage each, never below
/// `least` unless the caller's override says so: under `least` the split would cost more than it gains.
pub(crate) fn block_rows(rows: usize, bytes_per_row: usize, least: usize) -> usize {
    let chosen = batch_size();
    if chosen > 0 {
        return chosen;
    }
    let threads = threads::thread_count();
    let balanced = rows.div_ceil(threads * BLOCKS_PER_THREAD);
    let affordable = memory::budget() / BUDGET_SHARE / threads / bytes_per_row.max(1);
    balanced.max(least).min(affordable.max(1)).max(1)
}
