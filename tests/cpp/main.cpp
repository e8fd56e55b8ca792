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

bool last_error_has(const char *words)
{
    return std::string(hem_last_error_message()).find(words) != std::string::npos;
}

void test_error_text()
{
    const float point[3] = {0, 0, 0};
    CHECK(hem_transform_points(nullptr, point, 1, nullptr) == HEM_NULL_POINTER);
    CHECK(last_error_has("`matrix` is NULL"));
}

// One handle of each kind, with its release.
template <class T, void (*destroy)(T *)> struct Deleter {
    void operator()(T *handle) const { destroy(handle); }
};
using Surface = std::unique_ptr<HemSurface, Deleter<HemSurface, hem_surface_destroy>>;
using PointIndex = std::unique_ptr<HemPointIndex, Deleter<HemPointIndex, hem_point_index_destroy>>;
using Session = std::unique_ptr<HemTransferSession, Deleter<HemTransferSession, hem_transfer_session_destroy>>;

const std::vector<float> corners{0, 0, 0, 1, 0, 0, 0, 1, 0};
const std::vector<std::uint32_t> triangle{0, 1, 2};

void test_nearest_point()
{
    HemPointIndex *made = nullptr;
    CHECK(hem_point_index_create(corners.data(), 3, &made) == HEM_OK);
    const PointIndex index(made);
    const float query[3] = {0.1F, 0.8F, 0};
    std::uint32_t nearest = HEM_NO_INDEX;
    float distance = -1, distances[3];
    CHECK(hem_point_index_nearest(index.get(), query, 1, INFINITY, &nearest, &distance, nullptr) == HEM_OK);
    CHECK(hem_distances(query, corners.data(), 3, distances) == HEM_OK);
    CHECK(nearest == 2 && std::fabs(distance - distances[2]) < 1e-6F);
    CHECK(hem_point_index_nearest(index.get(), query, 1, NAN, &nearest, &distance, nullptr) != HEM_OK);
    CHECK(last_error_has("`max_distance`"));
}

void test_transfer_session()
{
    HemSurface *made_surface = nullptr;
    CHECK(hem_surface_create(corners.data(), 3, triangle.data(), 1, &made_surface) == HEM_OK);
    Surface surface(made_surface);
    const std::uint32_t offsets[] = {0, 1, 2, 3}, body_groups[] = {0, 1, 2};
    const float weights[] = {1, 1, 1}, points[] = {0.25F, 0.25F, 1, 0.5F, 0.5F, 1};
    HemTransferSession *made = nullptr;
    CHECK(hem_transfer_session_create(surface.get(), offsets, 3, body_groups, weights, 3, 3, points, nullptr, 2,
                                      nullptr, 0, nullptr, nullptr, nullptr, &made) == HEM_OK);
    const Session session(made);
    surface.reset(); // The session keeps what it needs.

    const float moved[] = {0.25F, 0.25F, 1, 0, 0, 1};
    std::size_t changed = 99;
    CHECK(hem_transfer_session_update(session.get(), nullptr, nullptr, 3, nullptr, nullptr, 0, 0, nullptr, moved,
                                      nullptr, 2, nullptr, nullptr, nullptr, &changed) == HEM_OK);
    CHECK(changed == 1);
    HemSparseWeights *result = nullptr;
    CHECK(hem_transfer_session_weights(session.get(), 3, &result, nullptr, nullptr) == HEM_INVALID_ARGUMENT);
    CHECK(last_error_has("`point_count` is 3, expected 2"));
    CHECK(hem_transfer_session_weights(session.get(), 2, &result, nullptr, nullptr) == HEM_OK);
    const Sparse sparse(result);
    const std::uint32_t *rows = nullptr, *row_groups = nullptr;
    const float *row_weights = nullptr;
    std::size_t vertex_count = 0, entry_count = 0, group_count = 0;
    CHECK(hem_sparse_weights_view(sparse.get(), &rows, &row_groups, &row_weights, &vertex_count, &entry_count,
                                  &group_count) == HEM_OK);
    CHECK(rows[1] == 3 && std::fabs(row_weights[0] - 0.5F) < 1e-6F);
    CHECK(entry_count == 4 && row_groups[3] == 0 && row_weights[3] == 1);
}

void test_fit()
{
    const std::vector<float> target{2, 0, 0, 4, 0, 0, 2, 2, 0};
    double matrix[16], scale = 0;
    CHECK(hem_fit_similarity(corners.data(), target.data(), nullptr, nullptr, 3, 1, nullptr, matrix, &scale, nullptr,
                             nullptr) == HEM_OK);
    CHECK(std::fabs(scale - 2) < 1e-6 && std::fabs(matrix[3] - 2) < 1e-6);
    CHECK(hem_fit_similarity(corners.data(), target.data(), nullptr, nullptr, 3, 1, nullptr, nullptr, &scale, nullptr,
                             nullptr) == HEM_NULL_POINTER);
    CHECK(last_error_has("`out_matrices` is NULL"));
}

} // namespace

int main()
{
    CHECK(hem_abi_version() == HEM_ABI_VERSION);
    test_shared_handle();
    test_error_text();
    test_nearest_point();
    test_transfer_session();
    test_fit();
    std::printf("C++: all checks hold (%s, %s)\n", hem_version_string(), hem_cpu_features());
    return EXIT_SUCCESS;
}
