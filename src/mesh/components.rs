//! Connected components of a triangle mesh: its islands. Vertices of one triangle are connected;
//! vertices that only lie at the same place are not.

use crate::Result;
use crate::runtime::check;

/// The islands of a mesh, numbered by their lowest vertex.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// `#V`: island of each vertex.
    pub of_vertex: Vec<u32>,
    /// Number of islands; a vertex without triangles is one of its own.
    pub count: usize,
}

/// Finds the islands by union and find, near linear time.
///
/// - `triangles`: `#T by 3` vertex numbers below `vertex_count`.
///
/// # Errors
/// Names the first vertex number that is out of range.
pub fn connected_components(triangles: &[[u32; 3]], vertex_count: usize) -> Result<Components> {
    check::numbered_by_u32("vertex_count", vertex_count)?;
    check::indices("triangles", triangles.as_flattened(), vertex_count)?;
    let mut sets = DisjointSets::new(vertex_count);
    for [a, b, c] in triangles {
        sets.unite(*a, *b);
        sets.unite(*b, *c);
    }
    Ok(sets.into_components())
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
    fn find(&mut self, mut item: u32) -> u32 {
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
        }
    }

    #[test]
    fn a_wrong_vertex_is_named() {
        let text = connected_components(&[[0, 1, 3]], 3).unwrap_err().to_string();
        assert_eq!(text, "`triangles`[2] is 3, expected an index below 3");
    }
}
