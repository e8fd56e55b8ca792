//! Affine transforms of points and normals.

use super::buffers::{InOut, in_out_rows, input};
use super::guard::guard;
use super::status::HemStatus;
use crate::Result;
use crate::geometry::affine::{self, Matrix, Scalar};

/// Transforms points by an affine matrix: out = matrix * point. Allocates nothing. A point that is
/// not finite gives a result that is not, and disturbs no other.
///
/// matrix must hold 16 floats, row-major, finite, last row 0 0 0 1.
/// points must hold point_count * 3 floats.
/// out_points must hold point_count * 3 floats; may be the same buffer as points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transform_points(
    matrix: *const f32,
    points: *const f32,
    point_count: usize,
    out_points: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { transform_points(matrix, points, point_count, out_points) })
}

/// hem_transform_points in double precision.
///
/// matrix must hold 16 doubles, row-major, finite, last row 0 0 0 1.
/// points must hold point_count * 3 doubles.
/// out_points must hold point_count * 3 doubles; may be the same buffer as points.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transform_points_f64(
    matrix: *const f64,
    points: *const f64,
    point_count: usize,
    out_points: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { transform_points(matrix, points, point_count, out_points) })
}

/// Transforms normals by the inverse transpose of an affine matrix and makes them unit; zero normals
/// stay zero. Allocates nothing. HEM_SINGULAR when the matrix flattens space.
///
/// matrix must hold 16 floats, row-major, finite, last row 0 0 0 1.
/// normals must hold normal_count * 3 floats.
/// out_normals must hold normal_count * 3 floats; may be the same buffer as normals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transform_normals(
    matrix: *const f32,
    normals: *const f32,
    normal_count: usize,
    out_normals: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { transform_normals(matrix, normals, normal_count, out_normals) })
}

/// hem_transform_normals in double precision.
///
/// matrix must hold 16 doubles, row-major, finite, last row 0 0 0 1.
/// normals must hold normal_count * 3 doubles.
/// out_normals must hold normal_count * 3 doubles; may be the same buffer as normals.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transform_normals_f64(
    matrix: *const f64,
    normals: *const f64,
    normal_count: usize,
    out_normals: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe { transform_normals(matrix, normals, normal_count, out_normals) })
}

/// # Safety
/// The contract of `hem_transform_points`, for `F`.
unsafe fn transform_points<F: Scalar>(
    matrix: *const F,
    points: *const F,
    count: usize,
    out: *mut F,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    let (matrix, points) = unsafe {
        (input_matrix(matrix)?, in_out_rows(("points", points), ("out_points", out), count)?)
    };
    match points {
        InOut::InPlace(points) => affine::transform_points_in_place(matrix, points),
        InOut::Separate(points, out) => affine::transform_points(matrix, points, out),
    }
}

/// # Safety
/// The contract of `hem_transform_normals`, for `F`.
unsafe fn transform_normals<F: Scalar>(
    matrix: *const F,
    normals: *const F,
    count: usize,
    out: *mut F,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    let (matrix, normals) = unsafe {
        (input_matrix(matrix)?, in_out_rows(("normals", normals), ("out_normals", out), count)?)
    };
    match normals {
        InOut::InPlace(normals) => affine::transform_normals_in_place(matrix, normals),
        InOut::Separate(normals, out) => affine::transform_normals(matrix, normals, out),
    }
}

/// # Safety
/// Where `matrix` is not NULL, 16 numbers are readable there.
unsafe fn input_matrix<'a, F: Scalar>(matrix: *const F) -> Result<&'a Matrix<F>> {
    // SAFETY: the caller's contract is the same.
    let numbers = unsafe { input("matrix", matrix, 16) }?;
    Ok(numbers.try_into().expect("16 numbers"))
}
