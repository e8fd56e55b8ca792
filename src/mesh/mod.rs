//! Topology of meshes: what is connected to what, whatever its position.
