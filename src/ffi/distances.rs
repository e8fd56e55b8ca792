//! Distances: one point to many, and many to many.

use super::buffers::{input, input_rows, output};
use super::guard::guard;
use super::status::HemStatus;
use crate::Result;
use crate::geometry::affine::Scalar;
use crate::geometry::distances;
use crate::runtime::memory::checked_product;

/// Computes the distances from one point to many. Allocates nothing. Points that are not finite give
/// distances that are not, and disturb no others.
///
/// point must hold 3 floats, finite.
/// points must hold point_count * 3 floats.
/// out_distances must hold point_count floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_distances(
    point: *const f32,
    points: *const f32,
    point_count: usize,
    out_distances: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { one_to_many(point, points, point_count, out_distances) })
}

/// hem_distances in double precision.
///
/// point must hold 3 doubles, finite.
/// points must hold point_count * 3 doubles.
/// out_distances must hold point_count doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_distances_f64(
    point: *const f64,
    points: *const f64,
    point_count: usize,
    out_distances: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { one_to_many(point, points, point_count, out_distances) })
}

/// Computes the distances from each point of a to each point of b. Allocates nothing.
///
/// The points may hold numbers that are not finite: their distances are not, and others are as ever.
///
/// a must hold a_count * 3 floats.
/// b must hold b_count * 3 floats.
/// out_distances must hold a_count * b_count floats; row i holds the distances of point i of a.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_distance_matrix(
    a: *const f32,
    a_count: usize,
    b: *const f32,
    b_count: usize,
    out_distances: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { many_to_many(a, a_count, b, b_count, out_distances) })
}

/// hem_distance_matrix in double precision. The points may hold numbers that are not finite.
///
/// a must hold a_count * 3 doubles.
/// b must hold b_count * 3 doubles.
/// out_distances must hold a_count * b_count doubles; row i holds the distances of point i of a.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_distance_matrix_f64(
    a: *const f64,
    a_count: usize,
    b: *const f64,
    b_count: usize,
    out_distances: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { many_to_many(a, a_count, b, b_count, out_distances) })
}

/// # Safety
/// The contract of `hem_distances`, for `F`.
unsafe fn one_to_many<F: Scalar>(
    point: *const F,
    points: *const F,
    count: usize,
    out: *mut F,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    unsafe {
        let point = input("point", point, 3)?.try_into().expect("3 numbers");
        let points = input_rows("points", points, count)?;
        distances::distances(point, points, output("out_distances", out, count)?)
    }
}

/// # Safety
/// The contract of `hem_distance_matrix`, for `F`.
unsafe fn many_to_many<F: Scalar>(
    a: *const F,
    a_count: usize,
    b: *const F,
    b_count: usize,
    out: *mut F,
) -> Result<()> {
    let count = checked_product("a_count * b_count", a_count, b_count)?;
    // SAFETY: the caller's contract is the same.
    unsafe {
        let (a, b) = (input_rows("a", a, a_count)?, input_rows("b", b, b_count)?);
        distances::distance_matrix(a, b, output("out_distances", out, count)?)
    }
}
