//! Rows for `src/ffi/sparse.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::sparse::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

const FROM_DENSE: &str = "hem_sparse_from_dense";

/// Arrays that describe sparse rows, good until one of them is replaced.
#[derive(Clone, Copy)]
pub struct Rows {
    pub offsets: *const u32,
    pub vertex_count: usize,
    pub groups: *const u32,
    pub weights: *const f32,
    pub entry_count: usize,
    pub group_count: usize,
}

impl Rows {
    /// Two vertices, three entries, two groups.
    pub const GOOD: Self = Self {
        offsets: [0, 2, 3].as_ptr(),
        vertex_count: 2,
        groups: [0, 1, 1].as_ptr(),
        weights: [0.5, 0.5, 1.0].as_ptr(),
        entry_count: 3,
        group_count: 2,
    };

    /// Each way in which sparse input can be wrong.
    pub fn faults() -> Vec<(Fault, &'static str, HemStatus, Self)> {
        let good = Self::GOOD;
        vec![
            (Fault::Null, "offsets", HEM_NULL_POINTER, Self { offsets: null(), ..good }),
            (Fault::Null, "groups", HEM_NULL_POINTER, Self { groups: null(), ..good }),
            (Fault::Null, "weights", HEM_NULL_POINTER, Self { weights: null(), ..good }),
            (Fault::Overflow, "offsets", HEM_SIZE_OVERFLOW, Self { vertex_count: ABSURD, ..good }),
            (
                Fault::Overflow,
                "offsets",
                HEM_SIZE_OVERFLOW,
                Self { vertex_count: usize::MAX, ..good },
            ),
            (Fault::Overflow, "groups", HEM_SIZE_OVERFLOW, Self { entry_count: ABSURD, ..good }),
            (Fault::Value, "offsets", HEM_INVALID_ARGUMENT, Self { entry_count: 2, ..good }),
            (
                Fault::Value,
                "offsets",
                HEM_INVALID_ARGUMENT,
                Self { offsets: [0, 4, 3].as_ptr(), ..good },
            ),
            (
                Fault::Value,
                "groups",
                HEM_INVALID_ARGUMENT,
                Self { groups: [1, 1, 1].as_ptr(), ..good },
            ),
            (Fault::Index, "groups", HEM_INDEX_OUT_OF_RANGE, Self { group_count: 1, ..good }),
            (
                Fault::NotFinite,
                "weights",
                HEM_NOT_FINITE,
                Self { weights: [0.5, 0.5, f32::NAN].as_ptr(), ..good },
            ),
        ]
    }
}

pub fn cases() -> Vec<Case> {
    [view_cases(), from_dense_cases(), to_dense_cases()].into_iter().flatten().collect()
}

fn view_cases() -> Vec<Case> {
    const NAMES: [&str; 7] = [
        "sparse_weights",
        "out_offsets",
        "out_groups",
        "out_weights",
        "out_vertex_count",
        "out_entry_count",
        "out_group_count",
    ];
    let case = |missing: usize| {
        Case::new("hem_sparse_weights_view", Fault::Null, NAMES[missing], HEM_NULL_POINTER, {
            move |scratch| view_without(missing, scratch)
        })
    };
    (0..NAMES.len()).map(case).collect()
}

/// Calls the view with NULL in place of argument number `missing`.
fn view_without(missing: usize, scratch: &Scratch) -> HemStatus {
    let mut sparse = null_mut();
    // SAFETY: every pointer that is not NULL holds what the contract asks for.
    unsafe {
        assert_eq!(hem_sparse_from_dense([1.0].as_ptr(), 1, 1, &mut sparse), HEM_OK);
        let count = |argument: usize| -> *mut usize {
            if argument == missing { null_mut() } else { scratch.output(1) }
        };
        let handle = if missing == 0 { null() } else { sparse.cast_const() };
        let status = hem_sparse_weights_view(
            handle,
            count(1).cast(),
            count(2).cast(),
            count(3).cast(),
            count(4),
            count(5),
            count(6),
        );
        hem_sparse_weights_destroy(sparse);
        status
    }
}

fn from_dense_cases() -> Vec<Case> {
    let case = |fault, argument, expected, weights: &'static [f32], vertices, groups| {
        Case::new(FROM_DENSE, fault, argument, expected, move |scratch| {
            let weights = if weights.is_empty() { null() } else { weights.as_ptr() };
            // SAFETY: `weights` holds what the counts say wherever it is read.
            unsafe { hem_sparse_from_dense(weights, vertices, groups, scratch.handle()) }
        })
    };
    vec![
        case(Fault::Null, "weights", HEM_NULL_POINTER, &[], 1, 2),
        case(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, &[0.5], ABSURD, 3),
        case(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, &[0.5], ABSURD, 1),
        case(Fault::Overflow, "vertex_count", HEM_SIZE_OVERFLOW, &[], ABSURD, 0),
        case(Fault::Overflow, "group_count", HEM_SIZE_OVERFLOW, &[], 0, ABSURD),
        case(Fault::NotFinite, "weights", HEM_NOT_FINITE, &[0.5, f32::NAN], 1, 2),
        Case::new(FROM_DENSE, Fault::Null, "out_sparse_weights", HEM_NULL_POINTER, |_| {
            // SAFETY: NULL is what the call must refuse.
            unsafe { hem_sparse_from_dense([0.5].as_ptr(), 1, 1, null_mut()) }
        }),
    ]
}

fn to_dense_cases() -> Vec<Case> {
    let mut faults = Rows::faults();
    let huge =
        Rows { offsets: [0, 0, 0].as_ptr(), entry_count: 0, group_count: ABSURD, ..Rows::GOOD };
    faults.push((Fault::Overflow, "out_dense", HEM_SIZE_OVERFLOW, huge));
    let mut cases: Vec<Case> = faults
        .into_iter()
        .map(|(fault, argument, expected, rows)| {
            Case::new("hem_sparse_to_dense", fault, argument, expected, move |scratch| {
                to_dense(rows, scratch.output(4))
            })
        })
        .collect();
    cases.push(Case::new(
        "hem_sparse_to_dense",
        Fault::Null,
        "out_dense",
        HEM_NULL_POINTER,
        |_| to_dense(Rows::GOOD, null_mut()),
    ));
    cases
}

fn to_dense(rows: Rows, out: *mut f32) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = rows;
    // SAFETY: the arrays hold what the counts say wherever they are read.
    unsafe {
        hem_sparse_to_dense(offsets, vertex_count, groups, weights, entry_count, group_count, out)
    }
}
