//! Normals of an outfit averaged over a radius, its faces first turned to the body's side.
//!
//! Faces are turned cell by cell: where all faces of a cell certainly point with, or against, whatever body
//! face may be nearest to one of them, no nearest face is asked for.

use std::borrow::Cow;
use std::ops::Range;

use glam::{DVec3, Vec3};

use super::surface_angles::{Faces, normal_of};
use crate::Result;
use crate::geometry::bounds::Bounds;
use crate::geometry::bvh::Overlaps;
use crate::geometry::normal_cones::{Cone, NormalCones};
use crate::geometry::octet_points::{splat_point, squared_distances};
use crate::geometry::surface::Surface;
use crate::mesh::normals::vertex_normals;
use crate::runtime::octets::{self, OctetKernel, Octets};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check};
use crate::spatial::cell_grid::{CellGrid, gather_runs};

/// Points that one thread works on at the least.
const LEAST_BLOCK: usize = 1024;

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
    let cells = FaceCells { grid: &grid, face_count: faces.centres.len() };
    let normals = cells.turned_normals(body, faces, &progress.part(0.0, 0.5))?;
    let split = Split::new(points.len(), 0, LEAST_BLOCK);
    let blocks = parallel::map_blocks(split, &progress.part(0.5, 1.0), |positions| {
        cells.average(positions, &normals, radius)
    })?;
    for (query, sum) in blocks.into_iter().flatten() {
        sums[query as usize] = sum;
    }
    Ok(sums)
}

/// Faces, numbered first, and queries in one grid.
struct FaceCells<'a> {
    grid: &'a CellGrid,
    face_count: usize,
}

impl FaceCells<'_> {
    /// x, y and z of the normals in the order of the grid, 0 for queries; flipped where they point against
    /// the nearest body face.
    fn turned_normals(
        &self,
        body: &Surface,
        faces: &Faces,
        progress: &Progress<'_>,
    ) -> Result<[Vec<f64>; 3]> {
        let cells: Vec<&[u32]> =
            self.grid.cells().map(|cell| self.faces_of(cell)).filter(|f| !f.is_empty()).collect();
        let bounds_of = |cell: &[u32]| Bounds::of(cell.iter().map(|f| faces.centres[*f as usize]));
        let bounds: Vec<Bounds> = cells.iter().map(|cell| bounds_of(cell)).collect();
        let middles: Vec<Vec3> = bounds.iter().map(|b| b.low.midpoint(b.high)).collect();
        let nearest = body.closest_points(&middles, f32::INFINITY, &progress.part(0.0, 0.4))?;
        let cones = NormalCones::new(body);
        let split = Split::new(cells.len(), 0, LEAST_BLOCK / 8);
        let agreements = parallel::map_blocks(split, &progress.part(0.4, 0.6), |range| {
            let mut near = Overlaps::default();
            let agreement = |cell: usize| {
                let normals = cells[cell].iter().map(|f| faces.normals[*f as usize]);
                let reach = reach(&bounds[cell], nearest[cell].distance);
                cones.agree(bounds[cell], reach, &Cone::around(normals), &mut near)
            };
            range.map(agreement).collect::<Vec<_>>()
        })?
        .concat();
        let mut against = vec![false; self.face_count];
        let mut doubtful = Vec::new();
        for (cell, agreement) in cells.iter().zip(agreements) {
            match agreement {
                Some(true) => {}
                Some(false) => cell.iter().for_each(|f| against[*f as usize] = true),
                None => doubtful.extend_from_slice(cell),
            }
        }
        let centres: Vec<Vec3> = doubtful.iter().map(|f| faces.centres[*f as usize]).collect();
        let nearest = body.nearest_triangles(&centres, &progress.part(0.6, 1.0))?;
        for (&face, &found) in doubtful.iter().zip(&nearest) {
            let face = face as usize;
            against[face] = faces.normals[face].dot(normal_of(body, found)) < 0.0;
        }
        let turned = |index: &u32| match faces.normals.get(*index as usize) {
            Some(normal) if against[*index as usize] => -*normal,
            Some(normal) => *normal,
            None => DVec3::ZERO,
        };
        let turned: Vec<DVec3> = self.grid.indices().iter().map(turned).collect();
        Ok([0, 1, 2].map(|axis| turned.iter().map(|normal| normal[axis]).collect()))
    }

    /// The faces of a cell, which come before its queries.
    fn faces_of(&self, cell: Range<usize>) -> &[u32] {
        let indices = &self.grid.indices()[cell];
        &indices[..indices.partition_point(|index| (*index as usize) < self.face_count)]
    }

    /// The sums of the queries among these positions.
    fn average(
        &self,
        positions: Range<usize>,
        normals: &[Vec<f64>; 3],
        radius: f32,
    ) -> Vec<(u32, DVec3)> {
        let mut sums = Vec::new();
        let mut near = Near::default();
        self.grid.for_each_cell(positions, |cell, runs| {
            let queries = cell.start + self.faces_of(cell.clone()).len()..cell.end;
            if queries.is_empty() {
                return;
            }
            near.gather(self.grid, normals, runs);
            for position in queries {
                let query = self.grid.indices()[position] - self.face_count as u32;
                let point = self.grid.point(position);
                let mut sum = DVec3::ZERO;
                octets::dispatch(Average { near: &near, point, radius, sum: &mut sum });
                sums.push((query, sum));
            }
        });
        sums
    }
}

/// How far from a box the surface's closest triangles may lie to any point of the box, when its middle
/// is at this distance from the surface; a little more, for rounding.
fn reach(bounds: &Bounds, distance_of_middle: f32) -> f32 {
    let size = bounds.low.abs().max(bounds.high.abs()).max_element();
    let exact = distance_of_middle + 0.5 * bounds.low.distance(bounds.high);
    exact * 1.00001 + size * 1e-6
}

/// The items that the queries of a cell may be near, in whole octets.
#[derive(Default)]
struct Near {
    coordinates: [Vec<f32>; 3],
    /// Normals by their largest coordinate, so that single precision holds areas of any size.
    normals: [Vec<f32>; 3],
    largest: f64,
    exact: Vec<f64>,
}

impl Near {
    fn gather(&mut self, grid: &CellGrid, normals: &[Vec<f64>; 3], runs: &[Range<usize>]) {
        for (gathered, axis) in self.coordinates.iter_mut().zip(grid.axes()) {
            gather_runs(axis, runs, f32::INFINITY, gathered);
        }
        let values = || normals.iter().flat_map(|axis| runs.iter().flat_map(|r| &axis[r.clone()]));
        self.largest = values().fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs()));
        let scale = 1.0 / self.largest;
        for (gathered, axis) in self.normals.iter_mut().zip(normals) {
            gather_runs(axis, runs, 0.0, &mut self.exact);
            gathered.clear();
            gathered.extend(self.exact.iter().map(|value| (value * scale) as f32));
        }
    }
}

/// The sum of one query.
struct Average<'a> {
    near: &'a Near,
    point: [f32; 3],
    radius: f32,
    sum: &'a mut DVec3,
}

impl OctetKernel for Average<'_> {
    #[inline(always)]
    fn run(self, octets: impl Octets) {
        let Self { near, point, radius, sum } = self;
        let [xs, ys, zs] = near.coordinates.each_ref().map(|axis| axis.as_chunks().0);
        let (ys, zs) = (&ys[..xs.len()], &zs[..xs.len()]);
        let normals = near.normals.each_ref().map(|axis| &axis.as_chunks().0[..xs.len()]);
        let point = splat_point(octets, point);
        let (none, one) = (octets.splat(0.0), octets.splat(1.0));
        let slope = octets.splat(1.0 / radius);
        let mut sums = [none; 3];
        for octet in 0..xs.len() {
            let squared = squared_distances(octets, [&xs[octet], &ys[octet], &zs[octet]], point);
            let fall = octets.multiply(octets.square_root(squared), slope);
            let share = octets.larger(octets.subtract(one, fall), none);
            for (sum, normals) in sums.iter_mut().zip(normals) {
                *sum = octets.add_product(*sum, share, octets.load(&normals[octet]));
            }
        }
        let total = |octet| octets.store(octet).into_iter().map(f64::from).sum::<f64>();
        *sum = DVec3::from(sums.map(total)) * near.largest;
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
    }
}
