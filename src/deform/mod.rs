//! How the outfit's shape follows the body's change of shape and pose.

pub mod distortion;
pub mod field;
pub mod field_creation;
pub mod fit;
pub mod penetration;
pub mod pose;
pub mod rbf;
mod sample_grid;
pub mod skinning;
