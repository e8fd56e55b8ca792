//! Indices over points: who is near whom.

pub mod cache;
pub(crate) mod cell_grid;
pub mod neighbors;
pub(crate) mod pairs;
pub mod point_index;
mod point_tree;
pub mod radius_graph;
pub mod surfaces;
#[cfg(test)]
pub(crate) mod test_points;

pub use neighbors::Neighbors;
pub use point_index::PointIndex;
pub use radius_graph::RadiusGraph;
