//! Repair of a costume's penetration into a body.
//!
//! The repair moves space near the body along the ways out of it. A vertex j that is lower over the
//! body than it should be, by q_j, asks for a push of q_j at its closest body point c_j. Every vertex
//! i takes the largest push that is asked for around it,
//!
//! `push_i = max_j q_j φ(|c_i − c_j| / R_j) φ((h_i − h_j) / (6 q_j)) max(0, n_i · n_j)`,
//!
//! `φ(x) = 1 − 3x² + 2x³` from 1 at x ≤ 0 to 0 at x ≥ 1, `R_j = min(radius, 8 q_j)`, h heights over the
//! body and n the ways out. So neighbours along the body move alike (the push changes by at most a
//! fifth of the way along it), layers over one spot move alike, and heights keep their order: the slope
//! of φ is at most 1.5, so two layers keep three quarters of their distance. A rigid part moves
//! as a whole, as its farthest pushed vertex.
//!
//! Rounds of this are followed by one that moves by itself what is still too low. At last no vertex may
//! be deeper than it was: one that would be goes half the way, a quarter, or stays.

use glam::Vec3;

use super::fit::NO_COMPONENT;
use crate::Result;
use crate::geometry::surface::check_coordinates;
use crate::mesh::signed_distance::{Nearest, SignedSurface};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, memory};
use crate::spatial::point_index::PointIndex;

/// Rounds in which neighbours move along.
const ROUNDS: usize = 3;

/// Metres of reach along the body for each metre of push.
const REACH: f64 = 8.0;

/// Metres of height over which a push fades, for each metre of push.
const FADE: f64 = 6.0;

/// Metres by which a vertex may end deeper than it was.
const TOLERANCE: f32 = 1e-6;

/// Reaches shorter than `radius / 2^MOST_OCTAVES` are searched for as if they were that.
const MOST_OCTAVES: usize = 12;

/// Points whose neighbours are held at a time.
const BLOCK: usize = 8_192;

/// What the repair aims at; all metres, not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RepairOptions {
    /// Height over the body that a vertex has at least; one that originally lay this deep inside or deeper may
    /// end this deep, in between in proportion.
    pub clearance: f32,
    /// Original heights up to this are restored where the costume came closer.
    pub keep_offset: f32,
    /// The farthest that a push spreads along the body.
    pub radius: f32,
}

impl Default for RepairOptions {
    fn default() -> Self {
        Self { clearance: 5e-4, keep_offset: 0.01, radius: 0.03 }
    }
}

/// The costume after the repair.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// `#V by 3`.
    pub points: Vec<Vec3>,
    /// `#V`, metres inside the body before the repair; negative outside.
    pub depths_before: Vec<f32>,
    /// The same after it.
    pub depths: Vec<f32>,
}

/// Depth of points (`#P by 3`, finite) inside a body, negative outside, minus infinity where the body
/// is farther than `max_distance`.
///
/// # Errors
/// Numbers that are not finite or out of range, a cancel.
pub fn penetration(
    body: &SignedSurface<'_>,
    points: &[Vec3],
    max_distance: f32,
    progress: &Progress<'_>,
) -> Result<Vec<f32>> {
    check_coordinates("points", points)?;
    Ok(depths(&body.nearest(points, max_distance, progress)?))
}

/// Pushes a costume out of a body.
///
/// - `points`: `#V by 3`, finite;
/// - `offsets`: `#V`, finite: the vertices' original heights over the body that they were made for;
/// - `rigid`: `#V`, the rigid part of each vertex, below #V, or [`NO_COMPONENT`] for none.
///
/// # Errors
/// Counts that differ, numbers that are not finite or out of range, no memory, a cancel.
pub fn repair(
    body: &SignedSurface<'_>,
    points: &[Vec3],
    offsets: Option<&[f32]>,
    rigid: Option<&[u32]>,
    options: &RepairOptions,
    progress: &Progress<'_>,
) -> Result<Repaired> {
    options.check()?;
    check_coordinates("points", points)?;
    if let Some(rigid) = rigid {
        check::length("rigid_labels", rigid.len(), points.len())?;
        check::labels("rigid_labels", rigid, points.len())?;
    }
    push_out(body, points, offsets, rigid, options, progress)
}

/// [`repair`] of some of a mesh's vertices, whose parts may have any numbers.
pub(crate) fn push_out(
    body: &SignedSurface<'_>,
    points: &[Vec3],
    offsets: Option<&[f32]>,
    rigid: Option<&[u32]>,
    options: &RepairOptions,
    progress: &Progress<'_>,
) -> Result<Repaired> {
    let wanted = options.wanted(points.len(), offsets)?;
    let parts = rigid.map(RigidParts::new);
    // A search before, one after each round, and those of the last step.
    let share = |step: usize| step as f32 / (ROUNDS + 3) as f32;
    let step = |step: usize| progress.part(share(step), share(step + 1));

    let first = body.nearest(points, f32::INFINITY, &step(0))?;
    let mut moved = points.to_vec();
    let mut near = first.clone();
    for round in 0..=ROUNDS {
        let mut push: Vec<f64> = (wanted.iter().zip(&near))
            .map(|(wanted, near)| (wanted - f64::from(near.height)).max(0.0))
            .collect();
        if round < ROUNDS {
            push = spread(&near, &push, f64::from(options.radius))?;
        }
        let mut shifts: Vec<_> =
            push.iter().zip(&near).map(|(push, near)| near.outward.as_dvec3() * *push).collect();
        if let Some(parts) = &parts {
            parts.move_as_one(&mut shifts);
        }
        for (point, shift) in moved.iter_mut().zip(&shifts) {
            *point = (point.as_dvec3() + *shift).as_vec3();
        }
        near = body.nearest(&moved, f32::INFINITY, &step(round + 1))?;
    }
    let depths_before = depths(&first);
    let mut depths = depths(&near);
    never_deeper(body, (points, &depths_before), (&mut moved, &mut depths), parts.as_ref())?;
    progress.advance(1.0)?;
    Ok(Repaired { points: moved, depths_before, depths })
}

impl RepairOptions {
    /// # Errors
    /// Lengths that are negative or not finite.
    pub fn check(&self) -> Result<()> {
        check::not_negative("clearance", self.clearance)?;
        check::not_negative("keep_offset", self.keep_offset)?;
        check::not_negative("radius", self.radius)
    }

    /// The height that each vertex should have.
    fn wanted(&self, count: usize, offsets: Option<&[f32]>) -> Result<Vec<f64>> {
        let clearance = f64::from(self.clearance);
        let Some(offsets) = offsets else { return memory::try_filled("heights", clearance, count) };
        check::length("offsets", offsets.len(), count)?;
        check::finite("offsets", offsets)?;
        // What lay inside the body that it was made for, under a hem, need not come out altogether.
        let kept = |offset: &f32| {
            let least = (clearance + 2.0 * f64::from(*offset)).clamp(-clearance, clearance);
            f64::from(offset.min(self.keep_offset)).max(least)
        };
        Ok(offsets.iter().map(kept).collect())
    }
}

fn depths(near: &[Nearest]) -> Vec<f32> {
    near.iter().map(|near| -near.height).collect()
}

/// The largest push that is asked for around each vertex.
fn spread(near: &[Nearest], need: &[f64], radius: f64) -> Result<Vec<f64>> {
    let mut push = need.to_vec();
    let feet: Vec<Vec3> = near.iter().map(|near| near.point).collect();
    for (octave, asking) in by_reach(need, radius).iter().enumerate() {
        if asking.is_empty() {
            continue;
        }
        let asked_at: Vec<Vec3> = asking.iter().map(|vertex| feet[*vertex as usize]).collect();
        let index = PointIndex::new(&asked_at)?;
        let reach = (radius / f64::from(1 << octave)) as f32;
        for begin in (0..feet.len()).step_by(BLOCK) {
            let rows = begin..(begin + BLOCK).min(feet.len());
            let found = index.within(&feet[rows.clone()], reach, &Progress::none())?;
            let split = Split::new(rows.len(), 0, 1_024);
            let push = &mut push[rows.clone()];
            parallel::fill_rows(split, push, 1, &Progress::none(), |block, push| {
                for (row, push) in block.zip(push) {
                    let (asked, distances) = found.row(row);
                    for (asked, distance) in asked.iter().zip(distances) {
                        let vertex = asking[*asked as usize] as usize;
                        let along = f64::from(*distance) / radius.min(REACH * need[vertex]);
                        let felt = felt(&near[begin + row], &near[vertex], need[vertex], along);
                        *push = push.max(felt);
                    }
                }
            })?;
        }
    }
    Ok(push)
}

/// Vertices that ask for a push, by the octave of their reach below `radius`.
fn by_reach(need: &[f64], radius: f64) -> Vec<Vec<u32>> {
    let mut octaves = vec![Vec::new(); MOST_OCTAVES + 1];
    for (vertex, need) in need.iter().enumerate().filter(|(_, need)| **need > 0.0) {
        let octave = (radius / (REACH * need)).log2().floor().max(0.0) as usize;
        octaves[octave.min(MOST_OCTAVES)].push(vertex as u32);
    }
    octaves
}

/// What a vertex feels of a push of `need`, at `along` of its reach.
fn felt(vertex: &Nearest, asking: &Nearest, need: f64, along: f64) -> f64 {
    let above = f64::from(vertex.height) - f64::from(asking.height);
    let facing = vertex.outward.as_dvec3().dot(asking.outward.as_dvec3());
    need * smooth_step(along) * smooth_step(above / (FADE * need)) * facing.max(0.0)
}

/// φ.
fn smooth_step(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    1.0 - x * x * (3.0 - 2.0 * x)
}

/// The vertices of each rigid part.
struct RigidParts {
    parts: Vec<Vec<u32>>,
}

impl RigidParts {
    fn new(labels: &[u32]) -> Self {
        let mut members: Vec<(u32, u32)> = (labels.iter().zip(0..))
            .filter(|(label, _)| **label != NO_COMPONENT)
            .map(|(label, vertex)| (*label, vertex))
            .collect();
        members.sort_unstable();
        let parts = members
            .chunk_by(|one, other| one.0 == other.0)
            .map(|part| part.iter().map(|(_, vertex)| *vertex).collect())
            .collect();
        Self { parts }
    }

    /// Gives all vertices of a part its longest shift; of equal ones, the first vertex's.
    fn move_as_one(&self, shifts: &mut [glam::DVec3]) {
        for part in &self.parts {
            let mut longest = shifts[part[0] as usize];
            for vertex in part {
                let shift = shifts[*vertex as usize];
                if shift.length_squared() > longest.length_squared() {
                    longest = shift;
                }
            }
            part.iter().for_each(|vertex| shifts[*vertex as usize] = longest);
        }
    }

    /// Marks all vertices of a part where one is marked.
    fn mark_whole(&self, marked: &mut [bool]) {
        for part in &self.parts {
            if part.iter().any(|vertex| marked[*vertex as usize]) {
                part.iter().for_each(|vertex| marked[*vertex as usize] = true);
            }
        }
    }
}

/// Shortens the way of vertices that would end deeper than they were, until none does.
fn never_deeper(
    body: &SignedSurface<'_>,
    (points, before): (&[Vec3], &[f32]),
    (moved, depths): (&mut [Vec3], &mut [f32]),
    parts: Option<&RigidParts>,
) -> Result<()> {
    let target = moved.to_vec();
    for share in [0.5, 0.25, 0.0] {
        let mut deeper: Vec<bool> = (before.iter().zip(&*depths))
            .map(|(before, depth)| *depth > before.max(0.0) + TOLERANCE)
            .collect();
        if let Some(parts) = parts {
            parts.mark_whole(&mut deeper);
        }
        let chosen: Vec<usize> = (0..points.len()).filter(|vertex| deeper[*vertex]).collect();
        if chosen.is_empty() {
            break;
        }
        for &vertex in &chosen {
            let (start, end) = (points[vertex].as_dvec3(), target[vertex].as_dvec3());
            moved[vertex] = (start + (end - start) * share).as_vec3();
        }
        let queries: Vec<Vec3> = chosen.iter().map(|vertex| moved[*vertex]).collect();
        let near = body.nearest(&queries, f32::INFINITY, &Progress::none())?;
        for (vertex, near) in chosen.into_iter().zip(near) {
            depths[vertex] = -near.height;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::surface::Surface;
    use crate::mesh::test_meshes::ball;

    fn repaired(
        body: &Surface,
        points: &[Vec3],
        offsets: Option<&[f32]>,
        rigid: Option<&[u32]>,
    ) -> Repaired {
        let body = SignedSurface::new(body).unwrap();
        let options = RepairOptions::default();
        repair(&body, points, offsets, rigid, &options, &Progress::none()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn nothing_ends_deeper_and_what_was_inside_comes_out(
            wave in 0.0_f32..6.0,
            rise in -0.02_f32..0.02,
            seed in 0_u32..1000,
        ) {
            let (points, triangles) = ball(3, |p| 0.2 + 0.03 * (wave * p.x + 2.0 * p.z).sin());
            let body = Surface::new(&points, &triangles).unwrap();
            let noise = |i: usize| ((i as u32 * 7919 + seed * 104_729) % 1009) as f32 / 1009.0;
            let costume: Vec<Vec3> = (points.iter().enumerate())
                .map(|(i, p)| *p * (1.0 + (rise + 0.02 * noise(i)) / p.length()))
                .collect();
            let found = repaired(&body, &costume, None, None);
            let out = SignedSurface::new(&body).unwrap();
            let depths = penetration(&out, &found.points, f32::INFINITY, &Progress::none()).unwrap();
            prop_assert_eq!(&depths, &found.depths);
            for (before, after) in found.depths_before.iter().zip(&found.depths) {
                prop_assert!(*after <= before.max(0.0) + 2e-6, "{before} {after}");
                prop_assert!(*after < 5e-5, "{before} {after}");
            }
        }

        #[test]
        fn layers_keep_their_order_and_most_of_their_distance(
            sunk in 0.0_f32..0.01, gap in 0.001_f32..0.01,
        ) {
            let (points, triangles) = ball(3, |_| 0.2);
            let body = Surface::new(&points, &triangles).unwrap();
            let layer = |depth: f32| points.iter().map(move |p| *p * (1.0 + depth / 0.2));
            let both: Vec<Vec3> = layer(-sunk).chain(layer(gap - sunk)).collect();
            let found = repaired(&body, &both, None, None);
            let (inner, outer) = found.points.split_at(points.len());
            for (inner, outer) in inner.iter().zip(outer) {
                prop_assert!(outer.length() - inner.length() > 0.7 * gap, "{inner} {outer}");
            }
        }
    }

    #[test]
    fn original_offsets_come_back_and_a_rigid_part_keeps_its_shape() {
        let (points, triangles) = ball(4, |_| 0.2);
        let body = Surface::new(&points, &triangles).unwrap();
        let costume: Vec<Vec3> = points.iter().map(|p| *p * 1.005).collect();
        let offsets = vec![0.004; costume.len()];
        let found = repaired(&body, &costume, Some(&offsets), None);
        assert!(
            found.depths.iter().all(|depth| (depth + 0.004).abs() < 2e-4),
            "{:?}",
            found.depths
        );

        let button: Vec<Vec3> =
            [[0.0, 0.0], [0.02, 0.0], [0.0, 0.02]].map(|[x, y]| Vec3::new(x, y, 0.195)).to_vec();
        let found = repaired(&body, &button, None, Some(&[2, 2, 2]));
        let shift = found.points[0] - button[0];
        assert!(shift.length() > 0.004);
        for (was, is) in button.iter().zip(&found.points) {
            assert!((*is - *was).distance(shift) < 1e-6);
        }
        assert!(found.depths.iter().all(|depth| *depth < 1e-5), "{:?}", found.depths);
    }

    #[test]
    fn an_empty_body_and_an_empty_costume_change_nothing() {
        let nobody = Surface::new(&[], &[]).unwrap();
        let found = repaired(&nobody, &[Vec3::X], None, None);
        assert_eq!(found.points, [Vec3::X]);
        assert_eq!(found.depths, [f32::NEG_INFINITY]);
        assert!(repaired(&nobody, &[], None, None).points.is_empty());
    }
}
