//! Skin weights: for each vertex how strongly each vertex group (bone) moves it.

pub mod convert;
mod rows;
pub mod sparse;

pub use sparse::{SparseView, SparseWeights};
