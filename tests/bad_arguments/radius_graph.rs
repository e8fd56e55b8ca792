//! Rows for `src/ffi/radius_graph.rs` and `src/ffi/neighbors.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::neighbors::*;
use hemline::ffi::progress::HemProgress;
use hemline::ffi::radius_graph::*;

use super::harness::{ABSURD, Case, Fault};

const POINTS: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// A graph of two points.
pub fn graph() -> *const HemRadiusGraph {
    let mut graph = null_mut();
    // SAFETY: two points and a slot. Each row leaks its graph: a hundred bytes.
    let status =
        unsafe { hem_radius_graph_create(POINTS.as_ptr(), 2, 0.5, null(), &raw mut graph) };
    assert_eq!(status, HEM_OK);
    graph
}

pub fn cases() -> Vec<Case> {
    [
        create_cases("hem_radius_graph_create", hem_radius_graph_create),
        create_cases("hem_radius_graph_acquire", hem_radius_graph_acquire),
        neighbors_cases(),
        counts_cases(),
        view_cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Create = unsafe extern "C" fn(
    *const f32,
    usize,
    f32,
    *const HemProgress,
    *mut *mut HemRadiusGraph,
) -> HemStatus;

fn create_cases(function: &'static str, create: Create) -> Vec<Case> {
    let case = |fault, argument, expected, points: Option<[f32; 6]>, count, radius| {
        Case::new(function, fault, argument, expected, move |scratch| {
            let points = points.as_ref().map_or(null(), |points| points.as_ptr());
            // SAFETY: absurd counts must be refused before the points are read.
            unsafe { create(points, count, radius, null(), scratch.handle()) }
        })
    };
    let broken = [0.0, 0.0, 0.0, 1.0, f32::NAN, 0.0];
    let mut cases = vec![
        case(Fault::Null, "points", HEM_NULL_POINTER, None, 2, 1.0),
        case(Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Some(POINTS), ABSURD, 1.0),
        case(Fault::NotFinite, "points", HEM_NOT_FINITE, Some(broken), 2, 1.0),
        case(Fault::NotFinite, "radius", HEM_NOT_FINITE, Some(POINTS), 2, f32::NAN),
        Case::new(function, Fault::Null, "out_graph", HEM_NULL_POINTER, move |_| {
            // SAFETY: NULL is what the call must refuse.
            unsafe { create(POINTS.as_ptr(), 2, 1.0, null(), null_mut()) }
        }),
    ];
    cases.extend(
        [0.0, -1.0, 1e-20, 1e20].map(|radius| {
            case(Fault::Value, "radius", HEM_INVALID_ARGUMENT, Some(POINTS), 2, radius)
        }),
    );
    cases
}

fn neighbors_cases() -> Vec<Case> {
    const NAME: &str = "hem_radius_graph_neighbors";
    vec![
        // SAFETY, here and below: NULL is what these calls must refuse.
        Case::new(NAME, Fault::Null, "graph", HEM_NULL_POINTER, |scratch| unsafe {
            hem_radius_graph_neighbors(null(), 1, null(), scratch.handle())
        }),
        Case::new(NAME, Fault::Null, "out_neighbors", HEM_NULL_POINTER, |_| unsafe {
            hem_radius_graph_neighbors(graph(), 1, null(), null_mut())
        }),
    ]
}

fn counts_cases() -> Vec<Case> {
    const NAME: &str = "hem_radius_graph_counts";
    vec![
        // SAFETY, here and below: NULL and wrong counts are what these calls must refuse.
        Case::new(NAME, Fault::Null, "graph", HEM_NULL_POINTER, |scratch| unsafe {
            hem_radius_graph_counts(null(), scratch.output(2), 2)
        }),
        Case::new(NAME, Fault::Null, "out_counts", HEM_NULL_POINTER, |_| unsafe {
            hem_radius_graph_counts(graph(), null_mut(), 2)
        }),
        Case::new(NAME, Fault::Overflow, "out_counts", HEM_LENGTH_MISMATCH, |scratch| unsafe {
            hem_radius_graph_counts(graph(), scratch.output(2), ABSURD)
        }),
        Case::new(NAME, Fault::Value, "out_counts", HEM_LENGTH_MISMATCH, |scratch| unsafe {
            hem_radius_graph_counts(graph(), scratch.output(3), 3)
        }),
    ]
}

fn view_cases() -> Vec<Case> {
    const NAMES: [&str; 6] = [
        "neighbors",
        "out_offsets",
        "out_indices",
        "out_distances",
        "out_row_count",
        "out_entry_count",
    ];
    let case = |missing: usize| {
        let argument = NAMES[missing];
        Case::new("hem_neighbors_view", Fault::Null, argument, HEM_NULL_POINTER, move |scratch| {
            let mut neighbors = null_mut();
            // SAFETY: a live graph; every slot but the missing one is there.
            unsafe {
                hem_radius_graph_neighbors(graph(), 1, null(), &raw mut neighbors);
                let slot = |argument: usize| -> *mut usize {
                    if argument == missing { null_mut() } else { scratch.output(1) }
                };
                let status = hem_neighbors_view(
                    if missing == 0 { null() } else { neighbors.cast_const() },
                    slot(1).cast(),
                    slot(2).cast(),
                    slot(3).cast(),
                    slot(4),
                    slot(5),
                );
                hem_neighbors_destroy(neighbors);
                status
            }
        })
    };
    (0..NAMES.len()).map(case).collect()
}
