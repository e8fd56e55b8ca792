/* Components, rigid parts, seams, means, merged groups, blends, propagation, sides. */
#include "check.h"

enum { VERTICES = 8, GROUPS = 2 };
/* Two unit squares side by side that do not share their vertices at x = 0: 1 and 2 lie on 4 and 7. */
static const float POINTS[VERTICES * 3] = {-1, 0, 0, 0, 0, 0, 0, 1, 0, -1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0};
static const uint32_t TRIANGLES[12] = {0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7};
static const uint32_t EDGES[16] = {0, 1, 1, 2, 2, 3, 3, 0, 4, 5, 5, 6, 6, 7, 7, 4};
/* Everything belongs to group 0, the second square with a little of group 1. */
static const float DENSE[VERTICES * GROUPS] = {1, 0, 1, 0, 1, 0, 1, 0, 0.95f, 0.05f, 0.95f, 0.05f, 0.95f, 0.05f, 0.95f, 0.05f};
/* Group 0 is the right side's, group 1 the left side's. */
static const uint8_t SIDES[GROUPS] = {HEM_SIDE_RIGHT, HEM_SIDE_LEFT};
static const uint32_t MIRROR[GROUPS] = {1, 0};

/* The rows of a handle. */
typedef struct Rows {
    const uint32_t *offsets, *groups;
    const float *weights;
    size_t vertices, entries, group_count;
} Rows;

static Rows rows_of(const HemSparseWeights *sparse)
{
    Rows rows;
    CHECK_OK(hem_sparse_weights_view(sparse, &rows.offsets, &rows.groups, &rows.weights, &rows.vertices, &rows.entries,
                                     &rows.group_count));
    return rows;
}

static HemSparseWeights *from_dense(const float *dense, size_t vertices)
{
    HemSparseWeights *sparse = NULL;
    CHECK_OK(hem_sparse_from_dense(dense, vertices, GROUPS, &sparse));
    return sparse;
}

/* Checks some rows against dense ones, and destroys the handle. */
static void check_rows(HemSparseWeights *sparse, const float *expected, size_t vertices)
{
    float dense[VERTICES * GROUPS];
    const Rows rows = rows_of(sparse);
    CHECK(rows.vertices == vertices && rows.group_count == GROUPS);
    CHECK_OK(hem_sparse_to_dense(rows.offsets, rows.vertices, rows.groups, rows.weights, rows.entries, GROUPS, dense));
    for (size_t i = 0; i < vertices * GROUPS; i++)
        CHECK_NEAR(dense[i], expected[i], 1e-6);
    hem_sparse_weights_destroy(sparse);
}

static void test_components(const Rows *rows)
{
    uint32_t labels[VERTICES], parts[VERTICES], clusters[2];
    double frames[32], half_extents[6];
    size_t count = 99, part_count = 99, cluster_count = 99;
    CHECK_OK(hem_find_components(TRIANGLES, 4, 3, VERTICES, labels, &count));
    CHECK(count == 2 && labels[0] == 0 && labels[3] == 0 && labels[4] == 1 && labels[7] == 1);
    CHECK_OK(hem_find_rigid_parts(rows->offsets, VERTICES, rows->groups, rows->weights, rows->entries, GROUPS, labels,
                                  count, 0.001f, parts, &part_count));
    CHECK(part_count == 2 && parts[0] == 0 && parts[4] == 1);
    CHECK_OK(hem_fit_boxes(POINTS, labels, VERTICES, count, frames, half_extents));
    CHECK_NEAR(half_extents[0], 0.5, 1e-6);
    CHECK_NEAR(half_extents[2], 0, 1e-6);
    CHECK_NEAR(frames[16 + 3], 0.5, 1e-6);
    CHECK_OK(hem_cluster_components(POINTS, labels, VERTICES, count, 0.01f, clusters, &cluster_count, NULL));
    CHECK(cluster_count == 1 && clusters[0] == 0 && clusters[1] == 0);
    CHECK_REFUSED(hem_find_components(TRIANGLES, 4, 3, 7, labels, NULL), HEM_INDEX_OUT_OF_RANGE, "`elements`[11] is 7");
}

static void test_seams(const Rows *rows)
{
    const float expected[VERTICES * GROUPS] = {1,     0,      0.975f, 0.025f, 0.975f, 0.025f, 1,      0,
                                               0.975f, 0.025f, 0.95f,  0.05f,  0.95f,  0.05f,  0.975f, 0.025f};
    uint32_t seams[VERTICES];
    size_t count = 99;
    HemSeamOptions options;
    HemSparseWeights *joined = NULL;
    CHECK_OK(hem_seam_options_init(&options));
    CHECK_OK(hem_find_seams(rows->offsets, VERTICES, rows->groups, rows->weights, rows->entries, GROUPS, POINTS, EDGES,
                            8, &options, seams, &count, NULL));
    CHECK(count == 2 && seams[1] == 0 && seams[4] == 0 && seams[2] == 1 && seams[7] == 1 && seams[0] == HEM_NO_INDEX);
    CHECK_OK(hem_average_weights(rows->offsets, VERTICES, rows->groups, rows->weights, rows->entries, GROUPS, seams,
                                 count, &joined));
    check_rows(joined, expected, VERTICES);
    options.similarity = 0.99f;
    CHECK_OK(hem_find_seams(rows->offsets, VERTICES, rows->groups, rows->weights, rows->entries, GROUPS, POINTS, EDGES,
                            8, &options, seams, &count, NULL));
    CHECK(count == 0);
}

static void test_groups(void)
{
    const float dense[2 * GROUPS] = {0.5f, 0.25f, 0, 1}, merged_rows[2 * GROUPS] = {0.75f, 0, 1, 0};
    const float half[2] = {0.5f, 0}, blended_rows[2 * GROUPS] = {0.625f, 0.125f, 1, 0};
    const uint32_t parents[GROUPS] = {0, 0}, circle[GROUPS] = {1, 0};
    HemSparseWeights *original = from_dense(dense, 2), *merged = NULL, *split = NULL, *blended = NULL;
    const Rows first = rows_of(original);
    Rows second;
    CHECK_OK(hem_merge_groups(first.offsets, 2, first.groups, first.weights, first.entries, GROUPS, parents, &merged));
    second = rows_of(merged);
    CHECK_OK(hem_split_groups(second.offsets, 2, second.groups, second.weights, second.entries, GROUPS, first.offsets,
                              first.groups, first.weights, first.entries, parents, &split));
    CHECK_OK(hem_blend_weights(second.offsets, 2, second.groups, second.weights, second.entries, GROUPS, first.offsets,
                               first.groups, first.weights, first.entries, half, NULL, &blended));
    CHECK(hem_merge_groups(first.offsets, 2, first.groups, first.weights, first.entries, GROUPS, circle, &merged) !=
          HEM_OK);
    check_rows(split, dense, 2);
    check_rows(blended, blended_rows, 2);
    check_rows(merged, merged_rows, 2);
    hem_sparse_weights_destroy(original);
}

static void test_propagation(void)
{
    const float bare[VERTICES * GROUPS] = {0, 1};
    const float expected[VERTICES * GROUPS] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
    uint32_t sources[VERTICES];
    HemSparseWeights *sparse = from_dense(bare, VERTICES), *filled = NULL;
    const Rows rows = rows_of(sparse);
    CHECK_OK(hem_propagate_weights(rows.offsets, VERTICES, rows.groups, rows.weights, rows.entries, GROUPS, POINTS,
                                   EDGES, 8, NULL, &filled, sources, NULL));
    CHECK(sources[0] == 0 && sources[1] == 0 && sources[4] == HEM_NO_INDEX);
    check_rows(filled, expected, VERTICES);
    hem_sparse_weights_destroy(sparse);
}

static void test_sides(void)
{
    /* Right, centre, left; the right one has the left side's group, the centre is the wrong way round. */
    const float points[9] = {-1, 0, 0, 0.001f, 0, 0, 1, 0, 0};
    const float dense[6] = {0, 1, 0.7f, 0.3f, 0, 1}, separated[6] = {1, 0, 0.7f, 0.3f, 0, 1};
    const float repaired[6] = {0, 1, 0.3f, 0.7f, 0, 1};
    const float mirrored[6] = {0.1f, 0.9f, 0.7f, 0.3f, 0.9f, 0.1f}, slanted[6] = {0.2f, 0.8f, 0.7f, 0.3f, 1, 0};
    HemSparseWeights *sparse = from_dense(dense, 3), *crooked = from_dense(slanted, 3), *result = NULL;
    const Rows rows = rows_of(sparse), slant = rows_of(crooked);
    size_t changed = 99;
    CHECK_OK(hem_separate_sides(rows.offsets, 3, rows.groups, rows.weights, rows.entries, GROUPS, points, SIDES, MIRROR,
                                NULL, 0.01f, &result, &changed));
    CHECK(changed == 1);
    check_rows(result, separated, 3);
    CHECK_OK(hem_repair_sides(rows.offsets, 3, rows.groups, rows.weights, rows.entries, GROUPS, NULL, NULL, NULL, 0,
                              points, SIDES, MIRROR, 0.01f, &result, &changed));
    CHECK(changed == 1);
    check_rows(result, repaired, 3);
    /* The outer two mirror each other; the one in the middle mirrors nothing at this tolerance. */
    CHECK_OK(hem_symmetrize_weights(slant.offsets, 3, slant.groups, slant.weights, slant.entries, GROUPS, points, MIRROR,
                                    NULL, 0.0005f, &result, &changed, NULL));
    CHECK(changed == 2);
    check_rows(result, mirrored, 3);
    hem_sparse_weights_destroy(sparse);
    hem_sparse_weights_destroy(crooked);
}

void test_bookkeeping(void)
{
    HemSparseWeights *sparse = from_dense(DENSE, VERTICES);
    const Rows rows = rows_of(sparse);
    test_components(&rows);
    test_seams(&rows);
    hem_sparse_weights_destroy(sparse);
    test_groups();
    test_propagation();
    test_sides();
}
