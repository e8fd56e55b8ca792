//! Euclidean distances: one point to many, and many to many.
//!
//! Coordinates are subtracted first and the difference is measured (no |a|² + |b|² − 2ab, which loses
//! all digits of near points far from the origin): f32 results are within 1e-6 m of f64 for points a
//! few metres apart. One generic piece serves f32 and f64.

use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory, simd};

use super::affine::Scalar;

/// Distances that one thread computes at the least: fewer cost less than a hand-over.
const LEAST_BLOCK: usize = 32_768;

/// Points whose coordinates are measured side by side.
const LANES: usize = 16;

/// Distances from `point` to each of `points`.
///
/// - `points`: `#P by 3`, metres; a point that is not finite gives a distance that is not, and disturbs no
///   other;
/// - `out`: `#P`, metres.
///
/// # Errors
/// A `point` that is not finite, or arrays of different lengths; `out` is untouched.
pub fn distances<F: Scalar>(point: [F; 3], points: &[[F; 3]], out: &mut [F]) -> Result<()> {
    check::finite("point", &point)?;
    check::length("out_distances", out.len(), points.len())?;
    let split = Split::new(points.len(), 0, LEAST_BLOCK);
    parallel::fill_rows(split, out, 1, &Progress::none(), |range, out| {
        simd::dispatch(|| fill_distances(point, &points[range], out));
    })
}

/// Distances from each of `a` to each of `b`, row by row, with no storage besides `out`.
///
/// - `a`: `#A by 3`, `b`: `#B by 3`, metres; a point that is not finite gives distances that are not,
///   and disturbs no others;
/// - `out`: `#A by #B`, metres.
///
/// # Errors
/// Arrays whose lengths do not fit; `out` is untouched.
pub fn distance_matrix<F: Scalar>(a: &[[F; 3]], b: &[[F; 3]], out: &mut [F]) -> Result<()> {
    let count = memory::checked_product("out_distances", a.len(), b.len())?;
    check::length("out_distances", out.len(), count)?;
    let split = Split::new(a.len(), 0, LEAST_BLOCK.div_ceil(b.len().max(1)));
    parallel::fill_rows(split, out, b.len(), &Progress::none(), |range, out| {
        simd::dispatch(|| {
            for (&point, row) in a[range].iter().zip(out.chunks_exact_mut(b.len())) {
                fill_distances(point, b, row);
            }
        });
    })
}

#[inline(always)]
fn fill_distances<F: Scalar>(point: [F; 3], points: &[[F; 3]], out: &mut [F]) {
    let mut blocks = points.chunks_exact(LANES).zip(out.chunks_exact_mut(LANES));
    for (points, out) in &mut blocks {
        let points: &[[F; 3]; LANES] = points.try_into().expect("a whole block");
        for lane in 0..LANES {
            out[lane] = distance(point, points[lane]);
        }
    }
    let done = points.len() / LANES * LANES;
    for (&other, out) in points[done..].iter().zip(&mut out[done..]) {
        *out = distance(point, other);
    }
}

#[inline(always)]
fn distance<F: Scalar>([ax, ay, az]: [F; 3], [bx, by, bz]: [F; 3]) -> F {
    let (x, y, z) = (bx - ax, by - ay, bz - az);
    (x * x + y * y + z * z).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Error;
    use crate::runtime::threads;

    fn any_points() -> impl Strategy<Value = Vec<[f32; 3]>> {
        prop::collection::vec(prop::array::uniform3(-2.0_f32..2.0), 0..80)
    }

    fn exact(a: [f32; 3], b: [f32; 3]) -> f64 {
        (0..3).map(|axis| (f64::from(a[axis]) - f64::from(b[axis])).powi(2)).sum::<f64>().sqrt()
    }

    proptest! {
        #[test]
        fn all_are_within_a_micrometre_of_f64(a in any_points(), b in any_points()) {
            let mut matrix = vec![0.0; a.len() * b.len()];
            distance_matrix(&a, &b, &mut matrix).unwrap();
            let wide = |points: &[[f32; 3]]| -> Vec<_> { points.iter().map(|p| p.map(f64::from)).collect() };
            let mut wide_matrix = vec![0.0; a.len() * b.len()];
            distance_matrix(&wide(&a), &wide(&b), &mut wide_matrix).unwrap();
            let mut row = vec![0.0; b.len()];
            for (i, &point) in a.iter().enumerate() {
                distances(point, &b, &mut row).unwrap();
                for (j, &other) in b.iter().enumerate() {
                    let place = i * b.len() + j;
                    prop_assert!((f64::from(matrix[place]) - exact(point, other)).abs() < 1e-6);
                    prop_assert!((wide_matrix[place] - exact(point, other)).abs() < 1e-15);
                    prop_assert_eq!(row[j], matrix[place]);
                }
            }
        }
    }

    #[test]
    fn near_points_far_from_the_origin_keep_their_digits() {
        let (a, b) = ([1000.0_f32, 1000.0, 1000.0], [1000.0_f32, 1000.0, 1000.001]);
        let mut out = [0.0];
        distances(a, &[b], &mut out).unwrap();
        assert!((f64::from(out[0]) - exact(a, b)).abs() < 1e-9);
    }

    #[test]
    fn both_simd_paths_and_all_thread_counts_give_the_same_bits() {
        let points: Vec<[f32; 3]> =
            (0..1003).map(|i| [i as f32 * 0.37, 1.0 / (i + 1) as f32, -0.1 * i as f32]).collect();
        let run = |threads, scalar| {
            threads::set_thread_count(threads).unwrap();
            simd::force_scalar(scalar);
            let mut out = vec![0.0; 200 * points.len()];
            distance_matrix(&points[..200], &points, &mut out).unwrap();
            out
        };
        let expected = run(1, false);
        assert!(expected == run(1, true) && expected == run(2, false) && expected == run(8, false));
        simd::force_scalar(false);
        threads::set_thread_count(0).unwrap();
    }

    #[test]
    fn bad_lengths_are_refused_and_broken_points_disturb_no_others() {
        let mut out = [7.0_f32; 3];
        let points = [[1.0_f32, 0.0, 0.0], [f32::NAN; 3], [0.0, 2.0, 0.0]];
        assert!(matches!(
            distances([0.0; 3], &points[..2], &mut out),
            Err(Error::LengthMismatch { found: 3, expected: 2, .. })
        ));
        assert!(matches!(
            distances(points[1], &points, &mut out),
            Err(Error::NotFinite { argument: "point", .. })
        ));
        assert!(distance_matrix(&points, &points, &mut out).is_err());
        assert_eq!(out, [7.0; 3]);
        distances([0.0; 3], &points, &mut out).unwrap();
        assert!(out[0] == 1.0 && out[1].is_nan() && out[2] == 2.0);
        distance_matrix::<f32>(&points, &[], &mut []).unwrap();
    }
}
