//! Pose algebra for chains of bones, in double precision.
//!
//! A skeleton is the parent of each bone, in any order ([`NO_PARENT`] for a root). Matrices are in
//! world or armature space, or *local*: relative to the parent bone, `local = parent⁻¹ · bone`.
//! Blender's pose channels hold a *basis*, the pose's departure from rest in the bone's own axes:
//! `pose = parent pose · parent rest⁻¹ · rest · basis`.

use glam::DAffine3;

use crate::geometry::affine::Matrix;
use crate::geometry::matrix::{from_affine, invert, to_affine, to_affines};
use crate::runtime::check;
use crate::{Error, Result};

/// In `parents`: the bone has none.
pub const NO_PARENT: u32 = u32::MAX;

/// Poses bones by world-space delta matrices, as pose files list them: `pose = delta · rest`, where a
/// bone that is not listed takes the delta of its nearest listed ancestor, or stays without one.
///
/// - `parents`: `#B`, a bone each or [`NO_PARENT`], without a circle;
/// - `rest`: `#B` matrices, world space;
/// - `deltas`: `#B` matrices, world space; those of bones that are not listed are not looked at;
/// - `listed`: `#B`, not 0 where the bone's delta counts; without it all do.
///
/// # Errors
/// Counts that differ, parents that do not exist or form a circle, matrices that are not finite or
/// not affine.
pub fn pose_by_deltas(
    parents: &[u32],
    rest: &[Matrix<f64>],
    deltas: &[Matrix<f64>],
    listed: Option<&[u8]>,
) -> Result<Vec<Matrix<f64>>> {
    check::length("rest", rest.len(), parents.len())?;
    check::length("deltas", deltas.len(), parents.len())?;
    check::length("listed", listed.map_or(parents.len(), <[u8]>::len), parents.len())?;
    let rest = to_affines("rest", rest)?;
    let is_listed = |bone: usize| listed.is_none_or(|listed| listed[bone] != 0);
    let mut effective = vec![DAffine3::IDENTITY; parents.len()];
    for bone in parents_first(parents)? {
        if is_listed(bone) {
            effective[bone] = to_affine("deltas", &deltas[bone])?;
        } else if let Some(parent) = parent_of(parents, bone) {
            effective[bone] = effective[parent];
        }
    }
    Ok(effective.iter().zip(&rest).map(|(delta, rest)| from_affine(&(*delta * *rest))).collect())
}

/// Matrices relative to the parent bone, of matrices in one common space; a root's stay as they are.
///
/// # Errors
/// As [`pose_by_deltas`]; also a parent whose matrix has no inverse.
pub fn local_from_common(parents: &[u32], matrices: &[Matrix<f64>]) -> Result<Vec<Matrix<f64>>> {
    check::length("matrices", matrices.len(), parents.len())?;
    parents_first(parents)?;
    let maps = to_affines("matrices", matrices)?;
    let local = |bone: usize| match parent_of(parents, bone) {
        Some(parent) => Ok(from_affine(&(invert("matrices", parent, &maps[parent])? * maps[bone]))),
        None => Ok(matrices[bone]),
    };
    (0..parents.len()).map(local).collect()
}

/// Matrices in one common space, of matrices relative to the parent bone: the inverse of
/// [`local_from_common`].
///
/// # Errors
/// As [`pose_by_deltas`].
pub fn common_from_local(parents: &[u32], locals: &[Matrix<f64>]) -> Result<Vec<Matrix<f64>>> {
    check::length("matrices", locals.len(), parents.len())?;
    let mut maps = to_affines("matrices", locals)?;
    for bone in parents_first(parents)? {
        if let Some(parent) = parent_of(parents, bone) {
            maps[bone] = maps[parent] * maps[bone];
        }
    }
    Ok(maps.iter().map(from_affine).collect())
}

/// The basis matrices (Blender's `matrix_basis`) of a pose.
///
/// - `rest`, `pose`: `#B` matrices each, both in armature space.
///
/// # Errors
/// As [`local_from_common`].
pub fn basis_from_pose(
    parents: &[u32],
    rest: &[Matrix<f64>],
    pose: &[Matrix<f64>],
) -> Result<Vec<Matrix<f64>>> {
    check::length("pose", pose.len(), parents.len())?;
    let local_rest = to_affines("rest", &named("rest", local_from_common(parents, rest))?)?;
    let local_pose = to_affines("pose", &named("pose", local_from_common(parents, pose))?)?;
    let basis = |bone: usize| {
        Ok(from_affine(&(invert("rest", bone, &local_rest[bone])? * local_pose[bone])))
    };
    (0..parents.len()).map(basis).collect()
}

/// The pose that basis matrices make: the inverse of [`basis_from_pose`].
///
/// # Errors
/// As [`local_from_common`].
pub fn pose_from_basis(
    parents: &[u32],
    rest: &[Matrix<f64>],
    basis: &[Matrix<f64>],
) -> Result<Vec<Matrix<f64>>> {
    check::length("basis", basis.len(), parents.len())?;
    let local_rest = to_affines("rest", &named("rest", local_from_common(parents, rest))?)?;
    let basis = to_affines("basis", basis)?;
    let local: Vec<Matrix<f64>> =
        local_rest.iter().zip(&basis).map(|(rest, basis)| from_affine(&(*rest * *basis))).collect();
    common_from_local(parents, &local)
}

/// The error of a helper, under the name that the matrices have in the caller's signature.
fn named<T>(argument: &'static str, result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::LengthMismatch { argument: "matrices", found, expected } => {
            Error::LengthMismatch { argument, found, expected }
        }
        Error::NotFinite { argument: "matrices", element, found } => {
            Error::NotFinite { argument, element, found }
        }
        Error::InvalidArgument { argument: "matrices", problem } => {
            Error::InvalidArgument { argument, problem }
        }
        other => other,
    })
}

fn parent_of(parents: &[u32], bone: usize) -> Option<usize> {
    (parents[bone] != NO_PARENT).then_some(parents[bone] as usize)
}

/// All bones, each after its parent.
fn parents_first(parents: &[u32]) -> Result<Vec<usize>> {
    let beyond = |&parent: &u32| parent != NO_PARENT && parent as usize >= parents.len();
    if let Some(element) = parents.iter().position(beyond) {
        return Err(Error::IndexOutOfRange {
            argument: "parents",
            element,
            found: parents[element].into(),
            bound: parents.len(),
        });
    }
    let mut order = Vec::with_capacity(parents.len());
    let mut placed = vec![false; parents.len()];
    let mut chain = Vec::new();
    for bone in 0..parents.len() {
        let mut next = Some(bone);
        while let Some(bone) = next.filter(|&bone| !placed[bone]) {
            if chain.len() == parents.len() {
                let problem = format!("leads from bone {bone} back to it, expected a root");
                return Err(Error::invalid("parents", problem));
            }
            chain.push(bone);
            next = parent_of(parents, bone);
        }
        for bone in chain.drain(..).rev() {
            placed[bone] = true;
            order.push(bone);
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use glam::{DQuat, DVec3};
    use proptest::prelude::*;

    use super::*;

    fn matrix(turn: f64, shift: DVec3) -> Matrix<f64> {
        let axis = DVec3::new(0.6, 0.0, 0.8);
        from_affine(&DAffine3::from_rotation_translation(DQuat::from_axis_angle(axis, turn), shift))
    }

    fn assert_close(found: &[Matrix<f64>], expected: &[Matrix<f64>]) {
        for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    /// Children before parents: root 3, its child 1, and bones 0 and 2 below that.
    const PARENTS: [u32; 4] = [1, 3, 1, NO_PARENT];

    #[test]
    fn bones_that_are_not_listed_follow_their_nearest_listed_ancestor() {
        let rest: Vec<_> = (0..4).map(|bone| matrix(0.0, DVec3::X * f64::from(bone))).collect();
        let mut deltas: Vec<_> =
            (0..4).map(|bone| matrix(0.3, DVec3::Y * f64::from(bone))).collect();
        deltas[1] = [f64::NAN; 16];
        let posed = pose_by_deltas(&PARENTS, &rest, &deltas, Some(&[0, 0, 1, 1])).unwrap();
        let by = |delta: usize, bone: usize| {
            let map = to_affine("", &deltas[delta]).unwrap() * to_affine("", &rest[bone]).unwrap();
            from_affine(&map)
        };
        assert_close(&posed, &[by(3, 0), by(3, 1), by(2, 2), by(3, 3)]);
        let unposed = pose_by_deltas(&PARENTS, &rest, &deltas, Some(&[0; 4])).unwrap();
        assert_close(&unposed, &rest);
    }

    proptest! {
        #[test]
        fn conversions_have_inverses(turns in prop::array::uniform4(-3.0_f64..3.0), shift in -1.0_f64..1.0) {
            let pose: Vec<_> = turns.iter().map(|turn| matrix(*turn, DVec3::splat(shift * turn))).collect();
            let rest: Vec<_> = turns.iter().map(|turn| matrix(1.0 - turn, DVec3::Z * *turn)).collect();
            let local = local_from_common(&PARENTS, &pose).unwrap();
            assert_close(&common_from_local(&PARENTS, &local).unwrap(), &pose);
            let basis = basis_from_pose(&PARENTS, &rest, &pose).unwrap();
            assert_close(&pose_from_basis(&PARENTS, &rest, &basis).unwrap(), &pose);
        }
    }

    #[test]
    fn circles_strangers_and_flat_parents_are_named() {
        let matrices = vec![matrix(0.0, DVec3::ZERO); 3];
        let text =
            |parents: &[u32; 3]| common_from_local(parents, &matrices).unwrap_err().to_string();
        assert!(text(&[1, 2, 0]).contains("`parents` leads from bone 0 back"));
        assert!(text(&[0, NO_PARENT, 1]).contains("`parents` leads from bone 0 back"));
        assert!(text(&[NO_PARENT, 7, 0]).contains("`parents`[1] is 7"));
        let mut flat = matrices.clone();
        flat[1][0] = 0.0;
        let error = basis_from_pose(&[NO_PARENT, 0, 1], &matrices, &flat).unwrap_err().to_string();
        assert!(error.contains("`pose` holds a singular matrix at 1"), "{error}");
    }
}
