//! hemline: the numeric kernels of outfit retargeting, fitting clothes made for one 3D avatar onto
//! another.
//!
//! Rooms, each depending only on those below it:
//!
//! - [`ffi`]: the C ABI, the only room that knows pointers (its header is `include/hemline.h`);
//! - [`stages`]: whole parts of a retarget in one call each;
//! - [`files`]: field files;
//! - [`deform`]: skinning and its inverse, pose algebra, fits, deformation fields;
//! - [`weights`]: skin weights: smoothing, filters, transfer, normalising, limiting;
//! - [`mesh`]: topology of a mesh, its islands, normals and Laplacian;
//! - [`linear`]: sparse matrices and factorisations;
//! - [`spatial`]: point index, radius graph and the cache that shares them;
//! - [`geometry`]: affine transforms, distances, triangles and the surface they make;
//! - [`runtime`]: threads, batches, progress, SIMD dispatch and memory budget.
//!
//! Lengths are metres in Blender's axes (right-handed, z up), weights lie in `[0, 1]`, matrices are
//! row-major. Shapes in the documentation are written `#V by 3`: one row for each vertex.

#![warn(missing_docs)]
#![deny(unsafe_code)]

mod error;

pub mod deform;
pub mod ffi;
pub mod files;
pub mod geometry;
pub mod linear;
pub mod mesh;
pub mod runtime;
pub mod spatial;
pub mod stages;
pub mod weights;

pub use error::{Error, Result};
