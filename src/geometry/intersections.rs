//! Intersecting triangles: within one mesh, and between two.
//!
//! Pairs of leaves of an eight-wide tree whose boxes overlap, then pairs of triangles whose boxes do,
//! then an exact decision ([`super::meeting`]). The result is sorted, and depends on nothing but the
//! meshes.

use std::ops::Range;

use glam::Vec3;

use super::bounds::Bounds;
use super::bvh::{Boxes, Bvh, Overlaps};
use super::curve::curve_order;
use super::meeting::{Corners, neighbors_meet, triangles_meet};
use super::packet::LANES;
use crate::Result;
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory, simd};

/// Leaves that one thread takes at the least.
const LEAST_BLOCK: usize = 32;

/// Pairs of triangles of one mesh that meet more than a proper mesh lets them, the lower number first
/// in a pair, pairs ascending.
///
/// Corners at the same place count as one corner, whatever their numbers. Two triangles without a
/// common corner meet where they share a point (touching counts); with one, where they share more than it;
/// with two, where they are folded onto each other; with three always. A triangle without area meets
/// only triangles with which it has no corner in common.
///
/// - `points`: `#V by 3`, finite;
/// - `triangles`: `#T by 3` vertex numbers.
///
/// # Errors
/// Names the first coordinate or vertex number that breaks these rules; a cancel.
pub fn self_intersections(
    points: &[Vec3],
    triangles: &[[u32; 3]],
    progress: &Progress<'_>,
) -> Result<Vec<[u32; 2]>> {
    let mesh = Mesh::new(("points", points), ("triangles", triangles))?;
    Pairs { mesh: &mesh, other: &mesh, of_itself: true }.find(progress)
}

/// Pairs of a triangle of one mesh and a triangle of another that share a point (touching counts),
/// pairs ascending.
///
/// - `points`, `triangles`: the first mesh, as in [`self_intersections`];
/// - `other_points`, `other_triangles`: the second one.
///
/// # Errors
/// As there.
pub fn intersections_between(
    (points, triangles): (&[Vec3], &[[u32; 3]]),
    (other_points, other_triangles): (&[Vec3], &[[u32; 3]]),
    progress: &Progress<'_>,
) -> Result<Vec<[u32; 2]>> {
    let mesh = Mesh::new(("points", points), ("triangles", triangles))?;
    let other = Mesh::new(("other_points", other_points), ("other_triangles", other_triangles))?;
    Pairs { mesh: &mesh, other: &other, of_itself: false }.find(progress)
}

/// What is looked for: triangles of `mesh` and of `other` that meet.
struct Pairs<'a> {
    mesh: &'a Mesh,
    other: &'a Mesh,
    /// Both are one mesh, of which each pair is wanted once.
    of_itself: bool,
}

impl Pairs<'_> {
    /// All pairs, sorted.
    fn find(&self, progress: &Progress<'_>) -> Result<Vec<[u32; 2]>> {
        let split = Split::new(self.mesh.leaf_bounds.len(), 0, LEAST_BLOCK);
        let blocks = parallel::map_blocks(split, progress, |leaves| {
            simd::dispatch(PairsOfLeaves { pairs: self, leaves })
        })?;
        let mut pairs = blocks.concat();
        pairs.sort_unstable();
        Ok(pairs)
    }

    fn meet(&self, t: &Corners, u: &Corners) -> bool {
        if self.of_itself { neighbors_meet(t, u) } else { triangles_meet(t, u) }
    }

    /// Adds those of a leaf and of leaves `near` it to `found`.
    #[inline(always)]
    fn find_in_leaves(&self, leaf: u32, near: &[u32], found: &mut Vec<[u32; 2]>) {
        let (mesh, other) = (self.mesh, self.other);
        for slot in slots(leaf, mesh.slots.len()) {
            let corners = &mesh.corners[slot];
            let bounds = Bounds::of(*corners);
            for &near_leaf in near {
                let mut overlaps = other.boxes[near_leaf as usize].overlaps(&bounds);
                if self.of_itself && leaf == near_leaf {
                    overlaps &= u32::MAX << (slot % LANES + 1);
                }
                while overlaps != 0 {
                    let other_slot =
                        near_leaf as usize * LANES + overlaps.trailing_zeros() as usize;
                    overlaps &= overlaps - 1;
                    if self.meet(corners, &other.corners[other_slot]) {
                        let (one, two) = (mesh.slots[slot], other.slots[other_slot]);
                        let swap = self.of_itself && two < one;
                        found.push(if swap { [two, one] } else { [one, two] });
                    }
                }
            }
        }
    }
}

/// The pairs of some leaves with all others.
struct PairsOfLeaves<'a> {
    pairs: &'a Pairs<'a>,
    leaves: Range<usize>,
}

impl simd::Kernel for PairsOfLeaves<'_> {
    type Output = Vec<[u32; 2]>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        let Pairs { mesh, other, of_itself, .. } = *self.pairs;
        let (mut near, mut found) = (Overlaps::default(), Vec::new());
        for (leaf, bounds) in self.leaves.clone().zip(&mesh.leaf_bounds[self.leaves]) {
            let leaf = leaf as u32;
            let first = if of_itself { leaf } else { 0 };
            other.bvh.find_overlaps(bounds, first, &mut near);
            self.pairs.find_in_leaves(leaf, &near.leaves, &mut found);
        }
        found
    }
}

/// The slots of a leaf, of `count` in all.
fn slots(leaf: u32, count: usize) -> Range<usize> {
    let first = leaf as usize * LANES;
    first..(first + LANES).min(count)
}

/// A mesh's triangles in the order of a tree.
struct Mesh {
    /// Number of each triangle in the tree's order.
    slots: Vec<u32>,
    corners: Vec<Corners>,
    /// The triangles' boxes, eight a leaf.
    boxes: Vec<Boxes>,
    leaf_bounds: Vec<Bounds>,
    bvh: Bvh,
}

impl Mesh {
    fn new(
        (points_name, points): (&'static str, &[Vec3]),
        (triangles_name, triangles): (&'static str, &[[u32; 3]]),
    ) -> Result<Self> {
        check::finite(points_name, bytemuck::cast_slice::<_, f32>(points))?;
        check::numbered_by_u32(triangles_name, triangles.len())?;
        check::indices(triangles_name, triangles.as_flattened(), points.len())?;
        let corners_of =
            |triangle: u32| triangles[triangle as usize].map(|corner| points[corner as usize]);
        let mut centres = memory::try_with_capacity("triangles", triangles.len())?;
        centres.extend((0..triangles.len() as u32).map(|number| {
            let Bounds { low, high } = Bounds::of(corners_of(number));
            low * 0.5 + high * 0.5
        }));
        let slots = curve_order(&centres)?;
        let corners: Vec<Corners> = slots.iter().map(|&triangle| corners_of(triangle)).collect();
        let leaves = corners.chunks(LANES);
        let leaf_bounds: Vec<Bounds> =
            leaves.clone().map(|leaf| Bounds::of(leaf.iter().flatten().copied())).collect();
        let boxes = leaves.map(|leaf| Boxes::new(leaf.iter().map(|&t| Bounds::of(t)))).collect();
        let bvh = Bvh::new(leaf_bounds.len(), |leaf| leaf_bounds[leaf])?;
        Ok(Self { slots, corners, boxes, leaf_bounds, bvh })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn between(t: [[f32; 3]; 3], u: [[f32; 3]; 3]) -> bool {
        let [t, u] = [t, u].map(|corners| corners.map(Vec3::from_array));
        let both = [triangles_meet(&t, &u), triangles_meet(&u, &t)];
        assert_eq!(both[0], both[1], "the order of the triangles plays no part");
        both[0]
    }

    fn within(points: &[[f32; 3]], triangles: &[[u32; 3]]) -> Vec<[u32; 2]> {
        let points: Vec<Vec3> = points.iter().copied().map(Vec3::from_array).collect();
        self_intersections(&points, triangles, &Progress::none()).unwrap()
    }

    const UNIT: [[f32; 3]; 3] = [[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 4.0, 0.0]];

    #[test]
    fn crossing_touching_and_apart() {
        assert!(between(UNIT, [[1.0, 1.0, -1.0], [1.0, 1.0, 1.0], [9.0, 9.0, 1.0]]));
        assert!(!between(UNIT, [[3.0, 3.0, -1.0], [3.0, 3.0, 1.0], [9.0, 9.0, 1.0]]));
        assert!(
            between(UNIT, [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [2.0, 1.0, 1.0]]),
            "corner on face"
        );
        assert!(
            between(UNIT, [[2.0, 2.0, 0.0], [5.0, 5.0, 1.0], [5.0, 5.0, 2.0]]),
            "corner on edge"
        );
        let above = f32::from_bits(1);
        assert!(
            !between(UNIT, [[1.0, 1.0, above], [1.0, 1.0, 1.0], [2.0, 1.0, 1.0]]),
            "just above"
        );
        assert!(
            between(UNIT, [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]]),
            "corner on corner"
        );
    }

    #[test]
    fn in_one_plane() {
        assert!(between(UNIT, [[1.0, 1.0, 0.0], [1.5, 1.0, 0.0], [1.0, 1.5, 0.0]]), "inside");
        assert!(between(UNIT, [[-9.0, -9.0, 0.0], [30.0, -9.0, 0.0], [-9.0, 30.0, 0.0]]), "around");
        assert!(between(UNIT, [[3.0, -1.0, 0.0], [3.0, 9.0, 0.0], [9.0, 0.0, 0.0]]), "across");
        assert!(
            !between(UNIT, [[5.0, 0.0, 0.0], [9.0, 0.0, 0.0], [5.0, 1.0, 0.0]]),
            "apart, on one line"
        );
        assert!(
            !between(UNIT, [[2.5, 2.5, 0.0], [9.0, 0.0, 0.0], [9.0, 9.0, 0.0]]),
            "boxes overlap"
        );
    }

    #[test]
    fn triangles_without_area_are_segments_and_points() {
        let segment = |p: [f32; 3], q: [f32; 3]| [p, q, p];
        assert!(between(UNIT, segment([1.0, 1.0, -1.0], [1.0, 1.0, 1.0])));
        assert!(!between(UNIT, segment([3.0, 3.0, -1.0], [3.0, 3.0, 1.0])));
        assert!(between(UNIT, segment([-1.0, 1.0, 0.0], [9.0, 1.0, 0.0])));
        assert!(between(UNIT, [[1.0, 1.0, 0.0]; 3]));
        assert!(!between(UNIT, [[1.0, 1.0, 0.5]; 3]));
        let cross = segment([0.0, 1.0, 0.0], [2.0, 1.0, 0.0]);
        assert!(between(cross, segment([1.0, 0.0, 0.0], [1.0, 2.0, 0.0])));
        assert!(!between(cross, segment([1.0, 0.0, 0.5], [1.0, 2.0, 0.5])), "skew");
        assert!(!between(cross, segment([3.0, 1.0, 0.0], [5.0, 1.0, 0.0])), "on one line");
        assert!(between(cross, segment([2.0, 1.0, 0.0], [5.0, 1.0, 0.0])), "end on end");
    }

    #[test]
    fn triangles_with_common_corners_follow_their_rule() {
        let points = [
            [0.0, 0.0, 0.0],
            [2.0, 0.0, 0.0],
            [0.0, 2.0, 0.0],
            [2.0, 2.0, 0.0],
            [0.5, 0.5, 0.0],
            [0.5, 0.5, 1.0],
            [3.0, 3.0, -1.0],
            [-1.0, -1.0, 0.0],
            [-1.0, -2.0, 0.0],
            [0.0, 0.0, 0.0],
        ];
        let square = [[0, 1, 2], [1, 3, 2]];
        assert_eq!(within(&points, &square), [[0_u32; 2]; 0], "a proper mesh");
        assert_eq!(within(&points, &[[0, 1, 2], [1, 2, 4]]), [[0, 1]], "folded onto each other");
        assert_eq!(within(&points, &[[0, 1, 2], [1, 2, 5]]), [[0_u32; 2]; 0], "a roof");
        assert_eq!(within(&points, &[[0, 1, 2], [2, 0, 1]]), [[0, 1]], "twice the same");
        assert_eq!(within(&points, &[[0, 1, 2], [0, 5, 6]]), [[0, 1]], "more than the corner");
        assert_eq!(within(&points, &[[0, 1, 2], [0, 7, 8]]), [[0_u32; 2]; 0], "the corner alone");
        assert_eq!(within(&points, &[[0, 1, 2], [9, 7, 8]]), [[0_u32; 2]; 0], "a split corner");
        assert_eq!(within(&points, &[[0, 1, 2], [0, 4, 4]]), [[0_u32; 2]; 0], "no area");
    }

    /// The shortest distance between sample points of both: no predicate in common.
    fn clearly_meet(t: &Corners, u: &Corners) -> Option<bool> {
        let crossing = |[p, q]: [Vec3; 2], t: &Corners| {
            let [a, b, c] = t.map(|corner| corner.as_dvec3());
            let normal = (b - a).cross(c - a).normalize_or_zero();
            let (p, q) = (p.as_dvec3(), q.as_dvec3());
            let (hp, hq) = (normal.dot(p - a), normal.dot(q - a));
            if hp * hq >= -1e-9 {
                return None.or((hp * hq > 1e-9).then_some(false));
            }
            let x = p + (q - p) * (hp / (hp - hq));
            let inside = [(a, b), (b, c), (c, a)]
                .map(|(a, b)| normal.dot((b - a).cross(x - a)))
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            (inside.abs() > 1e-6).then_some(inside > 0.0)
        };
        let edges = |[a, b, c]: Corners| [[a, b], [b, c], [c, a]];
        let mut all = edges(*t).map(|e| crossing(e, u)).to_vec();
        all.extend(edges(*u).map(|e| crossing(e, t)));
        if all.contains(&Some(true)) {
            return Some(true);
        }
        (!all.contains(&None)).then_some(false)
    }

    fn soup(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<[[f32; 3]; 3]>> {
        let corner = prop::array::uniform3(-1.0_f32..1.0);
        let small = (corner.clone(), prop::array::uniform3(prop::array::uniform3(-0.4_f32..0.4)));
        let triangle = small.prop_map(|(centre, corners)| {
            corners.map(|corner| std::array::from_fn(|axis| centre[axis] + corner[axis]))
        });
        prop::collection::vec(triangle, count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn all_pairs_and_only_those_are_found(one in soup(0..60), two in soup(0..60)) {
            let flat = |soup: &[[[f32; 3]; 3]]| -> (Vec<Vec3>, Vec<[u32; 3]>) {
                let points = soup.as_flattened().iter().copied().map(Vec3::from_array).collect();
                (points, (0..soup.len() as u32).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect())
            };
            let ((points, triangles), (other_points, other_triangles)) = (flat(&one), flat(&two));
            let found = intersections_between((&points, &triangles), (&other_points, &other_triangles), &Progress::none()).unwrap();
            prop_assert!(found.is_sorted());
            for (i, t) in one.iter().enumerate() {
                for (j, u) in two.iter().enumerate() {
                    let is_found = found.binary_search(&[i as u32, j as u32]).is_ok();
                    if let Some(expected) = clearly_meet(&t.map(Vec3::from_array), &u.map(Vec3::from_array)) {
                        prop_assert_eq!(is_found, expected, "{:?} {:?}", t, u);
                    }
                    prop_assert_eq!(is_found, between(*t, *u));
                }
            }
            let own = self_intersections(&points, &triangles, &Progress::none()).unwrap();
            let with_itself = intersections_between((&points, &triangles), (&points, &triangles), &Progress::none()).unwrap();
            let ascending: Vec<[u32; 2]> = with_itself.into_iter().filter(|[one, two]| one < two).collect();
            prop_assert_eq!(own, ascending);
        }

        #[test]
        fn corners_on_a_grid_give_the_same_answer_from_every_side(t in prop::array::uniform3(prop::array::uniform3(-2_i8..3)), u in prop::array::uniform3(prop::array::uniform3(-2_i8..3))) {
            let real = |corners: [[i8; 3]; 3]| corners.map(|corner| corner.map(f32::from));
            let expected = between(real(t), real(u));
            let moved = |corners: [[i8; 3]; 3]| {
                let [a, b, c] = real(corners).map(|[x, y, z]| [z + 7.0, -x, y - 3.0]);
                [c, a, b]
            };
            prop_assert_eq!(between(moved(t), moved(u)), expected);
        }
    }

    #[test]
    fn bad_meshes_are_named() {
        let text = |points: &[Vec3], triangles: &[[u32; 3]]| {
            self_intersections(points, triangles, &Progress::none()).unwrap_err().to_string()
        };
        assert!(text(&[Vec3::ZERO], &[[0, 0, 1]]).contains("`triangles`[2] is 1"));
        assert!(text(&[Vec3::NAN], &[]).contains("`points`[0] is NaN"));
    }
}
