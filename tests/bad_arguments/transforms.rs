//! Rows for `src/ffi/transforms.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::transforms::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

type Transform<F> = unsafe extern "C" fn(*const F, *const F, usize, *mut F) -> HemStatus;

const IDENTITY: [f64; 16] =
    [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];

pub fn cases() -> Vec<Case> {
    let single = IDENTITY.map(|number| number as f32);
    let mut cases = rows(
        "hem_transform_points",
        ["points", "out_points"],
        single,
        f32::NAN,
        hem_transform_points,
    );
    cases.extend(rows(
        "hem_transform_points_f64",
        ["points", "out_points"],
        IDENTITY,
        f64::NAN,
        hem_transform_points_f64,
    ));
    for row in [
        rows(
            "hem_transform_normals",
            ["normals", "out_normals"],
            single,
            f32::NAN,
            hem_transform_normals,
        ),
        rows(
            "hem_transform_normals_f64",
            ["normals", "out_normals"],
            IDENTITY,
            f64::NAN,
            hem_transform_normals_f64,
        ),
    ] {
        cases.extend(row);
    }
    cases.push(Case::new(
        "hem_transform_normals",
        Fault::Value,
        "matrix",
        HEM_SINGULAR,
        |scratch| {
            let mut flat = [0.0_f32; 16];
            flat[15] = 1.0;
            // SAFETY: all buffers hold what the contract asks for.
            unsafe {
                hem_transform_normals(
                    flat.as_ptr(),
                    [1.0_f32, 0.0, 0.0].as_ptr(),
                    1,
                    scratch.output(3),
                )
            }
        },
    ));
    cases
}

fn rows<F: bytemuck::Pod>(
    function: &'static str,
    [points, out]: [&'static str; 2],
    identity: [F; 16],
    nan: F,
    transform: Transform<F>,
) -> Vec<Case> {
    let zeros = [F::zeroed(); 6];
    let mut broken = identity;
    broken[3] = nan;
    let mut projective = identity;
    projective[12] = identity[0];
    // SAFETY: every pointer that is not NULL holds what the contract asks for, and the absurd counts
    // must be refused before memory is read.
    let call = move |matrix: Option<[F; 16]>,
                     points: bool,
                     count: usize,
                     out: bool,
                     scratch: &Scratch| unsafe {
        let matrix = matrix.as_ref().map_or(null(), |matrix| matrix.as_ptr());
        let out = if out { scratch.output(6) } else { null_mut() };
        transform(matrix, if points { zeros.as_ptr() } else { null() }, count, out)
    };
    vec![
        Case::new(function, Fault::Null, "matrix", HEM_NULL_POINTER, move |s| {
            call(None, true, 2, true, s)
        }),
        Case::new(function, Fault::Null, points, HEM_NULL_POINTER, move |s| {
            call(Some(identity), false, 2, true, s)
        }),
        Case::new(function, Fault::Null, out, HEM_NULL_POINTER, move |s| {
            call(Some(identity), true, 2, false, s)
        }),
        Case::new(function, Fault::Overflow, points, HEM_SIZE_OVERFLOW, move |s| {
            call(Some(identity), true, ABSURD, true, s)
        }),
        Case::new(function, Fault::NotFinite, "matrix", HEM_NOT_FINITE, move |s| {
            call(Some(broken), true, 2, true, s)
        }),
        Case::new(function, Fault::Value, "matrix", HEM_INVALID_ARGUMENT, move |s| {
            call(Some(projective), true, 2, true, s)
        }),
        Case::new(function, Fault::Value, out, HEM_INVALID_ARGUMENT, move |scratch| {
            let buffer = scratch.in_place(&[identity[0]; 9]);
            // SAFETY: the buffer holds 9 numbers; the overlap is what must be refused.
            unsafe { transform(identity.as_ptr(), buffer, 2, buffer.add(3)) }
        }),
    ]
}
