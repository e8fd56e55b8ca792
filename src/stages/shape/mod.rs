//! The shape stage: an outfit's shape follows the change from one body to another.
//!
//! In this order, each step left out where its input is: the pose (skinning by the present weights), the
//! deformation fields one after the other, the rigid parts (each as the similarity of its input shape
//! that fits best what the fields made of it), back from another pose (inverse skinning), and out of
//! the body.
//!
//! A shape key goes the way of a shape of its own: the basis displaced by it is posed, deformed and
//! repaired as the basis is, and the result is the difference between both. Vertices that a key does
//! not displace are those of the basis, unless the key has fields of its own. The repair of a key starts
//! from the repaired basis, and moves what the key displaces alone.

mod shapes;

use glam::Vec3;

use self::shapes::{Posed, Shape};
use crate::deform::distortion;
use crate::deform::field::{ApplyOptions, Field};
use crate::deform::fit::NO_COMPONENT;
use crate::deform::penetration::{self, RepairOptions};
use crate::deform::skinning::{Armature, VertexStatus};
use crate::geometry::surface::Surface;
use crate::mesh::components::connected_components;
use crate::mesh::signed_distance::SignedSurface;
use crate::runtime::{Progress, check};
use crate::weights::SparseView;
use crate::weights::rigid::find_rigid_parts;
use crate::{Error, Result};

/// Metres inside the body from which on a vertex counts as deep.
const DEEP: f32 = 0.001;

/// Weights that differ by no more than this are one pattern.
const SAME_WEIGHT: f32 = 1e-3;

/// A field and how it is applied.
#[derive(Clone, Copy)]
pub struct FieldUse<'a> {
    /// The field.
    pub field: &'a Field,
    /// `#V` factors of the displacements, finite; without it all are 1.
    pub mask: Option<&'a [f32]>,
    /// Part of the steps, neighbours, limits.
    pub options: ApplyOptions,
}

/// Which vertices move as one piece.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Rigid<'a> {
    /// None.
    #[default]
    None,
    /// Islands of one weight pattern, see [`find_rigid_parts`]; weights that differ by 0.001 are the same.
    Detect,
    /// `#V`, the part of each vertex, [`NO_COMPONENT`] for none.
    Labels(&'a [u32]),
}

/// What goes into the stage. World space, metres.
#[derive(Clone, Copy, Default)]
pub struct ShapeStage<'a> {
    /// The outfit, `#V by 3`, finite.
    pub points: &'a [Vec3],
    /// `#T by 3` vertex numbers.
    pub triangles: &'a [[u32; 3]],
    /// `#K · #V by 3`, set after set: displacements from `points`, finite.
    pub shape_keys: &'a [Vec3],
    /// The outfit's present skin weights, `#V` rows; needed for the poses and to detect rigid parts.
    pub weights: Option<SparseView<'a>>,
    /// The pose that the fields were made in.
    pub pose: Option<Armature<'a, f64>>,
    /// Fields of the basis, one after the other.
    pub fields: &'a [FieldUse<'a>],
    /// `#K`: fields of each key in place of the basis's; without them, those. May be empty for none.
    pub key_fields: &'a [Option<Vec<FieldUse<'a>>>],
    /// Which vertices move as one piece.
    pub rigid: Rigid<'a>,
    /// The pose that is undone after the fields.
    pub unpose: Option<Armature<'a, f64>>,
    /// The body that the outfit was made for, in the space of `points`.
    pub source_body: Option<&'a Surface>,
    /// The body that the outfit ends on, in the space of the result.
    pub body: Option<&'a Surface>,
    /// Without it penetration is measured only.
    pub repair: Option<RepairOptions>,
}

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaped {
    /// `#V by 3`.
    pub points: Vec<Vec3>,
    /// `#K · #V by 3`: displacements from `points`.
    pub shape_keys: Vec<Vec3>,
    /// `#V`, the rigid part of each vertex.
    pub rigid_labels: Vec<u32>,
    /// `#V`, metres inside the body before the repair, negative outside; minus infinity without a body.
    pub depths_before: Vec<f32>,
    /// The same after it.
    pub depths: Vec<f32>,
    /// The stage in numbers.
    pub report: ShapeReport,
}

/// The stage in numbers; all about the basis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShapeReport {
    /// Vertices that a pose did not move, for want of a bone.
    pub unweighted: usize,
    /// Vertices whose bones blend to a map without an inverse; the inverse pose left them.
    pub singular: usize,
    /// Number of rigid parts.
    pub rigid_parts: usize,
    /// Vertices deeper than 1 mm inside the body before the repair.
    pub deep_before: usize,
    /// The same after it.
    pub deep_after: usize,
    /// The deepest vertex before the repair, metres; 0 where none is inside.
    pub deepest_before: f32,
    /// The same after it.
    pub deepest_after: f32,
    /// Vertices that the repair moved.
    pub moved_by_repair: usize,
    /// The farthest that it moved one, metres.
    pub largest_push: f32,
    /// Faces that turned over against their neighbours, from the input to the result.
    pub inverted_faces: usize,
    /// Faces more than twice as long or less than half, against the growth of the whole mesh.
    pub stretched_faces: usize,
}

/// Runs the stage.
///
/// # Errors
/// Counts that do not fit, numbers that are not finite, poses or rigid parts without weights, matrices
/// and options out of range, no memory, a cancel.
pub fn run(stage: &ShapeStage<'_>, progress: &Progress<'_>) -> Result<Shaped> {
    let key_count = stage.check()?;
    let (rigid_labels, rigid_parts) = stage.rigid_labels()?;
    let rigid = (rigid_parts > 0).then_some(&rigid_labels[..]);

    let posed = Posed::new(stage)?;
    let deforming = progress.part(0.0, 0.6);
    let share = |shape: usize| shape as f32 / (key_count + 1) as f32;
    let part = |shape: usize| deforming.part(share(shape), share(shape + 1));
    let basis = shapes::deform_basis(stage, &posed, rigid, &part(0))?;
    let mut keys = Vec::with_capacity(key_count);
    for key in 0..key_count {
        keys.push(shapes::deform_key(stage, &posed, &basis, key, rigid, &part(key + 1))?);
    }
    let unposed = shapes::unpose(stage, basis, keys)?;
    let mut shaped = repair(stage, unposed.basis, unposed.keys, rigid, &progress.part(0.6, 1.0))?;
    let distortion = distortion::measure(stage.points, &shaped.points, stage.triangles)?;
    let report = &mut shaped.report;
    report.rigid_parts = rigid_parts;
    report.inverted_faces = distortion.inverted.iter().filter(|inverted| **inverted).count();
    report.stretched_faces =
        distortion::stretched_count(&distortion, stage.points, &shaped.points, stage.triangles);
    let is = |wanted: VertexStatus| {
        let either = |(one, other): &(&u8, &u8)| [**one, **other].contains(&(wanted as u8));
        posed.status.iter().zip(&unposed.status).filter(either).count()
    };
    report.unweighted = is(VertexStatus::Unweighted);
    report.singular = is(VertexStatus::Singular);
    shaped.rigid_labels = rigid_labels;
    progress.advance(1.0)?;
    Ok(shaped)
}

impl ShapeStage<'_> {
    /// The number of shape keys.
    fn check(&self) -> Result<usize> {
        let vertices = self.points.len();
        check::numbered_by_u32("points", vertices)?;
        check::finite("points", bytemuck::cast_slice::<_, f32>(self.points))?;
        check::finite("shape_keys", bytemuck::cast_slice::<_, f32>(self.shape_keys))?;
        check::indices("triangles", self.triangles.as_flattened(), vertices)?;
        let keys = self.shape_keys.len() / vertices.max(1);
        check::length("shape_keys", self.shape_keys.len(), keys * vertices)?;
        if !self.key_fields.is_empty() {
            check::length("key_fields", self.key_fields.len(), keys)?;
        }
        if let Some(weights) = &self.weights {
            check::length("weights", weights.vertex_count(), vertices)?;
        } else if self.pose.is_some() || self.unpose.is_some() || self.rigid == Rigid::Detect {
            let problem = "is missing, expected one for the poses and to detect rigid parts";
            return Err(Error::invalid("weights", problem));
        }
        for field in self.fields.iter().chain(self.key_fields.iter().flatten().flatten()) {
            if let Some(mask) = field.mask {
                check::length("mask", mask.len(), vertices)?;
            }
        }
        self.repair.map_or(Ok(()), |repair| repair.check())?;
        Ok(keys)
    }

    /// The rigid part of each vertex, and the number of parts.
    fn rigid_labels(&self) -> Result<(Vec<u32>, usize)> {
        match (self.rigid, self.weights) {
            (Rigid::Detect, Some(weights)) => {
                let islands = self.islands()?;
                let count = self.points.len();
                let parts = find_rigid_parts(weights, &islands, count, SAME_WEIGHT)?;
                Ok((parts.labels, parts.count))
            }
            (Rigid::Labels(labels), _) => {
                check::length("rigid_labels", labels.len(), self.points.len())?;
                check::labels("rigid_labels", labels, self.points.len())?;
                let mut parts = labels.to_vec();
                parts.sort_unstable();
                parts.dedup();
                let count = parts.iter().filter(|part| **part != NO_COMPONENT).count();
                Ok((labels.to_vec(), count))
            }
            _ => Ok((vec![NO_COMPONENT; self.points.len()], 0)),
        }
    }

    /// Island of each vertex; none for one without triangles.
    fn islands(&self) -> Result<Vec<u32>> {
        let mut islands = connected_components(self.triangles, self.points.len())?.of_vertex;
        let mut in_triangle = vec![false; self.points.len()];
        self.triangles.iter().flatten().for_each(|vertex| in_triangle[*vertex as usize] = true);
        for (island, in_triangle) in islands.iter_mut().zip(in_triangle) {
            if !in_triangle {
                *island = NO_COMPONENT;
            }
        }
        Ok(islands)
    }

    /// Displacements of a key.
    fn key(&self, key: usize) -> &[Vec3] {
        &self.shape_keys[key * self.points.len()..][..self.points.len()]
    }
}

/// Pushes basis and keys out of the body, and reports.
fn repair(
    stage: &ShapeStage<'_>,
    basis: Vec<Vec3>,
    keys: Vec<Shape>,
    rigid: Option<&[u32]>,
    progress: &Progress<'_>,
) -> Result<Shaped> {
    let vertices = basis.len();
    let mut shaped = Shaped {
        points: basis.clone(),
        shape_keys: Vec::with_capacity(keys.len() * vertices),
        rigid_labels: Vec::new(),
        depths_before: vec![f32::NEG_INFINITY; vertices],
        depths: vec![f32::NEG_INFINITY; vertices],
        report: ShapeReport::default(),
    };
    let body = stage.body.map(SignedSurface::new).transpose()?;
    let shapes = keys.len() + 1;
    let share = |shape: usize| shape as f32 / shapes as f32;
    let part = |shape: usize| progress.part(share(shape), share(shape + 1));
    let original = match stage.source_body {
        Some(source) if !source.triangles().is_empty() => Some(SignedSurface::new(source)?),
        _ => None,
    };
    let heights = |points: &[Vec3]| -> Result<Option<Vec<f32>>> {
        let Some(original) = &original else { return Ok(None) };
        let near = original.nearest(points, f32::INFINITY, &Progress::none())?;
        Ok(Some(near.iter().map(|near| near.height).collect()))
    };
    match (&body, &stage.repair) {
        (Some(body), Some(options)) if !body.is_empty() => {
            let offsets = heights(stage.points)?;
            let found =
                penetration::repair(body, &basis, offsets.as_deref(), rigid, options, &part(0))?;
            shaped.points = found.points;
            shaped.depths_before = found.depths_before;
            shaped.depths = found.depths;
        }
        (Some(body), _) => {
            shaped.depths_before = penetration::penetration(body, &basis, f32::INFINITY, &part(0))?;
            shaped.depths.clone_from(&shaped.depths_before);
        }
        _ => {}
    }
    for (key, shape) in keys.into_iter().enumerate() {
        let mut displacements = shape.displacements;
        if let (Some(body), Some(options)) = (&body, &stage.repair) {
            let chosen = shape.rows;
            let at = |points: &[Vec3]| chosen.iter().map(|row| points[*row]).collect::<Vec<_>>();
            let (start, moved_by) = (at(&shaped.points), at(&displacements));
            let displaced: Vec<Vec3> = start.iter().zip(&moved_by).map(|(p, d)| *p + *d).collect();
            let input: Vec<Vec3> = (at(stage.points).iter().zip(at(stage.key(key))))
                .map(|(point, displacement)| *point + displacement)
                .collect();
            let offsets = heights(&input)?;
            let labels: Option<Vec<u32>> =
                rigid.map(|labels| chosen.iter().map(|row| labels[*row]).collect());
            let found = penetration::push_out(
                body,
                &displaced,
                offsets.as_deref(),
                labels.as_deref(),
                options,
                &part(key + 1),
            )?;
            for ((row, moved), start) in chosen.iter().zip(&found.points).zip(&start) {
                displacements[*row] = *moved - *start;
            }
        }
        shaped.shape_keys.extend(displacements);
    }
    shaped.report = penetration_report(&basis, &shaped);
    Ok(shaped)
}

fn penetration_report(before_repair: &[Vec3], shaped: &Shaped) -> ShapeReport {
    let deep = |depths: &[f32]| depths.iter().filter(|depth| **depth > DEEP).count();
    let deepest = |depths: &[f32]| depths.iter().copied().fold(0.0, f32::max);
    let pushes = || before_repair.iter().zip(&shaped.points).map(|(was, is)| was.distance(*is));
    ShapeReport {
        deep_before: deep(&shaped.depths_before),
        deep_after: deep(&shaped.depths),
        deepest_before: deepest(&shaped.depths_before),
        deepest_after: deepest(&shaped.depths),
        moved_by_repair: pushes().filter(|push| *push > 0.0).count(),
        largest_push: pushes().fold(0.0, f32::max),
        ..ShapeReport::default()
    }
}

#[cfg(test)]
mod tests;
