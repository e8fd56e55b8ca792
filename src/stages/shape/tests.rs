//! The stage against its steps made one by one.
