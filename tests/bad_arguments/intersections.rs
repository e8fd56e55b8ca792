//! Rows for `src/ffi/intersections.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::intersections::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

const POINTS: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

/// A mesh of one triangle, as an argument of a call.
#[derive(Clone, Copy)]
struct Mesh {
    points: Option<[f32; 9]>,
    triangles: Option<[u32; 3]>,
    counts: [usize; 2],
}

const GOOD: Mesh = Mesh { points: Some(POINTS), triangles: Some([0, 1, 2]), counts: [3, 1] };

impl Mesh {
    /// Each way in which a mesh can be wrong, with the argument at fault: 0 points, 1 triangles.
    fn faults() -> Vec<(Fault, usize, HemStatus, Self)> {
        let mut broken = POINTS;
        broken[5] = f32::NAN;
        vec![
            (Fault::Null, 0, HEM_NULL_POINTER, Self { points: None, ..GOOD }),
            (Fault::Null, 1, HEM_NULL_POINTER, Self { triangles: None, ..GOOD }),
            (Fault::Overflow, 0, HEM_SIZE_OVERFLOW, Self { counts: [ABSURD, 1], ..GOOD }),
            (Fault::Overflow, 1, HEM_SIZE_OVERFLOW, Self { counts: [3, ABSURD], ..GOOD }),
            (Fault::Index, 1, HEM_INDEX_OUT_OF_RANGE, Self { triangles: Some([0, 1, 3]), ..GOOD }),
            (Fault::NotFinite, 0, HEM_NOT_FINITE, Self { points: Some(broken), ..GOOD }),
        ]
    }

    fn addresses(&self) -> (*const f32, usize, *const u32, usize) {
        let points = self.points.as_ref().map_or(null(), |points| points.as_ptr());
        let triangles = self.triangles.as_ref().map_or(null(), |triangles| triangles.as_ptr());
        (points, self.counts[0], triangles, self.counts[1])
    }
}

fn within(mesh: &Mesh, out: *mut *mut HemTrianglePairs) -> HemStatus {
    let (points, point_count, triangles, triangle_count) = mesh.addresses();
    // SAFETY: every pointer that is not NULL holds what the contract asks for wherever it is read, and
    // absurd counts must be refused before memory is read.
    unsafe {
        hem_self_intersecting_triangles(points, point_count, triangles, triangle_count, out, null())
    }
}

fn between(mesh: &Mesh, other: &Mesh, out: *mut *mut HemTrianglePairs) -> HemStatus {
    let (points, point_count, triangles, triangle_count) = mesh.addresses();
    let (other_points, other_point_count, other_triangles, other_triangle_count) =
        other.addresses();
    // SAFETY: as in `within`.
    unsafe {
        hem_intersecting_triangles(
            points,
            point_count,
            triangles,
            triangle_count,
            other_points,
            other_point_count,
            other_triangles,
            other_triangle_count,
            out,
            null(),
        )
    }
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (fault, argument, expected, mesh) in Mesh::faults() {
        let name = ["points", "triangles"][argument];
        let other_name = ["other_points", "other_triangles"][argument];
        cases.extend([
            Case::new("hem_self_intersecting_triangles", fault, name, expected, move |scratch| {
                within(&mesh, scratch.handle())
            }),
            Case::new("hem_intersecting_triangles", fault, name, expected, move |scratch| {
                between(&mesh, &GOOD, scratch.handle())
            }),
            Case::new("hem_intersecting_triangles", fault, other_name, expected, move |scratch| {
                between(&GOOD, &mesh, scratch.handle())
            }),
        ]);
    }
    let null_out = |function, call: fn() -> HemStatus| {
        Case::new(function, Fault::Null, "out_pairs", HEM_NULL_POINTER, move |_| call())
    };
    cases.push(null_out("hem_self_intersecting_triangles", || within(&GOOD, null_mut())));
    cases.push(null_out("hem_intersecting_triangles", || between(&GOOD, &GOOD, null_mut())));
    cases.extend(["triangle_pairs", "out_pairs", "out_pair_count"].map(view_case));
    cases
}

fn view_case(missing: &'static str) -> Case {
    let call = move |scratch: &Scratch| {
        let mut pairs = null_mut();
        assert_eq!(within(&GOOD, &raw mut pairs), HEM_OK);
        let there = |argument| missing != argument;
        // SAFETY: the slots hold a pointer and a count; NULL is what the call must refuse. Each row
        // leaks its pairs: a few bytes.
        unsafe {
            hem_triangle_pairs_view(
                if there("triangle_pairs") { pairs } else { null() },
                if there("out_pairs") { scratch.output::<usize>(1).cast() } else { null_mut() },
                if there("out_pair_count") { scratch.output(1) } else { null_mut() },
            )
        }
    };
    Case::new("hem_triangle_pairs_view", Fault::Null, missing, HEM_NULL_POINTER, call)
}
