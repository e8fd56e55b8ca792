/* Robust transfer, inpainting, masks, the weight stage; penetration, distortion, intersections. */
#include "check.h"

enum { SIDE = 9, VERTICES = SIDE * SIDE, TRIANGLES = 2 * (SIDE - 1) * (SIDE - 1), GROUPS = 2 };

/* A grid of 0.4 m that faces up; group 1 grows with x from 0 to 1, group 0 is the rest. */
typedef struct Grid {
    float points[VERTICES * 3];
    uint32_t triangles[TRIANGLES * 3];
    float dense[VERTICES * GROUPS];
    HemSparseWeights *weights;
    HemSurface *surface;
} Grid;

static void make_grid(Grid *grid)
{
    uint32_t *triangle = grid->triangles;
    for (uint32_t vertex = 0; vertex < VERTICES; vertex++) {
        const uint32_t column = vertex % SIDE, row = vertex / SIDE;
        const float share = (float)column / (SIDE - 1);
        const float point[3] = {0.05f * (float)column, 0.05f * (float)row, 0};
        memcpy(grid->points + 3 * vertex, point, sizeof point);
        grid->dense[GROUPS * vertex] = 1 - share;
        grid->dense[GROUPS * vertex + 1] = share;
        if (column + 1 < SIDE && row + 1 < SIDE) {
            const uint32_t corners[6] = {vertex,     vertex + 1,        vertex + SIDE + 1,
                                         vertex,     vertex + SIDE + 1, vertex + SIDE};
            memcpy(triangle, corners, sizeof corners);
            triangle += 6;
        }
    }
    CHECK_OK(hem_sparse_from_dense(grid->dense, VERTICES, GROUPS, &grid->weights));
    CHECK_OK(hem_surface_create(grid->points, VERTICES, grid->triangles, TRIANGLES, &grid->surface));
}

/* The grid's points, moved along z. */
static void raised(const Grid *grid, float height, float *points)
{
    memcpy(points, grid->points, sizeof grid->points);
    for (size_t vertex = 0; vertex < VERTICES; vertex++)
        points[3 * vertex + 2] += height;
}

/* Checks weights of points over the grid's own vertices, and destroys them. */
static void check_weights(const Grid *grid, HemSparseWeights *found, double tolerance)
{
    const uint32_t *offsets, *groups;
    const float *weights;
    float dense[VERTICES * GROUPS];
    size_t vertices, entries, group_count;
    CHECK_OK(hem_sparse_weights_view(found, &offsets, &groups, &weights, &vertices, &entries, &group_count));
    CHECK(vertices == VERTICES && group_count == GROUPS);
    CHECK_OK(hem_sparse_to_dense(offsets, vertices, groups, weights, entries, group_count, dense));
    for (size_t i = 0; i < COUNT(dense); i++)
        CHECK_NEAR(dense[i], grid->dense[i], tolerance);
    hem_sparse_weights_destroy(found);
}

static void test_transfers(const Grid *grid, const float *points)
{
    const uint32_t *offsets, *groups;
    const float *weights;
    size_t vertices, entries, group_count;
    uint8_t sources[VERTICES], matched[VERTICES];
    uint32_t islands[VERTICES];
    HemRobustOptions robust;
    HemWeightStageOptions options;
    HemWeightStageReport report = {0};
    HemSparseWeights *made = NULL;
    CHECK_OK(hem_sparse_weights_view(grid->weights, &offsets, &groups, &weights, &vertices, &entries, &group_count));
    CHECK_OK(hem_transfer_weights_sparse(grid->surface, offsets, VERTICES, groups, weights, entries, GROUPS, points,
                                         NULL, VERTICES, NULL, 0, NULL, NULL, NULL, &made, matched, NULL));
    CHECK(matched[0] == 1);
    check_weights(grid, made, 1e-6);

    CHECK_OK(hem_robust_options_init(&robust));
    robust.matching = HEM_MATCH_BY_THRESHOLD;
    CHECK_OK(hem_transfer_weights_robust(grid->surface, offsets, VERTICES, groups, weights, entries, GROUPS, points,
                                         VERTICES, grid->triangles, TRIANGLES, &robust, &made, sources, islands, NULL));
    CHECK(sources[40] == HEM_SOURCE_MATCHED && islands[80] == 0);
    check_weights(grid, made, 1e-6);

    report.struct_size = sizeof report;
    CHECK_OK(hem_weight_stage_options_init(&options));
    CHECK_OK(hem_run_weight_stage(grid->surface, offsets, VERTICES, groups, weights, entries, GROUPS, NULL, NULL, points,
                                  VERTICES, grid->triangles, TRIANGLES, NULL, 0, NULL, NULL, 1, NULL, NULL, NULL, 0,
                                  NULL, &robust, &options, &made, sources, &report, NULL));
    CHECK(report.matched + report.inpainted == VERTICES && report.bare == 0 && report.max_influences == 2);
    check_weights(grid, made, 0.05);
    made = NULL;
    CHECK_REFUSED(hem_run_weight_stage(NULL, offsets, VERTICES, groups, weights, entries, GROUPS, NULL, NULL, points,
                                       VERTICES, grid->triangles, TRIANGLES, NULL, 0, NULL, NULL, 1, NULL, NULL, NULL, 0,
                                       NULL, NULL, NULL, &made, NULL, NULL, NULL),
                  HEM_NULL_POINTER, "`surface` is NULL");
    CHECK(made == NULL);
}

static void test_inpainting(const Grid *grid)
{
    uint8_t fixed[VERTICES], unreached[VERTICES];
    float weights[VERTICES * GROUPS];
    HemWeightInpainter *inpainter = NULL;
    /* Both edges along y are known; the grid looks the same upside down. */
    for (uint32_t vertex = 0; vertex < VERTICES; vertex++) {
        fixed[vertex] = vertex % SIDE == 0 || vertex % SIDE == SIDE - 1;
        for (uint32_t group = 0; group < GROUPS; group++)
            weights[GROUPS * vertex + group] = fixed[vertex] ? grid->dense[GROUPS * vertex + group] : 0;
    }
    CHECK_OK(hem_weight_inpainter_create(grid->points, VERTICES, grid->triangles, TRIANGLES, fixed, NULL, &inpainter,
                                         NULL));
    CHECK_OK(hem_weight_inpainter_inpaint(inpainter, weights, VERTICES, GROUPS, NULL));
    CHECK_NEAR(weights[GROUPS * 40], 0.5, 1e-5);
    for (size_t vertex = 0; vertex < VERTICES; vertex++) {
        CHECK_NEAR(weights[GROUPS * vertex] + weights[GROUPS * vertex + 1], 1, 1e-5);
        CHECK(vertex % SIDE == 0 || weights[GROUPS * vertex] < weights[GROUPS * (vertex - 1)]);
    }
    CHECK_OK(hem_weight_inpainter_unreached(inpainter, unreached, VERTICES));
    CHECK(unreached[40] == 0);
    CHECK_REFUSED(hem_weight_inpainter_unreached(inpainter, unreached, 3), HEM_LENGTH_MISMATCH, "out_mask");
    hem_weight_inpainter_destroy(inpainter);
    hem_weight_inpainter_destroy(NULL);
}

static void test_masks(const Grid *grid)
{
    /* Upright over the body, from 10 cm on. */
    const float upright[12] = {0.1f, 0.2f, 0.1f, 0.3f, 0.2f, 0.1f, 0.3f, 0.2f, 0.3f, 0.1f, 0.2f, 0.3f};
    const uint32_t triangles[6] = {0, 1, 2, 0, 2, 3};
    float far_mask[4], near_mask[VERTICES], low[VERTICES * 3];
    HemInpaintMaskOptions inpaint;
    HemSmoothMaskOptions smooth;
    CHECK_OK(hem_inpaint_mask_options_init(&inpaint));
    CHECK_OK(hem_smooth_mask_options_init(&smooth));
    raised(grid, 0.001f, low);
    CHECK_OK(hem_inpaint_mask(grid->surface, upright, 4, triangles, 2, NULL, 0, &inpaint, far_mask, NULL));
    CHECK_OK(hem_inpaint_mask(grid->surface, low, VERTICES, grid->triangles, TRIANGLES, NULL, 0, NULL, near_mask, NULL));
    CHECK(far_mask[0] > 0.9f && near_mask[40] == 0);
    CHECK_OK(hem_smooth_mask(grid->surface, upright, 4, triangles, 2, NULL, 0, NULL, &smooth, far_mask, NULL));
    CHECK_OK(hem_smooth_mask(grid->surface, low, VERTICES, grid->triangles, TRIANGLES, NULL, 0, NULL, NULL, near_mask,
                             NULL));
    CHECK(far_mask[2] > 0.9f && near_mask[40] == 0);
}

static void test_penetration(const Grid *grid)
{
    float points[VERTICES * 3], repaired[VERTICES * 3], before[VERTICES], after[VERTICES];
    float stretches[TRIANGLES * 2];
    uint8_t inverted[TRIANGLES];
    raised(grid, -0.002f, points);
    CHECK_OK(hem_measure_penetration(grid->surface, points, VERTICES, INFINITY, before, NULL));
    CHECK_NEAR(before[40], 0.002, 1e-6);
    CHECK_OK(hem_repair_penetration(grid->surface, points, VERTICES, NULL, NULL, NULL, repaired, before, after, NULL));
    CHECK_NEAR(repaired[3 * 40 + 2], 0.0005, 1e-6);
    CHECK(before[40] > 0 && after[40] < 0);
    memcpy(points, grid->points, sizeof points);
    for (size_t vertex = 0; vertex < VERTICES; vertex++)
        points[3 * vertex] *= 2;
    CHECK_OK(hem_measure_distortion(grid->points, points, VERTICES, grid->triangles, TRIANGLES, stretches, inverted));
    CHECK_NEAR(stretches[0], 2, 1e-5);
    CHECK_NEAR(stretches[1], 1, 1e-5);
    CHECK(inverted[0] == 0);
}

static void test_intersections(const Grid *grid)
{
    /* Stands in the grid's last cell. */
    const float upright[9] = {0.36f, 0.39f, -1, 0.37f, 0.39f, -1, 0.365f, 0.39f, 1};
    const uint32_t triangle[3] = {0, 1, 2}, *pairs;
    size_t count = 99;
    HemTrianglePairs *made = NULL;
    CHECK_OK(hem_intersecting_triangles(grid->points, VERTICES, grid->triangles, TRIANGLES, upright, 3, triangle, 1,
                                        &made, NULL));
    CHECK_OK(hem_triangle_pairs_view(made, &pairs, &count));
    CHECK(count == 1 && pairs[0] == TRIANGLES - 1 && pairs[1] == 0);
    hem_triangle_pairs_destroy(made);
    CHECK_OK(hem_self_intersecting_triangles(grid->points, VERTICES, grid->triangles, TRIANGLES, &made, NULL));
    CHECK_OK(hem_triangle_pairs_view(made, &pairs, &count));
    CHECK(count == 0);
    hem_triangle_pairs_destroy(made);
    hem_triangle_pairs_destroy(NULL);
}

void test_stages(void)
{
    float points[VERTICES * 3];
    Grid grid;
    make_grid(&grid);
    raised(&grid, 0.005f, points);
    test_transfers(&grid, points);
    test_inpainting(&grid);
    test_masks(&grid);
    test_penetration(&grid);
    test_intersections(&grid);
    hem_sparse_weights_destroy(grid.weights);
    hem_surface_destroy(grid.surface);
}
