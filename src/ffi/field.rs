//! Deformation fields: made, read from files, written, applied.

use std::ffi::{CStr, c_char};
use std::path::Path;
use std::sync::Arc;

use super::buffers::{
    InOut, destroy_handle, give_handle, handle, in_out_rows, input_points, optional_input,
    output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::sparse::offsets_input;
use super::status::HemStatus;
use crate::deform::field::{self, ApplyOptions, Field, FieldSamples};
use crate::files::field_file;
use crate::{Error, Result};

/// A deformation field with the index of each step. Immutable: many threads may apply it at once.
pub struct HemField(pub(crate) Arc<Field>);

/// How a field is applied.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemFieldOptions {
    /// Set by hem_field_options_init.
    pub struct_size: u32,
    /// Samples that each point takes: 1 to 1024; 8 by default.
    pub neighbor_count: u32,
    /// Metres, above 0; 0.00001 by default. Weights are 1 / sqrt(distance^2 + epsilon^2).
    pub epsilon: f32,
    /// The part of the steps that is applied begins here: 0 (the default) to end.
    pub start: f32,
    /// The part of the steps that is applied ends here: start to 1 (the default).
    pub end: f32,
    /// Metres; points farther from every sample stay. Infinite by default.
    pub max_distance: f32,
    /// Metres before max_distance over which displacements fade to zero; 0 by default.
    pub falloff: f32,
}

impl Default for HemFieldOptions {
    fn default() -> Self {
        let ApplyOptions { neighbor_count, epsilon, start, end, max_distance, falloff } =
            ApplyOptions::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            neighbor_count: neighbor_count as u32,
            epsilon,
            start,
            end,
            max_distance,
            falloff,
        }
    }
}

impl Options for HemFieldOptions {}

/// Fills the options with their defaults.
///
/// out_options must hold one HemFieldOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_options_init(out_options: *mut HemFieldOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Makes a field of sample points and displacements, in field space, and builds its indices.
///
/// offsets must hold step_count + 1 bounds, ascending from 0 to sample_count: step s has the samples
/// offsets[s] to offsets[s + 1], one at least.
/// points must hold sample_count * 3 floats, finite.
/// displacements must hold sample_count * 3 floats, finite.
/// world_matrix must hold 16 doubles, row-major, affine, with an inverse: from field space to world
/// space; world_matrix may be NULL where both are one.
/// mirror_x: 1 where samples with x > 0 stand for both sides of the plane x = 0, else 0.
/// out_field must hold one pointer; release it by hem_field_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_create(
    offsets: *const u32,
    step_count: usize,
    points: *const f32,
    displacements: *const f32,
    sample_count: usize,
    world_matrix: *const f64,
    mirror_x: u32,
    out_field: *mut *mut HemField,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_field", out_field)?;
        let samples = FieldSamples {
            offsets: offsets_input(offsets, step_count)?.to_vec(),
            points: input_points("points", points, sample_count)?.to_vec(),
            displacements: input_points("displacements", displacements, sample_count)?.to_vec(),
            world_matrix: match optional_input("world_matrix", world_matrix, 16)? {
                Some(numbers) => numbers.try_into().expect("16 numbers"),
                None => field::identity(),
            },
            mirror_x: match mirror_x {
                0 | 1 => mirror_x == 1,
                _ => {
                    return Err(Error::invalid(
                        "mirror_x",
                        format!("is {mirror_x}, expected 0 or 1"),
                    ));
                }
            },
        };
        give_handle("out_field", out_field, HemField(Arc::new(Field::new(samples)?)))
    })
}

/// Reads a field file (.npz), all layouts that there are, and builds its indices. Pickled arrays are
/// decoded by a reader that makes numbers and lists only; nothing in a file is run. HEM_FILE_ERROR,
/// with a text that says what is wrong, for a file that cannot be read or is no field.
///
/// path must be UTF-8, ending with a zero byte.
/// out_field must hold one pointer; release it by hem_field_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_load(
    path: *const c_char,
    out_field: *mut *mut HemField,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_field", out_field)?;
        let path = input_path("path", path)?;
        let field = Field::new(field_file::load(path)?)?;
        give_handle("out_field", out_field, HemField(Arc::new(field)))
    })
}

/// Writes a field file (.npz). A file that is there is replaced by a whole one or stays.
///
/// field must be a field.
/// path must be UTF-8, ending with a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_save(field: *const HemField, path: *const c_char) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let field = &handle("field", field)?.0;
        field_file::save(input_path("path", path)?, field.samples())
    })
}

/// Shows the samples of a field as its file holds them. The arrays belong to the handle and stay valid
/// until it is destroyed.
///
/// field must be a field.
/// out_offsets must hold one pointer, to out_step_count + 1 bounds of the steps afterwards.
/// out_points must hold one pointer, to out_sample_count * 3 floats afterwards.
/// out_displacements must hold one pointer, to out_sample_count * 3 floats afterwards.
/// out_world_matrix must hold one pointer, to 16 doubles afterwards.
/// out_step_count, out_sample_count and out_mirror_x must hold one size_t each; the last is 1 for a
/// mirrored field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_view(
    field: *const HemField,
    out_offsets: *mut *const u32,
    out_points: *mut *const f32,
    out_displacements: *mut *const f32,
    out_world_matrix: *mut *const f64,
    out_step_count: *mut usize,
    out_sample_count: *mut usize,
    out_mirror_x: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let samples = handle("field", field)?.0.samples();
        let offsets = output_slot("out_offsets", out_offsets)?;
        let points = output_slot("out_points", out_points)?;
        let displacements = output_slot("out_displacements", out_displacements)?;
        let world_matrix = output_slot("out_world_matrix", out_world_matrix)?;
        let step_count = output_slot("out_step_count", out_step_count)?;
        let sample_count = output_slot("out_sample_count", out_sample_count)?;
        let mirror_x = output_slot("out_mirror_x", out_mirror_x)?;
        offsets.write(samples.offsets.as_ptr());
        points.write(samples.points.as_ptr().cast());
        displacements.write(samples.displacements.as_ptr().cast());
        world_matrix.write(samples.world_matrix.as_ptr());
        step_count.write(samples.step_count());
        sample_count.write(samples.points.len());
        mirror_x.write(samples.mirror_x.into());
        Ok(())
    })
}

/// Moves points of world space by a field. In each step every point takes the displacements of its
/// nearest samples, weighted by inverse distance; the next step starts from there. A range that begins
/// within a step finds its samples moved on, so that 0 to a, then a to 1, does what 0 to 1 does
/// wherever the field moves neighbours alike. Tiny errors apart (1e-6 m), results are those of a
/// brute-force search.
///
/// field must be a field.
/// points must hold point_count * 3 floats, finite.
/// mask must hold point_count floats, finite, factors of the displacements; may be NULL.
/// options may be NULL.
/// out_points must hold point_count * 3 floats; may be the same buffer as points.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_apply(
    field: *const HemField,
    points: *const f32,
    point_count: usize,
    mask: *const f32,
    options: *const HemFieldOptions,
    out_points: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let field = &handle("field", field)?.0;
        let rows =
            in_out_rows::<f32, 3>(("points", points), ("out_points", out_points), point_count)?;
        let mask = optional_input("mask", mask, point_count)?;
        let options = apply_options(options::read(options)?);
        let mut working: Vec<glam::Vec3> = match &rows {
            InOut::InPlace(rows) => bytemuck::cast_slice(rows).to_vec(),
            InOut::Separate(rows, _) => bytemuck::cast_slice(rows).to_vec(),
        };
        with_progress(progress, |progress| field.apply(&mut working, mask, &options, progress))?;
        let (InOut::InPlace(out) | InOut::Separate(_, out)) = rows;
        out.copy_from_slice(bytemuck::cast_slice(&working));
        Ok(())
    })
}

/// Releases a field and the arrays that hem_field_view showed.
///
/// field may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_destroy(field: *mut HemField) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(field) }
}

pub(super) fn apply_options(options: HemFieldOptions) -> ApplyOptions {
    let HemFieldOptions { neighbor_count, epsilon, start, end, max_distance, falloff, .. } =
        options;
    ApplyOptions {
        neighbor_count: neighbor_count as usize,
        epsilon,
        start,
        end,
        max_distance,
        falloff,
    }
}

/// A path to read or write.
///
/// # Safety
/// Where `path` is not NULL, a text that ends with a zero byte is readable there.
unsafe fn input_path<'a>(argument: &'static str, path: *const c_char) -> Result<&'a Path> {
    if path.is_null() {
        return Err(Error::NullPointer { argument, count: 1 });
    }
    // SAFETY: ends with a zero byte by the contract.
    let text = unsafe { CStr::from_ptr(path) };
    text.to_str()
        .map(Path::new)
        .map_err(|_| Error::invalid(argument, "is not UTF-8, expected a path in UTF-8"))
}
