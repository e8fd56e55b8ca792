//! The C ABI: pointers in, status out. This room translates and does no arithmetic.
//!
//! Every entry is written out as `#[unsafe(no_mangle)] pub unsafe extern "C" fn` (generators of
//! bindings do not see what a macro makes), and its body is one call of [`guard::guard`]. Documentation
//! comments land in the header: they are written for C readers.

#![allow(unsafe_code)]
// offsets[v] is C, not a link.
#![allow(rustdoc::broken_intra_doc_links)]
// The contracts are the documentation comments themselves, written for readers of the header.
#![allow(clippy::missing_safety_doc)]
// C has no slices: each array takes two parameters.
#![allow(clippy::too_many_arguments)]

// The order is the header's.

pub mod status;

pub mod library;

pub mod progress;

pub mod transforms;

pub mod distances;

pub mod cache;

pub mod changes;

pub mod sparse;

pub mod weights;

pub mod components;

pub mod weight_rows;

pub mod propagate;

pub mod seams;

pub mod sides;

pub mod neighbors;

pub mod point_index;

pub mod radius_graph;

pub mod smoothing;

pub mod pose;

pub mod skinning;

pub mod fit;

pub mod surface;

pub mod transfer;

pub mod transfer_session;

pub mod field;

pub mod rbf;

pub mod field_creation;

pub mod intersections;

pub mod inpaint;

pub mod robust_transfer;

pub mod masks;

pub mod weight_stage;

pub mod penetration;

pub mod shape_stage;

mod buffers;
mod guard;
mod options;

pub use status::HemStatus;
