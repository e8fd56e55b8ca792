//! Masks of an outfit by its distance and angle to the body, as the retargeting scripts make them.
//!
//! - *Inpaint mask*, where copies from the body are not to be trusted: 1 where the body is at least
//!   `min_distance` away **and** every face that uses any vertex within `face_radius` is turned by at
//!   least `min_angle` from its nearest body face; else 0. Then edge smoothing that spreads (expand), weights up
//!   to `threshold` dropped, and a closing (maximum, then minimum over `closing_radius`).
//! - *Smooth mask*, where weights may be smoothed: ramp of the distance × ramp of the angle between the
//!   radius-averaged normal and the nearest body face. Then edge smoothing, small weights dropped, a maximum over
//!   `max_radius`, a gaussian radius smoothing over `smooth_radius`, times a factor of the caller's.
//!
//! A radius or a number of iterations of 0 leaves its step out. A triangle without area has no angle and
//! does not count; a vertex without a known angle has the smooth mask 0. Without a body the
//! distance is infinite and no angle is known.

use glam::Vec3;

use super::averaged_normals::averaged_vertex_normals;
use super::channel_filter::filter_channel;
use super::edge_smooth::{EdgeSmoothing, smooth_weights_on_edges};
use super::edge_smooth_channel::is_reached;
use super::filter::{Maximum, Minimum};
use super::smooth::{Smoothing, smooth_weights};
use super::surface_angles::{folded_angle, normal_of, vertices_of_turned_faces};
use crate::Result;
use crate::geometry::surface::{ClosestPoint, Surface, check_coordinates};
use crate::mesh::Adjacency;
use crate::runtime::{Progress, check};
use crate::spatial::RadiusGraph;
use crate::spatial::cell_grid::CellGrid;

/// An outfit mesh and the body beside it.
#[derive(Clone, Copy)]
pub struct Outfit<'a> {
    /// The body.
    pub body: &'a Surface,
    /// `#V by 3`, finite.
    pub points: &'a [Vec3],
    /// `#T by 3` vertex numbers.
    pub triangles: &'a [[u32; 3]],
    /// `#E by 2` vertex numbers, along which masks are smoothed.
    pub edges: &'a [[u32; 2]],
}

/// A linear rise from 0 to 1: 0 at `zero_at`, 1 at `one_at`, clamped; a step where both are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Where the value is 0.
    pub zero_at: f32,
    /// Where the value is 1; below `zero_at` for a fall.
    pub one_at: f32,
}

impl Ramp {
    /// The value at `x`, which may be infinite.
    pub fn at(self, x: f64) -> f32 {
        let (zero, one) = (f64::from(self.zero_at), f64::from(self.one_at));
        if zero == one {
            return f32::from(x >= one);
        }
        ((x - zero) / (one - zero)).clamp(0.0, 1.0) as f32
    }

    /// Up to this `x` the value is certainly 0.
    fn zero_up_to(self) -> f32 {
        if self.zero_at <= self.one_at { self.zero_at } else { 0.0 }
    }

    fn check(self, argument: &'static str) -> Result<()> {
        check::not_negative(argument, self.zero_at)?;
        check::not_negative(argument, self.one_at)
    }
}

/// How [`inpaint_mask`] works; lengths in metres, angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InpaintMask {
    /// Least distance to the body.
    pub min_distance: f32,
    /// Least angle to the nearest body face.
    pub min_angle: f32,
    /// Radius over which all faces must be turned.
    pub face_radius: f32,
    /// Edge smoothing of the raw mask.
    pub smoothing: EdgeSmoothing,
    /// Values up to this become 0.
    pub threshold: f32,
    /// Radius of the closing.
    pub closing_radius: f32,
}

impl Default for InpaintMask {
    fn default() -> Self {
        Self {
            min_distance: 0.005,
            min_angle: 20.0,
            face_radius: 0.003,
            smoothing: EdgeSmoothing { factor: 0.3, iterations: 10, expand: 0.25 },
            threshold: 0.5,
            closing_radius: 0.01,
        }
    }
}

/// How [`smooth_mask`] works; lengths in metres, angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothMask {
    /// Ramp of the distance to the body.
    pub distance: Ramp,
    /// Ramp of the angle to the nearest body face.
    pub angle: Ramp,
    /// Radius over which normals are averaged.
    pub normal_radius: f32,
    /// Edge smoothing of the raw mask.
    pub smoothing: EdgeSmoothing,
    /// Values up to this become 0.
    pub threshold: f32,
    /// Radius of the maximum.
    pub max_radius: f32,
    /// Radius of the gaussian smoothing.
    pub smooth_radius: f32,
}

impl Default for SmoothMask {
    fn default() -> Self {
        Self {
            distance: Ramp { zero_at: 0.005, one_at: 0.015 },
            angle: Ramp { zero_at: 15.0, one_at: 30.0 },
            normal_radius: 0.01,
            smoothing: EdgeSmoothing { factor: 0.3, iterations: 10, expand: 0.0 },
            threshold: 0.5,
            max_radius: 0.02,
            smooth_radius: 0.05,
        }
    }
}

/// The inpaint mask, `#V` in [0, 1].
///
/// # Errors
/// Points, vertex numbers or options out of range, which are named; no memory; a cancel.
pub fn inpaint_mask(
    outfit: Outfit<'_>,
    options: &InpaintMask,
    progress: &Progress<'_>,
) -> Result<Vec<f32>> {
    options.check()?;
    let adjacency = outfit.check()?;
    let radius = options.face_radius.max(options.closing_radius);
    let grid = (radius > 0.0).then(|| CellGrid::new(outfit.points, radius)).transpose()?;
    // Angles first: one face that is not turned rules out its vertices, while a distance decides one.
    let mut mask = vertices_of_turned_faces(
        outfit.body,
        outfit.points,
        outfit.triangles,
        options.min_angle,
        &progress.part(0.0, 0.5),
    )?;
    let none = Progress::none();
    if let Some(grid) = grid.as_ref().filter(|_| options.face_radius > 0.0) {
        filter_channel::<Minimum>(grid, options.face_radius, &mut mask, &none)?;
    }
    outfit.leave_out_near(&mut mask, options.min_distance, &progress.part(0.5, 0.8))?;
    smooth_weights_on_edges(&adjacency, &mut mask, 1, None, &options.smoothing, &none)?;
    drop_small(&mut mask, options.threshold);
    if let Some(grid) = grid.as_ref().filter(|_| options.closing_radius > 0.0) {
        filter_channel::<Maximum>(grid, options.closing_radius, &mut mask, &none)?;
        filter_channel::<Minimum>(grid, options.closing_radius, &mut mask, &none)?;
    }
    progress.advance(1.0)?;
    Ok(mask)
}

/// The smooth mask, `#V` in [0, 1] (times `factor`).
///
/// - `factor`: `#V`, finite, multiplied in at the end; `None`: 1.
///
/// # Errors
/// Points, vertex numbers, factors or options out of range, which are named; no memory; a cancel.
pub fn smooth_mask(
    outfit: Outfit<'_>,
    factor: Option<&[f32]>,
    options: &SmoothMask,
    progress: &Progress<'_>,
) -> Result<Vec<f32>> {
    options.check()?;
    let adjacency = outfit.check()?;
    if let Some(factor) = factor {
        check::length("factor", factor.len(), outfit.points.len())?;
        check::finite("factor", factor)?;
    }
    let closest = outfit.body.closest_points_beyond(
        outfit.points,
        options.distance.zero_up_to(),
        &progress.part(0.0, 0.3),
    )?;
    let mut mask: Vec<f32> =
        closest.iter().map(|found| options.distance.at(found.distance.into())).collect();
    leave_out_undecisive(&mut mask, &adjacency, options)?;
    outfit.times_angle_ramp(&mut mask, &closest, options, &progress.part(0.3, 0.7))?;
    smooth_weights_on_edges(&adjacency, &mut mask, 1, None, &options.smoothing, &Progress::none())?;
    drop_small(&mut mask, options.threshold);
    if options.max_radius > 0.0 {
        let grid = CellGrid::new(outfit.points, options.max_radius)?;
        filter_channel::<Maximum>(&grid, options.max_radius, &mut mask, &progress.part(0.7, 0.8))?;
    }
    if options.smooth_radius > 0.0 {
        let graph = RadiusGraph::new(outfit.points, options.smooth_radius, &Progress::none())?;
        let once = Smoothing::default();
        smooth_weights(&graph, &mut mask, 1, None, &once, &progress.part(0.8, 1.0))?;
    }
    for (mask, factor) in mask.iter_mut().zip(factor.into_iter().flatten()) {
        *mask *= factor;
    }
    progress.advance(1.0)?;
    Ok(mask)
}

fn drop_small(mask: &mut [f32], threshold: f32) {
    mask.iter_mut().filter(|mask| **mask <= threshold).for_each(|mask| *mask = 0.0);
}

/// Makes a mask, which a factor of at most 1 is still to lower, 0 where it decides nothing.
///
/// Edge smoothing without `expand` is a mean with fixed weights; it never falls as a value rises, its rounding
/// included. So where the mask already ends at most at the threshold, lower values end as 0 whatever they are;
/// only what the smoothing carries to the other vertices counts.
fn leave_out_undecisive(
    mask: &mut [f32],
    adjacency: &Adjacency,
    options: &SmoothMask,
) -> Result<()> {
    if options.smoothing.expand != 0.0 {
        return Ok(());
    }
    let mut most = mask.to_vec();
    smooth_weights_on_edges(adjacency, &mut most, 1, None, &options.smoothing, &Progress::none())?;
    drop_small(&mut most, options.threshold);
    let counts = is_reached(adjacency, &most, options.smoothing.iterations)?;
    mask.iter_mut().zip(counts).filter(|(_, counts)| !counts).for_each(|(mask, _)| *mask = 0.0);
    Ok(())
}

/// The vertices where a mask is above 0, ascending.
fn vertices_within(mask: &[f32]) -> Vec<u32> {
    (0_u32..).zip(mask).filter_map(|(vertex, mask)| (*mask > 0.0).then_some(vertex)).collect()
}

impl Outfit<'_> {
    fn check(&self) -> Result<Adjacency> {
        check::numbered_by_u32("points", self.points.len())?;
        check_coordinates("points", self.points)?;
        check::numbered_by_u32("triangles", self.triangles.len())?;
        check::indices("triangles", self.triangles.as_flattened(), self.points.len())?;
        Adjacency::new(self.edges, self.points.len())
    }

    /// Makes the mask 0 where the body is nearer than `min_distance`.
    fn leave_out_near(
        &self,
        mask: &mut [f32],
        min_distance: f32,
        progress: &Progress<'_>,
    ) -> Result<()> {
        let asked = vertices_within(mask);
        let queries: Vec<Vec3> = asked.iter().map(|v| self.points[*v as usize]).collect();
        let closest = self.body.closest_points_beyond(&queries, min_distance, progress)?;
        for (vertex, found) in asked.into_iter().zip(closest) {
            if found.distance < min_distance {
                mask[vertex as usize] = 0.0;
            }
        }
        Ok(())
    }

    /// Multiplies the ramp of the angle between the radius-averaged normal and the nearest body face in.
    fn times_angle_ramp(
        &self,
        mask: &mut [f32],
        closest: &[ClosestPoint],
        options: &SmoothMask,
        progress: &Progress<'_>,
    ) -> Result<()> {
        // Where the mask is 0 already, the angle, which costs most, decides nothing.
        let wanted = vertices_within(mask);
        let mesh = (self.points, self.triangles);
        let radius = options.normal_radius;
        let normals = averaged_vertex_normals(self.body, mesh, None, &wanted, radius, progress)?;
        for (vertex, normal) in wanted.into_iter().zip(normals) {
            let vertex = vertex as usize;
            let angle = folded_angle(normal, normal_of(self.body, closest[vertex].triangle));
            mask[vertex] *= angle.map_or(0.0, |angle| options.angle.at(angle));
        }
        Ok(())
    }
}

impl InpaintMask {
    fn check(&self) -> Result<()> {
        let lengths = [
            ("min_distance", self.min_distance),
            ("min_angle", self.min_angle),
            ("face_radius", self.face_radius),
            ("closing_radius", self.closing_radius),
        ];
        lengths.into_iter().try_for_each(|(name, value)| check::not_negative(name, value))?;
        check::fraction("threshold", self.threshold)
    }
}

impl SmoothMask {
    fn check(&self) -> Result<()> {
        self.distance.check("distance")?;
        self.angle.check("angle")?;
        let radii = [
            ("normal_radius", self.normal_radius),
            ("max_radius", self.max_radius),
            ("smooth_radius", self.smooth_radius),
        ];
        radii.into_iter().try_for_each(|(name, value)| check::not_negative(name, value))?;
        check::fraction("threshold", self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::test_points::numbers;

    /// Body; points, triangles and edges of an outfit.
    type Scene = (Surface, Vec<Vec3>, Vec<[u32; 3]>, Vec<[u32; 2]>);

    /// A body of one large triangle at z = 0, and an outfit of a strip above it: near and parallel,
    /// then steeply turned away.
    fn scene() -> Scene {
        let body =
            [Vec3::new(-9.0, -9.0, 0.0), Vec3::new(9.0, -9.0, 0.0), Vec3::new(0.0, 9.0, 0.0)];
        let body = Surface::new(&body, &[[0, 1, 2]]).unwrap();
        let heights = [0.001, 0.001, 0.001, 0.021, 0.041, 0.061];
        let points: Vec<Vec3> = heights
            .iter()
            .enumerate()
            .flat_map(|(i, z)| [0.0, 0.02].map(|y| Vec3::new(0.02 * i as f32, y, *z)))
            .collect();
        let quads = (0..5).map(|i| 2 * i);
        let triangles: Vec<[u32; 3]> =
            quads.flat_map(|v| [[v, v + 2, v + 1], [v + 1, v + 2, v + 3]]).collect();
        let edges = triangles.iter().flat_map(|[a, b, c]| [[*a, *b], [*b, *c], [*c, *a]]).collect();
        (body, points, triangles, edges)
    }

    const NO_SMOOTHING: EdgeSmoothing = EdgeSmoothing { factor: 0.3, iterations: 0, expand: 0.0 };

    #[test]
    fn only_what_is_far_and_turned_is_in_the_raw_masks() {
        let (body, points, triangles, edges) = scene();
        let outfit = Outfit { body: &body, points: &points, triangles: &triangles, edges: &edges };
        let options =
            InpaintMask { smoothing: NO_SMOOTHING, closing_radius: 0.0, ..Default::default() };
        let mask = inpaint_mask(outfit, &options, &Progress::none()).unwrap();
        // The third row is near; its far neighbours have turned faces alone.
        assert_eq!(mask, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        let options = SmoothMask {
            smoothing: NO_SMOOTHING,
            max_radius: 0.0,
            smooth_radius: 0.0,
            ..Default::default()
        };
        let factor = [0.5; 12];
        let smooth = smooth_mask(outfit, Some(&factor), &options, &Progress::none()).unwrap();
        let half: Vec<f32> = mask.iter().map(|value| 0.5 * value).collect();
        assert_eq!(smooth, half);
    }

    #[test]
    fn ramps_rise_fall_and_step() {
        let rise = Ramp { zero_at: 1.0, one_at: 3.0 };
        assert_eq!([0.0, 1.5, 4.0, f64::INFINITY].map(|x| rise.at(x)), [0.0, 0.25, 1.0, 1.0]);
        let fall = Ramp { zero_at: 3.0, one_at: 1.0 };
        assert_eq!([0.0, 1.5, 4.0, f64::INFINITY].map(|x| fall.at(x)), [1.0, 0.75, 0.0, 0.0]);
        let step = Ramp { zero_at: 1.0, one_at: 1.0 };
        assert_eq!([0.9, 1.0].map(|x| step.at(x)), [0.0, 1.0]);
    }

    #[test]
    fn what_is_left_out_changes_no_bit() {
        let mut next = numbers(7);
        // A long strip, on which the values rise and fall again and again.
        let edges: Vec<[u32; 2]> = (0..600).flat_map(|v| [[v, v + 1], [v, v + 2]]).collect();
        let adjacency = Adjacency::new(&edges, 602).unwrap();
        let wave = |v: usize| 0.3 + 0.4 * (v as f32 / 50.0).sin() + 0.3 * next();
        let mask: Vec<f32> = (0..602).map(wave).map(|mask| mask.max(0.0)).collect();
        let factors: Vec<f32> = (0..602).map(|_| (1.5 * next()).min(1.0)).collect();
        for (expand, iterations) in [(0.0, 10), (0.0, 0), (0.0, 3), (0.25, 10), (-0.5, 10)] {
            let smoothing = EdgeSmoothing { factor: 0.3, iterations, expand };
            let options = SmoothMask { smoothing, ..Default::default() };
            let ended = |mut mask: Vec<f32>| {
                mask.iter_mut().zip(&factors).for_each(|(mask, factor)| *mask *= factor);
                let none = Progress::none();
                smooth_weights_on_edges(&adjacency, &mut mask, 1, None, &smoothing, &none).unwrap();
                drop_small(&mut mask, options.threshold);
                mask
            };
            let mut left = mask.clone();
            leave_out_undecisive(&mut left, &adjacency, &options).unwrap();
            assert_eq!(left == mask, expand != 0.0, "{iterations} iterations");
            let ended = [ended(left), ended(mask.clone())];
            assert!(ended[0] == ended[1] && ended[0].iter().any(|mask| *mask > 0.0));
        }
    }

    #[test]
    fn empty_meshes_and_bodies_have_masks() {
        let empty = Surface::new(&[], &[]).unwrap();
        let none = Outfit { body: &empty, points: &[], triangles: &[], edges: &[] };
        assert!(inpaint_mask(none, &Default::default(), &Progress::none()).unwrap().is_empty());
        let points = [Vec3::ZERO, Vec3::X];
        let loose = Outfit { points: &points, ..none };
        let mask = inpaint_mask(loose, &Default::default(), &Progress::none()).unwrap();
        assert_eq!(mask, [1.0, 1.0]);
        let mask = smooth_mask(loose, None, &Default::default(), &Progress::none()).unwrap();
        assert_eq!(mask, [0.0, 0.0]);
    }

    #[test]
    fn bad_arguments_are_named() {
        let (body, points, triangles, edges) = scene();
        let outfit = Outfit { body: &body, points: &points, triangles: &triangles, edges: &edges };
        let text = |outfit, options| {
            inpaint_mask(outfit, &options, &Progress::none()).unwrap_err().to_string()
        };
        let bad = InpaintMask { min_angle: -1.0, ..Default::default() };
        assert!(text(outfit, bad).contains("min_angle"));
        let broken = Outfit { triangles: &[[0, 1, 99]], ..outfit };
        assert!(text(broken, Default::default()).contains("`triangles`[2]"));
        let nan = [Vec3::NAN; 12];
        assert!(text(Outfit { points: &nan, ..outfit }, Default::default()).contains("`points`"));
        let short = smooth_mask(outfit, Some(&[1.0]), &Default::default(), &Progress::none());
        assert!(short.unwrap_err().to_string().contains("factor"));
    }
}
