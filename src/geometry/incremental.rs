//! Closest points that are kept up to date while a surface and its queries move.
//!
//! An answer can differ from the one before only if
//!
//! - its query moved,
//! - the triangle that it lies on moved, or
//! - a moved triangle came as near to the query as the answer is (as near as the maximum distance, where
//!   there was no answer).
//!
//! These queries alone are asked again. The third rule is tested on the triangles' boxes, which is
//! never too strict: a query that is asked in vain gets the answer that it had. So the result equals
//! the full search bit for bit.

use std::ops::Range;
use std::sync::Arc;

use glam::Vec3;

use super::bounds::Bounds;
use super::bvh::{Bvh, Item, Stack, order_items};
use super::octet_points::splat_point;
use super::surface::{ClosestPoint, NO_TRIANGLE, Surface};
use crate::Result;
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, changes, check, memory};

/// Queries that one thread examines at the least.
const LEAST_BLOCK: usize = 4096;

/// Single-precision distances to boxes are compared with this much to spare, relatively.
const MARGIN: f32 = 1e-5;

/// A surface, queries, and the closest point of each, which [`Self::step`] and [`Self::take`] keep up to
/// date.
#[derive(Debug)]
pub struct IncrementalClosestPoints {
    surface: Arc<Surface>,
    queries: Vec<Vec3>,
    max_distance: f32,
    closest: Vec<ClosestPoint>,
}

/// What a move of the surface and the queries changes.
#[derive(Debug)]
pub struct Step {
    /// The surface after the move.
    pub surface: Arc<Surface>,
    /// The closest points after the move, `#Q`.
    pub closest: Vec<ClosestPoint>,
    /// The queries that were asked again, ascending: all others kept their answers, and the triangles
    /// that they lie on did not move.
    pub asked: Vec<u32>,
    /// For each vertex of the surface 1 where it moved, else 0; `#V`.
    pub moved_vertices: Vec<u8>,
}

impl IncrementalClosestPoints {
    /// Searches in full.
    ///
    /// - `queries`, `max_distance`: as [`Surface::closest_points`] takes them.
    ///
    /// # Errors
    /// As there.
    pub fn new(
        surface: Arc<Surface>,
        queries: &[Vec3],
        max_distance: f32,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        let closest = surface.closest_points(queries, max_distance, progress)?;
        Ok(Self { surface, queries: queries.to_vec(), max_distance, closest })
    }

    /// The closest point of each query, `#Q`.
    pub fn closest(&self) -> &[ClosestPoint] {
        &self.closest
    }

    /// The queries, `#Q by 3`.
    pub fn queries(&self) -> &[Vec3] {
        &self.queries
    }

    /// The maximum distance, metres.
    pub fn max_distance(&self) -> f32 {
        self.max_distance
    }

    /// The surface as it is now.
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// Finds the closest points after a move, and leaves everything as it is; what moved is found by
    /// comparing bits.
    ///
    /// - `points`: `#V by 3`, as many as before; triangles stay the same;
    /// - `queries`: `#Q by 3`, as many as before.
    ///
    /// # Errors
    /// Other lengths than before, bad numbers, or a cancel.
    pub fn step(&self, points: &[Vec3], queries: &[Vec3], progress: &Progress<'_>) -> Result<Step> {
        check::length("points", points.len(), self.surface.points().len())?;
        check::length("queries", queries.len(), self.queries.len())?;
        let moved = MovedTriangles::new(self.surface.points(), points, self.surface.triangles())?;
        let surface = match moved.is_empty() {
            true => self.surface.clone(),
            false => Arc::new(Surface::new(points, self.surface.triangles())?),
        };
        let asked = self.queries_to_ask(queries, &moved)?;
        let asked_queries: Vec<Vec3> =
            asked.iter().map(|&number| queries[number as usize]).collect();
        let answers = surface.closest_points(&asked_queries, self.max_distance, progress)?;
        let mut closest = self.closest.clone();
        for (&number, answer) in asked.iter().zip(answers) {
            closest[number as usize] = answer;
        }
        Ok(Step { surface, closest, asked, moved_vertices: moved.vertices })
    }

    /// Takes a step over; `queries` are those that it was made for, where they are not those of before.
    pub fn take(&mut self, step: Step, queries: Option<Vec<Vec3>>) {
        self.surface = step.surface;
        self.closest = step.closest;
        if let Some(queries) = queries {
            self.queries = queries;
        }
    }

    fn queries_to_ask(&self, queries: &[Vec3], moved: &MovedTriangles) -> Result<Vec<u32>> {
        let split = Split::new(queries.len(), 0, LEAST_BLOCK);
        let blocks = parallel::map_blocks(split, &Progress::none(), |range| {
            let mut asked = Vec::new();
            let before = self;
            octets::dispatch(QueriesToAsk { before, queries, moved, range, asked: &mut asked });
            asked
        })?;
        Ok(blocks.concat())
    }

    fn present_distance(&self, closest: &ClosestPoint) -> f32 {
        if closest.triangle == NO_TRIANGLE { self.max_distance } else { closest.distance }
    }
}

/// The queries of a range that must be asked again.
struct QueriesToAsk<'a> {
    before: &'a IncrementalClosestPoints,
    queries: &'a [Vec3],
    moved: &'a MovedTriangles,
    range: Range<usize>,
    asked: &'a mut Vec<u32>,
}

impl OctetKernel for QueriesToAsk<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { before, queries, moved, range, asked } = self;
        let mut stack = Stack::new();
        for number in range {
            let (query, closest) = (queries[number], &before.closest[number]);
            let distance = before.present_distance(closest);
            let may_differ = changes::differ(&query, &before.queries[number])
                || moved.contains(closest.triangle)
                || moved.come_within(octets, query, distance, &mut stack);
            if may_differ {
                asked.push(number as u32);
            }
        }
    }
}

/// Triangles of which a corner moved, and the tree of their boxes after the move.
struct MovedTriangles {
    /// 1 for vertices that moved.
    vertices: Vec<u8>,
    is_moved: Vec<bool>,
    boxes: Bvh,
}

impl MovedTriangles {
    fn new(before: &[Vec3], after: &[Vec3], triangles: &[[u32; 3]]) -> Result<Self> {
        let mut moved = memory::try_filled("the moved vertices", 0, after.len())?;
        changes::mark_changed(
            bytemuck::cast_slice(before),
            bytemuck::cast_slice(after),
            size_of::<Vec3>(),
            &mut moved,
        );
        let mut is_moved = memory::try_filled("the moved triangles", false, triangles.len())?;
        let mut items = Vec::new();
        for (number, vertices) in triangles.iter().enumerate() {
            is_moved[number] = vertices.iter().any(|&vertex| moved[vertex as usize] != 0);
            if is_moved[number] {
                let Bounds { low, high } = Bounds::of(corners(after, vertices));
                items.push(Item { centre: low * 0.5 + high * 0.5, number: number as u32 });
            }
        }
        order_items(&mut items)?;
        let boxes = Bvh::new(items.len(), |leaf| {
            Bounds::of(corners(after, &triangles[items[leaf].number as usize]))
        })?;
        Ok(Self { vertices: moved, is_moved, boxes })
    }

    fn is_empty(&self) -> bool {
        !self.is_moved.contains(&true)
    }

    fn contains(&self, triangle: u32) -> bool {
        triangle != NO_TRIANGLE && self.is_moved[triangle as usize]
    }

    /// Whether a moved triangle's box may lie within `distance` of `query`.
    #[inline(always)]
    fn come_within(
        &self,
        octets: impl Octets,
        query: Vec3,
        distance: f32,
        stack: &mut Stack,
    ) -> bool {
        let reach = distance * (1.0 + MARGIN) + f32::MIN_POSITIVE.sqrt();
        let reach = (reach * reach).min(f32::MAX);
        let point = splat_point(octets, query.to_array());
        self.boxes.begin_search(octets, point, reach, stack);
        self.boxes.next_leaf(octets, point, reach, stack).is_some()
    }
}

fn corners(points: &[Vec3], vertices: &[u32; 3]) -> [Vec3; 3] {
    vertices.map(|vertex| points[vertex as usize])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full(
        points: &[Vec3],
        triangles: &[[u32; 3]],
        queries: &[Vec3],
        max: f32,
    ) -> Vec<ClosestPoint> {
        let surface = Surface::new(points, triangles).unwrap();
        surface.closest_points(queries, max, &Progress::none()).unwrap()
    }

    /// Coarse coordinates, so that duplicates, ties and triangles without area are common.
    fn points(count: usize) -> impl Strategy<Value = Vec<Vec3>> {
        let coordinate = || (-4_i8..=4).prop_map(|number| f32::from(number) * 0.25);
        let point = (coordinate(), coordinate(), coordinate()).prop_map(Vec3::from);
        prop::collection::vec(point, count)
    }

    /// Which elements a step moves, and where to.
    fn step(count: usize) -> impl Strategy<Value = (Vec<bool>, Vec<Vec3>)> {
        (prop::collection::vec(prop::bool::weighted(0.15), count), points(count))
    }

    fn moved(from: &mut [Vec3], (chosen, to): &(Vec<bool>, Vec<Vec3>)) {
        for ((point, &chosen), &to) in from.iter_mut().zip(chosen).zip(to) {
            *point = if chosen { to } else { *point };
        }
    }

    fn session_of(
        points: &[Vec3],
        triangles: &[[u32; 3]],
        queries: &[Vec3],
        max: f32,
    ) -> IncrementalClosestPoints {
        let surface = Arc::new(Surface::new(points, triangles).unwrap());
        IncrementalClosestPoints::new(surface, queries, max, &Progress::none()).unwrap()
    }

    fn update(
        session: &mut IncrementalClosestPoints,
        points: &[Vec3],
        queries: &[Vec3],
    ) -> Result<Vec<u32>> {
        let step = session.step(points, queries, &Progress::none())?;
        let asked = step.asked.clone();
        session.take(step, Some(queries.to_vec()));
        Ok(asked)
    }

    proptest! {
        #[test]
        fn updates_equal_the_full_search_bit_for_bit(
            mut vertices in points(20),
            triangles in prop::collection::vec(prop::array::uniform3(0_u32..20), 0..40),
            mut queries in points(30),
            max_distance in prop_oneof![Just(f32::INFINITY), Just(0.5_f32), Just(0.0)],
            steps in prop::collection::vec((step(20), step(30)), 1..4),
        ) {
            let mut session = session_of(&vertices, &triangles, &queries, max_distance);
            for (vertex_step, query_step) in &steps {
                let before = session.closest().to_vec();
                moved(&mut vertices, vertex_step);
                moved(&mut queries, query_step);
                let asked = update(&mut session, &vertices, &queries).unwrap();
                prop_assert!(asked.is_sorted());
                let expected = full(&vertices, &triangles, &queries, max_distance);
                // As text, in which −0 differs from 0.
                prop_assert_eq!(format!("{:?}", session.closest()), format!("{expected:?}"));
                for (number, before) in (0_u32..).zip(&before) {
                    let same = session.closest()[number as usize] == *before;
                    prop_assert!(same || asked.binary_search(&number).is_ok());
                }
            }
        }
    }

    /// A flat grid of side `side`, two triangles a cell, 1 cm a cell.
    fn grid(side: u32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
        let at = |x: u32, y: u32| y * side + x;
        let points = (0..side * side)
            .map(|v| Vec3::new((v % side) as f32, (v / side) as f32, 0.0) * 0.01)
            .collect();
        let cells = (0..side - 1).flat_map(|y| (0..side - 1).map(move |x| (x, y)));
        let triangles = cells
            .flat_map(|(x, y)| {
                let [a, b, c, d] = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)];
                [[a, b, c], [a, c, d]]
            })
            .collect();
        (points, triangles)
    }

    #[test]
    fn a_small_change_asks_few_queries_again() {
        let (mut points, triangles) = grid(60);
        let mut queries: Vec<Vec3> =
            points.iter().map(|point| *point + Vec3::new(0.003, 0.002, 0.004)).collect();
        let mut session = session_of(&points, &triangles, &queries, 0.05);
        assert_eq!(update(&mut session, &points, &queries).unwrap(), [] as [u32; 0]);
        points[1830].z += 0.002;
        queries[7].x += 0.1;
        let asked = update(&mut session, &points, &queries).unwrap();
        assert!(asked.contains(&7) && asked.contains(&1830) && asked.len() < 20, "{asked:?}");
        assert_eq!(session.closest(), full(&points, &triangles, &queries, 0.05));
    }

    #[test]
    fn a_refused_step_is_named() {
        let (mut points, triangles) = grid(3);
        let queries = [Vec3::ZERO];
        let session = session_of(&points, &triangles, &queries, 1.0);
        let none = Progress::none();
        assert!(session.step(&points, &[], &none).is_err());
        assert!(session.step(&points[1..], &queries, &none).is_err());
        points[0].x = f32::NAN;
        assert!(session.step(&points, &queries, &none).is_err());
        points[0] = Vec3::ONE;
        let cancelled = Progress::new(None, &|| true);
        assert!(session.step(&points, &queries, &cancelled).is_err());
    }
}
