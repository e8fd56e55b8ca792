//! Every exported function, called with each kind of bad argument: a status and a text that names the
//! argument, never a crash, nothing written.
//!
//! One module for each file of `src/ffi`, each with a `cases()` that [`all_cases`] collects. What must be
//! covered is read from the header, so that a new function without rows here fails the test:
//!
//! - each pointer, unless its contract says "may be NULL": a [`Fault::Null`] row that names it;
//! - a count: a [`Fault::Overflow`] row with an absurd one;
//! - input indices (`const uint32_t *`): a [`Fault::Index`] row;
//! - input numbers (`const float *`, or `float *` without `out_`): a [`Fault::NotFinite`] row, unless the
//!   function's text says "may hold numbers that are not finite";
//! - options or a plain number: a [`Fault::Value`] row.

mod bookkeeping;
mod cache;
mod changes;
mod coverage;
mod deform;
mod distances;
mod field;
mod harness;
mod inpaint;
mod intersections;
mod library;
mod masks;
mod penetration;
mod point_index;
mod radius_graph;
mod rbf;
mod robust_transfer;
mod shape_stage;
mod smoothing;
mod sparse;
mod surface;
mod transfer;
mod transfer_session;
mod transforms;
mod weight_stage;
mod weights;

use harness::Case;

fn all_cases() -> Vec<Case> {
    [
        bookkeeping::cases(),
        changes::cases(),
        penetration::cases(),
        shape_stage::cases(),
        library::cases(),
        transforms::cases(),
        cache::cases(),
        distances::cases(),
        point_index::cases(),
        sparse::cases(),
        weights::cases(),
        deform::cases(),
        field::cases(),
        rbf::cases(),
        intersections::cases(),
        radius_graph::cases(),
        smoothing::cases(),
        surface::cases(),
        transfer::cases(),
        inpaint::cases(),
        robust_transfer::cases(),
        masks::cases(),
        weight_stage::cases(),
        transfer_session::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn bad_arguments_are_refused_by_name_and_write_nothing() {
    let failures: Vec<String> = all_cases().iter().filter_map(|case| case.run().err()).collect();
    assert!(failures.is_empty(), "{} rows failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_exported_function_is_covered() {
    let missing = coverage::missing(include_str!("../../include/hemline.h"), &all_cases());
    assert!(missing.is_empty(), "no row for:\n{}", missing.join("\n"));
}
