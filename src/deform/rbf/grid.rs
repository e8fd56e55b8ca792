//! Polynomial interpolation on a box, through values at a grid of Chebyshev's nodes.
//!
//! Along a side of half length h, a function with a singularity at z in the complex plane is met by the
//! polynomial through p nodes within about ρ^−p, where ln ρ = acosh(e), and 2 h e is the sum of the
//! distances from z to both ends of the side (Trefethen, *Approximation Theory and Approximation
//! Practice*, 2013, chapter 8). A radial kernel around a point is such a function: along a line, its
//! singularity is as far above the real axis as the point is from the line.

use glam::DVec3;
use once_cell::sync::Lazy;
use pulp::{Simd, WithSimd};

use super::sums::{COLUMNS, Source};
use super::system::Row;
use super::tree::Cluster;
use crate::runtime::simd;

/// Nodes in each direction at most.
pub(super) const MOST_NODES: usize = 12;

/// Points whose polynomials are evaluated together.
const LANES: usize = 8;

/// The values of the polynomials of the nodes along one direction, a row for each node.
type Basis = [[f64; LANES]; MOST_NODES];

/// Nodes along one direction, by their number less 1.
static LINES: Lazy<Vec<Line>> = Lazy::new(|| (1..=MOST_NODES).map(Line::new).collect());

/// How well grids interpolate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accuracy {
    /// Along the longest side of a box, [`MOST_NODES`] at most; shorter sides have fewer.
    pub(super) nodes: usize,
    /// p ln ρ at the least: the errors are some e^−this of the kernel.
    pub(super) exponent: f64,
}

/// The nodes of a box, x slowest.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    centre: DVec3,
    half: DVec3,
    counts: [usize; 3],
    /// 2 h e of the nearest singularity for each direction.
    reach: DVec3,
}

/// Nodes within −1 and 1, and the polynomials that are 1 in one of them and 0 in the others.
struct Line {
    roots: Vec<f64>,
    /// `T_k(root)`, `#nodes by #nodes`, times 2/#nodes; half that for k = 0.
    terms: Vec<f64>,
}

impl Line {
    fn new(count: usize) -> Self {
        let angle = |node: usize| std::f64::consts::PI * (node as f64 + 0.5) / count as f64;
        let terms = (0..count).flat_map(|node| {
            (0..count).map(move |degree| {
                let scale = if degree == 0 { 1.0 } else { 2.0 };
                scale / count as f64 * (degree as f64 * angle(node)).cos()
            })
        });
        Self { roots: (0..count).map(|node| angle(node).cos()).collect(), terms: terms.collect() }
    }

    /// The polynomials at positions within −1 and 1.
    #[inline(always)]
    fn basis(&self, positions: &[f64; LANES]) -> Basis {
        let count = self.roots.len();
        let mut basis = [[0.0; LANES]; MOST_NODES];
        for (node, basis) in basis.iter_mut().enumerate().take(count) {
            *basis = [self.terms[node * count]; LANES];
        }
        let (mut before, mut now) = ([1.0; LANES], *positions);
        for degree in 1..count {
            for (node, basis) in basis.iter_mut().enumerate().take(count) {
                let term = self.terms[node * count + degree];
                for lane in 0..LANES {
                    basis[lane] += now[lane] * term;
                }
            }
            for lane in 0..LANES {
                let next = 2.0 * positions[lane] * now[lane] - before[lane];
                (before[lane], now[lane]) = (now[lane], next);
            }
        }
        basis
    }
}

impl Grid {
    /// As many nodes in each direction as singularities need that are as far away as the nodes along the
    /// longest side allow.
    pub(super) fn new(cluster: &Cluster, Accuracy { nodes, exponent }: Accuracy) -> Self {
        let Cluster { centre, half, .. } = *cluster;
        let distance = half.max_element() * (exponent / nodes as f64).sinh();
        let count = |half: f64| (exponent / (distance / half).asinh()).ceil() as usize;
        let counts = half.to_array().map(|half| count(half).clamp(1, nodes));
        let foci = counts.map(|count| 2.0 * (exponent / count as f64).cosh());
        Self { centre, half, counts, reach: half * DVec3::from_array(foci) }
    }

    /// Number of nodes.
    pub(super) fn total(&self) -> usize {
        self.counts.iter().product()
    }

    /// Whether kernels around all points of a cluster are interpolated as well as wanted.
    pub(super) fn is_far_from(&self, other: &Cluster) -> bool {
        let along = ((other.centre - self.centre).abs() - other.half).max(DVec3::ZERO);
        let gap = (along - self.half).max(DVec3::ZERO);
        let across = DVec3::splat(gap.length_squared()) - gap * gap;
        let (near, far) = (along - self.half, along + self.half);
        let distances = [near * near + across, far * far + across];
        let [near, far] = distances.map(|squared| squared.max(DVec3::ZERO).map(f64::sqrt));
        (near + far).cmpge(self.reach).all()
    }

    /// The places of the nodes.
    pub(super) fn points(&self) -> Vec<DVec3> {
        let [x, y, z] = self.counts.map(|count| &LINES[count - 1].roots);
        let place = |x: f64, y: f64, z: f64| self.centre + self.half * DVec3::new(x, y, z);
        let plane = |&x: &f64| y.iter().flat_map(move |&y| z.iter().map(move |&z| place(x, y, z)));
        x.iter().flat_map(plane).collect()
    }

    /// Adds to the weights of the nodes, `out`, those that act as `sources` in the box do.
    pub(super) fn spread(&self, sources: &[Source], out: &mut [Source]) {
        simd::dispatch(Spread { grid: self, sources, out });
    }

    /// Adds to the sums of targets in the box the polynomials through `at_nodes`.
    pub(super) fn read(&self, at_nodes: &[Row], targets: &[DVec3], sums: &mut [Row]) {
        simd::dispatch(Read { grid: self, at_nodes, targets, sums });
    }

    /// The polynomials through `at_nodes` at the nodes of another grid, one direction after the other.
    pub(super) fn read_at_nodes(&self, at_nodes: &[Row], other: &Self) -> Vec<Row> {
        let mut values = at_nodes.to_vec();
        for axis in 0..3 {
            let (from, to) = (&LINES[self.counts[axis] - 1], &LINES[other.counts[axis] - 1]);
            let (rows, width) = (values.len() / from.roots.len(), to.roots.len());
            // This direction becomes the fastest one, so that after three the order is what it was.
            let mut turned = vec![[0.0; COLUMNS]; rows * width];
            for (chunk, roots) in to.roots.chunks(LANES).enumerate() {
                let basis = from.basis(&std::array::from_fn(|lane| {
                    let root = roots[lane.min(roots.len() - 1)];
                    let place = other.centre[axis] + other.half[axis] * root;
                    (place - self.centre[axis]) / self.half[axis]
                }));
                for (basis, values) in basis.iter().zip(values.chunks_exact(rows)) {
                    for (value, turned) in values.iter().zip(turned.chunks_exact_mut(width)) {
                        for (sum, factor) in turned[chunk * LANES..].iter_mut().zip(basis) {
                            (0..COLUMNS).for_each(|column| sum[column] += factor * value[column]);
                        }
                    }
                }
            }
            values = turned;
        }
        values
    }

    /// The polynomials in each direction at up to [`LANES`] points. Lanes without one repeat the last.
    #[inline(always)]
    fn bases(&self, points: &[DVec3]) -> [Basis; 3] {
        let mut bases = [[[0.0; LANES]; MOST_NODES]; 3];
        for (axis, basis) in bases.iter_mut().enumerate() {
            let mut positions = [0.0; LANES];
            for (lane, position) in positions.iter_mut().enumerate() {
                let point = points[lane.min(points.len() - 1)];
                *position = (point[axis] - self.centre[axis]) / self.half[axis];
            }
            *basis = LINES[self.counts[axis] - 1].basis(&positions);
        }
        bases
    }
}

struct Spread<'a> {
    grid: &'a Grid,
    sources: &'a [Source],
    out: &'a mut [Source],
}

impl simd::Kernel for Spread<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let [_, across, count] = self.grid.counts;
        for sources in self.sources.chunks(LANES) {
            let mut points = [DVec3::ZERO; LANES];
            for (point, source) in points.iter_mut().zip(sources) {
                *point = source.point;
            }
            let [x, y, z] = self.grid.bases(&points[..sources.len()]);
            for (lane, source) in sources.iter().enumerate() {
                for (row, out) in self.out.chunks_exact_mut(count).enumerate() {
                    let share = x[row / across][lane] * y[row % across][lane];
                    for (out, z) in out.iter_mut().zip(&z) {
                        for (sum, weight) in out.weights.iter_mut().zip(source.weights) {
                            *sum += share * z[lane] * weight;
                        }
                    }
                }
            }
        }
    }
}

struct Read<'a> {
    grid: &'a Grid,
    at_nodes: &'a [Row],
    targets: &'a [DVec3],
    sums: &'a mut [Row],
}

impl WithSimd for Read<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (targets, sums) in self.targets.chunks(LANES).zip(self.sums.chunks_mut(LANES)) {
            let bases = self.grid.bases(targets);
            for (vector, sums) in sums.chunks_mut(S::F64_LANES).enumerate() {
                let found = read_vector(simd, self.grid, self.at_nodes, &bases, vector);
                for (column, found) in found.iter().enumerate() {
                    let lanes: &[f64] = bytemuck::cast_slice(std::slice::from_ref(found));
                    for (sum, lane) in sums.iter_mut().zip(lanes) {
                        sum[column] += lane;
                    }
                }
            }
        }
    }
}

/// The polynomials at one vector of the targets that the bases are of, column by column.
#[inline(always)]
fn read_vector<S: Simd>(
    simd: S,
    grid: &Grid,
    at_nodes: &[Row],
    [x, y, z]: &[Basis; 3],
    vector: usize,
) -> [S::f64s; COLUMNS] {
    let [_, across, count] = grid.counts;
    let zero = [simd.splat_f64s(0.0); COLUMNS];
    let mut total = zero;
    for (x, plane) in x.iter().zip(at_nodes.chunks_exact(across * count)) {
        let mut in_plane = zero;
        for (y, line) in y.iter().zip(plane.chunks_exact(count)) {
            let mut in_line = zero;
            for (z, value) in z.iter().zip(line) {
                let value = value.map(|value| simd.splat_f64s(value));
                in_line = add_products(simd, in_line, lanes::<S>(z, vector), value);
            }
            in_plane = add_products(simd, in_plane, lanes::<S>(y, vector), in_line);
        }
        total = add_products(simd, total, lanes::<S>(x, vector), in_plane);
    }
    total
}

#[inline(always)]
fn lanes<S: Simd>(numbers: &[f64; LANES], vector: usize) -> S::f64s {
    bytemuck::cast_slice(numbers)[vector]
}

#[inline(always)]
fn add_products<S: Simd>(
    simd: S,
    sums: [S::f64s; COLUMNS],
    factor: S::f64s,
    values: [S::f64s; COLUMNS],
) -> [S::f64s; COLUMNS] {
    let mut sums = sums;
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = simd.add_f64s(*sum, simd.mul_f64s(factor, value));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;

    fn cluster(points: &[DVec3]) -> Cluster {
        Tree::new(points, points.len()).clusters[0].clone()
    }

    /// A grid with the same number of nodes in each direction.
    fn cube(nodes: usize) -> Grid {
        let corners = [DVec3::new(1.0, 2.0, 3.0), DVec3::new(2.0, 3.0, 4.0)];
        Grid::new(&cluster(&corners), Accuracy { nodes, exponent: 5.0 })
    }

    #[test]
    fn polynomials_are_met() {
        let cubic = |p: DVec3| p.x * p.x * p.y - p.z * p.z * p.z + 2.0 * p.y * p.z;
        let rows = |points: &[DVec3]| -> Vec<Row> {
            points.iter().map(|&p| [cubic(p), p.x - p.z, 1.0]).collect()
        };
        let (grid, finer) = (cube(4), cube(11));
        assert_eq!((grid.total(), finer.total()), (64, 1331));
        let at_nodes = rows(&grid.points());
        // More points than lanes, and not a multiple of them.
        let share = |i: usize, step: usize| (i * step % 11) as f64 / 11.0;
        let points: Vec<DVec3> = (0..11)
            .map(|i| DVec3::new(1.0 + share(i, 1), 2.0 + share(i, 3), 3.0 + share(i, 7)))
            .collect();
        let mut sums = vec![[1.0; COLUMNS]; points.len()];
        grid.read(&at_nodes, &points, &mut sums);
        let between = grid.read_at_nodes(&at_nodes, &finer);
        let pairs = sums.iter().map(|sum| sum.map(|sum| sum - 1.0)).zip(rows(&points));
        for (found, expected) in pairs.chain(between.into_iter().zip(rows(&finer.points()))) {
            for column in 0..COLUMNS {
                assert!((found[column] - expected[column]).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn spread_weights_act_as_the_sources_on_polynomials() {
        let grid = cube(5);
        let sources: Vec<Source> = (0..13)
            .map(|i| f64::from(i) / 13.0)
            .map(|s| Source {
                point: DVec3::new(1.0 + s, 3.0 - s * s, 3.0 + s * (1.0 - s)),
                weights: [s, 1.0 - s, -2.0],
            })
            .collect();
        let silent = |point| Source { point, weights: [0.0; COLUMNS] };
        let mut proxies: Vec<Source> = grid.points().into_iter().map(silent).collect();
        grid.spread(&sources, &mut proxies);
        let moment = |sources: &[Source], column: usize| -> f64 {
            let quartic = |p: DVec3| p.x.powi(4) * p.y - p.z * p.y.powi(3);
            sources.iter().map(|source| source.weights[column] * quartic(source.point)).sum()
        };
        for column in 0..COLUMNS {
            let (found, expected) = (moment(&proxies, column), moment(&sources, column));
            assert!((found - expected).abs() < 1e-11 * expected.abs(), "{found} {expected}");
        }
    }

    #[test]
    fn kernels_around_far_points_are_interpolated_as_well_as_promised() {
        let boxes =
            [DVec3::new(1.0, 1.0, 1.0), DVec3::new(1.0, 0.8, 0.1), DVec3::new(0.3, 1.0, 0.0)];
        let directions = (0..40).map(|i| {
            let (z, angle) = (1.0 - f64::from(i) / 19.5, 2.4 * f64::from(i));
            DVec3::new(angle.cos() * (1.0 - z * z).sqrt(), angle.sin() * (1.0 - z * z).sqrt(), z)
        });
        for (half, direction) in
            boxes.iter().flat_map(|half| directions.clone().map(move |d| (half, d)))
        {
            let accuracy = Accuracy { nodes: 8, exponent: 13.0 };
            let grid = Grid::new(&cluster(&[-*half, *half]), accuracy);
            // The nearest far point in this direction.
            let far = (0..1000)
                .map(|step| direction * (0.01 * f64::from(step)))
                .find(|&point| grid.is_far_from(&cluster(&[point])))
                .expect("far enough away all points are far");
            assert!(far.length() < 5.0, "{far} is not far from {half}");
            let at_nodes: Vec<Row> =
                grid.points().iter().map(|point| [point.distance(far); COLUMNS]).collect();
            let corners: Vec<DVec3> = (0..27)
                .map(|i| {
                    *half * (DVec3::new((i / 9).into(), (i / 3 % 3).into(), (i % 3).into()) - 1.0)
                })
                .collect();
            let mut found = vec![[0.0; COLUMNS]; corners.len()];
            grid.read(&at_nodes, &corners, &mut found);
            for (found, corner) in found.iter().zip(&corners) {
                let error = (found[0] - corner.distance(far)).abs();
                assert!(error < 3.0 * (-accuracy.exponent).exp() * far.length(), "{error}");
            }
        }
    }
}
