//! hemline's own thread pool: a host's pool (Unity's, Blender's) is never borrowed, and the global
//! rayon pool is left to the host.

use std::sync::Arc;

use once_cell::sync::Lazy;
use parking_lot::RwLock;

use crate::{Error, Result};

/// More threads than this are refused: a mistaken value, such as −1 read as unsigned, must not
/// exhaust the machine.
pub const MAX_THREADS: usize = 1024;

static POOL: Lazy<RwLock<Option<Arc<rayon::ThreadPool>>>> = Lazy::new(|| RwLock::new(None));

/// Number of threads that kernels use.
pub fn thread_count() -> usize {
    POOL.read().as_ref().map_or_else(default_thread_count, |pool| pool.current_num_threads())
}

/// Sets the number of threads; 0 takes the default: `HEMLINE_THREADS`, else all cores.
///
/// Calls that are running keep the threads they began with. Results do not depend on the number.
pub fn set_thread_count(count: usize) -> Result<()> {
    if count > MAX_THREADS {
        return Err(Error::invalid("count", format!("is {count}, expected at most {MAX_THREADS}")));
    }
    let count = if count == 0 { default_thread_count() } else { count };
    *POOL.write() = Some(build_pool(count)?);
    Ok(())
}

/// The pool, built at the first use.
pub(crate) fn pool() -> Result<Arc<rayon::ThreadPool>> {
    if let Some(pool) = POOL.read().as_ref() {
        return Ok(Arc::clone(pool));
    }
    let mut slot = POOL.write();
    if slot.is_none() {
        *slot = Some(build_pool(default_thread_count())?);
    }
    Ok(Arc::clone(slot.as_ref().expect("filled above")))
}

fn build_pool(count: usize) -> Result<Arc<rayon::ThreadPool>> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(|index| format!("hemline-{index}"))
        .build()
        .map(Arc::new)
        .map_err(|error| Error::invalid("count", format!("({count}) threads failed: {error}")))
}

fn default_thread_count() -> usize {
    static DEFAULT: Lazy<usize> = Lazy::new(|| {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        std::env::var("HEMLINE_THREADS")
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .filter(|count| (1..=MAX_THREADS).contains(count))
            .unwrap_or(cores)
    });
    *DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_counts_are_refused() {
        let error = set_thread_count(usize::MAX).unwrap_err();
        assert!(error.to_string().contains("at most 1024"), "{error}");
    }
}
