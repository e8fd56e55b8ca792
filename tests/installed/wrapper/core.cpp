// Spans, errors, moves, progress, threads.
#include "check.hpp"

#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#if __cplusplus >= 202002L
#include <span>
#endif

namespace {

template <class Function> hemline::Error error_of(Function &&function)
{
    try {
        function();
    } catch (const hemline::Error &error) {
        return error;
    }
    std::fprintf(stderr, "an error was expected\n");
    std::exit(EXIT_FAILURE);
}

float distance_to(hemline::span<const float> points)
{
    const float query[] = {0, 0, -2};
    return hemline::PointIndex::create(points).nearest(query, 1, INFINITY).distances[0];
}

void test_spans()
{
    const std::vector<float> vector{0, 0, 1, 0, 0, 3};
    const std::array<float, 6> array{0, 0, 1, 0, 0, 3};
    const float plain[] = {0, 0, 1, 0, 0, 3};
    std::vector<std::array<float, 3>> packed{{0, 0, 1}, {0, 0, 3}};
    CHECK(distance_to(vector) == 3 && distance_to(array) == 3 && distance_to(plain) == 3);
    CHECK(distance_to({plain + 3, 3}) == 5);
    CHECK(distance_to(hemline::flat(packed)) == 3);
    hemline::flat(packed)[2] = 2;
    CHECK(packed[0][2] == 2 && distance_to(hemline::flat(packed)) == 4);
    CHECK(hemline::span<const float>().empty());
    float sum = 0;
    for (float number : hemline::span<const float>(vector))
        sum += number;
    CHECK(sum == 4);
    static_assert(!std::is_convertible_v<std::vector<double>, hemline::span<const float>>);
#ifdef __cpp_lib_span
    static_assert(std::is_convertible_v<std::span<float>, hemline::span<const float>>);
    static_assert(std::is_convertible_v<hemline::span<const float>, std::span<const float>>);
#endif
    static_assert(!std::is_convertible_v<const std::vector<float> &, hemline::span<float>>);
}

void test_errors()
{
    const std::vector<float> broken{0, NAN, 0};
    const hemline::Error not_finite = error_of([&] { hemline::PointIndex::create(broken); });
    CHECK(not_finite.status() == HEM_NOT_FINITE && has(not_finite.what(), "`points`[1] is NaN"));

    const std::vector<float> four{0, 0, 0, 0};
    const hemline::Error length = error_of([&] { hemline::PointIndex::create(four); });
    CHECK(length.status() == HEM_LENGTH_MISMATCH);
    CHECK(has(length.what(), "`points` has 4 elements, expected a multiple of 3"));

    const auto graph = hemline::RadiusGraph::create(square, 1.1F);
    std::vector<float> weights{1, 0, 0, 0};
    const std::vector<float> short_mask{1, 1, 1};
    const hemline::Error mask = error_of([&] { graph.smooth(weights, 1, {}, short_mask); });
    CHECK(mask.status() == HEM_LENGTH_MISMATCH && has(mask.what(), "`mask` has 3 elements, expected 4"));
    CHECK(weights == (std::vector<float>{1, 0, 0, 0}));
    CHECK(error_of([&] { graph.smooth(weights, 0); }).status() == HEM_LENGTH_MISMATCH);

    float out[1];
    CHECK(error_of([&] { hemline::check(hem_distances(nullptr, square.data(), 1, out)); }).status() == HEM_NULL_POINTER);
    hemline::check(hem_distances(square.data(), square.data() + 3, 1, out));
    CHECK(out[0] == 1);
    hemline::check_version();
    static_assert(std::is_base_of_v<std::runtime_error, hemline::Error>);
}

template <class T>
constexpr bool is_move_only = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                              std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;

void test_moves()
{
    static_assert(is_move_only<hemline::PointIndex> && is_move_only<hemline::Neighbors> &&
                  is_move_only<hemline::RadiusGraph> && is_move_only<hemline::Surface> &&
                  is_move_only<hemline::SparseWeights> && is_move_only<hemline::TransferSession> &&
                  is_move_only<hemline::WeightInpainter> && is_move_only<hemline::Field> &&
                  is_move_only<hemline::Rbf> && is_move_only<hemline::TrianglePairs>);
    auto first = hemline::Surface::create(square, two_triangles);
    const HemSurface *raw = first.get();
    hemline::Surface second = std::move(first);
    CHECK(!first && second.get() == raw);
    first = std::move(second);
    CHECK(first.get() == raw && !second);
    static_assert(std::is_same_v<decltype(std::as_const(first).get()), const HemSurface *>);
    first = hemline::Surface::create(square, two_triangles); // The one before is destroyed.
    const hemline::Error empty = error_of([&] { second.closest_points(square, 1); });
    CHECK(empty.status() == HEM_NULL_POINTER && has(empty.what(), "`surface` is NULL"));
    CHECK(hemline::SparseWeights().rows().offsets.empty() && hemline::Neighbors().view().indices.empty());
    CHECK(hemline::Field().view().points.empty() && hemline::TrianglePairs().pairs().empty());
    hemline::Surface adopted(first.release());
    CHECK(!first && adopted.closest_points(square, 1).distances[2] == 0);
}

// A job of some length, with reports.
void smooth(hemline::Progress &progress, std::vector<float> &weights)
{
    std::vector<float> points;
    for (int i = 0; i < 20000; ++i)
        points.insert(points.end(), {static_cast<float>(i % 200), static_cast<float>(i / 200), 0});
    weights.assign(20000 * 8, 0.5F);
    weights[0] = 1;
    hemline::SmoothOptions options;
    CHECK(options.struct_size == sizeof(HemSmoothOptions) && options.iterations == 1);
    options.iterations = 5;
    hemline::RadiusGraph::create(points, 2.5F).smooth(weights, 8, options, {}, &progress);
}

void test_progress()
{
    std::vector<float> weights;
    float last = -1;
    int reports = 0;
    hemline::Progress whole([&](float fraction) {
        CHECK(fraction >= last && fraction <= 1);
        last = fraction;
        ++reports;
        return true;
    });
    smooth(whole, weights);
    CHECK(reports > 1 && last == 1 && weights[0] < 1);

    hemline::Progress stopping([](float) { return false; });
    CHECK(error_of([&] { smooth(stopping, weights); }).status() == HEM_CANCELLED && weights[0] == 1);

    hemline::Progress throwing([](float) -> bool { throw std::out_of_range("thrown by the report"); });
    bool came_out = false;
    try {
        smooth(throwing, weights);
    } catch (const std::out_of_range &error) {
        came_out = has(error.what(), "thrown by the report");
    }
    CHECK(came_out && weights[0] == 1);

    hemline::Progress cancelled;
    std::thread([&] { cancelled.cancel(); }).join();
    CHECK(error_of([&] { smooth(cancelled, weights); }).status() == HEM_CANCELLED);
    hemline::Progress silent;
    smooth(silent, weights);
    CHECK(weights[0] < 1);
}

void test_threads()
{
    const auto surface = hemline::Surface::create(square, two_triangles);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&surface] {
            for (int repeat = 0; repeat < 200; ++repeat) {
                CHECK(surface.closest_points(square, 1).distances[3] == 0);
                // Each thread has the text of its own error.
                const float far_off[] = {NAN, 0, 0};
                CHECK(has(error_of([&] { surface.closest_points(far_off, 1); }).what(), "`queries`[0] is NaN"));
            }
        });
    for (std::thread &thread : threads)
        thread.join();
}

} // namespace

void test_core()
{
    test_spans();
    test_errors();
    test_moves();
    test_progress();
    test_threads();
}
