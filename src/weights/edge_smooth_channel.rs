//! Edge smoothing of one channel that is zero at most vertices, as masks are.
//!
//! An iteration carries weights one edge further: vertices that no weight has reached stay 0 and are not
//! visited.

use super::edge_smooth::{EdgeSmoothing, smooth_one};
use crate::Result;
use crate::mesh::Adjacency;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};

const WHAT: &str = "the smoothed channel";

/// Vertices that one thread smooths at the least.
const LEAST_BLOCK: usize = 1024;

/// Smooths one checked channel (`#V`) in place; arguments and errors as
/// [`smooth_weights_on_edges`](super::edge_smooth::smooth_weights_on_edges).
pub(super) fn smooth_channel(
    adjacency: &Adjacency,
    channel: &mut [f32],
    selection: Option<&[u8]>,
    options: &EdgeSmoothing,
    progress: &Progress<'_>,
) -> Result<()> {
    let mut old = memory::try_with_capacity(WHAT, channel.len())?;
    old.extend_from_slice(channel);
    let mut new = memory::try_filled(WHAT, 0.0, channel.len())?;
    let mut reached = Reached::new(&old)?;
    for iteration in 0..options.iterations {
        reached.spread(adjacency);
        let part = |done: u32| done as f32 / options.iterations as f32;
        let progress = progress.part(part(iteration), part(iteration + 1));
        let new = &mut new[..reached.vertices.len()];
        let split = Split::new(new.len(), 0, LEAST_BLOCK);
        parallel::fill_rows(split, new, 1, &progress, |places, new| {
            for (&vertex, new) in reached.vertices[places].iter().zip(new) {
                let vertex = vertex as usize;
                let selected = selection.is_none_or(|selection| selection[vertex] != 0);
                let others = || adjacency.neighbors(vertex).iter().map(|&v| old[v as usize]);
                *new =
                    if selected { smooth_one(old[vertex], others(), options) } else { old[vertex] };
            }
        })?;
        for (&vertex, &new) in reached.vertices.iter().zip(&*new) {
            old[vertex as usize] = new;
        }
    }
    channel.copy_from_slice(&old);
    progress.advance(1.0)
}

/// Whether each vertex is at most so many edges from one with a weight other than 0: `#V`.
///
/// # Errors
/// No memory.
pub(super) fn is_reached(adjacency: &Adjacency, channel: &[f32], edges: u32) -> Result<Vec<bool>> {
    let mut reached = Reached::new(channel)?;
    for _ in 0..edges {
        if reached.inner == reached.vertices.len() {
            break;
        }
        reached.spread(adjacency);
    }
    Ok(reached.is_reached)
}

/// The vertices whose weights may differ from 0.
struct Reached {
    vertices: Vec<u32>,
    /// `#V`: the vertex is one of them.
    is_reached: Vec<bool>,
    /// How many of them have all neighbours among them.
    inner: usize,
}

impl Reached {
    fn new(channel: &[f32]) -> Result<Self> {
        let mut is_reached = memory::try_with_capacity(WHAT, channel.len())?;
        is_reached.extend(channel.iter().map(|weight| *weight != 0.0));
        let mut vertices = memory::try_with_capacity(WHAT, channel.len())?;
        vertices.extend((0..channel.len() as u32).filter(|vertex| is_reached[*vertex as usize]));
        Ok(Self { vertices, is_reached, inner: 0 })
    }

    /// Adds the neighbours.
    fn spread(&mut self, adjacency: &Adjacency) {
        let border = self.inner..self.vertices.len();
        self.inner = border.end;
        for place in border {
            for &other in adjacency.neighbors(self.vertices[place] as usize) {
                if !std::mem::replace(&mut self.is_reached[other as usize], true) {
                    self.vertices.push(other);
                }
            }
        }
    }
}
