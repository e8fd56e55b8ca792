//! Rows for `src/ffi/surface.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::surface::*;

use super::harness::{ABSURD, Case, Fault};

type Create =
    unsafe extern "C" fn(*const f32, usize, *const u32, usize, *mut *mut HemSurface) -> HemStatus;

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, 0.0, f32::NAN, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TOO_FAR: [f32; 9] = [0.0, 0.0, 2e18, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];

pub fn cases() -> Vec<Case> {
    [
        create_cases("hem_surface_create", hem_surface_create),
        create_cases("hem_surface_acquire", hem_surface_acquire),
        query_cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// One triangle; the handle lives as long as the process.
pub fn one_triangle() -> *const HemSurface {
    let mut surface = null_mut();
    // SAFETY: all buffers hold what the contract asks for.
    let status =
        unsafe { hem_surface_create(POINTS.as_ptr(), 3, TRIANGLE.as_ptr(), 1, &mut surface) };
    assert_eq!(status, HEM_OK);
    surface
}

fn create_cases(name: &'static str, create: Create) -> Vec<Case> {
    let good = (POINTS.as_ptr(), 3, TRIANGLE.as_ptr(), 1);
    let mut cases: Vec<Case> = [
        (Fault::Null, "points", HEM_NULL_POINTER, (null(), 3, good.2, 1)),
        (Fault::Null, "triangles", HEM_NULL_POINTER, (good.0, 3, null(), 1)),
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, (good.0, ABSURD, good.2, 1)),
        (Fault::Overflow, "triangles", HEM_SIZE_OVERFLOW, (good.0, 3, good.2, ABSURD)),
        (Fault::Index, "triangles", HEM_INDEX_OUT_OF_RANGE, (good.0, 2, good.2, 1)),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, (BROKEN.as_ptr(), 3, good.2, 1)),
        (Fault::Value, "points", HEM_INVALID_ARGUMENT, (TOO_FAR.as_ptr(), 3, good.2, 1)),
    ]
    .into_iter()
    .map(|(fault, argument, status, (points, point_count, triangles, triangle_count))| {
        Case::new(name, fault, argument, status, move |scratch| {
            // SAFETY: what is wrong is refused before it is used.
            unsafe { create(points, point_count, triangles, triangle_count, scratch.handle()) }
        })
    })
    .collect();
    cases.push(Case::new(name, Fault::Null, "out_surface", HEM_NULL_POINTER, move |_| {
        // SAFETY: as above.
        unsafe { create(good.0, good.1, good.2, good.3, null_mut()) }
    }));
    cases
}

fn query_cases() -> Vec<Case> {
    const NAME: &str = "hem_surface_closest_points";
    [
        (Fault::Null, "surface", HEM_NULL_POINTER, (false, POINTS.as_ptr(), 3, 1.0)),
        (Fault::Null, "queries", HEM_NULL_POINTER, (true, null(), 3, 1.0)),
        (Fault::Overflow, "queries", HEM_SIZE_OVERFLOW, (true, POINTS.as_ptr(), ABSURD, 1.0)),
        (Fault::NotFinite, "queries", HEM_NOT_FINITE, (true, BROKEN.as_ptr(), 3, 1.0)),
        (Fault::Value, "queries", HEM_INVALID_ARGUMENT, (true, TOO_FAR.as_ptr(), 3, 1.0)),
        (Fault::Value, "max_distance", HEM_INVALID_ARGUMENT, (true, POINTS.as_ptr(), 3, -1.0)),
        (Fault::Value, "max_distance", HEM_INVALID_ARGUMENT, (true, POINTS.as_ptr(), 3, f32::NAN)),
    ]
    .into_iter()
    .map(|(fault, argument, status, (has_surface, queries, query_count, max_distance))| {
        Case::new(NAME, fault, argument, status, move |scratch| {
            let surface = if has_surface { one_triangle() } else { null() };
            // SAFETY: what is wrong is refused before it is used.
            unsafe {
                hem_surface_closest_points(
                    surface,
                    queries,
                    query_count,
                    max_distance,
                    scratch.output(3),
                    scratch.output(9),
                    scratch.output(9),
                    scratch.output(3),
                    null(),
                )
            }
        })
    })
    .collect()
}
