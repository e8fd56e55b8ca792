/* Distances and point index. */
#include "check.h"

enum { POINTS = 4 };
/* A unit square; the last point repeats the first. */
static const float SQUARE[POINTS * 3] = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0};
static const float QUERIES[6] = {0.9f, 0, 0, 0, 0, 2};

static void test_distances(void)
{
    const float expected[2 * POINTS] = {0.9f, 0.1f, sqrtf(1.01f), 0.9f, 2, sqrtf(5), sqrtf(6), 2};
    float found[2 * POINTS];
    CHECK_OK(hem_distances(QUERIES, SQUARE, POINTS, found));
    for (size_t i = 0; i < POINTS; i++)
        CHECK_NEAR(found[i], expected[i], 1e-6);
    CHECK_OK(hem_distance_matrix(QUERIES, 2, SQUARE, POINTS, found));
    for (size_t i = 0; i < COUNT(expected); i++)
        CHECK_NEAR(found[i], expected[i], 1e-6);
    CHECK_REFUSED(hem_distances(NULL, SQUARE, POINTS, found), HEM_NULL_POINTER, "`point` is NULL");
    CHECK_REFUSED(hem_distance_matrix(QUERIES, (size_t)-1, SQUARE, POINTS, found), HEM_SIZE_OVERFLOW, "a_count");
}

static void test_distances_f64(void)
{
    const double point[3] = {0.25, 0, 0}, points[6] = {1, 0, 0, 0.25, 3, 4};
    double found[4];
    CHECK_OK(hem_distances_f64(point, points, 2, found));
    CHECK(found[0] == 0.75 && found[1] == 5);
    CHECK_OK(hem_distance_matrix_f64(points, 2, point, 1, found));
    CHECK(found[0] == 0.75 && found[1] == 5);
    CHECK_REFUSED(hem_distances_f64(point, NULL, 2, found), HEM_NULL_POINTER, "`points` is NULL");
}

static void test_nearest(const HemPointIndex *index)
{
    uint32_t nearest[2], two_nearest[4];
    float distances[4];
    CHECK_OK(hem_point_index_nearest(index, QUERIES, 2, 1.5f, nearest, distances, NULL));
    CHECK(nearest[0] == 1 && nearest[1] == HEM_NO_INDEX && isinf(distances[1]));
    CHECK_NEAR(distances[0], 0.1, 1e-6);
    CHECK_OK(hem_point_index_k_nearest(index, QUERIES, 2, 2, INFINITY, two_nearest, distances, NULL));
    /* Of points equally near the first comes first. */
    CHECK(two_nearest[0] == 1 && two_nearest[1] == 0 && two_nearest[2] == 0 && two_nearest[3] == 3);
}

static void test_within(const HemPointIndex *index)
{
    const uint32_t *offsets, *indices;
    const float *distances;
    size_t rows, entries;
    uint32_t counts[2];
    HemNeighbors *neighbors = NULL;
    CHECK_OK(hem_point_index_within(index, QUERIES, 2, 0.95f, NULL, &neighbors));
    CHECK_OK(hem_neighbors_view(neighbors, &offsets, &indices, &distances, &rows, &entries));
    CHECK(rows == 2 && entries == 3 && offsets[1] == 3);
    CHECK(indices[0] == 0 && indices[1] == 1 && indices[2] == 3);
    CHECK_NEAR(distances[2], 0.9, 1e-6);
    hem_neighbors_destroy(neighbors);
    CHECK_OK(hem_point_index_count_within(index, QUERIES, 2, 0.95f, counts, NULL));
    CHECK(counts[0] == 3 && counts[1] == 0);
}

void test_spatial(void)
{
    const float broken[3] = {0, NAN, 0};
    HemPointIndex *index = NULL;
    CHECK_REFUSED(hem_point_index_create(broken, 1, &index), HEM_NOT_FINITE, "`points`[1] is NaN");
    CHECK(index == NULL);
    test_distances();
    test_distances_f64();
    CHECK_OK(hem_point_index_create(SQUARE, POINTS, &index));
    test_nearest(index);
    test_within(index);
    hem_point_index_destroy(index);
    hem_point_index_destroy(NULL);
}
