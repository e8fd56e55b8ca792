//! The edges of a triangle mesh, each numbered once.

use crate::Result;
use crate::runtime::memory;

/// Which edge is which triangle's.
#[derive(Clone, Debug, PartialEq)]
pub struct TriangleEdges {
    /// `#T by 3`: number of the edge opposite each corner.
    pub of_triangle: Vec<[u32; 3]>,
    /// Number of edges.
    pub count: usize,
}

impl TriangleEdges {
    /// Numbers the edges by their lower, then their higher vertex.
    ///
    /// # Errors
    /// No memory.
    pub fn new(triangles: &[[u32; 3]]) -> Result<Self> {
        let mut sides = memory::try_with_capacity("the edges", 3 * triangles.len())?;
        for (triangle, corners) in triangles.iter().enumerate() {
            for corner in 0..3 {
                let (a, b) = (corners[(corner + 1) % 3], corners[(corner + 2) % 3]);
                let ends = u64::from(a.min(b)) << 32 | u64::from(a.max(b));
                sides.push((ends, triangle as u32, corner as u8));
            }
        }
        sides.sort_unstable();
        let mut of_triangle = memory::try_filled("the edges", [0; 3], triangles.len())?;
        let mut count = 0;
        let mut previous = None;
        for (ends, triangle, corner) in sides {
            count += usize::from(previous != Some(ends));
            previous = Some(ends);
            of_triangle[triangle as usize][usize::from(corner)] = count as u32 - 1;
        }
        Ok(Self { of_triangle, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_edge_has_one_number_whatever_its_direction() {
        let edges = TriangleEdges::new(&[[0, 1, 2], [2, 1, 3], [4, 4, 4]]).unwrap();
        assert_eq!(edges.count, 6);
        assert_eq!(edges.of_triangle, [[2, 1, 0], [3, 4, 2], [5, 5, 5]]);
    }
}
