//! Normals of an outfit averaged over a radius, its faces first turned to the body's side.
//!
//! Only faces in cells beside those of queries are turned: which side a face is on takes as long to find as an
//! average does.

use std::borrow::Cow;
use std::ops::Range;

use glam::{DVec3, Vec3};

use super::surface_angles::{Faces, normal_of};
use crate::Result;
use crate::geometry::octet_points::{splat_point, squared_distances};
use crate::geometry::surface::Surface;
use crate::mesh::normals::vertex_normals;
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check};
use crate::spatial::cell_grid::{CellGrid, gather_runs};

/// Points that one thread works on at the least.
const LEAST_BLOCK: usize = 1024;

/// What the largest coordinate of all normals becomes in single precision: areas 2²¹⁶ times smaller keep their
/// digits, and the sum of 2³² faces does not overflow.
const LARGEST_NORMAL: f64 = (1_u128 << 90) as f64;

/// Centre and normal of no face.
const FILL: [f32; 6] = [f32::INFINITY, f32::INFINITY, f32::INFINITY, 0.0, 0.0, 0.0];

/// [`averaged_normals`] at vertices of the faces' mesh; where that is 0, the vertex's own normal.
///
/// - `points`: `#V by 3`, finite; `triangles`: `#T by 3` vertex numbers of them;
/// - `own`: `#V by 3`, finite; `None` takes the mesh's [`vertex_normals`];
/// - `vertices`: the numbers of those that are wanted, `#Q`.
///
/// Returns `#Q by 3`, not normalised.
///
/// # Errors
/// No memory, a cancel.
pub(super) fn averaged_vertex_normals(
    body: &Surface,
    (points, triangles): (&[Vec3], &[[u32; 3]]),
    own: Option<&[Vec3]>,
    vertices: &[u32],
    radius: f32,
    progress: &Progress<'_>,
) -> Result<Vec<DVec3>> {
    let faces = Faces::new(points, triangles);
    let queries: Vec<Vec3> = vertices.iter().map(|vertex| points[*vertex as usize]).collect();
    let mut normals = averaged_normals(body, &faces, &queries, radius, progress)?;
    if normals.contains(&DVec3::ZERO) {
        let own = own.map_or_else(|| vertex_normals(points, triangles).into(), Cow::Borrowed);
        for (normal, vertex) in normals.iter_mut().zip(vertices) {
            if *normal == DVec3::ZERO {
                *normal = own[*vertex as usize].as_dvec3();
            }
        }
    }
    Ok(normals)
}

/// Normals averaged over a radius: for each query `Σ_f area_f (1 − d_f / r) n_f` over the faces whose
/// centres lie within `r`, `d_f` the distance to the centre, `n_f` the face's normal, flipped where it points
/// against the nearest body face. Not normalised; 0 where there is no face, and for a radius of 0.
///
/// - `queries`: `#Q by 3`, finite;
/// - `radius`: metres, not negative, finite.
///
/// # Errors
/// No memory, a cancel.
fn averaged_normals(
    body: &Surface,
    faces: &Faces,
    queries: &[Vec3],
    radius: f32,
    progress: &Progress<'_>,
) -> Result<Vec<DVec3>> {
    let mut sums = vec![DVec3::ZERO; queries.len()];
    if radius == 0.0 {
        return Ok(sums);
    }
    // One list of both: each query's cell names the faces around it.
    let points = [faces.centres.as_slice(), queries].concat();
    check::numbered_by_u32("points and triangles", points.len())?;
    let grid = CellGrid::new(&points, radius)?;
    let cells = FaceCells::new(body, faces, &grid, &progress.part(0.0, 0.5))?;
    let split = Split::new(points.len(), 0, LEAST_BLOCK);
    let blocks = parallel::map_blocks(split, &progress.part(0.5, 1.0), |positions| {
        cells.average(positions, radius)
    })?;
    for (query, sum) in blocks.into_iter().flatten() {
        sums[query as usize] = sum;
    }
    Ok(sums)
}

/// The faces beside queries, in the order of a grid in which faces are numbered before queries.
struct FaceCells<'a> {
    grid: &'a CellGrid,
    face_count: usize,
    /// How many of the faces come before each position of the grid, and before its end.
    ranks: Vec<u32>,
    /// x, y and z of the centres and of the turned normals, these times `scale`.
    columns: [Vec<f32>; 6],
    scale: f64,
}

impl<'a> FaceCells<'a> {
    fn new(
        body: &Surface,
        faces: &Faces,
        grid: &'a CellGrid,
        progress: &Progress<'_>,
    ) -> Result<Self> {
        let face_count = faces.normals.len();
        let (near, ranks) = faces_beside_queries(grid, face_count);
        let centres: Vec<Vec3> = near.iter().map(|face| faces.centres[*face as usize]).collect();
        let normals: Vec<DVec3> = near.iter().map(|face| faces.normals[*face as usize]).collect();
        let nearest = body.nearest_triangles(&centres, progress)?;
        let largest = normals.iter().fold(0.0, |most: f64, n| most.max(n.abs().max_element()));
        // Finite where no face has an area.
        let scale = LARGEST_NORMAL / largest.max(f64::MIN_POSITIVE.sqrt());
        let turned = |(normal, nearest): (&DVec3, &u32)| {
            let is_against = normal.dot(normal_of(body, *nearest)) < 0.0;
            (*normal * if is_against { -scale } else { scale }).as_vec3()
        };
        let turned: Vec<Vec3> = normals.iter().zip(&nearest).map(turned).collect();
        let columns = [0, 1, 2, 3, 4, 5].map(|column| {
            let vectors = if column < 3 { &centres } else { &turned };
            vectors.iter().map(|vector| vector[column % 3]).collect()
        });
        Ok(Self { grid, face_count, ranks, columns, scale })
    }

    /// The sums of the queries among these positions.
    fn average(&self, positions: Range<usize>, radius: f32) -> Vec<(u32, DVec3)> {
        let rank = |position: usize| self.ranks[position] as usize;
        let mut sums = Vec::new();
        let (mut faces, mut near) = (Vec::new(), [(); 6].map(|()| Vec::new()));
        self.grid.for_each_cell(positions, |cell, runs| {
            let is_face = |index: &u32| (*index as usize) < self.face_count;
            let face_count = self.grid.indices()[cell.clone()].partition_point(is_face);
            let queries = cell.start + face_count..cell.end;
            if queries.is_empty() {
                return;
            }
            faces.clear();
            faces.extend(runs.iter().map(|run| rank(run.start)..rank(run.end)));
            for ((column, near), fill) in self.columns.iter().zip(&mut near).zip(FILL) {
                gather_runs(column, &faces, fill, near);
            }
            for position in queries {
                let query = self.grid.indices()[position] - self.face_count as u32;
                let point = self.grid.point(position);
                let mut sum = DVec3::ZERO;
                octets::dispatch(Average { near: &near, point, radius, sum: &mut sum });
                sums.push((query, sum / self.scale));
            }
        });
        sums
    }
}

/// The faces in cells beside those of queries, in the order of the grid, and how many of them come before
/// each of its positions and its end.
fn faces_beside_queries(grid: &CellGrid, face_count: usize) -> (Vec<u32>, Vec<u32>) {
    let is_face = |index: u32| (index as usize) < face_count;
    let mut is_beside = vec![false; grid.len()];
    grid.for_each_cell(0..grid.len(), |cell, runs| {
        // Queries come last in a cell.
        if !is_face(grid.indices()[cell.end - 1]) {
            runs.iter().for_each(|run| is_beside[run.clone()].fill(true));
        }
    });
    let (mut faces, mut ranks) = (Vec::new(), Vec::with_capacity(grid.len() + 1));
    for (&index, is_beside) in grid.indices().iter().zip(is_beside) {
        ranks.push(faces.len() as u32);
        if is_beside && is_face(index) {
            faces.push(index);
        }
    }
    ranks.push(faces.len() as u32);
    (faces, ranks)
}

/// The sum of one query.
struct Average<'a> {
    /// x, y and z of centres and normals, in whole octets.
    near: &'a [Vec<f32>; 6],
    point: [f32; 3],
    radius: f32,
    sum: &'a mut DVec3,
}

impl OctetKernel for Average<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { near, point, radius, sum } = self;
        let octet_count = near[0].len() / 8;
        let [xs, ys, zs, normals @ ..] =
            near.each_ref().map(|column| &column.as_chunks().0[..octet_count]);
        let point = splat_point(octets, point);
        let (none, one) = (octets.splat(0.0), octets.splat(1.0));
        let slope = octets.splat(1.0 / radius);
        let mut sums = [none; 3];
        for octet in 0..octet_count {
            let squared = squared_distances(octets, [&xs[octet], &ys[octet], &zs[octet]], point);
            let fall = octets.multiply(octets.square_root(squared), slope);
            let share = octets.larger(octets.subtract(one, fall), none);
            for (sum, normals) in sums.iter_mut().zip(normals) {
                *sum = octets.add_product(*sum, share, octets.load(&normals[octet]));
            }
        }
        let total = |octet| octets.store(octet).into_iter().map(f64::from).sum::<f64>();
        *sum = DVec3::from(sums.map(total));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_weigh_by_area_and_distance() {
        let body = Surface::new(&[Vec3::ZERO, Vec3::X, Vec3::Y], &[[0, 1, 2]]).unwrap();
        let faces = Faces {
            centres: vec![Vec3::ZERO, Vec3::X * 0.5, Vec3::X * 3.0],
            normals: vec![-DVec3::Z, DVec3::new(0.0, 4.0, 1.0), DVec3::X],
        };
        let queries = [Vec3::ZERO, Vec3::X * 9.0];
        let found = averaged_normals(&body, &faces, &queries, 1.0, &Progress::none()).unwrap();
        assert_eq!(found, [DVec3::new(0.0, 2.0, 1.5), DVec3::ZERO]);
        let found = averaged_normals(&body, &faces, &queries, 0.0, &Progress::none()).unwrap();
        assert_eq!(found, [DVec3::ZERO; 2]);
        let flat = Faces { normals: vec![DVec3::ZERO; 3], ..faces };
        let found = averaged_normals(&body, &flat, &queries, 1.0, &Progress::none()).unwrap();
        assert_eq!(found, [DVec3::ZERO; 2]);
    }
}
