//! The weight stage: from a body's skin weights to those of an outfit's pieces, in one call.
//!
//! The pieces of a layered group come one after another in common arrays. The steps, each of which an
//! option leaves out:
//!
//! 1. robust transfer, layer by layer ([`layers`]): a layer follows the body and the layers below it;
//! 2. the outfit's own bones and locked groups get their present share back, and present weights are mixed in
//!    where the caller's mask says ([`keep`]);
//! 3. rigid parts keep one weight set each ([`crate::weights::rigid`]);
//! 4. weight on the other side's bones, farther across than the body has it, goes to its own side ([`sides`]);
//! 5. radius smoothing where the smooth mask says ([`smooth`]);
//! 6. overlapping vertices of all pieces end equal ([`crate::weights::seams`]);
//! 7. vertices that mirror each other get mirrored weights ([`crate::weights::symmetry`]);
//! 8. vertices without weights take those of their neighbours ([`crate::weights::propagate`]);
//! 9. few influences, locked ones first; rows sum to 1 ([`finish`]).

pub mod finish;
pub mod keep;
pub mod layers;
pub mod sides;
pub mod smooth;

use glam::Vec3;

use crate::geometry::surface::Surface;
use crate::mesh::components::{Parts, connected_components};
use crate::runtime::{Progress, check};
use crate::spatial::point_index::NO_INDEX;
use crate::weights::average::average_rows;
use crate::weights::masks::SmoothMask;
use crate::weights::propagate::propagate_weights;
use crate::weights::rigid::find_rigid_parts;
use crate::weights::robust_transfer::{RobustOptions, Source, check_not_negative};
use crate::weights::seams::{SeamOptions, find_seams};
use crate::weights::symmetry::{check_mirror, symmetrize_weights};
use crate::weights::{SparseView, SparseWeights};
use crate::{Error, Result};

/// Weights that differ by more make two present rows different patterns.
const RIGID_TOLERANCE: f32 = 1e-3;

/// What a group is to the outfit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GroupRole {
    /// Transferred from the body.
    Body = 0,
    /// The outfit's own bone: vertices keep their present share of it.
    Own = 1,
    /// Present weights stay as they are; the other groups take the rest.
    Locked = 2,
}

/// The outfit's pieces, one after another.
#[derive(Clone, Copy)]
pub struct Outfit<'a> {
    /// `#V by 3`, metres, in the body's space.
    pub points: &'a [Vec3],
    /// `#T by 3` vertices; a triangle lies within a piece.
    pub triangles: &'a [[u32; 3]],
    /// `#E by 2` vertices.
    pub edges: &'a [[u32; 2]],
    /// `#V` rows of present weights; vertices without any have empty rows.
    pub present: SparseView<'a>,
    /// `#V` in [0, 1]: how much new weights apply; `None`: 1 everywhere.
    pub mask: Option<&'a [f32]>,
    /// `#P + 1`: first vertex of each piece, ascending from 0 to `#V`.
    pub piece_starts: &'a [u32],
    /// `#P`: pieces of a layer lie over those of lower layers.
    pub layers: &'a [u32],
}

/// The groups that body and outfit have in common.
#[derive(Clone, Copy)]
pub struct Groups<'a> {
    /// `#G`.
    pub roles: &'a [GroupRole],
    /// `#G`: the group on the other side (x → −x), itself in the middle, [`NO_INDEX`] for none; mutual. `None`:
    /// no sides.
    pub mirror: Option<&'a [u32]>,
}

/// How [`run`] works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The transfer; its limit of influences is also the stage's, and must not be 0.
    pub robust: RobustOptions,
    /// 1 takes new weights, 0 present ones where there are any.
    pub mix: f32,
    /// Whether rigid parts keep one weight set.
    pub rigid_parts: bool,
    /// Whether wrong sides are mended (needs mirrored groups).
    pub sides: bool,
    /// Metres within which vertices mirror each other (needs mirrored groups); 0 leaves symmetry out.
    pub symmetry: f32,
    /// Radius of the smoothing, metres.
    pub smooth_radius: f32,
    /// Passes of smoothing; 0 leaves it out.
    pub smooth_iterations: u32,
    /// Where weights are smoothed.
    pub smooth_mask: SmoothMask,
    /// Metres within which vertices overlap; 0 leaves seams out.
    pub seams: f32,
    /// Whether vertices without weights take those of their neighbours.
    pub propagate: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            robust: RobustOptions::default(),
            mix: 1.0,
            rigid_parts: true,
            sides: true,
            symmetry: 5e-4,
            smooth_radius: 0.05,
            // By confidence the transfer smooths by itself what is far from the body.
            smooth_iterations: 0,
            smooth_mask: SmoothMask::default(),
            seams: 1e-4,
            propagate: true,
        }
    }
}

/// What happened to how many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// Vertices by [`Source`], in its order.
    pub sources: [u32; 4],
    /// Islands without a match that was accepted.
    pub unmatched_islands: u32,
    /// Rigid parts.
    pub rigid_parts: u32,
    /// Vertices whose weight on the other side's bones was moved.
    pub side_vertices: u32,
    /// Vertices that got mirrored weights.
    pub mirrored: u32,
    /// Vertices on seams.
    pub seam_vertices: u32,
    /// Vertices that took their neighbours' weights.
    pub propagated: u32,
    /// Vertices without weights in the end.
    pub bare: u32,
    /// Most influences of a vertex.
    pub max_influences: u32,
    /// Largest |sum − 1| of a row that is not bare.
    pub max_sum_error: f32,
}

/// What [`run`] gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// `#V` rows: in [0, 1], sums 1, groups ascending.
    pub weights: SparseWeights,
    /// `#V`: where the transferred weights come from.
    pub sources: Vec<Source>,
    /// Counts.
    pub report: Report,
}

/// Runs the stage.
///
/// - `body`, `body_weights`: the body and a row for each of its vertices, not negative.
///
/// # Errors
/// Arguments that break a rule, which are named; a cancel; memory that cannot be had.
pub fn run(
    body: &Surface,
    body_weights: SparseView<'_>,
    outfit: Outfit<'_>,
    groups: Groups<'_>,
    options: &Options,
    progress: &Progress<'_>,
) -> Result<Stage> {
    outfit.check(groups.roles.len())?;
    groups.check()?;
    options.check()?;
    check::length("body_weights", body_weights.vertex_count(), body.points().len())?;
    check::length("body_weights' groups", body_weights.group_count(), groups.roles.len())?;
    check_not_negative("body_weights", body_weights.weights())?;
    let most = options.robust.max_influences;

    let body_rows = keep::only_body_groups(body_weights, groups.roles)?;
    let moved =
        layers::transfer(body, &body_rows, outfit, &options.robust, &progress.part(0.0, 0.7))?;
    let mut report = Report { unmatched_islands: moved.unmatched_islands, ..Default::default() };
    moved.sources.iter().for_each(|source| report.sources[*source as usize] += 1);
    let mut rows = keep::restore(moved.weights.view(), outfit, groups.roles, options.mix)?;
    let locked = keep::locked_vertices(outfit.present, groups.roles);

    let rigid = outfit.rigid_parts(options)?;
    rows = average_rows(rows.view(), &rigid.labels, rigid.count)?;
    report.rigid_parts = rigid.count as u32;
    if let (Some(mirror), true) = (groups.mirror, options.sides) {
        let reach = sides::Reach::of_body(body.points(), body_rows.view(), mirror);
        report.side_vertices =
            sides::mend(&mut rows, body, outfit.points, &reach, groups.roles, mirror)?;
    }
    progress.advance(0.75)?;
    if options.smooth_iterations > 0 {
        smooth::smooth(&mut rows, body, outfit, &locked, options, &progress.part(0.75, 0.9))?;
    }
    if options.seams > 0.0 {
        let seams = outfit.seams(rows.view(), options, &progress.part(0.9, 0.95))?;
        let stays = |vertex: usize| locked[vertex] || rigid.labels[vertex] != NO_INDEX;
        let labels = released(seams.labels, stays);
        report.seam_vertices = labels.iter().filter(|label| **label != NO_INDEX).count() as u32;
        rows = average_rows(rows.view(), &labels, seams.count)?;
    }
    if let (Some(mirror), true) = (groups.mirror, options.symmetry > 0.0) {
        let may: Vec<u8> = locked.iter().map(|locked| u8::from(!locked)).collect();
        let (equal, mirrored) = symmetrize_weights(
            rows.view(),
            outfit.points,
            mirror,
            Some(&may),
            options.symmetry,
            &progress.part(0.95, 0.97),
        )?;
        report.mirrored = mirrored as u32;
        // A part of which only some vertices have mirrored ones.
        rows = average_rows(equal.view(), &rigid.labels, rigid.count)?;
    }
    if options.propagate {
        let spread = propagate_weights(
            rows.view(),
            outfit.points,
            outfit.edges,
            None,
            &progress.part(0.97, 0.99),
        )?;
        let own = |(vertex, source): (usize, &u32)| vertex != *source as usize;
        report.propagated =
            spread.sources.iter().enumerate().filter(|pair| own(*pair)).count() as u32;
        rows = spread.weights;
    }
    let weights = finish::finish(rows.view(), groups.roles, most)?;
    finish::measure(weights.view(), &mut report);
    report.propagated = report.propagated.saturating_sub(report.bare);
    progress.advance(1.0)?;
    Ok(Stage { weights, sources: moved.sources, report })
}

/// The labels without those of vertices that keep their rows.
fn released(labels: Vec<u32>, keeps: impl Fn(usize) -> bool) -> Vec<u32> {
    let label = |(vertex, label)| if keeps(vertex) { NO_INDEX } else { label };
    labels.into_iter().enumerate().map(label).collect()
}

impl Outfit<'_> {
    /// Number of pieces.
    pub fn piece_count(&self) -> usize {
        self.layers.len()
    }

    /// Islands of one present pattern; none where the step is left out.
    fn rigid_parts(&self, options: &Options) -> Result<Parts> {
        if !options.rigid_parts {
            return Ok(Parts { labels: vec![NO_INDEX; self.points.len()], count: 0 });
        }
        let islands = connected_components(self.triangles, self.points.len())?;
        find_rigid_parts(self.present, &islands.of_vertex, islands.count, RIGID_TOLERANCE)
    }

    fn seams(
        &self,
        rows: SparseView<'_>,
        options: &Options,
        progress: &Progress<'_>,
    ) -> Result<Parts> {
        let seam = SeamOptions { distance: options.seams, ..Default::default() };
        find_seams(self.points, self.edges, rows, seam, progress)
    }

    fn check(&self, group_count: usize) -> Result<()> {
        let count = self.points.len();
        check::numbered_by_u32("points", count)?;
        check::finite("points", bytemuck::cast_slice::<Vec3, f32>(self.points))?;
        check::indices("triangles", self.triangles.as_flattened(), count)?;
        check::indices("edges", self.edges.as_flattened(), count)?;
        check::length("present_weights", self.present.vertex_count(), count)?;
        check::length("present_weights' groups", self.present.group_count(), group_count)?;
        check_not_negative("present_weights", self.present.weights())?;
        if let Some(mask) = self.mask {
            check::length("mask", mask.len(), count)?;
            mask.iter().try_for_each(|share| check::fraction("mask", *share))?;
        }
        self.check_pieces()
    }

    fn check_pieces(&self) -> Result<()> {
        const STARTS: &str = "piece_starts";
        check::length(STARTS, self.piece_starts.len(), self.layers.len() + 1)?;
        let ascends = self.piece_starts.is_sorted() && self.piece_starts[0] == 0;
        if !ascends || self.piece_starts[self.layers.len()] as usize != self.points.len() {
            let expected = format!("expected to ascend from 0 to {}", self.points.len());
            return Err(Error::invalid(STARTS, format!("is {:?}, {expected}", self.piece_starts)));
        }
        let pieces = self.pieces_of_vertices();
        let crossing = self.triangles.iter().position(|triangle| {
            let [a, b, c] = triangle.map(|vertex| pieces[vertex as usize]);
            a != b || b != c
        });
        match crossing {
            None => Ok(()),
            Some(triangle) => {
                let problem = format!("[{triangle}] joins two pieces, expected vertices of one");
                Err(Error::invalid("triangles", problem))
            }
        }
    }

    /// `#V`: piece of each vertex.
    fn pieces_of_vertices(&self) -> Vec<u32> {
        let mut pieces = vec![0; self.points.len()];
        for (piece, bounds) in self.piece_starts.windows(2).enumerate() {
            pieces[bounds[0] as usize..bounds[1] as usize].fill(piece as u32);
        }
        pieces
    }
}

impl Groups<'_> {
    fn check(&self) -> Result<()> {
        let Some(mirror) = self.mirror else { return Ok(()) };
        check::length("mirror", mirror.len(), self.roles.len())?;
        check_mirror(mirror)?;
        let role = |group: u32| self.roles[group as usize];
        let crossing = (0..mirror.len() as u32)
            .zip(mirror)
            .find(|(group, other)| **other != NO_INDEX && role(**other) != role(*group));
        match crossing {
            None => Ok(()),
            Some((group, other)) => {
                let problem = format!("of group {group} is {other}, expected a group of its role");
                Err(Error::invalid("mirror", problem))
            }
        }
    }
}

impl Options {
    fn check(&self) -> Result<()> {
        check::fraction("mix", self.mix)?;
        check::not_negative("symmetry", self.symmetry)?;
        check::not_negative("seams", self.seams)?;
        check::not_negative("smooth_radius", self.smooth_radius)?;
        if self.robust.max_influences == 0 {
            return Err(Error::invalid("max_influences", "is 0, expected at least 1"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
