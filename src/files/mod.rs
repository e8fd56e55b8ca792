//! Files that every host reads the same way.

pub mod field_file;
mod npy;
mod npz;
mod pickle;
