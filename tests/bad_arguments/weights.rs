//! Rows for `src/ffi/weights.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::weights::*;

use super::harness::{ABSURD, Case, Fault, Scratch};
use super::sparse::Rows;

/// Calls a function on dense weights in place, two vertices and two groups unless the counts are absurd.
type Dense = fn(*mut f32, usize, usize) -> HemStatus;

/// Calls a function on sparse rows, its handle going to the slot.
type Sparse = fn(Rows, *mut *mut hemline::ffi::sparse::HemSparseWeights) -> HemStatus;

pub fn cases() -> Vec<Case> {
    // SAFETY, here and below: every pointer that is not NULL holds what the contract asks for wherever
    // it is read, and absurd counts must be refused before memory is read.
    let dense: [(&str, Dense); 3] = [
        ("hem_normalize_weights_dense", |weights, vertices, groups| unsafe {
            hem_normalize_weights_dense(weights, vertices, groups, null(), null(), null_mut())
        }),
        ("hem_limit_weights_dense", |weights, vertices, groups| unsafe {
            hem_limit_weights_dense(weights, vertices, groups, null(), null(), null_mut())
        }),
        ("hem_prune_weights_dense", |weights, vertices, groups| unsafe {
            hem_prune_weights_dense(weights, vertices, groups, null(), null(), null_mut())
        }),
    ];
    let sparse: [(&str, Sparse); 2] = [
        ("hem_limit_weights_sparse", |rows, out| limit_sparse(rows, null(), out)),
        ("hem_prune_weights_sparse", |rows, out| prune_sparse(rows, null(), out)),
    ];
    let mut cases: Vec<Case> =
        dense.into_iter().flat_map(|(function, call)| dense_cases(function, call)).collect();
    cases.extend(sparse.into_iter().flat_map(|(function, call)| sparse_cases(function, call)));
    cases.extend(normalize_sparse_cases());
    cases.extend(limit_option_cases());
    cases.extend(prune_option_cases());
    cases
}

fn dense_cases(function: &'static str, call: Dense) -> Vec<Case> {
    let in_place = |fault, expected, values: [f32; 4]| {
        Case::new(function, fault, "weights", expected, move |scratch| {
            call(scratch.in_place(&values), 2, 2)
        })
    };
    let absurd = |argument, vertices, groups| {
        Case::new(function, Fault::Overflow, argument, HEM_SIZE_OVERFLOW, move |scratch| {
            call(scratch.in_place(&[0.5_f32; 4]), vertices, groups)
        })
    };
    vec![
        Case::new(function, Fault::Null, "weights", HEM_NULL_POINTER, move |_| {
            call(null_mut(), 2, 2)
        }),
        absurd("weights", ABSURD, 3),
        absurd("weights", ABSURD, 1),
        absurd("group_count", 0, ABSURD),
        in_place(Fault::NotFinite, HEM_NOT_FINITE, [0.5, 0.25, f32::NAN, 1.0]),
        in_place(Fault::Value, HEM_INVALID_ARGUMENT, [0.5, 0.25, 1.0, -0.5]),
    ]
}

/// The faults of sparse rows, and weights that are negative.
fn row_faults() -> Vec<(Fault, &'static str, HemStatus, Rows)> {
    let negative = Rows { weights: [0.5, -0.5, 1.0].as_ptr(), ..Rows::GOOD };
    let mut faults = Rows::faults();
    faults.push((Fault::Value, "weights", HEM_INVALID_ARGUMENT, negative));
    faults
}

fn sparse_cases(function: &'static str, call: Sparse) -> Vec<Case> {
    let mut cases: Vec<Case> = row_faults()
        .into_iter()
        .map(|(fault, argument, expected, rows)| {
            Case::new(function, fault, argument, expected, move |scratch| {
                call(rows, scratch.handle())
            })
        })
        .collect();
    cases.push(Case::new(
        function,
        Fault::Null,
        "out_sparse_weights",
        HEM_NULL_POINTER,
        move |_| call(Rows::GOOD, null_mut()),
    ));
    cases
}

fn normalize_sparse_cases() -> Vec<Case> {
    let case = |(fault, argument, expected, rows): (Fault, &'static str, HemStatus, Rows)| {
        Case::new("hem_normalize_weights_sparse", fault, argument, expected, move |scratch| {
            normalize_sparse(rows, scratch)
        })
    };
    row_faults().into_iter().map(case).collect()
}

fn normalize_sparse(rows: Rows, scratch: &Scratch) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = rows;
    // SAFETY: as in `cases`; three weights stand wherever there are any.
    unsafe {
        let weights = match weights.is_null() {
            true => null_mut(),
            false => scratch.in_place(std::slice::from_raw_parts(weights, 3)),
        };
        hem_normalize_weights_sparse(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            null(),
            null(),
            scratch.output(1),
        )
    }
}

fn limit_sparse(
    rows: Rows,
    options: *const HemLimitOptions,
    out: *mut *mut hemline::ffi::sparse::HemSparseWeights,
) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = rows;
    // SAFETY: as in `cases`.
    unsafe {
        hem_limit_weights_sparse(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            null(),
            options,
            out,
            null_mut(),
        )
    }
}

fn prune_sparse(
    rows: Rows,
    options: *const HemPruneOptions,
    out: *mut *mut hemline::ffi::sparse::HemSparseWeights,
) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = rows;
    // SAFETY: as in `cases`.
    unsafe {
        hem_prune_weights_sparse(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            null(),
            options,
            out,
            null_mut(),
        )
    }
}

fn limit_option_cases() -> Vec<Case> {
    let good = HemLimitOptions::default();
    let mut cases = vec![Case::new(
        "hem_limit_options_init",
        Fault::Null,
        "out_options",
        HEM_NULL_POINTER,
        // SAFETY: NULL is what the call must refuse.
        |_| unsafe { hem_limit_options_init(null_mut()) },
    )];
    for (argument, expected, options) in [
        ("options", HEM_INVALID_ARGUMENT, HemLimitOptions { struct_size: 999, ..good }),
        ("max_influences", HEM_INVALID_ARGUMENT, HemLimitOptions { max_influences: 0, ..good }),
        ("fade", HEM_INVALID_ARGUMENT, HemLimitOptions { fade: -1.0, ..good }),
        ("fade", HEM_NOT_FINITE, HemLimitOptions { fade: f32::NAN, ..good }),
        ("keep_sum", HEM_INVALID_ARGUMENT, HemLimitOptions { keep_sum: 2, ..good }),
    ] {
        cases.push(Case::new(
            "hem_limit_weights_dense",
            Fault::Value,
            argument,
            expected,
            move |scratch| {
                let weights = scratch.in_place(&[0.5_f32; 4]);
                // SAFETY: as in `cases`.
                unsafe { hem_limit_weights_dense(weights, 2, 2, null(), &options, null_mut()) }
            },
        ));
        cases.push(Case::new(
            "hem_limit_weights_sparse",
            Fault::Value,
            argument,
            expected,
            move |scratch| limit_sparse(Rows::GOOD, &options, scratch.handle()),
        ));
    }
    cases
}

fn prune_option_cases() -> Vec<Case> {
    let good = HemPruneOptions::default();
    let mut cases = vec![Case::new(
        "hem_prune_options_init",
        Fault::Null,
        "out_options",
        HEM_NULL_POINTER,
        // SAFETY: NULL is what the call must refuse.
        |_| unsafe { hem_prune_options_init(null_mut()) },
    )];
    for (argument, expected, options) in [
        ("options", HEM_INVALID_ARGUMENT, HemPruneOptions { struct_size: 0, ..good }),
        ("threshold", HEM_INVALID_ARGUMENT, HemPruneOptions { threshold: -1.0, ..good }),
        ("threshold", HEM_NOT_FINITE, HemPruneOptions { threshold: f32::INFINITY, ..good }),
        ("keep_largest", HEM_INVALID_ARGUMENT, HemPruneOptions { keep_largest: 7, ..good }),
        ("keep_sum", HEM_INVALID_ARGUMENT, HemPruneOptions { keep_sum: 2, ..good }),
    ] {
        cases.push(Case::new(
            "hem_prune_weights_dense",
            Fault::Value,
            argument,
            expected,
            move |scratch| {
                let weights = scratch.in_place(&[0.5_f32; 4]);
                // SAFETY: as in `cases`.
                unsafe { hem_prune_weights_dense(weights, 2, 2, null(), &options, null_mut()) }
            },
        ));
        cases.push(Case::new(
            "hem_prune_weights_sparse",
            Fault::Value,
            argument,
            expected,
            move |scratch| prune_sparse(Rows::GOOD, &options, scratch.handle()),
        ));
    }
    cases
}
