//! Rows for `src/ffi/components.rs`, `weight_rows.rs`, `propagate.rs`, `seams.rs` and `sides.rs`, whose
//! functions share most of their arguments.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::components::*;
use hemline::ffi::propagate::*;
use hemline::ffi::seams::*;
use hemline::ffi::sides::*;
use hemline::ffi::sparse::HemSparseWeights;
use hemline::ffi::weight_rows::*;

use super::harness::{ABSURD, Case, Fault, Scratch};
use super::sparse::Rows;

/// Everything that these functions read, good until something is replaced.
#[derive(Clone, Copy)]
struct Input {
    rows: Rows,
    original: Rows,
    points: *const f32,
    edges: *const u32,
    edge_count: usize,
    labels: *const u32,
    parents: *const u32,
    mask: *const f32,
    sides: *const u8,
    mirror: *const u32,
    number: f32,
    options: HemSeamOptions,
}

const OPTIONS: HemSeamOptions = HemSeamOptions {
    struct_size: size_of::<HemSeamOptions>() as u32,
    distance: 1e-4,
    angle: 3.0,
    similarity: 0.9,
};

const GOOD: Input = Input {
    rows: Rows::GOOD,
    original: Rows::GOOD,
    points: [0.0, 0.0, 0.0, 1.0, 0.0, 0.0].as_ptr(),
    edges: [0, 1].as_ptr(),
    edge_count: 1,
    labels: [0, 1].as_ptr(),
    parents: [0, 0].as_ptr(),
    mask: [0.5, 1.0].as_ptr(),
    sides: [1, 2].as_ptr(),
    mirror: [1, 0].as_ptr(),
    number: 0.01,
    options: OPTIONS,
};

type Bad = (Fault, &'static str, HemStatus, Input);
type Call = fn(Input, &Scratch, Outputs) -> HemStatus;

/// The outputs that a function may not do without.
struct Outputs {
    rows: *mut *mut HemSparseWeights,
    labels: *mut u32,
}

/// A function, the argument that it cannot do without writing, and what may be wrong with its input.
struct Function {
    name: &'static str,
    output: &'static str,
    call: Call,
    bad: Vec<Bad>,
}

pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = functions().into_iter().flat_map(cases_of).collect();
    cases.extend(find_components_cases());
    cases.extend(fit_boxes_cases());
    cases.extend(cluster_components_cases());
    cases.push(Case::new(
        "hem_seam_options_init",
        Fault::Null,
        "out_options",
        HEM_NULL_POINTER,
        |_| {
            // SAFETY: NULL is what the call must refuse.
            unsafe { hem_seam_options_init(null_mut()) }
        },
    ));
    cases
}

fn cases_of(function: Function) -> Vec<Case> {
    let Function { name, output, call, bad } = function;
    let mut cases: Vec<Case> = bad
        .into_iter()
        .map(|(fault, argument, expected, input)| {
            Case::new(name, fault, argument, expected, move |scratch| {
                let out = Outputs { rows: scratch.handle(), labels: scratch.output(2) };
                call(input, scratch, out)
            })
        })
        .collect();
    cases.push(Case::new(name, Fault::Null, output, HEM_NULL_POINTER, move |scratch| {
        call(GOOD, scratch, Outputs { rows: null_mut(), labels: null_mut() })
    }));
    cases
}

fn functions() -> Vec<Function> {
    let rows = "out_sparse_weights";
    let function = |name, output, call, bad: Vec<Vec<Bad>>| Function {
        name,
        output,
        call,
        bad: [bad_rows()].into_iter().chain(bad).flatten().collect(),
    };
    vec![
        function(
            "hem_find_rigid_parts",
            "out_labels",
            find_rigid_parts,
            vec![bad_labels("components"), bad_number("tolerance")],
        ),
        function("hem_average_weights", rows, average_weights, vec![bad_labels("labels")]),
        function("hem_merge_groups", rows, merge_groups, vec![bad_parents()]),
        function("hem_split_groups", rows, split_groups, vec![bad_parents(), bad_original(true)]),
        function("hem_blend_weights", rows, blend_weights, vec![bad_original(true), bad_mask()]),
        function("hem_propagate_weights", rows, propagate_weights, vec![bad_mesh()]),
        function("hem_find_seams", "out_labels", find_seams, vec![bad_mesh(), bad_options()]),
        function(
            "hem_separate_sides",
            rows,
            separate_sides,
            vec![bad_points(), bad_sides(), bad_number("threshold")],
        ),
        function(
            "hem_repair_sides",
            rows,
            repair_sides,
            vec![bad_points(), bad_sides(), bad_number("width"), bad_original(false)],
        ),
        function(
            "hem_symmetrize_weights",
            rows,
            symmetrize_weights,
            vec![bad_points(), bad_mirror(), bad_number("tolerance")],
        ),
    ]
}

fn bad_rows() -> Vec<Bad> {
    let negative = Rows { weights: [0.5, -0.5, 1.0].as_ptr(), ..Rows::GOOD };
    let mut faults = Rows::faults();
    faults.push((Fault::Value, "weights", HEM_INVALID_ARGUMENT, negative));
    faults
        .into_iter()
        .map(|(fault, argument, status, rows)| (fault, argument, status, Input { rows, ..GOOD }))
        .collect()
}

/// Original rows; `needed` where NULL offsets are an error.
fn bad_original(needed: bool) -> Vec<Bad> {
    let good = Rows::GOOD;
    let bad =
        |fault, argument, status, original| (fault, argument, status, Input { original, ..GOOD });
    let mut rows = vec![
        bad(Fault::Null, "original_groups", HEM_NULL_POINTER, Rows { groups: null(), ..good }),
        bad(Fault::Null, "original_weights", HEM_NULL_POINTER, Rows { weights: null(), ..good }),
        bad(
            Fault::Index,
            "original_groups",
            HEM_INDEX_OUT_OF_RANGE,
            Rows { groups: [0, 2, 1].as_ptr(), ..good },
        ),
        bad(
            Fault::NotFinite,
            "original_weights",
            HEM_NOT_FINITE,
            Rows { weights: [0.5, f32::INFINITY, 1.0].as_ptr(), ..good },
        ),
        bad(
            Fault::Value,
            if needed { "original" } else { "reference" },
            HEM_INVALID_ARGUMENT,
            Rows { weights: [0.5, -0.5, 1.0].as_ptr(), ..good },
        ),
    ];
    if needed {
        rows.push(bad(
            Fault::Null,
            "original_offsets",
            HEM_NULL_POINTER,
            Rows { offsets: null(), ..good },
        ));
    }
    rows
}

fn bad_points() -> Vec<Bad> {
    let broken = [0.0, 0.0, f32::NAN, 1.0, 0.0, 0.0].as_ptr();
    vec![
        (Fault::Null, "points", HEM_NULL_POINTER, Input { points: null(), ..GOOD }),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, Input { points: broken, ..GOOD }),
    ]
}

fn bad_mesh() -> Vec<Bad> {
    let beyond = [0, 2].as_ptr();
    let mut rows = bad_points();
    rows.extend([
        (Fault::Null, "edges", HEM_NULL_POINTER, Input { edges: null(), ..GOOD }),
        (Fault::Overflow, "edges", HEM_SIZE_OVERFLOW, Input { edge_count: ABSURD, ..GOOD }),
        (Fault::Index, "edges", HEM_INDEX_OUT_OF_RANGE, Input { edges: beyond, ..GOOD }),
    ]);
    rows
}

fn bad_labels(argument: &'static str) -> Vec<Bad> {
    let beyond = [0, 2].as_ptr();
    vec![
        (Fault::Null, argument, HEM_NULL_POINTER, Input { labels: null(), ..GOOD }),
        (Fault::Index, argument, HEM_INDEX_OUT_OF_RANGE, Input { labels: beyond, ..GOOD }),
    ]
}

fn bad_parents() -> Vec<Bad> {
    let (beyond, circle) = ([0, 2].as_ptr(), [1, 0].as_ptr());
    vec![
        (Fault::Null, "parents", HEM_NULL_POINTER, Input { parents: null(), ..GOOD }),
        (Fault::Index, "parents", HEM_INDEX_OUT_OF_RANGE, Input { parents: beyond, ..GOOD }),
        (Fault::Value, "parents", HEM_INVALID_ARGUMENT, Input { parents: circle, ..GOOD }),
    ]
}

fn bad_mask() -> Vec<Bad> {
    let (broken, beyond) = ([0.5, f32::NAN].as_ptr(), [0.5, 1.5].as_ptr());
    vec![
        (Fault::Null, "mask", HEM_NULL_POINTER, Input { mask: null(), ..GOOD }),
        (Fault::NotFinite, "mask", HEM_NOT_FINITE, Input { mask: broken, ..GOOD }),
        (Fault::Value, "mask", HEM_INVALID_ARGUMENT, Input { mask: beyond, ..GOOD }),
    ]
}

fn bad_mirror() -> Vec<Bad> {
    let (beyond, one_way) = ([1, 2].as_ptr(), [1, 1].as_ptr());
    vec![
        (Fault::Null, "mirror", HEM_NULL_POINTER, Input { mirror: null(), ..GOOD }),
        (Fault::Index, "mirror", HEM_INDEX_OUT_OF_RANGE, Input { mirror: beyond, ..GOOD }),
        (Fault::Value, "mirror", HEM_INVALID_ARGUMENT, Input { mirror: one_way, ..GOOD }),
    ]
}

fn bad_sides() -> Vec<Bad> {
    let (own, unknown) = ([0, 1].as_ptr(), [1, 3].as_ptr());
    let mut rows = bad_mirror();
    rows.extend([
        (Fault::Null, "sides", HEM_NULL_POINTER, Input { sides: null(), ..GOOD }),
        (Fault::Value, "mirror", HEM_INVALID_ARGUMENT, Input { mirror: own, ..GOOD }),
        (Fault::Value, "sides", HEM_INVALID_ARGUMENT, Input { sides: unknown, ..GOOD }),
    ]);
    rows
}

fn bad_number(argument: &'static str) -> Vec<Bad> {
    vec![
        (Fault::NotFinite, argument, HEM_NOT_FINITE, Input { number: f32::NAN, ..GOOD }),
        (Fault::Value, argument, HEM_INVALID_ARGUMENT, Input { number: -1.0, ..GOOD }),
    ]
}

fn bad_options() -> Vec<Bad> {
    let bad = |argument, options| {
        (Fault::Value, argument, HEM_INVALID_ARGUMENT, Input { options, ..GOOD })
    };
    vec![
        bad("distance", HemSeamOptions { distance: 0.0, ..OPTIONS }),
        bad("angle", HemSeamOptions { angle: 91.0, ..OPTIONS }),
        bad("similarity", HemSeamOptions { similarity: -0.1, ..OPTIONS }),
        bad("struct_size", HemSeamOptions { struct_size: 999, ..OPTIONS }),
    ]
}

// SAFETY, in all calls below: every pointer that is not NULL holds what the contract asks for wherever it
// is read, and absurd counts must be refused before memory is read.

fn find_rigid_parts(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_find_rigid_parts(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.labels,
            2,
            input.number,
            out.labels,
            scratch.output(1),
        )
    }
}

fn average_weights(input: Input, _: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_average_weights(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.labels,
            2,
            out.rows,
        )
    }
}

fn merge_groups(input: Input, _: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_merge_groups(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.parents,
            out.rows,
        )
    }
}

fn split_groups(input: Input, _: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_split_groups(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.original.offsets,
            input.original.groups,
            input.original.weights,
            input.original.entry_count,
            input.parents,
            out.rows,
        )
    }
}

fn blend_weights(input: Input, _: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_blend_weights(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.original.offsets,
            input.original.groups,
            input.original.weights,
            input.original.entry_count,
            input.mask,
            null(),
            out.rows,
        )
    }
}

fn propagate_weights(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_propagate_weights(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.points,
            input.edges,
            input.edge_count,
            null(),
            out.rows,
            scratch.output(2),
            null(),
        )
    }
}

fn find_seams(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_find_seams(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.points,
            input.edges,
            input.edge_count,
            &input.options,
            out.labels,
            scratch.output(1),
            null(),
        )
    }
}

fn separate_sides(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_separate_sides(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.points,
            input.sides,
            input.mirror,
            null(),
            input.number,
            out.rows,
            scratch.output(1),
        )
    }
}

fn repair_sides(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_repair_sides(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.original.offsets,
            input.original.groups,
            input.original.weights,
            input.original.entry_count,
            input.points,
            input.sides,
            input.mirror,
            input.number,
            out.rows,
            scratch.output(1),
        )
    }
}

fn symmetrize_weights(input: Input, scratch: &Scratch, out: Outputs) -> HemStatus {
    let Rows { offsets, vertex_count, groups, weights, entry_count, group_count } = input.rows;
    unsafe {
        hem_symmetrize_weights(
            offsets,
            vertex_count,
            groups,
            weights,
            entry_count,
            group_count,
            input.points,
            input.mirror,
            null(),
            input.number,
            out.rows,
            scratch.output(1),
            null(),
        )
    }
}

fn find_components_cases() -> Vec<Case> {
    const NAME: &str = "hem_find_components";
    let case =
        |fault, argument, expected, elements: *const u32, count, size, vertices, out: bool| {
            Case::new(NAME, fault, argument, expected, move |scratch| {
                let labels = if out { scratch.output(3) } else { null_mut() };
                unsafe {
                    hem_find_components(elements, count, size, vertices, labels, scratch.output(1))
                }
            })
        };
    let good = GOOD.edges;
    vec![
        case(Fault::Null, "elements", HEM_NULL_POINTER, null(), 1, 2, 3, true),
        case(Fault::Null, "out_labels", HEM_NULL_POINTER, good, 1, 2, 3, false),
        case(Fault::Overflow, "elements", HEM_SIZE_OVERFLOW, good, ABSURD, 3, 3, true),
        case(Fault::Overflow, "out_labels", HEM_SIZE_OVERFLOW, good, 1, 2, ABSURD, true),
        case(Fault::Index, "elements", HEM_INDEX_OUT_OF_RANGE, good, 1, 2, 1, true),
        case(Fault::Value, "element_size", HEM_INVALID_ARGUMENT, good, 1, 0, 3, true),
    ]
}

fn fit_boxes_cases() -> Vec<Case> {
    const NAME: &str = "hem_fit_boxes";
    let case = |(fault, argument, expected, input): Bad, count, outputs: [bool; 2]| {
        Case::new(NAME, fault, argument, expected, move |scratch| {
            let [frames, half_extents] = outputs;
            let frames = if frames { scratch.output(32) } else { null_mut() };
            let half_extents = if half_extents { scratch.output(6) } else { null_mut() };
            unsafe { hem_fit_boxes(input.points, input.labels, count, 2, frames, half_extents) }
        })
    };
    let null = |argument| (Fault::Null, argument, HEM_NULL_POINTER, GOOD);
    let overflow = (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, GOOD);
    let mut cases = vec![
        case(null("out_frames"), 2, [false, true]),
        case(null("out_half_extents"), 2, [true, false]),
        case(overflow, ABSURD, [true, true]),
    ];
    let bad = [bad_points(), bad_labels("labels")].into_iter().flatten();
    cases.extend(bad.map(|bad| case(bad, 2, [true, true])));
    cases
}

fn cluster_components_cases() -> Vec<Case> {
    const NAME: &str = "hem_cluster_components";
    let case = |(fault, argument, expected, input): Bad, count, out: bool| {
        Case::new(NAME, fault, argument, expected, move |scratch| {
            let clusters = if out { scratch.output(2) } else { null_mut() };
            let (points, labels, distance) = (input.points, input.labels, input.number);
            let number = scratch.output(1);
            unsafe {
                hem_cluster_components(points, labels, count, 2, distance, clusters, number, null())
            }
        })
    };
    let overflow = (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, GOOD);
    let mut cases = vec![
        case((Fault::Null, "out_clusters", HEM_NULL_POINTER, GOOD), 2, false),
        case(overflow, ABSURD, true),
    ];
    let bad = [bad_points(), bad_labels("labels"), bad_number("distance")].into_iter().flatten();
    cases.extend(bad.map(|bad| case(bad, 2, true)));
    cases
}
