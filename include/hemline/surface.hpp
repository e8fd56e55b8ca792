// Surfaces, the transfer of weights from them, and inpainting. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_SURFACE_HPP
#define HEMLINE_SURFACE_HPP

#include "weights.hpp"

#include <vector>

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

using TransferOptions = Options<HemTransferOptions, hem_transfer_options_init>;
using RobustOptions = Options<HemRobustOptions, hem_robust_options_init>;
using InpaintMaskOptions = Options<HemInpaintMaskOptions, hem_inpaint_mask_options_init>;
using SmoothMaskOptions = Options<HemSmoothMaskOptions, hem_smooth_mask_options_init>;

/// A triangle surface. Immutable.
class Surface : public Handle<HemSurface, hem_surface_destroy> {
public:
    using Handle::Handle;

    /// Of points (3 floats each, finite) and triangles (3 vertex numbers each), which are copied.
    static Returns<Surface> create(span<const float> points, span<const std::uint32_t> triangles)
    {
        return make(points, triangles, hem_surface_create);
    }
    /// By way of the index cache: built only if the cache does not hold it.
    static Returns<Surface> acquire(span<const float> points, span<const std::uint32_t> triangles)
    {
        return make(points, triangles, hem_surface_acquire);
    }

    /// For each query its triangle (HEM_NO_INDEX: none that near), barycentric coordinates and closest point (3 floats
    /// each), and distance in metres.
    struct Closest {
        std::vector<std::uint32_t> triangles;
        std::vector<float> barycentric, points, distances;
    };
    /// hem_surface_closest_points: queries are 3 floats each; max_distance may be INFINITY.
    Returns<Closest> closest_points(span<const float> queries, float max_distance, Progress *progress = nullptr) const
    {
        const std::size_t count = queries.size() / 3;
        Closest found{std::vector<std::uint32_t>(count), std::vector<float>(3 * count), std::vector<float>(3 * count),
                      std::vector<float>(count)};
        detail::Call call(progress);
        call.require_triples("queries", queries.size());
        call.run([&] {
            return hem_surface_closest_points(get(), queries.data(), count, max_distance, found.triangles.data(),
                                              found.barycentric.data(), found.points.data(), found.distances.data(),
                                              call.progress());
        });
        return call.give(std::move(found));
    }

private:
    template <class Function>
    static Returns<Surface> make(span<const float> points, span<const std::uint32_t> triangles, Function function)
    {
        detail::Call call;
        call.require_triples("points", points.size());
        call.require_triples("triangles", triangles.size());
        return call.make<Surface>([&](HemSurface **out) {
            return function(points.data(), points.size() / 3, triangles.data(), triangles.size() / 3, out);
        });
    }
};

/// Weights of points that took them from a surface.
struct Transfer {
    SparseWeights weights;             ///< One row a point, empty without a match.
    std::vector<std::uint8_t> matched; ///< 1 for points with a match.
    std::vector<float> distances;      ///< Metres, infinity without a match.
};

/// hem_transfer_weights_sparse: each point (3 floats) takes the body's weights at its closest point. `normals`, for the ramp
/// over angles, and `triangles`, for a normal_radius, may be left out.
inline Returns<Transfer> transfer_weights(const Surface &surface, const Rows &body_weights, span<const float> points,
                                          const TransferOptions &options = {}, span<const float> normals = {},
                                          span<const std::uint32_t> triangles = {}, Progress *progress = nullptr)
{
    const std::size_t count = points.size() / 3;
    HemSparseWeights *made = nullptr;
    std::vector<std::uint8_t> matched(count);
    std::vector<float> distances(count);
    detail::Call call(progress);
    detail::require_rows(call, "groups", body_weights);
    call.require_triples("points", points.size());
    call.allow_length("normals", normals.size(), points.size());
    call.require_triples("triangles", triangles.size());
    call.run([&] {
        return hem_transfer_weights_sparse(surface.get(), body_weights.offsets.data(), body_weights.vertex_count(),
                                           body_weights.groups.data(), body_weights.weights.data(),
                                           body_weights.entry_count(), body_weights.group_count, points.data(),
                                           detail::optional(normals), count, detail::optional(triangles),
                                           triangles.size() / 3, nullptr, &options, call.progress(), &made,
                                           matched.data(), distances.data());
    });
    return call.give(Transfer{SparseWeights(made), std::move(matched), std::move(distances)});
}

/// Weights of a robust transfer.
struct RobustTransfer {
    SparseWeights weights;              ///< Rows sum to 1.
    std::vector<std::uint8_t> sources;  ///< HEM_SOURCE_... of each vertex.
    std::vector<std::uint32_t> islands; ///< Island of each vertex.
};

/// hem_transfer_weights_robust: copies where the outfit follows the body, inpainting along its triangles elsewhere.
inline Returns<RobustTransfer> transfer_weights_robust(const Surface &surface, const Rows &body_weights,
                                                       span<const float> points, span<const std::uint32_t> triangles,
                                                       const RobustOptions &options = {}, Progress *progress = nullptr)
{
    const std::size_t count = points.size() / 3;
    HemSparseWeights *made = nullptr;
    std::vector<std::uint8_t> sources(count);
    std::vector<std::uint32_t> islands(count);
    detail::Call call(progress);
    detail::require_rows(call, "groups", body_weights);
    call.require_triples("points", points.size());
    call.require_triples("triangles", triangles.size());
    call.run([&] {
        return hem_transfer_weights_robust(
            surface.get(), body_weights.offsets.data(), body_weights.vertex_count(), body_weights.groups.data(),
            body_weights.weights.data(), body_weights.entry_count(), body_weights.group_count, points.data(), count,
            triangles.data(), triangles.size() / 3, &options, &made, sources.data(), islands.data(), call.progress());
    });
    return call.give(RobustTransfer{SparseWeights(made), std::move(sources), std::move(islands)});
}

/// A transfer that is kept up to date. It keeps copies of all that it was given; update() is for one thread at a time.
class TransferSession : public Handle<HemTransferSession, hem_transfer_session_destroy> {
public:
    TransferSession() noexcept = default;
    /// Takes over what hem_transfer_session_create made of so many vertices and points.
    TransferSession(HemTransferSession *raw, std::size_t body_count, std::size_t point_count) noexcept
        : Handle(raw), body_count_(body_count), point_count_(point_count)
    {
    }

    /// As transfer_weights.
    static Returns<TransferSession> create(const Surface &surface, const Rows &body_weights, span<const float> points,
                                           const TransferOptions &options = {}, span<const float> normals = {},
                                           span<const std::uint32_t> triangles = {}, Progress *progress = nullptr)
    {
        const std::size_t body_count = body_weights.vertex_count(), point_count = points.size() / 3;
        detail::Call call(progress);
        detail::require_rows(call, "groups", body_weights);
        call.require_triples("points", points.size());
        call.allow_length("normals", normals.size(), points.size());
        call.require_triples("triangles", triangles.size());
        return call.make<TransferSession>(
            [&](HemTransferSession **out) {
                return hem_transfer_session_create(
                    surface.get(), body_weights.offsets.data(), body_count, body_weights.groups.data(),
                    body_weights.weights.data(), body_weights.entry_count(), body_weights.group_count, points.data(),
                    detail::optional(normals), point_count, detail::optional(triangles), triangles.size() / 3, nullptr,
                    &options, call.progress(), out);
            },
            body_count, point_count);
    }

    /// What changed since; an empty span (or rows without offsets) stands for what did not.
    struct Changes {
        span<const float> body_points; ///< 3 floats a vertex.
        Rows body_weights;
        span<const float> points, normals; ///< 3 floats a point.
    };
    /// Makes the rows anew that can differ; how many do. After an error the session is as it was.
    Returns<std::size_t> update(const Changes &changes, Progress *progress = nullptr)
    {
        const Rows &rows = changes.body_weights;
        std::size_t changed = 0;
        detail::Call call(progress);
        detail::require_rows(call, "groups", rows);
        call.allow_length("body_points", changes.body_points.size(), 3 * body_count_);
        call.allow_length("offsets", rows.offsets.size(), body_count_ + 1);
        call.allow_length("points", changes.points.size(), 3 * point_count_);
        call.allow_length("normals", changes.normals.size(), 3 * point_count_);
        call.run([&] {
            return hem_transfer_session_update(
                get(), detail::optional(changes.body_points), detail::optional(rows.offsets), body_count_,
                detail::optional(rows.groups), detail::optional(rows.weights), rows.entry_count(), rows.group_count,
                nullptr, detail::optional(changes.points), detail::optional(changes.normals), point_count_, nullptr,
                call.progress(), nullptr, &changed);
        });
        return call.give(std::move(changed));
    }

    /// The weights as they are now; later updates do not change them.
    Returns<Transfer> weights() const
    {
        HemSparseWeights *made = nullptr;
        std::vector<std::uint8_t> matched(point_count_);
        std::vector<float> distances(point_count_);
        detail::Call call;
        call.run(
            [&] { return hem_transfer_session_weights(get(), point_count_, &made, matched.data(), distances.data()); });
        return call.give(Transfer{SparseWeights(made), std::move(matched), std::move(distances)});
    }

private:
    std::size_t body_count_ = 0, point_count_ = 0;
};

/// A mesh with its fixed vertices, factorised for inpainting. Immutable.
class WeightInpainter : public Handle<HemWeightInpainter, hem_weight_inpainter_destroy> {
public:
    using Handle::Handle;

    /// `fixed` holds a byte for each point, not 0 where its weights stay; `confidence`, where given, a double for each.
    static Returns<WeightInpainter> create(span<const float> points, span<const std::uint32_t> triangles,
                                           span<const std::uint8_t> fixed, span<const double> confidence = {},
                                           Progress *progress = nullptr)
    {
        detail::Call call(progress);
        call.require_triples("points", points.size());
        call.require_triples("triangles", triangles.size());
        call.require_length("fixed", fixed.size(), points.size() / 3);
        call.allow_length("confidence", confidence.size(), points.size() / 3);
        return call.make<WeightInpainter>([&](HemWeightInpainter **out) {
            return hem_weight_inpainter_create(points.data(), points.size() / 3, triangles.data(), triangles.size() / 3,
                                               fixed.data(), detail::optional(confidence), out, call.progress());
        });
    }

    /// Replaces the weights (vertex-major, group_count floats a point) of points that are not fixed.
    Returns<void> inpaint(span<float> weights, std::size_t group_count, Progress *progress = nullptr) const
    {
        detail::Call call(progress);
        call.require_multiple("weights", weights.size(), group_count);
        call.run([&] {
            return hem_weight_inpainter_inpaint(get(), weights.data(), weights.size() / group_count, group_count,
                                                call.progress());
        });
        return call.give();
    }

    /// For each of `point_count` points 1 where no fixed point and no confidence reaches it, else 0.
    Returns<std::vector<std::uint8_t>> unreached(std::size_t point_count) const
    {
        std::vector<std::uint8_t> mask(point_count);
        detail::Call call;
        call.run([&] { return hem_weight_inpainter_unreached(get(), mask.data(), point_count); });
        return call.give(std::move(mask));
    }
};

/// hem_inpaint_mask: a float for each point, 1 where the outfit leaves the body. Edges (2 vertices each) are those of the
/// triangles unless given.
inline Returns<std::vector<float>> inpaint_mask(const Surface &body, span<const float> points,
                                                span<const std::uint32_t> triangles,
                                                const InpaintMaskOptions &options = {},
                                                span<const std::uint32_t> edges = {}, Progress *progress = nullptr)
{
    std::vector<float> mask(points.size() / 3);
    detail::Call call(progress);
    call.require_triples("points", points.size());
    call.require_triples("triangles", triangles.size());
    call.require_multiple("edges", edges.size(), 2);
    call.run([&] {
        return hem_inpaint_mask(body.get(), points.data(), points.size() / 3, triangles.data(), triangles.size() / 3,
                                detail::optional(edges), edges.size() / 2, &options, mask.data(), call.progress());
    });
    return call.give(std::move(mask));
}

/// hem_smooth_mask: a float for each point, where weights may be smoothed. `factor`, where given, holds a float a point.
inline Returns<std::vector<float>> smooth_mask(const Surface &body, span<const float> points,
                                               span<const std::uint32_t> triangles,
                                               const SmoothMaskOptions &options = {},
                                               span<const std::uint32_t> edges = {}, span<const float> factor = {},
                                               Progress *progress = nullptr)
{
    std::vector<float> mask(points.size() / 3);
    detail::Call call(progress);
    call.require_triples("points", points.size());
    call.require_triples("triangles", triangles.size());
    call.require_multiple("edges", edges.size(), 2);
    call.allow_length("factor", factor.size(), points.size() / 3);
    call.run([&] {
        return hem_smooth_mask(body.get(), points.data(), points.size() / 3, triangles.data(), triangles.size() / 3,
                               detail::optional(edges), edges.size() / 2, detail::optional(factor), &options,
                               mask.data(), call.progress());
    });
    return call.give(std::move(mask));
}

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
