//! A sparse matrix G with G K Gᵀ ≈ 1 for the system's positive definite part K.
//!
//! Points are taken from coarse to fine. Row i of G makes the interpolation error at point i from the
//! values at the nearest points before it: it solves the system of these few alone, the last row of the
//! inverse of their Cholesky factor. Kernels whose influence is screened by near points (r, and the
//! multiquadric of a small width) make G a close inverse factor however many points there are
//! (Vecchia 1988; Schäfer, Katzfuss, Owhadi, "Sparse Cholesky factorization by Kullback-Leibler
//! minimization", 2021).

use glam::Vec3;

use super::simplex::PerPivot;
use super::sums::COLUMNS;
use super::system::{Row, System};
use crate::Result;
use crate::geometry::curve::curve_order;
use crate::runtime::Progress;
use crate::runtime::parallel::{self, Split};
use crate::spatial::PointIndex;

/// Points that a row takes into account.
const NEIGHBORS: usize = 30;

/// Points looked at to find as many earlier ones; at least half of those near are earlier.
const CANDIDATES: usize = 3 * NEIGHBORS;

/// The rows of G over the points that are no pivots.
pub(super) struct SparseInverse {
    rows: Vec<SparseRow>,
}

/// Entries of a row, the row's own point last.
struct SparseRow {
    points: Vec<u32>,
    values: Vec<f64>,
}

impl SparseInverse {
    pub(super) fn new(system: &System, progress: &Progress<'_>) -> Result<Self> {
        let points: Vec<Vec3> =
            system.others.iter().map(|&index| system.points[index].as_vec3()).collect();
        let order = coarse_to_fine(&points)?;
        let neighborhoods = nearest_before(&points, &order, &progress.part(0.0, 0.4))?;
        let (l, b) = system.reduction();
        let local = Local { system, l: &l, b: &b };
        let split = Split::new(points.len(), 0, 16);
        let rows = parallel::map_blocks(split, &progress.part(0.4, 1.0), |range| {
            neighborhoods[range].iter().map(|points| local.row(points)).collect::<Vec<_>>()
        })?;
        Ok(Self { rows: rows.into_iter().flatten().collect() })
    }

    /// Gᵀ G r.
    pub(super) fn apply(&self, residual: &[Row]) -> Vec<Row> {
        let mut out = vec![[0.0; COLUMNS]; residual.len()];
        for SparseRow { points, values } in &self.rows {
            let mut sum = [0.0; COLUMNS];
            for (&point, value) in points.iter().zip(values) {
                let numbers = residual[point as usize];
                (0..COLUMNS).for_each(|column| sum[column] += value * numbers[column]);
            }
            for (&point, value) in points.iter().zip(values) {
                let out = &mut out[point as usize];
                (0..COLUMNS).for_each(|column| out[column] += value * sum[column]);
            }
        }
        out
    }
}

/// The points along a space-filling curve, every second one last, every fourth one before these, and
/// so on: the places in the curve by their bits in reverse.
fn coarse_to_fine(points: &[Vec3]) -> Result<Vec<u32>> {
    let curve = curve_order(points)?;
    let bits = usize::BITS - points.len().leading_zeros();
    let reversed = |place: usize| place.reverse_bits() >> (usize::BITS - bits.max(1));
    let places = (0..1_usize << bits).map(reversed);
    Ok(places.filter_map(|place| curve.get(place).copied()).collect())
}

/// For each point, in this order, the nearest ones before it, then itself.
fn nearest_before(
    points: &[Vec3],
    order: &[u32],
    progress: &Progress<'_>,
) -> Result<Vec<Vec<u32>>> {
    let mut found: Vec<Vec<u32>> = Vec::with_capacity(order.len());
    while found.len() < order.len() {
        let begin = found.len();
        let end = (2 * begin).clamp(CANDIDATES.min(order.len()), order.len());
        let ordered: Vec<Vec3> = order[..end].iter().map(|&point| points[point as usize]).collect();
        let k = CANDIDATES.min(end);
        let queries = &ordered[begin..];
        let mut near = vec![0; queries.len() * k];
        let mut distances = vec![0.0; queries.len() * k];
        PointIndex::new(&ordered)?.k_nearest(
            queries,
            k,
            f32::INFINITY,
            &mut near,
            &mut distances,
            &Progress::none(),
        )?;
        for (place, near) in (begin..end).zip(near.chunks_exact(k)) {
            let before = near.iter().filter(|&&other| (other as usize) < place).take(NEIGHBORS);
            let places = before.copied().chain([place as u32]);
            found.push(places.map(|place| order[place as usize]).collect());
        }
        progress.advance(end as f32 / order.len() as f32)?;
    }
    Ok(found)
}

/// Entries of the positive definite part.
struct Local<'a> {
    system: &'a System,
    l: &'a [PerPivot],
    b: &'a [PerPivot],
}

impl Local<'_> {
    fn entry(&self, one: usize, other: usize) -> f64 {
        let dot = |a: &PerPivot, b: &PerPivot| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let System { kernel, points, diagonal, others, .. } = self.system;
        let squared = points[others[one]].distance_squared(points[others[other]]);
        let own = if one == other { diagonal[others[one]] } else { 0.0 };
        kernel.value(squared) + own
            - dot(&self.l[one], &self.b[other])
            - dot(&self.b[one], &self.l[other])
    }

    /// The last row of L⁻¹, with the points' part of K as L Lᵀ; where rounding leaves no such L, the
    /// point alone.
    fn row(&self, points: &[u32]) -> SparseRow {
        let at = |index: usize| points[index] as usize;
        let size = points.len();
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let products: f64 =
                    (0..column).map(|k| lower[row * size + k] * lower[column * size + k]).sum();
                let rest = self.entry(at(row), at(column)) - products;
                if row > column {
                    lower[row * size + column] = rest / lower[column * size + column];
                } else if rest > 0.0 {
                    lower[row * size + row] = rest.sqrt();
                } else {
                    return self.alone(points[size - 1]);
                }
            }
        }
        let mut values = vec![0.0; size];
        for row in (0..size).rev() {
            let products: f64 = (row + 1..size).map(|k| lower[k * size + row] * values[k]).sum();
            let right = if row + 1 == size { 1.0 } else { 0.0 };
            values[row] = (right - products) / lower[row * size + row];
        }
        SparseRow { points: points.to_vec(), values }
    }

    fn alone(&self, point: u32) -> SparseRow {
        let entry = self.entry(point as usize, point as usize).max(f64::MIN_POSITIVE);
        SparseRow { points: vec![point], values: vec![1.0 / entry.sqrt()] }
    }
}
