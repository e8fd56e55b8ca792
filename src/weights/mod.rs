//! Skin weights: for each vertex how strongly each vertex group (bone) moves it.

pub mod convert;
pub mod limit;
pub mod normalize;
pub mod prune;
pub mod row_kernel;
mod rows;
pub mod sparse;
#[cfg(test)]
mod test_rows;

pub use row_kernel::{GroupRoles, Role};
pub use sparse::{SparseView, SparseWeights};
