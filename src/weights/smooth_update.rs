//! Incremental smoothing: after some vertices moved or changed their weights, only the rows that can differ
//! are smoothed again, with the bits of a full run.
//!
//! With `C` the changed vertices and `N` the neighbours in the graph before or after, the rows that can
//! differ after k iterations are `Nᵏ(C)`: each iteration hands a change on by one radius, and a vertex that
//! moved changes the mean of those it left as well as of those it reached. They read the input of their own
//! neighbours of k iterations, `Nᵏ(Nᵏ(C))`. These vertices are smoothed as a point set of their own: a
//! row's bits depend on its neighbours and their order alone, and that stays.

use glam::Vec3;

use super::smooth::{Smoothing, smooth_weights};
use crate::runtime::{Progress, changes, check, memory};
use crate::spatial::RadiusGraph;
use crate::{Error, Result};

/// What changed since an earlier run of [`smooth_weights`].
#[derive(Clone, Copy)]
pub struct SmoothUpdate<'a> {
    /// The graph of that run.
    pub before: &'a RadiusGraph,
    /// The graph of the `#V` vertices now, with the same radius; the same graph if none moved.
    pub after: &'a RadiusGraph,
    /// `#V`, other than 0 for each vertex that moved or whose weights or mask differ from that run's.
    pub changed: &'a [u8],
}

/// Brings the result of an earlier run up to date: as [`smooth_weights`] with the same mask and options
/// would give it, bit for bit (only the sign of a zero weight may differ).
///
/// - `weights`: `#V by group_count`, vertex-major, finite: the weights to smooth, as they are now;
/// - `mask`: `#V`, finite, as it is now;
/// - `result`: `#V by group_count`: the earlier result in, the new one out;
/// - `updated`: `#V`: 1 for rows of `result` whose bits changed, 0 for others.
///
/// # Errors
/// Graphs with different radii or numbers of points, arrays of other lengths, numbers that are not finite,
/// no memory, a cancel; `result` and `updated` are untouched.
#[expect(clippy::too_many_arguments, reason = "two arrays more than the full run")]
pub fn update_smoothing(
    update: &SmoothUpdate<'_>,
    weights: &[f32],
    group_count: usize,
    mask: Option<&[f32]>,
    options: &Smoothing,
    result: &mut [f32],
    updated: &mut [u8],
    progress: &Progress<'_>,
) -> Result<()> {
    check_arguments(update, weights, group_count, mask, result, updated)?;
    let differing = update.differing(options.iterations)?;
    let vertices = update.read_by(&differing, options.iterations)?;
    let smoothed =
        smooth_subset(update.after, &vertices, weights, group_count, mask, options, progress)?;
    updated.fill(0);
    for (row, &vertex) in vertices.iter().enumerate() {
        if differing[vertex as usize] == 0 {
            continue;
        }
        let new = &smoothed[row * group_count..][..group_count];
        let old = &mut result[vertex as usize * group_count..][..group_count];
        updated[vertex as usize] =
            u8::from(old.iter().zip(new).any(|(old, new)| changes::differ(old, new)));
        old.copy_from_slice(new);
    }
    Ok(())
}

impl SmoothUpdate<'_> {
    /// Vertices whose result can differ, marked by 1.
    fn differing(&self, iterations: u32) -> Result<Vec<u8>> {
        let mut marks = memory::try_with_capacity("the changed vertices", self.changed.len())?;
        marks.extend(self.changed.iter().map(|&changed| u8::from(changed != 0)));
        spread(marks, iterations, |marks| {
            let mut reached = self.after.mark_neighbors(marks)?;
            if !std::ptr::eq(self.before, self.after) {
                let left = self.before.mark_neighbors(marks)?;
                reached.iter_mut().zip(left).for_each(|(mark, left)| *mark |= left);
            }
            Ok(reached)
        })
    }

    /// Vertices whose weights the `marked` ones read, ascending.
    fn read_by(&self, marked: &[u8], iterations: u32) -> Result<Vec<u32>> {
        let read = spread(marked.to_vec(), iterations, |marks| self.after.mark_neighbors(marks))?;
        Ok((0..read.len() as u32).filter(|&vertex| read[vertex as usize] != 0).collect())
    }
}

/// Applies `step` so many times, or until nothing changes.
fn spread(
    mut marks: Vec<u8>,
    times: u32,
    step: impl Fn(&[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    for _ in 0..times {
        let next = step(&marks)?;
        if next == marks {
            break;
        }
        marks = next;
    }
    Ok(marks)
}

/// The weights of some vertices, smoothed as if there were no others.
fn smooth_subset(
    graph: &RadiusGraph,
    vertices: &[u32],
    weights: &[f32],
    group_count: usize,
    mask: Option<&[f32]>,
    options: &Smoothing,
    progress: &Progress<'_>,
) -> Result<Vec<f32>> {
    const WHAT: &str = "the weights to smooth again";
    let mut points = memory::try_filled(WHAT, Vec3::ZERO, graph.point_count())?;
    for (position, &index) in graph.grid().indices().iter().enumerate() {
        points[index as usize] = Vec3::from(graph.grid().point(position));
    }
    let points: Vec<Vec3> = vertices.iter().map(|&vertex| points[vertex as usize]).collect();
    let mut rows = memory::try_with_capacity(WHAT, vertices.len() * group_count)?;
    for &vertex in vertices {
        rows.extend_from_slice(&weights[vertex as usize * group_count..][..group_count]);
    }
    let mask: Option<Vec<f32>> =
        mask.map(|mask| vertices.iter().map(|&vertex| mask[vertex as usize]).collect());
    let graph = RadiusGraph::new(&points, graph.radius(), &progress.part(0.0, 0.2))?;
    let progress = progress.part(0.2, 1.0);
    smooth_weights(&graph, &mut rows, group_count, mask.as_deref(), options, &progress)?;
    Ok(rows)
}

fn check_arguments(
    update: &SmoothUpdate<'_>,
    weights: &[f32],
    group_count: usize,
    mask: Option<&[f32]>,
    result: &[f32],
    updated: &[u8],
) -> Result<()> {
    let SmoothUpdate { before, after, changed } = update;
    let vertex_count = after.point_count();
    if before.point_count() != vertex_count || before.radius() != after.radius() {
        let problem = format!(
            "has {} points and the radius {} m, expected {vertex_count} and {} m",
            before.point_count(),
            before.radius(),
            after.radius()
        );
        return Err(Error::invalid("before", problem));
    }
    let expected = memory::checked_product("weights", vertex_count, group_count)?;
    check::length("changed", changed.len(), vertex_count)?;
    check::length("weights", weights.len(), expected)?;
    check::length("result", result.len(), expected)?;
    check::length("updated", updated.len(), vertex_count)?;
    check::finite("weights", weights)?;
    if let Some(mask) = mask {
        check::length("mask", mask.len(), vertex_count)?;
        check::finite("mask", mask)?;
    }
    check::finite("result", result)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;
    use crate::spatial::test_points::{numbers, sheet};

    fn graph(points: &[Vec3], radius: f32) -> RadiusGraph {
        RadiusGraph::new(points, radius, &Progress::none()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn an_update_gives_the_bits_of_a_full_run(
            seed in 0_u32..1000,
            moved in prop::collection::vec((0_usize..600, prop::array::uniform3(-0.2_f32..0.2)), 0..6),
            reweighted in prop::collection::vec(0_usize..600, 0..6),
            iterations in 0_u32..4,
            limit in 0_u32..12,
            masked in any::<bool>(),
        ) {
            const GROUPS: usize = 3;
            let options = Smoothing {
                iterations,
                neighbor_limit: NonZeroU32::new(limit),
                ..Smoothing::default()
            };
            let points = sheet(600, seed);
            let mut next = numbers(seed + 1);
            let weights: Vec<f32> = (0..600)
                .flat_map(|vertex| [next(), if vertex < 300 { next() } else { 0.0 }, 0.0])
                .collect();
            let mask: Option<Vec<f32>> = masked.then(|| (0..600).map(|_| next()).collect());
            let smooth = |graph: &RadiusGraph, weights: &[f32]| {
                let (mut out, none) = (weights.to_vec(), Progress::none());
                smooth_weights(graph, &mut out, GROUPS, mask.as_deref(), &options, &none).unwrap();
                out
            };
            let before = graph(&points, 0.08);
            let old = smooth(&before, &weights);

            let (mut new_points, mut new_weights) = (points.clone(), weights.clone());
            let mut changed = vec![0; 600];
            for (vertex, by) in moved {
                new_points[vertex] += Vec3::from(by);
                changed[vertex] = 1;
            }
            for vertex in reweighted {
                new_weights[vertex * GROUPS + 1] = 0.75;
                changed[vertex] = 1;
            }
            let after = graph(&new_points, 0.08);
            let full = smooth(&after, &new_weights);
            let (mut result, mut updated) = (old.clone(), vec![9; 600]);
            let update = SmoothUpdate { before: &before, after: &after, changed: &changed };
            update_smoothing(
                &update, &new_weights, GROUPS, mask.as_deref(), &options, &mut result, &mut updated,
                &Progress::none(),
            ).unwrap();
            let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&result), bits(&full));
            for (vertex, updated) in updated.into_iter().enumerate() {
                let row = vertex * GROUPS..(vertex + 1) * GROUPS;
                prop_assert_eq!(updated == 1, old[row.clone()] != full[row]);
            }
        }
    }

    #[test]
    fn graphs_that_do_not_belong_together_are_refused() {
        let points = sheet(20, 1);
        let (one, other) = (graph(&points, 0.1), graph(&points, 0.2));
        let fewer = graph(&points[1..], 0.1);
        for before in [&other, &fewer] {
            let update = SmoothUpdate { before, after: &one, changed: &[1; 20] };
            let (mut result, mut updated) = ([0.5; 20], [9; 20]);
            let error = update_smoothing(
                &update,
                &[0.5; 20],
                1,
                None,
                &Smoothing::default(),
                &mut result,
                &mut updated,
                &Progress::none(),
            )
            .unwrap_err();
            assert!(error.to_string().contains("`before`"), "{error}");
            assert_eq!(updated, [9; 20]);
        }
    }
}
