//! Maximum and minimum filters of one channel that is the same over wide areas, as masks are.
//!
//! Only where values differ within the neighbourhood of a cell are distances measured, so that a mask costs
//! about what its borders do.

use std::marker::PhantomData;
use std::ops::Range;

use super::filter::Extreme;
use crate::Result;
use crate::geometry::octet_points::{splat_point, squared_distances};
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};
use crate::spatial::cell_grid::{CellGrid, gather_runs};

/// Points that one thread filters at the least.
const LEAST_BLOCK: usize = 1024;

/// Replaces each value by the extreme of those within `radius`, which is at most that of the grid.
///
/// - `channel`: one finite number for each point of the grid, in the order of the points.
///
/// # Errors
/// No memory, a cancel; `channel` is untouched.
pub(super) fn filter_channel<E: Extreme>(
    grid: &CellGrid,
    radius: f32,
    channel: &mut [f32],
    progress: &Progress<'_>,
) -> Result<()> {
    const WHAT: &str = "the filtered channel";
    let mut old = memory::try_with_capacity(WHAT, channel.len())?;
    old.extend(grid.indices().iter().map(|&index| channel[index as usize]));
    let mut new = memory::try_with_capacity(WHAT, channel.len())?;
    new.extend_from_slice(&old);
    let split = Split::new(old.len(), 0, LEAST_BLOCK);
    parallel::fill_rows(split, &mut new, 1, progress, |positions, new| {
        let first = positions.start;
        let mut near = Near::default();
        grid.for_each_cell(positions, |cell, runs| {
            if runs.iter().flat_map(|run| &old[run.clone()]).all(|value| *value == old[cell.start])
            {
                return;
            }
            near.gather(grid, &old, runs);
            let new = &mut new[cell.start - first..cell.end - first];
            let radius_squared = radius * radius;
            octets::dispatch(FilterCell {
                grid,
                cell,
                near: &near,
                radius_squared,
                new,
                extreme: PhantomData::<E>,
            });
        });
    })?;
    for (&index, new) in grid.indices().iter().zip(new) {
        channel[index as usize] = new;
    }
    Ok(())
}

/// The points and values that the points of a cell may be near, in whole octets.
#[derive(Default)]
struct Near {
    coordinates: [Vec<f32>; 3],
    values: Vec<f32>,
}

impl Near {
    fn gather(&mut self, grid: &CellGrid, values: &[f32], runs: &[Range<usize>]) {
        for (gathered, axis) in self.coordinates.iter_mut().zip(grid.axes()) {
            gather_runs(axis, runs, f32::INFINITY, gathered);
        }
        gather_runs(values, runs, 0.0, &mut self.values);
    }
}

/// The filter for the points of one cell.
struct FilterCell<'a, E> {
    grid: &'a CellGrid,
    cell: Range<usize>,
    near: &'a Near,
    radius_squared: f32,
    new: &'a mut [f32],
    extreme: PhantomData<E>,
}

impl<E: Extreme> OctetKernel for FilterCell<'_, E> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { grid, cell, near, radius_squared, new, .. } = self;
        let values = near.values.as_chunks().0;
        let [xs, ys, zs] =
            near.coordinates.each_ref().map(|axis| &axis.as_chunks().0[..values.len()]);
        let (limit, start) = (octets.splat(radius_squared), octets.splat(E::START));
        for (position, new) in cell.zip(new) {
            let point = splat_point(octets, grid.point(position));
            let mut extremes = start;
            for octet in 0..values.len() {
                let squared =
                    squared_distances(octets, [&xs[octet], &ys[octet], &zs[octet]], point);
                let values = octets.load(&values[octet]);
                let within = octets.where_at_most(squared, limit, values, start);
                extremes = E::of_octets(octets, extremes, within);
            }
            *new = octets.store(extremes).into_iter().fold(E::START, E::of);
        }
    }
}
