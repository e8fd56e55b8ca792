//! Row-major 4×4 matrices, as hosts hand them over, to and from affine maps in double precision.

use std::cmp::Ordering;

use glam::{DAffine3, DMat3, DVec3};

use super::affine::{Matrix, Scalar};
use crate::runtime::check;
use crate::{Error, Result};

/// Condition number (Frobenius norms) from which on a matrix counts as singular: its inverse would
/// turn the last bit of a float32 coordinate of a metre into 6 cm.
pub(crate) const WORST_CONDITION: f64 = 1e6;

/// The affine map of a matrix; all numbers finite, last row 0 0 0 1.
pub(crate) fn to_affine<F: Scalar>(argument: &'static str, matrix: &Matrix<F>) -> Result<DAffine3> {
    check::finite(argument, matrix)?;
    affine(matrix).map_err(|last| {
        Error::invalid(argument, format!("has the last row {last:?}, expected 0 0 0 1"))
    })
}

/// The affine maps of a list of matrices; errors name the matrix.
pub(crate) fn to_affines<F: Scalar>(
    argument: &'static str,
    matrices: &[Matrix<F>],
) -> Result<Vec<DAffine3>> {
    check::finite(argument, matrices.as_flattened())?;
    let named = |(index, matrix)| {
        affine(matrix).map_err(|last| {
            let problem = format!("has the last row {last:?} in matrix {index}, expected 0 0 0 1");
            Error::invalid(argument, problem)
        })
    };
    matrices.iter().enumerate().map(named).collect()
}

/// The row-major matrix of an affine map.
pub(crate) fn from_affine<F: Scalar>(map: &DAffine3) -> Matrix<F> {
    let columns = [map.matrix3.x_axis, map.matrix3.y_axis, map.matrix3.z_axis, map.translation];
    std::array::from_fn(|entry| match (entry / 4, entry % 4) {
        (3, column) => F::from_f64(if column == 3 { 1.0 } else { 0.0 }),
        (row, column) => F::from_f64(columns[column][row]),
    })
}

/// The inverse map of matrix number `index` of `argument`.
pub(crate) fn invert(argument: &'static str, index: usize, map: &DAffine3) -> Result<DAffine3> {
    let cofactors = cofactors(&map.matrix3);
    let determinant = determinant(&map.matrix3, &cofactors);
    if is_singular(&map.matrix3, &cofactors, determinant) {
        let problem = format!("holds a singular matrix at {index}, expected one with an inverse");
        return Err(Error::invalid(argument, problem));
    }
    Ok(inverse(map, &cofactors, determinant))
}

/// The cofactor matrix: the inverse transpose times the determinant.
#[inline(always)]
pub(crate) fn cofactors(matrix: &DMat3) -> DMat3 {
    let (x, y, z) = (matrix.x_axis, matrix.y_axis, matrix.z_axis);
    DMat3::from_cols(y.cross(z), z.cross(x), x.cross(y))
}

/// The determinant, from a matrix and its cofactors.
#[inline(always)]
pub(crate) fn determinant(matrix: &DMat3, cofactors: &DMat3) -> f64 {
    matrix.x_axis.dot(cofactors.x_axis)
}

/// Whether the condition number reaches [`WORST_CONDITION`].
#[inline(always)]
pub(crate) fn is_singular(matrix: &DMat3, cofactors: &DMat3, determinant: f64) -> bool {
    let squares = |m: &DMat3| {
        m.x_axis.length_squared() + m.y_axis.length_squared() + m.z_axis.length_squared()
    };
    // |A| |A⁻¹| = |A| |cof A| / |det A|, squared; written so that NaN counts as singular.
    let limit = WORST_CONDITION * WORST_CONDITION * determinant * determinant;
    limit.partial_cmp(&(squares(matrix) * squares(cofactors))) != Some(Ordering::Greater)
}

/// The inverse map, from the linear part's cofactors and determinant.
#[inline(always)]
pub(crate) fn inverse(map: &DAffine3, cofactors: &DMat3, determinant: f64) -> DAffine3 {
    let matrix3 = cofactors.transpose() * (1.0 / determinant);
    DAffine3 { matrix3, translation: -(matrix3 * map.translation) }
}

fn affine<F: Scalar>(matrix: &Matrix<F>) -> std::result::Result<DAffine3, [f64; 4]> {
    let m = matrix.map(Into::<f64>::into);
    if m[12..] != [0.0, 0.0, 0.0, 1.0] {
        return Err([m[12], m[13], m[14], m[15]]);
    }
    let column = |column: usize| DVec3::new(m[column], m[4 + column], m[8 + column]);
    let matrix3 = DMat3::from_cols(column(0), column(1), column(2));
    Ok(DAffine3 { matrix3, translation: column(3) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEAR: Matrix<f64> =
        [2.0, 0.5, 0.0, 1.0, 0.0, 1.0, 0.0, -2.0, 0.0, 0.0, -3.0, 0.25, 0.0, 0.0, 0.0, 1.0];

    #[test]
    fn matrices_survive_the_round_trip() {
        let map = to_affine("matrix", &SHEAR).unwrap();
        assert_eq!(map.transform_point3(DVec3::ONE), DVec3::new(3.5, -1.0, -2.75));
        assert_eq!(from_affine::<f64>(&map), SHEAR);
        let back =
            invert("matrix", 0, &map).unwrap().transform_point3(DVec3::new(3.5, -1.0, -2.75));
        assert!((back - DVec3::ONE).length() < 1e-15);
    }

    #[test]
    fn singular_and_broken_matrices_are_named() {
        let mut matrices = [SHEAR; 3];
        matrices[2][13] = 1.0;
        let text = to_affines("pose", &matrices).unwrap_err().to_string();
        assert!(text.contains("[0.0, 1.0, 0.0, 1.0] in matrix 2"), "{text}");
        let flat = DAffine3::from_scale(DVec3::new(1.0, 1e-7, 1.0));
        assert!(invert("rest", 4, &flat).unwrap_err().to_string().contains("at 4"));
        let small = DAffine3::from_scale(DVec3::splat(1e-30));
        assert!(invert("rest", 4, &small).is_ok());
    }
}
