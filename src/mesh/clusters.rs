//! Components that lie near each other, such as the parts of one buckle.

use glam::Vec3;

use crate::mesh::components::{Components, DisjointSets};
use crate::runtime::{Progress, check};
use crate::spatial::pairs::for_each_pair;
use crate::spatial::point_index::NO_INDEX;
use crate::spatial::radius_graph::{RADIUS_RANGE, RadiusGraph};
use crate::{Error, Result};

/// Joins components of which a point of one lies within `distance` of a point of the other, and those that
/// such pairs connect (single linkage).
///
/// - `points`: `#P by 3`, metres, finite;
/// - `labels`: `#P`, component of each point, below `label_count`, or [`NO_INDEX`] for none;
/// - `distance`: metres, within [`RADIUS_RANGE`].
///
/// Returns the cluster of each component (in place of a vertex), numbered by their lowest components.
///
/// # Errors
/// A point that is not finite, a label or distance out of range, a wrong length, no memory, a cancel.
pub fn cluster_components(
    points: &[Vec3],
    labels: &[u32],
    label_count: usize,
    distance: f32,
    progress: &Progress<'_>,
) -> Result<Components> {
    check::numbered_by_u32("label_count", label_count)?;
    check::length("labels", labels.len(), points.len())?;
    check::labels("labels", labels, label_count)?;
    check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
    check::finite_scalar("distance", distance)?;
    if !RADIUS_RANGE.contains(&distance) {
        let problem = format!("is {distance} m, expected 1e-9 to 1e9");
        return Err(Error::invalid("distance", problem));
    }
    let labelled = || labels.iter().zip(points).filter(|(label, _)| **label != NO_INDEX);
    let components: Vec<u32> = labelled().map(|(&label, _)| label).collect();
    let points: Vec<Vec3> = labelled().map(|(_, &point)| point).collect();
    let graph = RadiusGraph::new(&points, distance, &progress.part(0.0, 0.5))?;
    let mut sets = DisjointSets::new(label_count);
    for_each_pair(&graph, &progress.part(0.5, 1.0), |a, b| {
        sets.unite(components[a as usize], components[b as usize]);
    })?;
    Ok(sets.into_components())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn clusters_are_those_of_a_flood_fill(
            corners in prop::collection::vec(prop::array::uniform3(0_u8..8), 0..40),
            labels in prop::collection::vec(prop_oneof![Just(NO_INDEX), 0_u32..12], 40),
        ) {
            let points: Vec<Vec3> = corners.iter().map(|c| Vec3::from(c.map(f32::from))).collect();
            let labels = &labels[..points.len()];
            let found = cluster_components(&points, labels, 12, 1.5, &Progress::none()).unwrap();
            let mut flood: Vec<u32> = (0..12).collect();
            for a in 0..points.len() {
                for b in 0..a {
                    let known = labels[a] != NO_INDEX && labels[b] != NO_INDEX;
                    if known && points[a].distance(points[b]) <= 1.5 {
                        let (one, two) = (flood[labels[a] as usize], flood[labels[b] as usize]);
                        flood.iter_mut().filter(|set| **set == one.max(two)).for_each(|set| *set = one.min(two));
                    }
                }
            }
            let mut names = flood.clone();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(found.count, names.len());
            for (label, set) in flood.iter().enumerate() {
                prop_assert_eq!(found.of_vertex[label] as usize, names.binary_search(set).unwrap());
            }
        }
    }

    #[test]
    fn bad_distances_are_named() {
        let text = |distance: f32| {
            cluster_components(&[Vec3::ZERO], &[0], 1, distance, &Progress::none())
                .unwrap_err()
                .to_string()
        };
        assert!(text(0.0).contains("`distance` is 0 m"));
        assert!(text(f32::NAN).contains("`distance`"));
    }
}
