// Whole parts of a retarget, one call each. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_STAGES_HPP
#define HEMLINE_STAGES_HPP

#include "deform.hpp"

#include <optional>
#include <vector>

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

using WeightStageOptions = Options<HemWeightStageOptions, hem_weight_stage_options_init>;

/// Bones that move points, each by posed * rest^-1.
struct BonePose {
    span<const double> rest, posed;        ///< 16 doubles a bone, row-major, affine.
    span<const std::uint32_t> group_bones; ///< A bone for each group, or HEM_NO_INDEX; empty where group g is bone g.
    std::uint32_t blend = HEM_BLEND_LINEAR;
};

/// A field and how it is applied.
struct FieldUse {
    const Field *field = nullptr;
    span<const float> mask = {}; ///< A factor for each point, or empty.
    FieldOptions options = {};
};

/// What goes into the shape stage: world space, metres. A step is left out where its input is empty.
struct ShapeInput {
    span<const float> points;            ///< 3 floats a vertex.
    span<const std::uint32_t> triangles; ///< 3 vertices each.
    span<const float> shape_keys;        ///< 3 floats a vertex, set after set: displacements from points.
    Rows weights;                        ///< Present weights, for poses and HEM_RIGID_DETECT.
    std::optional<BonePose> pose;        ///< The pose that the fields were made in.
    std::vector<FieldUse> fields;        ///< Applied one after the other.
    /// For each shape key: fields of its own in place of those above, or none. Empty for none at all.
    std::vector<std::optional<std::vector<FieldUse>>> key_fields;
    std::uint32_t rigid = HEM_RIGID_NONE;
    span<const std::uint32_t> rigid_labels;             ///< A part for each vertex, or HEM_NO_INDEX.
    std::optional<BonePose> unpose;                     ///< The pose that is undone after the fields.
    const Surface *source_body = nullptr;               ///< What the outfit was made for.
    const Surface *body = nullptr;                      ///< What it ends on.
    std::optional<RepairOptions> repair{std::in_place}; ///< nullopt measures penetration only.
};

/// What the shape stage made.
struct ShapeResult {
    std::vector<float> points;                ///< 3 floats a vertex.
    std::vector<float> shape_keys;            ///< Displacements from points, set after set.
    std::vector<std::uint32_t> rigid_labels;  ///< A part for each vertex, or HEM_NO_INDEX.
    std::vector<float> depths_before, depths; ///< Metres inside the body, minus infinity without one.
    HemShapeReport report{};
};

namespace detail {

/// The C structs that a ShapeInput points to; lives during the call.
class ShapeStructs {
public:
    ShapeStructs(const ShapeInput &given, Progress *progress) : call(progress)
    {
        const std::size_t vertices = given.points.size() / 3;
        key_count_ = vertices == 0 ? 0 : given.shape_keys.size() / (3 * vertices);
        check_lengths(given, vertices);
        call.run([&] { return hem_shape_input_init(&input); });
        input.points = given.points.data();
        input.point_count = vertices;
        input.triangles = given.triangles.data();
        input.triangle_count = given.triangles.size() / 3;
        input.shape_keys = optional(given.shape_keys);
        input.key_count = key_count_;
        set_weights(given.weights);
        input.pose = bone_pose(given.pose, pose_);
        input.unpose = bone_pose(given.unpose, unpose_);
        set_fields(given);
        input.rigid = given.rigid;
        input.rigid_labels = optional(given.rigid_labels);
        input.source_body = given.source_body == nullptr ? nullptr : given.source_body->get();
        input.body = given.body == nullptr ? nullptr : given.body->get();
        input.repair = given.repair ? &*given.repair : nullptr;
    }
    ShapeStructs(const ShapeStructs &) = delete;
    ShapeStructs &operator=(const ShapeStructs &) = delete;

    Call call;
    HemShapeInput input{};

private:
    void check_lengths(const ShapeInput &given, std::size_t vertices)
    {
        call.require_triples("points", given.points.size());
        call.require_triples("triangles", given.triangles.size());
        call.require_length("shape_keys", given.shape_keys.size(), key_count_ * 3 * vertices);
        require_rows(call, "groups", given.weights);
        call.allow_length("offsets", given.weights.offsets.size(), vertices + 1);
        call.allow_length("key_fields", given.key_fields.size(), key_count_);
        call.allow_length("rigid_labels", given.rigid_labels.size(), vertices);
        check_masks(given.fields, vertices);
        for (const auto &own : given.key_fields)
            if (own)
                check_masks(*own, vertices);
        for (const auto *pose : {&given.pose, &given.unpose})
            if (*pose) {
                call.require_multiple("posed", (*pose)->posed.size(), 16);
                call.require_length("rest", (*pose)->rest.size(), (*pose)->posed.size());
                call.allow_length("group_bones", (*pose)->group_bones.size(), given.weights.group_count);
            }
    }

    void check_masks(const std::vector<FieldUse> &uses, std::size_t vertices)
    {
        for (const FieldUse &use : uses)
            call.allow_length("mask", use.mask.size(), vertices);
    }

    void set_weights(const Rows &rows)
    {
        input.offsets = optional(rows.offsets);
        input.groups = optional(rows.groups);
        input.weights = optional(rows.weights);
        input.entry_count = rows.entry_count();
        input.group_count = rows.group_count;
    }

    static const HemBonePose *bone_pose(const std::optional<BonePose> &pose, HemBonePose &storage)
    {
        if (!pose)
            return nullptr;
        storage.rest = pose->rest.data();
        storage.posed = pose->posed.data();
        storage.bone_count = pose->posed.size() / 16;
        storage.group_bones = optional(pose->group_bones);
        storage.blend = pose->blend;
        return &storage;
    }

    static void add_uses(const std::vector<FieldUse> &uses, std::vector<HemFieldUse> &storage)
    {
        for (const FieldUse &use : uses) {
            const HemField *field = use.field == nullptr ? nullptr : use.field->get();
            storage.push_back({field, optional(use.mask), &use.options});
        }
    }

    void set_fields(const ShapeInput &given)
    {
        add_uses(given.fields, fields_);
        input.fields = fields_.data();
        input.field_count = fields_.size();
        if (given.key_fields.empty())
            return;
        for (const auto &own : given.key_fields) {
            own_fields_.push_back(own.has_value());
            if (own)
                add_uses(*own, key_fields_);
            key_field_offsets_.push_back(static_cast<std::uint32_t>(key_fields_.size()));
        }
        input.own_fields = own_fields_.data();
        input.key_field_offsets = key_field_offsets_.data();
        input.key_fields = key_fields_.data();
    }

    std::size_t key_count_ = 0;
    HemBonePose pose_{}, unpose_{};
    std::vector<HemFieldUse> fields_, key_fields_;
    std::vector<std::uint8_t> own_fields_;
    std::vector<std::uint32_t> key_field_offsets_{0};
};

} // namespace detail

/// hem_shape_stage_run: the shape part of a retarget on one mesh, or on the joined meshes of an outfit.
inline Returns<ShapeResult> run_shape_stage(const ShapeInput &given, Progress *progress = nullptr)
{
    const std::size_t vertices = given.points.size() / 3;
    ShapeResult result{std::vector<float>(given.points.size()),
                       std::vector<float>(given.shape_keys.size()),
                       std::vector<std::uint32_t>(vertices),
                       std::vector<float>(vertices),
                       std::vector<float>(vertices),
                       detail::sized<HemShapeReport>()};
    detail::ShapeStructs structs(given, progress);
    structs.call.run([&] {
        return hem_shape_stage_run(&structs.input, result.points.data(), result.shape_keys.data(),
                                   result.rigid_labels.data(), result.depths_before.data(), result.depths.data(),
                                   &result.report, structs.call.progress());
    });
    return structs.call.give(std::move(result));
}

/// What goes into the weight stage; the outfit's pieces come one after another. What may be empty is said.
struct WeightInput {
    const Surface *body = nullptr;
    Rows body_weights;
    span<const std::uint8_t> roles;         ///< HEM_GROUP_... for each group; empty: all the body's.
    span<const std::uint32_t> mirror;       ///< The mirrored group of each; empty: no sides.
    span<const float> points;               ///< 3 floats a vertex.
    span<const std::uint32_t> triangles;    ///< 3 vertices each.
    span<const std::uint32_t> edges;        ///< 2 vertices each; empty: those of the triangles.
    span<const std::uint32_t> piece_starts; ///< Pieces + 1 vertices; empty: one piece.
    span<const std::uint32_t> layers;       ///< A number for each piece; empty: one layer.
    Rows present;                           ///< Present weights over the body's groups; without offsets: none.
    span<const float> mask;                 ///< For each vertex 1 to take new weights, 0 to keep; empty: 1.
    RobustOptions robust;
    WeightStageOptions options;
};

/// What the weight stage made.
struct WeightResult {
    SparseWeights weights;             ///< Rows sum to 1.
    std::vector<std::uint8_t> sources; ///< HEM_SOURCE_... of each vertex.
    HemWeightStageReport report{};
};

/// hem_run_weight_stage: an outfit's skin weights from a body's.
inline Returns<WeightResult> run_weight_stage(const WeightInput &given, Progress *progress = nullptr)
{
    const Rows &rows = given.body_weights, &present = given.present;
    const std::size_t vertices = given.points.size() / 3;
    const std::size_t pieces = given.piece_starts.empty() ? 1 : given.piece_starts.size() - 1;
    HemSparseWeights *made = nullptr;
    std::vector<std::uint8_t> sources(vertices);
    auto report = detail::sized<HemWeightStageReport>();
    detail::Call call(progress);
    detail::require_rows(call, "groups", rows);
    call.allow_length("roles", given.roles.size(), rows.group_count);
    call.allow_length("mirror", given.mirror.size(), rows.group_count);
    call.require_triples("points", given.points.size());
    call.require_triples("triangles", given.triangles.size());
    call.require_multiple("edges", given.edges.size(), 2);
    call.allow_length("layers", given.layers.size(), pieces);
    detail::require_rows(call, "present_groups", present);
    call.allow_length("present_offsets", present.offsets.size(), vertices + 1);
    call.allow_length("mask", given.mask.size(), vertices);
    call.run([&] {
        return hem_run_weight_stage(
            given.body == nullptr ? nullptr : given.body->get(), rows.offsets.data(), rows.vertex_count(),
            rows.groups.data(), rows.weights.data(), rows.entry_count(), rows.group_count,
            detail::optional(given.roles), detail::optional(given.mirror), given.points.data(), vertices,
            given.triangles.data(), given.triangles.size() / 3, detail::optional(given.edges), given.edges.size() / 2,
            detail::optional(given.piece_starts), detail::optional(given.layers), pieces,
            detail::optional(present.offsets), detail::optional(present.groups), detail::optional(present.weights),
            present.entry_count(), detail::optional(given.mask), &given.robust, &given.options, &made, sources.data(),
            &report, call.progress());
    });
    return call.give(WeightResult{SparseWeights(made), std::move(sources), report});
}

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
