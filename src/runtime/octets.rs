//! Arithmetic on eight numbers at a time, for the inner loops that the compiler does not vectorise well from
//! arrays: those that ask which lanes hold, or that bring lanes into another order.

use pulp::NullaryFnOnce;

use super::simd::arch;

/// Arithmetic on eight numbers at a time.
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
    /// `a + b`.
    fn add(self, a: Self::Octet, b: Self::Octet) -> Self::Octet;
    /// `a · b`.
    fn multiply(self, a: Self::Octet, b: Self::Octet) -> Self::Octet;
    /// `a − b`.
    fn subtract(self, a: Self::Octet, b: Self::Octet) -> Self::Octet;
    /// The larger number of each lane; `b` where one is NaN.
    fn larger(self, a: Self::Octet, b: Self::Octet) -> Self::Octet;
    /// The smaller number of each lane; none may be NaN.
    fn smaller(self, a: Self::Octet, b: Self::Octet) -> Self::Octet;
    /// `√a`.
    fn square_root(self, a: Self::Octet) -> Self::Octet;
    /// Where `a ≤ b` the lanes of `then`, else those of `or`.
    fn where_at_most(
        self,
        a: Self::Octet,
        b: Self::Octet,
        then: Self::Octet,
        or: Self::Octet,
    ) -> Self::Octet;
    /// Lanes where `a ≤ b`, one bit each.
    fn at_most(self, a: Self::Octet, b: Self::Octet) -> u8;
    /// Lane `i` of the result is lane `sources[i]`, which must be below 8.
    fn permute(self, octet: Self::Octet, sources: &[u32; 8]) -> Self::Octet;
    /// The first seven lanes of `octet`, the eighth of `last`.
    fn with_last(self, octet: Self::Octet, last: Self::Octet) -> Self::Octet;
    /// The `lanes` of `numbers` and of `octet`, in order, followed by anything.
    fn compress(self, lanes: u8, numbers: &[u32; 8], octet: Self::Octet) -> ([u32; 8], [f32; 8]);
}

/// An inner loop over [`Octets`]. `run`, and what it calls, must be `#[inline(always)]` functions and loops: a
/// closure need not be inlined, and then is not compiled for the wider instruction set.
pub(crate) trait OctetKernel {
    /// Runs the loop.
    fn run(self, octets: impl Octets);
}

/// Runs `kernel` with the widest instruction set in use.
#[inline(always)]
pub(crate) fn dispatch(kernel: impl OctetKernel) {
    match arch() {
        #[cfg(target_arch = "x86_64")]
        pulp::Arch::V4(simd) => simd.vectorize(Run(kernel, *simd)),
        #[cfg(target_arch = "x86_64")]
        pulp::Arch::V3(simd) => simd.vectorize(Run(kernel, simd)),
        other => other.dispatch(Run(kernel, Plain)),
    }
}

/// `kernel.run(octets)`. Not a closure, as the compiler may leave that out of line, where it is not
/// compiled for the wider instruction set.
struct Run<K, O>(K, O);

impl<K: OctetKernel, O: Octets> NullaryFnOnce for Run<K, O> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        self.0.run(self.1);
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
    #[inline(always)]
    fn add(self, mut a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        for lane in 0..8 {
            a[lane] += b[lane];
        }
        a
    }
    #[inline(always)]
    fn multiply(self, mut a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        for lane in 0..8 {
            a[lane] *= b[lane];
        }
        a
    }
    #[inline(always)]
    fn subtract(self, mut a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        for lane in 0..8 {
            a[lane] -= b[lane];
        }
        a
    }
    #[inline(always)]
    fn larger(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        std::array::from_fn(|lane| if a[lane] > b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn smaller(self, a: [f32; 8], b: [f32; 8]) -> [f32; 8] {
        std::array::from_fn(|lane| if a[lane] < b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn square_root(self, a: [f32; 8]) -> [f32; 8] {
        a.map(f32::sqrt)
    }
    #[inline(always)]
    fn where_at_most(self, a: [f32; 8], b: [f32; 8], then: [f32; 8], or: [f32; 8]) -> [f32; 8] {
        std::array::from_fn(|lane| if a[lane] <= b[lane] { then[lane] } else { or[lane] })
    }
    #[inline(always)]
    fn at_most(self, a: [f32; 8], b: [f32; 8]) -> u8 {
        let mut lanes = 0;
        for lane in 0..8 {
            lanes |= u8::from(a[lane] <= b[lane]) << lane;
        }
        lanes
    }
    #[inline(always)]
    fn permute(self, octet: [f32; 8], sources: &[u32; 8]) -> [f32; 8] {
        sources.map(|source| octet[source as usize])
    }
    #[inline(always)]
    fn with_last(self, mut octet: [f32; 8], last: [f32; 8]) -> [f32; 8] {
        octet[7] = last[7];
        octet
    }
    #[inline(always)]
    fn compress(self, lanes: u8, numbers: &[u32; 8], octet: [f32; 8]) -> ([u32; 8], [f32; 8]) {
        let (mut kept_numbers, mut kept) = ([0; 8], [0.0; 8]);
        for (to, &from) in COMPRESSIONS[lanes as usize].iter().enumerate() {
            kept_numbers[to] = numbers[from as usize];
            kept[to] = octet[from as usize];
        }
        (kept_numbers, kept)
    }
}

/// For each set of lanes: these lanes in order, then lane 0.
static COMPRESSIONS: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut lane, mut count) = (0, 0);
        while lane < 8 {
            if set >> lane & 1 == 1 {
                table[set][count] = lane as u32;
                count += 1;
            }
            lane += 1;
        }
        set += 1;
    }
    table
};

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
    #[inline(always)]
    fn add(self, a: Self::Octet, b: Self::Octet) -> Self::Octet {
        self.avx._mm256_add_ps(a, b)
    }
    #[inline(always)]
    fn multiply(self, a: Self::Octet, b: Self::Octet) -> Self::Octet {
        self.avx._mm256_mul_ps(a, b)
    }
    #[inline(always)]
    fn subtract(self, a: Self::Octet, b: Self::Octet) -> Self::Octet {
        self.avx._mm256_sub_ps(a, b)
    }
    #[inline(always)]
    fn larger(self, a: Self::Octet, b: Self::Octet) -> Self::Octet {
        self.avx._mm256_max_ps(a, b)
    }
    #[inline(always)]
    fn smaller(self, a: Self::Octet, b: Self::Octet) -> Self::Octet {
        self.avx._mm256_min_ps(a, b)
    }
    #[inline(always)]
    fn square_root(self, a: Self::Octet) -> Self::Octet {
        self.avx._mm256_sqrt_ps(a)
    }
    #[inline(always)]
    fn where_at_most(
        self,
        a: Self::Octet,
        b: Self::Octet,
        then: Self::Octet,
        or: Self::Octet,
    ) -> Self::Octet {
        use std::arch::x86_64::_CMP_LE_OQ;
        self.avx._mm256_blendv_ps(or, then, self.avx._mm256_cmp_ps::<_CMP_LE_OQ>(a, b))
    }
    #[inline(always)]
    fn at_most(self, a: Self::Octet, b: Self::Octet) -> u8 {
        use std::arch::x86_64::_CMP_LE_OQ;
        self.avx._mm256_movemask_ps(self.avx._mm256_cmp_ps::<_CMP_LE_OQ>(a, b)) as u8
    }
    #[inline(always)]
    fn permute(self, octet: Self::Octet, sources: &[u32; 8]) -> Self::Octet {
        self.avx2._mm256_permutevar8x32_ps(octet, pulp::cast(*sources))
    }
    #[inline(always)]
    fn with_last(self, octet: Self::Octet, last: Self::Octet) -> Self::Octet {
        self.avx._mm256_blend_ps::<0b1000_0000>(octet, last)
    }
    #[inline(always)]
    fn compress(self, lanes: u8, numbers: &[u32; 8], octet: Self::Octet) -> ([u32; 8], [f32; 8]) {
        let sources = pulp::cast(COMPRESSIONS[lanes as usize]);
        let numbers = pulp::cast(*numbers);
        (
            pulp::cast(self.avx2._mm256_permutevar8x32_epi32(numbers, sources)),
            pulp::cast(self.avx2._mm256_permutevar8x32_ps(octet, sources)),
        )
    }
}
