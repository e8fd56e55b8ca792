//! Rows for `src/ffi/point_index.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::point_index::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

const POINTS: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
const BROKEN: [f32; 6] = [0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0];

type Make = unsafe extern "C" fn(*const f32, usize, *mut *mut HemPointIndex) -> HemStatus;

pub fn cases() -> Vec<Case> {
    let mut cases = making("hem_point_index_create", hem_point_index_create);
    cases.extend(making("hem_point_index_acquire", hem_point_index_acquire));
    cases.extend(queries("hem_point_index_nearest", "max_distance", nearest));
    cases.extend(queries("hem_point_index_k_nearest", "max_distance", k_nearest));
    cases.extend(queries("hem_point_index_within", "radius", within));
    cases.extend(queries("hem_point_index_count_within", "radius", count_within));
    let function = "hem_point_index_k_nearest";
    cases.push(Case::new(function, Fault::Value, "k", HEM_INVALID_ARGUMENT, |scratch| {
        k_nearest(&Query { k: 0, ..Query::good() }, scratch)
    }));
    cases.push(Case::new(function, Fault::Overflow, "k", HEM_SIZE_OVERFLOW, |scratch| {
        k_nearest(&Query { k: ABSURD * 2, ..Query::good() }, scratch)
    }));
    let outputs: [(_, _, Run); 6] = [
        ("hem_point_index_nearest", "out_indices", nearest),
        ("hem_point_index_nearest", "out_distances", nearest),
        ("hem_point_index_k_nearest", "out_indices", k_nearest),
        ("hem_point_index_k_nearest", "out_distances", k_nearest),
        ("hem_point_index_within", "out_neighbors", within),
        ("hem_point_index_count_within", "out_counts", count_within),
    ];
    for (function, missing, run) in outputs {
        cases.push(Case::new(function, Fault::Null, missing, HEM_NULL_POINTER, move |scratch| {
            run(&Query { missing, ..Query::good() }, scratch)
        }));
    }
    cases
}

fn making(function: &'static str, make: Make) -> Vec<Case> {
    let row = |fault, argument, expected, call: Box<dyn Fn(&Scratch) -> HemStatus>| {
        Case::new(function, fault, argument, expected, call)
    };
    // SAFETY: what is not refused holds what the contract asks for.
    unsafe {
        vec![
            row(
                Fault::Null,
                "points",
                HEM_NULL_POINTER,
                Box::new(move |scratch| make(null(), 2, scratch.handle())),
            ),
            row(
                Fault::Null,
                "out_index",
                HEM_NULL_POINTER,
                Box::new(move |_| make(POINTS.as_ptr(), 2, null_mut())),
            ),
            row(
                Fault::Overflow,
                "points",
                HEM_SIZE_OVERFLOW,
                Box::new(move |scratch| make(POINTS.as_ptr(), ABSURD, scratch.handle())),
            ),
            row(
                Fault::NotFinite,
                "points",
                HEM_NOT_FINITE,
                Box::new(move |scratch| make(BROKEN.as_ptr(), 2, scratch.handle())),
            ),
        ]
    }
}

/// Arguments of a query; `missing` names an output that is NULL.
struct Query {
    has_index: bool,
    queries: *const f32,
    count: usize,
    k: usize,
    distance: f32,
    missing: &'static str,
}

impl Query {
    fn good() -> Self {
        Self {
            has_index: true,
            queries: POINTS.as_ptr(),
            count: 2,
            k: 1,
            distance: 1.0,
            missing: "",
        }
    }

    fn output<T: bytemuck::Pod>(&self, name: &str, scratch: &Scratch) -> *mut T {
        if name == self.missing { null_mut() } else { scratch.output(2) }
    }

    /// Runs `call` with an index, or without one.
    fn with_index(&self, call: impl FnOnce(*const HemPointIndex) -> HemStatus) -> HemStatus {
        if !self.has_index {
            return call(null());
        }
        let mut index = null_mut();
        // SAFETY: two points and a slot; destroyed once, after the call.
        unsafe {
            assert_eq!(hem_point_index_create(POINTS.as_ptr(), 2, &mut index), HEM_OK);
            let status = call(index);
            hem_point_index_destroy(index);
            status
        }
    }
}

type Run = fn(&Query, &Scratch) -> HemStatus;

fn queries(function: &'static str, distance: &'static str, run: Run) -> Vec<Case> {
    let row = |fault, argument, expected, query: fn() -> Query| {
        Case::new(function, fault, argument, expected, move |scratch| run(&query(), scratch))
    };
    vec![
        row(Fault::Null, "index", HEM_NULL_POINTER, || Query { has_index: false, ..Query::good() }),
        row(Fault::Null, "queries", HEM_NULL_POINTER, || Query {
            queries: null(),
            ..Query::good()
        }),
        row(Fault::Overflow, "queries", HEM_SIZE_OVERFLOW, || Query {
            count: ABSURD,
            ..Query::good()
        }),
        row(Fault::NotFinite, "queries", HEM_NOT_FINITE, || Query {
            queries: BROKEN.as_ptr(),
            ..Query::good()
        }),
        row(Fault::Value, distance, HEM_INVALID_ARGUMENT, || Query {
            distance: -1.0,
            ..Query::good()
        }),
        row(Fault::NotFinite, distance, HEM_NOT_FINITE, || Query {
            distance: f32::NAN,
            ..Query::good()
        }),
    ]
}

fn nearest(query: &Query, scratch: &Scratch) -> HemStatus {
    let indices = query.output("out_indices", scratch);
    let distances = query.output("out_distances", scratch);
    // SAFETY: what is not refused holds what the contract asks for; as in the functions below.
    query.with_index(|index| unsafe {
        let Query { queries, count, distance, .. } = *query;
        hem_point_index_nearest(index, queries, count, distance, indices, distances, null())
    })
}

fn k_nearest(query: &Query, scratch: &Scratch) -> HemStatus {
    let indices = query.output("out_indices", scratch);
    let distances = query.output("out_distances", scratch);
    query.with_index(|index| unsafe {
        let Query { queries, count, k, distance, .. } = *query;
        hem_point_index_k_nearest(index, queries, count, k, distance, indices, distances, null())
    })
}

fn within(query: &Query, scratch: &Scratch) -> HemStatus {
    let out = if query.missing == "out_neighbors" { null_mut() } else { scratch.handle() };
    query.with_index(|index| unsafe {
        hem_point_index_within(index, query.queries, query.count, query.distance, null(), out)
    })
}

fn count_within(query: &Query, scratch: &Scratch) -> HemStatus {
    let counts = query.output("out_counts", scratch);
    query.with_index(|index| unsafe {
        hem_point_index_count_within(
            index,
            query.queries,
            query.count,
            query.distance,
            counts,
            null(),
        )
    })
}
