//! The radius graph: all pairs of points within a radius of each other, each point with itself
//! included.
//!
//! The pairs are not stored. A cell list finds them again so fast that walking over them costs little
//! more than reading them from memory; [`RadiusGraph::neighbors`] writes them out for callers who want
//! the lists.
//!
//! Two points are neighbours when `(Δx² + Δy²) + Δz² ≤ r²`, evaluated in `f32`: the same as in exact
//! arithmetic, save for distances that differ from `r` by less than 3·10⁻⁷ of it.

use std::ops::Range;
use std::sync::Arc;

use glam::Vec3;

use super::Neighbors;
use super::cache::{Cache, Cached, Key};
use super::cell_grid::CellGrid;
use crate::geometry::octet_points::{splat_point, squared_distances};
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::simd::{self};
use crate::runtime::{Progress, check, memory};
use crate::{Error, Result};

/// Radii whose square is an ordinary `f32`, metres.
pub const RADIUS_RANGE: std::ops::RangeInclusive<f32> = 1e-9..=1e9;

/// Points that one thread searches around at the least.
const LEAST_BLOCK: usize = 128;

/// Candidates tested at a time; a list of candidates is filled up to a multiple of it.
pub(crate) const CHUNK: usize = 16;

/// All pairs of points within a radius.
pub struct RadiusGraph {
    grid: CellGrid,
    radius: f32,
    /// Number of neighbours of each point, in the order of the cells.
    counts: Vec<u32>,
    pair_count: u64,
}

impl Cached for RadiusGraph {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.grid.bytes() + self.counts.capacity() * 4
    }
}

impl RadiusGraph {
    /// Sorts the points and counts each one's neighbours.
    ///
    /// - `points`: `#P by 3`, metres, finite; duplicates are neighbours of each other;
    /// - `radius`: metres, within [`RADIUS_RANGE`].
    ///
    /// # Errors
    /// A point or a radius that is not finite, a radius out of range, 2³² points, no memory, a cancel.
    pub fn new(points: &[Vec3], radius: f32, progress: &Progress<'_>) -> Result<Self> {
        check::numbered_by_u32("points", points.len())?;
        check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
        check_radius(radius)?;
        let grid = CellGrid::new(points, radius)?;
        let mut counts = memory::try_filled("the radius graph", 0_u32, points.len())?;
        let split = Split::new(points.len(), 0, LEAST_BLOCK);
        parallel::fill_rows(split, &mut counts, 1, progress, |positions, counts| {
            count_neighbors(&grid, positions, radius * radius, counts);
        })?;
        let pair_count = counts.iter().map(|&count| u64::from(count)).sum();
        Ok(Self { grid, radius, counts, pair_count })
    }

    /// Number of points.
    pub fn point_count(&self) -> usize {
        self.grid.len()
    }

    /// The radius, metres.
    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// Number of ordered pairs, each point with itself included.
    pub fn pair_count(&self) -> u64 {
        self.pair_count
    }

    /// The graph of these points and this radius from the shared [`Cache`], built where the cache has none.
    ///
    /// # Errors
    /// As [`RadiusGraph::new`].
    pub fn acquire(points: &[Vec3], radius: f32, progress: &Progress<'_>) -> Result<Arc<Self>> {
        let key = Key::new::<Self>(&[bytemuck::cast_slice(points), bytemuck::bytes_of(&radius)]);
        Cache::shared().get_or_build(key, || Self::new(points, radius, progress))
    }

    /// Writes the number of neighbours of each point, itself included, to `out` (`#P`).
    ///
    /// # Errors
    /// `out` of another length.
    pub fn counts(&self, out: &mut [u32]) -> Result<()> {
        check::length("out", out.len(), self.point_count())?;
        for (&index, &count) in self.grid.indices().iter().zip(&self.counts) {
            out[index as usize] = count;
        }
        Ok(())
    }

    /// The neighbours of each point, itself included, ascending; without distances it takes half
    /// the memory, and two thirds of the time.
    ///
    /// # Errors
    /// [`Error::SizeOverflow`] when the pairs do not fit 32-bit offsets; no memory; a cancel.
    pub fn neighbors(&self, with_distances: bool, progress: &Progress<'_>) -> Result<Neighbors> {
        const WHAT: &str = "the list of neighbours";
        let offsets = self.offsets()?;
        let total = self.pair_count as usize;
        let mut indices = memory::try_zeroed(WHAT, total)?;
        let mut distances = memory::try_zeroed(WHAT, if with_distances { total } else { 0 })?;
        let mut rows = memory::try_with_capacity(WHAT, self.point_count())?;
        rows.extend(split_rows(&offsets, &mut indices, &mut distances));
        let mut rows = permuted(rows, self.grid.indices())?;
        let split = Split::new(self.point_count(), 0, LEAST_BLOCK);
        parallel::fill_rows(split, &mut rows, 1, progress, |positions, rows| {
            self.fill_neighbors(positions, rows);
        })?;
        Ok(Neighbors { offsets, indices, distances })
    }

    /// Marks by 1 all neighbours of the points (`#P`) that are marked, these included.
    pub(crate) fn mark_neighbors(&self, marked: &[u8]) -> Result<Vec<u8>> {
        let mut reached = memory::try_filled("the marked points", 0_u8, marked.len())?;
        let (mut candidates, mut hits) = (Candidates::default(), Hits::default());
        let indices = self.grid.indices();
        let is_marked = |position: usize| marked[indices[position] as usize] != 0;
        let mut position = 0;
        while position < indices.len() {
            let marks = (position..indices.len()).take_while(|&position| is_marked(position));
            let end = position + marks.count();
            self.for_each_cell(position..end, &mut candidates, |cell, candidates| {
                for position in cell {
                    self.select(position, candidates, &mut hits);
                    for &neighbor in hits.names() {
                        reached[indices[neighbor as usize] as usize] = 1;
                    }
                }
            });
            position = end + 1;
        }
        Ok(reached)
    }

    /// The points in the order of the cells.
    pub(crate) fn grid(&self) -> &CellGrid {
        &self.grid
    }

    /// Number of neighbours of each point, in the order of the cells.
    pub(crate) fn sorted_counts(&self) -> &[u32] {
        &self.counts
    }

    /// Calls `visit(points, candidates)` for each cell that holds some of `positions` (in the order of the
    /// cells): which of them it holds, and all points that may be their neighbours.
    pub(crate) fn for_each_cell(
        &self,
        positions: Range<usize>,
        candidates: &mut Candidates,
        mut visit: impl FnMut(Range<usize>, &mut Candidates),
    ) {
        self.grid.for_each_cell(positions, |cell, runs| {
            candidates.gather(&self.grid, runs);
            visit(cell, candidates);
        });
    }

    /// Writes the neighbours of one point, by its position in the order of the cells, to `hits`.
    #[inline]
    pub(crate) fn select(&self, position: usize, candidates: &Candidates, hits: &mut Hits) {
        let point = self.grid.point(position);
        let radius_squared = self.radius * self.radius;
        octets::dispatch(Select { candidates, point, radius_squared, hits });
    }

    fn fill_neighbors(&self, positions: Range<usize>, rows: &mut [Row<'_>]) {
        let first = positions.start;
        let (mut candidates, mut hits) = (Candidates::default(), Hits::default());
        self.for_each_cell(positions, &mut candidates, |cell, candidates| {
            candidates.name_by_index(&self.grid);
            for position in cell {
                self.select(position, candidates, &mut hits);
                let (indices, distances) = &mut rows[position - first];
                indices.copy_from_slice(hits.names());
                if !distances.is_empty() {
                    simd::dispatch(|| square_roots(hits.squared(), distances));
                }
            }
        });
    }

    fn offsets(&self) -> Result<Vec<u32>> {
        if self.pair_count > u64::from(u32::MAX) {
            return Err(Error::SizeOverflow {
                what: "the list of neighbours",
                detail: format!(
                    "{} pairs within {} m, expected fewer than 2³²",
                    self.pair_count, self.radius
                ),
            });
        }
        let mut offsets = memory::try_filled("the list of neighbours", 0, self.point_count() + 1)?;
        self.counts(&mut offsets[1..])?;
        let mut end = 0;
        for offset in &mut offsets[1..] {
            end += *offset;
            *offset = end;
        }
        Ok(offsets)
    }
}

/// Points that may be neighbours of the points of a cell, each with a name.
#[derive(Default)]
pub(crate) struct Candidates {
    coordinates: [Vec<f32>; 3],
    /// What [`Hits`] calls each candidate: its position in the order of the cells, ascending.
    names: Vec<u32>,
    runs: Vec<Range<usize>>,
    /// Working storage of [`Self::name_by_index`]: index of each candidate above its position.
    sorted: Vec<u64>,
    spare: Vec<u64>,
}

impl Candidates {
    /// The candidates as runs of positions in the order of the cells.
    pub(crate) fn runs(&self) -> &[Range<usize>] {
        &self.runs
    }

    fn gather(&mut self, grid: &CellGrid, runs: &[Range<usize>]) {
        self.runs.clear();
        self.runs.extend_from_slice(runs);
        self.names.clear();
        self.coordinates.iter_mut().for_each(Vec::clear);
        for run in runs {
            self.names.extend(run.start as u32..run.end as u32);
            for (gathered, axis) in self.coordinates.iter_mut().zip(grid.run(run.clone())) {
                gathered.extend_from_slice(axis);
            }
        }
        self.fill_up();
    }

    /// Names the candidates by their original index, and orders them by it.
    fn name_by_index(&mut self, grid: &CellGrid) {
        self.sorted.clear();
        for run in &self.runs {
            let named = grid.indices()[run.clone()].iter().zip(run.clone());
            self.sorted
                .extend(named.map(|(&index, position)| u64::from(index) << 32 | position as u64));
        }
        sort_by_upper_half(&mut self.sorted, &mut self.spare);
        self.names.clear();
        self.names.extend(self.sorted.iter().map(|named| (named >> 32) as u32));
        self.coordinates.iter_mut().for_each(Vec::clear);
        for named in &self.sorted {
            let point = grid.point((named & u64::from(u32::MAX)) as usize);
            for (gathered, coordinate) in self.coordinates.iter_mut().zip(point) {
                gathered.push(coordinate);
            }
        }
        self.fill_up();
    }

    /// Fills the last chunk with points that are nobody's neighbours.
    fn fill_up(&mut self) {
        let full = self.names.len().next_multiple_of(CHUNK);
        self.names.resize(full, u32::MAX);
        self.coordinates.iter_mut().for_each(|axis| axis.resize(full, f32::INFINITY));
    }

    /// x, y and z of the candidates in whole octets.
    #[inline(always)]
    fn octets(&self) -> [&[[f32; 8]]; 3] {
        let [xs, ys, zs] = &self.coordinates;
        let (xs, ys, zs) = (xs.as_chunks().0, ys.as_chunks().0, zs.as_chunks().0);
        [xs, &ys[..xs.len()], &zs[..xs.len()]]
    }
}

/// A radix sort from the least digit, which leaves out the digits that all numbers share.
fn sort_by_upper_half(numbers: &mut Vec<u64>, spare: &mut Vec<u64>) {
    const DIGIT_BITS: usize = 8;
    let Some(&first) = numbers.first() else { return };
    let varying = numbers.iter().fold(0, |bits, number| bits | (number ^ first));
    spare.resize(numbers.len(), 0);
    for shift in (32..64).step_by(DIGIT_BITS) {
        let digit = |number: u64| (number >> shift) as u8 as usize;
        if digit(varying) == 0 {
            continue;
        }
        let mut slots = [0_u32; 1 << DIGIT_BITS];
        numbers.iter().for_each(|&number| slots[digit(number)] += 1);
        let mut next = 0;
        for slot in &mut slots {
            next += std::mem::replace(slot, next);
        }
        for &number in numbers.iter() {
            let slot = &mut slots[digit(number)];
            spare[*slot as usize] = number;
            *slot += 1;
        }
        std::mem::swap(numbers, spare);
    }
}

/// Counts the neighbours of each point of a cell.
struct Count<'a> {
    grid: &'a CellGrid,
    candidates: &'a Candidates,
    cell: Range<usize>,
    radius_squared: f32,
    counts: &'a mut [u32],
}

impl OctetKernel for Count<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let [xs, ys, zs] = self.candidates.octets();
        let limit = octets.splat(self.radius_squared);
        for (position, count) in self.cell.zip(self.counts) {
            let point = splat_point(octets, self.grid.point(position));
            *count = 0;
            for octet in 0..xs.len() {
                let squared =
                    squared_distances(octets, [&xs[octet], &ys[octet], &zs[octet]], point);
                *count += octets.at_most(squared, limit).count_ones();
            }
        }
    }
}

/// Finds the neighbours of one point.
struct Select<'a> {
    candidates: &'a Candidates,
    point: [f32; 3],
    radius_squared: f32,
    hits: &'a mut Hits,
}

impl OctetKernel for Select<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { candidates, point, radius_squared, hits } = self;
        hits.reserve(candidates.names.len());
        let (hit_names, hit_squares) = (hits.names.as_mut_slice(), hits.squared.as_mut_slice());
        let names = candidates.names.as_chunks().0;
        let mut count = 0;
        let [xs, ys, zs] = candidates.octets();
        let (xs, ys, zs) = (&xs[..names.len()], &ys[..names.len()], &zs[..names.len()]);
        let (point, limit) = (splat_point(octets, point), octets.splat(radius_squared));
        for (octet, names) in names.iter().enumerate() {
            let squared = squared_distances(octets, [&xs[octet], &ys[octet], &zs[octet]], point);
            let near = octets.at_most(squared, limit);
            // Whole octets are written; the next one overwrites what is no hit.
            let (near_names, near_squares) = octets.compress(near, names, squared);
            hit_names[count..count + 8].copy_from_slice(&near_names);
            hit_squares[count..count + 8].copy_from_slice(&near_squares);
            count += near.count_ones() as usize;
        }
        hits.count = count;
    }
}

/// The neighbours of one point.
#[derive(Default)]
pub(crate) struct Hits {
    names: Vec<u32>,
    squared: Vec<f32>,
    count: usize,
}

impl Hits {
    /// Name of each neighbour, in the order of the candidates.
    pub(crate) fn names(&self) -> &[u32] {
        &self.names[..self.count]
    }

    /// Squared distance to each neighbour.
    pub(crate) fn squared(&self) -> &[f32] {
        &self.squared[..self.count]
    }

    /// [`Self::squared`] filled up to whole chunks by any numbers that are not NaN, to be worked on in place.
    #[inline(always)]
    pub(crate) fn squared_chunks(&mut self) -> &mut [[f32; CHUNK]] {
        let full = self.count.next_multiple_of(CHUNK);
        self.squared[..full].as_chunks_mut().0
    }

    /// Takes other neighbours, no more than there are.
    pub(crate) fn replace(&mut self, hits: impl Iterator<Item = (u32, f32)>) {
        self.count = 0;
        for (name, squared) in hits {
            self.names[self.count] = name;
            self.squared[self.count] = squared;
            self.count += 1;
        }
    }

    fn reserve(&mut self, candidates: usize) {
        if self.names.len() < candidates + CHUNK {
            self.names.resize(candidates + CHUNK, 0);
            self.squared.resize(candidates + CHUNK, 0.0);
        }
    }
}

/// Where the neighbours of one point go.
type Row<'a> = (&'a mut [u32], &'a mut [f32]);

/// Cuts the arrays into the rows that `offsets` bound.
fn split_rows<'a>(
    offsets: &'a [u32],
    mut indices: &'a mut [u32],
    mut distances: &'a mut [f32],
) -> impl Iterator<Item = Row<'a>> {
    offsets.windows(2).map(move |pair| {
        let length = (pair[1] - pair[0]) as usize;
        let row = indices.split_off_mut(..length).expect("offsets lie within the array");
        // All rows have distances, or none.
        (row, distances.split_off_mut(..length).unwrap_or_default())
    })
}

/// `rows[order[0]], rows[order[1]], …`
fn permuted<'a>(mut rows: Vec<Row<'a>>, order: &[u32]) -> Result<Vec<Row<'a>>> {
    let mut moved = memory::try_with_capacity("the list of neighbours", rows.len())?;
    moved.extend(order.iter().map(|&index| std::mem::take(&mut rows[index as usize])));
    Ok(moved)
}

fn count_neighbors(grid: &CellGrid, positions: Range<usize>, radius_squared: f32, out: &mut [u32]) {
    let first = positions.start;
    let mut candidates = Candidates::default();
    grid.for_each_cell(positions, |cell, runs| {
        candidates.gather(grid, runs);
        let counts = &mut out[cell.start - first..cell.end - first];
        let candidates = &candidates;
        octets::dispatch(Count { grid, candidates, cell, radius_squared, counts });
    });
}

#[inline(always)]
fn square_roots(squared: &[f32], out: &mut [f32]) {
    for (out, squared) in out.iter_mut().zip(squared) {
        *out = squared.sqrt();
    }
}

fn check_radius(radius: f32) -> Result<()> {
    check::finite_scalar("radius", radius)?;
    if !RADIUS_RANGE.contains(&radius) {
        return Err(Error::invalid(
            "radius",
            format!(
                "is {radius} m, expected {:e} to {:e}",
                RADIUS_RANGE.start(),
                RADIUS_RANGE.end()
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_points::{adversarial, sheet};
    use super::*;
    use crate::runtime::threads;

    fn graph(points: &[Vec3], radius: f32) -> RadiusGraph {
        RadiusGraph::new(points, radius, &Progress::none()).unwrap()
    }

    /// Compares with all pairs in f64; pairs within 3·10⁻⁷ of the radius may go either way.
    fn check_against_all_pairs(points: &[Vec3], radius: f32) -> std::result::Result<(), String> {
        let graph = graph(points, radius);
        let neighbors =
            graph.neighbors(true, &Progress::none()).map_err(|error| error.to_string())?;
        let mut counts = vec![0; points.len()];
        graph.counts(&mut counts).map_err(|error| error.to_string())?;
        for (row, point) in points.iter().enumerate() {
            let (indices, distances) = neighbors.row(row);
            if counts[row] as usize != indices.len()
                || !indices.windows(2).all(|pair| pair[0] < pair[1])
            {
                return Err(format!("row {row} is not counted or not ascending"));
            }
            for (other, other_point) in points.iter().enumerate() {
                let exact = point.as_dvec3().distance(other_point.as_dvec3());
                let found = indices.binary_search(&(other as u32));
                let ratio = exact / f64::from(radius);
                if found.is_ok() != (ratio <= 1.0) && (ratio - 1.0).abs() > 3e-7 {
                    return Err(format!("{row} and {other}, {exact} apart: {found:?}"));
                }
                if found
                    .is_ok_and(|entry| (f64::from(distances[entry]) - exact).abs() > 3e-7 * exact)
                {
                    return Err(format!("{row} and {other}, {exact} apart: wrong distance"));
                }
            }
        }
        Ok(())
    }

    #[test]
    fn adversarial_point_sets_match_all_pairs() {
        for (name, points, radius) in adversarial() {
            check_against_all_pairs(&points, radius)
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn random_points_match_all_pairs(
            points in prop::collection::vec(prop::array::uniform3(-1.0_f32..1.0), 0..150),
            radius in 0.01_f32..1.0,
        ) {
            let points: Vec<Vec3> = points.into_iter().map(Vec3::from).collect();
            prop_assert_eq!(check_against_all_pairs(&points, radius), Ok(()));
        }
    }

    #[test]
    fn results_do_not_depend_on_threads_or_simd() {
        let points = sheet(3000, 1);
        let run = || graph(&points, 0.07).neighbors(true, &Progress::none()).unwrap();
        let reference = run();
        for count in [1, 2, 8] {
            threads::set_thread_count(count).unwrap();
            assert_eq!(run(), reference);
        }
        threads::set_thread_count(0).unwrap();
        simd::force_scalar(true);
        let scalar = run();
        simd::force_scalar(false);
        assert_eq!(scalar, reference);
    }

    #[test]
    fn without_distances_the_indices_are_the_same() {
        let graph = graph(&sheet(500, 1), 0.07);
        let whole = graph.neighbors(true, &Progress::none()).unwrap();
        let bare = graph.neighbors(false, &Progress::none()).unwrap();
        assert_eq!((bare.offsets, bare.indices), (whole.offsets, whole.indices));
        assert!(bare.distances.is_empty());
    }

    #[test]
    fn too_many_pairs_are_refused() {
        let graph = graph(&vec![Vec3::ONE; 70_000], 0.01);
        assert_eq!(graph.pair_count(), 4_900_000_000);
        let error = graph.neighbors(true, &Progress::none()).unwrap_err();
        assert!(error.to_string().contains("4900000000 pairs"), "{error}");
    }

    #[test]
    fn bad_arguments_are_refused() {
        let new =
            |points: &[Vec3], radius| RadiusGraph::new(points, radius, &Progress::none()).err();
        for radius in [f32::NAN, f32::INFINITY, 0.0, -1.0, 1e-20, 1e20] {
            assert!(new(&[Vec3::ZERO], radius).unwrap().to_string().contains("`radius`"));
        }
        let broken = [Vec3::ZERO, Vec3::new(0.0, f32::NAN, 0.0)];
        assert!(matches!(new(&broken, 1.0), Some(Error::NotFinite { element: 4, .. })));
        let cancelled = Progress::new(None, &|| true);
        assert_eq!(RadiusGraph::new(&sheet(10, 1), 0.1, &cancelled).err(), Some(Error::Cancelled));
    }
}
