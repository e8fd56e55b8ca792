//! Mirrored weights for vertices that mirror each other.
//!
//! Closest points, triangulations and eliminations know no symmetry; where an outfit has it, its weights should.
//! The vertex j closest to the mirror image (x → −x) of i, within a tolerance, mirrors it; on the middle
//! j = i. Of vertices that lie on each other one stands for all: they have equal rows by then. With ḡ the mirrored group of g, both get
//! `w_i(g) = w_j(ḡ) = (w_i(g) + w_j(ḡ)) / 2`. Groups without a mirrored one keep their weights, the others their
//! sum. Weights that differ by more than [`MOST_DIFFERENCE`] differ for a reason, and stay.

use glam::Vec3;

use crate::Result;
use crate::runtime::Progress;
use crate::spatial::PointIndex;
use crate::spatial::point_index::NO_INDEX;
use crate::weights::rows::map_rows;
use crate::weights::{SparseView, SparseWeights};

/// Total variation, ½ Σ |w_i(g) − w_j(ḡ)|, up to which rows count as meant to be alike.
pub const MOST_DIFFERENCE: f64 = 0.25;

/// `#V`: the vertex that mirrors each, itself on the middle, [`NO_INDEX`] for none.
///
/// # Errors
/// Memory that cannot be had, or a cancel.
pub fn mirrored_vertices(
    points: &[Vec3],
    tolerance: f32,
    progress: &Progress<'_>,
) -> Result<Vec<u32>> {
    let images: Vec<Vec3> = points.iter().map(|p| Vec3::new(-p.x, p.y, p.z)).collect();
    let mut nearest = vec![NO_INDEX; points.len()];
    let mut distances = vec![0.0; points.len()];
    let index = PointIndex::new(points)?;
    index.nearest(&images, tolerance, &mut nearest, &mut distances, progress)?;
    Ok(nearest)
}

/// Equalises rows of mirrored vertices in place; locked vertices and their partners stay.
///
/// Returns the number of vertices whose rows were matched.
///
/// # Errors
/// Memory that cannot be had.
pub fn equalize(
    rows: &mut SparseWeights,
    partners: &[u32],
    mirror: &[u32],
    locked: &[bool],
) -> Result<u32> {
    let view = rows.view();
    let partner: Vec<u32> = (0..partners.len())
        .map(|vertex| match partners[vertex] {
            NO_INDEX => NO_INDEX,
            other if locked[vertex] || locked[other as usize] => NO_INDEX,
            other if difference(view, vertex, other as usize, mirror) > MOST_DIFFERENCE => NO_INDEX,
            other => other,
        })
        .collect();
    let matched = partner.iter().filter(|other| **other != NO_INDEX).count();
    if matched > 0 {
        *rows = map_rows(view, |vertex, own, out| {
            own.0.iter().zip(own.1).for_each(|(g, w)| out[*g as usize] = f64::from(*w));
            if partner[vertex] != NO_INDEX {
                mix(out, view.row(partner[vertex] as usize), mirror);
            }
        })?;
    }
    Ok(matched as u32)
}

/// Takes the mean with a mirrored row, in the groups that have a mirrored one.
fn mix(row: &mut [f64], (groups, weights): (&[u32], &[f32]), mirror: &[u32]) {
    let paired = |group: usize| mirror[group] != NO_INDEX;
    let sum = |row: &[f64]| -> f64 {
        row.iter().enumerate().filter(|(group, _)| paired(*group)).map(|(_, weight)| weight).sum()
    };
    let before = sum(row);
    (0..row.len()).filter(|group| paired(*group)).for_each(|group| row[group] *= 0.5);
    for (group, weight) in groups.iter().zip(weights) {
        let image = mirror[*group as usize];
        if image != NO_INDEX {
            row[image as usize] += 0.5 * f64::from(*weight);
        }
    }
    let after = sum(row);
    if after > 0.0 && before > 0.0 {
        let scale = before / after;
        (0..row.len()).filter(|group| paired(*group)).for_each(|group| row[group] *= scale);
    }
}

/// ½ Σ |w_i(g) − w_j(ḡ)| over groups with a mirrored one.
fn difference(rows: SparseView<'_>, i: usize, j: usize, mirror: &[u32]) -> f64 {
    let weight = |vertex: usize, group: u32| {
        let (groups, weights) = rows.row(vertex);
        groups.iter().position(|g| *g == group).map_or(0.0, |entry| f64::from(weights[entry]))
    };
    let of_i = rows.row(i).0.iter().filter(|group| mirror[**group as usize] != NO_INDEX);
    let ours: f64 = of_i.map(|g| (weight(i, *g) - weight(j, mirror[*g as usize])).abs()).sum();
    // Groups of j whose mirrored one i does not name.
    let of_j = rows.row(j).0.iter().filter(|group| {
        let image = mirror[**group as usize];
        image != NO_INDEX && !rows.row(i).0.contains(&image)
    });
    let theirs: f64 = of_j.map(|group| weight(j, *group)).sum();
    0.5 * (ours + theirs)
}
