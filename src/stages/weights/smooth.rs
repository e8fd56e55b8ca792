//! Radius smoothing where an outfit hangs free of the body, piece by piece.

use super::{Options, Outfit};
use crate::Result;
use crate::geometry::surface::Surface;
use crate::runtime::Progress;
use crate::spatial::RadiusGraph;
use crate::weights::rows::concatenated_row_copies;
use crate::weights::smooth::{Smoothing, smooth_weights};
use crate::weights::{SparseWeights, convert, masks};

/// Smooths each piece by itself, so that nothing bleeds from one into another that lies near; locked
/// vertices stay.
///
/// # Errors
/// Options out of range, no memory, a cancel.
pub fn smooth(
    rows: &mut SparseWeights,
    body: &Surface,
    outfit: Outfit<'_>,
    locked: &[bool],
    options: &Options,
    progress: &Progress<'_>,
) -> Result<()> {
    let mut parts = Vec::with_capacity(outfit.piece_count());
    for (piece, bounds) in outfit.piece_starts.windows(2).enumerate() {
        let share = |piece: usize| piece as f32 / outfit.piece_count() as f32;
        let progress = progress.part(share(piece), share(piece + 1));
        let vertices: Vec<u32> = (bounds[0]..bounds[1]).collect();
        let piece_rows = concatenated_row_copies(&[rows.view()], rows.group_count, &vertices)?;
        let range = bounds[0] as usize..bounds[1] as usize;
        let points = &outfit.points[range.clone()];
        let inside = |vertex: &u32| range.contains(&(*vertex as usize));
        let local = |vertex: u32| vertex - bounds[0];
        let triangles: Vec<[u32; 3]> =
            outfit.triangles.iter().filter(|t| inside(&t[0])).map(|t| t.map(local)).collect();
        let edges: Vec<[u32; 2]> = outfit
            .edges
            .iter()
            .filter(|edge| edge.iter().all(inside))
            .map(|edge| edge.map(local))
            .collect();
        let piece = masks::Outfit { body, points, triangles: &triangles, edges: &edges };
        let mut mask =
            masks::smooth_mask(piece, None, &options.smooth_mask, &progress.part(0.0, 0.4))?;
        mask.iter_mut().zip(&locked[range]).filter(|(_, locked)| **locked).for_each(|(m, _)| {
            *m = 0.0;
        });
        let mut dense = vec![0.0; points.len() * rows.group_count];
        convert::to_dense(piece_rows.view(), &mut dense)?;
        let graph = RadiusGraph::new(points, options.smooth_radius, &progress.part(0.4, 0.5))?;
        let smoothing = Smoothing { iterations: options.smooth_iterations, ..Default::default() };
        smooth_weights(
            &graph,
            &mut dense,
            rows.group_count,
            Some(&mask),
            &smoothing,
            &progress.part(0.5, 1.0),
        )?;
        parts.push(convert::from_dense(&dense, points.len(), rows.group_count)?);
    }
    let views: Vec<_> = parts.iter().map(SparseWeights::view).collect();
    let order: Vec<u32> = (0..outfit.points.len() as u32).collect();
    *rows = concatenated_row_copies(&views, rows.group_count, &order)?;
    Ok(())
}
