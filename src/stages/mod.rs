//! Stages: one whole part of a retarget on arrays, in one call.

pub mod shape;
pub mod weights;
