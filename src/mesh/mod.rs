//! Topology of meshes: what is connected to what, whatever its position; and the operators that follow.

pub mod adjacency;
pub mod components;
pub mod laplacian;
pub mod normals;

pub use adjacency::Adjacency;
