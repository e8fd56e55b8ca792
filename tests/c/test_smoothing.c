/* Radius graph, neighbours, smoothing, filters; progress and cancellation. */
#include "check.h"

/* Points on a line, 1 cm apart: within 1.5 cm each has itself and one or two more. */
enum { POINTS = 3, LARGE = 20000 };
static const float LINE[POINTS * 3] = {0, 0, 0, 0.01f, 0, 0, 0.02f, 0, 0};
static const float RADIUS = 0.015f;

static HemRadiusGraph *line_graph(void)
{
    HemRadiusGraph *graph = NULL;
    CHECK_OK(hem_radius_graph_create(LINE, POINTS, RADIUS, NULL, &graph));
    return graph;
}

static void test_neighbors(const HemRadiusGraph *graph)
{
    const uint32_t expected[] = {0, 1, 0, 1, 2, 1, 2}, *offsets, *indices;
    const float *distances;
    uint32_t counts[POINTS];
    size_t rows, entries;
    HemNeighbors *neighbors = NULL;
    CHECK_OK(hem_radius_graph_neighbors(graph, 1, NULL, &neighbors));
    CHECK_OK(hem_neighbors_view(neighbors, &offsets, &indices, &distances, &rows, &entries));
    CHECK(rows == POINTS && entries == COUNT(expected) && offsets[1] == 2 && offsets[3] == 7);
    CHECK(memcmp(indices, expected, sizeof expected) == 0);
    CHECK_NEAR(distances[1], 0.01, 1e-7);
    hem_neighbors_destroy(neighbors);
    CHECK_OK(hem_radius_graph_neighbors(graph, 0, NULL, &neighbors));
    CHECK_OK(hem_neighbors_view(neighbors, &offsets, &indices, &distances, &rows, &entries));
    CHECK(memcmp(indices, expected, sizeof expected) == 0 && distances == NULL);
    hem_neighbors_destroy(neighbors);
    CHECK_OK(hem_radius_graph_counts(graph, counts, POINTS));
    CHECK(counts[0] == 2 && counts[1] == 3 && counts[2] == 2);
}

static void test_smooth(const HemRadiusGraph *graph)
{
    const float mask[POINTS] = {1, 0, 1};
    float weights[POINTS] = {1, 0, 0};
    HemSmoothOptions options;
    CHECK_OK(hem_smooth_options_init(&options));
    options.falloff = HEM_FALLOFF_UNIFORM;
    CHECK_OK(hem_smooth_weights(graph, weights, POINTS, 1, NULL, &options, NULL));
    CHECK_NEAR(weights[0], 1 / 2.0, 1e-6);
    CHECK_NEAR(weights[1], 1 / 3.0, 1e-6);
    CHECK_NEAR(weights[2], 0, 1e-6);
    CHECK_OK(hem_smooth_weights(graph, weights, POINTS, 1, mask, &options, NULL));
    CHECK_NEAR(weights[0], 5 / 12.0, 1e-6);
    CHECK_NEAR(weights[1], 1 / 3.0, 1e-6);
    options.falloff = 99;
    CHECK_REFUSED(hem_smooth_weights(graph, weights, POINTS, 1, NULL, &options, NULL),
                  HEM_INVALID_ARGUMENT, "falloff");
}

/* An earlier result brought up to date has the bits of a full run. */
static void test_update(const HemRadiusGraph *graph)
{
    const float before[POINTS] = {1, 0, 0}, after[POINTS] = {1, 0, 0.5f};
    const uint8_t changed[POINTS] = {0, 0, 1};
    float expected[POINTS], result[POINTS];
    uint8_t updated[POINTS];
    memcpy(expected, after, sizeof after);
    memcpy(result, before, sizeof before);
    CHECK_OK(hem_smooth_weights(graph, expected, POINTS, 1, NULL, NULL, NULL));
    CHECK_OK(hem_smooth_weights(graph, result, POINTS, 1, NULL, NULL, NULL));
    CHECK_OK(hem_update_smoothing(graph, graph, changed, after, POINTS, 1, NULL, NULL, result, updated, NULL));
    CHECK(memcmp(result, expected, sizeof result) == 0);
    CHECK(updated[0] == 0 && updated[1] == 1 && updated[2] == 1);
}

static void test_filters(const HemRadiusGraph *graph)
{
    float weights[POINTS] = {0.25f, 0, 1};
    HemDecayingMaxOptions options;
    CHECK_OK(hem_max_filter(graph, weights, POINTS, 1, NULL, NULL));
    CHECK(weights[0] == 0.25f && weights[1] == 1 && weights[2] == 1);
    CHECK_OK(hem_min_filter(graph, weights, POINTS, 1, NULL, NULL));
    CHECK(weights[0] == 0.25f && weights[1] == 0.25f && weights[2] == 1);
    CHECK_OK(hem_decaying_max_options_init(&options));
    options.sigma = RADIUS;
    CHECK_OK(hem_decaying_max(graph, weights, POINTS, 1, &options, NULL));
    CHECK(weights[1] > 0.25f && weights[1] < 1 && weights[2] == 1);
    CHECK_REFUSED(hem_max_filter(graph, weights, POINTS - 1, 1, NULL, NULL), HEM_LENGTH_MISMATCH, "");
}

static void test_edges(void)
{
    const uint32_t edges[] = {0, 1, 1, 2}, outside[] = {0, 3};
    float weights[POINTS] = {1, 0, 0};
    HemEdgeSmoothOptions options;
    CHECK_OK(hem_edge_smooth_options_init(&options));
    options.iterations = 1;
    CHECK_OK(hem_smooth_weights_on_edges(edges, 2, weights, POINTS, 1, NULL, &options, NULL));
    CHECK_NEAR(weights[0], 0.5, 1e-6);
    CHECK_NEAR(weights[1], 0.25, 1e-6);
    CHECK(weights[2] == 0);
    CHECK_REFUSED(hem_smooth_weights_on_edges(outside, 1, weights, POINTS, 1, NULL, NULL, NULL),
                  HEM_INDEX_OUT_OF_RANGE, "`edges`[1] is 3");
}

typedef struct Reports {
    float last;
    int count, stop_at;
} Reports;

static int32_t on_progress(float fraction, void *user_data)
{
    Reports *reports = user_data;
    CHECK(fraction >= reports->last && fraction <= 1);
    reports->last = fraction;
    return ++reports->count == reports->stop_at;
}

/* A cancelled call leaves its in-place buffer untouched. */
static void test_progress(void)
{
    const int32_t cancel = 1;
    float *points = calloc(3 * LARGE, sizeof *points), *weights = calloc(LARGE, sizeof *weights);
    Reports reports = {0, 0, 0};
    HemProgress progress = {.struct_size = sizeof progress, .callback = on_progress, .user_data = &reports};
    HemRadiusGraph *graph = NULL;
    CHECK(points != NULL && weights != NULL);
    for (int i = 0; i < LARGE; i++)
        points[3 * i] = 0.01f * (float)i;
    weights[0] = 1;
    CHECK_OK(hem_radius_graph_create(points, LARGE, RADIUS, &progress, &graph));
    reports = (Reports){0, 0, 0};
    CHECK_OK(hem_smooth_weights(graph, weights, LARGE, 1, NULL, NULL, &progress));
    CHECK(reports.count > 0 && reports.last == 1);

    memset(weights, 0, LARGE * sizeof *weights);
    weights[0] = 1;
    reports = (Reports){0, 0, 1};
    CHECK_REFUSED(hem_smooth_weights(graph, weights, LARGE, 1, NULL, NULL, &progress), HEM_CANCELLED,
                  "cancelled");
    progress = (HemProgress){.struct_size = sizeof progress, .cancel_flag = &cancel};
    CHECK_REFUSED(hem_max_filter(graph, weights, LARGE, 1, NULL, &progress), HEM_CANCELLED, "cancelled");
    CHECK(weights[0] == 1 && weights[1] == 0);
    hem_radius_graph_destroy(graph);
    hem_radius_graph_destroy(NULL);
    free(points);
    free(weights);
}

void test_smoothing(void)
{
    HemRadiusGraph *graph = line_graph();
    test_neighbors(graph);
    test_smooth(graph);
    test_update(graph);
    test_filters(graph);
    hem_radius_graph_destroy(graph);
    test_edges();
    test_progress();
}
