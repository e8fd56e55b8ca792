//! Robust weight transfer: copy the body's weights where the outfit follows the body, and inpaint
//! them elsewhere.
//!
//! Two ways to choose what is copied:
//!
//! - [`Matching::Threshold`], the published method (Abdrashitov, Raichstat, Monsen and Hill, "Robust
//!   Skin Weights Transfer via Weight Inpainting", SIGGRAPH Asia 2023): a vertex within a distance and
//!   an angle of the body keeps the copy, all others are inpainted. What is right for a glove throws
//!   away all of a skirt, and the reverse.
//! - [`Matching::Confidence`], the default: each copy counts as much as its distance deserves. What a
//!   copy at distance d says about details smaller than about d is chance: another body point is nearly
//!   as close. So details below the length ℓ = κ d / |cos θ|³ (θ between the normals) are smoothed
//!   away, by a data term with the confidence c = ℓ⁻⁴ ([`super::inpaint`]). κ = ¼ halves the amplitude of
//!   a wave of length 2π ℓ ≈ 1.6 d. There is no threshold in metres: a tight sleeve and a wide skirt, a
//!   child and a giant need no tuning. Where ℓ is below a quarter of the
//!   mesh's own edges the copy is kept as it is.
//!
//! Everything after the copy happens along the outfit's triangles, so islands never mix.

use glam::Vec3;

use crate::geometry::surface::{NO_TRIANGLE, Surface};
use crate::mesh::components::{Components, connected_components};
use crate::mesh::laplacian::Laplacian;
use crate::mesh::normals::vertex_normals;
use crate::runtime::{Progress, check, memory, parallel};
use crate::weights::inpaint::WeightInpainter;
use crate::weights::matching::{Body, Match};
use crate::weights::ring_limit::limit_over_rings;
use crate::weights::{SparseView, SparseWeights, convert};
use crate::{Error, Result};

/// A vertex whose smoothing length is below this part of its edges' mean length keeps its copy: at
/// such a length the data term holds it within a few per cent anyway.
const RESOLVED: f64 = 0.25;

/// How matches are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Matching {
    /// Copies weighed by confidence.
    Confidence {
        /// κ: smoothing length over distance; finite, above 0.
        smoothing: f32,
    },
    /// The published hard choice.
    Threshold {
        /// Metres, not negative; may be infinite.
        max_distance: f32,
        /// Degrees between the normals, 0 to 180.
        max_angle: f32,
    },
}

/// How [`transfer`] works. Each step can be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RobustOptions {
    /// How matches are chosen.
    pub matching: Matching,
    /// Whether a body point whose normal points the other way may match (linings, flipped meshes). By
    /// confidence, it counts as four times as far, and a match that faces the outfit is preferred.
    pub flipped_normals: bool,
    /// Passes of smoothing around the inpainted region; 0 leaves it out.
    pub smoothing_passes: usize,
    /// Share of the neighbours' mean in each pass, 0 to 1.
    pub smoothing_factor: f32,
    /// Influences that a vertex keeps at most; 0 leaves the limit out.
    pub max_influences: usize,
    /// Rings of vertices over which a dropped influence fades. The published method has 5; on garments
    /// with true weights each ring after the first costs accuracy, and the steps between
    /// neighbours grow no smaller after the second, so the default is 1.
    pub limit_rings: usize,
}

impl Default for RobustOptions {
    fn default() -> Self {
        Self {
            matching: Matching::Confidence { smoothing: 0.25 },
            flipped_normals: true,
            smoothing_passes: 0,
            smoothing_factor: 0.2,
            max_influences: 4,
            limit_rings: 1,
        }
    }
}

impl RobustOptions {
    /// The published method at its published thresholds: 5 cm and 30°, 4 passes of 0.2, 5 rings.
    pub fn published() -> Self {
        Self {
            matching: Matching::Threshold { max_distance: 0.05, max_angle: 30.0 },
            flipped_normals: false,
            smoothing_passes: 4,
            limit_rings: 5,
            ..Self::default()
        }
    }

    fn check(&self) -> Result<()> {
        match self.matching {
            Matching::Confidence { smoothing } => {
                check::finite_scalar("smoothing", smoothing)?;
                if smoothing <= 0.0 {
                    return Err(Error::invalid(
                        "smoothing",
                        format!("is {smoothing}, expected a number above 0"),
                    ));
                }
            }
            Matching::Threshold { max_distance, max_angle } => {
                if max_distance.is_nan() || max_distance < 0.0 {
                    let problem = format!("is {max_distance}, expected a number not below 0");
                    return Err(Error::invalid("max_distance", problem));
                }
                if !(0.0..=180.0).contains(&max_angle) {
                    let problem = format!("is {max_angle}, expected degrees from 0 to 180");
                    return Err(Error::invalid("max_angle", problem));
                }
            }
        }
        check::fraction("smoothing_factor", self.smoothing_factor)
    }
}

/// Where the weights of a vertex come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Source {
    /// Inpainted from its surroundings, and from its own copy by its confidence.
    Inpainted = 0,
    /// A copy from the body.
    Matched = 1,
    /// A copy from the closest point of the body for want of anything better: the whole island has no
    /// match that was accepted.
    Extrapolated = 2,
    /// No weights at all: the body has none at the closest point, and nothing reaches the vertex.
    Empty = 3,
}

/// What [`transfer`] gives.
#[derive(Clone, Debug, PartialEq)]
pub struct RobustTransfer {
    /// Weights of the outfit: in [0, 1], summing to 1 in each row but the empty ones.
    pub weights: SparseWeights,
    /// `#V`: where they come from.
    pub sources: Vec<Source>,
    /// `#V`: island of each vertex.
    pub islands: Vec<u32>,
    /// Number of islands.
    pub island_count: usize,
    /// Islands without a match that was accepted, ascending.
    pub unmatched_islands: Vec<u32>,
}

/// Transfers the weights of a body to an outfit.
///
/// - `body`: the body's triangles; `body_weights`: one row for each of its vertices, not negative;
/// - `points`, `triangles`: the outfit, `#V by 3` finite and `#T by 3`.
///
/// # Errors
/// Bad options, wrong lengths, bad points, vertex numbers or weights, which are named; a cancel; memory
/// that cannot be had.
pub fn transfer(
    body: &Surface,
    body_weights: SparseView<'_>,
    points: &[Vec3],
    triangles: &[[u32; 3]],
    options: &RobustOptions,
    progress: &Progress<'_>,
) -> Result<RobustTransfer> {
    options.check()?;
    check::length("body_weights", body_weights.vertex_count(), body.points().len())?;
    check_not_negative("body_weights", body_weights.weights())?;
    let laplacian = Laplacian::new(points, triangles)?;
    let islands = connected_components(triangles, points.len())?;
    let matches = find_matches(body, points, triangles, options, &progress.part(0.0, 0.3))?;
    let group_count = body_weights.group_count();
    let mut weights = copy_weights(body, body_weights, &matches)?;
    let lengths = smoothing_lengths(&matches, &weights, group_count, options);
    let confidence = Confidence::new(&lengths, points, &laplacian, &islands);
    let mut sources = confidence.sources();

    let inpainter = confidence.inpainter(&laplacian, points, options, &progress.part(0.3, 0.6))?;
    inpainter.inpaint(&mut weights, group_count, &progress.part(0.6, 0.9))?;
    for vertex in inpainter.unreached() {
        sources[*vertex as usize] = Source::Extrapolated;
    }
    normalize(&mut weights, group_count)?;
    smooth(&laplacian, &sources, &mut weights, group_count, options)?;
    if options.max_influences > 0 {
        let (most, rings) = (options.max_influences, options.limit_rings);
        limit_over_rings(&laplacian.matrix, &mut weights, group_count, most, rings)?;
    }
    for (row, source) in rows(&weights, group_count, points.len()).zip(&mut sources) {
        if row.iter().all(|weight| *weight == 0.0) {
            *source = Source::Empty;
        }
    }
    let unmatched_islands = unmatched_islands(&islands, &sources);
    let weights = convert::from_dense(&weights, points.len(), group_count)?;
    let Components { of_vertex: islands, count: island_count } = islands;
    progress.advance(1.0)?;
    Ok(RobustTransfer { weights, sources, islands, island_count, unmatched_islands })
}

/// No weight is negative; the first that is is named.
pub(crate) fn check_not_negative(argument: &'static str, weights: &[f32]) -> Result<()> {
    match weights.iter().position(|weight| *weight < 0.0) {
        None => Ok(()),
        Some(entry) => {
            let problem = format!("[{entry}] is {}, expected a weight not below 0", weights[entry]);
            Err(Error::invalid(argument, problem))
        }
    }
}

fn find_matches(
    body: &Surface,
    points: &[Vec3],
    triangles: &[[u32; 3]],
    options: &RobustOptions,
    progress: &Progress<'_>,
) -> Result<Vec<Match>> {
    let body = Body::new(body);
    let normals = vertex_normals(points, triangles);
    let mut matches = body.closest_matches(points, &normals, &progress.part(0.0, 0.9))?;
    if matches!(options.matching, Matching::Confidence { .. }) {
        body.prefer_facing(points, &normals, &mut matches, &progress.part(0.9, 1.0))?;
    }
    Ok(matches)
}

/// Barycentric mixes of the body's weights, `#V by #G`, rows summing to 1 unless the body has none.
fn copy_weights(body: &Surface, weights: SparseView<'_>, matches: &[Match]) -> Result<Vec<f32>> {
    let group_count = weights.group_count();
    let count = memory::checked_product("outfit weights", matches.len(), group_count)?;
    let mut copies = memory::try_filled("outfit weights", 0.0_f32, count)?;
    if group_count == 0 {
        return Ok(copies);
    }
    parallel::for_each_row(&mut copies, group_count, |vertex, copy| {
        let found = &matches[vertex].point;
        let Some(corners) = body.triangles().get(found.triangle as usize) else { return };
        let mut sum = 0.0;
        for (corner, share) in corners.iter().zip(found.barycentric) {
            let (groups, weights) = weights.row(*corner as usize);
            for (group, weight) in groups.iter().zip(weights) {
                copy[*group as usize] += share * weight;
                sum += share * weight;
            }
        }
        if sum > 0.0 {
            copy.iter_mut().for_each(|weight| *weight /= sum);
        }
    })?;
    Ok(copies)
}

/// ℓ of each vertex in metres: 0 keeps the copy, infinity does not trust it at all.
fn smoothing_lengths(
    matches: &[Match],
    copies: &[f32],
    group_count: usize,
    options: &RobustOptions,
) -> Vec<f64> {
    let length = |found: &Match| match options.matching {
        Matching::Confidence { smoothing } if options.flipped_normals || found.cosine >= 0.0 => {
            f64::from(smoothing) * f64::from(found.effective_distance())
        }
        Matching::Confidence { .. } => f64::INFINITY,
        Matching::Threshold { max_distance, max_angle } => {
            let cosine = if options.flipped_normals { found.cosine.abs() } else { found.cosine };
            let near = found.point.distance <= max_distance;
            let parallel = f64::from(cosine).acos().to_degrees() <= f64::from(max_angle);
            if near && parallel { 0.0 } else { f64::INFINITY }
        }
    };
    let rows = rows(copies, group_count, matches.len());
    matches
        .iter()
        .zip(rows)
        .map(|(found, copy)| {
            let empty = found.point.triangle == NO_TRIANGLE || copy.iter().all(|w| *w == 0.0);
            if empty { f64::INFINITY } else { length(found) }
        })
        .collect()
}

/// Rows of dense weights, also where there are no groups.
fn rows(weights: &[f32], group_count: usize, count: usize) -> impl Iterator<Item = &[f32]> {
    (0..count).map(move |row| &weights[row * group_count..][..group_count])
}

/// What the smoothing lengths mean for the system.
struct Confidence {
    fixed: Vec<u8>,
    values: Vec<f64>,
}

impl Confidence {
    fn new(lengths: &[f64], points: &[Vec3], laplacian: &Laplacian, islands: &Components) -> Self {
        let diagonals = island_diagonals(points, islands);
        let edges = mean_edge_lengths(points, laplacian);
        let fixed = lengths.iter().zip(&edges).map(|(length, edge)| {
            // A vertex without edges has nothing but its copy.
            u8::from(*length <= RESOLVED * edge || (*edge == 0.0 && length.is_finite()))
        });
        let values = lengths.iter().zip(&islands.of_vertex).map(|(length, island)| {
            // A length beyond the island's own size says no more than that size, and would leave the
            // system without any hold within rounding.
            let most = diagonals[*island as usize];
            if length.is_finite() { length.min(most).powi(4).recip() } else { 0.0 }
        });
        let fixed: Vec<u8> = fixed.collect();
        let values = values.zip(&fixed).map(|(c, fixed)| if *fixed != 0 { 0.0 } else { c });
        Self { values: values.collect(), fixed }
    }

    fn sources(&self) -> Vec<Source> {
        let source = |fixed: &u8| if *fixed != 0 { Source::Matched } else { Source::Inpainted };
        self.fixed.iter().map(source).collect()
    }

    fn inpainter(
        &self,
        laplacian: &Laplacian,
        points: &[Vec3],
        options: &RobustOptions,
        progress: &Progress<'_>,
    ) -> Result<WeightInpainter> {
        let soft = matches!(options.matching, Matching::Confidence { .. });
        WeightInpainter::new(
            laplacian,
            points,
            &self.fixed,
            soft.then_some(&self.values[..]),
            progress,
        )
    }
}

/// Length of each island's bounding box along its diagonal.
fn island_diagonals(points: &[Vec3], islands: &Components) -> Vec<f64> {
    let mut boxes = vec![(Vec3::INFINITY, Vec3::NEG_INFINITY); islands.count];
    for (point, island) in points.iter().zip(&islands.of_vertex) {
        let (low, high) = &mut boxes[*island as usize];
        (*low, *high) = (low.min(*point), high.max(*point));
    }
    boxes.iter().map(|(low, high)| f64::from(low.distance(*high))).collect()
}

/// Mean length of the edges at each vertex; 0 without edges.
fn mean_edge_lengths(points: &[Vec3], laplacian: &Laplacian) -> Vec<f64> {
    (0..points.len())
        .map(|vertex| {
            let neighbours = laplacian.matrix.row(vertex).filter(|(other, _)| *other != vertex);
            let (sum, count) = neighbours.fold((0.0, 0), |(sum, count), (other, _)| {
                (sum + f64::from(points[vertex].distance(points[other])), count + 1)
            });
            sum / f64::from(count.max(1))
        })
        .collect()
}

/// Clamps weights to [0, 1] and scales rows to sum 1.
fn normalize(weights: &mut [f32], group_count: usize) -> Result<()> {
    parallel::for_each_row(weights, group_count, |_, row| {
        row.iter_mut().for_each(|weight| *weight = weight.clamp(0.0, 1.0));
        let sum: f64 = row.iter().map(|weight| f64::from(*weight)).sum();
        if sum > 0.0 {
            row.iter_mut().for_each(|weight| *weight = (f64::from(*weight) / sum) as f32);
        }
    })
}

/// Passes of w ← (1 − f) w + f · mean of the edge neighbours, over the inpainted vertices and their
/// neighbours; all new values from all old ones.
fn smooth(
    laplacian: &Laplacian,
    sources: &[Source],
    weights: &mut [f32],
    group_count: usize,
    options: &RobustOptions,
) -> Result<()> {
    if options.smoothing_passes == 0 {
        return Ok(());
    }
    let neighbours = |vertex: usize| {
        laplacian.matrix.row(vertex).map(|(other, _)| other).filter(move |other| *other != vertex)
    };
    let inpainted = |vertex: usize| sources[vertex] == Source::Inpainted;
    let region: Vec<usize> = (0..sources.len())
        .filter(|vertex| inpainted(*vertex) || neighbours(*vertex).any(inpainted))
        .collect();
    let factor = options.smoothing_factor;
    let mut smoothed = vec![0.0_f32; region.len() * group_count];
    for _ in 0..options.smoothing_passes {
        parallel::for_each_row(&mut smoothed, group_count, |row, new| {
            let vertex = region[row];
            new.copy_from_slice(&weights[vertex * group_count..][..group_count]);
            let count = neighbours(vertex).count();
            if count == 0 {
                return;
            }
            new.iter_mut().for_each(|weight| *weight *= 1.0 - factor);
            for other in neighbours(vertex) {
                let other = &weights[other * group_count..][..group_count];
                let share = factor / count as f32;
                new.iter_mut().zip(other).for_each(|(weight, other)| *weight += share * other);
            }
        })?;
        for (vertex, new) in region.iter().zip(smoothed.chunks_exact(group_count.max(1))) {
            weights[vertex * group_count..][..group_count].copy_from_slice(new);
        }
    }
    Ok(())
}

/// Islands none of whose vertices is matched or inpainted.
fn unmatched_islands(islands: &Components, sources: &[Source]) -> Vec<u32> {
    let mut reached = vec![false; islands.count];
    for (island, source) in islands.of_vertex.iter().zip(sources) {
        reached[*island as usize] |= matches!(source, Source::Matched | Source::Inpainted);
    }
    (0..islands.count as u32).filter(|island| !reached[*island as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::threads;

    /// A square of `side` by `side` vertices at height `z`, `step` apart.
    fn sheet(side: u32, step: f32, z: f32) -> (Vec<Vec3>, Vec<[u32; 3]>) {
        let point = |v: u32| Vec3::new((v % side) as f32 * step, (v / side) as f32 * step, z);
        let corners = (0..side - 1).flat_map(|y| (0..side - 1).map(move |x| y * side + x));
        let triangles =
            corners.flat_map(|v| [[v, v + 1, v + side + 1], [v, v + side + 1, v + side]]);
        ((0..side * side).map(point).collect(), triangles.collect())
    }

    /// A body of 4 cm squares whose left half is group 0 and whose right half is group 1.
    fn body() -> (Surface, SparseWeights) {
        let (points, triangles) = sheet(11, 0.04, 0.0);
        let dense: Vec<f32> = points
            .iter()
            .flat_map(|point| if point.x < 0.19 { [1.0, 0.0] } else { [0.0, 1.0] })
            .collect();
        let weights = convert::from_dense(&dense, points.len(), 2).unwrap();
        (Surface::new(&points, &triangles).unwrap(), weights)
    }

    fn run(
        points: &[Vec3],
        triangles: &[[u32; 3]],
        options: &RobustOptions,
    ) -> (RobustTransfer, Vec<f32>) {
        let (surface, weights) = body();
        let found =
            transfer(&surface, weights.view(), points, triangles, options, &Progress::none())
                .unwrap();
        let mut dense = vec![0.0; 2 * points.len()];
        convert::to_dense(found.weights.view(), &mut dense).unwrap();
        (found, dense)
    }

    /// Steepest step of group 0 between neighbours of a sheet of 21 by 21 vertices.
    fn steepest(dense: &[f32]) -> f32 {
        (0..441)
            .filter(|v| v % 21 < 20)
            .map(|v| (dense[2 * v] - dense[2 * v + 2]).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_near_sheet_keeps_its_copy_and_a_far_one_is_smoothed() {
        let options = RobustOptions::default();
        let (points, triangles) = sheet(21, 0.02, 0.001);
        let (near, dense_near) = run(&points, &triangles, &options);
        assert!(near.sources.iter().all(|source| *source == Source::Matched));
        let (points, triangles) = sheet(21, 0.02, 0.4);
        let (far, dense_far) = run(&points, &triangles, &options);
        assert!(far.sources.iter().all(|source| *source == Source::Inpainted));
        assert!(far.unmatched_islands.is_empty());
        assert!(steepest(&dense_far) < 0.4 * steepest(&dense_near));
        for row in dense_far.chunks_exact(2) {
            assert!((row[0] + row[1] - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_tenth_of_the_size_gives_the_same_weights() {
        let (surface, weights) = body();
        let (points, triangles) = sheet(21, 0.02, 0.1);
        let options = RobustOptions::default();
        let (_, expected) = run(&points, &triangles, &options);
        let scaled = |points: &[Vec3]| points.iter().map(|p| *p * 0.1).collect::<Vec<_>>();
        let surface = Surface::new(&scaled(surface.points()), surface.triangles()).unwrap();
        let found = transfer(
            &surface,
            weights.view(),
            &scaled(&points),
            &triangles,
            &options,
            &Progress::none(),
        )
        .unwrap();
        let mut dense = vec![0.0; expected.len()];
        convert::to_dense(found.weights.view(), &mut dense).unwrap();
        for (weight, expected) in dense.iter().zip(expected) {
            // Not exactly: the paper's energy has a second term, which matters above a metre alone.
            assert!((weight - expected).abs() < 0.02, "{weight} {expected}");
        }
    }

    #[test]
    fn the_published_options_report_islands_without_match() {
        let (mut points, mut triangles) = sheet(5, 0.02, 0.01);
        let (far, faces) = sheet(5, 0.02, 0.5);
        points.extend(far);
        triangles.extend(faces.iter().map(|face| face.map(|vertex| vertex + 25)));
        let (found, _) = run(&points, &triangles, &RobustOptions::published());
        assert_eq!(found.unmatched_islands, [1]);
        assert_eq!(found.island_count, 2);
        assert!(found.sources[..25].iter().all(|source| *source == Source::Matched));
        assert!(found.sources[25..].iter().all(|source| *source == Source::Extrapolated));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let (points, triangles) = sheet(60, 0.007, 0.05);
        let results = [1, 2, 5].map(|count| {
            threads::set_thread_count(count).unwrap();
            run(&points, &triangles, &RobustOptions::default()).0
        });
        threads::set_thread_count(0).unwrap();
        assert!(results[0] == results[1] && results[0] == results[2]);
    }

    #[test]
    fn bad_weights_are_named() {
        let (surface, mut weights) = body();
        weights.weights[3] = -0.5;
        let error = transfer(
            &surface,
            weights.view(),
            &[],
            &[],
            &RobustOptions::default(),
            &Progress::none(),
        );
        assert!(error.unwrap_err().to_string().contains("body_weights"));
    }
}
