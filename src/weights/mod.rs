//! Skin weights: for each vertex how strongly each vertex group (bone) moves it.

mod ascending;
pub mod average;
mod averaged_normals;
pub mod blend;
mod channel_filter;
mod channels;
pub mod convert;
pub mod edge_smooth;
mod edge_smooth_channel;
pub mod falloff;
pub mod filter;
pub mod inpaint;
pub mod limit;
pub mod masks;
pub mod matching;
pub mod merge;
pub mod normalize;
pub mod propagate;
pub mod prune;
pub mod rigid;
pub mod ring_limit;
pub mod robust_transfer;
pub mod row_kernel;
pub(crate) mod rows;
pub mod seams;
pub mod sides;
pub mod smooth;
pub mod smooth_update;
pub mod sparse;
mod splice;
pub mod surface_angles;
pub mod symmetry;
#[cfg(test)]
mod test_rows;
pub mod transfer;
pub mod transfer_session;

pub use falloff::Falloff;
pub use row_kernel::{GroupRoles, Role};
pub use sparse::{SparseView, SparseWeights};
