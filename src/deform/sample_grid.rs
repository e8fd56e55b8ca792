//! The sample points of a field: an octree's cells, small near a surface and larger away from it.
//!
//! A cell of edge h whose centre has the distance d is cut into eight unless h is the base spacing or
//! `h ≤ base + growth · max(0, d − ½√3 h)`, so that no cell is larger than its nearest point asks for.
//! Edges are the base spacing times powers of two, on one lattice through the origin: the planes x = 0,
//! y = 0 and z = 0 cut no cell.

use glam::{DVec3, IVec3, Vec3};

use crate::{Error, Result};

/// Cells along the longest side of the box before the first cut, at most.
const ROOTS: f64 = 8.0;

/// Samples at most: 24 bytes each in a file, and some 100 while they are made.
const MOST_SAMPLES: usize = 50_000_000;

/// The shape of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    /// Metres, above 0: the smallest edge.
    pub(super) base_spacing: f64,
    /// Edge that a metre of distance allows, not negative.
    pub(super) growth: f64,
    /// Only cells with x > 0.
    pub(super) mirror_x: bool,
}

/// Samples and their distances, large cells first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Samples {
    pub(super) points: Vec<Vec3>,
    pub(super) distances: Vec<f32>,
}

/// The centres of the cells that touch the box from `low` to `high`.
///
/// - `distances_of`: metres to the surface, for each point.
pub(super) fn samples(
    grid: &Grid,
    (low, high): (DVec3, DVec3),
    mut distances_of: impl FnMut(&[Vec3]) -> Result<Vec<f32>>,
) -> Result<Samples> {
    let longest = (high - low).max_element();
    let level = (longest / ROOTS / grid.base_spacing).max(1.0).log2().ceil() as i32;
    let mut edge = grid.base_spacing * f64::from(level).exp2();
    let mut cells = roots(low / edge, high / edge)?;
    let mut found = Samples::default();
    for level in (0..=level).rev() {
        let (inside, centres): (Vec<IVec3>, Vec<Vec3>) = cells
            .iter()
            .map(|&cell| (cell, cell.as_dvec3() * edge))
            .filter(|(cell, corner)| {
                let kept = !grid.mirror_x || cell.x >= 0;
                kept && corner.cmple(high).all() && (*corner + edge).cmpge(low).all()
            })
            .map(|(cell, corner)| (cell, (corner + 0.5 * edge).as_vec3()))
            .unzip();
        let distances = distances_of(&centres)?;
        cells.clear();
        for ((cell, centre), distance) in inside.into_iter().zip(centres).zip(distances) {
            let nearest = (f64::from(distance) - 0.75_f64.sqrt() * edge).max(0.0);
            if level == 0 || edge <= grid.base_spacing + grid.growth * nearest {
                found.points.push(centre);
                found.distances.push(distance);
            } else {
                let corner = |number: i32| IVec3::new(number & 1, number >> 1 & 1, number >> 2);
                cells.extend((0..8).map(|number| cell * 2 + corner(number)));
            }
        }
        if found.points.len() + cells.len() > MOST_SAMPLES {
            return Err(too_many(found.points.len() + cells.len()));
        }
        edge *= 0.5;
    }
    Ok(found)
}

/// The cells of edge 1 that touch a box, x fastest.
fn roots(low: DVec3, high: DVec3) -> Result<Vec<IVec3>> {
    let (low, high) = (low.floor(), high.floor());
    if low.abs().max(high.abs()).max_element() >= f64::from(1 << 20) {
        let problem = "is too small for control points that far from the origin";
        return Err(Error::invalid("base_spacing", problem));
    }
    let (low, high) = (low.as_ivec3(), high.as_ivec3());
    let plane = |z| (low.y..=high.y).flat_map(move |y| (low.x..=high.x).map(move |x| [x, y, z]));
    Ok((low.z..=high.z).flat_map(plane).map(IVec3::from).collect())
}

fn too_many(count: usize) -> Error {
    let problem = format!(
        "asks for {count} samples and more, expected {MOST_SAMPLES} at most: take a larger one"
    );
    Error::invalid("base_spacing", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_origin(points: &[Vec3]) -> Result<Vec<f32>> {
        Ok(points.iter().map(|point| point.length()).collect())
    }

    const GRID: Grid = Grid { base_spacing: 0.01, growth: 0.5, mirror_x: false };

    #[test]
    fn cells_fill_the_box_and_grow_with_distance() {
        let (low, high) = (DVec3::splat(-0.5), DVec3::splat(0.3));
        let found = samples(&GRID, (low, high), to_origin).unwrap();
        // The edge of a cell, from how far its neighbours are on the lattice.
        let mut volume = 0.0;
        for (point, distance) in found.points.iter().zip(&found.distances) {
            assert_eq!(*distance, point.length());
            let edge = edge_of(*point);
            volume += edge.powi(3);
            let allowed = 0.01 + 0.5 * (f64::from(*distance) - 0.75_f64.sqrt() * edge).max(0.0);
            assert!(edge <= allowed + 1e-9, "{edge} at {distance}");
            let of_parent = 2.0 * edge;
            let parent = 0.01 + 0.5 * (f64::from(*distance) + 0.75_f64.sqrt() * of_parent);
            assert!(of_parent > 0.01, "{parent}");
        }
        assert!(volume >= 0.8_f64.powi(3) - 1e-9 && volume < 1.2_f64.powi(3), "{volume}");
        assert!(found.points.len() > 200 && found.points.len() < 20_000);
    }

    /// Centres of cells of edge h lie at odd multiples of h / 2.
    fn edge_of(point: Vec3) -> f64 {
        let halves = |axis: f32| (f64::from(axis) / 0.005).round() as i64;
        let half = 1_i64 << halves(point.x).trailing_zeros();
        assert!(
            [point.y, point.z]
                .iter()
                .all(|&axis| { 1_i64 << halves(axis).trailing_zeros() == half })
        );
        half as f64 * 0.01
    }

    #[test]
    fn mirrored_grids_are_the_right_half() {
        let bounds = (DVec3::splat(-0.4), DVec3::splat(0.4));
        let whole = samples(&GRID, bounds, to_origin).unwrap();
        let half = samples(&Grid { mirror_x: true, ..GRID }, bounds, to_origin).unwrap();
        let right: Vec<Vec3> = whole.points.iter().copied().filter(|point| point.x > 0.0).collect();
        assert_eq!(half.points, right);
        assert_eq!(whole.points.len(), 2 * half.points.len());
    }

    #[test]
    fn absurd_spacings_are_refused() {
        let bounds = (DVec3::ZERO, DVec3::ONE);
        let fine = Grid { base_spacing: 1e-6, growth: 0.0, mirror_x: false };
        let text = samples(&fine, bounds, to_origin).unwrap_err().to_string();
        assert!(text.contains("`base_spacing` asks for"), "{text}");
        let far = (DVec3::splat(1e7), DVec3::splat(1e7) + 1e-3);
        assert!(samples(&fine, far, to_origin).is_err());
    }
}
