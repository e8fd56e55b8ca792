//! Rows for `src/ffi/library.rs` and `src/ffi/status.rs`.

use std::ptr::null_mut;

use hemline::ffi::HemStatus::*;
use hemline::ffi::library::*;

use super::harness::{Case, Fault};

pub fn cases() -> Vec<Case> {
    // SAFETY: NULL is what these calls must refuse.
    unsafe {
        vec![
            Case::new("hem_thread_count", Fault::Null, "out_count", HEM_NULL_POINTER, |_| {
                hem_thread_count(null_mut())
            }),
            Case::new("hem_memory_budget", Fault::Null, "out_bytes", HEM_NULL_POINTER, |_| {
                hem_memory_budget(null_mut())
            }),
            Case::new("hem_batch_size", Fault::Null, "out_rows", HEM_NULL_POINTER, |_| {
                hem_batch_size(null_mut())
            }),
            Case::new("hem_set_thread_count", Fault::Value, "count", HEM_INVALID_ARGUMENT, |_| {
                hem_set_thread_count(1025)
            }),
        ]
    }
}
