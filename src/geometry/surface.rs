//! A triangle surface with closest-point queries.
//!
//! Queries close to each other descend an eight-wide tree of boxes ([`super::bvh`]) together; each then
//! measures eight triangles at a time in single precision ([`super::packet`]), and keeps as candidates all
//! triangles that could still be the closest by the error bound of that measure; the candidates alone (one
//! or two, more at shared corners) are then compared in double precision ([`super::triangle`]). So the
//! answer is the one that double precision would give over all triangles, to the last bit, ties included,
//! and does not depend on the order of the queries, on threads or on the instruction set.

use glam::{DVec3, Vec3};

use super::bounds::Bounds;
use super::bvh::{Bvh, Item, order_items};
use super::curve::curve_order;
use super::packet::{LANES, RELATIVE_ERROR, TrianglePacket, smaller};
use super::triangle::{self, TrianglePoint};
use crate::runtime::octets;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::{Error, Result};

mod search;

use search::{Answer, Block, Limits, NearestTriangle};

/// Larger coordinates (metres) are refused: the square of a distance would leave single precision.
pub const MAX_COORDINATE: f32 = 1e18;

/// The triangle of a query without a match.
pub const NO_TRIANGLE: u32 = u32::MAX;

/// Queries that one thread answers at the least.
const LEAST_BLOCK: usize = 256;

/// Triangles and the tree over them; immutable.
#[derive(Debug)]
pub struct Surface {
    points: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
    /// Number of each triangle in the tree's order.
    slots: Vec<u32>,
    bvh: Bvh,
    packets: Vec<TrianglePacket>,
    longest_edge: f32,
}

/// The answer to one query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosestPoint {
    /// The triangle, or [`NO_TRIANGLE`].
    pub triangle: u32,
    /// Weights of the triangle's corners, in the order of its vertices; zeros without a match.
    pub barycentric: [f32; 3],
    /// The point on the triangle; zeros without a match.
    pub point: Vec3,
    /// How far it is from the query; infinite without a match.
    pub distance: f32,
}

impl ClosestPoint {
    /// The answer where no triangle is near enough.
    pub const NONE: Self = Self {
        triangle: NO_TRIANGLE,
        barycentric: [0.0; 3],
        point: Vec3::ZERO,
        distance: f32::INFINITY,
    };
}

impl Surface {
    /// Builds the surface of a triangle mesh.
    ///
    /// - `points`: `#V by 3`, finite, at most [`MAX_COORDINATE`] from 0 on each axis;
    /// - `triangles`: `#T by 3` vertex numbers. Triangles without area act as segments or points; a
    ///   surface may be empty, then no query has a match.
    ///
    /// Takes about 110 bytes a triangle and 12 a vertex.
    ///
    /// # Errors
    /// Names the first coordinate or vertex number that breaks these rules.
    pub fn new(points: &[Vec3], triangles: &[[u32; 3]]) -> Result<Self> {
        check_coordinates("points", points)?;
        check::numbered_by_u32("`points`", points.len())?;
        check::numbered_by_u32("`triangles`", triangles.len())?;
        check::indices("triangles", triangles.as_flattened(), points.len())?;
        let slots = tree_order(points, triangles)?;
        let corners = |slot: usize| corners_of(points, triangles, slots[slot]);
        let leaf_count = triangles.len().div_ceil(LANES);
        let leaf_slots = |leaf: usize| leaf * LANES..((leaf + 1) * LANES).min(slots.len());
        let bvh = Bvh::new(leaf_count, |leaf| Bounds::of(leaf_slots(leaf).flat_map(corners)))?;
        let packets = parallel::map_blocks(
            Split::new(leaf_count, 0, 64),
            &Progress::none(),
            |leaves| -> Vec<TrianglePacket> {
                leaves.map(|leaf| TrianglePacket::new(leaf_slots(leaf).map(corners))).collect()
            },
        )?
        .concat();
        let longest_edge =
            (0..slots.len()).map(|slot| longest_edge(corners(slot))).fold(0.0, f32::max);
        Ok(Self {
            points: points.to_vec(),
            triangles: triangles.to_vec(),
            longest_edge,
            slots,
            bvh,
            packets,
        })
    }

    /// Vertices, `#V by 3`.
    pub fn points(&self) -> &[Vec3] {
        &self.points
    }

    /// Triangles, `#T by 3`.
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// Normal of a triangle with the length of twice its area.
    pub(crate) fn area_normal(&self, triangle: u32) -> DVec3 {
        let [a, b, c] = corners_of(&self.points, &self.triangles, triangle).map(Vec3::as_dvec3);
        (b - a).cross(c - a)
    }

    /// Bytes that the surface holds, its own struct included.
    pub fn bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&self.points[..])
            + size_of_val(&self.triangles[..])
            + size_of_val(&self.slots[..])
            + size_of_val(&self.packets[..])
            + self.bvh.bytes()
    }

    /// The closest point of the surface to each query; of triangles equally near, the first one.
    ///
    /// Compared in f64, rounded to f32 at the end: within 1e-6 m of the true closest point for
    /// coordinates of a few metres.
    ///
    /// - `queries`: `#Q by 3`, finite, at most [`MAX_COORDINATE`] from 0 on each axis;
    /// - `max_distance`: metres, not below 0, may be infinite; a query farther from the surface has
    ///   no match ([`ClosestPoint::NONE`]).
    ///
    /// Needs about 80 bytes a query besides the result.
    ///
    /// # Errors
    /// A query or a distance outside those bounds, or a cancel.
    pub fn closest_points(
        &self,
        queries: &[Vec3],
        max_distance: f32,
        progress: &Progress<'_>,
    ) -> Result<Vec<ClosestPoint>> {
        if max_distance.is_nan() || max_distance < 0.0 {
            let problem = format!("is {max_distance}, expected a number not below 0, or infinity");
            return Err(Error::invalid("max_distance", problem));
        }
        self.answer_all(queries, Limits { max_distance, ..Limits::NONE }, progress)
    }

    /// The closest points as [`Self::closest_points`] has them, in less time: of a query nearer than
    /// `near_enough` it is any point that is nearer than that.
    ///
    /// # Errors
    /// A query that is not finite or too far out, or a cancel.
    pub(crate) fn closest_points_beyond(
        &self,
        queries: &[Vec3],
        near_enough: f32,
        progress: &Progress<'_>,
    ) -> Result<Vec<ClosestPoint>> {
        self.answer_all(queries, Limits { near_enough, ..Limits::NONE }, progress)
    }

    /// The triangle of the closest point to each query, as [`Self::closest_points`] has it, in less time;
    /// [`NO_TRIANGLE`] where there is none.
    ///
    /// # Errors
    /// A query that is not finite or too far out, or a cancel.
    pub(crate) fn nearest_triangles(
        &self,
        queries: &[Vec3],
        progress: &Progress<'_>,
    ) -> Result<Vec<u32>> {
        let nearest = self.answer_all::<NearestTriangle>(queries, Limits::NONE, progress)?;
        Ok(nearest.into_iter().map(|NearestTriangle(triangle)| triangle).collect())
    }

    fn answer_all<A: Answer>(
        &self,
        queries: &[Vec3],
        limits: Limits,
        progress: &Progress<'_>,
    ) -> Result<Vec<A>> {
        check_coordinates("queries", queries)?;
        check::numbered_by_u32("`queries`", queries.len())?;
        let order = curve_order(queries)?;
        let mut ordered = memory::try_filled("closest points", A::NONE, queries.len())?;
        let split = Split::new(queries.len(), 0, LEAST_BLOCK);
        parallel::fill_rows(split, &mut ordered, 1, progress, |range, out| {
            let numbers = &order[range];
            octets::dispatch(Block { surface: self, limits, queries, numbers, out });
        })?;
        let mut answers = memory::try_filled("closest points", A::NONE, queries.len())?;
        for (number, found) in order.into_iter().zip(ordered) {
            answers[number as usize] = found;
        }
        Ok(answers)
    }

    /// What one triangle gives for one query. Corners are taken in ascending order of their
    /// vertices: triangles that share an edge or a corner then give the same bits there.
    #[inline(always)]
    fn closest_point_on(&self, triangle: u32, query: DVec3) -> TrianglePoint {
        let mut vertices = self.triangles[triangle as usize];
        vertices.sort_unstable();
        triangle::closest_point(
            query,
            vertices.map(|vertex| self.points[vertex as usize].as_dvec3()),
        )
    }

    fn answer(&self, triangle: u32, query: DVec3, found: TrianglePoint) -> ClosestPoint {
        let vertices = self.triangles[triangle as usize];
        ClosestPoint {
            triangle,
            barycentric: in_corner_order(vertices, found.barycentric),
            point: (query + found.offset).as_vec3(),
            distance: found.distance_squared.sqrt() as f32,
        }
    }

    /// A bound on the single-precision squared distance of whatever may be as close as a triangle
    /// with the single-precision squared distance `distance_squared`. Both may be wrong, which makes
    /// twice the error; half an error more is for the rounding here.
    #[inline(always)]
    fn reach(&self, distance_squared: f32) -> f32 {
        let distance = distance_squared.sqrt();
        let reach = distance + 2.5 * RELATIVE_ERROR * (distance + self.longest_edge);
        // The smallest normal number stands for squares that fell below it.
        smaller(reach * reach + f32::MIN_POSITIVE, f32::MAX)
    }
}

/// Numbers of the triangles in the tree's order; the last one is repeated to fill its leaf.
fn tree_order(points: &[Vec3], triangles: &[[u32; 3]]) -> Result<Vec<u32>> {
    let leaf_slots = triangles.len().next_multiple_of(LANES);
    let mut items = memory::try_with_capacity("the surface", triangles.len())?;
    items.extend((0..triangles.len() as u32).map(|number| {
        let Bounds { low, high } = Bounds::of(corners_of(points, triangles, number));
        Item { centre: low * 0.5 + high * 0.5, number }
    }));
    order_items(&mut items)?;
    let mut slots = memory::try_with_capacity("the surface", leaf_slots)?;
    slots.extend(items.iter().map(|item| item.number));
    if let Some(&last) = slots.last() {
        slots.resize(leaf_slots, last);
    }
    Ok(slots)
}

#[inline(always)]
fn corners_of(points: &[Vec3], triangles: &[[u32; 3]], triangle: u32) -> [Vec3; 3] {
    triangles[triangle as usize].map(|vertex| points[vertex as usize])
}

fn longest_edge([a, b, c]: [Vec3; 3]) -> f32 {
    a.distance(b).max(b.distance(c)).max(c.distance(a))
}

/// Weights that belong to the ascending vertices, in the order of `vertices`.
fn in_corner_order(vertices: [u32; 3], ascending: [f64; 3]) -> [f32; 3] {
    let mut sorted = [(vertices[0], 0), (vertices[1], 1), (vertices[2], 2)];
    sorted.sort_unstable();
    let mut weights = [0.0; 3];
    for ((_, corner), weight) in sorted.into_iter().zip(ascending) {
        weights[corner] = weight as f32;
    }
    weights
}

/// All coordinates are finite and at most [`MAX_COORDINATE`] from 0; the first that is not is named.
pub(crate) fn check_coordinates(argument: &'static str, points: &[Vec3]) -> Result<()> {
    let numbers: &[f32] = bytemuck::cast_slice(points);
    check::finite(argument, numbers)?;
    match numbers.iter().position(|number| number.abs() > MAX_COORDINATE) {
        None => Ok(()),
        Some(element) => {
            let found = numbers[element];
            let problem = format!("[{element}] is {found}, expected at most {MAX_COORDINATE:e} m");
            Err(Error::invalid(argument, problem))
        }
    }
}

#[cfg(test)]
#[path = "surface_tests.rs"]
mod tests;
