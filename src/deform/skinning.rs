//! Linear blend skinning, dual-quaternion skinning, and their inverses.
//!
//! Bone b moves points by `D_b = P_b B_b⁻¹` (B rest matrix, P pose, both in armature space). Both
//! methods blend the bones of a vertex into one affine map M_v, over its groups whose weight is above
//! zero and whose bone exists:
//!
//! - **linear** (Magnenat-Thalmann, Laperrière, Thalmann 1988): `M_v = Σ w_b D_b / Σ w_b`;
//! - **dual quaternions** (Kavan, Collins, Žára, O'Sullivan 2007, *Skinning with dual quaternions*;
//!   Blender's "Preserve Volume"): each D_b is split into a rigid motion R_b and what is left of it,
//!   the scale `S_b = R_b⁻¹ D_b`. As in Blender, a bone moves vertex x by R_b after a shift by
//!   `(S_b − 1) x`, so that only rigid motions are blended. They are dual quaternions
//!   `q_b + ε p_b(x)` with `p_b(x) = ½ t_b q_b + ½ q_b (S_b − 1) x`, summed by weight (each with the
//!   sign that points its q_b the way of the sum so far), and move x to
//!   `(q x q* + 2 vec(p(x) q*)) / |q|²`. p is affine in x, hence so is the whole: M_v is that map.
//!
//! Points go by M_v, normals by its inverse transpose, displacements (shape keys relative to the
//! basis) by its linear part; the inverse of all three by M_v⁻¹. So a round trip is exact up to
//! rounding for both methods. All is computed in f64, whatever the buffers hold.

use std::ops::Range;

use glam::{DAffine3, DMat3, DQuat, DVec3, DVec4};

use crate::geometry::affine::{Matrix, Scalar};
use crate::geometry::matrix::{self, cofactors, determinant, is_singular};
use crate::runtime::parallel::{self, Split};
use crate::runtime::{Progress, check, simd};
use crate::weights::SparseView;
use crate::{Error, Result};

/// Vertices that are handed to a thread at a time at the least.
const BLOCK: usize = 512;

/// Vertices whose maps are computed before they are applied to all buffers; their maps fit the
/// first-level cache.
const MAPS: usize = 64;

/// Blocks worth a hand-over to another thread.
const LEAST_BLOCKS: usize = 4;

/// Weight sums up to here leave a vertex where it is, as Blender's armature modifier does.
pub const LEAST_WEIGHT_SUM: f64 = 1e-4;

/// In `group_bones`: the group belongs to no bone.
pub const NO_BONE: u32 = u32::MAX;

/// How the bones of a vertex are blended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blend {
    /// Linear blend skinning.
    #[default]
    Linear,
    /// Dual quaternions.
    DualQuaternion,
}

/// What became of a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum VertexStatus {
    /// It moved with its bones.
    Skinned = 0,
    /// No bone applies to it; it stays where it was.
    Unweighted = 1,
    /// Its bones blend to a map without an inverse. Skinning applied the map (and left normals that
    /// it sends to zero as they were); inverse skinning left the vertex where it was.
    Singular = 2,
}

/// The bones, and how groups and space relate to them.
#[derive(Clone, Copy, Debug)]
pub struct Armature<'a, F> {
    /// Rest matrix of each bone, `#B`, affine and invertible, in armature (or world) space.
    pub rest: &'a [Matrix<F>],
    /// Pose matrix of each bone, `#B`, affine, in the same space.
    pub pose: &'a [Matrix<F>],
    /// Bone of each group, `#G`, [`NO_BONE`] for none; without it group g belongs to bone g.
    pub group_bones: Option<&'a [u32]>,
    /// From the buffers' space to that of the matrices, affine and invertible; without it both are one.
    pub to_armature: Option<&'a Matrix<F>>,
    /// How bones are blended.
    pub blend: Blend,
}

/// The buffers that are skinned in place.
#[derive(Debug, Default)]
pub struct Buffers<'a, F> {
    /// `#V by 3`. A point that is not finite gives one that is not, and disturbs no other.
    pub positions: &'a mut [[F; 3]],
    /// `#V by 3`, made unit; zero normals stay zero.
    pub normals: Option<&'a mut [[F; 3]]>,
    /// `#S · #V by 3`, set after set: displacements of the vertices, such as shape keys less basis.
    pub displacements: &'a mut [[F; 3]],
    /// `#V`, a [`VertexStatus`] each.
    pub status: Option<&'a mut [u8]>,
}

/// From the rest pose to the pose.
///
/// - `weights`: `#V` rows, with as many groups as `armature.group_bones`, or else as bones.
///
/// # Errors
/// Matrices that are not finite, affine, or (rest, `to_armature`) invertible; counts that do not fit;
/// a bone that does not exist. The buffers are untouched.
pub fn skin_points<F: Scalar>(
    weights: SparseView<'_>,
    armature: &Armature<'_, F>,
    buffers: Buffers<'_, F>,
) -> Result<()> {
    run(weights, armature, buffers, forward)
}

/// From the pose back to the rest pose: the inverse of [`skin_points`].
///
/// # Errors
/// As there.
pub fn unskin_points<F: Scalar>(
    weights: SparseView<'_>,
    armature: &Armature<'_, F>,
    buffers: Buffers<'_, F>,
) -> Result<()> {
    run(weights, armature, buffers, backward)
}

/// What is applied to one vertex.
#[derive(Clone, Copy)]
struct VertexMap {
    points: DAffine3,
    normals: DMat3,
    status: VertexStatus,
}

fn run<F: Scalar>(
    weights: SparseView<'_>,
    armature: &Armature<'_, F>,
    buffers: Buffers<'_, F>,
    direction: impl Fn(DAffine3) -> VertexMap + Sync,
) -> Result<()> {
    let vertices = weights.vertex_count();
    check::length("positions", buffers.positions.len(), vertices)?;
    if let Some(normals) = &buffers.normals {
        check::length("normals", normals.len(), vertices)?;
    }
    if let Some(status) = &buffers.status {
        check::length("status", status.len(), vertices)?;
    }
    let sets = buffers.displacements.len() / vertices.max(1);
    check::length("displacements", buffers.displacements.len(), sets * vertices)?;

    let bones = Bones::new(armature)?;
    check::length("groups", weights.group_count(), bones.group_count())?;
    let mut blocks = split_buffers(buffers, vertices);
    let split = Split::new(blocks.len(), 0, LEAST_BLOCKS);
    parallel::fill_rows(split, &mut blocks, 1, &Progress::none(), |_, blocks| {
        for block in blocks {
            simd::dispatch(SkinBlock { bones: &bones, weights, direction: &direction, block });
        }
    })
}

/// One block's work, compiled for each instruction set.
struct SkinBlock<'a, 'b, F, D> {
    bones: &'a Bones,
    weights: SparseView<'a>,
    direction: &'a D,
    block: &'a mut Block<'b, F>,
}

impl<F: Scalar, D: Fn(DAffine3) -> VertexMap> simd::Kernel for SkinBlock<'_, '_, F, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let mut maps = [VertexMap::stay(VertexStatus::Unweighted); MAPS];
        let vertices = self.block.positions.len();
        for begin in (0..vertices).step_by(MAPS) {
            let end = (begin + MAPS).min(vertices);
            let maps = &mut maps[..end - begin];
            let first = self.block.first;
            self.bones.fill(self.weights, first + begin, self.direction, maps);
            self.block.apply(begin..end, maps);
        }
    }
}

/// The map of a vertex to its pose. A normal goes by A⁻ᵀ, which is cof A up to a positive factor when
/// the determinant is, and is also defined where A flattens space.
#[inline(always)]
fn forward(points: DAffine3) -> VertexMap {
    let cofactors = cofactors(&points.matrix3);
    let determinant = determinant(&points.matrix3, &cofactors);
    let singular = is_singular(&points.matrix3, &cofactors, determinant);
    let status = if singular { VertexStatus::Singular } else { VertexStatus::Skinned };
    let normals = cofactors * if determinant < 0.0 { -1.0 } else { 1.0 };
    VertexMap { points, normals, status }
}

/// The map of a vertex from its pose. Its normals go by (A⁻¹)⁻ᵀ = Aᵀ.
#[inline(always)]
fn backward(points: DAffine3) -> VertexMap {
    let cofactors = cofactors(&points.matrix3);
    let determinant = determinant(&points.matrix3, &cofactors);
    if is_singular(&points.matrix3, &cofactors, determinant) {
        return VertexMap::stay(VertexStatus::Singular);
    }
    VertexMap {
        points: matrix::inverse(&points, &cofactors, determinant),
        normals: points.matrix3.transpose(),
        status: VertexStatus::Skinned,
    }
}

impl VertexMap {
    fn stay(status: VertexStatus) -> Self {
        Self { points: DAffine3::IDENTITY, normals: DMat3::IDENTITY, status }
    }
}

/// One bone's numbers in the sum over a vertex's bones; the last one counts weights.
type LinearBone = [f64; 13];
type DualBone = [f64; 21];

/// What each group contributes: zeros where it has no bone.
enum Bones {
    Linear(Vec<LinearBone>),
    Dual { groups: Vec<DualBone>, space: Option<Space> },
}

/// The way into the space of the matrices and back.
#[derive(Clone, Copy)]
struct Space {
    to_armature: DAffine3,
    from_armature: DAffine3,
}

impl Bones {
    fn new<F: Scalar>(armature: &Armature<'_, F>) -> Result<Self> {
        check::length("pose", armature.pose.len(), armature.rest.len())?;
        let rest = matrix::to_affines("rest", armature.rest)?;
        let pose = matrix::to_affines("pose", armature.pose)?;
        let space = armature.to_armature.map(Space::new).transpose()?;
        let inverse_rest: Vec<DAffine3> = (rest.iter().enumerate())
            .map(|(bone, rest)| matrix::invert("rest", bone, rest))
            .collect::<Result<_>>()?;
        let bones = 0..rest.len();
        match armature.blend {
            Blend::Linear => {
                let numbers = |bone: usize| {
                    let delta = pose[bone] * inverse_rest[bone];
                    linear_bone(space.map_or(delta, |space| space.conjugate(delta)))
                };
                let bones: Vec<_> = bones.map(numbers).collect();
                per_group(armature.group_bones, &bones).map(Self::Linear)
            }
            Blend::DualQuaternion => {
                let numbers =
                    |bone: usize| dual_bone(&rest[bone], &inverse_rest[bone], &pose[bone]);
                let bones: Vec<_> = bones.map(numbers).collect();
                let groups = per_group(armature.group_bones, &bones)?;
                Ok(Self::Dual { groups, space })
            }
        }
    }

    fn group_count(&self) -> usize {
        match self {
            Self::Linear(groups) => groups.len(),
            Self::Dual { groups, .. } => groups.len(),
        }
    }

    /// The maps of the vertices from `first` on.
    #[inline(always)]
    fn fill(
        &self,
        weights: SparseView<'_>,
        first: usize,
        direction: &impl Fn(DAffine3) -> VertexMap,
        maps: &mut [VertexMap],
    ) {
        let moved_or_stay = |blended: Option<DAffine3>| {
            blended.map_or(VertexMap::stay(VertexStatus::Unweighted), direction)
        };
        match self {
            Self::Linear(groups) => {
                for (vertex, map) in (first..).zip(maps) {
                    *map = moved_or_stay(blend_linear(groups, weights.row(vertex)));
                }
            }
            Self::Dual { groups, space } => {
                let conjugate = |map| space.map_or(map, |space| space.conjugate(map));
                for (vertex, map) in (first..).zip(maps) {
                    *map = moved_or_stay(blend_dual(groups, weights.row(vertex)).map(conjugate));
                }
            }
        }
    }
}

impl Space {
    fn new<F: Scalar>(to_armature: &Matrix<F>) -> Result<Self> {
        let to_armature = matrix::to_affine("to_armature", to_armature)?;
        Ok(Self { to_armature, from_armature: matrix::invert("to_armature", 0, &to_armature)? })
    }

    /// A map of armature space, in the buffers' space.
    #[inline(always)]
    fn conjugate(&self, map: DAffine3) -> DAffine3 {
        self.from_armature * map * self.to_armature
    }
}

fn per_group<const N: usize>(
    group_bones: Option<&[u32]>,
    bones: &[[f64; N]],
) -> Result<Vec<[f64; N]>> {
    let Some(group_bones) = group_bones else { return Ok(bones.to_vec()) };
    let of_group = |(element, &bone): (usize, &u32)| match bones.get(bone as usize) {
        Some(numbers) => Ok(*numbers),
        None if bone == NO_BONE => Ok([0.0; N]),
        None => Err(Error::IndexOutOfRange {
            argument: "group_bones",
            element,
            found: bone.into(),
            bound: bones.len(),
        }),
    };
    group_bones.iter().enumerate().map(of_group).collect()
}

fn linear_bone(delta: DAffine3) -> LinearBone {
    let mut numbers = [1.0; 13];
    numbers[..12].copy_from_slice(&delta.to_cols_array());
    numbers
}

#[inline(always)]
fn blend_linear(bones: &[LinearBone], (groups, weights): (&[u32], &[f32])) -> Option<DAffine3> {
    let mut sum = [0.0; 13];
    for (&group, &weight) in groups.iter().zip(weights) {
        add_scaled(&mut sum, f64::from(weight.max(0.0)), &bones[group as usize]);
    }
    let total = sum[12];
    if total <= LEAST_WEIGHT_SUM {
        return None;
    }
    let share = 1.0 / total;
    let blended: [f64; 12] = std::array::from_fn(|number| sum[number] * share);
    Some(DAffine3::from_cols_array(&blended))
}

#[inline(always)]
fn add_scaled<const N: usize>(sum: &mut [f64; N], factor: f64, addend: &[f64; N]) {
    for (sum, addend) in sum.iter_mut().zip(addend) {
        *sum += factor * addend;
    }
}

/// q, then p at the origin and the changes of p along x, y and z, all as x y z w.
fn dual_bone(rest: &DAffine3, inverse_rest: &DAffine3, pose: &DAffine3) -> DualBone {
    let rotation = rotation(&pose.matrix3) * rotation(&rest.matrix3).conjugate();
    // The rigid part takes the bone's head along; the scale then leaves the head where it is.
    let rigid = DAffine3::from_rotation_translation(
        rotation,
        pose.translation - rotation * rest.translation,
    );
    let delta = *pose * *inverse_rest;
    let scale = DAffine3::from_quat(rotation.conjugate())
        * DAffine3::from_translation(-rigid.translation)
        * delta;
    let shift = scale.matrix3 - DMat3::IDENTITY;
    let translated = pure(rigid.translation) * rotation * 0.5;
    let along = |direction: DVec3| rotation * pure(direction) * 0.5;

    let mut numbers = [1.0; 21];
    let quaternions = [
        rotation,
        translated + along(scale.translation),
        along(shift.x_axis),
        along(shift.y_axis),
        along(shift.z_axis),
    ];
    for (numbers, quaternion) in numbers.chunks_exact_mut(4).zip(quaternions) {
        numbers.copy_from_slice(&quaternion.to_array());
    }
    numbers
}

/// The rotation of a matrix with scale and shear, split off as Blender does: the y axis (a bone's) keeps
/// its direction, x is made orthogonal to it, z to both; a mirrored matrix is turned inside out.
fn rotation(matrix: &DMat3) -> DQuat {
    let without = |vector: DVec3, axis: DVec3| vector - axis * axis.dot(vector);
    let y = matrix.y_axis.normalize_or_zero();
    let x = without(matrix.x_axis, y).normalize_or_zero();
    let z = without(without(matrix.z_axis, y), x).normalize_or_zero();
    let side = if matrix.determinant() < 0.0 { -1.0 } else { 1.0 };
    let rotation = DVec4::from(DQuat::from_mat3(&DMat3::from_cols(x * side, y * side, z * side)));
    DQuat::from_vec4(rotation.normalize_or(DVec4::W))
}

/// The quaternion whose vector part is `v`.
#[inline(always)]
fn pure(v: DVec3) -> DQuat {
    DQuat::from_vec4(v.extend(0.0))
}

#[inline(always)]
fn blend_dual(bones: &[DualBone], (groups, weights): (&[u32], &[f32])) -> Option<DAffine3> {
    let mut sum = [0.0; 21];
    let mut total = 0.0;
    for (&group, &weight) in groups.iter().zip(weights) {
        let bone = &bones[group as usize];
        let weight = f64::from(weight.max(0.0));
        total += weight * bone[20];
        let along = sum[0] * bone[0] + sum[1] * bone[1] + sum[2] * bone[2] + sum[3] * bone[3];
        add_scaled(&mut sum, if along < 0.0 { -weight } else { weight }, bone);
    }
    if total <= LEAST_WEIGHT_SUM {
        return None;
    }
    let quaternion = |index: usize| DQuat::from_slice(&sum[4 * index..4 * index + 4]);
    let q = quaternion(0);
    let scale = 1.0 / q.length_squared();
    let moved = |p: DQuat| (p * q.conjugate()).xyz() * (2.0 * scale);
    let column = |axis: DVec3, p: DQuat| turned(q, axis) * scale + moved(p);
    let matrix3 = DMat3::from_cols(
        column(DVec3::X, quaternion(2)),
        column(DVec3::Y, quaternion(3)),
        column(DVec3::Z, quaternion(4)),
    );
    Some(DAffine3 { matrix3, translation: moved(quaternion(1)) })
}

/// `q v q*` for a quaternion of any length.
#[inline(always)]
fn turned(q: DQuat, v: DVec3) -> DVec3 {
    let u = q.xyz();
    v * (q.w * q.w - u.length_squared()) + u * (2.0 * u.dot(v)) + u.cross(v) * (2.0 * q.w)
}

/// The part of the buffers that belongs to a run of vertices.
struct Block<'a, F> {
    first: usize,
    positions: &'a mut [[F; 3]],
    normals: Option<&'a mut [[F; 3]]>,
    displacements: Vec<&'a mut [[F; 3]]>,
    status: Option<&'a mut [u8]>,
}

fn split_buffers<F>(buffers: Buffers<'_, F>, vertices: usize) -> Vec<Block<'_, F>> {
    let mut normals = buffers.normals.map(|normals| normals.chunks_mut(BLOCK));
    let mut status = buffers.status.map(|status| status.chunks_mut(BLOCK));
    let mut sets: Vec<_> = (buffers.displacements.chunks_mut(vertices.max(1)))
        .map(|set| set.chunks_mut(BLOCK))
        .collect();
    let block = |(index, positions)| Block {
        first: index * BLOCK,
        positions,
        normals: normals.as_mut().and_then(Iterator::next),
        displacements: sets.iter_mut().filter_map(Iterator::next).collect(),
        status: status.as_mut().and_then(Iterator::next),
    };
    buffers.positions.chunks_mut(BLOCK).enumerate().map(block).collect()
}

impl<F: Scalar> Block<'_, F> {
    /// Applies the maps of some of the block's vertices to all buffers.
    #[inline(always)]
    fn apply(&mut self, vertices: Range<usize>, maps: &[VertexMap]) {
        for (point, map) in self.positions[vertices.clone()].iter_mut().zip(maps) {
            *point = narrow(map.points.transform_point3(widen(*point)));
        }
        for set in &mut self.displacements {
            for (displacement, map) in set[vertices.clone()].iter_mut().zip(maps) {
                *displacement = narrow(map.points.matrix3 * widen(*displacement));
            }
        }
        if let Some(normals) = &mut self.normals {
            for (normal, map) in normals[vertices.clone()].iter_mut().zip(maps) {
                let turned = (map.normals * widen(*normal)).try_normalize();
                *normal = narrow(turned.unwrap_or(widen(*normal)));
            }
        }
        if let Some(status) = &mut self.status {
            for (status, map) in status[vertices].iter_mut().zip(maps) {
                *status = map.status as u8;
            }
        }
    }
}

#[inline(always)]
fn widen<F: Scalar>(point: [F; 3]) -> DVec3 {
    DVec3::from_array(point.map(Into::into))
}

#[inline(always)]
fn narrow<F: Scalar>(point: DVec3) -> [F; 3] {
    point.to_array().map(F::from_f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::matrix::from_affine;
    use crate::weights::SparseWeights;

    fn bone(turn: [f64; 3], scale: [f64; 3], head: [f64; 3]) -> Matrix<f64> {
        from_affine(&DAffine3::from_scale_rotation_translation(
            DVec3::from_array(scale),
            DQuat::from_scaled_axis(DVec3::from_array(turn)),
            DVec3::from_array(head),
        ))
    }

    /// Rest and pose of three bones, the last one scaled unevenly in the pose.
    fn chain(turn: [f64; 3]) -> (Vec<Matrix<f64>>, Vec<Matrix<f64>>) {
        let rest = vec![
            bone([0.1, 0.2, 0.3], [1.0; 3], [0.0; 3]),
            bone([1.0, 0.0, 0.5], [1.0; 3], [0.0, 0.0, 1.0]),
            bone([0.0, -1.0, 0.2], [1.0; 3], [0.5, 0.0, 1.5]),
        ];
        let pose = vec![
            bone([0.2, 0.0, 0.1], [1.0; 3], [0.1, 0.0, 0.0]),
            bone(turn, [1.0; 3], [0.0, 0.3, 1.1]),
            bone([0.1, 0.2, 0.4], [1.3, 0.8, 1.1], [0.4, 0.1, 1.6]),
        ];
        (rest, pose)
    }

    fn weights(rows: &[[f32; 3]]) -> SparseWeights {
        SparseWeights {
            offsets: (0..=rows.len() as u32).map(|row| 3 * row).collect(),
            groups: (0..rows.len()).flat_map(|_| [0, 1, 2]).collect(),
            weights: rows.as_flattened().to_vec(),
            group_count: 3,
        }
    }

    fn armature<'a>(
        rest: &'a [Matrix<f64>],
        pose: &'a [Matrix<f64>],
        blend: Blend,
    ) -> Armature<'a, f64> {
        Armature { rest, pose, group_bones: None, to_armature: None, blend }
    }

    fn at(point: &[f64; 3]) -> DVec3 {
        DVec3::from_array(*point)
    }

    /// Both methods vertex by vertex, from their definitions: no map is formed.
    fn reference(
        rest: &[Matrix<f64>],
        pose: &[Matrix<f64>],
        weights: &[f32; 3],
        x: DVec3,
        blend: Blend,
    ) -> DVec3 {
        let delta = |b: usize| {
            matrix::to_affine("", &pose[b]).unwrap()
                * matrix::to_affine("", &rest[b]).unwrap().inverse()
        };
        let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
        match blend {
            Blend::Linear => {
                (0..3).map(|b| delta(b).transform_point3(x) * f64::from(weights[b])).sum::<DVec3>()
                    / total
            }
            Blend::DualQuaternion => {
                let (mut real, mut dual) = (DVec4::ZERO, DVec4::ZERO);
                for b in 0..3 {
                    let (_, posed, _) =
                        matrix::to_affine("", &pose[b]).unwrap().to_scale_rotation_translation();
                    let (_, rested, _) =
                        matrix::to_affine("", &rest[b]).unwrap().to_scale_rotation_translation();
                    let q = posed * rested.inverse();
                    // The rigid motion that turns by q and takes x where the bone alone takes it.
                    let translation = delta(b).transform_point3(x) - q * x;
                    let half = DQuat::from_vec4(translation.extend(0.0)) * q * 0.5;
                    let sign = if real.dot(q.into()) < 0.0 { -1.0 } else { 1.0 };
                    real += DVec4::from(q) * (sign * f64::from(weights[b]));
                    dual += DVec4::from(half) * (sign * f64::from(weights[b]));
                }
                let length = real.length();
                let (q, p) = (DQuat::from_vec4(real / length), DQuat::from_vec4(dual / length));
                q * x + (p * q.conjugate()).xyz() * 2.0
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn both_methods_match_their_definition_and_have_an_inverse(
            turn in prop::array::uniform3(-1.0_f64..1.0),
            row in prop::array::uniform3(0.05_f32..1.0),
            point in prop::array::uniform3(-2.0_f64..2.0),
        ) {
            let (rest, pose) = chain(turn);
            let rows = weights(&[row]);
            for blend in [Blend::Linear, Blend::DualQuaternion] {
                let armature = armature(&rest, &pose, blend);
                let mut positions = [point];
                skin_points(rows.view(), &armature, Buffers { positions: &mut positions, ..Default::default() }).unwrap();
                let expected = reference(&rest, &pose, &row, at(&point), blend);
                prop_assert!((at(&positions[0]) - expected).length() < 1e-12, "{blend:?} {positions:?} {expected}");
                let mut status = [9];
                unskin_points(rows.view(), &armature, Buffers { positions: &mut positions, status: Some(&mut status), ..Default::default() }).unwrap();
                prop_assert_eq!(status, [VertexStatus::Skinned as u8]);
                prop_assert!((at(&positions[0]) - at(&point)).length() < 1e-9, "{blend:?} {positions:?}");
            }
        }

        #[test]
        fn displacements_and_normals_follow_the_positions(
            turn in prop::array::uniform3(-1.0_f64..1.0),
            row in prop::array::uniform3(0.05_f32..1.0),
            shift in prop::array::uniform3(-1.0_f64..1.0),
        ) {
            let (rest, pose) = chain(turn);
            let rows = weights(&[row; 3]);
            let base = [[0.3, -0.2, 1.0], [0.4, -0.2, 1.0], [0.3, -0.1, 1.1]];
            let normal = (at(&base[1]) - at(&base[0])).cross(at(&base[2]) - at(&base[0]));
            for blend in [Blend::Linear, Blend::DualQuaternion] {
                let armature = armature(&rest, &pose, blend);
                let (mut positions, mut normals, mut shifts) = (base, [normal.to_array(); 3], [shift; 6]);
                let buffers = Buffers { positions: &mut positions, normals: Some(&mut normals), displacements: &mut shifts, status: None };
                skin_points(rows.view(), &armature, buffers).unwrap();
                let mut shifted = base.map(|p| (at(&p) + at(&shift)).to_array());
                skin_points(rows.view(), &armature, Buffers { positions: &mut shifted, ..Default::default() }).unwrap();
                for vertex in 0..6 {
                    let moved = at(&shifted[vertex % 3]) - at(&positions[vertex % 3]);
                    prop_assert!((at(&shifts[vertex]) - moved).length() < 1e-12);
                }
                for tangent in [1, 2] {
                    let tangent = at(&positions[tangent]) - at(&positions[0]);
                    prop_assert!(at(&normals[0]).dot(tangent).abs() < 1e-12);
                }
                let buffers = Buffers { positions: &mut positions, normals: Some(&mut normals), displacements: &mut shifts, status: None };
                unskin_points(rows.view(), &armature, buffers).unwrap();
                prop_assert!((at(&normals[2]) - normal.normalize()).length() < 1e-9);
                prop_assert!((at(&shifts[5]) - at(&shift)).length() < 1e-9);
            }
        }
    }

    #[test]
    fn f32_round_trips_within_ten_micrometres_for_many_vertices() {
        let (rest, pose) = chain([0.4, 0.9, -0.3]);
        let [rest, pose] = [rest, pose].map(|matrices| {
            matrices.iter().map(|matrix| matrix.map(|number| number as f32)).collect::<Vec<_>>()
        });
        let count = 20_000;
        let noise = |i: usize, k: usize| ((i * 7919 + k * 104_729) % 1009) as f32 / 1009.0;
        let rows: Vec<[f32; 3]> =
            (0..count).map(|i| [noise(i, 1), noise(i, 2), noise(i, 3)]).collect();
        let original: Vec<[f32; 3]> =
            (0..count).map(|i| [4, 5, 6].map(|k| 2.0 * noise(i, k) - 1.0)).collect();
        let rows = weights(&rows);
        for blend in [Blend::Linear, Blend::DualQuaternion] {
            let armature =
                Armature { rest: &rest, pose: &pose, group_bones: None, to_armature: None, blend };
            let mut points = original.clone();
            skin_points(
                rows.view(),
                &armature,
                Buffers { positions: &mut points, ..Default::default() },
            )
            .unwrap();
            unskin_points(
                rows.view(),
                &armature,
                Buffers { positions: &mut points, ..Default::default() },
            )
            .unwrap();
            let worst = points
                .as_flattened()
                .iter()
                .zip(original.as_flattened())
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 5e-6, "{blend:?} {worst}");
        }
    }

    #[test]
    fn vertices_without_a_bone_or_an_inverse_stay_and_are_reported() {
        let rest = vec![bone([0.0; 3], [1.0; 3], [0.0; 3]); 3];
        let half_turn = bone([std::f64::consts::PI, 0.0, 0.0], [1.0; 3], [0.0; 3]);
        let pose = vec![bone([0.0; 3], [1.0; 3], [1.0, 0.0, 0.0]), half_turn, rest[0]];
        let rows = weights(&[[0.5, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0; 3], [-1.0, 5e-5, 0.0]]);
        let group_bones = [0, 1, 2];
        let armature =
            Armature { group_bones: Some(&group_bones), ..armature(&rest, &pose, Blend::Linear) };
        let mut positions = [[1.0, 2.0, 3.0]; 4];
        let mut status = [9; 4];
        let buffers =
            Buffers { positions: &mut positions, status: Some(&mut status), ..Default::default() };
        unskin_points(rows.view(), &armature, buffers).unwrap();
        assert_eq!(status, [0, 2, 1, 1]);
        assert_eq!(positions, [[0.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]);
        let buffers =
            Buffers { positions: &mut positions, status: Some(&mut status), ..Default::default() };
        skin_points(rows.view(), &armature, buffers).unwrap();
        assert!(
            at(&positions[1]).distance(DVec3::X) < 1e-12,
            "applied though it flattens: {positions:?}"
        );
        let without = [NO_BONE, NO_BONE, 0];
        let armature = Armature { group_bones: Some(&without), ..armature };
        let buffers =
            Buffers { positions: &mut positions, status: Some(&mut status), ..Default::default() };
        skin_points(rows.view(), &armature, buffers).unwrap();
        assert_eq!(status, [1, 0, 1, 1]);
    }

    #[test]
    fn an_object_space_conjugates_the_blend() {
        let (rest, pose) = chain([0.3, 0.1, 0.0]);
        let space = bone([0.2, 0.4, 0.1], [2.0, 0.5, 1.0], [0.3, 0.2, 0.1]);
        let map = matrix::to_affine("", &space).unwrap();
        let row = [0.2, 0.5, 0.7];
        let rows = weights(&[row]);
        for blend in [Blend::Linear, Blend::DualQuaternion] {
            let armature = Armature { to_armature: Some(&space), ..armature(&rest, &pose, blend) };
            let mut positions = [[0.1, 0.2, 0.3]];
            let inside = map.transform_point3(at(&positions[0]));
            skin_points(
                rows.view(),
                &armature,
                Buffers { positions: &mut positions, ..Default::default() },
            )
            .unwrap();
            let expected =
                map.inverse().transform_point3(reference(&rest, &pose, &row, inside, blend));
            assert!((at(&positions[0]) - expected).length() < 1e-12);
        }
    }
}
