// Deformation fields, radial basis functions, penetration, intersecting triangles. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_DEFORM_HPP
#define HEMLINE_DEFORM_HPP

#include "surface.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

using FieldOptions = Options<HemFieldOptions, hem_field_options_init>;
using FieldCreationOptions = Options<HemFieldCreationOptions, hem_field_creation_options_init>;
using RbfOptions = Options<HemRbfOptions, hem_rbf_options_init>;
using RepairOptions = Options<HemRepairOptions, hem_repair_options_init>;
using SkinningOptions = Options<HemSkinningOptions, hem_skinning_options_init>;
using FitOptions = Options<HemFitOptions, hem_fit_options_init>;

namespace detail {
/// A path as the library takes it, on every platform and in every version of C++.
inline std::string utf8(const std::filesystem::path &path)
{
    const auto text = path.u8string();
    return std::string(text.begin(), text.end());
}
} // namespace detail

/// A deformation field. Immutable.
class Field : public Handle<HemField, hem_field_destroy> {
public:
    using Handle::Handle;

    /// hem_field_create: step s has the samples offsets[s] to offsets[s + 1]; points and displacements are 3 floats a
    /// sample; world_matrix, where given, 16 doubles, row-major, from field space to world space.
    static Returns<Field> create(span<const std::uint32_t> offsets, span<const float> points,
                                 span<const float> displacements, span<const double> world_matrix = {},
                                 bool mirror_x = false)
    {
        detail::Call call;
        call.require_triples("points", points.size());
        call.require_length("displacements", displacements.size(), points.size());
        call.allow_length("world_matrix", world_matrix.size(), 16);
        return call.make<Field>([&](HemField **out) {
            return hem_field_create(offsets.data(), offsets.empty() ? 0 : offsets.size() - 1, points.data(),
                                    displacements.data(), points.size() / 3, detail::optional(world_matrix), mirror_x,
                                    out);
        });
    }

    /// Of a body and its other shape, 3 floats a vertex. correspondence, where given, names the vertex of `deformed`
    /// for each of the body's; triangles, where given, are those of the body, from which distances then count.
    static Returns<Field> create_from_shapes(span<const float> body, span<const float> deformed,
                                             const FieldCreationOptions &options = {}, Progress *progress = nullptr,
                                             span<const std::uint32_t> correspondence = {},
                                             span<const std::uint32_t> triangles = {})
    {
        detail::Call call(progress);
        call.require_triples("body", body.size());
        call.require_triples("deformed", deformed.size());
        call.allow_length("correspondence", correspondence.size(), body.size() / 3);
        call.require_triples("triangles", triangles.size());
        return call.make<Field>([&](HemField **out) {
            return hem_field_create_from_shapes(body.data(), body.size() / 3, deformed.data(), deformed.size() / 3,
                                                detail::optional(correspondence), detail::optional(triangles),
                                                triangles.size() / 3, &options, out, call.progress());
        });
    }

    /// Reads a field file.
    static Returns<Field> load(const std::filesystem::path &path)
    {
        detail::Call call;
        return call.make<Field>([&](HemField **out) { return hem_field_load(detail::utf8(path).c_str(), out); });
    }
    /// Writes a field file; one that is there is replaced by a whole one or stays.
    Returns<void> save(const std::filesystem::path &path) const
    {
        detail::Call call;
        call.run([&] { return hem_field_save(get(), detail::utf8(path).c_str()); });
        return call.give();
    }

    /// The samples, in the handle's memory and in field space.
    struct View {
        span<const std::uint32_t> offsets;       ///< Steps + 1.
        span<const float> points, displacements; ///< 3 floats a sample.
        span<const double> world_matrix;         ///< 16, row-major.
        bool mirror_x = false;
    };
    /// Empty for an empty handle.
    View view() const noexcept
    {
        const std::uint32_t *offsets = nullptr;
        const float *points = nullptr, *displacements = nullptr;
        const double *matrix = nullptr;
        std::size_t steps = 0, samples = 0, mirror = 0;
        if (hem_field_view(get(), &offsets, &points, &displacements, &matrix, &steps, &samples, &mirror) != HEM_OK)
            return {};
        return {{offsets, steps + 1}, {points, 3 * samples}, {displacements, 3 * samples}, {matrix, 16}, mirror != 0};
    }

    /// The moved points (3 floats each, world space). `mask`, where given, holds a factor for each point.
    Returns<std::vector<float>> apply(span<const float> points, const FieldOptions &options = {},
                                      span<const float> mask = {}, Progress *progress = nullptr) const
    {
        std::vector<float> moved(points.size());
        detail::Call call(progress);
        call.require_triples("points", points.size());
        call.allow_length("mask", mask.size(), points.size() / 3);
        call.run([&] {
            return hem_field_apply(get(), points.data(), points.size() / 3, detail::optional(mask), &options,
                                   moved.data(), call.progress());
        });
        return call.give(std::move(moved));
    }
};

/// Control points with their factored system. Immutable.
class Rbf : public Handle<HemRbf, hem_rbf_destroy> {
public:
    Rbf() noexcept = default;
    /// Takes over what hem_rbf_create made of so many points.
    Rbf(HemRbf *raw, std::size_t point_count) noexcept : Handle(raw), point_count_(point_count) {}

    /// Of control points, 3 floats each.
    static Returns<Rbf> create(span<const float> points, const RbfOptions &options = {}, Progress *progress = nullptr)
    {
        const std::size_t count = points.size() / 3;
        detail::Call call(progress);
        call.require_triples("points", points.size());
        return call.make<Rbf>(
            [&](HemRbf **out) { return hem_rbf_create(points.data(), count, &options, out, call.progress()); }, count);
    }

    Returns<HemRbfInfo> info() const
    {
        auto info = detail::sized<HemRbfInfo>();
        detail::Call call;
        call.run([&] { return hem_rbf_info(get(), &info); });
        return call.give(std::move(info));
    }

    /// Coefficients, (points + 4) * column_count, for values of column_count floats a control point.
    Returns<std::vector<double>> fit(span<const float> values, std::size_t column_count,
                                     Progress *progress = nullptr) const
    {
        std::vector<double> coefficients((point_count_ + 4) * column_count);
        detail::Call call(progress);
        call.require_length("values", values.size(), point_count_ * column_count);
        call.run([&] {
            return hem_rbf_fit(get(), values.data(), point_count_, column_count, coefficients.data(), call.progress());
        });
        return call.give(std::move(coefficients));
    }

    /// Values, column_count floats for each target (3 floats).
    Returns<std::vector<float>> evaluate(span<const double> coefficients, std::size_t column_count,
                                         span<const float> targets, Progress *progress = nullptr) const
    {
        std::vector<float> values(targets.size() / 3 * column_count);
        detail::Call call(progress);
        call.require_length("coefficients", coefficients.size(), (point_count_ + 4) * column_count);
        call.require_triples("targets", targets.size());
        call.run([&] {
            return hem_rbf_evaluate(get(), coefficients.data(), point_count_, column_count, targets.data(),
                                    targets.size() / 3, values.data(), call.progress());
        });
        return call.give(std::move(values));
    }

private:
    std::size_t point_count_ = 0;
};

/// hem_measure_penetration: metres inside the body for each point, negative outside, minus infinity beyond max_distance.
inline Returns<std::vector<float>> measure_penetration(const Surface &body, span<const float> points,
                                                       float max_distance, Progress *progress = nullptr)
{
    std::vector<float> depths(points.size() / 3);
    detail::Call call(progress);
    call.require_triples("points", points.size());
    call.run([&] {
        return hem_measure_penetration(body.get(), points.data(), points.size() / 3, max_distance, depths.data(),
                                       call.progress());
    });
    return call.give(std::move(depths));
}

/// What a repair of penetration made of points.
struct Repair {
    std::vector<float> points;                ///< 3 floats each.
    std::vector<float> depths_before, depths; ///< As measure_penetration.
};

/// hem_repair_penetration: pushes points out of a body. `offsets` (original heights over the body, a float a point) and
/// `rigid_labels` (a part for each point, or HEM_NO_INDEX) may be left out.
inline Returns<Repair> repair_penetration(const Surface &body, span<const float> points,
                                          const RepairOptions &options = {}, span<const float> offsets = {},
                                          span<const std::uint32_t> rigid_labels = {}, Progress *progress = nullptr)
{
    const std::size_t count = points.size() / 3;
    Repair repair{std::vector<float>(points.size()), std::vector<float>(count), std::vector<float>(count)};
    detail::Call call(progress);
    call.require_triples("points", points.size());
    call.allow_length("offsets", offsets.size(), count);
    call.allow_length("rigid_labels", rigid_labels.size(), count);
    call.run([&] {
        return hem_repair_penetration(body.get(), points.data(), count, detail::optional(offsets),
                                      detail::optional(rigid_labels), &options, repair.points.data(),
                                      repair.depths_before.data(), repair.depths.data(), call.progress());
    });
    return call.give(std::move(repair));
}

/// Pairs of triangles. Immutable.
class TrianglePairs : public Handle<HemTrianglePairs, hem_triangle_pairs_destroy> {
public:
    using Handle::Handle;

    /// Pairs of one mesh that meet more than a proper mesh lets them.
    static Returns<TrianglePairs> self_intersections(span<const float> points, span<const std::uint32_t> triangles,
                                                     Progress *progress = nullptr)
    {
        detail::Call call(progress);
        call.require_triples("points", points.size());
        call.require_triples("triangles", triangles.size());
        return call.make<TrianglePairs>([&](HemTrianglePairs **out) {
            return hem_self_intersecting_triangles(points.data(), points.size() / 3, triangles.data(),
                                                   triangles.size() / 3, out, call.progress());
        });
    }

    /// Pairs of a triangle of one mesh and one of another that share a point.
    static Returns<TrianglePairs> intersections(span<const float> points, span<const std::uint32_t> triangles,
                                                span<const float> other_points,
                                                span<const std::uint32_t> other_triangles, Progress *progress = nullptr)
    {
        detail::Call call(progress);
        call.require_triples("points", points.size());
        call.require_triples("triangles", triangles.size());
        call.require_triples("other_points", other_points.size());
        call.require_triples("other_triangles", other_triangles.size());
        return call.make<TrianglePairs>([&](HemTrianglePairs **out) {
            return hem_intersecting_triangles(points.data(), points.size() / 3, triangles.data(), triangles.size() / 3,
                                              other_points.data(), other_points.size() / 3, other_triangles.data(),
                                              other_triangles.size() / 3, out, call.progress());
        });
    }

    /// Two triangles a pair, in the handle's memory. Empty for an empty handle.
    span<const std::uint32_t> pairs() const noexcept
    {
        const std::uint32_t *pairs = nullptr;
        std::size_t count = 0;
        if (hem_triangle_pairs_view(get(), &pairs, &count) != HEM_OK)
            return {};
        return {pairs, 2 * count};
    }
};

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
