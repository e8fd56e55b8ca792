//! Which vertices the edges of a mesh connect.

use crate::runtime::{check, memory};
use crate::{Error, Result};

/// For each vertex its neighbours along edges, in the order of the edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjacency {
    offsets: Vec<u32>,
    neighbors: Vec<u32>,
}

impl Adjacency {
    /// Gathers the neighbours of `vertex_count` vertices.
    ///
    /// - `edges`: `#E by 2`, vertices; an edge from a vertex to itself connects nothing, and one that is
    ///   there twice counts twice.
    ///
    /// # Errors
    /// A vertex that is not there, more than 2³¹ edges, no memory.
    pub fn new(edges: &[[u32; 2]], vertex_count: usize) -> Result<Self> {
        check::indices("edges", edges.as_flattened(), vertex_count)?;
        if edges.len() > (u32::MAX / 2) as usize {
            return Err(Error::SizeOverflow {
                what: "edges",
                detail: format!("{} edges, expected at most 2³¹", edges.len()),
            });
        }
        let proper = || edges.iter().filter(|[a, b]| a != b);
        // Two slots further on, so that each vertex's slot moves from its row's start to its end below.
        let mut offsets = memory::try_filled("the adjacency", 0_u32, vertex_count + 2)?;
        for vertex in proper().flatten() {
            offsets[*vertex as usize + 2] += 1;
        }
        for row in 2..offsets.len() {
            offsets[row] += offsets[row - 1];
        }
        let mut neighbors =
            memory::try_filled("the adjacency", 0_u32, offsets[vertex_count + 1] as usize)?;
        for &[a, b] in proper() {
            for (vertex, neighbor) in [(a, b), (b, a)] {
                let slot = &mut offsets[vertex as usize + 1];
                neighbors[*slot as usize] = neighbor;
                *slot += 1;
            }
        }
        offsets.pop();
        Ok(Self { offsets, neighbors })
    }

    /// Number of vertices.
    pub fn vertex_count(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Neighbours of one vertex, in the order of the edges.
    #[inline]
    pub fn neighbors(&self, vertex: usize) -> &[u32] {
        &self.neighbors[self.offsets[vertex] as usize..self.offsets[vertex + 1] as usize]
    }

    /// All vertices breadth first, components by their lowest vertices: neighbours come close to each
    /// other (Cuthill & McKee 1969, without sorting by degree), so that kernels which read
    /// them find them in the processor's cache.
    ///
    /// # Errors
    /// No memory.
    pub(crate) fn breadth_first_order(&self) -> Result<Vec<u32>> {
        const WHAT: &str = "the order of the vertices";
        let mut order = memory::try_with_capacity(WHAT, self.vertex_count())?;
        let mut seen = memory::try_filled(WHAT, false, self.vertex_count())?;
        let mut next = 0;
        for seed in 0..self.vertex_count() as u32 {
            if std::mem::replace(&mut seen[seed as usize], true) {
                continue;
            }
            order.push(seed);
            while let Some(&vertex) = order.get(next) {
                next += 1;
                let unseen = |&&other: &&u32| !std::mem::replace(&mut seen[other as usize], true);
                order.extend(self.neighbors(vertex as usize).iter().filter(unseen));
            }
        }
        Ok(order)
    }

    /// The same mesh with vertices numbered by their places in `order`, a permutation of them; each
    /// vertex's neighbours keep their order.
    ///
    /// # Errors
    /// No memory.
    pub(crate) fn reordered(&self, order: &[u32]) -> Result<Self> {
        const WHAT: &str = "the adjacency";
        let mut places = memory::try_filled(WHAT, 0_u32, order.len())?;
        let mut offsets = memory::try_with_capacity(WHAT, self.offsets.len())?;
        let mut neighbors = memory::try_with_capacity(WHAT, self.neighbors.len())?;
        for (place, &vertex) in order.iter().enumerate() {
            places[vertex as usize] = place as u32;
        }
        offsets.push(0);
        for &vertex in order {
            let others = self.neighbors(vertex as usize).iter();
            neighbors.extend(others.map(|&other| places[other as usize]));
            offsets.push(neighbors.len() as u32);
        }
        Ok(Self { offsets, neighbors })
    }
}

/// The edges of triangles, each once, lower vertex first, ascending.
///
/// # Errors
/// No memory.
pub fn triangle_edges(triangles: &[[u32; 3]]) -> Result<Vec<[u32; 2]>> {
    let mut edges = memory::try_with_capacity("edges", 3 * triangles.len())?;
    edges.extend(
        triangles
            .iter()
            .flat_map(|[a, b, c]| [[a, b], [b, c], [c, a]])
            .map(|[a, b]| [*a.min(b), *a.max(b)]),
    );
    edges.sort_unstable();
    edges.dedup();
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_triangles_come_once() {
        let edges = triangle_edges(&[[2, 0, 1], [1, 3, 2]]).unwrap();
        assert_eq!(edges, [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]);
    }

    #[test]
    fn neighbours_come_in_the_order_of_the_edges() {
        let adjacency = Adjacency::new(&[[3, 1], [0, 1], [1, 1], [1, 2], [0, 1]], 5).unwrap();
        let rows: Vec<&[u32]> = (0..5).map(|vertex| adjacency.neighbors(vertex)).collect();
        assert_eq!(rows, [&[1, 1][..], &[3, 0, 2, 0], &[1], &[1], &[]]);
        assert_eq!(adjacency.vertex_count(), 5);
        assert_eq!(Adjacency::new(&[], 0).unwrap().vertex_count(), 0);
    }

    #[test]
    fn breadth_first_order_holds_every_vertex_and_keeps_rows() {
        let edges = [[0, 4], [4, 2], [2, 0], [1, 3], [3, 1], [5, 5]];
        let adjacency = Adjacency::new(&edges, 6).unwrap();
        let order = adjacency.breadth_first_order().unwrap();
        assert_eq!(order, [0, 4, 2, 1, 3, 5]);
        let reordered = adjacency.reordered(&order).unwrap();
        for (place, &vertex) in order.iter().enumerate() {
            let row = reordered.neighbors(place).iter().map(|&other| order[other as usize]);
            assert!(row.eq(adjacency.neighbors(vertex as usize).iter().copied()));
        }
    }

    #[test]
    fn a_vertex_that_is_not_there_is_named() {
        let text = Adjacency::new(&[[0, 1], [2, 0]], 2).unwrap_err().to_string();
        assert_eq!(text, "`edges`[2] is 2, expected an index below 2");
    }
}
