//! What every kernel runs on: threads, batches, progress, SIMD dispatch, memory budget, checks.

pub mod batch;
pub mod changes;
pub mod check;
pub mod memory;
pub(crate) mod octets;
pub mod parallel;
pub mod progress;
pub mod simd;
pub mod threads;

pub use progress::Progress;
