//! Seams: vertices that lie on each other, of one mesh or of several, and should move alike.

use glam::{DVec3, Vec3};

use crate::mesh::Adjacency;
use crate::mesh::components::{DisjointSets, Parts};
use crate::runtime::{Progress, check, memory};
use crate::spatial::pairs::for_each_pair;
use crate::spatial::point_index::NO_INDEX;
use crate::spatial::radius_graph::{RADIUS_RANGE, RadiusGraph};
use crate::weights::SparseView;
use crate::weights::ascending::{Ascending, Row, for_each_group};
use crate::{Error, Result};

/// What counts as a seam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeamOptions {
    /// Metres that two vertices may lie apart, within [`RADIUS_RANGE`].
    pub distance: f32,
    /// Degrees, 0 to 90, that the directions of two of their edges may differ by, in either sense.
    pub angle: f32,
    /// 0 to 1: the least similarity of their weights.
    pub similarity: f32,
}

impl Default for SeamOptions {
    fn default() -> Self {
        Self { distance: 1e-4, angle: 3.0, similarity: 0.9 }
    }
}

/// Finds the seams of a mesh, or of several whose points, edges and rows follow one another.
///
/// Two vertices are joined where they are at most `distance` apart, an edge of one has the direction of an
/// edge of the other, to `angle` and in either sense, and `1 − mean |Δw| ≥ similarity`, the mean over the
/// groups in which at least one of them has weight (1 where there is none). A seam is a set of
/// vertices that such pairs connect; [`average_rows`](super::average::average_rows) makes its weights equal.
///
/// - `points`: `#V by 3`, metres, finite; `edges`: `#E by 2`.
///
/// A vertex without an edge that has a length is on no seam.
///
/// # Errors
/// Arrays of other lengths, an edge or option out of range, a point that is not finite, a negative
/// weight, no memory, a cancel.
pub fn find_seams(
    points: &[Vec3],
    edges: &[[u32; 2]],
    rows: SparseView<'_>,
    options: SeamOptions,
    progress: &Progress<'_>,
) -> Result<Parts> {
    options.check()?;
    check::length("points", points.len(), rows.vertex_count())?;
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    let adjacency = Adjacency::new(edges, points.len())?;
    let graph = RadiusGraph::new(points, options.distance, &progress.part(0.0, 0.5))?;
    let joins = Joins { points, adjacency, rows, options };
    let mut sets = DisjointSets::new(points.len());
    for_each_pair(&graph, &progress.part(0.5, 1.0), |a, b| {
        if sets.find(a) != sets.find(b) && joins.test(a as usize, b as usize) {
            sets.unite(a, b);
        }
    })?;
    seams_of(sets)
}

impl SeamOptions {
    fn check(&self) -> Result<()> {
        let Self { distance, angle, similarity } = *self;
        check::finite_scalar("distance", distance)?;
        if !RADIUS_RANGE.contains(&distance) {
            let problem = format!("is {distance} m, expected 1e-9 to 1e9");
            return Err(Error::invalid("distance", problem));
        }
        check::finite_scalar("angle", angle)?;
        if !(0.0..=90.0).contains(&angle) {
            return Err(Error::invalid("angle", format!("is {angle}, expected 0 to 90 degrees")));
        }
        check::fraction("similarity", similarity)
    }
}

/// The sets of more than one vertex.
fn seams_of(sets: DisjointSets) -> Result<Parts> {
    let sets = sets.into_components();
    let mut sizes = memory::try_filled("the seams", 0_u32, sets.count)?;
    sets.of_vertex.iter().for_each(|&set| sizes[set as usize] += 1);
    let mut labels = sets.of_vertex;
    for label in &mut labels {
        *label = if sizes[*label as usize] > 1 { *label } else { NO_INDEX };
    }
    Parts::renumbered(labels, sets.count)
}

/// What two vertices that are near each other are tested by.
struct Joins<'a> {
    points: &'a [Vec3],
    adjacency: Adjacency,
    rows: SparseView<'a>,
    options: SeamOptions,
}

impl Joins<'_> {
    fn test(&self, a: usize, b: usize) -> bool {
        let least = f64::from(self.options.similarity);
        similarity(self.rows.row(a), self.rows.row(b)) >= least && self.edges_align(a, b)
    }

    fn edges_align(&self, a: usize, b: usize) -> bool {
        let least = f64::from(self.options.angle).to_radians().cos();
        let aligns = |one: DVec3| self.directions(b).any(|other| one.dot(other).abs() >= least);
        self.directions(a).any(aligns)
    }

    /// Unit directions of a vertex's edges, without those of no length.
    fn directions(&self, vertex: usize) -> impl Iterator<Item = DVec3> + '_ {
        let point = self.points[vertex].as_dvec3();
        let neighbors = self.adjacency.neighbors(vertex).iter();
        neighbors.filter_map(move |&neighbor| {
            (self.points[neighbor as usize].as_dvec3() - point).try_normalize()
        })
    }
}

/// `1 − mean |Δw|` over the groups in which a row has weight.
fn similarity(a: Row<'_>, b: Row<'_>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for_each_group(a, b, |_, a, b| {
        sum += (f64::from(a) - f64::from(b)).abs();
        count += usize::from(a > 0.0 || b > 0.0);
    });
    1.0 - sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::to_sparse;
    use super::*;

    fn seams(points: &[Vec3], edges: &[[u32; 2]], dense: &[f32], options: SeamOptions) -> Parts {
        let groups = dense.len() / points.len().max(1);
        let rows = to_sparse(dense, groups.max(1));
        find_seams(points, edges, rows.view(), options, &Progress::none()).unwrap()
    }

    proptest! {
        #[test]
        fn seams_are_the_sets_that_the_definition_connects(
            corners in prop::collection::vec(prop::array::uniform3(0_u8..2), 1..20),
            edges in prop::collection::vec(prop::array::uniform2(0_u32..20), 0..30),
            weights in prop::collection::vec(prop_oneof![Just(0.0_f32), Just(0.5), Just(0.7)], 40),
        ) {
            let points: Vec<Vec3> = corners.iter().map(|c| Vec3::from(c.map(f32::from))).collect();
            let count = points.len();
            let edges: Vec<[u32; 2]> = edges.iter().map(|e| e.map(|v| v % count as u32)).collect();
            let dense = &weights[..count * 2];
            let found = seams(&points, &edges, dense, SeamOptions { similarity: 0.85, ..Default::default() });
            let directions = |vertex: usize| -> Vec<Vec3> {
                let ends = edges.iter().flat_map(|&[a, b]| [(a, b), (b, a)]);
                ends.filter(|&(a, _)| a as usize == vertex)
                    .map(|(a, b)| points[b as usize] - points[a as usize])
                    .filter(|span| *span != Vec3::ZERO).map(Vec3::normalize).collect()
            };
            let mut flood: Vec<usize> = (0..count).collect();
            for a in 0..count {
                for b in 0..a {
                    let parallel = directions(a).iter()
                        .any(|one| directions(b).iter().any(|other| one.dot(*other).abs() > 0.9986));
                    let pairs = || dense[a * 2..][..2].iter().zip(&dense[b * 2..][..2]);
                    let used = pairs().filter(|(a, b)| **a > 0.0 || **b > 0.0).count().max(1);
                    let mean = pairs().map(|(a, b)| (a - b).abs()).sum::<f32>() / used as f32;
                    if points[a] == points[b] && parallel && 1.0 - mean >= 0.85 {
                        let (from, to) = (flood[a].max(flood[b]), flood[a].min(flood[b]));
                        flood.iter_mut().filter(|set| **set == from).for_each(|set| *set = to);
                    }
                }
            }
            for a in 0..count {
                let alone = flood.iter().filter(|set| **set == flood[a]).count() == 1;
                prop_assert_eq!(found.labels[a] == NO_INDEX, alone);
                for b in 0..count {
                    let same = !alone && flood[a] == flood[b];
                    prop_assert_eq!(found.labels[a] != NO_INDEX && found.labels[a] == found.labels[b], same);
                }
            }
        }
    }

    #[test]
    fn edges_may_run_in_either_sense_but_not_across() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::new(0.0, 0.0, 9e-5), -Vec3::X, Vec3::Y];
        let labels =
            |end: u32| seams(&points, &[[0, 1], [2, end]], &[1.0; 5], Default::default()).labels;
        assert_eq!(labels(3), [0, NO_INDEX, 0, NO_INDEX, NO_INDEX]);
        assert_eq!(labels(4), [NO_INDEX; 5]);
        assert_eq!(seams(&[], &[], &[], Default::default()).count, 0);
    }

    #[test]
    fn bad_options_are_named() {
        let rows = to_sparse(&[1.0], 1);
        for (options, name) in [
            (SeamOptions { distance: 0.0, ..Default::default() }, "distance"),
            (SeamOptions { angle: 91.0, ..Default::default() }, "angle"),
            (SeamOptions { similarity: f32::NAN, ..Default::default() }, "similarity"),
        ] {
            let error = find_seams(&[Vec3::ZERO], &[], rows.view(), options, &Progress::none());
            assert!(error.unwrap_err().to_string().contains(name));
        }
    }
}
