//! Rows for `src/ffi/transfer_session.rs`.

use std::ptr::{null, null_mut};

use hemline::ffi::HemStatus::{self, *};
use hemline::ffi::sparse::HemSparseWeights;
use hemline::ffi::transfer_session::*;

use super::harness::{ABSURD, Case, Fault, Scratch};
use super::sparse::Rows;
use super::transfer::{BROKEN, CORNERS, GOOD, Targets};

const CREATE: &str = "hem_transfer_session_create";
const UPDATE: &str = "hem_transfer_session_update";
const WEIGHTS: &str = "hem_transfer_session_weights";

/// What an update takes beside the weights.
#[derive(Clone, Copy)]
struct Update {
    has_session: bool,
    body_points: *const f32,
    points: *const f32,
    normals: *const f32,
    point_count: usize,
}

const UNCHANGED: Update = Update {
    has_session: true,
    body_points: CORNERS.as_ptr(),
    points: CORNERS.as_ptr(),
    normals: null(),
    point_count: 2,
};

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new(CREATE, Fault::Null, "out_session", HEM_NULL_POINTER, |_| {
            create(Rows::GOOD, GOOD, null_mut())
        }),
        Case::new(CREATE, Fault::Value, "offsets", HEM_LENGTH_MISMATCH, |scratch| {
            let one_vertex = Rows { vertex_count: 1, entry_count: 2, ..Rows::GOOD };
            create(one_vertex, GOOD, scratch.handle())
        }),
    ];
    for (fault, argument, status, targets) in Targets::faults() {
        cases.push(Case::new(CREATE, fault, argument, status, move |scratch| {
            create(Rows::GOOD, targets, scratch.handle())
        }));
    }
    for (fault, argument, status, rows) in Rows::faults() {
        cases.push(Case::new(CREATE, fault, argument, status, move |scratch| {
            create(rows, GOOD, scratch.handle())
        }));
    }
    cases.extend(update_cases());
    cases.extend(weights_cases());
    cases
}

fn update_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (fault, argument, status, changes) in [
        (Fault::Null, "session", HEM_NULL_POINTER, Update { has_session: false, ..UNCHANGED }),
        (
            Fault::Overflow,
            "point_count",
            HEM_INVALID_ARGUMENT,
            Update { point_count: ABSURD, ..UNCHANGED },
        ),
        (
            Fault::NotFinite,
            "body_points",
            HEM_NOT_FINITE,
            Update { body_points: BROKEN.as_ptr(), ..UNCHANGED },
        ),
        (
            Fault::NotFinite,
            "points",
            HEM_NOT_FINITE,
            Update { points: BROKEN.as_ptr(), ..UNCHANGED },
        ),
        (
            Fault::NotFinite,
            "normals",
            HEM_NOT_FINITE,
            Update { normals: BROKEN.as_ptr(), ..UNCHANGED },
        ),
        (
            Fault::Value,
            "normals",
            HEM_INVALID_ARGUMENT,
            Update { normals: CORNERS.as_ptr(), ..UNCHANGED },
        ),
    ] {
        cases.push(Case::new(UPDATE, fault, argument, status, move |scratch| {
            update(Rows::GOOD, changes, scratch)
        }));
    }
    for (fault, argument, status, rows) in Rows::faults() {
        // NULL offsets mean unchanged weights, and the vertex count is the session's.
        let argument = match argument {
            "offsets" if rows.offsets.is_null() => continue,
            "offsets" if rows.vertex_count != 2 => "vertex_count",
            argument => argument,
        };
        let status = if argument == "vertex_count" { HEM_INVALID_ARGUMENT } else { status };
        cases.push(Case::new(UPDATE, fault, argument, status, move |scratch| {
            update(rows, UNCHANGED, scratch)
        }));
    }
    cases.push(Case::new(UPDATE, Fault::Value, "group_count", HEM_INVALID_ARGUMENT, |scratch| {
        update(Rows { group_count: 3, ..Rows::GOOD }, UNCHANGED, scratch)
    }));
    cases
}

fn weights_cases() -> Vec<Case> {
    vec![
        Case::new(WEIGHTS, Fault::Null, "session", HEM_NULL_POINTER, |scratch| {
            weights(null(), 2, scratch.handle(), scratch)
        }),
        Case::new(WEIGHTS, Fault::Null, "out_sparse_weights", HEM_NULL_POINTER, |scratch| {
            weights(session(), 2, null_mut(), scratch)
        }),
        Case::new(WEIGHTS, Fault::Overflow, "point_count", HEM_INVALID_ARGUMENT, |scratch| {
            weights(session(), ABSURD, scratch.handle(), scratch)
        }),
    ]
}

fn create(rows: Rows, targets: Targets, out: *mut *mut HemTransferSession) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_transfer_session_create(
            targets.surface(),
            rows.offsets,
            rows.vertex_count,
            rows.groups,
            rows.weights,
            rows.entry_count,
            rows.group_count,
            targets.points,
            targets.normals,
            targets.point_count,
            targets.triangles,
            targets.triangle_count,
            targets.first_triangles,
            &targets.options(),
            null(),
            out,
        )
    }
}

fn session() -> *mut HemTransferSession {
    let mut session = null_mut();
    assert_eq!(create(Rows::GOOD, GOOD, &mut session), HEM_OK);
    session
}

fn update(rows: Rows, changes: Update, scratch: &Scratch) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_transfer_session_update(
            if changes.has_session { session() } else { null_mut() },
            changes.body_points,
            rows.offsets,
            rows.vertex_count,
            rows.groups,
            rows.weights,
            rows.entry_count,
            rows.group_count,
            null(),
            changes.points,
            changes.normals,
            changes.point_count,
            null(),
            null(),
            scratch.output(2),
            scratch.output(1),
        )
    }
}

fn weights(
    session: *const HemTransferSession,
    point_count: usize,
    out: *mut *mut HemSparseWeights,
    scratch: &Scratch,
) -> HemStatus {
    // SAFETY: what is wrong is refused before it is used.
    unsafe {
        hem_transfer_session_weights(
            session,
            point_count,
            out,
            scratch.output(2),
            scratch.output(2),
        )
    }
}
