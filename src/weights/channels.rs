//! Dense weights regrouped for kernels that run over a radius graph: one row a vertex in the order of the
//! graph's cells, so that neighbours lie close together in memory; channels in groups of eight, so that
//! one SIMD register holds a group; channels that are zero everywhere left out.
//!
//! Most vertices are members of few vertex groups. For each tile of consecutive rows it is known which
//! groups of channels hold anything: the others are skipped, which changes no bit of a result.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};

/// Channels in a group.
pub(crate) const LANES: usize = 8;

/// Rows in a tile.
pub(crate) const TILE: usize = 64;

/// Groups that the marks of a tile can tell apart; more channels are worked on in turns.
const MOST_GROUPS: usize = u64::BITS as usize;

/// Tiles that one thread regroups at the least.
const LEAST_TILES: usize = 16;

/// One group of channels of one vertex.
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Zeroable)]
#[repr(C, align(32))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

/// Some channels of all vertices, regrouped.
pub(crate) struct Channels {
    /// `#V` rows of `groups` groups each.
    rows: Vec<Lanes>,
    groups: usize,
    /// For each tile the groups that hold a number other than zero, one bit each.
    active: Vec<AtomicU64>,
}

impl Channels {
    /// Room for `groups` groups of channels of `vertex_count` vertices, all zero.
    pub(crate) fn zeroed(vertex_count: usize, groups: usize) -> Result<Self> {
        const WHAT: &str = "the regrouped weights";
        let mut active = memory::try_with_capacity(WHAT, vertex_count.div_ceil(TILE))?;
        active.resize_with(vertex_count.div_ceil(TILE), AtomicU64::default);
        let length = memory::checked_product(WHAT, vertex_count, groups)?;
        Ok(Self { rows: memory::try_zeroed(WHAT, length)?, groups, active })
    }

    /// Regroups `channels` of `weights` (`#V by group_count`); row `p` comes from vertex `order[p]`.
    pub(crate) fn gather(
        weights: &[f32],
        group_count: usize,
        channels: &[u32],
        order: &[u32],
    ) -> Result<Self> {
        let groups = channels.len().div_ceil(LANES);
        let mut gathered = Self::zeroed(order.len(), groups)?;
        gathered.fill_tiles(&Progress::none(), |tile, rows| {
            for (row, &vertex) in
                rows.chunks_exact_mut(groups).zip(&order[tile_rows(tile, order.len())])
            {
                let vertex = &weights[vertex as usize * group_count..][..group_count];
                for (group, channels) in row.iter_mut().zip(channels.chunks(LANES)) {
                    for (lane, &channel) in group.0.iter_mut().zip(channels) {
                        *lane = vertex[channel as usize];
                    }
                }
            }
            Ok(())
        })?;
        Ok(gathered)
    }

    /// Writes the channels back where [`Self::gather`] took them from, by `write(vertex, old, new)`;
    /// the row of vertex `v` is `places[v]`.
    pub(crate) fn scatter(
        &self,
        weights: &mut [f32],
        group_count: usize,
        channels: &[u32],
        places: &[u32],
        write: impl Fn(usize, f32, f32) -> f32 + Sync,
    ) -> Result<()> {
        let split = Split::new(places.len(), 0, LEAST_TILES * TILE);
        parallel::fill_rows(split, weights, group_count, &Progress::none(), |vertices, weights| {
            for (vertex, target) in vertices.zip(weights.chunks_exact_mut(group_count)) {
                let row = &self.rows[places[vertex] as usize * self.groups..][..self.groups];
                for (group, channels) in row.iter().zip(channels.chunks(LANES)) {
                    for (&lane, &channel) in group.0.iter().zip(channels) {
                        let slot = &mut target[channel as usize];
                        *slot = write(vertex, *slot, lane);
                    }
                }
            }
        })
    }

    /// Groups of channels in a row.
    pub(crate) fn groups(&self) -> usize {
        self.groups
    }

    /// All rows, `groups` elements each.
    pub(crate) fn rows(&self) -> &[Lanes] {
        &self.rows
    }

    /// The groups that hold a number other than zero in some row of `tiles`, one bit each.
    pub(crate) fn active(&self, tiles: Range<usize>) -> u64 {
        self.active[tiles].iter().fold(0, |active, tile| active | tile.load(Ordering::Relaxed))
    }

    /// The groups that hold a number other than zero in the tile of a row, one bit each.
    #[inline(always)]
    pub(crate) fn active_near(&self, row: usize) -> u64 {
        self.active[row / TILE].load(Ordering::Relaxed)
    }

    /// The groups that hold a number other than zero somewhere near `runs` of rows, one bit each.
    pub(crate) fn active_in(&self, runs: &[Range<usize>]) -> u64 {
        let tiles = |run: &Range<usize>| run.start / TILE..run.end.div_ceil(TILE);
        runs.iter().fold(0, |active, run| active | self.active(tiles(run)))
    }

    /// Fills all rows, tile by tile: `fill(tile, its_rows)`.
    pub(crate) fn fill_tiles(
        &mut self,
        progress: &Progress<'_>,
        fill: impl Fn(usize, &mut [Lanes]) -> Result<()> + Sync,
    ) -> Result<()> {
        let (groups, tile_len) = (self.groups, self.groups * TILE);
        let active = &self.active;
        let mut tiles: Vec<&mut [Lanes]> = self.rows.chunks_mut(tile_len.max(1)).collect();
        let split = Split::new(tiles.len(), 0, LEAST_TILES);
        let failure = Mutex::new(None);
        parallel::fill_rows(split, &mut tiles, 1, progress, |range, tiles| {
            for (tile, rows) in range.zip(tiles) {
                if let Err(error) = fill(tile, rows) {
                    *failure.lock() = Some(error);
                    return;
                }
                active[tile].store(active_groups(rows, groups), Ordering::Relaxed);
            }
        })?;
        failure.into_inner().map_or(Ok(()), Err)
    }
}

/// One call's work on dense weights: the channels that hold anything, as many at a time as the memory
/// budget allows, all results kept until the last one is there.
pub(crate) struct Turns<'a> {
    vertex_count: usize,
    group_count: usize,
    used: Vec<u32>,
    channels_a_turn: usize,
    mask: Option<&'a [f32]>,
}

impl<'a> Turns<'a> {
    /// Checks `weights` (`#V by group_count`, finite) and `mask` (`#V`, finite).
    pub(crate) fn new(
        weights: &[f32],
        vertex_count: usize,
        group_count: usize,
        mask: Option<&'a [f32]>,
    ) -> Result<Self> {
        let expected = memory::checked_product("weights", vertex_count, group_count)?;
        check::length("weights", weights.len(), expected)?;
        check::finite("weights", weights)?;
        if let Some(mask) = mask {
            check::length("mask", mask.len(), vertex_count)?;
            check::finite("mask", mask)?;
        }
        let used = used_channels(weights, group_count)?;
        let affordable = memory::budget() / 2 / (2 * vertex_count.max(1) * size_of::<Lanes>());
        let channels_a_turn = affordable.clamp(1, MOST_GROUPS) * LANES;
        Ok(Self { vertex_count, group_count, used, channels_a_turn, mask })
    }

    /// Whether all weights are zero.
    pub(crate) fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    /// Bytes that [`Self::run`] takes.
    pub(crate) fn bytes(&self) -> usize {
        let group = self.vertex_count * size_of::<Lanes>();
        let a_turn = self.channels_a_turn.min(self.used.len());
        (self.used.len().div_ceil(LANES) + a_turn.div_ceil(LANES)) * group
    }

    /// `step(old, new)` so many times for all channels, rows in the given order, each time from the last
    /// result; then the mask blends, and `weights` takes the outcome.
    pub(crate) fn run(
        &self,
        weights: &mut [f32],
        order: &[u32],
        iterations: u32,
        progress: &Progress<'_>,
        step: impl Fn(&Channels, &mut Channels, &Progress<'_>) -> Result<()>,
    ) -> Result<()> {
        let turns: Vec<&[u32]> = self.used.chunks(self.channels_a_turn).collect();
        let mut results = Vec::with_capacity(turns.len());
        for (turn, channels) in turns.iter().enumerate() {
            let part = |done: f32| (turn as f32 + done) / turns.len() as f32;
            let progress = progress.part(part(0.0), part(1.0));
            let mut old = Channels::gather(weights, self.group_count, channels, order)?;
            let mut new = Channels::zeroed(self.vertex_count, old.groups)?;
            for iteration in 0..iterations {
                let part = |done: u32| done as f32 / iterations as f32;
                step(&old, &mut new, &progress.part(part(iteration), part(iteration + 1)))?;
                std::mem::swap(&mut old, &mut new);
            }
            results.push(old);
        }
        let places = places_of(order)?;
        for (channels, result) in turns.into_iter().zip(results) {
            let blend = |vertex: usize, old, new| match self.mask {
                Some(mask) => blend(old, new, mask[vertex]),
                None => new,
            };
            result.scatter(weights, self.group_count, channels, &places, blend)?;
        }
        Ok(())
    }
}

/// The place of each vertex in `order`.
fn places_of(order: &[u32]) -> Result<Vec<u32>> {
    let mut places = memory::try_filled("the regrouped weights", 0_u32, order.len())?;
    for (place, &vertex) in order.iter().enumerate() {
        places[vertex as usize] = place as u32;
    }
    Ok(places)
}

fn blend(old: f32, new: f32, mask: f32) -> f32 {
    let mask = f64::from(mask);
    (f64::from(old) * (1.0 - mask) + f64::from(new) * mask) as f32
}

/// Rows of a tile.
pub(crate) fn tile_rows(tile: usize, row_count: usize) -> Range<usize> {
    tile * TILE..((tile + 1) * TILE).min(row_count)
}

fn active_groups(rows: &[Lanes], groups: usize) -> u64 {
    let mut any = [[0_u32; LANES]; MOST_GROUPS];
    for row in rows.chunks_exact(groups) {
        for (any, group) in any.iter_mut().zip(row) {
            for (any, lane) in any.iter_mut().zip(group.0) {
                // Without the sign: −0 is zero.
                *any |= lane.to_bits() << 1;
            }
        }
    }
    let marks = any.iter().enumerate().filter(|(_, any)| any.iter().any(|&bits| bits != 0));
    marks.fold(0, |active, (group, _)| active | 1 << group)
}

/// The channels that hold a number other than zero.
fn used_channels(weights: &[f32], group_count: usize) -> Result<Vec<u32>> {
    const ROWS: usize = 4096;
    let split = Split::new(weights.len() / group_count.max(1), 0, ROWS);
    let used_in_blocks = parallel::map_blocks(split, &Progress::none(), |rows| {
        let mut used = vec![0_u32; group_count];
        for row in
            weights[rows.start * group_count..rows.end * group_count].chunks_exact(group_count)
        {
            for (used, weight) in used.iter_mut().zip(row) {
                *used |= u32::from(*weight != 0.0);
            }
        }
        used
    })?;
    let used = |channel: usize| used_in_blocks.iter().any(|used| used[channel] != 0);
    Ok((0..group_count).filter(|&channel| used(channel)).map(|channel| channel as u32).collect())
}
