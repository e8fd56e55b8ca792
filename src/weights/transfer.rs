//! Surface weight transfer: each point takes the skin weights of the closest point of the body's
//! surface, all vertex groups at once.
//!
//! The weights of the triangle's three corners are mixed by the closest point's barycentric
//! coordinates, clamped to `[0, 1]`. Where the points come with normals, the mix is multiplied by a
//! ramp over the angle between the point's normal and the triangle's, folded to `[0°, 90°]`: 0 at
//! `angle_min` and below, 1 at `angle_max` and above, linear between. The point's normal may be averaged
//! over the faces of its mesh within a radius, as those of the smooth mask are.
//!
//! Two faults of existing scripts can be asked for, to compare with their results: see
//! [`TransferOptions::small_triangles_by_corner`] and [`TransferOptions::first_triangles`].

use std::borrow::Cow;

use glam::{DVec3, Vec3};

use crate::geometry::surface::{ClosestPoint, NO_TRIANGLE, Surface, check_coordinates};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::weights::averaged_normals::averaged_vertex_normals;
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Triangles with `4 · area²` (m⁴) up to this are small ones for
/// [`TransferOptions::small_triangles_by_corner`].
pub const SMALL_TRIANGLE: f64 = 1e-8;

/// The normals that the ramp takes, `#P by 3`: as given, or averaged; `None` leaves the ramp out.
pub(crate) type RampNormals<'a> = Option<Cow<'a, [Vec3]>>;

/// Points that one thread serves at the least.
const LEAST_BLOCK: usize = 512;

/// Numbers of dense weights that one thread mixes at the least.
const LEAST_DENSE_BLOCK: usize = 16_384;

/// Share of the progress that the search for closest points and normals takes.
pub(crate) const SEARCH_SHARE: f32 = 0.8;

/// What a transfer takes beside surface, weights and points.
#[derive(Clone, Copy, Debug)]
pub struct TransferOptions<'a> {
    /// Metres, may be infinite; a point farther from the surface is not matched and gets no weights.
    pub max_distance: f32,
    /// Normals of the points, `#P by 3`, of any length; `None` leaves the ramp out. A point whose
    /// normal is zero, or whose triangle has no area, keeps its whole weights.
    pub normals: Option<&'a [Vec3]>,
    /// Triangles of the points' mesh, `#T by 3` point numbers; for `normal_radius`.
    pub triangles: Option<&'a [[u32; 3]]>,
    /// Metres; above 0 each point's normal is `Σ_f area_f (1 − d_f / radius) n_f` over the faces whose
    /// centres lie within the radius, `n_f` flipped where it points against the nearest body face. Where
    /// there is none, it is the one of `normals`, or of the mesh. Needs `triangles`.
    pub normal_radius: f32,
    /// Degrees, from 0; at this angle and below the factor is 0.
    pub angle_min: f32,
    /// Degrees, not below `angle_min`; at this angle and above the factor is 1.
    pub angle_max: f32,
    /// The old fault: a triangle with `4 · area² ≤` [`SMALL_TRIANGLE`] gives the weights of the corner
    /// nearest to the closest point, unmixed.
    pub small_triangles_by_corner: bool,
    /// The old fault: for each triangle of the surface the first triangle of its polygon, `#T`. The
    /// closest point is found on the whole polygon, but takes its weights from the first triangle
    /// alone, by the barycentric coordinates of its projection there, which may leave `[0, 1]`.
    pub first_triangles: Option<&'a [u32]>,
}

impl<'a> TransferOptions<'a> {
    /// Checks all but the distance, which the search checks.
    pub(crate) fn check(&self, surface: &Surface, point_count: usize) -> Result<()> {
        if let Some(normals) = self.normals {
            check::length("normals", normals.len(), point_count)?;
            check::finite("normals", bytemuck::cast_slice::<_, f32>(normals))?;
        }
        check::not_negative("normal_radius", self.normal_radius)?;
        match self.triangles {
            Some(triangles) => {
                check::indices("triangles", triangles.as_flattened(), point_count)?;
            }
            None if self.normal_radius > 0.0 => {
                let problem = "is not given, expected the points' triangles for normal_radius";
                return Err(Error::invalid("triangles", problem));
            }
            None => {}
        }
        check::not_negative("angle_min", self.angle_min)?;
        check::finite_scalar("angle_max", self.angle_max)?;
        if self.angle_max < self.angle_min {
            let (max, min) = (self.angle_max, self.angle_min);
            let problem = format!("is {max}, expected at least angle_min ({min})");
            return Err(Error::invalid("angle_max", problem));
        }
        if let Some(first) = self.first_triangles {
            check::length("first_triangles", first.len(), surface.triangles().len())?;
            check::indices("first_triangles", first, surface.triangles().len())?;
        }
        Ok(())
    }

    /// The shares of closest points and of averaged normals in the progress of both.
    pub(crate) fn search_parts<'p>(&self, progress: &Progress<'p>) -> [Progress<'p>; 2] {
        let closest = if self.normal_radius > 0.0 { 0.5 } else { 1.0 };
        [progress.part(0.0, closest), progress.part(closest, 1.0)]
    }

    /// The normals that the ramp takes; the options must have passed [`Self::check`].
    ///
    /// # Errors
    /// No memory, a cancel.
    pub(crate) fn ramp_normals(
        &self,
        surface: &Surface,
        points: &[Vec3],
        progress: &Progress<'_>,
    ) -> Result<RampNormals<'a>> {
        let (Some(triangles), true) = (self.triangles, self.normal_radius > 0.0) else {
            return Ok(self.normals.map(Cow::Borrowed));
        };
        let (mesh, radius) = ((points, triangles), self.normal_radius);
        let all: Vec<u32> = (0..points.len() as u32).collect();
        let normals = averaged_vertex_normals(surface, mesh, self.normals, &all, radius, progress)?;
        // Of length 1, since single precision does not hold areas of any size.
        Ok(Some(normals.into_iter().map(|normal| normal.normalize_or_zero().as_vec3()).collect()))
    }

    /// The triangle whose corners give the weights of a point on `triangle`.
    #[inline]
    pub(crate) fn mixed_triangle(&self, triangle: u32) -> u32 {
        self.first_triangles.map_or(triangle, |first| first[triangle as usize])
    }
}

impl Default for TransferOptions<'_> {
    fn default() -> Self {
        Self {
            max_distance: f32::INFINITY,
            normals: None,
            triangles: None,
            normal_radius: 0.0,
            angle_min: 0.0,
            angle_max: 0.0,
            small_triangles_by_corner: false,
            first_triangles: None,
        }
    }
}

/// Transfers sparse weights.
///
/// - `body`: one row for each vertex of the surface;
/// - `points`: `#P by 3`, finite, in the space of the surface.
///
/// Returns one row for each point, groups ascending, zeros left out, and the closest points. A point
/// without a match has an empty row.
///
/// # Errors
/// Arrays of other lengths, numbers that are not finite, angles out of order, indices out of range,
/// more entries than 32-bit offsets can count, a cancel.
pub fn transfer_sparse(
    surface: &Surface,
    body: SparseView<'_>,
    points: &[Vec3],
    options: &TransferOptions<'_>,
    progress: &Progress<'_>,
) -> Result<(SparseWeights, Vec<ClosestPoint>)> {
    check::length("offsets", body.offsets().len(), surface.points().len() + 1)?;
    let (closest, normals) = find(surface, points, options, &progress.part(0.0, SEARCH_SHARE))?;
    let options = TransferOptions { normals: normals.as_deref(), ..*options };
    let part = progress.part(SEARCH_SHARE, 1.0);
    let weights = mix_sparse(surface, body, &closest, &options, &part)?;
    Ok((weights, closest))
}

/// The mixing step of [`transfer_sparse`], for points whose closest points are known.
///
/// - `closest`: `#P`, from `surface`; the options must have passed [`TransferOptions::check`] for as many
///   points, their normals be those of [`TransferOptions::ramp_normals`].
pub(crate) fn mix_sparse(
    surface: &Surface,
    body: SparseView<'_>,
    closest: &[ClosestPoint],
    options: &TransferOptions<'_>,
    progress: &Progress<'_>,
) -> Result<SparseWeights> {
    let mixing = Mixing { surface, options, closest };
    let split = Split::new(closest.len(), 0, LEAST_BLOCK);
    build_rows(split, body.group_count(), progress, |rows, block| {
        let mut sums = GroupSums::new(body.group_count())?;
        for point in rows {
            for (vertex, factor) in mixing.corners(point) {
                let (groups, weights) = body.row(vertex);
                for (&group, &weight) in groups.iter().zip(weights) {
                    sums.add(group, factor * f64::from(weight));
                }
            }
            block.reserve(sums.groups.len())?;
            sums.drain(|group, sum| {
                let weight = stored(sum);
                if weight != 0.0 {
                    block.push(group, weight);
                }
            });
            block.end_row();
        }
        Ok(())
    })
}

/// Transfers dense weights.
///
/// - `body`: `#V by #G`, vertex-major, finite, one row for each vertex of the surface;
/// - `points`: `#P by 3`, finite, in the space of the surface;
/// - `out`: `#P by #G`; a point without a match gets zeros.
///
/// Returns the closest points.
///
/// # Errors
/// As [`transfer_sparse`]; `out` is untouched then.
pub fn transfer_dense(
    surface: &Surface,
    body: &[f32],
    group_count: usize,
    points: &[Vec3],
    options: &TransferOptions<'_>,
    progress: &Progress<'_>,
    out: &mut [f32],
) -> Result<Vec<ClosestPoint>> {
    let body_len = memory::checked_product("weights", surface.points().len(), group_count)?;
    check::length("weights", body.len(), body_len)?;
    check::finite("weights", body)?;
    let out_len = memory::checked_product("out_weights", points.len(), group_count)?;
    check::length("out_weights", out.len(), out_len)?;
    let (closest, normals) = find(surface, points, options, &progress.part(0.0, SEARCH_SHARE))?;
    progress.check()?;
    let options = TransferOptions { normals: normals.as_deref(), ..*options };
    let mixing = Mixing { surface, options: &options, closest: &closest };
    let least = LEAST_DENSE_BLOCK.div_ceil(group_count.max(1));
    let split = Split::new(points.len(), group_count * size_of::<f64>(), least);
    // Not to be cancelled: from here on the caller's buffer changes.
    parallel::fill_rows(split, out, group_count, &Progress::none(), |rows, out| {
        let mut sums = vec![0.0_f64; group_count];
        for (point, out) in rows.zip(out.chunks_exact_mut(group_count)) {
            sums.fill(0.0);
            for (vertex, factor) in mixing.corners(point) {
                let weights = &body[vertex * group_count..][..group_count];
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum += factor * f64::from(weight);
                }
            }
            for (out, &sum) in out.iter_mut().zip(&sums) {
                *out = stored(sum);
            }
        }
    })?;
    Ok(closest)
}

/// Checks the options, finds the closest points and the normals that the ramp takes.
fn find<'a>(
    surface: &Surface,
    points: &[Vec3],
    options: &TransferOptions<'a>,
    progress: &Progress<'_>,
) -> Result<(Vec<ClosestPoint>, RampNormals<'a>)> {
    check_coordinates("points", points)?;
    options.check(surface, points.len())?;
    let [search, averaging] = options.search_parts(progress);
    let closest = surface.closest_points(points, options.max_distance, &search)?;
    let normals = options.ramp_normals(surface, points, &averaging)?;
    Ok((closest, normals))
}

/// How the corners of the closest triangle contribute to each point.
struct Mixing<'a> {
    surface: &'a Surface,
    options: &'a TransferOptions<'a>,
    closest: &'a [ClosestPoint],
}

impl Mixing<'_> {
    /// The body's vertices that contribute to a point, and their factors.
    #[inline]
    fn corners(&self, point: usize) -> impl Iterator<Item = (usize, f64)> + use<> {
        let closest = &self.closest[point];
        let (vertices, factors) = if closest.triangle == NO_TRIANGLE {
            ([0; 3], [0.0; 3])
        } else {
            let (triangle, barycentric) = self.shares(closest);
            let ramp = self.ramp(point, closest.triangle);
            (self.surface.triangles()[triangle as usize], barycentric.map(|share| share * ramp))
        };
        let corners = vertices.into_iter().zip(factors);
        corners
            .filter(|&(_, factor)| factor != 0.0)
            .map(|(vertex, factor)| (vertex as usize, factor))
    }

    /// The triangle whose corners are mixed, and their shares, with sum 1.
    fn shares(&self, closest: &ClosestPoint) -> (u32, [f64; 3]) {
        let first = self.options.mixed_triangle(closest.triangle);
        let corners = self.corner_points(first);
        let [a, b, c] = corners;
        let doubled_area_squared = (b - a).cross(c - a).length_squared();
        let by_corner =
            self.options.small_triangles_by_corner && doubled_area_squared <= SMALL_TRIANGLE;
        if by_corner {
            return (first, nearest_corner(corners, closest.point.as_dvec3()));
        }
        if first != closest.triangle {
            return (first, projected_shares(corners, closest.point.as_dvec3()));
        }
        // The sum of rounded coordinates may miss 1: weights of 1 all round must stay 1.
        let shares = closest.barycentric.map(f64::from);
        let sum: f64 = shares.iter().sum();
        (first, shares.map(|share| share / sum))
    }

    fn ramp(&self, point: usize, triangle: u32) -> f64 {
        let Some(normals) = self.options.normals else { return 1.0 };
        let [a, b, c] = self.corner_points(triangle);
        let face = (b - a).cross(c - a);
        let normal = normals[point].as_dvec3();
        if face == DVec3::ZERO || normal == DVec3::ZERO {
            return 1.0;
        }
        let angle = face.cross(normal).length().atan2(face.dot(normal).abs()).to_degrees();
        let (min, max) = (f64::from(self.options.angle_min), f64::from(self.options.angle_max));
        if angle >= max { 1.0 } else { ((angle - min) / (max - min)).max(0.0) }
    }

    fn corner_points(&self, triangle: u32) -> [DVec3; 3] {
        let vertices = self.surface.triangles()[triangle as usize];
        vertices.map(|vertex| self.surface.points()[vertex as usize].as_dvec3())
    }
}

fn nearest_corner(corners: [DVec3; 3], point: DVec3) -> [f64; 3] {
    let mut nearest = 0;
    for corner in 1..3 {
        if corners[corner].distance_squared(point) < corners[nearest].distance_squared(point) {
            nearest = corner;
        }
    }
    std::array::from_fn(|corner| if corner == nearest { 1.0 } else { 0.0 })
}

/// Barycentric coordinates of the point's projection onto the triangle's plane; a triangle without
/// area gives its nearest corner.
fn projected_shares(corners: [DVec3; 3], point: DVec3) -> [f64; 3] {
    let [a, b, c] = corners;
    let (b, c, p) = (b - a, c - a, point - a);
    let normal = b.cross(c);
    let scale = normal.length_squared();
    if scale == 0.0 {
        return nearest_corner(corners, point);
    }
    let (v, w) = (normal.dot(p.cross(c)) / scale, normal.dot(b.cross(p)) / scale);
    [1.0 - v - w, v, w]
}

/// A sum as a vertex group stores it.
#[inline]
fn stored(sum: f64) -> f32 {
    (sum as f32).clamp(0.0, 1.0)
}

/// Sums by group of one row at a time.
struct GroupSums {
    /// By group; NaN where the row has none.
    sums: Vec<f64>,
    /// Groups of the row so far.
    groups: Vec<u32>,
}

impl GroupSums {
    fn new(group_count: usize) -> Result<Self> {
        let sums = memory::try_filled("sums of weights", f64::NAN, group_count)?;
        Ok(Self { sums, groups: Vec::new() })
    }

    #[inline]
    fn add(&mut self, group: u32, value: f64) {
        let sum = &mut self.sums[group as usize];
        if sum.is_nan() {
            *sum = value;
            self.groups.push(group);
        } else {
            *sum += value;
        }
    }

    /// Hands the sums out, groups ascending, and forgets them.
    #[inline]
    fn drain(&mut self, mut take: impl FnMut(u32, f64)) {
        self.groups.sort_unstable();
        for group in self.groups.drain(..) {
            take(group, std::mem::replace(&mut self.sums[group as usize], f64::NAN));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::convert;

    const SQUARE: [Vec3; 4] = [Vec3::ZERO, Vec3::X, Vec3::new(1.0, 1.0, 0.0), Vec3::Y];
    const HALVES: [[u32; 3]; 2] = [[0, 1, 2], [0, 2, 3]];
    /// One group a vertex, so that a result's weights are its shares.
    const IDENTITY: [f32; 16] = [1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1.];

    fn shares(scale: f32, point: Vec3, options: &TransferOptions<'_>) -> [f32; 4] {
        let surface = Surface::new(&SQUARE.map(|point| point * scale), &HALVES).unwrap();
        let mut out = [-1.0; 4];
        let progress = Progress::none();
        transfer_dense(&surface, &IDENTITY, 4, &[point], options, &progress, &mut out).unwrap();
        out
    }

    #[test]
    fn corners_are_mixed_and_far_points_get_nothing() {
        let options = TransferOptions { max_distance: 0.5, ..Default::default() };
        assert_eq!(shares(1.0, Vec3::new(0.5, 0.25, 0.4), &options), [0.5, 0.25, 0.25, 0.0]);
        assert_eq!(shares(1.0, Vec3::new(0.5, 0.25, 0.6), &options), [0.0; 4]);
    }

    #[test]
    fn the_ramp_follows_the_folded_angle() {
        for (angle, expected) in
            [(0.0_f32, 0.0), (30.0, 0.0), (45.0, 0.5), (135.0, 0.5), (60.0, 1.0), (90.0, 1.0)]
        {
            let (sin, cos) = angle.to_radians().sin_cos();
            let normals = [Vec3::new(0.0, sin, cos) * 3.0];
            let options = TransferOptions {
                normals: Some(&normals),
                angle_min: 30.0,
                angle_max: 60.0,
                ..Default::default()
            };
            let total: f32 = shares(1.0, Vec3::new(0.5, 0.25, 0.4), &options).iter().sum();
            assert!((total - expected).abs() < 1e-6, "{angle}: {total}");
        }
        let options = TransferOptions {
            normals: Some(&[Vec3::ZERO]),
            angle_min: 30.0,
            angle_max: 60.0,
            ..Default::default()
        };
        assert_eq!(shares(1.0, Vec3::ZERO, &options), [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn normals_averaged_over_a_radius_take_the_place_of_the_points_own() {
        // Two faces lean by 45° over the square, the second one upside down; the last point has none near.
        let points = [
            Vec3::new(0.4, 0.4, 0.1),
            Vec3::new(0.5, 0.4, 0.2),
            Vec3::new(0.4, 0.5, 0.1),
            Vec3::new(0.5, 0.5, 0.2),
            Vec3::new(0.9, 0.9, 0.1),
        ];
        let surface = Surface::new(&SQUARE, &HALVES).unwrap();
        let total = |triangles, normals, normal_radius| {
            let options = TransferOptions {
                normals,
                triangles: Some(triangles),
                normal_radius,
                angle_max: 90.0,
                ..Default::default()
            };
            let mut out = [0.0; 5];
            let (body, progress) = ([1.0; 4], Progress::none());
            transfer_dense(&surface, &body, 1, &points, &options, &progress, &mut out).unwrap();
            out.map(|weight| (weight * 1e6_f32).round() / 1e6)
        };
        let own = [Vec3::X; 5];
        let leaning = &[[0, 1, 2], [1, 2, 3]][..];
        assert_eq!(total(leaning, Some(&own), 0.3), [0.5, 0.5, 0.5, 0.5, 1.0]);
        assert_eq!(total(leaning, Some(&own), 0.0), [1.0; 5]);
        // Without normals of its own, the mesh's: here 0, which leaves the ramp out.
        assert_eq!(total(leaning, None, 0.3), [0.5, 0.5, 0.5, 0.5, 1.0]);
        let flat = &[[0, 2, 4]][..];
        assert_eq!(total(flat, None, 0.01), [0.0, 1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn the_old_faults_come_on_request_only() {
        let by_corner = TransferOptions { small_triangles_by_corner: true, ..Default::default() };
        let point = Vec3::new(0.75, 0.25, 0.0);
        // 4 · area² is 1 on the unit square and 1e-8 on one of 1 cm.
        assert_eq!(shares(1.0, point, &by_corner), [0.25, 0.5, 0.25, 0.0]);
        let small = shares(0.0099, point * 0.0099, &by_corner);
        assert_eq!(small, [0.0, 1.0, 0.0, 0.0]);

        let quads = TransferOptions { first_triangles: Some(&[0, 0]), ..Default::default() };
        // On the second half the first one's coordinates are 1 − x, x − y and y: clamped.
        assert_eq!(shares(1.0, Vec3::new(0.25, 0.5, 0.0), &quads), [0.75, 0.0, 0.5, 0.0]);
        assert_eq!(
            shares(1.0, Vec3::new(0.25, 0.5, 0.0), &TransferOptions::default()),
            [0.5, 0.0, 0.25, 0.25]
        );
    }

    proptest! {
        #[test]
        fn sparse_equals_dense_and_float64_mixing(
            points in prop::collection::vec(prop::array::uniform3(-0.5_f32..1.5), 0..40),
            dense in prop::collection::vec(prop_oneof![Just(0.0_f32), 0.0_f32..1.0], 4 * 5),
        ) {
            let points: Vec<Vec3> = points.into_iter().map(Vec3::from).collect();
            let surface = Surface::new(&SQUARE, &HALVES).unwrap();
            let options = TransferOptions { max_distance: 0.7, ..Default::default() };
            let progress = Progress::none();
            let mut out = vec![0.0; points.len() * 5];
            let closest =
                transfer_dense(&surface, &dense, 5, &points, &options, &progress, &mut out).unwrap();
            let body = convert::from_dense(&dense, 4, 5).unwrap();
            let (rows, sparse_closest) =
                transfer_sparse(&surface, body.view(), &points, &options, &progress).unwrap();
            prop_assert_eq!(&closest, &sparse_closest);
            prop_assert!(rows.weights.iter().all(|weight| *weight != 0.0));
            let mut written = vec![0.0; out.len()];
            convert::to_dense(rows.view(), &mut written).unwrap();
            prop_assert_eq!(&written, &out);
            // On a flat square the closest point is the clamped one, and the mix of a corner's
            // indicator is its barycentric coordinate: checked against x and y directly.
            for ((point, closest), row) in points.iter().zip(&closest).zip(out.chunks(5)) {
                let (x, y) = (f64::from(point.x.clamp(0.0, 1.0)), f64::from(point.y.clamp(0.0, 1.0)));
                let offset = point.as_dvec3() - DVec3::new(x, y, 0.0);
                prop_assert_eq!(offset.length() <= 0.7 + 1e-6, closest.triangle != NO_TRIANGLE);
                let shares =
                    if y <= x { [1.0 - x, x - y, y, 0.0] } else { [1.0 - y, 0.0, x, y - x] };
                for (group, &weight) in row.iter().enumerate() {
                    let mixed: f64 =
                        (0..4).map(|corner| shares[corner] * f64::from(dense[corner * 5 + group])).sum();
                    let expected = if closest.triangle == NO_TRIANGLE { 0.0 } else { mixed };
                    prop_assert!((f64::from(weight) - expected).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn bad_options_are_named() {
        let surface = Surface::new(&SQUARE, &HALVES).unwrap();
        let mut out = [7.0; 4];
        let mut text = |options: TransferOptions<'_>| {
            let progress = Progress::none();
            let body = &IDENTITY;
            transfer_dense(&surface, body, 4, &[Vec3::ZERO], &options, &progress, &mut out)
                .unwrap_err()
                .to_string()
        };
        let default = TransferOptions::default();
        assert!(text(TransferOptions { normals: Some(&[]), ..default }).contains("`normals`"));
        assert!(text(TransferOptions { angle_min: 2.0, ..default }).contains("`angle_max` is 0"));
        assert!(
            text(TransferOptions { normal_radius: 1.0, ..default })
                .contains("`triangles` is not given, expected the points' triangles")
        );
        assert!(
            text(TransferOptions { first_triangles: Some(&[0, 2]), ..default })
                .contains("`first_triangles`[1] is 2")
        );
        assert!(text(TransferOptions { max_distance: -1.0, ..default }).contains("max_distance"));
        assert_eq!(out, [7.0; 4]);
    }
}
