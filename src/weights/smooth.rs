//! Radius smoothing of skin weights: each vertex takes the mean of its neighbours' weights.
//!
//! With `N(i)` all vertices within the radius `r` of vertex `i`, itself included, and a falloff `k`:
//!
//! `w′(i) = Σ_{j ∈ N(i)} k(d_ij) w(j) / Σ_{j ∈ N(i)} k(d_ij)`
//!
//! all new weights from all old ones (Jacobi), rounded to `f32` after each iteration. Falloffs:
//! [`Falloff`]; gaussian has `σ = r / 3`. A mask `m` blends at the end: `w (1 − m) + w′ m`.
//!
//! The operator depends on the coordinates alone. It is built once for all channels and iterations, or,
//! where it would exceed the memory budget, again for each iteration, a few rows at a time; the bits of
//! the result are the same. Rows follow the graph's cells: the order of a row's entries depends on the
//! neighbours alone, so that a vertex whose neighbourhood stays the same keeps the same bits.
//!
//! Precision: entries are summed in `f32` in blocks of [`SUM_BLOCK`], blocks in `f64`, the denominator in the
//! same way. That is within 10⁻⁶ of a float64 reference, weights in `[0, 1]` stay there, and a channel
//! that is 1 everywhere stays exactly 1.

use std::num::NonZeroU32;
use std::ops::Range;

use super::channels::{self, Channels, LANES, Lanes, TILE, Turns};
use super::falloff::Falloff;
use crate::Result;
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};
use crate::spatial::RadiusGraph;
use crate::spatial::radius_graph::{Candidates, Hits};

/// Entries whose products are summed in `f32`.
const SUM_BLOCK: usize = 16;

/// Groups of channels that are summed at a time: their sums fit the registers.
const GROUPS_AT_ONCE: usize = 4;

/// Tiles whose rows of the stored operator share one allocation.
const TILES_A_BLOCK: usize = 16;

/// Entries of the operator that a thread holds at a time when it is not stored.
const STREAMED_ENTRIES: usize = 1 << 19;

/// Bytes of one entry of the operator.
const ENTRY_BYTES: u64 = 8;

/// How weights are smoothed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smoothing {
    /// How much a neighbour counts by its distance.
    pub falloff: Falloff,
    /// Number of times; 0 changes nothing.
    pub iterations: u32,
    /// Only so many nearest neighbours count, the vertex itself among them; of equally near ones those
    /// with the lowest index. `None`: all within the radius.
    pub neighbor_limit: Option<NonZeroU32>,
}

impl Default for Smoothing {
    fn default() -> Self {
        Self { falloff: Falloff::Gaussian, iterations: 1, neighbor_limit: None }
    }
}

/// Smooths all channels of `weights` in place.
///
/// - `graph`: the radius graph of the `#V` vertices;
/// - `weights`: `#V by group_count`, vertex-major, finite; channels that are zero everywhere are skipped;
/// - `mask`: `#V`, finite: 0 keeps a vertex's weights, 1 takes the smoothed ones; `None`: 1 everywhere.
///
/// Extra memory: two copies of the channels (at most half the budget; more channels go in turns), and
/// 8 bytes a pair for the operator where that fits the budget.
///
/// # Errors
/// Arrays of other lengths, numbers that are not finite, no memory, a cancel; `weights` is untouched.
pub fn smooth_weights(
    graph: &RadiusGraph,
    weights: &mut [f32],
    group_count: usize,
    mask: Option<&[f32]>,
    options: &Smoothing,
    progress: &Progress<'_>,
) -> Result<()> {
    let turns = Turns::new(weights, graph.point_count(), group_count, mask)?;
    if options.iterations == 0 || turns.is_empty() {
        return progress.advance(1.0);
    }
    let builder = RowBuilder { graph, falloff: options.falloff, limit: options.neighbor_limit };
    let budget = memory::budget().saturating_sub(turns.bytes());
    let operator = Operator::new(builder, budget, &progress.part(0.0, 0.3))?;
    let order = graph.grid().indices();
    let progress = progress.part(0.3, 1.0);
    turns.run(weights, order, options.iterations, &progress, |old, new, progress| {
        operator.apply(old, new, progress)
    })
}

/// The smoothing operator: a row-stochastic matrix, stored or built again where it is needed.
enum Operator<'a> {
    /// All rows, [`TILES_A_BLOCK`] tiles a block.
    Stored(Vec<Rows>),
    Streamed(RowBuilder<'a>),
}

impl<'a> Operator<'a> {
    fn new(builder: RowBuilder<'a>, budget: usize, progress: &Progress<'_>) -> Result<Self> {
        let row_count = builder.graph.point_count();
        let row_bytes = size_of::<f64>() + size_of::<usize>();
        let bytes = builder.entry_count() * ENTRY_BYTES + (row_count * row_bytes) as u64;
        if bytes > budget as u64 {
            return Ok(Self::Streamed(builder));
        }
        const BLOCK: usize = TILE * TILES_A_BLOCK;
        let mut blocks =
            memory::try_with_capacity("the smoothing operator", row_count.div_ceil(BLOCK))?;
        blocks.resize_with(row_count.div_ceil(BLOCK), || Ok(Rows::default()));
        let split = Split::new(blocks.len(), 0, 1);
        parallel::fill_rows(split, &mut blocks, 1, progress, |range, blocks| {
            let mut scratch = Scratch::default();
            for (block, rows) in range.zip(blocks) {
                let positions = block * BLOCK..((block + 1) * BLOCK).min(row_count);
                *rows = builder.build(positions, &mut scratch);
            }
        })?;
        blocks.into_iter().collect::<Result<_>>().map(Self::Stored)
    }

    /// One iteration: `new = operator · old`.
    fn apply(&self, old: &Channels, new: &mut Channels, progress: &Progress<'_>) -> Result<()> {
        new.fill_tiles(progress, |tile, out| match self {
            Self::Stored(blocks) => {
                let rows = &blocks[tile / TILES_A_BLOCK];
                let first = tile % TILES_A_BLOCK * TILE;
                let active = rows.active(tile % TILES_A_BLOCK, old);
                rows.apply(first..first + out.len() / old.groups(), old, active, out);
                Ok(())
            }
            Self::Streamed(builder) => builder.apply(tile, old, out),
        })
    }
}

/// Some consecutive rows of the operator.
#[derive(Default)]
struct Rows {
    /// `#rows + 1`.
    ends: Vec<usize>,
    /// Row of [`Channels`] that each entry reads.
    columns: Vec<u32>,
    /// Falloff at each entry's distance.
    falloffs: Vec<f32>,
    /// For each row, one over the sum of its falloffs.
    scales: Vec<f64>,
    /// For each tile of rows, the tiles that its entries read.
    sources: Vec<Vec<Range<usize>>>,
}

/// Builds rows of the operator from the graph.
#[derive(Clone, Copy)]
struct RowBuilder<'a> {
    graph: &'a RadiusGraph,
    falloff: Falloff,
    limit: Option<NonZeroU32>,
}

/// Working storage of a [`RowBuilder`].
#[derive(Default)]
struct Scratch {
    candidates: Candidates,
    hits: Hits,
    nearest: Vec<(u32, u32, u32)>,
}

impl RowBuilder<'_> {
    /// Entries of all rows together.
    fn entry_count(&self) -> u64 {
        self.entries(0..self.graph.point_count()).map(|entries| entries as u64).sum()
    }

    /// Entries of each row.
    fn entries(&self, positions: Range<usize>) -> impl Iterator<Item = usize> {
        let limit = self.limit.map_or(u32::MAX, NonZeroU32::get);
        self.graph.sorted_counts()[positions].iter().map(move |&count| count.min(limit) as usize)
    }

    fn build(&self, positions: Range<usize>, scratch: &mut Scratch) -> Result<Rows> {
        let mut rows = Rows::with_capacity(&positions, self.entries(positions.clone()).sum())?;
        let Scratch { candidates, hits, nearest } = scratch;
        let first_tile = positions.start / TILE;
        self.graph.for_each_cell(positions, candidates, |cell, candidates| {
            for tile in cell.start / TILE..cell.end.div_ceil(TILE) {
                rows.add_sources(tile - first_tile, candidates.runs());
            }
            for position in cell {
                self.graph.select(position, candidates, hits);
                if let Some(limit) = self.limit {
                    keep_nearest(limit.get() as usize, self.graph.grid().indices(), hits, nearest);
                }
                rows.push(hits, self.falloff, self.graph.radius());
            }
        });
        rows.sources.iter_mut().for_each(merge);
        Ok(rows)
    }

    /// One iteration for one tile, a few rows at a time.
    fn apply(&self, tile: usize, old: &Channels, out: &mut [Lanes]) -> Result<()> {
        let mut scratch = Scratch::default();
        let mut positions = channels::tile_rows(tile, self.graph.point_count());
        let mut out = out;
        while !positions.is_empty() {
            let mut entries = 0;
            let fitting = self.entries(positions.clone()).take_while(|row| {
                entries += row;
                entries <= STREAMED_ENTRIES
            });
            let count = fitting.count().max(1);
            let end = positions.start + count;
            let rows = self.build(positions.start..end, &mut scratch)?;
            let here = out.split_off_mut(..count * old.groups()).expect("a row each");
            rows.apply(0..count, old, rows.active(0, old), here);
            positions.start = end;
        }
        Ok(())
    }
}

impl Rows {
    fn with_capacity(positions: &Range<usize>, entries: usize) -> Result<Self> {
        const WHAT: &str = "the smoothing operator";
        let mut ends = memory::try_with_capacity(WHAT, positions.len() + 1)?;
        ends.push(0);
        Ok(Self {
            ends,
            columns: memory::try_with_capacity(WHAT, entries)?,
            falloffs: memory::try_with_capacity(WHAT, entries)?,
            scales: memory::try_with_capacity(WHAT, positions.len())?,
            sources: vec![Vec::new(); positions.end.div_ceil(TILE) - positions.start / TILE],
        })
    }

    /// Notes that rows of `tile` read `runs` of rows.
    fn add_sources(&mut self, tile: usize, runs: &[Range<usize>]) {
        self.sources[tile].extend(runs.iter().map(|run| run.start / TILE..run.end.div_ceil(TILE)));
    }

    fn push(&mut self, hits: &mut Hits, falloff: Falloff, radius: f32) {
        self.columns.extend_from_slice(hits.names());
        let mut sum = 0.0;
        octets::dispatch(Weigh { falloff, radius, hits, sum: &mut sum });
        self.falloffs.extend_from_slice(hits.squared());
        self.scales.push(1.0 / sum);
        self.ends.push(self.columns.len());
    }

    /// The groups of channels that hold anything where rows of `tile` read, one bit each.
    fn active(&self, tile: usize, old: &Channels) -> u64 {
        self.sources[tile].iter().fold(0, |active, tiles| active | old.active(tiles.clone()))
    }

    /// `out = rows · old` for the `active` groups of channels, 0 for the others.
    fn apply(&self, rows: Range<usize>, old: &Channels, active: u64, out: &mut [Lanes]) {
        out.fill(Lanes::default());
        let groups: Vec<usize> =
            (0..old.groups()).filter(|group| active >> group & 1 == 1).collect();
        for groups in groups.chunks(GROUPS_AT_ONCE) {
            let rows = rows.clone();
            match *groups {
                [a] => Product { operator: self, rows, old, groups: [a], out }.dispatch(),
                [a, b] => Product { operator: self, rows, old, groups: [a, b], out }.dispatch(),
                [a, b, c] => {
                    Product { operator: self, rows, old, groups: [a, b, c], out }.dispatch();
                }
                [a, b, c, d] => {
                    Product { operator: self, rows, old, groups: [a, b, c, d], out }.dispatch();
                }
                _ => unreachable!("chunks of at most {GROUPS_AT_ONCE}"),
            }
        }
    }
}

/// Replaces the squared distances of a row by their falloffs, and sums these.
struct Weigh<'a> {
    falloff: Falloff,
    radius: f32,
    hits: &'a mut Hits,
    sum: &'a mut f64,
}

impl OctetKernel for Weigh<'_> {
    #[inline(always)]
    fn run(self, _: impl Octets) {
        self.falloff.evaluate(self.radius, self.hits.squared_chunks());
        *self.sum = sum(self.hits.squared());
    }
}

/// The product of some rows of the operator with `N` groups of channels.
struct Product<'a, const N: usize> {
    operator: &'a Rows,
    rows: Range<usize>,
    old: &'a Channels,
    groups: [usize; N],
    out: &'a mut [Lanes],
}

impl<const N: usize> Product<'_, N> {
    fn dispatch(self) {
        octets::dispatch(self);
    }
}

impl<const N: usize> OctetKernel for Product<'_, N> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { operator, rows, old, groups, out } = self;
        let width = old.groups();
        for (row, out) in rows.zip(out.chunks_exact_mut(width)) {
            let entries = operator.ends[row]..operator.ends[row + 1];
            let (column_blocks, columns) =
                operator.columns[entries.clone()].as_chunks::<SUM_BLOCK>();
            let (falloff_blocks, falloffs) = operator.falloffs[entries].as_chunks::<SUM_BLOCK>();
            let mut sums = [[0.0; LANES]; N];
            for (columns, falloffs) in column_blocks.iter().zip(falloff_blocks) {
                add_block(octets, &mut sums, columns, falloffs, old, groups);
            }
            add_block(octets, &mut sums, columns, falloffs, old, groups);
            let scale = operator.scales[row];
            for (group, sums) in groups.into_iter().zip(sums) {
                for (out, sum) in out[group].0.iter_mut().zip(sums) {
                    *out = (sum * scale) as f32;
                }
            }
        }
    }
}

/// Adds Σ falloff · old over one block of a row to `sums`.
#[inline(always)]
fn add_block<O: Octets, const N: usize>(
    octets: O,
    sums: &mut [[f64; LANES]; N],
    columns: &[u32],
    falloffs: &[f32],
    old: &Channels,
    groups: [usize; N],
) {
    let (rows, width) = (old.rows(), old.groups());
    let mut block = [octets.splat(0.0); N];
    for (&column, &falloff) in columns.iter().zip(falloffs) {
        let row = column as usize * width;
        let falloff = octets.splat(falloff);
        for group in 0..N {
            let weights = octets.load(&rows[row + groups[group]].0);
            block[group] = octets.add_product(block[group], falloff, weights);
        }
    }
    for group in 0..N {
        let block = octets.store(block[group]);
        for lane in 0..LANES {
            sums[group][lane] += f64::from(block[lane]);
        }
    }
}

/// Σ falloff in the order of [`Product`]: the mean of a channel of ones is exactly 1.
#[inline(always)]
fn sum(falloffs: &[f32]) -> f64 {
    let (blocks, rest) = falloffs.as_chunks::<SUM_BLOCK>();
    let mut total = 0.0;
    for block in blocks {
        total += f64::from(sum_block(block));
    }
    total + f64::from(sum_block(rest))
}

#[inline(always)]
fn sum_block(falloffs: &[f32]) -> f32 {
    let mut sum = 0.0;
    for falloff in falloffs {
        sum += falloff;
    }
    sum
}

/// Leaves the `limit` nearest neighbours in `hits`, in their order; ties go to the lowest of `indices`.
fn keep_nearest(
    limit: usize,
    indices: &[u32],
    hits: &mut Hits,
    nearest: &mut Vec<(u32, u32, u32)>,
) {
    if hits.names().len() <= limit {
        return;
    }
    nearest.clear();
    let squared = hits.squared().iter();
    // Distances are not negative: their bits sort like them.
    nearest.extend(
        squared
            .zip(hits.names())
            .map(|(squared, &name)| (squared.to_bits(), indices[name as usize], name)),
    );
    nearest.select_nth_unstable(limit - 1);
    nearest.truncate(limit);
    nearest.sort_unstable_by_key(|&(_, _, name)| name);
    hits.replace(nearest.iter().map(|&(squared, _, name)| (name, f32::from_bits(squared))));
}

/// Sorts ranges and joins those that touch.
fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, kept| {
        let touch = next.start <= kept.end;
        if touch {
            kept.end = kept.end.max(next.end);
        }
        touch
    });
    ranges.shrink_to_fit();
}

#[cfg(test)]
mod tests {
    use glam::Vec3;
    use proptest::prelude::*;

    use super::*;
    use crate::Error;
    use crate::runtime::simd;
    use crate::runtime::threads;
    use crate::spatial::test_points::{adversarial, numbers, sheet};

    fn graph(points: &[Vec3], radius: f32) -> RadiusGraph {
        RadiusGraph::new(points, radius, &Progress::none()).unwrap()
    }

    fn random_weights(count: usize, seed: u32) -> Vec<f32> {
        std::iter::repeat_with(numbers(seed)).take(count).collect()
    }

    /// Weights of which most are zero, as skin weights are: each channel lives in a part of the points.
    fn local_weights(points: &[Vec3], group_count: usize) -> Vec<f32> {
        let weight = |point: &Vec3, group: usize| {
            let centre = (group as f32 + 0.5) / group_count as f32 - 0.5;
            (1.0 - 8.0 * (point.x - centre).abs()).max(0.0)
        };
        points
            .iter()
            .flat_map(|point| (0..group_count).map(move |group| weight(point, group)))
            .collect()
    }

    fn smoothed(
        graph: &RadiusGraph,
        weights: &[f32],
        groups: usize,
        options: &Smoothing,
    ) -> Vec<f32> {
        let mut out = weights.to_vec();
        smooth_weights(graph, &mut out, groups, None, options, &Progress::none()).unwrap();
        out
    }

    /// The formula over all pairs in f64, rounded to f32 after each iteration.
    fn reference(
        points: &[Vec3],
        radius: f32,
        weights: &[f32],
        groups: usize,
        options: &Smoothing,
    ) -> Vec<f32> {
        let radius = f64::from(radius);
        let kernel = |distance: f64| match options.falloff {
            Falloff::Gaussian => (-0.5 * (3.0 * distance / radius).powi(2)).exp(),
            Falloff::Linear => (1.0 - distance / radius).max(0.0),
            Falloff::Uniform => 1.0,
        };
        let row = |point: &Vec3| {
            let distance = |other: &Vec3| point.as_dvec3().distance(other.as_dvec3());
            let mut row: Vec<(f64, usize)> =
                points.iter().map(distance).enumerate().map(|(index, d)| (d, index)).collect();
            row.retain(|(distance, _)| *distance <= radius);
            row.sort_by(|a, b| a.partial_cmp(b).unwrap());
            row.truncate(options.neighbor_limit.map_or(usize::MAX, |limit| limit.get() as usize));
            row
        };
        let rows: Vec<_> = points.iter().map(row).collect();
        let mut old = weights.to_vec();
        for _ in 0..options.iterations {
            let mut new = old.clone();
            for (vertex, row) in rows.iter().enumerate() {
                let total: f64 = row.iter().map(|&(distance, _)| kernel(distance)).sum();
                for group in 0..groups {
                    let weight = |other: usize| f64::from(old[other * groups + group]);
                    let sum: f64 = row.iter().map(|&(d, other)| kernel(d) * weight(other)).sum();
                    new[vertex * groups + group] = (sum / total) as f32;
                }
            }
            old = new;
        }
        old
    }

    fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn adversarial_point_sets_match_the_formula_in_f64() {
        for (name, points, radius) in adversarial() {
            for falloff in [Falloff::Gaussian, Falloff::Linear, Falloff::Uniform] {
                // A pair at the very radius may be in or out: there only linear is continuous.
                if name.contains("bounds") && falloff != Falloff::Linear {
                    continue;
                }
                let options = Smoothing { falloff, iterations: 3, neighbor_limit: None };
                let weights = random_weights(points.len() * 3, 9);
                let out = smoothed(&graph(&points, radius), &weights, 3, &options);
                let exact = reference(&points, radius, &weights, 3, &options);
                let difference = largest_difference(&out, &exact);
                assert!(difference < 1e-6, "{name}, {falloff:?}: {difference:e}");
            }
        }
    }

    #[test]
    fn seven_hundred_neighbours_stay_within_a_millionth() {
        let points = sheet(2500, 2);
        for falloff in [Falloff::Gaussian, Falloff::Linear, Falloff::Uniform] {
            let options = Smoothing { falloff, iterations: 3, neighbor_limit: None };
            let weights = random_weights(points.len() * 2, 5);
            let out = smoothed(&graph(&points, 0.32), &weights, 2, &options);
            let exact = reference(&points, 0.32, &weights, 2, &options);
            let difference = largest_difference(&out, &exact);
            assert!(difference < 3e-7, "{falloff:?}: {difference:e}");
        }
    }

    #[test]
    fn the_nearest_count_and_ties_go_to_the_lowest_index() {
        let points = sheet(400, 3);
        let limit = NonZeroU32::new(5);
        let options =
            Smoothing { falloff: Falloff::Gaussian, iterations: 2, neighbor_limit: limit };
        let weights = random_weights(400, 6);
        let out = smoothed(&graph(&points, 0.2), &weights, 1, &options);
        assert!(largest_difference(&out, &reference(&points, 0.2, &weights, 1, &options)) < 1e-6);

        let same = vec![Vec3::ONE; 6];
        let options = Smoothing { iterations: 1, neighbor_limit: NonZeroU32::new(2), ..options };
        let out = smoothed(&graph(&same, 0.2), &[0.0, 1.0, 5.0, 6.0, 7.0, 8.0], 1, &options);
        assert_eq!(out, [0.5; 6]);
    }

    #[test]
    fn streamed_and_stored_operators_give_the_same_bits() {
        let points = sheet(3000, 4);
        let graph = graph(&points, 0.1);
        let weights = local_weights(&points, 20);
        let order = graph.grid().indices();
        let turns = Turns::new(&weights, points.len(), 20, None).unwrap();
        let limits = [None, NonZeroU32::new(40)];
        for limit in limits {
            let builder = RowBuilder { graph: &graph, falloff: Falloff::Gaussian, limit };
            let run = |budget| {
                let operator = Operator::new(builder, budget, &Progress::none()).unwrap();
                let mut out = weights.clone();
                turns
                    .run(&mut out, order, 3, &Progress::none(), |old, new, progress| {
                        operator.apply(old, new, progress)
                    })
                    .unwrap();
                (matches!(operator, Operator::Stored(_)), out)
            };
            let (stored, streamed) = (run(usize::MAX), run(0));
            assert!(stored.0 && !streamed.0);
            assert_eq!(stored.1, streamed.1);
        }
    }

    #[test]
    fn many_identical_points_are_streamed_in_bounded_blocks() {
        let points = vec![Vec3::ONE; 3000];
        let graph = graph(&points, 0.1);
        let builder = RowBuilder { graph: &graph, falloff: Falloff::Gaussian, limit: None };
        let operator = Operator::new(builder, 1 << 20, &Progress::none()).unwrap();
        let turns = Turns::new(&[1.0; 3000], 3000, 1, None).unwrap();
        let mut out = random_weights(3000, 7);
        let mean = out.iter().copied().map(f64::from).sum::<f64>() / 3000.0;
        let order = graph.grid().indices();
        turns
            .run(&mut out, order, 1, &Progress::none(), |old, new, progress| {
                operator.apply(old, new, progress)
            })
            .unwrap();
        assert!(out.iter().all(|&weight| (f64::from(weight) - mean).abs() < 1e-6));
    }

    #[test]
    fn skipped_channels_change_no_bit() {
        let points = sheet(4000, 5);
        let graph = graph(&points, 0.05);
        let weights = local_weights(&points, 40);
        let options = Smoothing { iterations: 3, ..Smoothing::default() };
        let all = smoothed(&graph, &weights, 40, &options);
        for group in [0, 7, 8, 39] {
            let one: Vec<f32> = weights.chunks(40).map(|row| row[group]).collect();
            let alone = smoothed(&graph, &one, 1, &options);
            assert!(all.chunks(40).map(|row| row[group]).eq(alone));
        }
    }

    #[test]
    fn results_do_not_depend_on_threads_or_simd() {
        let points = sheet(3000, 6);
        let weights = local_weights(&points, 11);
        let options = Smoothing { iterations: 2, ..Smoothing::default() };
        let run = || smoothed(&graph(&points, 0.07), &weights, 11, &options);
        let expected = run();
        for count in [1, 2, 8] {
            threads::set_thread_count(count).unwrap();
            assert_eq!(run(), expected);
        }
        threads::set_thread_count(0).unwrap();
        simd::force_scalar(true);
        let scalar = run();
        simd::force_scalar(false);
        assert_eq!(scalar, expected);
    }

    #[test]
    fn a_mask_blends_and_zero_iterations_change_nothing() {
        let points = sheet(500, 7);
        let graph = graph(&points, 0.2);
        let weights = random_weights(500, 8);
        let mask: Vec<f32> = (0..500).map(|vertex| (vertex % 3) as f32 / 2.0).collect();
        let full = smoothed(&graph, &weights, 1, &Smoothing::default());
        let mut out = weights.clone();
        let options = Smoothing::default();
        smooth_weights(&graph, &mut out, 1, Some(&mask), &options, &Progress::none()).unwrap();
        for vertex in 0..500 {
            let expected = match vertex % 3 {
                0 => weights[vertex],
                1 => ((f64::from(weights[vertex]) + f64::from(full[vertex])) / 2.0) as f32,
                _ => full[vertex],
            };
            assert_eq!(out[vertex], expected);
        }
        let none = Smoothing { iterations: 0, ..options };
        assert_eq!(smoothed(&graph, &weights, 1, &none), weights);
    }

    #[test]
    fn a_cancel_or_an_error_leaves_the_weights() {
        let points = sheet(3000, 8);
        let graph = graph(&points, 0.1);
        let weights = random_weights(3000, 9);
        let mut out = weights.clone();
        let cancel = |fraction: f32| match fraction > 0.8 {
            true => std::ops::ControlFlow::Break(()),
            false => std::ops::ControlFlow::Continue(()),
        };
        let progress = Progress::new(Some(&cancel), &|| false);
        let options = Smoothing { iterations: 5, ..Smoothing::default() };
        let result = smooth_weights(&graph, &mut out, 1, None, &options, &progress);
        assert_eq!((result, &out), (Err(Error::Cancelled), &weights));
        let short = smooth_weights(&graph, &mut out, 2, None, &options, &Progress::none());
        assert!(matches!(short, Err(Error::LengthMismatch { argument: "weights", .. })));
        let mask = vec![f32::NAN; 3000];
        let bad_mask =
            smooth_weights(&graph, &mut out, 1, Some(&mask), &options, &Progress::none());
        assert!(matches!(bad_mask, Err(Error::NotFinite { argument: "mask", .. })));
        assert_eq!(out, weights);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn weights_stay_in_bounds_and_constants_stay(
            points in prop::collection::vec(prop::array::uniform3(-1.0_f32..1.0), 1..120),
            radius in 0.05_f32..1.5,
            constant in 0.0_f32..1.0,
            seed in 0_u32..1000,
        ) {
            let points: Vec<Vec3> = points.into_iter().map(Vec3::from).collect();
            let random = random_weights(points.len(), seed);
            let weights: Vec<f32> =
                random.iter().flat_map(|&weight| [weight, 1.0, constant, 1.0 - weight]).collect();
            let options = Smoothing { iterations: 2, ..Smoothing::default() };
            let out = smoothed(&graph(&points, radius), &weights, 4, &options);
            for row in out.chunks(4) {
                prop_assert!((0.0..=1.0).contains(&row[0]));
                prop_assert_eq!(row[1], 1.0);
                // The stated error of one weight, and of the sum of two.
                prop_assert!((row[2] - constant).abs() < 1e-6);
                prop_assert!((row[0] + row[3] - 1.0).abs() < 2e-6);
            }
        }
    }
}
