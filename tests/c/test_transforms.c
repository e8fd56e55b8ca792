/* Affine transforms of points and normals. */
#include "check.h"

/* Scales by 2, 1, 4 and moves by 10, 20, 30. */
static const float MATRIX[16] = {2, 0, 0, 10, 0, 1, 0, 20, 0, 0, 4, 30, 0, 0, 0, 1};

static void test_points(void)
{
    const float points[6] = {1, 2, 3, -1, 0.5f, 0};
    const float expected[6] = {12, 22, 42, 8, 20.5f, 30};
    float moved[6], in_place[6];
    CHECK_OK(hem_transform_points(MATRIX, points, 2, moved));
    CHECK(memcmp(moved, expected, sizeof moved) == 0);
    memcpy(in_place, points, sizeof points);
    CHECK_OK(hem_transform_points(MATRIX, in_place, 2, in_place));
    CHECK(memcmp(in_place, expected, sizeof expected) == 0);
    CHECK_OK(hem_transform_points(MATRIX, NULL, 0, NULL));
}

static void test_points_f64(void)
{
    const double point[3] = {1, 2, 3};
    double matrix[16], moved[3];
    for (size_t i = 0; i < COUNT(matrix); i++)
        matrix[i] = MATRIX[i];
    CHECK_OK(hem_transform_points_f64(matrix, point, 1, moved));
    CHECK(moved[0] == 12 && moved[1] == 22 && moved[2] == 42);
    CHECK_OK(hem_transform_normals_f64(matrix, point, 1, moved));
    CHECK_NEAR(moved[0] * moved[0] + moved[1] * moved[1] + moved[2] * moved[2], 1, 1e-12);
}

static void test_normals(void)
{
    /* (1, 1, 0) becomes (1/2, 1, 0), made unit; a zero normal stays zero. */
    const float normals[6] = {1, 1, 0, 0, 0, 0};
    float turned[6];
    CHECK_OK(hem_transform_normals(MATRIX, normals, 2, turned));
    CHECK_NEAR(turned[0], 1 / sqrt(5.0), 1e-6);
    CHECK_NEAR(turned[1], 2 / sqrt(5.0), 1e-6);
    CHECK(turned[2] == 0 && turned[3] == 0 && turned[4] == 0 && turned[5] == 0);
}

static void test_refusals(void)
{
    const float points[3] = {1, 2, 3}, flat[16] = {[15] = 1};
    float broken[16], out[6] = {7, 7, 7, 7, 7, 7};
    memcpy(broken, MATRIX, sizeof broken);
    broken[5] = NAN;
    CHECK_REFUSED(hem_transform_points(broken, points, 1, out), HEM_NOT_FINITE, "`matrix`[5] is NaN");
    CHECK_REFUSED(hem_transform_points(NULL, points, 1, out), HEM_NULL_POINTER, "`matrix`");
    CHECK_REFUSED(hem_transform_points(MATRIX, points, (size_t)-1, out), HEM_SIZE_OVERFLOW, "points");
    CHECK_REFUSED(hem_transform_points(MATRIX, out, 1, out + 1), HEM_INVALID_ARGUMENT, "overlaps");
    CHECK_REFUSED(hem_transform_normals(flat, points, 1, out), HEM_SINGULAR, "singular");
    for (size_t i = 0; i < COUNT(out); i++)
        CHECK(out[i] == 7);
}

void test_transforms(void)
{
    test_points();
    test_points_f64();
    test_normals();
    test_refusals();
}
