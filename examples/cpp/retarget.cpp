// Carries an outfit from the body that it was made for to another one, without Blender: a deformation field from the two
// bodies, the outfit's new shape, its skin weights.
//
//   retarget_cpp CASE RESULT [FIELD]
//
// CASE is a folder as ../README.md describes it. FIELD is a field file to use; without it the field is made and saved as
// RESULT/field.npz.
#include "retarget_files.hpp"

#include <hemline.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>

namespace {

namespace fs = std::filesystem;

// The field goes through about so many of the body's vertices, on a grid of this spacing in metres: coarser than the
// defaults, so that it takes two seconds.
constexpr std::size_t control_points = 3000;
constexpr float base_spacing = 0.005F;

struct Case {
    Mesh source_body, target_body, outfit;
    Weights body_weights;
};

// The progress of one step, on the terminal.
auto show(const char *step)
{
    return [step](float fraction) {
        std::fprintf(stderr, "\r%-14s %3.0f %%", step, static_cast<double>(fraction) * 100);
        return true;
    };
}

// Every step-th point.
std::vector<float> thinned(const std::vector<float> &points, std::size_t step)
{
    std::vector<float> kept;
    for (std::size_t i = 0; i < points.size(); i += 3 * step)
        kept.insert(kept.end(), {points[i], points[i + 1], points[i + 2]});
    return kept;
}

hemline::Field make_field(const Case &given)
{
    const std::size_t step = (given.source_body.points.size() / 3 + control_points - 1) / control_points;
    hemline::FieldCreationOptions options;
    options.base_spacing = base_spacing;
    hemline::Progress progress(show("field"));
    return hemline::Field::create_from_shapes(thinned(given.source_body.points, step),
                                              thinned(given.target_body.points, step), options, &progress);
}

// The outfit's vertices on the target body.
std::vector<float> move(const Case &given, const hemline::Field &field, const hemline::Surface &source_body,
                        const hemline::Surface &target_body)
{
    hemline::ShapeInput input;
    input.points = given.outfit.points;
    input.triangles = given.outfit.triangles;
    input.fields = {{&field}};
    input.source_body = &source_body;
    input.body = &target_body;
    hemline::Progress progress(show("shape stage"));
    hemline::ShapeResult result = hemline::run_shape_stage(input, &progress);
    std::cerr << ": " << result.report.deep_before << " vertices deeper than 1 mm before the repair, "
              << result.report.deep_after << " after it\n";
    return std::move(result.points);
}

// The moved outfit's skin weights.
hemline::SparseWeights weigh(const Case &given, const hemline::Surface &target_body, const std::vector<float> &points)
{
    hemline::WeightInput input;
    input.body = &target_body;
    input.body_weights = given.body_weights.rows();
    input.points = points;
    input.triangles = given.outfit.triangles;
    hemline::Progress progress(show("weight stage"));
    hemline::WeightResult result = hemline::run_weight_stage(input, &progress);
    std::cerr << ": " << result.report.matched << " vertices matched, " << result.report.inpainted << " inpainted\n";
    return std::move(result.weights);
}

void retarget(const fs::path &folder, const fs::path &result, const std::optional<fs::path> &field_file)
{
    const Case given{read_mesh(folder / "source_body.obj"), read_mesh(folder / "target_body.obj"),
                     read_mesh(folder / "outfit.obj"), read_weights(folder / "body_weights.txt")};
    fs::create_directories(result);
    const hemline::Field field = field_file ? hemline::Field::load(*field_file) : make_field(given);
    if (!field_file)
        field.save(result / "field.npz");
    std::cerr << '\n';

    const auto source_body = hemline::Surface::create(given.source_body.points, given.source_body.triangles);
    const auto target_body = hemline::Surface::create(given.target_body.points, given.target_body.triangles);
    const std::vector<float> points = move(given, field, source_body, target_body);
    const hemline::SparseWeights weights = weigh(given, target_body, points);
    write_mesh(result / "result.obj", {points, given.outfit.triangles});
    write_weights(result / "result_weights.txt", given.body_weights.names, weights);
}

} // namespace

int main(int argument_count, char **arguments)
{
    if (argument_count != 3 && argument_count != 4) {
        std::cerr << "usage: " << arguments[0] << " CASE RESULT [FIELD]\n";
        return 2;
    }
    try {
        std::optional<fs::path> field_file;
        if (argument_count == 4)
            field_file = arguments[3];
        retarget(arguments[1], arguments[2], field_file);
    } catch (const std::exception &error) {
        std::cerr << '\n' << error.what() << '\n';
        return 1;
    }
}
