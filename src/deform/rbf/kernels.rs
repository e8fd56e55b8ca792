//! The radial kernels φ(r), with the sign that makes each of them conditionally positive definite.

use bytemuck::Pod;
use pulp::{Scalar, Simd};

use crate::runtime::check;
use crate::{Error, Result};

/// A radial kernel and its width ε in metres.
///
/// All are conditionally positive definite of order 2 at most, so that with a linear polynomial every
/// set of distinct control points has one interpolant (Micchelli 1986; Wendland, *Scattered Data
/// Approximation*, 2005, chapters 8 and 9).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel {
    /// φ = −√(r² + ε²) (Hardy 1971), ε ≥ 0.
    Multiquadric(f64),
    /// φ = −r, the fundamental solution of the biharmonic equation in space.
    Biharmonic,
    /// φ = r³, of the triharmonic equation.
    Triharmonic,
    /// φ = exp(−r²/ε²), ε > 0.
    Gaussian(f64),
    /// φ = r² ln r (Duchon 1977).
    ThinPlate,
    /// φ = (1 − r/ε)⁴ (4 r/ε + 1) up to r = ε, 0 beyond (Wendland 1995, C²), ε > 0.
    WendlandC2(f64),
}

impl Kernel {
    /// ε is a finite number, and above 0 where the kernel needs a width.
    pub(super) fn check(self) -> Result<()> {
        let (width, needed) = match self {
            Self::Multiquadric(width) => (width, false),
            Self::Gaussian(width) | Self::WendlandC2(width) => (width, true),
            Self::Biharmonic | Self::Triharmonic | Self::ThinPlate => return Ok(()),
        };
        check::finite("epsilon", &[width])?;
        if width < 0.0 || (needed && width == 0.0) {
            let expected = if needed { "a number above 0" } else { "a number not below 0" };
            return Err(Error::invalid("epsilon", format!("is {width}, expected {expected}")));
        }
        Ok(())
    }

    /// Whether polynomials approximate the kernel well between boxes that are apart.
    pub(super) fn is_smooth_away_from_zero(self) -> bool {
        !matches!(self, Self::WendlandC2(_))
    }

    /// Whether near points screen the influence of those behind them: −r does, and what is −r but for
    /// a width that is small beside the `extent` of the points.
    pub(super) fn is_screened(self, extent: f64) -> bool {
        match self {
            Self::Biharmonic => true,
            Self::Multiquadric(width) => width <= 1e-3 * extent,
            _ => false,
        }
    }

    /// Runs `task` compiled for this kernel.
    pub(super) fn run<T: Task>(self, task: T) -> T::Output {
        match self {
            Self::Multiquadric(width) => task.run(Multiquadric { squared_width: width * width }),
            Self::Biharmonic => task.run(Multiquadric { squared_width: 0.0 }),
            Self::Triharmonic => task.run(Triharmonic),
            Self::Gaussian(width) => task.run(Gaussian { scale: -1.0 / (width * width) }),
            Self::ThinPlate => task.run(ThinPlate),
            Self::WendlandC2(width) => task.run(WendlandC2 { per_width: 1.0 / width }),
        }
    }

    /// φ of one squared distance.
    pub(super) fn value(self, squared_distance: f64) -> f64 {
        struct Value(f64);
        impl Task for Value {
            type Output = f64;
            fn run(self, profile: impl Profile) -> f64 {
                profile.value(self.0)
            }
        }
        self.run(Value(squared_distance))
    }
}

/// Work that is compiled once for each kernel.
pub(super) trait Task {
    type Output;
    fn run(self, profile: impl Profile) -> Self::Output;
}

/// φ as a function of the squared distance.
pub(super) trait Profile: Copy + Send + Sync {
    /// φ in each lane.
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s;

    /// φ of one squared distance.
    #[inline(always)]
    fn value(self, squared_distance: f64) -> f64 {
        self.values(Scalar::new(), squared_distance)
    }
}

#[derive(Clone, Copy)]
struct Multiquadric {
    squared_width: f64,
}

impl Profile for Multiquadric {
    #[inline(always)]
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s {
        let squared = simd.add_f64s(squared_distances, simd.splat_f64s(self.squared_width));
        simd.neg_f64s(simd.sqrt_f64s(squared))
    }
}

#[derive(Clone, Copy)]
struct Triharmonic;

impl Profile for Triharmonic {
    #[inline(always)]
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s {
        simd.mul_f64s(squared_distances, simd.sqrt_f64s(squared_distances))
    }
}

#[derive(Clone, Copy)]
struct Gaussian {
    scale: f64,
}

impl Profile for Gaussian {
    #[inline(always)]
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s {
        lane_by_lane(simd.mul_f64s(squared_distances, simd.splat_f64s(self.scale)), f64::exp)
    }
}

#[derive(Clone, Copy)]
struct ThinPlate;

impl Profile for ThinPlate {
    #[inline(always)]
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s {
        // The limit at 0 is 0, and the smallest number's logarithm is finite.
        let least = simd.splat_f64s(f64::MIN_POSITIVE);
        let logarithms = lane_by_lane(simd.max_f64s(squared_distances, least), f64::ln);
        simd.mul_f64s(simd.mul_f64s(simd.splat_f64s(0.5), squared_distances), logarithms)
    }
}

#[derive(Clone, Copy)]
struct WendlandC2 {
    per_width: f64,
}

impl Profile for WendlandC2 {
    #[inline(always)]
    fn values<S: Simd>(self, simd: S, squared_distances: S::f64s) -> S::f64s {
        let (one, four) = (simd.splat_f64s(1.0), simd.splat_f64s(4.0));
        let distances = simd.sqrt_f64s(squared_distances);
        let q = simd.mul_f64s(distances, simd.splat_f64s(self.per_width));
        let rest = simd.max_f64s(simd.sub_f64s(one, q), simd.splat_f64s(0.0));
        let squared = simd.mul_f64s(rest, rest);
        let last = simd.add_f64s(simd.mul_f64s(four, q), one);
        simd.mul_f64s(simd.mul_f64s(squared, squared), last)
    }
}

/// A function that no processor has an instruction for, in each lane.
#[inline(always)]
fn lane_by_lane<V: Pod>(mut vector: V, function: fn(f64) -> f64) -> V {
    let lanes: &mut [f64] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut vector));
    for lane in lanes {
        *lane = function(*lane);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_formulas() {
        let value = |kernel: Kernel| kernel.value(0.25);
        assert_eq!(value(Kernel::Biharmonic), -0.5);
        assert_eq!(value(Kernel::Triharmonic), 0.125);
        assert!((value(Kernel::Multiquadric(1.2)) + 1.3).abs() < 1e-15);
        assert!((value(Kernel::Gaussian(0.5)) - (-1.0_f64).exp()).abs() < 1e-15);
        assert!((value(Kernel::ThinPlate) - 0.25 * 0.5_f64.ln()).abs() < 1e-15);
        assert!((value(Kernel::WendlandC2(1.0)) - 0.0625 * 3.0).abs() < 1e-15);
        assert_eq!(Kernel::ThinPlate.value(0.0), 0.0);
        assert_eq!(Kernel::WendlandC2(0.5).value(0.3), 0.0);
    }

    #[test]
    fn widths_are_checked() {
        let text = |kernel: Kernel| kernel.check().unwrap_err().to_string();
        assert!(text(Kernel::Gaussian(0.0)).contains("`epsilon` is 0, expected a number above 0"));
        assert!(text(Kernel::Multiquadric(-1.0)).contains("not below 0"));
        assert!(text(Kernel::WendlandC2(f64::NAN)).contains("`epsilon`"));
        assert!(Kernel::Multiquadric(0.0).check().is_ok());
    }
}
