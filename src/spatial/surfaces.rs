//! Surfaces from the shared index cache.

use std::sync::Arc;

use glam::Vec3;

use super::cache::{Cache, Cached, Key};
use crate::Result;
use crate::geometry::surface::Surface;

impl Cached for Surface {
    fn bytes(&self) -> usize {
        Surface::bytes(self)
    }
}

/// The surface of `points` (`#V by 3`) and `triangles` (`#T by 3`) from the shared cache, built there
/// where it is not kept yet.
///
/// # Errors
/// As [`Surface::new`].
pub fn acquire(points: &[Vec3], triangles: &[[u32; 3]]) -> Result<Arc<Surface>> {
    let content = [bytemuck::cast_slice(points), bytemuck::cast_slice(triangles)];
    let key = Key::new::<Surface>(&content);
    Cache::shared().get_or_build(key, || Surface::new(points, triangles))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_meshes_share_a_surface_and_others_do_not() {
        let points = [Vec3::ZERO, Vec3::X, Vec3::Y];
        let first = acquire(&points, &[[0, 1, 2]]).unwrap();
        assert!(Arc::ptr_eq(&first, &acquire(&points, &[[0, 1, 2]]).unwrap()));
        assert!(!Arc::ptr_eq(&first, &acquire(&points, &[[0, 2, 1]]).unwrap()));
        let moved = points.map(|point| point + Vec3::Z);
        assert!(!Arc::ptr_eq(&first, &acquire(&moved, &[[0, 1, 2]]).unwrap()));
        assert!(acquire(&points, &[[0, 1, 3]]).is_err());
    }
}
