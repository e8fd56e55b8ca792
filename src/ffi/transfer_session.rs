//! Surface weight transfer that is kept up to date.

use std::sync::Arc;

use super::buffers::{
    destroy_handle, give_handle, handle, handle_mut, input_points, optional_input,
    optional_input_points, optional_output, output_slot,
};
use super::guard::guard;
use super::progress::{HemProgress, with_progress};
use super::sparse::{HemSparseWeights, sparse_input};
use super::status::HemStatus;
use super::surface::HemSurface;
use super::transfer::{HemTransferOptions, read_options, write_matches};
use crate::weights::transfer_session::{Changes, TransferSession};
use crate::{Error, Result};

/// A transfer of sparse weights that is kept up to date while the body, its weights or the points change.
/// Keeps copies of all that it was given: besides the result about 60 bytes a point, 110 a triangle, and
/// the body's weights. hem_transfer_session_update must not run beside another call with the same
/// session.
pub struct HemTransferSession(TransferSession);

/// Transfers weights as hem_transfer_weights_sparse does, and keeps what later updates need.
///
/// surface must come from hem_surface_create or hem_surface_acquire; it may be destroyed afterwards.
/// offsets must hold vertex_count + 1 row bounds, ascending from 0 to entry_count; vertex_count must be the surface's.
/// groups must hold entry_count groups, each below group_count and once in a row at most.
/// weights must hold entry_count floats, finite.
/// points must hold point_count * 3 floats, finite, at most 1e18 from 0.
/// normals may be NULL; else it must hold point_count * 3 floats, finite, of any length. A zero normal leaves the ramp out.
/// triangles may be NULL where the options have no normal_radius; else it must hold triangle_count * 3 indices, each below point_count. They give the normals that are averaged, and the points' own where normals is NULL.
/// first_triangles may be NULL; else it must hold one triangle number for each of the surface's triangles, as hem_transfer_weights_sparse takes them.
/// options may be NULL, for the defaults.
/// progress may be NULL.
/// out_session must hold one pointer; release it by hem_transfer_session_destroy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_session_create(
    surface: *const HemSurface,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    points: *const f32,
    normals: *const f32,
    point_count: usize,
    triangles: *const u32,
    triangle_count: usize,
    first_triangles: *const u32,
    options: *const HemTransferOptions,
    progress: *const HemProgress,
    out_session: *mut *mut HemTransferSession,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let surface = &handle("surface", surface)?.0;
        output_slot("out_session", out_session)?;
        let body = sparse_input(offsets, vertex_count, groups, weights, entry_count, group_count)?;
        let points = input_points("points", points, point_count)?;
        let mesh = (triangles, triangle_count);
        let options = read_options(surface, normals, point_count, mesh, first_triangles, options)?;
        with_progress(progress, |progress| {
            let session =
                TransferSession::new(Arc::clone(surface), body, points, &options, progress)?;
            give_handle("out_session", out_session, HemTransferSession(session))
        })
    })
}

/// Brings the transfer up to date after a change of the body's vertices, its weights, the points or their
/// normals: only the rows that can differ are made again, and the result equals a full transfer bit for
/// bit. What changed is found by comparing bits with the arrays of before; normals that are averaged over
/// a normal_radius are all averaged again where anything moved, which then takes most of the time. After an
/// error or a cancel the session is as it was.
///
/// session must not be in use by another call.
/// body_points may be NULL, for unchanged ones; else it must hold vertex_count * 3 floats, finite, at most 1e18 from 0. vertex_count must be the one of before.
/// offsets may be NULL, for unchanged weights; else it must hold vertex_count + 1 row bounds, ascending from 0 to entry_count.
/// groups must hold entry_count groups, each below group_count and once in a row at most; group_count must be the one of before. Not read where offsets is NULL; may be NULL then.
/// weights must hold entry_count floats, finite. Not read where offsets is NULL; may be NULL then.
/// changed_vertices may be NULL; else it must hold vertex_count bytes: vertices with 0 keep position and weights of before, whatever the arrays hold.
/// points may be NULL, for unchanged ones; else it must hold point_count * 3 floats, finite, at most 1e18 from 0. point_count must be the one of before.
/// normals may be NULL, for unchanged ones; else it must hold point_count * 3 floats, finite; only for a session that was created with normals.
/// changed_points may be NULL; else it must hold point_count bytes: points with 0 keep position and normal of before, whatever the arrays hold.
/// progress may be NULL.
/// out_changed may be NULL; else it must hold point_count bytes: 1 for rows whose weights differ from before, else 0.
/// out_changed_count may be NULL; else it must hold one size_t, the number of those rows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_session_update(
    session: *mut HemTransferSession,
    body_points: *const f32,
    offsets: *const u32,
    vertex_count: usize,
    groups: *const u32,
    weights: *const f32,
    entry_count: usize,
    group_count: usize,
    changed_vertices: *const u8,
    points: *const f32,
    normals: *const f32,
    point_count: usize,
    changed_points: *const u8,
    progress: *const HemProgress,
    out_changed: *mut u8,
    out_changed_count: *mut usize,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let session = &mut handle_mut("session", session)?.0;
        check_count("vertex_count", vertex_count, session.surface().points().len())?;
        check_count("point_count", point_count, session.closest().len())?;
        let body_weights = match offsets.is_null() {
            true => None,
            false => Some(sparse_input(
                offsets,
                vertex_count,
                groups,
                weights,
                entry_count,
                group_count,
            )?),
        };
        let changes = Changes {
            body_points: optional_input_points("body_points", body_points, vertex_count)?,
            body_weights,
            points: optional_input_points("points", points, point_count)?,
            normals: optional_input_points("normals", normals, point_count)?,
            changed_vertices: optional_input("changed_vertices", changed_vertices, vertex_count)?,
            changed_points: optional_input("changed_points", changed_points, point_count)?,
        };
        let marks = optional_output("out_changed", out_changed, point_count)?;
        let count = optional_output("out_changed_count", out_changed_count, 1)?;
        with_progress(progress, |progress| {
            let changed = session.update(&changes, progress)?;
            if let Some(marks) = marks {
                marks.fill(0);
                changed.iter().for_each(|&row| marks[row as usize] = 1);
            }
            if let Some([count]) = count {
                *count = changed.len();
            }
            Ok(())
        })
    })
}

/// Gives the weights of a session as they are now, without a copy: later updates do not change them. They
/// have one row a point, groups ascending, zeros left out; a point without a match has an empty row.
///
/// point_count must be the session's.
/// out_sparse_weights must hold one pointer; release it by hem_sparse_weights_destroy.
/// out_matched may be NULL; else it must hold point_count bytes: 1 where there is a match, else 0.
/// out_distances may be NULL; else it must hold point_count floats: metres, infinity without a match.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_session_weights(
    session: *const HemTransferSession,
    point_count: usize,
    out_sparse_weights: *mut *mut HemSparseWeights,
    out_matched: *mut u8,
    out_distances: *mut f32,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let session = &handle("session", session)?.0;
        output_slot("out_sparse_weights", out_sparse_weights)?;
        check_count("point_count", point_count, session.closest().len())?;
        let matched = optional_output("out_matched", out_matched, point_count)?;
        let distances = optional_output("out_distances", out_distances, point_count)?;
        write_matches(session.closest(), matched, distances);
        let weights = HemSparseWeights(Arc::clone(session.weights()));
        give_handle("out_sparse_weights", out_sparse_weights, weights)
    })
}

/// Releases a session; weights that it gave stay valid.
///
/// session may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_transfer_session_destroy(session: *mut HemTransferSession) {
    // SAFETY: the caller's contract, stated above.
    unsafe { destroy_handle(session) }
}

fn check_count(argument: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::invalid(argument, format!("is {found}, expected {expected} as the session has")))
}
