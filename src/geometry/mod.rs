//! Points, triangles and the transforms between them.

pub mod affine;
