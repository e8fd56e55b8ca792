//! Indices over points: who is near whom.
