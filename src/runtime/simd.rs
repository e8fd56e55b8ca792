//! Run-time SIMD dispatch: one binary that uses AVX-512 or AVX2 where the processor has them, NEON on
//! aarch64, and plain code elsewhere.
//!
//! A kernel writes its inner loop over fixed-size arrays or slices in an `#[inline(always)]` function
//! and runs it by [`dispatch`]: the compiler vectorises one copy of it for each instruction set.
//! None of them contracts `a * b + c`, so that all copies give the same bits.

use std::sync::atomic::{AtomicU8, Ordering};

use once_cell::sync::Lazy;
use pulp::Arch;

/// The environment variable that limits the instruction set: `scalar`, `avx2`, or `auto`.
pub const ENVIRONMENT_VARIABLE: &str = "HEMLINE_SIMD";

static SELECTED: Lazy<Arch> =
    Lazy::new(|| select(std::env::var(ENVIRONMENT_VARIABLE).ok().as_deref()));
static FORCED_SCALAR: AtomicU8 = AtomicU8::new(0);

/// What [`dispatch`] runs: a closure, or, where the compiler would not inline a large closure and so
/// compile it for the plain instruction set, a struct whose `call` is `#[inline(always)]`.
pub(crate) use pulp::NullaryFnOnce as Kernel;

/// Runs `kernel` with the widest instruction set in use.
#[inline(always)]
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    arch().dispatch(kernel)
}

/// Arithmetic on eight numbers at a time, for the few inner loops that the compiler does not vectorise well.
pub(crate) trait Octets: Copy {
    /// Eight numbers, in a register where there is one of that width.
    type Octet: Copy;
    /// Eight times the same number.
    fn splat(self, value: f32) -> Self::Octet;
    /// Eight numbers from memory.
    fn load(self, values: &[f32; 8]) -> Self::Octet;
    /// Eight numbers to memory.
    fn store(self, octet: Self::Octet) -> [f32; 8];
    /// `a + b · c`, rounded twice.
    fn add_product(self, a: Self::Octet, b: Self::Octet, c: Self::Octet) -> Self::Octet;
}

/// An inner loop over [`Octets`]; `run` must be `#[inline(always)]`.
pub(crate) trait OctetKernel {
    /// Runs the loop.
    fn run(self, octets: impl Octets);
}

/// Runs `kernel` with the widest instruction set in use.
#[inline(always)]
pub(crate) fn dispatch_octets(kernel: impl OctetKernel) {
    match arch() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(simd) => simd.vectorize(|| kernel.run(*simd)),
        #[cfg(target_arch = "x86_64")]
        Arch::V3(simd) => simd.vectorize(|| kernel.run(simd)),
        other => other.dispatch(|| kernel.run(Plain)),
    }
}

/// [`Octets`] as the compiler makes them from arrays.
#[derive(Clone, Copy)]
struct Plain;

impl Octets for Plain {
    type Octet = [f32; 8];
    #[inline(always)]
    fn splat(self, value: f32) -> [f32; 8] {
        [value; 8]
    }
    #[inline(always)]
    fn load(self, values: &[f32; 8]) -> [f32; 8] {
        *values
    }
    #[inline(always)]
    fn store(self, octet: [f32; 8]) -> [f32; 8] {
        octet
    }
    #[inline(always)]
    fn add_product(self, mut a: [f32; 8], b: [f32; 8], c: [f32; 8]) -> [f32; 8] {
        for lane in 0..8 {
            a[lane] += b[lane] * c[lane];
        }
        a
    }
}

#[cfg(target_arch = "x86_64")]
impl Octets for pulp::x86::V3 {
    type Octet = std::arch::x86_64::__m256;
    #[inline(always)]
    fn splat(self, value: f32) -> Self::Octet {
        self.avx._mm256_set1_ps(value)
    }
    #[inline(always)]
    fn load(self, values: &[f32; 8]) -> Self::Octet {
        pulp::cast(*values)
    }
    #[inline(always)]
    fn store(self, octet: Self::Octet) -> [f32; 8] {
        pulp::cast(octet)
    }
    #[inline(always)]
    fn add_product(self, a: Self::Octet, b: Self::Octet, c: Self::Octet) -> Self::Octet {
        self.avx._mm256_add_ps(a, self.avx._mm256_mul_ps(b, c))
    }
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

#[inline]
fn arch() -> Arch {
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
