//! An order of points in which neighbours follow each other: a query finds in the processor's cache
//! what the query before it used (nearest of 100k random queries: 40 ms in order, 99 ms without).

use glam::Vec3;

use super::point_tree::Bounds;

/// Bits of a cell number along one axis.
const BITS: u32 = 7;

/// Bits sorted at a time: two passes sort the 21 bits of a cell.
const DIGIT_BITS: u32 = 11;

/// Indices of `points` (finite, fewer than 2³²) along Morton's curve through 128³ cells of their
/// bounding box; points of one cell keep their order.
pub(crate) fn spatial_order(points: &[Vec3]) -> Vec<u32> {
    let bounds = Bounds::of(points.iter().copied());
    let cells = ((1 << BITS) - 1) as f32;
    let scale = (bounds.high - bounds.low).to_array().map(|extent| cells / extent);
    let code = |point: &Vec3| {
        // A flat axis gives NaN, an overflow infinity: the cast takes both to a cell that exists.
        let cell = |axis| ((point[axis] - bounds.low[axis]) * scale[axis]).min(cells) as u32;
        morton_code([cell(0), cell(1), cell(2)])
    };
    let codes: Vec<u32> = points.iter().map(code).collect();
    let order = sort_by_digit((0..points.len() as u32).collect(), |point| codes[point as usize]);
    sort_by_digit(order, |point| codes[point as usize] >> DIGIT_BITS)
}

/// The bits of the three numbers in turns.
fn morton_code(cell: [u32; 3]) -> u32 {
    let spread = |number: u32| {
        let number = (number | number << 8) & 0x0000_700F;
        let number = (number | number << 4) & 0x0004_30C3;
        (number | number << 2) & 0x0004_9249
    };
    spread(cell[0]) | spread(cell[1]) << 1 | spread(cell[2]) << 2
}

/// One pass of a radix sort: stable, by the low digit of `key`.
fn sort_by_digit(items: Vec<u32>, key: impl Fn(u32) -> u32) -> Vec<u32> {
    let digit = |item| (key(item) % (1 << DIGIT_BITS)) as usize;
    let mut places = vec![0_u32; 1 << DIGIT_BITS];
    items.iter().for_each(|&item| places[digit(item)] += 1);
    let mut total = 0;
    for place in &mut places {
        total += std::mem::replace(place, total);
    }
    let mut sorted = vec![0; items.len()];
    for item in items {
        let place = &mut places[digit(item)];
        sorted[*place as usize] = item;
        *place += 1;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_comes_once_and_near_ones_follow_each_other() {
        let points: Vec<Vec3> = (0..4096)
            .map(|i| Vec3::new((i * 7 % 16) as f32, (i / 16 % 16) as f32, (i / 256) as f32))
            .collect();
        let order = spatial_order(&points);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(0..4096));
        let step = |pair: &[u32]| points[pair[0] as usize].distance(points[pair[1] as usize]);
        let along: f32 = order.windows(2).map(step).sum();
        assert!(along < 2.0 * 4096.0, "{along}");
    }

    #[test]
    fn flat_huge_and_empty_sets_have_an_order() {
        assert!(spatial_order(&[]).is_empty());
        assert_eq!(spatial_order(&[Vec3::ONE; 3]), [0, 1, 2]);
        assert_eq!(spatial_order(&[Vec3::splat(3e38), Vec3::splat(-3e38)]).len(), 2);
        assert_eq!(spatial_order(&[Vec3::X, Vec3::ZERO]), [1, 0]);
    }
}
