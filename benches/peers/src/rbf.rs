//! Radial basis functions: a direct fit beside faer's Cholesky factorisation of a matrix of the same
//! size alone, the least that any direct fit does.

use faer::linalg::solvers::Llt;
use faer::{Mat, Side};
use glam::Vec3;
use hemline::deform::rbf::{Interpolator, Kernel, Options, SolverChoice};
use hemline::runtime::Progress;

use crate::report::{median_cpu_ms, print_comparison};
use crate::sample::Mesh;

/// Control points.
const COUNT: usize = 5_000;

/// Every second vertex of the body, three columns of values.
pub fn run() {
    let points: Vec<Vec3> =
        Mesh::sample("body_a").points.into_iter().step_by(2).take(COUNT).collect();
    assert_eq!(points.len(), COUNT);
    let values: Vec<f32> = points.iter().flat_map(|p| (*p * p.z).to_array()).collect();
    let options =
        Options { kernel: Kernel::Biharmonic, solver: SolverChoice::Direct, ..Options::default() };
    let (fit, coefficients) = median_cpu_ms(|| {
        let rbf = Interpolator::new(&points, &options, &Progress::none()).unwrap();
        rbf.fit(&values, 3, &Progress::none()).unwrap()
    });
    assert!(coefficients.iter().all(|number| number.is_finite()));
    // Positive definite: a Gaussian, as narrow as the points are apart, and the unit matrix.
    let matrix = Mat::from_fn(COUNT, COUNT, |row, column| {
        let squared = f64::from(points[row].distance_squared(points[column]));
        (-squared * 1e4).exp() + if row == column { 1.0 } else { 0.0 }
    });
    let (factor, _) = median_cpu_ms(|| Llt::new(matrix.as_ref(), Side::Lower).unwrap());
    print_comparison(
        &format!("direct RBF fit of {COUNT} control points, factorisation included"),
        fit,
        &[("faer's LLt of that size alone", factor)],
    );
}
