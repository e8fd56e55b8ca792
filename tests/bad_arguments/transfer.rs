//! Rows for `src/ffi/transfer.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::surface::{HemSurface, hem_surface_create};
use hemline::ffi::transfer::*;

use super::harness::{ABSURD, Case, Fault, Scratch};
use super::sparse::Rows;

const SPARSE: &str = "hem_transfer_weights_sparse";
const DENSE: &str = "hem_transfer_weights_dense";

pub static CORNERS: [f32; 6] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
pub static BROKEN: [f32; 6] = [0.0, 0.0, f32::NAN, 1.0, 0.0, 0.0];
static WEIGHTS: [f32; 4] = [0.5, 0.5, 0.0, 1.0];
static BROKEN_WEIGHTS: [f32; 4] = [0.5, 0.5, 0.0, f32::NAN];
static NO_SUCH_TRIANGLE: [u32; 1] = [1];
static NO_SUCH_POINT: [u32; 3] = [0, 1, 2];

/// What the functions take beside the weights.
#[derive(Clone, Copy)]
pub struct Targets {
    has_surface: bool,
    pub points: *const f32,
    pub normals: *const f32,
    pub point_count: usize,
    pub triangles: *const u32,
    pub triangle_count: usize,
    pub first_triangles: *const u32,
    options: fn(&mut HemTransferOptions),
}

/// Two points, which all functions take.
pub const GOOD: Targets = Targets {
    has_surface: true,
    points: CORNERS.as_ptr(),
    normals: null(),
    point_count: 2,
    triangles: null(),
    triangle_count: 0,
    first_triangles: null(),
    options: |_| (),
};

impl Targets {
    /// Each way in which they can be wrong.
    pub fn faults() -> Vec<(Fault, &'static str, HemStatus, Self)> {
        vec![
            (Fault::Null, "surface", HEM_NULL_POINTER, Self { has_surface: false, ..GOOD }),
            (Fault::Null, "points", HEM_NULL_POINTER, Self { points: null(), ..GOOD }),
            (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Self { point_count: ABSURD, ..GOOD }),
            (Fault::NotFinite, "points", HEM_NOT_FINITE, Self { points: BROKEN.as_ptr(), ..GOOD }),
            (
                Fault::NotFinite,
                "normals",
                HEM_NOT_FINITE,
                Self { normals: BROKEN.as_ptr(), ..GOOD },
            ),
            (
                Fault::Index,
                "triangles",
                HEM_INDEX_OUT_OF_RANGE,
                Self { triangles: NO_SUCH_POINT.as_ptr(), triangle_count: 1, ..GOOD },
            ),
            (
                Fault::Overflow,
                "triangles",
                HEM_SIZE_OVERFLOW,
                Self { triangles: NO_SUCH_POINT.as_ptr(), triangle_count: ABSURD, ..GOOD },
            ),
            (
                Fault::Value,
                "triangles",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.normal_radius = 0.01, ..GOOD },
            ),
            (
                Fault::Value,
                "normal_radius",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.normal_radius = -1.0, ..GOOD },
            ),
            (
                Fault::NotFinite,
                "normal_radius",
                HEM_NOT_FINITE,
                Self { options: |options| options.normal_radius = f32::INFINITY, ..GOOD },
            ),
            (
                Fault::Index,
                "first_triangles",
                HEM_INDEX_OUT_OF_RANGE,
                Self { first_triangles: NO_SUCH_TRIANGLE.as_ptr(), ..GOOD },
            ),
            (
                Fault::Value,
                "options",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.struct_size = 1000, ..GOOD },
            ),
            (
                Fault::Value,
                "options",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.flags = 2, ..GOOD },
            ),
            (
                Fault::Value,
                "max_distance",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.max_distance = -1.0, ..GOOD },
            ),
            (
                Fault::Value,
                "angle_min",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.angle_min = -1.0, ..GOOD },
            ),
            (
                Fault::NotFinite,
                "angle_max",
                HEM_NOT_FINITE,
                Self { options: |options| options.angle_max = f32::NAN, ..GOOD },
            ),
            (
                Fault::Value,
                "angle_max",
                HEM_INVALID_ARGUMENT,
                Self { options: |options| options.angle_min = 1.0, ..GOOD },
            ),
        ]
    }

    pub fn surface(&self) -> *const HemSurface {
        let mut surface = null_mut();
        if self.has_surface {
            // SAFETY: all buffers hold what the contract asks for.
            let status = unsafe {
                hem_surface_create(CORNERS.as_ptr(), 2, [0, 1, 1].as_ptr(), 1, &mut surface)
            };
            assert_eq!(status, HEM_OK);
        }
        surface
    }

    pub fn options(&self) -> HemTransferOptions {
        let mut options = HemTransferOptions::default();
        (self.options)(&mut options);
        options
    }
}

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "hem_transfer_options_init",
            Fault::Null,
            "out_options",
            HEM_NULL_POINTER,
            // SAFETY: NULL is refused.
            |_| unsafe { hem_transfer_options_init(null_mut()) },
        ),
        Case::new(SPARSE, Fault::Null, "out_sparse_weights", HEM_NULL_POINTER, |scratch| {
            call_sparse(Rows::GOOD, GOOD, null_mut(), scratch)
        }),
        Case::new(SPARSE, Fault::Value, "offsets", HEM_LENGTH_MISMATCH, |scratch| {
            let one_vertex = Rows { vertex_count: 1, entry_count: 2, ..Rows::GOOD };
            call_sparse(one_vertex, GOOD, scratch.handle(), scratch)
        }),
        Case::new(DENSE, Fault::Null, "out_weights", HEM_NULL_POINTER, |scratch| {
            call_dense((WEIGHTS.as_ptr(), 2, 2), GOOD, null_mut(), scratch)
        }),
    ];
    for (fault, argument, status, targets) in Targets::faults() {
        cases.push(Case::new(SPARSE, fault, argument, status, move |scratch| {
            call_sparse(Rows::GOOD, targets, scratch.handle(), scratch)
        }));
        cases.push(Case::new(DENSE, fault, argument, status, move |scratch| {
            call_dense((WEIGHTS.as_ptr(), 2, 2), targets, scratch.output(4), scratch)
        }));
    }
    for (fault, argument, status, rows) in Rows::faults() {
        cases.push(Case::new(SPARSE, fault, argument, status, move |scratch| {
            call_sparse(rows, GOOD, scratch.handle(), scratch)
        }));
    }
    for (fault, status, weights) in [
        (Fault::Null, HEM_NULL_POINTER, (null(), 2, 2)),
        (Fault::Overflow, HEM_SIZE_OVERFLOW, (WEIGHTS.as_ptr(), ABSURD, 2)),
        (Fault::Overflow, HEM_SIZE_OVERFLOW, (WEIGHTS.as_ptr(), 2, ABSURD)),
        (Fault::NotFinite, HEM_NOT_FINITE, (BROKEN_WEIGHTS.as_ptr(), 2, 2)),
        (Fault::Value, HEM_LENGTH_MISMATCH, (WEIGHTS.as_ptr(), 1, 2)),
    ] {
        cases.push(Case::new(DENSE, fault, "weights", status, move |scratch| {
            call_dense(weights, GOOD, scratch.output(4), scratch)
        }));
    }
    cases
}

fn call_sparse(
    rows: Rows,
    targets: Targets,
    out: *mut *mut hemline::ffi::sparse::HemSparseWeights,
    scratch: &Scratch,
) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_transfer_weights_sparse(
            targets.surface(),
            rows.offsets,
            rows.vertex_count,
            rows.groups,
            rows.weights,
            rows.entry_count,
            rows.group_count,
            targets.points,
            targets.normals,
            targets.point_count,
            targets.triangles,
            targets.triangle_count,
            targets.first_triangles,
            &targets.options(),
            null(),
            out,
            scratch.output(2),
            scratch.output(2),
        )
    }
}

fn call_dense(
    (weights, vertex_count, group_count): (*const f32, usize, usize),
    targets: Targets,
    out: *mut f32,
    scratch: &Scratch,
) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_transfer_weights_dense(
            targets.surface(),
            weights,
            vertex_count,
            group_count,
            targets.points,
            targets.normals,
            targets.point_count,
            targets.triangles,
            targets.triangle_count,
            targets.first_triangles,
            &targets.options(),
            null(),
            out,
            scratch.output(2),
            scratch.output(2),
        )
    }
}
