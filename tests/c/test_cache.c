/* The index cache: counters, limit, indices by way of it. */
#include "check.h"

enum { POINTS = 4 };
static const float SQUARE[POINTS * 3] = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
static const uint32_t TRIANGLES[6] = {0, 1, 2, 0, 2, 3};

static HemCacheInfo cache(void)
{
    HemCacheInfo info = {.struct_size = sizeof info};
    CHECK_OK(hem_cache_info(&info));
    return info;
}

static void test_limit(void)
{
    const uint64_t limit = cache().limit;
    CHECK_OK(hem_cache_clear());
    CHECK(cache().entries == 0 && cache().bytes == 0 && limit > 0);
    CHECK_OK(hem_set_cache_limit(12345));
    CHECK(cache().limit == 12345);
    CHECK_OK(hem_set_cache_limit(limit));
    CHECK_REFUSED(hem_cache_info(NULL), HEM_NULL_POINTER, "`out_info` is NULL");
}

/* What two callers acquire is built once, and outlives the cache's own hold on it. */
static void test_acquire(void)
{
    const uint64_t hits = cache().hits;
    const float query[3] = {0.9f, 0, 0};
    uint32_t nearest, counts[POINTS], triangle;
    float distance;
    HemPointIndex *index[2];
    HemRadiusGraph *graph[2];
    HemSurface *surface[2];
    for (int caller = 0; caller < 2; caller++) {
        CHECK_OK(hem_point_index_acquire(SQUARE, POINTS, &index[caller]));
        CHECK_OK(hem_radius_graph_acquire(SQUARE, POINTS, 1.1f, NULL, &graph[caller]));
        CHECK_OK(hem_surface_acquire(SQUARE, POINTS, TRIANGLES, 2, &surface[caller]));
    }
    CHECK(cache().entries >= 3 && cache().hits >= hits + 3);
    CHECK_OK(hem_cache_clear());
    for (int caller = 0; caller < 2; caller++) {
        CHECK_OK(hem_point_index_nearest(index[caller], query, 1, INFINITY, &nearest, &distance, NULL));
        CHECK(nearest == 1);
        CHECK_OK(hem_radius_graph_counts(graph[caller], counts, POINTS));
        CHECK(counts[0] == 3);
        CHECK_OK(hem_surface_closest_points(surface[caller], query, 1, 1, &triangle, NULL, NULL, &distance, NULL));
        CHECK(triangle == 0);
        hem_point_index_destroy(index[caller]);
        hem_radius_graph_destroy(graph[caller]);
        hem_surface_destroy(surface[caller]);
    }
}

void test_cache(void)
{
    test_limit();
    test_acquire();
}
