//! Rows for `src/ffi/inpaint.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::*;
use hemline::ffi::inpaint::*;

use super::harness::{ABSURD, Case, Fault};

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static FIXED: [u8; 3] = [1, 0, 0];
static CONFIDENCE: [f64; 3] = [0.0, f64::NAN, 0.0];

pub fn cases() -> Vec<Case> {
    [create_cases(), inpaint_cases(), unreached_cases()].into_iter().flatten().collect()
}

/// One triangle with one fixed vertex; the handle lives as long as the process.
fn inpainter() -> *const HemWeightInpainter {
    let mut made = null_mut();
    // SAFETY: all buffers hold what the contract asks for.
    let status = unsafe {
        hem_weight_inpainter_create(
            POINTS.as_ptr(),
            3,
            TRIANGLE.as_ptr(),
            1,
            FIXED.as_ptr(),
            null(),
            &mut made,
            null(),
        )
    };
    assert_eq!(status, HEM_OK);
    made
}

fn create_cases() -> Vec<Case> {
    const NAME: &str = "hem_weight_inpainter_create";
    let good = (POINTS.as_ptr(), 3, TRIANGLE.as_ptr(), FIXED.as_ptr(), null::<f64>(), true);
    [
        (Fault::Null, "points", HEM_NULL_POINTER, (null(), good.1, good.2, good.3, good.4, true)),
        (Fault::Null, "triangles", HEM_NULL_POINTER, (good.0, 3, null(), good.3, good.4, true)),
        (Fault::Null, "fixed", HEM_NULL_POINTER, (good.0, 3, good.2, null(), good.4, true)),
        (
            Fault::Null,
            "out_inpainter",
            HEM_NULL_POINTER,
            (good.0, 3, good.2, good.3, good.4, false),
        ),
        (
            Fault::Overflow,
            "points",
            HEM_SIZE_OVERFLOW,
            (good.0, ABSURD, good.2, good.3, good.4, true),
        ),
        (
            Fault::Index,
            "triangles",
            HEM_INDEX_OUT_OF_RANGE,
            (good.0, 2, good.2, good.3, good.4, true),
        ),
        (
            Fault::NotFinite,
            "points",
            HEM_NOT_FINITE,
            (BROKEN.as_ptr(), 3, good.2, good.3, good.4, true),
        ),
        (
            Fault::NotFinite,
            "confidence",
            HEM_NOT_FINITE,
            (good.0, 3, good.2, good.3, CONFIDENCE.as_ptr(), true),
        ),
    ]
    .into_iter()
    .map(|(fault, argument, status, (points, count, triangles, fixed, confidence, out))| {
        Case::new(NAME, fault, argument, status, move |scratch| {
            let out = if out { scratch.handle() } else { null_mut() };
            // SAFETY: what is wrong is refused before it is used.
            unsafe {
                hem_weight_inpainter_create(
                    points,
                    count,
                    triangles,
                    1,
                    fixed,
                    confidence,
                    out,
                    null(),
                )
            }
        })
    })
    .collect()
}

fn inpaint_cases() -> Vec<Case> {
    const NAME: &str = "hem_weight_inpainter_inpaint";
    let nan = f32::NAN;
    [
        (Fault::Null, "inpainter", HEM_NULL_POINTER, (false, true, 3, 1.0)),
        (Fault::Null, "weights", HEM_NULL_POINTER, (true, false, 3, 1.0)),
        (Fault::Overflow, "weights", HEM_SIZE_OVERFLOW, (true, true, ABSURD, 1.0)),
        (Fault::Value, "weights", HEM_LENGTH_MISMATCH, (true, true, 2, 1.0)),
        (Fault::NotFinite, "weights", HEM_NOT_FINITE, (true, true, 3, nan)),
    ]
    .into_iter()
    .map(|(fault, argument, status, (has_handle, has_weights, count, value))| {
        Case::new(NAME, fault, argument, status, move |scratch| {
            let handle = if has_handle { inpainter() } else { null() };
            let weights = scratch.in_place(&[1.0, value, 0.5]);
            let weights = if has_weights { weights } else { null_mut() };
            // SAFETY: what is wrong is refused before it is used.
            unsafe { hem_weight_inpainter_inpaint(handle, weights, count, 1, null()) }
        })
    })
    .collect()
}

fn unreached_cases() -> Vec<Case> {
    const NAME: &str = "hem_weight_inpainter_unreached";
    [
        (Fault::Null, "inpainter", HEM_NULL_POINTER, (false, true, 3)),
        (Fault::Null, "out_mask", HEM_NULL_POINTER, (true, false, 3)),
        (Fault::Overflow, "out_mask", HEM_SIZE_OVERFLOW, (true, true, usize::MAX)),
        (Fault::Value, "out_mask", HEM_LENGTH_MISMATCH, (true, true, 2)),
    ]
    .into_iter()
    .map(|(fault, argument, status, (has_handle, has_mask, count))| {
        Case::new(NAME, fault, argument, status, move |scratch| {
            let handle = if has_handle { inpainter() } else { null() };
            let mask = if has_mask { scratch.output(3) } else { null_mut() };
            // SAFETY: what is wrong is refused before it is used.
            unsafe { hem_weight_inpainter_unreached(handle, mask, count) }
        })
    })
    .collect()
}
