// Nearest points, points within a radius, and what smooths weights over them. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_NEIGHBORS_HPP
#define HEMLINE_NEIGHBORS_HPP

#include "core.hpp"

#include <vector>

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

using SmoothOptions = Options<HemSmoothOptions, hem_smooth_options_init>;
using DecayingMaxOptions = Options<HemDecayingMaxOptions, hem_decaying_max_options_init>;
using EdgeSmoothOptions = Options<HemEdgeSmoothOptions, hem_edge_smooth_options_init>;

/// Neighbours of each row (a point or a query). Immutable.
class Neighbors : public Handle<HemNeighbors, hem_neighbors_destroy> {
public:
    using Handle::Handle;

    /// The handle's memory: row r has the entries offsets[r] to offsets[r + 1].
    struct View {
        span<const std::uint32_t> offsets; ///< Rows + 1.
        span<const std::uint32_t> indices; ///< Ascending within a row.
        span<const float> distances;       ///< Metres; empty where they were left out.
    };
    /// Empty for an empty handle.
    View view() const noexcept
    {
        const std::uint32_t *offsets = nullptr, *indices = nullptr;
        const float *distances = nullptr;
        std::size_t rows = 0, entries = 0;
        if (hem_neighbors_view(get(), &offsets, &indices, &distances, &rows, &entries) != HEM_OK)
            return {};
        return {{offsets, rows + 1}, {indices, entries}, {distances, distances == nullptr ? 0 : entries}};
    }
};

/// An index over points. Immutable.
class PointIndex : public Handle<HemPointIndex, hem_point_index_destroy> {
public:
    using Handle::Handle;

    /// Of points (3 floats each, finite), which are copied.
    static Returns<PointIndex> create(span<const float> points) { return make(points, hem_point_index_create); }
    /// By way of the index cache: built only if the cache does not hold it.
    static Returns<PointIndex> acquire(span<const float> points) { return make(points, hem_point_index_acquire); }

    /// Indices and distances, k for each query, nearest first; HEM_NO_INDEX and infinity where there are fewer.
    struct Nearest {
        std::vector<std::uint32_t> indices;
        std::vector<float> distances;
    };
    /// The k nearest points of each query (3 floats each) up to max_distance metres, which may be INFINITY.
    Returns<Nearest> nearest(span<const float> queries, std::size_t k, float max_distance,
                             Progress *progress = nullptr) const
    {
        const std::size_t count = queries.size() / 3;
        Nearest found{std::vector<std::uint32_t>(count * k), std::vector<float>(count * k)};
        detail::Call call(progress);
        call.require_triples("queries", queries.size());
        call.run([&] {
            return hem_point_index_k_nearest(get(), queries.data(), count, k, max_distance, found.indices.data(),
                                             found.distances.data(), call.progress());
        });
        return call.give(std::move(found));
    }

    /// All points within a radius of each query.
    Returns<Neighbors> within(span<const float> queries, float radius, Progress *progress = nullptr) const
    {
        detail::Call call(progress);
        call.require_triples("queries", queries.size());
        return call.make<Neighbors>([&](HemNeighbors **out) {
            return hem_point_index_within(get(), queries.data(), queries.size() / 3, radius, call.progress(), out);
        });
    }

private:
    template <class Function> static Returns<PointIndex> make(span<const float> points, Function function)
    {
        detail::Call call;
        call.require_triples("points", points.size());
        return call.make<PointIndex>(
            [&](HemPointIndex **out) { return function(points.data(), points.size() / 3, out); });
    }
};

/// All pairs of points within a radius of each other. Immutable. Weights are dense here: points * group_count floats,
/// vertex-major; masks, where given, hold one float a point: 0 keeps its weights, 1 takes the new ones.
class RadiusGraph : public Handle<HemRadiusGraph, hem_radius_graph_destroy> {
public:
    using Handle::Handle;

    /// Of points (3 floats each, finite) and a radius in metres.
    static Returns<RadiusGraph> create(span<const float> points, float radius, Progress *progress = nullptr)
    {
        return make(points, radius, progress, hem_radius_graph_create);
    }
    /// By way of the index cache: built only if the cache does not hold it.
    static Returns<RadiusGraph> acquire(span<const float> points, float radius, Progress *progress = nullptr)
    {
        return make(points, radius, progress, hem_radius_graph_acquire);
    }

    /// Each point's neighbours, itself included.
    Returns<Neighbors> neighbors(bool with_distances = true, Progress *progress = nullptr) const
    {
        detail::Call call(progress);
        return call.make<Neighbors>([&](HemNeighbors **out) {
            return hem_radius_graph_neighbors(get(), with_distances, call.progress(), out);
        });
    }

    /// hem_smooth_weights, in place.
    Returns<void> smooth(span<float> weights, std::size_t group_count, const SmoothOptions &options = {},
                         span<const float> mask = {}, Progress *progress = nullptr) const
    {
        return on_weights(hem_smooth_weights, weights, group_count, mask, progress, detail::optional(mask), &options);
    }
    /// hem_max_filter, in place.
    Returns<void> max_filter(span<float> weights, std::size_t group_count, span<const float> mask = {},
                             Progress *progress = nullptr) const
    {
        return on_weights(hem_max_filter, weights, group_count, mask, progress, detail::optional(mask));
    }
    /// hem_min_filter, in place.
    Returns<void> min_filter(span<float> weights, std::size_t group_count, span<const float> mask = {},
                             Progress *progress = nullptr) const
    {
        return on_weights(hem_min_filter, weights, group_count, mask, progress, detail::optional(mask));
    }
    /// hem_decaying_max, in place.
    Returns<void> decaying_max(span<float> weights, std::size_t group_count, const DecayingMaxOptions &options = {},
                               Progress *progress = nullptr) const
    {
        return on_weights(hem_decaying_max, weights, group_count, {}, progress, &options);
    }

private:
    template <class Function>
    static Returns<RadiusGraph> make(span<const float> points, float radius, Progress *progress, Function function)
    {
        detail::Call call(progress);
        call.require_triples("points", points.size());
        return call.make<RadiusGraph>([&](HemRadiusGraph **out) {
            return function(points.data(), points.size() / 3, radius, call.progress(), out);
        });
    }

    template <class Function, class... Settings>
    Returns<void> on_weights(Function function, span<float> weights, std::size_t group_count, span<const float> mask,
                             Progress *progress, Settings... settings) const
    {
        detail::Call call(progress);
        call.require_multiple("weights", weights.size(), group_count);
        const std::size_t vertices = group_count == 0 ? 0 : weights.size() / group_count;
        call.allow_length("mask", mask.size(), vertices);
        call.run([&] { return function(get(), weights.data(), vertices, group_count, settings..., call.progress()); });
        return call.give();
    }
};

/// hem_smooth_weights_on_edges, in place: as Blender's "Smooth Vertex Weights". Edges are 2 vertices each; `selection`,
/// where given, holds a byte for each vertex: 0 keeps its weights.
inline Returns<void> smooth_on_edges(span<const std::uint32_t> edges, span<float> weights, std::size_t group_count,
                                     const EdgeSmoothOptions &options = {}, span<const std::uint8_t> selection = {},
                                     Progress *progress = nullptr)
{
    detail::Call call(progress);
    call.require_multiple("edges", edges.size(), 2);
    call.require_multiple("weights", weights.size(), group_count);
    const std::size_t vertices = group_count == 0 ? 0 : weights.size() / group_count;
    call.allow_length("selection", selection.size(), vertices);
    call.run([&] {
        return hem_smooth_weights_on_edges(edges.data(), edges.size() / 2, weights.data(), vertices, group_count,
                                           detail::optional(selection), &options, call.progress());
    });
    return call.give();
}

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
