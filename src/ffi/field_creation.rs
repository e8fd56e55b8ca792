//! Deformation fields made from a body and its other shape.

use std::sync::Arc;

use super::buffers::{give_handle, input_points, input_rows, optional_input, output_slot};
use super::field::HemField;
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::rbf::{DEFAULT_EPSILON, HEM_RBF_MULTIQUADRIC, kernel_of};
use super::status::HemStatus;
use crate::deform::field_creation::{CreationOptions, create_field};
use crate::deform::rbf;
use crate::{Error, Result};

/// How hem_field_create_from_shapes works.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemFieldCreationOptions {
    /// Set by hem_field_creation_options_init.
    pub struct_size: u32,
    /// As in HemRbfOptions.
    pub kernel: u32,
    /// As in HemRbfOptions.
    pub epsilon: f32,
    /// As in HemRbfOptions.
    pub smoothing: f32,
    /// As in HemRbfOptions.
    pub merge_distance: f32,
    /// 1: the field leads from the other shape back to the body. 0 (default): from the body to it.
    pub inverse: u32,
    /// Equal parts into which the way is cut, 1 to 1000. Default 1.
    pub step_count: u32,
    /// 1: only samples with x >= 0 are kept, for symmetric bodies. Default 0.
    pub mirror_x: u32,
    /// Metres, above 0: edge of the sample grid's cells near the body. Default 0.0025.
    pub base_spacing: f32,
    /// Not negative: what a metre of distance adds to the edge of a cell, in metres. Default 0.5.
    pub growth: f32,
    /// At least 1: the grid fills the bounding box times this. Default 1.5.
    pub box_scale: f32,
    /// Metres, not negative: up to this distance from the body displacements count in full. Default 0.015.
    pub falloff_start: f32,
    /// Metres, above falloff_start, may be infinite: from this distance on nothing moves. Default 0.265.
    pub falloff_end: f32,
}

impl Default for HemFieldCreationOptions {
    fn default() -> Self {
        let CreationOptions {
            rbf: rbf::Options { smoothing, merge_distance, .. },
            inverse,
            step_count,
            mirror_x,
            base_spacing,
            growth,
            box_scale,
            falloff_start,
            falloff_end,
        } = CreationOptions::default();
        Self {
            struct_size: size_of::<Self>() as u32,
            kernel: HEM_RBF_MULTIQUADRIC,
            epsilon: DEFAULT_EPSILON,
            smoothing,
            merge_distance,
            inverse: inverse.into(),
            step_count: step_count as u32,
            mirror_x: mirror_x.into(),
            base_spacing,
            growth,
            box_scale,
            falloff_start,
            falloff_end,
        }
    }
}

impl Options for HemFieldCreationOptions {}

/// Fills the options with their defaults.
///
/// out_options must hold one HemFieldCreationOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_creation_options_init(
    out_options: *mut HemFieldCreationOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Makes a field that moves a body to another shape of it. The body's vertices are the control points
/// of radial basis functions; the field samples these on a grid around the body, fine near it and
/// coarser away from it, and at the control points themselves. Displacements fade with the distance
/// from the body by 1 - (3 t^2 - 2 t^3). A field mixes its nearest samples, so that the
/// body's own vertices do not land exactly: between two sample bodies 99 of 100 do within a tenth of a
/// millimetre, and all within half a one.
///
/// body must hold body_count * 3 floats, finite, world space.
/// deformed must hold deformed_count * 3 floats, finite.
/// correspondence may be NULL, where both shapes have the same vertices; else it must hold body_count
/// vertices of deformed, or HEM_NO_INDEX for a vertex that is no control point.
/// triangles may be NULL: distances then count from the control points; else it must hold
/// triangle_count * 3 vertices of the body; those with a vertex that is no control point are left out.
/// options may be NULL, for the defaults.
/// out_field must hold one pointer; release it by hem_field_destroy.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_field_create_from_shapes(
    body: *const f32,
    body_count: usize,
    deformed: *const f32,
    deformed_count: usize,
    correspondence: *const u32,
    triangles: *const u32,
    triangle_count: usize,
    options: *const HemFieldCreationOptions,
    out_field: *mut *mut HemField,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_field", out_field)?;
        let body = input_points("body", body, body_count)?;
        let deformed = input_points("deformed", deformed, deformed_count)?;
        let correspondence = optional_input("correspondence", correspondence, body_count)?;
        let triangles = match triangles.is_null() {
            true => None,
            false => Some(input_rows("triangles", triangles, triangle_count)?),
        };
        let options = creation_options(options::read(options)?)?;
        with_progress(progress, |progress| {
            let field =
                create_field(body, deformed, correspondence, triangles, &options, progress)?;
            give_handle("out_field", out_field, HemField(Arc::new(field)))
        })
    })
}

fn creation_options(options: HemFieldCreationOptions) -> Result<CreationOptions> {
    let HemFieldCreationOptions { smoothing, merge_distance, .. } = options;
    let HemFieldCreationOptions {
        base_spacing, growth, box_scale, falloff_start, falloff_end, ..
    } = options;
    let kernel = kernel_of(options.kernel, options.epsilon)?;
    Ok(CreationOptions {
        rbf: rbf::Options { kernel, smoothing, merge_distance, ..rbf::Options::default() },
        inverse: switch("inverse", options.inverse)?,
        step_count: options.step_count as usize,
        mirror_x: switch("mirror_x", options.mirror_x)?,
        base_spacing,
        growth,
        box_scale,
        falloff_start,
        falloff_end,
    })
}

/// A number that says yes or no.
fn switch(argument: &'static str, value: u32) -> Result<bool> {
    match value {
        0 | 1 => Ok(value == 1),
        _ => Err(Error::invalid(argument, format!("is {value}, expected 0 or 1"))),
    }
}
