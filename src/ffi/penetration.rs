//! Penetration of a costume into a body and its repair; distortion of faces.

use super::buffers::{
    InOut, handle, in_out_rows, input_points, input_rows, optional_input, optional_output, output,
    output_rows, output_slot,
};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::status::HemStatus;
use super::surface::HemSurface;
use crate::Result;
use crate::deform::distortion;
use crate::deform::penetration::{self, RepairOptions};
use crate::mesh::signed_distance::SignedSurface;

/// What a repair of penetration aims at.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemRepairOptions {
    /// Set by hem_repair_options_init.
    pub struct_size: u32,
    /// Metres over the body that a vertex has at least, not negative; 0.0005 by default. One whose offset is
    /// this far inside, or farther, may end this deep, in between in proportion.
    pub clearance: f32,
    /// Metres, not negative; original offsets up to this are restored where the costume came closer; 0.01
    /// by default.
    pub keep_offset: f32,
    /// Metres, not negative: the farthest that a push spreads along the body; 0.03 by default.
    pub radius: f32,
}

impl Default for HemRepairOptions {
    fn default() -> Self {
        let RepairOptions { clearance, keep_offset, radius } = RepairOptions::default();
        Self { struct_size: size_of::<Self>() as u32, clearance, keep_offset, radius }
    }
}

impl Options for HemRepairOptions {}

/// Fills the options with their defaults.
///
/// out_options must hold one HemRepairOptions.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_repair_options_init(out_options: *mut HemRepairOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Measures how deep points lie inside a body: metres to its closest point, negative outside, minus
/// infinity where that is farther than max_distance. A point is inside by the pseudo-normal of the
/// closest face, edge or corner (Baerentzen and Aanaes 2005); outside where the closest point lies on the
/// border of an open body.
///
/// body must be a surface.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// max_distance: metres, not negative, may be infinite.
/// out_depths must hold point_count floats.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_measure_penetration(
    body: *const HemSurface,
    points: *const f32,
    point_count: usize,
    max_distance: f32,
    out_depths: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let body = &handle("body", body)?.0;
        let points = input_points("points", points, point_count)?;
        let out = output("out_depths", out_depths, point_count)?;
        with_progress(progress, |progress| {
            let body = SignedSurface::new(body)?;
            let depths = penetration::penetration(&body, points, max_distance, progress)?;
            out.copy_from_slice(&depths);
            Ok(())
        })
    })
}

/// Pushes a costume out of a body, smoothly along it: neighbours and layers over one spot move alike and
/// keep their order, a rigid part moves as a whole, and no vertex ends deeper than it was.
///
/// body must be a surface.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// offsets must hold point_count floats, finite: the original heights over the body that the costume was
/// made for; may be NULL.
/// rigid_labels must hold point_count part numbers, each below point_count or HEM_NO_INDEX; may be NULL.
/// options may be NULL, for the defaults.
/// out_points must hold point_count * 3 floats; may be the same buffer as points.
/// out_depths_before must hold point_count floats, see hem_measure_penetration; may be NULL.
/// out_depths must hold point_count floats; may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_repair_penetration(
    body: *const HemSurface,
    points: *const f32,
    point_count: usize,
    offsets: *const f32,
    rigid_labels: *const u32,
    options: *const HemRepairOptions,
    out_points: *mut f32,
    out_depths_before: *mut f32,
    out_depths: *mut f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let body = &handle("body", body)?.0;
        let rows =
            in_out_rows::<f32, 3>(("points", points), ("out_points", out_points), point_count)?;
        let offsets = optional_input("offsets", offsets, point_count)?;
        let labels = optional_input("rigid_labels", rigid_labels, point_count)?;
        let options = repair_options(options)?;
        let before = optional_output("out_depths_before", out_depths_before, point_count)?;
        let after = optional_output("out_depths", out_depths, point_count)?;
        with_progress(progress, |progress| {
            let body = SignedSurface::new(body)?;
            let given = match &rows {
                InOut::InPlace(rows) => bytemuck::cast_slice(rows),
                InOut::Separate(rows, _) => bytemuck::cast_slice(rows),
            };
            let found = penetration::repair(&body, given, offsets, labels, &options, progress)?;
            let (InOut::InPlace(out) | InOut::Separate(_, out)) = rows;
            out.copy_from_slice(bytemuck::cast_slice(&found.points));
            for (out, found) in [(before, found.depths_before), (after, found.depths)] {
                if let Some(out) = out {
                    out.copy_from_slice(&found);
                }
            }
            Ok(())
        })
    })
}

/// Compares two shapes of one mesh: the greatest and the least stretch of each face, and which faces
/// turned over against their edge neighbours. A face without area before has the stretches 1 and 1.
///
/// before must hold point_count * 3 floats, finite.
/// after must hold point_count * 3 floats, finite.
/// triangles must hold triangle_count * 3 vertex numbers, each below point_count.
/// out_stretches must hold triangle_count * 2 floats, the greatest first.
/// out_inverted must hold triangle_count bytes, 1 for a face that turned over, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_measure_distortion(
    before: *const f32,
    after: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    out_stretches: *mut f32,
    out_inverted: *mut u8,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let before = input_points("before", before, point_count)?;
        let after = input_points("after", after, point_count)?;
        let triangles = input_rows("triangles", triangles, triangle_count)?;
        let stretches = output_rows("out_stretches", out_stretches, triangle_count)?;
        let inverted = output("out_inverted", out_inverted, triangle_count)?;
        let found = distortion::measure(before, after, triangles)?;
        stretches.copy_from_slice(&found.stretches);
        for (out, found) in inverted.iter_mut().zip(found.inverted) {
            *out = found.into();
        }
        Ok(())
    })
}

/// # Safety
/// As [`options::read`].
pub(super) unsafe fn repair_options(options: *const HemRepairOptions) -> Result<RepairOptions> {
    // SAFETY: the caller's contract is the same.
    let HemRepairOptions { clearance, keep_offset, radius, .. } =
        unsafe { options::read(options) }?;
    Ok(RepairOptions { clearance, keep_offset, radius })
}
