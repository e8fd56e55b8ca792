//! Sparse matrices and linear systems, in f64.

pub mod cholesky;
pub mod csr;
pub mod dense_cholesky;
pub(crate) mod eigen;
