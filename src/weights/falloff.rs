//! Falloffs: how much a neighbour counts by its distance.

use crate::spatial::radius_graph::CHUNK;

/// How a neighbour's weight falls with its distance d within the radius r.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Falloff {
    /// `exp(−d² / (2σ²))` with `σ = r / 3`.
    #[default]
    Gaussian,
    /// `max(0, 1 − d / r)`.
    Linear,
    /// 1.
    Uniform,
}

impl Falloff {
    /// Replaces squared distances by the falloff, to `2·10⁻⁷`.
    #[inline(always)]
    pub(crate) fn evaluate(self, radius: f32, squared: &mut [[f32; CHUNK]]) {
        match self {
            Self::Gaussian => gaussian(f64::from(radius) / 3.0, squared),
            Self::Linear => {
                let slope = 1.0 / radius;
                for value in squared.as_flattened_mut() {
                    *value = (1.0 - value.sqrt() * slope).max(0.0);
                }
            }
            Self::Uniform => squared.as_flattened_mut().fill(1.0),
        }
    }
}

/// Replaces squared distances by `exp(−d² / (2σ²))`, to `2·10⁻⁷`.
#[inline(always)]
pub(crate) fn gaussian(sigma: f64, squared: &mut [[f32; CHUNK]]) {
    let factor = (-0.5 / (sigma * sigma)) as f32;
    for value in squared.as_flattened_mut() {
        *value = exp(*value * factor);
    }
}

/// eˣ for −85 ≤ x ≤ 0 (lower x are taken as −85), within 2 ulp; plain arithmetic, so that it vectorises
/// and gives the same bits with every instruction set.
///
/// x = n ln 2 + f with |f| ≤ ½ ln 2, and eˣ = 2ⁿ eᶠ with the Taylor polynomial of degree 7, whose
/// remainder is below 6·10⁻⁹.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding 1.5 · 2²³ leaves the nearest whole number in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: n times the first is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.max(-85.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let f = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut power = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        power = power * f + coefficient;
    }
    // 2ⁿ: n added to the exponent; the bits of ROUND fall out on the left.
    f32::from_bits(power.to_bits().wrapping_add(rounded.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_within_two_ulp() {
        for step in 0..=850_000 {
            let x = step as f32 * -1e-4;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "exp({x}) is off by {error:e}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) < 2e-37);
    }
}
