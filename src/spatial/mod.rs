//! Indices over points: who is near whom.

pub mod cache;
pub mod neighbors;

pub use neighbors::Neighbors;
