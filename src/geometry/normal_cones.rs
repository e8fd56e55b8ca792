//! Which way the triangles of a surface face near a place, without asking for a closest point.
//!
//! Each leaf of the surface's tree has a cone that holds the normals of its triangles; a box and a reach
//! name the leaves whose triangles may be closest to points in the box.

use glam::DVec3;

use super::bounds::Bounds;
use super::bvh::Overlaps;
use super::surface::Surface;

/// Radians within which directions count as square to each other: far more than the rounding of angles.
const DOUBT: f64 = 1e-6;

/// Directions around an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cone {
    /// Unit.
    axis: DVec3,
    /// Radians from the axis to the outermost direction; π for all directions.
    half_angle: f64,
}

/// A cone for each leaf of a surface.
pub(crate) struct NormalCones<'a> {
    surface: &'a Surface,
    cones: Vec<Cone>,
}

impl Cone {
    /// A cone around directions of any length; all directions where one is 0, which has none.
    pub(crate) fn around(directions: impl Iterator<Item = DVec3> + Clone) -> Self {
        let units = directions.map(DVec3::normalize_or_zero);
        let axis = units.clone().sum::<DVec3>().normalize_or_zero();
        let least = units.map(|unit| unit.dot(axis)).fold(1.0, f64::min);
        let half_angle = if least <= 0.0 { std::f64::consts::PI } else { least.acos() };
        Self { axis, half_angle }
    }

    /// Whether every direction of one cone has a positive (true) or negative (false) product with every
    /// direction of the other; `None` where neither is certain.
    fn agrees(&self, other: &Self) -> Option<bool> {
        let room = std::f64::consts::FRAC_PI_2 - self.half_angle - other.half_angle - DOUBT;
        if room <= 0.0 {
            return None;
        }
        let cosine = self.axis.dot(other.axis);
        // Between the axes at most `room`, or at least π − `room`.
        (cosine.abs() >= room.cos()).then_some(cosine > 0.0)
    }
}

impl<'a> NormalCones<'a> {
    pub(crate) fn new(surface: &'a Surface) -> Self {
        let cone = |leaf| {
            let normals = surface.leaf_triangles(leaf).iter().map(|t| surface.area_normal(*t));
            Cone::around(normals)
        };
        Self { surface, cones: (0..surface.leaf_count()).map(cone).collect() }
    }

    /// Whether the surface's normals within `reach` of a box agree with directions: all products are
    /// positive (true), all are negative (false), or neither is certain (`None`).
    pub(crate) fn agree(
        &self,
        bounds: Bounds,
        reach: f32,
        directions: &Cone,
        near: &mut Overlaps,
    ) -> Option<bool> {
        let reach = glam::Vec3::splat(reach);
        let wide = Bounds { low: bounds.low - reach, high: bounds.high + reach };
        self.surface.find_leaves(&wide, near);
        let mut agreements =
            near.leaves.iter().map(|leaf| self.cones[*leaf as usize].agrees(directions));
        let first = agreements.next()??;
        agreements.all(|agreement| agreement == Some(first)).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::runtime::Progress;
    use glam::Vec3;

    #[test]
    fn cones_hold_their_directions_and_zero_leaves_all_open() {
        let up = Cone::around([DVec3::Z, DVec3::new(0.0, 1.0, 1.0)].into_iter());
        let open = Cone::around([DVec3::Z, DVec3::ZERO].into_iter());
        let along = |direction| Cone::around(std::iter::once(direction));
        assert_eq!(up.agrees(&along(DVec3::new(0.0, 1.0, 2.0))), Some(true));
        assert_eq!(up.agrees(&along(DVec3::new(0.0, -1.0, -2.0))), Some(false));
        assert_eq!(up.agrees(&along(DVec3::Y)), None);
        assert_eq!(open.agrees(&along(DVec3::Z)), None);
    }

    proptest! {
        /// What is certain is so at the closest point of every place of the box.
        #[test]
        fn certain_sides_are_those_of_the_closest_triangles(
            heights in prop::collection::vec(-1.0_f32..1.0, 36),
            corner in prop::array::uniform3(0.0_f32..5.0),
            size in 0.0_f32..1.0,
            direction in prop::array::uniform3(-1.0_f64..1.0),
        ) {
            let points: Vec<Vec3> = (0..36)
                .map(|i| Vec3::new((i % 6) as f32, (i / 6) as f32, heights[i]))
                .collect();
            let triangles: Vec<[u32; 3]> = (0..29)
                .filter(|i| i % 6 < 5)
                .flat_map(|i| [[i, i + 1, i + 7], [i, i + 7, i + 6]])
                .collect();
            let surface = Surface::new(&points, &triangles).unwrap();
            let direction = DVec3::from(direction);
            prop_assume!(direction.length() > 0.1);
            let low = Vec3::from(corner);
            let bounds = Bounds { low, high: low + Vec3::splat(size) };
            let places: Vec<Vec3> = (0..27)
                .map(|i| low + Vec3::new((i % 3) as f32, (i / 3 % 3) as f32, (i / 9) as f32) * (size / 2.0))
                .collect();
            let found = surface.closest_points(&places, f32::INFINITY, &Progress::none()).unwrap();
            let reach = found.iter().map(|found| found.distance).fold(0.0, f32::max);
            let cones = NormalCones::new(&surface);
            let directions = Cone::around(std::iter::once(direction));
            if let Some(same) = cones.agree(bounds, reach, &directions, &mut Overlaps::default()) {
                for found in found {
                    let product = surface.area_normal(found.triangle).dot(direction);
                    prop_assert!(product != 0.0 && (product > 0.0) == same);
                }
            }
        }
    }
}
