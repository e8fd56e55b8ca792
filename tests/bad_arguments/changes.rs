//! Rows for `src/ffi/changes.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::changes::*;

use super::harness::{ABSURD, Case, Fault};

pub fn cases() -> Vec<Case> {
    let case = |fault, argument, expected: HemStatus, rows, row_bytes| {
        Case::new("hem_find_changed_rows", fault, argument, expected, move |scratch| {
            let unless = |name| argument != name || fault != Fault::Null;
            let before = if unless("before") { [0_u8; 8].as_ptr() } else { null() };
            let after = if unless("after") { [1_u8; 8].as_ptr() } else { null() };
            let out = if unless("out_changed") { scratch.output(2) } else { null_mut() };
            let count = scratch.output(1);
            // SAFETY: every pointer that is not NULL holds what the contract asks for, and absurd
            // counts must be refused before memory is read.
            unsafe { hem_find_changed_rows(before, after, rows, row_bytes, out, count) }
        })
    };
    vec![
        case(Fault::Null, "before", HEM_NULL_POINTER, 2, 4),
        case(Fault::Null, "after", HEM_NULL_POINTER, 2, 4),
        case(Fault::Null, "out_changed", HEM_NULL_POINTER, 2, 4),
        case(Fault::Overflow, "before", HEM_SIZE_OVERFLOW, ABSURD, 4),
        case(Fault::Overflow, "before", HEM_SIZE_OVERFLOW, usize::MAX, 1),
        case(Fault::Value, "row_bytes", HEM_INVALID_ARGUMENT, 2, 0),
    ]
}
