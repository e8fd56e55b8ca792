//! Mirrored weights for vertices that mirror each other.
//!
//! Closest points, triangulations and eliminations know no symmetry; where an outfit has it, its weights should.
//! Vertex i mirrors the vertex j that is closest to its image (x → −x), within a tolerance, and itself where
//! its own image is that near; such links chain. The vertices of a chain are to have one row w, seen from the
//! side that each is on: the mean over them, mirrored (g becomes its mirrored group ḡ) where an odd number of
//! links leads there, and both ways where both do, as on the middle. Groups without a mirrored one keep their
//! weights, the others their sum.

use glam::Vec3;

use crate::mesh::components::connected_elements;
use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check, memory};
use crate::spatial::PointIndex;
use crate::spatial::point_index::NO_INDEX;
use crate::weights::average::average_rows;
use crate::weights::row_kernel::check_not_negative;
use crate::weights::rows::{build_rows, map_rows};
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Total variation, ½ Σ |w_i(g) − w_j(ḡ)|, up to which rows count as meant to be alike: those that differ by
/// more differ for a reason, and are not linked.
pub const MOST_DIFFERENCE: f64 = 0.25;

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// Equalises rows of vertices that mirror each other.
///
/// - `rows`: `#V`, not negative; `points`: `#V by 3`, metres;
/// - `mirror`: `#G`, see [`check_mirror`];
/// - `vertex_mask`: `#V`, 0 for vertices that keep their rows and give none; `None` for all;
/// - `tolerance`: metres, not negative.
///
/// Returns the rows, groups ascending, and the number of vertices that mirror one.
///
/// # Errors
/// Arguments that break these rules, a cancel, or memory that cannot be had.
pub fn symmetrize_weights(
    rows: SparseView<'_>,
    points: &[Vec3],
    mirror: &[u32],
    vertex_mask: Option<&[u8]>,
    tolerance: f32,
    progress: &Progress<'_>,
) -> Result<(SparseWeights, usize)> {
    let count = rows.vertex_count();
    check_not_negative(rows)?;
    check::length("points", points.len(), count)?;
    check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
    check::length("mirror", mirror.len(), rows.group_count())?;
    check_mirror(mirror)?;
    check::not_negative("tolerance", tolerance)?;
    if let Some(mask) = vertex_mask {
        check::length("vertex_mask", mask.len(), count)?;
    }
    let may = |vertex: u32| vertex_mask.is_none_or(|mask| mask[vertex as usize] != 0);
    let alike = |i: u32, j: u32| difference(rows, i, j, mirror) <= MOST_DIFFERENCE;
    let mut links = mirrored_pairs(points, tolerance, progress)?;
    links.retain(|&[i, j]| may(i) && may(j) && alike(i, j));
    let linked = links.iter().flatten().copied().fold(vec![false; count], |mut linked, vertex| {
        linked[vertex as usize] = true;
        linked
    });
    let means = mean_rows(rows, &links, mirror)?;
    let equal = map_rows(rows, |vertex, (groups, weights), out| {
        groups.iter().zip(weights).for_each(|(g, w)| out[*g as usize] = f64::from(*w));
        if linked[vertex] {
            replace_paired(out, means.view().row(2 * vertex), mirror);
        }
    })?;
    Ok((equal, linked.iter().filter(|linked| **linked).count()))
}

/// Whether `mirror` is the group on the other side of each, itself in the middle, [`NO_INDEX`] for none.
///
/// # Errors
/// Names the first group that is out of range or does not mirror its mirrored group in turn.
pub fn check_mirror(mirror: &[u32]) -> Result<()> {
    check::labels("mirror", mirror, mirror.len())?;
    let mutual = |group: usize| match mirror[group] {
        NO_INDEX => true,
        other => mirror[other as usize] as usize == group,
    };
    match (0..mirror.len()).find(|group| !mutual(*group)) {
        None => Ok(()),
        Some(group) => {
            let found = mirror[group];
            let problem = format!("of group {group} is {found}, expected a group that mirrors it");
            Err(Error::invalid("mirror", problem))
        }
    }
}

/// Pairs of a vertex and one that mirrors it.
fn mirrored_pairs(
    points: &[Vec3],
    tolerance: f32,
    progress: &Progress<'_>,
) -> Result<Vec<[u32; 2]>> {
    let images: Vec<Vec3> = points.iter().map(|p| Vec3::new(-p.x, p.y, p.z)).collect();
    let mut nearest = memory::try_filled("mirrored vertices", NO_INDEX, points.len())?;
    let mut distances = memory::try_filled("mirrored vertices", 0.0, points.len())?;
    let index = PointIndex::new(points)?;
    index.nearest(&images, tolerance, &mut nearest, &mut distances, progress)?;
    let vertices = 0..points.len() as u32;
    let others = vertices.clone().zip(nearest).filter(|(_, other)| *other != NO_INDEX);
    let in_the_middle = vertices.filter(|v| 2.0 * points[*v as usize].x.abs() <= tolerance);
    Ok(others.map(|(i, j)| [i, j]).chain(in_the_middle.map(|v| [v, v])).collect())
}

/// `#2V` rows, that of vertex v at 2v and its mirrored one at 2v + 1: means over the chains of `links`, of
/// groups that have a mirrored one.
///
/// A link joins each vertex as it is to the other mirrored, so that chains are the connected sets of twice
/// as many vertices.
fn mean_rows(rows: SparseView<'_>, links: &[[u32; 2]], mirror: &[u32]) -> Result<SparseWeights> {
    let count = 2 * rows.vertex_count();
    check::numbered_by_u32("vertex_count", count)?;
    let joined: Vec<[u32; 2]> =
        links.iter().flat_map(|[i, j]| [[2 * i, 2 * j + 1], [2 * i + 1, 2 * j]]).collect();
    let chains = connected_elements(joined.as_flattened(), 2, count)?;
    let split = Split::new(count, 0, LEAST_BLOCK);
    let both = build_rows(split, rows.group_count(), &Progress::none(), |sides, block| {
        for side in sides {
            let (groups, weights) = rows.row(side / 2);
            block.reserve(groups.len())?;
            for (&group, &weight) in groups.iter().zip(weights) {
                match mirror[group as usize] {
                    NO_INDEX => {}
                    image => block.push(if side % 2 == 0 { group } else { image }, weight),
                }
            }
            block.end_row();
        }
        Ok(())
    })?;
    average_rows(both.view(), &chains.of_vertex, chains.count)
}

/// Replaces the weights of groups that have a mirrored one, and keeps their sum.
fn replace_paired(row: &mut [f64], (groups, weights): (&[u32], &[f32]), mirror: &[u32]) {
    let after: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    let paired = || (0..mirror.len()).filter(|group| mirror[*group] != NO_INDEX);
    let before: f64 = paired().map(|group| row[group]).sum();
    if after == 0.0 || before == 0.0 {
        return;
    }
    paired().for_each(|group| row[group] = 0.0);
    for (group, weight) in groups.iter().zip(weights) {
        row[*group as usize] = f64::from(*weight) * (before / after);
    }
}

/// ½ Σ |w_i(g) − w_j(ḡ)| over groups with a mirrored one.
fn difference(rows: SparseView<'_>, i: u32, j: u32, mirror: &[u32]) -> f64 {
    let [(of_i, _), (of_j, _)] = [i, j].map(|vertex| rows.row(vertex as usize));
    let weight = |vertex: u32, group: u32| {
        let (groups, weights) = rows.row(vertex as usize);
        groups.iter().position(|g| *g == group).map_or(0.0, |entry| f64::from(weights[entry]))
    };
    let image = |group: u32| mirror[group as usize];
    let named = of_i.iter().filter(|group| image(**group) != NO_INDEX);
    let ours: f64 = named.map(|g| (weight(i, *g) - weight(j, image(*g))).abs()).sum();
    let unnamed = |group: &&u32| image(**group) != NO_INDEX && !of_i.contains(&image(**group));
    let theirs: f64 = of_j.iter().filter(unnamed).map(|group| weight(j, *group)).sum();
    0.5 * (ours + theirs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::{dense_rows, to_sparse};
    use super::*;

    fn dense(rows: &SparseWeights) -> Vec<f32> {
        let mut dense = vec![0.0; rows.offsets.len().saturating_sub(1) * rows.group_count];
        super::super::convert::to_dense(rows.view(), &mut dense).unwrap();
        dense
    }

    proptest! {
        #[test]
        fn mirrored_vertices_end_mirrored((group_count, half) in dense_rows(), shift in 0.0_f32..4e-4) {
            // Both halves lie on a line; the second has the first one's weights, disturbed.
            let count = half.len() / group_count;
            let mirror: Vec<u32> = (0..group_count as u32).map(|g| if g ^ 1 < group_count as u32 { g ^ 1 } else { g }).collect();
            let of = |vertex: usize, group: usize| half[vertex * group_count + group];
            let other: Vec<f32> = (0..count)
                .flat_map(|v| (0..group_count).map(move |g| (v, g)))
                .map(|(v, g)| of(v, mirror[g] as usize) * 1.0625)
                .collect();
            let all: Vec<f32> = half.iter().chain(&other).copied().collect();
            let line = |sign: f32, shift: f32| (0..count).map(move |v| Vec3::new(sign * 0.1 + shift, v as f32, 0.0));
            let points: Vec<Vec3> = line(1.0, 0.0).chain(line(-1.0, shift)).collect();
            let rows = to_sparse(&all, group_count);
            let (found, matched) =
                symmetrize_weights(rows.view(), &points, &mirror, None, 5e-4, &Progress::none()).unwrap();
            let found = dense(&found);
            let total: f32 = half.iter().sum();
            prop_assert!(matched <= 2 * count);
            for vertex in 0..count {
                let row = |v: usize| &found[v * group_count..(v + 1) * group_count];
                let (sum_here, sum_there): (f32, f32) = (row(vertex).iter().sum(), row(count + vertex).iter().sum());
                for (group, image) in mirror.iter().enumerate() {
                    // Sums stay as they were, so that shares are what is mirrored.
                    let here = row(vertex)[group] * sum_there;
                    let there = row(count + vertex)[*image as usize] * sum_here;
                    prop_assert!((here - there).abs() <= 1e-5 * (1.0 + total * total), "{here} {there}");
                }
            }
        }
    }

    #[test]
    fn chains_and_the_middle_end_with_one_row() {
        // 0 and 1 lie beside each other, 2 mirrors both; 3 lies on the middle.
        let points = [[0.1, 0.0, 0.0], [0.1001, 0.0, 0.0], [-0.1, 0.0, 0.0], [1e-4, 1.0, 0.0]];
        let rows = [0.5, 0.5, 0.0, 0.6, 0.4, 0.0, 0.3, 0.7, 0.0, 0.4, 0.5, 0.1];
        let rows = to_sparse(&rows, 3);
        let points = points.map(Vec3::from);
        let run = |mask: Option<&[u8]>| {
            symmetrize_weights(
                rows.view(),
                &points,
                &[1, 0, NO_INDEX],
                mask,
                5e-4,
                &Progress::none(),
            )
            .unwrap()
        };
        let (found, matched) = run(None);
        assert_eq!(matched, 4);
        let expected = [0.6, 0.4, 0.0, 0.6, 0.4, 0.0, 0.4, 0.6, 0.0, 0.45, 0.45, 0.1];
        for (found, expected) in dense(&found).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        let (found, matched) = run(Some(&[1, 1, 0, 0]));
        assert_eq!((dense(&found), matched), (dense(&rows), 0));
    }

    #[test]
    fn rows_that_differ_for_a_reason_stay() {
        let rows = to_sparse(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0], 2);
        let points = [[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.2, 0.0, 0.0]].map(Vec3::from);
        let (found, matched) =
            symmetrize_weights(rows.view(), &points, &[0, 1], None, 5e-4, &Progress::none())
                .unwrap();
        assert_eq!((dense(&found), matched), (dense(&rows), 0));
    }

    #[test]
    fn bad_mirrors_are_named() {
        assert!(check_mirror(&[1, 0, 2, NO_INDEX]).is_ok());
        let text = check_mirror(&[1, 1]).unwrap_err().to_string();
        assert_eq!(text, "`mirror` of group 0 is 1, expected a group that mirrors it");
        assert!(check_mirror(&[2, 1]).is_err());
    }
}
