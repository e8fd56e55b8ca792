//! No weight on the other side's bones beyond where the body itself has it.
//!
//! On a body, weights of a left bone reach a little across the middle (x = 0), and an outfit's may as far.
//! A copy from a hand that hangs near the other thigh, or a wide gap that was inpainted, brings more. With
//! ρ the reach of a group on the body plus the vertex's distance from the body (a wide skirt does take
//! weights across), and d the depth at which the vertex lies across, its weight there counts
//! `1 − clamp((d − ρ) / ρ, 0, 1)`, a fall to 0 at twice the reach; what is taken away goes to the mirrored
//! group. Left is where the group's own weights lie on the body, whatever its name.

use glam::Vec3;

use super::GroupRole;
use crate::Result;
use crate::geometry::surface::Surface;
use crate::runtime::Progress;
use crate::spatial::point_index::NO_INDEX;
use crate::weights::rows::map_rows;
use crate::weights::{SparseView, SparseWeights};

/// Smaller weights of the body say nothing about a group's reach.
const LEAST_WEIGHT: f32 = 0.01;

/// Least reach, metres, so that the fall has a width.
const LEAST_REACH: f32 = 1e-3;

/// How far across the middle the body's groups reach.
pub struct Reach {
    /// `#G`: 1 for a group on the side of +x, −1 on that of −x, 0 in the middle or unknown.
    side: Vec<f32>,
    /// `#G`: metres.
    across: Vec<f32>,
}

impl Reach {
    /// Measures the body.
    pub fn of_body(points: &[Vec3], rows: SparseView<'_>, mirror: &[u32]) -> Self {
        let entries = || {
            points.iter().enumerate().flat_map(|(vertex, point)| {
                let (groups, weights) = rows.row(vertex);
                groups
                    .iter()
                    .zip(weights)
                    .map(|(group, weight)| (*group as usize, *weight, point.x))
            })
        };
        let mut moments = vec![0.0_f64; mirror.len()];
        entries().for_each(|(group, weight, x)| moments[group] += f64::from(weight * x));
        let mut side: Vec<f32> = vec![0.0; mirror.len()];
        for (group, other) in mirror.iter().enumerate() {
            if *other != NO_INDEX && *other as usize != group {
                // By both, so that a pair can never lie on one side.
                let moment = moments[group] - moments[*other as usize];
                side[group] = if moment == 0.0 { 0.0 } else { moment.signum() as f32 };
            }
        }
        let mut across = vec![LEAST_REACH; mirror.len()];
        for (group, _, x) in entries().filter(|(_, weight, _)| *weight >= LEAST_WEIGHT) {
            across[group] = across[group].max(-side[group] * x);
        }
        // A pair shares its reach, or symmetric outfits would end unlike on bodies that are nearly so.
        let shared = (0..mirror.len()).map(|group| match mirror[group] {
            NO_INDEX => across[group],
            other => across[group].max(across[other as usize]),
        });
        Self { across: shared.collect(), side }
    }

    /// Part of a weight in `group` that stays at a vertex.
    fn kept(&self, group: usize, x: f32, distance: f32) -> f64 {
        let depth = -self.side[group] * x;
        let reach = self.across[group] + distance;
        1.0 - f64::from(((depth - reach) / reach).clamp(0.0, 1.0))
    }
}

/// Moves weight that lies too far across to the mirrored groups, in place; groups of the body alone.
///
/// Returns the number of vertices that changed.
///
/// # Errors
/// Memory that cannot be had.
pub fn mend(
    rows: &mut SparseWeights,
    body: &Surface,
    points: &[Vec3],
    reach: &Reach,
    roles: &[GroupRole],
    mirror: &[u32],
) -> Result<u32> {
    let view = rows.view();
    let kept = |vertex: usize, group: u32, distance: f32| match roles[group as usize] {
        GroupRole::Body => reach.kept(group as usize, points[vertex].x, distance),
        GroupRole::Own | GroupRole::Locked => 1.0,
    };
    let any_wrong = |vertex: usize, distance: f32| {
        view.row(vertex).0.iter().any(|group| kept(vertex, *group, distance) < 1.0)
    };
    let far: Vec<usize> = (0..points.len()).filter(|vertex| any_wrong(*vertex, 0.0)).collect();
    let queries: Vec<Vec3> = far.iter().map(|vertex| points[*vertex]).collect();
    let mut distances = vec![0.0; points.len()];
    let found = body.closest_points(&queries, f32::INFINITY, &Progress::none())?;
    for (vertex, found) in far.iter().zip(&found) {
        distances[*vertex] = if found.distance.is_finite() { found.distance } else { 0.0 };
    }
    let changed = far.iter().filter(|vertex| any_wrong(**vertex, distances[**vertex])).count();
    if changed > 0 {
        *rows = map_rows(view, |vertex, (groups, weights), out| {
            for (group, weight) in groups.iter().zip(weights) {
                let weight = f64::from(*weight);
                let kept = weight * kept(vertex, *group, distances[vertex]);
                out[*group as usize] += kept;
                if kept < weight {
                    out[mirror[*group as usize] as usize] += weight - kept;
                }
            }
        })?;
    }
    Ok(changed as u32)
}
