//! Closest points against brute force: bit for bit over the same arithmetic, and in f64 by a formula
//! of its own.

use glam::{DVec3, Vec3};
use proptest::prelude::*;

use super::*;
use crate::runtime::simd;

/// What a search over all triangles gives, by the same arithmetic.
fn by_brute_force(surface: &Surface, query: Vec3, max_distance: f32) -> ClosestPoint {
    let query = query.as_dvec3();
    let limit = f64::from(max_distance) * f64::from(max_distance);
    (0..surface.triangles().len() as u32)
        .map(|triangle| (triangle, surface.closest_point_on(triangle, query)))
        .filter(|(_, found)| found.distance_squared <= limit)
        .reduce(
            |best, other| {
                if other.1.distance_squared < best.1.distance_squared { other } else { best }
            },
        )
        .map_or(ClosestPoint::NONE, |(triangle, found)| surface.answer(triangle, query, found))
}

/// The distance to a triangle by nested golden-section searches over two barycentric coordinates, in
/// which it is convex: no formula in common with [`triangle`].
fn distance_by_search(query: DVec3, corners: [DVec3; 3]) -> f64 {
    let [a, b, c] = corners;
    let golden = |f: &dyn Fn(f64) -> f64, mut low: f64, mut high: f64| {
        let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
        for _ in 0..60 {
            let (one, other) = (high - ratio * (high - low), low + ratio * (high - low));
            if f(one) < f(other) { high = other } else { low = one }
        }
        f(0.5 * (low + high)).min(f(low)).min(f(high))
    };
    let along_line = |v: f64| {
        let start = a + (b - a) * v;
        golden(&|w| (start + (c - a) * w - query).length(), 0.0, 1.0 - v)
    };
    golden(&along_line, 0.0, 1.0)
}

fn assert_equals_brute_force(points: &[Vec3], triangles: &[[u32; 3]], queries: &[Vec3]) {
    let surface = Surface::new(points, triangles).unwrap();
    for max_distance in [f32::INFINITY, 0.3] {
        let found = surface.closest_points(queries, max_distance, &Progress::none()).unwrap();
        for (query, found) in queries.iter().zip(found) {
            let expected = by_brute_force(&surface, *query, max_distance);
            assert_eq!(found, expected, "{query} within {max_distance}");
        }
    }
    let found = surface.closest_points_beyond(queries, 0.3, &Progress::none()).unwrap();
    for (query, found) in queries.iter().zip(found) {
        let expected = by_brute_force(&surface, *query, f32::INFINITY);
        assert!(found == expected || found.distance < 0.3, "{query} beyond 0.3");
    }
}

fn coordinate() -> impl Strategy<Value = f32> {
    // A coarse grid makes ties, doubled points and coplanar sheets; the rest is anywhere.
    prop_oneof![(-4_i32..=4).prop_map(|cell| cell as f32 * 0.25), -1.0_f32..1.0]
}

fn point() -> impl Strategy<Value = Vec3> {
    prop::array::uniform3(coordinate()).prop_map(Vec3::from)
}

fn mesh() -> impl Strategy<Value = (Vec<Vec3>, Vec<[u32; 3]>)> {
    prop::collection::vec(point(), 1..40).prop_flat_map(|points| {
        let vertex = 0..points.len() as u32;
        let triangles = prop::collection::vec(prop::array::uniform3(vertex), 0..120);
        (Just(points), triangles)
    })
}

/// A grid of `size` by `size` squares in the unit square, bent by `height`.
fn sheet(size: u32, height: impl Fn(f32, f32) -> f32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let points = (0..=size)
        .flat_map(|row| (0..=size).map(move |column| (row, column)))
        .map(|(row, column)| {
            let (x, y) = (column as f32 / size as f32, row as f32 / size as f32);
            Vec3::new(x, y, height(x, y))
        })
        .collect();
    let triangles = (0..size)
        .flat_map(|row| (0..size).map(move |column| row * (size + 1) + column))
        .flat_map(|a| [[a, a + 1, a + size + 2], [a, a + size + 2, a + size + 1]])
        .collect();
    (points, triangles)
}

fn waves(x: f32, y: f32) -> f32 {
    0.2 * (7.0 * x).sin() * (5.0 * y).cos()
}

/// Numbers that look random, the same in every run.
fn scattered(count: usize) -> Vec<Vec3> {
    let fraction = |seed: f64| (seed.sin() * 43_758.545).rem_euclid(1.0) as f32;
    (0..count)
        .map(|index| index as f64)
        .map(|i| Vec3::new(fraction(i + 0.1), fraction(i + 0.2), fraction(i + 0.3) - 0.5))
        .collect()
}

proptest! {
    #[test]
    fn random_meshes_equal_brute_force(
        (points, triangles) in mesh(),
        queries in prop::collection::vec(point(), 1..30),
        exponent in -6_i32..=6,
    ) {
        let scale = |points: Vec<Vec3>| points.into_iter().map(|point| point * 10_f32.powi(exponent)).collect::<Vec<_>>();
        assert_equals_brute_force(&scale(points), &triangles, &scale(queries));
    }

    #[test]
    fn distances_are_those_of_another_method(
        (points, triangles) in mesh(),
        queries in prop::collection::vec(point(), 1..4),
    ) {
        let surface = Surface::new(&points, &triangles).unwrap();
        let found = surface.closest_points(&queries, f32::INFINITY, &Progress::none()).unwrap();
        for (query, found) in queries.iter().zip(found) {
            let expected = triangles
                .iter()
                .map(|triangle| triangle.map(|vertex| points[vertex as usize].as_dvec3()))
                .map(|corners| distance_by_search(query.as_dvec3(), corners))
                .fold(f64::INFINITY, f64::min);
            let distance = f64::from(found.distance);
            prop_assert!(distance == expected || (distance - expected).abs() < 1e-6);
        }
    }
}

#[test]
fn sheets_equal_brute_force() {
    let (points, triangles) = sheet(40, waves);
    assert_equals_brute_force(&points, &triangles, &scattered(400));
    let (points, triangles) = sheet(40, |_, _| 0.0);
    // On the grid's points and edges: every answer is a tie of two to six triangles.
    let on_grid: Vec<Vec3> =
        scattered(400).iter().map(|point| (*point * 80.0).round() / 80.0).collect();
    assert_equals_brute_force(&points, &triangles, &on_grid);
    let doubled = [triangles.clone(), triangles].concat();
    assert_equals_brute_force(&points, &doubled, &on_grid);
}

#[test]
fn adversarial_meshes_equal_brute_force() {
    let needle = |i: u32| Vec3::new(1.0, 1e-7 * i as f32, 1e-8 * (i % 7) as f32);
    let points: Vec<Vec3> = std::iter::once(Vec3::ZERO).chain((0..100).map(needle)).collect();
    let fan: Vec<[u32; 3]> = (1..100).map(|i| [0, i, i + 1]).collect();
    assert_equals_brute_force(&points, &fan, &scattered(100));

    let one_place = vec![Vec3::splat(0.5); 30];
    let flat: Vec<[u32; 3]> = (0..30).map(|i| [i, (i * 7) % 30, (i * 11) % 30]).collect();
    assert_equals_brute_force(&one_place, &flat, &scattered(20));

    let (mut points, mut triangles) = sheet(20, waves);
    let giant = points.len() as u32;
    points.extend([
        Vec3::new(-1e6, -1e6, -0.3),
        Vec3::new(1e6, -1e6, -0.3),
        Vec3::new(0.0, 1e6, -0.3),
    ]);
    triangles.push([giant, giant + 1, giant + 2]);
    assert_equals_brute_force(&points, &triangles, &scattered(200));

    for scale in [1e-30, 1e-20, 1e-10, 1e10, 1e17] {
        let (points, triangles) = sheet(10, waves);
        let scaled =
            |points: &[Vec3]| points.iter().map(|point| *point * scale).collect::<Vec<_>>();
        assert_equals_brute_force(&scaled(&points), &triangles, &scaled(&scattered(100)));
    }
}

#[test]
fn ties_go_to_the_first_triangle() {
    let (points, mut triangles) = sheet(2, |_, _| 0.0);
    let above_centre = Vec3::new(0.5, 0.5, 1.0);
    let first = |triangles: &[[u32; 3]]| {
        let surface = Surface::new(&points, triangles).unwrap();
        surface.closest_points(&[above_centre], f32::INFINITY, &Progress::none()).unwrap()[0]
    };
    // The centre is vertex 4, which six of the eight triangles share.
    for _ in 0..triangles.len() {
        let expected = triangles.iter().position(|triangle| triangle.contains(&4)).unwrap();
        let found = first(&triangles);
        assert_eq!((found.triangle as usize, found.point), (expected, Vec3::new(0.5, 0.5, 0.0)));
        triangles.rotate_left(1);
    }
}

#[test]
fn threads_order_and_simd_path_do_not_matter() {
    let (points, triangles) = sheet(60, waves);
    let surface = Surface::new(&points, &triangles).unwrap();
    let queries = scattered(5000);
    let run = |queries: &[Vec3]| {
        surface.closest_points(queries, f32::INFINITY, &Progress::none()).unwrap()
    };
    let expected = run(&queries);
    for threads in [1, 2, 8] {
        crate::runtime::threads::set_thread_count(threads).unwrap();
        assert_eq!(run(&queries), expected);
        let rebuilt = Surface::new(&points, &triangles).unwrap();
        assert_eq!(rebuilt.slots, surface.slots);
    }
    crate::runtime::threads::set_thread_count(0).unwrap();
    simd::force_scalar(true);
    let scalar = run(&queries);
    simd::force_scalar(false);
    assert_eq!(scalar, expected);
    let reversed: Vec<Vec3> = queries.iter().rev().copied().collect();
    assert!(run(&reversed).iter().rev().eq(&expected));
}

#[test]
fn bad_input_is_named_and_emptiness_is_fine() {
    let corners = [Vec3::ZERO, Vec3::X, Vec3::Y];
    let text = |points: &[Vec3], triangles: &[[u32; 3]]| {
        Surface::new(points, triangles).unwrap_err().to_string()
    };
    assert!(text(&[Vec3::ZERO, Vec3::NAN], &[]).contains("`points`[3] is NaN"));
    assert!(text(&[Vec3::X * 1e19], &[]).contains("`points` [0] is 1"));
    assert!(text(&corners, &[[0, 1, 2], [0, 3, 1]]).contains("`triangles`[4] is 3"));
    let surface = Surface::new(&corners, &[[0, 1, 2]]).unwrap();
    let ask = |queries: &[Vec3], limit| surface.closest_points(queries, limit, &Progress::none());
    assert!(ask(&[Vec3::INFINITY], 1.0).unwrap_err().to_string().contains("`queries`[0] is inf"));
    assert!(ask(&[], f32::NAN).unwrap_err().to_string().contains("`max_distance` is NaN"));
    assert!(ask(&[], -1.0).is_err());
    assert_eq!(ask(&[Vec3::Z], 0.5).unwrap(), [ClosestPoint::NONE]);
    // The limit itself still matches.
    assert_eq!(ask(&[Vec3::Z], 1.0).unwrap()[0].triangle, 0);
    let empty = Surface::new(&[], &[]).unwrap();
    let none = empty.closest_points(&corners, f32::INFINITY, &Progress::none()).unwrap();
    assert_eq!(none, [ClosestPoint::NONE; 3]);
    assert_eq!(
        empty.closest_points(&corners, 1.0, &Progress::new(None, &|| true)),
        Err(Error::Cancelled)
    );
}
