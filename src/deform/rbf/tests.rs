//! Interpolants against the saddle point system, solved by elimination in float64.

use proptest::prelude::*;

use super::*;

const KERNELS: [Kernel; 7] = [
    Kernel::Multiquadric(1e-5),
    Kernel::Multiquadric(0.2),
    Kernel::Biharmonic,
    Kernel::Triharmonic,
    Kernel::Gaussian(0.15),
    Kernel::ThinPlate,
    Kernel::WendlandC2(0.5),
];

pub(super) fn noise(seed: u32, count: usize) -> Vec<Vec3> {
    let number = |i: u32| {
        let mut x = (i ^ seed.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
        x ^= x >> 13;
        x = x.wrapping_mul(0xC2B2_AE35);
        (x ^ (x >> 16)) as f32 / u32::MAX as f32 - 0.5
    };
    (0..count as u32)
        .map(|i| Vec3::new(number(3 * i), number(3 * i + 1), number(3 * i + 2)))
        .collect()
}

fn flat(points: &[Vec3]) -> Vec<f32> {
    bytemuck::cast_slice(points).to_vec()
}

/// The interpolant at one target by the definition; the points span space and are distinct.
fn by_definition(
    kernel: Kernel,
    smoothing: f64,
    points: &[Vec3],
    values: &[f32],
    targets: &[Vec3],
) -> Vec<f64> {
    let (n, size) = (points.len(), points.len() + 4);
    let phi = |a: Vec3, b: Vec3| kernel.value(a.as_dvec3().distance_squared(b.as_dvec3()));
    let linear = |p: Vec3| [1.0, f64::from(p.x), f64::from(p.y), f64::from(p.z)];
    let mut rows = vec![vec![0.0; size + 1]; size];
    for i in 0..n {
        for j in 0..n {
            rows[i][j] = phi(points[i], points[j]) + if i == j { smoothing } else { 0.0 };
        }
        for (term, value) in linear(points[i]).into_iter().enumerate() {
            rows[i][n + term] = value;
            rows[n + term][i] = value;
        }
        rows[i][size] = values[i].into();
    }
    // Gauss and Jordan, rows exchanged for the largest pivot.
    for column in 0..size {
        let magnitude = |row: &usize| rows[*row][column].abs();
        let pivot = (column..size).max_by(|a, b| magnitude(a).total_cmp(&magnitude(b))).unwrap();
        rows.swap(column, pivot);
        let pivot = rows[column].clone();
        for (row, numbers) in rows.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = numbers[column] / pivot[column];
            assert!(row < size && factor.is_finite());
            numbers.iter_mut().zip(&pivot).for_each(|(number, pivot)| *number -= factor * pivot);
        }
    }
    let solution: Vec<f64> = (0..size).map(|row| rows[row][size] / rows[row][row]).collect();
    let value = |target: &Vec3| {
        let sum: f64 = points.iter().zip(&solution).map(|(&p, w)| w * phi(*target, p)).sum();
        let polynomial = linear(*target).into_iter().zip(&solution[n..]);
        sum + polynomial.map(|(term, c)| term * c).sum::<f64>()
    };
    targets.iter().map(value).collect()
}

fn interpolate(options: Options, points: &[Vec3], values: &[f32], targets: &[Vec3]) -> Vec<f32> {
    let rbf = Interpolator::new(points, &options, &Progress::none()).unwrap();
    let columns = values.len() / points.len();
    let coefficients = rbf.fit(values, columns, &Progress::none()).unwrap();
    let mut out = vec![f32::NAN; targets.len() * columns];
    rbf.evaluate(&coefficients, columns, targets, &mut out, &Progress::none()).unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..Default::default() })]
    #[test]
    fn interpolants_are_those_of_the_definition(
        seed in 1_u32..1000,
        kernel in prop::sample::select(KERNELS.to_vec()),
        smoothing in prop::sample::select(vec![0.0_f32, 0.01]),
    ) {
        let points = noise(seed, 60);
        let values: Vec<f32> = flat(&noise(seed + 7, 20)).iter().map(|v| v * 0.2).collect();
        let targets = noise(seed + 3, 21);
        let options = Options { kernel, smoothing, ..Default::default() };
        let expected = by_definition(kernel, smoothing.into(), &points, &values, &targets);
        let found = interpolate(options, &points, &values, &targets);
        for (found, expected) in found.iter().zip(expected) {
            prop_assert!((f64::from(*found) - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn linear_displacements_are_met_everywhere(seed in 1_u32..1000, kernel in prop::sample::select(KERNELS.to_vec())) {
        let linear = |p: &Vec3| Vec3::new(0.1 - p.y, 0.3 * p.x + 0.2 * p.z, 0.5 * p.z);
        let points = noise(seed, 50);
        let values = flat(&points.iter().map(linear).collect::<Vec<_>>());
        let targets: Vec<Vec3> = noise(seed + 1, 20).iter().map(|p| *p * 4.0).collect();
        let options = Options { kernel, ..Default::default() };
        let found = interpolate(options, &points, &values, &targets);
        for (found, target) in found.chunks(3).zip(&targets) {
            prop_assert!((Vec3::from_slice(found) - linear(target)).length() < 1e-5);
        }
    }
}

#[test]
fn columns_are_independent_whatever_their_number() {
    let points = noise(4, 80);
    let values: Vec<f32> = (0..80 * 5).map(|i| (i * 37 % 101) as f32 * 1e-3).collect();
    let targets = noise(9, 30);
    let all = interpolate(Options::default(), &points, &values, &targets);
    for column in 0..5 {
        let one: Vec<f32> = values.iter().skip(column).step_by(5).copied().collect();
        let found = interpolate(Options::default(), &points, &one, &targets);
        let expected: Vec<f32> = all.iter().skip(column).step_by(5).copied().collect();
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-7);
        }
    }
}

#[test]
fn points_that_span_less_than_space() {
    let value = |p: &Vec3| 0.3 * p.x - 0.1 * p.y + 0.05;
    let sets: [fn(&Vec3) -> Vec3; 4] = [
        |p| Vec3::new(p.x, p.y, 0.5),
        |p| Vec3::new(p.x, 2.0 * p.x, -p.x),
        |_| Vec3::ONE,
        |p| Vec3::new(p.x, p.y, 1e-9 * p.z),
    ];
    for set in sets {
        let points: Vec<Vec3> = noise(3, 40).iter().map(set).collect();
        let values: Vec<f32> = points.iter().map(value).collect();
        let found = interpolate(Options::default(), &points, &values, &points);
        for (found, value) in found.iter().zip(&values) {
            assert!((found - value).abs() < 1e-6);
        }
    }
}

#[test]
fn merged_points_have_the_mean_and_smoothing_counts_them() {
    let mut points = noise(5, 40);
    let mut values: Vec<f32> = (0..40).map(|i| i as f32 * 0.01).collect();
    let targets = noise(6, 20);
    let options = Options { smoothing: 0.05, ..Default::default() };
    // By the definition, which takes distinct points, with one value twice as heavy: σ/2.
    points.push(points[7]);
    values.push(0.5);
    let found = interpolate(options, &points, &values, &points);
    let rbf = Interpolator::new(&points, &options, &Progress::none()).unwrap();
    assert_eq!(rbf.info().distinct_points, 40);
    let coefficients = rbf.fit(&values, 1, &Progress::none()).unwrap();
    assert_eq!(coefficients[40], 0.0);
    // s(x_i) + σ w_i / k = mean.
    let missing = (0.07 + 0.5) / 2.0 - f64::from(found[7]);
    assert!((missing - 0.05 / 2.0 * coefficients[7]).abs() < 1e-6);
    let near: Vec<Vec3> = points.iter().map(|p| *p + Vec3::splat(1e-6)).collect();
    let mut both = points[..40].to_vec();
    both.extend(&near[..40]);
    let twice = [&values[..40], &values[..40]].concat();
    let exact = Options::default();
    let expected = interpolate(exact, &points[..40], &values[..40], &targets);
    assert_eq!(interpolate(exact, &both, &twice, &targets), expected);
}

#[test]
fn systems_without_a_solution_are_refused() {
    let grid: Vec<Vec3> = (0..1000_u16)
        .map(|i| Vec3::new((i % 10).into(), (i / 10 % 10).into(), (i / 100).into()) * 0.1)
        .collect();
    let wide = Options { kernel: Kernel::Gaussian(5.0), ..Default::default() };
    let error = Interpolator::new(&grid, &wide, &Progress::none()).err().unwrap().to_string();
    assert!(error.contains("`points` make a system with the condition number"), "{error}");
    assert!(
        Interpolator::new(&grid, &Options { smoothing: 1e-3, ..wide }, &Progress::none()).is_ok()
    );
    let error = Interpolator::new(&[], &wide, &Progress::none()).err().unwrap().to_string();
    assert!(error.contains("`points` is empty"), "{error}");
    let rbf = Interpolator::new(&grid, &Options::default(), &Progress::none()).unwrap();
    let condition = rbf.info().condition.unwrap();
    assert!(condition > 1.0 && condition < 1e9);
    assert!(rbf.fit(&[0.0; 999], 1, &Progress::none()).is_err());
    assert!(rbf.fit(&[f32::NAN; 1000], 1, &Progress::none()).is_err());
}

/// Points on a wavy sheet, as dense as a body's.
pub(super) fn sheet(count: usize) -> Vec<Vec3> {
    noise(21, count)
        .iter()
        .map(|p| Vec3::new(p.x, p.y, 0.2 * (7.0 * p.x).sin() * (5.0 * p.y).cos()))
        .collect()
}

#[test]
fn both_solvers_agree() {
    let points = sheet(1500);
    let values: Vec<f32> =
        points.iter().flat_map(|p| [(9.0 * p.x).sin() * 0.1, p.y * p.z]).collect();
    let targets = noise(8, 300);
    for (kernel, smoothing) in
        [(Kernel::Biharmonic, 0.0), (Kernel::Multiquadric(1e-5), 0.0), (Kernel::Biharmonic, 1e-3)]
    {
        let with = |solver| {
            let options = Options { kernel, smoothing, solver, ..Default::default() };
            interpolate(options, &points, &values, &targets)
        };
        let (direct, iterative) = (with(SolverChoice::Direct), with(SolverChoice::Iterative));
        for (one, other) in direct.iter().zip(&iterative) {
            assert!((one - other).abs() < 2e-8, "{one} {other}");
        }
    }
}

#[test]
fn iterations_that_do_not_converge_are_an_error() {
    let points = noise(2, 800);
    let options = Options {
        kernel: Kernel::Gaussian(0.5),
        solver: SolverChoice::Iterative,
        ..Default::default()
    };
    let rbf = Interpolator::new(&points, &options, &Progress::none()).unwrap();
    assert_eq!(rbf.info().condition, None);
    // Constants need no iterations; a single spike needs more than there are.
    assert!(rbf.fit(&[1.0; 800 * 2], 2, &Progress::none()).is_ok());
    let mut spike = vec![0.0; 800];
    spike[400] = 1.0;
    let error = rbf.fit(&spike, 1, &Progress::none()).unwrap_err().to_string();
    assert!(
        error.contains("iterations do not solve") || error.contains("are met within"),
        "{error}"
    );
}
