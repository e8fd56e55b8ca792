//! Topology of meshes: what is connected to what, whatever its position.

pub mod adjacency;

pub use adjacency::Adjacency;
