// The layer without exceptions: this file is compiled with -fno-exceptions.
#include "check.hpp"

#ifndef HEMLINE_NO_EXCEPTIONS
#error "the compiler's choice was not seen"
#endif

#include <type_traits>

namespace {

void test_values()
{
    hemline::Result<hemline::PointIndex> index = hemline::PointIndex::create(square);
    CHECK(static_cast<bool>(index));
    const float query[] = {0.9F, 0, 0};
    const auto nearest = index->nearest(query, 1, INFINITY);
    CHECK(nearest && nearest->indices[0] == 1 && nearest.value().distances.size() == 1);
    CHECK((*nearest).indices.size() == 1);
    hemline::PointIndex taken = *std::move(index);
    CHECK(taken.within(query, 0.5F).value().view().indices.size() == 1);
    static_assert(!std::is_copy_constructible_v<hemline::Result<hemline::PointIndex>>);
}

void test_errors()
{
    const std::vector<float> broken{0, NAN, 0}, four{0, 0, 0, 0};
    const auto not_finite = hemline::PointIndex::create(broken);
    CHECK(!not_finite && not_finite.error().status() == HEM_NOT_FINITE);
    CHECK(has(not_finite.error().what(), "`points`[1] is NaN"));
    CHECK(hemline::PointIndex::create(four).error().status() == HEM_LENGTH_MISMATCH);

    std::vector<float> weights{1, 0, 0, 0};
    auto graph = hemline::RadiusGraph::create(square, 1.1F);
    const hemline::Result<void> smoothed = graph->smooth(weights, 1);
    CHECK(smoothed && weights[0] < 1);
    weights[0] = NAN;
    const hemline::Result<void> refused = graph->smooth(weights, 1);
    CHECK(!refused && has(refused.error().what(), "`weights`"));
    CHECK(!hemline::check(HEM_SINGULAR) && hemline::check(HEM_OK) && hemline::check_version());

    hemline::Progress stopping([](float) { return false; });
    CHECK(hemline::run_shape_stage({}).value().points.empty());
    stopping.cancel();
    CHECK(graph->neighbors(true, &stopping).error().status() == HEM_CANCELLED);
}

} // namespace

void test_results()
{
    test_values();
    test_errors();
}
