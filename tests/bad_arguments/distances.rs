//! Rows for `src/ffi/distances.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::distances::*;

use super::harness::{ABSURD, Case, Fault, Scratch};

type OneToMany<F> = unsafe extern "C" fn(*const F, *const F, usize, *mut F) -> HemStatus;
type ManyToMany<F> = unsafe extern "C" fn(*const F, usize, *const F, usize, *mut F) -> HemStatus;
/// Calls with six good numbers to take points from.
type Run<F> = Box<dyn Fn(&[F; 6], &Scratch) -> HemStatus>;

pub fn cases() -> Vec<Case> {
    let mut cases = one_to_many("hem_distances", [0.0_f32, f32::NAN], hem_distances);
    cases.extend(one_to_many("hem_distances_f64", [0.0, f64::NAN], hem_distances_f64));
    cases.extend(many_to_many("hem_distance_matrix", 0.0_f32, hem_distance_matrix));
    cases.extend(many_to_many("hem_distance_matrix_f64", 0.0, hem_distance_matrix_f64));
    cases
}

fn one_to_many<F: bytemuck::Pod>(
    function: &'static str,
    [good, bad]: [F; 2],
    call: OneToMany<F>,
) -> Vec<Case> {
    let row = |fault, argument, expected, run: Run<F>| {
        Case::new(function, fault, argument, expected, move |scratch| run(&[good; 6], scratch))
    };
    // SAFETY: what is not refused holds what the contract asks for.
    unsafe {
        vec![
            row(
                Fault::Null,
                "point",
                HEM_NULL_POINTER,
                Box::new(move |points, scratch| {
                    call(null(), points.as_ptr(), 2, scratch.output(2))
                }),
            ),
            row(
                Fault::Null,
                "points",
                HEM_NULL_POINTER,
                Box::new(move |points, scratch| {
                    call(points.as_ptr(), null(), 2, scratch.output(2))
                }),
            ),
            row(
                Fault::Null,
                "out_distances",
                HEM_NULL_POINTER,
                Box::new(move |points, _| call(points.as_ptr(), points.as_ptr(), 2, null_mut())),
            ),
            row(
                Fault::Overflow,
                "points",
                HEM_SIZE_OVERFLOW,
                Box::new(move |points, scratch| {
                    call(points.as_ptr(), points.as_ptr(), ABSURD, scratch.output(2))
                }),
            ),
            row(
                Fault::NotFinite,
                "point",
                HEM_NOT_FINITE,
                Box::new(move |points, scratch| {
                    call([good, bad, good].as_ptr(), points.as_ptr(), 2, scratch.output(2))
                }),
            ),
        ]
    }
}

fn many_to_many<F: bytemuck::Pod>(
    function: &'static str,
    good: F,
    call: ManyToMany<F>,
) -> Vec<Case> {
    let row = |fault, argument, expected, run: Run<F>| {
        Case::new(function, fault, argument, expected, move |scratch| run(&[good; 6], scratch))
    };
    // SAFETY: what is not refused holds what the contract asks for.
    unsafe {
        vec![
            row(
                Fault::Null,
                "a",
                HEM_NULL_POINTER,
                Box::new(move |points, scratch| {
                    call(null(), 2, points.as_ptr(), 2, scratch.output(4))
                }),
            ),
            row(
                Fault::Null,
                "b",
                HEM_NULL_POINTER,
                Box::new(move |points, scratch| {
                    call(points.as_ptr(), 2, null(), 2, scratch.output(4))
                }),
            ),
            row(
                Fault::Null,
                "out_distances",
                HEM_NULL_POINTER,
                Box::new(move |points, _| call(points.as_ptr(), 2, points.as_ptr(), 2, null_mut())),
            ),
            row(
                Fault::Overflow,
                "a",
                HEM_SIZE_OVERFLOW,
                Box::new(move |points, scratch| {
                    call(points.as_ptr(), ABSURD, points.as_ptr(), 1, scratch.output(4))
                }),
            ),
            row(Fault::Overflow, "a_count * b_count", HEM_SIZE_OVERFLOW, {
                Box::new(move |points, scratch| {
                    call(points.as_ptr(), 1 << 40, points.as_ptr(), 1 << 40, scratch.output(4))
                })
            }),
        ]
    }
}
