//! Sparse matrices and linear systems, in f64.

pub mod cholesky;
pub mod csr;
pub mod dense_cholesky;
mod dissection;
pub(crate) mod eigen;
mod front;
pub mod symmetric;
