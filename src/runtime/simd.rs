//! Run-time SIMD dispatch: one binary that uses AVX-512 or AVX2 where the processor has them, NEON on
//! aarch64, and plain code elsewhere.
//!
//! A kernel writes its inner loop over fixed-size arrays or slices in an `#[inline(always)]` function
//! and runs it by [`dispatch`]: the compiler vectorises one copy of it for each instruction set.
//! None of them contracts `a * b + c`, so that all copies give the same bits.

use std::sync::atomic::{AtomicU8, Ordering};

use once_cell::sync::Lazy;
use pulp::{Arch, WithSimd};

/// The environment variable that limits the instruction set: `scalar`, `avx2`, or `auto`.
pub const ENVIRONMENT_VARIABLE: &str = "HEMLINE_SIMD";

static SELECTED: Lazy<Arch> =
    Lazy::new(|| select(std::env::var(ENVIRONMENT_VARIABLE).ok().as_deref()));
static FORCED_SCALAR: AtomicU8 = AtomicU8::new(0);

/// What [`dispatch`] runs: a closure, or, where the compiler would not inline a large closure and so
/// compile it for the plain instruction set, a struct whose `call` is `#[inline(always)]`. A kernel that the
/// compiler vectorises badly implements [`WithSimd`] and names the vector operations.
pub(crate) use pulp::NullaryFnOnce as Kernel;

/// Runs `kernel` with the widest instruction set in use.
#[inline(always)]
pub(crate) fn dispatch<K: WithSimd>(kernel: K) -> K::Output {
    arch().dispatch(kernel)
}

/// Name of the instruction set in use: `"avx512"`, `"avx2"`, `"neon"` or `"scalar"`.
pub fn name() -> &'static str {
    match arch() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(_) => "avx512",
        #[cfg(target_arch = "x86_64")]
        Arch::V3(_) => "avx2",
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(_) => "neon",
        _ => "scalar",
    }
}

/// Makes all later calls in this process take the scalar path, or (false) the selected one again.
///
/// For tests that compare both paths; users set `HEMLINE_SIMD` instead.
#[doc(hidden)]
pub fn force_scalar(scalar: bool) {
    FORCED_SCALAR.store(u8::from(scalar), Ordering::SeqCst);
}

/// The instruction set in use.
#[inline]
pub(super) fn arch() -> Arch {
    if FORCED_SCALAR.load(Ordering::Relaxed) != 0 { Arch::Scalar } else { *SELECTED }
}

fn select(wanted: Option<&str>) -> Arch {
    match wanted.map(str::trim) {
        Some("scalar") => Arch::Scalar,
        #[cfg(target_arch = "x86_64")]
        Some("avx2") => pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3),
        _ => Arch::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_limits_the_instruction_set() {
        assert!(matches!(select(Some("scalar")), Arch::Scalar));
        #[cfg(target_arch = "x86_64")]
        assert!(!matches!(select(Some("avx2")), Arch::V4(_)));
    }
}
