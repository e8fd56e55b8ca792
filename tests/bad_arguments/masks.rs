//! Rows for `src/ffi/masks.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::masks::*;
use hemline::ffi::surface::HemSurface;

use super::harness::{ABSURD, Case, Fault};
use super::surface::one_triangle;

static POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static BROKEN: [f32; 9] = [0.0, f32::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
static TRIANGLE: [u32; 3] = [0, 1, 2];
static EDGES: [u32; 4] = [0, 1, 1, 3];

/// The arguments of a call of either function; the default is a good one.
#[derive(Clone, Copy)]
struct Call {
    surface: fn() -> *const HemSurface,
    points: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    edges: *const u32,
    edge_count: usize,
    factor: *const f32,
    threshold: f32,
    angle: f32,
    has_output: bool,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            surface: one_triangle,
            points: POINTS.as_ptr(),
            point_count: 3,
            triangles: TRIANGLE.as_ptr(),
            triangle_count: 1,
            edges: null(),
            edge_count: 0,
            factor: null(),
            threshold: 0.5,
            angle: 20.0,
            has_output: true,
        }
    }
}

type Row = (Fault, &'static str, HemStatus, Call);

pub fn cases() -> Vec<Case> {
    let inpaint = rows().into_iter().map(inpaint_case);
    let smooth = rows().into_iter().chain(factor_rows()).map(smooth_case);
    inpaint.chain(smooth).chain(init_cases()).collect()
}

fn rows() -> Vec<Row> {
    let good = Call::default();
    vec![
        (Fault::Null, "surface", HEM_NULL_POINTER, Call { surface: null::<HemSurface>, ..good }),
        (Fault::Null, "points", HEM_NULL_POINTER, Call { points: null(), ..good }),
        (Fault::Null, "triangles", HEM_NULL_POINTER, Call { triangles: null(), ..good }),
        (Fault::Null, "out_mask", HEM_NULL_POINTER, Call { has_output: false, ..good }),
        (Fault::Overflow, "points", HEM_SIZE_OVERFLOW, Call { point_count: ABSURD, ..good }),
        (Fault::Overflow, "triangles", HEM_SIZE_OVERFLOW, Call { triangle_count: ABSURD, ..good }),
        (Fault::Index, "triangles", HEM_INDEX_OUT_OF_RANGE, Call { point_count: 2, ..good }),
        (
            Fault::Index,
            "edges",
            HEM_INDEX_OUT_OF_RANGE,
            Call { edges: EDGES.as_ptr(), edge_count: 2, ..good },
        ),
        (Fault::NotFinite, "points", HEM_NOT_FINITE, Call { points: BROKEN.as_ptr(), ..good }),
        (Fault::Value, "threshold", HEM_INVALID_ARGUMENT, Call { threshold: 2.0, ..good }),
        (Fault::Value, "angle", HEM_INVALID_ARGUMENT, Call { angle: -1.0, ..good }),
        (Fault::Value, "angle", HEM_NOT_FINITE, Call { angle: f32::NAN, ..good }),
    ]
}

fn factor_rows() -> Vec<Row> {
    let call = Call { factor: BROKEN.as_ptr(), ..Call::default() };
    vec![(Fault::NotFinite, "factor", HEM_NOT_FINITE, call)]
}

fn inpaint_case((fault, argument, status, call): Row) -> Case {
    Case::new("hem_inpaint_mask", fault, argument, status, move |scratch| {
        let mut options = HemInpaintMaskOptions::default();
        (options.threshold, options.min_angle) = (call.threshold, call.angle);
        let out = if call.has_output { scratch.output(3) } else { null_mut() };
        // SAFETY: what is wrong is refused before it is used.
        unsafe {
            hem_inpaint_mask(
                (call.surface)(),
                call.points,
                call.point_count,
                call.triangles,
                call.triangle_count,
                call.edges,
                call.edge_count,
                &options,
                out,
                null(),
            )
        }
    })
}

fn smooth_case((fault, argument, status, call): Row) -> Case {
    Case::new("hem_smooth_mask", fault, argument, status, move |scratch| {
        let mut options = HemSmoothMaskOptions::default();
        (options.threshold, options.angle_ramp[0]) = (call.threshold, call.angle);
        let out = if call.has_output { scratch.output(3) } else { null_mut() };
        // SAFETY: what is wrong is refused before it is used.
        unsafe {
            hem_smooth_mask(
                (call.surface)(),
                call.points,
                call.point_count,
                call.triangles,
                call.triangle_count,
                call.edges,
                call.edge_count,
                call.factor,
                &options,
                out,
                null(),
            )
        }
    })
}

fn init_cases() -> Vec<Case> {
    // SAFETY: NULL is refused.
    let inpaint = |_: &_| unsafe { hem_inpaint_mask_options_init(null_mut()) };
    // SAFETY: NULL is refused.
    let smooth = |_: &_| unsafe { hem_smooth_mask_options_init(null_mut()) };
    let (null, status) = (Fault::Null, HEM_NULL_POINTER);
    vec![
        Case::new("hem_inpaint_mask_options_init", null, "out_options", status, inpaint),
        Case::new("hem_smooth_mask_options_init", null, "out_options", status, smooth),
    ]
}
