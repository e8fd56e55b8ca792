/* Deformation fields made and applied, and radial basis functions. */
#include "check.h"

enum { POINTS = 8 };
/* The corners of a unit cube. */
static const float CUBE[POINTS * 3] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1};

static void test_apply(void)
{
    /* Two steps of one half each. */
    const uint32_t steps[3] = {0, 1, 2};
    const float samples[6] = {0, 0, 0, 0, 0, 0}, up[6] = {0, 0, 0.5f, 0, 0, 0.5f};
    const double aside[16] = {1, 0, 0, 7, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    const float mask[POINTS] = {0, 1, 1, 1, 1, 1, 1, 1};
    const uint32_t *offsets;
    const float *points, *displacements;
    const double *matrix;
    size_t step_count, sample_count, mirrored;
    float moved[POINTS * 3];
    HemFieldOptions options;
    HemField *field = NULL;
    CHECK_OK(hem_field_create(steps, 2, samples, up, 2, aside, 0, &field));
    CHECK_OK(hem_field_view(field, &offsets, &points, &displacements, &matrix, &step_count, &sample_count, &mirrored));
    CHECK(step_count == 2 && sample_count == 2 && mirrored == 0 && offsets[1] == 1 && matrix[3] == 7);
    CHECK(displacements[5] == 0.5f && points[0] == 0);
    CHECK_OK(hem_field_apply(field, CUBE, POINTS, mask, NULL, moved, NULL));
    CHECK_NEAR(moved[2], 0, 1e-6);
    CHECK_NEAR(moved[5], 1, 1e-6);
    CHECK_OK(hem_field_options_init(&options));
    options.end = 0.5f;
    CHECK_OK(hem_field_apply(field, CUBE, POINTS, NULL, &options, moved, NULL));
    CHECK_NEAR(moved[2], 0.5, 1e-6);
    options.end = 2;
    CHECK_REFUSED(hem_field_apply(field, CUBE, POINTS, NULL, &options, moved, NULL), HEM_INVALID_ARGUMENT, "`end` is 2");
    hem_field_destroy(field);
    hem_field_destroy(NULL);
}

static void test_creation(void)
{
    float larger[POINTS * 3], moved[POINTS * 3];
    HemFieldCreationOptions options;
    HemField *field = NULL;
    for (size_t i = 0; i < COUNT(larger); i++)
        larger[i] = 1.1f * CUBE[i];
    CHECK_OK(hem_field_creation_options_init(&options));
    options.base_spacing = 0.1f;
    options.falloff_start = 9;
    options.falloff_end = INFINITY;
    CHECK_OK(hem_field_create_from_shapes(CUBE, POINTS, larger, POINTS, NULL, NULL, 0, &options, &field, NULL));
    CHECK_OK(hem_field_apply(field, CUBE, POINTS, NULL, NULL, moved, NULL));
    for (size_t i = 0; i < COUNT(larger); i++)
        CHECK_NEAR(moved[i], larger[i], 0.01);
    hem_field_destroy(field);
    field = NULL;
    CHECK_REFUSED(hem_field_create_from_shapes(CUBE, POINTS, larger, 7, NULL, NULL, 0, NULL, &field, NULL),
                  HEM_LENGTH_MISMATCH, "`deformed`");
    CHECK(field == NULL);
}

static void test_rbf(void)
{
    /* x + 2 y - z and a constant: what the polynomial holds is met everywhere. */
    const float targets[6] = {0.25f, 0.5f, 0.75f, 2, 2, 2};
    float values[POINTS * 2], found[4];
    double coefficients[(POINTS + 4) * 2];
    HemRbfInfo info = {0};
    HemRbfOptions options;
    HemRbf *rbf = NULL;
    for (size_t i = 0; i < POINTS; i++) {
        values[2 * i] = CUBE[3 * i] + 2 * CUBE[3 * i + 1] - CUBE[3 * i + 2];
        values[2 * i + 1] = 5;
    }
    CHECK_OK(hem_rbf_options_init(&options));
    options.kernel = HEM_RBF_TRIHARMONIC;
    CHECK_OK(hem_rbf_create(CUBE, POINTS, &options, &rbf, NULL));
    info.struct_size = sizeof info;
    CHECK_OK(hem_rbf_info(rbf, &info));
    CHECK(info.distinct_point_count == POINTS && info.condition > 1);
    CHECK_OK(hem_rbf_fit(rbf, values, POINTS, 2, coefficients, NULL));
    CHECK_OK(hem_rbf_evaluate(rbf, coefficients, POINTS, 2, targets, 2, found, NULL));
    CHECK_NEAR(found[0], 0.5, 1e-5);
    CHECK_NEAR(found[1], 5, 1e-5);
    CHECK_NEAR(found[2], 4, 1e-4);
    CHECK_REFUSED(hem_rbf_fit(rbf, values, 7, 2, coefficients, NULL), HEM_LENGTH_MISMATCH, "`values`");
    hem_rbf_destroy(rbf);
    hem_rbf_destroy(NULL);
    CHECK(hem_rbf_create(CUBE, 0, NULL, &rbf, NULL) == HEM_INVALID_ARGUMENT);
}

void test_fields(void)
{
    test_apply();
    test_creation();
    test_rbf();
}
