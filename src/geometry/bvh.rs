//! A bounding volume hierarchy with eight children a node, complete but for its end.
//!
//! Leaf k holds the items 8k to 8k + 7, and node i of a level has the nodes (on the lowest level: the
//! leaves) 8i to 8i + 7 below it, so that the tree needs no pointers. The order of the items decides its quality: it
//! comes from splitting them at the median along the longest side of their centres' box, again and
//! again, at positions that fill the nodes.

use glam::Vec3;

use super::bounds::Bounds;
use super::packet::{LANES, Lanes, larger};
use crate::Result;
use crate::runtime::octets::Octets;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, memory};

/// Items that are worth a thread of their own when they are split.
const LEAST_PARALLEL_SPLIT: usize = 16_384;

/// An item to be put in order: where it is and its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub centre: Vec3,
    pub number: u32,
}

/// Eight boxes, lane by lane; a missing one is NaN, which is near nothing.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub(crate) struct Boxes {
    low: [Lanes; 3],
    high: [Lanes; 3],
}

/// A node: its children's boxes and the first child's number, which says whether they are leaves.
#[derive(Clone, Debug)]
struct Node {
    boxes: Boxes,
    first_child: u32,
}

/// Set in the number of a leaf, not in that of a node.
const LEAF: u32 = 1 << 31;

/// Nodes and leaves that wait at most: seven siblings on each level, for 2³² items.
const STACK_SIZE: usize = (LANES - 1) * 11 + LANES;

/// The tree's boxes.
#[derive(Debug)]
pub(crate) struct Bvh {
    /// All levels, the lowest first.
    nodes: Vec<Node>,
    /// Where each level begins in `nodes`; the last one is the root's.
    levels: Vec<usize>,
}

/// What a search has still to visit; reused from one to the next.
pub(crate) struct Stack {
    /// Squared distances, as bits, over numbers of nodes and leaves.
    entries: [u64; STACK_SIZE],
    count: usize,
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

impl Boxes {
    pub(crate) fn new(boxes: impl Iterator<Item = Bounds>) -> Self {
        let mut eight = Self { low: [[f32::NAN; LANES]; 3], high: [[f32::NAN; LANES]; 3] };
        for (lane, bounds) in boxes.enumerate() {
            for axis in 0..3 {
                eight.low[axis][lane] = bounds.low[axis];
                eight.high[axis][lane] = bounds.high[axis];
            }
        }
        eight
    }

    fn get(&self, lane: usize) -> Bounds {
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

    /// Bit i is set where box i and `bounds` share a point.
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
        let touching = gaps.iter().enumerate();
        touching.fold(0, |bits, (lane, gap)| bits | u32::from(*gap <= 0.0) << lane)
    }

    /// Squared distances from a point to the boxes; 0 inside.
    #[inline(always)]
    pub(crate) fn squared_distances<O: Octets>(&self, octets: O, point: [O::Octet; 3]) -> O::Octet {
        let zero = octets.splat(0.0);
        let mut squared = zero;
        for ((low, high), point) in self.low.iter().zip(&self.high).zip(point) {
            let below = octets.subtract(octets.load(low), point);
            let above = octets.subtract(point, octets.load(high));
            // The second of two numbers is taken where one is NaN.
            let outside = octets.larger(zero, octets.larger(below, above));
            squared = octets.add_product(squared, outside, outside);
        }
        squared
    }
}

impl Node {
    /// Puts the children within reach on the stack, the nearest on top.
    #[inline(always)]
    fn push_children<O: Octets>(
        &self,
        octets: O,
        point: [O::Octet; 3],
        reach: f32,
        stack: &mut Stack,
    ) {
        let distances = self.boxes.squared_distances(octets, point);
        let mut within = octets.at_most(distances, octets.splat(reach));
        let distances = octets.store(distances);
        let bottom = stack.count;
        while within != 0 {
            let lane = within.trailing_zeros() as usize;
            within &= within - 1;
            let entry = pack(distances[lane], self.first_child + lane as u32);
            let mut place = stack.count;
            while place > bottom && stack.entries[place - 1] < entry {
                stack.entries[place] = stack.entries[place - 1];
                place -= 1;
            }
            stack.entries[place] = entry;
            stack.count += 1;
        }
    }
}

impl Stack {
    pub(crate) fn new() -> Self {
        Self { entries: [0; STACK_SIZE], count: 0 }
    }
}

/// Sorts by distance: bits of numbers that are not negative rise with the numbers.
#[inline(always)]
fn pack(distance: f32, child: u32) -> u64 {
    u64::from(distance.to_bits()) << 32 | u64::from(child)
}

#[inline(always)]
fn unpack(entry: u64) -> (f32, u32) {
    (f32::from_bits((entry >> 32) as u32), entry as u32)
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
                Some(level) => bvh.nodes[level + child].boxes.bounds(),
            };
            let first_child = below.map_or(LEAF, |level| level as u32);
            let count = children.div_ceil(LANES);
            let empty = Node { boxes: Boxes::new(std::iter::empty()), first_child };
            let mut level = memory::try_filled("the surface", empty, count)?;
            parallel::fill_rows(
                Split::new(count, 0, 256),
                &mut level,
                1,
                &Progress::none(),
                |range, level| {
                    for (index, node) in range.zip(level) {
                        let lanes = index * LANES..((index + 1) * LANES).min(children);
                        node.first_child += lanes.start as u32;
                        node.boxes = Boxes::new(lanes.map(child_bounds));
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
        self.nodes[leaf / LANES].boxes.get(leaf % LANES)
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
            let mut overlaps = node.boxes.overlaps(bounds) >> skipped << skipped;
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

    /// Begins a search among the boxes whose squared distance from `point` is at most `reach`.
    #[inline(always)]
    pub(crate) fn begin_search<O: Octets>(
        &self,
        octets: O,
        point: [O::Octet; 3],
        reach: f32,
        stack: &mut Stack,
    ) {
        stack.count = 0;
        if let Some(root) = self.nodes.last() {
            root.push_children(octets, point, reach, stack);
        }
    }

    /// The next leaf of a search, by the order of boxes from near to far within each node; `reach` may
    /// be smaller from call to call.
    #[inline(always)]
    pub(crate) fn next_leaf<O: Octets>(
        &self,
        octets: O,
        point: [O::Octet; 3],
        reach: f32,
        stack: &mut Stack,
    ) -> Option<usize> {
        while stack.count > 0 {
            stack.count -= 1;
            let (distance, child) = unpack(stack.entries[stack.count]);
            if distance > reach {
                continue;
            }
            if child & LEAF != 0 {
                return Some((child & !LEAF) as usize);
            }
            self.nodes[child as usize].push_children(octets, point, reach, stack);
        }
        None
    }
}
