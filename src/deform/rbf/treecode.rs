//! Sums over many sources at many targets in about n log n: far groups see each other through
//! polynomials.
//!
//! Sources and targets are in trees of boxes. Where two boxes are far from each other for their size,
//! the kernel between them is smooth, and is interpolated at Chebyshev nodes of both boxes: the sources
//! of a box act as as many as it has nodes, and the targets of a box read their sums from its nodes
//! (Fong and Darve, "The black-box fast multipole method", 2009; Wilson, Vaughn, Krasny, "A GPU-
//! accelerated fast multipole method based on barycentric Lagrange interpolation and dual tree
//! traversal", 2021). A box of fewer points than nodes takes part point by point. The error falls by a
//! constant factor with each node; [`super::evaluate`] chooses their number by the error
//! that it finds.

use glam::DVec3;

use super::kernels::Kernel;
use super::sums::{AddSums, COLUMNS, Source};
use super::system::Row;
use super::tree::{Cluster, LANES, Nodes, Tree};
use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, simd};

/// Boxes are far from each other when their radii are this part of the distance at most.
const OPENING: f64 = 0.6;

/// Independent parts of the targets at the least: they are shared out among threads.
const PARTS: usize = 64;

/// Sources of one set of weights: the points, and what acts for those of each large cluster.
pub(super) struct Sources<'a> {
    tree: &'a Tree,
    nodes: &'a Nodes,
    points: Vec<Source>,
    /// For each cluster, in the order of its nodes; empty for a cluster with fewer points than nodes.
    proxies: Vec<Vec<Source>>,
}

impl<'a> Sources<'a> {
    /// `weights` are in the order in which the tree's points were given.
    pub(super) fn new(tree: &'a Tree, nodes: &'a Nodes, weights: &[Row]) -> Self {
        let source =
            |(&point, &number): (&DVec3, &u32)| Source { point, weights: weights[number as usize] };
        let points: Vec<Source> = tree.points.iter().zip(&tree.numbers).map(source).collect();
        let mut proxies: Vec<Vec<Source>> = vec![Vec::new(); tree.clusters.len()];
        // Children follow their parents.
        for (number, cluster) in tree.clusters.iter().enumerate().rev() {
            if cluster.points.len() <= nodes.total() {
                continue;
            }
            let mut found: Vec<Source> = nodes
                .points(cluster)
                .into_iter()
                .map(|point| Source { point, weights: [0.0; COLUMNS] })
                .collect();
            let children = cluster.children.map_or(0..0, |first| first..first + 2);
            if children.is_empty() {
                spread(nodes, cluster, &points[cluster.points.clone()], &mut found);
            }
            for child in children {
                match proxies[child].as_slice() {
                    [] => {
                        let range = tree.clusters[child].points.clone();
                        spread(nodes, cluster, &points[range], &mut found);
                    }
                    proxies => spread(nodes, cluster, proxies, &mut found),
                }
            }
            proxies[number] = found;
        }
        Self { tree, nodes, points, proxies }
    }

    /// What acts for a cluster from afar.
    fn of(&self, cluster: usize) -> &[Source] {
        match self.proxies[cluster].as_slice() {
            [] => &self.points[self.tree.clusters[cluster].points.clone()],
            proxies => proxies,
        }
    }

    /// Sums at the points of `targets`, in the order in which these were given.
    pub(super) fn sums(
        &self,
        kernel: Kernel,
        targets: &Tree,
        progress: &Progress<'_>,
    ) -> Result<Vec<Row>> {
        let parts = parts(targets);
        let split = Split::new(parts.len(), 0, 1);
        let blocks = parallel::map_blocks(split, progress, |range| {
            let sums = |&part: &usize| Part::new(self, kernel, targets, part).sums();
            parts[range].iter().map(sums).collect::<Vec<_>>()
        })?;
        let mut sums = vec![[0.0; COLUMNS]; targets.points.len()];
        for (&part, found) in parts.iter().zip(blocks.into_iter().flatten()) {
            let numbers = &targets.numbers[targets.clusters[part].points.clone()];
            for (&number, found) in numbers.iter().zip(found) {
                sums[number as usize] = found;
            }
        }
        Ok(sums)
    }
}

/// Adds to the weights of a cluster's nodes those that act as `sources` do.
fn spread(nodes: &Nodes, cluster: &Cluster, sources: &[Source], out: &mut [Source]) {
    simd::dispatch(Spread { nodes, cluster, sources, out });
}

struct Spread<'a> {
    nodes: &'a Nodes,
    cluster: &'a Cluster,
    sources: &'a [Source],
    out: &'a mut [Source],
}

impl simd::Kernel for Spread<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let count = self.nodes.count();
        for sources in self.sources.chunks(LANES) {
            let points: [DVec3; LANES] =
                std::array::from_fn(|lane| sources[lane.min(sources.len() - 1)].point);
            let [x, y, z] = self.nodes.basis_at(self.cluster, &points);
            for (lane, source) in sources.iter().enumerate() {
                for (row, out) in self.out.chunks_exact_mut(count).enumerate() {
                    let share = x[row / count][lane] * y[row % count][lane];
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

/// Clusters that hold all points once, several for each thread where there are so many.
fn parts(tree: &Tree) -> Vec<usize> {
    let mut parts = vec![0];
    loop {
        let divided: Vec<usize> = parts
            .iter()
            .flat_map(|&part| match tree.clusters[part].children {
                Some(first) => vec![first, first + 1],
                None => vec![part],
            })
            .collect();
        if divided.len() == parts.len() || parts.len() >= PARTS {
            return parts;
        }
        parts = divided;
    }
}

/// The sums of one part of the targets, in the making.
struct Part<'a> {
    sources: &'a Sources<'a>,
    kernel: Kernel,
    targets: &'a Tree,
    root: usize,
    sums: Vec<Row>,
}

impl<'a> Part<'a> {
    fn new(sources: &'a Sources<'a>, kernel: Kernel, targets: &'a Tree, root: usize) -> Self {
        let sums = vec![[0.0; COLUMNS]; targets.clusters[root].points.len()];
        Self { sources, kernel, targets, root, sums }
    }

    fn sums(mut self) -> Vec<Row> {
        self.visit(self.root, vec![0], None);
        self.sums
    }

    /// Adds what the `pending` clusters of sources do to a cluster of targets.
    ///
    /// - `above`: the cluster above and the sums at its nodes.
    fn visit(&mut self, number: usize, pending: Vec<usize>, above: Option<(&Cluster, &[Row])>) {
        let cluster = &self.targets.clusters[number];
        let nodes = self.sources.nodes;
        let by_nodes = cluster.points.len() > nodes.total();
        let places = by_nodes.then(|| nodes.points(cluster));
        let mut at_nodes = places.as_ref().map(|places| match above {
            Some((above, sums)) => read_grid(nodes, above, sums, places),
            None => vec![[0.0; COLUMNS]; places.len()],
        });
        if let (None, Some((above, sums))) = (&places, above) {
            self.read(cluster, above, sums);
        }
        let mut open = pending;
        let mut kept = Vec::new();
        while let Some(source) = open.pop() {
            let other = &self.sources.tree.clusters[source];
            if cluster.is_far_from(other, OPENING) {
                let sources = self.sources.of(source);
                match (&places, &mut at_nodes) {
                    (Some(places), Some(sums)) => {
                        self.kernel.run(AddSums { sources, targets: places, sums });
                    }
                    _ => self.add(cluster, sources),
                }
                continue;
            }
            let splits_source = cluster.children.is_none() || other.radius > cluster.radius;
            match other.children {
                Some(first) if splits_source => open.extend([first + 1, first]),
                _ if cluster.children.is_some() => kept.push(source),
                _ => self.add(cluster, &self.sources.points[other.points.clone()]),
            }
        }
        let at_nodes = at_nodes.as_deref().map(|sums| (cluster, sums));
        match (cluster.children, at_nodes) {
            (Some(first), _) => {
                self.visit(first, kept.clone(), at_nodes);
                self.visit(first + 1, kept, at_nodes);
            }
            (None, Some((_, sums))) => self.read(cluster, cluster, sums),
            (None, None) => {}
        }
    }

    /// Adds sources to the targets of a cluster, pair by pair.
    fn add(&mut self, cluster: &Cluster, sources: &[Source]) {
        let first = self.targets.clusters[self.root].points.start;
        let range = cluster.points.clone();
        let targets = &self.targets.points[range.clone()];
        let sums = &mut self.sums[range.start - first..range.end - first];
        self.kernel.run(AddSums { sources, targets, sums });
    }

    /// Adds to the targets of a cluster what the nodes of `of` have.
    fn read(&mut self, cluster: &Cluster, of: &Cluster, at_nodes: &[Row]) {
        let first = self.targets.clusters[self.root].points.start;
        let range = cluster.points.clone();
        let targets = &self.targets.points[range.clone()];
        let found = read_grid(self.sources.nodes, of, at_nodes, targets);
        let sums = &mut self.sums[range.start - first..range.end - first];
        for (sum, found) in sums.iter_mut().zip(found) {
            (0..COLUMNS).for_each(|column| sum[column] += found[column]);
        }
    }
}

/// The polynomial through the nodes of a cluster, at targets.
fn read_grid(nodes: &Nodes, cluster: &Cluster, at_nodes: &[Row], targets: &[DVec3]) -> Vec<Row> {
    let mut sums = vec![[0.0; COLUMNS]; targets.len()];
    simd::dispatch(ReadGrid { nodes, cluster, at_nodes, targets, sums: &mut sums });
    sums
}

struct ReadGrid<'a> {
    nodes: &'a Nodes,
    cluster: &'a Cluster,
    at_nodes: &'a [Row],
    targets: &'a [DVec3],
    sums: &'a mut [Row],
}

impl simd::Kernel for ReadGrid<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let count = self.nodes.count();
        for (targets, sums) in self.targets.chunks(LANES).zip(self.sums.chunks_mut(LANES)) {
            let [x, y, z] = self.nodes.basis_at(self.cluster, targets);
            let mut total = [[0.0; LANES]; COLUMNS];
            for (row, at_nodes) in self.at_nodes.chunks_exact(count).enumerate() {
                let mut along = [[0.0; LANES]; COLUMNS];
                for (value, z) in at_nodes.iter().zip(&z) {
                    for (along, value) in along.iter_mut().zip(value) {
                        for lane in 0..LANES {
                            along[lane] += value * z[lane];
                        }
                    }
                }
                let (x, y) = (&x[row / count], &y[row % count]);
                for (total, along) in total.iter_mut().zip(along) {
                    for lane in 0..LANES {
                        total[lane] += x[lane] * y[lane] * along[lane];
                    }
                }
            }
            for (lane, sum) in sums.iter_mut().enumerate() {
                (0..COLUMNS).for_each(|column| sum[column] = total[column][lane]);
            }
        }
    }
}
