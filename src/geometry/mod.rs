//! Points, triangles and the transforms between them.

pub mod affine;
mod bvh;
pub mod distances;
pub(crate) mod matrix;
mod morton;
mod packet;
pub mod surface;
pub mod triangle;
