//! Rows for `src/ffi/smoothing.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::radius_graph::HemRadiusGraph;
use hemline::ffi::smoothing::*;

use super::harness::{ABSURD, Case, Fault};
use super::radius_graph::graph;

/// Calls a function on weights over a graph; the mask goes to those that take one.
type OnGraph = fn(*const HemRadiusGraph, *mut f32, usize, usize, *const f32) -> HemStatus;

const GOOD: [f32; 4] = [0.5; 4];

pub fn cases() -> Vec<Case> {
    // SAFETY, here and below: every pointer that is not NULL holds what the contract asks for wherever
    // it is read, and absurd counts must be refused before memory is read.
    let on_graph: [(&str, OnGraph); 4] = [
        ("hem_smooth_weights", |graph, weights, vertices, groups, mask| unsafe {
            hem_smooth_weights(graph, weights, vertices, groups, mask, null(), null())
        }),
        ("hem_max_filter", |graph, weights, vertices, groups, mask| unsafe {
            hem_max_filter(graph, weights, vertices, groups, mask, null())
        }),
        ("hem_min_filter", |graph, weights, vertices, groups, mask| unsafe {
            hem_min_filter(graph, weights, vertices, groups, mask, null())
        }),
        ("hem_decaying_max", |graph, weights, vertices, groups, _| unsafe {
            hem_decaying_max(graph, weights, vertices, groups, null(), null())
        }),
    ];
    let mut cases: Vec<Case> =
        on_graph.into_iter().flat_map(|(function, call)| on_graph_cases(function, call)).collect();
    cases.extend(on_graph[..3].iter().map(|&(function, call)| {
        Case::new(function, Fault::NotFinite, "mask", HEM_NOT_FINITE, move |scratch| {
            call(graph(), scratch.in_place(&GOOD), 2, 2, [0.5, f32::NAN].as_ptr())
        })
    }));
    cases.extend(smooth_option_cases());
    cases.extend(update_cases());
    cases.extend(decaying_max_option_cases());
    cases.extend(on_edges_cases());
    cases.extend(edge_option_cases());
    cases.extend(init_cases());
    cases
}

fn on_graph_cases(function: &'static str, call: OnGraph) -> Vec<Case> {
    let counted = |fault, argument, expected, vertices, groups| {
        Case::new(function, fault, argument, expected, move |scratch| {
            call(graph(), scratch.in_place(&GOOD), vertices, groups, null())
        })
    };
    vec![
        Case::new(function, Fault::Null, "graph", HEM_NULL_POINTER, move |scratch| {
            call(null(), scratch.in_place(&GOOD), 2, 2, null())
        }),
        Case::new(function, Fault::Null, "weights", HEM_NULL_POINTER, move |_| {
            call(graph(), null_mut(), 2, 2, null())
        }),
        counted(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, 2, ABSURD),
        counted(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, 2, usize::MAX),
        counted(Fault::Overflow, "vertex_count", HEM_LENGTH_MISMATCH, ABSURD, 2),
        counted(Fault::Value, "vertex_count", HEM_LENGTH_MISMATCH, 1, 2),
        Case::new(function, Fault::NotFinite, "weights", HEM_NOT_FINITE, move |scratch| {
            call(graph(), scratch.in_place(&[0.5, 0.5, f32::INFINITY, 0.5]), 2, 2, null())
        }),
    ]
}

fn smooth_option_cases() -> [Case; 2] {
    let good = HemSmoothOptions::default();
    let bad = [
        HemSmoothOptions { falloff: 3, ..good },
        HemSmoothOptions { struct_size: good.struct_size + 4, ..good },
    ];
    bad.map(|options| {
        let call = move |scratch: &super::harness::Scratch| unsafe {
            hem_smooth_weights(graph(), scratch.in_place(&GOOD), 2, 2, null(), &options, null())
        };
        Case::new("hem_smooth_weights", Fault::Value, "options", HEM_INVALID_ARGUMENT, call)
    })
}

/// Arguments of hem_update_smoothing, good unless a row says otherwise.
#[derive(Clone, Copy)]
struct Update {
    before: *const HemRadiusGraph,
    after: *const HemRadiusGraph,
    changed: Option<[u8; 2]>,
    weights: Option<[f32; 4]>,
    vertices: usize,
    groups: usize,
    mask: Option<[f32; 2]>,
    options: HemSmoothOptions,
    result: Option<[f32; 4]>,
    has_updated: bool,
}

fn update_cases() -> Vec<Case> {
    const NAME: &str = "hem_update_smoothing";
    let good = Update {
        before: graph(),
        after: graph(),
        changed: Some([1, 0]),
        weights: Some(GOOD),
        vertices: 2,
        groups: 2,
        mask: None,
        options: HemSmoothOptions::default(),
        result: Some(GOOD),
        has_updated: true,
    };
    let case = |fault, argument, expected, update: Update| {
        Case::new(NAME, fault, argument, expected, move |scratch| unsafe {
            hem_update_smoothing(
                update.before,
                update.after,
                update.changed.as_ref().map_or(null(), |changed| changed.as_ptr()),
                update.weights.as_ref().map_or(null(), |weights| weights.as_ptr()),
                update.vertices,
                update.groups,
                update.mask.as_ref().map_or(null(), |mask| mask.as_ptr()),
                &raw const update.options,
                update.result.map_or(null_mut(), |result| scratch.in_place(&result)),
                if update.has_updated { scratch.in_place(&[7_u8; 2]) } else { null_mut() },
                null(),
            )
        })
    };
    let infinite = [0.5, 0.5, f32::INFINITY, 0.5];
    let bad_options = HemSmoothOptions { falloff: 3, ..good.options };
    vec![
        case(Fault::Null, "before", HEM_NULL_POINTER, Update { before: null(), ..good }),
        case(Fault::Null, "after", HEM_NULL_POINTER, Update { after: null(), ..good }),
        case(Fault::Null, "changed", HEM_NULL_POINTER, Update { changed: None, ..good }),
        case(Fault::Null, "weights", HEM_NULL_POINTER, Update { weights: None, ..good }),
        case(Fault::Null, "result", HEM_NULL_POINTER, Update { result: None, ..good }),
        case(Fault::Null, "out_updated", HEM_NULL_POINTER, Update { has_updated: false, ..good }),
        case(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, Update { groups: ABSURD, ..good }),
        case(
            Fault::Overflow,
            "vertex_count",
            HEM_LENGTH_MISMATCH,
            Update { vertices: ABSURD, ..good },
        ),
        case(Fault::Value, "vertex_count", HEM_LENGTH_MISMATCH, Update { vertices: 1, ..good }),
        case(
            Fault::Value,
            "options",
            HEM_INVALID_ARGUMENT,
            Update { options: bad_options, ..good },
        ),
        case(
            Fault::NotFinite,
            "weights",
            HEM_NOT_FINITE,
            Update { weights: Some(infinite), ..good },
        ),
        case(Fault::NotFinite, "result", HEM_NOT_FINITE, Update { result: Some(infinite), ..good }),
        case(
            Fault::NotFinite,
            "mask",
            HEM_NOT_FINITE,
            Update { mask: Some([0.5, f32::NAN]), ..good },
        ),
    ]
}

fn decaying_max_option_cases() -> [Case; 4] {
    let good = HemDecayingMaxOptions::default();
    let case = |argument, expected, options| {
        let call = move |scratch: &super::harness::Scratch| unsafe {
            hem_decaying_max(graph(), scratch.in_place(&GOOD), 2, 2, &raw const options, null())
        };
        Case::new("hem_decaying_max", Fault::Value, argument, expected, call)
    };
    let sigma = |sigma| HemDecayingMaxOptions { sigma, ..good };
    [
        case("options", HEM_INVALID_ARGUMENT, HemDecayingMaxOptions { struct_size: 0, ..good }),
        case("sigma", HEM_INVALID_ARGUMENT, sigma(0.0)),
        case("sigma", HEM_INVALID_ARGUMENT, sigma(-1.0)),
        case("sigma", HEM_NOT_FINITE, sigma(f32::NAN)),
    ]
}

fn on_edges_cases() -> Vec<Case> {
    const NAME: &str = "hem_smooth_weights_on_edges";
    let case =
        |fault, argument, expected, edges: Option<[u32; 2]>, edge_count, vertices, groups| {
            Case::new(NAME, fault, argument, expected, move |scratch| unsafe {
                let edges = edges.as_ref().map_or(null(), |edge| edge.as_ptr());
                let weights = scratch.in_place(&GOOD);
                hem_smooth_weights_on_edges(
                    edges,
                    edge_count,
                    weights,
                    vertices,
                    groups,
                    null(),
                    null(),
                    null(),
                )
            })
        };
    let with_weights = |fault, expected, weights: Option<[f32; 4]>| {
        Case::new(NAME, fault, "weights", expected, move |scratch| unsafe {
            let weights = weights.map_or(null_mut(), |weights| scratch.in_place(&weights));
            let edges = [0, 1].as_ptr();
            hem_smooth_weights_on_edges(edges, 1, weights, 2, 2, null(), null(), null())
        })
    };
    let edge = Some([0, 1]);
    vec![
        case(Fault::Null, "edges", HEM_NULL_POINTER, None, 1, 2, 2),
        case(Fault::Overflow, "edges", HEM_SIZE_OVERFLOW, edge, ABSURD, 2, 2),
        case(Fault::Overflow, "vertex_count", HEM_SIZE_OVERFLOW, edge, 1, ABSURD, 2),
        case(Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, edge, 1, 2, ABSURD),
        case(Fault::Index, "edges", HEM_INDEX_OUT_OF_RANGE, Some([0, 2]), 1, 2, 2),
        with_weights(Fault::Null, HEM_NULL_POINTER, None),
        with_weights(Fault::NotFinite, HEM_NOT_FINITE, Some([0.5, f32::NAN, 0.5, 0.5])),
    ]
}

fn edge_option_cases() -> [Case; 5] {
    let good = HemEdgeSmoothOptions::default();
    let case = |argument, options| {
        let call = move |scratch: &super::harness::Scratch| unsafe {
            let (edges, weights) = ([0, 1].as_ptr(), scratch.in_place(&GOOD));
            hem_smooth_weights_on_edges(edges, 1, weights, 2, 2, null(), &raw const options, null())
        };
        Case::new("hem_smooth_weights_on_edges", Fault::Value, argument, HEM_INVALID_ARGUMENT, call)
    };
    [
        case("options", HemEdgeSmoothOptions { struct_size: 3, ..good }),
        case("factor", HemEdgeSmoothOptions { factor: 1.5, ..good }),
        case("factor", HemEdgeSmoothOptions { factor: f32::NAN, ..good }),
        case("expand", HemEdgeSmoothOptions { expand: -1.5, ..good }),
        case("expand", HemEdgeSmoothOptions { expand: f32::NAN, ..good }),
    ]
}

fn init_cases() -> [Case; 3] {
    let case = |function, call: fn() -> HemStatus| {
        Case::new(function, Fault::Null, "out_options", HEM_NULL_POINTER, move |_| call())
    };
    [
        case("hem_smooth_options_init", || unsafe { hem_smooth_options_init(null_mut()) }),
        case("hem_decaying_max_options_init", || unsafe {
            hem_decaying_max_options_init(null_mut())
        }),
        case("hem_edge_smooth_options_init", || unsafe {
            hem_edge_smooth_options_init(null_mut())
        }),
    ]
}
