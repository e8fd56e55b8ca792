//! Pose algebra for chains of bones.

use super::buffers::{input, input_rows, optional_input, output_rows};
use super::guard::guard;
use super::status::HemStatus;
use crate::Result;
use crate::deform::pose::{self, NO_PARENT};
use crate::ffi::library::HEM_NO_INDEX;
use crate::geometry::affine::Matrix;

const _: () = assert!(NO_PARENT == HEM_NO_INDEX);

/// Poses bones by world-space delta matrices: pose = delta * rest. A bone that is not listed takes the
/// delta of its nearest listed ancestor, or stays at rest without one.
///
/// parents must hold bone_count bones, each below bone_count or HEM_NO_INDEX, without a circle.
/// rest must hold bone_count * 16 doubles, row-major, affine, world space.
/// deltas must hold bone_count * 16 doubles; only those of listed bones are looked at.
/// listed must hold bone_count bytes, not 0 for listed bones; may be NULL where all are.
/// out_pose must hold bone_count * 16 doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_pose_by_deltas(
    parents: *const u32,
    bone_count: usize,
    rest: *const f64,
    deltas: *const f64,
    listed: *const u8,
    out_pose: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let parents = input("parents", parents, bone_count)?;
        let rest = input_rows("rest", rest, bone_count)?;
        let deltas = input_rows("deltas", deltas, bone_count)?;
        let listed = optional_input("listed", listed, bone_count)?;
        write("out_pose", out_pose, bone_count, || {
            pose::pose_by_deltas(parents, rest, deltas, listed)
        })
    })
}

/// Makes matrices of one common space (world or armature) relative to the parent bone's; those of
/// roots stay. A parent's matrix must have an inverse.
///
/// parents must hold bone_count bones, each below bone_count or HEM_NO_INDEX, without a circle.
/// matrices must hold bone_count * 16 doubles, row-major, affine.
/// out_locals must hold bone_count * 16 doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_local_from_common(
    parents: *const u32,
    bone_count: usize,
    matrices: *const f64,
    out_locals: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let parents = input("parents", parents, bone_count)?;
        let matrices = input_rows("matrices", matrices, bone_count)?;
        write("out_locals", out_locals, bone_count, || pose::local_from_common(parents, matrices))
    })
}

/// The inverse of hem_local_from_common: multiplies matrices down the chains.
///
/// parents must hold bone_count bones, each below bone_count or HEM_NO_INDEX, without a circle.
/// matrices must hold bone_count * 16 doubles, row-major, affine, relative to the parent bone.
/// out_common must hold bone_count * 16 doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_common_from_local(
    parents: *const u32,
    bone_count: usize,
    matrices: *const f64,
    out_common: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let parents = input("parents", parents, bone_count)?;
        let matrices = input_rows("matrices", matrices, bone_count)?;
        write("out_common", out_common, bone_count, || pose::common_from_local(parents, matrices))
    })
}

/// The basis matrices of a pose (Blender's matrix_basis): what turns each bone's rest into its pose,
/// in the bone's own axes and after its parent's pose.
///
/// parents must hold bone_count bones, each below bone_count or HEM_NO_INDEX, without a circle.
/// rest must hold bone_count * 16 doubles, row-major, affine, armature space, with an inverse.
/// pose must hold bone_count * 16 doubles, likewise; a parent's must have an inverse.
/// out_basis must hold bone_count * 16 doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_basis_from_pose(
    parents: *const u32,
    bone_count: usize,
    rest: *const f64,
    pose: *const f64,
    out_basis: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let parents = input("parents", parents, bone_count)?;
        let rest = input_rows("rest", rest, bone_count)?;
        let pose = input_rows("pose", pose, bone_count)?;
        write("out_basis", out_basis, bone_count, || pose::basis_from_pose(parents, rest, pose))
    })
}

/// The pose that basis matrices make: the inverse of hem_basis_from_pose.
///
/// parents must hold bone_count bones, each below bone_count or HEM_NO_INDEX, without a circle.
/// rest must hold bone_count * 16 doubles, row-major, affine, armature space, with an inverse.
/// basis must hold bone_count * 16 doubles, row-major, affine.
/// out_pose must hold bone_count * 16 doubles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_pose_from_basis(
    parents: *const u32,
    bone_count: usize,
    rest: *const f64,
    basis: *const f64,
    out_pose: *mut f64,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let parents = input("parents", parents, bone_count)?;
        let rest = input_rows("rest", rest, bone_count)?;
        let basis = input_rows("basis", basis, bone_count)?;
        write("out_pose", out_pose, bone_count, || pose::pose_from_basis(parents, rest, basis))
    })
}

/// # Safety
/// As [`output_rows`].
unsafe fn write(
    argument: &'static str,
    out: *mut f64,
    bone_count: usize,
    compute: impl FnOnce() -> Result<Vec<Matrix<f64>>>,
) -> Result<()> {
    // SAFETY: the caller's contract is the same.
    let out = unsafe { output_rows(argument, out, bone_count) }?;
    out.copy_from_slice(&compute()?);
    Ok(())
}
