//! Maximum and minimum filters over a radius, and the decaying maximum.
//!
//! With `N(i)` all vertices within the radius of vertex `i`, itself included:
//!
//! - filter: `w′(i) = max_{j ∈ N(i)} w(j)`, or `min`; a mask `m` blends: `w (1 − m) + w′ m`;
//! - decaying maximum: `w′(i) = max_{j ∈ N(i)} w(j) exp(−d_ij² / (2σ²))`, a number of times, at most 1
//!   in the end.
//!
//! All new weights come from all old ones (Jacobi). A maximum filter and then a minimum filter close gaps
//! in a mask that are narrower than the radius (morphological closing).

use super::channel_filter::filter_channel;
use super::channels::{self, Channels, LANES, Lanes, Turns};
use super::falloff;
use crate::runtime::octets::Octets;
use crate::runtime::simd::{self};
use crate::runtime::{Progress, check};
use crate::spatial::RadiusGraph;
use crate::spatial::radius_graph::{Candidates, Hits};
use crate::{Error, Result};

/// How a decaying maximum spreads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// Standard deviation of the gaussian, metres, above 0.
    pub sigma: f32,
    /// Number of times; 0 changes nothing but weights above 1.
    pub iterations: u32,
}

impl Default for Decay {
    /// What the retargeting scripts use with a radius of 0.02 m.
    fn default() -> Self {
        Self { sigma: 0.00659, iterations: 3 }
    }
}

/// Replaces each weight by the largest within the radius.
///
/// - `graph`: the radius graph of the `#V` vertices;
/// - `weights`: `#V by group_count`, vertex-major, finite;
/// - `mask`: `#V`, finite: 0 keeps a vertex's weights, 1 takes the filtered ones; `None`: 1 everywhere.
///
/// # Errors
/// Arrays of other lengths, numbers that are not finite, no memory, a cancel; `weights` is untouched.
pub fn max_filter(
    graph: &RadiusGraph,
    weights: &mut [f32],
    group_count: usize,
    mask: Option<&[f32]>,
    progress: &Progress<'_>,
) -> Result<()> {
    filter::<Maximum>(graph, weights, group_count, mask, progress)
}

/// Replaces each weight by the smallest within the radius; arguments and errors as [`max_filter`].
///
/// # Errors
/// As there.
pub fn min_filter(
    graph: &RadiusGraph,
    weights: &mut [f32],
    group_count: usize,
    mask: Option<&[f32]>,
    progress: &Progress<'_>,
) -> Result<()> {
    filter::<Minimum>(graph, weights, group_count, mask, progress)
}

/// Spreads large weights with a gaussian decay; arguments as [`max_filter`].
///
/// # Errors
/// As there; also a `sigma` that is not finite and above 0.
pub fn decaying_max(
    graph: &RadiusGraph,
    weights: &mut [f32],
    group_count: usize,
    decay: &Decay,
    progress: &Progress<'_>,
) -> Result<()> {
    check::finite_scalar("sigma", decay.sigma)?;
    if decay.sigma < f32::MIN_POSITIVE {
        return Err(Error::invalid(
            "sigma",
            format!("is {} m, expected a number above 0", decay.sigma),
        ));
    }
    let turns = Turns::new(weights, graph.point_count(), group_count, None)?;
    let order = graph.grid().indices();
    let sigma = f64::from(decay.sigma);
    turns.run(weights, order, decay.iterations, progress, |old, new, progress| {
        spread::<Maximum>(graph, old, new, progress, |hits| {
            simd::dispatch(|| falloff::gaussian(sigma, hits.squared_chunks()));
        })
    })?;
    weights.iter_mut().for_each(|weight| *weight = weight.min(1.0));
    Ok(())
}

fn filter<E: Extreme>(
    graph: &RadiusGraph,
    weights: &mut [f32],
    group_count: usize,
    mask: Option<&[f32]>,
    progress: &Progress<'_>,
) -> Result<()> {
    let turns = Turns::new(weights, graph.point_count(), group_count, mask)?;
    if group_count == 1 && mask.is_none() {
        return filter_channel::<E>(graph.grid(), graph.radius(), weights, progress);
    }
    turns.run(weights, graph.grid().indices(), 1, progress, |old, new, progress| {
        spread::<E>(graph, old, new, progress, |hits| {
            hits.squared_chunks().as_flattened_mut().fill(1.0)
        })
    })
}

/// Which of two weights counts.
pub(super) trait Extreme {
    /// What any weight replaces.
    const START: f32;
    /// The one of two weights that counts.
    fn of(a: f32, b: f32) -> f32;
    /// The same for each lane.
    fn of_octets<O: Octets>(octets: O, a: O::Octet, b: O::Octet) -> O::Octet;
}

pub(super) struct Maximum;

impl Extreme for Maximum {
    const START: f32 = f32::NEG_INFINITY;
    #[inline(always)]
    fn of(a: f32, b: f32) -> f32 {
        if b > a { b } else { a }
    }
    #[inline(always)]
    fn of_octets<O: Octets>(octets: O, a: O::Octet, b: O::Octet) -> O::Octet {
        octets.larger(a, b)
    }
}

pub(super) struct Minimum;

impl Extreme for Minimum {
    const START: f32 = f32::INFINITY;
    #[inline(always)]
    fn of(a: f32, b: f32) -> f32 {
        if b < a { b } else { a }
    }
    #[inline(always)]
    fn of_octets<O: Octets>(octets: O, a: O::Octet, b: O::Octet) -> O::Octet {
        octets.smaller(a, b)
    }
}

/// `new(i)` = the extreme of `factor · old(j)` over the neighbours j of i; `factors` makes factors of the
/// squared distances.
fn spread<E: Extreme>(
    graph: &RadiusGraph,
    old: &Channels,
    new: &mut Channels,
    progress: &Progress<'_>,
    factors: impl Fn(&mut Hits) + Sync,
) -> Result<()> {
    let width = old.groups();
    new.fill_tiles(progress, |tile, out| {
        let (mut candidates, mut hits) = (Candidates::default(), Hits::default());
        let positions = channels::tile_rows(tile, graph.point_count());
        let first = positions.start;
        out.fill(Lanes::default());
        graph.for_each_cell(positions, &mut candidates, |cell, candidates| {
            let active = old.active_in(candidates.runs());
            if active == 0 {
                return;
            }
            for position in cell {
                graph.select(position, candidates, &mut hits);
                factors(&mut hits);
                let row = &mut out[(position - first) * width..][..width];
                simd::dispatch(|| fill_row::<E>(&hits, old, active, row));
            }
        });
        Ok(())
    })
}

#[inline(always)]
fn fill_row<E: Extreme>(hits: &Hits, old: &Channels, active: u64, out: &mut [Lanes]) {
    let width = out.len();
    for (group, out) in out.iter_mut().enumerate() {
        if active >> group & 1 == 0 {
            continue;
        }
        let mut extreme = [E::START; LANES];
        for (&row, &factor) in hits.names().iter().zip(hits.squared()) {
            let weights = &old.rows()[row as usize * width + group].0;
            for lane in 0..LANES {
                extreme[lane] = E::of(extreme[lane], factor * weights[lane]);
            }
        }
        *out = Lanes(extreme);
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::spatial::test_points::{adversarial, numbers};

    fn graph(points: &[Vec3], radius: f32) -> RadiusGraph {
        RadiusGraph::new(points, radius, &Progress::none()).unwrap()
    }

    /// Each group of each vertex from `(squared distance, weight)` of the neighbours that the graph names.
    fn from_neighbors(
        graph: &RadiusGraph,
        weights: &[f32],
        groups: usize,
        value: impl Fn(&mut dyn Iterator<Item = (f64, f32)>) -> f32,
    ) -> Vec<f32> {
        let neighbors = graph.neighbors(true, &Progress::none()).unwrap();
        let one = |vertex: usize, group: usize| {
            let (indices, distances) = neighbors.row(vertex);
            value(&mut indices.iter().zip(distances).map(|(&index, &distance)| {
                (f64::from(distance).powi(2), weights[index as usize * groups + group])
            }))
        };
        (0..neighbors.row_count())
            .flat_map(|vertex| (0..groups).map(move |group| (vertex, group)))
            .map(|(vertex, group)| one(vertex, group))
            .collect()
    }

    #[test]
    fn filters_take_exactly_the_extremes() {
        let none = Progress::none();
        for (name, points, radius) in adversarial() {
            let graph = graph(&points, radius);
            // Negative numbers, zeros and an empty channel among them.
            let mut next = numbers(3);
            let weights: Vec<f32> =
                points.iter().flat_map(|_| [next() - 0.5, (next() - 0.7).max(0.0), 0.0]).collect();
            let (mut largest, mut smallest) = (weights.clone(), weights.clone());
            max_filter(&graph, &mut largest, 3, None, &none).unwrap();
            min_filter(&graph, &mut smallest, 3, None, &none).unwrap();
            let max = from_neighbors(&graph, &weights, 3, |near| {
                near.map(|(_, w)| w).fold(f32::MIN, f32::max)
            });
            let min = from_neighbors(&graph, &weights, 3, |near| {
                near.map(|(_, w)| w).fold(f32::MAX, f32::min)
            });
            assert_eq!((largest, smallest), (max, min), "{name}");
        }
    }

    #[test]
    fn a_decaying_maximum_follows_the_formula() {
        for (name, points, radius) in adversarial() {
            let graph = graph(&points, radius);
            let mut next = numbers(4);
            let weights: Vec<f32> = points.iter().flat_map(|_| [2.0 * next(), next()]).collect();
            let decay = Decay { sigma: radius / 2.5, iterations: 3 };
            let mut out = weights.clone();
            decaying_max(&graph, &mut out, 2, &decay, &Progress::none()).unwrap();
            let mut expected = weights;
            for _ in 0..decay.iterations {
                let spread = |near: &mut dyn Iterator<Item = (f64, f32)>| {
                    let kernel =
                        |squared: f64| (-squared / (2.0 * f64::from(decay.sigma).powi(2))).exp();
                    near.map(|(squared, w)| (kernel(squared) * f64::from(w)) as f32)
                        .fold(f32::MIN, f32::max)
                };
                expected = from_neighbors(&graph, &expected, 2, spread);
            }
            for (out, expected) in out.iter().zip(&expected) {
                assert!((out - expected.min(1.0)).abs() < 1e-6, "{name}: {out} and {expected}");
            }
        }
    }

    #[test]
    fn a_mask_blends_and_bad_decays_are_refused() {
        let graph = graph(&[Vec3::ZERO, Vec3::X], 1.0);
        let mut weights = [0.0, 1.0];
        max_filter(&graph, &mut weights, 1, Some(&[0.25, 1.0]), &Progress::none()).unwrap();
        assert_eq!(weights, [0.25, 1.0]);
        for sigma in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            let decay = Decay { sigma, iterations: 1 };
            let error =
                decaying_max(&graph, &mut weights, 1, &decay, &Progress::none()).unwrap_err();
            assert!(error.to_string().contains("`sigma`"), "{error}");
        }
        assert_eq!(weights, [0.25, 1.0]);
    }
}
