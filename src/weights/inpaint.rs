//! Inpainting of skin weights over a mesh: vertices whose weights are known keep them, the others take
//! those of the smoothest extension.
//!
//! The extension minimises, for each group's weights w,
//!
//! ```text
//! wᵀ (−L + L M⁻¹ L) w + Σ_i m_i c_i (w_i − w⁰_i)²
//! ```
//!
//! with the cotangent Laplacian L and the masses m ([`Laplacian`]). The first term is the energy of
//! Abdrashitov, Raichstat, Monsen and Hill, "Robust Skin Weights Transfer via Weight Inpainting"
//! (SIGGRAPH Asia 2023). The second one is ours: a vertex that is not fixed may still have a weight
//! w⁰ that is worth something, with the confidence c (1/m⁴). Where c = ℓ⁻⁴, details of w⁰ smaller than
//! about ℓ are smoothed away, and larger ones stay.
//!
//! Setting the derivative to zero gives one linear system for all groups, `(Q_UU + M C) w_U = M C w⁰ −
//! Q_UF w_F` (U unknown, F fixed), which falls apart into blocks: unknown vertices that no chain of
//! entries of Q joins. So weights cannot pass from one island to another, and a block's solution needs
//! only the groups that its surroundings have.

use glam::Vec3;
use parking_lot::Mutex;

use crate::Result;
use crate::linear::cholesky::Cholesky;
use crate::linear::symmetric::SymmetricRows;
use crate::mesh::components::DisjointSets;
use crate::mesh::laplacian::Laplacian;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};

/// Small systems share a factorisation until it has this many unknowns: 10,000 buttons would
/// otherwise need 10,000.
const LEAST_BLOCK: usize = 1024;

/// Right-hand sides solved together. Fixed, since it may change the last bits.
const COLUMNS: usize = 16;

/// Rows of Q that one thread computes at the least.
const LEAST_ROWS: usize = 512;

/// The factorised system of one mesh and one choice of fixed vertices; immutable, for any number of
/// weight sets.
#[derive(Debug)]
pub struct WeightInpainter {
    vertex_count: usize,
    blocks: Vec<Block>,
    unreached: Vec<u32>,
}

/// Unknown vertices that are solved together.
#[derive(Debug)]
struct Block {
    unknowns: Vec<u32>,
    /// m · c of each unknown.
    data: Vec<f64>,
    /// Entries of Q_UF: (unknown's number in the block, fixed vertex, value).
    couplings: Vec<(u32, u32, f64)>,
    factor: Cholesky,
}

/// Rows of Q for the unknown vertices, in the parts in which the threads made them.
struct EnergyRows {
    unknowns: Vec<u32>,
    parts: Vec<ConsecutiveRows>,
}

struct ConsecutiveRows {
    first: usize,
    ends: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

/// What the blocks are made of.
struct System<'a> {
    rows: EnergyRows,
    points: &'a [Vec3],
    /// `#V`.
    fixed: &'a [u8],
    /// `#V`: number of each unknown in its block, in which its unknown neighbours are too.
    numbers: Vec<u32>,
}

impl WeightInpainter {
    /// Builds and factors the system.
    ///
    /// - `points`: `#V by 3`, the Laplacian's;
    /// - `fixed`: `#V`, not 0 for a vertex that keeps its weights;
    /// - `confidence`: `#V`, c of each vertex that is not fixed, 1/m⁴, finite, not negative; without
    ///   it all are 0, as in the paper.
    ///
    /// Needs about 400 bytes for each unknown vertex, and the factor, which grows a little faster than
    /// their number (some 200 entries a vertex for 50,000).
    ///
    /// # Errors
    /// Wrong lengths, a bad confidence, a cancel, or memory that cannot be had.
    pub fn new(
        laplacian: &Laplacian,
        points: &[Vec3],
        fixed: &[u8],
        confidence: Option<&[f64]>,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        let vertex_count = laplacian.mass.len();
        check::length("points", points.len(), vertex_count)?;
        check::length("fixed", fixed.len(), vertex_count)?;
        if let Some(confidence) = confidence {
            check::length("confidence", confidence.len(), vertex_count)?;
            check::finite("confidence", confidence)?;
        }
        let data = |vertex: u32| {
            let of_vertex = confidence.map_or(0.0, |confidence| confidence[vertex as usize]);
            laplacian.mass[vertex as usize] * of_vertex.max(0.0)
        };
        let rows = EnergyRows::new(laplacian, fixed, &progress.part(0.0, 0.2))?;
        let (groups, unreached) = rows.independent_groups(fixed, data);
        let mut numbers = memory::try_filled("inpainting", 0_u32, vertex_count)?;
        for group in &groups {
            for (number, row) in (0..).zip(group) {
                numbers[rows.unknowns[*row] as usize] = number;
            }
        }
        let system = System { rows, points, fixed, numbers };
        let blocks = parallel::map_blocks(
            Split::new(groups.len(), 0, 1),
            &progress.part(0.2, 1.0),
            |range| -> Result<Vec<Block>> {
                groups[range].iter().map(|group| Block::new(&system, group, data)).collect()
            },
        )?;
        let blocks = blocks.into_iter().collect::<Result<Vec<_>>>()?;
        Ok(Self { vertex_count, blocks: blocks.into_iter().flatten().collect(), unreached })
    }

    /// Number of vertices.
    pub fn vertex_count(&self) -> usize {
        self.vertex_count
    }

    /// Unknown vertices that neither a fixed vertex nor any confidence reaches, ascending: islands
    /// without a match. [`Self::inpaint`] leaves their weights alone.
    pub fn unreached(&self) -> &[u32] {
        &self.unreached
    }

    /// Writes 1 for each of [`Self::unreached`], and 0 for the other vertices.
    ///
    /// # Errors
    /// A wrong length; `out_mask` is untouched then.
    pub fn unreached_mask(&self, out_mask: &mut [u8]) -> Result<()> {
        check::length("out_mask", out_mask.len(), self.vertex_count)?;
        out_mask.fill(0);
        self.unreached.iter().for_each(|vertex| out_mask[*vertex as usize] = 1);
        Ok(())
    }

    /// Replaces the weights of the unknown vertices by the smoothest extension.
    ///
    /// The extension may overshoot [0, 1] a little; it sums to 1 where the given weights do.
    ///
    /// - `weights`: `#V by #G`, vertex-major, finite; those of the unknown vertices are w⁰.
    ///
    /// # Errors
    /// A wrong length, a number that is not finite, a cancel, or memory that cannot be had; `weights`
    /// is untouched then.
    pub fn inpaint(
        &self,
        weights: &mut [f32],
        group_count: usize,
        progress: &Progress<'_>,
    ) -> Result<()> {
        let expected = memory::checked_product("weights", self.vertex_count, group_count)?;
        check::length("weights", weights.len(), expected)?;
        check::finite("weights", weights)?;
        let tasks: Vec<(&Block, Vec<u32>)> = self
            .blocks
            .iter()
            .flat_map(|block| {
                let groups = block.groups_around(weights, group_count);
                let parts: Vec<Vec<u32>> = groups.chunks(COLUMNS).map(<[u32]>::to_vec).collect();
                parts.into_iter().map(move |groups| (block, groups))
            })
            .collect();
        let solutions = parallel::map_blocks(Split::new(tasks.len(), 0, 1), progress, |range| {
            let solve =
                |(block, groups): &(&Block, Vec<u32>)| block.solve(weights, group_count, groups);
            tasks[range].iter().map(solve).collect::<Result<Vec<_>>>()
        })?;
        let solutions = solutions.into_iter().collect::<Result<Vec<_>>>()?;
        for vertex in self.blocks.iter().flat_map(|block| &block.unknowns) {
            weights[*vertex as usize * group_count..][..group_count].fill(0.0);
        }
        for ((block, groups), solution) in tasks.iter().zip(solutions.into_iter().flatten()) {
            let size = block.unknowns.len();
            for (group, column) in groups.iter().zip(solution.chunks_exact(size)) {
                for (vertex, value) in block.unknowns.iter().zip(column) {
                    weights[*vertex as usize * group_count + *group as usize] = *value as f32;
                }
            }
        }
        Ok(())
    }
}

impl EnergyRows {
    fn new(laplacian: &Laplacian, fixed: &[u8], progress: &Progress<'_>) -> Result<Self> {
        let unknowns: Vec<u32> =
            (0..fixed.len() as u32).filter(|vertex| fixed[*vertex as usize] == 0).collect();
        let split = Split::new(unknowns.len(), 0, LEAST_ROWS);
        // One for each thread.
        let sums = Mutex::new(Vec::new());
        let parts = parallel::map_blocks(split, progress, |range| {
            let first = range.start;
            let mut sum = sums.lock().pop().unwrap_or_else(|| RowSum::new(fixed.len()));
            let mut ends = Vec::with_capacity(range.len());
            let mut entries = Vec::with_capacity(20 * range.len());
            for vertex in &unknowns[range] {
                add_energy_row(laplacian, *vertex as usize, &mut sum);
                sum.take_into(&mut entries);
                ends.push(entries.len());
            }
            sums.lock().push(sum);
            ConsecutiveRows { first, ends, entries }
        })?;
        Ok(Self { unknowns, parts })
    }

    fn row(&self, row: usize) -> &[(u32, f64)] {
        let after = self.parts.partition_point(|part| part.first <= row);
        let ConsecutiveRows { first, ends, entries } = &self.parts[after - 1];
        let start = if row == *first { 0 } else { ends[row - first - 1] };
        &entries[start..ends[row - first]]
    }

    /// Rows that belong together, small groups of them joined; and the vertices that nothing reaches.
    fn independent_groups(
        &self,
        fixed: &[u8],
        data: impl Fn(u32) -> f64,
    ) -> (Vec<Vec<usize>>, Vec<u32>) {
        let mut sets = DisjointSets::new(fixed.len());
        for (row, vertex) in self.unknowns.iter().enumerate() {
            // Q is symmetric.
            let later = self.row(row).iter().filter(|(other, _)| other > vertex);
            let unknown = later.filter(|(other, _)| fixed[*other as usize] == 0);
            unknown.for_each(|(other, _)| sets.unite(*vertex, *other));
        }
        let components = sets.into_components();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); components.count];
        let mut reached = vec![false; components.count];
        for (row, vertex) in self.unknowns.iter().enumerate() {
            let component = components.of_vertex[*vertex as usize] as usize;
            members[component].push(row);
            reached[component] |= data(*vertex) > 0.0
                || self.row(row).iter().any(|(other, _)| fixed[*other as usize] != 0);
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut unreached = Vec::new();
        for (rows, reached) in members.into_iter().zip(reached) {
            if !reached {
                unreached.extend(rows.iter().map(|row| self.unknowns[*row]));
            } else if let Some(last) = groups.last_mut().filter(|last| last.len() < LEAST_BLOCK) {
                last.extend(rows);
            } else {
                groups.push(rows);
            }
        }
        unreached.sort_unstable();
        (groups, unreached)
    }
}

/// Adds row i of Q = −L + L M⁻¹ L.
fn add_energy_row(laplacian: &Laplacian, i: usize, sum: &mut RowSum) {
    for (k, to_k) in laplacian.matrix.row(i) {
        sum.add(k, -to_k);
        let factor = to_k / laplacian.mass[k];
        laplacian.matrix.row(k).for_each(|(j, value)| sum.add(j, factor * value));
    }
}

/// A sparse row in the making, its numbers in a dense array.
struct RowSum {
    values: Vec<f64>,
    seen: Vec<bool>,
    columns: Vec<u32>,
}

impl RowSum {
    fn new(size: usize) -> Self {
        Self { values: vec![0.0; size], seen: vec![false; size], columns: Vec::new() }
    }

    #[inline]
    fn add(&mut self, column: usize, value: f64) {
        if !self.seen[column] {
            self.seen[column] = true;
            self.columns.push(column as u32);
        }
        self.values[column] += value;
    }

    /// Appends the row, columns ascending, and empties it.
    fn take_into(&mut self, entries: &mut Vec<(u32, f64)>) {
        self.columns.sort_unstable();
        for column in self.columns.drain(..) {
            self.seen[column as usize] = false;
            entries.push((column, std::mem::take(&mut self.values[column as usize])));
        }
    }
}

impl Block {
    fn new(system: &System<'_>, group: &[usize], data: impl Fn(u32) -> f64) -> Result<Self> {
        let System { rows, points, fixed, numbers } = system;
        let unknowns: Vec<u32> = group.iter().map(|row| rows.unknowns[*row]).collect();
        let data: Vec<f64> = unknowns.iter().map(|vertex| data(*vertex)).collect();
        let mut matrix = SymmetricRows::default();
        let mut couplings = Vec::new();
        for (column, (row, data)) in group.iter().zip(&data).enumerate() {
            let vertex = unknowns[column];
            for &(other, value) in rows.row(*row) {
                if fixed[other as usize] != 0 {
                    couplings.push((column as u32, other, value));
                } else if other == vertex {
                    matrix.push(column as u32, value + data);
                } else {
                    matrix.push(numbers[other as usize], value);
                }
            }
            matrix.end_row();
        }
        let places: Vec<Vec3> = unknowns.iter().map(|vertex| points[*vertex as usize]).collect();
        Ok(Self { unknowns, data, couplings, factor: Cholesky::new(&matrix, &places)? })
    }

    /// Groups that any vertex which enters the right-hand side has, ascending.
    fn groups_around(&self, weights: &[f32], group_count: usize) -> Vec<u32> {
        let mut present = vec![false; group_count];
        let mut look_at = |vertex: u32| {
            let row = &weights[vertex as usize * group_count..][..group_count];
            present.iter_mut().zip(row).for_each(|(present, weight)| *present |= *weight != 0.0);
        };
        // Sorted by unknown, couplings name a fixed vertex many times: look at it once.
        let mut around: Vec<u32> = self.couplings.iter().map(|(_, vertex, _)| *vertex).collect();
        around.sort_unstable();
        around.dedup();
        around.into_iter().for_each(&mut look_at);
        let known = self.unknowns.iter().zip(&self.data).filter(|(_, data)| **data > 0.0);
        known.for_each(|(vertex, _)| look_at(*vertex));
        (0..group_count as u32).filter(|group| present[*group as usize]).collect()
    }

    /// The solution for some groups, one column of unknowns for each.
    fn solve(&self, weights: &[f32], group_count: usize, groups: &[u32]) -> Result<Vec<f64>> {
        let size = self.unknowns.len();
        let mut columns = memory::try_filled("inpainting", 0.0, size * groups.len())?;
        for (column, group) in columns.chunks_exact_mut(size).zip(groups) {
            let weight =
                |vertex: u32| f64::from(weights[vertex as usize * group_count + *group as usize]);
            for ((right, vertex), data) in column.iter_mut().zip(&self.unknowns).zip(&self.data) {
                *right = data * weight(*vertex);
            }
            for (unknown, vertex, value) in &self.couplings {
                column[*unknown as usize] -= value * weight(*vertex);
            }
        }
        self.factor.solve_in_place(&mut columns);
        Ok(columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of `side` by `side` vertices, 1 cm apart, bent so that it is not flat.
    fn sheet(side: u32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
        let points = (0..side * side)
            .map(|v| {
                let (x, y) = ((v % side) as f32, (v / side) as f32);
                Vec3::new(x, y, (x * 0.3).sin() * (y * 0.2).cos()) * 0.01
            })
            .collect();
        let quads = (0..side - 1).flat_map(|y| (0..side - 1).map(move |x| y * side + x));
        let triangles = quads.flat_map(|v| [[v, v + 1, v + side + 1], [v, v + side + 1, v + side]]);
        (points, triangles.collect())
    }

    /// The same minimum by Gauss elimination of the dense system, in f64.
    fn dense_minimum(laplacian: &Laplacian, fixed: &[u8], c: &[f64], w: &[f64]) -> Vec<f64> {
        let n = w.len();
        let mut l = vec![vec![0.0; n]; n];
        (0..n).for_each(|i| laplacian.matrix.row(i).for_each(|(j, value)| l[i][j] = value));
        let mut system = vec![vec![0.0; n + 1]; n];
        for i in 0..n {
            if fixed[i] != 0 {
                system[i][i] = 1.0;
                system[i][n] = w[i];
                continue;
            }
            for j in 0..n {
                let squared: f64 = (0..n).map(|k| l[i][k] * l[k][j] / laplacian.mass[k]).sum();
                system[i][j] = squared - l[i][j];
            }
            system[i][i] += laplacian.mass[i] * c[i];
            system[i][n] = laplacian.mass[i] * c[i] * w[i];
        }
        for pivot in 0..n {
            let best = (pivot..n)
                .max_by(|a, b| system[*a][pivot].abs().total_cmp(&system[*b][pivot].abs()))
                .unwrap();
            system.swap(pivot, best);
            let top = system[pivot].clone();
            for row in system.iter_mut().skip(pivot + 1) {
                let factor = row[pivot] / top[pivot];
                row.iter_mut().zip(&top).for_each(|(value, top)| *value -= factor * top);
            }
        }
        let mut solution = vec![0.0; n];
        for i in (0..n).rev() {
            let rest: f64 = (i + 1..n).map(|j| system[i][j] * solution[j]).sum();
            solution[i] = (system[i][n] - rest) / system[i][i];
        }
        solution
    }

    #[test]
    fn the_extension_is_the_minimum_of_the_energy() {
        let (points, triangles) = sheet(9);
        let laplacian = Laplacian::new(&points, &triangles).unwrap();
        let fixed: Vec<u8> = (0..81).map(|v| u8::from(v % 5 == 0 || v < 9)).collect();
        let confidence: Vec<f64> =
            (0..81).map(|v| if v % 3 == 0 { 0.01 / 0.01_f64.powi(4) } else { 0.0 }).collect();
        let weights: Vec<f32> = (0..162)
            .map(|i| ((i * 37) % 100) as f32 / 100.0 * (1.0 - (i % 2) as f32 * 0.5))
            .collect();
        for confidence in [None, Some(&confidence[..])] {
            let inpainter =
                WeightInpainter::new(&laplacian, &points, &fixed, confidence, &Progress::none())
                    .unwrap();
            let mut result = weights.clone();
            inpainter.inpaint(&mut result, 2, &Progress::none()).unwrap();
            for group in 0..2 {
                let column: Vec<f64> =
                    weights.iter().skip(group).step_by(2).map(|w| f64::from(*w)).collect();
                let c = confidence.map_or(vec![0.0; 81], <[f64]>::to_vec);
                let exact = dense_minimum(&laplacian, &fixed, &c, &column);
                for (value, exact) in result.iter().skip(group).step_by(2).zip(exact) {
                    assert!((f64::from(*value) - exact).abs() < 1e-6, "{value} {exact}");
                }
            }
        }
    }

    #[test]
    fn islands_do_not_mix_and_those_that_nothing_reaches_are_left_alone() {
        let (mut points, mut triangles) = sheet(6);
        // A second sheet at the very same place, and a third that has no fixed vertex.
        let count = points.len() as u32;
        for copy in 1..3 {
            points.extend_from_within(..count as usize);
            let moved =
                triangles[..50].iter().map(|t| t.map(|v| v + copy * count)).collect::<Vec<_>>();
            triangles.extend(moved);
        }
        let laplacian = Laplacian::new(&points, &triangles).unwrap();
        let mut fixed = vec![0_u8; points.len()];
        fixed[0] = 1;
        fixed[count as usize] = 1;
        let mut weights = vec![0.25_f32; 2 * points.len()];
        weights[..2].copy_from_slice(&[1.0, 0.0]);
        weights[2 * count as usize..][..2].copy_from_slice(&[0.0, 1.0]);
        let inpainter =
            WeightInpainter::new(&laplacian, &points, &fixed, None, &Progress::none()).unwrap();
        inpainter.inpaint(&mut weights, 2, &Progress::none()).unwrap();
        assert_eq!(inpainter.unreached(), (2 * count..3 * count).collect::<Vec<_>>());
        for (vertex, row) in weights.chunks_exact(2).enumerate() {
            let expected = [[1.0, 0.0], [0.0, 1.0], [0.25, 0.25]][vertex / count as usize];
            for (weight, expected) in row.iter().zip(expected) {
                assert!((weight - expected).abs() < 1e-4, "{vertex} {row:?}");
            }
        }
    }

    #[test]
    fn ten_thousand_islands_take_few_factorisations() {
        let points: Vec<Vec3> = (0..30_000)
            .map(|v| {
                Vec3::new((v / 3) as f32, (v % 3 == 1) as u8 as f32, (v % 3 == 2) as u8 as f32)
            })
            .collect();
        let triangles: Vec<[u32; 3]> = (0..10_000).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect();
        let laplacian = Laplacian::new(&points, &triangles).unwrap();
        let fixed: Vec<u8> = (0..30_000).map(|v| u8::from(v % 3 == 0)).collect();
        let inpainter =
            WeightInpainter::new(&laplacian, &points, &fixed, None, &Progress::none()).unwrap();
        assert!(inpainter.blocks.len() < 30);
        let mut weights: Vec<f32> = (0..30_000).map(|v| (v / 3) as f32).collect();
        let expected = weights.clone();
        weights.iter_mut().enumerate().filter(|(v, _)| v % 3 != 0).for_each(|(_, w)| *w = -1.0);
        inpainter.inpaint(&mut weights, 1, &Progress::none()).unwrap();
        for (weight, expected) in weights.iter().zip(expected) {
            assert!((weight - expected).abs() <= 1e-5 * expected.max(1.0));
        }
    }

    #[test]
    fn wrong_lengths_are_named() {
        let laplacian = Laplacian::new(&[Vec3::ZERO], &[]).unwrap();
        let error = WeightInpainter::new(&laplacian, &[Vec3::ZERO], &[], None, &Progress::none())
            .unwrap_err()
            .to_string();
        assert!(error.contains("`fixed` holds 0 elements, expected 1"));
    }
}
