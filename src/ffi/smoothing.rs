//! Smoothing and filtering of skin weights over a radius graph or along edges.

use std::num::NonZeroU32;

use super::buffers::{handle, input, input_rows, optional_input, output, output_slot};
use super::guard::guard;
use super::options::{self, Options};
use super::progress::{HemProgress, with_progress};
use super::radius_graph::HemRadiusGraph;
use super::status::HemStatus;
use crate::mesh::Adjacency;
use crate::runtime::memory::checked_product;
use crate::runtime::{Progress, check};
use crate::spatial::RadiusGraph;
use crate::weights::Falloff;
use crate::weights::edge_smooth::{self, EdgeSmoothing};
use crate::weights::filter::{self, Decay};
use crate::weights::smooth::{self, Smoothing};
use crate::weights::smooth_update::{self, SmoothUpdate};
use crate::{Error, Result};

/// Falloff exp(-d^2 / (2 s^2)) with s = radius / 3.
pub const HEM_FALLOFF_GAUSSIAN: u32 = 0;
/// Falloff max(0, 1 - d / radius).
pub const HEM_FALLOFF_LINEAR: u32 = 1;
/// Falloff 1.
pub const HEM_FALLOFF_UNIFORM: u32 = 2;

/// How hem_smooth_weights smooths.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemSmoothOptions {
    /// sizeof(HemSmoothOptions), set by hem_smooth_options_init.
    pub struct_size: u32,
    /// HEM_FALLOFF_GAUSSIAN (default), HEM_FALLOFF_LINEAR or HEM_FALLOFF_UNIFORM.
    pub falloff: u32,
    /// Number of times, 1 by default; 0 changes nothing.
    pub iterations: u32,
    /// Only so many nearest neighbours count, the vertex itself among them; of equally near ones those with
    /// the lowest index. 0, the default: all within the radius.
    pub neighbor_limit: u32,
}

impl Default for HemSmoothOptions {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            falloff: HEM_FALLOFF_GAUSSIAN,
            iterations: 1,
            neighbor_limit: 0,
        }
    }
}

impl Options for HemSmoothOptions {}

impl HemSmoothOptions {
    fn smoothing(&self) -> Result<Smoothing> {
        let falloff = match self.falloff {
            HEM_FALLOFF_GAUSSIAN => Falloff::Gaussian,
            HEM_FALLOFF_LINEAR => Falloff::Linear,
            HEM_FALLOFF_UNIFORM => Falloff::Uniform,
            other => {
                let problem =
                    format!("has the falloff {other}, expected a HEM_FALLOFF_... constant");
                return Err(Error::invalid("options", problem));
            }
        };
        let neighbor_limit = NonZeroU32::new(self.neighbor_limit);
        Ok(Smoothing { falloff, iterations: self.iterations, neighbor_limit })
    }
}

/// How hem_decaying_max spreads weights.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemDecayingMaxOptions {
    /// sizeof(HemDecayingMaxOptions), set by hem_decaying_max_options_init.
    pub struct_size: u32,
    /// Number of times, 3 by default.
    pub iterations: u32,
    /// Standard deviation of the gaussian, metres, above 0; 0.00659 by default.
    pub sigma: f32,
}

impl Default for HemDecayingMaxOptions {
    fn default() -> Self {
        let Decay { sigma, iterations } = Decay::default();
        Self { struct_size: size_of::<Self>() as u32, iterations, sigma }
    }
}

impl Options for HemDecayingMaxOptions {}

/// How hem_smooth_weights_on_edges smooths.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
pub struct HemEdgeSmoothOptions {
    /// sizeof(HemEdgeSmoothOptions), set by hem_edge_smooth_options_init.
    pub struct_size: u32,
    /// Number of times, 1 by default; 0 changes nothing.
    pub iterations: u32,
    /// Part of the neighbours' mean in the result, 0 to 1; 0.5 by default.
    pub factor: f32,
    /// Above 0 weights spread outwards, below 0 they draw back; -1 to 1, 0 by default.
    pub expand: f32,
}

impl Default for HemEdgeSmoothOptions {
    fn default() -> Self {
        let EdgeSmoothing { factor, iterations, expand } = EdgeSmoothing::default();
        Self { struct_size: size_of::<Self>() as u32, iterations, factor, expand }
    }
}

impl Options for HemEdgeSmoothOptions {}

/// Sets the defaults.
///
/// out_options receives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_smooth_options_init(out_options: *mut HemSmoothOptions) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Sets the defaults.
///
/// out_options receives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_decaying_max_options_init(
    out_options: *mut HemDecayingMaxOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Sets the defaults.
///
/// out_options receives them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_edge_smooth_options_init(
    out_options: *mut HemEdgeSmoothOptions,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        output_slot("out_options", out_options)?.write(Default::default());
        Ok(())
    })
}

/// Smooths weights in place: each vertex takes the mean of its neighbours' weights within the graph's radius,
/// itself included, each weighed by the falloff of its distance; all new weights come from all old ones.
/// Groups that are zero everywhere cost nothing. Within 1e-6 of exact arithmetic. Takes two copies of the
/// weights, and 8 bytes a pair where that fits the memory budget.
///
/// graph must be a handle, of vertex_count points.
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// mask may be NULL; else vertex_count floats: 0 keeps a vertex's weights, 1 takes the smoothed ones.
/// options may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_smooth_weights(
    graph: *const HemRadiusGraph,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    mask: *const f32,
    options: *const HemSmoothOptions,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let smoothing = options::read(options)?.smoothing()?;
        let (graph, weights) = on_graph(graph, weights, vertex_count, group_count)?;
        let mask = optional_input("mask", mask, vertex_count)?;
        with_progress(progress, |progress| {
            smooth::smooth_weights(graph, weights, group_count, mask, &smoothing, progress)
        })
    })
}

/// Brings the result of an earlier hem_smooth_weights up to date after some vertices moved or changed their
/// weights: only rows that can differ are smoothed again. The result is that of a full run with the same
/// mask and options, bit for bit; only the sign of a zero may differ.
///
/// before must be a handle, of vertex_count points: the graph of the earlier run.
/// after must be a handle, of vertex_count points: the graph of the vertices now, with the same radius; the
/// same handle if none moved.
/// changed must hold vertex_count uint8_t: other than 0 for each vertex that moved or whose weights or mask
/// differ from those of the earlier run (hem_find_changed_rows finds them).
/// weights must hold vertex_count * group_count floats, vertex-major, finite: those to smooth, as they are now.
/// mask may be NULL; else vertex_count floats, as in hem_smooth_weights.
/// options may be NULL; those of the earlier run.
/// result must hold vertex_count * group_count floats, finite: the earlier result, replaced by the new one.
/// out_updated must hold vertex_count uint8_t: 1 for rows of result whose bits changed, 0 for others.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_update_smoothing(
    before: *const HemRadiusGraph,
    after: *const HemRadiusGraph,
    changed: *const u8,
    weights: *const f32,
    vertex_count: usize,
    group_count: usize,
    mask: *const f32,
    options: *const HemSmoothOptions,
    result: *mut f32,
    out_updated: *mut u8,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let smoothing = options::read(options)?.smoothing()?;
        let (HemRadiusGraph(before), HemRadiusGraph(after)) =
            (handle("before", before)?, handle("after", after)?);
        check::length("vertex_count", vertex_count, after.point_count())?;
        let count = checked_product("weights", vertex_count, group_count)?;
        let changed = input("changed", changed, vertex_count)?;
        let update = SmoothUpdate { before, after, changed };
        let weights = input("weights", weights, count)?;
        let mask = optional_input("mask", mask, vertex_count)?;
        let result = output("result", result, count)?;
        let updated = output("out_updated", out_updated, vertex_count)?;
        with_progress(progress, |progress| {
            smooth_update::update_smoothing(
                &update,
                weights,
                group_count,
                mask,
                &smoothing,
                result,
                updated,
                progress,
            )
        })
    })
}

/// Replaces each weight, in place, by the largest within the graph's radius.
///
/// graph must be a handle, of vertex_count points.
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// mask may be NULL; else vertex_count floats: 0 keeps a vertex's weights, 1 takes the filtered ones.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_max_filter(
    graph: *const HemRadiusGraph,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    mask: *const f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let (graph, weights) = on_graph(graph, weights, vertex_count, group_count)?;
        let mask = optional_input("mask", mask, vertex_count)?;
        with_progress(progress, |progress| {
            filter::max_filter(graph, weights, group_count, mask, progress)
        })
    })
}

/// Replaces each weight, in place, by the smallest within the graph's radius.
///
/// graph must be a handle, of vertex_count points.
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// mask may be NULL; else vertex_count floats: 0 keeps a vertex's weights, 1 takes the filtered ones.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_min_filter(
    graph: *const HemRadiusGraph,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    mask: *const f32,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let (graph, weights) = on_graph(graph, weights, vertex_count, group_count)?;
        let mask = optional_input("mask", mask, vertex_count)?;
        with_progress(progress, |progress| {
            filter::min_filter(graph, weights, group_count, mask, progress)
        })
    })
}

/// Spreads large weights in place: each weight becomes the largest of its neighbours' weights within the
/// graph's radius, each times exp(-d^2 / (2 sigma^2)), a number of times; at most 1 in the end.
///
/// graph must be a handle, of vertex_count points.
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// options may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_decaying_max(
    graph: *const HemRadiusGraph,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    options: *const HemDecayingMaxOptions,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemDecayingMaxOptions { sigma, iterations, .. } = options::read(options)?;
        let (graph, weights) = on_graph(graph, weights, vertex_count, group_count)?;
        with_progress(progress, |progress| {
            let decay = Decay { sigma, iterations };
            filter::decaying_max(graph, weights, group_count, &decay, progress)
        })
    })
}

/// Smooths weights in place along edges, as Blender's operator "Smooth Vertex Weights": each weight moves by
/// factor towards the mean of its neighbours along edges, itself not included.
///
/// edges must hold edge_count * 2 uint32_t, vertices.
/// weights must hold vertex_count * group_count floats, vertex-major, finite.
/// selection may be NULL; else vertex_count uint8_t: 0 keeps a vertex's weights.
/// options may be NULL.
/// progress may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hem_smooth_weights_on_edges(
    edges: *const u32,
    edge_count: usize,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
    selection: *const u8,
    options: *const HemEdgeSmoothOptions,
    progress: *const HemProgress,
) -> HemStatus {
    // SAFETY: the caller's contract, stated above.
    guard(|| unsafe {
        let HemEdgeSmoothOptions { factor, iterations, expand, .. } = options::read(options)?;
        let smoothing = EdgeSmoothing { factor, iterations, expand };
        let edges = input_rows("edges", edges, edge_count)?;
        check::numbered_by_u32("vertex_count", vertex_count)?;
        let weights =
            output("weights", weights, checked_product("weights", vertex_count, group_count)?)?;
        let selection = optional_input("selection", selection, vertex_count)?;
        with_progress(progress, |progress: &Progress<'_>| {
            let adjacency = Adjacency::new(edges, vertex_count)?;
            edge_smooth::smooth_weights_on_edges(
                &adjacency,
                weights,
                group_count,
                selection,
                &smoothing,
                progress,
            )
        })
    })
}

/// # Safety
/// `graph` is a live handle or NULL; `weights` holds `vertex_count * group_count` floats where not NULL.
unsafe fn on_graph<'a>(
    graph: *const HemRadiusGraph,
    weights: *mut f32,
    vertex_count: usize,
    group_count: usize,
) -> Result<(&'a RadiusGraph, &'a mut [f32])> {
    // SAFETY: the caller's contract is the same.
    unsafe {
        let HemRadiusGraph(graph) = handle("graph", graph)?;
        check::length("vertex_count", vertex_count, graph.point_count())?;
        let count = checked_product("weights", vertex_count, group_count)?;
        Ok((graph, output("weights", weights, count)?))
    }
}
