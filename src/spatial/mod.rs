//! Indices over points: who is near whom.

pub mod cache;
