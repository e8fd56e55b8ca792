//! Topology of meshes: what is connected to what, whatever its position; and the operators that follow.

pub mod adjacency;
pub mod boxes;
pub mod clusters;
pub mod components;
pub mod edges;
pub mod laplacian;
pub(crate) mod members;
pub mod normals;
pub mod signed_distance;
#[cfg(test)]
pub(crate) mod test_meshes;

pub use adjacency::Adjacency;
