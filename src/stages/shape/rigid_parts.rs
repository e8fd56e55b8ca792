//! Which parts of a mesh are rigid: buttons, buckles, glasses.

use crate::Result;
use crate::deform::fit::NO_COMPONENT;
use crate::mesh::components::connected_components;
use crate::runtime::memory;
use crate::weights::SparseView;

/// Weights that differ by no more than this are the same.
const SAME_WEIGHT: f32 = 1e-3;

/// Labels each island of the mesh whose vertices all have the same weights (within [`SAME_WEIGHT`] in
/// each group), and some at all: `#V`, numbered by the lowest vertex, [`NO_COMPONENT`] elsewhere; and
/// the number of parts. Vertices without triangles belong to none.
///
/// - `triangles`: `#T by 3` vertex numbers; `weights`: `#V` rows.
///
/// # Errors
/// A vertex that is not there, no memory.
pub fn detect(triangles: &[[u32; 3]], weights: SparseView<'_>) -> Result<(Vec<u32>, usize)> {
    let vertices = weights.vertex_count();
    let islands = connected_components(triangles, vertices)?;
    let mut in_triangle = memory::try_filled("rigid parts", false, vertices)?;
    triangles.iter().flatten().for_each(|vertex| in_triangle[*vertex as usize] = true);

    let mut first_vertex: Vec<Option<usize>> = vec![None; islands.count];
    let mut rigid = vec![true; islands.count];
    for vertex in 0..vertices {
        let island = islands.of_vertex[vertex] as usize;
        let row = weights.row(vertex);
        rigid[island] &= in_triangle[vertex]
            && row.1.iter().any(|weight| *weight > SAME_WEIGHT)
            && match first_vertex[island] {
                Some(first) => same_weights(weights.row(first), row),
                None => true,
            };
        first_vertex[island].get_or_insert(vertex);
    }
    let mut count = 0;
    let numbers: Vec<u32> = (rigid.into_iter())
        .map(|rigid| {
            count += u32::from(rigid);
            if rigid { count - 1 } else { NO_COMPONENT }
        })
        .collect();
    let labels = islands.of_vertex.iter().map(|island| numbers[*island as usize]).collect();
    Ok((labels, count as usize))
}

/// Whether two rows agree in each group; one that a row does not name has weight 0.
fn same_weights(one: (&[u32], &[f32]), other: (&[u32], &[f32])) -> bool {
    let weight = |row: (&[u32], &[f32]), group: u32| {
        row.0.iter().position(|found| *found == group).map_or(0.0, |entry| row.1[entry])
    };
    let agrees = |from: (&[u32], &[f32]), to: (&[u32], &[f32])| {
        let near = |(group, found): (&u32, &f32)| (found - weight(to, *group)).abs() <= SAME_WEIGHT;
        from.0.iter().zip(from.1).all(near)
    };
    agrees(one, other) && agrees(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn islands_of_one_weight_pattern_are_rigid() {
        let triangles = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]];
        let offsets: Vec<u32> = (0..=9).map(|v| 2 * v).chain([18, 18, 18, 19]).collect();
        let groups: Vec<u32> = (0..9)
            .flat_map(|vertex| if vertex == 4 { [1, 0] } else { [0, 1] })
            .chain([0])
            .collect();
        let mut weights: Vec<f32> =
            (0..9).flat_map(|vertex| if vertex == 4 { [0.7, 0.3] } else { [0.3, 0.7] }).collect();
        weights.push(1.0);
        // The third island's last vertex differs; the fourth has no weights; the last has no triangle.
        weights[16] = 0.4;
        let view = SparseView::new(&offsets, &groups, &weights, 2).unwrap();
        let (labels, count) = detect(&triangles, view).unwrap();
        let none = NO_COMPONENT;
        assert_eq!(count, 2);
        assert_eq!(labels, [0, 0, 0, 1, 1, 1, none, none, none, none, none, none, none]);
    }
}
