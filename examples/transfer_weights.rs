//! Carries the skin weights of a body to a garment around it, with the Rust API.
//!
//! ```text
//! cargo run --release --example transfer_weights
//! ```
//!
//! The body is an arm, a tube along x with two bones that meet in the middle; the garment a wider sleeve.

use std::f32::consts::TAU;

use glam::Vec3;
use hemline::geometry::surface::Surface;
use hemline::runtime::Progress;
use hemline::weights::robust_transfer::{self, RobustOptions, Source};
use hemline::weights::{SparseView, SparseWeights};

/// Rings of a tube, and vertices of a ring.
const RINGS: u32 = 41;
const SIDES: u32 = 24;

fn main() -> hemline::Result<()> {
    let (arm, sleeve) = (tube(0.05), tube(0.055));
    let surface = Surface::new(&arm, &triangles())?;
    let weights = arm_weights(&arm);
    let made = robust_transfer::transfer(
        &surface,
        weights.view(),
        &sleeve,
        &triangles(),
        &RobustOptions::default(),
        &Progress::none(),
    )?;
    let matched = made.sources.iter().filter(|&&source| source == Source::Matched).count();
    println!("{} vertices, {matched} matched", sleeve.len());
    for ring in (0..RINGS).step_by(10) {
        println!("x = {:.2} m: {}", arm[(ring * SIDES) as usize].x, row(made.weights.view(), ring));
    }
    Ok(())
}

/// Vertices of a tube of half a metre, ring by ring.
fn tube(radius: f32) -> Vec<Vec3> {
    let vertex = |ring: u32, side: u32| {
        let (sin, cos) = (TAU * side as f32 / SIDES as f32).sin_cos();
        Vec3::new(0.5 * ring as f32 / (RINGS - 1) as f32, radius * cos, radius * sin)
    };
    (0..RINGS).flat_map(|ring| (0..SIDES).map(move |side| vertex(ring, side))).collect()
}

/// The triangles of every tube, outside out.
fn triangles() -> Vec<[u32; 3]> {
    let quad = |ring: u32, side: u32| {
        let next = (side + 1) % SIDES;
        let [a, b] = [ring * SIDES + side, ring * SIDES + next];
        let [c, d] = [b + SIDES, a + SIDES];
        [[a, c, b], [a, d, c]]
    };
    (0..RINGS - 1).flat_map(|ring| (0..SIDES).flat_map(move |side| quad(ring, side))).collect()
}

/// Upper arm (group 0) and lower arm (group 1), mixed over 10 cm around the elbow.
fn arm_weights(points: &[Vec3]) -> SparseWeights {
    let mut weights = SparseWeights { offsets: vec![0], group_count: 2, ..Default::default() };
    for point in points {
        let lower = ((point.x - 0.2) / 0.1).clamp(0.0, 1.0);
        for (group, weight) in [(0, 1.0 - lower), (1, lower)] {
            if weight > 0.0 {
                weights.groups.push(group);
                weights.weights.push(weight);
            }
        }
        weights.offsets.push(weights.groups.len() as u32);
    }
    weights
}

/// The weights of the first vertex of a ring, in words.
fn row(weights: SparseView, ring: u32) -> String {
    let (groups, weights) = weights.row((ring * SIDES) as usize);
    let names = groups.iter().map(|&group| ["upper arm", "lower arm"][group as usize]);
    let parts: Vec<_> =
        names.zip(weights).map(|(name, weight)| format!("{name} {weight:.3}")).collect();
    parts.join(", ")
}
