//! 1 and 8 nearest of the 100k-vertex outfit's vertices among themselves, queries in the mesh's own order.
//! Whatever a query sorts counts; building the indices is timed apart.

use glam::Vec3;
use hemline::runtime::Progress;
use hemline::spatial::PointIndex;
use kiddo::{ImmutableKdTree, SquaredEuclidean};

use crate::report::{median_cpu_ms, print_comparison};
use crate::sample::sample;

/// Both numbers of neighbours.
pub fn run() {
    let points: Vec<Vec3> = sample("outfit_large.positions.f32");
    let entries: Vec<[f32; 3]> = points.iter().map(Vec3::to_array).collect();
    let (build, index) = median_cpu_ms(|| PointIndex::new(&points).unwrap());
    let (kiddo_build, tree) =
        median_cpu_ms(|| ImmutableKdTree::<f32, 3>::new_from_slice(&entries).unwrap());
    print_comparison(&format!("index of {} points", points.len()), build, &[("kiddo", kiddo_build)]);
    for k in [1, 8] {
        compare(k, &points, &index, &entries, &tree);
    }
}

fn compare(
    k: usize,
    points: &[Vec3],
    index: &PointIndex,
    entries: &[[f32; 3]],
    tree: &ImmutableKdTree<f32, 3>,
) {
    let progress = Progress::none();
    let count = points.len() * k;
    let (query, distances) = median_cpu_ms(|| {
        let (mut indices, mut distances) = (vec![0_u32; count], vec![0.0_f32; count]);
        index
            .k_nearest(points, k, f32::INFINITY, &mut indices, &mut distances, &progress)
            .unwrap();
        distances
    });
    let (kiddo_query, kiddo_distances) = median_cpu_ms(|| kiddo_distances(k, entries, tree));
    let difference = distances
        .iter()
        .zip(&kiddo_distances)
        .map(|(distance, other)| (distance - other).abs())
        .fold(0.0, f32::max);
    assert!(difference < 1e-6, "kiddo is {difference} m off");
    print_comparison(
        &format!("{k} nearest of {} points among themselves", points.len()),
        query,
        &[("kiddo", kiddo_query)],
    );
}

fn kiddo_distances(k: usize, entries: &[[f32; 3]], tree: &ImmutableKdTree<f32, 3>) -> Vec<f32> {
    let mut distances = Vec::with_capacity(entries.len() * k);
    for entry in entries {
        let query = tree.query(entry);
        if k == 1 {
            distances.push(query.nearest_one::<SquaredEuclidean<f32>>().execute().distance.sqrt());
        } else {
            let nearest = query.nearest_n::<SquaredEuclidean<f32>>(k.try_into().unwrap()).execute();
            distances.extend(nearest.iter().map(|found| found.distance.sqrt()));
        }
    }
    distances
}
