//! The point index: nearest, k nearest and all points within a radius, for many queries at once.
//!
//! Distances are Euclidean, from f32 coordinates in f64, and are compared before they are rounded to
//! f32: results are those of a brute-force search in f64. Among points at equal distance the lowest
//! index comes first. Queries answer alone: results do not depend on the others, nor on threads.

use std::sync::Arc;

use glam::Vec3;

use super::Neighbors;
use super::cache::{Cache, Cached, Key};
use super::point_tree::{PointTree, Search};
use crate::geometry::bvh::Stack;
use crate::geometry::curve::curve_order;
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::{Error, Result};

/// In place of an index where there is no match; its distance is infinite.
pub const NO_INDEX: u32 = u32::MAX;

/// Queries that one thread answers at the least: fewer cost less than a hand-over.
const LEAST_BLOCK: usize = 256;

/// An index over points. Immutable; any number of threads may query it.
pub struct PointIndex {
    tree: PointTree,
}

impl Cached for PointIndex {
    fn bytes(&self) -> usize {
        self.tree.bytes()
    }
}

impl PointIndex {
    /// An index over `points` (`#P by 3`, finite, fewer than 2³² − 1). Duplicates, collinear points, one point
    /// and none are all fine.
    ///
    /// # Errors
    /// Names the first number that is not finite.
    pub fn new(points: &[Vec3]) -> Result<Self> {
        check::numbered_by_u32("points", points.len())?;
        check::finite("points", bytemuck::cast_slice::<_, f32>(points))?;
        Ok(Self { tree: PointTree::new(points)? })
    }

    /// The index over `points` from the shared [`Cache`], built where the cache has none.
    ///
    /// # Errors
    /// As [`PointIndex::new`].
    pub fn acquire(points: &[Vec3]) -> Result<Arc<Self>> {
        let key = Key::new::<Self>(&[bytemuck::cast_slice(points)]);
        Cache::shared().get_or_build(key, || Self::new(points))
    }

    /// Number of points.
    pub fn point_count(&self) -> usize {
        self.tree.point_count()
    }

    /// The nearest point of each query.
    ///
    /// - `queries`: `#Q by 3`, finite;
    /// - `max_distance`: metres, inclusive; infinite for no limit;
    /// - `indices`, `distances`: `#Q`; [`NO_INDEX`] and infinity where no point is that near.
    ///
    /// # Errors
    /// Queries that are not finite, a bad limit, lengths that differ, a cancel; outputs are untouched.
    pub fn nearest(
        &self,
        queries: &[Vec3],
        max_distance: f32,
        indices: &mut [u32],
        distances: &mut [f32],
        progress: &Progress<'_>,
    ) -> Result<()> {
        self.k_nearest(queries, 1, max_distance, indices, distances, progress)
    }

    /// The `k` nearest points of each query, ordered by distance, then by index.
    ///
    /// - `queries`: `#Q by 3`, finite;
    /// - `k`: at least 1;
    /// - `max_distance`: metres, inclusive; infinite for no limit;
    /// - `indices`, `distances`: `#Q by k`; a row with fewer matches ends with [`NO_INDEX`] and infinity.
    ///
    /// # Errors
    /// As [`PointIndex::nearest`].
    pub fn k_nearest(
        &self,
        queries: &[Vec3],
        k: usize,
        max_distance: f32,
        indices: &mut [u32],
        distances: &mut [f32],
        progress: &Progress<'_>,
    ) -> Result<()> {
        if k == 0 {
            return Err(Error::invalid("k", "is 0, expected at least 1"));
        }
        check_queries(queries)?;
        check_max_distance(max_distance)?;
        let count = memory::checked_product("queries", queries.len(), k)?;
        check::length("out_indices", indices.len(), count)?;
        check::length("out_distances", distances.len(), count)?;

        let order = curve_order(queries)?;
        let found = self.search_in_order(&order, queries, k, squared(max_distance), progress)?;
        for (&query, found) in order.iter().zip(found.chunks_exact(k)) {
            let row = query as usize * k;
            for (place, found) in (row..).zip(found) {
                indices[place] = found.index;
                distances[place] = found.distance();
            }
        }
        Ok(())
    }

    /// The `k` nearest points (1 to the number of points) of those queries that `order` names, in that
    /// order: best a [`curve_order`]; all finite.
    ///
    /// # Errors
    /// A cancel.
    pub(crate) fn k_nearest_in_order(
        &self,
        order: &[u32],
        queries: &[Vec3],
        k: usize,
        progress: &Progress<'_>,
    ) -> Result<Vec<Candidate>> {
        self.search_in_order(order, queries, k, f64::INFINITY, progress)
    }

    fn search_in_order(
        &self,
        order: &[u32],
        queries: &[Vec3],
        k: usize,
        limit: f64,
        progress: &Progress<'_>,
    ) -> Result<Vec<Candidate>> {
        let count = memory::checked_product("queries", order.len(), k)?;
        let none = Candidate::none(f64::INFINITY);
        let mut found = memory::try_filled("nearest points", none, count)?;
        let split = Split::new(order.len(), k * size_of::<Candidate>(), LEAST_BLOCK);
        parallel::fill_rows(split, &mut found, k, progress, |range, found| {
            // Gathered first: their cache misses overlap, where each search would wait for its own.
            let queries: Vec<Vec3> = order[range].iter().map(|&q| queries[q as usize]).collect();
            let (tree, queries) = (&self.tree, &queries[..]);
            match k {
                1 => octets::dispatch(NearestOfBlock { tree, queries, limit, found }),
                _ => octets::dispatch(KNearestOfBlock { tree, queries, limit, k, found }),
            }
        })?;
        Ok(found)
    }

    /// All points within `radius` metres (inclusive, finite) of each query (`#Q by 3`, finite).
    ///
    /// Besides the result, it uses as much memory again.
    ///
    /// # Errors
    /// Queries that are not finite, a bad radius, more than 2³² − 2 neighbours, a cancel.
    pub fn within(
        &self,
        queries: &[Vec3],
        radius: f32,
        progress: &Progress<'_>,
    ) -> Result<Neighbors> {
        check_queries(queries)?;
        check::not_negative("radius", radius)?;
        let split = Split::new(queries.len(), 0, LEAST_BLOCK);
        let rows = parallel::map_blocks(split, progress, |range| {
            let mut rows = RowsWithin::default();
            let (tree, queries, limit) = (&self.tree, &queries[range], squared(radius));
            octets::dispatch(WithinOfBlock { tree, queries, limit, rows: &mut rows });
            rows
        })?;
        join_rows(queries.len(), rows)
    }

    /// Number of points within `radius` metres (inclusive, finite) of each query (`#Q by 3`, finite),
    /// to `counts` (`#Q`).
    ///
    /// # Errors
    /// Queries that are not finite, a bad radius, lengths that differ, a cancel; `counts` is untouched.
    pub fn count_within(
        &self,
        queries: &[Vec3],
        radius: f32,
        counts: &mut [u32],
        progress: &Progress<'_>,
    ) -> Result<()> {
        check_queries(queries)?;
        check::not_negative("radius", radius)?;
        check::length("out_counts", counts.len(), queries.len())?;
        let mut found = memory::try_filled("counts of points", 0, queries.len())?;
        let split = Split::new(queries.len(), size_of::<u32>(), LEAST_BLOCK);
        parallel::fill_rows(split, &mut found, 1, progress, |range, found| {
            let (tree, queries, limit) = (&self.tree, &queries[range], squared(radius));
            octets::dispatch(CountOfBlock { tree, queries, limit, counts: found });
        })?;
        counts.copy_from_slice(&found);
        Ok(())
    }
}

/// The nearest point of each of some queries.
struct NearestOfBlock<'a> {
    tree: &'a PointTree,
    queries: &'a [Vec3],
    limit: f64,
    found: &'a mut [Candidate],
}

impl OctetKernel for NearestOfBlock<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let mut stack = Stack::new();
        let mut reach = Reach::new(self.limit);
        for (&query, found) in self.queries.iter().zip(self.found) {
            let mut search = Nearest(Candidate::none(reach.of(query)));
            self.tree.search(octets, query, &mut stack, &mut search);
            *found = search.0;
            reach.remember(query, *found);
        }
    }
}

/// The `k` nearest points of each of some queries, `k` to a row.
struct KNearestOfBlock<'a> {
    tree: &'a PointTree,
    queries: &'a [Vec3],
    limit: f64,
    k: usize,
    found: &'a mut [Candidate],
}

impl OctetKernel for KNearestOfBlock<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let mut stack = Stack::new();
        let mut reach = Reach::new(self.limit);
        for (&query, found) in self.queries.iter().zip(self.found.chunks_exact_mut(self.k)) {
            found.fill(Candidate::none(reach.of(query)));
            self.tree.search(octets, query, &mut stack, &mut KNearest(found));
            reach.remember(query, found[self.k - 1]);
        }
    }
}

/// The points within a limit of each of some queries.
struct WithinOfBlock<'a> {
    tree: &'a PointTree,
    queries: &'a [Vec3],
    limit: f64,
    rows: &'a mut RowsWithin,
}

impl OctetKernel for WithinOfBlock<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let mut stack = Stack::new();
        for &query in self.queries {
            let mut search = Within { limit: self.limit, entries: &mut self.rows.entries };
            self.tree.search(octets, query, &mut stack, &mut search);
            self.rows.end_row();
        }
    }
}

/// The number of points within a limit of each of some queries.
struct CountOfBlock<'a> {
    tree: &'a PointTree,
    queries: &'a [Vec3],
    limit: f64,
    counts: &'a mut [u32],
}

impl OctetKernel for CountOfBlock<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let mut stack = Stack::new();
        for (&query, count) in self.queries.iter().zip(self.counts) {
            let mut search = CountWithin { limit: self.limit, count: 0 };
            self.tree.search(octets, query, &mut stack, &mut search);
            *count = search.count;
        }
    }
}

fn check_queries(queries: &[Vec3]) -> Result<()> {
    check::finite("queries", bytemuck::cast_slice::<_, f32>(queries))
}

fn check_max_distance(max_distance: f32) -> Result<()> {
    if max_distance == f32::INFINITY {
        return Ok(());
    }
    check::not_negative("max_distance", max_distance)
}

fn squared(distance: f32) -> f64 {
    f64::from(distance) * f64::from(distance)
}

/// A point that may be among the nearest; ordered by distance, then by index.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Candidate {
    pub(crate) squared_distance: f64,
    pub(crate) index: u32,
}

impl Candidate {
    /// Comes after every point within `limit`.
    fn none(limit: f64) -> Self {
        Self { squared_distance: limit, index: NO_INDEX }
    }

    fn distance(self) -> f32 {
        if self.index == NO_INDEX { f32::INFINITY } else { self.squared_distance.sqrt() as f32 }
    }

    #[inline(always)]
    fn before(self, other: Self) -> bool {
        self.squared_distance < other.squared_distance
            || (self.squared_distance == other.squared_distance && self.index < other.index)
    }
}

/// How far a query has to look at most, judged from the query before it: the k points that were found
/// for a query at distance d of this one lie within d and their own distance.
struct Reach {
    limit: f64,
    last: Option<(Vec3, f64)>,
}

impl Reach {
    fn new(limit: f64) -> Self {
        Self { limit, last: None }
    }

    /// Squared distance within which the wanted points of `query` lie.
    #[inline(always)]
    fn of(&self, query: Vec3) -> f64 {
        let Some((last, farthest)) = self.last else { return self.limit };
        let reach = farthest + (query.as_dvec3() - last.as_dvec3()).length();
        // More than these few roundings.
        self.limit.min(reach * reach * (1.0 + 1e-9))
    }

    #[inline(always)]
    fn remember(&mut self, query: Vec3, farthest: Candidate) {
        let found_all = farthest.index != NO_INDEX;
        self.last = found_all.then(|| (query, farthest.squared_distance.sqrt()));
    }
}

struct Nearest(Candidate);

impl Search for Nearest {
    #[inline(always)]
    fn limit(&self) -> f64 {
        self.0.squared_distance
    }

    #[inline(always)]
    fn take(&mut self, index: u32, squared_distance: f64) {
        let candidate = Candidate { squared_distance, index };
        if candidate.before(self.0) {
            self.0 = candidate;
        }
    }
}

/// The nearest points so far in order; places not taken yet hold [`Candidate::none`].
struct KNearest<'a>(&'a mut [Candidate]);

impl Search for KNearest<'_> {
    #[inline(always)]
    fn limit(&self) -> f64 {
        self.0[self.0.len() - 1].squared_distance
    }

    #[inline(always)]
    fn take(&mut self, index: u32, squared_distance: f64) {
        let candidate = Candidate { squared_distance, index };
        let mut place = self.0.len() - 1;
        if !candidate.before(self.0[place]) {
            return;
        }
        while place > 0 && candidate.before(self.0[place - 1]) {
            self.0[place] = self.0[place - 1];
            place -= 1;
        }
        self.0[place] = candidate;
    }
}

struct Within<'a> {
    limit: f64,
    /// Index in the high half, bits of the distance in the low: sorts by index.
    entries: &'a mut Vec<u64>,
}

impl Search for Within<'_> {
    #[inline(always)]
    fn limit(&self) -> f64 {
        self.limit
    }

    #[inline(always)]
    fn take(&mut self, index: u32, squared_distance: f64) {
        let distance = squared_distance.sqrt() as f32;
        self.entries.push(u64::from(index) << 32 | u64::from(distance.to_bits()));
    }
}

struct CountWithin {
    limit: f64,
    count: u32,
}

impl Search for CountWithin {
    #[inline(always)]
    fn limit(&self) -> f64 {
        self.limit
    }

    #[inline(always)]
    fn take(&mut self, _: u32, _: f64) {
        self.count += 1;
    }
}

/// Rows of neighbours of one block of queries.
#[derive(Default)]
struct RowsWithin {
    ends: Vec<usize>,
    entries: Vec<u64>,
}

impl RowsWithin {
    fn end_row(&mut self) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.entries[start..].sort_unstable();
        self.ends.push(self.entries.len());
    }
}

fn join_rows(row_count: usize, blocks: Vec<RowsWithin>) -> Result<Neighbors> {
    let entry_count = blocks.iter().map(|block| block.entries.len()).sum();
    check::numbered_by_u32("neighbours within the radius", entry_count)?;
    let mut neighbors = Neighbors {
        offsets: memory::try_with_capacity("neighbours", row_count + 1)?,
        indices: memory::try_with_capacity("neighbours", entry_count)?,
        distances: memory::try_with_capacity("neighbours", entry_count)?,
    };
    neighbors.offsets.push(0);
    for block in blocks {
        let start = neighbors.indices.len();
        neighbors.offsets.extend(block.ends.iter().map(|end| (start + end) as u32));
        neighbors.indices.extend(block.entries.iter().map(|entry| (entry >> 32) as u32));
        neighbors.distances.extend(block.entries.iter().map(|&entry| f32::from_bits(entry as u32)));
    }
    Ok(neighbors)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::threads;

    const NO_LIMIT: f32 = f32::INFINITY;

    /// All points with their squared distance in f64, nearest first, lowest index first among equals.
    fn brute_force(points: &[Vec3], query: Vec3) -> Vec<(f64, u32)> {
        let mut all: Vec<(f64, u32)> = (0..)
            .zip(points)
            .map(|(index, point)| (point.as_dvec3().distance_squared(query.as_dvec3()), index))
            .collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        all
    }

    fn check_against_brute_force(points: &[Vec3], queries: &[Vec3], k: usize, radius: f32) {
        let index = PointIndex::new(points).unwrap();
        let (indices, distances) = k_nearest(&index, queries, k, NO_LIMIT);
        let (limited, _) = k_nearest(&index, queries, k, radius);
        let (single, _) = k_nearest(&index, queries, 1, NO_LIMIT);
        let within = index.within(queries, radius, &Progress::none()).unwrap();
        let mut counts = vec![0; queries.len()];
        index.count_within(queries, radius, &mut counts, &Progress::none()).unwrap();
        for (row, &query) in queries.iter().enumerate() {
            let expected = brute_force(points, query);
            let inside: Vec<_> =
                expected.iter().copied().filter(|&(d, _)| d <= squared(radius)).collect();
            for place in 0..k {
                let found = (indices[row * k + place], distances[row * k + place]);
                let nearest = expected.get(place).map_or((NO_INDEX, f32::INFINITY), as_result);
                assert_eq!(found, nearest, "query {row}, place {place}");
                let nearest = inside.get(place).map_or(NO_INDEX, |&(_, index)| index);
                assert_eq!(limited[row * k + place], nearest, "limited query {row}, place {place}");
            }
            assert_eq!(single[row], indices[row * k]);
            let mut inside: Vec<_> = inside.iter().map(as_result).collect();
            inside.sort_by_key(|&(index, _)| index);
            let (found, distances) = within.row(row);
            let found: Vec<_> = found.iter().copied().zip(distances.iter().copied()).collect();
            assert_eq!(found, inside, "within of query {row}");
            assert_eq!(counts[row] as usize, inside.len());
        }
    }

    fn as_result(&(squared_distance, index): &(f64, u32)) -> (u32, f32) {
        (index, squared_distance.sqrt() as f32)
    }

    fn k_nearest(
        index: &PointIndex,
        queries: &[Vec3],
        k: usize,
        max_distance: f32,
    ) -> (Vec<u32>, Vec<f32>) {
        let (mut indices, mut distances) =
            (vec![0; queries.len() * k], vec![0.0; queries.len() * k]);
        index
            .k_nearest(queries, k, max_distance, &mut indices, &mut distances, &Progress::none())
            .unwrap();
        (indices, distances)
    }

    fn random_points(count: usize, seed: u64) -> Vec<Vec3> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f32 / (1 << 24) as f32
        };
        (0..count).map(|_| Vec3::new(next(), next(), next())).collect()
    }

    fn any_points() -> impl Strategy<Value = Vec<Vec3>> {
        // Coarse coordinates: many duplicates and ties.
        let coarse = prop::array::uniform3((-3_i8..4).prop_map(f32::from));
        let fine = prop::array::uniform3(-3.0_f32..3.0);
        prop::collection::vec(prop_oneof![coarse, fine].prop_map(Vec3::from), 0..150)
    }

    proptest! {
        #[test]
        fn all_queries_are_those_of_brute_force(
            points in any_points(),
            queries in any_points(),
            k in 1_usize..12,
            radius in prop_oneof![Just(0.0_f32), Just(1.0), 0.0_f32..4.0],
        ) {
            check_against_brute_force(&points, &queries, k, radius);
        }
    }

    #[test]
    fn distances_are_those_of_kiddo() {
        let (points, queries) = (random_points(10_000, 31), random_points(500, 32));
        let entries: Vec<[f32; 3]> = points.iter().map(Vec3::to_array).collect();
        let tree = kiddo::ImmutableKdTree::<f32, 3>::new_from_slice(&entries).unwrap();
        let (_, distances) = k_nearest(&PointIndex::new(&points).unwrap(), &queries, 8, NO_LIMIT);
        for (query, distances) in queries.iter().zip(distances.chunks(8)) {
            let expected = tree
                .query(&query.to_array())
                .nearest_n::<kiddo::SquaredEuclidean<f32>>(8.try_into().unwrap())
                .execute();
            for (found, expected) in distances.iter().zip(expected) {
                assert!((found - expected.distance.sqrt()).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn trees_of_every_depth_are_those_of_brute_force() {
        for count in [0, 1, 2, 7, 8, 9, 63, 64, 65, 511, 513, 4095, 4097, 33_000] {
            let points = random_points(count, 7);
            check_against_brute_force(&points, &random_points(40, 11), 9, 0.1);
        }
    }

    #[test]
    fn duplicates_lines_planes_and_lattices_are_those_of_brute_force() {
        let same = vec![Vec3::new(0.1, -0.2, 0.3); 1000];
        check_against_brute_force(&same, &same[..3], 12, 0.0);
        let line: Vec<_> = (0..1000).map(|i| Vec3::X * (i % 500) as f32 * 0.01).collect();
        check_against_brute_force(&line, &line[..100], 12, 0.02);
        let plane: Vec<_> =
            (0..1600).map(|i| Vec3::new((i % 40) as f32, (i / 40) as f32, 1.0)).collect();
        check_against_brute_force(&plane, &plane[700..800], 12, 2.0);
        let lattice: Vec<_> = (0..4096)
            .map(|i| Vec3::new((i % 16) as f32, (i / 16 % 16) as f32, (i / 256) as f32) * 0.01)
            .collect();
        check_against_brute_force(&lattice, &lattice[2000..2100], 27, 0.02);
    }

    #[test]
    fn tiny_huge_and_distant_coordinates_are_those_of_brute_force() {
        let points = random_points(300, 3);
        for (scale, origin) in [(1e-30, 0.0), (1e-22, 0.0), (1e19, 0.0), (3e38, 0.0), (1.0, 1e4)] {
            let place = |p: &Vec3| *p * scale + Vec3::splat(origin);
            let points: Vec<_> = points.iter().map(place).collect();
            check_against_brute_force(&points, &points[..50], 8, 0.2 * scale);
        }
    }

    #[test]
    fn threads_and_batches_leave_the_bits_alone() {
        let (points, queries) = (random_points(20_000, 5), random_points(5_000, 6));
        let run = |threads| {
            threads::set_thread_count(threads).unwrap();
            let index = PointIndex::new(&points).unwrap();
            let nearest = k_nearest(&index, &queries, 5, NO_LIMIT);
            (nearest, index.within(&queries, 0.05, &Progress::none()).unwrap())
        };
        let single = run(1);
        assert!(single == run(2) && single == run(8));
        threads::set_thread_count(0).unwrap();
    }

    #[test]
    fn a_set_of_queries_answers_as_each_alone() {
        let (points, queries) = (random_points(3000, 8), random_points(300, 9));
        let index = PointIndex::new(&points).unwrap();
        let together = k_nearest(&index, &queries, 4, 0.08);
        let alone = queries.iter().map(|&query| k_nearest(&index, &[query], 4, 0.08));
        let (indices, distances): (Vec<_>, Vec<_>) = alone.unzip();
        assert_eq!(together, (indices.concat(), distances.concat()));
    }

    #[test]
    fn bad_arguments_are_named_and_outputs_untouched() {
        let broken = [Vec3::ZERO, Vec3::new(0.0, f32::NAN, 0.0)];
        let text = PointIndex::new(&broken).err().unwrap().to_string();
        assert!(text.contains("`points`[4] is NaN"), "{text}");
        let index = PointIndex::new(&[Vec3::ZERO]).unwrap();
        let (mut indices, mut distances) = ([7; 2], [7.0; 2]);
        let mut query = |queries: &[Vec3], k, max_distance| {
            index
                .k_nearest(
                    queries,
                    k,
                    max_distance,
                    &mut indices,
                    &mut distances,
                    &Progress::none(),
                )
                .unwrap_err()
                .to_string()
        };
        assert!(query(&broken, 1, NO_LIMIT).contains("`queries`[4] is NaN"));
        assert!(query(&[Vec3::ZERO], 0, NO_LIMIT).contains("`k` is 0"));
        assert!(query(&[Vec3::ZERO; 2], 1, -1.0).contains("`max_distance` is -1"));
        assert!(query(&[Vec3::ZERO; 2], 1, f32::NAN).contains("`max_distance`"));
        assert!(query(&[Vec3::ZERO], 1, NO_LIMIT).contains("`out_indices` holds 2"));
        assert_eq!((indices, distances), ([7; 2], [7.0; 2]));
        assert!(index.within(&[Vec3::ZERO], f32::INFINITY, &Progress::none()).is_err());
    }

    #[test]
    fn the_cache_gives_one_index_for_equal_points() {
        let points = random_points(100, 21);
        let first = PointIndex::acquire(&points).unwrap();
        assert!(Arc::ptr_eq(&first, &PointIndex::acquire(&points).unwrap()));
        let mut moved = points.clone();
        moved[50].x += 1e-6;
        assert!(!Arc::ptr_eq(&first, &PointIndex::acquire(&moved).unwrap()));
        assert!(first.bytes() >= 100 * 16);
    }
}
