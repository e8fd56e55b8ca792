//! The way of one shape, basis or key, through pose, fields, rigid parts and inverse pose.

use glam::{DVec3, Vec3};

use super::{FieldUse, ShapeStage};
use crate::Result;
use crate::deform::fit::{self, Components, Motion, NO_COMPONENT};
use crate::deform::skinning::{self, Buffers};
use crate::runtime::Progress;

/// All shapes in the pose, double precision.
pub(super) struct Posed {
    basis: Vec<[f64; 3]>,
    /// Displacements, set after set.
    keys: Vec<[f64; 3]>,
    /// `#V`, `VertexStatus`; zeros without a pose.
    pub status: Vec<u8>,
}

/// A deformed key.
pub(super) struct Shape {
    /// Vertices that ended elsewhere than the basis, ascending, with the whole of each rigid part.
    pub rows: Vec<usize>,
    /// `#V by 3`, from the basis.
    pub displacements: Vec<Vec3>,
}

/// All shapes after the inverse pose.
pub(super) struct Unposed {
    pub basis: Vec<Vec3>,
    pub keys: Vec<Shape>,
    pub status: Vec<u8>,
}

fn widened(points: &[Vec3]) -> Vec<[f64; 3]> {
    points.iter().map(|point| point.as_dvec3().to_array()).collect()
}

fn narrowed(points: &[[f64; 3]]) -> Vec<Vec3> {
    points.iter().map(|point| DVec3::from_array(*point).as_vec3()).collect()
}

impl Posed {
    pub fn new(stage: &ShapeStage<'_>) -> Result<Self> {
        let mut posed = Self {
            basis: widened(stage.points),
            keys: widened(stage.shape_keys),
            status: vec![0; stage.points.len()],
        };
        if let (Some(pose), Some(weights)) = (&stage.pose, stage.weights) {
            let buffers = Buffers {
                positions: &mut posed.basis,
                normals: None,
                displacements: &mut posed.keys,
                status: Some(&mut posed.status),
            };
            skinning::skin_points(weights, pose, buffers)?;
        }
        Ok(posed)
    }

    /// Positions of the displaced shape at some vertices.
    fn displaced(&self, key: usize, rows: &[usize]) -> Vec<Vec3> {
        let set = &self.keys[key * self.basis.len()..][..self.basis.len()];
        let at = |row: &usize| {
            (DVec3::from_array(self.basis[*row]) + DVec3::from_array(set[*row])).as_vec3()
        };
        rows.iter().map(at).collect()
    }
}

pub(super) fn deform_basis(
    stage: &ShapeStage<'_>,
    posed: &Posed,
    rigid: Option<&[u32]>,
    progress: &Progress<'_>,
) -> Result<Vec<Vec3>> {
    let mut points = narrowed(&posed.basis);
    apply_fields(stage.fields, &mut points, |mask| mask.to_vec(), progress)?;
    move_rigid_parts(stage.points, points, rigid)
}

pub(super) fn deform_key(
    stage: &ShapeStage<'_>,
    posed: &Posed,
    basis: &[Vec3],
    key: usize,
    rigid: Option<&[u32]>,
    progress: &Progress<'_>,
) -> Result<Shape> {
    let own = stage.key_fields.get(key).and_then(|fields| fields.as_deref());
    let input = stage.key(key);
    let mut rows = match own {
        Some(_) => (0..input.len()).collect(),
        None => displaced_rows(input, rigid),
    };
    let mut points = posed.displaced(key, &rows);
    let of_rows = |mask: &[f32]| rows.iter().map(|row| mask[*row]).collect();
    apply_fields(own.unwrap_or(stage.fields), &mut points, of_rows, progress)?;
    let source: Vec<Vec3> = rows.iter().map(|row| stage.points[*row] + input[*row]).collect();
    let labels: Option<Vec<u32>> =
        rigid.map(|labels| rows.iter().map(|row| labels[*row]).collect());
    let points = move_rigid_parts(&source, points, labels.as_deref())?;
    let mut displacements = vec![Vec3::ZERO; input.len()];
    for (row, point) in rows.iter().zip(points) {
        displacements[*row] = point - basis[*row];
    }
    if own.is_some() {
        // A mask keeps the key's fields from the others, and so must the repair.
        rows = displaced_rows(&displacements, rigid);
    }
    Ok(Shape { rows, displacements })
}

/// Vertices that a key displaces, with the whole of each rigid part that it touches.
fn displaced_rows(displacements: &[Vec3], rigid: Option<&[u32]>) -> Vec<usize> {
    let parts = rigid.map_or(0, |labels| {
        labels.iter().filter(|label| **label != NO_COMPONENT).max().map_or(0, |last| last + 1)
    });
    let part_of =
        |vertex: usize| rigid.map(|labels| labels[vertex]).filter(|label| *label != NO_COMPONENT);
    let mut touched = vec![false; parts as usize];
    for (vertex, displacement) in displacements.iter().enumerate() {
        if let Some(part) = part_of(vertex) {
            touched[part as usize] |= *displacement != Vec3::ZERO;
        }
    }
    let chosen = |vertex: &usize| {
        displacements[*vertex] != Vec3::ZERO
            || part_of(*vertex).is_some_and(|part| touched[part as usize])
    };
    (0..displacements.len()).filter(chosen).collect()
}

fn apply_fields(
    fields: &[FieldUse<'_>],
    points: &mut [Vec3],
    mask_of_points: impl Fn(&[f32]) -> Vec<f32>,
    progress: &Progress<'_>,
) -> Result<()> {
    let share = |index: usize| index as f32 / fields.len() as f32;
    for (index, used) in fields.iter().enumerate() {
        let mask = used.mask.map(&mask_of_points);
        let progress = progress.part(share(index), share(index + 1));
        used.field.apply(points, mask.as_deref(), &used.options, &progress)?;
    }
    progress.advance(1.0)
}

/// Each rigid part as the similarity of its source shape that fits the deformed one best.
fn move_rigid_parts(
    source: &[Vec3],
    deformed: Vec<Vec3>,
    labels: Option<&[u32]>,
) -> Result<Vec<Vec3>> {
    let Some(labels) = labels else { return Ok(deformed) };
    let parts = labels.iter().filter(|label| **label != NO_COMPONENT);
    let count = parts.max().map_or(0, |last| *last as usize + 1);
    let components = Components { labels: Some(labels), count, weights: None };
    let fits = fit::fit_similarity(source, &deformed, components, Motion::Similarity)?;
    let mut moved = fit::move_components(&fits, Some(labels), source)?;
    for (vertex, label) in labels.iter().enumerate() {
        if *label == NO_COMPONENT {
            moved[vertex] = deformed[vertex];
        }
    }
    Ok(moved)
}

pub(super) fn unpose(
    stage: &ShapeStage<'_>,
    basis: Vec<Vec3>,
    mut keys: Vec<Shape>,
) -> Result<Unposed> {
    let mut status = vec![0; basis.len()];
    let (Some(pose), Some(weights)) = (&stage.unpose, stage.weights) else {
        return Ok(Unposed { basis, keys, status });
    };
    let mut positions = widened(&basis);
    let mut displacements = Vec::with_capacity(keys.len() * basis.len());
    keys.iter().for_each(|key| displacements.extend(widened(&key.displacements)));
    let buffers = Buffers {
        positions: &mut positions,
        normals: None,
        displacements: &mut displacements,
        status: Some(&mut status),
    };
    skinning::unskin_points(weights, pose, buffers)?;
    for (key, set) in keys.iter_mut().zip(displacements.chunks(basis.len().max(1))) {
        key.displacements = narrowed(set);
    }
    Ok(Unposed { basis: narrowed(&positions), keys, status })
}
