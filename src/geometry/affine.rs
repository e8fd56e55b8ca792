//! Affine transforms of points and of normals.
//!
//! - point: `x' = A x + t`
//! - normal: `n' = A⁻ᵀ n / |A⁻ᵀ n|`; the inverse transpose keeps a normal at right angles to its
//!   surface under shear and uneven scale (Blinn 1977; Turkowski, *Graphics Gems I*, 1990).
//!
//! One generic piece serves f32 and f64, but for the block of f32 points, which is worth instructions of
//! its own (`affine_blocks`).

use std::cmp::Ordering;

use super::{affine_blocks, matrix};
use crate::runtime::octets::{self};
use crate::runtime::parallel::{self, Split};
use crate::runtime::simd::{self, Kernel};
use crate::runtime::{Progress, check};
use crate::{Error, Result};

/// Points that one thread transforms at the least: fewer cost less than a hand-over.
const LEAST_BLOCK: usize = 65_536;

/// Part of the volume that its rows could span, up to which a matrix flattens space.
const FLATTEST: f64 = 1e-12;

/// A row-major 4×4 matrix as hosts hand it over, `f32` or `f64`.
pub type Matrix<F> = [F; 16];

/// The number types that a transform exists for.
pub trait Scalar:
    check::Float
    + Send
    + Sync
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + PartialOrd
{
    /// 0.
    const ZERO: Self;
    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// √self.
    fn sqrt(self) -> Self;
    /// Transforms points by the widest instructions there are.
    #[doc(hidden)]
    fn transform_all(rows: &Rows<Self>, points: &[[Self; 3]], out: &mut [[Self; 3]]);
    /// The same onto the same buffer.
    #[doc(hidden)]
    fn transform_all_in_place(rows: &Rows<Self>, points: &mut [[Self; 3]]);
}

impl Scalar for f32 {
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn transform_all(rows: &Rows<f32>, points: &[[f32; 3]], out: &mut [[f32; 3]]) {
        octets::dispatch(affine_blocks::Transform { rows, points, out });
    }
    fn transform_all_in_place(rows: &Rows<f32>, points: &mut [[f32; 3]]) {
        octets::dispatch(affine_blocks::TransformInPlace { rows, points });
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn transform_all(rows: &Rows<f64>, points: &[[f64; 3]], out: &mut [[f64; 3]]) {
        let one = |(point, out): (&[f64; 3], &mut [f64; 3])| *out = transform(rows, *point);
        simd::dispatch(|| points.iter().zip(out).for_each(one));
    }
    fn transform_all_in_place(rows: &Rows<f64>, points: &mut [[f64; 3]]) {
        simd::dispatch(|| points.iter_mut().for_each(|point| *point = transform(rows, *point)));
    }
}

/// Three rows of `[a b c | t]`: all that an affine transform needs.
pub(super) type Rows<F> = [[F; 4]; 3];

/// Transforms points: `out = matrix · points`.
///
/// - `matrix`: row-major 4×4, finite, last row 0 0 0 1;
/// - `points`: `#P by 3`; a point that is not finite gives a result that is not, and disturbs no other;
/// - `out`: `#P by 3`.
///
/// # Errors
/// A matrix that is not finite or not affine, or arrays of different lengths; `out` is untouched.
pub fn transform_points<F: Scalar>(
    matrix: &Matrix<F>,
    points: &[[F; 3]],
    out: &mut [[F; 3]],
) -> Result<()> {
    check::length("out", out.len(), points.len())?;
    let rows = affine_rows(matrix)?;
    parallel::fill_rows(split(points.len()), out, 1, &Progress::none(), |range, out| {
        F::transform_all(&rows, &points[range], out);
    })
}

/// [`transform_points`] onto the same buffer.
///
/// # Errors
/// As there; `points` is untouched.
pub fn transform_points_in_place<F: Scalar>(
    matrix: &Matrix<F>,
    points: &mut [[F; 3]],
) -> Result<()> {
    let rows = affine_rows(matrix)?;
    parallel::fill_rows(split(points.len()), points, 1, &Progress::none(), |_, points| {
        F::transform_all_in_place(&rows, points);
    })
}

/// Transforms normals by the inverse transpose and makes them unit; zero normals stay zero.
///
/// Shapes and errors as [`transform_points`].
///
/// # Errors
/// Also [`Error::Singular`], when the matrix flattens space and no normal is defined.
pub fn transform_normals<F: Scalar>(
    matrix: &Matrix<F>,
    normals: &[[F; 3]],
    out: &mut [[F; 3]],
) -> Result<()> {
    check::length("out", out.len(), normals.len())?;
    let rows = normal_rows(matrix)?;
    parallel::fill_rows(split(normals.len()), out, 1, &Progress::none(), |range, out| {
        out.copy_from_slice(&normals[range]);
        simd::dispatch(Normals { rows: &rows, normals: out });
    })
}

/// [`transform_normals`] onto the same buffer.
///
/// # Errors
/// As there; `normals` is untouched.
pub fn transform_normals_in_place<F: Scalar>(
    matrix: &Matrix<F>,
    normals: &mut [[F; 3]],
) -> Result<()> {
    let rows = normal_rows(matrix)?;
    parallel::fill_rows(split(normals.len()), normals, 1, &Progress::none(), |_, normals| {
        simd::dispatch(Normals { rows: &rows, normals });
    })
}

/// `normals = unit(rows · normals)`. Not a closure, for [`Kernel`]'s reason.
struct Normals<'a, F> {
    rows: &'a Rows<F>,
    normals: &'a mut [[F; 3]],
}

impl<F: Scalar> Kernel for Normals<'_, F> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for normal in self.normals {
            *normal = unit(transform(self.rows, *normal));
        }
    }
}

fn split(points: usize) -> Split {
    Split::new(points, 0, LEAST_BLOCK)
}

fn affine_rows<F: Scalar>(of: &Matrix<F>) -> Result<Rows<F>> {
    matrix::to_affine("matrix", of)?;
    Ok(std::array::from_fn(|row| std::array::from_fn(|column| of[4 * row + column])))
}

/// Rows of A⁻ᵀ, with no translation. A⁻ᵀ is the cofactor matrix over the determinant; in f64, since
/// the cofactors of a small scale (millimetres) come close to the limits of f32.
fn normal_rows<F: Scalar>(of: &Matrix<F>) -> Result<Rows<F>> {
    let linear = matrix::to_affine("matrix", of)?.matrix3;
    let cofactors = matrix::cofactors(&linear);
    let determinant = matrix::determinant(&linear, &cofactors);
    let volume = linear.row(0).length() * linear.row(1).length() * linear.row(2).length();
    // Relative to the volume that rows of these lengths could span: the unit of length plays no part.
    if determinant.abs().partial_cmp(&(FLATTEST * volume)) != Some(Ordering::Greater) {
        return Err(Error::Singular { argument: "matrix", determinant });
    }
    Ok(std::array::from_fn(|row| {
        let [x, y, z] = cofactors.row(row).to_array().map(|c| F::from_f64(c / determinant));
        [x, y, z, F::ZERO]
    }))
}

#[inline(always)]
pub(super) fn transform<F: Scalar>(rows: &Rows<F>, [x, y, z]: [F; 3]) -> [F; 3] {
    rows.map(|[a, b, c, t]| a * x + b * y + c * z + t)
}

#[inline(always)]
fn unit<F: Scalar>([x, y, z]: [F; 3]) -> [F; 3] {
    let length = (x * x + y * y + z * z).sqrt();
    let unit = [x / length, y / length, z / length];
    if length > F::ZERO { unit } else { [F::ZERO; 3] }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHEAR: Matrix<f32> =
        [2.0, 0.5, 0.0, 1.0, 0.0, 1.0, 0.0, -2.0, 0.0, 0.0, -3.0, 0.25, 0.0, 0.0, 0.0, 1.0];

    fn to_f64<const N: usize>(values: [f32; N]) -> [f64; N] {
        values.map(f64::from)
    }

    proptest! {
        #[test]
        fn f32_points_are_within_a_micrometre_of_f64(points in prop::collection::vec(prop::array::uniform3(-2.0_f32..2.0), 0..200)) {
            let wide: Vec<[f64; 3]> = points.iter().copied().map(to_f64).collect();
            let (mut out, mut reference) = (vec![[0.0; 3]; points.len()], vec![[0.0; 3]; points.len()]);
            transform_points(&SHEAR, &points, &mut out).unwrap();
            transform_points(&to_f64(SHEAR), &wide, &mut reference).unwrap();
            for (point, exact) in out.iter().flatten().zip(reference.iter().flatten()) {
                prop_assert!((f64::from(*point) - exact).abs() < 1e-6);
            }
            let mut in_place = points.clone();
            transform_points_in_place(&SHEAR, &mut in_place).unwrap();
            prop_assert_eq!(in_place, out);
        }

        #[test]
        fn normals_stay_at_right_angles_to_transformed_tangents(
            tangent in prop::array::uniform3(-1.0_f64..1.0),
            other in prop::array::uniform3(-1.0_f64..1.0),
        ) {
            let cross = |u: [f64; 3], v: [f64; 3]| [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
            let mut normal = [cross(tangent, other)];
            let mut moved = [tangent];
            let mut linear = to_f64(SHEAR);
            for translation in [3, 7, 11] { linear[translation] = 0.0; }
            transform_points_in_place(&linear, &mut moved).unwrap();
            transform_normals_in_place(&linear, &mut normal).unwrap();
            let dot: f64 = (0..3).map(|axis| normal[0][axis] * moved[0][axis]).sum();
            prop_assert!(dot.abs() < 1e-9, "{dot}");
        }
    }

    #[test]
    fn zero_normals_stay_zero_and_others_become_unit() {
        let mut normals = [[0.0_f32; 3], [0.0, 0.0, 4.0]];
        transform_normals_in_place(&SHEAR, &mut normals).unwrap();
        assert_eq!(normals, [[0.0; 3], [0.0, 0.0, -1.0]]);
    }

    #[test]
    fn bad_matrices_are_refused() {
        let mut flat = SHEAR;
        flat[..3].copy_from_slice(&[0.0; 3]);
        let mut normals = [[1.0_f32, 0.0, 0.0]];
        assert!(matches!(
            transform_normals_in_place(&flat, &mut normals),
            Err(Error::Singular { .. })
        ));
        let mut projective = SHEAR;
        projective[12] = 0.1;
        assert!(transform_points_in_place(&projective, &mut normals).is_err());
        let mut broken = SHEAR;
        broken[5] = f32::NAN;
        assert!(matches!(
            transform_points_in_place(&broken, &mut normals),
            Err(Error::NotFinite { element: 5, .. })
        ));
        assert_eq!(normals, [[1.0, 0.0, 0.0]]);
    }

    #[test]
    fn both_simd_paths_give_the_same_bits() {
        let points: Vec<[f32; 3]> =
            (0..1000).map(|i| [i as f32 * 0.37, 1.0 / (i + 1) as f32, -0.1 * i as f32]).collect();
        let run = || {
            let mut out = points.clone();
            transform_points_in_place(&SHEAR, &mut out).unwrap();
            transform_normals_in_place(&SHEAR, &mut out).unwrap();
            out
        };
        let fast = run();
        simd::force_scalar(true);
        let scalar = run();
        simd::force_scalar(false);
        assert_eq!(fast, scalar);
    }
}
