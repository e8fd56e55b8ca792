/* Sparse weights, and normalise, limit and prune on dense and sparse rows. */
#include "check.h"

/* Three vertices, five groups; the second vertex has no weight. */
enum { VERTICES = 3, GROUPS = 5, ENTRIES = 7 };
static const float DENSE[VERTICES * GROUPS] = {
    0.4f, 0.1f, 0, 0.3f, 0.2f, /* vertex 0 */
    0,    0,    0, 0,    0,    /* vertex 1 */
    0,    0.5f, 1, 0.5f, 0,    /* vertex 2 */
};

typedef struct View {
    const uint32_t *offsets, *groups;
    const float *weights;
    size_t vertices, entries, group_count;
} View;

static View view_of(const HemSparseWeights *sparse)
{
    View view;
    CHECK_OK(hem_sparse_weights_view(sparse, &view.offsets, &view.groups, &view.weights,
                                     &view.vertices, &view.entries, &view.group_count));
    return view;
}

static void check_weights(const float *found, const float *expected, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK_NEAR(found[i], expected[i], 1e-6);
}

static void test_conversion(void)
{
    const uint32_t offsets[] = {0, 4, 4, 7}, groups[] = {0, 1, 3, 4, 1, 2, 3};
    HemSparseWeights *sparse = NULL;
    float dense[VERTICES * GROUPS];
    View view;
    CHECK_OK(hem_sparse_from_dense(DENSE, VERTICES, GROUPS, &sparse));
    view = view_of(sparse);
    CHECK(view.vertices == VERTICES && view.entries == ENTRIES && view.group_count == GROUPS);
    CHECK(memcmp(view.offsets, offsets, sizeof offsets) == 0);
    CHECK(memcmp(view.groups, groups, sizeof groups) == 0);
    CHECK_OK(hem_sparse_to_dense(view.offsets, view.vertices, view.groups, view.weights, view.entries,
                                 view.group_count, dense));
    CHECK(memcmp(dense, DENSE, sizeof dense) == 0);
    hem_sparse_weights_destroy(sparse);
    hem_sparse_weights_destroy(NULL);
    CHECK_OK(hem_sparse_to_dense(NULL, 0, NULL, NULL, 0, GROUPS, NULL));
}

static void test_normalize(void)
{
    /* Group 2 is locked at 1: nothing is left for the others of vertex 2. */
    const uint8_t locked[GROUPS] = {0, 0, 1, 0, 0};
    const float expected[ENTRIES] = {0.4f, 0.1f, 0.3f, 0.2f, 0, 1, 0};
    HemSparseWeights *sparse = NULL;
    float dense[VERTICES * GROUPS], weights[ENTRIES];
    size_t zeros = 99;
    View view;
    memcpy(dense, DENSE, sizeof dense);
    CHECK_OK(hem_normalize_weights_dense(dense, VERTICES, GROUPS, NULL, NULL, &zeros));
    CHECK(zeros == 1);
    CHECK_NEAR(dense[10] + dense[11] + dense[12] + dense[13] + dense[14], 1, 1e-6);
    CHECK_NEAR(dense[12], 0.5, 1e-6);

    CHECK_OK(hem_sparse_from_dense(DENSE, VERTICES, GROUPS, &sparse));
    view = view_of(sparse);
    memcpy(weights, view.weights, sizeof weights);
    CHECK_OK(hem_normalize_weights_sparse(view.offsets, view.vertices, view.groups, weights,
                                          view.entries, view.group_count, NULL, locked, NULL));
    check_weights(weights, expected, ENTRIES);
    hem_sparse_weights_destroy(sparse);
}

static void test_limit(void)
{
    /* c = 0.2, the largest dropped weight: 0.4 stays whole (factor 1), 0.3 fades to one half. */
    const float expected[] = {0.4f / 0.55f, 0.15f / 0.55f, 0.5f * 2 / 1.5f, 1.0f * 2 / 1.5f};
    HemSparseWeights *sparse = NULL, *limited = NULL;
    HemLimitOptions options;
    float dense[VERTICES * GROUPS];
    size_t count = 99;
    View view;
    CHECK_OK(hem_limit_options_init(&options));
    CHECK(options.struct_size == sizeof options && options.max_influences == 4);
    options.max_influences = 2;
    CHECK_OK(hem_sparse_from_dense(DENSE, VERTICES, GROUPS, &sparse));
    view = view_of(sparse);
    CHECK_OK(hem_limit_weights_sparse(view.offsets, view.vertices, view.groups, view.weights,
                                      view.entries, view.group_count, NULL, &options, &limited, &count));
    CHECK(count == 2);
    view = view_of(limited);
    /* In vertex 2 groups 1 and 3 tie for the second place: what is dropped equals what would stay. */
    CHECK(view.entries == 3 && view.groups[0] == 0 && view.groups[1] == 3 && view.groups[2] == 2);
    check_weights(view.weights, expected, 2);
    CHECK_NEAR(view.weights[2], 2, 1e-6);
    hem_sparse_weights_destroy(limited);
    hem_sparse_weights_destroy(sparse);

    memcpy(dense, DENSE, sizeof dense);
    options.fade = 0;
    CHECK_OK(hem_limit_weights_dense(dense, VERTICES, GROUPS, NULL, &options, &count));
    CHECK(count == 2 && dense[13] == 0);
    check_weights(dense + 11, expected + 2, 2);
}

static void test_prune(void)
{
    HemSparseWeights *sparse = NULL, *pruned = NULL;
    HemPruneOptions options;
    float dense[VERTICES * GROUPS];
    size_t count = 99;
    View view;
    CHECK_OK(hem_prune_options_init(&options));
    options.threshold = 0.5f;
    memcpy(dense, DENSE, sizeof dense);
    CHECK_OK(hem_prune_weights_dense(dense, VERTICES, GROUPS, NULL, &options, &count));
    CHECK(count == 1 && dense[0] == 0 && dense[11] == 0 && dense[12] == 1);

    options.keep_largest = 1;
    options.keep_sum = 1;
    CHECK_OK(hem_sparse_from_dense(DENSE, VERTICES, GROUPS, &sparse));
    view = view_of(sparse);
    CHECK_OK(hem_prune_weights_sparse(view.offsets, view.vertices, view.groups, view.weights,
                                      view.entries, view.group_count, NULL, &options, &pruned, &count));
    view = view_of(pruned);
    CHECK(count == 0 && view.entries == 2 && view.groups[0] == 0 && view.groups[1] == 2);
    CHECK_NEAR(view.weights[0], 1, 1e-6);
    CHECK_NEAR(view.weights[1], 2, 1e-6);
    hem_sparse_weights_destroy(pruned);
    hem_sparse_weights_destroy(sparse);
}

static void test_refusals(void)
{
    const uint32_t offsets[] = {0, 2}, repeated[] = {1, 1};
    const float halves[] = {0.5f, 0.5f};
    HemSparseWeights *sparse = (HemSparseWeights *)&halves;
    HemLimitOptions options = {.struct_size = 4096};
    float dense[4] = {0.5f, 0.5f, -1, 0.5f};
    CHECK_REFUSED(hem_normalize_weights_dense(dense, 2, 2, NULL, NULL, NULL), HEM_INVALID_ARGUMENT,
                  "`weights` of vertex 1 in group 0 is -1");
    dense[2] = INFINITY;
    CHECK_REFUSED(hem_prune_weights_dense(dense, 2, 2, NULL, NULL, NULL), HEM_NOT_FINITE,
                  "`weights`[2] is inf");
    CHECK(dense[0] == 0.5f);
    CHECK_REFUSED(hem_limit_weights_dense(dense, 2, 2, NULL, &options, NULL), HEM_INVALID_ARGUMENT,
                  "struct_size 4096");
    CHECK_REFUSED(hem_limit_weights_sparse(offsets, 1, repeated, halves, 2, 2, NULL, NULL, &sparse, NULL),
                  HEM_INVALID_ARGUMENT, "names group 1 twice in vertex 0");
    CHECK_REFUSED(hem_sparse_from_dense(halves, (size_t)-1, 2, &sparse), HEM_SIZE_OVERFLOW, "too large");
    CHECK((const void *)sparse == (const void *)&halves);
}

void test_weight_rows(void)
{
    test_conversion();
    test_normalize();
    test_limit();
    test_prune();
    test_refusals();
}
