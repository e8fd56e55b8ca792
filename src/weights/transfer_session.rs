//! Surface weight transfer that is kept up to date: after the body or the points moved or the body's
//! weights changed, only the rows that can differ are made again, and the result equals a full
//! [`transfer_sparse`](super::transfer::transfer_sparse) bit for bit.
//!
//! A row depends on its closest point, its normal, and the positions and weights of the corners that are
//! mixed. So it is made again if its closest point was searched again
//! ([`IncrementalClosestPoints`]), if its normal changed, or if one of those corners moved or changed
//! weight. Normals averaged over a radius are all averaged again when anything moved, and compared: a face
//! that turns, or moves, changes those of all points within the radius.

use std::borrow::Cow;
use std::sync::Arc;

use glam::Vec3;

use crate::geometry::incremental::{IncrementalClosestPoints, Step};
use crate::geometry::surface::{ClosestPoint, NO_TRIANGLE, Surface, check_coordinates};
use crate::runtime::{Progress, changes, check};
use crate::weights::transfer::{RampNormals, SEARCH_SHARE, TransferOptions, mix_sparse};
use crate::weights::{SparseView, SparseWeights, splice};
use crate::{Error, Result};

/// A transfer and all that it was made of.
#[derive(Debug)]
pub struct TransferSession {
    closest: IncrementalClosestPoints,
    body: SparseWeights,
    /// As they were given.
    normals: Option<Vec<Vec3>>,
    /// Averaged over `normal_radius`, in place of the given ones.
    averages: Option<Vec<Vec3>>,
    triangles: Option<Vec<[u32; 3]>>,
    normal_radius: f32,
    first_triangles: Option<Vec<u32>>,
    angle_min: f32,
    angle_max: f32,
    small_triangles_by_corner: bool,
    weights: Arc<SparseWeights>,
}

/// What is new; `None` leaves it as it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'a> {
    /// Vertices of the body, `#V by 3`.
    pub body_points: Option<&'a [Vec3]>,
    /// Weights of the body, `#V` rows, as many groups as before.
    pub body_weights: Option<SparseView<'a>>,
    /// Points that take weights, `#P by 3`.
    pub points: Option<&'a [Vec3]>,
    /// Their normals, `#P by 3`, for a session that has normals.
    pub normals: Option<&'a [Vec3]>,
    /// `#V`; vertices with 0 stay as they were, whatever the arrays hold. `None` compares all bits.
    pub changed_vertices: Option<&'a [u8]>,
    /// `#P`; points with 0 stay as they were, whatever the arrays hold. `None` compares all bits.
    pub changed_points: Option<&'a [u8]>,
}

/// Checked changes, the masks applied; `None` where all is as it was.
struct NewInputs<'a> {
    body_points: Option<Cow<'a, [Vec3]>>,
    points: Option<Cow<'a, [Vec3]>>,
    normals: Option<Cow<'a, [Vec3]>>,
    body: Option<SparseWeights>,
    /// Vertices whose weights changed, ascending.
    reweighted: Vec<u32>,
}

impl TransferSession {
    /// Transfers in full; shapes, limits and errors as
    /// [`transfer_sparse`](super::transfer::transfer_sparse).
    ///
    /// Keeps a copy of everything: besides the result about 60 bytes a point, 110 a triangle, and the
    /// body's weights; for a normal radius 12 more a point, and 12 a triangle of the points' mesh.
    ///
    /// # Errors
    /// As there.
    pub fn new(
        surface: Arc<Surface>,
        body: SparseView<'_>,
        points: &[Vec3],
        options: &TransferOptions<'_>,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        check::length("offsets", body.offsets().len(), surface.points().len() + 1)?;
        check_coordinates("points", points)?;
        options.check(&surface, points.len())?;
        let searching = progress.part(0.0, SEARCH_SHARE);
        let [search, averaging] = options.search_parts(&searching);
        let closest =
            IncrementalClosestPoints::new(surface, points, options.max_distance, &search)?;
        let surface = closest.surface();
        let normals = options.ramp_normals(surface, points, &averaging)?;
        let with_normals = TransferOptions { normals: normals.as_deref(), ..*options };
        let mixing = progress.part(SEARCH_SHARE, 1.0);
        let weights = mix_sparse(surface, body, closest.closest(), &with_normals, &mixing)?;
        Ok(Self {
            closest,
            body: body.to_weights(),
            normals: options.normals.map(<[Vec3]>::to_vec),
            averages: averages(normals),
            triangles: options.triangles.map(<[[u32; 3]]>::to_vec),
            normal_radius: options.normal_radius,
            first_triangles: options.first_triangles.map(<[u32]>::to_vec),
            angle_min: options.angle_min,
            angle_max: options.angle_max,
            small_triangles_by_corner: options.small_triangles_by_corner,
            weights: Arc::new(weights),
        })
    }

    /// The weights, `#P` rows, groups ascending, zeros left out.
    pub fn weights(&self) -> &Arc<SparseWeights> {
        &self.weights
    }

    /// The closest points, `#P`.
    pub fn closest(&self) -> &[ClosestPoint] {
        self.closest.closest()
    }

    /// The body's surface as it is now.
    pub fn surface(&self) -> &Surface {
        self.closest.surface()
    }

    /// Brings the transfer up to date.
    ///
    /// Returns the rows whose weights differ from before in any bit, ascending.
    ///
    /// # Errors
    /// Arrays of other lengths than before, numbers that are not finite, normals for a session without
    /// them, a cancel; everything is as before then.
    pub fn update(&mut self, changes: &Changes<'_>, progress: &Progress<'_>) -> Result<Vec<u32>> {
        let new = self.new_inputs(changes)?;
        let body_points = new.body_points.as_deref().unwrap_or(self.surface().points());
        let points = new.points.as_deref().unwrap_or(self.closest.queries());
        let options = self.options(new.normals.as_deref().or(self.normals.as_deref()));
        let searching = progress.part(0.0, SEARCH_SHARE);
        let [search, averaging] = options.search_parts(&searching);
        let step = self.closest.step(body_points, points, &search)?;
        let normals = match new.moves_points() || step.moved_vertices.contains(&1) {
            true => options.ramp_normals(&step.surface, points, &averaging)?,
            false => self.ramp_normals().map(Cow::Borrowed),
        };
        let chosen = self.rows_to_mix(&new, &step, normals.as_deref());
        let mixing = progress.part(SEARCH_SHARE, 1.0);
        let mixed = self.mix(&new, &step, &chosen, normals.as_deref(), &mixing)?;
        let changed = self.rows_that_differ(&chosen, mixed.view());
        let weights = match changed.is_empty() {
            true => self.weights.clone(),
            false => Arc::new(splice::replace(self.weights.view(), &chosen, mixed.view())?),
        };

        let averages = averages(normals);
        self.closest.take(step, new.points.map(Cow::into_owned));
        self.averages = averages.or(self.averages.take());
        self.normals = new.normals.map(Cow::into_owned).or(self.normals.take());
        self.body = new.body.unwrap_or_else(|| std::mem::take(&mut self.body));
        self.weights = weights;
        Ok(changed)
    }

    fn new_inputs<'a>(&self, changes: &Changes<'a>) -> Result<NewInputs<'a>> {
        let (vertex_count, point_count) = (self.surface().points().len(), self.closest().len());
        if let Some(mask) = changes.changed_vertices {
            check::length("changed_vertices", mask.len(), vertex_count)?;
        }
        if let Some(mask) = changes.changed_points {
            check::length("changed_points", mask.len(), point_count)?;
        }
        for (argument, points, count) in [
            ("body_points", changes.body_points, vertex_count),
            ("points", changes.points, point_count),
        ] {
            let Some(points) = points else { continue };
            check::length(argument, points.len(), count)?;
            check_coordinates(argument, points)?;
        }
        if let Some(normals) = changes.normals {
            check::length("normals", normals.len(), point_count)?;
            check::finite("normals", bytemuck::cast_slice::<_, f32>(normals))?;
        }
        if changes.normals.is_some() && self.normals.is_none() {
            let problem = "is given, expected none: the session was created without";
            return Err(Error::invalid("normals", problem));
        }
        let normals = self.normals.as_deref().unwrap_or_default();
        let reweighted = self.reweighted_vertices(changes)?;
        let body = match changes.body_weights {
            Some(rows) if !reweighted.is_empty() => {
                let new_rows = splice::gather(rows, &reweighted)?;
                Some(splice::replace(self.body.view(), &reweighted, new_rows.view())?)
            }
            _ => None,
        };
        let (vertices, points) = (changes.changed_vertices, changes.changed_points);
        Ok(NewInputs {
            body_points: chosen_rows(self.surface().points(), changes.body_points, vertices),
            points: chosen_rows(self.closest.queries(), changes.points, points),
            normals: chosen_rows(normals, changes.normals, points),
            body,
            reweighted,
        })
    }

    /// The vertices whose new weights differ in any bit, ascending.
    fn reweighted_vertices(&self, changes: &Changes<'_>) -> Result<Vec<u32>> {
        let Some(new) = changes.body_weights else { return Ok(Vec::new()) };
        let old = self.body.view();
        check::length("offsets", new.offsets().len(), old.offsets().len())?;
        if new.group_count() != old.group_count() {
            let (found, expected) = (new.group_count(), old.group_count());
            let problem = format!("is {found}, expected {expected} as before");
            return Err(Error::invalid("group_count", problem));
        }
        let may_change =
            |vertex: usize| changes.changed_vertices.is_none_or(|mask| mask[vertex] != 0);
        let differs = |vertex: &usize| rows_differ(old.row(*vertex), new.row(*vertex));
        let vertices = (0..old.vertex_count()).filter(|&vertex| may_change(vertex));
        Ok(vertices.filter(differs).map(|vertex| vertex as u32).collect())
    }

    /// The rows that can differ from before, ascending; `normals` are those that the ramp takes now.
    fn rows_to_mix(&self, new: &NewInputs<'_>, step: &Step, normals: Option<&[Vec3]>) -> Vec<u32> {
        let mut touched = step.moved_vertices.clone();
        new.reweighted.iter().for_each(|&vertex| touched[vertex as usize] = 1);
        let mut to_mix = vec![false; step.closest.len()];
        step.asked.iter().for_each(|&row| to_mix[row as usize] = true);
        if touched.contains(&1) {
            let options = self.options(None);
            let triangles = step.surface.triangles();
            for (to_mix, closest) in to_mix.iter_mut().zip(&step.closest) {
                *to_mix |= closest.triangle != NO_TRIANGLE && {
                    let corners = triangles[options.mixed_triangle(closest.triangle) as usize];
                    corners.iter().any(|&vertex| touched[vertex as usize] != 0)
                };
            }
        }
        if let (Some(after), Some(before)) = (normals, self.ramp_normals()) {
            for (to_mix, (before, after)) in to_mix.iter_mut().zip(before.iter().zip(after)) {
                *to_mix |= changes::differ(before, after);
            }
        }
        (0_u32..).zip(to_mix).filter_map(|(row, to_mix)| to_mix.then_some(row)).collect()
    }

    /// The new weights of the rows `chosen`.
    fn mix(
        &self,
        new: &NewInputs<'_>,
        step: &Step,
        chosen: &[u32],
        normals: Option<&[Vec3]>,
        progress: &Progress<'_>,
    ) -> Result<SparseWeights> {
        let closest: Vec<ClosestPoint> =
            chosen.iter().map(|&row| step.closest[row as usize]).collect();
        let normals = normals
            .map(|normals| chosen.iter().map(|&row| normals[row as usize]).collect::<Vec<_>>());
        let body = new.body.as_ref().unwrap_or(&self.body).view();
        mix_sparse(&step.surface, body, &closest, &self.options(normals.as_deref()), progress)
    }

    /// Those of the rows `chosen` whose `mixed` weights differ from the present ones in any bit.
    fn rows_that_differ(&self, chosen: &[u32], mixed: SparseView<'_>) -> Vec<u32> {
        let present = self.weights.view();
        let differs =
            |position: usize, row: u32| rows_differ(present.row(row as usize), mixed.row(position));
        let numbered = chosen.iter().copied().enumerate();
        numbered.filter(|&(position, row)| differs(position, row)).map(|(_, row)| row).collect()
    }

    /// The normals that the ramp takes, as of the last update.
    fn ramp_normals(&self) -> Option<&[Vec3]> {
        self.averages.as_deref().or(self.normals.as_deref())
    }

    fn options<'a>(&'a self, normals: Option<&'a [Vec3]>) -> TransferOptions<'a> {
        TransferOptions {
            max_distance: self.closest.max_distance(),
            normals,
            triangles: self.triangles.as_deref(),
            normal_radius: self.normal_radius,
            angle_min: self.angle_min,
            angle_max: self.angle_max,
            small_triangles_by_corner: self.small_triangles_by_corner,
            first_triangles: self.first_triangles.as_deref(),
        }
    }
}

impl NewInputs<'_> {
    /// Whether points may have moved, or their normals turned.
    fn moves_points(&self) -> bool {
        self.points.is_some() || self.normals.is_some()
    }
}

/// Normals that were averaged, not given.
fn averages(ramp_normals: RampNormals<'_>) -> Option<Vec<Vec3>> {
    match ramp_normals {
        Some(Cow::Owned(normals)) => Some(normals),
        _ => None,
    }
}

/// `after`, with the rows of `before` where `mask` has 0.
fn chosen_rows<'a>(
    before: &[Vec3],
    after: Option<&'a [Vec3]>,
    mask: Option<&[u8]>,
) -> Option<Cow<'a, [Vec3]>> {
    let (after, Some(mask)) = (after?, mask) else { return after.map(Cow::Borrowed) };
    let rows = before.iter().zip(after).zip(mask);
    Some(rows.map(|((before, after), &mask)| if mask == 0 { *before } else { *after }).collect())
}

fn rows_differ(before: (&[u32], &[f32]), after: (&[u32], &[f32])) -> bool {
    let bits = |weights| bytemuck::cast_slice::<f32, u32>(weights);
    before.0 != after.0 || bits(before.1) != bits(after.1)
}

#[cfg(test)]
#[path = "transfer_session_tests.rs"]
mod tests;
