/* Surface, weight transfer, and a transfer that is kept up to date. */
#include "check.h"

enum { VERTICES = 4, GROUPS = 2, POINTS = 3 };
/* A unit square of two triangles, and three points above it, the last one far away. */
static const float SQUARE[VERTICES * 3] = {0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
static const uint32_t TRIANGLES[6] = {0, 1, 2, 0, 2, 3};
static const float QUERIES[POINTS * 3] = {0.75f, 0.25f, 0.5f, 0.25f, 0.75f, -0.5f, 0.5f, 0.5f, 9};
/* A face that leans by 45 degrees over them. */
static const float LEANING[3 * 3] = {0.4f, 0.4f, 0.1f, 0.5f, 0.4f, 0.2f, 0.4f, 0.5f, 0.1f};
static const uint32_t LEANING_FACE[3] = {0, 1, 2};
/* Group 0 belongs to the vertices 0 and 1, group 1 to the others. */
static const uint32_t OFFSETS[VERTICES + 1] = {0, 1, 2, 3, 4}, BODY_GROUPS[VERTICES] = {0, 0, 1, 1};
static const float BODY[VERTICES] = {1, 1, 1, 1};
static const float DENSE_BODY[VERTICES * GROUPS] = {1, 0, 1, 0, 0, 1, 0, 1};
/* The mix follows y. */
static const float MIXED[2 * GROUPS] = {0.75f, 0.25f, 0.25f, 0.75f};

static HemSurface *square(void)
{
    HemSurface *surface = NULL;
    CHECK_OK(hem_surface_create(SQUARE, VERTICES, TRIANGLES, 2, &surface));
    return surface;
}

static void test_closest_points(const HemSurface *surface)
{
    uint32_t triangles[POINTS];
    float barycentric[POINTS * 3], points[POINTS * 3], distances[POINTS];
    CHECK_OK(hem_surface_closest_points(surface, QUERIES, POINTS, 1, triangles, barycentric, points, distances,
                                        NULL));
    CHECK(triangles[0] == 0 && triangles[1] == 1 && triangles[2] == HEM_NO_INDEX && isinf(distances[2]));
    CHECK_NEAR(barycentric[0], 0.25, 1e-6);
    CHECK_NEAR(barycentric[1], 0.5, 1e-6);
    CHECK_NEAR(points[3], 0.25, 1e-6);
    CHECK_NEAR(distances[1], 0.5, 1e-6);
    CHECK_REFUSED(hem_surface_closest_points(surface, QUERIES, POINTS, -1, triangles, NULL, NULL, NULL, NULL),
                  HEM_INVALID_ARGUMENT, "`max_distance` is -1");
}

static void test_transfer(const HemSurface *surface)
{
    HemTransferOptions options;
    float weights[POINTS * GROUPS];
    uint8_t matched[POINTS];
    CHECK_OK(hem_transfer_options_init(&options));
    options.max_distance = 1;
    CHECK_OK(hem_transfer_weights_dense(surface, DENSE_BODY, VERTICES, GROUPS, QUERIES, NULL, POINTS, NULL, 0, NULL,
                                        &options, NULL, weights, matched, NULL));
    CHECK(matched[0] == 1 && matched[1] == 1 && matched[2] == 0 && weights[4] == 0 && weights[5] == 0);
    for (size_t i = 0; i < COUNT(MIXED); i++)
        CHECK_NEAR(weights[i], MIXED[i], 1e-6);
    /* Half of the ramp from 0 to 90 degrees. */
    options.angle_max = 90;
    options.normal_radius = 1;
    CHECK_OK(hem_transfer_weights_dense(surface, DENSE_BODY, VERTICES, GROUPS, LEANING, NULL, 3, LEANING_FACE, 1, NULL,
                                        &options, NULL, weights, NULL, NULL));
    for (size_t i = 0; i < 3; i++)
        CHECK_NEAR(weights[i * GROUPS] + weights[i * GROUPS + 1], 0.5, 1e-6);
    CHECK_REFUSED(hem_transfer_weights_dense(surface, DENSE_BODY, VERTICES, GROUPS, QUERIES, NULL, POINTS, NULL, 0,
                                             NULL, &options, NULL, weights, NULL, NULL),
                  HEM_INVALID_ARGUMENT, "`triangles` is not given");
}

static void check_session(const HemTransferSession *session, const float *expected)
{
    const uint32_t *offsets, *groups;
    const float *weights;
    size_t vertices, entries, group_count;
    HemSparseWeights *sparse = NULL;
    uint8_t matched[POINTS];
    CHECK_OK(hem_transfer_session_weights(session, POINTS, &sparse, matched, NULL));
    CHECK_OK(hem_sparse_weights_view(sparse, &offsets, &groups, &weights, &vertices, &entries, &group_count));
    CHECK(vertices == POINTS && entries == 4 && group_count == GROUPS && matched[2] == 0);
    for (size_t i = 0; i < entries; i++)
        CHECK_NEAR(weights[i], expected[i], 1e-6);
    hem_sparse_weights_destroy(sparse);
}

static void test_session(const HemSurface *surface)
{
    const float halved[VERTICES] = {1, 1, 0.5f, 1}, after[] = {0.75f, 0.125f, 0.25f, 0.625f};
    const float broken[POINTS * 3] = {NAN};
    HemTransferSession *session = NULL;
    HemTransferOptions options;
    uint8_t changed[POINTS];
    size_t changed_count = 99;
    CHECK_OK(hem_transfer_options_init(&options));
    options.max_distance = 1;
    CHECK_OK(hem_transfer_session_create(surface, OFFSETS, VERTICES, BODY_GROUPS, BODY, VERTICES, GROUPS, QUERIES,
                                         NULL, POINTS, NULL, 0, NULL, &options, NULL, &session));
    check_session(session, MIXED);
    CHECK_OK(hem_transfer_session_update(session, SQUARE, OFFSETS, VERTICES, BODY_GROUPS, halved, VERTICES, GROUPS,
                                         NULL, NULL, NULL, POINTS, NULL, NULL, changed, &changed_count));
    CHECK(changed_count == 2 && changed[0] == 1 && changed[1] == 1 && changed[2] == 0);
    check_session(session, after);
    CHECK_REFUSED(hem_transfer_session_update(session, NULL, NULL, VERTICES, NULL, NULL, 0, 0, NULL, broken, NULL,
                                              POINTS, NULL, NULL, changed, NULL),
                  HEM_NOT_FINITE, "`points`[0] is NaN");
    check_session(session, after);
    hem_transfer_session_destroy(session);
    hem_transfer_session_destroy(NULL);
}

void test_surface(void)
{
    const uint32_t beyond[3] = {0, 1, VERTICES};
    HemSurface *surface = NULL;
    CHECK_REFUSED(hem_surface_create(SQUARE, VERTICES, beyond, 1, &surface), HEM_INDEX_OUT_OF_RANGE,
                  "`triangles`[2] is 4");
    CHECK(surface == NULL);
    surface = square();
    test_closest_points(surface);
    test_transfer(surface);
    test_session(surface);
    hem_surface_destroy(surface);
    hem_surface_destroy(NULL);
}
