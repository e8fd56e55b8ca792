//! What an outfit keeps of its present weights: the share of its own bones, locked groups, and
//! everything where new weights do not apply.

use super::{GroupRole, Outfit};
use crate::Result;
use crate::weights::rows::map_rows;
use crate::weights::{SparseView, SparseWeights};

/// The body's rows without the groups that the outfit does not take from it.
///
/// # Errors
/// Memory that cannot be had.
pub fn only_body_groups(rows: SparseView<'_>, roles: &[GroupRole]) -> Result<SparseWeights> {
    map_rows(rows, |_, (groups, weights), out| {
        for (group, weight) in groups.iter().zip(weights) {
            if roles[*group as usize] == GroupRole::Body {
                out[*group as usize] = f64::from(*weight);
            }
        }
    })
}

/// `#V`: the vertex has a locked weight, so that its row must not be mixed with others.
pub fn locked_vertices(present: SparseView<'_>, roles: &[GroupRole]) -> Vec<bool> {
    (0..present.vertex_count())
        .map(|vertex| {
            let (groups, weights) = present.row(vertex);
            let locked = |group: &u32| roles[*group as usize] == GroupRole::Locked;
            groups.iter().zip(weights).any(|(group, weight)| locked(group) && *weight > 0.0)
        })
        .collect()
}

/// The transferred rows with the outfit's present weights restored where they are to stay.
///
/// With present weights p and transferred ones t (sum 1, or empty), and L the sum of the locked
/// p_g (scaled to 1 where it is more), the rest 1 − L of a row is
/// `m · (s · own + (1 − s) · t) + (1 − m) · p`: own and p here are present weights of own bones and of all
/// groups that are not locked, each scaled to sum 1; s is the own bones' share in that p; and m = `mix` ×
/// the mask. Without t, own bones take all; without p, t does.
///
/// # Errors
/// Memory that cannot be had.
pub fn restore(
    transferred: SparseView<'_>,
    outfit: Outfit<'_>,
    roles: &[GroupRole],
    mix: f32,
) -> Result<SparseWeights> {
    map_rows(transferred, |vertex, (groups, weights), out| {
        let present = Present::of(outfit.present.row(vertex), roles);
        let rest = 1.0 - present.locked.min(1.0);
        let share = f64::from(mix) * outfit.mask.map_or(1.0, |mask| f64::from(mask[vertex]));
        let new: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        let own_share = if present.free == 0.0 {
            0.0
        } else if new == 0.0 && present.own > 0.0 {
            1.0
        } else {
            present.own / present.free
        };
        let old_share = if present.free == 0.0 { 0.0 } else { 1.0 - share };
        if new > 0.0 {
            let scale = rest * (1.0 - old_share) * (1.0 - own_share) / new;
            for (group, weight) in groups.iter().zip(weights) {
                out[*group as usize] += scale * f64::from(*weight);
            }
        }
        let locked_scale = if present.locked > 1.0 { present.locked.recip() } else { 1.0 };
        for (group, weight) in present.entries() {
            out[group as usize] += weight
                * match roles[group as usize] {
                    GroupRole::Locked => locked_scale,
                    GroupRole::Own => {
                        let own = (1.0 - old_share) * own_share / present.own;
                        rest * (own + old_share / present.free)
                    }
                    GroupRole::Body => rest * old_share / present.free,
                };
        }
    })
}

/// Sums over a present row.
struct Present<'a> {
    row: (&'a [u32], &'a [f32]),
    locked: f64,
    own: f64,
    /// Of all groups that are not locked.
    free: f64,
}

impl<'a> Present<'a> {
    fn of(row: (&'a [u32], &'a [f32]), roles: &[GroupRole]) -> Self {
        let mut sums = Self { row, locked: 0.0, own: 0.0, free: 0.0 };
        for (group, weight) in row.0.iter().zip(row.1) {
            let weight = f64::from(*weight);
            match roles[*group as usize] {
                GroupRole::Locked => sums.locked += weight,
                GroupRole::Own => (sums.own, sums.free) = (sums.own + weight, sums.free + weight),
                GroupRole::Body => sums.free += weight,
            }
        }
        sums
    }

    /// Entries above 0: sums that weights are divided by are then above 0 too.
    fn entries(&self) -> impl Iterator<Item = (u32, f64)> {
        let entries = self.row.0.iter().zip(self.row.1).filter(|(_, weight)| **weight > 0.0);
        entries.map(|(group, weight)| (*group, f64::from(*weight)))
    }
}
