//! Points, triangles and the transforms between them.

pub mod affine;
mod bvh;
pub mod distances;
pub mod incremental;
pub mod intersections;
pub(crate) mod matrix;
mod meeting;
mod morton;
mod packet;
pub mod surface;
pub mod triangle;
