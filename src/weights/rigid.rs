//! Rigid parts: buttons, buckles and whatever else moves as one piece because all its vertices share
//! one pattern of weights.

use crate::Result;
use crate::mesh::components::Parts;
use crate::runtime::{check, memory};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::SparseView;
use crate::weights::ascending::{Ascending, Row, for_each_group};

/// Finds the components that are rigid: no weight of any vertex differs from that of the component's
/// lowest vertex by more than `tolerance`, and that vertex has weights at all.
///
/// The parts are numbered by their lowest vertices. Their labels are what
/// [`average_rows`](super::average::average_rows) takes, to give each part one row of weights, and
/// [`fit_similarity`](crate::deform::fit::fit_similarity), to give it one motion.
///
/// - `components`: `#V`, below `component_count`, or [`NO_INDEX`] for none (never rigid).
///
/// # Errors
/// A negative weight or tolerance, a component out of range, a wrong length.
pub fn find_rigid_parts(
    rows: SparseView<'_>,
    components: &[u32],
    component_count: usize,
    tolerance: f32,
) -> Result<Parts> {
    check::length("components", components.len(), rows.vertex_count())?;
    check::labels("components", components, component_count)?;
    check::not_negative("tolerance", tolerance)?;
    let ascending = Ascending::new(rows)?;
    let rows = ascending.view();
    let mut first = memory::try_filled("the components", NO_INDEX, component_count)?;
    let mut rigid = memory::try_filled("the components", true, component_count)?;
    for (vertex, &component) in components.iter().enumerate() {
        if component == NO_INDEX {
            continue;
        }
        let (first, rigid) = (&mut first[component as usize], &mut rigid[component as usize]);
        if *first == NO_INDEX {
            *first = vertex as u32;
            *rigid = rows.row(vertex).1.iter().any(|&weight| weight > 0.0);
        } else if *rigid {
            *rigid = largest_difference(rows.row(*first as usize), rows.row(vertex)) <= tolerance;
        }
    }
    let is_rigid = |component: u32| component != NO_INDEX && rigid[component as usize];
    let labels = components.iter().map(|&c| if is_rigid(c) { c } else { NO_INDEX }).collect();
    Parts::renumbered(labels, component_count)
}

fn largest_difference(a: Row<'_>, b: Row<'_>) -> f32 {
    let mut largest = 0.0_f32;
    for_each_group(a, b, |_, a, b| largest = largest.max((a - b).abs()));
    largest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_rows::to_sparse;
    use super::*;

    proptest! {
        #[test]
        fn rigid_are_the_components_of_one_pattern(
            (dense, components) in (0_usize..30).prop_flat_map(|vertices| (
                prop::collection::vec(prop_oneof![3 => Just(0.5_f32), 1 => Just(0.0), 1 => Just(0.501)], vertices * 2),
                prop::collection::vec(prop_oneof![Just(NO_INDEX), 0_u32..8], vertices),
            )),
            tolerance in prop_oneof![Just(0.0_f32), Just(0.01)],
        ) {
            let parts = find_rigid_parts(to_sparse(&dense, 2).view(), &components, 8, tolerance).unwrap();
            let rigid = |component: u32| {
                let of: Vec<&[f32]> = dense.chunks(2).zip(&components)
                    .filter(|(_, c)| **c == component).map(|(row, _)| row).collect();
                of.iter().all(|row| row.iter().zip(of[0]).all(|(a, b)| (a - b).abs() <= tolerance))
                    && of[0].iter().any(|weight| *weight > 0.0)
            };
            let mut numbers: Vec<u32> = Vec::new();
            for (vertex, &component) in components.iter().enumerate() {
                if component == NO_INDEX || !rigid(component) {
                    prop_assert_eq!(parts.labels[vertex], NO_INDEX);
                    continue;
                }
                let number = numbers.iter().position(|&known| known == component).unwrap_or_else(|| {
                    numbers.push(component);
                    numbers.len() - 1
                });
                prop_assert_eq!(parts.labels[vertex], number as u32);
            }
            prop_assert_eq!(parts.count, numbers.len());
        }
    }

    #[test]
    fn bad_arguments_are_named() {
        let rows = SparseView::new(&[0, 1], &[0], &[1.0], 1).unwrap();
        let text = |components: &[u32], tolerance: f32| {
            find_rigid_parts(rows, components, 1, tolerance).unwrap_err().to_string()
        };
        assert!(text(&[1], 0.0).contains("`components`[0] is 1"));
        assert!(text(&[0, 0], 0.0).contains("`components` holds 2"));
        assert!(text(&[0], f32::NAN).contains("`tolerance`"));
    }
}
