//! The last step: few influences, and rows that sum to 1.

use super::{GroupRole, Report};
use crate::Result;
use crate::weights::limit::{LimitOptions, limit_sparse};
use crate::weights::rows::map_rows;
use crate::weights::{GroupRoles, SparseView, SparseWeights};

/// Rows with at most `most` influences, locked ones kept first, that sum to 1; empty rows stay empty.
///
/// Rows without locked weights lose their smallest influences smoothly ([`limit_sparse`]); the locked ones
/// of the others keep their weights (up to a sum of 1), and as many of the largest others as there is room
/// for are scaled to the rest.
///
/// # Errors
/// Memory that cannot be had.
pub fn finish(rows: SparseView<'_>, roles: &[GroupRole], most: usize) -> Result<SparseWeights> {
    let free = GroupRoles::free(roles.len())?;
    let options = LimitOptions { max_influences: most, ..Default::default() };
    let limited = limit_sparse(rows, &free, options)?.0;
    let limited = limited.view();
    map_rows(rows, |vertex, (groups, weights), out| {
        let locked = |group: &u32| roles[*group as usize] == GroupRole::Locked;
        if groups.iter().any(locked) {
            finish_locked(groups, weights, locked, most, out);
        } else {
            let (groups, weights) = limited.row(vertex);
            let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
            for (group, weight) in groups.iter().zip(weights) {
                out[*group as usize] = f64::from(*weight) / sum;
            }
        }
    })
}

fn finish_locked(
    groups: &[u32],
    weights: &[f32],
    locked: impl Fn(&u32) -> bool,
    most: usize,
    out: &mut [f64],
) {
    let mut entries: Vec<(bool, u32, f64)> = groups
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(group, weight)| (locked(group), *group, f64::from(*weight)))
        .collect();
    entries.sort_by(|a, b| b.0.cmp(&a.0).then(b.2.total_cmp(&a.2)).then(a.1.cmp(&b.1)));
    entries.truncate(most);
    let sum = |of_locked: bool| -> f64 {
        entries.iter().filter(|entry| entry.0 == of_locked).map(|entry| entry.2).sum()
    };
    let (kept, free) = (sum(true), sum(false));
    let kept_scale = if kept > 1.0 || free == 0.0 { kept.recip() } else { 1.0 };
    let free_scale = if free > 0.0 { (1.0 - kept * kept_scale).max(0.0) / free } else { 0.0 };
    for (is_locked, group, weight) in &entries {
        out[*group as usize] = weight * if *is_locked { kept_scale } else { free_scale };
    }
}

/// Counts influences, sums and bare vertices.
pub fn measure(rows: SparseView<'_>, report: &mut Report) {
    for vertex in 0..rows.vertex_count() {
        let weights = rows.row(vertex).1;
        if weights.is_empty() {
            report.bare += 1;
            continue;
        }
        let sum: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        report.max_influences = report.max_influences.max(weights.len() as u32);
        report.max_sum_error = report.max_sum_error.max((sum - 1.0).abs() as f32);
    }
}
