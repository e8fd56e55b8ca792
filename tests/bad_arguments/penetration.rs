//! Rows for `src/ffi/penetration.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::penetration::*;
use hemline::ffi::surface::HemSurface;

use super::harness::{ABSURD, Case, Fault};
use super::surface::one_triangle;

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static BEYOND: [u32; 3] = [0, 3, 1];

pub fn cases() -> Vec<Case> {
    let options = Case::new(
        "hem_repair_options_init",
        Fault::Null,
        "out_options",
        HEM_NULL_POINTER,
        // SAFETY: NULL is what the call must refuse.
        |_| unsafe { hem_repair_options_init(null_mut()) },
    );
    [vec![options], measure_cases(), repair_cases(), distortion_cases()]
        .into_iter()
        .flatten()
        .collect()
}

fn measure_cases() -> Vec<Case> {
    type Row = (Fault, &'static str, HemStatus, Measure);
    #[derive(Clone, Copy)]
    struct Measure {
        body: fn() -> *const HemSurface,
        points: *const f32,
        count: usize,
        max_distance: f32,
        has_output: bool,
    }
    let good = Measure {
        body: one_triangle,
        points: POINTS.as_ptr(),
        count: 3,
        max_distance: 1.0,
        has_output: true,
    };
    let rows: [Row; 6] = [
        (Fault::Null, "body", HEM_NULL_POINTER, Measure { body: null, ..good }),
        (Fault::Null, "points", HEM_NULL_POINTER, Measure { points: null(), ..good }),
        (Fault::Null, "out_depths", HEM_NULL_POINTER, Measure { has_output: false, ..good }),
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Measure { count: ABSURD, ..good }),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, Measure { points: BROKEN.as_ptr(), ..good }),
        (
            Fault::Value,
            "max_distance",
            HEM_INVALID_ARGUMENT,
            Measure { max_distance: -1.0, ..good },
        ),
    ];
    let case = |(fault, argument, status, call): Row| {
        Case::new("hem_measure_penetration", fault, argument, status, move |scratch| {
            let out = if call.has_output { scratch.output(3) } else { null_mut() };
            // SAFETY: what is wrong is refused before it is used.
            unsafe {
                hem_measure_penetration(
                    (call.body)(),
                    call.points,
                    call.count,
                    call.max_distance,
                    out,
                    null(),
                )
            }
        })
    };
    rows.map(case).into()
}

fn repair_cases() -> Vec<Case> {
    type Row = (Fault, &'static str, HemStatus, Repair);
    #[derive(Clone, Copy)]
    struct Repair {
        body: fn() -> *const HemSurface,
        points: *const f32,
        count: usize,
        offsets: *const f32,
        labels: *const u32,
        change: fn(&mut HemRepairOptions),
        has_output: bool,
    }
    let good = Repair {
        body: one_triangle,
        points: POINTS.as_ptr(),
        count: 3,
        offsets: null(),
        labels: null(),
        change: |_| (),
        has_output: true,
    };
    let value = |argument, change| {
        (Fault::Value, argument, HEM_INVALID_ARGUMENT, Repair { change, ..good })
    };
    let rows: [Row; 11] = [
        (Fault::Null, "body", HEM_NULL_POINTER, Repair { body: null, ..good }),
        (Fault::Null, "points", HEM_NULL_POINTER, Repair { points: null(), ..good }),
        (Fault::Null, "out_points", HEM_NULL_POINTER, Repair { has_output: false, ..good }),
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Repair { count: ABSURD, ..good }),
        (
            Fault::Index,
            "rigid_labels",
            HEM_INDEX_OUT_OF_RANGE,
            Repair { labels: BEYOND.as_ptr(), ..good },
        ),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, Repair { points: BROKEN.as_ptr(), ..good }),
        (Fault::NotFinite, "offsets", HEM_NOT_FINITE, Repair { offsets: BROKEN.as_ptr(), ..good }),
        value("options", |options| options.struct_size = 999),
        value("clearance", |options| options.clearance = -1.0),
        value("keep_offset", |options| options.keep_offset = -1.0),
        value("radius", |options| options.radius = -1.0),
    ];
    let case = |(fault, argument, status, call): Row| {
        Case::new("hem_repair_penetration", fault, argument, status, move |scratch| {
            let mut options = std::mem::MaybeUninit::uninit();
            // SAFETY: what is wrong is refused before it is used.
            unsafe {
                hem_repair_options_init(options.as_mut_ptr());
                let mut options = options.assume_init();
                (call.change)(&mut options);
                hem_repair_penetration(
                    (call.body)(),
                    call.points,
                    call.count,
                    call.offsets,
                    call.labels,
                    &options,
                    if call.has_output { scratch.output(9) } else { null_mut() },
                    scratch.output(3),
                    scratch.output(3),
                    null(),
                )
            }
        })
    };
    rows.map(case).into()
}

fn distortion_cases() -> Vec<Case> {
    type Row = (Fault, &'static str, HemStatus, Distortion);
    #[derive(Clone, Copy)]
    struct Distortion {
        before: *const f32,
        after: *const f32,
        count: usize,
        triangles: *const u32,
        outputs: [bool; 2],
    }
    let good = Distortion {
        before: POINTS.as_ptr(),
        after: POINTS.as_ptr(),
        count: 3,
        triangles: TRIANGLE.as_ptr(),
        outputs: [true; 2],
    };
    let rows: [Row; 9] = [
        (Fault::Null, "before", HEM_NULL_POINTER, Distortion { before: null(), ..good }),
        (Fault::Null, "after", HEM_NULL_POINTER, Distortion { after: null(), ..good }),
        (Fault::Null, "triangles", HEM_NULL_POINTER, Distortion { triangles: null(), ..good }),
        (
            Fault::Null,
            "out_stretches",
            HEM_NULL_POINTER,
            Distortion { outputs: [false, true], ..good },
        ),
        (
            Fault::Null,
            "out_inverted",
            HEM_NULL_POINTER,
            Distortion { outputs: [true, false], ..good },
        ),
        (Fault::Overflow, "before", HEM_SIZE_OVERFLOW, Distortion { count: ABSURD, ..good }),
        (
            Fault::Index,
            "triangles",
            HEM_INDEX_OUT_OF_RANGE,
            Distortion { triangles: BEYOND.as_ptr(), ..good },
        ),
        (
            Fault::NotFinite,
            "before",
            HEM_NOT_FINITE,
            Distortion { before: BROKEN.as_ptr(), ..good },
        ),
        (Fault::NotFinite, "after", HEM_NOT_FINITE, Distortion { after: BROKEN.as_ptr(), ..good }),
    ];
    let case = |(fault, argument, status, call): Row| {
        Case::new("hem_measure_distortion", fault, argument, status, move |scratch| {
            let [stretches, inverted] = call.outputs;
            // SAFETY: what is wrong is refused before it is used.
            unsafe {
                hem_measure_distortion(
                    call.before,
                    call.after,
                    call.count,
                    call.triangles,
                    1,
                    if stretches { scratch.output(2) } else { null_mut() },
                    if inverted { scratch.output(1) } else { null_mut() },
                )
            }
        })
    };
    rows.map(case).into()
}
