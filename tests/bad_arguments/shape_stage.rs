//! Rows for `src/ffi/shape_stage.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::shape_stage::*;

use super::harness::{ABSURD, Case, Fault};

const NAME: &str = "hem_shape_stage_run";

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static BEYOND: [u32; 3] = [0, 3, 1];
static ROWS: [u32; 4] = [0; 4];
static OWN: [u8; 1] = [1];
static FALLING: [u32; 2] = [1, 0];
static ASCENDING: [u32; 2] = [0, 1];
static SINGULAR: [f64; 16] = [0.0, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 1.0];

/// Bones whose rest matrix has no inverse.
fn singular_pose() -> *const HemBonePose {
    let matrix = SINGULAR.as_ptr();
    // Each row leaks its pose: a few bytes.
    Box::into_raw(Box::new(HemBonePose {
        rest: matrix,
        posed: matrix,
        bone_count: 1,
        group_bones: null(),
        blend: 0,
        reserved: 0,
    }))
}

fn unknown_blend() -> *const HemBonePose {
    // SAFETY: just made.
    let pose = unsafe { *singular_pose() };
    Box::into_raw(Box::new(HemBonePose { blend: 9, ..pose }))
}

/// Makes a good input bad.
type Spoil = fn(&mut HemShapeInput);

pub fn cases() -> Vec<Case> {
    let rows: [(Fault, &str, HemStatus, Spoil); 20] = [
        (Fault::Null, "points", HEM_NULL_POINTER, |input| input.points = null()),
        (Fault::Null, "triangles", HEM_NULL_POINTER, |input| input.triangles = null()),
        (Fault::Null, "shape_keys", HEM_NULL_POINTER, |input| input.shape_keys = null()),
        (Fault::Null, "fields", HEM_NULL_POINTER, |input| input.field_count = 1),
        (Fault::Null, "key_field_offsets", HEM_NULL_POINTER, |input| {
            input.own_fields = OWN.as_ptr();
        }),
        (Fault::Null, "key_fields", HEM_NULL_POINTER, |input| {
            (input.own_fields, input.key_field_offsets) = (OWN.as_ptr(), ASCENDING.as_ptr());
        }),
        (Fault::Null, "rigid_labels", HEM_NULL_POINTER, |input| input.rigid = HEM_RIGID_LABELS),
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, |input| {
            (input.point_count, input.key_count) = (ABSURD, 0);
        }),
        (Fault::Overflow, "shape_keys", HEM_SIZE_OVERFLOW, |input| input.key_count = ABSURD),
        (Fault::Index, "triangles", HEM_INDEX_OUT_OF_RANGE, |input| {
            input.triangles = BEYOND.as_ptr();
        }),
        (Fault::Index, "rigid_labels", HEM_INDEX_OUT_OF_RANGE, |input| {
            (input.rigid, input.rigid_labels) = (HEM_RIGID_LABELS, BEYOND.as_ptr());
        }),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, |input| input.points = BROKEN.as_ptr()),
        (Fault::NotFinite, "shape_keys", HEM_NOT_FINITE, |input| {
            input.shape_keys = BROKEN.as_ptr();
        }),
        (Fault::Value, "input", HEM_INVALID_ARGUMENT, |input| input.struct_size = 4),
        (Fault::Value, "rigid", HEM_INVALID_ARGUMENT, |input| input.rigid = 9),
        (Fault::Value, "weights", HEM_INVALID_ARGUMENT, |input| input.rigid = HEM_RIGID_DETECT),
        (Fault::Value, "weights", HEM_INVALID_ARGUMENT, |input| input.pose = singular_pose()),
        (Fault::Value, "rest", HEM_INVALID_ARGUMENT, |input| {
            (input.offsets, input.group_count) = (ROWS.as_ptr(), 1);
            input.unpose = singular_pose();
        }),
        (Fault::Value, "blend", HEM_INVALID_ARGUMENT, |input| input.pose = unknown_blend()),
        (Fault::Value, "key_field_offsets", HEM_INVALID_ARGUMENT, |input| {
            (input.own_fields, input.key_field_offsets) = (OWN.as_ptr(), FALLING.as_ptr());
        }),
    ];
    let mut cases: Vec<Case> = (rows.into_iter())
        .map(|(fault, argument, status, spoil)| {
            Case::new(NAME, fault, argument, status, move |scratch| {
                let mut input = good();
                spoil(&mut input);
                run(&input, scratch.output(9), scratch.output(9), scratch.output(12))
            })
        })
        .collect();
    cases.extend([
        // SAFETY: NULL is what the call must refuse.
        Case::new("hem_shape_input_init", Fault::Null, "out_input", HEM_NULL_POINTER, |_| unsafe {
            hem_shape_input_init(null_mut())
        }),
        Case::new(NAME, Fault::Null, "input", HEM_NULL_POINTER, |scratch| {
            run(null(), scratch.output(9), scratch.output(9), null_mut())
        }),
        Case::new(NAME, Fault::Null, "out_points", HEM_NULL_POINTER, |scratch| {
            run(&good(), null_mut(), scratch.output(9), null_mut())
        }),
        Case::new(NAME, Fault::Null, "out_shape_keys", HEM_NULL_POINTER, |scratch| {
            run(&good(), scratch.output(9), null_mut(), null_mut())
        }),
        Case::new(NAME, Fault::Value, "out_report", HEM_INVALID_ARGUMENT, |scratch| {
            // A pattern that is no size.
            run(&good(), scratch.output(9), scratch.output(9), scratch.output(12))
        }),
    ]);
    cases
}

/// A triangle with a shape key.
fn good() -> HemShapeInput {
    HemShapeInput {
        points: POINTS.as_ptr(),
        point_count: 3,
        triangles: TRIANGLE.as_ptr(),
        triangle_count: 1,
        shape_keys: POINTS.as_ptr(),
        key_count: 1,
        ..HemShapeInput::default()
    }
}

fn run(
    input: *const HemShapeInput,
    points: *mut f32,
    shape_keys: *mut f32,
    report: *mut u32,
) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_shape_stage_run(
            input,
            points,
            shape_keys,
            null_mut(),
            null_mut(),
            null_mut(),
            report.cast(),
            null(),
        )
    }
}
