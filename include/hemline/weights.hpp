// Sparse skin weights and what is done to their rows. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_WEIGHTS_HPP
#define HEMLINE_WEIGHTS_HPP

#include "core.hpp"

#include <vector>

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

using LimitOptions = Options<HemLimitOptions, hem_limit_options_init>;
using PruneOptions = Options<HemPruneOptions, hem_prune_options_init>;
using SeamOptions = Options<HemSeamOptions, hem_seam_options_init>;

/// Skin weights as rows, somebody else's memory: vertex v has the entries offsets[v] to offsets[v + 1].
struct Rows {
    span<const std::uint32_t> offsets; ///< Vertices + 1, ascending from 0 to the number of entries.
    span<const std::uint32_t> groups;  ///< One an entry, each below group_count and once in a row at most.
    span<const float> weights;         ///< One an entry.
    std::size_t group_count = 0;

    std::size_t vertex_count() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }
    std::size_t entry_count() const noexcept { return weights.size(); }
};

namespace detail {
inline void require_rows(Call &call, const char *groups_name, const Rows &rows)
{
    call.require_length(groups_name, rows.groups.size(), rows.weights.size());
}

/// Calls a function of hemline.h whose first arguments are rows.
template <class Function, class... Rest> HemStatus with_rows(Function function, const Rows &rows, Rest... rest)
{
    return function(rows.offsets.data(), rows.vertex_count(), rows.groups.data(), rows.weights.data(),
                    rows.entry_count(), rows.group_count, rest...);
}
} // namespace detail

/// Skin weights that the library made. Immutable.
class SparseWeights : public Handle<HemSparseWeights, hem_sparse_weights_destroy> {
public:
    using Handle::Handle;

    /// Rows of dense weights (vertices * group_count, vertex-major, finite) without their zeros.
    static Returns<SparseWeights> from_dense(span<const float> dense, std::size_t group_count)
    {
        detail::Call call;
        call.require_multiple("dense", dense.size(), group_count);
        return call.make<SparseWeights>([&](HemSparseWeights **out) {
            return hem_sparse_from_dense(dense.data(), dense.size() / group_count, group_count, out);
        });
    }

    /// The rows, in the handle's memory; groups ascend within a row. Empty for an empty handle.
    Rows rows() const noexcept
    {
        const std::uint32_t *offsets = nullptr, *groups = nullptr;
        const float *weights = nullptr;
        std::size_t vertices = 0, entries = 0, group_count = 0;
        if (hem_sparse_weights_view(get(), &offsets, &groups, &weights, &vertices, &entries, &group_count) != HEM_OK)
            return {};
        return {{offsets, vertices + 1}, {groups, entries}, {weights, entries}, group_count};
    }
    operator Rows() const noexcept { return rows(); }
};

/// Rows written out in full: vertices * group_count floats, vertex-major.
inline Returns<std::vector<float>> to_dense(const Rows &rows)
{
    std::vector<float> dense(rows.vertex_count() * rows.group_count);
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.run([&] { return detail::with_rows(hem_sparse_to_dense, rows, dense.data()); });
    return call.give(std::move(dense));
}

/// hem_normalize_weights_sparse: rows that sum to 1, in place. `weights` are those of `rows`, as memory that may change.
inline Returns<void> normalize(const Rows &rows, span<float> weights, span<const std::uint8_t> group_mask = {},
                               span<const std::uint8_t> locked_groups = {})
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.require_length("weights", weights.size(), rows.entry_count());
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    call.allow_length("locked_groups", locked_groups.size(), rows.group_count);
    call.run([&] {
        return hem_normalize_weights_sparse(rows.offsets.data(), rows.vertex_count(), rows.groups.data(),
                                            weights.data(), weights.size(), rows.group_count,
                                            detail::optional(group_mask), detail::optional(locked_groups), nullptr);
    });
    return call.give();
}

/// hem_limit_weights_sparse: the largest weights of each vertex, faded.
inline Returns<SparseWeights> limit(const Rows &rows, const LimitOptions &options = {},
                                    span<const std::uint8_t> group_mask = {})
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_limit_weights_sparse, rows, detail::optional(group_mask), &options, out, nullptr);
    });
}

/// hem_prune_weights_sparse: weights above a threshold.
inline Returns<SparseWeights> prune(const Rows &rows, const PruneOptions &options = {},
                                    span<const std::uint8_t> group_mask = {})
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_prune_weights_sparse, rows, detail::optional(group_mask), &options, out, nullptr);
    });
}

/// A number for each vertex (HEM_NO_INDEX for none), and how many numbers there are.
struct Labels {
    std::vector<std::uint32_t> labels;
    std::size_t count = 0;
};

/// hem_find_components: `elements` are vertex numbers, element_size at a time (2 for edges, 3 for triangles).
inline Returns<Labels> find_components(span<const std::uint32_t> elements, std::size_t element_size,
                                       std::size_t vertex_count)
{
    Labels found{std::vector<std::uint32_t>(vertex_count), 0};
    detail::Call call;
    call.require_multiple("elements", elements.size(), element_size);
    call.run([&] {
        return hem_find_components(elements.data(), elements.size() / element_size, element_size, vertex_count,
                                   found.labels.data(), &found.count);
    });
    return call.give(std::move(found));
}

/// hem_find_seams: sets of vertices that lie on one another, over meshes that follow one another.
inline Returns<Labels> find_seams(const Rows &rows, span<const float> points, span<const std::uint32_t> edges,
                                  const SeamOptions &options = {}, Progress *progress = nullptr)
{
    Labels found{std::vector<std::uint32_t>(rows.vertex_count()), 0};
    detail::Call call(progress);
    detail::require_rows(call, "groups", rows);
    call.require_length("points", points.size(), rows.vertex_count() * 3);
    call.require_multiple("edges", edges.size(), 2);
    call.run([&] {
        return detail::with_rows(hem_find_seams, rows, points.data(), edges.data(), edges.size() / 2, &options,
                                 found.labels.data(), &found.count, call.progress());
    });
    return call.give(std::move(found));
}

/// hem_average_weights: all vertices of one label get the mean of their rows.
inline Returns<SparseWeights> average(const Rows &rows, const Labels &labels)
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.require_length("labels", labels.labels.size(), rows.vertex_count());
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_average_weights, rows, labels.labels.data(), labels.count, out);
    });
}

/// hem_merge_groups: each group's weights go to the last of its chain of parents.
inline Returns<SparseWeights> merge_groups(const Rows &rows, span<const std::uint32_t> parents)
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.require_length("parents", parents.size(), rows.group_count);
    return call.make<SparseWeights>(
        [&](HemSparseWeights **out) { return detail::with_rows(hem_merge_groups, rows, parents.data(), out); });
}

/// hem_split_groups: undoes merge_groups after the merged weights changed; `original` are those before it.
inline Returns<SparseWeights> split_groups(const Rows &rows, const Rows &original, span<const std::uint32_t> parents)
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    detail::require_rows(call, "original_groups", original);
    call.require_length("original_offsets", original.offsets.size(), rows.offsets.size());
    call.require_length("parents", parents.size(), rows.group_count);
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_split_groups, rows, original.offsets.data(), original.groups.data(),
                                 original.weights.data(), original.entry_count(), parents.data(), out);
    });
}

/// hem_blend_weights: (1 - mask) rows + mask original, in the chosen groups.
inline Returns<SparseWeights> blend(const Rows &rows, const Rows &original, span<const float> mask,
                                    span<const std::uint8_t> group_mask = {})
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    detail::require_rows(call, "original_groups", original);
    call.require_length("original_offsets", original.offsets.size(), rows.offsets.size());
    call.require_length("mask", mask.size(), rows.vertex_count());
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_blend_weights, rows, original.offsets.data(), original.groups.data(),
                                 original.weights.data(), original.entry_count(), mask.data(),
                                 detail::optional(group_mask), out);
    });
}

/// hem_propagate_weights: vertices without weights take those of their neighbours along edges.
inline Returns<SparseWeights> propagate(const Rows &rows, span<const float> points, span<const std::uint32_t> edges,
                                        span<const std::uint8_t> group_mask = {}, Progress *progress = nullptr)
{
    detail::Call call(progress);
    detail::require_rows(call, "groups", rows);
    call.require_length("points", points.size(), rows.vertex_count() * 3);
    call.require_multiple("edges", edges.size(), 2);
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    return call.make<SparseWeights>([&](HemSparseWeights **out) {
        return detail::with_rows(hem_propagate_weights, rows, points.data(), edges.data(), edges.size() / 2,
                                 detail::optional(group_mask), out, nullptr, call.progress());
    });
}

/// Rows that a function changed, and how many vertices.
struct Changed {
    SparseWeights weights;
    std::size_t count = 0;
};

namespace detail {
/// Runs `function(out, count)`, which makes rows and counts what it changed.
template <class Function> Returns<Changed> changed(Call &call, Function &&function)
{
    HemSparseWeights *made = nullptr;
    std::size_t count = 0;
    call.run([&] { return function(&made, &count); });
    return call.give(Changed{SparseWeights(made), count});
}
} // namespace detail

/// hem_separate_sides: takes the other side's groups from vertices that are clearly on one side, |x| > threshold metres.
/// `sides` holds HEM_SIDE_... for each group, `mirror` its group on the other side or HEM_NO_INDEX.
inline Returns<Changed> separate_sides(const Rows &rows, span<const float> points, span<const std::uint8_t> sides,
                                       span<const std::uint32_t> mirror, float threshold,
                                       span<const std::uint8_t> group_mask = {})
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    call.require_length("points", points.size(), rows.vertex_count() * 3);
    call.require_length("sides", sides.size(), rows.group_count);
    call.require_length("mirror", mirror.size(), rows.group_count);
    call.allow_length("group_mask", group_mask.size(), rows.group_count);
    return detail::changed(call, [&](HemSparseWeights **out, std::size_t *count) {
        return detail::with_rows(hem_separate_sides, rows, points.data(), sides.data(), mirror.data(),
                                 detail::optional(group_mask), threshold, out, count);
    });
}

/// hem_repair_sides: swaps left and right back on the centre line, |x| <= width metres. `original` may be without offsets.
inline Returns<Changed> repair_sides(const Rows &rows, const Rows &original, span<const float> points,
                                     span<const std::uint8_t> sides, span<const std::uint32_t> mirror, float width)
{
    detail::Call call;
    detail::require_rows(call, "groups", rows);
    detail::require_rows(call, "original_groups", original);
    call.allow_length("original_offsets", original.offsets.size(), rows.offsets.size());
    call.require_length("points", points.size(), rows.vertex_count() * 3);
    call.require_length("sides", sides.size(), rows.group_count);
    call.require_length("mirror", mirror.size(), rows.group_count);
    return detail::changed(call, [&](HemSparseWeights **out, std::size_t *count) {
        return detail::with_rows(hem_repair_sides, rows, detail::optional(original.offsets),
                                 detail::optional(original.groups), detail::optional(original.weights),
                                 original.entry_count(), points.data(), sides.data(), mirror.data(), width, out, count);
    });
}

/// hem_symmetrize_weights: vertices that mirror each other within `tolerance` metres get mirrored weights. `vertex_mask`,
/// where given, holds 0 for vertices that keep theirs.
inline Returns<Changed> symmetrize(const Rows &rows, span<const float> points, span<const std::uint32_t> mirror,
                                   float tolerance, span<const std::uint8_t> vertex_mask = {},
                                   Progress *progress = nullptr)
{
    detail::Call call(progress);
    detail::require_rows(call, "groups", rows);
    call.require_length("points", points.size(), rows.vertex_count() * 3);
    call.require_length("mirror", mirror.size(), rows.group_count);
    call.allow_length("vertex_mask", vertex_mask.size(), rows.vertex_count());
    return detail::changed(call, [&](HemSparseWeights **out, std::size_t *count) {
        return detail::with_rows(hem_symmetrize_weights, rows, points.data(), mirror.data(),
                                 detail::optional(vertex_mask), tolerance, out, count, call.progress());
    });
}

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
