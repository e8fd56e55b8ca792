//! A cell list: points sorted into cubic cells, so that all points within a radius of a cell lie in a
//! few runs of consecutive points (Bentley, Stanat & Williams 1977, "The complexity of finding fixed-radius
//! near neighbors").
//!
//! Cells are ordered by z, then y, then x, and only occupied ones are stored: the extent of the points
//! costs nothing. Cell coordinates are `floor(x / edge)` of the absolute position, and points of a cell are
//! ordered by index: the order of a point's neighbours depends on these neighbours alone, never on
//! points far away.

use std::ops::Range;

use glam::Vec3;

use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory, simd};

/// Cells to a radius. Smaller cells mean fewer candidates in vain, but more and shorter runs to gather: with
/// two to one, lists of neighbours took 1.5 times as long, on an outfit of 105k vertices with 22 and 97
/// neighbours each.
const CELLS_PER_RADIUS: u32 = 1;

/// Runs of consecutive points that hold the neighbourhood of a cell: one for each (z, y) offset.
const RUNS: usize = (2 * CELLS_PER_RADIUS as usize + 1).pow(2);

/// Cells further out than this share the outermost cell: their points are too far apart in `f32` to be
/// neighbours anyway, and are told apart by their distance.
const FARTHEST_CELL: f64 = (1 << 30) as f64;

/// Cells are larger than their fraction of the radius by this part, more than the error of a distance in
/// `f32`: two points within the radius are never more than [`CELLS_PER_RADIUS`] cells apart.
const MARGIN: f64 = 1e-6;

/// Points whose cells one thread finds at the least.
const LEAST_BLOCK: usize = 8_192;

/// z, y and x of a cell as one number that sorts like them.
type CellKey = u128;

/// Points in the order of their cells.
pub(crate) struct CellGrid {
    /// Original index of each point.
    indices: Vec<u32>,
    /// x, y and z of each point.
    coordinates: [Vec<f32>; 3],
    /// Occupied cells, ascending.
    cells: Vec<CellKey>,
    /// `#cells + 1`: points of cell `c` are `starts[c]..starts[c + 1]`.
    starts: Vec<u32>,
}

impl CellGrid {
    /// Sorts `points` (finite, numbered by `u32`) into cells for searches within `radius`.
    pub(crate) fn new(points: &[Vec3], radius: f32) -> Result<Self> {
        let edge = f64::from(radius) / f64::from(CELLS_PER_RADIUS) * (1.0 + MARGIN);
        let axes = [
            cell_numbers(points, edge, 0)?,
            cell_numbers(points, edge, 1)?,
            cell_numbers(points, edge, 2)?,
        ];
        let indices = sort_by_cell(&axes)?;
        let gather = |coordinate: fn(&Vec3) -> f32| -> Result<Vec<f32>> {
            let mut sorted = memory::try_with_capacity("the cell list", points.len())?;
            sorted.extend(indices.iter().map(|&index| coordinate(&points[index as usize])));
            Ok(sorted)
        };
        let coordinates =
            [gather(|point| point.x)?, gather(|point| point.y)?, gather(|point| point.z)?];
        let key = |index: u32| {
            let [x, y, z] = [0, 1, 2].map(|axis: usize| CellKey::from(axes[axis][index as usize]));
            z << 64 | y << 32 | x
        };
        let (mut cells, mut starts) = (Vec::new(), Vec::new());
        for (position, &index) in indices.iter().enumerate() {
            let key = key(index);
            if cells.last() != Some(&key) {
                cells.push(key);
                starts.push(position as u32);
            }
        }
        starts.push(points.len() as u32);
        Ok(Self { indices, coordinates, cells, starts })
    }

    /// Number of points.
    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }

    /// Original index of each point, in the order of the cells.
    pub(crate) fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// One point by its position in the order of the cells.
    #[inline(always)]
    pub(crate) fn point(&self, position: usize) -> [f32; 3] {
        let [x, y, z] = &self.coordinates;
        [x[position], y[position], z[position]]
    }

    /// x, y and z of all points.
    pub(crate) fn axes(&self) -> &[Vec<f32>; 3] {
        &self.coordinates
    }

    /// x, y and z of a run of points.
    #[inline(always)]
    pub(crate) fn run(&self, positions: Range<usize>) -> [&[f32]; 3] {
        [0, 1, 2].map(|axis| &self.coordinates[axis][positions.clone()])
    }

    /// Bytes of memory that it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.indices.capacity() * 4
            + self.coordinates.iter().map(|axis| axis.capacity() * 4).sum::<usize>()
            + self.cells.capacity() * size_of::<CellKey>()
            + self.starts.capacity() * 4
    }

    /// Calls `visit(points, runs)` for each cell that holds some of `positions`, in order: which of them it
    /// holds, and the runs that hold every point within the radius of any of them, ascending.
    #[inline]
    pub(crate) fn for_each_cell(
        &self,
        positions: Range<usize>,
        mut visit: impl FnMut(Range<usize>, &[Range<usize>]),
    ) {
        if positions.is_empty() {
            return;
        }
        let first = self.starts.partition_point(|&start| start as usize <= positions.start) - 1;
        let mut sweep = Sweep::new(self, self.cells[first]);
        for cell in first..self.cells.len() {
            let start = (self.starts[cell] as usize).max(positions.start);
            let end = (self.starts[cell + 1] as usize).min(positions.end);
            if start >= end {
                break;
            }
            visit(start..end, sweep.advance(self, self.cells[cell]));
        }
    }
}

/// What [`gather_runs`] fills up to a multiple of: a SIMD register's worth.
pub(crate) const GATHERED: usize = 8;

/// Gathers runs of a column that is in the order of the cells, filled up by `fill`.
pub(crate) fn gather_runs<T: Copy>(
    column: &[T],
    runs: &[Range<usize>],
    fill: T,
    gathered: &mut Vec<T>,
) {
    gathered.clear();
    runs.iter().for_each(|run| gathered.extend_from_slice(&column[run.clone()]));
    gathered.resize(gathered.len().next_multiple_of(GATHERED), fill);
}

/// The neighbourhoods of ascending cells: each run's bounds only move forward.
struct Sweep {
    bounds: [(usize, usize); RUNS],
    runs: Vec<Range<usize>>,
}

impl Sweep {
    fn new(grid: &CellGrid, cell: CellKey) -> Self {
        let bounds = std::array::from_fn(|run| {
            let (first, _) = run_keys(cell, run);
            let start = grid.cells.partition_point(|&other| other < first);
            (start, start)
        });
        Self { bounds, runs: Vec::with_capacity(RUNS) }
    }

    #[inline]
    fn advance(&mut self, grid: &CellGrid, cell: CellKey) -> &[Range<usize>] {
        self.runs.clear();
        let cells = grid.cells.as_slice();
        for (run, (start, end)) in self.bounds.iter_mut().enumerate() {
            let (first, last) = run_keys(cell, run);
            while cells.get(*start).is_some_and(|&other| other < first) {
                *start += 1;
            }
            *end = (*end).max(*start);
            while cells.get(*end).is_some_and(|&other| other <= last) {
                *end += 1;
            }
            if start < end {
                self.runs.push(grid.starts[*start] as usize..grid.starts[*end] as usize);
            }
        }
        &self.runs
    }
}

/// First and last cell of one run of a cell's neighbourhood.
#[inline(always)]
fn run_keys(cell: CellKey, run: usize) -> (CellKey, CellKey) {
    const REACH: CellKey = CELLS_PER_RADIUS as CellKey;
    const WIDTH: usize = 2 * CELLS_PER_RADIUS as usize + 1;
    let (z, y) = ((run / WIDTH) as CellKey, (run % WIDTH) as CellKey);
    // Cell numbers begin at the reach: nothing borrows from the next axis.
    let middle = cell + (z << 64) + (y << 32) - (REACH << 64) - (REACH << 32);
    (middle - REACH, middle + REACH)
}

/// Number of each point's cell along one axis, counted from [`CELLS_PER_RADIUS`] at the lowest point.
fn cell_numbers(points: &[Vec3], edge: f64, axis: usize) -> Result<Vec<u32>> {
    let lowest = points.iter().map(|point| point[axis]).fold(f32::INFINITY, f32::min);
    let first = cell_of(lowest, edge) - CELLS_PER_RADIUS as i32;
    let mut numbers = memory::try_filled("the cell list", 0, points.len())?;
    let split = Split::new(points.len(), 0, LEAST_BLOCK);
    parallel::fill_rows(split, &mut numbers, 1, &Progress::none(), |range, numbers| {
        simd::dispatch(NumberCells { points: &points[range], edge, axis, first, numbers });
    })?;
    Ok(numbers)
}

/// The numbers of points along one axis.
struct NumberCells<'a> {
    points: &'a [Vec3],
    edge: f64,
    axis: usize,
    first: i32,
    numbers: &'a mut [u32],
}

impl simd::Kernel for NumberCells<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (point, number) in self.points.iter().zip(self.numbers) {
            *number = cell_of(point[self.axis], self.edge).wrapping_sub(self.first) as u32;
        }
    }
}

#[inline(always)]
fn cell_of(x: f32, edge: f64) -> i32 {
    (f64::from(x) / edge).floor().clamp(-FARTHEST_CELL, FARTHEST_CELL) as i32
}

/// Indices of the points ordered by z, y, x of their cells, then by index: a radix sort from the least
/// digit, which leaves out the digits that all points share.
fn sort_by_cell(axes: &[Vec<u32>; 3]) -> Result<Vec<u32>> {
    const DIGIT_BITS: u32 = 11;
    let count = axes[0].len();
    let mut order = memory::try_with_capacity("the cell list", count)?;
    order.extend(0..count as u32);
    let mut sorted = memory::try_filled("the cell list", 0_u32, count)?;
    for axis in axes {
        let highest = axis.iter().copied().max().unwrap_or(0);
        for shift in (0..u32::BITS).step_by(DIGIT_BITS as usize) {
            if highest >> shift == 0 {
                break;
            }
            let digit = |cell: u32| (cell >> shift) as usize & ((1 << DIGIT_BITS) - 1);
            let mut ends = [0_u32; 1 << DIGIT_BITS];
            axis.iter().for_each(|&cell| ends[digit(cell)] += 1);
            let mut next = 0;
            for end in &mut ends {
                next += std::mem::replace(end, next);
            }
            for &index in &order {
                let slot = &mut ends[digit(axis[index as usize])];
                sorted[*slot as usize] = index;
                *slot += 1;
            }
            std::mem::swap(&mut order, &mut sorted);
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scattered(count: usize, spread: f32) -> Vec<Vec3> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 * spread
        };
        (0..count).map(|_| Vec3::new(next(), next(), next())).collect()
    }

    #[test]
    fn points_are_ordered_by_cell_and_index_and_none_is_lost() {
        let points = scattered(3000, 4.0);
        let grid = CellGrid::new(&points, 0.5).unwrap();
        let edge = 0.5 / f64::from(CELLS_PER_RADIUS) * (1.0 + MARGIN);
        let key = |index: u32| {
            let point = points[index as usize];
            let cell = |x: f32| (f64::from(x) / edge).floor() as i64;
            (cell(point.z), cell(point.y), cell(point.x), index)
        };
        assert!(grid.indices().windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        let mut sorted = grid.indices().to_vec();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(0..3000));
    }

    #[test]
    fn runs_hold_every_point_within_the_radius() {
        for spread in [0.3, 3.0, 30_000.0] {
            let points = scattered(500, spread);
            let radius = spread / 8.0;
            let grid = CellGrid::new(&points, radius).unwrap();
            let mut seen = 0;
            grid.for_each_cell(17..480, |cell, runs| {
                assert!(runs.windows(2).all(|pair| pair[0].end <= pair[1].start));
                for position in cell.clone() {
                    let here = Vec3::from(grid.point(position));
                    for other in 0..points.len() {
                        let near = here.distance(Vec3::from(grid.point(other))) <= radius;
                        assert!(!near || runs.iter().any(|run| run.contains(&other)));
                    }
                }
                assert_eq!(cell.start, 17 + seen);
                seen += cell.len();
            });
            assert_eq!(seen, 463);
        }
    }
}
