//! Eigenvalues of small symmetric matrices.

/// Sweeps of the iteration; it converges quadratically, in five or six.
const MOST_SWEEPS: usize = 32;

/// Eigenvalues and orthonormal eigenvectors (rows) of a symmetric matrix, by cyclic Jacobi rotations
/// (Golub and Van Loan, *Matrix Computations*, §8.5): exact to rounding, also for equal eigenvalues.
pub(crate) fn eigen_symmetric<const N: usize>(mut a: [[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    let mut vectors = [[0.0; N]; N];
    (0..N).for_each(|index| vectors[index][index] = 1.0);
    for _ in 0..MOST_SWEEPS {
        let above = |a: &[[f64; N]; N]| -> f64 {
            (0..N).flat_map(|p| (p + 1..N).map(move |q| (p, q))).map(|(p, q)| a[p][q].abs()).sum()
        };
        let size: f64 = a.as_flattened().iter().map(|entry| entry.abs()).sum();
        if above(&a) <= f64::EPSILON * 1e-2 * size {
            break;
        }
        for p in 0..N {
            for q in p + 1..N {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    (std::array::from_fn(|index| a[index][index]), vectors)
}

/// One Jacobi rotation, which makes `a[p][q]` zero.
fn rotate<const N: usize>(a: &mut [[f64; N]; N], vectors: &mut [[f64; N]; N], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    // Not `hypot`, whose last bit depends on the system. Where tau² overflows, t becomes 0, its limit.
    let t = tau.signum() / (tau.abs() + (tau * tau + 1.0).sqrt());
    let cosine = 1.0 / (t * t + 1.0).sqrt();
    let sine = t * cosine;
    for row in a.iter_mut() {
        (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
    }
    for rows in [a, vectors] {
        let (one, other) = (rows[p], rows[q]);
        rows[p] = std::array::from_fn(|column| cosine * one[column] - sine * other[column]);
        rows[q] = std::array::from_fn(|column| sine * one[column] + cosine * other[column]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn vectors_are_orthonormal_and_diagonalise(
            entries in prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), -1.0_f64..1.0], 6),
        ) {
            let [xx, yy, zz, xy, xz, yz] = entries.try_into().unwrap();
            let matrix: [[f64; 3]; 3] = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]];
            let (values, vectors) = eigen_symmetric(matrix);
            for (i, (value, vector)) in values.iter().zip(&vectors).enumerate() {
                for row in 0..3 {
                    let image: f64 = (0..3).map(|column| matrix[row][column] * vector[column]).sum();
                    prop_assert!((image - value * vector[row]).abs() < 1e-12);
                }
                for (j, other) in vectors.iter().enumerate() {
                    let product: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                    prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
        }
    }
}
