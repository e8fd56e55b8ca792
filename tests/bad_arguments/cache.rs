//! Rows for `src/ffi/cache.rs`.

use std::ptr::null_mut;

use hemline::ffi::HemStatus::*;
use hemline::ffi::cache::*;

use super::harness::{Case, Fault};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("hem_cache_info", Fault::Null, "out_info", HEM_NULL_POINTER, |_| {
            // SAFETY: NULL is what the call must refuse.
            unsafe { hem_cache_info(null_mut()) }
        }),
        Case::new("hem_cache_info", Fault::Value, "out_info", HEM_INVALID_ARGUMENT, |scratch| {
            // The pattern of the buffer is no size of any version of the struct.
            // SAFETY: the buffer holds one struct.
            unsafe { hem_cache_info(scratch.output(1)) }
        }),
    ]
}

#[test]
fn an_older_caller_gets_the_fields_that_it_knows() {
    let mut info = HemCacheInfo { struct_size: 24, ..bytemuck::Zeroable::zeroed() };
    info.entries = 12345;
    // SAFETY: one struct, whose size is set.
    assert_eq!(unsafe { hem_cache_info(&mut info) }, HEM_OK);
    assert_eq!((info.struct_size, info.entries), (24, 12345));
    assert!(info.limit > 0);
}
