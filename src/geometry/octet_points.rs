//! Distances from one point to eight others at once.

use crate::runtime::octets::Octets;

/// x, y, and z, each eight times.
#[inline(always)]
pub(crate) fn splat_point<O: Octets>(octets: O, [x, y, z]: [f32; 3]) -> [O::Octet; 3] {
    [octets.splat(x), octets.splat(y), octets.splat(z)]
}

/// Squared distances from `point` to eight points, given by their x, y, and z.
#[inline(always)]
pub(crate) fn squared_distances<O: Octets>(
    octets: O,
    axes: [&[f32; 8]; 3],
    point: [O::Octet; 3],
) -> O::Octet {
    let [xs, ys, zs] = axes;
    let x = octets.subtract(octets.load(xs), point[0]);
    let y = octets.subtract(octets.load(ys), point[1]);
    let z = octets.subtract(octets.load(zs), point[2]);
    let squared = octets.multiply(x, x);
    let squared = octets.add_product(squared, y, y);
    octets.add_product(squared, z, z)
}
