//! Points in a tree of boxes, and polynomial interpolation on a box.

use std::ops::Range;

use glam::DVec3;

/// Boxes thinner than this part of their largest half are widened to it: interpolation divides by it.
const THIN: f64 = 1e-3;

/// Nodes in each direction at most.
pub(super) const MOST_NODES: usize = 12;

/// Points whose polynomials are evaluated together.
pub(super) const LANES: usize = 8;

/// The values of the polynomials of the nodes along one direction.
pub(super) type Basis = [[f64; LANES]; MOST_NODES];

/// Points in clusters, halved along the longest side until few enough are left.
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
            let Cluster { points: range, half, .. } = clusters[next].clone();
            if range.len() > leaf {
                let axis = longest(half);
                let middle = range.len() / 2;
                numbers[range.clone()].select_nth_unstable_by(middle, |&one, &other| {
                    let at = |number: u32| points[number as usize][axis];
                    at(one).total_cmp(&at(other)).then(one.cmp(&other))
                });
                let (left, right) =
                    (range.start..range.start + middle, range.start + middle..range.end);
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

    /// Whether interpolation converges between both: their radii are `opening` of the distance at most.
    pub(super) fn is_far_from(&self, other: &Self, opening: f64) -> bool {
        self.radius + other.radius <= opening * self.centre.distance(other.centre)
    }
}

fn longest(half: DVec3) -> usize {
    (0..3).fold(0, |best, axis| if half[axis] > half[best] { axis } else { best })
}

/// Chebyshev's nodes in each direction of a box, x slowest, and the polynomials that are 1 in one node
/// and 0 in the others.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    /// In one direction, within −1 and 1.
    roots: Vec<f64>,
    /// `T_k(root)`, `#nodes by #nodes`, times 2/#nodes; half that for k = 0.
    terms: Vec<f64>,
}

impl Nodes {
    /// `count` nodes in each direction, [`MOST_NODES`] at most.
    pub(super) fn new(count: usize) -> Self {
        assert!(count <= MOST_NODES, "a basis has room for the nodes");
        let angle = |node: usize| std::f64::consts::PI * (node as f64 + 0.5) / count as f64;
        let terms = (0..count).flat_map(|node| {
            (0..count).map(move |degree| {
                let scale = if degree == 0 { 1.0 } else { 2.0 };
                scale / count as f64 * (degree as f64 * angle(node)).cos()
            })
        });
        Self { roots: (0..count).map(|node| angle(node).cos()).collect(), terms: terms.collect() }
    }

    /// In one direction.
    pub(super) fn count(&self) -> usize {
        self.roots.len()
    }

    /// In the whole box.
    pub(super) fn total(&self) -> usize {
        self.count().pow(3)
    }

    /// The nodes of a cluster's box.
    pub(super) fn points(&self, cluster: &Cluster) -> Vec<DVec3> {
        let Cluster { centre, half, .. } = *cluster;
        let roots = &self.roots;
        let plane = |&x: &f64| {
            roots
                .iter()
                .flat_map(move |&y| roots.iter().map(move |&z| centre + half * DVec3::new(x, y, z)))
        };
        roots.iter().flat_map(plane).collect()
    }

    /// The values of the nodes' polynomials at up to [`LANES`] points, in each direction: a row for each
    /// node. Lanes without a point repeat the last one.
    #[inline(always)]
    pub(super) fn basis_at(&self, cluster: &Cluster, points: &[DVec3]) -> [Basis; 3] {
        let count = self.roots.len();
        std::array::from_fn(|axis| {
            let position: [f64; LANES] = std::array::from_fn(|lane| {
                let point = points[lane.min(points.len() - 1)];
                (point[axis] - cluster.centre[axis]) / cluster.half[axis]
            });
            let mut basis = [[0.0; LANES]; MOST_NODES];
            let (mut before, mut now) = ([1.0; LANES], position);
            for (node, basis) in basis.iter_mut().enumerate().take(count) {
                *basis = [self.terms[node * count]; LANES];
            }
            for degree in 1..count {
                for (node, basis) in basis.iter_mut().enumerate().take(count) {
                    let term = self.terms[node * count + degree];
                    for lane in 0..LANES {
                        basis[lane] += now[lane] * term;
                    }
                }
                for lane in 0..LANES {
                    let next = 2.0 * position[lane] * now[lane] - before[lane];
                    (before[lane], now[lane]) = (now[lane], next);
                }
            }
            basis
        })
    }
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

    #[test]
    fn polynomials_are_met() {
        let tree = Tree::new(&[DVec3::new(1.0, 2.0, 3.0), DVec3::new(2.0, 5.0, 3.5)], 8);
        let cubic = |p: DVec3| p.x * p.x * p.y - p.z * p.z * p.z + 2.0 * p.y * p.z;
        let nodes = Nodes::new(4);
        let at_nodes: Vec<f64> = nodes.points(&tree.clusters[0]).into_iter().map(cubic).collect();
        for point in [DVec3::new(1.2, 2.1, 3.4), DVec3::new(1.9, 4.0, 3.0)] {
            let [x, y, z] = nodes.basis_at(&tree.clusters[0], &[point]);
            let mut found = 0.0;
            for (index, value) in at_nodes.iter().enumerate() {
                found += value * x[index / 16][0] * y[index / 4 % 4][0] * z[index % 4][0];
            }
            assert!((found - cubic(point)).abs() < 1e-11);
        }
    }
}
