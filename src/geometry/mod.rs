//! Points, triangles and the transforms between them.

pub mod affine;
pub(crate) mod matrix;
