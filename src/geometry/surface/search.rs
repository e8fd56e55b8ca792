//! The search of a surface's tree: queries in the order of a curve, a run of them at a time.
//!
//! A run's queries lie close together, so the same few leaves can hold the closest triangle of each:
//! those that its box touches when it is widened by the distance of its middle from the surface and half
//! its diagonal. They are collected once; each query then measures those that are near enough to it. A run
//! with more than [`MOST_LEAVES`], as of queries far apart, descends the tree query by query.

use glam::{DVec3, Vec3};

use super::{ClosestPoint, LANES, NO_TRIANGLE, Surface};
use crate::geometry::bounds::Bounds;
use crate::geometry::bvh::{Boxes, Overlaps, Stack};
use crate::geometry::octet_points::splat_point;
use crate::geometry::packet::smaller;
use crate::geometry::triangle::TrianglePoint;
use crate::runtime::octets::{OctetKernel, Octets};

/// Queries in a run.
const RUN: usize = 16;

/// More leaves than this cost a query more than a descent.
const MOST_LEAVES: usize = 48;

/// Runs that are not tried after one with too many leaves.
const PAUSE: usize = 8;

/// What a query asks for.
pub(super) trait Answer: Copy + Send + Sync {
    /// No triangle is near enough.
    const NONE: Self;

    fn find(search: &Search<'_>, query: Vec3) -> (Self, Option<usize>);
}

/// The triangle of the closest point alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct NearestTriangle(pub(super) u32);

/// Distances at which a search ends.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Any triangle nearer than this will do.
    pub(super) near_enough: f32,
    /// A triangle farther than this will not.
    pub(super) max_distance: f32,
}

impl Limits {
    /// The nearest triangle, however far.
    pub(super) const NONE: Self = Self { near_enough: 0.0, max_distance: f32::INFINITY };
}

/// Queries by their numbers, and their answers in the same order.
pub(super) struct Block<'a, A> {
    pub(super) surface: &'a Surface,
    pub(super) limits: Limits,
    pub(super) queries: &'a [Vec3],
    pub(super) numbers: &'a [u32],
    pub(super) out: &'a mut [A],
}

impl<A: Answer> OctetKernel for Block<'_, A> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let mut search = Search::new(self.surface, self.limits);
        let mut pause = 0_usize;
        for (numbers, out) in self.numbers.chunks(RUN).zip(self.out.chunks_mut(RUN)) {
            let run = numbers.iter().map(|number| self.queries[*number as usize]);
            let together = pause == 0 && search.collect_leaves(octets, Bounds::of(run.clone()));
            pause = if together || pause > 0 { pause.saturating_sub(1) } else { PAUSE };
            for (query, out) in run.zip(out) {
                search.collect_candidates(octets, query, together);
                let (answer, leaf) = A::find(&search, query);
                search.start = leaf.or(search.start);
                *out = answer;
            }
        }
    }
}

/// A run of queries, each of which begins where the previous one ended.
pub(super) struct Search<'a> {
    surface: &'a Surface,
    max_distance_squared: f64,
    max_reach: f32,
    /// Squared.
    near_enough: f32,
    /// The leaf of the previous answer.
    start: Option<usize>,
    candidates: Candidates,
    stack: Stack,
    /// The leaves that may hold the closest triangle of any query of the run, and their boxes.
    near: Overlaps,
    boxes: Vec<Boxes>,
}

/// Triangles that may be the closest to one query.
#[derive(Default)]
struct Candidates {
    /// Single-precision squared distance, and slot in the tree's order.
    found: Vec<(f32, u32)>,
    /// What is farther cannot be the closest.
    reach: f32,
}

impl<'a> Search<'a> {
    fn new(surface: &'a Surface, limits: Limits) -> Self {
        let Limits { near_enough, max_distance } = limits;
        Self {
            surface,
            max_distance_squared: f64::from(max_distance) * f64::from(max_distance),
            max_reach: surface.reach(max_distance * max_distance),
            near_enough: near_enough * near_enough,
            start: None,
            candidates: Candidates::default(),
            stack: Stack::new(),
            near: Overlaps::default(),
            boxes: Vec::new(),
        }
    }

    /// Collects the leaves for the queries in a box; false if there are too many.
    #[inline(always)]
    fn collect_leaves(&mut self, octets: impl Octets, bounds: Bounds) -> bool {
        let middle = bounds.low * 0.5 + bounds.high * 0.5;
        self.collect_candidates(octets, middle, false);
        let farthest = (bounds.high - middle).length();
        let reach = smaller(self.candidates.reach.sqrt() + farthest, self.max_reach.sqrt());
        let size = bounds.low.abs().max(bounds.high.abs()).max_element();
        // A little more, for rounding.
        let reach = Vec3::splat(reach * 1.0001 + size * 1e-6);
        let wide = Bounds { low: bounds.low - reach, high: bounds.high + reach };
        self.surface.bvh.find_overlaps(&wide, 0, &mut self.near);
        self.boxes.clear();
        if self.near.leaves.len() > MOST_LEAVES {
            return false;
        }
        let bounds_of = |leaf: &u32| self.surface.bvh.leaf_bounds(*leaf as usize);
        let leaves = self.near.leaves.chunks(LANES);
        self.boxes.extend(leaves.map(|leaves| Boxes::new(leaves.iter().map(bounds_of))));
        true
    }

    /// Collects the triangles that may be closest to a query, from the run's leaves or from the tree.
    #[inline(always)]
    fn collect_candidates(&mut self, octets: impl Octets, query: Vec3, together: bool) {
        let Self { surface, max_reach, near_enough, start, candidates, stack, near, boxes, .. } =
            self;
        candidates.found.clear();
        candidates.reach = *max_reach;
        if let Some(leaf) = *start {
            candidates.measure(octets, surface, leaf, query);
            if candidates.reach < *near_enough {
                return;
            }
        }
        let point = splat_point(octets, query.to_array());
        if !together {
            surface.bvh.begin_search(octets, point, candidates.reach, stack);
            while let Some(leaf) = surface.bvh.next_leaf(octets, point, candidates.reach, stack) {
                if *start != Some(leaf) {
                    candidates.measure(octets, surface, leaf, query);
                }
            }
            return;
        }
        for (boxes, leaves) in boxes.iter().zip(near.leaves.chunks(LANES)) {
            let distances = boxes.squared_distances(octets, point);
            let mut within = octets.at_most(distances, octets.splat(candidates.reach));
            let distances = octets.store(distances);
            while within != 0 {
                let lane = within.trailing_zeros() as usize;
                within &= within - 1;
                let leaf = leaves[lane] as usize;
                if distances[lane] <= candidates.reach && *start != Some(leaf) {
                    candidates.measure(octets, surface, leaf, query);
                }
            }
        }
    }

    /// The closest of the candidates, in double precision.
    #[inline(always)]
    fn best(&self, query: DVec3) -> Option<(TrianglePoint, u32, u32)> {
        let mut best: Option<(TrianglePoint, u32, u32)> = None;
        for slot in self.candidates.within_reach() {
            let triangle = self.surface.slots[slot as usize];
            let found = self.surface.closest_point_on(triangle, query);
            let closer = best.is_none_or(|(best, best_triangle, _)| {
                found.distance_squared < best.distance_squared
                    || (found.distance_squared == best.distance_squared && triangle < best_triangle)
            });
            if closer && found.distance_squared <= self.max_distance_squared {
                best = Some((found, triangle, slot));
            }
        }
        best
    }
}

impl Answer for ClosestPoint {
    const NONE: Self = Self::NONE;

    #[inline(always)]
    fn find(search: &Search<'_>, query: Vec3) -> (Self, Option<usize>) {
        let query = query.as_dvec3();
        match search.best(query) {
            None => (Self::NONE, None),
            Some((found, triangle, slot)) => {
                (search.surface.answer(triangle, query, found), Some(slot as usize / LANES))
            }
        }
    }
}

impl Answer for NearestTriangle {
    const NONE: Self = Self(NO_TRIANGLE);

    /// For queries without a largest distance: a single candidate needs no exact distance.
    #[inline(always)]
    fn find(search: &Search<'_>, query: Vec3) -> (Self, Option<usize>) {
        let mut within = search.candidates.within_reach();
        let slot = match (within.next(), within.next()) {
            (None, _) => return (Self::NONE, None),
            (Some(slot), None) => slot,
            _ => match search.best(query.as_dvec3()) {
                None => return (Self::NONE, None),
                Some((_, _, slot)) => slot,
            },
        };
        (Self(search.surface.slots[slot as usize]), Some(slot as usize / LANES))
    }
}

impl Candidates {
    /// Adds those triangles of a leaf that may be the closest.
    #[inline(always)]
    fn measure(&mut self, octets: impl Octets, surface: &Surface, leaf: usize, query: Vec3) {
        let distances = surface.packets[leaf].distances_squared(query);
        let nearest = distances.iter().copied().fold(f32::INFINITY, smaller);
        if nearest > self.reach {
            return;
        }
        self.reach = smaller(self.reach, surface.reach(nearest));
        let mut within = octets.at_most(octets.load(&distances), octets.splat(self.reach));
        while within != 0 {
            let lane = within.trailing_zeros() as usize;
            within &= within - 1;
            self.found.push((distances[lane], (leaf * LANES + lane) as u32));
        }
    }

    /// Slots of the candidates that may still be the closest.
    #[inline(always)]
    fn within_reach(&self) -> impl Iterator<Item = u32> {
        let reach = self.reach;
        self.found.iter().filter(move |(found, _)| *found <= reach).map(|(_, slot)| *slot)
    }
}
