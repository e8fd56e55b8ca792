//! Robust transfer of layered pieces: each layer follows the body and the layers below it.
//!
//! An outer layer that copied from the body alone would take what lies nearest there, and cross a
//! layer between them as soon as that moves otherwise (an inpainted skirt under a jacket). With the lower
//! layers' surfaces beside the body's, the outer one moves with what it lies on. All pieces of a layer share
//! one transfer.

use glam::Vec3;

use super::Outfit;
use crate::Result;
use crate::geometry::surface::Surface;
use crate::runtime::{Progress, check};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::robust_transfer::{self, RobustOptions, Source};
use crate::weights::rows::concatenated_row_copies;
use crate::weights::{SparseView, SparseWeights};

/// Weights of all pieces as the transfer gives them.
pub struct Transferred {
    /// `#V` rows.
    pub weights: SparseWeights,
    /// `#V`.
    pub sources: Vec<Source>,
    /// Islands without a match that was accepted.
    pub unmatched_islands: u32,
}

/// Some pieces of an outfit as a mesh of their own.
struct Submesh {
    /// Vertex of the outfit that each vertex is, ascending.
    vertices: Vec<u32>,
    points: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
}

/// A mesh with weights that a layer follows.
struct Followed {
    points: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
    weights: SparseWeights,
}

/// Transfers layer by layer, ascending.
///
/// # Errors
/// As [`robust_transfer::transfer`].
pub fn transfer(
    body: &Surface,
    body_weights: &SparseWeights,
    outfit: Outfit<'_>,
    options: &RobustOptions,
    progress: &Progress<'_>,
) -> Result<Transferred> {
    let mut layers = outfit.layers.to_vec();
    layers.sort_unstable();
    layers.dedup();
    let mut sources = vec![Source::Empty; outfit.points.len()];
    let mut place = vec![NO_INDEX; outfit.points.len()];
    let mut parts: Vec<SparseWeights> = Vec::new();
    let (mut row_count, mut unmatched_islands) = (0, 0);
    let mut followed = Followed {
        points: body.points().to_vec(),
        triangles: body.triangles().to_vec(),
        weights: body_weights.clone(),
    };
    for (done, layer) in layers.iter().enumerate() {
        let mesh = Submesh::of_layer(outfit, *layer);
        let share = |layer: usize| layer as f32 / layers.len() as f32;
        let progress = progress.part(share(done), share(done + 1));
        let run = |surface: &Surface| {
            let weights = followed.weights.view();
            let Submesh { points, triangles, .. } = &mesh;
            robust_transfer::transfer(surface, weights, points, triangles, options, &progress)
        };
        let found = if done == 0 {
            run(body)?
        } else {
            run(&Surface::new(&followed.points, &followed.triangles)?)?
        };
        for (row, (vertex, source)) in mesh.vertices.iter().zip(&found.sources).enumerate() {
            sources[*vertex as usize] = *source;
            place[*vertex as usize] = (row_count + row) as u32;
        }
        row_count += mesh.vertices.len();
        unmatched_islands += found.unmatched_islands.len() as u32;
        followed.add(&mesh, found.weights.view())?;
        parts.push(found.weights);
    }
    let views: Vec<SparseView<'_>> = parts.iter().map(SparseWeights::view).collect();
    let weights = concatenated_row_copies(&views, body_weights.group_count, &place)?;
    Ok(Transferred { weights, sources, unmatched_islands })
}

impl Submesh {
    fn of_layer(outfit: Outfit<'_>, layer: u32) -> Self {
        let ranges = outfit.piece_starts.windows(2).zip(outfit.layers);
        let chosen = ranges.filter(|(_, of)| **of == layer).map(|(bounds, _)| bounds[0]..bounds[1]);
        let vertices: Vec<u32> = chosen.flatten().collect();
        let mut numbers = vec![NO_INDEX; outfit.points.len()];
        for (number, vertex) in vertices.iter().enumerate() {
            numbers[*vertex as usize] = number as u32;
        }
        // A triangle lies within a piece: its first vertex tells.
        let inside = outfit.triangles.iter().filter(|t| numbers[t[0] as usize] != NO_INDEX);
        Self {
            points: vertices.iter().map(|vertex| outfit.points[*vertex as usize]).collect(),
            triangles: inside.map(|t| t.map(|vertex| numbers[vertex as usize])).collect(),
            vertices,
        }
    }
}

impl Followed {
    fn add(&mut self, mesh: &Submesh, weights: SparseView<'_>) -> Result<()> {
        let first = self.points.len() as u32;
        check::numbered_by_u32("points", self.points.len() + mesh.points.len())?;
        self.points.extend(&mesh.points);
        self.triangles.extend(mesh.triangles.iter().map(|t| t.map(|vertex| vertex + first)));
        let all: Vec<u32> = (0..self.points.len() as u32).collect();
        let views = [self.weights.view(), weights];
        self.weights = concatenated_row_copies(&views, weights.group_count(), &all)?;
        Ok(())
    }
}
