//! Points, triangles and the transforms between them.

pub mod affine;
mod affine_blocks;
mod apart;
pub(crate) mod bounds;
pub(crate) mod bvh;
pub(crate) mod curve;
pub mod distances;
pub mod incremental;
pub mod intersections;
pub(crate) mod matrix;
mod meeting;
pub(crate) mod octet_points;
pub(crate) mod packet;
pub(crate) mod rectangle;
pub mod surface;
pub mod triangle;
