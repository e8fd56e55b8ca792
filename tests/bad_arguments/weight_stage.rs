//! Rows for `src/ffi/weight_stage.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::robust_transfer::HemRobustOptions;
use hemline::ffi::surface::HemSurface;
use hemline::ffi::weight_stage::*;

use super::harness::{ABSURD, Case, Fault};
use super::surface::one_triangle;

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static EDGES: [u32; 4] = [0, 1, 1, 3];
static OFFSETS: [u32; 4] = [0, 1, 2, 3];
static FALLING: [u32; 4] = [0, 2, 1, 3];
static OFFSETS_OF_TWO: [u32; 3] = [0, 1, 3];
static GROUPS: [u32; 3] = [0, 1, 0];
static WEIGHTS: [f32; 3] = [1.0; 3];
static NEGATIVE: [f32; 3] = [1.0, -1.0, 1.0];
static ROLES: [u8; 2] = [0, 9];
static MIRROR: [u32; 2] = [1, 1];
static STARTS: [u32; 3] = [0, 1, 3];
static SHORT_STARTS: [u32; 3] = [0, 1, 2];

/// The arguments of a call; the default is a good one.
#[derive(Clone, Copy)]
struct Call {
    surface: fn() -> *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    roles: *const u8,
    mirror: *const u32,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    edges: *const u32,
    piece_starts: *const u32,
    piece_count: usize,
    present_offsets: *const u32,
    present_groups: *const u32,
    present_weights: *const f32,
    mask: *const f32,
    change: fn(&mut HemRobustOptions, &mut HemWeightStageOptions),
    has_output: bool,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            surface: one_triangle,
            offsets: OFFSETS.as_ptr(),
            vertex_count: 3,
            groups: GROUPS.as_ptr(),
            weights: WEIGHTS.as_ptr(),
            roles: null(),
            mirror: null(),
            points: POINTS.as_ptr(),
            point_count: 3,
            triangles: TRIANGLE.as_ptr(),
            edges: null(),
            piece_starts: null(),
            piece_count: 1,
            present_offsets: OFFSETS.as_ptr(),
            present_groups: GROUPS.as_ptr(),
            present_weights: WEIGHTS.as_ptr(),
            mask: null(),
            change: |_, _| (),
            has_output: true,
        }
    }
}

pub fn cases() -> Vec<Case> {
    let init = Case::new(
        "hem_weight_stage_options_init",
        Fault::Null,
        "out_options",
        HEM_NULL_POINTER,
        // SAFETY: NULL is refused.
        |_| unsafe { hem_weight_stage_options_init(null_mut()) },
    );
    let rows = null_rows().into_iter().chain(mesh_rows()).chain(weight_rows()).chain(option_rows());
    rows.map(case).chain([init]).collect()
}

type Row = (Fault, &'static str, HemStatus, Call);

fn null_rows() -> Vec<Row> {
    let good = Call::default();
    [
        ("surface", Call { surface: null::<HemSurface>, ..good }),
        ("offsets", Call { offsets: null(), ..good }),
        ("groups", Call { groups: null(), ..good }),
        ("weights", Call { weights: null(), ..good }),
        ("points", Call { points: null(), ..good }),
        ("triangles", Call { triangles: null(), ..good }),
        ("present_groups", Call { present_groups: null(), ..good }),
        ("present_weights", Call { present_weights: null(), ..good }),
        ("out_sparse_weights", Call { has_output: false, ..good }),
    ]
    .into_iter()
    .map(|(argument, call)| (Fault::Null, argument, HEM_NULL_POINTER, call))
    .collect()
}

fn mesh_rows() -> Vec<Row> {
    let good = Call::default();
    let pieces = Call { piece_count: 2, ..good };
    vec![
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Call { point_count: ABSURD, ..good }),
        (
            Fault::Overflow,
            "piece_starts",
            HEM_SIZE_OVERFLOW,
            Call { piece_starts: STARTS.as_ptr(), piece_count: usize::MAX, ..good },
        ),
        (
            Fault::Index,
            "triangles",
            HEM_INDEX_OUT_OF_RANGE,
            Call { point_count: 2, present_offsets: null(), ..good },
        ),
        (Fault::Index, "edges", HEM_INDEX_OUT_OF_RANGE, Call { edges: EDGES.as_ptr(), ..good }),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, Call { points: BROKEN.as_ptr(), ..good }),
        (
            Fault::Value,
            "piece_starts",
            HEM_INVALID_ARGUMENT,
            Call { piece_starts: SHORT_STARTS.as_ptr(), ..pieces },
        ),
        (
            Fault::Value,
            "triangles",
            HEM_INVALID_ARGUMENT,
            Call { piece_starts: STARTS.as_ptr(), ..pieces },
        ),
    ]
}

fn weight_rows() -> Vec<Row> {
    let good = Call::default();
    vec![
        (Fault::Value, "offsets", HEM_INVALID_ARGUMENT, Call { offsets: FALLING.as_ptr(), ..good }),
        (
            Fault::Value,
            "body_weights",
            HEM_LENGTH_MISMATCH,
            Call { offsets: OFFSETS_OF_TWO.as_ptr(), vertex_count: 2, ..good },
        ),
        (
            Fault::Value,
            "body_weights",
            HEM_INVALID_ARGUMENT,
            Call { weights: NEGATIVE.as_ptr(), ..good },
        ),
        (Fault::NotFinite, "weights", HEM_NOT_FINITE, Call { weights: BROKEN.as_ptr(), ..good }),
        (
            Fault::Value,
            "present_offsets",
            HEM_INVALID_ARGUMENT,
            Call { present_offsets: FALLING.as_ptr(), ..good },
        ),
        (
            Fault::Value,
            "present_weights",
            HEM_INVALID_ARGUMENT,
            Call { present_weights: NEGATIVE.as_ptr(), ..good },
        ),
        (
            Fault::NotFinite,
            "present_weights",
            HEM_NOT_FINITE,
            Call { present_weights: BROKEN.as_ptr(), ..good },
        ),
        (Fault::Value, "mask", HEM_INVALID_ARGUMENT, Call { mask: NEGATIVE.as_ptr(), ..good }),
        (Fault::Value, "roles", HEM_INVALID_ARGUMENT, Call { roles: ROLES.as_ptr(), ..good }),
        (Fault::Value, "mirror", HEM_INVALID_ARGUMENT, Call { mirror: MIRROR.as_ptr(), ..good }),
    ]
}

fn option_rows() -> Vec<Row> {
    let good = Call::default();
    vec![
        (
            Fault::Value,
            "options",
            HEM_INVALID_ARGUMENT,
            Call { change: |_, options| options.struct_size = 3, ..good },
        ),
        (
            Fault::Value,
            "mix",
            HEM_INVALID_ARGUMENT,
            Call { change: |_, options| options.mix = 2.0, ..good },
        ),
        (
            Fault::Value,
            "symmetry",
            HEM_INVALID_ARGUMENT,
            Call { change: |_, options| options.symmetry = -1.0, ..good },
        ),
        (
            Fault::Value,
            "max_influences",
            HEM_INVALID_ARGUMENT,
            Call { change: |robust, _| robust.max_influences = 0, ..good },
        ),
    ]
}

fn case((fault, argument, status, call): Row) -> Case {
    Case::new("hem_run_weight_stage", fault, argument, status, move |scratch| {
        let mut robust = HemRobustOptions::default();
        let mut options = HemWeightStageOptions::default();
        (call.change)(&mut robust, &mut options);
        let out = if call.has_output { scratch.handle() } else { null_mut() };
        // SAFETY: what is wrong is refused before it is used.
        unsafe {
            hem_run_weight_stage(
                (call.surface)(),
                call.offsets,
                call.vertex_count,
                call.groups,
                call.weights,
                3,
                2,
                call.roles,
                call.mirror,
                call.points,
                call.point_count,
                call.triangles,
                1,
                call.edges,
                if call.edges.is_null() { 0 } else { 2 },
                call.piece_starts,
                null(),
                call.piece_count,
                call.present_offsets,
                call.present_groups,
                call.present_weights,
                3,
                call.mask,
                &robust,
                &options,
                out,
                scratch.output(3),
                null_mut(),
                null(),
            )
        }
    })
}
