//! Sums over many sources at many targets in about n log n: far groups see each other through
//! polynomials.
//!
//! Sources and targets are in trees of boxes. Where two boxes are far from each other for their size,
//! the kernel between them is smooth, and is interpolated at Chebyshev nodes of both boxes: the sources
//! of a box act as as many as it has nodes, and the targets of a box read their sums from its nodes
//! (Fong and Darve, "The black-box fast multipole method", 2009; Wilson, Vaughn, Krasny, "A GPU-
//! accelerated fast multipole method based on barycentric Lagrange interpolation and dual tree
//! traversal", 2021). A box of fewer points than nodes takes part point by point. What is far, and how
//! many nodes a box needs in each direction, follows from the [accuracy](Accuracy) wanted.

use std::ops::Range;
use std::sync::Arc;

use glam::DVec3;

use super::grid::{Accuracy, Grid};
use super::kernels::Kernel;
use super::sums::{AddSums, COLUMNS, Source};
use super::system::Row;
use super::tree::{Cluster, Tree};
use crate::Result;
use crate::runtime::Progress;
use crate::runtime::parallel::{self, Split};

/// Independent parts of the targets at the least: they are shared out among threads.
const PARTS: usize = 64;

/// What reading one node at one target takes, in pairs.
const READ: f64 = 0.3;

/// Sources and targets in trees, and grids for those of their clusters that have more points than nodes.
pub(super) struct Treecode<'a> {
    sources: &'a Tree,
    targets: &'a Tree,
    source_grids: Vec<Option<Grid>>,
    target_grids: Vec<Option<Grid>>,
}

/// Clusters of sources as a cluster of targets sees them.
#[derive(Default)]
struct Partners {
    /// They act as a whole.
    far: Vec<usize>,
    /// They act point by point.
    near: Vec<usize>,
    /// They are left to the clusters below.
    kept: Vec<usize>,
}

impl<'a> Treecode<'a> {
    pub(super) fn new(sources: &'a Tree, targets: &'a Tree, accuracy: Accuracy) -> Self {
        let grid = |cluster: &Cluster| {
            Some(Grid::new(cluster, accuracy)).filter(|grid| cluster.points.len() > grid.total())
        };
        Self {
            sources,
            targets,
            source_grids: sources.clusters.iter().map(grid).collect(),
            target_grids: targets.clusters.iter().map(grid).collect(),
        }
    }

    /// Shares out the `pending` clusters of sources.
    fn partners(&self, target: usize, pending: &[usize]) -> Partners {
        let cluster = &self.targets.clusters[target];
        let meets = |grid: &Option<Grid>, points: &Cluster| {
            grid.as_ref().is_none_or(|grid| grid.is_far_from(points))
        };
        let mut partners = Partners::default();
        let mut open = pending.to_vec();
        while let Some(source) = open.pop() {
            let other = &self.sources.clusters[source];
            let splits_source = cluster.children.is_none() || other.radius > cluster.radius;
            if meets(&self.target_grids[target], other)
                && meets(&self.source_grids[source], cluster)
            {
                partners.far.push(source);
                continue;
            }
            match other.children {
                Some(first) if splits_source => open.extend([first + 1, first]),
                _ if cluster.children.is_some() => partners.kept.push(source),
                _ => partners.near.push(source),
            }
        }
        partners
    }

    /// The work of all sums, in pairs; what grids take among themselves is little.
    pub(super) fn cost(&self) -> f64 {
        let mut cost = 0.0;
        let mut open = vec![(0, vec![0], 0)];
        while let Some((target, pending, nodes_above)) = open.pop() {
            let partners = self.partners(target, &pending);
            let cluster = &self.targets.clusters[target];
            let points = |source: &usize| self.sources.clusters[*source].points.len();
            let actors = |source: &usize| {
                self.source_grids[*source].as_ref().map_or(points(source), Grid::total)
            };
            let targets = cluster.points.len();
            let nodes = self.target_grids[target].as_ref().map(Grid::total);
            let far = partners.far.iter().map(actors).sum::<usize>() * nodes.unwrap_or(targets);
            let near = partners.near.iter().map(points).sum::<usize>() * targets;
            let read = match nodes {
                None => nodes_above,
                Some(nodes) if cluster.children.is_none() => nodes,
                Some(_) => 0,
            };
            cost += (far + near) as f64 + READ * (read * targets) as f64;
            if let Some(first) = cluster.children {
                let nodes = nodes.unwrap_or(0);
                let below = [first, first + 1].map(|child| (child, partners.kept.clone(), nodes));
                open.extend(below);
            }
        }
        cost
    }
}

/// Sums of one set of weights.
pub(super) struct Sums<'a> {
    code: &'a Treecode<'a>,
    kernel: Kernel,
    points: Vec<Source>,
    /// What acts for the points of each cluster, in the order of its nodes; empty for one without a grid.
    proxies: Vec<Vec<Source>>,
}

/// A cluster of targets whose sums are still to be made.
pub(super) struct Visit {
    cluster: usize,
    /// Clusters of sources that do not act yet.
    pending: Vec<usize>,
    /// The cluster above and the sums at its nodes.
    above: Option<(usize, Arc<Vec<Row>>)>,
}

impl<'a> Sums<'a> {
    /// `weights` are in the order in which the sources were given.
    pub(super) fn new(code: &'a Treecode<'a>, kernel: Kernel, weights: &[Row]) -> Self {
        let tree = code.sources;
        let source =
            |(&point, &number): (&DVec3, &u32)| Source { point, weights: weights[number as usize] };
        let points = tree.points.iter().zip(&tree.numbers).map(source).collect();
        let proxies = vec![Vec::new(); tree.clusters.len()];
        let mut sums = Self { code, kernel, points, proxies };
        // Children follow their parents.
        for (number, cluster) in tree.clusters.iter().enumerate().rev() {
            let Some(grid) = &code.source_grids[number] else { continue };
            let silent = |point| Source { point, weights: [0.0; COLUMNS] };
            let mut proxies: Vec<Source> = grid.points().into_iter().map(silent).collect();
            match cluster.children {
                Some(first) => {
                    (first..first + 2).for_each(|child| grid.spread(sums.of(child), &mut proxies));
                }
                None => grid.spread(sums.points_of(number), &mut proxies),
            }
            sums.proxies[number] = proxies;
        }
        sums
    }

    /// What acts for a cluster from afar.
    fn of(&self, cluster: usize) -> &[Source] {
        match self.proxies[cluster].as_slice() {
            [] => self.points_of(cluster),
            proxies => proxies,
        }
    }

    fn points_of(&self, cluster: usize) -> &[Source] {
        &self.points[self.code.sources.clusters[cluster].points.clone()]
    }

    /// Sums at all targets, in the order in which these were given.
    pub(super) fn at_targets(&self, progress: &Progress<'_>) -> Result<Vec<Row>> {
        let mut sums = vec![[0.0; COLUMNS]; self.code.targets.points.len()];
        self.fill(&self.parts(progress)?, &mut sums, progress)?;
        Ok(self.code.targets.in_given_order(&sums))
    }

    /// Visits that make the sums of all targets, several for each thread where there are so many
    /// targets; what is above them is done.
    pub(super) fn parts(&self, progress: &Progress<'_>) -> Result<Vec<Visit>> {
        let silent = Progress::new(None, progress.flag());
        let mut parts = vec![Visit { cluster: 0, pending: vec![0], above: None }];
        while parts.len() < PARTS {
            let passes_on = |part: &Visit| {
                self.code.target_grids[part.cluster].is_some()
                    && self.code.targets.clusters[part.cluster].children.is_some()
            };
            let (open, done): (Vec<Visit>, Vec<Visit>) = parts.into_iter().partition(passes_on);
            if open.is_empty() {
                return Ok(done);
            }
            let below = parallel::map_blocks(Split::new(open.len(), 0, 1), &silent, |range| {
                open[range].iter().flat_map(|part| self.step(part, &mut [])).collect::<Vec<_>>()
            })?;
            parts = done.into_iter().chain(below.into_iter().flatten()).collect();
        }
        Ok(parts)
    }

    /// The targets of a visit, in the order of the tree.
    pub(super) fn range(&self, visit: &Visit) -> Range<usize> {
        self.code.targets.clusters[visit.cluster].points.clone()
    }

    /// Makes the sums of some parts, in the order of the tree.
    pub(super) fn fill(
        &self,
        parts: &[Visit],
        sums: &mut [Row],
        progress: &Progress<'_>,
    ) -> Result<()> {
        let found = parallel::map_blocks(Split::new(parts.len(), 0, 1), progress, |range| {
            let sums = |part: &Visit| {
                let mut sums = vec![[0.0; COLUMNS]; self.range(part).len()];
                self.visit(part, &mut sums);
                sums
            };
            parts[range].iter().map(sums).collect::<Vec<_>>()
        })?;
        for (part, found) in parts.iter().zip(found.into_iter().flatten()) {
            sums[self.range(part)].copy_from_slice(&found);
        }
        Ok(())
    }

    /// Adds all that is left to the sums of a visit's targets.
    fn visit(&self, visit: &Visit, sums: &mut [Row]) {
        let start = self.range(visit).start;
        for below in self.step(visit, sums) {
            let range = self.range(&below);
            self.visit(&below, &mut sums[range.start - start..range.end - start]);
        }
    }

    /// Adds what acts on a cluster of targets as a whole at its nodes, or to the sums of its targets where
    /// it has no grid or is a leaf. What is left to do are the visits that it returns.
    fn step(&self, visit: &Visit, sums: &mut [Row]) -> Vec<Visit> {
        let Visit { cluster: number, pending, above } = visit;
        let cluster = &self.code.targets.clusters[*number];
        let targets = &self.code.targets.points[cluster.points.clone()];
        let partners = self.code.partners(*number, pending);
        let grid_of = |number: usize| self.code.target_grids[number].as_ref();
        let above = above.as_ref().map(|(above, sums)| (grid_of(*above).expect("has sums"), sums));
        let add = |sources: &[Source], targets: &[DVec3], sums: &mut [Row]| {
            self.kernel.run(AddSums { sources, targets, sums });
        };
        let far: Vec<Source> = partners.far.iter().flat_map(|&far| self.of(far)).copied().collect();
        let mut passed_on = None;
        if let Some(grid) = grid_of(*number) {
            let places = grid.points();
            let mut at_nodes = above.map_or_else(
                || vec![[0.0; COLUMNS]; places.len()],
                |(above, sums)| above.read_at_nodes(sums, grid),
            );
            add(&far, &places, &mut at_nodes);
            if cluster.children.is_none() {
                grid.read(&at_nodes, targets, sums);
            }
            passed_on = Some((*number, Arc::new(at_nodes)));
        } else {
            if let Some((above, at_nodes)) = above {
                above.read(at_nodes, targets, sums);
            }
            add(&far, targets, sums);
        }
        if cluster.children.is_none() {
            let near = partners.near.iter().flat_map(|&near| self.points_of(near));
            add(&near.copied().collect::<Vec<_>>(), targets, sums);
        }
        let below =
            |cluster| Visit { cluster, pending: partners.kept.clone(), above: passed_on.clone() };
        cluster.children.map_or(0..0, |first| first..first + 2).map(below).collect()
    }
}
