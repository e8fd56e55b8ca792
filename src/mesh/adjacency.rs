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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_come_in_the_order_of_the_edges() {
        let adjacency = Adjacency::new(&[[3, 1], [0, 1], [1, 1], [1, 2], [0, 1]], 5).unwrap();
        let rows: Vec<&[u32]> = (0..5).map(|vertex| adjacency.neighbors(vertex)).collect();
        assert_eq!(rows, [&[1, 1][..], &[3, 0, 2, 0], &[1], &[1], &[]]);
        assert_eq!(adjacency.vertex_count(), 5);
        assert_eq!(Adjacency::new(&[], 0).unwrap().vertex_count(), 0);
    }

    #[test]
    fn a_vertex_that_is_not_there_is_named() {
        let text = Adjacency::new(&[[0, 1], [2, 0]], 2).unwrap_err().to_string();
        assert_eq!(text, "`edges`[2] is 2, expected an index below 2");
    }
}
