//! Propagation: vertices without weights take those of weighted ones near them along the mesh.

use glam::Vec3;

use crate::Result;
use crate::mesh::Adjacency;
use crate::runtime::parallel::Split;
use crate::runtime::{Progress, check, memory};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::ascending::{Ascending, RowSum, chosen_groups};
use crate::weights::rows::build_rows;
use crate::weights::{SparseView, SparseWeights};

/// What errors call the working storage.
const WHAT: &str = "propagated weights";

/// Rows that one thread builds at the least.
const LEAST_BLOCK: usize = 4096;

/// What [`propagate_weights`] gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Propagated {
    /// The rows of all vertices, groups ascending.
    pub weights: SparseWeights,
    /// `#V`: the vertex whose weights it has, itself where it had some; [`NO_INDEX`] where it has the
    /// mean of all, or nothing because no vertex had any.
    pub sources: Vec<u32>,
}

/// Gives weights to vertices that have none in the counted groups, wave by wave: in each wave every
/// vertex with neighbours along edges that had weights before the wave takes the weights of the
/// closest of them, the lowest one of equally close ones. Vertices that no wave reaches take the mean of
/// all rows that had weights at the start, each group's sum over their number.
///
/// Weights in groups that are not counted stay.
///
/// - `points`: `#V by 3`, finite, for the distances;
/// - `edges`: `#E by 2`;
/// - `group_mask`: `#G`, not 0 for the groups that count; `None` counts all.
///
/// # Errors
/// Arrays of other lengths, an index out of range, a point that is not finite, a negative weight, too
/// many entries, no memory, a cancel.
pub fn propagate_weights(
    rows: SparseView<'_>,
    points: &[Vec3],
    edges: &[[u32; 2]],
    group_mask: Option<&[u8]>,
    progress: &Progress<'_>,
) -> Result<Propagated> {
    check::length("points", points.len(), rows.vertex_count())?;
    check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
    let counted = chosen_groups(group_mask, rows.group_count())?;
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    let adjacency = Adjacency::new(edges, points.len())?;
    let sources = find_sources(rows, points, &adjacency, counted, &progress.part(0.0, 0.5))?;
    let mean = mean_of_weighted(rows, &sources, counted);

    let split = Split::new(points.len(), 0, LEAST_BLOCK);
    let progress = progress.part(0.5, 1.0);
    let weights = build_rows(split, rows.group_count(), &progress, |vertices, block| {
        let mut sum = RowSum::default();
        for vertex in vertices {
            let own = rows.row(vertex);
            match sources[vertex] {
                source if source as usize == vertex => sum.add_row(own, |_| true),
                NO_INDEX => {
                    sum.add_row(own, |group| !counted(group));
                    mean.iter().for_each(|&(group, weight)| sum.add(group, weight.into()));
                }
                source => {
                    sum.add_row(own, |group| !counted(group));
                    sum.add_row(rows.row(source as usize), counted);
                }
            }
            block.reserve(sum.len())?;
            sum.finish(1.0, |group, weight| block.push(group, weight));
            block.end_row();
        }
        Ok(())
    })?;
    Ok(Propagated { weights, sources })
}

fn find_sources(
    rows: SparseView<'_>,
    points: &[Vec3],
    adjacency: &Adjacency,
    counted: impl Fn(u32) -> bool,
    progress: &Progress<'_>,
) -> Result<Vec<u32>> {
    let mut sources = memory::try_filled(WHAT, NO_INDEX, points.len())?;
    let mut waiting = 0_usize;
    for (vertex, source) in sources.iter_mut().enumerate() {
        let (groups, weights) = rows.row(vertex);
        let weighted = groups.iter().zip(weights).any(|(&group, &w)| counted(group) && w > 0.0);
        *source = if weighted { vertex as u32 } else { NO_INDEX };
        waiting += usize::from(!weighted);
    }
    let total = waiting.max(1) as f32;
    let has_source = |sources: &[u32], vertex: u32| sources[vertex as usize] != NO_INDEX;
    let beside_weighted = |&vertex: &u32| {
        !has_source(&sources, vertex)
            && adjacency.neighbors(vertex as usize).iter().any(|&n| has_source(&sources, n))
    };
    let mut wave: Vec<u32> = (0..points.len() as u32).filter(beside_weighted).collect();
    while !wave.is_empty() {
        let reached: Vec<u32> = wave
            .iter()
            .map(|&vertex| closest_source(vertex, &sources, points, adjacency))
            .collect();
        for (&vertex, source) in wave.iter().zip(reached) {
            sources[vertex as usize] = source;
        }
        waiting -= wave.len();
        progress.advance(1.0 - waiting as f32 / total)?;
        let neighbors = wave.iter().flat_map(|&vertex| adjacency.neighbors(vertex as usize));
        wave = neighbors.copied().filter(|&vertex| !has_source(&sources, vertex)).collect();
        wave.sort_unstable();
        wave.dedup();
    }
    Ok(sources)
}

/// The source of the closest neighbour that has one; the lowest of equally close neighbours.
fn closest_source(vertex: u32, sources: &[u32], points: &[Vec3], adjacency: &Adjacency) -> u32 {
    let point = points[vertex as usize].as_dvec3();
    let distance = |neighbor: u32| (points[neighbor as usize].as_dvec3() - point).length_squared();
    let neighbors = adjacency.neighbors(vertex as usize).iter().copied();
    neighbors
        .filter(|&neighbor| sources[neighbor as usize] != NO_INDEX)
        .map(|neighbor| (distance(neighbor), neighbor))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map_or(NO_INDEX, |(_, neighbor)| sources[neighbor as usize])
}

fn mean_of_weighted(
    rows: SparseView<'_>,
    sources: &[u32],
    counted: impl Fn(u32) -> bool + Copy,
) -> Vec<(u32, f32)> {
    let mut mean = Vec::new();
    if !sources.contains(&NO_INDEX) {
        return mean;
    }
    let (mut sum, mut count) = (RowSum::default(), 0_usize);
    let weighted =
        sources.iter().enumerate().filter(|(vertex, source)| **source as usize == *vertex);
    for (vertex, _) in weighted {
        sum.add_row(rows.row(vertex), counted);
        count += 1;
    }
    sum.finish(1.0 / count.max(1) as f64, |group, weight| mean.push((group, weight)));
    mean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::to_sparse;
    use super::*;

    /// The definition, wave after wave over all vertices.
    fn brute_force(weighted: &[bool], points: &[Vec3], edges: &[[u32; 2]]) -> Vec<u32> {
        let own = |vertex: usize| if weighted[vertex] { vertex as u32 } else { NO_INDEX };
        let mut sources: Vec<u32> = (0..points.len()).map(own).collect();
        loop {
            let before = sources.clone();
            for vertex in (0..points.len()).filter(|&vertex| before[vertex] == NO_INDEX) {
                let mut best = (f64::INFINITY, NO_INDEX);
                for &[a, b] in edges {
                    for (from, to) in [(a, b), (b, a)] {
                        if from as usize != vertex || to == from || before[to as usize] == NO_INDEX
                        {
                            continue;
                        }
                        let span = points[vertex].as_dvec3() - points[to as usize].as_dvec3();
                        let candidate = (span.length_squared(), to);
                        if candidate < best {
                            best = candidate;
                        }
                    }
                }
                if best.1 != NO_INDEX {
                    sources[vertex] = before[best.1 as usize];
                }
            }
            if sources == before {
                return sources;
            }
        }
    }

    proptest! {
        #[test]
        fn waves_take_the_closest_neighbours_weights(
            corners in prop::collection::vec(prop::array::uniform3(0_u8..4), 1..25),
            edges in prop::collection::vec(prop::array::uniform2(0_u32..25), 0..40),
            weighted in prop::collection::vec(prop::bool::weighted(0.2), 25),
        ) {
            // A coarse grid: many edges are equally long.
            let points: Vec<Vec3> = corners.iter().map(|c| Vec3::from(c.map(f32::from))).collect();
            let count = points.len();
            let edges: Vec<[u32; 2]> = edges.iter().map(|e| e.map(|v| v % count as u32)).collect();
            let dense: Vec<f32> = (0..count * 2)
                .map(|i| match (weighted[i / 2], i % 2) {
                    (true, 0) => 0.25 + i as f32 / 100.0,
                    (_, 1) => 0.5,
                    _ => 0.0,
                })
                .collect();
            let found = propagate_weights(
                to_sparse(&dense, 2).view(), &points, &edges, Some(&[1, 0]), &Progress::none()).unwrap();
            let sources = brute_force(&weighted[..count], &points, &edges);
            prop_assert_eq!(&found.sources, &sources);
            let of: Vec<f64> = (0..count).filter(|&v| weighted[v]).map(|v| dense[v * 2].into()).collect();
            let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
            let mut result = vec![0.0; dense.len()];
            crate::weights::convert::to_dense(found.weights.view(), &mut result).unwrap();
            for vertex in 0..count {
                let expected = match sources[vertex] {
                    NO_INDEX => mean as f32,
                    source => dense[source as usize * 2],
                };
                prop_assert!((result[vertex * 2] - expected).abs() < 1e-6);
                prop_assert_eq!(result[vertex * 2 + 1], 0.5);
            }
        }
    }

    #[test]
    fn empty_and_unweighted_meshes_stay_as_they_are() {
        let none = SparseView::new(&[0], &[], &[], 3).unwrap();
        let found = propagate_weights(none, &[], &[], None, &Progress::none()).unwrap();
        assert_eq!((found.weights.offsets, found.sources), (vec![0], vec![]));
        let rows = SparseView::new(&[0, 1, 1], &[2], &[0.0], 3).unwrap();
        let found =
            propagate_weights(rows, &[Vec3::ZERO; 2], &[[0, 1]], None, &Progress::none()).unwrap();
        assert_eq!(found.sources, [NO_INDEX; 2]);
        assert!(found.weights.groups.is_empty());
    }

    #[test]
    fn bad_arguments_are_named() {
        let rows = SparseView::new(&[0, 1], &[0], &[1.0], 1).unwrap();
        let text = |points: &[Vec3], edges: &[[u32; 2]], mask: &[u8]| {
            propagate_weights(rows, points, edges, Some(mask), &Progress::none())
                .unwrap_err()
                .to_string()
        };
        assert!(text(&[Vec3::NAN], &[], &[1]).contains("`points`[0] is NaN"));
        assert!(text(&[], &[], &[1]).contains("`points` holds 0"));
        assert!(text(&[Vec3::ONE], &[[0, 1]], &[1]).contains("`edges`[1] is 1"));
        assert!(text(&[Vec3::ONE], &[], &[1, 1]).contains("`group_mask` holds 2"));
    }
}
