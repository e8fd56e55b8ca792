//! Skinning of positions, normals and displacements, and its inverse.

use super::buffers::{
    InOut, in_out_rows, input, input_rows, optional_input, optional_output, output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::sparse::sparse_input;
use super::status::HemStatus;
use crate::deform::skinning::{self, Armature, Blend, Buffers, NO_BONE};
use crate::ffi::library::HEM_NO_INDEX;
use crate::geometry::affine::{Matrix, Scalar};
use crate::runtime::memory::checked_product;
use crate::weights::SparseView;
use crate::{Error, Result};

const _: () = assert!(NO_BONE == HEM_NO_INDEX);

/// Linear blend skinning.
pub const HEM_BLEND_LINEAR: u32 = 0;
/// Dual-quaternion skinning: Blender's "Preserve Volume".
pub const HEM_BLEND_DUAL_QUATERNION: u32 = 1;

/// In the status of a vertex: it moved with its bones.
pub const HEM_VERTEX_SKINNED: u8 = 0;
/// In the status of a vertex: no bone applies to it, it stays where it was.
pub const HEM_VERTEX_UNWEIGHTED: u8 = 1;
/// In the status of a vertex: its bones blend to a map without an inverse. Skinning applied that map;
/// inverse skinning left the vertex where it was.
pub const HEM_VERTEX_SINGULAR: u8 = 2;

/// How vertices are skinned.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemSkinningOptions {
    /// Set by hem_skinning_options_init.
    pub struct_size: u32,
    /// HEM_BLEND_LINEAR (the default) or HEM_BLEND_DUAL_QUATERNION.
    pub blend: u32,
}

impl Default for HemSkinningOptions {
    fn default() -> Self {
        Self { struct_size: size_of::<Self>() as u32, blend: HEM_BLEND_LINEAR }
    }
}

impl Options for HemSkinningOptions {}

/// Fills the options with their defaults.
///
/// out_options must hold one HemSkinningOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_skinning_options_init(
    out_options: *mut HemSkinningOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Skins vertices from the rest pose to the pose. Each bone moves them by pose * rest^-1; a vertex
/// goes by the blend of its groups' bones, over the groups with a weight above 0 and a bone. Points go
/// by the blend, normals by its inverse transpose (made unit), displacements by its linear part. A
/// vertex whose weights sum to 0.0001 or less stays. Positions, normals and displacements
/// that are not finite give results that are not, and disturb no other vertex.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// group_bones must hold group_count bones, each below bone_count or HEM_NO_INDEX; may be NULL where
/// group_count is bone_count and group g belongs to bone g.
/// rest must hold bone_count * 16 floats: row-major affine matrices with an inverse.
/// pose must hold bone_count * 16 floats: row-major affine matrices, in the space of rest.
/// to_armature must hold 16 floats, from the vertices' space to that of rest; may be NULL where both
/// are one.
/// positions must hold vertex_count * 3 floats.
/// normals must hold vertex_count * 3 floats; may be NULL.
/// displacements must hold set_count * vertex_count * 3 floats, set after set: shape keys less basis.
/// options may be NULL.
/// out_positions must hold vertex_count * 3 floats; may be the same buffer as positions.
/// out_normals must hold vertex_count * 3 floats where normals are given; may be the same buffer as
/// normals; may be NULL where they are not.
/// out_displacements must hold as many floats as displacements; may be the same buffer.
/// out_status must hold vertex_count bytes, each HEM_VERTEX_SKINNED or another; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_skin_points(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_bones: *const u32,
    rest: *const f32,
    pose: *const f32,
    bone_count: usize,
    to_armature: *const f32,
    positions: *const f32,
    normals: *const f32,
    displacements: *const f32,
    set_count: usize,
    options: *const HemSkinningOptions,
    out_positions: *mut f32,
    out_normals: *mut f32,
    out_displacements: *mut f32,
    out_status: *mut u8,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let weights =
            sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let armature =
            armature_input(group_bones, group_count, rest, pose, bone_count, to_armature, options)?;
        let given = Given { positions, normals, displacements, set_count };
        let out = Out { out_positions, out_normals, out_displacements, out_status };
        run(weights, &armature, given, out, skinning::skin_points)
    })
}

/// hem_skin_points in double precision; weights are float as there.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// group_bones must hold group_count bones, each below bone_count or HEM_NO_INDEX; may be NULL where
/// group_count is bone_count and group g belongs to bone g.
/// rest must hold bone_count * 16 doubles: row-major affine matrices with an inverse.
/// pose must hold bone_count * 16 doubles: row-major affine matrices, in the space of rest.
/// to_armature must hold 16 doubles, from the vertices' space to that of rest; may be NULL where both
/// are one.
/// positions must hold vertex_count * 3 doubles.
/// normals must hold vertex_count * 3 doubles; may be NULL.
/// displacements must hold set_count * vertex_count * 3 doubles, set after set: shape keys less basis.
/// options may be NULL.
/// out_positions must hold vertex_count * 3 doubles; may be the same buffer as positions.
/// out_normals must hold vertex_count * 3 doubles where normals are given; may be the same buffer as
/// normals; may be NULL where they are not.
/// out_displacements must hold as many doubles as displacements; may be the same buffer.
/// out_status must hold vertex_count bytes, each HEM_VERTEX_SKINNED or another; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_skin_points_f64(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_bones: *const u32,
    rest: *const f64,
    pose: *const f64,
    bone_count: usize,
    to_armature: *const f64,
    positions: *const f64,
    normals: *const f64,
    displacements: *const f64,
    set_count: usize,
    options: *const HemSkinningOptions,
    out_positions: *mut f64,
    out_normals: *mut f64,
    out_displacements: *mut f64,
    out_status: *mut u8,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let weights =
            sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let armature =
            armature_input(group_bones, group_count, rest, pose, bone_count, to_armature, options)?;
        let given = Given { positions, normals, displacements, set_count };
        let out = Out { out_positions, out_normals, out_displacements, out_status };
        run(weights, &armature, given, out, skinning::skin_points)
    })
}

/// Takes vertices from the pose back to the rest pose: the inverse of hem_skin_points with the same
/// arguments, up to rounding, for both kinds of blending. A vertex whose bones blend to a map without
/// an inverse (condition number from 1000000 on) stays, and out_status says so. Positions, normals
/// and displacements that are not finite give results that are not, and disturb no other vertex.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// group_bones must hold group_count bones, each below bone_count or HEM_NO_INDEX; may be NULL where
/// group_count is bone_count and group g belongs to bone g.
/// rest must hold bone_count * 16 floats: row-major affine matrices with an inverse.
/// pose must hold bone_count * 16 floats: row-major affine matrices, in the space of rest.
/// to_armature must hold 16 floats, from the vertices' space to that of rest; may be NULL where both
/// are one.
/// positions must hold vertex_count * 3 floats.
/// normals must hold vertex_count * 3 floats; may be NULL.
/// displacements must hold set_count * vertex_count * 3 floats, set after set: shape keys less basis.
/// options may be NULL.
/// out_positions must hold vertex_count * 3 floats; may be the same buffer as positions.
/// out_normals must hold vertex_count * 3 floats where normals are given; may be the same buffer as
/// normals; may be NULL where they are not.
/// out_displacements must hold as many floats as displacements; may be the same buffer.
/// out_status must hold vertex_count bytes, each HEM_VERTEX_SKINNED or another; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_unskin_points(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_bones: *const u32,
    rest: *const f32,
    pose: *const f32,
    bone_count: usize,
    to_armature: *const f32,
    positions: *const f32,
    normals: *const f32,
    displacements: *const f32,
    set_count: usize,
    options: *const HemSkinningOptions,
    out_positions: *mut f32,
    out_normals: *mut f32,
    out_displacements: *mut f32,
    out_status: *mut u8,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let weights =
            sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let armature =
            armature_input(group_bones, group_count, rest, pose, bone_count, to_armature, options)?;
        let given = Given { positions, normals, displacements, set_count };
        let out = Out { out_positions, out_normals, out_displacements, out_status };
        run(weights, &armature, given, out, skinning::unskin_points)
    })
}

/// hem_unskin_points in double precision; weights are float as there.
///
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// group_bones must hold group_count bones, each below bone_count or HEM_NO_INDEX; may be NULL where
/// group_count is bone_count and group g belongs to bone g.
/// rest must hold bone_count * 16 doubles: row-major affine matrices with an inverse.
/// pose must hold bone_count * 16 doubles: row-major affine matrices, in the space of rest.
/// to_armature must hold 16 doubles, from the vertices' space to that of rest; may be NULL where both
/// are one.
/// positions must hold vertex_count * 3 doubles.
/// normals must hold vertex_count * 3 doubles; may be NULL.
/// displacements must hold set_count * vertex_count * 3 doubles, set after set: shape keys less basis.
/// options may be NULL.
/// out_positions must hold vertex_count * 3 doubles; may be the same buffer as positions.
/// out_normals must hold vertex_count * 3 doubles where normals are given; may be the same buffer as
/// normals; may be NULL where they are not.
/// out_displacements must hold as many doubles as displacements; may be the same buffer.
/// out_status must hold vertex_count bytes, each HEM_VERTEX_SKINNED or another; may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_unskin_points_f64(
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    group_bones: *const u32,
    rest: *const f64,
    pose: *const f64,
    bone_count: usize,
    to_armature: *const f64,
    positions: *const f64,
    normals: *const f64,
    displacements: *const f64,
    set_count: usize,
    options: *const HemSkinningOptions,
    out_positions: *mut f64,
    out_normals: *mut f64,
    out_displacements: *mut f64,
    out_status: *mut u8,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let weights =
            sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let armature =
            armature_input(group_bones, group_count, rest, pose, bone_count, to_armature, options)?;
        let given = Given { positions, normals, displacements, set_count };
        let out = Out { out_positions, out_normals, out_displacements, out_status };
        run(weights, &armature, given, out, skinning::unskin_points)
    })
}

/// The buffers that a caller gives, and those where it wants the results.
struct Given<F> {
    positions: *const F,
    normals: *const F,
    displacements: *const F,
    set_count: usize,
}

struct Out<F> {
    out_positions: *mut F,
    out_normals: *mut F,
    out_displacements: *mut F,
    out_status: *mut u8,
}

/// # Safety
/// The contract of `hem_skin_points`, for `F`.
unsafe fn run<F: Scalar>(
    weights: SparseView<'_>,
    armature: &Armature<'_, F>,
    given: Given<F>,
    out: Out<F>,
    kernel: impl FnOnce(SparseView<'_>, &Armature<'_, F>, Buffers<'_, F>) -> Result<()>,
) -> Result<()> {
    let vertices = weights.vertex_count();
    let displaced = checked_product("displacements", given.set_count, vertices)?;
    let with_normals = !given.normals.is_null();
    // SAFETY: the caller's contract is the same.
    let (mut positions, mut normals, mut displacements, status) = unsafe {
        (
            Buffer::new(
                ("positions", given.positions),
                ("out_positions", out.out_positions),
                vertices,
            )?,
            Buffer::new(
                ("normals", given.normals),
                ("out_normals", out.out_normals),
                if with_normals { vertices } else { 0 },
            )?,
            Buffer::new(
                ("displacements", given.displacements),
                ("out_displacements", out.out_displacements),
                displaced,
            )?,
            optional_output("out_status", out.out_status, vertices)?,
        )
    };
    let buffers = Buffers {
        positions: positions.working(),
        normals: with_normals.then(|| normals.working()),
        displacements: displacements.working(),
        status,
    };
    kernel(weights, armature, buffers)?;
    positions.finish();
    normals.finish();
    displacements.finish();
    Ok(())
}

/// Rows that a kernel changes in place, wherever the caller has them: a kernel that is refused must
/// leave the caller's output as it was, hence the copy where input and output are two buffers.
enum Buffer<'a, F> {
    InPlace(&'a mut [[F; 3]]),
    Separate(Vec<[F; 3]>, &'a mut [[F; 3]]),
}

impl<F: Scalar> Buffer<'_, F> {
    /// # Safety
    /// As [`in_out_rows`].
    unsafe fn new(
        given: (&'static str, *const F),
        out: (&'static str, *mut F),
        rows: usize,
    ) -> Result<Self> {
        // SAFETY: the caller's contract is the same.
        Ok(match unsafe { in_out_rows(given, out, rows) }? {
            InOut::InPlace(rows) => Self::InPlace(rows),
            InOut::Separate(given, out) => Self::Separate(given.to_vec(), out),
        })
    }

    fn working(&mut self) -> &mut [[F; 3]] {
        match self {
            Self::InPlace(rows) => rows,
            Self::Separate(working, _) => working,
        }
    }

    fn finish(self) {
        if let Self::Separate(working, out) = self {
            out.copy_from_slice(&working);
        }
    }
}

/// # Safety
/// The contract of `hem_skin_points` for the armature's arguments and the options.
unsafe fn armature_input<'a, F: Scalar>(
    group_bones: *const u32,
    group_count: usize,
    rest: *const F,
    pose: *const F,
    bone_count: usize,
    to_armature: *const F,
    options: *const HemSkinningOptions,
) -> Result<Armature<'a, F>> {
    // SAFETY: the caller's contract is the same.
    let (group_bones, rest, pose, to_armature, options) = unsafe {
        (
            optional_input("group_bones", group_bones, group_count)?,
            input_rows("rest", rest, bone_count)?,
            input_rows("pose", pose, bone_count)?,
            optional_matrix("to_armature", to_armature)?,
            options::read(options)?,
        )
    };
    Ok(Armature { rest, pose, group_bones, to_armature, blend: blend_method(options.blend)? })
}

pub(super) fn blend_method(blend: u32) -> Result<Blend> {
    match blend {
        HEM_BLEND_LINEAR => Ok(Blend::Linear),
        HEM_BLEND_DUAL_QUATERNION => Ok(Blend::DualQuaternion),
        other => {
            Err(Error::invalid("options", format!("has blend {other}, expected HEM_BLEND_...")))
        }
    }
}

/// # Safety
/// Where `matrix` is not NULL, 16 numbers are readable there.
unsafe fn optional_matrix<'a, F: Scalar>(
    argument: &'static str,
    matrix: *const F,
) -> Result<Option<&'a Matrix<F>>> {
    if matrix.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    let numbers = unsafe { input(argument, matrix, 16) }?;
    Ok(Some(numbers.try_into().expect("16 numbers")))
}
