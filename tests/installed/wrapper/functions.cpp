// Every function of the layer, on inputs whose results are known.
#include "check.hpp"

#include <filesystem>

namespace {

const hemline::Rows rows{row_offsets, row_groups, row_weights, 2};

std::vector<float> raised(float height)
{
    std::vector<float> points = square;
    for (std::size_t i = 2; i < points.size(); i += 3)
        points[i] = height;
    return points;
}

void test_neighbors()
{
    const auto index = hemline::PointIndex::acquire(square);
    const float query[] = {0.9F, 0, 0};
    const auto nearest = index.nearest(query, 2, INFINITY);
    CHECK(nearest.indices == (std::vector<std::uint32_t>{1, 0}));
    CHECK_NEAR(nearest.distances[1], 0.9F);
    const auto within = index.within(query, 0.5F);
    CHECK(within.view().indices.size() == 1 && within.view().indices[0] == 1);
    CHECK_NEAR(within.view().distances[0], 0.1F);

    const auto graph = hemline::RadiusGraph::acquire(square, 1.1F);
    CHECK(graph.neighbors().view().indices.size() == 12);
    CHECK(graph.neighbors(false).view().distances.empty());
    std::vector<float> weights{1, 0, 0, 0};
    graph.max_filter(weights, 1);
    CHECK(weights == (std::vector<float>{1, 1, 0, 1}));
    graph.min_filter(weights, 1);
    CHECK(weights == (std::vector<float>{1, 0, 0, 0}));
    hemline::DecayingMaxOptions options;
    options.sigma = 1;
    options.iterations = 1;
    graph.decaying_max(weights, 1, options);
    CHECK_NEAR(weights[1], std::exp(-0.5F));
    CHECK(weights[2] == 0);

    std::vector<float> ends{1, 0, 0, 0};
    const std::vector<std::uint32_t> edges{0, 1, 1, 2, 2, 3};
    hemline::smooth_on_edges(edges, ends, 1);
    CHECK_NEAR(ends[1], 0.25F);
    const std::vector<std::uint8_t> nothing{0, 0, 0, 0};
    hemline::smooth_on_edges(edges, ends, 1, {}, nothing);
    CHECK_NEAR(ends[1], 0.25F);
}

void test_rows()
{
    const std::vector<float> dense{0.5F, 0.25F, 0.25F, 1, 0, 0};
    const auto sparse = hemline::SparseWeights::from_dense(dense, 3);
    const hemline::Rows made = sparse;
    CHECK(made.vertex_count() == 2 && made.entry_count() == 4 && made.group_count == 3);
    CHECK(hemline::to_dense(sparse) == dense);

    hemline::LimitOptions limit;
    CHECK(limit.max_influences == 4);
    limit.max_influences = 1;
    limit.fade = 0;
    CHECK(hemline::to_dense(hemline::limit(sparse, limit)) == (std::vector<float>{1, 0, 0, 1, 0, 0}));
    hemline::PruneOptions prune;
    prune.threshold = 0.3F;
    CHECK(hemline::to_dense(hemline::prune(sparse, prune)) == (std::vector<float>{0.5F, 0, 0, 1, 0, 0}));

    std::vector<float> halves(made.weights.begin(), made.weights.end());
    halves[3] = 0.5F;
    const std::vector<std::uint8_t> locked{0, 1, 0};
    hemline::normalize(made, halves, {}, locked);
    CHECK(halves == (std::vector<float>{0.5F, 0.25F, 0.25F, 1}));

    const std::vector<std::uint32_t> parents{0, 0, HEM_NO_INDEX};
    const auto merged = hemline::merge_groups(sparse, parents);
    CHECK(hemline::to_dense(merged) == (std::vector<float>{0.75F, 0, 0.25F, 1, 0, 0}));
    CHECK(hemline::to_dense(hemline::split_groups(merged, sparse, parents)) == dense);
    const std::vector<float> mask{1, 0};
    CHECK(hemline::to_dense(hemline::blend(merged, sparse, mask)) ==
          (std::vector<float>{0.5F, 0.25F, 0.25F, 1, 0, 0}));
}

void test_topology()
{
    // Two squares side by side, which do not share their vertices at x = 1.
    std::vector<float> points = square;
    for (std::size_t i = 0; i < 12; ++i)
        points.push_back(square[i] + (i % 3 == 0 ? 1.0F : 0.0F));
    std::vector<std::uint32_t> triangles = two_triangles, edges;
    for (std::uint32_t vertex : two_triangles)
        triangles.push_back(vertex + 4);
    for (std::uint32_t first : {0U, 4U})
        for (std::uint32_t i = 0; i < 4; ++i)
            edges.insert(edges.end(), {first + i, first + (i + 1) % 4});
    const hemline::Labels islands = hemline::find_components(triangles, 3, 8);
    CHECK(islands.count == 2 && islands.labels[3] == 0 && islands.labels[4] == 1);

    const std::vector<float> dense{1, 0, 1, 0, 1, 0, 1, 0, 0.95F, 0.05F, 0.95F, 0.05F, 0.95F, 0.05F, 0.95F, 0.05F};
    const auto sparse = hemline::SparseWeights::from_dense(dense, 2);
    const hemline::Labels seams = hemline::find_seams(sparse, points, edges);
    CHECK(seams.count == 2 && seams.labels[1] == seams.labels[4] && seams.labels[0] == HEM_NO_INDEX);
    const std::vector<float> joined = hemline::to_dense(hemline::average(sparse, seams));
    CHECK_NEAR(joined[2], 0.975F);
    CHECK(joined[2] == joined[8]);

    const std::vector<float> bare{1, 0, 0, 0, 0, 0, 0, 0};
    const std::vector<std::uint32_t> chain{0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7};
    const auto propagated = hemline::propagate(hemline::SparseWeights::from_dense(bare, 1), points, chain);
    CHECK(hemline::to_dense(propagated) == std::vector<float>(8, 1.0F));
}

void test_sides()
{
    // Right, centre and left; group 0 is the right side's.
    const float points[] = {-1, 0, 0, 0.001F, 0, 0, 1, 0, 0};
    const std::vector<float> dense{0, 1, 0.75F, 0.25F, 0.25F, 0.75F}, slanted{0.5F, 0.5F, 0.75F, 0.25F, 0.25F, 0.75F};
    const std::vector<std::uint8_t> sides{HEM_SIDE_RIGHT, HEM_SIDE_LEFT};
    const std::vector<std::uint32_t> mirror{1, 0};
    const auto sparse = hemline::SparseWeights::from_dense(dense, 2);
    const auto separated = hemline::separate_sides(sparse, points, sides, mirror, 0.01F);
    CHECK(separated.count == 2);
    CHECK(hemline::to_dense(separated.weights) == (std::vector<float>{1, 0, 0.75F, 0.25F, 0, 1}));
    const auto repaired = hemline::repair_sides(sparse, {}, points, sides, mirror, 0.01F);
    CHECK(repaired.count == 1);
    CHECK(hemline::to_dense(repaired.weights) == (std::vector<float>{0, 1, 0.25F, 0.75F, 0.25F, 0.75F}));
    const auto crooked = hemline::SparseWeights::from_dense(slanted, 2);
    const auto even = hemline::symmetrize(crooked, points, mirror, 0.0005F);
    CHECK(even.count == 2);
    CHECK(hemline::to_dense(even.weights) == (std::vector<float>{0.625F, 0.375F, 0.75F, 0.25F, 0.375F, 0.625F}));
}

void test_surface()
{
    const auto surface = hemline::Surface::acquire(square, two_triangles);
    const float queries[] = {0.75F, 0.25F, 0.5F, 0.5F, 0.5F, 9};
    const auto closest = surface.closest_points(queries, 1);
    CHECK(closest.triangles[0] == 0 && closest.triangles[1] == HEM_NO_INDEX && closest.distances[0] == 0.5F);
    CHECK_NEAR(closest.barycentric[1], 0.5F);
    CHECK_NEAR(closest.points[1], 0.25F);

    hemline::TransferOptions options;
    options.max_distance = 1;
    const auto transfer = hemline::transfer_weights(surface, rows, queries, options);
    CHECK(hemline::to_dense(transfer.weights) == (std::vector<float>{0.75F, 0.25F, 0, 0}));
    CHECK(transfer.matched[0] == 1 && transfer.matched[1] == 0 && std::isinf(transfer.distances[1]));

    const auto robust = hemline::transfer_weights_robust(surface, rows, raised(0.01F), two_triangles);
    CHECK(robust.sources[0] == HEM_SOURCE_MATCHED && robust.islands[3] == 0);
    CHECK_NEAR(hemline::to_dense(robust.weights)[0], 1.0F);

    auto session = hemline::TransferSession::create(surface, rows, queries, options);
    const std::vector<float> halved{1, 1, 0.5F, 1};
    hemline::TransferSession::Changes changes;
    changes.body_weights = {row_offsets, row_groups, halved, 2};
    CHECK(session.update(changes) == 1 && session.update({}) == 0);
    hemline::TransferSession moved = std::move(session);
    CHECK(hemline::to_dense(moved.weights().weights)[1] == 0.125F);

    // A face that leans by 45 degrees: half of the ramp.
    const float leaning[] = {0.4F, 0.4F, 0.1F, 0.5F, 0.4F, 0.2F, 0.4F, 0.5F, 0.1F};
    const std::uint32_t face[] = {0, 1, 2};
    options.angle_max = 90;
    options.normal_radius = 1;
    const auto ramp = hemline::transfer_weights(surface, rows, leaning, options, {}, face);
    const auto weights = hemline::to_dense(ramp.weights);
    CHECK_NEAR(weights[0] + weights[1], 0.5F);
    const auto ramp_session = hemline::TransferSession::create(surface, rows, leaning, options, {}, face);
    CHECK(hemline::to_dense(ramp_session.weights().weights) == weights);
}

void test_inpainting_and_masks()
{
    // A strip of three squares along x; both ends are fixed.
    const std::vector<float> points{0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 2, 0, 0, 2, 1, 0, 3, 0, 0, 3, 1, 0, 9, 9, 9};
    const std::vector<std::uint32_t> triangles{0, 2, 1, 1, 2, 3, 2, 4, 3, 3, 4, 5, 4, 6, 5, 5, 6, 7};
    const std::vector<std::uint8_t> fixed{1, 1, 0, 0, 0, 0, 1, 1, 0};
    std::vector<float> weights{1, 1, 0, 0, 0, 0, 0, 0, 0.5F};
    const auto inpainter = hemline::WeightInpainter::create(points, triangles, fixed);
    inpainter.inpaint(weights, 1);
    CHECK(weights[0] == 1 && weights[2] > weights[4] && weights[4] > 0 && weights[8] == 0.5F);
    CHECK(inpainter.unreached(9) == (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 1}));

    const auto body = hemline::Surface::create(square, two_triangles);
    // Upright over the body: far from it and turned.
    const std::vector<float> upright{0, 0.5F, 1, 1, 0.5F, 1, 1, 0.5F, 2, 0, 0.5F, 2};
    CHECK(hemline::inpaint_mask(body, upright, two_triangles)[0] > 0.9F);
    CHECK(hemline::inpaint_mask(body, raised(0.001F), two_triangles)[0] == 0);
    CHECK(hemline::smooth_mask(body, upright, two_triangles)[2] > 0.9F);
    CHECK(hemline::smooth_mask(body, raised(0.001F), two_triangles)[2] == 0);
}

void test_field()
{
    const std::vector<std::uint32_t> steps{0, 4};
    const std::vector<float> up(12, 0.25F);
    const auto field = hemline::Field::create(steps, square, up);
    std::vector<float> moved = field.apply(square);
    CHECK_NEAR(moved[0], 0.25F);
    const std::vector<float> mask{0, 1, 1, 1};
    moved = field.apply(square, {}, mask);
    CHECK(moved[0] == 0);
    CHECK_NEAR(moved[5], 0.25F);
    CHECK(field.view().points.size() == 12 && field.view().world_matrix[0] == 1 && !field.view().mirror_x);

    const auto path = std::filesystem::temp_directory_path() / "hemline f\xC3\xA4lt.npz";
    field.save(path);
    const auto loaded = hemline::Field::load(path);
    std::filesystem::remove(path);
    CHECK(loaded.apply(square) == field.apply(square));

    hemline::FieldCreationOptions options;
    CHECK(options.step_count == 1);
    options.base_spacing = 0.2F;
    options.falloff_start = 9;
    options.falloff_end = INFINITY;
    std::vector<float> shape = raised(0.3F);
    const auto made = hemline::Field::create_from_shapes(square, shape, options, nullptr, {}, two_triangles);
    CHECK_NEAR(made.apply(square)[2], 0.3F);
}

void test_rbf()
{
    auto created = hemline::Rbf::create(square);
    const hemline::Rbf rbf(created.release(), 4);
    CHECK(rbf.info().distinct_point_count == 4);
    const std::vector<float> values{0, 10, 1, 10, 2, 10, 1, 10};
    const std::vector<double> coefficients = rbf.fit(values, 2);
    CHECK(coefficients.size() == 16);
    const std::vector<float> centre{0.5F, 0.5F, 0}, found = rbf.evaluate(coefficients, 2, centre);
    CHECK_NEAR(found[0], 1);
    CHECK_NEAR(found[1], 10);
}

void test_penetration_and_pairs()
{
    const auto body = hemline::Surface::create({square.data(), 12}, two_triangles);
    const float points[] = {0.5F, 0.5F, -0.002F, 0.4F, 0.4F, 0.01F};
    const std::vector<float> depths = hemline::measure_penetration(body, points, INFINITY);
    CHECK_NEAR(depths[0], 0.002F);
    CHECK_NEAR(depths[1], -0.01F);
    const auto repaired = hemline::repair_penetration(body, points);
    CHECK(repaired.points[2] > 0 && repaired.depths_before[0] > 0 && repaired.depths[0] < 0);

    const std::vector<float> upright{0.5F, 0.2F, -1, 0.5F, 0.4F, -1, 0.5F, 0.3F, 1};
    const std::vector<std::uint32_t> triangle{0, 1, 2};
    const auto pairs = hemline::TrianglePairs::intersections(square, two_triangles, upright, triangle);
    CHECK(pairs.pairs().size() == 2 && pairs.pairs()[0] == 0 && pairs.pairs()[1] == 0);
    CHECK(hemline::TrianglePairs::self_intersections(square, two_triangles).pairs().empty());
}

void test_stages()
{
    const auto body = hemline::Surface::create(square, two_triangles);
    const std::vector<float> points{0.4F, 0.4F, -0.002F, 0.41F, 0.4F, -0.002F, 0.4F, 0.41F, -0.002F};
    const std::vector<std::uint32_t> triangle{0, 1, 2}, steps{0, 4};
    const std::vector<float> aside{0.1F, 0, 0, 0.1F, 0, 0, 0.1F, 0, 0, 0.1F, 0, 0};
    const auto field = hemline::Field::create(steps, square, aside);
    const std::vector<float> keys(18, 0);
    hemline::ShapeInput shape;
    shape.points = points;
    shape.triangles = triangle;
    shape.fields = {{&field}};
    shape.shape_keys = keys;
    // The second key leaves the field out.
    shape.key_fields = {std::nullopt, std::vector<hemline::FieldUse>()};
    shape.body = &body;
    const hemline::ShapeResult moved = hemline::run_shape_stage(shape);
    CHECK_NEAR(moved.points[0], 0.5F);
    CHECK(moved.points[2] > 0 && moved.report.deep_before == 3 && moved.report.deep_after == 0);
    CHECK(moved.shape_keys[0] == 0 && std::fabs(moved.shape_keys[9] + 0.1F) < 1e-5F);
    shape.repair.reset();
    CHECK_NEAR(hemline::run_shape_stage(shape).points[2], -0.002F);

    // One bone that lifts everything, and the way back.
    const std::vector<double> rest{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    std::vector<double> posed = rest;
    posed[11] = 5;
    const std::vector<std::uint32_t> offsets{0, 1, 2, 3}, groups{0, 0, 0};
    const std::vector<float> ones{1, 1, 1};
    hemline::ShapeInput pose;
    pose.points = points;
    pose.triangles = triangle;
    pose.weights = {offsets, groups, ones, 1};
    pose.pose = hemline::BonePose{rest, posed, {}};
    CHECK_NEAR(hemline::run_shape_stage(pose).points[2], 4.998F);
    pose.unpose = pose.pose;
    CHECK_NEAR(hemline::run_shape_stage(pose).points[2], -0.002F);
    pose.rigid = HEM_RIGID_DETECT;
    CHECK(hemline::run_shape_stage(pose).report.rigid_parts == 1);

    hemline::WeightInput weigh;
    weigh.body = &body;
    weigh.body_weights = rows;
    weigh.points = moved.points;
    weigh.triangles = triangle;
    const hemline::WeightResult result = hemline::run_weight_stage(weigh);
    CHECK(result.report.matched + result.report.inpainted == 3 && result.report.max_influences == 2);
    const std::vector<float> dense = hemline::to_dense(result.weights);
    CHECK_NEAR(dense[0] + dense[1], 1.0F);
    CHECK(std::fabs(dense[1] - 0.4F) < 0.02F);
}

} // namespace

void test_functions()
{
    test_neighbors();
    test_rows();
    test_topology();
    test_sides();
    test_surface();
    test_inpainting_and_masks();
    test_field();
    test_rbf();
    test_penetration_and_pairs();
    test_stages();
}
