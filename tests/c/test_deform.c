/* Skinning with its inverse, fits, and the shape stage. */
#include "check.h"

enum { VERTICES = 3 };
static const float POINTS[VERTICES * 3] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

static void check_points(const float *found, const float *expected)
{
    for (size_t i = 0; i < 3 * VERTICES; i++)
        CHECK_NEAR(found[i], expected[i], 1e-6);
}

static void test_skinning(void)
{
    /* The second bone turns by 90 degrees about z and rises by 2. */
    const float rest[32] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1,
                            1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    const float pose[32] = {1, 0,  0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1,
                            0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1};
    const uint32_t offsets[VERTICES + 1] = {0, 1, 2, 2}, groups[2] = {1, 0};
    const float weights[2] = {0.5f, 1}, expected[VERTICES * 3] = {0, 1, 2, 0, 1, 0, 0, 0, 1};
    float skinned[VERTICES * 3], back[VERTICES * 3];
    uint8_t status[VERTICES];
    CHECK_OK(hem_skin_points(offsets, VERTICES, groups, weights, 2, 2, NULL, rest, pose, 2, NULL, POINTS, NULL,
                             NULL, 0, NULL, skinned, NULL, NULL, status));
    check_points(skinned, expected);
    CHECK(status[0] == HEM_VERTEX_SKINNED && status[2] != HEM_VERTEX_SKINNED);
    CHECK_OK(hem_unskin_points(offsets, VERTICES, groups, weights, 2, 2, NULL, rest, pose, 2, NULL, skinned, NULL,
                               NULL, 0, NULL, back, NULL, NULL, NULL));
    check_points(back, POINTS);
    CHECK_REFUSED(hem_skin_points(offsets, VERTICES, groups, weights, 2, 1, NULL, rest, pose, 2, NULL, POINTS,
                                  NULL, NULL, 0, NULL, skinned, NULL, NULL, NULL),
                  HEM_INDEX_OUT_OF_RANGE, "`groups`[0] is 1");
    check_points(skinned, expected);
}

static void test_fits(void)
{
    /* Twice as large, turned by 90 degrees about z, and 3 to the right. */
    const float target[VERTICES * 3] = {3, 2, 0, 1, 0, 0, 3, 0, 2};
    double matrix[16], scale, residual;
    float moved[VERTICES * 3];
    HemFitOptions options;
    CHECK_OK(hem_fit_options_init(&options));
    CHECK_OK(hem_fit_similarity(POINTS, target, NULL, NULL, VERTICES, 1, &options, matrix, &scale, &residual, moved));
    CHECK_NEAR(scale, 2, 1e-6);
    CHECK_NEAR(residual, 0, 1e-6);
    CHECK_NEAR(matrix[3], 3, 1e-6);
    CHECK_NEAR(matrix[4], 2, 1e-6);
    check_points(moved, target);
    scale = -1;
    CHECK_REFUSED(hem_fit_similarity(POINTS, NULL, NULL, NULL, VERTICES, 1, NULL, matrix, &scale, NULL, NULL),
                  HEM_NULL_POINTER, "`target` is NULL");
    CHECK(scale == -1);
}

/* A triangle 2 mm below a large one that faces up, and a shape key that lowers a corner by 1 mm. */
static void test_shape_stage(void)
{
    const float body_points[9] = {-1, -1, 0, 2, -1, 0, -1, 2, 0}, low = -0.002f;
    const float points[9] = {0, 0, low, 0.01f, 0, low, 0, 0.01f, low}, key[9] = {0, 0, 0, 0, 0, 0, 0, 0, -0.001f};
    const uint32_t triangle[3] = {0, 1, 2};
    float moved[9], moved_key[9], before[3], after[3];
    uint32_t labels[3];
    HemShapeReport report = {0};
    HemRepairOptions repair;
    HemShapeInput input;
    HemSurface *body = NULL;
    CHECK_OK(hem_surface_create(body_points, 3, triangle, 1, &body));
    CHECK_OK(hem_repair_options_init(&repair));
    CHECK_OK(hem_shape_input_init(&input));
    report.struct_size = sizeof report;
    input.points = points, input.point_count = 3;
    input.triangles = triangle, input.triangle_count = 1;
    input.shape_keys = key, input.key_count = 1;
    input.body = body, input.repair = &repair;
    CHECK_OK(hem_shape_stage_run(&input, moved, moved_key, labels, before, after, &report, NULL));
    for (int vertex = 0; vertex < 3; vertex++) {
        CHECK_NEAR(moved[3 * vertex + 2], repair.clearance, 1e-6);
        CHECK_NEAR(moved_key[3 * vertex + 2], 0, 1e-6);
        CHECK_NEAR(before[vertex], 0.002, 1e-6);
        CHECK_NEAR(after[vertex], -repair.clearance, 1e-6);
        CHECK(labels[vertex] == HEM_NO_INDEX);
    }
    CHECK(report.deep_before == 3 && report.deep_after == 0 && report.moved_by_repair == 3);
    input.struct_size = 8;
    CHECK_REFUSED(hem_shape_stage_run(&input, moved, moved_key, NULL, NULL, NULL, NULL, NULL), HEM_INVALID_ARGUMENT,
                  "`input` has struct_size 8");
    hem_surface_destroy(body);
}

void test_deform(void)
{
    test_shape_stage();
    test_skinning();
    test_fits();
}
