//! Points, triangles and the transforms between them.

pub mod affine;
mod affine_blocks;
mod apart;
pub(crate) mod bvh;
pub mod distances;
pub mod incremental;
pub mod intersections;
pub(crate) mod matrix;
mod meeting;
mod morton;
pub(crate) mod normal_cones;
pub(crate) mod packet;
pub(crate) mod rectangle;
pub mod surface;
pub mod triangle;
