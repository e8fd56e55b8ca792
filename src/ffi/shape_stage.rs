//! The shape stage: one call for the shape part of a retarget.

use std::ptr::null;

use super::buffers::{
    handle, input, input_points, input_rows, optional_input, optional_output, output_rows,
    output_slot,
};
use super::field::{HemField, HemFieldOptions, apply_options};
use super::guard::guard;
use super::options::{self};
use super::penetration::{HemRepairOptions, repair_options};
use super::progress::{HemProgress, with_progress};
use super::skinning::blend_method;
use super::sparse::sparse_input;
use super::status::HemStatus;
use super::surface::HemSurface;
use crate::deform::skinning::Armature;
use crate::geometry::surface::Surface;
use crate::runtime::memory::checked_product;
use crate::stages::shape::{self, FieldUse, Rigid, ShapeReport, ShapeStage};
use crate::{Error, Result};

/// In HemShapeInput: no part is rigid. The default.
pub const HEM_RIGID_NONE: u32 = 0;
/// In HemShapeInput: islands whose vertices all have the same weights are rigid.
pub const HEM_RIGID_DETECT: u32 = 1;
/// In HemShapeInput: rigid_labels says which vertices are rigid.
pub const HEM_RIGID_LABELS: u32 = 2;

/// Bones that move points, each by posed * rest^-1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HemBonePose {
    /// bone_count * 16 doubles, row-major affine matrices with an inverse.
    pub rest: *const f64,
    /// bone_count * 16 doubles, row-major affine matrices.
    pub posed: *const f64,
    /// Number of bones.
    pub bone_count: usize,
    /// group_count bones, each below bone_count or HEM_NO_INDEX; may be NULL where group g belongs to
    /// bone g.
    pub group_bones: *const u32,
    /// HEM_BLEND_LINEAR or HEM_BLEND_DUAL_QUATERNION.
    pub blend: u32,
    /// Must be 0.
    pub reserved: u32,
}

/// A deformation field and how it is applied.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HemFieldUse {
    /// The field.
    pub field: *const HemField,
    /// point_count floats, finite, factors of the displacements; may be NULL.
    pub mask: *const f32,
    /// How it is applied; may be NULL, for the defaults.
    pub options: *const HemFieldOptions,
}

/// What goes into the shape stage: world space, metres. Set by hem_shape_input_init to nothing at all;
/// a step is left out where its input stays so.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct HemShapeInput {
    /// sizeof(HemShapeInput), set by hem_shape_input_init.
    pub struct_size: u32,
    /// HEM_RIGID_NONE, HEM_RIGID_DETECT or HEM_RIGID_LABELS.
    pub rigid: u32,
    /// point_count * 3 floats, finite: the outfit.
    pub points: *const f32,
    /// Number of vertices.
    pub point_count: usize,
    /// triangle_count * 3 vertex numbers, each below point_count.
    pub triangles: *const u32,
    /// Number of triangles.
    pub triangle_count: usize,
    /// key_count * point_count * 3 floats, finite, set after set: displacements from points.
    pub shape_keys: *const f32,
    /// Number of shape keys.
    pub key_count: usize,
    /// point_count + 1 row bounds of the present skin weights, ascending from 0 to entry_count; NULL for
    /// no weights, which leaves out poses and HEM_RIGID_DETECT.
    pub offsets: *const u32,
    /// entry_count groups, each below group_count and once in a row at most.
    pub groups: *const u32,
    /// entry_count floats, finite.
    pub weights: *const f32,
    /// Number of entries.
    pub entry_count: usize,
    /// Number of groups.
    pub group_count: usize,
    /// The pose that the fields were made in; may be NULL.
    pub pose: *const HemBonePose,
    /// field_count fields, one after the other.
    pub fields: *const HemFieldUse,
    /// Number of fields.
    pub field_count: usize,
    /// key_count bytes, 1 for a key that takes fields of its own in place of those above; may be NULL for
    /// none.
    pub own_fields: *const u8,
    /// key_count + 1 bounds of the keys' own fields, ascending from 0: key k has key_fields
    /// [key_field_offsets[k]] to [key_field_offsets[k + 1]]. Not looked at without own_fields.
    pub key_field_offsets: *const u32,
    /// The keys' own fields, as many as the last bound.
    pub key_fields: *const HemFieldUse,
    /// point_count part numbers, each below point_count or HEM_NO_INDEX, for HEM_RIGID_LABELS.
    pub rigid_labels: *const u32,
    /// The pose that is undone after the fields; may be NULL.
    pub unpose: *const HemBonePose,
    /// The body that the outfit was made for, in the space of points; may be NULL.
    pub source_body: *const HemSurface,
    /// The body that the outfit ends on, in the space of the result; may be NULL.
    pub body: *const HemSurface,
    /// The repair of penetration into body; NULL to measure it only.
    pub repair: *const HemRepairOptions,
}

/// The shape stage in numbers, all about the basis.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemShapeReport {
    /// Must be sizeof(HemShapeReport).
    pub struct_size: u32,
    /// Vertices that a pose did not move, for want of a bone.
    pub unweighted: u32,
    /// Vertices whose bones blend to a map without an inverse.
    pub singular: u32,
    /// Number of rigid parts.
    pub rigid_parts: u32,
    /// Vertices deeper than 1 mm inside the body before the repair.
    pub deep_before: u32,
    /// The same after it.
    pub deep_after: u32,
    /// Metres, the deepest vertex before the repair; 0 where none is inside.
    pub deepest_before: f32,
    /// The same after it.
    pub deepest_after: f32,
    /// Vertices that the repair moved.
    pub moved_by_repair: u32,
    /// Metres, the farthest that it moved one.
    pub largest_push: f32,
    /// Faces that turned over against their neighbours, from the input to the result.
    pub inverted_faces: u32,
    /// Faces more than twice as long or less than half, against the growth of the whole mesh.
    pub stretched_faces: u32,
}

/// Fills the input of the shape stage with nothing at all.
///
/// out_input must hold one HemShapeInput.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_shape_input_init(out_input: *mut HemShapeInput) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_input", out_input)?.write(HemShapeInput::default());
        Ok(())
    })
}

/// Runs the shape part of a retarget on one mesh, or on the joined meshes of a layered outfit: poses it by
/// its present weights, applies the fields to basis and shape keys, moves rigid parts each by one
/// similarity, undoes another pose, and pushes the outfit out of the body. A shape key that displaces a
/// vertex by nothing leaves it on the basis, unless it has fields of its own.
///
/// input must hold one HemShapeInput, whose fields say what they must hold.
/// out_points must hold point_count * 3 floats.
/// out_shape_keys must hold key_count * point_count * 3 floats: displacements from out_points; may be NULL
/// where key_count is 0.
/// out_rigid_labels must hold point_count part numbers, HEM_NO_INDEX for no part; may be NULL.
/// out_depths_before must hold point_count floats: metres inside the body before the repair, negative
/// outside, minus infinity without a body; may be NULL.
/// out_depths must hold point_count floats, the same after it; may be NULL.
/// out_report must hold one HemShapeReport with its struct_size set; may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_shape_stage_run(
    input: *const HemShapeInput,
    out_points: *mut f32,
    out_shape_keys: *mut f32,
    out_rigid_labels: *mut u32,
    out_depths_before: *mut f32,
    out_depths: *mut f32,
    out_report: *mut HemShapeReport,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let given = read_input(input)?;
        let count = given.point_count;
        let keys = checked_product("shape_keys", given.key_count, count)?;
        let key_fields = given.key_fields()?;
        let fields = given.fields("fields", given.fields, given.field_count)?;
        let stage = given.stage(&fields, &key_fields, keys)?;
        let points = output_rows::<f32, 3>("out_points", out_points, count)?;
        let shape_keys = output_rows::<f32, 3>("out_shape_keys", out_shape_keys, keys)?;
        let labels = optional_output("out_rigid_labels", out_rigid_labels, count)?;
        let before = optional_output("out_depths_before", out_depths_before, count)?;
        let depths = optional_output("out_depths", out_depths, count)?;
        with_progress(progress, |progress| {
            let shaped = shape::run(&stage, progress)?;
            if !out_report.is_null() {
                options::write("out_report", out_report, HemShapeReport::from(shaped.report))?;
            }
            points.copy_from_slice(bytemuck::cast_slice(&shaped.points));
            shape_keys.copy_from_slice(bytemuck::cast_slice(&shaped.shape_keys));
            for (out, found) in [(before, shaped.depths_before), (depths, shaped.depths)] {
                if let Some(out) = out {
                    out.copy_from_slice(&found);
                }
            }
            if let Some(labels) = labels {
                labels.copy_from_slice(&shaped.rigid_labels);
            }
            Ok(())
        })
    })
}

impl Default for HemShapeInput {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            rigid: HEM_RIGID_NONE,
            points: null(),
            point_count: 0,
            triangles: null(),
            triangle_count: 0,
            shape_keys: null(),
            key_count: 0,
            offsets: null(),
            groups: null(),
            weights: null(),
            entry_count: 0,
            group_count: 0,
            pose: null(),
            fields: null(),
            field_count: 0,
            own_fields: null(),
            key_field_offsets: null(),
            key_fields: null(),
            rigid_labels: null(),
            unpose: null(),
            source_body: null(),
            body: null(),
            repair: null(),
        }
    }
}

impl From<ShapeReport> for HemShapeReport {
    fn from(report: ShapeReport) -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            unweighted: report.unweighted as u32,
            singular: report.singular as u32,
            rigid_parts: report.rigid_parts as u32,
            deep_before: report.deep_before as u32,
            deep_after: report.deep_after as u32,
            deepest_before: report.deepest_before,
            deepest_after: report.deepest_after,
            moved_by_repair: report.moved_by_repair as u32,
            largest_push: report.largest_push,
            inverted_faces: report.inverted_faces as u32,
            stretched_faces: report.stretched_faces as u32,
        }
    }
}

/// # Safety
/// Where `input` is not NULL, it is a valid `HemShapeInput`.
unsafe fn read_input(input: *const HemShapeInput) -> Result<HemShapeInput> {
    // SAFETY: the caller's contract is the same; the reference is checked for NULL and alignment.
    let given = unsafe { handle("input", input) }?;
    let expected = size_of::<HemShapeInput>();
    if given.struct_size as usize != expected {
        let problem = format!(
            "has struct_size {}, expected {expected} (call hem_shape_input_init first)",
            given.struct_size
        );
        return Err(Error::invalid("input", problem));
    }
    Ok(*given)
}

impl HemShapeInput {
    /// # Safety
    /// The fields hold what they say.
    unsafe fn stage<'a>(
        &self,
        fields: &'a [FieldUse<'a>],
        key_fields: &'a [Option<Vec<FieldUse<'a>>>],
        key_rows: usize,
    ) -> Result<ShapeStage<'a>> {
        // SAFETY: the caller's contract is the same.
        unsafe {
            let weights = if self.offsets.is_null() {
                None
            } else {
                Some(sparse_input(
                    self.offsets,
                    self.point_count,
                    self.groups,
                    self.weights,
                    self.entry_count,
                    self.group_count,
                )?)
            };
            let rigid = match self.rigid {
                HEM_RIGID_NONE => Rigid::None,
                HEM_RIGID_DETECT => Rigid::Detect,
                HEM_RIGID_LABELS => {
                    Rigid::Labels(input("rigid_labels", self.rigid_labels, self.point_count)?)
                }
                other => {
                    let problem = format!("is {other}, expected a HEM_RIGID_... constant");
                    return Err(Error::invalid("rigid", problem));
                }
            };
            Ok(ShapeStage {
                points: input_points("points", self.points, self.point_count)?,
                triangles: input_rows("triangles", self.triangles, self.triangle_count)?,
                shape_keys: input_points("shape_keys", self.shape_keys, key_rows)?,
                weights,
                pose: bone_pose("pose", self.pose, self.group_count)?,
                fields,
                key_fields,
                rigid,
                unpose: bone_pose("unpose", self.unpose, self.group_count)?,
                source_body: optional_surface("source_body", self.source_body)?,
                body: optional_surface("body", self.body)?,
                repair: if self.repair.is_null() {
                    None
                } else {
                    Some(repair_options(self.repair)?)
                },
            })
        }
    }

    /// # Safety
    /// Where `count` is not 0, `uses` holds as many.
    unsafe fn fields<'a>(
        &self,
        argument: &'static str,
        uses: *const HemFieldUse,
        count: usize,
    ) -> Result<Vec<FieldUse<'a>>> {
        let mut fields = Vec::new();
        for number in 0..count {
            if uses.is_null() {
                return Err(Error::NullPointer { argument, count });
            }
            // SAFETY: the caller's contract is the same.
            fields.push(unsafe {
                let HemFieldUse { field, mask, options } = *handle(argument, uses.add(number))?;
                FieldUse {
                    field: &handle(argument, field)?.0,
                    mask: optional_input("mask", mask, self.point_count)?,
                    options: apply_options(options::read(options)?),
                }
            });
        }
        Ok(fields)
    }

    /// # Safety
    /// The fields hold what they say.
    unsafe fn key_fields<'a>(&self) -> Result<Vec<Option<Vec<FieldUse<'a>>>>> {
        // SAFETY: the caller's contract is the same.
        unsafe {
            let Some(own) = optional_input("own_fields", self.own_fields, self.key_count)? else {
                return Ok(Vec::new());
            };
            let bounds =
                input::<u32>("key_field_offsets", self.key_field_offsets, self.key_count + 1)?;
            let mut all = Vec::new();
            for (own, bounds) in own.iter().zip(bounds.windows(2)) {
                let (begin, end) = (bounds[0] as usize, bounds[1] as usize);
                if end < begin {
                    let problem = format!("falls from {begin} to {end}, expected ascending bounds");
                    return Err(Error::invalid("key_field_offsets", problem));
                }
                let first = self.key_fields.wrapping_add(begin);
                all.push(match own {
                    0 => None,
                    _ => Some(self.fields("key_fields", first, end - begin)?),
                });
            }
            Ok(all)
        }
    }
}

/// # Safety
/// Where `pose` is not NULL, its fields hold what they say.
unsafe fn bone_pose<'a>(
    argument: &'static str,
    pose: *const HemBonePose,
    group_count: usize,
) -> Result<Option<Armature<'a, f64>>> {
    if pose.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe {
        let given = handle(argument, pose)?;
        Ok(Some(Armature {
            rest: input_rows("rest", given.rest, given.bone_count)?,
            pose: input_rows("posed", given.posed, given.bone_count)?,
            group_bones: optional_input("group_bones", given.group_bones, group_count)?,
            to_armature: None,
            blend: blend_method(given.blend)?,
        }))
    }
}

/// # Safety
/// As [`handle`], where it is not NULL.
unsafe fn optional_surface<'a>(
    argument: &'static str,
    surface: *const HemSurface,
) -> Result<Option<&'a Surface>> {
    if surface.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's contract is the same.
    unsafe { handle(argument, surface) }.map(|surface| Some(&*surface.0))
}
