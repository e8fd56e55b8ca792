//! Points in a tree of boxes.

use std::ops::Range;

use glam::DVec3;

/// Boxes thinner than this part of their largest half are widened to it: interpolation divides by it.
const THIN: f64 = 1e-3;

/// Each part of a divided cluster has one of so many of its points at the least.
const LOPSIDED: usize = 20;

/// Points in clusters, divided along the longest side until few enough are left.
pub(super) struct Tree {
    /// Parents before their children; the first one holds all.
    pub(super) clusters: Vec<Cluster>,
    /// The points, those of a cluster together.
    pub(super) points: Vec<DVec3>,
    /// The number of each of them as it was given.
    pub(super) numbers: Vec<u32>,
}

/// Points that are near each other, and their box.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    pub(super) points: Range<usize>,
    pub(super) centre: DVec3,
    /// Half the sides of the box.
    pub(super) half: DVec3,
    /// Half the box's diagonal.
    pub(super) radius: f64,
    /// The first of two, which follow each other; none for a leaf.
    pub(super) children: Option<usize>,
}

impl Tree {
    /// Clusters of at most `leaf` points.
    pub(super) fn new(points: &[DVec3], leaf: usize) -> Self {
        let mut numbers: Vec<u32> = (0..points.len() as u32).collect();
        let mut clusters = vec![Cluster::new(points, &numbers, 0)];
        let mut next = 0;
        while next < clusters.len() {
            let Cluster { points: range, half, centre, .. } = clusters[next].clone();
            if range.len() > leaf {
                let middle = range.start + split(points, &mut numbers[range.clone()], centre, half);
                let (left, right) = (range.start..middle, middle..range.end);
                clusters[next].children = Some(clusters.len());
                for range in [left, right] {
                    clusters.push(Cluster::new(points, &numbers[range.clone()], range.start));
                }
            }
            next += 1;
        }
        let points = numbers.iter().map(|&number| points[number as usize]).collect();
        Self { clusters, points, numbers }
    }

    /// Rows that are in the tree's order, in the order in which the points were given.
    pub(super) fn in_given_order<T: Copy + Default>(&self, rows: &[T]) -> Vec<T> {
        let mut given = vec![T::default(); rows.len()];
        for (row, &number) in rows.iter().zip(&self.numbers) {
            given[number as usize] = *row;
        }
        given
    }
}

impl Cluster {
    fn new(points: &[DVec3], numbers: &[u32], first: usize) -> Self {
        let (mut low, mut high) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        for &number in numbers {
            low = low.min(points[number as usize]);
            high = high.max(points[number as usize]);
        }
        let half = 0.5 * (high - low);
        let half = half.max(DVec3::splat((THIN * half.max_element()).max(f64::MIN_POSITIVE)));
        Self {
            points: first..first + numbers.len(),
            centre: 0.5 * (low + high),
            half,
            radius: half.length(),
            children: None,
        }
    }
}

/// Divides a cluster at the middle of its box's longest side: points far from all others get clusters of
/// their own, and the others small boxes. Puts the numbers of one part first and returns how many they
/// are.
fn split(points: &[DVec3], numbers: &mut [u32], centre: DVec3, half: DVec3) -> usize {
    let axis = (0..3).fold(0, |best, axis| if half[axis] > half[best] { axis } else { best });
    let at = |number: u32| points[number as usize][axis];
    let (low, high): (Vec<u32>, Vec<u32>) =
        numbers.iter().partition(|&&number| at(number) < centre[axis]);
    let least = (numbers.len() / LOPSIDED).max(1);
    let middle = match low.len() {
        // All points are in one place.
        0 => numbers.len() / 2,
        below => below.clamp(least, numbers.len() - least),
    };
    if middle != low.len() {
        numbers.select_nth_unstable_by(middle, |&one, &other| {
            at(one).total_cmp(&at(other)).then(one.cmp(&other))
        });
        return middle;
    }
    numbers[..low.len()].copy_from_slice(&low);
    numbers[low.len()..].copy_from_slice(&high);
    middle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_hold_all_points_and_are_small_enough() {
        let points: Vec<DVec3> =
            (0..500).map(|i| DVec3::new((i * 7 % 31).into(), (i % 5).into(), 0.0)).collect();
        let tree = Tree::new(&points, 40);
        let mut leaves = 0;
        for cluster in &tree.clusters {
            for point in &tree.points[cluster.points.clone()] {
                assert!((*point - cluster.centre).abs().cmple(cluster.half + 1e-12).all());
            }
            match cluster.children {
                Some(first) => {
                    let [left, right] = [&tree.clusters[first], &tree.clusters[first + 1]];
                    assert_eq!(cluster.points, left.points.start..right.points.end);
                    assert_eq!(left.points.end, right.points.start);
                }
                None => {
                    assert!(cluster.points.len() <= 40);
                    leaves += cluster.points.len();
                }
            }
        }
        assert_eq!(leaves, 500);
        for (point, &number) in tree.points.iter().zip(&tree.numbers) {
            assert_eq!(*point, points[number as usize]);
        }
        assert_eq!(Tree::new(&vec![DVec3::ONE; 100], 10).points.len(), 100);
    }
}
