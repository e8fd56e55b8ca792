// Makes, moves and drops every kind of handle many times, errors in between; the leak sanitizer judges.
#include <hemline.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr int cycles = 10000;

const std::vector<float> points{0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0}, up{0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1};
const std::vector<std::uint32_t> square{0, 1, 2, 0, 2, 3}, offsets{0, 1, 2, 3, 4}, groups{0, 0, 1, 1}, steps{0, 4};
const std::vector<float> weights{1, 1, 1, 1};
const std::vector<std::uint8_t> fixed{1, 0, 0, 0};
const hemline::Rows rows{offsets, groups, weights, 2};

// Two handles; one replaces the other, which is destroyed, and leaves its place empty.
template <class Make> void cycle(Make &&make)
{
    for (int i = 0; i < cycles; ++i) {
        auto first = make();
        auto second = make();
        first = std::move(second);
        if (!first || second)
            std::exit(EXIT_FAILURE);
    }
}

bool is_refused()
{
    try {
        hemline::PointIndex::create({points.data(), 4});
    } catch (const hemline::Error &) {
        return true;
    }
    return false;
}

} // namespace

int main()
{
    cycle([] { return hemline::Surface::create(points, square); });
    cycle([] { return hemline::Surface::acquire(points, square); });
    cycle([] { return hemline::PointIndex::create(points); });
    cycle([] { return hemline::PointIndex::acquire(points); });
    cycle([] { return hemline::RadiusGraph::create(points, 1); });
    cycle([] { return hemline::RadiusGraph::acquire(points, 1); });
    const auto index = hemline::PointIndex::create(points);
    cycle([&]() -> hemline::Neighbors { return index.within(points, 1); });
    cycle([]() -> hemline::SparseWeights { return hemline::limit(rows); });
    const auto surface = hemline::Surface::create(points, square);
    cycle([&]() -> hemline::TransferSession { return hemline::TransferSession::create(surface, rows, points); });
    cycle([] { return hemline::WeightInpainter::create(points, square, fixed); });
    cycle([] { return hemline::Field::create(steps, points, up); });
    cycle([] { return hemline::Rbf::create(points); });
    cycle([] { return hemline::TrianglePairs::intersections(points, square, points, square); });
    for (int i = 0; i < cycles; ++i)
        if (!is_refused())
            return EXIT_FAILURE;
    std::printf("C++: 2 * %d cycles of every kind\n", cycles);
}
