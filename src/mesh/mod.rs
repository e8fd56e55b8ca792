//! Topology of meshes: what is connected to what, whatever its position; and the operators that follow.

pub mod adjacency;
pub mod boxes;
pub mod clusters;
pub mod components;
pub mod laplacian;
pub(crate) mod members;
pub mod normals;

pub use adjacency::Adjacency;
