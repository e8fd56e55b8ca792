//! A deformation field from a body and its other shape.
//!
//! The body's vertices are the control points of an [`rbf`] interpolant. The field samples
//! it on a grid around the body ([`sample_grid`]) and at the control points themselves, so that the
//! body's own vertices go where they should, too. With the distance d from a sample to the body its
//! displacement counts by `1 − (3t² − 2t³)`, `t = (d − start) / (end − start)` within [0, 1].
//!
//! Several steps cut the way of each control point into equal parts. The samples of a step are those
//! of the step before, moved by it.

use glam::{DVec3, Vec3};

use super::field::{Field, FieldSamples, identity};
use super::rbf;
use super::sample_grid::{self, Grid};
use crate::geometry::surface::Surface;
use crate::runtime::{Progress, check};
use crate::spatial::PointIndex;
use crate::spatial::point_index::NO_INDEX;
use crate::{Error, Result};

/// Steps at most.
const MOST_STEPS: usize = 1_000;

/// How a field is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreationOptions {
    /// φ, smoothing and merging of control points.
    pub rbf: rbf::Options,
    /// The field leads from the other shape back to the body.
    pub inverse: bool,
    /// Parts into which the way is cut, 1 to 1000.
    pub step_count: usize,
    /// Only samples with x ≥ 0 are kept: the body is symmetric.
    pub mirror_x: bool,
    /// Metres, above 0: edge of the grid's cells near the body.
    pub base_spacing: f32,
    /// What a metre of distance adds to the edge of a cell, not negative.
    pub growth: f32,
    /// The grid fills the body's bounding box times this, at least 1.
    pub box_scale: f32,
    /// Metres, not negative: up to this distance displacements count in full.
    pub falloff_start: f32,
    /// Metres, above `falloff_start`: from this distance on nothing moves. May be infinite.
    pub falloff_end: f32,
}

impl Default for CreationOptions {
    fn default() -> Self {
        Self {
            rbf: rbf::Options::default(),
            inverse: false,
            step_count: 1,
            mirror_x: false,
            base_spacing: 0.0025,
            growth: 0.5,
            box_scale: 1.5,
            falloff_start: 0.015,
            falloff_end: 0.265,
        }
    }
}

/// Makes a field that moves the body (`#V by 3`) to its other shape (`#W by 3`), in world space.
///
/// - `correspondence`: `#V`, the vertex of `deformed` that belongs to each of the body's, or
///   [`NO_INDEX`] for one that is no control point; without it both have the same vertices;
/// - `triangles`: `#T by 3`, the body's surface, from which distances count; those with a vertex that
///   is no control point are left out. Without triangles, distances count from control points.
///
/// # Errors
/// Counts that differ, indices out of range, numbers that are not finite, options out of range, no
/// control point, a singular system (see [`rbf::Interpolator`]), a cancel.
pub fn create_field(
    body: &[Vec3],
    deformed: &[Vec3],
    correspondence: Option<&[u32]>,
    triangles: Option<&[[u32; 3]]>,
    options: &CreationOptions,
    progress: &Progress<'_>,
) -> Result<Field> {
    options.check()?;
    check::numbered_by_u32("body", body.len())?;
    check::finite("body", bytemuck::cast_slice::<_, f32>(body))?;
    check::finite("deformed", bytemuck::cast_slice::<_, f32>(deformed))?;
    let control = ControlPoints::new(body, deformed, correspondence, options.inverse)?;
    let shape = Shape::new(&control, body.len(), triangles)?;
    let mut samples = grid_samples(&control, &shape, options, &progress.part(0.0, 0.1))?;
    let factors: Vec<f64> = samples.distances.iter().map(|&d| options.falloff(d)).collect();
    let mut field = FieldSamples {
        offsets: vec![0],
        points: Vec::new(),
        displacements: Vec::new(),
        world_matrix: identity(),
        mirror_x: options.mirror_x,
    };
    for step in 0..options.step_count {
        let part = |step: usize| 0.1 + 0.9 * step as f32 / options.step_count as f32;
        let progress = progress.part(part(step), part(step + 1));
        let displacements = displacements(
            &control.positions(step, options.step_count),
            &control.positions(step + 1, options.step_count),
            &samples.points,
            &factors,
            &options.rbf,
            &progress,
        )?;
        field.points.extend(&samples.points);
        for (point, displacement) in samples.points.iter_mut().zip(&displacements) {
            *point += *displacement;
        }
        field.displacements.extend(displacements);
        check::numbered_by_u32("the field", field.points.len())?;
        field.offsets.push(field.points.len() as u32);
    }
    Field::new(field)
}

/// Where the control points are before and after.
struct ControlPoints {
    /// The body's vertex of each.
    vertices: Vec<u32>,
    start: Vec<Vec3>,
    end: Vec<Vec3>,
}

impl ControlPoints {
    fn new(
        body: &[Vec3],
        deformed: &[Vec3],
        correspondence: Option<&[u32]>,
        inverse: bool,
    ) -> Result<Self> {
        match correspondence {
            None => check::length("deformed", deformed.len(), body.len())?,
            Some(indices) => check::length("correspondence", indices.len(), body.len())?,
        }
        let mut found = Self { vertices: Vec::new(), start: Vec::new(), end: Vec::new() };
        for (vertex, &point) in body.iter().enumerate() {
            let other = match correspondence.map(|indices| indices[vertex]) {
                Some(NO_INDEX) => continue,
                Some(index) => *deformed.get(index as usize).ok_or(Error::IndexOutOfRange {
                    argument: "correspondence",
                    element: vertex,
                    found: index.into(),
                    bound: deformed.len(),
                })?,
                None => deformed[vertex],
            };
            let (start, end) = if inverse { (other, point) } else { (point, other) };
            found.vertices.push(vertex as u32);
            found.start.push(start);
            found.end.push(end);
        }
        if found.vertices.is_empty() {
            let problem = "has no vertex that is a control point, expected one at least";
            return Err(Error::invalid("body", problem));
        }
        Ok(found)
    }

    /// Positions after `step` of `count` steps.
    fn positions(&self, step: usize, count: usize) -> Vec<Vec3> {
        let share = step as f64 / count as f64;
        let between =
            |(&start, &end): (&Vec3, &Vec3)| start.as_dvec3().lerp(end.as_dvec3(), share).as_vec3();
        self.start.iter().zip(&self.end).map(between).collect()
    }
}

/// What distances count from.
enum Shape {
    Surface(Surface),
    Points(PointIndex),
}

impl Shape {
    fn new(
        control: &ControlPoints,
        vertex_count: usize,
        triangles: Option<&[[u32; 3]]>,
    ) -> Result<Self> {
        let Some(triangles) = triangles else {
            return Ok(Self::Points(PointIndex::new(&control.start)?));
        };
        check::indices("triangles", triangles.as_flattened(), vertex_count)?;
        let mut number_of = vec![NO_INDEX; vertex_count];
        for (number, &vertex) in control.vertices.iter().enumerate() {
            number_of[vertex as usize] = number as u32;
        }
        let kept: Vec<[u32; 3]> = triangles
            .iter()
            .map(|triangle| triangle.map(|vertex| number_of[vertex as usize]))
            .filter(|triangle| !triangle.contains(&NO_INDEX))
            .collect();
        if kept.is_empty() {
            let problem = "has no triangle between control points, expected one at least";
            return Err(Error::invalid("triangles", problem));
        }
        Ok(Self::Surface(Surface::new(&control.start, &kept)?))
    }

    fn distances(&self, points: &[Vec3], progress: &Progress<'_>) -> Result<Vec<f32>> {
        match self {
            Self::Surface(surface) => {
                let found = surface.closest_points(points, f32::INFINITY, progress)?;
                Ok(found.iter().map(|closest| closest.distance).collect())
            }
            Self::Points(index) => {
                let mut distances = vec![0.0; points.len()];
                let mut indices = vec![0; points.len()];
                let no_limit = f32::INFINITY;
                index.nearest(points, no_limit, &mut indices, &mut distances, progress)?;
                Ok(distances)
            }
        }
    }
}

/// The grid's samples, then the control points.
fn grid_samples(
    control: &ControlPoints,
    shape: &Shape,
    options: &CreationOptions,
    progress: &Progress<'_>,
) -> Result<sample_grid::Samples> {
    let (low, high) = bounds(&control.start);
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low) * f64::from(options.box_scale));
    let grid = Grid {
        base_spacing: options.base_spacing.into(),
        growth: options.growth.into(),
        mirror_x: options.mirror_x,
    };
    let silent = Progress::new(None, progress.flag());
    let mut samples = sample_grid::samples(&grid, (centre - half, centre + half), |points| {
        shape.distances(points, &silent)
    })?;
    let kept = |point: &&Vec3| !options.mirror_x || point.x >= 0.0;
    samples.points.extend(control.start.iter().filter(kept));
    samples.distances.resize(samples.points.len(), 0.0);
    progress.advance(1.0)?;
    Ok(samples)
}

fn bounds(points: &[Vec3]) -> (DVec3, DVec3) {
    let low = points.iter().copied().fold(Vec3::INFINITY, Vec3::min);
    let high = points.iter().copied().fold(Vec3::NEG_INFINITY, Vec3::max);
    (low.as_dvec3(), high.as_dvec3())
}

/// The interpolant at the samples, times their factors; samples of factor 0 are not evaluated.
fn displacements(
    from: &[Vec3],
    to: &[Vec3],
    samples: &[Vec3],
    factors: &[f64],
    options: &rbf::Options,
    progress: &Progress<'_>,
) -> Result<Vec<Vec3>> {
    let interpolator = rbf::Interpolator::new(from, options, &progress.part(0.0, 0.4))?;
    let values: Vec<Vec3> =
        from.iter().zip(to).map(|(from, to)| (to.as_dvec3() - from.as_dvec3()).as_vec3()).collect();
    let coefficients =
        interpolator.fit(bytemuck::cast_slice(&values), 3, &progress.part(0.4, 0.5))?;
    let moved: Vec<usize> = (0..samples.len()).filter(|&sample| factors[sample] > 0.0).collect();
    let targets: Vec<Vec3> = moved.iter().map(|&sample| samples[sample]).collect();
    let mut values = vec![Vec3::ZERO; targets.len()];
    let out = bytemuck::cast_slice_mut(&mut values);
    interpolator.evaluate(&coefficients, 3, &targets, out, &progress.part(0.5, 1.0))?;
    let mut displacements = vec![Vec3::ZERO; samples.len()];
    for (sample, value) in moved.into_iter().zip(values) {
        displacements[sample] = (value.as_dvec3() * factors[sample]).as_vec3();
    }
    Ok(displacements)
}

impl CreationOptions {
    fn check(&self) -> Result<()> {
        if !(1..=MOST_STEPS).contains(&self.step_count) {
            let problem = format!("is {}, expected 1 to {MOST_STEPS}", self.step_count);
            return Err(Error::invalid("step_count", problem));
        }
        check::not_negative("base_spacing", self.base_spacing)?;
        if self.base_spacing < f32::MIN_POSITIVE {
            return Err(Error::invalid("base_spacing", "is 0, expected a number above 0"));
        }
        check::not_negative("growth", self.growth)?;
        check::finite_scalar("box_scale", self.box_scale)?;
        if self.box_scale < 1.0 {
            let problem = format!("is {}, expected 1 at least", self.box_scale);
            return Err(Error::invalid("box_scale", problem));
        }
        check::not_negative("falloff_start", self.falloff_start)?;
        let (end, start) = (self.falloff_end, self.falloff_start);
        if end.is_nan() || end <= start {
            let problem = format!("is {end}, expected more than `falloff_start`, {start}");
            return Err(Error::invalid("falloff_end", problem));
        }
        Ok(())
    }

    fn falloff(&self, distance: f32) -> f64 {
        let start = f64::from(self.falloff_start);
        let t = (f64::from(distance) - start) / (f64::from(self.falloff_end) - start);
        let t = t.clamp(0.0, 1.0);
        1.0 - t * t * (3.0 - 2.0 * t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deform::field::ApplyOptions;

    /// A sphere's points, and an ellipsoid's.
    fn shapes() -> (Vec<Vec3>, Vec<Vec3>) {
        let golden = std::f32::consts::PI * (3.0 - 5.0_f32.sqrt());
        let sphere: Vec<Vec3> = (0..300)
            .map(|i| {
                let z = 1.0 - (2 * i + 1) as f32 / 300.0;
                let (sin, cos) = (golden * i as f32).sin_cos();
                Vec3::new(cos * (1.0 - z * z).sqrt(), sin * (1.0 - z * z).sqrt(), z) * 0.1
            })
            .collect();
        let moved = sphere.iter().map(|p| *p * Vec3::new(1.2, 0.9, 1.1)).collect();
        (sphere, moved)
    }

    fn options() -> CreationOptions {
        CreationOptions { base_spacing: 0.01, ..Default::default() }
    }

    fn error_of(field: &Field, from: &[Vec3], to: &[Vec3]) -> f32 {
        let mut moved = from.to_vec();
        field.apply(&mut moved, None, &ApplyOptions::default(), &Progress::none()).unwrap();
        moved.iter().zip(to).map(|(a, b)| a.distance(*b)).fold(0.0, f32::max)
    }

    fn create(from: &[Vec3], to: &[Vec3], options: &CreationOptions) -> Field {
        create_field(from, to, None, None, options, &Progress::none()).unwrap()
    }

    #[test]
    fn the_body_becomes_the_other_shape_and_back() {
        let (body, deformed) = shapes();
        let forth = create(&body, &deformed, &options());
        assert!(error_of(&forth, &body, &deformed) < 1e-4);
        let back = create(&body, &deformed, &CreationOptions { inverse: true, ..options() });
        assert!(error_of(&back, &deformed, &body) < 1e-4);
        let steps = create(&body, &deformed, &CreationOptions { step_count: 3, ..options() });
        assert_eq!(steps.samples().step_count(), 3);
        assert!(error_of(&steps, &body, &deformed) < 3e-4);
    }

    #[test]
    fn samples_away_from_the_body_fade() {
        let (body, deformed) = shapes();
        let field = create(&body, &deformed, &CreationOptions { falloff_end: 0.06, ..options() });
        let (mut within, mut beyond) = (0.0, 0.0_f32);
        for (point, moved) in field.samples().points.iter().zip(&field.samples().displacements) {
            let distance = body.iter().map(|p| p.distance(*point)).fold(f32::INFINITY, f32::min);
            if distance >= 0.06 {
                beyond = beyond.max(moved.length());
            } else if distance < 0.015 {
                within = moved.length().max(within);
            }
        }
        assert!(beyond == 0.0 && within > 0.015, "{beyond} {within}");
    }

    #[test]
    fn mirrored_fields_hold_one_side() {
        let (half, _) = shapes();
        let half = half.into_iter().filter(|p| p.x > 0.0).collect::<Vec<_>>();
        let body =
            [half.clone(), half.iter().map(|p| Vec3::new(-p.x, p.y, p.z)).collect()].concat();
        let deformed: Vec<Vec3> = body.iter().map(|p| *p * Vec3::new(1.2, 0.9, 1.1)).collect();
        let field = create(&body, &deformed, &CreationOptions { mirror_x: true, ..options() });
        assert!(field.samples().mirror_x);
        assert!(field.samples().points.iter().all(|point| point.x >= 0.0));
        assert!(error_of(&field, &body, &deformed) < 1e-4);
    }

    #[test]
    fn correspondence_and_triangles() {
        let (body, deformed) = shapes();
        let shuffled: Vec<Vec3> = deformed.iter().rev().copied().collect();
        let mut map: Vec<u32> = (0..300).rev().collect();
        let direct = create(&body, &deformed, &options());
        let create = |body: &[Vec3], map: &[u32], triangles: Option<&[[u32; 3]]>| {
            create_field(body, &shuffled, Some(map), triangles, &options(), &Progress::none())
        };
        assert_eq!(create(&body, &map, None).unwrap().samples(), direct.samples());
        let mut longer = body.clone();
        longer.push(Vec3::splat(5.0));
        map.push(NO_INDEX);
        assert_eq!(create(&longer, &map, None).unwrap().samples(), direct.samples());
        // Distances from one triangle, far from most points.
        let surface = create(&longer, &map, Some(&[[0, 1, 2], [0, 1, 300]])).unwrap();
        assert!(surface.samples().points.len() < direct.samples().points.len());
        let text = |map: &[u32], triangles| {
            create(&longer, map, triangles).err().expect("refused").to_string()
        };
        assert!(text(&map, Some(&[[0, 1, 300]])).contains("`triangles` has no triangle"));
        assert!(text(&map, Some(&[[0, 1, 301]])).contains("`triangles`[2] is 301"));
        assert!(text(&[NO_INDEX; 301], None).contains("`body` has no vertex"));
        assert!(text(&[300; 301], None).contains("`correspondence`[0] is 300"));
        assert!(text(&map[1..], None).contains("`correspondence` holds 300"));
    }

    #[test]
    fn options_are_checked() {
        let (body, deformed) = shapes();
        let text = |options| {
            let made = create_field(&body, &deformed, None, None, &options, &Progress::none());
            made.err().expect("refused").to_string()
        };
        let good = CreationOptions::default();
        assert!(text(CreationOptions { step_count: 0, ..good }).contains("`step_count`"));
        assert!(text(CreationOptions { base_spacing: 0.0, ..good }).contains("`base_spacing`"));
        assert!(text(CreationOptions { growth: -1.0, ..good }).contains("`growth`"));
        assert!(text(CreationOptions { box_scale: 0.5, ..good }).contains("`box_scale`"));
        assert!(text(CreationOptions { falloff_end: 0.01, ..good }).contains("`falloff_end`"));
    }
}
