// The header from C++17: included twice, handles in smart pointers, calls from many threads.
#include <hemline.h>
#include <hemline.h> // Twice on purpose: the include guard must hold.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

void check(bool holds, const char *condition, int line)
{
    if (!holds) {
        std::fprintf(stderr, "%s:%d: %s does not hold; hemline's last text: %s\n", __FILE__, line, condition,
                     hem_last_error_message());
        std::exit(EXIT_FAILURE);
    }
}
#define CHECK(condition) check((condition), #condition, __LINE__)

struct SparseDeleter {
    void operator()(HemSparseWeights *sparse) const { hem_sparse_weights_destroy(sparse); }
};
using Sparse = std::unique_ptr<HemSparseWeights, SparseDeleter>;

constexpr std::size_t vertices = 20000, groups = 9;

// Each vertex has all groups, falling geometrically from one that depends on the vertex.
std::vector<float> falling_weights()
{
    std::vector<float> dense(vertices * groups);
    for (std::size_t vertex = 0; vertex < vertices; ++vertex)
        for (std::size_t rank = 0; rank < groups; ++rank)
            dense[vertex * groups + (vertex + rank) % groups] = std::ldexp(0.5F, -static_cast<int>(rank));
    return dense;
}

Sparse from_dense(const std::vector<float> &dense)
{
    HemSparseWeights *sparse = nullptr;
    CHECK(hem_sparse_from_dense(dense.data(), vertices, groups, &sparse) == HEM_OK);
    return Sparse(sparse);
}

// Limits rows of a handle that other threads read at the same time.
void limit_and_check(const HemSparseWeights &shared)
{
    const std::uint32_t *offsets = nullptr, *row_groups = nullptr;
    const float *weights = nullptr;
    std::size_t vertex_count = 0, entry_count = 0, group_count = 0, limited_count = 0;
    CHECK(hem_sparse_weights_view(&shared, &offsets, &row_groups, &weights, &vertex_count, &entry_count,
                                  &group_count) == HEM_OK);
    CHECK(vertex_count == vertices && entry_count == vertices * groups && group_count == groups);

    HemLimitOptions options;
    CHECK(hem_limit_options_init(&options) == HEM_OK);
    options.max_influences = 3;
    HemSparseWeights *result = nullptr;
    CHECK(hem_limit_weights_sparse(offsets, vertex_count, row_groups, weights, entry_count, group_count, nullptr,
                                   &options, &result, &limited_count) == HEM_OK);
    const Sparse limited(result);
    CHECK(limited_count == vertices);
    CHECK(hem_sparse_weights_view(limited.get(), &offsets, &row_groups, &weights, &vertex_count, &entry_count,
                                  &group_count) == HEM_OK);
    CHECK(entry_count == 3 * vertices);
    for (std::size_t vertex = 0; vertex < vertices; ++vertex) {
        // Weights are halves of each other: with a fade of 1 none of the kept ones fades.
        const double sum = weights[3 * vertex] + weights[3 * vertex + 1] + weights[3 * vertex + 2];
        CHECK(std::fabs(sum - (1.0 - std::ldexp(1.0, -static_cast<int>(groups)))) < 1e-6);
    }
}

void test_shared_handle()
{
    const Sparse sparse = from_dense(falling_weights());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&sparse] { limit_and_check(*sparse); });
    for (std::thread &thread : threads)
        thread.join();
}

void test_error_text()
{
    const float point[3] = {0, 0, 0};
    CHECK(hem_transform_points(nullptr, point, 1, nullptr) == HEM_NULL_POINTER);
    CHECK(std::string(hem_last_error_message()).find("`matrix` is NULL") != std::string::npos);
}

} // namespace

int main()
{
    CHECK(hem_abi_version() == HEM_ABI_VERSION);
    test_shared_handle();
    test_error_text();
    std::printf("C++: all checks hold (%s, %s)\n", hem_version_string(), hem_cpu_features());
    return EXIT_SUCCESS;
}
