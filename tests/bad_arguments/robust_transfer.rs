//! Rows for `src/ffi/robust_transfer.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::robust_transfer::*;
use hemline::ffi::surface::HemSurface;

use super::harness::{ABSURD, Case, Fault};
use super::surface::one_triangle;

const NAME: &str = "hem_transfer_weights_robust";

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static OFFSETS: [u32; 4] = [0, 1, 2, 3];
static FALLING: [u32; 4] = [0, 2, 1, 3];
static GROUPS: [u32; 3] = [0, 1, 0];
static WEIGHTS: [f32; 3] = [1.0; 3];
static NEGATIVE: [f32; 3] = [1.0, -1.0, 1.0];

/// The arguments of a call; the default is a good one.
#[derive(Clone, Copy)]
struct Call {
    surface: fn() -> *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    group_count: usize,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    change: fn(&mut HemRobustOptions),
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
            group_count: 2,
            points: POINTS.as_ptr(),
            point_count: 3,
            triangles: TRIANGLE.as_ptr(),
            triangle_count: 1,
            change: |_| (),
            has_output: true,
        }
    }
}

/// Makes good options bad.
type Spoil = fn(&mut HemRobustOptions);

pub fn cases() -> Vec<Case> {
    let good = Call::default;
    let mut cases = vec![
        Case::new("hem_robust_options_init", Fault::Null, "out_options", HEM_NULL_POINTER, |_| {
            // SAFETY: NULL is what the call must refuse.
            unsafe { hem_robust_options_init(null_mut()) }
        }),
        row(Fault::Null, "surface", HEM_NULL_POINTER, Call { surface: null, ..good() }),
        row(Fault::Null, "offsets", HEM_NULL_POINTER, Call { offsets: null(), ..good() }),
        row(Fault::Null, "groups", HEM_NULL_POINTER, Call { groups: null(), ..good() }),
        row(Fault::Null, "weights", HEM_NULL_POINTER, Call { weights: null(), ..good() }),
        row(Fault::Null, "points", HEM_NULL_POINTER, Call { points: null(), ..good() }),
        row(Fault::Null, "triangles", HEM_NULL_POINTER, Call { triangles: null(), ..good() }),
        row(
            Fault::Null,
            "out_sparse_weights",
            HEM_NULL_POINTER,
            Call { has_output: false, ..good() },
        ),
        row(Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Call { point_count: ABSURD, ..good() }),
        row(
            Fault::Overflow,
            "triangles",
            HEM_SIZE_OVERFLOW,
            Call { triangle_count: ABSURD, ..good() },
        ),
        row(Fault::Index, "groups", HEM_INDEX_OUT_OF_RANGE, Call { group_count: 1, ..good() }),
        row(Fault::Index, "triangles", HEM_INDEX_OUT_OF_RANGE, Call { point_count: 2, ..good() }),
        row(
            Fault::Value,
            "offsets",
            HEM_INVALID_ARGUMENT,
            Call { offsets: FALLING.as_ptr(), ..good() },
        ),
        row(
            Fault::Value,
            "body_weights",
            HEM_INVALID_ARGUMENT,
            Call { weights: NEGATIVE.as_ptr(), ..good() },
        ),
        row(Fault::NotFinite, "points", HEM_NOT_FINITE, Call { points: BROKEN.as_ptr(), ..good() }),
        row(
            Fault::NotFinite,
            "weights",
            HEM_NOT_FINITE,
            Call { weights: BROKEN.as_ptr(), ..good() },
        ),
    ];
    let options: [(&str, HemStatus, Spoil); 7] = [
        ("options", HEM_INVALID_ARGUMENT, |options| options.struct_size = 999),
        ("matching", HEM_INVALID_ARGUMENT, |options| options.matching = 2),
        ("smoothing", HEM_INVALID_ARGUMENT, |options| options.smoothing = 0.0),
        ("flipped_normals", HEM_INVALID_ARGUMENT, |options| options.flipped_normals = 2),
        ("smoothing_factor", HEM_INVALID_ARGUMENT, |options| options.smoothing_factor = 1.5),
        ("max_distance", HEM_INVALID_ARGUMENT, |options| {
            (options.matching, options.max_distance) = (HEM_MATCH_BY_THRESHOLD, f32::NAN);
        }),
        ("max_angle", HEM_INVALID_ARGUMENT, |options| {
            (options.matching, options.max_angle) = (HEM_MATCH_BY_THRESHOLD, 181.0);
        }),
    ];
    cases.extend(options.map(|(argument, status, change)| {
        row(Fault::Value, argument, status, Call { change, ..good() })
    }));
    cases
}

fn row(fault: Fault, argument: &'static str, status: HemStatus, call: Call) -> Case {
    Case::new(NAME, fault, argument, status, move |scratch| {
        let mut options = std::mem::MaybeUninit::uninit();
        // SAFETY: what is wrong is refused before it is used.
        unsafe {
            hem_robust_options_init(options.as_mut_ptr());
            let mut options = options.assume_init();
            (call.change)(&mut options);
            hem_transfer_weights_robust(
                (call.surface)(),
                call.offsets,
                call.vertex_count,
                call.groups,
                call.weights,
                3,
                call.group_count,
                call.points,
                call.point_count,
                call.triangles,
                call.triangle_count,
                &options,
                if call.has_output { scratch.handle() } else { null_mut() },
                scratch.output(3),
                scratch.output(3),
                null(),
            )
        }
    })
}
