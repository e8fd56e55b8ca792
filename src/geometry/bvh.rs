//! A bounding volume hierarchy with eight children a node, complete but for its end.
//!
//! Leaf k holds the items 8k to 8k + 7, and node i of a level has the nodes (on the lowest level: the
//! leaves) 8i to 8i + 7 below it, so that the tree needs no pointers. The order of the items decides its quality: it
//! comes from splitting them at the median along the longest side of their centres' box, again and
//! again, at positions that fill the nodes.

use glam::Vec3;

use super::packet::{LANES, Lanes, larger};
use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};

/// Items that are worth a thread of their own when they are split.
const LEAST_PARALLEL_SPLIT: usize = 16_384;

/// An axis-aligned box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub low: Vec3,
    pub high: Vec3,
}

/// An item to be put in order: where it is and its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub centre: Vec3,
    pub number: u32,
}

/// The boxes of a node's children, lane by lane. A missing child has the empty box, infinitely far
/// from everything.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(crate) struct Node {
    low: [Lanes; 3],
    high: [Lanes; 3],
}

/// The tree's boxes.
#[derive(Debug)]
pub(crate) struct Bvh {
    /// All levels, the lowest first.
    nodes: Vec<Node>,
    /// Where each level begins in `nodes`; the last one is the root's.
    levels: Vec<usize>,
}

/// A node or leaf that is still to be visited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    distance_squared: f32,
    /// Number of the node's level plus one; 0 for a leaf.
    height: u32,
    index: u32,
}

impl Bounds {
    /// The box that holds nothing.
    pub(crate) const EMPTY: Self = Self { low: Vec3::INFINITY, high: Vec3::NEG_INFINITY };

    pub(crate) fn of(points: impl IntoIterator<Item = Vec3>) -> Self {
        points.into_iter().fold(Self::EMPTY, |bounds, point| Self {
            low: bounds.low.min(point),
            high: bounds.high.max(point),
        })
    }
}

/// Puts the items in the tree's order.
pub(crate) fn order_items(items: &mut [Item]) -> Result<()> {
    let mut width = LANES;
    while width < items.len() {
        width *= LANES;
    }
    order_children(items, width / LANES)
}

/// Splits the items into runs of `width`, a child's capacity, until each run is one child; then orders
/// the run in the same way on the level below.
fn order_children(items: &mut [Item], width: usize) -> Result<()> {
    if width < LANES {
        return Ok(());
    }
    let children = items.len().div_ceil(width);
    if children <= 1 {
        return order_children(items, width / LANES);
    }
    let middle = children.div_ceil(2) * width;
    let bounds = Bounds::of(items.iter().map(|item| item.centre));
    let axis = (bounds.high - bounds.low).max_position();
    // The number decides between equal centres: the order is the same whatever came before.
    items.select_nth_unstable_by(middle, |one, other| {
        let order = one.centre[axis].total_cmp(&other.centre[axis]);
        order.then(one.number.cmp(&other.number))
    });
    let (first, second) = items.split_at_mut(middle);
    if first.len() >= LEAST_PARALLEL_SPLIT {
        let (one, other) =
            parallel::join(|| order_children(first, width), || order_children(second, width))?;
        one.and(other)
    } else {
        order_children(first, width).and_then(|()| order_children(second, width))
    }
}

/// Bit i is set where distance i is within `reach`: one branch a hit instead of one a lane.
#[inline(always)]
pub(crate) fn lanes_within(distances: &Lanes, reach: f32) -> u32 {
    let mut bits = [0; LANES];
    for (lane, bit) in bits.iter_mut().enumerate() {
        *bit = if distances[lane] <= reach { 1 << lane } else { 0 };
    }
    bits.into_iter().fold(0, |mask, bit| mask | bit)
}

impl Node {
    pub(crate) fn new(children: impl Iterator<Item = Bounds>) -> Self {
        let mut node =
            Self { low: [[f32::INFINITY; LANES]; 3], high: [[f32::NEG_INFINITY; LANES]; 3] };
        for (lane, bounds) in children.enumerate() {
            for axis in 0..3 {
                node.low[axis][lane] = bounds.low[axis];
                node.high[axis][lane] = bounds.high[axis];
            }
        }
        node
    }

    /// The box of one child.
    fn child(&self, lane: usize) -> Bounds {
        let corner = |rows: &[Lanes; 3]| Vec3::from(rows.each_ref().map(|row| row[lane]));
        Bounds { low: corner(&self.low), high: corner(&self.high) }
    }

    fn bounds(&self) -> Bounds {
        let least = |lanes: &Lanes| lanes.iter().copied().fold(f32::INFINITY, f32::min);
        let most = |lanes: &Lanes| lanes.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        Bounds {
            low: Vec3::from(self.low.each_ref().map(least)),
            high: Vec3::from(self.high.each_ref().map(most)),
        }
    }

    /// Bit i is set where child i's box and `bounds` share a point.
    #[inline(always)]
    pub(crate) fn overlaps(&self, bounds: &Bounds) -> u32 {
        let mut gaps = [f32::NEG_INFINITY; LANES];
        let (low, high) = (bounds.low.to_array(), bounds.high.to_array());
        for (lane, gap) in gaps.iter_mut().enumerate() {
            for axis in 0..3 {
                // Differences are rounded, their signs are not.
                let (below, above) =
                    (low[axis] - self.high[axis][lane], self.low[axis][lane] - high[axis]);
                *gap = larger(*gap, larger(below, above));
            }
        }
        lanes_within(&gaps, 0.0)
    }

    /// Squared distances from `point` to the children's boxes.
    #[inline(always)]
    pub(crate) fn distances_squared(&self, point: Vec3) -> Lanes {
        let mut distances = Lanes::default();
        let point = point.to_array();
        for (lane, distance) in distances.iter_mut().enumerate() {
            let outside = |axis: usize| {
                let below = self.low[axis][lane] - point[axis];
                let above = point[axis] - self.high[axis][lane];
                larger(larger(below, above), 0.0)
            };
            let (x, y, z) = (outside(0), outside(1), outside(2));
            *distance = x * x + y * y + z * z;
        }
        distances
    }
}

/// What [`Bvh::find_overlaps`] finds, and its working storage.
#[derive(Default)]
pub(crate) struct Overlaps {
    pub(crate) leaves: Vec<u32>,
    /// Levels, and children of them.
    pending: Vec<(u32, u32)>,
}

impl Bvh {
    /// Builds the boxes over `leaf_count` leaves, of which `leaf_bounds` tells the boxes.
    pub(crate) fn new(
        leaf_count: usize,
        leaf_bounds: impl Fn(usize) -> Bounds + Sync,
    ) -> Result<Self> {
        let mut bvh = Self { nodes: Vec::new(), levels: Vec::new() };
        let mut children = leaf_count;
        while children > 1 || (bvh.levels.is_empty() && children > 0) {
            let begin = bvh.nodes.len();
            let below = bvh.levels.last().copied();
            let child_bounds = |child: usize| match below {
                None => leaf_bounds(child),
                Some(level) => bvh.nodes[level + child].bounds(),
            };
            let count = children.div_ceil(LANES);
            let empty = Node::new(std::iter::empty());
            let mut level = memory::try_filled("the surface", empty, count)?;
            parallel::fill_rows(
                Split::new(count, 0, 256),
                &mut level,
                1,
                &Progress::none(),
                |range, level| {
                    for (index, node) in range.zip(level) {
                        let lanes = index * LANES..((index + 1) * LANES).min(children);
                        *node = Node::new(lanes.map(child_bounds));
                    }
                },
            )?;
            bvh.nodes.append(&mut level);
            bvh.levels.push(begin);
            children = count;
        }
        Ok(bvh)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.levels.len() * size_of::<usize>()
    }

    /// The box of a leaf.
    pub(crate) fn leaf_bounds(&self, leaf: usize) -> Bounds {
        self.nodes[leaf / LANES].child(leaf % LANES)
    }

    /// Puts into `found` the leaves from number `first` on whose boxes share a point with `bounds`.
    #[inline(always)]
    pub(crate) fn find_overlaps(&self, bounds: &Bounds, first: u32, found: &mut Overlaps) {
        let Overlaps { pending, leaves } = found;
        pending.clear();
        leaves.clear();
        pending.extend(self.levels.len().checked_sub(1).map(|root| (root as u32, 0)));
        while let Some((level, index)) = pending.pop() {
            let node = &self.nodes[self.levels[level as usize] + index as usize];
            let first_child = index * LANES as u32;
            // The child of this level that holds the first leaf, or another node's.
            let first = first >> (level * LANES.ilog2());
            let skipped = first.saturating_sub(first_child).min(LANES as u32);
            let mut overlaps = node.overlaps(bounds) >> skipped << skipped;
            while overlaps != 0 {
                let child = first_child + overlaps.trailing_zeros();
                overlaps &= overlaps - 1;
                match level.checked_sub(1) {
                    None => leaves.push(child),
                    Some(below) => pending.push((below, child)),
                }
            }
        }
    }

    /// Begins a search among the boxes that are not farther from `point` than the square root of
    /// `reach`. `pending` is the search's working storage.
    #[inline(always)]
    pub(crate) fn begin_search(&self, point: Vec3, reach: f32, pending: &mut Vec<Pending>) {
        pending.clear();
        if let Some(height) = self.levels.len().checked_sub(1) {
            self.push_children(point, height, 0, reach, pending);
        }
    }

    /// The next leaf of a search, by the order of boxes from near to far within each node; `reach` may
    /// be smaller from call to call.
    #[inline(always)]
    pub(crate) fn next_leaf(
        &self,
        point: Vec3,
        reach: f32,
        pending: &mut Vec<Pending>,
    ) -> Option<usize> {
        while let Some(next) = pending.pop() {
            if next.distance_squared > reach {
                continue;
            }
            match next.height.checked_sub(1) {
                None => return Some(next.index as usize),
                Some(level) => {
                    self.push_children(point, level as usize, next.index as usize, reach, pending);
                }
            }
        }
        None
    }

    /// Pushes a node's children within reach, the nearest last.
    #[inline(always)]
    fn push_children(
        &self,
        point: Vec3,
        level: usize,
        index: usize,
        reach: f32,
        pending: &mut Vec<Pending>,
    ) {
        let distances = self.nodes[self.levels[level] + index].distances_squared(point);
        let begin = pending.len();
        let mut within = lanes_within(&distances, reach);
        while within != 0 {
            let lane = within.trailing_zeros() as usize;
            within &= within - 1;
            let distance_squared = distances[lane];
            let child = (index * LANES + lane) as u32;
            pending.push(Pending { distance_squared, height: level as u32, index: child });
            let mut place = pending.len() - 1;
            while place > begin && pending[place - 1].distance_squared < distance_squared {
                pending.swap(place - 1, place);
                place -= 1;
            }
        }
    }
}
