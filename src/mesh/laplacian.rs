//! The cotangent Laplacian and the mass matrix of a triangle mesh, for meshes as artists leave them.
//!
//! Each triangle contributes the Dirichlet energy of a linear function on it, `½ Σ cot θ_k (w_i − w_j)²`
//! over its edges ij with the opposite angles θ_k (Pinkall and Polthier 1993), and a third of its area to
//! each corner's mass. Such a sum of energies needs no manifold: edges with three faces, faces twice,
//! and flipped faces all give a symmetric matrix that is negative semidefinite with rows that sum to 0.
//!
//! What breaks cotangents is a triangle without area. As in Sharp and Crane, "A Laplacian for
//! Nonmanifold Triangle Meshes" (SGP 2020), the lengths of the edges are *mollified*: with the mean
//! length ℓ and δ = 1e-5 ℓ, the smallest ε is added to all lengths for which every triangle keeps
//! `l_ij + l_jk − l_ki ≥ δ`. All arithmetic then uses lengths alone, so that any triangle has
//! finite cotangents. Where no triangle is that thin, ε is 0 and the matrix the usual one.
//!
//! Not done: the Delaunay flips of that paper, which give cotangents that are not negative. The
//! biharmonic energy ([`crate::weights::inpaint`]) has no maximum principle to keep.

use glam::Vec3;

use crate::Result;
use crate::linear::csr::CsrMatrix;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};

/// δ: by how much a triangle's two shorter sides exceed the third at the least, relative to the mean
/// length of all edges.
const MOLLIFICATION: f64 = 1e-5;

/// The least mass of a vertex, relative to the mean: a vertex whose triangles have no area must not
/// make M⁻¹ overflow, and one without triangles has no mass of its own.
const LEAST_MASS: f64 = 1e-6;

/// Triangles that one thread measures at the least.
const LEAST_TRIANGLES: usize = 2_048;

/// The Laplacian L and the lumped mass matrix M.
#[derive(Clone, Debug)]
pub struct Laplacian {
    /// L, `#V by #V`: negative semidefinite, symmetric, rows sum to 0; the diagonal is stored.
    pub matrix: CsrMatrix,
    /// Diagonal of M, `#V`, square metres, positive.
    pub mass: Vec<f64>,
}

impl Laplacian {
    /// Builds both.
    ///
    /// - `points`: `#V by 3`, finite;
    /// - `triangles`: `#T by 3` vertex numbers. A corner used twice is taken as an edge without length.
    ///
    /// # Errors
    /// Names the first coordinate or vertex number that breaks these rules; memory that cannot be had.
    pub fn new(points: &[Vec3], triangles: &[[u32; 3]]) -> Result<Self> {
        check::numbered_by_u32("`points`", points.len())?;
        check::finite("points", bytemuck::cast_slice::<Vec3, f32>(points))?;
        check::indices("triangles", triangles.as_flattened(), points.len())?;
        let mut mass = memory::try_filled("mass matrix", 0.0, points.len())?;
        let shapes = shapes(&mollified_lengths(points, triangles)?)?;
        for (triangle, shape) in triangles.iter().zip(&shapes) {
            triangle.iter().for_each(|corner| mass[*corner as usize] += shape.area / 3.0);
        }
        floor_mass(&mut mass);
        let edges = triangles.iter().zip(&shapes).flat_map(|([a, b, c], shape)| {
            let [at_a, at_b, at_c] = shape.half_cotangents;
            [(*b, *c, at_a), (*c, *a, at_b), (*a, *b, at_c)]
        });
        Ok(Self { matrix: CsrMatrix::graph_laplacian(points.len(), edges)?, mass })
    }
}

/// What a triangle contributes.
#[derive(Clone, Copy, Default)]
struct Shape {
    area: f64,
    /// Of the angles at its corners.
    half_cotangents: [f64; 3],
}

/// Of triangles whose edges have these lengths, `[k]` opposite corner k.
fn shapes(lengths: &[[f64; 3]]) -> Result<Vec<Shape>> {
    let mut shapes = memory::try_filled("Laplacian", Shape::default(), lengths.len())?;
    let split = Split::new(lengths.len(), 0, LEAST_TRIANGLES);
    parallel::fill_rows(split, &mut shapes, 1, &Progress::none(), |range, shapes| {
        for (lengths, shape) in lengths[range].iter().zip(shapes) {
            let area = area(lengths);
            let half_cotangents = [0, 1, 2].map(|corner| half_cotangent(lengths, corner, area));
            *shape = Shape { area, half_cotangents };
        }
    })?;
    Ok(shapes)
}

/// Lengths of each triangle's edges, `[k]` opposite corner k, after mollification.
fn mollified_lengths(points: &[Vec3], triangles: &[[u32; 3]]) -> Result<Vec<[f64; 3]>> {
    let mut lengths = memory::try_filled("edge lengths", [0.0; 3], triangles.len())?;
    let split = Split::new(triangles.len(), 0, LEAST_TRIANGLES);
    parallel::fill_rows(split, &mut lengths, 1, &Progress::none(), |range, lengths| {
        for (triangle, lengths) in triangles[range].iter().zip(lengths) {
            let [a, b, c] = triangle.map(|vertex| points[vertex as usize].as_dvec3());
            *lengths = [b.distance(c), c.distance(a), a.distance(b)];
        }
    })?;
    let mean = lengths.iter().flatten().sum::<f64>() / (3 * lengths.len()).max(1) as f64;
    // Points that all coincide have no length to go by.
    let least = if mean > 0.0 { MOLLIFICATION * mean } else { MOLLIFICATION };
    let lacking = |[a, b, c]: &[f64; 3]| least - (b + c - a).min(c + a - b).min(a + b - c);
    let epsilon = lengths.iter().map(lacking).fold(0.0, f64::max);
    if epsilon > 0.0 {
        lengths.iter_mut().flatten().for_each(|length| *length += epsilon);
    }
    Ok(lengths)
}

/// Heron's formula in Kahan's order, which keeps its digits for needles.
fn area(lengths: &[f64; 3]) -> f64 {
    let mut sorted = *lengths;
    sorted.sort_unstable_by(f64::total_cmp);
    let [c, b, a] = sorted;
    0.25 * ((a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))).max(0.0).sqrt()
}

/// ½ cot of the angle at `corner`: (b² + c² − a²) / (8 · area), a opposite.
fn half_cotangent(lengths: &[f64; 3], corner: usize, area: f64) -> f64 {
    let [a, b, c] = [lengths[corner], lengths[(corner + 1) % 3], lengths[(corner + 2) % 3]];
    (b * b + c * c - a * a) / (8.0 * area)
}

fn floor_mass(mass: &mut [f64]) {
    let total: f64 = mass.iter().sum();
    let least = LEAST_MASS * if total > 0.0 { total / mass.len() as f64 } else { 1.0 };
    mass.iter_mut().for_each(|mass| *mass = mass.max(least));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dense(matrix: &CsrMatrix) -> Vec<Vec<f64>> {
        (0..matrix.row_count())
            .map(|row| {
                let mut values = vec![0.0; matrix.row_count()];
                matrix.row(row).for_each(|(column, value)| values[column] += value);
                values
            })
            .collect()
    }

    /// Checked for any triangles at all: non-manifold, doubled, degenerate, with coinciding points.
    fn assert_laplacian(laplacian: &Laplacian, probe: &[f64]) {
        let rows = dense(&laplacian.matrix);
        let largest = rows.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
        let mut energy = 0.0;
        for (i, row) in rows.iter().enumerate() {
            assert!(row.iter().all(|value| value.is_finite()));
            assert!(row.iter().sum::<f64>().abs() <= 1e-9 * largest);
            for (j, value) in row.iter().enumerate() {
                assert!((value - rows[j][i]).abs() <= 1e-12 * largest);
                energy -= probe[i] * value * probe[j];
            }
        }
        assert!(energy >= -1e-9 * largest, "{energy}");
        assert!(laplacian.mass.iter().all(|mass| mass.is_finite() && *mass > 0.0));
    }

    proptest! {
        #[test]
        fn any_triangles_give_a_laplacian(
            corners in prop::collection::vec(prop::array::uniform3(0_u8..3), 12),
            triangles in prop::collection::vec(prop::array::uniform3(0_u32..12), 0..30),
            probe in prop::collection::vec(-1.0_f64..1.0, 12),
        ) {
            // On a coarse grid many points coincide and many triangles have no area.
            let points: Vec<Vec3> =
                corners.iter().map(|corner| Vec3::from(corner.map(f32::from)) * 0.01).collect();
            assert_laplacian(&Laplacian::new(&points, &triangles).unwrap(), &probe);
        }
    }

    #[test]
    fn a_right_triangle_has_its_cotangents() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::Y];
        let laplacian = Laplacian::new(&points, &[[0, 1, 2]]).unwrap();
        let expected = [[-1.0, 0.5, 0.5], [0.5, -0.5, 0.0], [0.5, 0.0, -0.5]];
        for (row, expected) in dense(&laplacian.matrix).iter().zip(expected) {
            for (value, expected) in row.iter().zip(expected) {
                assert!((value - expected).abs() < 1e-12);
            }
        }
        laplacian.mass.iter().for_each(|mass| assert!((mass - 1.0 / 6.0).abs() < 1e-12));
    }

    #[test]
    fn no_triangles_and_no_points_are_fine() {
        assert_laplacian(&Laplacian::new(&[], &[]).unwrap(), &[]);
        assert_laplacian(&Laplacian::new(&[Vec3::ONE], &[]).unwrap(), &[1.0]);
        let same = [Vec3::ONE; 3];
        assert_laplacian(&Laplacian::new(&same, &[[0, 1, 2]]).unwrap(), &[1.0, 0.0, -1.0]);
    }
}
