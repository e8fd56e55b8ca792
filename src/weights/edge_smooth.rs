//! Edge smoothing of skin weights, as Blender's operator "Smooth Vertex Weights" does it.
//!
//! One iteration, with `s` the vertex's weight and `u` that of each neighbour along an edge:
//!
//! - with expand `e > 0` and `u < s`, or `e < 0` and `u > s`, the neighbour counts `u (1 − |e|) + s |e|` with
//!   weight `1 − |e|`, else `u` with weight 1;
//! - `s′ = mean · factor + s (1 − factor)`; a vertex without neighbours, or whose neighbours all have weight
//!   0, keeps `s`.
//!
//! All new weights come from all old ones (Jacobi); sums are `f32` in the order of the edges, like Blender's.

use std::ops::Range;

use super::channels::{self, Channels, Lanes, Turns};
use super::edge_smooth_channel::smooth_channel;
use crate::mesh::Adjacency;
use crate::runtime::{Progress, check, parallel, simd};
use crate::{Error, Result};

/// How weights are smoothed along edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeSmoothing {
    /// Part of the neighbours' mean in the result, `[0, 1]`.
    pub factor: f32,
    /// Number of times; 0 changes nothing.
    pub iterations: u32,
    /// Above 0 weights spread outwards, below 0 they draw back; `[-1, 1]`.
    pub expand: f32,
}

impl Default for EdgeSmoothing {
    /// Those of Blender's operator.
    fn default() -> Self {
        Self { factor: 0.5, iterations: 1, expand: 0.0 }
    }
}

/// Smooths all channels of `weights` in place.
///
/// - `adjacency`: the mesh's `#V` vertices and their neighbours;
/// - `weights`: `#V by group_count`, vertex-major, finite;
/// - `selection`: `#V`, 0 for a vertex that keeps its weights (its neighbours still read them); `None`:
///   all vertices change.
///
/// # Errors
/// Arrays of other lengths, numbers that are not finite or out of range, no memory, a cancel; `weights`
/// is untouched.
pub fn smooth_weights_on_edges(
    adjacency: &Adjacency,
    weights: &mut [f32],
    group_count: usize,
    selection: Option<&[u8]>,
    options: &EdgeSmoothing,
    progress: &Progress<'_>,
) -> Result<()> {
    let vertex_count = adjacency.vertex_count();
    check::fraction("factor", options.factor)?;
    if !(-1.0..=1.0).contains(&options.expand) {
        return Err(Error::invalid(
            "expand",
            format!("is {}, expected a number from -1 to 1", options.expand),
        ));
    }
    if let Some(selection) = selection {
        check::length("selection", selection.len(), vertex_count)?;
    }
    if group_count == 1 {
        return smooth_channel(adjacency, weights, selection, options, progress);
    }
    let (turns, ordered) = parallel::join(
        || Turns::new(weights, vertex_count, group_count, None),
        || breadth_first(adjacency),
    )?;
    let (turns, (order, adjacency)) = (turns?, ordered?);
    let selected: Option<Vec<u8>> =
        selection.map(|selection| order.iter().map(|&vertex| selection[vertex as usize]).collect());
    turns.run(weights, &order, options.iterations, progress, |old, new, progress| {
        new.fill_tiles(progress, |tile, out| {
            let positions = channels::tile_rows(tile, vertex_count);
            let (adjacency, selected) = (&adjacency, selected.as_deref());
            simd::dispatch(SmoothTile { positions, adjacency, selected, old, options, out });
            Ok(())
        })
    })
}

/// The vertices in an order that keeps neighbours close, and the mesh so numbered.
fn breadth_first(adjacency: &Adjacency) -> Result<(Vec<u32>, Adjacency)> {
    let order = adjacency.breadth_first_order()?;
    let reordered = adjacency.reordered(&order)?;
    Ok((order, reordered))
}

/// One iteration for the vertices of a tile, by their positions in the order of the rows.
struct SmoothTile<'a> {
    positions: Range<usize>,
    adjacency: &'a Adjacency,
    selected: Option<&'a [u8]>,
    old: &'a Channels,
    options: &'a EdgeSmoothing,
    out: &'a mut [Lanes],
}

impl simd::Kernel for SmoothTile<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { positions, adjacency, selected, old, options, out } = self;
        let width = old.groups();
        for (position, out) in positions.zip(out.chunks_exact_mut(width)) {
            if selected.is_none_or(|selected| selected[position] != 0) {
                smooth_vertex(position, adjacency.neighbors(position), old, options, out);
            } else {
                out.copy_from_slice(&old.rows()[position * width..][..width]);
            }
        }
    }
}

#[inline(always)]
fn smooth_vertex(
    vertex: usize,
    neighbors: &[u32],
    old: &Channels,
    options: &EdgeSmoothing,
    out: &mut [Lanes],
) {
    let width = out.len();
    let mut active = old.active_near(vertex);
    for &neighbor in neighbors {
        active |= old.active_near(neighbor as usize);
    }
    for (group, out) in out.iter_mut().enumerate() {
        if active >> group & 1 == 0 {
            *out = Lanes::default();
            continue;
        }
        let own = &old.rows()[vertex * width + group].0;
        let others = neighbors.iter().map(|&other| old.rows()[other as usize * width + group].0);
        out.0 = smoothed(own, others, options);
    }
}

/// The new weight of a vertex from its own and those of its neighbours.
pub(super) fn smooth_one(
    own: f32,
    others: impl Iterator<Item = f32>,
    options: &EdgeSmoothing,
) -> f32 {
    smoothed(&[own], others.map(|other| [other]), options)[0]
}

#[inline(always)]
fn smoothed<const N: usize>(
    own: &[f32; N],
    others: impl Iterator<Item = [f32; N]>,
    options: &EdgeSmoothing,
) -> [f32; N] {
    if options.expand == 0.0 {
        smooth_lanes(own, others, options.factor, |_, other| (other, 1.0))
    } else {
        let counted = |own, other| counted(own, other, options.expand);
        smooth_lanes(own, others, options.factor, counted)
    }
}

/// The formula, for some groups of a vertex.
#[inline(always)]
fn smooth_lanes<const N: usize>(
    own: &[f32; N],
    others: impl Iterator<Item = [f32; N]>,
    factor: f32,
    counted: impl Fn(f32, f32) -> (f32, f32),
) -> [f32; N] {
    let (mut sums, mut totals) = ([0.0_f32; N], [0.0_f32; N]);
    for others in others {
        for lane in 0..N {
            let (term, weight) = counted(own[lane], others[lane]);
            sums[lane] += weight * term;
            totals[lane] += weight;
        }
    }
    let mut smoothed = *own;
    for lane in 0..N {
        let blend = sums[lane] / totals[lane] * factor + own[lane] * (1.0 - factor);
        smoothed[lane] = if totals[lane] > 0.0 { blend } else { own[lane] };
    }
    smoothed
}

/// What a neighbour's weight counts as, and how much.
#[inline(always)]
fn counted(own: f32, other: f32, expand: f32) -> (f32, f32) {
    let (expands, contracts) = (expand > 0.0, expand < 0.0);
    let amount = expand.abs();
    if expands & (other < own) | contracts & (other > own) {
        (other * (1.0 - amount) + own * amount, 1.0 - amount)
    } else {
        (other, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::test_points::numbers;

    /// The formula, one weight at a time, in f64.
    fn reference(
        edges: &[[u32; 2]],
        weights: &[f32],
        groups: usize,
        selection: &[u8],
        options: &EdgeSmoothing,
    ) -> Vec<f64> {
        let mut old: Vec<f64> = weights.iter().copied().map(f64::from).collect();
        let (factor, expand) = (f64::from(options.factor), f64::from(options.expand));
        for _ in 0..options.iterations {
            let mut new = old.clone();
            for vertex in (0..selection.len()).filter(|&vertex| selection[vertex] != 0) {
                for group in 0..groups {
                    let own = old[vertex * groups + group];
                    let (mut sum, mut total) = (0.0, 0.0);
                    for &[a, b] in edges {
                        let others =
                            [(a, b), (b, a)].into_iter().filter(|ends| ends.0 as usize == vertex);
                        for (_, other) in others {
                            let other = old[other as usize * groups + group];
                            let spreads = if expand > 0.0 { other < own } else { other > own };
                            let amount = if spreads { expand.abs() } else { 0.0 };
                            sum += (1.0 - amount) * (other * (1.0 - amount) + own * amount);
                            total += 1.0 - amount;
                        }
                    }
                    if total > 0.0 {
                        new[vertex * groups + group] = sum / total * factor + own * (1.0 - factor);
                    }
                }
            }
            old = new;
        }
        old
    }

    /// A strip of triangles, its last vertex without an edge.
    fn strip(count: u32) -> Vec<[u32; 2]> {
        (0..count - 3).flat_map(|vertex| [[vertex, vertex + 1], [vertex + 2, vertex]]).collect()
    }

    #[test]
    fn all_options_match_the_formula_in_f64() {
        let edges = strip(300);
        let adjacency = Adjacency::new(&edges, 300).unwrap();
        let weights: Vec<f32> = std::iter::repeat_with(numbers(1)).take(300 * 11).collect();
        let selection: Vec<u8> = (0..300).map(|vertex| u8::from(vertex % 5 != 0)).collect();
        for expand in [0.0, 0.25, 1.0, -0.5] {
            for (factor, iterations) in [(0.3, 10), (0.5, 3), (1.0, 1), (0.5, 0)] {
                let options = EdgeSmoothing { factor, iterations, expand };
                let mut out = weights.clone();
                let progress = Progress::none();
                smooth_weights_on_edges(
                    &adjacency,
                    &mut out,
                    11,
                    Some(&selection),
                    &options,
                    &progress,
                )
                .unwrap();
                let exact = reference(&edges, &weights, 11, &selection, &options);
                for (element, (out, exact)) in out.iter().zip(exact).enumerate() {
                    let vertex = element / 11;
                    assert!((f64::from(*out) - exact).abs() < 1e-6, "{options:?}, vertex {vertex}");
                    assert!(selection[vertex] != 0 || *out == weights[element]);
                }
            }
        }
    }

    #[test]
    fn bad_arguments_are_refused_and_change_nothing() {
        let adjacency = Adjacency::new(&[[0, 1]], 2).unwrap();
        let mut weights = [0.25, 0.75];
        let mut refused = |selection: Option<&[u8]>, factor: f32, expand: f32| {
            let options = EdgeSmoothing { factor, iterations: 1, expand };
            let progress = Progress::none();
            let result = smooth_weights_on_edges(
                &adjacency,
                &mut weights,
                1,
                selection,
                &options,
                &progress,
            );
            assert_eq!(weights, [0.25, 0.75]);
            result.unwrap_err().to_string()
        };
        assert!(refused(None, 1.5, 0.0).contains("`factor`"));
        assert!(refused(None, f32::NAN, 0.0).contains("`factor`"));
        assert!(refused(None, 0.5, -1.5).contains("`expand`"));
        assert!(refused(None, 0.5, f32::NAN).contains("`expand`"));
        assert!(refused(Some(&[1]), 0.5, 0.0).contains("`selection`"));
    }
}
