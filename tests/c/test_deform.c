/* Skinning with its inverse, and fits. */
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
    CHECK_OK(hem_fit_similarity(POINTS, target, NULL, NULL, VERTICES, 1, NULL, matrix, &scale, &residual, moved));
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

void test_deform(void)
{
    test_skinning();
    test_fits();
}
