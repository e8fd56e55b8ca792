//! Rigid and similarity fits.

use super::buffers::{input_points, optional_input, optional_output, output_rows, output_slot};
use super::guard::guard;
use super::options::{self, Options};
use super::status::HemStatus;
use crate::deform::fit::{self, Components, Fit, Motion, NO_COMPONENT};
use crate::ffi::library::HEM_NO_INDEX;
use crate::runtime::memory::checked_product;
use crate::{Error, Result};

const _: () = assert!(NO_COMPONENT == HEM_NO_INDEX);

/// Rotation, translation and one scale.
pub const HEM_MOTION_SIMILARITY: u32 = 0;
/// Rotation and translation.
pub const HEM_MOTION_RIGID: u32 = 1;

/// What a fit may do.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemFitOptions {
    /// Set by hem_fit_options_init.
    pub struct_size: u32,
    /// HEM_MOTION_SIMILARITY (the default) or HEM_MOTION_RIGID.
    pub motion: u32,
}

impl Default for HemFitOptions {
    fn default() -> Self {
        Self { struct_size: size_of::<Self>() as u32, motion: HEM_MOTION_SIMILARITY }
    }
}

impl Options for HemFitOptions {}

/// Fills the options with their defaults.
///
/// out_options must hold one HemFitOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_fit_options_init(out_options: *mut HemFitOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Fits, for each component of points, the rotation, translation and scale that carry its source
/// points onto their target points with the least weighted squared distance. Never a reflection. Where
/// several rotations are equally good (one point, a line), the one that turns least; a component
/// without points or with weights of 0 alone gets the identity.
///
/// source must hold point_count * 3 floats, finite.
/// target must hold point_count * 3 floats, finite.
/// weights must hold point_count floats, finite, not negative; may be NULL where all count the same.
/// labels must hold point_count components, each below component_count or HEM_NO_INDEX for none;
/// labels may be NULL where component_count is 1.
/// options may be NULL.
/// out_matrices must hold component_count * 16 doubles, row-major.
/// out_scales must hold component_count doubles; may be NULL.
/// out_residuals must hold component_count doubles, the root mean squared distances left; may be NULL.
/// out_points must hold point_count * 3 floats, the source points moved by their component's fit (those
/// of no component stay); may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_fit_similarity(
    source: *const f32,
    target: *const f32,
    weights: *const f32,
    labels: *const u32,
    point_count: usize,
    component_count: usize,
    options: *const HemFitOptions,
    out_matrices: *mut f64,
    out_scales: *mut f64,
    out_residuals: *mut f64,
    out_points: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let source = input_points("source", source, point_count)?;
        let target = input_points("target", target, point_count)?;
        let components = Components {
            labels: optional_input("labels", labels, point_count)?,
            count: component_count,
            weights: optional_input("weights", weights, point_count)?,
        };
        let motion = motion(options::read(options)?)?;
        let matrices = output_rows("out_matrices", out_matrices, component_count)?;
        let scales = optional_output("out_scales", out_scales, component_count)?;
        let residuals = optional_output("out_residuals", out_residuals, component_count)?;
        let numbers = checked_product("out_points", point_count, 3)?;
        let points = optional_output("out_points", out_points, numbers)?;

        let fits = fit::fit_similarity(source, target, components, motion)?;
        if let Some(points) = points {
            let moved = fit::move_components(&fits, components.labels, source)?;
            points.copy_from_slice(bytemuck::cast_slice(&moved));
        }
        fill(matrices, &fits, |fit| fit.matrix);
        fill(scales.unwrap_or_default(), &fits, |fit| fit.scale);
        fill(residuals.unwrap_or_default(), &fits, |fit| fit.residual);
        Ok(())
    })
}

fn fill<T>(out: &mut [T], fits: &[Fit], field: impl Fn(&Fit) -> T) {
    for (out, fit) in out.iter_mut().zip(fits) {
        *out = field(fit);
    }
}

fn motion(options: HemFitOptions) -> Result<Motion> {
    match options.motion {
        HEM_MOTION_SIMILARITY => Ok(Motion::Similarity),
        HEM_MOTION_RIGID => Ok(Motion::Rigid),
        other => {
            Err(Error::invalid("options", format!("has motion {other}, expected HEM_MOTION_...")))
        }
    }
}
