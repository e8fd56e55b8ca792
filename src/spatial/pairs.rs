//! Walks over the pairs of a radius graph, without a list of them.

use crate::Result;
use crate::runtime::Progress;
use crate::spatial::RadiusGraph;
use crate::spatial::radius_graph::{Candidates, Hits};

/// Points between two progress reports.
const POINTS_PER_REPORT: usize = 4096;

/// Calls `visit(a, b)` once for each pair of different points within the radius; in an order that
/// depends on the points alone.
pub(crate) fn for_each_pair(
    graph: &RadiusGraph,
    progress: &Progress<'_>,
    mut visit: impl FnMut(u32, u32),
) -> Result<()> {
    let indices = graph.grid().indices();
    // Each point counts itself.
    let has_neighbors = |position: usize| graph.sorted_counts()[position] > 1;
    let (mut candidates, mut hits) = (Candidates::default(), Hits::default());
    for start in (0..indices.len()).step_by(POINTS_PER_REPORT) {
        let end = (start + POINTS_PER_REPORT).min(indices.len());
        let mut position = start;
        while position < end {
            let run = (position..end).take_while(|&position| has_neighbors(position)).count();
            graph.for_each_cell(position..position + run, &mut candidates, |cell, candidates| {
                for position in cell {
                    graph.select(position, candidates, &mut hits);
                    let later = hits.names().iter().filter(|&&other| other as usize > position);
                    later.for_each(|&other| visit(indices[position], indices[other as usize]));
                }
            });
            position += run + 1;
        }
        progress.advance(end as f32 / indices.len() as f32)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use glam::Vec3;

    proptest! {
        #[test]
        fn each_pair_comes_once(
            corners in prop::collection::vec(prop::array::uniform3(0_u8..6), 0..60),
        ) {
            let points: Vec<Vec3> = corners.iter().map(|c| Vec3::from(c.map(f32::from))).collect();
            let graph = RadiusGraph::new(&points, 1.5, &Progress::none()).unwrap();
            let mut found = Vec::new();
            for_each_pair(&graph, &Progress::none(), |a, b| found.push((a.min(b), a.max(b)))).unwrap();
            found.sort_unstable();
            let count = points.len() as u32;
            let near = |a: u32, b: u32| points[a as usize].distance(points[b as usize]) <= 1.5;
            let expected: Vec<(u32, u32)> = (0..count)
                .flat_map(|a| (a + 1..count).map(move |b| (a, b)))
                .filter(|&(a, b)| near(a, b))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
