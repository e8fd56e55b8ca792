//! Connected components of a mesh: its islands. Vertices of one triangle (edge, face) are connected;
//! vertices that only lie at the same place are not.

use crate::runtime::{check, memory};
use crate::spatial::point_index::NO_INDEX;
use crate::{Error, Result};

/// The islands of a mesh, numbered by their lowest vertex.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// `#V`: island of each vertex.
    pub of_vertex: Vec<u32>,
    /// Number of islands; a vertex without triangles is one of its own.
    pub count: usize,
}

/// Some vertices in sets, the others in none.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// `#V`: set of each vertex, [`NO_INDEX`] for none; numbered by their lowest vertices.
    pub labels: Vec<u32>,
    /// Number of sets.
    pub count: usize,
}

impl Parts {
    /// Numbers the sets anew, by their lowest vertices.
    pub(crate) fn renumbered(mut labels: Vec<u32>, label_count: usize) -> Result<Self> {
        let mut numbers = memory::try_filled("the parts", NO_INDEX, label_count)?;
        let mut count = 0;
        for label in labels.iter_mut().filter(|label| **label != NO_INDEX) {
            let number = &mut numbers[*label as usize];
            if *number == NO_INDEX {
                *number = count;
                count += 1;
            }
            *label = *number;
        }
        Ok(Self { labels, count: count as usize })
    }
}

/// Finds the islands of a triangle mesh by union and find, near linear time.
///
/// - `triangles`: `#T by 3` vertex numbers below `vertex_count`.
///
/// # Errors
/// Names the first vertex number that is out of range.
pub fn connected_components(triangles: &[[u32; 3]], vertex_count: usize) -> Result<Components> {
    check::numbered_by_u32("vertex_count", vertex_count)?;
    check::indices("triangles", triangles.as_flattened(), vertex_count)?;
    Ok(unite_elements(triangles.as_flattened(), 3, vertex_count))
}

/// [`connected_components`] of edges (`element_size` 2), triangles (3), quads (4) and so on.
///
/// - `elements`: `#E by element_size` vertex numbers below `vertex_count`.
///
/// # Errors
/// Names the first vertex number that is out of range; an `element_size` of 0, or that does not divide
/// the number of `elements`.
pub fn connected_elements(
    elements: &[u32],
    element_size: usize,
    vertex_count: usize,
) -> Result<Components> {
    check::numbered_by_u32("vertex_count", vertex_count)?;
    if element_size == 0 || !elements.len().is_multiple_of(element_size) {
        let found = elements.len();
        let problem = format!("is {element_size}, expected a divisor of {found} vertex numbers");
        return Err(Error::invalid("element_size", problem));
    }
    check::indices("elements", elements, vertex_count)?;
    Ok(unite_elements(elements, element_size, vertex_count))
}

fn unite_elements(elements: &[u32], element_size: usize, vertex_count: usize) -> Components {
    let mut sets = DisjointSets::new(vertex_count);
    for corners in elements.chunks_exact(element_size) {
        corners.windows(2).for_each(|pair| sets.unite(pair[0], pair[1]));
    }
    sets.into_components()
}

/// Sets of items that are united step by step; the lowest item stands for its set.
#[derive(Debug)]
pub(crate) struct DisjointSets {
    parents: Vec<u32>,
}

impl DisjointSets {
    /// Each of `count` items in a set of its own.
    pub(crate) fn new(count: usize) -> Self {
        Self { parents: (0..count as u32).collect() }
    }

    /// Makes one set of the sets of `a` and `b`.
    pub(crate) fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }

    /// The lowest item of the set of `item`, halving the path on the way.
    pub(crate) fn find(&mut self, mut item: u32) -> u32 {
        loop {
            let parent = self.parents[item as usize];
            if parent == item {
                return item;
            }
            let grandparent = self.parents[parent as usize];
            self.parents[item as usize] = grandparent;
            item = grandparent;
        }
    }

    /// Sets numbered by their lowest item.
    pub(crate) fn into_components(mut self) -> Components {
        let mut of_vertex = vec![0; self.parents.len()];
        let mut count = 0;
        for item in 0..self.parents.len() {
            let lowest = self.find(item as u32) as usize;
            of_vertex[item] = if lowest == item { count } else { of_vertex[lowest] };
            count += u32::from(lowest == item);
        }
        Components { of_vertex, count: count as usize }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn islands_are_those_of_a_flood_fill(
            triangles in prop::collection::vec(prop::array::uniform3(0_u32..30), 0..20),
        ) {
            let components = connected_components(&triangles, 30).unwrap();
            let mut flood: Vec<u32> = (0..30).collect();
            loop {
                let before = flood.clone();
                for triangle in &triangles {
                    let lowest = triangle.iter().map(|vertex| flood[*vertex as usize]).min().unwrap();
                    triangle.iter().for_each(|vertex| flood[*vertex as usize] = lowest);
                }
                if flood == before { break }
            }
            let mut names: Vec<u32> = flood.clone();
            names.sort_unstable();
            names.dedup();
            prop_assert_eq!(components.count, names.len());
            for (vertex, lowest) in flood.iter().enumerate() {
                let expected = names.binary_search(lowest).unwrap() as u32;
                prop_assert_eq!(components.of_vertex[vertex], expected);
            }
            let edges: Vec<u32> = triangles.iter().flat_map(|&[a, b, c]| [a, b, c, b]).collect();
            prop_assert_eq!(connected_elements(&edges, 2, 30).unwrap(), components);
        }
    }

    #[test]
    fn a_wrong_vertex_is_named() {
        let text = connected_components(&[[0, 1, 3]], 3).unwrap_err().to_string();
        assert_eq!(text, "`triangles`[2] is 3, expected an index below 3");
        let text = connected_elements(&[0, 3], 2, 3).unwrap_err().to_string();
        assert_eq!(text, "`elements`[1] is 3, expected an index below 3");
        for size in [0, 2] {
            let text = connected_elements(&[0; 3], size, 3).unwrap_err().to_string();
            assert!(text.contains(&format!("`element_size` is {size}")), "{text}");
        }
    }

    #[test]
    fn parts_are_numbered_by_their_lowest_vertices() {
        let parts = Parts::renumbered(vec![4, NO_INDEX, 1, 4, 0], 5).unwrap();
        assert_eq!(parts, Parts { labels: vec![0, NO_INDEX, 1, 0, 2], count: 3 });
    }
}
