/* Matrices of bones, skinning in double precision. */
#include "check.h"

enum { BONES = 3, ELEMENTS = 16 * BONES };
/* A chain of bones along x, one apart. */
static const uint32_t PARENTS[BONES] = {HEM_NO_INDEX, 0, 1};
static const double REST[ELEMENTS] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, /* */
                                      1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, /* */
                                      1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
/* The second bone turns by 90 degrees about z, and takes the third along. */
static const double POSE[ELEMENTS] = {1, 0,  0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, /* */
                                      0, -1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, /* */
                                      0, -1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1};

static void check_matrices(const double *found, const double *expected)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        CHECK_NEAR(found[i], expected[i], 1e-12);
}

static void test_spaces(void)
{
    const uint32_t circle[BONES] = {2, 0, 1};
    double local[ELEMENTS], common[ELEMENTS] = {7};
    CHECK_OK(hem_local_from_common(PARENTS, BONES, POSE, local));
    /* In its parent's space the third bone lies where it lay at rest, one along x and not turned. */
    CHECK_NEAR(local[32], 1, 1e-12);
    CHECK_NEAR(local[35], 1, 1e-12);
    CHECK_NEAR(local[39], 0, 1e-12);
    CHECK_REFUSED(hem_common_from_local(circle, BONES, local, common), HEM_INVALID_ARGUMENT, "`parents`");
    CHECK(common[0] == 7);
    CHECK_OK(hem_common_from_local(PARENTS, BONES, local, common));
    check_matrices(common, POSE);
}

static void test_basis(void)
{
    double basis[ELEMENTS], pose[ELEMENTS];
    CHECK_OK(hem_basis_from_pose(PARENTS, BONES, REST, POSE, basis));
    /* Only the second bone turns by itself, in its place. */
    CHECK_NEAR(basis[0], 1, 1e-12);
    CHECK_NEAR(basis[16], 0, 1e-12);
    CHECK_NEAR(basis[20], 1, 1e-12);
    CHECK_NEAR(basis[19], 0, 1e-12);
    CHECK_NEAR(basis[32], 1, 1e-12);
    CHECK_OK(hem_pose_from_basis(PARENTS, BONES, REST, basis, pose));
    check_matrices(pose, POSE);
}

static void test_deltas(void)
{
    /* pose = delta * rest with delta a quarter turn about (1, 0, 0); the third bone follows. */
    const double turn[16] = {0, -1, 0, 1, 1, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 1};
    const uint8_t listed[BONES] = {0, 1, 0};
    double deltas[ELEMENTS] = {0}, pose[ELEMENTS];
    memcpy(deltas + 16, turn, sizeof turn);
    CHECK_OK(hem_pose_by_deltas(PARENTS, BONES, REST, deltas, listed, pose));
    check_matrices(pose, POSE);
}

static void test_skinning(void)
{
    const double points[6] = {1.5, 0, 0, 2.5, 0, 0}, expected[6] = {1, 0.5, 0, 1, 1.5, 0};
    const uint32_t offsets[3] = {0, 1, 2}, groups[2] = {1, 2};
    const float weights[2] = {1, 1};
    double posed[6], back[6];
    HemSkinningOptions options;
    CHECK_OK(hem_skinning_options_init(&options));
    CHECK(options.blend == HEM_BLEND_LINEAR);
    CHECK_OK(hem_skin_points_f64(offsets, 2, groups, weights, 2, BONES, NULL, REST, POSE, BONES, NULL, points, NULL, NULL,
                                 0, &options, posed, NULL, NULL, NULL));
    CHECK_OK(hem_unskin_points_f64(offsets, 2, groups, weights, 2, BONES, NULL, REST, POSE, BONES, NULL, posed, NULL, NULL,
                                   0, &options, back, NULL, NULL, NULL));
    for (size_t i = 0; i < COUNT(points); i++) {
        CHECK_NEAR(posed[i], expected[i], 1e-12);
        CHECK_NEAR(back[i], points[i], 1e-12);
    }
    options.blend = 99;
    CHECK_REFUSED(hem_skin_points_f64(offsets, 2, groups, weights, 2, BONES, NULL, REST, POSE, BONES, NULL, points, NULL,
                                      NULL, 0, &options, posed, NULL, NULL, NULL),
                  HEM_INVALID_ARGUMENT, "blend 99");
}

void test_poses(void)
{
    test_spaces();
    test_basis();
    test_deltas();
    test_skinning();
}
